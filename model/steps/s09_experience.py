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
from agents.provider import loss_rate_next, results_real
from agents.service_user import CRISIS, GONE, HIDDEN, LOOKING, REFORM, UNSERVED, fit, is_between_homes, remembers
from engine.arithmetic import clip01, fixed, unfixed
from engine.chance import uniforms
from engine.rule import kernel, rule
from model.draws import READS, READS_RESULTS
from model.state import YEAR

FIT, GOOD, GUESTS, LONG_STAYS = range(4)  # columns of world.sums: people of the crisis and the reformed service
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
        for column in (FIT, GOOD, GUESTS, LONG_STAYS):
            sums[j, column] = 0
    seen[month % YEAR] = 0  # who was last seen a year ago is seen no more
    unserved = 0
    hidden = 0
    still = 0
    for i in world.by_situation[: world.system[0].present]:
        user = world.users[i]
        if user.situation == REFORM:
            well = fit(user, world.providers[user.provider], p)
            sums[user.provider, FIT] += fixed(well)
            sums[user.provider, GOOD] += 1 if well >= p.fit_counts else 0
            user.trust = remembers(user, well, p)
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
    """What next month may see of this one: how places fit, who is stuck, crisis pressure, people on the street."""
    system = world.system[0]
    p = world.parameters[0]
    guests = 0
    long_stays = 0
    in_crisis = 0
    beds = 0
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        tenants = provider.in_reform
        provider.fit_sum = world.sums[j, FIT]
        provider.fit_mean = clip01(unfixed(world.sums[j, FIT]) / tenants) if tenants > 0 else 0.0
        provider.good_fit = world.sums[j, GOOD]
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
def results_come_in(provider, p):
    """Results of a provider: tenancies kept over a year, from losses smoothed over about a year."""
    if provider.in_reform > 0:
        provider.loss_rate = loss_rate_next(provider, p)
        provider.success = clip01(1.0 - 12.0 * provider.loss_rate)


@rule
def workload(worker, provider, p):
    """Clients per worker against the norm of the service; outreach has its norm."""
    if worker.service == IN_OUTREACH:
        return 1.0
    if worker.service == IN_REFORM:
        return (provider.in_reform + provider.in_looking) / (max(provider.staff_reform, 1) * p.caseload_reform)
    return provider.in_crisis / (max(provider.staff_crisis, 1) * p.caseload_crisis)


@rule
def felt_as_imposed(provider, trust, p):
    """Pressure from outside as it is felt here, with this trust in the foundation."""
    return provider.intensity * imposition(
        provider.design_blueprint, provider.fidelity_required, provider.branding, trust, p
    )


@rule
def staff_remember(world):
    """Meeting users, training, what one sees work, strain, pressure from outside, and habit."""
    p = world.parameters[0]
    for i in range(world.professionals.shape[0]):
        worker = world.professionals[i]
        if worker.service == VACANT:
            continue
        provider = world.providers[worker.provider]
        worker.belief = after_contact(worker, provider.contact, p)
        worker.belief = after_training(worker, provider.training, p)
        worker.seen, worker.belief = after_experience(worker, provider.success, p)
        pressure = felt_as_imposed(provider, world.managers[worker.provider].trust, p)
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
        imposed = felt_as_imposed(provider, manager.trust, p)
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
    p = world.parameters[0]
    lever = world.levers[world.system[0].month]
    unserved, hidden = users_remember(world)
    seats_seen(world)
    for j in range(world.providers.shape[0]):
        results_come_in(world.providers[j], p)
    staff_remember(world)
    managers_remember(world, lever)
    outcomes_are_seen(world, unserved, hidden)
