"""Crisis beds: who gets in, who gets out.  A bed belongs to a provider; a person sleeps in one bed at most."""

import numpy as np

from agents.professional import IN_CRISIS, IN_REFORM
from agents.programme import SLOTS
from agents.service_user import CRISIS, UNSERVED, accepts_bed, asks_for_bed, is_fast
from engine.batch_draws import BLOCK, deal, four, gather, hands
from engine.chance import uniform
from engine.lottery import queue_key
from engine.rule import rule
from model.draws import ANSWERS_BED, FAST_OR_SLOW, KEY_WORKER, QUEUES, STAY, WHOSE_BED


@rule
def leaves_bed(bed_provider, user, month):
    """The bed, if there was one, is free for somebody else.  bed_provider: the provider whose bed it is."""
    if user.bed_provider >= 0:
        user.bed_until = month
        bed_provider.in_crisis = bed_provider.in_crisis - 1
        user.bed_provider = -1


@rule
def rota(staff, duty, provider, j):
    """Rows of provider j's staff in each service, one after the other from its first row on, those of the reformed
    service programme by programme; -1 after the last."""
    first = provider.staff_first
    last = first + provider.staff_slots
    duty[first:last] = -1
    known = first
    for row in range(first, last):
        if staff[row].service == IN_CRISIS:
            duty[known, 0] = row
            known = known + 1
    known = first
    for programme in range(j * SLOTS, j * SLOTS + SLOTS):
        for row in range(first, last):
            if staff[row].service == IN_REFORM and staff[row].programme == programme:
                duty[known, 1] = row
                known = known + 1


@rule
def key_worker(duty, provider, luck):
    """A worker of this provider's crisis service, each as likely as any other; -1 if there is none."""
    posts = provider.staff_crisis
    return duty[provider.staff_first + int(luck * posts), 0] if posts > 0 else -1


@rule
def key_worker_in(duty, provider, programme, luck):
    """A worker of this programme, or where it has none of the provider's reformed service; -1 if there is none."""
    first = provider.staff_first
    if programme.staff > 0:
        return duty[first + programme.duty_first + int(luck * programme.staff), 1]
    posts = provider.staff_reform
    return duty[first + int(luck * posts), 1] if posts > 0 else -1


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
def has_free_bed(provider):
    """A bed is free here, and offered."""
    return provider.in_crisis + provider.left_empty < provider.crisis_beds


@rule
def finds_bed(providers, skip, duty, p, user, luck, month):
    """Take a free crisis bed, starting the search at a provider drawn by lottery; unserved when every bed is taken.
    A tenant wants one for a spell only: home and place are kept, and without a bed there is no spell.

    While nobody leaves a bed, who is full stays full: `skip` remembers it, or a large city would search for ever.
    A new stay begins: whether it is fast is drawn, and a key worker is found.  luck: the person's draws for STAY.
    """
    n = providers.shape[0]
    j = int(luck[WHOSE_BED] * n)
    for _ in range(2):  # from there to the last provider, then from the first
        while j < n:
            if skip[j] == j and has_free_bed(providers[j]):
                break
            if skip[j] == j:
                skip[j] = j + 1
            skip[j] = skip[skip[j]]
            j = skip[j]
        if j < n:
            break
        j = 0
    found = j < n and has_free_bed(providers[j])
    if found:
        providers[j].in_crisis = providers[j].in_crisis + 1
        user.bed_provider = j
        if user.bed_until != month:  # who left a bed this month and finds one stays on, as the month's end sees it
            user.bed_from = month
    if user.programme < 0:
        user.months = 0
        user.situation = CRISIS if found else UNSERVED
        user.provider = j if found else -1
        if found:
            user.fast = 1 if is_fast(user, p, luck[FAST_OR_SLOW]) else 0
            user.worker = key_worker(duty, providers[j], luck[KEY_WORKER])
    return found


@rule
def bed_key(user, group, p, luck, wish):
    """Place in the month's queue for beds of somebody hidden or unserved; -1 for who does not ask."""
    return queue_key(luck, 1.0, user.id) if asks_for_bed(user, group, p, uniform(wish)) else -1


@rule
def beds_to_give(providers, p):
    """Free beds that can be given to somebody; below 0 if too many are taken.  A share of all beds is void between two
    guests at any time; those that open by right (model/by_right.py) open for somebody."""
    beds = 0
    by_right = 0
    taken = 0
    for j in range(providers.shape[0]):
        beds = beds + providers[j].crisis_beds - providers[j].by_right - providers[j].left_empty
        by_right = by_right + providers[j].by_right
        taken = taken + providers[j].in_crisis
    return int(beds * p.crisis_stock_share + 0.5) + by_right - taken


@rule
def beds_fill(world, skip, found):
    """Free beds fill with the `found` people who asked, in the month's order; the rest is turned away."""
    system = world.system[0]
    p = world.parameters[0]
    system.turned_away = 0
    system.bed_offers = 0
    system.bed_refused = 0
    providers = world.providers
    users = world.users
    rows = world.rows
    duty = world.duty
    free = beds_to_give(providers, p)
    line = rows[:found][world.keys[:found].argsort()]
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
        user = users[line[k]]
        if user.situation == UNSERVED:
            system.bed_offers = system.bed_offers + 1
            if not accepts_bed(user, p, uniform(answers[ANSWERS_BED, at])):
                system.bed_refused = system.bed_refused + 1
                continue
        if finds_bed(providers, skip, duty, p, user, four(stay, at), system.month):
            free = free - 1
