"""Step 2: the foundation acts.  Income, overheads, calls, awards, payments - all from one purse, to the cent."""

from agents.funder import (
    CLOSED,
    GRANT_PAID,
    OPEN,
    WAITING,
    chooses_outside,
    detects_fake,
    holds_payment,
    knows_after_award,
    score,
    takes_place,
    willingness_seen,
)
from agents.manager import applies, falls_short, pretends
from agents.programme import places_of
from agents.provider import towards
from engine.arithmetic import clip01
from engine.chance import uniforms
from engine.rule import kernel, rule
from model.contracts import GRANTED, affordable, new_places_bring_their_design, open_lot, pay
from model.draws import (
    APPLIES,
    CHOICES,
    DETECTS_FAKE,
    FAKES_PARTNERSHIP,
    HOLDS_PAYMENT,
    LISTENS,
    OUTSIDE_PILOT,
    PANEL,
    SCORE,
)
from model.events import happens
from model.programmes import of_a_new_grant, the_largest
from model.state import AWARD, FAKE, HELD, LISTENING

PER_MILLE = 1000.0
SCORED = 64  # draws kept for the applications of one provider in one call: one for each award, the last for a fake
NO_SCORE = -1.0e9
WON = 0  # column of world.sums: awards won in this call


@rule
def is_running(system, lever):
    """The programme runs from `start` for `duration` months, if it has a budget; never in the burn-in."""
    month = system.month - system.burn_in
    return lever.budget > 0.0 and month >= lever.start and month < lever.start + lever.duration


@rule
def share_for_grants(lever):
    """Share of spending that goes out as grants to providers."""
    return (
        lever.share_places
        + lever.share_involvement
        + lever.share_training
        + lever.share_bridge
        + lever.share_implementation
    )


@rule
def part_of_each(system):
    """Which part of a provider is simulated: of a larger city than the place there are more providers, no larger
    ones."""
    return min(system.scale, 1.0)


@rule
def listening_cost(world, lever):
    """What a listening cycle costs, cents: a visit to every provider, and an hour with everybody who is to be heard."""
    p = world.parameters[0]
    n = world.providers.shape[0] - 1  # the last row is the outside pilot
    clients = 0
    for j in range(n):
        provider = world.providers[j]
        clients = clients + provider.in_crisis + provider.in_reform + provider.in_looking
    visits = n * part_of_each(world.system[0]) * p.cost_cycle_provider
    talks = clients * p.listening_room * p.cost_cycle_person
    return int((visits + talks) * (1.0 + p.independence_cost * lever.independence) * 100.0)


@rule
def for_grants(system, lever, cycle, p):
    """What a month's income leaves for grants, cents: their share less the overheads that the strategy plans.  cycle:
    what a listening cycle costs."""
    planned = lever.convening * p.cost_convening + lever.campaign * p.cost_campaign
    planned = (planned + lever.user_seats * p.cost_seats / int(p.call_every)) * 100.0 * system.scale
    planned = planned + lever.listening / 12.0 * cycle
    return max(int(system.income * share_for_grants(lever)) - int(planned), 0)


@rule
def grant_size(income, providers, lever):
    """Money in one grant over its whole term, cents: a year's money for grants, shared among the year's grants.
    income: what a month leaves for grants; providers: how many there are, the outside pilot aside."""
    return int(12.0 * income / (lever.grants_per_provider * providers))


@rule
def paid_as_far(system, due):
    """Pay what is due (cents) as far as money reaches: cents paid, share of it paid."""
    paid = affordable(system, due)
    pay(system, paid)
    return paid, (paid / due if due > 0 else 1.0)


@rule
def overhead(system, cost):
    """Pay an overhead of the whole place (cents, at its full size) as far as money reaches."""
    return paid_as_far(system, int(cost * system.scale))


@rule
def of_each(system, cost):
    """Pay what one application, award or open grant costs (cents, at full size of a provider) as far as money
    reaches: cents paid."""
    return paid_as_far(system, int(cost * part_of_each(system)))[0]


@rule
def runs_the_programme(world, lever, book):
    """Income comes in; convening, campaign, listening, spotlight, top-up and homes are paid."""
    system = world.system[0]
    p = world.parameters[0]
    system.income = int(lever.budget * system.base_spend)
    system.purse = system.purse + system.income
    cycle = listening_cost(world, lever)
    came = for_grants(system, lever, cycle, p)
    system.ahead = max(system.ahead - came, 0) if came > 0 else 0
    system.idle = system.idle + int(
        system.income * (1.0 - share_for_grants(lever) - lever.share_spotlight - lever.share_top_up - lever.share_homes)
    )
    paid, reached = overhead(system, lever.convening * p.cost_convening * 100.0)
    book.foundation_convening = paid
    system.convening = lever.convening * reached
    paid, reached = overhead(system, lever.campaign * p.cost_campaign * 100.0)
    book.foundation_campaign = paid
    system.campaign = lever.campaign * reached
    age = int(system.month - system.burn_in - lever.start)
    if lever.listening > 0.0 and int((age + 1) * lever.listening / 12.0) > int(age * lever.listening / 12.0):
        paid, reached = paid_as_far(system, cycle)
        book.foundation_listening = paid
        system.listening = 1 if takes_place(reached, p) else 0
        happens(world, LISTENING, -1, paid)
    paid = affordable(system, int(lever.share_spotlight * system.income))
    pay(system, paid)
    book.foundation_spotlight = paid
    system.spotlight = (
        clip01(p.spotlight_reach * PER_MILLE * paid / system.base_spend) if system.base_spend > 0 else 0.0
    )
    paid = affordable(system, int(lever.share_top_up * system.income))
    pay(system, paid)
    book.foundation_top_up = paid
    staff = 0
    for j in range(world.providers.shape[0]):
        staff = staff + world.providers[j].staff_crisis + world.providers[j].staff_reform
    system.relief = clip01(paid * 12.0 / (staff * p.staff_cost * 100.0)) if staff > 0 else 0.0
    paid = affordable(system, int(lever.share_homes * system.income))
    pay(system, paid)
    book.foundation_homes = paid
    system.homes_fund = system.homes_fund + paid
    price = int(p.cost_homes * 100.0)
    bought = system.homes_fund // price
    system.homes_fund = system.homes_fund - bought * price
    system.homes = system.homes + bought


@rule
def signs(world, j, amount, lever, fake):
    """A contract: how much, for what, on which terms.

    Places come whole and for the whole term.  Money for places that is not enough for one more is kept for the next
    grant, so that small grants together open as many as large ones: one in several opens a place.
    """
    system = world.system[0]
    p = world.parameters[0]
    row = -1
    for i in range(world.grants.shape[0]):
        if world.grants[i].state == CLOSED:
            row = i
            break
    grant = world.grants[row]
    term = max(int(lever.grant_term), 1)
    whole = share_for_grants(lever)
    part = amount / (term * whole)
    for_places = int(lever.share_places * part * term) + system.kept_for_places
    price = term * system.place_month
    places = for_places // price
    system.committed = system.committed + for_places - places * price - system.kept_for_places
    system.kept_for_places = for_places - places * price
    grant.involvement = int(part * lever.share_involvement)
    grant.training = int(part * lever.share_training)
    grant.bridge = int(part * lever.share_bridge)
    grant.implementation = int(part * lever.share_implementation)
    other = grant.involvement + grant.training + grant.bridge + grant.implementation
    grant.places = places * system.place_month
    grant.month = grant.places + other
    grant.total = grant.month * term
    grant.paid = 0
    grant.lot_places = places
    grant.design_users = lever.design_users
    grant.design_blueprint = lever.design_blueprint
    grant.fidelity_required = lever.fidelity_required
    grant.branding = lever.branding
    grant.condition_partnership = lever.condition_partnership
    grant.condition_metrics = lever.condition_metrics
    grant.progress_checks = lever.progress_checks
    grant.verification = lever.verification
    grant.provider = j
    grant.programme = -1
    grant.ordinal = system.grants_made
    grant.wait = int(p.opening_lag + p.opening_lag_users * lever.design_users)
    grant.left = term
    grant.months = 0
    grant.state = WAITING
    grant.fake = fake
    system.grants_made = system.grants_made + 1
    system.committed = system.committed + grant.total
    provider = world.providers[j]
    provider.awarded = 1
    provider.reached = 1
    manager = world.managers[j]
    manager.known = knows_after_award(manager, lever, p)
    happens(world, AWARD, j, grant.total)


@rule
def awards_payable(system, size, proof):
    """How many grants of this size (cents) the foundation can promise now.  proof: what verifying one costs, cents."""
    at_hand = system.purse - system.committed - system.idle + system.ahead
    return at_hand // (size + proof) if at_hand > 0 and size > 0 else 0


@rule
def applications(world, lever, book, seats):
    """Who applies, and who pretends a partnership; detected fakes are out.  How many have applied."""
    system = world.system[0]
    p = world.parameters[0]
    applied = 0
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        provider.applied = 0
        provider.faked = 0
        provider.awarded = 0
        if provider.outside:
            continue
        manager = world.managers[j]
        luck = uniforms(system.seed, CHOICES, system.month, j)
        short = falls_short(provider.partnership, lever.condition_partnership)
        if not applies(manager, short, p, luck[APPLIES]):
            continue
        fake = pretends(short, lever.verification, p, luck[FAKES_PARTNERSHIP])
        cost = of_each(system, p.cost_application * 100.0)
        book.foundation_assessment = book.foundation_assessment + cost
        book.provider_hours = book.provider_hours + int(p.application_hours * 100.0 * part_of_each(system))
        provider.contact = min(12.0, provider.contact + 12.0 * p.seats_contact * seats)
        to_detect = uniforms(system.seed, PANEL, system.month, j * SCORED + SCORED - 1)[DETECTS_FAKE]
        if fake and detects_fake(lever, p, to_detect):
            happens(world, FAKE, j, 0)
            continue
        provider.applied = 1
        provider.faked = 1 if fake else 0
        applied = applied + 1
    return applied


@rule
def best_application(world, lever, k):
    """The provider whose application the panel likes best for the k-th award; -1 if there is none left."""
    system = world.system[0]
    p = world.parameters[0]
    best = -1
    top = NO_SCORE
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        won = world.sums[j, WON]
        if not provider.applied or won >= p.awards_most:
            continue
        luck = uniforms(system.seed, PANEL, system.month, j * SCORED + k % (SCORED - 1))[SCORE]
        manager = world.managers[j]
        seen = willingness_seen(manager, provider, p)
        short = 0.0 if provider.faked else falls_short(provider.partnership, lever.condition_partnership)
        points = score(seen, provider, provider.stuck, short, lever, p, luck) - p.award_again * won
        if points > top:
            top = points
            best = j
    return best


@rule
def calls(world, lever, book):
    """A call: applications, assessment by a panel, awards while money lasts.  It is held when the foundation can
    promise one whole grant; until then it saves, and who applied last time waits for the next."""
    system = world.system[0]
    p = world.parameters[0]
    providers = world.providers
    income = for_grants(system, lever, listening_cost(world, lever), p)
    size = grant_size(income, providers.shape[0] - 1, lever)
    age = int(system.month - system.burn_in - lever.start)
    ahead = min(int(p.call_every), int(lever.duration) - age) - 1
    system.ahead = max(ahead, 0) * income
    proof = int(lever.verification * p.cost_verification * 100.0 * part_of_each(system))
    if awards_payable(system, size, proof) < 1:
        return
    system.call_held = 1
    paid, reached = overhead(system, lever.user_seats * p.cost_seats * 100.0)
    book.foundation_seats = paid
    system.user_seats = reached * lever.user_seats
    system.seats_shown = system.user_seats
    applied = applications(world, lever, book, system.user_seats)
    system.in_sight = income // applied if applied > 0 else 0
    for j in range(providers.shape[0]):
        world.sums[j, WON] = 0
    for k in range(awards_payable(system, size, proof)):
        luck = uniforms(system.seed, PANEL, system.month, -1 - k)
        outside = chooses_outside(lever, luck[OUTSIDE_PILOT])
        best = providers.shape[0] - 1 if outside else best_application(world, lever, k)
        if best < 0:
            break
        world.sums[best, WON] = world.sums[best, WON] + 1
        pay(system, proof)
        book.foundation_verification = book.foundation_verification + proof
        signs(world, best, size, lever, providers[best].faked)


@rule
def place_of_grant(world, grant):
    """The programme in which a grant opens its places (row); it begins with them, or goes on."""
    row, begins_now = of_a_new_grant(world, grant.provider)
    if begins_now:
        programme = world.programmes[row]
        programme.began = world.system[0].month
        programme.of_grant = 1
        programme.loss_rate = world.providers[grant.provider].loss_rate
        programme.success = world.providers[grant.provider].success
    return row


@rule
def begins(world, row, p):
    """The money starts: its places open, and part of it replaces mainstream money (`crowd_out`)."""
    system = world.system[0]
    grant = world.grants[row]
    grant.state = OPEN
    grant.programme = the_largest(world, grant.provider)
    if grant.lot_places > 0:
        grant.programme = row_of = place_of_grant(world, grant)
        lot = open_lot(world, grant.provider, row_of, grant.lot_places, GRANT_PAID, row, 0, GRANTED + grant.ordinal)
        world.lots[lot].left = grant.left
        programme = world.programmes[row_of]
        new_places_bring_their_design(programme, world.providers[grant.provider], grant, grant.lot_places, p)
        gone = min(int(p.crowd_out * grant.places), max(system.free, 0))
        system.free = system.free - gone
        system.budget = system.budget - gone
        system.elsewhere = system.elsewhere + gone


@rule
def pays_grants(world, book):
    """Payments of the month, where conditions hold; what is held back is never paid."""
    system = world.system[0]
    p = world.parameters[0]
    for i in range(world.grants.shape[0]):
        grant = world.grants[i]
        if grant.state == WAITING:
            if grant.wait > 0:
                grant.wait = grant.wait - 1
                continue
            begins(world, i, p)
        if grant.state != OPEN:
            continue
        provider = world.providers[grant.provider]
        luck = uniforms(system.seed, LISTENS, system.month, grant.ordinal)[HOLDS_PAYMENT]
        cost = of_each(system, grant.progress_checks * p.cost_check * 100.0)
        book.foundation_checks = book.foundation_checks + cost
        due = grant.month
        grant.months = grant.months + 1
        short = falls_short(provider.partnership, grant.condition_partnership)
        if holds_payment(grant, provider, short, p, luck):
            due = grant.places
            happens(world, HELD, grant.provider, grant.month - due)
        else:
            bridge = grant.bridge
            provider.bridge = provider.bridge + bridge
            book.foundation_bridge = book.foundation_bridge + bridge
            book.foundation_involvement = book.foundation_involvement + grant.involvement
            book.foundation_training = book.foundation_training + grant.training
            book.foundation_implementation = book.foundation_implementation + grant.implementation
            works_here(system, provider, world.programmes[grant.programme], grant, p)
        book.foundation_places = book.foundation_places + grant.places
        grant.paid = grant.paid + due
        system.purse = system.purse - due
        system.committed = system.committed - grant.month
        grant.left = grant.left - 1
        if grant.left == 0:
            grant.state = CLOSED


@rule
def designs_here(where, grant):
    """Who designs and what core is required, at a provider or in a programme; several grants weigh by money."""
    total = where.grant_month + grant.month
    if total > 0:
        weight = grant.month / total
        where.design_users = towards(where.design_users, grant.design_users, weight)
        where.design_blueprint = towards(where.design_blueprint, grant.design_blueprint, weight)
        where.fidelity_required = towards(where.fidelity_required, grant.fidelity_required, weight)


@rule
def reach(grant_month, places, system, p):
    """Grant money as a share of what runs these places: `grant_reach` of it has half the influence."""
    spend = p.grant_reach * places * system.place_month
    return grant_month / (grant_month + spend) if grant_month > 0 else 0.0


@rule
def works_here(system, provider, programme, grant, p):
    """What a grant's money and terms do at its provider and in its programme this month; several grants add up, terms
    weigh by money."""
    staff = max(provider.staff_crisis + provider.staff_reform, 1)
    yearly = 12.0 / 100.0
    provider.contact = min(12.0, provider.contact + grant.involvement * yearly / (p.involvement_staff * staff))
    provider.tables = provider.tables + grant.involvement / (100.0 * p.involvement_user)
    provider.training = min(12.0, provider.training + grant.training * yearly / (p.training_staff * staff))
    places = max(places_of(programme), 1)
    programme.implementation = clip01(
        programme.implementation + grant.implementation * yearly / (p.implementation_place * places)
    )
    designs_here(programme, grant)
    designs_here(provider, grant)
    asked = p.checks_asked * grant.progress_checks + (1.0 - p.checks_asked) * grant.condition_metrics
    hours = p.staff_hidden * (grant.involvement + grant.training + grant.implementation)
    hours = hours + p.checks_hours * 100.0 * asked * part_of_each(system)
    provider.burden = clip01(provider.burden + hours * yearly / (p.staff_cost * staff))
    total = provider.grant_month + grant.month
    if total > 0:
        weight = grant.month / total
        provider.branding = towards(provider.branding, grant.branding, weight)
        provider.condition_metrics = towards(provider.condition_metrics, grant.condition_metrics, weight)
        provider.condition_partnership = towards(provider.condition_partnership, grant.condition_partnership, weight)
        provider.progress_checks = towards(provider.progress_checks, grant.progress_checks, weight)
    provider.grant_month = total
    programme.grant_month = programme.grant_month + grant.month
    provider.open_grants = provider.open_grants + 1
    provider.fakes = provider.fakes + grant.fake


@rule
def no_money_yet(world):
    """What this month's money does begins at nought, everywhere."""
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        provider.contact = 0.0
        provider.tables = 0.0
        provider.training = 0.0
        provider.burden = 0.0
        provider.design_users = 0.0
        provider.design_blueprint = 0.0
        provider.fidelity_required = 0.0
        provider.branding = 0.0
        provider.condition_metrics = 0.0
        provider.condition_partnership = 0.0
        provider.progress_checks = 0.0
        provider.grant_month = 0
        provider.open_grants = 0
        provider.fakes = 0
    for row in range(world.programmes.shape[0]):
        programme = world.programmes[row]
        programme.design_users = 0.0
        programme.design_blueprint = 0.0
        programme.fidelity_required = 0.0
        programme.implementation = 0.0
        programme.grant_month = 0


@rule
def money_has_reached(world, book):
    """How far this month's grants set the tone, in programmes and at providers, and the hours that nobody paid.  Money
    is in sight while there is a programme that gives grants: the money of the latest call, for who applied to it."""
    system = world.system[0]
    p = world.parameters[0]
    hope = system.in_sight if system.running and share_for_grants(world.levers[system.month]) > 0.0 else 0
    for row in range(world.programmes.shape[0]):
        programme = world.programmes[row]
        programme.intensity = reach(programme.grant_month, places_of(programme), system, p)
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        provider.relief = system.relief
        places = provider.reform_main + provider.reform_grant
        provider.intensity = reach(provider.grant_month, places, system, p)
        in_sight = reach(hope, places, system, p) if provider.applied else 0.0
        provider.incentive = clip01(p.incentive_call * in_sight + provider.intensity)
        book.provider_hours = book.provider_hours + int(
            provider.burden * p.staff_cost * 100.0 / 12.0 * (provider.staff_crisis + provider.staff_reform)
        )


@kernel
def the_foundation_acts(world):
    """2. In grant months: call, applications, assessment by a panel, awards; later payments only where conditions hold;
    grants end."""
    system = world.system[0]
    p = world.parameters[0]
    lever = world.levers[system.month]
    book = world.ledger[system.month]
    system.income = 0
    system.listening = 0
    system.call_held = 0
    system.convening = 0.0
    system.campaign = 0.0
    system.user_seats = 0.0
    system.spotlight = 0.0
    system.relief = 0.0
    no_money_yet(world)
    system.running = 1 if is_running(system, lever) else 0
    if not system.running:
        system.seats_shown = 0.0
    if system.running:
        runs_the_programme(world, lever, book)
        age = int(system.month - system.burn_in - lever.start)
        if share_for_grants(lever) > 0.0 and age % int(p.call_every) == 0:
            calls(world, lever, book)
    else:
        system.ahead = 0
        system.committed = system.committed - system.kept_for_places
        system.kept_for_places = 0
    pays_grants(world, book)
    money_has_reached(world, book)
