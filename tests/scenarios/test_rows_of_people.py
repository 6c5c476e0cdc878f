"""Where people stand in the table, and what became of those who went: as the system itself counts them."""

from collections.abc import Callable

import numpy as np

from agents.service_user import DIED, GONE, HERE, LEFT, OUT_OF_SIGHT, USER
from model.steps.s01_world_moves import ORDINALS
from scenarios.rows_of_people import fate_of, row_of
from scenarios.running import burnt_in, month_by_month
from scenarios.scenario import NOBODY, Scenario

Small = Callable[..., Scenario]


def test_everybody_who_goes_has_the_fate_that_the_system_counts(small: Small) -> None:
    one = small(NOBODY, months=48)
    counted = np.zeros(4, int)
    before = np.empty(0, np.int64)
    for month, world in month_by_month(burnt_in(one), one):
        users, system = world.users, world.system[0]
        here = np.asarray(users["id"][users["situation"] != GONE])
        assert (users["id"][row_of(users, here)] == here).all()
        assert (fate_of(users, here) == HERE).all()
        if month:
            came = np.asarray(users["id"][users["id"] // ORDINALS == system.month])  # some go in the month they come
            fates = fate_of(users, np.setdiff1d(np.union1d(before, came), here))
            counts = np.bincount(fates, minlength=4)
            assert counts[[HERE, DIED, LEFT, OUT_OF_SIGHT]].tolist() == [
                0, system.died, system.left, system.out_of_sight,
            ]  # fmt: skip
            counted += counts
        before = here
    assert (counted[[DIED, LEFT, OUT_OF_SIGHT]] > 0).all()


def test_an_empty_row_that_nobody_ever_had_says_nothing_of_person_0() -> None:
    users = USER.empty(3)
    users["situation"] = GONE
    assert row_of(users, np.array([0, 7])).tolist() == [-1, -1]
    assert fate_of(users, np.array([0, 7])).tolist() == [HERE, HERE]
    users["id"][2], users["fate"][2] = 7, LEFT
    assert fate_of(users, np.array([0, 7])).tolist() == [HERE, LEFT]
    assert row_of(users, np.array([7])).tolist() == [-1]
