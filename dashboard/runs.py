"""The only door to the ensemble: questions in, answers that tighten out.

A question is a screen's scenarios.  It is computed in chunks of paired replicates: the first 4 as soon as possible,
then more up to 32.  One dispatcher serves all sessions, the least complete question first, with all cores for one
chunk at a time; equal questions are computed once and remembered, a bounded number of them.  Whoever loses interest
lets go of the ticket; a question nobody waits for is cancelled, in the middle of a chunk.

To put another engine in place, change `_chunk`.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from analysis.comparison import Comparison
from dashboard.screen import REPLICATES, Screen
from engine.errors import UnfreezeError
from scenarios.ensemble import ensemble
from scenarios.scenario import Scenario
from scenarios.store import Results

FIRST, CHUNK = 4, 7  # replicates: of the first answer, and of each that follows
REMEMBERED = 24  # answers kept for whoever asks the same again
PATIENCE = 0.5  # seconds between looks at whether somebody still waits


@dataclass
class Answer:
    """What is known so far.  `view` keeps what was made of it, so that equal sessions make it once."""

    compared: Comparison
    complete: bool
    number: int  # which answer of this server this is: a later one has a larger number
    question: str = ""
    _views: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def replicates(self) -> int:
        """Pairs of twins so far."""
        return self.compared.replicates

    def view[T](self, make: Callable[[Comparison], T], key: Any = None) -> T:
        """`make(compared)`, made once."""
        with self._lock:
            name = (make, key)
            if name not in self._views:
                self._views[name] = make(self.compared)
            found: T = self._views[name]
            return found


class _Question:
    """One computation, shared by everybody who asked it."""

    def __init__(self, screen: Screen, replicates: int) -> None:
        self.key, self.command, self.replicates = (screen.question, replicates), screen.command, replicates
        self.scenarios: Sequence[Scenario] = screen.scenarios
        self.parts: list[Results] = []
        self.done = 0
        self.answer: Answer | None = None
        self.error = ""
        self.waiting = 0
        self.queued = False
        self.cancel = threading.Event()

    @property
    def over(self) -> bool:
        return bool(self.error) or (self.answer is not None and self.answer.complete)


class Ticket:
    """Somebody's interest in a question.  Iterate for answers, each better than the one before; `let_go` ends it."""

    def __init__(self, desk: Desk, question: _Question) -> None:
        self._desk, self._question, self._gone = desk, question, False

    def __iter__(self) -> Iterator[Answer]:
        seen = 0
        try:
            while not self._gone:
                with self._desk.news:
                    answer, over = self._question.answer, self._question.over
                    if answer is None or answer.number <= seen:
                        if over:
                            break
                        self._desk.news.wait(PATIENCE)
                        continue
                seen = answer.number
                yield answer
        finally:
            self.let_go()

    @property
    def error(self) -> str:
        """Why there is no answer; empty if nothing went wrong."""
        return self._question.error

    def let_go(self) -> None:
        """Nobody waits any longer here.  Safe to call more than once, from any thread."""
        self._desk.leave(self)


class Desk:
    """Takes questions from all sessions and works on them."""

    def __init__(self, cores: int | None = None, keep: Collection[str] | None = None) -> None:
        self.cores, self.keep = cores or _cores(), keep
        self.news = threading.Condition()
        self._questions: OrderedDict[Any, _Question] = OrderedDict()
        self._queue: list[tuple[int, int, _Question]] = []
        self._order, self._numbers = itertools.count(), itertools.count(1)
        self._worker: threading.Thread | None = None
        self.computed = 0  # replicates, ever

    def ask(self, screen: Screen, replicates: int = REPLICATES) -> Ticket:
        """A ticket for the screen's runs; BadInput if it describes none."""
        screen.scenarios  # noqa: B018  says so before anybody waits
        key = (screen.question, replicates)
        with self.news:
            question = self._questions.get(key)
            if question is None or question.error or (question.cancel.is_set() and not question.over):
                question = self._questions[key] = _Question(screen, replicates)
            self._questions.move_to_end(key)
            question.waiting += 1
            self._push(question)
            self._start()
            self._forget()
            return Ticket(self, question)

    def leave(self, ticket: Ticket) -> None:
        """Take one interest back; the last one cancels."""
        with self.news:
            if ticket._gone:
                return
            ticket._gone = True
            question = ticket._question
            question.waiting -= 1
            if question.waiting == 0 and not question.over:
                question.cancel.set()
                if self._questions.get(question.key) is question:
                    del self._questions[question.key]
            self.news.notify_all()

    @property
    def remembered(self) -> int:
        """Questions in memory."""
        return len(self._questions)

    def _push(self, question: _Question) -> None:
        if not question.over and not question.queued:
            question.queued = True
            heapq.heappush(self._queue, (question.done, next(self._order), question))
            self.news.notify_all()

    def _forget(self) -> None:
        idle = [key for key, question in self._questions.items() if question.waiting == 0 and question.over]
        for key in idle[: max(0, len(self._questions) - REMEMBERED)]:
            del self._questions[key]

    def _start(self) -> None:
        if self._worker is None or not self._worker.is_alive():
            self._worker = _thread(self._work)
            self._worker.start()

    def _work(self) -> None:
        while True:
            with self.news:
                while not self._queue:
                    self.news.wait()
                _, _, question = heapq.heappop(self._queue)  # stays `queued` while it is worked on
            if not question.cancel.is_set() and not question.over:
                self._advance(question)

    def _advance(self, question: _Question) -> None:
        number = min(FIRST if question.done == 0 else CHUNK, question.replicates - question.done)
        answer, error = None, ""
        try:
            part = _chunk(question.scenarios, number, question.scenarios[0].seed + question.done, self.cores,
                          question.cancel, self.keep)  # fmt: skip
            if question.cancel.is_set():
                return  # it is forgotten already; whoever asks again gets a new one
            parts = [*question.parts, part]
            results = Results.together(parts)
            if (results.runs["status"] != "done").all():
                raise UnfreezeError(f"Every run failed; the first one said: {results.runs['error'][0]}")
            compared = Comparison(results, question.scenarios, question.command)
            complete = question.done + number >= question.replicates
            answer = Answer(compared, complete, next(self._numbers), question.key[0])
        except UnfreezeError as trouble:
            error = str(trouble)
        except Exception as trouble:
            traceback.print_exc()  # for whoever runs the server; the page says it in a sentence
            error = f"The runs stopped: {type(trouble).__name__}"
        with self.news:
            question.queued = False
            if answer is not None:
                question.parts, question.done, question.answer = (
                    [answer.compared.results],
                    question.done + number,
                    answer,
                )
                self.computed += number
            question.error = error
            if question.over:
                question.parts = []
            elif not question.cancel.is_set():
                self._push(question)
            self.news.notify_all()


def _chunk(
    scenarios: Sequence[Scenario], replicates: int, seed: int, threads: int, cancel: threading.Event,
    keep: Collection[str] | None,
) -> Results:  # fmt: skip
    """Some paired replicates from `seed` on.  The one place where the dashboard meets the ensemble."""
    results = ensemble(scenarios, replicates, seed=seed, threads=threads, cancel=cancel, keep=keep)
    return Results(results.months.filter(pl.col("stratum") == "all"), results.runs, results.events)


def _cores() -> int:
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    return count() or 1


def _thread(work: Callable[[], None]) -> threading.Thread:
    """A thread of the server's own, not of the session in which it happens to begin."""
    made = threading.Thread(target=work, name="unfreeze-desk", daemon=True)
    made.current_context = None  # type: ignore[attr-defined]  # solara hands a session's context down to new threads
    return made
