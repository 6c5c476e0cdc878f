"""Every lever has its control, within the lever's own range, with its source or the word assumption."""

import pytest

from dashboard.controls import PRACTICES, check_room, from_screen, lever_groups
from dashboard.looks import INK
from dashboard.screen import Screen
from dashboard.server import __file__ as home
from engine.errors import BadInput
from scenarios.levers import load_levers


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


def test_the_five_practices_come_first_in_their_order() -> None:
    titles = [group["title"].lower() for group in lever_groups(Screen(), 0)]
    assert [title.split("  ", 1)[1] for title in titles[:5]] == list(PRACTICES)


def test_what_was_changed_is_flagged() -> None:
    found = controls(Screen().with_lever(1, "listening", 4))
    assert [name for name, control in found.items() if control["changed"]] == ["listening"]


def test_shares_of_one_whole_stay_within_it() -> None:
    assert check_room(Screen(), 1, "share_places", 0.4) == 0.4
    with pytest.raises(BadInput, match="left of the whole"):
        check_room(Screen(), 1, "share_places", 0.9)


def test_colours_on_the_screen_are_those_of_the_figures() -> None:
    from pathlib import Path

    from analysis.figures import INKS

    css = (Path(home).parent / "assets" / "unfreeze.css").read_text(encoding="utf-8").split("}")[0]
    for name, colour in zip(INK, INKS, strict=True):
        assert f"{name[4:-1]}: {colour};" in css
