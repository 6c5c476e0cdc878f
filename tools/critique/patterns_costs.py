"""Part 2, P13: net cost misses because a team's place is charged only to those who are in it.

The review: the trial's cost is per participant; with the place charged to each of the arm the net is 6,662 CAD a
person-year (4,483 to 8,409) against 6,311 observed, and other costs offset .66 of it against .69.

Since then a trial charges a place to every participant for as long as they are followed (runs/trial.py).

Prints the net cost a person-year of the offered less usual services as it is charged now, the same with a place for
those only who are in it, as it was, and what lower other costs offset, in the place's own money: median of replicates
and the central 90% of them.  About 10 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.patterns.trials import CANADA, REFORM, USUAL
from analysis.trial_tables import PAYERS
from scenarios.places import find_place
from tools.critique.harness import YEAR, Effort, at_home

REPLICATES = 10
CENTRAL = (0.05, 0.95)


def table(effort: Effort) -> pl.DataFrame:
    """A row for each quantity."""
    place = find_place(CANADA)
    price = place.figures["reform_cost"].value
    found: dict[str, list[float]] = {}
    for seed in range(1, effort.replicates + 1):
        followed = at_home(seed, effort).filter(pl.col("month") > 0, pl.col("situation") != "gone")
        total, charged = pl.sum_horizontal(f"cost_{payer}" for payer in PAYERS), pl.col("cost_reform")
        inside = pl.col("situation").is_in(["looking", "reform"])
        costs = followed.group_by("arm").agg(total.mean(), charged.mean(), (charged * inside).mean().alias("inside"))
        by = {arm: [YEAR * place.per_euro * one for one in values] for arm, *values in costs.iter_rows()}
        net, places, held = (by[REFORM][k] - by[USUAL][k] for k in range(3))
        for what, value in {
            "net cost, a place for every participant": net,
            "net cost, a place for who is in it": net - places + held,
            "offset by lower other costs": places - net,
            "offset, share of the price of a place": (places - net) / price,
        }.items():
            found.setdefault(what, []).append(value)
    return pl.DataFrame([
        {"quantity": what, "unit": "share" if "share" in what else f"{place.currency} a person-year",
         "median": float(np.median(values)), "from (5%)": float(np.quantile(values, CENTRAL[0])),
         "to (95%)": float(np.quantile(values, CENTRAL[1]))} for what, values in found.items()
    ])  # fmt: skip
