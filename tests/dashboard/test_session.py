"""One session's past and future: nothing is lost, not even by a refresh, whatever the browser hands over."""

import threading
import time
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    from dashboard.pages import KEEP
    from dashboard.session import HANDED_OVER, LETTERS, Session

from dashboard.runs import Desk

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = "people=500&months=80"


def moved(steps: int) -> Session:
    """A session in which the seed was changed so often."""
    session = Session(SMALL, Desk())
    for seed in range(2, 2 + steps):
        session.change(lambda s, seed=seed: s.with_(seed=seed), f"seed {seed}")
    return session


def test_a_refresh_gives_past_and_future_back() -> None:
    before = moved(4)
    before.undo()
    after = Session(before.screen.value.query, Desk())
    after.restore(before.history)
    assert after.restored.value == 1
    seeds = []
    after.redo()
    seeds.append(after.screen.value.seed)
    for _ in range(4):
        after.undo()
        seeds.append(after.screen.value.seed)
    assert seeds == [5, 4, 3, 2, 1]
    assert not after.past


def test_the_browser_keeps_the_nearest_steps_and_not_too_many_letters() -> None:
    kept = moved(HANDED_OVER + 10).history["past"]
    assert len(kept) == HANDED_OVER
    assert f"seed={HANDED_OVER + 10}&" in kept[-1]
    session = moved(3)
    session.past = ["x-note=" + "y" * (LETTERS // 2)] * 3 + ["seed=9"]
    assert [len(text) < 10 for text in session.history["past"]] == [False, True]


@pytest.mark.parametrize("found", [None, "text", {"past": 3}, {"past": [1, None], "future": {}}, []])
def test_what_the_browser_hands_over_may_be_anything(found: object) -> None:
    session = Session(SMALL, Desk())
    session.restore(found)
    session.undo()
    session.redo()
    assert session.screen.value.people == 500
    assert session.past == session.future == []


def test_an_overtaken_thread_does_not_leave_an_old_answer_on_the_screen() -> None:
    """The first answer is being shown, slowly, when the second question's answer comes and is shown at once."""
    old, new = SimpleNamespace(question="old"), SimpleNamespace(question="new")
    showing, overtaken, slow = threading.Event(), threading.Event(), []

    class Shown:
        value: Any = None

        def set(self, answer: Any) -> None:
            if answer is old:
                slow.append(threading.current_thread())
                showing.set()
                assert overtaken.wait(20)
            self.value = answer
            if answer is new:
                overtaken.set()

    class Ticket(list[Any]):
        error = ""

        def let_go(self) -> None:
            pass

    tickets = iter([Ticket([old]), Ticket([new])])
    session = Session(SMALL, SimpleNamespace(ask=lambda _, visitor: next(tickets)))  # type: ignore[arg-type]
    session.watch.answer = Shown()  # type: ignore[assignment]
    let_go = session.follow()
    assert showing.wait(20)
    let_go()
    session.follow()
    slow[0].join(20)
    assert session.watch.answer.value is new


def test_an_answer_comes_as_one_drawing() -> None:
    """Six parts of Compare look at the answer; each would draw the whole page anew."""

    class Drawing:
        depth = 0

        def __enter__(self) -> None:
            self.depth += 1

        def __exit__(self, *_: object) -> None:
            self.depth -= 1

    drawing, seen = Drawing(), list[int]()
    session = Session(SMALL, Desk(cores=2, keep=KEEP))
    session.draws_in(drawing)
    session.watch.answer.subscribe(lambda _: seen.append(drawing.depth))
    let_go = session.follow()
    for _ in range(600):
        if session.answer.value is not None and session.answer.value.complete:
            break
        time.sleep(0.1)
    let_go()
    assert len(seen) >= 3
    assert set(seen) == {1}


def test_a_step_that_cannot_be_read_says_so() -> None:
    session = Session(SMALL, Desk())
    session.restore({"past": ["place=<b>atlantis</b>"]})
    session.undo()
    assert "<b>atlantis</b>" in session.trouble.value
    session.redo()
    assert session.trouble.value == ""
    assert session.screen.value.people == 500


def test_who_has_a_past_already_is_given_none() -> None:
    session = moved(1)
    session.restore({"past": ["seed=99"]})
    assert len(session.past) == 1


def test_back_in_the_browser_can_be_undone() -> None:
    session = moved(2)
    session.address(SMALL)
    assert session.screen.value.seed == 1
    session.undo()
    assert session.screen.value.seed == 3
