"""A place's counts, and the rates that nobody publishes: what must they be for the city to stand still?

`balance` takes one row of parameters and the place's groups and finds, within the plausible ranges of their entries,
how often people ask for a bed, find an answer of their own and change between friends and street, such that crisis beds
in use, people on the street, hidden people and reformed places stay as counted, in the mean, month after month
(model/mean_field.py).  What cannot stand still within the ranges is said: how many people a month a count moves.

Beyond the ranges the search goes on with something that is no rate: the share of those who ask for a bed and get one,
how many arrive, who is moved between street and friends, homes that nobody takes, places that nobody accepts.  That is
how far the figures are from agreeing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from model.city_equations import (
    BEDS_EMPTY,
    HOMES_UNTAKEN,
    LOOKS_AT,
    OF_STREET,
    PLACES_EMPTY,
    City,
    Counts,
    beds_of,
    begin,
    city_of,
    counts_of,
    ends_of,
    left,
    places_of,
    seen_in,
    stand,
    stays_of,
    street_of,
)
from model.mean_chances import (
    ARRIVALS,
    CLOCK,
    FILL,
    OFFERS,
)
from model.mean_month import (
    ACCEPTED,
    ADMITTED,
    BACK_24,
    CARRIED,
    CHANGED,
    DIED,
    FROM_BED,
    HOME,
    HOME_LEFT,
    LOST,
    MET,
    MOVED_IN,
    NEW_IN_BED,
    OWN_HOME,
    RESOLVED,
    RETURNED,
    S_BED,
    S_BETWEEN,
    S_FIRST,
    S_HIDDEN,
    S_HIDDEN_NEW,
    S_LATER,
    S_NO_BED,
    TO_FRIENDS,
    TO_STREET,
    WON,
)
from model.shifts import (
    at_end,
    beyond,
    values_at,
    within,
)

Numbers = npt.NDArray[np.float64]

SMALL = 1e-6  # what stands for no people at all
FURTHEST = 32.0  # no unknown goes beyond, below 0 or above
TOLERANCE, ENOUGH, LOOKS = 1e-9, 1e-6, 60  # of unknowns; of what is left open; at most, where the search stopped short
BEGIN_OFF = (0.0, 1.0, -1.0, 2.0, -2.0)  # how far from the beginning the search begins, one after the other
DECIMALS = 7  # of what the starting point takes: the same on every machine, whose libraries differ in the last bits
FLOW_NAMES = {
    "admissions": ADMITTED, "new in beds": NEW_IN_BED, "ordinary homes": HOME, "own homes": OWN_HOME,
    "homes drawn": WON, "moved in": MOVED_IN, "changed home": CHANGED, "places lost": LOST, "offers accepted": ACCEPTED,
    "resolved": RESOLVED, "died": DIED, "returned": RETURNED, "to street": TO_STREET, "to friends": TO_FRIENDS,
    "homes left": HOME_LEFT,
}  # fmt: skip


@dataclass(frozen=True)
class Balance:
    """A city that stands still, or as nearly as its figures allow.

    values: fitted rates by name; at_end: those at an end of their range.
    needs: nodes of need, of equal share.  stocks: (KINDS, needs, groups, SITUATIONS), real people at a month's end.
    ends: chances a month of leaving, of the same shape; homeless_ends: (KINDS, needs, groups), of homelessness.
    arrivals: people a month with whom hidden and unserved people together stand still; the place's inflow if balanced.
    fill: share of those who ask for a bed (and accept it) who get one.  clock: when a month's lottery for homes ends,
    P(win) = 1 - exp(-clock * weight).  offered: share of those put forward who get an offer of a place.
    beds_empty, places_empty, homes_untaken: beds and places that stay empty and homes a month that nobody takes.
    flows: people a month by name.  predicted: figures that places publish.  bins: residents of the crisis service by
    present stay (HALF_YEARS), shares.
    street_settles: people on the street after some months; as counted if balanced.
    imbalance: people a month by which hidden, unserved, crisis and reform move, whatever the rates within their ranges.
    error: what the equations leave open, relative.  looks: how often the city was looked at.
    """

    counts: Counts
    values: dict[str, float]
    at_end: tuple[str, ...]
    needs: Numbers
    stocks: Numbers
    ends: Numbers
    homeless_ends: Numbers
    arrivals: float
    fill: float
    clock: float
    offered: float
    beds_empty: float
    places_empty: float
    homes_untaken: float
    street_settles: float
    flows: dict[str, float]
    predicted: dict[str, float]
    bins: tuple[float, ...]
    imbalance: dict[str, float]
    error: float
    looks: int


def balance(
    p: Any,
    groups: Any = None,
    fixed: Collection[str] = (),
    under_six: float | None = None,
    year_count: float | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> Balance:
    """The rates under which the place of this row of parameters stands still; see the top of this file.

    p: one row of parameters.  groups: rows of GROUP (model/state.py), or None for one group.  fixed: names of
    parameters that stay as they are.  under_six, year_count: if published, the share of residents there for less than
    six months, to which drift_out is fitted, and different people in crisis beds or on the street in a year, to which
    short_share is.  ranges: plausible ranges of the field, where they are other than those of the entries.
    """
    row = named(p)
    city = city_of(row, groups, fixed, counts_of(row, under_six, year_count), ranges or {})
    z = _solved(city, begin(city.counts))
    error = float(np.abs(left(city, z)).max())
    fitted = [(city.shifts[k], z[k]) for k in city.open if k in city.shifts]
    values = {name: value for shift, at in fitted for name, value in values_at(shift, at).items()}
    ends = tuple(name for shift, at in fitted for name in at_end(shift, at))
    found = _found(city, values, ends, error)
    if abs(beyond(city.shifts[OF_STREET], z[OF_STREET])) < SMALL:
        return found
    return replace(found, street_settles=_street_let_go(city, z))


def named(row: Any) -> SimpleNamespace:
    """A row of parameters as plain numbers: quicker to read."""
    return SimpleNamespace(**dict(zip(row.dtype.names, row.item(), strict=True)))


def _solved(city: City, z: Numbers) -> Numbers:
    """The unknowns for which nothing is left open, or the nearest to it: Powell's hybrid method (MINPACK), where that
    stops short least squares within bounds, and where both do, at a kink, the same from a little further off."""
    # A third of a second, and only who runs something needs it.
    from scipy.optimize import least_squares, root  # type: ignore[import-untyped]

    unknown = list(city.open)

    def at(x: Numbers) -> Numbers:
        moved = z.copy()
        moved[unknown] = np.clip(x, -FURTHEST, FURTHEST)
        return moved

    def rest(x: Numbers) -> Numbers:
        return left(city, at(x))

    best, size = z, np.inf
    for begin_off in BEGIN_OFF:
        x = root(rest, z[unknown] + begin_off, method="hybr", options={"xtol": TOLERANCE}).x
        if float(np.abs(rest(x)).max()) > ENOUGH:
            inside = np.clip(x, 0.999 * -FURTHEST, 0.999 * FURTHEST)
            x = least_squares(rest, inside, bounds=(-FURTHEST, FURTHEST), max_nfev=LOOKS).x
        now = float(np.abs(rest(x)).max())
        if now < size:
            best, size = at(x), now
        if size < ENOUGH:
            break
    return best


def _street_let_go(city: City, z: Numbers) -> float:
    """People on the street if nobody is carried between street and friends to keep them as counted."""
    z = z.copy()
    z[OF_STREET] = within(city.shifts[OF_STREET], z[OF_STREET])
    free = city._replace(open=tuple(k for k in city.open if k != OF_STREET))
    stand(free, _solved(free, z))
    return street_of(free)


def _found(city: City, values: dict[str, float], at_ends: tuple[str, ...], error: float) -> Balance:
    """All that there is to say of a city where it stands."""
    rates, slack = city.rates, city.slack
    bins = np.diff(np.concatenate([[0.0], stays_of(city), [1.0]]))
    ends, homeless_ends = ends_of(city)
    return Balance(
        counts=city.counts,
        values=values,
        at_end=at_ends,
        needs=city.needs,
        stocks=np.round(city.stocks, DECIMALS),
        ends=np.maximum(np.round(ends, DECIMALS), 10.0**-DECIMALS),
        homeless_ends=np.maximum(np.round(homeless_ends, DECIMALS), 10.0**-DECIMALS),
        arrivals=float(rates[ARRIVALS]),
        fill=float(rates[FILL]),
        clock=float(rates[CLOCK]),
        offered=float(rates[OFFERS]),
        beds_empty=float(slack[BEDS_EMPTY]),
        places_empty=float(slack[PLACES_EMPTY]),
        homes_untaken=float(slack[HOMES_UNTAKEN]),
        street_settles=street_of(city),
        flows={name: float(city.flow[k]) for name, k in FLOW_NAMES.items()},
        predicted=_predicted(city),
        bins=tuple(bins.tolist()),
        imbalance=_imbalance(city),
        error=error,
        looks=int(slack[LOOKS_AT]),
    )


def _predicted(city: City) -> dict[str, float]:
    """Figures that places publish, as they come out.

    beds, street, hidden: people there, who looks for a home from a bed included; tenants: people who have a place
    in the reformed service, who looks included; admissions: people a month who got a bed and had none when the
    month began; new_in_beds: of them, who never had one; mean_stay: months in beds for each of them; under_six,
    over_year: shares of residents by present stay; year_beds, year_count, year_homeless: different people in twelve
    months in beds, in beds or on the street, without a home; new_of_quarter: share of the people seen in beds in
    three months who are new; homes_from_beds: people a month from a bed to a home, with support or without;
    back_24: of those who got an ordinary home, share back within two years.
    """
    admitted, new = float(city.flow[ADMITTED]), float(city.flow[NEW_IN_BED])
    stays = stays_of(city)
    year, quarter = seen_in(city, 12), seen_in(city, 3)
    stock, beds = city.stock, beds_of(city)
    without = float(stock[: S_BETWEEN + 1].sum())
    moved_in = float(city.flow[MOVED_IN] * stock[S_BED] / max(stock[S_BED] + stock[S_NO_BED], SMALL))
    return {
        "beds": beds,
        "street": street_of(city),
        "hidden": float(stock[S_HIDDEN] + stock[S_HIDDEN_NEW]),
        "tenants": float(stock[[S_BED, S_NO_BED, S_BETWEEN, S_FIRST, S_LATER]].sum()),
        "admissions": admitted,
        "new_in_beds": new,
        "mean_stay": beds / max(admitted, SMALL),
        "under_six": float(stays[0]),
        "over_year": float(1.0 - stays[1]),
        "year_beds": beds + float(year[0]),
        "year_count": beds + street_of(city) + float(year[1]),
        "year_homeless": without + float(year[2]),
        "new_of_quarter": 3.0 * new / max(beds + float(quarter[0]), SMALL),
        "homes_from_beds": float(city.flow[FROM_BED]) + moved_in,
        "back_24": float(city.flow[BACK_24]) / max(float(city.flow[HOME]), SMALL),
    }


def _imbalance(city: City) -> dict[str, float]:
    """People a month by which counts move although every rate does what it can within its range.

    More or fewer arrivals than stand still add to friends and street as the two are now.
    """
    counts, flow = city.counts, city.flow
    more = counts.inflow - float(city.rates[ARRIVALS])
    street = counts.unserved / max(counts.hidden + counts.unserved, SMALL)
    carried = float(flow[CARRIED])
    turned_away = float(flow[MET]) * (1.0 / float(city.rates[FILL]) - 1.0) if city.by_right else 0.0
    admitted = float(flow[ADMITTED]) / max(beds_of(city), SMALL)
    accepted = float(flow[ACCEPTED]) / max(places_of(city), SMALL)
    return {
        "hidden": more * (1.0 - street) + carried,
        "unserved": more * street - carried,
        "crisis": turned_away - float(city.slack[BEDS_EMPTY]) * admitted,
        "reform": -float(city.slack[PLACES_EMPTY]) * accepted,
    }
