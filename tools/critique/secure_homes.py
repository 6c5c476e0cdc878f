"""3.2: the gain in secure homes was an artefact of what was counted.

The review: whoever settled in an ordinary home left the count after 36 months and a tenant of the reformed service
never did, so that `homes` did nothing by the books while it housed 134 people more (401 for what user_centred costs all
payers), and user_centred's gain was 5 +- 27.

Now everybody housed stays counted.  Prints paired differences from no foundation at month 120: the headline count and
its parts, people without a home, what all payers and the programme spent - each at three values of `home_after_hidden`,
the share of those who find an answer of their own for whom it is a home: nobody has measured it, and it decides whether
homes given take people off the street or spare others the search.  About 30 s.
"""

from __future__ import annotations

import polars as pl

from scenarios.scenario import NOBODY
from tools.critique.harness import Effort, Row, differences, paired, scenario

REPLICATES = 6
CASES: dict[str, tuple[str, dict[str, float]]] = {
    "user_centred": ("user_centred", {}),
    "homes": ("homes", {}),
    "homes, budget .03": ("homes", {"budget": 0.03}),
    "catalytic_philanthropy": ("catalytic_philanthropy", {}),
    "nobody leads, grants of 108,000": ("carrier", {"grants_per_provider": 1.35, "grant_term": 39.0}),
}
SHARES = (0.0, 0.5, 1.0)  # of home_after_hidden
PARTS = ("secure_people", "reform", "settled", "housed", "without_home", "spend_to_date", "programme_to_date")


def table(effort: Effort) -> pl.DataFrame:
    """A row for each strategy and each share."""
    rows: list[Row] = []
    for share in SHARES[:1] if effort.quick else SHARES:
        world = {"home_after_hidden": share}
        cases = effort.chosen(CASES)
        runs = [scenario(NOBODY, effort, world)]
        runs += [scenario(strategy, effort, levers | world, label=name) for name, (strategy, levers) in cases.items()]
        summary = paired(runs, effort, PARTS)
        for name in cases:
            row: Row = {"strategy": name, "home_after_hidden": share}
            row |= differences(summary, name, NOBODY, PARTS)
            rows.append(row)
    return pl.DataFrame(rows)
