"""Part 2, P8: P8 cannot be bought with P7 in the model as it is, but in a variant whose stays belong to persons.

The review tried five variants in a copy of the model (whether somebody leaves fast belongs to the person, most fast
exits end homelessness, refits): P8 .40 together with P7 within its limit.  Such a person is in the model now: short,
episodic and long stayers.  The cases move what makes them different.

Prints P7, P8, Little's law and the flows of Ireland, P1 and P2 at these settings, means over replicates.  About 10 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.patterns.flows import south_west_hostels
from analysis.patterns.shelters import nights, stock_and_flow
from analysis.patterns.trials import at_home
from tools.critique.harness import Effort, Row

REPLICATES = 3
CASES: dict[str, dict[str, float]] = {
    "as shipped": {},
    "short_share .7": {"short_share": 0.7},
    "seek_short .02": {"seek_short": 0.02},
    "home_after_fast 0": {"home_after_fast": 0.0},
    "drift_out .02": {"drift_out": 0.02},
}
EXPERIMENTS = (nights, south_west_hostels, stock_and_flow, at_home)


def table(effort: Effort) -> pl.DataFrame:
    """A row for each set of parameters.  Sizes are those of the studies; `effort.people` does not apply."""
    rows: list[Row] = []
    for title, sets in effort.chosen(CASES).items():
        row: Row = {"set": title}
        for experiment in EXPERIMENTS:
            runs = [experiment(seed, sets) for seed in range(1, effort.replicates + 1)]
            row |= {part: float(np.mean([one[part] for one in runs])) for part in runs[0]}
        rows.append(row)
    return pl.DataFrame(rows)
