"""The equations of a place that stands still: what must hold, and what may be moved.  Used by model/balance.py."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import exp, log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from agents.service_user import KINDS
from model.mean_chances import (
    ACCEPTS_BED,
    ARRIVALS,
    CARRIED_DOWN,
    CARRIED_UP,
    CLOCK,
    FILL,
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
    HOME_LEFT,
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
from model.shifts import Shift, beyond, odds, shift_of, write

Numbers = npt.NDArray[np.float64]

# The equations, each with its unknown; the last two only where a place publishes the figure.
OF_BEDS, OF_HOMELESS, OF_STREET, OF_HOMES, OF_PLACES, OF_SIX, OF_YEAR = EQUATIONS = tuple(range(7))
SEEK = ("seek_short", "seek_episodic", "seek_long")
RESOLVE = ("resolve_short", "resolve_episodic", "resolve_long")
STREET = ("hidden_to_street", "street_to_hidden")
CLOCK_MOST, OFFERS_MOST = 4.0, 0.0  # logarithms: everybody who waits gets a home; everybody put forward gets an offer
FEWEST = 0.1  # people: what stands for none in a count that is to be met
SMALL, LEAST = 1e-3, 1e-12  # people, shares: what logarithms and divisions are kept away from
BEDS_EMPTY, PLACES_EMPTY, HOMES_UNTAKEN, LOOKS_AT = range(4)  # columns of `slack`
HALF_YEARS = (6, 12, 18, 24)  # months: ends of the bins of present stays


@dataclass(frozen=True, slots=True)
class Counts:
    """What a place counts, real people: in crisis beds, hidden, on the street, on reformed places; people and homes a
    month; the share that is let again of homes that tenants leave; and, if published, the share of residents there for
    less than six months, and different people in beds or on the street in a year."""

    crisis: float
    hidden: float
    unserved: float
    reform: float
    inflow: float
    homes: float
    let_again: float = 0.0
    under_six: float | None = None
    year_count: float | None = None


def counts_of(p: Any, under_six: float | None = None, year_count: float | None = None) -> Counts:
    """The counts of a place as its parameters have them."""
    crisis = p.crisis_beds * p.crisis_stock_share
    return Counts(crisis, crisis * p.hidden_ratio, p.rough_stock, p.reform_places, p.inflow, p.secure_supply,
                  p.home_recycled, under_six, year_count)  # fmt: skip


class City(NamedTuple):
    """One place: what is given, what is moved, and what stands under it (tables that are written over)."""

    counts: Counts
    met: float  # logarithm of the share of those who ask that is to get a bed
    by_right: bool  # after month 0 everybody who asks gets one
    more: float  # what more arrivals than the place's are counted in
    needs: Numbers
    persons: Numbers  # (needs, groups, PERSON)
    rates: Numbers  # by RATES
    stocks: Numbers  # (KINDS, needs, groups, SITUATIONS)
    flows: Numbers  # (KINDS, needs, groups, FLOWS)
    stock: Numbers  # (SITUATIONS,)
    flow: Numbers  # (FLOWS,)
    slack: Numbers  # empty beds, empty places, untaken homes; how often it was looked at
    shifts: dict[int, Shift]
    open: tuple[int, ...]  # equations that are to hold


def city_of(
    p: Any, groups: Any, fixed: Collection[str], counts: Counts, ranges: Mapping[str, tuple[float, float]]
) -> City:
    """The place of this row of parameters."""
    needs, persons = persons_of(p, groups)
    rates = np.array([float(getattr(p, name, 0.0)) for name in RATES])
    rates[ACCEPTS_BED] = p.accept_bed  # most are not long on the street, and trust as newcomers do
    shape = (len(KINDS), *persons.shape[:2])
    shifts = {
        OF_BEDS: shift_of(p, SEEK, fixed, len(SEEK), ranges),
        OF_HOMELESS: shift_of(p, RESOLVE, fixed, len(RESOLVE), ranges),
        OF_STREET: shift_of(p, STREET, fixed, 1, ranges),
        OF_SIX: shift_of(p, ("drift_out",), fixed, 1, ranges),
        OF_YEAR: shift_of(p, ("short_share",), fixed, 1, ranges),
    }
    given = {OF_HOMES: counts.homes > 0.0, OF_PLACES: counts.reform > 0.0,
             OF_SIX: counts.under_six is not None, OF_YEAR: counts.year_count is not None}  # fmt: skip
    more = max(counts.inflow, SMALL * (counts.hidden + counts.unserved))
    met = 1.0 if p.shelter_by_right > 0.0 else p.asks_met
    return City(
        counts, log(max(met, SMALL)), p.shelter_by_right > 0.0, more, needs, persons, rates,
        np.zeros((*shape, len(SITUATIONS))), np.zeros((*shape, FLOWS)), np.zeros(len(SITUATIONS)), np.zeros(FLOWS),
        np.zeros(4), shifts, tuple(k for k in EQUATIONS if given.get(k, True)),
    )  # fmt: skip


def begin(counts: Counts) -> Numbers:
    """Where to begin looking: an unknown an equation."""
    z = np.zeros(len(EQUATIONS))
    waiting = max(counts.crisis, 1.0)
    z[OF_HOMES] = log(max(2.0 * counts.homes / waiting, SMALL))
    z[OF_PLACES] = log(max(0.2 * counts.reform / waiting, SMALL))
    return z


def stand(city: City, z: Numbers) -> None:
    """Rates by the unknowns z, and what stands under them."""
    rates, counts, shifts, slack = city.rates, city.counts, city.shifts, city.slack
    for k, shift in shifts.items():
        write(shift, rates, z[k])
    fill = city.met + beyond(shifts[OF_BEDS], z[OF_BEDS])
    rates[FILL] = exp(min(fill, 0.0))
    slack[BEDS_EMPTY] = counts.crisis * (1.0 - exp(-max(fill, 0.0)))
    over = beyond(shifts[OF_HOMELESS], z[OF_HOMELESS])
    rates[ARRIVALS] = counts.inflow * exp(-max(over, 0.0)) + city.more * (exp(-min(over, 0.0)) - 1.0)
    over = beyond(shifts[OF_STREET], z[OF_STREET])
    rates[CARRIED_DOWN], rates[CARRIED_UP] = 1.0 - exp(-max(over, 0.0)), 1.0 - exp(min(over, 0.0))
    rates[CLOCK] = exp(min(z[OF_HOMES], CLOCK_MOST)) if counts.homes > 0.0 else 0.0
    rates[OFFERS] = exp(min(z[OF_PLACES], OFFERS_MOST)) if counts.reform > 0.0 else 0.0
    slack[PLACES_EMPTY] = counts.reform * (1.0 - exp(-max(z[OF_PLACES] - OFFERS_MOST, 0.0)))
    stand_still(rates, city.persons, city.stocks, city.flows, city.stock, city.flow)
    slack[HOMES_UNTAKEN] = homes_of(city) * (1.0 - exp(-max(z[OF_HOMES] - CLOCK_MOST, 0.0)))
    slack[LOOKS_AT] += 1.0


def beds_of(city: City) -> float:
    """People in crisis beds, those who look for a home from there included."""
    return float(city.stock[S_FAST] + city.stock[S_SLOW] + city.stock[S_BED])


def homes_of(city: City) -> float:
    """Homes a month for which everybody waits: the place's own, and those that tenants left for good."""
    return city.counts.homes + city.counts.let_again * float(city.flow[HOME_LEFT])


def street_of(city: City) -> float:
    """People on the street."""
    return float(city.stock[S_STREET] + city.stock[S_STREET_NEW])


def places_of(city: City) -> float:
    """People with a place in the reformed service once the month's offers are accepted."""
    stock = city.stock
    looking = stock[S_BED] + stock[S_NO_BED] + stock[S_BETWEEN]
    return float(looking + stock[S_FIRST] + stock[S_LATER] + city.flow[ACCEPTED])


def left(city: City, z: Numbers) -> Numbers:
    """What each equation leaves open at z, as the logarithm of a ratio: 0 where it holds."""
    stand(city, z)
    counts, stock, slack = city.counts, city.stock, city.slack
    rest = [_ratio(beds_of(city) + slack[BEDS_EMPTY], counts.crisis)]
    homeless = float(stock[S_HIDDEN] + stock[S_HIDDEN_NEW]) + street_of(city)
    rest.append(_ratio(homeless, counts.hidden + counts.unserved))
    if OF_STREET in city.open:
        rest.append(_ratio(street_of(city), counts.unserved))
    if OF_HOMES in city.open:
        rest.append(_ratio(float(city.flow[WON]) + slack[HOMES_UNTAKEN], homes_of(city)))
    if OF_PLACES in city.open:
        rest.append(_ratio(places_of(city) + slack[PLACES_EMPTY], counts.reform))
    if counts.under_six is not None:
        wanted = min(max(counts.under_six, SMALL), 1.0 - SMALL)
        rest.append(odds(float(stays_of(city)[0])) - odds(wanted) + beyond(city.shifts[OF_SIX], z[OF_SIX]))
    if counts.year_count is not None:
        seen = beds_of(city) + street_of(city) + float(seen_in(city, 12)[1])
        rest.append(_ratio(seen, counts.year_count) + beyond(city.shifts[OF_YEAR], z[OF_YEAR]))
    return np.array(rest)


def seen_in(city: City, months: int) -> Numbers:
    """Different people in these months beside those there when they begin: in beds; there or on the street; without a
    home."""
    seen = np.zeros(3)
    seen_within(city.rates, city.persons, city.stocks, city.flows, months, seen)
    return seen


def ends_of(city: City) -> tuple[Numbers, Numbers]:
    """Chances a month of leaving each of SITUATIONS, and homelessness, by type."""
    ends = np.zeros_like(city.stocks)
    ends_of_stays(city.rates, city.persons, ends)
    without = city.stocks[..., : S_NO_BED + 1].sum(-1)
    over = city.flows[..., [HOME, MOVED_IN, RESOLVED, DIED]].sum(-1)
    return ends, np.clip(over / np.maximum(without, LEAST), LEAST, 1.0)


def stays_of(city: City) -> Numbers:
    """Of the residents of the crisis service, shares there for less than each of HALF_YEARS."""
    here, came = city.stocks[..., [S_FAST, S_SLOW]], city.flows[..., [ENTERED_FAST, ENTERED_SLOW]]
    stay = np.clip(1.0 - came / np.maximum(here, LEAST), 0.0, 1.0)
    return np.array([(here * (1.0 - stay**months)).sum() / max(here.sum(), LEAST) for months in HALF_YEARS])


def _ratio(found: float, wanted: float) -> float:
    return log(max(found, SMALL) / max(wanted, FEWEST))
