"""Step 1: the world moves.  People arrive, homes become free, budgets follow politics, staff leave and are replaced.

Nothing here depends on anybody's strategy: inflow, supply and prices are the place's plan (model/planned.py), never a
lever's.
"""

from agents.funder import free_next, reserved
from agents.professional import VACANT, belief_of, comes_from_sector, leaves_post, threshold_of
from agents.service_user import (
    GONE,
    HERE,
    HIDDEN,
    NEVER,
    UNSERVED,
    begins_unserved,
    entries_with_homes,
    has_carer,
    is_in_group,
    kind_of,
    need_of,
    wanted,
)
from engine.arithmetic import clip01, normal_quantile
from engine.batch_draws import BLOCK, IDS, deal, four, hands
from engine.chance import poisson, share_to_count, uniform, uniforms
from engine.rule import kernel, rule
from model.by_situation import stand_by_situation
from model.draws import (
    ARRIVALS,
    BELIEF,
    BIRTH,
    CARER,
    CHARACTER,
    COMMISSION,
    FROM_SECTOR,
    GROUP_OF,
    GROUPING,
    IDENTIFICATION,
    KIND_OF,
    LEAVES_POST,
    NEED,
    POST,
    ROUNDS_SUPPLY,
    STARTS_UNSERVED,
    THRESHOLD,
    TRUST,
    VOICE,
    WANTS,
    WANTS_CHOICE,
    WANTS_HOME,
    WANTS_SUPPORT,
)
from model.planned import places_missing, prices_move
from model.state import MOST_MONTHS

ORDINALS = 4194304  # 2^22 newcomers a month at most; id = month * ORDINALS + ordinal


@rule
def is_born(user, identity, groups, p, birth, wants, grouping):
    """A newcomer: who this person is depends on ten draws (BIRTH, WANTS, GROUPING), and they on the seed and the id."""
    user.id = identity
    user.need = need_of(p, birth[NEED])
    above = user.need - p.need_reference
    user.wants_choice = wanted(p.wants_choice_mean, p.wants_spread, wants[WANTS_CHOICE])
    user.wants_home = wanted(p.wants_home_mean, p.wants_spread, wants[WANTS_HOME])
    user.wants_support = wanted(
        p.wants_support_mean + p.wants_support_need * above, p.wants_spread, wants[WANTS_SUPPORT]
    )
    user.trust = wanted(p.trust_reference, p.trust_spread, birth[TRUST])
    user.voice = wanted(p.voice_mean - p.voice_need * above, p.voice_spread, birth[VOICE])
    user.carer = 1 if has_carer(p, birth[CARER]) else 0
    user.worker = -1
    user.provider = -1
    user.programme = -1
    user.bed_provider = -1
    user.months = 0
    user.homeless = 0
    user.situation = UNSERVED if begins_unserved(p, wants[STARTS_UNSERVED]) else HIDDEN
    user.kind = kind_of(user, p, grouping[KIND_OF])
    user.fast = 0
    user.acute = 0
    user.involved = 0
    user.returned = 0
    user.bed_from = NEVER
    user.bed_until = NEVER
    user.seen = NEVER
    user.housed_on = NEVER
    user.joined = NEVER
    user.was = GONE
    user.fate = HERE
    user.group = group_of(groups, grouping[GROUP_OF])


@rule
def group_of(groups, luck):
    """Row of the group a newcomer belongs to, drawn by the groups' shares of those who arrive."""
    row = 0
    if groups.shape[0] > 1:
        below = groups[0].share
        while not is_in_group(luck, below) and row < groups.shape[0] - 1:
            row = row + 1
            below = below + groups[row].share
    return row


@rule
def is_hired(worker, p, seed, month, slot, from_sector):
    """Somebody new in this post, with a mind of their own."""
    luck = uniforms(seed, CHARACTER, month, slot)
    worker.belief = belief_of(p, from_sector, luck[BELIEF])
    worker.habit = worker.belief
    worker.identification = clip01(
        p.identification_mean + p.identification_spread * normal_quantile(luck[IDENTIFICATION])
    )
    worker.threshold = threshold_of(p, luck[THRESHOLD])
    worker.strain = p.strain_reference
    worker.seen = p.expected_success
    worker.tenure = 0


@rule
def supply_and_budget(world):
    """Secure tenancies become free, also those that tenants left last month; mainstream money grows or is cut."""
    system = world.system[0]
    p = world.parameters[0]
    plan = world.plan[system.month]
    supply = plan.homes * system.scale
    system.homes = share_to_count(supply, uniforms(system.seed, COMMISSION, system.month, 0)[ROUNDS_SUPPLY])
    system.homes = system.homes + system.homes_left
    system.homes_left = 0
    system.homes_recent = system.homes_recent + (system.homes_used - system.homes_recent) / 12.0
    if system.month <= system.burn_in:
        system.homes_usual = system.homes_recent
    system.homes_used = 0
    system.elsewhere = 0
    system.to_rivals = 0
    system.claims = 0
    system.agreed = 0
    system.growth = 0
    if system.month > system.burn_in:
        growth = int(system.base_spend * (plan.budget + p.austerity) / 12.0)
        system.growth = growth
        before = system.free
        system.free = free_next(before, growth, reserved(places_missing(world), system, p), p)
        system.to_rivals = before + growth - system.free
        system.elsewhere = system.to_rivals
        system.budget = system.budget + growth - system.elsewhere


@rule
def newcomers(system, plan, p):
    """How many arrive.  Before the run they are as many as hidden and unserved people lack against the place's counts,
    beside those who are expected: stocks stand where the place says, and everything else settles (model/held.py)."""
    demand = plan.inflow * system.scale
    if system.month < system.burn_in:
        lack = system.hidden_start + system.rough_start - system.hidden - system.rough
        return max(int(demand + 0.5) + lack, 0)
    demand = demand * entries_with_homes(p, system.homes_recent, system.homes_usual)
    return poisson(demand, uniforms(system.seed, COMMISSION, system.month, 0)[ARRIVALS])


@rule
def people_arrive(world, here):
    """Newcomers take the rows after those of the people who are here, as far as there is room."""
    system = world.system[0]
    system.arrivals = newcomers(system, world.plan[system.month], world.parameters[0])
    born = min(system.arrivals, world.by_situation.shape[0] - here)
    births = hands()
    wants = hands()
    grouping = hands()
    for first in range(0, born, BLOCK):
        n = min(BLOCK, born - first)
        for k in range(n):
            births[IDS, k] = (system.month + 1) * ORDINALS + first + k
            wants[IDS, k] = births[IDS, k]
            grouping[IDS, k] = births[IDS, k]
        deal(system.seed, BIRTH, 0, n, births)
        deal(system.seed, WANTS, 0, n, wants)
        deal(system.seed, GROUPING, 0, n, grouping)
        for k in range(n):
            user = world.users[world.by_situation[here + first + k]]
            is_born(user, births[IDS, k], world.groups, world.parameters[0], four(births, k), four(wants, k),
                    four(grouping, k))  # fmt: skip
    system.present = here + born
    system.living = system.living + born


@rule
def staff_turn_over(world):
    """Staff leave and are replaced."""
    system = world.system[0]
    p = world.parameters[0]
    professionals = world.professionals
    hand = hands()
    for first in range(0, professionals.shape[0], BLOCK):
        n = min(BLOCK, professionals.shape[0] - first)
        for k in range(n):
            hand[IDS, k] = first + k
        deal(system.seed, POST, system.month, n, hand)
        for k in range(n):
            worker = professionals[first + k]
            if worker.service == VACANT:
                continue
            worker.tenure = min(worker.tenure + 1, MOST_MONTHS)
            if leaves_post(worker, p, uniform(hand[LEAVES_POST, k])):
                from_sector = comes_from_sector(p, uniform(hand[FROM_SECTOR, k]))
                is_hired(worker, p, system.seed, system.month, first + k, from_sector)


@kernel
def the_world_moves(world):
    """1. New people arrive, the month's secure supply appears, budgets follow growth or austerity, staff leave and are
    replaced.  How everybody lives as the month begins is noted."""
    system = world.system[0]
    system.died = 0
    system.left = 0
    system.found_home = 0
    system.out_of_sight = 0
    here = system.living
    system.housed_died = 0
    stand_by_situation(world.users, world.by_situation, here)
    supply_and_budget(world)
    prices_move(world)
    people_arrive(world, here)
    staff_turn_over(world)
