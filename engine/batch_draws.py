"""Draws for many people at once: the same draws as engine/chance.py gives one by one, in a seventh of the time.

hand = hands()
for first in range(0, rows.shape[0], BLOCK):
    n = gather(people, rows, first, hand)            # their ids
    deal(seed, LEAVING, month, n, hand)              # their draws
    for k in range(n):
        luck = uniform(hand[LEAVES, k])
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.chance import BUMP_0, BUMP_1, MASK, MULTIPLY_0, MULTIPLY_1, uniform
from engine.rule import primitive

BLOCK = 512  # people dealt to at a time: their draws fit the processor's first cache
IDS = 4  # the row of a hand that holds people's ids; their four draws stand in the rows before it


@primitive
def hands() -> npt.NDArray[np.int64]:
    """Room for a block of people: in rows 0 to 3 their draws, in row IDS their ids.  (5, BLOCK)."""
    return np.empty((5, BLOCK), np.int64)


@primitive
def room_for(group: int, many: int) -> npt.NDArray[np.int64]:
    """Room for the draws that `many` people have from this group of decisions, by position.  (4, many)."""
    return np.empty((4, many), np.int64)


@primitive
def gather(people: Any, rows: npt.NDArray[np.int32], first: int, hand: npt.NDArray[np.int64]) -> int:
    """Ids of the people in rows[first], rows[first + 1], ... up to BLOCK of them, into hand[IDS]; returns how many."""
    n = int(min(BLOCK, rows.shape[0] - first))
    for k in range(n):
        hand[IDS, k] = people[rows[first + k]].id
    return n


@primitive
def deal(seed: int, group: int, month: int, n: int, hand: npt.NDArray[np.int64]) -> None:
    """`bits` for the first n people whose ids are in hand[IDS], into hand[0] to hand[3].

    The loop has neither branches nor calls, so that the compiler deals to several people at once: a seventh of the time
    of `bits` one by one (docs/performance.md).
    """
    key, of_month, of_group = int(seed), int(month) & MASK, int(group) & MASK
    for k in range(n):
        who = int(hand[IDS, k])
        c0, c1, c2, c3 = who & MASK, who >> 32 & MASK, of_month, of_group
        k0, k1 = key & MASK, key >> 32 & MASK
        for _ in range(10):
            p0 = c0 * MULTIPLY_0
            p1 = c2 * MULTIPLY_1
            c0, c1, c2, c3 = (p1 >> 32 & MASK) ^ c1 ^ k0, p1 & MASK, (p0 >> 32 & MASK) ^ c3 ^ k1, p0 & MASK
            k0 = k0 + BUMP_0 & MASK
            k1 = k1 + BUMP_1 & MASK
        hand[0, k] = c0
        hand[1, k] = c1
        hand[2, k] = c2
        hand[3, k] = c3


@primitive
def four(hand: npt.NDArray[np.int64], k: int) -> tuple[float, float, float, float]:
    """The draws of the k-th person of a hand, as `uniforms` gives them."""
    return uniform(hand[0, k]), uniform(hand[1, k]), uniform(hand[2, k]), uniform(hand[3, k])
