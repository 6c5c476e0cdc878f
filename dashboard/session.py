"""One person's session: the screen, its past and future, and the best answer so far.  Nothing here outlives the tab."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import solara

from dashboard.runs import Answer, Desk
from dashboard.screen import Screen, opened, read_query
from engine.errors import UnfreezeError

STEPS_BACK = 200
SAME_MOVE = 1.0  # seconds in which moves of one control are one step back


class Session:
    """What pages read (reactive) and what they may do.  All methods are called in the session's own thread."""

    def __init__(self, query: str, desk: Desk) -> None:
        first, trouble = opened(read_query, query)
        self.desk = desk
        self.screen = solara.reactive(first)
        self.answer: solara.Reactive[Answer | None] = solara.reactive(None)
        self.trouble = solara.reactive(trouble)  # a broken link or file, in a sentence
        self.failed = solara.reactive("")  # why there are no runs
        self.complaints: solara.Reactive[dict[str, str]] = solara.reactive({})  # by control
        self.past: list[Screen] = []
        self.future: list[Screen] = []
        self._last: tuple[str, float] = ("", 0.0)

    def change(self, make: Callable[[Screen], Screen], control: str = "") -> None:
        """Put another screen in place; what is wrong with it is said beside the control."""
        try:
            made = make(self.screen.value)
        except UnfreezeError as error:
            self.complaints.set({**self.complaints.value, control: str(error)})
            return
        if self.complaints.value:
            self.complaints.set({})
        if made == self.screen.value:
            return
        now = time.monotonic()
        again = control and self._last[0] == control and now - self._last[1] < SAME_MOVE
        if not again:
            self.past = [*self.past[-STEPS_BACK:], self.screen.value]
        self.future = []
        self._last = (control, now)
        self.trouble.set("")
        self.screen.set(made)

    def undo(self, _: Any = None) -> None:
        """One step back."""
        if self.past:
            self.future.append(self.screen.value)
            self._last = ("", 0.0)
            self.screen.set(self.past.pop())

    def redo(self, _: Any = None) -> None:
        """One step forth."""
        if self.future:
            self.past.append(self.screen.value)
            self.screen.set(self.future.pop())

    def address(self, query: str) -> None:
        """The browser went back or forth: show what the address says."""
        screen, trouble = opened(read_query, query)
        self.trouble.set(trouble)
        self.screen.set(screen)

    def load(self, screen: Screen, trouble: str) -> None:
        """A file was opened."""
        self.trouble.set(trouble)
        if not trouble:
            self.change(lambda _: screen)

    def follow(self) -> Callable[[], None]:
        """Ask for the screen's runs and show each answer as it comes; call what is returned to let go of it."""
        ticket = self.desk.ask(self.screen.value)
        gone = threading.Event()

        def listen() -> None:
            for answer in ticket:
                if gone.is_set():
                    return
                self.answer.set(answer)
            if not gone.is_set():
                self.failed.set(ticket.error)

        def let_go() -> None:
            gone.set()
            ticket.let_go()

        if self.failed.value:
            self.failed.set("")
        threading.Thread(target=listen, daemon=True, name="unfreeze-listen").start()
        return let_go

    @property
    def current(self) -> bool:
        """Whether the answer on the screen belongs to the screen, and not to the one before it."""
        answer = self.answer.value
        return answer is not None and answer.question == self.screen.value.question
