"""3.5: who leads matters exactly as far as the measure counts fit and the other designs are put at a distance.

The review: the lead of the tuned user-led strategy over the tuned funder-led one falls from 3.4 to about .5 without the
blueprint's distance (`context_gap`), to .7 without redesign, and grows where fit is counted more narrowly.

Prints, in each of twenty worlds, paired differences in `--measure` (lasting_places): three shipped strategies and the
best tuned one of each camp (`--arms`) from no foundation; user- from funder-led, shipped and tuned; and the tuned
user-led one from the one that nobody leads.  About 3 minutes on two cores.
"""

from __future__ import annotations

import polars as pl

from scenarios.scenario import MONTHS, NOBODY
from scenarios.strategy import Strategy, find_strategy
from tools.critique.harness import Effort, Row, column, estimate, paired, scenario
from tools.critique.tuned_arms import BEST

REPLICATES = 6
SHIPPED = ("user_centred", "catalytic_philanthropy", "collective_impact")
WORLDS: dict[str, dict[str, float]] = {
    "as shipped": {},
    "convention as wants": {"convention_choice": 0.75, "convention_home": 0.8, "convention_support": 0.45},
    "context_gap 0": {"context_gap": 0},
    "fit_width .5": {"fit_width": 0.5},
    "fit_width .25": {"fit_width": 0.25},
    "wants_spread .2": {"wants_spread": 0.2},
    "mainstream_growth 0": {"mainstream_growth": 0},
    "rivals_take .5": {"rivals_take": 0.5},
    "open_rate 0": {"open_rate": 0},
    "open_rate 0, convert_rate 0": {"open_rate": 0, "convert_rate": 0},
    "faking 0": {"faking": 0},
    "faking 1": {"faking": 1},
    "partnership_money .4": {"partnership_money": 0.4},
    "ready_incentive 0, ready_notice 0": {"ready_incentive": 0, "ready_notice": 0},
    "crowd_out .5": {"crowd_out": 0.5},
    "redesign_rate 0": {"redesign_rate": 0},
    "takeover_base -1": {"takeover_base": -1},
    "grant_reach .5": {"grant_reach": 0.5},
    "grant_reach .03": {"grant_reach": 0.03},
    "providers 20": {"providers": 20},
}


def table(effort: Effort) -> pl.DataFrame:
    """A row for each world."""
    name, scale = column(effort.measure)
    tuned = [find_strategy(effort.arms / f"{arm}.toml") for arm in BEST]
    users, funder, nobody = (arm.name for arm in tuned)
    names = [*SHIPPED, *(arm.name for arm in tuned)]
    pairs = [(one, NOBODY) for one in names] + [(SHIPPED[0], SHIPPED[1]), (users, funder), (users, nobody)]
    rows: list[Row] = []
    for title, parameters in effort.chosen(WORLDS).items():
        arms: list[str | Strategy] = [NOBODY, *SHIPPED, *tuned]
        runs = [scenario(one, effort, parameters) for one in arms]
        summary = paired(runs, effort, [effort.measure])
        row: Row = {"world": title, "measure": name}
        for one, against in pairs:
            heading = one if against == NOBODY else f"{one} - {against}"
            row |= estimate(heading, scale * summary.difference(one, against, effort.measure)[:, MONTHS])
        rows.append(row)
    return pl.DataFrame(rows)
