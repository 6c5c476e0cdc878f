"""`unfreeze calibrate`: what it says without its library, and that neither a kill nor a short time loses anything."""

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
import polars as pl
import pytest

import analysis.calibration.studies
from analysis.patterns.experiment import Experiment
from cli.about import SCHEMA
from cli.calibrate import AskedFit
from cli.main import run
from cli.stopped import Terminated
from scenarios.edition import rules_hash

SMALL = ["calibrate", "--particles", "10", "--patterns", "P15", "--workers", "2", "--out", "small"]


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
        return None if name == "pyabc" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert run(["calibrate"]) == 2
    said = capsys.readouterr().err
    assert "needs the library pyabc" in said
    assert '".[calibration]"' in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("changes", "more"),
    [({}, ""), ({"particles": 50, "seed": 2, "patterns": "p15"}, " --particles 50 --seed 2 --patterns P15")],
)
def test_the_command_that_makes_it_again(changes: dict[str, Any], more: str) -> None:
    usual = AskedFit(step="fit", candidates=50_000, particles=200, generations=8, minutes=None, seed=1, patterns=None,
                     workers=2, out="there", as_json=False)  # fmt: skip
    assert replace(usual, **changes).command == "unfreeze calibrate" + more


def test_a_pattern_that_is_not_fitted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "--patterns", "P24"]) == 2
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
    assert run([*asked, "draws", "--candidates", "400"]) == 0
    assert run([*asked, "draws", "--candidates", "500"]) == 0
    assert "100 candidates now, 500 in all, in drawn." in capsys.readouterr().out
    assert run([*asked, "learnable"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "what 500 synthetic data sets teach" in page
    assert "1 of 4 parameters are narrowed by 30% or more." in page
    assert run([*asked, "match"]) == 0
    assert "by emulators from 500 draws." in capsys.readouterr().out


@pytest.mark.parametrize("step", ["draws", "learnable", "match"])
def test_every_step_tells_the_same_in_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", QUICK)
    asked = ["calibrate", "--patterns", "p15", "--workers", "0", "--out", "drawn", "--candidates", "400", "--seed", "3"]
    assert run([*asked, "--step", "draws"]) == 0
    capsys.readouterr()
    assert run([*asked, "--step", step, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["command"] == f"unfreeze calibrate --step {step} --candidates 400 --seed 3 --patterns P15"
    assert (told["schema_version"], told["rules_hash"], told["out"]) == (SCHEMA, rules_hash(), "drawn")
    if step == "draws":
        assert (told["new_candidates"], told["candidates"]) == (0, 400)
        return
    (block,) = told["blocks"]
    assert (block["block"], block["draws"]) == ("survival", 400)
    if step == "learnable":
        learnt = {one["name"] for one in block["parameters"] if one["contraction"] >= told["learnt_from"]}
        assert learnt == {"death_at_grant_end"}
    else:
        assert block["names"] == ["P15"]
        assert 0 < block["everything"] < 1


def test_a_fit_in_json_is_its_manifest_and_what_was_learned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", QUICK)
    asked = ["calibrate", "--patterns", "P15", "--workers", "0", "--out", "fit", "--particles", "20"]
    assert run([*asked, "--generations", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    manifest = json.loads((Path("fit") / "manifest.json").read_text(encoding="utf-8"))
    same = ("command", "seed", "particles", "blocks", "simulations", "effective", "patterns")
    assert [told[name] for name in same] == [manifest[name] for name in same]
    assert told["new_simulations"] == told["simulations"]
    assert {one["name"] for one in told["parameters"]} == set(manifest["blocks"]["survival"]["parameters"])
    assert {one["part"].split(".")[0] for one in told["predicted"]} == {"P15"}


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)], ids=["ctrl_c", "sigterm"])
def test_stopped_it_keeps_what_is_finished_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stop: BaseException, code: int
) -> None:
    asked = [
        "calibrate",
        "--patterns",
        "P15",
        "--workers",
        "0",
        "--out",
        "fit",
        "--particles",
        "20",
        "--generations",
        "1",
    ]
    left = iter(range(15))

    def stopped(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        if next(left, None) is None:
            raise stop
        return lived(seed, sets)

    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", (Experiment("quick", ("P15",), stopped, 0.1),))
    with pytest.raises(SystemExit) as ended:
        run(asked)
    assert ended.value.code == code
    *_, last = capsys.readouterr().err.splitlines()
    finished = (Path("fit") / "simulations.jsonl").read_bytes().count(b"\n")
    assert finished > 0
    assert last == f"stopped; {finished} finished simulations are kept in fit, and the same command goes on from there"
    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", QUICK)
    assert run(asked) == 0
    assert f"Going on in fit: {finished} simulations are finished" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.compiled
def test_killed_and_run_again_it_goes_on(tmp_path: Path) -> None:
    """kill -9 in the middle; the second run ends with the sample that an undisturbed one has, and repeats nothing."""
    command = [sys.executable, "-m", "cli", *SMALL, "--generations", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    journal = tmp_path / "small" / "simulations.jsonl"
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as first:
        for _ in range(1800):
            if journal.exists() and journal.read_bytes().count(b"\n") >= 4:
                break
            time.sleep(0.1)
        os.kill(first.pid, signal.SIGKILL)
    before = journal.read_bytes()
    kept = before[: before.rindex(b"\n") + 1]
    assert kept.count(b"\n") >= 4
    assert not (tmp_path / "small" / "sample.parquet").exists()
    again = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert f"Going on in small: {kept.count(b'\n')} simulations are finished" in again.stderr
    assert journal.read_bytes().startswith(kept)
    sample = pl.read_parquet(tmp_path / "small" / "sample.parquet")
    whole = [*command[:-3], "whole", *command[-2:]]
    assert subprocess.run(whole, env=environment, capture_output=True).returncode == 0
    assert sample.equals(pl.read_parquet(tmp_path / "whole" / "sample.parquet"))
