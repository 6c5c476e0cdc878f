"""Step 1: the world moves.  People arrive, homes become free, budgets follow politics, staff leave and are replaced.

Nothing here depends on anybody's strategy: inflow and supply are the place's, never a lever's.
"""

from agents.funder import COMMISSION, free_next
from agents.professional import CHARACTER, POST, VACANT, belief_of, comes_from_sector, leaves_post, threshold_of
from agents.service_user import BIRTH, HIDDEN, LIFE, UNSERVED, WANTS, acute_next, need_of, wanted
from engine.arithmetic import clip01, exp, log, normal_quantile
from engine.chance import BLOCK, deal, four, gather, hands, poisson, share_to_count, uniform, uniforms
from engine.rule import kernel, rule
from model.beds import stand_by_place

ORDINALS = 4194304  # 2^22 newcomers a month at most; id = month * ORDINALS + ordinal


@rule
def is_born(me, identity, p, birth, wants):
    """A newcomer: who this person is depends on eight draws (BIRTH, WANTS), and they on the seed and the id alone."""
    of_need, of_trust, of_voice, of_carer = birth
    of_choice, of_home, of_support, of_start = wants
    me.id = identity
    me.need = need_of(p, of_need)
    above = me.need - p.need_reference
    me.wants_choice = wanted(p.wants_choice_mean, p.wants_spread, of_choice)
    me.wants_home = wanted(p.wants_home_mean, p.wants_spread, of_home)
    me.wants_support = wanted(p.wants_support_mean + p.wants_support_need * above, p.wants_spread, of_support)
    me.trust = wanted(p.trust_reference, p.trust_spread, of_trust)
    me.voice = wanted(p.voice_mean - p.voice_need * above, p.voice_spread, of_voice)
    me.carer = 1 if of_carer < p.carer_share else 0
    me.worker = -1
    me.provider = -1
    me.host = -1
    me.months = 0
    me.homeless = 0
    me.place = UNSERVED if of_start < p.inflow_unserved else HIDDEN
    me.fast = 0
    me.ready = 0
    me.acute = 0
    me.involved = 0
    me.returned = 0


@rule
def growth_factor(yearly, month, burn_in):
    """Compound growth since month 0 of the run; 1 during the burn-in."""
    return exp(log(1.0 + yearly) * (month - burn_in) / 12.0) if month > burn_in else 1.0


@rule
def is_hired(me, p, seed, month, slot, from_sector):
    """Somebody new in this post, with a mind of their own."""
    of_belief, of_identification, of_threshold, _ = uniforms(seed, CHARACTER, month, slot)
    me.belief = belief_of(p, from_sector, of_belief)
    me.habit = me.belief
    me.identification = clip01(p.identification_mean + p.identification_spread * normal_quantile(of_identification))
    me.threshold = threshold_of(p, of_threshold)
    me.strain = p.strain_reference
    me.seen = p.expected_success
    me.tenure = 0


@kernel
def the_world_moves(world):
    """1. New people arrive, the month's secure supply appears, budgets follow growth or austerity, acute spells start
    and end, staff leave and are replaced."""
    system = world.system[0]
    p = world.parameters[0]
    users = world.users
    professionals = world.professionals
    month = system.month
    seed = system.seed
    _, of_supply, of_arrivals, _ = uniforms(seed, COMMISSION, month, 0)
    system.homes = share_to_count(
        p.secure_supply * system.scale * growth_factor(p.supply_growth, month, system.burn_in), of_supply
    )
    system.homes_used = 0
    system.arrivals = poisson(
        p.inflow * system.scale * growth_factor(p.demand_growth, month, system.burn_in), of_arrivals
    )
    system.died = 0
    system.left = 0
    system.out_of_sight = 0
    system.elsewhere = 0
    system.growth = 0
    if month > system.burn_in:
        growth = int(system.base_spend * (p.mainstream_growth + p.austerity) / 12.0)
        system.growth = growth
        before = system.free
        system.free = free_next(before, growth, p)
        system.elsewhere = before + growth - system.free
        system.budget = system.budget + growth - system.elsewhere

    hand = hands()
    rows = world.by_place
    here = system.living
    stand_by_place(users, rows, here)
    for first in range(0, here, BLOCK):
        n = gather(users, rows[:here], first, hand)
        deal(seed, LIFE, month, n, hand)
        for k in range(n):
            me = users[rows[first + k]]
            me.acute = acute_next(me, p, uniform(hand[3, k]))
    born = min(system.arrivals, rows.shape[0] - here)
    wants = hands()
    for first in range(0, born, BLOCK):
        n = min(BLOCK, born - first)
        for k in range(n):
            hand[4, k] = (month + 1) * ORDINALS + first + k
            wants[4, k] = hand[4, k]
        deal(seed, BIRTH, 0, n, hand)
        deal(seed, WANTS, 0, n, wants)
        for k in range(n):
            is_born(users[rows[here + first + k]], hand[4, k], p, four(hand, k), four(wants, k))
    system.present = here + born
    system.living = system.living + born

    for first in range(0, professionals.shape[0], BLOCK):
        n = min(BLOCK, professionals.shape[0] - first)
        for k in range(n):
            hand[4, k] = first + k
        deal(seed, POST, month, n, hand)
        for k in range(n):
            worker = professionals[first + k]
            if worker.service == VACANT:
                continue
            worker.tenure = min(worker.tenure + 1, 32000)
            if leaves_post(worker, p, uniform(hand[0, k])):
                is_hired(worker, p, seed, month, first + k, comes_from_sector(p, uniform(hand[1, k])))
