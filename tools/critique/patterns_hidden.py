"""Part 2, P11: the Finnish programme fails among the hidden only, because no flow leads from there to an offer.

The review: long-term homelessness known to services falls by 83 to 85% under Finland's plans, that of the hidden not at
all, so that together it falls by 38%; published numbers count the hidden as well.

Since then outreach may put hidden people forward (`hidden_reached`), and some are nominated for homes
(`home_weight_hidden`).

Prints, under the plans of P11 (hostels converted and homes added, or converted only), how many people have been without
a home for a year and more, known to services and hidden, at the start and after 15 years, and by how much they fall;
means over replicates.  About 10 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from agents.service_user import HIDDEN
from analysis.patterns.flows import CONVERSION, FINLAND, FOR_WHOM, HOMES, LONG_TERM, changed, homeless_for_long
from model.state import World
from runs.public_plan import PublicPlan, months_under
from runs.running import burnt_in
from scenarios.scenario import NOBODY
from tools.critique.harness import Effort, Row, scenario

REPLICATES = 2
BOTH, HALF = (CONVERSION, HOMES), (CONVERSION,)
CASES: dict[str, tuple[tuple[PublicPlan, ...], dict[str, float]]] = {
    "conversion and homes": (BOTH, {}),
    "conversion and homes, nobody hidden reached": (BOTH, {"hidden_reached": 0.0, "home_weight_hidden": 0.0}),
    "conversion and homes, many hidden reached": (BOTH, {"hidden_reached": 0.3, "home_weight_hidden": 0.1}),
    "conversion only": (HALF, {}),
    "conversion and homes, refer_after 3": (BOTH, {"refer_after": 3.0}),
    "conversion and twice the homes": ((CONVERSION, HOMES, HOMES), {}),
}


def counts(world: World) -> dict[str, float]:
    """People without a home for a year and more, by whether services know of them; beds and tenants beside them."""
    users = world.users
    hidden = int(((users["situation"] == HIDDEN) & (users["homeless"] >= LONG_TERM)).sum())
    return {
        "all": homeless_for_long(world), "known": homeless_for_long(world) - hidden, "hidden": hidden,
        "beds": float(world.providers["crisis_beds"].sum()), "tenants": float(world.providers["in_reform"].sum()),
    }  # fmt: skip


def table(effort: Effort) -> pl.DataFrame:
    """A row for each plan."""
    rows: list[Row] = []
    for title, (plans, parameters) in effort.chosen(CASES).items():
        city = scenario(NOBODY, effort, place="finland", months=FINLAND)
        runs: list[tuple[dict[str, float], dict[str, float]]] = []
        for one in (city.with_seed(city.seed + r) for r in range(effort.replicates)):
            past = changed(burnt_in(one), FOR_WHOM | parameters)  # from month 0 on; the rates fitted to the past stay
            lived = months_under(past, one, *plans)
            before, after = (counts(world) for month, world in lived if month in (0, FINLAND))
            runs.append((before, after))
        row: Row = {"plan": title}
        for what in runs[0][0]:
            for k, when in enumerate(("start", "end")):
                row[f"{what}, {when}"] = float(np.mean([run[k][what] for run in runs]))
        for what in ("all", "known", "hidden"):
            row[f"{what}, fall %"] = 100.0 * float(np.mean([1 - after[what] / before[what] for before, after in runs]))
        rows.append(row)
    return pl.DataFrame(rows)
