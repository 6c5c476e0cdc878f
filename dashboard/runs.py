"""The only door to the ensemble: questions in, answers that tighten out.

A question is a screen's scenarios.  Runs that are known already (finished.py) are taken as they are; the rest is
computed in chunks of paired replicates: 4 as soon as possible, then 12 (unless many wait) and 32 in all - each answer
costs every server and browser that shows it.  All sessions share the cores: one thread works on first answers, others,
which the system favours less, on all that comes after them.  There comes first who asked first, but for those who have
waited long already: where more is asked than the machine can do, everybody's full answer would come too late.
Equal questions are computed once and remembered, a bounded number of them.  Whoever loses interest lets go of the
ticket; a question nobody waits for is cancelled.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from analysis.comparison import SoFar
from dashboard.finished import Finished
from dashboard.screen import REPLICATES, Screen
from engine.errors import UnfreezeError
from scenarios.ensemble import Cancel
from scenarios.scenario import Scenario
from scenarios.summary import Batch, Summary

STEPS = (4, 12)  # replicates of the first answers; the last has all
FIRST = STEPS[0]
REMEMBERED = 12  # answers kept for whoever asks the same again: 6 MB each, and what was drawn of it
NICE = 3  # of Linux's 19: later answers get half of a core that somebody draws on; 19 would starve them.  Assumption
BREATH = 0.12  # seconds in which nothing runs after a first answer, while its charts are drawn.  Assumption
AT_ONCE = 2  # later answers in work: one has the cores while the last run of another ends.  Assumption
LATE = 10.0  # seconds after which a question goes behind all younger ones, so that theirs come in time ...
LONG = 20.0  # ... and after which it goes before them: somebody really waits for it.  Both are assumptions
PATIENCE = 0.5  # seconds between looks at whether somebody still waits


@dataclass
class Answer:
    """What is known so far.  `view` keeps what was made of it, so that equal sessions make it once."""

    compared: SoFar
    complete: bool
    number: int  # which answer of this server this is: a later one has a larger number
    question: str = ""
    _views: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def replicates(self) -> int:
        """Pairs of twins so far."""
        return self.compared.replicates

    def view[T](self, make: Callable[[SoFar], T], key: Any = None) -> T:
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
        self.asked = time.monotonic()
        self.key, self.command, self.replicates = (screen.question, replicates), screen.command, replicates
        self.scenarios: Sequence[Scenario] = screen.scenarios
        self.batches: list[Batch] = []
        self.answer: Answer | None = None
        self.error = ""
        self.waiting = 0
        self.queued = False
        self.cancel = threading.Event()

    @property
    def done(self) -> int:
        """Replicates that are there."""
        return len(self.batches)

    @property
    def next(self) -> int:
        """How many there are to be in the next answer."""
        return min(next((step for step in STEPS if step > self.done), self.replicates), self.replicates)

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
        self.cores, self.finished = cores or _cores(), Finished(keep)
        self.news = threading.Condition()
        self._questions: OrderedDict[Any, _Question] = OrderedDict()
        self._queue: list[_Question] = []
        self._numbers = itertools.count(1)
        self._at_work: list[threading.Thread] = []
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

    @property
    def busy(self) -> bool:
        """Whether somebody waits for runs of a screen: studies.py lets them go first."""
        return any(question.waiting and not question.over for question in list(self._questions.values()))

    def _push(self, question: _Question) -> None:
        if not question.over and not question.queued:
            question.queued = True
            self._queue.append(question)
            self.news.notify_all()

    def _forget(self) -> None:
        idle = [key for key, question in self._questions.items() if question.waiting == 0 and question.over]
        for key in idle[: max(0, len(self._questions) - REMEMBERED)]:
            del self._questions[key]

    def _start(self) -> None:
        if not self._at_work:
            self._at_work = [_thread(partial(self._work, polite)) for polite in (False, *[True] * AT_ONCE)]
            for thread in self._at_work:
                thread.start()

    def _work(self, polite: bool) -> None:
        """First answers, one after the other; or, politely, all that comes after them."""
        if polite and sys.platform == "linux":  # this thread, and those that it starts
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            with self.news:
                while (question := self._turn(polite)) is None:
                    self.news.wait()
                if question.done == FIRST:  # drawing what is known goes before knowing more
                    self.news.wait_for(lambda q=question: self._queue or q.cancel.is_set(), BREATH)  # type: ignore[misc]
            self._advance(question)

    def _turn(self, polite: bool) -> _Question | None:
        """Whose turn it is, who stays `queued` while it is worked on; None if nobody waits."""
        self._queue = [question for question in self._queue if not question.cancel.is_set()]
        ours = (question for question in self._queue if (question.done >= FIRST) == polite)
        waiting = sorted(ours, key=lambda question: question.asked)
        if not waiting:
            return None
        now = time.monotonic()
        turn = waiting[0]
        if now - turn.asked < LONG:
            turn = next((question for question in waiting if now - question.asked < LATE), waiting[-1])
        self._queue.remove(turn)
        return turn

    def _advance(self, question: _Question) -> None:
        """Work on it until the next answer."""
        answer, error, had, mark = None, "", question.done, question.next
        cores = self.cores
        if had and self._queue:  # many wait: what nobody draws need not be drawn in between, and each works on its own
            mark, cores = question.replicates, max(1, cores // AT_ONCE)
        try:
            for batch in _chunk(self.finished, question.scenarios, had, mark - had, cores, question.cancel):
                question.batches.append(batch)
                self.computed += 1
            if question.cancel.is_set():
                return  # it is forgotten already; whoever asks again gets a new one
            if question.done == mark:
                answer = self._answer(question)
        except UnfreezeError as trouble:
            error = str(trouble)
        except Exception as trouble:
            traceback.print_exc()  # for whoever runs the server; the page says it in a sentence
            error = f"The runs stopped: {type(trouble).__name__}"
        with self.news:
            question.queued = False
            question.answer = answer or question.answer
            question.error = error
            if question.over:
                question.batches = []
            elif not question.cancel.is_set():
                self._push(question)
            self.news.notify_all()

    def _answer(self, question: _Question) -> Answer:
        summary = Summary()
        for batch in question.batches:
            summary.add(batch)
        if all(status != "done" for batch in question.batches for status in batch.status):
            raise UnfreezeError(f"Every run failed; the first one said: {question.batches[0].errors[0]}")
        compared = SoFar(question.scenarios, question.command, summary=summary)
        return Answer(compared, question.done >= question.replicates, next(self._numbers), question.key[0])


def _chunk(
    finished: Finished, scenarios: Sequence[Scenario], first: int, number: int, threads: int, cancel: Cancel
) -> Iterator[Batch]:
    """Replicates `first` ... of all scenarios.  The one place where the dashboard meets the ensemble."""
    return finished.replicates(scenarios, first, number, threads, cancel)


def _cores() -> int:
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    return count() or 1


def _thread(work: Callable[[], None]) -> threading.Thread:
    """A thread of the server's own, not of the session in which it happens to begin."""
    made = threading.Thread(target=work, name="unfreeze-desk", daemon=True)
    made.current_context = None  # type: ignore[attr-defined]  # solara hands a session's context down to new threads
    return made
