"""Places in the reformed service against closed forms: a constant hazard, and a programme that keeps its tenants.

With dropout_fit = dropout_fidelity = 1, lose_home_need = lose_home_strain = voice_direct = 0 every tenant loses home
and place with the same chance a month.  Deaths and support that ends take people out of sight; a Kaplan-Meier curve
from persons must find the hazard all the same.  A place is followed from the month after it was accepted, where there
are homes for all: survival (1 - h)^t.  Of those at risk at an age a binomial number is lost: a chi-square over ages is
exact for many tenants, and the curve's error is Greenwood's.

Who loses or leaves a home alone is between two homes of the programme until it finds another, and may give up: a chain
of two states, whose powers say how many hold a place, and how many of them have no home, t months after all joined.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agents.programme import SLOTS
from agents.service_user import GONE, LOOKING, REFORM, SETTLED
from model.first_people import FAST, FIRST_YEAR, HIDDEN_BEFORE, HIDDEN_NEW, LATER, SLOW
from model.month import run
from tests.verification.allowance import ALPHA, of_counts, together
from tests.verification.small_worlds import ALONE, begin, month_by_month, parameters, standing

MONTHS = 72
HORIZONS = (6, 12, 24, 36, 60)  # months after moving in
HAZARD = 0.009
PLACES = 9000
TENANCIES = ALONE | {
    "lose_home_need": 0, "lose_home_first_year": HAZARD, "lose_home_later": HAZARD,
    "reform_places": PLACES, "crisis_beds": 12000, "secure_supply": 10**6, "refer_base": 0.2, "inflow": 450,
    "support_ends": 0.02, "home_weight_hidden": 0,
}  # fmt: skip
NOT_LOOKING = standing(stages=(HIDDEN_BEFORE, HIDDEN_NEW, FAST, SLOW, FIRST_YEAR, LATER))


def is_between(users: Any) -> Any:
    """Has a place in the reformed service, and is between two of its homes."""
    return (users["situation"] == LOOKING) & (users["housed_on"] >= users["joined"])


@cache
def life_table(seed: int, **sets: float) -> tuple[Any, Any, Any]:
    """Tenants at risk and lost by months since they joined, of those who did in the run, and how many got a home in the
    month in which they joined."""
    before = begin(MONTHS, seed, NOT_LOOKING, **TENANCIES | sets)
    risk, lost, lost_in_all = np.zeros(MONTHS + 1), np.zeros(MONTHS + 1), np.zeros(2)
    began = 0
    old = before.users.copy()
    for month, world in enumerate(month_by_month(before, MONTHS)):
        users = world.users
        held = np.flatnonzero((old["situation"] == REFORM) | is_between(old))
        stayed = (users["id"][held] == old["id"][held]) & (users["situation"][held] != GONE)
        gone = stayed & ~np.isin(users["situation"][held], [REFORM, SETTLED, LOOKING])
        tenant, seen = old["situation"][held] == REFORM, old["joined"][held] >= 0
        age = month - old["joined"][held].astype(int)
        np.add.at(risk, age[tenant & stayed & seen], 1)
        np.add.at(lost, age[tenant & gone & seen], 1)
        lost_in_all += gone.sum(), world.measured["lost"][month]
        began += int(((users["situation"] == REFORM) & (users["joined"] == month)).sum())
        old = users.copy()
    assert lost_in_all[0] == lost_in_all[1]
    ages = slice(1, HORIZONS[-1] + 1)
    return risk[ages], lost[ages], began


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
    """Nobody moves in, dies, moves or leaves support: the number of tenants alone, binomial at each horizon."""
    sets = TENANCIES | NOBODY_ELSE | {"secure_supply": 0, "support_ends": 0, "changes_home": 0}
    world = run(begin(max(HORIZONS), 1, NOT_LOOKING, **sets), max(HORIZONS))
    left = world.measured["reform"][np.array(HORIZONS) - 1]
    binomial = [stats.binomtest(int(n), PLACES, (1 - HAZARD) ** t).pvalue for n, t in zip(left, HORIZONS, strict=True)]
    assert together(binomial) > ALPHA
    one_more = [
        stats.binomtest(int(n), PLACES, (1 - HAZARD) ** (1.2 * t)).pvalue for n, t in zip(left, HORIZONS, strict=True)
    ]
    assert together(one_more) < ALPHA


NOBODY_ELSE = {"mortality_low": 0, "mortality_high": 0}
FIRST_LOSS, LATER_LOSS, CHANGES, REHOUSED, GIVES_UP, ENDS = 0.012, 0.004, 0.05, 0.25, 0.03, 0.006
KEPT = TENANCIES | NOBODY_ELSE | {
    "crisis_beds": 40000, "crisis_stock_share": 1, "reform_places": 0, "hidden_ratio": 0, "inflow": 0,
    "accept_home": 1, "support_ends": ENDS, "slow_need": 0, "looking_ends": GIVES_UP,
    "lose_home_first_year": FIRST_LOSS, "lose_home_later": LATER_LOSS, "changes_home": CHANGES, "rehouse": REHOUSED,
}  # fmt: skip
RUNG = (1, 3, 6, 12, 13, 24, 36, 60)  # months after joining


@cache
def programme(seed: int) -> tuple[Any, int]:
    """Tenants and people between two homes at RUNG, of those who joined in month 0 (looks, 2); how many those are."""
    world = begin(1 + max(RUNG), seed, standing(stages=(FAST, SLOW)), **KEPT)
    world.providers["reform_main"][:-1] = 10**5  # a place for everybody who is put forward
    world.programmes["places_main"][:-SLOTS:SLOTS] = 10**5
    everybody, nobody = parameters(**KEPT | {"refer_base": 1 - 1e-9}), parameters(**KEPT | {"refer_base": 0})
    world = run(world._replace(parameters=everybody), 1)
    joined = (world.users["joined"] == 0) & (world.users["situation"] != GONE)
    assert (world.users["situation"][joined] == REFORM).all()
    rows = {0: world.measured[0]}
    for t, after in enumerate(month_by_month(world._replace(parameters=nobody), max(RUNG)), 1):
        rows[t] = after.measured[t]
    return np.array([[rows[t]["reform"], rows[t]["looking"]] for t in RUNG]), int(joined.sum())


def kept_place(p: dict[str, float]) -> Any:
    """Chance of having a home of the programme, and of being between two of them, at RUNG (looks, 2)."""
    now, found = np.array([1.0, 0.0]), []
    for t in range(1, max(RUNG) + 1):
        stays = 1 - (p["lose_home_first_year"] if t <= 12 else p["lose_home_later"])
        ends, changes = p["support_ends"], p["changes_home"]
        step = [[stays * (1 - ends - changes), stays * changes], [p["rehouse"], 1 - p["rehouse"] - p["looking_ends"]]]
        now = now @ np.array(step)
        if t in RUNG:
            found.append(now)
    return np.array(found)


def p_value_kept(seed: int, **believed: float) -> float:
    """Chance of numbers as far from the chain's."""
    found, n = programme(seed)
    p_values = []
    for seen, (tenant, between) in zip(found, kept_place(KEPT | believed), strict=True):
        chances = np.array([tenant, between, 1 - tenant - between])
        counts = np.append(seen, n - seen.sum())
        p_values.append(of_counts(counts, n * chances, n * (np.diag(chances) - np.outer(chances, chances))))
    return together(p_values)


def test_the_programme_keeps_its_tenants_as_the_chain_says() -> None:
    assert p_value_kept(1) > ALPHA
    tenant, between = kept_place(KEPT | {"lose_home_first_year": 0, "lose_home_later": 0, "support_ends": 0,
                                         "looking_ends": 0})[-1]  # fmt: skip
    assert between / (tenant + between) == pytest.approx(CHANGES / (CHANGES + REHOUSED))


WRONG_PROGRAMME: list[dict[str, float]] = [
    {"lose_home_first_year": 0.0105},
    {"lose_home_later": 0.0052},
    {"changes_home": 0.045},
    {"rehouse": 0.23},
    {"looking_ends": 0.02},
    {"support_ends": 0.0068},
]


@pytest.mark.parametrize("wrong", WRONG_PROGRAMME, ids=lambda wrong: "".join(wrong))
def test_another_programme_would_be_found(wrong: dict[str, float]) -> None:
    assert p_value_kept(1, **wrong) < ALPHA
