"""People differ lastingly: each rule of it alone, against a closed form.

Kinds among newcomers, the lottery with weights, lengths of stay, beds on the way, returns, hidden people who are
reached, and arrivals that follow homes given.  Worlds in which nothing else happens (small_worlds.ALONE, nobody dies);
each check is run again with a figure told wrong, and must fail.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from agents.programme import SLOTS
from agents.service_user import (
    CRISIS,
    EPISODIC,
    GONE,
    HIDDEN,
    LONG,
    LOOKING,
    NEVER,
    SETTLED,
    SHORT,
)
from model.first_people import FAST, HIDDEN_BEFORE, HIDDEN_NEW, LOOKING_NO_BED, SLOW
from model.month import run
from model.start import groups_of, starting_point
from scenarios.levers import lever_record
from tests.verification.allowance import ALPHA, of_counts, together
from tests.verification.small_worlds import ALL_KINDS, ALONE, begin, month_by_month, parameters, standing

STILL = ALONE | {"mortality_low": 0, "mortality_high": 0, "hidden_to_street": 0, "street_to_hidden": 0}
ALL_BEDS = {"crisis_beds": 10**5, "crisis_stock_share": 1}  # never short


def of_shares(counts: Any, chances: Any) -> float:
    """Chi-square of a multinomial sample."""
    n = counts.sum()
    return of_counts(counts, n * chances, n * (np.diag(chances) - np.outer(chances, chances)))


# --- who arrives ------------------------------------------------------------------------------------------------------

ARRIVE = STILL | {"inflow": 100000, "crisis_beds": 0, "seek_new": 0, "resolve_new": 0}
NEEDS = np.linspace(0, 1, 6)  # bands of need


@cache
def newcomers(seed: int) -> Any:
    """Newcomers of one month, by band of need and kind: (5, 3)."""
    users = run(begin(1, seed, **ARRIVE), 1).users
    users = users[users["situation"] != GONE]
    return np.histogram2d(users["need"], users["kind"], bins=[NEEDS, np.arange(4) - 0.5])[0]


def expected_newcomers(**believed: float) -> Any:
    """Chance of each band and kind: need has the density a b x^(a-1) (1 - x^a)^(b-1)."""
    p = parameters(**ARRIVE | believed)[0]

    def short(need: float) -> float:
        return float(np.clip(p.short_share + p.kind_need * (p.need_reference - need), 0, 1))

    def density(need: float) -> float:
        a, b = p.need_a, p.need_b
        return float(a * b * need ** (a - 1) * (1 - need**a) ** (b - 1))

    found = np.zeros((len(NEEDS) - 1, 3))
    for band, (low, high) in enumerate(pairwise(NEEDS)):
        everybody = integrate.quad(density, low, high)[0]
        found[band, SHORT] = integrate.quad(lambda need: density(need) * short(need), low, high, limit=200)[0]
        found[band, LONG] = p.long_of_rest * (everybody - found[band, SHORT])
        found[band, EPISODIC] = everybody - found[band, SHORT] - found[band, LONG]
    return found


def p_value_newcomers(seed: int, **believed: float) -> float:
    """Chance of newcomers as far from these shares."""
    return of_shares(newcomers(seed).ravel(), expected_newcomers(**believed).ravel())


# --- the lottery for homes --------------------------------------------------------------------------------------------

# One month: people in slow stays, hidden and looking, of two groups of which the second moves on half as often.
LOTTERY = STILL | {
    "crisis_beds": 150000, "crisis_stock_share": 1, "hidden_ratio": 2, "reform_places": 30000, "secure_supply": 40000,
    "drift_out": 0, "resolve_short": 0, "resolve_episodic": 0, "resolve_long": 0, "looking_ends": 0, "refer_base": 0,
    "seek_short": 0, "seek_episodic": 0, "seek_long": 0,
}  # fmt: skip
MOVES_ON = (1.0, 0.5)  # of the groups


@cache
def lottery(seed: int) -> tuple[Any, Any]:
    """People in the queue for homes and who of them won, (7,) each: who looks; then of either group episodic people in
    a slow stay, long stayers in one, and hidden people."""
    kinds = standing((EPISODIC, LONG), (HIDDEN_BEFORE, SLOW, LOOKING_NO_BED))
    groups = groups_of([(0.5, rate, 1.0, 1.0, 1.0, 1.0, 1.0) for rate in MOVES_ON])
    stocks, ends = np.tile(kinds.stocks, (2, 1)), np.tile(kinds.ends, (2, 1))
    stocks[:, LOOKING_NO_BED] *= 10**4
    kinds = kinds._replace(kind=np.tile(kinds.kind, 2), node=np.zeros(4, np.int64), group=np.repeat([0, 1], 2),
                           stocks=stocks, ends=ends, homeless_ends=np.full(4, 0.05))  # fmt: skip
    figures = parameters(**LOTTERY)
    world = starting_point(figures, None, seed, lever_record().empty(1), burn_in=0, groups=groups, standing=kinds)
    before = world.users.copy()
    after = run(world, 1).users[: len(before)]
    assert (after["id"] == before["id"]).all()
    looks = before["situation"] == LOOKING
    found = [looks]
    for k in (0, 1):
        ours = before["group"] == k
        slow = (before["situation"] == CRISIS) & ours
        found += [slow & (before["kind"] == EPISODIC), slow & (before["kind"] == LONG),
                  (before["situation"] == HIDDEN) & ours]  # fmt: skip
    won = after["situation"] != before["situation"]
    return np.array([who.sum() for who in found]), np.array([(who & won).sum() for who in found])


def p_value_lottery(seed: int, **believed: float) -> float:
    """Chance of as other winners as these, of everybody who comes up at a rate by weight until the homes are gone.

    The clock stops when the last home goes: what one part of the queue wins more, all lose by their share of the rate.
    """
    people, won = lottery(seed)
    p = parameters(**LOTTERY | believed)[0]
    crisis = [1.0, p.home_weight_long, p.home_weight_hidden]
    weight = np.array([p.reform_priority, *(rate * one for rate in MOVES_ON for one in crisis)])

    def left(clock: float) -> float:
        return float((people * -np.expm1(-clock * weight)).sum() - p.secure_supply)

    chance = -np.expm1(-optimize.brentq(left, 0, 100) * weight)
    assert won.sum() == p.secure_supply
    rate = people * weight * (1 - chance)
    stops = np.eye(len(people)) - np.outer(rate / rate.sum(), np.ones(len(people)))
    return of_counts(won, people * chance, stops @ np.diag(people * chance * (1 - chance)) @ stops.T)


# --- lengths of stay --------------------------------------------------------------------------------------------------

STAYS = STILL | ALL_BEDS | {
    "hidden_ratio": 1, "exit_fast": 0.8, "refer_base": 0, "seek_short": 0, "seek_episodic": 0, "seek_long": 0,
    "seek_new": 1, "home_weight_hidden": 0, "resolve_new": 0,
}  # fmt: skip
LONGEST = 24  # months that stays are followed for


@cache
def stays(seed: int) -> Any:
    """Lengths in months of stays that begin in one month, by kind: (3, LONGEST + 1), the last still there."""
    world = run(begin(LONGEST + 1, seed, standing(stages=(HIDDEN_NEW, FAST, SLOW)), beds_used=0.3, **STAYS), 1)
    before = world.users.copy()
    enters = (before["bed_from"] == 0) & (before["situation"] == CRISIS)
    length = np.full(len(before), LONGEST)
    for month, after in enumerate(month_by_month(world, LONGEST), 1):
        users = after.users[: len(before)]
        there = (users["id"] == before["id"]) & (users["situation"] == CRISIS)
        length[enters & ~there & (length == LONGEST)] = month - 1
    ended = [length[enters & (before["kind"] == kind)] for kind in ALL_KINDS]
    return np.array([np.bincount(lengths, minlength=LONGEST + 1) for lengths in ended])


def p_value_stays(seed: int, **believed: float) -> float:
    """Chance of other lengths: geometric of short and long stayers, of episodic ones some of each."""
    p = parameters(**STAYS | believed)[0]
    month = np.arange(LONGEST + 1)
    fast, slow = ((1 - leaves) ** month * np.where(month < LONGEST, leaves, 1) for leaves in (p.exit_fast, p.drift_out))
    mixed = p.fast_episodic * fast + (1 - p.fast_episodic) * slow
    chances = (fast, mixed, slow)
    return together([of_shares(counts, expected) for counts, expected in zip(stays(seed), chances, strict=True)])


# --- whether somebody new ever has a bed ------------------------------------------------------------------------------

SERVED = STILL | {
    "crisis_beds": 10**5, "crisis_stock_share": 1, "inflow": 30000, "inflow_unserved": 0.3, "seek_new": 0.3,
    "seek_street": 1.4, "accept_bed": 0.6, "resolve_new": 0.2, "resolve_street": 0.4, "street_to_hidden": 0.25,
    "hidden_to_street": 0.1, "refer_base": 0, "home_weight_hidden": 0, "seek_short": 0, "seek_episodic": 0,
    "seek_long": 0, "accept_trust": 0,
}  # fmt: skip
FOLLOWED = 60  # months: nobody is new any more


@cache
def served(seed: int) -> Any:
    """Newcomers of one month who have a bed at some time, and who never do: (2,)."""
    world = begin(FOLLOWED, seed, beds_used=0, **SERVED)
    world.plan["inflow"][1:] = 0
    world = run(world, 1)
    before = world.users.copy()
    come = before["situation"] != GONE
    ever = come & (before["bed_from"] != NEVER)
    for after in month_by_month(world, FOLLOWED - 1):
        users = after.users[: len(before)]
        ever |= come & (users["id"] == before["id"]) & (users["bed_from"] != NEVER)
    new = (users["situation"] <= LOOKING) & (users["bed_from"] == NEVER)
    assert new.sum() == 0
    came = round(float(world.measured["arrivals"][0]))
    return np.array([ever.sum(), came - ever.sum()])


def ever_served(**believed: float) -> float:
    """Chance that a newcomer ever has a bed: the first step of each month is an answer of one's own or a change between
    friends and street, but no answer in the month of arrival; the second is to ask."""
    p = parameters(**SERVED | believed)[0]
    answers = np.array([p.resolve_new, p.resolve_new * p.resolve_street])
    bed = np.array([p.seek_new, min(p.seek_new * p.seek_street, 1) * p.accept_bed])
    changes = np.array([[-p.hidden_to_street, p.hidden_to_street], [p.street_to_hidden, -p.street_to_hidden]])
    first, later = np.eye(2) + changes, np.eye(2) + changes - np.diag(answers)
    starts = np.array([1 - p.inflow_unserved, p.inflow_unserved])
    missed = np.diag(1 - bed)
    return float(starts @ first @ (bed + missed @ np.linalg.solve(np.eye(2) - later @ missed, later @ bed)))


def p_value_served(seed: int, **believed: float) -> float:
    """Chance of as many or as few."""
    chance = ever_served(**believed)
    return of_shares(served(seed), np.array([chance, 1 - chance]))


# --- who comes back ---------------------------------------------------------------------------------------------------

RETURNS = STILL | {
    "crisis_beds": 40000, "crisis_stock_share": 1, "hidden_ratio": 0, "secure_supply": 10**6, "exit_fast": 1,
    "home_after_fast": 1, "refer_base": 0, "lose_home_need": 0, "return_settled": 0.009, "return_ratio": 1.6,
}  # fmt: skip
SIGHT = 36  # months


@cache
def returns(seed: int) -> Any:
    """Of people who all got a home in one month, by kind: who came back within SIGHT months, who did not: (3, 2)."""
    world = run(begin(SIGHT + 1, seed, standing(stages=(FAST, SLOW)), **RETURNS), 1)
    before = world.users.copy()
    settled = before["situation"] == SETTLED
    assert settled.sum() == RETURNS["crisis_beds"]
    after = run(world, SIGHT)
    kept = after.housed[: after.system[0].housed]
    kept = np.bincount(kept["kind"][kept["returned"] == 0], minlength=3)
    n = np.bincount(before["kind"][settled], minlength=3)
    assert (after.users["returned"][after.users["situation"] != GONE] == 1).all()  # all others have been back
    return np.stack([n - kept, kept], axis=1)


def p_value_returns(seed: int, **believed: float) -> float:
    """Chance of as many or as few: a constant hazard, SIGHT times."""
    p = parameters(**RETURNS | believed)[0]
    back = [1 - (1 - p.return_settled * ratio) ** SIGHT for ratio in (1, p.return_ratio, p.return_ratio)]
    return together([of_shares(of_kind, np.array([chance, 1 - chance]))
                     for of_kind, chance in zip(returns(seed), back, strict=True)])  # fmt: skip


# --- hidden people who are reached ------------------------------------------------------------------------------------

REACHED = STILL | {
    "crisis_beds": 100000, "crisis_stock_share": 1, "hidden_ratio": 1, "refer_base": 0.3, "accept_home": 0.8,
    "hidden_reached": 0.25, "looking_ends": 0,
}  # fmt: skip


@cache
def reached(seed: int) -> Any:
    """Hidden people and residents of the crisis service in a month: who does not look for a home at its end, who does:
    (2, 2)."""
    world = begin(1, seed, standing(stages=(HIDDEN_BEFORE, FAST, SLOW)), **REACHED)
    world.providers["reform_main"][:-1] = 10**5
    world.programmes["places_main"][:-SLOTS:SLOTS] = 10**5
    before = world.users["situation"].copy()
    after = run(world, 1).users["situation"][: len(before)]
    return np.array([np.bincount((after == LOOKING)[before == one], minlength=2) for one in (HIDDEN, CRISIS)])


def p_value_reached(seed: int, **believed: float) -> float:
    """Chance of as many or as few."""
    p = parameters(**REACHED | believed)[0]
    joins = [share * p.refer_base * p.accept_home for share in (p.hidden_reached, 1.0)]
    return together([of_shares(seen, np.array([1 - chance, chance]))
                     for seen, chance in zip(reached(seed), joins, strict=True)])  # fmt: skip


# --- arrivals that follow homes given ---------------------------------------------------------------------------------

# Nobody takes a home: those of late fade from the mean by a twelfth a month.
FOLLOW = STILL | {
    "inflow": 3000, "secure_supply": 40, "crisis_beds": 0, "seek_new": 0, "resolve_new": 0.9, "entries_respond": 0.4,
    "home_weight_hidden": 0,
}  # fmt: skip
YEARS = 3


@cache
def arrivals(seed: int, first: float) -> Any:
    """Who arrives in each month; homes given of late are `first` times the usual ones at the beginning: (months,)."""
    world = begin(12 * YEARS, seed, **FOLLOW)
    world.system["homes_recent"] = 40.0 * 12 / 11  # by the first month's end the mean has lost a twelfth
    world = run(world, 1)
    world.system["homes_usual"] = 40.0 / first
    return run(world, 12 * YEARS - 1).measured["arrivals"][1:].astype(float)


def p_value_arrivals(seed: int, **believed: float) -> float:
    """Chance of as other arrivals: Poisson, of a mean that follows, from as usual and from more."""
    p = parameters(**FOLLOW | believed)[0]
    found = []
    for first in (1.0, 2.5):
        recent = first * (11 / 12) ** np.arange(1, 12 * YEARS)
        mean = p.inflow * np.maximum(1 + p.entries_respond * (recent - 1), 0)
        found.append(float(stats.chi2.sf(((arrivals(seed, first) - mean) ** 2 / mean).sum(), len(mean))))
    return together(found)


# --- the checks -------------------------------------------------------------------------------------------------------

CHECKS: dict[str, tuple[Callable[..., float], list[dict[str, float]]]] = {
    "newcomers": (p_value_newcomers, [{"short_share": 0.48}, {"long_of_rest": 0.3}, {"kind_need": 0.4}]),
    "lottery": (
        p_value_lottery, [{"reform_priority": 1.8}, {"home_weight_long": 0.145}, {"home_weight_hidden": 0.025}]
    ),
    "stays": (p_value_stays, [{"exit_fast": 0.77}, {"drift_out": 0.043}, {"fast_episodic": 0.63}]),
    "ever served": (
        p_value_served, [{"seek_new": 0.28}, {"resolve_new": 0.185}, {"seek_street": 1.1}, {"resolve_street": 0.6}]
    ),
    "returns": (p_value_returns, [{"return_settled": 0.0083}, {"return_ratio": 1.45}]),
    "hidden people reached": (
        p_value_reached, [{"hidden_reached": 0.22}, {"refer_base": 0.28}, {"accept_home": 0.75}]
    ),
    "arrivals": (p_value_arrivals, [{"entries_respond": 0.35}]),
}  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_the_rule_gives_what_mathematics_says(check: str) -> None:
    assert CHECKS[check][0](1) > ALPHA


@pytest.mark.parametrize(
    ("check", "wrong"),
    [(check, wrong) for check, (_, told) in CHECKS.items() for wrong in told],
    ids=lambda value: value if isinstance(value, str) else "".join(value),
)
def test_a_wrong_figure_would_be_found(check: str, wrong: dict[str, float]) -> None:
    assert CHECKS[check][0](1, **wrong) < ALPHA


def test_there_is_something_to_see() -> None:
    """Closed forms are whole, everybody wins at times, nobody is counted out."""
    assert expected_newcomers().sum() == pytest.approx(1)
    assert (lottery(1)[1] > 0).all()
    assert stays(1).sum(1).min() > 5000
