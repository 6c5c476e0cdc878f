"""A strategy with some of its levers set otherwise, written as one word: `user_centred,listening=4,branding=0`.

The same word works in a link, in a scenario file and as a STRATEGY of `unfreeze compare`, and gives the same digits.
A lever that is named holds in all phases of that one strategy; `--set` holds for every strategy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from engine.errors import BadInput
from evidence.quantities import check_value, find_quantity, load_quantities
from scenarios.levers import check_lever, load_levers
from scenarios.names import shipped
from scenarios.strategy import Phase, Strategy, find_strategy


@dataclass(frozen=True, slots=True)
class Choice:
    """A shipped strategy by its name, and the levers that somebody set otherwise."""

    name: str
    levers: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return ",".join([self.name, *(f"{lever}={plain(value)}" for lever, value in self.levers.items())])

    def __hash__(self) -> int:
        return hash(str(self))

    def with_lever(self, name: str, value: float | None) -> Choice:
        """The same with one lever at `value`; None takes what was set back."""
        levers = {lever: old for lever, old in self.levers.items() if lever != name}
        if value is not None:
            levers[name] = check_lever(name, value)
        return Choice(self.name, {lever: levers[lever] for lever in load_levers() if lever in levers})

    def strategy(self) -> Strategy:
        """The strategy as data; its name is this choice as one word, its title says what was changed."""
        found = shipped_strategy(self.name)
        if not self.levers:
            return found
        phases = tuple(Phase(phase.begins, {**phase.levers, **self.levers}) for phase in found.phases)
        made = replace(found, name=str(self), title=f"{found.title} ({changes(self.levers)})", phases=phases)
        made.settings()  # says so where shares exceed their whole
        return made


@cache
def shipped_strategy(name: str) -> Strategy:
    """A strategy that ships, its file read once: a slider asks for it several times at every move."""
    return find_strategy(name)


def read_choice(text: str) -> Choice:
    """`user_centred,listening=4` as a choice; BadInput says what is wrong.  Shipped names only: no file is opened."""
    name, *assignments = (part.strip() for part in text.split(","))
    plain_name = name.lower().replace("-", "_").replace(" ", "_")
    if plain_name not in shipped("strategy"):
        from engine.errors import UnknownName

        raise UnknownName("strategy", plain_name[:60], shipped("strategy"))
    choice = Choice(plain_name)
    for assignment in assignments:
        lever, value = read_assignment(assignment)
        choice = choice.with_lever(lever, value)
    choice.strategy()
    return choice


def read_assignment(text: str) -> tuple[str, float]:
    """`listening=4` as a name and a number."""
    name, equals, value = (part.strip() for part in text.partition("="))
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not equals or number != number or number in (float("inf"), float("-inf")):
        raise BadInput(f"'{text[:60]}' sets nothing", allowed="name=value with a number, such as listening=4")
    return name, number


def check_parameter(name: str, value: float) -> float:
    """The value if there is such a parameter and it may stand there."""
    if name not in load_quantities():
        from engine.errors import UnknownName

        raise UnknownName("parameter", name[:60], load_quantities())
    return float(check_value(find_quantity(name), value))


def plain(value: float) -> str:
    """A number as somebody would type it, to the last digit that matters."""
    return f"{value:.10g}"


def changes(levers: Mapping[str, float]) -> str:
    """What was changed, short enough for a title."""
    if len(levers) > 2:
        return f"{len(levers)} levers changed"
    return ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in levers.items())
