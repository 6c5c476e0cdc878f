"""`unfreeze workshop`: what is wrong is said before a server starts; new, go on, delete."""

from pathlib import Path

import pytest

import workshop.server
from cli.main import run
from workshop.logbook import Logbook
from workshop.setup import Setup, read_setup


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Logbook, str]]:
    """What would have been served, and under which address."""
    found: list[tuple[Logbook, str]] = []
    monkeypatch.setattr(workshop.server, "serve", lambda book, host, port, address, wifi: found.append((book, address)))
    return found


def led(*options: str) -> int:
    return run(["workshop", "--no-open", "--port", "0", *options])


def test_without_options_it_is_ninety_minutes_in_dublin(
    served: list[tuple[Logbook, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert led() == 0
    book, address = served[0]
    said = capsys.readouterr().out
    assert book.setup == Setup()
    assert (Path("unfreeze-workshop") / "setup.json").is_file()
    assert f"code {book.code}" in said
    assert address in said
    assert f"/host?key={book.key}" in said


def test_the_same_command_goes_on_and_another_one_is_refused(
    served: list[tuple[Logbook, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert led("--plan", "60", "--place", "helsinki", "--language", "es") == 0
    assert led() == 0
    assert led("--plan", "60", "--place", "helsinki", "--language", "es") == 0
    assert [book.setup for book, _ in served] == [Setup(plan=60, place="helsinki", language="es")] * 3
    assert len({book.key for book, _ in served}) == 1
    assert led("--plan", "180") == 2
    assert "holds another workshop" in " ".join(capsys.readouterr().err.split())


def test_a_facilitators_file_is_written_checked_and_used(served: list[tuple[Logbook, str]]) -> None:
    assert run(["workshop", "new", "mine.toml"]) == 0
    text = Path("mine.toml").read_text(encoding="utf-8").replace("plan = 90 ", "plan = 180 ")
    Path("mine.toml").write_text(text, encoding="utf-8")
    assert led("--setup", "mine.toml", "--seed", "5") == 0
    assert served[0][0].setup.plan == 180
    assert served[0][0].setup.seed == 5
    assert read_setup(Path("mine.toml")).seed == 1


def test_a_place_of_ones_own_lies_beside_the_file(served: list[tuple[Logbook, str]]) -> None:
    assert run(["new", "place", "mycity.toml"]) == 0
    Path("mine.toml").write_text('place = "mycity.toml"\n', encoding="utf-8")
    assert led("--setup", "mine.toml") == 0
    assert served[0][0].setup.place == str(Path("mycity.toml").resolve())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--place", "atlantis"], "atlantis"),
        (["--place", "american_school_district"], "about another field: Education"),
        (["--place", "ireland_disability"], "Allowed: alameda, canada_trial,"),
        (["--place", "ireland_mental_health"], "unfreeze compare --place ireland_mental_health"),
        (["--language", "xx"], "no language 'xx'"),
        (["--people", "3"], "500"),
        (["--setup", "nowhere.toml"], "nowhere.toml"),
        (["--address", "my computer"], "no address for phones"),
        (["--plan", "75"], "75"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_served(
    served: list[tuple[Logbook, str]], capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert led(*options) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert served == []


def test_delete_deletes_a_room_and_nothing_else(
    served: list[tuple[Logbook, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert led() == 0
    assert run(["workshop", "delete"]) == 0
    assert not Path("unfreeze-workshop").exists()
    Path("mine").mkdir()
    assert run(["workshop", "delete", "mine"]) == 2
    assert run(["workshop", "delete", "."]) == 2
    assert Path("mine").is_dir()
