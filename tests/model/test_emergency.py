"""Crisis places bought under emergency pressure: dearer than others for as long as they are open, first to close."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from evidence.quantities import inputs
from model.emergency import beds_go, cost_of_beds
from model.state import CLOSES, EMERGENCY, World
from tests.model.test_by_right import since
from tests.model.test_conserved import holds
from tests.model.test_planned import between, planned

MONTHS = 60
CROWDED = {"secure_supply": 20.0, "emergency_response": 0.3, "convert_rate": 0.0, "programme_death": 0.0}


def amounts(lab: Any, world: World, kind: int) -> Any:
    """Beds of events of this kind, month by month since month 0."""
    lines = world.events[: int(world.system[0].events)]
    lines = lines[lines["kind"] == kind]
    return np.bincount(lines["month"], lines["amount"], minlength=lab.PAST + MONTHS)[lab.PAST :].astype(np.int64)


def test_the_dear_ones_close_first_and_cost_what_they_cost() -> None:
    """By hand: of ten beds at 100 three cost 150."""
    provider = SimpleNamespace(crisis_beds=10, emergency=3)
    system = SimpleNamespace(bed_month=100, emergency_month=150)
    assert [cost_of_beds(provider, system, beds) for beds in (0, 1, 3, 5, 10)] == [0, 150, 450, 650, 1150]
    for beds, left in ((2, (8, 1)), (2, (6, 0)), (6, (0, 0))):
        beds_go(provider, beds)
        assert (provider.crisis_beds, provider.emergency) == left


def test_they_are_paid_their_price_as_long_as_they_are_open(lab: Any) -> None:
    """Nothing closes here: what is dear is what was ever opened."""
    end = holds(lab, lab.branch(lab.begin(2000, **CROWDED, emergency_price=1.5), "status_quo", MONTHS), MONTHS)
    bed, dear = int(end.system[0].bed_month), int(end.system[0].emergency_month)
    assert dear == round(1.5 * bed)
    opened = amounts(lab, end, EMERGENCY).cumsum()
    beds = since(lab, end, "crisis_beds")[1:]
    assert (opened > 0).any()
    assert amounts(lab, end, CLOSES).sum() == 0
    assert end.providers["emergency"].sum() == opened[-1] == beds[-1] - since(lab, end, "crisis_beds")[0]
    paid = since(lab, end, "commissioner_crisis")[1:]
    assert (paid == (beds - opened) * bed + opened * dear).all()


def test_what_closes_is_dear_first_and_the_budget_follows(lab: Any) -> None:
    """A plan closes beds, also dear ones: no more is paid for them, and of usual ones only what closes beyond them."""
    past = lab.begin(2000, **CROWDED, emergency_price=2.0)
    usual = float(past.plan[0].beds)
    plan = planned(past, MONTHS, beds=between(usual, usual, usual, 0.7 * usual, 0.7 * usual, 0.7 * usual))
    end = holds(lab, lab.branch(past, "status_quo", MONTHS, plan=plan), MONTHS)
    opened, closed = amounts(lab, end, EMERGENCY), amounts(lab, end, CLOSES)
    there = int(end.providers["emergency"].sum())
    assert closed.sum() > 0
    assert there < opened.sum()
    bed = int(end.system[0].bed_month)
    beds = int(since(lab, end, "crisis_beds")[-1])
    assert since(lab, end, "commissioner_crisis")[-1] == (beds + there) * bed  # each dear one costs one more


def test_prices_that_rise_raise_both_alike(lab: Any) -> None:
    past = lab.begin(2000, **CROWDED, emergency_price=1.5)
    plan = planned(past, MONTHS, bed_price=between(1, 1, 1.2, 1.4, 1.4, 1.4))
    end = holds(lab, lab.branch(past, "status_quo", MONTHS, plan=plan), MONTHS)
    bed, dear = int(end.system[0].bed_month), int(end.system[0].emergency_month)
    assert bed > past.system[0].bed_month
    assert dear == round(1.5 * bed)
    there = int(end.providers["emergency"].sum())
    beds = int(since(lab, end, "crisis_beds")[-1])
    assert there > 0
    assert since(lab, end, "commissioner_crisis")[-1] == (beds - there) * bed + there * dear


def test_at_rest_none_is_dearer_and_nothing_opens_where_nobody_responds(lab: Any) -> None:
    assert inputs()["emergency_price"].value == inputs()["emergency_price"].off == 1.0
    still = CROWDED | {"emergency_response": 0.0}
    one, other = (
        lab.live(lab.begin(2000, **still, emergency_price=price), "status_quo", MONTHS) for price in (1.0, 3.0)
    )
    assert one.providers["emergency"].sum() == 0
    assert lab.differing(one, other, "system") == []  # but for the price itself
