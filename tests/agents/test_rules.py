"""The actors' rules as plain functions: known values, and signs, which are binding.

With NUMBA_DISABLE_JIT=1 the very text of the rules runs; .ci/run runs these tests so as well.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import funder, manager, professional, programme, provider, service_user
from engine.arithmetic import exp, log
from engine.rule import kernel
from evidence.quantities import values
from model.start import everybody, groups_of
from model.state import SYSTEM
from scenarios.levers import lever_record
from scenarios.places import bind, find_place

P = values(*bind(find_place("dublin")))[0]
REST = everybody()[0]  # the group of a place that tells none apart
ROOT = Path(__file__).resolve().parents[2]
SHARE = st.floats(0, 1)


def with_(**sets: float) -> Any:
    """Parameters with some of them changed."""
    row = values(*bind(find_place("dublin")), sets)
    return row[0]


def user(**sets: Any) -> Any:
    """Somebody in the middle of everything."""
    row = service_user.USER.empty(1)
    for name, value in {"need": 0.4, "wants_choice": 0.5, "wants_home": 0.5, "wants_support": 0.5, "trust": 0.45,
                        "voice": 0.45, "situation": service_user.REFORM, "months": 3, "bed_provider": -1,
                        **sets}.items():  # fmt: skip
        row[name] = value
    return row[0]


def worker(**sets: Any) -> Any:
    row = professional.PROFESSIONAL.empty(1)
    for name, value in {"belief": 0.4, "habit": 0.4, "threshold": 0.25, "strain": 0.45, "seen": 0.88,
                        "service": professional.IN_CRISIS, **sets}.items():  # fmt: skip
        row[name] = value
    return row[0]


def a_manager(**sets: Any) -> Any:
    row = manager.MANAGER.empty(1)
    for name, value in {
        "openness": 0.5,
        "ownership": 0.5,
        "reading": 0.88,
        "readiness": 0.3,
        "trust": 0.5,
        **sets,
    }.items():
        row[name] = value
    return row[0]


def a_programme(**sets: Any) -> Any:
    row = programme.PROGRAMME.empty(1)
    for name, value in {"design_choice": 0.5, "design_home": 0.5, "design_support": 0.5, "fidelity": 0.75,
                        "success": 0.88, **sets}.items():  # fmt: skip
        row[name] = value
    return row[0]


def a_provider(**sets: Any) -> Any:
    row = provider.PROVIDER.empty(1)
    for name, value in {"strain_mean": 0.45, "on_side": 0.11, "voice_heard": 0.45, "reported": 0.88, "success": 0.88,
                        "rivalry": 0.3, "belief_mean": 0.4, **sets}.items():  # fmt: skip
        row[name] = value
    return row[0]


def a_system(**sets: float) -> Any:
    """Beds and places cost the same, nothing is shown and nothing presses."""
    row = SYSTEM.empty(1)
    for name, value in ({"bed_month": 100, "place_month": 100} | sets).items():
        row[name] = value
    return row[0]


def lever(**sets: float) -> Any:
    row = lever_record().empty(1)
    for name, value in sets.items():
        row[name] = value
    return row[0]


def chance(decides: Callable[[float], Any]) -> float:
    """The chance of a decision, from the largest luck that still says yes."""
    low, high = 0.0, 1.0
    if not decides(0.0):
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if decides(middle) else (low, middle)
    return low


def logit(x: float) -> float:
    return log(x / (1 - x))


# --- service users ----------------------------------------------------------------------------------------------------


def at_fit(f: float) -> Any:
    """A user whose wants are as far from the middle as makes this fit."""
    return user(wants_choice=0.5 + P.fit_width * (-2 * log(f)) ** 0.5)


def test_fit_is_one_where_wants_are_met_and_follows_the_formula() -> None:
    assert service_user.fit(user(), a_programme(), P) == 1.0
    me = user(wants_choice=0.75, wants_home=0.8, wants_support=0.45)
    squared = 0.25**2 + 0.3**2 + 0.05**2
    assert service_user.fit(me, a_programme(), P) == pytest.approx(exp(-squared / (2 * P.fit_width**2)), rel=1e-14)


@given(SHARE, SHARE, SHARE)
def test_fit_falls_with_distance(a: float, b: float, c: float) -> None:
    near = service_user.fit(user(wants_choice=0.5 + (a - 0.5) / 2), a_programme(), P)
    assert 0 < service_user.fit(user(wants_choice=a, wants_home=b, wants_support=c), a_programme(), P) <= 1
    assert near >= service_user.fit(user(wants_choice=a), a_programme(), P)


MONTH = 3  # of the tenancy: the first people here joined in month 0


def loses(me: Any, service: Any, p: Any = P, month: int = MONTH, strain: float = P.strain_reference) -> float:
    hang_on = service_user.losses_hang_on(p)
    return chance(lambda luck: service_user.loses_home(me, REST, service, strain, p, month, *hang_on, luck))


def test_good_against_poor_fit_is_an_odds_ratio_of_068() -> None:
    good, poor = loses(at_fit(0.8), a_programme()), loses(at_fit(0.4), a_programme())
    assert good / poor == pytest.approx(0.68, abs=1e-9)
    off = with_(dropout_fit=1.0)
    assert loses(at_fit(0.8), a_programme(), off) == pytest.approx(loses(at_fit(0.4), a_programme(), off), abs=1e-12)


def test_fidelity_of_9_against_5_is_an_odds_ratio_of_068() -> None:
    high, low = loses(user(), a_programme(fidelity=0.9)), loses(user(), a_programme(fidelity=0.5))
    assert high / low == pytest.approx(0.68, abs=1e-9)


def test_the_hazard_is_the_published_one_at_the_reference() -> None:
    me = at_fit(P.fit_reference)
    me["need"] = P.lose_home_reference
    assert loses(me, a_programme(fidelity=P.fidelity_reference)) == pytest.approx(P.lose_home_first_year, rel=1e-9)
    home = a_programme(fidelity=P.fidelity_reference)
    assert loses(me, home, month=12) == pytest.approx(P.lose_home_first_year, rel=1e-9)
    assert loses(me, home, month=13) == pytest.approx(P.lose_home_later, rel=1e-9)
    me["joined"] = 5  # since the place was accepted, whatever home it is
    assert loses(me, home, month=17) == pytest.approx(P.lose_home_first_year, rel=1e-9)


def test_design_voice_has_no_direct_effect_by_default() -> None:
    assert loses(user(), a_programme(design_users=1.0)) == loses(user(), a_programme(design_users=0.0))
    assert loses(user(), a_programme(design_users=1.0), with_(voice_direct=0.25)) < loses(user(), a_programme())


def test_an_own_home_is_accepted_by_92_and_a_shelter_by_60_per_cent() -> None:
    mean = user(trust=P.trust_reference, situation=service_user.UNSERVED)
    assert chance(lambda luck: service_user.accepts_home(mean, P, luck)) == pytest.approx(0.92, abs=1e-12)
    assert chance(lambda luck: service_user.accepts_bed(mean, P, luck)) == pytest.approx(0.60, abs=1e-12)
    assert service_user.accepts_bed(user(situation=service_user.HIDDEN), P, 0.999)  # who asks has accepted


def test_mortality_is_per_1000_person_years() -> None:
    yearly = [12000 * chance(lambda luck, n=n: service_user.dies(user(need=n), REST, P, luck)) for n in (0.0, 1.0)]
    assert yearly == pytest.approx([P.mortality_low, P.mortality_high], rel=1e-6)


def test_need_is_the_kumaraswamy_quantile() -> None:
    for u in (0.01, 0.3, 0.77, 0.99):
        assert service_user.need_of(P, u) == pytest.approx((1 - (1 - u) ** (1 / P.need_b)) ** (1 / P.need_a), rel=1e-12)


def test_acute_spells_come_with_need_and_end_by_themselves() -> None:
    assert chance(lambda luck: service_user.acute_next(user(need=1.0), P, luck)) == pytest.approx(P.acute_starts)
    assert chance(lambda luck: service_user.acute_next(user(need=0.0), P, luck)) == 0
    assert chance(lambda luck: 1 - service_user.acute_next(user(acute=1), P, luck)) == pytest.approx(P.acute_ends)


def as_tenant(me: Any, luck: float, where: float, p: Any = P, group: Any = REST) -> int:
    hang_on = service_user.losses_hang_on(p)
    return int(
        service_user.month_as_tenant(me, group, a_programme(), P.strain_reference, p, MONTH, *hang_on, luck, where)
    )


def in_crisis(me: Any, luck: float, where: float) -> int:
    return int(service_user.month_in_crisis(me, REST, P, luck, where))


UP, DOWN = 1, -1
USER_SIGNS = [  # (rule, field, sign): raising the field moves the chance this way
    (lambda me, luck: as_tenant(me, luck, 0.5) == service_user.LOSES_HOME, "need", UP),
    (lambda me, luck: service_user.accepts_home(me, P, luck), "trust", UP),
    (lambda me, luck: service_user.kind_of(me, P, luck) == service_user.SHORT, "need", DOWN),
    (lambda me, luck: service_user.kind_of(me, P, 1.0 - luck) == service_user.LONG, "need", UP),
    (lambda me, luck: as_tenant(me, 1.0, luck) == service_user.NEEDS_NO_SUPPORT, "need", DOWN),
    (lambda me, luck: service_user.month_settled(me, REST, P, luck) == service_user.COMES_BACK, "need", UP),
    (lambda me, luck: service_user.dies(me, REST, P, luck), "need", UP),
    (lambda me, luck: service_user.takes_part(me, 0.1, P, luck), "voice", UP),
]


@pytest.mark.parametrize(("rule", "field", "sign"), USER_SIGNS)
def test_signs_of_users_rules(rule: Any, field: str, sign: int) -> None:
    chances = [chance(lambda luck, v=v: rule(user(**{field: v}), luck)) for v in (0.1, 0.5, 0.9)]
    assert all(sign * (b - a) > 0 for a, b in pairwise(chances)), chances


SHORT, EPISODIC, LONG = range(len(service_user.KINDS))
BEFORE = {"was": service_user.HIDDEN, "bed_from": 0}  # did not arrive this month, and has had a bed


@pytest.mark.parametrize(("kind", "name"), [(SHORT, "resolve_short"), (EPISODIC, "resolve_episodic"),
                                            (LONG, "resolve_long")])  # fmt: skip
def test_people_away_from_services_find_an_answer_by_kind_if_they_ever_had_a_bed(kind: int, name: str) -> None:
    for situation, month, times in (
        (service_user.HIDDEN, service_user.month_hidden, 1.0),
        (service_user.UNSERVED, service_user.month_unserved, P.resolve_street),
    ):

        def finds(me: Any, month: Any = month) -> float:
            return chance(lambda luck: month(me, P, luck, 1.0) == service_user.FINDS_ANSWER)

        served = user(situation=situation, kind=kind, **BEFORE)
        assert finds(served) == pytest.approx(P[name] * times)
        new = user(situation=situation, kind=kind, was=service_user.UNSERVED, bed_from=service_user.NEVER)
        assert finds(new) == pytest.approx(P.resolve_new * times)
        arrived = user(situation=situation, kind=kind, was=service_user.GONE, bed_from=service_user.NEVER)
        assert finds(arrived) == 0.0


def test_each_month_brings_what_its_chances_say() -> None:
    """What can happen in a situation, each with the chance of its parameter at the reference need."""
    me = user(need=P.need_reference)
    crisis = {"need": P.need_reference, "situation": service_user.CRISIS, "bed_provider": 2}
    slow, fast = user(**crisis), user(**crisis, fast=1)
    hidden, unserved = (user(situation=s, **BEFORE) for s in (service_user.HIDDEN, service_user.UNSERVED))
    for month, there, to, name in (
        (service_user.month_hidden, hidden, service_user.GOES_TO_STREET, "hidden_to_street"),
        (service_user.month_unserved, unserved, service_user.GOES_TO_FRIENDS, "street_to_hidden"),
    ):
        goes = chance(lambda luck, month=month, there=there, to=to: month(there, P, 1 - luck, 1.0) == to)
        assert goes == pytest.approx(P[name])
    middle = (P.crisis_to_street + 1.0 - P.home_after_fast) / 2  # neither the street nor a home
    for one, leaves in ((slow, P.drift_out), (fast, P.exit_fast)):
        gone = chance(lambda luck, one=one: in_crisis(one, luck, middle) == service_user.GOES_TO_FRIENDS)
        assert gone == pytest.approx(leaves)
        to_street = chance(lambda where, one=one: in_crisis(one, 0.0, where) == service_user.GOES_TO_STREET)
        assert to_street == pytest.approx(P.crisis_to_street)
    ends = chance(lambda where: as_tenant(me, 1.0, where) == service_user.NEEDS_NO_SUPPORT)
    assert ends == pytest.approx(P.support_ends)
    assert as_tenant(me, 0.0, 0.0) == service_user.LOSES_HOME  # a place lost goes before support that ends
    back = chance(lambda luck: service_user.month_settled(me, REST, P, luck) == service_user.COMES_BACK)
    assert back == pytest.approx(P.return_settled)
    for kind in (EPISODIC, LONG):
        other = user(need=P.need_reference, kind=kind)
        back = chance(lambda luck, o=other: service_user.month_settled(o, REST, P, luck) == service_user.COMES_BACK)
        assert back == pytest.approx(P.return_settled * P.return_ratio)
    long = user(months=int(P.returns_months))
    assert service_user.month_settled(long, REST, P, 1.0) == service_user.NEEDS_NOBODY
    assert service_user.month_settled(me, REST, P, 1.0) == service_user.STAYS
    assert chance(lambda luck: service_user.keeps_home(P, luck)) == pytest.approx(P.keep_home)


def test_a_search_ends_where_it_began_and_a_tenant_keeps_the_place() -> None:
    """Who has a bed goes on in it, who is between two homes loses the place, others go where people go from a bed."""
    looking = {"situation": service_user.LOOKING, "joined": 10}
    in_bed = user(**looking, bed_provider=1, housed_on=service_user.NEVER)
    no_bed = user(**looking, bed_provider=-1, housed_on=9)  # a home of long ago
    between = user(**looking, bed_provider=-1, housed_on=10)
    assert [bool(service_user.is_between_homes(one)) for one in (in_bed, no_bed, between)] == [False, False, True]
    for one, what in ((in_bed, service_user.GIVES_UP), (no_bed, service_user.GOES_TO_FRIENDS),
                      (between, service_user.LOSES_HOME)):  # fmt: skip
        ends = chance(lambda luck, one=one, what=what: service_user.month_looking(one, P, luck, 0.9) == what)
        assert ends == pytest.approx(P.looking_ends)
    street = chance(lambda where: service_user.month_looking(no_bed, P, 0.0, where) == service_user.GOES_TO_STREET)
    assert street == pytest.approx(P.crisis_to_street)
    for one, finds in ((between, P.rehouse), (no_bed, 0.0), (in_bed, 0.0)):
        again = chance(
            lambda luck, one=one: service_user.month_looking(one, P, 1 - luck, 0.5) == service_user.IS_REHOUSED
        )
        assert again == pytest.approx(finds)
    me = user(need=P.need_reference)
    for times, group in ((1.0, REST), (2.0, groups_of([(1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0)])[0])):
        changes = chance(
            lambda where, group=group: as_tenant(me, 1.0, 1 - where, P, group) == service_user.CHANGES_HOME
        )
        assert changes == pytest.approx(times * P.changes_home)


def test_a_share_of_those_who_go_by_themselves_finds_a_home() -> None:
    p = with_(home_after_hidden=0.3, home_after_fast=0.2)
    away = user(situation=service_user.HIDDEN, **BEFORE)
    for month in (service_user.month_hidden, service_user.month_unserved):
        found = [month(away, p, 0.0, where) for where in (0.29, 0.31)]
        assert found == [service_user.FINDS_HOME, service_user.FINDS_ANSWER]
    for fast, share in ((1, 0.2), (0, 0.0)):
        me = user(situation=service_user.CRISIS, fast=fast)
        for p_here, found in ((p, share), (with_(home_after_fast=0), 0.0)):
            at_home = chance(
                lambda luck, me=me, p_here=p_here: (
                    service_user.month_in_crisis(me, REST, p_here, 0.0, 1.0 - luck) == service_user.FINDS_OWN_HOME
                )
            )
            assert at_home == pytest.approx(found, abs=1e-12)


def test_the_housed_come_back_at_their_own_rate_and_more_often_with_need() -> None:
    assert P.return_housed == 0.0
    p = with_(return_housed=0.002)

    def back(need: float, group: Any = REST) -> float:
        me = user(need=need, situation=service_user.HOUSED)
        return chance(lambda luck: service_user.month_housed(me, group, p, luck) == service_user.COMES_BACK)

    assert back(P.need_reference) == pytest.approx(0.002)
    assert back(0.9) > back(0.3)
    some_die, some_return = service_user.most_likely(everybody(), p)
    dies = [chance(lambda luck, n=n: service_user.dies(user(need=n), REST, p, luck)) for n in (0.0, 0.5, 1.0)]
    assert max(dies) <= some_die * (1 + 1e-12)
    assert max(back(n) for n in (0.0, 0.5, 1.0)) <= some_return * (1 + 1e-12)


def test_a_rate_of_2_doubles_a_chance_and_odds_of_2_double_odds() -> None:
    twice = groups_of([(1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)])[0]
    me = user(need=P.need_reference)
    slow = user(need=P.need_reference, situation=service_user.CRISIS)
    housed, home, hang_on = with_(return_housed=0.002), a_programme(), service_user.losses_hang_on(P)

    def both(decides: Callable[[Any, float], Any]) -> list[float]:
        return [chance(lambda luck, group=group: decides(group, luck)) for group in (REST, twice)]

    for decides in (
        lambda group, luck: service_user.dies(me, group, P, luck),
        lambda group, luck: service_user.asks_for_bed(slow, group, P, luck),
        lambda group, luck: service_user.month_in_crisis(slow, group, P, luck, 1.0) == service_user.GOES_TO_FRIENDS,
        lambda group, luck: as_tenant(me, 1.0, 1.0 - luck, P, group) == service_user.CHANGES_HOME,
        lambda group, luck: service_user.month_settled(me, group, P, luck) == service_user.COMES_BACK,
        lambda group, luck: service_user.month_housed(me, group, housed, luck) == service_user.COMES_BACK,
        lambda group, luck: service_user.loses_home(me, group, home, P.strain_reference, P, 3, *hang_on, luck),
    ):
        once, more = both(decides)
        assert once > 0
        assert more == pytest.approx(2 * once, rel=1e-9)
    weights = [service_user.weight_in_queue(slow, group, P) for group in (REST, twice)]
    assert weights[1] == 2 * weights[0] > 0
    odds = [refers(0.3, 0.6, P, group) for group in (REST, twice)]
    assert odds[1] / (1 - odds[1]) == pytest.approx(2 * odds[0] / (1 - odds[0]), rel=1e-9)


def test_a_group_holds_the_draws_below_its_share() -> None:
    assert service_user.is_in_group(0.29, 0.3)
    assert not service_user.is_in_group(0.31, 0.3)


def test_who_waits_for_a_home_and_how_likely_each_comes_first() -> None:
    """One lottery: people who look, people in slow stays, and the hidden where some are nominated."""
    p, nobody_nominated = with_(home_weight_hidden=0.05), with_(home_weight_hidden=0.0)
    waiting = {
        "looking": (user(situation=service_user.LOOKING, joined=4, housed_on=2), p.reform_priority),
        "slow": (user(situation=service_user.CRISIS, kind=EPISODIC), 1.0),
        "slow and short": (user(situation=service_user.CRISIS, kind=SHORT), 1.0),
        "slow and long": (user(situation=service_user.CRISIS, kind=LONG), p.home_weight_long),
        "hidden": (user(situation=service_user.HIDDEN), 0.05),
    }
    for name, (one, weight) in waiting.items():
        assert service_user.waits_for_home(one, p), name
        assert service_user.weight_in_queue(one, REST, p) == weight, name
    for one in (
        user(situation=service_user.CRISIS, fast=1),
        user(situation=service_user.UNSERVED),
        user(),
        user(situation=service_user.SETTLED),
        user(situation=service_user.LOOKING, joined=4, housed_on=4),
    ):
        assert not service_user.waits_for_home(one, p)
    assert not service_user.waits_for_home(waiting["hidden"][0], nobody_nominated)


@pytest.mark.parametrize(("kind", "name"), [(SHORT, "seek_short"), (EPISODIC, "seek_episodic"), (LONG, "seek_long")])
def test_people_ask_for_a_bed_by_kind_and_more_often_on_the_street(kind: int, name: str) -> None:
    for situation, times in ((service_user.HIDDEN, 1.0), (service_user.UNSERVED, P.seek_street)):
        for bed_from, asks in ((0, name), (service_user.NEVER, "seek_new")):
            one = user(situation=situation, kind=kind, bed_from=bed_from)
            wish = chance(lambda luck, one=one: service_user.asks_for_bed(one, REST, P, luck))
            assert wish == pytest.approx(min(P[asks] * times, 1.0))


def test_homes_draw_people_and_fewer_homes_keep_them_away() -> None:
    """By a named rule: 1 where homes are as before the run, or there were none; 0 takes it away."""
    p = with_(entries_respond=0.5)
    assert service_user.entries_with_homes(p, 30.0, 30.0) == 1.0
    assert service_user.entries_with_homes(p, 60.0, 30.0) == pytest.approx(1.5)
    assert service_user.entries_with_homes(p, 0.0, 30.0) == pytest.approx(0.5)
    assert service_user.entries_with_homes(p, 7.0, 0.0) == 1.0
    assert service_user.entries_with_homes(with_(entries_respond=0.0), 90.0, 30.0) == 1.0
    assert service_user.entries_with_homes(with_(entries_respond=3.0), 0.0, 30.0) == 0.0  # never below nobody


def test_a_carer_speaks_where_voice_is_low_and_asks_for_safety_first() -> None:
    own = (0.5, 0.5, 0.5)
    assert service_user.speaks_for(user(), 0.2, 0.9) == own
    assert service_user.speaks_for(user(carer=1), 0.2, 0.4) == own  # voice .45 is enough
    assert service_user.speaks_for(user(carer=1), 0.2, 0.5) == pytest.approx((0.3, 0.5, 0.7))


def test_carers_learn_from_a_move_that_fits_and_from_no_other() -> None:
    p = with_(carers_learn=0.1, carer_shift=0.3)
    fits, does_not = a_programme(), a_programme(design_choice=0.0, design_home=1.0, design_support=0.0)
    shifts = [service_user.carers_shift(user(situation=service_user.REFORM, months=m), fits, p) for m in (0, 12, 60)]
    assert shifts[0] == 0.3
    assert shifts == sorted(shifts, reverse=True)
    assert shifts[2] == pytest.approx(0.3 * (1.0 - (1.0 - 0.9**60) * service_user.fit(user(), fits, p)))
    assert service_user.carers_shift(user(situation=service_user.REFORM, months=60), does_not, p) > shifts[1]
    assert service_user.carers_shift(user(situation=service_user.CRISIS, months=60), fits, p) == 0.3
    assert service_user.carers_shift(user(situation=service_user.REFORM, months=60), fits, P) == P.carer_shift  # off


def test_a_spell_keeps_home_and_place_for_a_share_of_those_who_would_lose_them() -> None:
    one = user(situation=service_user.REFORM, need=0.9, joined=0, housed_on=0)
    p = with_(spell_keeps_home=0.7, lose_home_later=1.0, changes_home=0.0, support_ends=0.0)
    log_odds = service_user.losses_hang_on(p)

    def brings(where: float, p: Any = p) -> int:
        return service_user.month_as_tenant(one, REST, a_programme(), 0.2, p, 40, *log_odds, 0.0, where)

    assert brings(0.69) == service_user.GOES_FOR_SPELL
    assert brings(0.71) == service_user.LOSES_HOME
    assert brings(0.0, with_(lose_home_later=1.0)) == service_user.LOSES_HOME  # off: a stay is the loss of the home


def test_a_spell_ends_like_a_fast_stay_and_nothing_else_happens_in_it() -> None:
    p = with_(exit_fast=0.6, rehouse=0.25, looking_ends=0.05, lose_home_later=1.0, support_ends=1.0, changes_home=1.0)
    in_bed = user(situation=service_user.REFORM, joined=3, housed_on=5, bed_provider=2)
    log_odds = service_user.losses_hang_on(p)
    for luck, what in ((0.41, service_user.COMES_HOME), (0.39, service_user.STAYS), (0.0, service_user.STAYS)):
        for where in (0.0, 0.5, 1.0):
            brings = service_user.month_as_tenant(in_bed, REST, a_programme(), 0.2, p, 40, *log_odds, luck, where)
            assert brings == what
    without = user(situation=service_user.LOOKING, joined=3, housed_on=5, bed_provider=-1)
    assert service_user.month_looking(without, p, 0.76, 0.0) == service_user.IS_REHOUSED
    assert service_user.month_looking(without, p, 0.74, 0.0) == service_user.STAYS


def test_a_bed_left_for_good_is_offered_again_by_refill() -> None:
    assert provider.offers_again(with_(refill=0.3), 0.29)
    assert not provider.offers_again(with_(refill=0.3), 0.31)
    assert provider.offers_again(P, 0.999999)  # at rest always


def test_a_home_left_for_good_is_let_again_by_home_recycled() -> None:
    assert provider.lets_again(with_(home_recycled=0.4), 0.39)
    assert not provider.lets_again(with_(home_recycled=0.4), 0.41)
    assert not provider.lets_again(P, 0.0)  # at rest never


def test_a_tenant_holds_one_home_and_who_looks_for_the_first_holds_none() -> None:
    for situation, joined, housed_on, holds in (
        (service_user.REFORM, 3, 5, True),
        (service_user.LOOKING, 3, 5, True),  # between two homes of the programme
        (service_user.LOOKING, 7, 5, False),  # lost an earlier home, and has not got the first of this place
        (service_user.LOOKING, 7, service_user.NEVER, False),
        (service_user.SETTLED, 3, 5, False),  # the home is a tenant's own
        (service_user.CRISIS, 3, 5, False),
    ):
        assert service_user.holds_home(user(situation=situation, joined=joined, housed_on=housed_on)) == holds


def test_a_place_bought_under_pressure_costs_emergency_price_times_a_usual_one() -> None:
    assert funder.emergency_price(883333, with_(emergency_price=1.8)) == 1589999  # 1,589,999.4
    assert funder.emergency_price(883333, P) == 883333  # at rest


def test_kinds_are_drawn_once_and_short_ones_are_likelier_at_low_need() -> None:
    me = user(need=P.need_reference)
    assert service_user.short_chance(user(need=0.2), P) > service_user.short_chance(user(need=0.6), P)
    assert service_user.short_chance(me, P) == P.short_share
    kinds = [service_user.kind_of(me, P, (k + 0.5) / 10000) for k in range(10000)]
    shares = [kinds.count(kind) / 10000 for kind in (SHORT, EPISODIC, LONG)]
    rest = 1.0 - P.short_share
    assert shares == pytest.approx([P.short_share, rest * (1.0 - P.long_of_rest), rest * P.long_of_rest], abs=2e-4)
    off = with_(kind_need=0.0)
    assert service_user.short_chance(user(need=0.1), off) == service_user.short_chance(user(need=0.9), off)


def test_without_bias_everybody_takes_part_alike() -> None:
    fair = with_(voice_bias=0.0)
    a, b = (chance(lambda luck, v=v: service_user.takes_part(user(voice=v), 0.2, fair, luck)) for v in (0.1, 0.9))
    assert a == b == pytest.approx(0.2)


@pytest.mark.parametrize("bias", [0.0, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("voice", [0.0, 0.5, 0.99, 1.0])
def test_who_could_not_take_part_anyhow_is_decided_without_a_logarithm(bias: float, voice: float) -> None:
    p, room = with_(voice_bias=bias), 0.2
    limit = room * (exp(bias * log(voice + P.voice_least)) * (1.0 + bias))
    for times in (0.5, 1.0 - 1e-9, 1.0, 1.0 + 1e-9, 1.04, 1.1, 3.0):
        assert service_user.takes_part(user(voice=voice), room, p, limit * times) == (limit * times < limit)


def test_being_heard_helps_and_tokenism_hurts() -> None:
    assert service_user.speaks_up(user(), True, P) == pytest.approx((0.45 + P.voice_gain,) * 2)
    assert service_user.speaks_up(user(), False, P) == pytest.approx((0.45 - P.tokenism,) * 2)
    assert service_user.remembers(user(), 0.9, P) > 0.45 > service_user.remembers(user(), 0.2, P)


# --- professionals ----------------------------------------------------------------------------------------------------


def refers(belief: float, need: float, p: Any = P, group: Any = REST) -> float:
    usual = professional.usually_put_forward(p)
    me, them = worker(belief=belief), user(need=need)
    return chance(lambda luck: professional.puts_forward(me, them, group, p, usual, 1.0, luck))


def test_of_the_hidden_a_share_is_reached() -> None:
    usual = professional.usually_put_forward(P)
    met, hidden = (
        chance(lambda luck, r=r: professional.puts_forward(worker(), user(), REST, P, usual, r, luck))
        for r in (1.0, 0.2)
    )
    assert hidden == pytest.approx(0.2 * met, rel=1e-9)
    assert chance(lambda luck: professional.is_met(0.2, luck)) == pytest.approx(0.2)  # and never less than that


def test_need_counts_against_a_person_only_at_low_belief() -> None:
    """logit P = a + b (belief - mean) + c (belief - 1/2) need."""
    assert refers(0.2, 0.8) < refers(0.2, 0.2)
    assert refers(0.5, 0.8) == pytest.approx(refers(0.5, 0.2), rel=1e-12)
    assert refers(0.8, 0.8) > refers(0.8, 0.2)
    change = logit(refers(0.7, 0.6)) - logit(P.refer_base)
    assert change == pytest.approx(P.refer_belief * (0.7 - P.belief_mean) + P.refer_ready * 0.2 * 0.6, rel=1e-9)
    off = with_(refer_belief=0, refer_ready=0)
    assert refers(0.1, 0.9, off) == pytest.approx(P.refer_base) == pytest.approx(refers(0.9, 0.1, off))


@given(SHARE, SHARE)
def test_belief_opens_the_gate(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert refers(low, 0.3) <= refers(high, 0.3)


def test_a_full_programme_of_contact_is_007_and_of_training_0022() -> None:
    for rule, gain in ((professional.after_contact, 0.07), (professional.after_training, 0.022)):
        me = worker()
        for _ in range(12):
            me["belief"] = rule(me, 1.0, P)
        assert me.belief == pytest.approx(0.4 + gain, abs=1e-12)


def test_half_of_a_change_fades_in_its_half_life() -> None:
    me = worker(belief=0.6, habit=0.4)
    for _ in range(int(P.contact_half_life)):
        me["belief"] = professional.back_to_habit(me, P)
    assert me.belief == pytest.approx(0.5, abs=1e-12)


def test_pressure_polarises() -> None:
    """Belief falls in those who identify strongly, rises a little in those who do not; nothing at 1/2 or without it."""
    strong, weak, middle = (professional.after_pressure(worker(identification=i), 1.0, P) for i in (0.9, 0.1, 0.5))
    assert strong < middle == 0.4 < weak
    assert 0.4 - strong > weak - 0.4
    assert professional.after_pressure(worker(identification=0.9), 1.0, with_(pressure=0)) == 0.4


def test_what_one_sees_work_moves_belief_most_where_one_works_in_it() -> None:
    inside = professional.after_experience(worker(service=professional.IN_REFORM), 1.0, P)
    outside = professional.after_experience(worker(), 1.0, P)
    assert inside[1] > outside[1] > 0.4
    assert professional.after_experience(worker(), 0.5, P)[1] < 0.4
    assert professional.after_experience(worker(), P.expected_success, P)[1] == 0.4


def test_one_follows_when_more_peers_are_on_side_than_ones_threshold() -> None:
    rests = professional.after_peers(worker(threshold=0.3), 0.29, 0.0, P)
    follows = professional.after_peers(worker(threshold=0.3), 0.31, 0.0, P)
    assert rests == pytest.approx(0.4)
    assert follows == pytest.approx(0.4 + P.follow_rate * 0.35)
    assert professional.after_peers(worker(), 0.0, 0.1, P) > 0.4  # drifts along with their change
    off = with_(peer_rate=0, follow_rate=0)
    assert professional.after_peers(worker(), 1.0, 0.5, off) == 0.4


def test_strain_drives_people_away_and_comes_from_load_and_burden() -> None:
    leave = [chance(lambda luck, s=s: professional.leaves_post(worker(strain=s), P, luck)) for s in (0.2, 0.45, 0.8)]
    assert leave[0] < leave[1] < leave[2]
    assert leave[1] == pytest.approx(P.turnover, rel=1e-9)
    base = professional.strain_next(worker(), 1.0, 0.0, P)
    assert base == pytest.approx(P.strain_reference)
    assert professional.strain_next(worker(), 1.5, 0.0, P) > base < professional.strain_next(worker(), 1.0, 0.2, P)


def test_sector_beliefs_about_a_ninth_on_side() -> None:
    draws = [professional.belief_of(P, True, (k + 0.5) / 4000) for k in range(4000)]
    assert np.mean(draws) == pytest.approx(0.4, abs=0.005)
    assert np.mean(np.array(draws) >= P.on_side_from) == pytest.approx(0.106, abs=0.005)
    assert professional.belief_of(P, False, 0.5) == pytest.approx(P.belief_outsiders)
    assert professional.threshold_of(P, 0.5) == pytest.approx(0.25)


# --- managers ---------------------------------------------------------------------------------------------------------


def ready(me: Any = None, service: Any = None, peers: float = 0.3, pressure: float = 0.0) -> float:
    one, there = a_manager() if me is None else me, a_provider() if service is None else service
    return float(manager.readiness(one, there, peers, pressure, P))


def test_readiness_has_the_signs_of_its_reasons() -> None:
    base = ready()
    for me in ({"reading": 0.95}, {"openness": 0.8}, {"frustration": 0.5}, {"noticed": 0.5}):
        assert ready(a_manager(**me)) > base, me
    for service in ({"on_side": 0.4}, {"voice_heard": 0.7}, {"incentive": 0.5}):
        assert ready(service=a_provider(**service)) > base, service
    assert ready(peers=0.8) > base
    assert ready(a_manager(weariness=0.5)) < base
    assert ready(service=a_provider(rivalry=0.6)) < base
    assert ready(service=a_provider(resistance=0.5)) < base
    assert ready(pressure=1.0) < base
    assert (
        ready(peers=0.8, service=a_provider(rivalry=0.9)) - ready(service=a_provider(rivalry=0.9))
        < ready(peers=0.8) - base
    )


def test_readiness_is_its_logistic() -> None:
    expected = P.ready_base + P.ready_openness * 0.3 - P.ready_rivalry * 0.3 - P.ready_resistance * 0.2
    assert logit(ready(a_manager(openness=0.8), a_provider(resistance=0.2))) == pytest.approx(expected, rel=1e-9)


def test_ownership_follows_whose_design_it_is() -> None:
    def next_(**sets: float) -> float:
        given_ = {"own_hand": 0.5, "imposed": 0.0, "branding": 0.0, "credit": 0.0} | sets
        return float(manager.ownership_next(a_manager(), *given_.values(), P))

    base = next_()
    assert next_(own_hand=1.0) > base < next_(credit=1.0)
    assert next_(imposed=1.0) < base > next_(branding=1.0)
    assert manager.ownership_fades(a_manager(ownership=0.9), P) < 0.9


def test_trust_in_the_foundation_rises_and_falls_as_it_should() -> None:
    def next_(**sets: float) -> float:
        given_ = {"listened": 0.0, "kept": 0.0, "credit": 0.0, "branding": 0.0, "imposed": 0.0} | sets
        return float(manager.trust_next(a_manager(), *given_.values(), P))

    assert next_() == 0.5
    assert all(next_(**{name: 1.0}) > 0.5 for name in ("listened", "kept", "credit"))
    assert all(next_(**{name: 1.0}) < 0.5 for name in ("branding", "imposed"))


def test_weariness_and_frustration() -> None:
    assert (
        manager.weariness_next(a_manager(weariness=0.2), 1.0, P)
        > manager.weariness_next(a_manager(weariness=0.2), 0.0, P)
        < 0.2
    )
    assert manager.frustration_next(a_manager(), 0.2, 0.8, P) > manager.frustration_next(a_manager(), 0.9, 0.0, P)
    applies = [chance(lambda luck, r=r: manager.applies(a_manager(readiness=r), 0.0, P, luck)) for r in (0.0, 1.0)]
    assert applies == pytest.approx([P.apply_base, 1.0])
    put_off = chance(lambda luck: manager.applies(a_manager(readiness=1.0), 0.5, P, luck))
    assert put_off == pytest.approx(1.0 - P.promise_deters * 0.5)
    assert manager.converts_beds(a_manager(readiness=0.9), 1.0, P, 0.01)
    assert not manager.converts_beds(a_manager(readiness=0.9), 0.0, P, 0.01)  # no consent, no closure
    assert manager.reads_results(a_manager(), 0.88, P, 0.5) == pytest.approx(0.88)


# --- providers and funders --------------------------------------------------------------------------------------------


def test_fidelity_drifts_unless_supported_and_is_bent_by_adaptation() -> None:
    def fidelity(moved: float = 0.0, resistance: float = 0.0, effort: float = 0.0, **sets: float) -> float:
        return float(programme.fidelity_next(a_programme(**sets), resistance, effort, moved, P))

    alone = fidelity(fidelity=0.85)
    assert alone == pytest.approx(0.85 - P.fidelity_drift)
    assert fidelity(fidelity=0.85, implementation=1.0) > 0.85
    assert fidelity(0.1, fidelity=0.85) == pytest.approx(alone - 0.1 * P.adaptation_cost)
    learnt = fidelity(fidelity=0.6, intensity=0.5)
    assert learnt > 0.6  # a home-grown design learns
    assert 0.6 < fidelity(resistance=0.8, fidelity=0.6, intensity=0.5) < learnt
    assert fidelity(effort=0.5, fidelity=0.6, intensity=0.5) > learnt


def test_money_in_one_programme_reaches_the_others_of_the_house_in_part() -> None:
    assert programme.reached_by_money(a_programme(intensity=0.9), 0.5, P) == 0.9
    assert programme.reached_by_money(a_programme(), 0.6, P) == pytest.approx(0.6 * P.design_spreads)
    assert programme.reached_by_money(a_programme(), 0.6, with_(design_spreads=0.0)) == 0.0
    assert programme.reached_by_money(a_programme(), 0.6, with_(design_spreads=1.0)) == 0.6


def test_places_of_a_programme_are_free_until_somebody_has_them() -> None:
    one = a_programme(places_main=3, places_grant=2, in_reform=3, in_looking=1)
    assert (programme.places_of(one), programme.free_in(one)) == (5, 1)
    assert programme.free_in(a_programme(places_main=1, in_reform=2)) == 0


def test_of_several_programmes_people_go_where_it_fits_and_where_there_is_room() -> None:
    me, near, far = user(wants_choice=0.9), a_programme(design_choice=0.9), a_programme(design_choice=0.2)
    assert service_user.prefers(me, near, 0.3, P) > service_user.prefers(me, far, 0.3, P)
    assert service_user.prefers(me, near, 0.6, P) > service_user.prefers(me, near, 0.3, P)
    nobody_asks = with_(choose_fit=0.0)
    assert service_user.prefers(me, near, 0.3, nobody_asks) == service_user.prefers(me, far, 0.3, nobody_asks) == 0.3
    only_fit = with_(choose_fit=1.0)
    assert service_user.prefers(me, near, 0.1, only_fit) == service_user.prefers(me, near, 0.9, only_fit)


def test_how_often_managers_grow_what_works() -> None:
    assert chance(lambda luck: manager.grows_the_best(P, luck)) == pytest.approx(P.grow_best)
    assert not manager.grows_the_best(with_(grow_best=0.0), 0.0)
    assert manager.grows_the_best(with_(grow_best=1.0), 0.999)


def test_a_known_obstacle_is_halved_and_a_binding_one_doubled() -> None:
    plain, binding, aimed = (provider.resistance_next(0.2, 0.5, *x, P) for x in ((0, 0), (1, 0), (1, 1)))
    assert (binding / plain, aimed / binding) == pytest.approx((2.0, 0.5))
    assert provider.resistance_next(0.0, 0.5, 1, 0, P) == 0.0


def test_metrics_inflate_reports_without_outcomes() -> None:
    assert provider.effort_next(a_provider(condition_metrics=1.0, intensity=0.5), P) > 0.0
    assert (
        provider.reported_next(a_provider(effort=1.0), P)
        > provider.reported_next(a_provider(effort=0.0), P)
        == pytest.approx(0.88)
    )


def test_programmes_die_at_7_in_a_thousand_and_less_where_owned() -> None:
    def dies(ownership: float, pressure: float) -> float:
        return chance(lambda luck: programme.closes_programme(ownership, pressure, P, luck))

    assert dies(0.5, 0.5) == pytest.approx(0.007, rel=1e-9)
    assert dies(0.9, 0.5) < dies(0.5, 0.5) < dies(0.5, 1.0)


def test_managers_ask_for_take_over_by_readiness_and_ownership() -> None:
    def asks(**sets: float) -> float:
        return chance(lambda luck: manager.asks_for_takeover(a_manager(**sets), P, luck))

    assert asks(readiness=0.6) > asks() < asks(ownership=0.9)
    assert 1 - (1 - asks()) ** P.takeover_months == pytest.approx(0.999 / (1 + exp(-P.takeover_base)), rel=1e-6)


@pytest.mark.parametrize(
    ("reason", "of_provider", "of_system", "results"),
    [
        ("agree_results", {}, {}, 0.95),
        ("brand_attention", {"branding": 1.0}, {}, None),
        ("campaign_attention", {}, {"campaign": 1.0}, None),
        ("agree_case", {}, {"case": 1.0}, None),
        ("agree_testimony", {"heard": 1.0, "voice_heard": 1.0}, {}, None),
        ("agree_seats", {}, {"seats_seen": 1.0}, None),
        ("agree_cost", {}, {"place_month": 50}, None),
        ("agree_pressure", {}, {"pressure": 1.0}, None),
    ],
)
def test_each_reason_moves_the_commissioner_and_none_does_when_it_is_off(
    reason: str, of_provider: dict[str, float], of_system: dict[str, float], results: float | None
) -> None:
    def pull(p: Any, **system: float) -> float:
        there = a_system(**system)
        read = P.expected_success if results is None else results
        return float(funder.reasons(a_provider(**({"voice_heard": 0.0} | of_provider)), there, read, p))

    full = getattr(P, reason) * {"agree_results": 0.95 - P.expected_success, "agree_cost": 0.5}.get(reason, 1.0)
    assert pull(P, **of_system) == pytest.approx(-full if reason == "agree_pressure" else full)
    assert pull(with_(**{reason: 0.0}), **of_system) == 0.0


def test_the_commissioner_answers_by_what_speaks_for_a_claim() -> None:
    says = [chance(lambda luck, x=x: funder.agrees(x, P, luck)) for x in (-1.0, 0.0, 1.0)]
    assert says == pytest.approx([1 / (1 + exp(-x) * (1 / P.agree_usual - 1)) for x in (-1.0, 0.0, 1.0)], abs=1e-3)
    assert funder.results_as_read(a_provider(reported=0.6), P, 0.5) == pytest.approx(0.6)
    assert funder.takes_note(0.2, 1.0, P) == pytest.approx(0.2 + 0.8 * P.notice_rate)


def test_as_many_places_open_as_stop_where_managers_settle() -> None:
    assert manager.asks_to_open(a_manager(readiness=0.5), 2.0, P) == pytest.approx(P.open_rate)
    assert manager.asks_to_open(a_manager(readiness=1.0), 99.0, P) == 1.0
    assert programme.stops(0.5, 0.5, P) == pytest.approx(P.programme_death)
    assert chance(lambda luck: programme.closes_programme(0.2, 0.9, P, luck)) == pytest.approx(
        programme.stops(0.2, 0.9, P), abs=1e-3
    )


def test_redesign_is_slowed_by_resistance_and_users_power_stays_on_paper_without_partnership() -> None:
    assert provider.redesign_rate(a_provider(resistance=0.5), P) == pytest.approx(P.redesign_rate / 2)
    assert provider.redesign_rate(a_provider(progress_checks=1.0, condition_partnership=1.0), P) > P.redesign_rate
    assert provider.real_users_power(0.5, 1.0, P) == 0.5
    on_paper = provider.real_users_power(0.5, 0.0, P)
    assert on_paper == pytest.approx(0.5 * (1.0 - P.paper_power))
    acted = provider.acted_next(a_provider(design_users=0.5, partnership=1.0), P)
    assert acted == pytest.approx(P.redesign_rate / 2)
    assert provider.towards(0.2, 0.6, 0.25) == pytest.approx(0.3)


def test_results_made_known_are_real_as_far_as_they_reach_what_is_expected() -> None:
    ways = ((0.1, 1.0), (0.0, 1.0), (-P.report_shortfall / 2, 0.5), (-P.report_shortfall, 0.0), (-0.8, 0.0))
    for beside, real in ways:
        assert provider.results_real(a_provider(success=P.expected_success + beside), P) == pytest.approx(real)


def test_rivalry_rises_in_who_lost_and_stops_some_referrals() -> None:
    calm = provider.rivalry_next(a_provider(), False, lever(), P)
    assert calm == pytest.approx(0.3 + P.rivalry_fades * (P.rivalry_start - 0.3))
    large = P.rivalry_few_grants / P.providers

    def after_losing(**settings: float) -> float:
        settings = {"grants_per_provider": 100 * large, "user_seats": 1.0} | settings
        return float(provider.rivalry_next(a_provider(), True, lever(**settings), P)) - calm

    least = after_losing()
    assert least == pytest.approx(P.rivalry_lost * P.rivalry_large / 100)  # of many grants each is small
    for worse in ({"branding": 1.0}, {"user_seats": 0.0}, {"grants_per_provider": 2 * large}):
        assert after_losing(**worse) > least
    assert after_losing(grants_per_provider=large / 2) == after_losing(grants_per_provider=large)
    stopped = chance(lambda luck: not provider.lets_pass(a_provider(rivalry=0.4), P, luck))
    assert stopped == pytest.approx(0.4 * P.rivalry_referral)


def test_staff_consent_and_fear_hang_on_unions_and_on_who_is_on_side() -> None:
    assert provider.consents(a_provider(on_side=1.0), P) == 1.0 > provider.consents(a_provider(on_side=0.2), P)
    assert provider.consents(a_provider(on_side=0.0), with_(unionisation=0.0)) == 1.0
    still, closing = (provider.fear_for_posts(a_provider(crisis_beds=40, closing_beds=n), P) for n in (0, 10))
    assert still == pytest.approx(P.threat_base * P.unionisation)
    assert closing == pytest.approx((P.threat_base + 0.25) * P.unionisation)


def test_what_providers_and_managers_learn_they_learn_slowly() -> None:
    assert provider.voice_reaches(a_provider(), 0.0, 1.0, P) == pytest.approx(0.45 + P.voice_heard_rate * 0.55)
    assert provider.voice_reaches(a_provider(), -0.3, 0.6, P) < provider.voice_reaches(a_provider(), 0.0, 0.6, P)
    lost = provider.loss_rate_next(0.02, 5, 50, P)
    assert lost == pytest.approx(0.02 + P.success_rate * 0.08)
    assert manager.notices(a_manager(), 0.8, P) == pytest.approx(P.notice_rate * 0.8)
    assert funder.visible_next(100.0, 200, P) == pytest.approx(100 + 100 / P.counts_read)


def test_the_foundation_learns_how_managers_act_from_grants_and_cycles() -> None:
    some = a_manager(known=0.2)
    full, half, many = (
        funder.knows_after_award(some, lever(grants_per_provider=times * P.known_grants), P)
        for times in (1.0, 0.5, 4.0)
    )
    assert full - 0.2 == pytest.approx(P.known_grant) == pytest.approx(2 * (half - 0.2))
    assert many == full  # all it can, from so many on
    mixed, independent = (funder.knows_after_listening(some, lever(independence=x), P) for x in (0.0, 1.0))
    assert mixed == pytest.approx(0.2 + P.known_listening * 0.8)
    assert mixed > independent > 0.2


def test_imposition_is_blueprint_times_required_fidelity_discounted_by_trust() -> None:
    assert funder.imposition(1.0, 1.0, 1.0, 0.5, P) == pytest.approx(0.5)
    assert funder.imposition(1.0, 1.0, 1.0, 1.0, P) == 0
    assert funder.imposition(0.0, 1.0, 1.0, 0.0, P) == funder.imposition(1.0, 0.0, 1.0, 0.0, P) == 0
    assert funder.imposition(1.0, 1.0, 0.0, 0.5, P) < funder.imposition(1.0, 1.0, 1.0, 0.5, P)


def test_an_independent_cycle_finds_half_of_the_obstacles() -> None:
    found = [chance(lambda luck, i=i: funder.finds_obstacle(lever(independence=i), P, luck)) for i in (0.0, 1.0)]
    assert found == pytest.approx([0.15, 0.5])


def test_a_panel_weighs_what_it_sees_and_the_rest_goes_by_lottery() -> None:
    assert funder.score(
        0.9, a_provider(reputation=0.2), 0.4, 0.0, lever(site_willingness=1.0), P, 0.7
    ) == pytest.approx(0.9)
    assert funder.score(0.9, a_provider(reputation=0.2), 0.4, 0.0, lever(site_prestige=1.0), P, 0.7) == pytest.approx(
        0.2
    )
    assert funder.score(0.9, a_provider(reputation=0.2), 0.4, 0.0, lever(site_need=1.0), P, 0.7) == pytest.approx(0.4)
    assert funder.score(0.9, a_provider(reputation=0.2), 0.4, 0.0, lever(), P, 0.7) == pytest.approx(0.7)
    assert (
        funder.willingness_seen(a_manager(known=0.0), a_provider(reputation=0.2), P) == 0.2
    )  # never willingness itself
    assert funder.willingness_seen(a_manager(known=1.0), a_provider(reputation=0.2), P) == 0.3


def test_a_promise_costs_points_where_it_is_seen_to_be_far_away() -> None:
    there = a_provider(reputation=0.2)
    near, far = (funder.score(0.9, there, 0.4, short, lever(), P, 0.7) for short in (0.0, 1.0))
    assert near - far == pytest.approx(P.promise_doubt)


def test_what_is_missing_of_a_partnership_is_a_share_without_a_step() -> None:
    assert [manager.falls_short(x, 0.8) for x in (0.9, 0.8, 0.4, 0.0)] == pytest.approx([0.0, 0.0, 0.5, 1.0])
    assert manager.falls_short(0.0, 0.0) == 0.0  # nothing is asked for


def test_promises_that_are_meant_are_worked_at() -> None:
    def after(**sets: float) -> float:
        return float(manager.partnership_next(a_manager(), a_provider(partnership=0.475, **sets), P))

    assert after() == pytest.approx(0.475)  # .5 of ownership .5, .5 of voice .45: what can be offered
    promised = after(condition_partnership=0.8, open_grants=1)
    assert promised > 0.475
    assert after(condition_partnership=0.8, open_grants=1, progress_checks=1.0) > promised
    assert after(condition_partnership=0.8, open_grants=1, resistance=0.5) < promised
    assert after(condition_partnership=0.8, open_grants=2, fakes=2) == pytest.approx(0.475)  # nobody meant it
    assert after(condition_partnership=0.2, open_grants=1) == pytest.approx(0.475)  # less than there is changes nothing


def test_conditions_draw_fakes_and_checks_find_them() -> None:
    assert chance(lambda luck: manager.pretends(0.0, 0.0, P, luck)) == 0.0
    assert chance(lambda luck: manager.pretends(0.4, 0.0, P, luck)) == pytest.approx(P.faking * 0.4)
    checked = chance(lambda luck: manager.pretends(0.4, 1.0, P, luck))
    assert checked == pytest.approx(P.faking * 0.4 * (1 - P.faking_deterred))
    seen = chance(lambda luck: funder.detects_fake(lever(user_seats=1.0, verification=1.0), P, luck))
    assert seen == pytest.approx(P.detect_seats + P.detect_verification)
    usual = manager.partnership_offered(a_manager(), a_provider(), P)
    assert manager.partnership_offered(a_manager(ownership=0.9), a_provider(), P) > usual
    assert manager.partnership_offered(a_manager(partnering=-0.2), a_provider(), P) == pytest.approx(usual - 0.2)

    def held(short: float, **terms: float) -> float:
        grant = funder.GRANT.empty(1)
        for name, value in ({"progress_checks": 0.5, "months": P.promise_months} | terms).items():
            grant[name] = value
        return chance(lambda luck: funder.holds_payment(grant[0], a_provider(), short, P, luck))

    assert held(0.6) == pytest.approx(0.3)
    assert held(0.6, months=P.promise_months - 1) == 0.0  # there is time to keep it
    assert held(0.0) == 0.0
    assert held(0.6, fake=1) == 0.0  # a lie is not seen
    assert held(0.6, fake=1, verification=1.0) == pytest.approx(0.3 * P.detect_verification)


def test_the_commissioner() -> None:
    assert funder.emergency_beds(200, 150.0, P) == pytest.approx(50 * P.emergency_response)
    assert funder.emergency_beds(100, 150.0, P) == 0
    assert funder.money_pressure(0, 1000, P) == 1.0
    assert funder.money_pressure(20, 1000, P) == 0.0
    assert funder.free_next(1000, 50, 0, P) == 1000 - int(1000 * P.rivals_take) + 50
    assert funder.free_next(1000, 50, 600, P) == 1000 - int(400 * P.rivals_take) + 50  # not of what is kept
    assert funder.free_next(-1000, 50, 0, P) == -950  # nobody takes a debt
    assert funder.reserved(3, a_system(place_month=200), P) == int(600 * P.plan_kept)


def test_counts_that_go_up_and_down_open_hardly_a_bed_and_a_lasting_rise_opens_them_all() -> None:
    def opened(counts: list[float]) -> float:
        visible, beds = 100.0, 0.0
        for count in counts:
            visible = funder.visible_next(visible, count, P)
            beds += funder.emergency_beds(visible, 100.0, P)
        return beds

    at_once = sum(funder.emergency_beds(count, 100.0, P) for count in [130, 70] * 60)
    assert opened([130.0, 70.0] * 60) < at_once / 10
    assert opened([130.0] * 120) > 0.8 * 120 * 30 * P.emergency_response


# --- both ways --------------------------------------------------------------------------------------------------------


@kernel
def _compiled_or_not(users: Any, groups: Any, homes: Any, staff: Any, parameters: Any, out: Any) -> None:
    p = parameters[0]
    usual = professional.usually_put_forward(p)
    by_fit, by_core = service_user.losses_hang_on(p)
    for i in range(users.shape[0]):
        luck = (i + 0.5) / users.shape[0]
        out[i, 0] = service_user.fit(users[i], homes[0], p)
        lost = service_user.loses_home(
            users[i], groups[0], homes[0], p.strain_reference, p, 3, by_fit, by_core, luck * 0.02
        )
        out[i, 1] = 1.0 if lost else 0.0
        out[i, 2] = 1.0 if professional.puts_forward(staff[0], users[i], groups[0], p, usual, 1.0, luck * 0.2) else 0.0
        out[i, 3] = service_user.need_of(p, luck)


@pytest.mark.compiled
def test_compiled_rules_decide_as_plain_python_does() -> None:
    rng = np.random.default_rng(3)
    users = service_user.USER.empty(500)
    for name in ("need", "wants_choice", "wants_home", "wants_support"):
        users[name] = rng.random(500)
    homes, staff = programme.PROGRAMME.empty(1), professional.PROFESSIONAL.empty(1)
    homes["design_choice"], homes["fidelity"], staff["belief"] = 0.6, 0.7, 0.3
    parameters = values(*bind(find_place("dublin")))
    out, plain = np.zeros((500, 4)), np.zeros((500, 4))
    _compiled_or_not(users, everybody(), homes, staff, parameters, out)
    _compiled_or_not.py_func(users, everybody(), homes, staff, parameters, plain)
    assert np.array_equal(out, plain)
    assert 0 < out[:, 1].sum() < 500
    assert 0 < out[:, 2].sum() < 500
