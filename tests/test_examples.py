"""What ships as an example works as it stands."""

import json
import tomllib
from pathlib import Path

import pyarrow.parquet as parquet  # type: ignore[import-untyped]
import pytest

from cli.main import run
from evidence.quantities import inputs
from scenarios.places import YOURS, find_place

ROOT = Path(__file__).parents[1]
MY_CITY = ROOT / "examples" / "my_city.toml"


def test_my_city_lives_through_its_months(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "user_centred", "--place", str(MY_CITY), "--months", "72", "--json"]) == 0
    months = json.loads(capsys.readouterr().out)["by_month"]
    assert months[-1]["month"] == 72
    file = tomllib.loads(MY_CITY.read_text(encoding="utf-8"))
    assert months[0]["crisis_beds"] == file["crisis_beds"]["value"]
    assert months[0]["reform_mainstream"] == file["reform_places"]
    assert 0 < months[-1]["secure_share"] < 1
    assert sum(row["spend_programme"] for row in months) > 0


def test_my_city_says_all_that_only_a_place_can_know_in_both_forms_and_another_currency() -> None:
    city = find_place(MY_CITY)
    assert {name for name, q in inputs().items() if q.value is None} <= set(city.figures)
    assert city.currency != "EUR"
    assert city.values["crisis_cost"] == pytest.approx(city.figures["crisis_cost"].value / city.per_euro)
    assert {figure.source == YOURS for figure in city.figures.values()} == {True, False}


def test_results_open_in_another_program(tmp_path: Path) -> None:
    """Parquet as pyarrow reads it, which is what R, DuckDB and spreadsheets' importers stand on."""
    out = tmp_path / "results"
    assert run(["run", "homes", "--place", str(MY_CITY), "--months", "72", "--out", str(out)]) == 0
    months = parquet.read_table(out / "months.parquet")
    assert months.column_names == ["scenario", "seed", "set", "month", "measure", "stratum", "value"]
    assert set(months.column("month").to_pylist()) == set(range(73))
    assert parquet.read_table(out / "runs.parquet").column("status").to_pylist() == ["done"]
