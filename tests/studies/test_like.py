"""A study like what is shown: by the dashboard, in a saved file, or by a command; the very runs, and then more."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run as cli
from dashboard.screen import Screen, read_file, read_query
from runs.ensemble import ensemble
from scenarios.own_place import read_own
from studies.description import Description, read
from studies.door import check_study, study

ROOT = Path(__file__).parents[2]
SMALL = "people=500&months=84&seed=3"
CHANGED = f"?{SMALL}&s=user_centred,listening=4&s=homes&set=contact=0.1&page=money&x-edit=1"


def saved(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def new(tmp_path: Path, like: str, *more: str) -> Description:
    path = tmp_path / "mine.toml"
    path.unlink(missing_ok=True)
    assert cli(["study", "new", str(path), "--like", like, *more]) == 0
    assert check_study(path).impossible == 0
    return read(path)


@pytest.mark.parametrize("query", [
    "?", "?point=yes", CHANGED, f"?{SMALL}&s=status_quo", f"?{SMALL}&s=status_quo&s=homes&point=yes",
    f"?{SMALL}&s=carrier%2Bpractice_1_learn%2Bpractice_4_start_small,phase1.listening=2&world=sceptic",
    "?place=american_school_district&people=real&months=96", "?place=ireland_disability&s=homes&people=600",
    f"?{SMALL}&set=budget=0.02&title=Caf%C3%A9%20%F0%9F%98%80%20%22x%22&notes=one%0Atwo%20%23",
])  # fmt: skip
def test_check_passes_on_what_any_screen_saves(query: str, tmp_path: Path) -> None:
    screen = read_query(query)
    path = saved(tmp_path, screen.study)
    assert cli(["study", "check", str(path), "--no-runs"]) == 0
    said, found = read(path), check_study(path)
    shown = 1 if screen.point else 8
    assert (found.rows, found.runs) == (shown, shown * (32 if screen.point else 3) * len(screen.scenarios))
    assert said.title == screen.heading or not screen.heading
    assert read_file(screen.file.encode()).question == screen.question  # whatever its title is written in


@pytest.mark.parametrize("query", [CHANGED, CHANGED + "&point=yes"])
def test_it_has_the_very_runs_that_are_shown(query: str, tmp_path: Path) -> None:
    screen = read_query(query)
    one = study(saved(tmp_path, screen.study), tmp_path / "out").run("threads")
    assert one.verify().well
    sets, replicates = (None, 32) if screen.point else (screen.sets, 3)
    shown = ensemble(screen.scenarios, replicates, sets=sets).runs
    assert sorted(one.table["hash"]) == sorted(shown["hash"])


def test_a_command_an_address_and_a_saved_file_are_one(tmp_path: Path) -> None:
    screen = read_query(CHANGED)
    file = tmp_path / "saved.toml"
    file.write_text(screen.file, encoding="utf-8")
    found = [new(tmp_path, one).data for one in (f"http://127.0.0.1:8765/{CHANGED}", str(file), screen.command)]
    assert found[0] == found[1] == found[2] == read(saved(tmp_path, screen.study.replace(
        f'title = "{screen.where.title}"', 'title = "Mine"'))).data  # fmt: skip


def test_a_command_says_how_often_and_of_what(tmp_path: Path) -> None:
    found = new(tmp_path, "unfreeze compare homes --people 600 --sets 5 --replicates 4 --seeds independent --seed 9")
    assert (found.size, found.until.least, found.seeds, found.seed, found.design_seed) == (5, 4, "independent", 9, 9)
    assert found.strategies == ("status_quo", "homes")
    found = new(tmp_path, "unfreeze run homes --size 600 --place helsinki")
    assert (found.kind, found.people, found.places, found.until.least) == ("one_at_a_time", 600, ("helsinki",), 1)
    found = new(tmp_path, "unfreeze compare homes --set contact=0.1 --set refer_belief=2", "--kind", "halton")
    assert (found.kind, found.strategies) == ("halton", ("homes",))
    assert not {"contact", "refer_belief"} & {one.name for one in found.factors}
    assert len(found.factors) == 2


def test_files_are_named_as_they_lie_from_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city, mine = tmp_path / "city.toml", tmp_path / "mine_strategy.toml"
    city.write_bytes((ROOT / "examples" / "my_city.toml").read_bytes())
    assert cli(["new", "strategy", str(mine)]) == 0
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path)
    like = "unfreeze compare mine_strategy.toml,listening=3 homes --place city.toml --people 500"
    assert cli(["study", "new", "deep/a.toml", "--like", like]) == 0
    monkeypatch.chdir(ROOT)
    found = read(tmp_path / "deep" / "a.toml")
    assert found.places == (str(city),)
    assert found.strategies == ("status_quo", f"{mine},listening=3", "homes")
    assert 'places = ["../city.toml"]' in (tmp_path / "deep" / "a.toml").read_text(encoding="utf-8")


def test_a_place_of_ones_own_lies_beside_the_study(tmp_path: Path) -> None:
    own = read_own((ROOT / "examples" / "my_city.toml").read_text(encoding="utf-8"))
    screen = Screen(place=own.name, own={own.name: own}).with_(people=500)
    (tmp_path / own.name).write_text(own.text, encoding="utf-8")
    found = check_study(saved(tmp_path, screen.study))
    assert (found.rows, found.impossible) == (8, 0)


@pytest.mark.parametrize(("like", "says"), [
    ("unfreeze show homes", "no command that a study can be like"), ("unfreeze", "no command"),
    ("unfreeze compare 'x", "No closing quotation"), ("unfreeze compare --point --sets 4", "--point draws none"),
    ("unfreeze compare --nonsense", "No such option"), ("nothing.toml", "There is no file 'nothing.toml'"),
    ("http://127.0.0.1/?place=atlantis", "no place called 'atlantis'"), ("?people=x", "a whole number"),
])  # fmt: skip
def test_what_is_like_nothing_is_said(like: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["study", "new", str(tmp_path / "a.toml"), "--like", like]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "a.toml").exists()


def test_a_scenario_file_that_is_no_toml_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = tmp_path / "spoilt.toml"
    spoilt.write_text('place = "dublin"\nstrategies = ["homes"]\nplace = "dublin"\n', encoding="utf-8")
    assert cli(["study", "new", str(tmp_path / "a.toml"), "--like", str(spoilt)]) == 2
    assert "spoilt.toml:3" in capsys.readouterr().err


def test_one_row_is_reported(tmp_path: Path) -> None:
    found = new(tmp_path, f"?{SMALL}&s=homes&point=yes")
    one = study(found.data, tmp_path / "out").run("threads")
    assert "1 world; more is better" in Path(one.report()).read_text(encoding="utf-8")
