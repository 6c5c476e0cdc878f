"""Observing: one row of measures a month, and what other services cost.  It looks and changes nothing else (tested).

Used by step 11, after everything has happened.  What next month may see of this one is written elsewhere, by whoever
sees it (model/steps/s09_experience.py).
"""

import math

import numpy as np

from agents.professional import VACANT
from agents.service_user import CRISIS, GONE, HIDDEN, LOOKING, REFORM, SETTLED, UNSERVED
from engine.arithmetic import fixed, unfixed
from engine.rule import rule

THIRDS = 3  # of the scale of need


@rule
def other_cost(user, p):
    """Health, justice and other services in a month, EUR: by place, in proportion to need, more in an acute spell."""
    if user.situation == HIDDEN:
        cost = p.other_hidden
    elif user.situation == UNSERVED:
        cost = p.other_unserved
    elif user.situation == CRISIS or user.situation == LOOKING:
        cost = p.other_crisis
    elif user.situation == REFORM:
        cost = p.other_reform
    else:
        cost = p.other_settled
    return cost * user.need * (p.other_acute if user.acute else 1.0)


@rule
def counts_people(world, row, book):
    """One pass over everybody: situations, thirds of need, trust, voice, other services' costs."""
    p = world.parameters[0]
    people = np.zeros((GONE, THIRDS), np.int64)  # by situation and third of need
    voices = np.zeros(THIRDS, np.int64)
    trust = 0
    cost = 0
    for i in world.by_situation[: world.system[0].present]:
        user = world.users[i]
        if user.situation == GONE:
            continue
        third = (0 if user.need < 1.0 / THIRDS else 1) + (0 if user.need < 2.0 / THIRDS else 1)
        people[user.situation, third] += 1
        voices[third] += fixed(user.voice)
        trust += fixed(user.trust)
        cost += int(other_cost(user, p) * 100.0)
    hidden = people[HIDDEN].sum()
    unserved = people[UNSERVED].sum()
    crisis = people[CRISIS].sum()
    looking = people[LOOKING].sum()
    reform = people[REFORM].sum()
    settled = people[SETTLED].sum()
    secure = people[REFORM] + people[SETTLED]
    thirds = people.sum(0)
    everybody = hidden + unserved + crisis + looking + reform + settled
    count = max(everybody, 1)
    row.people_system = everybody - settled
    row.hidden = hidden
    row.unserved = unserved
    row.crisis = crisis
    row.looking = looking
    row.reform = reform
    row.settled = settled
    row.secure_share = (reform + settled) / count
    row.people_system_low = thirds[0] - people[SETTLED, 0]
    row.people_system_middle = thirds[1] - people[SETTLED, 1]
    row.people_system_high = thirds[2] - people[SETTLED, 2]
    row.secure_share_low = secure[0] / max(thirds[0], 1)
    row.secure_share_middle = secure[1] / max(thirds[1], 1)
    row.secure_share_high = secure[2] / max(thirds[2], 1)
    row.voice = unfixed(voices.sum()) / count
    row.voice_low = unfixed(voices[0]) / max(thirds[0], 1)
    row.voice_middle = unfixed(voices[1]) / max(thirds[1], 1)
    row.voice_high = unfixed(voices[2]) / max(thirds[2], 1)
    row.voice_gap = row.voice_low - row.voice_high
    row.trust = unfixed(trust) / count
    book.other_services = cost


@rule
def looks_at_services(world, row):
    """Places, occupancy, fit, fidelity, results and minds of managers: means over providers."""
    providers = world.providers
    beds = 0
    main = 0
    grant = 0
    in_crisis = 0
    in_reform = 0
    in_looking = 0
    stuck = 0
    fit_sum = 0
    fidelity = 0.0
    reported = 0.0
    success = 0.0
    lasting = 0.0
    for j in range(providers.shape[0]):
        provider = providers[j]
        places = provider.reform_main + provider.reform_grant
        beds += provider.crisis_beds
        main += provider.reform_main
        grant += provider.reform_grant
        in_crisis += provider.in_crisis
        in_reform += provider.in_reform
        in_looking += provider.in_looking
        stuck += provider.ready
        fit_sum += provider.fit_sum
        fidelity += provider.fidelity * places
        reported += provider.reported * provider.in_reform
        success += provider.success * provider.in_reform
        if places > 0:
            lasting += provider.good_fit * provider.reform_main / places
    row.crisis_beds = beds
    row.reform_mainstream = main
    row.reform_grant = grant
    row.crisis_occupancy = in_crisis / beds if beds > 0 else 0.0
    row.reform_occupancy = (in_reform + in_looking) / (main + grant) if main + grant > 0 else 0.0
    row.ready_but_stuck = stuck / row.crisis if row.crisis > 0 else 0.0
    row.fit = unfixed(fit_sum) / in_reform if in_reform > 0 else 0.0
    row.fidelity = fidelity / (main + grant) if main + grant > 0 else 0.0
    row.reported = reported / in_reform if in_reform > 0 else 0.0
    row.success = success / in_reform if in_reform > 0 else 0.0
    row.lasting_places = lasting / (in_crisis + in_reform) if in_crisis + in_reform > 0 else 0.0


@rule
def looks_at_minds(world, row):
    """Professionals and managers."""
    p = world.parameters[0]
    n = 0
    total = 0
    squares = 0.0
    on_side = 0
    laggards = 0
    strain = 0
    for i in range(world.professionals.shape[0]):
        worker = world.professionals[i]
        if worker.service == VACANT:
            continue
        n += 1
        total += fixed(worker.belief)
        squares += worker.belief * worker.belief
        on_side += 1 if worker.belief >= p.on_side_from else 0
        laggards += 1 if worker.belief < p.laggards_below else 0
        strain += fixed(worker.strain)
    count = max(n, 1)
    row.belief = unfixed(total) / count
    row.belief_spread = math.sqrt(max(squares / count - row.belief * row.belief, 0.0))
    row.on_side = on_side / count
    row.laggards = laggards / count
    row.strain = unfixed(strain) / count
    m = world.managers.shape[0] - 1  # the outside pilot's manager is not one of the system's
    row.readiness = 0.0
    row.weariness = 0.0
    row.ownership = 0.0
    row.frustration = 0.0
    row.trust_foundation = 0.0
    row.rivalry = 0.0
    row.resistance = 0.0
    row.effort = 0.0
    row.obstacles_known = 0.0
    for j in range(m):
        manager = world.managers[j]
        provider = world.providers[j]
        row.readiness += manager.readiness / m
        row.weariness += manager.weariness / m
        row.ownership += manager.ownership / m
        row.frustration += manager.frustration / m
        row.trust_foundation += manager.trust / m
        row.rivalry += provider.rivalry / m
        row.resistance += provider.resistance / m
        row.effort += provider.effort / m
        row.obstacles_known += (1.0 if provider.obstacle_known > 0 else 0.0) / m


@rule
def counts_flows(system, row):
    """The month's flows, as counted where they happened."""
    homes = system.moved_on + system.moved_in
    row.months_to_home = system.waited / homes if homes > 0 else 0.0
    row.moved_on = system.moved_on
    row.moved_in = system.moved_in
    row.lost = system.lost
    row.returned = system.returned
    row.died = system.died
    row.arrivals = system.arrivals
    row.left = system.left
    row.referred = system.referred
    row.offers = system.offers
    row.refused = system.refused
    row.bed_offers = system.bed_offers
    row.bed_refused = system.bed_refused
    row.turned_away = system.turned_away
    row.displaced = system.displaced
    row.took_part = system.took_part


@rule
def adds_up(world, row, book):
    """The month's money, EUR."""
    system = world.system[0]
    programme = (
        book.foundation_places
        + book.foundation_involvement
        + book.foundation_training
        + book.foundation_bridge
        + book.foundation_implementation
        + book.foundation_spotlight
        + book.foundation_top_up
        + book.foundation_homes
        + book.foundation_listening
        + book.foundation_seats
        + book.foundation_convening
        + book.foundation_campaign
        + book.foundation_assessment
        + book.foundation_verification
        + book.foundation_checks
    )
    spent = programme - book.foundation_bridge + book.provider_double
    everything = (
        book.commissioner_crisis
        + book.commissioner_reform
        + spent
        + book.provider_hours
        + book.users_hours
        + book.other_services
    )
    row.spend_crisis = book.commissioner_crisis / 100.0
    row.spend_reform = book.commissioner_reform / 100.0
    row.spend_double = (book.commissioner_double + book.provider_double) / 100.0
    row.spend_programme = programme / 100.0
    row.spend_other = book.other_services / 100.0
    row.unpaid_staff = book.provider_hours / 100.0
    row.unpaid_users = book.users_hours / 100.0
    row.spend_all = everything / 100.0
    before = world.measured[system.month - 1].programme_to_date if system.month > 0 else 0.0
    row.programme_to_date = before + row.spend_programme
    row.unspent = (system.purse - system.committed + system.homes_fund) / 100.0
    row.free_money = system.free / 100.0
    moved = (system.taken_over + system.saved) * 12.0 / 100.0
    row.leverage = moved / row.programme_to_date if row.programme_to_date > 0.0 else 0.0
    row.savings_cashed = system.saved / 100.0
    row.savings_not_cashed = system.not_saved / 100.0
    places = row.reform_mainstream + row.reform_grant
    empty = places * (1.0 - row.reform_occupancy)
    row.wasted = (empty + world.parameters[0].early_months * system.lost_early) * system.place_month / 100.0
    mainstream = row.spend_crisis + row.spend_reform
    row.reform_share_of_spend = row.spend_reform / mainstream if mainstream > 0.0 else 0.0
    secure = row.reform + row.settled
    row.cost_per_secure_month = row.spend_all / secure if secure > 0.0 else 0.0


@rule
def observes(world, row, book):
    """Look at the month that is over and write down what is measured; done twice it writes the same."""
    counts_people(world, row, book)
    looks_at_services(world, row)
    looks_at_minds(world, row)
    counts_flows(world.system[0], row)
    adds_up(world, row, book)
