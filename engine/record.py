"""What a kind of agent consists of: named columns with unit, range and meaning, laid out as one record a row.

    PERSON = record(
        "Person",
        id=identity("permanent number"),
        need=share("how much support somebody needs; drawn once"),
        waited=count("months on the list", unit="months", bits=16),
    )
    people = PERSON.empty(1000)       # rows of zeros; people[3].need, people["need"]

The same row is a fast record in compiled code and an object with attributes in plain Python, and both compute alike:
no float is shorter than 64 bits, and a short whole number grows to 64 bits when it is read, as it does when compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from keyword import iskeyword
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import BadInput, OutOfRange, Where

# NumPy answers `row.size` with its own size, not with ours, and without a word; Mesa's agents bring names as well.
AGENT_NAMES = {"advance", "create_agents", "from_dataframe", "model", "pos", "random", "remove", "rng", "row"}
RESERVED = frozenset({*dir(np.ndarray), *dir(np.void), *AGENT_NAMES, "scenario", "step", "unique_id"})


class Row(np.void):  # type: ignore[misc]  # the stubs call it final; NumPy subclasses it itself
    """One row as plain Python sees it: `me.need` is a Python number, and setting it writes to the array.

    NumPy's own record would give an int8 or int16, and sums of those overflow where compiled code, 64 bits wide, holds.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name].item()
        except ValueError:
            raise AttributeError(f"There is no field '{name}' in {self.dtype.names}.") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


class Rows(np.ndarray[Any, np.dtype[Any]]):
    """An array of records whose columns are also attributes, as they are in compiled code: `people.need`."""

    def __getattr__(self, name: str) -> npt.NDArray[Any]:
        if self.dtype.names is None or name not in self.dtype.names:
            raise AttributeError(f"There is no field '{name}' in {self.dtype.names}.")
        return self[name].view(np.ndarray)


@dataclass(frozen=True)
class Field:
    """One column: `kind` is the maker's name; `low` and `high` bound its values; `names` says what codes stand for."""

    kind: str
    dtype: str
    meaning: str
    unit: str
    low: float
    high: float
    names: tuple[str, ...] = ()
    name: str = ""


def share(meaning: str) -> Field:
    """A float64 between 0 and 1."""
    return Field("share", "f8", meaning, "share", 0.0, 1.0)


def number(meaning: str, unit: str = "", low: float = -np.inf, high: float = np.inf) -> Field:
    """A finite float64."""
    return Field("number", "f8", meaning, unit, low, high)


def count(meaning: str, unit: str = "", low: int = 0, high: int | None = None, bits: int = 32) -> Field:
    """A whole number of 8, 16, 32 or 64 bits (signed); `high` is by default the largest that fits."""
    if bits not in (8, 16, 32, 64):
        raise ValueError(f"A count has 8, 16, 32 or 64 bits, not {bits}.")
    return Field("count", f"i{bits // 8}", meaning, unit, low, 2 ** (bits - 1) - 1 if high is None else high)


def code(meaning: str, names: tuple[str, ...]) -> Field:
    """One of up to 127 named states, kept as its place (from 0) in `names`."""
    if not 1 <= len(names) <= 127 or len(set(names)) < len(names):
        raise ValueError(f"A code needs 1 to 127 different names, not {names}.")
    return Field("code", "i1", meaning, "", 0, len(names) - 1, tuple(names))


def flag(meaning: str) -> Field:
    """0 (no) or 1 (yes)."""
    return Field("flag", "i1", meaning, "0 or 1", 0, 1)


def identity(meaning: str) -> Field:
    """A permanent number, or -1 for nobody (int64)."""
    return Field("identity", "i8", meaning, "", -1, 2**63 - 1)


def money(meaning: str, low: int = -(2**63), high: int = 2**63 - 1) -> Field:
    """Whole cents (int64); may be negative unless `low` says otherwise."""
    return Field("money", "i8", meaning, "cents", low, high)


@dataclass(frozen=True, eq=False)
class Record:
    """The declared columns of one kind of thing, and the memory layout made from them."""

    name: str
    fields: Mapping[str, Field]
    dtype: np.dtype[Any]

    def empty(self, n: int) -> Rows:
        """`n` rows of zeros."""
        return np.zeros(n, self.dtype).view(Rows)

    def check(self, rows: npt.NDArray[Any]) -> None:
        """Raise OutOfRange, naming column and row, unless every value is finite and in its declared range."""
        for field in self.fields.values():
            column = np.asarray(rows[field.name])
            bad = ~((column >= field.low) & (column <= field.high) & np.isfinite(column))
            if bad.any():
                row = int(np.argmax(bad))
                where = Where(field=f"{self.name}.{field.name}, row {row}")
                raise OutOfRange(field.name, column[row], field.low, field.high, unit=field.unit, where=where)


def record(name: str, /, **fields: Field) -> Record:
    """Declare a kind of record.  Wide columns come first, so that every value is aligned; rows are 8-byte multiples."""
    for key in fields:
        if key in RESERVED or iskeyword(key) or key.startswith("_"):
            raise BadInput(f"A {name} cannot have a field called '{key}': NumPy, Mesa or Python uses that name itself.")
    named = {key: replace(field, name=key) for key, field in fields.items()}
    ordered = sorted(named.values(), key=lambda field: -np.dtype(field.dtype).itemsize)  # otherwise in the page's order
    sizes = [np.dtype(field.dtype).itemsize for field in ordered]
    dtype = np.dtype(
        {
            "names": [field.name for field in ordered],
            "formats": [field.dtype for field in ordered],
            "offsets": [sum(sizes[:i]) for i in range(len(sizes))],
            "itemsize": -(-sum(sizes) // 8) * 8,
        },
        align=True,
    )
    return Record(name, MappingProxyType(named), np.dtype((Row, dtype)))
