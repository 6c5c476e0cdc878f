"""Trials of job support for people with long mental health difficulties: First_jobs and Jobs_elsewhere.

    job_support(seed=1, sets={}) == {"First_jobs.usual_18": 0.27, ..., "Jobs_elsewhere.early": 0.6}

What words mean here, where the sources leave room:

- *Enrolled* is who has been out of a job for a year or more and is in a vocational centre, whatever the need.
- *In a job* is a job at the end of a month, by whatever door: job support, the openings that everybody waits for, or
  one's own search.  The studies count a single day of work.
- A share is of everybody enrolled; who died or was lost has had a job if there was one before.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from analysis.patterns.experiment import Experiment, Sets, settings_for
from analysis.patterns.lives import Lives, lived_through
from runs.trial import Arm, Eligibility, planned

PLACE = "supported_employment_trial"
USUAL, SUPPORT = "usual", "support"
OUT_OF_WORK = Eligibility(need=(0.0, 1.0), situations=("crisis",), homeless=(12, 32000))
ARMS = {USUAL: Arm(), SUPPORT: Arm(offer=True)}
ENROLLED = {USUAL: 156, SUPPORT: 156}  # S394
MONTHS, LATE, EARLY = 24, 18, 9


def job_support(seed: int, sets: Sets) -> dict[str, float]:
    """First_jobs, Jobs_elsewhere: EQOLISE's size in its region, for two years."""
    _, lives = lived_through(planned(PLACE, OUT_OF_WORK, ARMS, ENROLLED, MONTHS, seed, settings_for(sets, PLACE)))
    return parts(lives)


def parts(lives: Lives) -> dict[str, float]:
    """All parts of both patterns."""
    by_18 = {arm: had_a_job(lives.of(arm), LATE) for arm in ARMS}
    by_24 = {arm: had_a_job(lives.of(arm), MONTHS) for arm in ARMS}
    early = had_a_job(lives.of(SUPPORT), EARLY)
    return {
        "First_jobs.usual_18": float(by_18[USUAL].mean()),
        "First_jobs.support_18": float(by_18[SUPPORT].mean()),
        "Jobs_elsewhere.ratio_18": _ratio(by_18[SUPPORT].mean(), by_18[USUAL].mean()),
        "Jobs_elsewhere.oxford_18": float(by_18[SUPPORT].mean()),
        "Jobs_elsewhere.early": _ratio(early.mean(), by_18[SUPPORT].mean()),
        "Jobs_elsewhere.ratio_24": _ratio(by_24[SUPPORT].mean(), by_24[USUAL].mean()),
        "Jobs_elsewhere.ireland_24": float(by_24[SUPPORT].mean()),
    }


def had_a_job(lives: Lives, month: int) -> npt.NDArray[np.bool_]:
    """Who was in a job at the end of any month up to this one, enrolment not counted."""
    return np.asarray(lives.secure[:, 1 : month + 1].any(axis=1))


def _ratio(one: float, other: float) -> float:
    return float(one / other) if other > 0 else math.nan


EXPERIMENTS = (Experiment("job_support", ("First_jobs", "Jobs_elsewhere"), job_support, 0.5),)
