"""The web server around the pages: settings of Solara that keep it at home, and a guard in front of it.

`settings` go into the environment before Solara is imported, because Solara reads them only then.  `application` is
what uvicorn runs.  The guard answers what Solara does not: it refuses a foreign Host or Origin (a web page elsewhere
must not talk to a server on this machine), caps sessions with a page that says so, and lets no traceback out.
"""

from __future__ import annotations

import gc
import json
import os
import secrets
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from engine.whole_file import sweep
from scenarios.language import say, spoken

if TYPE_CHECKING:
    from jinja2 import Environment

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

APP = "dashboard.pages"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NUMBERS = "any number"  # among the hosts: every numeric address
# Open websockets.  Assumption: thirty-three were measured on two cores; none was lost, the first answer came in .5 s at
# p95 and the full one in 11 s (docs/dashboard.md).  Forty were not measured.
MOST_SESSIONS = 40
MOST_TABS = 12  # of them one visitor's: whoever has more is asked to close one.  Assumption
SWITCH = 0.0005  # seconds after which a thread that draws lets one that runs go on; Python has .005.  Assumption
SWEEPS = (20_000, 10, 10)  # new objects between two looks for garbage (Python has 2,000, with which
# it took a twelfth of the time of a server with thirty sessions).  Assumption
# Seconds after which a page that found no place tries again.  Whoever loads the twelfth tab anew still has it open
# while it is asked for: that is over at once.  Assumptions.
FULL_AGAIN, MANY_AGAIN = 30, 2
KEPT = "3m"  # how long a session that lost its connection is kept
HEALTH = "/readyz"
FILES = "/keep/"  # where the files to take home are (downloads.py)
VISITOR = "solara-session-id"  # the cookie by which Solara knows a browser
HOSTS, CAP = "UNFREEZE_HOSTS", "UNFREEZE_SESSIONS"  # names in the environment, for server processes

FULL = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="{again}">
<style>:root{{color-scheme:light dark}}
body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1.5rem}}</style>
</head><body><main><h1>{head}</h1><p>{text}</p></main></body></html>"""


def full() -> str:
    """The page that says so."""
    text = say(
        "This machine already runs as many sessions of Unfreeze as it can carry well. The page tries again every half "
        "minute; closing a tab elsewhere frees a place."
    )
    return _wait(say("Unfreeze is full"), say("All places are taken"), text, FULL_AGAIN)


def many() -> str:
    """The page for somebody who has enough of them open."""
    text = say("One browser may have {tabs} of them, so that others find a place, too. Close one, and this page opens.",
               tabs=MOST_TABS)  # fmt: skip
    return _wait("Unfreeze", say("You have many tabs of Unfreeze open"), text, MANY_AGAIN)


def _wait(title: str, head: str, text: str, again: int) -> str:
    return FULL.format(language=spoken().locale, title=escape(title), head=escape(head), text=escape(text),
                       again=again)  # fmt: skip


def settings(hosts: list[str], sessions: int = MOST_SESSIONS) -> None:
    """Set Solara up through the environment: production, silent, offline, short-lived, with a secret of its own."""
    os.environ.update({
        "SOLARA_APP": APP,
        "SOLARA_MODE": "production",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
        "SOLARA_THEME_SHOW_BANNER": "False",
        "SOLARA_THEME_LOADER": "unfreeze",
        "SOLARA_THEME_TITLE": "Unfreeze",
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
        "SOLARA_SESSION_HTTP_ONLY": "True",
        "SOLARA_SESSION_SECRET_KEY": os.environ.get("SOLARA_SESSION_SECRET_KEY") or secrets.token_urlsafe(32),
        "SOLARA_KERNEL_CULL_TIMEOUT": KEPT,
        "SOLARA_KERNEL_MAX_PER_SESSION": str(sessions),
        HOSTS: ",".join(hosts),
        CAP: str(sessions),
    })  # fmt: skip


def application() -> App:
    """Solara's own application with our pages in it, behind the guard."""
    import solara.server.cdn_helper
    import solara.server.starlette as served

    def stays_here(url: str) -> bytes:
        raise RuntimeError(
            f"Could not load URL: {url} (the dashboard fetches nothing; the file is not in solara-assets)"
        )

    solara.server.cdn_helper.fetch_from_cdn = stays_here
    _speaks()
    from dashboard.answered import READING
    from dashboard.downloads import KEEP, answer
    from dashboard.pages import DESK  # before the freeze: modules are never garbage
    from dashboard.studies import STUDIES

    sweep(Path(tempfile.gettempdir()), KEEP)  # of servers that were killed
    sys.setswitchinterval(SWITCH)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SWEEPS)
    hosts = [host for host in os.environ.get(HOSTS, "").split(",") if host]
    places = int(os.environ.get(CAP, MOST_SESSIONS))

    def jobs() -> dict[str, dict[str, int]]:
        return {"comparisons": DESK.health, "studies": STUDIES.health, "answers": READING.health}

    return Guard(served.app, hosts, places, answer, jobs)


def _speaks() -> None:
    """Pages are made with the texts of the process's language (templates/index.html.j2)."""
    import solara.server.server as pages

    from dashboard.texts import said_in_parts

    made = pages.get_jinja_env

    def with_texts(app_name: str) -> Environment:
        env: Environment = made(app_name)
        env.globals.update(t=say, language=spoken().locale, texts=said_in_parts())
        return env

    pages.get_jinja_env = with_texts  # type: ignore[assignment]  # Solara's own remembers its result


class Guard:
    """ASGI middleware: who may come in, how many at a time, and what they see when something breaks."""

    def __init__(
        self, app: App, hosts: list[str], sessions: int,
        files: Callable[[str, Send, Headers], Awaitable[None]] | None = None,
        jobs: Callable[[], dict[str, dict[str, int]]] = dict,
    ) -> None:  # fmt: skip
        self.app, self.hosts, self.sessions, self.open, self.files = app, set(hosts), sessions, 0, files
        self.tabs: Counter[str] = Counter()  # open websockets by visitor
        self.jobs = jobs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or one websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in scope["headers"] if not _of_a_proxy(pair[0])], "root_path": ""}
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if "\0" in scope["path"]:
            await _refuse(scope, send, 400, say("There is no such address."))
        elif not self.welcome(headers):
            await _refuse(scope, send, 403, say("This server answers only to its own address."))
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send, _visitor(headers))
        elif scope["path"] == HEALTH:
            await self._health(send)
        elif scope["path"] == "/resourcez" or scope["path"].startswith("/_solara/api/evict"):
            await _refuse(scope, send, 404, say("There is nothing here."))
        elif self.files is not None and scope["path"].startswith(FILES) and scope["method"] in ("GET", "HEAD"):
            await self.files(scope["path"], send, SAFE)
        elif scope["path"] == "/" and self.open >= self.sessions:
            await _answer(send, 503, full(), "text/html; charset=utf-8", ((b"retry-after", b"%d" % FULL_AGAIN),))
        elif scope["path"] == "/" and self._has_many(_visitor(headers)):
            await _answer(send, 503, many(), "text/html; charset=utf-8", ((b"retry-after", b"%d" % MANY_AGAIN),))
        else:
            await self._page(scope, receive, send)

    def welcome(self, headers: MutableMapping[str, str]) -> bool:
        """The Host is ours, and so is the Origin if the browser names one."""
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            name, there = urlsplit(f"//{host}").hostname, urlsplit(origin or "").netloc
        except ValueError:  # an open bracket
            return False
        ours = not self.hosts or name in self.hosts or (NUMBERS in self.hosts and _is_numeric(name))
        return ours and (origin is None or there == host)

    async def _health(self, send: Send) -> None:
        """Whether this server does what it is asked: 503 if a thread that runs something has died."""
        jobs = self.jobs()
        ok = not any(one["dead"] for one in jobs.values())
        told = {"ok": ok, "sessions": self.open, "places": self.sessions, **jobs}
        await _answer(send, 200 if ok else 503, json.dumps(told), "application/json")

    def _has_many(self, visitor: str) -> bool:
        return bool(visitor) and self.tabs[visitor] >= MOST_TABS

    async def _socket(self, scope: Scope, receive: Receive, send: Send, visitor: str) -> None:
        if self.open >= self.sessions or self._has_many(visitor):
            await _refuse(scope, send, 503, say("All places are taken."))
            return
        self.open += 1
        self.tabs[visitor] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.open -= 1
            self.tabs[visitor] -= 1
            self.tabs += Counter()  # whoever has none is forgotten

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                message["headers"] = [*message.get("headers", ()), *SAFE]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            traceback.print_exc()
            if not began:
                await _answer(send, 500, say("Something went wrong here; the server's log has the details."),
                              "text/plain; charset=utf-8")  # fmt: skip


# Solara compiles parts of pages from blobs, in the browser.
POLICY = ("default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws: wss: blob: data:; "
          "frame-ancestors 'self'")  # fmt: skip
SAFE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"content-security-policy", POLICY.encode()),
)


def _of_a_proxy(header: bytes) -> bool:
    """Whether it says where a proxy has us: one visitor would say it for all, and there is no proxy."""
    name = header.lower()
    return name in (b"forwarded", b"script-name", b"x-script-name") or name.startswith(b"x-forwarded-")


def _visitor(headers: Mapping[str, str]) -> str:
    """Whose browser it is: what Solara gave it at its first page, or ""."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[VISITOR].value if VISITOR in cookies else ""


def _is_numeric(host: str | None) -> bool:
    """Whether this is an address and no name: no page of somebody else's can have one as its own."""
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True


async def _refuse(scope: Scope, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": text})
    else:
        await _answer(send, status, text, "text/plain; charset=utf-8")


async def _answer(send: Send, status: int, text: str, kind: str, more: Headers = ()) -> None:
    headers = [(b"content-type", kind.encode()), *SAFE, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
