"""The month's lottery for homes: one flow of secure supply, shared by all who could move on.  Used by step 8.

On the way the draws of the queue for beds are kept for whoever is hidden or unserved: they are of the same hand.
"""

import numpy as np

from agents.service_user import HIDDEN, UNSERVED, waits_for_home, weight_in_queue
from engine.batch_draws import BLOCK, deal, gather, hands
from engine.lottery import clock_key, cutoff, enough, luck_by, queue_key
from engine.rule import rule
from model.draws import ASKS_FOR_BED, BED_QUEUE, HOME_QUEUE, QUEUES


@rule
def who_queues(world, at):
    """Rows of everybody who waits for a home or may ask for a bed, in world.rows, and their positions in
    world.by_situation, in `at`.  Returns how many there are, how many of them wait for a home, and the sum of their
    weights."""
    p = world.parameters[0]
    found = 0
    waiting = 0
    total = 0.0
    for k in range(world.system[0].present):
        user = world.users[world.by_situation[k]]
        waits = waits_for_home(user, p)
        if waits or user.situation <= UNSERVED:
            world.rows[found] = world.by_situation[k]
            at[found] = k
            found = found + 1
        if waits:
            total = total + weight_in_queue(user, world.groups[user.group], p)
            waiting = waiting + 1
    return found, waiting, total


@rule
def queues_are_drawn(world, at, found, dealt):
    """The draws of everybody who queues, into `dealt`, by position."""
    system = world.system[0]
    queues = hands()
    for first in range(0, found, BLOCK):
        n = gather(world.users, world.rows[:found], first, queues)
        deal(system.seed, QUEUES, system.month, n, queues)
        for k in range(n):
            position = at[first + k]
            dealt[BED_QUEUE, position] = queues[BED_QUEUE, k]
            dealt[ASKS_FOR_BED, position] = queues[ASKS_FOR_BED, k]
            dealt[HOME_QUEUE, position] = queues[HOME_QUEUE, k]


@rule
def waits_are_over(world, at, found, dealt, clock, keys, who):
    """Keys, and in `who` their positions, of everybody whose wait may be over when the lottery's clock shows `clock`:
    who has less luck than that takes at their weight is passed over unseen.  Returns how many."""
    p = world.parameters[0]
    most = world.groups.moves_on.max()
    of_hidden = luck_by(clock, p.home_weight_hidden * most)
    of_others = luck_by(clock, max(p.reform_priority, max(p.home_weight_long, 1.0) * most))
    of_anybody = min(of_hidden, of_others)
    over = 0
    for j in range(found):
        position = at[j]
        luck = dealt[HOME_QUEUE, position]
        if not enough(luck, of_anybody):
            continue
        user = world.users[world.rows[j]]
        if enough(luck, of_hidden if user.situation == HIDDEN else of_others) and waits_for_home(user, p):
            weight = weight_in_queue(user, world.groups[user.group], p)
            keys[over] = queue_key(luck, weight, user.id)
            who[over] = position
            over = over + 1
    return over


@rule
def homes_are_drawn(world, dealt):
    """Who gets a home this month: (present,) flags by position in world.by_situation.  Writes draws of the queues of
    all who may want a home or a bed into `dealt`, by position.

    Most who wait cannot win, whatever the others drew: the clock is first looked at when twice as many waits as there
    are homes are over in the mean, and only if they are too few are all keys worked out.
    """
    system = world.system[0]
    at = np.empty(system.present, np.int32)
    who = np.empty(system.present, np.int32)
    keys = np.empty(system.present, np.int64)
    found, waiting, total = who_queues(world, at)
    queues_are_drawn(world, at, found, dealt)
    clock = 2.0 * system.homes / total if total > 0.0 else 0.0
    over = waits_are_over(world, at, found, dealt, clock, keys, who) if waiting > system.homes else 0
    last = cutoff(keys[:over], system.homes)
    if over < min(system.homes, waiting) or last > clock_key(clock):
        over = waits_are_over(world, at, found, dealt, np.inf, keys, who)
        last = cutoff(keys[:over], system.homes)
    won = np.zeros(system.present, np.bool_)
    for j in range(over):
        won[who[j]] = keys[j] <= last
    return won
