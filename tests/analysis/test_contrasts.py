"""Contrasts: pairs are pairs, margins are taken from no foundation, and a verdict never says more than its interval."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.contrasts import (
    BASES,
    BETTER,
    BETTER_OPEN,
    CLEAR,
    COLUMNS,
    DIRECTION,
    EXPLAINED,
    MILLION,
    NEEDED,
    NO_BASE,
    NO_INTERVAL,
    NO_MARGIN,
    NOT_KNOWN,
    SAME,
    VERDICTS,
    WORSE,
    WORSE_OPEN,
    between,
    by_set,
    fan,
    fan_so_far,
    headline,
    margin,
    means,
    paired,
    paired_fan,
    pairs_of,
    per_million,
    so_far,
    values_of,
    verdict,
    worldviews,
)
from analysis.spread import interval, ratio, spread
from model.measures import HEADLINE, MARGIN, MEASURES
from runs.ensemble import batches, ensemble
from runs.summary import Batch, Summary
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

PEOPLE, SPENT, PLACES, FIT = HEADLINE
COST = "cost_per_secure_month"


@pytest.mark.parametrize(
    ("low", "high", "direction", "said"),
    [
        (0.011, 0.02, 1, BETTER),
        (0.01, 0.02, 1, BETTER_OPEN),  # touches the margin: not beyond it
        (0.001, 0.02, 1, BETTER_OPEN),
        (0.0, 0.02, 1, NOT_KNOWN),  # touches 0: does not exclude it
        (-0.02, -0.011, 1, WORSE),
        (-0.02, -0.01, 1, WORSE_OPEN),
        (-0.02, -0.001, 1, WORSE_OPEN),
        (-0.02, 0.0, 1, NOT_KNOWN),
        (-0.01, 0.01, 1, SAME),  # inside, edges included
        (0.0, 0.0, 1, SAME),
        (0.002, 0.009, 1, SAME),  # surely not zero, and surely too small to matter
        (0.002, 0.01, 1, SAME),
        (0.01, 0.01, 1, SAME),
        (-0.011, 0.005, 1, NOT_KNOWN),
        (-0.005, 0.011, 1, NOT_KNOWN),
        (-0.05, 0.05, 1, NOT_KNOWN),
        (0.011, 0.02, -1, WORSE),
        (0.001, 0.02, -1, WORSE_OPEN),
        (-0.02, -0.011, -1, BETTER),
        (-0.02, -0.01, -1, BETTER_OPEN),
        (-0.01, 0.01, -1, SAME),
        (-0.05, 0.009, -1, NOT_KNOWN),
        (None, None, 1, NOT_KNOWN),
    ],
)
def test_verdicts(low: float | None, high: float | None, direction: int, said: str) -> None:
    assert verdict(low, high, 0.01, direction) == said


def test_what_is_clear_but_may_be_small_is_not_called_unknown() -> None:
    """Found by trying: -95 to -59 beside a margin of 91, where less is better, was "these runs cannot tell"."""
    assert verdict(-95, -59, 91, -1) == BETTER_OPEN
    assert verdict(-95, -59, 91, 1) == WORSE_OPEN
    assert verdict(-95, -59, 58, -1) == BETTER
    assert verdict(-95, -59, 95, -1) == SAME


def test_every_interval_has_one_verdict_and_its_mirror_image_the_opposite() -> None:
    opposite = dict(zip(VERDICTS, reversed(VERDICTS), strict=True)) | {SAME: SAME, NOT_KNOWN: NOT_KNOWN}
    ends = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0]
    for low in ends:
        for high in (end for end in ends if end >= low):
            for within in (0.0, 1.0, 2.0):
                one = verdict(low, high, within, 1)
                assert verdict(-high, -low, within, 1) == opposite[one]
                assert verdict(low, high, within, -1) == opposite[one]
                if one in CLEAR:
                    assert low * high > 0
                    assert CLEAR[one] == np.sign(low)
    assert set(EXPLAINED) == set(VERDICTS)


def test_every_measure_with_a_margin_has_a_direction_and_only_measures_have_one() -> None:
    assert set(HEADLINE) == set(MARGIN) <= set(DIRECTION) <= set(MEASURES.fields)
    assert set(DIRECTION.values()) == {1, -1}
    assert [DIRECTION[measure] for measure in (*HEADLINE, "without_home")] == [1, -1, 1, 1, -1]


def test_margins_are_shares_of_no_foundation() -> None:
    assert margin(PEOPLE, 9400.0) == pytest.approx(94.0)
    assert margin(SPENT, 2.5e9) == pytest.approx(2.5e7)
    assert margin(PLACES, 5200.0) == pytest.approx(52.0)
    assert margin(FIT, None) == 0.02
    assert (margin("crisis", 4000.0), margin(PEOPLE, None), margin(PEOPLE, float("nan"))) == (None, None, None)
    assert {name: (base, start) for name, (_, base, start) in BASES.items()} == {
        PEOPLE: ("without_home", True), SPENT: (SPENT, False), PLACES: ("all_places", False)
    }  # fmt: skip


def test_a_margin_is_read_from_the_same_twins_without_a_foundation_in_its_own_month(tidy) -> None:
    """Whatever is compared with what: people a share of those without a home in month 0, places of all there are."""
    months = pl.concat([
        tidy({"a": [3300.0, 3310.0], "b": [3000.0, 3010.0], NOBODY: [3.0, 3.0]}, PEOPLE),
        tidy({"a": [1.0, 1.0], "b": [2.0, 2.0], NOBODY: [9000.0, 9200.0]}, "without_home", 0),
        tidy({"a": [1.0, 1.0], "b": [2.0, 2.0], NOBODY: [5.0, 5.0]}, "without_home", 96),
        tidy({"a": [700.0, 701.0], "b": [720.0, 721.0]}, PLACES),
        tidy({NOBODY: [1.0, 1.0]}, "all_places", 0),
        tidy({"a": [1.0, 1.0], NOBODY: [5000.0, 5100.0]}, "all_places", 96),
    ])  # fmt: skip
    for pair in (("a", "b"), ("a", NOBODY), ("b", "a")):
        assert paired(months, *pair, PEOPLE, 96).margin == pytest.approx(91.0)
    assert paired(months, "a", "b", PLACES, 96).margin == pytest.approx(50.5)
    assert paired(months, "a", "b", PLACES, 96).verdict == SAME
    assert paired(months, "a", "b", PEOPLE, 96).verdict == BETTER
    alone = paired(months.filter(pl.col("scenario") != NOBODY), "a", "b", PEOPLE, 96)
    assert (alone.difference, alone.margin, alone.verdict, alone.reason) == (300.0, None, None, NO_BASE)
    one_failed = months.filter(~((pl.col("scenario") == NOBODY) & (pl.col("seed") == 2)))
    assert paired(one_failed, "a", "b", PEOPLE, 96).margin == pytest.approx(90.0)


def test_pairs_are_by_seed_whatever_the_order_of_rows(tidy) -> None:
    months = tidy({"a": [0.10, 0.20, 0.30], "b": [0.08, 0.17, 0.29]})
    found = paired(months, "a", "b", FIT, 96)
    assert (found.value, found.other, found.n) == (pytest.approx(0.2), pytest.approx(0.18), 3)
    expected = stats.ttest_rel([0.10, 0.20, 0.30], [0.08, 0.17, 0.29]).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert found == paired(months.sample(fraction=1.0, shuffle=True, seed=3), "a", "b", FIT, 96)


def test_a_seed_that_only_one_has_is_left_out(tidy) -> None:
    months = tidy({"a": [0.1, 0.2, 0.3, 99.0], "b": [0.1, 0.2, 0.3]})
    found = paired(months, "a", "b", FIT, 96)
    assert (found.n, found.difference, found.low, found.high, found.verdict) == (3, 0.0, 0.0, 0.0, SAME)


def test_lower_spending_is_better(tidy) -> None:
    base = {NOBODY: [4600.0, 4611.0, 4589.0]}
    months = tidy({"a": [4400.0, 4410.0, 4390.0], "b": [4600.0, 4611.0, 4589.0], **base}, SPENT)
    assert paired(months, "a", "b", SPENT, 96).verdict == BETTER
    assert paired(months, "b", "a", SPENT, 96).verdict == WORSE


def test_without_pairs_nothing_is_known(tidy) -> None:
    one = paired(tidy({"a": [0.5], "b": [0.1]}), "a", "b", FIT, 96)
    assert (one.difference, one.low, one.high, one.n, one.verdict) == (pytest.approx(0.4), None, None, 1, NOT_KNOWN)
    assert one.reason == NO_INTERVAL
    none = paired(tidy({"a": [0.5]}), "a", "b", FIT, 96)
    assert (none.value, none.difference, none.low, none.n, none.verdict) == (None, None, None, 0, NOT_KNOWN)


@pytest.mark.parametrize("measure", [COST, FIT])
def test_a_zero_that_stands_for_nobody_is_no_number(tidy, measure: str) -> None:
    """No cost of nobody's month, and no fit of no tenant: neither a bargain nor a misfit."""
    months = tidy({"a": [0.0, 0.0, 0.0], "b": [0.6, 0.7, 0.5]}, measure)
    found = paired(months, "a", "b", measure, 96)
    assert found.difference is None
    assert found.verdict == (NOT_KNOWN if measure == FIT else None)


def test_means_are_by_scenario_and_none_of_nobody(tidy) -> None:
    months = pl.concat([tidy({"a": [4000.0, 5000.0], "b": [0.0, 4600.0]}, COST), tidy({"a": [1.0, 2.0]}, COST, 120)])
    found = means(months, COST, 96)
    assert found["a"] == 4500.0
    assert np.isnan(found["b"])
    assert means(months, COST, 120) == {"a": 1.5}


def test_a_measure_without_a_margin_gets_no_verdict_and_says_why(tidy) -> None:
    found = paired(tidy({"a": [1.0, 2.0], "b": [1.0, 2.0]}, "crisis"), "a", "b", "crisis", 96)
    assert (found.verdict, found.reason) == (None, NO_MARGIN)


def test_a_stratum_is_its_own(tidy) -> None:
    months = pl.concat([tidy({"a": [0.5, 0.6], "b": [0.1, 0.2]}),
                        tidy({"a": [0.3, 0.3], "b": [0.3, 0.3]}, stratum="need high")])  # fmt: skip
    assert paired(months, "a", "b", FIT, 96, "need high").difference == 0.0
    assert paired(months, "a", "b", FIT, 96).difference == pytest.approx(0.4)


def test_frames_hold_the_same_contrasts(make) -> None:
    compared = make()
    names, when = compared.names, compared.when
    frame = headline(compared.months, names, when)
    assert dict(frame.schema) == COLUMNS
    assert frame.height == len(names) * len(when) * len(HEADLINE)
    for row in frame.iter_rows(named=True):
        found = paired(compared.months, row["scenario"], "status_quo", row["measure"], row["month"])
        assert {name: getattr(found, name) for name in COLUMNS} == row
    apart = between(compared.months, ("a", *names), when).filter(pl.col("n") > 0)
    assert set(apart.select("scenario", "against").rows()) == {names}
    assert apart["margin"].null_count() == 0
    paths = paired_fan(compared.months, names[0], "status_quo", PEOPLE)
    assert paths["month"].to_list() == list(range(121))
    assert paths.row(96, named=True) == frame.row(by_predicate=(pl.col("month") == 96) & (pl.col("measure") == PEOPLE)
                                                  & (pl.col("scenario") == names[0]), named=True)  # fmt: skip


def test_the_status_quo_is_not_held_against_itself(make) -> None:
    compared = make()
    assert headline(compared.months, ("status_quo", *compared.names), (96,))[
        "scenario"
    ].unique().sort().to_list() == sorted(compared.names)


def test_a_fan_is_the_mean_of_replicates_between_their_quantiles(tidy) -> None:
    values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6]
    found = fan(tidy({"a": values, "b": [0.0] * 6}, "crisis"), "a", "crisis").row(0)
    low, lower, upper, high = np.quantile(values, [0.05, 0.25, 0.75, 0.95])
    assert found == pytest.approx((96, low, lower, np.mean(values), upper, high))


def test_per_million_divides_by_what_all_payers_paid_more(tidy) -> None:
    """Not by the programme's own spending: whoever pays, it is the same euro."""
    people, spent = [340.0, 365.0, 352.0], [1.2e7, 1.25e7, 1.15e7]
    months = pl.concat([
        tidy({"a": people, NOBODY: [300.0, 330.0, 320.0]}, PEOPLE),
        tidy({"a": spent, NOBODY: [1e7, 1e7, 1e7]}, SPENT),
        tidy({"a": [1e5, 1e5, 1e5], NOBODY: [0.0, 0.0, 0.0]}, "programme_to_date"),
    ])  # fmt: skip
    row = per_million(months, ["a"], [96]).row(by_predicate=pl.col("measure") == PEOPLE, named=True)
    assert row["spent"] == pytest.approx(2e6)
    assert row["difference"] == pytest.approx((40 + 35 + 32) / 3 / 2)
    expected = ratio(np.array([40.0, 35.0, 32.0]), np.array([2.0, 2.5, 1.5]))
    assert (row["low"], row["high"]) == (expected.low, expected.high)


def test_nothing_per_million_of_nothing(tidy) -> None:
    months = pl.concat([tidy({"a": [0.3, 0.4], NOBODY: [0.3, 0.4]}, PEOPLE),
                        tidy({"a": [5.0, 6.0], NOBODY: [5.0, 6.0]}, SPENT)])  # fmt: skip
    row = per_million(months, ["a"], [96]).row(by_predicate=pl.col("measure") == PEOPLE, named=True)
    assert (row["spent"], row["difference"], row["low"]) == (0.0, None, None)
    assert set(MILLION) <= set(HEADLINE) - {SPENT, FIT}


def test_worldviews_hold_each_strategy_against_its_own_world(tidy) -> None:
    months = tidy({"status_quo@x": [0.3, 0.4], "a@x": [0.5, 0.6], "status_quo@y": [0.7, 0.8], "a@y": [0.7, 0.8]})
    more = tidy({"status_quo@x": [100.0, 100.0], "status_quo@y": [1.0, 1.0]}, "all_places")
    places = tidy(
        {"status_quo@x": [5.0, 5.0], "a@x": [5.5, 5.5], "status_quo@y": [5.0, 5.0], "a@y": [5.5, 5.5]}, PLACES
    )
    table = worldviews(pl.concat([months, more, places]), 96)
    fit, places = (table.filter(pl.col("measure") == one) for one in (FIT, PLACES))
    assert fit.select("strategy", "worldview", "verdict").rows() == [("a", "x", BETTER), ("a", "y", SAME)]
    assert places["margin"].to_list() == pytest.approx([1.0, 0.01])  # each worldview's own
    assert places["verdict"].to_list() == [SAME, BETTER]


@pytest.mark.parametrize("sets", [None, ({"contact": 0.06}, {"contact": 0.1})])
@pytest.mark.parametrize("kind", ["common", "independent"])
def test_what_arrays_say_so_far_is_what_the_tables_say(sets: Any, kind: Any) -> None:
    place, world = find_place("dublin"), find_worldview("evidence")
    scenarios = with_twins([Scenario(find_strategy("homes"), place, world, people=500, months=100)])
    summary = Summary()
    for batch in batches(scenarios, 3, sets=sets, measures=NEEDED, seeds=kind):
        summary.add(batch)
    months = ensemble(scenarios, 3, sets=sets, keep=NEEDED, seeds=kind).months
    for measure in HEADLINE:
        one = so_far(summary, "homes", NOBODY, measure, 96)
        assert one == paired(months, "homes", NOBODY, measure, 96)
        assert one.margin is not None
        table = fan(months, "homes", measure).drop("month").to_numpy()
        np.testing.assert_allclose(fan_so_far(summary, "homes", measure).T, table, rtol=1e-13)
    if sets is None:  # a replicate at a time says the same
        homes, nobody = (np.stack([values_of(one, 96)[i] for one in summary.batches]) for i in (1, 0))
        for measure in HEADLINE:
            pairs = pairs_of(measure, homes, nobody, nobody)
            assert pairs.value - pairs.other == pytest.approx(
                summary.difference("homes", NOBODY, measure)[:, 96], rel=1e-12
            )
            assert margin(measure, None if pairs.base is None else float(pairs.base.mean())) == pytest.approx(
                so_far(summary, "homes", NOBODY, measure, 96).margin
            )


def test_a_zero_that_stands_for_nobody_is_no_number_in_arrays_either() -> None:
    costs = np.array([[[100.0]], [[0.0]]])
    summary = Summary()
    summary.add(Batch(0, ("a", "b"), (COST,), costs, (1, 1), None, ("done", "done"), ("", "")))
    assert so_far(summary, "a", "b", COST, 0).difference is None
    assert np.isnan(fan_so_far(summary, "b", COST)).all()


def test_in_how_many_worlds_it_is_better_and_by_how_much(tidy) -> None:
    sets, seeds = [1, 1, 2, 2, 3, 3, 4, 4], [1, 2, 1, 2, 1, 2, 1, 2]
    values = {"a": [0.32, 0.35, 0.31, 0.309, 0.30, 0.302, 0.25, 0.26], "b": [0.3] * 8}
    found = paired(tidy(values, sets=sets, seeds=seeds), "a", "b", FIT, 96)
    assert (found.sets, found.n) == (4, 8)
    assert found.better_in == 0.75  # .035, .0095, .001, -.045
    assert (found.clearly_better_in, found.clearly_worse_in) == (0.25, 0.25)
    other = paired(tidy(values, sets=sets, seeds=seeds), "b", "a", FIT, 96)
    assert (other.better_in, other.clearly_worse_in) == (0.25, 0.25)
    assert other.difference == pytest.approx(-found.difference)
    base = {NOBODY: [1e5, 1e5, 1e3, 1e3, 1e3, 1e3, 1e3, 1e3]}  # in the first set margins are wider
    cost = tidy({"a": [4500.0] * 8, "b": [5000.0] * 8, **base}, SPENT, sets=sets, seeds=seeds)
    assert paired(cost, "a", "b", SPENT, 96).clearly_better_in == 0.75


def test_the_verdict_uses_both_kinds(tidy) -> None:
    values = {"a": [0.33, 0.331, 0.39, 0.391, 0.45, 0.451], "b": [0.3] * 6}
    alone = paired(tidy(values), "a", "b", FIT, 96)
    both = paired(tidy(values, sets=[1, 1, 2, 2, 3, 3], seeds=[1, 2, 1, 2, 1, 2]), "a", "b", FIT, 96)
    assert (alone.verdict, alone.sets, alone.noise_low) == (BETTER, None, None)
    assert both.verdict == NOT_KNOWN
    assert both.low < both.parameters_low < both.noise_low < both.difference
    assert both.difference == pytest.approx(alone.difference)


def test_the_same_seed_in_two_sets_is_two_pairs(tidy) -> None:
    """Joined by seed alone, four runs would make eight pairs."""
    sets, seeds = [1, 1, 2, 2], [1, 2, 1, 2]
    months = tidy({"a": [0.1, 0.2, 0.3, 0.4], "b": [0.0001] * 4}, sets=sets, seeds=seeds)
    found = paired(months, "a", "b", FIT, 96)
    expected = spread(np.array([0.1, 0.2, 0.3, 0.4]) - 0.0001, np.array(sets), np.array(seeds))
    assert found.n == 4
    assert (found.low, found.high) == pytest.approx(expected.combined)
    failed = months.filter(~((pl.col("scenario") == "a") & (pl.col("set") == 2) & (pl.col("seed") == 2)))
    incomplete = paired(failed, "a", "b", FIT, 96)
    assert (incomplete.n, incomplete.sets, incomplete.low) == (2, 1, None)  # the second set has lost its counterpart


def test_a_placebo_differs_in_no_world(tidy) -> None:
    values = [0.31, 0.32, 0.4, 0.42, 0.2, 0.25]
    months = tidy({"a": values, "b": values}, sets=[1, 1, 2, 2, 3, 3], seeds=[1, 2, 1, 2, 1, 2])
    found = paired(months, "a", "b", FIT, 96)
    assert (found.difference, found.low, found.high, found.noise_low, found.parameters_high) == (0, 0, 0, 0, 0)
    assert (found.better_in, found.clearly_worse_in, found.verdict) == (0, 0, SAME)


def test_differences_by_set(tidy) -> None:
    months = tidy({"a": [4.0, 6.0, 9.0], "b": [1.0, 1.0, 2.0]}, sets=[2, 2, 1])
    assert by_set(months, "a", "b", FIT, 96).rows() == [(1, 7.0), (2, 4.0)]


def test_paths_and_rates_hold_both_kinds(make, sample) -> None:
    compared = make(replicates=8, sample=sample)
    name = compared.names[1]
    path = paired_fan(compared.months, name, "status_quo", PEOPLE).row(96, named=True)
    assert path == {key: getattr(paired(compared.months, name, "status_quo", PEOPLE, 96), key) for key in COLUMNS}
    rate = per_million(compared.months, [name], [120]).row(by_predicate=pl.col("measure") == PEOPLE, named=True)
    months = compared.months.filter(month=120, stratum="all")
    (mine, other), (paid, usual) = (
        [months.filter(scenario=one, measure=measure).sort("set", "seed")["value"] for one in (name, "status_quo")]
        for measure in (PEOPLE, SPENT)
    )
    sets, seeds = np.repeat([1, 2, 3, 4], 2), np.tile([1, 2], 4)
    expected = ratio((mine - other).to_numpy(), (paid - usual).to_numpy() / 1e6, sets, seeds)
    assert rate["spent"] == pytest.approx((paid - usual).mean())
    assert rate["difference"] == (None if expected is None else pytest.approx(expected.value))
    assert interval((mine - other).to_numpy()) is not None
