"""`unfreeze run`, `person`, `month` and `worldviews`: small systems, what they print and write."""

import json
from pathlib import Path

import polars as pl
import pytest

from cli.main import run
from cli.run import months_shown
from engine.chance import MASK
from model.month import MONTH
from scenarios.levers import load_levers
from scenarios.names import shipped

SMALL = ["--size", "600", "--months", "84"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_run_prints_every_twelfth_month_and_writes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["run", "user_centred", *SMALL]) == 0
    page = capsys.readouterr().out
    assert "scaled: 600 people stand for" in " ".join(page.split())
    assert "The programme runs from month 13 to 72" in page
    months = page.partition("What planners report")[0]
    rows = [line.split() for line in months.splitlines() if line.startswith(" ")]
    first = [row[0] for row in rows if row and row[0][:1].isdigit()]
    assert first == ["0", "12", "24*", "36*", "48*", "60*", "72*", "84"]
    assert list(tmp_path.iterdir()) == []


def test_the_last_month_is_always_shown() -> None:
    assert months_shown(30, 12) == [0, 12, 24, 30]
    assert months_shown(24, 12) == [0, 12, 24]
    assert months_shown(1, 12) == [0, 1]


def test_run_as_json_agrees_with_what_it_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "homes", *SMALL, "--json", "--every", "42", "--events", "--out", "mine"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["month"] for row in found["by_month"]] == [0, 42, 84]
    months = pl.read_parquet("mine/months.parquet").filter(stratum="all", month=84)
    last, one = found["by_month"][-1], dict(months.select("measure", "value").iter_rows())
    assert set(last) == {"month", *one}
    real = (
        found["people"]["real"] / 600
    )  # people and money at the real size of the place; shares and prices as they are
    for measure in ("crisis", "spend_to_date", "foundation_homes"):
        assert last[measure] == pytest.approx(one[measure] * real, rel=1e-3), measure
    for measure in ("fit", "secure_share", "cost_per_secure_month"):
        assert last[measure] == one[measure]
    assert found["carried_out"]["done"]
    assert found["measures"]["crisis"]["unit"] == "people"
    assert found["command"] == "unfreeze run homes --size 600 --months 84 --every 42 --events"
    assert len(found["events"]) == pl.read_parquet("mine/events.parquet").height
    assert found["hash"] == pl.read_parquet("mine/runs.parquet")["hash"][0]
    assert found["out"] == "mine"


def test_run_shows_what_planners_report_and_who_moved_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "homes", *SMALL]) == 0
    page = " ".join(capsys.readouterr().out.split())
    for text in ("What planners report", "before the programme, months 1 to 12", "months 73 to 84", "People on a night",
                 "People in the year", "Exits in the year", "Without one again within 24 months", "Mean stay, months",
                 "low need", "Who moved where, months 73 to 84", "from new", "there at the end",
                 "no year of the run ended 24 months earlier", "rounded one by one", "no intervals"):  # fmt: skip
        assert text in page, text
    assert run(["run", "homes", *SMALL, "--year-to", "60"]) == 0
    assert "Who moved where, months 49 to 60" in " ".join(capsys.readouterr().out.split())


def test_planners_numbers_as_json_agree_with_the_months_and_the_flows(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "homes", *SMALL, "--json", "--out", "mine", "--year-to", "80"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["command"] == "unfreeze run homes --size 600 --months 84 --year-to 80"
    planners = found["planners"]
    assert planners["years"] == {"before": [1, 12], "reported": [69, 80]}
    rows = {row["name"]: row for row in planners["numbers"] if row["year"] == "reported"}
    months = pl.read_parquet("mine/months.parquet").filter(stratum="all")
    real = found["people"]["real"] / 600
    night = months.filter(pl.col("month").is_between(69, 80), measure="without_home")["value"].mean()
    assert rows["without_home"]["value"] == pytest.approx(night * real, rel=1e-3)
    assert (rows["without_home"]["low"], rows["without_home"]["runs"]) == (None, 1)
    assert rows["returned_24"]["months"] == [45, 56]
    assert 0 < rows["returned_24"]["value"] < 1
    assert rows["stay_mean"]["unit"] == "months"
    (flows,) = planners["flows"]
    moved = pl.read_parquet("mine/flows.parquet").filter(pl.col("month").is_between(69, 80))
    for move in flows["moves"]:
        people = moved.filter(pl.col("from") == move["from"], pl.col("to") == move["to"])["people"].sum()
        assert move["people"] == pytest.approx(people * real, rel=1e-3)
    assert flows["stocks"]["crisis"]["end"] == pytest.approx(
        months.filter(measure="crisis", month=80)["value"].item() * real, rel=1e-3
    )


@pytest.mark.parametrize("month", ["11", "85", "-3"])
def test_a_year_that_is_not_in_the_run_is_refused_before_it_runs(
    capsys: pytest.CaptureFixture[str], month: str
) -> None:
    assert run(["run", "homes", *SMALL, "--year-to", month]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "12 to 84" in said


def test_a_run_of_less_than_a_year_says_that_it_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "status_quo", "--size", "600", "--months", "8"]) == 0
    assert "this run has none" in capsys.readouterr().out
    assert run(["run", "status_quo", "--size", "600", "--months", "8", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["planners"] == {"years": {}, "numbers": [], "flows": []}


def test_run_writes_everybodys_histories(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "homes", *SMALL, "--people", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    people = pl.read_parquet(Path(found["out"]) / "people.parquet")
    for name in ("month", "person", "situation", "need", "trust", "voice", "provider"):
        assert name in people.columns
    assert people["month"].n_unique() == 85
    assert people.filter(month=84, situation="crisis").height * found["people"]["real"] / 600 == pytest.approx(
        found["by_month"][-1]["crisis"], rel=1e-3
    )


def test_run_tells_what_happened(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "user_centred", "--size", "3000", "--months", "84", "--events"]) == 0
    page = capsys.readouterr().out
    for event in ("award", "listening", "opens places"):
        assert event in page


def test_a_person_leads_two_lives(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["status_quo", "user_centred", *SMALL]
    assert run(["person", "any", *arguments]) == 0
    page = capsys.readouterr().out
    assert "The two lives part in month" in page
    number = page.split()[1]
    assert run(["person", number, *arguments]) == 0
    assert capsys.readouterr().out == page
    assert run(["person", number, *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["person"] == int(number)
    assert [life["strategy"] for life in found["lives"]] == ["status_quo", "user_centred"]
    one, other = ([month.get("situation") for month in life["months"]] for life in found["lives"])
    assert len(one) == len(other) == 85
    assert one != other
    parts = int(page.split("part in month ")[1].split(".")[0])
    assert found["lives"][0]["months"][:parts] == found["lives"][1]["months"][:parts]
    assert found["lives"][0]["months"][parts] != found["lives"][1]["months"][parts]


def test_a_person_of_whom_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["person", str(MASK), "homes", "top_up", *SMALL]) == 2
    said = capsys.readouterr().err
    assert "Nobody has the number 4294967295 in this run. Allowed: for example" in said


def test_nobodys_life_differs_from_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["person", "any", "placebo", "status_quo", *SMALL]) == 0
    assert "Nobody's life differs" in capsys.readouterr().out


def test_the_month_is_the_list_that_is_executed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["month", "--json", "--people", "600"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [step["name"].replace(" ", "_") for step in steps] == [step.__name__ for step in MONTH]
    assert [step["number"] for step in steps] == list(range(1, len(MONTH) + 1))
    assert all(step["seconds"] > 0 and step["says"] for step in steps)
    assert {name for step in steps for name in step["levers"]} == set(load_levers())
    assert run(["month", "--no-time"]) == 0
    page = capsys.readouterr().out
    assert " 1 The world moves\n" in page
    assert "11 The month closes" in page
    assert "Levers: " in page


def test_every_strategy_meets_every_worldview(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "worldviews",
        "homes",
        "user_centred",
        "--people",
        "500",
        "--months",
        "84",
        "--replicates",
        "2",
        "--point",
    ]
    assert run([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["worldviews"] == list(shipped("worldview"))
    assert len(found["verdicts"]) == 2 * 4 * len(found["worldviews"])
    for row in found["verdicts"]:
        assert (row["verdict"] is None) == (row["reason"] is not None and row["reason"].startswith("could not be"))
    assert (found["schema_version"], found["money"]["currency"], found["people"]["simulated"]) == (2, "EUR", 500)
    assert found["command"] == "unfreeze " + " ".join([*arguments[:-1], "--point"])
    files = {path.name for path in Path(found["out"]).iterdir()}
    assert files == {"months.parquet", "events.parquet", "runs.parquet", "verdicts.parquet", "worldviews.png",
                     "worldviews.svg"}  # fmt: skip
    assert run(arguments) == 0
    page = capsys.readouterr().out
    assert "Each cell: people, spending, places, fit" in page
    assert "simulation noise only" in " ".join(page.split())
