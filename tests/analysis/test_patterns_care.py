"""The fields of care as experiments: the parts they give, how each is counted, and what moves them."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from agents.service_user import CRISIS, DIED, HIDDEN, LEFT, LOOKING, REFORM, SETTLED, UNSERVED, USER
from analysis.patterns import care
from analysis.patterns.care import (
    EXPERIMENTS,
    FIVE_YEARS,
    Followed,
    Night,
    in_long_stays,
    moved_in,
    moved_on,
    stays_ended,
    yearly_fall,
)
from evidence.patterns import load_patterns

BY_NAME = {one.name: one for one in EXPERIMENTS}
NONE = -1


@cache
def once(name: str) -> dict[str, float]:
    return BY_NAME[name].run(1, {})


def at(month: int, *people: tuple[int, int, int], **columns: list[int]) -> Night:
    """(id, situation, provider of the bed) of each, and other columns."""
    users = USER.empty(len(people))
    for i, (number, situation, bed) in enumerate(people):
        users[i].id, users[i].situation, users[i].bed_provider = number, situation, bed
        users[i].housed_on, users[i].joined = -1000, -500  # nobody is between two homes
    for name, values in columns.items():
        users[name] = values
    return Night(month, users)


@pytest.mark.parametrize("name", BY_NAME)
def test_an_experiment_gives_every_part_of_its_patterns(name: str) -> None:
    patterns = load_patterns()
    wanted = {f"{one}.{part}" for one in BY_NAME[name].patterns for part in patterns[one].parts}
    assert set(once(name)) == wanted
    assert all(np.isfinite(value) for value in once(name).values())


@pytest.mark.parametrize("name", BY_NAME)
def test_the_same_seed_gives_the_same_digits_and_another_seed_others(name: str) -> None:
    assert BY_NAME[name].run(1, {}) == once(name)
    assert BY_NAME[name].run(2, {}) != once(name)


# --- how things are counted -------------------------------------------------------------------------------------------


def test_who_moves_in_comes_from_a_bed_or_from_elsewhere() -> None:
    before = at(5, (1, CRISIS, 0), (2, LOOKING, 0), (3, HIDDEN, NONE), (4, REFORM, NONE), (5, LOOKING, NONE),
                (6, CRISIS, 0), (7, REFORM, 0), housed_on=[0] * 6 + [4], joined=[9] * 6 + [3])  # fmt: skip
    now = at(6, (1, REFORM, NONE), (2, REFORM, NONE), (3, REFORM, NONE), (4, REFORM, NONE), (5, REFORM, NONE),
             (6, CRISIS, 0), (7, REFORM, NONE), (8, REFORM, NONE))  # fmt: skip
    of_beds, of_others = moved_in(before, now)
    assert of_beds.tolist() == [1, 2]  # 7 was in a spell, 4 had a home all the time
    assert of_others.tolist() == [3, 5, 8]  # 8 is new


def test_a_stay_is_over_when_there_is_no_bed_any_more() -> None:
    before = at(9, (1, CRISIS, 0), (2, CRISIS, 0), (3, LOOKING, 0), (4, HIDDEN, NONE), bed_from=[9, 3, 2, 1])
    now = at(10, (1, HIDDEN, NONE), (2, CRISIS, 1), (4, CRISIS, 0), bed_from=[9, 3, 10])
    assert sorted(stays_ended(before, now).tolist()) == [1, 8]


def test_who_has_moved_on_is_alive_and_neither_in_a_bed_nor_on_the_street() -> None:
    first = at(20, *((i, CRISIS, 0) for i in range(1, 9)), (9, LOOKING, 0), bed_from=[8] * 7 + [9, 0])
    cohort = in_long_stays(first)
    assert cohort.tolist() == [1, 2, 3, 4, 5, 6, 7]  # 8 has been there for 11 months, 9 has agreed to move
    later = at(50, (1, CRISIS, 0), (2, REFORM, NONE), (3, HIDDEN, NONE), (4, UNSERVED, NONE), (5, LOOKING, 0))
    assert moved_on(cohort, later, np.array([6])) == pytest.approx(3 / 7)  # 2, 3 and 6; 7 died
    assert math.isnan(moved_on(cohort[:0], later, np.array([])))


def test_people_are_followed_for_five_years_through_spells_and_losses() -> None:
    told = Followed()
    six = [1, 2, 3, 4, 5, 6]
    told.join(at(10, *((i, REFORM, NONE) for i in six), housed_on=[10] * 6), np.array(six))
    told.tell(at(11, (1, REFORM, NONE), (2, REFORM, 0), (3, UNSERVED, NONE), (4, SETTLED, NONE), housed_on=[10] * 4),
              {5: DIED, 6: LEFT})  # fmt: skip
    assert told.readmitted.tolist() == [False, True, False, False, False, False]
    assert told.dead.tolist() == [False] * 4 + [True, False]
    assert told.lost.tolist() == [False, False, True, False, False, True]
    end = at(10 + FIVE_YEARS, (1, REFORM, NONE), (2, REFORM, NONE), (3, CRISIS, 0), (4, SETTLED, NONE),
             housed_on=[40, 10, 10, 10])  # fmt: skip
    told.tell(end, {})
    found = told.found(10 + FIVE_YEARS)
    assert found["Resettled.first_home"] == pytest.approx(2 / 5)  # 2 and 4: 1 lives in another home now
    assert found["Resettled.in_community"] == pytest.approx(4 / 5)
    assert found["Resettled.readmitted"] == pytest.approx(2 / 5)
    told.tell(at(11 + FIVE_YEARS, (1, REFORM, 0), housed_on=[10]), {})  # after the end nothing is told any more
    assert told.found(11 + FIVE_YEARS) == found
    assert math.isnan(told.found(9 + FIVE_YEARS)["Resettled.first_home"])  # nobody's five years are over yet


def test_who_was_housed_for_long_and_is_gone_has_died() -> None:
    told = Followed()
    told.join(at(10, (1, REFORM, NONE), housed_on=[10]), np.array([1]))
    told.tell(at(50, (1, SETTLED, NONE), housed_on=[10]), {})
    told.tell(at(51, (2, HIDDEN, NONE)), {})
    assert told.dead.tolist() == [True]


def test_nobody_joins_twice() -> None:
    told, now = Followed(), at(10, (1, REFORM, NONE), (2, REFORM, NONE))
    told.join(now, np.array([1]))
    told.join(now, np.array([1, 2]))
    assert told.ids.tolist() == [1, 2]


def test_a_fall_is_told_by_the_year() -> None:
    assert yearly_fall(100, 50, 12) == pytest.approx(0.5)
    assert yearly_fall(100, 121, 24) == pytest.approx(-0.1)
    assert math.isnan(yearly_fall(0, 5, 12))


# --- that assumptions move them ---------------------------------------------------------------------------------------


def test_places_that_are_offered_again_keep_congregated_settings_open() -> None:
    usual = once("congregated settings in Ireland")
    refilled = care.congregated_settings(1, {"refill@ireland_disability": 1.0})
    assert refilled["Stalling.places_2024"] > usual["Stalling.places_2024"] + 100
    elsewhere = care.congregated_settings(1, {"refill@ireland_mental_health": 0.5})
    assert elsewhere == usual


def test_a_spell_that_ends_the_home_ends_the_first_home() -> None:
    usual = once("hospital-led care in Ireland")
    lost = care.hospital_led(1, {"spell_keeps_home": 0.0})
    assert lost["Resettled.first_home"] < usual["Resettled.first_home"] - 0.1
    kept = care.hospital_led(1, {"lose_home_first_year": 0.0, "lose_home_later": 0.0})
    assert kept["Resettled.first_home"] > usual["Resettled.first_home"] + 0.05  # places close, support ends
    assert kept["Resettled.readmitted"] < usual["Resettled.readmitted"] - 0.1
