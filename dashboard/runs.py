"""The only door to the ensemble: questions in, answers that tighten out.

A question is a screen's scenarios.  Runs that are known already (finished.py) are taken as they are; the rest comes
in stages: 4 replicates with the model's default values as soon as possible, for a first answer that holds chance only;
then what nobody has measured, all plausible parameter sets on common seeds, and what the same money does in homes
(runs/controls.py); last 32 replicates with the default values, for pages that show chance only.  A screen that
asks for chance only has no sets: 4, 12 (unless many wait) and 32 replicates, then the controls.  Each answer costs
every server and browser that shows it.  All sessions share the cores: some threads work on first answers, others,
which the system favours less, on all that comes after them.  There comes first who asked first, but for those who have
waited long already: where more is asked than the machine can do, everybody's full answer would come too late.  Of one
visitor, however many tabs he has, one question of each kind is in work: another's never waits behind all of his.
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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from analysis.comparison import NEEDED, SoFar
from analysis.contrasts import NEEDED as JUDGED
from dashboard.finished import Finished
from dashboard.screen import EACH, REPLICATES, Screen
from engine.errors import UnfreezeError
from runs.controls import EqualCost, join_equal_cost, with_controls
from runs.ensemble import Cancel
from runs.summary import Batch, Summary
from scenarios.language import N_, say
from scenarios.plausible import shipped_sample
from scenarios.refused import refused
from scenarios.scenario import NOBODY, Scenario

FIRST, SECOND = 4, 12  # replicates of the first answers; the last has all
REMEMBERED = 12  # answers kept for whoever asks the same again: 6 MB each, and what was drawn of it
NICE = 3  # of Linux's 19: later answers get half of a core that somebody draws on; 19 would starve them.  Assumption
BREATH = 0.12  # seconds in which nothing runs after a first answer, while its charts are drawn.  Assumption
AT_ONCE = 2  # answers of each kind in work: one has the cores while the last run of another ends.  Assumption
LATE = 10.0  # seconds after which a question goes behind all younger ones, so that theirs come in time ...
LONG = 20.0  # ... and after which it goes before them: somebody really waits for it.  Both are assumptions
PATIENCE = 0.5  # seconds between looks at whether somebody still waits
STOPPED = N_("The runs stopped: {error}")


@dataclass(eq=False)
class Known:
    """One comparison, and what pages made of it, so that equal sessions make it once.  `number`: which of this server
    it is, a later one has a larger number."""

    compared: SoFar
    number: int
    _views: dict[Any, Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def view[T](self, make: Callable[[SoFar], T], key: Any = None) -> T:
        """`make(compared)`, made once."""
        with self._lock:
            name = (make, key)
            if name not in self._views:
                self._views[name] = make(self.compared)
            found: T = self._views[name]
            return found


@dataclass(frozen=True, eq=False)
class Answer:
    """What is known so far.  `point`: with the model's numbers at their default values, so that intervals hold chance
    only.  `sets`: over plausible parameter sets, what nobody has measured and chance; None as long as there is none."""

    point: Known
    sets: Known | None
    complete: bool
    number: int  # which answer of this server this is: a later one has a larger number
    question: str = ""

    @property
    def best(self) -> Known:
        """What is said first: with what nobody has measured, as soon as that is there."""
        return self.sets or self.point

    @property
    def compared(self) -> SoFar:
        """With the default values."""
        return self.point.compared

    @property
    def replicates(self) -> int:
        """Pairs of twins with the default values so far."""
        return self.compared.replicates

    def view[T](self, make: Callable[[SoFar], T], key: Any = None) -> T:
        """`make(compared)` of the default values, made once."""
        return self.point.view(make, key)


@dataclass(frozen=True, eq=False)
class Remains:
    """What a session keeps of an answer that has left its screen: a twentieth of it, enough to be compared with."""

    point: Summary
    best: Summary

    @classmethod
    def of(cls, answer: Answer) -> Remains:
        """Of both kinds of runs; made once for all sessions."""
        return cls(answer.point.view(_remains), answer.best.view(_remains))


def _remains(compared: SoFar) -> Summary:
    return compared.summary.part((NOBODY, *compared.names), JUDGED)


POINT, SETS, CONTROLS = "point", "sets", "controls"
Stage = tuple[str, int]  # one of these three, and how many replicates there are then


class _Question:
    """One computation, shared by everybody who asked it."""

    def __init__(self, screen: Screen, replicates: int, visitor: str = "") -> None:
        self.asked, self.visitor = time.monotonic(), visitor
        self.polite: bool | None = None  # which kind of thread has it in work
        self.key, self.command, self.replicates = (screen.question, replicates), screen.command, replicates
        self.scenarios: Sequence[Scenario] = screen.scenarios
        self.screen = screen
        self.sets: Sequence[Mapping[str, float]] | None = None  # drawn when it is their turn
        few = min(FIRST, replicates)
        self.plan: list[Stage] = [(POINT, few)]  # what is left to do
        if screen.point:
            self.plan += [(POINT, step) for step in sorted({min(SECOND, replicates), replicates}) if step > few]
            self.plan.append((CONTROLS, replicates))
        else:
            self.plan += [(SETS, EACH), (CONTROLS, EACH)] + [(POINT, replicates)] * (replicates > few)
        self.batches: list[Batch] = []  # with the default values
        self.point: Known | None = None
        self.drawn: Known | None = None
        self.answers = 0
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
        self.cores = cores or _cores()
        self.finished = Finished(None if keep is None else {*keep, *NEEDED})
        self.news = threading.Condition()
        self._questions: OrderedDict[Any, _Question] = OrderedDict()
        self._queue: list[_Question] = []
        self._in_work: list[_Question] = []
        self._numbers = itertools.count(1)
        self._at_work: list[threading.Thread] = []
        self.computed = 0  # replicates, ever

    def ask(self, screen: Screen, replicates: int = REPLICATES, visitor: str = "") -> Ticket:
        """A ticket for the screen's runs; BadInput if it describes none.  `visitor`: whose browser it is; "" is
        somebody of whom nothing is known, and each such question is somebody's own."""
        screen.scenarios  # noqa: B018  says so before anybody waits
        key = (screen.question, replicates)
        with self.news:
            question = self._questions.get(key)
            if question is None or question.error or (question.cancel.is_set() and not question.over):
                question = self._questions[key] = _Question(screen, replicates, visitor)
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
    def health(self) -> dict[str, int]:
        """Threads that live and that died, questions that wait to be worked on, and replicates computed so far."""
        with self.news:
            living = sum(thread.is_alive() for thread in self._at_work)
            return {"threads": living, "dead": len(self._at_work) - living, "waiting": len(self._queue),
                    "computed": self.computed}  # fmt: skip

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
        """AT_ONCE threads for first answers and as many for later ones; one that died is replaced."""
        for i, polite in enumerate((*[False] * AT_ONCE, *[True] * AT_ONCE)):
            if i < len(self._at_work) and self._at_work[i].is_alive():
                continue
            self._begin(i, polite)

    def _begin(self, i: int, polite: bool) -> None:
        self._at_work[i : i + 1] = [_thread(partial(self._work, polite))]
        self._at_work[i].start()

    def _work(self, polite: bool) -> None:
        """First answers, one after the other; or, politely, all that comes after them."""
        if polite and sys.platform == "linux":  # this thread, and those that it starts
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            with self.news:
                while (question := self._turn(polite)) is None:
                    self.news.wait()
                if question.answers == 1:  # drawing what is known goes before knowing more
                    self.news.wait_for(lambda q=question: self._queue or q.cancel.is_set(), BREATH)  # type: ignore[misc]
            try:
                self._advance(question)
            except BaseException as death:  # of this thread: whoever waits is told, and another takes its place
                with self.news:
                    self._done(question)
                    question.error = say(STOPPED, error=type(death).__name__)
                    self._begin(self._at_work.index(threading.current_thread()), polite)
                    self.news.notify_all()
                raise

    def _turn(self, polite: bool) -> _Question | None:
        """Whose turn it is, who stays `queued` while it is worked on; None if nobody waits."""
        self._queue = [question for question in self._queue if not question.cancel.is_set()]
        busy = {question.visitor for question in self._in_work if question.visitor and question.polite == polite}
        ours = (question for question in self._queue if (question.answers > 0) == polite)
        waiting = sorted((one for one in ours if one.visitor not in busy), key=lambda question: question.asked)
        if not waiting:
            return None
        now = time.monotonic()
        turn = waiting[0]
        if now - turn.asked < LONG:
            turn = next((question for question in waiting if now - question.asked < LATE), waiting[-1])
        self._queue.remove(turn)
        turn.polite = polite
        self._in_work.append(turn)
        return turn

    def _done(self, question: _Question) -> None:
        """Nobody works on it now, and another question of the same visitor may have its turn."""
        with self.news:
            question.queued, question.polite = False, None
            self._in_work = [one for one in self._in_work if one is not question]
            self.news.notify_all()

    def _advance(self, question: _Question) -> None:
        """Work on it until the next answer."""
        answer, error = None, ""
        cores = self.cores
        if question.answers and self._queue:  # many wait: each works on its own, and nothing is drawn in between
            cores = max(1, cores // AT_ONCE)
            while question.plan[0][0] == POINT and len(question.plan) > 1 and question.plan[1][0] == POINT:
                question.plan.pop(0)
        kind, number = question.plan[0]
        try:
            if kind == POINT:
                self._point(question, number, cores)
            else:
                self._beside(question, kind == CONTROLS, number, cores)
            if question.cancel.is_set():
                return self._done(question)  # it is forgotten already; whoever asks again gets a new one
            question.plan.pop(0)
            assert question.point is not None
            question.answers += 1
            answer = Answer(question.point, question.drawn, not question.plan, next(self._numbers), question.key[0])
        except UnfreezeError as trouble:
            error = refused(trouble)
        except Exception as trouble:
            if question.cancel.is_set():
                return self._done(question)  # what was told to stop may raise on its way out
            traceback.print_exc()  # for whoever runs the server; the page says it in a sentence
            error = say(STOPPED, error=type(trouble).__name__)
        with self.news:
            self._done(question)
            question.answer = answer or question.answer
            question.error = error
            if question.over:
                question.batches = []
            elif not question.cancel.is_set():
                self._push(question)
            self.news.notify_all()

    def _point(self, question: _Question, number: int, cores: int) -> None:
        """Replicates with the default values, until there are so many."""
        had = len(question.batches)
        for batch in _chunk(self.finished, question.scenarios, had, number - had, cores, question.cancel):
            question.batches.append(batch)
            self.computed += 1
        if not question.cancel.is_set():
            question.point = self._known(_so_far(question, question.scenarios, question.batches))

    def _beside(self, question: _Question, controls: bool, number: int, cores: int) -> None:
        """All runs over parameter sets (or, where only chance is asked for, with the default values), and perhaps the
        controls: what the same money does in homes."""

        if not question.screen.point:
            question.sets = question.screen.sets

        def run(some: Sequence[Scenario]) -> list[Batch]:
            return list(_chunk(self.finished, some, 0, number, cores, question.cancel, question.sets))

        scenarios = with_controls(question.scenarios) if controls else list(question.scenarios)
        made = run(scenarios)
        equal: Sequence[EqualCost] = ()
        if controls and not question.cancel.is_set():
            scenarios, made, equal = join_equal_cost(scenarios, made, run)
        if question.cancel.is_set():
            return
        self.computed += len(made)
        known = self._known(_so_far(question, scenarios, made, question.sets, equal))
        if question.sets is None:
            question.point = known
        else:
            question.drawn = known

    def _known(self, compared: SoFar) -> Known:
        return Known(compared, next(self._numbers))


def _so_far(
    question: _Question, scenarios: Sequence[Scenario], batches: Sequence[Batch],
    sets: Sequence[Mapping[str, float]] | None = None, equal: Sequence[EqualCost] = (),
) -> SoFar:  # fmt: skip
    """The comparison that these replicates make."""
    summary = Summary()
    for batch in batches:
        summary.add(batch)
    if all(status != "done" for batch in batches for status in batch.status):
        raise UnfreezeError(say("Every run failed; the first one said: {error}", error=batches[0].errors[0]))
    sample = None if sets is None else shipped_sample(scenarios[0].place)
    return SoFar(scenarios, question.command, sets=sets or (), sample=sample, equal_cost=equal, summary=summary)


def _chunk(
    finished: Finished, scenarios: Sequence[Scenario], first: int, number: int, threads: int, cancel: Cancel,
    sets: Sequence[Mapping[str, float]] | None = None,
) -> Iterator[Batch]:  # fmt: skip
    """Replicates `first` ... of all scenarios, or `number` of each parameter set.  The one place where the dashboard
    meets the ensemble."""
    if sets is not None:
        return finished.in_sets(scenarios, sets, number, threads, cancel)
    return finished.replicates(scenarios, first, number, threads, cancel)


def _cores() -> int:
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)
    return count() or 1


def _thread(work: Callable[[], None]) -> threading.Thread:
    """A thread of the server's own, not of the session in which it happens to begin."""
    made = threading.Thread(target=work, name="unfreeze-desk", daemon=True)
    made.current_context = None  # type: ignore[attr-defined]  # solara hands a session's context down to new threads
    return made
