"""The step of a slider: about a hundred from end to end, and every value that ships is on one.

A browser moves what is between two steps to the nearest: such a value could be left and never reached again.
"""

from collections.abc import Iterable, Iterator

from engine.typed import rounded

STEPS, MOST = 100, 5_000  # presses of a key from one end to the other: about, and at most


def step(low: float, high: float, values: Iterable[float], whole: bool = False) -> float:
    """In ones, twos or fives, and so that `values` are on steps from `low`; else what the first of them divides."""
    if whole or high <= low:
        return 1.0
    known = list(values)
    for size in _sizes((high - low) / STEPS, (high - low) / MOST):
        if all(_on_a_step(value - low, size) for value in known):
            return size
    away = known[0] - low
    return away / max(1, round(STEPS * away / (high - low)))


def _sizes(most: float, least: float) -> Iterator[float]:
    """1, 2 and 5 times powers of ten, from about `most` down."""
    power = int(f"{most:e}".partition("e")[2]) + 1
    while 10.0**power >= least:
        for factor in (5, 2, 1):
            size = float(rounded(factor * 10.0**power))
            if least <= size <= 1.2 * most:
                yield size
        power -= 1


def _on_a_step(distance: float, size: float) -> bool:
    return abs(distance / size - round(distance / size)) < 1e-6
