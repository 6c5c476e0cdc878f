"""Why and Worldviews as a person uses them, in a real browser."""

from typing import Any

import pytest

from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def begun(tab: Tab, page: str) -> Any:
    """That page with a small system; its first sentence is there."""
    tab.page.goto(f"{HOME}{SMALL}&page={page}")
    tab.page.wait_for_selector("h1")
    return tab.page


def test_a_mechanism_is_switched_off_and_the_address_holds_it(tab: Tab) -> None:
    page = begun(tab, "why")
    page.select_option("#scene-off", "faking")
    page.wait_for_selector("#chart-why-one[data-rev]")
    assert "Applicants who pretend, of those who have nothing of the partnership asked for" in page.inner_text("h1")
    page.wait_for_url("**x-off=faking**")
    page.wait_for_function("document.querySelector('#why-command').innerText.endsWith('--set faking=0')")
    page.select_option("#scene-measure", "fit")
    page.wait_for_function("document.querySelector('h1').innerText.includes('how well')")
    sentence = page.inner_text("h1")
    page.wait_for_function("!document.querySelector('progress')")
    sentence = page.inner_text("h1")
    page.reload()
    page.wait_for_selector("#chart-why-one[data-rev]")
    assert page.input_value("#scene-measure") == "fit"
    assert page.inner_text("h1") == sentence  # remembered: no step on the way is seen again
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


def test_long_work_shows_its_progress_is_cancelled_and_starts_again_by_keyboard(tab: Tab) -> None:
    page = begun(tab, "why")
    every = page.locator("section[aria-labelledby=why-every]")
    every.get_by_text("Try all of them").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**x-each=1**")
    every.locator("progress").wait_for()
    assert "Switching off one mechanism after another" in every.locator(".u-progress label").inner_text()
    every.get_by_text("Cancel").focus()
    page.keyboard.press("Enter")
    every.get_by_text("Start again").wait_for()
    every.locator("progress").wait_for(state="detached")
    every.get_by_text("Start again").click()
    every.locator("progress").wait_for()


def test_why_opens_on_the_practices_and_ten_mechanisms_without_being_asked(tab: Tab) -> None:
    page = tab.page
    page.goto(f"{HOME}?page=why")  # the opening screen: stored
    page.wait_for_selector("#chart-why-five[data-rev]")
    page.wait_for_selector("#chart-why-every[data-rev]")
    assert page.locator("progress").count() == 0
    tab.settled("why")
    heads = page.locator(".u-why h2").all_inner_texts()
    assert heads == ["The five practices, one at a time", "Which mechanism matters most?"]


def test_worlds_come_by_themselves_with_words_on_tap_and_open_their_comparison(tab: Tab) -> None:
    page = begun(tab, "worldviews")
    page.wait_for_selector("#worlds tbody button.u-cell")
    cell = page.locator("#row-best_practice_rollout button.u-cell").nth(1)
    label = cell.get_attribute("aria-label")
    assert label.startswith("Best-practice roll-out, From within: people ")
    cell.click()
    page.wait_for_selector("#world-more h2:has-text('Best-practice roll-out')")
    page.wait_for_function("document.querySelectorAll('#world-more li').length === 4")
    page.click("#world-more >> text=Open this comparison")
    tab.drawn()
    page.wait_for_url("**worldview=from_within**")
    page.wait_for_url("**s=best_practice_rollout**")
    page.wait_for_function("document.querySelector('#scene-worldview')?.value === 'from_within'")
    page.click("text=Undo")
    page.wait_for_selector("#worlds tbody button.u-cell")
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_map_of_worlds_fits_the_screen(chromium: Any, width: int) -> None:
    tab = Tab(chromium, width)
    page = tab.page
    page.goto(f"{HOME}?page=worldviews")
    page.wait_for_selector("#worlds tbody button.u-cell")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('button.u-cell')].map((one) => one.getBoundingClientRect().right))"
    )
    assert right <= width
    assert page.locator("#worlds tbody tr").first.locator("button.u-cell").count() == 6
    tab.context.close()
