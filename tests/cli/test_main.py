"""The command line as a whole: help at once, one clear message, the right exit code, nothing half-written."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cli.compare
from cli import options
from cli.main import COMMANDS, run
from cli.stopped import Terminated
from engine.errors import NoRoom
from runs import store
from scenarios import scenario
from scenarios.names import shipped
from scenarios.strategy import DEFAULT_PAIR

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "numba", "polars", "mesa", "matplotlib", "rich", "scipy", "jinja2", "model", "analysis")
SMALL = ["--people", "500", "--replicates", "2", "--months", "84", "--point"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def python(*arguments: str) -> subprocess.Popen[str]:
    changed = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *arguments], env=changed, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)  # fmt: skip


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_answers_without_anything_heavy(arguments: list[str]) -> None:
    code = (f"import sys; from cli.main import run; code = run({arguments!r}); "
            f"print('loaded', code, [name for name in {HEAVY!r} if name in sys.modules])")  # fmt: skip
    out, errors = python("-c", code).communicate()
    assert out.rstrip().endswith("loaded 0 []"), errors
    assert out.startswith("Usage: unfreeze")


def test_help_reads_like_a_page_of_a_manual(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 80
    assert "..." not in page.split("Commands:")[1]
    for name in COMMANDS:
        assert f"  {name} " in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compair"], "There is no command called 'compair'. Allowed: answer, calibrate, compare,"),
        (["compair"], "Did you mean 'compare'?"),
        (["compare", "user-centered"], "Did you mean 'user_centred'?"),
        (["compare", "--place", "dubln"], "Did you mean 'dublin'?"),
        (["compare", "--worldview", "scepticc"], "Did you mean 'sceptic'?"),
        (["compare", "--world", "scepticc"], "Did you mean 'sceptic'?"),  # the old name still works
        (["compare", "--uncertain"], "--uncertain is no option any more: parameter sets are drawn"),
        (["compare", "--uncertain"], "--point"),
        (["compare", "--seeds", "some"], "'some' is not one of"),
        (["compare", "--set", "budgte=0.02"], "Did you mean 'budget'?"),
        (["compare", "--set", "budget=2"], "--set budget: 'budget' is 2.0, which is out of range"),
        (["compare", "--set", "budget"], "'budget' sets nothing. Allowed: name=value"),
        (["compare", "--set", "budget=1%"], "'budget' is '1%'. Allowed: a number without its unit"),
        (["compare", "--people", "12"], "12 people are too few to represent a system"),
        (["compare", "--people", "many"], "--people: 'people' is 'many'. Allowed: a whole number"),
        (["compare", "--people", "2.000"], "which may be 2 or 2000"),
        (["compare", "--set", "budget=.02", "--set", "budget=.03"], "'budget' is set twice, to 0.02 and to 0.03"),
        (["compare", "--replicates", "0"], "'replicates' is 0, which is out of range"),
        (["compare", "--months", "60"], "ends in month 72"),
        (["compare", "--threads", "0"], "0 is not in the range"),
        (["compare", "nowhere.toml"], "nowhere.toml: This file cannot be read: there is no such file"),
        (["compare", "--out", "."], "is the folder you are in"),
        (["compare", "--nope"], "No such option '--nope'"),
        (["run"], "Missing argument 'STRATEGY'"),
        (["run", "homes", "top_up"], "To compare them: unfreeze compare homes top_up"),
        (["run", "homes", "--people", "700"], "To simulate 700 people: --size 700"),
        (["run", "homes", "--every", "0"], "0 is not in the range"),
        (["person", "seven", "homes", "top_up"], "'seven' is not the number of a person"),
        (["person", "any", "homes"], "takes 2 values"),
        (["worldviews", "nobody"], "There is no strategy called 'nobody'"),
        (["month", "--people", "3"], "3 people are too few"),
        (["list", "nothings"], "nothings"),
        (["show", "nothing_at_all"], "nothing_at_all"),
    ],
)
def test_bad_input_gets_one_message_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], message: str
) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_no_room_is_said_and_nothing_is_left(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NoRoom("comparison.png")

    monkeypatch.setattr(cli.compare, "write", full)
    assert run(["compare", "homes", *SMALL]) == 1
    assert "no room left on the disk" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "stopped; nothing was written"),
        (Terminated(), 143, "stopped; nothing was written"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "no room left on the disk"),
        (OSError(errno.EIO, "Input/output error", "a file"), 1, "Input/output error: a file"),
        (MemoryError(), 1, "not enough memory"),
    ],
)
def test_trouble_from_outside_is_one_message(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    message: str,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("runs.controls.ensemble", fails)
    assert run(["compare", "homes", *SMALL]) == code
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to a child")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["ctrl_c", "sigterm"])
@pytest.mark.parametrize(("wait_for", "times"), [("import", 1), ("runs", 1), ("import", 3), ("runs", 3)])
def test_ctrl_c_and_a_clusters_time_limit_stop_and_leave_nothing(
    tmp_path: Path, wait_for: str, times: int, sent: signal.Signals
) -> None:
    watched = ("-X", "importtime") if wait_for == "import" else ()  # says what is being imported, as it goes
    process = python(*watched, "-m", "cli", "compare", "--people", "20000", "--replicates", "200")
    if wait_for == "runs":
        deadline = time.monotonic() + 120
        while not (tmp_path / "unfreeze-results").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
    else:
        assert process.stderr is not None
        assert any("numpy" in line for line in process.stderr)  # the command is being imported, and more is to come
    for _ in range(times):  # somebody who presses twice, or a cluster that asks again
        process.send_signal(sent)
        time.sleep(0.05)
    _, errors = process.communicate(timeout=120)
    assert process.returncode in (128 + sent, -signal.SIGINT)
    assert "stopped; nothing was written" in errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("end", "code", "says"),
    [("| head -1", 0, ""), (">&-", 0, ""), (">/dev/full", 1, "standard output goes"), (">/dev/null 2>&-", 0, "")],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only on Linux")
def test_streams_that_end_early_are_closed_or_full(end: str, code: int, says: str) -> None:
    line = f"set -o pipefail; {sys.executable} -m cli list parameters {end}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert says or done.stderr == ""


def test_defaults_are_those_of_a_scenario_and_ship() -> None:
    assert (options.MONTHS, options.WORLDVIEW) == (scenario.MONTHS, store.DEFAULT_WORLD)
    assert options.PLACE in shipped("place")
    assert options.WORLDVIEW in shipped("worldview")
    assert set(DEFAULT_PAIR) <= set(shipped("strategy"))


def test_json_is_one_object_and_nothing_else() -> None:
    process = python("-m", "cli", "compare", "homes", *SMALL, "--json")
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    assert json.loads(out)["strategies"] == ["homes"]
