"""The five practices as switches."""

import re

import pytest

from analysis.why import PRACTICES
from dashboard.practices import DOES, practices, shipped_again, switch, switched_on, switches
from dashboard.screen import read_query
from engine.errors import BadInput
from scenarios.choice import read_choice
from scenarios.strategy import find_strategy


def test_all_five_in_their_order() -> None:
    assert practices() == PRACTICES
    found = switches(read_query("s=carrier%2Bpractice_2_example"), 0)
    assert [one["number"] for one in found if one["on"]] == [2]
    assert len(DOES) == len(PRACTICES)


def test_off_and_on_is_where_it_was_lever_by_lever() -> None:
    screen = read_query("s=collective_impact&s=user_centred")
    for name in PRACTICES:
        less = switch(screen, 1, name, False)
        assert str(less.choices[1]) == "+".join(["carrier", *(one for one in PRACTICES if one != name)])
        assert switch(less, 1, name, True) == screen
    bare = screen
    for name in PRACTICES:
        bare = switch(bare, 1, name, False)
    assert str(bare.choices[1]) == "carrier"
    everything = switch(screen, 0, PRACTICES[0], True)
    assert str(everything.choices[0]) == "collective_impact+practice_1_learn"
    assert shipped_again(everything, 0) == screen


def test_a_switch_takes_back_levers_of_its_own_and_keeps_others() -> None:
    screen = read_query("s=user_centred,listening=4,budget=0.02")
    assert str(switch(screen, 0, PRACTICES[0], False).choices[0]).endswith(",budget=0.02")
    assert switched_on("practice_3_willing") == ("carrier", frozenset(["practice_3_willing"]))


def test_what_does_not_go_together_is_said() -> None:
    with pytest.raises(BadInput, match=r"takes|is left|Leave"):
        switch(read_query("s=homes"), 0, PRACTICES[3], True)


def test_words_have_the_numbers_of_the_files() -> None:
    levers = dict(read_choice("user_centred").strategy().settings()[0][1])
    assert levers["listening"] == 2
    assert "Twice a year" in DOES[0]
    assert levers["user_seats"] == 0.5
    assert "half of the seats" in DOES[1]
    assert levers["grants_per_provider"] > find_strategy("carrier").settings()[0][1]["grants_per_provider"]
    assert re.search("small grants", DOES[3])
    assert levers["branding"] == 0
