"""Files and folders appear whole or not at all."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars
import pytest

from engine.errors import BadInput, NoRoom
from engine.whole_file import private_folder, sweep, whole_file, whole_folder

DISK_FULL = OSError(errno.ENOSPC, "No space left on device")


def everything(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_file_appears_at_the_end_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "result.csv"
    with whole_file(path) as file:
        file.write("ü\n")
        assert not path.exists()
    assert path.read_bytes() == "ü\n".encode()
    with whole_file(path, "wb") as file:
        file.write(b"second")
        assert path.read_bytes() == "ü\n".encode()
    assert everything(tmp_path) == {"new/result.csv": "second"}


def write_half(path: Path, error: BaseException) -> None:
    with whole_file(path) as file:
        file.write("half")
        raise error


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), DISK_FULL])
@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_fails_leaves_nothing_and_harms_nothing(tmp_path: Path, error: BaseException, there: bool) -> None:
    path = tmp_path / "result.csv"
    if there:
        path.write_text("old")
    with pytest.raises(NoRoom if error is DISK_FULL else type(error)):
        write_half(path, error)
    assert everything(tmp_path) == ({"result.csv": "old"} if there else {})


def test_a_full_disk_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise DISK_FULL

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(NoRoom, match=r"no room left on the disk to write .*result\.csv"),
        whole_file(tmp_path / "result.csv") as file,
    ):
        file.write("much")
    assert everything(tmp_path) == {}


def test_a_disk_that_is_full_for_polars_is_full(tmp_path: Path) -> None:
    said = "parquet: File out of specification: underlying IO error: No space left on device (os error 28)"
    with pytest.raises(NoRoom), whole_folder(tmp_path / "results", "manifest.json"):
        raise polars.exceptions.ComputeError(said)
    assert everything(tmp_path) == {}


def test_trouble_with_another_file_is_not_blamed_on_this_one(tmp_path: Path) -> None:
    for whole in (whole_file(tmp_path / "result.csv"), whole_folder(tmp_path / "results", "manifest.json")):
        with pytest.raises(PermissionError, match="another"), whole:
            raise PermissionError(errno.EACCES, "not allowed", "another")


def test_a_place_that_cannot_be_written_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "result.csv", tmp_path / "folder", tmp_path / ("x" * 300)):
        with pytest.raises(BadInput, match="cannot be written"), whole_file(path) as file:
            file.write("x")
    with pytest.raises(BadInput, match="cannot be written"), whole_folder(tmp_path / "file" / "results", "manifest"):
        pass
    assert everything(tmp_path) == {"file": ""}


def test_only_writing_is_offered(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'a'"), whole_file(tmp_path / "x", "a"):
        pass


def test_files_have_the_usual_rights(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    with whole_file(tmp_path / "ours"):
        pass
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_folder_appears_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results"
    with whole_folder(path, "manifest.json") as folder:
        (folder / "manifest.json").write_text("{}")
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text("a")
        assert not path.exists()
    assert everything(tmp_path) == {"new/results/manifest.json": "{}", "new/results/sub/a.txt": "a"}


def write(path: Path, text: str, error: BaseException | None = None) -> None:
    with whole_folder(path, "manifest.json") as folder:
        (folder / "manifest.json").write_text(text)
        if error is not None:
            raise error


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), DISK_FULL])
def test_a_folder_that_fails_leaves_nothing_and_harms_nothing(tmp_path: Path, error: BaseException) -> None:
    for before in ({}, {"results/manifest.json": "old"}):
        if before:
            write(tmp_path / "results", "old")
        with pytest.raises(NoRoom if error is DISK_FULL else type(error)):
            write(tmp_path / "results", "half", error)
        assert everything(tmp_path) == before


def test_the_folder_one_stands_in_is_a_place_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write(Path(), "first")
    write(tmp_path / "there" / ".." / "here", "second")
    assert everything(tmp_path) == {"here/manifest.json": "second"}


def test_only_an_empty_folder_or_one_of_ours_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "results"
    path.mkdir()
    write(path, "first")
    (path / "stale.txt").write_text("")
    write(path, "second")
    assert everything(tmp_path) == {"results/manifest.json": "second"}
    (path / "manifest.json").rename(path / "thesis.txt")
    with pytest.raises(BadInput, match="holds something else"):
        write(path, "third")
    assert everything(tmp_path) == {"results/thesis.txt": "second"}
    with pytest.raises(BadInput, match="is not a folder"):
        write(path / "thesis.txt", "fourth")


def test_the_old_folder_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "results", "old")
    rename = Path.rename

    def fails(source: Path, target: Path) -> None:
        if source.suffix == ".part":
            raise OSError(errno.EIO, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="Input/output"):
        write(tmp_path / "results", "new")
    assert everything(tmp_path) == {"results/manifest.json": "old"}


WRITES = """
import sys
from engine.whole_file import whole_file, whole_folder
for text in range(10_000):
    with whole_folder(sys.argv[1], "manifest.json") as folder:
        for name in ("a", "manifest.json"):
            with whole_file(folder / name) as file:
                file.write(str(text))
    print(text, flush=True)
"""
ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(os.name == "nt", reason="Windows: only on systems in which asking for a process is harmless")
def test_a_killed_process_leaves_nothing_after_the_next_start(tmp_path: Path) -> None:
    """Killed at twenty moments: the folder is whole or comes back whole, and nothing else stays."""
    path, chance = tmp_path / "results", random.Random(7)
    for _ in range(20):
        process = subprocess.Popen([sys.executable, "-c", WRITES, str(path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.random() / 50)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        sweep(tmp_path)
        assert [entry.name for entry in tmp_path.iterdir()] == ["results"]
        found = everything(path)
        assert found["a"] == found["manifest.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows: only on systems in which asking for a process is harmless")
def test_what_was_put_aside_comes_back_and_what_lives_is_left_alone(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    aside = tmp_path / f".results.{gone.pid}.abcd1234.old"
    (aside / "results").mkdir(parents=True)
    (aside / "results" / "manifest.json").write_text("old")
    (tmp_path / f".results.{gone.pid}.abcd1234.part").mkdir()
    (tmp_path / f".other.csv.{gone.pid}.abcd1234.part").write_text("half")
    mine = private_folder(tmp_path, "other")
    (tmp_path / ".results.part").write_text("nobody's")
    sweep(tmp_path, "results")
    assert everything(tmp_path / "results") == {"manifest.json": "old"}
    sweep(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([".results.part", mine.name, "results"])


@pytest.mark.skipif(os.name == "nt", reason="Windows: only on systems in which asking for a process is harmless")
def test_two_processes_do_not_write_one_folder(tmp_path: Path) -> None:
    (tmp_path / f".results.{os.getppid()}.abcd1234.part").mkdir()
    with pytest.raises(BadInput, match=f"Process {os.getppid()} is writing to '.*results'. Wait for it"):
        write(tmp_path / "results", "mine")
    write(tmp_path / "others", "mine")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only on Linux")
def test_a_place_where_nothing_can_be_made_is_named_as_it_was_given() -> None:
    with pytest.raises(BadInput, match=r"^'/proc/x' cannot be written"):
        write(Path("/proc/x"), "nothing")
