"""Where a rule turns: identification under pressure, a cycle half paid, who is heard, what stops and restarts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agents import funder, professional, programme, service_user


def after(identification: float, turn: float) -> float:
    """Belief, from .5, after a month of full pressure."""
    worker: Any = SimpleNamespace(belief=0.5, identification=identification)
    p: Any = SimpleNamespace(pressure=0.02, pressure_gain=0.3, pressure_turn=turn)
    return professional.after_pressure(worker, 1.0, p)


@pytest.mark.parametrize("turn", [0.3, 0.5, 0.7])
def test_pressure_turns_belief_at_the_turning_point(turn: float) -> None:
    assert after(turn, turn) == 0.5
    assert after(1.0, turn) == pytest.approx(0.48)  # the full fall of `pressure`
    assert after(0.0, turn) == pytest.approx(0.506)  # `pressure_gain` of it, upwards
    assert after(turn + 0.1, turn) < 0.5 < after(turn - 0.1, turn)


@pytest.mark.parametrize("identification", [0.0, 0.1, 0.3, 0.49, 0.5, 0.51, 0.77, 1.0])
def test_in_the_middle_it_is_a_straight_line_on_either_side(identification: float) -> None:
    """To the last bit what 2 x identification - 1 gives."""
    against = 2.0 * identification - 1.0
    assert after(identification, 0.5) == 0.5 - 0.02 * (against if against > 0.0 else 0.3 * against)


@pytest.mark.parametrize(
    ("paid", "enough", "held"), [(0.5, 0.5, True), (0.49, 0.5, False), (0.99, 1.0, False), (0.0, 0.0, True)]
)
def test_a_listening_cycle_takes_place_if_enough_is_paid(paid: float, enough: float, held: bool) -> None:
    assert funder.takes_place(paid, SimpleNamespace(listening_paid=enough)) == held


def test_a_fair_choice_hears_everybody_alike_and_an_open_meeting_the_confident() -> None:
    p: Any = SimpleNamespace(voice_bias=1.0, voice_least=0.05)
    shares = {}
    for fair in (0.0, 1.0):
        for voice in (0.1, 0.9):
            user: Any = SimpleNamespace(voice=voice)
            heard = [service_user.is_heard(user, 0.2, fair, p, (k + 0.5) / 1000) for k in range(1000)]
            shares[fair, voice] = sum(heard) / 1000
            assert service_user.chance_to_be_heard(user, 0.2, fair, p) == pytest.approx(shares[fair, voice], abs=1e-3)
    assert shares[1.0, 0.1] == shares[1.0, 0.9] == 0.2
    assert shares[0.0, 0.1] < 0.2 < shares[0.0, 0.9]


@pytest.mark.parametrize(
    ("decides", "name"),
    [
        (programme.stops_at_grant_end, "death_at_grant_end"),
        (programme.restarts, "restart"),
        (service_user.has_carer, "carer_share"),
        (service_user.begins_unserved, "inflow_unserved"),
    ],
)
def test_it_happens_with_the_chance_of_its_entry(decides: Any, name: str) -> None:
    p = SimpleNamespace(**{name: 0.3})
    assert sum(decides(p, (k + 0.5) / 1000) for k in range(1000)) == 300


def test_an_award_goes_outside_with_the_share_of_its_lever() -> None:
    lever: Any = SimpleNamespace(site_outside=0.3)
    assert sum(funder.chooses_outside(lever, (k + 0.5) / 1000) for k in range(1000)) == 300
    assert sum(funder.chooses_outside(SimpleNamespace(site_outside=0.0), (k + 0.5) / 1000) for k in range(1000)) == 0


@pytest.mark.parametrize(("kind", "expected"), [("short", 1.0), ("episodic", 0.6), ("long", 0.0)])
def test_a_stay_is_fast_by_kind(kind: str, expected: float) -> None:
    p: Any = SimpleNamespace(fast_episodic=0.6)
    user: Any = SimpleNamespace(kind=service_user.KINDS.index(kind))
    assert sum(service_user.is_fast(user, p, (k + 0.5) / 1000) for k in range(1000)) / 1000 == expected


@pytest.mark.parametrize(("need", "short", "long"), [(0.4, 0.5, 0.15), (0.0, 0.9, 0.03), (1.4, 0.0, 0.3)])
def test_a_kind_is_drawn_with_its_share(need: float, short: float, long: float) -> None:
    """Short ones at one end of the draw, long ones at the other; shares stay between 0 and 1."""
    p: Any = SimpleNamespace(short_share=0.5, kind_need=1.0, need_reference=0.4, long_of_rest=0.3)
    user: Any = SimpleNamespace(need=need)
    kinds = [service_user.KINDS[service_user.kind_of(user, p, (k + 0.5) / 1000)] for k in range(1000)]
    assert kinds.count("short") == pytest.approx(1000 * short, abs=1)
    assert kinds.count("long") == pytest.approx(1000 * long, abs=1)
    assert kinds == sorted(kinds, key=service_user.KINDS.index)
