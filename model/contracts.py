"""Grants and lots: how an award, a lot of places and an event come to be.  Used by steps 2, 5 and 6."""

from agents.funder import EMPTY, GRANT_PAID
from agents.provider import towards
from engine.rule import rule
from model.state import OPENS

OPENED, CONVERTED, GRANTED = range(3)  # what a lot opened on


@rule
def happens(world, kind, provider, amount):
    """Write one line into the table of events."""
    system = world.system[0]
    event = world.events[system.events]
    event.kind = kind
    event.month = system.month
    event.provider = provider
    event.amount = amount
    system.events = system.events + 1


@rule
def affordable(system, cost):
    """What the foundation can pay of a cost now, cents: never money it needs for what it has promised."""
    at_hand = system.purse - system.committed + system.ahead
    return min(cost, at_hand) if at_hand > 0 else 0


@rule
def pay(system, cents):
    """Money leaves the purse; money kept idle by decision is used last."""
    system.purse = system.purse - cents
    system.idle = min(system.idle, max(system.purse - system.committed + system.ahead, 0))


@rule
def free_lot(world):
    """A row for a new lot; the table has room (model/month.py looks before every month)."""
    for i in range(world.lots.shape[0]):
        if world.lots[i].state == EMPTY:
            return i
    return -1


@rule
def open_lot(world, provider, places, state, grant, bridged, occasion):
    """A lot of reformed places opens at a provider, paid by a grant or by mainstream money.

    Its number is made of month, provider and occasion (OPENED, CONVERTED, GRANTED + number of the grant), never of a
    counter that a strategy could shift: the same lot has the same luck under every strategy.
    """
    row = free_lot(world)
    lot = world.lots[row]
    system = world.system[0]
    lot.ordinal = ((system.month + 1) << 44) + (provider << 24) + occasion
    lot.provider = provider
    lot.grant = grant
    lot.places = places
    lot.months = 0
    lot.left = 0
    lot.state = state
    lot.promised = 0
    lot.bridged = bridged
    lot.mended = 0
    home = world.providers[provider]
    if state == GRANT_PAID:
        home.reform_grant = home.reform_grant + places
    else:
        home.reform_main = home.reform_main + places
    happens(world, OPENS, provider, places)
    return row


@rule
def blueprint(p, dimension):
    """The blueprint's periphery: best elsewhere, `context_gap` away from local mean wants.

    Direction (assumption): elsewhere means less choice (-.6), less of an ordinary home (-.5), more support (+.62).
    """
    if dimension == 0:
        wanted = p.wants_choice_mean - 0.6 * p.context_gap
    elif dimension == 1:
        wanted = p.wants_home_mean - 0.5 * p.context_gap
    else:
        wanted = p.wants_support_mean + 0.62 * p.context_gap
    return min(max(wanted, 0.0), 1.0)


@rule
def led_design(users, plan, of_users, of_plan, of_providers, heard):
    """One dimension of a design as whoever holds power would have it; what was never heard is filled by convention."""
    voice = heard * of_users + (1.0 - heard) * of_providers
    return users * voice + plan * of_plan + (1.0 - users - plan) * of_providers


@rule
def new_places_bring_their_design(me, grant, places, p):
    """Places that a grant opens start with the design and fidelity of its contract: the service becomes the mixture."""
    old = me.reform_main + me.reform_grant - places
    weight = places / (old + places) if old + places > 0 else 1.0
    users = grant.design_users
    plan = grant.design_blueprint
    choice = led_design(users, plan, me.heard_choice, blueprint(p, 0), me.convention_choice, me.heard)
    home = led_design(users, plan, me.heard_home, blueprint(p, 1), me.convention_home, me.heard)
    support = led_design(users, plan, me.heard_support, blueprint(p, 2), me.convention_support, me.heard)
    me.design_choice = towards(me.design_choice, choice, weight)
    me.design_home = towards(me.design_home, home, weight)
    me.design_support = towards(me.design_support, support, weight)
    start = plan * p.fidelity_blueprint + (1.0 - plan) * p.fidelity_home_grown
    me.fidelity = towards(me.fidelity, start, weight)
