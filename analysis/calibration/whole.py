"""A calibration from beginning to end: what is fitted to what, how the time is spent, and what is written."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl

from analysis.calibration import prior, report
from analysis.calibration.fit import (
    CHECK,
    LATE,
    TIGHTEN,
    Block,
    Fitted,
    Run,
    Workers,
    fit,
    replicates,
    reweighted,
    working,
)
from analysis.calibration.prior import Target
from analysis.calibration.report import Alone, Learned, Predicted, Rows
from analysis.calibration.sample import drawn, effective, joint
from analysis.patterns.experiment import Experiment
from engine.errors import BadInput
from engine.whole_file import whole_file
from evidence.patterns import Pattern
from runs.running import digits
from runs.store import versions
from scenarios.edition import rules_hash
from scenarios.plausible import WEIGHT, write_sample

FITTED = (*prior.FLOW_PATTERNS, *prior.SURVIVAL_PATTERNS)
WATCHED = ("Little",)  # expected to pull against P7 and P8; not fitted
EXPECTED = ("P7.under_6", "P7.over_24", "P8.all_users", "Little.distinct")  # to pull apart: shown whatever comes out
CHECKS = 100  # fresh replicates after the fit, but no more than particles
REPORT = "report.md"
# How --minutes are spent (assumption): the two blocks, then the late experiments, then fresh replicates.
SURVIVAL_BY, FLOW_BY, LATE_BY = 0.15, 0.65, 0.88


def blocks(
    names: Sequence[str], patterns: Mapping[str, Pattern], experiments: Sequence[Experiment]
) -> tuple[Block, ...]:
    """What is fitted to these patterns: the survival block, the flow block, or both."""
    unknown = [name for name in names if name not in FITTED]
    if unknown:
        raise BadInput(f"'{unknown[0]}' is not a pattern to be fitted", allowed=", ".join(FITTED))
    found = []
    for name, quantities, its in (
        ("survival", prior.SURVIVAL, prior.SURVIVAL_PATTERNS),
        ("flow", prior.FLOW, prior.FLOW_PATTERNS),
    ):
        ours = [one for one in its if one in names]
        running = tuple(one for one in experiments if set(one.patterns) & set(ours))
        missing = set(ours) - {one for each in running for one in each.patterns}
        if missing:
            raise BadInput(f"No experiment computes the pattern '{min(missing)}'")
        if ours:
            places = prior.places_of(patterns[one] for one in ours) if name == "flow" else ()
            watched = tuple(e for e in experiments if set(e.patterns) & set(WATCHED)) if name == "flow" else ()
            found.append(Block(name, prior.priors(quantities, places), prior.targets(patterns, ours), running, watched))
    return tuple(found)


@dataclass(frozen=True)
class Outcome:
    """What a calibration found."""

    fitted: tuple[Fitted, ...]
    sample: pl.DataFrame
    learned: list[Learned]
    predicted: list[Predicted]
    alone: list[Alone]
    names: list[str]  # of the patterns in the two tables of correlations
    before: list[list[float]]
    after: list[list[float]]
    exchange: list[list[float]]
    expected: tuple[list[str], list[list[float]]]
    pulling: list[tuple[str, str, float, float, float]]
    late: str  # what became of the late experiments, one sentence
    seconds: float  # of simulation, summed over processes


def calibrate(
    run: Run, generations: int, minutes: float | None, patterns: Mapping[str, Pattern], checks: int | None = None
) -> Outcome:
    """Fit every block, weigh the late experiments, simulate anew from the sample; goes on with what the folder has."""
    began = time.monotonic()

    def by(share: float) -> float:
        return float("inf") if minutes is None else began + 60.0 * minutes * share

    with working(run.workers) as workers:
        fitted = []
        for block in run.blocks:
            share = SURVIVAL_BY if block.name == "survival" and len(run.blocks) > 1 else FLOW_BY
            fitted.append(fit(run, block, generations, workers, by(share), by(1.0)))
        weighed = [_late(run, one, workers, by(LATE_BY)) for one in fitted]
        sample = joint([(one.sets, weights) for one, (weights, _) in zip(fitted, weighed, strict=True)], run.seed)
        fresh = _fresh(run, sample, checks or min(CHECKS, run.particles), workers, by(1.0))
    weights, said = [one for one, _ in weighed], " ".join(text for _, text in weighed if text)
    return _outcome(run, fitted, weights, sample, fresh, said, patterns)


def _late(run: Run, one: Fitted, workers: Workers, until: float) -> tuple[np.ndarray[Any, Any], str]:
    """Weights after the late experiments, and a sentence; unchanged where there are none or the time was over."""
    late = one.block.late
    if not late:
        return one.weights, ""
    targets = [t for t in one.block.targets if t not in one.block.near]
    names = ", ".join(dict.fromkeys(target.pattern for target in targets))
    rows = replicates(run, f"{LATE} {len(one.epsilons)}", late, one.sets, workers, until)
    if rows is None:
        return one.weights, f"{names}: the time was over before every particle had been run, so it changed no weight."
    off = np.array([np.mean([prior.far(t, row["parts"].get(t.part, np.nan)) for t in targets]) for row in rows])
    weights, width = reweighted(one.weights, off)
    return weights, (
        f"{names}: one replicate for each particle; weights times a normal kernel {width:.2g} standard errors wide; "
        f"effective sample {effective(one.weights):.0f} before, {effective(weights):.0f} after."
    )


def _fresh(run: Run, sample: pl.DataFrame, checks: int, workers: Workers, until: float) -> list[dict[str, Any]]:
    """New replicates of every experiment with parameters drawn from the sample; fewer if the time is over."""
    rows = drawn(sample[WEIGHT].to_numpy(), checks, 0.5)
    sets = [sample.drop(WEIGHT).row(int(i), named=True) for i in rows]
    experiments = list({e.name: e for block in run.blocks for e in (*block.experiments, *block.watched)}.values())
    kind = f"{CHECK} {_name(sample)}"
    replicates(run, kind, experiments, sets, workers, until)
    return list(run.journal.of(kind, 0).values())


def _name(sample: pl.DataFrame) -> str:
    """A name for a sample, so that a check of an earlier one is not taken for this one's."""
    return hashlib.blake2b(sample.write_csv().encode(), digest_size=6).hexdigest()


def _outcome(
    run: Run, fitted: Sequence[Fitted], weights: Sequence[np.ndarray[Any, Any]], sample: pl.DataFrame, fresh: Rows,
    late: str, patterns: Mapping[str, Pattern],
) -> Outcome:  # fmt: skip
    watched = prior.targets(patterns, [name for name in WATCHED if any(block.watched for block in run.blocks)])
    targets: list[Target] = [target for block in run.blocks for target in block.targets]
    first = {block.name: list(run.journal.of(block.name, 0).values()) for block in run.blocks}
    alone = []
    for block in run.blocks:
        alone += report.alone(block.near, first[block.name], fresh)
    flow = max(run.blocks, key=lambda block: len(block.targets))
    near = [*flow.near, *(watched if flow.watched else ())]
    before = report.distances(near, first[flow.name])
    after = report.distances(near, fresh)
    expected = [target for name in EXPECTED for target in near if target.part == name]
    every = [one for rows in first.values() for one in rows]
    learned = [
        each
        for one, its in zip(fitted, weights, strict=True)
        for each in report.learned(one.block.priors, one.sets, its)
    ]
    seconds = sum(row["seconds"] for rows in run.journal.rows.values() for row in rows.values())
    return Outcome(
        tuple(fitted), sample, learned, report.predicted([*targets, *watched], every, fresh),
        alone, list(before), report.together(before), report.together(after),
        report.exchange(before),
        ([target.part for target in expected], report.signed(expected, first[flow.name])),
        report.pulling([*targets, *watched], fresh), late, seconds,
    )  # fmt: skip


def write(run: Run, outcome: Outcome, command: str, patterns: Mapping[str, Pattern]) -> list[str]:
    """Sample, manifest, report and figures, into the run's folder; returns the names of the files."""
    from analysis.calibration import draw
    from analysis.figures import save

    write_sample(outcome.sample, about(run, outcome, command), run.folder)
    with whole_file(run.folder / REPORT) as file:
        file.write(report.markdown(tables(outcome, patterns)))
    written = ["sample.parquet", "manifest.json", REPORT]
    figures = {
        "calibration_parameters": draw.parameters(outcome.learned),
        "calibration_predictions": draw.predictions(outcome.predicted),
        "calibration_tensions": draw.tensions(outcome.names, outcome.before),
    }
    for name, figure in figures.items():
        written += [path.name for path in save(figure, run.folder / name)]
    return written


def about(run: Run, outcome: Outcome, command: str) -> dict[str, Any]:
    """How the sample was made: everything that somebody needs to make it again."""
    return {
        "command": command,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "seed": run.seed,
        "particles": run.particles,
        "rows": outcome.sample.height,
        "effective": round(effective(outcome.sample[WEIGHT].to_numpy()), 1),
        "patterns": [t for block in run.blocks for t in dict.fromkeys(one.pattern for one in block.targets)],
        "blocks": {
            one.block.name: {
                "parameters": [each.name for each in one.block.priors],
                "patterns": list(dict.fromkeys(each.pattern for each in one.block.near)),
                "epsilons": [None, *one.epsilons[1:]],  # the first generation is the prior
                "candidates": list(one.simulations),
                "tightened": TIGHTEN,
            }
            for one in outcome.fitted
        },
        "late": outcome.late,
        "simulations": sum(len(rows) for rows in run.journal.rows.values()),
        "failed": sum(bool(row["error"]) for rows in run.journal.rows.values() for row in rows.values()),
        "seconds": round(outcome.seconds),
        "rules": rules_hash(),
        "digits": digits(),
        "versions": {**versions(), "pyabc": version("pyabc")},
    }


def tables(outcome: Outcome, patterns: Mapping[str, Pattern]) -> dict[str, list[list[str]]]:
    """Every table of the report, by its title."""
    return {
        "How it went": report.went(outcome.fitted),
        "Prior against posterior": report.learned_rows(outcome.learned),
        "Fresh replicates against what was observed": report.predicted_rows(outcome.predicted, patterns),
        "Each pattern alone (distances in standard errors)": report.alone_rows(outcome.alone),
        "Rank correlation of distances over the prior": report.together_rows(outcome.names, outcome.before),
        "The same over fresh replicates of the sample": report.together_rows(outcome.names, outcome.after),
        "What every pattern alone (row) does to each (column), change of mean distance over the prior": (
            report.together_rows(outcome.names, outcome.exchange)
        ),
        "P7, P8 and Little's law: correlation of what is simulated, over the prior": (
            report.together_rows(*outcome.expected)
        ),
        "Numbers that pull apart in the sample": report.pulling_rows(outcome.pulling),
    }
