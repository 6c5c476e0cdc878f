"""Public plans: what they open, close and add arrives whole, and every law of conservation holds under them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.service_user import GONE, UNSERVED
from engine.errors import BadInput, OutOfRange
from model.contracts import STOPPED
from model.state import CLOSES, OPENS, World
from runs import public_plan
from runs.public_plan import PLANNED, PublicPlan, months_under
from runs.running import BURN_IN, burnt_in, lived
from scenarios.scenario import Scenario
from tests.model.conftest import RECORDS, differing, snapshot
from tests.model.test_conserved import money_adds_up, people_add_up, places_add_up

BUSY = (
    PublicPlan(1, 30, places=900.0, beds=1500.0),
    PublicPlan(13, 24, places=400.0, beds=700.0, homes=60.0),
)
CHANGES = {
    "as it is": ("open_rate=0",),
    "managers convert": ("cashable=1", "crisis_cost=60000", "reform_cost=15000", "convert_rate=0.15", "closure_lump=40",
                         "double_running=6", "mainstream_growth=0.1", "programme_death=0.011"),
    "cuts": ("austerity=-0.1", "demand_growth=0.2", "emergency_response=0.3"),
}  # fmt: skip


def of(world: World, kind: int, first_month: int = BURN_IN) -> int:
    """Places or beds of all events of a kind."""
    events = world.events[: world.system[0].events]
    return int(events["amount"][(events["kind"] == kind) & (events["month"] >= first_month)].sum())


@pytest.fixture
def city(small: Any) -> Any:
    def make(*sets: str, **changes: Any) -> Scenario:
        made = small("status_quo", sets, **({"people": 900, "months": 48} | changes))
        assert isinstance(made, Scenario)
        return made

    return make


@pytest.mark.parametrize("changes", CHANGES)
def test_people_places_and_money_are_conserved_every_month(city: Any, changes: str) -> None:
    scenario = city(*CHANGES[changes])
    before: World | None = None
    for month, world in months_under(burnt_in(scenario), scenario, *BUSY):
        if before is not None:
            system, scale = world.system[0], float(world.system[0].scale)
            people_add_up(before, world)
            places_add_up(world)
            money_adds_up(world, BURN_IN)
            opened = sum(plan.due(plan.places, month, scale) for plan in BUSY)
            closed = of(world, CLOSES) - of(before, CLOSES) - own_closures(before, world)
            money = opened * int(system.place_month) - closed * int(system.bed_month)
            assert system.budget - before.system[0].budget == system.growth - system.elsewhere + money
            for name, record in RECORDS.items():
                record.check(getattr(world, name))
        before = snapshot(world)
    assert before is not None
    assert of(before, OPENS) > 200
    assert of(before, CLOSES) > 150


def own_closures(before: World, world: World) -> int:
    """Beds of managers' own conversions whose double running ended this month."""
    gone = (before.providers["closing_beds"] > 0) & (before.providers["closing_months"] == 1)
    return int(before.providers["closing_beds"][gone].sum())


def test_without_a_plan_nothing_is_different(city: Any) -> None:
    scenario = city(months=24)
    past = burnt_in(scenario)
    kept = snapshot(past)
    *_, (month, world) = months_under(past, scenario)
    assert month == 24
    assert not differing(world, lived(past, scenario))
    *_, (_, other) = months_under(past, scenario, PublicPlan(places=2000.0, homes=100.0, beds=500.0))
    assert {"users", "providers", "lots"} <= set(differing(world, other))
    assert not differing(past, kept)  # the past can be used again, its parameters too
    assert past.parameters.secure_supply[0] == kept.parameters.secure_supply[0]


def test_what_is_due_comes_whole_and_in_time() -> None:
    plan = PublicPlan(start=4, months=24, places=90.0)
    due = [plan.due(plan.places, month, 1.0) for month in range(1, 40)]
    assert due[:3] == [0, 0, 0]
    assert set(due[3:27]) == {7, 8}
    assert sum(due[3:15]) == 90
    assert sum(due) == 180
    assert due[27:] == [0] * 12
    assert sum(plan.due(plan.places, month, 0.1) for month in range(1, 40)) == 18
    assert [PublicPlan(places=4.0).due(4.0, month, 1.0) for month in range(1, 8)] == [0, 0, 1, 0, 0, 1, 0]


def test_places_open_evenly_in_lots_that_can_be_told_from_managers_own(city: Any) -> None:
    scenario = city("open_rate=0", "convert_rate=0", months=12)
    past = burnt_in(scenario)
    *_, (_, world) = months_under(past, scenario, PublicPlan(months=12, places=1200.0))
    scale = float(world.system[0].scale)
    assert of(world, OPENS) == np.floor(1200.0 * scale)
    occasion = world.lots["ordinal"] & ((1 << 24) - 1)
    own = (occasion >= PLANNED) & (occasion < STOPPED)  # the latest are of lots that stopped before the run
    assert world.lots["places"][own].sum() == np.floor(1200.0 * scale)
    assert len(set(world.lots["ordinal"][own].tolist())) == own.sum()
    assert np.ptp(world.providers["reform_main"][:-1]) <= 3  # lots at this scale are of one place; some were lost
    assert world.providers["reform_main"][-1] == 0
    assert world.providers["in_reform"].sum() > past.providers["in_reform"].sum()


def test_many_lots_find_room_in_the_tables(city: Any) -> None:
    scenario = city(months=3)
    past = burnt_in(scenario)
    *_, (_, world) = months_under(past, scenario, PublicPlan(places=60_000.0))
    assert len(world.lots) > len(past.lots)
    places_add_up(world)


def test_closed_beds_leave_nobody_in_them_and_nobody_lost(city: Any) -> None:
    """Far more beds than there are: they close until there are none, and people are on the street or with friends."""
    scenario = city("emergency_response=0", "convert_rate=0", months=12)
    past = burnt_in(scenario)
    displaced = 0
    for month, world in months_under(past, scenario, PublicPlan(beds=20_000.0)):
        assert (world.providers["in_crisis"] <= world.providers["crisis_beds"]).all()
        displaced += int(world.system[0].displaced) if month else 0
    there = int(past.providers["crisis_beds"].sum())
    assert world.providers["crisis_beds"].sum() == 0
    assert of(world, CLOSES) == there
    assert displaced > 0.9 * past.providers["in_crisis"].sum()
    assert (world.users["bed_provider"][world.users["situation"] != GONE] < 0).all()
    assert (world.users["situation"] == UNSERVED).sum() > (past.users["situation"] == UNSERVED).sum()


def test_beds_that_close_already_are_left_to_their_managers(city: Any) -> None:
    scenario = city(months=2)
    past = burnt_in(scenario)
    past.providers["closing_beds"][:-1] = past.providers["crisis_beds"][:-1]
    past.providers["closing_months"][:-1] = 9
    *_, (_, world) = months_under(past, scenario, PublicPlan(beds=5000.0))
    assert of(world, CLOSES) == 0


@pytest.mark.parametrize("growth", [0.0, -0.1])
def test_homes_come_on_top_of_a_supply_that_may_change(city: Any, growth: float) -> None:
    scenario = city(f"supply_growth={growth}", months=36)
    past = burnt_in(scenario)
    plain, more = (
        np.array([int(world.system[0].homes) for month, world in months_under(past, scenario, *plans) if month])
        for plans in ((), (PublicPlan(13, 12, homes=200.0),))
    )
    scale = float(past.system[0].scale)
    added = more - plain
    assert (added[:12] == 0).all()
    assert (added[24:] == 0).all()
    assert np.abs(added[12:24] - 200.0 * scale).max() < 1.0


@pytest.mark.parametrize(
    ("given", "error"),
    [({"start": 0}, OutOfRange), ({"months": 0}, OutOfRange), ({"months": 4.5}, BadInput), ({"start": True}, BadInput),
     ({"places": -1.0}, OutOfRange), ({"beds": float("nan")}, OutOfRange), ({"homes": "10"}, BadInput),
     ({"places": 1e9}, OutOfRange)],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused(given: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(given))):
        PublicPlan(**given)


def test_the_example_of_the_docstring_runs() -> None:
    text = (public_plan.__doc__ or "").split('python -c "\n')[1].split('\n    "')[0]
    code = "\n".join(line[4:] for line in text.splitlines())
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [int(line.split()[0]) for line in done.stdout.splitlines()] == list(range(0, 121, 12))
