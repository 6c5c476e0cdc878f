"""--set name=value: levers and parameters by one name, each mistake said in one line."""

import pytest

from engine.errors import BadInput, OutOfRange, UnknownName
from scenarios.settings import read_settings


def test_levers_and_parameters_are_told_apart() -> None:
    settings = read_settings(["branding=0.5", " dropout_fit = 1 "])
    assert settings.levers == {"branding": 0.5}
    assert settings.parameters == {"dropout_fit": 1.0}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("branding", BadInput, "sets nothing.*name=value"),
        ("=3", BadInput, "sets nothing"),
        ("branding=", BadInput, "'branding' is ''.*a number"),
        ("crisis_cost=15000 EUR", BadInput, "a number without its unit"),
        ("branding=nan", BadInput, "a finite number"),
        ("branding=inf", BadInput, "a finite number"),
        ("branding=1.000.5", BadInput, "'1.000.5'"),
        ("branding=2", OutOfRange, "--set branding: .*0 to 1"),
        ("dropout_fit=0", OutOfRange, r"--set dropout_fit: .*0\.001 to 1000 \(odds ratio"),
        ("exit_fast=1.1", OutOfRange, r"--set exit_fast: .*0 to 1 \(per month"),
        ("providers=14.5", BadInput, r"--set providers: .*a whole number"),
        ("dropout_fitt=1", UnknownName, "--set dropout_fitt: .*Did you mean 'dropout_fit'"),
        ("new_share=1", BadInput, "is a target"),
    ],
)
def test_mistakes(text: str, error: type[BadInput], message: str) -> None:
    with pytest.raises(error, match=message):
        read_settings([text])


def test_what_is_set_twice_is_refused() -> None:
    with pytest.raises(BadInput, match=r"--set: 'budget' is set twice, to 0\.02 and to 0\.03"):
        read_settings(["budget=.02", "budget=.03"])


def test_a_decimal_comma_is_a_decimal_comma() -> None:
    assert read_settings(["branding=0,3"]).levers == {"branding": 0.3}
