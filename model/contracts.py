"""Contracts: what the foundation can pay, and how a lot of reformed places opens.  Used by steps 2, 5 and 6."""

from agents.funder import EMPTY, GRANT_PAID, blueprint
from agents.programme import places_of
from agents.provider import towards
from engine.rule import rule
from model.events import happens
from model.programmes import places_change
from model.state import OPENS

MONTH_BITS, PROVIDER_BITS = 44, 24  # where month and provider begin in the number of a lot
OPENED, CONVERTED, GRANTED = range(3)  # what a lot opened on
STOPPED = 3 << 22  # what a lot stopped on before the run: above all numbers of grants and of plans


@rule
def affordable(system, cost):
    """What the foundation can pay of a cost now, cents: never money it needs for what it has promised.

    Between two calls it may pay in advance what comes for grants before the next (`ahead`), so that its purse can be
    below zero for some months, by less than that.  It never owes more than comes in.
    """
    at_hand = system.purse - system.committed + system.ahead
    return min(cost, at_hand) if at_hand > 0 else 0


@rule
def pay(system, cents):
    """Money leaves the purse; money kept idle by decision is used last."""
    system.purse = system.purse - cents
    system.idle = min(system.idle, max(system.purse - system.committed + system.ahead, 0))


@rule
def affords(system, places, p):
    """Whether free mainstream money is enough for these places.

    Of a city simulated in so small a part that a lot (`open_lot`) is less than one place, lots come whole and more
    seldom.  Of their last place only the part is asked for; what it costs more is paid from what comes free next.
    """
    last = system.scale if p.open_lot * system.scale < 1.0 else 1.0
    return system.free >= (places - 1 + last) * system.place_month


@rule
def free_lot(world):
    """A row for a new lot; the table has room (model/month.py looks before every month)."""
    for i in range(world.lots.shape[0]):
        if world.lots[i].state == EMPTY:
            return i
    return -1


@rule
def number_of_lot(month, j, occasion):
    """A lot's number is made of month, provider and occasion (OPENED, CONVERTED, GRANTED + number of the grant, STOPPED
    + row of the lot that takes its place, PLANNED_LOT + number in the month), never of a counter that a strategy could
    shift: the same lot has the same luck under every strategy."""
    return ((month + 1) << MONTH_BITS) + (j << PROVIDER_BITS) + occasion


@rule
def new_lot(world, j, programme, places, state, grant, bridged, occasion):
    """A lot in the first free row, which is returned.  programme: its row."""
    row = free_lot(world)
    lot = world.lots[row]
    lot.ordinal = number_of_lot(world.system[0].month, j, occasion)
    lot.provider = j
    lot.programme = programme
    lot.grant = grant
    lot.places = places
    lot.months = 0
    lot.left = 0
    lot.state = state
    lot.promised = 0
    lot.bridged = bridged
    lot.mended = 0
    return row


@rule
def open_lot(world, j, programme, places, state, grant, bridged, occasion):
    """A lot of places opens in a programme (row) of provider j, paid by a grant or by mainstream money, on this
    occasion."""
    row = new_lot(world, j, programme, places, state, grant, bridged, occasion)
    if state == GRANT_PAID:
        places_change(world, programme, 0, places)
    else:
        places_change(world, programme, places, 0)
    happens(world, OPENS, j, places)
    return row


@rule
def led_design(users, plan, of_users, of_plan, of_providers, heard):
    """One dimension of a design as whoever holds power would have it; what was never heard is filled by convention."""
    voice = heard * of_users + (1.0 - heard) * of_providers
    return users * voice + plan * of_plan + (1.0 - users - plan) * of_providers


@rule
def new_places_bring_their_design(programme, provider, grant, places, p):
    """Places that a grant opens start with the design and fidelity of its contract: a programme that begins has it, one
    that goes on becomes the mixture."""
    old = places_of(programme) - places
    weight = places / (old + places) if old + places > 0 else 1.0
    users = grant.design_users
    plan = grant.design_blueprint
    choice = led_design(users, plan, provider.heard_choice, blueprint(p, 0), provider.convention_choice, provider.heard)
    home = led_design(users, plan, provider.heard_home, blueprint(p, 1), provider.convention_home, provider.heard)
    support = led_design(
        users, plan, provider.heard_support, blueprint(p, 2), provider.convention_support, provider.heard
    )
    programme.design_choice = towards(programme.design_choice, choice, weight)
    programme.design_home = towards(programme.design_home, home, weight)
    programme.design_support = towards(programme.design_support, support, weight)
    start = plan * p.fidelity_blueprint + (1.0 - plan) * p.fidelity_home_grown
    programme.fidelity = towards(programme.fidelity, start, weight)
