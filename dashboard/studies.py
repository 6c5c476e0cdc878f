"""Work on demand that is not the screen's ensemble: one person's life, other worldviews, a mechanism switched off.

    seen = use_study(("life", screen.question, person), lambda progress, cancel: life(..., cancel), wanted=asked)
    StudyProgress(seen, "Living this life again")      # a bar and a Cancel button while it runs, a sentence if it fails
    if seen.result is not None: ...                    # whole once seen.state == "done"

A study is asked for by a key.  Equal keys are computed once, for all sessions, and remembered, a bounded number of
them.  Who loses interest leaves; a study nobody waits for is cancelled, cooperatively.  The screen's own runs go
first: while the desk is busy, every look at `cancel` - an ensemble takes one each 10 ms of work - waits.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import solara

from dashboard.parts import Progress, element
from engine.errors import UnfreezeError
from scenarios.language import say
from scenarios.refused import refused

REMEMBERED = 48  # finished studies kept for whoever asks the same again.  Assumption: some MiB each at most
PAUSE = 0.01  # seconds between looks at whether the desk is still busy
LONGEST_PAUSE = 0.25  # seconds that one look at `cancel` waits at most, so that a busy server still finishes studies
PATIENCE = 0.5  # seconds between looks at whether somebody still waits
NEWS = 0.2  # seconds between two redraws of one session's progress


class Tell(Protocol):
    """How work says how far it is, and, if it likes, what it knows so far."""

    def __call__(self, done: int, of: int, so_far: Any = None, /) -> None: ...


Work = Callable[[Tell, threading.Event], Any]


def _nothing() -> None:
    """For what nobody can stop."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A study as it stands.  `result` may be there before the end where the work tells what it knows so far."""

    key: Hashable
    state: str = "waiting"  # unasked | waiting | running | done | failed | cancelled
    done: int = 0
    of: int = 0
    result: Any = None
    error: str = ""  # a sentence, where it failed
    number: int = 0  # how many things have happened to it: a later look has a larger number
    stop: Callable[[], None] = _nothing
    start: Callable[[], None] = _nothing

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        return self.state in ("done", "failed", "cancelled")


class _Cancel(threading.Event):
    """Tells work to stop; and makes it wait a little, at every look, while the screen's own runs need the machine."""

    def __init__(self, busy: Callable[[], bool]) -> None:
        super().__init__()
        self._busy = busy

    def is_set(self) -> bool:
        """Whether to stop."""
        end = time.monotonic() + LONGEST_PAUSE
        while not super().is_set() and self._busy() and time.monotonic() < end:
            self.wait(PAUSE)
        return super().is_set()


class Study:
    """One piece of work, shared by everybody who asked for it."""

    def __init__(self, key: Hashable, work: Work, busy: Callable[[], bool]) -> None:
        self.work: Work | None = work
        self.seen = Seen(key)
        self.cancel = _Cancel(busy)
        self.waiting = 0

    @property
    def state(self) -> str:
        """waiting | running | done | failed | cancelled"""
        return self.seen.state

    @property
    def done(self) -> int:
        """How far it is ..."""
        return self.seen.done

    @property
    def of(self) -> int:
        """... of how many; 0 while nobody knows."""
        return self.seen.of

    @property
    def result(self) -> Any:
        """What came out; None until something did."""
        return self.seen.result

    @property
    def error(self) -> str:
        """Why nothing came out; empty if nothing went wrong."""
        return self.seen.error


class Studies:
    """Takes studies from all sessions and works on them, the first come first, at most `at_once` at a time."""

    def __init__(self, at_once: int | None = None, busy: Callable[[], bool] = lambda: False) -> None:
        self.at_once = at_once or os.cpu_count() or 1
        self.news = threading.Condition()
        self._busy = busy
        self._kept: OrderedDict[Hashable, Study] = OrderedDict()  # the least recently used first
        self._queue: deque[Study] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0

    def give_way(self, busy: Callable[[], bool]) -> None:
        """While `busy()`, studies wait."""
        self._busy = busy

    def ask(self, key: Hashable, work: Work) -> Study:
        """The study of that name, begun if need be.  Whoever asks must `leave` it in the end."""
        with self.news:
            study = self._kept.get(key)
            if study is None:
                study = self._kept[key] = Study(key, work, lambda: self._busy())
                self._queue.append(study)
                self._hire()
            self._kept.move_to_end(key)
            study.waiting += 1
            self._forget()
            self.news.notify_all()
            return study

    def leave(self, study: Study) -> None:
        """Take one interest back; the last one cancels what is not over."""
        with self.news:
            study.waiting -= 1
            if study.waiting == 0 and not study.seen.over:
                study.cancel.set()
                self._happened(study, state="cancelled")
                self._drop(study)

    def follow(self, study: Study, gone: threading.Event) -> Iterator[Seen]:
        """What is seen of it now, and whenever something happens, until it is over or one is `gone`."""
        number = -1
        while not gone.is_set():
            with self.news:
                seen = study.seen
                if seen.number == number:
                    self.news.wait(PATIENCE)
                    continue
            number = seen.number
            yield seen
            if seen.over:
                return

    def known(self, key: Hashable) -> Seen | None:
        """What is in memory of that key."""
        with self.news:
            study = self._kept.get(key)
            return study.seen if study is not None else None

    @property
    def remembered(self) -> int:
        """Studies in memory."""
        return len(self._kept)

    @property
    def health(self) -> dict[str, int]:
        """Threads that live and that died, and studies that wait to be worked on."""
        with self.news:
            living = sum(thread.is_alive() for thread in self._threads)
            return {"threads": living, "dead": len(self._threads) - living, "waiting": len(self._queue)}

    def _happened(self, study: Study, **changes: Any) -> None:
        """To be called with `news` held.  Nothing happens to a study that is over."""
        if not study.seen.over:
            study.seen = replace(study.seen, number=study.seen.number + 1, **changes)
            self.news.notify_all()

    def _drop(self, study: Study) -> None:
        if self._kept.get(study.seen.key) is study:
            del self._kept[study.seen.key]

    def _forget(self) -> None:
        idle = [study for study in self._kept.values() if study.waiting == 0 and study.seen.over]
        for study in idle[: max(0, len(self._kept) - REMEMBERED)]:
            self._drop(study)

    def _hire(self) -> None:
        if self._idle < len(self._queue) and len(self._threads) < self.at_once:
            worker = threading.Thread(target=self._work, name="unfreeze-study", daemon=True)
            worker.current_context = None  # the server's, not the session's that asked
            self._threads.append(worker)
            worker.start()

    def _work(self) -> None:
        while True:
            with self.news:
                self._idle += 1
                while not self._queue:
                    self.news.wait()
                self._idle -= 1
                study = self._queue.popleft()
                work, study.work = study.work, None  # what it closes over can go once it is done
                if study.seen.over or work is None:
                    continue
                self._happened(study, state="running")
            try:
                self._finish(study, work)
            except BaseException as death:  # of this thread: whoever waits is told, and another takes its place
                with self.news:
                    self._threads.remove(threading.current_thread())
                    self._hire()
                    self._happened(study, state="failed", error=say("It stopped: {error}", error=type(death).__name__))
                    self._drop(study)
                raise

    def _finish(self, study: Study, work: Work) -> None:
        def tell(done: int, of: int, so_far: Any = None, /) -> None:
            with self.news:
                known = {} if so_far is None else {"result": so_far}
                self._happened(study, done=done, of=of, **known)

        try:
            ended: dict[str, Any] = {"state": "done", "result": work(tell, study.cancel)}
        except UnfreezeError as trouble:
            ended = {"state": "failed", "error": refused(trouble)}
        except Exception as trouble:
            if study.seen.state != "cancelled":  # what was told to stop may raise on its way out
                traceback.print_exc()  # for whoever runs the server; the page says it in a sentence
            ended = {"state": "failed", "error": say("It stopped: {error}", error=type(trouble).__name__)}
        with self.news:
            self._happened(study, **ended)
            if study.seen.state != "done":
                self._drop(study)  # whoever asks again tries again


STUDIES = Studies()


def use_study(key: Hashable, work: Work, wanted: bool = True, studies: Studies = STUDIES) -> Seen:
    """A hook: the study of that key as it stands, asked for while `wanted` and this component is on a page.

    `work(tell, cancel)` runs in a thread of the server: it must not touch the session, only what it was given; it calls
    `tell(done, of)` or `tell(done, of, so_far)`, and stops when `cancel.is_set()` (an ensemble takes it as `cancel`).
    Everything that determines its result belongs to the key, e.g. `screen.question`.
    """
    seen = solara.use_memo(lambda: solara.reactive(Seen(None, "unasked")), [])
    stopped: Any = solara.use_memo(lambda: solara.reactive(None), [])
    asked = wanted and stopped.value != (key,)

    def follow() -> Callable[[], None] | None:
        if not asked:
            return None
        study, gone = studies.ask(key, work), threading.Event()

        def listen() -> None:
            for now in studies.follow(study, gone):
                seen.set(now)
                if not now.over:
                    gone.wait(NEWS)

        def leave() -> None:
            gone.set()
            studies.leave(study)

        threading.Thread(target=listen, daemon=True, name="unfreeze-follow").start()  # of this session
        return leave

    solara.use_effect(follow, [key, asked])
    now: Seen = seen.value
    if asked and now.key != key:
        now = studies.known(key) or now
    if now.key != key or (not asked and not now.over):
        now = Seen(key, "waiting" if asked else "cancelled" if wanted else "unasked")
    return replace(now, stop=lambda: stopped.set((key,)), start=lambda: stopped.set(None))


def StudyProgress(seen: Seen, what: str) -> None:
    """How far it is, for eyes and ears, with a way to stop it; a sentence where it failed; nothing once it is done.

    `what` says what is being done, e.g. "Switching off one mechanism after another".
    """
    if seen.state in ("waiting", "running"):
        Progress(what=what, done=seen.done, of=seen.of, event_stop=lambda _: seen.stop())
    elif seen.state == "cancelled":
        Progress(what=say("{what}: cancelled.", what=what), over=True, event_start=lambda _: seen.start())
    elif seen.state == "failed":
        element("p", say("{what}: {error}", what=what, error=seen.error), cls="u-trouble", attributes={"role": "alert"})
