"""What a calibration found, as tables: prior against posterior, patterns that pull apart, predictions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from analysis.calibration.fit import Fitted
from analysis.calibration.prior import Prior, Target, pattern_distances
from analysis.calibration.sample import effective, quantile, variance
from evidence.patterns import Pattern

# Assumption: what is worth telling.  It must also be twice its standard error by chance alone, which is sqrt(2 / n) of
# a contraction and 1.25 / sqrt(n) of a shift of the median, n the effective sample (a normal distribution's).
CONTRACTED, SHIFTED = 0.30, 0.50
BEST = 0.10  # share of simulations that meet a pattern best, for "if it alone counted"
BAND = (0.05, 0.5, 0.95)
# Assumption: what is listed as pulling apart.  With 100 replicates chance alone makes a correlation of .10.
OFF, PULL, SHOWN = 1.0, 0.25, 12

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Learned:
    """One parameter: median and 90% before and after, and whether the patterns said anything about it."""

    prior: Prior
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    contraction: float  # 1 - variance after / variance before
    shift: float  # of the median, in standard deviations of the prior
    values: np.ndarray[Any, np.dtype[np.float64]]  # of its own block's particles
    weights: np.ndarray[Any, np.dtype[np.float64]]

    @property
    def size(self) -> float:
        """The effective sample."""
        return effective(self.weights)

    @property
    def informed(self) -> str:
        """narrower, moved, both in one word pair, or no."""
        narrower = self.contraction >= max(CONTRACTED, 2.0 * math.sqrt(2.0 / self.size))
        moved = abs(self.shift) >= max(SHIFTED, 2.0 * 1.25 / math.sqrt(self.size))
        words = [word for word, yes in (("narrower", narrower), ("moved", moved)) if yes]
        return " and ".join(words) or "no"


def learned(
    priors: Iterable[Prior], sets: Sequence[Mapping[str, float]], weights: np.ndarray[Any, np.dtype[np.float64]]
) -> list[Learned]:
    """What became of every parameter in a weighted sample of a block."""
    found = []
    for prior in priors:
        values = np.array([one[prior.name] for one in sets])
        low, middle, high = (prior.quantile(share) for share in BAND)
        after = tuple(quantile(values, weights, share) for share in BAND)
        found.append(Learned(prior, (low, middle, high), (after[0], after[1], after[2]),
                             1.0 - variance(values, weights) / prior.variance,
                             (after[1] - middle) / math.sqrt(prior.variance), values, weights))  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Predicted:
    """One part in fresh replicates with parameters from the sample (`after`) and from the prior (`before`)."""

    target: Target
    before: tuple[float, float, float]
    after: tuple[float, float, float]
    inside: bool  # the observed value lies in the central 90% after


def predicted(targets: Iterable[Target], before: Rows, after: Rows) -> list[Predicted]:
    """Every part before and after; nan where no replicate has it."""
    found = []
    for target in targets:
        bands = [_band([row["parts"].get(target.part, math.nan) for row in rows]) for rows in (before, after)]
        inside = bands[1][0] <= target.observed <= bands[1][2]
        found.append(Predicted(target, bands[0], bands[1], inside))
    return found


def _band(values: Sequence[float]) -> tuple[float, float, float]:
    known = [value for value in values if not math.isnan(value)]
    low, middle, high = np.quantile(known, BAND) if known else (math.nan,) * 3
    return float(low), float(middle), float(high)


def distances(targets: Sequence[Target], rows: Rows) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """How far off every pattern is in each row that has all of them (a row each), in standard errors."""
    names = list(dict.fromkeys(target.pattern for target in targets))
    full = [one for row in rows if len(one := pattern_distances(targets, row["parts"])) == len(names)]
    return {name: np.array([one[name] for one in full]) for name in names}


def together(off: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]]) -> list[list[float]]:
    """Rank correlations of patterns' distances: below 0, what brings one nearer takes the other away."""
    from scipy.stats import rankdata  # type: ignore[import-untyped]

    ranks = [rankdata(values) for values in off.values()]
    return [[_correlation(a, b) for b in ranks] for a in ranks]


def _correlation(a: Any, b: Any) -> float:
    if len(a) < 3:
        return math.nan
    a, b = a - a.mean(), b - b.mean()
    scale = math.sqrt(float((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / scale if scale > 0.0 else math.nan


@dataclass(frozen=True, slots=True)
class Alone:
    """One pattern's distance: in the sample, and where it alone counted (the BEST of all simulations that have it)."""

    pattern: str
    before: float  # median over the prior
    sample: float  # median over fresh replicates of the sample
    alone: float  # median of the best tenth of all candidates, the rest left out
    others: float  # what the other patterns' mean distance becomes in that tenth, less their mean over the prior


def alone(targets: Sequence[Target], prior: Rows, fresh: Rows) -> list[Alone]:
    """Every pattern left to itself.  prior: simulations of the first generation, chosen by nothing."""
    before, after = distances(targets, prior), distances(targets, fresh)
    found = []
    for name, off in before.items():
        rest = [before[other] for other in before if other != name]
        mean = np.mean(rest, axis=0) if rest else np.full(len(off), math.nan)
        best = np.argsort(off, kind="stable")[: max(1, round(BEST * len(off)))]
        found.append(Alone(name, float(np.median(off)), float(np.median(after[name])) if len(after[name]) else math.nan,
                           float(np.median(off[best])), float(mean[best].mean() - mean.mean())))  # fmt: skip
    return found


def exchange(off: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]]) -> list[list[float]]:
    """A row for each pattern: how every pattern's mean distance changes in the BEST tenth by the row's alone."""
    changes = []
    for own in off.values():
        best = np.argsort(own, kind="stable")[: max(1, round(BEST * len(own)))]
        changes.append([float(other[best].mean() - other.mean()) if len(own) else math.nan for other in off.values()])
    return changes


def signed(targets: Sequence[Target], rows: Rows) -> list[list[float]]:
    """Correlations of these parts' steps off, with their signs, over rows that have them all."""
    steps = [[t.steps(row["parts"].get(t.part, math.nan)) for row in rows] for t in targets]
    known = [column for column in zip(*steps, strict=True) if all(map(math.isfinite, column))]
    columns = [np.array(column) for column in zip(*known, strict=True)] or [np.empty(0)] * len(targets)
    return [[_correlation(a, b) for b in columns] for a in columns]


def pulling(targets: Sequence[Target], fresh: Rows) -> list[tuple[str, str, float, float, float]]:
    """Pairs of parts of different patterns that the sample misses and that pull apart: two parts, their mean steps off
    and their correlation.  What moves the one nearer moves the other away; the strongest first, at most SHOWN."""
    steps = {t.part: np.array([t.steps(row["parts"].get(t.part, math.nan)) for row in fresh]) for t in targets}
    pattern = {target.part: target.pattern for target in targets}
    known = {part: values for part, values in steps.items() if len(values) > 2 and np.isfinite(values).all()}
    found = []
    for a, b in combinations(known, 2):
        off, other = float(known[a].mean()), float(known[b].mean())
        r = _correlation(known[a], known[b])
        if pattern[a] != pattern[b] and min(abs(off), abs(other)) >= OFF and r * off * other < 0.0 and abs(r) >= PULL:
            found.append((a, b, off, other, r))
    return sorted(found, key=lambda one: -abs(one[4]))[:SHOWN]


# Markdown -------------------------------------------------------------------------------------------------------------


def markdown(parts: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Tables under their titles, in Markdown; the first row of each is its heading."""
    return "\n\n".join(f"**{title}**\n\n{_table(rows)}" for title, rows in parts.items()) + "\n"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    line = ["---" if i == 0 else "---:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, line, *body))


def went(fitted: Iterable[Fitted]) -> list[list[str]]:
    """Generations of every block: threshold, candidates, accepted."""
    rows = [["block, generation", "threshold", "candidates", "kept"]]
    for one in fitted:
        for i, (threshold, candidates) in enumerate(zip(one.epsilons, one.simulations, strict=True)):
            shown = "none (the prior)" if i == 0 else f"{threshold:.2f}"
            rows.append([f"{one.block.name}, {i}", shown, f"{candidates:,}", f"{len(one.rows):,}"])
    return rows


def learned_rows(found: Iterable[Learned]) -> list[list[str]]:
    """Prior against posterior."""
    rows = [["parameter", "unit", "before: median (90%)", "after: median (90%)", "contraction", "shift", "informed"]]
    return rows + [
        [f"`{one.prior.name}`", one.prior.unit, band(one.before), band(one.after), f"{one.contraction:.2f}",
         f"{one.shift:+.2f}", one.informed]
        for one in found
    ]  # fmt: skip


def predicted_rows(found: Iterable[Predicted], patterns: Mapping[str, Pattern]) -> list[list[str]]:
    """Predictions of every part."""
    rows = [["part", "meaning", "observed", "before: median (90%)", "after: median (90%)", "observed inside"]]
    for one in found:
        part = patterns[one.target.pattern].parts[one.target.part.partition(".")[2]]
        rows.append([one.target.part, part.meaning, f"{one.target.observed:.3g} {part.unit}", band(one.before),
                     band(one.after), "yes" if one.inside else "no"])  # fmt: skip
    return rows


def alone_rows(found: Iterable[Alone]) -> list[list[str]]:
    """Every pattern left to itself."""
    rows = [["pattern", "before", "in the sample", "if it alone counted", "what that does to the others"]]
    return rows + [
        [one.pattern, f"{one.before:.2f}", f"{one.sample:.2f}", f"{one.alone:.2f}",
         "" if math.isnan(one.others) else f"{one.others:+.2f}"]
        for one in found
    ]  # fmt: skip


def together_rows(names: Sequence[str], correlations: Sequence[Sequence[float]]) -> list[list[str]]:
    """A square of numbers, one name to a row and a column; empty on the diagonal."""
    rows = [["", *names]]
    for name, line in zip(names, correlations, strict=True):
        rows.append([name, *("" if o == name else f"{value:+.2f}" for o, value in zip(names, line, strict=True))])
    return rows


def pulling_rows(found: Iterable[tuple[str, str, float, float, float]]) -> list[list[str]]:
    """Pairs of parts that pull apart."""
    rows = [["the one", "the other", "steps off", "steps off", "correlation"]]
    return rows + [[a, b, f"{off:+.1f}", f"{other:+.1f}", f"{r:+.2f}"] for a, b, off, other, r in found]


def band(three: tuple[float, float, float]) -> str:
    """median (5% to 95%), with three digits."""
    if any(map(math.isnan, three)):
        return "not run"
    low, middle, high = (f"{value:.3g}" for value in three)
    return f"{middle} ({low} to {high})"
