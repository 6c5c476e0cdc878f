"""The model against its slow twin: same seeds, same lives, every number of everybody, to the last bit."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from inspect import getmembers, isfunction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.service_user import CRISIS, EPISODIC, HIDDEN, LOOKING, SETTLED, SHORT, UNSERVED
from evidence.quantities import inputs, values
from model.month import run
from model.planned import plan_without_paths
from model.start import groups_of, starting_point
from model.state import EVENTS, World, copied
from scenarios.levers import lever_record
from scenarios.places import bind, find_place
from scenarios.strategy import find_strategy, lever_months
from scenarios.worldviews import find_worldview
from tests.fields import FIELDS
from tests.twin import second_reading as reading
from tests.twin import second_reading_power as power
from tests.twin.twin import Twin, differences, plain

PEOPLE, PAST, MONTHS = 500, 12, 54
EARLY = {"start": 2, "duration": 36}  # grants begin, end and are over for a year and more
TURBULENT = {
    "convert_rate": 0.15,
    "unionisation": 0.0,
    "closure_lump": 5,
    "cashable": 0.6,
    "mainstream_growth": 0.1,
    "crisis_cost": 25700.0,
}
SHRINKING = {"mainstream_growth": -0.05, "austerity": -0.1}
NO_HOMES = {
    "secure_supply": 0.0,
    "emergency_response": 3.0,
    "emergency_price": 1.5,
    "programme_death": 0.1,
    "restart_window": 3,
}
FOLLOWED = {  # homes are found and lost again, by every door; tenants change theirs; the hidden are reached
    "returns_months": 5,
    "return_settled": 0.05,
    "return_housed": 0.03,
    "home_after_fast": 0.5,
    "home_after_hidden": 0.4,
    "home_weight_hidden": 0.1,
    "hidden_reached": 0.3,
    "changes_home": 0.053,
    "looking_ends": 0.08,
    "lose_home_first_year": 0.04,
    "lose_home_later": 0.03,
    "lose_home_need": 3.0,
    "slow_need": 2.0,
    "entries_respond": 0.5,
    "discount_rate": 0.04,
    "keep_home": 0.6,
    "home_recycled": 0.5,  # also of who dies or gives up between two homes, and of closed places
    "emergency_response": 0.3,
    "emergency_price": 1.8,  # of beds that planned closures and conversions close again
}
# Beds left for good are not offered again, homes are kept in spells that last a while, carers learn.
KEPT = {
    "refill": 0.3,
    "closure_lump": 5,
    "cashable": 0.6,
    "spell_keeps_home": 0.6,
    "home_recycled": 0.8,
    "exit_fast": 0.6,
    "looking_ends": 0.08,
    "lose_home_first_year": 0.06,
    "lose_home_later": 0.05,
    "carer_share": 0.4,
    "carers_learn": 0.1,
    "secure_supply": 300.0,
    "mortality_low": 200.0,
    "home_weight_long": 0.0,  # a long stay ends by a move with support alone
}
RIGHT_AND_LOSSES = {"shelter_by_right": 1.0, "programme_death": 0.1, "reform_places": 600.0}
GROUPS = [  # share; moves_on, loses_home, returns, put_forward (odds), finds_bed, dies
    (0.3, 0.7, 1.0, 1.0, 1.5, 0.6, 0.8),
    (0.15, 1.4, 3.0, 2.0, 0.4, 1.0, 1.0),
    (0.55, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
]
BRIDGED = {"budget": 0.05, "share_places": 0.15, "share_implementation": 0.1, "share_bridge": 0.6}
CASES: list[tuple[str, str, str, dict[str, float], dict[str, float]]] = [
    ("status_quo", "evidence", "dublin", {}, {}),
    ("catalytic_philanthropy", "innovation", "dublin", {}, {}),
    ("user_centred", "evidence", "dublin", {}, {}),
    ("user_centred", "from_within", "canada_trial", TURBULENT | {"double_running": 1}, {"budget": 0.03}),
    ("outside_pilot_then_campaign", "neutral_broker", "dublin", {}, {}),
    ("collective_impact", "sceptic", "dublin", {}, {}),
    ("hybrid", "evidence", "canada_trial", {}, {"budget": 0.03}),
    ("implementation_support", "evidence", "canada_trial", TURBULENT | {"double_running": 6}, BRIDGED),
    ("small_conditional_grants", "scarcity", "dublin", NO_HOMES, {}),
    ("practice_2_example", "evidence", "dublin", SHRINKING, {}),
    ("top_up", "evidence", "dublin", {}, {}),
    ("homes", "evidence", "canada_trial", {}, {}),
    ("catalytic_philanthropy", "innovation", "alameda", {}, {}),
    ("user_centred", "evidence", "helsinki", {"shelter_by_right": 1.0}, {"budget": 0.03}),
    ("user_centred", "evidence", "dublin", KEPT, {"budget": 0.03}),
    ("user_centred", "evidence", "dublin", FOLLOWED, {"budget": 0.03}),
    ("hybrid", "evidence", "dublin", FOLLOWED | RIGHT_AND_LOSSES, {"budget": 0.03}),
]
KEEPING, REHOUSING, GROUPED = len(CASES) - 3, len(CASES) - 2, len(CASES) - 1
CASES += [("user_centred", "evidence", place, {}, {"budget": 0.03}) for place in FIELDS]
FAKED = next(k for k, case in enumerate(CASES) if case[0] == "small_conditional_grants")
# Paths in time: what a place plans, relative to month 0, in month 0, 18, 36, 54; the growth of the budget as it is.
GROWING = {
    "inflow": (1.0, 1.3, 1.1, 0.6),
    "homes": (1.0, 0.5, 1.5, 1.5),
    "beds": (1.0, 1.2, 0.7, 0.3),
    "places": (1.0, 1.5, 0.6, 0.1),
    "budget": (0.1, -0.05, 0.0, 0.2),
    "bed_price": (1.0, 1.4, 0.8, 1.0),
    "place_price": (1.0, 1.6, 1.6, 0.9),
}
PLANNED = [
    k for k, case in enumerate(CASES) if k == REHOUSING or case[0] == "implementation_support" or case[2] == "helsinki"
]


def start_of(case: int) -> World:
    """The starting point of a case, before its burn-in."""
    strategy, worldview, place, sets, levers = CASES[case]
    parameters = values(*bind(find_place(place), find_worldview(worldview).values), sets)
    rows = lever_record().empty(PAST + MONTHS)
    rows[PAST:] = lever_months(find_strategy(strategy), MONTHS, EARLY | levers)
    groups = groups_of(GROUPS) if case == GROUPED else None
    plan = plan_without_paths(parameters[0], PAST + MONTHS, PAST)
    for name, points in GROWING.items() if case in PLANNED else ():
        path = np.interp(np.arange(1, MONTHS + 1), (0, 18, 36, 54), points)
        plan[name][PAST:] = path if name == "budget" else path * plan[name][0]
    return starting_point(parameters, PEOPLE, 11 + case, rows, PAST, groups, plan=plan)


def both(case: int) -> tuple[World, Twin]:
    """Model and twin after the same months from the same starting point."""
    start = start_of(case)
    twin = Twin(start)  # before the model, which changes the tables of its starting point
    for _ in range(PAST + MONTHS):
        twin.step()
    return run(start, PAST + MONTHS), twin


@cache
def lived(case: int) -> tuple[list[str], set[str]]:
    """Differences between the two, and the kinds of events there were."""
    model, twin = both(case)
    return differences(model, twin), {kind for _, kind, _, _ in twin.events}


@pytest.mark.parametrize("case", range(len(CASES)), ids=[" ".join(case[:3]) for case in CASES])
def test_the_model_lives_the_lives_of_its_twin(case):
    found, _ = lived(case)
    assert not found, "\n".join([f"{len(found)} differences", *found[:20]])


def test_everything_that_can_happen_happens_here():
    """Otherwise the cases above would compare quiet lives only."""
    assert set(EVENTS) == set().union(*(lived(case)[1] for case in range(len(CASES))))


def test_a_difference_would_be_found():
    model, twin = both(0)
    person = next(iter(twin.people))
    person.trust = float(np.nextafter(person.trust, 2.0))
    twin.providers[0].reform_main += 1
    twin.ledger[7].commissioner_crisis += 1
    twin.events.pop()
    twin.flows[9]["hidden", "crisis"] += 1
    twin.without[-3].add(-1)
    twin.came_back.append((15, 3))
    housed = next(iter(twin.housed))
    housed.trust = 0.5
    housed.had_bed = not housed.had_bed
    gone: Any = list(twin.people)[-1]
    del twin.people[gone]
    found = "\n".join(differences(model, twin))
    for place in (
        "providers 0 reform_main",
        "ledger 7 commissioner_crisis",
        "events",
        "people",
        "flows 9",
        "seen",
        "measured 15 returned_6",
        "measured 15 returned_24",
        f"person {housed.id} trust",
        f"person {housed.id} had a bed",
    ):
        assert place in found
    assert f"person {person.id} trust" in found


# --- a wrong rule is seen ---------------------------------------------------------------------------------------------


@cache
def model_of(case: int) -> tuple[World, World]:
    """The starting point of a case, and what the model made of it."""
    start = start_of(case)
    return World(**{name: copied(getattr(start, name)) for name in World._fields}), run(start, PAST + MONTHS)


def parts_company(case: int, change: Callable[[Twin], None]) -> int | None:
    """The first month in which a twin that is changed measures something else than the model; None: it never does."""
    start, model = model_of(case)
    twin = Twin(start)
    change(twin)
    for month in range(PAST + MONTHS):
        twin.step()
        here, there = plain(model.measured[month]), vars(twin.measured[month])
        if any(here[name] != there[name] for name in here if not name.startswith("returned_")):
            return month
    return None


BUSY = (REHOUSING, GROUPED, KEEPING)  # the cases in which most happens


def is_seen(change: Callable[[Twin], None], cases: Iterable[int] = BUSY) -> bool:
    """In one of these cases."""
    return any(parts_company(case, change) is not None for case in cases)


NUMBERS = set(re.findall(r"\bp\.(\w+)", Path(reading.__file__).read_text(encoding="utf-8")))
NUMBERS |= {
    "by_right_price", "crisis_stock_share", "crisis_to_street", "early_months", "emergency_price", "hidden_reached",
    "hidden_to_street", "home_after_fast",
    "home_after_hidden", "keep_home", "looking_ends", "refer_after", "rehouse", "returns_months",
    "shelter_by_right", "street_to_hidden", "trust_crisis", "trust_unserved",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_number_moved_in_the_twin_alone_is_seen(name: str) -> None:
    """So the twin reads every number of the service user's page, and a model that read another one would be found.
    From one end of its range to the other, or else far out of it."""
    quantity = inputs()[name]
    for there in (quantity.high, quantity.low, 3.0 * quantity.high + 1.0):
        moved = [case for case in BUSY if model_of(case)[0].parameters[name][0] != there]  # else it is there already
        if is_seen(lambda twin, there=there: setattr(twin.p, name, there), moved):
            return
    pytest.fail(f"'{name}' moves nothing in the twin")


def swapped(low: str, high: str) -> Callable[[Any], None]:
    def change(twin: Any) -> None:
        one, two = getattr(twin.p, low), getattr(twin.p, high)
        setattr(twin.p, low, two)
        setattr(twin.p, high, one)

    return change


SWAPS = [("seek_short", "seek_episodic"), ("seek_episodic", "seek_long"), ("resolve_short", "resolve_long"),
         ("resolve_episodic", "resolve_new"), ("lose_home_first_year", "lose_home_later"),
         ("exit_fast", "drift_out"), ("home_weight_long", "home_weight_hidden")]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SWAPS)
def test_two_numbers_taken_for_each_other_are_seen(one: str, other: str) -> None:
    assert is_seen(swapped(one, other))


right = {
    name: function for name, function in getmembers(reading, isfunction) if function.__module__ == reading.__name__
}
# Each rule read wrongly: a sign, a bound, somebody forgotten, the wrong end of a draw.
WRONG: dict[str, Callable[..., Any]] = {
    "spread": lambda mean, sd, luck: right["spread"](mean, sd, 1.0 - luck),
    "nature": lambda p, birth, wants: right["nature"](p, birth, wants) | {"carer": 0},
    "kind": lambda need, p, luck: right["kind"](need, p, 1.0 - luck),
    "by_kind": lambda me, short, episodic, long: right["by_kind"](me, short, long, episodic),
    "stays_briefly": lambda me, p, luck: me.kind == SHORT or luck < p.fast_episodic,
    "is_ill": lambda me, p, luck: right["is_ill"](me, p, 1.0 - luck),
    "dies": lambda me, rate, p, luck: right["dies"](me, rate, p, luck / 2.0),
    "fit": lambda me, house, p: right["fit"](me, house, p) ** 2,
    "wants_bed": lambda me, rate, p, luck: right["wants_bed"](me, rate, p, luck) and me.situation != UNSERVED,
    "says_yes": lambda me, usual, p, luck: luck < usual,
    "waits_for_home": lambda me, p: right["waits_for_home"](me, p) and me.situation != HIDDEN,
    "weight": lambda me, rate, p: 1.0 if me.situation == LOOKING else right["weight"](me, rate, p),
    "arrivals_factor": lambda p, recent, usual: right["arrivals_factor"](p, usual, recent),
    "finds_answer": lambda me, p, luck: right["finds_answer"](me, p, luck) and me.situation != UNSERVED,
    "leaves_crisis": lambda me, rate, p, luck: luck < (p.exit_fast if me.kind == SHORT else p.drift_out),
    "need_over": lambda me, p, by, reference: right["need_over"](me, p, -by, reference),
    "comes_back": lambda me, rate, p, usual, luck: (
        right["comes_back"](me, rate, p, usual, luck) and me.kind == EPISODIC
    ),
    "prefers": lambda me, one, free, p: -right["prefers"](me, one, free, p),
    "loses_place": lambda me, house, rate, p, month, luck: right["loses_place"](me, house, rate, p, month, 1.0 - luck),
    "support_ends": lambda me, p, where: right["support_ends"](me, p, 1.0 - where),
    "changes_home": lambda rate, p, where: right["changes_home"](rate, p, 1.0 - where),
    "is_heard": lambda me, room, fair, p, luck: right["is_heard"](me, room, 1.0 - fair, p, luck),
    "how_confident": lambda me, p: 0.5 * right["how_confident"](me, p),
    "likely_heard": lambda me, room, fair, p: right["likely_heard"](me, room, 1.0 - fair, p),
    "is_home_again": lambda p, luck: right["is_home_again"](p, 1.0 - luck),
    "spell_is_over": lambda p, luck: not right["spell_is_over"](p, luck),
    "keeps_home_in_a_spell": lambda p, luck: not right["keeps_home_in_a_spell"](p, luck),
    "is_used_again": lambda p, luck: luck > p.refill,
    "is_let_again": lambda p, luck: luck > p.home_recycled,
    "what_is_said": lambda me, p, luck: right["what_is_said"](me, p, 1.0 - luck),
    "after_a_round": lambda me, acted_on, p: right["after_a_round"](me, not acted_on, p),
    "trusts": lambda me, experience, p: right["trusts"](me, 1.0 - experience, p),
}


def test_every_rule_is_read_wrongly_once() -> None:
    assert set(WRONG) == set(right)


@pytest.mark.parametrize("name", WRONG)
def test_a_rule_read_wrongly_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, name, WRONG[name])
    assert is_seen(lambda twin: None)


right_of_power = {
    name: function for name, function in getmembers(power, isfunction) if function.__module__ == power.__name__
}
# The same of promises, users' power and the commissioner.
WRONG_OF_POWER: dict[str, Callable[..., Any]] = {
    "offer": lambda boss, house, p: right_of_power["offer"](boss, house, p) * 0.9,
    "missing": lambda asked, there: max(asked - there, 0.0),
    "answers_call": lambda boss, short, p, luck: right_of_power["answers_call"](boss, 0.0, p, luck),
    "lies": lambda short, strict, p, luck: luck < p.faking * (short > 0.0),
    "doubt": lambda short, fake, p: float(p.promise_doubt * short),
    "partners": lambda boss, house, p: house.partnership,
    "holds": lambda grant, house, p, luck: False,
    "voice_there": lambda boss, house, voice, p: right_of_power["voice_there"](
        SimpleNamespace(hearing=-boss.hearing), house, voice, p),
    "speed": lambda house, p: right_of_power["speed"](house, p) * 0.9,
    "has_acted": lambda house, p: house.acted,
    "redesigns": lambda one, house, p, plan: right_of_power["redesigns"](one, house, p, plan[::-1]),
    "asks_for_results": lambda p, luck: not right_of_power["asks_for_results"](p, luck),
    "speaks_for": lambda house, system, results, p: -right_of_power["speaks_for"](house, system, results, p),
    "says_yes": lambda house, system, p, luck: not right_of_power["says_yes"](house, system, p, luck),
    "asks_for_takeover": lambda boss, p, luck: right_of_power["asks_for_takeover"](boss, p, 1.0 - luck),
    "left_by_rivals": lambda free, growth, kept, p: right_of_power["left_by_rivals"](free, growth, 0, p),
    "kept_from_rivals": lambda missing, system, p: 0,
    "yes": lambda house, system, p: 1.0,
    "wants_to_open": lambda boss, usual, p: right_of_power["wants_to_open"](boss, 1.0, p),
    "stops": lambda boss, pressure, p: p.programme_death,
    "taken_in": lambda now, shown, p: now,
}  # fmt: skip


def test_every_rule_of_power_is_read_wrongly_once() -> None:
    assert set(WRONG_OF_POWER) == set(right_of_power)


USERS_LEAD = 2  # the case of user_centred in Dublin: promises, seats, listening


@pytest.mark.parametrize("name", WRONG_OF_POWER)
def test_a_rule_of_power_read_wrongly_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, name, WRONG_OF_POWER[name])
    assert is_seen(lambda twin: None, (USERS_LEAD, GROUPED, FAKED))


# What a month does with people, homes and beds, done wrongly by the twin.
def newcomers_resolve_at_once(twin: Any) -> None:
    step = twin.people_live

    def hasty() -> None:
        for me in twin.people:
            me.is_new = False
        step()

    twin.people_live = hasty


def gives_every_bed(twin: Any) -> None:
    step = twin.beds_fill

    def generous(without_bed: Any) -> None:
        share, twin.p.crisis_stock_share = twin.p.crisis_stock_share, 1.0
        step(without_bed)
        twin.p.crisis_stock_share = share

    twin.beds_fill = generous


def counts_a_kept_place_as_lost(twin: Any) -> None:
    step = twin.people_are_referred

    def harsh() -> None:
        for me in twin.people:
            me.between_homes = False
        step()

    twin.people_are_referred = harsh


def leaves_counts_as_they_fall(twin: Any) -> None:
    twin.counts_are_made_up = lambda: None


def responds_from_the_first_month(twin: Any) -> None:
    step = twin.the_world_moves

    def early() -> None:
        twin.system.homes_usual = twin.system.homes_usual or 1.0
        burn_in, twin.system.burn_in = twin.system.burn_in, min(twin.system.burn_in, twin.system.month)
        step()
        twin.system.burn_in = burn_in

    twin.the_world_moves = early


def without(*names: str) -> Callable[[Any], None]:
    """A twin that leaves something out."""

    def change(twin: Any) -> None:
        for name in names:
            setattr(twin, name, lambda *_: None)

    change.__name__ = f"leaves out {', '.join(names)}"
    return change


def lets_kept_homes_again(twin: Any) -> None:
    step = twin.homes_are_left

    def all_of_them(held: set[Any]) -> None:
        step(held)
        twin.system.homes_left += sum(me in twin.people and me.situation == SETTLED for me in held)

    twin.homes_are_left = all_of_them


def closes_usual_beds_first(twin: Any) -> None:
    twin.price_of_closing = lambda me, beds: beds * twin.system.bed_month


def keeps_the_bed_of_a_slow_stay_open(twin: Any) -> None:
    step = twin.people_live

    def slow() -> None:
        for me in twin.people:
            if me.situation == CRISIS and me.kind == SHORT:
                me.fast = 0
        step()

    twin.people_live = slow


@pytest.mark.parametrize(
    "change",
    [
        newcomers_resolve_at_once,
        gives_every_bed,
        counts_a_kept_place_as_lost,
        leaves_counts_as_they_fall,
        responds_from_the_first_month,
        keeps_the_bed_of_a_slow_stay_open,
        without("plan_is_carried_out"),
        without("prices_move"),
        without("budget_follows"),
        without("beds_open_by_right"),
        without("beds_close_by_right"),
        without("homes_are_left"),
        lets_kept_homes_again,
        closes_usual_beds_first,
    ],
)
def test_a_month_done_wrongly_is_seen(change: Callable[[Any], None]) -> None:
    assert is_seen(change)


def test_a_twin_that_is_left_alone_never_parts_company() -> None:
    assert not is_seen(lambda twin: None)
