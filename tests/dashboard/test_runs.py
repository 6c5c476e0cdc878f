"""Questions and answers: paired, tightening, cancelled, computed once."""

import threading
from typing import Any

import pytest

from dashboard import runs
from dashboard.runs import FIRST, REMEMBERED, Desk
from dashboard.screen import Screen, read_query
from scenarios.ensemble import ensemble

SMALL = "people=500&months=80"


def test_answers_tighten_and_are_the_digits_of_the_command_line() -> None:
    screen = read_query(SMALL)
    answers = list(Desk(cores=2).ask(screen, replicates=8))
    assert answers[0].replicates == FIRST
    assert answers[-1].replicates == 8
    assert answers[-1].complete
    whole = ensemble(screen.scenarios, 8).months.filter(stratum="all")
    order = ["scenario", "seed", "measure", "month"]
    assert answers[-1].compared.months.sort(order).equals(whole.sort(order))


def test_equal_questions_are_computed_once() -> None:
    desk = Desk(cores=2, keep={"secure_share"})
    first, second = desk.ask(read_query(SMALL), 4), desk.ask(read_query(SMALL + "&page=money"), 4)
    assert next(iter(first)) is next(iter(second))
    assert desk.computed == 4
    assert len(list(desk.ask(read_query(SMALL), 4))) == 1
    assert desk.computed == 4


def test_a_question_that_nobody_waits_for_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    began, stopped = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Any:
        began.set()
        if arguments[4].wait(20):
            stopped.set()

    monkeypatch.setattr(runs, "_chunk", slow)
    ticket = Desk(cores=1).ask(Screen())
    assert began.wait(10)
    ticket.let_go()
    assert stopped.wait(10)
    assert list(ticket) == []


def test_what_breaks_is_said_and_does_not_stop_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("secret details")

    desk = Desk(cores=1, keep={"secure_share"})
    with monkeypatch.context() as patch:
        patch.setattr(runs, "_chunk", broken)
        ticket = desk.ask(Screen())
        assert list(ticket) == []
        assert ticket.error == "The runs stopped: ValueError"
    assert len(list(desk.ask(read_query(SMALL), 1))) == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ensemble(Screen(people=500, months=80).scenarios, 1, keep={"secure_share"})
    monkeypatch.setattr(runs, "_chunk", lambda *_: made)
    desk = Desk(cores=1)
    for seed in range(REMEMBERED + 10):
        list(desk.ask(Screen(people=500, months=80, seed=seed), 1))
    assert desk.remembered <= REMEMBERED + 1
