"""`unfreeze dashboard`: the same comparisons in a browser, on this machine."""

from __future__ import annotations

import click

HOST, PORT = "127.0.0.1", 8765


@click.command("dashboard")
@click.option("--host", default=HOST, show_default=True, metavar="NAME",
              help="Address to listen on.  Any but this machine's own lets your network in.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, metavar="N",
              help="Port to listen on; 0 takes any free one.")  # fmt: skip
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N",
              help="Server processes.  One is right for some thirty people; more need a proxy in front that sends each "
              "visitor to the same one.")  # fmt: skip
def dashboard_command(host: str, port: int, no_open: bool, workers: int) -> None:
    """Compare strategies in a browser: move a lever, see two futures at once.

    Nothing leaves this machine and nothing is fetched.  Stop it with Ctrl-C.  The address in the browser holds the
    whole scenario: keep it, send it, open it again.

    \b
    EXAMPLES
      unfreeze dashboard
      unfreeze dashboard --port 9000 --no-open
      unfreeze dashboard --host 0.0.0.0      for everybody on your network
    """
    import socket

    from dashboard.server import LOOPBACK, settings
    from engine.errors import BadInput

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(f"Cannot listen on {host}, port {port}: {error.strerror}",
                           do="Choose another with --port, or stop what is using it") from error  # fmt: skip
        port = probe.getsockname()[1]
    settings(list(LOOPBACK) if host in LOOPBACK else [])
    address = f"http://{'localhost' if host in LOOPBACK else host}:{port}/"
    click.echo(f"The dashboard opens at {address}  (stop it with Ctrl-C)")
    if not no_open:
        _open_when_ready(address)
    _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    import uvicorn

    from engine.errors import UnfreezeError

    try:
        uvicorn.run("dashboard.server:application", factory=True, host=host, port=port, workers=workers,
                    log_level="warning", access_log=False, server_header=False, loop="asyncio",
                    ws_max_size=1_000_000, timeout_graceful_shutdown=3)  # fmt: skip
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
                with urllib.request.urlopen(f"{address}readyz", timeout=1):
                    webbrowser.open(address)
                    return
            except OSError:
                time.sleep(0.2)

    threading.Thread(target=wait, daemon=True).start()
