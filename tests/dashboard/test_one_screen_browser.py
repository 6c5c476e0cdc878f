"""One screen, one answer: headline, picture and levers in one view, in a real browser at four sizes."""

from typing import Any

import pytest

from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SIZES = [(1440, 900), (1024, 768), (768, 1024), (390, 844)]
# Of every lever, switches of practices among them: put it in view as a person would, by its focus, and say what of
# headline, chart and the lever itself is then outside the window, or hidden under something else.
OUT_OF_SIGHT = """() => {
  document.querySelectorAll('.u-hand details').forEach((one) => { one.open = true; });
  const seen = (one, least) => {
    const box = one.getBoundingClientRect();
    const inside = box.top > -1 && box.bottom < innerHeight + 1 && box.left > -1 && box.right < innerWidth + 1;
    return inside && box.height >= least;
  };
  const bare = (one) => { // what is drawn there is the control, or what it is in
    const box = one.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return top && (one.contains(top) || top.contains(one) || [...one.labels].some((label) => label.contains(top)));
  };
  const lost = [];
  const levers = [...document.querySelectorAll('.u-hand input[type=range], .u-hand input[role=switch]')];
  for (const lever of levers) {
    lever.focus();
    if (!seen(lever, 10) || !bare(lever)) lost.push(lever.id + ' itself');
    if (!seen(document.querySelector('main h1'), 15)) lost.push(lever.id + ' headline');
    if (!seen(document.querySelector('.u-large-chart .u-canvas'), 80)) lost.push(lever.id + ' chart');
  }
  return [levers.length, lost];
}"""
SHIFTS = """() => { window.__shifts = []; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.__shifts.push([one.value, one.hadRecentInput,
    one.sources.map((s) => s.node && (s.node.id || s.node.className || s.node.nodeName))]);
}).observe({ type: 'layout-shift', buffered: true }); }"""


def opened(chromium: Any, width: int, height: int) -> Tab:
    tab = Tab(chromium, width)
    tab.page.set_viewport_size({"width": width, "height": height})
    return tab


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_headline_chart_and_every_lever_are_in_view_together(chromium: Any, width: int, height: int) -> None:
    tab = opened(chromium, width, height)
    page = tab.open()
    number, lost = page.evaluate(OUT_OF_SIGHT)
    assert number >= 35  # thirty levers and five practices
    assert lost == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tab.context.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_moves_under_the_hand(chromium: Any, width: int, height: int) -> None:
    tab = opened(chromium, width, height)
    page = tab.page
    page.add_init_script(f"({SHIFTS})()")
    page.goto(HOME + SMALL)
    tab.whole()
    page.evaluate("document.getElementById('practice-1').click()")
    page.wait_for_function("!location.search.includes('user_centred')")
    tab.whole()
    page.wait_for_timeout(300)
    shifts = page.evaluate("window.__shifts")
    assert sum(value for value, _, _ in shifts) < 0.05, shifts
    tab.context.close()


def test_a_practice_is_one_tap_and_says_what_it_did(tab: Tab) -> None:
    page = tab.open()
    tab.whole()
    assert page.inner_text("#your-change").count("None yet") == 1
    page.click("label[for=practice-2]")
    page.wait_for_url("**s=carrier%2Bpractice_1_learn%2Bpractice_3_willing**")
    tab.whole()
    page.wait_for_selector("#why-change")
    said = page.inner_text("#your-change")
    assert "Last change: " in said
    assert "people" in said
    assert page.evaluate("document.querySelector('#chart-secure_people').dataset.ghost") == "yes"
    page.click("label[for=practice-2]")
    page.wait_for_url("**s=user_centred**")
    assert tab.errors == []


def test_the_screen_reader_hears_the_headline_and_nothing_of_runs(tab: Tab) -> None:
    page = tab.open()
    tab.whole()
    page.wait_for_function("document.getElementById('heard').textContent.length > 20")
    assert page.inner_text("#heard") == page.inner_text("main h1")
    page.evaluate(
        """() => { window.__heard = []; new MutationObserver(() =>
        window.__heard.push(document.getElementById('heard').textContent))
        .observe(document.getElementById('heard'), { childList: true, characterData: true, subtree: true }); }"""
    )
    page.click("label[for=practice-4]")
    page.wait_for_url("**practice_5_credit**")
    tab.whole()
    page.wait_for_function(
        "document.getElementById('heard').textContent === document.querySelector('main h1').textContent"
    )
    heard = page.evaluate("window.__heard")
    assert len(heard) <= 1  # once, when it has settled; never if the sentence is the same
    spoken = page.evaluate("[...document.querySelectorAll('[role=status], [aria-live]')].map((one) => one.textContent)")
    assert not any("plausible parameter sets" in text for text in spoken)


@pytest.mark.parametrize("quantity", ["spend_to_date", "reform_mainstream", "fit"])
def test_the_large_chart_shows_any_of_four_quantities_and_the_strip_the_other_three(tab: Tab, quantity: str) -> None:
    page = tab.open()
    assert page.locator("button.u-tile").count() == 3
    page.click(f"#show-{quantity}")
    page.wait_for_selector(f"#chart-{quantity}[data-rev]")
    assert page.get_attribute(f"#show-{quantity}", "aria-pressed") == "true"
    page.wait_for_selector(f"#tile-{quantity}", state="detached")  # chart and strip come one after the other
    page.wait_for_function("document.querySelectorAll('button.u-tile').length === 3")
    page.click("#tile-secure_people")
    page.wait_for_selector("#chart-secure_people[data-rev]")
    page.click("#view-total")
    page.wait_for_url("**x-view=total**")


def test_the_pointer_reads_a_month_as_a_sentence(tab: Tab) -> None:
    page = tab.open()
    tab.whole()
    box = page.locator(".u-large-chart .u-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4)
    page.wait_for_function(
        "[...document.querySelectorAll('.u-canvas div')].some((one) => /^Month \\d+/.test(one.innerText))"
    )
    texts = page.evaluate("[...document.querySelectorAll('.u-canvas div')].map((one) => one.innerText)")
    said = next(text for text in texts if text.startswith("Month"))
    assert "User-centred: " in said
    assert " people (" in said
    assert " to " in said
