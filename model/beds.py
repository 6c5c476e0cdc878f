"""Crisis beds: who gets in, who gets out.  A bed belongs to a provider; a person sleeps in one bed at most."""

import numpy as np

from agents.professional import IN_CRISIS, IN_REFORM
from agents.service_user import CRISIS, GONE, LOOKING, QUEUES, STAY, UNSERVED, accepts_bed, fast_chance, seeks_bed
from engine.chance import BLOCK, deal, four, gather, hands, queue_key, queue_order, uniform
from engine.rule import rule

NEAR = 4096  # rows sorted at a time, 300 KB.  Assumption: of a million people 512 is as quick, 32,768 a sixth slower

# People whose month is decided alike, by 4 * place + 2 * ready + fast: those in one place, but in the crisis service
# the slow, the fast and the ready apart.  A table, because the processor cannot guess what a branch would do here.
ALIKE = np.array([place if place < CRISIS else place + 2 if place > CRISIS else place + (2 if ready else fast)
                  for place in range(GONE + 1) for ready in (0, 1) for fast in (0, 1)])  # fmt: skip
KINDS = int(ALIKE.max())  # of people who are there; the last kind are the empty rows


@rule
def stand_by_place(users, by_place, living):
    """Rows of users by place, those alike together, so that the processor guesses right what comes next.

    Neighbours stay near each other (NEAR rows at a time), so that a large city is not read from end to end for each
    place.  Empty rows come last; `living` are not empty.  Speed alone: every step still asks each person where they
    are, and no result depends on the order.
    """
    stood = 0
    empty = living
    stand = np.empty((KINDS + 1, NEAR), np.int32)  # rows by kind, as they are met
    many = np.zeros(KINDS + 1, np.int64)
    for first in range(0, users.shape[0], NEAR):
        many[:] = 0
        for i in range(first, min(first + NEAR, users.shape[0])):
            me = users[i]
            kind = ALIKE[4 * me.place + 2 * me.ready + me.fast]
            stand[kind, many[kind]] = i
            many[kind] += 1
        for kind in range(KINDS):
            by_place[stood : stood + many[kind]] = stand[kind, : many[kind]]
            stood = stood + many[kind]
        by_place[empty : empty + many[KINDS]] = stand[KINDS, : many[KINDS]]
        empty = empty + many[KINDS]


@rule
def leaves_bed(host, me):
    """The bed, if there was one, is free for somebody else.  host: the provider whose bed it is."""
    if me.host >= 0:
        host.in_crisis = host.in_crisis - 1
        me.host = -1


@rule
def rota(staff, duty, home):
    """Who of a provider's staff comes next, from each row on and going round, in each service; -1 is nobody."""
    first = home.staff_first
    for service in (IN_CRISIS, IN_REFORM):
        following = -1
        for _ in range(2):  # the second time round, the last rows know of the first ones
            for row in range(first + home.staff_slots - 1, first - 1, -1):
                if staff[row].service == service:
                    following = row
                duty[row, service - IN_CRISIS] = following


@rule
def key_worker(duty, home, service, luck):
    """A worker of this service at this provider: the first one on duty from a random place in the staff list."""
    return duty[home.staff_first + int(luck * home.staff_slots), service - IN_CRISIS] if home.staff_slots > 0 else -1


@rule
def nobody_full(providers):
    """A list of short cuts past providers that are full, none known yet: each provider leads to itself."""
    return np.arange(providers.shape[0] + 1)


@rule
def not_full(skip, j):
    """The first provider from row j on that is not known to be full; the row after the last if there is none."""
    while skip[j] != j:
        skip[j] = skip[skip[j]]
        j = skip[j]
    return j


@rule
def finds_bed(providers, skip, duty, p, me, luck):
    """Take a free crisis bed, starting the search at a provider drawn by lot; unserved when every bed is taken.

    While nobody leaves a bed, who is full stays full: `skip` remembers it, or a large city would search for ever.
    A new stay begins: its class (fast or slow) is drawn, and a key worker is found.  luck: the person's draws for STAY.
    """
    of_class, of_worker, of_provider, _ = luck
    n = providers.shape[0]
    j = int(of_provider * n)
    for _ in range(2):  # from there to the last provider, then from the first
        while j < n:
            if skip[j] == j and providers[j].in_crisis < providers[j].crisis_beds:
                break
            if skip[j] == j:
                skip[j] = j + 1
            skip[j] = skip[skip[j]]
            j = skip[j]
        if j < n:
            break
        j = 0
    found = j < n and providers[j].in_crisis < providers[j].crisis_beds
    if found:
        providers[j].in_crisis = providers[j].in_crisis + 1
        me.host = j
    if me.place != LOOKING:
        me.months = 0
        me.place = CRISIS if found else UNSERVED
        me.provider = j if found else -1
        if found:
            me.ready = 0
            me.fast = 1 if of_class < fast_chance(me, p) else 0
            me.worker = key_worker(duty, providers[j], IN_CRISIS, of_worker)
    return found


@rule
def bed_key(me, p, lot, wish):
    """Place in the month's lottery for beds of somebody hidden or unserved; -1 for who does not ask."""
    return queue_key(lot, 1.0, me.id) if seeks_bed(me, p, uniform(wish)) else -1


@rule
def beds_fill(world, skip, found):
    """Free beds fill with the `found` people who asked, in the order of the month's lot; the rest is turned away."""
    system = world.system[0]
    p = world.parameters[0]
    system.turned_away = 0
    system.bed_offers = 0
    system.bed_refused = 0
    providers = world.providers
    users = world.users
    rows = world.rows
    duty = world.duty
    free = 0
    for j in range(providers.shape[0]):
        free = free + max(providers[j].crisis_beds - providers[j].in_crisis, 0)
    line = rows[:found][queue_order(world.keys[:found])]
    answers = hands()
    stay = hands()
    for k in range(found):
        if free <= 0:
            system.turned_away = system.turned_away + found - k
            break
        at = k % BLOCK
        if at == 0:
            n = gather(users, line, k, answers)
            deal(system.seed, QUEUES, system.month, n, answers)
            gather(users, line, k, stay)
            deal(system.seed, STAY, system.month, n, stay)
        me = users[line[k]]
        if me.place == UNSERVED:
            system.bed_offers = system.bed_offers + 1
            if not accepts_bed(me, p, uniform(answers[3, at])):
                system.bed_refused = system.bed_refused + 1
                continue
        if finds_bed(providers, skip, duty, p, me, four(stay, at)):
            free = free - 1
