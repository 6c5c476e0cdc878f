"""The dashboard in Spanish: whole, within the window, numbers taken and written with a decimal comma."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.dashboard.conftest import SMALL, UNFOLD, Tab, free_port, served

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def home(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard that speaks Spanish."""
    port = free_port()
    with served(tmp_path_factory.mktemp("spanish") / "log", port, "--language", "es"):
        yield f"http://localhost:{port}/"


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_longer_words_stay_within_the_window(home: str, chromium: Any, width: int) -> None:
    tab = Tab(chromium, width=width)
    try:
        tab.page.goto(f"{home}{SMALL}")
        tab.drawn()
        assert tab.page.evaluate(WIDER) == 0
        if width == 1440:  # below, the pages' names may be pushed along
            right = tab.page.eval_on_selector_all("nav a", "all => all.map((one) => one.getBoundingClientRect().right)")
            assert 0 < max(right) <= width
        assert tab.page.get_attribute("html", "lang") == "es"
    finally:
        tab.context.close()


def test_a_decimal_comma_is_taken_and_what_is_refused_is_said_in_spanish(home: str, tab: Tab) -> None:
    page = tab.page
    page.goto(f"{home}{SMALL}")
    tab.drawn()
    page.evaluate(UNFOLD)
    page.fill("#levers-listening-n", "1,5")
    page.keyboard.press("Enter")
    page.wait_for_url("**listening=1.5**")  # addresses, files and commands are the same in every language
    page.wait_for_function("document.querySelector('#levers-listening-n').value === '1,5'")
    page.fill("#levers-listening-n", "99999")
    page.keyboard.press("Enter")
    page.wait_for_selector(".u-control .u-trouble")
    said = page.inner_text(".u-control .u-trouble")
    assert said == "«listening» es 99.999, que queda fuera del rango. Se admite: 0 a 4 (ciclos al año)."
    assert tab.errors == []


def test_what_a_page_says_without_its_server_is_spanish_too(home: str, tab: Tab) -> None:
    page = tab.page
    page.goto(f"{home}{SMALL}")
    tab.drawn()
    tab.context.set_offline(True)
    page.wait_for_selector("#away")
    assert page.inner_text("#away strong") == "El servidor no responde."
    tab.context.set_offline(False)
    page.wait_for_selector("#away", state="detached")
