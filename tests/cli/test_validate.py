"""`unfreeze validate`: what it prints, what it writes, and what it says when something is wrong."""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

import analysis.patterns.registry
import analysis.patterns.validation
from analysis.patterns.experiment import Experiment
from analysis.patterns.validation import COLUMNS
from analysis.patterns.variants import load_variants
from cli.main import run
from cli.validate import FILES
from evidence.patterns import load_patterns
from scenarios.places import Place
from scenarios.plausible import Sample

FOUND = {"P15.alive_24": 0.75, "P15.continuous_72": 0.47, "P15.restarted_72": 0.16, "P15.gone_72": 0.10,
         "P22.contact_d": 0.38, "P22.training_d": 0.11, "P22.order": 0.27}  # fmt: skip


def quick(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    if seed == 3 and "P15.alive_24" in FOUND:
        raise ValueError("a bad day")
    return FOUND


@pytest.fixture(autouse=True)
def _quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and one experiment that takes no time; it fails with seed 3."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(analysis.patterns.registry, "EXPERIMENTS", (Experiment("quick", ("P15", "P22"), quick),))


def test_the_table_and_the_counts_are_printed_and_everything_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "p15", "P22", "--replicates", "2"]) == 0
    page = capsys.readouterr().out
    words = " ".join(page.split())
    assert words.startswith(
        "Observed and simulated: 2 runs of every experiment at the default parameters, from seed 1."
    )
    for text in ("P15 How long programmes live", "without a break at six years 47% 47% 47 to 47 +0.0 met (size)",
                 "gone at six years 37% 10% 10 to 10 −4.1 missed (size) too low by 27.0 points",
                 "contact less training 0.27 0.27 in 100% met (order)",
                 "fitted: 0 of 1 met in every part (3 of 4 numbers)",
                 "arithmetic: 1 of 1 met in every part (3 of 3 numbers)", "numbers: sizes 5 of 6, orders 1 of 1",
                 "Written to unfreeze-results/validation-p15-p22-2runs-seed1"):  # fmt: skip
        assert text in words, text
    assert max(map(len, page.splitlines())) <= 100
    folder = Path("unfreeze-results/validation-p15-p22-2runs-seed1")
    assert {path.name for path in folder.iterdir()} == set(FILES)
    table = pl.read_parquet(folder / "patterns.parquet")
    assert dict(table.schema) == COLUMNS
    assert pl.read_parquet(folder / "replicates.parquet").height == 2 * 7


def test_variants_say_what_is_weak_what_mends_and_go_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []

    def counted(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        ran.append(seed)
        return {**FOUND, "P15.gone_72": 0.37 if sets.get("takeover_base") else 0.10}

    monkeypatch.setattr(analysis.patterns.registry, "EXPERIMENTS", (Experiment("counted", ("P15", "P22"), counted),))
    asked = ["validate", "P15", "P22", "--variants", "--replicates", "2", "--out", "here"]
    assert run(asked) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "Of 6 numbers that are met, 6 are weak" in page
    assert "nearly every manager asks for mainstream money in time met" in page
    table, once = pl.read_parquet("here/variants.parquet"), len(ran)
    assert set(table["variant"]) == {"as_it_is", *load_variants()}
    assert run(asked) == 0
    assert len(ran) == once
    assert run([*asked[:-3], "3", "--out", "here"]) == 2
    assert "was made with other setting" in capsys.readouterr().err
    assert run([*asked, "--uncertain"]) == 2


def test_json_is_a_list_with_an_entry_for_each_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "P15", "--replicates", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["part"] for entry in found] == list(load_patterns()["P15"].parts)
    assert {"pattern", "role", "observed", "simulated", "low", "high", "distance", "verdict", "unit"} <= set(found[0])
    assert found[0]["threshold"] is None
    assert not Path("unfreeze-results").exists()


def test_the_fast_subset_is_that_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--fast", "--replicates", "1", "--json"]) == 0
    found = {entry["pattern"] for entry in json.loads(capsys.readouterr().out)}
    assert found == {name for name, pattern in load_patterns().items() if pattern.fast}


def test_a_run_that_fails_is_said_and_the_others_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "P15", "--replicates", "3", "--out", "here"]) == 0
    said = capsys.readouterr()
    assert said.err.strip() == "quick: 1 of 3 replicates failed, the first (seed 3) with ValueError: a bad day"
    assert set(pl.read_parquet("here/patterns.parquet")["n"]) == {2}
    assert pl.read_parquet("here/runs.parquet")["status"].to_list() == ["done", "done", "failed"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["P33"], 2, "There is no pattern called 'P33'"),
        (["Litle"], 2, "Did you mean 'Little'?"),
        (["P15", "--replicates", "0"], 2, "'replicates' is 0, which is out of range"),
        (["P18", "--fast"], 2, "None of P18 is in the fast subset"),
        (["P15", "--seed", "3", "--replicates", "1"], 1, "Every run failed: quick: 1 of 1 replicates failed"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    assert run(["validate", *arguments]) == code
    assert message in capsys.readouterr().err
    assert not Path("unfreeze-results").exists()


def test_a_plausible_set_for_each_run_reaches_the_experiment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Mapping[str, float]] = []

    def watched(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
        seen.append(sets)
        return FOUND

    def drawn(place: Place, number: int, seed: int, sample: Sample | None) -> list[dict[str, float]]:
        assert (sample is not None) == (place.domain == "homelessness")  # the one that ships, in its field
        return [{"exit_fast": 0.5 + 0.1 * r, "seek_short": 0.1} for r in range(number)]

    monkeypatch.setattr(analysis.patterns.validation, "plausible", drawn)
    monkeypatch.setattr(analysis.patterns.registry, "EXPERIMENTS", (Experiment("watched", ("P15", "P22"), watched),))
    assert run(["validate", "P15", "--uncertain", "--replicates", "2", "--threads", "1", "--out", "here"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "each with another plausible parameter set, drawn from a calibrated sample" in said
    assert "not calibrated" not in said
    assert [sets["exit_fast@dublin"] for sets in seen] == pytest.approx([0.5, 0.6])
    assert [sets["exit_fast@us_city"] for sets in seen] == pytest.approx([0.5, 0.6])
    balanced = {name for sets in seen for name in sets if name.startswith("seek_short@")}
    assert balanced == {"seek_short@supported_employment_trial"}  # said by its field; elsewhere counts decide
