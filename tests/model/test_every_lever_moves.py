"""Every lever changes something in at least one shipped strategy; where it stands already, or at rest, nothing."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import BadInput
from model.state import World
from scenarios.levers import at_rest, load_levers
from scenarios.names import shipped
from scenarios.strategy import find_strategy

MONTHS, TERM = 96, {"start": 6, "duration": 72}
TRIES = (("hybrid", 700), ("user_centred", 700), ("catalytic_philanthropy", 700), ("outside_pilot_then_campaign", 4000))
ROOM = {"share_places": 0.3}  # so that every share has room to move


def values_of(name: str) -> list[float]:
    lever = load_levers()[name]
    between = [lever.low + part * (lever.high - lever.low) for part in (0.05, 0.3)]
    if lever.unit == "months":
        between = [float(round(value)) for value in between]
    return [lever.rest, *between, lever.high, lever.low]


def live(lab: Any, strategy: str, people: int, **levers: float) -> World:
    """A world under a strategy with some levers set for the whole programme; all share one past."""
    return lab.live(lab.begin(people), strategy, MONTHS, **TERM | ROOM | levers)


@pytest.fixture(scope="module")
def base(lab: Any) -> dict[tuple[str, int], World]:
    return {key: live(lab, *key) for key in TRIES}


@pytest.mark.parametrize("name", load_levers())
def test_moving_it_moves_a_measure(lab: Any, base: Any, name: str) -> None:
    for key in TRIES:
        for value in values_of(name):
            try:
                world = live(lab, *key, **{name: value})
            except BadInput:  # shares of more than their whole, or a programme that outlasts the run
                continue
            if lab.moved(base[key], world):
                return
    pytest.fail(f"'{name}' changes nothing under any of {TRIES}")


@pytest.mark.parametrize("name", sorted(set(load_levers()) - {"start", "duration"}))
def test_at_rest_it_moves_nothing(lab: Any, name: str) -> None:
    """A foundation that only keeps this lever at rest does what a foundation does that keeps all of them there."""
    past = lab.begin(500)
    soon = {"start": 2, "duration": 24}
    rest = lab.live(past, "placebo", 30, **soon)
    assert lab.differing(lab.live(past, "placebo", 30, **soon, **{name: at_rest()[name]}), rest) == []


def test_where_it_stands_it_moves_nothing(lab: Any) -> None:
    """Every lever of a strategy of one phase, named once more."""
    strategy = next(s for s in map(find_strategy, shipped("strategy")) if s.name == "small_conditional_grants")
    ((_, levers),) = strategy.settings(TERM)
    past = lab.begin(700)
    a, b = (lab.live(past, strategy.name, MONTHS, **more) for more in (TERM, levers))
    assert lab.differing(a, b) == []


@pytest.mark.parametrize("name", sorted(set(load_levers()) - {"start", "duration", "budget"}))
def test_without_a_foundation_no_lever_moves_anything(lab: Any, name: str) -> None:
    """What a foundation would do changes nothing where there is no budget."""
    past = lab.begin(500)
    nobody = lab.live(past, "status_quo", 24)
    for value in values_of(name):
        assert lab.differing(nobody, lab.live(past, "status_quo", 24, **{name: value})) == []
