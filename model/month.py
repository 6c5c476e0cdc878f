"""The month: an ordered list that is also the code.

 1 the world moves            people, homes, budgets, acute spells, staff            model/world_moves.py
 2 the foundation acts        calls, awards, payments while conditions hold          model/grants.py
 3 people are listened to     or not: meetings, listening cycles, tokenism           model/listening.py
 4 services are redesigned    towards whoever holds power there                      model/redesign.py
 5 managers decide            readiness; open places, convert beds                   model/managing.py
 6 places open and close      lots, take-over, survival, closures, the displaced     model/openings.py
 7 people are referred        and offered places; freed beds fill                    model/referral.py
 8 people live                accept, look, stay, lose, move on, leave, die          model/journeys.py
 9 experience is remembered   trust, voice, strain, belief, ownership                model/experience.py
10 peers talk                 professionals, managers, rivalry                       model/networks.py
11 the month is recorded      accounts and measures                                  model/accounts.py

`MONTH` is that list; `advance(world, n)` is compiled from that very list and runs it n times.
"""

from engine.rule import months
from model.accounts import the_month_is_recorded
from model.experience import experience_is_remembered
from model.grants import the_foundation_acts
from model.journeys import people_live
from model.listening import people_are_listened_to
from model.managing import managers_decide
from model.networks import peers_talk
from model.openings import places_open_and_close
from model.redesign import services_are_redesigned
from model.referral import people_are_referred
from model.room import made_room, room
from model.state import World
from model.world_moves import the_world_moves

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
    the_month_is_recorded,
]


advance = months("advance", MONTH, room, __file__)


def run(world: World, months: int) -> World:
    """`months` more months; the world that comes back has the same people in it, perhaps in larger tables."""
    while months > 0:
        done = advance(world, months)
        months -= done
        if months > 0:
            world = made_room(world)
    return world
