"""How a sample is made: draws from the network's posterior, lived once more, and weighed.

    proposal = proposed(network, block, 6000, left, seed=1)      # scores, and how dense the network is there
    again(block, folder, proposal, seed=1, processes=2)          # every one through all studies, in files of CHUNK
    weighed = weigh(block, lived_again(folder, block), ...)      # prior x likelihood / density

The likelihood is normal (a synthetic likelihood).  Its mean is an emulator learnt from the draws that were just
lived, each half from the other, so that no draw judges itself.  Its covariance is what that leaves unexplained (the
chance of a run and of the study's sample is in it), the observation's own error where no study has it, and the named
discrepancy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.calibration.block import Block
from analysis.calibration.draws import CHUNK, ERROR, in_files, lived, table_of, whole
from analysis.calibration.emulator import Emulator, fitted, quadratic
from analysis.calibration.posterior import Network
from analysis.calibration.sample import effective
from engine.errors import BadInput
from runs.store import write_table

Array = npt.NDArray[np.float64]

DENSITY = "log_density"
TRIES = 200  # times as many draws as are wanted: beyond, next to nothing is plausible


def proposed(network: Network, block: Block, draws: int, left: Sequence[Emulator], seed: int) -> pl.DataFrame:
    """Scores drawn at the observed numbers, where no wave finds them implausible, and the network's log density."""
    observed = np.zeros((1, len(block.targets)))
    found: list[Array] = []
    for turn in range(TRIES):
        asked = network.sample(observed, draws, seed + turn)[0]
        found.append(asked[np.logical_and.reduce([np.ones(len(asked), bool), *(one.plausible(asked) for one in left)])])
        if sum(map(len, found)) >= draws:
            break
    else:
        raise BadInput(f"The posterior of the block '{block.name}' lies where earlier waves found nothing plausible",
                       do="See what contradicts what: 'unfreeze calibrate --step match'")  # fmt: skip
    scores = np.concatenate(found)[:draws]
    dense = network.log_density(scores, np.repeat(observed, len(scores), axis=0))
    return pl.DataFrame({name: scores[:, k] for k, name in enumerate(block.names)} | {DENSITY: dense})


def again_file(folder: Path, block: Block, first: int) -> Path:
    """Where draws first ... are kept after they were lived once more."""
    return folder / f"again-{block.name}-{first:06d}.parquet"


def again(
    block: Block, folder: Path, proposal: pl.DataFrame, seed: int, processes: int,
    on_progress: Callable[[str], None] = lambda text: None,
) -> int:  # fmt: skip
    """Live every draw of the proposal that the folder does not have yet; how many were new."""

    def done(over: int) -> None:
        on_progress(f"{block.name}, once more: {min(over * CHUNK, proposal.height):,} of {proposal.height:,}")

    wanted = in_files(
        proposal.height, lambda first: again_file(folder, block, first),
        lambda first: (_again_chunk, (folder, block, proposal[first : first + CHUNK], seed, first)), processes, done,
    )  # fmt: skip
    return sum(min(CHUNK, proposal.height - first) for first in wanted)


def _again_chunk(folder: Path, block: Block, rows: pl.DataFrame, seed: int, first: int) -> dict[str, Any]:
    scores = list(rows.select(block.names).iter_rows(named=True))
    table = table_of(lived(block, seed, scores, f"{block.name} again", first))
    write_table(table.with_columns(rows[DENSITY]), again_file(folder, block, first))
    return {}


def lived_again(folder: Path, block: Block) -> pl.DataFrame:
    """All draws that were lived once more and did not fail, by number."""
    files = sorted(folder.glob(f"again-{block.name}-*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]).filter(pl.col(ERROR) == "").sort("number")


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Scores (draws, parameters), weights (sum 1), the numbers of the block in steps off what was observed; all that
    the studies of the same draws gave."""

    block: Block
    scores: Array
    weights: Array
    steps: Array
    rows: pl.DataFrame

    @property
    def effective(self) -> float:
        """Kish's effective sample."""
        return effective(self.weights)

    @property
    def sets(self) -> list[dict[str, float]]:
        """The parameters' values of every draw."""
        return [self.block.values(dict(zip(self.block.names, map(float, row), strict=True))) for row in self.scores]


def weigh(
    block: Block, draws: pl.DataFrame, blurred: npt.NDArray[np.bool_], extra: Array,
    beside: Sequence[tuple[Block, Emulator]] = (),
) -> Weighed:  # fmt: skip
    """Prior times likelihood over the network's density, for each draw that has every number.

    blurred: numbers whose observation has an error that no study of theirs has.  extra: named discrepancies, in steps.
    beside: blocks with the same parameters and an emulator of their own, whose numbers count as well.
    """
    scores, steps = whole(draws, block)
    there = np.isfinite(draws.select(block.parts).to_numpy()).all(axis=1)
    dense = draws[DENSITY].to_numpy()[there]
    means, left = crossed(scores, steps)
    likely = normal(means, left + np.diag(blurred + extra**2))
    for other, emulator in beside:
        asked = scores[:, [block.names.index(name) for name in other.names]]
        likely = likely - 0.5 * (emulator.off(asked) ** 2).sum(axis=1)
    log = likely - 0.5 * (scores**2).sum(axis=1) - dense
    weights = np.exp(log - log.max())
    return Weighed(block, scores, weights / weights.sum(), steps, draws.filter(pl.Series(there)))


def crossed(scores: Array, steps: Array) -> tuple[Array, Array]:
    """(means, covariance of what is left): each half's numbers by a regression learnt from the other half."""
    half = len(scores) // 2
    middle, spread = scores.mean(axis=0), np.maximum(scores.std(axis=0), 1e-9)
    features, means = quadratic(scores, middle, spread), np.empty_like(steps)
    for learnt, told in ((slice(None, half), slice(half, None)), (slice(half, None), slice(None, half))):
        means[told] = features[told] @ fitted(features[learnt], steps[learnt], scores.shape[1])
    return means, np.atleast_2d(np.cov(steps - means, rowvar=False))


def normal(means: Array, covariance: Array) -> Array:
    """Log density of nought under each of these means, up to a constant."""
    root = np.linalg.cholesky(covariance)
    return np.asarray(-0.5 * (np.linalg.solve(root, means.T) ** 2).sum(axis=0))
