"""One person without organisations: a Markov chain in closed form.

With nothing short, nobody to learn from and organisations that stand still (small_worlds.ALONE) people live
independently, each a Markov chain whose chances stand in docs/odd.md (mean_field.py).  Everybody has a need and a kind
of their own and so a chain of their own; the number of people in each situation after t months has a known mean and
covariance, sum of diag(p) - p p' over people, and a chi-square test with that covariance is exact for many people.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from agents.service_user import GONE
from model.month import run
from tests.verification.allowance import ALPHA, of_counts, together
from tests.verification.mean_field import Town, alike, by_situation, month
from tests.verification.small_worlds import ALONE, begin, month_by_month

LOOKS = (1, 2, 3, 6, 12, 24, 36, 48)  # months at which people are counted
MANY = 10**6  # of beds, homes: never short
HOMES = {"secure_supply": MANY, "crisis_stock_share": 1, "hidden_ratio": 1}
NO_HOMES = HOMES | {"secure_supply": 0}
CITY = {"crisis_beds": 120000, "rough_stock": 40000}  # of one need: few rows of people, so many may live there
VILLAGE = {"crisis_beds": 1500, "rough_stock": 400}
# A hidden person takes part in the lottery in every month: with homes for all nobody would stay hidden.
NOT_NOMINATED = {"home_weight_hidden": 0}
OPEN = NOT_NOMINATED | {
    "crisis_beds": 60000, "rough_stock": 4000, "reform_places": 140000, "support_ends": 0.02, "refer_base": 0.03,
    "need_a": 1e12, "hidden_reached": 0.5, "changes_home": 0.05,
    "seek_new": 0.2, "seek_episodic": 0.2,
}  # fmt: skip
WORLDS: dict[str, dict[str, float]] = {
    "everybody's own need": HOMES | VILLAGE,
    "everybody's own need, no homes": NO_HOMES | VILLAGE,
    "need 0": HOMES | NOT_NOMINATED | CITY | {"need_b": 1e9},
    "need 1": HOMES | NOT_NOMINATED | CITY | {"need_a": 1e12},
    "homes found alone and lost again": HOMES | NOT_NOMINATED | CITY
    | {"need_a": 1e12, "home_after_hidden": 0.5, "home_after_fast": 0.3, "return_housed": 0.01},
    "need 1, no homes at all": NO_HOMES | CITY | {"need_a": 1e12},
    "beds by right": NO_HOMES
    | {"crisis_beds": 20000, "rough_stock": 60000, "need_a": 1e12, "shelter_by_right": 1, "accept_bed": 0.9},
    "few ask for a bed": NO_HOMES | CITY
    | {"need_a": 1e12, "seek_new": 0.2, "seek_short": 0.05, "seek_episodic": 0.1, "seek_long": 0.05},
    "a reformed service for all": HOMES | OPEN,
    "a reformed service without homes": NO_HOMES | OPEN,
}  # fmt: skip
# What the chain is told, while people live by the true figure: (world, name, value).
WRONG = [
    *(("need 1", name, value) for name, value in {
        "fast_episodic": 0.62,
        "exit_fast": 0.9,
        "home_after_fast": 0.18,
        "seek_short": 0.14,
        "seek_episodic": 0.8,
        "seek_long": 0.12,
        "accept_bed": 0.5,
        "return_settled": 0.0075,
        "return_ratio": 1.4,
        "mortality_high": 70,
        "lose_home_need": 0.5,
    }.items()),
    *(("few ask for a bed", name, value) for name, value in {
        "drift_out": 0.042,
        "seek_new": 0.18,
        "seek_street": 1.2,
        "resolve_short": 0.29,
        "resolve_episodic": 0.085,
        "resolve_long": 0.0075,
        "resolve_new": 0.06,
        "resolve_street": 0.6,
        "crisis_to_street": 0.07,
        "hidden_to_street": 0.006,
        "street_to_hidden": 0.18,
    }.items()),
    *(("a reformed service for all", name, value) for name, value in {
        "lose_home_first_year": 0.0085,
        "lose_home_later": 0.0012,
        "lose_home_reference": 0.4,
        "changes_home": 0.045,
        "rehouse": 0.22,
        "support_ends": 0.018,
        "slow_need": 0.9,
    }.items()),
    *(("a reformed service without homes", name, value) for name, value in {
        "refer_base": 0.025, "hidden_reached": 0.3, "accept_home": 0.8, "looking_ends": 0.022,
    }.items()),
    *(("homes found alone and lost again", name, value) for name, value in {
        "home_after_hidden": 0.43, "home_after_fast": 0.25, "return_housed": 0.0085,
    }.items()),
]  # fmt: skip


@cache
def counted(world_name: str, seed: int) -> tuple[Any, Any, dict[int, Any]]:
    """Parameters, the people after one month, and how many were in each situation at each look."""
    sets = ALONE | WORLDS[world_name]
    begun = begin(1 + max(LOOKS), seed, beds_used=0.5, **sets)
    world = run(begun, 1)  # the starting point shares its luck with the first month
    users = world.users[world.users["situation"] != GONE].copy()
    world.system["housed"], world.system["housed_cost"], world.housed_in[:] = 0, 0, 0  # who left in that month
    rows = {t: after.measured[t] for t, after in enumerate(month_by_month(world, max(LOOKS)), 1)}
    situations = ("hidden", "unserved", "crisis", "looking", "reform", "settled", "housed")
    counts = {t: np.array([rows[t][name] for name in situations]) for t in LOOKS}
    assert sum(rows[t]["turned_away"] for t in rows) == 0  # nothing was short
    assert max(rows[t]["reform_occupancy"] for t in rows) < 0.999
    return world.parameters, users, {t: np.append(n, len(users) - n.sum()) for t, n in counts.items()}


def p_value(seed: int, world: str, believed: dict[str, float] | None = None) -> float:
    """Chance of counts as unlikely as these if people live by the chain of the `believed` figures."""
    figures, users, counts = counted(world, seed)
    sets = WORLDS[world]
    figures = figures.copy()
    for name, value in (believed or {}).items():
        figures[name] = value
    need, kind, people, x = alike(users, 0)
    town = Town(homes=np.inf if sets["secure_supply"] else 0.0, places=MANY if "reform_places" in sets else 0.0)
    found = []
    for t in range(1, max(LOOKS) + 1):
        x, _ = month(x, need, kind, figures[0], town)
        if t in LOOKS:
            mean = by_situation(x)
            covariance = np.diag(mean.sum(0)) - mean.T @ (mean / people[:, None])
            found.append(of_counts(counts[t], mean.sum(0), covariance))
    assert np.allclose(x.sum((1, 2)), people)
    return together(found)


@pytest.mark.parametrize("world", WORLDS)
def test_people_are_where_the_chain_says(world: str) -> None:
    assert p_value(1, world) > ALPHA


@pytest.mark.parametrize(("world", "name", "value"), WRONG)
def test_a_wrong_chance_would_be_found(world: str, name: str, value: float) -> None:
    assert p_value(1, world, {name: value}) < ALPHA
