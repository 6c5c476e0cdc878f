"""Fans and paired differences of every month at once: what `contrasts.fan` and `paired_fan` say, as arrays.

Those two work month by month on tidy frames; a screen that is drawn anew with every key press cannot wait for that.
Held to the same digits by tests/analysis/test_courses.py.  For one parameter set (Comparison without `sets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import stdtrit  # type: ignore[import-untyped]

from analysis.contrasts import CONFIDENCE, RELATIVE

Numbers = npt.NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Courses:
    """One measure of several scenarios: for each, replicates (rows, by seed) by months; nan is no number."""

    measure: str
    months: npt.NDArray[np.int64]
    values: dict[str, Numbers]

    @property
    def replicates(self) -> int:
        """How many runs each scenario has."""
        return min((len(found) for found in self.values.values()), default=0)

    def fan(self, scenario: str) -> Numbers:
        """(5, months): the quantiles LEVELS of the runs."""
        return np.nanquantile(self.values[scenario], LEVELS, axis=0)

    def difference(self, scenario: str, against: str) -> tuple[Numbers, Numbers | None, Numbers | None]:
        """Mean difference of twins month by month and its 95% interval; no interval for fewer than two pairs."""
        gaps = self.values[scenario] - self.values[against]
        n, mean = len(gaps), gaps.mean(axis=0)
        if n < 2:
            return mean, None, None
        half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * gaps.std(axis=0, ddof=1) / n**0.5
        return mean, mean - half, mean + half


def courses(months: pl.DataFrame, measure: str, scenarios: Sequence[str], stratum: str = "all") -> Courses:
    """The runs of `scenarios` that all of them have done, seed by seed."""
    rows = months.filter(pl.col("measure") == measure, pl.col("stratum") == stratum)
    found: dict[str, tuple[npt.NDArray[np.int64], Numbers]] = {}
    when = np.empty(0, dtype=np.int64)
    for scenario in scenarios:
        own = rows.filter(pl.col("scenario") == scenario).sort("seed", "month")
        when = own["month"].unique().sort().to_numpy().astype(np.int64)
        seeds = own["seed"].unique().sort().to_numpy().astype(np.int64)
        found[scenario] = seeds, own["value"].to_numpy().astype(np.float64).reshape(len(seeds), len(when))
    shared = set.intersection(*(set(seeds.tolist()) for seeds, _ in found.values())) if found else set()
    values = {name: own[np.isin(seeds, list(shared))] for name, (seeds, own) in found.items()}
    if measure in RELATIVE:  # 0 in the books when nobody is secure: no number at all
        values = {name: np.where(own == 0, np.nan, own) for name, own in values.items()}
    return Courses(measure, when, values)
