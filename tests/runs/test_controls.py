"""Controls: homes for the same money beside every strategy, found from runs, told as they are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import runs.ensemble as ensembles
from engine.errors import BadInput
from runs.controls import (
    ALL_PAYERS,
    CLOSE,
    CORRECTIONS,
    PROGRAMME,
    SPENT,
    Costs,
    EqualCost,
    costs_of,
    costs_so_far,
    ensemble_with_controls,
    equal_cost_controls,
    join_equal_cost,
    when,
    with_controls,
)
from runs.ensemble import batches, ensemble
from runs.pasts import Pasts
from runs.running import live
from runs.summary import Batch
from scenarios.levers import load_levers
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import Phase, Strategy, find_strategy
from scenarios.worldviews import find_worldview

Small = Callable[..., Scenario]
NO_TIME = pl.exclude("seconds")
SETS = ({"contact": 0.06, "return_settled": 0.006}, {"contact": 0.1, "return_settled": 0.009})
RUNS = [(None, 1), (None, 2)]
TWIN = 1000.0  # what all payers spend without a foundation, in made-up books


# --- the same programme money -----------------------------------------------------------------------------------------


def test_arms_with_the_same_money_share_a_control_with_that_money(small: Small) -> None:
    found = with_controls(with_twins([small("user_centred"), small("catalytic_philanthropy")]))
    assert [one.label for one in found] == [NOBODY, "user_centred", "catalytic_philanthropy", PROGRAMME]
    control = found[-1]
    assert control.control_of == ("user_centred", "catalytic_philanthropy")
    assert control.strategy.title == "Homes for the same programme money"
    assert control.lever_rows().tobytes() == small("homes").lever_rows().tobytes()
    assert control.eve_key == found[0].eve_key  # nothing before the first decision is run again
    assert [one.control_of for one in found[:-1]] == [(), (), ()]


def test_who_has_no_programme_or_does_nothing_has_no_control(small: Small) -> None:
    found = with_twins([small("placebo"), small("homes", sets=("budget=0",), label="poor")])
    assert with_controls(found) == found


def test_homes_need_no_control_and_are_one_arm_among_others(small: Small) -> None:
    alone = with_twins([small("homes")])
    assert with_controls(alone) == alone
    assert with_controls(with_twins([small("homes"), small("top_up")]))[-1].control_of == ("top_up",)


def test_the_control_has_the_arms_money_month_for_month_and_none_of_its_other_levers(small: Small) -> None:
    phases = (
        Phase(0, {"start": 3, "duration": 30, "budget": 0.02, "listening": 1, "share_places": 0.5}),
        Phase(6, {"share_places": 0.3}),
        Phase(12, {"budget": 0.005}),
    )
    arm = small(strategy="homes", sets=("contact=0.06",))
    arm = replace(arm, strategy=Strategy("mine", "Mine", "M.", "hybrid", phases), label="mine")
    control = with_controls(with_twins([arm]))[-1]
    mine, theirs = arm.lever_rows(), control.lever_rows()
    for name in ("budget", "start", "duration"):
        assert mine[name].tolist() == theirs[name].tolist()
    assert theirs["share_homes"].tolist() == [float(budget > 0) for budget in mine["budget"]]
    assert not theirs["listening"].any()
    assert control.parameters().contact[0] == 0.06


def test_settings_of_levers_are_the_arms_and_not_its_controls(small: Small) -> None:
    moved = small("user_centred", sets=("budget=0.03", "convening=0.2", "start=6"))
    control = with_controls(with_twins([moved]))[-1]
    levers = control.phases[0][1]
    assert (levers["budget"], levers["start"], levers["convening"]) == (0.03, 6.0, 0.0)


def test_different_money_has_controls_of_its_own_that_say_whose(small: Small) -> None:
    large = replace(small("user_centred", sets=("budget=0.03",)), label="large")
    found = with_controls([small("status_quo"), small("user_centred"), large, small("top_up")])
    controls = {one.label: one for one in found if one.control_of}
    assert {label: one.control_of for label, one in controls.items()} == {
        f"{PROGRAMME}.user_centred": ("user_centred", "top_up"), f"{PROGRAMME}.large": ("large",)
    }  # fmt: skip
    title = controls[f"{PROGRAMME}.user_centred"].strategy.title
    assert title == "Homes for the same programme money as User-centred and Top-up"


def test_every_worldview_has_its_own_control(small: Small) -> None:
    found = with_controls(with_twins([small("top_up"), small("top_up", world="sceptic")]))
    controls = [one for one in found if one.control_of]
    assert [(one.label, one.control_of) for one in controls] == [
        (f"{PROGRAMME}@evidence", ("top_up@evidence",)), (f"{PROGRAMME}@sceptic", ("top_up@sceptic",))
    ]  # fmt: skip
    assert [one.burn_in_key for one in controls] == [found[0].burn_in_key, found[2].burn_in_key]


def test_a_strategy_cannot_be_called_what_a_control_is(small: Small) -> None:
    with pytest.raises(BadInput, match=f"Two different scenarios are called '{PROGRAMME}'"):
        with_controls([small("status_quo"), small("top_up", label=PROGRAMME)])


def test_a_twin_of_a_control_is_nobodys_control(small: Small) -> None:
    control = with_controls(with_twins([small("top_up")]))[-1]
    assert control.twin().control_of == ()
    assert control.with_set(1, {"contact": 0.06}).control_of == ("top_up",)


# --- the same all-payer money, in made-up books -----------------------------------------------------------------------


class Books:
    """What all payers spend, as a function of the homes' budget: two runs whose mean it is."""

    def __init__(self, arm: float, homes: Callable[[float], float], scenarios: list[Scenario]) -> None:
        self.homes, self.asked = homes, []
        first = {"status_quo": 0.0, "top_up": arm, PROGRAMME: homes(0.01)}
        self.costs: Costs = {one.label: self.runs(first[one.label]) for one in scenarios}
        self.asked: list[float] = []

    @staticmethod
    def runs(extra: float) -> dict[tuple[int | None, int], float]:
        return {RUNS[0]: TWIN + extra - 5.0, RUNS[1]: 2 * TWIN + extra + 5.0} if extra else {
            RUNS[0]: TWIN, RUNS[1]: 2 * TWIN
        }  # fmt: skip

    def run(self, some: list[Scenario]) -> Costs:
        assert [one.label for one in some] == [f"{ALL_PAYERS}.top_up"]
        budget = some[0].phases[0][1]["budget"]
        self.asked.append(budget)
        return {some[0].label: self.runs(self.homes(budget))}


def searched(small: Small, arm: float, homes: Callable[[float], float]) -> tuple[list[Scenario], EqualCost, Books]:
    chosen = with_controls(with_twins([small("top_up")]))
    books = Books(arm, homes, chosen)
    controls, (found,) = equal_cost_controls(chosen, books.costs, books.run)
    assert len(books.asked) <= 1 + CORRECTIONS
    return controls, found, books


def test_in_proportion_the_first_try_is_right(small: Small) -> None:
    (control,), found, books = searched(small, 90.0, lambda budget: 3000 * budget)
    assert books.asked == [pytest.approx(0.03)]
    assert (found.arm, found.control, found.round, found.at_limit) == ("top_up", control.label, 0, False)
    assert (found.wanted, found.achieved, found.reached) == pytest.approx((90, 90, 1))
    assert (found.budget, found.times) == pytest.approx((0.03, 3))
    assert control.phases[0][1]["budget"] == pytest.approx(0.03)
    assert control.control_of == ("top_up",)
    assert control.strategy.title == "Homes for what all payers paid under Top-up"
    assert "With 3 times the programme money of Top-up, homes cost all payers 100%" in found.sentence


@pytest.mark.parametrize(("arm", "tries"), [(5.0, 2), (40.0, 1), (60.0, 2), (90.0, 3)])
def test_out_of_proportion_two_corrections_do(small: Small, arm: float, tries: int) -> None:
    (control,), found, books = searched(small, arm, lambda budget: 4000 * budget - 30_000 * budget**2)
    assert len(books.asked) == tries
    assert found.reached == pytest.approx(1, abs=CLOSE)
    assert control.phases[0][1]["budget"] == pytest.approx(books.asked[found.round or 0])


def test_the_nearest_of_all_tries_is_kept(small: Small) -> None:
    jumps = iter([30.0, 100.0, 40.0, 70.0])  # luck that no budget explains: programme control, then three tries
    (control,), found, books = searched(small, 60.0, lambda budget: next(jumps))
    assert len(books.asked) == 1 + CORRECTIONS
    assert (found.achieved, found.round) == (70.0, 2)
    assert control.phases[0][1]["budget"] == pytest.approx(books.asked[2])


def test_a_programme_control_that_costs_as_much_is_taken_as_it_is(small: Small) -> None:
    _, found, books = searched(small, 30.3, lambda budget: 3000 * budget)
    assert books.asked == [0.01]
    assert found.sentence.startswith("With the programme money of Top-up, homes cost all payers 99%")


def test_a_budget_beyond_what_can_be_set_stands_at_the_limit_and_says_so(small: Small) -> None:
    most = load_levers()["budget"].high
    (control,), found, books = searched(small, 200.0, lambda budget: 3000 * budget)
    assert books.asked == [most]
    assert found.at_limit
    assert found.reached == pytest.approx(0.75)
    assert control.phases[0][1]["budget"] == most
    assert found.sentence.startswith("Even with 5% of system spend, the highest budget that can be set, homes cost all")
    assert "only 75% of what Top-up does" in found.sentence


def test_homes_that_save_money_have_no_such_budget(small: Small) -> None:
    controls, found, books = searched(small, 60.0, lambda budget: -1000 * budget)
    assert books.asked == [load_levers()["budget"].high]
    assert controls == []
    assert (found.control, found.achieved, found.wanted) == (None, None, 60.0)
    assert "no budget costs what Top-up does" in found.sentence


def test_homes_that_save_money_at_first_and_cost_some_later_have_one(small: Small) -> None:
    _, found, books = searched(small, 60.0, lambda budget: 5000 * (budget - 0.02))
    assert books.asked[0] == load_levers()["budget"].high
    assert found.reached == pytest.approx(1, abs=CLOSE)


@pytest.mark.parametrize("extra", [0.0, -20.0])
def test_an_arm_that_costs_nothing_more_has_no_such_control(small: Small, extra: float) -> None:
    controls, found, books = searched(small, extra, lambda budget: 3000 * budget)
    assert (controls, books.asked, found.control) == ([], [], None)
    assert found.wanted == extra
    assert "no more under Top-up than without a foundation" in found.sentence


def test_only_runs_that_all_have_are_compared(small: Small) -> None:
    chosen = with_controls(with_twins([small("top_up")]))
    books = Books(60.0, lambda budget: 3000 * budget, chosen)
    incomplete = {**books.costs, "top_up": {RUNS[0]: books.costs["top_up"][RUNS[0]]}}  # the other run failed
    _, (found,) = equal_cost_controls(chosen, incomplete, books.run)
    assert (found.wanted, found.reached) == pytest.approx((55, 1))


def test_too_few_runs_give_no_control_and_say_so(small: Small) -> None:
    chosen = with_controls(with_twins([small("top_up")]))
    books = Books(60.0, lambda budget: 3000 * budget, chosen)
    controls, (found,) = equal_cost_controls(chosen, {**books.costs, "top_up": {}}, books.run)
    assert (controls, found.control, found.wanted) == ([], None, None)
    assert "Too few runs" in found.sentence
    controls, (found,) = equal_cost_controls(chosen, books.costs, lambda some: {})
    assert (controls, found.control) == ([], None)
    assert "No control" in found.sentence


# --- and in runs ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def asked() -> list[Scenario]:
    place, world = find_place("dublin"), find_worldview("evidence")
    arms = [Scenario(find_strategy(name), place, world, people=1000)
            for name in ("user_centred", "catalytic_philanthropy", "homes", "placebo")]  # fmt: skip
    return with_twins(arms)


def test_all_payers_spend_as_much_under_the_control_as_under_the_arm(asked: list[Scenario]) -> None:
    done = ensemble_with_controls(asked, 16, keep=())
    assert done.results.months["measure"].unique().to_list() == [SPENT]
    spent, month = costs_of(done.results, when(done.scenarios)), when(asked)
    assert month == 120
    twin = spent[NOBODY]
    arms = {found.arm: found for found in done.equal_cost}
    assert set(arms) == {"user_centred", "catalytic_philanthropy", "homes"}
    for name in ("user_centred", "catalytic_philanthropy"):
        control = spent[f"{ALL_PAYERS}.{name}"]
        wanted, achieved = (np.mean([own[run] - twin[run] for run in twin]) for own in (spent[name], control))
        assert achieved == pytest.approx(wanted, rel=0.05)
        assert (arms[name].wanted, arms[name].achieved) == pytest.approx((wanted, achieved))
    assert arms["homes"].control is None
    assert "itself" in arms["homes"].sentence
    assert [one.label for one in done.scenarios if one.control_of] == [
        PROGRAMME, f"{ALL_PAYERS}.user_centred", f"{ALL_PAYERS}.catalytic_philanthropy"
    ]  # fmt: skip
    same = done.results.months.filter(scenario=PROGRAMME).drop("scenario")
    assert_frame_equal(same, done.results.months.filter(scenario="homes").drop("scenario"), check_exact=True)


def test_the_arms_own_digits_do_not_change_and_a_control_is_the_run_it_says_it_is(small: Small) -> None:
    found = with_twins([small("user_centred")])
    alone, done = ensemble(found, 3), ensemble_with_controls(found, 3)
    labels = [one.label for one in found]
    for own, whole in ((alone.months, done.results.months), (alone.events, done.results.events)):
        assert_frame_equal(own, whole.filter(pl.col("scenario").is_in(labels)), check_exact=True)
    hashes = done.results.runs.filter(pl.col("scenario").is_in(labels))["hash"]
    assert hashes.to_list() == alone.runs["hash"].to_list()
    control = done.scenarios[-1]
    again = live(control.with_seed(2))
    assert again.measured is not None
    rows = done.results.months.filter(scenario=control.label, seed=2, measure=SPENT, stratum="all").sort("month")
    assert rows["value"].to_list() == again.measured[SPENT].tolist()
    told = done.results.runs.select("scenario", "control_of").unique()
    assert dict(told.iter_rows()) == {
        NOBODY: "[]", "user_centred": "[]", PROGRAMME: '["user_centred"]', control.label: '["user_centred"]'
    }  # fmt: skip


@pytest.mark.parametrize(("sets", "seeds"), [(None, "common"), (SETS, "common"), (SETS, "independent")])
def test_tables_and_arrays_find_the_same_controls_whatever_the_number_of_threads(
    small: Small, sets: Any, seeds: Any
) -> None:
    found = with_twins([small("user_centred"), small("top_up")])
    tables = ensemble_with_controls(found, 2, sets=sets, seeds=seeds, threads=1)
    chosen, pasts = with_controls(found), Pasts()

    def run(some: list[Scenario]) -> list[Batch]:
        return list(batches(some, 2, sets=sets, seeds=seeds, pasts=pasts, threads=3))

    scenarios, whole, told = join_equal_cost(chosen, run(chosen), run)
    assert tuple(told) == tables.equal_cost
    assert tuple(scenarios) == tables.scenarios
    assert [batch.scenarios for batch in whole] == [tuple(one.label for one in scenarios)] * len(whole)
    assert costs_so_far(whole, when(scenarios)) == costs_of(tables.results, when(scenarios))
    assert len(whole) == 2 * len(sets or [()])


def test_the_second_stage_makes_no_past_again(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    eve = ensembles.eve  # type: ignore[attr-defined]

    def counted(scenario: Scenario, look: Any) -> Any:
        made.append(scenario.seed)
        return eve(scenario, look)

    monkeypatch.setattr(ensembles, "eve", counted)
    ensemble_with_controls(with_twins([small("user_centred"), small("top_up")]), 3, keep=())
    assert sorted(made) == [1, 2, 3]


def test_progress_never_goes_back_and_reaches_the_end(small: Small) -> None:
    seen: list[tuple[int, int]] = []
    ensemble_with_controls(with_twins([small("user_centred")]), 2, keep=(), on_progress=lambda *at: seen.append(at))
    shares = [done / total for done, total in seen]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert max(shares) == shares[-1] == 1.0


def test_what_was_cancelled_has_no_control(small: Small) -> None:
    cancel = threading.Event()
    cancel.set()
    done = ensemble_with_controls(with_twins([small("user_centred")]), 2, cancel=cancel)
    assert set(done.results.runs["status"]) == {"cancelled"}
    assert [found.control for found in done.equal_cost] == [None]
    assert "Too few runs" in done.equal_cost[0].sentence


def test_nothing_that_spends_has_nothing_beside_it(small: Small) -> None:
    done = ensemble_with_controls(with_twins([small("placebo")]), 1, keep=())
    assert (len(done.scenarios), done.equal_cost) == (2, ())
    assert ensemble_with_controls([], 2).scenarios == ()
