"""What a state or a city does of its own accord: places that it opens, beds that it closes, homes that it adds.

No rule of the model reads a plan.  It acts between two months, from outside, and then everybody lives on under the
rules: whoever lost a bed goes where people in closed places go (step 6), new places are offered by professionals (step
7), new homes go by the month's lottery (step 8).

    python -c "
    from runs.public_plan import PublicPlan, months_under
    from scenarios.places import find_place
    from runs.running import burnt_in
    from scenarios.scenario import Scenario
    from scenarios.strategy import find_strategy
    from scenarios.worldviews import find_worldview
    city = Scenario(find_strategy('status_quo'), find_place('dublin'), find_worldview('evidence'), people=2000)
    for month, world in months_under(burnt_in(city), city, PublicPlan(months=60, places=240.0, homes=20.0)):
        if month % 12 == 0:
            print(month, world.providers.reform_main.sum(), world.providers.in_reform.sum())
    "
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.funder import MAINSTREAM
from engine.errors import BadInput, OutOfRange
from engine.rule import kernel
from engine.typed import whole
from model.contracts import open_lot
from model.emergency import beds_go, cost_of_beds
from model.events import happens
from model.month import run
from model.programmes import the_one_that_grows
from model.room import made_room, room
from model.state import BURN_IN, CLOSES, World
from runs.running import begun
from scenarios.scenario import LONGEST, Scenario

PLANNED = 1 << 23  # what a lot opened on (model/contracts.py): far above the numbers of grants
MOST_A_YEAR = 200_000  # places or beds of the largest place (evidence/quantities/place.toml)


@dataclass(frozen=True, slots=True)
class PublicPlan:
    """One period of a plan; several periods, or several things at once, are several plans.

    start, months: from month `start` of the run (1 is the first) for `months` months.  places: reformed places opened
    a year; beds: crisis beds closed a year; homes: secure tenancies added to each month's supply - all at the real size
    of the place, of which a smaller system gets its share.  BadInput where that is not possible.
    """

    start: int = 1
    months: int = LONGEST
    places: float = 0.0
    beds: float = 0.0
    homes: float = 0.0

    def __post_init__(self) -> None:
        for name in ("start", "months"):
            number = whole(name, getattr(self, name), 1, LONGEST, unit="months", what=f"'{name}' of a plan")
            object.__setattr__(self, name, number)
        for name, unit in (("places", "places a year"), ("beds", "beds a year"), ("homes", "homes a month")):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise BadInput(f"'{name}' of a plan is {value!r}", allowed=f"a number of {unit}, 0 or more")
            if not 0 <= value <= MOST_A_YEAR:
                raise OutOfRange(name, value, 0, MOST_A_YEAR, unit=unit)

    def runs(self, month: int) -> bool:
        """Whether the plan is at work in this month of the run."""
        return self.start <= month < self.start + self.months

    def due(self, yearly: float, month: int, scale: float) -> int:
        """Whole places or beds of this month; what is left of a fraction comes in later months."""
        if not self.runs(month):
            return 0
        done = month - self.start
        before, now = (math.floor(yearly * scale * months / 12.0 + 1e-9) for months in (done, done + 1))
        return now - before


def months_under(past: World, scenario: Scenario, *plans: PublicPlan) -> Iterator[tuple[int, World]]:
    """(month, world) for month 0, 1, ... `scenario.months`, as `running.month_by_month`, under public plans.

    `past` stays as it is.  A plan acts at the beginning of a month: beds close at the provider that has most;
    mainstream places open at the provider that has fewest, in lots of the size of those that were there at the start;
    the budget gives back the one and pays for the other, so that nothing becomes free for anybody else.
    """
    world = begun(past, scenario)
    world = world._replace(plan=world.plan.copy())
    for plan in plans:
        first = BURN_IN + plan.start - 1
        world.plan["homes"][first : first + plan.months] += plan.homes
    yield 0, world
    for month in range(1, scenario.months + 1):
        scale = float(world.system[0].scale)
        for plan in plans:
            _closes(world, plan.due(plan.beds, month, scale))
        world = _opens(world, sum(plan.due(plan.places, month, scale) for plan in plans))
        world = run(world, 1)
        yield month, world


@kernel
def _opens_lot(world: Any, provider: int, places: int, k: int) -> None:
    """The k-th lot of this month's plan, paid by mainstream money that comes with it."""
    system = world.system[0]
    open_lot(world, provider, the_one_that_grows(world, provider), places, MAINSTREAM, -1, 0, PLANNED + k)
    system.budget = system.budget + places * system.place_month


@kernel
def _closes_beds(world: Any, provider: int, beds: int) -> None:
    """Beds close and their money goes; who slept in them moves in step 6 of the month that begins."""
    system = world.system[0]
    me = world.providers[provider]
    system.budget = system.budget - cost_of_beds(me, system, beds)
    beds_go(me, beds)
    happens(world, CLOSES, provider, beds)


def _opens(world: World, places: int) -> World:
    """The same world with so many more mainstream places (a longer table if lots need it)."""
    lot = max(round(world.parameters[0].first_lot * min(float(world.system[0].scale), 1.0)), 1)
    for k, now in enumerate([lot] * (places // lot) + [places % lot]):
        if now:
            while not room(world):
                world = made_room(world)
            inside = world.providers[:-1]  # the last row is the outside pilot
            _opens_lot(world, int(np.argmin(inside["reform_main"] + inside["reform_grant"])), now, k)
    return world


def _closes(world: World, beds: int) -> None:
    """Close beds as far as there are any that do not close already."""
    while beds > 0:
        inside = world.providers[:-1]
        there = inside["crisis_beds"] - inside["closing_beds"] - inside["by_right"]
        j = int(np.argmax(there))
        now = min(beds, int(there[j]))
        if now <= 0:
            return
        _closes_beds(world, j, now)
        beds -= now
