"""The server of one room: Starlette, plain HTTP, one process, nothing from outside the room.

A page asks for its view with the version that it has, and waits until there is a newer one: no connection has to
survive.  Who somebody is, a cookie says: a word that only this phone has; the log keeps its hash.  What anybody may do
is decided here (host or person) and in the room (which table, when).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import secrets
import socket
import sys
import threading
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import jinja2
import segno
import segno.helpers
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from engine.errors import UNSEEN, UnfreezeError
from scenarios.language import N_, Speech
from workshop import debrief, stories, views
from workshop.history import Runner, command_of, file_of
from workshop.logbook import Logbook, word
from workshop.room import OF_HOST, OF_PERSON, Refused

FOLDER = Path(__file__).parent
TOGETHER = 0.1  # seconds for which news are gathered before pages hear of them
READING = 3.0  # seconds until a page that waits for runs says so
WAIT = 12.0  # seconds for which a page waits for something new
LONGEST_NAME, LONGEST_BODY = 24, 4_000
MOST_POINTS = 40  # of a drawn line
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SAFE = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
ME, HOST = "workshop_me", "workshop_host"
NAME = "workshop_name"
DAY = 24 * 3600
TRIES = 20  # wrong codes and words in a minute, from one address

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Any, Send], Awaitable[None]]


def hashed(token: str) -> str:
    """What the log keeps of a word."""
    return hashlib.sha256(token.encode()).hexdigest()


def named(html: str) -> str:
    """A name for what a page shows."""
    return hashlib.blake2b(html.encode(), digest_size=8).hexdigest()


def clean(name: str) -> str:
    """A name as it may stand on a screen: one short line without signs that nobody sees."""
    seen = unicodedata.normalize("NFC", UNSEEN.sub("", name))
    return " ".join(seen.split())[:LONGEST_NAME]


class Server:
    """One room on the network."""

    def __init__(self, book: Logbook, address: str, wifi: tuple[str, str] | None = None) -> None:
        """wifi: name and password of the room's network, for a second picture; they are written nowhere."""
        self.book, self.address, self.wifi = book, address, wifi
        self.t = Speech(book.setup.language)
        self.desk = views.Desk(book, self.t)
        self.stop = threading.Event()
        self.runner = Runner(book.setup, self.stop)
        self.changed = asyncio.Condition()
        self.turns = asyncio.Lock()  # one run at a time
        self.stamp = secrets.randbelow(10**9)  # of everything that a screen shows; another one after a restart
        self.wrong: dict[str, list[float]] = {}
        self.screens: list[stories.Screen] = []
        self.stories: asyncio.Task[None] | None = None  # fills `screens`
        self.no_story = ""  # why there is none
        self.last: dict[int, tuple[dict[str, Any], str, str]] = {}  # what each phone shows: values, page, its key
        self.telling = False
        self.joined: dict[str, str] = {}  # by the form that was sent
        self.tasks: set[asyncio.Task[None]] = set()
        self.pages = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER / "templates"), autoescape=True, trim_blocks=True
        )
        self.pages.globals.update(t=self.t, named=book.setup.title)

    # --- runs ---------------------------------------------------------------------------------------------------------

    async def news(self) -> None:
        """Tell every page that waits."""
        self.stamp += 1
        if not self.telling:
            self.telling = True
            self.start(self._tell())

    async def _tell(self) -> None:
        """Once for all that happens in a moment: forty phones draw themselves anew."""
        await asyncio.sleep(TOGETHER)
        self.telling = False
        await self._wake()

    async def _wake(self) -> None:
        """Have all who wait look again."""
        async with self.changed:
            self.changed.notify_all()

    def drawn(self, number: int, token: str) -> tuple[str, str]:
        """What a phone shows, and a name for it; drawn anew only if anything in it is new."""
        values = views.person(self.desk, number, token)
        if number not in self.last or self.last[number][0] != values:
            html = self.pages.get_template("person.html").render(values)
            self.last[number] = (values, html, named(html))
        return self.last[number][1:]

    def start(self, task: Awaitable[None]) -> None:
        """Begin something and keep hold of it."""
        found = asyncio.ensure_future(task)
        self.tasks.add(found)
        found.add_done_callback(self.tasks.discard)

    async def warm(self) -> None:
        """What a restart must have again: runs of everything that was shown, and the run that was asked for."""
        room = self.book.room
        await self.live("")
        if room.running:
            await self.ask()
        now = "show" if room.step.kind.startswith("show") else "last" if room.at > 0 and not room.step.round else ""
        for topic in sorted(room.locked, key=lambda one: (one != now, one)):
            if topic not in self.desk.lived:
                await self.live(topic)
        await self.live("show")

    async def live(self, topic: str) -> None:
        """Run a topic and keep what came out; what goes wrong stands on the host's screen."""
        async with self.turns:
            if topic == "show" and topic in self.desk.lived:
                return
            try:
                self.desk.lived[topic] = await asyncio.to_thread(self._lived, topic)
                self.desk.trouble = ""
            except Exception as error:
                self.desk.trouble = failed(error)
        await self.news()

    def _lived(self, topic: str) -> Any:
        played = dict(self.book.room.played)
        if topic == "":
            return self.runner.usual()
        if topic == "show":
            return self.runner.shown()
        if topic == "last":
            return self.runner.last(played)
        number = int(topic.removeprefix("round"))
        return self.runner.room({n: chosen for n, chosen in played.items() if n <= number})

    async def ask(self) -> None:
        """Carry out the run that the room waits for."""
        topic = self.book.room.running
        await self.live(topic)
        if topic in self.desk.lived and self.book.room.running == topic:
            self.book.take("ran", topic=topic)
        await self.news()

    # --- who is it ----------------------------------------------------------------------------------------------------

    def is_host(self, request: Request) -> bool:
        """Whether this is the host's browser."""
        return secrets.compare_digest(request.cookies.get(HOST, "").encode(), self.book.key.encode())

    def number(self, request: Request) -> int | None:
        """Whose phone this is.  After a restart it tells the name again that only memory held."""
        found = self.book.room.by_token(hashed(request.cookies.get(ME, "")))
        if found is None:
            return None
        if found.number not in self.desk.names and (name := clean(unquote(request.cookies.get(NAME, "")))):
            self.desk.names[found.number] = name
        return found.number

    def too_often(self, request: Request) -> bool:
        """Whether somebody at this address is guessing words."""
        now, where = self.book.now(), _where(request)
        self.wrong[where] = [at for at in self.wrong.get(where, ()) if now - at < 60.0]
        return len(self.wrong[where]) >= TRIES

    # --- pages --------------------------------------------------------------------------------------------------------

    def page(self, name: str, status: int = 200, path: str = "", screen: str = "page", **values: Any) -> Response:
        """A whole page."""
        inside = f"{name}.html" if name else ""
        shell = self.pages.get_template("shell.html")
        title = values.pop("title", self.book.setup.title or self.t("Unfreeze: a workshop"))
        text = shell.render(title=title, path=path, screen=screen, inside=inside, **values)
        return Response(text, status, media_type="text/html")

    def joining(self, status: int = 200, code: str = "", error: str = "") -> Response:
        """The door."""
        return self.page("join", status, code=code, once=word(16), error=error, alone=self.may_tell)

    @property
    def may_tell(self) -> bool:
        """Whether stories are open: they say what a room predicts, so not from the first guest to its last result."""
        return not self.book.room.people or "last" in self.book.room.locked

    async def front(self, request: Request) -> Response:
        """Where everybody arrives."""
        if self.number(request) is not None:
            return RedirectResponse("/me", 303)
        return self.joining(code=request.query_params.get("code", "")[:12])

    async def join(self, request: Request) -> Response:
        """Somebody comes in with the code."""
        form = await _form(request)
        if self.number(request) is not None:
            return RedirectResponse("/me", 303)
        code = form.get("code", "").strip().upper()
        if self.too_often(request) or not secrets.compare_digest(code.encode(), self.book.code.encode()):
            self.wrong[_where(request)].append(self.book.now())
            return self.joining(403, code[:12], self.t("That is not the code on the screen."))
        once = form.get("once", "")[:16] or word(16)  # who presses twice joins once
        token = self.joined.get(once) or word(10)
        if once in self.joined:
            return _comes_in(token, clean(form.get("name", "")))
        try:
            self.book.take("joined", token=hashed(token))
            self.joined[once] = token
        except Refused as no:
            return self.joining(403, code[:12], self.t(str(no)))
        if name := clean(form.get("name", "")):
            self.desk.names[len(self.book.room.people)] = name
        await self.news()
        return _comes_in(token, name)

    async def again(self, request: Request) -> Response:
        """Somebody comes back on another phone, with the word of the first."""
        form = await _form(request)
        token = form.get("word", "").strip().upper()
        if self.too_often(request) or self.book.room.by_token(hashed(token)) is None:
            self.wrong[_where(request)].append(self.book.now())
            return self.joining(403, error=self.t("Nobody here has that word."))
        return _comes_in(token, "")

    async def me(self, request: Request) -> Response:
        """A participant's page."""
        if self.number(request) is None:
            return RedirectResponse("/", 303)
        return self.page("", path="/me", screen="person")

    async def host(self, request: Request) -> Response:
        """The host's page; the key in the address becomes a cookie."""
        key = request.query_params.get("key")
        if key is not None:
            answer = RedirectResponse("/host", 303)
            if secrets.compare_digest(key.encode(), self.book.key.encode()):
                answer.set_cookie(HOST, key, max_age=DAY, httponly=True, samesite="lax")
            return answer
        if not self.is_host(request):
            return self.page("only_host", 403)
        path = request.url.path
        return self.page("", path=path, screen=path.strip("/"))

    # --- views --------------------------------------------------------------------------------------------------------

    async def view(self, request: Request) -> Response:
        """What a page shows now; waits if it shows that already."""
        kind = request.url.path.strip("/").partition("/")[0]
        number = self.number(request) if kind == "me" else None
        if (kind == "me" and number is None) or (kind != "me" and not self.is_host(request)):
            return JSONResponse({"error": self.t("Please join first.")}, 401)
        asked = request.query_params.get("v")
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT), self.changed:
                await self.changed.wait_for(lambda: asked != str(self.stamp))
        stamp = self.stamp
        if kind == "me":
            assert number is not None
            html, key = self.drawn(number, request.cookies[ME])
        elif kind == "host":
            html = self.pages.get_template("host.html").render(
                views.host(self.desk, self.address, self.wifi[0] if self.wifi else "")
            )
            key = named(html)
        else:
            values = views.notes(self.desk) if kind == "notes" else views.paper(self.desk)
            html = self.pages.get_template(f"{kind}.html").render(values)
            key = named(html)
        told = views.missing(self.desk) if kind == "host" else ""
        return JSONResponse({"version": stamp, "key": key, "html": html, "status": told})

    async def do(self, request: Request) -> Response:
        """What somebody asks to be done: a host what hosts do, a person what a person does, as this person."""
        as_host = not request.url.path.startswith("/me")
        number = None if as_host else self.number(request)
        if (as_host and not self.is_host(request)) or (not as_host and number is None):
            return JSONResponse({"error": self.t("Please join first.")}, 401)
        try:
            data = json.loads(await _body(request))
        except ValueError:
            data = None
        if request.headers.get("x-workshop") != "1" or not isinstance(data, dict):
            return JSONResponse({"error": self.t("There is no such thing to do.")}, 400)
        try:
            kind, more = wanted(data, as_host)
            if not as_host:
                more = {**more, "person": number}
            if kind in ("decided", "ready", "typed"):
                more.setdefault("round", self.book.room.step.round)
            self.book.take(kind, **more)
        except Refused as no:
            return JSONResponse({"error": self.t(str(no))}, 409)
        if self.book.room.running and kind == "next":
            self.start(self.ask())
        await self.news()
        return JSONResponse({"error": ""})

    # --- to take home -------------------------------------------------------------------------------------------------

    async def take_home(self, request: Request) -> Response:
        """The debrief, tables and the room's history, for the host."""
        if not self.is_host(request):
            return self.page("only_host", 403)
        name = request.url.path.strip("/")
        room = self.book.room
        if name == "debrief.html":
            text = await asyncio.to_thread(debrief.page, self.desk, self.runner)
            return Response(text, media_type="text/html", headers={"content-security-policy": debrief.POLICY})
        if name == "the_room.toml":
            if not room.played:
                return PlainTextResponse(self.t("No round has been played yet."), 404)
            text = f"# {command_of(self.book.setup)}\n" + file_of(self.book.setup, room.played)
            return Response(text, media_type="application/toml")
        return Response(debrief.TABLES[name](self.desk), media_type="text/csv; charset=utf-8")

    async def story(self, request: Request) -> Response:
        """A guided story, screen by screen, for somebody alone."""
        at = request.path_params.get("at", 1)
        if not 1 <= at <= stories.SCREENS:
            return RedirectResponse("/stories", 303)
        if not self.may_tell:
            return self.page("no_story", 403)
        if self.stories is None:
            self.stories = asyncio.create_task(self._run_stories())
        with suppress(TimeoutError):
            async with asyncio.timeout(READING), self.changed:
                await self.changed.wait_for(lambda: len(self.screens) >= at or self.no_story)
        if self.no_story:
            self.stories, told, self.no_story = None, self.no_story, ""  # whoever asks again tries again
            return PlainTextResponse(told, 500)
        if len(self.screens) < at:
            answer = self.page("wait")
            answer.headers["refresh"] = "1"
            return answer
        one = self.screens[at - 1]
        return self.page("story", one=one, at=at, count=stories.SCREENS, title=one.title)

    async def _run_stories(self) -> None:
        """Screen after screen, with runs of their own: no round waits for them."""
        self.screens.clear()
        told = stories.told(Runner(self.book.setup, self.stop), self.t)
        try:
            while (one := await asyncio.to_thread(next, told, None)) is not None:
                self.screens.append(one)
                await self._wake()
        except Exception as error:
            self.no_story = failed(error)
            await self._wake()

    async def picture(self, request: Request) -> Response:
        """The address as a picture to join by; or the network.  Both hold what only the room's screen tells."""
        if not self.is_host(request):
            return PlainTextResponse("", 404)
        told, out = f"{self.address}/?code={quote(self.book.code)}", io.BytesIO()
        if request.url.path == "/wifi.svg":
            if self.wifi is None:
                return PlainTextResponse("", 404)
            told = segno.helpers.make_wifi_data(*self.wifi, "WPA" if self.wifi[1] else None)
        code = segno.make(told, micro=False, error="m")
        code.save(out, kind="svg", scale=8, border=4, light="white")  # phones read no Micro QR, and want a border
        return Response(out.getvalue(), media_type="image/svg+xml")

    async def ready(self, request: Request) -> Response:
        """Whether the server answers, and whether the model is warm."""
        return JSONResponse({"ok": not self.desk.trouble, "warm": "" in self.desk.lived})

    def app(self) -> App:
        """What uvicorn runs."""
        routes = [
            Route("/", self.front),
            Route("/join", self.join, methods=["POST"]),
            Route("/again", self.again, methods=["POST"]),
            Route("/me", self.me),
            *(Route(path, self.host) for path in ("/host", "/notes", "/paper")),
            *(Route(f"/{kind}/view", self.view) for kind in ("me", "host", "notes", "paper")),
            *(Route(f"/{kind}/do", self.do, methods=["POST"]) for kind in ("me", "host", "paper")),
            *(Route(f"/{name}", self.take_home) for name in ("debrief.html", "the_room.toml", *debrief.TABLES)),
            Route("/stories", self.story),
            Route("/stories/{at:int}", self.story),
            Route("/qr.svg", self.picture),
            Route("/wifi.svg", self.picture),
            Route("/readyz", self.ready),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ]

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            self.start(self.warm())
            yield
            self.stop.set()

        return guarded(Starlette(routes=routes, lifespan=life))


def failed(error: Exception) -> str:
    """What went wrong, for a screen."""
    return str(error) if isinstance(error, UnfreezeError) else repr(error)


def wanted(data: dict[str, Any], as_host: bool) -> tuple[str, dict[str, Any]]:
    """What is asked, with nothing in it that nobody may say; Refused if there is no such thing to do."""
    kind = str(data.get("kind"))
    if kind not in (OF_HOST if as_host else OF_PERSON):
        raise Refused(N_("There is no such thing to do."))
    takes = {
        "seated": ("table",),
        "decided": ("decision", "option", "round"),
        "typed": ("table", "decision", "option", "round"),
        "ready": ("round",),
        "predicted": ("topic", "pick", "low", "high", "line"),
        "answered": ("answers",),
        "next": ("anyway", "step"),
    }
    more = {name: data[name] for name in takes.get(kind, ()) if name in data}
    for name in ("low", "high", "round", "step"):
        if isinstance(more.get(name), str):
            more[name] = _number(more[name])
    if isinstance(more.get("line"), list):
        more["line"] = [_number(one) if isinstance(one, str) else one for one in more["line"][:MOST_POINTS]]
    if any(isinstance(value, str) and len(value) > 40 for value in more.values()):
        raise Refused(N_("There is no such thing to do."))
    return kind, more


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", ".")[:20])
    except ValueError:
        return None


def _where(request: Request) -> str:
    return request.client.host if request.client else ""


async def _form(request: Request) -> dict[str, str]:
    body = await _body(request)
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


async def _body(request: Request) -> bytes:
    """What was sent, or nothing if it is longer than anything that a page sends: the rest is not even read."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > LONGEST_BODY:
            return b""
    return found


def _comes_in(token: str, name: str) -> Response:
    answer = RedirectResponse("/me", 303)
    answer.set_cookie(ME, token, max_age=DAY, httponly=True, samesite="lax")
    if name:
        answer.set_cookie(NAME, quote(name), max_age=DAY, httponly=True, samesite="lax")
    return answer


def guarded(app: App) -> App:
    """Refuses a foreign Host or Origin, and says on every answer what a browser may do with it."""

    async def guard(scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not welcome(headers):
            await PlainTextResponse("This server answers only to its own address.", 403)(scope, receive, send)
            return

        async def safely(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.get("headers", ())}
                more = [(n.encode(), v.encode()) for n, v in SAFE.items() if n.encode() not in there]
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        await app(scope, receive, safely)

    return guard


def welcome(headers: MutableMapping[str, str]) -> bool:
    """The Host is an address or this machine's own name, and so is the Origin if the browser names one."""
    host, origin = headers.get("host", ""), headers.get("origin")
    try:
        name, there = urlsplit(f"//{host}").hostname or "", urlsplit(origin or "").netloc
        ip_address(name)
        numeric = True
    except ValueError:
        numeric = False
    own = socket.gethostname().lower()
    ours = numeric or name in (*LOOPBACK, own, f"{own}.local", socket.getfqdn().lower())
    return ours and (origin is None or there == host)


def addresses(port: int) -> list[str]:
    """Where phones find this machine, likeliest first; only this machine itself if it is in no network."""
    found = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: asks which of our addresses would be used
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    found = [one for one in dict.fromkeys(found) if not one.startswith("127.")] or ["127.0.0.1"]
    return [f"http://{one}:{port}" for one in found]


def serve(book: Logbook, host: str, port: int, address: str, wifi: tuple[str, str] | None = None) -> None:
    """Run until somebody stops it."""
    sys.setswitchinterval(0.0005)  # a thread that runs the model lets the one that answers go on
    app = Server(book, address, wifi).app()
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        loop="asyncio",
        timeout_graceful_shutdown=2,
    )
