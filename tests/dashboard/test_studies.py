"""Studies: shared, remembered, cancelled, behind the sliders, and said in a sentence when they fail."""

import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest

with warnings.catch_warnings():  # solara's and its widgets' own
    warnings.simplefilter("ignore")
    import solara

    from dashboard.studies import LONGEST_PAUSE, REMEMBERED, Seen, Studies, StudyProgress, Tell, use_study

from engine.errors import UnfreezeError

pytestmark = pytest.mark.filterwarnings("ignore")


def until(true: Callable[[], Any], seconds: float = 10.0) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


def test_equal_keys_are_computed_once_and_remembered() -> None:
    studies, calls, go = Studies(2), [], threading.Event()

    def work(tell: Tell, cancel: threading.Event) -> str:
        calls.append(1)
        go.wait(10)
        return "found"

    first, second = studies.ask("a", work), studies.ask("a", work)
    assert first is second
    go.set()
    assert [seen.result for seen in studies.follow(first, threading.Event())][-1] == "found"
    assert studies.ask("a", work).state == "done"
    assert len(calls) == 1


def test_a_thread_that_dies_is_told_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(tell: Tell, cancel: threading.Event) -> None:
        raise SystemExit

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    studies = Studies(1)
    for key in range(3):
        study = studies.ask(key, dies)
        until(lambda one=study: one.state == "failed")  # type: ignore[misc]
        assert study.error == "It stopped: SystemExit"
    after = studies.ask("after", lambda tell, cancel: "found")
    until(lambda: after.state == "done")
    assert after.result == "found"


def test_progress_and_what_is_known_so_far_are_seen() -> None:
    studies, step = Studies(1), threading.Semaphore(0)

    def work(tell: Tell, cancel: threading.Event) -> list[int]:
        step.acquire(timeout=10)
        tell(1, 2, [7])
        step.acquire(timeout=10)
        return [7, 8]

    study = studies.ask("a", work)
    step.release()
    until(lambda: study.done == 1)
    assert (study.state, study.of, study.result) == ("running", 2, [7])
    step.release()
    until(lambda: study.state == "done")
    assert study.result == [7, 8]


def test_at_most_so_many_run_at_once_and_the_last_one_to_leave_cancels() -> None:
    studies = Studies(1)

    def work(tell: Tell, cancel: threading.Event) -> None:
        assert cancel.wait(10)

    running, waiting = studies.ask("a", work), studies.ask("b", work)
    again = studies.ask("a", work)
    until(lambda: running.state == "running")
    time.sleep(0.05)
    assert waiting.state == "waiting"
    studies.leave(again)
    assert running.state == "running"
    studies.leave(running)
    assert running.state == "cancelled"
    until(lambda: waiting.state == "running")
    studies.leave(waiting)
    assert studies.remembered == 0
    assert studies.ask("a", lambda tell, cancel: "anew") is not running  # whoever asks again gets a new one


def test_what_breaks_is_a_sentence_and_the_next_study_runs(capsys: pytest.CaptureFixture[str]) -> None:
    studies = Studies(1)

    def breaks(tell: Tell, cancel: threading.Event) -> None:
        raise ValueError("secret details")

    def refuses(tell: Tell, cancel: threading.Event) -> None:
        raise UnfreezeError("There is nobody to ask.")

    one, two, three = studies.ask(1, breaks), studies.ask(2, refuses), studies.ask(3, lambda tell, cancel: 3)
    until(lambda: three.state == "done")
    assert (one.state, one.error) == ("failed", "It stopped: ValueError")
    assert (two.state, two.error) == ("failed", "There is nobody to ask.")
    assert "secret details" in capsys.readouterr().err
    assert studies.remembered == 1  # what failed is tried again


def test_studies_wait_while_sliders_move() -> None:
    busy = threading.Event()
    studies, looks = Studies(1, busy.is_set), []

    def work(tell: Tell, cancel: threading.Event) -> None:
        for _ in range(3):
            cancel.is_set()
            looks.append(time.monotonic())

    busy.set()
    began = time.monotonic()
    study = studies.ask("a", work)
    until(lambda: study.state == "done")
    assert looks[0] - began > 0.8 * LONGEST_PAUSE  # it waited, but not for ever
    busy.clear()
    looks.clear()
    began = time.monotonic()
    study = studies.ask("b", work)
    until(lambda: study.state == "done")
    assert looks[-1] - began < LONGEST_PAUSE


def test_memory_is_bounded_and_the_least_recently_used_go() -> None:
    studies = Studies(1)
    for key in range(REMEMBERED + 5):
        study = studies.ask(key, lambda tell, cancel: "x")
        until(lambda: study.state == "done")  # noqa: B023
        studies.leave(study)
        studies.leave(studies.ask(0, lambda tell, cancel: "x"))
    assert studies.remembered <= REMEMBERED + 1
    assert studies.known(0) is not None
    assert studies.known(1) is None


def test_a_page_follows_a_study_stops_it_and_starts_it_again() -> None:
    studies, go, seen = Studies(2), threading.Event(), []

    def work(tell: Tell, cancel: threading.Event) -> str:
        tell(1, 4)
        while not go.is_set() and not cancel.wait(0.01):
            pass
        return "found"

    asked = solara.reactive(("a", True))

    @solara.component
    def Page() -> None:
        key, wanted = asked.value
        now = use_study(key, work, wanted, studies)
        seen.append(now)
        StudyProgress(now, "Counting")
        solara.Text(str(now.result))

    box, rendered = solara.render(Page(), handle_error=False)
    until(lambda: seen[-1].state == "running" and seen[-1].of == 4)
    assert "Counting" in str([widget.what for widget in rendered.find(cls=_progress(box)).widgets])
    seen[-1].stop()
    until(lambda: seen[-1].state == "cancelled" and studies.remembered == 0)
    seen[-1].start()
    until(lambda: seen[-1].state == "running")
    go.set()
    until(lambda: seen[-1].result == "found")
    asked.set(("b", False))
    until(lambda: seen[-1].state == "unasked")
    go.clear()
    asked.set(("a", True))
    until(lambda: seen[-1].result == "found")  # from memory: its work would wait for `go`
    rendered.close()


def _progress(widget: Any) -> type:
    """The class of the progress display somewhere in here."""
    found = [widget]
    for one in found:
        if hasattr(one, "what"):
            return type(one)
        found.extend(child for child in getattr(one, "children", []) if not isinstance(child, str))
    raise AssertionError("no progress display")


def test_a_failed_study_is_an_alert() -> None:
    @solara.component
    def Page() -> None:
        StudyProgress(Seen("a", "failed", error="There is nobody to ask."), "Asking")

    box, rendered = solara.render(Page(), handle_error=False)
    assert "Asking: There is nobody to ask." in repr(box.children)
    rendered.close()
