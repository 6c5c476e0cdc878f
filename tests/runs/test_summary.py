"""Replicates as arrays: the same numbers as the tidy tables, and sums over those that have come."""

import math
import re
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import runs.ensemble as subject
from engine.errors import UnknownName
from model.measures import HEADLINE, MEASURES, STRATA
from model.state import BURN_IN, LEDGER
from runs.ensemble import batches, ensemble
from runs.pasts import Pasts
from runs.summary import Batch, Summary, mean, quantiles
from scenarios.scenario import NOBODY, Scenario, with_twins

Failing = Callable[[Callable[[Scenario], bool]], None]
Small = Callable[..., Scenario]
ALL = (*MEASURES.fields, *LEDGER.fields)
SETS = ({"contact": 0.06, "return_settled": 0.006}, {"contact": 0.1, "return_settled": 0.009})


def summed(parts: Any) -> Summary:
    summary = Summary()
    for batch in parts:
        summary.add(batch)
    return summary


@pytest.mark.parametrize("sets", [None, SETS])
def test_arrays_hold_the_numbers_of_the_tables(small: Small, sets: Any) -> None:
    found = with_twins([small("homes"), small("user_centred")])
    summary = summed(batches(found, 2, seed=5, measures=ALL, sets=sets))
    tidy = ensemble(found, 2, seed=5, sets=sets)
    runs = tidy.runs.select("seed", "set").unique().sort("set", "seed")
    seeds = runs["seed"].to_list()
    assert [one.replicate for one in summary.batches] == list(range(len(seeds)))
    assert [one.seeds for one in summary.batches] == [(seed,) * 3 for seed in seeds]
    assert [one.set_number for one in summary.batches] == runs["set"].to_list()
    assert summary.values.shape == (3, len(seeds), 85, len(ALL))
    for scenario in summary.batches[0].scenarios:
        for name in ALL:
            measure, stratum = STRATA.get(name, (name, "all"))
            if stratum.startswith("group"):  # tables name those that a place has; this one has none
                continue
            rows = tidy.months.filter(scenario=scenario, measure=measure, stratum=stratum).sort("set", "seed", "month")
            assert summary.of(scenario, name).ravel().tolist() == pytest.approx(
                rows["value"].to_list(), abs=0, rel=0, nan_ok=True
            ), (scenario, name)


def test_a_part_has_the_same_numbers_and_holds_nothing_else(small: Small) -> None:
    whole = summed(batches(with_twins([small("homes"), small("user_centred")]), 2, measures=ALL))
    first = whole.batches[0].scenarios
    some = whole.part((first[2], first[0]), HEADLINE)
    for name in (first[2], first[0]):
        for measure in HEADLINE:
            assert np.array_equal(some.of(name, measure), whole.of(name, measure), equal_nan=True)
    assert [one.seeds for one in some.batches] == [(one.seeds[2], one.seeds[0]) for one in whole.batches]
    assert all(one.values.base is None for one in some.batches)
    assert some.values.nbytes * 3 * len(ALL) == whole.values.nbytes * 2 * len(HEADLINE)


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_batches_come_in_order_and_alike_whatever_the_number_of_threads(small: Small, threads: int) -> None:
    found = [small("homes"), small("user_centred"), small("homes", world="sceptic", label="other past")]
    parts = list(batches(found, 5, threads=threads))
    assert [part.replicate for part in parts] == [0, 1, 2, 3, 4]
    assert all(part.scenarios == ("homes", "user_centred", "other past") for part in parts)
    usual = summed(batches(found, 5, threads=2))
    np.testing.assert_array_equal(summed(parts).values, usual.values)


def test_the_first_replicate_of_every_scenario_is_begun_first(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[int, str]] = []
    lived = subject.lived

    def noted(past: Any, scenario: Scenario, look: Any) -> Any:
        begun.append((scenario.seed, scenario.label))
        return lived(past, scenario, look)

    monkeypatch.setattr(subject, "lived", noted)
    pasts, found = Pasts(), [small("homes"), small("top_up"), small("carrier")]
    list(batches(found, 3, threads=1, pasts=pasts))
    assert begun == [(seed, one.label) for seed in (1, 2, 3) for one in found]


def test_the_first_answer_does_not_wait_for_the_last(small: Small) -> None:
    parts = batches([small("homes")], 200, threads=1)
    began = time.perf_counter()
    first = next(parts)
    for_the_first = time.perf_counter() - began
    for _ in range(19):
        next(parts)
    for_twenty = time.perf_counter() - began
    parts.close()  # type: ignore[attr-defined]
    assert first.replicate == 0
    assert for_the_first < for_twenty / 3


def test_no_months_beyond_a_run_and_none_of_a_failed_one(small: Small, failing: Failing) -> None:
    failing(lambda one: one.label == "homes" and one.seed == 2)
    summary = summed(batches([small("homes"), small("top_up", months=90)], 3))
    assert summary.batches[1].status == ("failed", "done")
    assert summary.batches[1].errors == ("ZeroDivisionError: by zero", "")
    assert summary.months == 91
    assert np.isnan(summary.batches[1].values[0]).all()
    assert np.isnan(summary.batches[0].values[0, 85:]).all()
    assert np.isfinite(summary.batches[0].values[:, :85, 1]).all()
    assert len(summary.of("homes", "secure_people")) == 2
    assert summary.difference("homes", "top_up", "secure_people").shape == (2, 91)
    assert summary.replicates == 3


def by_hand(values: list[list[float]], status: str = "done") -> Batch:
    """A batch of two scenarios in two months with one measure."""
    numbers = np.array(values)[:, :, None]
    return Batch(0, ("a", "b"), ("fit",), numbers, (1, 1), None, (status, "done"), ("", ""))


def test_sums_worked_by_hand() -> None:
    summary = Summary()
    for a, b in (((1.0, 10.0), (0.0, 4.0)), ((3.0, math.nan), (1.0, 4.0)), ((2.0, 30.0), (0.0, 4.0))):
        summary.add(by_hand([list(a), list(b)]))
    found = summary.of("a", "fit")
    np.testing.assert_array_equal(mean(found), [2.0, math.nan])
    np.testing.assert_array_equal(quantiles(found, (0.0, 0.25, 1.0)), [[1.0, 10.0], [1.5, 15.0], [3.0, 30.0]])
    np.testing.assert_array_equal(summary.difference("a", "b", "fit"), [[1.0, 6.0], [2.0, math.nan], [2.0, 26.0]])
    summary.add(by_hand([[9.0, 9.0], [0.0, 4.0]], status="failed"))
    assert len(summary.of("a", "fit")) == len(summary.difference("a", "b", "fit")) == 3
    assert len(summary.of("b", "fit")) == 4


def test_quantiles_are_numpys_where_all_is_finite() -> None:
    numbers = np.random.default_rng(1).normal(size=(17, 5))
    for levels in ((0.05, 0.25, 0.5, 0.75, 0.95), (0.0, 1.0)):
        np.testing.assert_allclose(quantiles(numbers, levels), np.quantile(numbers, levels, axis=0), rtol=1e-13)
    numbers[3, 2], numbers[:, 4] = math.inf, math.nan
    left = np.delete(numbers[:, 2], 3)
    np.testing.assert_allclose(quantiles(numbers)[:, 2], np.quantile(left, (0.05, 0.25, 0.5, 0.75, 0.95)), rtol=1e-13)
    assert np.isnan(quantiles(numbers)[:, 4]).all()
    assert np.isnan(quantiles(numbers[:0])).all()
    assert np.isnan(mean(numbers[:0])).all()


def test_a_placebo_is_no_different_in_any_replicate(small: Small) -> None:
    summary = summed(batches(with_twins([small("placebo")]), 2))
    for measure in HEADLINE:
        assert not summary.difference("placebo", NOBODY, measure).any()


def test_names_are_checked_before_anything_runs(small: Small) -> None:
    with pytest.raises(UnknownName, match="secure_peopl"):
        next(batches([small("homes")], 1, measures=("secure_peopl",)))
    summary = summed(batches([small("homes")], 1))
    with pytest.raises(UnknownName, match="voice"):
        summary.of("homes", "voice")
    with pytest.raises(UnknownName, match="home"):
        summary.of("home", "secure_people")
    assert list(batches([], 3)) == []


def alive() -> list[str]:
    return [thread.name for thread in threading.enumerate() if re.fullmatch(r"unfreeze-\d+", thread.name)]


@pytest.mark.compiled
@pytest.mark.parametrize("people", [2000, 10_000])
def test_a_set_event_stops_everything_at_once_and_the_next_call_starts_at_once(small: Small, people: int) -> None:
    found, pasts = [small("homes", people=people), small("user_centred", people=people)], Pasts()
    list(batches(found, 1, pasts=pasts))
    ends, starts = [], []
    for wait in (0.0, 0.01, 0.02, 0.03, 0.05):
        cancel = threading.Event()
        parts = batches(found, 200, cancel=cancel, pasts=pasts)
        next(parts)
        time.sleep(wait)  # into the middle of something
        cancel.set()
        began = time.perf_counter()
        left = len(list(parts))
        ends.append(time.perf_counter() - began)
        assert alive() == []
        assert left < 100
        again = batches(found, 1, pasts=pasts)
        next(again)
        starts.append(time.perf_counter() - began)
    alone = time.perf_counter()
    list(batches(found, 1, pasts=pasts))
    alone = time.perf_counter() - alone
    assert sorted(ends)[1] < 0.5  # seconds; all 200 take several.  How soon exactly: benchmarks/ensembles.py
    assert min(starts) < 2.5 * alone + 0.5


@pytest.mark.compiled
def test_a_chunk_is_short_whatever_the_number_of_people(small: Small) -> None:
    for people in (500, 20_000):
        ticks: list[int] = []
        times: list[float] = []

        def tick(months: int, ticks: list[int] = ticks, times: list[float] = times) -> None:
            ticks.append(months)
            times.append(time.perf_counter())

        list(batches([small("homes", people=people)], 1, threads=1))
        subject.eve(small("homes", people=people), tick)
        assert sum(ticks) == BURN_IN + 12
        gaps = sorted(b - a for a, b in pairwise(times))
        assert gaps[len(gaps) // 2] < 0.25
    assert max(ticks) < 12  # of 20,000 people


def test_months_of_all_runs_are_counted_whether_a_past_is_made_or_found(small: Small) -> None:
    pasts = Pasts()
    for _ in range(2):
        seen: list[tuple[int, int]] = []
        found = [small("homes"), small("top_up")]
        list(batches(found, 2, on_progress=lambda *done, seen=seen: seen.append(done), pasts=pasts))
        in_all = 2 * (BURN_IN + 12) + 4 * (84 - 12)  # the first year is shared, as nobody decides before its end
        assert seen[-1] == (in_all, in_all)


def test_trouble_of_our_own_reaches_the_caller(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise SystemExit("broken")

    monkeypatch.setattr(subject, "_run", broken)
    with pytest.raises(SystemExit, match="broken"):
        list(batches([small("homes")], 4, threads=2))
    assert alive() == []
