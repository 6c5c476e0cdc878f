"""`unfreeze calibrate`: which parameter values agree with the patterns that are fitted; goes on after a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cli.options import WHOLE

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from analysis.calibration.fit import Block
    from analysis.calibration.whole import Outcome

PARTICLES, GENERATIONS, SEED, FOLDER = 200, 8, 1, "unfreeze-results/calibration"
DRAWS, LEARNABLE, MATCH, FIT = STEPS = ("draws", "learnable", "match", "fit")
CANDIDATES, DRAWN = 50_000, "unfreeze-results/calibration-draws"
EVERY = 30.0  # seconds between lines of progress where nobody looks


@click.command("calibrate")
@click.option("--step", type=click.Choice(STEPS), default=FIT, show_default=True,
              help="draws: run candidates; learnable: what they teach; match: emulators; fit: ABC-SMC.")  # fmt: skip
@click.option("--candidates", type=click.IntRange(100), default=CANDIDATES, show_default=True, metavar="N",
              help="How many to draw (step draws), in hundreds.")  # fmt: skip
@click.option("--particles", type=click.IntRange(10, 5000), default=PARTICLES, show_default=True, metavar="N",
              help="Parameter sets in the sample.")  # fmt: skip
@click.option("--generations", type=click.IntRange(1, 100), default=GENERATIONS, show_default=True, metavar="N",
              help="How often the threshold is tightened, the first generation (the prior) included.")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(0, min_open=True), metavar="M",
              help="Stop about then, with the generations that are complete.")  # fmt: skip
@click.option("--seed", type=WHOLE, default=SEED, show_default=True, metavar="N", help="Other seed, other luck.")
@click.option("--patterns", metavar="P1,P2,...", help="Only these; by default all that are fitted.")
@click.option("--workers", type=click.IntRange(0), metavar="N",
              help="Processes; by default one for each processor; 0: only this one.  Changes no digit.")  # fmt: skip
@click.option("--out", metavar="DIR",
              help="Folder for the results; one that was begun with the same settings goes on.  "
              f"By default {FOLDER}, of draws {DRAWN}.")  # fmt: skip
def calibrate_command(
    step: str, candidates: int, particles: int, generations: int, minutes: float | None, seed: int,
    patterns: str | None, workers: int | None,
    out: str | None,
) -> None:  # fmt: skip
    """Fit the flows of people and the survival of programmes to published patterns.

    Simulates the studies with parameters drawn from the ranges of the evidence and keeps those that come close, in
    several generations with a tighter threshold each (ABC-SMC).  Beliefs, trust, ownership, rivalry and resistance are
    not fitted: no pattern here says anything about them.  No calibrated sample ships today, because the rules have
    changed since the last one: 'compare' draws from ranges.

    Every finished simulation is kept.  Whatever stops it, the same command goes on where it was; more --generations or
    --minutes carry a finished one further.  The same seed gives the same generations, however often it was stopped.

    Writes sample.parquet, manifest.json, report.md and figures.  'unfreeze compare --sample DIR' draws from the sample;
    the first two files in evidence/plausible/ make it the one that everything draws from.

    --step draws runs candidates from the priors and keeps all that their studies count; --step learnable reads them and
    says which parameters could be learnt at all, before any real data are looked at; --step match learns emulators from
    them and says where the patterns can be met, and which contradict each other (named discrepancies included).

    \b
    EXAMPLES
      unfreeze calibrate --step draws --candidates 50000
      unfreeze calibrate --step learnable
      unfreeze calibrate --step match
      unfreeze calibrate --minutes 30
      unfreeze calibrate --particles 50 --generations 3 --patterns P15 --out survival
    """
    from importlib.util import find_spec
    from pathlib import Path

    from engine.errors import BadInput

    missing = [name for name in ("pyabc", "cloudpickle") if find_spec(name) is None]
    if missing:
        raise BadInput(f"Calibration needs the library {missing[0]}, which is not installed",
                       do='Install it with: pip install -c constraints.txt -e ".[calibration]"')  # fmt: skip
    import os

    from analysis.calibration import whole
    from analysis.calibration.fit import Run
    from analysis.calibration.studies import STUDIES
    from cli.screen import says
    from evidence.patterns import load_patterns

    known = load_patterns()
    lower = {name.lower(): name for name in whole.FITTED}
    given = [name.strip() for name in patterns.split(",")] if patterns else list(whole.FITTED)
    names = [lower.get(name.lower(), name) for name in given]
    asked = tuple(name for name in whole.FITTED if name in names)
    blocks = whole.blocks(list(dict.fromkeys([*asked, *names])), known, STUDIES)
    processes = (os.cpu_count() or 1) if workers is None else workers
    if step != FIT:
        _step(step, blocks, Path(out or DRAWN), candidates, seed, processes)
        return
    out = out or FOLDER
    run = Run(blocks, Path(out), seed, particles, processes)
    before = run.journal.finished
    if before:
        click.echo(f"Going on in {out}: {before:,} simulations are finished.", err=True)
    usual = {"--particles": PARTICLES, "--generations": GENERATIONS, "--seed": SEED}
    command = whole.command_of(particles, generations, seed, asked, usual)
    try:
        with _progress() as run.on_progress:
            outcome = whole.calibrate(run, generations, minutes, known)
    except KeyboardInterrupt:
        click.echo(f"stopped; {run.journal.finished:,} finished simulations are kept in {out}, "
                   "and the same command goes on from there", err=True)  # fmt: skip
        raise SystemExit(130) from None
    written = whole.write(run, outcome, command, known)
    _print(outcome)
    new = run.journal.finished - before
    says(f"{new:,} simulations now, {run.journal.finished:,} in all.  Written to {out}: {', '.join(sorted(written))}.")


def _step(step: str, blocks: Sequence[Block], folder: Path, candidates: int, seed: int, processes: int) -> None:
    """Draw candidates, or say what those drawn could teach."""
    from analysis.calibration.draws import read, simulate
    from analysis.calibration.learnable import ENOUGH, learnable, learnt_rows
    from cli.screen import says, shows, table
    from evidence.patterns import load_patterns

    if step == DRAWS:
        try:
            with _progress() as told:
                new = simulate(blocks, folder, candidates, seed, processes, told)
        except KeyboardInterrupt:
            click.echo(
                f"stopped; finished files are kept in {folder}, and the same command goes on from there", err=True
            )
            raise SystemExit(130) from None
        says(f"{new:,} candidates now, {len(blocks) * candidates:,} in all, in {folder}.")
        return
    for block in blocks:
        draws = read(folder, block)
        if step == MATCH:
            _matched(draws, block, seed)
            continue
        found = learnable(draws, block, load_patterns(), seed)
        rows = learnt_rows(found)
        made = table(*rows[0], title=f"Block '{block.name}': what {draws.height:,} synthetic data sets teach")
        for row in rows[1:]:
            made.add_row(*row)
        shows(made)
        says(f"{sum(one.contraction >= ENOUGH for one in found)} of {len(found)} parameters are narrowed by "
             f"{ENOUGH:.0%} or more.")  # fmt: skip


def _matched(draws: pl.DataFrame, block: Block, seed: int) -> None:
    from analysis.calibration.matching import contradictions, load_discrepancies, matched, matched_rows
    from cli.screen import says, shows, table

    discrepancies = load_discrepancies()
    found = matched(draws, block, discrepancies, seed)
    rows = matched_rows(found, discrepancies)
    made = table(*rows[0], title=f"Block '{block.name}': shares of the prior where patterns can be met", fold=True)
    for row in rows[1:]:
        made.add_row(*row)
    shows(made)
    says(f"Everything is met in {found.everything:.2%} of the prior, by emulators from {draws.height:,} draws.")
    for one, other in contradictions(found):
        says(f"{one} and {other} are each met somewhere and nowhere together: they contradict each other here.")


def _print(outcome: Outcome) -> None:
    from analysis.calibration import report
    from cli.screen import says, shows, table

    learned = [[row[i] for i in (0, 2, 3, 4, 6)] for row in report.learned_rows(outcome.learned)]
    for title, rows in (
        ("How it went", report.went(outcome.fitted)),
        ("Before and after the patterns", learned),
        ("Each pattern alone: distances in standard errors", report.alone_rows(outcome.alone)),
        ("Numbers that pull apart in the sample", report.pulling_rows(outcome.pulling)),
    ):
        made = table(*rows[0], title=title)
        for row in rows[1:]:
            made.add_row(*(cell.replace("`", "") for cell in row))
        shows(made)
    if outcome.late:
        says(outcome.late)
    short = [one for one in outcome.fitted if not one.complete]
    for one in short:
        says(f"Block '{one.block.name}': the time was over after {len(one.epsilons)} generations; the same command "
             "goes on with the next.")  # fmt: skip


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line that says where it is: in place on a terminal, every half minute elsewhere; on standard error."""
    import sys
    import time

    from rich.console import Console

    errors = Console(file=sys.stderr)
    if errors.is_terminal:
        with errors.status("simulating") as status:
            yield lambda text: status.update(text)
        return
    said_at, said_what = -EVERY, ""

    def line(text: str) -> None:
        nonlocal said_at, said_what
        now, what = time.monotonic(), text.split(":")[0]
        if now - said_at >= EVERY or what != said_what:
            click.echo(f"{time.strftime('%H:%M:%S')} {text}", err=True)
            said_at, said_what = now, what

    yield line
