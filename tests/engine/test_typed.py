"""Numbers as people type them: no digit is lost, nothing is guessed."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.typed import plain, read_number, read_whole, several


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0.5", 0.5), (" .5 ", 0.5), ("5.", 5.0), ("-3", -3.0), ("−3", -3.0), ("1e-3", 0.001), ("+2", 2.0),
        ("75,000", 75_000.0), ("75 000", 75_000.0), ("75\u202f000", 75_000.0), ("1,234.5", 1234.5),
        ("1,234,567", 1_234_567.0), ("0,5", 0.5), ("3,65", 3.65), ("0,125", 0.125), ("12,5", 12.5), ("-0,3", -0.3),
        (3, 3.0), (2.5, 2.5),
    ],
)  # fmt: skip
def test_it_is_read_as_it_is_meant(typed: object, number: float) -> None:
    assert read_number("budget", typed) == number


@pytest.mark.parametrize(
    "typed",
    ["", "75.000", "1.234,5", "1.000.000", "1,2,3", "12,34,567", "1_000", "1 00", "5%", "5 EUR", "nan", "-inf", "1e999",
     "１２", "0x10", "3/4", "--3", "1,000 000", "9" * 500, True, None, "1'000"],
)  # fmt: skip
def test_what_is_no_number_or_may_be_two_is_refused_in_words(typed: object) -> None:
    with pytest.raises(BadInput, match=r"^--set budget: 'budget' .*Allowed: ") as said:
        read_number("budget", typed, "--set budget")
    assert len(str(said.value)) < 200


@pytest.mark.parametrize(("typed", "number"), [("2,000", 2000), ("7.0", 7), (str(2**62 + 1), 2**62 + 1), (-3, -3)])
def test_whole_numbers_to_their_last_digit(typed: object, number: int) -> None:
    assert read_whole("seed", typed) == number


@pytest.mark.parametrize("typed", ["1.5", "2,5", "1e3", "", "x", 2.5, "75.000"])
def test_what_is_not_whole_is_refused(typed: object) -> None:
    with pytest.raises(BadInput, match="'seed' is"):
        read_whole("seed", typed)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_we_write_reads_back_as_the_same_number(number: float) -> None:
    assert read_number("x", plain(number)) == number
    assert math.copysign(1, read_number("x", plain(number))) == math.copysign(1, number)


@given(st.text(alphabet="0123456789.,- e", max_size=12))
def test_a_text_is_a_finite_number_or_refused_and_never_loses_a_digit(text: str) -> None:
    try:
        number = read_number("x", text)
    except BadInput:
        return
    assert math.isfinite(number)
    if re.fullmatch(r"\d+,\d{1,2}", text):
        assert number == float(text.replace(",", "."))


def test_one_is_one() -> None:
    assert [several(number, "run") for number in (0, 1, 2, 1000)] == ["0 runs", "1 run", "2 runs", "1,000 runs"]
