"""Chance with an address: a draw depends on (seed, group of decisions, month, person) and on nothing else.

So the same person meets the same luck under every strategy, whoever else is there, and a strategy that leaves somebody
alone leaves that life unchanged.  The generator is Philox-4x32-10: Salmon, Moraes, Dror and Shaw (2011), "Parallel
random numbers: as easy as 1, 2, 3", SC11.  One call gives four draws, enough for a group of four decisions.

    LEAVING = decisions(0x5C2E9A41, "professional", "leaves", "goes where", "is replaced")
    LEAVES, GOES_WHERE, IS_REPLACED = range(3)
    luck = uniforms(seed, LEAVING, month, worker.id)[LEAVES]                    # in a rule

The number of a group is a constant that somebody once chose: labels may be corrected without changing a digit.
Everything is computed in 64-bit signed integers, masked to 32 bits after each step: Python's own integers then give the
same bits, and no unsigned key turns into a float on its way through Python.  engine/batch_draws.py draws for many
people at once, engine/lottery.py makes queues of draws.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from engine.arithmetic import exp, normal_quantile
from engine.rule import primitive

MASK = 0xFFFFFFFF
MULTIPLY_0, MULTIPLY_1 = 0xD2511F53, 0xCD9E8D57
BUMP_0, BUMP_1 = 0x9E3779B9, 0xBB67AE85
STEP = 2.0**-32
EXACT_POISSON = 60.0

_groups: dict[int, tuple[str, str]] = {}  # number -> (what it is for, where it was registered)
_decisions: dict[tuple[str, str], int] = {}  # (actor, name) -> number


def decisions(number: int, actor: str, *names: str) -> int:
    """Register one to four decisions of an actor under the number of their group, 0 to 2**32 - 1, which is returned.

    Draws depend on the number alone.  A name that the actor has already, or a number that another group has, is a
    ValueError - unless it is the same line of the same file once more, which is an import repeated.
    """
    if not 1 <= len(names) <= 4 or len(set(names)) < len(names):
        raise ValueError(f"A group has one to four different decisions, not {names}.")
    if not 0 <= number <= MASK:
        raise ValueError(f"The number of a group is from 0 to {MASK}, not {number}.")
    text = f"{actor}: {', '.join(names)}"
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
