"""`unfreeze new` writes a file that can be used as it is, and never over another; `unfreeze list --sort`."""

import json
from pathlib import Path

import pytest

from cli.main import run
from cli.new import KINDS
from cli.screen import progress
from scenarios.domains import find_domain
from scenarios.places import find_place
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

READ = {"strategy": find_strategy, "worldview": find_worldview, "place": find_place, "domain": find_domain}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kind", list(KINDS))
def test_it_is_the_one_it_is_like_with_a_title_of_its_own(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", kind, "my_own.toml"]) == 0
    then = "show" if kind == "domain" else "compare"
    assert f"Change it, then: unfreeze {then}" in " ".join(capsys.readouterr().out.split())
    own, like = READ[kind]("my_own.toml"), READ[kind](KINDS[kind])
    assert own.title == "My own"
    assert own.meaning == like.meaning
    assert Path("my_own.toml").read_text(encoding="utf-8").count("\n") > 10
    assert run(["show", "my_own.toml"]) == 0


def test_it_may_be_like_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "strategy", "mine.toml", "--like", "Catalytic philanthropy"]) == 0
    assert find_strategy("mine.toml").phases == find_strategy("catalytic_philanthropy").phases


def test_a_field_of_ones_own_is_not_the_one_that_general_texts_are_written_in() -> None:
    assert run(["new", "domain", "mine.toml", "--like", "homelessness"]) == 0
    assert find_domain("homelessness").native
    assert not find_domain("mine.toml").native


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["strategy", "there.toml"], "there.toml is there already"),
        (["strategy", "homes.toml"], "There is another strategy called 'homes'"),
        (["strategy", "mine.txt"], "a name that ends in .toml"),
        (["strategy", "no/where.toml"], "There is no folder no"),
        (["strategie", "mine.toml"], "Did you mean 'strategy'?"),
        (["place", "mine.toml", "--like", "dubln"], "Did you mean 'dublin'?"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_written(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("there.toml").write_text("mine", encoding="utf-8")
    assert run(["new", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert [path.name for path in Path().iterdir()] == ["there.toml"]
    assert Path("there.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("kind", "column", "field"), [("parameters", "value", "value"), ("levers", "range", "low")])
def test_a_list_in_order(kind: str, column: str, field: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", kind, "--sort", column, "--json"]) == 0
    values = [entry[field] for entry in json.loads(capsys.readouterr().out)[kind] if entry[field] is not None]
    assert len(values) > 20
    assert values == sorted(values)
    assert run(["list", kind, "--sort", column]) == 0


def test_a_column_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "levers", "--sort", "rnage"]) == 2
    assert "Did you mean 'range'?" in capsys.readouterr().err
    assert run(["list", "--sort", "title"]) == 2
    assert "Allowed: meaning, name" in capsys.readouterr().err


def test_where_nobody_looks_progress_is_a_line_with_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("cli.screen.time.monotonic", lambda: now[0])
    with progress("2 strategies x 8") as told:
        for second in range(60):
            now[0] = 100.0 + second
            told(second, 300)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == [
        "2 strategies x 8: 2%, about 5 min left",
        "2 strategies x 8: 8%, about 5 min left",
        "2 strategies x 8: 15%, about 4 min left",
    ]
