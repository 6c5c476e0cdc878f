"""Shelter by right: nobody who asks is turned away; beds follow need and close when it goes; every one is paid for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.state import World
from tests.model.test_conserved import holds
from tests.model.test_planned import STILL, between, planned

MONTHS = 48
RIGHT = {"shelter_by_right": 1.0}


def since(lab: Any, world: World, name: str) -> Any:
    """A measure or an account in the months of the run, month 0 first."""
    table = world.measured if name in world.measured.dtype.names else world.ledger
    return table[name][lab.PAST - 1 :]


@pytest.fixture(scope="module")
def past(lab: Any) -> World:
    return lab.begin(people=2000, **RIGHT)


@pytest.mark.parametrize("strategy", ["status_quo", "hybrid"])
def test_nobody_is_turned_away_and_every_bed_is_paid(lab: Any, past: World, strategy: str) -> None:
    world = lab.branch(past, strategy, MONTHS, **({} if strategy == "status_quo" else lab.SOON))
    assert past.system[0].by_right == 0
    without = lab.live(lab.begin(people=2000), "status_quo", MONTHS)
    assert (since(lab, without, "turned_away")[1:] > 0).all()
    end = holds(lab, world, MONTHS)
    assert (since(lab, end, "turned_away")[1:] == 0).all()
    assert (since(lab, end, "unserved")[1:] < since(lab, without, "unserved")[1:].mean()).mean() > 0.9
    beds, by_right = since(lab, end, "crisis_beds"), since(lab, end, "beds_by_right")
    assert (by_right[1:] > 0).all()
    price, dear = int(end.system[0].bed_month), int(end.system[0].by_right_month)
    assert dear == round(1.5 * price)
    paid = (beds - by_right) * price + by_right * dear
    assert (since(lab, end, "commissioner_crisis") == paid).all()


def test_beds_close_when_nobody_needs_them(lab: Any) -> None:
    """Nobody arrives any more and there are homes for everybody: back to the planned number, and not below."""
    past = lab.begin(people=2000, **RIGHT, **STILL)
    plan = planned(past, 60, inflow=between(400, 400, 0, 0, 0, 0), homes=between(130, 130, 4000, 4000, 4000, 4000))
    end = lab.live(past, "status_quo", 60, plan=plan)
    beds, by_right = since(lab, end, "crisis_beds"), since(lab, end, "beds_by_right")
    assert by_right[12] > 0
    assert by_right[-1] == 0
    assert (beds - by_right == beds[0]).all()
    assert end.system[0].budget > 0


def test_no_more_beds_than_are_needed(lab: Any, past: World) -> None:
    """Beds by right are those in use beyond what the others can take."""
    end = lab.live(past, "status_quo", MONTHS)
    p = past.parameters[0]
    beds, by_right = since(lab, end, "crisis_beds"), since(lab, end, "beds_by_right")
    taken = since(lab, end, "crisis_occupancy") * beds
    usable = np.floor((beds - by_right) * p.crisis_stock_share + 0.5)
    assert (by_right[1:] == np.maximum(np.round(taken - usable), 0)[1:]).all()


def test_guests_of_beds_that_the_plan_closes_stay(lab: Any) -> None:
    """All ordinary beds close within a year: the beds stay, nobody leaves one for it, and they cost what they cost."""
    past = lab.begin(people=2000, **RIGHT, **STILL)
    beds = float(past.parameters[0].crisis_beds)
    plan = planned(past, 24, beds=between(beds, 0, 0))
    end = holds(lab, lab.branch(past, "status_quo", 24, plan=plan), 24)
    assert (since(lab, end, "displaced")[1:] == 0).all()
    assert (since(lab, end, "turned_away")[1:] == 0).all()
    assert (since(lab, end, "crisis_beds") == since(lab, end, "beds_by_right"))[-12:].all()
    still = lab.live(past, "status_quo", 24)
    assert since(lab, end, "crisis")[-1] == pytest.approx(since(lab, still, "crisis")[-1], rel=0.05)


def test_its_price_is_paid_and_moves_nobody(lab: Any) -> None:
    pasts = (lab.begin(people=2000, **RIGHT, **STILL, by_right_price=price) for price in (1.5, 3.0))
    one, other = (lab.live(past, "status_quo", MONTHS) for past in pasts)
    assert (since(lab, one, "beds_by_right") == since(lab, other, "beds_by_right")).all()
    more = since(lab, other, "commissioner_crisis") - since(lab, one, "commissioner_crisis")
    bed = int(one.system[0].bed_month)
    assert (more == since(lab, one, "beds_by_right") * (round(3.0 * bed) - round(1.5 * bed))).all()
