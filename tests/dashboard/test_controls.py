"""Every lever has its control, within the lever's own range, with its source or the word assumption."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.figures import INKS
from dashboard.about import about
from dashboard.assumed import catalogue
from dashboard.controls import PRACTICES, check_room, factor, from_screen, lever_groups
from dashboard.looks import INK, look
from dashboard.screen import Screen
from dashboard.server import __file__ as home
from engine.errors import BadInput
from scenarios.choice import Choice
from scenarios.levers import load_levers
from scenarios.names import shipped


def controls(screen: Screen) -> dict[str, dict]:  # type: ignore[type-arg]
    return {c["name"]: c for group in lever_groups(screen, 1) for c in group["controls"]}


def test_every_lever_has_one_control() -> None:
    found = controls(Screen())
    assert set(found) == set(load_levers())
    for name, control in found.items():
        lever = load_levers()[name]
        assert from_screen(name, control["low"]) == lever.low
        assert from_screen(name, control["high"]) == lever.high
        assert from_screen(name, control["value"]) == pytest.approx(
            dict(Screen().choices[1].strategy().settings()[0][1])[name]
        )
        assert control["step"] > 0
        assert control["source"].split(" ")[0].rstrip(".").lower() == lever.mark


def on_a_step(value: float, control: dict[str, Any]) -> bool:
    steps = (value - control["low"]) / control["step"]
    return abs(steps - round(steps)) < 1e-6


@pytest.mark.parametrize("name", shipped("strategy"))
def test_every_value_that_ships_is_on_a_step_and_can_be_reached_again(name: str) -> None:
    for lever, control in controls(Screen(choices=(Choice("placebo"), Choice(name)))).items():
        by = factor(load_levers()[lever])
        for _, levers in Choice(name).strategy().settings():
            assert on_a_step(by * levers[lever], control), (lever, levers[lever], control["step"])
        assert on_a_step(control["high"], control), lever


@pytest.mark.parametrize("place", ["dublin", "canada_trial", "greater_manchester", "american_school_district"])
def test_every_parameter_as_it_ships_is_on_a_step(place: str) -> None:
    for entry in catalogue(Screen(place)).entries:
        if entry["low"] <= entry["home"] <= entry["high"]:
            assert on_a_step(entry["home"], entry), entry["name"]
            assert entry["step"] == 1 or (entry["high"] - entry["low"]) / entry["step"] <= 5_000, entry["name"]


def test_money_and_time_come_first_then_the_five_practices_in_their_order() -> None:
    titles = [group["title"].lower() for group in lever_groups(Screen(), 0)]
    assert titles[0] == "money and timing"
    assert [title.split("  ", 1)[1] for title in titles[1:6]] == list(PRACTICES)


def test_what_was_changed_is_flagged() -> None:
    found = controls(Screen().with_lever(1, "listening", 4))
    assert [name for name, control in found.items() if control["changed"]] == ["listening"]


def test_shares_of_one_whole_stay_within_it() -> None:
    assert check_room(Screen(), 1, "share_places", 0.4) == 0.4
    with pytest.raises(BadInput, match="left of the whole"):
        check_room(Screen(), 1, "share_places", 0.9)


def test_of_many_strategies_no_two_look_alike() -> None:
    names = [f"s{i}" for i in range(32)]
    looks = [look(names, name) for name in names]
    assert len({(ink, str(line)) for ink, line, _ in looks}) == len({(ink, mark) for ink, _, mark in looks}) == 32


def test_a_printed_page_says_when_and_with_what_it_was_made() -> None:
    told = dict(about(Screen()))
    assert told["Date"] == date.today().isoformat()
    assert told["Version"].startswith("Unfreeze ")
    assert told["Place"]
    assert told["Worldview"]


def test_colours_on_the_screen_are_those_of_the_figures() -> None:
    css = (Path(home).parent / "assets" / "unfreeze.css").read_text(encoding="utf-8").split("}")[0]
    for name, colour in zip(INK, INKS, strict=True):
        assert f"{name[4:-1]}: {colour};" in css
