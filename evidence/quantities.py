"""Quantities: the numbers of the model and why we believe them, one entry each in quantities/*.toml.

An entry is value, unit, range, source and mark.  Sliders, documentation, sensitivity bounds and the page of assumptions
all read that one entry.  Roles: a rule may read an *input*; a *target* must come out by itself;
*context* is only shown.

low and high are the *plausible* range: it bounds sweeps and draws, and a value outside it runs with a warning.  What
is *possible* (`possible`) follows from the unit (evidence/units.py), narrowed by `least` and `most`: only beyond it a
value is refused, because a rule would break.

A quantity with distribution 'choice' is one of a few values (a switch between structures: a form of resistance, a peer
rule) and nothing between them.  `structure` marks what is drawn on purpose in every plausible set, even if it is off by
default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName, Where
from evidence.data_file import NAME, DataFile, Field
from evidence.sources import check_source_keys
from evidence.units import Limits, limits

if TYPE_CHECKING:
    from engine.record import Record, Rows

FOLDER = Path(__file__).parent / "quantities"

MARKS = ("verified", "recalled", "derived", "assumption", "calibrated")
ROLES = ("input", "target", "context")
SCOPES = ("transferable", "place")
DISTRIBUTIONS = ("uniform", "triangular", "point", "choice")

FIELDS = {
    "value": Field("number", "the default; only a quantity with scope = 'place' may go without"),
    "low": Field("number", "lower end of the plausible range; of a choice, the lowest of its choices"),
    "high": Field("number", "upper end of the plausible range; of a choice, the highest of its choices"),
    "least": Field("number", "the least that is possible, if that is more than the unit says"),
    "most": Field("number", "the most that is possible, if that is less than the unit says"),
    "unit": Field("text", "what one of it is, e.g. 'per month'", required=True),
    "distribution": Field("text", "shape inside the range", default="triangular", one_of=DISTRIBUTIONS),
    "choices": Field("list", "only with distribution 'choice': every value allowed", default=()),
    "structure": Field("truth", "a choice of structure: drawn in plausible sets even if it is off", default=False),
    "mark": Field("text", "how far the number can be trusted", required=True, one_of=MARKS),
    "source": Field("text", "keys of evidence/sources.toml; '' only with mark 'assumption'", required=True),
    "meaning": Field("text", "one sentence in the words of the field", required=True),
    "note": Field("text", "the arithmetic, or a warning", default=""),
    "jump": Field("text", "why an outcome jumps where this goes through its range, and where", default=""),
    "role": Field("text", "input (a rule reads it), target or context", default="input", one_of=ROLES),
    "scope": Field("text", "transferable, or given by each place", default="transferable", one_of=SCOPES),
    "off": Field("number", "the value at which this mechanism is gone"),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of the model and why we believe it.  `where` is its file and line."""

    name: str
    value: float | None
    low: float
    high: float
    least: float | None
    most: float | None
    unit: str
    distribution: str
    choices: tuple[float, ...]
    structure: bool
    mark: str
    source: str
    meaning: str
    note: str
    jump: str
    role: str
    scope: str
    off: float | None
    where: Where

    def allows(self, value: float) -> bool:
        """Possible or one of the choices, or exactly the value that switches the mechanism off."""
        if value == self.off:
            return True
        if self.choices:
            return value in self.choices
        least, most, whole = possible(self)
        return least <= value <= most and not (whole and value != round(value))

    def is_plausible(self, value: float) -> bool:
        """Inside the plausible range or one of the choices, or the value that switches the mechanism off."""
        inside = value in self.choices if self.choices else self.low <= value <= self.high
        return inside or value == self.off


def possible(quantity: Quantity) -> Limits:
    """Between which values no rule breaks: what the unit allows, narrowed by the entry's own `least` and `most`."""
    unit = limits(quantity.unit)
    least = unit.least if quantity.least is None else max(quantity.least, unit.least)
    return Limits(least, unit.most if quantity.most is None else min(quantity.most, unit.most), unit.whole)


def read_quantities(files: Iterable[Path]) -> dict[str, Quantity]:
    """Every quantity of these files, checked one by one and against each other; sorted by name."""
    found: dict[str, Quantity] = {}
    for path in files:
        file = DataFile(path)
        for name in file.data:
            quantity = _quantity(file, name)
            if name in found:
                raise BadInput(
                    f"the quantity '{name}' is already in {found[name].where.file}:{found[name].where.line}",
                    where=file.where(name),
                    do="Keep one entry, or give this one another name",
                )
            found[name] = quantity
    return dict(sorted(found.items()))


@cache
def load_quantities() -> dict[str, Quantity]:
    """All quantities that ship with Unfreeze, by name, in alphabetical order."""
    return read_quantities(sorted(FOLDER.glob("*.toml")))


def inputs(quantities: Mapping[str, Quantity] | None = None) -> dict[str, Quantity]:
    """Only what a rule may read: targets and context never reach the model."""
    return dict(_shipped_inputs()) if quantities is None else _inputs(quantities)


def _inputs(quantities: Mapping[str, Quantity]) -> dict[str, Quantity]:
    return {name: one for name, one in quantities.items() if one.role == "input"}


@cache
def _shipped_inputs() -> dict[str, Quantity]:
    """Kept: every scenario asks for them, several times."""
    return _inputs(load_quantities())


def find_quantity(name: str, where: Where | str | None = None) -> Quantity:
    """The input of that name; a target or an unknown name is an error that says so."""
    quantities = load_quantities()
    if name not in quantities:
        raise UnknownName("parameter", name, inputs(), where=where)
    if quantities[name].role != "input":
        raise BadInput(
            f"'{name}' is a {quantities[name].role}: no rule reads it, so setting it would change nothing",
            where=where,
            do="Set an input; 'unfreeze list parameters' names them all",
        )
    return quantities[name]


def check_value(quantity: Quantity, value: float, where: Where | str | None = None) -> float:
    """`value` as a float if it is possible; whether it is plausible is another matter."""
    if not quantity.allows(value):
        off = quantity.off
        if quantity.choices:
            raise BadInput(f"'{quantity.name}' is {value:g}, which is none of its choices", where=where,
                           allowed=in_words(quantity.choices))  # fmt: skip
        least, most, _ = possible(quantity)
        if least <= value <= most:
            raise BadInput(f"'{quantity.name}' is {value:g}, and it is counted", where=where,
                           allowed=f"a whole number ({quantity.unit})")  # fmt: skip
        also = "" if off is None or least <= off <= most else f"Or {off:g}, which switches it off"
        raise OutOfRange(quantity.name, value, least, most, unit=quantity.unit, where=where, do=also)
    return float(value)


def in_words(choices: Iterable[float]) -> str:
    """0, 1 or 2."""
    *others, last = (f"{choice:g}" for choice in choices)
    return f"{', '.join(others)} or {last}"


def check_range(name: str, value: float | None, low: float, high: float, where: Where) -> None:
    """low <= value <= high."""
    if low > high:
        raise BadInput(f"'{name}' has low = {low:g} above high = {high:g}", where=where, do="Swap them")
    if value is not None and not low <= value <= high:
        raise OutOfRange(name, value, low, high, where=where, do="The value must lie in its own range")


def check_trust(mark: str, source: str, low: float, high: float, where: Where, free_text: bool = False) -> None:
    """The law of marks: whoever claims more than an assumption names a source; an assumption admits a range."""
    check_source_keys(source, where, free_text)
    if mark != "assumption" and not source.strip():
        raise MissingField(
            "source",
            meaning=f"mark '{mark}' needs one: keys of evidence/sources.toml, such as 'S2'",
            where=where,
            do="Name the source, or write mark = 'assumption'",
        )
    if mark == "assumption" and not low < high:
        raise BadInput(
            f"An assumption needs a range, and low = high = {low:g}",
            where=where,
            allowed="low < high",
            do="How far off could it be?",
        )


def _quantity(file: DataFile, name: str) -> Quantity:
    if not NAME.fullmatch(name):
        raise BadInput(f"'{name}' cannot be a name", where=file.where(name), allowed="small letters, digits and _")
    read = file.read(FIELDS, name)
    read["choices"] = _choices(file, name, read)
    for end, first_or_last in (("low", 0), ("high", -1)):
        if read["choices"]:
            its_end = read["choices"][first_or_last]
            if read[end] not in (None, its_end):
                raise BadInput(f"'{end}' is {read[end]:g}, but the choices end at {its_end:g}",
                               where=file.where(name, end), do="Leave it out")  # fmt: skip
            read[end] = its_end
        elif read[end] is None:
            meaning = f"{FIELDS[end].allowed()}: {FIELDS[end].meaning}"
            raise MissingField(end, meaning=meaning, where=file.where(name))
    if read["value"] is None and read["scope"] != "place":
        raise MissingField("value", meaning=FIELDS["value"].meaning, where=file.where(name))
    value_at = file.where(name, "value" if read["value"] is not None else "low")
    check_range(name, read["value"], read["low"], read["high"], value_at)
    check_trust(read["mark"], read["source"], read["low"], read["high"], file.where(name, "source"))
    quantity = Quantity(name=name, **read, where=file.where(name))
    if quantity.value is not None and quantity.choices:
        check_value(quantity, quantity.value, value_at)
    if quantity.role == "input" and not quantity.choices:
        for end in ("low", "high", "value"):
            if getattr(quantity, end) is not None:
                check_value(quantity, getattr(quantity, end), file.where(name, end))
    return quantity


def _choices(file: DataFile, name: str, read: Mapping[str, Any]) -> tuple[float, ...]:
    """The choices in ascending order; () for every other distribution."""
    found, where = read["choices"], file.where(name, "choices")
    if (read["distribution"] == "choice") != bool(found):
        raise BadInput("'choices' and distribution = 'choice' belong together", where=where,
                       do="Write both, such as choices = [0, 1, 2], or neither")  # fmt: skip
    numbers = [one for one in found if isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one)]
    if found and (len(numbers) < len(found) or len(set(numbers)) < max(len(found), 2)):
        raise BadInput(f"'choices' is {found}", where=where, allowed="at least two numbers, each once")
    return tuple(sorted(float(one) for one in numbers))


def parameter_record(quantities: Mapping[str, Quantity] | None = None) -> Record:
    """The inputs as a record of float64 fields in alphabetical order: what a rule knows as `p`."""
    return _shipped_record() if quantities is None else _record_of(quantities)


@cache
def _shipped_record() -> Record:
    return _record_of(load_quantities())


def _record_of(quantities: Mapping[str, Quantity]) -> Record:
    return _record(tuple((name, one.meaning, one.unit) for name, one in _inputs(quantities).items()))


@lru_cache(maxsize=8)
def _record(fields: tuple[tuple[str, str, str], ...]) -> Record:
    """The record of fields (name, meaning, unit): kept, because it is the same for every run."""
    from engine.record import number, record  # numpy: only when a model is built

    return record("Parameters", **{name: number(meaning, unit=unit) for name, meaning, unit in fields})


def at_work(row: Rows) -> dict[str, float]:
    """Of one row of parameters what does something: a value that switches its mechanism off is left out, as if nobody
    had written that mechanism.  What is stored under a hash of this stays valid when a rule comes that rests."""
    return {name: float(row[name][0]) for name, one in inputs().items() if float(row[name][0]) != one.off}


def values(*layers: Mapping[str, float], quantities: Mapping[str, Quantity] | None = None) -> Rows:
    """One row of parameters: the defaults, each layer (domain, place, worldview, --set) over those before it."""
    known = inputs(quantities)
    bound: dict[str, float | None] = {n: q.value for n, q in known.items()}
    for layer in layers:
        for name, value in layer.items():
            if name not in known:
                raise UnknownName("parameter", name, known)
            bound[name] = value
    missing = [n for n, value in bound.items() if value is None]
    if missing:
        raise MissingField(missing[0], meaning=known[missing[0]].meaning, where="the place's file")
    row = parameter_record(quantities).empty(1)
    row[0] = tuple(bound.values())  # in the record's order, which is that of the inputs
    return row
