"""Step 3: people are listened to - or not."""

import numpy as np

from agents.funder import LISTENS, finds_obstacle
from agents.service_user import CRISIS, LOOKING, REFORM, SPEAK, STAY, speaks_up, takes_part
from engine.arithmetic import clip01, fixed, unfixed
from engine.chance import BLOCK, deal, gather, hands, uniform, uniforms
from engine.rule import kernel, rule
from model.contracts import happens
from model.state import ACTED, FOUND, TOKENISM

ROUND = 6  # months in which a round of involvement must show (MODEL.md: tokenism)
ENOUGH = 0.25  # share of the way to what was heard (MODEL.md)
NEAR = 0.15  # distance up to which there is nothing left to act on: there fit is .9.  Assumption
HEARD, CHOICE, HOME, SUPPORT, VOICE = range(5)


@rule
def room_to_speak(me, system, lever, p):
    """Share of this provider's users for whom there is a place at the table this month, and how fair the choice is.

    Money for involvement buys open meetings (the confident come first); a listening cycle hears people apart, and the
    more independent it is, the fairer its sample.
    """
    clients = me.in_crisis + me.in_reform + me.in_looking
    if clients == 0:
        return 0.0, 0.0
    meetings = min(0.5, me.tables / clients)
    interviews = p.listening_room * system.listening
    total = meetings + interviews
    return total, (lever.independence * interviews / total if total > 0.0 else 0.0)


@rule
def counts_for(me, p, luck):
    """Who speaks: the person, or a carer where voice is low; carers ask for safety before choice."""
    if me.carer and luck > me.voice:
        return clip01(me.wants_choice - p.carer_shift), me.wants_home, clip01(me.wants_support + p.carer_shift)
    return me.wants_choice, me.wants_home, me.wants_support


@rule
def hears(world, lever, book):
    """Users with a place at the table say what they want; sums by provider, in fixed point."""
    system = world.system[0]
    p = world.parameters[0]
    sums = world.sums
    for j in range(world.providers.shape[0]):
        for k in range(5):
            sums[j, k] = 0
    anybody = False
    rooms = np.empty((world.providers.shape[0], 2))
    for j in range(world.providers.shape[0]):
        rooms[j, 0], rooms[j, 1] = room_to_speak(world.providers[j], system, lever, p)
        anybody = anybody or rooms[j, 0] > 0.0
    system.took_part = 0
    if not anybody:
        return
    users = world.users
    hand = hands()
    served = world.rows
    found = 0
    for k in range(system.present):
        me = users[world.by_place[k]]
        if me.place == CRISIS or me.place == LOOKING or me.place == REFORM:
            served[found] = world.by_place[k]  # written over by the next one unless counted: no branch to guess
            found = found + (1 if rooms[me.provider, 0] > 0.0 else 0)
    for first in range(0, found, BLOCK):
        n = gather(users, served[:found], first, hand)
        deal(system.seed, SPEAK, system.month, n, hand)
        for k in range(n):
            me = users[served[first + k]]
            room = rooms[me.provider, 0]
            fair = rooms[me.provider, 1]
            chosen = uniform(hand[0, k])
            if chosen < fair * room or takes_part(me, room * (1.0 - fair), p, 1.0 - chosen):
                _, _, _, of_carer = uniforms(system.seed, STAY, system.month, me.id)
                choice, at_home, support = counts_for(me, p, of_carer)
                sums[me.provider, HEARD] += 1
                sums[me.provider, CHOICE] += fixed(choice)
                sums[me.provider, HOME] += fixed(at_home)
                sums[me.provider, SUPPORT] += fixed(support)
                sums[me.provider, VOICE] += fixed(me.voice)
                me.involved = 1
                system.took_part = system.took_part + 1
    book.users_hours = book.users_hours + int(system.took_part * p.user_hours * 100.0)


@rule
def takes_in(me, count, choice, home, support):
    """What was heard this month joins what was heard before; more speakers weigh more (noise falls with numbers)."""
    weight = count / (count + 10.0)  # ten speakers weigh as much as all that was heard before.  Assumption
    me.heard_choice = clip01(me.heard_choice + weight * (choice - me.heard_choice)) if me.heard > 0.0 else choice
    me.heard_home = clip01(me.heard_home + weight * (home - me.heard_home)) if me.heard > 0.0 else home
    me.heard_support = clip01(me.heard_support + weight * (support - me.heard_support)) if me.heard > 0.0 else support
    me.heard = clip01(me.heard + weight * (1.0 - me.heard))
    if me.round_months == 0:
        me.round_months = 1
        me.acted = 0.0


@rule
def is_acted_on(me):
    """A quarter of the way gone at the funded sites - or the design is so near that there is nothing left to act on."""
    a = me.heard_choice - me.design_choice
    b = me.heard_home - me.design_home
    c = me.heard_support - me.design_support
    return me.acted >= ENOUGH or a * a + b * b + c * c < NEAR * NEAR


@rule
def rounds_end(world):
    """After six months a round ends: acted on (sums 1), or tokenism (2).  Those who took part remember."""
    p = world.parameters[0]
    ended = False
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        world.sums[j, 5] = 0
        if me.round_months == 0:
            continue
        me.round_months = me.round_months + 1
        if me.round_months <= ROUND:
            continue
        me.round_months = 0
        acted = is_acted_on(me)
        world.sums[j, 5] = 1 if acted else 2
        ended = True
        happens(world, ACTED if acted else TOKENISM, j, 0)
    if not ended:
        return
    for i in range(world.users.shape[0]):
        me = world.users[i]
        if me.involved and me.provider >= 0 and world.sums[me.provider, 5] > 0:
            me.involved = 0
            me.voice, me.trust = speaks_up(me, world.sums[me.provider, 5] == 1, p)


@kernel
def people_are_listened_to(world):
    """3. Users with enough voice take part where there is room and money for it; listening cycles hear separate groups;
    professionals meet users as equals."""
    system = world.system[0]
    p = world.parameters[0]
    lever = world.levers[system.month]
    book = world.ledger[system.month]
    hears(world, lever, book)
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        boss = world.managers[j]
        count = world.sums[j, HEARD]
        voice = p.voice_mean
        if count > 0:
            takes_in(
                me,
                count,
                unfixed(world.sums[j, CHOICE]) / count,
                unfixed(world.sums[j, HOME]) / count,
                unfixed(world.sums[j, SUPPORT]) / count,
            )
            # voices carry .3 further with full design power, and reach managers at .1 a month.  Assumption
            voice = clip01(unfixed(world.sums[j, VOICE]) / count + 0.3 * me.power_users)
        me.voice_heard = clip01(me.voice_heard + 0.1 * (voice - me.voice_heard))
        me.obstacle_known = max(me.obstacle_known - 1, 0)
        if system.listening and not me.outside:
            luck, _, _, _ = uniforms(system.seed, LISTENS, system.month, -1 - j)
            me.contact = min(12.0, me.contact + 12.0 * p.listening_contact)
            boss.known = clip01(boss.known + p.known_listening * (1.0 - 0.5 * lever.independence) * (1.0 - boss.known))
            if finds_obstacle(lever, p, luck):
                me.obstacle_known = int(p.obstacle_memory)
                happens(world, FOUND, j, me.obstacle)
    rounds_end(world)
    for j in range(world.providers.shape[0]):  # what happened to the round: managers hear of it (step 9 reads column 5)
        if world.sums[j, 5] == 2:
            world.managers[j].weariness = clip01(world.managers[j].weariness + p.weariness_gain)
