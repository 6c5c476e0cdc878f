"""A choice: a strategy with some of its levers set otherwise, as one word: `user_centred,listening=4,branding=0`.

The same word works in a link, in a scenario file and as a STRATEGY of `unfreeze compare`, and gives the same digits.
A lever that is named holds in all phases of that one strategy; `--set` holds for every strategy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from engine.errors import BadInput
from engine.typed import plain
from scenarios.levers import check_lever, load_levers
from scenarios.names import is_file, known, known_name, typed_name
from scenarios.settings import read_assignment
from scenarios.strategy import Phase, Strategy, find_strategy


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy by its name (or its file), and the levers that somebody set otherwise."""

    name: str
    levers: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return ",".join([self.name, *(f"{lever}={plain(value)}" for lever, value in self.levers.items())])

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def typed(self) -> str:
        """The same as somebody would type it, a file by its path."""
        return str(replace(self, name=typed_name("strategy", self.name)))

    def with_lever(self, name: str, value: float | None) -> Choice:
        """The same with one lever at `value`; None takes what was set back."""
        levers = {lever: old for lever, old in self.levers.items() if lever != name}
        if value is not None:
            levers[name] = check_lever(name, value)
        return Choice(self.name, {lever: levers[lever] for lever in load_levers() if lever in levers})

    def strategy(self) -> Strategy:
        """The strategy as data; its name is this choice as one word, its title says what was changed."""
        found = _known(self.name) if self.name in known("strategy") else find_strategy(self.name)
        if not self.levers:
            return found
        phases = tuple(Phase(phase.begins, {**phase.levers, **self.levers}) for phase in found.phases)
        name = str(replace(self, name=found.name))
        made = replace(found, name=name, title=f"{found.title} ({changes(self.levers)})", phases=phases)
        made.settings()  # says so where shares exceed their whole
        return made


@cache
def _known(name: str) -> Strategy:
    """A strategy that ships or is offered, its file read once: a slider asks for it several times at every move."""
    return find_strategy(name)


def read_choice(text: str, files: bool = False) -> Choice:
    """`user_centred,listening=4` as a choice; BadInput says what is wrong.  files: its name may be that of a file."""
    name, *assignments = (part.strip() for part in text.split(","))
    choice = Choice(name if files and is_file("strategy", name) else known_name("strategy", name))
    for assignment in assignments:
        lever, value = read_assignment(assignment)
        if lever in choice.levers:
            raise BadInput(f"'{lever}' is set twice in '{text[:60]}'", do="Leave one of them out")
        choice = choice.with_lever(lever, value)
    choice.strategy()
    return choice


def changes(levers: Mapping[str, float]) -> str:
    """What was changed, short enough for a title."""
    if len(levers) > 2:
        return f"{len(levers)} levers changed"
    return ", ".join(f"{name.replace('_', ' ')} {plain(value)}" for name, value in levers.items())
