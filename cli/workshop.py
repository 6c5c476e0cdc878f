"""`unfreeze workshop`: a room predicts, decides and sees, on this machine and this room's network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

HOST, PORT, LAST_PORT = "0.0.0.0", 8770, 65535
FOLDER = "unfreeze-workshop"


@click.group("workshop", invoke_without_command=True)
@click.option(
    "--plan", type=click.Choice(["60", "90", "180"]), help="Minutes: how long the workshop is.  [default: 90]"
)
@click.option("--place", metavar="PLACE",
              help="A shipped place of homelessness services, or your own file of one.  [default: dublin]")  # fmt: skip
@click.option("--worldview", metavar="WORLDVIEW", help="A shipped worldview or a file.  [default: evidence]")
@click.option("--language", metavar="LANGUAGE", help="Language of all screens: en, es.  [default: en]")
@click.option("--people", type=int, metavar="N", help="How many people to simulate.  [default: 2000]")
@click.option("--seed", type=int, metavar="N", help="Another seed, other luck.  [default: 1]")
@click.option("--setup", metavar="FILE", help="A facilitator's file, as 'unfreeze workshop new' writes it.")
@click.option("--folder", default=FOLDER, show_default=True, metavar="DIR",
              help="Where the room is kept; a room that is there goes on.")  # fmt: skip
@click.option("--host", default=HOST, show_default=True, metavar="NAME", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, LAST_PORT), default=PORT, show_default=True, metavar="N",
              help="Port to listen on; 0 takes any free one.")  # fmt: skip
@click.option("--address", metavar="URL", help="What phones are to open, where the one that is found is wrong.")
@click.option("--wifi", metavar="NAME", help="Name of the room's network: a second picture to scan.")
@click.option("--wifi-password", default="", metavar="TEXT", help="Its password, which whoever scans the picture gets.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.pass_context
def workshop_command(ctx: click.Context, /, **given: Any) -> None:
    """Lead a workshop: phones join by a code, tables decide, the years pass, the room talks.

    Everything stays on this machine and in this room's network.  Stop it with Ctrl-C; the same command goes on where it
    stopped.  Nothing personal is written; `unfreeze workshop delete` deletes the rest.

    \b
    EXAMPLES
      unfreeze workshop                       90 minutes, Dublin
      unfreeze workshop --plan 60 --language es
      unfreeze workshop new mine.toml         a facilitator's file: place, tables, strategies
      unfreeze workshop check mine.toml       what it makes, or what is wrong with it
      unfreeze workshop --setup mine.toml
      unfreeze workshop delete                the room goes, all of it
    """
    if ctx.invoked_subcommand is None:
        _lead(**given)


@workshop_command.command("new")
@click.argument("file")
def new_command(file: str) -> None:
    """Write a facilitator's file that says what holds without one, to change."""
    from cli.screen import says
    from workshop.setup import new_file

    new_file(Path(file))
    says(f"Written: {file}.  Change it, then: unfreeze workshop check {file}")


@workshop_command.command("check")
@click.argument("file")
def check_command(file: str) -> None:
    """Say what a facilitator's file makes, or what is wrong with it and where."""
    from cli.screen import says
    from workshop.setup import read_setup, told

    for line in told(read_setup(Path(file))):
        says(line)
    says(f"Nothing is wrong with it.  Begin: unfreeze workshop --setup {file}")


@workshop_command.command("delete")
@click.argument("folder", default=FOLDER)
def delete_command(folder: str) -> None:
    """Delete a room and everything that was decided in it."""
    from cli.screen import says
    from workshop.logbook import delete

    says(f"Deleted: {folder}, with {delete(Path(folder))} events")


def _lead(
    setup: str | None,
    folder: str,
    host: str,
    port: int,
    address: str | None,
    no_open: bool,
    wifi: str | None,
    wifi_password: str,
    **said: Any,
) -> None:
    """Open the room again, or a new one, and serve it."""
    from cli.dashboard import _free, _open_when_ready
    from engine.errors import BadInput
    from workshop.logbook import SETUP, Logbook
    from workshop.server import addresses, serve
    from workshop.setup import Setup, read_setup, with_options

    asked = {**said, "plan": int(said["plan"]) if said["plan"] else None}
    there, anything = (Path(folder) / SETUP).is_file(), setup is not None or any(v is not None for v in asked.values())
    chosen = with_options(read_setup(Path(setup)) if setup else Setup(), asked) if anything or not there else None
    port = _free(host, port)
    book = Logbook(Path(folder), chosen)
    here = f"http://127.0.0.1:{port}" if host in ("0.0.0.0", "127.0.0.1", "localhost") else f"http://{host}:{port}"
    found = addresses(port) if host == "0.0.0.0" else [here]
    if address is not None and not address.startswith("http://"):
        raise BadInput(f"'{address}' is no address for phones", allowed=f"such as http://192.168.1.20:{port}")
    click.echo(f"Host screen:   {here}/host?key={book.key}   (for you alone)")
    click.echo(f"Phones open:   {address or found[0]}   code {book.code}")
    for other in found[1:]:
        click.echo(f"or perhaps:    {other}   (then start again with --address {other})")
    click.echo(f"The room is kept in '{folder}'.  Stop with Ctrl-C; 'unfreeze workshop delete {folder}' deletes it.")
    if not no_open:
        _open_when_ready(f"{here}/host?key={book.key}")
    serve(book, host, port, (address or found[0]).rstrip("/"), (wifi, wifi_password) if wifi else None)
