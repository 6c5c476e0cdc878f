"""Fans and paired differences of every month at once: what `contrasts.fan` and `paired_fan` say, from arrays.

Those two work month by month on tidy frames; a screen that is drawn anew with every key press cannot wait for that.
Held to the same digits by tests/analysis/test_courses.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.contrasts import COLUMNS, Contrast, course_so_far, existing, fan_so_far, pairs_so_far, so_far
from model.measures import HEADLINE
from runs.summary import Summary

Numbers = npt.NDArray[np.float64]
Difference = tuple[Numbers, Numbers | None, Numbers | None]  # mean, low, high; each (months,)


@dataclass(frozen=True, eq=False)
class Courses:
    """One measure of all scenarios of a summary, months 0 ...; what was worked out is kept."""

    measure: str
    summary: Summary
    _fans: dict[str, Numbers] = field(default_factory=dict, repr=False)
    _gaps: dict[tuple[str, str], Difference] = field(default_factory=dict, repr=False)

    @property
    def months(self) -> npt.NDArray[np.int64]:
        """(months,): 0, 1, ..."""
        return np.arange(self.summary.months)

    @property
    def replicates(self) -> int:
        """How many runs each scenario has at most."""
        return self.summary.replicates

    def fan(self, scenario: str) -> Numbers:
        """(5, months): the mean of the runs that have a number, between their quantiles (runs.summary.LEVELS)."""
        if scenario not in self._fans:
            self._fans[scenario] = fan_so_far(self.summary, scenario, self.measure)
        return self._fans[scenario]

    def difference(self, scenario: str, against: str) -> Difference:
        """Mean difference of twins month by month and its 95% interval; no interval for fewer than two pairs.

        With parameter sets the interval holds both kinds of uncertainty.  nan in a month in which a replicate has no
        such number.
        """
        if (scenario, against) not in self._gaps:
            self._gaps[scenario, against] = course_so_far(pairs_so_far(self.summary, scenario, against, self.measure))
        return self._gaps[scenario, against]

    def contrast(self, scenario: str, against: str, month: int) -> Contrast:
        """As `contrasts.paired` gives it."""
        return so_far(self.summary, scenario, against, self.measure, month)


def table(
    found: Callable[[str, str, str, int], Contrast], pairs: Sequence[tuple[str, str]], when: Sequence[int],
    measures: Sequence[str] = HEADLINE,
) -> pl.DataFrame:  # fmt: skip
    """A row per month, measure and pair with the columns of Contrast, as `contrasts.headline` and `between`.

    found: the contrast of two scenarios in a measure and month."""
    rows = [found(a, b, measure, month) for month in when for measure in measures for a, b in pairs]
    values = [tuple(getattr(row, name) for name in COLUMNS) for row in rows]
    return pl.DataFrame(values, schema=COLUMNS, orient="row")


def mean_at(summary: Summary, scenario: str, measure: str, month: int) -> float:
    """The mean over replicates that are done; nan where one has no such number, or none is done."""
    own = existing(measure, summary.of(scenario, measure)[:, month])
    return float(own.mean()) if len(own) else float("nan")
