"""What the model's tests share: small worlds, their past, and comparing them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.funder import GRANT, LOT
from agents.manager import MANAGER
from agents.professional import PROFESSIONAL
from agents.programme import PROGRAMME
from agents.provider import PROVIDER
from agents.service_user import GONE, USER
from engine.record import Rows
from evidence.quantities import values
from model.measures import MEASURES
from model.month import MONTH, run
from model.planned import plan_without_paths
from model.room import made_room, room
from model.start import starting_point
from model.state import EVENT, GROUP, LEDGER, PLAN, SYSTEM, World, copy
from scenarios.levers import lever_record
from scenarios.places import bind, find_place
from scenarios.strategy import find_strategy, lever_months
from scenarios.worldviews import find_worldview

ROOT = Path(__file__).resolve().parents[2]
RECORDS = {
    "users": USER, "professionals": PROFESSIONAL, "managers": MANAGER, "providers": PROVIDER,
    "programmes": PROGRAMME, "grants": GRANT,
    "lots": LOT, "system": SYSTEM, "measured": MEASURES, "ledger": LEDGER, "events": EVENT,
    "housed": USER, "groups": GROUP, "plan": PLAN,
}  # fmt: skip
COUNTED = ("flows", "seen", "housed_in")  # tables of plain numbers
SCRATCH = ("by_situation", "keys", "rows", "sums")
PAST = 12  # months of burn-in


@cache
def place_named(name: str) -> Any:
    return find_place(name)


def parameters(place: str = "dublin", worldview: str = "evidence", **sets: float) -> Rows:
    """One row of parameters; `sets` as with --set, but not held to their ranges."""
    layers = bind(place_named(place), find_worldview(worldview).values)
    return values(*layers, sets)


def lever_rows(strategy: str, months: int, past: int = PAST, **overrides: float) -> Rows:
    """Levers for a burn-in of `past` months and a run of `months`."""
    rows = lever_record().empty(past + months)
    rows[past:] = lever_months(find_strategy(strategy), months, overrides)
    return rows


@lru_cache(100)
def _past(key: str) -> World:
    people, seed, past, place, worldview, sets = json.loads(key)
    levers = lever_record().empty(past)
    return run(starting_point(parameters(place, worldview, **sets), people, seed, levers, past), past)


def begin(
    people: int | None = 600,
    seed: int = 1,
    past: int = PAST,
    place: str = "dublin",
    worldview: str = "evidence",
    **sets: float,
) -> World:
    """A small world after its burn-in, kept: go on only with a branch of it."""
    return _past(json.dumps([people, seed, past, place, worldview, sets], sort_keys=True))


def branch(
    world: World, strategy: str, months: int, row: Rows | None = None, plan: Rows | None = None, **overrides: float
) -> World:
    """A world of its own that stands where `world` does, with `months` ahead under a strategy.  plan: rows of PLAN for
    all months, or what follows from the parameters alone."""
    past = int(world.system[0].month)
    longer: list[Any] = []
    for name in ("measured", "ledger"):
        rows = RECORDS[name].empty(past + months)
        rows[:past] = getattr(world, name)[:past]
        longer.append(rows)
    longer.append(np.zeros((past + months, *world.flows.shape[1:]), world.flows.dtype))
    longer[-1][:past] = world.flows[:past]
    given = world.parameters if row is None else row
    plan = plan_without_paths(given[0], past + months, int(world.system[0].burn_in)) if plan is None else plan
    new = copy(world, lever_rows(strategy, months, past, **overrides), plan, *longer)
    return new._replace(parameters=given)


def live(
    world: World, strategy: str, months: int, row: Rows | None = None, plan: Rows | None = None, **overrides: float
) -> World:
    """The end of a branch."""
    return run(branch(world, strategy, months, row, plan, **overrides), months)


SOON = {"start": 2, "duration": 30, "grant_term": 12}  # a programme that comes and goes within a test


def by_step(world: World, months: int) -> Iterator[tuple[World, int]]:
    """Step by step: (world after the step, number of the step)."""
    for _ in range(months):
        while not room(world):
            world = made_room(world)
        for number, step in enumerate(MONTH, 1):
            step(world)
            yield world, number


def alive(world: World) -> Rows:
    """Everybody in the table of users, by id."""
    users = world.users[world.users["situation"] != GONE]
    return users[np.argsort(users["id"])]


def housed(world: World) -> Rows:
    """Everybody in the table of the housed, by id."""
    people = world.housed[: world.system[0].housed]
    return people[np.argsort(people["id"])]


def differing(a: World, b: World, *but: str) -> list[str]:
    """The tables in which two worlds differ; people by id, padding and scratch aside."""
    found = []
    whole: dict[str, Callable[[World], Any]] = {
        "users": alive, "housed": housed, "events": lambda w: w.events[: w.system[0].events]
    }  # fmt: skip
    for name in (*RECORDS, *COUNTED):
        one, two = (whole[name](w) if name in whole else getattr(w, name) for w in (a, b))
        if name not in but and not np.array_equal(one, two):
            found.append(name)
    return found


def moved(a: World, b: World) -> list[str]:
    """The measures in which two worlds differ."""
    return [name for name in MEASURES.fields if not np.array_equal(a.measured[name], b.measured[name])]


def snapshot(world: World) -> World:
    """A copy of everything."""
    return World(**{name: getattr(world, name).copy() for name in World._fields})


def other_process(code: str, **environment: str) -> str:
    """What a Python process of its own prints."""
    changed = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    done = subprocess.run(
        [sys.executable, "-c", code], env=changed, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def lab() -> SimpleNamespace:
    """The helpers of this file."""
    return SimpleNamespace(**{name: value for name, value in globals().items() if not name.startswith("_")})
