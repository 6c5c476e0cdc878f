"""The starting point: one service system as the place describes it, before its burn-in.

Everybody gets an id and a place here; the burn-in under the status quo then settles lengths of stay, the settled, the
strain of staff and the bonds between people, months before the run begins.
"""

import math
from typing import Any

import numpy as np

from agents.funder import GRANT, LOT, MAINSTREAM
from agents.manager import MANAGER, PEER_MANAGERS, READS
from agents.professional import IN_CRISIS, IN_OUTREACH, IN_REFORM, PEERS, PROFESSIONAL, VACANT
from agents.provider import CONVENTION, OBSTACLES, PROVIDER, START
from agents.service_user import BIRTH, GONE, HIDDEN, REFORM, STAY, UNSERVED, USER, WANTS
from engine.arithmetic import clip01, normal_quantile
from engine.chance import decisions, uniforms
from engine.rule import kernel
from model.beds import finds_bed, key_worker, nobody_full, rota
from model.measures import MEASURES
from model.state import EVENT, LEDGER, SUMS, SYSTEM, Table, World
from model.world_moves import is_born, is_hired

BURN_IN = 96  # months.  Assumption: stocks and settled people stand still after it (docs/behaviour.md shows how far)
BEFORE = -1  # the month of draws at the starting point: month 0 has luck of its own
FIRST_LOT = 10  # places in a lot that was there at the start, at full size of the place.  Assumption
POSTS_KEPT = 2.0  # rows kept for the staff of a provider, per post at the start: room to grow
TIES = decisions("network", "colleague in the house", "colleague elsewhere", "manager", "tie")


def size_of(p: Any) -> float:
    """People hidden, unserved, in crisis service or reform at the start of the real place."""
    crisis = p.crisis_beds * p.crisis_stock_share
    return float(crisis * (1.0 + p.hidden_ratio) + p.rough_stock + p.reform_places)


def shared_out(total: int, parts: int) -> np.ndarray:
    """`total` in `parts` whole numbers that differ by one at most."""
    return np.array([total // parts + (1 if k < total % parts else 0) for k in range(parts)])


@kernel
def people_begin(world, hidden, unserved, crisis, reform):
    """Everybody who is there at the start, in blocks of ids: hidden, unserved, crisis service, reformed service."""
    system = world.system[0]
    p = world.parameters[0]
    n = world.providers.shape[0] - 1
    for j in range(n + 1):
        rota(world.professionals, world.duty, world.providers[j])
    skip = nobody_full(world.providers)
    for i in range(world.users.shape[0]):
        me = world.users[i]
        me.place = GONE
        me.host = -1
        me.provider = -1
        me.worker = -1
        if i >= hidden + unserved + crisis + reform:
            continue
        is_born(me, i, p, uniforms(system.seed, BIRTH, 0, i), uniforms(system.seed, WANTS, 0, i))
        _, of_worker, _, _ = uniforms(system.seed, STAY, BEFORE, i)
        me.place = HIDDEN
        if i >= hidden:
            me.place = UNSERVED
        if i >= hidden + unserved and i < hidden + unserved + crisis:
            finds_bed(world.providers, skip, world.duty, p, me, uniforms(system.seed, STAY, system.month, me.id))
        if i >= hidden + unserved + crisis:
            me.place = REFORM
            start = (i - hidden - unserved - crisis) % n
            for k in range(n):
                j = (start + k) % n
                home = world.providers[j]
                if home.in_reform < home.reform_main:
                    break
            home = world.providers[j]
            home.in_reform = home.in_reform + 1
            me.provider = j
            me.worker = key_worker(world.duty, home, IN_REFORM, of_worker)
            me.months = 13  # past the first year
        system.living = system.living + 1


@kernel
def minds_begin(world):
    """Staff, managers and providers: beliefs, characters, conventions, obstacles, ties."""
    system = world.system[0]
    p = world.parameters[0]
    seed = system.seed
    n = world.providers.shape[0]
    staff = world.professionals
    for i in range(staff.shape[0]):
        if staff[i].service != VACANT:
            is_hired(staff[i], p, seed, BEFORE, i, True)
        me = staff[i]
        for k in range(PEERS):
            in_house, elsewhere, _, _ = uniforms(seed, TIES, k, i)
            if me.service == IN_OUTREACH:
                row = system.outreach_first + int(in_house * system.outreach_slots)
            else:
                home = world.providers[me.provider]
                row = home.staff_first + int(in_house * home.staff_slots)
                if k == PEERS - 1 and home.outside == 0:
                    row = int(elsewhere * system.outreach_first)  # outreach comes last
                    if world.providers[staff[row].provider].outside:
                        row = -1
            world.peers[i, k] = row if row != i else -1
    for j in range(n):
        me = world.providers[j]
        boss = world.managers[j]
        of_obstacle, of_reputation, _, _ = uniforms(seed, START, BEFORE, j)
        a, b, c, _ = uniforms(seed, CONVENTION, BEFORE, j)
        _, of_openness, _, _ = uniforms(seed, READS, BEFORE, j)
        me.convention_choice = clip01(p.convention_choice + p.convention_spread * normal_quantile(a))
        me.convention_home = clip01(p.convention_home + p.convention_spread * normal_quantile(b))
        me.convention_support = clip01(p.convention_support + p.convention_spread * normal_quantile(c))
        me.design_choice = me.convention_choice
        me.design_home = me.convention_home
        me.design_support = me.convention_support
        me.obstacle = int(of_obstacle * len(OBSTACLES))
        me.fidelity = p.fidelity_start
        me.rivalry = p.rivalry_start
        me.success = p.expected_success
        me.reported = p.expected_success
        me.loss_rate = (1.0 - p.expected_success) / 12.0
        me.voice_heard = p.voice_mean
        me.belief_mean = p.belief_mean
        me.on_side = p.on_side_start
        me.strain_mean = p.strain_reference
        z = normal_quantile(of_openness)
        boss.openness = clip01(p.openness_mean + p.openness_spread * z)
        link = p.reputation_link
        noise = normal_quantile(of_reputation)
        me.reputation = clip01(0.5 + 0.2 * (link * z + math.sqrt(1.0 - link * link) * noise))
        boss.reading = p.expected_success
        boss.readiness = 0.3
        boss.ownership = p.ownership_start
        boss.trust = p.trust_funder_start
        for k in range(PEER_MANAGERS):
            _, _, of_manager, _ = uniforms(seed, TIES, k, -1 - j)
            other = int(of_manager * (n - 1))
            world.manager_peers[j, k] = -1 if me.outside or other == j else other


def staffed(providers: Table, p: Any, scale: float) -> tuple[Table, int]:
    """Rows for the staff of every provider, in blocks, then outreach; the posts that places need are filled."""
    first = 0
    posts: list[tuple[int, int, int, int]] = []
    for me in providers:
        crisis = math.ceil(me.crisis_beds / p.caseload_crisis)
        reform = math.ceil(me.reform_main / p.caseload_reform)
        slots = math.ceil(POSTS_KEPT * (crisis + reform)) + 8
        me.staff_first, me.staff_slots, me.staff_crisis, me.staff_reform = first, slots, crisis, reform
        posts.append((first, slots, crisis, reform))
        first += slots
    outreach = max(math.ceil(p.rough_stock * scale / p.caseload_outreach), 2)
    staff = PROFESSIONAL.empty(first + outreach)
    for j, (start, slots, crisis, reform) in enumerate(posts):
        staff["provider"][start : start + slots] = j
        staff["service"][start : start + crisis] = IN_CRISIS
        staff["service"][start + crisis : start + crisis + reform] = IN_REFORM
    staff["service"][first:] = IN_OUTREACH
    staff["provider"][first:] = np.arange(outreach) % max(len(posts) - 1, 1)
    return staff, outreach


def starting_point(parameters: Table, people: int | None, seed: int, levers: Table, burn_in: int = BURN_IN) -> World:
    """The system before its burn-in.

    parameters: 1 row (evidence/quantities.py); people: hidden + unserved + crisis + reform to simulate, or None for the
    place's own size; levers: one row per month, of which the first `burn_in` have no budget.  A size other than the
    place's scales beds, places, inflow, supply, money and staff alike; the number of providers grows but never shrinks.
    """
    p = parameters[0]
    scale = 1.0 if people is None else people / size_of(p)
    beds = max(round(p.crisis_beds * scale), 0)
    places = max(round(p.reform_places * scale), 0)
    crisis = min(round(p.crisis_beds * p.crisis_stock_share * scale), beds)
    hidden = round(p.crisis_beds * p.crisis_stock_share * p.hidden_ratio * scale)
    unserved = round(p.rough_stock * scale)
    n = max(round(p.providers * max(scale, 1.0)), int(p.providers))

    system = SYSTEM.empty(1)
    one = system[0]
    one.seed, one.burn_in, one.scale = seed, burn_in, scale
    one.bed_month = round(p.crisis_cost * 100.0 / 12.0)
    one.place_month = round(p.reform_cost * 100.0 / 12.0)
    one.people = hidden + unserved + crisis + places
    one.rough = unserved
    one.rough_usual = float(unserved)

    providers = PROVIDER.empty(n + 1)
    providers["crisis_beds"][:n] = shared_out(beds, n)
    providers["reform_main"][:n] = shared_out(places, n)
    providers["outside"][n] = 1
    staff, outreach = staffed(providers, p, scale)
    one.outreach_first, one.outreach_slots = len(staff) - outreach, outreach

    size = max(round(FIRST_LOT * min(scale, 1.0)), 1)
    lots = LOT.empty(24 * (n + 1) + 2 * math.ceil(places / size))
    row = 0
    for j in range(n):
        left = int(providers["reform_main"][j])
        while left > 0:
            now = min(size, left)
            lots[row].ordinal, lots[row].provider, lots[row].places = row, j, now
            lots[row].state, lots[row].grant = MAINSTREAM, -1
            left -= now
            row += 1

    capacity = one.present = round(1.04 * one.people + 3.0 * p.inflow * scale) + 200
    months = len(levers)
    world = World(
        users=USER.empty(capacity),
        professionals=staff,
        peers=np.full((len(staff), PEERS), -1, np.int32),
        duty=np.full((len(staff), 2), -1, np.int32),
        managers=MANAGER.empty(n + 1),
        manager_peers=np.full((n + 1, PEER_MANAGERS), -1, np.int32),
        providers=providers,
        grants=GRANT.empty(24 * (n + 1)),
        lots=lots,
        system=system,
        levers=levers,
        parameters=parameters,
        measured=MEASURES.empty(months),
        ledger=LEDGER.empty(months),
        events=EVENT.empty(60 * (n + 1) + 400 + 3 * len(lots)),
        by_place=np.arange(capacity, dtype=np.int32),
        keys=np.zeros(max(capacity, len(staff)), np.int64),
        rows=np.zeros(capacity, np.int32),
        sums=np.zeros((n + 1, SUMS), np.int64),
    )
    one.month = BEFORE
    minds_begin(world)
    people_begin(world, hidden, unserved, crisis, places)
    one.month = 0
    return world
