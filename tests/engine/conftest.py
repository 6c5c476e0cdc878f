"""What the engine's tests share: running something in a process of its own, with the compiler on or off."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run() -> Run:
    """Run `python *arguments` with some environment variables changed (None removes one); our packages can be found."""

    def run(*arguments: str | Path, cwd: Path = ROOT, **changes: str | None) -> subprocess.CompletedProcess[str]:
        changed = os.environ | {"PYTHONPATH": str(cwd)} | changes
        environment = {name: value for name, value in changed.items() if value is not None}
        command = [sys.executable, *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture
def other_way(run: Run) -> Callable[[str], str]:
    """What `python FILE` prints with the compiler off if it is on here, and on if it is off."""

    def other_way(file: str) -> str:
        switch = "0" if os.environ.get("NUMBA_DISABLE_JIT") == "1" else "1"
        return run(file, NUMBA_DISABLE_JIT=switch).stdout

    return other_way
