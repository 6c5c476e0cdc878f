"""A row of `runs` is enough to run it again, to the digit, at the real size of every place."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.ask import compare
from engine.errors import BadInput
from runs.running import live
from runs.store import Results, run_hash, write_tables
from scenarios.names import shipped
from scenarios.scenario import Scenario


@pytest.mark.parametrize("place", sorted(shipped("place")))
def test_a_row_at_real_size_reproduces(place: str, tmp_path: Path) -> None:
    first = Results.of([live(Scenario.of("user_centred", place, months=84, seed=3))])
    write_tables(first, tmp_path)
    row = pl.read_parquet(tmp_path / "runs.parquet").row(0, named=True)
    assert row["asked_people"] is None
    again = Scenario.from_row(row)
    assert run_hash(again) == row["hash"]
    assert_frame_equal(Results.of([live(again)]).months, first.months, check_exact=True)


def test_rows_of_controls_and_of_drawn_parameters_have_their_hash_again() -> None:
    found = compare("homes", "user_centred", people=500, months=84, sets=2, replicates=2)
    rows = found.results.runs.rows(named=True)
    assert {row["set"] for row in rows} == {1, 2}
    assert any(row["control_of"] != "[]" for row in rows)
    for row in rows:
        again = Scenario.from_row(row)
        assert run_hash(again) == row["hash"]
        assert (again.label, again.set_number, again.people) == (row["scenario"], row["set"], 500)


def test_a_row_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match=r"runs\.parquet"):
        Scenario.from_row({"scenario": "homes"})
