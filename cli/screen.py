"""What commands show: tables on standard output, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from scenarios.scenario import Scenario

HEADING = 20  # letters in a line above a column of numbers
WIDE = 100  # columns when nobody looks (a file, a pipe)


def console() -> Console:
    """Standard output: as wide as the terminal, or WIDE where there is none."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)  # to what is sys.stdout when it speaks


def says(text: str = "") -> None:
    """Text on standard output, wrapped between words, taken literally."""
    console().print(text, markup=False)


def shows(table: Table) -> None:
    """A table on standard output, under its title."""
    if table.title is not None:
        console().print(table.title, style="bold", markup=False)
        table.title = None
    console().print(table)


def table(*columns: str, title: str = "", left: int = 1, gap: int = 2, fold: bool = False) -> Table:
    """An empty table whose first `left` columns are words and whose others are numbers, `gap` apart.

    fold: the first column may take several lines where the screen is narrow.
    """
    from textwrap import fill

    from rich import box
    from rich.table import Table

    made = Table(title=title or None, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, gap - 1, 0, 0))
    for i, name in enumerate(columns):
        heading = name if "\n" in name or i < left else fill(name, HEADING, break_long_words=False)
        made.add_column(heading, justify="left" if i < left else "right", no_wrap=i >= left or (i == 0 and not fold))
    return made


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while something runs: call it with (done, total).  Silent where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    errors = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
               TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def size_of(scenario: Scenario) -> str:
    """How large the simulated system is, and `scaled` where it is not the real one."""
    if scenario.people is None:
        return f"real size, {scenario.real_size:,} people"
    from scenarios.places import domain_of

    what = domain_of(scenario.place).own("places, homes, money and grants")
    return (f"scaled: {scenario.people:,} people stand for {scenario.real_size:,}; {what} are scaled alike, and no "
            f"grant falls below EUR 30,000")  # fmt: skip
