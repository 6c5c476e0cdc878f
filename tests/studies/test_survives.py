"""A study survives kill -9, SIGTERM, a run that ends its process, an error, a full disk and a second owner."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import distributed
import fsspec
import polars as pl
import pytest

from cli.main import run as cli
from engine.errors import BadInput, NoRoom
from studies.door import Study, study
from studies.shelf import Shelf, owned
from tests.studies.conftest import ROOT, command, grid, left_over, parts


def finished(process: subprocess.Popen[str], seconds: float = 120.0) -> tuple[int, str, str]:
    out, errors = process.communicate(timeout=seconds)
    return process.returncode, out, errors


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    whole = grid("slow", tmp_path / "whole", 40, 4).run("threads", 2)
    broken = grid("slow", tmp_path / "broken", 40, 4)
    luck = random.Random(1)
    for _ in range(4):
        process = command("resume", str(tmp_path / "broken"), "--workers", "2", "--quiet")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(luck.uniform(1.0, 2.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    broken.run("local", 2)
    assert str(broken.verify()) == "runs 40, missing 0, doubled 0, failed 0"
    assert broken.digest == whole.digest
    assert parts(tmp_path / "broken") == parts(tmp_path / "whole")
    assert left_over(tmp_path / "broken") == []


@pytest.mark.slow
def test_sigterm_ends_it_soon_and_says_how_to_go_on(tmp_path: Path) -> None:
    begun = grid("slow", tmp_path / "one", 2000, 20)
    process = command("resume", str(tmp_path / "one"), "--workers", "2", "--quiet")
    until = time.monotonic() + 90
    while not begun.status["parts_done"] and time.monotonic() < until:
        time.sleep(0.2)
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    code, _, errors = finished(process)
    assert time.monotonic() - asked < 30  # "soon" on a machine of any load; tools/study_trials.py measures the seconds
    assert code == 143, errors
    assert errors.splitlines()[-1].endswith(f"go on with: unfreeze study resume {tmp_path / 'one'}")
    assert left_over(tmp_path / "one") == []
    assert begun.verify().wrong == ()


@pytest.mark.slow
def test_a_run_that_ends_its_process_is_a_failed_row_and_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = grid("ends_its_process", tmp_path / "one", 8, 4).run("local", 2)
    assert str(begun.verify()) == "runs 8, missing 0, doubled 0, failed 1"
    row = begun.table.filter(pl.col("status") == "failed").row(0, named=True)
    assert (row["x1"], row["error"], row["y"]) == (3.0, "it ended its process (exit code 9)", None)
    (tmp_path / "mended").touch()
    monkeypatch.setenv("MENDED_IN_THIS_TEST", str(tmp_path / "mended"))
    begun.retry("threads", 1)
    assert str(begun.verify()) == "runs 8, missing 0, doubled 0, failed 0"
    fresh = grid("ends_its_process", tmp_path / "two", 8, 4).run("threads", 1)
    assert begun.digest == fresh.digest


def test_an_error_is_a_row_after_three_attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = grid("fails", tmp_path / "one").run("threads", 1)
    row = begun.table.filter(pl.col("status") == "failed").row(0, named=True)
    assert row["error"] == "ZeroDivisionError: by zero"
    assert Shelf(tmp_path / "one").json("log/part-00001.json")["attempts"] == [1, 3]
    with pytest.raises(BadInput, match=r"Run 3 \(row 3\) failed: ZeroDivisionError"):
        begun.findings()
    (tmp_path / "mended").touch()
    monkeypatch.setenv("MENDED_IN_THIS_TEST", str(tmp_path / "mended"))
    assert begun.retry("threads", 1).verify().well


def test_parts_have_the_same_bytes_whoever_lives_them(real: Callable[..., Path], tmp_path: Path) -> None:
    said = real()
    study(said, tmp_path / "threads").run("threads", 2)
    study(said, tmp_path / "one").run("local", 1)
    with ThreadPoolExecutor(1) as own:
        study(said, tmp_path / "own").run(own)
    sharded = study(said, tmp_path / "shards")
    for shard in ("3/3", "1/3", "2/3"):
        assert cli(["study", "resume", sharded.address, "--executor", "threads", "--shard", shard, "--quiet"]) == 0
    every = [parts(tmp_path / name) for name in ("threads", "one", "own", "shards")]
    assert len(every[0]) == 3
    assert every[1:] == every[:1] * 3
    assert sharded.verify().well


@pytest.mark.slow
def test_shards_that_begin_at_one_moment_plan_once(real: Callable[..., Path], tmp_path: Path) -> None:
    said, out = str(real()), str(tmp_path / "one")
    both = [command("run", said, "--out", out, "--shard", shard, "--quiet", "--executor", "threads", "--workers", "1")
            for shard in ("1/2", "2/2")]  # fmt: skip
    assert [finished(one)[0] for one in both] == [0, 0]
    assert study(to=out).verify().well
    assert left_over(tmp_path / "one") == []
    assert not (tmp_path / "one" / "log" / "planning.json").exists()


def test_a_shard_that_looks_when_another_has_just_planned_takes_its_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It saw no plan; when it looks whether the folder is strange, the other has planned and is at work."""
    whole = grid("added", tmp_path / "whole").run("threads", 1)
    said: Any = Shelf(whole.address).json("plan.json")["study"]
    has, looked = Shelf.has, []

    def late(self: Shelf, name: str) -> bool:
        looked.append(name)
        return len(looked) > 1 and has(self, name)

    monkeypatch.setattr(Shelf, "has", late)
    assert study(said, whole.address).digest == whole.digest
    assert looked[0] == "plan.json"


@pytest.mark.slow
def test_workers_end_with_whoever_leads_them(tmp_path: Path) -> None:
    begun = grid("slow", tmp_path / "one", 2000, 20)
    process = command("resume", begun.address, "--workers", "2", "--quiet")
    _wait_for(begun, 1)
    process.kill()
    process.communicate()
    time.sleep(3)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


@pytest.mark.slow
def test_dask_lives_the_same_parts_though_a_worker_and_the_scheduler_die(tmp_path: Path) -> None:
    grid("slow", tmp_path / "whole", 60, 3).run("threads", 2)
    begun, port = grid("slow", tmp_path / "dask", 60, 3), "38786"
    scheduler, workers = _scheduler(port), [_worker(port) for _ in range(2)]
    try:
        with distributed.Client(f"tcp://127.0.0.1:{port}", timeout="60s") as client:
            client.wait_for_workers(2)
        process = command(
            "resume", begun.address, "--executor", "dask", "--cluster", f"tcp://127.0.0.1:{port}", "--quiet"
        )
        _wait_for(begun, 2)
        workers[0].kill()
        _wait_for(begun, 4)
        scheduler.kill()
        scheduler.wait()
        scheduler = _scheduler(port)
        workers.append(_worker(port))
        code, _, errors = finished(process, 240)
        assert code == 0, errors
    finally:
        for one in (scheduler, *workers):
            one.kill()
            one.wait()
    assert parts(tmp_path / "dask") == parts(tmp_path / "whole")
    assert begun.verify().well


def _wait_for(begun: Study, number: int) -> None:
    until = time.monotonic() + 120
    while begun.status["parts_done"] < number and time.monotonic() < until:
        time.sleep(0.1)


def _scheduler(port: str) -> subprocess.Popen[bytes]:
    return _dask("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")


def _worker(port: str) -> subprocess.Popen[bytes]:
    return _dask(
        "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-dashboard", "--no-nanny"
    )


def _dask(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip


def test_a_full_disk_leaves_whole_parts_and_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = grid("added", tmp_path / "whole").run("threads", 1)
    begun = grid("added", tmp_path / "one")
    write, room = Shelf.write, [8]

    def full(self: Shelf, name: str, content: bytes) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise NoRoom(name) from OSError(errno.ENOSPC, "")
        write(self, name, content)

    monkeypatch.setattr(Shelf, "write", full)
    assert cli(["study", "resume", begun.address, "--executor", "threads", "--workers", "1", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "no room left" in said
    monkeypatch.setattr(Shelf, "write", write)
    assert 0 < begun.status["parts_done"] < 4
    assert begun.verify().wrong == ()
    assert begun.run("threads", 1).digest == whole.digest
    assert left_over(tmp_path / "one") == []


def test_two_owners_of_a_shard_and_a_dead_one(tmp_path: Path) -> None:
    begun = grid("added", tmp_path / "one")
    shelf = Shelf(begun.address)
    with owned(shelf, (1, 2)):
        with owned(shelf, (2, 2)):
            pass
        for shard in ((1, 2), (1, 1), (1, 3)):
            with (
                pytest.raises(BadInput, match=f"Process {os.getpid()} .* is at work on shard 1/2"),
                owned(shelf, shard),
            ):
                pass
    dead = subprocess.Popen(["true"])
    dead.wait()
    shelf.write(
        "log/owner-1-of-1.json", f'{{"host": "{os.uname().nodename}", "process": {dead.pid}, "began": "1"}}'.encode()
    )
    assert begun.run("threads", 1).verify().well
    shelf.write("log/owner-1-of-1.json", b'{"host": "elsewhere", "process": 1, "began": "1", "at": 1.0}')
    assert begun.run("threads", 1).verify().well
    shelf.write("log/owner-1-of-1.json", f'{{"host": "elsewhere", "process": 1, "at": {time.time()}}}'.encode())
    with pytest.raises(BadInput, match="Process 1 on elsewhere is at work on the study"):
        begun.run("threads", 1)


def test_a_file_that_changed_is_named_and_a_fork_keeps_what_is_right(tmp_path: Path, real: Callable[..., Path]) -> None:
    own = tmp_path / "mine.toml"
    shutil.copy(ROOT / "scenarios" / "strategies" / "homes.toml", own)
    said = real().read_text(encoding="utf-8").replace('["homes", "user_centred"]', '["user_centred", "mine.toml"]')
    (tmp_path / "real.toml").write_text(said, encoding="utf-8")
    begun = study(tmp_path / "real.toml", tmp_path / "one").run("threads", 2)
    before = parts(tmp_path / "one")
    own.write_text("# a note\n" + own.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(BadInput, match=r"mine\.toml' changed since this study was planned"):
        begun.run("threads", 1)
    begun.run("threads", 1, fork=True)
    assert parts(tmp_path / "one") == before  # nothing that determines digits was changed
    text = own.read_text(encoding="utf-8").replace("share_homes = 1", "share_homes = 0.9")
    assert text != own.read_text(encoding="utf-8")
    own.write_text(text, encoding="utf-8")
    begun.run("threads", 2, fork=True)
    assert begun.verify().well
    assert parts(tmp_path / "one") != before
    assert len(list((tmp_path / "one" / "replaced").rglob("part-*.parquet"))) == 3


def test_something_else_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="holds something else"):
        grid("added", tmp_path)
    grid("added", tmp_path / "one")
    with pytest.raises(BadInput, match="holds another study"):
        grid("slow", tmp_path / "one")


def test_an_address_of_fsspec_holds_a_study(tmp_path: Path) -> None:
    whole = grid("added", tmp_path / "whole").run("threads", 1)
    said: Any = Shelf(whole.address).json("plan.json")["study"]
    other = study(said, "memory://a-study").run("threads", 2)
    assert other.verify().well
    assert other.digest == whole.digest
    assert fsspec.filesystem("memory").exists("/a-study/runs/part-00003.parquet")
