"""The slides: every message, provenance on each, one file that needs nothing else, nobody's words as markup."""

import dataclasses
import re

import pytest

from analysis import report
from analysis.messages import ORDER, message
from analysis.slides import provenance, slides
from tests.analysis.test_report import FIGURE, Page

HOSTILE = "<img src=x onerror=alert(1)> **\"'&"


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"names": ("status_quo",)},
        {"names": ("hybrid", "homes", "user_centred", "top_up"), "replicates": 2, "people": 2000},
        {"place": "canada_trial", "world": "from_within", "sets": ("budget=0.02", "context_gap=0.1"), "failed": 1},
    ],
)
def test_each_message_is_a_slide_and_each_slide_says_where_it_comes_from(make, how) -> None:
    compared = make(**how)
    text = report.deck(compared)
    page = Page(text)
    assert [one.text for one in slides(compared)][: len(ORDER)] == [message(compared, which) for which in ORDER]
    number = len(ORDER) + 1
    assert page.tags.count("section") == page.tags.count("footer") == number
    said = " ".join(provenance(compared).split())
    assert page.text.count(said) == number
    for wanted in (compared.place.title, compared.worldview.title, "rules and figures", "not a forecast"):
        assert wanted in said
    assert re.search(r"\d{4}-\d\d-\d\d", said)
    assert all(value.startswith("data:") for name, value in page.attributes if name in ("src", "href"))
    assert "script" not in page.tags


def test_the_words_of_somebodys_own_are_text_in_slides_and_briefing(make, monkeypatch) -> None:
    compared = make()
    own = dataclasses.replace(compared.place, title=HOSTILE, meaning=HOSTILE)
    monkeypatch.setattr(type(compared), "place", own)
    object.__setattr__(compared, "own_words", (HOSTILE, f"{HOSTILE}\nsecond line"))
    for text, least in ((report.deck(compared), 2 * len(slides(compared))), (report.page(compared, FIGURE), 5)):
        page = Page(text)
        assert page.text.count(HOSTILE) >= least
        assert all(value.startswith("data:") for name, value in page.attributes if name == "src")
        assert not any(name.startswith("on") for name, _ in page.attributes)
        assert "script" not in page.tags
