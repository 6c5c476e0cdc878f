"""Texts: every one is translated, with the same gaps; they are plain; numbers are written as the language does."""

import re
import string

import pytest

from scenarios.language import DASHBOARD, ENGLISH, UNREVIEWED, WORKSHOP, Speech, catalogue, languages, reviewed
from tools.translate import empty, of_papers, of_screens, texts
from workshop.notes import MORE, NOTES

OTHERS = [one for one in languages(WORKSHOP) if one != ENGLISH]
EVERY = sorted({text for text, _ in texts()})
SCREENS = {text for text, _ in of_screens()}
# Not measured: what a lever does is written for strategists, and a room sees it at the level `all` only.
LEVERS = {text for text, file in of_screens() if file == "levers.toml"}
PAPERS = {text for text, _ in of_papers()} - SCREENS
TAG = re.compile(r"</?\w+>")
FOR_FACILITATORS = {one for note in (*NOTES.values(), *MORE.values()) for one in (*note.say, *note.ask, note.expect)}
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_spanish_ships() -> None:
    assert "es" in OTHERS
    assert len(EVERY) > 300


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_untranslated_and_nothing_stands_there_that_is_gone(language: str) -> None:
    assert empty(language) == []
    assert {str(one.id) for one in catalogue(language, WORKSHOP) if one.id} == {*EVERY}


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_gaps_of_its_text(language: str) -> None:
    for one in catalogue(language, WORKSHOP):
        if one.id:
            assert gaps(str(one.string)) == gaps(str(one.id)), one.id


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_says_who_has_reviewed_it(language: str) -> None:
    for file in (WORKSHOP, DASHBOARD):
        header = catalogue(language, file).header_comment
        assert reviewed(language, file) == (UNREVIEWED not in header) == ("Reviewed by" in header)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_tags_of_its_text(language: str) -> None:
    for one in catalogue(language, WORKSHOP):
        assert sorted(TAG.findall(str(one.string))) == sorted(TAG.findall(str(one.id))), one.id


def test_sentences_stay_whole() -> None:
    """No text is a piece to be glued to others: a gap is a name or a number, and what has a full stop begins large."""
    for text in EVERY:
        assert not re.match(r"[,;.]", text)
        assert text == text.strip()
        if text.endswith(".") and not text.startswith(("{", "80", "<", '"')):
            assert text[0].isupper(), text


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert Speech("en").number(12345.5, 1) == "12,345.5"
    assert Speech("es").number(12345.5, 1) == "12.345,5"
    assert Speech("es").number(3, sign=True) == "+3"
    assert Speech("es")("Round {number}", number=2) == "Ronda 2"
    assert Speech("en").number(-0.2) == "0"


def syllables_en(word: str) -> int:
    word = word.lower()
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1
    return max(groups - silent - (word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1), 1)


def syllables_es(word: str) -> int:
    """Groups of vowels; a strong vowel beside a strong one, or an accented weak one, is a syllable of its own."""
    strong = re.sub(r"(?<=[aeoáéó])(?=[aeoáéó])|(?<=[aeoáéó])(?=[íú])|(?<=[íú])(?=[aeoáéó])", "-", word.lower())
    return max(len(re.findall(r"[aeiouáéíóúü]+", strong)), 1)


def counts(said: list[str], syllables: object) -> tuple[int, int, int]:
    """Sentences, words, syllables of texts that are sentences."""
    whole = " ".join(re.sub(r"\{\w+\}", "12", one) for one in said if one[-1] in ".?!")
    words = WORD.findall(whole)
    return len(re.findall(r"[.?!:]+(?:\s|$)", whole)), len(words), sum(map(syllables, words))  # type: ignore[arg-type]


def of_group(group: str) -> list[str]:
    """Texts that a group reads, and are measured."""
    if group == "papers":
        return sorted(TAG.sub("", one) for one in PAPERS)
    return sorted(one for one in SCREENS - LEVERS if (one in FOR_FACILITATORS) == (group == "facilitators"))


@pytest.mark.parametrize("group", ["participants", "facilitators", "papers"])
def test_english_is_plain(group: str) -> None:
    """Flesch's reading ease, 65 or more ("plain English")."""
    said = of_group(group)
    sentences, words, syllables = counts(said, syllables_en)
    assert words > 100
    assert 206.835 - 1.015 * words / sentences - 84.6 * syllables / words >= 65


@pytest.mark.parametrize(("group", "least"), [("participants", 65), ("facilitators", 55), ("papers", 65)])
def test_spanish_is_plain(group: str, least: float) -> None:
    """The scale of Szigriszt-Pazos (INFLESZ): 55 to 65 is normal, 65 to 80 fairly easy."""
    t = Speech("es")
    said = [TAG.sub("", t(one)) for one in (PAPERS if group == "papers" else of_group(group))]
    sentences, words, syllables = counts(said, syllables_es)
    assert words > 100
    assert 206.835 - 62.3 * syllables / words - words / sentences >= least
