"""`unfreeze study`: sweeps that survive, scale out, and end in findings (docs/studies.md)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli.options import NUMBER, WHOLE

if TYPE_CHECKING:
    from studies.executors import Team
    from studies.plan import Plan
    from studies.shelf import Shelf
    from studies.work import State, Told

Command = Callable[..., Any]
DESIGNS = ("sobol", "morris", "halton", "random", "lhs", "grid", "one_at_a_time", "table", "calibrated", "practices")


class InOrder(click.Group):
    """Commands as they are met."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were added."""
        return list(self.commands)


@click.group("study", cls=InOrder)
def study_command() -> None:
    """Sweeps that survive, scale out and can be repeated row by row.

    One file says what varies; a folder holds plan, design and parts.  Whatever ends a study, 'resume' goes on: no run
    is lost that is in a part, and none is there twice.

    \b
    EXAMPLES
      unfreeze study new mine.toml             a file to begin with
      unfreeze study check mine.toml           how many runs, how long, how many bytes
      unfreeze study run mine.toml --out DIR   run it; then: resume DIR, status DIR
      unfreeze study report DIR                findings on one page
    """


def team_options(function: Command) -> Command:
    """--executor, --workers, --cluster, --quiet and --json."""
    options = [
        click.option("--executor", default="local", show_default=True, metavar="NAME",
                     help="Who works: local (processes), threads or dask."),
        click.option("--workers", type=WHOLE, metavar="N", help="How many at once; by default one a processor."),
        click.option("--cluster", metavar="ADDRESS", help="Of a Dask scheduler, such as tcp://host:8786."),
        click.option("--quiet", is_flag=True, help="Say nothing while it runs."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end."),
    ]  # fmt: skip
    return functools.reduce(lambda f, option: option(f), reversed(options), function)


@study_command.command("new")
@click.argument("file", metavar="FILE.toml")
@click.option("--kind", metavar="DESIGN", help=f"One of {', '.join(DESIGNS)}; sobol, unless it is like something.")
@click.option("--like", metavar="WHAT", help="The address of a page of the dashboard, a scenario file that it saved, "
              "or a command (compare or run), in quotes: the study asks the same.")  # fmt: skip
def new(file: str, kind: str | None, like: str | None) -> None:
    """Write a study's file to begin with; every line says what it is.

    With --like it has the very runs that are shown there; with --like and --kind what is run is taken from there, and
    the design is of that kind.

    \b
    EXAMPLES
      unfreeze study new mine.toml --kind morris
      unfreeze study new mine.toml --like "unfreeze compare homes user_centred --place helsinki --people 2000"
      unfreeze study new mine.toml --like "http://127.0.0.1:8765/?place=helsinki&s=homes&people=2000"
    """
    from pathlib import Path

    from cli.like import like_of
    from cli.screen import says
    from engine.errors import BadInput, UnknownName
    from studies.templates import shown, template, titled

    path = Path(file)
    if kind is not None and kind not in DESIGNS:
        raise UnknownName("design", kind, DESIGNS)
    if path.suffix.lower() != ".toml":
        raise BadInput(f"'{path}' is not the name of such a file", allowed="a name that ends in .toml")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}", do="Make it, or choose another")
    seen = None if like is None else like_of(like)
    if seen is not None and kind is None:
        text = shown(seen, titled(path.stem), path.parent)
    else:
        text = template(kind or "sobol", path.stem, None if seen is None else seen.request, path.parent)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as own:
            own.write(text)
    except FileExistsError as error:
        raise BadInput(f"{path} is there already, and nothing is written over", do="Choose another name") from error
    says(f"Written: {file}.  Change it, then: unfreeze study check {file}")


@study_command.command("check")
@click.argument("file", metavar="FILE.toml")
@click.option("--no-runs", is_flag=True, help="Measure none: do not say how long, and how many bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(file: str, no_runs: bool, as_json: bool) -> None:
    """Read a study's file, and say how many runs there would be, how long, and how many bytes.

    Nothing is written.  Ends with exit code 2 if any run is impossible.
    """
    from cli.screen import says
    from engine.errors import BadInput
    from engine.typed import several
    from studies.checks import check as checked
    from studies.description import read

    said = read(file)
    found = checked(said, measure=not no_runs)
    if as_json:
        _prints({"rows": found.rows, "runs": found.runs, "impossible": found.impossible, "why": found.why,
                 "seconds": found.seconds, "bytes": found.bytes})  # fmt: skip
    else:
        many = f"{several(found.rows, 'row')}, {several(found.runs, 'run')}"
        says(f"{said.title}: {said.kind}, {many}, impossible {found.impossible:,}.")
        if found.seconds is not None:
            says(
                f"About {_span(found.seconds)} of one processor (measured on a few runs), {found.bytes / 1e6:,.1f} MB."
            )
        for hint in _hints(said):
            says(hint)
    if found.impossible:
        raise BadInput(f"Impossible: {several(found.impossible, 'run')}. {found.why}", where=said.file.where("vary"))


def _hints(said: Any) -> Iterator[str]:
    if said.kind == "sobol" and said.size & (said.size - 1):
        yield f"Sobol's sequence fills powers of two: {1 << said.size.bit_length()} serves better than {said.size}."
    if said.until.most > said.until.least:
        until = said.until
        yield f"Up to {until.most} replicates where {until.measure} is not within {until.within:g} before."
    for one in said.searches:
        yield f"Looked for besides: {one.proposer}, in {one.what}; at most {one.most:,} rows more."


@study_command.command("run")
@click.argument("file", metavar="FILE.toml")
@click.option(
    "--out", metavar="DIR", help="Folder or address of the study; by default what the file says under [store]."
)
@click.option("--shard", default="1/1", metavar="I/N", help="Only this shard: for array jobs of a cluster.")
@team_options
def run(file: str, out: str | None, shard: str, **how: Any) -> None:
    """Run a study into a folder, or go on with it.

    \b
    EXAMPLES
      unfreeze study run mine.toml --out mine
      unfreeze study run mine.toml --out mine --shard 3/20
      unfreeze study run mine.toml --out mine --executor dask --cluster tcp://host:8786
    """
    from studies.description import read
    from studies.folder import begin
    from studies.work import check_shard

    which, said = check_shard(shard), read(file)
    shelf, _ = begin(said, out or _usual(said, file))
    _goes(shelf, which, **how)


@study_command.command("resume")
@click.argument("dir", metavar="DIR")
@click.option("--shard", default="1/1", metavar="I/N", help="Only this shard.")
@click.option("--fork", is_flag=True, help="Go on under rules or files that have changed: parts stay that are still "
              "right, others are put aside and run anew.")  # fmt: skip
@team_options
def resume(dir: str, shard: str, fork: bool, **how: Any) -> None:
    """Go on with a study, whatever ended it."""
    from studies.folder import opened
    from studies.work import check_shard

    which = check_shard(shard)
    _goes(opened(dir)[0], which, fork=fork, **how)


@study_command.command("retry")
@click.argument("dir", metavar="DIR")
@team_options
def retry(dir: str, **how: Any) -> None:
    """Run again the parts in which a run failed, or that cannot be read."""
    from studies.folder import opened
    from studies.folder import retry as again

    shelf, _ = opened(dir)
    with _at_work(shelf, **how) as (team, told, ends):
        plan, state, parts = again(shelf, team, told)
        ends(plan, state, parts=parts)


@study_command.command("status")
@click.argument("dir", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(dir: str, as_json: bool) -> None:
    """How far a study is."""
    from cli.screen import says
    from studies.folder import opened, standing

    shelf, plan = opened(dir)
    found = standing(shelf, plan)
    if as_json:
        _prints(found)
        return
    says(f"{plan.description.title}: {found['runs_done']:,} of {found['runs']:,} runs, {found['parts_done']:,} of "
         f"{found['parts']:,} parts, failed {found['failed']:,}.")  # fmt: skip
    for owner in found["owners"]:
        says(f"At work: {owner}")
    for name in found["changed"]:
        says(f"Changed since: {name}")
    if found["runs_done"] < found["runs"]:
        click.echo(f"Go on with: unfreeze study resume {dir}")  # to be copied: never wrapped


@study_command.command("expand")
@click.argument("dir", metavar="DIR")
@click.option("--replicates", type=WHOLE, metavar="N", help="As many of each row.")
@click.option("--size", type=WHOLE, metavar="N", help="As many samples (sobol, morris, halton, random).")
@click.option("--strategy", "strategies", multiple=True, metavar="STRATEGY", help="One more; may be given again.")
@click.option("--months", type=WHOLE, metavar="N", help="Longer runs: all are run again.")
@click.option("--vary", "varied", multiple=True, metavar="NAME=LIST",
              help="More values of a grid, or one factor more of one_at_a_time: contact=0,0.1,0.2")  # fmt: skip
def expand(dir: str, replicates: int | None, size: int | None, strategies: tuple[str, ...], months: int | None,
           varied: tuple[str, ...]) -> None:  # fmt: skip
    """Make a study larger.  What is done stays; 'resume' runs the rest."""
    from cli.screen import says
    from engine.errors import BadInput
    from engine.typed import read_number
    from studies.folder import opened
    from studies.growth import expand as grow

    vary = {}
    for text in varied:
        name, equals, values = text.partition("=")
        if not equals:
            raise BadInput(f"'{text[:40]}' gives no values", allowed="NAME=LIST, such as contact=0,0.1,0.2")
        vary[name.strip()] = {"values": [read_number(name, one, "--vary") for one in values.split(",")]}
    shelf, before = opened(dir)
    plan = grow(shelf, replicates, size, strategies, months, vary or None)
    says(f"Now {plan.runs:,} runs (before {before.runs:,}).")
    click.echo(f"Go on with: unfreeze study resume {dir}")


@study_command.command("append")
@click.argument("dir", metavar="DIR")
@click.argument("rows", metavar="[ROWS.csv]", required=False)
@click.option("--by", default="append", show_default=True, metavar="NAME", help="Who proposes them.")
@click.option("--propose", metavar="HOW", help="Instead of a file: tipping, target or tuned.")
@click.option("--factor", metavar="NAME", help="Of tipping and target: what goes from its low to its high end.")
@click.option("--of", metavar="COLUMN", help="What is looked at; by default the first column that is analysed.")
@click.option("--strategy", metavar="STRATEGY", help="Under which strategy.")
@click.option("--against", metavar="STRATEGY", help="Less the same under this one.")
@click.option("--place", metavar="PLACE", help="Where, if the study has several.")
@click.option("--worldview", metavar="WORLDVIEW", help="In which, if the study has several.")
@click.option("--target", type=NUMBER, metavar="NUMBER", help="Of target: what is to be reached.")
@click.option("--at", "at", multiple=True, metavar="NAME=VALUE", help="Where another factor is; may be given again.")
@click.option("--steps", type=WHOLE, metavar="N", help="Of tipping and target: how often a range is halved.")
@click.option("--trials", type=WHOLE, metavar="N", help="Of tuned: how many rows are tried.")
@click.option("--larger/--smaller", default=None, help="Of tuned: which is better; by default as the measure has it.")
def append(dir: str, rows: str | None, by: str, propose: str | None, at: tuple[str, ...], **asked: Any) -> None:
    """Append rows of a file with a column for each factor; or rows that follow from what came of others.

    'resume' runs them, and goes on with a search wherever it was; 'report' says what was found.

    \b
    EXAMPLES
      unfreeze study append DIR rows.csv
      unfreeze study append DIR --propose tipping --factor contact --strategy user_centred --against homes
      unfreeze study append DIR --propose target --factor budget --strategy homes --target 1500
      unfreeze study append DIR --propose tuned --strategy user_centred --trials 64
    """
    from pathlib import Path

    from cli.screen import says
    from engine.errors import BadInput
    from studies.folder import opened
    from studies.growth import append as grow
    from studies.making import given_rows

    asked = {name: value for name, value in asked.items() if value is not None}
    if (rows is None) == (propose is None) or (rows is not None and (asked or at)):
        raise BadInput("Rows come from a file, or from a search", allowed="DIR ROWS.csv, or DIR --propose HOW ...")
    shelf, _ = opened(dir)
    if propose is not None:
        _searches(shelf, {"how": propose, **asked} | ({"at": _values_at(at)} if at else {}))
        return
    plan, at_rows = grow(shelf, given_rows(Path(rows or "")), by, rows or "")
    says(f"Rows {at_rows.start} to {at_rows.stop - 1}; now {plan.runs:,} runs.")
    click.echo(f"Go on with: unfreeze study resume {dir}")


def _searches(shelf: Shelf, asked: dict[str, Any]) -> None:
    from cli.screen import says
    from studies.growth import search

    one = search(shelf, asked).description.searches[-1]
    says(f"Looked for: {one.proposer}, in {one.what}; at most {one.most:,} rows more.")
    click.echo(f"Go on with: unfreeze study resume {shelf}")


def _values_at(given: tuple[str, ...]) -> dict[str, float | str]:
    """`contact=0.1` as a name and a number, or a name of strategy or worldview."""
    from engine.errors import BadInput
    from engine.typed import read_number

    found: dict[str, float | str] = {}
    for text in given:
        name, equals, value = (one.strip() for one in text.partition("="))
        if not equals or not name:
            raise BadInput(f"'{text[:40]}' gives no value", allowed="NAME=VALUE, such as contact=0.1")
        found[name] = value if name in ("strategy", "worldview") else read_number(name, value, "--at")
    return found


@study_command.command("row")
@click.argument("dir", metavar="DIR")
@click.argument("number", type=WHOLE, metavar="K")
def row(dir: str, number: int) -> None:
    """Run number K again, and say whether it is identical to what is kept; exit code 1 if not."""
    from cli.screen import says
    from studies.folder import again, opened

    shelf, plan = opened(dir)
    wrong = again(shelf, plan, number)
    for line in wrong or ["identical"]:
        says(line)
    if wrong:
        click.get_current_context().exit(1)


@study_command.command("verify")
@click.argument("dir", metavar="DIR")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(dir: str, as_json: bool) -> None:
    """Read all parts and hold them to the plan; exit code 1 unless each run is there once and none failed."""
    from dataclasses import asdict

    from cli.screen import says
    from studies.folder import opened
    from studies.folder import verify as verified

    found = verified(*opened(dir))
    if as_json:
        _prints(asdict(found))
    else:
        says(str(found))
        for line in found.wrong:
            says(line)
    if not found.well:
        click.get_current_context().exit(1)


@study_command.command("digest")
@click.argument("dir", metavar="DIR")
def digest(dir: str) -> None:
    """A name for all that came out: the same for the same runs, in whatever order and parts they were run."""
    from cli.screen import says
    from studies.folder import digest_of, opened

    says(digest_of(*opened(dir)))


@study_command.command("export")
@click.argument("dir", metavar="DIR")
@click.option("--to", "file", required=True, metavar="FILE", help="A name that ends in .csv or .parquet.")
def export(dir: str, file: str) -> None:
    """All runs in one file, and unit and meaning of every column in another: all.csv and all.columns.csv."""
    from cli.screen import says
    from studies.folder import export as exported
    from studies.folder import opened

    shelf, plan = opened(dir)
    says(f"Written: {', '.join(exported(shelf, plan, file))}")


@study_command.command("report")
@click.argument("dir", metavar="DIR")
@click.option("--out", metavar="FILE", help="By default report.html in the study's folder.")
def report(dir: str, out: str | None) -> None:
    """One HTML page with figures, tables, a methods paragraph and BibTeX; it fetches nothing."""
    from cli.screen import says
    from studies.folder import opened
    from studies.report import write_report

    shelf, plan = opened(dir)
    says(f"Written: {write_report(shelf, plan, out)}")


# --- at work ----------------------------------------------------------------------------------------------------------


def _usual(said: Any, file: str) -> str:
    """Where a study goes unless somebody says otherwise."""
    from pathlib import Path

    if said.to:
        return said.to if "://" in said.to else str(said.base / said.to)
    return str(Path("unfreeze-results") / f"study-{Path(file).stem}")


def _goes(shelf: Shelf, shard: tuple[int, int], fork: bool = False, **how: Any) -> None:
    from studies.going import go

    with _at_work(shelf, **how) as (team, told, ends):
        plan, state = go(shelf, team, shard, told, fork)
        ends(plan, state, shard=f"{shard[0]}/{shard[1]}")


@contextmanager
def _at_work(
    shelf: Shelf, executor: str, workers: int | None, cluster: str | None, quiet: bool, as_json: bool
) -> Iterator[tuple[Team, Told, Callable[..., None]]]:
    """A team, what it tells, and what is said at the end.  Stopped, it leaves nothing running and says how to go on."""

    from cli import stopped
    from studies.executors import team_of

    def ends(plan: Plan, state: State, **more: Any) -> None:
        _ends(shelf, plan, state, quiet, as_json, more)

    team: Team | None = None
    last: list[State] = []
    try:
        team = team_of(executor, workers, cluster)
        with told_live(quiet or as_json, last) as told:
            yield team, told, ends
    except KeyboardInterrupt as stop:
        stopped.over()
        if team is not None:
            team.stop()
        shelf.tidy()
        kept = f"{last[-1].done_runs:,} of {last[-1].runs:,} runs are kept; go" if last else "go"
        click.echo(f"stopped; {kept} on with: unfreeze study resume {shelf}", err=True)
        raise SystemExit(stopped.code_of(stop)) from None
    finally:
        if team is not None:
            team.stop()


@contextmanager
def told_live(quiet: bool, last: list[State]) -> Iterator[Told]:
    """Bar, rate, time left and failures on a terminal; a line now and then elsewhere; nothing if quiet."""
    from cli.screen import live_line

    if quiet:
        yield lambda state: last.__setitem__(slice(None), [state])
        return
    with live_line() as line:

        def told(state: State) -> None:
            last[:] = [state]
            left = "" if state.left is None else f", about {_span(state.left)} left"
            failed = f", {state.failed:,} failed" if state.failed else ""
            line(state.done_runs, state.runs, f"{state.rate:.1f} runs a second{left}{failed}")

        yield told


def _ends(shelf: Shelf, plan: Plan, state: State, quiet: bool, as_json: bool, more: dict[str, Any]) -> None:
    if as_json:
        _prints({"dir": str(shelf), "title": plan.description.title, "runs": state.runs, "done": state.done_runs,
                 "failed": state.failed, "workers_lost": state.lost, "runs_a_second": state.rate, **more})  # fmt: skip
    elif not quiet:
        from cli.screen import says

        says(f"{state.done_runs:,} of {state.runs:,} runs are in {shelf}; failed {state.failed:,}.")
        if state.failed:
            says(f"Why, and again: unfreeze study retry {shelf}")


def _span(seconds: float) -> str:
    """A length of time as people say it."""
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}" if seconds < 10 * size else f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"


def _prints(found: dict[str, Any] | Sequence[Any]) -> None:
    import json

    click.echo(json.dumps(found, indent=1, default=str))
