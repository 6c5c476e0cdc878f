"""Rows that follow from others: tipping points, targets, the best settings; and the model in EMA workbench's hands."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import polars as pl
import pytest

from cli.main import run as cli
from engine.errors import BadInput
from studies.door import Study, study
from studies.ema import ema_model
from studies.executors import team_of
from studies.folder import opened
from studies.growth import searched
from studies.plan import read_plan
from studies.shelf import owned
from studies.work import work
from tests.studies.conftest import function, parts

TWO = {"x1": {"low": 0, "high": 10}, "x2": {"low": -1, "high": 1}}


def study_of_two(tmp_path: Path, **more: Any) -> Study:
    return study(function("added", "halton", design={"size": 4}, vary=TWO, **more), tmp_path / "one")


def test_a_target_is_bracketed_by_bisection_on_rows_of_its_own(tmp_path: Path) -> None:
    one = study_of_two(tmp_path).run("threads", 1)
    before = parts(tmp_path / "one")
    one.search("target", factor="x1", of="z", target=1.7, at={"x2": 0.5}, steps=10).run("threads", 1)
    assert {name: parts(tmp_path / "one")[name] for name in before} == before
    found = one.findings()[-1]
    assert (found.kind, found.outcome, found.line) == ("target", "z", 1.7)
    below = found.table.filter(pl.col("mean") < 1.7)["x1"].max()
    above = found.table.filter(pl.col("mean") > 1.7)["x1"].min()
    assert below < 3.4 < above  # type: ignore[operator]
    assert above - below == pytest.approx(10 / 2**10)  # type: ignore[operator]
    assert f"between x1 = {below:.6g} and {above:.6g}" in found.words[0]
    assert one.table["proposer"].to_list() == ["design"] * 4 + ["target of x1"] * 12
    one.search("target", factor="x1", of="z", target=99, at={"x2": 0.5}).run("threads", 1)
    assert "does not go through 99" in one.findings()[-1].words[0]
    assert one.table.height == 16  # both ends were there


def test_luck_leaves_open_where_a_target_is_reached(tmp_path: Path) -> None:
    """y is x1 and up to .1 of luck: by intervals the place is known less well than by the mean."""
    one = study_of_two(tmp_path, runs={"replicates": 4, "seeds": "independent"})
    one.search("target", factor="x1", of="y", target=5.05, at={"x2": 0.0}, steps=12).run("threads", 1)
    found = one.findings()[-1]
    from_, to = (float(one) for one in found.words[1].rstrip(".").rpartition("= ")[2].split(" and "))
    sure = found.table.filter((pl.col("high") < 5.05) | (pl.col("low") > 5.05))
    assert from_ == pytest.approx(sure.filter(pl.col("mean") < 5.05)["x1"].max(), rel=1e-5)
    assert to == pytest.approx(sure.filter(pl.col("mean") > 5.05)["x1"].min(), rel=1e-5)
    assert to - from_ > 10 / 2**12


def test_a_search_of_the_file_goes_on_wherever_it_was_ended(tmp_path: Path) -> None:
    """Step by step, each time from the files alone, it has the rows and digits of the search that nobody ended."""
    searches = [{"how": "target", "factor": "x1", "of": "z", "target": 1.7, "at": {"x2": 0.5}},
                {"how": "tuned", "of": "z", "larger": True, "trials": 9}]  # fmt: skip
    said = function("added", "halton", design={"size": 4}, vary=TWO, analysis={"search": searches})
    whole = study(said, tmp_path / "whole").run("threads", 1)
    begun = study(said, tmp_path / "begun")
    shelf = opened(begun.address)[0]
    team = team_of("threads", 1)
    for _ in range(40):
        plan = read_plan(shelf)
        with owned(shelf) as owner:
            work(shelf, plan, team, owner)
            if searched(shelf, plan) is None:
                break
    assert begun.digest == whole.digest
    assert begun.table.equals(whole.table)
    assert [one.kind for one in begun.findings()] == ["robustness", "target", "tuned"]
    assert "Optuna" in Path(begun.report()).read_text(encoding="utf-8")


def test_a_tipping_point_of_the_model_by_command(real: Callable[..., Path], tmp_path: Path) -> None:
    one = study(real(), tmp_path / "one").run("threads", 2)
    asked = ["append", one.address, "--propose", "tipping", "--factor", "contact", "--of", "spend_to_date_m84"]
    assert cli(["study", *asked, "--strategy", "homes"]) == 2
    assert cli(["study", *asked, "--strategy", "homes", "--against", "user_centred", "--steps", "2"]) == 0
    assert cli(["study", *asked, "--strategy", "homes", "--against", "user_centred", "--steps", "2"]) == 2
    assert cli(["study", "resume", one.address, "--executor", "threads", "--quiet"]) == 0
    found = one.findings()[-1]
    rows = one.table.filter(proposer="tipping of contact")
    means = rows.group_by("contact", "strategy").agg(pl.col("spend_to_date_m84").mean())
    wide = means.pivot("strategy", index="contact", values="spend_to_date_m84").sort("contact")
    assert found.table["mean"].to_list() == pytest.approx((wide["homes"] - wide["user_centred"]).to_list())
    assert found.outcome == "spend_to_date_m84, homes less user_centred"
    assert cli(["study", "append", one.address]) == 2


def test_optuna_proposes_rows_of_the_study(tmp_path: Path) -> None:
    one = study_of_two(tmp_path).run("threads", 1)
    one.search("tuned", of="z", trials=24, larger=True).run("threads", 1)
    rows, found = one.table.filter(proposer="optuna"), one.findings()[-1]
    assert rows.height == 24
    assert found.table["mean"][0] == rows["z"].max()
    assert found.table["mean"][0] > 3
    assert found.table["mean"][0] == pytest.approx(found.table["x1"][0] * found.table["x2"][0])
    again = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    spaces = {n: optuna.distributions.FloatDistribution(r["low"], r["high"]) for n, r in TWO.items()}
    first = [again.ask(spaces).params for _ in range(4)]
    assert rows.head(4).select("x1", "x2").to_dicts() == first


def test_a_failed_row_stops_a_search_and_retry_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDED_IN_THIS_TEST", str(tmp_path / "mended"))
    said = function("fails", "halton", design={"size": 2}, vary={"x1": {"low": 0, "high": 6}})
    one = study(said, tmp_path / "one").search("target", factor="x1", of="y", target=2.0).run("threads", 1)
    assert str(one.verify()) == "runs 5, missing 0, doubled 0, failed 1"
    (tmp_path / "mended").touch()
    one.retry("threads", 1).run("threads", 1)
    assert one.verify().well
    assert one.table.height == 2 + 10


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"how": "tuned", "of": "z"}, "more of z is better"),
        ({"how": "target", "factor": "x3", "target": 1.0}, "x3"),
        ({"how": "target", "factor": "x1"}, "'target' is missing"),
        ({"how": "tipping", "factor": "x1"}, "Name strategy and against"),
        ({"how": "target", "factor": "x1", "target": 1.0, "at": {"x1": 1.0}}, "what goes from low to high"),
        ({"how": "target", "factor": "x1", "target": 1.0, "at": {"x2": 9.0}}, "out of range"),
        ({"how": "guess"}, "guess"),
        ({"how": "tuned", "of": "secure"}, "secure"),
        ({"how": "tuned", "of": "z", "larger": True, "factor": "x1"}, "Leave it out"),
    ],
)
def test_what_cannot_be_looked_for_is_said(asked: dict[str, Any], words: str, tmp_path: Path) -> None:
    one = study_of_two(tmp_path)
    with pytest.raises(BadInput, match=words):
        one.search(**asked)
    assert opened(one.address)[1].description.searches == ()


def test_ema_workbench_drives_the_model(real: Callable[..., Path]) -> None:
    model = ema_model(real(), "user_centred")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import perform_experiments

        experiments, outcomes = perform_experiments(model, scenarios=3)
    assert {"contact", "user_centred__phase1__branding"} <= {*experiments.columns}
    assert len(outcomes["secure_people_m84"]) == 3
    assert min(outcomes["secure_people_m84"]) > 0
