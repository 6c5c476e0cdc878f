"""Step 3: people are listened to - or not."""

import numpy as np

from agents.funder import finds_obstacle, knows_after_listening
from agents.programme import SLOTS, places_of
from agents.provider import towards, voice_reaches
from agents.service_user import (
    CRISIS,
    LOOKING,
    REFORM,
    carers_shift,
    chance_to_be_heard,
    is_heard,
    speaks_for,
    speaks_up,
)
from engine.arithmetic import clip01, fixed, unfixed
from engine.batch_draws import BLOCK, deal, gather, hands
from engine.chance import uniform, uniforms
from engine.rule import kernel, rule
from model.draws import CARER_SPEAKS, FINDS_OBSTACLE, LISTENS, SPEAK, STAY, TAKES_PART
from model.events import happens
from model.state import ACTED, FOUND, TOKENISM

HEARD, CHOICE, HOME, SUPPORT, VOICE, ROUND = range(6)  # columns of world.sums
GOES_ON, WAS_ACTED_ON, WAS_EMPTY = range(3)  # how a round of involvement stands


@rule
def room_to_speak(provider, system, lever, p):
    """Share of this provider's users for whom there is a place at the table this month, and how fair the choice is.

    Money for involvement buys open meetings (the confident come first); a listening cycle hears people apart, and the
    more independent it is, the fairer its sample.
    """
    clients = provider.in_crisis + provider.in_reform + provider.in_looking
    if clients == 0:
        return 0.0, 0.0
    meetings = min(p.meetings_most, provider.tables / clients)
    interviews = p.listening_room * system.listening
    total = meetings + interviews
    return total, (lever.independence * interviews / total if total > 0.0 else 0.0)


@rule
def hears(world, lever, book):
    """Users with a place at the table say what they want; sums by provider, in fixed point.

    What reaches a provider is what its users say on average, each as likely as they are to be heard: otherwise it would
    be the word of a few in a part of a city, and of many in the whole.  Who does take part, and remembers, is drawn.
    """
    system = world.system[0]
    p = world.parameters[0]
    sums = world.sums
    for j in range(world.providers.shape[0]):
        for column in (HEARD, CHOICE, HOME, SUPPORT, VOICE):
            sums[j, column] = 0
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
        user = users[world.by_situation[k]]
        if user.situation == CRISIS or user.situation == LOOKING or user.situation == REFORM:
            served[found] = world.by_situation[k]  # written over by the next one unless counted: no branch to guess
            found = found + (1 if rooms[user.provider, 0] > 0.0 else 0)
    for first in range(0, found, BLOCK):
        n = gather(users, served[:found], first, hand)
        deal(system.seed, SPEAK, system.month, n, hand)
        for k in range(n):
            user = users[served[first + k]]
            room = rooms[user.provider, 0]
            fair = rooms[user.provider, 1]
            chance = chance_to_be_heard(user, room, fair, p)
            luck = uniforms(system.seed, STAY, system.month, user.id)[CARER_SPEAKS] if user.carer else 1.0
            shift = carers_shift(user, world.programmes[user.programme], p)
            choice, at_home, support = speaks_for(user, shift, luck)
            sums[user.provider, HEARD] += fixed(chance)
            sums[user.provider, CHOICE] += fixed(chance * choice)
            sums[user.provider, HOME] += fixed(chance * at_home)
            sums[user.provider, SUPPORT] += fixed(chance * support)
            sums[user.provider, VOICE] += fixed(chance * user.voice)
            if is_heard(user, room, fair, p, uniform(hand[TAKES_PART, k])):
                user.involved = 1
                system.took_part = system.took_part + 1
    book.users_hours = book.users_hours + int(system.took_part * p.user_hours * 100.0)


@rule
def takes_in(provider, count, choice, home, support, part, p):
    """What was heard this month joins what was heard before; more speakers weigh more: `heard_half` of them as much as
    all that was heard before.  part: which part of a provider is simulated."""
    weight = count / (count + p.heard_half * part)
    provider.heard_choice = towards(provider.heard_choice, choice, weight) if provider.heard > 0.0 else choice
    provider.heard_home = towards(provider.heard_home, home, weight) if provider.heard > 0.0 else home
    provider.heard_support = towards(provider.heard_support, support, weight) if provider.heard > 0.0 else support
    provider.heard = clip01(provider.heard + weight * (1.0 - provider.heard))
    if provider.round_months == 0:
        provider.round_months = 1
        provider.acted = 0.0


@rule
def is_near(provider, programme, p):
    """The design is so near to what users said that there is nothing left to act on."""
    a = provider.heard_choice - programme.design_choice
    b = provider.heard_home - programme.design_home
    c = provider.heard_support - programme.design_support
    return a * a + b * b + c * c < p.round_near * p.round_near


@rule
def is_acted_on(world, j):
    """Enough of the way (`round_enough`) gone at the funded sites of provider j, or each of its programmes is near."""
    p = world.parameters[0]
    provider = world.providers[j]
    if provider.acted >= p.round_enough:
        return True
    near = True
    for row in range(j * SLOTS, j * SLOTS + SLOTS):
        if row == j * SLOTS or places_of(world.programmes[row]) > 0:
            near = near and is_near(provider, world.programmes[row], p)
    return near


@rule
def rounds_end(world):
    """After `round_months` a round ends: acted on, or tokenism.  Those who took part remember; managers of empty rounds
    tire."""
    p = world.parameters[0]
    ended = False
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        world.sums[j, ROUND] = GOES_ON
        if provider.round_months == 0:
            continue
        provider.round_months = provider.round_months + 1
        if provider.round_months <= p.round_months:
            continue
        provider.round_months = 0
        acted = is_acted_on(world, j)
        world.sums[j, ROUND] = WAS_ACTED_ON if acted else WAS_EMPTY
        ended = True
        happens(world, ACTED if acted else TOKENISM, j, 0)
        if not acted:
            manager = world.managers[j]
            manager.weariness = clip01(manager.weariness + p.weariness_gain)
    if not ended:
        return
    for i in range(world.users.shape[0]):
        user = world.users[i]
        if user.involved and user.provider >= 0 and world.sums[user.provider, ROUND] != GOES_ON:
            user.involved = 0
            acted = world.sums[user.provider, ROUND] == WAS_ACTED_ON
            user.voice, user.trust = speaks_up(user, acted, p)


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
        provider = world.providers[j]
        manager = world.managers[j]
        count = unfixed(world.sums[j, HEARD])
        voice = p.voice_mean
        if count > 0.0:
            takes_in(
                provider,
                count,
                unfixed(world.sums[j, CHOICE]) / count,
                unfixed(world.sums[j, HOME]) / count,
                unfixed(world.sums[j, SUPPORT]) / count,
                min(system.scale, 1.0),
                p,
            )
            mean = unfixed(world.sums[j, VOICE]) / count
            voice = clip01(mean + p.voice_power * provider.design_users)
        provider.voice_heard = voice_reaches(provider, manager.hearing, voice, p)
        provider.obstacle_known = max(provider.obstacle_known - 1, 0)
        if system.listening and not provider.outside:
            luck = uniforms(system.seed, LISTENS, system.month, -1 - j)[FINDS_OBSTACLE]
            provider.contact = min(12.0, provider.contact + 12.0 * p.listening_contact)
            manager.known = knows_after_listening(manager, lever, p)
            if finds_obstacle(lever, p, luck):
                provider.obstacle_known = int(p.obstacle_memory)
                happens(world, FOUND, j, provider.obstacle)
    rounds_end(world)
