"""What is on the screen: one immutable description, and its ways into the address bar, a file and a command line.

    query     place=dublin&worldview=evidence&s=homes&s=user_centred,listening=4&set=contact=0&page=compare
    file      the same as TOML
    command   unfreeze compare homes user_centred,listening=4 --set contact=0

All three give the same runs, and so the same digits.  Whatever comes from outside is checked here: a broken link or
file raises BadInput, and no name is ever opened as a path.
"""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote

from dashboard.edited import Choice, check_parameter, plain, read_assignment, read_choice
from engine.errors import BadInput, UnfreezeError, UnknownName
from evidence.quantities import inputs, values
from scenarios.domains import Domain
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import Place, bind, domain_of, find_place
from scenarios.plausible import ParameterSet, plausible, shipped_sample
from scenarios.scenario import MONTHS, NOBODY, Scenario, with_twins
from scenarios.settings import Settings
from scenarios.strategy import DEFAULT_PAIR, find_strategy
from scenarios.worldviews import Worldview, find_worldview

PLACE, WORLDVIEW, SEED, FIRST_PAGE = "dublin", "evidence", 1, "compare"
FEWEST, MOST = 1, 4  # strategies side by side
REPLICATES = 32  # with the model's numbers at their default values
# Plausible parameter sets, and replicates of each, on common seeds: as `unfreeze compare` has them.  Two replicates
# leave the luck of the seeds one degree of freedom: 12 sets of 2 gave intervals four times as wide for the same work.
SETS, EACH = 8, 3
PEOPLE = 2_000  # simulated unless somebody asks for another number: quick enough for a slider.  Assumption
# People x months that one visitor may ask of a server that others share: the first 4 replicates of two strategies came
# in 9 s on two busy cores.  Assumption; a place that is larger may have its real size.
MOST_PEOPLE = 20_000
REAL = "real"  # how an address or a file says: as many people as the place really has
LONGEST_LINK, LARGEST_FILE = 8_000, 64_000  # characters, bytes


@dataclass(frozen=True)
class Screen:
    """Everything that determines what is shown.  `settings`: parameters (and levers of every strategy) as --set."""

    place: str = PLACE
    worldview: str = WORLDVIEW
    choices: tuple[Choice, ...] = tuple(map(Choice, DEFAULT_PAIR))
    settings: tuple[tuple[str, float], ...] = ()
    people: int | None = PEOPLE  # None: as many as the place has
    months: int = MONTHS
    seed: int = SEED
    point: bool = False  # default values and chance only; else what nobody has measured as well
    page: str = FIRST_PAGE
    more: tuple[tuple[str, str], ...] = field(default=())  # what a page wants to remember, by keys of its own

    # --- what it stands for -------------------------------------------------------------------------------------------

    @cached_property
    def scenarios(self) -> list[Scenario]:
        """The runs behind it, status quo twin first; BadInput if there is no such scenario."""
        where, domain = self.where, self.domain
        outlook = domain.told(self.outlook)
        levers = {name: value for name, value in self.settings if name in load_levers()}
        settings = Settings(levers, {name: value for name, value in self.settings if name not in levers})
        told = [one.strategy() if one.name == NOBODY else domain.told(one.strategy()) for one in self.choices]
        return with_twins([Scenario(s, where, outlook, self.people, self.months, self.seed, settings) for s in told])

    @cached_property
    def where(self) -> Place:
        """The place."""
        return _place(self.place)

    @cached_property
    def outlook(self) -> Worldview:
        """The worldview itself."""
        return _worldview(self.worldview)

    @cached_property
    def domain(self) -> Domain:
        """The words to use."""
        return _domain(self.place)

    @property
    def question(self) -> str:
        """Equal for screens that need the same runs: the page and what it remembers do not matter."""
        return replace(self, page=FIRST_PAGE, more=()).query

    @property
    def subject(self) -> str:
        """Equal for screens of the same scenarios, whichever uncertainty they show."""
        return replace(self, point=False).question

    @property
    def sets(self) -> list[ParameterSet]:
        """The plausible parameter sets that `unfreeze compare` draws for this screen; drawing takes a moment."""
        return _sets(self.place, self.seed)

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
            instead = f"instead of {plain(homes[name])}" if name in homes else "in every strategy"
            said.append(f"{name} = {plain(value)} {unit} {instead}")
        return said

    @property
    def edited(self) -> int:
        """The strategy whose levers are shown: the last one unless the address says otherwise."""
        asked = self.remembered("x-edit")
        return int(asked) if asked.isdecimal() and int(asked) < len(self.choices) else len(self.choices) - 1

    def title(self, which: int) -> str:
        """The name of a strategy of this screen, whatever levers of it are changed."""
        return self.domain.told(find_strategy(self.choices[which].name)).title

    # --- changes ------------------------------------------------------------------------------------------------------

    def with_lever(self, which: int, name: str, value: float | None) -> Screen:
        """One lever of one strategy; None puts it back to the strategy's own value."""
        choices = tuple(one.with_lever(name, value) if i == which else one for i, one in enumerate(self.choices))
        settings = tuple(pair for pair in self.settings if pair[0] != name)
        return checked(replace(self, choices=choices, settings=settings))

    def with_setting(self, name: str, value: float | None) -> Screen:
        """One parameter, for the whole world; None puts it back."""
        kept = [pair for pair in self.settings if pair[0] != name]
        if value is not None:
            kept.append((name, check_parameter(name, value)))
        return checked(replace(self, settings=tuple(kept)))

    def with_more(self, name: str, value: str | None) -> Screen:
        """Something that a page remembers, under a key of its own that begins with x-; None forgets it."""
        kept = tuple(pair for pair in self.more if pair[0] != name)
        return replace(self, more=kept if value is None else (*kept, (name, value)))

    def remembered(self, name: str, usual: str = "") -> str:
        """What a page put there."""
        return dict(self.more).get(name, usual)

    def with_(self, **changes: Any) -> Screen:
        """The same with other fields, checked."""
        return checked(replace(self, **changes))

    # --- the address bar ----------------------------------------------------------------------------------------------

    @cached_property
    def query(self) -> str:
        """The whole screen as a query string, without the question mark."""
        pairs = [("place", self.place), ("worldview", self.worldview), *(("s", str(one)) for one in self.choices)]
        pairs += [("set", f"{name}={plain(value)}") for name, value in self.settings]
        pairs += [("people", REAL if self.people is None else str(self.people))]
        pairs += [("months", str(self.months))] if self.months != MONTHS else []
        pairs += [("seed", str(self.seed))] + ([("point", "yes")] if self.point else [])
        pairs += [("page", self.page), *self.more]
        return "&".join(f"{quote(name)}={quote(value, safe=',=.')}" for name, value in pairs)

    # --- a file -------------------------------------------------------------------------------------------------------

    @property
    def file(self) -> str:
        """The whole screen as TOML."""
        lines = [("place", self.place), ("worldview", self.worldview),
                 ("strategies", [str(one) for one in self.choices]),
                 ("set", [f"{name}={plain(value)}" for name, value in self.settings]),
                 ("people", REAL if self.people is None else self.people),
                 ("months", self.months), ("seed", self.seed), ("point", self.point), ("page", self.page)]  # fmt: skip
        said = "\n".join(f"{name} = {json.dumps(value)}" for name, value in lines)
        changed = "".join(f"# Changed by hand: {text}\n" for text in self.altered)
        return f"# A scenario of Unfreeze; open it in the dashboard, or type: {self.command}\n{changed}{said}\n"

    # --- the command line ---------------------------------------------------------------------------------------------

    @property
    def command(self) -> str:
        """What somebody types to get the same digits."""
        words = ["unfreeze", "compare", *map(str, self.choices)]
        words += ["--place", self.place] if self.place != PLACE else []
        words += ["--worldview", self.worldview] if self.worldview != WORLDVIEW else []
        words += ["--people", str(self.people)] if self.people is not None else []
        words += ["--months", str(self.months)] if self.months != MONTHS else []
        words += ["--point", "--replicates", str(REPLICATES)] if self.point else []
        words += ["--seed", str(self.seed)] if self.seed != SEED else []
        for name, value in self.settings:
            words += ["--set", f"{name}={plain(value)}"]
        return shlex.join(words)


@cache
def _place(name: str) -> Place:
    """Files that ship are read once."""
    return find_place(name)


@cache
def _worldview(name: str) -> Worldview:
    return find_worldview(name)


@lru_cache(maxsize=64)
def _sets(place: str, seed: int) -> list[ParameterSet]:
    return plausible(_place(place), SETS, seed, shipped_sample())


@cache
def _domain(place: str) -> Domain:
    return domain_of(_place(place))


def checked(screen: Screen) -> Screen:
    """The screen if it can be run; BadInput says what is wrong with it."""
    if not FEWEST <= len(screen.choices) <= MOST:
        raise BadInput(f"There are {len(screen.choices)} strategies", allowed=f"{FEWEST} to {MOST} side by side")
    if len(set(map(str, screen.choices))) < len(screen.choices):
        raise BadInput("The same strategy stands there twice", do="Change one of them")
    one = screen.scenarios[0]  # each says what is wrong with it when it is made
    people, most = one.people or one.real_size, max(MOST_PEOPLE, one.real_size) * MONTHS
    if people * screen.months > most:
        raise BadInput(
            f"{people:,} people for {screen.months} months are too much for the dashboard",
            allowed=f"{most // screen.months:,} people for {screen.months} months here, or fewer months",
            do="The command line has no such cap: unfreeze compare --people",
        )
    return screen


def read_query(query: str) -> Screen:
    """The screen that a link describes; BadInput says what is wrong with it.  An empty one is the default."""
    if len(query) > LONGEST_LINK:
        raise BadInput("The link is too long", allowed=f"{LONGEST_LINK:,} characters", do="Save it as a file instead")
    found: dict[str, Any] = {"strategies": [], "set": [], "more": []}
    for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
        if name in ("s", "set"):
            found["strategies" if name == "s" else "set"].append(value)
        elif name in _ONE or name in _OLDER:
            found[_OLDER.get(name, name)] = value
        elif name.startswith("x-"):
            found["more"].append((name[:20], value[:200]))
        elif name != "modelid" and not name.startswith("solara"):
            raise BadInput(
                f"The link says '{name[:40]}', which means nothing here", allowed=", ".join(["s", "set", *_ONE])
            )
    return _made(found)


def read_file(content: bytes) -> Screen:
    """The screen that a scenario file describes; BadInput says what is wrong with it."""
    if len(content) > LARGEST_FILE:
        raise BadInput("The file is too large for a scenario", allowed=f"{LARGEST_FILE:,} bytes")
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadInput("The file is not text", allowed="a scenario file as 'Save' writes it") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"The file cannot be read: {error}", allowed="a scenario file as 'Save' writes it") from error
    except RecursionError as error:
        raise BadInput("The file is nested too deeply", allowed="a scenario file as 'Save' writes it") from error
    if not found:
        raise BadInput("The file says nothing", allowed="a scenario file as 'Save' writes it")
    for name, value in found.items():
        if name not in (*_ONE, *_OLDER, "strategies", "set"):
            raise BadInput(f"The file says '{name[:40]}', which means nothing here",
                           allowed=", ".join([*_ONE, "strategies", "set"]))  # fmt: skip
        if (name, value) == ("people", REAL):
            continue
        kinds = {"strategies": list, "set": list, "people": int, "months": int, "seed": int, "point": bool}
        wanted = kinds.get(name, str)
        texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
        known = isinstance(value, wanted) and (wanted is not int or not isinstance(value, bool))
        if not known or (wanted is list and not texts):
            raise BadInput(f"'{name}' in the file is {str(value)[:40]!r}",
                           allowed={list: "a list of texts", str: "a text", int: "a whole number",
                                    bool: "true or false"}[wanted])  # fmt: skip
    return _made({_OLDER.get(name, name): value for name, value in found.items()})


def opened(read: Callable[[Any], Screen], what: Any) -> tuple[Screen, str]:
    """The screen, or the default and what is wrong."""
    try:
        return read(what), ""
    except UnfreezeError as error:
        return Screen(), str(error)


_ONE = ("place", "worldview", "people", "months", "seed", "point", "page")  # said once
_OLDER = {"world": "worldview"}  # how links and files said it before


def _made(found: Mapping[str, Any]) -> Screen:
    changes: dict[str, Any] = {}
    for name in ("place", "worldview"):
        if name in found:
            changes[name] = _shipped(name, found[name])
    for name in ("people", "months", "seed"):
        if name in found:
            changes[name] = None if (name, found[name]) == ("people", REAL) else _whole(name, found[name])
    if found.get("strategies"):
        _few(found["strategies"], MOST)
        changes["choices"] = tuple(map(read_choice, found["strategies"]))
    changes["settings"] = tuple(dict(map(_setting, found.get("set", ()))).items())
    if "point" in found:
        changes["point"] = found["point"] in (True, "yes")
    if "page" in found:
        changes["page"] = str(found["page"])[:40]
    changes["more"] = tuple(found.get("more", ()))
    return checked(replace(Screen(), **changes))


def _setting(text: str) -> tuple[str, float]:
    from scenarios.levers import check_lever

    name, value = read_assignment(text)
    return name, check_lever(name, value) if name in load_levers() else check_parameter(name, value)


def _shipped(kind: str, name: str) -> str:
    plain_name = name.strip().lower().replace("-", "_").replace(" ", "_")
    if plain_name not in shipped(kind):
        raise UnknownName(kind, plain_name[:60], shipped(kind))
    return plain_name


def _whole(name: str, value: str | int) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise BadInput(f"'{name}' is '{str(value)[:40]}'", allowed="a whole number") from error


def _few(items: Sequence[str], most: int) -> None:
    if len(items) > most:
        raise BadInput(f"There are {len(items)} strategies", allowed=f"at most {most} side by side")
