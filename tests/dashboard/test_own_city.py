"""A city of one's own: the draft and its complaints, the session that alone has it, and the file for the command."""

import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    from dashboard.session import MOST_OWN, Session

import tomllib

from dashboard.downloads import key
from dashboard.own_city import WHOLE, asked, draft_of, form, read_draft, text_of
from dashboard.runs import Desk
from dashboard.screen import MOST_PEOPLE, Screen, opened
from dashboard.studies import Studies
from dashboard.texts import as_typed, to_type
from engine.errors import BadInput
from engine.typed import read_number
from scenarios.domains import find_domain
from scenarios.language import BRACKETS, ENGLISH, speak
from scenarios.own_place import LARGEST, as_toml, read_own
from scenarios.places import read_place
from scenarios.request import LONGEST_NOTES, from_file, from_link
from scenarios.scenario import MONTHS
from tests.analysis.test_said import outside

pytestmark = pytest.mark.filterwarnings("ignore")
ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "examples" / "my_city.toml").read_text()
GROUPS = (ROOT / "examples" / "my_city_groups.toml").read_text()


def with_city(text: str = EXAMPLE, **changes: object) -> tuple[Session, str]:
    """A session whose screen shows the city."""
    session = Session("people=500&months=80", Desk())
    own = session.take(text)
    session.change(lambda s: s.with_(place=own.name, **changes))
    assert not session.complaints.value
    return session, own.name


@pytest.mark.parametrize("text", [EXAMPLE, GROUPS])
def test_a_file_goes_through_the_form_and_stays_the_same_place(text: str) -> None:
    draft, whole = draft_of(text), read_own(text)
    assert text_of(draft, text) == text
    again = read_own(text_of({**draft, "inflow": draft["inflow"] + ".0"}, text))
    assert again.place.values == whole.place.values
    assert again.place.groups == whole.place.groups
    assert {n: (f.low, f.high, f.mark, f.source) for n, f in again.place.figures.items()} == {
        n: (f.low, f.high, f.mark, f.source) for n, f in whole.place.figures.items()}  # fmt: skip


@pytest.mark.parametrize("text", [EXAMPLE, GROUPS])
def test_in_a_language_with_decimal_commas_the_form_shows_and_reads_them(text: str) -> None:
    speak("es")
    try:
        draft = draft_of(text)
        numbers = [value for name, value in draft.items() if name.partition(".")[2] in ("", "low", "high")]
        assert any("," in value for value in numbers)
        assert text_of(draft, text) == text
        again = read_own(text_of({**draft, "inflow": "1.234,5"}, text)).place
        assert again.values == {**read_own(text).place.values, "inflow": 1234.5}
        assert [read_draft({**draft, "inflow": typed}, text).own is None for typed in ("55,5", "55.5", "5,5,5", "viele")
                ] == [False, False, True, True]  # fmt: skip
    finally:
        speak(ENGLISH)


def test_a_number_that_is_shown_to_be_typed_reads_back() -> None:
    for language in (ENGLISH, "es"):
        speak(language)
        try:
            for value in (0.5, 3.125, 1234.5, 75000.0, -0.05, 1e-7, 1 / 3):
                assert read_number("x", as_typed(to_type(value))) == value
        finally:
            speak(ENGLISH)


def test_the_form_is_said_in_another_language() -> None:
    speak(BRACKETS)
    try:
        shape = form(find_domain("homelessness"))
    finally:
        speak(ENGLISH)
    for one in (*shape["heads"], *shape["parts"], *shape["figures"]):
        said = [one.get(name, "") for name in ("label", "hint", "unit", "usual")]
        said += [option["title"] for option in one.get("options", ()) if one["name"] != "currency"]
        assert outside(" ".join(said)) == []


def test_each_wrong_field_is_said_beside_it_in_the_loaders_words(tmp_path: Path) -> None:
    draft = {**draft_of(EXAMPLE), "inflow": "many", "crisis_beds": "-3", "rough_stock.low": "99", "currency": "ABC"}
    del draft["providers"]
    read = read_draft(draft)
    assert read.own is None
    assert set(read.trouble) == {"inflow", "crisis_beds", "rough_stock", "currency", "providers"}
    for name, wrong in (("inflow", "many"), ("crisis_beds", "-3")):
        file = tmp_path / "city.toml"
        file.write_text(text_of({**draft_of(EXAMPLE), name: wrong}))
        with pytest.raises(BadInput) as loader:
            read_place(file)
        assert loader.value.what in read.trouble[name]


def test_what_is_hardly_true_is_said_and_runs_all_the_same() -> None:
    read = read_draft({**draft_of(EXAMPLE), "inflow": "5000"}, EXAMPLE)
    assert read.own is not None
    assert "Check whether that is a year's figure" in read.odd["inflow"]
    assert "doubles" in read.odd[WHOLE]


def test_the_form_asks_for_every_figure_that_a_place_must_know() -> None:
    needed = {one["name"] for one in form(find_domain("homelessness"))["figures"] if one["needed"]}
    assert needed == {one.name for one in asked() if one.value is None}
    assert set(read_draft({}).trouble) >= needed | {"title", "meaning", "currency", "domain"}


@pytest.mark.parametrize("domain", ["/etc/passwd.toml", "../../../etc/hostname.toml", "mine.toml"])
def test_a_text_from_elsewhere_names_no_file(domain: str) -> None:
    with pytest.raises(BadInput, match="no domain that ships"):
        read_own(EXAMPLE.replace('"homelessness"', f'"{domain}"'))


@pytest.mark.parametrize("text", ["", "x" * (LARGEST + 1), "a = [" * 5000, "title = 3", "\0", "[groups]\n" + EXAMPLE])
def test_a_text_that_is_no_place_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadInput):
        read_own(text)


def test_only_the_session_that_has_a_city_can_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    session, name = with_city()
    link = session.screen.value.query
    other = Session(link, Desk())
    assert other.trouble.value == ""  # until its browser has said what it has
    other.recall([])
    assert "only the session that made it has it" in other.trouble.value
    assert other.screen.value.place == "dublin"
    other.change(lambda s: s.with_(place="dublin", people=600))
    with pytest.raises(BadInput):
        Screen().named("place", name)
    (tmp_path / name).write_text(EXAMPLE)  # and no name is ever opened as a path
    assert "only the session" in opened(from_link, link)[1]
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_another_text_has_another_name_and_another_question() -> None:
    one, name = with_city()
    other, second = with_city(EXAMPLE.replace("inflow = 55", "inflow = 56"))
    assert name != second
    assert one.screen.value.question != other.screen.value.question


def test_a_refresh_and_undo_bring_it_back() -> None:
    session, name = with_city()
    text = session.own[name].text
    after = Session(session.screen.value.query, Desk())
    after.recall([text, 3, "no place"])
    assert (after.screen.value.place, after.trouble.value) == (name, "")
    session.undo()
    assert session.screen.value.place == "dublin"
    session.redo()
    assert session.screen.value.place == name


def test_a_session_keeps_the_newest_cities_and_the_one_on_the_screen() -> None:
    session, name = with_city()
    for inflow in range(60, 60 + 2 * MOST_OWN):
        session.take(EXAMPLE.replace("inflow = 55", f"inflow = {inflow}"))
    assert len(session.own) == MOST_OWN
    assert name in session.own


def test_the_saved_file_gives_the_command_the_same_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, name = with_city()
    screen = session.screen.value
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(session.own[name].text)
    (tmp_path / "scenario.toml").write_text(screen.file)
    assert f"--place {name}" in screen.command
    typed = from_file("scenario.toml")
    for ours, theirs in zip(screen.asked, typed.asked, strict=True):
        assert ours.parameters().tobytes() == theirs.parameters().tobytes()
        assert (ours.people, ours.months, ours.seed, ours.place.name) == (
            theirs.people, theirs.months, theirs.seed, theirs.place.name)  # fmt: skip


def test_a_large_city_is_no_way_around_the_cap() -> None:
    session, _ = with_city(EXAMPLE.replace("value = 620\nlow = 600\nhigh = 640", "value = 400000"))
    session.change(lambda s: s.with_(people=None), "people")
    assert f"Allowed: {MOST_PEOPLE * MONTHS // 80:,} people for 80 months" in session.complaints.value["people"]
    assert session.screen.value.people == 500


def test_toml_text_reads_back() -> None:
    data = {"a": 'line\n"quoted" \\ \x7f é', "b": 1, "c": [1.5, 2], "t": {"x": True, "deep er": {"y": 1e-9}}}
    assert tomllib.loads(as_toml(data)) == data


def test_title_and_notes_travel_and_change_no_run(tmp_path: Path) -> None:
    words = {"heading": "Board, <b>May</b>", "notes": "One & two\nthree"}
    screen = Screen().with_(**words)
    assert screen.question == Screen().question
    read = opened(from_link, screen.query)[0]
    assert (read.heading, read.notes) == tuple(words.values())
    (tmp_path / "s.toml").write_text(screen.file)
    assert from_file(tmp_path / "s.toml").notes == words["notes"]
    assert key(screen, Studies()) != key(Screen(), Studies())  # nobody gets files with somebody else's notes


def test_notes_have_a_limit_that_a_link_can_carry() -> None:
    screen, trouble = opened(from_link, "notes=" + "x" * (LONGEST_NOTES + 1))
    assert f"at most {LONGEST_NOTES}" in trouble
    assert screen.notes == ""
    widest = Screen().with_(notes="😀" * LONGEST_NOTES, heading="😀" * 100)
    assert opened(from_link, widest.query)[0].notes == widest.notes
    assert "nobody sees" in opened(from_link, "title=a%E2%80%AEb")[1]


@pytest.mark.parametrize("found", [None, "x", {"query": 3}, {"query": "page=money", "own": 3}, {"query": "a=b" * 9000}])
def test_what_the_browser_kept_may_be_anything(found: object) -> None:
    session = Session("people=500&months=80", Desk())
    session.open(found)
    assert session.screen.value.checked()
