"""Chains against a posterior with a formula: straight numbers, chance that is known."""

import numpy as np
import polars as pl
import pytest

from analysis.calibration.chains import DENSITY, Likelihood, coverage, plausible, proposed, run
from analysis.calibration.emulator import Emulator
from analysis.calibration.weighing import weigh
from tests.analysis.test_calibration import BLOCK, exact, lived

NOISE = np.array([0.3, 1.0])


def prior(rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, 3))


@pytest.fixture(scope="module")
def likelihood() -> Likelihood:
    return Likelihood.of(scores := prior(4000, 1), lived(scores, 2), NOISE)


def test_chains_from_anywhere_find_the_known_posterior(likelihood: Likelihood) -> None:
    mean, covariance = exact(NOISE)
    middle, end = run(likelihood.log, prior(4000, 3), [], 1, (200, 400))
    for drawn in (middle, end):
        assert drawn.mean(axis=0) == pytest.approx(mean, abs=0.06)
        assert np.cov(drawn, rowvar=False) == pytest.approx(covariance, abs=0.08)


def test_chains_stay_where_earlier_waves_left_something(likelihood: Likelihood) -> None:
    scores = prior(4000, 4)
    left = [Emulator.of(scores, 3.0 * scores[:, :1] + 0.1 * prior(4000, 5)[:, :1], np.zeros(1))]  # -1 to 1 of the first
    starts = scores[plausible(scores, left)]
    table = proposed(BLOCK, likelihood.log, starts, left, 2000, 1)
    drawn = table.select(BLOCK.names).to_numpy()
    assert plausible(drawn, left).all()
    assert 0.9 < np.abs(drawn[:, 0]).max() < 1.1
    assert len(np.unique(drawn, axis=0)) == len(drawn)  # no draw twice
    assert table.equals(proposed(BLOCK, likelihood.log, starts, left, 2000, 1))


def test_the_density_of_a_draw_is_prior_times_likelihood(likelihood: Likelihood) -> None:
    table = proposed(BLOCK, likelihood.log, prior(100, 6), [], 50, 1)
    scores = table.select(BLOCK.names).to_numpy()
    mean, covariance = exact(NOISE)
    away = scores - mean
    exactly = -0.5 * (away * np.linalg.solve(covariance, away.T).T).sum(axis=1)
    assert np.diff(table[DENSITY].to_numpy()) == pytest.approx(np.diff(exactly), abs=0.3)


def test_draws_weighed_have_the_formula_s_mean_and_nearly_all_count(likelihood: Likelihood) -> None:
    table = proposed(BLOCK, likelihood.log, prior(1000, 7), [], 5000, 1)
    steps = lived(table.select(BLOCK.names).to_numpy(), 9)
    draws = table.with_columns(pl.Series("A.x", steps[:, 0] + 1.0), pl.Series("B.y", steps[:, 1] + 0.5))
    known = prior(500, 8), lived(prior(500, 8), 10)
    found = weigh(BLOCK, draws, np.array([False, True]), np.array([0.3, 0.0]), known)
    assert found.effective > 4500
    assert found.weights @ found.scores == pytest.approx(exact(NOISE)[0], abs=0.05)


def test_their_intervals_hold_the_truth_as_often_as_they_say(likelihood: Likelihood) -> None:
    scores = prior(600, 10)
    data = lived(scores, 11) + NOISE * np.random.default_rng(12).standard_normal((600, 2))
    found = coverage(likelihood, scores, data, prior(1000, 13), [], 1, chains=40)
    assert found.inside(0.9) == pytest.approx([0.9] * 3, abs=0.04)
    assert found.densest(0.8) == pytest.approx(0.8, abs=0.05)
    assert found.contraction == pytest.approx(1.0 - np.sqrt(np.diag(exact(NOISE)[1])), abs=0.06)


def test_a_likelihood_that_is_too_sure_is_found_out() -> None:
    sure = Likelihood.of(scores := prior(4000, 1), lived(scores, 2), np.zeros(2))  # knows nothing of the errors
    truth = prior(600, 14)
    data = lived(truth, 15) + 2.0 * np.random.default_rng(16).standard_normal((600, 2))
    found = coverage(sure, truth, data, prior(1000, 17), [], 1, chains=40)
    assert found.inside(0.9)[0] < 0.75
    assert found.densest(0.8) < 0.65
