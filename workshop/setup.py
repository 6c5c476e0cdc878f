"""What a facilitator sets up: place, level, tables, rounds, texts of one's own; and the file that holds it.

The text of somebody's own is plain text: every screen and the debrief show its signs as they are.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from engine.errors import BadInput, UnknownName, Where
from evidence.data_file import DataFile, Field
from scenarios.domains import find_domain
from scenarios.language import ENGLISH, WORKSHOP, languages
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.scenario import MOST, NOBODY, Scenario
from scenarios.settings import WHOLE_PROGRAMME
from scenarios.strategy import DEFAULT_PAIR, find_strategy
from scenarios.worldviews import find_worldview
from workshop.levels import ALL, FIELD, LEVELS, SOME, roles_at
from workshop.plans import MONEY_ENDS, MONTHS, PLANS, ROUNDS, TITLES, Step, most_rounds, steps_of, timed
from workshop.roles import BY_KEY, FOUNDATION, Decision, Role

PEOPLE = 2000  # simulated: a round must be quick.  Assumption
FEWEST = 500
MOST_ITEMS, LONGEST_ITEM = 30, 300
FEWEST_ANSWERS, MOST_ANSWERS = 2, 7
OWN_ROLE = ("title", "who", "knows")

Place = Callable[..., Where | str]  # where a field stands, for messages


def playable() -> list[str]:
    """Places that ship and whose field is that of the workshop."""
    return [name for name in shipped("place") if find_place(name).domain == FIELD]


def nowhere(*_: str | int) -> str:
    """For what somebody typed on a command line: the message names the option."""
    return ""


@contextmanager
def told_at(where: Where | str) -> Iterator[None]:
    """A mistake in what a field names is told with the place of the field, beside its own place if it has one."""
    try:
        yield
    except BadInput as error:
        if error.where is None or not str(error.where):
            error.where = where
        elif where:
            error.do = ". ".join(part for part in (error.do, f"It is named in {where}") if part)
        raise


@dataclass(frozen=True)
class Scale:
    """A published scale: whose it is, who allowed its use and when; its items, its marks, and items that count back."""

    title: str
    permission: str
    items: tuple[str, ...]
    answers: tuple[str, ...]
    reverse: tuple[int, ...] = ()

    def score(self, marks: Iterable[int]) -> float | None:
        """The mean mark from 1 on, reversed where the scale says so; None if an item was left out."""
        found = list(marks)
        if not all(found):
            return None
        most = len(self.answers) + 1
        return sum(most - mark if i in self.reverse else mark for i, mark in enumerate(found, 1)) / len(found)


@dataclass(frozen=True)
class Setup:
    """What a facilitator chooses before the doors open."""

    plan: int = 90
    place: str = "dublin"
    worldview: str = "evidence"
    language: str = ENGLISH
    people: int = PEOPLE
    seed: int = 1
    level: str = SOME
    rounds: tuple[int, ...] = ()  # years of each; () is the plan's
    tables: tuple[str, ...] = tuple(BY_KEY)
    decisions: tuple[str, ...] = ()  # "table.question" of those that are asked; () is all of the level
    levers: tuple[str, ...] = ()  # that the foundation may set at the level `all`; () is all
    strategies: tuple[str, ...] = DEFAULT_PAIR
    title: str = ""
    screens: Mapping[str, str] = field(default_factory=dict)  # a text on every screen of a step
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what the facilitator wants to be reminded of
    role: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # a table's own title, who and knows
    scale: Scale | None = None

    @cached_property
    def steps(self) -> list[Step]:
        """The agenda."""
        return steps_of(self.plan, len(self.months))

    @property
    def months(self) -> tuple[int, ...]:
        """How long each round is."""
        return tuple(12 * years for years in self.rounds) or ROUNDS[self.plan]

    def span(self, number: int) -> tuple[int, int]:
        """The months of a round: after the first, up to the second."""
        return sum(self.months[: number - 1]), sum(self.months[:number])

    def money_over(self, number: int) -> bool:
        """Whether the foundation's money has ended before this round."""
        return self.span(number)[0] >= MONEY_ENDS

    def asked(self, table: str, number: int) -> tuple[Decision, ...]:
        """What a table decides in a round: a foundation whose money has ended decides nothing."""
        return () if table == FOUNDATION.key and self.money_over(number) else self.roles[table].decisions

    @cached_property
    def roles(self) -> dict[str, Role]:
        """All roles by their keys, with what they may decide here and what they are called here."""
        found = roles_at(self.level, self.decisions, self.levers)
        own: dict[str, dict[str, Any]] = {key: dict(said) for key, said in self.role.items()}
        return {one.key: replace(one, **own.get(one.key, {})) for one in found}

    def checked(self, where: Place = nowhere) -> Self:
        """The same if it can be played; BadInput says what is wrong, and where in a file."""
        if self.plan not in PLANS:
            raise BadInput(f"There is no plan of {self.plan} minutes", where=where("plan"),
                           allowed=", ".join(map(str, PLANS)))  # fmt: skip
        if self.language not in languages(WORKSHOP):
            raise BadInput(f"There is no language '{self.language[:20]}'", where=where("language"),
                           allowed=", ".join(languages(WORKSHOP)))  # fmt: skip
        if not FEWEST <= self.people <= MOST:
            raise BadInput(f"'people' is {self.people}", where=where("people"), allowed=f"{FEWEST} to {MOST:,}")
        self._check_rounds(where)
        self._check_tables(where)
        self._check_touched(where)
        self._check_texts(where)
        self._check_model(where)
        return self

    def _check_rounds(self, where: Place) -> None:
        most = most_rounds(self.plan)
        if self.rounds and (sum(self.rounds) * 12 != MONTHS or min(self.rounds) < 1 or len(self.rounds) > most):
            raise BadInput(
                f"'rounds' are {len(self.rounds)} rounds of {sum(self.rounds)} years together",
                where=where("rounds"),
                allowed=f"years of each round, at least 1, {MONTHS // 12} together; at most {most} rounds in "
                f"{self.plan} minutes",
                do="Write for instance rounds = [2, 3, 5], or leave it out",
            )

    def _check_tables(self, where: Place) -> None:
        for key in self.tables:
            if key not in BY_KEY:
                raise UnknownName("table", key, BY_KEY, where=where("tables"))
        if not self.tables or len({*self.tables}) != len(self.tables):
            raise BadInput("'tables' names none, or one twice", where=where("tables"), allowed=", ".join(BY_KEY))
        for key, own in self.role.items():
            if key not in BY_KEY:
                raise UnknownName("table", key, BY_KEY, where=where("role", key))
            for name in own:
                if name not in OWN_ROLE:
                    raise UnknownName("field", name, OWN_ROLE, where=where("role", key, name))

    def _check_touched(self, where: Place) -> None:
        if self.level not in LEVELS:
            raise UnknownName("level", self.level, LEVELS, where=where("level"))
        every = [f"{role.key}.{one.key}" for role in roles_at(self.level, (), self.levers) for one in role.decisions]
        for name in self.decisions:
            if name not in every:
                raise UnknownName("question", name, every, where=where("decisions"))
        if self.levers and self.level != ALL:
            raise BadInput("'levers' are set one by one at the level 'all' only", where=where("levers"),
                           do='Write level = "all", or leave levers out')  # fmt: skip
        known = [name for name in load_levers() if name not in WHOLE_PROGRAMME]
        for name in self.levers:
            if name not in known:
                raise UnknownName("lever that a room may touch", name, known, where=where("levers"))

    def _check_texts(self, where: Place) -> None:
        for table, said in (("screens", self.screens), ("notes", self.notes)):
            for kind in said:
                if kind not in TITLES:
                    raise UnknownName("step", kind, TITLES, where=where(table, kind))

    def _check_model(self, where: Place) -> None:
        if len(self.strategies) != 2 or self.strategies[0] == self.strategies[1]:
            raise BadInput("'strategies' are the two that are shown first", where=where("strategies"),
                           allowed="two different ones")  # fmt: skip
        with told_at(where("place")):
            place = find_place(self.place)
        if place.domain != FIELD:
            theirs = find_domain(place.domain).title
            raise BadInput(
                f"A workshop is about {FIELD}, and {place.title} is about another field: {theirs}. What tables are "
                f"asked, what their answers do and the printed kit were written and measured in {FIELD} services",
                where=where("place"),
                allowed=f"{', '.join(playable())}, or your own place of {FIELD}",
                do=f"This place is compared, with slides to show a room, by: unfreeze compare --place {self.place}",
            )
        with told_at(where("worldview")):
            find_worldview(self.worldview)
        for name in self.strategies:
            with told_at(where("strategies")):
                if find_strategy(name).name == NOBODY:
                    raise BadInput(f"'{NOBODY}' is shown beside the others anyway", do="Choose two foundations")
                if any(one.endswith(".toml") for one in (name, self.place, self.worldview)):  # what ships can be run
                    Scenario.of(timed(name), self.place, self.worldview, self.people, MONTHS, self.seed)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """From plain data, as `plain` gives it; BadInput if another version of this program wrote it."""
        known = {name: _still(value) for name, value in data.items()}
        try:
            if known.get("scale"):
                known["scale"] = Scale(**known["scale"])
            return cls(**known)
        except TypeError as error:
            raise BadInput("The workshop was set up by another version of Unfreeze", do="Begin a new one") from error

    @property
    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def _still(value: Any) -> Any:
    """Lists as tuples, however deep: what is read from a file equals what was written into it."""
    if isinstance(value, dict):
        return {name: _still(one) for name, one in value.items()}
    return tuple(map(_still, value)) if isinstance(value, list | tuple) else value


FILE_FIELDS = {
    "plan": Field("whole", "minutes: 60, 90 or 180", default=90, low=1, high=1000),
    "place": Field("text", "a place that ships, or a file beside this one", default="dublin"),
    "worldview": Field("text", "what is believed about how the system works", default="evidence"),
    "language": Field("text", "the language of all screens", default=ENGLISH),
    "people": Field("whole", "how many people to simulate", default=PEOPLE, low=1, high=MOST),
    "seed": Field("whole", "other seed, other luck", default=1, low=0, high=2**62),
    "level": Field("text", "how much the tables may touch", default=SOME, one_of=LEVELS),
    "rounds": Field("list", "years of each round, 10 together; empty: the plan's", default=()),
    "tables": Field("list", "the tables that there are", default=tuple(BY_KEY)),
    "decisions": Field("list", "what tables are asked, such as \"users.homes\"; empty: all of the level", default=()),
    "levers": Field("list", "at the level 'all': what the foundation may set; empty: all", default=()),
    "strategies": Field("list", "the two strategies that are shown first", default=DEFAULT_PAIR),
    "scale": Field("text", "a file with a published scale whose owner has agreed", default=""),
    "title": Field("title", "the workshop's name on all screens", default=""),
}  # fmt: skip
TABLES = ("screens", "notes", "role")
LINE = Field("title", "a line of your own")
SCALE_FIELDS = {
    "title": Field("title", "what the scale is called, and whose it is", required=True),
    "permission": Field("title", "who gave permission to use it here, and when", required=True),
    "items": Field("list", f"its items, at most {MOST_ITEMS}", required=True),
    "answers": Field("list", f"its marks from the lowest on, {FEWEST_ANSWERS} to {MOST_ANSWERS} words", required=True),
    "reverse": Field("list", "numbers of items, from 1, that count backwards", default=()),
}


def read_setup(path: Path) -> Setup:
    """A facilitator's file, checked; a place, worldview, strategy or scale of one's own is given by its path from the
    file."""
    file = DataFile(path)
    found = file.read(FILE_FIELDS, skip=TABLES)
    for name in ("tables", "strategies", "decisions", "levers"):
        found[name] = tuple(_texts(file, found[name], name))
    if not all(type(years) is int for years in found["rounds"]):
        raise BadInput("'rounds' is a list of whole years", where=file.where("rounds"), allowed="such as [2, 3, 5]")
    found["rounds"] = tuple(found["rounds"])
    for name in ("place", "worldview"):
        found[name] = _beside(path, found[name])
    found["strategies"] = tuple(_beside(path, one) for one in found["strategies"])
    with told_at(file.where("scale")):
        found["scale"] = read_scale(path.parent / found["scale"]) if found["scale"] else None
    if "screens" in file.data:
        found["screens"] = {kind: file.value(LINE, "screens", kind) for kind in file.table("screens")}
    if "notes" in file.data:
        found["notes"] = {kind: tuple(_lines(file, "notes", kind)) for kind in file.table("notes")}
    if "role" in file.data:
        found["role"] = {
            key: {name: file.value(LINE, "role", key, name) for name in file.table("role", key)}
            for key in file.table("role")
        }
    return Setup(**found).checked(file.where)


def read_scale(path: Path) -> Scale:
    """A published scale from its file; without its owner's permission it is refused."""
    file = DataFile(path)
    found = file.read(SCALE_FIELDS)
    items, answers = (tuple(_lines(file, name)) for name in ("items", "answers"))
    if not 0 < len(items) <= MOST_ITEMS:
        raise BadInput(f"'items' are {len(items)}", where=file.where("items"), allowed=f"1 to {MOST_ITEMS}")
    if not FEWEST_ANSWERS <= len(answers) <= MOST_ANSWERS:
        raise BadInput(f"'answers' are {len(answers)}", where=file.where("answers"),
                       allowed=f"{FEWEST_ANSWERS} to {MOST_ANSWERS}")  # fmt: skip
    reverse = tuple(found["reverse"])
    if any(type(one) is not int or not 1 <= one <= len(items) for one in reverse):
        raise BadInput("'reverse' names items by their numbers", where=file.where("reverse"),
                       allowed=f"1 to {len(items)}")  # fmt: skip
    return Scale(found["title"], found["permission"], items, answers, reverse)


def _texts(file: DataFile, found: Iterable[Any], *keys: str) -> list[str]:
    """A list of names."""
    listed = list(found)
    if not all(isinstance(one, str) for one in listed):
        raise BadInput(f"'{keys[-1]}' is a list of names", where=file.where(*keys), allowed='["one", "two"]')
    return listed


def _lines(file: DataFile, *keys: str) -> list[str]:
    """A list of lines that people are to read."""
    listed = _texts(file, file.value(Field("list", "lines"), *keys), *keys)
    for one in listed:
        if not 0 < len(one.strip()) <= LONGEST_ITEM or not one.isprintable():
            raise BadInput(f"'{keys[-1]}' holds what is no line", where=file.where(*keys),
                           allowed=f"lines of 1 to {LONGEST_ITEM} letters")  # fmt: skip
    return listed


def _beside(path: Path, name: str) -> str:
    return str((path.parent / name).resolve()) if name.lower().endswith(".toml") else name


NEW = """\
# A workshop of your own: unfreeze workshop check {name}, then unfreeze workshop --setup {name}
# Every line may go; what stands here is what holds without it.
plan = 90                       # minutes: 60, 90 or 180
place = "dublin"                # a place that ships (unfreeze list places), or your own file beside this one
worldview = "evidence"          # unfreeze list worldviews
language = "en"                 # the language of all screens: {languages}
people = 2000                   # how many people to simulate; more take longer
seed = 1                        # another seed, other luck
level = "some"                  # beginner: five practices as switches; some; all: every lever of the foundation
rounds = []                     # years of each round, 10 together, such as [2, 3, 5]; empty: the plan's
tables = [{tables}]
decisions = []                  # what the tables are asked, if not everything:
{decisions}
levers = []                     # at the level "all": what the foundation may set (unfreeze list levers); empty: all
strategies = [{strategies}]  # the two that are shown first
scale = ""                      # a file with a published scale: title, permission, items, answers, reverse
# title = "Our city, our services"   # on all screens

# [screens]                     # a line of your own on everybody's screen, by step:
# welcome = "Coffee is at the back."
# {steps}
# [notes]                       # what you want to be reminded of, on your own screen
# debrief = ["Ask the night staff first."]
# [role.users]                  # other words for a table: title, who, knows
# title = "Residents"
"""


def new_file(path: Path) -> None:
    """Write a facilitator's file that says what holds without one."""
    if path.suffix.lower() != ".toml":
        raise BadInput(f"'{path}' is not the name of such a file", allowed="a name that ends in .toml")
    asked = [[f"{role.key}.{one.key}" for one in role.decisions] for role in roles_at(SOME)]
    text = NEW.format(
        name=path.name,
        languages=", ".join(languages(WORKSHOP)),
        tables=", ".join(f'"{key}"' for key in BY_KEY),
        decisions="\n".join(f"#   {', '.join(names)}" for names in asked),
        steps=textwrap.fill(", ".join(TITLES), 100, subsequent_indent="# "),
        strategies=", ".join(f'"{name}"' for name in DEFAULT_PAIR),
    )
    try:
        with path.open("x", encoding="utf-8", newline="\n") as own:
            own.write(text)
    except FileExistsError:
        raise BadInput(f"{path} is there already, and nothing is written over", do="Choose another name") from None
    except OSError as error:
        raise BadInput(f"'{path}' cannot be written: {error.strerror}", do="Choose another place") from error


def told(setup: Setup) -> list[str]:
    """What a checked file makes, in lines for whoever wrote it."""
    asked = {role.title: len(role.decisions) for key, role in setup.roles.items() if key in setup.tables}
    return [
        f"{setup.plan} minutes, {len(setup.months)} rounds of {', '.join(str(m // 12) for m in setup.months)} years",
        f"{find_place(setup.place).title}, level '{setup.level}', language '{setup.language}'",
        *(f"{title}: {count} question{'s' if count != 1 else ''}" for title, count in asked.items()),
    ]


def with_options(setup: Setup, said: dict[str, Any]) -> Setup:
    """The setup with what somebody typed beside it."""
    known = {one.name for one in fields(Setup)}
    return replace(
        setup, **{name: value for name, value in said.items() if name in known and value is not None}
    ).checked()
