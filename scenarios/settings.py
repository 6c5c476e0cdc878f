"""Settings, `name=value`: a lever or a parameter, said in the same way on a command line, in a link and in a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.errors import BadInput, UnknownName
from engine.typed import SHOWN, read_number
from evidence.quantities import check_value, find_quantity, inputs, load_quantities
from scenarios.levers import GONE, check_lever, load_levers

ON_THE_COMMAND_LINE = "--set"


@dataclass(frozen=True, slots=True)
class Settings:
    """Overrides by name: what the foundation does (levers), and how the world works (parameters)."""

    levers: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)

    @property
    def by_name(self) -> dict[str, float]:
        """All of them."""
        return {**self.levers, **self.parameters}


def read_settings(assignments: Iterable[str], where: str = ON_THE_COMMAND_LINE) -> Settings:
    """`["budget=0.02", "dropout_fit=1"]` as settings, each name known, said once, and each value in its range."""
    found: dict[str, float] = {}
    for assignment in assignments:
        name, value = read_assignment(assignment, where)
        if name in found:
            raise BadInput(f"'{name}' is set twice, to {found[name]:g} and to {value:g}", where=where,
                           do="Leave one of them out")  # fmt: skip
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
        (settings.levers if name in load_levers() else settings.parameters)[name] = value
    return settings


def read_assignment(text: str, where: str = "") -> tuple[str, float]:
    """`listening=4` as a name and a number."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise BadInput(f"'{text[:SHOWN]}' sets nothing", allowed="name=value, such as budget=0.02", where=where)
    return name, read_number(name[:SHOWN], value, f"{where} {name[:SHOWN]}".strip())


def check_setting(name: str, value: float, where: str = "") -> float:
    """`value` if there is such a lever or parameter and it may stand there."""
    if name in load_levers() or name in GONE:
        return check_lever(name, value, where)
    if name in load_quantities():
        return float(check_value(find_quantity(name, where), value, where))
    raise UnknownName("lever or parameter", name[:SHOWN], [*load_levers(), *inputs()], where=where)
