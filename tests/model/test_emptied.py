"""Beds left for good, by death or for a home: what is not offered again stands empty and closes by the lump."""

from __future__ import annotations

from typing import Any

from agents.service_user import CRISIS, DIED, GONE, SETTLED
from evidence.quantities import inputs
from model.state import CLOSES

SETS = {"mortality_low": 60.0, "closure_lump": 5, "convert_rate": 0.0, "emergency_response": 0.0}


def after(lab: Any, months: int = 60, **sets: float) -> Any:
    return lab.live(lab.begin(800, **SETS, **sets), "status_quo", months)


def test_places_of_those_who_left_for_good_close_by_the_lump(lab: Any) -> None:
    begin, end = lab.begin(800, **SETS, refill=0.0), after(lab, refill=0.0)
    closed = begin.providers["crisis_beds"].sum() - end.providers["crisis_beds"].sum()
    emptied = end.providers["left_empty"]
    past = int(begin.system[0].month)
    left = end.flows[past:, CRISIS, [SETTLED, GONE - 1 + DIED]].sum()  # a few of them from a fast stay
    assert closed > 0
    assert 0.5 * left < closed + emptied.sum() <= left + end.measured["moved_in"][past:].sum()
    assert (end.providers["in_crisis"] + emptied <= end.providers["crisis_beds"]).all()
    lines = end.events[: int(end.system[0].events)]
    assert lines["amount"][lines["kind"] == CLOSES].sum() == closed
    assert end.system[0].saved + end.system[0].not_saved == closed * end.system[0].bed_month


def test_the_more_is_offered_again_the_fewer_close(lab: Any) -> None:
    left = [after(lab, refill=share).providers["crisis_beds"].sum() for share in (0.0, 0.5, 1.0)]
    assert left == sorted(left)
    assert left[2] == lab.begin(800, **SETS, refill=1.0).providers["crisis_beds"].sum()


def test_nothing_closes_before_the_run_and_nothing_at_rest(lab: Any) -> None:
    assert lab.begin(800, **SETS, refill=0.0).providers["left_empty"].sum() == 0
    assert after(lab, refill=inputs()["refill"].value).providers["left_empty"].sum() == 0
