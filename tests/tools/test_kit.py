"""The kit: every paper is what it would be now, its numbers are those of a run, it needs nothing else and it prints."""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from scenarios.language import ENGLISH, WORKSHOP, Speech, languages
from tests.workshop.marked import Marked, outside
from tools import kit
from tools.translate import of_papers

PAPERS = ("care", "evaluation", "glossary", "guide", "handout", "poster", "role_cards", "slides", "table_sheets")
FOLDERS = {one: kit.KIT if one == ENGLISH else kit.KIT / one for one in languages(WORKSHOP)}


@pytest.mark.slow
def test_no_paper_and_no_number_in_it_is_stale() -> None:
    assert kit.stale() == []
    for folder in FOLDERS.values():
        assert {one.stem for one in folder.glob("*.html")} == {*PAPERS}


@pytest.mark.slow
def test_a_stale_number_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kit.numbers()
    for one in (*kit.KIT.glob("*.html"), *kit.KIT.glob("*/*")):
        there = tmp_path / one.relative_to(kit.KIT)
        there.parent.mkdir(exist_ok=True)
        there.write_bytes(one.read_bytes())
    now = kit.numbers()["now"]
    wrong = tmp_path / "handout.html"
    assert now in wrong.read_text(encoding="utf-8")
    wrong.write_text(wrong.read_text(encoding="utf-8").replace(f"{now} people", "1 people"), encoding="utf-8")
    monkeypatch.setattr(kit, "KIT", tmp_path)
    assert kit.stale() == ["handout.html"]
    (tmp_path / "es" / "care.html").unlink()
    assert kit.stale() == ["es/care.html", "handout.html"]


@pytest.mark.parametrize("language", FOLDERS)
@pytest.mark.parametrize("name", PAPERS)
def test_no_paper_needs_anything_from_elsewhere(name: str, language: str) -> None:
    text = (FOLDERS[language] / f"{name}.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|<img|https?://|@import|url\(", text)
    assert f'<html lang="{language}">' in text
    unreviewed = Speech(language)("Translated by a machine, not yet reviewed by a native speaker.")
    assert (unreviewed in text) == (language != ENGLISH)


def test_no_word_in_any_paper_is_untranslated(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("now", "later", "full", "low", "middle", "high", "runs", "above", "sets", "each")
    invented = dict.fromkeys(names, 1) | {"first": "〚a〛", "second": "〚b〛", "course": Markup(), "dots": Markup()}
    monkeypatch.setattr(kit, "Speech", Marked)
    monkeypatch.setattr(kit, "numbers", lambda language: invented)
    for name, text in kit.papers().items():
        assert outside(text) == set(), name


def test_no_number_of_a_run_is_typed_into_a_source() -> None:
    """Numbers with more than two digits come from runs and plans, but for sizes in the style and lengths of plans."""
    sources = [re.sub(r"\{[{%].*?[%}]\}|&#\d+;", "", one.read_text(encoding="utf-8"), flags=re.S)
               for one in (kit.KIT / "source").glob("*.html")]  # fmt: skip
    for text in (*sources, *(text for text, _ in of_papers())):
        assert not re.findall(r"\d{3,}|\d+[.,]\d+", re.sub(r"\b(?:60|90|180)\b", "", text)), text


def test_the_guide_says_every_plan_to_the_minute() -> None:
    for plan, lines in kit.agendas(Speech()).items():
        assert lines[0]["from"] == 0
        assert lines[-1]["to"] == plan
        assert all(a["to"] == b["from"] for a, b in itertools.pairwise(lines))


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_paper_prints_on_a4_and_letter(chromium: Any) -> None:
    """Nothing is wider than the sheet."""
    page = chromium.new_page()
    page.emulate_media(media="print")
    for folder, name in itertools.product(FOLDERS.values(), PAPERS):
        page.goto((folder / f"{name}.html").as_uri())
        for sheet, millimetres in (("A4", 180), ("Letter", 186)):
            page.set_viewport_size({"width": round(millimetres / 25.4 * 96), "height": 1000})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (name, sheet)
            assert page.pdf(format=sheet).startswith(b"%PDF")
    page.close()
