"""Nobody is shut out, on any page: axe, keyboard, focus, targets, headings, narrow screens, zoom, stillness, silence.

Every page in PAGES is opened by its link, in one tab for each theme; each test looks at it there.  Whoever sits there
has asked the system for less motion.  Themes differ in colours and in nothing else (assets/unfreeze.css): what is not
about colours is looked at in the light.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashboard.pages import PAGES
from tests.dashboard.conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

THEMES = ("light", "dark")
EVERY_THEME = pytest.mark.parametrize(
    "tab", [f"{name}-{theme}" for theme in THEMES for name in PAGES], indirect=True, scope="module"
)
LIGHT = pytest.mark.parametrize("tab", [f"{name}-light" for name in PAGES], indirect=True, scope="module")
SIZES = {"as usual": (1440, 900), "200% zoom": (720, 450), "a phone": (390, 844)}

# For every script below: what is on the page, and what a mouse can use there.
LOOK = """() => {
const root = document.getElementById('unfreeze');
const every = (what) => [...root.querySelectorAll(what)];
const shown = (one) => {
  const box = one.getBoundingClientRect(), there = one.checkVisibility({ visibilityProperty: true });
  return there && box.width > 0 && box.height > 0 && !one.closest('[inert]');
};
const off = (one) => one.matches(':disabled, .u-skip') || one.closest('[aria-hidden="true"]');
const all = every('*').filter((one) => shown(one) && !off(one));
const natural = 'a[href], button, input, select, textarea, summary';
const listens = (one, ...to) => {  // Vue keeps what an element listens to under a symbol
  const key = Object.getOwnPropertySymbols(one).find((found) => found.description === '_vei');
  const names = key ? Object.keys(one[key]).filter((name) => one[key][name]) : [];
  return names.some((name) => to.some((what) => name.startsWith(what)));
};
const called = (one) => one.id || (one.getAttribute('aria-label') || one.textContent).trim().slice(0, 40) || html(one);
const html = (one) => one.outerHTML.slice(0, 160);
"""


@pytest.fixture(scope="module")
def tabs(chromium: Any) -> Iterator[dict[str, Tab]]:
    """One tab for each theme."""
    made = {theme: Tab(chromium, theme=theme, still=True) for theme in THEMES}
    for one in made.values():
        one.open()
        one.whole()
    yield made
    for one in made.values():
        one.context.close()


@pytest.fixture(scope="module")
def tab(request: pytest.FixtureRequest, tabs: dict[str, Tab]) -> Tab:
    """A page in a theme, and everything that folds unfolded."""
    name, theme = request.param.rsplit("-", 1)
    tab = tabs[theme]
    tab.outside, tab.refused, tab.errors = [], [], []
    tab.visit(name)
    tab.page.wait_for_timeout(400)
    tab.settled(name)
    tab.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.page.wait_for_timeout(150)
    return tab


def looked(tab: Tab, script: str) -> Any:
    """What a script finds that may use the words of LOOK."""
    return tab.page.evaluate(LOOK + script + "}")


@EVERY_THEME
def test_axe_finds_nothing(tab: Tab) -> None:
    found = Axe().run(tab.page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found] == []


@LIGHT
def test_one_headline_and_the_usual_landmarks(tab: Tab) -> None:
    page = tab.page
    assert page.locator("h1").count() == 1
    assert page.get_attribute("html", "lang") == "en"
    assert "user-scalable" not in str(page.get_attribute("meta[name=viewport]", "content"))
    around = 0 if page.locator(".u-present").count() else 1  # the presenter's view is one chart and nothing else
    assert [page.get_by_role(landmark).count() for landmark in ("banner", "main", "contentinfo")] == [around, 1, around]
    here = page.locator('nav[aria-label="Pages"] a[aria-current="page"]')
    assert page.title() == f"{here.text_content()} · Unfreeze"


@LIGHT
def test_the_keyboard_reaches_everything_and_shows_where_it_is(tab: Tab) -> None:
    """Tab from the top of the page to its end; of a group with arrow keys inside, one stop is enough."""
    page = tab.page
    stops = looked(tab, """
        const groups = '[role=tablist], [role=radiogroup], [role=listbox], [role=grid], [role=toolbar]';
        const byArrows = (one) => one.matches('[type=radio]:not(:checked)') ||
            (one.tabIndex < 0 && one.hasAttribute('role') && one.parentElement.closest(groups));
        window.wanted = all.filter((one) => (one.matches(natural) || one.tabIndex >= 0) && !byArrows(one));
        window.reached = new Map();
        root.addEventListener('focusin', (event) => {
            const one = event.target, label = one.closest('label') || one;
            const framed = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
            window.reached.set(one, framed(getComputedStyle(one)) || framed(getComputedStyle(label)));
        });
        document.activeElement.blur();
        window.getSelection().setPosition(document.body, 0);
        return window.wanted.length;
    """)  # fmt: skip
    for _ in range(stops + 3):
        page.keyboard.press("Tab")
    assert stops > 3
    assert looked(tab, "return window.wanted.filter((one) => !window.reached.has(one)).map(called)") == []
    assert (
        looked(tab, "return [...window.reached].filter(([one, framed]) => !framed).map(([one]) => called(one))") == []
    )
    assert looked(tab, "return all.filter((one) => one.tabIndex > 0).map(called)") == []


@LIGHT
def test_whatever_a_mouse_can_click_a_key_can_too(tab: Tab) -> None:
    clicked = "all.filter((one) => listens(one, 'onClick', 'onPointer', 'onMouse'))"
    assert looked(tab, f"return {clicked}.length") > 3
    assert looked(tab, f"""
        const keyed = (one) => one !== root &&
            ((one.tabIndex >= 0 && listens(one, 'onKey')) || keyed(one.parentElement));
        const usable = (one) => one.closest(natural + ', label') || keyed(one);
        return {clicked}.filter((one) => !usable(one)).map(html);
    """) == []  # fmt: skip


@LIGHT
def test_targets_are_large_enough_for_a_thumb(tab: Tab) -> None:
    assert looked(tab, """
        const inText = (one) => one.matches('p a, li a, dd a, td a') && getComputedStyle(one).display === 'inline';
        const small = (one) => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; };
        return all.filter((one) => one.matches(natural + ', [role=button], [role=tab], [role=slider]'))
            .filter((one) => small(one) && !inText(one)).map(called);
    """) == []  # fmt: skip


@LIGHT
@pytest.mark.parametrize("size", SIZES)
def test_nothing_runs_off_the_side(tab: Tab, size: str) -> None:
    """No sideways scrolling of the page, and no text beyond its edge that nothing scrolls to."""
    width, height = SIZES[size]
    try:
        tab.page.set_viewport_size({"width": width, "height": height})
        fits = "width => document.documentElement.scrollWidth <= width"
        tab.page.wait_for_function(fits, arg=width)  # charts are drawn anew after the window, on a busy machine late
        assert looked(tab, """
            const scrolls = (one) => one !== root && root.contains(one) &&
                (['auto', 'scroll'].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
            return all.filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.textContent.trim())
                .filter((one) => !one.closest('.u-hidden') && !scrolls(one)).map(html);
        """) == []  # fmt: skip
    finally:
        tab.page.set_viewport_size(dict(zip(("width", "height"), SIZES["as usual"], strict=True)))


@LIGHT
def test_every_picture_has_a_title_a_sentence_and_a_table(tab: Tab) -> None:
    assert looked(tab, """
        const complete = (around) => around && around.matches(':is(:has(h2, h3, h4), [aria-label])') &&
            around.querySelector('table tbody tr') &&
            [...around.querySelectorAll('p, h1')].some((one) => one.textContent.trim().length > 20);
        const within = (one) => ['figure', 'section', '.u-present'].some((what) => complete(one.closest(what)));
        const picture = (one) => one.getBoundingClientRect().width > 48;  // smaller ones are signs beside words
        const described = (one) => { const of = one.closest('[role=img], [role=application]');
            return of && (of.getAttribute('aria-label') || '').length > 20; };
        return every('canvas').filter(picture).filter((one) => !within(one) ||
            !(described(one) || one.closest('[aria-hidden="true"]')))
            .map((one) => html(one.closest('figure, section') || one));
    """) == []  # fmt: skip
    assert looked(tab, """
        const named = (one) => one && (one.getAttribute('aria-label') || one.querySelector('title'));
        return every('svg').filter((one) => shown(one) && !one.closest('[aria-hidden="true"]') &&
            !named(one.closest('[role=img]'))).map(html);
    """) == []  # fmt: skip


def pictures(tab: Tab) -> list[str]:
    """Every chart as it is drawn now: where it is, and a short sum of its pixels (the picture itself fills a log)."""
    found = looked(tab, """
        return every('canvas').map((one) => [one.closest('[id]').id, one.toDataURL()]);
    """)  # fmt: skip
    return [f"{name} {sha256(drawn.encode()).hexdigest()[:12]}" for name, drawn in found]


@LIGHT
def test_nothing_moves_by_itself_for_those_who_asked_for_stillness(tab: Tab) -> None:
    assert looked(tab, "return document.getAnimations().filter((one) => one.playState === 'running').length") == 0
    assert looked(tab, """
        const moves = (style) => parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none';
        return all.filter((one) => moves(getComputedStyle(one))).map(html);
    """) == []  # fmt: skip
    still, before = 0, pictures(tab)
    for _ in range(240):  # what is still being drawn comes to rest; what moves by itself never does
        tab.page.wait_for_timeout(250)
        now = pictures(tab)
        still, before = (still + 1 if now == before else 0), now
        if still == 8:  # on a busy machine a quarter of a second without a change is no rest
            break
    assert still == 8
    tab.page.wait_for_timeout(250)
    assert pictures(tab) == before


@EVERY_THEME
def test_nothing_was_asked_of_others_and_nothing_broke(tab: Tab, server_log: Path) -> None:
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])
    assert "Could not load URL" not in server_log.read_text()
