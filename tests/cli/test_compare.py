"""`unfreeze compare`: what it prints, what it writes, and that both are the same digits."""

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import cli.compare
from analysis.contrasts import VERDICTS
from cli.main import run
from model.measures import HEADLINE
from scenarios.plausible import write_sample
from scenarios.store import write_tables

SMALL = ["--people", "600", "--replicates", "3", "--months", "120"]
TWO = ["catalytic_philanthropy", "user_centred"]
FILES = {"months.parquet", "events.parquet", "runs.parquet", "comparison.png", "comparison.svg", "levers.png",
         "levers.svg", "report.html"}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the tables are written: drawing takes longer than running."""
    monkeypatch.setattr(cli.compare, "write", lambda compared, folder: write_tables(compared.results, folder))


def compared(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["compare", *arguments, *SMALL, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_json_has_what_was_promised_and_agrees_with_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys)  # without a name: the two that the project is about
    assert list(found) == ["strategies", "place", "seed", "replicates", "headline", "differences", "out"]
    assert found["strategies"] == TWO
    assert (found["place"], found["seed"], found["replicates"]) == ("dublin", 1, 3)
    assert found["out"] == "unfreeze-results/catalytic_philanthropy-user_centred-dublin-600people-seed1"
    assert {path.name for path in Path(found["out"]).iterdir()} == FILES
    months = pl.read_parquet(Path(found["out"]) / "months.parquet").filter(stratum="all")
    cells = {(row["measure"], row["month"], row["strategy"]): row["value"] for row in found["headline"]}
    assert set(cells) == {(m, month, s) for m in HEADLINE for month in (96, 120) for s in ("status_quo", *TWO)}
    for (measure, month, strategy), value in cells.items():
        rows = months.filter(measure=measure, month=month, scenario=strategy)
        assert value == pytest.approx(rows["value"].mean(), rel=1e-12)
    assert len(found["differences"]) == 2 * 3 * 3
    for row in found["differences"]:
        assert list(row) == ["measure", "month", "strategy", "against", "difference", "low", "high", "verdict"]
        value, other = (cells[row["measure"], row["month"], row[name]] for name in ("strategy", "against"))
        assert row["difference"] == pytest.approx(value - other, abs=1e-9)
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["verdict"] in VERDICTS
    assert {(row["strategy"], row["against"]) for row in found["differences"]} == {
        (TWO[0], "status_quo"), (TWO[1], "status_quo"), tuple(TWO)
    }  # fmt: skip
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert runs.height == 9
    assert set(runs["status"]) == {"done"}
    assert runs["hash"].n_unique() == 9


@pytest.mark.usefixtures("no_pictures")
def test_the_same_again_gives_the_same_digits_and_another_seed_others(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (compared(capsys, "homes", "--threads", threads) for threads in "12")
    assert first == second
    assert compared(capsys, "homes", "--seed", "8")["headline"] != first["headline"]


def test_the_screen_says_the_sentence_the_tables_the_noise_and_the_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", *TWO, *SMALL, "--out", "here"]) == 0
    said = capsys.readouterr()
    page = " ".join(said.out.split())
    assert page.startswith("In the model, ")
    for text in ("48 months after the programme's end, Catalytic philanthropy compared with User-centred is",
                 "scaled: 600 people stand for", "What lasts, 24 months after the programme's end",
                 "What lasts, 48 months after", "Paired difference", "against No foundation", "against User-centred",
                 "simulation noise only", "What the programmes cost", "Left unspent", "For each million euro",
                 "Written to here: comparison.png"):  # fmt: skip
        assert text in page, text
    assert any(verdict in page for verdict in VERDICTS)
    assert re.search(r"[+−]\d+\.\d\d", page)
    assert said.err == ""


@pytest.mark.usefixtures("no_pictures")
def test_a_placebo_makes_no_difference_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    for row in compared(capsys, "placebo")["differences"]:
        assert (row["difference"], row["low"], row["high"]) == (0, 0, 0)
        assert row["verdict"] == "practically the same"


def test_one_replicate_has_no_interval_and_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "homes", "--people", "600", "--replicates", "1", "--json"]) == 0
    for row in json.loads(capsys.readouterr().out)["differences"]:
        assert (row["low"], row["high"], row["verdict"]) == (None, None, "not known")
    assert run(["compare", "homes", "--people", "600", "--replicates", "1"]) == 0
    assert "One replicate has no interval" in capsys.readouterr().out


@pytest.mark.usefixtures("no_pictures")
def test_a_run_too_short_to_see_what_lasts_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "homes", "--people", "600", "--replicates", "2", "--months", "80"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "What lasts, 8 months after the programme's end" in page
    assert "--months 120 shows that" in page


def test_nobody_can_be_looked_at_alone(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys, "status_quo")
    assert found["differences"] == []
    assert {row["strategy"] for row in found["headline"]} == {"status_quo"}
    assert run(["compare", "status_quo", *SMALL]) == 0
    assert "nothing to compare it with" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("no_pictures")
def test_many_strategies_are_shown_against_the_first_and_all_pairs_are_in_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = ["homes", "top_up", "carrier", "hybrid"]
    assert len(compared(capsys, *names)["differences"]) == 2 * 3 * (4 + 6)
    assert run(["compare", *names, *SMALL]) == 0
    page = capsys.readouterr().out
    assert "against Hybrid" in page
    assert "Top-up\n   against Carrier" not in page
    assert "--json has every pair" in page


@pytest.mark.usefixtures("no_pictures")
def test_settings_worlds_and_places_reach_the_runs(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys, "homes", "--place", "canada_trial", "--world", "scarcity", "--set", "budget=0.02",
                     "--set", "secure_supply=9")  # fmt: skip
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert set(runs["world"]) == {"scarcity"}
    assert set(runs["place"]) == {"canada_trial"}
    for row in runs.to_dicts():
        assert json.loads(row["parameters"])["secure_supply"] == 9
        assert json.loads(row["levers"])[0]["budget"] == (0 if row["strategy"] == "status_quo" else 0.02)


@pytest.mark.usefixtures("no_pictures")
def test_a_file_is_a_strategy_and_results_are_replaced_only_by_results(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = 'title = "Mine"\nmeaning = "Homes."\nkind = "hybrid"\n[[phase]]\nfrom = 0\n[phase.levers]\nshare_homes = 1\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    for _ in range(2):
        assert compared(capsys, "mine.toml", "--out", "mine")["strategies"] == ["mine"]
    (tmp_path / "mine" / "notes.txt").touch()
    assert run(["compare", "mine.toml", *SMALL, "--out", "mine"]) == 2
    assert "'notes.txt', which is not one of ours" in capsys.readouterr().err


TINY = ["--people", "600", "--months", "84", "--uncertain", "--plausible", "4"]


@pytest.fixture
def sample(tmp_path: Path) -> str:
    """A folder with two sets of one fitted quantity, as 'unfreeze calibrate' would write it."""
    table = pl.DataFrame({"weight": [0.5, 0.5], "exit_fast": [0.7, 0.9]})
    write_sample(table, {"command": "unfreeze calibrate", "date": "2026-01-01"}, tmp_path / "sample")
    return str(tmp_path / "sample")


def test_uncertain_from_end_to_end(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    """Screen, JSON, tables and report of one comparison agree, and its command repeats it."""
    words = ["compare", "homes", *TINY, "--sample", sample]
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found)[-2:] == ["uncertainty", "out"]
    assert found["out"] == "unfreeze-results/homes-dublin-600people-84months-seed1-4sets"
    assert found["replicates"] == 2
    assert found["uncertainty"]["sets"] == 4
    assert found["uncertainty"]["drawn"]["exit_fast"] == "fitted to data"
    assert "crisis_beds" in found["uncertainty"]["held"]
    for row in found["differences"]:
        assert row["low"] <= row["noise_low"] <= row["difference"] <= row["noise_high"] <= row["high"]
        assert row["low"] <= row["parameters_low"] <= row["difference"] <= row["parameters_high"] <= row["high"]
        assert row["better_in"] in (0, 0.25, 0.5, 0.75, 1)
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert runs.filter(strategy="homes").sort("seed").select("seed", "set").rows() == [
        (1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4), (8, 4)
    ]  # fmt: skip
    drawn = {json.loads(text)["exit_fast"] for text in runs["parameters"]}
    assert drawn == {0.7, 0.9}
    assert {path.name for path in Path(found["out"]).iterdir()} == FILES
    page = (Path(found["out"]) / "report.html").read_text(encoding="utf-8")
    again = re.search(r"<pre>unfreeze (.*)</pre>", page)
    assert again is not None
    assert run([*again[1].split(), "--json", "--out", "again"]) == 0
    repeated = json.loads(capsys.readouterr().out)
    assert repeated["differences"] == found["differences"]
    assert run(words) == 0
    said = " ".join(capsys.readouterr().out.split())
    for text in ("Of 4 plausible worlds, ", "simulation noise", "parameters", "of worlds", "two kinds of uncertainty",
                 "each run with 2 seeds", "Held at the file's values"):  # fmt: skip
        assert text in said, text
    assert "simulation noise only" not in said


@pytest.mark.usefixtures("no_pictures")
def test_a_placebo_makes_no_difference_in_any_plausible_world(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    assert run(["compare", "placebo", *TINY, "--sample", sample, "--json"]) == 0
    for row in json.loads(capsys.readouterr().out)["differences"]:
        ends = {row[name] for name in ("difference", "low", "high", "noise_low", "noise_high", "parameters_high")}
        assert ends == {0}
        assert (row["better_in"], row["verdict"]) == (0, "practically the same")


@pytest.mark.usefixtures("no_pictures")
def test_what_is_set_is_not_drawn(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    words = ["compare", "homes", *TINY, "--sample", sample, "--set", "exit_fast=0.8", "--world", "sceptic", "--json"]
    assert run([*words, "--replicates", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert runs["seed"].n_unique() == 12
    parameters = [json.loads(text) for text in runs["parameters"]]
    assert {one["exit_fast"] for one in parameters} == {0.8}
    assert {one["contact"] for one in parameters} == {0}
    assert len({one["ready_rate"] for one in parameters}) == 4
    assert {"exit_fast", "contact"}.isdisjoint(found["uncertainty"]["drawn"])


def test_uncertain_says_what_is_wrong(capsys: pytest.CaptureFixture[str], sample: str, tmp_path: Path) -> None:
    assert run(["compare", "homes", *TINY, "--sample", str(tmp_path / "nowhere")]) == 2
    assert "unfreeze calibrate" in capsys.readouterr().err
    assert run(["compare", "homes", *TINY, "--sample", sample, "--replicates", "1"]) == 2
    assert "their difference is luck" in capsys.readouterr().err
    assert run(["compare", "homes", "--plausible", "5"]) == 2
    assert "Add --uncertain" in capsys.readouterr().err
    assert run(["compare", "homes", "--sample", sample]) == 2
    assert "--sample is about drawn parameters" in capsys.readouterr().err
    assert not Path("unfreeze-results").exists()
