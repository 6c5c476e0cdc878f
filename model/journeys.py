"""Step 8: people accept, look, stay, move on or leave.  The one place where a month of a person's life is decided.

Who may move where: agents/service_user.py FLOWS.
"""

from agents.service_user import (
    CRISIS,
    DIED,
    GONE,
    HIDDEN,
    LEFT,
    LIFE,
    LOOKING,
    OUT_OF_SIGHT,
    QUEUES,
    REFORM,
    SETTLED,
    UNSERVED,
    becomes_ready,
    dies,
    drifts_out,
    loses_home,
    moves_out_fast,
    returns,
    support_ends,
)
from engine.chance import BLOCK, bits, cutoff, deal, gather, hands, queue_key, uniform
from engine.rule import kernel, rule
from model.beds import bed_key, beds_fill, finds_bed, leaves_bed, nobody_full

SETTLED_MONTHS = 36  # a settled person is counted out after this (MODEL.md: returns are possible for 36 months)


@rule
def waits_for_home(me):
    """Competes for this month's secure supply: ready in the crisis service, or looking with support."""
    return (me.place == CRISIS and me.ready) or me.place == LOOKING


@rule
def home_key(me, p, lot):
    """Place in the lottery for homes; `reform_priority` is the weight of those who look with support."""
    return queue_key(lot, p.reform_priority if me.place == LOOKING else 1.0, me.id)


@rule
def last_home(world):
    """The key up to which people get a home this month: secure supply is one flow, shared by all who could move on."""
    system = world.system[0]
    p = world.parameters[0]
    found = 0
    users = world.users
    for k in range(users.shape[0]):
        me = users[world.by_place[k]]
        if waits_for_home(me):
            _, _, lot, _ = bits(system.seed, QUEUES, system.month, me.id)
            world.keys[found] = home_key(me, p, lot)
            found = found + 1
    return cutoff(world.keys, found, system.homes)


@rule
def goes(providers, system, me, how):
    """The row is empty now; everybody who goes is counted."""
    leaves_service(providers, me)
    me.place = GONE
    system.living = system.living - 1
    if how == DIED:
        system.died = system.died + 1
    elif how == LEFT:
        system.left = system.left + 1
    else:
        system.out_of_sight = system.out_of_sight + 1


@rule
def leaves_service(providers, me):
    """Bed, place and key worker are free for others."""
    leaves_bed(providers, me)
    if me.place == LOOKING:
        providers[me.provider].in_looking = providers[me.provider].in_looking - 1
    elif me.place == REFORM:
        providers[me.provider].in_reform = providers[me.provider].in_reform - 1
    me.provider = -1
    me.worker = -1
    me.ready = 0
    me.involved = 0


@rule
def moves(providers, me, place):
    """Leave the present place for one outside the services: hidden, unserved or settled."""
    leaves_service(providers, me)
    me.place = place
    me.months = 0


@rule
def gets_home(providers, system, me):
    """A secure tenancy: with support for those who looked with the reformed service, without it for the others."""
    system.homes_used = system.homes_used + 1
    system.waited = system.waited + me.homeless
    if me.place == LOOKING:
        leaves_bed(providers, me)
        service = providers[me.provider]
        service.in_looking = service.in_looking - 1
        service.in_reform = service.in_reform + 1
        me.place = REFORM
        me.months = 0
        system.moved_in = system.moved_in + 1
    else:
        moves(providers, me, SETTLED)
        system.moved_on = system.moved_on + 1
    me.homeless = 0


@rule
def without_home(world, me, row, waiting):
    """Somebody has just lost a home and goes first for a bed this month: a list from the end of world.rows."""
    system = world.system[0]
    leaves_service(world.providers, me)
    me.returned = 1
    _, luck, _, _ = bits(system.seed, QUEUES, system.month, me.id)
    world.keys[world.rows.shape[0] - 1 - waiting] = queue_key(luck, 1.0, me.id)
    world.rows[world.rows.shape[0] - 1 - waiting] = row
    return waiting + 1


@rule
def leaves_crisis(me, p, luck):
    """Leave the crisis service for friends or the street: the fast class within weeks, the slow class seldom."""
    return moves_out_fast(me, p, luck) if me.fast else drifts_out(me, p, luck)


@kernel
def people_live(world):
    """8. People look, find a home, stay, move on or leave; freed crisis beds fill from the hidden and unserved."""
    system = world.system[0]
    p = world.parameters[0]
    system.moved_in = 0
    system.moved_on = 0
    system.waited = 0
    system.lost = 0
    system.lost_early = 0
    system.returned = 0
    for j in range(world.providers.shape[0]):
        world.providers[j].homes_lost = 0
    last_key = last_home(world)
    waiting = 0
    asking = 0
    providers = world.providers
    users = world.users
    life = hands()
    queues = hands()
    rows = world.by_place
    for first in range(0, rows.shape[0], BLOCK):
        n = gather(users, rows, first, life)
        gather(users, rows, first, queues)
        deal(system.seed, LIFE, system.month, n, life)
        deal(system.seed, QUEUES, system.month, n, queues)
        for k in range(n):
            i = rows[first + k]
            me = users[i]
            if me.place == GONE:
                continue
            moved = uniform(life[1, k])
            where = uniform(life[2, k])
            me.months = min(me.months + 1, 32000)
            if me.place != REFORM and me.place != SETTLED:
                me.homeless = min(me.homeless + 1, 32000)
            if dies(me, p, uniform(life[0, k])):
                goes(providers, system, me, DIED)
            elif waits_for_home(me) and home_key(me, p, queues[2, k]) <= last_key:
                gets_home(providers, system, me)
            elif me.place == CRISIS:
                if leaves_crisis(me, p, moved):
                    moves(providers, me, UNSERVED if where < p.crisis_to_street else HIDDEN)
                elif not me.fast and not me.ready and becomes_ready(me, p, where):
                    me.ready = 1
            elif me.place == HIDDEN:
                if moved < p.hidden_resolves:
                    goes(providers, system, me, LEFT)
                elif moved > 1.0 - p.hidden_to_street:
                    moves(providers, me, UNSERVED)
            elif me.place == UNSERVED:
                if moved < p.street_to_hidden:
                    moves(providers, me, HIDDEN)
            elif me.place == LOOKING:
                if moved < p.looking_ends:
                    providers[me.provider].in_looking = providers[me.provider].in_looking - 1
                    me.provider = me.host
                    me.place = CRISIS if me.host >= 0 else UNSERVED
                    me.worker = -1
                    me.months = 0
            elif me.place == REFORM:
                service = providers[me.provider]
                if loses_home(me, service, p, moved):
                    system.lost = system.lost + 1
                    system.lost_early = system.lost_early + (1 if me.months <= 3 else 0)
                    service.homes_lost = service.homes_lost + 1
                    waiting = without_home(world, me, i, waiting)
                elif support_ends(me, p, where):
                    moves(providers, me, SETTLED)
            elif me.place == SETTLED:
                if returns(me, p, moved):
                    system.returned = system.returned + 1
                    waiting = without_home(world, me, i, waiting)
                elif me.months >= SETTLED_MONTHS:
                    goes(providers, system, me, OUT_OF_SIGHT)
            if me.place == HIDDEN or me.place == UNSERVED:
                key = bed_key(me, p, queues[0, k], queues[1, k])
                if key >= 0:
                    world.keys[asking] = key
                    world.rows[asking] = i
                    asking = asking + 1
    first_waiting = world.rows.shape[0] - waiting
    order = world.keys[first_waiting : first_waiting + waiting].argsort()
    skip = nobody_full(providers)
    for k in range(waiting):
        me = users[world.rows[first_waiting + order[k]]]
        finds_bed(providers, skip, world.professionals, world.duty, system, p, me)
    beds_fill(world, skip, asking)
