"""Side by side in a browser: two charts, one sentence, a link that repeats them, pictures that say which side."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.dashboard.conftest import HOME, SMALL, Tab
from tests.dashboard.test_keep_browser import saved

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
UNITS = """said => JSON.stringify(said) ===
    JSON.stringify([...document.querySelectorAll('.u-beside .u-unit')].map((one) => one.innerText))"""


def test_two_places_side_by_side_and_the_link_repeats_them(tab: Tab, tmp_path: Path) -> None:
    page = tab.page
    page.goto(HOME + SMALL + "&page=beside")
    page.wait_for_selector("#chart-beside-1[data-rev]")
    page.select_option("#beside-x-place", "denver")
    page.wait_for_url("**x-place=denver**")
    page.wait_for_function("document.querySelector('#beside-table')?.innerText.includes('Denver')")
    said = page.inner_text("main h1")
    assert "Dublin, single adults (9,694 people)" in said
    assert "A city like Denver, for its tenancies (5,060 people)" in said
    page.wait_for_function(
        "document.querySelectorAll('#chart-beside-0[data-rev], #chart-beside-1[data-rev]').length === 2"
    )
    page.wait_for_function(UNITS, arg=["people per 1,000 people"] * 2)
    page.click("text=For all people")
    page.wait_for_function(UNITS, arg=["people"] * 2)
    page.click(".u-foot summary:has-text('Which chart?')")
    picture = saved(page, ".u-files button[aria-label^='A city like Denver'][aria-label$='SVG']", tmp_path)
    texts = " ".join("".join(one.itertext()) for one in ET.parse(picture).iter("{http://www.w3.org/2000/svg}text"))
    assert "Place: A city like Denver" in texts
    assert "--place denver" in texts
    assert "not a forecast" in texts
    address = page.url
    page.goto(HOME)
    tab.drawn()
    page.goto(address)
    page.wait_for_function("document.querySelector('#beside-table')?.innerText.includes('Denver')")
    page.wait_for_function(
        "[...document.querySelectorAll('.u-beside .u-chart')].filter((one) => one.dataset.rev).length === 2"
    )
    assert page.input_value("#beside-x-place") == "denver"
    assert page.get_attribute("button:has-text('For all people')", "aria-pressed") == "true"
    page.select_option("#beside-x-place", "american_school_district")
    page.wait_for_selector("main h1[role=alert]")
    assert "Choose two places of one field" in page.inner_text("main h1")
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])
