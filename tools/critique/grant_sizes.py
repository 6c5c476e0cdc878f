"""3.5: the dose per site does as much as who leads.

The review: catalytic_philanthropy with grants of 75,000 and sites by lot, unbranded and without a campaign, gives 2.2
points of lasting places, and user_centred in grants of 1.5 million 2.3.

Prints paired differences from no foundation for the shipped strategies and these variants.  About 10 s.
"""

from __future__ import annotations

import polars as pl

from tools.critique.harness import Effort, against_nobody, scenario

REPLICATES = 6
SMALL, LARGE = {"grants_per_provider": 2.0}, {"grants_per_provider": 0.1}
BY_LOT = {"site_prestige": 0.0}  # what no weight claims goes by lot
UNBRANDED, QUIET = {"branding": 0.05}, {"campaign": 0.0}
CASES: dict[str, tuple[str, dict[str, float]]] = {
    "user_centred": ("user_centred", {}),
    "user_centred, large grants": ("user_centred", LARGE),
    "catalytic": ("catalytic_philanthropy", {}),
    "catalytic, small grants": ("catalytic_philanthropy", SMALL),
    "catalytic, small, by lot": ("catalytic_philanthropy", SMALL | BY_LOT),
    "catalytic, small, by lot, unbranded": ("catalytic_philanthropy", SMALL | BY_LOT | UNBRANDED),
    "catalytic, small, by lot, unbranded, no campaign": ("catalytic_philanthropy", SMALL | BY_LOT | UNBRANDED | QUIET),
}


def table(effort: Effort) -> pl.DataFrame:
    """A row for each variant."""
    cases = effort.chosen(CASES)
    runs = {name: scenario(strategy, effort, levers) for name, (strategy, levers) in cases.items()}
    return pl.DataFrame(against_nobody(runs, effort, levels=("grants_to_date", "programme_to_date")))
