"""What the trial of kills takes for damage, and for something left over."""

from pathlib import Path

import polars as pl
import pytest

from tools.kill_trials import RESULTS, TEMPORARY, damage, left_over

FILES = {"runs.parquet", "report.html"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As an undisturbed run leaves it."""
    (tmp_path / TEMPORARY).mkdir()
    (tmp_path / RESULTS).mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / RESULTS / "runs.parquet")
    (tmp_path / RESULTS / "report.html").write_text("whole")
    return tmp_path


def test_what_is_whole_is_no_damage(folder: Path) -> None:
    assert damage(folder, FILES) == []
    assert left_over(folder) == []


def test_results_that_were_put_aside_are_not_lost(folder: Path) -> None:
    aside = folder / f".{RESULTS}.1.abcd.old"
    aside.mkdir()
    (folder / RESULTS).rename(aside / RESULTS)
    assert damage(folder, FILES) == []
    assert left_over(folder) == [aside.name]


def test_what_is_missing_cut_short_or_strange_is_named(folder: Path) -> None:
    whole = (folder / RESULTS / "runs.parquet").read_bytes()
    (folder / RESULTS / "runs.parquet").write_bytes(whole[:-9])
    (folder / RESULTS / "report.html").unlink()
    assert damage(folder, FILES) == ["report.html", "runs.parquet"]
    (folder / TEMPORARY / "unfreeze-x").mkdir()
    (folder / f".{RESULTS}.1.abcd.part").mkdir()
    assert left_over(folder) == [f".{RESULTS}.1.abcd.part", "unfreeze-x"]
