"""The presenter without a browser: every message and chart can be made, levers move within their range."""

import warnings
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import dashboard.pages as pages
    from dashboard.pages import presenter
    from dashboard.session import Session

from analysis.messages import ORDER, message
from dashboard.parts import packed
from dashboard.presented import LARGE
from dashboard.runs import Answer, Desk
from dashboard.screen import Screen, read_query
from engine.errors import BadInput
from model.measures import HEADLINE
from scenarios.language import BRACKETS, ENGLISH, speak
from tests.brackets import outside, said_in

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80"


def answered(query: str, replicates: int = 4) -> Answer:
    return list(Desk(cores=2, keep=pages.KEEP).ask(read_query(query), replicates))[-1]


@pytest.fixture(scope="module")
def answer() -> Answer:
    return answered(SMALL)


def sizes(thing: Any) -> list[float]:
    """All type sizes in an option."""
    if isinstance(thing, dict):
        return [s for k, v in thing.items() for s in ([v] if k == "fontSize" else sizes(v))]
    return [s for one in thing for s in sizes(one)] if isinstance(thing, list) else []


@pytest.mark.parametrize("slide", ORDER)
def test_every_message_has_charts_in_type_for_a_room_and_their_numbers(answer: Answer, slide: str) -> None:
    texts = set()
    for chart in range(len(presenter._charts(slide))):
        made = answer.view(presenter.shown(slide, chart))
        assert answer.view(presenter.shown(slide, chart)) is made
        assert made.figure.title
        assert made.figure.rows
        assert all(len(row) == len(made.figure.head) for row in made.figure.rows)
        large = {key: part for key, part in made.figure.option.items() if key != "media"}
        assert min(sizes(large)) >= LARGE
        assert "query" not in made.figure.option["media"][-1]  # what a wide screen goes back to
        texts.add(made.text)
    assert len(texts) == 1


def test_where_there_is_no_difference_there_is_no_mark_and_no_chart_breaks() -> None:
    """A chart that holds a number that is none cannot be sent, and a mark at zero would say that nothing changes."""
    left = answered(SMALL + "&place=supported_employment_trial").best  # in some worlds nobody has a place: no fit
    month = left.compared.when[-1]
    assert left.compared.contrast("catalytic_philanthropy", "status_quo", "fit", month).difference is None
    for slide in ORDER:
        for chart in range(len(presenter._charts(slide))):
            assert packed(left.view(presenter.shown(slide, chart)).figure.option)
    dots = [one for one in left.view(presenter.shown("verdict", 0)).figure.option["series"] if one["type"] == "scatter"]
    assert [len(one["data"]) for one in dots] == [len(HEADLINE) - 1] * 2


def test_messages_differ_and_stay_short(answer: Answer) -> None:
    said = [message(answer.compared, which) for which in ORDER]
    assert len(set(said)) == len(ORDER)
    assert max(map(len, said)) < 360
    four = answered(SMALL + "&s=homes&s=top_up&s=user_centred&s=placebo").compared
    assert max(len(message(four, which)) for which in ORDER) < 420


def test_what_runs_cannot_tell_is_not_said_in_numbers() -> None:
    one = answered(SMALL, 1).compared
    for which in ("people", "money"):
        assert "Catalytic philanthropy: not known" in message(one, which)
    assert "people)" not in message(one, "secure_people")
    same = answered(SMALL + "&s=placebo").compared
    assert "Placebo: the same, the same" in message(same, "money")


def test_the_address_chooses_message_and_chart_and_nonsense_is_the_first() -> None:
    assert presenter.where(read_query("x-slide=money&x-chart=2")) == ("money", 1)
    assert presenter.where(read_query("x-slide=%3Cb%3E&x-chart=99")) == (ORDER[0], 0)
    assert presenter.where(Screen()) == (ORDER[0], 0)


def test_walking_stops_at_both_ends_and_begins_with_the_first_chart() -> None:
    start = read_query("x-chart=2")
    assert presenter.walked(start, -1) == start
    last = presenter.walked(start, 99)
    assert presenter.where(last) == (ORDER[-1], 0)
    assert presenter.walked(last, 1) == last
    assert presenter.where(presenter.walked(last, -2))[0] == ORDER[-3]


def test_a_lever_is_taken_moved_and_put_away() -> None:
    start = read_query(SMALL)
    assert presenter.lever(start) == {}
    assert presenter.nudged(start, 1) == start
    names = [one["name"] for one in presenter.levers(start)]
    first = presenter.turned(start, 1)
    assert first.remembered("x-lever") == names[0]
    assert presenter.turned(start, -1).remembered("x-lever") == names[-1]
    assert presenter.turned(first, 0).remembered("x-lever") == ""
    listening = start.with_more("x-lever", "listening")
    before, after = presenter.lever(listening), presenter.lever(presenter.nudged(listening, 1))
    assert after["value"] > before["value"]
    screen = listening
    for _ in range(200):
        screen = presenter.nudged(screen, -1)
    assert presenter.lever(screen)["value"] == presenter.lever(screen)["low"]


def test_a_share_without_room_is_refused_in_a_sentence() -> None:
    session = Session(SMALL + "&x-lever=share_places", Desk())
    for _ in range(150):
        session.change(lambda s: presenter.nudged(s, 1), "present")
    assert "left of the whole" in session.complaints.value["present"]
    with pytest.raises(BadInput):
        presenter.nudged(session.screen.value, 1)


def test_every_message_and_chart_is_marked() -> None:
    speak(BRACKETS)
    try:
        made = answered(SMALL + "&point=yes")
        for slide in ORDER:
            for chart, name in enumerate(presenter._charts(slide)):
                shown = made.view(presenter.shown(slide, chart))
                figure, cells = shown.figure, [text for row in shown.figure.rows for text in row]
                called = presenter.own(name, made.compared.domain)
                said = [shown.text, called, figure.title, figure.unit, *figure.head, *cells, *said_in(figure.option)]
                assert sum("[" in text for text in said) > len(HEADLINE)
                assert [text for text in said if outside(text)] == []
    finally:
        speak(ENGLISH)
