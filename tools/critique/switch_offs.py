"""3.4: a few assumptions carry the headline; the mechanisms that the strategy stands for carry next to nothing.

The review: user_centred's gain rests on free mainstream money that readiness unlocks, the number of sites reached and
the distances set between designs and wants; contact, staff, voice and seats are worth .1 to .3 points each.

Prints, with each parameter at its own off value, paired differences in `--measure` (lasting_places): user_centred,
catalytic_philanthropy and collective_impact from no foundation, and user_centred from the other two.  About 5 minutes
for all 37 rows on two cores; `--case faking` runs one.  Rows are those of the review, who stopped there for time.
"""

from __future__ import annotations

import polars as pl

from engine.errors import BadInput
from evidence.quantities import find_quantity
from scenarios.scenario import MONTHS, NOBODY
from tools.critique.harness import Effort, Row, column, estimate, paired, scenario

REPLICATES = 6
SHIPPED = "as shipped"
SWITCHES = (
    "faking", "ready_incentive", "mainstream_growth", "partnership_money", "detect_seats", "takeover_ownership",
    "death_ownership", "dropout_fit", "context_gap", "open_rate", "convert_rate", "fake_users", "opening_lag_users",
    "redesign_rate", "ready_voice", "ready_staff", "contact", "takeover_readiness", "ready_notice", "spotlight_reach",
    "ready_resistance", "ready_weariness", "campaign_weary", "adaptation_cost", "known_grant", "seats_contact",
    "crowd_out", "restart", "death_at_grant_end", "programme_death", "cashable", "fast_need", "drift_out", "slow_need",
    "crisis_to_street",
)  # fmt: skip
TOGETHER = {"open_rate and convert_rate": ("open_rate", "convert_rate"),
            "ready_incentive and ready_notice": ("ready_incentive", "ready_notice")}  # fmt: skip
STRATEGIES = ("user_centred", "catalytic_philanthropy", "collective_impact")


def off(name: str) -> float:
    """The value at which this parameter does nothing.  BadInput where its entry names none."""
    value = find_quantity(name).off
    if value is None:
        raise BadInput(f"'{name}' cannot be switched off: its entry has no 'off'")
    return value


def table(effort: Effort) -> pl.DataFrame:
    """A row for each parameter switched off, the first with none."""
    switched: dict[str, dict[str, float]] = {SHIPPED: {}}
    switched |= {f"{name} = {off(name):g}": {name: off(name)} for name in SWITCHES}
    switched |= {f"{title} off": {name: off(name) for name in names} for title, names in TOGETHER.items()}
    return contrasted(effort.chosen(switched), effort)


def contrasted(cases: dict[str, dict[str, float]], effort: Effort) -> pl.DataFrame:
    """A row for each set of parameters: three strategies from no foundation, and user_centred from the other two."""
    name, scale = column(effort.measure)
    user, *others = STRATEGIES
    pairs = [(one, NOBODY) for one in STRATEGIES] + [(user, other) for other in others]
    rows: list[Row] = []
    for title, settings in cases.items():
        runs = [scenario(one, effort, settings) for one in (NOBODY, *STRATEGIES)]
        summary = paired(runs, effort, [effort.measure])
        row: Row = {"off": title, "measure": name}
        for one, against in pairs:
            heading = one if against == NOBODY else f"{one} - {against}"
            row |= estimate(heading, scale * summary.difference(one, against, effort.measure)[:, MONTHS])
        rows.append(row)
    return pl.DataFrame(rows)
