"""Many runs: the same digits however many threads, paired by seed, and failures that are rows."""

import json
import re
import threading
import weakref
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import runs.ensemble as subject
from engine.errors import BadInput
from model.measures import HEADLINE, STRATA
from runs.ensemble import Seeds, batches, each_replicate, ensemble
from runs.running import eve, live
from runs.store import Results
from scenarios.scenario import NOBODY, Scenario, with_twins

Failing = Callable[[Callable[[Scenario], bool]], None]
Small = Callable[..., Scenario]
NO_TIME = pl.exclude("seconds")


def same(one: Results, other: Results) -> None:
    assert_frame_equal(one.months, other.months, check_exact=True)
    assert_frame_equal(one.events, other.events, check_exact=True)
    assert_frame_equal(one.runs.select(NO_TIME), other.runs.select(NO_TIME))


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_the_same_digits_and_order_whatever_the_number_of_threads(small: Small, threads: int) -> None:
    found = with_twins([small("homes"), small("user_centred")])
    same(ensemble(found, 2, threads=1), ensemble(found, 2, threads=threads))


def test_a_replicate_is_the_run_with_that_seed_whoever_else_runs(small: Small) -> None:
    many = ensemble([small("user_centred"), small("homes")], 2, seed=5, threads=1)
    alone = Results.of([live(small("homes", seed=6))])
    assert_frame_equal(many.months.filter(scenario="homes", seed=6), alone.months, check_exact=True)
    assert_frame_equal(many.events.filter(scenario="homes", seed=6), alone.events, check_exact=True)
    assert many.runs["seed"].to_list() == [5, 5, 6, 6]


def test_a_foundation_that_does_nothing_changes_nothing(small: Small) -> None:
    in_hand = ["unspent", "income_to_date"]  # what it has and does not use
    months = ensemble(with_twins([small("placebo")]), 2).months.filter(~pl.col("measure").is_in(in_hand))
    both = [months.filter(scenario=name).drop("scenario") for name in (NOBODY, "placebo")]
    assert_frame_equal(*both, check_exact=True)


def test_results_come_replicate_by_replicate_and_progress_reaches_the_end(small: Small) -> None:
    seen: list[tuple[int, int]] = []
    found = [small("homes"), small("top_up")]
    parts = list(each_replicate(found, 3, on_progress=lambda done, total: seen.append((done, total))))
    assert [part.runs["seed"].to_list() for part in parts] == [[1, 1], [2, 2], [3, 3]]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]
    assert len({total for _, total in seen}) == 1


def test_a_failed_run_is_a_row_and_the_others_go_on(small: Small, failing: Failing) -> None:
    failing(lambda one: one.label == "homes" and one.seed == 2)
    results = ensemble([small("homes"), small("top_up")], 2)
    assert results.runs["status"].to_list() == ["done", "done", "failed", "done"]
    assert results.runs["error"].to_list() == ["", "", "ZeroDivisionError: by zero", ""]
    assert results.months.filter(scenario="homes")["seed"].unique().to_list() == [1]


def test_a_failed_past_fails_all_its_runs(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(scenario: Scenario, look: Any) -> Any:
        raise MemoryError("no room")

    monkeypatch.setattr(subject, "eve", fails)
    results = ensemble([small("homes"), small("top_up")], 1)
    assert results.runs["status"].to_list() == ["failed", "failed"]
    assert results.months.is_empty()
    assert results.events.is_empty()


def test_cancelled_runs_are_rows(small: Small) -> None:
    cancel = threading.Event()

    def stop(done: int, total: int) -> None:
        cancel.set()

    results = ensemble([small("homes"), small("top_up")], 4, threads=1, on_progress=stop, cancel=cancel)
    assert results.runs.height == 8
    assert "cancelled" in results.runs["status"].to_list()
    assert set(results.runs["status"]) <= {"done", "cancelled"}
    assert set(results.months["seed"]) == set(results.runs.filter(status="done")["seed"])


def test_whoever_leaves_early_leaves_no_thread_behind(small: Small) -> None:
    parts = each_replicate([small("homes")], 50, threads=2)
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if re.fullmatch(r"unfreeze-\d+", thread.name)]


def test_an_exception_in_the_caller_stops_the_runs(small: Small) -> None:
    def interrupts(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensemble([small("homes")], 50, on_progress=interrupts)
    assert not [thread for thread in threading.enumerate() if re.fullmatch(r"unfreeze-\d+", thread.name)]


def test_only_some_measures_are_kept_if_asked(small: Small) -> None:
    months = ensemble([small("homes")], 1, keep=HEADLINE).months
    assert set(months["measure"]) == set(HEADLINE)
    strata = {stratum for measure, stratum in STRATA.values() if measure in HEADLINE and "group" not in stratum}
    assert set(months["stratum"]) == {"all", *strata}


def test_nothing_to_run_gives_empty_tables() -> None:
    results = ensemble([], 3)
    assert results.months.is_empty()
    assert results.runs.is_empty()


SETS = ({"contact": 0.06, "return_settled": 0.006}, {"contact": 0.1, "return_settled": 0.009})


@pytest.mark.parametrize(
    ("seeds", "which"),
    [("common", [(5, 1), (6, 1), (5, 2), (6, 2)]), ("independent", [(5, 1), (6, 1), (7, 2), (8, 2)])],
)
def test_every_set_has_its_replicates_and_every_strategy_the_same_set(
    small: Small, seeds: Seeds, which: list[tuple[int, int]]
) -> None:
    found = with_twins([small("homes"), small("user_centred")])
    results = ensemble(found, 2, seed=5, sets=SETS, seeds=seeds)
    assert results.runs.select("seed", "set").unique().sort("set", "seed").rows() == which
    assert results.months.select("seed", "set").unique().sort("set", "seed").rows() == which
    for row in results.runs.iter_rows(named=True):
        parameters = json.loads(row["parameters"])
        assert {name: parameters[name] for name in SETS[0]} == SETS[row["set"] - 1]
    assert results.runs["hash"].n_unique() == 12
    same(results, ensemble(found, 2, seed=5, sets=SETS, threads=1, seeds=seeds))


def test_a_set_is_the_run_with_those_parameters(small: Small) -> None:
    for seeds, its_seed in (("common", 3), ("independent", 4)):
        many = ensemble([small("homes")], 1, seed=3, sets=SETS, keep=HEADLINE, seeds=seeds).months.filter(set=2)
        own = small("homes", seed=its_seed, sets=("contact=0.1", "return_settled=0.009"))
        alone = Results.of([live(own)], HEADLINE).months
        assert_frame_equal(many.drop("set"), alone.drop("set"), check_exact=True)
        assert alone["set"].null_count() == alone.height


def test_with_common_seeds_a_parameter_that_does_nothing_shows_exactly_nothing(small: Small) -> None:
    found = with_twins([small("homes")])
    idle = [{"faking": 0.1}, {"faking": 0.9}]  # read only when a grant is asked for, and there is none
    values = {}
    for seeds in ("common", "independent"):
        months = ensemble(found, 2, sets=idle, keep=("crisis", "spend_all"), seeds=seeds).months
        values[seeds] = [months.filter(set=number)["value"].to_list() for number in (1, 2)]
    assert values["common"][0] == values["common"][1]
    assert values["independent"][0] != values["independent"][1]


def test_seeds_are_one_of_two_kinds(small: Small) -> None:
    for run in (ensemble, each_replicate, batches):
        with pytest.raises(BadInput, match=r"'seeds' is 'shared'.*the same seeds in every parameter set"):
            list(run([small("homes")], 1, seeds="shared"))  # type: ignore[operator]


def test_a_foundation_that_does_nothing_changes_nothing_in_any_plausible_world(small: Small) -> None:
    results = ensemble(with_twins([small("placebo")]), 2, sets=SETS, keep=HEADLINE)
    both = [results.months.filter(scenario=name).drop("scenario") for name in (NOBODY, "placebo")]
    assert_frame_equal(*both, check_exact=True)
    assert results.months.filter(set=1)["value"].to_list() != results.months.filter(set=2)["value"].to_list()


def test_twins_share_their_past_in_every_set(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int | None]] = []
    burnt_in = subject.eve

    def counted(scenario: Scenario, look: Any) -> Any:
        seen.append((scenario.seed, scenario.set_number))
        return burnt_in(scenario, look)

    monkeypatch.setattr(subject, "eve", counted)
    ensemble(with_twins([small("homes"), small("top_up")]), 2, sets=SETS, threads=2)
    assert sorted(seen) == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_a_failed_run_in_a_set_is_a_row(small: Small, failing: Failing) -> None:
    failing(lambda one: one.set_number == 2)
    results = ensemble([small("homes")], 1, sets=SETS)
    assert results.runs.select("set", "status").rows() == [(1, "done"), (2, "failed")]


def test_labels_and_replicates_are_checked(small: Small) -> None:
    with pytest.raises(BadInput, match="Two different scenarios are called 'homes'"):
        ensemble([small("homes"), small("homes", seed=2)])
    with pytest.raises(BadInput, match="'replicates' is 0"):
        ensemble([small("homes")], 0)
    with pytest.raises(BadInput, match="2 sets of parameters with 6,000 replicates each"):
        ensemble([small("homes")], 6000, sets=SETS)


def test_a_past_goes_with_its_last_run(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many replicates there are, no more pasts are alive than threads can be at work on."""
    made: list[weakref.ref[object]] = []

    def counted(*given: Any) -> Any:
        world = eve(*given)
        made.append(weakref.ref(world.users))
        return world

    monkeypatch.setattr("runs.ensemble.eve", counted)
    most = 0
    for _ in each_replicate(with_twins([small("homes")]), 12, threads=2):
        most = max(most, sum(one() is not None for one in made))
    assert len(made) == 12
    assert 1 <= most <= 3
