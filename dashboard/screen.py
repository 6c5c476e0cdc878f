"""What is on the screen: a request (scenarios/request.py), the page, and what a page remembers.

    link      place=dublin&worldview=evidence&s=homes&s=user_centred,listening=4&set=contact=0&page=compare
    file      the same as TOML
    command   unfreeze compare homes user_centred,listening=4 --set contact=0

All three give the same runs, and so the same digits.  A link names what ships and what whoever started the server
offers; no name in it is ever opened as a path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Self

from engine.errors import BadInput, UnfreezeError
from engine.typed import rounded
from evidence.quantities import inputs, values
from scenarios.choice import Choice
from scenarios.language import say
from scenarios.levers import load_levers
from scenarios.own_place import NAME, OwnPlace
from scenarios.places import Place, bind
from scenarios.plausible import ParameterSet, plausible, shipped_sample
from scenarios.refused import refused
from scenarios.request import Request, from_link, from_toml, whole
from scenarios.scenario import MONTHS, Scenario, with_twins
from scenarios.settings import check_setting
from scenarios.strategy import DEFAULT_PAIR
from studies.templates import Like, shown

FIRST_PAGE = "compare"
OPENING = DEFAULT_PAIR  # the two ends of the claim under test, as on the command line: no pair chosen by its results
FEWEST, MOST = 1, 4  # strategies side by side
REPLICATES = 32  # with the model's numbers at their default values
# Plausible parameter sets, and replicates of each, on common seeds: as `unfreeze compare` has them.  Two replicates
# leave the luck of the seeds one degree of freedom: 12 sets of 2 gave intervals four times as wide for the same work.
SETS, EACH = 8, 3
PEOPLE = 2_000  # simulated unless somebody asks for another number: quick enough for a slider.  Assumption
# People x months that one visitor may ask of a server that others share: the first 4 replicates of two strategies came
# in 9 s on two busy cores.  Assumption; a place that is larger may have its real size.
MOST_PEOPLE = 20_000


@dataclass(frozen=True)
class Screen(Request):
    """Everything that determines what is shown."""

    choices: tuple[Choice, ...] = tuple(map(Choice, OPENING))
    people: int | None = PEOPLE
    page: str = FIRST_PAGE
    more: tuple[tuple[str, str], ...] = field(default=())  # what a page wants to remember, by keys of its own
    # Places that only this session has, by name.  A name holds a digest of the place: equal screens show the same.
    own: Mapping[str, OwnPlace] = field(default_factory=dict, compare=False, repr=False)

    FILES: ClassVar[bool] = False
    MOST_CHOICES: ClassVar[int] = MOST

    # --- what it stands for -------------------------------------------------------------------------------------------

    @cached_property
    def scenarios(self) -> list[Scenario]:
        """The runs behind it, status quo twin first; BadInput if there is no such scenario."""
        return with_twins(self.asked)

    @cached_property
    def where(self) -> Place:
        """The place: this session's own, or one that everybody has."""
        return self.own[self.place].place if self.place in self.own else super().where

    def named(self, kind: str, name: str) -> str:
        """A known name, or that of a place of this session's own."""
        if kind == "place" and name in self.own:
            return name
        if kind == "place" and NAME.fullmatch(name):
            raise BadInput(say("The place '{name}' is somebody's own, and only the session that made it has it",
                               name=name),
                           do=say("Ask whoever made it for that file, and open it on the page Own city"))  # fmt: skip
        return super().named(kind, name)

    @property
    def question(self) -> str:
        """Equal for screens that need the same runs: page, what it remembers, title and notes do not matter."""
        return replace(self, page=FIRST_PAGE, more=(), heading="", notes="").query

    @property
    def subject(self) -> str:
        """Equal for screens of the same scenarios, whichever uncertainty they show."""
        return replace(self, point=False).question

    @property
    def sets(self) -> list[ParameterSet]:
        """The plausible parameter sets that `unfreeze compare` draws for this screen; drawing takes a moment."""
        return _sets(replace(Screen(), place=self.place, seed=self.seed, own=self.own))

    @property
    def changed(self) -> dict[str, float]:
        """Parameters and levers set for everybody."""
        return dict(self.settings)

    @property
    def homes(self) -> dict[str, float]:
        """Every parameter as it ships for this place and worldview, in its own unit (money in EUR)."""
        row = values(*bind(self.where, self.outlook.values))[0]
        return {name: float(row[name]) for name in inputs()}

    @property
    def altered(self) -> list[str]:
        """What was set for the whole world, each as `contact = 0.1 belief instead of 0.07`."""
        homes, said = self.homes if self.settings else {}, []
        for name, value in self.settings:
            unit = inputs()[name].unit if name in homes else load_levers()[name].unit
            instead = f"instead of {rounded(homes[name])}" if name in homes else "in every strategy"
            said.append(f"{name} = {rounded(value)} {unit} {instead}")
        return said

    @property
    def edited(self) -> int:
        """The strategy whose levers are shown: the last one unless the address says otherwise."""
        asked = self.remembered("x-edit")
        return int(asked) if asked.isdecimal() and int(asked) < len(self.choices) else len(self.choices) - 1

    def title(self, which: int) -> str:
        """The name of a strategy of this screen, whatever levers of it are changed."""
        return self.domain.told(Choice(self.choices[which].name).strategy()).title  # of files that are read once

    # --- changes ------------------------------------------------------------------------------------------------------

    def with_lever(self, which: int, name: str, value: float | None) -> Screen:
        """One lever of one strategy; None puts it back to the strategy's own value."""
        choices = tuple(one.with_lever(name, value) if i == which else one for i, one in enumerate(self.choices))
        settings = tuple(pair for pair in self.settings if pair[0] != name)
        return replace(self, choices=choices, settings=settings).checked()

    def with_setting(self, name: str, value: float | None) -> Screen:
        """One parameter, for the whole world; None puts it back."""
        kept = [pair for pair in self.settings if pair[0] != name]
        if value is not None:
            kept.append((name, check_setting(name, value)))
        return replace(self, settings=tuple(kept)).checked()

    def with_more(self, name: str, value: str | None) -> Screen:
        """Something that a page remembers, under a key of its own that begins with x-; None forgets it."""
        kept = tuple(pair for pair in self.more if pair[0] != name)
        return replace(self, more=kept if value is None else (*kept, (name, value)))

    def remembered(self, name: str, usual: str = "") -> str:
        """What a page put there."""
        return dict(self.more).get(name, usual)

    def with_(self, **changes: Any) -> Screen:
        """The same with other fields, checked."""
        return replace(self, **changes).checked()

    def checked(self) -> Self:
        """The screen if it can be run here; BadInput says what is wrong with it."""
        if not FEWEST <= len(self.choices) <= MOST:
            raise BadInput(say("There are {count} strategies", count=len(self.choices)),
                           allowed=say("{fewest} to {most} side by side", fewest=FEWEST, most=MOST))  # fmt: skip
        if len(set(map(str, self.choices))) < len(self.choices):
            raise BadInput(say("The same strategy stands there twice"), do=say("Change one of them"))
        one = super().checked().scenarios[0]
        large = 0 if self.place in self.own else one.real_size  # a city of one's own may be of any size
        people, most = one.people or one.real_size, max(MOST_PEOPLE, large) * MONTHS
        if people * self.months > most:
            raise BadInput(
                say(
                    "{people} people for {months} months are too much for the dashboard",
                    people=people,
                    months=str(self.months),
                ),
                allowed=say(
                    "{people} people for {months} months here, or fewer months",
                    people=most // self.months,
                    months=str(self.months),
                ),
                do=say("The command line has no such cap: {command}", command="unfreeze compare --people"),
            )
        return self

    # --- its faces ----------------------------------------------------------------------------------------------------

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and texts, as in a link."""
        return [*super().pairs, ("page", self.page), *self.more]

    @property
    def file(self) -> str:
        """The whole screen as TOML."""
        changed = "".join(f"# Changed by hand: {text}\n" for text in self.altered)
        return (f"# A scenario of Unfreeze; open it in the dashboard, or type: {self.command}\n{changed}{self.toml}"
                f'page = "{self.page}"\n')  # fmt: skip

    @property
    def like(self) -> Like:
        """For a study: how often which runs are shown."""
        sets, replicates = (None, REPLICATES) if self.point else (SETS, EACH)
        return Like(self, sets, replicates, command=self.command)

    @property
    def study(self) -> str:
        """The file of a study that asks what is shown: the same runs."""
        return shown(self.like, self.where.title)

    @property
    def command(self) -> str:
        """What somebody types to get the same digits."""
        return self.command_line("compare", ["--point", "--replicates", str(REPLICATES)] if self.point else [])

    def takes(self, changes: dict[str, Any], name: str, value: Any) -> bool:
        """The page, and what pages remember under keys that begin with x-; what frameworks add is passed over."""
        if name == "page":
            changes["page"] = str(value)[:40]
        elif name.startswith("x-") and isinstance(value, str):
            changes["more"] = (*changes.get("more", ()), (name[:20], value[:200]))
        return name == "page" or name.startswith("x-") or name == "modelid" or name.startswith("solara")


@lru_cache(maxsize=64)
def _sets(screen: Screen) -> list[ParameterSet]:
    return plausible(screen.where, SETS, screen.seed, shipped_sample(screen.where))


def read_query(query: str) -> Screen:
    """The screen that a link describes; BadInput if anything in it cannot be shown here.  Empty: the default."""
    return whole(*from_link(query, Screen()))


def read_file(content: bytes) -> Screen:
    """The screen that a scenario file describes; BadInput if anything in it cannot be shown here."""
    return whole(*from_toml(content, Screen()))


def opened[T](
    read: Callable[[T, Screen], tuple[Screen, list[str]]], what: T, own: Mapping[str, OwnPlace] | None = None
) -> tuple[Screen, str]:
    """The screen of a link (`from_link`) or a file (`from_toml`), as far as it can be shown here, and what is left out
    in sentences; "" if nothing is.  own: places that only this session has."""
    usual = Screen(own={} if own is None else own)
    try:
        screen, left = read(what, usual)
    except UnfreezeError as error:
        return usual, refused(error)
    return screen, " ".join(left)
