"""Practices that compose: what a practice changes is added to any strategy, and to what other practices change.

A practice sets levers, and takes shares of a whole from others.  Two practices may take from one share; where both set
one lever to different values, or take more than there is, they do not go together, and that is said.  Where somebody
asks for room, what the base has of a whole gives way in proportion to what practices set of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from engine.errors import BadInput, Where
from scenarios.language import say
from scenarios.levers import WHOLES, at_rest, check_lever, check_wholes
from scenarios.refused import in_short

Levers = Mapping[str, float]
Standing = Sequence[tuple[int, Levers]]  # what each phase names, from which month of the programme on


@dataclass(frozen=True, slots=True)
class Change:
    """From this month of the programme on levers stand here, and shares are taken: amounts by (from whom, for what).

    What a later change does not name stays as it was."""

    begins: int
    levers: Levers
    takes: Mapping[tuple[str, str], float] = field(default_factory=dict)


def composed(
    base: Standing, practices: Mapping[str, Sequence[Change]], where: Where, room: bool = False
) -> list[tuple[int, Levers]]:
    """The phases of `base` with the practices; each names what it changes.  The digits are exact in decimals."""
    changes = list(chain.from_iterable(practices.values()))
    found: list[tuple[int, Levers]] = []
    named = {*base[0][1]}.union(*(one.levers for one in changes if one.begins == 0))
    before = at_rest()
    for month in sorted({*(begins for begins, _ in base), *(one.begins for one in changes)}):
        levers = at_rest()
        for begins, those in base:
            levers |= those if begins <= month else {}
        standing = {name: _until(one, month) for name, one in practices.items()}
        levers = _with(levers, standing, where)
        if room:
            levers |= _room(levers, {name for one in standing.values() for name in one.levers})
        check_wholes(levers, where)
        if found and month >= levers["duration"]:
            raise BadInput(say("A phase begins in month {month}, but the programme lasts {months} months",
                               month=str(month), months=in_short(levers["duration"])),
                           where=where, do=say("Leave the practice out, or raise 'duration'"))  # fmt: skip
        kept = {name: value for name, value in levers.items() if value != before[name] or name in named}
        found.append((month, kept))
        before, named = levers, set()
    return found


def _room(levers: Levers, practised: set[str]) -> dict[str, float]:
    """The base's shares of each whole that would be more than the whole: as much smaller as it takes, all alike."""
    found: dict[str, float] = {}
    for whole in WHOLES:
        given = [name for name in whole if name not in practised]
        left, wanted = (
            1.0 - sum(levers[name] for name in whole if name in practised),
            sum(levers[name] for name in given),
        )
        if wanted > left >= 0:
            found |= {name: round(levers[name] * left / wanted, 12) for name in given}
    return found


def _until(changes: Sequence[Change], month: int) -> Change:
    """What a practice has changed by this month."""
    found = Change(month, {}, {})
    for one in changes:
        if one.begins <= month:
            found = Change(month, {**found.levers, **one.levers}, {**found.takes, **one.takes})
    return found


def _with(levers: dict[str, float], practices: Mapping[str, Change], where: Where) -> dict[str, float]:
    """Every lever with what these practices set and take."""
    whose: dict[str, str] = {}
    for practice, change in practices.items():
        for name, value in change.levers.items():
            if name in whose and levers[name] != value:
                raise BadInput(say("'{name}' is {value} in {one} and {other_value} in {other}", name=name,
                                   value=in_short(levers[name]), one=whose[name], other_value=in_short(value),
                                   other=practice), where=where, do=say("Leave one of the two out"))  # fmt: skip
            levers[name], whose[name] = value, practice
    for practice, change in practices.items():
        for (source, name), amount in change.takes.items():
            exact = Decimal(repr(amount))
            left, more = Decimal(repr(levers[source])) - exact, Decimal(repr(levers[name])) + exact
            if left < 0:
                raise BadInput(say("{practice} takes {amount} from {lever}, where {rest} is left", practice=practice,
                                   amount=in_short(amount), lever=source, rest=in_short(levers[source])),
                               where=where, do=say("Leave the practice out, or take less"))  # fmt: skip
            levers[source], levers[name] = float(left), check_lever(name, float(more), where)
    return levers
