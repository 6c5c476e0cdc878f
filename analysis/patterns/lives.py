"""What became of the people of a trial, month by month, as arrays: all that the fitted patterns count, and no more.

    past, lives = lived_through(planned("denver", eligible, {"reform": Arm(offer=True)}, 365, 42, seed=1))

It is the trial of runs/trial.py, with the same people and luck, without costs, fit, trust and tables: a fit runs
it fifty thousand times.  tests/analysis/test_patterns_lives.py holds every count here to the trial's own tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.service_user import DIED, GONE, HERE, HOUSED, LEFT, LOOKING, NEVER, REFORM, SETTLED
from engine.record import Rows
from model.month import run
from model.state import World
from runs.rows_of_people import fate_of
from runs.trial import NIGHTS, Trial, _different, _enrolled, _Followed, _past

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NONE = -1  # of a home or a place that is not there
WITH_HOME = np.zeros(128, bool)  # by situation: in a home, with support or settled
WITH_HOME[[REFORM, SETTLED, HOUSED]] = True


@dataclass(frozen=True, slots=True)
class Lives:
    """Each array but `arm` and `accepted` is (people, months + 1), column 0 the moment of enrolment.

    home and place: months since the present home was got and the present place accepted, NONE without one.
    accepted: the first answer to the trial's offer, nan for none.
    """

    arm: npt.NDArray[np.str_]
    situation: Numbers
    alive: Flags
    left: Flags
    home: Numbers
    place: Numbers
    accepted: npt.NDArray[np.float64]

    @property
    def secure(self) -> Flags:
        """In a home, with support or settled."""
        return np.asarray(WITH_HOME[self.situation])

    @property
    def followed(self) -> Flags:
        """Alive and not lost to the trial."""
        return self.alive & ~self.left

    def of(self, arm: str) -> Lives:
        """The people of one arm."""
        own = self.arm == arm
        return Lives(*(getattr(self, name)[own] for name in self.__slots__))


def positions(known: Numbers, wanted: Numbers) -> Numbers:
    """Where each of `wanted` (each once) stands in `known` (in any order, each once), NONE for who is not there."""
    found = np.full(len(wanted), NONE, np.int64)
    if len(wanted) and len(known):
        order = np.argsort(wanted)
        ascending = wanted[order]
        at = np.minimum(np.searchsorted(ascending, known), len(wanted) - 1)
        hits = np.flatnonzero(ascending[at] == known)
        found[order[at[hits]]] = hits
    return found


def rows_again(users: Rows, ids: Numbers, rows: Numbers) -> Numbers:
    """The row of each person, NONE for who is not there; `rows`: where they were a month ago, where most still are."""
    same = rows != NONE
    same[same] = (users["id"][rows[same]] == ids[same]) & (users["situation"][rows[same]] != GONE)
    now = np.where(same, rows, NONE)
    if not same.all():
        there = np.flatnonzero(users["situation"] != GONE)
        at = positions(users["id"][there], ids[~same])
        now[~same] = np.where(at != NONE, there[at], NONE)
    return now


class _Counted(_Followed):
    """The same world of a trial; what a month leaves behind is one column of each array."""

    def __init__(self, plan: Trial, past: World, ids: Numbers, arm_of: Numbers) -> None:
        shape = (len(ids), plan.months + 1)
        self.situation, self.home, self.place = (np.full(shape, NONE, np.int64) for _ in range(3))
        self.fate = np.full(shape, HERE, np.int64)
        self.first = np.full(len(ids), np.nan)
        super().__init__(plan, past, next(iter(plan.worlds.values())), ids, arm_of)

    def _offers(self, first: bool) -> None:
        if first:
            self._keep(0)  # the baseline, before anybody is offered anything
        super()._offers(first)

    def live(self, month: int) -> None:
        """One month; then the trial finds homes, takes back places that were left, and asks again where it does."""
        self.world = run(self.world, 1)
        users = self.world.users
        self.rows = rows_again(users, self.ids, self.rows)
        was = self.housed
        self.housed = np.zeros(len(self.ids), bool)
        away = self.rows == NONE
        self.at = positions(self._housed_rows()["id"], self.ids[away])
        self.housed[away] = self.at != NONE
        goes = away & ~self.housed & (self.fates == HERE)
        self.fates[goes] = np.where(was[goes], DIED, fate_of(users, self.ids[goes]))
        self._homes()
        self._withdraw()
        self._keep(month)
        self.first = np.where(np.isnan(self.first), self.answers, self.first)  # with which this month began
        self._offers(first=False)

    def _housed_rows(self) -> Rows:
        return self.world.housed[: self.world.system[0].housed].view(Rows)

    def _keep(self, month: int) -> None:
        users, now = self.world.users, int(self.world.system[0].month) - 1
        here = self.rows != NONE
        found = self.rows[here]
        situation, housed_on = (np.full(len(self.ids), fill, np.int64) for fill in (GONE, NEVER))
        situation[here], housed_on[here] = users["situation"][found], users["housed_on"][found]
        in_place = (situation == LOOKING) | (situation == REFORM)
        joined = np.zeros(len(self.ids), np.int64)
        joined[here] = users["joined"][found]
        if self.housed.any():
            situation[self.housed] = HOUSED
            housed_on[self.housed] = self._housed_rows()["housed_on"][self.at[self.at != NONE]]
        known = WITH_HOME[situation] & (housed_on != NEVER)
        self.situation[:, month], self.fate[:, month] = situation, self.fates
        self.home[:, month] = np.where(known, now - housed_on, NONE)
        self.place[:, month] = np.where(in_place, now - joined, NONE)


def lived_through(plan: Trial) -> tuple[World, Lives]:
    """The system at enrolment, and everybody's life from then on.  All arms live in one world; no months before."""
    assert len(_different(plan)) == 1
    assert plan.before <= 1
    past, _ = _past(plan)
    ids, arm_of = _enrolled(plan, past)
    told = _Counted(plan, past, ids, arm_of)
    for month in range(1, plan.months + 1):
        told.live(month)
    arms = np.array(list(plan.arms))[arm_of]
    return past, Lives(arms, told.situation, told.fate != DIED, told.fate == LEFT, told.home, told.place, told.first)


# --- counts -----------------------------------------------------------------------------------------------------------


def share(which: npt.NDArray[Any]) -> float:
    """The mean, nan of nobody."""
    return float(which.mean()) if len(which) else math.nan


def housed_at(lives: Lives, month: int) -> float:
    """Share of those still followed who are in a home."""
    return share(lives.secure[lives.followed[:, month], month])


def time_housed(lives: Lives) -> float:
    """Months in a home over months followed."""
    return share(lives.secure[:, 1:][lives.followed[:, 1:]])


def days_to_a_home(lives: Lives) -> float:
    """Mean days from enrolment to the first home, of those who got one; moves happen in the middle of a month."""
    housed = lives.secure[:, 1:] & lives.followed[:, 1:]
    got = housed.any(axis=1)
    return share((housed[got].argmax(axis=1) + 0.5) * NIGHTS)


def tenure(lives: Lives) -> tuple[float, float]:
    """Days in the present home at the end: mean of all followed (0 without a home), and of those in one."""
    home = lives.home[lives.followed[:, -1], -1]
    days = np.where(home != NONE, (home + 0.5) * NIGHTS, 0.0)
    return share(days), share(days[days > 0.0])


def places_kept(lives: Lives) -> tuple[npt.NDArray[np.float64], Flags]:
    """(months, lost or not) of every place of the reformed service in which a home was got in the trial.

    As in analysis/trial_tables.py: the clock starts with the first home, the place is kept while its person has a home
    or is between two of the programme; who dies or leaves counts up to then.
    """
    people, months = lives.situation.shape
    length, age = np.full(people, NONE), np.full(people, NONE)
    over = np.zeros(people, bool)
    time: list[npt.NDArray[np.float64]] = []
    event: list[Flags] = []
    secure, followed = lives.secure, lives.followed
    for month in range(1, months):
        situation, place, gone = lives.situation[:, month], lives.place[:, month], ~followed[:, month]
        between = (situation == LOOKING) & (place != NONE) & (place > age)
        stays = (length != NONE) & ~gone & (secure[:, month] | between)
        ends = (length != NONE) & ~stays
        time.append(length[ends] + ~gone[ends])
        event.append(~gone[ends])
        over |= gone
        begins = ~stays & ~over & (situation == REFORM)
        length = np.where(stays, length + 1, np.where(begins, 0, NONE))
        age = np.where(stays & (place == NONE), age, np.where(stays | begins, place, NONE))
    still = length != NONE
    return np.concatenate([*time, length[still]]).astype(float), np.concatenate([*event, np.zeros(still.sum(), bool)])


def homes_after_the_first(lives: Lives) -> tuple[Numbers, Flags]:
    """Of everybody who got a home of the programme: homes got after it, by months since (people, months), and which of
    those months were in the run."""
    got = (lives.situation == REFORM) & (lives.home == 0)
    got[:, 0] = False
    ever = got.any(axis=1)
    first = got[ever].argmax(axis=1)
    months = got.shape[1]
    at = first[:, None] + np.arange(months)[None]
    inside = at < months
    since = np.take_along_axis(got[ever].cumsum(axis=1), np.minimum(at, months - 1), axis=1) - 1
    return since, inside
