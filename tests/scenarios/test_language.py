"""Languages: a domain's words in sentences, in English and where every text is put in brackets."""

from collections.abc import Iterator

import pytest

from engine.errors import BadInput
from scenarios.domains import find_domain
from scenarios.language import BRACKETS, ENGLISH, Speech, say, speak, spoken


@pytest.fixture
def brackets() -> Iterator[None]:
    """Everything that is said stands in brackets."""
    speak(BRACKETS)
    yield
    speak(ENGLISH)


def test_general_terms_become_gaps() -> None:
    care = find_domain("intellectual_disability")
    assert find_domain("homelessness").template("Crisis beds in use") == "{Crisis_places} in use"
    assert find_domain("homelessness").template("a crisis bed closed, {x}") == "{a crisis_place} closed, {{x}}"
    assert care.own("A crisis bed for a year") == care.says("{A crisis_place} for a year")
    assert care.own("{x}") == "{x}"


def test_in_brackets_nothing_else_is_said(brackets: None) -> None:
    assert say("Round {number}", number=2) == "[Round 2]"
    assert find_domain("homelessness").own("A crisis bed closed") == "[[a hostel bed] closed]"
    assert find_domain("homelessness").says("{Crisis_places} closed") == "[[hostel beds] closed]"


def test_a_sentence_has_the_domains_words_and_values() -> None:
    domain = find_domain("homelessness")
    assert (
        domain.says("{The crisis_places}: {n} of {who}", n=1234, who="Ann {x}") == "The hostel beds: 1,234 of Ann {x}"
    )
    assert domain.word("crisis_places") == "hostel beds"
    with pytest.raises(KeyError):
        domain.says("{the unknown}")


def test_the_process_speaks_english_until_told() -> None:
    assert spoken().language == ENGLISH
    assert say("{count} people", count=12345.5) == "12,345.5 people"


def test_lists_are_written_as_the_language_writes_them() -> None:
    assert Speech().listed(["a", "b", "c"]) == "a, b and c"
    assert Speech("es").listed(["a", "b", "c"]) == "a, b y c"
    assert Speech().listed(["a"]) == "a"


def test_another_language_is_refused() -> None:
    with pytest.raises(BadInput, match="There is no language 'xx'"):
        Speech("xx")
