"""What a calibration found, as tables: prior against posterior, predictions, coverage, numbers that pull apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.calibration.coverage import Coverage
from analysis.calibration.prior import Prior, Target
from analysis.calibration.sample import effective, quantile, variance
from analysis.calibration.weighing import Weighed
from evidence.patterns import Pattern

Array = npt.NDArray[np.float64]

# Assumption: what is worth telling.  It must also be twice its standard error by chance alone, which is sqrt(1 / 2n) of
# a ratio of standard deviations and 1.25 / sqrt(n) of a shift of the median, n the effective sample (a normal
# distribution's).
CONTRACTED, SHIFTED = 0.30, 0.50
BAND = (0.05, 0.5, 0.95)
SHARES = (0.5, 0.8, 0.9, 0.95)  # intervals whose coverage is told
# Assumption: what is listed as pulling apart.
OFF, PULL, SHOWN = 1.0, 0.25, 12
FURTHEST = 10.0  # standard errors at which a figure is cut


@dataclass(frozen=True, slots=True)
class Learned:
    """One parameter: median and 90% before and after, and whether the patterns said anything about it."""

    prior: Prior
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    contraction: float  # 1 - sd after / sd before
    shift: float  # of the median, in standard deviations of the prior
    values: Array  # of its own block's draws
    weights: Array

    @property
    def size(self) -> float:
        """The effective sample."""
        return effective(self.weights)

    @property
    def informed(self) -> str:
        """narrower, moved, both in one word pair, or no."""
        narrower = self.contraction >= max(CONTRACTED, 2.0 * math.sqrt(0.5 / self.size))
        moved = abs(self.shift) >= max(SHIFTED, 2.0 * 1.25 / math.sqrt(self.size))
        words = [word for word, yes in (("narrower", narrower), ("moved", moved)) if yes]
        return " and ".join(words) or "no"


def learned(found: Weighed) -> list[Learned]:
    """What became of every parameter of a block."""
    sets, told = found.sets, []
    for prior in found.block.priors:
        values = np.array([one[prior.name] for one in sets])
        low, middle, high = (prior.quantile(share) for share in BAND)
        after = tuple(quantile(values, found.weights, share) for share in BAND)
        told.append(Learned(prior, (low, middle, high), (after[0], after[1], after[2]),
                            1.0 - math.sqrt(variance(values, found.weights) / prior.variance),
                            (after[1] - middle) / math.sqrt(prior.variance), values, found.weights))  # fmt: skip
    return told


@dataclass(frozen=True, slots=True)
class Predicted:
    """One number when the studies are run with parameters from the priors (`before`) and from the sample (`after`)."""

    target: Target
    before: tuple[float, float, float]
    after: tuple[float, float, float]

    @property
    def inside(self) -> bool:
        """Whether the observed value lies in the central 90% after."""
        return self.after[0] <= self.target.observed <= self.after[2]


def predicted(found: Weighed, before: pl.DataFrame, targets: Sequence[Target]) -> list[Predicted]:
    """Each of these numbers, those set aside among them; `before`: draws from the priors."""
    told = []
    for target in targets:
        first, again = (table[target.part].to_numpy() for table in (before, found.rows))
        low, middle, high = np.quantile(first[np.isfinite(first)], BAND)
        there = np.isfinite(again)
        after = [quantile(again[there], found.weights[there], share) for share in BAND]
        told.append(Predicted(target, (float(low), float(middle), float(high)), (after[0], after[1], after[2])))
    return told


def pulling(found: Weighed) -> list[tuple[str, str, float, float, float]]:
    """Pairs of numbers of different patterns that the sample misses and that pull apart: two names, their mean steps
    off and their correlation.  What moves the one nearer moves the other away; the strongest first, at most SHOWN."""
    middle = found.weights @ found.steps
    away = found.steps - middle
    spread = np.sqrt(found.weights @ away**2)
    told = []
    for a, b in combinations(range(len(middle)), 2):
        if spread[a] <= 0.0 or spread[b] <= 0.0:
            continue
        r = float(found.weights @ (away[:, a] * away[:, b]) / (spread[a] * spread[b]))
        off, other = float(middle[a]), float(middle[b])
        apart = found.block.targets[a].pattern != found.block.targets[b].pattern
        if apart and min(abs(off), abs(other)) >= OFF and r * off * other < 0.0 and abs(r) >= PULL:
            told.append((found.block.parts[a], found.block.parts[b], off, other, r))
    return sorted(told, key=lambda one: -abs(one[4]))[:SHOWN]


# Markdown -------------------------------------------------------------------------------------------------------------


def markdown(parts: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Tables under their titles, in Markdown; the first row of each is its heading."""
    return "\n\n".join(f"**{title}**\n\n{_table(rows)}" for title, rows in parts.items()) + "\n"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    line = ["---" if i == 0 else "---:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, line, *body))


def learned_rows(found: Iterable[Learned]) -> list[list[str]]:
    """Prior against posterior."""
    rows = [["parameter", "unit", "before: median (90%)", "after: median (90%)", "contraction", "shift", "informed"]]
    return rows + [
        [f"`{one.prior.name}`", one.prior.unit, band(one.before), band(one.after), f"{one.contraction:.2f}",
         f"{one.shift:+.2f}", one.informed]
        for one in found
    ]  # fmt: skip


def predicted_rows(found: Iterable[Predicted], patterns: Mapping[str, Pattern]) -> list[list[str]]:
    """Predictions of every number."""
    rows = [["number", "meaning", "observed", "before: median (90%)", "after: median (90%)", "observed inside"]]
    for one in found:
        part = patterns[one.target.pattern].parts[one.target.part.partition(".")[2]]
        rows.append([one.target.part, part.meaning, f"{one.target.observed:.3g} {part.unit}", band(one.before),
                     band(one.after), "yes" if one.inside else "no"])  # fmt: skip
    return rows


def covered_rows(names: Sequence[str], found: Coverage) -> list[list[str]]:
    """Coverage of the central intervals of every parameter over synthetic data sets."""
    rows = [["parameter", "contraction on synthetic data", *(f"inside the central {share:.0%}" for share in SHARES)]]
    inside = [found.inside(share) for share in SHARES]
    for k, name in enumerate(names):
        rows.append([f"`{name}`", f"{found.contraction[k]:.0%}", *(f"{one[k]:.1%}" for one in inside)])
    rows.append(["mean of all", "", *(f"{one.mean():.1%}" for one in inside)])
    return [*rows, ["all together, densest region", "", *(f"{found.densest(share):.1%}" for share in SHARES)]]


def pulling_rows(found: Iterable[tuple[str, str, float, float, float]]) -> list[list[str]]:
    """Pairs of numbers that pull apart."""
    rows = [["the one", "the other", "steps off", "steps off", "correlation"]]
    return rows + [[a, b, f"{off:+.1f}", f"{other:+.1f}", f"{r:+.2f}"] for a, b, off, other, r in found]


def band(three: tuple[float, float, float]) -> str:
    """median (5% to 95%), with three digits."""
    low, middle, high = (f"{value:.3g}" for value in three)
    return f"{middle} ({low} to {high})"
