"""Rates that move together: by the same log odds, each within its own range.  Used by model/balance.py."""

from collections.abc import Collection
from math import exp, inf, log
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.quantities import load_quantities
from model.mean_chances import RATES

Numbers = npt.NDArray[np.float64]

FURTHEST = 8.0  # log odds: nothing is moved further
SMALL = 1e-6  # how near to an end counts as there
COLUMN = {name: k for k, name in enumerate(RATES)}


def odds(x: float) -> float:
    """Log odds, infinite at 0 and 1."""
    return -inf if x <= 0.0 else inf if x >= 1.0 else log(x / (1.0 - x))


class Shift:
    """Rates that move by one number z: the first `up` of them up with it, the others down.

    Each stops at the ends of its own range, so that the group goes on moving until its last rate is at an end: `low`
    and `high` of z.  What is fixed, 0 or 1 does not move; a value outside its entry's range widens the range.
    """

    def __init__(self, p: Any, names: tuple[str, ...], fixed: Collection[str], up: int) -> None:
        known = load_quantities()
        self.names: list[str] = []
        self._rates: list[tuple[int, float, float, float, float]] = []  # column, sign, log odds: now, lowest, highest
        self.low, self.high = 0.0, 0.0
        for k, name in enumerate(names):
            value, sign = float(getattr(p, name)), 1.0 if k < up else -1.0
            if name in fixed or not 0.0 < value < 1.0:
                continue
            now, low, high = odds(value), odds(min(known[name].low, value)), odds(max(known[name].high, value))
            self.names.append(name)
            self._rates.append((COLUMN[name], sign, now, low, high))
            ends = (low - now, high - now) if sign > 0.0 else (now - high, now - low)
            self.low = max(min(self.low, ends[0]), -FURTHEST)
            self.high = min(max(self.high, ends[1]), FURTHEST)

    def within(self, z: float) -> float:
        """z, but no further than the ranges go."""
        return min(max(z, self.low), self.high)

    def beyond(self, z: float) -> float:
        """How far z is beyond the ranges, below 0 or above."""
        return z - self.within(z)

    def write(self, rates: Numbers, z: float) -> None:
        """The rates moved by z, into a row by RATES."""
        inside = self.within(z)
        for column, sign, now, low, high in self._rates:
            rates[column] = 1.0 / (1.0 + exp(-min(max(now + sign * inside, low), high)))

    def values(self, z: float) -> dict[str, float]:
        """The rates moved by z, by name."""
        row = np.zeros(len(RATES))
        self.write(row, z)
        return {name: float(row[column]) for name, (column, *_) in zip(self.names, self._rates, strict=True)}

    def at_end(self, z: float) -> tuple[str, ...]:
        """Names of the rates that z leaves at an end of their range."""
        moved = ((name, now + sign * self.within(z), low, high)
                 for name, (_, sign, now, low, high) in zip(self.names, self._rates, strict=True))  # fmt: skip
        return tuple(name for name, at, low, high in moved if at < low + SMALL or at > high - SMALL)
