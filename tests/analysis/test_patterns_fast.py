"""No change of the model moves a met pattern out of its margin unseen: the fast subset, fixed seeds, few replicates.

The margin of a number that docs/validation.parquet calls met (at the defaults): the median of the REPLICATES runs here
lies in the central 90% of the stored runs, widened by SLACK of its width at both ends, because the ends of few runs are
uncertain; and where an order is compared, it holds in the median run.  Whoever moves a number on purpose stores the new
table (python -m tools.validation_page --run) and lets readers see it.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
import pytest

from analysis.patterns.registry import EXPERIMENTS
from analysis.patterns.validation import MET, Row, replicated
from evidence.patterns import ABOVE, BELOW, Pattern, load_patterns
from tools.validation_page import DEFAULTS, stored

FAST = {name: pattern for name, pattern in load_patterns().items() if pattern.fast}
REPLICATES, SEED, SLACK = 5, 1, 0.25


def moved(rows: Iterable[Row], values: pl.DataFrame) -> list[str]:
    """What was met and is out of its margin, each in a line."""
    lines = []
    for row in rows:
        if row["verdict"] != MET:
            continue
        runs = values.filter(pattern=row["pattern"], part=row["part"])["value"].to_numpy()
        middle = float(np.median(runs)) if np.isfinite(runs).all() else math.nan
        slack = SLACK * (row["high"] - row["low"])
        inside = row["low"] - slack <= middle <= row["high"] + slack
        sign = {ABOVE: 1.0, BELOW: -1.0}.get(row["test"])
        if not inside or (sign is not None and sign * (middle - row["threshold"]) <= 0):
            lines.append(f"{row['pattern']}.{row['part']}: {middle:.4g}, stored {row['low']:.4g} to {row['high']:.4g}")
    return lines


def run(
    patterns: Mapping[str, Pattern], sets: Mapping[str, float] | None = None, replicates: int = REPLICATES
) -> pl.DataFrame:
    found = replicated(patterns, EXPERIMENTS, replicates, SEED, lambda replicate: sets or {})
    assert found.runs["error"].to_list() == [""] * found.runs.height
    return found.values


def rows() -> list[Row]:
    return stored()[DEFAULTS].filter(pl.col("pattern").is_in(list(FAST))).to_dicts()


def test_what_was_met_is_where_it_was() -> None:
    assert moved(rows(), run(FAST)) == [], "a number moved: if on purpose, python -m tools.validation_page --run"


@pytest.mark.parametrize(
    ("pattern", "part", "sets"),
    [
        ("P14", "bed_accepted", {"accept_bed": 0.42}),
        ("Little", "new_people", {"resolve_new": 0.2}),
        ("P22", "contact_d", {"contact": 0.0}),
    ],
)
def test_a_shifted_parameter_is_noticed(pattern: str, part: str, sets: dict[str, float]) -> None:
    """The check can fail: the same numbers with one assumption moved are out of the margin."""
    mine = [row | {"verdict": MET} for row in rows() if (row["pattern"], row["part"]) == (pattern, part)]
    shifted = moved(mine, run({pattern: FAST[pattern]}, sets, 3))
    assert [line.split(":")[0] for line in shifted] == [f"{pattern}.{part}"]


def test_every_experiment_of_the_fast_subset_has_something_to_hold() -> None:
    met = {row["pattern"] for row in rows() if row["verdict"] == MET}
    assert len(met) >= len(FAST) / 2
