"""The page Answer without a browser: what it says where nothing is stored, of stored rows, and near to beliefs."""

from __future__ import annotations

import json
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    import dashboard.pages as pages
    from dashboard.pages.answer import WhoLeads
    from dashboard.session import Session

from cli.main import run
from dashboard import answered
from dashboard.answered import BELIEVE, FOLDER, LETTERS, believed, controls, offer, shares, there, told, with_belief
from dashboard.assumed import _catalogue
from dashboard.runs import Desk
from dashboard.screen import Screen, read_query
from engine.errors import BadInput
from evidence.quantities import find_quantity, inputs
from scenarios.domains import find_domain
from scenarios.language import BRACKETS, ENGLISH, speak
from studies.answer.page import TOO_FEW, read_page
from studies.answer.page import believed as believed_by_command
from studies.answer.plan import plan
from studies.answer.stored import Stored
from studies.answer.texts import Part
from studies.answer.texts import said as in_general
from tests.analysis.test_said import outside
from tests.answers import repeated

pytestmark = pytest.mark.filterwarnings("ignore")
HERE = "people=500&months=80&page=answer"


def seen(query: str, wait: str) -> tuple[str, list[Any]]:
    """All that the page says, once it says `wait`; and its parts."""
    session = Session(query, Desk(cores=2, keep=pages.KEEP))
    box, rendered = solara.render(WhoLeads(session), handle_error=False)
    try:
        for _ in range(300):
            text, parts = said(box)
            if wait in text:
                return text, parts
            time.sleep(0.1)
        raise AssertionError(text)
    finally:
        rendered.close()


def said(box: Any) -> tuple[str, list[Any]]:
    found, texts = [box], list[str]()
    for one in found:
        children = getattr(one, "children", None) or []
        texts += [child for child in children if isinstance(child, str)]
        found += [child for child in children if not isinstance(child, str)]
    return " ".join(texts), found


def in_words(part: Part) -> str:
    """As the page has it: in the words of Dublin's field."""
    return find_domain("homelessness").own(in_general(part).replace("`", ""))


# --- nothing stored ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["dublin", "ireland_disability"])
def test_without_a_stored_answer_the_page_says_so_and_shows_no_number_of_worlds(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    text, parts = seen(f"{HERE}&place={place}", "How to run it")
    assert "Nobody knows yet: this has not been run." in text
    for what in (
        "unfreeze answer --quick",
        "unfreeze dashboard --answer DIR",
        "docs/plan.md",
        "2,000",
        "tuned by the same",
    ):
        assert what in text
    assert not [one for one in parts if hasattr(one, "packed_contrasts") or hasattr(one, "packed_groups")]
    sentences = [text for kind in plan()["sentences"].values() for text in kind.values()]
    assert not [one for one in sentences if one.partition("{")[0] and one.partition("{")[0] in text]


def test_a_folder_that_holds_no_answer_is_refused_and_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="unfreeze answer --out"):
        offer(str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match="unfreeze answer"):
        offer(str(tmp_path))
    assert there(tmp_path) == ()
    for name in ("arms-dublin-00.parquet", "page.json"):  # rows of a run that goes on, then their page
        assert there(tmp_path) == ()
        (tmp_path / name).write_text("{}")
    assert [name for name, *_ in there(tmp_path)] == ["arms-dublin-00.parquet", "page.json"]


def test_the_server_does_not_start_with_a_folder_that_holds_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dashboard", "--no-open", "--answer", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "unfreeze answer" in error
    assert "Traceback" not in error


# --- beliefs in the address -------------------------------------------------------------------------------------------


def test_beliefs_travel_in_the_link_and_need_no_runs() -> None:
    screen = with_belief(with_belief(read_query(HERE), "contact", "0,1"), "context_gap", 0)
    assert screen.remembered(BELIEVE) == "contact=0.1,context_gap=0"
    again = read_query(screen.query)
    assert believed(again) == {"contact": 0.1, "context_gap": 0.0}
    assert again.question == read_query(HERE).question
    assert believed(with_belief(again, "contact", None)) == {"context_gap": 0.0}
    assert with_belief(with_belief(again, "contact", None), "context_gap", None).more == ()


def test_what_nobody_can_believe_is_refused_in_words() -> None:
    for name, typed, words in (("contact", "much", "number"), ("contact", 99, "contact"), ("contct", 1, "contct")):
        with pytest.raises(BadInput, match=words):
            with_belief(Screen(), name, typed)
    many = [name for name, one in inputs().items() if not one.choices][:12]
    screen = Screen().with_more(BELIEVE, ",".join(f"{name}={find_quantity(name).high:g}" for name in many)[:LETTERS])
    with pytest.raises(BadInput, match=f"{LETTERS} letters"):
        with_belief(screen, "contact", 0.1234567)


def test_a_belief_is_typed_as_the_language_writes_numbers() -> None:
    for language, typed in ((ENGLISH, "0.125"), ("es", "0,125"), ("es", "0.125")):
        speak(language)
        try:
            assert believed(with_belief(Screen(), "contact", typed)) == {"contact": 0.125}
        finally:
            speak(ENGLISH)


def test_what_is_no_belief_in_a_link_is_passed_over() -> None:
    assert believed(read_query(f"{HERE}&{BELIEVE}=contact=0.1,nonsense,foo=3,context_gap=x,fit_width=-5")) == {
        "contact": 0.1
    }


# --- a stored answer --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_stored_answer_is_shown_and_every_number_of_it_is_stored(
    stored_answer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(stored_answer))
    text, parts = seen(HERE, "Your beliefs")
    page = read_page(stored_answer)
    for part in (
        *page.said,
        *page.warnings,
        *page.cannot,
        *(word for one in page.parts.values() for word in one.words),
    ):
        assert in_words(part) in text
    assert "Of all 404 worlds." in text
    for name in page.parts:
        assert name in text
    (form,) = [one for one in parts if hasattr(one, "packed_groups")]
    assert form.name == "believe"
    assert "contact" in form.packed_groups


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", f"&{BELIEVE}=contact=0.1", "&place=ireland_disability"])
def test_in_another_language_all_of_the_page_is_said_in_it(
    query: str, stored_answer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(stored_answer))
    speak(BRACKETS)
    _catalogue.cache_clear()  # what is kept there is said already
    try:
        _, parts = seen(HERE + query, "How to run it" if "place" in query else "Your beliefs")
    finally:
        speak(ENGLISH)
        _catalogue.cache_clear()
    for one in parts:
        texts = list[str]()
        if getattr(one, "tag", "") != "code":
            texts += [child for child in getattr(one, "children", None) or [] if isinstance(child, str)]
        for packed in ("packed_contrasts", "packed_groups"):
            texts += [found["title"] for found in json.loads(getattr(one, packed, None) or "[]")]
        assert outside(" ".join(texts)) == []


@pytest.mark.slow
def test_a_belief_is_told_as_the_command_tells_it(stored_answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(stored_answer))
    value = find_quantity("contact").high
    text, parts = seen(f"{HERE}&{BELIEVE}=contact={value:g}", "nearest to your beliefs")
    assert "The 101 worlds nearest to your beliefs: " in text
    assert find_quantity("contact").meaning.rstrip(".") in text
    command = believed_by_command(stored_answer, True, {"contact": value})
    head, rest = in_words(command.split("  ", 1)[1]).split(". ", 1)  # the first sentence is the headline
    assert f"{head}." in text
    assert rest in text
    of = answered.answered(stored_answer, there(stored_answer))
    now, domain = told(of, {"contact": value}), find_domain("homelessness")
    near = Stored(stored_answer, quick=True).near({"contact": value})
    shown = shares(now, of.whole, domain)[0]["rows"]
    for row, measure in zip(shown, ("people", "money", "places", "fit"), strict=True):
        gap = near.gap("users_people", "funder_people", measure).share
        assert gap is not None
        assert row["parts"] == pytest.approx([gap.better[0], gap.same[0], gap.worse[0]], abs=1e-4)
        assert all(cell["was"] for cell in row["cells"])
    assert [one for one in parts if hasattr(one, "packed_contrasts")]


@pytest.mark.slow
def test_what_these_worlds_cannot_tell_apart_is_left_out_and_said(stored_answer: Path) -> None:
    of = answered.answered(stored_answer, there(stored_answer))
    now = told(of, {"capacity_nobody_drew": 1.0})
    assert (now.worlds, now.said) == (404, of.whole.said)
    assert "capacity_nobody_drew" in now.trouble


@pytest.mark.slow
def test_every_quantity_that_differs_is_a_control_once_and_in_words(stored_answer: Path) -> None:
    of = answered.answered(stored_answer, there(stored_answer))
    groups = controls(with_belief(read_query(HERE), "contact", 0.1), of)
    every = [one for group in groups for one in group["controls"]]
    assert sorted(one["name"] for one in every) == sorted(of.beliefs)
    assert {one["name"] for one in every if one["changed"]} == {"contact"}
    assert not [one for one in every if one["label"] == one["name"] or "{" in one["label"]]
    if of.first:
        assert [one["name"] for one in groups[0]["controls"]] == list(of.first)
    assert sum(group["open"] for group in groups) == bool(of.first)


@pytest.mark.slow
def test_another_field_is_not_told_of_this_one(stored_answer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(stored_answer))
    text, _ = seen(f"{HERE}&place=ireland_disability", "How to run it")
    assert "Nothing is stored for this field: intellectual disability" in text
    assert in_general(TOO_FEW) not in text
    assert not any(in_general(sentence) in text for sentence in read_page(stored_answer).said)


@pytest.mark.slow
def test_rows_of_other_rules_are_refused_in_words(
    stored_answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studies.answer.worlds.digits", lambda drawn: "another")
    repeated(stored_answer.parent / "four", tmp_path, 1)
    (tmp_path / "page.json").write_bytes((stored_answer / "page.json").read_bytes())
    monkeypatch.undo()
    monkeypatch.setenv(FOLDER, str(tmp_path))
    text, _ = seen(HERE, "How to run it")
    assert "The stored answer cannot be shown." in text
    assert "of other rules" in text
    with pytest.raises(BadInput, match="of other rules"):
        offer(str(tmp_path))


@pytest.mark.slow
def test_a_belief_in_a_full_answer_is_told_of_a_quarter_of_its_worlds(
    stored_answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2,000 worlds in each of three places: the four worlds again and again."""
    full = repeated(stored_answer.parent / "four", tmp_path, 500, tuple(plan()["places"]["core"]))
    monkeypatch.setattr(answered, "read_page", lambda where: None)
    of = answered.answered(full, there(full))
    assert of.found.number() == 6000
    for beliefs in ({"contact": 0.1}, {"contact": 0.05}, {"contact": 0.1, "context_gap": 0.0, "fit_width": 0.3}):
        now = told(of, beliefs)
        assert shares(now, of.whole, find_domain("homelessness"))
        assert now.worlds == 1500
