"""Before a study: how many runs, how many of them are impossible, how long, how many bytes; in little memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import BadInput
from scenarios.choice import read_choice
from scenarios.levers import WHOLES
from scenarios.scenario import NOBODY
from scenarios.settings import own_lever
from scenarios.strategy import Strategy
from studies.description import Description, of_data, strategy_of
from studies.factors import LEVER, PRACTICE
from studies.making import chunks, columns_of
from studies.parts import FIRST, nothing
from studies.plan import Arm, Which
from studies.shelf import parquet
from studies.subjects import Outcome, Services, subject_of

Flags = npt.NDArray[np.bool_]

TRIED = 24  # rows that are made into scenarios: the first, the last, and some between
MEASURED = 6  # runs that are timed
MANY = 100_000  # rows; with more the model is tried in a process of its own
A_BYTE = 8


@dataclass(frozen=True, slots=True)
class Check:
    """What a study would be.  `seconds` of one processor in all; None where no run could be timed.  `why`: of the first
    row that is impossible."""

    rows: int
    runs: int
    impossible: int
    why: str
    seconds: float | None
    bytes: int


def check(said: Description, measure: bool = True) -> Check:
    """Count, try a few rows and, if asked to, time a few runs."""
    arms = max(len(said.places), 1) * max(len(said.worldviews), 1) * max(len(said.strategies), 1)
    rows = impossible = 0
    why, kept = "", list[pl.DataFrame]()
    with _looking(said, measure) as look:
        for some in chunks(said):
            bad, first = impossible_rows(said, some)
            impossible += int(bad.sum())
            why = why or first
            at = _spread(some.height)
            kept.append(some[at].with_columns(pl.Series("row", [rows + one for one in at])))  # copies: chunks must go
            if not rows:
                look(kept[0].head(1))  # whoever looks has loaded all it needs when the rows are counted
            rows += some.height
        sample = pl.concat(kept)
        (more, reason), (seconds, size) = look(sample[_spread(sample.height)])()
    runs = rows * said.until.least * arms
    units = len(said.factors) * rows * A_BYTE * 2
    return Check(rows, runs, max(impossible, more) * said.until.least * arms, why or reason,
                 None if seconds is None else seconds * runs, size * runs + units)  # fmt: skip


Few = tuple[tuple[int, str], tuple[float | None, int]]


@contextmanager
def _looking(said: Description, measure: bool) -> Iterator[Callable[[pl.DataFrame], Callable[[], Few]]]:
    """What asks for what a few rows say, and gives what waits for the answer.  A large design and the compiled model
    each take their memory: there the model has a process of its own."""
    if said.rows <= MANY:
        yield lambda some: lambda: _few(said, some, measure)
        return
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        yield lambda some: pool.submit(_few_of, dict(said.data), said.base, some, measure).result


def _few(said: Description, sample: pl.DataFrame, measure: bool) -> Few:
    """How many of them are impossible and why, how long and how large a run is."""
    return _tried(said, sample), _measured(said, sample) if measure else (None, 0)


def _few_of(data: Mapping[str, Any], base: Path, sample: pl.DataFrame, measure: bool) -> Few:
    return _few(of_data(data, base), sample, measure)


def _spread(number: int) -> list[int]:
    """Places of at most TRIED rows among so many, the first and the last among them."""
    return sorted({round(one) for one in np.linspace(0, number - 1, min(TRIED, number))})


def impossible_rows(said: Description, rows: pl.DataFrame) -> tuple[Flags, str]:
    """Which rows cannot be run under some strategy, and why the first of them cannot."""
    bad, why = np.zeros(rows.height, bool), ""
    if said.function is not None:
        return bad, why
    for word, practices, at in _strategies(said, rows):
        try:
            strategy = strategy_of(word, practices, said.room)
        except BadInput as error:  # practices that do not go together
            bad[at], why = True, why or str(error)
            continue
        for wrong, reason in _wrong(said, strategy, word, rows[at]):
            if wrong.any():
                bad[at[wrong]], why = True, why or reason
    return bad, why


def _strategies(said: Description, rows: pl.DataFrame) -> Iterator[tuple[str, tuple[str, ...], npt.NDArray[np.int64]]]:
    """Each strategy as a word, its practices, and the rows that have them."""
    practices = [one.name for one in said.factors if one.kind == PRACTICE]
    if "strategy" in rows.columns:
        column = rows["strategy"]
        for word in column.unique(maintain_order=True).drop_nulls():
            yield str(word), (), np.flatnonzero((column == word).to_numpy())
        return
    for word in said.strategies:
        if not practices:
            yield word, (), np.arange(rows.height)
            continue
        for i, row in enumerate(rows.select(practices).iter_rows()):
            yield word, tuple(one for one, there in zip(practices, row, strict=True) if there == 1.0), np.array([i])


def _wrong(said: Description, strategy: Strategy, word: str, rows: pl.DataFrame) -> Iterator[tuple[Flags, str]]:
    """Flags over the rows, and what they mean: shares beyond their whole, a programme beyond the run."""
    if strategy.name == NOBODY:
        return
    called = read_choice(word, files=True).called
    phases = [dict[str, Any](levers) for _, levers in strategy.settings(said.settings.levers)]
    for one in said.factors:
        whose, number, lever = own_lever(one.name) if one.kind == LEVER else ("", None, "")
        if one.kind != LEVER or (whose and whose != called):
            continue
        for i, levers in enumerate(phases):
            if number is None or number == i + 1:
                column = rows[one.name].to_numpy()
                levers[lever] = np.where(np.isnan(column), levers[lever], column)
    for levers in phases:
        for names in WHOLES:
            total = sum(levers[name] for name in names)
            yield np.broadcast_to(np.asarray(total) > 1 + 1e-9, rows.height), (
                f"{' + '.join(names)} is more than the whole under {word}; "
                "let the shares that vary share it: whole = true")  # fmt: skip
    spends = np.any([np.asarray(levers["budget"]) > 0 for levers in phases], axis=0)
    end = np.asarray(phases[0]["start"] + phases[0]["duration"])
    yield np.broadcast_to((end > said.months) & spends, rows.height), (
        f"the programme of {word} would end after the run's {said.months} months")  # fmt: skip


def _tried(said: Description, sample: pl.DataFrame) -> tuple[int, str]:
    """Of some rows, how many make no scenario, and why."""
    subject = subject_of(said)
    if not isinstance(subject, Services):
        return 0, ""
    bad, why = 0, ""
    names = columns_of(sample.drop("row"))
    for row in sample.iter_rows(named=True):
        for arm in _arms(said):
            try:
                subject.scenario(Which(0, row["row"], 0, arm, said.months), {name: row[name] for name in names}, 1)
            except BadInput as error:
                bad, why = bad + 1, why or str(error)
                break
    return bad, why


def _arms(said: Description) -> list[Arm]:
    return [Arm(place, worldview, strategy) for place in said.places or ("",) for worldview in said.worldviews or ("",)
            for strategy in said.strategies or ("",)]  # fmt: skip


def _measured(said: Description, sample: pl.DataFrame) -> tuple[float | None, int]:
    """Seconds and bytes of one run, from a few."""
    subject, names = subject_of(said), columns_of(sample.drop("row"))
    arms, outcomes = _arms(said), list[Outcome]()
    rows = sample.sample(min(MEASURED, sample.height), seed=1).to_dicts()

    def live(row: Mapping[str, Any], arm: Arm) -> Outcome:
        values = {name: row[name] for name in names}
        return subject.live(Which(0, row["row"], 0, arm, said.months), values, said.seed, nothing)

    live(rows[0], arms[0])  # to warm up
    began = time.process_time()
    for row in rows:
        outcomes += [live(row, arm) for arm in arms[:MEASURED]]
    each = (time.process_time() - began) / len(outcomes)
    done = [one for one in outcomes if one.status == "done"]
    return (each if done else None), _size(said, done, len(names))


def _size(said: Description, done: Sequence[Outcome], factors: int) -> int:
    """Bytes that one run takes on the disk."""
    size = A_BYTE * (factors + len(said.columns())) + 24 * len(FIRST)
    for one in done[:1]:
        size += len(parquet(pl.DataFrame(one.courses), {})) if one.courses is not None and said.courses else 0
        size += len(parquet(one.events, {})) if one.events is not None else 0
    return size
