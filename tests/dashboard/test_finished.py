"""Finished runs are found again, whole or not at all, and within bounds."""

import threading

import numpy as np

from dashboard.finished import Finished
from dashboard.screen import read_query
from model.state import LEDGER
from runs.ensemble import batches

SMALL = read_query("people=500&months=80&s=homes")


def test_what_is_known_has_the_digits_of_a_fresh_run() -> None:
    known = Finished({"secure_share"})
    assert set(known.measures) == {"secure_share", *LEDGER.fields}
    first = list(known.replicates(SMALL.scenarios, 0, 3, 2))
    again = list(known.replicates(SMALL.scenarios, 1, 3, 2))
    assert known.computed == 4 * 2
    fresh = list(batches(SMALL.scenarios, 4, measures=known.measures))
    for mine, right in zip((*first, again[-1]), fresh, strict=True):
        assert (mine.replicate, mine.seeds, mine.scenarios) == (right.replicate, right.seeds, right.scenarios)
        np.testing.assert_array_equal(mine.values, right.values)
    np.testing.assert_array_equal(again[0].values, fresh[1].values)


def test_another_name_for_the_same_levers_is_the_same_run() -> None:
    known = Finished({"secure_share"})
    list(known.replicates(SMALL.scenarios, 0, 1, 1))
    usual = SMALL.scenarios[1].phases[0][1]["listening"]
    same, other = SMALL.with_lever(0, "listening", usual), SMALL.with_lever(0, "listening", usual + 1)
    list(known.replicates(same.scenarios, 0, 1, 1))
    assert known.computed == 2
    list(known.replicates(other.scenarios, 0, 1, 1))
    assert known.computed == 3


def test_bytes_are_bounded() -> None:
    one = Finished({"secure_share"})
    list(one.replicates(SMALL.scenarios, 0, 1, 1))
    most = 3 * one.bytes // 2
    small = Finished({"secure_share"}, most=most)
    made = list(small.replicates(SMALL.scenarios, 0, 4, 2))
    assert len(small) == 3
    assert small.bytes <= most
    again = list(small.replicates(SMALL.scenarios, 0, 4, 2))
    for mine, right in zip(again, made, strict=True):
        np.testing.assert_array_equal(mine.values, right.values)


def test_nothing_comes_once_it_is_cancelled() -> None:
    stop = threading.Event()
    stop.set()
    assert list(Finished().replicates(SMALL.scenarios, 0, 2, 1, stop)) == []
