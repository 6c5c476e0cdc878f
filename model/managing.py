"""Step 5: managers decide.  They weigh reform, open reformed places, convert crisis beds - or hold back."""

from agents.funder import MAINSTREAM
from agents.manager import CHOICES, PEER_MANAGERS, converts_beds, opens_places, readiness
from engine.arithmetic import clip01, fixed, unfixed
from engine.chance import bits, queue_key, uniforms
from engine.rule import kernel, rule
from model.contracts import CONVERTED, OPENED, happens, open_lot
from model.state import CONVERTS


@rule
def ready_peers(world, j):
    """Mean readiness, last month, of the managers this one talks to; .3 (nobody's push) for somebody without ties."""
    total = 0
    ties = 0
    for k in range(PEER_MANAGERS):
        other = world.manager_peers[j, k]
        if other >= 0:
            total = total + fixed(world.managers[other].readiness)
            ties = ties + 1
    return unfixed(total) / ties if ties > 0 else 0.3


@rule
def converts(world, j, lump):
    """A lump of beds is to close: reformed places open now, both are paid until double running ends.

    The new places cost what the beds will free (`cashable`); meanwhile bridge money or free mainstream money pays.
    """
    system = world.system[0]
    p = world.parameters[0]
    me = world.providers[j]
    freed = int(lump * system.bed_month * p.cashable)
    places = freed // system.place_month
    cost = places * system.place_month
    months = max(int(p.double_running), 1)
    if places == 0 or me.closing_beds > 0 or me.crisis_beds <= lump:
        return
    bridged = 1 if me.bridge >= cost * months else 0
    if bridged == 0:
        if system.free < cost:
            return
        system.free = system.free - cost
    me.closing_beds = lump
    me.closing_months = months + 1  # this month's step 6 counts already
    me.closing_bridged = bridged
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
        world.sums[j, 0] = fixed(chance)
    for j in range(n):
        world.managers[j].readiness = clip01(unfixed(world.sums[j, 0]))
        _, luck, _, _ = bits(system.seed, CHOICES, -1 - system.month, j)
        world.keys[j] = queue_key(luck, 1.0, j)
    lump = max(int(p.closure_lump * min(system.scale, 1.0) + 0.5), 1)
    lot = max(int(p.open_lot * min(system.scale, 1.0) + 0.5), 1)
    order = world.keys[:n].argsort()  # free money goes first come, first served, in the order of the month's lot
    for k in range(n):
        j = order[k]
        me = providers[j]
        boss = world.managers[j]
        if me.outside or system.month < system.burn_in:
            continue
        _, _, to_open, to_convert = uniforms(system.seed, CHOICES, system.month, j)
        cost = lot * system.place_month
        if opens_places(boss, p, to_open) and system.free >= cost:
            system.free = system.free - cost
            open_lot(world, j, lot, MAINSTREAM, -1, 0, OPENED)
        consent = clip01(1.0 - p.unionisation * (1.0 - me.on_side))
        if converts_beds(boss, consent, p, to_convert):
            converts(world, j, lump)
