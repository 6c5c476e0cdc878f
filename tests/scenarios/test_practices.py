"""Practices compose: all 32 combinations on the carrier, with others' strategies, and what does not go together."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from cli.about import own_files
from cli.options import Asked
from cli.show import find_pages
from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from runs.store import run_hash
from scenarios.choice import read_choice
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.request import Request, from_link
from scenarios.scenario import with_twins
from scenarios.strategy import find_strategy, is_illustration, lever_months, read_strategy

PRACTICES = [name for name in shipped("strategy") if name.startswith("practice_")]
EVERY = [chosen for count in range(6) for chosen in combinations(PRACTICES, count)]
HEAD = 'title = "T"\nmeaning = "M."\nkind = "hybrid"\non = "carrier"\n'
PHASE = "[[phase]]\nfrom = 0\n"
LEARN = PHASE + "[phase.levers]\nlistening = 4\n"


def on_carrier(practices: Sequence[str]) -> str:
    return "+".join(["carrier", *practices])


def test_the_carrier_and_all_five_practices_are_user_centred_lever_by_lever() -> None:
    together, whole = find_strategy(on_carrier(PRACTICES)).settings(), find_strategy("user_centred").settings()
    assert [begins for begins, _ in together] == [begins for begins, _ in whole]
    for (_, mine), (_, other) in zip(together, whole, strict=True):
        for lever in load_levers():
            assert mine[lever] == other[lever], lever


@pytest.mark.parametrize("practices", EVERY, ids="+".join)
def test_every_combination_is_valid_and_the_sum_of_its_practices(practices: tuple[str, ...]) -> None:
    """Held against the months of each practice alone: differences from the carrier add up."""
    carrier = lever_months(find_strategy("carrier"), 120)
    alone = [lever_months(find_strategy(name), 120) for name in practices]
    found = lever_months(find_strategy(on_carrier(practices)), 120)
    for lever in load_levers():
        wanted = carrier[lever] + sum(rows[lever] - carrier[lever] for rows in alone)
        assert np.allclose(found[lever], wanted, rtol=0, atol=1e-12), lever


def test_there_are_32_combinations_and_all_can_be_run_side_by_side() -> None:
    assert len(EVERY) == 32
    names = [on_carrier(practices) for practices in EVERY]
    request = Asked(people=500).request(names)
    assert [one.strategy.name for one in request.asked] == names
    assert len({run_hash(one) for one in request.asked}) == 32
    assert len(with_twins(request.asked)) == 33


def test_a_practice_alone_is_the_carrier_with_it() -> None:
    for name in PRACTICES:
        assert find_strategy(f"carrier+{name}").phases == find_strategy(name).phases
    assert find_strategy("practice_5_credit+practice_1_learn") == find_strategy(
        "carrier+practice_1_learn+practice_5_credit"
    )


def test_a_combination_is_a_strategy_in_every_door() -> None:
    name = "carrier+practice_1_learn+practice_4_start_small,listening=3"
    found = Asked(people=500).request([name])
    assert found.asked[0].strategy.title == "Carrier + Practice 1 + Practice 4 (listening 3)"
    own = "carrier+practice_1_learn+practice_4_start_small.listening=3"
    assert Asked(people=500, assignments=(own,)).request([name.partition(",")[0]]) == found
    assert from_link(found.query, Request())[0] == found
    assert found.command_line("compare") == f"unfreeze compare {name} --people 500"
    assert is_illustration(read_choice(name).strategy())
    (page,) = find_pages(name.partition(",")[0])
    assert page.title == "Carrier + Practice 1 + Practice 4"


def test_practices_go_with_other_strategies_and_who_leads_is_then_both() -> None:
    found = find_strategy("catalytic_philanthropy+practice_1_learn+practice_5_credit")
    assert found.kind == "hybrid"
    (_, first), (begins, later) = found.settings()
    assert (first["listening"], first["branding"], first["site_prestige"]) == (2, 0, 0.8)
    assert (begins, later["campaign"], later["share_places"], later["share_spotlight"]) == (24, 0.4, 0.5, 0.08)


def test_a_practice_of_ones_own_and_its_strategy_lie_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(
        HEAD.replace('on = "carrier"\n', "") + PHASE + "[phase.levers]\nshare_homes = 1\n"
    )
    path = tmp_path / "mine.toml"
    path.write_text(HEAD.replace("carrier", "base.toml") + LEARN + "[phase.takes.share_homes]\nshare_spotlight = 0.3\n")
    ((_, levers),) = find_strategy(path).settings()
    assert (levers["share_homes"], levers["share_spotlight"], levers["listening"]) == (0.7, 0.3, 4)
    ((_, levers),) = find_strategy(f"homes+{path}").settings()
    assert (levers["share_homes"], levers["share_spotlight"], levers["listening"]) == (0.7, 0.3, 4)
    assert read_choice(f"homes+{path}", files=True).strategy().name == "homes+mine"
    named = Asked(people=500).request([f"homes+{path}"]).names
    assert own_files(named) == [str(path), str(tmp_path / "base.toml")]  # what the hash of somebody's data is of


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (HEAD, MissingField, "field 'phase' is missing"),
        (HEAD.replace("carrier", "carier") + LEARN, BadInput, "carier: there is no such file|carier"),
        (HEAD.replace("carrier", "mine.toml") + LEARN, BadInput, r"mine\.toml:4, field 'on'.*a practice on a practice"),
        (HEAD.replace("carrier", "practice_1_learn") + LEARN, BadInput, "'mine' is a practice on a practice"),
        (HEAD + PHASE + "[phase.takes.share_place]\nshare_spotlight = 0.1\n", UnknownName,
         r"mine\.toml:7, field 'phase\.0\.takes\.share_place'.*'share_places'\?"),
        (HEAD + PHASE + "[phase.takes.share_places]\nlistening = 0.1\n", BadInput,
         r"mine\.toml:8.*no shares of one whole. Allowed: .*share_spotlight.*Set it under"),
        (HEAD + PHASE + "[phase.takes.share_places]\nshare_spotlight = 1.1\n", OutOfRange, r"mine\.toml:8.*0 to 1"),
        (HEAD + PHASE + "[phase.takes.share_places]\nshare_spotlight = 0.7\n", BadInput,
         r"mine takes 0\.7 from share_places, where 0\.6 is left"),
        (HEAD + LEARN.replace("0", "3"), BadInput, r"mine\.toml:6, field 'phase\.0\.from'.*begins in month 3"),
        (HEAD + LEARN + LEARN.replace("0", "60"), BadInput, "begins in month 60, but the programme lasts 60"),
        (HEAD.replace('on = "carrier"\n', "") + PHASE + "[phase.takes.share_places]\nshare_spotlight = 0.1\n",
         UnknownName, r"mine\.toml:6, field 'phase\.0\.takes'"),
    ],
)  # fmt: skip
def test_a_practice_that_cannot_be_is_refused_in_words(
    tmp_path: Path, text: str, error: type[BadInput], message: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(error, match=message):
        read_strategy(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("carrier+homes", "'homes' is no practice. Allowed: practice_1_learn, .*says 'on'"),
        ("carrier+practice_1_learn+practice_1_learn", "'practice_1_learn' stands there twice"),
        ("carrier+practice_1", "practice_1_learn"),
        ("carrier+", "no strategy"),
        ("homes+practice_4_start_small", r"practice_4_start_small takes 0\.1 from share_places, where 0 is left"),
        ("catalytic_philanthropy+practice_3_willing", "site_willingness 0.8 .* more than the whole"),
    ],
)
def test_what_does_not_go_together_is_said(name: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_choice(name)


def test_two_practices_that_set_one_lever_differently_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + LEARN)
    with pytest.raises(BadInput, match="'listening' is 4 in mine and 2 in practice_1_learn"):
        find_strategy(f"{path}+practice_1_learn")
