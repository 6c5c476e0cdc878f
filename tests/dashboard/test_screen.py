"""One description of the screen, three ways to keep it, the same runs from all of them."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from cli.compare import compare_command
from cli.options import Asked
from dashboard.screen import PEOPLE, Screen, opened, read_file, read_query
from engine.errors import BadInput
from runs.store import run_hash
from scenarios.choice import Choice
from scenarios.edition import edition
from scenarios.request import LARGEST_FILE, from_link, from_toml
from scenarios.scenario import with_twins

RICH = ("place=denver&world=from_within&s=user_centred,listening=4,branding=0.3&s=homes&s=user_centred"
        "&set=contact=0&people=700&months=130&seed=5&page=compare&x-edit=1")  # fmt: skip


def hashes(screen: Screen) -> list[str]:
    return [run_hash(scenario) for scenario in screen.scenarios]


def test_the_address_holds_everything() -> None:
    screen = read_query(RICH)
    assert read_query(screen.query) == screen
    assert screen.choices[0].levers == {"listening": 4.0, "branding": 0.3}
    assert (screen.place, screen.worldview, screen.people, screen.months, screen.seed) == (
        "denver", "from_within", 700, 130, 5)  # fmt: skip
    assert screen.remembered("x-edit") == "1"


def test_a_file_holds_the_same_runs() -> None:
    screen = read_query(RICH)
    assert hashes(read_file(screen.file.encode())) == hashes(screen)


def test_the_command_line_has_the_same_runs() -> None:
    screen = read_query(RICH)
    _, name, *words = shlex.split(screen.command)
    assert name == "compare"
    typed = compare_command.make_context("compare", words).params
    asked = Asked(**{one.name: typed[one.name] for one in fields(Asked) if one.name in typed})
    assert (typed["point"], typed["replicates"], typed["sets"]) == (False, None, None)
    assert [run_hash(scenario) for scenario in with_twins(asked.scenarios(typed["strategies"]))] == hashes(screen)


def test_the_saved_file_on_the_command_line_has_the_same_runs(tmp_path: Path) -> None:
    screen, file = read_query(RICH), tmp_path / "scenario.toml"
    file.write_text(screen.file, encoding="utf-8")
    assert [run_hash(one) for one in with_twins(Asked().scenarios([str(file)]))] == hashes(screen)
    typed = Asked(seed=9, assignments=("contact=0.1",), typed=frozenset({"seed"})).request([str(file)])
    assert (typed.seed, typed.settings, typed.people, typed.place) == (9, (("contact", 0.1),), 700, "denver")


def test_a_scaled_city_unless_the_real_size_is_asked_for() -> None:
    assert Screen().scenarios[0].people == PEOPLE
    assert f"--people {PEOPLE}" in Screen().command
    real = read_query("people=real")
    assert real.scenarios[0].people is None
    assert "--people" not in real.command
    assert read_query(real.query) == read_file(real.file.encode()) == real
    assert real.question != Screen().question


def test_as_much_as_may_be_asked_of_a_shared_server() -> None:
    assert read_query("people=20000").people == 20_000
    assert read_query("people=5000&months=480").months == 480
    assert read_query("people=30000&months=80").people == 30_000


def test_a_place_that_is_larger_may_have_its_real_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.screen.MOST_PEOPLE", 1_000)
    real = read_query("people=real").scenarios[0].real_size
    assert real > 1_000
    assert read_query(f"people={real}").people == real
    with pytest.raises(BadInput, match=f"{real:,} people"):
        read_query(f"people={real + 1}")


def test_an_edited_strategy_says_so_in_its_title() -> None:
    titles = [one.strategy.title for one in read_query(RICH).scenarios]
    assert any("listening 4" in title for title in titles)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("place=atlantis", "atlantis"),
        ("s=nobody_knows", "nobody_knows"),
        ("s=user_centred,listening=99", "listening"),
        ("s=user_centred,share_places=0.9", "more than the whole"),
        ("set=contact=nan", "finite"),
        ("set=contact=0,1,2", "'0,1,2'"),
        ("people=3", "too few"),
        ("months=20", "programme"),
        ("people=1000000", "20,000 people for 120 months"),
        ("seed=x", "seed"),
        ("s=/etc/passwd.toml", "passwd"),
        ("place=../../etc/passwd", "etc/passwd"),
        ("surprise=1", "surprise"),
        ("s=homes&x-note=" + "y" * 9000, "too long"),
    ],
)
def test_a_broken_link_says_what_is_wrong_and_opens_the_default(query: str, says: str) -> None:
    screen, trouble = opened(from_link, query)
    assert says in trouble
    assert screen == Screen()
    with pytest.raises(BadInput):
        read_query(query)


@pytest.mark.parametrize(
    ("query", "kept", "says"),
    [
        ("place=denver&s=user_centred&utm_source=newsletter&seed=4", {"place": "denver", "seed": 4}, "'utm_source'"),
        ("place=atlantis&worldview=sceptic&seed=4", {"worldview": "sceptic", "seed": 4}, "atlantis"),
        ("s=homes&s=homes&people=500", {"choices": (Choice("homes"),), "people": 500}, "twice"),
        ("s=homes&s=nobody&people=500", {"choices": (Choice("homes"),), "people": 500}, "nobody"),
        ("set=contact=0&set=listening=99&set=contact=.1", {"settings": (("contact", 0.0),)}, "contact' is set twice"),
        ("months=20&seed=4", {"seed": 4, "months": 120}, "programme"),
        ("people=5001&months=480", {"people": 5001, "months": 120}, "5,000 people for 480 months"),
        ("people=1000000&place=denver", {"place": "denver", "people": PEOPLE}, "too much"),
        ("seed=4&rules=00000000", {"seed": 4}, "made with rules and figures 00000000"),
        ("point=maybe&seed=4", {"point": False, "seed": 4}, "maybe"),
        ("s=homes&s=carrier&s=hybrid&s=placebo&s=top_up", {"people": PEOPLE}, "top_up is one strategy too many"),
    ],
)
def test_of_a_link_everything_is_kept_that_can_be_and_the_rest_is_said(
    query: str, kept: dict[str, object], says: str
) -> None:
    screen, trouble = opened(from_link, query)
    assert says in trouble
    assert {name: getattr(screen, name) for name in kept} == kept


def test_a_file_is_kept_as_far_as_it_goes_too() -> None:
    screen, trouble = opened(from_toml, b"place = 'denver'\npeople = 1.5\ncolour = 'red'\nset = ['contact=0', 'x']")
    assert (screen.place, screen.people, screen.settings) == ("denver", PEOPLE, (("contact", 0.0),))
    assert all(word in trouble for word in ("colour", "'people' is '1.5'", "'x' sets nothing"))


def test_a_link_and_a_file_say_which_rules_they_were_made_with() -> None:
    screen = read_query(RICH)
    assert f"rules={edition()}" in screen.query
    assert f'rules = "{edition()}"' in screen.file
    assert opened(from_link, screen.query)[1] == ""
    assert opened(from_link, RICH)[1] == ""  # an older link does not say


@pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, 0.123456789012345, 1e-7])
def test_no_digit_of_a_number_is_lost_on_any_way(value: float) -> None:
    screen = Screen().with_setting("contact", value)
    assert dict(read_query(screen.query).settings)["contact"] == value
    assert dict(read_file(screen.file.encode()).settings)["contact"] == value
    typed = shlex.split(screen.command)[-1]
    assert dict(Asked(assignments=(typed,)).request().settings)["contact"] == value


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"place = ", "not TOML"),
        (b"\xff\xfe", "not text"),
        (b"strategies = 'homes'", "a list of texts"),
        (b"people = 1.5", "a whole number"),
        (b"colour = 'red'", "colour"),
        (b"x = " + b"[" * 3000, "nested"),
        (b"seed = " + b"9" * 5000, "too long"),
        (b".".join([b"a"] * 15_000) + b" = 1", "parts"),
        (b"# only a remark", "says nothing"),
        (b"people = 20_001", "command line has no such cap"),
        (b"place = '<img src=x onerror=alert(1)>'", "<img"),
        (b"#" * (LARGEST_FILE + 1), "too large"),
    ],
)
def test_a_broken_file_says_what_is_wrong(content: bytes, says: str) -> None:
    assert re.search(says, opened(from_toml, content)[1])
    with pytest.raises(BadInput, match=says):
        read_file(content)


def test_a_lever_goes_back_to_where_the_strategy_has_it() -> None:
    screen = Screen().with_lever(1, "listening", 3.5)
    assert screen.question != Screen().question
    assert screen.with_lever(1, "listening", None) == Screen()


def test_the_page_and_what_it_remembers_do_not_change_the_question() -> None:
    assert Screen().with_(page="money").with_more("x-month", "3").question == Screen().question
