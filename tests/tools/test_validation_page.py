"""The page on validation says what the stored runs say, and nothing that is not there."""

import re
from pathlib import Path

import polars as pl
import pytest

from analysis.patterns.validation import COLUMNS
from engine.errors import BadInput
from evidence.patterns import load_patterns
from tools.slots import SLOT
from tools.validation_page import (
    DEFAULTS,
    PAGES,
    STORED,
    TABLES,
    UNCERTAIN,
    VARIANTS,
    beside,
    main,
    renewed,
    store_variants,
    stored,
)

PARTS = [(name, part) for name, pattern in load_patterns().items() for part in pattern.parts]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_are_up_to_date(page) -> None:
    text = page.read_text(encoding="utf-8")
    assert renewed(text) == text, "write them anew: python -m tools.validation_page"
    assert main(["--check"]) == 0


def test_every_table_is_on_a_page_once() -> None:
    slots = [slot for page in PAGES for slot in SLOT.findall(page.read_text(encoding="utf-8"))]
    assert sorted(slot for slot in slots if slot in TABLES) == sorted(TABLES)


def test_a_stale_table_is_noticed() -> None:
    text = PAGES[0].read_text(encoding="utf-8")
    stale = text.replace("| met (size) |", "| exact |", 1)
    assert stale != text
    assert renewed(stale) == text


def test_the_stored_runs_have_every_part_and_say_which_they_are() -> None:
    runs = stored()
    assert set(pl.read_parquet(STORED)["run"]) == set(runs) == {DEFAULTS, UNCERTAIN}
    for table in runs.values():
        assert list(zip(table["pattern"], table["part"], strict=True)) == PARTS
        assert set(COLUMNS) <= set(table.columns)
        assert table["replicates"].n_unique() == 1


def test_what_is_stored_is_compared_as_the_patterns_say_now() -> None:
    """A number observed, an interval or a test that changed makes the stored verdicts stale."""
    patterns = load_patterns()
    for table in stored().values():
        for row in table.to_dicts():
            part = patterns[row["pattern"]].parts[row["part"]]
            now = (part.test, part.value, part.low, part.high, part.threshold, patterns[row["pattern"]].role)
            then = tuple(row[c] for c in ("test", "observed", "observed_low", "observed_high", "threshold", "role"))
            assert str(now) == str(then), (row["pattern"], row["part"])


def test_every_missed_pattern_is_explained_by_name() -> None:
    prose = SLOT.sub("", PAGES[0].read_text(encoding="utf-8"))
    reasons = prose.split("**What is missed")[1].split("**What is not compared")[0]
    table = stored()[DEFAULTS]
    missed = set(table.filter(verdict="missed", role="checked")["pattern"])
    assert {name for name in missed if not re.search(rf"\b{name}\b", reasons)} == set()


def test_some_patterns_are_run_anew_and_the_others_stay() -> None:
    before = stored()[DEFAULTS]
    anew = before.filter(pl.col("pattern").is_in(["P5", "Census"])).with_columns(simulated=pl.lit(7.0), minutes=1.0)
    after = beside(before, anew.reverse())
    assert list(zip(after["pattern"], after["part"], strict=True)) == PARTS  # in the order of the file
    assert after.schema == before.schema
    was_run = after["pattern"].is_in(["P5", "Census"])
    assert set(after.filter(was_run)["simulated"]) == {7.0}
    kept = before.filter(~before["pattern"].is_in(["P5", "Census"]))
    assert after.filter(~was_run).drop("minutes").equals(kept.drop("minutes"))
    assert after["minutes"].unique().to_list() == [kept["minutes"][0] + 1.0]
    assert beside(before.clear(), anew).equals(anew)
    with pytest.raises(BadInput, match=f"stored with {before['replicates'][0]} replicates, and these have 3"):
        beside(before, anew.with_columns(replicates=pl.lit(3, pl.Int64())))


def test_variants_that_are_run_anew_replace_their_patterns_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, kept = pl.read_parquet(VARIANTS), tmp_path / "stored.parquet"
    anew = before.filter(pl.col("pattern") == "P1", pl.col("variant") == "no_loss").with_columns(simulated=0.5)
    before.write_parquet(kept)
    monkeypatch.setattr("tools.validation_page.VARIANTS", kept)
    folder = tmp_path / "folder"
    folder.mkdir()
    anew.write_parquet(folder / "variants.parquet")
    store_variants(folder)
    after = pl.read_parquet(kept)
    assert after.filter(pattern="P1", variant="no_loss")["simulated"].to_list() == [0.5] * anew.height
    others = (pl.col("pattern") != "P1") | (pl.col("variant") != "no_loss")
    assert after.filter(others).equals(before.filter(others))
    anew.with_columns(replicates=pl.lit(3, pl.Int64())).write_parquet(folder / "variants.parquet")
    with pytest.raises(BadInput, match=f"--replicates {before['replicates'][0]}"):
        store_variants(folder)
    assert pl.read_parquet(kept).equals(after)
