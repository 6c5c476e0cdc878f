"""3.4: what moves the commissioner, and what the article's own mechanisms carry: all off, each off, each alone.

The review: free mainstream money that managers' readiness alone unlocks carries the answer, and contact, voice,
example, ownership and credit next to nothing.  The commissioner decides now, for reasons that can be switched off.

Prints, for two groups (the commissioner's reasons; the article's mechanisms), paired differences from no foundation in
`--measure` (choose reform_mainstream to see places) of three strategies: as shipped, with all of a group off, each of
it off, and each of it alone, the others of the group off.  About ten minutes on one core.
"""

from __future__ import annotations

import polars as pl

from scenarios.scenario import MONTHS, NOBODY
from tools.critique.harness import Effort, Row, column, estimate, paired, scenario
from tools.critique.switch_offs import off

REPLICATES = 6
STRATEGIES = ("user_centred", "catalytic_philanthropy", "collective_impact")
REASONS = {
    "results": ("agree_results",),
    "cost": ("agree_cost",),
    "attention": ("brand_attention", "campaign_attention"),
    "others' case": ("agree_case",),
    "testimony": ("agree_testimony",),
    "seats": ("agree_seats",),
    "crisis pressure": ("agree_pressure",),
}
MECHANISMS = {
    "contact": ("contact", "seats_contact", "listening_contact"),
    "voice": ("ready_voice", "voice_power", "agree_testimony"),
    "example": ("seats_voice", "agree_seats", "detect_seats"),
    "ownership": ("takeover_ownership", "death_ownership"),
    "credit": ("credit", "trust_credit", "ready_notice", "agree_case"),
}


def cases() -> dict[str, dict[str, float]]:
    """What is switched off, by title."""
    found: dict[str, dict[str, float]] = {"as shipped": {}}
    for title, group in (("reasons", REASONS), ("mechanisms", MECHANISMS)):
        found[f"all {title} off"] = {name: off(name) for names in group.values() for name in names}
        for what, names in group.items():
            found[f"{what} off ({title})"] = {name: off(name) for name in names}
        for what, kept in group.items():
            others = {name for names in group.values() for name in names} - {*kept}
            found[f"{what} alone ({title})"] = {name: off(name) for name in sorted(others)}
    return found


def table(effort: Effort) -> pl.DataFrame:
    """A row for each case."""
    name, scale = column(effort.measure)
    rows: list[Row] = []
    for title, settings in effort.chosen(cases()).items():
        summary = paired([scenario(one, effort, settings) for one in (NOBODY, *STRATEGIES)], effort, [effort.measure])
        row: Row = {"case": title, "measure": name}
        for one in STRATEGIES:
            row |= estimate(one, scale * summary.difference(one, NOBODY, effort.measure)[:, MONTHS])
        rows.append(row)
    return pl.DataFrame(rows)
