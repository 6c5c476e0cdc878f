"""Candidates drawn from the priors, each with all that its studies count, in files of CHUNK: what later steps read.

    simulate(blocks, Path("draws"), 50_000, seed=1, processes=2)
    table = read(Path("draws"), blocks[0])        # a row for each candidate: number, seed, parameters, parts, error

Candidate k of a block has the same parameters, luck and digits whatever the number of processes and however often the
command was stopped; a finished file is never written again, and more candidates carry a finished folder further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analysis.calibration.fit import Block, Workers, check_settings, do, luck
from analysis.patterns.hashes import experiments_hash, figures_hash
from engine.errors import BadInput
from runs.running import digits
from runs.store import write_table

CHUNK = 100  # candidates in a file: a minute's work at most
SETTINGS = "draws.json"
ERROR = "error"


def scores_of(block: Block, seed: int, number: int) -> dict[str, float]:
    """The standard normal scores of a candidate, one for each prior."""
    drawn = np.random.default_rng([luck(seed, block.name), number]).standard_normal(len(block.priors))
    return {prior.name: float(score) for prior, score in zip(block.priors, drawn, strict=True)}


def drawn(block: Block, seed: int, first: int, last: int) -> list[dict[str, Any]]:
    """Candidates first to last - 1: scores, the parts of the quick experiments, and what went wrong or ""."""
    rows = []
    for number in range(first, last):
        scores = scores_of(block, seed, number)
        row: dict[str, Any] = {"number": number, ERROR: "", **scores}
        parts: dict[str, float] = {}
        try:
            for experiment in block.quick:
                parts |= experiment.run(luck(seed, block.name, number) % (2**31 - 1) + 1, block.values(scores))
        except Exception as error:
            row[ERROR] = f"{type(error).__name__}: {error}"
        rows.append(row | {target.part: parts.get(target.part, float("nan")) for target in block.near})
    return rows


def simulate(
    blocks: Sequence[Block], folder: Path, candidates: int, seed: int, processes: int,
    on_progress: Callable[[str], None] = lambda text: None,
) -> int:  # fmt: skip
    """Draw and run candidates 0 ... of every block that the folder does not have yet; how many were new."""
    if candidates % CHUNK:
        raise BadInput(f"{candidates} candidates", allowed=f"a multiple of {CHUNK}", where="--candidates")
    folder.mkdir(parents=True, exist_ok=True)
    check_settings(folder / SETTINGS, settings(blocks, seed))
    wanted = [(block, first) for first in range(0, candidates, CHUNK) for block in blocks
              if not file_of(folder, block, first).exists()]  # fmt: skip
    total, over = len(blocks) * candidates // CHUNK, len(blocks) * candidates // CHUNK - len(wanted)

    def tasks() -> Iterator[tuple[Callable[..., dict[str, Any]], tuple[Any, ...]]]:
        for block, first in wanted:
            yield chunk, (folder, block, seed, first)

    def done(told: dict[str, Any]) -> None:
        nonlocal over
        over += 1
        on_progress(f"draws: {over * CHUNK:,} of {total * CHUNK:,} ({told['block']})")

    workers = Workers(processes)
    try:
        do(((0, function, arguments) for function, arguments in tasks()), done, workers, float("inf"))
    finally:
        workers.close()
    return len(wanted) * CHUNK


def chunk(folder: Path, block: Block, seed: int, first: int) -> dict[str, Any]:
    """One file of candidates."""
    schema: dict[str, Any] = {"number": pl.Int64, ERROR: pl.String}
    rows = pl.DataFrame(drawn(block, seed, first, first + CHUNK), schema_overrides=schema, infer_schema_length=None)
    write_table(rows, file_of(folder, block, first))
    return {"block": block.name}


def file_of(folder: Path, block: Block, first: int) -> Path:
    """Where candidates first ... are kept."""
    return folder / f"draws-{block.name}-{first:06d}.parquet"


def settings(blocks: Sequence[Block], seed: int) -> dict[str, Any]:
    """Everything that determines a candidate's digits."""
    return {
        "seed": seed, "chunk": CHUNK, "digits": digits(), "figures": figures_hash(),
        "experiments": experiments_hash([each for one in blocks for each in one.quick]),
        "blocks": {one.name: [prior.name for prior in one.priors] for one in blocks},
    }  # fmt: skip


def read(folder: Path, block: Block) -> pl.DataFrame:
    """All finished candidates of a block that did not fail, by number."""
    files = sorted(folder.glob(f"draws-{block.name}-*.parquet"))
    if not files:
        raise BadInput(f"The folder '{folder}' has no draws of the block '{block.name}'",
                       do="Run 'unfreeze calibrate --step draws' with the same --out first")  # fmt: skip
    return pl.concat([pl.read_parquet(file) for file in files]).filter(pl.col(ERROR) == "").sort("number")
