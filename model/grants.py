"""Step 2: the foundation acts.  Income, overheads, calls, awards, payments - all from one purse, to the cent."""

from agents.funder import (
    CLOSED,
    GRANT_PAID,
    LISTENS,
    OPEN,
    PANEL,
    WAITING,
    detects_fake,
    fakes_partnership,
    holds_payment,
    partnership_offered,
    score,
    willingness_seen,
)
from agents.manager import CHOICES, applies
from engine.arithmetic import clip01
from engine.chance import share_to_count, uniforms
from engine.rule import kernel, rule
from model.contracts import GRANTED, affordable, happens, new_places_bring_their_design, open_lot, pay
from model.state import AWARD, FAKE, HELD, LISTENING

AT_MOST = 4  # awards to one provider in one call.  Assumption
AGAIN = 0.1  # score that a second award in the same call costs.  Assumption


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
def for_grants(system, lever, p):
    """What a month's income leaves for grants, cents: their share less the overheads that the strategy plans."""
    planned = lever.convening * p.cost_convening + lever.campaign * p.cost_campaign
    cycle = p.cost_cycle * (1.0 + p.independence_cost * lever.independence)
    planned = planned + lever.listening / 12.0 * cycle + lever.user_seats * p.cost_seats / int(p.call_every)
    return max(int(system.income * share_for_grants(lever)) - int(planned * 100.0 * system.scale), 0)


@rule
def overhead(system, cost):
    """Pay an overhead (cents, at full size of the place) as far as money reaches: cents paid, share of it paid."""
    due = int(cost * system.scale)
    paid = affordable(system, due)
    pay(system, paid)
    return paid, (paid / due if due > 0 else 1.0)


@rule
def runs_the_programme(world, lever, book):
    """Income comes in; convening, campaign, listening, spotlight, top-up and homes are paid."""
    system = world.system[0]
    p = world.parameters[0]
    system.income = int(lever.budget * system.base_spend)
    system.purse = system.purse + system.income
    system.ahead = max(system.ahead - for_grants(system, lever, p), 0)
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
        paid, reached = overhead(system, p.cost_cycle * (1.0 + p.independence_cost * lever.independence) * 100.0)
        book.foundation_listening = paid
        system.listening = 1 if reached > 0.5 else 0
        happens(world, LISTENING, -1, paid)
    paid = affordable(system, int(lever.share_spotlight * system.income))
    pay(system, paid)
    book.foundation_spotlight = paid
    system.spotlight = clip01(p.spotlight_reach * 1000.0 * paid / system.base_spend) if system.base_spend > 0 else 0.0
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
def signs(world, provider, amount, lever, fake, luck):
    """A contract: how much, for what, on which terms.

    Places come whole: as many as the shares pay for on average, for the term or as long as the grant can pay for them.
    What is left goes to the other purposes, in their proportions, over the whole term.
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
    places = share_to_count(lever.share_places / whole * amount / (term * system.place_month), luck)
    grant.places = places * system.place_month
    grant.places_left = min(term, amount // grant.places) if places > 0 else 0
    others = whole - lever.share_places
    rest = (amount - grant.places * grant.places_left) // term
    part = rest / others if others > 0.0 else 0.0
    grant.involvement = int(part * lever.share_involvement)
    grant.training = int(part * lever.share_training)
    grant.bridge = int(part * lever.share_bridge)
    grant.implementation = int(part * lever.share_implementation)
    other = grant.involvement + grant.training + grant.bridge + grant.implementation
    grant.month = grant.places + other
    grant.total = grant.places * grant.places_left + other * term
    grant.paid = 0
    grant.lot_places = places
    grant.design_users = lever.design_users
    grant.design_blueprint = lever.design_blueprint
    grant.fidelity_required = lever.fidelity_required
    grant.brand = lever.branding
    grant.partnership = lever.condition_partnership
    grant.metrics = lever.condition_metrics
    grant.checks = lever.progress_checks
    grant.verification = lever.verification
    grant.provider = provider
    grant.ordinal = system.grants_made
    grant.wait = int(p.opening_lag + p.opening_lag_users * lever.design_users)
    grant.left = term
    grant.state = WAITING
    grant.fake = fake
    system.grants_made = system.grants_made + 1
    system.committed = system.committed + grant.total
    home = world.providers[provider]
    home.awarded = 1
    home.reached = 1
    boss = world.managers[provider]
    # cents: grants up to EUR 150,000 [S41] teach all they can, larger ones less for each euro.  Assumption
    boss.known = clip01(boss.known + p.known_grant * min(1.0, 15000000.0 * system.scale / max(amount, 1)))
    happens(world, AWARD, provider, grant.total)


@rule
def calls(world, lever, book):
    """A call: applications, assessment by a panel, awards while money lasts."""
    system = world.system[0]
    p = world.parameters[0]
    providers = world.providers
    managers = world.managers
    paid, seats = overhead(system, lever.user_seats * p.cost_seats * 100.0)
    book.foundation_seats = paid
    seats = seats * lever.user_seats
    system.seats = seats
    size = max(int(lever.grant_size * system.scale * 100.0), int(p.grant_floor * 100.0))
    age = int(system.month - system.burn_in - lever.start)
    ahead = min(int(p.call_every), int(lever.duration) - age) - 1
    system.ahead = max(ahead, 0) * for_grants(system, lever, p)
    at_hand = system.purse - system.committed - system.idle + system.ahead
    number = at_hand // size if at_hand > 0 else 0
    for j in range(providers.shape[0]):
        me = providers[j]
        me.applied = 0
        me.awarded = 0
        if me.outside or number == 0:
            continue
        boss = managers[j]
        to_apply, to_fake, _, _ = uniforms(system.seed, CHOICES, system.month, j)
        _, _, to_detect, _ = uniforms(system.seed, PANEL, system.month, j * 64 + 63)
        if not applies(boss, p, to_apply):
            continue
        offered = partnership_offered(boss, me, p)
        fake = 1 if fakes_partnership(offered, lever.condition_partnership, p, to_fake) else 0
        if offered < lever.condition_partnership and fake == 0:
            continue
        cost, _ = overhead(system, p.cost_application * 100.0)
        book.foundation_assessment = book.foundation_assessment + cost
        book.provider_hours = book.provider_hours + int(p.application_hours * 100.0 * system.scale)
        me.contact = min(12.0, me.contact + 12.0 * p.seats_contact * seats)
        if fake == 1 and detects_fake(lever, p, to_detect):
            happens(world, FAKE, j, 0)
            continue
        me.applied = 1 + fake
    at_hand = system.purse - system.committed - system.idle + system.ahead
    number = at_hand // size if at_hand > 0 else 0
    for j in range(providers.shape[0]):
        world.sums[j, 0] = 0
    for k in range(number):
        _, of_pilot, _, of_places = uniforms(system.seed, PANEL, system.month, -1 - k)
        best = -1
        top = -1.0e9
        if of_pilot < lever.site_outside:
            best = providers.shape[0] - 1
        else:
            for j in range(providers.shape[0]):
                me = providers[j]
                if me.applied == 0 or world.sums[j, 0] >= AT_MOST:
                    continue
                lot, _, _, _ = uniforms(system.seed, PANEL, system.month, j * 64 + k % 63)
                seen = willingness_seen(managers[j], me, p)
                points = score(seen, me, me.stuck, lever, lot) - AGAIN * world.sums[j, 0]
                if points > top:
                    top = points
                    best = j
        if best < 0:
            break
        world.sums[best, 0] = world.sums[best, 0] + 1
        cost, _ = overhead(system, lever.verification * p.cost_verification * 100.0)
        book.foundation_verification = book.foundation_verification + cost
        signs(world, best, size, lever, 1 if providers[best].applied == 2 else 0, of_places)
    for j in range(providers.shape[0]):
        if providers[j].applied == 2:
            providers[j].applied = 1


@rule
def begins(world, row, p):
    """The money starts: its places open, and part of it replaces mainstream money (`crowd_out`)."""
    system = world.system[0]
    grant = world.grants[row]
    grant.state = OPEN
    if grant.lot_places > 0:
        lot = open_lot(world, grant.provider, grant.lot_places, GRANT_PAID, row, 0, GRANTED + grant.ordinal)
        world.lots[lot].left = grant.places_left
        new_places_bring_their_design(world.providers[grant.provider], grant, grant.lot_places, p)
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
        me = world.providers[grant.provider]
        _, luck, _, _ = uniforms(system.seed, LISTENS, system.month, grant.ordinal)
        cost, _ = overhead(system, grant.checks * p.cost_check * 100.0)
        book.foundation_checks = book.foundation_checks + cost
        due = grant.month
        if holds_payment(grant, me, p, luck):
            due = grant.places
            happens(world, HELD, grant.provider, grant.month - due)
        else:
            bridge = grant.bridge
            me.bridge = me.bridge + bridge
            book.foundation_bridge = book.foundation_bridge + bridge
            book.foundation_involvement = book.foundation_involvement + grant.involvement
            book.foundation_training = book.foundation_training + grant.training
            book.foundation_implementation = book.foundation_implementation + grant.implementation
            works_here(me, grant, p)
        book.foundation_places = book.foundation_places + grant.places
        grant.paid = grant.paid + due
        system.purse = system.purse - due
        system.committed = system.committed - grant.month
        if grant.places_left > 0:
            grant.places_left = grant.places_left - 1
            if grant.places_left == 0:
                grant.month = grant.month - grant.places
                grant.places = 0
        grant.left = grant.left - 1
        if grant.left == 0:
            grant.state = CLOSED


@rule
def works_here(me, grant, p):
    """What a grant's money and terms do at its provider this month; several grants add up, terms weigh by money."""
    staff = max(me.staff_crisis + me.staff_reform, 1)
    yearly = 12.0 / 100.0
    me.contact = min(12.0, me.contact + grant.involvement * yearly / (p.involvement_staff * staff))
    me.tables = me.tables + grant.involvement / (100.0 * p.involvement_user)
    me.training = min(12.0, me.training + grant.training * yearly / (p.training_staff * staff))
    places = max(me.reform_main + me.reform_grant, 1)
    me.implementation = clip01(me.implementation + grant.implementation * yearly / (p.implementation_place * places))
    hours = p.staff_hidden * (grant.involvement + grant.training + grant.implementation) + p.checks_hours * 100.0 * (
        0.5 * grant.checks + 0.5 * grant.metrics
    )
    me.burden = clip01(me.burden + hours * yearly / (p.staff_cost * staff))
    total = me.grant_month + grant.month
    if total > 0:
        weight = grant.month / total
        me.power_users = clip01(me.power_users + weight * (grant.design_users - me.power_users))
        me.power_blueprint = clip01(me.power_blueprint + weight * (grant.design_blueprint - me.power_blueprint))
        me.enforcement = clip01(me.enforcement + weight * (grant.fidelity_required - me.enforcement))
        me.brand = clip01(me.brand + weight * (grant.brand - me.brand))
        me.metrics = clip01(me.metrics + weight * (grant.metrics - me.metrics))
        me.partnership = clip01(me.partnership + weight * (grant.partnership - me.partnership))
        me.checks = clip01(me.checks + weight * (grant.checks - me.checks))
    me.grant_month = total
    me.open_grants = me.open_grants + 1
    me.fakes = me.fakes + grant.fake


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
    system.convening = 0.0
    system.campaign = 0.0
    system.seats = 0.0
    system.spotlight = 0.0
    system.relief = 0.0
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        me.contact = 0.0
        me.tables = 0.0
        me.training = 0.0
        me.implementation = 0.0
        me.burden = 0.0
        me.power_users = 0.0
        me.power_blueprint = 0.0
        me.enforcement = 0.0
        me.brand = 0.0
        me.metrics = 0.0
        me.partnership = 0.0
        me.checks = 0.0
        me.grant_month = 0
        me.open_grants = 0
        me.fakes = 0
    system.running = 1 if is_running(system, lever) else 0
    if system.running:
        runs_the_programme(world, lever, book)
        age = int(system.month - system.burn_in - lever.start)
        if share_for_grants(lever) > 0.0 and age % int(p.call_every) == 0:
            calls(world, lever, book)
    pays_grants(world, book)
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        me.relief = system.relief
        spend = p.grant_reach * (me.reform_main + me.reform_grant) * system.place_month
        me.intensity = me.grant_month / (me.grant_month + spend) if me.grant_month > 0 else 0.0
        in_sight = 1.0 if me.applied and system.running else 0.0
        me.incentive = clip01(0.5 * in_sight + me.intensity)
        book.provider_hours = book.provider_hours + int(
            me.burden * p.staff_cost * 100.0 / 12.0 * (me.staff_crisis + me.staff_reform)
        )
