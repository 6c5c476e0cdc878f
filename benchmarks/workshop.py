"""How a workshop's room stands up: forty phones on this machine, as clients that speak the protocol, and browsers.

    python -m benchmarks.workshop            forty participants, two rounds, a killed server, thirty dropped connections
    python -m benchmarks.workshop --people 12 --browsers 0

Measures, and prints beside what is asked for: how long until everybody is in; how fast a decision is taken in; how fast
a round of two years is on every screen, from "Next" to the new numbers of each table, the host showing them at once;
how fast everybody is back after the server was killed in the middle of a round; whether anything that was decided is
lost; and whether anybody was doubled or lost when connections dropped.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
CHOICE = re.compile(r'name="decision" value="(\w+)".*?name="option" value="usual".*?name="option" value="(\w+)"', re.S)
NOW = '<th scope="col">now</th>'  # a table's numbers after the round
TABLES = ("users", "professionals", "managers", "commissioner", "foundation")


class Client:
    """A browser without a screen: one connection, its cookies, and a page that waits for news."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.version = port, dict[str, str](), -1
        self.line: http.client.HTTPConnection | None = None
        self.html = ""

    def __del__(self) -> None:
        self.drop()

    def ask(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of one request; a broken connection is made again once."""
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **(headers or {})}
        for last in (False, True):
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                self.line.request(method, path, body.encode(), sent)
                answer = self.line.getresponse()
                text = answer.read().decode()
                break
            except (OSError, http.client.HTTPException):
                self.drop()
                if last:
                    raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text

    def drop(self) -> None:
        """The connection goes, as a locked phone's does."""
        if self.line is not None:
            self.line.close()
        self.line = None

    def form(self, path: str, **values: str) -> tuple[int, dict[str, str], str]:
        """Send a plain form."""
        return self.ask("POST", path, urlencode(values), {"content-type": "application/x-www-form-urlencoded"})

    def join(self, code: str, name: str = "") -> int:
        """Come in with the code, as the page does."""
        _, _, page = self.ask("GET", "/")
        once = re.search(r'name="once" value="(\w+)"', page)
        status, _, _ = self.form("/join", code=code, name=name, once=once[1] if once else "")
        return status

    def view(self, page: str = "/me", wait: bool = False) -> dict[str, Any]:
        """What the page shows now; with `wait` once there is something new."""
        status, _, text = self.ask("GET", f"{page}/view?v={self.version if wait else -1}")
        told: dict[str, Any] = json.loads(text)
        if status == 200:
            self.version, self.html = told["version"], told["html"]
        return {"http": status, **told}

    def do(self, kind: str, page: str = "/me", **more: Any) -> tuple[int, str]:
        """Press something: status, and what is said if it was refused."""
        headers = {"content-type": "application/json", "x-workshop": "1"}
        status, _, text = self.ask("POST", f"{page}/do", json.dumps({"kind": kind, **more}), headers)
        return status, str(json.loads(text)["error"])

    def as_host(self, key: str) -> None:
        """Be the host."""
        self.ask("GET", f"/host?key={key}")

    def until(self, said: Callable[[str], bool], page: str = "/me", seconds: float = 60.0) -> float:
        """Wait until the page shows something; how many seconds that took."""
        began = time.perf_counter()
        told = self.view(page)
        while not said(told.get("html", "")):
            if time.perf_counter() - began > seconds:
                raise TimeoutError(f"{page} after {seconds:g} s: {self.html[:2000]}")
            told = self.view(page, wait=True)
        return time.perf_counter() - began


class Room:
    """A workshop's server of our own, in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder, self.options = folder, options
        self.process: subprocess.Popen[str] | None = None
        self.start(*options)

    def start(self, *options: str) -> None:
        """Start the server, or start it again; returns once it answers."""
        command = [
            sys.executable,
            "-m",
            "cli",
            "workshop",
            "--no-open",
            "--port",
            str(self.port),
            "--host",
            "127.0.0.1",
        ]
        with (self.folder.parent / f"{self.folder.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, "--folder", str(self.folder), *options], stdout=log, stderr=log, text=True, cwd=ROOT
            )
        for _ in range(1200):
            assert self.process.poll() is None, (self.folder.parent / f"{self.folder.name}.log").read_text()
            try:
                Client(self.port).ask("GET", "/readyz")
            except OSError:
                time.sleep(0.05)
            else:
                break
        about = json.loads((self.folder / "setup.json").read_text())
        self.code, self.key = about["code"], about["key"]

    def warm(self, seconds: float = 600.0) -> None:
        """Wait until the model is ready."""
        began, one = time.perf_counter(), Client(self.port)
        while time.perf_counter() - began < seconds:
            _, _, text = one.ask("GET", "/readyz")
            if json.loads(text)["warm"]:
                return
            time.sleep(0.2)
        raise TimeoutError("the model is not ready")

    def spent(self) -> float:
        """Processor seconds of the server so far, however busy the machine is; nan where the system does not tell."""
        assert self.process is not None
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        """Stop it."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


def together(tasks: Sequence[Callable[[], float]]) -> list[float]:
    """Run all at once, each in a thread; what each returned, or a TimeoutError for all."""
    found, errors = [0.0] * len(tasks), list[BaseException]()

    def work(i: int) -> None:
        try:
            found[i] = tasks[i]()
        except BaseException as error:
            errors.append(error)

    team = [threading.Thread(target=work, args=(i,)) for i in range(len(tasks))]
    for thread in team:
        thread.start()
    for thread in team:
        thread.join()
    if errors:
        raise errors[0]
    return found


def timed(act: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def p95(seconds: Sequence[float]) -> float:
    """The 95th of a hundred."""
    return sorted(seconds)[min(int(0.95 * len(seconds)), len(seconds) - 1)]


class Crowd:
    """The host and everybody with a phone, in one room."""

    def __init__(self, room: Room, people: int) -> None:
        self.room, self.people = room, people
        self.host = Client(room.port)
        self.host.as_host(room.key)
        self.clients = [Client(room.port) for _ in range(people)]

    def all(self, act: Callable[[Client, int], float]) -> list[float]:
        """Everybody does this at once."""
        return together([lambda i=i, one=one: act(one, i) for i, one in enumerate(self.clients)])

    def comes(self, one: Client, i: int) -> float:
        """Join, sit down, look."""
        began = time.perf_counter()
        one.join(self.room.code, f"Guest {i}")
        one.do("seated", table=TABLES[i % len(TABLES)])
        one.view()
        return time.perf_counter() - began

    def decides(self, one: Client, _: int) -> float:
        """Take the first choice that is not the usual one."""
        decision, option = CHOICE.findall(one.view()["html"])[0]
        return timed(lambda: one.do("decided", decision=decision, option=option))

    def sees(self, one: Client, _: int) -> float:
        """Wait until the years have passed and the table's new numbers are there; the host shows them at once."""
        if one is self.host:
            seconds = one.until(lambda html: "<h1>See" in html, "/host")
            one.do("show", "/host")
            return seconds
        return one.until(lambda html: "<h1>See" in html and NOW in html)

    def lives_a_round(self, phones: Phones) -> tuple[list[float], list[float]]:
        """From "Next" to the result on every screen: seconds of the clients, and of the browsers."""
        began = time.perf_counter()
        self.host.do("next", "/host", anyway="yes")
        asked = time.perf_counter() - began
        watching = [lambda i=i, one=one: asked + self.sees(one, i) for i, one in enumerate([self.host, *self.clients])]
        with ThreadPoolExecutor(1) as team:
            clients = team.submit(together, watching)
            browsers = [asked + seconds for seconds in phones.see(NOW)]
            return clients.result()[1:], browsers

    @property
    def there(self) -> int:
        """How many the host sees."""
        return int(self.host.view("/host")["html"].count("Guest"))

    @property
    def decided(self) -> list[str]:
        """All decisions that the disk holds, in order."""
        texts = [one.read_text() for one in sorted((self.room.folder / "events").glob("*.json"))]
        return [one for one in texts if json.loads(one)["kind"] == "decided"]


class Phones:
    """Browsers with the screen of a phone, in the room beside the clients; none if there is no browser."""

    def __init__(self, room: Room, count: int) -> None:
        self.room, self.count, self.pages = room, count, list[Any]()

    def __enter__(self) -> Phones:
        self.closing = ExitStack()
        browser = shutil.which("chromium")
        if self.count and browser is None:
            raise SystemExit("No browser on this machine: install Chromium, or say --browsers 0")
        if self.count:
            from playwright.sync_api import sync_playwright

            driver = self.closing.enter_context(sync_playwright())
            chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            self.closing.callback(chromium.close)
            screen: Any = {"width": 390, "height": 844}
            self.pages = [chromium.new_context(viewport=screen).new_page() for _ in range(self.count)]
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.close()

    def come(self) -> None:
        """Join and sit down, one after the other."""
        for i, page in enumerate(self.pages):
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{self.room.port}/?code={self.room.code}")
            page.fill("#name", f"Guest on a phone {i}")
            page.get_by_role("button", name="Join").click()
            page.locator("form.act button").nth(i % len(TABLES)).click()
            page.wait_for_selector(".foot")

    def see(self, html: str) -> list[float]:
        """Seconds until each screen shows this."""
        began, found = time.perf_counter(), []
        for page in self.pages:
            page.wait_for_function("what => document.body.innerHTML.includes(what)", arg=html, polling=50)
            found.append(time.perf_counter() - began)
        return found


def measured(people: int, folder: Path, browsers: int = 0) -> dict[str, tuple[float, str]]:
    """All figures: (value, what is asked for)."""
    room = Room(folder / "room", "--plan", "90")
    try:
        room.warm()
        crowd = Crowd(room, people)
        with Phones(room, browsers) as phones:
            return {**_a_round(crowd, phones), **_a_killed_server(crowd, phones)}
    finally:
        room.close()


def _a_round(crowd: Crowd, phones: Phones) -> dict[str, tuple[float, str]]:
    """From the door to the end of the first round, and thirty dropped connections."""
    room, host, found = crowd.room, crowd.host, dict[str, tuple[float, str]]()
    found["everybody is in, seconds"] = (max(crowd.all(crowd.comes)), "10")
    phones.come()
    while 'name="decision"' not in crowd.clients[0].view()["html"]:
        host.do("next", "/host", anyway="yes")
        time.sleep(0.05)
    before = room.spent()
    found["a decision is taken in, all at once, seconds (p95)"] = (p95(crowd.all(crowd.decides)), "0.3")
    found["processor seconds for that"] = (room.spent() - before, "-")
    before = room.spent()
    clients, browsers = crowd.lives_a_round(phones)
    found["a round of two years is on every screen, seconds (p95)"] = (p95(clients), "3")
    if browsers:
        found[f"the same on {len(browsers)} browsers of 390 px, seconds (slowest)"] = (max(browsers), "3")
    found["processor seconds for a round"] = (room.spent() - before, "-")
    for i in range(30):
        one = crowd.clients[i % crowd.people]
        one.drop()
        one.view()
    found["people in the room after thirty dropped connections"] = (crowd.there, str(crowd.people + phones.count))
    return found


def _a_killed_server(crowd: Crowd, phones: Phones) -> dict[str, tuple[float, str]]:
    """Killed in the middle of the second round, while the years pass."""
    found: dict[str, tuple[float, str]] = {}
    for _ in range(2):
        crowd.host.do("next", "/host")
    crowd.all(crowd.decides)
    crowd.host.do("next", "/host", anyway="yes")
    decided = crowd.decided
    crowd.room.kill()
    began = time.perf_counter()
    crowd.room.start()
    crowd.all(lambda one, _: one.until(lambda html: "<h1>" in html))
    phones.see('id="lost" role="alert" hidden=""')
    found["everybody is back after kill -9, seconds"] = (time.perf_counter() - began, "10")
    found["people in the room afterwards"] = (crowd.there, str(crowd.people + phones.count))
    lost = len(decided) if crowd.decided[: len(decided)] != decided else 0
    found["decisions that are lost"] = (lost, "0")
    together([lambda i=i, one=one: crowd.sees(one, i) for i, one in enumerate([crowd.host, *crowd.clients])])
    found["the round that was killed is on every screen, seconds after"] = (time.perf_counter() - began, "-")
    return found


def page(people: int, found: dict[str, tuple[float, str]], load: tuple[float, float]) -> str:
    """The figures as a page, with how busy the machine was: without that no second means anything."""
    lines = [
        "# A workshop's room under load",
        "",
        f"{people} participants speaking the protocol, {os.cpu_count()} processors that the clients share; "
        f"load of the machine {load[0]:.1f} before and {load[1]:.1f} after, niceness {_nice()}.",
        "`python -m benchmarks.workshop --write` makes this page anew. Every step in real browsers: "
        "tests/workshop/test_browser.py.",
        "",
        "| what | measured | asked for |",
        "| --- | ---: | ---: |",
        *(f"| {name} | {value:.2f} | {asked} |" for name, (value, asked) in found.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--browsers", type=int, default=3, help="real browsers of 390 px beside them")
    parser.add_argument("--write", action="store_true", help="write benchmarks/workshop.md")
    asked = parser.parse_args()
    before = _load()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(asked.people, Path(folder), asked.browsers)
    text = page(asked.people, found, (before, _load()))
    print(text)
    if asked.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


def _nice() -> int:
    return os.nice(0) if hasattr(os, "nice") else 0


def _load() -> float:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


if __name__ == "__main__":
    main()
