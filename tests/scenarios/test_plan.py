"""Figures given by year: what a place's file may say, the plan that is made of it, and the run that follows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import BadInput, OutOfRange
from model.state import BURN_IN
from runs.ensemble import ensemble
from runs.running import burnt_in, kept, lived
from runs.store import determined_by, manifest, run_hash
from scenarios.names import find
from scenarios.places import Place, read_place
from scenarios.plan import by_month, plan_rows
from scenarios.scenario import Scenario
from scenarios.settings import read_settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

HEAD = 'title = "T"\nmeaning = "M."\ncurrency = "GBP"\nper_euro = 0.8\ndomain = "homelessness"\n'
FIGURES = {"crisis_beds": 900, "reform_places": 100, "rough_stock": 40, "inflow": 80, "secure_supply": 26,
           "crisis_cost": 24000, "reform_cost": 16000, "providers": 9}  # fmt: skip
PATHS: dict[str, list[float]] = {
    "inflow": [80, 160], "secure_supply": [20, 40], "crisis_beds": [1000, 600], "reform_places": [150],
    "crisis_cost": [36000], "reform_cost": [16000, 20000],
}  # fmt: skip


def city(tmp_path: Path, paths: dict[str, Any] = PATHS, more: str = "", **figures: float) -> Place:
    given = FIGURES | figures
    text = HEAD + "".join(f"{name} = {value}\n" for name, value in given.items() if name not in paths)
    text += "".join(f"[{name}]\nvalue = {given[name]}\nlow = {given[name] / 2}\nhigh = {max(given[name] * 2, 1)}\n"
                    f"by_year = {path}\n" for name, path in paths.items())  # fmt: skip
    file = tmp_path / "town.toml"
    file.write_text(text + more)
    return read_place(file)


def scenario(place: Place, *sets: str, strategy: str = "status_quo", world: str = "evidence", **more: Any) -> Scenario:
    usual: dict[str, Any] = {"people": 600, "months": 36, "settings": read_settings(sets)}
    return Scenario(find_strategy(strategy), place, find_worldview(world), **(usual | more))


def at(one: Scenario, column: str, *months: int) -> list[float]:
    """The plan's value in these months of the run."""
    return [float(one.plan_rows()[column][BURN_IN + month - 1]) for month in months]


def test_a_figure_by_year_is_a_straight_line_from_year_to_year(tmp_path: Path) -> None:
    one = scenario(city(tmp_path))
    assert at(one, "inflow", 0, 1, 12, 18, 24, 36) == [80, 80, 80, 120, 160, 160]
    assert at(one, "homes", 0, 6, 12, 24) == [26, 23, 20, 40]
    assert at(one, "beds", 0, 12, 24, 25) == [900, 1000, 600, 600]
    assert at(one, "places", 6, 12, 36) == [125, 150, 150]
    assert at(one, "bed_price", 0, 6, 12, 36) == [1, 1.25, 1.5, 1.5]
    assert at(one, "place_price", 12, 24) == [1, 1.25]
    assert (one.plan_rows()["inflow"][:BURN_IN] == 80).all()
    assert by_month((0.0, 12.0, 0.0), 26).tolist() == [*range(1, 13), *range(11, -1, -1), 0, 0]


def test_growth_by_year_is_the_rate_of_each_year(tmp_path: Path) -> None:
    place = city(tmp_path, {"mainstream_growth": [0.02, 0.05, -0.03]}, mainstream_growth=0.02)
    assert at(scenario(place, months=48), "budget", 0, 1, 12, 13, 24, 25, 48) == [0.02] * 3 + [0.05] * 2 + [-0.03] * 2
    shifted = at(scenario(place, "mainstream_growth=0.03"), "budget", 0, 1, 13, 25)
    assert shifted == pytest.approx([0.03, 0.03, 0.06, -0.02])
    with pytest.raises(BadInput, match=r"'mainstream_growth' is 0\.02, and 'by_year' begins with 0\.05"):
        city(tmp_path, {"mainstream_growth": [0.05]}, mainstream_growth=0.02)


def test_another_value_in_month_0_moves_the_whole_path(tmp_path: Path) -> None:
    place = city(tmp_path)
    one = scenario(place, "inflow=100", "crisis_beds=450", "crisis_cost=60000")
    assert at(one, "inflow", 0, 12, 24) == [100, 100, 200]
    assert at(one, "beds", 0, 12, 24) == [450, 500, 300]
    assert at(one, "bed_price", 0, 12) == [1, 1.5]
    drawn = scenario(place).with_set(1, {"secure_supply": 13.0})
    assert at(drawn, "homes", 0, 12, 24) == [13, 10, 20]
    new = city(tmp_path, {"reform_places": [60, 0]}, reform_places=0)
    assert at(scenario(new), "places", 0, 6, 12, 24) == [0, 30, 60, 0]
    assert at(scenario(new, "reform_places=10"), "places", 0, 12, 24) == [10, 70, 10]


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        ({"rough_stock": [50]}, r"town\.toml:\d+, field 'rough_stock\.by_year': 'rough_stock' cannot be given by year.*"
                                "inflow, secure_supply"),
        ({"inflow": []}, r"field 'inflow\.by_year': 'by_year' is empty"),
        ({"inflow": [100, "'many'"]}, r"'by_year' has .*many.* in it.*numbers only"),
        ({"inflow": ["true"]}, "'by_year' has True in it"),
        ({"inflow": [1] * 41}, "'by_year' has 41 values.*at most 40"),
        ({"inflow": [100, -3]}, r"town\.toml:\d+, field 'inflow\.by_year': 'inflow' is -3"),
        ({"crisis_cost": [-1]}, r"field 'crisis_cost\.by_year': 'crisis_cost' is -1"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_path_is_said_with_file_and_line(tmp_path: Path, paths: Any, says: str) -> None:
    text = {name: "[" + ", ".join(str(value).strip("'") if value == "true" else str(value) for value in path) + "]"
            for name, path in paths.items()}  # fmt: skip
    with pytest.raises((BadInput, OutOfRange), match=says):
        city(tmp_path, text)


def test_growth_acts_only_where_nothing_is_given_by_year(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"town\.toml:\d+, field 'demand_growth': 'inflow' is given by year"):
        city(tmp_path, demand_growth=0.02)
    place = city(tmp_path, {"secure_supply": [20]}, demand_growth=0.02, supply_growth=0.0)
    assert at(scenario(place), "inflow", 13)[0] == pytest.approx(80 * 1.02)
    with pytest.raises(BadInput, match=r"--set supply_growth.*T gives 'secure_supply' by year"):
        scenario(place, "supply_growth=-0.05")
    scarce = scenario(place, world="scarcity")  # whose homes become fewer: it is said, and changes nothing
    assert at(scarce, "homes", 12, 36) == [20, 20]
    assert any("growth of -0.05 a year changes nothing" in str(said) for said in scarce.warnings)
    assert not any("changes nothing" in str(said) for said in scenario(place).warnings)


def test_an_implausible_year_is_told(tmp_path: Path) -> None:
    place = city(tmp_path, {"crisis_beds": [900, 5]})
    assert any("beds open at the start: 5, and plausible is 10" in str(said) for said in place.warnings)
    assert not any("plausible is" in str(said) for said in city(tmp_path).warnings)


def test_a_path_is_part_of_what_names_a_run_and_its_past(tmp_path: Path) -> None:
    one, other = scenario(city(tmp_path)), scenario(city(tmp_path, {**PATHS, "inflow": [80, 161]}))
    assert one.parameters().tobytes() == other.parameters().tobytes()
    assert run_hash(one) != run_hash(other)
    assert one.burn_in_key != other.burn_in_key
    assert determined_by(one)["paths"]["inflow"] == [80, 80, 160]
    assert determined_by(one)["paths"]["crisis_cost"] == [30000, 45000]  # in EUR
    done = lived(burnt_in(one), one)
    assert '"inflow":[80.0,80.0,160.0]' in manifest(kept(done, one))["paths"]
    assert one.twin().plan_rows().tobytes() == one.plan_rows().tobytes()
    assert run_hash(replace(one, months=40)) != run_hash(one)


def test_a_run_follows_its_place(tmp_path: Path) -> None:
    """At real size, nobody acting: beds and places to the bed, arrivals and prices in the mean."""
    still = ("emergency_response=0", "programme_death=0", "open_rate=0", "convert_rate=0")
    one = scenario(city(tmp_path), *still, people=None)
    run = ensemble([one], replicates=1).months
    wide = run.pivot("measure", index=["month", "stratum"], values="value").filter(stratum="all").sort("month")
    assert wide["crisis_beds"].to_list()[::12] == [900, 1000, 600, 600]
    assert wide["reform_mainstream"].to_list()[::12] == [100, 150, 150, 150]
    spent = wide["spend_crisis"].to_numpy() / wide["crisis_beds"].to_numpy()
    assert spent[[0, 6, 12, 36]] == pytest.approx([2500, 2500 * 1.25, 3750, 3750], rel=1e-4)
    arrivals = wide["arrivals"].to_numpy()
    assert arrivals[1:13].mean() == pytest.approx(80, rel=0.1)
    assert arrivals[25:].mean() == pytest.approx(160, rel=0.1)


def test_a_county_follows_the_beds_of_its_plan(tmp_path: Path) -> None:
    """Alameda, with the later years that its own note gives; what goes up and what goes down, to the bed."""
    beds, later = 1938, [2860, 3530, 3280, 2010, 1560]
    text = find("place", "alameda").read_text().replace(f"value = {beds}\n", f"value = {beds}\nby_year = {later}\n")
    (tmp_path / "county.toml").write_text(text)
    still = ("emergency_response=0", "open_rate=0", "convert_rate=0")
    one = scenario(read_place(tmp_path / "county.toml"), *still, people=None, months=60)
    end = lived(burnt_in(one), one)
    assert end.measured["crisis_beds"][BURN_IN - 1 :: 12].tolist() == [beds, *later]
    assert end.measured["displaced"][-12:].sum() > 200


def test_strategies_share_the_plan_and_nobody_differs_from_nobody(tmp_path: Path) -> None:
    place = city(tmp_path)
    nobody, strategy = scenario(place), scenario(place, "start=4", "duration=24", strategy="user_centred")
    idle = scenario(place, "budget=0", strategy="user_centred")
    assert nobody.plan_rows().tobytes() == strategy.plan_rows().tobytes()
    past = burnt_in(nobody)
    ends = [lived(past, one) for one in (nobody, strategy, idle)]
    for name in ends[0].measured.dtype.names:
        assert np.array_equal(ends[0].measured[name], ends[2].measured[name]), name
    assert np.array_equal(ends[0].measured["arrivals"], ends[1].measured["arrivals"])
    assert not np.array_equal(ends[0].measured["reform_grant"], ends[1].measured["reform_grant"])


def test_a_longer_run_begins_like_a_shorter_one(tmp_path: Path) -> None:
    place = city(tmp_path)
    short, long = (scenario(place, months=months) for months in (20, 36))
    assert plan_rows(place, short.parameters(), 20).tobytes() == long.plan_rows()[: BURN_IN + 20].tobytes()
    assert short.burn_in_key == long.burn_in_key
    assert short.eve_key == long.eve_key
