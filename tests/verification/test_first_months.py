"""First months: of a tenancy, and of a run.

The first year of a tenancy has twelve months with its hazard.  The first month of a run has luck of its own.  And where
a place's figures balance (model/balance.py) nothing moves in the first two years of a run in which organisations stand
still: every stock stays within 2%, or 3 people, and so do ages of stays and minds.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agents.service_user import CRISIS, EPISODIC, GONE
from model.balance_words import stands_still
from model.month import run
from model.state import BURN_IN
from runs.running import begun, burnt_in
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
from tests.verification.allowance import ALPHA, together
from tests.verification.small_worlds import ALONE, begin, standing
from tests.verification.test_tenancies import life_table


def test_the_first_year_has_twelve_months() -> None:
    """Losses 12 and 13 months after joining: `lose_home_first_year` is of the "first 12 months" (people.toml)."""
    risk, lost, _ = life_table(1, lose_home_first_year=0.02, lose_home_later=0.0)
    assert lost[10] > 0  # the eleventh month of exposure
    assert stats.binomtest(int(lost[11]), int(risk[11]), 0.02).pvalue > ALPHA
    assert risk[12] > 0
    assert lost[12:].sum() == 0


def test_the_first_month_draws_anew() -> None:
    """Episodic people who leave a fast stay in the first month and come back: `fast_episodic` are fast again."""
    sets = ALONE | {
        "crisis_beds": 20000, "crisis_stock_share": 1, "short_share": 0, "kind_need": 0, "long_of_rest": 0,
        "seek_episodic": 1, "crisis_to_street": 0, "fast_episodic": 0.5, "exit_fast": 1, "home_after_fast": 0,
        "hidden_ratio": 0.5,
    }  # fmt: skip
    world = begin(2, 1, standing((EPISODIC,)), beds_used=0.5, **sets)
    before = world.users.copy()
    users = run(world, 1).users[: len(before)]
    there = (users["situation"] != GONE) & (users["id"] == before["id"])
    again = there & (before["situation"] == CRISIS) & (before["fast"] == 1)
    assert again.sum() > 1000
    assert stats.binomtest(int(users["fast"][again].sum()), int(again.sum()), 0.5).pvalue > ALPHA


STILL = {"open_rate": 0, "convert_rate": 0, "programme_death": 0, "emergency_response": 0}
PLACES = {"dublin": 8, "us_city": 20, "denver": 10, "southwest_ireland": 30}  # without growth, balanced: runs
STOCKS = (
    "hidden", "unserved", "crisis", "looking", "reform", "settled", "without_home", "unmet_need", "people_system",
    "year_count",
)  # fmt: skip
SHARES = ("over_six_months", "over_a_year", "frustration", "trust", "voice", "strain")
LOOKS = (1, 3, 6, 12, 18, 24)  # months
MOVES, PEOPLE = 0.02, 3.0  # what may move


@cache
def courses(place: str, more: float = 1.0) -> Any:
    """STOCKS and SHARES at month 0 and at LOOKS in each run of the place at its real size, with `more` times its inflow
    after month 0: (runs, looks + 1, measures)."""
    found = []
    for seed in range(1, PLACES[place] + 1):
        named = find_strategy("status_quo"), find_place(place), find_worldview("evidence")
        scenario = Scenario(*named, None, max(LOOKS), seed, Settings(parameters=STILL))
        assert stands_still(scenario.balance)
        world = begun(burnt_in(scenario), scenario)
        world.plan["inflow"][BURN_IN:] *= more
        rows = run(world, max(LOOKS)).measured[BURN_IN - 1 :]
        found.append([[rows[name][t] for name in (*STOCKS, *SHARES)] for t in (0, *LOOKS)])
    return np.array(found)


def p_value_moves(place: str, more: float = 1.0) -> float:
    """Chance of means as far from month 0 if none really moves by more than MOVES or PEOPLE."""
    x = courses(place, more)
    away, start = x[:, 1:] - x[:, :1], x[:, 0].mean(0)
    may = MOVES * start
    may[: len(STOCKS)] = np.maximum(may[: len(STOCKS)], PEOPLE)
    error = away.std(0, ddof=1) / np.sqrt(len(x))
    beyond = (np.abs(away.mean(0)) - may) / np.maximum(error, 1e-9)
    return together(stats.t.sf(beyond.ravel(), len(x) - 1))


@pytest.mark.parametrize("place", PLACES)
def test_where_flows_balance_nothing_moves(place: str) -> None:
    assert p_value_moves(place) > ALPHA


@pytest.mark.parametrize("more", [0.9, 1.1])
def test_a_place_that_moves_would_be_found(more: float) -> None:
    assert p_value_moves("us_city", more) < ALPHA
