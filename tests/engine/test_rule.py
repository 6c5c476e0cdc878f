"""Rules and kernels: machine code that is kept, never stale, announced, and equal to the plain text."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from engine.months import Months
from engine.rule import _prune, kernel, primitive, rule

ROOT = Path(__file__).resolve().parents[2]
COMPILING = os.environ.get("NUMBA_DISABLE_JIT") != "1"
Run = Callable[..., subprocess.CompletedProcess[str]]

PAGE = """
from engine.rule import rule

STEP = 2

@rule
def grow(me):
    me.age = me.age + STEP
"""
MONTH = """
import numpy as np
from agents.page import grow
from engine.record import count, record
from engine.months import Months
from engine.rule import kernel

PERSON = record("Person", age=count("age"), doubled=count("times doubled"))

@kernel
def age(people):
    for i in range(people.size):
        grow(people[i])

@kernel
def double(people):
    for i in range(people.size):
        people[i].age = people[i].age * 2
        people[i].doubled += 1

@kernel
def room(people):
    return people[0].doubled < 100

advance = Months("advance", [age, double], room, __file__)
backwards = Months("advance", [double, age], room, __file__)
"""
RUN = """
import sys
from model.month import PERSON, advance, age, backwards
people, others = PERSON.empty(3), PERSON.empty(3)
print(advance(people, 3), backwards(others, 3), people.age.tolist(), others.age.tolist())
for function in (advance, backwards):
    if hasattr(function, "loop"):
        stats = function.loop.stats
        print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""
RESULT = "3 3 [28, 28, 28] [14, 14, 14]\n"


@pytest.fixture
def house(tmp_path: Path, run: Run) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A small house with our engine, one page and one month; calling it runs the month in a process of its own."""
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    files = {"agents/page.py": PAGE, "model/month.py": MONTH, "run.py": RUN}
    files |= {"agents/__init__.py": "", "model/__init__.py": ""}  # else an installed Unfreeze comes first
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    fresh = {"UNFREEZE_CACHE_DIR": str(tmp_path / "cache"), "UNFREEZE_ANNOUNCED": None, "NUMBA_DISABLE_JIT": "0"}

    def house(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
        return run(*(arguments or ("run.py",)), cwd=tmp_path, **(fresh | changes))

    return house


def test_the_second_process_does_not_compile_and_says_nothing(house: Run) -> None:
    first, second = house(), house()
    assert first.stdout == RESULT + "0 1\n1 0\n"
    assert second.stdout == RESULT + "1 0\n1 0\n"
    assert first.stderr == "compiling once, this takes up to a minute ...\n"
    assert second.stderr == ""


def test_editing_a_rule_or_a_constant_of_another_file_changes_the_result(house: Run, tmp_path: Path) -> None:
    assert house().stdout.startswith(RESULT)
    page = tmp_path / "agents/page.py"
    page.write_text(PAGE.replace("STEP = 2", "STEP = 3"))
    assert house().stdout.startswith("3 3 [42, 42, 42] [21, 21, 21]\n")
    page.write_text(PAGE.replace("me.age + STEP", "me.age - STEP"))
    assert house().stdout.startswith("3 3 [-28, -28, -28] [-14, -14, -14]\n")
    page.write_text(PAGE)
    assert house().stdout == RESULT + "1 0\n1 0\n"  # the first machine code is still there, and right again


def test_compiled_equals_interpreted(house: Run) -> None:
    plain = house(NUMBA_DISABLE_JIT="1")
    assert plain.stdout == RESULT
    assert plain.stderr == ""


def test_numba_may_be_imported_first(house: Run, tmp_path: Path) -> None:
    house("-c", "import numba, runpy; runpy.run_path('run.py')")
    assert list((tmp_path / "cache" / "kernels").glob("*/*/*advance*.nbi"))


def test_without_a_writable_folder_it_compiles_into_a_temporary_one(house: Run, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    script = "import runpy, os; runpy.run_path('run.py'); print(os.environ['NUMBA_CACHE_DIR'])"
    *_, folder = house("-c", script, UNFREEZE_CACHE_DIR=str(tmp_path / "a file")).stdout.splitlines()
    assert "unfreeze-" in folder
    assert not Path(folder).exists()  # gone with its process


def test_several_processes_may_compile_at_once(house: Run, tmp_path: Path) -> None:
    environment = os.environ | {"UNFREEZE_CACHE_DIR": str(tmp_path / "cache"), "NUMBA_DISABLE_JIT": "0"}
    command = [sys.executable, "run.py"]
    together = [
        subprocess.Popen(command, cwd=tmp_path, env=environment | {"PYTHONPATH": str(tmp_path)}, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    printed = [process.communicate()[0].decode() for process in together]
    assert all(text.startswith(RESULT) for text in printed)
    assert house().stdout == RESULT + "1 0\n1 0\n"


def test_what_another_process_compiles_is_left_to_it_until_nothing_else_is_to_do(house: Run, tmp_path: Path) -> None:
    house()
    (cached,) = (tmp_path / "cache").rglob("*.age-*.nbi")
    for path in (tmp_path / "cache").rglob("*.nb*"):
        path.unlink()
    environment = os.environ | {"UNFREEZE_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)}
    with FileLock(cached.with_suffix(".lock")):
        command = [sys.executable, "run.py"]
        other = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE)
        until(lambda: any(cached.parent.glob("*.double-*.nbi")))
        assert not cached.exists()
        assert other.poll() is None
    assert other.communicate(timeout=60)[0].decode().startswith(RESULT)
    assert cached.exists()


HELPED = """
import os, pathlib, time
from engine.months import helped_by
helped_by("helper:help")
import run
print("done", flush=True)
time.sleep(60)
"""
HELPER = """
import os, pathlib, time
def help():
    pathlib.Path("helper.pid").write_text(str(os.getpid()))
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="asks Linux and the like whether a process is there")
def test_a_helper_is_started_when_something_is_compiled_and_ends_with_its_process(house: Run, tmp_path: Path) -> None:
    (tmp_path / "helped.py").write_text(HELPED)
    (tmp_path / "helper.py").write_text(HELPER)
    environment = os.environ | {"UNFREEZE_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)}
    environment.pop("UNFREEZE_ANNOUNCED", None)

    def started() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "helped.py"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE)

    pid = tmp_path / "helper.pid"
    with started() as process:
        until(pid.exists)
        helper = int(pid.read_text())
        process.kill()
    until(lambda: not there(helper))
    pid.unlink()
    house()
    with started() as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(4)][-1] == b"done\n"
        assert not pid.exists()  # nothing to compile, nobody to help
        process.kill()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def there(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("ending", "kept"), [(".nbi", 3), (".nbi", 40), (".nbc", 0), (".nbc", 500)])
def test_damaged_machine_code_is_made_anew_and_the_third_process_says_nothing(
    house: Run, tmp_path: Path, ending: str, kept: int
) -> None:
    house()
    files = list((tmp_path / "cache").rglob(f"*{ending}"))
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[:kept])
    again, third = house(), house()
    assert again.stdout == RESULT + "0 1\n1 0\n"  # compiled
    assert "machine code on disk was damaged" in again.stderr
    assert (third.stdout, third.stderr) == (RESULT + "1 0\n1 0\n", "")  # read


def test_old_machine_code_is_pruned_but_not_what_may_be_in_use(tmp_path: Path) -> None:
    for hours in range(10):
        folder = tmp_path / f"{hours}"
        folder.mkdir()
        last_used = time.time() - 3600 * hours - 10
        os.utime(folder, (last_used, last_used))
    _prune(tmp_path)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["0", "1", "2", "3", "4"]
    for folder in tmp_path.iterdir():
        os.utime(folder)
    for more in "abc":
        (tmp_path / more).mkdir()
    _prune(tmp_path)
    assert len(list(tmp_path.iterdir())) == 8


@rule
def twice(x: float) -> float:
    """Double it."""
    return 2.0 * x


@kernel
def add_month(world: Any) -> None:
    world[0] += 1.0


@kernel
def double(world: Any) -> None:
    world[0] = twice(world[0])


@kernel
def has_room(world: Any) -> bool:
    return bool(world[0] < world[1])


def test_the_plain_text_of_a_rule_can_be_called() -> None:
    assert twice(3.0) == 6.0
    assert isinstance(twice, FunctionType)
    assert twice(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]  # type: ignore[arg-type]  # anything the text can handle
    assert twice.__doc__ == "Double it."


@primitive
def plus(a: int, b: int) -> int:
    return a + b


@primitive  # not a kernel: nothing of it may come from disk
def adds_in_three_ways(world: Any) -> None:
    world[0] = plus(1, 2) + plus(int(world[1]), 3) + plus(np.int8(4), np.int32(5))


def test_one_machine_code_serves_every_constant_and_every_width_of_whole_number() -> None:
    world = np.array([0.0, 10.0])
    adds_in_three_ways(world)
    assert world[0] == 3 + 13 + 9
    if COMPILING:
        assert len(plus.signatures) == 1  # type: ignore[attr-defined]


def test_months_runs_the_list_in_its_order_and_stops_without_room() -> None:
    go = Months("go", [add_month, double, add_month], has_room, __file__)
    back = Months("go", [double, add_month, add_month], has_room, __file__)
    world = np.array([0.0, 1e9])
    assert go(world, 2) == 2
    assert world[0] == 9.0
    assert back(world, 1) == 1
    assert world[0] == 20.0
    world[:] = 0.0, 30.0
    assert go(world, 10) == 4  # 3, 9, 21, 45
    assert world[0] == 45.0
    assert go(world, 10) == 0
    assert go(world, 0) == 0


def test_months_runs_any_list_as_it_stands() -> None:
    calls: list[str] = []
    steps = [lambda world, i=i: calls.append(f"{world}{i}") for i in range(3)]
    go = Months("go", steps, lambda world: len(calls) < 5, __file__)
    plain = go.py_func  # type: ignore[attr-defined]
    assert plain("w", 4) == 2
    assert calls == ["w0", "w1", "w2"] * 2
