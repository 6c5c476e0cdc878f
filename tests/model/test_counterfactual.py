"""Counterfactual discipline: a life hangs on the seed and on what really happens to it, on nothing else."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.programme import SLOTS
from agents.service_user import CRISIS, GONE, HIDDEN, LOOKING, REFORM, UNSERVED
from engine.chance import registered
from model.state import World
from tests.fields import FIELDS

MONTHS = 36
LIFE = ("need", "wants_choice", "wants_home", "wants_support", "trust", "voice", "months", "homeless", "situation",
        "fast", "kind", "joined", "acute", "carer", "involved", "returned", "provider", "bed_provider")  # fmt: skip

# Nothing is short, nobody listens to peers, nothing feeds back: what one person does reaches nobody.
OPEN_WORLD = {
    "secure_supply": 20000, "crisis_stock_share": 0.5, "support_ends": 0.02,  # homes and beds for everybody
    "peer_rate": 0, "follow_rate": 0, "seeing": 0,  # minds hear neither peers nor results
    "turnover_strain": 0, "lose_home_strain": 0,  # workload reaches nobody
    "open_rate": 0, "convert_rate": 0, "emergency_response": 0, "programme_death": 0, "restart": 0,  # still places
    "entries_respond": 0,  # homes draw nobody
    "refer_after": 0, "refer_base": 0.5,  # offers come before homes do
}  # fmt: skip


def fingerprint(world: World) -> str:
    """A hash over every field of every table, padding and scratch aside."""
    digest = hashlib.blake2b(digest_size=16)
    for name in World._fields:
        table = getattr(world, name)
        if name not in ("keys", "rows", "sums"):
            for field in table.dtype.names or [...]:
                digest.update(np.ascontiguousarray(table[field]).tobytes())
    return digest.hexdigest()


ELSEWHERE = """
import sys; sys.path.insert(0, "tests/model")
import conftest as lab
from test_counterfactual import fingerprint
print(fingerprint(lab.live(lab.begin({people}, past={past}), "{strategy}", {months}, **lab.SOON)))
"""


@pytest.mark.parametrize(
    ("place", "strategy"), [("dublin", "catalytic_philanthropy"), *((place, "user_centred") for place in FIELDS)]
)
def test_the_order_of_rows_does_not_matter(lab: Any, place: str, strategy: str) -> None:
    """Two runs, one with its people shuffled: the same lives, events, money and measures, to the bit."""
    past = lab.begin(people=800, place=place)
    plain, shuffled = (lab.branch(past, strategy, MONTHS, **lab.SOON) for _ in range(2))
    order = np.random.default_rng(5).permutation(len(shuffled.users))
    shuffled.users[:] = shuffled.users[order]
    assert not np.array_equal(plain.users["id"], shuffled.users["id"])
    assert lab.differing(lab.run(plain, MONTHS), lab.run(shuffled, MONTHS)) == []


@pytest.mark.compiled
def test_same_seed_same_lives_in_another_process_thread_and_beside_another_world(lab: Any) -> None:
    """Two worlds in two threads at once, alternating in one thread, and one in a process of its own."""
    a, b = (lab.branch(lab.begin(), strategy, MONTHS, **lab.SOON) for strategy in ("user_centred", "hybrid"))
    alone = [fingerprint(lab.run(lab.snapshot(world), MONTHS)) for world in (a, b)]
    ends: dict[int, str] = {}
    threads = [
        threading.Thread(
            target=lambda i, w: ends.update({i: fingerprint(lab.run(w, MONTHS))}), args=(i, lab.snapshot(w))
        )
        for i, w in enumerate([a, b, a, b])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ends[i] for i in range(4)] == alone * 2
    one, two = lab.snapshot(a), lab.snapshot(b)
    for _ in range(MONTHS):
        one, two = lab.run(one, 1), lab.run(two, 1)
    assert [fingerprint(one), fingerprint(two)] == alone
    other = ELSEWHERE.format(people=600, past=lab.PAST, strategy="user_centred", months=MONTHS)
    assert lab.other_process(other).strip() == alone[0]
    assert alone[0] != alone[1]


@pytest.mark.compiled
@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["user_centred", "catalytic_philanthropy"])
def test_compiled_and_interpreted_are_one_model(lab: Any, strategy: str) -> None:
    """The same text as plain Python: the same bits in every table."""
    code = ELSEWHERE.format(people=500, past=3, strategy=strategy, months=21).replace(
        "**lab.SOON", "start=1, duration=20"
    )
    assert lab.other_process(code, NUMBA_DISABLE_JIT="1") == lab.other_process(code)


def test_another_seed_is_another_history(lab: Any) -> None:
    """So that the equalities of this page can fail."""
    assert fingerprint(lab.live(lab.begin(seed=1), "hybrid", 6, start=1, duration=5)) != fingerprint(
        lab.live(lab.begin(seed=2), "hybrid", 6, start=1, duration=5)
    )


@pytest.mark.parametrize("place", FIELDS)
def test_a_placebo_changes_exactly_nothing(lab: Any, place: str) -> None:
    """A foundation with every lever at rest keeps its money, and nothing else in the world is different."""
    past = lab.begin(people=800, place=place)
    nobody, placebo = lab.live(past, "status_quo", MONTHS), lab.live(past, "placebo", MONTHS, **lab.SOON)
    assert lab.differing(nobody, placebo) == ["system", "measured"]
    assert lab.moved(nobody, placebo) == ["income_to_date", "unspent"]
    held = {"income", "purse", "idle", "running"}
    assert {name for name in nobody.system.dtype.names if nobody.system[0][name] != placebo.system[0][name]} <= held
    assert placebo.measured["unspent"][-1] == placebo.system[0].purse / 100 > 0


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    strategy=st.sampled_from(["user_centred", "homes", "top_up", "collective_impact"]),
    place=st.sampled_from(FIELDS),
)
def test_nothing_differs_before_the_programme_begins(lab: Any, seed: int, strategy: str, place: str) -> None:
    past = lab.begin(people=500, seed=seed, past=4, place=place)
    begins, term = 9, 48
    a = lab.branch(past, "status_quo", begins + term)
    b = lab.branch(past, strategy, begins + term, start=begins, duration=term)
    assert lab.differing(lab.run(a, begins), lab.run(b, begins)) == []
    assert lab.moved(lab.run(a, term), lab.run(b, term)) != []


def test_two_strategies_share_every_draw(lab: Any) -> None:
    """Interpreted, every draw of two strategies written down: one address, one value; and every address is made of a
    registered group, the month, and somebody's own number - never of a count that a strategy could shift."""
    drawn = lab.other_process(DRAWS, NUMBA_DISABLE_JIT="1")
    assert drawn.strip() == "same people, same addresses"


DRAWS = """
import sys; sys.path.insert(0, "tests/model")
import conftest as lab
import engine.chance as chance
from agents.service_user import USER
names = {number: text for text, number in chance.registered().items()}
log = {}
plain = chance.bits
def bits(seed, group, month, person):
    draws = plain(seed, group, month, person)
    here.append((int(group), int(month), int(person)))
    assert int(seed) == 1 and int(group) in names
    assert log.setdefault(here[-1], draws) == draws
    return draws
def uniforms(seed, group, month, person):
    return tuple((x + .5) * chance.STEP for x in bits(seed, group, month, person))
def deal(seed, group, month, n, hand):
    for k in range(n):
        hand[0, k], hand[1, k], hand[2, k], hand[3, k] = bits(seed, group, month, hand[4, k])
for name, module in list(sys.modules.items()):
    if name.startswith("model."):
        for attribute, stub in (("bits", bits), ("uniforms", uniforms), ("deal", deal)):
            if hasattr(module, attribute):
                setattr(module, attribute, stub)
met = []
here = []
past = lab.begin(500, past=2)
for strategy in ("user_centred", "catalytic_philanthropy"):
    here = []
    lab.live(past, strategy, 12, start=1, duration=11)
    met.append(set(here))
def people(addresses):
    return {a for a in addresses if names[a[0]].startswith("user: need") or names[a[0]].startswith("user: dies")}
born = [{a[2] for a in people(m) if names[a[0]].startswith("user: need")} for m in met]
assert born[0] == born[1] and len(born[0]) > 100  # the same people arrive
common = met[0] & met[1]
assert len(common) > .9 * max(len(m) for m in met)
assert met[0] != met[1]
print("same people, same addresses")
"""


def test_lots_opened_on_the_same_occasion_have_the_same_number_under_every_strategy(lab: Any) -> None:
    """Their survival is drawn alike, although another strategy has opened others before."""
    past = lab.begin(people=900)
    lots = [lab.live(past, name, MONTHS, **lab.SOON).lots for name in ("user_centred", "catalytic_philanthropy")]
    opened = [{(int(lot["ordinal"]), int(lot["provider"])) for lot in table[table["state"] > 0]} for table in lots]
    assert len(opened[0]) == (lots[0]["state"] > 0).sum()
    new = [{pair for pair in found if pair[0] > 1 << 40} for found in opened]
    assert len(new[0] & new[1]) > 3
    assert new[0] != new[1]


def lives(world: World, ids: Any) -> Any:
    """The lives of these people, in the order of `ids`."""
    users = world.users[world.users["situation"] != GONE]
    found = users[np.isin(users["id"], ids)]
    return found[np.argsort(found["id"])]


def apart(a: World, b: World, ids: Any) -> list[int]:
    """Which of these people live differently, or are only in one of the two worlds."""
    one, two = lives(a, ids), lives(b, ids)
    both, at, there = np.intersect1d(one["id"], two["id"], return_indices=True)
    differ = np.zeros(len(both), bool)
    for name in LIFE:
        differ |= one[name][at] != two[name][there]
    return sorted({*both[differ].tolist(), *np.setxor1d(one["id"], two["id"]).tolist()})


def with_one_less(lab: Any, world: World, situation: int) -> tuple[World, int]:
    """The same world in which one person, in this situation, was never there."""
    new = lab.snapshot(world)
    row = int(np.flatnonzero(new.users["situation"] == situation)[3])
    me = new.users[row]
    if me["bed_provider"] >= 0:
        new.providers["in_crisis"][me["bed_provider"]] -= 1
    if situation == REFORM:
        new.providers["in_reform"][me["provider"]] -= 1
        new.programmes["in_reform"][me["programme"]] -= 1
    me["situation"] = GONE
    new.system["living"] -= 1
    return new, int(me["id"])


def with_one_more(lab: Any, world: World) -> tuple[World, int]:
    """The same world in which somebody new is hidden."""
    new = lab.snapshot(world)
    row = int(np.flatnonzero(new.users["situation"] == GONE)[-1])
    like = np.flatnonzero(new.users["situation"] == HIDDEN)[0]
    new.users[row] = new.users[like]
    new.users["id"][row] = 2**50
    new.system["living"] += 1
    return new, 2**50


def doubled(lab: Any, world: World) -> World:
    """The same world with everybody twice; the second ones have ids, and so luck, of their own."""
    new = lab.snapshot(world)
    twins = new.users[new.users["situation"] != GONE].copy()
    twins["id"] += 2**50
    users = np.concatenate([new.users, twins, lab.RECORDS["users"].empty(len(new.users))]).view(type(new.users))
    users["situation"][-len(new.users) :] = GONE
    for name in ("in_crisis", "in_reform", "in_looking"):
        new.providers[name] *= 2
    for name in ("in_reform", "in_looking"):
        new.programmes[name] *= 2
    new.system["living"] += len(twins)
    return new._replace(
        users=users,
        keys=np.zeros(2 * len(users) + 5000, np.int64),
        rows=np.zeros(len(users), np.int32),
        by_situation=np.arange(len(users), dtype=np.int32),
    )


def roomy(lab: Any, months: int) -> World:
    """The open world with room in the reformed service as well."""
    world = lab.branch(lab.begin(people=700, **OPEN_WORLD), "status_quo", months)
    world.providers["crisis_beds"][:-1] += 2000
    world.providers["reform_main"][:-1] += 2000
    world.programmes["places_main"][:-SLOTS:SLOTS] += 2000
    return world


@pytest.mark.parametrize("situation", [HIDDEN, UNSERVED, CRISIS, REFORM, "more", "twice"])
def test_in_a_world_without_scarcity_peers_or_feedback_others_live_the_same(lab: Any, situation: Any) -> None:
    """One person banned or added, or everybody doubled: nobody else's life is any different."""
    plain = roomy(lab, MONTHS)
    if situation == "twice":
        other = doubled(lab, plain)
        changed = set()
    else:
        other, who = with_one_more(lab, plain) if situation == "more" else with_one_less(lab, plain, situation)
        changed = {who}
    start = np.sort(plain.users["id"][plain.users["situation"] != GONE])
    a, b = lab.run(plain, MONTHS), lab.run(other, MONTHS)
    everybody = np.unique(np.concatenate([start, a.users["id"][a.users["situation"] != GONE]]))
    ids = np.setdiff1d(everybody, list(changed))
    assert apart(a, b, ids) == []
    assert len(lives(a, ids)) > 500
    moved = lives(a, start)
    assert (moved["months"] < MONTHS).sum() > 100  # they did live
    assert a.measured["offers"][-MONTHS:].sum() > 100


def test_in_a_scarce_world_everybody_keeps_their_draws_but_not_their_lives(lab: Any) -> None:
    """The open world's equality is no accident of everybody living alike whatever happens."""
    plain = lab.branch(lab.begin(people=700), "status_quo", MONTHS)
    other = doubled(lab, plain)
    ids = plain.users["id"][plain.users["situation"] != GONE].copy()
    a, b = lab.run(plain, MONTHS), lab.run(other, MONTHS)
    assert len(apart(a, b, ids)) > 50
    one, two = (lives(w, ids) for w in (a, b))
    both, at, there = np.intersect1d(one["id"], two["id"], return_indices=True)
    for name in ("need", "acute", "wants_home"):  # need and spells hang on nobody else
        assert np.array_equal(one[name][at], two[name][there])
    assert len(both) > 200


FREE = ("crisis_beds", "in_crisis", "reform_main", "reform_grant", "in_reform", "in_looking", "closing_beds")
SERVICE = ("strain_mean", "rivalry", "tables", "applied", "round_months", "acted", "heard")
PROGRAMME = ("design_choice", "design_home", "design_support", "fidelity", "design_users")


def cause(a: World, b: World, step: int, who: int) -> str:
    """What one step before distinguishes two worlds for this person, in whom they part at this step; "" if nothing."""
    one, two = (world.providers for world in (a, b))
    if step == 1:  # only who arrives can differ, and nothing but homes given draws people
        given = [(world.system[0].homes_used, world.system[0].homes_recent) for world in (a, b)]
        return "home: draws people" if given[0] != given[1] else ""
    me = [world.users[np.argmax((world.users["id"] == who) & (world.users["situation"] != GONE))] for world in (a, b)]
    assert all(me[0][name] == me[1][name] for name in LIFE)
    if step == 7:  # an offer: places free, who is put forward before me, or who decides about me
        if any(not np.array_equal(one[name], two[name]) for name in FREE):
            return "offer: free places"
        if not np.array_equal(waiting(a), waiting(b)):
            return "offer: the queue"
        if minds(a, b):
            return "contact: staff"
    if step in (6, 8):  # a bed or a home, or what the service is like
        if me[0]["situation"] in (HIDDEN, CRISIS, LOOKING) and not np.array_equal(homes_queue(a), homes_queue(b)):
            return "home: the queue"
        if a.system[0].homes != b.system[0].homes:
            return "home: supply"
        if any(not np.array_equal(one[name], two[name]) for name in FREE):
            return "bed or place: free ones"
        if not np.array_equal(waiting(a), waiting(b)):
            return "bed: the queue"
    if me[0]["provider"] >= 0:
        mine, its = int(me[0]["provider"]), int(me[0]["programme"])
        provided = any(one[name][mine] != two[name][mine] for name in SERVICE)
        lived_in = its >= 0 and any(a.programmes[name][its] != b.programmes[name][its] for name in PROGRAMME)
        if provided or lived_in or a.system[0].listening != b.system[0].listening:
            return "contact: the service"
    return ""


def waiting(world: World) -> Any:
    users = world.users[np.isin(world.users["situation"], (HIDDEN, UNSERVED, CRISIS))]
    return np.sort(users["id"])


def homes_queue(world: World) -> Any:
    """Who takes part in the lottery: people in slow stays, who look for a first home, and the hidden, of whom some are
    nominated."""
    users = world.users
    slow = (users["situation"] == CRISIS) & (users["fast"] == 0)
    first = (users["situation"] == LOOKING) & (users["housed_on"] < users["joined"])
    return np.sort(users["id"][slow | first | (users["situation"] == HIDDEN)])


def minds(a: World, b: World) -> bool:
    return not np.array_equal(a.professionals["belief"], b.professionals["belief"])


def first_parting(lab: Any, a: World, b: World, months: int, but: set[int]) -> tuple[int, int, str] | None:
    """(step, person, cause) of the first difference in anybody's life, `but` these people's own."""
    before = lab.snapshot(a), lab.snapshot(b)
    for (one, step), (two, _) in zip(lab.by_step(a, months), lab.by_step(b, months), strict=True):
        users = [w.users for w in (one, two)]
        ids = np.setdiff1d(np.concatenate([u["id"][u["situation"] != GONE] for u in users]), list(but))
        different = apart(one, two, ids)
        if different:  # of several in one step, one whose bed another then took or missed comes first
            causes = {who: cause(*before, step, who) for who in different}
            first = next((who for who in different if causes[who]), different[0])
            return step, first, causes[first]
        before = lab.snapshot(one), lab.snapshot(two)
    return None


@pytest.mark.parametrize("situation", [HIDDEN, UNSERVED, CRISIS, REFORM])
def test_the_first_difference_is_an_offer_a_bed_a_home_or_a_contact(lab: Any, situation: int) -> None:
    """One person banned from a scarce world: the first other life that changes, changes through one of these."""
    found = []
    for seed in range(1, 6):
        a = lab.branch(lab.begin(people=600, seed=seed), "status_quo", MONTHS)
        b, who = with_one_less(lab, a, situation)
        found.append(first_parting(lab, a, b, MONTHS, {who}))
    assert all(parting[2] for parting in found if parting), found
    assert sum(parting is not None for parting in found) >= 3  # some live and leave without touching anybody


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("homes", {"home"}), ("user_centred", {"contact", "offer"}), ("catalytic_philanthropy", {"contact", "offer"}),
     ("top_up", {"contact"})],
)  # fmt: skip
def test_the_first_life_a_strategy_changes_was_reached_by_it(lab: Any, strategy: str, expected: set[str]) -> None:
    """Until an offer, a home or a contact differs, everybody lives the same under both strategies."""
    past = lab.begin(people=600, lose_home_strain=8, lose_home_first_year=0.1, lose_home_later=0.1)  # less work shows
    a = lab.branch(past, "status_quo", 2 * MONTHS)
    b = lab.branch(past, strategy, 2 * MONTHS, **lab.SOON | {"duration": 60})
    found = first_parting(lab, a, b, 2 * MONTHS, set())
    assert found is not None
    assert found[2].split(":")[0] in expected, found


def test_closing_the_month_touches_bridge_money_and_the_month_alone(lab: Any) -> None:
    """Whatever next month may see of this one is written before step 11."""
    past = lab.begin(cashable=1, crisis_cost=60000, reform_cost=15000, convert_rate=0.15, double_running=6,
                     agree_usual=0.99)  # fmt: skip
    world = lab.branch(past, "hybrid", MONTHS, **lab.SOON, budget=0.05, share_bridge=0.25, share_places=0.3)
    before = lab.snapshot(world)
    touched: set[str] = set()
    for w, step in lab.by_step(world, MONTHS):
        if step == 11:
            for name in ("users", "professionals", "managers", "grants", "lots", "events"):
                assert np.array_equal(getattr(before, name), getattr(w, name)), name
            for name in ("providers", "system"):
                one, two = getattr(before, name), getattr(w, name)
                touched |= {f"{name}.{f}" for f in one.dtype.names if not np.array_equal(one[f], two[f])}
        before = lab.snapshot(w)
    assert touched == {"providers.bridge", "system.month"}


def test_decisions_are_registered_once() -> None:
    """Every group of draws has a name of its own, and there are enough of them to be the model's."""
    groups = registered()
    assert len(set(groups.values())) == len(groups) > 15
