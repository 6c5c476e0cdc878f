"""Every text that a page shows is marked: in brackets nothing that we write stands outside them.

`--language brackets` puts each marked text in brackets.  Whatever else a page says must be covered by a rule of
tests/brackets.py, or it is in no catalogue and stays English in every language (docs/translating.md).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages import PAGES
from tests.brackets import outside
from tests.dashboard.conftest import SMALL, Tab, free_port, served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
DISABILITY = "&place=ireland_disability"
# What must be there before a page is read.
PARTS = {
    "compare": "#replicates[data-complete=yes]",
    "people": "#dots",
    "money": "#money-flow[data-rev]",
    "minds": "#minds-network",
    "why": ".u-chart[data-rev]",
    "worldviews": "#worlds tbody tr",
    "beside": "#chart-beside-1[data-rev]",
    "assumptions": ".u-entry",
    "own": "#starts table",
    "presenter": "#present-chart[data-rev]",
}
# Page, what else its address says, and what must be there, if other than usual.
SEEN = [(name, "", PARTS.get(name, "main h1")) for name in PAGES] + [
    ("compare", "&place=ireland_disability", PARTS["compare"]),
    ("money", "&place=ireland_disability", PARTS["money"]),
    ("compare", "&s=user_centred,listening=4&s=homes&set=contact=0.1&x-view=total", "#flag"),
    ("beside", "&x-place=denver", PARTS["beside"]),
    ("beside", "&x-place=american_school_district", "h1[role=alert]"),
    ("presenter", "&x-slide=money&x-chart=3&x-lever=share_places", PARTS["presenter"]),
]
# A page says something, is not in the middle of it, its part is there, and every chart is drawn.
SETTLED = r"""part => {
    const heads = [...document.querySelectorAll('main h1')];
    const says = (one) => one.textContent.trim() && !/…\]*$/.test(one.textContent.trim());
    return heads.length && heads.every(says) && document.querySelector(part)?.checkVisibility() &&
        document.title.includes('·') && document.getElementById('unfreeze').innerText.length > 500 &&
        [...document.querySelectorAll('.u-chart')].every((one) => one.dataset.rev);
}"""
# Everything in the document, folded or not, and what is read aloud; a text in pieces is taken with its whole element.
# Not what somebody types or types off: commands, files and fields.
EVERY_TEXT = r"""() => {
    const typed = 'script, style, code, pre, [id^="command"], canvas, svg';
    const found = [];
    const whole = (text) => text.split('[').length === text.split(']').length;
    const walk = (node) => {
        if (node.nodeType === 3 && node.textContent.trim()) {
            let all = node;
            while (!whole(all.textContent) && all.parentElement !== null && all.parentElement.id !== 'unfreeze')
                all = all.parentElement;
            found.push(all.textContent.trim());
        }
        if (node.nodeType !== 1 || node.matches(typed)) return;
        for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'])
            if (node.getAttribute(name)) found.push(node.getAttribute(name));
        node.childNodes.forEach(walk);
    };
    walk(document.getElementById('unfreeze'));
    return [document.title, ...new Set(found)];
}"""
# What charts say: names of axes and marks, rows, labels, and what the pointer reads on each series; names of series and
# points where a key or the pointer tells them.
EVERY_CHART = r"""() => {
    const drawn = document.querySelectorAll('[_echarts_instance_]');
    if (!drawn.length) return [];
    const echarts = window.requirejs('/_solara/cdn/echarts@5.4.0/dist/echarts.min.js');
    const said = ['name', 'text', 'subtext', 'formatter'], found = [];
    const walk = (value, key, inData) => {
        if (typeof value === 'string') { if (said.includes(key) || inData) found.push(value); return; }
        if (Array.isArray(value)) { for (const one of value) walk(one, key, key === 'data'); return; }
        if (value && typeof value === 'object') for (const [name, one] of Object.entries(value)) walk(one, name, false);
    };
    for (const one of drawn) {
        const chart = echarts.getInstanceByDom(one), option = chart.getOption();
        const told = option.legend?.length || option.tooltip?.length; // else names are for the code alone
        for (const line of told ? [] : option.series)
            for (const part of [line, ...(line.data || [])]) if (part) delete part.name;
        for (const part of ['title', 'legend', 'xAxis', 'yAxis', 'series', 'graphic']) walk(option[part], part, false);
        option.series.forEach((_, i) => {
            chart.dispatchAction({ type: 'showTip', seriesIndex: i, dataIndex: 0 });
            for (const tip of one.querySelectorAll(':scope > div:not(:first-child)')) found.push(tip.innerText);
        });
        chart.dispatchAction({ type: 'hideTip' });
    }
    return [...new Set(found)];
}"""


@pytest.fixture(scope="module")
def home(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard that says everything in brackets."""
    port = free_port()
    log: Path = tmp_path_factory.mktemp("brackets") / "log"
    with served(log, port, "--language", "brackets"):
        yield f"http://localhost:{port}/"


@pytest.fixture(scope="module")
def tab(chromium: Any) -> Iterator[Tab]:
    """One visitor for all pages, whose browser knows their code already."""
    made = Tab(chromium, still=True)
    yield made
    made.context.close()


@pytest.mark.parametrize(("name", "asked", "part"), SEEN, ids=[name + asked for name, asked, _ in SEEN])
def test_every_text_of_a_page_is_marked(home: str, tab: Tab, name: str, asked: str, part: str) -> None:
    tab.page.goto(f"{home}{SMALL}&page={name}{asked}")
    tab.page.wait_for_function(SETTLED, arg=part)
    if tab.page.query_selector("main progress") is None:  # long work is let go of when the next page opens
        tab.quiet()
    texts = [*tab.page.evaluate(EVERY_TEXT), *tab.page.evaluate(EVERY_CHART)]
    assert sum("[" in text for text in texts) > 20, texts
    assert [text for text in texts if outside(text)] == []
    assert tab.errors == []  # so far


def test_words_outside_brackets_are_found_and_names_are_none() -> None:
    assert outside("[one [two] three] four [five]: EUR 5, Dublin, single adults; user_centred, a/b.csv") == ["four"]
    assert outside("turnover") == []
    assert outside("turnover of staff") == ["turnover", "of", "staff"]
