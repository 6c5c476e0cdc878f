"""Who moved where, as a table: what the model counted, and nothing is kept unless somebody asks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from runs.controls import ensemble_with_controls
from runs.ensemble import ensemble
from runs.flows import BEGINNINGS, FLOWS, NEW, SITUATIONS, counts_of, flows_of
from runs.running import Run, live
from runs.store import OURS, Results, write_tables
from scenarios.scenario import Scenario, with_twins

Small = Callable[..., Scenario]


def test_the_table_holds_every_number_of_a_run(small: Small) -> None:
    run = live(small("homes"))
    assert run.flows is not None
    flows = flows_of(run)
    assert flows.schema == pl.Schema(FLOWS)
    assert flows["people"].min() == 1  # cells with nobody in them are left out
    (found,) = counts_of(flows, "homes", 0, 84)
    assert np.array_equal(found, run.flows)
    (year,) = counts_of(flows, "homes", 61, 72)
    assert np.array_equal(year, run.flows[61:73])


def test_who_leaves_a_month_begins_the_next(small: Small) -> None:
    """All rows to a situation are its people at the month's end, all rows from it the same people a month later."""
    run = live(small("user_centred"))
    assert run.measured is not None
    flows = flows_of(run)
    for name in SITUATIONS:
        ends = dict(flows.filter(pl.col("to") == name).group_by("month").agg(pl.col("people").sum()).iter_rows())
        begins = dict(flows.filter(pl.col("from") == name).group_by("month").agg(pl.col("people").sum()).iter_rows())
        for month in range(1, 85):
            assert ends.get(month, 0) == run.measured[name][month], (name, month)
            assert begins.get(month, 0) == ends.get(month - 1, 0), (name, month)
    assert flows.filter(pl.col("from") == NEW)["people"].sum() > 0
    assert (*SITUATIONS, NEW) == BEGINNINGS


def test_flows_are_kept_on_request_only(small: Small) -> None:
    chosen = with_twins([small("homes")])
    assert ensemble(chosen, 2).flows.is_empty()
    results = ensemble(chosen, 2, flows=True)
    assert len(counts_of(results.flows, "homes", 1, 12)) == 2
    assert results.flows.select("scenario", "seed", "set").unique().height == 4
    drawn = ensemble(chosen, 1, sets=[{"contact": 0.1}, {"contact": 0.2}], flows=True).flows
    assert len(counts_of(drawn, "homes", 1, 12)) == 2
    assert set(drawn["set"]) == {1, 2}


def test_controls_have_their_flows_too(small: Small) -> None:
    found = ensemble_with_controls(with_twins([small("user_centred")]), 2, flows=True)
    assert set(found.results.flows["scenario"]) == {one.label for one in found.scenarios}
    assert ensemble_with_controls(with_twins([small("user_centred")]), 2).results.flows.is_empty()


@pytest.mark.parametrize("asked", [True, False])
def test_they_are_written_if_there_are_any(small: Small, tmp_path: Path, asked: bool) -> None:
    results = Results.of([live(small("homes"))], flows=asked)
    written = write_tables(results, tmp_path)
    assert ("flows.parquet" in written) == asked
    assert set(written) <= OURS
    if asked:
        assert pl.read_parquet(tmp_path / "flows.parquet").equals(results.flows)


def test_a_run_that_failed_has_none(small: Small) -> None:
    failed = Run(small("homes"), "failed", "ValueError: no")
    assert flows_of(failed).is_empty()
    assert Results.of([failed], flows=True).flows.schema == pl.Schema(FLOWS)
