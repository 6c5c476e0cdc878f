"""Step 5: managers decide.  They weigh reform, open reformed places, convert crisis beds - or hold back."""

from agents.funder import MAINSTREAM
from agents.manager import PEER_MANAGERS, converts_beds, opens_places, readiness
from agents.provider import consents
from engine.arithmetic import clip01, fixed, unfixed
from engine.chance import bits, share_to_count, uniforms
from engine.lottery import queue_key
from engine.rule import kernel, rule
from model.contracts import CONVERTED, OPENED, affords, open_lot
from model.draws import (
    CHOICES,
    CONVERTS_BEDS,
    MONEY_QUEUE,
    OPENS_PLACES,
    ROUNDS_CLOSED,
    ROUNDS_CONVERTED,
    ROUNDS_OPENED,
)
from model.events import happens
from model.state import CONVERTS

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


@rule
def converts(world, j, lump, luck):
    """A lump of beds is to close: reformed places open now, both are paid until double running ends.

    The new places cost what the beds will free (`cashable`), on average; meanwhile bridge money or free mainstream
    money pays.
    """
    system = world.system[0]
    p = world.parameters[0]
    provider = world.providers[j]
    places = share_to_count(lump * system.bed_month * p.cashable / system.place_month, luck)
    cost = places * system.place_month
    months = max(int(p.double_running), 1)
    if lump == 0 or p.cashable == 0.0 or provider.closing_beds > 0 or provider.crisis_beds - provider.by_right <= lump:
        return
    bridged = 1 if provider.bridge >= cost * months else 0
    if bridged == 0:
        if not affords(system, places):
            return
        system.free = system.free - cost
    provider.closing_beds = lump
    provider.closing_months = months + 1  # this month's step 6 counts already
    provider.closing_bridged = bridged
    if places > 0:
        open_lot(world, j, places, MAINSTREAM, -1, bridged, CONVERTED)
    happens(world, CONVERTS, j, lump)


@kernel
def managers_decide(world):
    """5. Apply or not; shift places and money from crisis to reform, or back; protect staff or press on."""
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
        if lot > 0 and opens_places(manager, p, luck[OPENS_PLACES]) and affords(system, lot):
            system.free = system.free - cost
            if system.month < system.burn_in:
                continue  # before the run what opens makes up for what stops (programmes, `lots_stop`)
            open_lot(world, j, lot, MAINSTREAM, -1, 0, OPENED)
        if system.month >= system.burn_in and converts_beds(manager, consents(provider, p), p, luck[CONVERTS_BEDS]):
            converts(world, j, lump, rounds[ROUNDS_CONVERTED])
