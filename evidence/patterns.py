"""Patterns: what is known of the world that the model must show, one entry each in patterns.toml.

A pattern is what one source (or several) observed, and how the model is compared with it; its *parts* are the numbers.
No rule reads a pattern.  What computes them in the model is in analysis/patterns/.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import BadInput, MissingField, Where
from evidence.data_file import NAME, DataFile, Field
from evidence.quantities import check_range
from evidence.sources import check_source_keys

FILE = Path(__file__).parent / "patterns.toml"

MARKS = ("verified", "recalled", "derived", "assumption")
CONTEXT = "context"
ROLES = ("fitted", "checked", "guard", "arithmetic", CONTEXT)
WITHIN, RANGE, ABOVE, BELOW, INCLUDES, SHOWN = TESTS = ("within", "range", "above", "below", "includes", "shown")

FIELDS = {
    "title": Field("text", "what was observed, in a few words", required=True),
    "observed": Field("text", "the numbers, in words", required=True),
    "source": Field("text", "keys of evidence/sources.toml", required=True),
    "mark": Field("text", "how far the numbers can be trusted", required=True, one_of=MARKS),
    "place": Field("text", "a file of scenarios/places without its ending", required=True),
    "role": Field("text", "what a verdict is worth", required=True, one_of=ROLES),
    "comparison": Field("text", "how the model is compared with it", required=True),
    "fast": Field("truth", "whether the short check of every change runs it", default=False),
    "added": Field("text", "the day on which it joined the first set; it is counted apart", default=""),
}
PART_FIELDS = {
    "meaning": Field("text", "what the number is", required=True),
    "unit": Field("text", "what one of it is", required=True),
    "value": Field("number", "the number observed; missing where only a sign is known", default=math.nan),
    "low": Field("number", "lower end of the 95% interval, or of what is allowed", default=math.nan),
    "high": Field("number", "upper end of it", default=math.nan),
    "test": Field("text", "how the runs are compared", default=WITHIN, one_of=TESTS),
    "threshold": Field("number", "what 'above', 'below' and 'includes' compare with", default=math.nan),
    "order": Field("truth", "whether it is a difference of two numbers: its sign is their order", default=False),
    "mark": Field("text", "where it differs from the pattern's", one_of=MARKS),
    "place": Field("text", "where it differs from the pattern's: a file of scenarios/places"),
    "source": Field("text", "where it differs from the pattern's"),
    "note": Field("text", "the arithmetic, or a warning", default=""),
}
NEEDS = {  # what a test cannot do without
    WITHIN: ("value",), RANGE: ("low", "high"), ABOVE: ("threshold",), BELOW: ("threshold",), INCLUDES: ("threshold",),
    SHOWN: (),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a pattern.  value, low, high and threshold are nan where there is none.  `where`: file and line."""

    name: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    test: str
    threshold: float
    order: bool
    mark: str
    place: str
    source: str
    note: str
    where: Where

    @property
    def standard_error(self) -> float:
        """Of the observation, from its 95% interval; nan where low and high are not an interval but what is allowed."""
        return math.nan if self.test == RANGE or self.low == self.high else (self.high - self.low) / 3.92  # 2 x 1.96


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something observed, and how the model is compared with it.  `where`: file and line."""

    name: str
    title: str
    observed: str
    source: str
    mark: str
    place: str
    role: str
    comparison: str
    fast: bool
    added: str
    parts: dict[str, Part]
    where: Where


@cache
def load_patterns(path: Path = FILE, context: bool = False) -> dict[str, Pattern]:
    """Every pattern by its name, in the order of the file, checked; `context`: those that nothing computes instead."""
    file = DataFile(path)
    every = {name: _pattern(file, name) for name in file.data}
    return {name: pattern for name, pattern in every.items() if (pattern.role == CONTEXT) == context}


def _pattern(file: DataFile, name: str) -> Pattern:
    read = file.read(FIELDS, name, skip=["parts"])
    check_source_keys(read["source"], file.where(name, "source"))
    if "parts" not in file.table(name) or not file.table(name, "parts"):
        raise MissingField("parts", meaning="the numbers of this pattern", where=file.where(name),
                           do=f"Write [{name}.parts.SOMETHING] and its fields below")  # fmt: skip
    parts = {part: _part(file, read, name, "parts", part) for part in file.table(name, "parts")}
    return Pattern(name=name, **read, parts=parts, where=file.where(name))


def _part(file: DataFile, pattern: dict[str, Any], *keys: str) -> Part:
    name, where = keys[-1], file.where(*keys)
    if not NAME.fullmatch(name):
        raise BadInput(f"'{name}' cannot be a name", where=where, allowed="small letters, digits and _")
    read = file.read(PART_FIELDS, *keys)
    if read["order"] and (read["test"] not in (ABOVE, BELOW) or read["threshold"] != 0.0):
        raise BadInput("Only a sign can be an order", where=file.where(*keys, "order"),
                       do="Write test = 'above' or 'below' and threshold = 0.0, or leave it out")  # fmt: skip
    for need in NEEDS[read["test"]]:
        if math.isnan(read[need]):
            raise MissingField(need, meaning=f"the test '{read['test']}' compares with it", where=where)
    if math.isnan(read["low"]) != math.isnan(read["high"]):
        end = "low" if math.isnan(read["low"]) else "high"
        raise MissingField(end, meaning="an interval has two ends", where=where)
    if not math.isnan(read["low"]):
        value = None if math.isnan(read["value"]) else read["value"]
        check_range(name, value, read["low"], read["high"], file.where(*keys, "value" if value is not None else "low"))
    source = pattern["source"] if read["source"] is None else read["source"]
    check_source_keys(source, file.where(*keys, "source"))
    given = {one: read[one] or pattern[one] for one in ("mark", "place")}
    return Part(name=name, **(read | given | {"source": source}), where=where)
