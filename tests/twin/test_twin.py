"""The model against its slow twin: same seeds, same lives, every number of everybody, to the last bit."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from evidence.quantities import values
from model.month import run
from model.start import groups_of, starting_point
from model.state import EVENTS, World
from scenarios.levers import lever_record
from scenarios.places import bind, find_place
from scenarios.strategy import find_strategy, lever_months
from scenarios.worldviews import find_worldview
from tests.twin.twin import Twin, differences

PEOPLE, PAST, MONTHS = 500, 12, 54
EARLY = {"start": 2, "duration": 36}  # grants begin, end and are over for a year and more
TURBULENT = {
    "convert_rate": 0.15,
    "unionisation": 0.0,
    "closure_lump": 5,
    "cashable": 0.6,
    "mainstream_growth": 0.1,
    "crisis_cost": 25700.0,
}
SHRINKING = {"mainstream_growth": -0.05, "austerity": -0.1}
NO_HOMES = {"secure_supply": 0.0, "emergency_response": 3.0, "programme_death": 0.1, "restart_window": 3}
FOLLOWED = {  # homes are found and lost again, by every door
    "returns_months": 5,
    "return_settled": 0.05,
    "return_housed": 0.03,
    "home_after_fast": 0.5,
    "home_after_drift": 0.4,
    "hidden_resolves": 0.12,
    "discount_rate": 0.04,
    "keep_home": 0.6,
}
GROUPS = [  # share; moves_on, loses_home, returns, put_forward (odds), finds_bed, dies
    (0.3, 0.7, 1.0, 1.0, 1.5, 0.6, 0.8),
    (0.15, 1.4, 3.0, 2.0, 0.4, 1.0, 1.0),
    (0.55, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
]
BRIDGED = {"budget": 0.05, "share_places": 0.15, "share_implementation": 0.1, "share_bridge": 0.6}
CASES: list[tuple[str, str, str, dict[str, float], dict[str, float]]] = [
    ("status_quo", "evidence", "dublin", {}, {}),
    ("catalytic_philanthropy", "innovation", "dublin", {}, {}),
    ("user_centred", "evidence", "dublin", {}, {}),
    ("user_centred", "from_within", "canada_trial", TURBULENT | {"double_running": 1}, {"budget": 0.03}),
    ("outside_pilot_then_campaign", "neutral_broker", "dublin", {}, {}),
    ("collective_impact", "sceptic", "dublin", {}, {}),
    ("hybrid", "evidence", "canada_trial", {}, {"budget": 0.03}),
    ("implementation_support", "evidence", "canada_trial", TURBULENT | {"double_running": 6}, BRIDGED),
    ("small_conditional_grants", "scarcity", "dublin", NO_HOMES, {}),
    ("practice_2_example", "evidence", "dublin", SHRINKING, {}),
    ("top_up", "evidence", "dublin", {}, {}),
    ("homes", "evidence", "canada_trial", {}, {}),
    ("user_centred", "evidence", "dublin", FOLLOWED, {"budget": 0.03}),
    ("hybrid", "evidence", "dublin", FOLLOWED | {"programme_death": 0.1, "reform_places": 600.0}, {"budget": 0.03}),
]
GROUPED = len(CASES) - 1


def both(case: int) -> tuple[World, Twin]:
    """Model and twin after the same months from the same starting point."""
    strategy, worldview, place, sets, levers = CASES[case]
    parameters = values(*bind(find_place(place), find_worldview(worldview).values), sets)
    rows = lever_record().empty(PAST + MONTHS)
    rows[PAST:] = lever_months(find_strategy(strategy), MONTHS, EARLY | levers)
    groups = groups_of(GROUPS) if case == GROUPED else None
    start = starting_point(parameters, PEOPLE, 11 + case, rows, PAST, groups)
    twin = Twin(start)  # before the model, which changes the tables of its starting point
    for _ in range(PAST + MONTHS):
        twin.step()
    return run(start, PAST + MONTHS), twin


@cache
def lived(case: int) -> tuple[list[str], set[str]]:
    """Differences between the two, and the kinds of events there were."""
    model, twin = both(case)
    return differences(model, twin), {kind for _, kind, _, _ in twin.events}


@pytest.mark.parametrize("case", range(len(CASES)), ids=[" ".join(case[:3]) for case in CASES])
def test_the_model_lives_the_lives_of_its_twin(case):
    found, _ = lived(case)
    assert not found, "\n".join([f"{len(found)} differences", *found[:20]])


def test_everything_that_can_happen_happens_here():
    """Otherwise the cases above would compare quiet lives only."""
    assert set(EVENTS) == set().union(*(lived(case)[1] for case in range(len(CASES))))


def test_a_difference_would_be_found():
    model, twin = both(0)
    person = next(iter(twin.people))
    person.trust = float(np.nextafter(person.trust, 2.0))
    twin.providers[0].reform_main += 1
    twin.ledger[7].commissioner_crisis += 1
    twin.events.pop()
    twin.flows[9]["hidden", "crisis"] += 1
    twin.without[-3].add(-1)
    twin.came_back.append((15, 3))
    housed = next(iter(twin.housed))
    housed.trust = 0.5
    gone: Any = list(twin.people)[-1]
    del twin.people[gone]
    found = "\n".join(differences(model, twin))
    for place in (
        "providers 0 reform_main",
        "ledger 7 commissioner_crisis",
        "events",
        "people",
        "flows 9",
        "seen",
        "measured 15 returned_6",
        "measured 15 returned_24",
        f"person {housed.id} trust",
    ):
        assert place in found
    assert f"person {person.id} trust" in found
