"""History matching: where in the ranges of the evidence the fitted patterns can be met together, and which contradict.

    found = matched(read(folder, block), block, load_discrepancies())

An emulator for each number - a quadratic regression on the parameters' normal scores, learnt from half of the draws and
tried on the other - stands for the model at points that were never run.  A point is *implausible* for a number if the
emulated value is more than CUT errors from the observed one; the error holds that of the observation, of the emulator
(chance of a run included) and the pattern's named discrepancy (evidence/discrepancies.toml).  A pattern is met at a
point if none of its numbers is implausible.  Two patterns that are met often alone and never together contradict each
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

from analysis.calibration.fit import Block
from analysis.calibration.learnable import LEAST, quadratic, ridge
from engine.errors import BadInput, MissingField
from evidence.data_file import DataFile, Field

Array = npt.NDArray[np.float64]

FILE = Path(__file__).resolve().parents[2] / "evidence" / "discrepancies.toml"
FIELDS = {
    "steps": Field("number", "how far off for reasons that no parameter mends, in standard errors", required=True),
    "because": Field("text", "what the reasons are", required=True),
}
CUT = 3.0  # errors beyond which a point is implausible: the usual choice (three-sigma rule)
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


def matched(
    draws: pl.DataFrame, block: Block, discrepancies: Mapping[str, Discrepancy], seed: int = 1, points: int = POINTS
) -> Matched:
    """Where each fitted pattern of the block, and all of them, can be met."""
    targets = block.near
    names = tuple(dict.fromkeys(target.pattern for target in targets))
    for name in names:
        if name not in discrepancies:
            raise MissingField(name, meaning="the named discrepancy of a fitted pattern", where=str(FILE))
    parts = draws.select([target.part for target in targets]).to_numpy()
    whole = np.isfinite(parts).all(axis=1)
    if whole.sum() < LEAST:
        raise BadInput(f"{int(whole.sum())} draws have every number", allowed=f"at least {LEAST}",
                       do="Draw more candidates")  # fmt: skip
    step, observed = (np.array([getattr(one, name) for one in targets]) for name in ("step", "observed"))
    scores = draws.select([prior.name for prior in block.priors]).to_numpy()[whole]
    data = (parts[whole] - observed) / step
    half = len(scores) // 2
    features = quadratic(scores, scores[:half])
    emulator = ridge(features[:half], data[:half])
    left = data[half:] - features[half:] @ emulator
    told = 1.0 - left.var(axis=0) / np.maximum(data[half:].var(axis=0), 1e-12)
    extra = np.array([discrepancies[target.pattern].steps for target in targets])
    error = np.sqrt(1.0 + left.var(axis=0) + extra**2)
    asked = np.random.default_rng(seed).standard_normal((points, len(block.priors)))
    off = np.concatenate([np.abs(quadratic(one, scores[:half]) @ emulator) / error
                          for one in np.array_split(asked, max(points // 5000, 1))])  # fmt: skip
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
