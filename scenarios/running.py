"""One run: the past that all strategies share, the months of one strategy, and single lives in them.

A run is stopped between years by raising, never in the middle of a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine.record import Record, Rows
from model.measures import MEASURES
from model.month import run
from model.start import BURN_IN, starting_point
from model.state import LEDGER, World, copy
from scenarios.scenario import Scenario

SLICE = 12  # months between two looks at the clock

Tick = Callable[[int], None]  # told how many months were done; may raise to stop


def nothing(months: int) -> None:
    """A tick that does nothing."""


def burnt_in(scenario: Scenario, tick: Tick = nothing) -> World:
    """The system at month 0, after BURN_IN months without a foundation.  Depends on `scenario.burn_in_key` alone."""
    world = starting_point(scenario.parameters(), scenario.people, scenario.seed, scenario.lever_rows()[:BURN_IN])
    return _years(world, BURN_IN, tick)


def lived(past: World, scenario: Scenario, tick: Tick = nothing) -> World:
    """The end of the run: `past` stays as it is.  `measured` and `ledger` have a row for each month since the
    beginning of the burn-in; month m of the run is row BURN_IN + m - 1."""
    return _years(begun(past, scenario), scenario.months, tick)


def begun(past: World, scenario: Scenario) -> World:
    """A world of its own that stands where `past` ends, with this scenario's levers and room for its months."""
    room = scenario.months
    return copy(past, scenario.lever_rows(), _longer(past.measured, MEASURES, room), _longer(past.ledger, LEDGER, room))


def month_by_month(past: World, scenario: Scenario) -> Iterator[tuple[int, World]]:
    """(month, world) for month 0, 1, ... `scenario.months`.  The world is the same one, a month older each time."""
    world = begun(past, scenario)
    yield 0, world
    for month in range(1, scenario.months + 1):
        world = run(world, 1)
        yield month, world


def _years(world: World, months: int, tick: Tick) -> World:
    for done in range(0, months, SLICE):
        now = min(SLICE, months - done)
        world = run(world, now)
        tick(now)
    return world


def _longer(table: np.ndarray, record: Record, room: int) -> Rows:
    rows = record.empty(BURN_IN + room)
    rows[:BURN_IN] = table[:BURN_IN]
    return rows
