"""What is refused is said in the language of the process, whichever storey refuses it."""

from collections.abc import Iterator

import pytest

from engine.errors import BadInput, MissingField
from scenarios.language import BRACKETS, ENGLISH, speak
from scenarios.refused import in_short, refused
from scenarios.request import Request, from_link
from tests.analysis.test_said import outside

LINKS = [
    "people=12",
    "people=abc",
    "people=75.000",
    "people=inf",
    "months=9999",
    "months=12",
    "seed=-1",
    "s=user_centered",
    "s=user_centred,listening=400",
    "s=user_centred,phase9.listening=4",
    "s=user_centred,listening=4,listening=5",
    "s=user_centred,share_places=1,share_training=1",
    "s=homes%2Bhybrid",
    "s=homes&s=homes",
    "set=contact=7",
    "set=contac=7",
    "set=user_centred.contact=1",
    "set=none=1",
    "set=grant_size=1",
    "set=duration=3.5",
    "set=contact",
    "place=dubln",
    "worldview=none",
    "title=" + "x" * 500,
    "foo=1",
    "rules=older",
    "point=maybe",
]


@pytest.fixture
def brackets() -> Iterator[None]:
    """Everything that is said stands in brackets."""
    speak(BRACKETS)
    yield
    speak(ENGLISH)


@pytest.mark.parametrize("link", LINKS)
def test_what_is_left_out_of_a_link_is_said_in_the_language(brackets: None, link: str) -> None:
    left = from_link(link, Request())[1]
    assert left
    assert [outside(text) for text in left] == [[]] * len(left)


@pytest.mark.parametrize("link", LINKS)
def test_and_in_english_as_the_error_says_it(link: str) -> None:
    left = from_link(link, Request())[1]
    assert left
    assert not any(sign in text for text in left for sign in "[]{}")


def test_what_nobody_knows_stays_as_it_is(brackets: None) -> None:
    assert refused(MissingField("home", meaning="a home")) == (
        "The field 'home' is missing (a home). Add a line 'home = ...'."
    )
    assert refused(BadInput("Odd", where="x.toml:3", allowed="else")) == "x.toml:3: Odd. [Allowed: else]."


def test_numbers_of_ours_are_written_anew() -> None:
    assert [in_short(value) for value in (0.5, 3.0, 1e-9)] == ["0.5", "3", "1e-09"]
    speak(BRACKETS)
    try:
        assert refused(BadInput("'x' is 1,234.50, which is out of range", allowed="0.2 to 1,000 (months)")) == (
            "['x' is 1,234.50, which is out of range]. [Allowed: [0.2 to 1,000 ([months])]]."
        )
    finally:
        speak(ENGLISH)
