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
    assert "Switch something off" in page.inner_text("h1")
    page.select_option("#scene-off", "faking")
    page.wait_for_selector("#chart-why-one[data-rev]")
    assert "Applicants who pretend, of those who have nothing of the partnership asked for" in page.inner_text("h1")
    assert "x-off=faking" in page.url
    assert page.inner_text("#why-command").endswith("--set faking=0")
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
    page.focus("text=Switch off all, one after another")
    page.keyboard.press("Enter")
    page.wait_for_selector("progress")
    assert "Switching off one mechanism after another" in page.inner_text(".u-progress label")
    page.focus("text=Cancel")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Start again")
    assert page.locator("progress").count() == 0
    page.keyboard.press("Tab")
    page.click("text=Start again")
    page.wait_for_selector("progress")


def test_worlds_come_a_row_at_a_time_and_a_cell_opens_its_comparison(tab: Tab) -> None:
    page = begun(tab, "worldviews")
    page.click("text=Run them all")
    page.wait_for_selector("#worlds tbody .u-cell")
    assert "Of the first" in page.inner_text("h1")
    cell = page.locator("#row-best_practice_rollout .u-cell").nth(1)
    label = cell.get_attribute("aria-label")
    assert label.startswith("Best-practice roll-out, From within: people ")
    cell.click()
    tab.drawn()
    assert "worldview=from_within" in page.url
    assert "s=best_practice_rollout" in page.url
    assert page.input_value("#scene-worldview") == "from_within"
    page.click("text=Undo")
    page.wait_for_selector("#worlds tbody .u-cell")
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])
