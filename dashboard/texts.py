"""Texts of what a browser draws (parts/*.vue, assets/*.js), and how a page gets them in the process's language.

A text stands as `t('Round {number}', { number: 3 })` in a part, whole and in one literal.  The page has them all
from its beginning (templates/index.html.j2): nothing is fetched later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.numbers import NumberFormatError, parse_decimal

from analysis.words import plain
from engine.typed import plain as to_the_last_digit
from engine.typed import rounded as in_english
from scenarios.language import ENGLISH, N_, say, spoken

HERE = Path(__file__).parent
MARKED = re.compile(r"(?<![\w$])t\(\s*'((?:[^'\\]|\\.)*)'")


def of_parts() -> Iterator[tuple[str, str]]:
    """(text, file) of everything that is marked in a part, or in a script of the page."""
    for path in sorted([*HERE.glob("parts/*.vue"), *HERE.glob("assets/*.js")]):
        for text in MARKED.findall(path.read_text(encoding="utf-8")):
            yield text.replace("\\'", "'"), path.name


def said_in_parts() -> dict[str, str]:
    """By text of a part what it is in the process's language; English needs none."""
    speech = spoken()
    return {} if speech.language == ENGLISH else {text: speech.text(text) for text, _ in of_parts()}


def page_language() -> str:
    """What the page says its language is."""
    return spoken().locale


def counted(number: int, one: str, many: str) -> str:
    """One of two texts by number: "1 run" or "{count} runs"."""
    return say(one) if number == 1 else say(many, count=number)


def runs_said(number: int) -> str:
    """1 run, 2 runs, 1,000 runs."""
    return counted(number, N_("1 run"), N_("{count} runs"))


def percent_sign() -> str:
    """What stands after a number in per cent: "%", or " %"."""
    return say("{number}%", number="")


def rounded(value: float) -> str:
    """A number in a sentence, to ten digits, with the language's decimal mark."""
    return in_english(value) if spoken().locale == ENGLISH else plain(value)


def to_type(value: float) -> str:
    """A number as somebody would type it in this language, to the last digit and without groups: `as_typed` reads it
    back as the same number."""
    text = to_the_last_digit(value)
    return text.replace(".", ",") if _decimal_comma() and "e" not in text else text


def _decimal_comma() -> bool:
    return bool(Locale(spoken().locale).number_symbols["latn"]["decimal"] == ",")


def as_typed(typed: object) -> object:
    """What was typed in a language with a decimal comma, as it is with a point; anything doubtful as it stands: whoever
    reads it (engine/typed.py) refuses it in words."""
    locale = spoken().locale
    if not isinstance(typed, str) or not _decimal_comma():
        return typed
    text = typed.strip().replace("−", "-")
    try:
        return str(parse_decimal(text, locale=locale, strict=True))
    except NumberFormatError:
        return typed
