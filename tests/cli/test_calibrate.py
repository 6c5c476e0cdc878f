"""`unfreeze calibrate`: what it says without its library, what each step tells, and that a kill loses nothing."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analysis.calibration.studies
from analysis.patterns.experiment import Experiment
from cli.about import SCHEMA
from cli.calibrate import STEPS, AskedFit
from cli.main import run
from cli.stopped import Terminated
from engine.errors import BadInput
from scenarios.edition import rules_hash


def lived(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    kept = 1.0 - sets["death_at_grant_end"] + 0.01 * np.random.default_rng(seed).standard_normal()
    return {"P15.alive_24": kept, "P15.continuous_72": kept / 2, "P15.restarted_72": 0.1, "P15.gone_72": 1 - kept}


QUICK = (Experiment("quick", ("P15",), lived, 0.1),)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_its_library_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> Any:
        return None if name == "sbijax" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert run(["calibrate", "--step", "posterior"]) == 2
    said = capsys.readouterr().err
    assert "needs the library sbijax" in said
    assert '".[calibration]"' in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({}, "draws"),
        ({"candidates": 50_000}, "draws"),
        ({"wave": 2, "candidates": 50_000}, "draws --candidates 50000 --wave 2"),
        ({"step": "weigh", "candidates": 6000}, "weigh"),
        ({"candidates": 500, "seed": 2, "patterns": "p15"}, "draws --candidates 500 --seed 2 --patterns P15"),
    ],
)
def test_the_command_that_makes_it_again(changes: dict[str, Any], more: str) -> None:
    usual = AskedFit(
        step="draws", candidates=None, wave=1, seed=1, patterns=None, workers=2, out="there", as_json=False
    )
    assert replace(usual, **changes).command == "unfreeze calibrate --step " + more


def test_without_a_step_it_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate"]) == 2
    said = capsys.readouterr().err
    assert all(step in said for step in STEPS)


def test_a_pattern_that_is_not_fitted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "--step", "draws", "--patterns", "P24"]) == 2
    assert "'P24' is not a pattern to be fitted" in capsys.readouterr().err


def test_the_help_names_what_is_not_fitted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "--help"]) == 0
    assert "ownership, rivalry and resistance" in " ".join(capsys.readouterr().out.split())


def test_draws_are_read_by_the_steps_after_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", QUICK)
    asked = ["calibrate", "--patterns", "p15", "--workers", "0", "--out", "drawn", "--step"]
    assert run([*asked, "learnable"]) == 2
    assert "Run 'unfreeze calibrate --step draws'" in " ".join(capsys.readouterr().err.split())
    assert run([*asked, "draws", "--candidates", "6700"]) == 0
    assert run([*asked, "draws", "--candidates", "8300"]) == 0
    assert "100 candidates now; wave 1 has survival 500, in drawn." in " ".join(capsys.readouterr().out.split())
    assert run([*asked, "learnable"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "what 500 synthetic data sets teach" in page
    assert "1 of 4 parameters are narrowed by 30% or more." in page
    assert run([*asked, "match"]) == 0
    assert "by emulators from 500 draws." in capsys.readouterr().out
    assert run([*asked, "draws", "--wave", "2", "--candidates", "3300"]) == 0
    assert "wave 2 has survival 200, in drawn." in " ".join(capsys.readouterr().out.split())
    assert (Path("drawn") / "emulator-survival-2.npz").exists()
    assert run([*asked, "learnable"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "what 500 synthetic data sets teach" in page  # the second wave has seen real data
    assert run([*asked, "match"]) == 0
    assert "by emulators from 700 draws." in capsys.readouterr().out


@pytest.mark.parametrize("step", ["draws", "learnable", "match"])
def test_every_step_tells_the_same_in_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", QUICK)
    asked = [
        "calibrate",
        "--patterns",
        "p15",
        "--workers",
        "0",
        "--out",
        "drawn",
        "--candidates",
        "6700",
        "--seed",
        "3",
    ]
    assert run([*asked, "--step", "draws"]) == 0
    capsys.readouterr()
    assert run([*asked, "--step", step, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["command"] == f"unfreeze calibrate --step {step} --candidates 6700 --seed 3 --patterns P15"
    assert (told["schema_version"], told["rules_hash"], told["out"]) == (SCHEMA, rules_hash(), "drawn")
    if step == "draws":
        assert (told["new_candidates"], told["candidates"], told["wave"]) == (0, {"survival": 400}, 1)
        return
    (block,) = told["blocks"]
    assert (block["block"], block["draws"]) == ("survival", 400)
    if step == "learnable":
        learnt = {one["name"] for one in block["parameters"] if one["contraction"] >= told["learnt_from"]}
        assert learnt == {"death_at_grant_end"}
    else:
        assert block["names"] == ["P15"]
        assert 0 < block["everything"] < 1


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)], ids=["ctrl_c", "sigterm"])
def test_stopped_it_keeps_what_is_finished_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stop: BaseException, code: int
) -> None:
    asked = ["calibrate", "--step", "draws", "--patterns", "P15", "--workers", "0", "--out", "drawn", "--candidates",
             "5000"]  # fmt: skip
    left = iter(range(150))

    def stopped(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        if next(left, None) is None:
            raise stop
        return lived(seed, sets)

    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", (Experiment("quick", ("P15",), stopped, 0.1),))
    with pytest.raises(SystemExit) as ended:
        run(asked)
    assert ended.value.code == code
    *_, last = capsys.readouterr().err.splitlines()
    assert last == "stopped; finished files are kept in drawn, and the same command goes on from there"
    assert {file.name for file in Path("drawn").iterdir()} == {"draws-survival.json", "draws-survival-1-000000.parquet"}
    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", QUICK)
    assert run(asked) == 0
    assert "200 candidates now" in capsys.readouterr().out


STUDY = """
import time
import numpy as np
from analysis.patterns.experiment import Experiment

def lived(seed, sets):
    time.sleep(0.01)
    kept = 1.0 - sets["death_at_grant_end"] + 0.01 * np.random.default_rng(seed).standard_normal()
    return {"P15.alive_24": kept, "P15.continuous_72": kept / 2, "P15.restarted_72": 0.1, "P15.gone_72": 1 - kept}

STUDIES = (Experiment("quick", ("P15",), lived, 0.1),)
"""
COMMAND = """
import sys
import analysis.calibration.studies, a_study
if __name__ == "__main__":
    analysis.calibration.studies.STUDIES = a_study.STUDIES
    from cli.main import run
    sys.exit(run(["calibrate", "--step", "draws", "--patterns", "P15", "--workers", "2", "--candidates", "8300",
                  "--out", sys.argv[1]]))
"""


@pytest.mark.slow
def test_killed_and_run_again_it_goes_on(tmp_path: Path) -> None:
    """kill -9 in the middle; run again it ends with the draws of an undisturbed one, and repeats nothing."""
    (tmp_path / "a_study.py").write_text(STUDY, encoding="utf-8")
    (tmp_path / "command.py").write_text(COMMAND, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])}
    command = [sys.executable, "command.py"]
    with subprocess.Popen([*command, "killed"], env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL) as first:
        for _ in range(1800):
            if sorted((tmp_path / "killed").glob("draws-*.parquet")):
                break
            time.sleep(0.05)
        os.kill(first.pid, signal.SIGKILL)
    kept = {file: file.stat().st_mtime_ns for file in (tmp_path / "killed").glob("draws-*.parquet")}
    assert 0 < len(kept) < 5
    for out in ("killed", "whole"):
        again = subprocess.run([*command, out], env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert again.returncode == 0, again.stderr
    assert all(file.stat().st_mtime_ns == time_ns for file, time_ns in kept.items())
    files = {file.name: file.read_bytes() for file in (tmp_path / "whole").iterdir()}
    assert {file.name: file.read_bytes() for file in (tmp_path / "killed").iterdir()} == files


def test_draws_of_other_rules_are_not_weighed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The manifest says that the sample is of today's rules."""

    def other(folder: Path, *rest: object) -> None:
        raise BadInput(f"The candidates in '{folder}' were run with other rules, places or studies", do="Draw anew")

    monkeypatch.setattr("analysis.calibration.draws.check_digits", other)
    assert run(["calibrate", "--step", "weigh", "--out", str(tmp_path)]) == 2
    assert "other rules" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
