"""Little's law, L = lambda W: in crisis beds of the full model, and in the line of the queue of test_queue.py.

Each run gives one quotient L / (lambda W) by separate roads: L from the measures of the month; lambda and W from
persons - who has come in since the month before, and how many month ends each of them stays, to the end.  Runs with
different seeds are independent: a t-test of their quotients against 1.  The law needs a steady state and nothing else,
so the full model has to obey it: Dublin with every figure at its default, in a burn-in of 53 years (after a burn-in
organisations convert beds, and a stock that shrinks is no steady state).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from agents.service_user import CRISIS, GONE, UNSERVED
from model.start import starting_point
from model.state import BURN_IN, World
from scenarios.levers import lever_record
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
from tests.verification.allowance import ALPHA, of_mean, together
from tests.verification.small_worlds import begin, month_by_month
from tests.verification.test_queue import ARRIVALS, FIRST_PEOPLE, LEAVING, QUEUE, stationary


def in_bed(users: Any) -> Any:
    """In a crisis bed, those who look for a home from there included."""
    return (users["situation"] != GONE) & (users["bed_provider"] >= 0)


def in_line(users: Any) -> Any:
    """Found no bed."""
    return users["situation"] == UNSERVED


def stays(worlds: Iterable[World], inside: Callable[[Any], Any], first: int, last: int) -> tuple[float, float]:
    """Stays that begin in months first ... last, a month, and their mean length in month ends, from persons."""
    began, old = np.zeros(0, int), None
    admitted, months, month = 0, 0, 0
    for month, world in enumerate(worlds, 1):
        users = world.users
        began = np.append(began, np.full(len(users) - len(began), -1))
        now = inside(users)
        was = np.zeros(len(users), bool)
        if old is not None:
            n = len(old)
            again = (old["situation"] == CRISIS) & (users["situation"][:n] == CRISIS) & (users["months"][:n] == 0)
            was[:n] = inside(old) & (old["id"] == users["id"][:n]) & ~again
        over = (began >= 0) & ~(now & was)
        months += int((month - began[over]).sum())
        began[over] = -1
        if first <= month <= last:
            began[now & ~was] = month
            admitted += int((now & ~was).sum())
        old = users.copy()
    still = began >= 0
    assert still.sum() < 0.01 * admitted  # the last few are cut short
    months += int((month + 1 - began[still]).sum())
    return admitted / (last - first + 1), months / admitted


FIRST, LAST, FOLLOWED = BURN_IN + 1, BURN_IN + 360, BURN_IN + 540


@cache
def dublin(seed: int, runs: int, people: int = 700) -> Any:
    """L, lambda, W of crisis beds, and L without those who look from a bed: (runs, 4)."""
    scenario = Scenario(find_strategy("status_quo"), find_place("dublin"), find_worldview("evidence"), people)
    found = []
    for r in range(runs):
        levers = lever_record().empty(FOLLOWED)
        world = starting_point(scenario.parameters(), people, 1000 * seed + r, levers, burn_in=FOLLOWED)
        rate, stay = stays(month_by_month(world, FOLLOWED), in_bed, FIRST, LAST)
        rows = world.measured[FIRST - 1 : LAST]
        found.append([(rows["crisis_occupancy"] * rows["crisis_beds"]).mean(), rate, stay, rows["crisis"].mean()])
    return np.array(found)


@cache
def line(seed: int, runs: int) -> Any:
    """L, lambda, W of the line of the queue: (runs, 3)."""
    found = []
    for r in range(runs):
        world = begin(160, 1000 * seed + r, FIRST_PEOPLE, **QUEUE | {"inflow": ARRIVALS, "exit_fast": LEAVING})
        rate, wait = stays(month_by_month(world, 160), in_line, 31, 120)
        found.append([world.measured["unserved"][30:120].mean(), rate, wait])
    return np.array(found)


def interval(quotients: Any) -> tuple[float, float]:
    """95% interval of their mean."""
    low, high = stats.t.interval(0.95, len(quotients) - 1, quotients.mean(), stats.sem(quotients))
    return float(low), float(high)


def p_value_dublin(seed: int, runs: int = 30, stock: int = 0) -> float:
    """Chance of quotients as far from 1; `stock` 3 forgets who looks from a bed."""
    found = dublin(seed, runs)
    return of_mean(found[:, stock] / (found[:, 1] * found[:, 2]), 1.0)


def p_value_line(seed: int, runs: int = 80, wrong: float = 1.0) -> float:
    """Chance of quotients as far from 1, or of a mean wait (0 of some included) as far from the chain's."""
    stock, rate, wait = line(seed, runs).T
    expected = stationary(1)[1] / ARRIVALS
    return together([of_mean(stock / (rate * wait), wrong), of_mean(rate * wait / ARRIVALS, wrong * expected)])


def test_full_model_obeys_littles_law() -> None:
    assert p_value_dublin(1) > ALPHA
    found = dublin(1, 30)
    low, high = interval(found[:, 0] / (found[:, 1] * found[:, 2]))
    assert high - low < 0.02  # sharp enough to be worth something


def test_the_line_obeys_littles_law() -> None:
    assert p_value_line(1) > ALPHA


def test_a_stock_that_forgets_some_would_be_found() -> None:
    """People who look for a home from their bed are some 1% of those in a bed."""
    assert p_value_dublin(1, stock=3) < ALPHA
    assert p_value_line(1, wrong=1.1) < ALPHA
