"""Chance: the published generator, draws that depend on their address only, and counts drawn with one number.

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

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import chance
from engine.chance import bits, decisions, philox, poisson, registered, share_to_count, uniforms
from engine.lottery import cutoff, queue_key

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
                answers += [int(keys.sum()), cutoff(keys, 7)]
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


def test_draws_hang_on_the_number_of_their_group_and_not_on_its_words() -> None:
    assert decisions(3141592653, "tester", "first", "second") == 3141592653
    assert registered()["tester: first, second"] == 3141592653


def test_a_name_is_registered_once_for_each_actor() -> None:
    decisions(11, "tester A", "leave", "stay")
    decisions(12, "tester B", "leave")
    with pytest.raises(ValueError, match=r"clash with 'tester A: leave, stay' \(.*test_chance.py:\d+\)"):
        decisions(13, "tester A", "leave")
    with pytest.raises(ValueError, match="clash"):
        decisions(11, "tester A", "leave", "stay")  # the same group, from another line


def test_two_groups_with_one_number_are_an_error() -> None:
    decisions(14, "tester C", "one")
    with pytest.raises(ValueError, match="'tester D: other' clash with 'tester C: one'"):
        decisions(14, "tester D", "other")


@pytest.mark.parametrize("number", [-1, 2**32])
def test_the_number_of_a_group_is_one_word(number: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 4294967295"):
        decisions(number, "tester G", "one")


@pytest.mark.parametrize("names", [(), ("a", "b", "c", "d", "e"), ("a", "a")])
def test_a_group_has_one_to_four_different_decisions(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one to four"):
        decisions(15, "tester E", *names)


def test_importing_a_page_twice_is_no_clash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page_of_a_tester.py").write_text(
        "from engine.chance import decisions\nLEAVE = decisions(16, 'tester F', 'leave')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    page = importlib.import_module("page_of_a_tester")
    assert page.LEAVE == 16 == importlib.reload(page).LEAVE
    del sys.modules["page_of_a_tester"]
    assert importlib.import_module("page_of_a_tester").LEAVE == 16


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
