"""Fans and paired differences of every month at once: what `contrasts.fan` and `paired_fan` say, as arrays.

Those two work month by month on tidy frames; a screen that is drawn anew with every key press cannot wait for that.
Held to the same digits by tests/analysis/test_courses.py.  For one parameter set (Comparison without `sets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import stdtrit  # type: ignore[import-untyped]

from analysis.comparison import Comparison
from analysis.contrasts import COLUMNS, CONFIDENCE, RELATIVE, Contrast, contrast
from model.measures import HEADLINE
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Courses:
    """One measure of several scenarios: for each, replicates (rows, by seed) by months; nan is no number."""

    measure: str
    months: npt.NDArray[np.int64]
    values: dict[str, Numbers]
    _fans: dict[str, Numbers] = field(default_factory=dict, repr=False)

    @property
    def replicates(self) -> int:
        """How many runs each scenario has."""
        return min((len(found) for found in self.values.values()), default=0)

    def fan(self, scenario: str) -> Numbers:
        """(5, months): the quantiles LEVELS of the runs that have a number."""
        if scenario not in self._fans:
            own = self.values[scenario]
            quantiles = np.nanquantile if np.isnan(own).any() else np.quantile  # the first is twenty times slower
            self._fans[scenario] = quantiles(own, LEVELS, axis=0)
        return self._fans[scenario]

    def difference(self, scenario: str, against: str) -> tuple[Numbers, Numbers | None, Numbers | None]:
        """Mean difference of twins month by month and its 95% interval; no interval for fewer than two pairs."""
        gaps = self.values[scenario] - self.values[against]
        n, mean = len(gaps), gaps.mean(axis=0)
        if n < 2:
            return mean, None, None
        half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * gaps.std(axis=0, ddof=1) / n**0.5
        return mean, mean - half, mean + half

    def contrast(self, scenario: str, against: str, month: int) -> Contrast:
        """As `contrasts.paired` gives it."""
        at = int(np.searchsorted(self.months, month))
        return contrast(
            self.measure, month, scenario, against, self.values[scenario][:, at], self.values[against][:, at]
        )


def courses(months: pl.DataFrame, measure: str, scenarios: Sequence[str], stratum: str = "all") -> Courses:
    """The runs of `scenarios` that all of them have done, seed by seed."""
    rows = months.filter(pl.col("measure") == measure, pl.col("stratum") == stratum)
    found: dict[str, tuple[npt.NDArray[np.int64], Numbers]] = {}
    when = np.empty(0, dtype=np.int64)
    for scenario in scenarios:
        own = rows.filter(pl.col("scenario") == scenario).sort("seed", "month")
        seeds = own["seed"].unique().sort().to_numpy().astype(np.int64)
        values = own["value"].to_numpy().astype(np.float64).reshape(len(seeds), -1)
        when = own["month"].to_numpy()[: values.shape[1]].astype(np.int64)
        found[scenario] = seeds, values
    shared = set.intersection(*(set(seeds.tolist()) for seeds, _ in found.values())) if found else set()
    kept = {name: own[np.isin(seeds, list(shared))] for name, (seeds, own) in found.items()}
    if measure in RELATIVE:  # 0 in the books when nobody is secure: no number at all
        kept = {name: np.where(own == 0, np.nan, own) for name, own in kept.items()}
    return Courses(measure, when, kept)


def prepared(compared: Comparison, measures: Sequence[str]) -> dict[str, Courses]:
    """The courses of these measures; and the comparison's own contrasts are filled in from them, which is quicker."""
    everybody = [NOBODY, *compared.names]
    found = {measure: courses(compared.months, measure, everybody) for measure in {*measures, *HEADLINE}}
    names = compared.names
    pairs = {
        "headline": [(name, NOBODY) for name in names],
        "between": [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]],
    }
    for which, those in pairs.items():
        rows = [found[m].contrast(a, b, when) for when in compared.when for m in HEADLINE for a, b in those]
        values = [tuple(getattr(row, name) for name in COLUMNS) for row in rows]
        compared.__dict__[which] = pl.DataFrame(values, schema=COLUMNS, orient="row")
    return found
