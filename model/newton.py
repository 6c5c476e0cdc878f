"""Newton's method for a handful of equations that cost something to look at.  Used by model/balance.py."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

TOLERANCE, ROUNDS, LONGEST_STEP, CUTS = 1e-6, 60, 2.0, (1.0, 0.5, 0.2, 0.05, 0.01)
FURTHEST = 32.0  # no unknown goes beyond, below 0 or above
SMALL = 1e-6
SIZES = (SMALL, 0.1, -0.1, 0.5, -0.5)  # of the differences that slopes are taken from
ENOUGH, ROUGHLY, STEPS, TURNS = 1e-4, 1e-2, 12, 8


def _step(slopes: Numbers, left: Numbers) -> Numbers:
    """Where to go from here, no further than LONGEST_STEP."""
    try:
        step = np.linalg.solve(slopes, -left)
    except np.linalg.LinAlgError:
        step = np.linalg.lstsq(slopes, -left, rcond=1e-10)[0]
    return step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), SMALL))


def _slopes(left: Callable[[Numbers], Numbers], z: Numbers, unknown: list[int], now: Numbers, size: float) -> Numbers:
    """Slopes by differences of this size: (equations, unknowns)."""
    slopes = np.empty((len(now), len(unknown)))
    for column, k in enumerate(unknown):
        other = z.copy()
        other[k] += size
        slopes[:, column] = (left(other) - now) / size
    return slopes


def newton(left: Callable[[Numbers], Numbers], z: Numbers, unknown: list[int]) -> tuple[Numbers, Numbers]:
    """Newton's method on some unknowns of z; steps are cut short where they do not help.  z and what it leaves open.

    Slopes are corrected after each step (Broyden 1965) and taken anew where that goes astray; where slopes at the spot
    lead nowhere, at a kink, those over some distance are tried.
    """
    now = left(z)
    slopes = _slopes(left, z, unknown, now, SIZES[0])
    tried = 1
    for _ in range(ROUNDS):
        if float(np.abs(now).max()) < TOLERANCE:
            break
        step = _step(slopes, now)
        for cut in CUTS if tried else CUTS[:2]:
            other = z.copy()
            other[unknown] = np.clip(z[unknown] + cut * step, -FURTHEST, FURTHEST)
            then = left(other)
            if float(then @ then) < float(now @ now) * (1.0 - 0.1 * cut):
                break
        else:
            if tried == len(SIZES):
                break
            slopes = _slopes(left, z, unknown, now, SIZES[tried])
            tried += 1
            continue
        taken = other[unknown] - z[unknown]
        slopes = slopes + np.outer(then - now - slopes @ taken, taken) / max(float(taken @ taken), SMALL**2)
        tried = 0
        z, now = other, then
    return z, now


def _root(left: Callable[[float], float], at: float, rises: float) -> float:
    """Where `left`, which rises (1) or falls (-1), is nought, from `at` on: a bracket, then halves and secants."""
    here, step = left(at), 0.5
    there = at
    for _ in range(STEPS):
        if abs(here) < TOLERANCE:
            return float(at)
        there = min(max(at - step * np.sign(here) * rises, -FURTHEST), FURTHEST)
        then = left(there)
        if then * here <= 0.0:
            break
        at, here, step = there, then, 2.0 * step
    else:
        return float(at)
    for k in range(STEPS):
        middle = at - here * (there - at) / (then - here) if k % 2 else 0.5 * (at + there)
        found = left(middle)
        if found * here > 0.0:
            at, here = middle, found
        else:
            there, then = middle, found
        if abs(found) < ROUGHLY:
            return float(middle)
    return float(at)


def _alone(left: Callable[[Numbers], Numbers], z: Numbers, row: int, k: int, x: float) -> float:
    z[k] = x
    return float(left(z)[row])


def solve(left: Callable[[Numbers], Numbers], z: Numbers, unknown: list[int], rises: list[float]) -> Numbers:
    """The unknowns of z for which `left` is nought, equation by equation as unknown by unknown.

    Newton's method; where it comes to nothing, each unknown is moved alone until its own equation holds, which rises
    with it (1) or falls (-1), in turns, before Newton's method goes on.
    """
    best, size = z, np.inf
    for _ in range(TURNS):
        z, now = newton(left, z, unknown)
        if float(np.abs(now).max()) < size:
            best, size = z, float(np.abs(now).max())
        if size < ENOUGH:
            break
        for row, k in enumerate(unknown):
            z = z.copy()
            z[k] = _root(partial(_alone, left, z, row, k), float(z[k]), rises[row])
    return best
