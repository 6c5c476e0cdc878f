"""Alameda in two other models: they are written down right, our rules reduce to them, and the page says what is stored.

Seeds are fixed; the false-alarm rate of a fresh seed is 1 in 10,000 at most for each limit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from analysis.crossmodel import Queue, Stocks, Town
from tools import crossmodel
from tools.slots import filled

RUNS = 4
LIMITS: dict[str, Callable[[], dict[str, float]]] = {"queue": crossmodel.queue_rules, "stocks": crossmodel.stocks_rules}


def test_the_queue_has_its_authors_own_figures() -> None:
    """Four homes, 35 people a year, a month in a home: 4.196 people in all and 1.279 waiting (S18, notebook 01)."""
    chances = Queue(service=1 / 12).chances(arrivals=35, places=4, people=0, most=100, years=6)
    people = np.arange(len(chances))
    assert chances.sum() == pytest.approx(1)
    assert chances @ people == pytest.approx(4.196, abs=0.002)
    assert chances @ np.maximum(people - 4, 0) == pytest.approx(1.279, abs=0.002)


def test_while_all_homes_are_full_the_queue_is_two_poisson_streams() -> None:
    """The county in hundreds, as its authors have it: 120 people, 40 homes, 15 beds."""
    queue, years = Queue(), 2
    chances = queue.chances(arrivals=36.6, places=40, people=120, most=400, years=years)
    people = np.arange(len(chances))
    mean, variance = queue.street(Town(65, 15, 40, 36.6 / 12), np.array([12.0 * years]))
    street = people - 55
    assert chances @ street == pytest.approx(mean[0], rel=1e-6)
    drift = (mean[0] - 65) / (
        365 * years
    )  # a day in which one person comes or goes at most has this much less variance
    found = chances @ street**2 - (chances @ street) ** 2
    assert found == pytest.approx(variance[0] - 365 * years * drift**2, rel=1e-6)


def test_stocks_settle_where_as_many_come_as_go() -> None:
    flows, town = Stocks(), Town(6100, 1899, 3215, 385)
    mean, variance = flows.street(town, 2000)
    assert mean[-1] == pytest.approx(flows.settles(town))
    out = flows.leaves_street * mean[-1] + 0.2 * 365 / 90 / 12 * 1899 + 0.6 * 365 / 720 / 12 * 3215
    assert out == pytest.approx(385)
    assert variance[-1] == pytest.approx(2 * 385 / (1 - (1 - flows.leaves_street) ** 2))


@cache
def simulated(name: str) -> tuple[Any, Any]:
    """Mean and variance of people on the street in our rules at this limit, and nobody hidden."""
    found = crossmodel.lived(LIMITS[name](), RUNS)
    assert not found["hidden"].any()
    return found["unserved"].mean(0), found["unserved"].var(0, ddof=1)


def test_our_rules_reduce_to_the_queue() -> None:
    assert crossmodel.p_value(*simulated("queue"), RUNS, crossmodel.law(Queue())) > crossmodel.ALPHA


def test_our_rules_reduce_to_stock_and_flow_in_our_order_of_the_month() -> None:
    assert crossmodel.p_value(*simulated("stocks"), RUNS, crossmodel.in_our_order()) > crossmodel.ALPHA
    assert crossmodel.in_our_order()[0][-1] == pytest.approx(crossmodel.law(Stocks())[0][-1], rel=0.02)


OTHERS: dict[str, tuple[str, Queue | Stocks]] = {
    "homes kept for four years": ("queue", Queue(service=4.0)),
    "fewer go home from beds": ("stocks", Stocks(other_beds=0.18)),
    "more leave the street": ("stocks", Stocks(other_street=0.115)),
    "homes kept for longer": ("stocks", Stocks(days_places=840)),
}


@pytest.mark.parametrize("other", OTHERS)
def test_another_model_would_be_told_from_it(other: str) -> None:
    name, model = OTHERS[other]
    expected = crossmodel.law(model) if isinstance(model, Queue) else crossmodel.in_our_order(model)
    assert crossmodel.p_value(*simulated(name), RUNS, expected) < crossmodel.ALPHA


def test_every_rule_that_is_switched_on_is_off_in_the_queue() -> None:
    limit, here = crossmodel.queue_rules(), crossmodel.shipped()
    for name, rule in crossmodel.RULES.items():
        assert set(rule.names) <= set(limit), name
        assert rule.instead or any(limit[one] != here[one] for one in rule.names), name
    switched = {one for rule in crossmodel.RULES.values() for one in rule.names}
    assert set(limit) - switched == set()


def test_the_page_says_what_is_stored() -> None:
    page = crossmodel.PAGE.read_text(encoding="utf-8")
    assert filled(page, lambda name: crossmodel.TABLES[name]()) == page
    assert "not been run" not in page
    assert "not run" not in crossmodel.switched()
