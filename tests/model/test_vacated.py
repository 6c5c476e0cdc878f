"""Homes that tenants leave: each comes back once or not at all, a month later, for whoever comes first."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.service_user import DIED, GONE, HOUSED, LOOKING, NEVER, REFORM, SETTLED
from model.balance import balance
from model.state import World
from model.vacated import home_is_left
from tests.model.test_conserved import SHORT, between_homes, holds

MONTHS = 36
# Homes are lost, changed and left by every door: by death, in a spell, between two homes, with the place.
LEFT = SHORT | {
    "lose_home_first_year": 0.05, "lose_home_later": 0.04, "changes_home": 0.06, "looking_ends": 0.12, "rehouse": 0.3,
    "spell_keeps_home": 0.5, "exit_fast": 0.3, "support_ends": 0.02, "keep_home": 0.5, "programme_death": 0.05,
    "mortality_low": 150,
}  # fmt: skip


def held(world: World) -> dict[int, bool]:
    """Who holds a home of the reformed service, and whether they are in a spell."""
    users = world.users
    between = between_homes(world)
    there = (users["situation"] == REFORM) | np.isin(users["id"], list(between))
    return dict(zip(users["id"][there].tolist(), (users["bed_provider"][there] >= 0).tolist(), strict=True))


def kept(world: World) -> set[int]:
    """Who lives in a home of their own."""
    own = [world.users["id"][world.users["situation"] == SETTLED], world.housed["id"][: int(world.system[0].housed)]]
    return set(np.concatenate(own).tolist())


def followed(lab: Any, share: float) -> Counter[str]:
    """What became of homes, counted from where people live before and after each step; the laws hold meanwhile."""
    seen: Counter[str] = Counter()
    world = lab.branch(lab.begin(people=900, **LEFT, home_recycled=share), "user_centred", MONTHS, **lab.SOON)
    before, waiting = held(world), int(world.system[0].homes_left)
    for w, step in lab.by_step(world, MONTHS):
        system, now = w.system[0], held(w)
        gone = before.keys() - now.keys()
        own, dead = gone & kept(w), gone - set(w.users["id"][w.users["situation"] != GONE].tolist())
        if step == 1:
            assert system.homes_left == 0
            supply = w.plan[system.month].homes * system.scale
            assert int(supply) <= system.homes - waiting <= int(supply) + 1
            waiting = 0
        left = int(system.homes_left) - waiting
        assert 0 <= left <= len(gone - own) if share < 1.0 else left == len(gone - own)
        assert left == 0 or step in (6, 8)
        assert share > 0.0 or left == 0
        seen += Counter(left=len(gone - own), again=left, kept=len(own), closed=len(gone - own) if step == 6 else 0)
        seen += Counter(died=len(dead), died_in_spell=sum(before[who] for who in dead))
        new = now.keys() - before.keys()
        assert len(new) == (system.moved_in if step == 8 else 0)  # a home of the month's, and no other
        before, waiting = now, int(system.homes_left)
    return seen


def test_every_home_left_comes_back_once_and_a_kept_one_never(lab: Any) -> None:
    seen = followed(lab, 1.0)
    assert seen["again"] == seen["left"]
    assert min(seen[what] for what in ("left", "kept", "closed", "died", "died_in_spell")) > 0, seen


def test_of_homes_left_a_share_comes_back_and_at_rest_none(lab: Any) -> None:
    seen = followed(lab, 0.4)
    assert seen["left"] > 100
    assert seen["again"] / seen["left"] == pytest.approx(0.4, abs=0.1)
    assert followed(lab, 0.0)["again"] == 0


def test_the_laws_hold_while_homes_come_back(lab: Any) -> None:
    past = lab.begin(people=900, **LEFT, home_recycled=1.0)
    holds(lab, lab.branch(past, "user_centred", MONTHS, **lab.SOON), MONTHS)


@pytest.mark.parametrize(
    ("situation", "joined", "housed_on", "bed", "homes"),
    [
        (REFORM, 3, 5, -1, 1),  # at home
        (REFORM, 3, 5, 2, 1),  # in a spell
        (LOOKING, 3, 5, -1, 1),  # between two homes of the programme
        (LOOKING, 6, 5, -1, 0),  # for the first home
        (LOOKING, 6, NEVER, 2, 0),
        (SETTLED, 3, 5, -1, 0),  # the tenant's own
        (HOUSED, 3, 5, -1, 0),
    ],
)
def test_whose_death_leaves_a_home(situation: int, joined: int, housed_on: int, bed: int, homes: int) -> None:
    me = SimpleNamespace(id=7, situation=situation, joined=joined, housed_on=housed_on, bed_provider=bed, fate=DIED)
    for share, found in ((1.0, homes), (0.0, 0)):
        system = SimpleNamespace(seed=1, month=9, homes_left=0)
        home_is_left(system, SimpleNamespace(home_recycled=share), me)
        assert system.homes_left == found


def test_where_places_stand_still_homes_that_come_back_stand_for_new_ones(lab: Any) -> None:
    """By hand: if every home comes back, a city stands still with as many new ones less as tenants leave."""
    usual = lab.parameters()[0]
    found = balance(usual)
    left = found.flows["homes left"]
    assert left > 0
    less = balance(lab.parameters(home_recycled=1.0, secure_supply=usual.secure_supply - left)[0])
    assert less.flows["homes drawn"] == pytest.approx(usual.secure_supply, rel=1e-4)
    assert less.flows["homes left"] == pytest.approx(left, rel=1e-3)
    assert less.values == pytest.approx(found.values, rel=1e-3)
    more = balance(lab.parameters(home_recycled=0.5)[0])
    assert more.flows["homes drawn"] == pytest.approx(usual.secure_supply + 0.5 * more.flows["homes left"], rel=1e-4)
