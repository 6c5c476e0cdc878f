"""Step 9: experience is remembered - by users, professionals, managers, and by everybody about the foundation."""

from agents.funder import imposition, takes_note
from agents.manager import (
    frustration_next,
    notices,
    ownership_fades,
    ownership_next,
    reads_results,
    trust_next,
    weariness_next,
)
from agents.professional import (
    IN_OUTREACH,
    IN_REFORM,
    VACANT,
    after_contact,
    after_experience,
    after_pressure,
    after_training,
    back_to_habit,
    strain_next,
)
from agents.programme import SLOTS
from agents.provider import loss_rate_next, results_real
from agents.service_user import (
    CRISIS,
    GONE,
    HIDDEN,
    LOOKING,
    REFORM,
    UNSERVED,
    fit,
    is_between_homes,
    is_in_spell,
    remembers,
)
from engine.arithmetic import clip01, fixed
from engine.chance import uniforms
from engine.rule import kernel, rule
from model.draws import READS, READS_RESULTS
from model.state import YEAR

GUESTS, LONG_STAYS = range(2)  # columns of world.sums: people of the crisis service
RETURNS = (6, 12, 24)  # months within which returns are counted, as planners report them
ABOVE_FULL = 1.001  # where pressure would be 1: full beds are not quite as bad as it gets


@rule
def counts_return(measured, month, user):
    """Somebody without a home again is counted in the row of the month in which they had got it, by how long ago that
    was: within 6, 12 and 24 months.  Homes from before the records began are not followed."""
    if user.housed_on >= 0:
        after = month - user.housed_on
        row = measured[user.housed_on]
        row.returned_6 += 1 if after <= RETURNS[0] else 0
        row.returned_12 += 1 if after <= RETURNS[1] else 0
        row.returned_24 += 1 if after <= RETURNS[2] else 0


@rule
def has_lost_home(user):
    """Of somebody without a home now: had one when the month began, or was between two of the programme and has lost
    the place.  Who is between two now has lost neither."""
    if user.was == LOOKING:
        return user.situation != LOOKING and user.housed_on >= user.joined
    return user.was >= REFORM and user.was != GONE and not is_between_homes(user)


@rule
def users_remember(world):
    """Trust follows what the service was like.  On the way is summed up what providers, commissioner and the count of a
    year will see: fit of tenants, who has long been in the crisis service, who is without a home, who has lost one.
    Returns how many are unserved, and hidden."""
    p = world.parameters[0]
    sums = world.sums
    seen = world.seen
    month = world.system[0].month
    for j in range(world.providers.shape[0]):
        for column in (GUESTS, LONG_STAYS):
            sums[j, column] = 0
    for row in range(world.programmes.shape[0]):
        world.programmes[row].fit_sum = 0
        world.programmes[row].good_fit = 0
    seen[month % YEAR] = 0  # who was last seen a year ago is seen no more
    unserved = 0
    hidden = 0
    still = 0
    for i in world.by_situation[: world.system[0].present]:
        user = world.users[i]
        if user.situation == REFORM:
            programme = world.programmes[user.programme]
            well = fit(user, programme, p)
            programme.fit_sum += fixed(well)
            programme.good_fit += 1 if well >= p.fit_counts else 0
            user.trust = remembers(user, p.trust_crisis if is_in_spell(user) else well, p)
        if user.situation > LOOKING:
            continue
        if has_lost_home(user):
            counts_return(world.measured, month, user)
        if user.seen == month - 1:  # everybody counts once in a year, in the month in which they were last seen
            still = still + 1
        else:
            if user.seen > month - YEAR:
                seen[user.seen % YEAR] -= 1
            seen[month % YEAR] += 1
        user.seen = month
        if user.situation == CRISIS:
            sums[user.provider, GUESTS] += 1
            sums[user.provider, LONG_STAYS] += 1 if user.months >= 12 else 0
        if user.situation == UNSERVED:
            unserved = unserved + 1
            user.trust = remembers(user, p.trust_unserved, p)
        elif user.situation == HIDDEN:
            hidden = hidden + 1
        else:
            user.trust = remembers(user, p.trust_crisis, p)
    seen[(month + YEAR - 1) % YEAR] -= still
    seen[month % YEAR] += still
    return unserved, hidden


@rule
def outcomes_are_seen(world, unserved, hidden):
    """What next month may see of this one: who is stuck, crisis pressure, people on the street."""
    system = world.system[0]
    p = world.parameters[0]
    guests = 0
    long_stays = 0
    in_crisis = 0
    beds = 0
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        provider.long_stays = world.sums[j, LONG_STAYS]
        provider.stuck = provider.long_stays / world.sums[j, GUESTS] if world.sums[j, GUESTS] > 0 else 0.0
        guests = guests + world.sums[j, GUESTS]
        long_stays = long_stays + provider.long_stays
        in_crisis = in_crisis + provider.in_crisis
        beds = beds + provider.crisis_beds
    system.stuck = long_stays / guests if guests > 0 else 0.0
    occupancy = in_crisis / beds if beds > 0 else 0.0
    system.pressure = clip01((occupancy - p.pressure_full) / (ABOVE_FULL - p.pressure_full))
    system.rough = unserved
    system.hidden = hidden


@rule
def seats_seen(world):
    """In the month of a call, residents of applicants see peers decide."""
    system = world.system[0]
    p = world.parameters[0]
    if system.user_seats <= 0.0:
        return
    for i in range(world.users.shape[0]):
        user = world.users[i]
        if (user.situation == CRISIS or user.situation == LOOKING or user.situation == REFORM) and world.providers[
            user.provider
        ].applied:
            user.voice = clip01(user.voice + p.seats_voice * system.user_seats)


@rule
def results_of(where, lost, p):
    """Results of a provider, or of a programme: tenancies kept over a year, from losses smoothed over about a year."""
    if where.in_reform > 0:
        where.loss_rate = loss_rate_next(where.loss_rate, lost, where.in_reform, p)
        where.success = clip01(1.0 - 12.0 * where.loss_rate)


@rule
def results_come_in(world, j):
    """Results of provider j and of each of its programmes."""
    p = world.parameters[0]
    lost = 0
    for row in range(j * SLOTS, j * SLOTS + SLOTS):
        programme = world.programmes[row]
        results_of(programme, programme.homes_lost, p)
        lost = lost + programme.homes_lost
    results_of(world.providers[j], lost, p)


@rule
def workload(worker, provider, p):
    """Clients per worker against the norm of the service; outreach has its norm."""
    if worker.service == IN_OUTREACH:
        return 1.0
    if worker.service == IN_REFORM:
        return (provider.in_reform + provider.in_looking) / (max(provider.staff_reform, 1) * p.caseload_reform)
    return provider.in_crisis / (max(provider.staff_crisis, 1) * p.caseload_crisis)


@rule
def felt_as_imposed(where, branding, trust, p):
    """Pressure from outside as it is felt at a provider or in a programme, with this trust in the foundation."""
    return where.intensity * imposition(where.design_blueprint, where.fidelity_required, branding, trust, p)


@rule
def staff_remember(world):
    """Meeting users, training, what one sees work, strain, pressure from outside, and habit."""
    p = world.parameters[0]
    for i in range(world.professionals.shape[0]):
        worker = world.professionals[i]
        if worker.service == VACANT:
            continue
        provider = world.providers[worker.provider]
        trust = world.managers[worker.provider].trust
        if worker.programme >= 0:  # who works in a programme sees its results, and what is asked of it
            programme = world.programmes[worker.programme]
            seen = programme.success
            pressure = felt_as_imposed(programme, provider.branding, trust, p)
        else:
            seen = provider.success
            pressure = felt_as_imposed(provider, provider.branding, trust, p)
        worker.belief = after_contact(worker, provider.contact, p)
        worker.belief = after_training(worker, provider.training, p)
        worker.seen, worker.belief = after_experience(worker, seen, p)
        worker.belief = after_pressure(worker, pressure, p)
        worker.belief = back_to_habit(worker, p)
        load = workload(worker, provider, p)
        worker.strain = strain_next(worker, load - provider.relief, provider.burden, p)


@rule
def managers_remember(world, lever):
    """Reading of results, frustration, weariness, ownership, trust in the foundation."""
    system = world.system[0]
    p = world.parameters[0]
    pilot = world.providers[world.providers.shape[0] - 1]
    shown = system.campaign * pilot.success * p.campaign_advantage if pilot.in_reform > 0 else 0.0
    real_results = 0.0
    with_tenants = 0
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        manager = world.managers[j]
        luck = uniforms(system.seed, READS, system.month, j)[READS_RESULTS]
        manager.reading = reads_results(manager, provider.reported, p, luck)
        manager.frustration = frustration_next(manager, p.trust_crisis, provider.stuck, p)
        real = results_real(provider, p)  # others' results, made known
        heard = system.spotlight * real
        manager.noticed = notices(manager, heard + shown, p)
        initiatives = p.campaign_weary * system.campaign + p.convening_weary * system.convening
        asked = p.checks_asked * provider.progress_checks + (1.0 - p.checks_asked) * provider.condition_metrics
        initiatives = initiatives + p.checks_weary * provider.intensity * asked
        initiatives = initiatives + system.spotlight * (1.0 - real)
        manager.weariness = weariness_next(manager, clip01(initiatives), p)
        imposed = felt_as_imposed(provider, provider.branding, manager.trust, p)
        branded = provider.intensity * provider.branding
        credit = heard * (1.0 - lever.branding)
        if provider.grant_month > 0 or system.spotlight > 0.0:
            hand = 1.0 - provider.design_blueprint
            target = clip01(p.ownership_start + provider.intensity * (hand - p.ownership_start))
            manager.ownership = ownership_next(manager, target, imposed, branded, credit, p)
        else:
            manager.ownership = ownership_fades(manager, p)
        real_results = real_results + (real if provider.in_reform > 0 else 0.0)
        with_tenants = with_tenants + (1 if provider.in_reform > 0 else 0)
        listened = 1.0 if system.listening else 0.0
        kept = provider.intensity if provider.grant_month > 0 else 0.0
        manager.trust = trust_next(manager, listened, kept, credit, branded, imposed, p)
    results = real_results / with_tenants if with_tenants > 0 else 0.0
    system.case = takes_note(system.case, system.spotlight * results, p)
    system.seats_seen = takes_note(system.seats_seen, system.seats_shown, p)


@kernel
def experience_is_remembered(world):
    """9. Trust and voice of users; strain, evidence and belief of professionals; managers' reading and their trust in
    the foundation.  Providers and commissioner see how the month ended."""
    lever = world.levers[world.system[0].month]
    unserved, hidden = users_remember(world)
    seats_seen(world)
    for j in range(world.providers.shape[0]):
        results_come_in(world, j)
    staff_remember(world)
    managers_remember(world, lever)
    outcomes_are_seen(world, unserved, hidden)
