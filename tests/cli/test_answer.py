"""`unfreeze answer`: what it takes, and what it says where there is nothing yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run


def test_a_part_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["answer", "serch"]) == 2
    assert "search" in capsys.readouterr().err


def test_a_page_without_rows_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["answer", "page", "--quick", "--out", str(tmp_path / "nothing")]) == 2
    assert "unfreeze answer" in capsys.readouterr().err


def test_judging_without_a_search_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["answer", "judge", "--quick", "--workers", "1", "--out", str(tmp_path / "nothing")]) == 2
    error = capsys.readouterr().err
    assert "unfreeze answer search" in error
    assert "Traceback" not in error
