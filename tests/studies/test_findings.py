"""Findings against what is known: Ishigami's indices, a dummy that does nothing, a sum that everybody can do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from cli.main import run as cli
from engine.errors import BadInput
from studies.door import Study, study
from studies.findings import Study as Finished
from studies.findings import _clear, interaction, shapley_value
from studies.folder import opened
from tests.studies.conftest import function

PI = float(np.pi)
KNOWN = {"x1": (0.314, 0.558), "x2": (0.442, 0.442), "x3": (0.0, 0.244)}


@pytest.fixture(scope="module")
def ishigami(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("ishigami")
    (folder / "ishigami.toml").write_text(
        f"""
format = 1
title = "Ishigami"
[runs]
model = "studies.functions:ishigami"
[design]
kind = "sobol"
size = 1024
dummy = true
[vary]
x1 = {{ low = {-PI}, high = {PI} }}
x2 = {{ low = {-PI}, high = {PI} }}
x3 = {{ low = {-PI}, high = {PI} }}
""",
        encoding="utf-8",
    )
    return study(folder / "ishigami.toml", folder / "out").run("threads", 1)


def test_ishigami_through_file_store_and_analysis(ishigami: Study) -> None:
    (found,) = ishigami.findings()
    rows = {row["factor"]: row for row in found.table.iter_rows(named=True)}
    for name, (first, total) in KNOWN.items():
        assert abs(rows[name]["S1"] - first) <= rows[name]["S1_half"], name
        assert abs(rows[name]["ST"] - total) <= rows[name]["ST_half"], name
    assert rows["dummy"]["ST"] == 0
    assert [rows[name]["rank"] for name in ("x3", "dummy")] == ["3", "4"]
    assert "Told from the dummy, which does nothing (ST 0): x1, x2, x3." in found.words


def test_a_missing_row_is_refused_by_name(ishigami: Study, tmp_path: Path) -> None:
    part = Path(ishigami.address) / "runs" / "part-00002.parquet"
    content = part.read_bytes()
    part.unlink()
    with pytest.raises(BadInput, match=r"Run 400 \(row 400\) is missing: 200 of 6,144 runs are"):
        ishigami.findings()
    part.write_bytes(content)
    assert ishigami.findings()


def test_the_page_is_whole_and_fetches_nothing(ishigami: Study, tmp_path: Path) -> None:
    assert cli(["study", "report", ishigami.address, "--out", str(tmp_path / "report.html")]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)=["'](?!data:)""", page)
    assert "@article{Saltelli2010" in page
    assert "1,024 base samples of a scrambled Sobol" in page
    assert ishigami.digest in page
    assert page.count("<img") == 1


def test_the_dummy_is_exactly_0_under_common_seeds(real: Callable[..., Path], tmp_path: Path) -> None:
    text = (
        real()
        .read_text(encoding="utf-8")
        .replace('kind = "halton"\nsize = 4', 'kind = "morris"\nsize = 3\ndummy = true')
    )
    path = tmp_path / "morris.toml"
    path.write_text(text + '[analysis]\nof = ["secure_people_m84"]\nagainst = "homes"\n', encoding="utf-8")
    found = study(path, tmp_path / "one").run("threads", 2).findings()
    assert [one.outcome for one in found] == ["secure_people_m84, homes", "secure_people_m84, user_centred",
                                              "secure_people_m84, user_centred less homes"]  # fmt: skip
    for one in found:
        dummy = one.table.filter(pl.col("factor") == "dummy").row(0, named=True)
        assert dummy["mu_star"] == dummy["sigma"] == 0.0
    assert found[1].table["mu_star"].max() > 0  # type: ignore[operator]


def test_luck_is_the_share_of_the_variance_within_rows(tmp_path: Path) -> None:
    said = function("added", "halton", design={"size": 16}, vary={"x1": {"low": 0, "high": 1}},
                    runs={"replicates": 8, "seeds": "independent"})  # fmt: skip
    one = study(said, tmp_path / "one").run("threads", 1)
    outcome = next(o for o in Finished(*opened(one.address)).outcomes() if o.column == "y")
    runs = one.table.with_columns(pl.col("y").mean().over("row").alias("mean"))
    within = ((runs["y"] - runs["mean"]) ** 2).sum() / ((runs["y"] - runs["y"].mean()) ** 2).sum()
    assert outcome.luck == pytest.approx(within)
    assert 0 < outcome.luck < 0.1


def test_shares_of_a_game_that_is_known() -> None:
    """Three players: 1 and 2 are worth 3 alone and 4 more together, 3 nothing (Shapley 5, 5, 0)."""
    worth = np.array([[3.0 * (s & 1) + 3.0 * (s >> 1 & 1) + 4.0 * ((s & 3) == 3)] for s in range(8)])
    assert [float(shapley_value(worth, i, 3)[0]) for i in range(3)] == [5.0, 5.0, 0.0]
    assert [float(interaction(worth, i, j, 3)[0]) for i, j in ((0, 1), (0, 2))] == [4.0, 0.0]


def test_practices_shares_add_up_to_the_whole(tmp_path: Path) -> None:
    names = ["practice_1_learn", "practice_3_willing", "practice_5_credit"]
    runs = {"strategies": ["carrier"], "people": 500, "months": 84, "replicates": 2}
    said: dict[str, Any] = {
        "format": 1, "title": "Practices", "runs": runs, "design": {"kind": "practices", "practices": names},
        "analysis": {"of": ["secure_people_m84"]},
    }  # fmt: skip
    one = study(said, tmp_path / "one").run("threads", 2)
    alone, pairs = one.findings()
    table = one.table.group_by(names, maintain_order=True).agg(pl.col("secure_people_m84").mean())
    worth = {row[:3]: row[3] for row in table.rows()}
    assert alone.table["adds"].sum() == pytest.approx(worth[1.0, 1.0, 1.0] - worth[0.0, 0.0, 0.0])
    assert pairs.table.height == 3
    assert one.report().endswith("report.html")


def test_boxes_find_where_it_is_better(tmp_path: Path) -> None:
    vary = {"x1": {"low": 0, "high": 10}, "x2": {"low": -1, "high": 1}}
    wanted = {"wanted": ["boxes"], "of": ["z"]}
    said = function("added", "halton", design={"size": 300}, vary=vary, analysis=wanted)
    (found,) = study(said, tmp_path / "one").run("threads", 1).findings()
    limits = {name: float(low) for name, low, _ in found.table.iter_rows()}
    assert limits["x1"] > 2
    assert limits["x2"] > 0
    assert "of the rows are among the best 25%" in found.words[0]


def test_robustness_counts_worlds(real: Callable[..., Path], tmp_path: Path) -> None:
    one = study(real(), tmp_path / "one").run("threads", 2)
    found = one.findings()
    assert [finding.outcome for finding in found] == ["secure_people_m84", "spend_to_date_m84"]
    for finding in found:
        name, sign = finding.outcome, 1 if "secure" in finding.outcome else -1
        means = (
            one.table.group_by("row", "strategy").agg(pl.col(name).mean()).pivot("strategy", index="row", values=name)
        )
        ahead = (means["homes"] - means["user_centred"]) * sign
        homes = ((ahead > 0).cast(pl.Float64) + (ahead == 0).cast(pl.Float64) / 2).mean()
        rows = {row["strategy"]: row for row in finding.table.iter_rows(named=True)}
        assert rows["homes"]["worlds_won"] == pytest.approx(homes)
        assert rows["homes"]["worlds_won"] + rows["user_centred"]["worlds_won"] == pytest.approx(1)
        assert min(row["mean_regret"] for row in rows.values()) >= 0
        assert all(row["beyond_luck"] <= row["worlds_won"] for row in rows.values())


def test_a_lead_that_luck_could_give_is_not_beyond_it() -> None:
    apart, alike = (
        np.array([3.0, 3.1, 2.9, 3.0]),
        np.array([3.0, -3.1, 2.9, -2.0]),
    )  # leads by replicate; 0.2 on average
    other = np.array([10.0, 20.0, 15.0, 5.0])
    first = np.stack([other + apart, other + alike])
    found = _clear(np.stack([first, np.stack([other, other])]))
    assert found.tolist() == [[1, 0], [0, 0]]
    assert np.isnan(_clear(np.ones((2, 3, 1)))).all()
