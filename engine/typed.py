"""Numbers as people type them: read as they are meant, or refused in words; and written so that they read back.

0.5   .5   -3   −3   1e-3       as they stand
75,000   75 000   1,234.5       groups of three digits
0,5   3,65                      one comma that cannot part groups of three: a decimal comma
75.000   1.234,5   1.000.000    refused: they may be two numbers
"""

import math
import operator
import re
from typing import SupportsIndex, cast

from engine.errors import BadInput, OutOfRange

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([, ])\d{3}(?:\1\d{3})*)(\.\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_TWO_WAYS = re.compile(r"[+-]?[1-9]\d{0,2}\.000", re.ASCII)  # a city of 75.000 people, or 75 to three places
_WHOLE = re.compile(r"[+-]?\d+(\.0*)?", re.ASCII)
_SPACES = re.compile("[\u00a0\u2009\u202f]")
SHOWN = 40  # letters of what was typed that a message repeats
LONGEST = 400  # letters of a number


def read_number(name: str, typed: object, where: str | None = None) -> float:
    """The finite number that somebody typed for `name`; BadInput if it is none, or may be two."""
    number = float(_as_python_has_it(name, typed, "a number without its unit, such as 0.5", where))
    if not math.isfinite(number):
        raise BadInput(f"'{name}' is {str(typed)[:SHOWN]}", where=where, allowed="a finite number")
    return number


def read_whole(name: str, typed: object, where: str | None = None) -> int:
    """The whole number that somebody typed for `name`, to its last digit."""
    text = _as_python_has_it(name, typed, "a whole number", where)
    if not _WHOLE.fullmatch(text):
        raise BadInput(f"'{name}' is '{str(typed)[:SHOWN]}'", where=where, allowed="a whole number")
    return int(text.partition(".")[0])


def as_whole(value: object) -> int | None:
    """The whole number that this is, for whatever Python itself counts with (int, NumPy's integers); None if none."""
    try:
        return None if isinstance(value, bool) else operator.index(cast(SupportsIndex, value))
    except TypeError:
        return None


def whole(name: str, value: object, low: int, high: int, *, unit: str = "", do: str = "", what: str = "") -> int:
    """The whole number from low to high that a program gave for `name`.  what: how a message names it, if not so."""
    number = as_whole(value)
    if number is None:
        raise BadInput(f"{what or repr(name)} is {value!r}", allowed=f"a whole number from {low} to {high}", do=do)
    if not low <= number <= high:
        raise OutOfRange(name, number, low, high, unit=unit, do=do)
    return number


def _as_python_has_it(name: str, typed: object, allowed: str, where: str | None) -> str:
    """What was typed, without groups and with a point; BadInput if it is no number, or may be two."""
    if isinstance(typed, int | float) and not isinstance(typed, bool):
        return repr(float(typed) if isinstance(typed, float) else int(typed))  # not as NumPy has its own written
    text = _SPACES.sub(" ", str(typed)).strip().replace("−", "-")
    if len(text) > LONGEST:
        raise BadInput(f"'{name}' has {len(text):,} letters", where=where, allowed=allowed)
    if _TWO_WAYS.fullmatch(text):
        raise BadInput(f"'{name}' is '{text}', which may be {text[:-4]} or {text.replace('.', '')}", where=where,
                       allowed="a number without groups of three")  # fmt: skip
    if _GROUPS.fullmatch(text):
        return text.replace(",", "").replace(" ", "")
    if _COMMA.fullmatch(text):
        return text.replace(",", ".")
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        raise BadInput(f"'{name}' is {text}", where=where, allowed="a finite number")
    if not _PLAIN.fullmatch(text):
        raise BadInput(f"'{name}' is '{text[:SHOWN]}'", where=where, allowed=allowed)
    return text


def plain(value: float) -> str:
    """A number as somebody would type it, to the last digit: it reads back as the same number."""
    text = repr(float(value))
    return text.removesuffix(".0") if "e" not in text else text


def rounded(value: float) -> str:
    """A number in a sentence: ten digits say enough."""
    return f"{value:.10g}"


def several(number: int, thing: str) -> str:
    """1 run, 2 runs, 1,000 runs."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
