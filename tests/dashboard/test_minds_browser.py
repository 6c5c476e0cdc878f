"""Minds as a person uses it: the month by keyboard, played, refreshed; a marker leads to its month."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
NETWORK = "#minds-network[data-month]"


def opened(tab: Tab, more: str = "") -> Any:
    tab.page.goto(HOME + SMALL + "&page=minds" + more)
    tab.page.wait_for_selector(NETWORK)
    tab.settled("minds")
    return tab.page


def at(page: Any, month: int) -> None:
    shown = "m => document.querySelector('#minds-network').dataset.month === String(m)"
    page.wait_for_function(shown, arg=month, polling="raf")  # at every frame: a month that is played is soon over


def test_the_month_is_moved_by_keyboard_and_lives_in_the_address(tab: Tab) -> None:
    page = opened(tab)
    at(page, 72)  # the programme's end
    before = page.inner_text("#minds-network .u-web .u-says")
    page.focus("#minds-network-month")
    page.keyboard.press("Home")
    at(page, 0)
    page.keyboard.press("ArrowRight")
    at(page, 1)
    page.wait_for_url("**x-month=1*")
    now = page.inner_text("#minds-network .u-web .u-says")
    assert now.startswith("Month 1.")
    assert now != before
    assert "Month 1." in page.inner_text("#minds-network [role=status]")
    canvas = page.query_selector("#minds-network .u-web-canvas")
    assert "month 1:" in canvas.get_attribute("aria-label")
    assert "key workers" in canvas.get_attribute("aria-label")
    page.reload()
    page.wait_for_selector(NETWORK)
    at(page, 1)
    page.fill('#minds-network input[aria-label="Month, as a number"]', "40")
    page.keyboard.press("Enter")
    page.wait_for_url("**x-month=40*")
    page.click("text=Undo")
    at(page, 1)
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


def test_it_plays_and_pauses(tab: Tab) -> None:
    page = opened(tab, "&x-month=3")
    at(page, 3)
    page.focus("#minds-network .u-months button")
    page.keyboard.press("Enter")
    at(page, 6)
    assert page.inner_text("#minds-network .u-months button") == "Pause"
    page.keyboard.press("Enter")
    month = page.get_attribute("#minds-network", "data-month")
    page.wait_for_url(f"**x-month={month}*")
    assert page.inner_text("#minds-network .u-months button") == "Play"


def test_a_marker_leads_to_its_month_and_every_picture_has_its_numbers(tab: Tab) -> None:
    page = opened(tab, "&x-month=3")
    point = page.evaluate("""() => {
        const chart = window.requirejs('EC').getInstanceByDom(document.querySelector('#minds-timeline .u-canvas'));
        const series = chart.getOption().series[2], k = series.data.findIndex((one) => one.value[0] > 20);
        const [x, y] = chart.convertToPixel({ seriesIndex: 2 }, series.data[k].value);
        return { x: x, y: y + series.symbolOffset[1], month: series.data[k].value[0] };
    }""".replace("'EC'", "'/_solara/cdn/echarts@5.4.0/dist/echarts.min.js'"))  # fmt: skip
    page.evaluate(
        "document.querySelector('#minds-timeline .u-canvas').scrollIntoView({ block: 'center', behavior: 'instant' })"
    )
    box = page.query_selector("#minds-timeline .u-canvas").bounding_box()
    page.mouse.click(box["x"] + point["x"], box["y"] + point["y"])
    at(page, point["month"])
    for name in ("network", "timeline", "strips", "heard", "belief"):
        page.click(f"#minds-{name} .u-behind > summary")
        assert page.query_selector_all(f"#minds-{name} .u-behind tbody tr"), name
    assert "tokenism" in page.inner_text("#minds-timeline .u-behind table").lower()
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_nothing_shuts_people_out(chromium: Any, width: int, theme: str) -> None:
    tab = Tab(chromium, width, theme)
    page = opened(tab)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tab.context.close()
