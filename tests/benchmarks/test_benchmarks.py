"""The benchmarks run, on tiny cases: what they measure, not how fast it is."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import floor, pairing, pieces, speed
from engine.arithmetic import exp, log
from engine.chance import STEP
from model.measures import HEADLINE

TINY = {"months": 2, "past": 6}


def test_what_is_altered_still_stands_in_the_rules() -> None:
    for piece in pieces.LEFT_OUT + pieces.UNDONE + pieces.TRIED:
        pieces.texts(piece.changes)


def test_a_change_out_of_date_is_told() -> None:
    with pytest.raises(ValueError, match=r"model\.beds has no longer"):
        pieces.texts({"model.beds": [("no such rule", "")]})


@pytest.mark.compiled
def test_pieces_on_five_hundred_people() -> None:
    chosen = [p for p in pieces.UNDONE if not p.changes]
    chosen += [p for p in pieces.LEFT_OUT if p.what == "births"]
    left_out, undone, tried = pieces.pieces([500], tries=1, **TINY, of=chosen)
    assert [row[1] for row in left_out] == ["left out", "(as it is, and the call)", "births"]
    assert len(undone) == 1 + 5 + len(chosen) - 1
    assert float(left_out[1][2]) > 0.0
    assert tried == [("step", "tried", "500")]


def test_another_life_is_noticed() -> None:
    world = pieces.settled(500, past=6)
    other = speed.again(world)
    assert pieces.same(world, other)
    other.users["trust"][3] += 0.25
    assert not pieces.same(world, other)


@pytest.mark.compiled
def test_the_floor_computes_what_the_engine_computes() -> None:
    whole, exps, logs = floor.floor_kernels()
    drawn = np.concatenate([np.arange(3), np.random.default_rng(1).integers(0, 2**32, 997), [2**32 - 1]])
    found = np.zeros(len(drawn))
    exps(drawn, found, len(drawn))
    assert found.tolist() == [exp(-(x + 0.5) * STEP) for x in drawn.tolist()]
    logs(drawn, found, len(drawn))
    assert found.tolist() == [log((x + 0.5) * STEP) for x in drawn.tolist()]
    assert whole(5000, 400, 300) != whole(5000, 0, 300)


@pytest.mark.compiled
def test_machine_code_counts_its_draws_and_logarithms(tmp_path: object) -> None:
    program = """
from benchmarks.floor import counting
counter = counting()
from engine.batch_draws import deal, hands
from engine.chance import poisson, uniforms
from engine.lottery import queue_key
uniforms(1, 2, 3, 4)
queue_key(5, 1.0, 7)
deal(1, 2, 3, 10, hands())
poisson(3.0, 0.5)
print(*counter)
"""
    told, _ = speed.python("-c", program, UNFREEZE_CACHE_DIR=str(tmp_path))
    assert dict(zip(floor.KINDS, map(int, told.split()), strict=True)) == {"dealt": 10, "single": 1, "exp": 1, "log": 1}


def test_steps_of_five_hundred_people() -> None:
    (table,) = floor.by_step([500], rounds=1, **TINY)
    assert [row[0] for row in table[1:3]] == ["the world moves", "the foundation acts"]
    assert len(table) == 1 + 11 + 3
    assert "| step | 500 |" in floor.page([("Steps", table)])


def test_the_ratio_is_nothing_for_twins_and_one_for_strangers() -> None:
    chance = np.random.default_rng(1)
    a, b = chance.normal(size=(2, 4000))
    assert pairing.ratio(a, a + 3.0) == pytest.approx(0.0, abs=1e-12)
    low, high = pairing.interval(a, b, resamples=200)
    assert low < pairing.ratio(a, b) < high
    assert low < 1.0 < high
    assert pairing.ratio(a, a + b) == pytest.approx(1 / 3, abs=0.05)
    assert np.isnan(pairing.ratio(np.zeros(9), np.ones(9)))


def test_pairing_of_three_small_replicates() -> None:
    start, found = pairing.measured(pairing.PAIRS[:1], people=500, months=84, replicates=3)
    rows = pairing.table(start, found, pairing.PAIRS[:1], 84)
    assert start == 12
    assert [row[1] for row in rows[1:]] == [*HEADLINE, *pairing.OTHERS]
    assert len(rows[0]) == len(rows[1]) == 2 + 3 + 2 + 1


def test_ten_years_tell_time_and_memory(capsys: pytest.CaptureFixture[str]) -> None:
    speed.live_long(500)
    before, seconds, memory = map(float, capsys.readouterr().out.split())
    assert before > 0.0
    assert seconds > 0.0
    assert memory > 2**20


def test_a_missed_target_is_said() -> None:
    assert speed.Figure("month", "ns", [99.0, 101.0, 250.0], 100).cells()[1:] == (
        "101 ns",
        "99 to 250 (n = 3)",
        "at most 100",
        "NO",
    )
