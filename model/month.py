"""The month: an ordered list that is also the code.  One file a step, in model/steps/.

 1 the world moves            people, homes, budgets, staff                          s01_world_moves.py
 2 the foundation acts        calls, awards, payments while conditions hold          s02_foundation_acts.py
 3 people are listened to     or not: meetings, listening cycles, tokenism           s03_listening.py
 4 services are redesigned    towards whoever holds power there                      s04_redesign.py
 5 managers decide            readiness; open places, convert beds                   s05_managers_decide.py
 6 places open and close      lots, take-over, survival, closures, the displaced     s06_places_open_and_close.py
 7 people are referred        and offered places                                     s07_referral.py
 8 people live                fall ill, look, stay, lose, move on, die; beds fill    s08_people_live.py
 9 experience is remembered   trust, strain, belief, ownership; outcomes are seen    s09_experience.py
10 peers talk                 professionals; rivalry between providers               s10_peers_talk.py
11 the month closes           money is paid, the month is observed                   s11_month_closes.py

`MONTH` is that list; `advance(world, n)` runs that very list n times, in machine code.
"""

from engine.months import Months
from model.room import made_room, room
from model.state import World
from model.steps.s01_world_moves import the_world_moves
from model.steps.s02_foundation_acts import the_foundation_acts
from model.steps.s03_listening import people_are_listened_to
from model.steps.s04_redesign import services_are_redesigned
from model.steps.s05_managers_decide import managers_decide
from model.steps.s06_places_open_and_close import places_open_and_close
from model.steps.s07_referral import people_are_referred
from model.steps.s08_people_live import people_live
from model.steps.s09_experience import experience_is_remembered
from model.steps.s10_peers_talk import peers_talk
from model.steps.s11_month_closes import the_month_closes

MONTH = [
    the_world_moves,
    the_foundation_acts,
    people_are_listened_to,
    services_are_redesigned,
    managers_decide,
    places_open_and_close,
    people_are_referred,
    people_live,
    experience_is_remembered,
    peers_talk,
    the_month_closes,
]


advance = Months("advance", MONTH, room, __file__)


def check_room(world: World, months: int) -> None:
    """ValueError if levers, plan or results end before `months` more months: kernels would write past their ends, and
    say nothing."""
    last = min(len(table) for table in (world.levers, world.plan, world.measured, world.ledger, world.flows))
    if int(world.system[0].month) + months > last:
        raise ValueError(f"{months} more months after month {world.system[0].month}, but the tables end with {last}.")


def run(world: World, months: int) -> World:
    """`months` more months; the world that comes back has the same people in it, perhaps in larger tables.  ValueError
    if levers, plan or results end before."""
    check_room(world, months)
    while months > 0:
        done = advance(world, months)
        months -= done
        if months > 0:
            world = made_room(world)
    return world
