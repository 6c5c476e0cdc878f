"""Always true, after every month of any run: people, places and money are conserved, every state is in its range,
nobody is in two situations, people move only along the table of flows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.funder import CLOSED, GRANT_PAID, MAINSTREAM
from agents.professional import IN_CRISIS, IN_REFORM
from agents.programme import SLOTS
from agents.service_user import (
    CRISIS,
    FATES,
    FLOWS,
    GONE,
    HIDDEN,
    HOUSED,
    LOOKING,
    REFORM,
    SETTLED,
    SITUATIONS,
    UNSERVED,
)
from engine.errors import OutOfRange
from evidence.quantities import inputs
from evidence.strata import THIRDS
from model.measures import BY_NEED
from model.month import run
from model.state import FOUNDATION, FROM, TO, World
from scenarios.names import shipped
from tests.fields import FIELDS

MONTHS = 42
# What an ordinary small world leaves alone: conversions, growth, austerity, empty and full services.
WORLDS: dict[str, dict[str, float]] = {
    "as it is": {},
    "conversions": {"cashable": 1.0, "crisis_cost": 60000, "reform_cost": 15000, "convert_rate": 0.15,
                    "closure_lump": 40, "double_running": 6, "mainstream_growth": 0.1},
    "austerity": {"austerity": -0.1, "demand_growth": 0.2, "emergency_response": 0.3, "emergency_price": 1.6,
                  "programme_death": 0.011},
    "plenty": {"mainstream_growth": 0.1, "austerity": 0.1, "secure_supply": 800, "crisis_stock_share": 0.6},
    "nothing": {"secure_supply": 0, "inflow": 0, "reform_places": 0, "rough_stock": 0},
    "no beds": {"crisis_beds": 10, "crisis_stock_share": 0.5, "rough_stock": 2000, "reform_places": 500,
                "secure_supply": 5, "looking_ends": 0.12, "support_ends": 0.02, "refer_base": 0.2,
                "home_recycled": 0.5},
    "by right": {"shelter_by_right": 1.0, "inflow": 700, "emergency_response": 0.3, "emergency_price": 2.5,
                 "cashable": 1.0, "convert_rate": 0.15, "crisis_cost": 60000, "reform_cost": 15000, "closure_lump": 40,
                 "programme_death": 0.05},
    "crowding out": {"crowd_out": 0.5, "death_at_grant_end": 0.4, "restart": 0.02, "mainstream_growth": 0.1},
}  # fmt: skip
# Years in a few months: people settle, are housed and come back.
SHORT = {"returns_months": 4, "return_housed": 0.1, "return_settled": 0.05, "home_after_fast": 0.5,
         "mortality_high": 150, "crisis_beds": 400, "reform_places": 600}  # fmt: skip
ROLES = sorted(name for name, q in inputs().items() if q.scope == "transferable" and q.distribution != "point")


def recount(users: Any, column: str, chosen: Any, n: int) -> Any:
    """People by provider."""
    return np.bincount(users[column][chosen], minlength=n)


def people_add_up(before: World, world: World) -> None:
    users, system, row = world.users, world.system[0], world.measured[world.system[0].month - 1]
    here = users["situation"] != GONE
    housed = world.housed[: system.housed]
    everybody = system.living + system.housed
    assert system.living == here.sum()
    gone = system.died + system.left + system.out_of_sight
    assert everybody - before.system[0].living - before.system[0].housed == system.arrivals - gone
    situations = {HIDDEN: "hidden", UNSERVED: "unserved", CRISIS: "crisis", LOOKING: "looking", REFORM: "reform",
                  SETTLED: "settled"}  # fmt: skip
    for situation, name in situations.items():
        assert row[name] == (users["situation"] == situation).sum(), name
    assert sum(row[name] for name in situations.values()) == system.living
    ids = np.concatenate([users["id"][here], housed["id"]])
    assert len(np.unique(ids)) == everybody
    assert row["housed"] == system.housed == (housed["situation"] == HOUSED).sum() == world.housed_in.sum()
    assert (world.housed_ids[: system.housed] == housed["id"]).all()
    assert row["secure_people"] == row["reform"] + row["settled"] + row["housed"]
    assert row["secure_people"] + row["without_home"] == everybody
    for name in BY_NEED[1:3]:
        assert sum(row[f"{name}_{third}"] for third in THIRDS) == row[name]
    flows_add_up(before, world)


def flows_add_up(before: World, world: World) -> None:
    """To the person: whoever was somewhere last month's end is somewhere now, or died, left or went out of sight."""
    system, month = world.system[0], world.system[0].month - 1
    was, row = before.measured[month - 1], world.measured[month]
    flows = dict(zip(FROM, world.flows[month], strict=True))
    for situation in SITUATIONS[:GONE]:
        if month:
            assert flows[situation].sum() == was[situation], situation
        assert world.flows[month][:, TO.index(situation)].sum() == row[situation], situation
    assert flows["gone"].sum() == system.arrivals == row["arrivals"]
    for fate in FATES[1:]:
        assert world.flows[month][:, TO.index(fate)].sum() == system[fate.replace(" ", "_")], fate
    if month:
        came = row["entries_new"] + row["entries_returned"]
        ended = sum(row[f"exits_{way}"] for way in ("support", "own_home", "found_home", "died", "left"))
        assert row["without_home"] - was["without_home"] == came - ended


def between_homes(world: World) -> set[int]:
    """Tenants of the programme who look for another home."""
    users = world.users
    there = (users["situation"] == LOOKING) & (users["housed_on"] >= users["joined"])
    return set(users["id"][there].tolist())


def homes_add_up(before: World, world: World) -> None:
    """To the person: every home taken ends somebody's month without one; whoever leaves a home and keeps the place
    looks for another in it until there is one, or the place is lost."""
    row = world.measured[world.system[0].month - 1]
    assert row["homes_taken"] == row["moved_in"] + row["moved_on"] + row["rehoused"] + row["found_home"]
    assert world.system[0].homes_used == row["moved_in"] + row["moved_on"] <= world.system[0].homes
    users = world.users[world.users["situation"] != GONE]
    tenants, were_tenants = (
        set(w.users["id"][w.users["situation"] == REFORM].tolist()) for w in (world, before)
    )  # fmt: skip
    assert row["exits_support"] == row["moved_in"] + row["rehoused"]
    if world.system[0].month > world.system[0].burn_in:  # before it nobody is followed who is housed
        ended = sum(row[f"exits_{way}"] for way in ("support", "own_home", "found_home"))
        assert 0 <= row["homes_taken"] - ended <= row["displaced"]  # put out and housed again within the month
    assert row["lost"] == world.programmes["homes_lost"].sum()
    was, now = between_homes(before), between_homes(world)
    assert now - was <= were_tenants
    assert len(now - was) == row["changed_home"]
    anew = set(users["id"][users["joined"] == world.system[0].month - 1].tolist())  # lost the place, offered another
    was = was - anew
    assert len(was & tenants) == row["rehoused"]
    places = [dict(zip(w.users["id"].tolist(), zip(w.users["provider"].tolist(), w.users["joined"].tolist(),
                                                   strict=True), strict=True)) for w in (before, world)]  # fmt: skip
    assert all(places[0][who] == places[1][who] for who in was & (now | tenants))
    assert (users["bed_provider"][np.isin(users["id"], list(now))] == -1).all()
    others = users[np.isin(users["id"], list(was - now - tenants)) & (users["situation"] == LOOKING)]
    assert all(places[0][who][1] < since for who, since in zip(others["id"].tolist(), others["joined"].tolist(),
                                                               strict=True))  # fmt: skip


def programmes_add_up(world: World) -> None:
    """Tenants, people who look and staff are in one programme each, of their own provider; there is a place for all."""
    users, staff, programmes, n = world.users, world.professionals, world.programmes, len(world.programmes)
    assert (programmes["provider"] == np.arange(n) // SLOTS).all()
    for situation, name in ((REFORM, "in_reform"), (LOOKING, "in_looking")):
        there = users["situation"] == situation
        assert (programmes[name] == recount(users, "programme", there, n)).all(), name
        assert (programmes["provider"][users["programme"][there]] == users["provider"][there]).all()
    served = (users["situation"] == REFORM) | (users["situation"] == LOOKING)
    assert (users["programme"][~served & (users["situation"] != GONE)] == -1).all()
    people, places = programmes["in_reform"] + programmes["in_looking"], programmes["places_main"]
    assert (people <= places + programmes["places_grant"]).all()
    works = staff["service"] == IN_REFORM
    assert (programmes["staff"] == recount(staff, "programme", works, n)).all()
    assert (programmes["provider"][staff["programme"][works]] == staff["provider"][works]).all()
    assert (staff["programme"][~works] == -1).all()


def places_add_up(world: World) -> None:
    users, providers, n = world.users, world.providers, len(world.providers)
    situation = users["situation"]
    in_bed = (situation != GONE) & (users["bed_provider"] >= 0)
    assert (providers["in_crisis"] == recount(users, "bed_provider", in_bed, n)).all()
    assert (providers["in_reform"] == recount(users, "provider", situation == REFORM, n)).all()
    assert (providers["in_looking"] == recount(users, "provider", situation == LOOKING, n)).all()
    assert (providers["in_crisis"] <= providers["crisis_beds"]).all()
    places = providers["reform_main"] + providers["reform_grant"]
    assert (providers["in_reform"] + providers["in_looking"] <= places).all()
    programmes = world.programmes
    paid = ((MAINSTREAM, "reform_main", "places_main"), (GRANT_PAID, "reform_grant", "places_grant"))
    for state, name, places_of_state in paid:
        lots = world.lots[world.lots["state"] == state]
        assert (providers[name] == np.bincount(lots["provider"], lots["places"], minlength=n)).all(), name
        there = np.bincount(lots["programme"], lots["places"], minlength=len(programmes))
        assert (programmes[places_of_state] == there).all(), places_of_state
    programmes_add_up(world)
    staff = world.professionals
    for service, name in ((IN_CRISIS, "staff_crisis"), (IN_REFORM, "staff_reform")):
        assert (providers[name] == recount(staff, "provider", staff["service"] == service, n)).all(), name
    assert world.system[0].homes_used <= world.system[0].homes
    # nobody is in two services
    bed, service = (users["bed_provider"] >= 0) & (situation != GONE), (users["provider"] >= 0) & (situation != GONE)
    assert bed[situation == CRISIS].all()
    assert (users["provider"] == users["bed_provider"])[situation == CRISIS].all()
    assert service[(situation == LOOKING) | (situation == REFORM)].all()
    tenants = situation == REFORM  # in a bed for a spell, where a spell keeps the home
    assert not bed[(situation != CRISIS) & (situation != LOOKING) & ~tenants].any()
    assert not bed[tenants].any() or world.parameters[0].spell_keeps_home > 0.0
    assert not service[(situation == HIDDEN) | (situation == UNSERVED) | (situation == SETTLED)].any()


def money_adds_up(world: World, born: int) -> None:
    """To the cent.  born: month in which the programme world began (all money before it is the burn-in's)."""
    system, providers, lots = world.system[0], world.providers, world.lots
    month = int(system.month) - 1
    book = world.ledger[: month + 1]
    paid = sum(int(book[name].sum()) for name in FOUNDATION)
    assert system.purse == money_in(world, born) - paid
    assert system.purse + system.ahead >= system.committed >= 0  # never promised more than comes in
    assert system.ahead == 0 or system.running  # paid in advance: only what still comes before the next call
    open_grants = world.grants[world.grants["state"] != CLOSED]
    due = open_grants["month"] * open_grants["left"]
    assert system.committed == due.sum() + system.kept_for_places
    assert system.kept_for_places >= 0
    assert system.homes_fund == book["foundation_homes"].sum() - bought(world)
    assert providers["bridge"].sum() == book["foundation_bridge"].sum() - book["provider_double"].sum()
    assert (providers["bridge"] >= 0).all()
    bridged = lots[(lots["bridged"] == 1) & (lots["state"] == MAINSTREAM)]["places"].sum()
    promised = lots[(lots["promised"] == 1) & (lots["state"] == GRANT_PAID)]["places"].sum()
    beds, main = providers["crisis_beds"].sum(), providers["reform_main"].sum()
    places = int(main) + int(promised) - int(bridged)
    by_right = int(providers["by_right"].sum())
    assert system.by_right == by_right
    dear = int(providers["emergency"].sum())
    assert (providers["emergency"] <= providers["crisis_beds"] - providers["by_right"]).all()
    dearer = by_right * (int(system.by_right_month) - int(system.bed_month))
    dearer += dear * (int(system.emergency_month) - int(system.bed_month))
    assert system.budget == beds * system.bed_month + dearer + places * system.place_month + system.free
    now = book[month]
    assert now["commissioner_crisis"] + now["commissioner_reform"] == (
        system.budget
        - system.free
        - promised * system.place_month
        - now["provider_double"]
        + bridged * system.place_month
    )
    assert now["provider_double"] == bridged * system.place_month


def money_in(world: World, born: int) -> int:
    """What the foundation has received."""
    levers, system = world.levers, world.system[0]
    months = np.arange(len(levers)) - system.burn_in
    running = (levers["budget"] > 0) & (months >= levers["start"]) & (months < levers["start"] + levers["duration"])
    running &= np.arange(len(levers)) < system.month
    running[:born] = False
    return sum(int(budget * system.base_spend) for budget in levers["budget"][running])


def bought(world: World) -> int:
    """Money that bought secure tenancies: whole ones only."""
    price = int(world.parameters[0].cost_homes * 100.0)
    spent = int(world.ledger["foundation_homes"].sum())
    return spent - spent % price


def holds(lab: Any, world: World, months: int) -> World:
    """Every law after every month."""
    born, before = int(world.system[0].month), lab.snapshot(world)
    budget = int(world.system[0].budget)
    for w, step in lab.by_step(world, months):
        if step < 11:
            continue
        people_add_up(before, w)
        homes_add_up(before, w)
        places_add_up(w)
        money_adds_up(w, born)
        budget += int(w.system[0].growth) - int(w.system[0].elsewhere)
        assert w.system[0].budget == budget
        for name, record in lab.RECORDS.items():
            record.check(getattr(w, name))
        before = lab.snapshot(w)
    return w


@pytest.mark.parametrize("strategy", sorted(set(shipped("strategy")) - {"outside_pilot_then_campaign"}))
def test_laws_hold_under_every_strategy(lab: Any, strategy: str) -> None:
    soon = {} if strategy == "status_quo" else lab.SOON | {"duration": 38}
    holds(lab, lab.branch(lab.begin(), strategy, MONTHS, **soon), MONTHS)


@pytest.mark.parametrize("place", FIELDS)
def test_laws_hold_in_every_field(lab: Any, place: str) -> None:
    """Where beds left for good stay empty (disability) and spells keep homes (mental health), too."""
    holds(lab, lab.branch(lab.begin(place=place), "user_centred", MONTHS, **lab.SOON), MONTHS)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("strategy", ["hybrid", "catalytic_philanthropy"])
def test_laws_hold_in_extreme_worlds(lab: Any, world: str, strategy: str) -> None:
    past = lab.begin(**WORLDS[world])
    end = holds(lab, lab.branch(past, strategy, MONTHS, **lab.SOON, share_bridge=0.25, share_places=0.3), MONTHS)
    happened = np.bincount(end.events.kind[: end.system[0].events], minlength=15)
    if world == "conversions":
        assert happened[2] > 0
        assert happened[3] > 0


def test_laws_hold_for_a_pilot_outside(lab: Any) -> None:
    """The last provider of the table, which nobody converts and which has no beds."""
    holds(lab, lab.branch(lab.begin(people=900), "outside_pilot_then_campaign", 50, start=2, duration=40), 50)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_laws_hold_anywhere_in_the_ranges(lab: Any, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=40))
    sets = {name: data.draw(st.floats(inputs()[name].low, inputs()[name].high), label=name) for name in chosen}
    past = lab.begin(people=data.draw(st.integers(500, 900)), seed=data.draw(st.integers(0, 10**6)), past=4, **sets)
    strategy = data.draw(st.sampled_from(["user_centred", "hybrid", "catalytic_philanthropy", "collective_impact"]))
    holds(lab, lab.branch(past, strategy, 40, start=1, duration=37), 40)


def test_people_move_only_along_the_flows(lab: Any) -> None:
    """Step by step.  In step 8 somebody may first leave a place, then find a bed; nowhere else are there two moves."""
    beds = {(HIDDEN, CRISIS), (UNSERVED, CRISIS)}
    seen = set()
    for sets in [*WORLDS.values(), SHORT]:
        world = lab.branch(lab.begin(**sets), "hybrid", MONTHS, **lab.SOON)
        before = where_everybody_is(world)
        for w, step in lab.by_step(world, MONTHS):
            after = where_everybody_is(w)
            born = {who for who in after if who not in before}
            assert not born or step == 1
            steps = [(a, after.get(who, GONE)) for who, a in before.items()] + [(GONE, after[who]) for who in born]
            for a, b in {(a, b) for a, b in steps if a != b}:
                through = {a, *FLOWS[a]} if step == 8 else {a}
                assert b in FLOWS[a] or any((c, b) in beds for c in through), (step, a, b)
                assert step in (1, 6, 7, 8), (step, a, b)
                seen.add((a, b))
            before = after
    assert {(a, b) for a in FLOWS for b in FLOWS[a]} <= seen  # no dead flow


def where_everybody_is(world: World) -> dict[int, int]:
    """Situations by number, the housed included."""
    here = world.users[world.users["situation"] != GONE]
    housed = world.housed[: world.system[0].housed]
    tables = [(table["id"].tolist(), table["situation"].tolist()) for table in (here, housed)]
    return {who: kind for ids, kinds in tables for who, kind in zip(ids, kinds, strict=True)}


@pytest.mark.parametrize("place", sorted(shipped("place")))
@pytest.mark.parametrize("strategy", ["status_quo", "user_centred"])
def test_flows_balance_to_the_person_in_every_shipped_place_at_real_size(lab: Any, place: str, strategy: str) -> None:
    """Also with returns of the housed, who then come in by another door."""
    for sets in ({}, {"return_housed": 0.003, "home_after_fast": 0.4, "returns_months": 24}):
        soon = {} if strategy == "status_quo" else {"start": 2, "duration": 30}
        world = lab.branch(lab.begin(people=None, place=place, past=6, **sets), strategy, 36, **soon)
        for _ in range(36):
            before = world._replace(system=world.system.copy(), measured=world.measured.copy())
            world = run(world, 1)
            people_add_up(before, world)
        assert world.system[0].housed > 0 or world.system[0].found_home == 0


def test_a_law_would_notice(lab: Any) -> None:
    """Each law fails where a world is wrong."""
    good = lab.live(lab.begin(), "hybrid", MONTHS, **lab.SOON)

    def fails(law: Any, *arguments: Any) -> None:
        with pytest.raises(AssertionError):
            law(*arguments)

    bad = lab.snapshot(good)
    bad.users["situation"][np.argmax(bad.users["situation"] == CRISIS)] = HIDDEN
    fails(places_add_up, bad)
    bad = lab.snapshot(good)
    bad.system["purse"] += 1
    fails(money_adds_up, bad, lab.PAST)
    bad = lab.snapshot(good)
    bad.system["free"] += 1
    fails(money_adds_up, bad, lab.PAST)
    dear = lab.snapshot(lab.live(lab.begin(**WORLDS["austerity"]), "hybrid", MONTHS, **lab.SOON))
    money_adds_up(dear, lab.PAST)
    assert dear.providers["emergency"].sum() > 0
    dear.providers["emergency"][np.argmax(dear.providers["emergency"])] -= 1
    fails(money_adds_up, dear, lab.PAST)
    before = lab.live(lab.begin(), "hybrid", MONTHS - 1, **lab.SOON)
    people_add_up(before, good)
    for table, column in (("system", "housed"), ("system", "left"), ("housed", "id")):
        bad = lab.snapshot(good)
        getattr(bad, table)[column][0] += 1
        fails(people_add_up, before, bad)
    bad = lab.snapshot(good)
    bad.flows[-1, HIDDEN, CRISIS] += 1
    bad.flows[-1, HIDDEN, HIDDEN] -= 1
    fails(people_add_up, before, bad)
    bad = lab.snapshot(good)
    bad.users["need"][3] = 1.5
    with pytest.raises(OutOfRange):
        lab.RECORDS["users"].check(bad.users)
    homes_add_up(before, good)
    assert between_homes(good)
    for column in ("changed_home", "rehoused", "homes_taken", "lost", "exits_support"):
        bad = lab.snapshot(good)
        bad.measured[column][-1] += 1
        fails(homes_add_up, before, bad)
    who = next(iter(between_homes(good) & between_homes(before)))
    for column, value in (("provider", -1), ("situation", REFORM), ("housed_on", -1000), ("bed_provider", 0)):
        bad = lab.snapshot(good)
        bad.users[column][bad.users["id"] == who] = value
        fails(homes_add_up, before, bad)


@pytest.mark.parametrize("strategy", ["user_centred", "reform_fund", "practice_4_start_small", "hybrid"])
@pytest.mark.parametrize("call_every", [1, 6, 12])
def test_money_is_never_promised_twice(lab: Any, strategy: str, call_every: int) -> None:
    """Short grants, all verified and checked: money is awarded long before it comes, and paid out fast."""
    past = lab.begin(people=900, crisis_beds=400, reform_places=600, call_every=call_every, opening_lag=0)
    dear = {"grant_term": 6, "grants_per_provider": 4.0, "verification": 1.0, "progress_checks": 1.0, "listening": 4.0}
    holds(lab, lab.branch(past, strategy, 50, start=2, duration=42, **dear), 50)
