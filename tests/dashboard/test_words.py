"""The glossary: every word that a board may not know has one definition, in plain English."""

import re

import pytest

from dashboard.about import about
from dashboard.screen import read_query
from dashboard.texts import of_parts
from dashboard.words import glossary
from scenarios.domains import Domain
from scenarios.language import ENGLISH, speak, who_translated
from scenarios.places import domain_of, find_place
from tools.translate import of_dashboard

# Jargon that stood on the screen before (issue 16): it is not there any more, or it is explained.
EXPLAINED = ("carrier", "placebo", "belief", "bridge money", "spotlight", "condition", "mechanism", "world of ...")
GONE = ("log hazard", "Kumaraswamy", "replicate", "seed", "practical margin")
LONGEST = 15.0  # words a sentence, on average: a plain-English text has no more (plainlanguage.gov: 15 to 20)


@pytest.fixture(params=["dublin", "american_school_district"])
def domain(request: pytest.FixtureRequest) -> Domain:
    return domain_of(find_place(request.param))


def test_every_word_is_explained_once_and_in_order(domain: Domain) -> None:
    words = [word for word, _ in glossary(domain)]
    assert words == sorted(words, key=str.lower)
    assert len({word.lower() for word in words}) == len(words)
    assert {word.lower() for word in words} >= set(EXPLAINED)


def test_definitions_are_plain(domain: Domain) -> None:
    text = " ".join(text for _, text in glossary(domain))
    for word in GONE:
        assert word not in text
    sentences = [one for one in re.split(r"(?<=[.:;])\s", text) if one.strip()]
    assert sum(len(one.split()) for one in sentences) / len(sentences) < LONGEST
    assert "{" not in text


def test_a_page_says_of_its_translation_that_nobody_has_reviewed_it() -> None:
    screen = read_query("people=500&months=80")
    assert who_translated() == ""
    assert not any("machine" in text for _, text in about(screen))
    try:
        speak("es")
        told = dict(about(screen))["Idioma"]
    finally:
        speak(ENGLISH)
    assert told == "Traducción hecha por una máquina, aún sin revisar por una persona nativa."


def test_every_text_that_a_browser_draws_is_in_the_catalogues() -> None:
    drawn = {text for text, _ in of_parts()}
    assert "The server does not answer." in drawn
    assert drawn - {text for text, _ in of_dashboard()} == set()
