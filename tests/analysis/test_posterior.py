"""A network against a posterior with a formula: straight numbers, chance that is known.  Needs sbijax."""

from pathlib import Path

import numpy as np
import pytest

from analysis.calibration.posterior import Network, coverage, train
from tests.analysis.test_calibration import exact, lived

pytestmark = [pytest.mark.neural, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

DRAWS, NOISE = 4000, np.array([0.3, 1.0])


def noisy(scores: np.ndarray, seed: int) -> np.ndarray:
    return lived(scores, seed) + NOISE * np.random.default_rng(seed + 1).standard_normal((len(scores), 2))


@pytest.fixture(scope="module")
def network() -> Network:
    scores = np.random.default_rng(1).standard_normal((DRAWS, 3))
    return train(scores, noisy(scores, 2), 1)


def test_the_known_posterior_is_found(network: Network) -> None:
    mean, covariance = exact(NOISE)
    drawn = network.sample(np.zeros((1, 2)), 5000, 1)[0]
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=0.12)
    assert drawn.std(axis=0) == pytest.approx(np.sqrt(np.diag(covariance)), rel=0.12)


def test_stored_and_read_it_has_the_same_digits(network: Network, tmp_path: Path) -> None:
    network.keep(tmp_path / "network.npz")
    again = Network.read(tmp_path / "network.npz")
    assert (again.sample(np.zeros((1, 2)), 100, 3) == network.sample(np.zeros((1, 2)), 100, 3)).all()
    asked = np.zeros((5, 3))
    assert (again.log_density(asked, np.zeros((5, 2))) == network.log_density(asked, np.zeros((5, 2)))).all()


def test_its_intervals_hold_the_truth_as_often_as_they_say(network: Network) -> None:
    scores = np.random.default_rng(7).standard_normal((600, 3))
    found = coverage(network, scores, noisy(scores, 8), 200, 1)
    assert found.inside(0.9) == pytest.approx([0.9] * 3, abs=0.04)
    assert found.densest(0.8) == pytest.approx(0.8, abs=0.05)
    after = 1.0 - np.sqrt(np.diag(exact(NOISE)[1]))
    assert found.contraction == pytest.approx(after, abs=0.06)
