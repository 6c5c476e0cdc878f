"""The file of a study: what it may say, and that every complaint names file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run as cli
from engine.errors import BadInput
from scenarios.request import Request
from studies.description import DESIGN, RUNS, read
from studies.designs import KINDS
from studies.door import check_study
from studies.folder import begin
from studies.templates import template
from tools.spoilt_files import checked, mutated

GOOD = """format = 1
title = "A study"
[runs]
strategies = ["homes", "user_centred"]
people = 500
[design]
kind = "halton"
size = 4
[vary]
contact = {}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "table"])
def test_no_design_does_without_strategies(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Calibrated ones did, and ended in a traceback."""
    begun = template(kind, "x").splitlines(keepends=True)
    path = written(tmp_path, "".join(line for line in begun if not line.startswith("strategies")))
    assert cli(["study", "check", str(path), "--no-runs"]) == 2
    said = capsys.readouterr().err
    assert "study.toml:" in said
    assert "'strategies' is missing" in said


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "table"])
def test_every_file_to_begin_with_can_be_run(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"{kind}.toml"
    assert cli(["study", "new", str(path), "--kind", kind]) == 0
    assert cli(["study", "check", str(path), "--no-runs"]) == 0
    assert cli(["study", "new", str(path), "--kind", kind]) == 2
    said = read(path)
    assert said.kind == kind
    if kind != "morris":
        begin(said, str(tmp_path / "out"))


def test_a_saved_scenario_becomes_a_study(tmp_path: Path) -> None:
    saved = tmp_path / "saved.toml"
    asked = Request(place="helsinki", people=700, months=96, seed=4, settings=(("budget", 0.02),))
    saved.write_text(asked.toml, encoding="utf-8")
    path = tmp_path / "mine.toml"
    assert cli(["study", "new", str(path), "--like", str(saved), "--kind", "halton"]) == 0
    said = read(path)
    assert (said.places, said.people, said.months, said.seed) == (("helsinki",), 700, 96, 4)
    assert said.strategies == tuple(map(str, asked.choices))
    assert said.settings.levers == {"budget": 0.02}
    assert check_study(path).impossible == 0


def test_a_table_is_read_from_beside_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, template("table", "a table"))
    (tmp_path / "rows.csv").write_text("contact,listening\n0.1,2\n,4\n", encoding="utf-8")
    assert check_study(path).rows == 2
    (tmp_path / "rows.csv").write_text("contact,listening\n0.1,2\n0.1,400\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"rows\.csv:3, field 'listening'"):
        check_study(path)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("format = 1", "format = 2", 1, "'format' is 2, which is out of range"),
        ("people = 500", "people = 3", 5, "'people' is 3"),
        ("people = 500", 'people = "many"', 5, 'as many as the place has'),
        ('["homes", "user_centred"]', '["homes", "user_centerd"]', 4, "Did you mean 'user_centred'?"),
        ('["homes", "user_centred"]', '["homes", "homes"]', 4, "names something twice"),
        ('kind = "halton"', 'kind = "hamilton"', 7, "Did you mean 'halton'?"),
        ("size = 4", "", 6, "The field 'size' is missing"),
        ("size = 4", "size = 4\nseeds = 1", 9, "There is no field called 'seeds'"),
        ("contact = {}", "contakt = {}", 10, "Did you mean 'contact'?"),
        ("contact = {}", "contact = { low = 2, high = 1 }", 10, "low < high"),
        ("contact = {}", "contact = { low = 0.1, high = 7 }", 10, "'contact' is 7"),
        ("contact = {}", "contact = { scale = \"log\", low = 0, high = 0.1 }", 10, "low above 0"),
        ("contact = {}", "contact = { whole = true }", 10, "shares no whole"),
        ("contact = {}", "contact = { values = [0.1] }", 10, "at least two numbers"),
        ("contact = {}", '"homes.listening" = {}\n"top_up.branding" = {}', 11, "is not among the strategies"),
        ("contact = {}", '"user_centred.phase9.branding" = {}', 10, "phase"),
        ("contact = {}", "dummy = {}", 10, "dummy = true"),
        ("contact = {}", 'strategy = { values = ["homes", "top_up"] }', 10, "[runs] names strategies"),
        ("contact = {}", 'contact = {}\n[keep]\nmeasures = ["happiness"]', 12, "There is no measure called"),
        ("contact = {}", "contact = {}\n[keep]\nmonths = [121]", 12, "'months' is 121"),
        ("contact = {}", 'contact = {}\n[analysis]\nwanted = ["sobol"]', 12, "needs a design of kind sobol"),
        ("[runs]", '[runs]\nreplicates = { least = 4, most = 9, until = "secure_people" }', 4, "MEASURE within NUMBER"),
        ("[runs]", '[runs]\nset = ["contact=0"]', 11, "varies and is set"),
        ("[runs]", '[runs]\nmodel = "os:remove"', 4, "is no model"),
        ("title", "titel", 2, "Did you mean 'title'?"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(BadInput) as said:
        read(path)
    assert f"study.toml:{line}" in str(said.value)
    assert words in str(said.value)


def test_nothing_is_called_that_is_not_marked() -> None:
    for name in ("os:abort", "shutil:rmtree", "builtins:print", "nowhere:f", "os.system", "a:b:c", ""):
        with pytest.raises(BadInput):
            __import__("studies.functions").functions.find_function(name)


def test_spoilt_files_get_an_answer_with_file_and_line(tmp_path: Path) -> None:
    assert [wrong for number in range(150) if (wrong := checked(number, tmp_path))] == []
    assert len({mutated(number) for number in range(150)}) == 150


def test_what_varies_has_the_range_of_the_evidence_or_of_the_place(tmp_path: Path) -> None:
    text = GOOD.replace(
        "contact = {}", "contact = {}\ncrisis_cost = {}\nlistening = {}\nstart = { low = 6, high = 18 }"
    )
    factors = {one.name: one for one in read(written(tmp_path, text)).factors}
    assert factors["listening"].high > 1
    assert factors["start"].counted
    assert factors["crisis_cost"].low < factors["crisis_cost"].high
    assert factors["contact"].scale in ("triangular", "linear")


def test_check_counts_impossible_runs_and_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD.replace("contact = {}", "duration = {}").replace("size = 4", "size = 64"))
    assert cli(["study", "check", str(path), "--no-runs"]) == 2
    said = capsys.readouterr()
    assert "would end after the run's 120 months" in said.err
    assert "0 rows" not in said.out
    with pytest.raises(BadInput, match="rows are impossible"):
        begin(read(path), str(tmp_path / "out"))


def test_check_measures_a_few_runs(tmp_path: Path) -> None:
    found = check_study(written(tmp_path, GOOD))
    assert (found.rows, found.runs, found.impossible) == (4, 8, 0)
    assert found.seconds is not None
    assert 0.01 < found.seconds < 60
    assert 100 < found.bytes / found.runs < 10_000


def test_tables_of_the_page_name_every_field() -> None:
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text(encoding="utf-8")
    for name in (*RUNS, *DESIGN):
        assert f"`{name}`" in page, name
