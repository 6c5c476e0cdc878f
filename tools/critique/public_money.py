"""3.6, 3.7: the gain is bought by the council: mainstream money of three times what the foundation spends.

The review: user_centred moves EUR 14.8 million of the council's money (s.e. 2.5) beside the programme's 8.7, all payers
25.4; shown without an interval, and not in what is said "for each million".  Free money that nobody claims stays idle
without a foundation, and is used up with user_centred.

Prints paired differences from no foundation, summed over the run, by payer, each with its interval; and each strategy's
own free mainstream money a year at months 12 to 120.  About 10 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from scenarios.scenario import MONTHS, NOBODY
from tools.critique.harness import MILLION, YEAR, Effort, Row, estimate, paired, scenario

REPLICATES = 6
STRATEGIES = (NOBODY, "user_centred", "catalytic_philanthropy")
MOMENTS = (12, 36, 72, 96, 120)
PAYERS = {
    "council": ("spend_reform", "spend_crisis"),
    "council's reformed places": ("spend_reform",),
    "council's crisis beds": ("spend_crisis",),
    "programme": ("spend_programme",),
    "other services": ("spend_other",),
    "unpaid hours": ("unpaid_staff", "unpaid_users"),
    "all payers": ("spend_all",),
}


def table(effort: Effort) -> pl.DataFrame:
    """A row for each strategy, all in EUR million."""
    measures = sorted({"free_money", *(name for names in PAYERS.values() for name in names)})
    summary = paired([scenario(name, effort) for name in STRATEGIES], effort, measures)
    rows: list[Row] = []
    for name in STRATEGIES:
        row: Row = {"strategy": name}
        for payer, parts in PAYERS.items():
            months = np.sum([summary.difference(name, NOBODY, part) for part in parts], axis=0) / MILLION
            row |= estimate(payer, months[:, 1:].sum(axis=1))
            if payer == "council":
                row |= estimate("council, last year", months[:, MONTHS - YEAR + 1 :].sum(axis=1))
        free = YEAR * summary.of(name, "free_money").mean(axis=0) / MILLION
        row |= {f"free a year, month {month}": float(free[month]) for month in MOMENTS}
        rows.append(row)
    return pl.DataFrame(rows)
