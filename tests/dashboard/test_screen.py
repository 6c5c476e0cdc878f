"""One description of the screen, three ways to keep it, the same runs from all of them."""

import shlex

import pytest

from cli.options import scenarios_of
from dashboard.screen import LARGEST_FILE, PEOPLE, Screen, opened, read_file, read_query
from engine.errors import BadInput
from runs.store import run_hash

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
    from cli.compare import compare_command
    from scenarios.scenario import with_twins

    screen = read_query(RICH)
    _, name, *words = shlex.split(screen.command)
    assert name == "compare"
    typed = compare_command.make_context("compare", words).params
    asked = scenarios_of(typed["strategies"], typed["place"], [typed["worldview"]], typed["people"], typed["months"],
                         typed["seed"], typed["assignments"])  # fmt: skip
    assert (typed["point"], typed["replicates"], typed["number"]) == (False, None, None)
    assert [run_hash(scenario) for scenario in with_twins(asked)] == hashes(screen)


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
        ("s=homes&s=homes", "twice"),
        ("&".join(["s=homes"] * 5), "strategies"),
        ("set=contact=nan", "sets nothing"),
        ("people=3", "too few"),
        ("months=20", "programme"),
        ("people=1000000", "20,000 people for 120 months"),
        ("people=5001&months=480", "5,000 people for 480 months"),
        ("seed=x", "seed"),
        ("s=/etc/passwd.toml", "passwd"),
        ("place=../../etc/passwd", "etc/passwd"),
        ("surprise=1", "surprise"),
        ("s=homes&x-note=" + "y" * 9000, "too long"),
    ],
)
def test_a_broken_link_says_what_is_wrong_and_opens_the_default(query: str, says: str) -> None:
    screen, trouble = opened(read_query, query)
    assert says in trouble
    assert screen == Screen()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"place = ", "cannot be read"),
        (b"\xff\xfe", "not text"),
        (b"strategies = 'homes'", "a list of texts"),
        (b"people = 1.5", "a whole number"),
        (b"colour = 'red'", "colour"),
        (b"x = " + b"[" * 3000, "nested"),
        (b"# only a remark", "says nothing"),
        (b"people = 20_001", "command line has no such cap"),
        (b"place = '<img src=x onerror=alert(1)>'", "<img"),
        (b"#" * (LARGEST_FILE + 1), "too large"),
    ],
)
def test_a_broken_file_says_what_is_wrong(content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_file(content)


def test_a_lever_goes_back_to_where_the_strategy_has_it() -> None:
    screen = Screen().with_lever(1, "listening", 3.5)
    assert screen.question != Screen().question
    assert screen.with_lever(1, "listening", None) == Screen()


def test_the_page_and_what_it_remembers_do_not_change_the_question() -> None:
    assert Screen().with_(page="money").with_more("x-month", "3").question == Screen().question
