"""A page whose server dies says so at once, keeps what is changed, and goes on with a server that takes its place.

How long that takes is measured in benchmarks/trouble.py.
"""

from pathlib import Path
from typing import Any

from tests.dashboard.conftest import SMALL, UNFOLD, Tab, free_port, served

GONE = "#away:has-text('The server does not answer')"


def opened(tab: Tab, port: int) -> Any:
    page = tab.page
    page.goto(f"http://localhost:{port}/{SMALL}")
    tab.drawn()
    page.evaluate(UNFOLD)
    return page


def typed(page: Any, field: str, value: str) -> None:
    page.fill(field, value)
    page.keyboard.press("Enter")


def test_a_page_survives_its_servers_death_with_what_was_changed_meanwhile(tab: Tab, tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path / "first", port):
        page = opened(tab, port)
        typed(page, "#levers-listening-n", "3")
        page.wait_for_url("**listening=3**")
        tab.whole()
    page.wait_for_selector(GONE)
    typed(page, "#levers-listening-n", "1.5")
    typed(page, "#scene-seed", "7")
    page.wait_for_selector("#away-waiting:has-text('Changes that wait: 2')")
    assert "listening=3" in page.url  # nobody has done it yet
    with served(tmp_path / "second", port):
        page.wait_for_url("**seed=7**")
        assert "listening=1.5" in page.url
        page.wait_for_selector("#away", state="detached")
        tab.drawn()
        tab.whole()
        assert page.input_value("#levers-listening-n") == "1.5"
        assert page.evaluate("sessionStorage.getItem('unfreeze-away')") is None  # done once, and never again
        page.reload()
        tab.drawn()
        assert "listening=1.5" in page.url
    page.wait_for_selector(GONE)
    with served(tmp_path / "third", port):  # nothing was changed: it comes back as it was
        page.wait_for_selector("#away", state="detached")
        tab.drawn()
        assert page.input_value("#scene-seed") == "7"


def test_a_page_without_a_network_says_so_and_goes_on_where_it_was(tab: Tab) -> None:
    page = tab.open()
    page.evaluate("window.same = true")
    tab.context.set_offline(True)
    page.wait_for_selector(GONE)
    tab.context.set_offline(False)
    page.wait_for_selector("#away", state="detached")
    typed(page, "#levers-listening-n", "3")
    page.wait_for_url("**listening=3**")
    assert page.evaluate("window.same")  # nothing had to be begun anew


def test_what_cannot_be_done_again_is_said(tab: Tab) -> None:
    page = tab.open()
    page.evaluate("""() => sessionStorage.setItem('unfreeze-away', JSON.stringify({ at: Date.now(),
        from: location.search, made: [{ event: 'change', data: {}, key: 'no part of this page' }] }))""")
    page.reload()
    page.wait_for_selector("#away:has-text('Changes that could not be made again: 1.')")
    tab.drawn()
    page.evaluate(UNFOLD)
    typed(page, "#levers-listening-n", "3")  # whoever goes on has read it
    page.wait_for_selector("#away", state="detached")
