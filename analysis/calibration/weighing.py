"""How a sample is made: draws from the emulator's posterior (chains.py), lived once more, and weighed.

    again(block, folder, proposal, seed=1, processes=2)          # every one through all studies, in files of CHUNK
    weighed = weigh(block, lived_again(folder, block, proposal), ...)  # prior x likelihood / density where it was drawn

The likelihood is normal (a synthetic likelihood).  Its mean is an emulator learnt from the draws of the waves and those
that were just lived, each fifth of these from the others, so that no draw judges itself.  Its covariance is what that
leaves unexplained (the chance of a run and of the study's sample is in it), the observation's own error where no study
has it, and the named discrepancy.
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
from analysis.calibration.chains import DENSITY
from analysis.calibration.draws import CHUNK, ERROR, in_files, lived, table_of, whole
from analysis.calibration.emulator import Emulator, crossed, normal
from analysis.calibration.sample import effective
from engine.errors import BadInput
from runs.store import write_table

Array = npt.NDArray[np.float64]

PARTS = 5  # of the draws lived again; each is judged by what was learnt from the others.  The usual number of folds


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


def lived_again(folder: Path, block: Block, proposal: pl.DataFrame) -> pl.DataFrame:
    """All draws of the proposal that were lived once more and did not fail, by number."""
    files = sorted(folder.glob(f"again-{block.name}-*.parquet"))
    found = pl.concat([pl.read_parquet(file) for file in files]).sort("number")
    if found.height > proposal.height or not found[proposal.columns].equals(proposal[found["number"].to_list()]):
        raise BadInput(f"{folder} holds draws of the block '{block.name}' that are not those of proposal-{block.name}",
                       do=f"Remove again-{block.name}-*.parquet and run the step again")  # fmt: skip
    return found.filter(pl.col(ERROR) == "")


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Scores (draws, parameters), weights (sum 1), the numbers of the block in steps off what was observed; all that
    the studies of the same draws gave; the other blocks whose numbers counted by their emulators."""

    block: Block
    scores: Array
    weights: Array
    steps: Array
    rows: pl.DataFrame
    beside: tuple[Block, ...] = ()

    @property
    def patterns(self) -> list[str]:
        """That the weights hang on."""
        return list(dict.fromkeys(each.pattern for block in (self.block, *self.beside) for each in block.targets))

    @property
    def effective(self) -> float:
        """Kish's effective sample."""
        return effective(self.weights)

    @property
    def sets(self) -> list[dict[str, float]]:
        """The parameters' values of every draw."""
        return [self.block.values(dict(zip(self.block.names, map(float, row), strict=True))) for row in self.scores]


def weigh(
    block: Block, draws: pl.DataFrame, blurred: npt.NDArray[np.bool_], extra: Array, known: tuple[Array, Array],
    beside: Sequence[tuple[Block, Emulator]] = (),
) -> Weighed:  # fmt: skip
    """Prior times likelihood over the density that a draw was drawn with, for each draw that has every number.

    blurred: numbers whose observation has an error that no study of theirs has.  extra: named discrepancies, in steps.
    known: scores and steps of draws before, which the emulator learns from as well.
    beside: blocks with the same parameters and an emulator of their own, whose numbers count as well.
    """
    scores, steps = whole(draws, block)
    there = np.isfinite(draws.select(block.parts).to_numpy()).all(axis=1)
    dense = draws[DENSITY].to_numpy()[there]
    means, left = crossed(scores, steps, PARTS, known)
    likely = normal(means, left + np.diag(blurred + extra**2)) + off_beside(block, scores, beside)
    log = likely - 0.5 * (scores**2).sum(axis=1) - dense
    weights = np.exp(log - log.max())
    others = tuple(other for other, _ in beside)
    return Weighed(block, scores, weights / weights.sum(), steps, draws.filter(pl.Series(there)), others)


def off_beside(block: Block, scores: Array, beside: Sequence[tuple[Block, Emulator]]) -> Array:
    """Log likelihood of the numbers of other blocks at these scores, by their emulators."""
    found = np.zeros(len(scores))
    for other, emulator in beside:
        asked = scores[:, [block.names.index(name) for name in other.names]]
        found -= 0.5 * (emulator.off(asked) ** 2).sum(axis=1)
    return found
