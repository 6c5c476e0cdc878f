"""Tenancies of the reformed service against the closed form of a constant hazard: survival (1 - h)^t.

With dropout_fit = dropout_fidelity = 1, lose_home_need = lose_home_strain = voice_direct = 0 every tenant loses the
home with the same chance a month.  Deaths and support that ends take people out of sight; a Kaplan-Meier curve from
persons must find the hazard all the same.  A tenancy is followed from the month after moving in.  Of those at risk at
an age a binomial number is lost: a chi-square over ages is exact for many tenants, and the curve's error is
Greenwood's.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agents.service_user import GONE, REFORM, SETTLED
from model.month import run
from tests.verification.allowance import ALPHA, together
from tests.verification.small_worlds import ALONE, begin, month_by_month

MONTHS = 72
HORIZONS = (6, 12, 24, 36, 60)  # months after moving in
HAZARD = 0.009
PLACES = 9000
TENANCIES = ALONE | {
    "lose_home_need": 0, "lose_home_first_year": HAZARD, "lose_home_later": HAZARD,
    "reform_places": PLACES, "crisis_beds": 12000, "secure_supply": 10**6, "refer_base": 0.2, "inflow": 450,
    "support_ends": 0.02,
}  # fmt: skip


@cache
def life_table(seed: int, **sets: float) -> tuple[Any, Any, Any]:
    """At risk and lost by age in months of tenancies that began in the run, and how many those are."""
    before = begin(MONTHS, seed, **TENANCIES | sets)
    risk, lost, lost_in_all = np.zeros(MONTHS + 1), np.zeros(MONTHS + 1), np.zeros(2)
    began = np.zeros(0, np.int64)  # ids of tenants whose first month was seen
    old = before.users.copy()
    for world in month_by_month(before, MONTHS):
        users = world.users
        tenants = np.flatnonzero(old["situation"] == REFORM)
        stayed = (users["id"][tenants] == old["id"][tenants]) & (users["situation"][tenants] != GONE)
        gone = stayed & (users["situation"][tenants] != REFORM) & (users["situation"][tenants] != SETTLED)
        seen = np.isin(old["id"][tenants], began)
        age = old["months"][tenants] + 1
        np.add.at(risk, age[stayed & seen], 1)
        np.add.at(lost, age[gone & seen], 1)
        lost_in_all += gone.sum(), world.measured["lost"][world.system[0].month - 1]
        began = np.union1d(began, users["id"][(users["situation"] == REFORM) & (users["months"] == 0)])
        old = users.copy()
    assert lost_in_all[0] == lost_in_all[1]
    ages = slice(1, HORIZONS[-1] + 1)
    return risk[ages], lost[ages], len(began)


def p_value(seed: int, believed: Any, **sets: float) -> float:
    """Chance of a life table as far from these hazards by age: the curve at HORIZONS, and every age."""
    risk, lost, _ = life_table(seed, **sets)
    hazard = np.broadcast_to(believed, len(risk))
    enough = risk * hazard >= 5
    expected = (risk * hazard)[enough]
    chi = ((lost[enough] - expected) ** 2 / (expected * (1 - hazard[enough]))).sum()
    curve = np.log(1 - lost / risk).cumsum()
    error = np.sqrt((hazard / ((1 - hazard) * risk)).cumsum())
    z = (curve - np.log(1 - hazard).cumsum()) / error
    return together([stats.chi2.sf(chi, enough.sum()), *(2 * stats.norm.sf(abs(z[t - 1])) for t in HORIZONS)])


def test_tenancies_survive_geometrically() -> None:
    assert p_value(1, HAZARD) > ALPHA
    assert life_table(1)[2] > 5000


@pytest.mark.parametrize("believed", [0.0078, 0.0102])
def test_another_hazard_would_be_found(believed: float) -> None:
    assert p_value(1, believed) < ALPHA


@pytest.mark.parametrize("sets", [{"lose_home_need": 1.6}, {"lose_home_later": 0.0072}], ids=lambda sets: "".join(sets))
def test_a_hazard_that_is_not_constant_would_be_found(sets: dict[str, float]) -> None:
    assert p_value(1, HAZARD, **sets) < ALPHA


def test_starting_tenants_who_meet_nobody_thin_out_geometrically() -> None:
    """Nobody moves in, dies or leaves support: the measured number of tenants alone, binomial at each horizon."""
    sets = TENANCIES | {"secure_supply": 0, "support_ends": 0, "mortality_low": 0, "mortality_high": 0}
    world = run(begin(max(HORIZONS), 1, **sets), max(HORIZONS))
    left = world.measured["reform"][np.array(HORIZONS) - 1]
    binomial = [stats.binomtest(int(n), PLACES, (1 - HAZARD) ** t).pvalue for n, t in zip(left, HORIZONS, strict=True)]
    assert together(binomial) > ALPHA
    one_more = [
        stats.binomtest(int(n), PLACES, (1 - HAZARD) ** (1.2 * t)).pvalue for n, t in zip(left, HORIZONS, strict=True)
    ]
    assert together(one_more) < ALPHA
