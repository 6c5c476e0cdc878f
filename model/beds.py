"""Crisis beds: who gets in, who gets out.  A bed belongs to a provider; a person sleeps in one bed at most."""

from agents.professional import IN_CRISIS, VACANT
from agents.service_user import CRISIS, LOOKING, STAY, UNSERVED, fast_chance
from engine.chance import uniforms
from engine.rule import rule


@rule
def leaves_bed(world, me):
    """The bed is free for somebody else."""
    if me.host >= 0:
        host = world.providers[me.host]
        host.in_crisis = host.in_crisis - 1
        me.host = -1


@rule
def key_worker(world, j, service, luck):
    """A worker of this service at this provider: the first one on duty from a random place in the staff list."""
    home = world.providers[j]
    start = int(luck * home.staff_slots)
    for k in range(home.staff_slots):
        slot = start + k
        row = home.staff_first + (slot if slot < home.staff_slots else slot - home.staff_slots)
        if world.professionals[row].service == service:
            return row
    return -1


@rule
def finds_bed(world, me):
    """Take a free crisis bed, starting the search at a provider drawn by lot; unserved when every bed is taken.

    A new stay begins: its class (fast or slow) is drawn, and a key worker is found.
    """
    system = world.system[0]
    of_class, of_worker, of_provider, _ = uniforms(system.seed, STAY, system.month, me.id)
    n = world.providers.shape[0]
    start = int(of_provider * n)
    for k in range(n):
        j = start + k if start + k < n else start + k - n
        host = world.providers[j]
        if host.in_crisis < host.crisis_beds:
            host.in_crisis = host.in_crisis + 1
            me.host = j
            if me.place == LOOKING:
                return True
            me.provider = j
            me.place = CRISIS
            me.months = 0
            me.ready = 0
            me.fast = 1 if of_class < fast_chance(me, world.parameters[0]) else 0
            me.worker = key_worker(world, j, IN_CRISIS, of_worker)
            return True
    if me.place == LOOKING:
        return False
    me.place = UNSERVED
    me.provider = -1
    me.months = 0
    return False


@rule
def has_worker(world, me):
    """Whether the key worker is still in a post."""
    return me.worker >= 0 and world.professionals[me.worker].service != VACANT
