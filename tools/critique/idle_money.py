"""3.3: free mainstream money lies idle with no foundation, and a strategy only fetches it.

The review: EUR 2.0 million a year lie in the status quo.  Since then free money has rivals, who take `rivals_take` of
it a month; what planned places that stopped had cost is kept from them until others replace those places (`plan_kept`).

Prints, for what is kept and for how fast rivals take: with no foundation, means of the months after the first year,
free money, how much of it is kept for places that stopped, and its share of the commissioner's budget; and the paired
difference from it that user_centred makes in mainstream places.  About half a minute.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from agents.funder import reserved
from evidence.quantities import find_quantity
from model.planned import places_missing
from model.state import World
from scenarios.scenario import NOBODY
from tools.critique.harness import MILLION, YEAR, Effort, Row, against_nobody, followed, scenario

REPLICATES = 12
STRATEGY = "user_centred"


def worlds() -> dict[str, dict[str, float]]:
    """As it is, nothing kept, half of it, and rivals at both ends of their range."""
    rivals = find_quantity("rivals_take")
    return {
        "as it is": {},
        "nothing is kept": {"plan_kept": 0.0},
        "half is kept": {"plan_kept": 0.5},
        f"rivals take {rivals.low:g} a month": {"rivals_take": rivals.low},
        f"rivals take {rivals.high:g} a month": {"rivals_take": rivals.high},
    }


def kept(world: World) -> float:
    """EUR a month that the commissioner keeps for planned places that stopped."""
    return float(reserved(places_missing(world), world.system[0], world.parameters[0])) / 100.0


def table(effort: Effort) -> pl.DataFrame:
    """A row for each world."""
    cases = effort.chosen(worlds())
    gains = against_nobody({name: scenario(STRATEGY, effort, settings) for name, settings in cases.items()}, effort,
                           ("reform_mainstream",))  # fmt: skip
    rows: list[Row] = []
    for (name, settings), gain in zip(cases.items(), gains, strict=True):
        found = []
        for _, months in followed([scenario(NOBODY, effort, settings)], effort.replicates):
            for month, world in months:
                if month > YEAR:
                    system = world.system[0]
                    found.append((system.free / 100.0, kept(world), system.budget / 100.0))
        free, for_places, budget = np.mean(found, axis=0)
        rows.append({
            "world": name,
            "free, EUR million a year": YEAR * float(free) / MILLION,
            "of it kept for places, EUR million a year": YEAR * float(for_places) / MILLION,
            "free, % of the budget": 100.0 * float(free / budget),
            **{f"{STRATEGY}: {what}": value for what, value in gain.items() if what != "case"},
        })  # fmt: skip
    return pl.DataFrame(rows)
