"""The room: who is in, which step it is at, what was decided and predicted.  A pure state machine.

Every change is an event, a plain dict: `Room.take` checks it and carries it out, or says why not (Refused).  Given the
same events there is the same room: the log on disk is the room (workshop/logbook.py).  No clock, disk or model here.

    host      next  back  reset  hide  show  pause  resume  typed  ran
    person    joined  seated  away  back_in  decided  ready  predicted  answered
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from engine.errors import BadInput
from scenarios.language import N_
from scenarios.levers import check_wholes
from workshop.levels import levers_of, options_of
from workshop.plans import MONTHS, Step
from workshop.roles import USUAL, Dial
from workshop.setup import Setup

Event = dict[str, Any]
PICKS = {"show": ("a", "b", "same"), "last": ("a", "b", "same"), "round": ("more", "fewer", "same")}
QUESTIONS, MARKS = 6, 5
HALF, YEAR, SHORT = 6, 12, 36  # months
MOST_PEOPLE = 200
LARGEST = 1e9
SURE = 0.8  # how sure somebody is to be that the result lies in the interval


class Refused(Exception):
    """What was asked cannot be done now; the text says why, for whoever asked."""


@dataclass
class Person:
    """Somebody in the room, by number; no name is kept here.  `token`: a hash of what only this person knows."""

    number: int
    token: str
    table: str = ""
    away: bool = False


@dataclass(frozen=True)
class Prediction:
    """Which way, and between which numbers with 80 per cent certainty; perhaps a line drawn over the years."""

    pick: str
    low: float
    high: float
    line: tuple[float, ...] = ()


@dataclass
class Room:
    """The state after some events."""

    setup: Setup
    at: int = 0  # index of the step
    began: float = 0.0  # when it began, in the log's seconds
    paused: float | None = 0.0  # since when; nobody has started yet
    hidden: bool = True
    running: str = ""  # the topic whose run is asked for and not there yet
    people: dict[int, Person] = field(default_factory=dict)
    chosen: dict[tuple[int, str, str], str] = field(default_factory=dict)  # (round, table, decision): option
    played: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)  # what ran, round by round
    by_program: dict[int, list[str]] = field(default_factory=dict)  # tables without people
    ready: set[str] = field(default_factory=set)  # tables, in this step
    paper: set[str] = field(default_factory=set)  # tables without phones: the host types in what they write
    predicted: dict[tuple[str, int], Prediction] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)  # topics whose result was shown: nobody may predict them any more
    answers: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    version: int = 0

    @classmethod
    def replayed(cls, setup: Setup, events: Iterable[Event]) -> Self:
        """The room after these events."""
        room = cls(setup)
        for event in events:
            room.take(event)
        return room

    # --- looking ------------------------------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """What the room does now."""
        return self.setup.steps[self.at]

    def seated(self, table: str) -> list[Person]:
        """Who sits there and has not stepped out."""
        return [one for one in self.people.values() if one.table == table and not one.away]

    @property
    def questions(self) -> int:
        """How many there are: our own, and those of a published scale if the facilitator has brought one."""
        return QUESTIONS + (len(self.setup.scale.items) if self.setup.scale else 0)

    def marks(self, question: int) -> int:
        """How many marks there are for a question, from 0 on."""
        return MARKS if question < QUESTIONS or self.setup.scale is None else len(self.setup.scale.answers)

    def points(self, topic: str) -> tuple[int, ...]:
        """The months at which a drawn line has its numbers: half years in a short round, years elsewhere."""
        begins, ends = (0, MONTHS)
        if topic.startswith("round"):
            begins, ends = self.setup.span(int(topic.removeprefix("round")))
        step = HALF if ends - begins <= SHORT else YEAR
        return tuple(range(begins + step, ends + 1, step))

    @property
    def with_people(self) -> list[str]:
        """Tables with people and their phones."""
        return [table for table in self.setup.tables if self.seated(table)]

    @property
    def played_here(self) -> list[str]:
        """Tables with people, on phones or on paper; the program plays the others."""
        return [table for table in self.setup.tables if self.seated(table) or table in self.paper]

    def choice(self, number: int, table: str, decision: str) -> str:
        """What a table does in a round: what it chose, else what it did in the round before, else as usual."""
        for earlier in range(number, 0, -1):
            if (earlier, table, decision) in self.chosen:
                return self.chosen[earlier, table, decision]
        return USUAL

    def choices(self, number: int) -> dict[str, dict[str, str]]:
        """What all tables do in a round; a table without people does as usual."""
        here = self.played_here
        return {
            table: {
                one.key: self.choice(number, table, one.key) if table in here else USUAL
                for one in self.setup.asked(table, number)
            }
            for table in self.setup.roles
        }

    @property
    def missing_tables(self) -> list[str]:
        """Tables with people that decide something in this step and have not said that they are ready."""
        step = self.step
        asked = [one for one in self.with_people if self.setup.asked(one, step.round)] if step.kind == "decide" else []
        return [table for table in asked if table not in self.ready]

    @property
    def missing_people(self) -> list[int]:
        """Who is in and has not predicted what this step asks."""
        topic = self.step.topic
        if not topic or topic in self.locked:
            return []
        return [
            one.number
            for one in self.people.values()
            if one.table and not one.away and (topic, one.number) not in self.predicted
        ]

    def seconds_left(self, now: float) -> float:
        """Of this step; below 0 if it is over."""
        return self.step.minutes * 60.0 - ((now if self.paused is None else self.paused) - self.began)

    def by_token(self, token: str) -> Person | None:
        """Whoever has this token, given as its hash."""
        return next((one for one in self.people.values() if one.token == token), None)

    def predictions(self, topic: str) -> dict[int, Prediction]:
        """All predictions of a topic, by person."""
        return {person: one for (of, person), one in self.predicted.items() if of == topic}

    # --- changing -----------------------------------------------------------------------------------------------------

    def take(self, event: Mapping[str, Any]) -> None:
        """Carry it out; Refused if it cannot be."""
        kind = event.get("kind")
        does = getattr(self, f"_{kind}", None) if kind in KINDS else None
        if does is None:
            raise Refused(N_("There is no such thing to do."))
        does(event)
        self.version += 1

    def _person(self, event: Mapping[str, Any]) -> Person:
        found = self.people.get(event.get("person", -1))
        if found is None:
            raise Refused(N_("Please join first."))
        return found

    def _joined(self, event: Mapping[str, Any]) -> None:
        if len(self.people) >= MOST_PEOPLE:
            raise Refused(N_("The room is full."))
        number = len(self.people) + 1
        self.people[number] = Person(number, str(event["token"]))

    def _seated(self, event: Mapping[str, Any]) -> None:
        one = self._person(event)
        if event.get("table") not in self.setup.tables:
            raise Refused(N_("There is no such table."))
        before, one.table, one.away = one.table, str(event["table"]), False
        self.ready -= {before} if not self.seated(before) else set()

    def _away(self, event: Mapping[str, Any]) -> None:
        self._person(event).away = True

    def _back_in(self, event: Mapping[str, Any]) -> None:
        self._person(event).away = False

    def _at_table(self, event: Mapping[str, Any]) -> Person:
        one = self._person(event)
        self._check_open(event)
        if not one.table or one.away:
            raise Refused(N_("Please choose a table first."))
        return one

    def _check_open(self, event: Mapping[str, Any]) -> None:
        """Refused unless this round is open."""
        if self.step.kind != "decide" or self.running:
            raise Refused(N_("Decisions are taken when the facilitator opens the round."))
        if event.get("round") != self.step.round:
            raise Refused(N_("This round is over."))

    def _decided(self, event: Mapping[str, Any]) -> None:
        self._choose(self._at_table(event).table, event)

    def _typed(self, event: Mapping[str, Any]) -> None:
        self._check_open(event)
        table = event.get("table")
        if table not in self.setup.tables or self.seated(table):
            raise Refused(N_("There is no such table, or its own phones decide."))
        self._choose(table, event)
        self.paper.add(table)

    def _choose(self, table: str, event: Mapping[str, Any]) -> None:
        asked = self.setup.asked(table, self.step.round)
        decision = next((d for d in asked if d.key == event.get("decision")), None)
        if decision is None or not decision.allows(event.get("option")):
            raise Refused(N_("Your table has no such choice."))
        key, option = (self.step.round, table, decision.key), str(event["option"])
        if isinstance(decision, Dial):
            self._check_levers(table, decision.key, option)
        if self.choice(*key) != option:
            self.ready.discard(table)
        self.chosen[key] = option

    def _check_levers(self, table: str, decision: str, option: str) -> None:
        """Refused if the foundation's shares would be more than the whole."""
        roles, number = self.setup.roles, self.step.round
        chosen = {one.key: self.choice(number, table, one.key) for one in roles[table].decisions} | {decision: option}
        options = options_of(roles.values(), {table: chosen})
        try:
            check_wholes(levers_of(tuple(roles.values()), options, self.setup.span(number)[0]))
        except BadInput as error:
            raise Refused(N_("These shares are more than the whole. Lower another one first.")) from error

    def _ready(self, event: Mapping[str, Any]) -> None:
        self.ready.add(self._at_table(event).table)

    def _predicted(self, event: Mapping[str, Any]) -> None:
        one, topic = self._person(event), self.step.topic
        if not topic or topic != event.get("topic") or self.running or topic in self.locked:
            raise Refused(N_("There is nothing to predict now: what has been shown stays as it was predicted."))
        low, high, pick = event.get("low"), event.get("high"), event.get("pick")
        if pick not in PICKS["round" if self.step.round else topic]:
            raise Refused(N_("Please say which way."))
        if not _are_numbers((low, high)) or low > high:  # type: ignore[operator]
            raise Refused(N_("The lower number must not be above the higher one."))
        line = event.get("line") or []
        if line and not (isinstance(line, list) and len(line) == len(self.points(topic)) and _are_numbers(line)):
            raise Refused(N_("A line needs a number at every point. Fill them in, or take the line away."))
        self.predicted[topic, one.number] = Prediction(
            str(pick),
            float(low),  # type: ignore[arg-type]
            float(high),  # type: ignore[arg-type]
            tuple(map(float, line)),
        )

    def _answered(self, event: Mapping[str, Any]) -> None:
        one, when = self._person(event), self.step.kind
        given = event.get("answers")
        if when not in ("ask_before", "ask_after"):
            raise Refused(N_("The questions are not open now."))
        if not isinstance(given, list) or len(given) != self.questions:
            raise Refused(N_("Please answer with the marks that stand there, or leave a question out."))
        if any(type(mark) is not int or not 0 <= mark <= self.marks(i) for i, mark in enumerate(given)):
            raise Refused(N_("Please answer with the marks that stand there, or leave a question out."))
        self.answers[when, one.number] = tuple(given)

    def _next(self, event: Mapping[str, Any]) -> None:
        if event.get("step", self.at) != self.at:
            raise Refused(N_("That step is over."))  # pressed twice
        if self.running:
            raise Refused(N_("The years are passing. One moment."))
        if (self.missing_tables or self.missing_people) and not event.get("anyway"):
            raise Refused(N_("Not everybody has decided yet."))
        if self.at + 1 >= len(self.setup.steps):
            raise Refused(N_("This is the last step."))
        if self.step.topic:
            if self.step.kind == "decide":
                self.by_program[self.step.round] = [t for t in self.setup.roles if t not in self.played_here]
                self.played[self.step.round] = self.choices(self.step.round)
            self.running = self.step.topic
        else:
            self.paused = self.paused if self.at else None  # who goes on from the welcome has started
            self._move(self.at + 1, event)

    def _ran(self, event: Mapping[str, Any]) -> None:
        if not self.running or event.get("topic") != self.running:
            raise Refused(N_("No run was asked for."))
        self.locked.add(self.running)
        self.running = ""
        self._move(self.at + 1, event)

    def _back(self, event: Mapping[str, Any]) -> None:
        if self.running or self.at == 0:
            raise Refused(N_("There is no step to go back to now."))
        self._move(self.at - 1, event)
        if self.step.kind == "decide":
            self.played.pop(self.step.round, None)
            self.by_program.pop(self.step.round, None)

    def _reset(self, event: Mapping[str, Any]) -> None:
        for kept in (self.paper, self.chosen, self.played, self.by_program, self.predicted, self.locked, self.answers):
            kept.clear()
        self.running, self.hidden, self.paused = "", True, 0.0
        self._move(0, event)

    def _move(self, at: int, event: Mapping[str, Any]) -> None:
        self.at, self.began = at, float(event.get("at", 0.0))
        self.paused = None if self.paused is None else self.began
        self.hidden = self.hidden or self.step.kind != "talk"  # what was shown stays while the room talks about it
        self.ready.clear()

    def _hide(self, event: Mapping[str, Any]) -> None:
        self.hidden = True

    def _show(self, event: Mapping[str, Any]) -> None:
        self.hidden = False

    def _pause(self, event: Mapping[str, Any]) -> None:
        self.paused = float(event.get("at", 0.0)) if self.paused is None else self.paused

    def _resume(self, event: Mapping[str, Any]) -> None:
        if self.paused is not None:
            self.began += float(event.get("at", 0.0)) - self.paused
            self.paused = None


def _are_numbers(found: Iterable[Any]) -> bool:
    return all(isinstance(x, int | float) and not isinstance(x, bool) and abs(x) < LARGEST for x in found)


OF_HOST = ("next", "back", "reset", "hide", "show", "pause", "resume", "typed")
OF_PERSON = ("seated", "away", "back_in", "decided", "ready", "predicted", "answered")
KINDS = (*OF_HOST, *OF_PERSON, "joined", "ran")
