"""The guard in front of the pages: who may come in, how many, and what they see when something breaks."""

import asyncio
import json
import os
from collections.abc import Coroutine, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cli.dashboard import _hosts
from cli.main import run
from dashboard.server import LOOPBACK, MOST_TABS, VISITOR, Guard, settings


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """Its result, from a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Inside:
    """An application that answers, waits or breaks."""

    def __init__(self) -> None:
        self.hold: asyncio.Event | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/broken":
            raise ValueError("secret details")
        if scope["type"] == "websocket" and self.hold is not None:
            await self.hold.wait()
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})


async def ask(guard: Guard, path: str = "/", kind: str = "http", **headers: str) -> list[MutableMapping[str, Any]]:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await guard({"type": kind, "path": path, "headers": pairs}, receive, send)
    return sent


def status(guard: Guard, path: str = "/", **headers: str) -> int:
    return int(finished(ask(guard, path, **headers))[0]["status"])


def test_only_our_own_address_is_answered() -> None:
    guard = Guard(Inside(), list(LOOPBACK), 5)
    assert status(guard, host="localhost:8765") == 200
    assert status(guard, host="[::1]:8765") == 200
    assert status(guard, host="localhost:8765", origin="http://localhost:8765") == 200
    assert status(guard, host="evil.example") == 403
    assert status(guard, host="localhost:8765", origin="http://evil.example") == 403
    assert status(guard, host="localhost:8765", origin="null") == 403
    assert status(guard, "/resourcez", host="localhost") == 404


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/", {"host": "["}, 403),
        ("/", {"host": "localhost", "origin": "http://["}, 403),
        ("/\0", {"host": "localhost"}, 400),
        ("/", {"host": ""}, 403),
    ],
)
def test_what_nobody_sends_in_earnest_is_refused_and_not_broken(path: str, headers: dict[str, str], code: int) -> None:
    assert status(Guard(Inside(), list(LOOPBACK), 5), path, **headers) == code


def test_the_health_answer_knows_the_jobs() -> None:
    jobs = {"comparisons": {"threads": 3, "dead": 0}}
    guard = Guard(Inside(), list(LOOPBACK), 5, jobs=lambda: jobs)
    start, body = finished(ask(guard, "/readyz", host="localhost"))
    assert start["status"] == 200
    assert json.loads(body["body"]) == {"ok": True, "sessions": 0, "places": 5, **jobs}
    jobs["comparisons"] = {"threads": 2, "dead": 1}
    assert status(guard, "/readyz", host="localhost") == 503


def test_on_a_network_no_foreign_name_is_ours() -> None:
    guard = Guard(Inside(), _hosts("0.0.0.0", ["laptop.example"]), 5)
    assert [status(guard, host=host) for host in ("192.168.1.7:8765", "[fe80::1]:8765", "laptop.example", "localhost")
            ] == [200] * 4  # fmt: skip
    assert status(guard, host="evil.example") == 403  # a name that was pointed at us


def test_what_a_visitor_says_of_a_proxy_is_not_believed() -> None:
    seen: dict[str, Any] = {}

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    told = {"x-script-name": "/evil", "script-name": "/evil", "X-Forwarded-Proto": "https", "forwarded": "host=evil",
            "x-forwarded-prefix": "/evil"}  # fmt: skip
    assert status(Guard(inside, list(LOOPBACK), 5), host="localhost", accept="text/html", **told) == 200
    assert dict(seen["headers"]) == {b"host": b"localhost", b"accept": b"text/html"}
    assert seen["root_path"] == ""


def test_more_servers_than_ports_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dashboard", "--no-open", "--port", "65535", "--workers", "3"]) == 2
    assert "port 65536" in capsys.readouterr().err


def test_a_foreign_page_cannot_open_a_websocket() -> None:
    sent = finished(ask(Guard(Inside(), [], 5), "/jupyter/api/kernels/made-up/channels", "websocket",
                           host="localhost:8765", origin="http://evil.example"))  # fmt: skip
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_no_traceback_reaches_the_page(capsys: Any) -> None:
    sent = finished(ask(Guard(Inside(), [], 5), "/broken", host="localhost"))
    assert sent[0]["status"] == 500
    assert b"secret" not in sent[1]["body"]
    assert "secret details" in capsys.readouterr().err


def test_beyond_the_cap_a_page_says_so() -> None:
    async def crowded() -> tuple[list[Any], list[Any], list[Any]]:
        inside = Inside()
        inside.hold = asyncio.Event()
        guard = Guard(inside, [], 1)
        first = asyncio.create_task(ask(guard, "/ws", "websocket", host="localhost"))
        await asyncio.sleep(0)
        page, socket = await ask(guard, host="localhost"), await ask(guard, "/ws", "websocket", host="localhost")
        inside.hold.set()
        await first
        return page, socket, await ask(guard, host="localhost")

    page, socket, after = finished(crowded())
    assert page[0]["status"] == 503
    assert b"All places are taken" in page[1]["body"]
    assert socket[0]["type"] == "websocket.close"
    assert after[0]["status"] == 200


def test_one_visitor_does_not_take_all_places() -> None:
    mine, anothers = (f"theme=dark; {VISITOR}={name}" for name in ("a1", "b2"))

    async def crowded() -> tuple[list[Any], ...]:
        inside = Inside()
        inside.hold = asyncio.Event()
        guard = Guard(inside, [], 40)
        tabs = [asyncio.create_task(ask(guard, "/ws", "websocket", host="localhost", cookie=mine))
                for _ in range(MOST_TABS)]  # fmt: skip
        await asyncio.sleep(0)
        page, socket = [await ask(guard, path, kind, host="localhost", cookie=mine)
                        for path, kind in (("/", "http"), ("/ws", "websocket"))]  # fmt: skip
        other, nobody = [await ask(guard, host="localhost", cookie=who) for who in (anothers, "")]
        inside.hold.set()
        for tab in tabs:
            await tab
        after = await ask(guard, host="localhost", cookie=mine)
        assert not guard.tabs
        return page, socket, other, nobody, after

    page, socket, other, nobody, after = finished(crowded())
    assert page[0]["status"] == 503
    assert b"many tabs" in page[1]["body"]
    assert b'content="2"' in page[1]["body"]  # the tab that is loaded anew was still open: it asks again at once
    assert socket[0]["type"] == "websocket.close"
    assert [one[0]["status"] for one in (other, nobody, after)] == [200, 200, 200]


def test_settings_are_silent_and_secret(monkeypatch: Any) -> None:
    kept = dict(os.environ)
    try:
        monkeypatch.delenv("SOLARA_SESSION_SECRET_KEY", raising=False)
        settings(["localhost"])
        first = os.environ["SOLARA_SESSION_SECRET_KEY"]
        assert len(first) > 30
        assert os.environ["SOLARA_SESSION_HTTP_ONLY"] == "True"
        assert os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] == "False"
        assert os.environ["SOLARA_KERNEL_CULL_TIMEOUT"].endswith("m")
    finally:
        os.environ.clear()
        os.environ.update(kept)
