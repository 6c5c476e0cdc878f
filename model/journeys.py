"""Step 8: people accept, look, stay, move on or leave.  The one place where a month of a person's life is decided.

Who may move where: agents/service_user.py FLOWS.
"""

import numpy as np

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
    STAY,
    UNSERVED,
    becomes_ready,
    dies,
    drifts_out,
    loses_home,
    losses_hang_on,
    moves_out_fast,
    returns,
    support_ends,
)
from engine.chance import BLOCK, bits, cutoff, deal, gather, hands, queue_key, queue_order, uniform, uniforms
from engine.rule import kernel, rule
from model.beds import bed_key, beds_fill, finds_bed, leaves_bed, nobody_full

SETTLED_MONTHS = 36  # a settled person is counted out after this (MODEL.md: returns are possible for 36 months)


@rule
def draws_lots(queues, k, system, me):
    """This person's draws for the month's queues, into the k-th place of the hand."""
    queues[0, k], queues[1, k], queues[2, k], queues[3, k] = bits(system.seed, QUEUES, system.month, me.id)


@rule
def waits_for_home(me):
    """Competes for this month's secure supply: ready in the crisis service, or looking with support."""
    return (me.place == CRISIS and me.ready) or me.place == LOOKING


@rule
def home_key(me, p, lot):
    """Place in the lottery for homes; `reform_priority` is the weight of those who look with support."""
    return queue_key(lot, p.reform_priority if me.place == LOOKING else 1.0, me.id)


@rule
def home_keys(world):
    """Keys of everybody who waits for a home, in the order of world.by_place."""
    system = world.system[0]
    p = world.parameters[0]
    users = world.users
    rows = world.rows
    by_place = world.by_place
    found = 0
    for k in range(system.present):
        if waits_for_home(users[by_place[k]]):
            rows[found] = by_place[k]
            found = found + 1
    keys = np.empty(found, np.int64)
    hand = hands()
    waiting = rows[:found]
    for first in range(0, found, BLOCK):
        n = gather(users, waiting, first, hand)
        deal(system.seed, QUEUES, system.month, n, hand)
        for k in range(n):
            keys[first + k] = home_key(users[rows[first + k]], p, hand[2, k])
    return keys


@rule
def goes(home, host, system, me, how):
    """The row is empty now; everybody who goes is counted."""
    leaves_service(home, host, me)
    me.place = GONE
    system.living = system.living - 1
    if how == DIED:
        system.died = system.died + 1
    elif how == LEFT:
        system.left = system.left + 1
    else:
        system.out_of_sight = system.out_of_sight + 1


@rule
def leaves_service(home, host, me):
    """Bed, place and key worker are free for others.  home: the provider that serves; host: whose bed it is, if any."""
    leaves_bed(host, me)
    if me.place == LOOKING:
        home.in_looking = home.in_looking - 1
    elif me.place == REFORM:
        home.in_reform = home.in_reform - 1
    me.provider = -1
    me.worker = -1
    me.ready = 0
    me.involved = 0


@rule
def moves(home, host, me, place):
    """Leave the present place for one outside the services: hidden, unserved or settled."""
    leaves_service(home, host, me)
    me.place = place
    me.months = 0


@rule
def gets_home(home, host, system, me):
    """A secure tenancy: with support for those who looked with the reformed service, without it for the others."""
    system.homes_used = system.homes_used + 1
    system.waited = system.waited + me.homeless
    if me.place == LOOKING:
        leaves_bed(host, me)
        home.in_looking = home.in_looking - 1
        home.in_reform = home.in_reform + 1
        me.place = REFORM
        me.months = 0
        system.moved_in = system.moved_in + 1
    else:
        moves(home, host, me, SETTLED)
        system.moved_on = system.moved_on + 1
    me.homeless = 0


@rule
def loses_service(home, host, me):
    """The home is lost; whoever loses one goes first for a bed this month."""
    leaves_service(home, host, me)
    me.returned = 1


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
    keys = home_keys(world)
    # the key up to which people get a home this month: secure supply is one flow, shared by all who could move on
    last_key = cutoff(keys.copy(), keys.shape[0], system.homes)
    waits = 0
    waiting = 0
    asks = world.rows
    lots = world.keys
    room = asks.shape[0]  # from here down: who has just lost a home
    asking = 0
    providers = world.providers
    users = world.users
    by_fit, by_core = losses_hang_on(p)
    life = hands()
    queues = hands()
    rows = world.by_place[: system.present]
    for first in range(0, rows.shape[0], BLOCK):
        n = gather(users, rows, first, life)
        deal(system.seed, LIFE, system.month, n, life)
        many_ask = users[rows[first]].place <= UNSERVED  # hidden and unserved people stand first; of others few ask
        if many_ask:
            gather(users, rows, first, queues)
            deal(system.seed, QUEUES, system.month, n, queues)
        for k in range(n):
            i = rows[first + k]
            me = users[i]
            home = providers[me.provider]  # of whom nobody serves or hosts: the last row, which is left alone
            host = providers[me.host]
            moved = uniform(life[1, k])
            where = uniform(life[2, k])
            me.months = min(me.months + 1, 32000)
            if me.place != REFORM and me.place != SETTLED:
                me.homeless = min(me.homeless + 1, 32000)
            wins = False
            if waits_for_home(me):
                wins = keys[waits] <= last_key
                waits = waits + 1
            if dies(me, p, uniform(life[0, k])):
                goes(home, host, system, me, DIED)
            elif wins:
                gets_home(home, host, system, me)
            elif me.place == CRISIS:
                if leaves_crisis(me, p, moved):
                    moves(home, host, me, UNSERVED if where < p.crisis_to_street else HIDDEN)
                elif not me.fast and not me.ready and becomes_ready(me, p, where):
                    me.ready = 1
            elif me.place == HIDDEN:
                if moved < p.hidden_resolves:
                    goes(home, host, system, me, LEFT)
                elif moved > 1.0 - p.hidden_to_street:
                    moves(home, host, me, UNSERVED)
            elif me.place == UNSERVED:
                if moved < p.street_to_hidden:
                    moves(home, host, me, HIDDEN)
            elif me.place == LOOKING:
                if moved < p.looking_ends:
                    home.in_looking = home.in_looking - 1
                    me.provider = me.host
                    me.place = CRISIS if me.host >= 0 else UNSERVED
                    me.worker = -1
                    me.months = 0
            elif me.place == REFORM:
                if loses_home(me, home, p, by_fit, by_core, moved):
                    system.lost = system.lost + 1
                    system.lost_early = system.lost_early + (1 if me.months <= 3 else 0)
                    home.homes_lost = home.homes_lost + 1
                    loses_service(home, host, me)
                    waiting = waiting + 1
                    if not many_ask:
                        draws_lots(queues, k, system, me)
                    lots[room - waiting] = queue_key(queues[1, k], 1.0, me.id)
                    asks[room - waiting] = i
                elif support_ends(me, p, where):
                    moves(home, host, me, SETTLED)
            elif me.place == SETTLED:
                if returns(me, p, moved):
                    system.returned = system.returned + 1
                    loses_service(home, host, me)
                    waiting = waiting + 1
                    if not many_ask:
                        draws_lots(queues, k, system, me)
                    lots[room - waiting] = queue_key(queues[1, k], 1.0, me.id)
                    asks[room - waiting] = i
                elif me.months >= SETTLED_MONTHS:
                    goes(home, host, system, me, OUT_OF_SIGHT)
            if me.place == HIDDEN or me.place == UNSERVED:
                if not many_ask:
                    draws_lots(queues, k, system, me)
                key = bed_key(me, p, queues[0, k], queues[1, k])
                if key >= 0:
                    lots[asking] = key
                    asks[asking] = i
                    asking = asking + 1
    order = queue_order(lots[room - waiting : room])
    skip = nobody_full(providers)
    duty = world.duty
    for k in range(waiting):
        me = users[asks[room - waiting + order[k]]]
        finds_bed(providers, skip, duty, p, me, uniforms(system.seed, STAY, system.month, me.id))
    beds_fill(world, skip, asking)
