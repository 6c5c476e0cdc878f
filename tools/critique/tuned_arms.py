"""3.5: the shipped arms are straw men: tuned alike, who leads matters for lasting places and hardly for people.

The review: on other seeds the tuned funder-led strategy gains 3.6 points of lasting places, the tuned user-led one 6.9,
one that nobody leads 2.8; in secure share U - F is .21 +- .09 points and U - N .12 +- .06.

Prints paired differences from no foundation of the strategies in `--arms` (found by lever_search on other seeds) and
of the shipped ones, and of the best of each camp from each other.  About 30 s on two cores.
"""

from __future__ import annotations

from itertools import combinations

import polars as pl

from scenarios.scenario import NOBODY
from scenarios.strategy import find_strategy
from tools.critique.harness import SHOWN, Effort, Row, differences, paired, scenario

REPLICATES = 16
BEST = ("users_lead_1", "funder_leads_1", "nobody_leads_1")
SHIPPED = ("user_centred", "catalytic_philanthropy", "collective_impact", "implementation_support",
           "best_practice_rollout", "carrier", "hybrid")  # fmt: skip
ALSO = (("funder_leads_1", "user_centred"), ("nobody_leads_1", "user_centred"),
        ("funder_leads_1", "catalytic_philanthropy"))  # fmt: skip


def table(effort: Effort) -> pl.DataFrame:
    """A row for each strategy and each pair."""
    arms = [find_strategy(path) for path in sorted(effort.arms.glob("*.toml"))] + [find_strategy(n) for n in SHIPPED]
    chosen = effort.chosen({arm.name: arm for arm in arms})
    summary = paired([scenario(one, effort) for one in [find_strategy(NOBODY), *chosen.values()]], effort, SHOWN)
    pairs = [(name, NOBODY) for name in chosen]
    pairs += [pair for pair in (*combinations(BEST, 2), *ALSO) if set(pair) <= set(chosen)]
    rows: list[Row] = [{"strategy": a, "against": b, **differences(summary, a, b)} for a, b in pairs]
    return pl.DataFrame(rows)
