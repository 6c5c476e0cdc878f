"""3.1: about half of the grants given on condition of partnership are won by lying, nearly all of them at first.

The review: managers begin alike, with too little ownership and voice to offer the partnership asked for, so that who is
awarded a grant in the first year has lied.

Prints, for each strategy with a condition, means over replicates: grants awarded, the share of grants, money and places
that were faked, the same in the first year of the programme, and the partnership that managers could offer on the eve
of the first call (mean and best).  About 10 s.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from agents.funder import CLOSED
from agents.manager import partnership_offered
from model.state import World
from tools.critique.harness import MILLION, YEAR, Effort, Row, followed, scenario

REPLICATES = 2
CENTS = 100.0
CASES: dict[str, dict[str, float]] = {
    "user_centred": {},
    "small_conditional_grants": {},
    "hybrid": {},
    "practice_4_start_small": {},
    "user_centred, faking 0": {"faking": 0.0},
    "user_centred, faking 1": {"faking": 1.0},
}


def offers(world: World) -> np.ndarray:
    """The partnership that each manager could offer now, by the model's own rule; the outside pilot left out."""
    inside = zip(world.managers[:-1], world.providers[:-1], strict=True)
    return np.array([partnership_offered(boss, home, world.parameters[0]) for boss, home in inside])


def table(effort: Effort) -> pl.DataFrame:
    """A row for each strategy."""
    cases = effort.chosen(CASES)
    runs = [scenario(name.split(",")[0], effort, settings, label=name) for name, settings in cases.items()]
    seen: dict[str, list[np.ndarray]] = {name: [] for name in cases}
    could: dict[str, list[np.ndarray]] = {name: [] for name in cases}
    for one, months in followed(runs, effort.replicates):
        first = one.programme[0] if one.programme else 1
        awards: dict[int, tuple[float, ...]] = {}
        for month, world in months:
            if month == first - 1:
                could[one.label].append(offers(world))
            for grant in world.grants[world.grants["state"] != CLOSED]:
                awarded = (grant["fake"], grant["total"] / CENTS, grant["lot_places"], month < first + YEAR)
                awards.setdefault(int(grant["ordinal"]), tuple(map(float, awarded)))
        seen[one.label].append(np.array(list(awards.values()), np.float64).reshape(-1, 4))
    rows: list[Row] = []
    for name in cases:
        fake, money, places, early = np.concatenate(seen[name]).T
        runs_of = len(seen[name])
        rows.append({
            "strategy": name,
            "grants": len(fake) / runs_of,
            "faked, % of grants": _share(fake, np.ones_like(fake)),
            "money, EUR million": money.sum() / MILLION / runs_of,
            "faked, % of money": _share(fake, money),
            "faked, % of places": _share(fake, places),
            "grants in the first year": early.sum() / runs_of,
            "faked, % of them": _share(fake, early),
            "partnership offered, mean": float(np.concatenate(could[name]).mean()),
            "partnership offered, best": float(np.concatenate(could[name]).max()),
        })  # fmt: skip
    return pl.DataFrame(rows)


def _share(of: np.ndarray, weight: np.ndarray) -> float:
    return 100.0 * float((of * weight).sum() / weight.sum()) if weight.sum() else float("nan")
