"""Experiments on who uses crisis beds, how often and how long: P8, Returns, Little's law, the flows and
quarters of Ireland, Clusters.

    nights(seed=1, sets={}) == {"P8.all_users": 0.41, "P8.new_admissions": 0.5, ..., "P8.days_chronic": 300.0}

Definitions, where the sources leave room:

- *In a bed* is somebody who sleeps in a crisis bed at the end of a month, whoever waits there for a home included; each
  counts a whole month of nights.  A month is more than the 20.4 days that the largest cluster of Philadelphia's users
  spent there in three years, so that *days* can be met as ratios only; absolute days are a known miss.
- *New* is who gets the first crisis bed of a life.
- *A stay* goes on over a gap of less than 30 days, which is less than a month here: who leaves a bed and has one again
  in the same month.  Left in one month and back in the next is 30.4 days, as moves happen in the middle of a month.
- *All users* of three years are whoever was there at any time, in whatever stage of a stay; *new admissions* are
  followed for three years from their first month on.  The first is what a city sees, the second what the typology of
  shelter users was made of.
- *Little's law* in two counts: the stock over the new people of a year, and the stock over the distinct people of
  seven years, over seven.  The second counts people again who come back, and who was there at the beginning.
- *An exit to a tenancy* is somebody in a bed at the end of a month who has a home at the end of the next, by whatever
  door; *a return* is a crisis bed again within 24 months.  Who dies in between has not returned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from agents.service_user import GONE, NEVER
from analysis.patterns.experiment import Experiment, Sets, settings_for
from analysis.patterns.lives import NONE, WITH_HOME, positions
from model.state import World
from runs.running import burnt_in, month_by_month
from runs.trial import NIGHTS
from scenarios.places import Place, find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

IRELAND, PHILADELPHIA = "dublin", "us_city"  # the places of the two kinds of sources
YEAR, QUARTER = 12, 3  # months
FOLLOWED = 36  # P8: months over which nights are added up; S1
ADMITTED = 12  # P8: months in which the people who are followed come for the first time.  Assumption
LARGE = 14_000  # people of the American city: thousands come in a year, or a few would change clusters.  Assumption
DISTINCT_YEARS = 7  # Little: years over which distinct people are counted; S5
BACK_WITHIN = 24  # months in which a return counts; S156
NEVER_BACK = BACK_WITHIN + 1
CALGARY = 60  # Clusters: months over which everybody's days and stays are added up; S165
JOINED = 0  # month's ends without a bed that do not end a stay: gaps under 30 days do not (recalled; S150)
KINDS = ("transitional", "episodic", "chronic")
CORNERS = (1.0, 0.99, 0.95, 0.9)  # quantiles at which the search for clusters begins


@dataclass(frozen=True, slots=True)
class Seen:
    """Who was in a crisis bed at each month's end, who of them for the first time, and who moved from a bed to a home
    since the month's end before: (months, people) each, and the people's permanent numbers, ascending."""

    ids: Numbers
    beds: Flags
    new: Flags
    tenancies: Flags

    @property
    def months(self) -> int:
        """Months that were lived."""
        return len(self.beds)

    def first(self, months: int) -> Seen:
        """The same people in the first so many months."""
        return Seen(self.ids, self.beds[:months], self.new[:months], self.tenancies[:months])


# --- what is seen of a city -------------------------------------------------------------------------------------------


def in_beds(world: World) -> np.ndarray:
    """Ids of everybody in a crisis bed at the end of the month, whoever waits there for a home included."""
    users = world.users
    return np.asarray(users["id"][(users["situation"] != GONE) & (users["bed_provider"] >= 0)])


def seen_in(lived: Iterator[tuple[int, World]]) -> Seen:
    """Months 1, 2, ... of a run; month 0 only says who was in a bed before."""
    beds, new, tenancies = [], [], []
    before = np.zeros(0, np.int64)
    for month, world in lived:
        users = world.users
        here = np.flatnonzero((users["situation"] != GONE) & (users["bed_provider"] >= 0))
        ids = users["id"][here]
        if month:
            first = (users["bed_from"][here] == int(world.system[0].month) - 1) & (users["bed_until"][here] == NEVER)
            beds.append(ids)
            new.append(ids[first])
            tenancies.append(before[housed_of(world, before)])
        before = ids
    return seen_of(beds, new, tenancies)


def seen_of(beds: Sequence[Numbers], new: Sequence[Numbers], tenancies: Sequence[Numbers]) -> Seen:
    """The same from the numbers of people in each month, in any order."""
    told = [*beds, *new, *tenancies]
    ids, person = np.unique(np.concatenate(told), return_inverse=True)
    flags = np.zeros((len(told), len(ids)), bool)
    flags[np.repeat(np.arange(len(told)), [len(one) for one in told]), person] = True
    months = len(beds)
    return Seen(ids, flags[:months], flags[months : 2 * months], flags[2 * months :])


def housed_of(world: World, ids: Numbers) -> Flags:
    """Who of these people (each once) has a home now."""
    users = world.users
    with_home = WITH_HOME[users["situation"]]
    settled = positions(users["id"][with_home], ids) != NONE
    return np.asarray(settled | (positions(world.housed["id"][: world.system[0].housed], ids) != NONE))


@cache
def _place(name: str) -> Place:
    return find_place(name)


def seen(place: str, seed: int, sets: Sets, months: int, people: int | None = None) -> Seen:
    """The months of a place without a foundation."""
    parameters: Mapping[str, float] = settings_for(sets, place)
    city = Scenario(find_strategy(NOBODY), _place(place), find_worldview("evidence"), people, months, seed,
                    Settings(parameters=dict(parameters)))  # fmt: skip
    return seen_in(month_by_month(burnt_in(city), city))


# --- P8: nights and stays ---------------------------------------------------------------------------------------------


def share_of_top_tenth(nights: np.ndarray) -> float:
    """Share of all nights that the tenth of people with most nights used (the last of them counts in part)."""
    most = np.sort(nights)[::-1]
    whole, part = divmod(len(most) / 10.0, 1.0)
    top = most[: int(whole)].sum() + part * most[int(whole)]
    return float(top / most.sum())


def nights_of_all(seen: Seen) -> Numbers:
    """Months in a bed of everybody seen there in these months."""
    months = seen.beds.sum(axis=0)
    return np.asarray(months[months > 0], np.int64)


def followed(seen: Seen, admitted: int, window: int) -> Flags:
    """(people, window): in a bed, of everybody new in the first `admitted` months, from the first month of each on."""
    month, person = np.nonzero(seen.new[:admitted])
    return np.asarray(seen.beds[month[:, None] + np.arange(window), person[:, None]])


def stays_of(there: npt.NDArray[np.bool_], joined: int = JOINED) -> Numbers:
    """Stays of each person (row): a stay begins where nobody was in the bed for more than `joined` month's ends."""
    people, months = there.shape
    padded = np.concatenate([np.zeros((people, joined + 1), bool), there], axis=1)
    recent = np.zeros_like(there)
    for back in range(1, joined + 2):
        recent |= padded[:, joined + 1 - back : joined + 1 - back + months]
    return np.asarray((there & ~recent).sum(axis=1), np.int64)


def typology(days: np.ndarray, stays: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """(share of people, mean days, mean stays) of the transitional, the episodic and the chronic.

    As in the source: three clusters by k-means on standardised days and stays [S1 S150].  Chronic are those with most
    days; of the others those with most stays are episodic.  nan where people do not differ enough for three.
    """
    data = np.stack([days, stays], axis=1).astype(float)
    spread = data.std(axis=0)
    nothing = dict.fromkeys(KINDS, (math.nan,) * 3)
    if not spread.all():
        return nothing
    points = (data - data.mean(axis=0)) / spread
    label = min((_lloyd(points, corner) for corner in CORNERS), key=lambda one: one[0])[1]
    clusters = [data[label == k] for k in range(3) if (label == k).any()]
    found = [(len(own) / len(data), *own.mean(axis=0).tolist()) for own in clusters]
    if len(found) < 3:
        return nothing
    chronic = max(found, key=lambda one: one[1])
    rest = sorted((one for one in found if one is not chronic), key=lambda one: one[2])
    return dict(zip(KINDS, (*rest, chronic), strict=True))


def _lloyd(points: np.ndarray, corner: float) -> tuple[float, np.ndarray]:
    """(sum of squared distances, cluster of each point) of k-means that begins in three corners: few days and stays,
    many stays, many days."""
    low, (long, often) = np.quantile(points, 0.1, axis=0), np.quantile(points, corner, axis=0)
    centres = np.array([low, (low[0], often), (long, low[1])])
    label = np.full(len(points), -1)
    while True:
        distance = ((points[:, None, :] - centres[None]) ** 2).sum(axis=2)
        now = distance.argmin(axis=1)
        if (now == label).all():
            return float(distance.min(axis=1).sum()), label
        label = now
        centres = np.array([points[label == k].mean(axis=0) if (label == k).any() else centres[k] for k in range(3)])


def parts_of_nights(all_users: Seen, city: Seen) -> dict[str, float]:
    """P8 from the months of Ireland's place and of Philadelphia's."""
    there = followed(city, ADMITTED, FOLLOWED)
    days, stays = there.sum(axis=1) * NIGHTS, stays_of(there)
    kinds = typology(days, stays)
    parts = {
        "P8.all_users": share_of_top_tenth(nights_of_all(all_users)),
        "P8.new_admissions": share_of_top_tenth(days),
        "P8.all_users_philadelphia": share_of_top_tenth(nights_of_all(city.first(FOLLOWED))),
        "P8.ratio_episodic": kinds["episodic"][1] / kinds["transitional"][1],
        "P8.ratio_chronic": kinds["chronic"][1] / kinds["transitional"][1],
    }
    for kind, (share, its_days, its_stays) in kinds.items():
        parts |= {f"P8.share_{kind}": share, f"P8.stays_{kind}": its_stays, f"P8.days_{kind}": its_days}
    return parts


def nights(seed: int, sets: Sets, people: int = LARGE, of_dublin: int | None = None) -> dict[str, float]:
    """P8 and Returns: everybody seen in Dublin's beds in three years; and in an American city the people who come for
    the first time in a year, each followed for three years from then on, and who leaves for a home.  `people`,
    `of_dublin`: the size of the two."""
    city = seen(PHILADELPHIA, seed, sets, ADMITTED + FOLLOWED - 1, people)
    return parts_of_nights(seen(IRELAND, seed, sets, FOLLOWED, of_dublin), city) | returns_of(city)


# --- Returns ----------------------------------------------------------------------------------------------------------


def months_until_back(seen: Seen) -> Numbers:
    """Of every exit to a home that can be followed for BACK_WITHIN months: months until a bed again, NEVER_BACK if it
    is longer."""
    until = np.full(len(seen.ids), NEVER_BACK)
    found = []
    for month in range(seen.months - 1, -1, -1):
        if month < seen.months - BACK_WITHIN:
            found.append(until[seen.tenancies[month]])
        until = np.where(seen.beds[month], 1, np.minimum(until + 1, NEVER_BACK))
    back = np.concatenate([*found, np.zeros(0, np.int64)])
    return np.where(back <= BACK_WITHIN, back, NEVER_BACK)


def returns_of(seen: Seen) -> dict[str, float]:
    """Returns: shares of exits that are back within 6, 12 and 24 months, and whether most come first."""
    back = months_until_back(seen)
    within = {months: float((back <= months).mean()) if len(back) else math.nan for months in (6, 12, 24)}
    early, late = within[6] / 6, (within[24] - within[6]) / 18 / (1.0 - within[6]) if within[6] < 1.0 else math.nan
    return {
        "Returns.within_6": within[6],
        "Returns.within_12": within[12],
        "Returns.within_24": within[24],
        "Returns.of_them_first_year": within[12] / within[24] if within[24] else math.nan,
        "Returns.front_loaded": early - late,
    }


# --- Little's law and the flows of Ireland ----------------------------------------------------------------------------


def total_stays(seen: Seen) -> dict[str, float]:
    """Little's law in both counts, years in the crisis service."""
    years = seen.months / YEAR
    stock = seen.beds.sum() / seen.months
    new, distinct = seen.new.sum(), seen.beds.any(axis=0).sum()
    return {
        "Little.new_people": float(stock / (new / years)) if new else math.nan,
        "Little.distinct": float(stock / (distinct / years)) if distinct else math.nan,
    }


def flows_of(seen: Seen) -> dict[str, float]:
    """Flows and Quarters, over the whole years, quarters and exits of these months."""
    by_year, by_quarter = _users(seen.beds, YEAR), _users(seen.beds, QUARTER)
    nights = [float(span.mean()) for span in _spans(seen.beds.sum(axis=1), YEAR)]
    in_quarters = len(by_quarter) * QUARTER
    exits = int(seen.tenancies[:in_quarters].sum())
    stock = int(seen.beds[:in_quarters].sum())
    back = months_until_back(seen)
    return {
        "Flows.year_over_night": float(np.mean(np.array(by_year) / nights)) if by_year else math.nan,
        "Flows.new_of_quarter": sum(_users(seen.new, QUARTER)) / sum(by_quarter),
        "Flows.tenancies_of_quarter": exits / sum(by_quarter),
        "Flows.returns_24": float((back < NEVER_BACK).mean()) if len(back) else math.nan,
        "Quarters.year_over_quarter": float(np.mean(by_year) / np.mean(by_quarter)) if by_year else math.nan,
        "Quarters.quarter_over_night": sum(by_quarter) * QUARTER / stock,
        "Quarters.tenancies_of_stock": exits / stock,
    }


def _spans(table: np.ndarray, length: int) -> list[np.ndarray]:
    return [table[k : k + length] for k in range(0, len(table) - length + 1, length)]


def _users(flags: Flags, length: int) -> list[int]:
    """Distinct people in each whole span of so many months."""
    return [int(span.any(axis=0).sum()) for span in _spans(flags, length)]


def stock_and_flow(seed: int, sets: Sets) -> dict[str, float]:
    """Seven years of Dublin without a foundation, counted as the Irish sources count."""
    months = seen(IRELAND, seed, sets, YEAR * DISTINCT_YEARS)
    return total_stays(months) | flows_of(months)


# --- Clusters ---------------------------------------------------------------------------------------------------------


def clusters(seed: int, sets: Sets) -> dict[str, float]:
    """Clusters: everybody seen in the American city's beds in five years, as Calgary's were counted."""
    return clusters_of(seen(PHILADELPHIA, seed, sets, CALGARY))


def clusters_of(seen: Seen) -> dict[str, float]:
    """The parts of Clusters from a city's months."""
    there = seen.beds.T[seen.beds.any(axis=0)]
    days, stays = there.sum(axis=1) * NIGHTS, stays_of(there)
    kinds = typology(days, stays)
    episodic, chronic = kinds["episodic"], kinds["chronic"]
    found = {"Clusters.ratio_chronic": chronic[1] / episodic[1],
             "Clusters.nights_chronic": chronic[0] * chronic[1] / float(days.mean())}  # fmt: skip
    for kind, (share, its_days, its_stays) in kinds.items():
        found |= {f"Clusters.share_{kind}": share, f"Clusters.stays_{kind}": its_stays,
                  f"Clusters.days_{kind}": its_days}  # fmt: skip
    return found


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment("nights of shelter users", ("P8", "Returns"), nights, 0.8),
    Experiment("stock and flow in Dublin", ("Little", "Flows", "Quarters"), stock_and_flow, 0.3),
    Experiment("shelter users of five years", ("Clusters",), clusters, 0.4),
)
