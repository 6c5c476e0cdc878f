"""P18: what uptake, effect and inflation are, by hand; one site in the model; a changed number moves its own part."""

from math import isnan
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.programme import PROGRAMME
from agents.provider import PROVIDER
from analysis.patterns import funder_led
from analysis.patterns.funder_led import EXPERIMENTS, adopted, inflated, initiative, standardised, thriving
from evidence.quantities import values
from model.measures import MEASURES
from model.state import AWARD, BURN_IN, EVENT, HELD
from scenarios.levers import load_levers
from scenarios.places import bind, find_place

PARTS = {"P18.uptake", "P18.effect", "P18.effect_same_pupils", "P18.inflation"}


def told(**of_months: list[float]) -> Any:
    """As much of a world as the measures are read from."""
    rows = MEASURES.empty(len(next(iter(of_months.values()))))
    for name, column in of_months.items():
        rows[name] = column
    return SimpleNamespace(measured=rows)


@pytest.fixture
def two_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    """A study of two sites takes a second and goes through the same code."""
    monkeypatch.setattr(funder_led, "SITES", 2)


def test_thriving_counts_pupils_not_sites() -> None:
    large = told(reform=[0, 100], settled=[0, 200], people_system=[0, 1000])  # 300 of 1,200
    small = told(reform=[0, 10], settled=[0, 0], people_system=[0, 100])  # 10 of 100
    assert thriving([large, small]) == pytest.approx(310 / 1300)


def test_the_effect_is_in_standard_deviations_without_the_initiative() -> None:
    assert standardised(0.25, 0.20) == pytest.approx(0.05 / 0.4)
    assert standardised(0.2, 0.2) == 0.0
    assert standardised(0.1, 0.5) == pytest.approx(-0.8)
    assert isnan(standardised(0.1, 0.0))


def test_inflation_is_weighted_by_pupils_over_the_last_year() -> None:
    long_ago = [0.0] * 3
    a = told(reported=[*long_ago, *[0.95] * 12], success=[1.0] * 3 + [0.90] * 12, reform=[50.0] * 15)
    b = told(reported=[*long_ago, *[0.80] * 12], success=[1.0] * 3 + [0.90] * 12, reform=[10.0] * 15)
    assert inflated([a]) == pytest.approx(0.05)
    assert inflated([a, b]) == pytest.approx((50 * 0.05 - 10 * 0.10) / 60)
    assert isnan(inflated([told(reported=[0.9], success=[0.8], reform=[0.0])]))


def test_a_school_adopts_with_the_money_and_the_fidelity() -> None:
    schools = PROVIDER.empty(5)
    schools["outside"][4] = 1  # no school
    programmes = PROGRAMME.empty(6)
    programmes["provider"] = [0, 1, 2, 3, 4, 0]
    programmes["fidelity"] = [0.80, 0.80, 0.74, 0.75, 0.90, 0.10]
    programmes["grant_month"][:5] = 1  # the last is not the initiative's
    events = EVENT.empty(6)
    for row, (kind, provider, month) in enumerate([
        (AWARD, 0, BURN_IN), (AWARD, 2, BURN_IN + 6), (AWARD, 3, BURN_IN + 6), (AWARD, 3, BURN_IN + 30),
        (HELD, 1, BURN_IN + 6), (AWARD, 1, BURN_IN + 7),
    ]):  # fmt: skip
        events[row].kind, events[row].provider, events[row].month = kind, provider, month
    world: Any = SimpleNamespace(
        providers=schools, programmes=programmes, events=events,
        system=[SimpleNamespace(events=5)],  # the last event has not happened
        parameters=[SimpleNamespace(fidelity_reference=0.75)],
    )  # fmt: skip
    assert adopted(world) == 2 / 4  # schools 0 and 3: 1 had no money, 2 does not keep it up


def test_the_initiative_has_the_money_of_the_real_one() -> None:
    place = find_place(funder_led.PLACE)
    p = values(*bind(place))[0]
    levers = initiative(p, place.per_euro)
    pupils = 575e6 / funder_led.SITES / funder_led.A_PUPIL
    assert pupils == pytest.approx(49_000, rel=0.01)  # on which the size of the place rests
    assert levers["budget"] * p.crisis_cost * place.per_euro * funder_led.YEARS == pytest.approx(1673, rel=0.001)
    for name, value in levers.items():
        assert load_levers()[name].low <= value <= load_levers()[name].high
    assert levers["grants_per_provider"] * funder_led.TERM / 12 == 1  # every school, all the time


@pytest.mark.usefixtures("two_sites")
def test_one_study_gives_every_part_and_the_same_digits_again() -> None:
    (experiment,) = EXPERIMENTS
    first = experiment.run(3, {})
    assert set(first) == PARTS
    assert first == experiment.run(3, {})
    assert first != experiment.run(4, {})
    assert first["P18.uptake"] in (0.0, 0.5, 1.0)
    assert abs(first["P18.effect"]) < 1.0
    assert np.isfinite(first["P18.inflation"])


@pytest.mark.usefixtures("two_sites")
def test_a_number_moves_its_own_part() -> None:
    usual = funder_led.funder_led(3, {})
    elsewhere = {"implementation_lift@dublin": 0.0}
    assert funder_led.funder_led(3, elsewhere) == usual  # bound to another place
    nothing_holds = {
        "implementation_lift": 0.0,
        "enforcement_lift": 0.0,
        "metrics_effort": 0.0,
        "fidelity_learning": 0.0,
        "fidelity_blueprint": 0.7,
    }
    assert funder_led.funder_led(3, nothing_holds)["P18.uptake"] < usual["P18.uptake"]
    honest = funder_led.funder_led(3, {"metric_inflation": 0.0})
    assert honest["P18.inflation"] < usual["P18.inflation"]
    plenty = {"secure_supply@american_school_district": 400.0}
    assert funder_led.funder_led(3, plenty)["P18.effect"] != usual["P18.effect"]
