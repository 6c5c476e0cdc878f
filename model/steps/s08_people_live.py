"""Step 8: people accept, look, stay, move on or leave.  The one place where a month of a person's life is carried out.

What each situation can bring is decided on the person's page (agents/service_user.py, `month_...`); who may move where
stands there too (FLOWS).
"""

import numpy as np

from agents.service_user import (
    CHANGES_HOME,
    COMES_BACK,
    COMES_HOME,
    CRISIS,
    DIED,
    FINDS_ANSWER,
    FINDS_OWN_HOME,
    GIVES_UP,
    GOES_FOR_SPELL,
    GOES_TO_FRIENDS,
    GOES_TO_STREET,
    GONE,
    HIDDEN,
    IS_REHOUSED,
    LEFT,
    LOOKING,
    LOSES_HOME,
    NEEDS_NO_SUPPORT,
    NEEDS_NOBODY,
    REFORM,
    SETTLED,
    STAYS,
    UNSERVED,
    acute_next,
    dies,
    losses_hang_on,
    may_be,
    month_as_tenant,
    month_hidden,
    month_in_crisis,
    month_looking,
    month_settled,
    month_unserved,
    most_likely,
)
from engine.batch_draws import BLOCK, deal, gather, hands, room_for
from engine.chance import bits, uniform, uniforms
from engine.lottery import queue_key
from engine.rule import kernel, rule
from model.beds import bed_key, beds_fill, finds_bed, leaves_bed, nobody_full
from model.by_right import BEDS_WANTED, beds_close_by_right, beds_open_by_right, has_right
from model.draws import (
    ASKS_FOR_BED,
    BED_QUEUE,
    DIES,
    IS_ACUTE,
    LEAVES,
    LIFE,
    LOSER_QUEUE,
    QUEUES,
    STAY,
    WHERE_TO,
)
from model.emptied import leaves_for_good
from model.held import counts_are_made_up
from model.homes import homes_are_drawn
from model.housed import finds_home, needs_nobody, the_housed_live
from model.leaving import (
    changes_home,
    finds_own_home,
    gets_home,
    gives_up_looking,
    goes,
    is_rehoused,
    loses_home_or_comes_back,
    moves,
)
from model.state import MOST_MONTHS
from model.vacated import home_is_left


@rule
def month_of(user, group, provider, programme, p, month, by_fit, by_core, luck, where):
    """What this month brings somebody, by the situation they are in; death and homes come before."""
    if user.situation == CRISIS:
        return month_in_crisis(user, group, p, luck, where)
    if user.situation == HIDDEN:
        return month_hidden(user, p, luck, where)
    if user.situation == UNSERVED:
        return month_unserved(user, p, luck, where)
    if user.situation == LOOKING:
        return month_looking(user, p, luck, where)
    if user.situation == REFORM:
        return month_as_tenant(user, group, programme, provider.strain_mean, p, month, by_fit, by_core, luck, where)
    return month_settled(user, group, p, luck)


@rule
def is_carried_out(what, provider, programme, bed_provider, system, user, p):
    """What the month brought happens.  Returns whether the person goes first for a bed."""
    if what == GOES_TO_FRIENDS:
        moves(provider, programme, bed_provider, user, HIDDEN, system.month)
    elif what == GOES_TO_STREET:
        moves(provider, programme, bed_provider, user, UNSERVED, system.month)
    elif what == FINDS_OWN_HOME:
        finds_own_home(provider, programme, bed_provider, system, user)
    elif what == CHANGES_HOME:
        changes_home(provider, programme, system, user)
    elif what == IS_REHOUSED:
        is_rehoused(provider, programme, system, user)
    elif what == FINDS_ANSWER:
        goes(provider, programme, bed_provider, system, user, LEFT)
    elif what == GIVES_UP:
        gives_up_looking(provider, programme, user)
    elif what == NEEDS_NO_SUPPORT:
        moves(provider, programme, bed_provider, user, SETTLED, system.month)
    elif what == COMES_HOME:
        leaves_bed(bed_provider, user, system.month)
    elif what == GOES_FOR_SPELL:
        return True
    elif what == LOSES_HOME:
        system.lost = system.lost + 1
        system.lost_early = system.lost_early + (1 if system.month - user.housed_on <= p.early_months else 0)
        programme.homes_lost = programme.homes_lost + 1
        home_is_left(system, p, user)
        loses_home_or_comes_back(provider, programme, bed_provider, user, system.month)
        return True
    elif what == COMES_BACK:
        system.returned = system.returned + 1
        loses_home_or_comes_back(provider, programme, bed_provider, user, system.month)
        return True
    return False


@rule
def month_begins(world):
    """Counters of the month at nought."""
    system = world.system[0]
    system.moved_in = 0
    system.moved_on = 0
    system.waited = 0
    system.lost = 0
    system.lost_early = 0
    system.returned = 0
    system.rehoused = 0
    system.changed_home = 0
    for k in range(world.programmes.shape[0]):
        world.programmes[k].homes_lost = 0


@rule
def ages(user, p, luck):
    """A month more in this situation, and without a home; acute spells start and end, but not in the first month."""
    if user.was != GONE:
        user.acute = acute_next(user, p, luck)
    user.months = min(user.months + 1, MOST_MONTHS)
    if user.situation != REFORM and user.situation != SETTLED:
        user.homeless = min(user.homeless + 1, MOST_MONTHS)


@rule
def people_are_housed(world, rows):
    """Who was settled for long needs nobody any more, others have found a home by themselves."""
    for i in rows:
        user = world.users[i]
        provider = world.providers[user.provider]
        programme = world.programmes[user.programme]
        bed_provider = world.providers[user.bed_provider]
        if user.situation == SETTLED:
            needs_nobody(world, provider, programme, bed_provider, user)
        else:
            finds_home(world, provider, programme, bed_provider, user)


@rule
def month_passes(
    user, group, provider, programme, bed_provider, system, p, by_fit, by_core, wins, dying, most, luck, where
):
    """Death, a home, or else what the month brings, and of that what is still to be done: LOSES_HOME, COMES_BACK or
    GOES_FOR_SPELL for who goes first for a bed, NEEDS_NOBODY or FINDS_HOME for who joins the housed, else STAYS.

    wins: a home, in this month's lottery; dying, luck, where: draws; most: the highest chance of death there is.
    """
    if may_be(dying, most) and dies(user, group, p, dying):
        leaves_for_good(bed_provider, system, p, user)
        home_is_left(system, p, user)
        goes(provider, programme, bed_provider, system, user, DIED)
        return STAYS
    if wins:
        leaves_for_good(bed_provider, system, p, user)
        gets_home(provider, programme, bed_provider, system, user)
        return STAYS
    what = month_of(user, group, provider, programme, p, system.month, by_fit, by_core, luck, where)
    if what == STAYS or what >= NEEDS_NOBODY:
        return what
    return what if is_carried_out(what, provider, programme, bed_provider, system, user, p) else STAYS


@rule
def draws_alone(dealt, position, system, user):
    """Draws of the queues of somebody to whom they were not dealt."""
    few = bits(system.seed, QUEUES, system.month, user.id)
    dealt[BED_QUEUE, position] = few[BED_QUEUE]
    dealt[ASKS_FOR_BED, position] = few[ASKS_FOR_BED]  # and LOSER_QUEUE


@rule
def lives(world, won, dealt, losers):
    """The month of all who are not housed.  won: who gets a home, dealt: draws of the queues of the hidden and
    unserved, by position in world.by_situation.  Who asks for a bed stands from the beginning of world.rows and
    world.keys, who lost a home from their end, after `losers` of the housed.  Returns how many there are of each."""
    system = world.system[0]
    p = world.parameters[0]
    users, groups, providers, programmes = world.users, world.groups, world.providers, world.programmes
    asks = world.rows
    order = world.keys
    asking = 0
    leaving = 0
    present = won.shape[0]
    homes = np.empty(present, np.int32)  # rows of those who join the housed
    by_fit, by_core = losses_hang_on(p)
    some_die, _ = most_likely(groups, p)
    life = hands()
    rows = world.by_situation[:present]
    for first in range(0, rows.shape[0], BLOCK):
        n = gather(users, rows, first, life)
        deal(system.seed, LIFE, system.month, n, life)
        for k in range(n):
            i = rows[first + k]
            user = users[i]
            provider = providers[user.provider]  # of whom nobody serves or hosts: the last row, which is left alone
            programme = programmes[user.programme]
            bed_provider = providers[user.bed_provider]
            ages(user, p, uniform(life[IS_ACUTE, k]))
            drawn = user.situation <= UNSERVED
            left = month_passes(
                user, groups[user.group], provider, programme, bed_provider, system, p, by_fit, by_core, won[first + k],
                uniform(life[DIES, k]), some_die, uniform(life[LEAVES, k]), uniform(life[WHERE_TO, k])
            )  # fmt: skip
            if left >= NEEDS_NOBODY:
                homes[leaving] = i
                leaving = leaving + 1
                continue
            loses = left != STAYS
            if not (loses or user.situation == HIDDEN or user.situation == UNSERVED):
                continue
            if not drawn:
                draws_alone(dealt, first + k, system, user)
            if loses:
                losers = losers + 1
                order[asks.shape[0] - losers] = queue_key(dealt[LOSER_QUEUE, first + k], 1.0, user.id)
                asks[asks.shape[0] - losers] = i
                continue
            key = bed_key(user, groups[user.group], p, dealt[BED_QUEUE, first + k], dealt[ASKS_FOR_BED, first + k])
            if key >= 0:
                order[asking] = key
                asks[asking] = i
                asking = asking + 1
    people_are_housed(world, homes[:leaving])
    return asking, losers


@kernel
def people_live(world):
    """8. People fall ill or recover, look, find a home, stay, move on or leave; freed crisis beds fill from the hidden
    and unserved."""
    system = world.system[0]
    month_begins(world)
    dealt = room_for(QUEUES, system.present)
    won = homes_are_drawn(world, dealt)
    asking, losers = lives(world, won, dealt, the_housed_live(world))
    right = has_right(system, world.parameters[0])
    if right:
        beds_open_by_right(world, asking + losers, BEDS_WANTED)
    room = world.rows.shape[0]
    order = world.keys[room - losers : room].argsort()
    skip = nobody_full(world.providers)
    for k in range(losers):
        user = world.users[world.rows[room - losers + order[k]]]
        luck = uniforms(system.seed, STAY, system.month, user.id)
        finds_bed(world.providers, skip, world.duty, world.parameters[0], user, luck, system.month)
    beds_fill(world, skip, asking)
    if right:
        beds_close_by_right(world, BEDS_WANTED)
    if system.month == system.burn_in - 1:
        counts_are_made_up(world)
