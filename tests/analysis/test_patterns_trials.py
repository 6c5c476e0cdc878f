"""Trials as experiments: the parts they give, how each is defined, and that parameters move what they should."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl
import pytest

from analysis.patterns.experiment import Sets
from analysis.patterns.lives import NONE, Lives
from analysis.patterns.trials import (
    BED_OFFERS,
    DENVER_OFFERS,
    EXPERIMENTS,
    FRANCE,
    at_home,
    at_home_parts,
    denver,
    front_loaded,
    kept,
    mortality,
    moves,
    rate_ratio,
    two_ways_parts,
)
from evidence.patterns import load_patterns
from runs.trial import NIGHTS, PERSONS

BY_NAME = {one.name: one for one in EXPERIMENTS}
HOME = "rRsSh"
SILENT = {"P24.quality", "Moves.first_for_fit"}  # the model has no such outcome


@cache
def once(name: str) -> dict[str, float]:
    return BY_NAME[name].run(1, {})


def rows(*lives: tuple[str, str, str], start: int = 0) -> pl.DataFrame:
    """(arm, situations by month as letters, fate): c crisis at 100 a month, r reform at 60, s settled at 10, h housed,
    l looking with the place that was kept, x gone; R or S: moves into another home of the same kind this month."""
    word = {"c": "crisis", "r": "reform", "s": "settled", "h": "housed", "l": "looking", "x": "gone"}
    price = {"c": 100.0, "r": 60.0, "s": 10.0}

    def since(life: str, month: int, kind: str, begins: str) -> int | None:
        """Months since the present run of letters of `kind` began; a letter of `begins` begins another."""
        if life[month] not in kind:
            return None
        first = month
        while first and life[first] not in begins and life[first - 1] in kind:
            first -= 1
        return month - first

    told = [
        {
            "person": person, "arm": arm, "month": month, "need": 0.5, "situation": word[letter.lower()],
            "secure": int(letter in HOME), "nights_crisis": 0.0, "cost_commissioner": price.get(letter.lower(), 0.0),
            "home_months": since(life, month - start, HOME, "RS"),
            "place_months": since(life, month - start, "rRl", ""),
            "cost_foundation": 0.0, "cost_provider": 0.0, "cost_other": 0.0, "cost_reform": 0.0, "acute": 0,
            "alive": int(letter != "x" or fate != "died"), "lost": int(letter == "x" and fate == "left"),
        }
        for person, (arm, life, fate) in enumerate(lives)
        for month, letter in enumerate(life, start)
    ]  # fmt: skip
    return pl.DataFrame(told, schema=PERSONS)


def lives(*told: tuple[str, str, str]) -> Lives:
    """The same lives as the fitted patterns count them."""
    frame = rows(*told)
    people, months = len(told), len(told[0][1])

    def table(name: str) -> np.ndarray:
        return frame[name].fill_null(NONE).to_numpy().reshape(people, months)

    situation = frame["situation"].to_physical().to_numpy().reshape(people, months)
    return Lives(np.array([arm for arm, _, _ in told]), situation, table("alive") == 1, table("lost") == 1,
                 table("home_months"), table("place_months"), np.full(people, np.nan))  # fmt: skip


def kept_for(found: Lives, months: int) -> float:
    return kept(found, months)[0]


@pytest.mark.parametrize("name", BY_NAME)
def test_an_experiment_gives_every_part_of_its_patterns_and_the_same_one_again(name: str) -> None:
    found, experiment = once(name), BY_NAME[name]
    patterns = load_patterns()
    wanted = {f"{pattern}.{part}" for pattern in experiment.patterns for part in patterns[pattern].parts}
    assert set(found) == wanted - SILENT
    assert all(math.isfinite(value) for value in found.values())
    assert experiment.run(1, {}) == found
    assert experiment.run(2, {}) != found


def test_housed_days_and_tenure_of_lives_counted_by_hand() -> None:
    """25 months, 0 to 24: a home from month 3 on; one from 5 to 12 lost and another from 20; none; one who leaves.

    Entry and tenure are counted from the middle of the month of a move."""
    found = at_home_parts(lives(
        ("reform", "ccc" + "r" * 22, ""), ("reform", "ccccc" + "r" * 8 + "c" * 7 + "s" * 5, ""),
        ("usual", "c" * 25, ""), ("usual", "c" * 13 + "s" * 12, ""), ("usual", "cc" + "x" * 23, "left"),
    ))  # fmt: skip
    assert found["P1.reform_12"] == 1.0
    assert found["P1.usual_12"] == 0.0  # of the two who are still followed
    assert found["P1.difference_12"] == 1.0
    assert found["P2.time_reform"] == pytest.approx((22 + 13) / 48)
    assert found["P2.time_usual"] == pytest.approx(12 / (24 + 24 + 1))
    assert found["P2.days_reform"] == pytest.approx((2.5 + 4.5) / 2 * NIGHTS)
    assert found["P2.days_usual"] == pytest.approx(12.5 * NIGHTS)
    assert found["P2.tenure_reform"] == pytest.approx((21.5 + 4.5) / 2 * NIGHTS)
    assert found["P2.tenure_usual_housed"] == pytest.approx(11.5 * NIGHTS)  # of the one who is housed
    assert found["P2.tenure_usual"] == pytest.approx(11.5 / 2 * NIGHTS)  # and of the one who is not


def test_tenure_is_in_the_present_home_and_time_housed_in_all_of_them() -> None:
    """A second home in month 15, after two months between homes; a move from one month to the next; and three doors to
    a home in usual services, of which the time counts alike."""
    found = at_home_parts(lives(
        ("reform", "ccc" + "r" * 10 + "ll" + "r" * 10, ""), ("reform", "ccc" + "r" * 15 + "R" + "r" * 6, ""),
        ("usual", "c" * 13 + "s" * 12, ""), ("usual", "c" * 19 + "h" * 6, ""), ("usual", "c" * 4 + "s" * 19 + "cc", ""),
    ))  # fmt: skip
    assert found["P2.tenure_reform"] == pytest.approx((9.5 + 6.5) / 2 * NIGHTS)
    assert found["P2.days_reform"] == pytest.approx(2.5 * NIGHTS)  # to the first home
    assert found["P2.time_reform"] == pytest.approx((20 + 22) / 48)
    assert found["P2.time_usual"] == pytest.approx((12 + 6 + 19) / 72)
    assert found["P2.tenure_usual"] == pytest.approx((11.5 + 5.5) / 3 * NIGHTS)
    assert found["P2.tenure_usual_housed"] == pytest.approx((11.5 + 5.5) / 2 * NIGHTS)


def test_a_lasting_answer_with_family_counts_as_housed_where_it_says_so() -> None:
    found = at_home_parts(lives(("reform", "c" * 25, ""), ("usual", "c" * 7 + "x" * 18, "left"),
                                ("usual", "c" * 25, ""), ("usual", "cc" + "x" * 23, "died")))  # fmt: skip
    assert found["P1.usual_12"] == found["P2.time_usual"] == 0.0
    assert found["P1.usual_12_family"] == pytest.approx(1 / 2)
    assert found["P2.time_usual_family"] == pytest.approx(18 / (24 + 24 + 1))


def test_nobody_housed_is_not_a_number_of_days() -> None:
    found = at_home_parts(lives(("reform", "c" * 25, ""), ("usual", "c" * 25, "")))
    assert math.isnan(found["P2.days_usual"])
    assert math.isnan(found["P2.tenure_usual_housed"])
    assert found["P2.tenure_usual"] == 0


def test_places_kept_counted_by_hand() -> None:
    """Four moves in month 1: one place is lost in the 6th month after, one person dies, one stays, one is settled."""
    found = lives(("reform", "c" + "r" * 6 + "c" * 8, ""), ("reform", "c" + "r" * 9 + "x" * 5, "died"),
                ("reform", "c" + "r" * 14, ""), ("reform", "c" + "r" * 4 + "s" * 10, ""))  # fmt: skip
    assert kept_for(found, 5) == 1.0
    assert kept_for(found, 12) == pytest.approx(3 / 4)
    assert math.isnan(kept_for(found, 24))  # nobody was followed for so long
    assert math.isnan(kept_for(lives(("reform", "c" * 30, "")), 12))


def test_who_is_rehoused_has_kept_the_place_and_who_gives_up_between_homes_has_not() -> None:
    """One moves at once, one looks for three months and is re-housed, one looks in vain, one loses the place in the
    4th month and gets another, a fifth one.  Counting homes instead of places would leave nobody at 12 months."""
    found = lives(
        ("reform", "c" + "r" * 5 + "R" + "r" * 9, ""), ("reform", "c" + "r" * 4 + "lll" + "r" * 8, ""),
        ("reform", "c" + "r" * 4 + "lll" + "c" * 8, ""), ("reform", "c" + "r" * 4 + "c" + "l" + "r" * 9, ""),
    )  # fmt: skip
    assert kept_for(found, 3) == 1.0
    assert kept_for(found, 4) == pytest.approx(4 / 5)
    assert kept_for(found, 12) == pytest.approx(3 / 5)


def test_an_ordinary_home_lost_after_support_is_a_place_not_kept() -> None:
    found = lives(("reform", "c" + "r" * 4 + "s" * 5 + "c" * 5, ""), ("reform", "c" + "r" * 14, ""))
    assert kept_for(found, 12) == pytest.approx(1 / 2)


def test_moves_by_hand() -> None:
    """61 months each: no move; one in the 30th month after the first home; two, in the 10th and 20th; one without."""
    stay = "c" + "r" * 60
    once, twice = list(stay), list(stay)
    once[31] = twice[11] = twice[21] = "R"
    found = moves(lives(("reform", stay, ""), ("reform", "".join(once), ""), ("reform", "".join(twice), ""),
                        ("reform", "c" * 61, "")))  # fmt: skip
    months = 60  # 0 to 59 after a first home in month 1
    assert found["Moves.once"] == pytest.approx(((months - 30) + (months - 10)) / 3 / months)
    assert found["Moves.twice"] == pytest.approx((months - 20) / 3 / months)


def test_front_loaded_loss_is_a_difference_of_hazards() -> None:
    assert front_loaded(0.86, 0.77) == pytest.approx(-math.log(0.86) / 12 - math.log(0.86 / 0.77) / 24)
    assert front_loaded(math.exp(-0.12), math.exp(-0.36)) == pytest.approx(0.0)
    assert front_loaded(0.99, 0.80) < 0
    assert math.isnan(front_loaded(1.0, 0.0))
    assert math.isnan(front_loaded(math.nan, math.nan))


def test_costs_both_ways_of_lives_counted_by_hand() -> None:
    """Usual: half get cheaper by themselves.  A person without a full year before is in the trial only."""
    before = "c" * 12
    found = two_ways_parts(
        pl.concat([
            rows(("usual", before + "c" * 12, ""), ("usual", before + "s" * 12, ""), ("reform", before + "r" * 12, ""),
                 start=-11),
            rows(("reform", "c" + "r" * 11 + "s", "")).with_columns(person=pl.lit(9, pl.Int64)),
        ])
    )  # fmt: skip
    reform = (12 * 60 + 11 * 60 + 10) / 24 * 12
    assert found["P13.net_cost_trial"] == pytest.approx(reform - 55 * 12)
    assert found["P13.prepost"] == pytest.approx((60 - 100) * 12)
    # by trial the same people cost 60 - 55 a month more; before and after they saved 40
    assert found["P13.overstatement"] == pytest.approx((60 - 55) * 12 + 40 * 12)
    assert math.isnan(found["P13.offset"])  # nobody's place cost anything


def test_the_offset_is_a_share_of_what_the_places_cost() -> None:
    """The offered cost 60 a month, 50 of it the place; usual services 100: 90 less elsewhere, for a place of 50."""
    lives = rows(("usual", "c" * 24, ""), ("reform", "c" * 12 + "r" * 12, ""), start=-11)
    charged = lives.with_columns(
        cost_reform=pl.when(pl.col("month") > 0, pl.col("arm") == "reform").then(50.0).otherwise(0.0)
    )
    assert two_ways_parts(charged)["P13.offset"] == pytest.approx((50 - (60 - 100)) / 50)


def test_no_overstatement_where_usual_services_stay_as_they_are() -> None:
    found = two_ways_parts(rows(("usual", "c" * 24, ""), ("reform", "c" * 12 + "r" * 12, ""), start=-11))
    assert found["P13.overstatement"] == pytest.approx(0.0)
    assert found["P13.prepost"] == found["P13.net_cost_trial"] == pytest.approx(-40 * 12)


def test_death_rates_of_lives_counted_by_hand() -> None:
    lives = rows(("reform", "crrrr", ""), ("reform", "crrxx", "died"), ("usual", "ccxxx", "died"),
                 ("usual", "cccxx", "left"), ("usual", "ccccc", ""))  # fmt: skip
    assert rate_ratio(lives) == pytest.approx((1 / (4 + 2 + 0.5)) / (1 / (1 + 2 + 4 + 0.5)))
    assert rate_ratio(lives.filter(pl.col("person") != 1)) == 0.0
    assert math.isnan(rate_ratio(lives.filter(pl.col("person") != 2)))


MOVES: list[tuple[Callable[[int, Sets], dict[str, float]], str, dict[str, float], dict[str, float], float]] = [
    (denver, "P5.year_1", {"lose_home_first_year": 0.006}, {"lose_home_first_year": 0.0126}, -0.02),
    (denver, "P5.year_3", {"lose_home_later": 0.002}, {"lose_home_later": 0.006}, -0.02),
    (denver, "P14.home_accepted", {"accept_home": 0.95}, {"accept_home": 0.80}, -0.05),
    (denver, "P14.bed_accepted", {"accept_bed": 0.75}, {"accept_bed": 0.45}, -0.15),
    (at_home, "P1.usual_12", {"secure_supply@canada_trial": 50}, {"secure_supply@canada_trial": 15}, -0.1),
    (mortality, "P24.mortality", {"mortality_reform": 1.1}, {"mortality_reform": 0.8}, -0.05),
]  # fmt: skip


@pytest.mark.parametrize(("experiment", "part", "one", "other", "less"), MOVES)
def test_a_parameter_moves_the_part_it_should(
    experiment: Callable[[int, Sets], dict[str, float]], part: str, one: Sets, other: Sets, less: float
) -> None:
    """Paired: the same people and luck.  The margin is below the smallest change that the two settings should make."""
    assert experiment(1, other)[part] - experiment(1, one)[part] < less


def test_what_is_bound_to_another_place_moves_nothing() -> None:
    assert denver(1, {"accept_home@canada_trial": 0.80}) == once("denver")


def test_samples_are_of_the_size_of_the_studies() -> None:
    """The spread of shares over runs is that of so many answers; false alarm below 1 in 1,000 for each bound."""
    seeds = range(1, 13)
    found = [denver(seed, {}) for seed in seeds]
    homes, beds = (pl.Series([one[f"P14.{name}_accepted"] for one in found]) for name in ("home", "bed"))
    for shares, n in ((homes, DENVER_OFFERS), (beds, BED_OFFERS)):
        mean = float(shares.mean())  # type: ignore[arg-type]
        spread = float(shares.std())  # type: ignore[arg-type]
        assert 0.4 < spread / math.sqrt(mean * (1 - mean) / n) < 1.7  # chi-square of 11 degrees: .40 to 1.69
    assert FRANCE == 48
