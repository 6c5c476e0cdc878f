"""Step 7: people are referred and offered places.  Professionals gate the reformed service; freed beds fill up."""

from agents.professional import IN_CRISIS, IN_REFORM, VACANT, puts_forward
from agents.service_user import (CRISIS, HIDDEN, LOOKING, QUEUES, STAY, UNSERVED, accepts_bed, accepts_home, seeks_bed)
from engine.chance import bits, queue_key, uniforms
from engine.rule import kernel, rule
from model.beds import finds_bed, has_worker, key_worker


@rule
def free_places(me):
    """Reformed places free at this provider."""
    return max(me.reform_main + me.reform_grant - me.in_reform - me.in_looking, 0)


@rule
def worker_of(world, me, luck):
    """Who decides whether this person is put forward: the key worker, or outreach for people who are unserved."""
    system = world.system[0]
    if me.place == UNSERVED:
        return system.outreach_first + min(int(luck * system.outreach_slots), system.outreach_slots - 1)
    if not has_worker(world, me):
        me.worker = key_worker(world, me.provider, IN_CRISIS, luck)
    return me.worker


@rule
def service_offered(world, me, p, of_provider, of_rivalry):
    """Which provider makes the offer: the own one when it has a free place; others as far as rivalry lets referrals pass."""
    n = world.providers.shape[0]
    if me.provider >= 0:
        own = world.providers[me.provider]
        if free_places(own) > 0:
            return me.provider
        if of_rivalry < p.rivalry_referral * own.rivalry:
            return -1
    start = int(of_provider * n)
    for k in range(n):
        j = start + k if start + k < n else start + k - n
        if free_places(world.providers[j]) > 0:
            return j
    return -1


@rule
def people_are_offered(world):
    """Everybody whom a professional puts forward gets, in the order of the month's lot, an offer while places are free."""
    system = world.system[0]
    p = world.parameters[0]
    free = 0
    for j in range(world.providers.shape[0]):
        free = free + free_places(world.providers[j])
    if free == 0:
        return
    found = 0
    for i in range(world.users.shape[0]):
        me = world.users[i]
        if (me.place != CRISIS and me.place != UNSERVED) or me.homeless < p.refer_after:
            continue
        _, luck, _, _ = bits(system.seed, QUEUES, system.month, me.id)
        _, of_worker, _, of_referral = uniforms(system.seed, STAY, system.month, me.id)
        row = worker_of(world, me, of_worker)
        if row >= 0 and puts_forward(world.professionals[row], me, p, of_referral):
            world.keys[found] = queue_key(luck, 1.0, me.id)
            world.rows[found] = i
            found = found + 1
    system.referred = found
    order = world.keys[:found].argsort()
    for k in range(found):
        if free == 0:
            break
        me = world.users[world.rows[order[k]]]
        _, _, _, of_answer = uniforms(system.seed, QUEUES, system.month, me.id)
        of_rivalry, of_worker, of_provider, _ = uniforms(system.seed, STAY, system.month, me.id)
        j = service_offered(world, me, p, of_provider, of_rivalry)
        if j < 0:
            continue
        system.offers = system.offers + 1
        if not accepts_home(me, p, of_answer):
            system.refused = system.refused + 1
            continue
        me.place = LOOKING
        me.provider = j
        me.months = 0
        me.ready = 0
        me.worker = key_worker(world, j, IN_REFORM, of_worker)
        world.providers[j].in_looking = world.providers[j].in_looking + 1
        free = free - 1


@rule
def beds_fill(world):
    """Free beds fill from the hidden and the unserved, in the order of the month's lot; the rest is turned away."""
    system = world.system[0]
    p = world.parameters[0]
    free = 0
    for j in range(world.providers.shape[0]):
        free = free + max(world.providers[j].crisis_beds - world.providers[j].in_crisis, 0)
    found = 0
    for i in range(world.users.shape[0]):
        me = world.users[i]
        if me.place != HIDDEN and me.place != UNSERVED:
            continue
        wish, _, _, _ = uniforms(system.seed, QUEUES, system.month, me.id)
        if seeks_bed(me, p, wish):
            _, _, luck, _ = bits(system.seed, QUEUES, system.month, me.id)
            world.keys[found] = queue_key(luck, 1.0, me.id)
            world.rows[found] = i
            found = found + 1
    order = world.keys[:found].argsort()
    for k in range(found):
        me = world.users[world.rows[order[k]]]
        if free <= 0:
            system.turned_away = system.turned_away + found - k
            break
        _, _, _, of_answer = uniforms(system.seed, QUEUES, system.month, me.id)
        if me.place == UNSERVED:
            system.bed_offers = system.bed_offers + 1
            if not accepts_bed(me, p, of_answer):
                system.bed_refused = system.bed_refused + 1
                continue
        if finds_bed(world, me):
            free = free - 1


@kernel
def people_are_referred(world):
    """7. Professionals (outreach for the unserved) gate the reformed service; freed crisis beds fill from the hidden and
    unserved."""
    system = world.system[0]
    system.referred = 0
    system.offers = 0
    system.refused = 0
    system.turned_away = 0
    system.bed_offers = 0
    system.bed_refused = 0
    people_are_offered(world)
    beds_fill(world)
