"""Programmes of a provider, rule by rule: where a grant's places go, which one grows, who works where, who moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.funder import DEAD, EMPTY, OPEN
from agents.professional import IN_REFORM
from agents.programme import SLOTS
from agents.service_user import REFORM
from model import displaced, programmes
from model.state import World

J = 1  # a provider
ROWS = range(J * SLOTS, (J + 1) * SLOTS)


@pytest.fixture
def world(lab: Any) -> World:
    """At month 0: one programme a provider; the lots of provider J are gone, so that a test says what there is."""
    found: World = lab.snapshot(lab.begin(people=800))
    found = found._replace(parameters=found.parameters.copy())
    found.lots["state"][found.lots["provider"] == J] = EMPTY
    return found


def has(world: World, places: list[int], **columns: list[float]) -> None:
    """Places of J's programmes, all from mainstream money, and nobody in them."""
    mine = slice(J * SLOTS, (J + 1) * SLOTS)
    world.programmes["places_main"][mine] = places
    world.programmes["places_grant"][mine] = 0
    for name in ("in_reform", "in_looking"):
        world.programmes[name][mine] = 0
        world.providers[name][J] = 0
    world.providers["reform_main"][J] = sum(places)
    for name, values in columns.items():
        world.programmes[name][mine] = values


def test_a_grant_goes_on_where_one_pays_begins_where_a_row_is_free_and_else_joins_the_youngest(world: World) -> None:
    has(world, [10, 0, 0, 0])
    assert programmes.of_a_new_grant(world, J) == (ROWS[1], True)
    has(world, [10, 0, 5, 0], places_grant=[0, 0, 3, 0])
    assert programmes.of_a_new_grant(world, J) == (ROWS[2], False)
    has(world, [10, 4, 5, 3], began=[0, 50, 70, 60])
    assert programmes.of_a_new_grant(world, J) == (ROWS[2], False)


@pytest.mark.parametrize("what", ["tenant", "somebody who looks", "lot that may restart", "grant"])
def test_a_row_is_not_begun_anew_while_there_is_anything_in_it(world: World, what: str) -> None:
    has(world, [10, 0, 0, 0])
    if what == "tenant":
        world.programmes["in_reform"][ROWS[1]] = 1
    elif what == "somebody who looks":
        world.programmes["in_looking"][ROWS[1]] = 1
    elif what == "lot that may restart":
        row = int(np.flatnonzero(world.lots["state"] == EMPTY)[0])
        world.lots["state"][row], world.lots["programme"][row] = DEAD, ROWS[1]
    else:
        world.grants["state"][0], world.grants["programme"][0] = OPEN, ROWS[1]
    assert programmes.of_a_new_grant(world, J) == (ROWS[2], True)


def test_managers_grow_the_largest_or_the_one_whose_results_of_a_year_are_best(world: World) -> None:
    month = int(world.system[0].month)
    p = world.parameters[0]
    has(world, [10, 4, 3, 0], began=[0, 0, month - 11, 0], success=[0.90, 0.95, 0.99, 1.0], in_reform=[5, 2, 2, 0])
    world.parameters["grow_best"] = 0.0
    assert programmes.the_one_that_grows(world, J) == ROWS[0]
    world.parameters["grow_best"] = 1.0
    assert programmes.the_one_that_grows(world, J) == ROWS[1]  # the third is not a year old, the fourth has no places
    world.programmes["success"][ROWS[1]] = p.expected_success - 0.05
    world.programmes["success"][ROWS[0]] = p.expected_success - 0.05
    assert programmes.the_one_that_grows(world, J) == ROWS[2]  # nothing is known of it but what is expected
    has(world, [0, 0, 0, 0])
    assert programmes.the_one_that_grows(world, J) == ROWS[0]


def test_somebody_is_offered_what_fits_or_what_is_free(world: World) -> None:
    has(world, [4, 4, 0, 0])
    user = world.users[0]
    for name in ("choice", "home", "support"):
        world.programmes[f"design_{name}"][ROWS[0]] = 0.1
        world.programmes[f"design_{name}"][ROWS[1]] = user[f"wants_{name}"]
    world.programmes["in_reform"][ROWS[1]] = 3
    for weight, offered in ((1.0, ROWS[1]), (0.0, ROWS[0])):
        world.parameters["choose_fit"] = weight
        assert programmes.the_one_that_is_offered(world, J, user) == offered
    world.programmes["in_reform"][ROWS[0]] = 4  # nothing free there
    assert programmes.the_one_that_is_offered(world, J, user) == ROWS[1]


def test_staff_follow_the_places_of_programmes_and_stay_where_they_are_needed(world: World) -> None:
    first = int(world.providers["staff_first"][J])
    staff = world.professionals["service"][first : first + int(world.providers["staff_slots"][J])]
    staff[:] = 0
    staff[:4] = IN_REFORM
    world.providers["staff_reform"][J] = 4
    has(world, [10, 0, 0, 0])
    programmes.staff_take_programmes(world, J)
    assert world.programmes["staff"][ROWS[0] : ROWS[-1] + 1].tolist() == [4, 0, 0, 0]
    has(world, [6, 0, 6, 0])
    programmes.staff_take_programmes(world, J)
    assert world.professionals["programme"][first : first + 5].tolist() == [ROWS[0], ROWS[0], ROWS[2], ROWS[2], -1]
    assert world.programmes["duty_first"][ROWS[0] : ROWS[-1] + 1].tolist() == [0, 2, 2, 4]


def test_a_tenant_changes_programme_before_anybody_is_put_out(world: World) -> None:
    has(world, [5, 5, 0, 0], in_reform=[3, 2, 0, 0])
    user = world.users[int(np.flatnonzero(world.users["situation"] == REFORM)[0])]
    user.provider, user.programme, worker = J, ROWS[0], int(user.worker)
    world.providers["in_reform"][J] = 5
    world.programmes["places_main"][ROWS[0]] = 2  # a lot of three has stopped: one too many here, three free there
    world.providers["reform_main"][J] = 7
    assert displaced.too_many_in(world.programmes[ROWS[0]]) == 1
    displaced.changes_programme(world, user)
    assert (user.programme, user.provider, user.situation, user.worker) == (ROWS[1], J, REFORM, worker)
    assert world.programmes["in_reform"][ROWS[0] : ROWS[-1] + 1].tolist() == [2, 3, 0, 0]
    assert world.providers["in_reform"][J] == 5
