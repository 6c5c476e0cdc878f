"""Month 0 is the place's own count: hidden and unserved people to the person, crisis beds as full as they may be.

Stocks are held before the run (model/held.py), whether the place's flows balance or not; exact, so no false alarms.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from model.month import run
from model.start import at_start, size_of, starting_point
from model.state import BURN_IN
from runs.running import burnt_in
from scenarios.levers import lever_record
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
from tests.verification.small_worlds import ALONE, parameters, standing

LARGEST = 6000  # people whose past is lived here
PLACES = sorted(shipped("place"))
CARE = ("ireland_disability", "ireland_mental_health")  # beds fill by themselves, and not to the last one


@cache
def month_0(place: str, people: int | None) -> tuple[Any, Any]:
    """What the place counts at this size (None: its own, LARGEST at most), and the world at month 0."""
    named = find_strategy("status_quo"), find_place(place), find_worldview("evidence")
    p = Scenario(*named, people, 36, 1).parameters()[0]
    if people is None and size_of(p) > LARGEST:
        people = LARGEST
    begin, _ = at_start(p, people)
    return begin, burnt_in(Scenario(*named, people, 36, 1))


@pytest.mark.parametrize("people", [1500, 3000, None])
@pytest.mark.parametrize("place", PLACES)
def test_month_0_is_the_places_own_count(place: str, people: int | None) -> None:
    begin, world = month_0(place, people)
    row, providers = world.measured[BURN_IN - 1], world.providers
    assert (row["hidden"], row["unserved"]) == (begin.hidden, begin.unserved)
    empty = begin.crisis * (0.01 if people is None else 0.025) if place in CARE else 0.0
    assert abs(providers["in_crisis"].sum() - begin.crisis) <= max(empty, 1)
    assert (providers["in_crisis"] <= providers["crisis_beds"]).all()
    assert providers["reform_main"].sum() == begin.reform
    assert row["reform"] + row["looking"] <= begin.reform


def test_a_month_earlier_the_count_is_not_made_up() -> None:
    """What is tested is not true of every month: the count is made up in the last one."""
    before = [month_0(place, 3000) for place in PLACES]
    off = [world.measured[BURN_IN - 2]["hidden"] != begin.hidden for begin, world in before]
    assert sum(off) > len(off) / 2


# Towns in which nothing balances: people leave, or come, by the hundred a month.
TOWN = ALONE | {"crisis_beds": 300, "rough_stock": 800, "hidden_ratio": 5, "inflow": 10, "secure_supply": 5}
UNBALANCED: dict[str, dict[str, float]] = {
    "all find an answer": {"resolve_new": 0.9, "resolve_short": 0.9, "resolve_episodic": 0.9, "resolve_long": 0.9},
    "nobody does": {"resolve_new": 0, "resolve_short": 0, "resolve_episodic": 0, "resolve_long": 0, "inflow": 900},
    "all go to the street": {"hidden_to_street": 0.9, "street_to_hidden": 0},
    "all go to friends": {"hidden_to_street": 0, "street_to_hidden": 0.9},
    "nobody hidden": {"hidden_ratio": 0, "resolve_street": 1, "resolve_new": 0.5, "resolve_short": 0.9},
    "nobody on the street": {"rough_stock": 0, "hidden_to_street": 0.5},
}


@pytest.mark.parametrize("town", UNBALANCED)
def test_where_nothing_balances_it_is_so_all_the_same(town: str) -> None:
    figures = parameters(**TOWN | UNBALANCED[town])
    months = 12
    first = standing()
    world = starting_point(figures, None, 1, lever_record().empty(months), burn_in=months, standing=first)
    rows = run(world, months).measured
    begin, _ = at_start(figures[0])
    assert (rows["hidden"][-1], rows["unserved"][-1]) == (begin.hidden, begin.unserved)
    assert (rows["arrivals"] == rows["entries_new"]).all()  # there was room for everybody who came
    assert rows["arrivals"].max() > 100
