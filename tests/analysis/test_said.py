"""What is said stands in catalogues: in brackets nothing that we write stands outside them, and gaps are well made."""

import html
import re
from collections.abc import Iterator

import pytest
from matplotlib.text import Text

from analysis import figures, report
from analysis.ask import compare
from analysis.board import aside
from analysis.messages import ORDER, message
from scenarios.language import BRACKETS, ENGLISH, speak
from tools.translate import CATALOGUES, gaps

WORD = re.compile(r"[^\W\d_]{2,}")
# What nobody translates: code, commands, names of sources, and how a run was made.
NOT_OURS = re.compile(r"<(style|code|pre)\b.*?</\1>|<h3>[^<]*Sources.*?</table>|<p[^>]*>\[Versions:\].*?</p>", re.S)
NAMES = re.compile(r"\b(Dublin, single adults|A school district|EUR|USD|\d{4}-\d\d-\d\d|[SR]\d+)\b")


@pytest.fixture
def brackets() -> Iterator[None]:
    """Everything that is said stands in brackets."""
    speak(BRACKETS)
    yield
    speak(ENGLISH)


def outside(text: str) -> list[str]:
    """The words of a text that stand in no brackets."""
    depth, left = 0, []
    for sign in text:
        depth = depth + 1 if sign == "[" else max(0, depth - 1) if sign == "]" else depth
        left.append(sign if depth == 0 else " ")
    return WORD.findall(NAMES.sub(" ", "".join(left)))


def seen(page: str) -> str:
    """All text of a page that is for people, names of attributes for readers and for pictures included."""
    page = NOT_OURS.sub(" ", page[page.index("<body") :])
    page = re.sub(r"<th>[^<]*</th><td>[^<]*(?:<br><span class=\"soft address\">.*?</span>)</td>", " ", page)
    told = re.findall(r"(?:alt|aria-label|title)=\"([^\"]*)\"", page)
    return html.unescape("\n".join([re.sub(r"<[^>]+>", " ", page), *told]))


def test_words_outside_brackets_are_found() -> None:
    assert outside("[one [two] three] four EUR 5 S12") == ["four"]


@pytest.mark.parametrize(
    ("strategies", "asked"),
    [
        (("user_centred", "collective_impact"), {"sets": 8, "replicates": 2}),
        (("user_centred,listening=4", "carrier+practice_1_learn", "homes"), {"point": True, "replicates": 2,
                                                                            "worldview": "innovation"}),
    ],
    ids=["two in plausible worlds", "three, changed and joined, in somebody's world"],
)  # fmt: skip
def test_report_slides_and_sentences_are_marked(
    brackets: None, strategies: tuple[str, ...], asked: dict[str, object]
) -> None:
    compared = compare(*strategies, people=500, months=84, place="dublin", **asked)  # type: ignore[arg-type]
    drawn = [figures.comparison(compared), figures.levers(compared.strategies, None, compared.domain)]
    written = [text.get_text() for figure in drawn for text in figure.findobj(Text)]
    said = [aside(compared), *(message(compared, which) for which in ORDER), *written]
    for text in (seen(report.page(compared, b"")), seen(report.deck(compared)), *said):
        assert outside(text) == [], text[:2000]


@pytest.mark.parametrize("file", list(CATALOGUES))
def test_every_text_has_gaps_that_can_be_filled(file: str) -> None:
    texts = dict.fromkeys(text for text, _ in CATALOGUES[file]())
    assert len(texts) > 500
    assert [text for text in texts if gaps(text) == {""}] == []


def test_gaps_are_the_same_with_another_article() -> None:
    assert gaps("{The crisis_places} of {n}") == gaps("{n} {crisis_places}") == {"crisis_places", "n"}
    assert gaps("{{n}} of {a home}") == {"{n}", "home"}
    assert gaps("{n") == {""}
