"""People in a real browser: play, move by keyboard, choose a dot, read the life, switch sides, come back to it."""

from typing import Any

import pytest

from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
HERE = SMALL + "&page=people"


def opened(tab: Tab, query: str = HERE) -> Any:
    tab.page.goto(HOME + query)
    tab.page.wait_for_selector("#dots[data-rev]")
    return tab.page


def count(page: Any, row: int) -> int:
    return int(page.inner_text(f".u-crowd-legend tbody tr:nth-child({row}) td:nth-child(2)").replace(",", ""))


def test_it_plays_and_the_slider_moves_the_months(tab: Tab) -> None:
    page = opened(tab)
    assert page.get_attribute("#dots", "data-month") == "80"
    page.focus("#dots-month")
    page.keyboard.press("Home")
    page.wait_for_selector('#dots[data-month="0"]')
    assert page.is_visible("text=0 of")  # nobody is elsewhere before anything has happened
    page.click("#dots .u-play")
    page.wait_for_function("Number(document.getElementById('dots').dataset.month) > 3")
    page.click("#dots .u-play")
    stood = page.get_attribute("#dots", "data-month")
    page.wait_for_url(f"**x-month={stood}**")
    page.reload()
    page.wait_for_selector(f'#dots[data-month="{stood}"]')
    assert count(page, 8) == sum(count(page, row) for row in range(1, 8))
    assert tab.errors == []


def test_somebody_is_found_by_keyboard_and_read(tab: Tab) -> None:
    page = opened(tab)
    page.focus(".u-crowd-fields")
    for key in ("Home", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    who = page.inner_text(".u-crowd-who")
    number = who.removeprefix("Person ").split(":")[0]
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#life[data-person="{number}"]')
    page.wait_for_url(f"**x-person={number}**")
    assert f"unfreeze person {number} catalytic_philanthropy user_centred" in page.inner_text("#life code")
    page.wait_for_function("who => document.getElementById('dots-person').value === who", arg=number)


def test_a_dot_is_clicked_and_a_life_that_differs_is_found(tab: Tab) -> None:
    page = opened(tab)
    page.click(".u-crowd-field >> nth=1", position={"x": 60, "y": 60})
    page.wait_for_selector("#life")
    first = page.get_attribute("#life", "data-person")
    page.click("text=Somebody whose life differs")
    page.wait_for_function("one => document.getElementById('life')?.dataset.person !== one", arg=first)
    page.wait_for_selector("#life .is-apart")
    assert "part in month" in page.inner_text("#chart-life")
    page.click("text=Undo")
    page.wait_for_selector(f'#life[data-person="{first}"]')


def test_what_is_no_number_and_nobodys_number_is_said(tab: Tab) -> None:
    page = opened(tab)
    page.fill("#dots-person", "somebody")
    page.keyboard.press("Enter")
    page.wait_for_selector("#dots-trouble")
    assert "not the number of a person" in page.inner_text("#dots-trouble")
    page.fill("#dots-person", "4194303")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nobody has the number 4194303")


def test_sides_and_needs_are_chosen_and_stay_in_the_address(tab: Tab) -> None:
    page = opened(tab)
    page.select_option('select[aria-label="Strategy on the left"]', "status_quo")
    page.wait_for_function("document.querySelector('.u-crowd-legend thead').innerText.includes('No foundation')")
    page.wait_for_url("**x-left=status_quo**")
    page.select_option("#scene-need", "high")
    page.wait_for_selector("text=one recorded run")
    page.wait_for_url("**x-need=high**")


def test_nothing_plays_for_whom_motion_is_too_much(chromium: Any) -> None:
    tab = Tab(chromium, 390, "dark")
    tab.page.emulate_media(reduced_motion="reduce")
    page = opened(tab)
    assert page.locator("#dots .u-play").count() == 0
    page.focus("#dots-month")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector('#dots[data-month="79"]')
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tab.context.close()
