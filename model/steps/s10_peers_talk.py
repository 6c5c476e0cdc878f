"""Step 10: peers talk.  Professionals and managers influence those they know, within limits; rivalry comes and goes."""

from agents.professional import IN_OUTREACH, PEERS, VACANT, after_peers
from agents.provider import rivalry_next
from engine.arithmetic import clip01, fixed, unfixed
from engine.rule import kernel, rule

STAFF, BELIEF, ON_SIDE, STRAIN = range(4)  # columns of world.sums


@rule
def colleagues_talk(world):
    """Professionals hear peers as they were before this month's talk, so that the order of rows cannot matter."""
    p = world.parameters[0]
    staff = world.professionals
    for i in range(staff.shape[0]):
        worker = staff[i]
        if worker.service == VACANT:
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
            if peer.belief >= p.on_side_from:
                on_side = on_side + 1
            if abs(peer.belief - worker.belief) <= p.peer_distance:
                near = near + 1
                change = change + fixed(peer.belief) - fixed(peer.habit)
        if ties == 0:
            world.keys[i] = fixed(worker.belief)
            continue
        drift = unfixed(change) / near if near > 0 else worker.belief - worker.habit
        world.keys[i] = fixed(after_peers(worker, on_side / ties, drift, p))
    for i in range(staff.shape[0]):
        if staff[i].service != VACANT:
            staff[i].belief = unfixed(world.keys[i])


@rule
def rivalry_moves(world):
    """Rivalry rises in those who applied and lost; convening lowers it where the foundation is trusted."""
    system = world.system[0]
    p = world.parameters[0]
    lever = world.levers[system.month]
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        lost = system.call_held and provider.applied == 1 and provider.awarded == 0
        rivalry = rivalry_next(provider, lost, lever, p)
        provider.rivalry = clip01(rivalry - p.convening_effect * system.convening * world.managers[j].trust)


@rule
def providers_know_their_staff(world):
    """Means over the staff of each provider, outreach aside: belief, share on side, strain."""
    p = world.parameters[0]
    sums = world.sums
    for j in range(world.providers.shape[0]):
        for column in (STAFF, BELIEF, ON_SIDE, STRAIN):
            sums[j, column] = 0
    for i in range(world.professionals.shape[0]):
        worker = world.professionals[i]
        if worker.service == VACANT or worker.service == IN_OUTREACH:
            continue
        sums[worker.provider, STAFF] += 1
        sums[worker.provider, BELIEF] += fixed(worker.belief)
        sums[worker.provider, ON_SIDE] += 1 if worker.belief >= p.on_side_from else 0
        sums[worker.provider, STRAIN] += fixed(worker.strain)
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        staff = sums[j, STAFF]
        if staff > 0:
            provider.belief_mean = clip01(unfixed(sums[j, BELIEF]) / staff)
            provider.on_side = sums[j, ON_SIDE] / staff
            provider.strain_mean = clip01(unfixed(sums[j, STRAIN]) / staff)


@kernel
def peers_talk(world):
    """10. Professionals and managers influence those they know, within limits; rivalry comes and goes.  Managers'
    influence on each other is part of step 5 (readiness)."""
    colleagues_talk(world)
    rivalry_moves(world)
    providers_know_their_staff(world)
