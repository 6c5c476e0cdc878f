"""How uncertain a mean of paired differences is: intervals over seeds, over parameter sets, and of a ratio.

Without parameter sets the differences are a sample of seeds, and the 95% interval is the t interval of their mean.

With K parameter sets there are two kinds of uncertainty: simulation noise, which more seeds would narrow, and the
model's numbers, which only better evidence would.  They are told apart by an analysis of variance with random effects,
after one of two designs, which `spread` finds out from the seeds:

    crossed   common seeds: each of r seeds ran in every set.  y[k, s] = mean + set[k] + seed[s] + rest[k, s], the
              two-way layout with one observation a cell (Searle, Casella and McCulloch 1992, "Variance components",
              sections 4.4 and 5.2).  The mean squares MS of sets, seeds and rest have the degrees of freedom K - 1,
              r - 1 and (K - 1)(r - 1), and the expectations rest + r sets, rest + K seeds, and rest.
    nested    independent seeds: no seed ran twice.  The one-way layout (chapter 3), n_k runs in set k, N in all; MS of
              sets and rest have K - 1 and N - K.

What a run's luck does to one set alone is in `rest`, what it does to all sets alike in `seeds`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Ends = tuple[Numbers, Numbers]

CONFIDENCE = 0.95
FEWEST_RANKED = 39  # sets of which the lowest and the highest bound the central 95%: 1 / 40 beyond each
DOUBLINGS = 60  # how far the end of a ratio is looked for


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean difference over parameter sets, and how uncertain it is.  All in the measure's unit.

    With m_k the mean of set k and the mean squares of the module's text:

        mean         of the m_k, so that each set counts once.
        noise        95% interval of the mean if nothing but luck were unknown.  Crossed: mean +- t(r - 1) *
                     sqrt(MS_seeds / (K r)), exact.  Nested: mean +- t(N - K) * sqrt(MS_rest / K^2 * sum 1 / n_k).
        rest         MS_rest: the variance that luck gives one run in one set.
        between      the variance of the expected difference from set to set: (MS_sets - MS_rest) / n0, never below 0,
                     with n0 = r, or for nested sets (N - sum n_k^2 / N) / (K - 1).
        parameters   the central 95% of the expected difference over plausible sets.  It is no interval of a mean and
                     does not narrow with more runs: only knowing more does that.  Ends are order statistics (ranks .025
                     and .975 times K + 1) of the m_k drawn together until their variance is `between`, which takes
                     the noise out of them (Louis 1984, J. Am. Stat. Assoc. 79, 393-398): differences are often skewed.
                     With fewer than FEWEST_RANKED sets these ranks do not exist: mean +- t(K - 1) * sqrt(between).
        combined     where the expected difference in the one set that holds may lie.  On each side of the mean the root
                     of the sum of three squares (Zou and Donner 2008, Stat. Med. 27, 1693-1702): how far sets lie from
                     the mean as they were run, t(K - 1) * sqrt(V) or the ranks of the m_k, with V the variance of the
                     m_k; the same for the mean of K of them, t(K - 1) * sqrt(V / K); and the noise.  The first two are
                     the usual interval for one more set (Hahn and Meeker 1991, "Statistical intervals", section 4.7).
                     Noise within sets is left in V: with it taken out, the interval covers 85 to 95% where luck moves
                     a run as far as sets lie apart; left in, 95 to 99%.  It contains the other two.

    t stands for the 97.5% quantile.
    """

    mean: float
    combined: tuple[float, float]
    noise: tuple[float, float]
    parameters: tuple[float, float]
    rest: float
    between: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two mean differences with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Spreads:
    """`Spread` of several quantities at once, such as the months of a run: each field an array over them."""

    mean: Numbers
    combined: Ends
    noise: Ends
    parameters: Ends
    rest: Numbers
    between: Numbers

    def at(self, i: int) -> Spread:
        """Of one of them."""

        def ends(of: Ends) -> tuple[float, float]:
            return float(of[0][i]), float(of[1][i])

        return Spread(float(self.mean[i]), ends(self.combined), ends(self.noise), ends(self.parameters),
                      float(self.rest[i]), float(self.between[i]))  # fmt: skip


def interval(differences: Numbers) -> tuple[float, float] | None:
    """The 95% t interval of the mean; None for fewer than two numbers."""
    found = intervals(differences[:, None])
    return None if found is None else (float(found[0][0]), float(found[1][0]))


def intervals(differences: Numbers) -> Ends | None:
    """The same for each column of (N, M); None for fewer than two rows."""
    n = len(differences)
    if n < 2:
        return None
    mean = differences.mean(axis=0)
    half = student(n - 1) * differences.std(axis=0, ddof=1) / n**0.5
    return mean - half, mean + half


def whole(sets: Labels, seeds: Labels) -> npt.NDArray[np.bool_]:
    """Which runs (N,) count.  With common seeds those of complete sets, with all seeds that any set has: while runs
    are still coming, or where some failed, the others have no counterpart.  With independent seeds all."""
    if not crossed(sets, seeds):
        return np.ones(len(sets), np.bool_)
    _, which, size = np.unique(sets, return_inverse=True, return_counts=True)
    return np.asarray(size[which] == len(np.unique(seeds)))


def crossed(sets: Labels, seeds: Labels) -> bool:
    """Common seeds: some seed ran in more than one set."""
    return len(np.unique(seeds)) < len(seeds)


def spread(differences: Numbers, sets: Labels, seeds: Labels) -> Spread | None:
    """`differences` (N,) of runs in `sets` with `seeds`, each (N,); None unless there are two sets, and two seeds in
    one of them.  With common seeds only the runs that are `whole` are used."""
    found = spreads(differences[:, None], sets, seeds)
    return None if found is None else found.at(0)


def spreads(differences: Numbers, sets: Labels, seeds: Labels) -> Spreads | None:
    """`spread` of each column of (N, M)."""
    used = whole(sets, seeds)
    differences, sets, seeds = differences[used], sets[used], seeds[used]
    names = np.unique(sets)
    k, n = len(names), len(sets)
    if k < 2 or n == k:
        return None
    if crossed(sets, seeds):
        r = n // k
        table = differences[np.lexsort((seeds, sets))].reshape(k, r, -1)
        middle, noise_variance, df, rest, between = _crossed(table)
    else:
        middle, noise_variance, df, rest, between = _nested(differences, np.searchsorted(names, sets))
    mean, t = middle.mean(axis=0), student(k - 1)
    apart = middle.var(axis=0, ddof=1)
    apart[np.ptp(middle, axis=0) == 0] = 0.0  # and not what rounding makes of it
    noise = student(df) * np.sqrt(noise_variance)
    if k < FEWEST_RANKED:
        low = high = t * np.sqrt(between)
        low_run = high_run = t * np.sqrt(apart)
    else:
        ranks = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
        ends = np.quantile(middle - mean, ranks, axis=0, method="weibull")
        low_run, high_run = -ends[0], ends[1]
        kept = np.sqrt(np.divide(between, apart, out=np.zeros_like(apart), where=apart > 0)).clip(max=1.0)
        low, high = low_run * kept, high_run * kept
    unsure = t**2 * apart / k + noise**2
    return Spreads(mean, (mean - np.sqrt(low_run**2 + unsure), mean + np.sqrt(high_run**2 + unsure)),
                   (mean - noise, mean + noise), (mean - low, mean + high), rest, between)  # fmt: skip


def _crossed(table: Numbers) -> tuple[Numbers, Numbers, int, Numbers, Numbers]:
    """Of y (set, seed, M): means by set, variance of the mean by luck and its df, MS_rest, variance between sets.

    What all sets have alike, and what all seeds have alike, is taken off before anything is squared, so that sets that
    do not differ give exactly 0.
    """
    k, r, _ = table.shape
    by_sets, by_seeds = table - table[:1], table - table[:, :1]
    ms_sets = r * by_sets.mean(axis=1).var(axis=0, ddof=1)
    rest = by_sets - by_sets.mean(axis=1, keepdims=True) - by_sets.mean(axis=0, keepdims=True) + by_sets.mean((0, 1))
    ms_rest = (rest**2).sum(axis=(0, 1)) / ((k - 1) * (r - 1))
    ms_seeds = k * by_seeds.mean(axis=0).var(axis=0, ddof=1)
    return table.mean(axis=1), ms_seeds / (k * r), r - 1, ms_rest, np.maximum(0.0, (ms_sets - ms_rest) / r)


def _nested(runs: Numbers, which: Labels) -> tuple[Numbers, Numbers, int, Numbers, Numbers]:
    """The same of runs (N, M), `which` their sets from 0."""
    size = np.bincount(which).astype(np.float64)
    n, k = len(runs), len(size)
    middle = np.zeros((k, runs.shape[1]))
    np.add.at(middle, which, runs)
    middle /= size[:, None]
    rest = np.sum((runs - middle[which]) ** 2, axis=0) / (n - k)
    ms_sets = np.sum(size[:, None] * (middle - runs.mean(axis=0)) ** 2, axis=0) / (k - 1)
    n0 = (n - float(np.sum(size**2)) / n) / (k - 1)
    luck = rest * float(np.sum(1.0 / size)) / k**2
    return middle, luck, n - k, rest, np.maximum(0.0, (ms_sets - rest) / n0)


def ratio(top: Numbers, bottom: Numbers, sets: Labels | None = None, seeds: Labels | None = None) -> Ratio | None:
    """mean(top) / mean(bottom) of paired differences; None unless the interval of the bottom lies wholly above zero.

    After Fieller (1954, J. R. Stat. Soc. B 16, 175-185): r is in the interval if the 95% interval of the mean of
    top - r * bottom contains 0, here the t interval or, with sets, the combined one.
    """

    def known(numbers: Numbers) -> tuple[float, float, float] | None:
        """Mean and ends."""
        if sets is None or seeds is None:
            ends = interval(numbers)
            return None if ends is None else (float(np.mean(numbers)), *ends)
        found = spread(numbers, sets, seeds)
        return None if found is None else (found.mean, *found.combined)

    above, below = known(top), known(bottom)
    if above is None or below is None or not below[1] > 0:
        return None
    middle = above[0] / below[0]

    def end(of: int) -> float:
        """Where that interval's upper end (2) passes 0 above the middle, or its lower end (1) below it."""

        def beyond(r: float) -> float:
            found = known(top - r * bottom)
            assert found is not None
            return found[of]

        return _crossing(beyond, middle, 1.0 if of == 2 else -1.0)

    return Ratio(middle, end(1), end(2))


def _crossing(of: Callable[[float], float], start: float, way: float) -> float:
    """Where a function that has one sign at `start` takes the other, going `way`."""
    from scipy.optimize import brentq  # type: ignore[import-untyped]

    first, step = of(start), way * max(abs(start), 1e-12)
    if first == 0:
        return start
    for _ in range(DOUBLINGS):
        if of(start + step) * first <= 0:
            return float(brentq(of, *sorted((start, start + step)), xtol=1e-12 * abs(step), rtol=1e-12))
        step *= 2
    raise ArithmeticError("the ratio has no end")  # not reached: the bottom's interval lies above 0


def student(df: float) -> float:
    """How many standard errors an interval of CONFIDENCE reaches, by Student's t."""
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    return float(stdtrit(df, (1 + CONFIDENCE) / 2))
