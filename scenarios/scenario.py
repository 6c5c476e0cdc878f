"""A scenario: everything that determines the digits of one run.

Whatever can be wrong about it is said when it is made (BadInput); a scenario that exists can be run.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

import numpy as np

from engine.errors import BadInput
from engine.record import Rows
from engine.shown import card
from engine.typed import SHOWN, as_whole, rounded, whole
from evidence.quantities import values
from model.balance import Balance
from model.balance_words import words
from model.start import at_start, groups_of, size_of
from model.state import BURN_IN, copied
from scenarios.balanced import balanced
from scenarios.choice import check_set_once, read_choice, with_own
from scenarios.grants_here import Grants, grants_here, too_small
from scenarios.language import N_, say
from scenarios.levers import at_rest, lever_record
from scenarios.named import named
from scenarios.places import RATES, Group, Place, bind, domain_of, find_place
from scenarios.plan import check_growth, idle_growth, plan_rows
from scenarios.settings import WHOLE_PROGRAMME, Settings, named_settings
from scenarios.strategy import Phase, Strategy, find_strategy, lever_months, moved
from scenarios.unlikely import Warned, warnings_in
from scenarios.worldviews import Worldview, find_worldview

FEWEST, MOST = 500, 1_000_000  # people
LONGEST = 480  # months
LARGEST_SEED = 2**62
MONTHS = 120
QUIET = 12  # months: when programmes usually start, so that strategies have as much of their past in common as can be
LASTS = (24, 48)  # months after the programme's end at which what lasts is measured
NOBODY = "status_quo"  # the strategy of no foundation

ROW = ("scenario", "control_of", "strategy", "world", "place", "asked_people", "months", "seed", "set", "levers",
       "parameters", "groups", "paths")  # fmt: skip

TOO_MANY_OR_FEW = {  # nobody, too few, too many people: by whether they are as many as the place really has
    False: (
        N_("{number} people: there is nobody to simulate"),
        N_("{number} people are too few to represent a system"),
        N_("{number} people are more than this model is made for"),
    ),
    True: (
        N_("{place} has nobody in it"),
        N_("{place} has {number} people in the system, which is too few to represent a system"),
        N_("{place} has {number} people in the system, which is more than this model is made for"),
    ),
}

Phases = tuple[tuple[int, dict[str, float]], ...]


class _Made(NamedTuple):
    """What follows from a scenario whatever its seed.  Handed out as copies only."""

    parameters: Rows  # 1 row
    size: int  # people in the real place at the start
    phases: Phases
    levers: Rows  # BURN_IN months without a foundation, then the run's
    plan: Rows  # what the place means to happen in the same months
    quiet: int  # months of the run before any lever moves or anybody else decides, at most QUIET
    balance: Balance  # the place's flows
    worlds: tuple[Rows, ...]  # parameters, 1 row each, while others decide otherwise
    held: np.ndarray  # for each row of `levers`: which of `worlds` holds, counted from 1; 0: `parameters`


@dataclass(frozen=True)
class Scenario:
    """One run to be.  `people` None is the place's real size; `seed` is the replicate's own; `label` names it in tables
    (the strategy's name unless given).  `drawn` is a plausible parameter set, number `set_number` from 1 on; without
    one the world has its default values.  `control_of`: labels of the scenarios that this one is a control of
    (runs/controls.py), none if it is somebody's own.

    Levers and parameters are worked out once, when the scenario is made: whatever becomes of the files and dicts that
    they came from, what was checked is what runs, and what a manifest says of it.

    >>> Scenario.of("user_centred", "dublin", people=2000)
    """

    strategy: Strategy
    place: Place
    worldview: Worldview
    people: int | None = None
    months: int = MONTHS
    seed: int = 1
    settings: Settings = field(default_factory=Settings)
    label: str = ""
    drawn: Mapping[str, float] = field(default_factory=dict)
    set_number: int | None = None
    control_of: tuple[str, ...] = ()
    _made: _Made = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for kind in (Strategy, Place, Worldview, Settings):
            name = kind.__name__.lower()
            if not isinstance(value := getattr(self, name), kind):
                raise BadInput(f"'{name}' is {str(value)[:SHOWN]!r}", allowed=f"a {kind.__name__}",
                               do="By names: Scenario.of('user_centred', settings={'contact': 0})")  # fmt: skip
        for name in self.settings.own:
            raise BadInput(
                f"'{name}' is a lever of one strategy", do="Set it there: Scenario.of('user_centred,listening=4')"
            )
        if not self.label:
            object.__setattr__(self, "label", self.strategy.name)
        object.__setattr__(self, "seed", whole("seed", self.seed, 0, LARGEST_SEED))
        object.__setattr__(self, "months", whole("months", self.months, 1, LONGEST))
        domain, place, *assumed = bind(self.place, self.worldview.values, self.settings.parameters)
        check_growth(self.place, self.settings.parameters)
        parameters = values(domain, place, self.drawn, *assumed)
        said = {name for layer in assumed for name in layer}
        found = balanced(self.place, parameters, self.group_rows(), self.drawn, said)
        size = size_of(parameters[0])
        object.__setattr__(self, "people", _checked_people(self.people, size, self.place))
        phases = self.strategy.settings(self.settings.levers)  # says so if shares exceed their whole
        levers = lever_record().empty(BURN_IN + self.months)
        levers[BURN_IN:] = lever_months(self.strategy, self.months, self.settings.levers)  # or it outlasts the run
        plan = plan_rows(self.place, parameters, self.months)
        worlds, held = decided(self.strategy, parameters, self.months, int(phases[0][1]["start"]))
        quiet = min(_quiet(levers), _first(held))
        object.__setattr__(self, "_made", _Made(parameters, size, phases, levers, plan, quiet, found, worlds, held))

    @classmethod
    @named()
    def of(
        cls,
        strategy: str | os.PathLike[str] | Strategy,
        place: str | os.PathLike[str] | Place = "dublin",
        worldview: str | os.PathLike[str] | Worldview = "evidence",
        people: int | None = None,
        months: int = MONTHS,
        seed: int = 1,
        settings: Mapping[str, float] | None = None,
        label: str = "",
    ) -> Self:
        """The same by names: those of what ships ("user_centred,listening=4" among them), or files."""
        said = named_settings(settings or {})
        one = strategy if isinstance(strategy, Strategy) else _chosen(_text("strategy", strategy), said)
        rest = said if isinstance(strategy, Strategy) else replace(said, own={})
        where = place if isinstance(place, Place) else find_place(_text("place", place))
        belief = worldview if isinstance(worldview, Worldview) else find_worldview(_text("worldview", worldview))
        told = one if one.name == NOBODY else domain_of(where).told(one)
        return cls(told, where, domain_of(where).told(belief), people, months, seed, rest, label)

    @classmethod
    def from_row(cls, row: Mapping[str, Any], place: Place | None = None, worldview: Worldview | None = None) -> Self:
        """The run of a row of `runs` (runs.parquet) again, to the digit.

        Levers and parameters are the row's; groups and figures by year are the place's.  place, worldview: for rows of
        somebody's own files, which hold no path.  BadInput where the place is not any more as the row says.
        """
        if not isinstance(row, Mapping):
            raise BadInput(f"The row is {repr(row)[:60]}", allowed="one row with its names: runs.row(0, named=True)")
        wanting = [name for name in ROW if name not in row]
        if wanting:
            raise BadInput(f"The row has no '{wanting[0]}'", allowed="a row of runs.parquet of this version")
        where = find_place(row["place"]) if place is None else place
        belief = find_worldview(row["world"]) if worldview is None else worldview
        phases = [dict(phase) for phase in json.loads(row["levers"])]
        title = row["strategy"]
        told = [(one.pop("from"), one.pop("others", {}), one) for one in phases]
        made = tuple(Phase(begins, levers, others) for begins, others, levers in told)
        strategy = Strategy(title, title, title, "hybrid", made)
        found = cls(strategy, where, belief, row["asked_people"], row["months"], row["seed"],
                    Settings(parameters=json.loads(row["parameters"])), row["scenario"], {}, row["set"],
                    tuple(json.loads(row["control_of"])))  # fmt: skip
        groups = [dict(zip(("share", *RATES), group.numbers, strict=True)) for group in where.groups]
        for name, there in (("groups", groups), ("paths", {n: list(path) for n, path in where.paths.items()})):
            if json.loads(row[name]) != there:
                raise BadInput(f"The {name} of {where.title} are not those of the row any more",
                               do="Give the place as it was then: from_row(row, place=...)")  # fmt: skip
        return found

    def __repr__(self) -> str:
        names = ", ".join(f"'{one.name}'" for one in (self.strategy, self.place, self.worldview))
        drawn = "" if self.set_number is None else f", set={self.set_number}"
        return f"<Scenario {names}, people={self.people}, months={self.months}, seed={self.seed}{drawn}>"

    def _repr_html_(self) -> str:
        size = f"{self.real_size:,} (as many as there are)" if self.people is None else f"{self.people:,}"
        changed = ", ".join(f"{name} {rounded(value)}" for name, value in self.settings.by_name.items()) or "nothing"
        return card(self.strategy.title, [
            ("place", self.place.title), ("worldview", self.worldview.title), ("people", size),
            ("months", self.months), ("seed", self.seed), ("parameter set", self.set_number or "none drawn"),
            ("settings", changed), ("warnings", " ".join(one.text for one in self.warnings) or "none"),
        ])  # fmt: skip

    def parameters(self) -> Rows:
        """One row of all inputs: defaults < domain < place < what is drawn < worldview < settings; what nobody
        publishes and nobody assumed is balanced with the place's counts."""
        return copied(self._made.parameters)

    @property
    def balance(self) -> Balance:
        """The place's flows, balanced with its counts: fitted rates, what does not agree, what is predicted."""
        return self._made.balance

    def lever_rows(self) -> Rows:
        """The levers month by month: BURN_IN months without a foundation, then `months` rows."""
        return copied(self._made.levers)

    def decided_rows(self) -> tuple[tuple[Rows, ...], np.ndarray]:
        """What others than the foundation decide: rows of parameters, and which of them holds in each row of
        `lever_rows`, counted from 1; 0: `parameters`."""
        return tuple(map(copied, self._made.worlds)), self._made.held.copy()

    @property
    def others(self) -> tuple[tuple[int, dict[str, float]], ...]:
        """Each phase's first month (of the programme) and what others than the foundation decide in it; () if they
        decide nothing anywhere."""
        if not self.strategy.has_others:
            return ()
        return tuple((phase.begins, dict(phase.others)) for phase in self.strategy.phases)

    def plan_rows(self) -> Rows:
        """What the place means to happen, month by month: a row of model.state.PLAN for each of `lever_rows`."""
        return copied(self._made.plan)

    @property
    def phases(self) -> Phases:
        """Each phase's first month (of the programme) and the value of every lever in it."""
        return tuple((begins, dict(levers)) for begins, levers in self._made.phases)

    @property
    def real_size(self) -> int:
        """People hidden, unserved, in crisis service or reform in the real place at the start."""
        return self._made.size

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What is possible in this world and hardly true, what does not balance, and what grants are too small for: one
        sentence each."""
        row = self._made.parameters[0]
        numbers = {name: float(row[name]) for name in self._made.parameters.dtype.names or ()}
        odd = warnings_in(self.place, self.worldview.values, self.settings.parameters, numbers)
        own = domain_of(self.place).own
        odd = (*odd, *idle_growth(self.place, numbers))
        small = too_small(self.strategy.title, self._made.phases, row, self.place.currency, self.place.per_euro)
        small = tuple(replace(one, text=own(one.text)) for one in small)
        return (*odd, *(Warned(own(text), ()) for text in words(self.balance, row)), *small)

    @property
    def grants(self) -> tuple[Grants, ...]:
        """How many grants there are, and of how much, in each phase that has money for them."""
        return grants_here(self._made.phases, self._made.parameters[0])

    @property
    def scale(self) -> float:
        """Simulated people to real people; 1 at real size."""
        return at_start(self._made.parameters[0], self.people)[1]

    @property
    def programme(self) -> tuple[int, int] | None:
        """First and last month of the foundation's programme, or None if there is no money in it."""
        phases = self._made.phases
        if all(levers["budget"] == 0 for _, levers in phases):
            return None
        start, duration = (int(phases[0][1][name]) for name in ("start", "duration"))
        return start + 1, start + duration

    @property
    def spends(self) -> bool:
        """There is a budget, meant to be spent.  A strategy that declares to spend nothing means it until somebody's
        settings move one of its levers."""
        declared_not = not self.strategy.spends and not any(moved(levers) for _, levers in self._made.phases)
        return self.programme is not None and not declared_not

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of people that the place tells apart; () if it does not."""
        return self.place.groups

    def group_rows(self) -> Rows | None:
        """The groups as the model takes them, a row each; None if the place tells none apart."""
        return groups_of([group.numbers for group in self.groups]) if self.groups else None

    @property
    def burn_in_key(self) -> tuple[Hashable, ...]:
        """Equal for scenarios that share their past: place and worldview matter through parameters, groups and figures
        given by year alone."""
        groups = tuple(group.numbers for group in self.groups)
        return (self._made.parameters.tobytes(), groups, tuple(self.place.paths.items()), self.people, self.seed)

    @property
    def quiet(self) -> int:
        """Months after the burn-in in which no lever has moved yet, at most QUIET: the same under every strategy."""
        return self._made.quiet

    @property
    def eve_key(self) -> Hashable:
        """Equal for scenarios that share their past up to the eve of the first decision."""
        return (*self.burn_in_key, self.quiet)

    def with_seed(self, seed: int) -> Scenario:
        """The same with another seed: another replicate.  Only the seed is checked: nothing else depends on it."""
        seed = whole("seed", seed, 0, LARGEST_SEED)
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, seed=seed)
        return other

    def with_set(self, number: int, drawn: Mapping[str, float]) -> Scenario:
        """The same in another plausible world: the place's parameter set of that number."""
        return replace(self, drawn=drawn, set_number=number)

    def twin(self) -> Scenario:
        """The same people in the same world without a foundation; settings of levers do not apply to nobody."""
        settings = Settings(parameters=self.settings.parameters)
        return replace(self, strategy=find_strategy(NOBODY), settings=settings, label="", control_of=())


def decided(strategy: Strategy, parameters: Rows, months: int, start: int) -> tuple[tuple[Rows, ...], np.ndarray]:
    """The parameters while others decide otherwise, and which of them holds in each month of the burn-in and the run.

    A value that somebody decides replaces the one in force, whatever was drawn or assumed.
    """
    worlds: list[Rows] = []
    held = np.zeros(BURN_IN + months, np.int64)
    for phase in strategy.phases if strategy.has_others else ():
        begins = BURN_IN + start + phase.begins
        held[begins:] = 0
        if phase.others and begins < len(held):
            world = copied(parameters)
            for name, value in phase.others.items():
                world[name] = value
            worlds.append(world)
            held[begins:] = len(worlds)
    return tuple(worlds), held


def _first(held: np.ndarray) -> int:
    """Months of the run before others decide anything, at most QUIET."""
    ours = held[BURN_IN : BURN_IN + QUIET] > 0
    return int(ours.argmax()) if ours.any() else len(ours)


def _quiet(levers: Rows) -> int:
    """Months of the run, from its first, in which every lever is at rest; QUIET if there are more.

    When a programme starts and how long it lasts (WHOLE_PROGRAMME) is read by rules only while there is a budget.
    """
    ours = levers[BURN_IN : BURN_IN + QUIET]
    rest = {name: value for name, value in {**at_rest(), "budget": 0.0}.items() if name not in WHOLE_PROGRAMME}
    moved = np.any([ours[name] != value for name, value in rest.items()], axis=0)
    return int(moved.argmax()) if moved.any() else len(ours)


def with_twins(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios, repeated ones once, and before them the status quo twin of each world that has none yet.

    Labels become distinct: the strategy's name, or "strategy@worldview" where there are several worldviews.  BadInput
    where two different strategies have the same name.
    """
    _check_made(scenarios)
    chosen: list[Scenario] = []
    for scenario in scenarios:
        twin = scenario.twin()
        if scenario.strategy.name == NOBODY and scenario.strategy != twin.strategy:
            raise BadInput(f"'{NOBODY}' is the name of what happens without a foundation", do="Rename your file")
        for one in (twin, twin if scenario.strategy.name == NOBODY else scenario):
            if one not in chosen:
                chosen.append(one)
    worlds = {scenario.worldview.name for scenario in chosen}
    if len(worlds) > 1:
        chosen = [replace(one, label=f"{one.strategy.name}@{one.worldview.name}") for one in chosen]
    check_labels(chosen)
    return chosen


def check_labels(scenarios: Sequence[Scenario]) -> None:
    """BadInput if two different scenarios would share a name in the results."""
    _check_made(scenarios)
    counted = Counter(scenario.label for scenario in scenarios)
    for label, times in counted.items():
        if times > 1:
            raise BadInput(f"Two different scenarios are called '{label}'", do="Give one of the files another name")


def _check_made(scenarios: object) -> None:
    """BadInput unless they are scenarios in a list: a name of a strategy is none yet."""
    many = isinstance(scenarios, Sequence) and not isinstance(scenarios, str)
    if not many or not all(isinstance(one, Scenario) for one in scenarios):  # type: ignore[attr-defined]
        raise BadInput(f"The scenarios are {repr(scenarios)[:60]}", allowed="a list of scenarios",
                       do="Make each by Scenario.of(strategy, place)")  # fmt: skip


def last_end(scenarios: Sequence[Scenario]) -> int | None:
    """The month in which the last of the programmes ends; None if there is none."""
    return max((scenario.programme[1] for scenario in scenarios if scenario.programme), default=None)


def lasting_months(scenarios: Sequence[Scenario]) -> list[int]:
    """The months at which what lasts is measured: 24 and 48 after the last programme's end, if the run gets there.

    A run that ends earlier is measured in its last month.  Without any programme: as if the usual one had run.
    """
    months = min(scenario.months for scenario in scenarios)
    end = last_end(scenarios)
    end = MONTHS - LASTS[-1] if end is None else end
    return [end + after for after in LASTS if end + after <= months] or [months]


def _chosen(name: str, said: Settings) -> Strategy:
    """The strategy of this name, with what was set for it alone."""
    choices = with_own([read_choice(name, True)], said.own)
    check_set_once(choices, said.levers)
    return choices[0].strategy()


def _text(kind: str, given: object) -> str:
    if not isinstance(given, str | os.PathLike):
        raise BadInput(f"The {kind} is {str(given)[:SHOWN]!r}", allowed="a name that ships, or a file")
    return str(os.fspath(given))


def _checked_people(people: int | None, real: int, place: Place) -> int | None:
    """How many people to simulate; BadInput unless they, or the place's own, are a number that can be run."""
    gaps = {"place": place.title, "real": real, "fewest": FEWEST, "most": MOST}
    allowed = say("{fewest} to {most}, or nothing for the real size of {place} ({real})", **gaps)
    number, do = real, ""
    if people is None:
        allowed = say("{fewest} to {most}", **gaps)
        do = say("Set the number of people to simulate a larger or smaller copy of it")
    else:
        counted = as_whole(people)
        if counted is None:
            raise BadInput(say("'{name}' is {given}", name="people", given=repr(people)), allowed=allowed)
        number = counted
    nobody, few, many = TOO_MANY_OR_FEW[people is None]
    wrong = nobody if number <= 0 else few if number < FEWEST else many if number > MOST else ""
    if wrong:
        raise BadInput(say(wrong, number=number, **gaps), allowed=allowed, do=do)
    return None if people is None else number
