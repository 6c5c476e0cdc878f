"""Step 10: peers talk.  Professionals and managers influence those they know, within limits; rivalry comes and goes."""

from agents.professional import IN_OUTREACH, ON_SIDE, PEERS, VACANT, after_peers
from engine.arithmetic import clip01, fixed, unfixed
from engine.rule import kernel, rule


@rule
def colleagues_talk(world):
    """Professionals hear peers as they were before this month's talk, so that the order of rows cannot matter."""
    p = world.parameters[0]
    staff = world.professionals
    for i in range(staff.shape[0]):
        me = staff[i]
        if me.service == VACANT:
            continue
        on_side = 0
        ties = 0
        near = 0
        change = 0
        for k in range(PEERS):
            row = world.peers[i, k]
            if row < 0 or staff[row].service == VACANT:
                continue
            peer = staff[row]
            ties = ties + 1
            if peer.belief >= ON_SIDE:
                on_side = on_side + 1
            if abs(peer.belief - me.belief) <= p.peer_distance:
                near = near + 1
                change = change + fixed(peer.belief) - fixed(peer.habit)
        if ties == 0:
            world.keys[i] = fixed(me.belief)
            continue
        drift = unfixed(change) / near if near > 0 else me.belief - me.habit
        world.keys[i] = fixed(after_peers(me, on_side / ties, drift, p))
    for i in range(staff.shape[0]):
        if staff[i].service != VACANT:
            staff[i].belief = unfixed(world.keys[i])


@rule
def rivalry_moves(world):
    """Rivalry rises in those who applied and lost, more when awards are large, branded or unexplained; convening
    lowers it."""
    system = world.system[0]
    p = world.parameters[0]
    lever = world.levers[system.month]
    age = int(system.month - system.burn_in - lever.start)
    call = system.running and age % int(p.call_every) == 0
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        boss = world.managers[j]
        rivalry = me.rivalry + p.rivalry_fades * (p.rivalry_start - me.rivalry)
        if call and me.applied and not me.awarded:
            unexplained = 1.0 - lever.user_seats
            large = clip01(lever.grant_size / 1500000.0)  # EUR; weights .4, .3, .3 below: assumption
            rivalry = rivalry + p.rivalry_lost * (0.4 * large + 0.3 * lever.branding + 0.3 * unexplained)
        me.rivalry = clip01(rivalry - p.convening_effect * system.convening * boss.trust)


@kernel
def peers_talk(world):
    """10. Professionals and managers influence those they know, within limits; pressure from outside can polarise."""
    colleagues_talk(world)
    rivalry_moves(world)
    providers = world.providers
    sums = world.sums
    for j in range(providers.shape[0]):
        for k in range(4):
            sums[j, k] = 0
    for i in range(world.professionals.shape[0]):
        me = world.professionals[i]
        if me.service == VACANT or me.service == IN_OUTREACH:
            continue
        sums[me.provider, 0] += 1
        sums[me.provider, 1] += fixed(me.belief)
        sums[me.provider, 2] += 1 if me.belief >= ON_SIDE else 0
        sums[me.provider, 3] += fixed(me.strain)
    for j in range(providers.shape[0]):
        me = providers[j]
        staff = sums[j, 0]
        if staff > 0:
            me.belief_mean = clip01(unfixed(sums[j, 1]) / staff)
            me.on_side = sums[j, 2] / staff
            me.strain_mean = clip01(unfixed(sums[j, 3]) / staff)
