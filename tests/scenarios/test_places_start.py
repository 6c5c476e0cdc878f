"""Where a place's run starts, and a run in the words of published figures: counted once more from the people."""

import numpy as np
import pytest

from agents.service_user import GONE, LOOKING, UNSERVED
from analysis.starts import to_check
from model.state import BURN_IN
from runs.as_published import MONTHS, YEAR, as_published, on_a_night
from runs.running import burnt_in, lived, month_by_month
from runs.where_it_starts import Line, apart, declared, fitted, month_zero, scenario_of, where_it_starts
from scenarios.places import find_place
from scenarios.published import PUBLISHED

PLACE = "south_dublin"


def test_what_a_file_declares_of_a_night() -> None:
    says = declared(find_place("helsinki"))
    assert says["people_in_beds"] == pytest.approx(0.98 * 210)
    assert says["hidden"] == pytest.approx(4.1 * 0.98 * 210)
    assert says["without_home"] == pytest.approx(0.98 * 210 * 5.1 + 155)
    assert says["housing_first_places"] == 1300


@pytest.mark.parametrize("name", ["south_dublin", "metro_denver"])
def test_month_zero_is_in_people_of_the_real_place_whatever_is_simulated(name: str) -> None:
    """Metro Denver has 18,000 people, of whom 10,000 are simulated."""
    place = find_place(name)
    here, says = month_zero(place), declared(place)
    for stock in ("people_in_beds", "sleeping_rough", "hidden"):
        assert here[stock] == pytest.approx(says[stock], rel=0.02, abs=3), stock
    assert here["people_on_a_night"] == here["people_in_beds"] + here["sleeping_rough"]


def test_a_year_is_counted_once_more_from_the_people() -> None:
    scenario = scenario_of(find_place(PLACE), MONTHS)
    found, seen, firsts, left = as_published(scenario), set(), 0, 0
    past = burnt_in(scenario)
    bedded = {int(one["id"]) for one in past.users if one["situation"] < 7 and one["bed_from"] >= 0}
    for month, world in month_by_month(past, scenario):
        for one in world.users[world.users["situation"] <= LOOKING] if 1 <= month <= YEAR else []:
            in_bed = one["bed_provider"] >= 0
            if in_bed or one["situation"] == UNSERVED:
                seen.add(int(one["id"]))
            firsts += in_bed and one["bed_from"] == BURN_IN + month - 1 and int(one["id"]) not in bedded
        if month == YEAR:
            left = sum(1 for one in world.users if one["situation"] == UNSERVED or
                       (one["situation"] != GONE and one["bed_provider"] >= 0))  # fmt: skip
            break
    assert found["year_count"] == len(seen)
    start = on_a_night(past)
    assert found["change_in_year"] == pytest.approx(left / start["people_on_a_night"])
    end = lived(past, scenario).measured[BURN_IN : BURN_IN + YEAR]
    assert found["admissions_a_month"] == pytest.approx(end["admissions"].mean())
    assert found["stay_months"] == pytest.approx(np.average(end["stay_mean"], weights=end["stays_ended"]))
    assert 0.5 < found["new_a_month"] * YEAR / max(firsts, 1) < 2.0  # firsts misses who was bedded before and is gone
    assert set(found) == {*PUBLISHED, "hidden"}


def test_what_is_fitted_holds_the_counts() -> None:
    place = find_place("southwest_ireland")
    found, says = fitted(place), declared(place)
    for stock in ("people_in_beds", "sleeping_rough", "hidden"):
        assert found.predicted[stock] == pytest.approx(says[stock], rel=0.01), stock
    assert found.predicted["under_six"] == pytest.approx(place.published["under_six"].value, abs=0.005)
    assert "drift_out" in found.rates  # which that share decides
    assert "drift_out" not in fitted(find_place("dublin")).rates


def test_lines_stand_side_by_side_and_what_differs_is_told() -> None:
    lines = {one.name: one for one in where_it_starts(find_place(PLACE))}
    beds = lines["people_in_beds"]
    assert beds.month_0 is not None
    assert beds.difference == pytest.approx(beds.month_0 - 313)  # published goes before declared
    assert lines["change_in_year"].month_0 is None
    assert lines["change_in_year"].difference is None
    rate = lines["seek_short"]
    assert rate.difference == pytest.approx(rate.fitted - rate.declared)  # type: ignore[operator]
    near, far = (Line("hidden", "people", "people hidden", 800.0, month_0=value) for value in (815.0, 820.0))
    assert apart([near]) == []
    assert apart([far]) == [far]
    told = to_check(find_place(PLACE), [near, far])
    assert told[-1] == "Month 0 has 820 where the file declares 800: people hidden."
    assert not any("815" in text for text in told)
