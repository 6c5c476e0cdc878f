"""Texts of the answer, as they are stored beside its rows: said later, by whoever reads them, in their language and in
their field's words.

    later("{who} leaves {n} more", who=later("a funder's plan"), n=Number(12))

A text is a whole sentence in general terms with named gaps.  What stands in a gap is a text, a number, a list of them,
or a plain `str`, which is said as it stands: a name, or digits without a decimal mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.words import listed, number, plain
from analysis.words import per_cent as in_per_cent
from scenarios.domains import Domain, capital

OPENS, WITHIN = "opens", "within"  # a capital letter in front; a small one, and no full stop


@dataclass(frozen=True)
class Number:
    """A number with so many digits after the mark, or, where `significant`, with so many that say something."""

    value: float
    digits: int = 0
    sign: bool = False
    per_cent: bool = False
    significant: int = 0


@dataclass(frozen=True)
class Text:
    """A text with gaps, in general terms."""

    text: str
    gaps: Mapping[str, Part] = field(default_factory=dict)
    form: str = ""


@dataclass(frozen=True)
class Listed:
    """One, two and three."""

    items: tuple[Part, ...]


@dataclass(frozen=True)
class Sentences:
    """One after another."""

    sentences: tuple[Part, ...]


type Part = str | Number | Text | Listed | Sentences


def later(text: str, /, form: str = "", **gaps: Part) -> Text:
    """A text that is said later; marks it for the catalogues."""
    return Text(text, gaps, form)


def said(part: Part, domain: Domain | None = None) -> str:
    """In the language of this process and the field's words; without a field in English, in general terms, as
    Markdown has it."""
    if isinstance(part, str):
        return part
    if isinstance(part, Number):
        return _number(part)
    if isinstance(part, Listed):
        return listed([said(one, domain) for one in part.items])
    if isinstance(part, Sentences):
        return " ".join(said(one, domain) for one in part.sentences)
    gaps = {name: said(one, domain) for name, one in part.gaps.items()}
    text = (part.text.format(**gaps) if gaps else part.text) if domain is None else domain.own(part.text, **gaps)
    if part.form == WITHIN:
        text = text[:1].lower() + text[1:].rstrip(".")
    return capital(text) if part.form == OPENS else text


def _number(one: Number) -> str:
    if one.significant:
        return plain(float(f"{one.value:.{one.significant}g}"))
    if one.per_cent and one.value == one.value:
        return in_per_cent(one.value, one.digits)
    return number(one.value, one.digits, one.sign)


# --- as JSON ----------------------------------------------------------------------------------------------------------


def packed(part: Part) -> Any:
    """What JSON keeps of it."""
    if isinstance(part, str):
        return part
    if isinstance(part, Number):
        usual = Number(0)
        return {"number": part.value} | {name: value for name in ("digits", "sign", "per_cent", "significant")
                                         if (value := getattr(part, name)) != getattr(usual, name)}  # fmt: skip
    if isinstance(part, Listed):
        return {"listed": [*map(packed, part.items)]}
    if isinstance(part, Sentences):
        return {"sentences": [*map(packed, part.sentences)]}
    gaps = {name: packed(one) for name, one in part.gaps.items()}
    return {"text": part.text} | ({"gaps": gaps} if gaps else {}) | ({"form": part.form} if part.form else {})


def unpacked(found: Any) -> Part:
    """The part itself; TypeError, KeyError or ValueError if it is none."""
    if isinstance(found, str):
        return found
    if not isinstance(found, Mapping):
        raise TypeError(f"no text: {found!r:.40}")
    if "number" in found:
        return Number(**{"value" if name == "number" else name: value for name, value in found.items()})
    if "listed" in found:
        return Listed(tuple(map(unpacked, found["listed"])))
    if "sentences" in found:
        return Sentences(tuple(map(unpacked, found["sentences"])))
    gaps = {name: unpacked(one) for name, one in found.get("gaps", {}).items()}
    return Text(str(found["text"]), gaps, str(found.get("form", "")))
