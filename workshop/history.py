"""The room's history: what its tables decided, as a strategy file that `unfreeze compare` repeats to the digit.

Every round is a phase: levers of the foundation and, under [phase.others], what the other tables decided.  Rounds that
are not played yet hold the last decisions.  All runs are those of a comparison: SETS plausible sets of the model's
numbers, EACH replicates in each, the same people and the same luck for whatever is compared.
"""

from __future__ import annotations

import json
import shlex
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.units import Units
from engine.errors import UnfreezeError
from model.measures import MEASURES
from runs.ensemble import batches
from runs.pasts import Pasts
from runs.summary import Batch
from scenarios.plausible import plausible, shipped_sample
from scenarios.scenario import NOBODY, Scenario
from scenarios.strategy import Phase, Strategy
from workshop.levels import levers_of, options_of
from workshop.plans import MONEY_ENDS, MONTHS, timed
from workshop.roles import ROLES
from workshop.setup import Setup

SETS, EACH = 8, 2  # runs are their product
ROOM = "the_room"
HEADLINE = "without_home"  # predicted in every round
ASKED = "secure_people"  # predicted of two strategies: in whose favour, and by how much
SHOWN = tuple(dict.fromkeys([HEADLINE, ASKED, *(name for role in ROLES for name, _ in role.sees)]))
Played = Mapping[int, Mapping[str, Mapping[str, str]]]


def phases_of(setup: Setup, played: Played) -> tuple[Phase, ...]:
    """A phase for each round that has been played; each says every lever, and others hold in their own phase only."""
    found: list[Phase] = []
    for number in sorted(played):
        begins, others = setup.span(number)[0], dict[str, float]()
        options = options_of(setup.roles.values(), played[number])
        levers = levers_of(tuple(setup.roles.values()), options, begins)
        for option in options:
            others |= option.others
        if not found:
            levers |= {"start": 0.0, "duration": float(MONEY_ENDS)}
        found.append(Phase(begins, levers if begins < MONEY_ENDS else {}, others))
    return tuple(one for one in found if one.levers or one.others)


def strategy_of(setup: Setup, played: Played) -> Strategy:
    """What the room did, as a strategy."""
    meaning = "What a room decided in a workshop: its foundation, and what the others did meanwhile."
    return Strategy(ROOM, "The room", meaning, "hybrid", phases_of(setup, played))


def file_of(setup: Setup, played: Played) -> str:
    """The same as a strategy file."""
    one = strategy_of(setup, played)
    lines = [
        "# What a room decided in a workshop, round by round; usual where nothing is said.",
        f"title = {json.dumps(one.title)}",
        f"meaning = {json.dumps(one.meaning)}",
        f'kind = "{one.kind}"',
    ]
    for phase in one.phases:
        lines += ["", "[[phase]]", f"from = {phase.begins}"]
        if phase.levers:
            lines += ["[phase.levers]", *(f"{name} = {value!r}" for name, value in phase.levers.items())]
        if phase.others:
            lines += ["[phase.others]", *(f"{name} = {value!r}" for name, value in phase.others.items())]
    return "\n".join(lines) + "\n"


def command_of(setup: Setup, file: str = f"{ROOM}.toml") -> str:
    """What somebody types to get the room's numbers again, beside the strategies that were shown."""
    words = ["unfreeze", "compare", file, *map(timed, setup.strategies), "--place", setup.place]
    words += ["--worldview", setup.worldview, "--people", str(setup.people), "--months", str(MONTHS)]
    return shlex.join([*words, "--seed", str(setup.seed), "--sets", str(SETS), "--replicates", str(EACH)])


@dataclass(frozen=True, eq=False)
class Lived:
    """Runs: `values` (run, scenario, month, measure), in the units that are shown; scenarios by `labels`."""

    labels: tuple[str, ...]
    titles: tuple[str, ...]
    values: np.ndarray
    units: Units

    def of(self, label: str, measure: str) -> np.ndarray:
        """(run, month)."""
        found: np.ndarray = self.values[:, self.labels.index(label), :, SHOWN.index(measure)]
        return found

    def at(self, label: str, measure: str, month: int) -> np.ndarray:
        """A number for each run: at the end of this month, of a flow the mean of the year that ends then."""
        found = self.of(label, measure)
        if is_flow(measure):
            mean: np.ndarray = found[:, max(month - 11, 0) : month + 1].mean(axis=1)
            return mean
        there: np.ndarray = found[:, month]
        return there

    @cached_property
    def runs(self) -> int:
        """How many."""
        return len(self.values)


def is_flow(measure: str) -> bool:
    """Whether it is a number a month."""
    return MEASURES.fields[measure].unit.endswith("a month") and "EUR" not in MEASURES.fields[measure].unit


def check_done(runs: Sequence[Batch]) -> None:
    """UnfreezeError unless all runs are there: a picture with fewer would say something else."""
    failed = [error for one in runs for error in one.errors if error]
    if failed:
        raise UnfreezeError(f"A run failed: {failed[0]}")
    if len(runs) < SETS * EACH:
        raise UnfreezeError("The runs were stopped")


class Runner:
    """Runs a setup's scenarios on its people; the past of each set is kept, so that a round is quick."""

    def __init__(self, setup: Setup, stop: threading.Event | None = None) -> None:
        """stop: once it is set, runs end between two months, and whoever waits for them gets an UnfreezeError."""
        self.setup, self.pasts, self.stop = setup, Pasts(), stop or threading.Event()
        self.kept: dict[str, np.ndarray] = {}  # (run, month, measure), by label

    def scenario(self, strategy: str | Strategy) -> Scenario:
        """One scenario of this workshop."""
        s = self.setup
        return Scenario.of(strategy, s.place, s.worldview, s.people, MONTHS, s.seed)

    def lived(self, strategies: Sequence[str | Strategy]) -> Lived:
        """Every strategy on the same people."""
        scenarios = [self.scenario(one) for one in strategies]
        units = Units.of(scenarios[0])
        todo = [one for one in scenarios if one.label not in self.kept]
        if todo:
            place = todo[0].place
            sets = plausible(place, SETS, self.setup.seed, shipped_sample(place))
            runs = [*batches(todo, EACH, measures=SHOWN, sets=sets, pasts=self.pasts, cancel=self.stop)]
            check_done(runs)
            found = np.array([one.values for one in runs]) * np.array([units.factor(name) for name in SHOWN])
            self.kept |= {one.label: found[:, i] for i, one in enumerate(todo)}
        labels = tuple(one.label for one in scenarios)
        values = np.stack([self.kept[label] for label in labels], axis=1)
        self.kept.pop(ROOM, None)  # it goes on; the others stay as they are
        return Lived(labels, tuple(one.strategy.title for one in scenarios), values, units)

    def usual(self) -> Lived:
        """What happens if nobody decides anything and no foundation is there."""
        return self.lived([NOBODY])

    def shown(self) -> Lived:
        """The two strategies that are shown first."""
        return self.lived([*map(timed, self.setup.strategies), NOBODY])

    def room(self, played: Played) -> Lived:
        """The room's history so far, the last decisions held, and nobody's."""
        return self.lived([strategy_of(self.setup, played), NOBODY])

    def last(self, played: Played) -> Lived:
        """The room's history beside the strategies that were shown."""
        return self.lived([strategy_of(self.setup, played), *map(timed, self.setup.strategies), NOBODY])
