"""Small studies for the tests: a file, and the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studies.door import Study, study

ROOT = Path(__file__).parents[2]
REAL = """
format = 1
title = "Small"
[runs]
strategies = ["homes", "user_centred"]
people = 500
months = 84
replicates = 2
{runs}
[design]
kind = "halton"
size = 4
{design}
[vary]
contact = {{}}
"user_centred.phase1.branding" = {{ low = 0, high = 0.5 }}
[keep]
measures = ["secure_people", "spend_to_date"]
months = [24, 84]
{keep}
[store]
part = 6
"""


def function(model: str, kind: str = "table", **more: Any) -> dict[str, Any]:
    """What the file of a study of a function says."""
    design = {"kind": kind, **more.pop("design", {})}
    vary = more.pop("vary", {"x1": {"low": 0, "high": 10}})
    runs = {"model": f"tests.studies.models:{model}", **more.pop("runs", {})}
    return {"format": 1, "title": "A function", "runs": runs, "design": design, "vary": vary, **more}


@pytest.fixture
def real(tmp_path: Path) -> Callable[..., Path]:
    """The file of a small study of the model."""

    def written(runs: str = "", design: str = "", keep: str = "", name: str = "real") -> Path:
        path = tmp_path / f"{name}.toml"
        path.write_text(REAL.format(runs=runs, design=design, keep=keep), encoding="utf-8")
        return path

    return written


def grid(model: str, to: Path, numbers: int = 8, part: int = 2, **runs: Any) -> Study:
    """A study of a function over x1 = 0, 1, 2 ..."""
    values = [float(one) for one in range(numbers)]
    return study(function(model, "grid", vary={"x1": {"values": values}}, runs=runs, store={"part": part}), to)


def command(*arguments: str, **changed: str) -> subprocess.Popen[str]:
    """`unfreeze study ...` in a process group of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | changed
    return subprocess.Popen([sys.executable, "-m", "cli", "study", *arguments], cwd=ROOT, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip


def parts(folder: Path) -> dict[str, bytes]:
    """The bytes of all parts."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("*/part-*.parquet"))}


def left_over(folder: Path) -> list[Path]:
    """Hidden and unfinished files, and leases."""
    return [path for path in folder.rglob("*") if path.name.startswith((".", "owner-"))]
