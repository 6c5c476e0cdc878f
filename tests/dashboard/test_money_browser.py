"""Money, as a person would: follow the money by keyboard, come back to it, read it on a phone."""

import pytest

from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
TITLE = "#money-flow h3"


def test_the_flow_is_chosen_by_keyboard_and_survives_a_refresh(tab: Tab) -> None:
    page = tab.page
    page.goto(HOME + SMALL + "&page=money")
    tab.settled("money")
    assert "all payers together" in page.inner_text("h1")
    assert page.inner_text(TITLE).startswith("User-centred")
    page.focus("#scene-x-flow")
    page.keyboard.press("ArrowUp")
    page.wait_for_url("**x-flow=0**")
    page.wait_for_function("document.querySelector('#money-flow h3')?.textContent.startsWith('Catalytic')")
    page.select_option("#scene-x-whose", "foundation")
    page.select_option("#scene-x-when", "during")
    page.wait_for_url("**x-when=during**")
    page.reload()
    tab.settled("money")
    page.wait_for_function("document.querySelector('#money-flow h3')?.textContent.startsWith('Catalytic')")
    assert page.input_value("#scene-x-whose") == "foundation"
    page.click("#money-flow summary")
    assert "Foundation" in page.inner_text("#money-flow table")
    assert "ouncil" not in page.inner_text("#money-flow table")
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


def test_a_phone_scrolls_the_flow_and_not_the_page(chromium: object) -> None:
    tab = Tab(chromium, 390, "dark")
    page = tab.page
    page.goto(HOME + SMALL + "&page=money")
    tab.settled("money")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("(box => box.scrollWidth > box.clientWidth)(document.querySelector('.u-river'))")
    tab.context.close()
