"""The month's lottery for homes: one flow of secure supply, shared by all who could move on.  Used by step 8.

On the way the draws of the queue for beds are kept for whoever is hidden or unserved: they are of the same hand.
"""

import numpy as np

from agents.service_user import HIDDEN, UNSERVED, waits_for_home, weight_in_queue
from engine.batch_draws import BLOCK, deal, gather, hands
from engine.lottery import cutoff, least_luck, queue_key
from engine.rule import rule
from model.draws import ASKS_FOR_BED, BED_QUEUE, HOME_QUEUE, QUEUES


@rule
def who_queues(world, at):
    """Rows of everybody who waits for a home or may ask for a bed, in world.rows, and their positions in
    world.by_situation, in `at`; returns how many."""
    found = 0
    for k in range(world.system[0].present):
        user = world.users[world.by_situation[k]]
        if user.situation <= UNSERVED or waits_for_home(user, world.parameters[0]):
            world.rows[found] = world.by_situation[k]
            at[found] = k
            found = found + 1
    return found


@rule
def queues_are_drawn(world, at, found, keys, who, home_luck, bed_luck, wishes):
    """Keys for a home of everybody who waits but the hidden, and whose they are (`who`: positions); of hidden people
    the luck for a home, of hidden and unserved people the draws for a bed, by position.  Returns how many keys."""
    system = world.system[0]
    p = world.parameters[0]
    queues = hands()
    waits = 0
    for first in range(0, found, BLOCK):
        n = gather(world.users, world.rows[:found], first, queues)
        deal(system.seed, QUEUES, system.month, n, queues)
        for k in range(n):
            user = world.users[world.rows[first + k]]
            position = at[first + k]
            if user.situation <= UNSERVED:
                bed_luck[position] = queues[BED_QUEUE, k]
                wishes[position] = queues[ASKS_FOR_BED, k]
                home_luck[position] = queues[HOME_QUEUE, k]
            else:
                weight = weight_in_queue(user, world.groups[user.group], p)
                keys[waits] = queue_key(queues[HOME_QUEUE, k], weight, user.id)
                who[waits] = position
                waits = waits + 1
    return waits


@rule
def hidden_people_join(world, at, found, keys, who, waits, home_luck):
    """Keys of hidden people who could win: of the others, who have less luck than the last winner needs at their small
    weight, the keys are not worked out.  Returns how many keys there are now."""
    p = world.parameters[0]
    if p.home_weight_hidden <= 0.0:
        return waits
    last = cutoff(keys[:waits], world.system[0].homes)
    least = least_luck(last, p.home_weight_hidden * world.groups.moves_on.max()) if last >= 0 else 0
    for j in range(found):
        position = at[j]
        user = world.users[world.rows[j]]
        if user.situation == HIDDEN and home_luck[position] >= least:
            weight = weight_in_queue(user, world.groups[user.group], p)
            keys[waits] = queue_key(home_luck[position], weight, user.id)
            who[waits] = position
            waits = waits + 1
    return waits


@rule
def homes_are_drawn(world, bed_luck, wishes):
    """Who gets a home this month: (present,) flags by position in world.by_situation.  Writes the draws for a bed of
    hidden and unserved people into bed_luck and wishes, by position."""
    present = world.system[0].present
    at = np.empty(present, np.int32)
    who = np.empty(present, np.int32)
    keys = np.empty(present, np.int64)
    home_luck = np.empty(present, np.int64)
    found = who_queues(world, at)
    waits = queues_are_drawn(world, at, found, keys, who, home_luck, bed_luck, wishes)
    waits = hidden_people_join(world, at, found, keys, who, waits, home_luck)
    last = cutoff(keys[:waits], world.system[0].homes)
    won = np.zeros(present, np.bool_)
    for j in range(waits):
        won[who[j]] = keys[j] <= last
    return won
