"""A stored answer for tests: four worlds of 1,001 people by the real machinery, and their rows again to any size.

What it says is of tests and of nothing else: the worlds are four, however often they stand there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from studies.answer import page, told
from studies.answer.judge import ARMS, WORLDS, Judge, stored
from studies.answer.plan import effort
from studies.answer.search import run_searches
from studies.answer.worlds import store
from studies.executors import team_of

FOUR = replace(effort(quick=True), number=4, block=4, replicates=2, people=1001, cases=1, cases_replicates=1, trials=2,
               startup=1, at_once=2, training=1)  # fmt: skip
TREES = 20  # of each forest; the answer's own has more


def lived(out: Path) -> Path:
    """All parts but the critic's, in four worlds of Dublin."""
    team = team_of("threads", 2)
    try:
        run_searches(FOUR, out, team)
        judge = Judge(FOUR, out, team)
        judge.judge()
        judge.zero()
        judge.practices()
    finally:
        team.stop()
    return out


def repeated(source: Path, out: Path, times: int, places: tuple[str, ...] = ("dublin",)) -> Path:
    """The same rows so many times, in each of these places, with worlds of their own numbers; and their page."""
    for path in source.rglob("*"):
        if path.is_file() and "runs" not in path.relative_to(source).parts and not path.match("*-dublin-00.parquet"):
            (out / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (out / path.relative_to(source)).write_bytes(path.read_bytes())
    for kind in (WORLDS, ARMS):
        rows, worlds = stored(source, kind), stored(source, WORLDS).height
        for place in places:
            here = rows.with_columns(pl.lit(place).alias("place"))
            every = [here.with_columns(pl.col("world") + i * worlds) for i in range(times)]
            store(out / f"{kind}-{place}-00.parquet", pl.concat(every), FOUR)
    return out


def with_page(out: Path) -> Path:
    """The page beside its rows, from small forests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(told, "TREES", TREES)
        page.write_page(out, quick=True)
    return out
