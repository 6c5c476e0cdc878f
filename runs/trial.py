"""Trials inside the model: enrol people of a running system, randomise them, follow them in it, month after month.

    trial("canada_trial", eligible=Eligibility(need=(0.67, 1.0)), arms=("usual", "reform"), people=950, size=8000)

The system lives its burn-in without a foundation; month 0 is its end.  There N eligible people are drawn at random and
shared out to arms at random, each by a keyed draw of its own.  Their row of month 0 is the baseline, before anybody is
offered anything.  Then everybody lives on in the same system, with everybody else in it.

What an arm may get (`Arm`):

- **An offer.**  At enrolment each of its people is offered a place of the reformed service, at a provider drawn at
  random.  The place is new: the provider's mainstream places rise by one and the commissioner's budget by its cost, as
  real trials bring their own teams.  The answer is the person's keyed answer of that month (`accepts_home`).  A place
  belongs to its person: it is kept between two homes, and goes when it is refused or lost, so that nobody else is ever
  offered it.
- **A bill.**  A team is hired for an arm, not by the month, and published costs are per participant [S31]: everybody
  enrolled in an arm with an offer is charged a place for every month in which they are followed, wherever they live.
  The system's own ledger has the place only while it is open.
- **Homes of its own** (`homes`): real trials come with rent supplements and people who search.  The chance a month that
  this finds the first home for somebody who looks, beside the lottery for the system's own supply.  Who is between two
  homes is re-housed as every tenant of the reformed service is.
- **An offer that stands** (`again`): whoever refused, gave up looking or lost the home is asked again each month.
- **Another world** (`parameters`, `levers`, `strategy`): one system has one row of parameters and one foundation, so
  such an arm is followed in a copy of the system from the moment of enrolment on.  In the copy the people of all arms
  are enrolled and offered the same; only the settings differ, and only that arm's people are looked at.
  The other arms live together in the system as it is, and compete there for homes and beds as people do.

Nobody is lost to follow-up while in the system.  Who leaves it is `gone` from then on: dead (alive 0), left the area or
found an answer of their own (lost 1, nothing is known of them), or out of sight after years in a home (secure).
"""

from __future__ import annotations

import hashlib
import json
from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import polars as pl

from agents.funder import emergency_price
from agents.programme import SLOTS, places_of
from agents.service_user import (
    CRISIS,
    DIED,
    GONE,
    HERE,
    HIDDEN,
    HOUSED,
    LEFT,
    LOOKING,
    NEVER,
    REFORM,
    SETTLED,
    SITUATIONS,
    UNSERVED,
    accepts_home,
    fit,
)
from engine.chance import decisions, uniforms
from engine.errors import BadInput, OutOfRange, UnknownName
from engine.record import Row, Rows
from engine.typed import as_whole, whole
from model.beds import key_worker_in
from model.draws import ANSWERS_OFFER, KEY_WORKER, OFFER, STAY, WHOSE_OFFER
from model.housed import cost_when_housed
from model.leaving import gets_home, place_passes
from model.month import run
from model.observe import other_cost
from model.state import BURN_IN, World, copy
from runs.rows_of_people import everybody_in, fate_of, row_of
from runs.running import Progress, Run, before, begun
from runs.store import RUNS, manifest
from scenarios.named import named
from scenarios.places import Place, find_place
from scenarios.request import WORLDVIEW
from scenarios.scenario import LONGEST, MOST, NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import Strategy, find_strategy
from scenarios.worldviews import Worldview, find_worldview

TRIAL = decisions(0x18046137, "trial", "is enrolled", "arm", "finds a home", "can be reached")
IS_ENROLLED, ARM, FINDS_HOME, IS_REACHED = range(4)
NIGHTS = 30.4  # in a month
USUAL, OFFERED = "usual", "reform"
OFFERED_WHERE = ("crisis", "unserved", "hidden")  # in these situations somebody can be offered a place
REACHED = 0.3  # of the people without a bed, whom recruiters find.  Assumption: with it about one in five of those
# enrolled lives with friends, as about one in five in At Home/Chez Soi was precariously housed (recalled)
AT_HOME = 0.34  # chance a month of a home: 1 - exp(-30.4 / 73), 73 days to a home in At Home/Chez Soi (derived; S8)
MOST_BEFORE = 36  # months before enrolment that can be looked back on
LONG = 32000  # months; a time in one situation stops there
# Read when a system begins; in the middle of a trial they would change nothing.
AT_THE_START = ("crisis_beds", "crisis_stock_share", "reform_places", "rough_stock", "hidden_ratio", "providers")

PERSONS = {
    "person": pl.Int64(), "arm": pl.String(), "month": pl.Int32(), "need": pl.Float64(),
    "situation": pl.Enum(SITUATIONS),
    "secure": pl.Int8(), "nights_crisis": pl.Float64(), "cost_commissioner": pl.Float64(),
    "cost_foundation": pl.Float64(), "cost_provider": pl.Float64(), "cost_other": pl.Float64(),
    "cost_reform": pl.Float64(), "fit": pl.Float64(), "trust": pl.Float64(), "acute": pl.Int8(), "alive": pl.Int8(),
    "lost": pl.Int8(), "accepted": pl.Int8(), "home_months": pl.Int32(), "place_months": pl.Int32(),
}  # fmt: skip
MEANINGS = {
    "person": "permanent number", "arm": "arm of the trial", "month": "months since enrolment (0: baseline)",
    "need": "need of support, 0 to 1", "situation": "where the person lives at the end of the month",
    "secure": "1: in a home, with support or settled", "nights_crisis": "nights in a crisis bed (30.4 or 0)",
    "cost_commissioner": "EUR in the month: crisis bed, reformed place",
    "cost_foundation": "EUR in the month: a reformed place as far as grants pay it",
    "cost_provider": "EUR in the month: staff hours that nobody pays, shared among the people served",
    "cost_other": "EUR in the month: health, justice and other services",
    "cost_reform": "of commissioner and foundation: the reformed place; everybody's in an arm with an offer",
    "fit": "fit of the reformed service with what this person wants; none outside it",
    "trust": "trust in services; none when gone", "acute": "1: in an acute spell; none when out of touch",
    "alive": "0: has died",
    "lost": "1: has left the system, and nothing is known",
    "accepted": "answer to the trial's offer with which the month began (1: yes); none where nothing was offered",
    "home_months": "months since the present home was got (0: this month); none without one",
    "place_months": "months since the present place of the reformed service was accepted (0: this month), between two "
    "homes as well; none outside it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may be enrolled: every range is from-to, both included.  BadInput if it makes no sense.

    need: 0 to 1; situations: some of SITUATIONS but gone; months: in the present one; homeless: months since the last
    secure home; returned: has (True) or has not (False) lost a secure home before; acute: is or is not in an acute
    spell; reached: of those without a bed (on the street, with friends) the share who can be asked at all, 0 to 1, by a
    draw of each person's own - recruiters find everybody in a shelter, and some of the others.
    """

    need: tuple[float, float] = (0.0, 1.0)
    situations: tuple[str, ...] = ("crisis", "unserved")
    months: tuple[int, int] = (0, LONG)
    homeless: tuple[int, int] = (0, LONG)
    returned: bool | None = None
    acute: bool | None = None
    reached: float = 1.0

    def __post_init__(self) -> None:
        for name, high in (("need", 1.0), ("months", LONG), ("homeless", LONG)):
            _range(name, getattr(self, name), high)
        known = SITUATIONS[:GONE]
        if isinstance(self.situations, str) or not self.situations:
            raise BadInput(f"'situations' is {self.situations!r}", allowed=f"one or more of {', '.join(known)}")
        for situation in self.situations:
            if situation not in known:
                raise UnknownName("situation to enrol people from", situation, known)
        for name in ("returned", "acute"):
            if getattr(self, name) not in (None, True, False):
                raise BadInput(f"'{name}' is {getattr(self, name)!r}", allowed="True, False, or None for either")
        if isinstance(self.reached, bool) or not isinstance(self.reached, int | float):
            raise BadInput(f"'reached' is {self.reached!r}", allowed="a share, 0 to 1")
        if not 0.0 <= self.reached <= 1.0:
            raise OutOfRange("reached", self.reached, 0, 1, unit="share")

    def of(self, users: Rows) -> np.ndarray:
        """Rows of `users` that are eligible, ascending, whether they can be reached or not."""
        ok = np.isin(users["situation"], [SITUATIONS.index(situation) for situation in self.situations])
        for name in ("need", "months", "homeless"):
            low, high = getattr(self, name)
            ok &= (users[name] >= low) & (users[name] <= high)
        for name in ("returned", "acute"):
            wanted = getattr(self, name)
            if wanted is not None:
                ok &= users[name] == int(wanted)
        return np.flatnonzero(ok)


@dataclass(frozen=True, slots=True)
class Arm:
    """What the people of an arm get (see the head of this file); an Arm() gets usual services.

    offer: a place of the reformed service, new, for each; again: the offer stands; homes: chance a month that the arm's
    own means find a home for somebody looking; strategy, levers, parameters: settings of the world they live in.
    """

    offer: bool = False
    again: bool = False
    homes: float = 0.0
    strategy: str | Strategy = NOBODY
    levers: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.homes, bool) or not isinstance(self.homes, int | float):
            raise BadInput(f"'homes' is {self.homes!r}", allowed="a chance a month, 0 to 1")
        if not 0.0 <= self.homes <= 1.0:
            raise OutOfRange("homes", self.homes, 0, 1, unit="chance a month")
        if (self.again or self.homes) and not self.offer:
            raise BadInput("An arm without an offer has 'again' or 'homes'", do="Set offer=True, or leave them out")
        for name in self.parameters:
            if name in AT_THE_START:
                raise BadInput(f"'{name}' says how a system begins and cannot differ between arms",
                               do="Give it in parameters=, for the whole trial")  # fmt: skip

    @property
    def title(self) -> str:
        """In words, for a reader of tables."""
        parts = ["offer of the reformed service" if self.offer else "usual services"]
        parts += ["repeated" if self.again else ""]
        parts += [f"homes of its own ({self.homes:.0%} a month)" if self.homes else ""]
        strategy = self.strategy if isinstance(self.strategy, str) else self.strategy.name
        parts += [strategy if strategy != NOBODY else ""]
        parts += [f"{name}={value:g}" for name, value in {**self.levers, **self.parameters}.items()]
        return ", ".join(part for part in parts if part)


ARMS = {USUAL: Arm(), OFFERED: Arm(offer=True)}


@dataclass(frozen=True)
class Trial:
    """Everything that determines the digits of one trial, checked.  `counts`: people of each arm, by name.

    size: people simulated in the system at its beginning (None: the place's own size); before: months before enrolment
    that are reported as well.
    """

    place: Place
    eligible: Eligibility
    arms: Mapping[str, Arm]
    counts: Mapping[str, int]
    months: int
    seed: int
    parameters: Mapping[str, float]
    worldview: Worldview
    size: int | None
    before: int
    worlds: Mapping[str, Scenario]  # arm -> the world it lives in; equal scenarios are one world

    @property
    def people(self) -> int:
        """People enrolled."""
        return sum(self.counts.values())

    def design(self) -> dict[str, Any]:
        """The trial as plain data: for a manifest, and enough to run it again."""
        arms = {
            name: {**asdict(replace(arm, strategy=self.worlds[name].strategy.name)), "people": self.counts[name]}
            for name, arm in self.arms.items()
        }
        return {
            "place": self.place.name, "world": self.worldview.name, "eligible": asdict(self.eligible), "arms": arms,
            "months": self.months, "before": self.before, "seed": self.seed, "size": self.size,
            "parameters": dict(self.parameters),
        }  # fmt: skip


class Rest(TypedDict, total=False):
    """What is said of a trial besides place, people and months, by name; what it means: `trial`."""

    seed: int
    parameters: Mapping[str, float] | None
    worldview: str | Worldview
    size: int | None
    before: int


@named({"seed": 1, "worldview": WORLDVIEW, "before": 0})
def trial(
    place: str | Place,
    eligible: Eligibility | Mapping[str, Any] | None = None,
    arms: Sequence[str] | Mapping[str, Arm] = (USUAL, OFFERED),
    people: int | Mapping[str, int] = 400,
    months: int = 24,
    *,
    on_progress: Progress | None = None,
    **rest: Unpack[Rest],
) -> pl.DataFrame:
    """Run a trial: a row for each person enrolled and month (columns PERSONS; MEANINGS says what they are).

    arms: names of ARMS, or names with an `Arm` each.  people: enrolled in all, shared out evenly, or by arm.
    parameters: overrides for the whole trial, as with --set.  size: people in the system that they are drawn from
    (None: the place's own size).  before: months up to enrolment, its own included, in which the same people are
    reported (12: months -11 ... 0; who was not there yet has no row).  BadInput for whatever cannot be, too few
    eligible people among it.
    """
    return lived(planned(place, eligible, arms, people, months, **rest), on_progress)


def planned(
    place: str | Place,
    eligible: Eligibility | Mapping[str, Any] | None = None,
    arms: Sequence[str] | Mapping[str, Arm] = (USUAL, OFFERED),
    people: int | Mapping[str, int] = 400,
    months: int = 24,
    seed: int = 1,
    parameters: Mapping[str, float] | None = None,
    worldview: str | Worldview = WORLDVIEW,
    size: int | None = None,
    before: int = 0,
) -> Trial:
    """The same trial, checked and not yet run; arguments as in `trial`."""
    where = find_place(place) if isinstance(place, str) else place
    belief = find_worldview(worldview) if isinstance(worldview, str) else worldview
    who = _eligibility(eligible)
    chosen = _arms(arms)
    for name, arm in chosen.items():
        outside = [p for p in who.situations if p not in OFFERED_WHERE]
        if arm.offer and outside:
            raise BadInput(f"People who are {outside[0]} cannot be offered a place (arm '{name}')",
                           allowed=f"situations={OFFERED_WHERE}")  # fmt: skip
    counts = _counts(people, list(chosen))
    months = whole("months", months, 1, LONGEST, unit="months")
    before = whole("before", before, 0, MOST_BEFORE, unit="months")
    everywhere = dict(parameters or {})
    worlds = {
        name: Scenario(
            find_strategy(arm.strategy) if isinstance(arm.strategy, str) else arm.strategy, where, belief, size, months,
            seed, Settings(dict(arm.levers), {**everywhere, **arm.parameters}),
        )
        for name, arm in chosen.items()
    }  # fmt: skip
    one = next(iter(worlds.values()))  # its numbers are ints, whatever kind of whole numbers was given
    return Trial(where, who, chosen, counts, months, one.seed, everywhere, belief, one.people, before, worlds)


def lived(plan: Trial, on_progress: Progress | None = None) -> pl.DataFrame:
    """Run a planned trial; what comes back is described at `trial`."""
    past, earlier = _past(plan)
    ids, arm_of = _enrolled(plan, past)
    names = list(plan.arms)
    parts = []
    for month in range(1 - max(plan.before, 1), 0):  # the same months once more, now that we know whom to look at
        parts.append(_rows(earlier, ids, arm_of, names, month))
        earlier = run(earlier, 1)
    parts.append(_rows(past, ids, arm_of, names, 0))
    different = _different(plan)
    done, total = 0, plan.months * len(different)
    for here in different:
        followed = _Followed(plan, past, plan.worlds[here[0]], ids, arm_of)
        looked_at = np.isin(arm_of, [names.index(name) for name in here])
        for month in range(1, plan.months + 1):
            parts.append(followed.month(month, looked_at, names))
            done += 1
            if on_progress is not None:
                on_progress(done, total)
    order = {name: k for k, name in enumerate(names)}
    return pl.concat(parts).sort(pl.col("arm").replace_strict(order, return_dtype=pl.Int32()), "person", "month")


def trial_manifest(plan: Trial, seconds: float = 0.0) -> pl.DataFrame:
    """What `runs.parquet` says of a trial: a row for each world, its arms as `scenario`, and the design as JSON in
    `trial`.  `hash` names everything that determines the trial's digits, the text of this file included."""
    text = Path(__file__).read_bytes().replace(b"\r\n", b"\n")
    design = json.dumps(plan.design(), sort_keys=True)
    rows = []
    for here in _different(plan):
        row = manifest(Run(plan.worlds[here[0]], "done", seconds=seconds))
        whole = hashlib.blake2b(f"{row['hash']}\0{design}\0".encode() + text, digest_size=12).hexdigest()
        rows.append({**row, "scenario": ", ".join(here), "hash": whole, "trial": design})
    return pl.DataFrame(rows, schema={**RUNS, "trial": pl.String()}, orient="row")


class _Followed:
    """One world of a trial: everybody enrolled lives in it, with the trial's own places and homes.

    Arrays have an element for each person enrolled, in the order of `ids`.
    """

    def __init__(self, plan: Trial, past: World, scenario: Scenario, ids: np.ndarray, arm_of: np.ndarray) -> None:
        world = begun(past, scenario)
        self.world = world._replace(parameters=_parameters(scenario, past))
        self._prices()
        self.ids, self.arms = ids, [plan.arms[name] for name in np.array(list(plan.arms))[arm_of]]
        self.arm_of = arm_of
        self.homes = np.array([arm.homes for arm in self.arms])
        self.charged = np.array([arm.offer for arm in self.arms])
        self.again = any(arm.offer and arm.again for arm in self.arms)
        self.rows = row_of(world.users, ids)
        self.last = world.users[self.rows]  # everybody as they were when last seen
        self.fates = np.full(len(ids), HERE)
        self.housed = np.zeros(len(ids), bool)
        self.answers = np.full(len(ids), np.nan)  # to the offer with which this month begins: 1, 0 or none
        self.holds: dict[int, int] = {}  # person -> provider of the trial's place that is theirs
        self.extra = np.zeros(len(world.providers), np.int64)  # mainstream places that the trial brought, by provider
        self._offers(first=True)

    def month(self, month: int, looked_at: np.ndarray, names: list[str]) -> pl.DataFrame:
        """One month; then the trial finds homes, takes back places that were left, and asks again where it does.

        The rows of those who are looked at tell how the month ended, before anybody is asked again.
        """
        self.world = run(self.world, 1)
        users = self.world.users
        self.rows = row_of(users, self.ids)
        here = self.rows >= 0
        housed = row_of(self.world.housed[: self.world.system[0].housed].view(Rows), self.ids) >= 0
        goes = ~here & ~housed & (self.fates == HERE)
        self.fates[goes] = np.where(self.housed[goes], DIED, fate_of(users, self.ids[goes]))
        self.housed = housed
        self._homes()
        self._withdraw()
        self.last[here] = users[self.rows[here]]
        told = _rows(self.world, self.ids[looked_at], self.arm_of[looked_at], names, month, self.fates[looked_at],
                     self.last["need"][looked_at], self.answers[looked_at], self.charged[looked_at])  # fmt: skip
        self._offers(first=False)
        return told

    def _prices(self) -> None:
        p, system = self.world.parameters[0], self.world.system[0]
        system.bed_month = round(p.crisis_cost * 100.0 / 12.0)
        system.by_right_month = round(system.bed_month * p.by_right_price)
        system.emergency_month = emergency_price(system.bed_month, p)
        system.place_month = round(p.reform_cost * 100.0 / 12.0)

    def _offers(self, first: bool) -> None:
        """New places are offered: to each of the arm at enrolment, later to whoever is asked again."""
        self.answers[:] = np.nan
        if not first and not self.again:
            return
        asked = np.array([arm.offer and (first or arm.again) for arm in self.arms]) & (self.rows >= 0)
        asked[asked] = np.isin(self.world.users["situation"][self.rows[asked]], (CRISIS, UNSERVED, HIDDEN))
        if not asked.any():
            return
        p = _plain(self.world.parameters)(*self.world.parameters[0].tolist())
        staff = [_Staff(service) for service in self.world.professionals["service"].tolist()]
        for k in np.flatnonzero(asked).tolist():
            if int(self.ids[k]) not in self.holds:
                self.answers[k] = self._offer(int(self.ids[k]), self.world.users[self.rows[k]], p, staff)

    def _offer(self, person: int, user: Row, p: Any, staff: Sequence[Any]) -> bool:
        """A place for this person, and the answer: as in step 7 of the month, but nobody has to be put forward."""
        world, system = self.world, self.world.system[0]
        luck = uniforms(int(system.seed), OFFER, int(system.month), person)
        if not accepts_home(user, p, luck[ANSWERS_OFFER]):
            return False  # the place was there for the asking; nobody pays for it, and nobody else gets it
        inside = len(world.providers) - 1  # the last one is outside
        j = min(int(luck[WHOSE_OFFER] * inside), inside - 1)
        of_worker = uniforms(int(system.seed), STAY, int(system.month), person)[KEY_WORKER]
        provider = world.providers[j]
        self._brings(j, 1)
        programme = world.programmes[j * SLOTS]
        user.situation, user.provider, user.months, user.joined = LOOKING, j, 0, int(system.month)
        user.programme = j * SLOTS
        user.worker = key_worker_in(world.duty, provider, programme, of_worker)
        place_passes(provider, programme, 1, 0)
        self.holds[person] = j
        return True

    def _homes(self) -> None:
        """The arm's own means find homes for its people who look, beside the lottery for the system's supply."""
        world, system = self.world, self.world.system[0]
        wait = (self.homes > 0) & (self.rows >= 0)
        looking = world.users[self.rows[wait]]
        wait[wait] = (looking["situation"] == LOOKING) & (looking["housed_on"] < looking["joined"])
        for k in np.flatnonzero(wait).tolist():
            person = int(self.ids[k])
            luck = uniforms(int(system.seed), TRIAL, int(system.month), person)[FINDS_HOME]
            if person in self.holds and luck < self.homes[k]:
                user: Any = world.users[self.rows[k]]
                had_bed = user.bed_provider >= 0
                provider, programme = world.providers[user.provider], world.programmes[user.programme]
                gets_home(provider, programme, world.providers[user.bed_provider], system, user)
                user.housed_on = int(system.month) - 1  # in the month that has just ended
                if had_bed:
                    user.bed_until = int(system.month) - 1

    def _withdraw(self) -> None:
        """Places go with their people.  Whoever of the others is in the service keeps a place to be in."""
        users, providers = self.world.users, self.world.providers
        held = np.zeros(len(providers), np.int64)
        served = np.where((self.rows >= 0) & np.isin(users["situation"][self.rows], (LOOKING, REFORM)),
                          users["provider"][self.rows], -1)  # fmt: skip
        by = dict(zip(self.ids.tolist(), served.tolist(), strict=True))
        for person, j in list(self.holds.items()):
            if by[person] == j:
                held[j] += 1
            else:
                del self.holds[person]
        others, spare = providers["in_reform"] + providers["in_looking"] - held, self.extra - held
        ordinary = providers["reform_main"] - self.extra + providers["reform_grant"]
        kept = np.clip(others - ordinary, 0, spare)  # places closed, and the trial's person was drawn to go
        for j in np.flatnonzero(kept != spare).tolist():
            self._brings(j, int(kept[j] - spare[j]))

    def _brings(self, j: int, places: int) -> None:
        """Mainstream places of the trial open (or close) at a provider, and the budget with them."""
        system, provider = self.world.system[0], self.world.providers[j]
        programme = self.world.programmes[j * SLOTS]
        provider.reform_main = provider.reform_main + places
        programme.places_main = programme.places_main + places
        system.budget = system.budget + places * system.place_month
        self.extra[j] += places


def _past(plan: Trial) -> tuple[World, World]:
    """The system at month 0, and as it was in the first month that the trial reports."""
    scenario = replace(
        next(iter(plan.worlds.values())), strategy=find_strategy(NOBODY), label=NOBODY,
        settings=Settings(parameters=dict(plan.parameters)),
    )  # fmt: skip
    looked_back = max(plan.before - 1, 0)
    world = run(before(scenario), BURN_IN - looked_back)
    earlier = copy(world, world.levers, world.plan, world.measured.copy(), world.ledger.copy(), world.flows.copy())
    return run(world, looked_back), earlier


def _parameters(scenario: Scenario, past: World) -> Rows:
    """What holds in an arm's world from enrolment on: its own settings, and the rates that were fitted to the place's
    counts as they were - fitted anew they would undo what the arm's settings do."""
    row = scenario.parameters()
    for name in scenario.balance.values:
        row[name] = past.parameters[name]
    return row


def _enrolled(plan: Trial, world: World) -> tuple[np.ndarray, np.ndarray]:
    """Who is enrolled (ids), and the number of each one's arm; both at random, keyed by person."""
    users = world.users
    rows = plan.eligible.of(users)
    draws = np.array([uniforms(plan.seed, TRIAL, BURN_IN, int(person)) for person in users["id"][rows]]).reshape(-1, 4)
    reached = (users["bed_provider"][rows] >= 0) | (draws[:, IS_REACHED] < plan.eligible.reached)
    rows, draws = rows[reached], draws[reached]
    if len(rows) < plan.people:
        system = int(world.system[0].people)
        if len(rows):
            larger = min(int(np.ceil(system * plan.people / len(rows) * 1.15 / 100) * 100), MOST)
            do = f"Enrol fewer, widen the eligibility, or simulate a larger system (about size={larger:,})"
        else:
            do = "Widen the eligibility"
        raise BadInput(f"{len(rows):,} people are eligible and {plan.people:,} are to be enrolled (the system has "
                       f"{system:,})", do=do)  # fmt: skip
    ids = users["id"][rows]
    first = np.lexsort((ids, draws[:, IS_ENROLLED]))[: plan.people]
    ids, draws = ids[first], draws[first]
    order = np.lexsort((ids, draws[:, ARM]))
    arm_of = np.empty(plan.people, np.int64)
    arm_of[order] = np.repeat(np.arange(len(plan.counts)), list(plan.counts.values()))
    by_id = np.argsort(ids)
    return np.asarray(ids[by_id]), arm_of[by_id]


def _rows(world: World, ids: np.ndarray, arm_of: np.ndarray, names: list[str], month: int,
          fates: np.ndarray | None = None, need: np.ndarray | None = None, answers: np.ndarray | None = None,
          charged: np.ndarray | None = None) -> pl.DataFrame:  # fmt: skip
    """A month's rows of PERSONS.  Who is not there is left out or, with `fates` and `need`, told as gone.

    answers: to the offer with which the month began (1, 0, nan for none).  charged: whose place is paid wherever they
    live, of those with `fates`; without it, of who is in the reformed service.
    """
    p = _plain(world.parameters)(*world.parameters[0].tolist())
    providers = _plain_rows(world.providers)
    system, people = world.system[0], everybody_in(world)
    bed, price = system.bed_month / 100.0, system.place_month / 100.0
    unpaid = world.ledger[system.month - 1].provider_hours / 100.0
    each = unpaid / max(sum(provider.in_crisis + provider.in_reform for provider in providers), 1)
    rows = row_of(people, ids)
    if fates is None or need is None:
        ids, arm_of, rows = (column[rows >= 0] for column in (ids, arm_of, rows))
        fates, need = np.full(len(ids), HERE), people["need"][rows]
    here = rows >= 0
    found = people[rows]  # of who is gone: somebody else's row, and nothing below reads it
    situation = np.where(here, found["situation"], GONE)
    in_bed, in_place = here & (found["bed_provider"] >= 0), np.isin(situation, (LOOKING, REFORM))
    programmes = _plain_rows(world.programmes)
    by_grant = np.array([one.places_grant / max(places_of(one), 1) for one in programmes])
    grant = np.where(in_place, by_grant[found["programme"]], 0.0)
    reform = np.where(in_place | (here & (False if charged is None else charged)), price, 0.0)
    last_month = int(system.month) - 1
    secure = here & np.isin(situation, (REFORM, SETTLED, HOUSED))
    known = secure & (found["housed_on"] != NEVER)
    other = np.zeros(len(ids))
    for kind, acute, bed_row in np.ndindex(HOUSED, 2, 2):  # the rule reads a whole column of needs at once
        these = (situation == kind) & (found["acute"] == acute) & (in_bed == bed_row)
        other[these] = other_cost(_Costs(kind, need[these], acute, bed_row - 1), p)
    housed = situation == HOUSED
    other[housed] = [cost_when_housed(_Costs(HOUSED, one, 0, -1), p) / 100.0 for one in need[housed].tolist()]
    met, tenants = np.full(len(ids), np.nan), np.flatnonzero(situation == REFORM)
    wants = zip(*(found[want][tenants].tolist() for want in _Wants._fields), strict=True)
    met[tenants] = [
        fit(_Wants(*want), programmes[row], p)
        for want, row in zip(wants, found["programme"][tenants].tolist(), strict=True)
    ]
    columns = {
        "person": ids, "arm": pl.Series(names, dtype=pl.String)[arm_of],
        "month": np.full(len(ids), month), "need": need,
        "situation": pl.Series(SITUATIONS, dtype=PERSONS["situation"])[situation],
        "secure": secure,
        "nights_crisis": np.where(in_bed, NIGHTS, 0.0),
        "cost_commissioner": np.where(in_bed, bed, 0.0) + reform * (1.0 - grant), "cost_foundation": reform * grant,
        "cost_provider": np.where(in_bed | in_place, each, 0.0), "cost_other": other, "cost_reform": reform,
        "fit": met, "trust": np.where(here, found["trust"], np.nan),
        "acute": np.where(housed, np.nan, here & (found["acute"] == 1)),
        "alive": fates != DIED, "lost": fates == LEFT,
        "accepted": np.full(len(ids), np.nan) if answers is None else answers,
        "home_months": np.where(known, last_month - found["housed_on"].astype(np.int64), np.nan),
        "place_months": np.where(in_place, last_month - found["joined"].astype(np.int64), np.nan),
    }  # fmt: skip
    return pl.DataFrame([pl.Series(name, columns[name], nan_to_null=True).cast(kind) for name, kind in PERSONS.items()])


_Staff = namedtuple("_Staff", ("service",))  # what `key_worker` reads of the staff
_Costs = namedtuple("_Costs", ("situation", "need", "acute", "bed_provider"))  # what `other_cost` reads of people
_Wants = namedtuple("_Wants", ("wants_choice", "wants_home", "wants_support"))  # what `fit` reads of a person


@cache
def _plain_of(names: tuple[str, ...]) -> Any:
    return namedtuple("_plain_of", names)


def _plain(table: Rows) -> Any:
    """A class for rows of this table as plain Python objects, which rules read much faster than records."""
    return _plain_of(table.dtype.names or ())


def _plain_rows(table: Rows) -> list[Any]:
    """The rows of a table as plain objects."""
    return [_plain(table)(*row) for row in table.tolist()]


def _different(plan: Trial) -> list[list[str]]:
    """The arms by the world they live in: worlds are the same if their parameters, levers and plans are."""
    scenarios = list(plan.worlds.values())
    if all(scenario == scenarios[0] for scenario in scenarios):  # most trials: no need to write them out
        return [list(plan.worlds)]
    worlds: dict[tuple[bytes, ...], list[str]] = {}
    for name, scenario in plan.worlds.items():
        worlds.setdefault(_world_key(scenario), []).append(name)
    return list(worlds.values())


def _world_key(scenario: Scenario) -> tuple[bytes, ...]:
    return scenario.parameters().tobytes(), scenario.lever_rows().tobytes(), scenario.plan_rows().tobytes()


def _eligibility(given: Eligibility | Mapping[str, Any] | None) -> Eligibility:
    if given is None or isinstance(given, Eligibility):
        return given or Eligibility()
    known = [one.name for one in fields(Eligibility)]
    for name in given:
        if name not in known:
            raise UnknownName("criterion of eligibility", name, known)
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
    return Eligibility(**values)


def _arms(given: Sequence[str] | Mapping[str, Arm]) -> dict[str, Arm]:
    if isinstance(given, str):
        given = (given,)
    if not isinstance(given, Mapping):
        for name in given:
            if name not in ARMS:
                raise UnknownName("arm", name, ARMS)
        if len(set(given)) < len(given):
            raise BadInput("An arm is named twice", allowed="each arm once")
        given = {name: ARMS[name] for name in given}
    for name, arm in given.items():
        if not name or not isinstance(arm, Arm):
            raise BadInput(f"The arm '{name}' is {arm!r}", allowed="an Arm, such as Arm(offer=True)")
    if not given:
        raise BadInput("A trial without arms", allowed=f"one or more, such as {USUAL} and {OFFERED}")
    return dict(given)


def _counts(people: int | Mapping[str, int], arms: list[str]) -> dict[str, int]:
    """People of each arm."""
    if isinstance(people, Mapping):
        for name in people:
            if name not in arms:
                raise UnknownName("arm", name, arms)
        counts = {name: people.get(name, 0) for name in arms}
    elif (total := as_whole(people)) is None:
        raise BadInput(f"'people' is {people!r}", allowed="a whole number, or one for each arm")
    else:
        even, rest = divmod(total, len(arms))
        counts = {name: even + (1 if k < rest else 0) for k, name in enumerate(arms)}
    for name, given in counts.items():
        number = as_whole(given)
        if number is None or number < 1:
            raise BadInput(f"The arm '{name}' has {given!r} people", allowed="one or more in each arm")
        counts[name] = number
    return counts


def _range(name: str, given: object, high: float) -> None:
    if (
        not isinstance(given, tuple)
        or len(given) != 2
        or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in given)
    ):
        raise BadInput(f"'{name}' is {given!r}", allowed="two numbers, from and to")
    if not 0 <= given[0] <= given[1] <= high:
        raise BadInput(f"'{name}' is {given[0]:g} to {given[1]:g}", allowed=f"from and to, within 0 to {high:g}")
