"""Part 2, P2: in usual services first homes come late, because nobody who would leave fast ever gets one.

The review: first homes by quarter are 108 103 115 73 92 83 55 52, not front-loaded, and take 318 days against 220.
Since then a share of fast stays ends in a home.

Prints, for each arm of At Home/Chez Soi, how many get their first home in each quarter (all replicates together) and
after how many days in the mean.  About 6 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.patterns.trials import REFORM, USUAL
from runs.trial import NIGHTS
from tools.critique.harness import YEAR, Effort, Row, at_home

REPLICATES = 3
QUARTER = 3  # months


def table(effort: Effort) -> pl.DataFrame:
    """A row for each arm."""
    persons = [at_home(seed, effort) for seed in range(1, effort.replicates + 1)]
    rows: list[Row] = []
    for arm in effort.chosen({USUAL: USUAL, REFORM: REFORM}):
        first = np.concatenate([_first(one.filter(arm=arm)) for one in persons])
        counts = np.bincount((first - 1) // QUARTER, minlength=2 * YEAR // QUARTER)
        row: Row = {"arm": arm, **{f"quarter {k}": float(count) for k, count in enumerate(counts.tolist(), 1)}}
        rows.append(row | {"days to it, mean": NIGHTS * (float(first.mean()) - 0.5)})
    return pl.DataFrame(rows)


def _first(persons: pl.DataFrame) -> np.ndarray:
    """The month, from 1, in which each person who gets a home has one for the first time."""
    housed = persons.filter(pl.col("month") > 0, pl.col("alive") == 1, pl.col("lost") == 0, pl.col("secure") == 1)
    return housed.group_by("person", maintain_order=True).agg(pl.col("month").min())["month"].to_numpy()
