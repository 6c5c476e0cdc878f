"""Where people stand in the table, and what became of those who went: as the system itself counts them."""

from collections.abc import Callable

import numpy as np

from agents.service_user import DIED, GONE, HERE, HOUSED, LEFT, USER
from model.steps.s01_world_moves import ORDINALS
from runs.rows_of_people import everybody_in, fate_of, row_of
from runs.running import burnt_in, month_by_month
from scenarios.scenario import NOBODY, Scenario

Small = Callable[..., Scenario]


def test_everybody_who_goes_has_the_fate_that_the_system_counts(small: Small) -> None:
    """Who joins the housed has gone nowhere; who was housed leaves no row when they die."""
    one = small(NOBODY, months=48)
    counted = np.zeros(4, int)
    before, were_housed = np.empty(0, np.int64), np.empty(0, np.int64)
    for month, world in month_by_month(burnt_in(one), one):
        users, system = world.users, world.system[0]
        people = everybody_in(world)
        here = np.asarray(people["id"])
        assert len(here) == system.living + system.housed
        assert (people["id"][row_of(people, here)] == here).all()
        assert (fate_of(users, here) == HERE).all()
        housed = np.asarray(people["id"][people["situation"] == HOUSED])
        assert len(housed) == system.housed
        if month:
            came = np.asarray(users["id"][users["id"] // ORDINALS == system.month])  # some go in the month they come
            went = np.setdiff1d(np.union1d(before, came), here)
            fates = fate_of(users, went)
            assert np.isin(went[fates == HERE], were_housed).all()
            counts = np.bincount(fates, minlength=4)
            assert counts.tolist() == [system.housed_died, system.died - system.housed_died, system.left, 0]
            assert system.out_of_sight == 0
            counted += counts
        before, were_housed = here, housed
    assert (counted[[HERE, DIED, LEFT]] > 0).all()


def test_an_empty_row_that_nobody_ever_had_says_nothing_of_person_0() -> None:
    users = USER.empty(3)
    users["situation"] = GONE
    assert row_of(users, np.array([0, 7])).tolist() == [-1, -1]
    assert fate_of(users, np.array([0, 7])).tolist() == [HERE, HERE]
    users["id"][2], users["fate"][2] = 7, LEFT
    assert fate_of(users, np.array([0, 7])).tolist() == [HERE, LEFT]
    assert row_of(users, np.array([7])).tolist() == [-1]
