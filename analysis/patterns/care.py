"""The two fields of care in Ireland, without a foundation: Closing and Stalling (intellectual disability), Admissions,
Census and Resettled (mental health).

    congregated_settings(seed=1, sets={}) == {"Closing.people_2015": 3100.0, ..., "Stalling.slows": -0.02}

Both places are run at real size, so that people are counted as they were published.  Month 0 is the beginning of 2012
and of 2022; in mental health the published rates are of earlier years, and rates alone are compared.

What words mean here, where the sources leave room:

- *In a congregated setting*, *in hospital or a residence*: in a bed of the crisis service at the end of a month,
  whoever has agreed to move and still lives there included.
- A *move* is from such a bed into a home with support, from one month's end to the next.
- *Resettled* are those who move so after a stay of a year or more, within two years; each is followed for five.  The
  *first home* is kept through a spell in hospital, and when support ends.
- *Moved on* from a long stay: out of the bed, alive and not on the street, within 30 months.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from agents.service_user import CRISIS, DIED, HERE, HIDDEN, LEFT, LOOKING, REFORM, UNSERVED
from analysis.patterns.experiment import Experiment, Sets, settings_for
from engine.record import Rows
from model.state import BURN_IN, World
from runs.rows_of_people import everybody_in, fate_of
from runs.running import burnt_in, month_by_month
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

DISABILITY, MENTAL_HEALTH = "ireland_disability", "ireland_mental_health"
YEAR = 12
DAYS = 30.4  # of a month
# months of the run (0 is the beginning of 2012) at whose end something was published
END_2015, OCTOBER_2016, MIDDLE_2019, END_2019, MIDDLE_2021, NOVEMBER_2024 = 48, 58, 90, 96, 114, 155
FAMILIES = 36  # months in which moves and entries from families are compared: 2012 to 2014
FIVE_YEARS, MOVING_ON, JOINING = 60, 30, 24  # months
LONG = 12  # months of a long stay
SHORT = 6  # months: stays of up to 180 days

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Night(NamedTuple):
    """Everybody at the end of a month: arrays, a row for each person."""

    month: int  # of the model, burn-in included
    people: Rows

    @property
    def in_bed(self) -> Flags:
        """Whose bed is one of the crisis service."""
        return np.asarray(self.people["bed_provider"] >= 0)

    @property
    def between(self) -> Flags:
        """Tenants without their home for the moment: between two homes.  In a spell in hospital the home is kept."""
        users = self.people
        return np.asarray((users["situation"] == LOOKING) & (users["housed_on"] >= users["joined"]))

    @property
    def stayed(self) -> Numbers:
        """Months since the stay in a bed began."""
        return np.asarray(self.month - self.people["bed_from"], np.int64)

    @property
    def long(self) -> Flags:
        """In a bed for a year or more."""
        return self.in_bed & (self.stayed >= LONG)

    def ids(self, which: Flags) -> Numbers:
        """The permanent numbers of these people."""
        return np.asarray(self.people["id"][which])


def night(world: World) -> Night:
    """The month that is over; the world may live on."""
    return Night(int(world.system[0].month) - 1, everybody_in(world))


def alone(place: str, seed: int, sets: Sets, months: int) -> Iterator[tuple[int, World]]:
    """A place at real size without a foundation, month by month."""
    scenario = Scenario(find_strategy(NOBODY), find_place(place), find_worldview("evidence"), None, months, seed,
                        Settings(parameters=settings_for(sets, place)))  # fmt: skip
    return month_by_month(burnt_in(scenario), scenario)


def moved_in(before: Night, now: Night) -> tuple[Numbers, Numbers]:
    """Who has got a home with support this month: (from a bed of the crisis service, from elsewhere)."""
    tenants = now.ids(now.people["situation"] == REFORM)
    had_one = before.ids((before.people["situation"] == REFORM) | before.between)
    new = np.setdiff1d(tenants, had_one)
    of_beds = np.intersect1d(new, before.ids(before.in_bed))
    return of_beds, np.setdiff1d(new, of_beds)


def yearly_fall(first: float, last: float, months: int) -> float:
    """Share by which a stock falls a year; nan of nothing.

    >>> round(yearly_fall(100.0, 81.0, 24), 3)
    0.1
    """
    return 1.0 - (last / first) ** (YEAR / months) if first > 0 else math.nan


# --- intellectual disability ------------------------------------------------------------------------------------------


def congregated_settings(seed: int, sets: Sets) -> dict[str, float]:
    """Closing and Stalling: one Ireland from 2012 to November 2024, its places opened as they were planned."""
    stock, of_beds, of_families = [], [], []
    beds, before = math.nan, None
    for _, world in alone(DISABILITY, seed, sets, NOVEMBER_2024):
        now = night(world)
        stock.append(int(now.in_bed.sum()))
        if before is not None:
            moves, entries = moved_in(before, now)
            of_beds.append(len(moves))
            of_families.append(len(entries))
        beds, before = float(world.providers["crisis_beds"].sum()), now
    early, late = sum(of_beds[:FAMILIES]), sum(of_families[:FAMILIES])
    fall = stock[0] - stock[MIDDLE_2021]
    at_first = yearly_fall(stock[0], stock[MIDDLE_2019], MIDDLE_2019)
    later = yearly_fall(stock[MIDDLE_2019], stock[NOVEMBER_2024], NOVEMBER_2024 - MIDDLE_2019)
    return {
        "Closing.people_2015": float(stock[END_2015]),
        "Closing.people_2016": float(stock[OCTOBER_2016]),
        "Stalling.people_2019": float(stock[MIDDLE_2019]),
        "Stalling.places_2024": beds,
        "Stalling.left_2019": stock[END_2019] / stock[0],
        "Stalling.slows": later - at_first,
        "Stalling.fall_a_year": yearly_fall(stock[0], stock[NOVEMBER_2024], NOVEMBER_2024),
        "Stalling.moves_of_fall": sum(of_beds[:MIDDLE_2021]) / fall if fall > 0 else math.nan,
        "Stalling.residents_first": (early - late) / (early + late) if early + late else math.nan,
    }


# --- mental health ----------------------------------------------------------------------------------------------------


class Followed:
    """People who were resettled, each from the month of the move for five years.

    They are told of every month in turn (`tell`); `found` are the shares among those who are alive after five years.
    """

    def __init__(self) -> None:
        self.ids, self.moved, self.home = (np.zeros(0, np.int64) for _ in range(3))
        self.readmitted, self.lost, self.dead, self.in_bed = (np.zeros(0, bool) for _ in range(4))

    def join(self, now: Night, ids: Numbers) -> None:
        """People who have moved this month; nobody twice."""
        new = np.setdiff1d(ids, self.ids)
        rows = _rows(now, new)
        self.ids = np.append(self.ids, new)
        self.moved = np.append(self.moved, np.full(len(new), now.month))
        self.home = np.append(self.home, now.people["housed_on"][rows])
        for name in ("readmitted", "lost", "dead", "in_bed"):
            setattr(self, name, np.append(getattr(self, name), np.zeros(len(new), bool)))

    def tell(self, now: Night, fates: Mapping[int, int]) -> None:
        """What the month has brought them.  fates: what became of those who went this month, by their numbers."""
        at = _rows(now, self.ids)
        there, followed = at >= 0, (now.month - self.moved <= FIVE_YEARS) & ~self.dead
        row = now.people[np.maximum(at, 0)]
        away = followed & ~there & ~self.lost  # gone for good: dead, or with an answer of their own
        fate = np.array([fates.get(one, HERE) for one in self.ids.tolist()], np.int64)
        self.dead |= away & ((fate == DIED) | (fate == HERE))  # of the housed only the dead go, and no row says so
        here = followed & there
        self.in_bed = np.where(here, now_in_bed(row), self.in_bed & ~away)
        self.readmitted |= here & now_in_bed(row)
        elsewhere = np.isin(row["situation"], (HIDDEN, UNSERVED, CRISIS)) | (row["housed_on"] != self.home)
        self.lost |= (here & elsewhere) | (away & ~self.dead)

    def found(self, until: int) -> dict[str, float]:
        """Shares of those whose five years are over by this month and who are alive."""
        alive = ~self.dead & (until - self.moved >= FIVE_YEARS)
        return {
            "Resettled.first_home": share(~self.lost[alive]),
            "Resettled.in_community": share(~self.in_bed[alive]),
            "Resettled.readmitted": share(self.readmitted[alive]),
        }


def now_in_bed(people: np.ndarray) -> Flags:
    """Who of them is in a bed of the crisis service."""
    return np.asarray(people["bed_provider"] >= 0)


def share(which: Flags) -> float:
    """The mean, nan of nobody."""
    return float(which.mean()) if len(which) else math.nan


def _rows(now: Night, ids: Numbers) -> Numbers:
    """Where each of these people stands, -1 for who is not there."""
    known = np.asarray(now.people["id"])
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], ids), len(known) - 1)
    return np.where(known[order[at]] == ids, order[at], -1)


def in_long_stays(first: Night) -> Numbers:
    """Who has been in a bed for a year or more, and has not agreed to move."""
    return first.ids(first.long & (first.people["situation"] == CRISIS))


def moved_on(cohort: Numbers, later: Night, answered: Numbers) -> float:
    """The share who have left the bed alive, not for the street, and are not back in one; answered: those who have
    found an answer of their own since, and are not followed any more."""
    at = _rows(later, cohort)
    row = later.people[np.maximum(at, 0)]
    return share((at >= 0) & ~now_in_bed(row) & (row["situation"] != UNSERVED) | np.isin(cohort, answered))


def hospital_led(seed: int, sets: Sets) -> dict[str, float]:
    """Admissions, Census and Resettled: one Ireland from 2022 on, for as long as people who move are followed."""
    nights: list[Night] = []  # month 0, and the last one
    counts: dict[int, tuple[int, int]] = {}  # people in beds, and in long stays, by month
    followed, lengths, admitted, again = Followed(), [], 0, 0
    answered = np.zeros(0, np.int64)
    parts: dict[str, float] = {}
    for month, world in alone(MENTAL_HEALTH, seed, sets, JOINING + FIVE_YEARS):
        now = night(world)
        counts[month] = int(now.in_bed.sum()), int(now.long.sum())
        if month:
            went = np.setdiff1d(nights[-1].people["id"], now.people["id"])
            fates = dict(zip(went.tolist(), fate_of(world.users, went).tolist(), strict=True))
            answered = np.append(answered, [one for one, fate in fates.items() if fate == LEFT])
            followed.tell(now, fates)
            moves, _ = moved_in(nights[-1], now)
            if month <= JOINING:
                followed.join(now, np.intersect1d(moves, nights[-1].ids(nights[-1].long)))
        if 0 < month <= YEAR:
            row = world.measured[now.month]
            admitted, again = admitted + int(row["admissions"]), again + int(row["admissions"] - row["admissions_new"])
            lengths.append(stays_ended(nights[-1], now))
        if month == YEAR:
            waiting = now.in_bed & (now.people["situation"] == LOOKING) & ~now.between
            parts["Admissions.delayed"] = float(waiting.sum() / now.in_bed.sum())
        if month == MOVING_ON:
            parts["Resettled.moved_on"] = moved_on(in_long_stays(nights[0]), now, answered)
        nights = [*nights[:1], now]
    short = np.concatenate(lengths)
    return parts | followed.found(BURN_IN - 1 + JOINING + FIVE_YEARS) | {
        "Admissions.a_month": admitted / YEAR,
        "Admissions.repeated": again / admitted if admitted else math.nan,
        "Admissions.stay_days": DAYS * float(short[short <= SHORT].mean()),
        "Census.fall_a_year": yearly_fall(counts[0][0], counts[FIVE_YEARS][0], FIVE_YEARS),
        "Census.long_fall_a_year": yearly_fall(counts[0][1], counts[FIVE_YEARS][1], FIVE_YEARS),
    }  # fmt: skip


def stays_ended(before: Night, now: Night) -> Numbers:
    """Lengths, in months, of stays that are over: who was in a bed and is in none any more."""
    gone = ~np.isin(before.people["id"], now.ids(now.in_bed)) & before.in_bed
    return before.stayed[gone] + 1


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment("congregated settings in Ireland", ("Closing", "Stalling"), congregated_settings, 1.0),
    Experiment("hospital-led care in Ireland", ("Admissions", "Census", "Resettled"), hospital_led, 1.5),
)
