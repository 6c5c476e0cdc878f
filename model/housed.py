"""The housed: people in a home of their own, out of touch with services.  They stay counted, however long ago it was.

They stand in a table of their own, so that their month is short: nothing but death and a return can happen to them.
Before the run nobody is followed there: what was housed then is no strategy's.  Used by step 8.
"""

from agents.service_user import (
    COMES_BACK,
    GONE,
    HOUSED,
    OUT_OF_SIGHT,
    dies,
    may_be,
    month_housed,
    most_likely,
)
from engine.batch_draws import BLOCK, IDS, deal, hands
from engine.chance import bits, uniform
from engine.lottery import queue_key
from engine.rule import rule
from model.draws import DIES, LEAVES, LIFE, LOSER_QUEUE, QUEUES
from model.leaving import goes, leaves_service

THIRDS = 3  # of the scale of need


@rule
def third_of_need(user):
    """0 low need (below 1/3 of the scale), 1 middle, 2 high (2/3 and more)."""
    return (0 if user.need < 1.0 / THIRDS else 1) + (0 if user.need < 2.0 / THIRDS else 1)


@rule
def acute_share(user, p):
    """Share of time spent in acute spells in the long run, at this person's need."""
    starts = p.acute_starts * user.need
    return starts / (starts + p.acute_ends)


@rule
def cost_when_housed(user, p):
    """What other services cost for somebody housed, cents a month; of acute spells their share counts."""
    share = acute_share(user, p)
    return int(100.0 * p.other_settled * user.need * (1.0 - share + share * p.other_acute))


@rule
def is_housed(world, provider, programme, bed_provider, user):
    """From now on in a home of one's own, out of touch with services: the record moves to the table of the housed.

    The table has room for everybody whom a month can bring (model/room.py).
    """
    system = world.system[0]
    leaves_service(provider, programme, bed_provider, user, system.month)
    user.situation = HOUSED
    user.months = 0
    user.homeless = 0
    world.housed[system.housed] = user
    world.housed_ids[system.housed] = user.id
    world.housed_in[third_of_need(user), user.group] += 1
    system.housed = system.housed + 1
    system.housed_cost = system.housed_cost + cost_when_housed(user, world.parameters[0])
    user.situation = GONE
    system.living = system.living - 1


@rule
def finds_home(world, provider, programme, bed_provider, user):
    """A home found alone."""
    system = world.system[0]
    system.found_home = system.found_home + 1
    if system.month < system.burn_in:
        goes(provider, programme, bed_provider, system, user, OUT_OF_SIGHT)
    else:
        user.housed_on = system.month
        is_housed(world, provider, programme, bed_provider, user)


@rule
def needs_nobody(world, provider, programme, bed_provider, user):
    """Settled for long."""
    system = world.system[0]
    if system.month < system.burn_in:
        goes(provider, programme, bed_provider, system, user, OUT_OF_SIGHT)
    else:
        is_housed(world, provider, programme, bed_provider, user)


@rule
def leaves_the_housed(world, k):
    """Row k of the housed is free: the last one moves there."""
    system = world.system[0]
    user = world.housed[k]
    world.housed_in[third_of_need(user), user.group] -= 1
    system.housed_cost = system.housed_cost - cost_when_housed(user, world.parameters[0])
    system.housed = system.housed - 1
    if k < system.housed:
        world.housed[k] = world.housed[system.housed]
        world.housed_ids[k] = world.housed_ids[system.housed]


@rule
def comes_back(world, k, back):
    """Row k of the housed is a user again, the `back`-th of this month; no longer housed, and first for a bed."""
    system = world.system[0]
    row = world.by_situation[system.present]
    world.users[row] = world.housed[k]
    leaves_the_housed(world, k)
    user = world.users[row]
    user.was = HOUSED
    user.returned = 1
    system.present = system.present + 1
    system.living = system.living + 1
    system.returned = system.returned + 1
    room = world.rows.shape[0]
    luck = bits(system.seed, QUEUES, system.month, user.id)[LOSER_QUEUE]
    world.keys[room - back] = queue_key(luck, 1.0, user.id)
    world.rows[room - back] = row


@rule
def the_housed_live(world):
    """A month of the housed, from the last row to the first; who comes back stands from the end of world.rows and
    world.keys.  Returns how many do."""
    system = world.system[0]
    p = world.parameters[0]
    housed = world.housed
    ids = world.housed_ids
    groups = world.groups
    space = world.by_situation.shape[0]
    some_die, some_return = most_likely(groups, p)
    life = hands()
    back = 0
    first = system.housed
    while first > 0:
        n = min(BLOCK, first)
        first = first - n
        for k in range(n):  # one by one: a slice for a slice takes a second to compile
            life[IDS, k] = ids[first + k]
        deal(system.seed, LIFE, system.month, n, life)
        for k in range(n - 1, -1, -1):
            to_die = uniform(life[DIES, k])
            to_return = uniform(life[LEAVES, k])
            if not (may_be(to_die, some_die) or may_be(to_return, some_return)):
                continue
            user = housed[first + k]
            group = groups[user.group]
            if dies(user, group, p, to_die):
                leaves_the_housed(world, first + k)
                system.housed_died = system.housed_died + 1
                system.died = system.died + 1
            elif month_housed(user, group, p, to_return) == COMES_BACK and system.present < space:
                back = back + 1
                comes_back(world, first + k, back)
    return back
