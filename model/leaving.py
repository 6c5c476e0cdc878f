"""Who leaves a service, a home or the system: bed, place and key worker are free for others, and the books say so."""

from agents.service_user import CRISIS, DIED, GONE, LEFT, LOOKING, REFORM, SETTLED, UNSERVED
from engine.rule import rule
from model.beds import leaves_bed


@rule
def place_passes(provider, programme, looking, tenants):
    """So many more people (fewer: below 0) look for a home with a programme, and live in it."""
    provider.in_looking = provider.in_looking + looking
    provider.in_reform = provider.in_reform + tenants
    programme.in_looking = programme.in_looking + looking
    programme.in_reform = programme.in_reform + tenants


@rule
def leaves_service(provider, programme, bed_provider, user, month):
    """Bed, place and key worker are free for others.  provider: who serves, in which programme; bed_provider: whose bed
    it is, if any."""
    leaves_bed(bed_provider, user, month)
    if user.situation == LOOKING:
        place_passes(provider, programme, -1, 0)
    elif user.situation == REFORM:
        place_passes(provider, programme, 0, -1)
    user.provider = -1
    user.programme = -1
    user.worker = -1
    user.involved = 0


@rule
def goes(provider, programme, bed_provider, system, user, fate):
    """The row is empty now; everybody who goes is counted; what became of them stands there until it is taken."""
    leaves_service(provider, programme, bed_provider, user, system.month)
    user.situation = GONE
    user.fate = fate
    system.living = system.living - 1
    if fate == DIED:
        system.died = system.died + 1
    elif fate == LEFT:
        system.left = system.left + 1
    else:
        system.out_of_sight = system.out_of_sight + 1


@rule
def moves(provider, programme, bed_provider, user, situation, month):
    """Leave the present situation for one outside the services: hidden, unserved or settled."""
    leaves_service(provider, programme, bed_provider, user, month)
    user.situation = situation
    user.months = 0


@rule
def gives_up_looking(provider, programme, user):
    """The search for a home ends: on in the bed that was kept."""
    place_passes(provider, programme, -1, 0)
    user.programme = -1
    user.provider = user.bed_provider
    user.situation = CRISIS if user.bed_provider >= 0 else UNSERVED
    user.worker = -1
    user.months = 0


@rule
def changes_home(provider, programme, system, user):
    """The home is lost or left and the place kept: the programme looks for another one."""
    place_passes(provider, programme, 1, -1)
    system.changed_home = system.changed_home + 1
    user.situation = LOOKING
    user.months = 0


@rule
def is_rehoused(provider, programme, system, user):
    """Another home for a tenant, one of those that the programme has: the month's supply is not touched."""
    place_passes(provider, programme, -1, 1)
    system.rehoused = system.rehoused + 1
    user.situation = REFORM
    user.months = 0
    user.homeless = 0
    user.housed_on = system.month


@rule
def gets_home(provider, programme, bed_provider, system, user):
    """A secure tenancy: with support for those who looked with the reformed service, without it for the others."""
    system.homes_used = system.homes_used + 1
    system.waited = system.waited + user.homeless
    if user.situation == LOOKING:
        leaves_bed(bed_provider, user, system.month)
        place_passes(provider, programme, -1, 1)
        user.situation = REFORM
        user.months = 0
        system.moved_in = system.moved_in + 1
    else:
        moves(provider, programme, bed_provider, user, SETTLED, system.month)
        system.moved_on = system.moved_on + 1
    user.homeless = 0
    user.housed_on = system.month


@rule
def finds_own_home(provider, programme, bed_provider, system, user):
    """A home found alone at the end of a fast stay: ordinary, so that a return is possible."""
    system.found_home = system.found_home + 1
    moves(provider, programme, bed_provider, user, SETTLED, system.month)
    user.homeless = 0
    user.housed_on = system.month


@rule
def loses_home_or_comes_back(provider, programme, bed_provider, user, month):
    """The home is gone, and the place where one was kept between two homes; whoever loses one goes first for a bed this
    month, and is on the street if there is none."""
    leaves_service(provider, programme, bed_provider, user, month)
    user.situation = UNSERVED
    user.returned = 1
