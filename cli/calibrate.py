"""`unfreeze calibrate`: which parameter values agree with the patterns that are fitted, step by step."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cli.options import WHOLE, gathered
from cli.screen import status
from cli.stopped import kept

if TYPE_CHECKING:
    from analysis.calibration.block import Block

SEED, FOLDER = 1, "unfreeze-results/calibration"
DRAWS, LEARNABLE, MATCH, POSTERIOR, WEIGH = STEPS = ("draws", "learnable", "match", "posterior", "weigh")
CANDIDATES, LATER, AGAIN = 50_000, 20_000, 6_000  # of the first wave, of a later one, and lived once more


@dataclass(frozen=True)
class AskedFit:
    """What the options say about the calibration."""

    step: str
    candidates: int | None
    wave: int
    seed: int
    patterns: str | None
    workers: int | None
    out: str | None
    as_json: bool

    @property
    def folder(self) -> str:
        """Where everything is kept."""
        return self.out or FOLDER

    @property
    def processes(self) -> int:
        """How many work."""
        return (os.cpu_count() or 1) if self.workers is None else self.workers

    @property
    def usual(self) -> int:
        """How many candidates this step has where nobody says."""
        return AGAIN if self.step == WEIGH else CANDIDATES if self.wave == 1 else LATER

    @property
    def number(self) -> int:
        """How many candidates."""
        return self.usual if self.candidates is None else self.candidates

    @property
    def names(self) -> list[str]:
        """The patterns, those that are fitted first and in their order."""
        from analysis.calibration.block import FITTED

        lower = {name.lower(): name for name in FITTED}
        given = [name.strip() for name in self.patterns.split(",")] if self.patterns else list(FITTED)
        names = [lower.get(name.lower(), name) for name in given]
        return list(dict.fromkeys([*(name for name in FITTED if name in names), *names]))

    @property
    def command(self) -> str:
        """What somebody would type to make the same."""
        from analysis.calibration.block import FITTED
        from cli.options import more_words

        patterns = None if tuple(self.names) == FITTED else ",".join(self.names)
        return " ".join(["unfreeze", "calibrate", *more_words([
            ("--step", self.step, None), ("--candidates", self.number, self.usual), ("--wave", self.wave, 1),
            ("--seed", self.seed, SEED), ("--patterns", patterns, None),
        ])])  # fmt: skip


OPTIONS = [
    click.option("--step", type=click.Choice(STEPS), required=True,
                  help="draws: run candidates; learnable: what they could teach; match: where patterns can be met; "
                       "posterior: a network and its coverage; weigh: run draws of the posterior, make the sample."),
    click.option("--candidates", type=click.IntRange(100), metavar="N",
                  help=f"How many to run, in hundreds: by default {CANDIDATES:,} in the first wave, {LATER:,} in a "
                       f"later one, {AGAIN:,} of the posterior (step weigh).  Fewer in the two small blocks."),
    click.option("--wave", type=click.IntRange(1, 9), default=1, show_default=True, metavar="N",
                  help="Step draws: 1 draws from the priors, 2 from what wave 1 leaves plausible, and so on."),
    click.option("--seed", type=WHOLE, default=SEED, show_default=True, metavar="N", help="Other seed, other luck."),
    click.option("--patterns", metavar="P1,P2,...", help="Only these; by default all that are fitted."),
    click.option("--workers", type=click.IntRange(0), metavar="N",
                  help="Processes; by default one for each processor; 0: only this one.  Changes no digit."),
    click.option("--out", metavar="DIR", help="Folder in which every step reads and writes; one that was begun goes "
                  f"on.  By default {FOLDER}."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
]  # fmt: skip


@click.command("calibrate")
@gathered("asked", AskedFit, OPTIONS)
def calibrate_command(asked: AskedFit) -> None:
    """Fit the flows of people and the survival of programmes to published patterns, step by step.

    Beliefs, trust, ownership, rivalry and resistance are not fitted: no pattern here says anything about them.  The
    sample that ships was made by these steps: docs/calibration.md says how, and what came out.

    --step draws runs the studies with parameters drawn from the ranges of the evidence and keeps all that they count;
    with --wave 2 and on, only where no emulator of the waves before finds a number implausible.  learnable says which
    parameters could be learnt at all, before any real data are looked at.  match says where the patterns can be met,
    and which contradict each other (named discrepancies included).  posterior trains a network on the draws and tries
    it on synthetic data: a second opinion.  weigh draws by Markov chains from the posterior of an emulator, tries these
    on synthetic data, runs every draw through the studies once more, and writes the sample.

    Every finished file is kept: whatever stops a step, the same command goes on where it was.  Step posterior needs
    the extra 'calibration' (the library sbijax); the others need nothing.

    The last step writes sample.parquet, manifest.json, report.md and figures.  'unfreeze compare --sample DIR' draws
    from the sample; the first two files in evidence/plausible/ make it the one that everything draws from.

    \b
    EXAMPLES
      unfreeze calibrate --step draws
      unfreeze calibrate --step learnable
      unfreeze calibrate --step match
      unfreeze calibrate --step draws --wave 2
      unfreeze calibrate --step posterior
      unfreeze calibrate --step weigh
    """
    from importlib.util import find_spec

    from analysis.calibration.block import blocks
    from analysis.calibration.studies import STUDIES
    from cli.about import json_text, made_with
    from engine.errors import BadInput
    from evidence.patterns import load_patterns

    if asked.step == POSTERIOR and find_spec("sbijax") is None:
        raise BadInput("This step needs the library sbijax, which is not installed",
                       do='Install it with: pip install -c constraints.txt -e ".[calibration]"')  # fmt: skip
    found = {DRAWS: _draw, LEARNABLE: _learn, MATCH: _match, POSTERIOR: _estimate, WEIGH: _weigh}[asked.step](
        asked, blocks(asked.names, load_patterns(), STUDIES)
    )
    if asked.as_json:
        click.echo(json_text({**made_with(asked.command), "step": asked.step, **found, "out": asked.folder}))


def _draw(asked: AskedFit, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """Draw candidates and simulate what is to be counted of them."""
    from pathlib import Path

    from analysis.calibration.matching import load_discrepancies
    from analysis.calibration.steps import draw, in_hundreds
    from cli.screen import says

    with kept(lambda: "finished files", asked.folder), status() as told:
        new = draw(Path(asked.folder), blocks, asked.number, asked.seed, asked.processes, asked.wave,
                   load_discrepancies(), told)  # fmt: skip
    there = {block.name: in_hundreds(asked.number, block) for block in blocks}
    if not asked.as_json:
        each = ", ".join(f"{name} {number:,}" for name, number in there.items())
        says(f"{new:,} candidates now; wave {asked.wave} has {each}, in {asked.folder}.")
    return {"new_candidates": new, "candidates": there, "wave": asked.wave}


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
        draws = read(Path(asked.folder), block, before=2)  # later waves have seen real data
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
    from analysis.calibration.matching import (
        contradictions,
        emulator_of,
        load_discrepancies,
        matched,
        matched_rows,
    )
    from cli.screen import says, shows_rows

    told, discrepancies = [], load_discrepancies()
    for block in blocks:
        draws = read(Path(asked.folder), block)
        found = matched(emulator_of(draws, block, discrepancies), block, asked.seed)
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


def _estimate(asked: AskedFit, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """A network for each block, and how well it covers synthetic data."""
    from pathlib import Path

    from analysis.calibration.block import CITIES
    from analysis.calibration.matching import load_discrepancies
    from analysis.calibration.report import SHARES, covered_rows
    from analysis.calibration.steps import estimate, learning, within_reach
    from cli.screen import says, shows_rows
    from evidence.patterns import load_patterns

    told = []
    for block in (one for one in blocks if one.name != CITIES):
        with kept(lambda: "finished networks", asked.folder), status() as now:
            now(f"{block.name}: training")
            found = learning(Path(asked.folder), block, load_patterns(), load_discrepancies())
            network, covered = estimate(Path(asked.folder), found, asked.seed)
            _, aside = within_reach(Path(asked.folder), block, load_discrepancies())
        told.append({
            "block": block.name, "set_aside": aside, "draws": len(found.scores), "held_out": found.held,
            "epochs": len(network.losses),
            "contraction": dict(zip(block.names, map(float, covered.contraction), strict=True)),
            "joint": {str(share): covered.densest(share) for share in SHARES},
            "inside": {str(share): dict(zip(block.names, map(float, covered.inside(share)), strict=True))
                       for share in SHARES},
        })  # fmt: skip
        if not asked.as_json:
            shows_rows(
                [[cell.replace("`", "") for cell in row] for row in covered_rows(block.names, covered)],
                f"Block '{block.name}': {found.held:,} synthetic data sets that the network never saw",
            )
            says(f"Learnt from {len(found.scores) - found.held:,} draws.")
            for name, share in aside.items():
                says(f"{name} is set aside: it is met in {share:.1%} of the prior, and counts as missed.")
    return {"blocks": told}


def _weigh(asked: AskedFit, blocks: tuple[Block, ...]) -> dict[str, Any]:
    """Draw from the posterior, live every draw once more, weigh them, and write the sample."""
    from pathlib import Path

    from analysis.calibration.block import CITIES
    from analysis.calibration.draws import check_digits
    from analysis.calibration.matching import load_discrepancies
    from analysis.calibration.steps import (
        again_in_hundreds,
        beside,
        emulators,
        last_wave,
        learning,
        live_again,
        tried,
        weighed,
        write,
    )
    from cli.screen import says
    from evidence.patterns import load_patterns

    folder, known, discrepancies = Path(asked.folder), load_patterns(), load_discrepancies()
    others = [one for one in blocks if one.name == CITIES]
    found, covered, fitted = [], {}, [one for one in blocks if one.name != CITIES]
    for block in fitted:
        with kept(lambda: "finished files", asked.folder), status() as now:
            now(f"{block.name}: chains on synthetic data")
            check_digits(folder, block, asked.seed, 1, ())  # the manifest will say that these are today's rules
            learnt = learning(folder, block, known, discrepancies)
            left = emulators(folder, block, last_wave(folder, block), discrepancies)
            covered[block.name] = tried(folder, learnt, left, asked.seed)
            aside, number = beside(folder, block, others, discrepancies), again_in_hundreds(asked.number, block)
            live_again(folder, block, learnt, aside, left, number, asked.seed, asked.processes, now)
        found.append(weighed(folder, block, learnt, aside, known, discrepancies))
    about = write(folder, found, fitted, covered, known, asked.seed, asked.command)
    if not asked.as_json:
        for one in found:
            says(f"Block '{one.block.name}': {len(one.scores):,} draws lived once more, effective sample "
                 f"{one.effective:,.0f}.")  # fmt: skip
        says(f"Written to {asked.folder}: sample.parquet ({about['rows']:,} sets), manifest.json, report.md, figures.")
    return about
