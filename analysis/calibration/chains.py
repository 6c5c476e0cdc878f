"""The posterior that an emulator's likelihood gives, drawn by Markov chains, and tried on synthetic data.

    likelihood = Likelihood.of(scores, steps, noise)          # from draws that were lived
    table = proposed(block, likelihood.log, starts, left, 6000, seed=1)
    found = coverage(likelihood, held_scores, held_steps, starts, left, seed=1)

The likelihood is normal: its mean is an emulator of the studies, its covariance what that leaves unexplained on draws
it did not see, and the noise of the observations.  The prior of the scores is standard normal where no earlier wave
finds them implausible.  A chain's next place keeps most of the last one and stays, on its own, in that prior
(preconditioned Crank-Nicolson: Cotter and others 2013, Statistical Science 28), so that 34 dimensions cost it nothing
and only the likelihood decides.  Every chain gives one draw: draws are independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.calibration.block import Block
from analysis.calibration.coverage import Coverage
from analysis.calibration.emulator import PIECE, Emulator, crossed, fitted, normal, quadratic

Array = npt.NDArray[np.float64]
Log = Callable[[Array], Array]  # of rows of scores

DENSITY = "log_density"
STEPS = 400  # of a chain; at 200 means still move (measured: docs/calibration.md).  Assumption
STRIDE = 0.15  # of a step, in deviations of the prior: two thirds of the steps are taken.  Assumption
LATE = (300, 400)  # places of a chain that count when it is tried on synthetic data.  Assumption
TRIED = 100  # chains for each synthetic data set.  Assumption


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """Of numbers in steps of their observations' errors.  middle, spread: of the scores it was learnt from.  weights:
    (features, numbers).  covariance: (numbers, numbers), of an observation around its emulated mean."""

    middle: Array
    spread: Array
    weights: Array
    covariance: Array

    @classmethod
    def of(cls, scores: Array, steps: Array, noise: Array) -> Likelihood:
        """Learnt from draws; `noise`: of each number, what an observation has beside them, in steps."""
        middle, spread = scores.mean(axis=0), np.maximum(scores.std(axis=0), 1e-9)
        weights = fitted(quadratic(scores, middle, spread), steps, scores.shape[1])
        return cls(middle, spread, weights, crossed(scores, steps)[1] + np.diag(noise**2))

    def log(self, scores: Array, observed: Array | float = 0.0) -> Array:
        """Log likelihood of each row of scores, up to a constant; observed: its numbers, a row for each or nought."""
        pieces = np.array_split(scores, max(len(scores) // PIECE, 1))
        means = [quadratic(one, self.middle, self.spread) @ self.weights for one in pieces]
        return normal(np.concatenate(means) - observed, self.covariance)


def plausible(scores: Array, left: Sequence[Emulator]) -> npt.NDArray[np.bool_]:
    """Which rows no earlier wave finds implausible."""
    return np.asarray(np.logical_and.reduce([np.ones(len(scores), bool), *(one.plausible(scores) for one in left)]))


def run(log: Log, starts: Array, left: Sequence[Emulator], seed: int, late: Sequence[int] = (STEPS,)) -> Array:
    """(late, chains, parameters): the places of a chain from each start after so many steps."""
    source = np.random.default_rng(seed)
    here, height, found = starts.copy(), log(starts), []
    for step in range(1, max(late) + 1):
        asked = np.sqrt(1.0 - STRIDE**2) * here + STRIDE * source.standard_normal(here.shape)
        there = log(asked)
        takes = there - height > -source.standard_exponential(len(here))
        takes[takes] = plausible(asked[takes], left)
        here[takes], height[takes] = asked[takes], there[takes]
        if step in late:
            found.append(here.copy())
    return np.stack(found)


def proposed(block: Block, log: Log, starts: Array, left: Sequence[Emulator], draws: int, seed: int) -> pl.DataFrame:
    """So many scores, each the end of a chain, and their log density up to a constant.  starts: plausible scores."""
    begin = starts[np.random.default_rng([seed, 1]).integers(len(starts), size=draws)]
    scores = run(log, begin, left, seed)[0]
    dense = log(scores) - 0.5 * (scores**2).sum(axis=1)
    return pl.DataFrame({name: scores[:, k] for k, name in enumerate(block.names)} | {DENSITY: dense})


def coverage(
    likelihood: Likelihood, scores: Array, data: Array, starts: Array, left: Sequence[Emulator], seed: int,
    chains: int = TRIED,
) -> Coverage:  # fmt: skip
    """Chains on synthetic data sets against the scores that made them; none begins at the truth."""
    begin = starts[np.random.default_rng([seed, 2]).integers(len(starts), size=len(scores) * chains)]
    rows = np.repeat(data, chains, axis=0)
    late = run(lambda asked: likelihood.log(asked, rows), begin, left, seed, LATE)
    sets, each, wide = len(scores), len(LATE) * chains, scores.shape[1]
    drawn = late.reshape(len(LATE), sets, chains, wide).transpose(1, 0, 2, 3).reshape(sets, each, wide)
    flat = drawn.reshape(-1, wide)
    dense = likelihood.log(flat, np.repeat(data, each, axis=0)) - 0.5 * (flat**2).sum(axis=1)
    truth = likelihood.log(scores, data) - 0.5 * (scores**2).sum(axis=1)
    return Coverage.of(scores, drawn, dense.reshape(sets, each), truth)
