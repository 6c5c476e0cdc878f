"""Money in sight of those who applied is what they may expect: not the size of a grant, and not a mere call."""

from typing import Any

import pytest

FIRST_CALL = {"start": 0, "duration": 48}
APPLY = {"apply_base": 1.0, "faking": 0.0}  # everybody applies, so that worlds differ in money alone


def after_the_first_call(lab: Any, **levers: float) -> Any:
    past = lab.begin(1500, past=6, **APPLY)
    return lab.run(lab.branch(past, "carrier", 60, **FIRST_CALL, **levers), 1)


def in_sight(world: Any) -> int:
    return int(world.system[0].in_sight)


def test_it_is_shared_among_those_who_applied(lab: Any) -> None:
    world = after_the_first_call(lab, budget=0.02)
    applied = int(world.providers["applied"].sum())
    assert applied > 1
    assert 0 < in_sight(world) <= world.system[0].income // applied
    hopeful = world.providers[world.providers["applied"] == 1]
    assert (hopeful["incentive"] > hopeful["intensity"]).all()


def test_more_money_is_more_in_sight_and_an_eighth_of_it_an_eighth(lab: Any) -> None:
    much, little = (after_the_first_call(lab, budget=budget) for budget in (0.04, 0.005))
    assert (much.providers["applied"] == little.providers["applied"]).all()
    assert in_sight(little) == pytest.approx(in_sight(much) / 8, rel=0.01)
    here = much.providers["applied"] == 1
    assert (little.providers["incentive"][here] < much.providers["incentive"][here]).all()


def test_few_large_and_many_small_grants_are_the_same_in_sight(lab: Any) -> None:
    few, many = (after_the_first_call(lab, budget=0.02, grants_per_provider=number) for number in (0.5, 4.0))
    assert (few.providers["applied"] == many.providers["applied"]).all()
    assert in_sight(few) == in_sight(many) > 0


def test_money_stays_in_sight_while_the_foundation_saves_for_its_next_call(lab: Any) -> None:
    past = lab.begin(1500, past=6, **APPLY)
    few = lab.branch(past, "carrier", 60, budget=0.02, grants_per_provider=0.06, user_seats=1.0, **FIRST_CALL)
    held, seats, sights = [], [], []
    for _ in range(48):
        lab.run(few, 1)
        system = few.system[0]
        held.append(int(system.call_held))
        seats.append(int(few.ledger[system.month - 1].foundation_seats))
        sights.append((int(system.in_sight), few.providers["applied"].sum(), few.providers["incentive"].max()))
    first, second = [month for month, was in enumerate(held) if was][:2]
    assert second - first > 6  # a call was left out, for want of one grant's money
    assert all(sum(one) == 0 for one in sights[:first])
    assert all(one[0] == sights[first][0] > 0 and one[1] == sights[first][1] > 0 for one in sights[first:second])
    assert min(one[2] for one in sights[first:second]) > 0
    assert [money > 0 for money in seats] == [bool(was) for was in held]  # users sit where there is something to decide


def test_a_phase_without_money_for_grants_puts_none_in_sight(lab: Any) -> None:
    past = lab.begin(1500, past=6, **APPLY)
    world = lab.branch(past, "carrier", 60, budget=0.02, grant_term=12.0, **FIRST_CALL)
    begins = int(world.system[0].month) + 24
    for name in world.levers.dtype.names:
        if name.startswith("share_"):
            world.levers[name][begins:] = 0.0
    world.levers["share_homes"][begins:] = 1.0
    lab.run(world, 24)
    hoped = (world.providers["applied"] == 1) & (world.providers["incentive"] > world.providers["intensity"])
    assert hoped.any()
    lab.run(world, 1)  # the programme still runs, but gives no grants; who applied before has nothing to hope for
    assert world.system[0].running
    assert world.providers["applied"].any()
    open_grants = world.providers["open_grants"] > 0
    assert (world.providers["incentive"] == world.providers["intensity"]).all()
    assert (world.providers["incentive"][~open_grants] == 0).all()


def test_who_lost_is_a_rival_once_a_call_that_was_held(lab: Any) -> None:
    past = lab.begin(1500, past=6, **APPLY, rivalry_lost=0.3)
    few = lab.branch(past, "carrier", 60, budget=0.02, grants_per_provider=0.06, **FIRST_CALL)
    before, risen = few.providers["rivalry"].copy(), []
    for _ in range(48):
        lab.run(few, 1)
        rose = few.providers["rivalry"] > before
        assert not rose.any() or few.system[0].call_held
        risen.append(bool(rose.any()))
        before = few.providers["rivalry"].copy()
    assert sum(risen) > 1


def test_a_foundation_that_never_has_one_grant_puts_nothing_in_sight(lab: Any) -> None:
    world = after_the_first_call(lab, budget=0.02, grants_per_provider=0.03)
    assert in_sight(world) == 0
    assert not world.providers["applied"].any()
