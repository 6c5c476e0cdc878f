"""Rows that follow from what came of others: where a factor tips a result, what reaches a target, what is best.

A search is a generator: it gives rows, and gets what came of them.  It is begun anew from the runs that are there, each
time: what was lived already is not lived again, so whatever ends a study, its searches go on where they were.
Their rows are appended under the name of the search, and no analysis of the design has them.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.spread import interval
from engine.errors import BadInput
from studies.description import Description
from studies.factors import DUMMY, Factor
from studies.searches import TIPPING, TUNED, Search, factor_of

Numbers = npt.NDArray[np.float64]
Row = dict[str, Any]
Steps = Generator[list[Row], list[Numbers], tuple[str, ...]]

AT_ONCE = 4  # rows that Optuna proposes together
BEST = 10  # of tuned rows, that are shown


@dataclass(frozen=True, eq=False)
class Sought:
    """How far a search is: the rows that it wants to have lived; or nothing more, and what it found, in words.
    `tried`: its rows, and of each what came of its replicates."""

    search: Search
    wanted: list[Row]
    tried: list[tuple[Row, Numbers]]
    words: tuple[str, ...] = ()


def sought(search: Search, said: Description, runs: pl.DataFrame) -> Sought:
    """A search held to the runs that are there."""
    known, tried = _known(search, said, runs), list[tuple[Row, Numbers]]()
    names = _names(said)
    steps = _tuning(search, said) if search.how == TUNED else _bisection(search, factor_of(said.factors, search.factor))
    rows = next(steps)
    while True:
        keys = [tuple(row.get(name) for name in names) for row in rows]
        missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in known}
        if missing:
            return Sought(search, list(missing.values()), tried)
        for key in keys:
            if isinstance(lost := known[key], str):
                return Sought(search, [], tried, (f"The search stops: {lost}",))
        found = [np.asarray(known[key]) for key in keys]
        tried += zip(rows, found, strict=True)
        try:
            rows = steps.send(found)
        except StopIteration as end:
            return Sought(search, [], tried, end.value)


def table_of(found: Sought) -> pl.DataFrame:
    """The rows of a search with mean and 95% interval; the best ones of a tuning, the best on top."""
    search = found.search
    rows = [{**row, "mean": float(values.mean()), **_ends(values)} for row, values in found.tried]
    if not rows:
        return pl.DataFrame()
    table = pl.DataFrame(rows, infer_schema_length=None).unique(maintain_order=True)
    if search.how == TUNED:
        return table.sort("mean", descending=search.larger, maintain_order=True).head(BEST)
    return table.sort(search.factor)


def _ends(values: Numbers) -> dict[str, float]:
    low, high = interval(values) or (math.nan, math.nan)
    return {"low": low, "high": high}


def _names(said: Description) -> list[str]:
    return [one.name for one in said.factors if one.kind != DUMMY]


def _known(search: Search, said: Description, runs: pl.DataFrame) -> dict[tuple[Any, ...], Numbers | str]:
    """What came of each row, by its values: a number a replicate, or why there is none."""
    for column, name in (("place", search.place), ("worldview", search.worldview)):
        runs = runs.filter(pl.col(column) == name) if name else runs
    ours = runs.filter(pl.col("strategy") == search.strategy) if search.strategy else runs
    if search.against:
        other = runs.filter(pl.col("strategy") == search.against)
        other = other.select("row", "replicate", pl.col(search.of).alias("other"), pl.col("status").alias("also"))
        ours = ours.join(other, on=["row", "replicate"])
    else:
        ours = ours.with_columns(pl.lit(0.0).alias("other"), pl.lit("done").alias("also"))
    found: dict[tuple[Any, ...], Numbers | str] = {}
    names = _names(said)
    for (_,), rows in ours.sort("row", "replicate").group_by("row", maintain_order=True):
        key = rows.select(names).row(0)
        less = rows[search.of] - rows["other"]
        if (rows["status"] != "done").any() or (rows["also"] != "done").any():
            found.setdefault(key, f"a run of row {rows['row'][0]} failed. Mend it: study retry")
        elif less.null_count():
            found.setdefault(key, f"a run of row {rows['row'][0]} has no {search.of}.")
        else:
            found.setdefault(key, less.to_numpy())
    return found


# --- bisection --------------------------------------------------------------------------------------------------------


def _bisection(search: Search, factor: Factor) -> Steps:
    """Halve the range of a factor, keeping the half in which the mean goes through the target."""
    tried: dict[float, Numbers] = {}
    low, high = factor.low, factor.high
    both = yield [{**search.at, factor.name: low}, {**search.at, factor.name: high}]
    tried[low], tried[high] = (values - search.target for values in both)
    first, last = (float(tried[one].mean()) for one in (low, high))
    ends = f"{first + search.target:.6g} at {low:g}, {last + search.target:.6g} at {high:g}"
    if first * last > 0 or first == last:
        return (f"{search.what} does not go through {search.target:g} between the ends of {factor.name}: {ends}.",)
    for _ in range(search.steps):
        middle = (low + high) / 2
        middle = float(round(middle)) if factor.counted else middle
        if middle in tried:
            break
        (values,) = yield [{**search.at, factor.name: middle}]
        tried[middle] = values - search.target
        if float(tried[middle].mean()) * first > 0:
            low = middle
        else:
            high = middle
    what = f"{search.strategy} and {search.against} change places" if search.how == TIPPING else \
        f"{search.what} goes through {search.target:g}"  # fmt: skip
    return (f"{what} between {factor.name} = {low:.6g} and {high:.6g} ({ends}).", _sureness(tried, first, factor),
            "Where there are several such places, this is one of them.")  # fmt: skip


def _sureness(tried: dict[float, Numbers], first: float, factor: Factor) -> str:
    """From where to where luck leaves it open on which side a row is."""
    side = math.copysign(1.0, first) if first else 1.0
    ends = {at: interval(values * side) for at, values in sorted(tried.items())}
    if None in ends.values():
        return "One replicate does not say how far this is luck."
    sure = [(at, low > 0, high < 0) for at, (low, high) in ((at, one) for at, one in ends.items() if one is not None)]
    before = [at for i, (at, *_) in enumerate(sure) if all(ours for _, ours, _ in sure[: i + 1])]
    after = [at for i, (at, *_) in enumerate(sure) if all(theirs for _, _, theirs in sure[i:])]
    from_ = f"{before[-1]:.6g}" if before else f"{factor.low:g} (its end)"
    to = f"{after[0]:.6g}" if after else f"{factor.high:g} (its end)"
    return f"By 95% intervals over replicates it lies between {factor.name} = {from_} and {to}."


# --- Optuna -----------------------------------------------------------------------------------------------------------


def _tuning(search: Search, said: Description) -> Steps:
    """Rows that Optuna's sampler proposes, a few at once."""
    try:
        import optuna
    except ImportError as error:
        raise BadInput("Tuning needs Optuna", do="pip install 'unfreeze[studies]'") from error
    spaces = {o.name: _space(o, optuna) for o in said.factors if o.kind != DUMMY and o.name not in search.at}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize" if search.larger else "minimize",
                                sampler=optuna.samplers.TPESampler(seed=search.seed))  # fmt: skip
    for first in range(0, search.trials, AT_ONCE):
        asked = [study.ask(spaces) for _ in range(min(AT_ONCE, search.trials - first))]
        found = yield [{**search.at, **_floats(one.params)} for one in asked]
        for one, values in zip(asked, found, strict=True):
            study.tell(one, float(values.mean()))
    best = ", ".join(f"{name} = {_shown(value)}" for name, value in study.best_params.items())
    most = "largest" if search.larger else "smallest"
    return (f"Of {search.trials} rows {search.what} is {most}, {study.best_value:.6g}, at {best}.",
            "The best of many rows flatters itself: run it again with other seeds before it is believed.")  # fmt: skip


def _floats(row: Row) -> Row:
    return {name: value if isinstance(value, str) else float(value) for name, value in row.items()}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _space(one: Factor, optuna: Any) -> Any:
    if one.values:
        return optuna.distributions.CategoricalDistribution(one.values)
    if one.counted:
        return optuna.distributions.IntDistribution(int(one.low), int(one.high))
    return optuna.distributions.FloatDistribution(one.low, one.high, log=one.scale == "log")


def left_to_do(said: Description, runs: pl.DataFrame) -> tuple[Search, Sequence[Row]] | None:
    """The first search that wants rows, and which; None if none does."""
    for one in said.searches:
        wanted = sought(one, said, runs).wanted
        if wanted:
            return one, wanted
    return None
