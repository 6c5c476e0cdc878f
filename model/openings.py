"""How often managers ask to open places: before the run so often that as many open as stop.  Used by step 5.

No city publishes it.  Without this a place's reformed service would shrink or grow from month 0 on, whoever acts; with
it, `open_rate` says how often managers ask where nothing else is known (`opens_settle` 0).
"""

from agents.funder import DEAD, MAINSTREAM
from agents.manager import asks_to_convert, asks_to_open
from agents.programme import stops
from agents.provider import consents
from engine.rule import rule
from model.answers import usual_answer
from model.contracts import affords
from model.conversions import may_convert


@rule
def expected_to_stop(world):
    """Mainstream places that stop this month, less those that restart, in the mean."""
    p = world.parameters[0]
    pressure = world.system[0].money_pressure
    places = 0.0
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if lot.state == MAINSTREAM:
            places = places + lot.places * stops(world.managers[lot.provider].ownership, pressure, p)
        elif lot.state == DEAD:
            places = places - lot.places * p.restart * usual_answer(world, lot.provider)
    return places


@rule
def expects_openings(world, j, lot, lump, converted):
    """What manager j, whose turn it is, would open this month at `open_rate`, and what would be converted, in the mean:
    places, if there is money for them now.  lot, converted: places in one of each; lump: beds in a conversion."""
    system = world.system[0]
    p = world.parameters[0]
    manager = world.managers[j]
    yes = usual_answer(world, j)
    if lot > 0 and affords(system, lot, p):
        system.would_open = system.would_open + lot * asks_to_open(manager, 1.0, p) * yes
    if may_convert(world, j, lump, converted):
        asked = asks_to_convert(manager, consents(world.providers[j], p), p)
        system.would_stop = system.would_stop - converted * asked * yes


@rule
def how_often(system, p):
    """How often managers ask this month, as a multiple of `open_rate`: as usual; before the run more often while places
    that stopped wait for others in their stead, so that these come within about a year."""
    if system.month >= system.burn_in or p.opens_settle == 0.0 or system.opens_expected == 0.0:
        return system.opens_usual
    return system.opens_usual + system.replacing / 12.0 / system.opens_expected


@rule
def openings_settle(world):
    """How often managers ask, as a multiple of `open_rate`, if as many places are to open as stop, both in the mean of
    about the last year; `open_least` at the least."""
    system = world.system[0]
    p = world.parameters[0]
    if p.opens_settle == 0.0:
        return
    system.would_stop = system.would_stop + expected_to_stop(world)
    system.opens_expected = system.opens_expected + (system.would_open - system.opens_expected) / 12.0
    system.stops_expected = system.stops_expected + (system.would_stop - system.stops_expected) / 12.0
    if system.opens_expected > 0.0:
        system.opens_usual = max(system.stops_expected / system.opens_expected, p.open_least)
