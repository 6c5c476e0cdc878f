"""Lots: places of a programme that open and close together.  They ask for mainstream money, stop and restart.  Used by
step 6."""

from agents.funder import DEAD, EMPTY, GRANT_PAID, MAINSTREAM
from agents.manager import asks_for_takeover
from agents.programme import closes_programme, restarts, stops_at_grant_end
from engine.chance import uniforms
from engine.rule import rule
from model.answers import is_given
from model.contracts import STOPPED, affords, new_lot
from model.draws import ASKS_FOR_TAKEOVER, IS_DISCONTINUED, LOTS, RESTARTS, STOPS_AT_END
from model.events import happens
from model.programmes import places_change
from model.state import DISCONTINUED, MOST_MONTHS, REFUSED, RESTARTED, TAKEN_OVER


@rule
def shuts(world, lot):
    """A lot's places are gone; it may restart for a while."""
    if lot.state == GRANT_PAID:
        places_change(world, lot.programme, 0, -lot.places)
    else:
        places_change(world, lot.programme, -lot.places, 0)
    lot.state = DEAD
    lot.months = 0
    lot.grant = -1
    lot.promised = 0


@rule
def asks_for_money(world, lot, p):
    """A grant-paid lot asks for mainstream money for the day its money ends; what is promised is reserved."""
    system = world.system[0]
    if lot.promised or lot.left > int(p.takeover_months):
        return
    manager = world.managers[lot.provider]
    luck = uniforms(system.seed, LOTS, system.month, lot.ordinal)[ASKS_FOR_TAKEOVER]
    cost = lot.places * system.place_month
    asked = affords(system, lot.places, p) and asks_for_takeover(manager, p, luck)
    if asked and is_given(world, lot.provider, lot.ordinal):
        system.free = system.free - cost
        lot.promised = 1


@rule
def grant_ends(world, lot, p):
    """The grant is over: promised lots go on with mainstream money unless they stop all the same; others vanish."""
    system = world.system[0]
    luck = uniforms(system.seed, LOTS, system.month, lot.ordinal)[STOPS_AT_END]
    cost = lot.places * system.place_month
    if lot.promised and not stops_at_grant_end(p, luck):
        places_change(world, lot.programme, lot.places, -lot.places)
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
def would_stop(world, lot):
    """Whether this lot would be discontinued this month if the run had begun."""
    luck = uniforms(world.system[0].seed, LOTS, world.system[0].month, lot.ordinal)[IS_DISCONTINUED]
    ownership = world.managers[lot.provider].ownership
    pressure = world.system[0].money_pressure
    return lot.state == MAINSTREAM and closes_programme(ownership, pressure, world.parameters[0], luck)


@rule
def lots_stop(world):
    """Before the run places stand as the place counts them: where a lot would stop, its money comes free and its people
    have to go, and another takes its place (`lots_are_replaced`).  What stopped stays in the books for a while, so that
    the run begins with as many lots that may restart as there always are."""
    system = world.system[0]
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if would_stop(world, lot):
            places_change(world, lot.programme, -lot.places, 0)
            system.free = system.free + lot.places * system.place_month
            system.replacing = system.replacing + lot.places
            stopped = STOPPED + i  # i: the row of what takes its place
            new_lot(world, lot.provider, lot.programme, lot.places, DEAD, -1, 0, stopped)


@rule
def stopped_lots_wait(world):
    """Before the run: lots that stopped restart as they would later, their money with them, and make up for what stops;
    or they wait no longer."""
    system = world.system[0]
    p = world.parameters[0]
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if lot.state != DEAD:
            continue
        lot.months = lot.months + 1
        if wants_to_restart(world, lot):
            system.free = system.free - lot.places * system.place_month
            system.replacing = max(system.replacing - lot.places, 0)
            lot.state = EMPTY
        elif lot.months >= p.restart_window:
            lot.state = EMPTY


@rule
def wants_to_restart(world, lot):
    """Whether a lot that stopped asks to restart this month, there is money for it, and the commissioner agrees."""
    system = world.system[0]
    luck = uniforms(system.seed, LOTS, system.month, lot.ordinal)[RESTARTS]
    return (
        affords(system, lot.places, world.parameters[0])
        and restarts(world.parameters[0], luck)
        and is_given(world, lot.provider, lot.ordinal)
    )


@rule
def lots_are_replaced(world):
    """The places of lots that stopped are there again, for others; managers claim the money as it comes (step 5)."""
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if would_stop(world, lot):
            places_change(world, lot.programme, lot.places, 0)


@rule
def lots_live(world):
    """Survival of programmes: asking, grant end, discontinuation and restart, lot by lot."""
    system = world.system[0]
    p = world.parameters[0]
    lots = world.lots
    for i in range(lots.shape[0]):
        if lots[i].state == EMPTY:
            continue
        lot = lots[i]
        lot.months = min(lot.months + 1, MOST_MONTHS)
        manager = world.managers[lot.provider]
        luck = uniforms(system.seed, LOTS, system.month, lot.ordinal)
        cost = lot.places * system.place_month
        if lot.state == GRANT_PAID:
            lot.left = lot.left - 1
            asks_for_money(world, lot, p)
            if lot.left == 0:
                grant_ends(world, lot, p)
        elif lot.state == MAINSTREAM:
            if lot.bridged == 0 and closes_programme(
                manager.ownership, system.money_pressure, p, luck[IS_DISCONTINUED]
            ):
                system.free = system.free + cost
                happens(world, DISCONTINUED, lot.provider, lot.places)
                shuts(world, lot)
        elif wants_to_restart(world, lot):
            system.free = system.free - cost
            places_change(world, lot.programme, lot.places, 0)
            lot.state = MAINSTREAM
            lot.months = 0
            lot.mended = 1
            happens(world, RESTARTED, lot.provider, lot.places)
        elif lot.months >= p.restart_window:
            lot.state = EMPTY
