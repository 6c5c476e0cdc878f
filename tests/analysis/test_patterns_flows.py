"""Stocks and flows as experiments: the parts they give, how each is defined, and that parameters move them rightly."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.service_user import CRISIS, GONE, HIDDEN, LOOKING, REFORM, SETTLED, UNSERVED, USER
from analysis.patterns import flows
from analysis.patterns.flows import (
    EXPERIMENTS,
    SOUTH_WEST,
    VARIANTS,
    changed,
    distance_of_stays,
    effect_of_change,
    effect_of_places,
    fall_of,
    finnish_programme,
    homeless_for_long,
    panel_place,
    shares_of_stays,
    shrinking_supply,
    south_west_hostels,
)
from analysis.patterns.shelters import in_beds
from evidence.patterns import load_patterns
from runs.running import BURN_IN, burnt_in, lived
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

BY_NAME = {one.name: one for one in EXPERIMENTS}


@cache
def once(name: str) -> dict[str, float]:
    return BY_NAME[name].run(1, {})


@pytest.mark.parametrize("name", BY_NAME)
def test_an_experiment_gives_every_part_of_its_patterns(name: str) -> None:
    patterns = load_patterns()
    wanted = {f"{one}.{part}" for one in BY_NAME[name].patterns for part in patterns[one].parts}
    assert set(once(name)) == wanted
    assert all(np.isfinite(value) for value in once(name).values())


@pytest.mark.parametrize("name", [one.name for one in EXPERIMENTS if one.patterns != ("P12",)])
def test_the_same_seed_gives_the_same_digits_and_another_seed_others(name: str) -> None:
    assert BY_NAME[name].run(1, {}) == once(name)
    assert BY_NAME[name].run(2, {}) != once(name)


@pytest.mark.parametrize("name", ["southwest_ireland", "us_city", "ireland", "finland"])
def test_stocks_stand_still_while_nothing_grows(name: str) -> None:
    """Month 0 against the third year of the run, without any growth: within 4 standard errors of a count, or 8%."""
    still = {"demand_growth": 0.0, "supply_growth": 0.0, "mainstream_growth": 0.0}
    scenario = Scenario(find_strategy("status_quo"), find_place(name), find_worldview("evidence"), months=36,
                        settings=Settings(parameters=still))  # fmt: skip
    rows = lived(burnt_in(scenario), scenario).measured[BURN_IN - 1 :]
    for stock in ("hidden", "crisis"):
        before, later = float(rows[stock][0]), float(rows[stock][25:].mean())
        assert later == pytest.approx(before, abs=4.0 * np.sqrt(max(before, later)), rel=0.08), stock


def test_places_have_the_size_of_their_studies() -> None:
    def at_the_end(name: str) -> Any:
        return burnt_in(Scenario(find_strategy("status_quo"), find_place(name), find_worldview("evidence"), months=1))

    assert len(in_beds(at_the_end("southwest_ireland"))) == pytest.approx(393, rel=0.03)
    assert len(in_beds(at_the_end("ireland"))) == pytest.approx(2419, rel=0.03)
    # predicted, not given, and missed by a fifth (docs/places.md)
    assert 2931 < homeless_for_long(at_the_end("finland")) < 1.3 * 2931


# --- P7 ---------------------------------------------------------------------------------------------------------------


def test_stays_fall_into_five_bins() -> None:
    shares = shares_of_stays(np.array([0, 5, 6, 11, 12, 17, 18, 23, 24, 400]))
    assert shares.tolist() == [0.2] * 5


def test_distance_is_nothing_for_the_same_and_a_step_for_a_bin() -> None:
    assert distance_of_stays(SOUTH_WEST, SOUTH_WEST) == 0.0
    first, second, last = np.eye(5)[[0, 1, 4]]
    assert distance_of_stays(first, second) == pytest.approx(6.0)
    assert distance_of_stays(first, last) == pytest.approx(24.0)
    half = 0.5 * first + 0.5 * second
    assert distance_of_stays(half, first) == pytest.approx(3.0)
    assert SOUTH_WEST.round(3).tolist() == [0.466, 0.201, 0.13, 0.081, 0.122]


def test_slower_exits_lengthen_stays() -> None:
    usual = once("hostels of South-West Ireland")
    slower = south_west_hostels(1, {"drift_out": 0.02, "secure_supply@southwest_ireland": 5.0})
    assert slower["P7.over_24"] > usual["P7.over_24"] + 0.05
    assert slower["P7.under_6"] < usual["P7.under_6"]
    elsewhere = south_west_hostels(1, {"secure_supply@dublin": 5.0})
    assert elsewhere == usual


# --- long-term homeless -----------------------------------------------------------------------------------------------


def world_of(*people: tuple[int, int]) -> Any:
    """(situation, months homeless) of each; ids 1, 2, 3 ..."""
    users = USER.empty(len(people))
    for i, (situation, homeless) in enumerate(people):
        users[i].id, users[i].situation, users[i].homeless = i + 1, situation, homeless
    return SimpleNamespace(users=users)


LONG_TERM = world_of((CRISIS, 12), (CRISIS, 11), (LOOKING, 30), (LOOKING, 30), (HIDDEN, 12), (UNSERVED, 40),
                     (REFORM, 0), (SETTLED, 0), (GONE, 50))  # fmt: skip


def test_who_is_homeless_for_long_is_counted_with_friends_too_as_finland_does() -> None:
    assert homeless_for_long(LONG_TERM) == 5  # the known to services alone would be 4, everybody without a home 6


def test_the_fall_is_that_of_long_term_homelessness_after_twelve_and_fifteen_years() -> None:
    half = world_of((CRISIS, 12), (HIDDEN, 3), (UNSERVED, 3), (CRISIS, 3))  # four without a home, one of them for long
    two = world_of((CRISIS, 12), (CRISIS, 12))
    lived = [(0, LONG_TERM), (1, two), (flows.TWELVE_YEARS, two), (flows.FINLAND, half)]
    assert fall_of(iter(lived)) == {flows.TWELVE_YEARS: pytest.approx(3 / 5), flows.FINLAND: pytest.approx(4 / 5)}


# --- P9 ---------------------------------------------------------------------------------------------------------------


def test_a_supply_that_does_not_shrink_locks_nobody_in() -> None:
    shrinking, steady = once("shrinking supply in Dublin"), shrinking_supply(1, {"supply_growth@dublin": 0.0})
    assert shrinking["P9.share_2014"] == steady["P9.share_2014"]
    assert shrinking["P9.share_2022"] > steady["P9.share_2022"] + 0.03
    rises = shrinking["P9.rise_2014_2016"] + shrinking["P9.rise_2016_2022"]
    assert rises == pytest.approx(shrinking["P9.share_2022"] - shrinking["P9.share_2014"])


# --- P10 and P11 ------------------------------------------------------------------------------------------------------


def test_housing_first_opens_at_the_observed_rate() -> None:
    opened = sum(plan.due(plan.places, month, 1.0) for plan in flows.HOUSING_FIRST for month in range(1, 94))
    assert 30 + opened == pytest.approx(722, abs=1)


def test_inflow_drives_the_stock_that_housing_first_does_not_hold() -> None:
    growing = once("Housing First in Ireland")["P10.stock_change"]
    steady = flows.housing_first_alone(1, {"demand_growth@ireland": 0.0})["P10.stock_change"]
    assert steady < growing


def test_without_conversion_and_homes_finland_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = flows.PublicPlan(1, 1)
    monkeypatch.setattr(flows, "CONVERSION", nothing)
    monkeypatch.setattr(flows, "HOMES", nothing)
    falls = finnish_programme(1, {})
    assert falls["P11.fall"] == falls["P11.fall_conversion_only"] == falls["P11.fall_supply_only"]  # the same life
    assert abs(falls["P11.fall"]) < 0.1
    assert once("Finland's programmes")["P11.fall_supply_only"] > falls["P11.fall"] + 0.05


# --- P12 --------------------------------------------------------------------------------------------------------------


def test_the_regression_finds_the_effect_behind_effects_of_place_and_year() -> None:
    luck = np.random.default_rng(1)
    places = luck.uniform(0, 20, (50, 9)).cumsum(axis=1)
    others = luck.normal(0, 50, 9) + luck.uniform(100, 900, (50, 1))
    assert effect_of_places(others - 0.3 * places, places) == pytest.approx(-0.3)
    assert effect_of_places(others, places) == pytest.approx(0.0, abs=1e-9)


def test_the_effect_of_the_whole_change_leaves_out_what_all_places_have_in_common() -> None:
    luck = np.random.default_rng(2)
    places = luck.uniform(0, 20, (50, 9)).cumsum(axis=1)
    counts = luck.uniform(100, 900, (50, 1)) + np.linspace(0, 300, 9)
    assert effect_of_change(counts - 0.3 * places, places) == pytest.approx(-0.3)
    late = counts.copy()
    late[:, -1] -= 0.3 * (places[:, -1] - places[:, 0])  # an effect that comes in the last year only
    assert effect_of_change(late, places) == pytest.approx(-0.3)
    assert effect_of_places(late, places) > -0.2


def test_places_of_the_panel_differ_and_are_the_same_in_every_replicate() -> None:
    drawn = [panel_place(k, seed, {})["net_per_place"] for k, seed in ((0, 1), (0, 2), (1, 1))]
    (counts, places, added), (again, _, _), (other, _, _) = drawn
    assert counts.shape == places.shape == added.shape == (9,)
    assert added[0] == 0
    assert (np.diff(added) > 0).all()
    assert np.abs(counts[0] - again[0]) < 0.1 * counts[0]  # the same place with other luck
    assert (counts != again).any()
    assert np.abs(counts[0] - other[0]) > 0.1 * counts[0]
    assert places[-1] > places[0] + 5


def test_variants_share_a_past_and_differ_in_homes_and_entries() -> None:
    cities = [panel_place(k, 1, {"entries_respond": 0.5}) for k in range(4)]
    for found in cities:
        assert set(found) == set(VARIANTS)
        assert len({(float(counts[0]), float(places[0])) for counts, places, _ in found.values()}) == 1
    later = {name: sum(float(city[name][0][1:].mean()) for city in cities) for name in VARIANTS}
    assert later["net_with_homes_entries_0"] < later["net_entries_0"]  # homes for everybody take people off the count
    assert later["net_with_homes_entries_0"] < later["net_with_homes"]  # and draw others in


def test_what_is_changed_after_the_past_leaves_the_past_alone() -> None:
    past = burnt_in(Scenario(find_strategy("status_quo"), find_place("us_city"), find_worldview("evidence"), 500, 1))
    was = float(past.parameters[0].refer_after)
    assert changed(past, {"refer_after": 12.0}).parameters[0].refer_after == 12.0
    assert past.parameters[0].refer_after == was != 12.0


def test_a_panel_without_programmes_changes_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "FASTEST", 0.0)
    sets = {"open_rate": 0.0, "convert_rate": 0.0}
    _, places, added = panel_place(3, 1, sets)["net_per_place"]
    assert places[-1] <= places[0]
    assert not added.any()
    monkeypatch.setattr(flows, "FASTEST", 0.06)
    _, grown, _ = panel_place(3, 1, sets)["net_per_place"]
    assert grown[-1] > places[-1] + 10
