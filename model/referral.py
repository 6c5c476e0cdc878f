"""Step 7: people are referred and offered places.  Professionals gate the reformed service."""

from agents.professional import IN_CRISIS, IN_REFORM, VACANT, puts_forward, usually_put_forward
from agents.service_user import CRISIS, LOOKING, OFFER, SPEAK, STAY, UNSERVED, accepts_home
from engine.chance import BLOCK, deal, gather, hands, queue_key, queue_order, uniform, uniforms
from engine.rule import kernel, rule
from model.beds import key_worker, nobody_full, not_full


@rule
def free_places(me):
    """Reformed places free at this provider."""
    return max(me.reform_main + me.reform_grant - me.in_reform - me.in_looking, 0)


@rule
def service_offered(providers, skip, me, p, of_provider, of_rivalry):
    """Which provider makes the offer: the own one if it has a free place; others as far as rivalry lets people pass."""
    n = providers.shape[0]
    if me.provider >= 0:
        own = providers[me.provider]
        if free_places(own) > 0:
            return me.provider
        if of_rivalry < p.rivalry_referral * own.rivalry:
            return -1
    start = int(of_provider * n)
    for origin in (start, 0):  # going round
        j = not_full(skip, origin)
        while j < n and free_places(providers[j]) == 0:
            skip[j] = j + 1
            j = not_full(skip, j)
        if j < n:
            return j
    return -1


@rule
def people_are_offered(world):
    """Everybody whom a professional puts forward gets an offer while places are free, in the order of the lot."""
    system = world.system[0]
    p = world.parameters[0]
    free = 0
    for j in range(world.providers.shape[0]):
        free = free + free_places(world.providers[j])
    if free == 0:
        return
    found = 0
    providers = world.providers
    staff = world.professionals
    users = world.users
    hand = hands()
    waiting = world.rows
    after = p.refer_after
    usual = usually_put_forward(p)
    wait = 0
    for k in range(system.present):
        me = users[world.by_place[k]]
        if me.place == CRISIS or me.place == UNSERVED:
            waiting[wait] = world.by_place[k]  # written over by the next one unless counted: no branch to guess
            wait = wait + (1 if me.homeless >= after else 0)
    for first in range(0, wait, BLOCK):
        n = gather(users, waiting[:wait], first, hand)
        deal(system.seed, OFFER, system.month, n, hand)
        for k in range(n):
            i = waiting[first + k]
            me = users[i]
            of_worker = uniform(hand[2, k])
            row = me.worker  # the key worker decides; outreach does for people who are unserved
            if me.place == UNSERVED:
                row = system.outreach_first + min(int(of_worker * system.outreach_slots), system.outreach_slots - 1)
            elif row < 0 or staff[row].service == VACANT:
                row = key_worker(world.duty, providers[me.provider], IN_CRISIS, of_worker)
                me.worker = row
            if row >= 0 and puts_forward(staff[row], me, p, usual, uniform(hand[0, k])):
                world.keys[found] = queue_key(hand[1, k], 1.0, me.id)
                world.rows[found] = i
                found = found + 1
    system.referred = found
    order = queue_order(world.keys[:found])
    skip = nobody_full(providers)
    for k in range(found):
        if free == 0:
            break
        me = world.users[world.rows[order[k]]]
        _, _, of_provider, of_answer = uniforms(system.seed, OFFER, system.month, me.id)
        _, of_worker, _, _ = uniforms(system.seed, STAY, system.month, me.id)
        _, _, _, of_rivalry = uniforms(system.seed, SPEAK, system.month, me.id)
        j = service_offered(providers, skip, me, p, of_provider, of_rivalry)
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
        me.worker = key_worker(world.duty, providers[j], IN_REFORM, of_worker)
        providers[j].in_looking = providers[j].in_looking + 1
        free = free - 1


@kernel
def people_are_referred(world):
    """7. Professionals (outreach for the unserved) gate the reformed service; people are offered places and answer."""
    system = world.system[0]
    system.referred = 0
    system.offers = 0
    system.refused = 0
    people_are_offered(world)
