"""`unfreeze run` and `compare` in a place that tells groups of people apart: the files name them."""

from pathlib import Path

import polars as pl
import pytest

from analysis.contrasts import paired
from cli.main import run
from scenarios.places import find_place

CITY = Path(__file__).parents[2] / "examples" / "my_city_groups.toml"
TITLES = [group.title for group in find_place(CITY).groups]
SMALL = ["--place", str(CITY), "--size", "600", "--months", "84"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_run_writes_people_by_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "user_centred", *SMALL, "--out", "one"]) == 0
    capsys.readouterr()
    months = pl.read_parquet(Path("one") / "months.parquet")
    for measure in ("secure_people", "without_home"):
        last = months.filter(measure=measure, month=84)
        of_groups = last.filter(pl.col("stratum").is_in(TITLES))
        assert of_groups["stratum"].to_list() == TITLES
        assert of_groups["value"].sum() == last.filter(stratum="all")["value"].item()
        assert of_groups["value"].min() > 0
    assert not months["stratum"].str.starts_with("group").any()


@pytest.mark.usefixtures("no_pictures")
def test_a_comparison_has_an_interval_for_every_group(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", "user_centred", *SMALL, "--point", "--replicates", "4", "--out", "two"]
    assert run(arguments) == 0
    capsys.readouterr()
    months = pl.read_parquet(Path("two") / "months.parquet")
    groups = pl.read_parquet(Path("two") / "runs.parquet")["groups"].unique()
    assert len(groups) == 1
    assert groups[0].count("share") == len(TITLES)
    for title in TITLES:
        one = paired(months, "user_centred", "status_quo", "secure_people", 84, title)
        assert one.n == 4
        assert one.low < one.difference < one.high
