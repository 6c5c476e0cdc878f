"""The flow table of a year: who moved from where to where, month's end to month's end, and stocks that balance.

    stock at the year's end = stock at its start + all who came - all who went        for every situation, to the person

A person who moves twice is counted twice; who comes and goes within one month is seen only where the month leaves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.planners import Year
from model.state import TO
from runs.flows import BEGINNINGS, SITUATIONS, Counts, counts_of
from runs.running import Run

Numbers = npt.NDArray[np.float64]
STOCKS = len(SITUATIONS)


@dataclass(frozen=True, eq=False)
class FlowTable:
    """Of one scenario in one year, mean over `runs`: `moves` (BEGINNINGS, TO) with nobody on the diagonal, and `start`
    (SITUATIONS,), the people in each situation when the year began."""

    scenario: str
    year: Year
    runs: int
    moves: Numbers
    start: Numbers

    @property
    def came(self) -> Numbers:
        """Everybody who moved there, by TO."""
        return np.asarray(self.moves.sum(axis=0))

    @property
    def went(self) -> Numbers:
        """Everybody who moved from there, by BEGINNINGS."""
        return np.asarray(self.moves.sum(axis=1))

    @property
    def end(self) -> Numbers:
        """People in each of SITUATIONS when the year ended."""
        return np.asarray(self.start + self.came[:STOCKS] - self.went[:STOCKS])

    def at_real_size(self, scale: float, whole: bool = False) -> FlowTable:
        """The same with counts divided by `scale`, simulated people to real people.  whole: moves and stocks at the
        start rounded to whole people, so that what is made from them still adds up."""
        moves, start = self.moves / scale, self.start / scale
        if whole:
            moves, start = np.rint(moves), np.rint(start)
        return FlowTable(self.scenario, self.year, self.runs, moves, start)


def of_run(run: Run, year: Year) -> FlowTable:
    """Of one run that is done."""
    assert run.flows is not None
    return _table(run.scenario.label, year, [run.flows[year.months].astype(np.int64)])


def of_flows(flows: pl.DataFrame, scenario: str, year: Year) -> FlowTable | None:
    """Of all runs of a scenario in results; None if they were run without keeping flows."""
    counts = counts_of(flows, scenario, year.first, year.last)
    return _table(scenario, year, counts) if counts else None


def _table(scenario: str, year: Year, counts: Sequence[Counts]) -> FlowTable:
    """Each run (months, BEGINNINGS, TO), of the year's months."""
    mean = np.mean([own.sum(axis=0) for own in counts], axis=0)
    stay = np.arange(STOCKS)
    mean[stay, stay] = 0.0
    start = np.mean([own[0, :STOCKS].sum(axis=1) for own in counts], axis=0)
    return FlowTable(scenario, year, len(counts), mean, start)


def told(table: FlowTable) -> dict[str, object]:
    """As plain data: moves of anybody, and for each situation the four numbers that balance."""
    stocks = {
        name: {"start": table.start[i], "came": table.came[i], "went": table.went[i], "end": table.end[i]}
        for i, name in enumerate(SITUATIONS)
    }
    moves = [
        {"from": BEGINNINGS[i], "to": TO[j], "people": float(table.moves[i, j])} for i, j in np.argwhere(table.moves)
    ]
    return {"months": [table.year.first, table.year.last], "runs": table.runs, "moves": moves, "stocks": stocks}
