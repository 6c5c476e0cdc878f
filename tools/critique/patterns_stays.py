"""Part 2, P8: P8 cannot be bought with P7 in the model as it is, but in a variant whose stays belong to persons.

The review tried five variants in a copy of the model (whether somebody leaves fast belongs to the person, most fast
exits end homelessness, refits): P8 .40 together with P7 within its limit.  That copy was not kept, and rules are not
patched from here; what can be run is the refit's own settings in the model as it stands, where they should not do what
they do in the variant.  When the model has such a person, its parameter becomes a case of this script.

Prints P7, P8, Little's law, P1 and P2 at these settings, means over replicates.  About 10 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.patterns.flows import nights_of_a_city, south_west_hostels, stock_and_flow
from analysis.patterns.trials import at_home
from tools.critique.harness import Effort, Row

REPLICATES = 3
CASES: dict[str, dict[str, float]] = {
    "as shipped": {},
    "ready_rate .055, drift_out .02": {"ready_rate": 0.055, "drift_out": 0.02},
    "ready_rate .05, drift_out .02, fast_share .55": {"ready_rate": 0.05, "drift_out": 0.02, "fast_share": 0.55},
}
EXPERIMENTS = (nights_of_a_city, south_west_hostels, stock_and_flow, at_home)


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
