"""What `unfreeze study new --like` names: an address of the dashboard, a scenario file, or a command."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.options import Asked, Drawn, taken

if TYPE_CHECKING:
    from scenarios.request import Request
    from studies.templates import Like

COMMANDS = ("compare", "run")
ALLOWED = 'an address of the dashboard, a scenario file, or a command in quotes: "unfreeze compare homes"'


def like_of(text: str) -> Like:
    """What is asked there; BadInput says what is wrong with it."""
    text = text.strip()
    if text.partition(" ")[0] == "unfreeze":
        return _of_command(text)
    if "?" in text and not Path(text).exists():
        return _of_address(text)
    return _of_file(text)


def _of_address(text: str) -> Like:
    from dashboard.screen import read_query

    return read_query(text.partition("?")[2].partition("#")[0]).like


def _of_file(text: str) -> Like:
    from engine.errors import BadInput
    from scenarios.request import from_file

    if not Path(text).exists():
        raise BadInput(f"There is no file '{text[:60]}'", where="--like", allowed=ALLOWED)
    request = from_file(text)
    point = ["--point"] * request.point
    return _made(request, Drawn(point=request.point), request.command_line("compare", point))


def _of_command(text: str) -> Like:
    from cli.main import unfreeze
    from engine.errors import BadInput

    try:
        _, *words = shlex.split(text)
    except ValueError as error:
        raise BadInput(f"The command cannot be read: {error}", where="--like", allowed=ALLOWED) from error
    name, rest = (words[0], words[1:]) if words else ("", [])
    command = unfreeze.get_command(None, name) if name in COMMANDS else None  # type: ignore[arg-type]
    if command is None:
        raise BadInput(f"'unfreeze {name[:40]}' is no command that a study can be like", where="--like",
                       allowed=", ".join(f"unfreeze {one} ..." for one in COMMANDS))  # fmt: skip
    context = command.make_context(name, rest)
    given = dict(context.params)
    asked, drawn = taken(Asked, given, context), taken(Drawn, given, context)
    request = asked.request(given["strategies"])
    if name == "run":
        drawn = Drawn(point=True, replicates=1)
    return _made(request, replace(drawn, point=drawn.point or request.point), text)


def _made(request: Request, drawn: Drawn, command: str) -> Like:
    from cli.compare import SETS, replicates_of, sample_of
    from studies.templates import Like

    sample_of(drawn, request.where)  # says so where one is named that is none, or that nobody draws from
    sets = None if drawn.point else drawn.sets or SETS
    return Like(request, sets, replicates_of(drawn), drawn.seeds, drawn.sample or "", command)
