"""Thirty people at once: visitors that speak the server's websocket and draw nothing, a few of them real browsers.

    python -m benchmarks.sessions                         # 30 sessions for 90 s, 3 of them real browsers
    python -m benchmarks.sessions --sessions 40 --seconds 120 --browsers 0
    python -m benchmarks.sessions --write                 # also writes benchmarks/sessions.md

Starts a server of its own.  Everybody opens the default comparison within a few seconds, then moves one lever of one
strategy every 15 s, one person after the other unless `--together`, each session to values that no other has: nothing
but the default is shared.  Reports how long opening, the first answer (4 replicates of each strategy) and the full one
(parameter sets, controls and 32 replicates) take; who was lost; memory of the server for each session; and whether
sessions that left are dropped.  Thirty browsers on the same cores would starve the server and measure themselves, so a
visitor opens a kernel, runs the page and reads messages as a browser does, but keeps only what it needs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from benchmarks.dashboard import QUIET, WATCH, late, serve
from benchmarks.speed import ROOT, machine

PORT = 8932
EVERY = 15.0  # seconds between two changes of a session
SPREAD = 5.0  # seconds over which sessions open
TARGETS = {"first answer": 3.0, "everything": 15.0}  # seconds at p95 (issue 5)
RESULTS = ROOT / "benchmarks" / "sessions.md"
ANSWER = re.compile(rb'"data-rev": ?"(\d+)", ?"data-complete": ?"(yes|no)", ?"data-address": ?"([^"]*)"')


class Visitor:
    """One session without a browser, on the screen of an address.  `changes`: seconds until the first and until the
    full answer to what it asked, None if neither came before the next change."""

    def __init__(self, number: int, port: int, query: str = "") -> None:
        self.number, self.port, self.query = number, port, query
        self.opened: float | None = None  # seconds until the page and a first answer were there
        self.changes: list[list[float | None]] = []
        self.trouble = ""
        self.bytes = 0
        self._kernel, self._page = str(uuid.uuid4()), str(uuid.uuid4())
        self.cookie = ""  # whose browser it is; from the first page that it loads
        self._socket: ClientConnection | None = None
        self._open = ExitStack()
        self._levers = ""
        self._seen = ("", False)  # address of what is answered, whether everything is run
        self._news = threading.Condition()

    def connect(self, patience: float = 60.0) -> None:
        """Load the page and open the session's connection."""
        home = f"localhost:{self.port}"
        asks = urllib.request.Request(f"http://{home}/", headers={"Cookie": self.cookie} if self.cookie else {})
        with urllib.request.urlopen(asks, timeout=patience) as page:
            self.cookie = (page.headers.get("set-cookie") or self.cookie).split(";")[0]
            page.read()
        self._socket = self._open.enter_context(connect(
            f"ws://{home}/jupyter/api/kernels/{self._kernel}/channels?session_id={self._page}",
            additional_headers={"Cookie": self.cookie, "Origin": f"http://{home}"}, max_size=None,
            open_timeout=patience, ping_interval=None,
            max_queue=None,  # whoever is behind with reading still says that he is there
        ))  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    def open(self, patience: float = 60.0) -> None:
        """Connect, run the page, wait for a first answer."""
        began = time.monotonic()
        self.connect(patience)
        control = uuid.uuid4().hex
        self._send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        self._send("comm_msg", {"comm_id": control, "data": {"method": "run", "args": {
            "path": f"/{self.query}", "appName": None, "dark": False, "themes": THEMES}}})  # fmt: skip
        if self._until(lambda: bool(self._levers) and bool(self._seen[0]), patience):
            self.opened = time.monotonic() - began

    def change(self, name: str, value: float, patience: float = EVERY) -> None:
        """Move a lever and wait for everything."""
        began, asked = time.monotonic(), re.compile(rf"\b{name}={value:g}\b")
        self._send("comm_msg", {"comm_id": self._levers, "data": {"method": "custom", "content": {
            "event": "change", "data": {"name": name, "value": value}}}})  # fmt: skip
        found: list[float | None] = [None, None]
        for k, whole in enumerate((False, True)):
            left = patience - (time.monotonic() - began)
            if not self._until(lambda w=whole: asked.search(self._seen[0]) and self._seen[1] >= w, left):
                break
            found[k] = time.monotonic() - began
        self.changes.append(found)

    def stay(self, first: float, until: float, low: float, step: float) -> None:
        """Open, and move a lever every 15 s from `first` until then."""
        try:
            self.open()
            turn = max(first, time.monotonic())
            while not self.trouble and turn + EVERY <= until:
                time.sleep(max(0.0, turn - time.monotonic()))
                self.change("listening", low + step * len(self.changes))
                turn += EVERY
        except (OSError, WebSocketException, TimeoutError) as error:
            self.trouble = self.trouble or f"{type(error).__name__}: {error}"

    def work(self, until: float) -> None:
        """Move a lever as soon as everything is answered, again and again until then."""
        try:
            if self._socket is None:
                self.open()
            while not self.trouble and time.monotonic() < until:
                self.change("listening", round(0.5 + 0.01 * self.number + 0.17 * len(self.changes), 2), EVERY)
        except (OSError, WebSocketException, TimeoutError) as error:
            self.trouble = self.trouble or f"{type(error).__name__}: {error}"

    def leave(self) -> None:
        """Close the tab: the connection, and what a browser tells the server as it goes."""
        if self._socket is not None:
            self._open.close()
            address = f"http://localhost:{self.port}/_solara/api/close/{self._kernel}?session_id={self._page}"
            urllib.request.urlopen(urllib.request.Request(address, method="POST"), timeout=10).close()

    def _listen(self) -> None:
        assert self._socket is not None
        try:
            for message in self._socket:
                raw = message if isinstance(message, bytes) else message.encode()
                self._read(raw)
            self.trouble = self.trouble or "the server closed the connection"
        except Exception as error:  # whatever it is, a visitor that hears nothing more is lost
            self.trouble = self.trouble or f"{type(error).__name__}: {error}"
        with self._news:
            self._news.notify_all()

    def _read(self, raw: bytes) -> None:
        self.bytes += len(raw)
        if not self._levers and b'"packed_groups"' in raw and b'"comm_open"' in raw:
            content = json.loads(raw[raw.index(b"{") : raw.rindex(b"}") + 1])["content"]
            if "packed_groups" in content["data"]["state"]:
                self._levers = content["comm_id"]
        answers = ANSWER.findall(raw)
        if answers:
            with self._news:
                _, whole, address = max(answers, key=lambda one: int(one[0]))
                self._seen = address.decode(), whole == b"yes"
                self._news.notify_all()
        elif self._levers:
            with self._news:
                self._news.notify_all()

    def _until(self, ready: Any, patience: float) -> bool:
        with self._news:
            self._news.wait_for(lambda: ready() or bool(self.trouble), max(0.0, patience))
            return bool(ready())

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps({
            "header": {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": self._page,
                       "date": "", "version": "5.2"},
            "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}))  # fmt: skip


THEMES: dict[str, dict[str, str]] = {"light": {}, "dark": {}}


@dataclass
class Found:
    """What was measured: seconds, and memory in bytes."""

    opened: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    full: list[float] = field(default_factory=list)
    changes: int = 0
    never_first: int = 0
    never_full: int = 0
    lost: list[str] = field(default_factory=list)
    browsers: list[dict[str, float]] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    sent: int = 0


def visited(
    sessions: int, seconds: float, browsers: int, port: int = PORT, pid: int = 0, together: bool = False
) -> Found:
    """`sessions` people for so many seconds on the server at `port`; `together`: they move as they came, all within
    SPREAD, and not one after the other through the 15 s."""
    found = Found()
    warm = Visitor(-1, port)
    warm.open(300)  # the compiler, and the default's own runs: what a server has behind it in its first minute
    warm.leave()
    found.memory["before"] = resident(pid)
    people = [Visitor(i, port) for i in range(sessions)]
    with browsing(browsers, port) as pages:
        began = time.monotonic()
        threads = []
        for i, one in enumerate(people):
            time.sleep(max(0.0, began + SPREAD * i / sessions - time.monotonic()))
            # values of a lever from 0 to 5 that nobody else asks for
            first = began + SPREAD + (0.0 if together else EVERY * i / sessions)
            stay = (first, began + seconds, 0.5 + 0.01 * i, 0.37)
            threads.append(threading.Thread(target=one.stay, args=stay, daemon=True))
            threads[-1].start()
        found.browsers = pressed(pages, began + seconds)
        for thread in threads:
            thread.join()
    found.memory["all in"] = resident(pid)
    for one in people:
        found.opened += [one.opened] if one.opened is not None else []
        found.changes += len(one.changes)
        found.first += [first for first, _ in one.changes if first is not None]
        found.full += [full for _, full in one.changes if full is not None]
        found.lost += [f"{one.number}: {one.trouble or 'never opened'}"] if one.trouble or one.opened is None else []
        found.sent += one.bytes
    found.never_first = found.changes - len(found.first)
    found.never_full = found.changes - len(found.full)
    for one in people:
        one.leave()
    return found


@contextmanager
def browsing(number: int, port: int) -> Iterator[list[Any]]:
    """Pages of real browsers, opened and complete."""
    if not number:
        yield []
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        pages = [browser.new_context(viewport={"width": 1440, "height": 900}).new_page() for _ in range(number)]
        for page in pages:
            page.set_default_timeout(60_000)
            page.goto(f"http://localhost:{port}/")
        for page in pages:
            page.wait_for_selector('#replicates[data-complete="yes"]')
        yield pages
        browser.close()


def pressed(pages: Sequence[Any], until: float) -> list[dict[str, float]]:
    """Every 15 s a key in each of the browsers, one after the other; milliseconds from the key until first, all and
    full."""
    found: list[dict[str, float]] = []
    for i, page in enumerate(pages):
        page.fill("#levers-listening-n", str(1 + 0.503 * i))
        page.keyboard.press("Enter")
        page.focus("#levers-listening")
    turn = first = time.monotonic() + EVERY
    while pages and turn + EVERY <= until:
        for i, page in enumerate(pages):
            time.sleep(max(0.0, turn + EVERY * i / len(pages) - time.monotonic()))
            found += [page.evaluate("window.__answer.catch((error) => error.found)")] if turn > first else []
            page.evaluate(WATCH, 1000 * EVERY)
            page.keyboard.press("ArrowRight")
        turn += EVERY
    last = pages if turn > first else ()  # none was pressed if the time was too short
    return [*found, *[page.evaluate("window.__answer.catch((error) => error.found)") for page in last]]


def resident(pid: int) -> int:
    """Bytes that a process holds in memory; 0 where nobody says."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if pid and status.exists() else []
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--browsers", type=int, default=3, help="how many of the sessions are real browsers")
    parser.add_argument("--together", action="store_true", help="all move within five seconds, not spread over 15")
    parser.add_argument("--write", action="store_true", help="write benchmarks/sessions.md")
    chosen = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    server = serve(PORT)
    try:
        found = visited(
            chosen.sessions - chosen.browsers, chosen.seconds, chosen.browsers, PORT, server.pid, chosen.together
        )
    finally:
        server.terminate()
        server.wait()
    text = said(found, chosen.sessions, chosen.seconds, load, chosen.browsers)
    print(text)
    if chosen.write:
        RESULTS.write_text(text, encoding="utf-8")


def said(found: Found, sessions: int, seconds: float, load: float, browsers: int = 0) -> str:
    """The table, and what it belongs to."""
    quiet = f"The load was {load:.1f} before it began: the machine was {'' if load < QUIET else 'NOT '}quiet."
    lines = [f"# {sessions} sessions at once", "",
             f"Written by `python -m benchmarks.sessions --write` on: {machine()}.", quiet, "",
             f"Default comparison, {sessions} sessions for {seconds:.0f} s, one lever change a session every "
             f"{EVERY:.0f} s, one after the other, to values nobody else asks for; {browsers or 'none'} of them real "
             "browsers on the same machine, all others speak the websocket and draw nothing.", "",
             "| what | p50 | p95 | n | target at p95 | met |", "| --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    for name, times, never in (("opened, with a first answer", found.opened, 0),
                               ("first answer", found.first, found.never_first),
                               ("everything", found.full, found.never_full)):  # fmt: skip
        whole = [*times, *[float("inf")] * never]  # one that never came is late, not missing
        if not whole:
            continue
        target = TARGETS.get(name)
        met = "" if target is None else "yes" if late(whole) <= target else "NO"
        lines.append(f"| {name} | {statistics.median(whole):.2f} s | {late(whole):.2f} s | {len(whole)} | "
                     f"{'' if target is None else f'at most {target:.0f} s'} | {met} |")  # fmt: skip
    for name in ("first", "full") if found.browsers else ():
        times = [one.get(name, float("inf")) / 1000 for one in found.browsers]  # one that never came is late
        lines.append(f"| real browser, {name} | {statistics.median(times):.2f} s | {late(times):.2f} s | {len(times)} "
                     "| | |")  # fmt: skip
    grown = (found.memory["all in"] - found.memory["before"]) / max(1, sessions) / 2**20
    lines += ["", f"Lost: {len(found.lost)} ({'; '.join(found.lost) or 'none'}).  The server held "
              f"{found.memory['before'] / 2**20:.0f} MiB before and {found.memory['all in'] / 2**20:.0f} MiB with all "
              f"of them: {grown:.1f} MiB a session, answers and kept runs included.  Sent to a session: "
              f"{found.sent / max(1, sessions - browsers) / 2**20:.2f} MiB."]  # fmt: skip
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
