"""Large systems: shares follow the deterministic recursion of mean_field.py, and chance fades as 1 / sqrt(people).

Beds, homes and reformed places are scarce here, so people do meet: over who gets one, and more arrive as more homes
are given.  Everybody's need is their own, as by default; the recursion puts people of nearly the same need into one of
BANDS bands, and short, episodic and long stayers apart.  What is left out is minds and organisations
(small_worlds.ALONE).  The recursion begins where each run's first month has ended.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agents.service_user import EPISODIC, GONE, LONG, SHORT, need_of
from model.month import run
from tests.verification.allowance import ALPHA, of_mean, together
from tests.verification.mean_field import STATES, Town, by_situation, month, state_of
from tests.verification.small_worlds import ALL_KINDS, ALONE, begin, month_by_month, parameters

BANDS = 100
MONTHS = 36
LOOKS = (6, 12, 36)  # months
SITUATIONS = ("hidden", "unserved", "looking", "reform", "settled")  # crisis beds are full: no chance in them
SIZES = {1_000: 40, 10_000: 16, 100_000: 12}  # people: runs
# For each person in the system at the start.
CITY = {"crisis_beds": 0.2, "reform_places": 0.15, "rough_stock": 0.05, "inflow": 0.04, "secure_supply": 0.008}
WRONG: list[dict[str, float]] = [
    {"secure_supply": 840},
    {"crisis_beds": 21000},
    {"inflow": 4120},
    {"entries_respond": 0.1},
    {"short_share": 0.49},
    {"long_of_rest": 0.34},
    {"kind_need": 0.0},
    {"home_weight_long": 0.25},
    {"home_weight_hidden": 0.04},
    {"reform_priority": 1.5},
    {"street_to_hidden": 0.17},
    {"seek_episodic": 0.5},
]
SHORT_OF_ALL = ALONE | {
    "hidden_ratio": 3, "crisis_stock_share": 0.9, "refer_base": 0.06, "hidden_reached": 0.3, "entries_respond": 0.5,
}  # fmt: skip
AT_FIRST = 2.0  # homes given in the months before, against the month's supply: more arrive as long as they are recent


def sets_for(people: int, **sets: float) -> dict[str, float]:
    """The city at this size."""
    return SHORT_OF_ALL | {name: round(value * people) for name, value in CITY.items()} | sets


@cache
def simulated(seed: int, people: int, runs: int) -> tuple[Any, list[Any]]:
    """People by situation at LOOKS for each person at the start (runs, looks, situations); the runs' first states."""
    found, states = [], []
    for r in range(runs):
        world = begin(1 + MONTHS, 1000 * seed + r, **sets_for(people))
        world.system["homes_recent"] = AT_FIRST * world.system["homes_recent"]
        world = run(world, 1)
        world.system["homes_usual"] = world.system["homes_usual"] / AT_FIRST
        system = world.system[0]
        homes = (float(system.homes_recent), float(system.homes_usual), float(system.homes_used))
        states.append((*bands(world.users[world.users["situation"] != GONE]), homes))
        *_, world = month_by_month(world, MONTHS)
        assert world.measured["turned_away"].min() > 0
        given = world.measured["moved_on"] + world.measured["moved_in"]
        assert given.sum() > 0.95 * (1 + MONTHS) * world.parameters[0].secure_supply
        found.append([[world.measured[name][t] / people for name in SITUATIONS] for t in LOOKS])
    return np.array(found), states


def bands(users: Any) -> tuple[Any, Any]:
    """Need (rows,) and mass (rows, 2, STATES): people of one kind and about the same need as one row."""
    row = 3 * (users["need"] * BANDS).astype(int).clip(0, BANDS - 1) + users["kind"]
    state, new = state_of(users, 0)
    x = np.zeros((3 * BANDS, 2, STATES))
    np.add.at(x, (row, new, state), 1.0)
    return np.bincount(row, users["need"], 3 * BANDS) / np.maximum(x.sum((1, 2)), 1), x


def of_each_kind(need: Any, p: Any) -> Any:
    """Short, episodic and long stayers among newcomers of this need (needs, 3)."""
    short = np.clip(p.short_share + p.kind_need * (p.need_reference - need), 0, 1)
    shares = {SHORT: short, EPISODIC: (1 - short) * (1 - p.long_of_rest), LONG: (1 - short) * p.long_of_rest}
    return np.stack([shares[kind] for kind in ALL_KINDS], axis=1)


def recursion(people: int, state: tuple[Any, Any, tuple[float, float, float]], **believed: float) -> Any:
    """SITUATIONS at LOOKS in the fluid limit from this state on: (looks, situations)."""
    p = parameters(**sets_for(people, **believed))[0]
    newcomers = np.array([need_of(p, (k + 0.5) / BANDS) for k in range(BANDS)])
    need = np.append(state[0], np.repeat(newcomers, 3))
    x = np.vstack([state[1], np.zeros_like(state[1])])
    kind = np.tile(ALL_KINDS, 2 * BANDS)
    arrivals = np.append(np.zeros(3 * BANDS), of_each_kind(newcomers, p).ravel() / BANDS)
    in_use = p.crisis_beds * p.crisis_stock_share
    recent, usual, homes = state[2]
    found = []
    for t in range(1, MONTHS + 1):
        recent += (homes - recent) / 12
        more = max(1 + p.entries_respond * (recent / usual - 1), 0)
        town = Town(p.inflow * more * arrivals, p.crisis_beds, in_use, p.secure_supply, p.reform_places)
        x, homes = month(x, need, kind, p, town)
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
