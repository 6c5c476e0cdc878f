"""Questions and answers: paired, tightening, cancelled, computed once."""

import threading
from typing import Any

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from analysis.comparison import NEEDED, Comparison
from dashboard import runs
from dashboard.runs import AT_ONCE, FIRST, LATE, LONG, REMEMBERED, Desk
from dashboard.screen import EACH, SETS, Screen, read_query
from runs.controls import ensemble_with_controls
from runs.ensemble import batches, ensemble
from scenarios.choice import Choice
from scenarios.plausible import plausible, shipped_sample

SMALL = "people=500&months=80"
POINT = SMALL + "&point=yes"  # chance only: the model's numbers at their default values


def test_answers_tighten_and_are_the_digits_of_the_command_line() -> None:
    screen = read_query(POINT)
    answers = list(Desk(cores=2).ask(screen, replicates=8))
    assert answers[0].replicates == FIRST
    assert answers[-1].replicates == 8
    assert [answer.complete for answer in answers] == [False] * (len(answers) - 1) + [True]
    assert all(answer.sets is None and answer.best is answer.point for answer in answers)
    typed = Comparison(ensemble(screen.scenarios, 8), screen.scenarios)
    assert answers[-1].compared.headline.equals(typed.headline)
    assert answers[-1].compared.between.equals(typed.between)
    assert typed.headline["n"].to_list() == [8] * typed.headline.height


def test_what_nobody_has_measured_follows_the_first_answer_with_the_digits_of_the_command_line() -> None:
    screen = read_query(SMALL)
    first, drawn, held, last = list(Desk(cores=2).ask(screen, replicates=8))
    assert (first.replicates, first.sets, first.best) == (FIRST, None, first.point)
    assert drawn.sets is not None
    assert not drawn.sets.compared.controls  # they come once all replicates are there
    assert held.sets is not None
    assert held.best is held.sets
    assert last.sets is held.sets
    assert (last.replicates, last.complete) == (8, True)
    sets = plausible(screen.where, SETS, screen.seed, shipped_sample(screen.where))
    typed = ensemble_with_controls(screen.scenarios, EACH, sets=sets)
    told = Comparison(typed.results, typed.scenarios, sets=sets, equal_cost=typed.equal_cost)
    shown = last.sets.compared
    assert shown.replicates == SETS * EACH == told.replicates
    assert list(shown.equal_cost) == list(told.equal_cost)
    assert list(shown.controls) == list(told.controls)
    assert len(shown.controls) == 3
    assert_frame_equal(shown.headline, told.headline)
    assert_frame_equal(shown.held_beside, told.held_beside)
    assert_frame_equal(drawn.sets.compared.headline, told.headline)


def test_only_the_strategy_that_changed_is_run_again_to_the_same_digits() -> None:
    desk, before = Desk(cores=2), read_query(POINT + "&s=user_centred&s=placebo")
    after = before.with_lever(0, "branding", 0.3)
    list(desk.ask(before, 4))
    beside = 4 * (desk.finished.computed // 4 - 3)  # controls: homes for the same money
    mixed = list(desk.ask(after, 6))[-1].compared.summary
    assert desk.finished.computed > 4 * 3 + beside + 4 + 2 * 3
    known, now = (next(iter(d.ask(after, 4))) for d in (desk, Desk(cores=2)))
    assert known.compared.headline.equals(now.compared.headline)
    fresh = list(Desk(cores=2).ask(after, 6))[-1].compared.summary
    np.testing.assert_array_equal(mixed.values, fresh.values)
    assert [set(batch.seeds) for batch in mixed.batches] == [{r} for r in range(1, 7)]


def test_a_first_answer_waits_for_nobodys_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    chunk, stuck = runs._chunk, threading.Semaphore(0)

    def slow(
        finished: Any, scenarios: Any, first: int, number: int, threads: int, cancel: Any, sets: Any = None
    ) -> Any:
        if first or sets:
            stuck.release()
            cancel.wait(60)
            return iter(())
        return chunk(finished, scenarios, first, number, threads, cancel, sets)

    monkeypatch.setattr(runs, "_chunk", slow)
    desk = Desk(cores=1, keep={"secure_share"})
    tickets = [desk.ask(read_query(f"{SMALL}&seed={seed}")) for seed in range(1, AT_ONCE + 1)]
    for _ in tickets:
        assert stuck.acquire(timeout=60)  # all who work on later answers are at it
    late = desk.ask(read_query(SMALL + "&seed=900"))
    assert next(iter(late)).replicates == FIRST
    for ticket in (*tickets, late):
        ticket.let_go()


@pytest.mark.parametrize(
    ("ages", "turn"),
    [
        ([3.0, 1.0, 2.0], 0),  # who asked first
        ([LATE + 1, 1.0, 2.0], 2),  # late: behind those who still can be in time
        ([LATE + 1, LATE + 2], 0),  # all are late: the least late
        ([LATE + 1, LONG + 1, 1.0], 1),  # who waits that long means it
    ],
)
def test_whose_turn_it_is(monkeypatch: pytest.MonkeyPatch, ages: list[float], turn: int) -> None:
    monkeypatch.setattr(runs.time, "monotonic", lambda: 1000.0)
    desk, asked = Desk(cores=1), []
    for age in ages:
        question = runs._Question(read_query(SMALL), 8)
        question.asked, question.answers = 1000.0 - age, 1
        asked.append(question)
    desk._queue = list(asked)
    assert desk._turn(polite=False) is None
    assert desk._turn(polite=True) is asked[turn]
    asked[turn].cancel.set()
    assert len(desk._queue) == len(ages) - 1


def test_of_one_visitor_one_question_of_a_kind_is_in_work() -> None:
    desk = Desk(cores=1)
    first, second, other, unknown = (runs._Question(read_query(SMALL), 8, who) for who in ("a", "a", "b", ""))
    desk._queue = [first, second, other, unknown]
    assert desk._turn(polite=False) is first
    assert desk._turn(polite=False) is other  # b does not wait behind both of a's
    assert desk._turn(polite=False) is unknown
    assert desk._turn(polite=False) is None
    first.cancel.set()
    desk._advance(first)  # nobody waits for it any more
    assert desk._turn(polite=False) is second


def test_a_visitors_other_tabs_do_not_keep_another_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve tabs of one visitor whose first answers never come; another's comes all the same."""
    chunk, stuck = runs._chunk, threading.Event()

    def slow(finished: Any, scenarios: Any, *rest: Any) -> Any:
        if scenarios[0].people == 600:
            stuck.wait(60)
        return chunk(finished, scenarios, *rest)

    monkeypatch.setattr(runs, "_chunk", slow)
    desk = Desk(cores=1, keep={"secure_share"})
    heavy = "people=600&months=80&point=yes"
    tabs = [desk.ask(read_query(f"{heavy}&seed={seed}"), visitor="one") for seed in range(12)]
    other = desk.ask(read_query(SMALL), visitor="other")
    assert next(iter(other)).replicates == FIRST
    assert not stuck.is_set()
    stuck.set()
    for ticket in (*tabs, other):
        ticket.let_go()


def test_a_thread_that_dies_is_told_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waited is told; whoever asks next is answered.  All of them may die."""
    chunk = runs._chunk

    def dies(*_: Any) -> Any:
        raise SystemExit

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    desk = Desk(cores=1, keep={"secure_share"})
    for seed in range(2 * AT_ONCE):
        monkeypatch.setattr(runs, "_chunk", dies)
        ticket = desk.ask(read_query(f"{POINT}&seed={seed}"), 4)
        assert list(ticket) == []
        assert ticket.error == "The runs stopped: SystemExit"
        monkeypatch.setattr(runs, "_chunk", chunk)
        assert desk.health["dead"] == 0
        assert list(desk.ask(read_query(f"{POINT}&seed={seed}"), 4))[-1].complete
    desk._at_work[0] = threading.Thread()  # as if it had died where nothing of ours could see it
    assert (desk.health["threads"], desk.health["dead"]) == (2 * AT_ONCE - 1, 1)


def test_what_waits_behind_a_thread_that_dies_is_answered_and_nobody_need_ask_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chunk, began = runs._chunk, threading.Event()

    def dies(*_: Any) -> Any:
        monkeypatch.setattr(runs, "_chunk", chunk)
        began.wait(20)
        raise SystemExit

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(runs, "_chunk", dies)
    desk = Desk(cores=1, keep={"secure_share"})
    first, second = (desk.ask(read_query(f"{POINT}&seed={seed}"), 4) for seed in (1, 2))
    began.set()
    assert list(first) == []
    assert list(second)[-1].complete


def test_equal_questions_are_computed_once() -> None:
    desk = Desk(cores=2, keep={"secure_share"})
    first, second = desk.ask(read_query(POINT), 4), desk.ask(read_query(POINT + "&page=money"), 4)
    assert list(first)[-1] is list(second)[-1]
    computed = desk.computed
    assert len(list(desk.ask(read_query(POINT), 4))) == 1
    assert desk.computed == computed


def test_a_question_that_nobody_waits_for_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    began, stopped = threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Any:
        began.set()
        if arguments[5].wait(20):
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
    assert list(desk.ask(read_query(POINT), 1))[-1].complete


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(batches(Screen(people=500, months=80, point=True, choices=(Choice("placebo"),)).scenarios, 1,
                        measures=NEEDED))  # fmt: skip
    monkeypatch.setattr(runs, "_chunk", lambda *_: made)
    desk = Desk(cores=1)
    for seed in range(REMEMBERED + 10):
        list(desk.ask(Screen(people=500, months=80, seed=seed, point=True, choices=(Choice("placebo"),)), 1))
    assert desk.remembered <= REMEMBERED + 1


def test_a_drag_leaves_no_stale_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty positions of one slider in a second: only those that somebody still waits for are worked on."""
    desk, screen = Desk(cores=2, keep={"secure_share"}), read_query(POINT)
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
