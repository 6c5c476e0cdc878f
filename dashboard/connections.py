"""What comes in over the network and is no request: half of one, or more connections than the system has room for."""

from __future__ import annotations

import asyncio
import logging
import time

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LOOK = 5.0  # seconds between two looks at a connection; one that asked for nothing at both is closed.  Assumption
BACKLOG = 128  # connections that wait to be taken; without descriptors asyncio complains once for each of them
# Seconds that a session has to answer "are you there?".  As long as it has something to say that we have not taken yet,
# uvicorn does not hear its answer either: with twenty seconds a busy server took whoever waited for it for gone.
ANSWERS_WITHIN = 180.0
SAME_AGAIN = 60.0  # seconds before the same complaint of asyncio is written again


class Impatient(H11Protocol):
    """Closes a connection on which no whole request has come for a while, however it drips."""

    look = LOOK

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """From now on somebody looks at it."""
        super().connection_made(transport)
        self.loop.call_later(self.look, self._looks, None)

    def _looks(self, before: RequestResponseCycle | None) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:  # a websocket has taken over
            return
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self.cycle is before:
            self.transport.close()
        else:
            self.loop.call_later(self.look, self._looks, self.cycle)


class NotAgain(logging.Filter):
    """Lets the same message through once in a while: what goes wrong thousands of times a second is said once."""

    def __init__(self, seconds: float = SAME_AGAIN) -> None:
        super().__init__()
        self._seconds, self._said = seconds, dict[str, float]()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it; the first line of a message says which it is."""
        what, now = record.getMessage().partition("\n")[0], time.monotonic()
        if now - self._said.get(what, float("-inf")) < self._seconds:
            return False
        self._said = {text: at for text, at in self._said.items() if now - at < self._seconds} | {what: now}
        return True
