"""Part 2, P12: one more place takes too many off the count, and no parameter's range reaches what is published.

The review: the default gives .21 to .23 fewer homeless people a place against .04 to .12 published; `seek_hidden` .4
gives .19, `hidden_resolves` .02 .35, `hidden_ratio` 3 .30.  Since then places are added without homes, entries may
answer to homes given, and how often people ask for a bed or resolve goes by their kind.

Prints the net effect of a place, alone and with a home for everybody's lottery, for such settings, over panels of fifty
American cities: mean of replicates with its 95% interval.  About five minutes.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analysis.patterns.flows import PLACES, effect_of_places, panel_place
from tools.critique.harness import Effort, Row, estimate

REPLICATES = 3
QUICK_PLACES = 4
SHOWN = {"fewer homeless people a place": "net_per_place", "the same, with a home": "net_with_homes"}
CASES: dict[str, dict[str, float]] = {
    "as shipped": {},
    "entries_respond 0": {"entries_respond": 0.0},
    "entries_respond .5": {"entries_respond": 0.5},
    "seek_long .4": {"seek_long": 0.4},
    "resolve_episodic .02": {"resolve_episodic": 0.02},
    "hidden_ratio 3": {"hidden_ratio": 3.0},
}


def net_per_place(seed: int, sets: dict[str, float], places: int) -> dict[str, float]:
    """The experiment of P12 with its first `places` cities: by what is shown."""
    cities = [panel_place(k, seed, sets) for k in range(places)]
    found = {}
    for what, variant in SHOWN.items():
        counts, places_there, _ = (np.array(one) for one in zip(*(city[variant] for city in cities), strict=True))
        found[what] = -effect_of_places(counts, places_there)
    return found


def table(effort: Effort) -> pl.DataFrame:
    """A row for each set of parameters.  Cities have the panel's sizes; `effort.people` does not apply."""
    places = QUICK_PLACES if effort.quick else PLACES
    seeds = range(1, effort.replicates + 1)
    rows: list[Row] = []
    for title, sets in effort.chosen(CASES).items():
        runs = [net_per_place(seed, sets, places) for seed in seeds]
        row: Row = {"set": title}
        for what in SHOWN:
            row |= estimate(what, [one[what] for one in runs])
        rows.append(row)
    return pl.DataFrame(rows)
