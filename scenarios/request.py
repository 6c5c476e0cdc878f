"""A request: what is to be run.  Command line, link, file and Python are four faces of this one object.

    words     unfreeze compare homes user_centred,listening=4 --set contact=0
    link      place=dublin&worldview=evidence&s=homes&s=user_centred,listening=4&set=contact=0
    file      the same as TOML
    Python    Request(choices=(Choice("homes"), Choice("user_centred", {"listening": 4})), settings=(("contact", 0),))

`--set user_centred.listening=4` (set= in a link, set in a file) is another word for the choice
user_centred,listening=4.  All give the same runs, and so the same digits.  What is a valid request is decided here, and
refused here in words.  Of a link or a file that is wrong in parts everything is kept that can be, and for the rest
there is a sentence each.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar, Self, TypedDict, Unpack
from urllib.parse import parse_qsl, quote

from engine.errors import UNSEEN, BadInput, Where
from engine.typed import SHOWN, plain, read_whole
from evidence.data_file import LONGEST_TITLE, parsed, text_of
from scenarios.choice import Choice, check_set_once, read_choice, with_own
from scenarios.domains import Domain
from scenarios.edition import edition
from scenarios.language import N_, say
from scenarios.names import is_file, known, known_name, parts, typed_name
from scenarios.own_place import as_toml
from scenarios.places import Place, domain_of, find_place
from scenarios.refused import refused
from scenarios.scenario import MONTHS, NOBODY, Scenario
from scenarios.settings import check_setting, named_settings, read_assignment, settings_of
from scenarios.strategy import DEFAULT_PAIR, find_strategy
from scenarios.worldviews import Worldview, find_worldview

PLACE, WORLDVIEW, SEED = "dublin", "evidence", 1
REAL = "real"  # how a link or a file says: as many people as the place really has
LONGEST_LINK, LARGEST_FILE = 8_000, 64_000  # characters, bytes
AS_SAVED = N_("a scenario file as 'Save' of the dashboard writes it")
WHOLE = ("people", "months", "seed")
ONE = ("place", "worldview", *WHOLE, "point")  # said once
LISTS = {"strategies": "s", "set": "set"}  # lists in a file; in a link said as often as there are any
OLDER = {"world": "worldview"}  # how links and files said it before
OWN_WORDS = {"title": "heading", "notes": "notes"}  # in links and files, and the field here
LONGEST_NOTES = 500  # letters: with twelve signs for each of the widest a link still has room for the rest
EDITION = "rules"  # the edition of rules and figures with which it was made


@dataclass(frozen=True)
class Request:
    """Everything that determines which runs there are, by name.  `settings`: levers of all strategies and parameters.
    `people` None: as many as the place has.  `point`: the model's default values only, no parameter sets."""

    place: str = PLACE
    worldview: str = WORLDVIEW
    choices: tuple[Choice, ...] = tuple(map(Choice, DEFAULT_PAIR))
    settings: tuple[tuple[str, float], ...] = ()
    people: int | None = None
    months: int = MONTHS
    seed: int = SEED
    point: bool = False
    heading: str = ""  # title and notes of whoever made it; they change no run
    notes: str = ""

    FILES: ClassVar[bool] = True  # whether a name may be that of a file
    MOST_CHOICES: ClassVar[int] = 100

    # --- what it stands for -------------------------------------------------------------------------------------------

    @cached_property
    def asked(self) -> list[Scenario]:
        """One scenario for each strategy; BadInput if there is no such scenario."""
        return scenarios_of(self, [self.outlook])

    @cached_property
    def where(self) -> Place:
        """The place."""
        return _place(self.place) if self.place in known("place") else find_place(self.place)

    @cached_property
    def outlook(self) -> Worldview:
        """The worldview itself."""
        return _worldview(self.worldview) if self.worldview in known("worldview") else find_worldview(self.worldview)

    @cached_property
    def domain(self) -> Domain:
        """The words to use."""
        return domain_of(self.where)

    def checked(self) -> Self:
        """The same if it can be run, with what was set for one strategy in its choice; BadInput says what is wrong."""
        own = settings_of(self.settings).own
        kept = tuple(pair for pair in self.settings if pair[0] not in own)
        found = replace(self, choices=with_own(self.choices, own), settings=kept) if own else self
        check_set_once(found.choices, settings_of(kept).levers)
        _ = found.asked  # each says what is wrong with it when it is made
        return found

    @property
    def names(self) -> list[str]:
        """Names of strategies, of what a practice is on, of place and worldview: those of files among them."""
        whose = [part for one in self.choices for part in parts(one.name)]
        on = [find_strategy(name).on for name in whose if is_file("strategy", name)]
        return [*whose, *(name for name in on if name), self.place, self.worldview]

    def named(self, kind: str, name: str) -> str:
        """The place or worldview of this name, however it is written, or a file where files may be named."""
        return name if self.FILES and is_file(kind, name) else known_name(kind, name)

    def takes(self, changes: dict[str, Any], name: str, value: Any) -> bool:
        """For what one kind of request says beyond this: put it into `changes`.  False: it means nothing.  Which page
        was open matters to the dashboard only."""
        return name == "page"

    # --- its faces ----------------------------------------------------------------------------------------------------

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names and texts, as in a link."""
        found = [("place", self.place), ("worldview", self.worldview), *(("s", str(one)) for one in self.choices)]
        found += [("set", text) for text in self.assignments]
        found += [("people", REAL if self.people is None else str(self.people))]
        found += [("months", str(self.months))] if self.months != MONTHS else []
        found += [("seed", str(self.seed))] + ([("point", "yes")] if self.point else [])
        return found + [(name, text) for name, text in (("title", self.heading), ("notes", self.notes)) if text]

    @property
    def assignments(self) -> list[str]:
        """The settings as somebody types them."""
        return [f"{name}={plain(value)}" for name, value in self.settings]

    @cached_property
    def query(self) -> str:
        """The link, without the address and the question mark."""
        said = [*self.pairs, (EDITION, edition())]
        return "&".join(f"{quote(name)}={quote(text, safe=',=.')}" for name, text in said)

    @property
    def lines(self) -> list[tuple[str, Any]]:
        """Names and values, as in a file."""
        return [
            ("place", self.place), ("worldview", self.worldview), ("strategies", [str(one) for one in self.choices]),
            ("set", self.assignments), ("people", REAL if self.people is None else self.people),
            ("months", self.months), ("seed", self.seed), ("point", self.point),
            *([("title", self.heading)] if self.heading else []), *([("notes", self.notes)] if self.notes else []),
            (EDITION, edition()),
        ]  # fmt: skip

    @property
    def toml(self) -> str:
        """The whole request as TOML."""
        return as_toml(dict(self.lines))

    def command_line(self, name: str, more: Sequence[str] = (), size: str = "--people", strategies: bool = True) -> str:
        """What somebody types to get the same digits.  name: the command, and what comes before its strategies.  more:
        options of this command.  strategies: named or not."""
        words = ["unfreeze", *name.split(), *(one.typed for one in self.choices if strategies)]
        words += ["--place", typed_name("place", self.place)] if self.place != PLACE else []
        words += ["--worldview", typed_name("worldview", self.worldview)] if self.worldview != WORLDVIEW else []
        words += [size, str(self.people)] if self.people is not None else []
        words += ["--months", str(self.months)] if self.months != MONTHS else []
        words += ["--seed", str(self.seed)] if self.seed != SEED else []
        return shlex.join([*words, *more, *(word for text in self.assignments for word in ("--set", text))])


Name = str | os.PathLike[str]  # a name that ships, or a file


class OneRun(TypedDict, total=False):
    """What Python says of every run, by name: fields of a Request.  settings: levers and parameters."""

    place: Name
    worldview: Name
    settings: Mapping[str, float] | None
    people: int | None
    months: int
    seed: int


class AskedByName(OneRun, total=False):
    """All that Python says of a request but its strategies, by name.  A test holds the names to Request's fields."""

    point: bool
    title: str
    notes: str


USUAL = {one.name: one.default for one in fields(Request)} | {"title": "", "settings": None}


def request_of(strategies: Iterable[Name] = (), **asked: Unpack[AskedByName]) -> Request:
    """The checked request that Python asks for in names and numbers; no strategy: the usual pair."""
    given = [_name("strategy", one) for one in strategies]
    choices = tuple(read_choice(one, files=True) for one in given)
    for one in choices:
        if choices.count(one) > 1:
            raise BadInput(f"The strategy {one} stands there twice", do="Leave one of them out")
    pairs = tuple(named_settings(asked.get("settings") or {}).by_name.items())
    said: dict[str, Any] = {**asked, "settings": pairs, "choices": choices or Request.choices}
    said |= {name: _name(name, said[name]) for name in ("place", "worldview") if name in said}
    said |= {field: own_words(word, said.pop(word)) for word, field in OWN_WORDS.items() if word in said}
    if not isinstance(said.get("point", False), bool):
        raise BadInput(f"'point' is {str(said['point'])[:SHOWN]!r}", allowed="True or False")
    found = Request(**said).checked()
    made = found.asked[0]  # its numbers are ints, whatever kind of whole numbers was given
    return replace(found, people=made.people, months=made.months, seed=made.seed)


def _name(kind: str, given: object) -> str:
    """A known name however it is written, or a file, as a text."""
    if not isinstance(given, str | os.PathLike):
        raise BadInput(f"The {kind} is {str(given)[:SHOWN]!r}", allowed="a name that ships, or a file",
                       do=f"A {kind} made in Python goes into a Scenario, and scenarios into ensemble()")  # fmt: skip
    text = str(os.fspath(given))
    return text if kind == "strategy" or is_file(kind, text) else known_name(kind, text)


def scenarios_of(request: Request, worldviews: Iterable[Worldview]) -> list[Scenario]:
    """One checked scenario for each worldview and strategy, worldviews first, in the words of the place's field."""
    domain, settings = request.domain, settings_of(request.settings)
    found = [one.strategy() for one in request.choices]
    told = [one if one.name == NOBODY else domain.told(one) for one in found]
    beliefs = [domain.told(one) for one in worldviews]
    return [Scenario(one, request.where, belief, request.people, request.months, request.seed, settings)
            for belief in beliefs for one in told]  # fmt: skip


@cache
def _place(name: str) -> Place:
    """Files that ship or are offered are read once."""
    return find_place(name)


@cache
def _worldview(name: str) -> Worldview:
    return find_worldview(name)


# --- reading ----------------------------------------------------------------------------------------------------------

Found = tuple[str, Any]


def from_link[R: Request](query: str, usual: R) -> tuple[R, list[str]]:
    """`usual` with all that a link says and that can be kept, and what is left out of it, in sentences."""
    if len(query) > LONGEST_LINK:
        raise BadInput(say("The link is too long"), allowed=say("{count} characters", count=LONGEST_LINK),
                       do=say("Save it as a file instead"))  # fmt: skip
    return understood(parse_qsl(query.removeprefix("?"), keep_blank_values=True), usual, N_("link"))


def from_toml[R: Request](content: bytes, usual: R, name: str = "The scenario file") -> tuple[R, list[str]]:
    """`usual` with all that a scenario file says and that can be kept, and what is left out of it, in sentences.  name:
    what messages call the file."""
    if len(content) > LARGEST_FILE:
        raise BadInput(say("The file is too large for a scenario"), allowed=say("{count} bytes", count=LARGEST_FILE))
    try:
        found = parsed(content.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise BadInput(say("The file is not text"), allowed=say(AS_SAVED)) from error
    if not found:
        raise BadInput(say("The file says nothing"), allowed=say(AS_SAVED))
    given: list[Found] = []
    left: list[str] = []
    for name, value in found.items():
        if name not in LISTS:
            given.append((name, value))
        elif isinstance(value, list) and all(isinstance(text, str) for text in value):
            given += [(LISTS[name], text) for text in value]
        else:
            left.append(refused(_is_no(name, value, say("a list of texts"))))
    return understood(given, usual, N_("file"), left)


def from_file(path: str | Path) -> Request:
    """The request that somebody's scenario file holds; BadInput if anything in it cannot be kept."""
    file = Path(path)
    return whole(*from_toml(text_of(file).encode(), Request(), str(file)), file)


def whole[R: Request](found: R, left: Sequence[str], file: Path | None = None) -> R:
    """What was found if nothing was left out of it."""
    if left:
        raise BadInput(" ".join(left), where=Where(file))
    return found


def is_scenario_file(name: str) -> bool:
    """Whether this names a file that says what is to be run, and not one strategy, worldview or place."""
    if not is_file("strategy", name):
        return False
    try:
        found = parsed(text_of(Path(name)), name)
    except BadInput:  # whoever wanted a strategy of it says so
        return False
    return "strategies" in found and "phase" not in found


def understood[R: Request](
    given: Iterable[Found], usual: R, what: str, left: Sequence[str] = ()
) -> tuple[R, list[str]]:
    """`usual` with all that can be kept, and a sentence for each thing that cannot.  what: a link or a file."""
    changes: dict[str, Any] = {}
    left = list(left)
    foreign: list[str] = []
    for name, value in given:
        try:
            if not _takes(changes, OLDER.get(name, name), value, usual):
                foreign.append(name[:40])
        except BadInput as error:
            left.append(refused(error))
    if foreign:
        names = ", ".join(f"'{name}'" for name in dict.fromkeys(foreign))
        left.append(say("The {what} says {names}, which means nothing here.", what=say(what), names=names))
    made_with = changes.pop(EDITION, edition())
    if made_with != edition():
        left.append(say("The {what} was made with rules and figures {made_with}, and these are {edition}: the same "
                        "scenario may have other numbers now.", what=say(what), made_with=str(made_with),
                        edition=edition()))  # fmt: skip
    if "settings" in changes:
        changes["settings"] = tuple(changes["settings"].items())
    try:
        return replace(usual, **changes).checked(), left
    except BadInput:
        return _as_far_as_it_goes(usual, changes, left)


def _as_far_as_it_goes[R: Request](usual: R, changes: Mapping[str, Any], left: list[str]) -> tuple[R, list[str]]:
    """One change after another: each is kept if what there is can then be run."""
    found = usual
    for name, value in changes.items():
        try:
            found = replace(found, **{name: value}).checked()
        except BadInput as error:
            left.append(refused(error))
    return found, left


def own_words(name: str, text: object) -> str:
    """Somebody's own title (one line) or notes; BadInput if they cannot go to screens, files and paper."""
    if not isinstance(text, str):
        raise _is_no(name, text, say("a text"))
    most = LONGEST_TITLE if name == "title" else LONGEST_NOTES
    said = text.replace("\r\n", "\n").strip()
    if len(said) > most:
        text = N_("The title has {count} letters") if name == "title" else N_("The notes have {count} letters")
        raise BadInput(say(text, count=len(said)), allowed=say("at most {most}", most=most))
    unseen = UNSEEN.search(said)
    if unseen:
        text = (N_("The title holds the sign {sign}, which nobody sees") if name == "title" else
                N_("The notes hold the sign {sign}, which nobody sees"))  # fmt: skip
        raise BadInput(say(text, sign=f"U+{ord(unseen[0]):04X}"), do=say("Leave it out"))
    return " ".join(said.split()) if name == "title" else said


def _is_no(name: str, value: object, allowed: str) -> BadInput:
    """What was said for `name` is not what may stand there."""
    return BadInput(say("'{name}' is {given}", name=name, given=repr(str(value)[:40])), allowed=allowed)


def _takes(changes: dict[str, Any], name: str, value: Any, usual: Request) -> bool:
    """Put one thing that was said into `changes`; False if it is nothing of ours, BadInput if it cannot be kept."""
    if name in ("s", "set", "place", "worldview", EDITION) and not isinstance(value, str):
        raise _is_no(name, value, say("a text"))
    if name == "s":
        choice, others = read_choice(value, usual.FILES), changes.get("choices", ())
        if str(choice) in map(str, others):
            raise BadInput(say("The strategy {strategy} stands there twice", strategy=str(choice)),
                           do=say("Change one of them"))  # fmt: skip
        if len(others) >= usual.MOST_CHOICES:
            raise BadInput(say("{strategy} is one strategy too many", strategy=str(choice)),
                           allowed=say("at most {most} side by side", most=usual.MOST_CHOICES))  # fmt: skip
        changes["choices"] = (*others, choice)
    elif name == "set":
        lever, number = read_assignment(value)
        settings = changes.setdefault("settings", {})
        if lever in settings:
            raise BadInput(say("'{name}' is set twice", name=lever), do=say("Leave one of them out"))
        settings[lever] = check_setting(lever, number)
    elif name in ("place", "worldview"):
        changes[name] = usual.named(name, value)
    elif name in WHOLE:
        changes[name] = None if (name, value) == ("people", REAL) else read_whole(name, value)
    elif name == "point":
        if value not in (True, False, "yes", "no"):
            raise _is_no("point", value, say("yes or no; in a file true or false"))
        changes["point"] = value in (True, "yes")
    elif name == EDITION:
        changes[EDITION] = value[:40]
    elif name in OWN_WORDS:
        changes[OWN_WORDS[name]] = own_words(name, value)
    else:
        return usual.takes(changes, name, value)
    return True
