"""Draws that were packed are the same again, and what is there already is not written over."""

from pathlib import Path

import polars as pl
import pytest

from runs.store import write_table
from tools.packed_draws import main, pack, unpack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drawn"
    made.mkdir()
    for first in (0, 100):
        rows = pl.DataFrame({"number": [first, first + 1], "error": ["", "no"], "x": [0.1 + first, None]})
        write_table(rows, made / f"draws-flow-2-{first:06d}.parquet")
    write_table(pl.DataFrame({"number": [7], "log_density": [-1.5]}), made / "again-flow-000000.parquet")
    write_table(pl.DataFrame({"a": [0.5], "log_density": [-1.5]}), made / "proposal-flow.parquet")
    (made / "draws-flow.json").write_text('{"seed": 1}', encoding="utf-8")
    (made / "emulator-flow-2.npz").write_bytes(b"\x00numbers")
    (made / "manifest.json").write_text("of the sample that was made", encoding="utf-8")
    (made / "report.md").write_text("not kept", encoding="utf-8")
    return made


def test_what_is_packed_comes_back_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    packed, again = tmp_path / "packed", tmp_path / "again"
    assert pack(folder, packed) == ["again-flow.parquet", "draws-flow-2.parquet", "draws-flow.json",
                                    "emulator-flow-2.npz", "proposal-flow.parquet"]  # fmt: skip
    assert len(unpack(again, packed)) == 6
    for name in ("report.md", "manifest.json"):  # of the sample that was made
        (folder / name).unlink()
    assert {file.name: file.read_bytes() for file in again.iterdir()} == {
        file.name: file.read_bytes() for file in folder.iterdir()
    }


def test_what_is_there_stays(folder: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    pack(folder, packed)
    (folder / "draws-flow-2-000100.parquet").unlink()
    (folder / "draws-flow.json").write_text("mine", encoding="utf-8")
    assert unpack(folder, packed) == ["draws-flow-2-000100.parquet"]
    assert (folder / "draws-flow.json").read_text(encoding="utf-8") == "mine"


def test_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack"]) == 2
    assert "unpack DIR" in capsys.readouterr().err
