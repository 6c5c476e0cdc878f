"""Pages without a browser: what is said, what happens on a click, what is seen of an error."""

import warnings
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    import dashboard.pages as pages
    from dashboard.session import Session

from analysis.words import label
from dashboard.large import VIEWS
from dashboard.pages.compare import QUANTITIES, panel, view, where_said
from dashboard.runs import Desk
from dashboard.screen import Screen, read_query
from model.measures import HEADLINE

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80"


@pytest.fixture
def session() -> Session:
    return Session(SMALL, Desk(cores=2, keep=pages.KEEP))


def test_a_session_undoes_and_redoes(session: Session) -> None:
    first = session.screen.value
    session.change(lambda s: s.with_lever(1, "listening", 3), "listening")
    session.change(lambda s: s.with_lever(1, "listening", 3.5), "listening")  # one move of one control
    session.change(lambda s: s.with_lever(1, "branding", 1), "branding")
    session.undo()
    assert session.screen.value.choices[1].levers == {"listening": 3.5}
    session.undo()
    assert session.screen.value == first
    session.redo()
    assert session.screen.value.choices[1].levers == {"listening": 3.5}


def test_what_cannot_be_is_said_beside_the_control(session: Session) -> None:
    session.change(lambda s: s.with_lever(1, "listening", 99), "listening")
    assert "out of range" in session.complaints.value["listening"]
    session.change(lambda s: s.with_lever(1, "listening", 3), "listening")
    assert session.complaints.value == {}


def test_a_broken_link_opens_the_default_and_says_why() -> None:
    session = Session("place=atlantis", Desk())
    assert session.screen.value == Screen()
    assert "atlantis" in session.trouble.value


def test_the_view_has_a_sentence_and_a_table_behind_every_chart() -> None:
    answer = list(Desk(cores=2, keep=pages.KEEP).ask(read_query(SMALL), 4))[-1]
    made = answer.best.view(view)
    assert answer.best.view(view) is made
    assert made.sentence.startswith(
        "Against no foundation, 8 months on, people with secure tenancies: Catalytic philanthropy "
    )
    assert len(made.sentence.split()) <= 40
    assert "scaled up from 500 simulated people to 9,694" in made.aside
    assert made.aside.endswith("In a model of Dublin, single adults, not a forecast.")
    assert len(made.headline.split()) <= 30
    assert where_said(read_query(SMALL)).startswith("Dublin, single adults · 9,694 people · 80 months · in the world")
    assert where_said(Screen()).endswith(" · 9,694 people · ten years · in the world of Evidence")
    assert [one["name"] for one in made.tiles] == list(QUANTITIES)
    for measure in QUANTITIES:
        for how in VIEWS:
            one = answer.best.view(panel(measure, how))
            assert one.says.startswith("Against no foundation")
            assert one.rows
            assert all(len(row) == len(one.head) for row in one.rows)
    assert "secure tenancies" in made.sentence  # the domain's own words
    for measure, head in zip(HEADLINE, made.verdicts.head[1:], strict=True):
        assert head.startswith(label(measure, answer.compared.domain))
    strategies, controls = made.verdicts.rows[:2], made.verdicts.rows[2:-1]
    assert [row[0] for row in strategies] == ["Catalytic philanthropy", "User-centred"]
    assert controls[0][0] == "Beside it: Homes for the same programme money"
    assert all(row[0].startswith("Beside it: Homes for what all payers paid") for row in controls[1:])
    assert [row[0] for row in made.carried.rows] == ["Catalytic philanthropy", "User-centred"]


def texts(widget: Any) -> str:
    """Everything that is said in plain elements."""
    return " ".join(one if isinstance(one, str) else texts(one) for one in getattr(widget, "children", None) or [])


def test_the_frame_renders_and_an_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(pages, "DESK", Desk(cores=2, keep=pages.KEEP))
    monkeypatch.setattr(pages, "Session", lambda _, desk, visitor: Session(SMALL, desk, visitor))
    box, rendered = solara.render(pages.Frame(), handle_error=False)
    assert "being worked out" in texts(box) or "not a forecast" in texts(box)
    rendered.close()

    @solara.component
    def Bad(session: Session) -> None:
        raise ValueError("secret details")

    monkeypatch.setitem(pages.PAGES, "compare", ("Compare", Bad))
    box, rendered = solara.render(pages.Frame(), handle_error=False)
    assert "Something went wrong" in texts(box)
    assert "secret" not in texts(box)
    assert "secret details" in capsys.readouterr().err
    rendered.close()
