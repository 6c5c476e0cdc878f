"""One person's session: the screen, its past and future, and the best answer so far.  Nothing here outlives the tab."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import solara

from dashboard.runs import Answer, Desk, Remains
from dashboard.screen import Screen, opened
from engine.errors import UnfreezeError
from scenarios.own_place import NAME, OwnPlace, read_own
from scenarios.refused import refused
from scenarios.request import from_link

OWN_NAME = re.compile(rf"(?:^|[?&])(?:x-)?place={NAME.pattern}(?:&|$)")
STEPS_BACK = 200
HANDED_OVER = 40  # steps that the browser keeps of each, for after a refresh ...
LETTERS = 16_000  # ... as far as they fit into as many letters
MOST_OWN = 6  # places of one's own: the one that was changed stays for undo
SAME_MOVE = 1.0  # seconds in which moves of one control are one step back


class Watch:
    """The best answer so far to one screen after another, and why there is none (reactive)."""

    def __init__(self, desk: Desk, visitor: str = "") -> None:
        self.desk, self.visitor = desk, visitor
        self.drawing: contextlib.AbstractContextManager[Any] = contextlib.nullcontext()
        self.answer: solara.Reactive[Answer | None] = solara.reactive(None)
        self.failed = solara.reactive("")  # why there are no runs
        self._newest: Answer | None = None  # what `answer` must end up as, whichever thread sets it last
        self._turn = threading.Lock()

    def follow(self, screen: Screen) -> Callable[[], None]:
        """Ask for the runs and take each answer as it comes; call what is returned to let go of it."""
        ticket = self.desk.ask(screen, visitor=self.visitor)
        gone = threading.Event()

        def listen() -> None:
            for answer in ticket:
                with self._turn:
                    if gone.is_set():
                        return
                    self._newest = answer
                with self.drawing:  # once, whatever on the page looks at the answer
                    while self.answer.value is not self._newest:  # an older thread may have been overtaken
                        self.answer.set(self._newest)
            if not gone.is_set():
                self.failed.set(ticket.error)

        def let_go() -> None:
            with self._turn:
                gone.set()
            ticket.let_go()

        if self.failed.value:
            self.failed.set("")
        threading.Thread(target=listen, daemon=True, name="unfreeze-listen").start()
        return let_go


class Session:
    """What pages read (reactive) and what they may do.  All methods are called in the session's own thread."""

    def __init__(self, query: str, desk: Desk, visitor: str = "") -> None:
        self.own: dict[str, OwnPlace] = {}  # places that this session alone has, by name; the oldest first
        first, trouble = opened(from_link, query, self.own)
        # A link that names a place of somebody's own: the browser may still have it from before a refresh.
        self._withheld = (query, trouble) if trouble and OWN_NAME.search(query) else None
        self.desk, self.visitor = desk, visitor  # whose browser it is, who may have other tabs
        self.drawing: contextlib.AbstractContextManager[Any] = contextlib.nullcontext()
        self.screen = solara.reactive(first)
        self.watch = Watch(desk, visitor)  # of the screen ...
        self.second = Watch(desk, visitor)  # ... and of what stands beside it on one page
        self.answer, self.failed = self.watch.answer, self.watch.failed
        self.trouble = solara.reactive("" if self._withheld else trouble)  # of a link or a file, in sentences
        self.as_given = solara.reactive(bool(trouble))  # the address holds more than we understood: it is left alone
        self.complaints: solara.Reactive[dict[str, str]] = solara.reactive({})  # by control
        # The screen before the last change and what was known of it, for the ghost line.
        self.before: solara.Reactive[tuple[Screen, Remains | None] | None] = solara.reactive(None)
        self.past: list[str] = []  # addresses, the last one nearest
        self.future: list[str] = []
        self.restored = solara.reactive(0)  # how often the browser gave past and future back
        self.kept = solara.reactive(0)  # how often a place of one's own came
        self._last: tuple[str, float] = ("", 0.0)

    def draws_in(self, drawing: contextlib.AbstractContextManager[Any]) -> None:
        """As long as it is in `drawing`, nothing is drawn: a change of several things is one drawing."""
        self.drawing = self.watch.drawing = self.second.drawing = drawing

    def change(self, make: Callable[[Screen], Screen], control: str = "") -> None:
        """Put another screen in place; what is wrong with it is said beside the control."""
        try:
            made = make(self.screen.value)
        except UnfreezeError as error:
            self.complaints.set({**self.complaints.value, control: refused(error)})
            return
        another = made.question != self.screen.value.question
        asked = self.desk.ask(made, visitor=self.visitor) if another else None  # runs while we draw
        try:
            with self.drawing:  # once
                self._turn(made, control)
        finally:
            if asked is not None:
                asked.let_go()

    def _turn(self, made: Screen, control: str) -> None:
        """Another screen takes this one's place, and a step back leads here."""
        if self.complaints.value:
            self.complaints.set({})
        if made == self.screen.value:
            return
        now = time.monotonic()
        again = control and self._last[0] == control and now - self._last[1] < SAME_MOVE
        if not again:
            self._passed()
            self._leaves(made)
        self.future = []
        self._last = (control, now)
        self.trouble.set("")
        self.as_given.set(False)
        self.screen.set(made)  # draws, and follows

    def undo(self, _: Any = None) -> None:
        """One step back."""
        if self.past:
            self.future.append(self.screen.value.query)
            self._last = ("", 0.0)
            self._show(self.past.pop())

    def redo(self, _: Any = None) -> None:
        """One step forth."""
        if self.future:
            self._passed()
            self._last = ("", 0.0)
            self._show(self.future.pop())

    def address(self, query: str) -> None:
        """The browser went back or forth: show what the address says; undo brings back what was there."""
        screen, trouble = opened(from_link, query, self.own)
        if screen != self.screen.value:
            self._passed()
            self.future = []
        with self.drawing:
            self.trouble.set(trouble)
            self.as_given.set(bool(trouble))
            self.screen.set(screen)

    @property
    def history(self) -> dict[str, list[str]]:
        """What the browser keeps for after a refresh: the nearest addresses of past and future."""
        return {"past": _nearest(self.past), "future": _nearest(self.future)}

    def restore(self, found: Any) -> None:
        """After a refresh the browser gives the history back.  It may say anything: each step is read when taken."""
        if self.past or self.future or not isinstance(found, dict):
            return
        for steps, name in ((self.past, "past"), (self.future, "future")):
            given = found.get(name)
            steps += [text for text in given if isinstance(text, str)][-HANDED_OVER:] if isinstance(given, list) else []
        self.restored.set(self.restored.value + 1)

    def take(self, text: str) -> OwnPlace:
        """Have a place of one's own from now on; BadInput if the text describes none."""
        found = read_own(text)
        self.own.pop(found.name, None)
        self.own[found.name] = found
        for name in [one for one in self.own if one != self.screen.value.place][: max(0, len(self.own) - MOST_OWN)]:
            if name != found.name:
                del self.own[name]
        self.kept.set(self.kept.value + 1)
        return found

    def recall(self, texts: Any) -> None:
        """The places that the browser still has; it may say anything.  A link that waited for them is opened again."""
        for text in texts[-MOST_OWN:] if isinstance(texts, list) else []:
            with contextlib.suppress(UnfreezeError):  # rules for places may have changed meanwhile
                if isinstance(text, str):
                    self.take(text)
        if self._withheld is not None:
            (query, trouble), self._withheld = self._withheld, None
            if self.own:
                self.address(query)
            else:
                self.trouble.set(trouble)

    def open(self, found: Any) -> None:
        """What the browser kept under a name: a link, and places of one's own that it needs."""
        query = found.get("query") if isinstance(found, dict) else None
        if not isinstance(query, str):
            return
        self.recall(found.get("own"))
        screen, trouble = opened(from_link, query, self.own)
        self.load(screen, trouble)

    def _leaves(self, made: Screen) -> None:
        """Remember what is on the screen, if another question takes its place."""
        if made.question != self.screen.value.question:
            answer = self.answer.value
            known = Remains.of(answer) if answer is not None and self.current else None
            self.before.set((self.screen.value, known))

    def _passed(self) -> None:
        self.past = [*self.past[-STEPS_BACK:], self.screen.value.query]

    def _show(self, query: str) -> None:
        screen, trouble = opened(from_link, query, self.own)
        with self.drawing:
            self._leaves(screen)
            self.trouble.set(trouble)
            self.as_given.set(False)
            self.screen.set(screen)

    def load(self, screen: Screen, trouble: str) -> None:
        """A file was opened: whatever could be kept of it is shown, and what could not is said."""
        if not trouble or screen != Screen():  # something was kept
            self.change(lambda _: screen)
        self.trouble.set(trouble)

    def follow(self) -> Callable[[], None]:
        """Ask for the screen's runs and show each answer as it comes; call what is returned to let go of it."""
        return self.watch.follow(self.screen.value)

    @property
    def current(self) -> bool:
        """Whether the answer on the screen belongs to the screen, and not to the one before it."""
        answer = self.answer.value
        return answer is not None and answer.question == self.screen.value.question


def _nearest(steps: list[str]) -> list[str]:
    """The last steps, as many as may be handed over."""
    kept: list[str] = []
    for text in reversed(steps[-HANDED_OVER:]):
        if sum(map(len, kept)) + len(text) > LETTERS:
            break
        kept.insert(0, text)
    return kept
