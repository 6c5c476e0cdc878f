"""Trials of job support: who had a job by when, in hand-made lives; the experiment gives what its patterns name."""

import math

import numpy as np

from agents.service_user import CRISIS, GONE, REFORM
from analysis.patterns.jobs import ARMS, ENROLLED, MONTHS, SUPPORT, USUAL, had_a_job, job_support, parts
from analysis.patterns.lives import Lives
from evidence.patterns import load_patterns


def lives(rows: dict[int, list[int]], arms: list[str]) -> Lives:
    """People by hand: in a job in the months that are named, in a centre in the others."""
    situation = np.full((len(rows), MONTHS + 1), CRISIS)
    for person, months in rows.items():
        situation[person, months] = REFORM
    shape = situation.shape
    return Lives(
        np.array(arms), situation, np.ones(shape, bool), np.zeros(shape, bool), np.full(shape, -1),
        np.full(shape, -1), np.full(len(rows), math.nan),
    )  # fmt: skip


def test_a_job_counts_once_it_was_there_at_the_end_of_a_month() -> None:
    found = lives({0: [9], 1: [10], 2: [0], 3: [19, 20], 4: []}, [SUPPORT] * 5)
    assert had_a_job(found, 9).tolist() == [True, False, False, False, False]  # enrolment is not counted
    assert had_a_job(found, 18).tolist() == [True, True, False, False, False]
    assert had_a_job(found, 24).tolist() == [True, True, False, True, False]


def test_who_died_had_the_job_that_was_had() -> None:
    found = lives({0: [3]}, [SUPPORT])
    found.situation[0, 5:] = GONE
    found.alive[0, 5:] = False
    assert had_a_job(found, 18).tolist() == [True]


def test_shares_and_ratios_by_hand() -> None:
    found = parts(lives({0: [2], 1: [12], 2: [20], 3: [], 4: [1], 5: [], 6: [], 7: []}, [SUPPORT] * 4 + [USUAL] * 4))
    assert found == {
        "First_jobs.usual_18": 0.25,
        "First_jobs.support_18": 0.5,
        "Jobs_elsewhere.ratio_18": 2.0,
        "Jobs_elsewhere.oxford_18": 0.5,
        "Jobs_elsewhere.early": 0.5,
        "Jobs_elsewhere.ratio_24": 3.0,
        "Jobs_elsewhere.ireland_24": 0.75,
    }
    nobody = parts(lives({0: [2], 1: []}, [SUPPORT, USUAL]))
    assert math.isnan(nobody["Jobs_elsewhere.ratio_18"])


def test_the_experiment_gives_every_part_of_its_patterns() -> None:
    known = load_patterns()
    named = {f"{name}.{part}" for name in ("First_jobs", "Jobs_elsewhere") for part in known[name].parts}
    found = job_support(1, {})
    assert set(found) == named
    assert all(0 < value < 10 for value in found.values())
    assert job_support(1, {}) == found
    assert set(ARMS) == set(ENROLLED)


def test_no_openings_no_jobs_but_those_that_people_find_alone() -> None:
    usual, none = job_support(1, {}), job_support(1, {"secure_supply@supported_employment_trial": 0.0})
    assert none["First_jobs.support_18"] < usual["First_jobs.support_18"] / 2
