"""Two counts of months that the documents and the rules must share.

The first year of a tenancy has twelve months with its hazard; and the first month of a run has luck of its own.
"""

from __future__ import annotations

from scipy import stats

from agents.service_user import CRISIS, EPISODIC, GONE
from model.month import run
from tests.verification.allowance import ALPHA
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
