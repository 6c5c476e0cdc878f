"""What a change did: twins across two answers, seed by seed."""

from analysis.changed import BEFORE, effect, joined
from analysis.comparison import NEEDED
from analysis.contrasts import so_far
from runs.ensemble import batches
from runs.summary import Summary
from scenarios.choice import read_choice
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.worldviews import find_worldview


def summary_of(text: str, seed: int = 1, worldview: str = "evidence") -> tuple[str, Summary]:
    strategy = read_choice(text).strategy()
    one = Scenario(strategy, find_place("dublin"), find_worldview(worldview), 500, 80, seed)
    scenarios, found = with_twins([one]), Summary()
    for batch in batches(scenarios, 3, measures=NEEDED):
        found.add(batch)
    return scenarios[1].label, found


def test_a_lever_s_effect_is_now_minus_before_on_the_same_seeds() -> None:
    name, now = summary_of("user_centred,listening=0")
    was, then = summary_of("user_centred")
    both = joined(now, then, was)
    assert both is not None
    assert both.batches[0].scenarios == (*now.batches[0].scenarios, BEFORE)
    for measure in ("secure_people", "spend_to_date"):
        mine = so_far(now, name, NOBODY, measure, 80).difference
        other = so_far(then, was, NOBODY, measure, 80).difference
        assert mine is not None
        assert other is not None
        found = effect(both, name, measure, 80)
        assert found.n == 3
        assert abs((found.difference or 0.0) - (mine - other)) < 1e-6 * max(1.0, abs(mine), abs(other))


def test_nothing_changed_is_nothing() -> None:
    name, now = summary_of("user_centred")
    both = joined(now, now, name)
    assert both is not None
    assert effect(both, name, "secure_people", 80).difference == 0


def test_other_luck_has_no_twins() -> None:
    _, now = summary_of("user_centred")
    was, then = summary_of("user_centred", seed=7)
    assert joined(now, then, was) is None
    assert joined(now, Summary(), was) is None
