"""What opens by itself: as much as stops, wherever a place stands; and who answers."""

from typing import Any

import numpy as np
import pytest

from model.state import BURN_IN, EVENTS
from runs.running import burnt_in, lived
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

SEEDS = range(1, 9)


def places(name: str, months: int, **sets: float) -> np.ndarray:
    """(seeds, months + 1) mainstream reformed places without a foundation, relative to month 0."""

    found = []
    for seed in SEEDS:
        scenario = Scenario(find_strategy("status_quo"), find_place(name), find_worldview("evidence"), 4000, months,
                            seed, Settings({}, dict(sets)))  # fmt: skip
        rows = lived(burnt_in(scenario), scenario).measured["reform_mainstream"][BURN_IN - 1 :]
        found.append(rows / rows[0])
    return np.array(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dublin", "helsinki"])
def test_a_place_whose_flows_balance_keeps_its_places(name: str) -> None:
    """In the mean of the seeds, within what their luck allows."""
    after = places(name, 24)[:, 24]
    error = after.std(ddof=1) / len(SEEDS) ** 0.5
    assert abs(after.mean() - 1.0) < 0.02 + 2.4 * error
    assert error < 0.03


@pytest.mark.slow
def test_without_settling_it_is_the_rate_that_decides() -> None:
    fewer, more = (places("helsinki", 24, opens_settle=0.0, open_rate=rate)[:, 24].mean() for rate in (0.0, 0.6))
    assert fewer < 0.95
    assert more > fewer + 0.05  # more than that there is no money for


def test_nothing_opens_where_the_commissioner_never_agrees_and_more_where_always(lab: Any) -> None:
    past = {usual: lab.begin(people=2000, agree_usual=usual, agree_results=0, agree_cost=0, agree_pressure=0,
                             opens_settle=0, restart=0) for usual in (0.001, 0.5, 0.999)}  # fmt: skip
    ends = {usual: lab.live(world, "status_quo", 36) for usual, world in past.items()}
    opened = [int((end.events["kind"] == EVENTS.index("opens places")).sum()) for end in ends.values()]
    assert opened[0] <= 1 < opened[1] < opened[2]
    for end in ends.values():
        assert (end.measured["claims_agreed"] <= end.measured["claims"]).all()


def test_a_promise_is_no_bar_and_no_lie_is_needed(lab: Any) -> None:
    """Without any pretending grants are awarded however much partnership is asked for; the more, the fewer apply."""
    awarded = []
    for asked in (0.0, 0.5, 0.7, 1.0):
        end = lab.live(lab.begin(people=2000, faking=0), "user_centred", 60, **lab.SOON, condition_partnership=asked)
        awarded.append(float(end.measured["grants_to_date"][-1]))
    assert min(awarded) > 0
    assert min(awarded) > 0.5 * max(awarded)
