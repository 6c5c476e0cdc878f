"""`unfreeze compare`: what it prints and writes, that both are the same digits, and that they say what they are."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.contrasts import VERDICTS
from cli.main import run
from model.measures import HEADLINE
from scenarios.edition import rules_hash
from scenarios.plausible import shipped_sample, write_sample

ROOT = Path(__file__).parents[2]
SMALL = ["--people", "600", "--replicates", "3", "--months", "120", "--point"]
TWO = ["catalytic_philanthropy", "user_centred"]
CONTROLS = ["homes_programme", "homes_all_payers.catalytic_philanthropy", "homes_all_payers.user_centred"]
FILES = {"months.parquet", "events.parquet", "runs.parquet", "flows.parquet", "comparison.png", "comparison.svg",
         "levers.png", "levers.svg", "report.html", "slides.html"}  # fmt: skip
NUMBER = re.compile(r"[+−-]?\d[\d,]*(?:\.\d+)?")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def compared(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["compare", *arguments, *SMALL, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_json_has_what_was_promised_and_agrees_with_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys)  # without a name: the two that the project is about
    assert found["strategies"] == TWO
    assert (found["place"], found["seed"], found["replicates"], found["sets"]) == ("dublin", 1, 3, None)
    assert found["out"] == "unfreeze-results/catalytic_philanthropy-user_centred-dublin-600people-seed1"
    assert {path.name for path in Path(found["out"]).iterdir()} == FILES
    months = pl.read_parquet(Path(found["out"]) / "months.parquet").filter(stratum="all")
    cells = {(row["measure"], row["month"], row["strategy"]): row["value"] for row in found["headline"]}
    arms = ("status_quo", *TWO)
    assert {(m, month, s) for m in HEADLINE for month in (96, 120) for s in arms} <= set(cells)
    real = dict.fromkeys(HEADLINE, found["people"]["real"] / 600) | {"fit": 1.0}
    for (measure, month, strategy), value in cells.items():
        rows = months.filter(measure=measure, month=month, scenario=strategy)
        assert value == pytest.approx(rows["value"].mean() * real[measure], rel=1e-3), (measure, strategy)
    assert len(found["differences"]) == 2 * 4 * 3
    for row in found["differences"]:
        value, other = (cells[row["measure"], row["month"], row[name]] for name in ("strategy", "against"))
        assert row["difference"] == pytest.approx(value - other, abs=1e-6 * max(1, abs(value)))
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["margin"] > 0
        assert (row["verdict"] in VERDICTS) == (row["reason"] is None)
        assert row["verdict"] is None or row["verdict"] in VERDICTS
    assert {(row["strategy"], row["against"]) for row in found["differences"]} == {
        (TWO[0], "status_quo"), (TWO[1], "status_quo"), tuple(TWO)
    }  # fmt: skip
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert set(runs["scenario"]) <= {*arms, *CONTROLS}
    assert runs.filter(pl.col("scenario").is_in(arms)).height == 9
    assert set(runs["status"]) == {"done"}
    assert runs["hash"].n_unique() == runs.height


@pytest.mark.usefixtures("no_pictures")
def test_json_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever finds the file needs nothing beside it."""
    arguments = ["homes", "user_centred", "--place", "canada_trial", "--worldview", "scarcity", "--set", "budget=0.02"]
    found = compared(capsys, *arguments, "--set", "context_gap=0.1")
    assert found["schema_version"] == 2
    assert found["program"]["name"] == "unfreeze"
    assert found["program"]["version"] == found["versions"]["unfreeze"]
    assert found["rules_hash"] == rules_hash()
    assert len(found["data_hash"]) == 24
    assert found["command"] == (
        "unfreeze compare homes user_centred --place canada_trial --worldview scarcity --people 600 --replicates 3 "
        "--point --set budget=0.02 --set context_gap=0.1"
    )
    assert (found["place"], found["worldview"], found["domain"]) == ("canada_trial", "scarcity", "homelessness")
    assert found["settings"] == {"levers": {"budget": 0.02}, "parameters": {"context_gap": 0.1}}
    assert found["people"]["simulated"] == 600
    assert found["people"]["scale"] == pytest.approx(600 / found["people"]["real"], rel=1e-3)
    assert found["money"]["currency"] == "CAD"
    assert found["money"]["per_euro"] > 1
    assert str(found["money"]["price_year"]) in found["money"]["prices"]
    assert [one["month"] for one in found["horizons"]] == [96, 120]
    assert found["months"] == 120
    assert found["discount_rate"] == 0
    assert list(found["measures"]) == list(HEADLINE)
    for measure in found["measures"].values():
        assert measure["label"]
        assert measure["meaning"]
        assert measure["margin"]
        assert measure["direction"] in (1, -1)
    assert found["measures"]["spend_to_date"]["unit"] == "CAD"
    assert "undiscounted" in " ".join(found["said_beside"])
    for word in VERDICTS:
        assert word in found["verdicts"].lower()
    assert found["sentence"]
    assert [one["strategy"] for one in found["carried_out"]] == ["homes", "user_centred"]
    other = compared(capsys, "homes", "--place", "canada_trial")
    assert other["data_hash"] == found["data_hash"]


@pytest.mark.usefixtures("no_pictures")
def test_a_file_of_ones_own_is_part_of_the_data(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = 'title = "Mine"\nmeaning = "Homes."\nkind = "hybrid"\n[[phase]]\nfrom = 0\n[phase.levers]\nshare_homes = 1\n'
    hashes = []
    for more in ("", "# another text\n"):
        (tmp_path / "mine.toml").write_text(text + more, encoding="utf-8")
        hashes.append(compared(capsys, "mine.toml", "--out", "mine")["data_hash"])
    assert hashes[0] != hashes[1]


@pytest.mark.usefixtures("no_pictures")
def test_what_could_not_be_carried_out_is_said_first_and_gets_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """A budget that overheads use up: no grant is awarded in any run, which is not practically the same."""
    words = ["compare", "--place", str(ROOT / "examples" / "my_city.toml"), "--point", "--replicates", "4"]
    words += ["--set", "budget=0.0002"]
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["done"], one["none_in"]) for one in found["carried_out"]] == [(False, 4), (False, 4)]
    said = "Catalytic philanthropy could not be carried out: no grant was awarded in any of 4 runs."
    assert found["sentence"].startswith(said)
    assert {row["verdict"] for row in found["differences"]} == {None}
    assert all("could not be carried out" in row["reason"] for row in found["differences"])
    assert found["money"]["currency"] == "GBP"
    assert run(words) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert page.startswith(" ".join(found["sentence"].split()))
    before = page.split("What the same money does in homes")[0]
    assert not [word for word in VERDICTS if re.search(rf"\d {word}\b", before)]
    assert re.search(r"not carried\W+out", before)


@pytest.mark.usefixtures("no_pictures")
def test_json_has_what_planners_report_and_who_moved_where(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a place with groups: no foundation in both years, each strategy beside it in the last, by group as well."""
    found = compared(capsys, "homes", "user_centred", "--place", str(ROOT / "examples" / "my_city_groups.toml"))
    planners = found["planners"]
    assert planners["years"] == {"before": [1, 12], "reported": [109, 120]}
    rows = planners["numbers"]
    assert {row["strategy"] for row in rows if row["year"] == "before"} == {"status_quo"}
    last = {(row["strategy"], row["name"]): row for row in rows if row["year"] == "reported"}
    assert {strategy for strategy, _ in last} == {"status_quo", "homes", "user_centred"}
    for (strategy, name), row in last.items():
        if strategy != "status_quo":
            nobody = last["status_quo", name]
            assert row["difference"] == pytest.approx(row["value"] - nobody["value"], abs=1e-6 * max(1, row["value"]))
            assert row["without"] == nobody["value"]
            assert row["difference_low"] <= row["difference"] <= row["difference_high"]
            assert row["runs"] == 3
    groups = {row["stratum"] for row in rows if row["name"].startswith("without_home_group")}
    assert groups == {"Women over 25", "Young people, 18 to 25", "Men over 25"}
    split = sum(last["homes", f"without_home_group_{i}"]["value"] for i in (1, 2, 3))
    assert split == pytest.approx(last["homes", "without_home"]["value"])
    assert [table["strategy"] for table in planners["flows"]] == ["status_quo", "homes", "user_centred"]
    for table in planners["flows"]:
        for stock in table["stocks"].values():
            assert stock["start"] + stock["came"] - stock["went"] == pytest.approx(stock["end"], abs=1e-6)
    flows = pl.read_parquet(Path(found["out"]) / "flows.parquet")
    assert set(flows["scenario"]) == set(pl.read_parquet(Path(found["out"]) / "runs.parquet")["scenario"])


@pytest.mark.usefixtures("no_pictures")
def test_controls_stand_beside_every_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys)
    labels = [one["label"] for one in found["controls"]]
    assert labels[0] == CONTROLS[0]
    assert set(labels) <= set(CONTROLS)
    assert [one["arm"] for one in found["equal_cost"]] == TWO
    for one in found["controls"]:
        assert {row["against"] for row in one["differences"]} == {"status_quo"}
        assert len(one["differences"]) == 2 * 4
    for one in found["equal_cost"]:
        assert one["sentence"]
        assert (one["control"] in labels) if one["control"] else one["achieved"] is None
    assert not set(labels) & {row["strategy"] for row in found["differences"]}
    assert not set(labels) & set(found["strategies"])
    people = next(row["difference"] for row in found["controls"][0]["differences"]
                  if (row["measure"], row["month"]) == ("secure_people", 120))  # fmt: skip
    said = next(text for text in found["said_beside"] if text.startswith("Beside it: "))
    assert "homes for the same programme money" in said
    assert f"{abs(people):.0f}" in said or f"{abs(people):.1f}" in said


@pytest.mark.usefixtures("no_pictures")
def test_the_same_again_gives_the_same_digits_and_another_seed_others(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (compared(capsys, "homes", "--threads", threads) for threads in "12")
    assert first == second
    assert compared(capsys, "homes", "--seed", "8")["headline"] != first["headline"]


def test_the_screen_says_the_sentence_the_tables_the_noise_and_the_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", *TWO, *SMALL, "--set", "context_gap=0.1", "--out", "here"]) == 0
    said = capsys.readouterr()
    page = " ".join(said.out.split())
    for text in ("48 months on", "Set by hand: context_gap=0.1.", "Money: EUR, 2022 prices", "undiscounted",
                 "scaled: 600 people stand for", "scaled up from 600 simulated people", "Was it carried out?",
                 "What lasts, 24 months after the programme's end", "What lasts, 48 months after", "Paired differences",
                 "What the same money does in homes",
                 "What matters in practice", "Better, size open: ", "what nobody has measured is left out",
                 "What the programmes cost, EUR thousand", "Left unspent", "For each million EUR that all payers spend",
                 "Written to here: comparison.png"):  # fmt: skip
        assert text in page, text
    assert any(verdict in page for verdict in VERDICTS)
    assert re.search(r"[+−]\d+\.\d", page)
    progress = r"2 strategies x \d+, and controls: (begun|\d+%.*)"  # a line now and then, on a slow machine
    assert [line for line in said.err.splitlines() if not re.fullmatch(progress, line)] == []


@pytest.mark.usefixtures("no_pictures")
def test_a_placebo_makes_no_difference_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys, "placebo")
    for row in found["differences"]:
        assert (row["difference"], row["low"], row["high"]) == (0, 0, 0)
        assert row["verdict"] == "practically the same"
    assert found["carried_out"][0]["declared"]
    assert found["carried_out"][0]["done"]
    assert found["controls"] == []


@pytest.mark.usefixtures("no_pictures")  # these are drawn in tests/analysis/test_figures.py
def test_one_replicate_has_no_interval_and_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    one = ["compare", "homes", "--people", "600", "--point", "--replicates", "1"]
    assert run([*one, "--json"]) == 0
    for row in json.loads(capsys.readouterr().out)["differences"]:
        assert (row["low"], row["high"], row["verdict"]) == (None, None, "not known")
        assert row["reason"] == "one pair of runs has no interval"
    assert run(one) == 0
    assert "One replicate has no interval" in capsys.readouterr().out


@pytest.mark.usefixtures("no_pictures")
def test_a_run_too_short_to_see_what_lasts_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "homes", "--people", "600", "--replicates", "2", "--months", "80", "--point"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "What lasts, 8 months after the programme's end" in page
    assert "--months 120 shows that" in page


def test_nobody_can_be_looked_at_alone(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> None:
    found = compared(capsys, "status_quo")
    request.getfixturevalue("no_pictures")  # they were drawn once
    assert found["differences"] == found["controls"] == found["carried_out"] == []
    assert {row["strategy"] for row in found["headline"]} == {"status_quo"}
    assert run(["compare", "status_quo", *SMALL]) == 0
    assert "nothing to compare it with" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("no_pictures")
def test_many_strategies_are_ranked_and_all_pairs_are_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["homes", "top_up", "carrier", "hybrid", "user_centred"]
    found = compared(capsys, *names)
    assert len(found["differences"]) == 2 * 4 * (5 + 10)
    assert run(["compare", *names, *SMALL]) == 0
    page = capsys.readouterr().out
    assert "Ranking against no foundation" in page
    assert "Paired differences" not in page
    assert "--json has every pair" in page
    people = {row["strategy"]: row["difference"] for row in found["differences"]
              if (row["measure"], row["month"], row["against"]) == ("secure_people", 120, "status_quo")}  # fmt: skip
    done = [one["strategy"] for one in found["carried_out"] if one["done"]]
    order = sorted(done, key=lambda name: -people[name])
    places = [page.index(f"{rank}. {found['titles'][name].split()[0]}") for rank, name in enumerate(order, 1)]
    assert places == sorted(places)


@pytest.mark.usefixtures("no_pictures")
def test_settings_worldviews_and_places_reach_the_runs(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys, "homes", "--place", "canada_trial", "--world", "scarcity", "--set", "budget=0.02",
                     "--set", "secure_supply=9")  # fmt: skip
    assert "--worldview scarcity" in found["command"]  # the old name is understood
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert set(runs["world"]) == {"scarcity"}
    assert set(runs["place"]) == {"canada_trial"}
    for row in runs.filter(pl.col("control_of") == "[]").to_dicts():
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


@pytest.mark.usefixtures("no_pictures")
def test_two_strategies_of_one_title_and_markup_in_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = 'title = "Homes [/or] places"\nmeaning = "Homes."\nkind = "hybrid"\n[[phase]]\nfrom = 0\n'
    for name, more in (("a", "[phase.levers]\nshare_homes = 1\n"), ("b", "[phase.levers]\nshare_top_up = 1\n")):
        (tmp_path / f"{name}.toml").write_text(text + more, encoding="utf-8")
    assert run(["compare", "a.toml", "b.toml", *SMALL]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "Homes [/or] places (a)" in page
    assert "Homes [/or] places (b)" in page


def words_of(page: str) -> list[str]:
    return [word.strip("(),;:.|") for word in page.split()]


# The command with these words for every width, into a pipe each time; what the first has run the others print.
PRINTED = """
import os, sys
from analysis import ask
import cli.compare
from cli.main import main
from runs.store import write_tables
kept, ask_compared = [], ask.compared
def compared(*arguments):
    if not kept: kept.append(ask_compared(*arguments))
    return kept[0]
ask.compared = compared
cli.compare.write = lambda compared, folder: write_tables(compared.results, folder)
for width, coding in %r:
    os.environ.pop("COLUMNS", None)
    if width: os.environ["COLUMNS"] = width
    sys.stdout.reconfigure(encoding=coding)
    try:
        main(%r)
    except SystemExit as end:
        assert not end.code, end.code
    print("@@@ page", flush=True)
"""
COLUMNS = ["60", "80", "100", None]
PAGES = [("240", "utf-8"), *((width, "utf-8") for width in COLUMNS), ("80", "ascii")]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str | None, str], str]:
    """One comparison's page by width and coding."""
    words = ["compare", "--people", "600", "--sets", "2", "--replicates", "2"]
    told = subprocess.run([sys.executable, "-c", PRINTED % (PAGES, words)], env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True, check=True, cwd=tmp_path_factory.mktemp("printed"))  # fmt: skip
    *pages, rest = told.stdout.split(b"@@@ page\n")
    assert rest == b""
    return {name: page.decode(name[1]) for name, page in zip(PAGES, pages, strict=True)}


@pytest.mark.parametrize("columns", COLUMNS)
def test_numbers_are_never_cut(columns: str | None, printed: dict[tuple[str | None, str], str]) -> None:
    """Piped, on narrow and on usual screens: every number of the widest page is on the others, whole."""
    wide, here = printed["240", "utf-8"], printed[columns, "utf-8"]
    assert "…" not in here
    numbers = {word for word in words_of(wide) if NUMBER.fullmatch(word)}
    assert len(numbers) > 50
    assert numbers <= set(words_of(here))
    assert max(map(len, here.splitlines())) <= int(columns or 100)
    if columns == "80":
        plain = printed[columns, "ascii"]
        assert "?" not in plain.replace("carried out?", "")
        assert {number.replace("−", "-") for number in numbers} <= set(words_of(plain))


TINY = ["--people", "600", "--months", "84", "--sets", "4", "--replicates", "2"]


@pytest.fixture
def sample(tmp_path: Path) -> str:
    """A folder with two sets of one fitted quantity, as 'unfreeze calibrate' would write it."""
    table = pl.DataFrame({"weight": [0.5, 0.5], "exit_fast": [0.7, 0.9]})
    write_sample(table, {"command": "unfreeze calibrate", "date": "2026-01-01"}, tmp_path / "sample")
    return str(tmp_path / "sample")


def test_parameter_sets_from_end_to_end(
    capsys: pytest.CaptureFixture[str], sample: str, request: pytest.FixtureRequest
) -> None:
    """Screen, JSON, tables and report of one comparison agree, and its command repeats it."""
    words = ["compare", "homes", *TINY, "--sample", sample]
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["out"] == "unfreeze-results/homes-dublin-600people-84months-seed1-4sets"
    assert (found["replicates"], found["sets"], found["seeds"], found["paired_runs"]) == (2, 4, "common", 8)
    assert found["uncertainty"]["sets"] == 4
    assert found["uncertainty"]["drawn"]["exit_fast"] == "fitted to data"
    made = json.loads((Path(sample) / "manifest.json").read_text(encoding="utf-8"))
    assert found["uncertainty"]["calibration"] == made
    assert "crisis_beds" in found["uncertainty"]["held"]
    for row in found["differences"]:
        assert row["low"] <= row["noise_low"] <= row["difference"] <= row["noise_high"] <= row["high"]
        assert row["low"] <= row["parameters_low"] <= row["difference"] <= row["parameters_high"] <= row["high"]
        assert row["better_in"] in (0, 0.25, 0.5, 0.75, 1)
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert runs.filter(scenario="homes").sort("set", "seed").select("seed", "set").rows() == [
        (1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3), (1, 4), (2, 4)
    ]  # fmt: skip
    drawn = {json.loads(text)["exit_fast"] for text in runs["parameters"]}
    assert drawn == {0.7, 0.9}
    assert {path.name for path in Path(found["out"]).iterdir()} == FILES
    page = (Path(found["out"]) / "report.html").read_text(encoding="utf-8")
    again = re.search(r"<pre>unfreeze (.*)</pre>", page)
    assert again is not None
    request.getfixturevalue("no_pictures")  # they were drawn once
    assert run([*again[1].split(), "--json", "--out", "again"]) == 0
    repeated = json.loads(capsys.readouterr().out)
    assert repeated["differences"] == found["differences"]
    assert run(words) == 0
    said = " ".join(capsys.readouterr().out.split())
    for text in ("They hold what nobody has measured (4 plausible parameter sets, drawn from a calibrated",
                 "luck alone", "two kinds of uncertainty", "each is run with 2 seeds", "Held at the file's values",
                 f"hash {made['hash']}"):  # fmt: skip
        assert text in said, text
    assert "is left out" not in said


@pytest.mark.usefixtures("no_pictures")
def test_by_default_sets_come_from_the_sample_that_ships(capsys: pytest.CaptureFixture[str]) -> None:
    """Screen and JSON say so, and which it is; what it fits differs from set to set."""
    words = ["compare", "homes", *TINY]
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    shipped = shipped_sample(None)
    assert shipped is not None
    assert "--sample" not in found["command"]
    assert found["uncertainty"]["calibration"]["hash"] == shipped.manifest["hash"]
    assert found["uncertainty"]["drawn"]["exit_fast"] == "fitted to data"
    assert found["uncertainty"]["drawn"]["seek_short"] == "balanced with the place's counts"
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert len({json.loads(text)["exit_fast"] for text in runs.filter(scenario="homes")["parameters"]}) == 4
    assert run(words) == 0
    screen = " ".join(capsys.readouterr().out.split())
    assert screen.count("drawn from a calibrated sample where it has a number, else from the ranges") == 2
    assert "not calibrated" not in screen
    assert "other digits than today's" not in screen


@pytest.mark.usefixtures("no_pictures")
def test_without_a_sample_sets_come_from_ranges_and_nothing_is_called_calibrated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As for somebody who takes it away: screen and JSON say so, and what it would fit differs from set to set."""
    monkeypatch.setattr("scenarios.plausible.FOLDER", tmp_path / "none")
    how = "drawn from the ranges of the evidence and balanced with the place's counts, not calibrated"
    words = ["compare", "homes", *TINY]
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "--sample" not in found["command"]
    assert found["uncertainty"]["calibration"] is None
    assert "fitted to data" not in found["uncertainty"]["drawn"].values()
    assert found["uncertainty"]["drawn"]["seek_short"] == "balanced with the place's counts"
    assert 0 <= found["uncertainty"]["unsettled"] <= 4
    for said in (found["said_beside"], found["uncertainty"]["said"]):
        assert any(f"4 plausible parameter sets, {how}" in text for text in said)
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert len({json.loads(text)["exit_fast"] for text in runs.filter(scenario="homes")["parameters"]}) == 4
    assert run(words) == 0
    screen = " ".join(capsys.readouterr().out.split())
    assert screen.count(how) == 2
    assert "sample" not in screen.casefold()
    assert "other digits than today's" not in screen


@pytest.mark.usefixtures("no_pictures")
def test_seeds_are_common_unless_somebody_wants_them_independent(
    capsys: pytest.CaptureFixture[str], sample: str
) -> None:
    assert run(["compare", "homes", *TINY, "--sample", sample, "--seeds", "independent", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "--seeds independent" in found["command"]
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert sorted(runs.filter(scenario="homes")["seed"]) == list(range(1, 9))


@pytest.mark.usefixtures("no_pictures")
def test_a_placebo_makes_no_difference_in_any_parameter_set(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    assert run(["compare", "placebo", *TINY, "--sample", sample, "--json"]) == 0
    for row in json.loads(capsys.readouterr().out)["differences"]:
        ends = {row[name] for name in ("difference", "low", "high", "noise_low", "noise_high", "parameters_high")}
        assert ends == {0}
        assert (row["better_in"], row["verdict"]) == (0, "practically the same")


@pytest.mark.usefixtures("no_pictures")
def test_what_is_set_is_not_drawn(capsys: pytest.CaptureFixture[str], sample: str) -> None:
    words = [
        "compare",
        "homes",
        *TINY,
        "--sample",
        sample,
        "--set",
        "exit_fast=0.8",
        "--worldview",
        "sceptic",
        "--json",
    ]
    assert run([*words, "--replicates", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    runs = pl.read_parquet(Path(found["out"]) / "runs.parquet")
    assert runs.select("seed", "set").n_unique() == 12
    parameters = [json.loads(text) for text in runs["parameters"]]
    assert {one["exit_fast"] for one in parameters} == {0.8}
    assert {one["contact"] for one in parameters} == {0}
    assert len({one["accept_bed"] for one in parameters}) == 4
    assert {"exit_fast", "contact"}.isdisjoint(found["uncertainty"]["drawn"])


def test_it_says_what_is_wrong(capsys: pytest.CaptureFixture[str], sample: str, tmp_path: Path) -> None:
    assert run(["compare", "homes", *TINY, "--sample", str(tmp_path / "nowhere")]) == 2
    assert "unfreeze calibrate" in capsys.readouterr().err
    assert run(["compare", "homes", *TINY, "--sample", sample, "--replicates", "1"]) == 2
    assert "whose difference is luck" in capsys.readouterr().err
    assert run(["compare", "homes", "--point", "--sets", "5"]) == 2
    assert "--sets is about drawn parameters, and --point draws none" in capsys.readouterr().err
    assert run(["compare", "homes", "--point", "--sample", sample]) == 2
    assert "--sample is about drawn parameters" in capsys.readouterr().err
    assert run(["compare", "homes", "--uncertain"]) == 2
    said = capsys.readouterr().err
    assert "parameter sets are drawn unless you say otherwise" in said
    assert "--point" in said
    assert not Path("unfreeze-results").exists()
