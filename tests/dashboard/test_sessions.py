"""Many sessions at once, by a client that speaks the websocket and draws nothing.

Ten are enough to show that nobody is lost and everybody gets what they asked for: three times as many as there are
threads at work, so that questions queue behind each other.  All thirty, and how fast: python -m benchmarks.sessions.
"""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.dashboard import serve
from benchmarks.sessions import Visitor, resident
from dashboard.server import MOST_SESSIONS
from tests.dashboard.conftest import free_port

PATIENCE = 300.0  # seconds for an answer on a machine that does other things; no measure of anything
SMALL = "?people=500&months=80"  # a fifth of the default's work: what is tried is many sessions
MANY = 10


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A dashboard of its own: port and process."""
    port = free_port()
    process = serve(port)
    yield port, process
    process.terminate()
    process.wait()


@pytest.mark.slow
def test_many_sessions_open_and_get_answers(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    """Everybody moves a lever once, all at a time, and has every answer in the end.  How fast is the benchmark's to
    say: here the machine may do other things."""
    port, process = server
    warm = Visitor(-1, port, SMALL)
    warm.open(PATIENCE)  # the compiler, and the default's own runs
    warm.leave()
    before = resident(process.pid)
    people = [Visitor(i, port, SMALL) for i in range(MANY)]

    def visits(one: Visitor) -> None:
        one.open(PATIENCE)
        one.change("listening", 0.5 + 0.01 * one.number, PATIENCE)  # a value that nobody else asks for

    try:
        with ThreadPoolExecutor(len(people)) as together:
            list(together.map(visits, people))
        assert [one.trouble for one in people] == [""] * MANY
        assert all(one.opened is not None for one in people)
        assert {one.number: one.changes for one in people if len(one.changes) != 1 or None in one.changes[0]} == {}
        assert resident(process.pid) - before < MANY * 32 * 2**20  # of 32 MiB a session at most
    finally:
        for one in people:
            one.leave()


def test_one_too_many_is_told_so_and_a_place_comes_free(server: tuple[int, subprocess.Popen[bytes]]) -> None:
    port, _ = server
    people = [Visitor(i, port) for i in range(MOST_SESSIONS)]
    try:
        for one in people:
            one.connect(60)
        with pytest.raises(urllib.error.HTTPError) as full:
            urllib.request.urlopen(f"http://localhost:{port}/", timeout=10)
        assert full.value.code == 503
        assert b"All places are taken" in full.value.read()
    finally:
        for one in people:
            one.leave()
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/", timeout=10).close()
            break
        except urllib.error.HTTPError:
            time.sleep(0.1)
    else:
        pytest.fail("no place came free within ten seconds")


def test_two_workers_are_two_servers_that_end_together() -> None:
    port = free_port()
    process = serve(port, more=["--workers", "2"])
    try:
        for own in (port, port + 1):
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"http://localhost:{own}/readyz", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            else:
                pytest.fail(f"nobody answers on port {own}")
    finally:
        os.kill(process.pid, signal.SIGINT)
        process.wait(20)
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(f"http://localhost:{port + 1}/readyz", timeout=2)
