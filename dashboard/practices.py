"""The five practices as switches: on any strategy, one tap each; scenarios/composed.py says what goes together."""

from __future__ import annotations

from functools import cache
from typing import Any

from dashboard.screen import Screen
from scenarios.choice import Choice
from scenarios.domains import capital
from scenarios.language import G_, said_after
from scenarios.names import parts, shipped
from scenarios.strategy import find_strategy

BASE, ALL = "carrier", "user_centred"  # what practices are switched on, and what all five on it are called
# What somebody would do, by the number of the practice; a test holds the numbers in words equal to the files'.
DOES = (
    G_("Twice a year hear users, carers, staff and managers apart"),
    G_("Give users half of the seats on the panel that awards grants"),
    G_("Give first to services whose managers are willing"),
    G_("Give many small grants, on condition of partnership with users"),
    G_("Leave the foundation's name out, and show who did it"),
)


@cache
def practices() -> tuple[str, ...]:
    """Their names, in their own order."""
    return tuple(name for name in shipped("strategy") if find_strategy(name).on == BASE)


def switched_on(name: str) -> tuple[str, frozenset[str]]:
    """The strategy underneath, and which practices stand on it."""
    base, *more = parts(name)
    if base == ALL and not more:
        return BASE, frozenset(practices())
    if base in practices():
        return BASE, frozenset([base, *more])
    return base, frozenset(more)


def named(base: str, on: frozenset[str]) -> str:
    """The strategy with these practices, as one word."""
    if base == BASE and on == frozenset(practices()):
        return ALL
    return "+".join([base, *sorted(on)])


def switch(screen: Screen, which: int, practice: str, on: bool) -> Screen:
    """One practice on or off in one strategy; levers that the practice sets are the practice's again."""
    choice = screen.choices[which]
    base, there = switched_on(choice.name)
    sets = {name for change in find_strategy(practice).changes for name in (*change.levers, *_taken(change.takes))}
    levers = {name: value for name, value in choice.levers.items() if name.rpartition(".")[2] not in sets}
    changed = Choice(named(base, there | {practice} if on else there - {practice}), levers)
    return screen.with_(choices=tuple(changed if i == which else one for i, one in enumerate(screen.choices)))


def shipped_again(screen: Screen, which: int) -> Screen:
    """The same screen with one strategy as it ships: no lever changed, and no practice on what is not made of them."""
    base, there = switched_on(screen.choices[which].name)
    name = ALL if base == BASE and there else base
    choices = tuple(Choice(name) if i == which else one for i, one in enumerate(screen.choices))
    return screen.with_(choices=choices)


def switches(screen: Screen, which: int) -> list[dict[str, Any]]:
    """What the part shows: [{name, number, title, does, on}]."""
    _, there = switched_on(screen.choices[which].name)
    domain = screen.domain
    found = []
    for i, name in enumerate(practices()):
        title = said_after(domain.told(Choice(name).strategy()).title, ": ")  # read once
        found.append({"name": name, "number": i + 1, "title": capital(title),
                      "does": domain.own(DOES[i]), "on": name in there})  # fmt: skip
    return found


def _taken(takes: Any) -> list[str]:
    return [name for pair in takes for name in pair]
