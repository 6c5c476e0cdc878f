"""Lives: one person's months under two strategies side by side, and everybody's months in one run.

Who is gone has left a row that says what became of them in the month they went (agents/service_user.py, FATES); who is
housed for long stands in a table of their own, which only death or a return ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from agents.service_user import DIED, GONE, HERE, HOUSED, LEFT, SITUATIONS, USER
from engine.errors import BadInput
from engine.record import Row, Rows
from model.state import World
from runs.rows_of_people import everybody_in, fate_of, row_of
from runs.running import Progress, Run, burnt_in, kept, month_by_month
from scenarios.language import N_
from scenarios.scenario import Scenario

GOING = {DIED: N_("died"), LEFT: N_("left the area or found an answer of their own that is no home")}
LARGEST = 50_000_000  # rows of histories; some 2 GB of memory
EXAMPLES = 5

# What the table of histories tells of a person in a month; `provider` is the row of the one that serves them.
TOLD = ("situation", "provider", "months", "need", "trust", "voice", "wants_choice", "wants_home", "wants_support",
        "acute", "kind", "carer", "involved", "returned")  # fmt: skip
PEOPLE = {
    "month": pl.Int32(), "person": pl.Int64(), "situation": pl.Enum(SITUATIONS),
    **{name: pl.Float64() if USER.fields[name].dtype == "f8" else pl.Int16() for name in TOLD[1:]},
}  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """Somebody at the end of a month: `me` is the person's record; None before they came, or when `gone` says why."""

    month: int
    me: Row | None
    gone: str = ""


Life = list[Moment]


def two_lives(a: Scenario, b: Scenario, person: int, on_progress: Progress | None = None) -> tuple[Life, Life]:
    """Somebody's months from 0 on under two scenarios of one seed; BadInput if nobody has that number."""
    lives: tuple[Life, Life] = ([], [])
    for month, *worlds in _both(a, b, on_progress):
        for life, world in zip(lives, worlds, strict=True):
            life.append(_moment(world, month, person, life[-1] if life else None))
    if all(moment.me is None for life in lives for moment in life):
        users = burnt_in(a).users
        some = ", ".join(map(str, np.sort(users["id"][users["situation"] != GONE])[:EXAMPLES]))
        raise BadInput(f"Nobody has the number {person} in this run", allowed=f"for example {some}",
                       do="Or write 'any': somebody whose life differs")  # fmt: skip
    return lives


def somebody(a: Scenario, b: Scenario, on_progress: Progress | None = None) -> int | None:
    """The number of the person who is in different situations in the most months; None if no life differs."""
    found: list[np.ndarray] = []
    for _, one, other in _both(a, b, on_progress):
        found.append(_elsewhere(everybody_in(one), everybody_in(other)))
    people, months = np.unique(np.concatenate(found), return_counts=True)
    return int(people[np.argmax(months)]) if len(people) else None


def everybody(scenario: Scenario, on_progress: Progress | None = None) -> tuple[Run, pl.DataFrame]:
    """One run, and a row for each person and month (columns PEOPLE): all who are in the system, settled or
    housed."""
    check_histories(scenario)
    tables = []
    names = pl.Series(SITUATIONS, dtype=PEOPLE["situation"])
    past = burnt_in(scenario)
    for month, world in month_by_month(past, scenario):
        there = everybody_in(world)
        users = there[np.argsort(there["id"])]
        columns = {name: users[name] for name in TOLD[1:]}
        situation = names.gather(users["situation"])
        about = {"month": np.full(len(users), month), "person": users["id"], "situation": situation}
        tables.append(pl.DataFrame({**about, **columns}, schema=PEOPLE, strict=False))
        if on_progress is not None:
            on_progress(month, scenario.months)
    return kept(world, scenario), pl.concat(tables)


def check_histories(scenario: Scenario) -> None:
    """BadInput if the histories would be too large to hold."""
    expected = (scenario.months + 1) * (scenario.people or scenario.real_size)
    if expected > LARGEST:
        raise BadInput(f"{expected:,} rows of histories are too many", allowed=f"people x months up to {LARGEST:,}",
                       do="Simulate fewer people or months")  # fmt: skip


def _both(a: Scenario, b: Scenario, on_progress: Progress | None) -> Iterator[tuple[int, World, World]]:
    """Two scenarios in step, from one past."""
    past = burnt_in(a)
    for (month, one), (_, other) in zip(month_by_month(past, a), month_by_month(past, b), strict=True):
        yield month, one, other
        if on_progress is not None:
            on_progress(month, a.months)


def _moment(world: World, month: int, person: int, before: Moment | None) -> Moment:
    number = np.array([person])
    people = everybody_in(world)
    (row,) = row_of(people, number)
    if row >= 0:
        return Moment(month, people[[row]].view(Rows)[0])
    (fate,) = fate_of(world.users, number)
    if before and before.me is not None and before.me.situation == HOUSED:
        fate = DIED
    earlier = before.gone if before else ""
    return Moment(month, None, earlier if fate == HERE else GOING[fate])


def _elsewhere(one: Rows, other: Rows) -> np.ndarray:
    """Who is in another situation in one world than in the other; the gone are in none."""
    situations = []
    for users in (one, other):
        order = np.argsort(users["id"])
        situations.append((users["id"][order], users["situation"][order]))
    (ids, where), (other_ids, other_where) = situations
    both, i, j = np.intersect1d(ids, other_ids, assume_unique=True, return_indices=True)
    return np.concatenate([both[where[i] != other_where[j]], np.setxor1d(ids, other_ids, assume_unique=True)])
