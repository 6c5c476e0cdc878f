"""Step 6: places open and close.  Closures come in lumps; grant-paid places vanish unless taken over."""

from agents.funder import emergency_beds, visible_next
from agents.professional import IN_CRISIS, IN_REFORM, VACANT
from engine.chance import share_to_count, uniforms
from engine.rule import kernel, rule
from model.beds import rota
from model.conversions import conversions_end
from model.displaced import people_move_on
from model.draws import COMMISSION, ROUNDS_BEDS, WHOSE_BEDS
from model.emptied import emptied_beds_close
from model.events import happens
from model.lots import lots_are_replaced, lots_live, lots_stop, stopped_lots_wait
from model.planned import plan_is_carried_out
from model.posts import posts_needed
from model.programmes import several_programmes, staff_take_programmes
from model.state import EMERGENCY
from model.steps.s01_world_moves import is_hired


@rule
def emergency_opens(world):
    """The crisis ratchet: visible rough sleeping above the usual draws emergency money into beds, dear ones."""
    system = world.system[0]
    p = world.parameters[0]
    system.rough_visible = visible_next(system.rough_visible, system.rough, p)
    if system.month < system.burn_in:
        return
    luck = uniforms(system.seed, COMMISSION, system.month, 1)
    beds = share_to_count(emergency_beds(system.rough_visible, p.rough_stock * system.scale, p), luck[ROUNDS_BEDS])
    if beds == 0:
        return
    n = world.providers.shape[0] - 1  # the last row is the outside pilot
    j = min(int(luck[WHOSE_BEDS] * n), n - 1)
    world.providers[j].crisis_beds = world.providers[j].crisis_beds + beds
    world.providers[j].emergency = world.providers[j].emergency + beds
    cost = beds * system.emergency_month
    from_free = min(cost, max(system.free, 0))
    system.free = system.free - from_free
    system.budget = system.budget + cost - from_free
    system.growth = system.growth + cost - from_free
    happens(world, EMERGENCY, j, beds)


@rule
def posts_go(staff, provider, crisis, reform):
    """Posts of a shrinking service go; their people move over to the other one as far as it needs them."""
    for k in range(provider.staff_slots):
        worker = staff[provider.staff_first + k]
        if worker.service == IN_CRISIS and provider.staff_crisis > crisis:
            provider.staff_crisis = provider.staff_crisis - 1
            worker.service = VACANT
            if provider.staff_reform < reform:
                provider.staff_reform = provider.staff_reform + 1
                worker.service = IN_REFORM
        elif worker.service == IN_REFORM and provider.staff_reform > reform:
            provider.staff_reform = provider.staff_reform - 1
            worker.service = VACANT
            if provider.staff_crisis < crisis:
                provider.staff_crisis = provider.staff_crisis + 1
                worker.service = IN_CRISIS


@rule
def posts_come(staff, provider, crisis, reform, system, p):
    """New posts are filled from outside the provider, the crisis service's first."""
    for k in range(provider.staff_slots):
        worker = staff[provider.staff_first + k]
        if worker.service == VACANT and (provider.staff_crisis < crisis or provider.staff_reform < reform):
            is_hired(worker, p, system.seed, system.month, provider.staff_first + k, True)
            if provider.staff_crisis < crisis:
                provider.staff_crisis = provider.staff_crisis + 1
                worker.service = IN_CRISIS
            else:
                provider.staff_reform = provider.staff_reform + 1
                worker.service = IN_REFORM


@rule
def staff_follow_places(world, j, system, p):
    """Posts follow places: staff move over from the shrinking service first (with their beliefs), then posts are cut or
    filled.  A person in a new post is drawn like any replacement from the sector."""
    provider = world.providers[j]
    staff = world.professionals
    crisis, reform = posts_needed(provider, j, system, p)
    same = crisis == provider.staff_crisis and reform == provider.staff_reform
    if same and not several_programmes(world, j):
        return
    posts_go(staff, provider, crisis, reform)
    posts_come(staff, provider, crisis, reform, system, p)
    staff_take_programmes(world, j)
    rota(staff, world.duty, provider, j)


@kernel
def places_open_and_close(world):
    """6. What is planned opens and closes.  Other closures come in lumps and save money only then; both services are
    paid while double running lasts; grant-paid places vanish at grant end unless taken over; people in closed places
    move on to what is free, or are unserved."""
    system = world.system[0]
    p = world.parameters[0]
    emergency_opens(world)
    before = system.month < system.burn_in
    if before:
        stopped_lots_wait(world)
        lots_stop(world)
    else:
        plan_is_carried_out(world)
        conversions_end(world)
        emptied_beds_close(world)
        lots_live(world)
    people_move_on(world)
    if before:
        lots_are_replaced(world)
    for j in range(world.providers.shape[0]):
        staff_follow_places(world, j, system, p)
