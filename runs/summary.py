"""Many runs as arrays: what is left of each replicate where nobody wants a table, and plain sums over those so far.

A `Batch` is one replicate of every scenario; a `Summary` takes batches as they come, so that there is an answer after
the first, and a tighter one after each.  What may be said about a difference - intervals, verdicts - is analysis/'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.errors import UnknownName
from runs.running import Run
from runs.store import COLUMNS, numbers

Numbers = npt.NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Batch:
    """One replicate of every scenario.  `values` (scenario, month, measure): months 0 ... of the longest run, money in
    EUR; nan where a run is not done or has ended.  `seeds`, `status` (done | failed) and `errors` by scenario."""

    replicate: int  # from 0
    scenarios: tuple[str, ...]
    measures: tuple[str, ...]
    values: Numbers
    seeds: tuple[int, ...]
    set_number: int | None
    status: tuple[str, ...]
    errors: tuple[str, ...]

    @classmethod
    def of(cls, replicate: int, runs: Sequence[Run], measures: Sequence[str]) -> Batch:
        """What these runs of one replicate measured; measures as in `columns`."""
        chosen = columns(measures)
        values = np.full((len(runs), 1 + max(run.scenario.months for run in runs), len(chosen)), np.nan)
        for own, run in zip(values, runs, strict=True):
            if run.status == "done":
                own[: run.scenario.months + 1] = numbers(run, chosen)
        return cls(
            replicate, tuple(run.scenario.label for run in runs), tuple(measures), values,
            tuple(run.scenario.seed for run in runs), runs[0].scenario.set_number,
            tuple(run.status for run in runs), tuple(run.error for run in runs),
        )  # fmt: skip

    def part(self, scenarios: Sequence[str], measures: Sequence[str]) -> Batch:
        """Some scenarios and measures, copied: nothing holds the rest."""
        rows = [self.scenarios.index(name) for name in scenarios]
        values = self.values[rows][:, :, [self.measures.index(name) for name in measures]]
        return replace(self, scenarios=tuple(scenarios), measures=tuple(measures), values=np.array(values, order="C"),
                       seeds=tuple(self.seeds[i] for i in rows), status=tuple(self.status[i] for i in rows),
                       errors=tuple(self.errors[i] for i in rows))  # fmt: skip

    def joined(self, other: Batch) -> Batch:
        """This one and more scenarios of the same replicate, measures and parameter set."""
        assert (self.replicate, self.measures, self.set_number) == (other.replicate, other.measures, other.set_number)
        months = max(self.values.shape[1], other.values.shape[1])
        values = np.full((len(self.scenarios) + len(other.scenarios), months, len(self.measures)), np.nan)
        values[: len(self.scenarios), : self.values.shape[1]] = self.values
        values[len(self.scenarios) :, : other.values.shape[1]] = other.values
        return replace(self, scenarios=self.scenarios + other.scenarios, values=values,
                       seeds=self.seeds + other.seeds, status=self.status + other.status,
                       errors=self.errors + other.errors)  # fmt: skip


def columns(measures: Sequence[str]) -> list[int]:
    """Where these measures are among COLUMNS: fields of model.measures.MEASURES and lines of model.state.LEDGER."""
    for name in measures:
        if name not in COLUMNS:
            raise UnknownName("measure", name, COLUMNS)
    return [COLUMNS.index(name) for name in measures]


class Summary:
    """All replicates so far, in order, and what they say in numbers."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def add(self, batch: Batch) -> None:
        """One replicate more, of the same scenarios and measures."""
        self.batches.append(batch)

    def part(self, scenarios: Sequence[str], measures: Sequence[str]) -> Summary:
        """Some scenarios and measures, copied: for whoever keeps little of much."""
        found = Summary()
        for batch in self.batches:
            found.add(batch.part(scenarios, measures))
        return found

    @property
    def replicates(self) -> int:
        """How many there are, failed ones included."""
        return len(self.batches)

    @property
    def months(self) -> int:
        """How many months each has, month 0 included."""
        return int(self.batches[0].values.shape[1])

    @property
    def values(self) -> Numbers:
        """(scenario, replicate, month, measure), as in `Batch`."""
        return np.stack([batch.values for batch in self.batches], axis=1)

    def of(self, scenario: str, measure: str) -> Numbers:
        """(replicate, month) of the runs that are done."""
        s, m = self._place(scenario, measure)
        return _stacked([one.values[s, :, m] for one in self.batches if one.status[s] == "done"], self.months)

    def of_both(self, a: int, b: int) -> list[Batch]:
        """Where the runs of two scenarios, by their places in a batch, are of the same people and both are done."""
        return [
            one for one in self.batches if one.status[a] == one.status[b] == "done" and one.seeds[a] == one.seeds[b]
        ]

    def twins(self, scenario: str, against: str, measure: str) -> tuple[Numbers, Numbers, npt.NDArray[np.int64]]:
        """Runs of the same people, where both are done: `scenario`, `against` (replicate, month), and the number of
        each one's parameter set (replicate,), 0 where none was drawn."""
        (a, m), (b, _) = self._place(scenario, measure), self._place(against, measure)
        both = self.of_both(a, b)
        mine, other = (_stacked([one.values[s, :, m] for one in both], self.months) for s in (a, b))
        return mine, other, np.array([one.set_number or 0 for one in both], np.int64)

    def difference(self, scenario: str, against: str, measure: str) -> Numbers:
        """(replicate, month): `scenario` minus `against`, twin by twin."""
        mine, other, _ = self.twins(scenario, against, measure)
        return mine - other

    def _place(self, scenario: str, measure: str) -> tuple[int, int]:
        first = self.batches[0]
        if scenario not in first.scenarios:
            raise UnknownName("scenario", scenario, first.scenarios)
        if measure not in first.measures:
            raise UnknownName("measure", measure, first.measures)
        return first.scenarios.index(scenario), first.measures.index(measure)


def quantiles(numbers: Numbers, levels: Sequence[float] = LEVELS) -> Numbers:
    """(level, month) of numbers (replicate, month), between neighbours in a straight line.

    What a replicate does not have in a month (nan) or not in finite form is left out; nan where none has it.
    """
    ordered = np.sort(np.where(np.isfinite(numbers), numbers, np.nan), axis=0)  # nan comes last
    last = np.maximum(np.isfinite(ordered).sum(axis=0) - 1, 0)
    if not len(ordered):
        return np.full((len(levels), *numbers.shape[1:]), np.nan)
    at = np.multiply.outer(np.asarray(levels), last)
    below = np.floor(at).astype(np.int64)
    low = np.take_along_axis(ordered, below, axis=0)
    high = np.take_along_axis(ordered, np.minimum(below + 1, last), axis=0)
    between: Numbers = low + (high - low) * (at - below)
    return between


def mean(numbers: Numbers) -> Numbers:
    """(month,) of numbers (replicate, month); nan where any replicate has none, or where there is no replicate."""
    if not len(numbers):
        return np.full(numbers.shape[1:], np.nan)
    return np.asarray(numbers.mean(axis=0), np.float64)


def _stacked(rows: Sequence[Numbers], months: int) -> Numbers:
    return np.array(rows, np.float64).reshape(len(rows), months)
