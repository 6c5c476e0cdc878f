"""Settings from a command line: `--set name=value`, where the name is a lever's or a parameter's."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.errors import BadInput, UnknownName
from evidence.quantities import check_value, find_quantity, inputs, load_quantities
from scenarios.levers import GONE, check_lever, load_levers


@dataclass(frozen=True, slots=True)
class Settings:
    """Overrides by name: what the foundation does (levers), and how the world works (parameters)."""

    levers: dict[str, float] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)


def read_settings(assignments: Iterable[str]) -> Settings:
    """`["budget=0.02", "dropout_fit=1"]` as settings, each name known and each value in its range."""
    settings = Settings()
    for assignment in assignments:
        name, equals, text = (part.strip() for part in assignment.partition("="))
        if not equals or not name:
            raise BadInput(f"'{assignment}' sets nothing", allowed="name=value, such as budget=0.02", where="--set")
        try:
            value = float(text)
        except ValueError as error:
            raise BadInput(f"'{name}' is '{text}'", where="--set", allowed="a number without its unit") from error
        where = f"--set {name}"
        if not math.isfinite(value):
            raise BadInput(f"'{name}' is {text}", where=where, allowed="a finite number")
        if name in load_levers() or name in GONE:
            settings.levers[name] = check_lever(name, value, where)
        elif name in load_quantities():
            settings.parameters[name] = check_value(find_quantity(name, where), value, where)
        else:
            raise UnknownName("lever or parameter", name, [*load_levers(), *inputs()], where="--set")
    return settings
