"""Draws from the priors go on after a stop with the same digits; what they could teach is found where it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.calibration.block import Block
from analysis.calibration.draws import file_of, read, scores_of, simulate, waves
from analysis.calibration.learnable import ENOUGH, learnable, learnt_rows
from analysis.calibration.matching import (
    Discrepancy,
    contradictions,
    emulator_of,
    load_discrepancies,
    matched,
    matched_rows,
)
from analysis.calibration.prior import Target, prior_of, targets
from analysis.calibration.studies import CITIES, STUDIES
from analysis.patterns.experiment import Experiment
from analysis.patterns.registry import BY_HAND, EXPERIMENTS
from engine.errors import BadInput, MissingField, UnreadableFile
from evidence.patterns import load_patterns

PATTERNS = load_patterns()
NONE = {"P14": Discrepancy(0.0, "x")}


def study(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    """Offers of a bed say all about `accept_bed`; the home says nothing about anybody."""
    luck = np.random.default_rng(seed).standard_normal(2)
    return {"P14.bed_accepted": sets["accept_bed"] + 0.01 * luck[0], "P14.home_accepted": 0.9 + 0.01 * luck[1]}


def failing(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    if sets["accept_bed"] > 0.65:
        raise ValueError("no beds")
    return study(seed, sets)


BLOCK = Block("flow", (prior_of("accept_bed"), prior_of("accept_home")), targets(PATTERNS, ["P14"]),
              (Experiment("study", ("P14",), study, 0.1),))  # fmt: skip


def test_draws_go_on_and_have_the_same_digits(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert simulate(BLOCK, one, 200, 1, 0) == 200
    assert simulate(BLOCK, other, 100, 1, 0) == 100
    assert simulate(BLOCK, other, 200, 1, 0) == 100  # the second hundred alone
    assert read(one, BLOCK).equals(read(other, BLOCK))
    assert read(one, BLOCK)["number"].to_list() == list(range(200))
    assert scores_of(BLOCK, 1, 7) != scores_of(BLOCK, 2, 7)
    with pytest.raises(BadInput, match="seed"):
        simulate(BLOCK, one, 200, 2, 0)
    narrower = replace(BLOCK, priors=(BLOCK.priors[0], replace(BLOCK.priors[1], low=0.9)))
    with pytest.raises(BadInput, match="parameters"):  # the same names, another range: other candidates
        simulate(narrower, one, 300, 1, 0)
    with pytest.raises(BadInput, match="multiple of 100"):
        simulate(BLOCK, one, 250, 1, 0)
    with pytest.raises(BadInput, match="has no draws"):
        read(tmp_path, BLOCK)


def test_rules_that_have_changed_are_noticed_by_the_digits(tmp_path: Path) -> None:
    simulate(BLOCK, tmp_path, 100, 1, 0)

    def other(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        return {name: value + 1e-12 for name, value in study(seed, sets).items()}

    changed = replace(BLOCK, experiments=(replace(BLOCK.experiments[0], run=other),))
    with pytest.raises(BadInput, match="other rules, places or studies"):
        simulate(changed, tmp_path, 200, 1, 0)
    assert simulate(BLOCK, tmp_path, 200, 1, 0) == 100


def test_a_later_wave_is_drawn_where_the_first_left_something_and_repeats(tmp_path: Path) -> None:
    simulate(BLOCK, tmp_path, 1000, 1, 0)
    first = emulator_of(read(tmp_path, BLOCK), BLOCK, NONE)
    assert simulate(BLOCK, tmp_path, 200, 1, 0, wave=2, left=[first]) == 200
    assert {wave: len(files) for wave, files in waves(tmp_path, BLOCK).items()} == {1: 10, 2: 2}
    second = read(tmp_path, BLOCK).filter(pl.col("wave") == 2)
    scores = second.select(BLOCK.names).to_numpy()
    assert first.plausible(scores).all()
    asked = np.random.default_rng(1).standard_normal((20_000, 2))
    left = asked[first.plausible(asked)]
    assert 0.05 < len(left) / len(asked) < 0.9
    assert scores.mean(axis=0) == pytest.approx(left.mean(axis=0), abs=4 * left.std() / len(scores) ** 0.5)
    assert read(tmp_path, BLOCK, before=2).height == 1000
    again = tmp_path / "again"
    simulate(BLOCK, again, 200, 1, 0, wave=2, left=[first])
    assert read(again, BLOCK).equals(second)


def test_where_nothing_is_left_it_says_so(tmp_path: Path) -> None:
    simulate(BLOCK, tmp_path, 300, 1, 0)
    found = emulator_of(read(tmp_path, BLOCK), BLOCK, NONE)
    nowhere = replace(found, weights=found.weights + 100.0)
    with pytest.raises(BadInput, match="next to nothing"):
        simulate(BLOCK, tmp_path, 100, 1, 0, wave=2, left=[nowhere])


def test_a_candidate_that_fails_is_kept_with_its_reason_and_not_read(tmp_path: Path) -> None:
    block = replace(BLOCK, experiments=(Experiment("study", ("P14",), failing, 0.1),))
    simulate(block, tmp_path, 100, 1, 0)
    kept = pl.read_parquet(file_of(tmp_path, block, 1, 0))
    assert kept.height == 100
    failed = kept.filter(pl.col("error") != "")
    assert set(failed["error"]) == {"ValueError: no beds"}
    assert read(tmp_path, block).height == 100 - failed.height


def test_a_missing_file_stops_the_draws_and_is_no_fault_of_a_candidate(tmp_path: Path) -> None:
    def missing(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        raise UnreadableFile(tmp_path / "gone.toml", "there is no such file")

    block = replace(BLOCK, experiments=(Experiment("study", ("P14",), missing, 0.1),))
    with pytest.raises(UnreadableFile, match="gone"):
        simulate(block, tmp_path, 100, 1, 0)
    assert not waves(tmp_path, block)


def test_what_the_numbers_say_all_about_is_learnt_and_what_they_say_nothing_about_is_not(tmp_path: Path) -> None:
    simulate(BLOCK, tmp_path, 2000, 1, 0)
    found = {one.name: one for one in learnable(read(tmp_path, BLOCK), BLOCK, PATTERNS)}
    assert found["accept_bed"].by == "P14.bed_accepted"
    assert found["accept_bed"].contraction > 0.7
    assert found["accept_home"].contraction < 0.1 < ENOUGH
    rows = learnt_rows(list(found.values()))
    assert [row[0] for row in rows[1:]] == ["accept_bed", "accept_home"]
    assert "not learnt" in rows[2][1]
    with pytest.raises(BadInput, match="at least 200"):
        learnable(read(tmp_path, BLOCK).head(50), BLOCK, PATTERNS)


def test_patterns_that_contradict_each_other_are_said_to(tmp_path: Path) -> None:
    """Two numbers that follow one parameter, observed at values of it that are far apart: each is met, never both."""

    def two(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        luck = 0.002 * np.random.default_rng(seed).standard_normal(3)
        low, high = sets["accept_bed"] + luck[0], sets["accept_bed"] + luck[1]
        return {"P14.bed_accepted": low, "P14.home_accepted": 0.9 + luck[2], "P1.reform_12": high}

    aims = (Target("P14", "P14.bed_accepted", 0.5, 0.01), Target("P14", "P14.home_accepted", 0.9, 0.02))
    far, near = (Target("P1", "P1.reform_12", value, 0.01) for value in (0.68, 0.52))
    block = Block("flow", BLOCK.priors, (*aims, far), (Experiment("study", ("P14", "P1"), two, 0.1),))
    simulate(block, tmp_path, 1000, 1, 0)
    none = {"P14": Discrepancy(0.0, "x"), "P1": Discrepancy(0.0, "x")}
    found = matched(emulator_of(read(tmp_path, block), block, none), block, points=20_000)
    assert contradictions(found) == [("P1", "P14")]
    assert found.everything == 0.0
    assert min(found.alone) > 0.02
    assert matched_rows(found, none)[1][0] == "P14"
    closer = replace(block, targets=(*aims, near))
    agree = matched(emulator_of(read(tmp_path, block), closer, none), closer, points=20_000)
    assert contradictions(agree) == []
    assert 0.02 < agree.everything <= min(agree.alone)
    wide = {"P14": Discrepancy(8.0, "x"), "P1": Discrepancy(8.0, "x")}
    assert contradictions(matched(emulator_of(read(tmp_path, block), block, wide), block, points=20_000)) == []
    with pytest.raises(MissingField, match="named discrepancy"):
        emulator_of(read(tmp_path, block), block, {})


def test_every_fitted_pattern_has_a_named_discrepancy() -> None:
    studied = {name for one in STUDIES for name in one.patterns}
    fitted = {name for name, one in PATTERNS.items() if one.role == "fitted" and name in studied}
    assert fitted <= set(load_discrepancies())
    assert all(one.steps >= 0.0 and one.because for one in load_discrepancies().values())


def test_a_fit_runs_the_same_studies_in_smaller_systems() -> None:
    studied = [one for one in EXPERIMENTS if one not in BY_HAND]
    pairs = [(one, other) for one, other in zip(studied, STUDIES, strict=True) if one.run is not other.run]
    assert {one.name for one, _ in pairs} == {*CITIES, "fifty American cities"}
    for one, small in pairs:
        if one.name not in CITIES:  # the judged variant of the same cities, alone
            continue
        found = small.run(3, {})
        assert set(found) == set(one.run(3, {}))
        assert small.run(3, {}) == found
