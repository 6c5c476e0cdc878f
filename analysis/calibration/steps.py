"""The steps of a calibration on one folder: draws, what they can teach, where they match, a posterior, a sample.

Each reads what the step before left in the folder and keeps its own as soon as it is done, so that a step that was
stopped goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.calibration import chains, report
from analysis.calibration import draw as figures
from analysis.calibration.arrays import keep, kept
from analysis.calibration.block import AGAIN, CITIES, SHARES, Block
from analysis.calibration.chains import Likelihood
from analysis.calibration.coverage import Coverage
from analysis.calibration.draws import CHUNK, WAVE, read, simulate, waves, whole
from analysis.calibration.emulator import Emulator
from analysis.calibration.learnable import LEAST, blurred
from analysis.calibration.matching import Discrepancy, emulator_of, extra_of, matched, out_of_reach
from analysis.calibration.posterior import COPIES, Network, coverage, train
from analysis.calibration.prior import places_of
from analysis.calibration.sample import drawn, joint
from analysis.calibration.weighing import Weighed, again, lived_again, off_beside, weigh
from analysis.figures import save
from engine.errors import BadInput
from engine.whole_file import whole_file
from evidence.patterns import Pattern
from runs.running import digits
from runs.store import versions, write_table
from scenarios.edition import rules_hash
from scenarios.places import find_place
from scenarios.plausible import WEIGHT, write_sample

Array = npt.NDArray[np.float64]
Progress = Callable[[str], None]

HELD_OUT = 1000  # draws kept from what is tried: the synthetic data sets of the coverage
PART_HELD = 0.3  # ... but no more than this part of them
EACH = 200  # draws from the posterior of each of them
ROWS = 2000  # parameter sets in the sample at most
REPORT = "report.md"


def in_hundreds(candidates: int, block: Block) -> int:
    """How many candidates of this block are drawn for so many asked for."""
    return max(round(candidates * SHARES[block.name] / CHUNK), 1) * CHUNK


def again_in_hundreds(draws: int, block: Block) -> int:
    """How many draws of this block's posterior are lived again for so many asked for."""
    return max(round(draws * AGAIN[block.name] / CHUNK), 1) * CHUNK


def draw(
    folder: Path, blocks: Sequence[Block], candidates: int, seed: int, processes: int, wave: int,
    discrepancies: Mapping[str, Discrepancy], told: Progress,
) -> int:  # fmt: skip
    """Draw and run the candidates of a wave, of every block; how many were new."""
    new = 0
    for block in blocks:
        if wave > 1 and block.name == CITIES:
            continue  # its emulator is learnt from the priors
        left = emulators(folder, block, wave, discrepancies)
        new += simulate(block, folder, in_hundreds(candidates, block), seed, processes, told, wave, left)
    return new


def within_reach(
    folder: Path, block: Block, discrepancies: Mapping[str, Discrepancy]
) -> tuple[Block, dict[str, float]]:
    """The block without the patterns that the first wave found out of reach, and the share of the prior where each of
    these is met.  Found out once, when a later wave or a network first asks, and kept."""
    file = folder / f"set-aside-{block.name}.json"
    if not file.exists():
        found = out_of_reach(matched(emulator_of(read(folder, block, before=2), block, discrepancies), block))
        with whole_file(file) as stream:
            stream.write(json.dumps(found, indent=1) + "\n")
    aside: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    left = tuple(target for target in block.targets if target.pattern not in aside)
    if not left:
        raise BadInput(f"No pattern of the block '{block.name}' is within reach",
                       do="See where each is met: 'unfreeze calibrate --step match'")  # fmt: skip
    return replace(block, targets=left), aside


def emulators(
    folder: Path, block: Block, wave: int, discrepancies: Mapping[str, Discrepancy]
) -> tuple[Emulator, ...]:  # fmt: skip
    """What the waves before this one ruled out: one emulator for each wave from the second on, learnt from all draws
    before it when that wave began, and kept."""
    found = []
    if wave > 1:
        block, _ = within_reach(folder, block, discrepancies)
    for number in range(2, wave + 1):
        file = folder / f"emulator-{block.name}-{number}.npz"
        if not file.exists():
            keep(emulator_of(read(folder, block, before=number), block, discrepancies), file)
        found.append(kept(Emulator, file))
    return tuple(found)


def last_wave(folder: Path, block: Block) -> int:
    """The last wave of which there are draws."""
    return max(waves(folder, block), default=1)


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """What a network or an emulator learns from and is tried on: draws that the last wave left plausible."""

    block: Block
    scores: Array
    steps: Array
    noise: Array  # of each number, in steps: the observation's error where no study has it, and the discrepancy

    @property
    def held(self) -> int:
        """Draws that are kept from it where it is tried."""
        return min(HELD_OUT, int(len(self.scores) * PART_HELD))

    def noisy(self, rows: Array, seed: int) -> Array:
        """The same numbers as they would be observed."""
        return np.asarray(rows + self.noise * np.random.default_rng(seed).standard_normal(rows.shape))


def learning(
    folder: Path, block: Block, patterns: Mapping[str, Pattern], discrepancies: Mapping[str, Discrepancy]
) -> Learning:
    """The plausible draws of a block, the latest wave last."""
    draws = read(folder, block)
    block, _ = within_reach(folder, block, discrepancies)
    left = emulators(folder, block, last_wave(folder, block), discrepancies)
    scores, steps = whole(draws, block)
    inside = chains.plausible(scores, left)
    if inside.sum() < LEAST:
        raise BadInput(f"{int(inside.sum())} draws of the block '{block.name}' are plausible and have every number",
                       allowed=f"at least {LEAST}", do="Draw more candidates")  # fmt: skip
    noise = np.sqrt(blurred(block, dict(patterns)) + extra_of(block, discrepancies) ** 2)
    return Learning(block, scores[inside], steps[inside], noise)


def estimate(folder: Path, found: Learning, seed: int) -> tuple[Network, Coverage]:
    """The network of a block and its coverage of synthetic data; both kept."""
    block, held = found.block, found.held
    file, covered = folder / f"posterior-{block.name}.npz", folder / f"coverage-{block.name}.npz"
    if not file.exists():
        rows = found.scores[:-held], found.steps[:-held]
        noisy = np.concatenate([found.noisy(rows[1], seed + copy) for copy in range(COPIES)])
        train(np.tile(rows[0], (COPIES, 1)), noisy, seed).keep(file)
    network = Network.read(file)
    if not covered.exists():
        data = found.noisy(found.steps[-held:], seed - 1)
        keep(coverage(network, found.scores[-held:], data, EACH, seed), covered)
    return network, kept(Coverage, covered)


def tried(folder: Path, found: Learning, left: Sequence[Emulator], seed: int) -> Coverage:
    """The coverage of synthetic data by the chains that the sample is drawn with; their emulator learns from the other
    draws, and none sees the truth.  Kept."""
    file, held = folder / f"coverage-chains-{found.block.name}.npz", found.held
    if not file.exists():
        likelihood = Likelihood.of(found.scores[:-held], found.steps[:-held], found.noise)
        data = found.noisy(found.steps[-held:], seed - 1)
        keep(chains.coverage(likelihood, found.scores[-held:], data, found.scores[:-held], left, seed), file)
    return kept(Coverage, file)


def beside(
    folder: Path, block: Block, others: Sequence[Block], discrepancies: Mapping[str, Discrepancy]
) -> list[tuple[Block, Emulator]]:  # fmt: skip
    """Blocks whose parameters are among this one's and that were drawn: their numbers count by their emulators."""
    return [(one, emulator_of(read(folder, one), one, discrepancies)) for one in others
            if waves(folder, one) and set(one.names) <= set(block.names)]  # fmt: skip


def proposal_file(folder: Path, block: Block) -> Path:
    """Where the draws that are lived once more are kept before."""
    return folder / f"proposal-{block.name}.parquet"


def live_again(
    folder: Path, block: Block, found: Learning, aside: Sequence[tuple[Block, Emulator]], left: Sequence[Emulator],
    candidates: int, seed: int, processes: int, told: Progress,
) -> int:  # fmt: skip
    """Draw by chains from the posterior that the emulators give and live every draw through all studies of the block,
    those whose patterns were set aside as well; how many were new."""
    file = proposal_file(folder, block)
    if not file.exists():
        likelihood = Likelihood.of(found.scores, found.steps, found.noise)

        def log(scores: Array) -> Array:
            return np.asarray(likelihood.log(scores) + off_beside(block, scores, aside))

        write_table(chains.proposed(block, log, found.scores, left, candidates, seed), file)
    return again(block, folder, pl.read_parquet(file), seed, processes, told)


def weighed(
    folder: Path, block: Block, found: Learning, aside: Sequence[tuple[Block, Emulator]],
    patterns: Mapping[str, Pattern], discrepancies: Mapping[str, Discrepancy],
) -> Weighed:  # fmt: skip
    """The draws of a block that were lived again, with their weights.  found: what the block was learnt from."""
    part = found.block
    draws = lived_again(folder, block, pl.read_parquet(proposal_file(folder, block)))
    known = found.scores, found.steps
    return weigh(part, draws, blurred(part, dict(patterns)), extra_of(part, discrepancies), known, aside)


def sample_of(found: Sequence[Weighed], seed: int) -> pl.DataFrame:
    """One sample from blocks that are independent: at most ROWS sets, drawn by weight, of equal weight."""
    table: pl.DataFrame = joint([(one.sets, one.weights) for one in found], seed)
    if table.height <= ROWS:
        return table
    rows = drawn(table[WEIGHT].to_numpy(), ROWS, 0.5)
    chosen: pl.DataFrame = table[rows.tolist()]
    return chosen.with_columns(pl.lit(1.0 / ROWS).alias(WEIGHT))


def unsaid(learned: Iterable[report.Learned]) -> list[str]:
    """A place's own numbers of which the patterns say nothing: the place's file has them, and not the sample."""
    return [one.prior.name for one in learned if "@" in one.prior.name and one.informed == "no"]


def write(
    folder: Path, found: Sequence[Weighed], blocks: Sequence[Block], covered: Mapping[str, Coverage],
    patterns: Mapping[str, Pattern], seed: int, command: str,
) -> dict[str, Any]:  # fmt: skip
    """Sample, manifest, report and figures into the folder; the manifest.  blocks: with the patterns set aside."""
    learned = {one.block.name: report.learned(one) for one in found}
    sample = sample_of(found, seed).drop(unsaid(each for own in learned.values() for each in own))
    about = manifest(folder, found, sample, patterns, seed, command)
    write_sample(sample, about, folder)
    first = [read(folder, one).filter(pl.col(WAVE) == 1) for one in blocks]
    predicted = [each for one, block, before in zip(found, blocks, first, strict=True)
                 for each in report.predicted(one, before, block.targets)]  # fmt: skip
    tables = {
        "Prior against posterior": report.learned_rows([each for own in learned.values() for each in own]),
        "The studies again, against what was observed": report.predicted_rows(predicted, patterns),
        **{f"Coverage of synthetic data: block '{one.block.name}'":
           report.covered_rows(one.block.names, covered[one.block.name]) for one in found},
        "Numbers that pull apart in the sample": report.pulling_rows(
            each for one in found for each in report.pulling(one)),
    }  # fmt: skip
    with whole_file(folder / REPORT) as file:
        file.write(report.markdown(tables))
    informed = {name: {one.prior.name for one in own if one.informed != "no"} for name, own in learned.items()}
    names = {one.block.name: one.block.names for one in found}
    for name, figure in {
        "calibration_parameters": figures.parameters([each for own in learned.values() for each in own]),
        "calibration_predictions": figures.predictions(predicted),
        "calibration_coverage": figures.coverages(covered, names, informed),
    }.items():
        save(figure, folder / name)
    return about


def manifest(
    folder: Path, found: Sequence[Weighed], sample: pl.DataFrame, patterns: Mapping[str, Pattern], seed: int,
    command: str,
) -> dict[str, Any]:  # fmt: skip
    """How the sample was made: everything that somebody needs to make it again."""
    fitted = list(dict.fromkeys(name for one in found for name in one.patterns))
    return {
        "command": command,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "seed": seed,
        "rows": sample.height,
        "effective": round(min(one.effective for one in found), 1),
        "distinct": sample.drop(WEIGHT).n_unique(),
        "patterns": fitted,
        "domains": sorted({find_place(where).domain for where in places_of(patterns[name] for name in fitted)}),
        "blocks": {
            one.block.name: {
                "parameters": [name for name in one.block.names if name in sample.columns],
                "patterns": one.patterns,
                "waves": {str(wave): CHUNK * len(files) for wave, files in waves(folder, one.block).items()},
                "set_aside": within_reach(folder, one.block, {})[1],
                "lived_again": len(one.scores),
                "effective": round(one.effective, 1),
            }
            for one in found
        },
        "rules": rules_hash(),
        "digits": digits(),
        "versions": versions(),
    }
