"""P15, P21, P22, P23: what each part means, by hand on small made-up data and by turning what should move it."""

import math
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from agents.funder import DEAD, EMPTY, GRANT_PAID, MAINSTREAM
from agents.programme import PROGRAMME
from agents.service_user import CRISIS, GONE, REFORM, SETTLED, USER
from analysis.patterns import programmes
from analysis.patterns.programmes import (
    EXPERIMENTS,
    a_month_on,
    co_design,
    contact_and_training,
    distance,
    effect_size,
    fates_of,
    lives,
    on_top,
    outcome,
    sampled,
    secure,
    share,
    survival,
    wants_of,
    workforce,
)
from evidence.patterns import load_patterns
from model.contracts import CONVERTED, GRANTED, OPENED
from runs.running import burnt_in, lived
from scenarios.strategy import find_strategy

SEEDS = range(1, 4)


@cache
def runs(experiment, *sets):
    return [experiment(seed, dict(sets)) for seed in SEEDS]


def mean(experiment, part, **sets):
    return float(np.mean([one[part] for one in runs(experiment, *sets.items())]))


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.name)
def test_every_part_is_there_and_the_same_seed_gives_the_same_digits(experiment):
    once = experiment.run(3, {})
    parts = {f"{name}.{part}" for name in experiment.patterns for part in load_patterns()[name].parts}
    assert once.keys() == parts
    assert all(math.isfinite(value) for value in once.values())
    assert experiment.run(3, {}) == once
    assert experiment.run(4, {}) != once


def test_what_is_bound_to_another_place_changes_nothing():
    assert workforce(1, {"turnover@canada_trial": 0.019}) == workforce(1, {})
    assert workforce(1, {"turnover@dublin": 0.019}) == workforce(1, {"turnover": 0.019})


# P15


def lot(month, provider, occasion):
    return ((month + 1) << 44) + (provider << 24) + occasion


def test_only_lots_that_a_grant_opened_are_followed_under_their_own_number():
    grant, other = lot(100, 3, GRANTED + 7), lot(102, 0, GRANTED)
    tables = [
        ([5, lot(99, 3, OPENED), lot(99, 3, CONVERTED), 0], [MAINSTREAM, MAINSTREAM, MAINSTREAM, EMPTY]),
        ([5, grant, 0, 0], [MAINSTREAM, GRANT_PAID, EMPTY, EMPTY]),
        ([5, grant, 0, 0], [MAINSTREAM, DEAD, EMPTY, EMPTY]),
        ([5, other, 0, 0], [MAINSTREAM, GRANT_PAID, EMPTY, EMPTY]),  # the row of the first lot serves a second
    ]
    worlds = [SimpleNamespace(lots={"ordinal": np.array(n, np.int64), "state": np.array(s)}) for n, s in tables]
    assert lives(enumerate(worlds)) == {grant: [GRANT_PAID, DEAD, EMPTY], other: [GRANT_PAID]}


def test_the_clock_starts_when_project_money_ends_and_nobody_is_followed_halfway():
    found = {
        1: [GRANT_PAID, GRANT_PAID, MAINSTREAM, DEAD, MAINSTREAM],
        2: [GRANT_PAID, DEAD, EMPTY, EMPTY],
        3: [GRANT_PAID, GRANT_PAID, GRANT_PAID, MAINSTREAM],  # seen for no month after its first
        4: [GRANT_PAID, GRANT_PAID],
    }
    assert fates_of(found, 2) == {1: [MAINSTREAM, DEAD, MAINSTREAM], 2: [DEAD, EMPTY, EMPTY]}


@pytest.mark.parametrize(
    ("fate", "called"),
    [
        ([MAINSTREAM, MAINSTREAM, MAINSTREAM], "continuous"),
        ([MAINSTREAM, DEAD, MAINSTREAM], "restarted"),
        ([DEAD, DEAD, MAINSTREAM], "restarted"),  # refused when the grant ended, and taken up later
        ([DEAD, MAINSTREAM, DEAD], "gone"),
        ([MAINSTREAM, DEAD, EMPTY], "gone"),
    ],
)
def test_what_a_fate_is_called(fate, called):
    assert outcome(fate) == called


def test_a_sample_is_drawn_by_lot_and_two_samples_differ():
    fates = [(k, [MAINSTREAM]) for k in range(100)]
    one = [k for k, _ in sampled(fates, 12, 1, 0)]
    assert len(one) == len(set(one)) == 12
    assert one == [k for k, _ in sampled(fates[::-1], 12, 1, 0)]
    assert one != [k for k, _ in sampled(fates, 12, 1, 1)]
    assert one != [k for k, _ in sampled(fates, 12, 2, 0)]
    assert len(sampled(fates, 200, 1, 0)) == 100


def test_there_are_as_many_programmes_as_the_study_had_sites():
    for late in runs(survival):
        parts = [late["P15.continuous_72"], late["P15.restarted_72"], late["P15.gone_72"]]
        assert sum(parts) == pytest.approx(1.0)
        assert [value * 49 for value in parts] == pytest.approx([round(value * 49) for value in parts])
        assert late["P15.alive_24"] * 12 == pytest.approx(round(late["P15.alive_24"] * 12))


def test_what_ends_programmes_ends_them_here():
    many, few = {"programme_death": 0.011, "death_at_grant_end": 0.4}, {"programme_death": 0.003}
    assert mean(survival, "P15.alive_24", **many) < mean(survival, "P15.alive_24", **few)
    assert mean(survival, "P15.continuous_72", **many) < mean(survival, "P15.continuous_72", **few)
    assert mean(survival, "P15.gone_72", **many) > mean(survival, "P15.gone_72", **few)
    alone = {"programme_death": 0.011}
    assert mean(survival, "P15.continuous_72", **alone) < mean(survival, "P15.continuous_72", **few)


def test_restarts_are_the_rule_s_own():
    assert mean(survival, "P15.restarted_72", restart=0.0) == 0.0
    assert mean(survival, "P15.restarted_72", restart=0.02, agree_usual=0.99) > 0.1


# P21


def test_effect_size_by_hand():
    assert effect_size([True, False], [True, False]) == 0.0
    assert effect_size([True, True], [False, False]) == pytest.approx(math.pi)
    assert effect_size([False] * 3 + [True], [True, False]) == pytest.approx(-math.pi / 6)
    assert math.isnan(effect_size([], [True]))
    assert share([True, False, False, False]) == 0.25


def test_only_those_still_there_are_asked():
    users = USER.empty(4)
    users["id"] = [11, 12, 13, 14]
    users["situation"] = [REFORM, CRISIS, SETTLED, GONE]
    assert secure(users, [11, 12, 13, 14, 15]) == [True, False, True]


def test_distance_of_designs_from_the_wants_of_those_served():
    people = USER.empty(3)
    people["programme"] = [0, 0, 2]
    people["wants_choice"] = [0.2, 0.6, 1.0]
    wants, number = wants_of(people, 3)
    assert number.tolist() == [2, 0, 1]
    assert wants.tolist() == [[pytest.approx(0.4), 0, 0], [0, 0, 0], [1, 0, 0]]
    programmes = PROGRAMME.empty(3)
    programmes["design_choice"] = [0.4, 0.3, 1.0]
    programmes["design_home"] = [0.0, 0.4, 0.5]
    assert distance(programmes, wants).tolist() == pytest.approx([0.0, 0.5, 0.5])


def test_involvement_comes_on_top_of_the_same_grants():
    levers = on_top(find_strategy("carrier").settings()[0][1], 0.25)
    plain = programmes.scenario(1, {}, 24, "carrier", start=0.0, duration=24.0)
    more = programmes.scenario(1, {}, 24, "carrier", start=0.0, duration=24.0, **levers)
    past = burnt_in(plain)
    one, other = (lived(past, plan) for plan in (plain, more))
    made = one.system[0].grants_made
    assert made == other.system[0].grants_made > 10
    awards = [world.grants[world.grants["total"] > 0] for world in (one, other)]
    assert (
        awards[0]["provider"][:10].tolist() == awards[1]["provider"][:10].tolist()
    )  # later calls have other applicants
    assert awards[0]["lot_places"].tolist() == awards[1]["lot_places"].tolist()
    for what in ("training", "bridge", "implementation"):  # the same on average: what whole places leave is shared out
        assert awards[1][what].sum() == pytest.approx(awards[0][what].sum(), rel=0.05)
    assert not awards[0]["involvement"].any()
    extra = awards[1]["involvement"].sum() * 24
    assert extra == pytest.approx(0.25 * awards[0]["total"].sum(), rel=0.05)


def test_a_null_is_not_an_experiment_that_does_nothing():
    moved = [one["P21.process_change"] for one in runs(co_design)]
    assert min(moved) > 0.03
    # where users want what professionals' convention gives them anyway, there is little to move
    alike = {"wants_choice_mean": 0.6, "wants_home_mean": 0.7, "wants_support_mean": 0.6, "convention_choice": 0.6}
    assert mean(co_design, "P21.process_change", **alike) < 0.5 * np.mean(moved)


# P22


def test_contact_and_training_scale_with_their_inputs_and_habit_takes_some_back():
    usual = contact_and_training(1, {})
    assert usual["P22.order"] == pytest.approx(usual["P22.contact_d"] - usual["P22.training_d"])
    assert usual["P22.contact_d"] < 0.07 / 0.2  # the input over the spread, before habit
    more = contact_and_training(1, {"contact": 0.105})
    assert more["P22.contact_d"] == pytest.approx(1.5 * usual["P22.contact_d"], rel=0.1)
    assert more["P22.training_d"] == usual["P22.training_d"]
    faithful = contact_and_training(1, {"contact_half_life": 240.0})
    assert faithful["P22.contact_d"] > usual["P22.contact_d"]
    assert contact_and_training(1, {"training": 0.028})["P22.training_d"] > usual["P22.training_d"]


# P23


def test_experience_by_hand():
    was = np.array([True, True, True, False, True])
    now = np.array([True, True, True, True, False])
    hired = np.array([False, True, True, True, False])
    sector = np.array([False, True, False, True, False])
    later = a_month_on(np.array([7, 7, 7, 0, 7]), was, now, hired, sector, 1, 50)
    assert later.tolist() == [8, 8, 0, 8, 0]


def test_who_leaves_and_who_comes_from_the_sector_shows():
    assert mean(workforce, "P23.turnover", turnover=0.056) > 1.5 * mean(workforce, "P23.turnover")
    assert mean(workforce, "P23.five_years", rehire_from_sector=0.5) > mean(workforce, "P23.five_years") + 0.05


def test_turnover_and_experience_as_the_formulas_have_it():
    """h leave a month, a share r comes from the sector, strain plays no part: 12 h a year, 1 - exp(-61 h (1 - r)) new.

    473 posts: standard errors .027 and .023 in one run, over sqrt(3) for three; four of them are allowed.
    """
    sets = {"turnover_strain": 0.0, "turnover": 0.03, "rehire_from_sector": 0.63}
    sets |= {"programme_death": 0.0, "open_rate": 0.0, "convert_rate": 0.0}  # no post comes or goes with a place
    assert mean(workforce, "P23.turnover", **sets) == pytest.approx(0.36, abs=4 * 0.027 / 3**0.5)
    assert mean(workforce, "P23.five_years", **sets) == pytest.approx(
        1 - math.exp(-61 * 0.03 * 0.37), abs=4 * 0.023 / 3**0.5
    )
