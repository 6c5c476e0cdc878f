"""Lotteries and queues: who comes first among those who want the same thing, from draws with an address."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.arithmetic import exp, log
from engine.chance import MASK, STEP
from engine.rule import primitive

LAST = 2**31 - 1  # the last rank in a queue
TICKS = 2.0**22  # ticks of the lottery clock in a unit of time
LONGEST = 511.0  # units of time after which the clock stops
LAST_KEY = 2**63 - 1


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
def clock_key(clock: float) -> int:
    """The key of a wait that is over when the lottery's clock shows `clock`, in units of time: no smaller key is of a
    longer wait."""
    return math.floor(clock * TICKS) << 32 if clock < LONGEST else LAST_KEY


@primitive
def luck_by(clock: float, weight: float) -> int:
    """With less luck than this (bits) nobody of this weight or less has waited long enough when the clock shows
    `clock`, so that their keys need not be worked out."""
    if clock >= LONGEST or weight <= 0.0:
        return 0
    return max(math.floor(exp(-(clock + 2.0 / TICKS) * weight) / STEP) - 2, 0)


@primitive
def enough(luck: int, least: int) -> bool:
    """Whether a key is worth working out.  least: as `luck_by` gives it."""
    return luck >= least


@primitive
def cutoff(keys: npt.NDArray[np.int64], k: int) -> int:
    """The k-th smallest of `keys`: whoever's key is not above it wins.  -1 if k <= 0; LAST_KEY if there are no more."""
    if k <= 0:
        return -1
    if k >= keys.shape[0]:
        return LAST_KEY
    return int(np.partition(keys, k - 1)[k - 1])
