"""Conversions: a lump of crisis beds closes and reformed places open in their stead.  Used by steps 5 and 6."""

from agents.funder import EMPTY, MAINSTREAM
from engine.chance import share_to_count
from engine.rule import rule
from model.contracts import CONVERTED, affords, open_lot
from model.emergency import beds_go, cost_of_beds
from model.events import happens
from model.programmes import the_one_that_grows
from model.state import CLOSES, CONVERTS


@rule
def places_for(provider, system, lump, p, luck):
    """Reformed places that a lump of beds will pay for once it is closed (`cashable`), on average."""
    return share_to_count(cost_of_beds(provider, system, lump) * p.cashable / system.place_month, luck)


@rule
def double_running(p):
    """Months for which both are paid."""
    return max(int(p.double_running), 1)


@rule
def is_bridged(world, j, places):
    """Whether bridge money pays all of double running."""
    return world.providers[j].bridge >= places * world.system[0].place_month * double_running(world.parameters[0])


@rule
def may_convert(world, j, lump, places):
    """Whether there are beds enough at provider j, none closing already, places that these beds will pay for, and money
    for double running: bridge money, or free mainstream money."""
    provider = world.providers[j]
    if lump == 0 or places == 0 or provider.closing_beds > 0:
        return False
    if provider.crisis_beds - provider.by_right <= lump:
        return False
    return is_bridged(world, j, places) or affords(world.system[0], places, world.parameters[0])


@rule
def converts(world, j, lump, places):
    """A lump of beds is to close: reformed places open now, both are paid until double running ends."""
    system = world.system[0]
    provider = world.providers[j]
    bridged = 1 if is_bridged(world, j, places) else 0
    if bridged == 0:
        system.free = system.free - places * system.place_month
    provider.closing_beds = lump
    provider.closing_months = double_running(world.parameters[0]) + 1  # this month's step 6 counts already
    provider.closing_bridged = bridged
    open_lot(world, j, the_one_that_grows(world, j), places, MAINSTREAM, -1, bridged, CONVERTED)
    happens(world, CONVERTS, j, lump)


@rule
def lump_closes(world, j, beds):
    """A lump of beds closes, those first that were left for good or bought under pressure, and its cost becomes free
    money as far as it can be cashed."""
    system = world.system[0]
    provider = world.providers[j]
    saved = cost_of_beds(provider, system, beds)
    cashed = int(saved * world.parameters[0].cashable)
    system.saved = system.saved + cashed
    system.not_saved = system.not_saved + saved - cashed
    system.budget = system.budget - (saved - cashed)
    system.elsewhere = system.elsewhere + saved - cashed
    system.free = system.free + cashed
    beds_go(provider, beds)
    provider.left_empty = max(provider.left_empty - beds, 0)
    happens(world, CLOSES, j, beds)


@rule
def conversions_end(world):
    """Double running ends: the lump of beds closes."""
    system = world.system[0]
    providers = world.providers
    for j in range(providers.shape[0]):
        provider = providers[j]
        if provider.closing_beds == 0:
            continue
        provider.closing_months = provider.closing_months - 1
        if provider.closing_months > 0:
            continue
        lump_closes(world, j, provider.closing_beds)
        provider.closing_beds = 0
        if provider.closing_bridged:
            for i in range(world.lots.shape[0]):
                lot = world.lots[i]
                if lot.provider == j and lot.bridged and lot.state != EMPTY:
                    system.free = system.free - lot.places * system.place_month
                    lot.bridged = 0
            provider.closing_bridged = 0
