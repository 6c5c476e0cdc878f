"""`unfreeze list` and `unfreeze show`: everything that has a name can be listed, shown and found again."""

import json
from pathlib import Path

import pytest

from cli.catalogue import KINDS, entries, names
from cli.main import run
from cli.show import Page, Section, find_pages
from engine.errors import BadInput, UnknownName
from evidence.quantities import load_quantities
from runs.where_it_starts import month_zero
from scenarios.domain_words import WORDS
from scenarios.domains import find_domain
from scenarios.levers import load_levers
from scenarios.places import find_place

ROOT = Path(__file__).parents[2]
MY_CITY = ROOT / "examples" / "my_city.toml"


@pytest.mark.parametrize("kind", KINDS)
def test_list_has_one_line_for_each_name(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", kind]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines[2:] if line.strip()]
    assert listed == list(names(kind))
    assert len(listed) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_everything_listed_can_be_shown(kind: str) -> None:
    for entry in entries(kind):
        pages = find_pages(entry["name"])
        page = next(page for page in pages if page.kind in (KINDS[kind], entry.get("role")))
        assert page.facts["meaning"] == entry["meaning"]
        for section in page.sections:
            assert all(len(row) == len(section.columns) for row in section.rows), (entry["name"], section.title)


def test_list_without_a_kind_counts_what_it_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == 0
    out = capsys.readouterr().out
    assert "user_centred" in out
    assert "dublin" in out
    assert f"{len(load_levers())} levers: unfreeze list levers" in out


def test_list_as_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == set(KINDS)
    assert run(["list", "levers", "--json"]) == 0
    levers = json.loads(capsys.readouterr().out)["levers"]
    assert {lever["name"]: lever["rest"] for lever in levers} == {n: v.rest for n, v in load_levers().items()}


def test_an_unknown_list_is_named_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "leavers"]) == 2
    assert "Did you mean 'levers'?" in capsys.readouterr().err


@pytest.mark.parametrize("spoken", ["strategy", "Worldviews", "worlds", "world", "Parameter"])
def test_a_list_may_be_asked_for_in_other_words(spoken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", spoken]) == 0
    assert capsys.readouterr().out


def test_a_parameter_says_value_unit_range_source_mark_and_where_it_acts(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "dropout_fit"]) == 0
    out = capsys.readouterr().out
    for said in ("0.68", "odds ratio", "0.55 to 1", "verified", "Swift 2011", "https://", "8 people live",
                 "agents.service_user:losses_hang_on", "sceptic"):  # fmt: skip
        assert said in out


def test_a_lever_says_gain_cost_steps_and_who_moves_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "listening"]) == 0
    out = capsys.readouterr().out
    for said in ("gain", "cost", "3 people are listened to", "practice_1_learn", "cycles a year"):
        assert said in out


def test_a_strategy_says_which_levers_it_moves_in_each_phase() -> None:
    (page,) = find_pages("user_centred")
    (levers,) = page.sections
    assert levers.columns[1:3] == ("from month 0", "from month 24")
    moved = {row[0]: row[1:3] for row in levers.rows}
    assert moved["share_spotlight"][0] == "0" != moved["share_spotlight"][1]
    assert "campaign" not in moved


def test_a_place_explains_each_of_its_fields() -> None:
    (page,) = find_pages("dublin")
    figures, own = find_place("dublin").figures, find_domain("homelessness").own
    rows = {row[0]: row for row in page.sections[0].rows}
    assert set(rows) == set(figures)
    for name, row in rows.items():
        assert own(load_quantities()[name].meaning) == row[-1]
        assert own(load_quantities()[name].unit) == row[3]


def _section(page: Page, title: str) -> Section:
    return next(one for one in page.sections if one.title.startswith(title))


def test_a_place_shows_where_it_starts_beside_what_it_declares_and_publishes() -> None:
    (page,) = find_pages("south_dublin")
    starts = _section(page, "Where it starts")
    assert starts.columns == ("figure", "declared", "fitted", "month 0", "published", "difference", "unit", "use")
    rows = {row[0]: dict(zip(starts.columns, row, strict=True)) for row in starts.rows}
    here = month_zero(find_place("south_dublin"))
    beds = rows["people_in_beds"]
    assert (beds["declared"], beds["published"], beds["use"]) == ("314", "313", "given")
    assert beds["month 0"] == f"{here['people_in_beds']:,.0f}"
    assert beds["difference"] == f"{here['people_in_beds'] - 313:,.0f}"
    assert (rows["hidden"]["published"], rows["hidden"]["use"]) == ("", "")
    assert rows["change_in_year"]["month 0"] == ""  # no figure of one night
    published = {row[0]: row for row in _section(page, "What is published").rows}
    assert set(published) == set(find_place("south_dublin").published)
    assert published["change_in_year"][4:6] == ("check", "derived")


def test_what_is_odd_about_a_place_is_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.toml"
    path.write_text("hidden_ratio = 4.1\n" + MY_CITY.read_text())
    assert run(["show", str(path)]) == 0
    said = capsys.readouterr()
    assert "Check: " in said.err
    text = " ".join(said.err.split())
    assert ": 4.1, and plausible is 0.5 to 3" in text
    assert "[hidden_ratio]" in text  # what it is called in the file
    assert run(["show", str(path), "--json"]) == 0
    (page,) = json.loads(capsys.readouterr().out)
    rows = next(one["rows"] for one in page["sections"] if one["title"] == "To check")
    assert any(": 4.1, and plausible is 0.5 to 3" in text for _, text in rows)
    assert run(["show", str(MY_CITY)]) == 0
    assert "Check: " not in capsys.readouterr().err


def test_a_target_says_that_no_rule_reads_it() -> None:
    name = next(n for n, q in load_quantities().items() if q.role == "target" and n not in names("measures"))
    (page,) = find_pages(name)
    assert "no rule reads it" in page.facts["role"]
    assert "acts in" not in page.facts


def test_one_name_may_be_two_things() -> None:
    assert {page.kind for page in find_pages("crisis_beds")} == {"parameter", "measure"}


def test_names_may_be_written_as_people_write_them() -> None:
    assert find_pages("User-centred")[0].name == "user_centred"


def test_an_unknown_name_is_exit_2_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "refer_beleif"]) == 2
    said = capsys.readouterr()
    assert "Did you mean 'refer_belief'?" in said.err
    assert said.out == ""
    with pytest.raises(UnknownName) as caught:
        find_pages("user_centered")
    assert caught.value.nearest == "user_centred"
    with pytest.raises(BadInput, match="unfreeze list"):
        find_pages("xqzw")


def test_show_as_json_holds_what_the_screen_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "budget", "--json"]) == 0
    (page,) = json.loads(capsys.readouterr().out)
    assert page["facts"]["unit"] == load_levers()["budget"].unit


def test_my_own_city_names_every_figure_that_only_a_place_can_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "my-own-city"]) == 0
    out = capsys.readouterr().out
    for name in (n for n, q in load_quantities().items() if q.value is None):
        assert name in out
    assert "examples/my_city.toml" in out
    assert MY_CITY.exists()


def test_my_own_domain_names_every_word_and_ours_for_those_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "my-own-domain"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in WORDS)
    assert "examples/my_domain.toml" in out


def test_a_field_of_ones_own_takes_under_forty_lines_and_says_all_that_is_missing(tmp_path: Path) -> None:
    text = (ROOT / "examples" / "my_domain.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 40
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    mine = find_domain(tmp_path / "mine.toml")
    assert mine.own("tenants lose a home") == "people with home care lose a home"
    assert mine.words["crisis"] == "in a care home place"
    lines = [line for line in text.splitlines() if not line.startswith(("crisis_place ", "service_users "))]
    (tmp_path / "wrong.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadInput, match="Words are missing: crisis_place, service_users"):
        find_domain(tmp_path / "wrong.toml")


def test_a_file_of_ones_own_is_shown_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(MY_CITY)]) == 0
    assert "our bed register, March" in capsys.readouterr().out
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(MY_CITY.read_text().replace("inflow = 55", 'inflow = "many"'))
    assert run(["show", str(wrong)]) == 2
    assert "inflow" in capsys.readouterr().err
    strategy = tmp_path / "mine.toml"
    strategy.write_text((ROOT / "scenarios" / "strategies" / "homes.toml").read_text())
    assert find_pages(str(strategy))[0].kind == "strategy"


def test_a_saved_scenario_says_what_it_asks_and_how_to_ask_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text('place = "denver"\nstrategies = ["homes", "user_centred,listening=4"]\nset = ["contact=0"]\n')
    assert run(["show", str(file), "--json"]) == 0
    (page,) = json.loads(capsys.readouterr().out)
    assert page["kind"] == "scenario"
    assert page["facts"]["command"] == (
        "unfreeze compare homes user_centred,listening=4 --place denver --set contact=0"
    )
    assert run(["run", str(file)]) == 2
    assert "2 strategies were given" in capsys.readouterr().err
