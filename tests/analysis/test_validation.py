"""Validation: verdicts by hand-made runs, replicates that fail, and what the experiments promise."""

import doctest
import math
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.figures import picture
from analysis.patterns import validation
from analysis.patterns.experiment import Experiment
from analysis.patterns.figure import MARKS, STRIP, validation_figure
from analysis.patterns.validation import (
    COLUMNS,
    LIMIT,
    MET,
    MISSED,
    ORDER,
    SIGN,
    by_test_words,
    chosen,
    compared,
    compares,
    failures,
    observed_words,
    pull,
    replicated,
    tally,
    tally_by_test,
    verdict_words,
)
from cli.validate import _cells
from engine.errors import BadInput, OutOfRange, UnknownName
from evidence.patterns import Pattern, load_patterns
from tools.validation_page import DEFAULTS, STORED

TEXT = """
[A]
title = "A"
observed = "x"
source = "S1"
mark = "verified"
place = "dublin"
role = "fitted"
comparison = "x"
parts.within = { meaning = "x", unit = "share", value = 0.5, low = 0.402, high = 0.598 }
parts.range = { meaning = "x", unit = "days", value = 10, low = 8, high = 12, test = "range" }
[B]
title = "B"
observed = "x"
source = "S1"
mark = "verified"
place = "dublin"
role = "checked"
comparison = "x"
parts.above = { meaning = "x", unit = "share", value = 0.1, test = "above", threshold = 0.0 }
parts.below = { meaning = "x", unit = "share", test = "below", threshold = 0.0 }
parts.includes = { meaning = "x", unit = "d", value = -0.11, test = "includes", threshold = 0.0 }
parts.shown = { meaning = "x", unit = "share", value = 0.7, test = "shown" }
"""


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pattern]:
    path: Path = tmp_path_factory.mktemp("patterns") / "p.toml"
    path.write_text(TEXT)
    return load_patterns(path)


def row(patterns: Mapping[str, Pattern], part: str, runs: list[float] | np.ndarray) -> dict:
    name = "A" if part in ("within", "range") else "B"
    values = pl.DataFrame({"pattern": name, "part": part, "value": [float(x) for x in runs]})
    return compared(patterns, values).row(by_predicate=pl.col("part") == part, named=True)


def spread(low: float, high: float) -> np.ndarray:
    """101 runs whose central 90% is low to high."""
    return np.linspace(low - (high - low) / 18, high + (high - low) / 18, 101)


def test_the_band_is_the_central_ninety_per_cent_and_the_middle_the_median(patterns: dict[str, Pattern]) -> None:
    found = row(patterns, "within", np.arange(101) / 100)
    assert (found["low"], found["simulated"], found["high"]) == pytest.approx((0.05, 0.5, 0.95))
    assert (found["n"], found["verdict"], found["by"]) == (101, MET, "")


@pytest.mark.parametrize(
    ("low", "high", "verdict", "by"),
    [
        (0.45, 0.55, MET, ""),
        (0.50, 0.60, MET, ""),
        (0.51, 0.60, MISSED, "too high by 1.0 points"),
        (0.40, 0.458, MISSED, "too low by 4.2 points"),
    ],
)
def test_what_was_observed_must_lie_in_the_band(
    patterns: dict[str, Pattern], low: float, high: float, verdict: str, by: str
) -> None:
    found = row(patterns, "within", spread(low - 1e-12, high + 1e-12))
    assert (found["verdict"], found["by"]) == (verdict, by)
    middle = (low + high) / 2
    assert found["distance"] == pytest.approx((middle - 0.5) / 0.05)  # .196 / 3.92


def test_the_median_must_lie_in_what_is_allowed_however_wide_the_runs(patterns: dict[str, Pattern]) -> None:
    assert row(patterns, "range", [11, 11, 90])["verdict"] == MET
    found = row(patterns, "range", [9, 30, 31])
    assert (found["verdict"], found["by"]) == (MISSED, "too high by 18 days")
    assert math.isnan(found["distance"])  # what is allowed is no standard error
    assert row(patterns, "range", [7.5])["by"] == "too low by 0.5 days"


@pytest.mark.parametrize(("part", "sign"), [("above", 1.0), ("below", -1.0)])
def test_an_order_must_hold_in_nine_runs_of_ten(patterns: dict[str, Pattern], part: str, sign: float) -> None:
    nine = row(patterns, part, [sign] * 9 + [-sign])
    assert (nine["share"], nine["verdict"]) == (0.9, MET)
    eight = row(patterns, part, [sign] * 8 + [-sign, 0.0])
    assert (eight["share"], eight["verdict"]) == (0.8, MISSED)
    assert eight["by"] == f"{part} 0 in 80% of runs, not 90%"


def test_every_verdict_names_what_is_compared(patterns: dict[str, Pattern]) -> None:
    """P10: a rise of 258% observed and one of 4% in the runs is no agreement of sizes."""
    sign = row(patterns, "above", [0.04])
    assert (sign["verdict"], verdict_words(sign), sign["compares"]) == (MET, "met (sign only)", SIGN)
    assert observed_words(sign) == "10% (sign)"
    assert verdict_words(row(patterns, "above", [-1.0])) == "missed (sign only)"
    size = row(patterns, "within", [0.5])
    assert (verdict_words(size), size["compares"], observed_words(size)) == ("met (size)", "size", "50%")
    compared_there = [row(patterns, part, [1.0])["compares"] for part in ("below", "includes", "shown")]
    assert compared_there == [SIGN, "no effect", ""]
    shipped = load_patterns()
    ten = compared({"P10": shipped["P10"]}, pl.DataFrame({"pattern": "P10", "part": "stock_change", "value": [0.04]}))
    words = _cells(ten.to_dicts()[0])
    assert words[1] == "258%"
    assert words[-1] == "met (sign)"
    assert "Only the sign is compared" in shipped["P10"].comparison
    limit = compared({"P11": shipped["P11"]}, pl.DataFrame({"pattern": "P11", "part": "fall", "value": [0.6]}))
    assert verdict_words(limit.to_dicts()[0]) == "met (limit)"  # more than half: a limit, not a sign
    kinds = {name: compares(part) for name, part in shipped["P14"].parts.items()}
    assert kinds == {"bed_accepted": "size", "home_accepted": "size", "gap": ORDER}
    assert compares(shipped["P7"].parts["wasserstein"]) == LIMIT
    with pytest.raises(BadInput, match="Only a sign can be an order"):
        load_patterns_from(TEXT.replace("value = 10,", "value = 10, order = true,"))


def load_patterns_from(text: str) -> dict[str, Pattern]:
    path = Path(tempfile.mkdtemp()) / "p.toml"
    path.write_text(text)
    return load_patterns(path)


def test_sizes_are_counted_apart_from_signs_and_later_patterns_apart_from_the_first(
    patterns: dict[str, Pattern],
) -> None:
    values = [("A", "within", 0.5), ("A", "range", 99.0), ("B", "above", 1.0), ("B", "below", 1.0),
              ("B", "includes", 0.0)]  # fmt: skip
    runs = pl.DataFrame(values, ["pattern", "part", "value"], orient="row")
    table = compared(patterns, runs)
    assert tally_by_test(table) == [("size", 1, 2), ("sign", 1, 2), ("no effect", 1, 1)]
    assert by_test_words(table) == "sizes 1 of 2, signs 1 of 2, 'no effect' 1 of 1"
    later = load_patterns_from(TEXT.replace('title = "A"', 'title = "A"\nadded = "2026-11-26"'))
    assert [one[:3] for one in tally(compared(later, runs))] == [("fitted, new", 0, 1), ("checked", 0, 1)]


def test_a_run_without_a_number_is_one_in_which_an_order_does_not_hold(patterns: dict[str, Pattern]) -> None:
    found = row(patterns, "above", [1.0] * 8 + [math.nan, math.inf])
    assert (found["share"], found["n"], found["verdict"]) == (0.8, 8, MISSED)


def test_a_guard_asks_for_no_effect_and_not_for_what_was_observed(patterns: dict[str, Pattern]) -> None:
    assert row(patterns, "includes", spread(-0.05, 0.05))["verdict"] == MET  # although -.11 lies outside
    found = row(patterns, "includes", spread(-0.2, -0.05))
    assert (found["verdict"], found["by"]) == (MISSED, "too low by 0.05")


def test_what_is_only_shown_has_no_verdict(patterns: dict[str, Pattern]) -> None:
    assert row(patterns, "shown", [0.1])["verdict"] == row(patterns, "shown", [])["verdict"] == "shown"


def test_numbers_that_are_missing_are_left_out_and_no_number_at_all_is_a_miss(patterns: dict[str, Pattern]) -> None:
    found = row(patterns, "within", [0.4, math.nan, 0.6])
    assert (found["n"], found["simulated"]) == (2, pytest.approx(0.5))
    for runs in ([], [math.nan] * 3):
        none = row(patterns, "within", runs)
        assert (none["n"], none["verdict"], none["by"]) == (0, MISSED, "no run gave a number")
        assert math.isnan(none["simulated"])


def test_the_table_has_a_row_for_each_part_in_the_order_of_the_file(patterns: dict[str, Pattern]) -> None:
    table = compared(patterns, pl.DataFrame({"pattern": "A", "part": "within", "value": [0.5]}))
    assert dict(table.schema) == COLUMNS
    assert table["part"].to_list() == ["within", "range", "above", "below", "includes", "shown"]
    assert table["role"].to_list() == ["fitted"] * 2 + ["checked"] * 4


def test_a_pattern_is_met_if_all_its_parts_are_and_what_is_shown_counts_for_nothing(
    patterns: dict[str, Pattern],
) -> None:
    values = [("A", "within", 0.5), ("A", "range", 20.0), ("B", "above", 1.0), ("B", "below", -1.0),
              ("B", "includes", 0.0), ("B", "shown", 9.0)]  # fmt: skip
    table = compared(patterns, pl.DataFrame(values, ["pattern", "part", "value"], orient="row"))
    assert tally(table) == [("fitted", 0, 1, 1, 2), ("checked", 1, 1, 3, 3)]


# --- replicates -------------------------------------------------------------------------------------------------------


def honest(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    return {"A.within": seed + sets.get("shift", 0.0), "A.range": 1.0}


def broken(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    if seed == 12:
        raise ZeroDivisionError("nobody was enrolled")
    return {"B.above": 1.0, "B.below": -1.0, "B.includes": 0.0, "B.shown": 0.0}


BOTH = (Experiment("honest", ("A",), honest), Experiment("broken", ("B",), broken, seconds=2.0))


@pytest.mark.parametrize("threads", [1, 3])
def test_a_replicate_that_fails_is_a_row_and_the_others_go_on(patterns: dict[str, Pattern], threads: int) -> None:
    told: list[tuple[int, int]] = []
    found = replicated(patterns, BOTH, 4, seed=10, threads=threads, on_progress=lambda *now: told.append(now))
    assert found.runs.select("experiment", "replicate", "seed").rows() == [
        (one.name, r, 10 + r) for r in range(4) for one in BOTH
    ]
    assert found.runs.filter(status="failed").select("experiment", "seed", "error").rows() == [
        ("broken", 12, "ZeroDivisionError: nobody was enrolled")
    ]
    assert failures(found.runs) == [
        "broken: 1 of 4 replicates failed, the first (seed 12) with ZeroDivisionError: nobody was enrolled"
    ]
    above = found.values.filter(part="above").sort("replicate")["value"].to_list()
    assert above[:2] + above[3:] == [1.0] * 3
    assert math.isnan(above[2])
    assert found.values.filter(part="within").sort("replicate")["value"].to_list() == [10, 11, 12, 13]
    assert told[-1] == (4 * 30, 4 * 30)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_only_the_experiments_that_are_needed_are_run(patterns: dict[str, Pattern]) -> None:
    found = replicated(chosen(["a"], patterns), BOTH, 2)
    assert set(found.runs["experiment"]) == {"honest"}
    assert set(found.values["pattern"]) == {"A"}


def test_each_replicate_has_its_own_parameters(patterns: dict[str, Pattern]) -> None:
    found = replicated(patterns, BOTH[:1], 3, seed=1, sets_of=lambda r: {"shift": 100.0 * r})
    assert found.values.filter(part="within").sort("replicate")["value"].to_list() == [1, 102, 203]


def test_a_number_of_somebody_elses_pattern_is_a_failure_and_not_a_silent_number(patterns: dict[str, Pattern]) -> None:
    found = replicated(patterns, [Experiment("stray", ("A",), lambda seed, sets: {"B.above": 1.0})], 1)
    assert found.runs["error"][0] == "'B.above' is no part of A"
    assert not found.values["value"].is_finite().any()


def test_stopping_waits_for_what_runs_and_starts_nothing_more(patterns: dict[str, Pattern]) -> None:
    begun: list[int] = []
    gate = threading.Event()

    def slow(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        begun.append(seed)
        if seed > 1:
            gate.wait(10)
        return {}

    def stop(done: int, total: int) -> None:
        gate.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replicated(patterns, [Experiment("slow", ("A",), slow)], 50, threads=2, on_progress=stop)
    assert len(begun) < 50
    assert not [t for t in threading.enumerate() if t.name.startswith("unfreeze_")]  # of this pool


def test_what_makes_no_sense_is_said() -> None:
    with pytest.raises(UnknownName, match=r"There is no pattern called 'p33'.*Did you mean 'P23'\?|Allowed"):
        chosen(["p33"], load_patterns())
    with pytest.raises(OutOfRange, match="replicates"):
        replicated(load_patterns(), (), 0)
    assert list(chosen(["little", "p5"], load_patterns())) == ["P5", "Little"]


# --- three that pull --------------------------------------------------------------------------------------------------


def three(bins: list[float], wasserstein: float, tenth: float, stay: float) -> pl.DataFrame:
    shipped = chosen(["P7", "P8", "Little"], load_patterns())
    parts = ["under_6", "from_6", "from_12", "from_18", "over_24", "wasserstein"]
    values = [("P7", part, value) for part, value in zip(parts, [*bins, wasserstein], strict=True)]
    values += [("P8", "all_users", tenth), ("Little", "distinct", stay)]
    return compared(shipped, pl.DataFrame(values, ["pattern", "part", "value"], orient="row"))


def test_the_pull_between_durations_nights_and_littles_law_is_read_off_the_numbers() -> None:
    longer = pull(three([0.6, 0.2, 0.1, 0.05, 0.05], 3.1, 0.35, 1.6))
    assert longer.startswith("P7, P8 and Little's law pull apart: present stays are 3.1 months from those observed")
    assert longer.endswith("P7 asks for longer stays, P8 asks for longer stays, Little's law asks for shorter stays.")
    assert "35% of the nights (40% to 60%), and stock over inflow is 1.60 years (0.8 to 1.3)" in longer
    shorter = pull(three([0.3, 0.2, 0.15, 0.1, 0.25], 4.0, 0.5, 1.6))
    assert "P7 asks for shorter stays, P8 fits, Little's law asks for shorter stays" in shorter
    assert "do not pull apart" in pull(three([0.466, 0.201, 0.13, 0.081, 0.122], 0.5, 0.5, 1.0))
    assert "miss on the same side" in pull(three([0.3, 0.2, 0.15, 0.1, 0.25], 4.0, 0.7, 1.6))
    assert pull(three([0.3, 0.2, 0.15, 0.1, 0.25], 4.0, math.nan, 1.6)) == ""
    assert pull(compared(chosen(["P7"], load_patterns()), pl.DataFrame(schema={"pattern": pl.String(),
                "part": pl.String(), "value": pl.Float64()}))) == ""  # fmt: skip


# --- words and figure -------------------------------------------------------------------------------------------------


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(validation).failed == 0
    assert doctest.testmod(validation).attempted >= 2


def test_no_text_of_the_figure_lies_on_another_or_on_a_picture() -> None:
    """As it was last run: in each row name, picture and two numbers stand beside one another."""
    figure = validation_figure(pl.read_parquet(STORED).filter(run=DEFAULTS), "60 runs.")
    renderer = figure.canvas.get_renderer()
    for axes in figure.axes[:-1]:
        begins, ends = (axes.transData.transform((x, 0.0))[0] for x in STRIP)
        rows: dict[float, list[tuple[float, float, str]]] = {}
        for text in axes.texts:
            box = text.get_window_extent(renderer)
            rows.setdefault(text.get_position()[1], []).append((box.x0, box.x1, text.get_text()))
        for row in (sorted(row) for row in rows.values() if len(row) == 3):
            (_, name_ends, name), (one, one_ends, _), (two, _, _) = row
            assert name_ends <= begins, name
            assert ends <= one, name
            assert one_ends <= two, name


def test_the_figure_says_every_part_what_was_run_and_what_was_missed(patterns: dict[str, Pattern]) -> None:
    values = [("A", "within", 0.5), ("A", "range", 20.0), ("B", "above", 1.0), ("B", "below", math.nan)]
    table = compared(patterns, pl.DataFrame(values, ["pattern", "part", "value"], orient="row"))
    figure = validation_figure(table, "3 runs.")
    said = [text.get_text() for text in figure.texts]
    assert said == ["Patterns met in every part: fitted 0 of 1, checked 0 of 1", "3 runs."]
    rows = [text for axes in figure.axes for text in axes.texts]
    inks = {text.get_text(): text.get_color() for text in rows}
    assert inks["20 (20 to 20)"] == MARKS[MISSED][1]
    assert inks["50% (50 to 50)"] != MARKS[MISSED][1]
    assert "100%; in 100% of runs (sign only)" in inks
    assert "10% (sign)" in inks
    assert "no number" in inks
    assert picture(figure) == picture(validation_figure(table, "3 runs."))
    assert len(validation_figure(table.filter(role="checked"), "x").axes) == 2  # one column, and how to read it
