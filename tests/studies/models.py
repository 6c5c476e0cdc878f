"""Functions that studies of the tests run: known answers, and runs that end badly."""

from __future__ import annotations

import os
import time
from pathlib import Path

from studies.functions import as_model


@as_model(y="a sum with luck in it", z="a product")
def added(seed: int, x1: float = 0.0, x2: float = 0.0, **others: float) -> dict[str, float]:
    """Whatever the seed, z is the same."""
    return {"y": x1 + 10 * x2 + (seed * 7919 % 101) / 1000, "z": x1 * x2}


@as_model(y="x1, which takes a moment")
def slow(seed: int, x1: float) -> dict[str, float]:
    """Long enough to be stopped in the middle."""
    time.sleep(0.02)
    return {"y": x1 + seed / 1000}


@as_model(y="x1")
def ends_its_process(seed: int, x1: float) -> dict[str, float]:
    """One value ends the process, unless a file says that it is mended."""
    if x1 == 3.0 and not Path(os.environ.get("MENDED_IN_THIS_TEST", "nowhere")).exists():
        os._exit(9)
    return {"y": x1}


@as_model(y="x1")
def fails(seed: int, x1: float) -> dict[str, float]:
    """One value is an error."""
    if x1 == 3.0 and not Path(os.environ.get("MENDED_IN_THIS_TEST", "nowhere")).exists():
        raise ZeroDivisionError("by zero")
    return {"y": x1}
