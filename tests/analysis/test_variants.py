"""Variants: power is what the verdict does under a wrong model, a reason is held to all that it breaks, runs go on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.patterns import variants
from analysis.patterns.experiment import Experiment
from analysis.patterns.page import board, mending, weak_numbers
from analysis.patterns.validation import compared
from analysis.patterns.variants import BASE, Variant, judged, load_variants, mends, powers, rejected, run_variants
from engine.errors import BadInput, OutOfRange, UnknownName
from evidence.patterns import Pattern, load_patterns
from evidence.quantities import inputs

TEXT = """
[A]
title = "A"
observed = "x"
source = "S1"
mark = "verified"
place = "dublin"
role = "fitted"
comparison = "x"
parts.near = { meaning = "near", unit = "share", value = 0.5, low = 0.4, high = 0.6, test = "range" }
parts.wide = { meaning = "wide", unit = "share", value = 0.5, low = 0.0, high = 1.0, test = "range" }
parts.off = { meaning = "off", unit = "share", value = 0.9, low = 0.85, high = 0.95, test = "range" }
parts.up = { meaning = "up", unit = "share", test = "above", threshold = 0.0 }
"""
WRONG, REASON = Variant("wrong", "all is lower", {"x": -0.3}), Variant("reason", "more", {"x": 0.4}, of=("A.off",))


@pytest.fixture
def patterns(tmp_path: Path) -> dict[str, Pattern]:
    path = tmp_path / "p.toml"
    path.write_text(TEXT)
    return load_patterns(path)


def study(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    value = 0.5 + sets.get("x", 0.0) + 0.001 * (seed % 5)
    return {"A.near": value, "A.wide": value, "A.off": value, "A.up": value}


STUDY = (Experiment("study", ("A",), study),)


@pytest.fixture
def table(patterns: dict[str, Pattern], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    monkeypatch.setattr(variants, "load_variants", lambda: {one.name: one for one in (WRONG, REASON)})
    return judged(patterns, run_variants(patterns, STUDY, (WRONG, REASON), 10, 1, tmp_path / "runs"))


def test_a_band_so_wide_that_nothing_misses_it_is_weak(table: pl.DataFrame) -> None:
    found = {row["part"]: row for row in powers(table).iter_rows(named=True)}
    assert (found["near"]["power"], found["near"]["rejects"], found["near"]["weak"]) == (1.0, 1, False)
    assert (found["wide"]["power"], found["wide"]["touch"], found["wide"]["weak"]) == (0.0, 1, True)
    assert not found["off"]["weak"]  # missed already
    assert found["up"]["weak"]  # .2 is above 0 as well


def test_a_reason_is_told_with_what_it_mends_and_breaks(table: pl.DataFrame) -> None:
    (row,) = mends(table).to_dicts()
    assert (row["part"], row["reason"], row["verdict"], row["mends"], row["breaks"]) == (
        "off", "reason", "met", "", "A.near",
    )  # fmt: skip
    assert (row["as_it_is"], row["becomes"]) == pytest.approx((0.502, 0.902))


def test_power_is_the_share_of_samples_in_which_the_verdict_is_missed(patterns: dict[str, Pattern]) -> None:
    part = patterns["A"].parts["near"]
    half = rejected(part, np.array([0.5, 0.7] * 8))  # a median of either, or between: a coin tossed 16 times
    assert 0.4 < half < 0.8
    assert rejected(part, np.full(8, math.nan)) == 1.0
    order = rejected(patterns["A"].parts["up"], np.array([1.0] * 9 + [-1.0]))
    assert order == pytest.approx(1 - 0.9**10 - 10 * 0.1 * 0.9**9, abs=0.08)  # two or more of ten below 0: 26%


def test_what_is_finished_is_not_run_again_and_other_settings_are_refused(
    patterns: dict[str, Pattern], tmp_path: Path
) -> None:
    ran: list[int] = []

    def counted(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        ran.append(seed)
        return study(seed, sets)

    here, those = tmp_path / "runs", (Experiment("study", ("A",), counted),)
    first = run_variants(patterns, those, (WRONG,), 3, 1, here, threads=1)
    assert len(ran) == 6
    again = run_variants(patterns, those, (WRONG, REASON), 3, 1, here, threads=1)
    assert len(ran) == 9  # the reason alone
    assert again[BASE].equals(first[BASE])
    with pytest.raises(BadInput, match="was made with other setting"):
        run_variants(patterns, those, (WRONG,), 4, 1, here)
    with pytest.raises(BadInput, match="was made with other rules"):
        run_variants(patterns, those, (WRONG,), 3, 1, here, rules="others")


def test_slow_experiments_run_only_where_they_are_named(patterns: dict[str, Pattern], tmp_path: Path) -> None:
    slow = (Experiment("study", ("A",), study, seconds=9.0),)
    found = run_variants(patterns, slow, (WRONG,), 2, 1, tmp_path / "none")
    assert found["wrong"].is_empty()
    named = (Variant("wrong", "x", {"x": 1.0}, slow=("A",)),)
    assert run_variants(patterns, slow, named, 2, 1, tmp_path / "some")["wrong"].height == 8


def test_the_variants_that_ship_name_what_there_is(tmp_path: Path) -> None:
    shipped, known = load_variants(), load_patterns()
    assert sum(not one.of for one in shipped.values()) >= 20
    for one in shipped.values():
        assert one.sets
        assert {name.partition("@")[0] for name in one.sets} <= set(inputs())
        assert set(one.slow) <= set(known)
    for text, error in (
        ('[a]\nmeaning = "x"\nsets = { nothing = 1.0 }\n', UnknownName),
        ('[a]\nmeaning = "x"\nsets = { accept_bed = 2.0 }\n', OutOfRange),
        ('[a]\nmeaning = "x"\nof = "P1.nothing"\nsets = { accept_bed = 1.0 }\n', UnknownName),
    ):
        path = tmp_path / "v.toml"
        path.write_text(text)
        with pytest.raises(error):
            load_variants.__wrapped__(path)


def test_the_page_for_a_board_is_made_of_the_results(patterns: dict[str, Pattern], table: pl.DataFrame) -> None:
    values = [("A", part, 0.5) for part in ("near", "wide", "off", "up")]
    found = compared(patterns, pl.DataFrame(values, ["pattern", "part", "value"], orient="row"))
    said = board(found, powers(table), inputs())
    assert "0 right in size, 0 in direction only, 0 as nearly any model would, and 1 wrong" in said
    assert "**It gets wrong**\n\n- A (A): off, 90% observed and 50% in the model" in said
    right = board(found.filter(pl.col("part") != "off"), powers(table), inputs())
    assert "**It gets right**\n\n- A (A)" in right
    direction = board(found.filter(pl.col("part") == "up"), powers(table).with_columns(weak=False), inputs())
    assert "**It gets the direction right" in direction
    nobody = board(found.filter(pl.col("part") == "wide"), powers(table), inputs())
    assert "**It is right here as nearly any model would be**\n\n- A (A)" in nobody
    untried = board(found.filter(pl.col("part") == "wide"), powers(table).clear(), inputs())
    assert "1 where no wrong model was tried, and 0 wrong" in untried
    assert "no wrong model was tried" not in nobody
    _, lines = weak_numbers(found, powers(table))
    assert [line[-1] for line in lines] == ["", "**weak**", "**weak**"]
    _, lines = mending(found, mends(table))
    assert lines == [["A, off: 90%", "50%", "more", "90%, **met**", "-", "A.near"]]
