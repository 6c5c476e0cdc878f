"""Languages: a domain's words in sentences, in English and where every text is put in brackets."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.dashboard import _started
from cli.main import run
from engine.errors import BadInput
from scenarios import language
from scenarios.choice import read_choice
from scenarios.domains import find_domain
from scenarios.language import (
    BRACKETS,
    DASHBOARD,
    ENGLISH,
    WORKSHOP,
    Speech,
    said_after,
    said_before,
    say,
    speak,
    spoken,
)
from scenarios.strategy import find_strategy

ROOT = Path(__file__).parents[2]


@pytest.fixture
def brackets() -> Iterator[None]:
    """Everything that is said stands in brackets."""
    speak(BRACKETS)
    yield
    speak(ENGLISH)


def test_general_terms_become_gaps() -> None:
    care = find_domain("intellectual_disability")
    assert find_domain("homelessness").template("Crisis beds in use") == "{Crisis_places} in use"
    assert find_domain("homelessness").template("a crisis bed closed, {x}") == "{a crisis_place} closed, {{x}}"
    assert care.own("A crisis bed for a year") == care.says("{A crisis_place} for a year")
    assert care.own("{x}") == "{x}"


def test_in_brackets_nothing_else_is_said(brackets: None) -> None:
    assert say("Round {number}", number=2) == "[Round 2]"
    assert find_domain("homelessness").own("A crisis bed closed") == "[[a hostel bed] closed]"
    assert find_domain("homelessness").says("{Crisis_places} closed") == "[[hostel beds] closed]"


def test_a_sentence_has_the_domains_words_and_values() -> None:
    domain = find_domain("homelessness")
    assert (
        domain.says("{The crisis_places}: {n} of {who}", n=1234, who="Ann {x}") == "The hostel beds: 1,234 of Ann {x}"
    )
    assert domain.word("crisis_places") == "hostel beds"
    with pytest.raises(KeyError):
        domain.says("{the unknown}")


def test_a_general_text_keeps_its_own_gaps() -> None:
    care = find_domain("intellectual_disability")
    assert care.own("{beds} of {home} beds", beds=2, home=3) == "2 of 3 places"
    assert care.own("{n} crisis beds") == "{n} " + care.words["crisis_places"]
    assert care.own("{n} crisis beds", n=1234) == "1,234 " + care.words["crisis_places"]


def test_joined_and_changed_titles_are_said_part_by_part(brackets: None) -> None:
    told = find_domain("homelessness").told
    joined = told(find_strategy("carrier+practice_1_learn"))
    assert joined.title == "[Carrier] + [Practice 1]"
    assert joined.meaning.endswith("] With it: [Practice 1: learn the system's challenges].]")
    assert told(read_choice("carrier,listening=4").strategy()).title == "[Carrier] ([listening] 4)"


def test_a_part_of_what_is_said_stays_in_brackets(brackets: None) -> None:
    assert (said_before("[One: two]", ":"), said_after("[One: two]", ": ")) == ("[One]", "[two]")
    assert said_after("[One]", ": ") == "[One]"


def test_the_process_speaks_english_until_told() -> None:
    assert spoken().language == ENGLISH
    assert say("{count} people", count=12345.5) == "12,345.5 people"


def test_lists_are_written_as_the_language_writes_them() -> None:
    assert Speech().listed(["a", "b", "c"]) == "a, b and c"
    assert Speech("es").listed(["a", "b", "c"]) == "a, b y c"
    assert Speech().listed(["a"]) == "a"


def test_a_room_and_the_dashboard_each_say_a_text_of_both_as_their_own_catalogue_has_it() -> None:
    for file in (WORKSHOP, DASHBOARD):
        own, speech = language.catalogue("es", file), Speech("es", file)
        assert {one.string for one in own if one.id and speech(str(one.id)) != one.string} == set()


def test_words_change_before_what_fills_a_gap_and_nowhere_else() -> None:
    spanish = Speech("es")
    filled = {"a": "Iniciativa", "b": "hielo", "c": "ocho", "d": "el albergue", "e": "él", "f": "«de el Niño y Inés»"}
    assert spanish.filled("{b} y {b}, {a} y «{a}»", filled) == "hielo y hielo, Iniciativa e «Iniciativa»"
    assert spanish.filled("uno o {c}; nieve y {f}", filled) == "uno u ocho; nieve y «de el Niño y Inés»"
    assert spanish.filled("De {d} a {d}, a {e}", filled) == "Del albergue al albergue, a él"
    assert (
        spanish.filled("{d} frente a {g}", {**filled, "g": "Sin fundación"})
        == "el albergue frente a no tener fundación"
    )
    assert spanish.listed(["nieve", "Impacto"]) == "nieve e Impacto"
    assert spanish.listed(["nieve", "{hielo}"]) == "nieve y {hielo}"
    assert Speech().filled("a y {a}", filled) == "a y Iniciativa"


def test_another_language_is_refused() -> None:
    with pytest.raises(BadInput, match="There is no language 'xx'"):
        Speech("xx")


def test_an_unfinished_catalogue_is_kept_and_not_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    path = tmp_path / "fr" / "LC_MESSAGES" / DASHBOARD
    path.parent.mkdir(parents=True)
    path.write_text(f"# Texts.\n# {language.UNFINISHED}\n", encoding="utf-8")
    assert language.languages(DASHBOARD) == ["en"]
    assert language.languages(DASHBOARD, unfinished=True) == ["en", "fr"]
    path.write_text('# Texts.\nmsgid "a"\nmsgstr "b"\n', encoding="utf-8")
    assert language.languages(DASHBOARD) == ["en", "fr"]


@pytest.mark.parametrize("said", ["fr", "xx", "<b>"])
def test_a_language_that_is_not_whole_is_refused(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dashboard", "--no-open", "--language", said]) == 2
    assert f"The dashboard does not speak '{said}'. Allowed: en, es." in capsys.readouterr().err


def test_another_server_process_is_told_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr("subprocess.Popen", lambda command, **_: told.append(command))
    _started("127.0.0.1", 8766, ["box"], BRACKETS)
    assert told[0][told[0].index("--language") + 1] == BRACKETS


def test_another_thread_speaks_the_same_language(brackets: None) -> None:
    """Files to take home, studies and answers are made in threads of their own."""
    said: list[str] = []
    one = threading.Thread(target=lambda: said.append(say("{n} runs", n=2)))
    one.start()
    one.join()
    assert said == ["[2 runs]"]


def test_no_other_process_makes_texts_of_the_dashboard() -> None:
    """A process has a language of its own, English until it is told: one that is started here must `speak` first, and
    then belongs into this list.  Calibration is for the command line, which speaks English."""
    starts = re.compile(r"\b(subprocess|multiprocessing|ProcessPoolExecutor|os\.fork)\b")
    files = [path for folder in ("dashboard", "runs", "analysis") for path in (ROOT / folder).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in files if starts.search(path.read_text(encoding="utf-8"))}
    assert found == {"analysis/calibration/workers.py"}
