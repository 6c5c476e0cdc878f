"""The housed: people in a home of their own, out of touch with services.  They stay counted, however long ago it was.

Nothing but death, an acute spell and a return can happen to them, so that their month is short.  Used by step 8.
"""

from agents.service_user import COMES_BACK, DIED, HOUSED, acute_next, dies, month_housed
from engine.batch_draws import BLOCK, deal, gather, hands
from engine.chance import bits, uniform
from engine.lottery import queue_key
from engine.rule import rule
from model.draws import DIES, IS_ACUTE, LEAVES, LIFE, LOSER_QUEUE, QUEUES
from model.leaving import goes, loses_home_or_comes_back


@rule
def the_housed_live(world):
    """A month of the housed; who comes back stands from the end of world.rows and world.keys.  Returns how many do."""
    system = world.system[0]
    p = world.parameters[0]
    users = world.users
    groups = world.groups
    nobody = world.providers[world.providers.shape[0] - 1]  # nobody serves or hosts them
    rows = world.by_situation[world.by_situation.shape[0] - system.apart :]
    room = world.rows.shape[0]
    life = hands()
    back = 0
    for first in range(0, rows.shape[0], BLOCK):
        n = gather(users, rows, first, life)
        deal(system.seed, LIFE, system.month, n, life)
        for k in range(n):
            i = rows[first + k]
            user = users[i]
            group = groups[user.group]
            user.was = HOUSED
            user.acute = acute_next(user, p, uniform(life[IS_ACUTE, k]))
            if dies(user, group, p, uniform(life[DIES, k])):
                goes(nobody, nobody, system, user, DIED)
            elif month_housed(user, group, p, uniform(life[LEAVES, k])) == COMES_BACK:
                system.returned = system.returned + 1
                system.housed = system.housed - 1
                loses_home_or_comes_back(nobody, nobody, user)
                back = back + 1
                luck = bits(system.seed, QUEUES, system.month, user.id)[LOSER_QUEUE]
                world.keys[room - back] = queue_key(luck, 1.0, user.id)
                world.rows[room - back] = i
    return back
