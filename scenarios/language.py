"""Languages: gettext catalogues through Babel, whole sentences with named gaps, numbers by locale.

A text that somebody sees is marked where it stands and is a whole sentence: `say("{count} more people", count=...)`, or
`N_("...")` where it is said later.  The catalogue of a language is a file that is read as it is: there is nothing to
compile.  The dashboard and what it writes speak one language a process (`speak`); a workshop's room has its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from engine.errors import BadInput

ENGLISH = "en"
BRACKETS = "brackets"  # no language: every text in brackets, so that what stands outside them was never marked
FOLDER = Path(__file__).parent / "locale"
UNFINISHED, HEAD = "Unfinished: not offered until it holds every text.", 4  # so many lines of a catalogue say so
UNREVIEWED = "Machine-made, not yet reviewed by a native speaker."  # these lines, too, until somebody has
WORKSHOP, DASHBOARD = "workshop.po", "dashboard.po"  # the room and its kit; the dashboard and what it writes

# Words that change before others, which a template cannot know of what fills its gap: "y" before "Impacto", "o" before
# "Oportunidades", "de" before "el albergue".  What the template ends with and what that becomes, how the gap begins
# and what that becomes.
JOINTS = {
    "es": [
        (r"\by( [«“(]*)$", r"e\1", r"(?=[«“(]*[Hh]?[IiÍí](?![aeou]))", ""),
        (r"\bo( [«“(]*)$", r"u\1", r"(?=[«“(]*[Hh]?[OoÓó])", ""),
        (r"(\b[Dd])e $", r"\1e", r"e(?=l\b)", ""),
        (r"(\b[Aa]) $", r"\1", r"e(?=l\b)", ""),
        (r"(\bfrente a) $", r"\1 ", r"[Ss]in (?=fundación)", "no tener "),
    ]
}


def N_(text: str) -> str:
    """The text itself: marks it for the catalogues."""
    return text


def G_(text: str) -> str:
    """The same of a text in the model's general terms, which `Domain.own` says in a domain's words."""
    return text


def languages(file: str, unfinished: bool = False) -> list[str]:
    """English, and every language that has this catalogue; one that says it is unfinished is not offered."""
    found = sorted(FOLDER.glob(f"*/LC_MESSAGES/{file}"))
    return [ENGLISH, *(path.parent.parent.name for path in found if unfinished or not _unfinished(path))]


def _unfinished(path: Path) -> bool:
    return UNFINISHED in _head(path)


def _head(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return "".join(next(file, "") for _ in range(HEAD))


@cache
def reviewed(language: str, file: str) -> bool:
    """Whether somebody whose language it is has read this catalogue."""
    return language in (ENGLISH, BRACKETS) or UNREVIEWED not in _head(FOLDER / language / "LC_MESSAGES" / file)


def who_translated() -> str:
    """What a page says of its own translation: nothing where it is English, or was reviewed."""
    if reviewed(spoken().language, DASHBOARD):
        return ""
    return say("Translated by a machine, not yet reviewed by a native speaker.")


@cache
def catalogue(language: str, file: str) -> Catalog:
    """A catalogue of a language, as it stands."""
    with (FOLDER / language / "LC_MESSAGES" / file).open("rb") as opened:
        return read_po(opened, locale=language)


@lru_cache(maxsize=4096)
def _number(language: str, value: float, digits: int, sign: bool) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    shown = round(value, digits) or 0.0
    return ("+" if sign and shown > 0 else "") + format_decimal(shown, format=pattern, locale=language)


class Speech:
    """One language: `speech("Round {number} of {all}", number=2, all=5)`.  What both catalogues hold is said as `own`
    has it: a room may call a thing by a plainer word."""

    def __init__(self, language: str = ENGLISH, own: str = WORKSHOP) -> None:
        known = {file: languages(file) for file in sorted((WORKSHOP, DASHBOARD), key=lambda file: file == own)}
        every = sorted({name for names in known.values() for name in names})
        if language not in (*every, BRACKETS):
            raise BadInput(f"There is no language '{language[:20]}'", allowed=", ".join(every))
        self.language = language
        self.locale = ENGLISH if language == BRACKETS else language
        self._found: dict[str, str] = {}
        for file in (file for file, names in known.items() if language in names and language != ENGLISH):
            texts = catalogue(language, file)
            self._found |= {str(m.id): str(m.string) for m in texts if m.id and m.string and not m.fuzzy}

    def text(self, text: str) -> str:
        """The text in this language, its gaps as they stand."""
        return f"[{text}]" if self.language == BRACKETS and text else self._found.get(text, text)

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, its gaps filled; numbers as the language writes them."""
        said = self.text(text)
        return self.filled(said, {name: self.written(value) for name, value in values.items()}) if values else said

    def filled(self, text: str, values: Mapping[str, object]) -> str:
        """A text with its gaps filled, and with the words that change before what fills them (JOINTS): only there, and
        never within what somebody wrote."""
        if self.language not in JOINTS:
            return text.format_map(values)
        said = ""
        for before, gap, _, _ in Formatter().parse(text):
            said += before
            if gap is not None:
                said = self._joined(said, str(values[gap]))
        return said

    def _joined(self, before: str, after: str) -> str:
        for ends, ended, begins, begun in JOINTS[self.language]:
            if re.search(ends, before) and re.match(begins, after):
                return re.sub(ends, ended, before) + re.sub(begins, begun, after, count=1)
        return before + after

    def number(self, value: float, digits: int = 0, sign: bool = False) -> str:
        """A number as the language writes it."""
        return _number(self.locale, float(value), digits, sign)

    def written(self, value: object) -> object:
        """A number as the language writes it; anything else as it is."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return self.number(value, 0 if float(value).is_integer() else 1)

    def listed(self, items: Sequence[str]) -> str:
        """One, two and three."""
        gaps = {f"gap{i}": item for i, item in enumerate(items)}
        listed = format_list([f"{{{gap}}}" for gap in gaps], locale="en_GB" if self.locale == ENGLISH else self.locale)
        said = self.filled(listed, gaps)
        return f"[{said}]" if self.language == BRACKETS and len(items) > 1 else said


_spoken: list[Speech] = [Speech()]


def speak(language: str) -> None:
    """From now on this process says everything in this language; before anything is said."""
    _spoken[0] = Speech(language, DASHBOARD)


def spoken() -> Speech:
    """The language of this process."""
    return _spoken[0]


def say(text: str, /, **values: object) -> str:
    """A text in the language of this process, its gaps filled; numbers as the language writes them."""
    return _spoken[0](text, **values)


def said_before(text: str, sign: str) -> str:
    """The part of a text that is said already before a sign: a title to its colon."""
    return _whole(text.partition(sign)[0])


def said_after(text: str, sign: str) -> str:
    """The part after it, or all where there is no such sign."""
    return _whole(text.partition(sign)[2] or text)


def _whole(part: str) -> str:
    """Where texts stand in brackets, with those that were cut off."""
    if spoken().language != BRACKETS:
        return part
    cut = part.count("[") - part.count("]")
    return "[" * -cut + part + "]" * cut
