"""The equations of a place that stands still: what must hold, and what may be moved.  Used by model/balance.py."""

from collections.abc import Collection
from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np
import numpy.typing as npt

from model.mean_chances import (
    ACCEPTS_BED,
    ARRIVALS,
    CARRIED_DOWN,
    CARRIED_UP,
    CLOCK,
    FILL,
    KINDS,
    OFFERS,
    RATES,
)
from model.mean_field import (
    ends_of_stays,
    stand_still,
)
from model.mean_month import (
    ACCEPTED,
    DIED,
    ENTERED_FAST,
    ENTERED_SLOW,
    FLOWS,
    HOME,
    MOVED_IN,
    RESOLVED,
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
    WON,
)
from model.mean_persons import persons_of
from model.mean_year import (
    seen_within,
)
from model.shifts import (
    Shift,
    odds,
)

Numbers = npt.NDArray[np.float64]

# The equations, each with its unknown; the last two only where a place publishes the figure.
OF_BEDS, OF_HOMELESS, OF_STREET, OF_HOMES, OF_PLACES, OF_SIX, OF_YEAR = EQUATIONS = tuple(range(7))
RISES = (1.0, -1.0, 1.0, 1.0, 1.0, 1.0, 1.0)  # what each leaves open rises with its own unknown, or falls
SEEK = ("seek_short", "seek_episodic", "seek_long")
RESOLVE = ("resolve_short", "resolve_episodic", "resolve_long")
STREET = ("hidden_to_street", "street_to_hidden")
CLOCK_MOST, OFFERS_MOST = 4.0, 0.0  # logarithms: everybody who waits gets a home; everybody put forward gets an offer
FEWEST = 0.1  # people: what stands for none in a count that is to be met
SMALL = 1e-3
HALF_YEARS = (6, 12, 18, 24)  # months: ends of the bins of present stays


@dataclass(frozen=True, slots=True)
class Counts:
    """What a place counts, real people: in crisis beds, hidden, on the street, on reformed places; people and homes a
    month; and, if published, the share of residents there for less than six months, and different people in beds or on
    the street in a year."""

    crisis: float
    hidden: float
    unserved: float
    reform: float
    inflow: float
    homes: float
    under_six: float | None = None
    year_count: float | None = None


def counts_of(p: Any, under_six: float | None = None, year_count: float | None = None) -> Counts:
    """The counts of a place as its parameters have them."""
    crisis = p.crisis_beds * p.crisis_stock_share
    return Counts(crisis, crisis * p.hidden_ratio, p.rough_stock, p.reform_places, p.inflow, p.secure_supply,
                  under_six, year_count)  # fmt: skip


class City:
    """The equations of one place: unknowns z, one an equation, what they leave open, and what stands under them."""

    def __init__(self, p: Any, groups: Any, fixed: Collection[str], counts: Counts) -> None:
        self.counts = counts
        self.met = log(max(p.asks_met, SMALL))
        self.needs, self.persons = persons_of(p, groups)
        self.rates = np.array([float(getattr(p, name, 0.0)) for name in RATES])
        self.rates[ACCEPTS_BED] = p.accept_bed  # most are not long on the street, and trust as newcomers do
        shape = (KINDS, *self.persons.shape[:2])
        self.stocks, self.flows = np.zeros((*shape, len(SITUATIONS))), np.zeros((*shape, len(FLOWS)))
        self.stock, self.flow = np.zeros(len(SITUATIONS)), np.zeros(len(FLOWS))
        self.shifts = {
            OF_BEDS: Shift(p, SEEK, fixed, len(SEEK)), OF_HOMELESS: Shift(p, RESOLVE, fixed, len(RESOLVE)),
            OF_STREET: Shift(p, STREET, fixed, 1), OF_SIX: Shift(p, ("drift_out",), fixed, 1),
            OF_YEAR: Shift(p, ("short_share",), fixed, 1),
        }  # fmt: skip
        given = {OF_HOMES: counts.homes > 0.0, OF_PLACES: counts.reform > 0.0,
                 OF_SIX: counts.under_six is not None, OF_YEAR: counts.year_count is not None}  # fmt: skip
        self.open = [k for k in EQUATIONS if given.get(k, True)]
        self.more = max(counts.inflow, SMALL * (counts.hidden + counts.unserved))  # what more arrivals are counted in
        self.looks = 0
        self.beds_empty = self.places_empty = self.untaken = 0.0  # of homes, the share

    def begin(self) -> Numbers:
        """Where to begin looking."""
        z = np.zeros(len(EQUATIONS))
        waiting = max(self.counts.crisis, 1.0)
        z[OF_HOMES] = log(max(2.0 * self.counts.homes / waiting, SMALL))
        z[OF_PLACES] = log(max(0.2 * self.counts.reform / waiting, SMALL))
        return z

    def stand(self, z: Numbers) -> None:
        """Rates and what stands under them."""
        rates, counts, shifts = self.rates, self.counts, self.shifts
        for k, shift in shifts.items():
            shift.write(rates, z[k])
        fill = self.met + shifts[OF_BEDS].beyond(z[OF_BEDS])
        rates[FILL] = exp(min(fill, 0.0))
        self.beds_empty = counts.crisis * (1.0 - exp(-max(fill, 0.0)))
        beyond = shifts[OF_HOMELESS].beyond(z[OF_HOMELESS])
        rates[ARRIVALS] = counts.inflow * exp(-max(beyond, 0.0)) + self.more * (exp(-min(beyond, 0.0)) - 1.0)
        beyond = shifts[OF_STREET].beyond(z[OF_STREET])
        rates[CARRIED_DOWN], rates[CARRIED_UP] = 1.0 - exp(-max(beyond, 0.0)), 1.0 - exp(min(beyond, 0.0))
        rates[CLOCK] = exp(min(z[OF_HOMES], CLOCK_MOST)) if counts.homes > 0.0 else 0.0
        self.untaken = 1.0 - exp(-max(z[OF_HOMES] - CLOCK_MOST, 0.0))
        rates[OFFERS] = exp(min(z[OF_PLACES], OFFERS_MOST)) if counts.reform > 0.0 else 0.0
        self.places_empty = counts.reform * (1.0 - exp(-max(z[OF_PLACES] - OFFERS_MOST, 0.0)))
        stand_still(rates, self.persons, self.stocks, self.flows, self.stock, self.flow)
        self.looks += 1

    @property
    def beds(self) -> float:
        """People in crisis beds, those who look for a home from there included."""
        return float(self.stock[S_FAST] + self.stock[S_SLOW] + self.stock[S_BED])

    @property
    def street(self) -> float:
        return float(self.stock[S_STREET] + self.stock[S_STREET_NEW])

    @property
    def places(self) -> float:
        """People with a place in the reformed service once the month's offers are accepted."""
        stock = self.stock
        looking = stock[S_BED] + stock[S_NO_BED] + stock[S_BETWEEN]
        return float(looking + stock[S_FIRST] + stock[S_LATER] + self.flow[ACCEPTED])

    def left(self, z: Numbers) -> Numbers:
        """What each equation leaves open at z, as the logarithm of a ratio: 0 where it holds."""
        self.stand(z)
        counts, stock = self.counts, self.stock
        homeless = float(stock[S_HIDDEN] + stock[S_HIDDEN_NEW]) + self.street
        left = [_ratio(self.beds + self.beds_empty, counts.crisis)]
        left.append(_ratio(homeless, counts.hidden + counts.unserved))
        if OF_STREET in self.open:
            left.append(_ratio(self.street, counts.unserved))
        if OF_HOMES in self.open:
            left.append(_ratio(float(self.flow[WON]) + counts.homes * self.untaken, counts.homes))
        if OF_PLACES in self.open:
            left.append(_ratio(self.places + self.places_empty, counts.reform))
        if counts.under_six is not None:
            wanted = min(max(counts.under_six, SMALL), 1.0 - SMALL)
            left.append(odds(float(self.stays()[0])) - odds(wanted) + self.shifts[OF_SIX].beyond(z[OF_SIX]))
        if counts.year_count is not None:
            seen = self.beds + self.street + self.seen(12)[1]
            left.append(_ratio(seen, counts.year_count) + self.shifts[OF_YEAR].beyond(z[OF_YEAR]))
        return np.array(left)

    def seen(self, months: int) -> Numbers:
        """Different people in these months beside those there when they begin: in beds; there or on the street; without
        a home."""
        seen = np.zeros(3)
        seen_within(self.rates, self.persons, self.stocks, self.flows, months, seen)
        return seen

    def ends(self) -> tuple[Numbers, Numbers]:
        """Chances a month of leaving each of SITUATIONS, and homelessness, by type."""
        ends = np.zeros_like(self.stocks)
        ends_of_stays(self.rates, self.persons, ends)
        without = self.stocks[..., : S_NO_BED + 1].sum(-1)
        over = self.flows[..., [HOME, MOVED_IN, RESOLVED, DIED]].sum(-1)
        return ends, np.clip(over / np.maximum(without, SMALL), SMALL, 1.0)

    def stays(self) -> Numbers:
        """Of the residents of the crisis service, shares there for less than each of HALF_YEARS."""
        here, came = self.stocks[..., [S_FAST, S_SLOW]], self.flows[..., [ENTERED_FAST, ENTERED_SLOW]]
        stay = np.clip(1.0 - came / np.maximum(here, 1e-12), 0.0, 1.0)
        return np.array([(here * (1.0 - stay**months)).sum() / max(here.sum(), SMALL) for months in HALF_YEARS])


def _ratio(found: float, wanted: float) -> float:
    return log(max(found, SMALL) / max(wanted, FEWEST))
