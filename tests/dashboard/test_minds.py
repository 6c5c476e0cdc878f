"""Minds without a browser: what is said of many runs and of one, and that the month lives in the address."""

import json
import threading
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    from dashboard.pages.minds import KEEP, Example, Minds, example, month_of, view
    from dashboard.session import Session

from analysis import minds as words
from dashboard.runs import Desk
from dashboard.screen import read_query
from runs.pasts import Pasts

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=90"
SCREEN = read_query(SMALL)


def tell(done: int, of: int, so_far: Any = None, /) -> None:
    assert done <= of


@pytest.fixture(scope="module")
def shown() -> Example:
    return example(SCREEN.scenarios, Pasts(), tell, threading.Event())


def test_every_chart_has_a_sentence_and_a_table() -> None:
    answer = list(Desk(cores=2, keep=KEEP).ask(SCREEN, 4))[-1]
    made = answer.view(view)
    assert answer.view(view) is made
    assert "key workers' belief is" in made.sentence
    assert [panel.name for panel in made.panels] == [f"minds-{measure}" for measure in words.SHOWN]
    for panel in made.panels:
        assert panel.says.startswith("Against no foundation, at the programme's end – Catalytic philanthropy")
        assert panel.rows
        assert all(len(row) == len(panel.head) for row in panel.rows)
        assert "{" not in panel.title
        json.dumps(panel.option, allow_nan=False)


def test_one_run_is_told_whole(shown: Example) -> None:
    for figure in (shown.strips, shown.heard, shown.timeline):
        assert figure.rows
        assert all(len(row) == len(figure.head) for row in figure.rows)
        assert "{" not in figure.says + figure.title
        json.dumps(figure.option, allow_nan=False)
    assert shown.web is not None
    web = shown.web
    json.dumps(web, allow_nan=False)
    posts = len(web["net"]["posts"]) // 2
    assert web["last"] == 90
    assert [run["title"] for run in web["runs"]] == ["Catalytic philanthropy", "User-centred"]
    for run in web["runs"]:
        assert {len(run[name]) for name in ("posts", "bosses", "says", "happened")} == {91}
        assert {len(month) for month in run["posts"]} == {posts}
    assert max(web["net"]["ties"]) < posts + len(web["net"]["outside"])
    assert all(len(row) == len(web["head"]) for row in web["rows"])


def test_the_words_count_what_the_picture_shows(shown: Example) -> None:
    assert shown.web is not None
    outside = shown.web["net"]["outside"]
    for run in shown.web["runs"]:
        for month in (0, 45, 90):
            side = run["posts"][month].count(str(words.SIDE))
            staff = sum(post != str(words.VACANT) for post in run["posts"][month])
            ready = sum(p >= 50 and not out for p, out in zip(run["bosses"][month], outside, strict=True))
            inside = outside.count(0)
            assert run["says"][month].startswith(
                f"{side} of {staff} key workers and {ready} of {inside} service managers are on side"
            )


def test_a_marker_of_the_timeline_leads_to_its_month(shown: Example) -> None:
    for series in shown.timeline.option["series"][1:]:
        assert shown.at[series["name"]] == [point["value"][0] for point in series["data"]]
        assert all(point["name"].startswith(f"Month {point['value'][0]}, ") for point in series["data"])


def test_one_strategy_stands_beside_no_foundation() -> None:
    found = example(read_query(SMALL + "&s=homes").scenarios, Pasts(), tell, threading.Event())
    assert found.web is not None
    assert [run["title"] for run in found.web["runs"]] == ["Homes", "No foundation"]


def test_who_stops_it_gets_nothing() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(InterruptedError):
        example(read_query(SMALL + "&seed=99").scenarios, Pasts(), tell, cancel)


@pytest.mark.parametrize(
    ("asked", "month"),
    [("", 72), ("&x-month=12", 12), ("&x-month=500", 90), ("&x-month=-3", 72), ("&x-month=never", 72),
     ("&x-month=99999999999", 72), ("&s=status_quo", 90)],
)  # fmt: skip
def test_the_month_lives_in_the_address(asked: str, month: int) -> None:
    assert month_of(read_query(SMALL + asked)) == month


def test_the_page_renders_before_there_is_an_answer() -> None:
    box, rendered = solara.render(Minds(Session(SMALL, Desk(cores=2, keep=KEEP))), handle_error=False)
    assert "Asking everybody" in str(box.children) + str([getattr(c, "children", "") for c in box.children])
    rendered.close()
