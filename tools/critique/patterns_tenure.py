"""Part 2, P2: time in the present home misses because nobody in the model ever moves from one home to another.

The review: with a move between homes at about .055 a month the model's own rows give 286 and 128 days against 281 and
115 observed; as modelled they give 500 and 196.

Prints, for rates of moving, mean days in the present home after two years of At Home/Chez Soi in both arms, of
everybody and of those housed, and the share that moves at least once within the 21 months that a tenant is housed.
The move is worked out from each person's months since the last month without a home, not run: the model has no such
move yet; when it has, its parameter takes this script's place.  About 6 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.patterns.trials import REFORM, USUAL
from scenarios.trial import NIGHTS
from tools.critique.harness import YEAR, Effort, Row, at_home

REPLICATES = 3
RATES = (0.0, 0.02, 0.03, 0.04, 0.05, 0.055, 0.06, 0.08, 0.1)  # a month
HOUSED = 21  # months that somebody who is offered a home has one, of two years


def months_secure(persons: pl.DataFrame) -> dict[str, np.ndarray]:
    """Months since the last one without a home, of everybody who is still there at the end, by arm."""
    there = persons.filter(pl.col("month") > 0, pl.col("alive") == 1, pl.col("lost") == 0)
    last = pl.col("month").filter(pl.col("secure") == 0).max().fill_null(0)
    each = there.group_by("arm", "person").agg(last=last, end=pl.col("month").max()).filter(pl.col("end") == 2 * YEAR)
    return {arm: 2.0 * YEAR - each.filter(arm=arm)["last"].to_numpy() for arm in (REFORM, USUAL)}


def present_home(months: np.ndarray, rate: float) -> np.ndarray:
    """Months in the present home after so many housed, in the mean, if one moves at this rate: (1 - exp(-rm)) / r."""
    return -np.expm1(-rate * months) / rate if rate else months


def table(effort: Effort) -> pl.DataFrame:
    """A row for each rate."""
    trials = [months_secure(at_home(seed, effort)) for seed in range(1, effort.replicates + 1)]
    months = {arm: np.concatenate([one[arm] for one in trials]) for arm in (REFORM, USUAL)}
    rows: list[Row] = []
    for title, rate in effort.chosen({f"{rate:g} a month": rate for rate in RATES}).items():
        row: Row = {"moves between homes": title}
        for arm, own in months.items():
            days = NIGHTS * present_home(own, rate)
            row[f"{arm}, days"] = float(days.mean())
            row[f"{arm}, days of those housed"] = float(days[own > 0].mean())
        row[f"moved within {HOUSED} months, %"] = float(-100.0 * np.expm1(-rate * HOUSED))
        rows.append(row)
    return pl.DataFrame(rows)
