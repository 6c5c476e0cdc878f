"""Questions and answers: paired, tightening, cancelled, computed once."""

import threading
from typing import Any

import numpy as np
import pytest

from analysis.comparison import Comparison
from dashboard import runs
from dashboard.runs import FIRST, REMEMBERED, Desk
from dashboard.screen import Screen, read_query
from scenarios.ensemble import batches, ensemble

SMALL = "people=500&months=80"


def test_answers_tighten_and_are_the_digits_of_the_command_line() -> None:
    screen = read_query(SMALL)
    answers = list(Desk(cores=2).ask(screen, replicates=8))
    assert answers[0].replicates == FIRST
    assert answers[-1].replicates == 8
    assert answers[-1].complete
    typed = Comparison(ensemble(screen.scenarios, 8), screen.scenarios)
    assert answers[-1].compared.headline.equals(typed.headline)
    assert answers[-1].compared.between.equals(typed.between)
    assert typed.headline["n"].to_list() == [8] * typed.headline.height


def test_only_the_strategy_that_changed_is_run_again_to_the_same_digits() -> None:
    desk, before = Desk(cores=2), read_query(SMALL)
    after = before.with_lever(1, "listening", 3.5)
    list(desk.ask(before, 4))
    assert desk.finished.computed == 4 * 3
    mixed = list(desk.ask(after, 6))[-1].compared.summary
    assert desk.finished.computed == 4 * 3 + 4 + 2 * 3
    fresh = list(Desk(cores=2).ask(after, 6))[-1].compared.summary
    np.testing.assert_array_equal(mixed.values, fresh.values)
    assert [batch.seeds for batch in mixed.batches] == [(r, r, r) for r in range(1, 7)]


def test_somebody_with_nothing_goes_before_somebody_with_a_first_answer() -> None:
    desk = Desk(cores=1, keep={"secure_share"})
    first = desk.ask(read_query(SMALL))
    answers = iter(first)
    assert next(answers).replicates == FIRST
    other = next(iter(desk.ask(read_query(SMALL + "&seed=900"))))
    later = next(answers)
    assert other.replicates == FIRST
    assert other.number < later.number
    first.let_go()


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
        if arguments[5]._question.cancel.wait(20):
            stopped.set()
        return []

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
    made = list(batches(Screen(people=500, months=80).scenarios, 1, measures=["secure_share"]))
    monkeypatch.setattr(runs, "_chunk", lambda *_: made)
    desk = Desk(cores=1)
    for seed in range(REMEMBERED + 10):
        list(desk.ask(Screen(people=500, months=80, seed=seed), 1))
    assert desk.remembered <= REMEMBERED + 1


def test_a_drag_leaves_no_stale_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty positions of one slider in a second: only those that somebody still waits for are worked on."""
    desk, screen = Desk(cores=2, keep={"secure_share"}), read_query(SMALL)
    list(desk.ask(screen, FIRST))
    before = desk.finished.computed
    held = desk.ask(screen)
    for step in range(40):
        held.let_go()
        held = desk.ask(screen.with_lever(1, "listening", 0.5 + 0.05 * step), FIRST)
    assert list(held)[-1].complete
    assert desk.remembered == 2
    assert not desk._queue or all(one.cancel.is_set() for one in desk._queue)
    # At worst what was under way at each look: one replicate on each core, and not four of every position.
    assert desk.finished.computed - before < 40 * FIRST / 2
