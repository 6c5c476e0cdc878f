"""Step 5: managers decide.  They weigh reform, open reformed places, convert crisis beds - or hold back."""

from agents.funder import MAINSTREAM
from agents.manager import PEER_MANAGERS, converts_beds, opens_places, readiness
from agents.provider import consents
from engine.arithmetic import clip01, fixed, unfixed
from engine.chance import bits, share_to_count, uniforms
from engine.lottery import queue_key
from engine.rule import kernel, rule
from model.answers import CONVERSION, OPENING, is_given, number_of
from model.contracts import OPENED, affords, open_lot
from model.conversions import converts, may_convert, places_for
from model.draws import (
    CHOICES,
    CONVERTS_BEDS,
    MONEY_QUEUE,
    OPENS_PLACES,
    ROUNDS_CLOSED,
    ROUNDS_CONVERTED,
    ROUNDS_OPENED,
)
from model.openings import expects_openings, how_often, openings_settle
from model.programmes import the_one_that_grows

READINESS = 0  # column of world.sums: readiness of this month, in fixed point


@rule
def ready_peers(world, j):
    """Mean readiness, last month, of the managers this one talks to; the usual one without ties."""
    total = 0
    ties = 0
    for k in range(PEER_MANAGERS):
        other = world.manager_peers[j, k]
        if other >= 0:
            total = total + fixed(world.managers[other].readiness)
            ties = ties + 1
    return unfixed(total) / ties if ties > 0 else world.parameters[0].readiness_usual


@kernel
def managers_decide(world):
    """5. Managers weigh reform and ask for mainstream money to open places or to convert beds, or hold back; the
    commissioner answers."""
    system = world.system[0]
    p = world.parameters[0]
    providers = world.providers
    n = providers.shape[0]
    for j in range(n):
        chance = readiness(world.managers[j], providers[j], ready_peers(world, j), system.pressure, p)
        world.sums[j, READINESS] = fixed(chance)
    for j in range(n):
        world.managers[j].readiness = clip01(unfixed(world.sums[j, READINESS]))
        luck = bits(system.seed, CHOICES, -1 - system.month, j)[MONEY_QUEUE]
        world.keys[j] = queue_key(luck, 1.0, j)
    part = min(system.scale, 1.0)  # of a city simulated in part, a part, in whole beds and places
    system.would_open = 0.0
    system.would_stop = 0.0
    before = system.month < system.burn_in
    often = how_often(system, p)
    order = world.keys[:n].argsort()  # free money goes first come, first served, in the order of the month's lottery
    for k in range(n):
        j = order[k]
        provider = providers[j]
        manager = world.managers[j]
        if provider.outside:
            continue
        luck = uniforms(system.seed, CHOICES, system.month, j)
        rounds = uniforms(system.seed, CHOICES, -1 - system.month, j)
        lot = share_to_count(p.open_lot * part, rounds[ROUNDS_OPENED])
        lump = share_to_count(p.closure_lump * part, rounds[ROUNDS_CLOSED])
        cost = lot * system.place_month
        converted = places_for(provider, system, lump, p, rounds[ROUNDS_CONVERTED])
        if before:
            expects_openings(world, j, lot, lump, converted)
        asked = lot > 0 and opens_places(manager, often, p, luck[OPENS_PLACES])
        if asked and affords(system, lot, p) and is_given(world, j, number_of(j, OPENING)):
            system.free = system.free - cost
            if before:  # what opens makes up for what stops (programmes, `lots_stop`)
                system.replacing = max(system.replacing - lot, 0)
                continue
            open_lot(world, j, the_one_that_grows(world, j), lot, MAINSTREAM, -1, 0, OPENED)
        asked = not before and converts_beds(manager, consents(provider, p), p, luck[CONVERTS_BEDS])
        if asked and may_convert(world, j, lump, converted) and is_given(world, j, number_of(j, CONVERSION)):
            converts(world, j, lump, converted)
    if before:
        openings_settle(world)
