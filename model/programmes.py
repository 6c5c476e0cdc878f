"""Programmes, lot by lot: they ask for mainstream money, stop, restart, and double running ends.  Used by step 6."""

from agents.funder import DEAD, EMPTY, GRANT_PAID, MAINSTREAM, attention
from agents.provider import closes_programme, restarts, stops_at_grant_end, taken_over
from engine.chance import uniforms
from engine.rule import rule
from model.contracts import affords
from model.draws import IS_DISCONTINUED, IS_TAKEN_OVER, LOTS, RESTARTS, STOPS_AT_END
from model.events import happens
from model.state import CLOSES, DISCONTINUED, MOST_MONTHS, REFUSED, RESTARTED, TAKEN_OVER


@rule
def conversions_end(world):
    """Double running ends: the lump of beds closes and its cost becomes free money as far as it can be cashed."""
    system = world.system[0]
    p = world.parameters[0]
    providers = world.providers
    for j in range(providers.shape[0]):
        provider = providers[j]
        if provider.closing_beds == 0:
            continue
        provider.closing_months = provider.closing_months - 1
        if provider.closing_months > 0:
            continue
        saved = provider.closing_beds * system.bed_month
        cashed = int(saved * p.cashable)
        system.saved = system.saved + cashed
        system.not_saved = system.not_saved + saved - cashed
        system.budget = system.budget - (saved - cashed)
        system.elsewhere = system.elsewhere + saved - cashed
        system.free = system.free + cashed
        provider.crisis_beds = provider.crisis_beds - provider.closing_beds
        happens(world, CLOSES, j, provider.closing_beds)
        provider.closing_beds = 0
        if provider.closing_bridged:
            for i in range(world.lots.shape[0]):
                lot = world.lots[i]
                if lot.provider == j and lot.bridged and lot.state != EMPTY:
                    system.free = system.free - lot.places * system.place_month
                    lot.bridged = 0
            provider.closing_bridged = 0


@rule
def shuts(world, lot):
    """A lot's places are gone; it may restart for a while."""
    provider = world.providers[lot.provider]
    if lot.state == GRANT_PAID:
        provider.reform_grant = provider.reform_grant - lot.places
    else:
        provider.reform_main = provider.reform_main - lot.places
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
    provider = world.providers[lot.provider]
    manager = world.managers[lot.provider]
    luck = uniforms(system.seed, LOTS, system.month, lot.ordinal)[IS_TAKEN_OVER]
    cost = lot.places * system.place_month
    if affords(system, lot.places) and taken_over(manager, provider, attention(lever, p), p, luck):
        system.free = system.free - cost
        lot.promised = 1


@rule
def grant_ends(world, lot, p):
    """The grant is over: promised lots go on with mainstream money unless they stop all the same; others vanish."""
    system = world.system[0]
    luck = uniforms(system.seed, LOTS, system.month, lot.ordinal)[STOPS_AT_END]
    cost = lot.places * system.place_month
    if lot.promised and not stops_at_grant_end(p, luck):
        provider = world.providers[lot.provider]
        provider.reform_grant = provider.reform_grant - lot.places
        provider.reform_main = provider.reform_main + lot.places
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
    have to go, and another takes its place (`lots_are_replaced`)."""
    system = world.system[0]
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if would_stop(world, lot):
            provider = world.providers[lot.provider]
            provider.reform_main = provider.reform_main - lot.places
            system.free = system.free + lot.places * system.place_month


@rule
def lots_are_replaced(world):
    """The places of lots that stopped are there again, for others; managers claim the money as it comes (step 5)."""
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if would_stop(world, lot):
            provider = world.providers[lot.provider]
            provider.reform_main = provider.reform_main + lot.places


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
        lot.months = min(lot.months + 1, MOST_MONTHS)
        provider = world.providers[lot.provider]
        manager = world.managers[lot.provider]
        luck = uniforms(system.seed, LOTS, system.month, lot.ordinal)
        cost = lot.places * system.place_month
        if lot.state == GRANT_PAID:
            lot.left = lot.left - 1
            asks_for_money(world, lot, lever, p)
            if lot.left == 0:
                grant_ends(world, lot, p)
        elif lot.state == MAINSTREAM:
            if lot.bridged == 0 and closes_programme(
                manager.ownership, system.money_pressure, p, luck[IS_DISCONTINUED]
            ):
                system.free = system.free + cost
                happens(world, DISCONTINUED, lot.provider, lot.places)
                shuts(world, lot)
        elif restarts(p, luck[RESTARTS]) and affords(system, lot.places):
            system.free = system.free - cost
            provider.reform_main = provider.reform_main + lot.places
            lot.state = MAINSTREAM
            lot.months = 0
            lot.mended = 1
            happens(world, RESTARTED, lot.provider, lot.places)
        elif lot.months >= p.restart_window:
            lot.state = EMPTY
