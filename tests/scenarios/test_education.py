"""The education domain: stocks that stand still, flows that a school would recognise, the same rules."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from model.state import BURN_IN
from runs.running import burnt_in
from scenarios.places import bind, find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

PLACE = "american_school_district"


@cache
def past() -> tuple[Any, ...]:
    """What was measured at three sites on the way to month 0, one row a month."""
    site = Scenario(find_strategy(NOBODY), find_place(PLACE), find_worldview("evidence"), months=1)
    return tuple(burnt_in(site.with_seed(seed)).measured for seed in (1, 2, 3))


def year(name: str, back: int = 0) -> float:
    """Mean of a measure over sites and the last year of the burn-in, or the year that ended `back` years before."""
    end = BURN_IN - 12 * back
    return float(np.mean([measured[name][end - 12 : end] for measured in past()]))


@pytest.mark.parametrize("stock", ["hidden", "crisis", "settled", "people_system"])
def test_stocks_stand_still_after_the_burn_in(stock: str) -> None:
    """Within 3% over the last two years of the burn-in, as far as luck among newcomers lets them."""
    assert abs(year(stock) / year(stock, 2) - 1.0) < 0.03


def test_nobody_dies_and_pupils_stay_for_years() -> None:
    assert all(measured["died"].sum() == 0 for measured in past())
    stay = year("people_system") / year(
        "arrivals"
    )  # Little's law: months in which a pupil is not thriving, or supported
    assert 36 < stay < 120


def test_pupils_thrive_fall_back_and_drop_out() -> None:
    pupils = year("people_system")
    assert 0.05 < 12 * (year("moved_on") + year("moved_in")) / pupils < 0.2  # a year
    assert 0.03 < 12 * year("returned") / year("settled") < 0.2
    assert 0.005 < year("unserved") / pupils < 0.05
    assert year("crisis_occupancy") > 0.95


def test_a_site_is_as_large_as_the_money_says() -> None:
    """USD 575m for seven sites at USD 1,670 a pupil; a quarter of the pupils are in the model."""
    place = find_place(PLACE)
    pupils = 575e6 / 7 / (800 * 3500) ** 0.5
    scenario = Scenario(find_strategy(NOBODY), place, find_worldview("evidence"))
    assert scenario.real_size == pytest.approx(pupils / 4, rel=0.01)
    assert bind(place)[1]["crisis_cost"] == pytest.approx(12000 / 1.3)  # money is counted in EUR
    assert all(figure.mark == "assumption" or figure.source for figure in place.figures.values())
