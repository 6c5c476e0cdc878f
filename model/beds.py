"""Crisis beds: who gets in, who gets out.  A bed belongs to a provider; a person sleeps in one bed at most."""

from agents.professional import IN_CRISIS
from agents.service_user import CRISIS, LOOKING, QUEUES, STAY, UNSERVED, accepts_bed, fast_chance, seeks_bed
from engine.chance import STEP, bits, queue_key, uniforms
from engine.rule import rule


@rule
def leaves_bed(providers, me):
    """The bed is free for somebody else."""
    if me.host >= 0:
        host = providers[me.host]
        host.in_crisis = host.in_crisis - 1
        me.host = -1


@rule
def key_worker(staff, home, service, luck):
    """A worker of this service at this provider: the first one on duty from a random place in the staff list."""
    start = int(luck * home.staff_slots)
    for k in range(home.staff_slots):
        slot = start + k
        row = home.staff_first + (slot if slot < home.staff_slots else slot - home.staff_slots)
        if staff[row].service == service:
            return row
    return -1


@rule
def finds_bed(providers, staff, system, p, me):
    """Take a free crisis bed, starting the search at a provider drawn by lot; unserved when every bed is taken.

    A new stay begins: its class (fast or slow) is drawn, and a key worker is found.
    """
    of_class, of_worker, of_provider, _ = uniforms(system.seed, STAY, system.month, me.id)
    n = providers.shape[0]
    start = int(of_provider * n)
    for k in range(n):
        j = start + k if start + k < n else start + k - n
        host = providers[j]
        if host.in_crisis < host.crisis_beds:
            host.in_crisis = host.in_crisis + 1
            me.host = j
            if me.place == LOOKING:
                return True
            me.provider = j
            me.place = CRISIS
            me.months = 0
            me.ready = 0
            me.fast = 1 if of_class < fast_chance(me, p) else 0
            me.worker = key_worker(staff, host, IN_CRISIS, of_worker)
            return True
    if me.place == LOOKING:
        return False
    me.place = UNSERVED
    me.provider = -1
    me.months = 0
    return False


@rule
def bed_key(me, p, seed, month):
    """Place in the month's lottery for beds of somebody hidden or unserved; -1 for who does not ask."""
    luck, wish, _, _ = bits(seed, QUEUES, month, me.id)
    return queue_key(luck, 1.0, me.id) if seeks_bed(me, p, (wish + 0.5) * STEP) else -1


@rule
def beds_fill(world, found):
    """Free beds fill with the `found` people who asked, in the order of the month's lot; the rest is turned away."""
    system = world.system[0]
    p = world.parameters[0]
    system.turned_away = 0
    system.bed_offers = 0
    system.bed_refused = 0
    free = 0
    for j in range(world.providers.shape[0]):
        free = free + max(world.providers[j].crisis_beds - world.providers[j].in_crisis, 0)
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
        if finds_bed(world.providers, world.professionals, system, p, me):
            free = free - 1
