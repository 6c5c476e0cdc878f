"""Settings, `name=value`: a lever or a parameter, said in the same way on a command line, in a link and in a file.

contact=0                               a parameter
listening=4                             a lever, in all phases of every strategy
user_centred.listening=4                a lever of one strategy
user_centred.phase2.branding=.2         a lever of one strategy in one of its phases, counted from 1
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.errors import BadInput, UnknownName
from engine.typed import SHOWN, read_number
from evidence.quantities import check_value, find_quantity, inputs, load_quantities
from scenarios.language import say
from scenarios.levers import GONE, check_lever, load_levers
from scenarios.refused import in_short

ON_THE_COMMAND_LINE = "--set"
WHOLE_PROGRAMME = ("start", "duration")  # levers that a later phase cannot change

_PHASE = re.compile(r"phase([1-9]\d*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """Overrides by name: what the foundation does (levers), and how the world works (parameters).

    `own`: levers of one strategy, `user_centred.listening`; they belong to a choice (scenarios/choice.py).
    """

    levers: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)
    own: dict[str, float] = field(default_factory=dict)

    @property
    def by_name(self) -> dict[str, float]:
        """All of them."""
        return {**self.levers, **self.parameters, **self.own}


def read_settings(assignments: Iterable[str], where: str = ON_THE_COMMAND_LINE) -> Settings:
    """`["budget=0.02", "dropout_fit=1"]` as settings, each name known, said once, and each value in its range."""
    found: dict[str, float] = {}
    for assignment in assignments:
        name, value = read_assignment(assignment, where)
        if name in found:
            raise BadInput(say("'{name}' is set twice, to {one} and to {other}", name=name, one=in_short(found[name]),
                               other=in_short(value)), where=where, do=say("Leave one of them out"))  # fmt: skip
        found[name] = check_setting(name, value, f"{where} {name}".strip())
    return settings_of(found.items())


def named_settings(given: object) -> Settings:
    """What a program gives as `{"contact": 0}`, each name known and each value in its range."""
    if not isinstance(given, Mapping):
        raise BadInput(f"'settings' is {str(given)[:SHOWN]!r}", allowed="names and numbers, as {'contact': 0}")
    numbers = {str(name): read_number(str(name), value) for name, value in given.items()}
    return settings_of((name, check_setting(name, value)) for name, value in numbers.items())


def settings_of(pairs: Iterable[tuple[str, float]]) -> Settings:
    """Checked names and values as settings."""
    settings = Settings()
    for name, value in pairs:
        of_one = "." in name
        (settings.own if of_one else settings.levers if name in load_levers() else settings.parameters)[name] = value
    return settings


def read_assignment(text: str, where: str = "") -> tuple[str, float]:
    """`listening=4` as a name and a number."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise BadInput(say("'{given}' sets nothing", given=text[:SHOWN]), where=where,
                       allowed=say("name=value, such as {example}", example="budget=0.02"))  # fmt: skip
    return name, read_number(name[:SHOWN], value, f"{where} {name[:SHOWN]}".strip())


def check_setting(name: str, value: float, where: str = "") -> float:
    """`value` if there is such a lever or parameter and it may stand there."""
    if "." in name:
        strategy, _, lever = own_lever(name, where)
        if lever in load_quantities():
            raise BadInput(say("'{name}' is a parameter: it is the world's, and the same for every strategy",
                               name=lever), where=where, do=say("Write {what}", what=f"{lever}=..."))  # fmt: skip
        if not strategy:
            raise BadInput(say("'{name}' does not say whose phase", name=name), where=where,
                           do=say("Write {what}", what=f"STRATEGY.{name}=..."))  # fmt: skip
        return check_lever(lever, value, where)
    if name in load_levers() or name in GONE:
        return check_lever(name, value, where)
    if name in load_quantities():
        return float(check_value(find_quantity(name, where), value, where))
    raise UnknownName("lever or parameter", name[:SHOWN], [*load_levers(), *inputs()], where=where)


def own_lever(name: str, where: str = "") -> tuple[str, int | None, str]:
    """`user_centred.phase2.listening` as strategy, phase (counted from 1; None: all of them) and lever.

    Within a choice the strategy goes without saying, and is "".
    """
    before, _, lever = name.rpartition(".")
    strategy, _, last = before.rpartition(".")
    said = _PHASE.fullmatch(last)
    if said is None:
        return before, None, lever
    if lever in WHOLE_PROGRAMME:
        raise BadInput(say("'{name}' holds for the whole programme", name=lever), where=where,
                       do=say("Leave out '{what}'", what=last))  # fmt: skip
    return strategy, int(said[1]), lever
