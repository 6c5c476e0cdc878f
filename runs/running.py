"""One run: the past that all strategies share, the months of one strategy, and single lives in them.

A run is stopped by raising between two chunks of months, never in the middle of a month.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.months import helped_by
from engine.record import Record, Rows
from model.first_people import standing_of
from model.measures import MEASURES
from model.month import MONTH, check_room, run
from model.room import made_room, room
from model.start import starting_point
from model.state import BURN_IN, LEDGER, World, copied, copy
from scenarios.places import find_place
from scenarios.plausible import plausible, shipped_sample
from scenarios.scenario import Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

helped_by("runs.compiling:help_to_compile")
CHUNK = 0.01  # seconds between two looks at whether to stop, as far as whole months let it

Tick = Callable[[int], None]  # told how many months were done; may raise to stop
Progress = Callable[[int, int], None]  # months done, months in all (burn-in included)


@dataclass(frozen=True)
class Run:
    """What is kept of one run: `measured` and `ledger` have a row for each month 0 ... months; None unless done."""

    scenario: Scenario
    status: str  # done | failed | cancelled
    error: str = ""
    seconds: float = 0.0
    people: int = 0
    measured: Rows | None = None
    ledger: Rows | None = None
    flows: np.ndarray | None = None  # (months 0 ..., model.state.FROM, TO): people, from month's end to month's end
    events: Rows | None = None


def nothing(months: int) -> None:
    """A tick that does nothing."""


def before(scenario: Scenario, months: int | None = None) -> World:
    """The system before its burn-in, standing where the place's flows balance, with room for so many months (None: the
    whole run)."""
    levers, plan = (copied(rows[:months].view(Rows)) for rows in (scenario.lever_rows(), scenario.plan_rows()))
    return starting_point(
        scenario.parameters(), scenario.people, scenario.seed, levers,
        groups=scenario.group_rows(), standing=standing_of(scenario.balance), plan=plan,
    )  # fmt: skip


def burnt_in(scenario: Scenario, tick: Tick = nothing) -> World:
    """The system at month 0, after BURN_IN months without a foundation.  Depends on `scenario.burn_in_key` alone."""
    return _chunks(before(scenario, BURN_IN), BURN_IN, tick)


def eve(scenario: Scenario, tick: Tick = nothing) -> World:
    """The system before anybody moves a lever: the burn-in, and `scenario.quiet` months that all strategies share.

    Depends on `scenario.eve_key` alone.
    """
    past = burnt_in(scenario, tick)
    if not scenario.quiet:
        return past
    months = BURN_IN + scenario.quiet
    levers, plan = (copied(rows[:months].view(Rows)) for rows in (scenario.lever_rows(), scenario.plan_rows()))
    return _chunks(_begun(past, levers, plan), scenario.quiet, tick)  # nobody has decided anything yet


def lived(past: World, scenario: Scenario, tick: Tick = nothing) -> World:
    """The end of the run, from month 0 or from its eve: `past` stays as it is.  `measured` and `ledger` have a row for
    each month since the beginning of the burn-in; month m of the run is row BURN_IN + m - 1."""
    world = begun(past, scenario)
    for months in _spans(scenario, int(past.system[0].month)):
        world = _chunks(decided_in(world, scenario), months, tick)
    return world


def decided_in(world: World, scenario: Scenario) -> World:
    """The world for its next month: with what others than the foundation decide in it (scenarios/deciding.py)."""
    if not scenario.strategy.has_others:
        return world
    worlds, held = scenario.decided_rows()
    which = int(held[min(int(world.system[0].month), len(held) - 1)])
    return world._replace(parameters=worlds[which - 1] if which else scenario.parameters())


def _spans(scenario: Scenario, month: int) -> list[int]:
    """How many months follow each other from this one on in which others decide the same, until the run's end."""
    _, held = scenario.decided_rows()
    cuts = [month, *(np.flatnonzero(np.diff(held[month:])) + month + 1).tolist(), len(held)]
    return [after - before for before, after in itertools.pairwise(cuts)]


def begun(past: World, scenario: Scenario) -> World:
    """A world of its own that stands where `past` ends, with this scenario's levers, its plan and room for its
    months."""
    return _begun(past, scenario.lever_rows(), scenario.plan_rows())


def _begun(past: World, levers: Rows, plan: Rows) -> World:
    """The same with these levers and this plan, and room for as many months as they are for."""
    measured, ledger = (
        _longer(table, record, past, len(levers))
        for table, record in ((past.measured, MEASURES), (past.ledger, LEDGER))
    )
    flows = np.zeros((len(levers), *past.flows.shape[1:]), past.flows.dtype)
    over = int(past.system[0].month)
    flows[:over] = past.flows[:over]
    return copy(past, levers, plan, measured, ledger, flows)


def month_by_month(past: World, scenario: Scenario) -> Iterator[tuple[int, World]]:
    """(month, world) for month 0, 1, ... `scenario.months`.  The world is the same one, a month older each time."""
    world = begun(past, scenario)
    yield 0, world
    for month in range(1, scenario.months + 1):
        world = run(decided_in(world, scenario), 1)
        yield month, world


def live(scenario: Scenario, on_progress: Progress | None = None) -> Run:
    """One run from the starting point to its end.  What goes wrong is raised."""
    done, total = 0, BURN_IN + scenario.months

    def tick(months: int) -> None:
        nonlocal done
        done += months
        if on_progress is not None:
            on_progress(done, total)

    past = burnt_in(scenario, tick)
    began = time.perf_counter()
    return kept(lived(past, scenario, tick), scenario, time.perf_counter() - began)


@cache
def digits(drawn: bool = False) -> str:
    """A name for what the rules do: a hash of the months of one small run in Dublin, 500 people under a strategy that
    uses most levers.  It stays as long as the digits stay, however the text of the rules changes.

    drawn: of the first plausible set, not of the defaults; what hangs on sets changes with ranges and sample, too.
    """
    settings = Settings(levers={"start": 0.0, "duration": 24.0, "budget": 0.03})
    scenario = Scenario(
        find_strategy("user_centred"), find_place("dublin"), find_worldview("evidence"), 500, 48, 1, settings
    )
    if drawn:
        scenario = scenario.with_set(1, plausible(scenario.place, 1, 1, shipped_sample(scenario.place))[0])
    done = live(scenario)
    assert done.measured is not None
    assert done.ledger is not None
    return hashlib.blake2b(done.measured.tobytes() + done.ledger.tobytes(), digest_size=12).hexdigest()


def time_per_step(scenario: Scenario, months: int, on_progress: Progress | None = None) -> list[float]:
    """Seconds that each step of the month takes in the mean, over the first `months` months of the programme.

    The steps are run one by one, in order, as the compiled month does; each is warm before it is timed.  ValueError if
    the run ends before.
    """
    world = begun(burnt_in(scenario), scenario)
    before = scenario.programme[0] - 1 if scenario.programme else 0
    world = run(world, before) if before else world
    check_room(world, months + 1)
    steps: list[Callable[[World], object]] = list(MONTH)
    seconds = [0.0] * len(steps)
    for month in range(-1, months):  # one month to warm up
        while not room(world):
            world = made_room(world)
        for i, step in enumerate(steps):
            began = time.perf_counter()
            step(world)
            seconds[i] += time.perf_counter() - began if month >= 0 else 0.0
        if on_progress is not None:
            on_progress(month + 2, months + 1)
    return [total / months for total in seconds]


def kept(world: World, scenario: Scenario, seconds: float = 0.0) -> Run:
    """Only what results need: the world itself can go.  seconds: what the run took, without its burn-in."""
    system = world.system[0]
    happened = world.events[: system.events]
    measured, ledger = (table[BURN_IN - 1 :].view(Rows) for table in (world.measured, world.ledger))
    return Run(
        scenario, "done", seconds=seconds, people=int(system.people),
        measured=copied(measured), ledger=copied(ledger), flows=world.flows[BURN_IN - 1 :].copy(),
        events=happened[happened["month"] >= BURN_IN].view(Rows),
    )  # fmt: skip


def _chunks(world: World, months: int, tick: Tick) -> World:
    """`months` more months, in chunks that take about CHUNK; how long they are changes no digit."""
    now = 1
    while months > 0:
        now = min(now, months)
        began = time.perf_counter()
        world = run(world, now)
        months -= now
        tick(now)
        now = max(int(CHUNK * now / (time.perf_counter() - began + 1e-9)), 1)
    return world


def _longer(table: np.ndarray, record: Record, past: World, months: int) -> Rows:
    """Room for `months`, with those that are over written into it."""
    rows = record.empty(months)
    over = int(past.system[0].month)
    rows[:over].view(np.uint8)[...] = table[:over].view(np.uint8)  # byte by byte, as in `copied`
    return rows
