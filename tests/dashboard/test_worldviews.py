"""Worldviews, without a browser: rows, words, what a press on a cell opens."""

import threading
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    import dashboard.pages as pages
    from dashboard.pages import worldviews as page
    from dashboard.pages.worldviews import Worldviews, chosen, opened, worldviews
    from dashboard.session import Session

from analysis.units import Units
from dashboard import shipped as shipped_rows
from dashboard.runs import Desk
from dashboard.screen import Screen, read_query
from model.measures import HEADLINE
from scenarios.choice import Choice
from scenarios.names import shipped

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80&page=worldviews"


def test_all_that_ship_and_what_somebody_changed() -> None:
    assert {one.name for one in worldviews()} == set(shipped("worldview"))
    assert worldviews()[0].name == "evidence"
    names = [str(one) for one in chosen(read_query(SMALL + "&s=homes&s=user_centred,listening=4"))]
    assert names[0] == "user_centred,listening=4"
    assert set(names[1:]) == set(shipped("strategy")) - {"status_quo"}
    assert len(chosen(read_query(SMALL))) == len(shipped("strategy")) - 1


def test_a_cell_opens_its_comparison() -> None:
    found = opened(read_query(SMALL + "&set=faking=0"), "user_centred,listening=4", "scarcity")
    assert (found.worldview, list(map(str, found.choices)), found.page) == (
        "scarcity", ["user_centred,listening=4"], "compare")  # fmt: skip
    assert found.settings == (("faking", 0.0),)


def test_rows_come_one_by_one_with_words_and_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "REPLICATES", 2)
    screen, desk, told = read_query(SMALL), Desk(cores=2, keep=pages.KEEP), []
    worlds = worldviews()[:2]
    choices = [Choice("user_centred"), Choice("placebo")]

    def tell(done: int, of: int, so_far: Any = None, /) -> None:
        told.append((done, of, len(so_far)))

    found = page._run(choices, worlds, screen.scenarios[1], {}, desk, tell, threading.Event())
    assert told == [(0, 2, 0), (1, 2, 1), (2, 2, 2)]
    assert desk.finished.computed == 2 * 2 * 3  # replicates x worlds x (two strategies and nobody, who is run once)
    units = Units.of(screen.scenarios[0])
    row = page._row(found[1], worlds, {"placebo": "Placebo"}, "reference", screen.domain, units)
    assert [line["word"] for line in row["cells"][0]["lines"]] == ["practically the same"] * len(HEADLINE)
    assert row["cells"][0]["lines"][0] == {
        "word": "practically the same",
        "mark": "=",
        "kind": "same",
        "carried": True,
        "gap": "0.0",
    }
    assert "people practically the same, 0.0 people; " in row["cells"][1]["spoken"]


def test_the_opening_screen_s_table_is_there_at_once_and_nothing_is_run() -> None:
    desk = Desk(cores=2, keep=pages.KEEP)
    session = Session("page=worldviews", desk)
    box, rendered = solara.render(Worldviews(session), handle_error=False)
    found = [box]
    for one in found:
        found.extend(child for child in getattr(one, "children", None) or [] if not isinstance(child, str))
    (table,) = [one for one in found if getattr(one, "fronts", None)]
    assert len(table.rows) == len(chosen(Screen()))
    assert table.waiting == 0
    assert desk.finished.computed == 0
    rendered.close()


def test_what_is_known_is_not_run_again() -> None:
    screen, desk, told = Screen(), Desk(cores=2, keep=pages.KEEP), []
    known = shipped_rows.worlds(screen)
    choices = chosen(screen)
    found = page._run(choices, worldviews(), screen.scenarios[1], known, desk, lambda *a: told.append(a[:2]),
                      threading.Event())  # fmt: skip
    assert [row.strategy for row in found] == list(map(str, choices))
    assert told == [(len(choices), len(choices))]
    assert desk.finished.computed == 0
