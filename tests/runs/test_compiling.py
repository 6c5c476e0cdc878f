"""The process that helps to compile knows for what kind of world."""

import numba

from runs.compiling import empty_world
from runs.running import before
from scenarios.places import find_place
from scenarios.scenario import Scenario


def test_the_empty_world_is_of_the_kind_of_every_run() -> None:
    for place in ("dublin", "american_school_district"):
        scenario = Scenario.of("user_centred", find_place(place), people=500)
        assert numba.typeof(before(scenario, 12)) == numba.typeof(empty_world())
