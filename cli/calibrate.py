"""`unfreeze calibrate`: which parameter values agree with the patterns that are fitted; goes on after a stop."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cli.options import WHOLE, gathered
from cli.screen import status
from cli.stopped import kept

if TYPE_CHECKING:
    from analysis.calibration.fit import Block
    from analysis.calibration.whole import Outcome

PARTICLES, GENERATIONS, SEED, FOLDER = 200, 8, 1, "unfreeze-results/calibration"
DRAWS, LEARNABLE, MATCH, FIT = STEPS = ("draws", "learnable", "match", "fit")
CANDIDATES, DRAWN = 50_000, "unfreeze-results/calibration-draws"


@dataclass(frozen=True)
class AskedFit:
    """What the options say about the calibration."""

    step: str
    candidates: int
    particles: int
    generations: int
    minutes: float | None
    seed: int
    patterns: str | None
    workers: int | None
    out: str | None
    as_json: bool

    @property
    def folder(self) -> str:
        """Where the results go."""
        return self.out or (FOLDER if self.step == FIT else DRAWN)

    @property
    def processes(self) -> int:
        """How many work."""
        return (os.cpu_count() or 1) if self.workers is None else self.workers

    @property
    def names(self) -> list[str]:
        """The patterns, those that are fitted first and in their order."""
        from analysis.calibration.whole import FITTED

        lower = {name.lower(): name for name in FITTED}
        given = [name.strip() for name in self.patterns.split(",")] if self.patterns else list(FITTED)
        names = [lower.get(name.lower(), name) for name in given]
        return list(dict.fromkeys([*(name for name in FITTED if name in names), *names]))

    @property
    def command(self) -> str:
        """What somebody would type to make the same."""
        from analysis.calibration.whole import FITTED
        from cli.options import more_words

        patterns = None if tuple(self.names) == FITTED else ",".join(self.names)
        return " ".join(["unfreeze", "calibrate", *more_words([
            ("--step", self.step, FIT), ("--candidates", self.candidates, CANDIDATES),
            ("--particles", self.particles, PARTICLES), ("--generations", self.generations, GENERATIONS),
            ("--seed", self.seed, SEED), ("--patterns", patterns, None),
        ])])  # fmt: skip


OPTIONS = [
    click.option("--step", type=click.Choice(STEPS), default=FIT, show_default=True,
                  help="draws: run candidates; learnable: what they teach; match: emulators; fit: ABC-SMC."),
    click.option("--candidates", type=click.IntRange(100), default=CANDIDATES, show_default=True, metavar="N",
                  help="How many to draw (step draws), in hundreds."),
    click.option("--particles", type=click.IntRange(10, 5000), default=PARTICLES, show_default=True, metavar="N",
                  help="Parameter sets in the sample."),
    click.option("--generations", type=click.IntRange(1, 100), default=GENERATIONS, show_default=True, metavar="N",
                  help="How often the threshold is tightened, the first generation (the prior) included."),
    click.option("--minutes", type=click.FloatRange(0, min_open=True), metavar="M",
                  help="Stop about then, with the generations that are complete."),
    click.option("--seed", type=WHOLE, default=SEED, show_default=True, metavar="N", help="Other seed, other luck."),
    click.option("--patterns", metavar="P1,P2,...", help="Only these; by default all that are fitted."),
    click.option("--workers", type=click.IntRange(0), metavar="N",
                  help="Processes; by default one for each processor; 0: only this one.  Changes no digit."),
    click.option("--out", metavar="DIR",
                  help="Folder for the results; one that was begun with the same settings goes on.  "
                  f"By default {FOLDER}, of draws {DRAWN}."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
]  # fmt: skip


@click.command("calibrate")
@gathered("asked", AskedFit, OPTIONS)
def calibrate_command(asked: AskedFit) -> None:
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

    from engine.errors import BadInput

    missing = [name for name in ("pyabc", "cloudpickle") if find_spec(name) is None]
    if missing:
        raise BadInput(f"Calibration needs the library {missing[0]}, which is not installed",
                       do='Install it with: pip install -c constraints.txt -e ".[calibration]"')  # fmt: skip
    from analysis.calibration import whole
    from analysis.calibration.studies import STUDIES
    from cli.about import json_text, made_with
    from evidence.patterns import load_patterns

    blocks = whole.blocks(asked.names, load_patterns(), STUDIES)
    found = {FIT: _fit, DRAWS: _draw, LEARNABLE: _learn, MATCH: _match}[asked.step](asked, blocks)
    if asked.as_json:
        click.echo(json_text({**made_with(asked.command), "step": asked.step, **found, "out": asked.folder}))


def _fit(asked: AskedFit, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """Fit every block and write what was found; the same for --json."""
    from pathlib import Path

    from analysis.calibration import whole
    from analysis.calibration.fit import Run
    from cli.screen import says
    from evidence.patterns import load_patterns

    known = load_patterns()
    run = Run(blocks, Path(asked.folder), asked.seed, asked.particles, asked.processes)
    before = run.journal.finished
    if before:
        click.echo(f"Going on in {asked.folder}: {before:,} simulations are finished.", err=True)
    with kept(lambda: f"{run.journal.finished:,} finished simulations", asked.folder), status() as run.on_progress:
        outcome = whole.calibrate(run, asked.generations, asked.minutes, known)
    written = sorted(whole.write(run, outcome, asked.command, known))
    new = run.journal.finished - before
    if asked.as_json:
        return {**whole.about(run, outcome, asked.command), "new_simulations": new, **_outcome_told(outcome),
                "written": written}  # fmt: skip
    _print(outcome)
    says(f"{new:,} simulations now, {run.journal.finished:,} in all.  Written to {asked.folder}: {', '.join(written)}.")
    return {}


def _draw(asked: AskedFit, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """Draw candidates and simulate what is to be counted of them."""
    from pathlib import Path

    from analysis.calibration.draws import simulate
    from cli.screen import says

    with kept(lambda: "finished files", asked.folder), status() as told:
        new = simulate(blocks, Path(asked.folder), asked.candidates, asked.seed, asked.processes, told)
    there = len(blocks) * asked.candidates
    if not asked.as_json:
        says(f"{new:,} candidates now, {there:,} in all, in {asked.folder}.")
    return {"new_candidates": new, "candidates": there}


def _learn(asked: AskedFit, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """What the candidates of each block could teach."""
    from dataclasses import asdict
    from pathlib import Path

    from analysis.calibration.draws import read
    from analysis.calibration.learnable import ENOUGH, learnable, learnt_rows
    from cli.screen import says, shows_rows
    from evidence.patterns import load_patterns

    told = []
    for block in blocks:
        draws = read(Path(asked.folder), block)
        found = learnable(draws, block, load_patterns(), asked.seed)
        told.append({"block": block.name, "draws": draws.height, "parameters": [asdict(one) for one in found]})
        if not asked.as_json:
            shows_rows(learnt_rows(found), f"Block '{block.name}': what {draws.height:,} synthetic data sets teach")
            says(f"{sum(one.contraction >= ENOUGH for one in found)} of {len(found)} parameters are narrowed by "
                 f"{ENOUGH:.0%} or more.")  # fmt: skip
    return {"learnt_from": ENOUGH, "blocks": told}


def _match(asked: AskedFit, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """Where the patterns of each block can be met, by emulators from its candidates."""
    from dataclasses import asdict
    from pathlib import Path

    from analysis.calibration.draws import read
    from analysis.calibration.matching import contradictions, load_discrepancies, matched, matched_rows
    from cli.screen import says, shows_rows

    told, discrepancies = [], load_discrepancies()
    for block in blocks:
        draws = read(Path(asked.folder), block)
        found = matched(draws, block, discrepancies, asked.seed)
        against = contradictions(found)
        told.append({"block": block.name, "draws": draws.height, **asdict(found), "contradictions": against,
                     "discrepancies": {name: asdict(discrepancies[name]) for name in found.names}})  # fmt: skip
        if asked.as_json:
            continue
        title = f"Block '{block.name}': shares of the prior where patterns can be met"
        shows_rows(matched_rows(found, discrepancies), title, fold=True)
        says(f"Everything is met in {found.everything:.2%} of the prior, by emulators from {draws.height:,} draws.")
        for one, other in against:
            says(f"{one} and {other} are each met somewhere and nowhere together: they contradict each other here.")
    return {"blocks": told}


def _outcome_told(outcome: Outcome) -> dict[str, Any]:
    """Each parameter before and after, and each pattern's parts in fresh replicates."""
    return {
        "complete": all(one.complete for one in outcome.fitted),
        "parameters": [
            {"name": one.prior.name, "before": one.before, "after": one.after, "contraction": one.contraction,
             "shift": one.shift, "informed": one.informed}
            for one in outcome.learned
        ],
        "predicted": [
            {"part": one.target.part, "before": [*map(_finite, one.before)], "after": [*map(_finite, one.after)],
             "inside": bool(one.inside)}
            for one in outcome.predicted
        ],
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _print(outcome: Outcome) -> None:
    from analysis.calibration import report
    from cli.screen import says, shows_rows

    learned = [[row[i] for i in (0, 2, 3, 4, 6)] for row in report.learned_rows(outcome.learned)]
    for title, rows in (
        ("How it went", report.went(outcome.fitted)),
        ("Before and after the patterns", learned),
        ("Each pattern alone: distances in standard errors", report.alone_rows(outcome.alone)),
        ("Numbers that pull apart in the sample", report.pulling_rows(outcome.pulling)),
    ):
        shows_rows([[cell.replace("`", "") for cell in row] for row in rows], title)
    if outcome.late:
        says(outcome.late)
    short = [one for one in outcome.fitted if not one.complete]
    for one in short:
        says(f"Block '{one.block.name}': the time was over after {len(one.epsilons)} generations; the same command "
             "goes on with the next.")  # fmt: skip
