"""Candidates, each with all that its studies count, in files of CHUNK: what later steps read.

    simulate(block, Path("draws"), 50_000, seed=1, processes=2)            # wave 1: from the priors
    simulate(block, Path("draws"), 20_000, seed=1, processes=2, wave=2)    # from what wave 1 has left of them
    table = read(Path("draws"), block)         # a row for each candidate: number, parameters, parts

Candidate k of a wave of a block has the same parameters, luck and digits whatever the number of processes and however
often the command was stopped; a finished file is never written again, and more candidates carry a finished folder
further.  Before it goes on, the first candidates of the folder are lived once more: if a digit differs, rules, places
or studies have changed since, and nothing is mixed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.calibration.block import Block, luck
from analysis.calibration.emulator import Emulator
from analysis.calibration.workers import Task, do, working
from engine.errors import BadInput, UnreadableFile
from engine.whole_file import sweep, whole_file
from runs.store import write_table

CHUNK = 100  # candidates in a file: a minute's work at most
AGAIN = 2  # candidates that are lived again before a folder goes on
ERROR, WAVE = "error", "wave"


def scores_of(block: Block, seed: int, number: int) -> dict[str, float]:
    """The standard normal scores of a candidate of the first wave, one for each prior."""
    drawn = np.random.default_rng([luck(seed, block.name), number]).standard_normal(len(block.priors))
    return {prior.name: float(score) for prior, score in zip(block.priors, drawn, strict=True)}


def scores_from(block: Block, seed: int, wave: int, first: int, left: Sequence[Emulator]) -> npt.NDArray[np.float64]:
    """(CHUNK, parameters): scores of candidates first ... of a later wave, from the priors where none of these
    emulators finds them implausible."""
    source = np.random.default_rng([luck(seed, block.name), wave, first])
    found: list[npt.NDArray[np.float64]] = []
    tried = 0
    while sum(map(len, found)) < CHUNK:
        asked = source.standard_normal((5000, len(block.priors)))
        found.append(asked[np.logical_and.reduce([one.plausible(asked) for one in left])])
        tried += len(asked)
        if tried >= 20_000_000 and not sum(map(len, found)):
            raise BadInput(f"The earlier waves of the block '{block.name}' leave next to nothing of the priors",
                           do="See what contradicts what: 'unfreeze calibrate --step match'")  # fmt: skip
    return np.concatenate(found)[:CHUNK]


def drawn(
    block: Block, seed: int, first: int, last: int, wave: int = 1, left: Sequence[Emulator] = ()
) -> list[dict[str, Any]]:
    """Candidates first to last - 1 of one file: scores, the numbers of the experiments, and what went wrong or ""."""
    if wave == 1:
        scores = [scores_of(block, seed, number) for number in range(first, last)]
    else:
        table = scores_from(block, seed, wave, first, left)[: last - first]
        scores = [dict(zip(block.names, map(float, row), strict=True)) for row in table]
    return lived(block, seed, scores, block.name if wave == 1 else f"{block.name} {wave}", first)


def lived(
    block: Block, seed: int, scores: Sequence[dict[str, float]], kind: str, first: int
) -> list[dict[str, Any]]:  # fmt: skip
    """What the studies give with these scores; `kind` and a candidate's number, from `first` on, are its luck."""
    rows = []
    for number, own in enumerate(scores, first):
        row: dict[str, Any] = {"number": number, ERROR: "", **own}
        parts: dict[str, float] = {}
        try:
            for experiment in block.experiments:
                parts |= experiment.run(luck(seed, kind, number) % (2**31 - 1) + 1, block.values(own))
        except UnreadableFile:
            raise  # no fault of the candidate: a file of the installation is gone
        except Exception as error:
            row[ERROR] = f"{type(error).__name__}: {error}"
        rows.append(row | {part: parts.get(part, float("nan")) for part in block.parts})
    return rows


def simulate(
    block: Block, folder: Path, candidates: int, seed: int, processes: int,
    on_progress: Callable[[str], None] = lambda text: None, wave: int = 1, left: Sequence[Emulator] = (),
) -> int:  # fmt: skip
    """Run candidates 0 ... of a wave that the folder does not have yet; how many were new.

    left: emulators of the waves before; a candidate of a later wave is implausible for none of them.
    """
    if candidates % CHUNK:
        raise BadInput(f"{candidates} candidates", allowed=f"a multiple of {CHUNK}", where="--candidates")
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)  # what a kill left half-written
    check_settings(folder, block, seed)
    check_digits(folder, block, seed, wave, left)
    wanted = in_files(
        candidates, lambda first: file_of(folder, block, wave, first),
        lambda first: (chunk, (folder, block, seed, wave, first, tuple(left))), processes,
        lambda over: on_progress(f"{block.name}, wave {wave}: {over * CHUNK:,} of {candidates:,}"),
    )  # fmt: skip
    sweep(folder)  # and what its last workers left after that
    return len(wanted) * CHUNK


def in_files(
    number: int, file: Callable[[int], Path], task: Callable[[int], Task], processes: int, done: Callable[[int], None]
) -> list[int]:
    """Make the files of CHUNK candidates that are not there yet, each by its task; which were new.

    file, task: of candidates first ...; done(files that are there) is called after each.
    """
    firsts = range(0, number, CHUNK)
    wanted = [first for first in firsts if not file(first).exists()]
    over = count(len(firsts) - len(wanted) + 1)
    if wanted:
        with working(processes) as workers:
            do(map(task, wanted), lambda _: done(next(over)), workers)
    return wanted


def chunk(folder: Path, block: Block, seed: int, wave: int, first: int, left: Sequence[Emulator]) -> dict[str, Any]:
    """One file of candidates."""
    rows = table_of(drawn(block, seed, first, first + CHUNK, wave, left))
    write_table(rows, file_of(folder, block, wave, first))
    return {}


def table_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows of candidates as a table."""
    schema: dict[str, Any] = {"number": pl.Int64, ERROR: pl.String}
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)


def file_of(folder: Path, block: Block, wave: int, first: int) -> Path:
    """Where candidates first ... of a wave are kept."""
    return folder / f"draws-{block.name}-{wave}-{first:06d}.parquet"


def check_settings(folder: Path, block: Block, seed: int) -> None:
    """Write what determines a candidate, or make sure that this folder was begun with the same."""
    file = folder / f"draws-{block.name}.json"
    settings = {"seed": seed, "chunk": CHUNK, "parameters": [asdict(prior) for prior in block.priors],
                "studies": [one.name for one in block.experiments], "numbers": block.parts}  # fmt: skip
    text = json.dumps(settings, indent=1, sort_keys=True)
    if not file.exists():
        with whole_file(file) as stream:
            stream.write(text)
        return
    before = json.loads(file.read_text(encoding="utf-8"))
    other = [name for name, value in json.loads(text).items() if before.get(name) != value]
    if other:
        was = [f"{name} ({before.get(name)})" if name == "seed" else name for name in other]
        raise BadInput(f"The folder '{folder}' holds draws with other settings: {', '.join(was)}",
                       do="Choose another folder with --out, or the settings it was begun with")  # fmt: skip


def check_digits(folder: Path, block: Block, seed: int, wave: int, left: Sequence[Emulator]) -> None:
    """The first candidates of a wave of the folder once more: the same to the last digit, or BadInput."""
    first = file_of(folder, block, wave, 0)
    if not first.exists():
        return
    kept = pl.read_parquet(first).head(AGAIN)
    if not kept.equals(table_of(drawn(block, seed, 0, AGAIN, wave, left))):
        raise BadInput(f"The candidates in '{folder}' were run with other rules, places or studies",
                       do="Choose another folder with --out, or the version it was begun with")  # fmt: skip


def waves(folder: Path, block: Block) -> dict[int, list[Path]]:
    """The finished files of each wave, in order."""
    found: dict[int, list[Path]] = {}
    for file in sorted(folder.glob(f"draws-{block.name}-*.parquet")):
        name = re.fullmatch(rf"draws-{block.name}-(\d+)-\d+\.parquet", file.name)
        if name:
            found.setdefault(int(name[1]), []).append(file)
    return found


def read(folder: Path, block: Block, before: int | None = None) -> pl.DataFrame:
    """All finished candidates of a block that did not fail, by wave and number; `before`: of earlier waves only."""
    tables = [pl.read_parquet(file).with_columns(pl.lit(wave).alias(WAVE))
              for wave, files in sorted(waves(folder, block).items()) if before is None or wave < before
              for file in files]  # fmt: skip
    if not tables:
        raise BadInput(f"The folder '{folder}' has no draws of the block '{block.name}'",
                       do="Run 'unfreeze calibrate --step draws' with the same --out first")  # fmt: skip
    return pl.concat(tables).filter(pl.col(ERROR) == "").sort(WAVE, "number")


def whole(draws: pl.DataFrame, block: Block) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(scores, steps off) of every draw that has all numbers: (draws, parameters) and (draws, numbers), the latter in
    steps of the observation's error from what was observed."""
    parts = draws.select(block.parts).to_numpy()
    there = np.isfinite(parts).all(axis=1)
    observed, step = (np.array([getattr(one, name) for one in block.targets]) for name in ("observed", "step"))
    return draws.select(block.names).to_numpy()[there], (parts[there] - observed) / step
