"""The briefing: its first page is one page on A4 and on Letter, and its numbers those of command and screen; slides."""

import re
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from tests.dashboard.conftest import browser_path

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
# What is left of a sheet between the margins of the template (15 mm, 14 mm), in CSS pixels of 1/96 inch.
SHEETS = {"A4": (688, 1009), "Letter": (710, 942)}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("briefing") / "out"
    words = ["compare", "implementation_support", "user_centred", "--people", "500", "--months", "84", "--point",
             "--replicates", "4", "--out", str(out)]  # fmt: skip
    assert run(words) == 0
    return out / "report.html"


@pytest.mark.parametrize("sheet", list(SHEETS))
def test_it_is_one_page(chromium: Any, report: Path, sheet: str) -> None:
    assert browser_path()
    width, height = SHEETS[sheet]
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.emulate_media(media="print")
    page.goto(report.as_uri())
    box = page.locator(".board").bounding_box()
    assert box["height"] <= height
    assert box["width"] <= width
    page.close()


def test_it_says_what_a_board_needs_and_what_it_is(chromium: Any, report: Path) -> None:
    page = chromium.new_page()
    page.goto(report.as_uri())
    said = page.inner_text(".board")
    assert len(page.inner_text(".board h1").split()) <= 30
    assert page.locator(".board .three dt").count() == 3
    assert page.locator(".board img").count() == 1
    for wanted in ("How sure?", "What it does not say", "Dublin", "worldview: Evidence", "500 simulated people",
                   "not a forecast", "Unfreeze 0.", "rules and figures"):  # fmt: skip
        assert wanted in said
    appendix = page.inner_text("body").removeprefix(said)
    for number in page.locator(".board .three dd").all_inner_texts():
        for part in number.split(" (")[0].split()[-1:]:
            assert part in appendix  # the same number as in the tables behind it
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (1024, 768), (390, 844)])
def test_no_slide_runs_over_and_each_prints_on_a_page(chromium: Any, report: Path, width: int, height: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": height})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((report.parent / "slides.html").as_uri())
    over = page.evaluate("""() => [...document.querySelectorAll('.slide')].map((one) =>
        [one.scrollHeight - one.clientHeight, one.scrollWidth - one.clientWidth, one.clientHeight])""")
    assert len(over) == 8
    assert all(down <= 1 and side <= 1 and tall == height for down, side, tall in over)
    assert all(url.startswith(("file:", "data:")) for url in asked)
    pages = re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))
    assert len(pages) == len(over)
    page.close()
