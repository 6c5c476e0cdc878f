"""Calibration against answers that are known: a posterior with a formula, a stop in the middle, an empty pattern.

The toy: 100 programmes that die at one rate; 31 are dead after a year.  Its posterior can be computed to the digit.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import polars as pl
import pyabc
import pytest

from analysis.calibration import prior, report, whole
from analysis.calibration.fit import (
    DEFENCE,
    Block,
    Journal,
    Run,
    candidate,
    fit,
    replicate,
    reweighted,
    working,
)
from analysis.calibration.prior import FURTHEST, Prior, Target, distance, prior_of, step, targets
from analysis.calibration.sample import drawn, effective, joint, quantile, variance
from analysis.patterns.experiment import Experiment
from engine.errors import BadInput, UnfreezeError
from evidence.patterns import load_patterns
from evidence.quantities import inputs
from scenarios.plausible import SHAPES, read_sample, write_sample
from tools import ship_calibration

ROOT = Path(__file__).parents[2]
N, DEAD = 100, 31
HAZARD = Prior("hazard", 0.005, 0.02, 0.06, flat=False, unit="per month")
ALIVE = Target("T1", "T1.alive", 1 - DEAD / N, 0.046)
FOREVER = math.inf


def toy(calls: Path | None = None) -> Experiment:
    """The survival of N programmes for a year at `hazard`; a letter more in `calls` each time."""

    def run(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        from numpy.random import default_rng

        if calls is not None:
            with calls.open("a") as file:
                file.write("x")
        return {"T1.alive": 1.0 - default_rng(seed).binomial(N, 1.0 - math.exp(-12.0 * sets["hazard"])) / N}

    return Experiment("toy", ("T1",), run, 0.001)


def block(experiment: Experiment | None = None) -> Block:
    return Block("toy", (HAZARD,), (ALIVE,), (experiment or toy(),))


def fitted(folder: Path, generations: int = 5, particles: int = 200, workers: int = 0, seed: int = 1) -> Any:
    run = Run((block(),), folder, seed, particles, workers)
    with working(workers) as working_ones:
        return fit(run, block(), generations, working_ones, FOREVER)


def exact() -> tuple[float, float]:
    """Mean and standard deviation of the posterior, by adding up the formula."""
    x = np.linspace(HAZARD.low, HAZARD.high, 4001)
    dies = 1.0 - np.exp(-12.0 * x)
    height = np.array([HAZARD.density(value) for value in x]) * dies**DEAD * (1.0 - dies) ** (N - DEAD)
    height /= height.sum()
    mean = float((height * x).sum())
    return mean, math.sqrt(float((height * (x - mean) ** 2).sum()))


def test_the_known_posterior_is_found(tmp_path: Path) -> None:
    """Mean and spread within four standard errors of a sample of this effective size: false alarm below 1 in 10,000."""
    found = fitted(tmp_path, generations=6)
    mean, spread = exact()
    values = np.array([one["hazard"] for one in found.sets])
    size = effective(found.weights)
    assert size > 80
    assert found.epsilons[-1] < 0.35  # a third of a standard error: 1.6 programmes of 100
    assert (found.weights * values).sum() == pytest.approx(mean, abs=4 * spread / math.sqrt(size))
    assert math.sqrt(variance(values, found.weights)) == pytest.approx(spread, rel=4 / math.sqrt(2 * size))
    assert abs(HAZARD.quantile(0.5) - mean) > 4 * spread / math.sqrt(size)  # the prior would not have passed


def test_a_stop_changes_no_digit(tmp_path: Path) -> None:
    """Stopped in the middle of a generation, with half a line in the journal: the same sample as without."""
    whole_one = fitted(tmp_path / "whole", 4, 30)
    lines = (tmp_path / "whole" / "simulations.jsonl").read_bytes().splitlines(keepends=True)
    stopped = tmp_path / "stopped"
    stopped.mkdir()
    (stopped / "settings.json").write_bytes((tmp_path / "whole" / "settings.json").read_bytes())
    (stopped / "simulations.jsonl").write_bytes(b"".join(lines[:70]) + lines[70][:20])
    kept = Journal(stopped / "simulations.jsonl")
    assert kept.finished == 70
    again = fitted(stopped, 4, 30)
    assert again.scores == whole_one.scores
    assert again.weights.tolist() == whole_one.weights.tolist()
    assert again.epsilons == whole_one.epsilons


def test_more_generations_later_are_the_same_as_at_once(tmp_path: Path) -> None:
    """And nothing finished is simulated again."""
    calls, two_then_four = tmp_path / "calls", tmp_path / "two then four"
    with working(0) as workers:
        run = Run((block(toy(calls)),), two_then_four, particles=30, workers=0)
        fit(run, run.blocks[0], 2, workers, FOREVER)
        before = calls.stat().st_size
        run = Run((block(toy(calls)),), two_then_four, particles=30, workers=0)
        later = fit(run, run.blocks[0], 4, workers, FOREVER)
        assert calls.stat().st_size == run.journal.finished > before
    at_once = fitted(tmp_path / "at once", 4, 30)
    assert later.scores == at_once.scores
    assert later.weights.tolist() == at_once.weights.tolist()


@pytest.mark.slow
def test_processes_change_no_digit(tmp_path: Path) -> None:
    one, two = fitted(tmp_path / "0", 3, 30), fitted(tmp_path / "2", 3, 30, workers=2)
    assert two.scores == one.scores
    assert two.weights.tolist() == one.weights.tolist()


def test_no_time_loses_nothing(tmp_path: Path) -> None:
    run = Run((block(),), tmp_path, particles=30, workers=0)
    with working(0) as workers, pytest.raises(UnfreezeError, match="what is done is kept"):
        fit(run, run.blocks[0], 2, workers, -1.0)
    done = fitted(tmp_path, 2, 30)
    with working(0) as workers:
        assert fit(Run((block(),), tmp_path, particles=30), block(), 9, workers, -1.0).scores == done.scores


def test_other_settings_are_not_mixed(tmp_path: Path) -> None:
    fitted(tmp_path, 1, 20)
    with pytest.raises(BadInput, match=r"other settings: particles \(20\)"):
        fitted(tmp_path, 1, 30)
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "letter.txt").write_text("mine")
    with pytest.raises(BadInput, match="something else"):
        fitted(tmp_path / "strange", 1, 20)


def test_many_parameters_leave_many_particles(tmp_path: Path) -> None:
    """Twenty parameters of which one matters: weight stays spread over the particles, and none exceeds its bound."""
    many = tuple(Prior(f"p{i}", 0.0, 0.5, 1.0, flat=False, unit="") for i in range(20))
    one = Block("many", many, (Target("T1", "T1.alive", 0.8, 0.05),),
                (Experiment("first", ("T1",), lambda seed, sets: {"T1.alive": sets["p0"]}, 0.001),))  # fmt: skip
    run = Run((one,), tmp_path, particles=200, workers=0)
    with working(0) as workers:
        found = fit(run, one, 4, workers, FOREVER)
    assert effective(found.weights) > 60
    raw = [row["weight"] for (_, t), rows in run.journal.rows.items() if t == 3 for row in rows.values()]
    assert max(raw) <= 1 / DEFENCE
    assert np.mean([each["p0"] for each in found.sets]) > 0.7
    assert np.mean([each["p1"] for each in found.sets]) == pytest.approx(0.5, abs=4 * 0.2 / math.sqrt(60))


def test_a_history_that_pyabc_itself_reads(tmp_path: Path) -> None:
    found = fitted(tmp_path, 3, 30)
    assert effective(found.weights) > 20
    history = pyabc.History(f"sqlite:///{tmp_path / 'toy.db'}", create=False)
    table, weights = history.get_distribution()
    assert sorted(table["hazard"]) == sorted(one["hazard"] for one in found.scores)
    assert sorted(weights) == pytest.approx(sorted(found.weights))


def test_who_is_too_far_off_is_not_simulated_on(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    far_off = Experiment("far", ("T0",), lambda seed, sets: {"T0.x": 9.0 * sets["hazard"] / HAZARD.high}, 0.0001)
    slow = Experiment("slow", ("T1",), toy(calls).run, 0.5)
    both = Block("toy", (HAZARD,), (ALIVE, Target("T0", "T0.x", 0.0, 1.0)), (slow, far_off))
    run = Run((both,), tmp_path / "run", particles=20, workers=0)
    with working(0) as workers:
        found = fit(run, both, 4, workers, FOREVER)
    rows = [row for (_, t), rows in run.journal.rows.items() if t == 3 for row in rows.values()]
    cut = [row for row in rows if "T1.alive" not in row["parts"]]
    assert cut
    assert not any(row["accepted"] for row in cut)
    assert all(distance(both.near, row["parts"]) > found.epsilons[3] for row in cut)
    every = [row for rows in run.journal.rows.values() for row in rows.values()]
    assert calls.stat().st_size == sum("T1.alive" in row["parts"] for row in every) < len(every)


def test_a_failed_simulation_is_a_row(tmp_path: Path) -> None:
    row = candidate(b"no pickle", 1, "toy", 0, 7)
    assert not row["accepted"]
    assert "UnpicklingError" in row["error"]
    journal = Journal(tmp_path / "simulations.jsonl")
    journal.add(row)
    assert Journal(tmp_path / "simulations.jsonl").of("toy", 0)[7] == row


def test_a_replicate_has_luck_of_its_own_and_keeps_its_error() -> None:
    text = cloudpickle.dumps((toy(),))
    one, again, other = (replicate(text, 1, "check", number, {"hazard": 0.02}) for number in (3, 3, 4))
    assert one["parts"] == again["parts"] != other["parts"]
    assert replicate(text, 1, "check", 3, {})["error"] == "KeyError: 'hazard'"


# --- priors and distances ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", [
    HAZARD,
    Prior("left", 0.0, 0.0, 2.0, flat=False, unit=""),
    Prior("right", 1.0, 3.0, 3.0, flat=False, unit=""),
    Prior("flat", -1.0, 0.0, 1.0, flat=True, unit=""),
], ids=lambda one: one.name)  # fmt: skip
def test_a_prior_is_one_distribution(one: Prior) -> None:
    """Its quantile function, its density and its variance say the same."""
    values = np.array([one.quantile(share) for share in (np.arange(20_000) + 0.5) / 20_000])
    assert (np.diff(values) >= 0).all()
    assert one.low <= values[0] <= values[-1] <= one.high
    assert values.var() == pytest.approx(one.variance, rel=1e-3)
    middle = 0.5 * (one.low + one.high)
    x = np.linspace(one.low, middle, 20_001)
    below = np.trapezoid([one.density(value) for value in x], x)
    assert (values < middle).mean() == pytest.approx(below, abs=1e-3)
    assert one.density(one.low - 1) == one.density(one.high + 1) == 0.0


def test_priors_come_from_the_evidence() -> None:
    assert prior_of("restart").low == inputs()["restart"].low
    there = prior_of("secure_supply@canada_trial")
    assert (there.low, there.mode, there.high) == (15, 30, 50)
    assert prior_of("restart_window").value(0.3) % 1 == 0  # months are counted
    with pytest.raises(BadInput, match="differs from place to place"):
        prior_of("secure_supply")
    with pytest.raises(BadInput, match="says nothing about 'exit_fast'"):
        prior_of("exit_fast@canada_trial")


def test_nothing_that_no_pattern_informs_is_fitted() -> None:
    words = ("belief", "trust", "owner", "rival", "resist", "brand")
    assert not [name for name in (*prior.FLOW, *prior.SURVIVAL) if any(word in name for word in words)]


def test_what_is_fitted_is_open_and_not_what_each_place_s_counts_decide() -> None:
    assert len({*prior.FLOW, *prior.SURVIVAL}) == len(prior.FLOW) + len(prior.SURVIVAL)
    for name in (*prior.FLOW, *prior.SURVIVAL):
        entry, one = inputs()[name], prior_of(name)
        assert (one.low, one.mode, one.high) == (entry.low, entry.value, entry.high), name
        assert one.low < one.high, name
    assert {*SHAPES} <= inputs().keys()
    assert {*SHAPES}.isdisjoint(prior.FLOW)


def test_a_calibration_can_be_made_the_one_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sample and manifest to where everything draws from, figures and tables to the page; its prose stays."""
    made, root = tmp_path / "made", tmp_path / "project"
    write_sample(pl.DataFrame({"weight": [1.0], "restart": [0.01]}), {"command": "unfreeze calibrate"}, made)
    (made / "calibration_parameters.png").write_bytes(b"a picture")
    (made / "report.md").write_text("| a table |\n", encoding="utf-8")
    page = root / "docs" / "calibration.md"
    page.parent.mkdir(parents=True)
    page.write_bytes((ROOT / "docs" / "calibration.md").read_bytes())
    for name, value in (("ROOT", root), ("PAGE", page), ("FOLDER", root / "evidence" / "plausible")):
        monkeypatch.setattr(ship_calibration, name, value)
    assert ship_calibration.main([str(made)]) == 0
    assert read_sample(root / "evidence" / "plausible").table["restart"].to_list() == [0.01]
    assert (root / "docs" / "images" / "calibration_parameters.png").read_bytes() == b"a picture"
    text = page.read_text(encoding="utf-8")
    assert "<!-- report -->\n\n| a table |\n\n<!-- end -->" in text
    assert "No calibration of today's rules has been made." not in text
    assert text.startswith("# Calibration")


def test_steps_are_the_observation_s_own() -> None:
    parts = load_patterns()["P1"].parts | load_patterns()["P2"].parts | load_patterns()["P5"].parts
    assert step(parts["reform_12"]) == pytest.approx((0.768 - 0.688) / 3.92)
    assert step(parts["year_1"]) == pytest.approx(0.10 / 3.92)  # a tolerance, read as an interval
    assert step(parts["days_reform"]) == pytest.approx(7.3)  # no interval: a tenth, an assumption
    names = [one.part for one in targets(load_patterns(), ["P5", "P7"])]
    assert "P5.front_loaded" not in names  # an order is no number to come close to
    assert "P7.over_24" in names


def test_every_pattern_counts_alike_and_none_without_end() -> None:
    two = (Target("A", "A.x", 0, 1), Target("A", "A.y", 0, 1), Target("B", "B.x", 0, 1))
    assert distance(two, {"A.x": 1, "A.y": 3, "B.x": 4}) == 3.0
    assert distance(two, {"A.x": 1}) == 0.0  # not all of A is there yet
    assert distance(two, {"A.x": math.nan, "A.y": 1e9, "B.x": -0.5}) == (FURTHEST + 0.5) / 2


# --- weights, samples, report -----------------------------------------------------------------------------------------


def test_late_experiments_move_weight_to_who_agrees_and_keep_half() -> None:
    weights = np.full(100, 0.01)
    off = np.linspace(0.0, 8.0, 100)
    new, width = reweighted(weights, off)
    assert width > 1.0
    assert effective(new) >= 50
    assert new.sum() == pytest.approx(1.0)
    assert (np.diff(new) < 0).all()


def test_blocks_come_together_independent_and_by_weight() -> None:
    a = [{"x": float(i)} for i in range(400)]
    b = [{"y": 0.0}, {"y": 1.0}]
    few = np.where(np.arange(400) < 50, 1.0, 0.1)
    table = joint([([b[0]] * 200 + [b[1]] * 200, np.repeat([0.25, 0.75], 200)), (a, few)], 1)
    assert table.columns == ["weight", "y", "x"]
    assert table["weight"].sum() == pytest.approx(1.0)
    assert table["x"].to_list() == [one["x"] for one in a]  # the block with least to say keeps its weights
    assert effective(table["weight"].to_numpy()) == pytest.approx(effective(few))
    assert table["y"].mean() == 0.75
    assert abs(float(np.corrcoef(table["x"], table["y"])[0, 1])) < 4 / math.sqrt(400)
    assert drawn(np.array([0.5, 0.0, 0.5]), 4, 0.5).tolist() == [0, 0, 2, 2]


def test_weighted_quantiles_and_variance() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])
    assert quantile(values, weights, 0.5) == 2.0
    assert variance(values, weights) == pytest.approx(np.var(values, ddof=1))
    assert quantile(values, np.array([0.0, 1.0, 0.0]) + 1e-12, 0.5) == pytest.approx(1.0)


def test_what_was_learned_and_what_was_not() -> None:
    luck = np.random.default_rng(1)
    other = Prior("other", 0.0, 1.0, 2.0, flat=False, unit="")
    n = 2000
    sets = [{"hazard": luck.normal(0.03, 0.002), "other": other.quantile(luck.random())} for _ in range(n)]
    narrow, same = report.learned((HAZARD, other), sets, np.full(n, 1 / n))
    assert narrow.informed == "narrower"
    assert narrow.contraction == pytest.approx(1 - 0.002**2 / HAZARD.variance, abs=0.02)
    assert same.informed == "no"
    assert abs(same.contraction) < 0.15
    assert replace(same, contraction=0.4).informed == "narrower"
    assert replace(same, contraction=0.4, weights=np.ones(40)).informed == "no"  # chance alone makes as much


def rows_that_pull(n: int = 300) -> list[dict[str, Any]]:
    """A and B cannot both be met: one thing brings A.x to 0 and B.x away from it."""
    luck = np.random.default_rng(2)
    return [{"parts": {"A.x": 2 + u + e, "B.x": 2 - u + f}} for u, e, f in luck.normal(0, [1, 0.2, 0.2], (n, 3))]


def test_patterns_that_pull_apart_are_told() -> None:
    two = (Target("A", "A.x", 0, 1), Target("B", "B.x", 0, 1))
    rows = rows_that_pull()
    assert report.together(report.distances(two, rows))[0][1] < -0.8
    (pair,) = report.pulling(two, rows)
    assert pair[:2] == ("A.x", "B.x")
    assert pair[4] < -0.8
    assert report.signed(two, rows)[0][1] < -0.8
    worse = report.exchange(report.distances(two, rows))
    assert worse[0][0] < -0.5
    assert worse[0][1] > 0.5
    a, b = report.alone(two, rows, rows)
    assert a.alone < a.sample
    assert a.others > 0.5  # A at its best, and B is worse off
    assert b.others > 0.5
    aligned = [{"parts": {"A.x": row["parts"]["A.x"], "B.x": row["parts"]["A.x"]}} for row in rows]
    assert report.pulling(two, aligned) == []


def test_everything_is_written_and_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From P15 alone, with a stand-in that is quick: tables, figures, and a sample that the model accepts."""

    def survive(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        stays = math.exp(-sets["programme_death"] * 24) * (1 - sets["death_at_grant_end"])
        alive = np.random.default_rng(seed).binomial(49, [stays, stays**3, 0.16, 0.3]) / 49
        names = ("alive_24", "continuous_72", "restarted_72", "gone_72")
        return {f"P15.{name}": float(value) for name, value in zip(names, alive, strict=True)}

    known = load_patterns()
    blocks = whole.blocks(["P15"], known, [Experiment("survival", ("P15",), survive, 0.1)])
    run = Run(blocks, tmp_path / "out", particles=30, workers=0)
    outcome = whole.calibrate(run, 2, None, known, checks=20)
    written = whole.write(run, outcome, "unfreeze calibrate", known)
    assert {path.name for path in run.folder.iterdir()} == {*written, "settings.json", "simulations.jsonl",
                                                            "survival.db"}  # fmt: skip
    sample = read_sample(run.folder)
    assert sample.table.columns == list(prior.SURVIVAL)
    assert sample.manifest["simulations"] == run.journal.finished
    assert sample.manifest["blocks"]["survival"]["epsilons"][0] is None
    text = (run.folder / "report.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in prior.SURVIVAL)
    assert (run.folder / "sample.parquet").stat().st_size < 200_000
    json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))


def test_unknown_patterns_are_told() -> None:
    with pytest.raises(BadInput, match="'P9' is not a pattern to be fitted"):
        whole.blocks(["P9"], load_patterns(), [])
    with pytest.raises(BadInput, match="No experiment computes"):
        whole.blocks(["P15"], load_patterns(), [])
