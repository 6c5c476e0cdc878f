"""Chance with an address: a draw depends on (seed, decision group, month, person) and on nothing else.

So the same person meets the same luck under every strategy, whoever else is there, and a strategy that leaves somebody
alone leaves that life unchanged.  The generator is Philox-4x32-10: Salmon, Moraes, Dror and Shaw (2011), "Parallel
random numbers: as easy as 1, 2, 3", SC11.  One call gives four draws, enough for a group of four decisions.

    LEAVING = decisions("professional", "leave", "where to", "be replaced")     # when the page is imported
    leave, where, replaced, _ = uniforms(seed, LEAVING, month, me.id)           # in a rule

Everything is computed in 64-bit signed integers, masked to 32 bits after each step: Python's own integers then give the
same bits, and no unsigned key turns into a float on its way through Python.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from engine.arithmetic import exp, log, normal_quantile
from engine.rule import primitive

MASK = 0xFFFFFFFF
MULTIPLY_0, MULTIPLY_1 = 0xD2511F53, 0xCD9E8D57
BUMP_0, BUMP_1 = 0x9E3779B9, 0xBB67AE85
STEP = 2.0**-32
LAST = 2**31 - 1  # the last rank in a queue
TICKS = 2.0**22  # ticks of the lottery clock in a unit of time
SPAN = 12.0  # units of time after which a queue of equals is empty: six in a million wait longer
LONGEST = 511.0  # units of time after which the clock stops
LAST_KEY = 2**63 - 1
EXACT_POISSON = 60.0
BLOCK = 512  # people dealt to at a time: their draws fit the processor's first cache

_groups: dict[int, tuple[str, str]] = {}  # number -> (what it is for, where it was registered)
_decisions: dict[tuple[str, str], int] = {}  # (actor, name) -> number


def decisions(actor: str, *names: str) -> int:
    """Register one to four decisions of an actor; returns the number of their group, which only their names determine.

    A name that the actor has already, or a number that another group has, is a ValueError - unless it is the same
    line of the same file once more, which is an import repeated.
    """
    if not 1 <= len(names) <= 4 or len(set(names)) < len(names):
        raise ValueError(f"A group has one to four different decisions, not {names}.")
    text = f"{actor}: {', '.join(names)}"
    number = crc32(text.encode())
    caller = sys._getframe(1)
    entry = (text, f"{caller.f_code.co_filename}:{caller.f_lineno}")
    if _groups.get(number) == entry:
        return number
    taken = [_decisions[actor, name] for name in names if (actor, name) in _decisions]
    for other in [*taken, *([number] if number in _groups else [])]:
        raise ValueError(f"The decisions '{text}' clash with '{_groups[other][0]}' ({_groups[other][1]}): rename one.")
    _groups[number] = entry
    _decisions.update({(actor, name): number for name in names})
    return number


def registered(*packages: str) -> dict[str, int]:
    """All groups of decisions registered so far, or those of these packages: "actor: name, name" -> number."""
    return {
        text: number
        for number, (text, where) in sorted(_groups.items(), key=lambda item: item[1])
        if not packages or Path(where.rpartition(":")[0]).parent.name in packages
    }


@primitive
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox-4x32-10: a counter of four and a key of two 32-bit words -> four 32-bit words, all as int64."""
    for _ in range(10):
        p0 = c0 * MULTIPLY_0
        p1 = c2 * MULTIPLY_1
        c0, c1, c2, c3 = (p1 >> 32 & MASK) ^ c1 ^ k0, p1 & MASK, (p0 >> 32 & MASK) ^ c3 ^ k1, p0 & MASK
        k0 = k0 + BUMP_0 & MASK
        k1 = k1 + BUMP_1 & MASK
    return c0, c1, c2, c3


@primitive
def bits(seed: int, group: int, month: int, person: int) -> tuple[int, int, int, int]:
    """Four independent whole numbers from 0 to 2**32 - 1 (int64).  seed and person: int64; group and month: 32 bits."""
    who, key = int(person), int(seed)  # plain Python counts NumPy's overflow as an error, so leave NumPy here
    return philox(who & MASK, who >> 32 & MASK, int(month) & MASK, int(group) & MASK, key & MASK, key >> 32 & MASK)


@primitive
def uniforms(seed: int, group: int, month: int, person: int) -> tuple[float, float, float, float]:
    """Four independent draws, each strictly between 0 and 1: the midpoints of 2**32 equal cells."""
    a, b, c, d = bits(seed, group, month, person)
    return (a + 0.5) * STEP, (b + 0.5) * STEP, (c + 0.5) * STEP, (d + 0.5) * STEP


@primitive
def uniform(drawn: int) -> float:
    """One of `bits` as a draw strictly between 0 and 1, as `uniforms` gives it."""
    return (drawn + 0.5) * STEP


@primitive
def hands() -> npt.NDArray[np.int64]:
    """Room for a block of people: in rows 0 to 3 their draws, in row 4 their ids.  (5, BLOCK)."""
    return np.empty((5, BLOCK), np.int64)


@primitive
def gather(people: Any, rows: npt.NDArray[np.int32], first: int, hand: npt.NDArray[np.int64]) -> int:
    """Ids of the people in rows[first], rows[first + 1], ... up to BLOCK of them, into hand[4]; returns how many."""
    n = int(min(BLOCK, rows.shape[0] - first))
    for k in range(n):
        hand[4, k] = people[rows[first + k]].id
    return n


@primitive
def deal(seed: int, group: int, month: int, n: int, hand: npt.NDArray[np.int64]) -> None:
    """`bits` for the first n people whose ids are in hand[4], into hand[0] to hand[3].

    The loop has neither branches nor calls, so that the compiler deals to several people at once: a seventh of the time
    of `bits` one by one (docs/performance.md).
    """
    key, of_month, of_group = int(seed), int(month) & MASK, int(group) & MASK
    for k in range(n):
        who = int(hand[4, k])
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


@primitive
def queue_key(luck: int, weight: float, person: int) -> int:
    """A person's place in a lottery: the smallest keys win, and somebody of twice the weight is twice as likely first.

    Everybody draws a waiting time, exponential with rate `weight`, from `luck` (one of `bits`), in ticks of 2**-22;
    the lower 32 bits are the person's id, so that no two keys are equal.  Without weight (or with a share of less than
    about 1 in 500 of the others' and bad luck) one comes last.
    Source: Efraimidis and Spirakis (2006), Information Processing Letters 97(5), 181-185.
    """
    wait = -log((luck + 0.5) * STEP)
    if not weight > 0.0:
        rank = LAST
    elif wait >= weight * LONGEST:
        rank = LAST - 1
    else:
        rank = math.floor(wait / weight * TICKS)
    return rank << 32 | int(person) & MASK


@primitive
def queue_order(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Positions of `keys` from the smallest key to the largest: what argsort gives, in a third to a fifth of its time.

    Made for queues in which all weigh the same: their waiting times are exponential, so that almost everybody falls
    into a bucket of few.  Keys of other weights are sorted as rightly, but slowly.
    """
    n = keys.shape[0]
    each = SPAN * TICKS / (4.0 * n + 1.0)  # ticks to a bucket: at most three people are to be expected in one
    start = np.zeros(4 * n + 2, np.int32)
    for k in range(n):
        start[min(int((keys[k] >> 32) / each), 4 * n) + 1] += 1
    for bucket in range(4 * n):
        start[bucket + 1] += start[bucket]
    order = np.empty(n, np.int32)
    for k in range(n):
        bucket = min(int((keys[k] >> 32) / each), 4 * n)
        order[start[bucket]] = k
        start[bucket] += 1
    for k in range(1, n):  # by insertion: the last few steps
        one, j = order[k], k
        while j > 0 and keys[order[j - 1]] > keys[one]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = one
    return order


@primitive
def cutoff(keys: npt.NDArray[np.int64], n: int, k: int) -> int:
    """The k-th smallest of keys[:n]: whoever's key is not above it wins.  -1 if k <= 0; the largest int64 if k >= n.

    Hoare's quickselect: O(n), without chance.  It reorders keys[:n], so that the caller keeps or recomputes each key.
    """
    if k <= 0:
        return -1
    if k >= n:
        return LAST_KEY
    target, left, right = k - 1, 0, n - 1
    while left < right:
        low, pivot, high = keys[left], keys[(left + right) // 2], keys[right]
        if low > high:
            low, high = high, low
        pivot = min(max(pivot, low), high)  # the median of three
        i, j = left, right
        while i <= j:
            while keys[i] < pivot:
                i += 1
            while keys[j] > pivot:
                j -= 1
            if i <= j:
                keys[i], keys[j] = keys[j], keys[i]
                i += 1
                j -= 1
        if target <= j:
            right = j
        elif target >= i:
            left = i
        else:
            break
    return int(keys[target])


@primitive
def poisson(mean: float, u: float) -> int:
    """A count with this mean from one uniform draw; larger u, larger count.

    Up to a mean of 60 exactly, by adding up the chances of 0, 1, 2, ...; above that the normal quantile with the
    correction for skewness, rounded (Cornish and Fisher 1937), which is within one of the exact count.
    """
    if mean > EXACT_POISSON:
        z = normal_quantile(u)
        return max(0, math.floor(mean + math.sqrt(mean) * z + (z * z - 1.0) / 6.0 + 0.5))
    count = 0
    chance = exp(-mean)
    total = chance
    while u > total and chance > 0.0:
        count += 1
        chance *= mean / count
        total += chance
    return count


@primitive
def share_to_count(x: float, u: float) -> int:
    """x >= 0 as a whole number: rounded down, and one more with a chance of the fraction, so that the mean is x."""
    whole = math.floor(x)
    return whole + 1 if u < x - whole else whole
