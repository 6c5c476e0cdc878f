"""Chance: the published generator, draws that depend on their address only, and fair lotteries.

Run as a program, this file prints a digest of many draws, to compare compiled with interpreted.
"""

from __future__ import annotations

import hashlib
import importlib
import math
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import chance
from engine.chance import (
    BLOCK,
    LAST_KEY,
    bits,
    cutoff,
    deal,
    decisions,
    gather,
    hands,
    philox,
    poisson,
    queue_key,
    queue_order,
    registered,
    share_to_count,
    uniform,
    uniforms,
)

# github.com/DEShawResearch/random123, tests/kat_vectors, the lines "philox4x32 10": counter, key, answer.
KNOWN_ANSWERS = """
00000000 00000000 00000000 00000000 00000000 00000000   6627e8d5 e169c58d bc57ac4c 9b00dbd8
ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff   408f276d 41c83b0e a20bc7c6 6d5451fd
243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0   d16cfe09 94fdcceb 5001e420 24126ea1
""".strip().splitlines()
WORD = st.integers(0, 2**32 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
UNIT = st.integers(0, 2**32 - 1).map(lambda word: (word + 0.5) / 2**32)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(chance, "_groups", dict(chance._groups))
    monkeypatch.setattr(chance, "_decisions", dict(chance._decisions))


def digest() -> str:
    """A hash over draws, lottery keys and counts at many addresses, among them the extreme ones."""
    answers: list[object] = []
    for seed in (0, -1, 2**63 - 1, -(2**63)):
        for person in (0, 1, 2**32, 2**63 - 1, -5):
            for month in (0, -24, 480):
                a, _, _, d = bits(seed, 0xDEADBEEF, month, person)
                u = uniforms(seed, 7, month, person)
                keys = np.array([queue_key(a // (i + 1), 0.1 * i, person - i) for i in range(20)], np.int64)
                answers += [a, d, u, poisson(3.7, u[0]), poisson(300.0, u[1]), share_to_count(2.5, u[2])]
                answers += [int(keys.sum()), cutoff(keys, 20, 7)]
    return hashlib.sha256(repr(answers).encode()).hexdigest()


def test_compiled_and_interpreted_draw_alike(other_way: Callable[[str], str]) -> None:
    assert other_way(__file__).strip() == digest()


@pytest.mark.parametrize("line", KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(line: str) -> None:
    words = [int(word, 16) for word in line.split()]
    assert list(philox(*words[:6])) == words[6:]


@given(INT64, WORD, st.integers(-480, 480), INT64)
def test_the_address_is_the_counter_and_the_seed_is_the_key(seed: int, group: int, month: int, person: int) -> None:
    who, key = person % 2**64, seed % 2**64
    words = philox(who % 2**32, who // 2**32, month % 2**32, group, key % 2**32, key // 2**32)
    assert bits(seed, group, month, person) == words
    assert uniforms(seed, group, month, person) == tuple((word + 0.5) / 2**32 for word in words)
    assert all(0.0 < u < 1.0 for u in uniforms(seed, group, month, person))


def test_numbers_from_arrays_are_as_good_as_pythons_own() -> None:
    seed, person = np.array([-7, 2**40], np.int64)
    assert bits(seed, np.int64(3), np.int16(5), person) == bits(-7, 3, 5, 2**40)


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
        seen += n
    assert seen == len(people)


def test_the_ends_are_never_drawn() -> None:
    assert (0 + 0.5) * chance.STEP > 0.0
    assert (2**32 - 1 + 0.5) * chance.STEP < 1.0


@pytest.mark.parametrize("changed", range(4))
def test_draws_look_uniform_and_unrelated_along_every_coordinate(changed: int) -> None:
    address, n = [11, 22, 33, 44], 5000
    draws = np.array([uniforms(*[a + i * (k == changed) for k, a in enumerate(address)]) for i in range(n)])
    assert np.abs(draws.mean(axis=0) - 0.5).max() < 4 / math.sqrt(12 * n)
    assert np.abs(draws.var(axis=0) - 1 / 12).max() < 4 * math.sqrt(1 / 180 / n)
    both = np.hstack([draws[1:], draws[:-1]])  # the four draws of one block, and those of its neighbour
    assert np.abs(np.corrcoef(both.T) - np.eye(8)).max() < 4.5 / math.sqrt(n)


def test_a_group_is_numbered_by_its_names() -> None:
    number = decisions("tester", "first", "second")
    assert number == crc32(b"tester: first, second")
    assert registered()["tester: first, second"] == number


def test_a_name_is_registered_once_for_each_actor() -> None:
    decisions("tester A", "leave", "stay")
    decisions("tester B", "leave")
    with pytest.raises(ValueError, match=r"clash with 'tester A: leave, stay' \(.*test_chance.py:\d+\)"):
        decisions("tester A", "leave")
    with pytest.raises(ValueError, match="clash"):
        decisions("tester A", "leave", "stay")  # the same group, from another line


def test_two_groups_with_one_number_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    decisions("tester C", "one")
    monkeypatch.setattr(chance, "crc32", lambda _: crc32(b"tester C: one"))
    with pytest.raises(ValueError, match="'tester D: other' clash with 'tester C: one'"):
        decisions("tester D", "other")


@pytest.mark.parametrize("names", [(), ("a", "b", "c", "d", "e"), ("a", "a")])
def test_a_group_has_one_to_four_different_decisions(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one to four"):
        decisions("tester E", *names)


def test_importing_a_page_twice_is_no_clash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page_of_a_tester.py").write_text(
        "from engine.chance import decisions\nLEAVE = decisions('tester F', 'leave')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    page = importlib.import_module("page_of_a_tester")
    number = page.LEAVE
    assert number == importlib.reload(page).LEAVE
    del sys.modules["page_of_a_tester"]
    assert number == importlib.import_module("page_of_a_tester").LEAVE


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


@given(st.lists(st.integers(-20, 20) | INT64, max_size=60), st.integers(-1, 62), st.integers(0, 3))
def test_the_cutoff_is_the_kth_smallest(values: list[int], k: int, spare: int) -> None:
    keys = np.array(values + [-(2**63)] * spare, np.int64)  # the spare keys are beyond n, and so not looked at
    expected = -1 if k <= 0 else LAST_KEY if k >= len(values) else sorted(values)[k - 1]
    assert cutoff(keys, len(values), k) == expected
    assert sorted(keys[: len(values)]) == sorted(values)


@given(st.lists(st.integers(0, 20) | st.integers(0, LAST_KEY), max_size=60, unique=True))
def test_a_queue_stands_in_the_order_of_its_keys_whatever_they_are(values: list[int]) -> None:
    keys = np.array(values, np.int64)
    assert queue_order(keys).tolist() == np.argsort(keys).tolist()
    assert keys.tolist() == values


@pytest.mark.parametrize("weights", [[1.0], [1.0, 3.0, 0.0]])
def test_a_queue_of_many_stands_in_the_order_of_its_keys(weights: list[float]) -> None:
    drawn = [bits(7, 8, 9, person)[0] for person in range(3000)]
    keys = np.array([queue_key(luck, weights[i % len(weights)], i) for i, luck in enumerate(drawn)], np.int64)
    assert queue_order(keys).tolist() == np.argsort(keys).tolist()


@pytest.mark.parametrize("order", ["up", "down", "organ pipe", "same"])
def test_the_cutoff_of_ordered_keys_takes_no_longer(order: str) -> None:
    n = 2000
    up = np.arange(n)
    keys = {"up": up, "down": up[::-1], "organ pipe": np.minimum(up, up[::-1]), "same": up * 0}[order].astype(np.int64)
    for k in (1, n // 3, n - 1):
        assert cutoff(keys.copy(), n, k) == np.sort(keys)[k - 1]


def exact_poisson(mean: float, u: float) -> int:
    """The smallest count whose distribution function reaches u, from logarithms, by another road than ours."""
    total, count = 0.0, 0
    while True:
        total += math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
        if total >= u or count > 3 * mean + 100:
            return count
        count += 1


@given(st.floats(0.001, 60.0), UNIT.filter(lambda u: u < 1 - 1e-9))
def test_small_poisson_counts_are_exact(mean: float, u: float) -> None:
    assert exact_poisson(mean, u - 1e-11) <= poisson(mean, u) <= exact_poisson(mean, u + 1e-11)


@given(st.floats(60.0, 3000.0), UNIT.filter(lambda u: 1e-9 < u < 1 - 1e-9))
def test_large_poisson_counts_are_within_one(mean: float, u: float) -> None:
    assert abs(poisson(mean, u) - exact_poisson(mean, u)) <= 1


@given(st.floats(0.0, 500.0), UNIT, UNIT)
def test_more_luck_never_means_a_smaller_count(mean: float, u: float, v: float) -> None:
    assert 0 <= poisson(mean, min(u, v)) <= poisson(mean, max(u, v))


def test_poisson_without_a_mean_is_nobody() -> None:
    assert poisson(0.0, 1 - 2**-33) == 0


@given(st.floats(0.0, 1e6), UNIT)
def test_a_share_becomes_one_of_its_two_neighbours(x: float, u: float) -> None:
    assert share_to_count(x, u) in (math.floor(x), math.ceil(x))
    assert type(share_to_count(x, u)) is int


def test_shares_become_counts_of_the_same_mean() -> None:
    counts = [share_to_count(2.3, (i + 0.5) / 1000) for i in range(1000)]
    assert sum(counts) == 2300
    assert all(a >= b for a, b in pairwise(counts))


if __name__ == "__main__":
    print(digest())
