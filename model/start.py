"""The starting point: one service system as the place describes it, before its burn-in.

Everybody gets an id and a place here; the burn-in under the status quo then settles lengths of stay, the settled, the
strain of staff and the bonds between people, months before the run begins.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from agents.funder import GRANT, LOT, MAINSTREAM, emergency_price
from agents.manager import MANAGER, PEER_MANAGERS, mismatch, partnership_offered
from agents.professional import IN_CRISIS, IN_OUTREACH, IN_REFORM, PEERS, PROFESSIONAL, VACANT
from agents.programme import PROGRAMME, SLOTS
from agents.provider import OBSTACLES, PROVIDER
from agents.service_user import USER
from engine.arithmetic import clip01, log, normal_quantile
from engine.chance import uniforms
from engine.rule import kernel, rule
from evidence.strata import MOST_GROUPS
from model.balance import balance
from model.draws import (
    COLLEAGUE,
    COLLEAGUE_ELSEWHERE,
    CONVENTION,
    CONVENTION_CHOICE,
    CONVENTION_HOME,
    CONVENTION_SUPPORT,
    HEARING,
    MANAGER_KNOWN,
    OBSTACLE,
    OPENNESS,
    OWNERSHIP,
    PARTNERING,
    READS,
    REPUTATION,
    START,
    TEMPER,
    TIES,
    TRUST_FUNDER,
)
from model.first_people import BEFORE, Standing, first_people, people_take_rows, standing_of
from model.housed import THIRDS
from model.measures import MEASURES
from model.planned import plan_without_paths
from model.posts import posts_begin
from model.state import BURN_IN, EVENT, FROM, GROUP, LEDGER, SUMS, SYSTEM, TO, YEAR, Table, World
from model.steps.s01_world_moves import is_hired

# Rows kept for the staff of a provider: room to grow.  Assumption.
POSTS_KEPT, POSTS_SPARE = 2.0, 8  # per post at the start, and beside that


class AtStart(NamedTuple):
    """Whole people, beds and places at the start."""

    hidden: int
    unserved: int
    crisis: int
    reform: int
    beds: int

    @property
    def people(self) -> int:
        """Everybody hidden, unserved, in the crisis service or in the reformed one."""
        return self.hidden + self.unserved + self.crisis + self.reform


def real_size(p: Any) -> float:
    """People hidden, unserved, in crisis service or reform at the start of the real place, before rounding."""
    crisis = p.crisis_beds * p.crisis_stock_share
    return float(crisis * (1.0 + p.hidden_ratio) + p.rough_stock + p.reform_places)


def size_of(p: Any) -> int:
    """The same as a whole number: what a run of the real size simulates."""
    return round(real_size(p))


def at_start(p: Any, people: int | None = None) -> tuple[AtStart, float]:
    """Who is there at the start among `people` (None: the place's own size), and the scale: simulated to real people.

    What a place counts is rounded by itself; the hidden, whom nobody counts, are the rest, so that the sum is `people`.
    """
    scale = 1.0 if people is None or people == size_of(p) else people / real_size(p)
    beds = max(round(p.crisis_beds * scale), 0)
    crisis = int(beds * p.crisis_stock_share + 0.5)
    unserved, reform = round(p.rough_stock * scale), max(round(p.reform_places * scale), 0)
    wanted = size_of(p) if people is None else people
    return AtStart(max(wanted - crisis - unserved - reform, 0), unserved, crisis, reform, beds), scale


def shared_out(total: int, parts: int) -> np.ndarray:
    """`total` in `parts` whole numbers that differ by one at most."""
    return np.array([total // parts + (1 if k < total % parts else 0) for k in range(parts)])


@rule
def colleagues(world, i):
    """The professionals whom this one (row i) listens to: colleagues, the last `ties_elsewhere` of them elsewhere.

    Ties lead to posts that are filled at the start; whoever takes such a post later takes the ties with it.
    """
    system = world.system[0]
    p = world.parameters[0]
    staff = world.professionals
    worker = staff[i]
    provider = world.providers[worker.provider]
    for k in range(PEERS):
        world.peers[i, k] = -1
        if k >= p.ties_colleagues:
            continue
        luck = uniforms(system.seed, TIES, k, i)
        if worker.service == IN_OUTREACH:
            row = another(system.outreach_first, system.outreach_slots, i, luck[COLLEAGUE])
        elif k >= p.ties_colleagues - p.ties_elsewhere and provider.outside == 0:
            row = elsewhere(world.providers, worker.provider, luck[COLLEAGUE_ELSEWHERE])
        else:
            row = another(provider.staff_first, provider.staff_crisis + provider.staff_reform, i, luck[COLLEAGUE])
        world.peers[i, k] = row


@rule
def another(first, posts, i, luck):
    """One of the `posts` rows from `first` on, but not row i; -1 if there is no other."""
    mine = i - first
    others = posts - 1 if 0 <= mine < posts else posts
    if others <= 0:
        return -1
    chosen = int(luck * others)
    return first + (chosen + 1 if 0 <= mine <= chosen and mine < posts else chosen)


@rule
def elsewhere(providers, j, luck):
    """The row of a filled post at another provider than j, the outside pilot aside; -1 if there is none.  Filled posts
    come first among a provider's rows."""
    posts = 0
    for k in range(providers.shape[0]):
        if k != j and providers[k].outside == 0:
            posts = posts + providers[k].staff_crisis + providers[k].staff_reform
    left = int(luck * posts)
    for k in range(providers.shape[0]):
        here = providers[k].staff_crisis + providers[k].staff_reform
        if k == j or providers[k].outside:
            continue
        if left < here:
            return providers[k].staff_first + left
        left = left - here
    return -1


@rule
def within_one(shift):
    """A shift of something on [0, 1]."""
    return min(max(shift, -1.0), 1.0)


@rule
def manager_begins(manager, provider, p, seed, j, stuck):
    """A manager, each of a temper of their own, and the reputation of the house, weakly linked to openness.  j: the
    provider's row; stuck: the share of residents who have been there for over a year."""
    z = normal_quantile(uniforms(seed, READS, BEFORE, j)[OPENNESS])
    noise = normal_quantile(uniforms(seed, START, BEFORE, j)[REPUTATION])
    temper = uniforms(seed, TEMPER, BEFORE, j)
    manager.ownership_usual = clip01(p.ownership_start + p.ownership_spread * normal_quantile(temper[OWNERSHIP]))
    manager.hearing = within_one(p.voice_heard_spread * normal_quantile(temper[HEARING]))
    manager.partnering = within_one(p.partnership_spread * normal_quantile(temper[PARTNERING]))
    manager.openness = clip01(p.openness_mean + p.openness_spread * z)
    link = p.reputation_link
    seen = link * z + math.sqrt(1.0 - link * link) * noise
    provider.reputation = clip01(p.reputation_mean + p.reputation_spread * seen)
    manager.reading = p.expected_success
    manager.frustration = mismatch(p, p.trust_crisis, stuck)
    manager.readiness = p.readiness_usual
    manager.ownership = manager.ownership_usual
    manager.trust = clip01(p.trust_funder_start + p.trust_funder_spread * normal_quantile(temper[TRUST_FUNDER]))
    provider.voice_heard = clip01(p.voice_mean + manager.hearing)
    provider.partnership = partnership_offered(manager, provider, p)


@rule
def provider_begins(provider, p, seed, j):
    """Convention, obstacle and what is known at the start.  j: the provider's row."""
    luck = uniforms(seed, CONVENTION, BEFORE, j)
    spread = p.convention_spread
    provider.convention_choice = clip01(p.convention_choice + spread * normal_quantile(luck[CONVENTION_CHOICE]))
    provider.convention_home = clip01(p.convention_home + spread * normal_quantile(luck[CONVENTION_HOME]))
    provider.convention_support = clip01(p.convention_support + spread * normal_quantile(luck[CONVENTION_SUPPORT]))
    provider.obstacle = int(uniforms(seed, START, BEFORE, j)[OBSTACLE] * len(OBSTACLES))
    provider.rivalry = p.rivalry_start
    provider.success = p.expected_success
    provider.reported = p.expected_success
    provider.loss_rate = (1.0 - p.expected_success) / 12.0
    provider.belief_mean = p.belief_mean
    provider.on_side = p.on_side_start
    provider.strain_mean = p.strain_reference


@rule
def programme_begins(programme, provider, p):
    """The programme that a provider has from before the run is as its professionals would have it."""
    programme.design_choice = provider.convention_choice
    programme.design_home = provider.convention_home
    programme.design_support = provider.convention_support
    programme.fidelity = p.fidelity_start
    programme.success = provider.success
    programme.loss_rate = provider.loss_rate


@kernel
def minds_begin(world):
    """Staff, managers and providers: beliefs, characters, conventions, obstacles, ties."""
    p = world.parameters[0]
    seed = world.system[0].seed
    n = world.providers.shape[0]
    for i in range(world.professionals.shape[0]):
        if world.professionals[i].service != VACANT:
            is_hired(world.professionals[i], p, seed, BEFORE, i, True)
        colleagues(world, i)
    for j in range(n):
        provider = world.providers[j]
        provider_begins(provider, p, seed, j)
        programme_begins(world.programmes[j * SLOTS], provider, p)
        manager_begins(world.managers[j], provider, p, seed, j, world.system[0].stuck)
        for k in range(PEER_MANAGERS):
            other = int(uniforms(seed, TIES, k, -1 - j)[MANAGER_KNOWN] * (n - 1))
            known = k < p.ties_managers and provider.outside == 0 and other != j
            world.manager_peers[j, k] = other if known else -1


def staffed(providers: Table, p: Any, scale: float) -> tuple[Table, int]:
    """Rows for the staff of every provider, in blocks, then outreach; filled posts come first in each block."""
    first = 0
    posts: list[tuple[int, int, int, int]] = []
    for provider in providers:
        crisis, reform = int(provider.staff_crisis), int(provider.staff_reform)
        slots = math.ceil(POSTS_KEPT * (crisis + reform)) + POSTS_SPARE
        provider.staff_first, provider.staff_slots = first, slots
        posts.append((first, slots, crisis, reform))
        first += slots
    outreach = max(math.ceil(p.rough_stock * scale / p.caseload_outreach), 2)
    staff = PROFESSIONAL.empty(first + outreach)
    for j, (start, slots, crisis, reform) in enumerate(posts):
        staff["provider"][start : start + slots] = j
        staff["service"][start : start + crisis] = IN_CRISIS
        staff["service"][start + crisis : start + crisis + reform] = IN_REFORM
    staff["service"][first:] = IN_OUTREACH
    staff["programme"] = -1
    staff["provider"][first:] = np.arange(outreach) % max(len(posts) - 1, 1)
    return staff, outreach


def everybody() -> Table:
    """The groups of a place that tells none apart: one, of everybody."""
    return groups_of([(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)])


def groups_of(numbers: Sequence[tuple[float, ...]]) -> Table:
    """A row for each group: (share, moves_on, loses_home, returns, put_forward, finds_bed, dies), rates relative to the
    rest; `put_forward` is an odds ratio."""
    table = GROUP.empty(len(numbers))
    for group, values in zip(table, numbers, strict=True):
        group.share, group.moves_on, group.loses_home, group.returns, odds, group.finds_bed, group.dies = values
        group.put_forward = log(odds)
    return table


def first_lots(providers: Table, size: int) -> Table:
    """The reformed places that are there at the start, in lots of `size` places at most; with room for lots to come."""
    places = providers["reform_main"]
    lots = LOT.empty(24 * len(providers) + 2 * math.ceil(places.sum() / size))
    row = 0
    for j, left in enumerate(places.tolist()):
        while left > 0:
            lot = lots[row]
            lot.ordinal, lot.provider, lot.places = row, j, min(size, left)
            lot.programme = j * SLOTS
            lot.state, lot.grant = MAINSTREAM, -1
            left -= size
            row += 1
    return lots


def system_begins(p: Any, begin: AtStart, scale: float, seed: int, burn_in: int) -> Table:
    """The one row of the system: who is there, and what a bed and a place cost."""
    table = SYSTEM.empty(1)
    system = table[0]
    system.seed, system.burn_in, system.scale = seed, burn_in, scale
    system.bed_month = round(p.crisis_cost * 100.0 / 12.0)
    system.by_right_month = round(system.bed_month * p.by_right_price)
    system.emergency_month = emergency_price(system.bed_month, p)
    system.place_month = round(p.reform_cost * 100.0 / 12.0)
    system.people = begin.people
    system.rough = system.rough_start = begin.unserved
    system.hidden = system.hidden_start = begin.hidden
    system.homes_recent = p.secure_supply * scale
    system.opens_usual = 1.0
    system.rough_visible = p.rough_stock * scale
    return table


def houses(p: Any, begin: AtStart, scale: float) -> Table:
    """A row for each provider, beds and reformed places shared out among them; the last row is the pilot outside."""
    n = max(round(p.providers * max(scale, 1.0)), int(p.providers))
    providers = PROVIDER.empty(n + 1)
    providers["crisis_beds"][:n] = shared_out(begin.beds, n)
    providers["reform_main"][:n] = shared_out(begin.reform, n)
    providers["outside"][n] = 1
    return providers


def own_programmes(providers: Table) -> Table:
    """SLOTS rows for each provider, all of its places in the first."""
    programmes = PROGRAMME.empty(len(providers) * SLOTS)
    programmes["provider"] = np.repeat(np.arange(len(providers)), SLOTS)
    programmes["places_main"][::SLOTS] = providers["reform_main"]
    return programmes


def nothing_yet(months: int, users: int, staff: int, providers: int, lots: int) -> dict[str, Any]:
    """The tables in which nobody has written yet, by the number of rows of others."""
    return {
        "users": USER.empty(users),
        "peers": np.full((staff, PEERS), -1, np.int32),
        "duty": np.full((staff, 2), -1, np.int32),
        "managers": MANAGER.empty(providers),
        "manager_peers": np.full((providers, PEER_MANAGERS), -1, np.int32),
        "grants": GRANT.empty(24 * providers),
        "measured": MEASURES.empty(months),
        "ledger": LEDGER.empty(months),
        "events": EVENT.empty(60 * providers + 400 + 3 * lots),
        "housed": USER.empty(0),
        "housed_ids": np.zeros(0, np.int64),
        "housed_in": np.zeros((THIRDS, MOST_GROUPS), np.int64),
        "seen": np.zeros(YEAR, np.int64),
        "flows": np.zeros((months, len(FROM), len(TO)), np.int32),
        "by_situation": np.arange(users, dtype=np.int32),
        "keys": np.zeros(max(users, staff), np.int64),
        "rows": np.zeros(users, np.int32),
        "sums": np.zeros((providers, SUMS), np.int64),
    }


def starting_point(
    parameters: Table,
    people: int | None,
    seed: int,
    levers: Table,
    burn_in: int = BURN_IN,
    groups: Table | None = None,
    standing: Standing | None = None,
    plan: Table | None = None,
) -> World:
    """The system before its burn-in.

    parameters: 1 row (evidence/quantities.py); people: hidden + unserved + crisis + reform to simulate, or None for the
    place's own size; levers: one row per month, of which the first `burn_in` have no budget.  A size other than the
    place's scales beds, places, inflow, supply, money and staff alike; the number of providers grows but never shrinks.
    groups: a row for each group of people that the place tells apart (`groups_of`), or None.
    standing: where people stand when the place's flows balance (`standing_of` of its balance); None: it is worked out
    here, with every rate that may be moved free.  plan: one row of PLAN per month, or None for a place without figures
    by year.
    """
    p = parameters[0]
    begin, scale = at_start(p, people)
    standing = standing_of(balance(p, groups)) if standing is None else standing
    system_table = system_begins(p, begin, scale, seed, burn_in)
    system = system_table[0]
    system.stuck = standing.over_a_year
    providers = houses(p, begin, scale)
    posts_begin(providers, system_table, parameters)
    staff, outreach = staffed(providers, p, scale)
    system.outreach_first, system.outreach_slots = len(staff) - outreach, outreach
    lots = first_lots(providers, max(round(p.first_lot * min(scale, 1.0)), 1))
    who = first_people(standing, begin.hidden, begin.unserved, begin.crisis, begin.reform, scale)
    capacity = system.present = round(1.04 * len(who) + 3.0 * p.inflow * scale) + 200
    world = World(
        **nothing_yet(len(levers), capacity, len(staff), len(providers), len(lots)),
        professionals=staff,
        providers=providers,
        programmes=own_programmes(providers),
        lots=lots,
        system=system_table,
        levers=levers,
        plan=plan_without_paths(p, len(levers), burn_in) if plan is None else plan,
        parameters=parameters,
        groups=everybody() if groups is None else groups,
    )
    system.month = BEFORE
    minds_begin(world)
    people_take_rows(world, who, standing)
    system.month = 0
    return world
