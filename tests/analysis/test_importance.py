"""How much a number matters: what moves, what does not, and that noise does not pass for importance."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from analysis.contrasts import NEEDED, NOT_KNOWN, SAME
from analysis.importance import (
    FEW,
    MANY,
    MATTERS,
    NOTHING,
    Range,
    candidates,
    half_widths,
    in_order,
    movements,
    outcomes,
    pairs,
    ranges,
    screening,
    shared_variance,
    work_in_all,
)
from evidence.quantities import inputs
from runs.ensemble import batches
from scenarios.places import find_place
from scenarios.scenario import Scenario, with_twins
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview


def small() -> list[Scenario]:
    place, world = find_place("dublin"), find_worldview("evidence")
    return with_twins([Scenario(find_strategy(name), place, world, 500, 80) for name in ("homes", "user_centred")])


def made(change: np.ndarray) -> dict[str, np.ndarray]:
    """Outcomes in which the difference of scenarios 1 and 2 in fit moves by `change` (parameter, n)."""
    found = {}
    for i, row in enumerate(change):
        one = np.full((len(row), 2, 3, len(NEEDED)), 0.5)
        one[:, 1, 1, NEEDED.index("fit")] += row
        found[f"p{i:03d}"] = one
    return found


def reach(known: dict[str, np.ndarray]) -> dict[str, Range]:
    return {name: Range(name, 0.0, 1.0) for name in known}


def test_every_parameter_has_a_range_and_a_places_own_figures_have_the_places() -> None:
    place = find_place("dublin")
    found = ranges(place)
    assert set(found) == set(inputs())
    assert (found["crisis_beds"].low, found["crisis_beds"].high) == (3500, 5650)  # and not 10 to 500,000
    assert found["contact"].high == inputs()["contact"].high
    assert all(one.low < one.high for one in found.values())


def test_contested_numbers_come_first() -> None:
    order = in_order(inputs())
    assert sorted(order) == sorted(inputs())
    assert order.index("contact") < order.index("accept_bed")


def test_differences_between_strategies_come_before_those_with_nobody() -> None:
    assert pairs(3) == [(1, 2), (1, 0), (2, 0)]
    assert pairs(2) == [(1, 0)]
    assert pairs(1) == []


def test_the_words() -> None:
    luck = np.random.default_rng(1)
    move = luck.normal(0, 0.002, (40, 8))
    move[0] += 0.1  # five margins
    move[1] = [0.2, -0.2, 0.2, -0.2, 0.2, -0.2, 0.2, -0.1]  # far more than the others vary: it stands alone
    move[2] = 0.0
    known = made(move)
    rows = {row.name: row for row in movements(known, reach(known), (1, 2), "fit")}
    assert rows["p000"].word == MATTERS
    assert rows["p000"].change == pytest.approx(0.1, abs=0.005)
    assert rows["p001"].word == NOT_KNOWN
    assert rows["p001"].ends[1] - rows["p001"].ends[0] > 0.3  # type: ignore[index]
    assert (rows["p002"].word, rows["p002"].change) == (NOTHING, 0.0)
    assert rows["p003"].word == SAME
    order = [row.name for row in movements(known, reach(known), (1, 2), "fit")]
    assert order[0] == "p000"
    assert order[-1] == "p002"


def test_what_cannot_be_run_is_not_known() -> None:
    known = made(np.array([[0.1, 0.1], [np.nan, np.nan]]))
    rows = {row.name: row for row in movements(known, reach(known), (1, 2), "fit")}
    assert (rows["p001"].word, rows["p001"].change) == (NOT_KNOWN, None)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    luck, inside, count = np.random.default_rng(2), 0, 0
    for _ in range(40):
        spread = 0.01 * np.sqrt(10 / luck.chisquare(10, 120))  # variances as the moderated t takes them to be
        moves = {str(i): luck.normal(0.3, one, FEW) for i, one in enumerate(spread)}
        for name, half in half_widths(moves).items():
            inside += int(abs(moves[name].mean() - 0.3) <= half)
            count += 1
    assert inside / count == pytest.approx(0.95, abs=0.015)


def test_the_shared_variance_is_found_again() -> None:
    luck = np.random.default_rng(3)
    own = 4.0 * 8 / luck.chisquare(8, 5000)  # prior: 8 degrees of freedom, 4
    seen = own * luck.chisquare(3, 5000) / 3
    d0, s02 = shared_variance(seen, np.full(5000, 3.0))
    assert d0 == pytest.approx(8, rel=0.2)
    assert s02 == pytest.approx(4, rel=0.1)
    alike = 2.0 * luck.chisquare(3, 5000) / 3
    assert shared_variance(alike, np.full(5000, 3.0))[0] > 50
    assert shared_variance(np.array([1.0, 2.0]), np.array([3.0, 3.0])) == (0.0, 0.0)


def test_candidates_are_those_that_move_most() -> None:
    known = made(np.linspace(0, 0.5, 60)[:, None] * np.ones(4))
    found = candidates(known, small())
    assert found[0] == "p059"
    assert "p000" not in found
    assert len(found) == 24


def test_a_number_that_no_strategy_uses_changes_nothing_and_one_that_counts_does() -> None:
    scenarios, of = small(), ranges(find_place("dublin"))
    known = {name: outcomes(scenarios, of[name], 2) for name in ("cost_campaign", "return_settled")}
    assert all(one is not None and one.shape == (2, 2, 3, len(NEEDED)) for one in known.values())
    rows = {row.name: row for row in movements(known, of, (1, 2), "secure_people")}  # type: ignore[arg-type]
    assert rows["cost_campaign"].word == NOTHING
    assert rows["return_settled"].change != 0


def test_an_outcome_is_what_the_scenario_with_that_value_gives() -> None:
    scenarios, of = small(), Range("return_settled", 0.005, 0.01)
    found = outcomes(scenarios, of, 1, first=1)
    assert found is not None
    high = [replace(one, settings=Settings({}, {"return_settled": 0.01})) for one in scenarios]
    (batch,) = batches(high, 1, seed=scenarios[0].seed + 1, measures=NEEDED)
    for i, measure in enumerate(NEEDED):  # people without a home, of which a margin is a share, in month 0
        assert np.array_equal(found[0, 1, :, i], batch.values[:, 0 if measure == "without_home" else 80, i]), measure


def test_margins_are_those_of_no_foundation() -> None:
    """1% of 9,000 people at both ends: a movement of 80 is too small to matter, one of 100 is not."""
    known = {}
    for name, by in (("small", 80.0), ("large", 100.0)):
        one = np.full((4, 2, 3, len(NEEDED)), 9000.0)
        one[:, 1, 1, NEEDED.index("secure_people")] += by
        known[name] = one
    rows = {row.name: row.word for row in movements(known, reach(known), (1, 2), "secure_people")}
    assert rows == {"small": SAME, "large": MATTERS}


def test_a_screening_goes_on_where_it_stopped_and_refines_the_candidates() -> None:
    scenarios, whole = small(), ranges(find_place("dublin"))
    of = {name: whole[name] for name in ("return_settled", "cost_campaign")}
    known: dict[str, np.ndarray] = {}
    stop = threading.Event()
    for done in screening(scenarios, of, known, stop):
        assert done == FEW
        stop.set()
    assert list(known) == ["cost_campaign"]
    kept = known["cost_campaign"]
    *_, done = screening(scenarios, of, known)
    assert known["cost_campaign"] is kept  # it changes nothing: no candidate
    assert len(known["return_settled"]) == MANY
    assert done == work_in_all(2) - (MANY - FEW)
