"""Half requests are closed, whole ones answered; a complaint that repeats itself is written once."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from cli.dashboard import _serve
from dashboard.connections import ANSWERS_WITHIN, Impatient, NotAgain
from dashboard.server import KEPT

WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Hasty(Impatient):
    look = 0.4


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """Answers after three looks."""
    assert scope["type"] == "http"
    await asyncio.sleep(1.2)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def serving(app: Any) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, http=Hasty, log_level="critical", lifespan="off", loop="asyncio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join()


def drip(visitor: socket.socket) -> None:
    for k in range(300):
        visitor.sendall(b"X-%d: y\r\n" % k)
        time.sleep(0.05)


@pytest.mark.parametrize("before", [b"", WHOLE[:20], WHOLE[:-2]])
def test_half_a_request_is_closed(before: bytes) -> None:
    with serving(slow) as address, socket.create_connection(address, timeout=20) as visitor:
        visitor.sendall(before)
        assert visitor.recv(100) == b""


def test_a_request_that_drips_is_closed() -> None:
    with serving(slow) as address, socket.create_connection(address, timeout=20) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(ConnectionError):
            drip(visitor)


def test_a_whole_request_is_answered_however_long_it_takes_and_half_a_second_one_is_closed() -> None:
    with serving(slow) as address, socket.create_connection(address, timeout=20) as visitor:
        visitor.sendall(WHOLE)
        said = visitor.recv(1000)
        while not said.endswith(b"ok"):
            said += visitor.recv(1000)
        assert said.startswith(b"HTTP/1.1 200")
        visitor.sendall(WHOLE[:20])
        assert visitor.recv(100) == b""


def test_the_same_complaint_is_written_once_in_a_while() -> None:
    written: list[str] = []
    logger = logging.Logger("like asyncio")
    logger.addFilter(NotAgain(0.5))
    handler = logging.Handler()
    handler.emit = lambda record: written.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)
    for k in range(1000):
        logger.error("socket.accept() out of system resource\nsocket: %d", k)
    logger.error("something else")
    assert len(written) == 2
    time.sleep(0.6)
    logger.error("socket.accept() out of system resource\nsocket: 1")
    assert len(written) == 3


def test_a_session_that_waits_for_a_busy_server_is_not_taken_for_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """While its next word waits, uvicorn does not hear that it is there: it has as long as one that was lost."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(logging.getLogger("asyncio"), "filters", [])  # it adds one
    monkeypatch.setattr(uvicorn, "run", lambda *_, **options: given.update(options))
    _serve("127.0.0.1", 0)
    assert given["ws_ping_timeout"] == ANSWERS_WITHIN
    assert f"{ANSWERS_WITHIN / 60:g}m" == KEPT
