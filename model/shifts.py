"""Rates that move together: by the same log odds, each within its own range.  Used by model/balance.py."""

from collections.abc import Collection, Mapping
from math import exp, inf, log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from evidence.quantities import load_quantities
from model.mean_chances import RATES

Numbers = npt.NDArray[np.float64]

FURTHEST = 8.0  # log odds: nothing is moved further
SMALL = 1e-6  # how near to an end counts as there
DIGITS = 6  # of a fitted rate
COLUMN = {name: k for k, name in enumerate(RATES)}


def odds(x: float) -> float:
    """Log odds, infinite at 0 and 1."""
    return -inf if x <= 0.0 else inf if x >= 1.0 else log(x / (1.0 - x))


class Shift(NamedTuple):
    """Rates that move by one number z, up with it or down, each until it is at an end of its own range.

    So the group goes on moving until its last rate is at an end: `low` and `high` of z.
    """

    names: tuple[str, ...]
    rates: tuple[tuple[int, float, float, float, float], ...]  # column of RATES, sign, log odds: now, lowest, highest
    low: float
    high: float


def shift_of(
    p: Any, names: tuple[str, ...], fixed: Collection[str], up: int, ranges: Mapping[str, tuple[float, float]]
) -> Shift:
    """The shift of these rates, the first `up` of them up with z, the others down.

    What is fixed, 0 or 1 does not move; a value outside its range widens it.  ranges: where a field has other plausible
    ranges than the entries.
    """
    known = load_quantities()
    moved: list[str] = []
    rates = []
    low, high = 0.0, 0.0
    for k, name in enumerate(names):
        value, sign = float(getattr(p, name)), 1.0 if k < up else -1.0
        if name in fixed or not 0.0 < value < 1.0:
            continue
        lowest, highest = ranges.get(name, (known[name].low, known[name].high))
        now, least, most = odds(value), odds(min(lowest, value)), odds(max(highest, value))
        moved.append(name)
        rates.append((COLUMN[name], sign, now, least, most))
        ends = (least - now, most - now) if sign > 0.0 else (now - most, now - least)
        low = max(min(low, ends[0]), -FURTHEST)
        high = min(max(high, ends[1]), FURTHEST)
    return Shift(tuple(moved), tuple(rates), low, high)


def within(shift: Shift, z: float) -> float:
    """z, but no further than the ranges go."""
    return min(max(z, shift.low), shift.high)


def beyond(shift: Shift, z: float) -> float:
    """How far z is beyond the ranges, below 0 or above."""
    return z - within(shift, z)


def write(shift: Shift, rates: Numbers, z: float) -> None:
    """The rates moved by z, into a row by RATES."""
    inside = within(shift, z)
    for column, sign, now, low, high in shift.rates:
        rates[column] = 1.0 / (1.0 + exp(-min(max(now + sign * inside, low), high)))


def values_at(shift: Shift, z: float) -> dict[str, float]:
    """The rates moved by z, by name, to DIGITS: the same on every machine, whose libraries differ in the last bits."""
    row = np.zeros(len(RATES))
    write(shift, row, z)
    return {
        name: float(f"{row[column]:.{DIGITS}g}") for name, (column, *_) in zip(shift.names, shift.rates, strict=True)
    }


def at_end(shift: Shift, z: float) -> tuple[str, ...]:
    """Names of the rates that z leaves at an end of their range."""
    moved = ((name, now + sign * within(shift, z), low, high)
             for name, (_, sign, now, low, high) in zip(shift.names, shift.rates, strict=True))  # fmt: skip
    return tuple(name for name, at, low, high in moved if at < low + SMALL or at > high - SMALL)
