"""The slow twin: the same model on plain Mesa agents, an object for each person, post, manager, provider,
programme, grant, lot.

It is the oracle for loops, order, lotteries, queues, bookkeeping and compilation, and for every rule of the service
user: these are written a second time, from their meaning (second_reading.py; here what a month does with people, homes,
beds and places).  Rules of professionals, managers, providers and funder are the model's one text, run here as plain
Python on objects; draws and arithmetic are compiled.  All that is counted from month's end to month's end is counted
here from sets of ids, and lists of homes and stays.  Instead of arrays, keys, cut-offs and row numbers there are lists,
sorted(...) and references.  Where the model reuses a row, the twin makes a new object, so that a stale reference would
show.

    twin = Twin(starting_point(...))     # copies the starting point; leaves it alone
    twin.step()                          # one month
    differences(world, twin)             # [] if the model, run as many months, lived the same lives
"""

import math
from collections import Counter
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import mesa  # type: ignore[import-untyped]
import numpy as np

from agents import funder, manager, professional, programme, provider
from agents import service_user as user
from engine.arithmetic import clip01, exp, fixed, log, logistic, unfixed
from engine.chance import STEP, bits, poisson, share_to_count, uniforms
from engine.lottery import queue_key
from evidence.strata import MOST_GROUPS
from model import contracts, draws
from model.measures import MEASURES
from model.state import EVENTS, FROM, LEDGER, TO, World
from model.steps import s01_world_moves as world_moves
from model.steps import s02_foundation_acts as grants
from model.steps import s03_listening as listening
from model.steps import s04_redesign as redesign
from model.steps import s09_experience as experience
from tests.twin import second_reading as reading
from tests.twin import second_reading_power as power

SERVED = (user.CRISIS, user.LOOKING, user.REFORM)
WITHOUT = (user.HIDDEN, user.UNSERVED, user.CRISIS, user.LOOKING)  # a home
AT_HOME = (user.REFORM, user.SETTLED, user.HOUSED)
ENDS = {user.DIED: "died", user.LEFT: "left", user.OUT_OF_SIGHT: "out of sight"}
WITHIN = (6, 12, 24)  # months
ORDINALS = 1 << 22  # newcomers a month at most
PLANNED_LOT = 1 << 22  # number of a planned lot's occasion: above those of grants
FLOWS = [
    *(
        "moved_on",
        "moved_in",
        "rehoused",
        "changed_home",
        "lost",
        "returned",
        "died",
        "arrivals",
        "left",
        "referred",
        "offers",
        "refused",
    ),
    *("bed_offers", "bed_refused", "turned_away", "displaced", "took_part", "found_home"),
]
# Columns of a person that are compared with what the twin's lists and sets say; `bed_until` the model alone needs.
OTHERWISE = ("was", "seen", "housed_on", "joined", "bed_until")
REFERENCES = {
    "worker",
    "provider",
    "programme",
    "bed_provider",
    "grant",
}  # -1 or a row in the model; None or an object here


def plain(row: Any) -> dict[str, Any]:
    """One record as Python numbers."""
    return {name: row[name].item() for name in row.dtype.names}


class Thing(mesa.Agent):
    """An agent with the fields of its record."""

    def __init__(self, model: "Twin", row: int, fields: dict[str, Any]) -> None:
        super().__init__(model)
        self.row = row
        self.__dict__.update(fields)


class Professional(Thing):
    """One post, and who is in it."""


class Manager(Thing):
    """Leads a provider."""


class Grant(Thing):
    """A contract between foundation and provider."""


class Programme(Thing):
    """A reformed service of a provider."""

    provider: "Provider"

    @property
    def places(self) -> int:
        return self.places_main + self.places_grant

    @property
    def free(self) -> int:
        return max(self.places - self.in_looking - self.in_reform, 0)

    def changes(self, main: int, grant: int) -> None:
        """So many more places, by who pays."""
        self.places_main += main
        self.places_grant += grant
        self.provider.reform_main += main
        self.provider.reform_grant += grant

    def takes(self, looking: int, tenants: int) -> None:
        """So many more people."""
        for books in (self, self.provider):
            books.in_looking += looking
            books.in_reform += tenants


class Provider(Thing):
    """An organisation; knows its manager, its posts and its programmes."""

    boss: Manager
    staff: list[Professional]
    programmes: list[Programme]

    @property
    def free_places(self) -> int:
        return max(self.reform_main + self.reform_grant - self.in_reform - self.in_looking, 0)

    def on_duty(self, luck: float) -> Professional | None:
        """Anybody who works in the crisis service here."""
        there = [worker for worker in self.staff if worker.service == professional.IN_CRISIS]
        return there[int(luck * len(there))] if there else None

    def key_worker(self, programme: Programme, luck: float) -> Professional | None:
        """Anybody who works in this programme; if nobody does, in any other, programme by programme."""
        teams = {one: [worker for worker in self.staff if worker.programme is one] for one in self.programmes}
        there = teams[programme] or [worker for team in teams.values() for worker in team]
        return there[int(luck * len(there))] if there else None

    @property
    def best_to_grow(self) -> Programme:
        """Where a manager opens places: the best by a year's results, or the largest, which also wins where all are
        alike."""
        model = self.model
        by_size = sorted(self.programmes, key=lambda one: -one.places)  # the first of equals first
        if not power.asks_for_results(model.p, model.draw(draws.READS, self.row)[draws.GROWS_BEST]):
            return by_size[0]

        def results(one: Programme) -> float:
            old = model.system.month >= one.began + 12 and one.in_reform > 0
            return float(one.success if old else model.p.expected_success)

        most = max([results(one) for one in self.programmes if one.places > 0], default=0.0)
        if results(by_size[0]) >= most:
            return by_size[0]
        return next(one for one in self.programmes if one.places > 0 and results(one) == most)

    def offers(self, me: "Person") -> Programme:
        """Of several with a free place the one for which most speaks."""
        able = [one for one in self.programmes if one.free > 0]
        if len(able) == 1:
            return able[0]
        free = sum(one.free for one in able)
        return max(able, key=lambda one: reading.prefers(me, one, one.free / free, self.model.p))

    def room_for_grant(self) -> tuple[Programme, bool]:
        """The programme for a new grant's places, and whether it is new."""
        for one in self.programmes[1:]:
            if one.places_grant > 0:
                return one, False
        for one in self.programmes[1:]:
            used = any(lot.programme is one and lot.state != funder.EMPTY for lot in self.model.lots)
            used = used or any(it.programme is one and it.state == funder.OPEN for it in self.model.grants)
            if not used and one.places == one.in_reform == one.in_looking == 0:
                return one, True
        return max(self.programmes, key=lambda one: one.began), False

    def staff_take_programmes(self) -> None:
        """By places, in whole posts; who is needed where they are stays."""
        teams: dict[Programme, list[Professional]] = {}
        total, so_far, given = sum(one.places for one in self.programmes), 0, 0
        for one in self.programmes:
            so_far += one.places
            upto = math.floor(Fraction(self.staff_reform * so_far, total) + Fraction(1, 2)) if total else 0
            wanted, given = (upto - given, upto) if total else (self.staff_reform * (one is self.programmes[0]), 0)
            here = [me for me in self.staff if me.programme is one and me.service == professional.IN_REFORM]
            teams[one] = here[:wanted]
            one.wanted = wanted
        settled = {me for team in teams.values() for me in team}
        for me in self.staff:
            if me not in settled:
                me.programme = None
                if me.service == professional.IN_REFORM:
                    short = (one for one in self.programmes if len(teams[one]) < one.wanted)
                    me.programme = next(short, self.programmes[-1])
                    teams[me.programme].append(me)
        first = 0
        for one in self.programmes:
            one.staff, one.duty_first = len(teams[one]), first
            first += one.staff


class Lot(Thing):
    """Some places that open and close together."""

    @property
    def cost(self) -> int:
        return self.places * self.model.system.place_month

    def shuts(self) -> None:
        if self.state == funder.GRANT_PAID:
            self.programme.changes(0, -self.places)
        else:
            self.programme.changes(-self.places, 0)
        self.state, self.months, self.grant, self.promised = funder.DEAD, 0, None, 0


class Person(Thing):
    """Somebody who uses the service."""

    def draw(self, group: int) -> tuple[float, float, float, float]:
        return uniforms(self.model.system.seed, group, self.model.system.month, self.id)

    def whole_draw(self, group: int) -> tuple[int, int, int, int]:
        return bits(self.model.system.seed, group, self.model.system.month, self.id)

    def in_queue(self, group: int, which: int, weight: float = 1.0) -> int:
        return queue_key(self.whole_draw(group)[which], weight, self.id)

    def leaves_bed(self) -> None:
        if self.bed_provider:
            self.bed_provider.in_crisis -= 1
            self.bed_provider = None
            self.left_bed = True

    def leaves_service(self) -> None:
        self.leaves_bed()
        if self.situation == user.LOOKING:
            self.programme.takes(-1, 0)
        elif self.situation == user.REFORM:
            self.programme.takes(0, -1)
        self.provider = self.programme = self.worker = None
        self.involved = 0
        self.between_homes = False

    def moves(self, situation: int) -> None:
        self.leaves_service()
        self.situation, self.months = situation, 0

    def goes(self, fate: int) -> None:
        self.leaves_service()
        system = self.model.system
        self.model.gone[self.id] = fate
        if fate == user.DIED:
            system.died += 1
        elif fate == user.LEFT:
            system.left += 1
        else:
            system.out_of_sight += 1
        del self.model.people[self]
        self.remove()

    def is_housed(self) -> None:
        """Out of touch with services, in a home of one's own."""
        self.leaves_service()
        self.situation, self.months, self.homeless = user.HOUSED, 0, 0
        del self.model.people[self]
        self.model.housed[self] = None

    @property
    def rate(self) -> Any:
        """Rates of this person's group."""
        return self.model.groups[self.group]

    def finds_bed(self) -> bool:
        """A free bed, from a provider drawn by lottery on; else unserved.  A tenant in a spell only wants a bed."""
        luck = self.draw(draws.STAY)
        providers = self.model.providers
        start = int(luck[draws.WHOSE_BED] * len(providers))
        for found in providers[start:] + providers[:start]:
            if found.in_crisis < found.crisis_beds - found.left_empty:
                found.in_crisis += 1
                self.bed_provider = found
                self.had_bed = True
                if not self.programme:
                    self.provider, self.situation, self.months = found, user.CRISIS, 0
                    self.fast = int(reading.stays_briefly(self, self.model.p, luck[draws.FAST_OR_SLOW]))
                    self.worker = found.on_duty(luck[draws.KEY_WORKER])
                return True
        if not self.programme:
            self.situation, self.provider, self.months = user.UNSERVED, None, 0
        return False

    def gives_up_looking(self) -> None:
        """Back to the bed, if there is one."""
        self.programme.takes(-1, 0)
        self.programme = None
        self.provider, self.situation = self.bed_provider, user.CRISIS if self.bed_provider else user.UNSERVED
        self.worker, self.months, self.between_homes = None, 0, False

    def gets_home(self) -> None:
        """One of the month's homes: with support for who looked, else without."""
        system = self.model.system
        system.homes_used += 1
        system.waited += self.homeless
        if self.situation == user.LOOKING:
            self.leaves_bed()
            self.programme.takes(-1, 1)
            self.situation, self.months = user.REFORM, 0
            system.moved_in += 1
        else:
            self.moves(user.SETTLED)
            system.moved_on += 1
        self.has_home()

    def has_home(self) -> None:
        self.homeless = 0
        self.model.home_got[self.id] = self.model.system.month

    def changes_home(self) -> None:
        """Another home is looked for, without a bed and in the same place."""
        system = self.model.system
        self.programme.takes(1, -1)
        self.situation, self.months, self.between_homes = user.LOOKING, 0, True
        system.changed_home += 1

    def is_rehoused(self) -> None:
        """By the programme, in a home that another tenant left: the month's homes are for others."""
        self.programme.takes(-1, 1)
        self.situation, self.months, self.between_homes = user.REFORM, 0, False
        self.model.system.rehoused += 1
        self.has_home()


class Twin(mesa.Model):
    """One service system; `step` is a month, in the order of model/month.py."""

    def __init__(self, world: World) -> None:
        super().__init__(rng=0)
        self.p = SimpleNamespace(**plain(world.parameters[0]))
        self.levers = [SimpleNamespace(**plain(row)) for row in world.levers]
        self.plan = [SimpleNamespace(**plain(row)) for row in world.plan]
        self.system = SimpleNamespace(**plain(world.system[0]))
        self.measured: list[Any] = []
        self.ledger: list[Any] = []
        self.events: list[tuple[int, str, int, int]] = []
        self.gone: dict[int, int] = {}  # what became of those who went in the latest month, by number
        self.died_at_home: set[int] = set()  # of them, the housed who died
        self.housed: dict[Person, None] = {}
        self.groups = [SimpleNamespace(**plain(row)) for row in world.groups]
        self.home_got: dict[int, int] = {}  # month in which somebody last got a home, by number
        self.came_back: list[tuple[int, int]] = []  # (month in which it was got, how long ago that was) lost one
        self.flows: list[Counter[tuple[str, str]]] = []
        self.without: list[set[int]] = []  # who had no home at the end of each month
        self.between: set[int] = set()  # of them, at the end of the latest month, who was between two of the programme
        self.staff = [Professional(self, i, plain(row)) for i, row in enumerate(world.professionals)]
        self.managers = [Manager(self, j, plain(row)) for j, row in enumerate(world.managers)]
        self.providers = [Provider(self, j, plain(row)) for j, row in enumerate(world.providers)]
        self.programmes = [Programme(self, i, plain(row)) for i, row in enumerate(world.programmes)]
        self.lots = [Lot(self, i, plain(row)) for i, row in enumerate(world.lots) if row["state"] != funder.EMPTY]
        self.grants: list[Grant] = []
        self.lucky: set[Person] = set()  # who won a home this month and lived to take it
        self.people = {
            Person(self, -1, plain(row)): None for row in world.users if row["situation"] != user.GONE
        }  # a dict, to be left from anywhere
        for me, boss, peers in zip(self.providers, self.managers, world.manager_peers, strict=True):
            me.boss = boss
            me.staff = self.staff[me.staff_first : me.staff_first + me.staff_slots]
            boss.peers = [self.managers[j] for j in peers if j >= 0]
            me.programmes = [one for one in self.programmes if one.provider == me.row]
        for one in self.programmes:
            one.provider = self.providers[one.provider]
        for worker, peers in zip(self.staff, world.peers, strict=True):
            worker.provider = self.providers[worker.provider]
            worker.programme = self.programmes[worker.programme] if worker.programme >= 0 else None
            worker.peers = [self.staff[i] for i in peers if i >= 0]
        self.outreach = self.staff[self.system.outreach_first :]
        for lot in self.lots:
            lot.provider, lot.grant = self.providers[lot.provider], None
            lot.programme = self.programmes[lot.programme]
        for me in self.people:
            me.provider = self.providers[me.provider] if me.provider >= 0 else None
            me.programme = self.programmes[me.programme] if me.programme >= 0 else None
            me.bed_provider = self.providers[me.bed_provider] if me.bed_provider >= 0 else None
            me.worker = self.staff[me.worker] if me.worker >= 0 else None
            me.had_bed, me.left_bed = me.bed_from != user.NEVER, me.bed_until != user.NEVER
            me.between_homes = me.situation == user.LOOKING and me.housed_on >= me.joined
            me.is_new = False
        self.home_got |= {me.id: me.housed_on for me in self.people if me.housed_on != user.NEVER}
        self.ended = self.lived = self.living()
        self.stays = {me.id: me.bed_from for me in self.people if me.bed_provider}  # month in which each began

    def living(self) -> dict[int, int]:
        """How everybody lives now, by number."""
        return {me.id: me.situation for me in [*self.people, *self.housed]}

    def step(self) -> None:
        self.lever = self.levers[self.system.month]
        self.book = SimpleNamespace(**dict.fromkeys(LEDGER.fields, 0))
        self.gone, self.died_at_home = {}, set()
        self.lived = self.ended
        self.the_world_moves()
        self.the_foundation_acts()
        self.people_are_listened_to()
        self.services_are_redesigned()
        self.managers_decide()
        self.places_open_and_close()
        self.people_are_referred()
        self.people_live()
        self.experience_is_remembered()
        self.peers_talk()
        self.the_month_closes()

    # --- what several steps use ---------------------------------------------------------------------------------------

    def draw(self, group: int, number: int) -> tuple[float, float, float, float]:
        """Four draws of this month for what is not a person."""
        return uniforms(self.system.seed, group, self.system.month, number)

    def happens(self, kind: str, me: Provider | None, amount: int) -> None:
        self.events.append((self.system.month, kind, me.row if me else -1, amount))

    def pays_up_to(self, cost: int) -> int:
        """Pay as far as unpromised money reaches; idle money goes last."""
        system = self.system
        paid = min(cost, max(system.purse - system.committed + system.ahead, 0))
        system.purse -= paid
        system.idle = min(system.idle, max(system.purse - system.committed + system.ahead, 0))
        return paid

    def overhead(self, euros: float) -> tuple[int, float]:
        due = int(euros * 100.0 * self.system.scale)
        paid = self.pays_up_to(due)
        return paid, paid / due if due > 0 else 1.0

    @property
    def part(self) -> float:
        """How much of each provider is simulated."""
        return min(self.system.scale, 1.0)

    def commissioner_has(self, places: int) -> bool:
        """Free mainstream money for so many places; in so small a part of a city that lots are rounded up to a place,
        of the last one only for the part that is simulated."""
        price = self.system.place_month
        missing = 1.0 - self.system.scale if self.p.open_lot < 1.0 / self.system.scale else 0.0
        return self.system.free >= places * price - missing * price

    def pays_for_one(self, euros: float) -> int:
        """What a single application, award or grant costs."""
        return self.pays_up_to(int(euros * 100.0 * self.part))

    @property
    def cycle(self) -> int:
        """Cents of one listening cycle."""
        p = self.p
        houses = self.providers[:-1]
        clients = sum(me.in_crisis + me.in_reform + me.in_looking for me in houses)
        euros = len(houses) * self.part * p.cost_cycle_provider + clients * p.listening_room * p.cost_cycle_person
        return int(euros * (1.0 + p.independence_cost * self.lever.independence) * 100.0)

    @property
    def month_for_grants(self) -> int:
        """Cents a month that are left for grants once overheads are planned."""
        p, lever = self.p, self.lever
        planned = lever.convening * p.cost_convening + lever.campaign * p.cost_campaign
        planned += lever.user_seats * p.cost_seats / int(p.call_every)
        planned = planned * 100.0 * self.system.scale + lever.listening / 12.0 * self.cycle
        return max(int(self.system.income * grants.share_for_grants(lever)) - int(planned), 0)

    def reuse(self, things: list[Any], free: int, kind: type[Thing], fields: dict[str, Any]) -> Any:
        """A new object in the first place of the list that is free, or at its end."""
        row = next((i for i, thing in enumerate(things) if thing.state == free), len(things))
        things[row : row + 1] = [kind(self, row, fields)]
        return things[row]

    def opens_lot(
        self, where: Programme, places: int, state: int, grant: Grant | None, bridged: int, occasion: int
    ) -> None:
        me = where.provider
        ordinal = ((self.system.month + 1) << 44) + (me.row << 24) + occasion
        fields = {"ordinal": ordinal, "provider": me, "programme": where, "grant": grant, "places": places, "months": 0}
        fields |= {
            "left": grant.left if grant else 0,
            "state": state,
            "promised": 0,
            "bridged": bridged,
            "mended": 0,
        }
        self.reuse(self.lots, funder.EMPTY, Lot, fields)
        if state == funder.GRANT_PAID:
            where.changes(0, places)
        else:
            where.changes(places, 0)
        self.happens("opens places", me, places)

    @property
    def months_running(self) -> int:
        return int(self.system.month - self.system.burn_in - self.lever.start)

    # --- 1 ------------------------------------------------------------------------------------------------------------

    def the_world_moves(self) -> None:
        system, p = self.system, self.p
        luck = self.draw(draws.COMMISSION, 0)
        plan = self.plan[system.month]
        system.homes = system.homes_left + share_to_count(plan.homes * system.scale, luck[draws.ROUNDS_SUPPLY])
        system.homes_left = 0
        given = len(self.lucky)  # last month
        system.homes_recent += (given - system.homes_recent) / 12.0
        if system.month <= system.burn_in:
            system.homes_usual = system.homes_recent
        expected = plan.inflow * system.scale
        if system.month < system.burn_in:
            there = sum(me.situation in (user.HIDDEN, user.UNSERVED) for me in self.people)
            counted = system.hidden_start + system.rough_start
            system.arrivals = max(int(expected + 0.5) + counted - there, 0)
        else:
            factor = reading.arrivals_factor(p, system.homes_recent, system.homes_usual)
            system.arrivals = poisson(expected * factor, luck[draws.ARRIVALS])
        system.homes_used = system.died = system.left = system.out_of_sight = system.elsewhere = system.growth = 0
        system.found_home = system.housed_died = system.to_rivals = system.claims = system.agreed = 0
        if system.month > system.burn_in:
            system.growth = int(system.base_spend * (plan.budget + p.austerity) / 12.0)
            free = power.left_by_rivals(system.free, system.growth, self.kept_from_rivals(), p)
            system.elsewhere = system.to_rivals = system.free + system.growth - free
            system.budget += system.growth - system.elsewhere
            system.free = free
        self.prices_move(plan)
        for me in self.people:
            me.acute, me.is_new = reading.is_ill(me, p, me.draw(draws.LIFE)[draws.IS_ACUTE]), False
        for ordinal in range(system.arrivals):
            self.people[self.newcomer((system.month + 1) * ORDINALS + ordinal)] = None
        for worker in self.staff:
            if worker.service != professional.VACANT:
                worker.tenure = min(worker.tenure + 1, 32000)
                of_post = self.draw(draws.POST, worker.row)
                if professional.leaves_post(worker, p, of_post[draws.LEAVES_POST]):
                    self.is_hired(worker, professional.comes_from_sector(p, of_post[draws.FROM_SECTOR]))

    def kept_from_rivals(self) -> int:
        """For places that stopped: before the run all that nothing has made up for; later those missing in the plan."""
        system = self.system
        missing = system.replacing
        if system.month >= system.burn_in:
            planned = int(self.plan[system.month - 1].places * system.scale + 0.5)
            missing = max(planned + system.replacing - sum(me.reform_main for me in self.providers), 0)
        return power.kept_from_rivals(missing, system, self.p)

    def prices_move(self, plan: Any) -> None:
        """From one price to another the budget follows for whatever it pays: beds, and places that are paid or promised
        from mainstream money."""
        system = self.system
        before = system.bed_month, system.by_right_month, system.emergency_month, system.place_month
        system.bed_month = round(self.p.crisis_cost * 100.0 / 12.0 * plan.bed_price)
        system.by_right_month = round(system.bed_month * self.p.by_right_price)
        system.emergency_month = round(system.bed_month * self.p.emergency_price)
        system.place_month = round(self.p.reform_cost * 100.0 / 12.0 * plan.place_price)
        if system.month >= system.burn_in:
            beds = sum(me.crisis_beds - me.by_right - me.emergency for me in self.providers)
            by_right = sum(me.by_right for me in self.providers)
            dear = sum(me.emergency for me in self.providers)
            paid = sum(lot.places for lot in self.lots if lot.state == funder.MAINSTREAM and not lot.bridged)
            paid += sum(lot.places for lot in self.lots if lot.state == funder.GRANT_PAID and lot.promised)
            now = system.bed_month, system.by_right_month, system.emergency_month, system.place_month
            amounts = zip((beds, by_right, dear, paid), now, before, strict=True)
            self.budget_follows(sum(many * (dear - cheap) for many, dear, cheap in amounts))

    def budget_follows(self, cents: int) -> None:
        """What a plan brings is growth; what it takes goes elsewhere."""
        self.system.budget += cents
        self.system.growth += max(cents, 0)
        self.system.elsewhere += max(-cents, 0)

    def newcomer(self, identity: int) -> Person:
        birth, wants, of_group = (
            uniforms(self.system.seed, group, 0, identity) for group in (draws.BIRTH, draws.WANTS, draws.GROUPING)
        )
        me = Person(self, -1, dict.fromkeys(user.USER.fields, 0) | reading.nature(self.p, birth, wants))
        me.id, me.group = identity, self.group_of(of_group[draws.GROUP_OF])
        me.kind = reading.kind(me.need, self.p, of_group[draws.KIND_OF])
        me.worker = me.provider = me.programme = me.bed_provider = None
        me.joined, me.is_new = user.NEVER, True
        me.had_bed = me.left_bed = me.between_homes = False
        return me

    def group_of(self, luck: float) -> int:
        """The first group up to which the shares of those who arrive add up to more than the draw."""
        below = 0.0
        for row, group in enumerate(self.groups):
            below += group.share
            if luck < below:
                return row
        return len(self.groups) - 1

    def is_hired(self, worker: Professional, from_sector: bool) -> None:
        world_moves.is_hired(worker, self.p, self.system.seed, self.system.month, worker.row, from_sector)

    # --- 2 ------------------------------------------------------------------------------------------------------------

    def the_foundation_acts(self) -> None:
        system, p, lever = self.system, self.p, self.lever
        system.income = system.listening = system.call_held = 0
        system.convening = system.campaign = system.user_seats = system.spotlight = system.relief = 0.0
        for me in self.providers:
            me.contact = me.tables = me.training = me.burden = 0.0
            me.design_users = me.design_blueprint = me.fidelity_required = me.branding = 0.0
            me.condition_metrics = me.condition_partnership = me.progress_checks = 0.0
            me.grant_month = me.open_grants = me.fakes = 0
        for one in self.programmes:
            one.design_users = one.design_blueprint = one.fidelity_required = one.implementation = 0.0
            one.grant_month = 0
        system.running = 1 if grants.is_running(system, lever) else 0
        system.seats_shown *= system.running
        if system.running:
            self.programme_runs()
            if grants.share_for_grants(lever) > 0.0 and self.months_running % int(p.call_every) == 0:
                self.calls()
        else:  # what is left of money for places is nobody's any more
            system.ahead = 0
            system.committed -= system.kept_for_places
            system.kept_for_places = 0
        self.grants_are_paid()
        for one in self.programmes:
            spend = p.grant_reach * one.places * system.place_month
            one.intensity = one.grant_month / (one.grant_month + spend) if one.grant_month > 0 else 0.0
        for me in self.providers:
            me.relief = system.relief
            spend = p.grant_reach * (me.reform_main + me.reform_grant) * system.place_month
            me.intensity = me.grant_month / (me.grant_month + spend) if me.grant_month > 0 else 0.0
            gives = system.running and grants.share_for_grants(self.lever) > 0.0
            hoped = system.in_sight if me.applied and gives else 0
            in_sight = hoped / (hoped + spend) if hoped > 0 else 0.0
            me.incentive = clip01(p.incentive_call * in_sight + me.intensity)
            hours = me.burden * p.staff_cost * 100.0 / 12.0 * (me.staff_crisis + me.staff_reform)
            self.book.provider_hours += int(hours)

    def programme_runs(self) -> None:
        system, p, lever, book = self.system, self.p, self.lever, self.book
        system.income = int(lever.budget * system.base_spend)
        system.purse += system.income
        cycle = self.cycle
        came = self.month_for_grants
        system.ahead = max(system.ahead - came, 0) if came else 0
        elsewhere = lever.share_spotlight, lever.share_top_up, lever.share_homes
        unspent = 1.0 - grants.share_for_grants(lever)
        for share in elsewhere:
            unspent = unspent - share
        system.idle += int(system.income * unspent)
        book.foundation_convening, reached = self.overhead(lever.convening * p.cost_convening)
        system.convening = lever.convening * reached
        book.foundation_campaign, reached = self.overhead(lever.campaign * p.cost_campaign)
        system.campaign = lever.campaign * reached
        age = self.months_running
        if lever.listening > 0.0 and int((age + 1) * lever.listening / 12.0) > int(age * lever.listening / 12.0):
            book.foundation_listening = self.pays_up_to(cycle)
            reached = book.foundation_listening / cycle if cycle > 0 else 1.0
            system.listening = 1 if reached > 0.5 else 0
            self.happens("listening", None, book.foundation_listening)
        shown, eased, homes = (self.pays_up_to(int(share * system.income)) for share in elsewhere)
        book.foundation_spotlight, book.foundation_top_up, book.foundation_homes = shown, eased, homes
        if system.base_spend > 0:
            system.spotlight = clip01(p.spotlight_reach * 1000.0 * shown / system.base_spend)
        staff = sum(me.staff_crisis + me.staff_reform for me in self.providers)
        system.relief = clip01(eased * 12.0 / (staff * p.staff_cost * 100.0)) if staff > 0 else 0.0
        bought, system.homes_fund = divmod(system.homes_fund + homes, int(p.cost_homes * 100.0))
        system.homes += bought

    def calls(self) -> None:
        """Applications in the order of providers, then awards one by one to the best that is left; all of it only when
        there is money for one grant."""
        system, p, lever, book = self.system, self.p, self.lever, self.book
        income = self.month_for_grants
        size = int(12.0 * income / (lever.grants_per_provider * (len(self.providers) - 1)))
        ahead = min(int(p.call_every), int(lever.duration) - self.months_running) - 1
        system.ahead = max(ahead, 0) * income

        proof = int(lever.verification * p.cost_verification * 100.0 * self.part)

        def affordable() -> int:
            at_hand = max(system.purse - system.committed - system.idle + system.ahead, 0)
            return at_hand // (size + proof) if size else 0

        if not affordable():
            return
        system.call_held = 1
        book.foundation_seats, reached = self.overhead(lever.user_seats * p.cost_seats)
        seats = system.user_seats = system.seats_shown = reached * lever.user_seats
        for me in self.providers:
            me.applied = me.faked = me.awarded = 0
            if me.outside:
                continue
            luck = self.draw(draws.CHOICES, me.row)
            to_detect = self.draw(draws.PANEL, me.row * 64 + 63)[draws.DETECTS_FAKE]
            short = power.missing(lever.condition_partnership, me.partnership)
            if not power.answers_call(me.boss, short, p, luck[draws.APPLIES]):
                continue
            fakes = power.lies(short, lever.verification, p, luck[draws.FAKES_PARTNERSHIP])
            book.foundation_assessment += self.pays_for_one(p.cost_application)
            book.provider_hours += int(p.application_hours * 100.0 * self.part)
            me.contact = min(12.0, me.contact + 12.0 * p.seats_contact * seats)
            if fakes and funder.detects_fake(lever, p, to_detect):
                self.happens("fake detected", me, 0)
                continue
            me.applied = 1
            me.faked = 1 if fakes else 0
        hopeful = sum(me.applied for me in self.providers)
        system.in_sight = income // hopeful if hopeful else 0
        awards = dict.fromkeys(self.providers, 0)
        for k in range(affordable()):
            of_award = self.draw(draws.PANEL, -1 - k)
            if of_award[draws.OUTSIDE_PILOT] < lever.site_outside:
                best = self.providers[-1]
            else:
                points = {}
                for me in self.providers:
                    if me.applied and awards[me] < p.awards_most:
                        luck = self.draw(draws.PANEL, me.row * 64 + k % 63)[draws.SCORE]
                        seen = funder.willingness_seen(me.boss, me, p)
                        short = power.missing(lever.condition_partnership, me.partnership)
                        liked = funder.score(seen, me, me.stuck, 0.0, lever, p, luck)
                        points[me] = liked - power.doubt(short, me.faked, p) - p.award_again * awards[me]
                if not points:
                    break
                best = max(points, key=lambda me: points[me])  # the first of equals, as dicts keep their order
            awards[best] += 1
            book.foundation_verification += self.pays_up_to(proof)
            self.signs(best, size, best.faked)

    def signs(self, me: Provider, amount: int, fake: int) -> None:
        system, p, lever = self.system, self.p, self.lever
        term = max(int(lever.grant_term), 1)
        whole = grants.share_for_grants(lever)
        a_month = amount / (term * whole)
        money = {
            "involvement": int(a_month * lever.share_involvement),
            "training": int(a_month * lever.share_training),
            "bridge": int(a_month * lever.share_bridge),
            "implementation": int(a_month * lever.share_implementation),
        }
        kept = system.kept_for_places
        places, system.kept_for_places = divmod(
            kept + int(lever.share_places * a_month * term), term * system.place_month
        )
        system.committed += system.kept_for_places - kept
        money["places"] = places * system.place_month
        due = sum(money.values())
        total = due * term
        terms = {
            "month": due,
            "total": total,
            "paid": 0,
            "lot_places": places,
            "design_users": lever.design_users,
            "design_blueprint": lever.design_blueprint,
            "fidelity_required": lever.fidelity_required,
            "branding": lever.branding,
            "condition_partnership": lever.condition_partnership,
            "condition_metrics": lever.condition_metrics,
            "progress_checks": lever.progress_checks,
            "verification": lever.verification,
            "provider": me,
            "programme": None,
            "ordinal": system.grants_made,
            "wait": int(p.opening_lag + p.opening_lag_users * lever.design_users),
            "left": term,
            "months": 0,
            "state": funder.WAITING,
            "fake": fake,
        }
        self.reuse(self.grants, funder.CLOSED, Grant, money | terms)
        system.grants_made += 1
        system.committed += total
        me.awarded = me.reached = 1
        me.boss.known = funder.knows_after_award(me.boss, lever, p)
        self.happens("award", me, total)

    def grants_are_paid(self) -> None:
        system, p, book = self.system, self.p, self.book
        for grant in self.grants:
            me = grant.provider
            if grant.state == funder.WAITING:
                if grant.wait > 0:
                    grant.wait -= 1
                    continue
                grant.state = funder.OPEN
                grant.programme = max(me.programmes, key=lambda one: one.places)
                if grant.lot_places > 0:
                    where, new = me.room_for_grant()
                    if new:
                        where.began, where.of_grant = system.month, 1
                        where.loss_rate, where.success = me.loss_rate, me.success
                    grant.programme = where
                    occasion = contracts.GRANTED + grant.ordinal
                    self.opens_lot(where, grant.lot_places, funder.GRANT_PAID, grant, 0, occasion)
                    contracts.new_places_bring_their_design(where, me, grant, grant.lot_places, p)
                    crowded_out = min(int(p.crowd_out * grant.places), max(system.free, 0))
                    system.free -= crowded_out
                    system.budget -= crowded_out
                    system.elsewhere += crowded_out
            if grant.state != funder.OPEN:
                continue
            luck = self.draw(draws.LISTENS, grant.ordinal)[draws.HOLDS_PAYMENT]
            book.foundation_checks += self.pays_for_one(grant.progress_checks * p.cost_check)
            due = grant.month
            grant.months += 1
            if power.holds(grant, me, p, luck):
                due = grant.places
                self.happens("payment held", me, grant.month - due)
            else:
                me.bridge += grant.bridge
                book.foundation_bridge += grant.bridge
                book.foundation_involvement += grant.involvement
                book.foundation_training += grant.training
                book.foundation_implementation += grant.implementation
                grants.works_here(system, me, grant.programme, grant, p)
            book.foundation_places += grant.places
            grant.paid += due
            system.purse -= due
            system.committed -= grant.month
            grant.left -= 1
            if grant.left == 0:
                grant.state = funder.CLOSED

    # --- 3 ------------------------------------------------------------------------------------------------------------

    def people_are_listened_to(self) -> None:
        system, p, lever = self.system, self.p, self.lever
        heard = self.hears()
        for me in self.providers:
            voice = p.voice_mean
            many, *sums = (unfixed(sum(fixed(one[k]) for one in heard[me])) for k in range(5))
            if many > 0.0:
                choice, home, support, voices = (total / many for total in sums)
                listening.takes_in(me, many, choice, home, support, self.part, p)
                voice = clip01(voices + p.voice_power * me.design_users)
            me.voice_heard = power.voice_there(me.boss, me, voice, p)
            me.obstacle_known = max(me.obstacle_known - 1, 0)
            if system.listening and not me.outside:
                luck = self.draw(draws.LISTENS, -1 - me.row)[draws.FINDS_OBSTACLE]
                me.contact = min(12.0, me.contact + 12.0 * p.listening_contact)
                me.boss.known = funder.knows_after_listening(me.boss, lever, p)
                if funder.finds_obstacle(lever, p, luck):
                    me.obstacle_known = int(p.obstacle_memory)
                    self.happens("obstacle found", me, me.obstacle)
        self.rounds_end()

    def hears(self) -> dict[Provider, list[tuple[float, float, float, float, float]]]:
        """What each provider's users would say: how likely each is heard, and, as much of it, choice, home, support and
        voice."""
        system, p = self.system, self.p
        rooms = {me: listening.room_to_speak(me, system, self.lever, p) for me in self.providers}
        heard: dict[Provider, list[tuple[float, float, float, float, float]]] = {me: [] for me in self.providers}
        system.took_part = 0
        if all(room <= 0.0 for room, _ in rooms.values()):
            return heard
        for me in self.people:
            if me.situation not in SERVED:
                continue
            room, fair = rooms[me.provider]
            if room <= 0.0:
                continue
            luck, of_carer = me.draw(draws.SPEAK)[draws.TAKES_PART], me.draw(draws.STAY)[draws.CARER_SPEAKS]
            chance = reading.likely_heard(me, room, fair, p)
            said = (*reading.what_is_said(me, p, of_carer), me.voice)
            heard[me.provider].append((chance, *(chance * one for one in said)))
            if reading.is_heard(me, room, fair, p, luck):
                me.involved = 1
                system.took_part += 1
        self.book.users_hours += int(system.took_part * p.user_hours * 100.0)
        return heard

    def rounds_end(self) -> None:
        ended = {}
        for me in self.providers:
            if me.round_months > 0:
                me.round_months += 1
                if me.round_months > self.p.round_months:
                    me.round_months = 0
                    used = [one for one in me.programmes if one.places > 0 or one is me.programmes[0]]
                    near = all(listening.is_near(me, one, self.p) for one in used)
                    ended[me] = near or me.acted >= self.p.round_enough
                    self.happens("acted on" if ended[me] else "tokenism", me, 0)
                    if not ended[me]:
                        me.boss.weariness = clip01(me.boss.weariness + self.p.weariness_gain)
        if ended:
            for me in self.people:
                if me.involved and me.provider in ended:
                    me.involved = 0
                    me.voice, me.trust = reading.after_a_round(me, ended[me.provider], self.p)

    # --- 4 ------------------------------------------------------------------------------------------------------------

    def services_are_redesigned(self) -> None:
        system, p = self.system, self.p
        system.money_pressure = funder.money_pressure(system.free, system.budget, p)
        plan = funder.blueprint(p, 0), funder.blueprint(p, 1), funder.blueprint(p, 2)
        for me in self.providers:
            me.resistance = redesign.resists(me, system, p)
            me.effort = provider.effort_next(me, p)
            me.reported = provider.reported_next(me, p)
            me.partnership = power.partners(me.boss, me, p)
            me.acted = power.has_acted(me, p)
            for one in me.programmes:
                if one.places > 0 or one is me.programmes[0]:
                    moved = power.redesigns(one, me, p, plan)
                    if one.places > 0:
                        one.fidelity = programme.fidelity_next(one, me.resistance, me.effort, moved, p)

    # --- 5 ------------------------------------------------------------------------------------------------------------

    def managers_decide(self) -> None:
        system, p = self.system, self.p
        ready = []
        for me in self.providers:
            known = me.boss.peers
            peers = unfixed(sum(fixed(other.readiness) for other in known)) / len(known) if known else p.readiness_usual
            ready.append(unfixed(fixed(manager.readiness(me.boss, me, peers, system.pressure, p))))
        for boss, readiness in zip(self.managers, ready, strict=True):
            boss.readiness = clip01(readiness)

        def by_lottery(me: Provider) -> int:
            luck = bits(system.seed, draws.CHOICES, -1 - system.month, me.row)[draws.MONEY_QUEUE]
            return queue_key(luck, 1.0, me.row)

        before = system.month < system.burn_in
        often = system.opens_usual
        if before and p.opens_settle and system.opens_expected > 0.0:  # what waits is replaced within about a year
            often = often + system.replacing / 12.0 / system.opens_expected
        system.would_open = system.would_stop = 0.0
        for me in sorted(self.providers, key=by_lottery):
            if me.outside:
                continue
            luck = self.draw(draws.CHOICES, me.row)
            rounds = uniforms(system.seed, draws.CHOICES, -1 - system.month, me.row)
            lot = share_to_count(p.open_lot * self.part, rounds[draws.ROUNDS_OPENED])
            lump = share_to_count(p.closure_lump * self.part, rounds[draws.ROUNDS_CLOSED])
            cost = lot * system.place_month
            places = share_to_count(
                self.price_of_closing(me, lump) * p.cashable / system.place_month, rounds[draws.ROUNDS_CONVERTED]
            )
            if before:
                self.expects(me, lot, lump, places)
            asked = lot and luck[draws.OPENS_PLACES] < power.wants_to_open(me.boss, often, p)
            if asked and self.commissioner_has(lot) and self.commissioner_agrees(me, -1 - 2 * me.row):
                system.free -= cost
                if before:  # it makes up for what stops
                    system.replacing = max(system.replacing - lot, 0)
                else:
                    self.opens_lot(me.best_to_grow, lot, funder.MAINSTREAM, None, 0, contracts.OPENED)
            if not before and manager.converts_beds(me.boss, provider.consents(me, p), p, luck[draws.CONVERTS_BEDS]):
                self.converts(me, lump, places)
        if before and p.opens_settle:
            self.openings_settle()

    def expects(self, me: Provider, lot: int, lump: int, places: int) -> None:
        """Places that this manager would open and convert this month, in the mean, if there is money."""
        system, p = self.system, self.p
        agrees = power.yes(me, system, p)
        if lot and self.commissioner_has(lot):
            system.would_open += lot * power.wants_to_open(me.boss, 1.0, p) * agrees
        if self.may_convert(me, lump, places):
            consent = provider.consents(me, p)
            system.would_stop -= places * (p.convert_rate * me.boss.readiness * consent) * agrees

    def openings_settle(self) -> None:
        """So often that as many places open as stop for good, each in the mean of about the last year."""
        system, p = self.system, self.p
        stopping = 0.0
        for lot in self.lots:
            if lot.state == funder.MAINSTREAM:
                stopping += lot.places * power.stops(lot.provider.boss, system.money_pressure, p)
            elif lot.state == funder.DEAD:
                stopping -= lot.places * p.restart * power.yes(lot.provider, system, p)
        system.would_stop += stopping
        system.opens_expected += (system.would_open - system.opens_expected) / 12.0
        system.stops_expected += (system.would_stop - system.stops_expected) / 12.0
        if system.opens_expected > 0.0:
            system.opens_usual = max(system.stops_expected / system.opens_expected, p.open_least)

    def bridges(self, me: Provider, places: int) -> bool:
        """Bridge money pays all of double running."""
        return bool(me.bridge >= places * self.system.place_month * max(int(self.p.double_running), 1))

    def may_convert(self, me: Provider, lump: int, places: int) -> bool:
        """Beds enough, none closing, places to come, and money for double running."""
        if lump == 0 or not places or me.closing_beds > 0 or me.crisis_beds - me.by_right <= lump:
            return False
        return self.bridges(me, places) or self.commissioner_has(places)

    def commissioner_agrees(self, me: Provider, number: int) -> bool:
        """Whether the commissioner gives free money to what this provider asks for."""
        self.system.claims += 1
        given = power.says_yes(me, self.system, self.p, self.draw(draws.ANSWERS, number))
        self.system.agreed += given
        return given

    def converts(self, me: Provider, lump: int, places: int) -> None:
        system = self.system
        if not self.may_convert(me, lump, places) or not self.commissioner_agrees(me, -2 - 2 * me.row):
            return
        months = max(int(self.p.double_running), 1)
        cost = places * system.place_month
        bridged = 1 if self.bridges(me, places) else 0
        if not bridged:
            system.free -= cost
        me.closing_beds, me.closing_months, me.closing_bridged = lump, months + 1, bridged
        self.opens_lot(me.best_to_grow, places, funder.MAINSTREAM, None, bridged, contracts.CONVERTED)
        self.happens("converts beds", me, lump)

    # --- 6 ------------------------------------------------------------------------------------------------------------

    def places_open_and_close(self) -> None:
        system = self.system
        if system.month < system.burn_in:
            self.counts_are_read()
            self.stopped_lots_wait()
            stopping = self.lots_that_would_stop()
            for lot in stopping:
                lot.programme.changes(-lot.places, 0)
                system.free += lot.cost
                system.replacing += lot.places
                self.was_there(lot)
            self.people_move_on()
            for lot in stopping:  # others come in its place
                lot.programme.changes(lot.places, 0)
        else:
            self.emergency_opens()
            self.plan_is_carried_out()
            self.conversions_end()
            self.emptied_beds_close()
            for lot in self.lots:
                if lot.state != funder.EMPTY:
                    self.lot_lives(lot)
            self.people_move_on()
        for me in self.providers:
            self.staff_follow_places(me)

    def stopped_lots_wait(self) -> None:
        """What stopped before the run restarts in the books, or is forgotten."""
        system, p = self.system, self.p
        for lot in self.lots:
            if lot.state != funder.DEAD:
                continue
            lot.months += 1
            luck = self.draw(draws.LOTS, lot.ordinal)[draws.RESTARTS]
            asks = luck < p.restart and self.commissioner_has(lot.places)
            if asks and self.commissioner_agrees(lot.provider, lot.ordinal):
                system.free -= lot.cost
                system.replacing = max(system.replacing - lot.places, 0)
                lot.state = funder.EMPTY
            elif lot.months >= p.restart_window:
                lot.state = funder.EMPTY

    def was_there(self, lot: Lot) -> None:
        """A lot that stopped stays in the books beside the one in its place."""
        ordinal = ((self.system.month + 1) << 44) + (lot.provider.row << 24) + (3 << 22) + lot.row
        fields = {"ordinal": ordinal, "provider": lot.provider, "programme": lot.programme, "grant": None,
                  "places": lot.places, "months": 0,
                  "left": 0, "state": funder.DEAD, "promised": 0, "bridged": 0, "mended": 0}  # fmt: skip
        self.reuse(self.lots, funder.EMPTY, Lot, fields)

    def lots_that_would_stop(self) -> list[Lot]:
        """If the run had begun."""
        pressure = self.system.money_pressure

        def would(lot: Lot) -> bool:
            luck = self.draw(draws.LOTS, lot.ordinal)[draws.IS_DISCONTINUED]
            return bool(programme.closes_programme(lot.provider.boss.ownership, pressure, self.p, luck))

        return [lot for lot in self.lots if lot.state == funder.MAINSTREAM and would(lot)]

    def counts_are_read(self) -> None:
        self.system.rough_visible += (self.system.rough - self.system.rough_visible) / self.p.counts_read

    def emergency_opens(self) -> None:
        system = self.system
        luck = self.draw(draws.COMMISSION, 1)
        self.counts_are_read()
        wanted = funder.emergency_beds(system.rough_visible, self.p.rough_stock * system.scale, self.p)
        beds = share_to_count(wanted, luck[draws.ROUNDS_BEDS])
        if beds > 0:
            me = self.providers[int(luck[draws.WHOSE_BEDS] * (len(self.providers) - 1))]
            me.crisis_beds += beds
            me.emergency += beds
            cost = beds * system.emergency_month
            from_free = min(cost, max(system.free, 0))
            system.free -= from_free
            system.budget += cost - from_free
            system.growth += cost - from_free
            self.happens("emergency beds", me, beds)

    def plan_is_carried_out(self) -> None:
        """Beds and places by which this month's plan differs from last month's; both rounded alike, once for all."""
        system = self.system
        now, last = self.plan[system.month], self.plan[max(system.month - 1, 0)]
        of_beds, of_places = (
            uniforms(system.seed, draws.PLANNING, 0, 0)[k]
            for k in (draws.ROUNDS_PLANNED_BEDS, draws.ROUNDS_PLANNED_PLACES)
        )
        luck = self.draw(draws.PLANNING, 1)
        inside = self.providers[:-1]

        def from_one_on(which: int) -> list[Provider]:
            start = int(luck[which] * len(inside))
            return inside[start:] + inside[:start]

        def more(name: str, rounding: float) -> int:
            there, here = (share_to_count(getattr(row, name) * system.scale, rounding) for row in (now, last))
            return int(there - here)

        cents = self.beds_change(more("beds", of_beds), from_one_on(draws.WHOSE_PLANNED_BEDS))
        places = self.places_change(more("places", of_places), from_one_on(draws.WHOSE_PLANNED_PLACES))
        self.budget_follows(cents + places * system.place_month)

    def price_of_closing(self, me: Provider, beds: int) -> int:
        """Bed by bed, the dearest first: those that emergencies made somebody buy."""
        system = self.system
        return sum(system.emergency_month if k < me.emergency else system.bed_month for k in range(beds))

    def beds_change(self, wanted: int, houses: list[Provider]) -> int:
        """Opened or closed one by one, going round; beds that close already or are there by right are left alone.
        Returns what they cost, below 0 what they cost no more."""
        changed = dict.fromkeys(houses, 0)
        cents = 0
        sign = 1 if wanted > 0 else -1
        while sum(changed.values()) < abs(wanted):
            can = [me for me in houses if sign > 0 or me.crisis_beds > me.closing_beds + me.by_right]
            if not can:
                break
            for me in can[: abs(wanted) - sum(changed.values())]:
                cents += self.system.bed_month if sign > 0 else -self.price_of_closing(me, 1)
                me.crisis_beds += sign
                me.emergency -= sign < 0 < me.emergency
                me.left_empty -= sign < 0 < me.left_empty
                changed[me] += 1
        for me in houses if sign > 0 else self.providers:
            if changed.get(me):
                self.happens("beds open" if sign > 0 else "beds close", me, changed[me])
        return cents

    def places_change(self, wanted: int, houses: list[Provider]) -> int:
        """Mainstream places: new lots of the usual size, or the least larger one for which there are houses enough; or
        lots stop for good by lottery, the last one perhaps in part.  Returns how many places did."""
        system = self.system
        if wanted > 0:
            usual = max(int(self.p.first_lot * min(system.scale, 1.0) + 0.5), 1)
            size = max(usual, math.ceil(wanted / len(houses)))
            for ordinal, me in enumerate(houses[: math.ceil(wanted / size)]):
                places = min(size, wanted - ordinal * size)
                self.opens_lot(me.best_to_grow, places, funder.MAINSTREAM, None, 0, PLANNED_LOT + ordinal)
            return wanted
        left = -wanted
        may_stop = [lot for lot in self.lots if lot.state == funder.MAINSTREAM and not lot.bridged]

        def by_lottery(lot: Lot) -> int:
            luck = bits(system.seed, draws.PLANNED_END, system.month, lot.ordinal)[draws.PLANNED_QUEUE]
            return queue_key(luck, 1.0, lot.ordinal)

        for lot in sorted(may_stop, key=by_lottery):
            fewer = min(lot.places, left)
            if fewer > 0:
                lot.places -= fewer
                lot.programme.changes(-fewer, 0)
                left -= fewer
                lot.state = lot.state if lot.places else funder.EMPTY
                self.happens("places close", lot.provider, fewer)
        return wanted + left

    def lump_closes(self, me: Provider, beds: int) -> None:
        """Beds close, those left for good first; a part of what they cost is free money now, the rest is gone."""
        system = self.system
        saved = self.price_of_closing(me, beds)
        cashed = int(saved * self.p.cashable)
        system.saved += cashed
        system.not_saved += saved - cashed
        system.budget -= saved - cashed
        system.elsewhere += saved - cashed
        system.free += cashed
        me.crisis_beds -= beds
        me.emergency -= min(me.emergency, beds)
        me.left_empty -= min(me.left_empty, beds)
        self.happens("beds close", me, beds)

    def emptied_beds_close(self) -> None:
        """Where those that nobody gets again are a lump, or are all there is besides what closes anyway."""
        lump = max(int(self.p.closure_lump * min(self.system.scale, 1.0) + 0.5), 1)
        for me in self.providers:
            there = me.crisis_beds - me.closing_beds - me.by_right
            if there > 0 and me.left_empty >= min(lump, there):
                self.lump_closes(me, min(lump, there))

    def leaves_for_good(self, me: Person) -> None:
        """By death or for a home, from a slow stay, not from a spell: the bed may stay empty.  Not before month 0."""
        if me.bed_provider is None or me.fast or me.situation == user.REFORM or self.system.month < self.system.burn_in:
            return
        if not reading.is_used_again(self.p, me.draw(draws.EMPTIED)[draws.IS_OFFERED_AGAIN]):
            me.bed_provider.left_empty += 1

    @property
    def homes_held(self) -> set[Person]:
        """Whose home is one of the reformed service, kept for them while they look for another one."""
        return {me for me in self.people if me.situation == user.REFORM or me.between_homes}

    def homes_are_left(self, held: set[Person]) -> None:
        """Who held a home and holds none now, and does not live on in it without support, has left it; or has died."""
        for me in held - self.homes_held:
            lives_on = me in self.people and me.situation == user.SETTLED
            luck = self.draw(draws.VACATED, me.id)[draws.IS_LET_AGAIN]
            self.system.homes_left += not lives_on and reading.is_let_again(self.p, luck)

    def conversions_end(self) -> None:
        system = self.system
        for me in self.providers:
            if me.closing_beds == 0:
                continue
            me.closing_months -= 1
            if me.closing_months > 0:
                continue
            self.lump_closes(me, me.closing_beds)
            me.closing_beds = 0
            if me.closing_bridged:
                for lot in self.lots:
                    if lot.provider is me and lot.bridged and lot.state != funder.EMPTY:
                        system.free -= lot.cost
                        lot.bridged = 0
            me.closing_bridged = 0

    def lot_lives(self, lot: Lot) -> None:
        system, p = self.system, self.p
        lot.months = min(lot.months + 1, 32000)
        me = lot.provider
        luck = self.draw(draws.LOTS, lot.ordinal)
        if lot.state == funder.GRANT_PAID:
            lot.left -= 1
            if not lot.promised and lot.left <= int(p.takeover_months):
                asked = power.asks_for_takeover(me.boss, p, luck[draws.ASKS_FOR_TAKEOVER])
                if self.commissioner_has(lot.places) and asked and self.commissioner_agrees(me, lot.ordinal):
                    system.free -= lot.cost
                    lot.promised = 1
            if lot.left == 0:
                self.grant_ends(lot, luck[draws.STOPS_AT_END])
        elif lot.state == funder.MAINSTREAM:
            ends = luck[draws.IS_DISCONTINUED]
            if not lot.bridged and programme.closes_programme(me.boss.ownership, system.money_pressure, p, ends):
                system.free += lot.cost
                self.happens("discontinued", me, lot.places)
                lot.shuts()
        elif (
            luck[draws.RESTARTS] < p.restart
            and self.commissioner_has(lot.places)
            and self.commissioner_agrees(me, lot.ordinal)
        ):
            system.free -= lot.cost
            lot.programme.changes(lot.places, 0)
            lot.state, lot.months, lot.mended = funder.MAINSTREAM, 0, 1
            self.happens("restarted", me, lot.places)
        elif lot.months >= p.restart_window:
            lot.state = funder.EMPTY

    def grant_ends(self, lot: Lot, luck: float) -> None:
        system, me = self.system, lot.provider
        if lot.promised and luck >= self.p.death_at_grant_end:
            lot.programme.changes(lot.places, -lot.places)
            lot.state, lot.months, lot.grant, lot.promised = funder.MAINSTREAM, 0, None, 0
            system.taken_over += lot.cost
            self.happens("taken over", me, lot.places)
        else:
            if lot.promised:
                system.free += lot.cost
            self.happens("refused", me, lot.places)
            lot.shuts()

    def people_move_on(self) -> None:
        system = self.system
        system.displaced = 0
        over = sum(max(me.in_reform + me.in_looking - me.reform_main - me.reform_grant, 0) for me in self.providers)
        if self.has_right:
            for me in self.providers:  # guests stay where they are
                more = max(me.in_crisis - me.crisis_beds, 0)
                me.crisis_beds, me.by_right = me.crisis_beds + more, me.by_right + more
            if over > 0:
                self.beds_open_by_right(over, 0)
        held = self.homes_held
        self.the_displaced_move()
        self.homes_are_left(held)
        if self.has_right:
            self.beds_close_by_right(0)

    @property
    def has_right(self) -> bool:
        """Whoever asks for a bed gets one; but before the run beds stand."""
        return bool(self.p.shelter_by_right and self.system.month >= self.system.burn_in)

    @property
    def beds_to_give(self) -> int:
        """A share of ordinary beds may be used, and all that are there by right; less those in use."""
        ordinary = sum(me.crisis_beds - me.by_right - me.left_empty for me in self.providers)
        by_right = sum(me.by_right for me in self.providers)
        in_use = sum(me.in_crisis for me in self.providers)
        return math.floor(self.p.crisis_stock_share * ordinary + 0.5) + by_right - in_use

    def by_lottery_from(self, occasion: int) -> list[Provider]:
        inside = self.providers[:-1]
        start = int(self.draw(draws.RIGHT, occasion)[draws.WHOSE_BEDS_BY_RIGHT] * len(inside))
        return inside[start:] + inside[:start]

    def beds_open_by_right(self, asking: int, occasion: int) -> None:
        """One by one, going round, until everybody who asks could have one."""
        houses = self.by_lottery_from(occasion)
        for k in range(asking - self.beds_to_give):
            me = houses[k % len(houses)]
            me.crisis_beds, me.by_right = me.crisis_beds + 1, me.by_right + 1

    def beds_close_by_right(self, occasion: int) -> None:
        """House by house, the empty ones that nobody needs; the budget pays those that are left."""
        system = self.system
        for me in self.by_lottery_from(occasion):
            while self.beds_to_give > 0 and me.by_right > 0 and me.crisis_beds > me.in_crisis:
                me.crisis_beds, me.by_right = me.crisis_beds - 1, me.by_right - 1
        left = sum(me.by_right for me in self.providers)
        self.budget_follows((left - system.by_right) * system.by_right_month)
        system.by_right = left

    def the_displaced_move(self) -> None:
        system = self.system
        tenants = {me: me.in_reform + me.in_looking - me.reform_main - me.reform_grant for me in self.providers}
        many = {one: one.in_reform + one.in_looking - one.places for one in self.programmes}
        sleepers = {me: me.in_crisis - me.crisis_beds for me in self.providers}

        def must_leave_place(me: Person) -> bool:
            return me.situation in (user.REFORM, user.LOOKING) and many[me.programme] > 0

        def must_leave_bed(me: Person) -> bool:
            return me.bed_provider is not None and sleepers[me.bed_provider] > 0

        affected = [me for me in self.people if must_leave_place(me) or must_leave_bed(me)]
        for me in sorted(
            affected, key=lambda me: queue_key(me.whole_draw(draws.SPEAK)[draws.CLOSURE_QUEUE], 1.0, me.id)
        ):
            if must_leave_bed(me):
                sleepers[me.bed_provider] -= 1
                me.leaves_bed()
                system.displaced += 1
                if me.situation == user.CRISIS:
                    stay = me.months, me.fast
                    if me.finds_bed():
                        me.months, me.fast = stay
            if must_leave_place(me):
                many[me.programme] -= 1
                if tenants[me.provider] <= 0:  # another programme of the house has a place
                    tenant = me.situation == user.REFORM
                    me.programme.takes(tenant - 1, -tenant)
                    me.programme = me.provider.offers(me)
                    me.programme.takes(1 - tenant, tenant)
                    continue
                tenants[me.provider] -= 1
                system.displaced += 1
                if me.situation == user.LOOKING:
                    me.gives_up_looking()
                    if not me.bed_provider:
                        me.finds_bed()
                    continue
                me.programme.takes(0, -1)
                me.worker = me.programme = None
                me.leaves_bed()  # of a spell
                if me.draw(draws.SPEAK)[draws.KEEPS_HOME] < self.p.keep_home:
                    me.situation, me.provider, me.months = user.SETTLED, None, 0
                else:
                    me.finds_bed()

    def staff_follow_places(self, me: Provider) -> None:
        luck = uniforms(self.system.seed, draws.START, -1, me.row)
        crisis, reform = (
            max(share_to_count(many / caseload, luck[which]), 1) if many else 0
            for many, caseload, which in (
                (me.crisis_beds, self.p.caseload_crisis, draws.ROUNDS_CRISIS_POSTS),
                (me.reform_main + me.reform_grant, self.p.caseload_reform, draws.ROUNDS_REFORM_POSTS),
            )
        )
        for worker in me.staff:
            if worker.service == professional.IN_CRISIS and me.staff_crisis > crisis:
                me.staff_crisis -= 1
                worker.service = professional.VACANT
                if me.staff_reform < reform:
                    me.staff_reform += 1
                    worker.service = professional.IN_REFORM
            elif worker.service == professional.IN_REFORM and me.staff_reform > reform:
                me.staff_reform -= 1
                worker.service = professional.VACANT
                if me.staff_crisis < crisis:
                    me.staff_crisis += 1
                    worker.service = professional.IN_CRISIS
        for worker in me.staff:
            if worker.service != professional.VACANT:
                continue
            if me.staff_crisis < crisis:
                me.staff_crisis += 1
                worker.service = professional.IN_CRISIS
            elif me.staff_reform < reform:
                me.staff_reform += 1
                worker.service = professional.IN_REFORM
            else:
                break
            self.is_hired(worker, True)
        me.staff_take_programmes()

    # --- 7 ------------------------------------------------------------------------------------------------------------

    def people_are_referred(self) -> None:
        system, p = self.system, self.p
        system.referred = system.offers = system.refused = 0
        if all(me.free_places == 0 for me in self.providers):
            return
        referred = []
        usual = professional.usually_put_forward(p)
        for me in self.people:
            if me.situation not in (user.CRISIS, user.UNSERVED, user.HIDDEN) or me.homeless < p.refer_after:
                continue
            luck = me.whole_draw(draws.OFFER)
            who, forward = ((luck[k] + 0.5) * STEP for k in (draws.WHO_DECIDES, draws.IS_PUT_FORWARD))
            worker = me.worker
            if me.situation != user.CRISIS:
                worker = self.outreach[int(who * len(self.outreach))]
            elif worker is None or worker.service == professional.VACANT:
                worker = me.worker = me.provider.on_duty(who)
            if worker and self.is_put_forward(me, worker, usual, forward):
                referred.append((me.in_queue(draws.OFFER, draws.OFFER_QUEUE), me))
        system.referred = len(referred)
        for _, me in sorted(referred, key=lambda pair: pair[0]):
            if all(other.free_places == 0 for other in self.providers):
                break
            of_answer = me.draw(draws.OFFER)[draws.ANSWERS_OFFER]
            service = self.service_offered(me)
            if service is None:
                continue
            system.offers += 1
            if not reading.says_yes(me, p.accept_home, p, of_answer):
                system.refused += 1
                continue
            of_worker = me.draw(draws.STAY)[draws.KEY_WORKER]
            me.programme = service.offers(me)
            me.situation, me.provider, me.months = user.LOOKING, service, 0
            me.joined, me.between_homes = system.month, False
            me.worker = service.key_worker(me.programme, of_worker)
            me.programme.takes(1, 0)

    def is_put_forward(self, me: Person, worker: Professional, usual: float, luck: float) -> bool:
        """As anybody with this need, by this worker; times the odds of the group.  Of the hidden a share is reached."""
        p = self.p
        pull = p.refer_belief * (worker.belief - p.belief_mean) + p.refer_ready * (worker.belief - 0.5) * me.need
        reached = p.hidden_reached if me.situation == user.HIDDEN else 1.0
        return bool(luck < reached * logistic(usual + pull + me.rate.put_forward))

    def service_offered(self, me: Person) -> Provider | None:
        if me.provider:
            if me.provider.free_places > 0:
                return me.provider
            if not provider.lets_pass(me.provider, self.p, me.draw(draws.SPEAK)[draws.RIVALRY_STOPS]):
                return None
        start = int(me.draw(draws.OFFER)[draws.WHOSE_OFFER] * len(self.providers))
        return next((j for j in self.providers[start:] + self.providers[:start] if j.free_places > 0), None)

    # --- 8 ------------------------------------------------------------------------------------------------------------

    def people_live(self) -> None:
        system, p = self.system, self.p
        system.moved_in = system.moved_on = system.waited = system.lost = system.lost_early = system.returned = 0
        system.rehoused = system.changed_home = 0
        for one in self.programmes:
            one.homes_lost = 0

        def by_lottery(me: Person) -> int:
            return me.in_queue(draws.QUEUES, draws.HOME_QUEUE, reading.weight(me, me.rate, p))

        waiting = [me for me in self.people if reading.waits_for_home(me, p)]
        self.for_a_spell: set[Person] = set()  # home and place wait
        self.lucky = set(sorted(waiting, key=by_lottery)[: system.homes])
        held = self.homes_held
        homeless = self.the_housed_live()
        homeless += [me for me in list(self.people) if me not in homeless and self.lives(me, me in self.lucky)]
        without_bed = [me for me in self.people if me.situation in (user.HIDDEN, user.UNSERVED)]
        for me in homeless:
            if me not in self.for_a_spell:
                me.leaves_service()
                me.situation, me.returned = user.UNSERVED, 1
        asking = [me for me in without_bed if self.asks(me)]
        if self.has_right:
            self.beds_open_by_right(len(homeless) + len(asking), 1)
        for me in sorted(
            homeless, key=lambda me: queue_key(me.whole_draw(draws.QUEUES)[draws.LOSER_QUEUE], 1.0, me.id)
        ):
            me.finds_bed()
        self.beds_fill(asking)
        if self.has_right:
            self.beds_close_by_right(1)
        self.homes_are_left(held)
        if system.month == system.burn_in - 1:
            self.counts_are_made_up()

    def counts_are_made_up(self) -> None:
        """At the end of the burn-in hidden and unserved people are as many as the place counts: first those come who
        are missing, with friends, then some change between street and friends, then some leave."""
        system = self.system

        def by_lottery(situation: int) -> list[Person]:
            those = [me for me in self.people if me.situation == situation]
            return sorted(those, key=lambda me: me.in_queue(draws.HELD, draws.WHO_CHANGES))

        there = sum(me.situation in (user.HIDDEN, user.UNSERVED) for me in self.people)
        for _ in range(system.hidden_start + system.rough_start - there):
            me = self.newcomer((system.month + 1) * ORDINALS + system.arrivals)
            me.situation = user.HIDDEN
            self.people[me] = None
            system.arrivals += 1
        street = by_lottery(user.UNSERVED)
        for me in street[: max(len(street) - system.rough_start, 0)]:
            me.moves(user.HIDDEN)
        for me in by_lottery(user.HIDDEN)[: max(system.rough_start - len(street), 0)]:
            me.moves(user.UNSERVED)
        friends = by_lottery(user.HIDDEN)
        for me in friends[: max(len(friends) - system.hidden_start, 0)]:
            me.goes(user.LEFT)

    def the_housed_live(self) -> list[Person]:
        """Some die, some come back: returns the latter."""
        back = []
        for me in list(self.housed):
            luck = me.draw(draws.LIFE)
            if reading.dies(me, me.rate, self.p, luck[draws.DIES]):
                self.system.died += 1
                self.system.housed_died += 1
                self.died_at_home.add(me.id)
                del self.housed[me]
            elif reading.comes_back(me, me.rate, self.p, self.p.return_housed, luck[draws.LEAVES]):
                self.system.returned += 1
                del self.housed[me]
                self.people[me] = None
                back.append(me)
        return back

    def lives(self, me: Person, gets_home: bool) -> bool:
        """One month of one person; True if a home was lost, or a place between two homes."""
        p = self.p
        luck = me.draw(draws.LIFE)
        death, moved, where = (luck[k] for k in (draws.DIES, draws.LEAVES, draws.WHERE_TO))
        me.months = min(me.months + 1, 32000)
        if me.situation not in (user.REFORM, user.SETTLED):
            me.homeless = min(me.homeless + 1, 32000)
        if reading.dies(me, me.rate, p, death):
            self.lucky.discard(me)
            self.leaves_for_good(me)
            me.goes(user.DIED)
        elif gets_home:
            self.leaves_for_good(me)
            me.gets_home()
        elif me.situation in (user.HIDDEN, user.UNSERVED):
            self.lives_away(me, moved, where)
        elif me.situation == user.CRISIS:
            self.lives_in_crisis(me, moved, where)
        elif me.situation == user.LOOKING:
            return self.looks(me, moved, where)
        elif me.situation == user.REFORM:
            return self.lives_as_tenant(me, moved, where)
        elif reading.comes_back(me, me.rate, p, p.return_settled, moved):
            self.system.returned += 1
            return True
        elif me.months >= p.returns_months:
            if self.system.month < self.system.burn_in:  # before month 0 nobody is followed
                me.goes(user.OUT_OF_SIGHT)
            else:
                me.is_housed()
        return False

    def finds_home(self, me: Person) -> None:
        """A home found alone, away from services; before month 0 nobody is followed there."""
        self.system.found_home += 1
        self.home_got[me.id] = self.system.month
        if self.system.month < self.system.burn_in:
            me.goes(user.OUT_OF_SIGHT)
        else:
            me.is_housed()

    def lives_away(self, me: Person, luck: float, where: float) -> None:
        """Finds an answer, a share of these being a home; at the other end of the draw, from friends to the street or
        back."""
        p = self.p
        to, chance = user.UNSERVED, p.hidden_to_street
        if me.situation == user.UNSERVED:
            to, chance = user.HIDDEN, p.street_to_hidden
        if reading.finds_answer(me, p, luck):
            if where < p.home_after_hidden:
                self.finds_home(me)
            else:
                me.goes(user.LEFT)
        elif luck > 1.0 - chance:
            me.moves(to)

    def leaves_for(self, where: float) -> int:
        """The street or friends."""
        return user.UNSERVED if where < self.p.crisis_to_street else user.HIDDEN

    def lives_in_crisis(self, me: Person, luck: float, where: float) -> None:
        """A stay ends: a fast one for a share in a home, which is ordinary and may be lost again."""
        if not reading.leaves_crisis(me, me.rate, self.p, luck):
            return
        if me.fast and where > 1.0 - self.p.home_after_fast:
            self.system.found_home += 1
            me.moves(user.SETTLED)
            me.has_home()
        else:
            me.moves(self.leaves_for(where))

    def looks(self, me: Person, luck: float, where: float) -> bool:
        """Between two homes the programme may find another.  The search may end without a home: True if the place is
        lost between two."""
        if me.between_homes and reading.is_home_again(self.p, luck):
            me.is_rehoused()
            return False
        if luck >= self.p.looking_ends:
            return False
        if me.between_homes:
            self.loses_place(me)
            return True
        if me.bed_provider:
            me.gives_up_looking()
        else:
            me.moves(self.leaves_for(where))
        return False

    def loses_place(self, me: Person) -> None:
        self.system.lost += 1
        self.system.lost_early += self.system.month - self.home_got[me.id] <= self.p.early_months
        me.programme.homes_lost += 1

    def lives_as_tenant(self, me: Person, luck: float, where: float) -> bool:
        """Loses home and place, or goes for a spell (True); or needs no support any more; or loses the home and keeps
        the place.  In a spell nothing but its end."""
        if me.bed_provider:
            if reading.spell_is_over(self.p, luck):
                me.leaves_bed()
            return False
        if reading.loses_place(me, me.programme, me.rate, self.p, self.system.month, luck):
            if reading.keeps_home_in_a_spell(self.p, where):
                self.for_a_spell.add(me)
            else:
                self.loses_place(me)
            return True
        if reading.support_ends(me, self.p, where):
            me.moves(user.SETTLED)
        elif reading.changes_home(me.rate, self.p, where):
            me.changes_home()
        return False

    def asks(self, me: Person) -> bool:
        luck = (me.whole_draw(draws.QUEUES)[draws.ASKS_FOR_BED] + 0.5) * STEP
        return reading.wants_bed(me, me.rate, self.p, luck)

    def beds_fill(self, asking: list[Person]) -> None:
        """Beds for those who ask, in the month's order, while there are any to give."""
        system, p = self.system, self.p
        system.turned_away = system.bed_offers = system.bed_refused = 0
        for me in sorted(asking, key=lambda me: me.in_queue(draws.QUEUES, draws.BED_QUEUE)):
            if self.beds_to_give <= 0:
                system.turned_away += 1
                continue
            if me.situation == user.UNSERVED:
                system.bed_offers += 1
                if not reading.says_yes(me, p.accept_bed, p, me.draw(draws.QUEUES)[draws.ANSWERS_BED]):
                    system.bed_refused += 1
                    continue
            me.finds_bed()

    # --- 9 ------------------------------------------------------------------------------------------------------------

    def experience_is_remembered(self) -> None:
        system, p = self.system, self.p
        for me in self.people:
            if me.situation == user.REFORM and not me.bed_provider:
                me.trust = reading.trusts(me, reading.fit(me, me.programme, p), p)
            elif me.situation == user.UNSERVED:
                me.trust = reading.trusts(me, p.trust_unserved, p)
            elif me.situation in SERVED:
                me.trust = reading.trusts(me, p.trust_crisis, p)
        if system.user_seats > 0.0:
            for me in self.people:
                if me.situation in SERVED and me.provider.applied:
                    me.voice = clip01(me.voice + p.seats_voice * system.user_seats)
        for me in self.providers:
            for one in me.programmes:
                experience.results_of(one, one.homes_lost, p)
            experience.results_of(me, sum(one.homes_lost for one in me.programmes), p)
        for worker in self.staff:
            if worker.service != professional.VACANT:
                self.worker_remembers(worker, worker.provider)
        for me in self.providers:
            self.manager_remembers(me, me.boss)
        hosting = [me for me in self.providers if me.in_reform > 0]
        good = 0.0
        for me in hosting:  # one by one: Python's own `sum` rounds better than the model
            good += clip01(1.0 - (p.expected_success - me.success) / p.report_shortfall)
        good = good / len(hosting) if hosting else 0.0
        system.case = power.taken_in(system.case, system.spotlight * good, p)
        system.seats_seen = power.taken_in(system.seats_seen, system.seats_shown, p)
        self.outcomes_are_seen()

    def worker_remembers(self, worker: Professional, house: Provider) -> None:
        p = self.p
        worker.belief = professional.after_contact(worker, house.contact, p)
        worker.belief = professional.after_training(worker, house.training, p)
        near = worker.programme or house  # what this person sees of results, and is asked to do
        worker.seen, worker.belief = professional.after_experience(worker, near.success, p)
        imposed = funder.imposition(near.design_blueprint, near.fidelity_required, house.branding, house.boss.trust, p)
        worker.belief = professional.after_pressure(worker, near.intensity * imposed, p)
        worker.belief = professional.back_to_habit(worker, p)
        if worker.service == professional.IN_OUTREACH:
            load = 1.0
        elif worker.service == professional.IN_REFORM:
            load = (house.in_reform + house.in_looking) / (max(house.staff_reform, 1) * p.caseload_reform)
        else:
            load = house.in_crisis / (max(house.staff_crisis, 1) * p.caseload_crisis)
        worker.strain = professional.strain_next(worker, load - house.relief, house.burden, p)

    def manager_remembers(self, me: Provider, boss: Manager) -> None:
        system, p, lever = self.system, self.p, self.lever
        luck = self.draw(draws.READS, me.row)[draws.READS_RESULTS]
        boss.reading = manager.reads_results(boss, me.reported, p, luck)
        boss.frustration = manager.frustration_next(boss, p.trust_crisis, me.stuck, p)
        imposed = me.intensity * funder.imposition(
            me.design_blueprint, me.fidelity_required, me.branding, boss.trust, p
        )
        works = clip01(1.0 - (p.expected_success - me.success) / p.report_shortfall)
        heard = system.spotlight * works
        pilot = self.providers[-1]
        shown = system.campaign * pilot.success * p.campaign_advantage if pilot.in_reform > 0 else 0.0
        boss.noticed = manager.notices(boss, heard + shown, p)
        tiring = p.campaign_weary * system.campaign + p.convening_weary * system.convening
        tiring = tiring + p.checks_weary * me.intensity * (
            p.checks_asked * me.progress_checks + (1.0 - p.checks_asked) * me.condition_metrics
        )
        tiring = tiring + system.spotlight * (1.0 - works)
        boss.weariness = manager.weariness_next(boss, clip01(tiring), p)
        credit = heard * (1.0 - lever.branding)
        if me.grant_month > 0 or system.spotlight > 0.0:
            own = clip01(p.ownership_start + me.intensity * (1.0 - me.design_blueprint - p.ownership_start))
            boss.ownership = manager.ownership_next(boss, own, imposed, me.intensity * me.branding, credit, p)
        else:
            boss.ownership = manager.ownership_fades(boss, p)
        kept = me.intensity if me.grant_month > 0 else 0.0
        listened = 1.0 if system.listening else 0.0
        boss.trust = manager.trust_next(boss, listened, kept, credit, me.branding * me.intensity, imposed, p)

    def outcomes_are_seen(self) -> None:
        """How the month ended, as far as next month may see it."""
        system, p = self.system, self.p
        fits: dict[Programme, list[float]] = {one: [] for one in self.programmes}
        stays: dict[Provider, list[int]] = {me: [] for me in self.providers}
        for me in self.people:
            if me.situation == user.REFORM:
                fits[me.programme].append(reading.fit(me, me.programme, p))
            elif me.situation == user.CRISIS:
                stays[me.provider].append(me.months)

        def over_a_year(months: list[int]) -> float:
            return sum(k >= 12 for k in months) / len(months) if months else 0.0

        for me in self.providers:
            me.long_stays = sum(k >= 12 for k in stays[me])
            me.stuck = over_a_year(stays[me])
        for one in self.programmes:
            one.fit_sum = sum(map(fixed, fits[one]))
            one.good_fit = sum(fit >= p.fit_counts for fit in fits[one])
        system.stuck = over_a_year([months for own in stays.values() for months in own])
        beds = sum(me.crisis_beds for me in self.providers)
        occupancy = sum(me.in_crisis for me in self.providers) / beds if beds > 0 else 0.0
        system.pressure = clip01((occupancy - p.pressure_full) / (1.001 - p.pressure_full))
        system.rough, system.hidden = (
            sum(me.situation == situation for me in self.people) for situation in (user.UNSERVED, user.HIDDEN)
        )

    # --- 10 -----------------------------------------------------------------------------------------------------------

    def peers_talk(self) -> None:
        present = [worker for worker in self.staff if worker.service != professional.VACANT]
        beliefs = [self.after_talk(me) for me in present]
        for me, belief in zip(present, beliefs, strict=True):
            me.belief = unfixed(fixed(belief))
        for me in self.providers:
            self.rivalry_moves(me)
        for me in self.providers:
            team = [worker for worker in me.staff if worker.service != professional.VACANT]
            if team:
                me.belief_mean = clip01(unfixed(sum(fixed(worker.belief) for worker in team)) / len(team))
                me.on_side = sum(worker.belief >= self.p.on_side_from for worker in team) / len(team)
                me.strain_mean = clip01(unfixed(sum(fixed(worker.strain) for worker in team)) / len(team))

    def after_talk(self, me: Professional) -> float:
        peers = [peer for peer in me.peers if peer.service != professional.VACANT]
        if not peers:
            return me.belief
        on_side = sum(peer.belief >= self.p.on_side_from for peer in peers) / len(peers)
        near = [peer for peer in peers if abs(peer.belief - me.belief) <= self.p.peer_distance]
        drift = me.belief - me.habit
        if near:
            drift = unfixed(sum(fixed(peer.belief) - fixed(peer.habit) for peer in near)) / len(near)
        return professional.after_peers(me, on_side, drift, self.p)

    def rivalry_moves(self, me: Provider) -> None:
        system, p, lever = self.system, self.p, self.lever
        rivalry = provider.rivalry_next(me, bool(system.call_held and me.applied and not me.awarded), lever, p)
        me.rivalry = clip01(rivalry - p.convening_effect * system.convening * me.boss.trust)

    # --- 11 -----------------------------------------------------------------------------------------------------------

    def the_month_closes(self) -> None:
        row = SimpleNamespace(**dict.fromkeys(MEASURES.fields, 0))
        self.counts_moves(row)
        self.counts_people(row)
        self.looks_at_services(row)
        self.looks_at_minds(row)
        system = self.system
        homes = system.moved_on + system.moved_in
        row.months_to_home = system.waited / homes if homes > 0 else 0.0
        for name in FLOWS:
            setattr(row, name, getattr(system, name))
        row.claims, row.claims_agreed = system.claims, system.agreed
        self.pays_for_places()
        self.adds_up(row)
        self.measured.append(row)
        self.ledger.append(self.book)
        system.month += 1

    def counts_moves(self, row: Any) -> None:
        """What month's ends show: who came, went and moved, whose stay ended, who lost which home, who was seen."""
        system = self.system
        self.ended = self.living()
        names = user.SITUATIONS
        now = {who: names[situation] for who, situation in self.ended.items()}
        now |= {who: ENDS[fate] for who, fate in self.gone.items()} | dict.fromkeys(self.died_at_home, "died")
        flows = Counter((names[self.lived.get(who, user.GONE)], to) for who, to in now.items())
        self.flows.append(flows)
        without, at_home = ([names[k] for k in situations] for situations in (WITHOUT, AT_HOME))

        def moved(origins: list[str], *to: str) -> int:
            return sum(flows[a, b] for a in origins for b in to)

        row.entries_new = moved(["gone"], *TO)
        row.entries_returned = moved(at_home, *without)
        came = [*without, "gone"]
        row.exits_support, row.exits_own_home = moved(came, "reform"), moved(came, "settled")
        row.exits_found_home, row.exits_died = moved(came, "housed"), moved(came, "died")
        row.exits_left = moved(came, "left", "out of sight")
        row.homes_taken = sum(month == system.month for month in self.home_got.values())

        self.without.append({who for who, situation in self.ended.items() if situation in WITHOUT})
        before, self.between = self.between, {me.id for me in self.people if me.between_homes}
        row.year_count = len(set().union(*self.without[-12:]))
        for who in self.without[-1] - self.between:  # a place that is kept is a tenancy that is kept
            lost_place = who in before and self.ended[who] != user.LOOKING
            if (self.lived.get(who) in AT_HOME or lost_place) and who in self.home_got:
                self.came_back.append((self.home_got[who], system.month - self.home_got[who]))

        beds = {me.id for me in self.people if me.bed_provider}
        over = sorted(min(system.month - began, 600) for who, began in self.stays.items() if who not in beds)
        row.stays_ended = len(over)
        row.stay_mean = sum(over) / len(over) if over else 0.0
        row.stay_median = over[(len(over) - 1) // 2] if over else 0.0
        row.admissions = len(beds - self.stays.keys())
        row.admissions_new = len(beds - self.stays.keys() - {me.id for me in self.people if me.left_bed})
        self.stays = {who: self.stays.get(who, system.month) for who in beds}

    def last_seen(self, who: int) -> int:
        """The month at whose end somebody last had no home."""
        return next((month for month in range(len(self.without) - 1, -1, -1) if who in self.without[month]), user.NEVER)

    def counts_people(self, row: Any) -> None:
        known, system = list(self.people), self.system
        everybody = [*known, *self.housed]
        for situation, name in enumerate(user.SITUATIONS[: user.GONE]):
            setattr(row, name, sum(me.situation == situation for me in everybody))
        row.secure_people = row.reform + row.settled + row.housed
        row.without_home = len(everybody) - row.secure_people
        row.people_system = row.without_home + row.reform
        row.secure_share = row.secure_people / max(len(everybody), 1)
        guests = [me for me in known if me.situation == user.CRISIS]
        row.unmet_need = row.unserved + row.looking + sum(not me.fast for me in guests)
        row.over_six_months = sum(me.months >= 6 for me in guests) / len(guests) if guests else 0.0
        row.over_a_year = sum(me.months >= 12 for me in guests) / len(guests) if guests else 0.0
        row.voice = unfixed(sum(fixed(me.voice) for me in known)) / max(len(known), 1)
        row.trust = unfixed(sum(fixed(me.trust) for me in known)) / max(len(known), 1)
        bounds = {"low": (-1.0, 1.0 / 3.0), "middle": (1.0 / 3.0, 2.0 / 3.0), "high": (2.0 / 3.0, 2.0)}
        for third, (above, below) in bounds.items():
            group = [me for me in everybody if above <= me.need < below]
            secure = sum(me.situation in AT_HOME for me in group)
            inside = sum(me.situation not in (user.SETTLED, user.HOUSED) for me in group)
            setattr(row, f"people_system_{third}", inside)
            setattr(row, f"secure_people_{third}", secure)
            setattr(row, f"without_home_{third}", len(group) - secure)
            setattr(row, f"secure_share_{third}", secure / max(len(group), 1))
            heard = [fixed(me.voice) for me in group if me.situation != user.HOUSED]
            setattr(row, f"voice_{third}", unfixed(sum(heard)) / max(len(heard), 1))
        row.voice_gap = row.voice_low - row.voice_high
        for number in range(MOST_GROUPS):
            group = [me for me in everybody if me.group == number]
            secure = sum(me.situation in AT_HOME for me in group)
            setattr(row, f"secure_people_group_{number + 1}", secure)
            setattr(row, f"without_home_group_{number + 1}", len(group) - secure)
        system.housed = len(self.housed)
        system.housed_cost = sum(self.cost_when_housed(me) for me in self.housed)
        self.book.other_services = system.housed_cost + sum(int(self.cost_of(me) * 100.0) for me in known)

    def cost_of(self, me: Person) -> float:
        """Health, justice and other services in a month, EUR: by where somebody lives, with need, more in a spell."""
        p = self.p
        usual = {
            user.HIDDEN: p.other_hidden,
            user.UNSERVED: p.other_unserved,
            user.CRISIS: p.other_crisis,
            user.LOOKING: p.other_crisis,
            user.REFORM: p.other_reform,
            user.SETTLED: p.other_settled,
        }
        cost = p.other_crisis if me.bed_provider else usual[me.situation]
        return float(cost * me.need * (p.other_acute if me.acute else 1.0))

    def cost_when_housed(self, me: Person) -> int:
        """Other services for somebody settled, a month: usual need, and the share of time that is spent in acute spells
        where these begin and end at their rates."""
        p = self.p
        begins = p.acute_starts * me.need
        acute = begins / (begins + p.acute_ends)
        return int(100.0 * p.other_settled * me.need * (1.0 - acute + acute * p.other_acute))

    def looks_at_services(self, row: Any) -> None:
        everywhere = self.providers
        lasting = fidelity = reported = success = 0.0
        for me in everywhere:
            reported += me.reported * me.in_reform
            success += me.success * me.in_reform
        running = [one for one in self.programmes if one.places > 0]
        for one in running:
            fidelity += one.fidelity * one.places
            lasting += one.good_fit * one.places_main / one.places
        row.programmes = len(running)
        row.programmes_lasting = sum(one.of_grant and not one.places_grant for one in running)
        in_crisis, in_reform = sum(me.in_crisis for me in everywhere), sum(me.in_reform for me in everywhere)
        row.crisis_beds = sum(me.crisis_beds for me in everywhere)
        row.reform_mainstream = sum(me.reform_main for me in everywhere)
        row.reform_grant = sum(me.reform_grant for me in everywhere)
        places = row.reform_mainstream + row.reform_grant
        row.all_places = row.crisis_beds + places
        taken = in_reform + sum(me.in_looking for me in everywhere)
        row.beds_by_right = self.system.by_right
        row.crisis_occupancy = in_crisis / row.crisis_beds if row.crisis_beds > 0 else 0.0
        row.reform_occupancy = taken / places if places > 0 else 0.0
        row.fit = unfixed(sum(one.fit_sum for one in running)) / in_reform if in_reform else 0.0
        row.fidelity = fidelity / places if places > 0 else 0.0
        row.reported = reported / in_reform if in_reform > 0 else 0.0
        row.success = success / in_reform if in_reform > 0 else 0.0
        row.lasting_places = lasting / (in_crisis + in_reform) if in_crisis + in_reform > 0 else 0.0

    def looks_at_minds(self, row: Any) -> None:
        staff = [me for me in self.staff if me.service != professional.VACANT]
        n = max(len(staff), 1)
        squares = 0.0
        for me in staff:
            squares += me.belief * me.belief
        row.belief = unfixed(sum(fixed(me.belief) for me in staff)) / n
        row.belief_spread = math.sqrt(max(squares / n - row.belief * row.belief, 0.0))
        row.on_side = sum(me.belief >= self.p.on_side_from for me in staff) / n
        row.laggards = sum(me.belief < self.p.laggards_below for me in staff) / n
        row.strain = unfixed(sum(fixed(me.strain) for me in staff)) / n
        inside = self.providers[:-1]  # without the outside pilot
        for me in inside:
            for name in ("readiness", "weariness", "ownership", "frustration"):
                setattr(row, name, getattr(row, name) + getattr(me.boss, name) / len(inside))
            for name in ("rivalry", "resistance", "effort", "partnership"):
                setattr(row, name, getattr(row, name) + getattr(me, name) / len(inside))
            row.trust_foundation += me.boss.trust / len(inside)
            row.obstacles_known += (me.obstacle_known > 0) / len(inside)

    def pays_for_places(self) -> None:
        system, book = self.system, self.book
        for lot in self.lots:
            if not lot.bridged or lot.state == funder.EMPTY:
                continue
            if lot.provider.bridge >= lot.cost:
                lot.provider.bridge -= lot.cost
                book.provider_double += lot.cost
            else:  # dearer places than there was money for: mainstream money pays from now on
                lot.bridged = lot.provider.closing_bridged = 0
                system.free -= lot.cost
        for me in self.providers:
            book.commissioner_crisis += (me.crisis_beds - me.by_right - me.emergency) * system.bed_month
            book.commissioner_crisis += me.emergency * system.emergency_month
            book.commissioner_crisis += me.by_right * system.by_right_month
        book.commissioner_reform = sum(me.reform_main for me in self.providers) * system.place_month
        book.commissioner_reform -= book.provider_double
        closing = (me for me in self.providers if not me.closing_bridged)
        book.commissioner_double = sum(self.price_of_closing(me, me.closing_beds) for me in closing)
        if system.month < system.burn_in:
            system.base_spend = book.commissioner_crisis + book.commissioner_reform
            growth = int(system.base_spend * (self.plan[system.month].budget + self.p.austerity) / 12.0)
            system.free = power.left_by_rivals(system.free, max(growth, 0), self.kept_from_rivals(), self.p)
            system.budget = system.base_spend + system.free

    def adds_up(self, row: Any) -> None:
        system, book = self.system, self.book
        programme = sum(cents for name, cents in vars(book).items() if name.startswith("foundation_"))
        everything = book.commissioner_crisis + book.commissioner_reform + programme - book.foundation_bridge
        everything += book.provider_double + book.provider_hours + book.users_hours + book.other_services
        row.spend_crisis = book.commissioner_crisis / 100.0
        row.spend_reform = book.commissioner_reform / 100.0
        row.spend_double = (book.commissioner_double + book.provider_double) / 100.0
        row.spend_programme = programme / 100.0
        row.spend_other = book.other_services / 100.0
        row.unpaid_staff = book.provider_hours / 100.0
        row.unpaid_users = book.users_hours / 100.0
        row.spend_all = everything / 100.0
        row.programme_to_date = row.spend_programme + (self.measured[-1].programme_to_date if self.measured else 0.0)
        row.unspent = (system.purse - system.committed + system.homes_fund) / 100.0
        row.free_money = system.free / 100.0
        row.free_to_rivals = system.to_rivals / 100.0
        moved = (system.taken_over + system.saved) * 12.0 / 100.0
        row.leverage = moved / row.programme_to_date if row.programme_to_date > 0.0 else 0.0
        row.savings_cashed = system.saved / 100.0
        row.savings_not_cashed = system.not_saved / 100.0
        empty = (row.reform_mainstream + row.reform_grant) * (1.0 - row.reform_occupancy)
        row.wasted = (empty + self.p.early_months * system.lost_early) * system.place_month / 100.0
        mainstream = row.spend_crisis + row.spend_reform
        row.reform_share_of_spend = row.spend_reform / mainstream if mainstream > 0.0 else 0.0
        row.cost_per_secure_month = row.spend_all / row.secure_people if row.secure_people > 0 else 0.0
        row.grants_to_date = system.grants_made
        row.sites_to_date = sum(me.reached for me in self.providers)
        row.spend_to_date = row.income_to_date = 0.0
        if system.month >= system.burn_in:
            before = self.measured[-1]
            worth = exp(-log(1.0 + self.p.discount_rate) * (system.month + 1 - system.burn_in) / 12.0)
            row.spend_to_date = before.spend_to_date + row.spend_all * (worth if self.p.discount_rate > 0.0 else 1.0)
            row.income_to_date = before.income_to_date + system.income / 100.0


def differences(world: World, twin: Twin) -> list[str]:
    """Every value of everybody and everything that is not the same to the last bit: "table row field: model, twin"."""
    found = []

    def compare(name: str, row: Any, thing: Any, skip: tuple[str, ...] = ()) -> None:
        for field, here in plain(row).items():
            if field in skip:
                continue
            there = getattr(thing, field)
            if field in REFERENCES:
                there = there.row if there is not None else -1
            if here != there:
                found.append(f"{name} {field}: {here}, {there}")

    def compare_person(row: Any, me: Person) -> None:
        compare(f"person {me.id}", row, me, skip=(*OTHERWISE, "bed_from"))
        began = twin.stays.get(me.id, row["bed_from"])  # after a stay nothing hangs on when it began
        if me.had_bed != (row["bed_from"] != user.NEVER):
            found.append(f"person {me.id} had a bed: {row['bed_from']}, {me.had_bed}")
        kept = {"seen": twin.last_seen(me.id), "housed_on": twin.home_got.get(me.id, user.NEVER), "bed_from": began}
        kept["joined"] = me.joined
        if me.situation != user.HOUSED:
            kept["was"] = twin.lived.get(me.id, user.GONE)
        compare(f"person {me.id}", row, SimpleNamespace(**kept), skip=tuple({*row.dtype.names} - {*kept}))

    system = world.system[0]
    living = world.users[world.users["situation"] != user.GONE]
    housed = world.housed[: system["housed"]]
    for table, objects, counted in (
        (living, twin.people, system["living"]),
        (housed, twin.housed, world.housed_in.sum()),
        (world.housed_ids[: system["housed"]], twin.housed, system["housed"]),
    ):
        people = {me.id: me for me in objects}
        ids = table if table.dtype.names is None else table["id"]
        if sorted(people) != sorted(ids.tolist()) or len(people) != counted:
            found.append(f"people: {len(ids)} rows, {counted} counted, {len(people)} objects")
        for row in table if table.dtype.names else ():
            if row["id"] in people:
                compare_person(row, people[row["id"]])
    for (third, group), counted in np.ndenumerate(world.housed_in):
        there = sum(((me.need >= 1 / 3) + (me.need >= 2 / 3), me.group) == (third, group) for me in twin.housed)
        if counted != there:
            found.append(f"housed of need {third}, group {group}: {counted}, {there}")
    empty = world.users[(world.users["situation"] == user.GONE) & (world.users["fate"] != user.HERE)]
    fates = dict(zip(empty["id"].tolist(), empty["fate"].tolist(), strict=True))
    found += [f"fate of {who}: {fates.get(who)}, {fate}" for who, fate in twin.gone.items() if fates.get(who) != fate]
    tables = {"professionals": twin.staff, "managers": twin.managers, "providers": twin.providers}
    tables |= {"programmes": twin.programmes}
    for table, things in {**tables, "grants": twin.grants, "lots": twin.lots}.items():
        for k, thing in enumerate(things):
            compare(f"{table} {k}", getattr(world, table)[k], thing)
        if table in ("grants", "lots") and getattr(world, table)["state"][len(things) :].any():
            found.append(f"{table}: more in the model than in the twin")
    compare("system", system, twin.system, skip=("living", "present", "events"))
    last = Counter(twin.last_seen(who) % 12 for who in set().union(*twin.without[-12:]))
    found += [f"seen {k}: {n}, {last[k]}" for k, n in enumerate(world.seen.tolist()) if n != last[k]]
    for month in range(system["month"]):
        flows = {(FROM[a], TO[b]): n for (a, b), n in np.ndenumerate(world.flows[month]) if n}
        if flows != twin.flows[month]:
            found.append(f"flows {month}: {flows}, {dict(twin.flows[month])}")
        back = [after for home, after in twin.came_back if home == month]
        for months in WITHIN:
            setattr(twin.measured[month], f"returned_{months}", sum(after <= months for after in back))
        compare(f"measured {month}", world.measured[month], twin.measured[month])
        compare(f"ledger {month}", world.ledger[month], twin.ledger[month])
    told = [
        (int(e["month"]), EVENTS[e["kind"]], int(e["provider"]), int(e["amount"]))
        for e in world.events[: system["events"]]
    ]
    found += [f"event {k}: {a}, {b}" for k, (a, b) in enumerate(zip(told, twin.events, strict=False)) if a != b]
    if len(told) != len(twin.events):
        found.append(f"events: {len(told)}, {len(twin.events)}")
    return found
