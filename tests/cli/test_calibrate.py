"""`unfreeze calibrate`: what it says without its library, and that neither a kill nor a short time loses anything."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import analysis.calibration.studies
from analysis.patterns.experiment import Experiment
from cli.main import run

SMALL = ["calibrate", "--particles", "10", "--patterns", "P15", "--workers", "2", "--out", "small"]


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


def test_a_pattern_that_is_not_fitted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "--patterns", "P24"]) == 2
    assert "'P24' is not a pattern to be fitted" in capsys.readouterr().err


def test_the_help_names_what_is_not_fitted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calibrate", "--help"]) == 0
    assert "ownership, rivalry and resistance" in " ".join(capsys.readouterr().out.split())


def test_draws_are_read_by_the_steps_after_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lived(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        kept = 1.0 - sets["death_at_grant_end"] + 0.01 * np.random.default_rng(seed).standard_normal()
        return {"P15.alive_24": kept, "P15.continuous_72": kept / 2, "P15.restarted_72": 0.1, "P15.gone_72": 1 - kept}

    quick = (Experiment("quick", ("P15",), lived, 0.1),)
    monkeypatch.setattr(analysis.calibration.studies, "STUDIES", quick)
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
