"""Step 6: places open and close.  Closures come in lumps; grant-paid places vanish unless taken over."""

from agents.funder import COMMISSION, DEAD, EMPTY, GRANT_PAID, LOTS, MAINSTREAM, attention, emergency_beds
from agents.professional import IN_CRISIS, IN_REFORM, VACANT
from agents.provider import closes_programme, taken_over
from agents.service_user import CRISIS, LOOKING, REFORM, SETTLED, SPEAK, STAY, UNSERVED
from engine.chance import bits, queue_key, share_to_count, uniforms
from engine.rule import kernel, rule
from model.beds import finds_bed, leaves_bed, nobody_full, rota
from model.contracts import happens
from model.state import CLOSES, DISCONTINUED, EMERGENCY, REFUSED, RESTARTED, TAKEN_OVER
from model.world_moves import is_hired


@rule
def emergency_opens(world):
    """The crisis ratchet: visible rough sleeping above the usual draws emergency money into beds."""
    system = world.system[0]
    p = world.parameters[0]
    if system.month < system.burn_in:  # what is usual is learnt in the burn-in
        system.rough_usual = system.rough_usual + 0.05 * (system.rough - system.rough_usual)
        return
    luck, _, _, of_provider = uniforms(system.seed, COMMISSION, system.month, 1)
    beds = share_to_count(emergency_beds(system.rough, system.rough_usual, p), luck)
    if beds == 0:
        return
    n = world.providers.shape[0] - 1  # the last row is the outside pilot
    j = min(int(of_provider * n), n - 1)
    world.providers[j].crisis_beds = world.providers[j].crisis_beds + beds
    cost = beds * system.bed_month
    from_free = min(cost, max(system.free, 0))
    system.free = system.free - from_free
    system.budget = system.budget + cost - from_free
    system.growth = system.growth + cost - from_free
    happens(world, EMERGENCY, j, beds)


@rule
def conversions_end(world):
    """Double running ends: the lump of beds closes and its cost becomes free money as far as it can be cashed."""
    system = world.system[0]
    p = world.parameters[0]
    providers = world.providers
    for j in range(providers.shape[0]):
        me = providers[j]
        if me.closing_beds == 0:
            continue
        me.closing_months = me.closing_months - 1
        if me.closing_months > 0:
            continue
        saved = me.closing_beds * system.bed_month
        cashed = int(saved * p.cashable)
        system.saved = system.saved + cashed
        system.not_saved = system.not_saved + saved - cashed
        system.budget = system.budget - (saved - cashed)
        system.elsewhere = system.elsewhere + saved - cashed
        system.free = system.free + cashed
        me.crisis_beds = me.crisis_beds - me.closing_beds
        happens(world, CLOSES, j, me.closing_beds)
        me.closing_beds = 0
        if me.closing_bridged:
            for i in range(world.lots.shape[0]):
                lot = world.lots[i]
                if lot.provider == j and lot.bridged and lot.state != EMPTY:
                    system.free = system.free - lot.places * system.place_month
                    lot.bridged = 0
            me.closing_bridged = 0


@rule
def shuts(world, lot):
    """A lot's places are gone; it may restart for a while."""
    me = world.providers[lot.provider]
    if lot.state == GRANT_PAID:
        me.reform_grant = me.reform_grant - lot.places
    else:
        me.reform_main = me.reform_main - lot.places
    lot.state = DEAD
    lot.months = 0
    lot.grant = -1
    lot.promised = 0


@rule
def asks_for_money(world, lot, lever, p):
    """A grant-paid lot asks for mainstream money for the day its money ends; what is promised is reserved."""
    system = world.system[0]
    if lot.promised or lot.left > int(p.takeover_months):
        return
    me = world.providers[lot.provider]
    boss = world.managers[lot.provider]
    _, luck, _, _ = uniforms(system.seed, LOTS, system.month, lot.ordinal)
    cost = lot.places * system.place_month
    if system.free >= cost and taken_over(boss, me, attention(lever, p), p, luck):
        system.free = system.free - cost
        lot.promised = 1


@rule
def grant_ends(world, lot, p):
    """The grant is over: promised lots go on with mainstream money unless they stop all the same; others vanish."""
    system = world.system[0]
    _, _, luck, _ = uniforms(system.seed, LOTS, system.month, lot.ordinal)
    cost = lot.places * system.place_month
    if lot.promised and luck >= p.death_at_grant_end:
        me = world.providers[lot.provider]
        me.reform_grant = me.reform_grant - lot.places
        me.reform_main = me.reform_main + lot.places
        lot.state = MAINSTREAM
        lot.months = 0
        lot.grant = -1
        lot.promised = 0
        system.taken_over = system.taken_over + cost
        happens(world, TAKEN_OVER, lot.provider, lot.places)
        return
    if lot.promised:
        system.free = system.free + cost
    happens(world, REFUSED, lot.provider, lot.places)
    shuts(world, lot)


@rule
def lots_live(world, lever):
    """Survival of programmes: asking, grant end, discontinuation and restart, lot by lot."""
    system = world.system[0]
    p = world.parameters[0]
    lots = world.lots
    for i in range(lots.shape[0]):
        if lots[i].state == EMPTY:
            continue
        lot = lots[i]
        lot.months = min(lot.months + 1, 32000)
        me = world.providers[lot.provider]
        boss = world.managers[lot.provider]
        dies, _, _, again = uniforms(system.seed, LOTS, system.month, lot.ordinal)
        cost = lot.places * system.place_month
        if lot.state == GRANT_PAID:
            lot.left = lot.left - 1
            asks_for_money(world, lot, lever, p)
            if lot.left == 0:
                grant_ends(world, lot, p)
        elif lot.state == MAINSTREAM:
            if lot.bridged == 0 and closes_programme(boss.ownership, system.money_pressure, p, dies):
                system.free = system.free + cost
                happens(world, DISCONTINUED, lot.provider, lot.places)
                shuts(world, lot)
        elif again < p.restart and system.free >= cost:
            system.free = system.free - cost
            me.reform_main = me.reform_main + lot.places
            lot.state = MAINSTREAM
            lot.months = 0
            lot.mended = 1
            happens(world, RESTARTED, lot.provider, lot.places)
        elif lot.months >= p.restart_window:
            lot.state = EMPTY


@rule
def changes_bed(providers, skip, duty, system, p, me):
    """A bed elsewhere for somebody whose own was closed: the stay goes on, with its length, class and readiness."""
    months = me.months
    fast = me.fast
    ready = me.ready
    if finds_bed(providers, skip, duty, p, me, uniforms(system.seed, STAY, system.month, me.id)):
        me.months = months
        me.fast = fast
        me.ready = ready


@rule
def people_move_on(world):
    """People in closed places: tenants may keep the home without support, others take a free bed or are unserved.

    Who has to go is drawn by lot among those who are there.
    """
    system = world.system[0]
    p = world.parameters[0]
    system.displaced = 0
    providers = world.providers
    sums = world.sums
    n = providers.shape[0]
    over = False
    for j in range(n):
        me = providers[j]
        sums[j, 0] = max(me.in_reform + me.in_looking - me.reform_main - me.reform_grant, 0)
        sums[j, 1] = max(me.in_crisis - me.crisis_beds, 0)
        over = over or sums[j, 0] > 0 or sums[j, 1] > 0
    if not over:
        return
    users = world.users
    keys = world.keys
    rows = world.rows
    duty = world.duty
    found = 0
    for i in range(users.shape[0]):  # everybody in a place that has too many, in the order of the lot
        me = users[i]
        served = (me.place == REFORM or me.place == LOOKING) and sums[me.provider, 0] > 0
        hosted = me.host >= 0 and sums[me.host, 1] > 0
        if served or hosted:
            _, _, luck, _ = bits(system.seed, SPEAK, system.month, me.id)
            keys[found] = queue_key(luck, 1.0, me.id)
            rows[found] = i
            found = found + 1
    order = keys[:found].argsort()
    skip = nobody_full(providers)  # people leave only beds that are there no more
    for k in range(found):
        me = users[rows[order[k]]]
        _, keeps, _, _ = uniforms(system.seed, SPEAK, system.month, me.id)
        if me.host >= 0 and sums[me.host, 1] > 0:
            sums[me.host, 1] = sums[me.host, 1] - 1
            leaves_bed(providers[me.host], me)
            system.displaced = system.displaced + 1
            if me.place == CRISIS:
                changes_bed(providers, skip, duty, system, p, me)
        if (me.place == REFORM or me.place == LOOKING) and sums[me.provider, 0] > 0:
            sums[me.provider, 0] = sums[me.provider, 0] - 1
            system.displaced = system.displaced + 1
            home = providers[me.provider]
            me.worker = -1
            if me.place == LOOKING:
                home.in_looking = home.in_looking - 1
                me.provider = me.host
                me.place = CRISIS if me.host >= 0 else UNSERVED
                me.months = 0
            else:
                home.in_reform = home.in_reform - 1
                if keeps < p.keep_home:
                    me.place = SETTLED
                    me.provider = -1
                    me.months = 0
                else:
                    finds_bed(providers, skip, duty, p, me, uniforms(system.seed, STAY, system.month, me.id))


@rule
def staff_follow_places(staff, duty, me, system, p):
    """Posts follow places: staff move over from the shrinking service first (with their beliefs), then posts are cut or
    filled.  A person in a new post is drawn like any replacement."""
    crisis = int(me.crisis_beds / p.caseload_crisis + 0.999)
    reform = int((me.reform_main + me.reform_grant) / p.caseload_reform + 0.999)
    if crisis == me.staff_crisis and reform == me.staff_reform:
        return
    for k in range(me.staff_slots):
        worker = staff[me.staff_first + k]
        if worker.service == IN_CRISIS and me.staff_crisis > crisis:
            me.staff_crisis = me.staff_crisis - 1
            worker.service = VACANT
            if me.staff_reform < reform:
                me.staff_reform = me.staff_reform + 1
                worker.service = IN_REFORM
        elif worker.service == IN_REFORM and me.staff_reform > reform:
            me.staff_reform = me.staff_reform - 1
            worker.service = VACANT
            if me.staff_crisis < crisis:
                me.staff_crisis = me.staff_crisis + 1
                worker.service = IN_CRISIS
    for k in range(me.staff_slots):
        worker = staff[me.staff_first + k]
        if worker.service == VACANT and (me.staff_crisis < crisis or me.staff_reform < reform):
            is_hired(worker, p, system.seed, system.month, me.staff_first + k, True)
            if me.staff_crisis < crisis:
                me.staff_crisis = me.staff_crisis + 1
                worker.service = IN_CRISIS
            else:
                me.staff_reform = me.staff_reform + 1
                worker.service = IN_REFORM
    rota(staff, duty, me)


@kernel
def places_open_and_close(world):
    """6. Closures come in lumps and save money only then; both services are paid while double running lasts; grant-paid
    places vanish at grant end unless taken over; people in closed places move on to what is free, or are unserved."""
    system = world.system[0]
    p = world.parameters[0]
    lever = world.levers[system.month]
    emergency_opens(world)
    if system.month >= system.burn_in:  # in the burn-in places stand still as the place has them; people settle
        conversions_end(world)
        lots_live(world, lever)
    people_move_on(world)
    providers = world.providers
    staff = world.professionals
    duty = world.duty
    for j in range(providers.shape[0]):
        staff_follow_places(staff, duty, providers[j], system, p)
