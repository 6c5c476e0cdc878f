"""Step 11: money is accounted and the month recorded.  Recording never changes anybody's state."""

import math

import numpy as np

from agents.professional import ON_SIDE, VACANT
from agents.service_user import CRISIS, GONE, HIDDEN, LOOKING, REFORM, SETTLED, UNSERVED, fit
from engine.arithmetic import clip01, fixed, unfixed
from engine.rule import kernel, rule

GOOD = 0.5  # fit from which a place counts as one that people want (MODEL.md: what lasts)


@rule
def other_cost(me, p):
    """Health, justice and other services in a month, EUR: by place, in proportion to need, more in an acute spell."""
    if me.place == HIDDEN:
        cost = p.other_hidden
    elif me.place == UNSERVED:
        cost = p.other_unserved
    elif me.place == CRISIS or me.place == LOOKING:
        cost = p.other_crisis
    elif me.place == REFORM:
        cost = p.other_reform
    else:
        cost = p.other_settled
    return cost * me.need * (p.other_acute if me.acute else 1.0)


@rule
def counts_people(world, row, book):
    """One pass over everybody: places, thirds of need, trust, voice, fit by provider, other services' costs."""
    p = world.parameters[0]
    sums = world.sums
    providers = world.providers
    for j in range(providers.shape[0]):
        for k in range(4):
            sums[j, k] = 0
    people = np.zeros((GONE, 3), np.int64)  # by place and third of need
    voices = np.zeros(3, np.int64)
    trust = 0
    cost = 0
    for i in world.by_place[: world.system[0].present]:
        me = world.users[i]
        place = me.place
        if place == GONE:
            continue
        if place == CRISIS:
            sums[me.provider, 2] += 1
            sums[me.provider, 3] += me.ready
        elif place == REFORM:
            well = fit(me, providers[me.provider], p)
            sums[me.provider, 0] += fixed(well)
            sums[me.provider, 1] += 1 if well >= GOOD else 0
        third = (0 if me.need < 1.0 / 3.0 else 1) + (0 if me.need < 2.0 / 3.0 else 1)
        people[place, third] += 1
        voices[third] += fixed(me.voice)
        trust += fixed(me.trust)
        cost += int(other_cost(me, p) * 100.0)
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
    row.secure_people = reform + settled
    row.without_home = hidden + unserved + crisis + looking
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
    system = world.system[0]
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
        me = providers[j]
        places = me.reform_main + me.reform_grant
        me.fit_mean = clip01(unfixed(world.sums[j, 0]) / me.in_reform) if me.in_reform > 0 else 0.0
        me.good_fit = world.sums[j, 1]
        me.stuck = world.sums[j, 3] / world.sums[j, 2] if world.sums[j, 2] > 0 else 0.0
        beds += me.crisis_beds
        main += me.reform_main
        grant += me.reform_grant
        in_crisis += me.in_crisis
        in_reform += me.in_reform
        in_looking += me.in_looking
        stuck += world.sums[j, 3]
        fit_sum += world.sums[j, 0]
        fidelity += me.fidelity * places
        reported += me.reported * me.in_reform
        success += me.success * me.in_reform
        if places > 0:
            lasting += me.good_fit * me.reform_main / places
    row.crisis_beds = beds
    row.reform_mainstream = main
    row.all_places = beds + main + grant
    row.reform_grant = grant
    row.crisis_occupancy = in_crisis / beds if beds > 0 else 0.0
    row.reform_occupancy = (in_reform + in_looking) / (main + grant) if main + grant > 0 else 0.0
    row.ready_but_stuck = stuck / row.crisis if row.crisis > 0 else 0.0
    row.fit = unfixed(fit_sum) / in_reform if in_reform > 0 else 0.0
    row.fidelity = fidelity / (main + grant) if main + grant > 0 else 0.0
    row.reported = reported / in_reform if in_reform > 0 else 0.0
    row.success = success / in_reform if in_reform > 0 else 0.0
    row.lasting_places = lasting / (in_crisis + in_reform) if in_crisis + in_reform > 0 else 0.0
    system.stuck = row.ready_but_stuck
    p = world.parameters[0]
    system.pressure = clip01((row.crisis_occupancy - p.pressure_full) / (1.001 - p.pressure_full))
    system.rough = int(row.unserved)


@rule
def looks_at_minds(world, row):
    """Professionals and managers."""
    n = 0
    total = 0
    squares = 0.0
    on_side = 0
    laggards = 0
    strain = 0
    for i in range(world.professionals.shape[0]):
        me = world.professionals[i]
        if me.service == VACANT:
            continue
        n += 1
        total += fixed(me.belief)
        squares += me.belief * me.belief
        on_side += 1 if me.belief >= ON_SIDE else 0
        laggards += 1 if me.belief < 0.3 else 0
        strain += fixed(me.strain)
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
        boss = world.managers[j]
        me = world.providers[j]
        row.readiness += boss.readiness / m
        row.weariness += boss.weariness / m
        row.ownership += boss.ownership / m
        row.frustration += boss.frustration / m
        row.trust_foundation += boss.trust / m
        row.rivalry += me.rivalry / m
        row.resistance += me.resistance / m
        row.effort += me.effort / m
        row.obstacles_known += (1.0 if me.obstacle_known > 0 else 0.0) / m


@rule
def flows(system, row):
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
def bridge_money_pays(world, book):
    """Bridge money pays double running where it was promised."""
    system = world.system[0]
    double = 0
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if lot.bridged and lot.state != 0:
            cost = lot.places * system.place_month
            me = world.providers[lot.provider]
            me.bridge = me.bridge - cost
            double += cost
    book.provider_double = double


@rule
def mainstream_pays(world, book):
    """Mainstream money pays beds and reformed places; what it pays at the end of the burn-in is the run's budget."""
    system = world.system[0]
    beds = 0
    places = 0
    double = 0
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        beds += me.crisis_beds
        places += me.reform_main
        if me.closing_beds > 0 and me.closing_bridged == 0:
            double += me.closing_beds
    book.commissioner_crisis = beds * system.bed_month
    book.commissioner_reform = places * system.place_month - book.provider_double
    book.commissioner_double = double * system.bed_month
    if system.month < system.burn_in:
        system.base_spend = book.commissioner_crisis + book.commissioner_reform
        system.budget = system.base_spend
        system.free = 0


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
    sites = 0
    for j in range(world.providers.shape[0]):
        sites = sites + world.providers[j].reached
    before = world.measured[system.month - 1].programme_to_date if system.month > 0 else 0.0
    row.programme_to_date = before + row.spend_programme
    if system.month >= system.burn_in:  # what was spent before month 0 is no strategy's
        row.spend_to_date = world.measured[system.month - 1].spend_to_date + row.spend_all
        row.income_to_date = world.measured[system.month - 1].income_to_date + system.income / 100.0
    row.grants_to_date = system.grants_made
    row.sites_to_date = sites
    row.unspent = (system.purse - system.committed + system.homes_fund) / 100.0
    row.free_money = system.free / 100.0
    moved = (system.taken_over + system.saved) * 12.0 / 100.0
    row.leverage = moved / row.programme_to_date if row.programme_to_date > 0.0 else 0.0
    row.savings_cashed = system.saved / 100.0
    row.savings_not_cashed = system.not_saved / 100.0
    places = row.reform_mainstream + row.reform_grant
    empty = places * (1.0 - row.reform_occupancy)
    row.wasted = (empty + 3.0 * system.lost_early) * system.place_month / 100.0
    mainstream = row.spend_crisis + row.spend_reform
    row.reform_share_of_spend = row.spend_reform / mainstream if mainstream > 0.0 else 0.0
    secure = row.reform + row.settled
    row.cost_per_secure_month = row.spend_all / secure if secure > 0.0 else 0.0


@rule
def records(world, row, book):
    """Look and write down; done twice it changes nothing.  What providers and commissioner can read of it next month:
    fit, places people want, who is stuck, crisis pressure, people on the street."""
    counts_people(world, row, book)
    looks_at_services(world, row)
    looks_at_minds(world, row)
    flows(world.system[0], row)
    mainstream_pays(world, book)
    adds_up(world, row, book)


@kernel
def the_month_is_recorded(world):
    """11. Money is accounted and the month recorded.  Recording never changes state."""
    system = world.system[0]
    row = world.measured[system.month]
    book = world.ledger[system.month]
    bridge_money_pays(world, book)
    records(world, row, book)
    system.month = system.month + 1
