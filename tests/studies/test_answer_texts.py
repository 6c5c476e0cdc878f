"""Texts of the stored answer: kept as they were, in English as they always were, and in another language whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import pytest

from evidence.quantities import find_quantity
from scenarios.domains import find_domain
from scenarios.language import BRACKETS, ENGLISH, speak
from scenarios.names import shipped
from studies.answer import page, told
from studies.answer.measured import Share
from studies.answer.plan import CAMPS, SIGNS, camps, plan
from studies.answer.stored import Gap
from studies.answer.texts import OPENS, Listed, Number, Part, Sentences, Text, later, packed, said, unpacked
from tests.analysis.test_said import outside
from tools.translate import GENERAL, ROOT, in_code, of_answer


def share_of(better: float, worse: float) -> Share:
    three = [(one, one, one) for one in (better, 1 - better - worse, worse)]
    return Share(three[0], three[1], three[2], (better, 1 - better - worse, worse), 0.0, 0.0, 100, 0)


SHARES = {
    "ahead": share_of(0.7, 0.1), "behind": share_of(0.2, 0.6), "same": share_of(0.1, 0.2), "open": share_of(0.4, 0.4),
}  # fmt: skip
PARTS: list[Part] = [
    *(page.sentence(about, Gap("", "", "", SHARES[sign]), one, other, 0.5)
      for about in plan()["sentences"] if about != "tree" for sign in SIGNS
      for one, other in ((CAMPS[0], CAMPS[1]), (CAMPS[2], CAMPS[0]))),
    *(page.sentence(about, Gap("", "", "", None), "users", "funder") for about in ("homes", "equal")),
    *(told.called(f"{camp}_{goal}{size}") for camp in CAMPS for goal in ("people", "fit")
      for size in ("", "_small", "_large")),
    *map(told.called, told.named_in_plan()), told.called("nothing"), *told.WORDS.values(),
    *(Text(camp.who) for camp in camps().values()),
    later("{what} is at most {at}", what=told.named("context_gap"), at=Number(0.6049, significant=3)),
    Listed((told.named("contact"), told.named("fit_width"), told.against("users", "funder"))),
    Sentences((page.QUICK, page.DRAWN, page.TOO_FEW)),
]  # fmt: skip


@pytest.fixture
def another() -> Iterator[None]:
    """Back to English after another language."""
    yield
    speak(ENGLISH)


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_in_english_a_text_is_the_fields_words_for_the_whole_sentence(part: Part) -> None:
    for name in shipped("domain"):
        domain = find_domain(name)
        assert said(part, domain) == domain.own(said(part))


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_what_is_kept_is_the_same_again(part: Part) -> None:
    assert unpacked(json.loads(json.dumps(packed(part)))) == part


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_in_brackets_nothing_of_a_text_stands_outside(part: Part, another: None) -> None:
    speak(BRACKETS)
    text = said(part, find_domain("homelessness"))
    assert outside(text) == [], text


def test_numbers_are_written_as_the_language_writes_them(another: None) -> None:
    several = (Number(1234.5, 1), Number(0.62, per_cent=True), Number(0.6049, significant=3),
               Number(-0.5, 2, sign=True), Number(float("nan"), per_cent=True),
               Number(2e-5, significant=3))  # fmt: skip
    assert [*map(said, several)] == ["1,234.5", "62%", "0.605", "−0.50", "–", "0.00002"]
    speak("es")
    assert said(Number(1234.5, 1)) == "1.234,5"
    assert said(Number(0.6049, significant=3)) == "0,605"


def test_a_text_that_opens_has_a_capital_letter_whatever_it_begins_with() -> None:
    assert said(later("{who} leaves more.", OPENS, who=later("a funder's plan"))) == "A funder's plan leaves more."


@pytest.mark.parametrize("found", [None, 3, [], {}, {"number": 1, "size": 2}, {"gaps": {}}])
def test_what_is_no_text_is_refused(found: object) -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        unpacked(found)


def test_every_text_of_the_page_is_in_the_catalogues() -> None:
    """What is written as it stands is marked, what the plan says is given: nothing else makes a text."""
    known = {*of_answer()}
    for path in (ROOT / "studies" / "answer").glob("*.py"):
        known |= {text for text, _ in in_code(path, GENERAL)}

    found = {text for part in PARTS for text in texts(part)}
    meanings = {find_quantity(name).meaning for name in ("context_gap", "contact", "fit_width")}
    assert found - known <= meanings


def texts(part: Part) -> Iterator[str]:
    """Every text in it."""
    inside: Iterable[Part] = ()
    if isinstance(part, Text):
        yield part.text
        inside = part.gaps.values()
    elif isinstance(part, Listed):
        inside = part.items
    elif isinstance(part, Sentences):
        inside = part.sentences
    for one in inside:
        yield from texts(one)
