"""What a place plans happens, whoever acts: month by month, to the bed, and paid for to the cent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.funder import MAINSTREAM
from engine.record import Rows
from model.planned import plan_without_paths
from model.state import BEDS_OPEN, CLOSES, World
from tests.model.test_conserved import holds

MONTHS = 72
BEDS = (1785.0, 2760.0, 3410.0, 3140.0, 1810.0, 1390.0)  # Alameda County, 2021 and the years after it
STILL = {"emergency_response": 0.0, "programme_death": 0.0, "open_rate": 0.0, "convert_rate": 0.0}
RISING = {"agree_usual": 0.99, "mainstream_growth": 0.1,
          "cashable": 1.0, "crisis_cost": 60000, "reform_cost": 15000, "convert_rate": 0.15,
          "closure_lump": 10, "double_running": 12}  # fmt: skip


def between(*values: float) -> np.ndarray:
    """(12 years,) values by month, straight from each to the next."""
    return np.interp(np.arange(1, 12 * (len(values) - 1) + 1), 12 * np.arange(len(values)), values)


def planned(world: World, months: int, **columns: Any) -> Rows:
    """The plan of a world with other columns from month 1 on; the last value holds."""
    past = int(world.system[0].burn_in)
    rows = plan_without_paths(world.parameters[0], past + months, past)
    for name, values in columns.items():
        rows[name][past:] = np.resize(values, months) if np.ndim(values) == 0 else np.append(
            values, np.full(max(months - len(values), 0), values[-1]))[:months]  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def real(lab: Any) -> World:
    """At the real size of a place with as many beds as the county."""
    return lab.begin(people=None, crisis_beds=BEDS[0], secure_supply=40, inflow=150, reform_places=60, rough_stock=600,
                     past=4, **STILL)  # fmt: skip


def test_planned_beds_are_followed_to_the_bed(lab: Any, real: World) -> None:
    months = 12 * (len(BEDS) - 1)
    end = lab.live(real, "status_quo", months, plan=planned(real, months, beds=between(*BEDS)))
    found = end.measured["crisis_beds"][3:]
    assert found[::12].tolist() == list(BEDS)
    assert (np.abs(found[1:] - between(*BEDS)) < 1).all()
    kinds = end.events["kind"][: end.system[0].events]
    assert {BEDS_OPEN, CLOSES} <= set(kinds.tolist())
    opened, closed = (end.events["amount"][: end.system[0].events][kinds == kind].sum() for kind in (BEDS_OPEN, CLOSES))
    assert opened - closed == BEDS[-1] - BEDS[0]
    assert end.measured["displaced"].sum() > 0
    assert real.providers["crisis_beds"].sum() == BEDS[0]


def test_of_a_copy_a_share_of_the_plan_happens(lab: Any) -> None:
    past = lab.begin(crisis_beds=BEDS[0], **STILL)
    scale, months = float(past.system[0].scale), 60
    end = lab.live(past, "status_quo", months, plan=planned(past, months, beds=between(*BEDS)))
    found = end.measured["crisis_beds"][lab.PAST - 1 :][::12]
    assert (np.abs(found - found[0] - (np.array(BEDS) - BEDS[0]) * scale) <= 1).all()


def test_planned_places_open_in_lots_and_stop(lab: Any, real: World) -> None:
    plan = planned(real, 48, places=between(60, 180, 180, 33))
    up = lab.live(real, "status_quo", 24, plan=plan)
    assert up.measured["reform_mainstream"][[3, 15, 27]].tolist() == [60, 180, 180]
    down = lab.live(real, "status_quo", 48, plan=plan)
    assert down.measured["reform_mainstream"][-12:].tolist() == [33] * 12
    live = down.lots[down.lots["state"] == MAINSTREAM]
    assert live["places"].sum() == 33
    assert len(np.unique(up.lots["ordinal"][up.lots["state"] == MAINSTREAM])) == (up.lots["state"] == MAINSTREAM).sum()


def test_twice_the_inflow_are_twice_the_arrivals(lab: Any, real: World) -> None:
    plan = planned(real, 48, inflow=between(150, 150, 300, 300), homes=between(40, 40, 40, 0))
    end = lab.live(real, "status_quo", 48, plan=plan)
    arrivals = end.measured["arrivals"][4:].reshape(4, 12).sum(axis=1) / 12
    assert arrivals == pytest.approx([150, 225, 300, 300], rel=0.06)
    assert end.measured["moved_on"][4:16].sum() > 300
    assert end.measured["moved_on"][-1] == end.measured["moved_in"][-1] == 0  # no homes are planned any more


def test_the_budget_follows_prices_and_nothing_else_becomes_free(lab: Any, real: World) -> None:
    still = lab.live(real, "status_quo", 24)
    dear = lab.live(real, "status_quo", 24, plan=planned(real, 24, bed_price=between(1, 1.5, 1.5), place_price=2.0))
    assert (still.measured["free_money"] == dear.measured["free_money"]).all()
    assert lab.differing(still, dear, "ledger", "measured", "system", "plan", "managers", "providers") == []
    assert dear.measured["spend_crisis"][-1] == pytest.approx(1.5 * still.measured["spend_crisis"][-1], rel=1e-5)
    assert dear.measured["spend_reform"][4] == pytest.approx(2 * still.measured["spend_reform"][4], rel=1e-5)


def test_growth_by_year_is_a_rate(lab: Any, real: World) -> None:
    rates = (np.zeros(24), np.repeat([0.0, 0.06], 12))
    still, grows = (lab.live(real, "status_quo", 24, plan=planned(real, 24, budget=rate)) for rate in rates)
    more = grows.measured["free_money"] - still.measured["free_money"]
    assert (more[:16] == 0).all()
    assert more[16] == pytest.approx(int(real.system[0].base_spend * 0.06 / 12) / 100)
    assert (more[16:] > 0).all()


@pytest.mark.parametrize("strategy", ["status_quo", "hybrid", "catalytic_philanthropy"])
def test_laws_hold_under_a_plan(lab: Any, strategy: str) -> None:
    """Everything moves at once, beds to none at all, and bridge money meets prices that rise."""
    past = lab.begin(**RISING)
    beds, places = (float(past.parameters[0][name]) for name in ("crisis_beds", "reform_places"))
    plan = planned(
        past, 60, inflow=between(400, 900, 100), beds=between(beds, 2 * beds, 1.5 * beds, 0),
        places=between(places, 3 * places, 0, places), bed_price=between(1, 2, 0.5), place_price=between(1, 1.8, 0.9),
        budget=0.05, homes=between(130, 10, 400),
    )  # fmt: skip
    soon = {} if strategy == "status_quo" else lab.SOON | {"duration": 40, "budget": 0.05, "share_bridge": 0.3,
                                                           "share_places": 0.3}  # fmt: skip
    end = holds(lab, lab.branch(past, strategy, 60, plan=plan, **soon), 60)
    assert end.measured["crisis_beds"].max() > 1.2 * end.measured["crisis_beds"][lab.PAST - 1]


def test_bridge_money_that_prices_outrun_ends(lab: Any) -> None:
    """Mainstream money pays from then on; the laws hold on the way."""
    past = lab.begin(people=4000, **RISING)
    levers = lab.SOON | {"duration": 40, "budget": 0.05, "share_bridge": 0.3, "share_places": 0.28}
    usual = lab.live(past, "catalytic_philanthropy", 42, **levers)
    paid = np.flatnonzero(usual.ledger["provider_double"]) - lab.PAST  # months in which bridge money pays
    assert len(paid) > 4
    outrun = planned(past, 42, place_price=np.where(np.arange(42) < paid[2], 1.0, 100.0))
    dear = holds(lab, lab.branch(past, "catalytic_philanthropy", 42, plan=outrun, **levers), 42)
    assert (np.flatnonzero(dear.ledger["provider_double"]) - lab.PAST).tolist() == paid[:2].tolist()


def test_a_difference_of_nothing_is_nothing_under_a_plan(lab: Any, real: World) -> None:
    """Placebo: a strategy without money beside nobody, and the plan is the same for both."""
    plan = planned(real, 36, inflow=between(150, 300, 90), beds=between(*BEDS), places=between(60, 90, 30))
    nobody, placebo = (lab.live(real, name, 36, plan=plan, **levers)
                       for name, levers in (("status_quo", {}), ("user_centred", {"budget": 0.0})))  # fmt: skip
    assert lab.moved(nobody, placebo) == []
    assert lab.differing(nobody, placebo, "levers") == []


def test_a_strategy_comes_on_top_of_the_plan(lab: Any, real: World) -> None:
    """Planned beds and arrivals are the same under both: the plan moves by differences."""
    plan = planned(real, 36, inflow=between(150, 300, 90), beds=between(*BEDS[:4]), places=between(60, 90, 120))
    nobody, strategy = (lab.live(real, name, 36, plan=plan, **levers)
                        for name, levers in (("status_quo", {}), ("user_centred", lab.SOON)))  # fmt: skip
    for name in ("arrivals", "crisis_beds"):
        assert (nobody.measured[name] == strategy.measured[name]).all(), name
    more = strategy.measured["reform_mainstream"] - nobody.measured["reform_mainstream"]
    assert strategy.measured["reform_grant"].max() > 0
    assert (more >= 0).all()


def test_without_a_path_a_plan_is_what_grows_at_a_rate(lab: Any) -> None:
    p = lab.parameters(demand_growth=0.1, supply_growth=-0.1)[0]
    rows = plan_without_paths(p, 60, 12)
    assert (rows["inflow"][:13] == p.inflow).all()
    assert rows["inflow"][[24, 36]] == pytest.approx([p.inflow * 1.1, p.inflow * 1.21])
    assert rows["homes"][24] == pytest.approx(p.secure_supply * 0.9)
    assert (rows["bed_price"] == 1).all()
    assert (rows["beds"] == p.crisis_beds).all()
