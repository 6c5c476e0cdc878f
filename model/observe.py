"""Observing: one row of measures a month, and what other services cost.  It looks and changes nothing else (tested).

Used by step 11, after everything has happened.  What next month may see of this one is written elsewhere, by whoever
sees it (model/steps/s09_experience.py).
"""

import math

import numpy as np

from agents.professional import VACANT
from agents.programme import places_of
from agents.service_user import (
    CRISIS,
    DIED,
    GONE,
    HERE,
    HIDDEN,
    HOUSED,
    LEFT,
    LOOKING,
    NEVER,
    OUT_OF_SIGHT,
    REFORM,
    SETTLED,
    UNSERVED,
)
from engine.arithmetic import exp, fixed, log, unfixed
from engine.rule import rule
from evidence.strata import MOST_GROUPS
from model.housed import THIRDS, third_of_need
from model.measures import LONGEST_STAY
from model.state import FROM, TO

FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH = range(MOST_GROUPS)
ADMITTED, FIRST_STAY, OVER_SIX, SLOW, BED_COUNTS = range(5)  # counts of people in crisis beds


@rule
def other_cost(user, p):
    """Health, justice and other services in a month, EUR: by situation, whoever is in a crisis bed as in the crisis
    service; in proportion to need, more in an acute spell."""
    if user.situation == HIDDEN:
        cost = p.other_hidden
    elif user.situation == UNSERVED:
        cost = p.other_unserved
    elif user.situation == LOOKING or user.bed_provider >= 0:
        cost = p.other_crisis
    elif user.situation == REFORM:
        cost = p.other_reform
    else:
        cost = p.other_settled
    return cost * user.need * (p.other_acute if user.acute else 1.0)


@rule
def column_of(user):
    """Column of a month's flows: how somebody lives now, or what became of them; an empty row without a fate is that of
    somebody who stands in the table of the housed now."""
    if user.situation != GONE:
        return user.situation
    return HOUSED if user.fate == HERE else GONE - 1 + user.fate


@rule
def counts_people(world, row, book):
    """Everybody: situations by need and by group, trust, voice, other services' costs; who moved where, and whose stay
    in a crisis bed ended."""
    system = world.system[0]
    p = world.parameters[0]
    people = np.zeros((GONE, THIRDS), np.int64)  # by situation and third of need
    homeless = np.zeros(MOST_GROUPS, np.int64)
    secure_of = np.zeros(MOST_GROUPS, np.int64)
    voices = np.zeros(THIRDS, np.int64)
    flows = np.zeros((len(FROM), len(TO)), np.int64)
    lengths = np.zeros(LONGEST_STAY + 1, np.int64)
    beds = np.zeros(BED_COUNTS, np.int64)
    users = world.users
    month = system.month
    grouped = world.groups.shape[0] > 1
    trust = 0
    cost = system.housed_cost
    for i in world.by_situation[: system.present]:
        user = users[i]
        if user.situation != user.was or user.situation == LOOKING or user.situation == REFORM:
            if user.bed_until == month > user.bed_from and user.bed_provider < 0:
                lengths[min(month - user.bed_from, LONGEST_STAY)] += 1
            flows[user.was, column_of(user)] += 1 if user.situation != user.was else 0
        if user.situation == GONE:
            flows[GONE, column_of(user)] += 1 if user.was == GONE else 0
            continue
        if user.bed_provider >= 0:
            counts_bed(user, month, beds)
        third = third_of_need(user)
        people[user.situation, third] += 1
        voices[third] += fixed(user.voice)
        trust += fixed(user.trust)
        cost += int(other_cost(user, p) * 100.0)
        if grouped:
            homeless[user.group] += 1 if user.situation <= LOOKING else 0
            secure_of[user.group] += 1 if user.situation > LOOKING else 0
    reached = people.sum(0)  # by third of need: people in touch with services, or lately so
    flows[HOUSED, GONE - 1 + DIED] = system.housed_died
    for third in range(THIRDS):
        people[HOUSED, third] += world.housed_in[third].sum()
    for situation in range(GONE):  # who did not move
        flows[situation, situation] = people[situation].sum() - flows[:, situation].sum()
    for past in range(flows.shape[0]):  # one by one: an array for an array takes a second to compile
        for now in range(flows.shape[1]):
            world.flows[month, past, now] = flows[past, now]
    book.other_services = cost
    counts_situations(row, people)
    counts_minds_of_users(row, reached, voices, trust)
    row.year_count = world.seen.sum()
    row.homes_taken = system.moved_in + system.moved_on + system.rehoused + system.found_home
    row.unmet_need = row.unserved + row.looking + beds[SLOW]
    row.over_six_months = beds[OVER_SIX] / row.crisis if row.crisis > 0 else 0.0
    row.admissions = beds[ADMITTED]
    row.admissions_new = beds[FIRST_STAY]
    if not grouped:
        homeless[0] = row.without_home
        secure_of[0] = people[REFORM].sum() + people[SETTLED].sum()
    counts_groups(row, homeless, secure_of + world.housed_in.sum(0))
    counts_entries_and_exits(row, flows)
    counts_stays(row, lengths)


@rule
def counts_bed(user, month, beds):
    """Somebody in a crisis bed: new there or for long, in a fast stay or a slow one."""
    if user.bed_from == month:
        beds[ADMITTED] += 1
        beds[FIRST_STAY] += 1 if user.bed_until == NEVER else 0
    if user.situation == CRISIS:
        beds[OVER_SIX] += 1 if user.months >= 12 / 2 else 0
        beds[SLOW] += 0 if user.fast else 1


@rule
def counts_minds_of_users(row, reached, voices, trust):
    """Voice and trust of people in touch with services or lately so; reached: how many, by third of need."""
    known = max(reached.sum(), 1)
    row.voice = unfixed(voices.sum()) / known
    row.voice_low = unfixed(voices[0]) / max(reached[0], 1)
    row.voice_middle = unfixed(voices[1]) / max(reached[1], 1)
    row.voice_high = unfixed(voices[2]) / max(reached[2], 1)
    row.voice_gap = row.voice_low - row.voice_high
    row.trust = unfixed(trust) / known


@rule
def counts_situations(row, people):
    """Stocks by situation and third of need."""
    secure = people[REFORM] + people[SETTLED] + people[HOUSED]
    thirds = people.sum(0)
    system = thirds - people[SETTLED] - people[HOUSED]
    row.people_system = system.sum()
    row.hidden = people[HIDDEN].sum()
    row.unserved = people[UNSERVED].sum()
    row.crisis = people[CRISIS].sum()
    row.looking = people[LOOKING].sum()
    row.reform = people[REFORM].sum()
    row.settled = people[SETTLED].sum()
    row.housed = people[HOUSED].sum()
    row.secure_people = secure.sum()
    row.without_home = thirds.sum() - secure.sum()
    row.secure_share = row.secure_people / max(thirds.sum(), 1)
    row.people_system_low = system[0]
    row.people_system_middle = system[1]
    row.people_system_high = system[2]
    row.secure_people_low = secure[0]
    row.secure_people_middle = secure[1]
    row.secure_people_high = secure[2]
    row.without_home_low = thirds[0] - secure[0]
    row.without_home_middle = thirds[1] - secure[1]
    row.without_home_high = thirds[2] - secure[2]
    row.secure_share_low = secure[0] / max(thirds[0], 1)
    row.secure_share_middle = secure[1] / max(thirds[1], 1)
    row.secure_share_high = secure[2] / max(thirds[2], 1)


@rule
def counts_groups(row, homeless, secure):
    """People without and with a home in each group that the place tells apart; a place without groups has one."""
    row.without_home_group_1 = homeless[FIRST]
    row.without_home_group_2 = homeless[SECOND]
    row.without_home_group_3 = homeless[THIRD]
    row.without_home_group_4 = homeless[FOURTH]
    row.without_home_group_5 = homeless[FIFTH]
    row.without_home_group_6 = homeless[SIXTH]
    row.without_home_group_7 = homeless[SEVENTH]
    row.secure_people_group_1 = secure[FIRST]
    row.secure_people_group_2 = secure[SECOND]
    row.secure_people_group_3 = secure[THIRD]
    row.secure_people_group_4 = secure[FOURTH]
    row.secure_people_group_5 = secure[FIFTH]
    row.secure_people_group_6 = secure[SIXTH]
    row.secure_people_group_7 = secure[SEVENTH]


@rule
def counts_entries_and_exits(row, flows):
    """Who became homeless this month, and how homelessness ended, from month's end to month's end.

    Everybody new comes in without a home, also who has left or found one by the end of the same month; so stocks,
    entries and exits balance to the person.
    """
    without = LOOKING + 1  # the situations before it are without a home
    left = flows[:without].sum(0) + flows[GONE]
    row.entries_new = flows[GONE].sum()
    row.entries_returned = flows[without:GONE, :without].sum()
    row.exits_support = left[REFORM]
    row.exits_own_home = left[SETTLED]
    row.exits_found_home = left[HOUSED]
    row.exits_died = left[GONE - 1 + DIED]
    row.exits_left = left[GONE - 1 + LEFT] + left[GONE - 1 + OUT_OF_SIGHT]


@rule
def counts_stays(row, lengths):
    """Stays in crisis beds that ended this month: how many, mean and median length in months."""
    ended = lengths.sum()
    total = 0
    below = 0
    row.stay_median = 0.0
    for length in range(LONGEST_STAY + 1):
        if below == ended:
            break
        total += length * lengths[length]
        if 2 * below < ended and 2 * (below + lengths[length]) >= ended:
            row.stay_median = length
        below += lengths[length]
    row.stays_ended = ended
    row.stay_mean = total / ended if ended > 0 else 0.0


@rule
def looks_at_services(world, row):
    """Places, occupancy, fit, fidelity and results: means over providers, and over programmes."""
    providers = world.providers
    beds = 0
    main = 0
    grant = 0
    in_crisis = 0
    in_reform = 0
    in_looking = 0
    long_stays = 0
    fit_sum = 0
    fidelity = 0.0
    reported = 0.0
    success = 0.0
    lasting = 0.0
    programmes = 0
    outlived = 0
    for j in range(providers.shape[0]):
        provider = providers[j]
        beds += provider.crisis_beds
        main += provider.reform_main
        grant += provider.reform_grant
        in_crisis += provider.in_crisis
        in_reform += provider.in_reform
        in_looking += provider.in_looking
        long_stays += provider.long_stays
        reported += provider.reported * provider.in_reform
        success += provider.success * provider.in_reform
    for k in range(world.programmes.shape[0]):
        programme = world.programmes[k]
        places = places_of(programme)
        fit_sum += programme.fit_sum
        fidelity += programme.fidelity * places
        if places == 0:
            continue
        lasting += programme.good_fit * programme.places_main / places
        programmes += 1
        if programme.of_grant and programme.places_grant == 0:
            outlived += 1
    row.programmes = programmes
    row.programmes_lasting = outlived
    row.crisis_beds = beds
    row.beds_by_right = world.system[0].by_right
    row.reform_mainstream = main
    row.all_places = beds + main + grant
    row.reform_grant = grant
    row.crisis_occupancy = in_crisis / beds if beds > 0 else 0.0
    row.reform_occupancy = (in_reform + in_looking) / (main + grant) if main + grant > 0 else 0.0
    row.over_a_year = long_stays / row.crisis if row.crisis > 0 else 0.0
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
    row.partnership = 0.0
    row.obstacles_known = 0.0
    for j in range(m):
        manager = world.managers[j]
        provider = world.providers[j]
        row.readiness += manager.readiness / m
        row.weariness += manager.weariness / m
        row.ownership += manager.ownership / m
        row.partnership += provider.partnership / m
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
    row.rehoused = system.rehoused
    row.changed_home = system.changed_home
    row.lost = system.lost
    row.returned = system.returned
    row.died = system.died
    row.arrivals = system.arrivals
    row.left = system.left
    row.found_home = system.found_home
    row.referred = system.referred
    row.offers = system.offers
    row.refused = system.refused
    row.bed_offers = system.bed_offers
    row.bed_refused = system.bed_refused
    row.turned_away = system.turned_away
    row.displaced = system.displaced
    row.took_part = system.took_part
    row.claims = system.claims
    row.claims_agreed = system.agreed


@rule
def adds_up_over_time(world, row):
    """Sums since month 0, and what a programme has reached so far.  `discount_rate` a year counts from month 0."""
    system = world.system[0]
    p = world.parameters[0]
    sites = 0
    for j in range(world.providers.shape[0]):
        sites += world.providers[j].reached
    row.grants_to_date = system.grants_made
    row.sites_to_date = sites
    if system.month >= system.burn_in:  # what was spent before month 0 is no strategy's
        before = world.measured[system.month - 1]
        months = system.month - system.burn_in + 1
        today = exp(-log(1.0 + p.discount_rate) * months / 12.0) if p.discount_rate > 0.0 else 1.0
        row.spend_to_date = before.spend_to_date + row.spend_all * today
        row.income_to_date = before.income_to_date + system.income / 100.0


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
    row.free_to_rivals = system.to_rivals / 100.0
    moved = (system.taken_over + system.saved) * 12.0 / 100.0
    row.leverage = moved / row.programme_to_date if row.programme_to_date > 0.0 else 0.0
    row.savings_cashed = system.saved / 100.0
    row.savings_not_cashed = system.not_saved / 100.0
    places = row.reform_mainstream + row.reform_grant
    empty = places * (1.0 - row.reform_occupancy)
    row.wasted = (empty + world.parameters[0].early_months * system.lost_early) * system.place_month / 100.0
    mainstream = row.spend_crisis + row.spend_reform
    row.reform_share_of_spend = row.spend_reform / mainstream if mainstream > 0.0 else 0.0
    row.cost_per_secure_month = row.spend_all / row.secure_people if row.secure_people > 0.0 else 0.0
    adds_up_over_time(world, row)


@rule
def observes(world, row, book):
    """Look at the month that is over and write down what is measured; done twice it writes the same."""
    counts_people(world, row, book)
    looks_at_services(world, row)
    looks_at_minds(world, row)
    counts_flows(world.system[0], row)
    adds_up(world, row, book)
