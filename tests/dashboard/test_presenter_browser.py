"""The presenter, as somebody on a stage would use it: no mouse, ten metres away, and with a mouse as well."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from analysis.messages import ORDER
from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
CHART = "#present-chart[data-rev]"
SMALLEST = """() => [...document.getElementById('unfreeze').querySelectorAll('*')]
    .filter((one) => one.checkVisibility() && !one.closest('.u-hidden') && one.getBoundingClientRect().width > 1
            && [...one.childNodes].some((text) => text.nodeType === 3 && text.textContent.trim()))
    .map((one) => [one.textContent.trim().slice(0, 40), parseFloat(getComputedStyle(one).fontSize)])
    .filter(([, size]) => size < 28)"""


def opened(tab: Tab, more: str = "") -> Any:
    tab.page.goto(HOME + SMALL + "&page=presenter" + more)
    tab.page.wait_for_selector(CHART)
    tab.page.wait_for_selector(".u-present-bar")
    tab.page.set_default_timeout(20_000)
    return tab.page


def test_the_keyboard_walks_through_messages_and_charts(tab: Tab) -> None:
    page = opened(tab)
    said = [page.inner_text("h1")]
    for i, slide in enumerate(ORDER[1:]):
        page.keyboard.press(["ArrowRight", "Space", "PageDown"][i % 3])
        page.wait_for_url(f"**x-slide={slide}*")
        page.wait_for_function(
            "n => document.querySelector('.u-present-at')?.textContent.startsWith(n)", arg=str(i + 2)
        )
        page.wait_for_timeout(300)
        said.append(page.inner_text("h1"))
    assert len({text[:60] for text in said}) >= len(ORDER) - 1  # more runs may say it a little differently
    for _ in range(3):  # faster than any server
        page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**x-slide={ORDER[-4]}*")
    page.keyboard.press("End")
    page.wait_for_url(f"**x-slide={ORDER[-1]}*")
    page.keyboard.press("2")
    page.wait_for_function("document.querySelector('#present-chart h3').textContent === 'Spending by year'")
    page.reload()
    page.wait_for_function("document.querySelector('#present-chart h3')?.textContent === 'Spending by year'")
    page.keyboard.press("Home")
    page.wait_for_url(f"**x-slide={ORDER[0]}*")
    page.keyboard.press("t")
    page.wait_for_selector("#present-chart table")
    page.keyboard.press("Escape")
    page.wait_for_url("**page=compare**")
    page.wait_for_selector('nav[aria-label="Pages"]')
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


def test_a_key_pressed_before_the_bar_is_there_counts(tab: Tab) -> None:
    tab.page.add_init_script("""document.addEventListener('DOMContentLoaded', () =>
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })))""")
    tab.page.goto(HOME + SMALL + "&page=presenter")
    tab.page.wait_for_url(f"**x-slide={ORDER[1]}*")


def test_a_lever_moves_by_keyboard_and_the_picture_follows(tab: Tab) -> None:
    page = opened(tab, "&x-lever=listening")
    before = page.get_attribute("#present-chart", "data-rev")
    page.keyboard.press("ArrowUp")
    page.wait_for_url("**user_centred,listening=**")
    page.wait_for_function("b => document.getElementById('present-chart').dataset.rev !== b", arg=before)
    page.click('button[aria-label^="Less: "]')
    page.wait_for_function("!location.search.includes('user_centred,listening=2.1')")
    page.keyboard.press("k")
    page.wait_for_function("!location.search.includes('x-lever')")


def test_letters_can_be_switched_off_and_escape_closes_the_list_first(tab: Tab) -> None:
    page = opened(tab)
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.click("dialog input")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="hidden")
    page.wait_for_url("**page=presenter**")
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**x-slide={ORDER[1]}*")
    assert "x-chart" not in page.url
    page.click('button[aria-label="Keys"]')
    page.click("dialog input")
    page.click("dialog[open] button:has-text('Close')")
    page.click('button[aria-label="Message before this"]')
    page.wait_for_url(f"**x-slide={ORDER[0]}*")
    page.click('button[aria-label="Back to Compare"]')
    page.wait_for_url("**page=compare**")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_room_can_read_it_and_nobody_is_shut_out(chromium: Any, theme: str) -> None:
    tab = Tab(chromium, 1440, theme)
    page = opened(tab, "&x-slide=money&x-lever=listening")
    assert page.evaluate(SMALLEST) == []
    assert not page.is_visible(".u-top")
    assert not page.is_visible(".u-foot")
    for key in ("", "?"):
        if key:
            page.keyboard.press(key)
            page.wait_for_selector("dialog[open]")
            assert page.evaluate(SMALLEST) == []
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    tab.context.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1366, 768), (1920, 1080), (3840, 2160)])
def test_any_message_fits_any_projector(chromium: Any, width: int, height: int) -> None:
    tab = Tab(chromium, width)
    tab.page.set_viewport_size({"width": width, "height": height})
    page = opened(tab)
    for i in range(len(ORDER)):
        page.wait_for_function("n => document.querySelector('.u-present-at').textContent.startsWith(n)", arg=str(i + 1))
        page.wait_for_timeout(500)
        chart, bar, said = (page.locator(one).bounding_box() for one in (".u-canvas", ".u-present-bar", ".u-message"))
        assert said["y"] >= 0
        assert chart["y"] >= said["y"] + said["height"] - 1
        assert chart["height"] >= 0.25 * height
        assert chart["y"] + chart["height"] <= bar["y"] + 1
        assert bar["y"] + bar["height"] <= height + 1
        assert page.evaluate("document.documentElement.scrollHeight") <= height + 1
        page.keyboard.press("ArrowRight")
    tab.context.close()


def test_a_black_screen_and_back(tab: Tab) -> None:
    page = opened(tab)
    page.keyboard.press("b")
    page.wait_for_selector("#black")
    box = page.locator("#black").bounding_box()
    assert (box["width"], box["height"]) == (1440, 900)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#black", state="detached")
    assert "x-slide" not in page.url


def test_the_slides_can_be_taken_home_from_here(tab: Tab) -> None:
    page = opened(tab)
    page.set_default_timeout(90_000)
    page.click("button#deck")
    page.wait_for_selector("a#deck")
    with page.expect_download() as found:
        page.click("a#deck")
    assert str(found.value.suggested_filename).endswith("slides.html")
    text = Path(found.value.path()).read_text(encoding="utf-8")
    assert page.inner_text("h1").split(":")[0] in text
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])
