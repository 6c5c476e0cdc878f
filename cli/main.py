"""`unfreeze`: finds the command, runs it, and turns whatever goes wrong into one clear message and an exit code.

0 done, 1 something failed (no room on the disk), 2 somebody gave us something we cannot use, 130 stopped with
Ctrl-C, 143 with SIGTERM.
"""

from __future__ import annotations

import codecs
import errno
import importlib
import os
import sys
from collections.abc import Sequence

import click

from cli import stopped
from cli.screen import spell_out
from engine.errors import UnfreezeError, UnknownName

# Each is the module cli.<name>, and in it the click command <name>_command.
COMMANDS = ("compare", "dashboard", "workshop", "worldviews", "run", "person", "study", "answer", "trial", "validate",
            "calibrate", "list", "show", "new", "month")  # fmt: skip


class Commands(click.Group):
    """Imports a command only when somebody asks for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command called `name`."""
        if name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(f"cli.{name}"), f"{name}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """A line or two for each, never cut off."""
        with formatter.section("Commands"):
            found = [(name, self.get_command(ctx, name)) for name in COMMANDS]
            formatter.write_dl([(name, command.get_short_help_str(200)) for name, command in found if command])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with; UnknownName suggests the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise UnknownName("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(version("unfreeze"))
        except PackageNotFoundError:
            click.echo("not installed")
        ctx.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def unfreeze() -> None:
    """Does it matter who leads the reform of a public service: the funder, with a solution of its own, or the people
    who use the services and those who work in them?

    Unfreeze simulates one city's services, month by month, with everybody in them.  A strategy is what a foundation
    does: settings of some thirty levers.  Every strategy meets the same simulated people with the same luck, so that a
    difference is the strategy's doing and not chance.

    \b
    BEGIN HERE
      unfreeze compare                        funder-led against user-centred
      unfreeze dashboard                      the same in a browser
      unfreeze workshop                       a room predicts and decides
      unfreeze list                           what there is to choose from
      unfreeze show user_centred              one thing, and its sources
      unfreeze compare homes top_up hybrid    other strategies, or your own files
      unfreeze worldviews                     every strategy in every worldview

    \b
    ASK WHAT IF
      unfreeze compare --set context_gap=0    another assumption (a parameter)
      unfreeze compare --set budget=0.02      another decision (a lever)
      unfreeze compare --worldview innovation another belief about the world
      unfreeze compare --place mycity.toml    another place
      unfreeze new strategy mine.toml         a file of your own to begin with

    \b
    LOOK CLOSER
      unfreeze run user_centred --events      one run, and what happened in it
      unfreeze person any homes user_centred  one life under two strategies
      unfreeze month                          what happens in a month, in order

    \b
    SWEEP
      unfreeze study new mine.toml            a study: many settings, in one file
      unfreeze study run mine.toml            run it; whatever ends it, it goes on
      unfreeze answer --quick                 who should lead, by docs/plan.md

    \b
    WHY BELIEVE IT
      unfreeze trial                          a published trial inside the model
      unfreeze validate                       all that is known, against the model
      unfreeze calibrate                      fit flows and survival to patterns

    Names may be written with - or spaces; files end in .toml.  Every command explains itself with --help.  Results go
    to a folder under unfreeze-results/ unless --out says otherwise, and appear whole or not at all.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    codecs.register_error("spelt out", spell_out)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever called us: the work is done all the same
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        getattr(sys, name).reconfigure(errors="spelt out")  # a console that lacks a minus shows a hyphen
    stopped.watch()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.  Says on standard error what went wrong."""
    try:
        code = unfreeze.main(arguments, prog_name="unfreeze", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except UnfreezeError as error:
        return _says(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as stop:
        stopped.over()
        return _says("stopped; nothing was written", stopped.code_of(stop))
    except BrokenPipeError:  # `unfreeze list | head`: whoever read us has had enough
        _nobody_reads()
        return 0
    except MemoryError:
        return _says("There is not enough memory for this.  Simulate fewer people, months or replicates.", 1)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _nobody_reads()  # files say NoRoom: this is the text for the screen
            return _says("There is no room left where standard output goes, and what was to be shown there is cut.  "
                         "Results in a folder are whole or not there.  Free some space.", 1)  # fmt: skip
        return _says(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", 1)


def _nobody_reads() -> None:
    """What is still to be flushed to standard output goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _says(message: str, code: int) -> int:
    click.echo(message, err=True)
    return code
