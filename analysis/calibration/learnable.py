"""Which parameters can be learnt at all, on synthetic data, before any real data are looked at.

    for one in learnable(read(folder, block), block): print(one.name, one.contraction)

Each draw is a synthetic data set: what its studies gave, with the error of the observation added where the number of a
pattern has a tolerance and no sample of its own.  From half of the draws a regression, straight or quadratic, learns to
read each parameter (its normal score) from all numbers together; on the other half it is tried.  If it explains R2 of a
parameter's spread, a posterior can be narrower than the prior by 1 - sqrt(1 - R2) at least: a lower bound of what the
data can teach, which grows with the number of draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.calibration.block import Block
from analysis.calibration.draws import whole
from analysis.calibration.emulator import missed, quadratic, ridge
from engine.errors import BadInput
from evidence.patterns import RANGE, Pattern

Array = npt.NDArray[np.float64]

ENOUGH = 0.30  # contraction from which a parameter counts as learnt: the aim of issue 13
LEAST = 200  # draws below which nothing can be said


@dataclass(frozen=True, slots=True)
class Learnt:
    """R2 on the draws held out, the contraction that it allows, and the number that tells most of it alone."""

    name: str
    r2: float
    contraction: float
    by: str
    by_alone: float


def learnable(draws: pl.DataFrame, block: Block, patterns: dict[str, Pattern], seed: int = 1) -> list[Learnt]:
    """Every parameter of the block, best first."""
    scores, data = synthetic(draws, block, patterns, seed)
    half = len(scores) // 2
    features = quadratic(data, data[:half].mean(axis=0), np.maximum(data[:half].std(axis=0), 1e-9))
    told = np.zeros(len(block.priors))
    for k in range(len(block.priors)):  # straight lines or curves, whichever does better within the learning half
        wanted = scores[:, k : k + 1]
        forms = [features[:, : 1 + data.shape[1]], features]
        form = min(forms, key=lambda one: missed(one[:half], wanted[:half]))
        left = wanted[half:] - form[half:] @ ridge(form[:half], wanted[:half])
        told[k] = 1.0 - float((left**2).mean() / wanted[half:].var())
    alone = _alone(scores[:half], data[:half])
    found = []
    for k, prior in enumerate(block.priors):
        best = int(alone[:, k].argmax())
        r2 = float(max(told[k], 0.0))
        found.append(Learnt(prior.name, r2, 1.0 - float(np.sqrt(1.0 - r2)), block.parts[best], float(alone[best, k])))
    return sorted(found, key=lambda one: -one.contraction)


def synthetic(draws: pl.DataFrame, block: Block, patterns: dict[str, Pattern], seed: int) -> tuple[Array, Array]:
    """Scores and noisy numbers of every draw that has them all, in steps of the observation's error."""
    scores, steps = whole(draws, block)
    if len(scores) < LEAST:
        raise BadInput(f"{len(scores)} draws have every number", allowed=f"at least {LEAST}", do="Draw more candidates")
    return scores, steps + noise_of(block, patterns, len(steps), seed)


def blurred(block: Block, patterns: dict[str, Pattern]) -> npt.NDArray[np.bool_]:
    """Which numbers of the block were observed with an error that no study of theirs has: those with a tolerance."""
    tests = [patterns[one.pattern].parts[one.part.partition(".")[2]].test for one in block.targets]
    return np.array([test == RANGE for test in tests])


def noise_of(block: Block, patterns: dict[str, Pattern], rows: int, seed: int) -> Array:
    """Errors of observation, one step wide, for the numbers that have one."""
    drawn = np.random.default_rng(seed).standard_normal((rows, len(block.targets)))
    return np.asarray(drawn * blurred(block, patterns))


def _alone(scores: Array, data: Array) -> Array:
    """R2 of each parameter (column) from each number alone (row), straight lines."""
    x, y = (one - one.mean(axis=0) for one in (data, scores))
    both = (x.T @ y) ** 2
    return np.asarray(both / np.maximum(np.outer((x**2).sum(axis=0), (y**2).sum(axis=0)), 1e-12))


def learnt_rows(found: Sequence[Learnt]) -> list[list[str]]:
    """Heading and rows for a table."""
    rows = [["parameter", "contraction on synthetic data", "R2", "number that tells most alone"]]
    for one in found:
        rows.append([one.name, f"{one.contraction:.0%}{'' if one.contraction >= ENOUGH else ' (not learnt)'}",
                     f"{one.r2:.2f}", f"{one.by} ({one.by_alone:.2f})"])  # fmt: skip
    return rows
