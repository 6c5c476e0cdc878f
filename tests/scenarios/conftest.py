"""What the tests of scenarios share: small systems, quickly made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.settings import read_settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

Small = Callable[..., Scenario]


@pytest.fixture
def small() -> Small:
    """A scenario of 500 people and 84 months: `small("homes", sets=["budget=0.02"], seed=3)`."""

    def make(strategy: str = "user_centred", sets: tuple[str, ...] = (), **changes: Any) -> Scenario:
        usual = {
            "place": find_place(changes.pop("place", "dublin")),
            "worldview": find_worldview(changes.pop("world", "evidence")),
            "people": 500,
            "months": 84,
            "settings": read_settings(sets),
        }
        return Scenario(find_strategy(strategy), **{**usual, **changes})

    return make
