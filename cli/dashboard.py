"""`unfreeze dashboard`: the same comparisons in a browser, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import subprocess

HOST, PORT, LAST_PORT = "127.0.0.1", 8765, 65535


@click.command("dashboard")
@click.option("--host", default=HOST, show_default=True, metavar="NAME",
              help="Address to listen on.  Any but this machine's own lets your network in.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, LAST_PORT), default=PORT, show_default=True, metavar="N",
              help="Port to listen on; 0 takes any free one.")  # fmt: skip
@click.option("--allow-host", "allowed", multiple=True, metavar="NAME", help="With --host: another name of this "
              "machine under which it is asked; may be given more than once.")  # fmt: skip
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, metavar="N",
              help="Server processes, each with a port of its own from --port on and its own places.  A session lives "
              "in one: send half of the people to the one, half to the other.")  # fmt: skip
@click.option(
    "--place",
    "places",
    multiple=True,
    metavar="FILE",
    help="A place of your own to offer beside those that ship; the first is what to begin with.",
)
@click.option("--strategy", "strategies", multiple=True, metavar="FILE",
              help="A strategy of your own to offer, may be given more than once.")  # fmt: skip
@click.option("--language", default="en", metavar="LANGUAGE", help="Language of all pages and of what they write: "
              "en, es.  [default: en]")  # fmt: skip
@click.option("--answer", metavar="DIR", help="Show the stored answer in this folder on the page Answer, and not "
              "the one that ships (unfreeze answer --out DIR).")  # fmt: skip
def dashboard_command(
    host: str,
    port: int,
    allowed: tuple[str, ...],
    no_open: bool,
    workers: int,
    places: tuple[str, ...],
    strategies: tuple[str, ...],
    language: str,
    answer: str | None,
) -> None:
    """Compare strategies in a browser: move a lever, see two futures at once.

    Nothing leaves this machine and nothing is fetched.  Stop it with Ctrl-C.  The address in the browser holds the
    whole scenario: keep it, send it, open it again.

    \b
    EXAMPLES
      unfreeze dashboard
      unfreeze dashboard --port 9000 --no-open
      unfreeze dashboard --host 0.0.0.0      for everybody on your network
      unfreeze dashboard --workers 2         two servers, ports 8765 and 8766
      unfreeze dashboard --language es       in Spanish
      unfreeze dashboard --place mycity.toml --strategy mine.toml
      unfreeze dashboard --answer unfreeze-results/answer-quick
    """
    _speak(language)  # before anything is said
    from dashboard.server import LOOPBACK, settings

    begin = _offered(places, strategies)
    ports = [_free(host, port)]
    ports += [_free(host, ports[0] + i) for i in range(1, workers)]
    settings(_hosts(host, allowed))
    if answer is not None:  # Solara reads its settings when it is first imported
        from dashboard.answered import offer

        offer(answer)
    addresses = [f"http://{'localhost' if host in LOOPBACK else host}:{own}/{begin}" for own in ports]
    click.echo(f"The dashboard opens at {' and '.join(addresses)}  (stop it with Ctrl-C)")
    if not no_open:
        _open_when_ready(addresses[0])
    others = [_started(host, own, allowed, language) for own in ports[1:]]
    try:
        _serve(host, ports[0])
    finally:
        for other in others:
            other.terminate()
        for other in others:
            other.wait()


def _speak(language: str) -> None:
    """All screens in a language that has a catalogue for them; tests may have everything in brackets."""
    from engine.errors import BadInput
    from scenarios.language import BRACKETS, DASHBOARD, languages, speak

    if language not in (*languages(DASHBOARD), BRACKETS):
        raise BadInput(f"The dashboard does not speak '{language[:20]}'", allowed=", ".join(languages(DASHBOARD)),
                       do="Begin a catalogue for it: docs/translating.md")  # fmt: skip
    speak(language)


def _hosts(host: str, allowed: Sequence[str]) -> list[str]:
    """The names that a browser may have asked for: on this machine only its own; on a network also the machine's name,
    what it listens on, every numeric address, and what somebody allows.  No name of a foreign page is among them."""
    import socket

    from dashboard.server import LOOPBACK, NUMBERS

    if host in LOOPBACK:
        return list(LOOPBACK)
    return [*LOOPBACK, NUMBERS, host.lower(), socket.gethostname().lower(), socket.getfqdn().lower(),
            *(name.lower() for name in allowed)]  # fmt: skip


def _offered(places: Sequence[str], strategies: Sequence[str]) -> str:
    """Offer somebody's own files, which are read on the way; returns what an address says to begin with them."""
    from scenarios.names import is_file, known_name, offer
    from scenarios.places import find_place
    from scenarios.strategy import find_strategy

    def named(kind: str, name: str, read: Callable[[str], object]) -> str:
        read(name)
        return offer(kind, name) if is_file(kind, name) else known_name(kind, name)

    said = [f"place={named('place', name, find_place)}" for name in places][:1]
    said += [f"s={named('strategy', name, find_strategy)}" for name in strategies]
    return f"?{'&'.join(said)}" if said else ""


def _free(host: str, port: int) -> int:
    """The port, or a free one for 0; BadInput if somebody else has it."""
    import socket

    from engine.errors import BadInput

    if port > LAST_PORT:
        raise BadInput(f"There is no port {port}", allowed=f"at most {LAST_PORT}", do="Begin with a smaller --port")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(f"Cannot listen on {host}, port {port}: {error.strerror}",
                           do="Choose another with --port, or stop what is using it") from error  # fmt: skip
        return int(probe.getsockname()[1])


def _started(host: str, port: int, allowed: Sequence[str], language: str) -> subprocess.Popen[bytes]:
    """Another server process, silent."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "cli", "dashboard", "--no-open", "--host", host, "--port", str(port)]
    command += ["--language", language]
    command += [word for name in allowed for word in ("--allow-host", name)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def _serve(host: str, port: int) -> None:
    import logging

    import uvicorn

    from dashboard.connections import ANSWERS_WITHIN, BACKLOG, Impatient, NotAgain
    from engine.errors import UnfreezeError

    logging.getLogger("asyncio").addFilter(NotAgain())
    try:
        uvicorn.run("dashboard.server:application", factory=True, host=host, port=port,
                    log_level="warning", access_log=False, server_header=False, loop="asyncio",
                    ws_max_size=1_000_000, ws_ping_timeout=ANSWERS_WITHIN, timeout_graceful_shutdown=3,
                    http=Impatient, backlog=BACKLOG)  # fmt: skip
    except SystemExit as error:
        raise UnfreezeError("The server stopped while starting") from error


def _open_when_ready(address: str) -> None:
    """Open the browser once the server answers; somebody's impatience must not meet a refused connection."""
    import threading
    import time
    import urllib.request
    import webbrowser

    def wait() -> None:
        for _ in range(150):
            try:
                with urllib.request.urlopen(f"{address.partition('?')[0]}readyz", timeout=1):
                    webbrowser.open(address)
                    return
            except OSError:
                time.sleep(0.2)

    threading.Thread(target=wait, daemon=True).start()
