"""Newton's method for a handful of equations that cost something to look at.  Used by model/balance.py."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

TOLERANCE, ROUNDS, LONGEST_STEP, CUTS = 1e-6, 60, 2.0, (1.0, 0.5, 0.2, 0.05, 0.01)
FURTHEST = 32.0  # no unknown goes beyond, below 0 or above
SMALL = 1e-6  # step of a difference


def _step(slopes: Numbers, left: Numbers) -> Numbers:
    """Where to go from here, no further than LONGEST_STEP."""
    try:
        step = np.linalg.solve(slopes, -left)
    except np.linalg.LinAlgError:
        step = np.linalg.lstsq(slopes, -left, rcond=1e-10)[0]
    return step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), SMALL))


def _slopes(left: Callable[[Numbers], Numbers], z: Numbers, unknown: list[int], now: Numbers) -> Numbers:
    """Slopes by differences: (equations, unknowns)."""
    slopes = np.empty((len(now), len(unknown)))
    for column, k in enumerate(unknown):
        other = z.copy()
        other[k] += SMALL
        slopes[:, column] = (left(other) - now) / SMALL
    return slopes


def solve(left: Callable[[Numbers], Numbers], z: Numbers, unknown: list[int]) -> Numbers:
    """Newton's method on some unknowns of z; steps are cut short where they do not help.

    Slopes are corrected after each step (Broyden 1965) and taken anew where that goes astray.
    """
    now = left(z)
    slopes = _slopes(left, z, unknown, now)
    fresh = True
    for _ in range(ROUNDS):
        size = float(np.abs(now).max())
        if size < TOLERANCE:
            break
        step = _step(slopes, now)
        for cut in CUTS if fresh else CUTS[:2]:
            other = z.copy()
            other[unknown] = np.clip(z[unknown] + cut * step, -FURTHEST, FURTHEST)
            then = left(other)
            if float(then @ then) < float(now @ now) * (1.0 - 0.1 * cut):
                break
        else:
            if fresh:
                break
            slopes, fresh = _slopes(left, z, unknown, now), True
            continue
        taken = other[unknown] - z[unknown]
        slopes = slopes + np.outer(then - now - slopes @ taken, taken) / max(float(taken @ taken), SMALL**2)
        fresh = False
        z, now = other, then
    return z
