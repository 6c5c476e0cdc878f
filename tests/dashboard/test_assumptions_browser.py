"""The page of assumptions as a person uses it: find, open, change, see the flag everywhere, reset, weigh."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from evidence.quantities import inputs
from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
HERE = SMALL + "&page=assumptions"


def visit(tab: Tab, query: str = HERE) -> Any:
    """The page with its list, and the runs of the screen."""
    tab.page.goto(HOME + query)
    tab.page.wait_for_selector("#replicates")
    tab.page.wait_for_selector(".u-entry")
    return tab.page


def test_a_number_is_found_opened_changed_flagged_everywhere_and_reset(tab: Tab) -> None:
    page = visit(tab)
    page.fill("#numbers-text", "contact equals")
    page.wait_for_function("document.querySelectorAll('.u-entry').length < 10")
    assert f"of {len(inputs())}" in page.inner_text("#numbers-count")
    page.focus("#entry-contact button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#more-contact")
    assert "Maunder & White 2019" in page.inner_text("#more-contact")
    assert "https://doi.org/10.1016/j.cpr.2019.101749" in page.inner_text("#more-contact")
    assert page.query_selector("#more-contact a") is None  # an address is text: nothing leaves the machine

    page.fill("#type-contact", "0.5")
    page.keyboard.press("Enter")
    page.wait_for_selector("#more-contact .u-trouble")
    assert "out of range" in page.inner_text("#more-contact .u-trouble")
    page.fill("#type-contact", "0.1")
    page.keyboard.press("Enter")
    page.wait_for_url("**set=contact=0.1**")
    page.wait_for_selector("#flag")
    page.wait_for_selector("#command:has-text('--set contact=0.1')")  # the foot is drawn after the flag

    page.click("nav >> text=Compare")
    page.wait_for_url("**page=compare**")
    page.wait_for_selector("#flag:has-text('1 number changed')")
    page.click("#flag")
    page.wait_for_selector("#entry-contact.is-changed")
    page.wait_for_function("document.querySelectorAll('.u-entry').length === 1")
    page.click(".u-altered >> text=Reset")
    page.wait_for_function("!location.search.includes('set=')")
    page.wait_for_selector("#flag", state="detached")
    page.click("text=Show all of them")
    page.wait_for_function(f"document.querySelectorAll('.u-entry').length === {len(inputs())}")
    assert (tab.outside, tab.errors) == ([], [])


def test_a_slider_moves_by_keys_and_a_mechanism_is_switched_off(tab: Tab) -> None:
    page = visit(tab, HERE + "&x-open=contact")
    page.focus("#set-contact")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**set=contact=0.07**")
    page.click("text=Switch this mechanism off")
    page.wait_for_url("**set=contact=0&**")
    page.wait_for_selector("text=This mechanism is off at 0")
    page.click("text=Undo")
    page.wait_for_function("location.search.includes('contact=0.07')")


def test_what_matters_is_found_out_little_by_little_and_can_be_stopped(tab: Tab) -> None:
    page = visit(tab, "?people=500&months=80&page=assumptions&seed=77")
    page.click("#weigh")
    page.wait_for_selector(".u-weight em")
    assert "So far" in page.inner_text("#weighed")
    page.click("text=Cancel")
    page.wait_for_selector("text=Start again")
    assert page.query_selector(".u-weight em") is not None  # what was found stays
    page.reload()
    page.wait_for_selector(".u-weight em")
    page.click("text=Cancel")


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_nobody_is_shut_out_of_the_list(chromium: Any, theme: str, width: int) -> None:
    tab = Tab(chromium, width, theme)
    page = visit(tab, HERE + "&set=contact=0.1&x-open=contact&x-part=minds")
    page.wait_for_timeout(500)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tab.context.close()
