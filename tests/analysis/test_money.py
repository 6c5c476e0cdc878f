"""Money: nothing is lost and nothing counted twice; intervals and flows are what they say."""

from itertools import pairwise

import numpy as np
import pytest

from analysis import money
from model.state import FOUNDATION
from runs.ensemble import batches
from runs.summary import Summary
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

STRATEGIES = ("user_centred", "homes", "top_up")  # between them every purpose of the foundation's money
MONTHS = 90
WHOLE = (1, MONTHS)


@pytest.fixture(scope="module")
def summary() -> Summary:
    place, world = find_place("dublin"), find_worldview("evidence")
    scenarios = with_twins([Scenario(find_strategy(name), place, world, 2_000, MONTHS, 1) for name in STRATEGIES])
    found = Summary()
    for batch in batches(scenarios, 4, measures=money.NEEDED):
        found.add(batch)
    return found


@pytest.mark.parametrize("label", [NOBODY, *STRATEGIES])
def test_every_euro_is_in_one_line(summary: Summary, label: str) -> None:
    together = sum(money.monthly(summary, label, line) for line in money.LINES)
    np.testing.assert_allclose(together, summary.of(label, "spend_all"), rtol=0, atol=0.005)
    np.testing.assert_allclose(money.monthly(summary, label, money.ALL), summary.of(label, "spend_all"), atol=0.005)


def test_every_account_of_the_foundation_has_a_purpose() -> None:
    assert {line.name for line in money.PURPOSES} == set(FOUNDATION)
    assert set(money.FOR) | {"foundation_places", "foundation_bridge"} == set(FOUNDATION)


@pytest.mark.parametrize("label", [NOBODY, *STRATEGIES])
@pytest.mark.parametrize("foundation_only", [False, True])
@pytest.mark.parametrize("period", [WHOLE, (13, 72), (73, MONTHS)])
def test_the_flow_loses_nothing(summary: Summary, label: str, foundation_only: bool, period: tuple[int, int]) -> None:
    found = money.flow(summary, label, period, foundation_only)
    for key in found.stage(1):
        assert found.into(key) == pytest.approx(found.out_of(key), abs=0.01)
    paid = sum(found.out_of(key) for key in found.stage(0))
    assert paid == pytest.approx(sum(found.into(key) for key in found.stage(2)), abs=0.02)

    def total(name: str) -> float:
        return float(money.within(summary.of(label, name), period).mean())

    earlier, in_hand = found.out_of("earlier"), found.into("in_hand")
    assert total("foundation_bridge") + earlier == pytest.approx(total("provider_double") + in_hand, abs=0.01)
    everything = total("spend_all")
    if foundation_only:
        everything = sum(total(name) for name in FOUNDATION) + earlier - in_hand
    assert paid == pytest.approx(everything + in_hand, abs=0.05)
    assert all(euros > 0 for _, _, euros in found.links)


def test_periods_follow_one_another_and_cover_the_run() -> None:
    found = money.periods(120, (13, 72))
    assert found == {"all": (1, 120), "before": (1, 12), "during": (13, 72), "after": (73, 120)}
    for (_, end), (begin, _) in pairwise([found["before"], found["during"], found["after"]]):
        assert begin == end + 1
    assert money.periods(60, (1, 72)) == {"all": (1, 60), "during": (1, 60)}
    assert money.periods(60, None) == {"all": (1, 60)}


def test_a_year_is_a_sum_and_a_broken_one_a_rate() -> None:
    values = np.arange(19.0)[None, :]  # months 0 to 18
    assert money.by_year(values).tolist() == [sum(range(1, 13)), 2 * sum(range(13, 19))]


def test_the_gap_of_a_total_is_the_sum_of_its_lines(summary: Summary) -> None:
    apart = money.differences(summary, "user_centred", money.LINES, WHOLE)
    whole = money.differences(summary, "user_centred", [money.ALL], WHOLE)["all"]
    assert sum(gap.mean for gap in apart.values()) == pytest.approx(whole.mean, abs=0.01)
    assert whole.low is not None
    assert whole.high is not None
    assert whole.low < whole.mean < whole.high
    own = summary.difference("user_centred", NOBODY, "spend_all")[:, 1:].sum(axis=1)
    assert whole.mean == pytest.approx(float(own.mean()), abs=0.05)


def test_nobody_costs_nothing_more_than_nobody(summary: Summary) -> None:
    found = money.bought(summary, NOBODY, WHOLE)
    assert found.more_euros == found.more_months == found.more_cost == money.Gap(0.0, 0.0, 0.0)
    assert found.extra is None
    assert found.cost == pytest.approx(found.euros / found.secure_months, rel=0.01)


def test_what_money_buys_is_counted_in_months_of_people(summary: Summary) -> None:
    found = money.bought(summary, "homes", WHOLE)
    months = summary.of("homes", "secure_people")[:, 1:].sum(axis=1)
    assert found.secure_months == pytest.approx(float(months.mean()))
    assert found.supported_months < found.secure_months
    assert money.plane(summary, "homes", WHOLE).mean(axis=0) == pytest.approx(
        [found.more_months.mean, found.more_euros.mean]
    )


def test_cashed_and_kept_savings_stand_in_the_parameters_proportion(summary: Summary) -> None:
    found = money.savings(summary, NOBODY)
    cashable = 0.3  # Dublin's, by default (evidence/quantities/funders.toml)
    assert found.cashed[-1] > 0, "no beds closed: the test needs a larger place"
    assert found.cashed[-1] / (found.cashed[-1] + found.kept[-1]) == pytest.approx(cashable, abs=1e-6)
    assert money.savings(summary, "user_centred").elsewhere.mean == pytest.approx(
        -money.differences(summary, "user_centred", money.LINES, WHOLE)["other"].mean
    )


def test_the_run_has_what_these_tests_are_about(summary: Summary) -> None:
    for name in ("foundation_bridge", "provider_double", "commissioner_double", "wasted"):
        assert summary.of("user_centred", name).sum() > 0
    spent = money.used(summary, STRATEGIES, money.PURPOSES)
    assert {"foundation_homes", "foundation_top_up", "foundation_listening"} <= {line.name for line in spent}
