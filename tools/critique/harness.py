"""What the scripts share: scenarios, paired runs, differences with their intervals, and a table for screen and file.

A table is a polars frame: columns of words, then columns of numbers, each named "what, unit" in the unit in which it is
shown.  An estimate has three: the mean under its name, and the ends of its 95% interval under "name, low" and
"name, high" (nan without two pairs).  Intervals are the project's own (analysis.spread.interval): a t interval of
the mean of paired differences, which shows simulation noise only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from rich.console import Console

from analysis.patterns.trials import CANADA, CITY, ENROLLED, HIGH_NEED, TWO_ARMS
from analysis.spread import interval
from analysis.words import number
from cli.screen import table as empty
from engine.errors import BadInput, UnfreezeError
from evidence.quantities import find_quantity
from model.measures import MEASURES
from model.state import World
from runs.ensemble import batches
from runs.running import burnt_in, month_by_month
from runs.summary import Summary
from runs.trial import trial
from scenarios.levers import load_levers
from scenarios.places import find_place
from scenarios.scenario import MONTHS, NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import Strategy, find_strategy
from scenarios.worldviews import find_worldview

Numbers = npt.NDArray[np.float64]
Row = dict[str, str | float]

TUNED = Path(__file__).parent / "tuned"  # strategy files that lever_search found
QUICK_PEOPLE, QUICK_REPLICATES, QUICK_CASES = 1000, 2, 2
SHOWN = ("lasting_places", "secure_share", "reform_mainstream", "secure_people", "fit", "spend_to_date")
YEAR = 12
MILLION = 1e6


@dataclass(frozen=True)
class Effort:
    """How much is run: `replicates` pairs of `people` (None: real size), `threads` at a time (None: one a processor).

    cases: parts of names; only cases that hold one of them are run (none: all).  measure: which one is shown where a
    table has room for one.  arms: the folder of tuned strategies.  store: where a script that goes on from earlier runs
    keeps them.  quick: a few cases, small and short, to see that a script works; its numbers mean nothing.
    """

    replicates: int
    people: int | None = None
    quick: bool = False
    threads: int | None = None
    cases: tuple[str, ...] = ()
    measure: str = "lasting_places"
    arms: Path = TUNED
    store: Path | None = None

    def chosen[T](self, cases: Mapping[str, T]) -> dict[str, T]:
        """The cases to run, by name; the first QUICK_CASES if quick.  BadInput where no case has such a name."""
        wanted = {name: case for name, case in cases.items() if not self.cases or any(c in name for c in self.cases)}
        if not wanted:
            raise BadInput(f"No case is called {' or '.join(self.cases)}", allowed="; ".join(cases), where="--case")
        return dict(list(wanted.items())[: QUICK_CASES if self.quick else None])


def scenario(
    strategy: str | Strategy,
    effort: Effort,
    settings: Mapping[str, float] | None = None,
    *,
    label: str = "",
    place: str = "dublin",
    months: int = MONTHS,
) -> Scenario:
    """One run to be, in the evidence's worldview.  settings: levers and parameters by name, as with --set."""
    levers = {name: value for name, value in (settings or {}).items() if name in load_levers()}
    parameters = {name: value for name, value in (settings or {}).items() if name not in load_levers()}
    for name in parameters:
        find_quantity(name)  # says so if it is neither
    chosen = find_strategy(strategy) if isinstance(strategy, str) else strategy
    return Scenario(chosen, find_place(place), find_worldview("evidence"), effort.people, months, 1,
                    Settings(levers, parameters), label)  # fmt: skip


def paired(scenarios: Sequence[Scenario], effort: Effort, measures: Sequence[str]) -> Summary:
    """All scenarios on the same people, replicate by replicate.  UnfreezeError if a run fails: no pair drops out."""
    summary = Summary()
    for batch in batches(scenarios, effort.replicates, threads=effort.threads, measures=measures):
        for label, error in zip(batch.scenarios, batch.errors, strict=True):
            if error:
                raise UnfreezeError(f"'{label}' failed: {error}")
        summary.add(batch)
    return summary


def followed(scenarios: Sequence[Scenario], replicates: int) -> Iterator[tuple[Scenario, Iterator[tuple[int, World]]]]:
    """(scenario, its months as `month_by_month`) of every replicate, for what no measure holds.

    Scenarios with the same past live on from the same month 0.
    """
    for r in range(replicates):
        pasts: dict[object, World] = {}
        for one in (each.with_seed(each.seed + r) for each in scenarios):
            if one.burn_in_key not in pasts:
                pasts[one.burn_in_key] = burnt_in(one)
            yield one, month_by_month(pasts[one.burn_in_key], one)


def at_home(seed: int, effort: Effort, parameters: Mapping[str, float] | None = None) -> pl.DataFrame:
    """Persons of At Home/Chez Soi, two years, as `analysis.patterns.trials.at_home` runs it (columns of trial.PERSONS).

    In a smaller system (`effort.people`) fewer are enrolled, in proportion.
    """
    size = effort.people or CITY
    counts = {arm: max(round(count * size / CITY), 1) for arm, count in ENROLLED.items()}
    return trial(CANADA, HIGH_NEED, TWO_ARMS, counts, 2 * YEAR, seed=seed, parameters=parameters, size=size)


# --- columns ----------------------------------------------------------------------------------------------------------


def estimate(name: str, numbers: Sequence[float] | Numbers) -> dict[str, float]:
    """The mean of these numbers, one a replicate, and its 95% interval, as three columns."""
    values = np.asarray(numbers, np.float64)
    low, high = interval(values) or (float("nan"), float("nan"))
    return {name: float(values.mean()), f"{name}, low": low, f"{name}, high": high}


def column(measure: str) -> tuple[str, float]:
    """(name of a measure's column, with what its numbers are multiplied): shares in points, sums of EUR in millions."""
    unit = MEASURES.fields[measure].unit
    if unit == "share":
        return f"{measure}, points", 100.0
    if unit == "EUR" and measure.endswith("_to_date"):
        return f"{measure}, EUR million", 1 / MILLION
    return f"{measure}, {unit}", 1.0


def differences(
    summary: Summary, label: str, against: str, measures: Sequence[str] = SHOWN, month: int = MONTHS
) -> dict[str, float]:
    """`label` minus `against` in these measures at this month of the run: an estimate each."""
    found: dict[str, float] = {}
    for measure in measures:
        name, scale = column(measure)
        found |= estimate(name, scale * summary.difference(label, against, measure)[:, month])
    return found


def against_nobody(
    cases: Mapping[str, Scenario], effort: Effort, measures: Sequence[str] = SHOWN, levels: Sequence[str] = ()
) -> list[Row]:
    """A row for each case, by name: its paired difference from nobody's doing anything in the same world.

    levels: measures of which the case's own mean is given as well, before the differences.
    """
    runs = {name: replace(one, label=name) for name, one in cases.items()}
    twins: list[Scenario] = []
    of: dict[str, str] = {}  # case -> label of its twin, which cases in the same world share
    for name, one in runs.items():
        if one.twin() not in twins:
            twins.append(one.twin())
        of[name] = f"{NOBODY} {twins.index(one.twin())}"
    nobodies = [replace(one, label=f"{NOBODY} {k}") for k, one in enumerate(twins)]
    summary = paired([*nobodies, *runs.values()], effort, list(dict.fromkeys([*measures, *levels])))
    rows: list[Row] = []
    for name in runs:
        row: Row = {"case": name}
        for measure in levels:
            heading, scale = column(measure)
            row[f"its own {heading}"] = scale * float(summary.of(name, measure)[:, MONTHS].mean())
        rows.append({**row, **differences(summary, name, of[name], measures)})
    return rows


# --- screen -----------------------------------------------------------------------------------------------------------


def cells(table: pl.DataFrame) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) as they are shown: an estimate in one cell, mean ± half of its interval."""
    words = [name for name, kind in table.schema.items() if kind == pl.String]
    numbers = [name for name in table.columns if name not in words and not name.endswith((", low", ", high"))]
    rows = []
    for row in table.iter_rows(named=True):
        shown = [str(row[name]) for name in words]
        for name in numbers:
            if f"{name}, high" in row:
                half = (row[f"{name}, high"] - row[f"{name}, low"]) / 2
                digits = _digits(row[name], half)
                shown.append(f"{number(row[name], digits, sign=True)} ± {number(half, digits)}")
            else:
                shown.append(number(row[name], _digits(row[name])))
        rows.append(shown)
    return words + numbers, rows


def show(table: pl.DataFrame) -> None:
    """Print a table.  Numbers are never cut."""
    columns, rows = cells(table)
    made = empty(*columns, left=sum(kind == pl.String for kind in table.schema.values()))
    for row in rows:
        made.add_row(*row)
    wide = Console(width=10_000, highlight=False)
    Console(width=max(wide.measure(made).maximum, 1), highlight=False).print(made, markup=False)


def _digits(*numbers: float) -> int:
    """Decimals that leave about three figures of the largest; none where all are whole."""
    largest = max((abs(value) for value in numbers if value == value), default=0.0)
    if all(value == round(value) for value in numbers if value == value):
        return 0
    return next((digits for digits, least in enumerate((100, 10, 1)) if largest >= least), 3)
