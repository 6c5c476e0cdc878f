"""Each row again, what readers of other kinds make of the tables, and what a past that is shared costs."""

from __future__ import annotations

import csv
import json
import struct
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas
import polars as pl
import pytest

from cli.main import run as cli
from scenarios.names import shipped
from studies import subjects
from studies.door import study
from studies.parts import FIRST
from tests.studies.conftest import command, grid


@pytest.mark.slow
def test_a_row_is_identical_in_a_fresh_process_and_a_wrong_byte_is_named(
    real: Callable[..., Path], tmp_path: Path
) -> None:
    one = study(real(), tmp_path / "one").run("threads", 2)
    process = command("row", one.address, "5")
    assert process.communicate()[0].strip() == "identical"
    assert process.returncode == 0
    assert one.row(9) == []
    path = tmp_path / "one" / "runs" / "part-00001.parquet"
    content, value = path.read_bytes(), one.table["secure_people_m84"][9]
    at = [i for i in range(len(content) - 8) if content[i : i + 8] == struct.pack("<d", value)]
    assert at
    wrong = bytearray(content)
    wrong[at[0] + 5] ^= 1
    path.write_bytes(bytes(wrong))
    process = command("row", one.address, "9")
    said = process.communicate()[0]
    assert process.returncode == 1
    assert said.startswith("secure_people in month 84: kept ")


@pytest.mark.slow
def test_rows_at_real_size_of_every_place(tmp_path: Path) -> None:
    runs = {"places": list(shipped("place")), "strategies": ["user_centred"], "people": "real", "months": 84}
    said = {"format": 1, "title": "Real", "runs": runs, "design": {"kind": "one_at_a_time"}}
    one = study(said, tmp_path / "one").run("threads", 2)
    assert one.table["place"].to_list() == sorted(shipped("place"))
    assert [one.row(k) for k in range(len(shipped("place")))] == [[] for _ in shipped("place")]


def test_verify_sees_what_is_missing_doubled_and_changed(tmp_path: Path) -> None:
    one = grid("added", tmp_path / "one", 8, 2).run("threads", 1)
    path = tmp_path / "one" / "runs" / "part-00001.parquet"
    table = pl.read_parquet(path)
    path.unlink()
    assert str(one.verify()) == "runs 6, missing 2, doubled 0, failed 0"
    pl.concat([table, table]).write_parquet(path)
    assert str(one.verify()) == "runs 8, missing 0, doubled 2, failed 0"
    table.with_columns(pl.col("x1") + 1).write_parquet(path)
    assert one.verify().wrong == ("part-00001.parquet holds other rows, seeds or factors than the plan",)
    path.write_bytes(b"PAR1 nothing")
    assert "no whole Parquet file" in one.verify().wrong[0]
    assert cli(["study", "verify", one.address]) == 1
    assert one.retry("threads", 1).verify().well
    assert cli(["study", "verify", one.address]) == 0


def test_pandas_polars_and_duckdb_find_one_mean_and_every_column_is_explained(
    real: Callable[..., Path], tmp_path: Path
) -> None:
    one = study(real(keep="courses = true\nevents = true\nfans = true"), tmp_path / "one").run("threads", 2)
    files = str(tmp_path / "one" / "runs" / "*.parquet")
    name = "secure_people_m84"
    ours = pl.read_parquet(files)[name].sum()
    theirs = pandas.concat(pandas.read_parquet(path) for path in sorted((tmp_path / "one" / "runs").iterdir()))
    (duck,) = duckdb.sql(f"select sum({name}) from '{files}'").fetchall()
    assert ours == theirs[name].sum() == duck[0] == one.table[name].sum()
    with (tmp_path / "one" / "columns.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    explained = {(row["table"], row["column"]) for row in rows if row["meaning"]}
    for table in ("runs", "months", "events", "fans"):
        columns = pl.read_parquet(tmp_path / "one" / table / "part-00000.parquet").columns
        assert {(table, column) for column in columns} <= explained, table
    assert {("design", one) for one in pl.read_parquet(tmp_path / "one" / "design.parquet").columns} <= explained
    units = {(row["table"], row["column"]): row["unit"] for row in rows}
    assert units["runs", "spend_to_date_m84"] == "EUR"
    package = json.loads((tmp_path / "one" / "datapackage.json").read_text(encoding="utf-8"))
    assert {one["schema"] for one in package["resources"]} == {
        f"{table}.schema.json" for table in ("runs", "months", "events", "fans", "design")
    }
    kinds = {pl.String: "string", pl.Float64: "number", pl.Int32: "integer", pl.Int64: "integer"}
    for resource in package["resources"]:
        fields = json.loads((tmp_path / "one" / resource["schema"]).read_text(encoding="utf-8"))["fields"]
        there = pl.read_parquet_schema(tmp_path / "one" / resource["path"])
        assert [(field["name"], field["type"]) for field in fields] == [
            (column, kinds[type(kind)]) for column, kind in there.items()
        ]
    footer = json.loads(pl.read_parquet_metadata(tmp_path / "one" / "runs" / "part-00000.parquet")["columns"])
    assert footer["runs"][name]["unit"] == "people"
    assert {*FIRST} <= {*one.table.columns}
    assert one.table["rules"].n_unique() == 1


def test_courses_fans_and_kept_months_agree(real: Callable[..., Path], tmp_path: Path) -> None:
    one = study(real(keep="courses = true\nfans = true"), tmp_path / "one").run("threads", 2)
    courses = pl.read_parquet(tmp_path / "one" / "months" / "*.parquet")
    last = courses.filter(pl.col("month") == 84).sort("run")["secure_people"]
    assert last.to_list() == one.table["secure_people_m84"].to_list()
    fan = pl.read_parquet(tmp_path / "one" / "fans" / "part-00000.parquet").filter(
        pl.col("month") == 84, pl.col("measure") == "secure_people", pl.col("strategy") == "homes")  # fmt: skip
    runs = one.table.filter(pl.col("run") < 6, pl.col("strategy") == "homes")["secure_people_m84"]
    assert fan.row(0, named=True)["mean"] == pytest.approx(runs.mean())


def test_export_is_one_table_with_its_columns_explained(tmp_path: Path) -> None:
    one = grid("added", tmp_path / "one").run("threads", 1)
    for name in ("all.csv", "all.parquet"):
        assert cli(["study", "export", one.address, "--to", str(tmp_path / name)]) == 0
    assert pl.read_csv(tmp_path / "all.csv")["y"].to_list() == pl.read_parquet(tmp_path / "all.parquet")["y"].to_list()
    assert (tmp_path / "all.columns.csv").is_file()
    assert cli(["study", "export", one.address, "--to", str(tmp_path / "all.xlsx")]) == 2


@pytest.mark.parametrize("name", ["design.parquet", "columns.csv", "runs/part-00000.parquet", "runs/more.csv"])
def test_nothing_is_exported_over_a_studys_own_files(name: str, tmp_path: Path) -> None:
    one = grid("added", tmp_path / "one").run("threads", 1)
    before = {path: path.read_bytes() for path in sorted((tmp_path / "one").rglob("*")) if path.is_file()}
    assert cli(["study", "export", one.address, "--to", str(tmp_path / "one" / name)]) == 2
    assert cli(["study", "report", one.address, "--out", str(tmp_path / "one" / name)]) == 2
    assert {path: path.read_bytes() for path in sorted((tmp_path / "one").rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize(("seeds", "pasts"), [("common", 2), ("independent", 10)])
def test_rows_of_levers_share_the_pasts_of_common_seeds(
    seeds: str, pasts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    eve = subjects.eve
    monkeypatch.setattr(subjects, "eve", lambda *given: made.append(1) or eve(*given))
    runs = {"strategies": ["homes", "user_centred"], "people": 500, "months": 84, "replicates": 2, "seeds": seeds}
    design = {"kind": "halton", "size": 5}
    said = {"format": 1, "title": "Levers", "runs": runs, "design": design, "vary": {"branding": {}}}
    study(said, tmp_path / "one").run("threads", 1)
    assert len(made) == pasts


def test_status_json_and_the_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = grid("added", tmp_path / "one")
    assert cli(["study", "status", one.address]) == 0
    assert f"Go on with: unfreeze study resume {one.address}" in capsys.readouterr().out
    assert cli(["study", "resume", one.address, "--executor", "threads", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["done"] == 8
    assert cli(["study", "status", one.address, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["runs"], found["runs_done"], found["failed"], found["owners"]) == (8, 8, 0, [])
    assert cli(["study", "digest", one.address]) == 0
    assert capsys.readouterr().out.strip() == one.digest
    assert cli(["study", "status", str(tmp_path / "nowhere")]) == 2
