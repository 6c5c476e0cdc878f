"""Before a study: how many runs, how many of them are impossible, how long, how many bytes; in little memory."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import polars as pl

from engine.errors import BadInput
from scenarios.choice import read_choice
from scenarios.levers import WHOLES
from scenarios.scenario import NOBODY
from scenarios.settings import own_lever
from scenarios.strategy import Strategy
from studies.description import Description, strategy_of
from studies.designs import SAMPLED
from studies.factors import LEVER, PRACTICE
from studies.making import chunks, columns_of
from studies.parts import FIRST, nothing
from studies.plan import Arm, Which
from studies.possible import Counted, Flags, Programme, Recipe, counted, impossible
from studies.shelf import parquet
from studies.subjects import Outcome, Services, Subject, subject_of

MEASURED = 6  # runs that are timed
MANY = 100_000  # rows; with more a process of its own counts them
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
    found = _counted(said, measure)
    more, reason = _tried(said, found.some)
    seconds, size = _measured(said, found.some) if measure else (None, 0)
    runs = found.rows * said.until.least * arms
    units = len(said.factors) * found.rows * A_BYTE * 2
    return Check(found.rows, runs, max(found.impossible, more) * said.until.least * arms, found.why or reason,
                 None if seconds is None else seconds * runs, size * runs + units)  # fmt: skip


def _counted(said: Description, measure: bool) -> Counted:
    """A large design and the compiled model each take their memory: a process that knows nothing of the model counts
    the rows, and meanwhile the model is loaded here."""
    if said.rows <= MANY or said.kind not in (*SAMPLED, "grid"):
        return counted(chunks(said), programmes(said))
    recipe = Recipe(said.kind, said.factors, said.size, said.design_seed, said.levels, said.left, programmes(said))
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        first, all_of_it = pool.submit(recipe.first), pool.submit(recipe.counted)
        if not _tried(said, first.result())[0] and measure:
            _live(subject_of(said), said, first.result(), _arms(said)[:1])
        return all_of_it.result()


def impossible_rows(said: Description, rows: pl.DataFrame) -> tuple[Flags, str]:
    """Which rows cannot be run under some strategy, and why the first of them cannot."""
    names = [one.name for one in said.factors if one.kind == PRACTICE]
    if not names:
        return impossible(programmes(said), rows)
    bad, why = np.zeros(rows.height, bool), ""
    for i, row in enumerate(rows.select(names).iter_rows()):
        practices = tuple(one for one, there in zip(names, row, strict=True) if there == 1.0)
        for word in said.strategies:
            try:
                strategy = strategy_of(word, practices, said.room)
            except BadInput as error:  # practices that do not go together
                bad[i], why = True, why or str(error)
                continue
            if strategy.name == NOBODY:
                continue
            wrong, reason = impossible([_programme(said, word, strategy)], rows[[i]])
            bad[i], why = bad[i] or wrong[0], why or reason
    return bad, why


def programmes(said: Description) -> tuple[Programme, ...]:
    """What rows are held to under each strategy, without practices."""
    if said.function is not None:
        return ()
    varied = [str(value) for one in said.factors if one.name == "strategy" for value in one.values]
    found = ((word, strategy_of(word)) for word in varied or said.strategies)
    return tuple(_programme(said, word, strategy) for word, strategy in found if strategy.name != NOBODY)


def _programme(said: Description, word: str, strategy: Strategy) -> Programme:
    called = read_choice(word, files=True).called
    varied = [(one.name, *own_lever(one.name)) for one in said.factors if one.kind == LEVER]
    return Programme(
        word, said.months, tuple(levers for _, levers in strategy.settings(said.settings.levers)),
        tuple((name, phase, lever) for name, whose, phase, lever in varied if whose in ("", called)), tuple(WHOLES),
    )  # fmt: skip


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
    rows, arms, subject = sample.sample(min(MEASURED, sample.height), seed=1), _arms(said), subject_of(said)
    _live(subject, said, rows.head(1), arms[:1])  # to warm up
    began = time.process_time()
    outcomes = _live(subject, said, rows, arms[:MEASURED])
    each = (time.process_time() - began) / len(outcomes)
    done = [one for one in outcomes if one.status == "done"]
    return (each if done else None), _size(said, done, len(columns_of(sample.drop("row"))))


def _live(subject: Subject, said: Description, rows: pl.DataFrame, arms: Sequence[Arm]) -> list[Outcome]:
    """What comes of these rows under these arms."""
    names = columns_of(rows.drop("row"))
    return [subject.live(Which(0, row["row"], 0, arm, said.months), {name: row[name] for name in names}, said.seed,
                         nothing) for row in rows.iter_rows(named=True) for arm in arms]  # fmt: skip


def _size(said: Description, done: Sequence[Outcome], factors: int) -> int:
    """Bytes that one run takes on the disk."""
    size = A_BYTE * (factors + len(said.columns())) + 24 * len(FIRST)
    for one in done[:1]:
        size += len(parquet(pl.DataFrame(one.courses), {})) if one.courses is not None and said.courses else 0
        size += len(parquet(one.events, {})) if one.events is not None else 0
    return size
