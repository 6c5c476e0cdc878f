"""3.2: the gain in secure homes is an artefact: who settled in an ordinary home leaves the count after 36 months.

The review: counting those who stayed housed, `homes` houses 134 people more than nobody's doing anything (401 for what
user_centred costs all payers) and user_centred 5 +- 27.

Prints paired differences from no foundation at month 120: tenants of the reformed service, people settled for up to 36
months, those settled longer (counted out of sight by the model month after month, returns after that unknown), all
three together, the measure `secure_people` that is to count them all, people without a home, and what became of the
others (arrivals, deaths and people who left, over the run); what all payers and the programme spent; and months in a
secure home within sight, with what one more cost.  About 15 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from scenarios.running import kept
from scenarios.scenario import NOBODY
from tools.critique.harness import MILLION, Effort, Row, estimate, followed, scenario

REPLICATES = 6
CASES: dict[str, tuple[str, dict[str, float]]] = {
    "user_centred": ("user_centred", {}),
    "homes": ("homes", {}),
    "homes, budget .03": ("homes", {"budget": 0.03}),
    "catalytic_philanthropy": ("catalytic_philanthropy", {}),
    "nobody leads, grants of 108,000": ("carrier", {"grant_size": 108000.0, "grant_term": 39.0}),
}
STOCKS = ("reform", "settled", "secure_people", "without_home")
FLOWS = ("arrivals", "died", "left")


def table(effort: Effort) -> pl.DataFrame:
    """A row for each strategy."""
    cases = effort.chosen(CASES)
    runs = [scenario(NOBODY, effort)]
    runs += [scenario(strategy, effort, levers, label=name) for name, (strategy, levers) in cases.items()]
    found: dict[str, list[dict[str, float]]] = {one.label: [] for one in runs}
    for one, months in followed(runs, effort.replicates):
        longer = 0
        for month, now in months:  # the same world, a month older each time
            world = now
            longer += int(world.system[0].out_of_sight) if month else 0
        measured = kept(world, one).measured
        assert measured is not None
        last, lived = measured[-1], measured[1:]
        totals = {name: float(last[name]) for name in STOCKS} | {name: float(lived[name].sum()) for name in FLOWS}
        totals |= {
            "settled over 36 months": float(longer),
            "all secure": float(last["reform"] + last["settled"]) + longer,
            "all payers": float(lived["spend_all"].sum()) / MILLION,
            "programme": float(last["programme_to_date"]) / MILLION,
            "secure months": float((lived["reform"] + lived["settled"]).sum()),
        }
        found[one.label].append(totals)
    rows: list[Row] = []
    for name in cases:
        more = {
            what: np.array([own[what] - other[what] for own, other in zip(found[name], found[NOBODY], strict=True)])
            for what in found[name][0]
        }
        people = ("reform", "settled", "settled over 36 months", "all secure", "secure_people", "without_home", *FLOWS)
        row: Row = {"strategy": name}
        for what in people:
            row |= estimate(f"{what}, people", more[what])
        for what in ("all payers", "programme"):
            row |= estimate(f"{what}, EUR million", more[what])
        row |= estimate("secure months, person-months", more["secure months"])
        months_more = float(more["secure months"].mean())
        row["EUR a secure month"] = MILLION * float(more["all payers"].mean()) / months_more if months_more else np.nan
        rows.append(row)
    return pl.DataFrame(rows)
