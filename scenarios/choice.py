"""A choice: a strategy with some of its levers set otherwise, as one word: `user_centred,listening=4,branding=0`.

The same word works in a link, in a scenario file and as a STRATEGY of `unfreeze compare`, and gives the same digits.
A lever that is named holds in all phases of that one strategy, and `phase2.listening=4` in its second phase only; the
other phases stay as they are.  `--set user_centred.listening=4` says the same; `--set listening=4` holds for every
strategy.  The name may have practices with it: `carrier+practice_1_learn,listening=4`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from engine.errors import BadInput
from engine.typed import plain
from scenarios.language import say
from scenarios.levers import check_lever, load_levers
from scenarios.names import is_file, known, known_name, parts, plain_name, typed_name
from scenarios.settings import own_lever, read_assignment
from scenarios.strategy import Strategy, find_strategy, phases_with


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy by its name (or its file, or with practices), and the levers that somebody set otherwise."""

    name: str
    levers: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return ",".join([self.name, *(f"{lever}={plain(value)}" for lever, value in self.levers.items())])

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def called(self) -> str:
        """What a setting of this strategy alone begins with: its name, that of a file without folder and ending."""
        return "+".join(Path(part).stem if is_file("strategy", part) else part for part in parts(self.name))

    @property
    def typed(self) -> str:
        """The same as somebody would type it, a file by its path."""
        return str(replace(self, name="+".join(typed_name("strategy", part) for part in parts(self.name))))

    def with_lever(self, name: str, value: float | None) -> Choice:
        """The same with one lever at `value`; None takes what was set back."""
        levers = {lever: old for lever, old in self.levers.items() if lever != name}
        if value is not None:
            strategy, _, lever = own_lever(name)
            if strategy:
                raise BadInput(say("'{name}' is set in {strategy}", name=name, strategy=self.name),
                               allowed=say("a lever, or one in one phase: {examples}",
                                           examples="listening=4, phase2.listening=4"))  # fmt: skip
            levers[name] = check_lever(lever, value)
        order = {name: i for i, name in enumerate(load_levers())}
        return Choice(self.name, dict(sorted(levers.items(), key=lambda pair: _place(pair[0], order))))

    def strategy(self) -> Strategy:
        """The strategy as data; its name is this choice as one word, its title says what was changed."""
        found = _known(self.name) if {*parts(self.name)} <= {*known("strategy")} else find_strategy(self.name)
        if not self.levers:
            return found
        phases = phases_with(found, self.levers)
        name = str(replace(self, name=found.name))
        made = replace(found, name=name, title=f"{found.title} ({changes(self.levers)})", phases=phases,
                       on=None, changes=())  # fmt: skip
        made.settings()  # says so where shares exceed their whole
        return made


@cache
def _known(name: str) -> Strategy:
    """A strategy that ships or is offered, its file read once: a slider asks for it several times at every move."""
    return find_strategy(name)


def read_choice(text: str, files: bool = False) -> Choice:
    """`user_centred,listening=4` as a choice; BadInput says what is wrong.  files: its name may be that of a file."""
    name, *assignments = (part.strip() for part in text.split(","))
    whose = [one if files and is_file("strategy", one) else known_name("strategy", one) for one in parts(name)]
    choice = Choice("+".join(whose))
    for assignment in assignments:
        lever, value = read_assignment(assignment)
        if lever in choice.levers:
            raise BadInput(say("'{name}' is set twice in '{given}'", name=lever, given=text[:60]),
                           do=say("Leave one of them out"))  # fmt: skip
        choice = choice.with_lever(lever, value)
    choice.strategy()
    return choice


def with_own(choices: Sequence[Choice], own: Mapping[str, float], over: bool = False) -> tuple[Choice, ...]:
    """The choices with what was set for one of them, as `user_centred.phase2.listening`.  over: whatever they say."""
    found = list(choices)
    for name, value in own.items():
        strategy, phase, lever = own_lever(name)
        inside = lever if phase is None else f"phase{phase}.{lever}"
        meant = [i for i, one in enumerate(found) if plain_name(one.called) == plain_name(strategy)]
        if not meant:
            raise BadInput(say("'{name}' is set, and '{strategy}' is not among the strategies here", name=name,
                               strategy=strategy),
                           allowed=", ".join(dict.fromkeys(one.called for one in found)),
                           do=say("Name it among the strategies"))  # fmt: skip
        for i in meant:
            if inside in found[i].levers and not over:
                raise BadInput(say("'{name}' of {strategy} is set twice", name=inside, strategy=strategy),
                               do=say("Leave one of them out"))  # fmt: skip
            found[i] = found[i].with_lever(inside, value)
    return tuple(found)


def check_set_once(choices: Sequence[Choice], levers: Mapping[str, float]) -> None:
    """BadInput where a lever is set for every strategy and, otherwise, for one of them."""
    for one in choices:
        for lever in (own_lever(name)[2] for name in one.levers):
            if lever in levers:
                raise BadInput(say("'{name}' is set for every strategy and for {strategy} alone", name=lever,
                                   strategy=one.called),
                               do=say("Set it for each of them: {what}", what=f"NAME.{lever}=..."))  # fmt: skip


def _place(name: str, order: Mapping[str, int]) -> tuple[int, int]:
    _, phase, lever = own_lever(name)
    return order[lever], phase or 0


def changes(levers: Mapping[str, float]) -> str:
    """What was changed, short enough for a title."""
    if len(levers) > 2:
        return say("{count} levers changed", count=len(levers))
    said = []
    for name, value in levers.items():
        _, phase, lever = own_lever(name)
        text = f"{say(lever.replace('_', ' '))} {plain(value)}"
        said.append(say("{change} in phase {phase}", change=text, phase=phase) if phase else text)
    return ", ".join(said)
