"""Paired contrasts: two strategies on the same people, seed by seed, and what may be said about the difference.

    frame `months`   scenario, seed, set, month, measure, stratum, value      (one row each; scenarios/store.py)

Every replicate of a strategy has a twin with the same seed: the same people, the same draws.  The 95% interval is the
t interval of the mean of the twins' differences.  It shows simulation noise only - how far more replicates could move
the mean - and nothing about whether the model or its numbers are right.

Where `set` says in which plausible parameter set a replicate ran (several replicates in each set), there are two kinds
of uncertainty, told apart by a one-way random effects analysis of variance (Searle, Casella and McCulloch 1992,
"Variance components", chapter 3): how differences vary within a set is simulation noise; what sets differ by beyond
that is parameters.  See `Spread`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import stdtrit  # type: ignore[import-untyped]

from model.measures import HEADLINE, MARGIN
from scenarios.scenario import NOBODY
from scenarios.summary import LEVELS, Summary, quantiles

Numbers = npt.NDArray[np.float64]

CONFIDENCE = 0.95
FEWEST_RANKED = 39  # sets of which the lowest and the highest bound the central 95%: 1 / 40 beyond each

BETTER, WORSE, SAME, NOT_KNOWN = VERDICTS = ("better", "worse", "practically the same", "not known")

# The one table of what is good: 1 more is better, -1 less is better.  Any other measure is neither in itself.
DIRECTION = {
    name: sign
    for sign, names in (
        (1, "lasting_places secure_share settled reform moved_on moved_in fit success trust voice savings_cashed"),
        (-1, "cost_per_secure_month hidden unserved looking months_to_home lost returned died turned_away displaced "
             "ready_but_stuck strain weariness frustration rivalry voice_gap wasted savings_not_cashed "
             "unpaid_staff unpaid_users"),
    )
    for name in names.split()
}  # fmt: skip
RELATIVE = ("cost_per_secure_month",)  # its margin is a share of the other's mean


@dataclass(frozen=True, slots=True)
class Contrast:
    """`scenario` minus `against` in one measure and month: means over `n` pairs of twins, in the measure's unit.

    `low` and `high` are None without an interval (fewer than two pairs); all numbers are None where a replicate has no
    such number.  `verdict` is one of VERDICTS, or None for a measure that has no practical margin.

    The rest is None unless there are several parameter sets (see `Spread`): `low` and `high` then contain both kinds of
    uncertainty; `noise_low` ... `parameters_high` show them apart; `better_in` is the share of `sets` in which the
    difference is on the good side, `clearly_better_in` and `clearly_worse_in` the shares where it passes the margin.
    Sets are counted as they were run, so that noise pulls these shares towards a half.
    """

    measure: str
    month: int
    scenario: str
    against: str
    value: float | None
    other: float | None
    difference: float | None
    low: float | None
    high: float | None
    n: int
    verdict: str | None
    sets: int | None = None
    noise_low: float | None = None
    noise_high: float | None = None
    parameters_low: float | None = None
    parameters_high: float | None = None
    better_in: float | None = None
    clearly_better_in: float | None = None
    clearly_worse_in: float | None = None


COLUMNS = {
    "measure": pl.String, "month": pl.Int64, "scenario": pl.String, "against": pl.String, "value": pl.Float64,
    "other": pl.Float64, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64,
    "verdict": pl.String, "sets": pl.Int64, "noise_low": pl.Float64, "noise_high": pl.Float64,
    "parameters_low": pl.Float64, "parameters_high": pl.Float64, "better_in": pl.Float64,
    "clearly_better_in": pl.Float64, "clearly_worse_in": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean difference over parameter sets, and how uncertain it is.  All in the measure's unit.

    With K sets, n_k runs in set k, N in all, m_k the mean of set k; MSW and MSB the mean squares within and between:

        mean         of the m_k, so that each set counts once
        noise        MSW, df N - K.  95% interval of the mean if nothing but luck were unknown:
                     mean +- t(N - K) * sqrt(MSW / K^2 * sum 1 / n_k).  More runs or sets narrow it.
        between      the variance of the expected difference from set to set: (MSB - MSW) / n0, never below 0, with
                     n0 = (N - sum n_k^2 / N) / (K - 1); n0 = n_k where all are equal.
        parameters   the central 95% of the expected difference over plausible sets.  It is no interval of a mean and
                     does not narrow with more runs: only knowing more does that.  Ends are order statistics (ranks .025
                     and .975 times K + 1) of the m_k drawn together until their variance is `between`, which takes
                     the noise out of them (Louis 1984, J. Am. Stat. Assoc. 79, 393-398): differences are often skewed.
                     With fewer than FEWEST_RANKED sets these ranks do not exist: mean +- t(K - 1) * sqrt(between).
        combined     where the expected difference in the one set that holds may lie, given these runs: on each side
                     the distance from the mean to the end of `parameters` and the uncertainty of the mean itself,
                     t(min(K - 1, N - K)) * sqrt(between / K + MSW / K^2 * sum 1 / n_k), as the root of their squares'
                     sum (Zou and Donner 2008, Stat. Med. 27, 1693-1702).  It contains the other two.

    t stands for the 97.5% quantile; K - 1 degrees of freedom for `between` are an approximation (they are MSB's): with
    12 sets, in which luck moves a run as far as sets lie apart, the combined interval covers about 91% and not 95%.
    """

    mean: float
    combined: tuple[float, float]
    noise: tuple[float, float]
    parameters: tuple[float, float]
    within: float
    between: float


def spread(differences: Numbers, sets: npt.NDArray[np.int64]) -> Spread | None:
    """`differences` (N,) of runs in `sets` (N,); None unless there are two sets and two runs in one of them."""
    size, middle = _by_set(differences, sets)
    n, k = len(differences), len(size)
    if k < 2 or n == k:
        return None
    which = np.unique(sets, return_inverse=True)[1]
    within = float(np.sum((differences - middle[which]) ** 2)) / (n - k)
    most = float(np.sum(size * (middle - np.mean(differences)) ** 2)) / (k - 1)
    between = max(0.0, (most - within) / ((n - float(np.sum(size**2)) / n) / (k - 1)))
    mean, luck = float(np.mean(middle)), within * float(np.sum(1.0 / size)) / k**2

    def half(variance: float, df: int) -> float:
        return float(stdtrit(df, (1 + CONFIDENCE) / 2) * np.sqrt(variance))

    low = high = mean
    if between > 0 and k < FEWEST_RANKED:
        low, high = mean - half(between, k - 1), mean + half(between, k - 1)
    elif between > 0:
        drawn_together = mean + (middle - mean) * min(1.0, (between / float(np.var(middle, ddof=1))) ** 0.5)
        ranks = ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)
        low, high = (float(end) for end in np.quantile(drawn_together, ranks, method="weibull"))
    unsure, noise = half(between / k + luck, min(k - 1, n - k)), half(luck, n - k)
    both = mean - float(np.hypot(mean - low, unsure)), mean + float(np.hypot(high - mean, unsure))
    return Spread(mean, both, (mean - noise, mean + noise), (low, high), within, between)


def _by_set(numbers: Numbers, sets: npt.NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """How many runs each set has, and their mean; sets in ascending order."""
    _, which = np.unique(sets, return_inverse=True)
    size = np.bincount(which).astype(np.float64)
    return size, np.bincount(which, weights=numbers) / size


def interval(differences: Numbers) -> tuple[float, float] | None:
    """The 95% t interval of the mean; None for fewer than two numbers."""
    n = len(differences)
    if n < 2:
        return None
    mean = float(np.mean(differences))
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * float(np.std(differences, ddof=1)) / n**0.5
    return mean - half, mean + half


def margin(measure: str, other: float) -> float | None:
    """How large a difference must be to matter (MODEL.md), in the measure's unit; None if nobody has said."""
    if measure not in MARGIN:
        return None
    return MARGIN[measure] * (abs(other) if measure in RELATIVE else 1.0)


def verdict(low: float | None, high: float | None, within: float, direction: int) -> str:
    """The interval beyond the practical margin: better or worse; inside it: practically the same; else not known."""
    if low is None or high is None:
        return NOT_KNOWN
    if direction < 0:
        low, high = -high, -low
    if low > within:
        return BETTER
    if high < -within:
        return WORSE
    return SAME if -within <= low and high <= within else NOT_KNOWN


def contrast(
    measure: str,
    month: int,
    scenario: str,
    against: str,
    value: Numbers,
    other: Numbers,
    sets: npt.NDArray[np.int64] | None = None,
) -> Contrast:
    """What twins say: `value`, `other` and `sets` hold one number for each seed that both have, in the same order."""
    n = len(value)
    if n == 0 or not (np.isfinite(value).all() and np.isfinite(other).all()):
        word = NOT_KNOWN if measure in MARGIN else None
        return Contrast(measure, month, scenario, against, None, None, None, None, None, n, word)
    if sets is not None:
        return _over_sets(measure, month, scenario, against, value, other, sets)
    low, high = interval(value - other) or (None, None)
    within = margin(measure, float(np.mean(other)))
    word = None if within is None else verdict(low, high, within, DIRECTION[measure])
    return Contrast(measure, month, scenario, against, float(np.mean(value)), float(np.mean(other)),
                    float(np.mean(value - other)), low, high, n, word)  # fmt: skip


def _over_sets(
    measure: str, month: int, scenario: str, against: str, value: Numbers, other: Numbers, sets: npt.NDArray[np.int64]
) -> Contrast:
    """`contrast` where every replicate ran in one of several parameter sets, each of which counts once."""
    (_, mine), (_, theirs) = _by_set(value, sets), _by_set(other, sets)
    gaps, found = mine - theirs, spread(value - other, sets)
    mean, sign = float(np.mean(theirs)), DIRECTION.get(measure)
    within = margin(measure, mean)
    low, high = found.combined if found else (None, None)
    word = None if within is None else verdict(low, high, within, DIRECTION[measure])
    one = Contrast(measure, month, scenario, against, float(np.mean(mine)), mean, float(np.mean(gaps)), low, high,
                   len(value), word, sets=len(gaps))  # fmt: skip
    if found is not None:
        one = replace(one, noise_low=found.noise[0], noise_high=found.noise[1], parameters_low=found.parameters[0],
                      parameters_high=found.parameters[1])  # fmt: skip
    if sign is not None:
        one = replace(one, better_in=float(np.mean(sign * gaps > 0)))
    if sign is not None and within is not None:
        edges = np.array([margin(measure, own) for own in theirs])
        one = replace(one, clearly_better_in=float(np.mean(sign * gaps > edges)),
                      clearly_worse_in=float(np.mean(sign * gaps < -edges)))  # fmt: skip
    return one


def by_set(months: pl.DataFrame, scenario: str, against: str, measure: str, month: int) -> pl.DataFrame:
    """set, difference: the mean difference in each parameter set, in the order of their numbers."""
    rows = _only(months, measure).filter(pl.col("month") == month)
    twins = _twins(rows, scenario, against).with_columns(difference=pl.col("value") - pl.col("other"))
    return twins.group_by("set").agg(pl.col("difference").mean()).sort("set")


def paired(
    months: pl.DataFrame, scenario: str, against: str, measure: str, month: int, stratum: str = "all"
) -> Contrast:
    """`scenario` minus `against` in one measure, month and stratum, over the seeds that both have."""
    rows = _only(months, measure, stratum).filter(pl.col("month") == month)
    twins = _twins(rows, scenario, against)
    value, other = twins["value"].to_numpy(), twins["other"].to_numpy()
    return contrast(measure, month, scenario, against, value, other, _sets(twins))


def so_far(summary: Summary, scenario: str, against: str, measure: str, month: int) -> Contrast:
    """`paired` of the replicates that have come so far, while more are running; no table is made."""
    mine, other, sets = summary.twins(scenario, against, measure)
    value, theirs = (_finite_cost(measure, numbers[:, month]) for numbers in (mine, other))
    return contrast(measure, month, scenario, against, value, theirs, sets if sets.any() else None)


def fan_so_far(summary: Summary, scenario: str, measure: str) -> Numbers:
    """`fan` of the replicates that have come so far: (level, month), levels as in `fan`."""
    return quantiles(_finite_cost(measure, summary.of(scenario, measure)), LEVELS)


def headline(
    months: pl.DataFrame,
    strategies: Sequence[str],
    when: Iterable[int],
    against: str = NOBODY,
    measures: Sequence[str] = HEADLINE,
) -> pl.DataFrame:
    """Every strategy against one other at these months: a row per month, measure and strategy, columns of Contrast."""
    return _contrasts(months, [(s, against) for s in strategies if s != against], when, measures)


def between(
    months: pl.DataFrame, strategies: Sequence[str], when: Iterable[int], measures: Sequence[str] = HEADLINE
) -> pl.DataFrame:
    """Each strategy against each of those after it, as `headline`."""
    return _contrasts(months, list(combinations(strategies, 2)), when, measures)


def per_million(
    months: pl.DataFrame, strategies: Sequence[str], when: Iterable[int], against: str = NOBODY
) -> pl.DataFrame:
    """The headline differences per million euro that the programme had spent by that month, seed by seed.

    Columns: measure, month, scenario, against, spent (EUR, mean), difference, low, high, n; the last are null where a
    programme has spent nothing.  No verdict: the margins are not meant for it.
    """
    found = []
    small = months.filter(pl.col("measure").is_in([*HEADLINE, "programme_to_date"]))
    for month in when:
        now = small.filter(pl.col("month") == month)
        for measure in HEADLINE:
            for scenario in (s for s in strategies if s != against):
                twins = _twins(_only(now, measure), scenario, against)
                money = _twins(_only(now, "programme_to_date"), scenario, against)
                both = twins.join(money, on=["seed", "set"], nulls_equal=True, suffix="_money").sort("set", "seed")
                spent = both["value_money"].to_numpy()
                row = {"measure": measure, "month": month, "scenario": scenario, "against": against, "n": both.height}
                row["spent"] = float(np.mean(spent)) if both.height else None
                if both.height and (spent > 0).all():
                    rate = (both["value"] - both["other"]).to_numpy() / (spent / 1e6)
                    if np.isfinite(rate).all():
                        sets = _sets(both)
                        mixed = None if sets is None else spread(rate, sets)
                        low, high = (interval(rate) if sets is None else mixed and mixed.combined) or (None, None)
                        row |= {"difference": float(np.mean(rate)), "low": low, "high": high}
                found.append(row)
    kept = ("measure", "month", "scenario", "against", "difference", "low", "high", "n")
    return pl.DataFrame(found, schema={name: COLUMNS[name] for name in kept} | {"spent": pl.Float64}, orient="row")


def means(months: pl.DataFrame, measure: str, month: int) -> dict[str, float]:
    """A measure's mean over replicates by scenario; nan where a replicate has no such number."""
    rows = _only(months, measure).filter(pl.col("month") == month)
    return dict(rows.group_by("scenario").agg(pl.col("value").mean()).iter_rows())


def fan(months: pl.DataFrame, scenario: str, measure: str, stratum: str = "all") -> pl.DataFrame:
    """How replicates spread: month, q05, q25, q50, q75, q95."""
    rows = _only(months, measure, stratum).filter(pl.col("scenario") == scenario, pl.col("value").is_finite())
    levels = {f"q{100 * q:02.0f}": q for q in LEVELS}
    spread = [pl.col("value").quantile(q, "linear").alias(name) for name, q in levels.items()]
    return rows.group_by("month").agg(spread).sort("month")


def paired_fan(months: pl.DataFrame, scenario: str, against: str, measure: str, stratum: str = "all") -> pl.DataFrame:
    """The paired difference month by month: columns of Contrast, one row a month."""
    twins = _twins(_only(months, measure, stratum), scenario, against)
    when, first = np.unique(twins["month"].to_numpy(), return_index=True)
    value, other = (np.split(twins[name].to_numpy(), first[1:]) for name in ("value", "other"))
    numbers = _sets(twins)
    sets = [None] * len(when) if numbers is None else np.split(numbers, first[1:])
    return _frame(
        contrast(measure, int(month), scenario, against, mine, theirs, these)
        for month, mine, theirs, these in zip(when, value, other, sets, strict=False)
    )


def worldviews(months: pl.DataFrame, month: int, against: str = NOBODY, split: str = "@") -> pl.DataFrame:
    """Every strategy in every worldview against the status quo there; scenarios are called strategy@world.

    Columns of Contrast and `strategy`, `world`, in the order in which they appear in `months`.
    """
    in_a_world = pl.col("scenario").str.contains(split, literal=True)
    rows = months.filter(pl.col("month") == month, pl.col("measure").is_in(HEADLINE), in_a_world)
    found = []
    for scenario in rows["scenario"].unique(maintain_order=True):
        strategy, world = scenario.split(split, 1)
        if strategy != against:
            found += [paired(rows, scenario, against + split + world, measure, month) for measure in HEADLINE]
    parts = pl.col("scenario").str.splitn(split, 2)
    return _frame(found).with_columns(parts.struct[0].alias("strategy"), parts.struct[1].alias("world"))


def _contrasts(
    months: pl.DataFrame, pairs: Sequence[tuple[str, str]], when: Iterable[int], measures: Sequence[str]
) -> pl.DataFrame:
    when = list(when)
    small = months.filter(pl.col("month").is_in(when), pl.col("measure").is_in(list(measures)))
    return _frame([paired(small, a, b, measure, month) for month in when for measure in measures for a, b in pairs])


def _frame(contrasts: Iterable[Contrast]) -> pl.DataFrame:
    return pl.DataFrame([tuple(getattr(c, name) for name in COLUMNS) for c in contrasts], schema=COLUMNS, orient="row")


def _only(months: pl.DataFrame, measure: str, stratum: str = "all") -> pl.DataFrame:
    """One measure.  Cost per secure month is 0 in the books when nobody is secure: that is no number at all."""
    rows = months.filter(pl.col("measure") == measure, pl.col("stratum") == stratum)
    if measure in RELATIVE:
        nobody = pl.col("value") == 0
        rows = rows.with_columns(pl.when(nobody).then(float("nan")).otherwise(pl.col("value")).alias("value"))
    return rows


def _finite_cost(measure: str, numbers: Numbers) -> Numbers:
    """The same as `_only` does, for arrays."""
    return np.where(numbers == 0, np.nan, numbers) if measure in RELATIVE else numbers


def _twins(rows: pl.DataFrame, scenario: str, against: str) -> pl.DataFrame:
    """seed, month, set, value, other: the months that the same seed has in both scenarios, in the same set."""
    mine, other = (rows.filter(pl.col("scenario") == name) for name in (scenario, against))
    other = other.select("seed", "month", "set", other="value")
    mine = mine.select("seed", "month", "set", "value")
    return mine.join(other, on=["seed", "month", "set"], nulls_equal=True).sort("month", "set", "seed")


def _sets(twins: pl.DataFrame) -> npt.NDArray[np.int64] | None:
    """The parameter set of each row; None where none were drawn."""
    return None if twins["set"].null_count() else twins["set"].to_numpy().astype(np.int64)
