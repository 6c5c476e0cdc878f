"""People in closed places: tenants may keep the home without support, others take a free bed or are unserved."""

from agents.programme import places_of
from agents.service_user import CRISIS, LOOKING, REFORM, SETTLED, keeps_home
from engine.chance import bits, uniforms
from engine.lottery import queue_key
from engine.rule import rule
from model.beds import finds_bed, leaves_bed, nobody_full
from model.by_right import PLACES_CLOSED, beds_close_by_right, beds_open_by_right, guests_stay_by_right, has_right
from model.draws import CLOSURE_QUEUE, KEEPS_HOME, SPEAK, STAY
from model.leaving import gives_up_looking, place_passes
from model.programmes import the_one_that_is_offered
from model.vacated import home_is_left

TENANTS_OVER, GUESTS_OVER = range(2)  # columns of world.sums: people more than there are places, beds


@rule
def changes_bed(providers, skip, duty, system, p, user):
    """A bed elsewhere for somebody whose own was closed: the stay goes on, with its length and whether it is fast."""
    months = user.months
    fast = user.fast
    if finds_bed(providers, skip, duty, p, user, uniforms(system.seed, STAY, system.month, user.id), system.month):
        user.months = months
        user.fast = fast


@rule
def too_many_in(programme):
    """People more than a programme has places."""
    return max(programme.in_reform + programme.in_looking - places_of(programme), 0)


@rule
def counts_the_displaced(world):
    """People more than there are places and beds, by provider, into world.sums.  Returns whether there are any, also in
    a programme whose provider has places elsewhere."""
    over = False
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        tenants = provider.in_reform + provider.in_looking - provider.reform_main - provider.reform_grant
        world.sums[j, TENANTS_OVER] = max(tenants, 0)
        world.sums[j, GUESTS_OVER] = max(provider.in_crisis - provider.crisis_beds, 0)
        over = over or world.sums[j, GUESTS_OVER] > 0
    for row in range(world.programmes.shape[0]):
        over = over or too_many_in(world.programmes[row]) > 0
    return over


@rule
def queue_of_the_displaced(world):
    """Everybody in a place that has too many, in world.rows; returns their order by lottery: positions there."""
    system = world.system[0]
    found = 0
    for i in range(world.users.shape[0]):
        user = world.users[i]
        served = user.situation == REFORM or user.situation == LOOKING
        hosted = user.bed_provider >= 0 and world.sums[user.bed_provider, GUESTS_OVER] > 0
        if hosted or (served and too_many_in(world.programmes[user.programme]) > 0):
            luck = bits(system.seed, SPEAK, system.month, user.id)[CLOSURE_QUEUE]
            world.keys[found] = queue_key(luck, 1.0, user.id)
            world.rows[found] = i
            found = found + 1
    return world.keys[:found].argsort()


@rule
def loses_place(world, skip, user):
    """A reformed place is closed: who looks gives up, a tenant keeps the home without support or leaves it; who has
    neither home nor bed then takes a free bed or is unserved.  A spell in a bed ends with the place."""
    system = world.system[0]
    p = world.parameters[0]
    provider = world.providers[user.provider]
    programme = world.programmes[user.programme]
    if user.situation == LOOKING:
        home_is_left(system, p, user)
        gives_up_looking(provider, programme, user)
    else:
        user.worker = -1
        user.programme = -1
        place_passes(provider, programme, 0, -1)
        if user.bed_provider >= 0:
            leaves_bed(world.providers[user.bed_provider], user, system.month)
            skip[:] = nobody_full(world.providers)
        if keeps_home(p, uniforms(system.seed, SPEAK, system.month, user.id)[KEEPS_HOME]):
            user.situation = SETTLED
            user.provider = -1
            user.months = 0
            return
        home_is_left(system, p, user)
    if user.situation != CRISIS:
        luck = uniforms(system.seed, STAY, system.month, user.id)
        finds_bed(world.providers, skip, world.duty, p, user, luck, system.month)


@rule
def changes_programme(world, user):
    """Another programme of the same provider has a free place: the home and the key worker stay."""
    tenant = 1 if user.situation == REFORM else 0
    provider = world.providers[user.provider]
    place_passes(provider, world.programmes[user.programme], tenant - 1, -tenant)
    user.programme = the_one_that_is_offered(world, user.provider, user)
    place_passes(provider, world.programmes[user.programme], 1 - tenant, tenant)


@rule
def the_displaced_move(world):
    """People leave places and beds that are there no more; who has to go is drawn by lottery."""
    system = world.system[0]
    sums = world.sums
    providers = world.providers
    order = queue_of_the_displaced(world)
    skip = nobody_full(providers)  # people leave only beds that are there no more
    for k in range(order.shape[0]):
        user = world.users[world.rows[order[k]]]
        if user.bed_provider >= 0 and sums[user.bed_provider, GUESTS_OVER] > 0:
            sums[user.bed_provider, GUESTS_OVER] = sums[user.bed_provider, GUESTS_OVER] - 1
            leaves_bed(providers[user.bed_provider], user, system.month)
            system.displaced = system.displaced + 1
            if user.situation == CRISIS:
                changes_bed(providers, skip, world.duty, system, world.parameters[0], user)
        served = user.situation == REFORM or user.situation == LOOKING
        if not served or too_many_in(world.programmes[user.programme]) == 0:
            continue
        if sums[user.provider, TENANTS_OVER] > 0:
            sums[user.provider, TENANTS_OVER] = sums[user.provider, TENANTS_OVER] - 1
            system.displaced = system.displaced + 1
            loses_place(world, skip, user)
        else:
            changes_programme(world, user)


@rule
def people_move_on(world):
    """Closed places empty, as far as there are more people than places.  Where there is a right to a bed, guests stay,
    and there are beds for tenants who may need one."""
    system = world.system[0]
    system.displaced = 0
    right = has_right(system, world.parameters[0])
    if right:
        guests_stay_by_right(world.providers)
    if counts_the_displaced(world):
        if right:
            beds_open_by_right(world, world.sums[:, TENANTS_OVER].sum(), PLACES_CLOSED)
        the_displaced_move(world)
    if right:
        beds_close_by_right(world, PLACES_CLOSED)
