"""History matching: where in the ranges of the evidence the fitted patterns can be met together, and which contradict.

    found = matched(read(folder, block), block, load_discrepancies())

An emulator (analysis/calibration/emulator.py) stands for the model at points that were never run.  A point is
*implausible* for a number if the emulated value is more than CUT errors from the observed one; the error holds the
pattern's named discrepancy (evidence/discrepancies.toml).  A pattern is met at a point if none of its numbers is
implausible.  Two patterns that are met often alone and never together contradict each
other: that is said, and nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.calibration.block import Block
from analysis.calibration.draws import whole
from analysis.calibration.emulator import CUT, Emulator
from analysis.calibration.learnable import LEAST
from engine.errors import BadInput, MissingField
from evidence.data_file import DataFile, Field

Array = npt.NDArray[np.float64]

FILE = Path(__file__).resolve().parents[2] / "evidence" / "discrepancies.toml"
FIELDS = {
    "steps": Field("number", "how far off for reasons that no parameter mends, in standard errors", required=True),
    "because": Field("text", "what the reasons are", required=True),
}
FEW = 0.01  # of the prior: a pattern that is met in less of it is set aside.  Assumption
POINTS = 100_000  # points of the prior that the emulators are asked about
GOOD = 0.5  # R2 on the draws held out below which an emulator is said to be poor


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Of a pattern: its size in standard errors, and why."""

    steps: float
    because: str


@dataclass(frozen=True, slots=True)
class Matched:
    """Of each pattern (`names`): share of the prior where it is met alone, where all others are, and where both; of
    every two, where both are; the number that is hardest to meet, the R2 of its worst emulator, and the share of the
    prior where everything is met."""

    names: tuple[str, ...]
    alone: tuple[float, ...]
    others: tuple[float, ...]
    together: tuple[tuple[float, ...], ...]
    hardest: tuple[str, ...]
    emulated: tuple[float, ...]
    everything: float


@cache
def load_discrepancies(path: Path = FILE) -> dict[str, Discrepancy]:
    """Every pattern's discrepancy, by its name."""
    file = DataFile(path)
    return {name: Discrepancy(**file.read(FIELDS, name)) for name in file.data}


def emulator_of(draws: pl.DataFrame, block: Block, discrepancies: Mapping[str, Discrepancy]) -> Emulator:
    """The emulator of a block, learnt from these draws."""
    for name in dict.fromkeys(target.pattern for target in block.targets):
        if name not in discrepancies:
            raise MissingField(name, meaning="the named discrepancy of a fitted pattern", where=str(FILE))
    scores, steps = whole(draws, block)
    if len(scores) < LEAST:
        raise BadInput(f"{len(scores)} draws have every number", allowed=f"at least {LEAST}", do="Draw more candidates")
    return Emulator.of(scores, steps, extra_of(block, discrepancies))


def extra_of(block: Block, discrepancies: Mapping[str, Discrepancy]) -> Array:
    """The named discrepancy of each number, in steps."""
    return np.array([discrepancies[target.pattern].steps for target in block.targets])


def matched(
    emulator: Emulator, block: Block, seed: int = 1, points: int = POINTS
) -> Matched:  # fmt: skip
    """Where each fitted pattern of the block, and all of them, can be met."""
    targets = block.targets
    names = tuple(dict.fromkeys(target.pattern for target in targets))
    asked = np.random.default_rng(seed).standard_normal((points, len(block.priors)))
    off, told = emulator.off(asked), emulator.told
    met = {name: (off[:, [k for k, one in enumerate(targets) if one.pattern == name]] <= CUT).all(axis=1)
           for name in names}  # fmt: skip
    own = {name: [k for k, one in enumerate(targets) if one.pattern == name] for name in names}
    hardest = [max(own[name], key=lambda k: float((off[:, k] > CUT).mean())) for name in names]
    every = np.stack([met[name] for name in names])
    return Matched(
        names, tuple(float(one.mean()) for one in every),
        tuple(float(np.delete(every, i, axis=0).all(axis=0).mean()) for i in range(len(names))),
        tuple(tuple(float((one & other).mean()) for other in every) for one in every),
        tuple(targets[k].part for k in hardest), tuple(float(min(told[k] for k in own[name])) for name in names),
        float(every.all(axis=0).mean()),
    )  # fmt: skip


def out_of_reach(found: Matched) -> dict[str, float]:
    """Patterns that are met next to nowhere in the prior, and in what share of it: misses of the model.  What they say
    of its parameters, where it cannot be right, is not averaged into the rest."""
    return {name: share for name, share in zip(found.names, found.alone, strict=True) if share < FEW}


def contradictions(found: Matched) -> list[tuple[str, str]]:
    """Pairs that are each met somewhere and nowhere together."""
    return [(found.names[i], found.names[j]) for i in range(len(found.names)) for j in range(i)
            if found.alone[i] and found.alone[j] and not found.together[i][j]]  # fmt: skip


def matched_rows(found: Matched, discrepancies: Mapping[str, Discrepancy]) -> Sequence[list[str]]:
    """Heading and rows for a table."""
    rows = [["pattern", "met alone", "others met", "hardest number", "worst emulator", "discrepancy", "because"]]
    for i, name in enumerate(found.names):
        poor = "" if found.emulated[i] >= GOOD else " (poor)"
        rows.append([name, f"{found.alone[i]:.1%}", f"{found.others[i]:.1%}", found.hardest[i],
                     f"R2 {found.emulated[i]:.2f}{poor}", f"{discrepancies[name].steps:g}",
                     discrepancies[name].because])  # fmt: skip
    return rows
