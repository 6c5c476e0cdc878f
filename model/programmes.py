"""Programmes of a provider: where a grant's places go, which one grows, which one somebody is offered, who works where.

Row j * SLOTS is the one that provider j has from before the run.  Used by steps 2, 5, 6 and 7.
"""

import numpy as np

from agents.funder import EMPTY, OPEN
from agents.manager import grows_the_best
from agents.professional import IN_REFORM
from agents.programme import SLOTS, free_in, places_of
from agents.service_user import prefers
from engine.chance import uniforms
from engine.rule import rule
from model.draws import GROWS_BEST, READS

NO_POINTS = -1.0


@rule
def places_change(world, row, main, grant):
    """So many more places (fewer: below 0) in a programme, paid from mainstream money and by grants."""
    programme = world.programmes[row]
    provider = world.providers[programme.provider]
    programme.places_main = programme.places_main + main
    programme.places_grant = programme.places_grant + grant
    provider.reform_main = provider.reform_main + main
    provider.reform_grant = provider.reform_grant + grant


@rule
def is_unused(world, row):
    """Nobody lives there, there are no places, no lot may restart, and no grant's money works there."""
    programme = world.programmes[row]
    if places_of(programme) > 0 or programme.in_reform > 0 or programme.in_looking > 0:
        return False
    for i in range(world.lots.shape[0]):
        if world.lots[i].programme == row and world.lots[i].state != EMPTY:
            return False
    for i in range(world.grants.shape[0]):
        if world.grants[i].programme == row and world.grants[i].state == OPEN:
            return False
    return True


@rule
def of_a_new_grant(world, j):
    """The programme in which a grant to provider j opens its places, and whether it begins with them: one that grants
    still pay goes on, or else another begins in a row of its own; if there is none left the youngest goes on."""
    youngest = j * SLOTS
    unused = -1
    for row in range(j * SLOTS + 1, j * SLOTS + SLOTS):
        programme = world.programmes[row]
        if programme.places_grant > 0:
            return row, False
        if unused < 0 and is_unused(world, row):
            unused = row
        elif programme.began > world.programmes[youngest].began:
            youngest = row
    return (unused, True) if unused >= 0 else (youngest, False)


@rule
def the_largest(world, j):
    """The programme of provider j that has most places."""
    largest = j * SLOTS
    for row in range(j * SLOTS + 1, j * SLOTS + SLOTS):
        if places_of(world.programmes[row]) > places_of(world.programmes[largest]):
            largest = row
    return largest


@rule
def results_known(world, programme):
    """Results by which a manager judges a programme: a year's, of tenants; until then what is expected."""
    if programme.in_reform > 0 and world.system[0].month - programme.began >= 12:
        return programme.success
    return world.parameters[0].expected_success


@rule
def the_one_that_grows(world, j):
    """The programme in which manager j opens mainstream places."""
    system = world.system[0]
    largest = the_largest(world, j)
    luck = uniforms(system.seed, READS, system.month, j)[GROWS_BEST]
    if not several_programmes(world, j) or not grows_the_best(world.parameters[0], luck):
        return largest
    best = largest
    for row in range(j * SLOTS, j * SLOTS + SLOTS):
        programme = world.programmes[row]
        better = results_known(world, programme) > results_known(world, world.programmes[best])
        if places_of(programme) > 0 and better:
            best = row
    return best


@rule
def the_one_that_is_offered(world, j, user):
    """The programme of provider j, which has a free place, in which somebody is offered one."""
    p = world.parameters[0]
    free = 0
    best = -1
    for row in range(j * SLOTS, j * SLOTS + SLOTS):
        here = free_in(world.programmes[row])
        if here > 0:
            free = free + here
            best = row if best < 0 else best
    if free == free_in(world.programmes[best]):
        return best
    most = NO_POINTS
    for row in range(j * SLOTS, j * SLOTS + SLOTS):
        programme = world.programmes[row]
        if free_in(programme) > 0:
            points = prefers(user, programme, free_in(programme) / free, p)
            if points > most:
                most = points
                best = row
    return best


@rule
def several_programmes(world, j):
    """Whether provider j has any programme beside its own, or people who work in one."""
    for row in range(j * SLOTS + 1, j * SLOTS + SLOTS):
        if places_of(world.programmes[row]) > 0 or world.programmes[row].staff > 0:
            return True
    return False


@rule
def posts_wanted(world, j):
    """(SLOTS,) how many of provider j's professionals in the reformed service each programme is to have: by places."""
    wanted = np.zeros(SLOTS, np.int64)
    provider = world.providers[j]
    places = 0
    for k in range(SLOTS):
        places = places + places_of(world.programmes[j * SLOTS + k])
    if places == 0:
        wanted[0] = provider.staff_reform
        return wanted
    before = 0
    given = 0
    for k in range(SLOTS):
        before = before + places_of(world.programmes[j * SLOTS + k])
        wanted[k] = (2 * provider.staff_reform * before + places) // (2 * places) - given
        given = given + wanted[k]
    return wanted


@rule
def staff_take_programmes(world, j):
    """Who works in the reformed service stays in the same programme as far as its places need it; the others go where
    somebody is missing."""
    staff = world.professionals
    provider = world.providers[j]
    wanted = posts_wanted(world, j)
    there = np.zeros(SLOTS, np.int64)
    for i in range(provider.staff_first, provider.staff_first + provider.staff_slots):
        worker = staff[i]
        if worker.service != IN_REFORM:
            worker.programme = -1
        elif worker.programme >= 0:
            k = worker.programme - j * SLOTS
            if there[k] < wanted[k]:
                there[k] += 1
            else:
                worker.programme = -1
    k = 0
    for i in range(provider.staff_first, provider.staff_first + provider.staff_slots):
        worker = staff[i]
        if worker.service == IN_REFORM and worker.programme < 0:
            while k < SLOTS - 1 and there[k] >= wanted[k]:
                k += 1
            worker.programme = j * SLOTS + k
            there[k] += 1
    first = 0
    for k in range(SLOTS):
        world.programmes[j * SLOTS + k].staff = there[k]
        world.programmes[j * SLOTS + k].duty_first = first
        first = first + there[k]
