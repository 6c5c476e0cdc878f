"""Walks: one lever or parameter through its whole range, the others at their values, and where the outcome jumps.

A walk has eleven values, so ten steps; whole numbers stay whole, and a choice has its own values.  Every value is run
on the same SEEDS seeds without a foundation and under each of STRATEGIES, and read when what lasts is read: 48 months
after the programme's end.  What is looked at are the four headline measures: their level without a foundation, and each
strategy's difference from it.  (A strategy's own level is the sum of the two.)

A step is a *jump* if it lies beyond BEYOND standard errors of the paired step and beyond TIMES the median step of its
walk, steps taken per unit of the value.  Where most steps are exactly nothing, the median is 0 and only luck can excuse
a step.  Of the many thousand steps some pass by luck, and some curves are merely steep.  So each jump is walked once
more, in QUARTERS finer steps on SEEDS other seeds:

    luck     the other seeds do not show it: it is not beyond the same two bounds, or has the other sign
    steep    they do, but it is spread over the step: no quarter surely holds more than half of it
    cliff    one quarter holds more than half of it, or there is nothing between: neighbouring whole numbers

A choice (0, 1 or 2; on or off) has nothing between its values, and is walked but not judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import fsum
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.contrasts import BASES, NEEDED, margin, values_of
from analysis.importance import ranges
from engine.errors import UnfreezeError
from evidence.quantities import at_work, inputs
from evidence.units import is_counted
from model.measures import HEADLINE
from runs.ensemble import batches
from runs.running import digits
from scenarios.levers import WHOLES, load_levers
from scenarios.places import Place, find_place
from scenarios.scenario import LASTS, MONTHS, NOBODY, Scenario, lasting_months
from scenarios.settings import WHOLE_PROGRAMME, Settings
from scenarios.strategy import Phase, Strategy, find_strategy
from scenarios.worldviews import find_worldview

Numbers = npt.NDArray[np.float64]
Series = tuple[str, str]  # (NOBODY for its level, or a strategy for its difference from it; measure)

PLACE, WORLDVIEW, STRATEGIES = "dublin", "evidence", ("user_centred", "catalytic_philanthropy")
PEOPLE, SEEDS = 1000, 8
STEPS, QUARTERS = 10, 4
BEYOND, TIMES = 3.0, 4.0
FEWEST = 3  # steps of which a median means something
NOTHING = 1e-6  # practical margins: less is what rounding leaves
SOURCE = Path(__file__).read_bytes()  # as it was when it was loaded

LUCK, STEEP, CLIFF = "luck", "steep", "cliff"


@dataclass(frozen=True, slots=True)
class Range:
    """What is walked: a lever or a parameter, from `low` to `high`; `choices` if it is one of a few values."""

    name: str
    low: float
    high: float
    whole: bool
    choices: tuple[float, ...] = ()

    def values(self) -> list[float]:
        """The values of the walk, in order."""
        return list(self.choices) or between(self.low, self.high, STEPS, self.whole)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a series, from one value to the next: its mean over the seeds, the standard error of that, and the
    bound that the walk sets it (TIMES the median step, for one of this width).  All in practical margins."""

    begins: float
    ends: float
    size: float
    error: float
    bound: float

    @property
    def jumps(self) -> bool:
        """Beyond both bounds."""
        return abs(self.size) > BEYOND * self.error and abs(self.size) > self.bound


def all_ranges(place: Place | None = None) -> dict[str, Range]:
    """Everything there is to walk, by name: levers in the order of the screen, then inputs in alphabetical order."""
    found = {name: Range(name, lever.low, lever.high, lever.unit == "months") for name, lever in load_levers().items()}
    quantities = inputs()
    for name, plausible in ranges(place or find_place(PLACE)).items():
        quantity = quantities[name]
        whole = is_counted(quantity.unit)
        found[name] = Range(name, plausible.low, plausible.high, whole, quantity.choices)
    return found


def key_of(it: Range) -> str:
    """What a stored walk depends on: the digits of the rules, every value of the others that does something, the
    range, and this file, which says how walks are made and judged."""
    return hashlib.blake2b(SOURCE + _others().encode() + repr(it).encode(), digest_size=8).hexdigest()


@cache
def _others() -> str:
    digest = hashlib.blake2b(digits().encode(), digest_size=8)
    for arm in (NOBODY, *STRATEGIES):
        one = Scenario(find_strategy(arm), find_place(PLACE), find_worldview(WORLDVIEW), PEOPLE)
        digest.update(repr((at_work(one.parameters()), *one.burn_in_key[1:])).encode())
        digest.update(one.lever_rows().tobytes() + one.plan_rows().tobytes())
    return digest.hexdigest()


def between(low: float, high: float, steps: int, whole: bool) -> list[float]:
    """At most steps + 1 values from low to high, each once."""
    values = np.linspace(low, high, steps + 1)
    return [float(value) for value in np.unique(np.round(values) if whole else values)]


# --- the steps of one series ------------------------------------------------------------------------------------------


def steps_of(at: Sequence[float], outcomes: Numbers) -> list[Step]:
    """The steps of a series: outcomes (seed, value), in practical margins.  A value that is nan in any seed is left
    out."""
    there = np.isfinite(outcomes).all(axis=0)
    values = np.asarray(at, np.float64)[there]
    if len(values) < 2:
        return []
    moves = np.diff(outcomes[:, there], axis=1)
    moves[np.abs(moves) < NOTHING] = 0.0
    size, error = moves.mean(axis=0), moves.std(axis=0, ddof=1) / len(moves) ** 0.5
    width = np.diff(values)
    bound = TIMES * np.median(np.abs(size) / width) * width
    return [Step(*map(float, one)) for one in zip(values[:-1], values[1:], size, error, bound, strict=True)]


def jumps_of(at: Sequence[float], outcomes: Numbers) -> list[Step]:
    """Those of them that are jumps; none in a walk too short to tell."""
    steps = steps_of(at, outcomes)
    return [step for step in steps if step.jumps] if len(steps) >= FEWEST else []


def seen_again(jump: Step, at: Sequence[float], outcomes: Numbers) -> Step | None:
    """The same step on other seeds, outcomes (seed, value) at its two ends; None if they do not show it."""
    again = steps_of(at, outcomes)
    if not again:
        return None
    step = replace(again[0], bound=jump.bound)
    return step if step.jumps and step.size * jump.size > 0 else None


def cliff_in(step: Step, at: Sequence[float], outcomes: Numbers) -> Step | None:
    """The part of a step that surely holds more than half of it, in a finer walk from its one end to the other; None
    if it is spread out."""
    largest = max(steps_of(at, outcomes), key=lambda part: part.size / step.size)
    half = abs(largest.size) > abs(step.size) / 2 and largest.size * step.size > 0
    return largest if half and abs(largest.size) > BEYOND * largest.error else None


def rounded(value: float) -> float:
    """Five figures: what is kept of a number."""
    return float(f"{value:.5g}")


# --- running ----------------------------------------------------------------------------------------------------------


def scenarios_at(name: str, value: float, months: int, arms: Iterable[str]) -> list[Scenario]:
    """Nobody and these strategies with the lever or parameter at this value.  UnfreezeError if no such world exists."""
    place, view = find_place(PLACE), find_worldview(WORLDVIEW)
    lever = name in load_levers()
    settings = Settings() if lever else Settings(parameters={name: value})
    strategies = [moved_to(find_strategy(arm), name, value) if lever else find_strategy(arm) for arm in arms]
    made = [Scenario(one, place, view, PEOPLE, months, 1, settings) for one in strategies]
    return [Scenario(find_strategy(NOBODY), place, view, PEOPLE, months, 1, settings), *made]


def moved_to(strategy: Strategy, name: str, value: float) -> Strategy:
    """The strategy with one lever at this value in all phases.  Levers that share a whole with it give way in
    proportion where they would be more than the whole together."""
    phases = []
    for begins, levers in strategy.settings():
        moved = {**levers, name: value}
        for whole in WHOLES:
            others = [other for other in whole if other != name]
            taken = fsum(moved[other] for other in others)
            if name in whole and taken > 1.0 - value:
                moved |= {other: moved[other] * (1.0 - value) / taken for other in others}
        phases.append(Phase(begins, moved))
    return replace(strategy, phases=tuple(phases))


def months_for(name: str, values: Sequence[float]) -> int:
    """How long the runs of a walk are: as usual, or until what lasts can be read after the latest of its programmes."""
    if name not in WHOLE_PROGRAMME:
        return MONTHS
    ends = []
    for arm in STRATEGIES:
        levers = moved_to(find_strategy(arm), name, max(values)).settings()[0][1]
        ends.append(int(levers["start"] + levers["duration"]))
    return max(MONTHS, max(ends) + LASTS[-1])


def outcomes_at(
    name: str, values: Sequence[float], seed: int, arms: Sequence[str], months: int
) -> tuple[list[float], Numbers, dict[str, str]]:
    """(values that could be run, (value, seed, nobody and `arms`, NEEDED), why by value that could not).

    Replicates have `seed` and the SEEDS - 1 after it.
    """
    made: dict[float, list[Scenario]] = {}
    refused: dict[str, str] = {}
    for value in values:
        try:
            made[value] = scenarios_at(name, value, months, arms)
        except UnfreezeError as error:
            refused[f"{value:g}"] = str(error)
    one_past = name in load_levers()  # so that nobody's run is the same at every value
    runs = [replace(one, label=f"{one.label} {k}") for k, value in enumerate(made) for one in made[value]
            if not (one_past and k and one.label == NOBODY)]  # fmt: skip
    parts = list(batches(runs, SEEDS, seed=seed, threads=1, measures=NEEDED)) if runs else []
    rows = {}
    for k, value in enumerate(made):
        labels = [f"{NOBODY} {0 if one_past else k}", *(f"{arm} {k}" for arm in arms)]
        which = [parts[0].scenarios.index(label) for label in labels]
        failed = [part.errors[i] for part in parts for i in which if part.errors[i]]
        if failed:
            refused[f"{value:g}"] = failed[0]
        else:
            month = lasting_months(made[value])[-1]
            rows[value] = np.array([values_of(part, month)[which] for part in parts])
    shape = (0, SEEDS, 1 + len(arms), len(NEEDED))
    return list(rows), np.array(list(rows.values())) if rows else np.empty(shape), refused


def series_of(found: Numbers, arms: Sequence[str], margins: Mapping[str, float]) -> dict[Series, Numbers]:
    """(seed, value) of nobody's level and of each strategy's difference from it, in practical margins; `found` as
    outcomes_at gives it."""
    series: dict[Series, Numbers] = {}
    for measure, within in margins.items():
        levels = found[..., NEEDED.index(measure)].transpose(1, 2, 0) / within  # (seed, scenario, value)
        series[NOBODY, measure] = levels[:, 0]
        series |= {(arm, measure): levels[:, i] - levels[:, 0] for i, arm in enumerate(arms, start=1)}
    return series


def margins_of(found: Numbers) -> dict[str, float]:
    """How large a difference must be to matter in each measure, taken from the runs without a foundation."""
    margins = {}
    for measure in HEADLINE:
        base = float(found[:, :, 0, NEEDED.index(BASES[measure][1])].mean()) if measure in BASES else None
        within = margin(measure, base)
        if within:
            margins[measure] = rounded(within)
    return margins


def walk(it: Range) -> dict[str, Any]:
    """One walk, judged: its `values`; why some were `refused`; practical `margins`; how far each series `moves`,
    between its lowest and highest mean, and the median standard error of its steps, if any digit moves; and the jumps
    `found`.  All in margins."""
    months = months_for(it.name, it.values())
    at, outcomes, refused = outcomes_at(it.name, it.values(), 1, STRATEGIES, months)
    margins = margins_of(outcomes) if at else {}
    moves: dict[str, dict[str, list[float]]] = {}
    jumps: list[tuple[Series, Step]] = []
    for (arm, measure), of in series_of(outcomes, STRATEGIES, margins).items():
        if arm == NOBODY and it.name in load_levers():  # no lever is moved without a foundation
            continue
        steps = steps_of(at, of)
        errors = [step.error for step in steps]
        if any(errors) or any(step.size for step in steps):
            means = of[:, np.isfinite(of).all(axis=0)].mean(axis=0)
            moves.setdefault(arm, {})[measure] = [rounded(float(np.ptp(means))), rounded(median(errors))]
        if not it.choices:
            jumps += [((arm, measure), jump) for jump in jumps_of(at, of)]
    found = []
    for ends in sorted({(jump.begins, jump.ends) for _, jump in jumps}):
        here = {which: jump for which, jump in jumps if (jump.begins, jump.ends) == ends}
        found += closely(it, here, margins, months)
    return {"values": [rounded(value) for value in at], "refused": refused, "margins": margins, "moves": moves,
            "found": found}  # fmt: skip


def closely(it: Range, jumps: Mapping[Series, Step], margins: Mapping[str, float], months: int) -> list[dict[str, Any]]:
    """The jumps between the same two values, each looked at on other seeds: first its ends, then what is between."""
    arms = [arm for arm in STRATEGIES if any(which[0] == arm for which in jumps)]
    first = next(iter(jumps.values()))
    values = between(first.begins, first.ends, QUARTERS, it.whole)

    def run(values: Sequence[float]) -> tuple[list[float], Numbers]:
        at, outcomes, _ = outcomes_at(it.name, values, 1 + SEEDS, arms, months)
        return at, outcomes

    at, outcomes = run([values[0], values[-1]])
    ends = series_of(outcomes, arms, margins)
    again = {which: seen_again(jump, at, ends[which]) for which, jump in jumps.items()}
    if any(again.values()) and values[1:-1]:
        inner, parts = run(values[1:-1])
        at, outcomes = [at[0], *inner, at[1]], np.concatenate([outcomes[:1], parts, outcomes[1:]])
    finer = series_of(outcomes, arms, margins)
    told = []
    for which, jump in jumps.items():
        step = again[which]
        cliff = None if step is None else cliff_in(step, at, finer[which])
        told.append({
            "arm": which[0], "measure": which[1], "from": rounded(jump.begins), "to": rounded(jump.ends),
            "size": rounded(jump.size), "error": rounded(jump.error), "usual": rounded(jump.bound / TIMES),
            "kind": LUCK if step is None else STEEP if cliff is None else CLIFF,
            "again": None if step is None else rounded(step.size),
            "within": None if cliff is None else [rounded(cliff.begins), rounded(cliff.ends)],
        })  # fmt: skip
    return told
