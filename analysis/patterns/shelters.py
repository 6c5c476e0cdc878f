"""Experiments on who uses crisis beds, how often and how long: P8, Little's law, and the flows of Ireland.

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

from agents.service_user import GONE, HOUSED, NEVER, REFORM, SETTLED
from analysis.patterns.experiment import Experiment, Sets, settings_for
from engine.record import Rows
from model.state import World
from runs.rows_of_people import row_of
from runs.running import burnt_in, month_by_month
from runs.trial import NIGHTS
from scenarios.places import Place, find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

Numbers = npt.NDArray[np.int64]

IRELAND, PHILADELPHIA = "dublin", "us_city"  # the places of the two kinds of sources
YEAR, QUARTER = 12, 3  # months
FOLLOWED = 36  # P8: months over which nights are added up; S1
ADMITTED = 12  # P8: months in which the people who are followed come for the first time.  Assumption
LARGE = 14_000  # people of the American city: thousands come in a year, or a few would change clusters.  Assumption
DISTINCT_YEARS = 7  # Little: years over which distinct people are counted; S5
BACK_WITHIN = 24  # months in which a return counts; S156
JOINED = 0  # month's ends without a bed that do not end a stay: gaps under 30 days do not (recalled; S150)
KINDS = ("transitional", "episodic", "chronic")
CORNERS = (1.0, 0.99, 0.95, 0.9)  # quantiles at which the search for clusters begins


@dataclass(frozen=True, slots=True)
class Month:
    """Who was in a crisis bed at a month's end, who of them for the first time, and who moved from a bed to a home
    since the month's end before: permanent numbers, ascending, each once."""

    beds: Numbers
    new: Numbers
    tenancies: Numbers


# --- what is seen of a city -------------------------------------------------------------------------------------------


def in_beds(world: World) -> np.ndarray:
    """Ids of everybody in a crisis bed at the end of the month, whoever waits there for a home included."""
    users = world.users
    return np.asarray(users["id"][(users["situation"] != GONE) & (users["bed_provider"] >= 0)])


def months_seen(lived: Iterator[tuple[int, World]]) -> list[Month]:
    """Months 1, 2, ... of a run; month 0 only says who was in a bed before."""
    found: list[Month] = []
    before = np.zeros(0, np.int64)
    for month, world in lived:
        users, beds = world.users, np.unique(in_beds(world))
        if month:
            first = (users["bed_from"] == int(world.system[0].month) - 1) & (users["bed_until"] == NEVER)
            new = np.asarray(users["id"][first & (users["situation"] != GONE) & (users["bed_provider"] >= 0)])
            found.append(Month(beds, np.unique(new), before[housed_of(world, before)]))
        before = beds
    return found


def housed_of(world: World, ids: Numbers) -> npt.NDArray[np.bool_]:
    """Who of these people has a home now."""
    rows = row_of(world.users, ids)
    home = (rows >= 0) & np.isin(world.users["situation"][rows], (REFORM, SETTLED, HOUSED))
    return np.asarray(home | (row_of(world.housed[: world.system[0].housed].view(Rows), ids) >= 0))


@cache
def _place(name: str) -> Place:
    return find_place(name)


def seen(place: str, seed: int, sets: Sets, months: int, people: int | None = None) -> list[Month]:
    """The months of a place without a foundation."""
    parameters: Mapping[str, float] = settings_for(sets, place)
    city = Scenario(find_strategy(NOBODY), _place(place), find_worldview("evidence"), people, months, seed,
                    Settings(parameters=dict(parameters)))  # fmt: skip
    return months_seen(month_by_month(burnt_in(city), city))


# --- P8: nights and stays ---------------------------------------------------------------------------------------------


def share_of_top_tenth(nights: np.ndarray) -> float:
    """Share of all nights that the tenth of people with most nights used (the last of them counts in part)."""
    most = np.sort(nights)[::-1]
    whole, part = divmod(len(most) / 10.0, 1.0)
    top = most[: int(whole)].sum() + part * most[int(whole)]
    return float(top / most.sum())


def nights_of_all(months: Sequence[Month]) -> Numbers:
    """Months in a bed of everybody seen there in these months."""
    return np.unique(np.concatenate([month.beds for month in months]), return_counts=True)[1].astype(np.int64)


def followed(months: Sequence[Month], admitted: int, window: int) -> npt.NDArray[np.bool_]:
    """(people, window): in a bed, of everybody new in the first `admitted` months, from the first month of each on."""
    rows = []
    for k, month in enumerate(months[:admitted]):
        rows.append(np.stack([np.isin(month.new, later.beds) for later in months[k : k + window]], axis=1))
    return np.concatenate(rows)


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


def parts_of_nights(all_users: Sequence[Month], city: Sequence[Month]) -> dict[str, float]:
    """P8 from the months of Ireland's place and of Philadelphia's."""
    there = followed(city, ADMITTED, FOLLOWED)
    days, stays = there.sum(axis=1) * NIGHTS, stays_of(there)
    kinds = typology(days, stays)
    parts = {
        "P8.all_users": share_of_top_tenth(nights_of_all(all_users)),
        "P8.new_admissions": share_of_top_tenth(days),
        "P8.all_users_philadelphia": share_of_top_tenth(nights_of_all(city[:FOLLOWED])),
        "P8.ratio_episodic": kinds["episodic"][1] / kinds["transitional"][1],
        "P8.ratio_chronic": kinds["chronic"][1] / kinds["transitional"][1],
    }
    for kind, (share, its_days, its_stays) in kinds.items():
        parts |= {f"P8.share_{kind}": share, f"P8.stays_{kind}": its_stays, f"P8.days_{kind}": its_days}
    return parts


def nights(seed: int, sets: Sets) -> dict[str, float]:
    """P8: everybody seen in Dublin's beds in three years; and in an American city the people who come for the first
    time in a year, each followed for three years from then on."""
    city = seen(PHILADELPHIA, seed, sets, ADMITTED + FOLLOWED - 1, LARGE)
    return parts_of_nights(seen(IRELAND, seed, sets, FOLLOWED), city)


# --- Little's law and the flows of Ireland ----------------------------------------------------------------------------


def total_stays(months: Sequence[Month]) -> dict[str, float]:
    """Little's law in both counts, years in the crisis service."""
    years = len(months) / YEAR
    stock = sum(len(month.beds) for month in months) / len(months)
    new = sum(len(month.new) for month in months)
    distinct = len(np.unique(np.concatenate([month.beds for month in months])))
    return {
        "Little.new_people": stock / (new / years) if new else math.nan,
        "Little.distinct": stock / (distinct / years) if distinct else math.nan,
    }


def flows_of(months: Sequence[Month]) -> dict[str, float]:
    """The parts of the flows of Ireland, pooled over the whole years, quarters and exits of these months."""
    years, quarters = (_spans(months, length) for length in (YEAR, QUARTER))
    yearly = [len(_users(span)) / np.mean([len(month.beds) for month in span]) for span in years]
    users = sum(len(_users(span)) for span in quarters)
    new = sum(len(np.unique(np.concatenate([month.new for month in span]))) for span in quarters)
    exits = sum(len(month.tenancies) for span in quarters for month in span)
    left, back = 0, 0
    for k, month in enumerate(months[:-BACK_WITHIN]):
        left += len(month.tenancies)
        back += int(np.isin(month.tenancies, _users(months[k + 1 : k + 1 + BACK_WITHIN])).sum())
    return {
        "Flows.year_over_night": float(np.mean(yearly)),
        "Flows.new_of_quarter": new / users,
        "Flows.tenancies_of_quarter": exits / users,
        "Flows.returns_24": back / left if left else math.nan,
    }


def _spans(months: Sequence[Month], length: int) -> list[Sequence[Month]]:
    return [months[k : k + length] for k in range(0, len(months) - length + 1, length)]


def _users(months: Sequence[Month]) -> Numbers:
    return np.unique(np.concatenate([month.beds for month in months]))


def stock_and_flow(seed: int, sets: Sets) -> dict[str, float]:
    """Seven years of Dublin without a foundation, counted as the Irish sources count."""
    months = seen(IRELAND, seed, sets, YEAR * DISTINCT_YEARS)
    return total_stays(months) | flows_of(months)


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment("nights of shelter users", ("P8",), nights, 1.5),
    Experiment("stock and flow in Dublin", ("Little", "Flows"), stock_and_flow, 0.3),
)
