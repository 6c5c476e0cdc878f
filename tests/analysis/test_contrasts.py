"""Contrasts: the interval is the textbook's, pairs are pairs, and a verdict never says more than its interval."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from analysis.contrasts import (
    BETTER,
    COLUMNS,
    DIRECTION,
    FEWEST_RANKED,
    NOT_KNOWN,
    RELATIVE,
    SAME,
    WORSE,
    between,
    by_set,
    fan,
    fan_so_far,
    headline,
    interval,
    margin,
    means,
    paired,
    paired_fan,
    per_million,
    so_far,
    spread,
    verdict,
    worldviews,
)
from model.measures import HEADLINE, MARGIN, MEASURES
from scenarios.ensemble import batches, ensemble
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.summary import Batch, Summary
from scenarios.worldviews import find_worldview

PLACES, SECURE, COST = HEADLINE


def test_interval_worked_by_hand() -> None:
    low, high = interval(np.array([1.0, 2.0, 3.0, 4.0]))  # mean 2.5, s = 1.29099, t(3) = 3.18245
    assert low == pytest.approx(2.5 - 3.18244630528 * 1.29099444874 / 2, rel=1e-10)
    assert high == pytest.approx(2.5 + 3.18244630528 * 1.29099444874 / 2, rel=1e-10)


@pytest.mark.parametrize("n", [2, 3, 10, 200])
def test_interval_is_scipys_t_interval(n: int) -> None:
    sample = np.random.default_rng(n).normal(3, 2, n)
    expected = stats.t.interval(0.95, n - 1, loc=sample.mean(), scale=stats.sem(sample))
    assert interval(sample) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("draw", ["normal", "uniform"])
def test_interval_covers_as_often_as_it_says(draw: str) -> None:
    random = np.random.default_rng(20)
    samples = getattr(random, draw)(size=(4000, 10))
    truth = 0.0 if draw == "normal" else 0.5
    found = [interval(sample) for sample in samples]
    covered = np.mean([low <= truth <= high for low, high in found])
    assert 0.93 <= covered <= 0.97


@pytest.mark.parametrize(
    ("low", "high", "direction", "said"),
    [
        (0.011, 0.02, 1, BETTER),
        (0.01, 0.02, 1, NOT_KNOWN),  # touches the margin: not beyond it
        (-0.02, -0.011, 1, WORSE),
        (-0.02, -0.01, 1, NOT_KNOWN),
        (-0.01, 0.01, 1, SAME),  # inside, edges included
        (0.0, 0.0, 1, SAME),
        (0.002, 0.009, 1, SAME),  # surely not zero, and surely too small to matter
        (-0.011, 0.005, 1, NOT_KNOWN),
        (-0.005, 0.011, 1, NOT_KNOWN),
        (-0.05, 0.05, 1, NOT_KNOWN),
        (0.011, 0.02, -1, WORSE),
        (-0.02, -0.011, -1, BETTER),
        (-0.01, 0.01, -1, SAME),
        (-0.05, 0.009, -1, NOT_KNOWN),
        (None, None, 1, NOT_KNOWN),
    ],
)
def test_verdicts(low: float | None, high: float | None, direction: int, said: str) -> None:
    assert verdict(low, high, 0.01, direction) == said


def test_every_measure_with_a_margin_has_a_direction_and_only_measures_have_one() -> None:
    assert set(MARGIN) <= set(DIRECTION) <= set(MEASURES.fields)
    assert set(DIRECTION.values()) == {1, -1}
    assert DIRECTION[COST] == -1


def test_the_margin_of_cost_is_a_share_of_the_others_mean() -> None:
    assert set(RELATIVE) == {COST}
    assert margin(COST, 5000.0) == pytest.approx(100.0)
    assert margin(SECURE, 0.4) == margin(SECURE, 0.8) == 0.01
    assert margin("crisis", 4000.0) is None


def test_pairs_are_by_seed_whatever_the_order_of_rows(tidy) -> None:
    months = tidy({"a": [0.10, 0.20, 0.30], "b": [0.08, 0.17, 0.29]})
    found = paired(months, "a", "b", SECURE, 96)
    assert (found.value, found.other, found.n) == (pytest.approx(0.2), pytest.approx(0.18), 3)
    expected = stats.ttest_rel([0.10, 0.20, 0.30], [0.08, 0.17, 0.29]).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert found == paired(months.sample(fraction=1.0, shuffle=True, seed=3), "a", "b", SECURE, 96)


def test_a_seed_that_only_one_has_is_left_out(tidy) -> None:
    months = tidy({"a": [0.1, 0.2, 0.3, 99.0], "b": [0.1, 0.2, 0.3]})
    found = paired(months, "a", "b", SECURE, 96)
    assert (found.n, found.difference, found.low, found.high, found.verdict) == (3, 0.0, 0.0, 0.0, SAME)


def test_lower_cost_is_better(tidy) -> None:
    months = tidy({"a": [4400.0, 4410.0, 4390.0], "b": [4600.0, 4611.0, 4589.0]}, COST)
    assert paired(months, "a", "b", COST, 96).verdict == BETTER
    assert paired(months, "b", "a", COST, 96).verdict == WORSE


def test_without_pairs_nothing_is_known(tidy) -> None:
    one = paired(tidy({"a": [0.5], "b": [0.1]}), "a", "b", SECURE, 96)
    assert (one.difference, one.low, one.high, one.n, one.verdict) == (pytest.approx(0.4), None, None, 1, NOT_KNOWN)
    none = paired(tidy({"a": [0.5]}), "a", "b", SECURE, 96)
    assert (none.value, none.difference, none.low, none.n, none.verdict) == (None, None, None, 0, NOT_KNOWN)


def test_cost_of_nobody_is_no_bargain(tidy) -> None:
    months = tidy({"a": [0.0, 0.0, 0.0], "b": [4600.0, 4611.0, 4589.0]}, COST)
    found = paired(months, "a", "b", COST, 96)
    assert (found.difference, found.verdict) == (None, NOT_KNOWN)


def test_means_are_by_scenario_and_none_of_nobody(tidy) -> None:
    months = pl.concat([tidy({"a": [4000.0, 5000.0], "b": [0.0, 4600.0]}, COST), tidy({"a": [1.0, 2.0]}, COST, 120)])
    found = means(months, COST, 96)
    assert found["a"] == 4500.0
    assert np.isnan(found["b"])
    assert means(months, COST, 120) == {"a": 1.5}


def test_a_measure_without_a_margin_gets_no_verdict(tidy) -> None:
    assert paired(tidy({"a": [1.0, 2.0], "b": [1.0, 2.0]}, "crisis"), "a", "b", "crisis", 96).verdict is None


def test_a_stratum_is_its_own(tidy) -> None:
    months = pl.concat([tidy({"a": [0.5, 0.6], "b": [0.1, 0.2]}),
                        tidy({"a": [0.3, 0.3], "b": [0.3, 0.3]}, stratum="need high")])  # fmt: skip
    assert paired(months, "a", "b", SECURE, 96, "need high").difference == 0.0
    assert paired(months, "a", "b", SECURE, 96).difference == pytest.approx(0.4)


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
    paths = paired_fan(compared.months, names[0], "status_quo", SECURE)
    assert paths["month"].to_list() == list(range(121))
    assert paths.row(96, named=True) == frame.row(by_predicate=(pl.col("month") == 96) & (pl.col("measure") == SECURE)
                                                  & (pl.col("scenario") == names[0]), named=True)  # fmt: skip


def test_the_status_quo_is_not_held_against_itself(make) -> None:
    compared = make()
    assert headline(compared.months, ("status_quo", *compared.names), (96,))[
        "scenario"
    ].unique().sort().to_list() == sorted(compared.names)


def test_a_fan_is_quantiles_of_replicates(tidy) -> None:
    values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6]
    found = fan(tidy({"a": values, "b": [0.0] * 6}, "crisis"), "a", "crisis").row(0)
    assert found == pytest.approx((96, *np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])))


def test_per_million_is_seed_by_seed(tidy) -> None:
    months = pl.concat([
        tidy({"a": [0.34, 0.36, 0.35], "status_quo": [0.30, 0.33, 0.32]}),
        tidy({"a": [2e6, 3e6, 1e6], "status_quo": [0.0, 0.0, 0.0]}, "programme_to_date"),
    ])  # fmt: skip
    row = per_million(months, ["a"], [96]).row(by_predicate=pl.col("measure") == SECURE, named=True)
    assert row["spent"] == 2e6
    assert row["difference"] == pytest.approx((0.02 + 0.01 + 0.03) / 3)
    assert (row["low"], row["high"]) == pytest.approx(interval(np.array([0.02, 0.01, 0.03])))


def test_nothing_per_million_of_nothing(tidy) -> None:
    months = pl.concat([tidy({"a": [0.3, 0.4], "status_quo": [0.3, 0.4]}),
                        tidy({"a": [0.0, 0.0], "status_quo": [0.0, 0.0]}, "programme_to_date")])  # fmt: skip
    row = per_million(months, ["a"], [96]).row(by_predicate=pl.col("measure") == SECURE, named=True)
    assert (row["spent"], row["difference"], row["low"]) == (0.0, None, None)


def test_worldviews_hold_each_strategy_against_its_own_world(tidy) -> None:
    months = tidy({"status_quo@x": [0.3, 0.4], "a@x": [0.5, 0.6], "status_quo@y": [0.7, 0.8], "a@y": [0.7, 0.8]})
    table = worldviews(months, 96).filter(pl.col("measure") == SECURE)
    assert table.select("strategy", "world", "verdict").rows() == [("a", "x", BETTER), ("a", "y", SAME)]


@pytest.mark.parametrize("sets", [None, ({"contact": 0.06}, {"contact": 0.1})])
def test_what_arrays_say_so_far_is_what_the_tables_say(sets: Any) -> None:
    place, world = find_place("dublin"), find_worldview("evidence")
    scenarios = with_twins([Scenario(find_strategy("homes"), place, world, people=500, months=100)])
    summary = Summary()
    for batch in batches(scenarios, 3, sets=sets):
        summary.add(batch)
    months = ensemble(scenarios, 3, sets=sets, keep=HEADLINE).months
    for measure in HEADLINE:
        assert so_far(summary, "homes", NOBODY, measure, 96) == paired(months, "homes", NOBODY, measure, 96)
        table = fan(months, "homes", measure).drop("month").to_numpy()
        np.testing.assert_allclose(fan_so_far(summary, "homes", measure).T, table, rtol=1e-13)


def test_cost_of_nobody_is_no_bargain_in_arrays_either() -> None:
    costs = np.array([[[100.0]], [[0.0]]])
    summary = Summary()
    summary.add(Batch(0, ("a", "b"), ("cost_per_secure_month",), costs, (1, 1), None, ("done", "done"), ("", "")))
    assert so_far(summary, "a", "b", "cost_per_secure_month", 0).difference is None
    assert np.isnan(fan_so_far(summary, "b", "cost_per_secure_month")).all()


def test_the_two_kinds_of_uncertainty_worked_by_hand() -> None:
    """Sets (1, 3), (4, 6), (10, 12): means 2, 5, 11; MSW = 2 with df 3; MSB = 2 * (16 + 1 + 25) / 2 = 42 with df 2."""
    found = spread(np.array([1.0, 3.0, 4.0, 6.0, 10.0, 12.0]), np.array([1, 1, 2, 2, 3, 3]))
    assert found is not None
    assert (found.mean, found.within, found.between) == pytest.approx((6.0, 2.0, (42 - 2) / 2))
    noise = 3.18244630528 * (2 / 6) ** 0.5  # t(3)
    parameters = 4.30265272975 * 20**0.5  # t(2)
    both = 4.30265272975 * (20 * (1 + 1 / 3) + 2 / 6) ** 0.5
    assert found.noise == pytest.approx((6 - noise, 6 + noise), rel=1e-9)
    assert found.parameters == pytest.approx((6 - parameters, 6 + parameters), rel=1e-9)
    assert found.combined == pytest.approx((6 - both, 6 + both), rel=1e-9)


def test_uneven_sets_worked_by_hand() -> None:
    """Sets (1, 3, 5) and (9): means 3 and 9, mean of all 4.5; MSW = 8 / 2; MSB = 3 * 2.25 + 20.25 = 27; n0 = 1.5."""
    found = spread(np.array([9.0, 1.0, 3.0, 5.0]), np.array([7, 2, 2, 2]))
    assert found is not None
    assert (found.mean, found.within) == (6.0, 4.0)  # each set counts once
    assert found.between == pytest.approx((27 - 4) / 1.5)
    noise = 4.30265272975 * (4 / 4 * (1 / 3 + 1)) ** 0.5  # t(2)
    assert found.noise == pytest.approx((6 - noise, 6 + noise), rel=1e-9)


def test_noise_alone_is_no_parameter_uncertainty() -> None:
    found = spread(np.array([1.0, 3.0] * 4), np.repeat([1, 2, 3, 4], 2))  # every set has the same mean
    assert found is not None
    assert (found.between, found.parameters) == (0.0, (2.0, 2.0))
    assert found.within == 2.0
    assert found.combined[0] <= found.noise[0] < found.noise[1] <= found.combined[1]


def test_parameters_alone_are_no_noise() -> None:
    sets = np.repeat(np.arange(4), 2)
    found = spread(np.array([1.0, 2.0, 3.0, 4.0])[sets], sets)
    assert found is not None
    assert (found.within, found.noise) == (0.0, (2.5, 2.5))
    assert found.between == pytest.approx(np.var([1, 2, 3, 4], ddof=1))


def test_with_enough_sets_the_ends_are_ranks_and_skewness_stays() -> None:
    """79 sets without noise: ranks .025 * 80 = 2 and 78 of the sets themselves."""
    truth = np.sort(np.random.default_rng(2).exponential(size=79))
    found = spread(np.repeat(truth, 2), np.repeat(np.arange(79), 2))
    assert found is not None
    assert found.parameters == pytest.approx((truth[1], truth[77]))
    assert found.parameters[0] > 0  # where a symmetrical interval would lie below
    assert found.mean - 2 * found.between**0.5 < 0
    assert found.combined[0] < found.parameters[0] < found.parameters[1] < found.combined[1]


def test_more_runs_narrow_the_noise_and_leave_the_parameters() -> None:
    draw = np.random.default_rng(8)
    truth, found = draw.normal(3, 2, 60), []
    for runs in (2, 200):
        sets = np.repeat(np.arange(60), runs)
        one = spread(truth[sets] + draw.normal(0, 1.5, len(sets)), sets)
        assert one is not None
        found.append(one)
    few, many = ([one.noise[1] - one.noise[0], one.parameters[1] - one.parameters[0]] for one in found)
    assert many[0] < few[0] / 8  # a tenth, but for chance
    assert many[1] == pytest.approx(few[1], rel=0.35)
    assert many[1] == pytest.approx(np.ptp(np.quantile(truth, [0.025, 0.975], method="weibull")), rel=0.05)


@pytest.mark.parametrize(("sets", "spread_of_sets"), [(12, 1.0), (60, 1.0), (60, 0.0)])
def test_each_interval_covers_what_it_says(sets: int, spread_of_sets: float) -> None:
    """Means and further sets drawn 1,500 times; 95% lies between 93.3% and 96.7% but for 1 time in 400.

    The combined interval may cover more, because the mean's own uncertainty is in it; with 12 sets it covers less.
    """
    draw = np.random.default_rng(5)
    number = np.repeat(np.arange(sets), 2)
    noise = both = 0
    for _ in range(1500):
        truth = draw.normal(0, spread_of_sets, sets)
        found = spread(truth[number] + draw.normal(0, 1, 2 * sets), number)
        assert found is not None
        noise += found.noise[0] <= truth.mean() <= found.noise[1]
        both += found.combined[0] <= draw.normal(0, spread_of_sets) <= found.combined[1]
    assert 0.933 <= noise / 1500 <= 0.967
    assert both / 1500 >= (0.933 if sets >= FEWEST_RANKED else 0.89)


def test_two_kinds_need_two_sets_and_two_runs_in_one() -> None:
    assert spread(np.array([1.0, 2.0]), np.array([1, 1])) is None
    assert spread(np.array([1.0, 2.0]), np.array([1, 2])) is None
    assert spread(np.array([1.0, 2.0, 3.0]), np.array([1, 2, 2])) is not None


def test_in_how_many_worlds_it_is_better_and_by_how_much(tidy) -> None:
    sets = [1, 1, 2, 2, 3, 3, 4, 4]
    months = tidy({"a": [0.32, 0.34, 0.31, 0.309, 0.30, 0.302, 0.25, 0.26], "b": [0.3] * 8}, sets=sets)
    found = paired(months, "a", "b", SECURE, 96)
    assert (found.sets, found.n) == (4, 8)
    assert found.better_in == 0.75  # .03, .0095, .001, -.045
    assert (found.clearly_better_in, found.clearly_worse_in) == (0.25, 0.25)
    other = paired(months, "b", "a", SECURE, 96)
    assert (other.better_in, other.clearly_worse_in) == (0.25, 0.25)
    assert other.difference == pytest.approx(-found.difference)
    cost = tidy({"a": [4000.0, 4010.0, 900.0, 900.0], "b": [4000.0, 4000.0, 1000.0, 1000.0]}, COST, sets=[1, 1, 2, 2])
    cheaper = paired(cost, "a", "b", COST, 96)
    assert (cheaper.better_in, cheaper.clearly_better_in, cheaper.clearly_worse_in) == (0.5, 0.5, 0.0)


def test_the_verdict_uses_both_kinds(tidy) -> None:
    values = {"a": [0.33, 0.331, 0.39, 0.391, 0.45, 0.451], "b": [0.3] * 6}
    alone = paired(tidy(values), "a", "b", SECURE, 96)
    open_ = paired(tidy(values, sets=[1, 1, 2, 2, 3, 3]), "a", "b", SECURE, 96)
    assert (alone.verdict, alone.sets, alone.noise_low) == (BETTER, None, None)
    assert open_.verdict == NOT_KNOWN
    assert open_.low < open_.parameters_low < open_.noise_low < open_.difference
    assert open_.difference == pytest.approx(alone.difference)


def test_a_placebo_differs_in_no_world(tidy) -> None:
    values = [0.31, 0.32, 0.4, 0.42, 0.2, 0.25]
    found = paired(tidy({"a": values, "b": values}, sets=[1, 1, 2, 2, 3, 3]), "a", "b", SECURE, 96)
    assert (found.difference, found.low, found.high, found.noise_low, found.parameters_high) == (0, 0, 0, 0, 0)
    assert (found.better_in, found.clearly_worse_in, found.verdict) == (0, 0, SAME)


def test_differences_by_set(tidy) -> None:
    months = tidy({"a": [4.0, 6.0, 9.0], "b": [1.0, 1.0, 2.0]}, sets=[2, 2, 1])
    assert by_set(months, "a", "b", SECURE, 96).rows() == [(1, 7.0), (2, 4.0)]


def test_paths_and_rates_hold_both_kinds(make, sample) -> None:
    compared = make(replicates=8, sample=sample)
    name = compared.names[1]
    path = paired_fan(compared.months, name, "status_quo", SECURE).row(96, named=True)
    assert path == {key: getattr(paired(compared.months, name, "status_quo", SECURE, 96), key) for key in COLUMNS}
    rate = per_million(compared.months, [name], [120]).row(by_predicate=pl.col("measure") == SECURE, named=True)
    spent = compared.months.filter(scenario=name, measure="programme_to_date", month=120).sort("seed")["value"]
    mine, other = (
        compared.months.filter(scenario=one, measure=SECURE, month=120, stratum="all").sort("seed")["value"]
        for one in (name, "status_quo")
    )
    expected = spread(((mine - other) / (spent / 1e6)).to_numpy(), np.repeat([1, 2, 3, 4], 2))
    assert (rate["low"], rate["high"]) == pytest.approx(expected.combined)
