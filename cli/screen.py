"""What commands show: tables on standard output, progress on standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table

    from scenarios.scenario import Scenario
    from scenarios.unlikely import Warned

HEADING = 20  # letters in a line above a column of numbers
WIDE = 100  # columns when nobody looks (a file, a pipe) and COLUMNS says nothing
TOLD_FROM = 0.01  # share done from which on the time left is told: before, a compiler or one slow run would tell it
LEAST = 12  # letters that a column of names is cut down to before a table is told line by line

FIRST, EVERY = 5.0, 20.0  # seconds before the first line of progress where nobody looks, and between the others

# Signs for which a console may have no letter, and what says the same.
SIGNS = {"−": "-", "–": "-", "—": "-", "…": "...", "±": "+-", "×": "x", "→": "->", "≤": "<=", "≥": ">="}


def spell_out(error: UnicodeError) -> tuple[str, int]:
    """For a console that lacks a sign: a hyphen for a minus, never a question mark in a number."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(SIGNS.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def console(wide: int = WIDE) -> Console:
    """Standard output: as wide as the terminal or as COLUMNS says, or `wide` where there is neither."""
    from rich.console import Console

    class Ours(Console):
        def on_broken_pipe(self) -> None:
            """Whoever reads us has had enough: cli/main.py knows what to do."""
            raise BrokenPipeError

    known = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal()
    return Ours(
        highlight=False, markup=False, emoji=False, width=None if known else wide
    )  # to what is sys.stdout when it speaks


def says(text: str = "") -> None:
    """Text on standard output, wrapped between words, taken literally."""
    console().print(text, markup=False)


def warns(warnings: Iterable[Warned], of_a_file: bool = False) -> None:
    """What is possible and hardly true, a line each on standard error; nothing if there is nothing.

    of_a_file: with the names of the figures, for whoever edits a place."""
    for one in warnings:
        names = f" [{', '.join(one.names)}]" if of_a_file and one.names else ""
        print(f"Check: {one}{names}", file=sys.stderr)


def shows(table: Table) -> None:
    """A table on standard output, under its title.

    Numbers are never cut: names give way first, and where the screen is still too narrow each row is told line by line.
    """
    screen = console()
    if table.title is not None:
        screen.print(table.title, style="bold", markup=False)
        table.title = None
    words = [column for column in table.columns if column.justify == "left"]
    numbers = [column for column in table.columns if column.justify != "left"]
    _, right, _, left = table.padding
    beside = len(table.columns) * (1 + right + left) + 1
    names = sum(min(LEAST, _widest(column)) for column in words)
    needed = sum(_widest(column) for column in numbers) + names + beside
    if needed > screen.width:
        _line_by_line(screen, table)
        return
    if sum(_widest(column) for column in table.columns) + beside > screen.width:
        for column in words:
            column.no_wrap = False
    screen.print(table)


def _widest(column: Column) -> int:
    """Of the lines of its cells and heading; a column that may wrap needs its longest word."""
    from rich.cells import cell_len

    texts = [str(column.header), *map(str, column.cells)]
    parts = [part for text in texts for part in (text.splitlines() if column.no_wrap else text.split())]
    return max(map(cell_len, parts), default=0)


def _line_by_line(screen: Console, table: Table) -> None:
    """Each row as its name, and a line for every other cell with its heading; a line of a cell that begins with a space
    goes on with the one before."""
    first, *others = table.columns
    headings = [" ".join(str(column.header).split()) for column in others]
    columns = [list(column.cells) for column in others]
    for i, name in enumerate(first.cells):
        screen.print(" ".join(str(name).split()), markup=False, style=table.rows[i].style or "")
        for heading, cells in zip(headings, columns, strict=True):
            text = str(cells[i]).replace("\n ", " ").replace("\n", ", ")
            if text:
                screen.print(f"    {heading}: {text}" if heading else f"    {text}", markup=False)
    screen.print()


def table(*columns: str, title: str = "", left: int = 1, gap: int = 2, fold: bool = False) -> Table:
    """An empty table whose first `left` columns are words and whose others are numbers, `gap` apart.

    fold: the first column may take several lines where the screen is narrow.  Text is taken literally.
    """
    from textwrap import fill

    from rich import box
    from rich.table import Table

    made = Table(title=title or None, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, gap - 1, 0, 0))
    for i, name in enumerate(columns):
        heading = name if "\n" in name or i < left else fill(name, HEADING, break_long_words=False)
        made.add_column(heading, justify="left" if i < left else "right", no_wrap=i >= left or (i == 0 and not fold))
    return made


def shows_rows(rows: Sequence[Sequence[str]], title: str, fold: bool = False) -> None:
    """A heading and rows as a table on standard output."""
    made = table(*rows[0], title=title, fold=fold)
    for row in rows[1:]:
        made.add_row(*row)
    shows(made)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while something runs: call it with (done, total).  Where nobody looks, a line now and
    then."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    errors = Console(file=sys.stderr)
    if not errors.is_terminal:
        now_and_then, began = _lines(), time.monotonic()

        def line(done: int, total: int) -> None:
            far = done / total if done else 0.0
            left = f", about {_time((time.monotonic() - began) * (1.0 - far) / far)} left" if far >= TOLD_FROM else ""
            now_and_then(f"{what}: {far:.0%}{left}" if done else f"{what}: begun")

        yield line
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
               TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def live_line() -> Iterator[Callable[[int, int, str], None]]:
    """A bar with a text beside it, on standard error: call it with (done, total, text).  Where nobody looks, a line now
    and then."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    errors = Console(file=sys.stderr)
    if not errors.is_terminal:
        now_and_then = _lines()
        yield lambda done, total, text: now_and_then(f"{done:,} of {total:,}, {text}")
        return
    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, text: bar.update(task, completed=done, total=total, description=text)


@contextmanager
def status() -> Iterator[Callable[[str], None]]:
    """A line that says where it is: in place on a terminal, now and then elsewhere; on standard error."""
    from rich.console import Console

    errors = Console(file=sys.stderr)
    if not errors.is_terminal:
        yield _lines()
        return
    with errors.status("simulating") as shown:
        yield lambda text: shown.update(text)


def _lines() -> Callable[[str], None]:
    """Says a text on standard error, the first after FIRST seconds and then one in EVERY."""
    said_at = time.monotonic() - EVERY + FIRST

    def line(text: str) -> None:
        nonlocal said_at
        now = time.monotonic()
        if now - said_at >= EVERY:
            print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
            said_at = now

    return line


def _time(seconds: float) -> str:
    """A length of time as people say it."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def size_of(scenario: Scenario) -> str:
    """How large the simulated system is, and `scaled` where it is not the real one."""
    if scenario.people is None:
        return f"real size, {scenario.real_size:,} people"
    from scenarios.places import domain_of

    what = domain_of(scenario.place).own("places, homes, money and grants")
    return (f"scaled: {scenario.people:,} people stand for {scenario.real_size:,}; {what} are scaled alike, and no "
            f"grant falls below EUR 30,000")  # fmt: skip
