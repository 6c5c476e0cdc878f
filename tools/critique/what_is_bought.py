"""3.3: of the mainstream places that a strategy adds, few are what its grants paid for; managers open the rest.

The review: of user_centred's 198 places more, 40 come from its own grants; 152 managers open with free mainstream money
that the status quo leaves lying; the rest of the gain in lasting places is the cut-off at fit .5.

Prints means over replicates at month 120, each strategy's own: mainstream places by how they began (there at the start,
opened or converted by a manager, from a grant), tenants, the share of them whom their place fits (.5 and more), lasting
places, people with a secure home, design and ownership, and free mainstream money half-way.  About 10 s.

How a lot began stands in its number only, which `model.contracts.open_lot` makes; `beginnings` reads it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from agents.funder import MAINSTREAM
from model.contracts import CONVERTED, OPENED
from model.state import World
from scenarios.scenario import NOBODY
from tools.critique.harness import MILLION, YEAR, Effort, Row, followed, scenario

REPLICATES = 4
STRATEGIES = (NOBODY, "user_centred", "catalytic_philanthropy", "collective_impact")
HALF_WAY = 72  # months
OCCASIONS = 1 << 24  # a lot's number: month and provider in whole multiples of this; the occasion is what is left


def beginnings(world: World) -> dict[str, int]:
    """Mainstream places by how their lot began: at the start, opened, converted, granted."""
    lots = world.lots[world.lots["state"] == MAINSTREAM]
    month, occasion = np.divmod(lots["ordinal"], OCCASIONS)
    began = np.where(month == 0, "start", np.where(occasion == OPENED, "opened",
                     np.where(occasion == CONVERTED, "converted", "granted")))  # fmt: skip
    return {how: int(lots["places"][began == how].sum()) for how in ("start", "opened", "converted", "granted")}


def table(effort: Effort) -> pl.DataFrame:
    """A row for each strategy."""
    cases = effort.chosen({name: name for name in STRATEGIES})
    found: dict[str, list[dict[str, float]]] = {name: [] for name in cases}
    for one, months in followed([scenario(name, effort) for name in cases], effort.replicates):
        idle = float("nan")
        for month, now in months:  # the same world, a month older each time
            world = now
            if month == HALF_WAY:
                idle = float(world.measured[int(world.system[0].month) - 1]["free_money"])
        measured, services = world.measured[-1], world.programmes
        tenants = int(services["in_reform"].sum())
        places = services["places_main"] + services["places_grant"]
        found[one.label].append({
            **{f"{how}, places": float(count) for how, count in beginnings(world).items()},
            "mainstream, places": float(services["places_main"].sum()),
            "tenants, people": float(tenants),
            "of them with fit .5, %": 100.0 * float(services["good_fit"].sum()) / max(tenants, 1),
            "lasting places, %": 100.0 * float(measured["lasting_places"]),
            "secure share, %": 100.0 * float(measured["secure_share"]),
            "crisis beds": float(world.providers["crisis_beds"].sum()),
            "design_choice by places": float((services["design_choice"] * places).sum() / places.sum()),
            "ownership": float(world.managers["ownership"][:-1].mean()),
            f"free in month {HALF_WAY}, EUR million a year": YEAR * idle / MILLION,
        })  # fmt: skip
    rows: list[Row] = [
        {"strategy": name, **{what: float(np.mean([one[what] for one in runs])) for what in runs[0]}}
        for name, runs in found.items()
    ]
    return pl.DataFrame(rows)
