"""Short runs in which everything happens at least once; .ci/run repeats them without the compiler to see every line.

The compiler hides its code from the coverage tool: this is where a line that no run reaches would show.
"""

from typing import Any

import pytest

from model.state import EVENTS

MONTHS = 30
PROGRAMME = {"start": 1, "duration": 24, "grant_term": 8}
CASES: dict[str, tuple[dict[str, float], dict[str, float], set[str]]] = {  # strategy: levers, parameters, what happens
    "user_centred": (
        {"grants_per_provider": 3.0},
        {
            "takeover_base": 3.0,
            "rivals_take": 0.05,
            "mainstream_growth": 0.2,
            "faking": 1.0,
            "redesign_rate": 0.5,
            "promise_months": 6,
            "partnership_rate": 0.03,
        },
        {"listening", "obstacle found", "acted on", "tokenism", "taken over", "fake detected", "payment held"},
    ),
    "outside_pilot_then_campaign": (
        {},
        {
            "programme_death": 0.05,
            "restart": 0.3,
            "restart_window": 6.0,
            "demand_growth": 6.0,
            "mainstream_growth": 0.1,
        },
        {"award", "refused", "discontinued", "restarted", "emergency beds", "opens places"},
    ),
    "best_practice_rollout": (
        {"convening": 1.0, "share_places": 0.2, "share_bridge": 0.35, "share_homes": 0.1, "budget": 0.05},
        {"convert_rate": 1.0, "cashable": 1.0, "double_running": 4.0, "unionisation": 0.0, "keep_home": 0.5},
        {"award", "converts beds", "beds close"},
    ),
}


@pytest.mark.parametrize("strategy", CASES)
def test_whatever_happens_everything_stays_in_its_range(lab: Any, strategy: str) -> None:
    levers, parameters, expected = CASES[strategy]
    past = lab.begin(people=500, past=4, **parameters)
    world = lab.live(past, strategy, MONTHS, **(PROGRAMME | levers))
    for name, record in lab.RECORDS.items():
        record.check(getattr(world, name))
    happened = {EVENTS[kind] for kind in world.events["kind"][: world.system[0].events]}
    assert expected <= happened
