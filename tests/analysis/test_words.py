"""Words: numbers read well, general terms become the domain's, and what stands beside a comparison says it all."""

import dataclasses

import pytest

from analysis.contrasts import VERDICTS, Contrast
from analysis.units import Units
from analysis.words import (
    WITHOUT,
    _without,
    explained,
    homes_instead,
    how_sure,
    interval,
    label,
    margins_said,
    meaning,
    money,
    number,
    own,
    plain,
    scale,
    shown,
    shown_difference,
    unit,
)
from model.measures import HEADLINE, MEASURES, STRATA
from runs.controls import EqualCost
from scenarios.domains import find_domain
from scenarios.scenario import NOBODY

PEOPLE, SPENT, PLACES, FIT = HEADLINE
DOMAIN = find_domain("homelessness")


def test_everything_is_told_in_the_places_money_and_at_its_real_size() -> None:
    """CAD 1.5 to the euro, a tenth of the people simulated: 4.5 people and EUR 1 million are 45 and CAD 15 million."""
    units = Units("CAD", 1.5, 2014, 0.1)
    assert (shown(PEOPLE, 4.5, units), shown_difference(PEOPLE, 4.5, units)) == ("45", "+45")
    assert shown(SPENT, 1e6, units) == "CAD 15.0 million"
    assert (unit(SPENT, True, units), unit(PEOPLE, True, units), unit("secure_share", True, units)) == (
        "CAD million", "people", "points"
    )  # fmt: skip
    assert money(1e5, units) == "CAD 1.5 million"
    assert shown("cost_per_secure_month", 1000.0, units) == "CAD 1,500"  # a price is the same at any size
    assert shown("secure_share", 0.5, units) == "50.00%"
    assert shown(FIT, 0.5, units) == "0.500"
    assert scale("months_to_home", units) == 1.0
    growing = {name for name in MEASURES.fields if scale(name, Units(scale=0.5)) == 2 * scale(name)}
    assert {PEOPLE, SPENT, PLACES, "crisis_beds", "died", "offers", "spend_all"} <= growing
    assert growing.isdisjoint({FIT, "secure_share", "cost_per_secure_month", "months_to_home", "belief", "leverage"})


def test_what_nobody_has_measured_comes_before_luck(make, sample) -> None:
    uncertain = how_sure(make(replicates=8, sample=sample))
    opening = "Ranges are 95% intervals. They hold what nobody has measured (4 plausible parameter sets, drawn from "
    assert uncertain.startswith(opening)
    assert "counts), and luck (" in uncertain
    one = make(replicates=8, sample=sample).contrast("catalytic_philanthropy", "status_quo", PEOPLE, 120)
    assert interval(PEOPLE, one.noise_low, one.noise_high) in uncertain
    point = how_sure(make())
    assert "by luck alone" in point
    assert "left out" in point
    assert how_sure(make(replicates=1)) == ""


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [(-9.0, -1.0, "fewer without (−9.0 to −1.0)"), (1.0, 9.0, "more without (+1.0 to +9.0)"),
     (-9.0, 1.0, "no fewer without (−9.0 to +1.0)"), (None, None, "")],
)  # fmt: skip
def test_money_for_homes_says_what_becomes_of_those_without_one(
    low: float | None, high: float | None, says: str
) -> None:
    one = Contrast(WITHOUT, 96, "homes", NOBODY, 0.0, 0.0, 0.0, low, high, 8, None)
    assert _without(one, Units()).endswith(says)


def test_controls_are_a_clause_each_or_why_there_is_none(make) -> None:
    compared = make(("user_centred",))
    assert homes_instead(compared) == ""
    beside_it = dataclasses.replace(
        compared, equal_cost=(EqualCost("user_centred", None, "Homes cost all payers nothing on balance."),)
    )
    assert homes_instead(beside_it) == "Beside it: homes cost all payers nothing on balance."


def test_two_strategies_of_one_title_are_told_apart(make) -> None:
    compared = make(("user_centred",))
    scenario = compared.scenarios[1]
    again = dataclasses.replace(scenario, strategy=dataclasses.replace(scenario.strategy, name="mine"), label="mine")
    both = dataclasses.replace(compared, scenarios=[*compared.scenarios, again])
    assert both.titles["user_centred"] == "User-centred (user_centred)"
    assert both.titles["mine"] == "User-centred (mine)"
    assert make().titles["user_centred"] == "User-centred"


def test_verdicts_and_margins_are_explained(make) -> None:
    text = explained()
    for word in VERDICTS:
        assert f"{word[0].upper()}{word[1:]}: " in text
    said = margins_said(make())
    for part in ("people 1% of people without secure tenancies at the start", "spending 1% of what all payers spend",
                 "places 1% of hostel beds and Housing First places", "fit 0.02"):  # fmt: skip
        assert part in said


def test_numbers_read_well() -> None:
    assert number(1234.56, 1) == "1,234.6"
    assert number(-0.004, 2, sign=True) == "0.00"
    assert number(-3.0) == "−3"
    assert number(2.0, 1, sign=True) == "+2.0"
    assert number(None) == number(float("nan")) == "–"
    assert shown("secure_share", 0.3257) == "32.57%"
    assert shown("cost_per_secure_month", 4590.8) == "EUR 4,591"
    assert shown("crisis", 4100.2) == "4,100"
    assert shown("crisis", 4.2) == "4.2"
    assert shown("crisis", None) == "–"
    assert shown(SPENT, 2.5025e9) == "EUR 2,502.5 million"
    assert shown_difference("secure_share", 0.0062) == "+0.62"
    assert shown_difference(FIT, 0.0543) == "+0.054"
    assert interval(PEOPLE, -40.4, 5.0) == "−40 to +5.0"
    assert interval(PEOPLE, None, None) == "none"
    assert (money(0), money(12345), money(7.94e6)) == ("nothing", "EUR 12,345", "EUR 7.9 million")
    assert (plain(0.05), plain(4530.0), plain(1e-7), plain(-0.05)) == ("0.05", "4,530", "0.0000001", "−0.05")


def test_general_terms_become_the_domains() -> None:
    assert own("crisis beds in use", DOMAIN) == "hostel beds in use"
    assert own("places in the reformed service", DOMAIN) == "places in Housing First"
    assert own("reformed services, not crisis services", DOMAIN) == "Housing First services, not emergency hostels"
    for name in MEASURES.fields:
        if name not in STRATA:
            assert "{" not in label(name, DOMAIN) + meaning(name, DOMAIN)
            assert "crisis bed" not in meaning(name, DOMAIN)
