"""What is possible runs; what is hardly true is told, with the figures to check; what a place cannot say is said."""

from pathlib import Path

import pytest

from engine.errors import BadInput, OutOfRange, UnfreezeError, UnknownName, near_names
from evidence.quantities import inputs, values
from scenarios.domains import find_domain
from scenarios.names import shipped
from scenarios.places import bind, find_place, read_place
from scenarios.scenario import Scenario
from scenarios.settings import read_settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
from tests.scenarios.test_places import city


def told(path: Path) -> list[str]:
    return [str(one) for one in read_place(path).warnings]


@pytest.mark.parametrize("name", shipped("place"))
def test_nothing_is_odd_about_a_shipped_place(name: str) -> None:
    assert find_place(name).warnings == ()


def test_a_figure_outside_its_plausible_range_runs_and_says_so(tmp_path: Path) -> None:
    path = city(tmp_path, hidden_ratio="4.1")
    assert values(*bind(read_place(path))).hidden_ratio[0] == 4.1
    [text] = told(path)
    assert text.startswith("city.toml:13, field 'hidden_ratio': " if text.startswith("city") else str(path))
    assert "per crisis resident at the start: 4.1, and plausible is 0.5 to 3 (people per crisis resident)." in text
    own = "[hidden_ratio]\nvalue = 4.1\nlow = 3\nhigh = 5\n"
    assert told(city(tmp_path, own)) == []  # the place's own range is what is plausible there
    one_end = told(city(tmp_path, own.replace("low = 3\n", "").replace("high = 5\n", "low = 3.5\n")))
    assert len(one_end) == 1
    assert "plausible is 3 to 3.5" in one_end[0]  # it says nothing of the other end


def test_a_domain_has_plausible_ranges_of_its_own(tmp_path: Path) -> None:
    source = (Path(__file__).parents[2] / "scenarios" / "domains" / "homelessness.toml").read_text()
    domain = tmp_path / "mine.toml"
    domain.write_text(source + "\n[plausible.hidden_ratio]\nlow = 2\nhigh = 6\n")
    assert find_domain(domain).plausible == {"hidden_ratio": (2.0, 6.0)}
    assert told(city(tmp_path, domain=f'"{domain}"', hidden_ratio="4.1")) == []
    [text] = told(city(tmp_path, domain=f'"{domain}"', hidden_ratio="1"))
    assert "plausible is 2 to 6" in text
    for wrong, error in (("low = -1\nhigh = 6\n", OutOfRange), ("low = 6\nhigh = 2\n", BadInput)):
        domain.write_text(source + "\n[plausible.hidden_ratio]\n" + wrong)
        with pytest.raises(error, match=r"mine\.toml:\d+, field 'plausible\.hidden_ratio"):
            find_domain(domain)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reform_places": "20000"}, "20,000 Housing First places beside 1,822 people without a home"),
        ({"inflow": "5000"}, "5,000 new people a month into 1,822 without a home"),
        ({"inflow": "0", "secure_supply": "0"}, "Nobody arrives and nobody gets a home"),
        ({"inflow": "0"}, "Nobody arrives: the system empties"),
        ({"secure_supply": "0"}, "There is no home for anybody"),
        ({"secure_supply": "2000"}, "2,000 homes a month, more than all 891 people in hostel beds"),
        ({"crisis_stock_share": "0.3", "hidden_ratio": "0.5", "rough_stock": "0"}, "900 hostel beds, and 405 people"),
    ],
)
def test_figures_that_do_not_go_together_are_told(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    found = told(city(tmp_path, **changes))  # type: ignore[arg-type]
    assert len([text for text in found if says in text]) == 1, found


def test_money_is_judged_after_conversion_and_both_are_named(tmp_path: Path) -> None:
    right = {"currency": '"SEK"', "per_euro": "10", "crisis_cost": "350000", "reform_cost": "200000"}
    assert told(city(tmp_path, **right)) == []
    one = read_place(city(tmp_path, **(right | {"crisis_cost": "3500"}))).warnings
    assert [w.names for w in one] == [("crisis_cost", "per_euro")]
    assert ": 3,500 SEK, which at 10 SEK to the euro is 350 EUR" in str(one[0])
    all_of_it = read_place(city(tmp_path, **(right | {"per_euro": "1000"}))).warnings
    assert [w.names for w in all_of_it] == [("per_euro", "crisis_cost", "reform_cost")]
    assert "check the rate first" in str(all_of_it[0])


def made(*sets: str, world: str = "evidence", place: str = "dublin") -> Scenario:
    return Scenario(find_strategy("status_quo"), find_place(place), find_worldview(world), 500,
                    settings=read_settings(sets))  # fmt: skip


def test_a_scenario_tells_what_was_set_by_hand() -> None:
    assert made().warnings == ()
    one = made("hidden_ratio=9").warnings[0]
    assert str(one).startswith("--set hidden_ratio: Hidden homeless people per ")
    assert ": 9, and plausible is 0.5 to 3" in one.text
    one = made("exit_fast=0.2").warnings[0]
    assert one.names == ("exit_fast",)
    outside, alone, *_ = made("inflow=0").warnings  # outside Dublin's own range, and it goes with nothing
    assert (outside.where, alone.where) == ("--set inflow", "")
    assert "Nobody arrives" in str(alone)
    assert made("inflow=400", "hidden_ratio=1").warnings == ()


def test_a_scenario_tells_what_does_not_balance() -> None:
    found = [str(one) for one in made("inflow=60", place="south_dublin").warnings]
    assert any("hidden homelessness grows" in text and "check the 60 new people a month" in text for text in found), (
        found
    )
    fewer = [str(one) for one in made("inflow=44", place="south_dublin").warnings]
    assert not [text for text in fewer if "hidden homelessness grows" in text], fewer


ODD = ("inflow=0", "secure_supply=0", "crisis_beds=20", "hidden_ratio=30", "reform_places=0", "crisis_stock_share=0.2",
       "rough_stock=5000", "exit_fast=0.05", "inflow=50000", "secure_supply=20000", "reform_places=90000",
       "shelter_by_right=1", "budget=0.0001", "refer_base=0.0001")  # fmt: skip


@pytest.mark.parametrize("place", ["dublin", "ireland_disability", "ireland_mental_health", "american_school_district"])
def test_no_warning_names_a_field_of_a_file_and_each_is_in_the_words_of_its_place(place: str) -> None:
    """What a strategist reads on the dashboard and in a comparison: `names` has the fields, for who edits a file."""
    of_homelessness = () if place == "dublin" else ("homeless", "street", "shelter", "hostel", "Housing First", "rough")
    found = set()
    for odd in ((), *((one,) for one in ODD)):
        for strategy in ("status_quo", "user_centred"):
            try:
                scenario = Scenario(find_strategy(strategy), find_place(place), find_worldview("scarcity"), 500,
                                    settings=read_settings(odd))  # fmt: skip
            except UnfreezeError:
                continue  # a strategy's lever of one that has none, or a figure that this place gives by year
            found |= {one.text for one in scenario.warnings}
    assert len(found) > 10
    for text in found:
        assert not [word for word in ("_", "inflow", *of_homelessness) if word in text], text


@pytest.mark.parametrize("world", shipped("worldview"))
def test_shipped_worldviews_stay_within_what_is_plausible_or_off(world: str) -> None:
    assert [one for one in made(world=world).warnings if one.names] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("families", "single adults.*file of their own"),
        ("couples", "two people cannot share"),
        ("youth", r"no figures by age.*\[groups\.youth\]"),
        ("veterans", r"\[groups\.veterans\]"),
        ("inflow_by_cause", "Newcomers have no cause"),
        ("prevention", "There is no prevention"),
        ("rapid_rehousing", "no rapid re-housing.*secure_supply"),
        ("transitional_housing", "no transitional housing.*crisis_beds"),
        ("planned_beds", "by_year"),
        ("planned_homes", "by_year"),
        ("stays_by_service", r"\[published\.stay_months\]"),
        ("exits_by_destination", r"\[published\.exits_to_homes_a_month\]"),
        ("returns_6", r"\[published\.returns_24\]"),
        ("unmet_need", "comes out of the run"),
        ("series", "not fitted to a series"),
        ("night_count", r"\[published\.people_on_a_night\]"),
        ("annual_total", r"\[published\.year_count\]"),
        ("year_count", r"\[published\.year_count\] with value, mark, source and use"),
    ],
)
def test_what_a_place_cannot_say_is_said_with_what_to_do(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(BadInput, match=rf"city\.toml:13, field '{name}': .*{says}") as caught:
        read_place(city(tmp_path, **{name: "3"}))
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("crisis_bed", "crisis_beds"), ("hidden_ration", "hidden_ratio"), ("rough_stok", "rough_stock"),
     ("providors", "providers"), ("secure_suply", "secure_supply"), ("inflo", "inflow"), ("titel", "title"),
     ("inflow_unservd", "inflow_unserved"), ("crisis_costs", "crisis_cost")],
)  # fmt: skip
def test_a_slip_of_the_hand_is_understood(tmp_path: Path, typed: str, meant: str) -> None:
    with pytest.raises(UnknownName, match=rf"Did you mean '{meant}'\?"):
        read_place(city(tmp_path, **{typed: "3"}))


def test_only_what_is_really_near_is_suggested() -> None:
    known = inputs()
    for strange in ("families", "youth", "couples", "veterans", "prevention", "banana", "zzz"):
        assert near_names(strange, known) == [], strange
    assert near_names("catalytic", shipped("strategy")) == ["catalytic_philanthropy"]
