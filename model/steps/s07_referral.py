"""Step 7: people are referred and offered places.  Professionals gate the reformed service."""

from agents.professional import VACANT, is_met, puts_forward, usually_put_forward
from agents.provider import lets_pass
from agents.service_user import CRISIS, HIDDEN, LOOKING, UNSERVED, accepts_home
from engine.batch_draws import BLOCK, deal, gather, hands
from engine.chance import uniform, uniforms
from engine.lottery import queue_key
from engine.rule import kernel, rule
from model.beds import key_worker, key_worker_in, nobody_full, not_full
from model.draws import (
    ANSWERS_OFFER,
    IS_PUT_FORWARD,
    KEY_WORKER,
    OFFER,
    OFFER_QUEUE,
    RIVALRY_STOPS,
    SPEAK,
    STAY,
    WHO_DECIDES,
    WHOSE_OFFER,
)
from model.leaving import place_passes
from model.programmes import the_one_that_is_offered


@rule
def free_places(provider):
    """Reformed places free at this provider."""
    return max(provider.reform_main + provider.reform_grant - provider.in_reform - provider.in_looking, 0)


@rule
def service_offered(providers, skip, user, p, of_provider, of_rivalry):
    """Which provider makes the offer: the own one if it has a free place; others as far as rivalry lets people pass."""
    n = providers.shape[0]
    if user.provider >= 0:
        own = providers[user.provider]
        if free_places(own) > 0:
            return user.provider
        if not lets_pass(own, p, of_rivalry):
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
def outreach_worker(system, luck):
    """Row of the outreach worker who meets somebody unserved, or hidden."""
    return system.outreach_first + min(int(luck * system.outreach_slots), system.outreach_slots - 1)


@rule
def people_are_put_forward(world):
    """Those whom a professional puts forward, as rows and keys in world.rows and world.keys; returns their number.

    The key worker decides, or outreach for people who are unserved or hidden, of whom it reaches a share; who has lost
    the key worker gets another.
    """
    system = world.system[0]
    p = world.parameters[0]
    users = world.users
    staff = world.professionals
    providers = world.providers
    groups = world.groups
    waiting = world.rows
    usual = usually_put_forward(p)
    after = p.refer_after
    hidden_reached = p.hidden_reached
    wait = 0
    for k in range(system.present):
        user = users[world.by_situation[k]]
        if user.situation == CRISIS or user.situation == UNSERVED or (user.situation == HIDDEN and hidden_reached > 0):
            waiting[wait] = world.by_situation[k]  # written over by the next one unless counted: no branch to guess
            wait = wait + (1 if user.homeless >= after else 0)
    hand = hands()
    found = 0
    for first in range(0, wait, BLOCK):
        n = gather(users, waiting[:wait], first, hand)
        deal(system.seed, OFFER, system.month, n, hand)
        for k in range(n):
            i = waiting[first + k]
            user = users[i]
            luck = uniform(hand[IS_PUT_FORWARD, k])
            reached = hidden_reached if user.situation == HIDDEN else 1.0
            if not is_met(reached, luck):
                continue
            who = uniform(hand[WHO_DECIDES, k])
            row = user.worker
            if user.situation != CRISIS:
                row = outreach_worker(system, who)
            elif row < 0 or staff[row].service == VACANT:
                row = key_worker(world.duty, providers[user.provider], who)
                user.worker = row
            if row >= 0 and puts_forward(staff[row], user, groups[user.group], p, usual, reached, luck):
                world.keys[found] = queue_key(hand[OFFER_QUEUE, k], 1.0, user.id)
                world.rows[found] = i
                found = found + 1
    return found


@rule
def people_are_offered(world):
    """Everybody whom a professional puts forward gets an offer while places are free, in the order of the lottery."""
    system = world.system[0]
    p = world.parameters[0]
    providers = world.providers
    free = 0
    for j in range(providers.shape[0]):
        free = free + free_places(providers[j])
    if free == 0:
        return
    found = people_are_put_forward(world)
    system.referred = found
    order = world.keys[:found].argsort()
    skip = nobody_full(providers)
    for k in range(found):
        if free == 0:
            break
        user = world.users[world.rows[order[k]]]
        luck = uniforms(system.seed, OFFER, system.month, user.id)
        of_worker = uniforms(system.seed, STAY, system.month, user.id)[KEY_WORKER]
        of_rivalry = uniforms(system.seed, SPEAK, system.month, user.id)[RIVALRY_STOPS]
        j = service_offered(providers, skip, user, p, luck[WHOSE_OFFER], of_rivalry)
        if j < 0:
            continue
        system.offers = system.offers + 1
        if not accepts_home(user, p, luck[ANSWERS_OFFER]):
            system.refused = system.refused + 1
            continue
        row = the_one_that_is_offered(world, j, user)
        programme = world.programmes[row]
        user.situation = LOOKING
        user.provider = j
        user.programme = row
        user.months = 0
        user.joined = system.month
        user.worker = key_worker_in(world.duty, providers[j], programme, of_worker)
        place_passes(providers[j], programme, 1, 0)
        free = free - 1


@kernel
def people_are_referred(world):
    """7. Professionals (outreach for the unserved) gate the reformed service; people are offered places and answer."""
    system = world.system[0]
    system.referred = 0
    system.offers = 0
    system.refused = 0
    people_are_offered(world)
