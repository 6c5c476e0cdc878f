"""3.4: a few assumptions carry the headline; the mechanisms that the strategy stands for carry next to nothing.

The review: user_centred's gain rests on free mainstream money that readiness unlocks, the number of sites reached and
the distances set between designs and wants; contact, staff, voice and seats are worth .1 to .3 points each.

Prints, with each parameter at its own off value, paired differences in `--measure` (lasting_places): user_centred,
catalytic_philanthropy and collective_impact from no foundation, user_centred from the other two, and what the parameter
carries of user_centred's gain: shipped less off, seed by seed (the review gives no interval for it).  Rows are all
parameters that can be switched off, those of the review first, which stopped there for time.  About ten minutes on one
core; `--case faking` runs one row.
"""

from __future__ import annotations

import polars as pl

from engine.errors import BadInput
from evidence.quantities import find_quantity, inputs
from scenarios.scenario import MONTHS, NOBODY
from tools.critique.harness import Effort, Numbers, Row, column, estimate, paired, scenario

REPLICATES = 6
SHIPPED = "as shipped"
REVIEWED = (
    "faking", "ready_incentive", "mainstream_growth", "partnership_money", "detect_seats", "takeover_ownership",
    "death_ownership", "dropout_fit", "context_gap", "open_rate", "convert_rate", "paper_power", "opening_lag_users",
    "redesign_rate", "ready_voice", "ready_staff", "contact", "takeover_readiness", "ready_notice", "spotlight_reach",
    "ready_resistance", "ready_weariness", "campaign_weary", "adaptation_cost", "known_grant", "seats_contact",
    "crowd_out", "restart", "death_at_grant_end", "programme_death", "cashable", "kind_need", "drift_out", "slow_need",
    "crisis_to_street",
)  # fmt: skip
TOGETHER = {
    "open_rate and convert_rate off": ("open_rate", "convert_rate"),
    "ready_incentive and ready_notice off": ("ready_incentive", "ready_notice"),
    # What may stand in for one another: one at a time each may seem to do nothing.
    "contact, staff, voice and seats off": ("contact", "ready_staff", "ready_voice", "seats_contact", "detect_seats"),
}
STRATEGIES = ("user_centred", "catalytic_philanthropy", "collective_impact")


def off(name: str) -> float:
    """The value at which this parameter does nothing.  BadInput where its entry names none."""
    value = find_quantity(name).off
    if value is None:
        raise BadInput(f"'{name}' cannot be switched off: its entry has no 'off'")
    return value


def switchable() -> list[str]:
    """Every parameter whose entry has an off value other than its default, the review's first."""
    others = [name for name, one in inputs().items() if one.off is not None and one.value not in (None, one.off)]
    return list(dict.fromkeys([*REVIEWED, *others]))


def table(effort: Effort) -> pl.DataFrame:
    """A row for each parameter switched off, the first with none."""
    switched: dict[str, dict[str, float]] = {SHIPPED: {}}
    switched |= {title: {name: off(name) for name in names} for title, names in TOGETHER.items()}
    switched |= {f"{name} = {off(name):g}": {name: off(name)} for name in switchable()}
    name, scale = column(effort.measure)
    user, *others = STRATEGIES
    pairs = [(one, NOBODY) for one in STRATEGIES] + [(user, other) for other in others]
    rows: list[Row] = []
    shipped: dict[tuple[str, str], Numbers] = {}
    cases = effort.chosen(switched)
    for title, settings in {SHIPPED: {}, **cases}.items():  # what others are held against is always run
        runs = [scenario(one, effort, settings) for one in (NOBODY, *STRATEGIES)]
        summary = paired(runs, effort, [effort.measure])
        gaps = {pair: scale * summary.difference(*pair, effort.measure)[:, MONTHS] for pair in pairs}
        shipped = shipped or gaps
        row: Row = {"off": title, "measure": name}
        for (one, against), gap in gaps.items():
            row |= estimate(one if against == NOBODY else f"{one} - {against}", gap)
        row |= estimate(f"{user}, carried", shipped[user, NOBODY] - gaps[user, NOBODY])
        rows += [row] if title in cases else []
    return pl.DataFrame(rows)
