"""Calibration against answers that are known: priors, weights, samples, and draws that are weighed."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.calibration import prior, report
from analysis.calibration.arrays import keep, kept
from analysis.calibration.block import Block, blocks
from analysis.calibration.coverage import Coverage
from analysis.calibration.emulator import CUT, Emulator, crossed, normal
from analysis.calibration.prior import Prior, Target, prior_of, step, targets
from analysis.calibration.sample import drawn, effective, joint, quantile, variance
from analysis.calibration.steps import ROWS, sample_of
from analysis.calibration.weighing import DENSITY, Weighed, weigh
from analysis.patterns.experiment import Experiment
from engine.errors import BadInput
from evidence.patterns import load_patterns
from evidence.quantities import inputs
from scenarios.plausible import SHAPES, read_sample, write_sample
from tools import ship_calibration

ROOT = Path(__file__).parents[2]
HAZARD = Prior("hazard", 0.005, 0.02, 0.06, flat=False, unit="per month")
LENGTH = Prior("length", 0.0, 1.0, 2.0, flat=False, unit="")

# A study whose answer is known: two numbers, straight in the scores of three parameters, with chance.
STRAIGHT = np.array([[1.0, 0.5], [0.0, 1.0], [0.0, 0.0]])
CHANCE = 0.5
NOTHING = pl.DataFrame()
BLOCK = Block(
    "flow", tuple(Prior(name, -1.0, 0.0, 1.0, flat=True, unit="") for name in ("a", "b", "c")),
    (Target("A", "A.x", 1.0, 1.0), Target("B", "B.y", 0.5, 1.0)), (),
)  # fmt: skip


def lived(scores: np.ndarray, seed: int) -> np.ndarray:
    """The two numbers, in steps off what was observed."""
    luck = np.random.default_rng(seed).standard_normal((len(scores), 2))
    return np.asarray(scores @ STRAIGHT + CHANCE * luck - [1.0, 0.5])


def exact(noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the scores' posterior, by the formula of a straight study."""
    precise = np.linalg.inv(np.diag(noise**2 + CHANCE**2))
    covariance = np.linalg.inv(np.eye(3) + STRAIGHT @ precise @ STRAIGHT.T)
    return covariance @ STRAIGHT @ precise @ np.array([1.0, 0.5]), covariance


# --- priors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", [
    HAZARD,
    Prior("left", 0.0, 0.0, 2.0, flat=False, unit=""),
    Prior("right", 1.0, 3.0, 3.0, flat=False, unit=""),
    Prior("flat", -1.0, 0.0, 1.0, flat=True, unit=""),
], ids=lambda one: one.name)  # fmt: skip
def test_a_prior_is_one_distribution(one: Prior) -> None:
    """Its quantile function, its density and its variance say the same."""
    values = np.array([one.quantile(share) for share in (np.arange(20_000) + 0.5) / 20_000])
    assert (np.diff(values) >= 0).all()
    assert one.low <= values[0] <= values[-1] <= one.high
    assert values.var() == pytest.approx(one.variance, rel=1e-3)
    middle = 0.5 * (one.low + one.high)
    x = np.linspace(one.low, middle, 20_001)
    below = np.trapezoid([one.density(value) for value in x], x)
    assert (values < middle).mean() == pytest.approx(below, abs=1e-3)
    assert one.density(one.low - 1) == one.density(one.high + 1) == 0.0


def test_priors_come_from_the_evidence() -> None:
    assert prior_of("restart").low == inputs()["restart"].low
    there = prior_of("secure_supply@canada_trial")
    assert (there.low, there.mode, there.high) == (15, 30, 50)
    assert prior_of("restart_window").value(0.3) % 1 == 0  # months are counted
    with pytest.raises(BadInput, match="differs from place to place"):
        prior_of("secure_supply")
    with pytest.raises(BadInput, match="says nothing about 'exit_fast'"):
        prior_of("exit_fast@canada_trial")


def test_nothing_that_no_pattern_informs_is_fitted() -> None:
    words = ("belief", "trust", "owner", "rival", "resist", "brand")
    assert not [name for name in (*prior.FLOW, *prior.SURVIVAL) if any(word in name for word in words)]


def test_what_is_fitted_is_open_and_not_what_each_place_s_counts_decide() -> None:
    assert len({*prior.FLOW, *prior.SURVIVAL}) == len(prior.FLOW) + len(prior.SURVIVAL)
    for name in (*prior.FLOW, *prior.SURVIVAL):
        entry, one = inputs()[name], prior_of(name)
        assert (one.low, one.mode, one.high) == (entry.low, entry.value, entry.high), name
        assert one.low < one.high, name
    assert {*SHAPES} <= inputs().keys()
    assert {*SHAPES}.isdisjoint(prior.FLOW)


def test_a_calibration_can_be_made_the_one_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample and manifest to where everything draws from, figures and tables to the page; its prose stays."""
    made, root = tmp_path / "made", tmp_path / "project"
    write_sample(pl.DataFrame({"weight": [1.0], "restart": [0.01]}), {"command": "unfreeze calibrate"}, made)
    (made / "calibration_parameters.png").write_bytes(b"a picture")
    (made / "report.md").write_text("| a table |\n", encoding="utf-8")
    page = root / "docs" / "calibration.md"
    page.parent.mkdir(parents=True)
    page.write_bytes((ROOT / "docs" / "calibration.md").read_bytes())
    for name, value in (("ROOT", root), ("PAGE", page), ("FOLDER", root / "evidence" / "plausible")):
        monkeypatch.setattr(ship_calibration, name, value)
    assert ship_calibration.main([str(made)]) == 0
    assert read_sample(root / "evidence" / "plausible").table["restart"].to_list() == [0.01]
    assert (root / "docs" / "images" / "calibration_parameters.png").read_bytes() == b"a picture"
    text = page.read_text(encoding="utf-8")
    assert "<!-- report -->\n\n| a table |\n\n<!-- end -->" in text
    assert "**Prior against posterior**" in (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert "**Prior against posterior**" not in text  # the tables of before
    assert text.startswith("# Calibration")


def test_steps_are_the_observation_s_own() -> None:
    parts = load_patterns()["P1"].parts | load_patterns()["P2"].parts | load_patterns()["P5"].parts
    assert step(parts["reform_12"]) == pytest.approx((0.768 - 0.688) / 3.92)
    assert step(parts["year_1"]) == pytest.approx(0.10 / 3.92)  # a tolerance, read as an interval
    assert step(parts["days_reform"]) == pytest.approx(7.3)  # no interval: a tenth, an assumption
    names = [one.part for one in targets(load_patterns(), ["P5", "P7"])]
    assert "P5.front_loaded" not in names  # an order is no number to come close to
    assert "P7.over_24" in names


# --- weights, samples, report -----------------------------------------------------------------------------------------


def test_blocks_come_together_independent_and_by_weight() -> None:
    a = [{"x": float(i)} for i in range(400)]
    b = [{"y": 0.0}, {"y": 1.0}]
    few = np.where(np.arange(400) < 50, 1.0, 0.1)
    table = joint([([b[0]] * 200 + [b[1]] * 200, np.repeat([0.25, 0.75], 200)), (a, few)], 1)
    assert table.columns == ["weight", "y", "x"]
    assert table["weight"].sum() == pytest.approx(1.0)
    assert table["x"].to_list() == [one["x"] for one in a]  # the block with least to say keeps its weights
    assert effective(table["weight"].to_numpy()) == pytest.approx(effective(few))
    assert table["y"].mean() == 0.75
    assert abs(float(np.corrcoef(table["x"], table["y"])[0, 1])) < 4 / math.sqrt(400)
    assert drawn(np.array([0.5, 0.0, 0.5]), 4, 0.5).tolist() == [0, 0, 2, 2]


def test_weighted_quantiles_and_variance() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])
    assert quantile(values, weights, 0.5) == 2.0
    assert variance(values, weights) == pytest.approx(np.var(values, ddof=1))
    assert quantile(values, np.array([0.0, 1.0, 0.0]) + 1e-12, 0.5) == pytest.approx(1.0)


def test_what_was_learned_and_what_was_not() -> None:
    luck = np.random.default_rng(1)
    n = 4000
    scores = np.stack([luck.normal(0.2, 0.2, n), luck.standard_normal(n)], axis=1)
    block = Block("flow", (HAZARD, LENGTH), (), ())
    narrow, same = report.learned(Weighed(block, scores, np.full(n, 1 / n), np.zeros((n, 0)), NOTHING))
    assert narrow.informed == "narrower"
    spread = np.std([HAZARD.value(score) for score in scores[:, 0]])
    assert narrow.contraction == pytest.approx(1 - spread / math.sqrt(HAZARD.variance), abs=0.02)
    assert same.informed == "no"
    assert abs(same.contraction) < 0.05
    few = report.learned(Weighed(block, scores[:10], np.full(10, 0.1), np.zeros((10, 0)), NOTHING))
    assert few[1].informed == "no"  # chance alone makes as much


def test_numbers_that_pull_apart_are_told() -> None:
    luck = np.random.default_rng(2)
    u, e, f = luck.normal(0, [[1.0], [0.2], [0.2]], (3, 300))
    both = np.stack([2 + u + e, 2 - u + f], axis=1)  # one thing brings A.x to 0 and B.y away from it
    (pair,) = report.pulling(Weighed(BLOCK, np.zeros((300, 3)), np.full(300, 1 / 300), both, NOTHING))
    assert pair[:2] == ("A.x", "B.y")
    assert pair[4] < -0.8
    aligned = np.stack([both[:, 0], both[:, 0]], axis=1)
    assert report.pulling(Weighed(BLOCK, np.zeros((300, 3)), np.full(300, 1 / 300), aligned, NOTHING)) == []


def test_predictions_are_of_the_draws_lived_again_those_set_aside_among_them() -> None:
    again = pl.DataFrame({"A.x": [1.0] * 10, "B.y": [1.5] * 9 + [math.nan], "C.z": [7.0] * 10})
    found = Weighed(BLOCK, np.zeros((10, 3)), np.full(10, 0.1), np.zeros((10, 2)), again)
    before = pl.DataFrame({"A.x": [2.0], "B.y": [3.0], "C.z": [4.0]})
    first, second, aside = report.predicted(found, before, (*BLOCK.targets, Target("C", "C.z", 0.0, 1.0)))
    assert (first.before, first.after, first.inside) == ((2.0,) * 3, (1.0,) * 3, True)
    assert (second.after, second.inside) == ((1.5,) * 3, False)
    assert (aside.after, aside.inside) == ((7.0,) * 3, False)


# --- emulators, weights -----------------------------------------------------------------------------------------------


def test_an_emulator_finds_implausible_what_is_and_keeps_its_digits(tmp_path: Path) -> None:
    scores = np.random.default_rng(1).standard_normal((4000, 3))
    made = Emulator.of(scores, lived(scores, 2), np.zeros(2))
    assert made.told == pytest.approx([1.0 / (1.0 + CHANCE**2), 1.25 / (1.25 + CHANCE**2)], abs=0.02)
    assert made.error == pytest.approx([math.sqrt(1 + CHANCE**2)] * 2, abs=0.03)
    here, far = np.array([[1.0, 0.0, 0.0]]), np.array([[-4.0, 0.0, 0.0]])
    assert made.plausible(here).all()
    assert not made.plausible(far).any()
    assert made.off(far)[0, 0] == pytest.approx(5.0 / made.error[0], abs=0.2)
    assert made.off(far)[0, 0] > CUT
    keep(made, tmp_path / "emulator.npz")
    assert (kept(Emulator, tmp_path / "emulator.npz").off(scores) == made.off(scores)).all()


def test_weights_correct_a_proposal_that_is_wrong() -> None:
    """Draws from somewhere else, weighed, have the mean and covariance of the formula."""
    luck = np.random.default_rng(3)
    n, extra = 20_000, np.array([0.3, 0.0])
    blurred = np.array([False, True])
    scores = luck.normal(0.4, 1.1, (n, 3))
    dense = -0.5 * (((scores - 0.4) / 1.1) ** 2).sum(axis=1)
    steps = lived(scores, 4)
    draws = pl.DataFrame({name: scores[:, k] for k, name in enumerate(BLOCK.names)}
                         | {"A.x": steps[:, 0] + 1.0, "B.y": steps[:, 1] + 0.5, DENSITY: dense})  # fmt: skip
    before = luck.standard_normal((500, 3))
    known = before, lived(before, 5)
    found = weigh(BLOCK, draws, blurred, extra, known)
    mean, covariance = exact(np.sqrt(blurred + extra**2))
    assert found.effective > 2000
    assert found.weights @ found.scores == pytest.approx(mean, abs=0.05)
    away = found.scores - found.weights @ found.scores
    assert (away * found.weights[:, None]).T @ away == pytest.approx(covariance, abs=0.05)
    # numbers of a block beside it count as well
    other = Block("cities", BLOCK.priors, (Target("C", "C.z", 0.0, 1.0),), ())
    beside = Emulator.of(scores, scores[:, 2:] - 1.0, np.zeros(1))
    moved = weigh(BLOCK, draws, blurred, extra, known, [(other, beside)])
    assert (found.patterns, moved.patterns) == (["A", "B"], ["A", "B", "C"])
    assert moved.weights @ moved.scores[:, 2] == pytest.approx(0.5, abs=0.05)  # halfway from the prior to what it says


@pytest.mark.parametrize("parts", [2, 5])
def test_no_draw_judges_itself(parts: int) -> None:
    luck = np.random.default_rng(5)
    scores, noise = luck.standard_normal((400, 3)), luck.standard_normal((400, 1))
    means, left = crossed(scores, noise, parts)  # nothing to learn: what is left is all there was
    assert left[0, 0] >= 0.95 * noise.var()
    assert abs(np.corrcoef(means[:, 0], noise[:, 0])[0, 1]) < 0.2
    assert normal(np.array([[0.0], [2.0]]), np.array([[4.0]])) == pytest.approx([0.0, -0.5])


def test_draws_before_are_learnt_from_and_not_judged() -> None:
    luck = np.random.default_rng(7)
    scores, before = luck.standard_normal((60, 3)), luck.standard_normal((4000, 3))
    steps = scores @ np.diag([1.0, 2.0, 3.0]) + luck.standard_normal((60, 3))
    means, left = crossed(scores, steps, 5, (before, before @ np.diag([1.0, 2.0, 3.0])))
    assert means == pytest.approx(scores @ np.diag([1.0, 2.0, 3.0]), abs=0.3)  # of 60 alone it would be far off
    assert np.diag(left) == pytest.approx([1.0] * 3, abs=0.5)
    assert means.shape == (60, 3)


def test_a_sample_has_equal_weights_and_no_more_rows_than_it_may() -> None:
    n = 3 * ROWS
    scores = np.random.default_rng(6).standard_normal((n, 3))
    weights = np.exp(scores[:, 0])
    found = Weighed(BLOCK, scores, weights / weights.sum(), np.zeros((n, 2)), NOTHING)
    table = sample_of([found], 1)
    assert table.height == ROWS
    assert table["weight"].unique().to_list() == [1.0 / ROWS]
    values = np.array([BLOCK.values(dict(zip("abc", row, strict=True)))["a"] for row in scores.tolist()])
    assert table["a"].mean() == pytest.approx(float(found.weights @ values), abs=0.03)


def test_coverage_counts_what_is_inside() -> None:
    ranks = np.linspace(0.0025, 0.9975, 200)[:, None] * [1.0, 0.5]  # the second is never above the middle
    found = Coverage(ranks, np.linspace(0, 1, 200), np.zeros(2))
    assert found.inside(0.9) == pytest.approx([0.9, 0.9], abs=0.01)
    assert found.inside(0.5) == pytest.approx([0.5, 0.5], abs=0.01)
    assert Coverage(ranks * 0.2, found.joint, np.zeros(2)).inside(0.5) == pytest.approx([0.0, 0.0])
    assert found.densest(0.8) == pytest.approx(0.8, abs=0.01)


def test_unknown_patterns_are_told() -> None:
    with pytest.raises(BadInput, match="'P9' is not a pattern to be fitted"):
        blocks(["P9"], load_patterns(), [])
    with pytest.raises(BadInput, match="No experiment computes"):
        blocks(["P15"], load_patterns(), [])


def test_what_takes_long_is_a_block_of_its_own_with_the_same_parameters() -> None:
    quick, slow = (Experiment(name, (name,), lambda seed, sets: {}, 0.1) for name in ("P1", "P12"))
    flow, cities = blocks(["P1", "P12"], load_patterns(), [quick, slow])
    assert (flow.name, cities.name) == ("flow", "cities")
    assert flow.names == cities.names
    assert {target.pattern for target in flow.targets} == {"P1"}
    assert cities.experiments == (slow,)
