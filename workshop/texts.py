"""Texts in the room's language: gettext catalogues through Babel, whole sentences with named gaps, numbers by locale.

A text that somebody sees is marked where it stands, `N_("...")`, and spoken by a `Speech`.  The catalogue of a language
is `locale/LANGUAGE/LC_MESSAGES/workshop.po`, read as it is: there is nothing to compile.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from engine.errors import BadInput

FOLDER = Path(__file__).parent / "locale"
ENGLISH = "en"
DOMAIN = "workshop.po"


def N_(text: str) -> str:
    """The text itself: marks it for the catalogues."""
    return text


def languages() -> list[str]:
    """English, and every language that has a catalogue."""
    return [ENGLISH, *sorted(path.parent.parent.name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}"))]


@cache
def catalogue(language: str) -> Catalog:
    """The catalogue of a language, as it stands."""
    with (FOLDER / language / "LC_MESSAGES" / DOMAIN).open("rb") as file:
        return read_po(file, locale=language)


@lru_cache(maxsize=4096)
def _number(language: str, value: float, digits: int, sign: bool) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    shown = round(value, digits) or 0.0
    return ("+" if sign and shown > 0 else "") + format_decimal(shown, format=pattern, locale=language)


class Speech:
    """One language: `speech("Round {number} of {all}", number=2, all=5)`."""

    def __init__(self, language: str = ENGLISH) -> None:
        if language not in languages():
            raise BadInput(f"There is no language '{language[:20]}'", allowed=", ".join(languages()))
        self.language = language
        self._found: dict[str, str] = {}
        if language != ENGLISH:
            known = catalogue(language)
            self._found = {str(m.id): str(m.string) for m in known if m.id and m.string and not m.fuzzy}

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, its gaps filled; numbers as the language writes them."""
        said = self._found.get(text, text)
        return said.format(**{name: self.written(value) for name, value in values.items()}) if values else said

    def number(self, value: float, digits: int = 0, sign: bool = False) -> str:
        """A number as the language writes it."""
        return _number(self.language, float(value), digits, sign)

    def written(self, value: object) -> object:
        """A number as the language writes it; anything else as it is."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return self.number(value, 0 if float(value).is_integer() else 1)
