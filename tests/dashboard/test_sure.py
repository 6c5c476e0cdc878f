"""How sure: what turns the answer round is said only where the runs can tell, and each is one tap from being seen."""

import pytest

from analysis.importance import Movement
from dashboard import pages, shipped
from dashboard.runs import Desk
from dashboard.screen import Screen, read_query
from dashboard.sure import found, said, says, turned
from evidence.quantities import inputs

SMALL = "people=500&months=80"


@pytest.fixture(scope="module")
def compared():  # type: ignore[no-untyped-def]
    return list(Desk(cores=2, keep=pages.KEEP).ask(read_query(SMALL), 4))[-1].compared


def movement(name: str, at_low: float, at_high: float, surely: float) -> Movement:
    return Movement(name, 0.0, 1.0, at_low, at_high, at_high - at_low, (0.0, 0.0), surely, 4, "matters")


def test_the_level_and_the_ranges_are_always_said(compared) -> None:  # type: ignore[no-untyped-def]
    text = says(compared)
    assert text.startswith(("Not at all: ", "Fairly: ", "So far by luck alone"))
    assert "Against " in text
    assert ", and costs " in text


def test_only_what_nobody_measured_and_only_beyond_luck_turns_it_round(compared) -> None:  # type: ignore[no-untyped-def]
    screen, names = read_query(SMALL), compared.names
    now = compared.contrast(*names, "secure_people", compared.when[-1]).difference
    free = [name for name, one in inputs().items() if one.mark == "assumption"][:3]
    measured = next(name for name, one in inputs().items() if one.mark == "verified")
    moved = [movement(free[0], now, -3 * now, 10 * abs(now)), movement(free[1], now, -2 * now, 0.0),
             movement(free[2], now, 2 * now, 0.0), movement(measured, now, -50 * now, 99 * abs(now))]  # fmt: skip
    worlds = {"sceptic": (-now, True), "scarcity": (-now, False), "innovation": (now, True)}
    turns = {one.key: one.turns for one in found(compared, names, moved, worlds, screen)}
    assert turns == {f"{free[0]}=1.0": "yes", "sceptic": "yes", f"{free[1]}=1.0": "maybe", "scarcity": "maybe",
                     f"{free[2]}=1.0": "no"}  # fmt: skip
    order = [one.turns for one in found(compared, names, moved, worlds, screen)]
    assert order == sorted(order, key=["yes", "maybe", "no"].index)


def test_one_tap_shows_it() -> None:
    assert turned(Screen(), "sceptic").worldview == "sceptic"
    name = shipped.most_moving()[0]
    assert dict(turned(Screen(), f"{name}={inputs()[name].high!r}").settings) == {name: inputs()[name].high}


def test_it_is_said_in_people(compared) -> None:  # type: ignore[no-untyped-def]
    one = found(compared, compared.names, [], {"sceptic": (-2.0, True), "scarcity": (2.0, True)}, read_query(SMALL))[0]
    assert one.key in ("sceptic", "scarcity")
    assert "people than" in said(one, compared)
