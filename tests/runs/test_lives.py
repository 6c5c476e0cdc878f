"""Lives: one person under two strategies, and everybody's histories."""

from collections.abc import Callable

import polars as pl
import pytest

from agents.service_user import DIED
from engine.errors import BadInput
from runs.lives import GOING, PEOPLE, check_histories, everybody, somebody, two_lives
from runs.running import live
from scenarios.scenario import NOBODY, Scenario

Small = Callable[..., Scenario]


def test_histories_agree_with_what_is_measured(small: Small) -> None:
    one = small("user_centred")
    run, people = everybody(one)
    assert run.measured is not None
    assert run.measured.tobytes() == live(one).measured.tobytes()  # type: ignore[union-attr]
    for situation in ("hidden", "unserved", "crisis", "looking", "reform", "settled", "housed"):
        counted = people.filter(situation=situation).group_by("month").len().sort("month")
        found = dict(counted.iter_rows())
        assert [found.get(month, 0) for month in range(85)] == run.measured[situation].tolist(), situation
    assert people.select("month", "person").is_duplicated().sum() == 0
    assert dict(people.schema) == PEOPLE
    assert people.select(pl.col("need").n_unique().over("person")).to_series().max() == 1


def test_two_lives_are_those_of_the_histories_and_end_for_a_reason(small: Small) -> None:
    a, b = small(NOBODY), small("user_centred")
    number = somebody(a, b)
    assert number is not None
    lives = two_lives(a, b, number)
    for scenario, life in zip((a, b), lives, strict=True):
        told = everybody(scenario)[1].filter(person=number).sort("month")
        here = [moment for moment in life if moment.me is not None]
        assert [moment.month for moment in here] == told["month"].to_list()
        assert [moment.me.trust for moment in here if moment.me] == told["trust"].to_list()
        assert len(life) == 85
    assert [m.me and m.me.situation for m in lives[0]] != [m.me and m.me.situation for m in lives[1]]


def test_the_settled_are_housed_after_some_years_and_stay_in_sight_until_they_die(small: Small) -> None:
    one = small(NOBODY)
    _, people = everybody(one)
    last = people.filter(month=84)["person"]
    housed = people.filter(situation="housed")
    assert housed.filter(pl.col("person").is_in(people.filter(month=0, situation="settled")["person"])).height > 0
    died = sorted(set(housed["person"]) - set(last))
    assert died
    for number in (*died[:2], last.filter(last.is_in(housed["person"].implode()))[0]):
        life = two_lives(one, one, number)[0]
        assert [m.month for m in life if m.me] == people.filter(person=number).sort("month")["month"].to_list()
        gone = {m.gone for m in life if m.me is None and m.month > 0 and m.gone}
        assert gone == ({GOING[DIED]} if number in died else set())


def test_nobodys_life_differs_without_a_foundation_that_acts(small: Small) -> None:
    assert somebody(small(NOBODY), small("placebo")) is None


def test_a_number_that_nobody_has_is_answered_with_some_that_somebody_has(small: Small) -> None:
    a, b = small(NOBODY), small("homes")
    with pytest.raises(BadInput, match="Nobody has the number 77777777777") as caught:
        two_lives(a, b, 77777777777)
    known = int(caught.value.allowed.removeprefix("for example ").split(",")[0])
    assert two_lives(a, b, known)[0][0].me is not None


def test_histories_too_large_to_hold_are_refused(small: Small) -> None:
    with pytest.raises(BadInput, match="481,000,000 rows of histories are too many"):
        check_histories(small(people=1_000_000, months=480))
