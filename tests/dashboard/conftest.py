"""A server of our own and a real browser, for tests marked `browser`."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.answers import lived, repeated, with_page
from tests.conftest import NO_BROWSER, browser_path, seldom


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


PORT = free_port()
HOME = f"http://localhost:{PORT}/"
SMALL = "?people=500&months=80"


@contextmanager
def served(log: Path, port: int, *options: str) -> Iterator[None]:
    """A dashboard on this port, from when it answers."""
    with log.open("w") as stream:
        command = [sys.executable, "-m", "cli", "dashboard", "--no-open", "--port", str(port), *options]
        server = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, cwd=Path(__file__).parents[2])
        try:
            for _ in range(1800):
                try:
                    urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=1).close()
                    break
                except OSError:
                    assert server.poll() is None, log.read_text()
                    time.sleep(0.1)
            else:
                raise AssertionError(f"no answer in 180 s: {log.read_text()}")
            yield
        finally:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The dashboard on PORT; its log."""
    if browser_path() is None:
        pytest.skip(NO_BROWSER)
    log = tmp_path_factory.mktemp("dashboard") / "log"
    with served(log, PORT):
        yield log


@pytest.fixture(scope="session")
def stored_answer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored answer of 404 worlds, each of four worlds 101 times (tests/answers.py); made once for all processes
    that share the tests."""
    shared = tmp_path_factory.getbasetemp()
    folder = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "stored-answer"
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            with_page(repeated(lived(folder / "four"), folder / "stored", 101))
            (folder / "done").touch()
    return folder / "stored"


@pytest.fixture(scope="session")
def chromium(server_log: Path, chromium: Any) -> Any:
    """The browser, and a dashboard to look at."""
    return chromium


SAYS_SOMETHING_ELSE = (
    "was => { const head = document.querySelector('main h1'); return head && head.innerText !== was; }"
)
SETTLED = """name => {
    const link = document.querySelector('nav[aria-label="Pages"] a[aria-current="page"]');
    const here = link && new URLSearchParams(link.getAttribute('href')).get('page') === name;
    const heads = [...document.querySelectorAll('main h1')];
    const says = (one) => one.textContent.trim() && !one.textContent.trim().endsWith('…');  // … is: still at work
    return here && heads.length && heads.every(says) && !document.querySelector('main progress') &&
        [...document.querySelectorAll('.u-chart')].every((one) => one.dataset.rev);
}"""
# Each part of a page comes by a message of its own: picture and levers stay hidden until all their parts are there.
SHOWN = """() => ['.u-picture', '.u-hand', '.u-foot'].every((what) =>
    document.querySelector(what)?.checkVisibility({ visibilityProperty: true }))"""
WHOLE = f"""() => {{
    const now = document.getElementById('replicates');
    const parts = ['main h1', '.u-large-chart .u-chart', '.u-strip'];
    const revs = parts.map((one) => document.querySelector(one)?.dataset.rev);
    if (!now || !({SHOWN})()) return false;
    if (document.getElementById('your-change')?.textContent.includes('…')) return false; // still at work
    return now.dataset.complete === 'yes' && now.dataset.address === window.location.search &&
        revs.every((rev) => rev === now.dataset.rev);
}}"""


# The group of a lever that many tests move: only money and time is unfolded when a page opens.
UNFOLD = """() => { const lever = document.getElementById('levers-listening');
  if (lever) lever.closest('details').open = true; }"""
QUIET = """() => new Promise((quiet, never) => {
    const began = performance.now();
    let since = began;
    const seen = new MutationObserver(() => { since = performance.now(); });
    seen.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    const look = () => {
        if (performance.now() - began > 90000) return never(new Error('the page never came to rest'));
        if (performance.now() - since < 1500) return setTimeout(look, 50);
        seen.disconnect();
        quiet();
    };
    look();
})"""


class Tab:
    """A page, and everything that went wrong in it."""

    def __init__(self, chromium: Any, width: int = 1440, theme: str = "light", still: bool = False) -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce" if still else "no-preference",
        )
        self.page = seldom(self.context.new_page())
        self.page.set_default_timeout(90_000)
        self.outside: list[str] = []
        self.refused: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", self._asked)
        self.page.on("response", lambda r: self.refused.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((HOME, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, query: str = SMALL) -> Any:
        """Open the dashboard and wait for the first charts."""
        self.page.goto(HOME + query)
        self.drawn()
        self.page.evaluate(UNFOLD)
        return self.page

    def drawn(self) -> None:
        """Wait until the charts of Compare belong to the screen."""
        self.page.wait_for_selector("#replicates")
        self.page.wait_for_selector("#chart-secure_people[data-rev]")
        self.page.wait_for_function(SHOWN)

    def whole(self) -> None:
        """Wait until everything on Compare comes from all replicates of what the address names."""
        self.page.wait_for_function(WHOLE)

    def visit(self, name: str) -> None:
        """Open another page by its link in the navigation, and wait for its sentence and its charts."""
        link = self.page.locator(f'nav[aria-label="Pages"] a[href*="page={name}"]')
        if link.get_attribute("aria-current") != "page":
            was = self.page.inner_text("main h1")
            link.evaluate("one => one.click()")  # wherever it is: the presenter's view hides it
            self.page.wait_for_function(SAYS_SOMETHING_ELSE, arg=was)
        self.settled(name)

    def settled(self, name: str) -> None:
        """Wait until page `name` is there, says something, works on nothing, and every chart on it is drawn."""
        self.page.wait_for_function(SETTLED, arg=name)

    def quiet(self) -> None:
        """Wait until nothing has changed on the page for a while: the parts of an answer come one after the other."""
        self.page.evaluate(QUIET)

    def rev(self) -> str:
        """Which answer the first chart shows."""
        return str(self.page.get_attribute("#chart-secure_people", "data-rev"))

    def redrawn(self, since: str) -> None:
        """Wait for a newer one."""
        self.page.wait_for_function(
            "rev => document.getElementById('chart-secure_people').dataset.rev !== rev", arg=since
        )
        self.drawn()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Tab]:
    """A fresh visitor."""
    made = Tab(chromium)
    yield made
    made.context.close()
