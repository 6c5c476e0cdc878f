"""What can go wrong, said once, clearly and gently: what was wrong, where, what is allowed, what to do.

    UnfreezeError              anything we say on purpose            exit code 1
    ├── BadInput               somebody gave us something            exit code 2
    │   ├── UnknownName        a name that nothing has; suggests the nearest
    │   ├── OutOfRange         a value outside its declared range
    │   ├── MissingField       a table without something it needs
    │   └── UnreadableFile     a file that is not there, not text, not TOML, or too large
    ├── NoRoom                 the disk is full                      exit code 1
    └── Interrupted            Ctrl-C                                exit code 130

Every error survives pickling, so that a failed run in another process can be reported as a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any, ClassVar


@dataclass(frozen=True)
class Where:
    """The place of a mistake: a file, a line in it (from 1), a field - whichever of them is known."""

    file: str | Path | None = None
    line: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        place = str(self.file) if self.file is not None else ""
        if self.line is not None:
            place += f":{self.line}" if place else f"line {self.line}"
        return ", ".join(part for part in (place, f"field '{self.field}'" if self.field else "") if part)


# Signs that no screen shows as they are: they move the cursor, colour what follows or turn its direction.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with such signs spelled out: others' text in a message must not command a terminal."""
    return UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


class UnfreezeError(Exception):
    """The root: one clear message, and the exit code a command ends with."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: Where | str | None = None, allowed: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.allowed, self.do = what, where, allowed, do

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where is not None and str(self.where) else ""
        parts = [f"{place}{self.what}", f"Allowed: {self.allowed}" if self.allowed else "", self.do]
        return visible(" ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_again, (type(self), self.__dict__, self.args))


def _again(kind: type[UnfreezeError], state: dict[str, Any], args: tuple[Any, ...]) -> UnfreezeError:
    """Rebuild a pickled error without calling its constructor, whose arguments differ from class to class."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class BadInput(UnfreezeError):
    """Somebody gave us something that we cannot use."""

    exit_code = 2


LISTED = 30  # names that a message lists at most
NEAR = 0.75  # how alike two names must be for one to be a slip of the other: one letter in four to eight
BEGINS, ALIKE = 4, 0.6  # or they begin with the same letters and are less alike: 'fitting' and 'fitted'


def near_names(name: str, known: Iterable[str], most: int = 1, near: float = NEAR) -> list[str]:
    """The names that somebody who wrote `name` may have meant, the nearest first; none if nothing is really near.

    Near is what differs by a letter or two, or has every word of it: 'catalytic' for catalytic_philanthropy, but not
    'families' for aim_relief.
    """
    names = {other.lower(): other for other in sorted(known)}
    name = name.lower()
    found = get_close_matches(name, names, n=most, cutoff=near)
    if near <= NEAR and len(name) >= BEGINS:
        found += get_close_matches(name, [o for o in names if o[:BEGINS] == name[:BEGINS]], n=most, cutoff=ALIKE)
    words = set(name.split("_")) - {""}
    having = [other for other in names if words and words <= set(other.split("_"))]
    return [names[one] for one in dict.fromkeys([*found, *sorted(having, key=len)])][:most]


class UnknownName(BadInput):
    """`kind` (e.g. "strategy") has nothing called `name`; `known` is what there is."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: Where | str | None = None) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        near = near_names(name, self.known)
        listed = sorted(self.known)
        if len(listed) > LISTED:  # a wall of names helps nobody: the nearest few do
            nearest = near_names(name, listed, 5)
            listed = [*nearest, f"... ({len(listed)} in all)"] if nearest else [f"one of {len(listed)} names"]
        super().__init__(
            f"There is no {kind} called '{name}'",
            where=where,
            allowed=", ".join(listed) or "none exist",
            do=f"Did you mean '{near[0]}'?" if near else "",
        )
        self.nearest = near[0] if near else None


class OutOfRange(BadInput):
    """`name` has a `value` outside [low, high] (in `unit`)."""

    def __init__(
        self,
        name: str,
        value: object,
        low: float,
        high: float,
        *,
        unit: str = "",
        where: Where | str | None = None,
        do: str = "",
    ) -> None:
        self.name, self.value, self.low, self.high, self.unit = name, value, low, high, unit
        allowed = f"{_number(low)} to {_number(high)}" if isfinite(high) else f"{_number(low)} or more"
        allowed += f" ({unit})" if unit else ""
        super().__init__(f"'{name}' is {value}, which is out of range", where=where, allowed=allowed, do=do)


def _number(value: float) -> str:
    """As somebody would write it: 0.2, 10000, 1,000,000."""
    return f"{value:,.0f}" if "e+" in f"{value:g}" else f"{value:g}"


class MissingField(BadInput):
    """Something lacks the field `name`; `meaning` says what it is for."""

    def __init__(self, name: str, *, meaning: str = "", where: Where | str | None = None, do: str = "") -> None:
        self.name, self.meaning = name, meaning
        what = f"The field '{name}' is missing" + (f" ({meaning})" if meaning else "")
        super().__init__(what, where=where, do=do or f"Add a line '{name} = ...'")


class UnreadableFile(BadInput):
    """`path` cannot be read, and `why`."""

    def __init__(self, path: str | Path, why: str, *, line: int | None = None, do: str = "") -> None:
        self.path, self.why = str(path), why
        super().__init__(f"This file cannot be read: {why}", where=Where(file=str(path), line=line), do=do)


class NoRoom(UnfreezeError):
    """The disk is full; nothing half-written was left behind."""

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        super().__init__(
            f"There is no room left on the disk to write {path}; nothing was left half-written",
            do="Free some space or choose another folder, then try again.",
        )


class Interrupted(UnfreezeError):
    """Somebody pressed Ctrl-C."""

    exit_code = 130

    def __init__(self, what: str = "Stopped; nothing was left half-written") -> None:
        super().__init__(what)
