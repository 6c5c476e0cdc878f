"""What a person does, in a real browser: open, move, go back, refresh, share, break, read without mouse or eyes."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from analysis.units import MILLIONS
from analysis.words import digits, number
from cli.main import run
from tests.dashboard.conftest import HOME, SMALL, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def test_a_page_opens_and_asks_nobody_else(tab: Tab, server_log: Path) -> None:
    page = tab.open()
    page.wait_for_timeout(1000)
    assert (tab.outside, tab.refused, tab.errors) == ([], [], [])
    assert "Could not load URL" not in server_log.read_text()
    assert 5 < len(page.inner_text("h1").split()) <= 30
    assert page.inner_text(".u-sentence").startswith("Against no foundation, ")
    assert page.title() == "Compare · Unfreeze"


def test_a_key_press_redraws_and_the_address_follows(tab: Tab) -> None:
    page = tab.open()
    before = tab.rev()
    page.focus("#levers-listening")
    page.keyboard.press("ArrowRight")
    tab.redrawn(before)
    page.wait_for_url("**user_centred,listening=**")
    page.wait_for_selector("text=1 lever changed")
    page.wait_for_selector("#command:has-text('listening')")


def test_a_number_typed_beyond_its_range_is_refused_beside_the_control(tab: Tab) -> None:
    page = tab.open()
    page.fill("#levers-listening-n", "40")
    page.keyboard.press("Enter")
    page.wait_for_selector(".u-control .u-trouble")
    assert "out of range" in page.inner_text(".u-control .u-trouble")
    assert "listening" not in page.url


def test_a_decimal_comma_is_a_decimal_comma(tab: Tab) -> None:
    page = tab.open()
    for typed, cycles in (("0,5", "0.5"), ("3,6", "3.6"), ("1.5", "1.5")):
        page.fill("#levers-listening-n", typed)
        page.keyboard.press("Tab")
        page.wait_for_url(f"**listening={cycles}&**")


def test_an_answer_that_arrives_leaves_what_is_being_typed(tab: Tab) -> None:
    page = tab.open()
    page.focus("#levers-listening-n")
    page.evaluate("""() => {
        const field = document.getElementById('levers-listening-n');
        const said = (text, ...events) => {
            field.value = text;
            events.forEach((name) => field.dispatchEvent(new Event(name)));
        };
        said('3.6', 'input', 'change');
        said('1.5', 'input'); // before the answer to the first can arrive
    }""")
    page.wait_for_url("**listening=3.6&**")
    tab.whole()
    assert page.input_value("#levers-listening-n") == "1.5"
    page.keyboard.press("Enter")
    page.wait_for_url("**listening=1.5&**")


def test_what_may_be_two_numbers_is_refused_in_words_and_not_left_in_the_field(tab: Tab) -> None:
    page = tab.open()
    before = page.input_value("#levers-listening-n")
    page.fill("#levers-listening-n", "1.000")
    page.keyboard.press("Enter")
    page.wait_for_selector(".u-control .u-trouble")
    assert "which may be 1 or 1000" in page.inner_text(".u-control .u-trouble")
    page.wait_for_function("was => document.querySelector('#levers-listening-n').value === was", arg=before)
    page.fill("#scene-people", "600,5")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Allowed: a whole number")
    assert "people=600&" not in page.url


def test_a_foreign_link_keeps_what_can_be_kept_and_its_address_until_something_changes(tab: Tab) -> None:
    page = tab.open(SMALL + "&s=user_centred&utm_source=newsletter&place=atlantis&seed=7")
    page.wait_for_selector(".u-notice")
    said = page.inner_text(".u-notice")
    assert "'utm_source'" in said
    assert "atlantis" in said
    assert page.input_value("#scene-seed") == "7"
    page.wait_for_url("**utm_source=newsletter**")
    page.fill("#levers-listening-n", "3")
    page.keyboard.press("Enter")
    page.wait_for_url("**listening=3**")
    assert "utm_source" not in page.url
    page.wait_for_selector(".u-notice", state="detached")  # the address comes before the page


def test_undo_redo_and_refresh_keep_everything(tab: Tab) -> None:
    page = tab.open()
    before = tab.rev()
    page.fill("#levers-listening-n", "3")
    page.keyboard.press("Enter")
    page.wait_for_url("**listening=3**")
    tab.redrawn(before)
    page.click("text=Undo")
    page.wait_for_function("!location.search.includes('listening')")
    page.click("text=Redo")
    page.wait_for_function("location.search.includes('listening=3')")
    tab.whole()
    sentence = page.inner_text("h1")
    page.reload()
    tab.whole()
    assert page.input_value("#levers-listening-n") == "3"
    assert page.inner_text("h1") == sentence


def test_a_broken_link_says_why_and_opens_the_default(tab: Tab) -> None:
    page = tab.page
    page.goto(HOME + "?place=<b>atlantis</b>&s=homes")
    page.wait_for_selector(".u-notice")
    notice = page.inner_text(".u-notice")
    assert "atlantis" in notice
    assert "<b>" in notice  # as text, not as markup
    assert page.input_value("#scene-place") == "dublin"


def test_a_file_is_saved_and_opened_again(tab: Tab, tmp_path: Path) -> None:
    page = tab.open(SMALL + "&s=homes&s=top_up&seed=7")
    with page.expect_download() as saved:
        page.click("text=Save a scenario file")
    file = tmp_path / "mine.toml"
    saved.value.save_as(file)
    page.goto(HOME + SMALL)
    tab.drawn()
    page.set_input_files("#open-file", file)
    page.wait_for_url("**s=homes&s=top_up**")
    page.wait_for_function("document.getElementById('scene-seed').value === '7'")
    broken = tmp_path / "broken.toml"
    broken.write_text("place = ")
    page.set_input_files("#open-file", broken)
    page.wait_for_selector(".u-notice")
    assert "cannot be read" in page.inner_text(".u-notice")


@pytest.mark.usefixtures("no_pictures")
def test_the_command_on_the_screen_gives_the_digits_on_the_screen(tab: Tab, capsys: Any, tmp_path: Path) -> None:
    page = tab.open(SMALL + "&s=user_centred,listening=4")
    tab.whole()
    words = shlex.split(page.inner_text("#command"))
    assert run([*words[1:], "--json", "--out", str(tmp_path / "out")]) == 0
    found = json.loads(capsys.readouterr().out)["differences"]
    month = max(row["month"] for row in found)
    for row in (row for row in found if row["month"] == month):
        shown = row["difference"] / (1e6 if row["measure"] in MILLIONS else 1.0)
        gap = number(shown, digits(row["measure"], shown), sign=True)
        where = "#verdicts" if row["against"] == "status_quo" else ".u-lead"
        assert gap in page.inner_text(where)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])  # the others: test_access_browser.py
def test_nothing_shuts_people_out(chromium: Any, theme: str, width: int) -> None:
    tab = Tab(chromium, width, theme)
    page = tab.open()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_timeout(500)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_attribute("html", "lang") == "en"
    assert "user-scalable" not in str(page.get_attribute("meta[name=viewport]", "content"))
    small = page.evaluate(
        """() => [...document.getElementById('unfreeze').querySelectorAll('button, select, summary, input')]
        .map((one) => [one.id || one.textContent.trim().slice(0, 30), one.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24)).map(([name]) => name)"""
    )
    assert small == []
    tab.context.close()


def tab_to(page: Any, what: str, key: str = "Tab") -> list[str]:
    """Press a key until the focus is on `what`; the ids passed on the way."""
    passed = []
    for _ in range(150):
        page.keyboard.press(key)
        passed.append(page.evaluate("document.activeElement.id"))
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return [name for name in passed if name]
    raise AssertionError(f"{key} never comes to {what}: {passed}")


def test_compare_by_keyboard_alone(tab: Tab) -> None:
    """From the skip link to an open group: no mouse, and the focus is never lost."""
    page = tab.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.u-skip')")
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"

    passed = tab_to(page, "#levers-listening")
    order = ["show-secure_people", "strategy-0", "practice-1", "practice-5", "levers-budget", "levers-listening-n"]
    assert [name for name in passed if name in order] == order

    before = tab.rev()
    page.keyboard.press("ArrowRight")
    tab.redrawn(before)
    page.wait_for_url("**listening=**")
    page.keyboard.press("Control+z")
    page.wait_for_function("!location.search.includes('listening')")
    page.keyboard.press("Control+Shift+z")
    page.wait_for_function("location.search.includes('listening')")

    tab_to(page, "#levers-listening-n", "Shift+Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    page.wait_for_url("**listening=3**")
    page.wait_for_selector("[aria-label^='Reset Listening']:not(:disabled)")
    page.keyboard.press("Tab")
    assert str(page.evaluate("document.activeElement.getAttribute('aria-label')")).startswith("Reset Listening")
    page.keyboard.press("Enter")
    page.wait_for_function("!location.search.includes('listening')")
    assert page.evaluate("document.activeElement.id") == "levers-listening"

    tab_to(page, "#levers details:not([open]) > summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#levers details[open] .u-number')")

    tab_to(page, "#strategy-0", "Shift+Tab")
    chosen = page.input_value("#strategy-0")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("was => document.getElementById('strategy-0').value !== was", arg=chosen)
    page.wait_for_function("was => !location.search.includes('s=' + was)", arg=chosen)
    tab_to(page, "[aria-label^='Remove']")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.u-card').length === 1")
    assert page.evaluate("document.activeElement.id") == "strategy-0"

    tab_to(page, "[title^='Undo']", "Shift+Tab")
    steps = 0
    while page.is_enabled("[title^='Undo']"):
        was, steps = page.url, steps + 1
        page.keyboard.press("Enter")
        page.wait_for_function("was => location.href !== was", arg=was)
    assert steps >= 3
    page.wait_for_function("document.activeElement.title.startsWith('Redo')")
    tab.drawn()
    assert tab.errors == []


def test_what_nobody_has_measured_comes_by_itself_and_chance_only_on_request(tab: Tab) -> None:
    page = tab.open()
    tab.whole()
    assert page.inner_text("#replicates").startswith("What nobody has measured, and chance: 8 plausible parameter sets")
    assert "8 plausible parameter sets" in page.inner_text(".u-lead")
    assert page.inner_text("#verdicts").count("Beside it: Homes for") == 3
    wide = page.inner_text("h1")
    page.click("#point")
    page.wait_for_url("**point=yes**")
    tab.whole()
    assert page.get_attribute("#point", "aria-pressed") == "true"
    assert page.inner_text("#replicates").startswith("Chance only: 32 runs of each strategy")
    assert "What nobody has measured is left out" in page.inner_text(".u-lead")
    assert page.inner_text("#verdicts").count("Beside it: Homes for") == 3
    assert page.inner_text("h1") != wide
    assert "--point --replicates 32" in page.inner_text("#command")
    page.click("text=Undo")
    page.wait_for_function("!location.search.includes('point=')")
    tab.whole()
    assert page.inner_text("h1") == wide
    assert tab.errors == []


def test_a_programme_that_could_not_be_carried_out_is_said_first_and_has_no_verdict(tab: Tab) -> None:
    page = tab.open("?place=us_city&people=500&months=80&s=catalytic_philanthropy&set=budget=0.0002")
    tab.whole()
    assert "Catalytic philanthropy could not be carried out here: " in page.inner_text("h1")
    row = page.inner_text("#verdicts tbody tr:first-child")
    assert row.count("not carried out") == 4
    assert page.inner_text("#carried tbody tr:first-child").endswith("no")
    for word in ("better", "worse", "practically the same", "not known"):
        assert word not in row
