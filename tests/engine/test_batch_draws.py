"""Draws for many people at once are those of each."""

from __future__ import annotations

import numpy as np
import pytest

from engine.batch_draws import BLOCK, IDS, deal, four, gather, hands
from engine.chance import bits, uniform, uniforms


@pytest.mark.parametrize("seed", [0, 7, 2**40 + 3, 2**62])
@pytest.mark.parametrize("month", [-1, 0, 95])
def test_a_block_of_people_is_dealt_the_draws_of_each(seed: int, month: int) -> None:
    people = np.array([(k * 4194304 + k // 3,) for k in range(BLOCK + 9)], dtype=[("id", np.int64)])
    rows = np.arange(len(people), dtype=np.int32)[::-1].copy()
    hand = hands()
    seen = 0
    for first in range(0, len(rows), BLOCK):
        n = gather(people, rows, first, hand)
        deal(seed, 3012345678, month, n, hand)
        for k in range(n):
            person = int(people["id"][rows[first + k]])
            assert tuple(hand[:4, k]) == bits(seed, 3012345678, month, person)
            assert tuple(uniform(int(x)) for x in hand[:4, k]) == uniforms(seed, 3012345678, month, person)
            assert four(hand, k) == uniforms(seed, 3012345678, month, person)
            assert hand[IDS, k] == person
        seen += n
    assert seen == len(people)
