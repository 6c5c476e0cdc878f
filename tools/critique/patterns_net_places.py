"""Part 2, P12: one more place takes too many off the count, and no parameter's range reaches what is published.

The review: the default gives .21 to .23 fewer homeless people a place against .04 to .12 published; `seek_hidden` .4
gives .19, `hidden_resolves` .02 .35, `hidden_ratio` 3 .30.

Prints the net effect of a place for these settings, over panels of fifty American cities: mean of replicates with its
95% interval.  About a minute.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.patterns.flows import PLACES, effect_of_places, panel_place
from tools.critique.harness import Effort, estimate

REPLICATES = 3
QUICK_PLACES = 4
CASES: dict[str, dict[str, float]] = {
    "as shipped": {},
    "seek_hidden .4": {"seek_hidden": 0.4},
    "hidden_resolves .02": {"hidden_resolves": 0.02},
    "seek_hidden .4, hidden_resolves .02": {"seek_hidden": 0.4, "hidden_resolves": 0.02},
    "hidden_ratio 3": {"hidden_ratio": 3.0},
}


def net_per_place(seed: int, sets: dict[str, float], places: int) -> float:
    """The experiment of P12 with its first `places` cities."""
    counts, added = zip(*(panel_place(k, seed, sets) for k in range(places)), strict=True)
    return -effect_of_places(np.array(counts), np.array(added))


def table(effort: Effort) -> pl.DataFrame:
    """A row for each set of parameters.  Cities have the panel's sizes; `effort.people` does not apply."""
    places = QUICK_PLACES if effort.quick else PLACES
    seeds = range(1, effort.replicates + 1)
    return pl.DataFrame([
        {"set": title, **estimate("fewer homeless people a place", [net_per_place(s, sets, places) for s in seeds])}
        for title, sets in effort.chosen(CASES).items()
    ])  # fmt: skip
