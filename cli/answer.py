"""`unfreeze answer`: who should lead, in how much of the plausible world (docs/plan.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli.options import WHOLE

if TYPE_CHECKING:
    from pathlib import Path

    from studies.answer.judge import Judge
    from studies.executors import Team

PARTS = ("search", "judge", "critic", "zero", "practices", "page")


@click.command("answer")
@click.argument("parts", nargs=-1, metavar="[PART ...]")
@click.option("--quick", is_flag=True, help="200 worlds of one place, in minutes: it shows that the machine works.")
@click.option("--out", metavar="DIR", help="Where rows are stored; the page is DIR.md.  By default "
              "unfreeze-results/answer, or answer-quick.")  # fmt: skip
@click.option("--believe", "beliefs", multiple=True, metavar="NAME=VALUE",
              help="Run nothing: tell the answer in stored worlds near to this; may be given again.")  # fmt: skip
@click.option("--workers", type=WHOLE, metavar="N", help="How many processes at once; by default one a processor.")
@click.option("--quiet", is_flag=True, help="Say nothing while it runs.")
def answer_command(
    parts: tuple[str, ...], quick: bool, out: str | None, beliefs: tuple[str, ...], workers: int | None, quiet: bool
) -> None:
    """Answer who should lead, by the plan: search, judge, critic, zero, practices, page.

    Without a PART all of them, in this order.  Each goes on where it was, whatever ended it; what is done is a file in
    DIR.  The full run takes about half a day of two cores (docs/plan.md).

    \b
    EXAMPLES
      unfreeze answer --quick                 minutes, and no answer
      unfreeze answer search judge            in parts, for as long as there is time
      unfreeze answer page --out docs/answer  the page from the rows that ship
      unfreeze answer --out docs/answer --believe context_gap=0
    """
    from pathlib import Path

    from engine.errors import UnknownName

    for part in parts:
        if part not in PARTS:
            raise UnknownName("part", part[:60], PARTS)
    folder = Path(out) if out else Path("unfreeze-results") / ("answer-quick" if quick else "answer")
    if beliefs:
        _believes(folder, quick, beliefs)
        return
    chosen = [part for part in PARTS if part in (parts or PARTS)]
    if chosen != ["page"]:
        _runs(chosen, quick, folder, workers, quiet)
    if "page" in chosen:
        _writes(folder, quick)


def _believes(folder: Path, quick: bool, beliefs: tuple[str, ...]) -> None:
    from cli.screen import says
    from scenarios.settings import read_assignment
    from studies.answer.page import believed

    says(believed(folder, quick, dict(map(read_assignment, beliefs))))


def _runs(parts: list[str], quick: bool, folder: Path, workers: int | None, quiet: bool) -> None:
    """Everything but the page."""
    from cli import stopped
    from cli.screen import says
    from cli.study import told_live
    from studies.answer.judge import Judge, progress, silent
    from studies.answer.plan import effort
    from studies.answer.search import run_searches
    from studies.executors import team_of

    def kept() -> str:
        done, of = progress(folder, quick)
        return f"{done} of {of} blocks of worlds, and what is done of others,"

    one, say = effort(quick), silent if quiet else says
    with stopped.kept(kept, str(folder)), closing_team(team_of("local", workers)) as team, told_live(quiet, []) as told:
        judge = Judge(one, folder, team, told, say)
        steps: dict[str, Any] = {
            "search": lambda: run_searches(one, folder, team, told, say),
            "judge": judge.judge, "critic": lambda: _critic(judge), "zero": judge.zero, "practices": judge.practices,
        }  # fmt: skip
        for part in parts:
            steps.get(part, lambda: None)()


@contextmanager
def closing_team(team: Team) -> Iterator[Team]:
    """The team, stopped at the end whatever ends it."""
    try:
        yield team
    finally:
        team.stop()


def _critic(judge: Judge) -> None:
    """The critic's search for the loser, and his arms in all worlds."""
    from studies.answer.arms import check_critics
    from studies.answer.page import loser
    from studies.answer.search import run_critic
    from studies.answer.stored import Stored

    camp = loser(Stored(judge.folder, judge.effort.quick))
    judge.says(f"critic: {judge.effort.critic} settings to make {camp} win")
    run_critic(camp, judge.effort, judge.folder, judge.team, judge.told)
    check_critics(judge.folder, camp)
    judge.critic()


def _writes(folder: Path, quick: bool) -> None:
    from cli.screen import says
    from studies.answer.page import write_page

    says(f"Written: {write_page(folder, quick)}")
