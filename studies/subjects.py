"""What a run of a study is: the model under a strategy in a place and a worldview, or a function of one's own.

Either way a run has a hash of all that determines its digits, numbers in the columns of the study, or an error.  What
raises an error is tried ATTEMPTS times, and is then a row with its reason.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.errors import BadInput
from runs.pasts import Pasts
from runs.running import Run, eve, kept, lived
from runs.store import events_of, numbers, run_hash
from runs.summary import columns
from scenarios.choice import Choice, read_choice
from scenarios.places import Place, domain_of, find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings, own_lever
from scenarios.strategy import Strategy, phases_with
from scenarios.worldviews import Worldview, find_worldview
from studies.description import Description, strategy_of
from studies.factors import LEVER, PARAMETER, PRACTICE
from studies.making import drawn_sets
from studies.plan import Arm, Which

Numbers = npt.NDArray[np.float64]
Row = Mapping[str, Any]  # values of the factors; None leaves a thing as it is
Tick = Callable[[int], None]

ATTEMPTS = 3
PASTS = 64 * 2**20  # bytes of pasts that a worker keeps for the next rows
SCENARIOS = 64  # that a worker keeps: one row's, for its replicates


class Stopped(BaseException):
    """Raised inside a run when the study is being stopped."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of one run.  `courses`: (month, measure), None unless asked for and done."""

    status: str  # done | failed
    error: str = ""
    hash: str = ""
    people: int | None = None
    values: tuple[float | None, ...] = ()
    attempts: int = 1
    seconds: float = 0.0
    courses: Numbers | None = None
    events: pl.DataFrame | None = None


class Subject(Protocol):
    """What a study runs."""

    def live(self, which: Which, row: Row, seed: int, tick: Tick) -> Outcome:
        """One run, whatever becomes of it."""
        ...


def subject_of(said: Description) -> Subject:
    """What this study runs."""
    return Services(said) if said.function is None else Functions(said)


def failed(error: BaseException | str, said: Description, months: int, attempts: int = ATTEMPTS) -> Outcome:
    """A run without numbers, and why."""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return Outcome("failed", text[:500], values=(None,) * len(said.columns(months)), attempts=attempts)


class Functions:
    """A function of one's own."""

    def __init__(self, said: Description) -> None:
        assert said.function is not None
        self.said, self.function = said, said.function

    def live(self, which: Which, row: Row, seed: int, tick: Tick) -> Outcome:
        """One call."""
        tick(0)
        began = time.perf_counter()
        given = {name: value for name, value in row.items() if value is not None}
        name = hashlib.blake2b(json.dumps([self.function.name, given, seed], sort_keys=True).encode(), digest_size=12)
        trouble: Exception | None = None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                found = self.function.call(seed=seed, **given)
                values = tuple(float(found[one]) for one in self.said.measures)
                return Outcome("done", "", name.hexdigest(), None, values, attempt, time.perf_counter() - began)
            except Exception as error:
                trouble = error
        assert trouble is not None
        return replace(failed(trouble, self.said, which.months), hash=name.hexdigest())


class Services:
    """The model."""

    def __init__(self, said: Description) -> None:
        self.said, self.factors = said, said.factors
        self.pasts = Pasts(PASTS)
        self.sets = drawn_sets(said) if said.kind == "calibrated" else []
        self.measures = columns(said.measures)
        self._places: dict[str, Place] = {}
        self._worldviews: dict[tuple[str, str], Worldview] = {}
        self._strategies: dict[tuple[str, str, tuple[str, ...]], tuple[Choice, Strategy]] = {}
        self._made: dict[tuple[int, Arm, int], Scenario] = {}

    def live(self, which: Which, row: Row, seed: int, tick: Tick) -> Outcome:
        """One run from the past that its arms share."""
        began, trouble, name = time.perf_counter(), BadInput(""), ""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                scenario = self.scenario(which, row, seed)
                name = run_hash(scenario)
                past = self.pasts.find(scenario.eve_key)
                if past is None:
                    past = eve(scenario, tick)
                    self.pasts.keep(scenario.eve_key, past)
                run = kept(lived(past, scenario, tick), scenario)
                return self._outcome(run, name, which.months, attempt, time.perf_counter() - began)
            except Exception as error:
                trouble = error  # type: ignore[assignment]
        return replace(failed(trouble, self.said, which.months), hash=name)

    def scenario(self, which: Which, row: Row, seed: int) -> Scenario:
        """Everything that determines the digits of a run; BadInput if there is no such run."""
        key = (which.row, which.arm, which.months)
        found = self._made.get(key)
        if found is None:  # threads may share this: whoever makes one twice does no harm
            if len(self._made) >= SCENARIOS:
                self._made.clear()
            found = self._made[key] = self._new(which, row, seed)
        return found.with_seed(seed)

    def _new(self, which: Which, row: Row, seed: int) -> Scenario:
        arm = which.arm
        place = self._place(arm.place)
        worldview = self._worldview(arm.place, arm.worldview or str(row["worldview"]))
        choice, strategy = self._strategy(arm, row)
        levers, own, parameters = dict(self.said.settings.levers), {}, dict(self.said.settings.parameters)
        for one in self.factors:
            value = row.get(one.name)
            if value is None:
                continue
            if one.kind == PARAMETER:
                parameters[one.name] = value
            elif one.kind == LEVER:
                whose, phase, lever = own_lever(one.name)
                if not whose:
                    levers[lever] = value
                elif whose == choice.called:
                    own[lever if phase is None else f"phase{phase}.{lever}"] = value
        if strategy.name == NOBODY:
            levers = {}
        if own:
            strategy = replace(strategy, phases=phases_with(strategy, own), on=None, changes=())
        found = Scenario(strategy, place, worldview, self.said.people, which.months, seed, Settings(levers, parameters))
        return found.with_set(which.row + 1, self.sets[which.row]) if self.sets else found

    def _place(self, name: str) -> Place:
        if name not in self._places:
            self._places[name] = find_place(name)
        return self._places[name]

    def _worldview(self, place: str, name: str) -> Worldview:
        if (place, name) not in self._worldviews:
            self._worldviews[place, name] = domain_of(self._place(place)).told(find_worldview(name))
        return self._worldviews[place, name]

    def _strategy(self, arm: Arm, row: Row) -> tuple[Choice, Strategy]:
        word = arm.strategy or str(row["strategy"])
        practices = tuple(one.name for one in self.factors if one.kind == PRACTICE and row.get(one.name) == 1.0)
        key = (arm.place, word, practices)
        if key not in self._strategies:
            found = strategy_of(word, practices, self.said.room)
            told = found if found.name == NOBODY else domain_of(self._place(arm.place)).told(found)
            self._strategies[key] = (read_choice(word, files=True), told)
        return self._strategies[key]

    def _outcome(self, run: Run, name: str, months: int, attempts: int, seconds: float) -> Outcome:
        said = self.said
        courses = numbers(run, self.measures)
        values = tuple(None if math.isnan(v) else v for v in courses[list(said.months_kept(months))].T.ravel().tolist())
        events = events_of(run) if said.events else None
        asked = said.courses or said.fans
        return Outcome("done", "", name, run.people, values, attempts, seconds, courses if asked else None, events)
