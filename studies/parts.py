"""A part of a study: lived run by run, written whole.  Its runs/ file comes last, and then the part is done.

A part's bytes depend on the plan alone: not on who lives it, how many there are, or in which order.
"""

from __future__ import annotations

import json
import os
import pickle
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from engine.errors import BadInput
from scenarios.edition import rules_hash
from studies.columns import metadata
from studies.making import columns_of
from studies.plan import KEY, PROPOSER, Plan, Which, design_rows, read_plan
from studies.shelf import EVENTS, FANS, LOG, MONTHS, RUNS, Shelf, parquet, part_name
from studies.subjects import ATTEMPTS, Outcome, Subject, failed, subject_of

Tick = Callable[[int], None]

FIRST = {
    "run": pl.Int64(), "row": pl.Int64(), "place": pl.String(), "strategy": pl.String(), "worldview": pl.String(),
    "replicate": pl.Int32(), "seed": pl.Int64(), "months": pl.Int32(), "people": pl.Int64(), "hash": pl.String(),
    "status": pl.String(), "error": pl.String(), "rules": pl.String(), "commit": pl.String(), PROPOSER: pl.String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a part."""

    part: int
    runs: int
    failed: int
    seconds: float


class Lab:
    """A study in one process: its plan, and what it runs."""

    def __init__(self, shelf: Shelf, plan: Plan) -> None:
        self.shelf, self.plan = shelf, plan
        self.subject: Subject = subject_of(plan.description)
        self._about: dict[int, dict[str, str]] = {}
        self._last: tuple[int, tuple[int, pl.DataFrame]] = (-1, (0, pl.DataFrame()))

    def about(self, months: int) -> dict[str, str]:
        """What the footers of files say."""
        if months not in self._about:
            self._about[months] = metadata(self.plan.description, months)
        return self._about[months]

    def rows(self, part: int) -> tuple[int, pl.DataFrame]:
        """First row of the part and its rows of the design."""
        known, last = self._last
        if known != part:
            first, number = self.plan.rows_of(part)
            last = first, design_rows(self.shelf, first, number)
            self._last = part, last
        return last

    def live(self, which: Which, first: int, rows: pl.DataFrame, tick: Tick) -> tuple[int, Outcome]:
        """The seed of a run and what came of it."""
        row = rows.row(which.row - first, named=True)
        seed = self.plan.seed(which.replicate, row[KEY])
        values = {name: row[name] for name in columns_of(rows)}
        return seed, self.subject.live(which, values, seed, tick)


@lru_cache(maxsize=2)
def lab(address: str, name: str) -> Lab:
    """The study at this address, read once in each process.  name: of the plan that is meant."""
    shelf = Shelf(address)
    plan = read_plan(shelf)
    if plan.name != name:
        raise BadInput(f"The plan of '{address}' is not the one that was begun", do="Resume the study")
    return Lab(shelf, plan)


def nothing(months: int) -> None:
    """A tick that does nothing."""


def live_part(address: str, name: str, part: int, alone: bool = False, tick: Tick = nothing) -> Done:
    """Live all runs of a part and write it.  alone: each in a process of its own kind, which may die of it."""
    began = time.perf_counter()
    here = lab(address, name)
    lived = list(_alone(here, part) if alone else in_this_process(here, part, tick))
    write_part(here, part, lived)
    lost = sum(outcome.status != "done" for _, _, outcome in lived)
    return Done(part, len(lived), lost, time.perf_counter() - began)


def in_this_process(
    here: Lab, part: int, tick: Tick = nothing, only: Sequence[int] | None = None
) -> Iterator[tuple[Which, int, Outcome]]:
    """Run after run.  only: these numbers."""
    first, rows = here.rows(part)
    for group in here.plan.groups_of(part):
        for which in group:
            if only is None or which.run in only:
                yield (which, *here.live(which, first, rows, tick))


def _alone(here: Lab, part: int) -> Iterator[tuple[Which, int, Outcome]]:
    """The same by a process beside this one, which may be ended by a run: that run is tried again, and then failed."""
    every = [which for group in here.plan.groups_of(part) for which in group]
    first, rows = here.rows(part)
    found: dict[int, tuple[int, Outcome]] = {}
    died: Counter[int] = Counter()
    while left := [which.run for which in every if which.run not in found]:
        code = _child(here, part, left, found)
        left = [run for run in left if run not in found]
        if left:
            culprit = left[0]
            died[culprit] += 1
            if died[culprit] == ATTEMPTS:
                which = next(one for one in every if one.run == culprit)
                seed = here.plan.seed(which.replicate, rows[KEY][which.row - first])
                found[culprit] = (
                    seed,
                    failed(f"it ended its process ({_how(code)})", here.plan.description, which.months),
                )
    for which in every:
        yield (which, *found[which.run])


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _child(here: Lab, part: int, runs: Sequence[int], found: dict[int, tuple[int, Outcome]]) -> int:
    """Start the process, take what it gives; its exit code.  What it says itself is nobody's."""
    path = os.pathsep.join(one for one in sys.path if one) + os.pathsep + str(Path.cwd())
    command = [sys.executable, "-m", "studies.alone", here.shelf.address, here.plan.name, str(part), *map(str, runs)]
    child = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
    assert child.stdout is not None
    try:
        with child:
            while size := child.stdout.read(8):
                run, seed, outcome = pickle.loads(child.stdout.read(int.from_bytes(size)))
                found[run] = seed, outcome
    except (EOFError, pickle.UnpicklingError):
        child.kill()
    except BaseException:
        child.kill()
        raise
    return child.wait()


# --- written ----------------------------------------------------------------------------------------------------------


def write_part(here: Lab, part: int, lived: Sequence[tuple[Which, int, Outcome]]) -> None:
    """All files of a part, that of runs/ last."""
    shelf, plan, name = here.shelf, here.plan, part_name(part)
    said, about = plan.description, here.about(plan.block_of_part(part).months)
    log = {"host": socket.gethostname(), "at": time.time(), "runs": [which.run for which, _, _ in lived],
           "attempts": [o.attempts for _, _, o in lived], "seconds": [o.seconds for _, _, o in lived]}  # fmt: skip
    for folder, asked, make in ((MONTHS, said.courses, _courses), (EVENTS, said.events, _events),
                                (FANS, said.fans, _fans)):  # fmt: skip
        if asked:
            shelf.write(f"{folder}/{name}", parquet(make(plan, lived), about))
    content = parquet(runs_table(here, part, lived), about, whole_bytes=True)
    shelf.write(f"{LOG}/part-{part:05d}.json", json.dumps(log).encode())
    shelf.write(f"{RUNS}/{name}", content)


def runs_table(here: Lab, part: int, lived: Sequence[tuple[Which, int, Outcome]]) -> pl.DataFrame:
    """A row for each run: who, what came of it, the factors, the measures."""
    plan, said = here.plan, here.plan.description
    first, rows = here.rows(part)
    at = rows[[which.row - first for which, _, _ in lived]]
    rules = rules_hash() if said.function is None else ""
    words = [which.arm.strategy for which, _, _ in lived]
    worlds = [which.arm.worldview for which, _, _ in lived]
    head = {
        "run": [which.run for which, _, _ in lived], "row": [which.row for which, _, _ in lived],
        "place": [which.arm.place for which, _, _ in lived], "strategy": words, "worldview": worlds,
        "replicate": [which.replicate for which, _, _ in lived], "seed": [seed for _, seed, _ in lived],
        "months": [which.months for which, _, _ in lived], "people": [o.people for _, _, o in lived],
        "hash": [o.hash for _, _, o in lived], "status": [o.status for _, _, o in lived],
        "error": [o.error for _, _, o in lived], "rules": [rules] * len(lived), "commit": [plan.commit] * len(lived),
        PROPOSER: at[PROPOSER],
    }  # fmt: skip
    factors = at.select(columns_of(rows))
    for name in ("strategy", "worldview"):  # as a factor
        if name in factors.columns:
            head[name] = factors[name]
    columns = dict.fromkeys(said.columns(plan.block_of_part(part).months), pl.Float64())
    measured = pl.DataFrame([o.values for _, _, o in lived], schema=columns, orient="row")
    return pl.concat([pl.DataFrame(head, schema=FIRST), factors.drop("strategy", "worldview", strict=False), measured],
                     how="horizontal")  # fmt: skip


def _courses(plan: Plan, lived: Sequence[tuple[Which, int, Outcome]]) -> pl.DataFrame:
    """run, month, and a column for each measure."""
    measures = plan.description.measures
    tables = []
    for which, _, o in lived:
        if o.courses is not None:
            at = {"run": np.full(len(o.courses), which.run), "month": np.arange(len(o.courses), dtype=np.int32)}
            tables.append(pl.DataFrame(at | dict(zip(measures, o.courses.T, strict=True))))
    kinds: dict[str, Any] = {"run": pl.Int64(), "month": pl.Int32(), **dict.fromkeys(measures, pl.Float64())}
    return pl.concat(tables) if tables else pl.DataFrame(schema=kinds)


def _events(plan: Plan, lived: Sequence[tuple[Which, int, Outcome]]) -> pl.DataFrame:
    """What happened in each run."""
    tables = [o.events.select(pl.lit(which.run, pl.Int64()).alias("run"), pl.all().exclude("scenario", "seed"))
              for which, _, o in lived if o.events is not None]  # fmt: skip
    return pl.concat(tables) if tables else pl.DataFrame(schema={"run": pl.Int64()})


def _fans(plan: Plan, lived: Sequence[tuple[Which, int, Outcome]]) -> pl.DataFrame:
    """Over the runs of this part, for each arm, measure and month: how many, mean, sum of squared distances from it,
    least and most.  Those of several parts add up."""
    rows = []
    for arm in dict.fromkeys(which.arm for which, _, _ in lived):
        every = [o.courses for which, _, o in lived if which.arm == arm and o.courses is not None]
        if not every:
            continue
        stack = np.stack(every)
        mean = stack.mean(axis=0)
        apart = ((stack - mean) ** 2).sum(axis=0)
        for i, name in enumerate(plan.description.measures):
            for month in range(stack.shape[1]):
                ends = stack[:, month, i].min(), stack[:, month, i].max()
                rows.append((*arm, name, month, len(every), mean[month, i], apart[month, i], *map(float, ends)))
    names = ("place", "worldview", "strategy", "measure", "month", "runs", "mean", "apart", "least", "most")
    kinds = (*[pl.String()] * 4, pl.Int32(), pl.Int64(), *[pl.Float64()] * 4)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
