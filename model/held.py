"""Stocks held before the run: month 0 is the place's own count.

In every month of the burn-in newcomers make up what hidden and unserved people lack (model/steps/s01_world_moves.py,
`newcomers`), crisis beds fill and reformed places fill by themselves, and everything that no city counts settles: ages
of stays, minds, ties, histories.  In its last month the counts of hidden and unserved people are made up to the person:
a few come or leave, a few change between street and friends.  Used by step 8.
"""

import numpy as np

from agents.service_user import HIDDEN, LEFT, UNSERVED
from engine.chance import bits, uniforms
from engine.lottery import queue_key
from engine.rule import rule
from model.draws import BIRTH, GROUPING, HELD, WANTS, WHO_CHANGES
from model.leaving import goes, moves
from model.steps.s01_world_moves import ORDINALS, is_born


@rule
def drawn_by_lot(world, situation, wanted):
    """Rows of `wanted` people in this situation (of all if there are fewer), by lottery."""
    system = world.system[0]
    rows = np.empty(system.present, np.int64)
    keys = np.empty(system.present, np.int64)
    found = 0
    for i in world.by_situation[: system.present]:
        user = world.users[i]
        if user.situation == situation:
            rows[found] = i
            keys[found] = queue_key(bits(system.seed, HELD, system.month, user.id)[WHO_CHANGES], 1.0, user.id)
            found = found + 1
    return rows[:found][keys[:found].argsort()][: max(wanted, 0)]


@rule
def counted(world, situation):
    """People in this situation now."""
    found = 0
    for i in world.by_situation[: world.system[0].present]:
        found = found + (1 if world.users[i].situation == situation else 0)
    return found


@rule
def one_more_comes(world):
    """A newcomer with friends, in the first empty row."""
    system = world.system[0]
    user = world.users[world.by_situation[system.present]]
    identity = (system.month + 1) * ORDINALS + system.arrivals
    birth = uniforms(system.seed, BIRTH, 0, identity)
    wants = uniforms(system.seed, WANTS, 0, identity)
    grouping = uniforms(system.seed, GROUPING, 0, identity)
    is_born(user, identity, world.groups, world.parameters[0], birth, wants, grouping)
    user.situation = HIDDEN
    system.arrivals = system.arrivals + 1
    system.present = system.present + 1
    system.living = system.living + 1


@rule
def counts_are_made_up(world):
    """Hidden and unserved people as the place counts them, to the person: who is missing comes, then some change
    between street and friends, then whoever is too many leaves, all from friends."""
    system = world.system[0]
    nobody = world.providers[world.providers.shape[0] - 1]  # neither serves nor hosts anybody here
    nothing = world.programmes[world.programmes.shape[0] - 1]
    missing = system.hidden_start + system.rough_start - counted(world, HIDDEN) - counted(world, UNSERVED)
    for _ in range(min(missing, world.by_situation.shape[0] - system.present)):
        one_more_comes(world)
    surplus = counted(world, UNSERVED) - system.rough_start
    leaving, to = (UNSERVED, HIDDEN) if surplus > 0 else (HIDDEN, UNSERVED)
    for i in drawn_by_lot(world, leaving, abs(surplus)):
        moves(nobody, nothing, nobody, world.users[i], to, system.month)
    for i in drawn_by_lot(world, HIDDEN, counted(world, HIDDEN) - system.hidden_start):
        goes(nobody, nothing, nobody, system, world.users[i], LEFT)
