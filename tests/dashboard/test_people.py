"""People without a browser: what is packed for it, what stands side by side, and the page itself."""

import threading
import warnings
from base64 import b64decode
from typing import Any

import numpy as np
import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    import dashboard.pages as pages
    from dashboard.pages import people
    from dashboard.session import Session

from dashboard.runs import Desk
from dashboard.screen import read_query
from engine.errors import BadInput
from runs.pasts import Pasts
from runs.running import live
from scenarios.scenario import NOBODY

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80"


def packed() -> people.Field:
    told: list[tuple[int, int]] = []
    found = people.field_of(read_query(SMALL).scenarios, Pasts())(lambda *how: told.append(how[:2]), threading.Event())
    assert told
    assert all(done <= of for done, of in told)
    made: people.Field = found
    return made


def test_what_is_packed_unpacks_to_the_measured_run() -> None:
    found, screen = packed(), read_query(SMALL)
    spots = found.ends[-1]
    for one in screen.scenarios:
        pairs = np.frombuffer(b64decode(found.runs[one.label]), np.uint8).reshape(-1, 2)
        states = np.repeat(pairs[:, 0], pairs[:, 1]).reshape(spots, screen.months + 1)
        measured = live(one).measured
        assert measured is not None
        for place in people.SHOWN:
            code = people.SITUATIONS.index(place)
            assert (states == code).sum(axis=0).tolist() == measured[place].astype(int).tolist()
    numbers = np.frombuffer(b64decode(found.people), "<u4")
    assert len(np.frombuffer(b64decode(found.spot), "<u4")) == len(np.frombuffer(b64decode(found.came), "<u2"))
    assert (np.diff(numbers.astype(np.int64)) > 0).all()
    assert found.one_in == 1


def test_of_a_large_place_a_sample_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = packed()
    monkeypatch.setattr(people, "DRAWN", 10_000)  # 500 people times 81 months are four times as many, and a bit
    some = packed()
    assert some.one_in == 5
    assert some.by_need["low"].most == everybody.by_need["low"].most
    assert some.ends[-1] < everybody.ends[-1] / 3


def test_work_stops_when_nobody_waits() -> None:
    gone = threading.Event()
    gone.set()
    screen = read_query(SMALL + "&seed=77")
    with pytest.raises(people._Stopped):
        people.field_of(screen.scenarios, Pasts())(lambda *_: None, gone)
    with pytest.raises(people._Stopped):
        people.life_of(1, *screen.scenarios[:2])(lambda *_: None, gone)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ("catalytic_philanthropy", "user_centred")),
        ("s=homes", (NOBODY, "homes")),
        ("s=status_quo", (NOBODY, NOBODY)),
        ("x-left=status_quo", (NOBODY, "user_centred")),
        ("x-left=nonsense&x-right=homes", ("catalytic_philanthropy", "user_centred")),
    ],
)
def test_which_two_stand_side_by_side(query: str, expected: tuple[str, str]) -> None:
    assert people.pair(read_query(query)) == expected


def test_the_command_names_the_same_lives() -> None:
    screen = read_query("s=user_centred,listening=4&s=homes&seed=3&set=contact=0")
    left, right = people.pair(screen)
    command = people.person_command(screen, 12, left, right)
    assert command == "unfreeze person 12 user_centred,listening=4 homes --people 2000 --seed 3 --set contact=0"
    assert "person 12 status_quo homes" in people.person_command(screen, 12, NOBODY, "homes")


@pytest.mark.parametrize("text", ["", "-1", "1.5", "<b>", "9" * 30])
def test_what_is_no_number_of_a_person_is_said(text: str) -> None:
    session = Session(SMALL, Desk(cores=1))
    session.change(lambda s: s.with_more("x-person", people._number(text)), "person")
    assert "not the number of a person" in session.complaints.value["person"]
    with pytest.raises(BadInput):
        people._number(text)


def test_the_view_has_a_sentence_and_a_table_behind_every_chart() -> None:
    answer = list(Desk(cores=2, keep=pages.KEEP).ask(read_query(SMALL), 4))[-1]
    made = answer.view(people.view)
    domain = answer.compared.domain
    for label in made.where.counts:
        head, rows = people.areas_table(made.where, label, domain)
        assert all(len(row) == len(head) for row in rows)
        option = people.areas(made.where, label, domain, answer.compared.scenarios)
        assert [one["name"] for one in option["series"]] == [domain.words[place] for place in people.SHOWN]
        assert len({str(decal) for decal in option["aria"]["decal"]["decals"]}) == len(people.SHOWN)
    assert set(made.shifts) == set(answer.compared.names)


def texts(widget: Any) -> str:
    """Everything that is said in plain elements."""
    return " ".join(one if isinstance(one, str) else texts(one) for one in getattr(widget, "children", None) or [])


def test_the_page_renders_before_there_are_runs_and_with_a_broken_address() -> None:
    session = Session(SMALL + "&page=people&x-person=abc&x-month=later&x-need=tall", Desk(cores=2, keep=pages.KEEP))
    box, rendered = solara.render(people.People(session), handle_error=False)
    assert "Following everybody" in texts(box)
    rendered.close()
