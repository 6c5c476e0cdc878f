"""Answer in a browser: a stored answer told again near to a belief, by mouse and keys, in a link, on any screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashboard.answered import BELIEVE
from evidence.quantities import find_quantity
from studies.answer.stored import Stored
from tests.conftest import NO_BROWSER, browser_path
from tests.dashboard.conftest import Tab, free_port, served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
PORT = free_port()
HERE = f"http://localhost:{PORT}/?people=500&months=80&page=answer"


@pytest.fixture(scope="module")
def answering(stored_answer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A dashboard of its own with a stored answer; its log."""
    if browser_path() is None:
        pytest.skip(NO_BROWSER)
    log = tmp_path_factory.mktemp("answering") / "log"
    with served(log, PORT, "--answer", str(stored_answer)):
        yield log


def opened(tab: Tab, query: str = "") -> None:
    tab.page.goto(HERE + query)
    tab.page.wait_for_selector("#answer-which")
    tab.settled("answer")
    assert tab.page.locator("text=This website runs on").count() == 0  # Solara has our settings
    tab.page.evaluate("document.querySelector('#believe details').open = true")


def test_a_change_of_belief_is_answered_and_the_link_repeats_it(answering: Path, stored_answer: Path, tab: Tab) -> None:
    opened(tab)
    page = tab.page
    first = Stored(stored_answer, quick=True)
    assert page.inner_text("#answer-which").startswith("Of all 404 worlds")
    name = page.locator("#believe details[open] input[type=range]").first.get_attribute("id").removeprefix("believe-")
    page.fill(f"#believe-{name}-n", f"{find_quantity(name).high:g}")
    page.keyboard.press("Tab")
    page.wait_for_selector(f"#answer-which[data-believed^='{name}=']")
    near = first.near({name: find_quantity(name).high})
    assert page.inner_text("#answer-which").startswith("The 101 worlds nearest to your beliefs: ")
    share = near.gap("users_people", "funder_people", "people").share
    assert share is not None
    cell = page.inner_text("#shares section:first-child tbody tr:first-child td:nth-of-type(1) strong")
    assert cell == f"{100 * share.better[0]:.0f}%"
    page.wait_for_url(f"**{BELIEVE}={name}**")
    address = page.url
    page.focus(f"#believe-{name}")
    before = page.get_attribute("#answer-which", "data-believed")
    page.keyboard.press("Home")
    page.wait_for_function("was => document.querySelector('#answer-which').dataset.believed !== was", arg=before)
    page.click("#answer-back")
    page.wait_for_selector("#answer-which[data-believed='']")
    assert page.is_disabled("#answer-back")
    page.goto(address)
    page.wait_for_selector(f"#answer-which[data-believed^='{name}=']")
    assert (tab.refused, tab.errors) == ([], [])


def test_what_cannot_be_believed_is_said_beside_the_control(answering: Path, tab: Tab) -> None:
    opened(tab)
    field = tab.page.locator("#believe details[open] .u-number").first
    field.fill("much")
    tab.page.keyboard.press("Tab")
    tab.page.wait_for_selector("#believe .u-trouble")
    assert "a number" in tab.page.inner_text("#believe .u-trouble")


@pytest.fixture(scope="module", params=["light", "dark"])
def believing(answering: Path, chromium: object, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A page in this theme, near to a belief, with all that folds unfolded."""
    tab = Tab(chromium, theme=request.param, still=True)
    opened(tab, f"&{BELIEVE}=contact={find_quantity('contact').high:g}")
    tab.page.wait_for_selector("#answer-which[data-believed^='contact=']")
    tab.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    yield tab
    tab.context.close()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (720, 450), (390, 844)])
def test_a_stored_answer_shuts_nobody_out(believing: Tab, width: int, height: int) -> None:
    """What tests/dashboard/test_access_browser.py asks of every page, of which this is the other state."""
    page = believing.page
    page.set_viewport_size({"width": width, "height": height})
    # Charts are drawn anew after the window, on a busy machine late.
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("h1").count() == 1
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["target"], one["nodes"][0]["html"][:300]) for one in found] == []
    assert (believing.refused, believing.errors) == ([], [])
