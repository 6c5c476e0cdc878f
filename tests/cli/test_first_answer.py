"""The stored answer of the default command: only of this edition, only for that command, only while compiling."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cli import first_answer
from cli.compare import compare_command
from cli.first_answer import MEANWHILE, keep, meanwhile, stored
from cli.main import run


def asked(*words: str) -> click.Context:
    """The context of `unfreeze compare` with these words."""
    return compare_command.make_context("compare", list(words))


@pytest.fixture
def compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What would be called when something is compiled; the stored answer is in a folder of the test's own."""
    found: list[Callable[[], None]] = []
    monkeypatch.setattr(first_answer, "when_compiling", found.append)
    monkeypatch.setattr(first_answer, "FILE", tmp_path / "first_answer.json")
    return found


def test_it_is_said_when_something_is_compiled(
    compiles: list[Callable[[], None]], capsys: pytest.CaptureFixture[str]
) -> None:
    keep("More people - or fewer.")
    meanwhile(asked("--out", "somewhere", "--json"))
    assert capsys.readouterr().err == ""  # nothing was compiled
    (say,) = compiles
    say()
    assert capsys.readouterr().err == f"{MEANWHILE}\nMore people - or fewer.\n"


@pytest.mark.parametrize("words", [["homes"], ["--seed", "2"], ["--place", "denver"], ["--point"], ["--sets", "20"]])
def test_another_question_says_nothing(compiles: list[Callable[[], None]], words: list[str]) -> None:
    keep("More people.")
    meanwhile(asked(*words))
    assert compiles == []


def test_of_another_edition_or_without_a_file_there_is_none(
    compiles: list[Callable[[], None]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert stored() == ""
    first_answer.FILE.write_text(json.dumps({"edition": "another", "sentence": "Old."}), encoding="utf-8")
    assert stored() == ""
    meanwhile(asked())
    compiles[0]()
    assert capsys.readouterr().err == ""


@pytest.mark.slow
@pytest.mark.compiled
@pytest.mark.usefixtures("no_pictures")
def test_the_sentence_that_ships_is_what_the_command_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stored() != ""  # else: python -m tools.opening
    assert run(["compare", "--out", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sentence"] == stored()
