"""A study that grew is, run for run, the one that was large from the beginning; its old parts stay byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cli.main import run as cli
from engine.errors import BadInput
from studies.description import read
from studies.door import Study, study
from studies.folder import begin, opened
from studies.growth import ranges
from tests.studies.conftest import function, grid, parts

TWO = {"x1": {"low": 0, "high": 10}, "x2": {"low": -1, "high": 1}}


def sampled(kind: str, size: int, to: Path, **runs: Any) -> Study:
    design = {"size": size, "dummy": kind in ("sobol", "morris")}
    return study(function("added", kind, design=design, vary=TWO, runs=runs, store={"part": 7}), to)


def stays(before: dict[str, bytes], folder: Path) -> None:
    now = parts(folder)
    assert {name: now[name] for name in before} == before
    assert len(now) > len(before)


@pytest.mark.parametrize("seeds", ["common", "independent"])
@pytest.mark.parametrize("kind", ["sobol", "morris", "halton", "random"])
def test_more_samples_and_replicates(kind: str, seeds: str, tmp_path: Path) -> None:
    grown = sampled(kind, 8, tmp_path / "grown", replicates=2, seeds=seeds).run("threads", 1)
    before = parts(tmp_path / "grown")
    grown.expand(size=16).run("threads", 1)
    stays(before, tmp_path / "grown")
    before = parts(tmp_path / "grown")
    grown.expand(replicates=3).run("threads", 1)
    stays(before, tmp_path / "grown")
    fresh = sampled(kind, 16, tmp_path / "fresh", replicates=3, seeds=seeds).run("threads", 1)
    assert grown.verify().well
    assert grown.digest == fresh.digest
    assert grown.table.height == fresh.table.height


def test_of_the_model_by_samples_replicates_and_a_strategy(real: Callable[..., Path], tmp_path: Path) -> None:
    grown = study(real(), tmp_path / "grown").run("threads", 2)
    before = parts(tmp_path / "grown")
    assert cli(["study", "expand", grown.address, "--size", "6", "--replicates", "3", "--strategy", "status_quo"]) == 0
    grown.run("threads", 2)
    stays(before, tmp_path / "grown")
    text = (
        real().read_text(encoding="utf-8").replace("size = 4", "size = 6").replace("replicates = 2", "replicates = 3")
    )
    (tmp_path / "large.toml").write_text(
        text.replace('"user_centred"]', '"user_centred", "status_quo"]'), encoding="utf-8"
    )
    fresh = study(tmp_path / "large.toml", tmp_path / "fresh").run("threads", 2)
    assert grown.verify().well
    assert str(grown.verify()) == "runs 54, missing 0, doubled 0, failed 0"
    assert grown.digest == fresh.digest


def test_longer_runs_leave_the_shorter_ones_where_they_are(real: Callable[..., Path], tmp_path: Path) -> None:
    grown = study(real(), tmp_path / "grown").run("threads", 2)
    before = parts(tmp_path / "grown")
    grown.expand(months=96).run("threads", 2)
    stays(before, tmp_path / "grown")
    assert grown.verify().well
    assert grown.table["months"].unique().to_list() == [96]
    assert {"secure_people_m24", "secure_people_m84", "secure_people_m96"} <= {*grown.table.columns}
    text = real().read_text(encoding="utf-8").replace("months = 84", "months = 96").replace("[24, 84]", "[24, 84, 96]")
    (tmp_path / "long.toml").write_text(text, encoding="utf-8")
    assert grown.digest == study(tmp_path / "long.toml", tmp_path / "fresh").run("threads", 2).digest


def test_more_values_of_a_grid_and_one_factor_more_at_a_time(tmp_path: Path) -> None:
    grown = grid("added", tmp_path / "grown", 3).run("threads", 1)
    values = [0.0, 0.5, 1.0, 2.0]
    grown.expand(vary={"x1": {"values": values}}).run("threads", 1)
    said = function("added", "grid", vary={"x1": {"values": values}}, store={"part": 2})
    assert grown.digest == study(said, tmp_path / "fresh").run("threads", 1).digest
    said = function("added", "one_at_a_time", vary={"x1": TWO["x1"]})
    alone = study(said, tmp_path / "alone").run("threads", 1)
    alone.expand(vary={"x2": TWO["x2"]}).run("threads", 1)
    said = function("added", "one_at_a_time", vary=TWO)
    assert alone.digest == study(said, tmp_path / "both").run("threads", 1).digest
    assert alone.table.select("x1", "x2").rows() == [(None, None), (0.0, None), (10.0, None), (None, -1.0), (None, 1.0)]


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("lhs", {"size": 16}, "latin hypercube"),
        ("halton", {"size": 8}, "'size' is 8, which is out of range"),
        ("halton", {"replicates": 1}, "'replicates' is 1"),
        ("halton", {"vary": {"x3": {"low": 0, "high": 1}}}, "gets no factors"),
        ("halton", {}, "Nothing is to grow"),
    ],
)
def test_what_cannot_grow_is_said(kind: str, more: dict[str, Any], words: str, tmp_path: Path) -> None:
    one = sampled(kind, 8, tmp_path / "one")
    with pytest.raises(BadInput, match=words):
        one.expand(**more)
    assert one.verify().missing == 8


def test_rows_that_an_optimiser_proposes(tmp_path: Path) -> None:
    one = sampled("halton", 4, tmp_path / "one").run("threads", 1)
    before = parts(tmp_path / "one")
    found = one.ask([{"x1": 5.0, "x2": 0.5}, {"x1": 6.0}], by="mine", executor="threads", workers=1)
    assert found.select("row", "x1", "x2", "proposer").rows() == [(4, 5.0, 0.5, "mine"), (5, 6.0, None, "mine")]
    assert found["z"].to_list() == [2.5, 0.0]
    stays(before, tmp_path / "one")
    (tmp_path / "more.csv").write_text("x2,x1\n1,2\n", encoding="utf-8")
    assert cli(["study", "append", one.address, str(tmp_path / "more.csv")]) == 0
    assert one.run("threads", 1).table["proposer"].to_list() == ["design"] * 4 + ["mine"] * 2 + ["append"]
    assert one.findings()  # of the design's own rows
    for wrong, words in (
        ("x9\n1\n", "There is no factor"),
        ("x1\nmuch\n", "something else than numbers"),
        ("", "neither"),
    ):
        (tmp_path / "more.csv").write_text(wrong, encoding="utf-8")
        assert cli(["study", "append", one.address, str(tmp_path / "more.csv")]) == 2, words


def test_replicates_go_on_until_a_mean_is_known(tmp_path: Path) -> None:
    said = function("added", "grid", vary={"x1": {"values": [0, 1, 2]}},
                    runs={"replicates": {"least": 4, "most": 64, "until": "y within 0.012"}})  # fmt: skip
    one = study(said, tmp_path / "one").run("threads", 1)
    counted = one.table.group_by("row").len()["len"].unique().to_list()
    assert counted == [32]
    wide = [1.96 * sd / 32**0.5 for sd in one.table.group_by("row").agg(pl.col("y").std())["y"]]
    assert max(wide) < 0.012
    assert one.verify().well


def test_killed_while_it_grew_it_is_as_before(tmp_path: Path) -> None:
    """The design is written before the plan: more rows than the plan has are no harm."""
    one = sampled("halton", 4, tmp_path / "one").run("threads", 1)
    plan = (tmp_path / "one" / "plan.json").read_bytes()
    one.expand(size=8)
    (tmp_path / "one" / "plan.json").write_bytes(plan)
    assert one.run("threads", 1).verify().well
    one.expand(size=8).run("threads", 1)
    assert one.digest == sampled("halton", 8, tmp_path / "fresh").run("threads", 1).digest


def test_the_same_file_finds_its_study_again(real: Callable[..., Path], tmp_path: Path) -> None:
    _, first = begin(read(real()), str(tmp_path / "one"))
    _, second = begin(read(real()), str(tmp_path / "one"))
    assert first.name == second.name == opened(str(tmp_path / "one"))[1].name


def test_ranges() -> None:
    assert ranges([0, 1, 2, 5, 7, 8]) == [(0, 3), (5, 6), (7, 9)]
