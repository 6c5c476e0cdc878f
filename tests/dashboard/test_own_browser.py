"""What is somebody's own, in a browser: a city, scenarios under names, title and notes.

It is text everywhere (briefing and slides: tests/analysis/test_slides.py), survives a refresh, works on a phone, and
nothing of it leaves the machine.
"""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.dashboard.conftest import HOME, SMALL, Tab
from tests.dashboard.test_keep_browser import saved
from tests.dashboard.test_own_city import EXAMPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
HOSTILE = """<img src=x onerror=alert(1)> **bold** "quoted" 'single' & {b} $x^2$"""
CITY = EXAMPLE.replace('title = "My city"', f"title = {json.dumps(HOSTILE)}")
SVG_TEXT = "{http://www.w3.org/2000/svg}text"


def in_the_city(tab: Tab, text: str = CITY) -> Any:
    """A tab that shows the city, taken from a file."""
    page = tab.page
    page.on("dialog", lambda dialog: tab.errors.append(dialog.message))
    page.goto(HOME + SMALL + "&page=own")
    page.set_input_files("#city-file", {"name": "c.toml", "mimeType": "text/plain", "buffer": text.encode()})
    page.wait_for_function("/place=[^&]*toml/.test(location.search)")
    return page


def bare(page: Any) -> None:
    """Nothing of somebody's words has become an element."""
    assert page.locator("img[src=x], #unfreeze b:has-text('bold'), #unfreeze strong:text-is('bold')").count() == 0


def hovered(page: Any) -> None:
    """The pointer over every chart, so that its own box says what it says."""
    for canvas in page.locator("main .u-canvas").all():
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        for across in (0.3, 0.7):
            page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * 0.5)
        bare(page)


def test_a_hostile_title_is_text_on_pages_in_charts_and_in_pictures(tab: Tab, tmp_path: Path) -> None:
    page = in_the_city(tab)
    page.fill("#own-title", HOSTILE[:100])
    page.locator("#own-title").blur()
    page.wait_for_url("**title=**")
    page.goto(page.url.replace("page=own", "page=beside"))
    page.wait_for_selector("#chart-beside-1[data-rev]")
    hovered(page)
    assert HOSTILE in page.inner_text(".u-about")
    page.goto(page.url.replace("page=beside", "page=compare"))
    tab.whole()
    hovered(page)
    assert HOSTILE in page.inner_text("#scene-place")
    page.click(".u-foot summary:has-text('Which chart?')")
    picture = saved(page, ".u-files button[aria-label$='SVG']", tmp_path)
    words = " ".join("".join(one.itertext()) for one in ET.parse(picture).iter(SVG_TEXT))
    assert " ".join(HOSTILE.split()) in " ".join(words.split())
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


def test_a_city_of_ones_own_survives_a_refresh_and_nobody_else_gets_it(tab: Tab, chromium: Any) -> None:
    page = in_the_city(tab)
    page.wait_for_selector("#starts table")
    assert "People sleeping rough on one night" in page.inner_text("#starts")
    assert "_" not in page.inner_text("#starts")  # meanings, not the names that a file has
    page.reload()
    page.wait_for_function("title => document.getElementById('city-title')?.value === title", arg=HOSTILE)
    other = Tab(chromium)
    other.page.goto(page.url)
    other.page.wait_for_selector(".u-notice")
    assert "only the session that made it has it" in other.page.inner_text(".u-notice")
    other.context.close()
    assert (tab.outside, tab.errors) == ([], [])


def test_a_wrong_figure_is_said_beside_its_field_and_nothing_typed_is_lost(tab: Tab) -> None:
    page = in_the_city(tab)
    page.fill("#city-inflow", "many")
    page.click("button:has-text('Check, and use this city')")
    page.wait_for_selector("#city-inflow-t .u-trouble")
    assert "many" in page.inner_text("#city-inflow-t")
    assert (page.input_value("#city-inflow"), page.input_value("#city-title")) == ("many", HOSTILE)


def test_scenarios_under_names_stay_in_the_browser_and_open_again(tab: Tab, tmp_path: Path) -> None:
    page = tab.open(SMALL + "&seed=7")
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.reload()
    tab.drawn()
    page.fill("#named-as", HOSTILE)
    page.click("#named-keep")
    page.wait_for_function("name => document.getElementById('named-list').innerText.includes(name)", arg=HOSTILE)
    bare(page)
    assert not any("onerror" in frame for frame in sent)  # the name is the browser's
    page.goto(HOME + SMALL + "&seed=8")
    tab.drawn()
    page.click("#named-list button:has-text('Open')")
    page.wait_for_url("**seed=7**")
    file = saved(page, "#named-list button:has-text('Save')", tmp_path)
    page.click("#named-list button:has-text('Delete')")
    page.wait_for_function("!document.getElementById('named-list').innerText.trim()")
    page.set_input_files("#named-file", file)
    page.wait_for_function("name => document.getElementById('named-list').innerText.includes(name)", arg=HOSTILE)
    page.set_input_files("#named-file", {"name": "x.json", "mimeType": "application/json", "buffer": b"[1, 2"})
    page.wait_for_function("document.querySelector('.u-noted .u-said').innerText.includes('no scenario in this file')")
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


def test_title_and_notes_travel_with_the_link_and_into_the_presenter(tab: Tab) -> None:
    page = tab.open()
    page.fill("#own-title", "Board, <b>May</b>")
    page.fill("#own-note", "One & two\nthree")
    page.locator("#own-note").blur()
    page.wait_for_url("**notes=**")
    page.reload()
    page.wait_for_function("document.getElementById('own-note')?.value === 'One & two\\nthree'")
    page.goto(page.url.replace("page=compare", "page=presenter"))
    page.wait_for_selector("#present-chart[data-rev]")
    page.keyboard.press("n")
    page.wait_for_selector("dialog[open]")
    assert page.inner_text("dialog[open] h2") == "Board, <b>May</b>"
    assert page.inner_text(".u-own-text") == "One & two\nthree"
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_ones_own_works_on_a_phone_and_for_everybody(chromium: Any, theme: str) -> None:
    tab = Tab(chromium, 390, theme)
    page = in_the_city(tab)
    page.wait_for_selector("#starts table")
    page.fill("#named-as", HOSTILE)
    page.click("#named-keep")
    page.wait_for_selector("#named-list li")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    tab.context.close()
