"""Large systems: shares follow the deterministic recursion of mean_field.py, and chance fades as 1 / sqrt(people).

Beds, homes and reformed places are scarce here, so people do meet: over who gets one.  Everybody's need is their own,
as by default; the recursion puts people of nearly the same need into one of KINDS kinds.  What is left out is minds
and organisations (small_worlds.ALONE).  The recursion begins where each run's first month has ended.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agents.service_user import GONE, need_of
from model.month import run
from tests.verification.allowance import ALPHA, of_mean, together
from tests.verification.mean_field import STATES, Town, by_situation, month, state_of
from tests.verification.small_worlds import ALONE, begin, month_by_month, parameters

KINDS = 100
MONTHS = 36
LOOKS = (6, 12, 36)  # months
SITUATIONS = ("hidden", "unserved", "looking", "reform", "settled")  # crisis beds are full: no chance in them
SIZES = {1_000: 40, 10_000: 16, 100_000: 12}  # people: runs
# For each person in the system at the start.
CITY = {"crisis_beds": 0.2, "reform_places": 0.15, "rough_stock": 0.05, "inflow": 0.05, "secure_supply": 0.006}
WRONG: list[dict[str, float]] = [
    {"secure_supply": 630},
    {"crisis_beds": 21000},
    {"inflow": 5150},
    {"street_to_hidden": 0.17},
    {"seek_unserved": 0.45},
]
SHORT = ALONE | {
    "hidden_ratio": 3, "crisis_stock_share": 1, "seek_hidden": 0.4, "lose_home_later": 0.009, "refer_base": 0.06
}  # fmt: skip


def sets_for(people: int, **sets: float) -> dict[str, float]:
    """The city at this size."""
    return SHORT | {name: round(value * people) for name, value in CITY.items()} | sets


@cache
def simulated(seed: int, people: int, runs: int) -> tuple[Any, list[Any]]:
    """People by situation at LOOKS for each person at the start (runs, looks, situations); the runs' first states."""
    found, states = [], []
    for r in range(runs):
        world = run(begin(1 + MONTHS, 1000 * seed + r, **sets_for(people)), 1)
        states.append(kinds(world.users[world.users["situation"] != GONE]))
        *_, world = month_by_month(world, MONTHS)
        assert world.measured["turned_away"].min() > 0
        found.append([[world.measured[name][t] / people for name in SITUATIONS] for t in LOOKS])
    return np.array(found), states


def kinds(users: Any) -> tuple[Any, Any]:
    """Need (kinds,) and mass (kinds, STATES): people of about the same need as one kind."""
    group = (users["need"] * KINDS).astype(int).clip(0, KINDS - 1)
    x = np.zeros((KINDS, STATES))
    np.add.at(x, (group, state_of(users)), 1.0)
    n = x.sum(1)
    return np.bincount(group, users["need"], KINDS) / np.maximum(n, 1), x


def recursion(people: int, state: tuple[Any, Any], **believed: float) -> Any:
    """SITUATIONS at LOOKS in the fluid limit from this state on: (looks, situations)."""
    p = parameters(**sets_for(people, **believed))[0]
    newcomers = np.array([need_of(p, (k + 0.5) / KINDS) for k in range(KINDS)])
    need, x = np.append(state[0], newcomers), np.vstack([state[1], np.zeros((KINDS, STATES))])
    arrivals = np.repeat([0.0, p.inflow / KINDS], KINDS)
    town = Town(arrivals, p.crisis_beds, p.secure_supply, p.reform_places)
    found = []
    for t in range(1, MONTHS + 1):
        x = month(x, need, p, town)
        if t in LOOKS:
            found.append(by_situation(x).sum(0)[[0, 1, 3, 4, 5]] / people)
    return np.array(found)


@cache
def away(seed: int, people: int, **believed: float) -> Any:
    """How far each run is from its own recursion: (runs, looks, situations)."""
    found, states = simulated(seed, people, SIZES[people])
    return found - np.array([recursion(people, state, **believed) for state in states])


def p_value_mean(seed: int, people: int, **believed: float) -> float:
    """Chance of runs whose mean is as far from the recursion."""
    found = away(seed, people, **believed)
    return together([of_mean(found[:, i, k], 0.0) for i in range(len(LOOKS)) for k in range(len(SITUATIONS))])


def spread(seed: int, people: int) -> Any:
    """Variance between runs of each situation's distance from the recursion at the last look."""
    return away(seed, people)[:, -1].var(axis=0, ddof=1)


def p_value_spread(seed: int, small: int, large: int, power: float = 1.0) -> float:
    """Chance of variances whose ratio is as far from (large / small)^power: an F test for each situation."""
    ratio = spread(seed, small) / spread(seed, large) / (large / small) ** power
    law = stats.f(SIZES[small] - 1, SIZES[large] - 1)
    return together(2 * np.minimum(law.cdf(ratio), law.sf(ratio)))


def slope(seed: int) -> tuple[float, float, float]:
    """How the standard deviation falls with size: the exponent, over all situations and sizes, and its 95% interval.

    The variance of log s^2 is about 2 / (runs - 1); situations move together in part, so they count as one.
    """
    size = np.log(list(SIZES))
    logs = [np.log(spread(seed, people)).mean() / 2 for people in SIZES]
    weight = np.array([(runs - 1) * 2.0 for runs in SIZES.values()])
    centred = size - np.average(size, weights=weight)
    at = float((weight * centred * logs).sum() / (weight * centred**2).sum())
    half = 1.96 / float(np.sqrt((weight * centred**2).sum()))
    return at, at - half, at + half


@pytest.mark.parametrize("people", [10_000, 100_000])
def test_shares_follow_the_recursion(people: int) -> None:
    assert p_value_mean(1, people) > ALPHA


def test_larger_is_nearer() -> None:
    """Mean distance of one run from the recursion, by size: each tenfold system is at least twice as near."""
    far = [float(np.abs(away(1, people)).mean()) for people in SIZES]
    assert far[0] > 2 * far[1] > 4 * far[2]
    assert far[2] < 0.001


@pytest.mark.parametrize("large", [10_000, 100_000])
def test_chance_fades_with_the_root_of_size(large: int) -> None:
    assert p_value_spread(1, 1_000, large) > ALPHA


def test_another_law_of_chance_would_be_found() -> None:
    """Chance that did not fade, or faded like 1 / people."""
    for power in (0.0, 2.0):
        assert p_value_spread(1, 1_000, 100_000, power) < ALPHA


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: "".join(wrong))
def test_another_city_would_be_found(wrong: dict[str, float]) -> None:
    assert p_value_mean(1, 100_000, **wrong) < ALPHA
