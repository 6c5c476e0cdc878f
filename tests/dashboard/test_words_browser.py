"""Every page of the dashboard speaks a place's own words: no word of another field on screen, in tables, in labels."""

from typing import Any

import pytest

from dashboard.pages import PAGES
from tests.cli.test_domain_words import CARE, PLACE, foreign, leaks
from tests.dashboard.conftest import HOME, Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
SPOKEN = dict.fromkeys(CARE.values(), foreign) | {PLACE: leaks}
# Everything in the document, folded or not, and what is read aloud; commands and names that are typed do not count.
EVERY_TEXT = """() => {
    const typed = 'script, style, code, pre, [id^="command"], option, datalist, .u-name, kbd';
    const found = [];
    const walk = (node) => {
        if (node.nodeType === 3 && node.textContent.trim()) found.push(node.textContent.trim());
        if (node.nodeType !== 1 || node.matches(typed)) return;
        for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
            if (node.getAttribute(name)) found.push(node.getAttribute(name));
        node.childNodes.forEach(walk);
    };
    walk(document.getElementById('unfreeze'));
    return found.join('\\n');
}"""


def text_of(tab: Tab, query: str, name: str) -> str:
    """What page `name` says, once everything on it is there."""
    if name == "compare":
        tab.page.goto(HOME + query)
        tab.whole()
    elif name == "presenter":  # it has no navigation
        tab.page.goto(f"{HOME}{query}&page=presenter")
        tab.page.wait_for_selector("#present-chart[data-rev]")
    else:
        tab.visit(name)
        if name == "own":
            tab.page.wait_for_selector("#starts table")
    return str(tab.page.evaluate(EVERY_TEXT))


@pytest.mark.parametrize("place", SPOKEN)
def test_every_page_speaks_the_places_words(tab: Tab, place: str) -> None:
    query = f"?people=500&months=80&point=yes&place={place}&s=homes&s=user_centred"
    faults: dict[str, Any] = {}
    for name in PAGES:
        text = text_of(tab, query, name)
        assert len(text) > 1000, name
        faults |= {name: found} if (found := SPOKEN[place](text)) else {}
        rows = tab.page.evaluate("document.querySelector('.u-bar')?.offsetHeight")
        assert name == "presenter" or rows < 60, (name, rows)  # the header is one row, whichever page is the bold one
    assert faults == {}
    assert tab.errors == []
