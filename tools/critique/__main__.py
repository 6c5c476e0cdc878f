"""`python -m tools.critique [NAME]`: run the script of one claim, print its table, and write it as CSV if asked to."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

import click

import tools.critique
from engine.errors import UnfreezeError, UnknownName
from model.measures import MEASURES
from tools.critique.harness import QUICK_PEOPLE, QUICK_REPLICATES, TUNED, Effort, show

NO_CLAIM = ("__main__", "harness")
NAMES = tuple(one.name for one in pkgutil.iter_modules(tools.critique.__path__) if one.name not in NO_CLAIM)


def script(name: str) -> ModuleType:
    """The module of a claim.  UnknownName."""
    if name not in NAMES:
        raise UnknownName("claim", name, NAMES)
    return importlib.import_module(f"tools.critique.{name}")


@click.command(add_help_option=False)  # its own --help knows NAME
@click.argument("name", required=False)
@click.option("--help", "about", is_flag=True, help="This text, or what NAME tests and prints.")
@click.option("--quick", is_flag=True, help="A few small cases: does the script work?  Its numbers mean nothing.")
@click.option("--people", type=int, metavar="N", help="People to simulate; by default the real size.")
@click.option("--replicates", type=click.IntRange(1), metavar="N", help="Pairs of runs; by default the review's.")
@click.option("--threads", type=click.IntRange(1), metavar="N", help="Runs at a time; changes no digit.")
@click.option("--case", "cases", multiple=True, metavar="TEXT", help="Only cases whose name has this; may be repeated.")
@click.option("--measure", default="lasting_places", show_default=True, type=click.Choice(list(MEASURES.fields)),
              metavar="NAME", help="What is shown, or searched for, where there is room for one.")  # fmt: skip
@click.option("--arms", type=click.Path(file_okay=False, path_type=Path), default=TUNED, metavar="DIR",
              help="Tuned strategies: lever_search writes them here, others read them.")  # fmt: skip
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Runs are kept here by scripts that go on from what is there (sizes).")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the table as CSV.")
@click.pass_context
def critique(
    context: click.Context,
    name: str | None,
    about: bool,
    quick: bool,
    people: int | None,
    replicates: int | None,
    threads: int | None,
    cases: tuple[str, ...],
    measure: str,
    arms: Path,
    store: Path | None,
    out: Path | None,
) -> None:
    """Run the script of one claim of the hostile review; without NAME, list them."""
    if about:
        click.echo(context.get_help() if name is None else script(name).__doc__)
        return
    if name is None:
        click.echo("What the review claims, each tested by a script (NAME --help says how):\n")
        for one in NAMES:
            click.echo(f"{one:22} {(script(one).__doc__ or '').splitlines()[0]}")
        return
    claim = script(name)
    effort = Effort(
        replicates or (QUICK_REPLICATES if quick else claim.REPLICATES),
        people or (QUICK_PEOPLE if quick else None), quick, threads, cases, measure, arms, store,
    )  # fmt: skip
    table = claim.table(effort)
    click.echo(f"The review claims, {(claim.__doc__ or '').splitlines()[0]}")
    show(table)
    if out is not None:
        table.write_csv(out)
        click.echo(f"Written to {out}")


if __name__ == "__main__":
    try:
        critique()
    except UnfreezeError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
