"""Lotteries and queues: fair by weight, nobody shares a place, and the cut-off is the k-th key."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.chance import bits
from engine.lottery import LAST_KEY, clock_key, cutoff, enough, luck_by, queue_key

WORD = st.integers(0, 2**32 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(WORD, st.floats(0, 1000)), min_size=1, max_size=50))
def test_no_two_people_share_a_place_in_a_queue(people: list[tuple[int, float]]) -> None:
    keys = [queue_key(luck, weight, person) for person, (luck, weight) in enumerate(people)]
    assert len(set(keys)) == len(keys)
    assert all(0 <= key < LAST_KEY for key in keys)
    last = [key for key, (_, weight) in zip(keys, people, strict=True) if weight == 0.0]
    assert not last or min(last) > max((key for key in keys if key not in last), default=-1)


def test_large_ids_keep_their_place() -> None:
    assert queue_key(5, 1.0, 2**32 - 1) & 0xFFFFFFFF == 2**32 - 1
    assert queue_key(5, 1.0, 2**32 - 1) >> 32 == queue_key(5, 1.0, 0) >> 32


def test_twice_the_weight_is_twice_as_likely_to_come_first() -> None:
    n, weights = 6000, [1.0, 2.0, 3.0]
    firsts = [0, 0, 0]
    for month in range(n):
        keys = [queue_key(bits(1, 2, month, person)[0], weights[person], person) for person in range(3)]
        firsts[keys.index(min(keys))] += 1
    for first, weight in zip(firsts, weights, strict=True):
        p = weight / 6
        assert abs(first / n - p) < 4 * math.sqrt(p * (1 - p) / n)


@given(st.lists(st.integers(-20, 20) | INT64, max_size=60), st.integers(-1, 62))
def test_the_cutoff_is_the_kth_smallest_and_leaves_the_keys_alone(values: list[int], k: int) -> None:
    keys = np.array(values, np.int64)
    expected = -1 if k <= 0 else LAST_KEY if k >= len(values) else sorted(values)[k - 1]
    assert cutoff(keys, k) == expected
    assert keys.tolist() == values


@pytest.mark.parametrize("k", [0, 1, 700, 2999, 3000, 5000])
def test_as_many_win_as_there_is_to_win(k: int) -> None:
    keys = np.array([queue_key(bits(7, 8, 9, person)[0], 1.0 + person % 3, person) for person in range(3000)], np.int64)
    assert (keys <= cutoff(keys, k)).sum() == min(k, 3000)


@given(
    luck=st.integers(0, 2**32 - 1), weight=st.floats(0.0, 30.0), more=st.floats(0.0, 3.0), clock=st.floats(0.0, 600.0)
)
def test_whose_key_is_not_worked_out_has_waited_too_short(luck: int, weight: float, more: float, clock: float) -> None:
    """Whoever has less luck than `luck_by` says for a weight as high or higher has a later key than the clock's."""
    if not enough(luck, luck_by(clock, weight + more)):
        assert queue_key(luck, weight, 7) > clock_key(clock)


def test_the_clock_passes_over_nearly_everybody_who_cannot_win() -> None:
    late = [luck for luck in range(0, 2**32, 2**20) if enough(luck, luck_by(0.02, 1.0))]
    assert 0.015 < len(late) / 4096 < 0.025
