"""A place's counts, and the rates that nobody publishes: what must they be for the city to stand still?

`balance` takes one row of parameters and the place's groups and finds, within the plausible ranges of their entries, how
often people ask for a bed, find an answer of their own and change between friends and street, such that crisis beds in
use, people on the street, hidden people and reformed places stay as counted, in the mean, month after month
(model/mean_field.py).  What cannot stand still within the ranges is said: how many people a month a count moves.

Each of the rates of a group moves by the same log odds and stops at the ends of its own range, so that a group goes on
moving until its last rate is at an end.  Beyond the ranges the search goes on with something that is no rate: the share
of those who ask for a bed and get one, how many arrive, who is moved between street and friends, homes that nobody
takes, places that nobody accepts.  That is how far the figures are from agreeing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import exp, inf, log
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.quantities import load_quantities
from model.mean_field import stand_still
from model.mean_month import (
    ACCEPTED,
    ADMITTED,
    BACK_24,
    CHANGED,
    DIED,
    ENTERED_FAST,
    ENTERED_SLOW,
    FLOWS,
    HOME,
    KINDS,
    LOST,
    MOVED_IN,
    NEW_IN_BED,
    OWN_HOME,
    RATES,
    RESOLVED,
    RETURNED,
    S_BED,
    S_BETWEEN,
    S_FAST,
    S_FIRST,
    S_HIDDEN,
    S_HIDDEN_NEW,
    S_LATER,
    S_NO_BED,
    S_SLOW,
    S_STREET,
    S_STREET_NEW,
    SITUATIONS,
    TO_FRIENDS,
    TO_STREET,
    WON,
)
from model.mean_persons import accepts_bed, persons_of
from model.mean_year import seen_within

Numbers = npt.NDArray[np.float64]

SEEK = ("seek_short", "seek_episodic", "seek_long")
RESOLVE = ("resolve_short", "resolve_episodic", "resolve_long")
STREET = ("hidden_to_street", "street_to_hidden")
FURTHEST = 8.0  # log odds: nothing is moved further, in its range or beyond
CLOCK_MOST, OFFERS_MOST = 4.0, 0.0  # logarithms: everybody who waits gets a home; everybody put forward gets an offer
TOLERANCE, ROUNDS, LONGEST_STEP = 1e-7, 60, 1.5
SMALL = 1e-6  # step of a difference; also what stands for no people at all
MONTHS_OF_BINS = (6, 12, 18, 24)
BEDS_COUNT, HOMELESS_COUNT, STREET_COUNT, HOMES_COUNT, PLACES_COUNT, SIX_COUNT, YEAR_COUNT = range(7)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a place counts, real people: in crisis beds, hidden, on the street, on reformed places; people and homes a
    month; and, if published, the share of residents there for less than six months and the people in beds in a year."""

    crisis: float
    hidden: float
    unserved: float
    reform: float
    inflow: float
    homes: float
    under_six: float | None = None
    year_count: float | None = None


@dataclass(frozen=True)
class Balance:
    """A city that stands still, or as nearly as its figures allow.

    values: fitted rates by name.  needs: one for each node of need, of equal share.  stocks: (KINDS, needs, groups,
    SITUATIONS), real people at a month's end, and first: how many of them arrive a month.  fill: share of those who ask
    for a bed and get one; clock: time at which this month's lottery for homes ends (P(win) = 1 - exp(-clock * weight));
    offered: share of those put forward who get an offer.  flows: people a month by name; predicted: figures that places
    publish.  imbalance: people a month by which hidden, unserved, crisis and reform move, whatever the rates in their
    ranges; 0 if balanced.  at_end: fitted rates at an end of their range.  error: what is left, relative.
    """

    counts: Counts
    values: dict[str, float]
    needs: Numbers
    stocks: Numbers
    fill: float
    clock: float
    offered: float
    arrivals: float
    homes_untaken: float
    beds_empty: float
    places_empty: float
    flows: dict[str, float]
    predicted: dict[str, float]
    imbalance: dict[str, float]
    at_end: tuple[str, ...]
    error: float
    looks: int


def counts_of(p: Any, under_six: float | None = None, year_count: float | None = None) -> Counts:
    """The counts of a place as its parameters have them."""
    crisis = p.crisis_beds * p.crisis_stock_share
    return Counts(crisis, crisis * p.hidden_ratio, p.rough_stock, p.reform_places, p.inflow, p.secure_supply,
                  under_six, year_count)  # fmt: skip


def _odds(x: float) -> float:
    return -inf if x <= 0.0 else inf if x >= 1.0 else log(x / (1.0 - x))


def _moved(value: float, shift: float) -> float:
    """A chance at other log odds; 0 and 1 stay."""
    return value if not 0.0 < value < 1.0 else 1.0 / (1.0 + exp(-(_odds(value) + shift)))


class _Shift:
    """Rates that move together in log odds, each within its own range: the first `up` of them up, the others down."""

    def __init__(self, p: Any, names: tuple[str, ...], fixed: Collection[str], up: int) -> None:
        known = load_quantities()
        self.rates: list[tuple[str, int, float, float, float, float]] = []
        self.low, self.high = 0.0, 0.0
        for k, name in enumerate(names):
            value, sign = float(getattr(p, name)), 1.0 if k < up else -1.0
            if name in fixed or not 0.0 < value < 1.0:
                continue
            low, high = min(known[name].low, value), max(known[name].high, value)
            self.rates.append((name, RATES.index(name), value, low, high, sign))
            ends = sorted(sign * (_odds(end) - _odds(value)) for end in (low, high))
            self.low = max(min(self.low, ends[0]), -FURTHEST)
            self.high = min(max(self.high, ends[1]), FURTHEST)

    def within(self, z: float) -> float:
        return min(max(z, self.low), self.high)

    def beyond(self, z: float) -> float:
        return z - self.within(z)

    def write(self, rates: Numbers, z: float, free: bool = False) -> None:
        """The rates moved by z into the row; free: beyond their ranges, if z is beyond all of them."""
        over = self.beyond(z) if free else 0.0
        for _, column, value, low, high, sign in self.rates:
            rates[column] = _moved(min(max(_moved(value, sign * self.within(z)), low), high), sign * over)

    def values(self, z: float) -> dict[str, float]:
        row = np.zeros(len(RATES))
        self.write(row, z)
        return {name: float(row[column]) for name, column, *_ in self.rates}

    def at_end(self, z: float) -> list[str]:
        found = self.values(z)
        return [name for name, _, _, low, high, _ in self.rates if min(found[name] - low, high - found[name]) < SMALL]


class _City:
    """The equations of one place: unknowns z, what they leave open, and what stands under them."""

    def __init__(self, p: Any, groups: Any, fixed: Collection[str], counts: Counts) -> None:
        self.counts = counts
        self.asks_met = 1.0 if p.shelter_by_right else float(p.asks_met)
        self.needs, self.persons = persons_of(p, groups)
        self.rates = np.array([float(getattr(p, name)) if name in p.dtype.names else 0.0 for name in RATES])
        self.rates[RATES.index("accepts_bed")] = accepts_bed(p)
        shape = (KINDS, *self.persons.shape[:2])
        self.stocks, self.flows = np.zeros((*shape, len(SITUATIONS))), np.zeros((*shape, len(FLOWS)))
        self.seek, self.resolve = _Shift(p, SEEK, fixed, len(SEEK)), _Shift(p, RESOLVE, fixed, len(RESOLVE))
        self.street = _Shift(p, STREET, fixed, 1)
        self.drift, self.short = _Shift(p, ("drift_out",), fixed, 1), _Shift(p, ("short_share",), fixed, 1)
        self.looks = 0
        self.empty_beds = self.empty_places = self.untaken = 0.0
        self.open = [BEDS_COUNT, HOMELESS_COUNT, STREET_COUNT]
        self.open += [HOMES_COUNT] if counts.homes > 0.0 else []
        self.open += [PLACES_COUNT] if counts.reform > 0.0 else []
        self.open += [SIX_COUNT] if counts.under_six is not None else []
        self.open += [YEAR_COUNT] if counts.year_count is not None else []

    def stand(self, z: Numbers) -> None:
        """Rates and what stands under them; z: an unknown for each of the seven equations."""
        rates, counts = self.rates, self.counts
        self.seek.write(rates, z[BEDS_COUNT])
        self.resolve.write(rates, z[HOMELESS_COUNT])
        self.street.write(rates, z[STREET_COUNT], free=True)
        self.drift.write(rates, z[SIX_COUNT])
        self.short.write(rates, z[YEAR_COUNT])
        fill = log(max(self.asks_met, SMALL)) + self.seek.beyond(z[BEDS_COUNT])
        rates[RATES.index("fill")] = exp(min(fill, 0.0))
        self.empty_beds = counts.crisis * (1.0 - exp(-max(fill, 0.0)))
        rates[RATES.index("arrivals")] = counts.inflow * exp(-self.resolve.beyond(z[HOMELESS_COUNT]))
        clock = z[HOMES_COUNT]
        rates[RATES.index("homes_clock")] = exp(min(clock, CLOCK_MOST)) if counts.homes > 0.0 else 0.0
        self.untaken = 1.0 - exp(-max(clock - CLOCK_MOST, 0.0))
        rates[RATES.index("offered")] = exp(min(z[PLACES_COUNT], OFFERS_MOST)) if counts.reform > 0.0 else 0.0
        self.empty_places = counts.reform * (1.0 - exp(-max(z[PLACES_COUNT] - OFFERS_MOST, 0.0)))
        stand_still(rates, self.persons, self.stocks, self.flows)
        self.looks += 1

    def left(self, z: Numbers) -> Numbers:
        """What each equation leaves open at z, as logarithms of ratios: 0 where it holds."""
        self.stand(z)
        counts = self.counts
        stock, flow = self.stocks.sum((0, 1, 2)), self.flows.sum((0, 1, 2))
        street = stock[S_STREET] + stock[S_STREET_NEW]
        hidden = stock[S_HIDDEN] + stock[S_HIDDEN_NEW]
        beds = stock[S_FAST] + stock[S_SLOW] + stock[S_BED]
        places = stock[S_BED] + stock[S_NO_BED] + stock[S_BETWEEN] + stock[S_FIRST] + stock[S_LATER] + flow[ACCEPTED]
        homes = counts.homes + flow[CHANGED]
        found = {
            BEDS_COUNT: (beds + self.empty_beds, counts.crisis),
            HOMELESS_COUNT: (hidden + street, counts.hidden + counts.unserved),
            STREET_COUNT: (street, counts.unserved),
            HOMES_COUNT: (flow[WON] + homes * self.untaken, homes),
            PLACES_COUNT: (places + self.empty_places, counts.reform),
        }
        left = [log(max(a, SMALL) / max(b, SMALL)) for a, b in (found[k] for k in self.open if k in found)]
        if SIX_COUNT in self.open:
            share = min(max(float(counts.under_six or 0.0), SMALL), 1.0 - SMALL)
            left.append(_odds(self.stays()[0]) - _odds(share) + self.drift.beyond(z[SIX_COUNT]))
        if YEAR_COUNT in self.open:
            seen = beds + seen_within(self.rates, self.persons, self.stocks, self.flows, 12)[0]
            left.append(log(seen / max(float(counts.year_count or 0.0), SMALL)) + self.short.beyond(z[YEAR_COUNT]))
        return np.array(left)

    def stays(self) -> Numbers:
        """Of the residents of the crisis service, shares there for less than 6, 12, 18 and 24 months."""
        here, came = self.stocks[..., [S_FAST, S_SLOW]], self.flows[..., [ENTERED_FAST, ENTERED_SLOW]]
        stay = np.clip(1.0 - came / np.maximum(here, 1e-12), 0.0, 1.0)
        return np.array([(here * (1.0 - stay**months)).sum() / max(here.sum(), SMALL) for months in MONTHS_OF_BINS])


def solve(left: Callable[[Numbers], Numbers], z: Numbers, open_: list[int]) -> tuple[Numbers, float]:
    """Newton's method on the unknowns `open_` of z, steps cut short where they do not help; z and the largest rest.

    Slopes are differences, renewed only where Broyden's correction of the last ones goes astray.
    """
    now = left(z)
    slopes = None
    for _ in range(ROUNDS):
        size = float(np.abs(now).max())
        if size < TOLERANCE:
            break
        fresh = slopes is None
        if slopes is None:
            slopes = np.empty((len(now), len(open_)))
            for column, k in enumerate(open_):
                other = z.copy()
                other[k] += SMALL
                slopes[:, column] = (left(other) - now) / SMALL
        step = np.linalg.lstsq(slopes, -now, rcond=1e-10)[0]
        step *= min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-12))
        for cut in (1.0, 0.5, 0.2, 0.05, 0.01):
            other = z.copy()
            other[open_] = np.clip(z[open_] + cut * step, -4.0 * FURTHEST, 4.0 * FURTHEST)
            then = left(other)
            if np.abs(then).max() < size * (1.0 - 0.1 * cut) or (then @ then) < (now @ now) * (1.0 - 0.1 * cut):
                break
        else:
            if fresh:
                break
            slopes = None
            continue
        taken = other[open_] - z[open_]
        slopes = slopes + np.outer(then - now - slopes @ taken, taken) / max(float(taken @ taken), 1e-20)
        slopes = slopes if np.abs(then).max() < 0.5 * size else None
        z, now = other, then
    return z, float(np.abs(left(z)).max())


def balance(
    p: Any,
    groups: Any = None,
    fixed: Collection[str] = (),
    under_six: float | None = None,
    year_count: float | None = None,
) -> Balance:
    """The rates under which the place of this row of parameters stands still; see the top of this file.

    groups: rows of GROUP (model/state.py), or None for one group.  fixed: names of parameters that stay as they are.
    """
    city = _City(p, groups, fixed, counts_of(p, under_six, year_count))
    z = np.zeros(YEAR_COUNT + 1)
    counts = city.counts
    waiting = max(counts.crisis + counts.hidden, 1.0)
    z[HOMES_COUNT] = log(max(3.0 * counts.homes / waiting, SMALL))
    z[PLACES_COUNT] = log(0.2)
    z, error = solve(city.left, z, city.open)
    return _answer(city, z, error)


def _answer(city: _City, z: Numbers, error: float) -> Balance:
    """Everything that is read off the city where it stands still."""
    stock, flow, rates = city.stocks.sum((0, 1, 2)), city.flows.sum((0, 1, 2)), city.rates
    counts = city.counts
    values: dict[str, float] = {}
    ends: list[str] = []
    fitted = ((city.seek, BEDS_COUNT), (city.resolve, HOMELESS_COUNT), (city.street, STREET_COUNT),
              (city.drift, SIX_COUNT), (city.short, YEAR_COUNT))  # fmt: skip
    for shift, k in fitted:
        if k in city.open:
            values |= shift.values(z[k])
            ends += shift.at_end(z[k])
    arrivals = float(rates[RATES.index("arrivals")])
    homes_untaken = float((counts.homes + flow[CHANGED]) * city.untaken)
    return Balance(
        counts, values, city.needs, city.stocks.copy(), float(rates[RATES.index("fill")]),
        float(rates[RATES.index("homes_clock")]), float(rates[RATES.index("offered")]), arrivals, homes_untaken,
        city.empty_beds, city.empty_places, _flows(flow), _predicted(city, stock, flow),
        _imbalance(city, z, stock, flow, arrivals), tuple(ends), error, city.looks,
    )  # fmt: skip


def _flows(flow: Numbers) -> dict[str, float]:
    """People a month, by what happens to them."""
    names = {"admissions": ADMITTED, "new in beds": NEW_IN_BED, "ordinary homes": HOME, "own homes": OWN_HOME,
             "homes drawn": WON, "moved in": MOVED_IN, "changed home": CHANGED, "places lost": LOST,
             "offers accepted": ACCEPTED, "resolved": RESOLVED, "died": DIED, "returned": RETURNED,
             "to street": TO_STREET, "to friends": TO_FRIENDS}  # fmt: skip
    return {name: float(flow[column]) for name, column in names.items()}


def _predicted(city: _City, stock: Numbers, flow: Numbers) -> dict[str, float]:
    """Figures that places publish, as they come out."""
    beds = float(stock[S_FAST] + stock[S_SLOW] + stock[S_BED])
    without = float(stock[: S_BETWEEN + 1].sum())
    stays = city.stays()
    year, homeless = seen_within(city.rates, city.persons, city.stocks, city.flows, 12)
    quarter, _ = seen_within(city.rates, city.persons, city.stocks, city.flows, 3)
    return {
        "admissions": float(flow[ADMITTED]),
        "new_in_beds": float(flow[NEW_IN_BED]),
        "mean_stay": beds / max(float(flow[ADMITTED]), SMALL),
        "under_six": float(stays[0]),
        "over_year": float(1.0 - stays[1]),
        "bins": tuple(float(x) for x in np.diff(np.concatenate([[0.0], stays, [1.0]]))),  # type: ignore[dict-item]
        "year_count": beds + float(year),
        "year_homeless": without + float(homeless),
        "new_of_quarter": 3.0 * float(flow[NEW_IN_BED]) / max(beds + float(quarter), SMALL),
        "back_24": float(flow[BACK_24] / max(flow[HOME], SMALL)),
    }


def _imbalance(city: _City, z: Numbers, stock: Numbers, flow: Numbers, arrivals: float) -> dict[str, float]:
    """People a month by which counts move although every rate does what it can within its range."""
    counts = city.counts
    more = counts.inflow - arrivals
    free, held = np.zeros(len(RATES)), np.zeros(len(RATES))
    city.street.write(free, z[STREET_COUNT], free=True)
    city.street.write(held, z[STREET_COUNT])
    down, up = (RATES.index(name) for name in STREET)
    moved = float(flow[TO_STREET]) * (1.0 - held[down] / free[down]) if free[down] > 0.0 else 0.0
    moved -= float(flow[TO_FRIENDS]) * (1.0 - held[up] / free[up]) if free[up] > 0.0 else 0.0
    unserved = city.rates[RATES.index("inflow_unserved")]
    beds = float(stock[S_FAST] + stock[S_SLOW] + stock[S_BED])
    places = counts.reform - city.empty_places
    leave = float(flow[ACCEPTED]) / max(places, SMALL)
    return {
        "hidden": more * (1.0 - unserved) + moved,
        "unserved": more * unserved - moved,
        "crisis": -city.empty_beds * float(flow[ADMITTED]) / max(beds, SMALL),
        "reform": -city.empty_places * leave,
    }


def words(found: Balance, p: Mapping[str, float] | Any = None) -> list[str]:
    """What does not agree in a place's figures, in plain English; nothing if all does."""
    return []
