"""What is said about uncertainty: what was drawn, what a difference hangs on, and neither more nor less."""

import dataclasses
import html
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from analysis import figures, report, uncertainty
from analysis.board import sentence as whole_sentence
from analysis.contrasts import by_set, paired
from analysis.uncertainty import BOTH, drawn, held, main_pairs, matters, sentence, strongest
from analysis.words import how_sure
from model.measures import HEADLINE
from runs.running import digits
from scenarios.plausible import BALANCED, DATA, PRIOR, starting_shapes

SECURE = HEADLINE[0]
NOT_CALIBRATED = "drawn from the ranges of the evidence and balanced with the place's counts, not calibrated"


def test_a_parameter_that_decides_is_found(make, sample) -> None:
    """The invented differences grow with `contact` and with nothing else."""
    compared = make(replicates=80, sample=sample, luck=0.02)
    first, *others = matters(compared, compared.names[1], "status_quo", SECURE, 120)
    assert (first.parameter, first.stands_out, first.n) == ("contact", True, 40)
    assert first.low < first.rho < first.high <= 1
    assert first.rho > 0.95
    assert len(others) == len(drawn(compared)) - 1
    assert [abs(one.rho) for one in others] == sorted((abs(one.rho) for one in others), reverse=True)
    gaps = by_set(compared.months, compared.names[1], "status_quo", SECURE, 120)["difference"]
    column = [one[others[5].parameter] for one in compared.sets]
    expected = stats.spearmanr(column, gaps)
    assert (others[5].rho, others[5].p) == pytest.approx((expected.statistic, expected.pvalue))


def test_chance_alone_seldom_stands_out(make, sample) -> None:
    """Of 8 differences made of nothing but luck, each has something that stands out with a chance of at most .05: more
    than two have 6 times in 1,000."""
    compared = make(replicates=40, sample=sample, luck=1000.0)
    found = [matters(compared, name, "status_quo", m, 120) for name in compared.names for m in HEADLINE]
    assert sum(one.p < 0.05 for row in found for one in row) > 5  # that is why p alone is not enough
    assert sum(any(one.stands_out for one in row) for row in found) <= 2


def test_too_few_sets_or_no_difference_tell_nothing(make, sample) -> None:
    few = make(replicates=8, sample=sample)
    assert matters(few, few.names[0], "status_quo", SECURE, 120) == []
    same = make(("placebo",), replicates=40, sample=sample, luck=0.0)
    assert matters(same, "status_quo", "status_quo", SECURE, 120) == []


def test_the_interval_of_a_rank_correlation_covers() -> None:
    draw, covered, rho = np.random.default_rng(3), 0, 0.6
    truth = 6 / np.pi * np.arcsin(rho / 2)  # Spearman's of two normals whose correlation is rho
    for _ in range(1000):
        a = draw.standard_normal(60)
        b = rho * a + (1 - rho**2) ** 0.5 * draw.standard_normal(60)
        low, high = uncertainty._around(float(stats.spearmanr(a, b).statistic), 60)
        covered += low <= truth <= high
    assert 0.925 <= covered / 1000 <= 0.975


def test_what_the_worldview_and_set_say_is_not_called_drawn(make, sample) -> None:
    plain = make(replicates=8, sample=sample)
    assert drawn(plain)["exit_fast"] == DATA
    assert drawn(plain)["refer_belief"] == drawn(plain)["contact_half_life"] == PRIOR
    own = make(replicates=8, sample=sample, world="from_within", sets=("drift_out=0.05",))
    assert {"refer_belief", "drift_out"}.isdisjoint(drawn(own))
    assert len(drawn(plain)) - len(drawn(own)) == len({*own.worldview.values} & {*drawn(plain)}) + 1
    said = " ".join(uncertainty.about(own))
    shapes = list(drawn(own).values()).count(BALANCED)
    assert f"{len(drawn(own)) - shapes} parameters were drawn" in said
    assert f"{shapes} more say how flows" in said
    assert "that the worldview or --set names" in said
    assert drawn(make()) == {}


def test_it_says_what_was_drawn_and_what_was_held(make, sample) -> None:
    compared = make(replicates=8, sample=sample)
    said = " ".join(uncertainty.about(compared))
    for words in ("4 plausible parameter sets, drawn from a calibrated sample", "each is run with 2 seeds",
                  "1 from the calibrated sample", "nothing here",
                  f"the {len(held(compared.place, sample))} other figures of Dublin", "made 2026-01-01",
                  "'unfreeze calibrate'", sample.manifest["hash"]):  # fmt: skip
        assert words in said, words


def test_without_a_sample_it_says_that_nothing_is_calibrated(make) -> None:
    """On top, in the report, its figure and about the sets; and nothing of a sample, fresh or stale."""
    compared = make(replicates=8, ranges=True)
    kinds = Counter(drawn(compared).values())
    assert kinds[DATA] == 0
    assert kinds[BALANCED] == len(starting_shapes(compared.place)) > 0
    said = " ".join(uncertainty.about(compared))
    for words in (f"4 plausible parameter sets, {NOT_CALIBRATED}; each is run with 2 seeds",
                  f"{len(drawn(compared)) - kinds[BALANCED]} parameters were drawn",
                  f"{kinds[BALANCED]} more say how flows", f"{kinds[PRIOR]} from the evidence's range",
                  f"{compared.place.title} begins at its own counts"):  # fmt: skip
        assert words in said, words
    assert "sample" not in said
    assert "other digits" not in said
    assert uncertainty.calibration(None) is None
    assert f"(4 plausible parameter sets, {NOT_CALIBRATED})" in how_sure(compared)
    page = html.unescape(" ".join(report.page(compared, b"<svg/>").split()))
    assert page.count(NOT_CALIBRATED) == 3
    assert "fitted to" not in page.replace("are fitted to the width", "")
    figure = figures.comparison(compared)
    assert NOT_CALIBRATED in " ".join(" ".join(text.get_text() for text in figure.texts).split())


@pytest.mark.parametrize(("stands", "sets"), [(False, 4), (True, 0)])
def test_sets_in_which_no_rates_hold_the_counts_are_told(make, monkeypatch, stands, sets) -> None:
    """Where all sets stand still, nothing is said."""
    compared = make(replicates=8, ranges=True)
    monkeypatch.setattr(uncertainty, "stands_still", lambda balance: stands)
    assert uncertainty.unsettled(compared) == sets
    told = f"In {sets} of the 4 sets no such rates within their ranges hold the counts"
    assert (told in " ".join(uncertainty.about(compared))) == (sets > 0)
    assert ("hold the counts" in " ".join(uncertainty.about(compared))) == (sets > 0)


def test_a_sample_that_was_fitted_under_other_rules_is_told(make, sample) -> None:
    compared = make(replicates=8, sample=sample)
    for found, told in ((digits(), False), ("0" * 24, True)):
        other = dataclasses.replace(
            compared, sample=dataclasses.replace(sample, manifest={"hash": "", "digits": found})
        )
        assert any("gave other digits than today's" in text for text in uncertainty.about(other)) == told


def test_one_sentence_with_the_shares_of_the_main_difference(make, sample) -> None:
    compared = make(replicates=8, sample=sample)
    found = paired(compared.months, *compared.names, SECURE, 120)
    assert f"{100 * found.better_in:.0f}% on people with secure tenancies" in sentence(compared)
    assert sentence(compared).startswith(
        "Of 4 plausible parameter sets, Catalytic philanthropy does better than User-centred"
    )
    alone = make(("homes",), replicates=8, sample=sample)
    assert "does better than no foundation" in sentence(alone)
    assert sentence(make(("homes", "top_up", "hybrid"), replicates=8, sample=sample)) == ""
    assert main_pairs(make(("status_quo",), replicates=8, sample=sample)) == []
    assert "these runs cannot tell" not in whole_sentence(compared)


@pytest.mark.parametrize("names", [("homes",), ("homes", "top_up"), ("homes", "top_up", "hybrid"), ("status_quo",)])
def test_the_report_shows_both_kinds_apart(make, sample, names) -> None:
    compared = make(names, replicates=20, sample=sample)
    page = " ".join(report.page(compared, b"<svg/>").split())
    assert "Intervals show simulation noise only" not in page
    assert "docs/limits.md" in page
    assert "in 10 plausible parameter sets" in page
    if names == ("status_quo",):
        assert 'id="worlds"' not in page
        return
    assert BOTH.replace("'", "&#39;") in page
    row = compared.headline.filter(measure=SECURE, month=120).row(0, named=True)
    cells = uncertainty.apart(compared, row)
    for cell in ("noise", "parameters", "both", "better"):
        assert f'<td class="n">{cells[cell]}</td>' in page, cell
    assert len({cells["noise"], cells["parameters"], cells["both"]}) == 3
    for one in strongest(compared):
        assert one["name"] in page


def test_without_sets_the_report_says_nothing_of_worlds(make) -> None:
    page = report.page(make(), b"<svg/>")
    assert 'id="worlds"' not in page
    assert "plausible parameter sets" not in page
    assert "docs/limits.md" in page


def test_the_figure_draws_a_thick_bar_for_noise_inside_the_thin_one(make, sample) -> None:
    compared = make(replicates=20, sample=sample)
    below = next(axes for axes in figures.comparison(compared).axes if "Paired difference" in axes.get_title("left"))
    thick = [line for line in below.lines if line.get_linewidth() > 5]
    rows = compared.headline.filter(measure=HEADLINE[0]).sort("scenario", "month")
    ends = sorted(rows["noise_low"].to_list() + rows["noise_high"].to_list())
    assert sorted(end for line in thick for end in line.get_ydata()) == pytest.approx(ends)
    plain = figures.comparison(make()).axes
    assert not [line for axes in plain for line in axes.lines if line.get_linewidth() > 5]
