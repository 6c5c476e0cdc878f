"""Paired contrasts: two strategies on the same people, seed by seed, and what may be said about the difference.

    frame `months`   scenario, seed, set, month, measure, stratum, value      (one row each; runs/store.py)

Every replicate of a strategy has twins with the same seed in the same parameter set: the same people, the same draws.
How uncertain the mean of their differences is, by luck and by the model's numbers, is analysis/spread.py's.

Margins (model.measures.MARGIN) say how large a difference must be to matter.  Most are a share of what the same twins
have *without a foundation* - of people without a home at month 0, of money spent - whatever is compared with what.

The one table of verdicts.  With the interval turned so that more is better, and the margin m:

    better               low > m                       the whole interval lies beyond the margin
    better, size open    0 < low <= m < high           it excludes 0 but not the margin: better, by how much is open
    practically the same -m <= low and high <= m       the whole interval lies inside the margins, with or without 0
    not known            low <= 0 <= high, and one end beyond a margin
    worse, size open     and
    worse                are the mirror images

The ends of margins belong to the inside (an end exactly on a margin is not beyond it), an end exactly on 0 does not
exclude 0, and what lies inside the margins is practically the same even where it excludes 0.  Where there is no verdict
at all (None) `reason` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.spread import Ratio, interval, intervals, ratio, spread, spreads, whole
from model.measures import HEADLINE, MARGIN
from runs.summary import LEVELS, Batch, Summary, quantiles
from scenarios.language import N_
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

BETTER, BETTER_OPEN, SAME, NOT_KNOWN, WORSE_OPEN, WORSE = VERDICTS = (
    N_("better"), N_("better, size open"), N_("practically the same"), N_("not known"), N_("worse, size open"),
    N_("worse"),
)  # fmt: skip
CLEAR = {BETTER: 1, BETTER_OPEN: 1, WORSE_OPEN: -1, WORSE: -1}  # which side is known

# How the verdicts are explained, wherever they are shown.  All are texts of the catalogue: said where they are shown.
EXPLAINED = {
    BETTER: N_("the whole 95% interval lies beyond what matters in practice"),
    BETTER_OPEN: N_("it excludes zero but reaches less than what matters: better, by how much is open"),
    SAME: N_("it lies wholly inside what matters"),
    NOT_KNOWN: N_("it holds zero and reaches beyond what matters"),
    WORSE_OPEN: N_("as better, size open, on the other side"),
    WORSE: N_("as better, on the other side"),
}
NO_MARGIN, NO_INTERVAL, NO_NUMBER, NO_BASE = (
    N_("nobody has said how large a difference matters"), N_("one pair of runs has no interval"),
    N_("a run has no such number"), N_("there is no run without a foundation to take the margin from"),
)  # fmt: skip

# The one table of what is good: 1 more is better, -1 less is better.  Any other measure is neither in itself.
# Mainstream reformed places (`reform_mainstream`) are process: what a reform is out for, and no good to anybody by
# themselves.  More of them is called better because that is what reformers call it; whether people or payers gain is
# said by the other headline measures, which are never shown apart from it.
DIRECTION = {
    name: sign
    for sign, names in (
        (1, "secure_people reform_mainstream fit lasting_places secure_share settled reform moved_on moved_in success "
            "trust voice savings_cashed"),
        (-1, "spend_to_date without_home cost_per_secure_month hidden unserved looking months_to_home lost returned "
             "died turned_away displaced over_six_months over_a_year strain weariness frustration rivalry voice_gap "
             "wasted savings_not_cashed unpaid_staff unpaid_users"),
    )
    for name in names.split()
}  # fmt: skip
MIDDLE = 2  # of the levels of a fan: there stands the mean
EMPTY_AT_ZERO = ("cost_per_secure_month", "fit")  # 0 in the books when nobody is secure, or a tenant: no number at all


def _bases() -> dict[str, tuple[float, str, bool]]:
    """By measure the share, the measure it is a share of, and whether that is read in month 0."""
    return {name: (rule[0], rule[1], rule[2] == "start") for name, rule in MARGIN.items() if isinstance(rule, tuple)}


BASES = _bases()
NEEDED = tuple(dict.fromkeys([*HEADLINE, *(base for _, base, _ in BASES.values())]))  # what verdicts are made from


@dataclass(frozen=True, slots=True)
class Contrast:
    """`scenario` minus `against` in one measure and month: means over `n` pairs of twins, in the measure's unit.

    `low` and `high` are None without an interval; all numbers are None where a replicate has no such number.
    `margin` is how large a difference must be to matter.  `verdict` is one of VERDICTS, or None; `reason` says why
    there is none, or why nothing is known where there is no interval.

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
    margin: float | None = None
    reason: str | None = None
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
    "verdict": pl.String, "margin": pl.Float64, "reason": pl.String, "sets": pl.Int64, "noise_low": pl.Float64,
    "noise_high": pl.Float64, "parameters_low": pl.Float64, "parameters_high": pl.Float64, "better_in": pl.Float64,
    "clearly_better_in": pl.Float64, "clearly_worse_in": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Twins of two scenarios in one measure: `value` and `other` (n,) or (n, months), `seeds` (n,).

    sets: (n,), None where no parameter sets were drawn.  base: (n,) or (n, months), what the margin is a share of in
    the same twins' run without a foundation, nan where there is none; None for a margin that is a share of nothing.
    """

    value: Numbers
    other: Numbers
    seeds: Labels
    sets: Labels | None = None
    base: Numbers | None = None

    @property
    def used(self) -> Pairs:
        """Those that count (see `spread.whole`)."""
        if self.sets is None:
            return self
        kept = whole(self.sets, self.seeds)
        base = None if self.base is None else self.base[kept]
        return Pairs(self.value[kept], self.other[kept], self.seeds[kept], self.sets[kept], base)

    def at(self, month: int) -> Pairs:
        """One month of (n, months)."""
        base = None if self.base is None else self.base[:, month]
        return Pairs(self.value[:, month], self.other[:, month], self.seeds, self.sets, base)


def verdict(low: float | None, high: float | None, margin: float, direction: int) -> str:
    """What an interval says beside a margin (see the module's table)."""
    if low is None or high is None:
        return NOT_KNOWN
    if direction < 0:
        low, high = -high, -low
    if low > margin:
        return BETTER
    if high < -margin:
        return WORSE
    if -margin <= low and high <= margin:
        return SAME
    return BETTER_OPEN if low > 0 else WORSE_OPEN if high < 0 else NOT_KNOWN


def margin(measure: str, base: float | None) -> float | None:
    """How large a difference must be to matter, in the measure's unit; None if nobody has said, or without a base.

    base: the measure that BASES names, without a foundation, in the month that it names; a plain margin needs none.
    """
    if measure not in MARGIN:
        return None
    if measure not in BASES:
        rule = MARGIN[measure]
        assert isinstance(rule, float)
        return rule
    return None if base is None or not np.isfinite(base) else BASES[measure][0] * abs(base)


def contrast(measure: str, month: int, scenario: str, against: str, pairs: Pairs) -> Contrast:
    """What twins say: `pairs` of one month."""
    pairs = pairs.used
    value, other, sets = pairs.value, pairs.other, pairs.sets
    n = len(value)
    if n == 0 or not (np.isfinite(value).all() and np.isfinite(other).all()):
        word = NOT_KNOWN if measure in MARGIN else None
        why = NO_NUMBER if word else NO_MARGIN
        return Contrast(measure, month, scenario, against, None, None, None, None, None, n, word, reason=why)
    found = None if sets is None else spread(value - other, sets, pairs.seeds)
    ends = interval(value - other) if sets is None else None if found is None else found.combined
    low, high = ends or (None, None)

    def mean(numbers: Numbers) -> float:
        """In which each set counts once."""
        return float(np.mean(numbers if sets is None else _by_set(numbers, sets)))

    within = margin(measure, _base(pairs.base))
    said, reason = _judged(measure, low, high, within)
    one = Contrast(measure, month, scenario, against, mean(value), mean(other),
                   mean(value - other), low, high, n, said, within, reason)  # fmt: skip
    if found is not None:
        one = replace(one, noise_low=found.noise[0], noise_high=found.noise[1], parameters_low=found.parameters[0],
                      parameters_high=found.parameters[1])  # fmt: skip
    return one if sets is None else _counted(one, pairs)


def _judged(measure: str, low: float | None, high: float | None, within: float | None) -> tuple[str | None, str | None]:
    """Verdict and reason."""
    if within is None:
        return None, NO_BASE if measure in MARGIN else NO_MARGIN
    return verdict(low, high, within, DIRECTION[measure]), NO_INTERVAL if low is None else None


def _counted(one: Contrast, pairs: Pairs) -> Contrast:
    """In how many parameter sets the difference is on the good side."""
    assert pairs.sets is not None
    gaps = _by_set(pairs.value - pairs.other, pairs.sets)
    sign = DIRECTION.get(one.measure)
    one = replace(one, sets=len(gaps))
    if sign is None:
        return one
    one = replace(one, better_in=float(np.mean(sign * gaps > 0)))
    if one.margin is None:
        return one
    own = np.full(len(gaps), np.nan) if pairs.base is None else _by_set(pairs.base, pairs.sets)
    edges = np.array([one.margin if (edge := margin(one.measure, base)) is None else edge for base in own])
    return replace(one, clearly_better_in=float(np.mean(sign * gaps > edges)),
                   clearly_worse_in=float(np.mean(sign * gaps < -edges)))  # fmt: skip


def _base(base: Numbers | None) -> float | None:
    """The mean of what the margin is a share of, over the twins that have it."""
    if base is None or not np.isfinite(base).any():
        return None
    return float(np.nanmean(base))


def _by_set(numbers: Numbers, sets: Labels) -> Numbers:
    """The mean in each set, sets in ascending order."""
    _, which = np.unique(sets, return_inverse=True)
    return np.asarray(np.bincount(which, weights=numbers) / np.bincount(which))


# --- from tables ------------------------------------------------------------------------------------------------------


def by_set(months: pl.DataFrame, scenario: str, against: str, measure: str, month: int) -> pl.DataFrame:
    """set, difference: the mean difference in each parameter set, in the order of their numbers."""
    rows = _only(months, measure).filter(pl.col("month") == month)
    twins = _twins(rows, scenario, against).with_columns(difference=pl.col("value") - pl.col("other"))
    return twins.group_by("set").agg(pl.col("difference").mean()).sort("set")


def paired(
    months: pl.DataFrame,
    scenario: str,
    against: str,
    measure: str,
    month: int,
    stratum: str = "all",
    nobody: str = NOBODY,
) -> Contrast:
    """`scenario` minus `against` in one measure, month and stratum, over the twins that both have.

    nobody: the scenario without a foundation in the same world, from which margins are taken.
    """
    pairs = pairs_in(months, scenario, against, measure, month, stratum, nobody)
    return contrast(measure, month, scenario, against, pairs)


def pairs_in(
    months: pl.DataFrame,
    scenario: str,
    against: str,
    measure: str,
    month: int,
    stratum: str = "all",
    nobody: str = NOBODY,
) -> Pairs:
    """The twins that `paired` tells of: arrays (n,)."""
    rows = _only(months, measure, stratum).filter(pl.col("month") == month)
    return _pairs(_with_base(_twins(rows, scenario, against), months, measure, nobody))


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


def for_each_more(money: Pairs, people: Pairs) -> Ratio | None:
    """EUR more for each person more, of one month's twins (n,): a ratio of mean differences with Fieller's interval
    (spread.ratio); None where it is not clear that there are more people at all."""
    money, people = money.used, people.used
    return ratio(money.value - money.other, people.value - people.other, people.sets, people.seeds)


MILLION = ("secure_people", "reform_mainstream")  # what a million buys: things that can be counted


def per_million(
    months: pl.DataFrame, strategies: Sequence[str], when: Iterable[int], against: str = NOBODY
) -> pl.DataFrame:
    """People and places more for each million euro more that all payers - public and programme money, unpaid hours -
    have spent by that month: a ratio of mean differences with Fieller's interval (spread.ratio).

    Columns: measure, month, scenario, against, spent (EUR more, mean), difference, low, high, n; the last are null
    where it is not clear that all payers spend more at all.  No verdict: the margins are not meant for it.
    """
    found = []
    small = months.filter(pl.col("measure").is_in([*MILLION, "spend_to_date"]))
    for month in when:
        now = small.filter(pl.col("month") == month)
        for measure in MILLION:
            for scenario in (s for s in strategies if s != against):
                twins = _twins(_only(now, measure), scenario, against)
                money = _twins(_only(now, "spend_to_date"), scenario, against)
                keys = ["seed", "set"]
                both = twins.join(money, on=keys, suffix="_money", nulls_equal=True).sort(keys)
                row = {"measure": measure, "month": month, "scenario": scenario, "against": against, "n": both.height}
                gaps, spent = ((both[name] - both[f"other{end}"]).to_numpy() for name, end in
                               (("value", ""), ("value_money", "_money")))  # fmt: skip
                row["spent"] = float(np.mean(spent)) if both.height else None
                rate = ratio(gaps, spent / 1e6, _sets(both), both["seed"].to_numpy()) if both.height else None
                if rate is not None:
                    row |= {"difference": rate.value, "low": rate.low, "high": rate.high}
                found.append(row)
    kept = ("measure", "month", "scenario", "against", "difference", "low", "high", "n")
    return pl.DataFrame(found, schema={name: COLUMNS[name] for name in kept} | {"spent": pl.Float64}, orient="row")


def means(months: pl.DataFrame, measure: str, month: int) -> dict[str, float]:
    """A measure's mean over replicates by scenario; nan where a replicate has no such number."""
    rows = _only(months, measure).filter(pl.col("month") == month)
    return dict(rows.group_by("scenario").agg(pl.col("value").mean()).iter_rows())


def fan(months: pl.DataFrame, scenario: str, measure: str, stratum: str = "all") -> pl.DataFrame:
    """How replicates spread: month, q05, q25, mean, q75, q95.  The mean, so that lines differ as differences say."""
    rows = _only(months, measure, stratum).filter(pl.col("scenario") == scenario, pl.col("value").is_finite())
    levels = {f"q{100 * q:02.0f}": q for q in LEVELS}
    ends = [pl.col("value").quantile(q, "linear").alias(name) for name, q in levels.items()]
    ends[MIDDLE] = pl.col("value").mean().alias("mean")
    return rows.group_by("month").agg(ends).sort("month")


def paired_fan(months: pl.DataFrame, scenario: str, against: str, measure: str, stratum: str = "all") -> pl.DataFrame:
    """The paired difference month by month: columns of Contrast, one row a month."""
    rows = _only(months, measure, stratum)
    twins = _with_base(_twins(rows, scenario, against), months, measure, NOBODY)
    return _frame(
        contrast(measure, month, scenario, against, _pairs(now))
        for (month,), now in twins.partition_by("month", as_dict=True, maintain_order=True).items()
    )


def worldviews(months: pl.DataFrame, month: int, against: str = NOBODY, split: str = "@") -> pl.DataFrame:
    """Every strategy in every worldview against the status quo there; scenarios are called strategy@worldview.

    Columns of Contrast and `strategy`, `worldview`, in the order in which they appear in `months`.
    """
    in_a_world = pl.col("scenario").str.contains(split, literal=True)
    rows = months.filter(pl.col("month").is_in([0, month]), pl.col("measure").is_in(NEEDED), in_a_world)
    found = []
    for scenario in rows["scenario"].unique(maintain_order=True):
        strategy, name = scenario.split(split, 1)
        nobody = against + split + name
        if strategy != against:
            found += [paired(rows, scenario, nobody, measure, month, nobody=nobody) for measure in HEADLINE]
    parts = pl.col("scenario").str.splitn(split, 2)
    return _frame(found).with_columns(parts.struct[0].alias("strategy"), parts.struct[1].alias("worldview"))


def _contrasts(
    months: pl.DataFrame, pairs: Sequence[tuple[str, str]], when: Iterable[int], measures: Sequence[str]
) -> pl.DataFrame:
    when = list(when)
    needed = [*measures, *(BASES[measure][1] for measure in measures if measure in BASES)]
    small = months.filter(pl.col("month").is_in([0, *when]), pl.col("measure").is_in(needed))
    return _frame([paired(small, a, b, measure, month) for month in when for measure in measures for a, b in pairs])


def _frame(contrasts: Iterable[Contrast]) -> pl.DataFrame:
    return pl.DataFrame([tuple(getattr(c, name) for name in COLUMNS) for c in contrasts], schema=COLUMNS, orient="row")


def _only(months: pl.DataFrame, measure: str, stratum: str = "all") -> pl.DataFrame:
    """One measure, with nan where 0 in the books is no number at all."""
    rows = months.filter(pl.col("measure") == measure, pl.col("stratum") == stratum)
    if measure in EMPTY_AT_ZERO:
        nobody = pl.col("value") == 0
        rows = rows.with_columns(pl.when(nobody).then(float("nan")).otherwise(pl.col("value")).alias("value"))
    return rows


def _twins(rows: pl.DataFrame, scenario: str, against: str) -> pl.DataFrame:
    """seed, month, set, value, other: the months that the same seed has in both, in the same parameter set."""
    keys = ["seed", "set", "month"]
    mine, other = (rows.filter(pl.col("scenario") == name) for name in (scenario, against))
    both = mine.select(*keys, "value").join(other.select(*keys, other="value"), on=keys, nulls_equal=True)
    return both.select("seed", "month", "set", "value", "other").sort("month", "set", "seed")


def _with_base(twins: pl.DataFrame, months: pl.DataFrame, measure: str, nobody: str) -> pl.DataFrame:
    """The same with a column `base`: what the margin is a share of, in the same twins' run without a foundation."""
    if measure not in BASES:
        return twins.with_columns(base=pl.lit(None, pl.Float64))
    _, base, at_start = BASES[measure]
    keys = ["seed", "set"] if at_start else ["seed", "set", "month"]
    rows = months.filter(pl.col("scenario") == nobody, pl.col("measure") == base, pl.col("stratum") == "all")
    rows = rows.filter(pl.col("month") == 0) if at_start else rows
    return twins.join(rows.select(*keys, base="value"), on=keys, how="left", nulls_equal=True, maintain_order="left")


def _pairs(twins: pl.DataFrame) -> Pairs:
    """Of one month."""
    value, other, base = (twins[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
                          for name in ("value", "other", "base"))  # fmt: skip
    return Pairs(value, other, twins["seed"].cast(pl.Int64).to_numpy(), _sets(twins), base)


def _sets(twins: pl.DataFrame) -> Labels | None:
    """The parameter set of each row; None where none were drawn."""
    return None if twins["set"].null_count() else twins["set"].to_numpy().astype(np.int64)


# --- from arrays, while replicates arrive -----------------------------------------------------------------------------


def pairs_so_far(summary: Summary, scenario: str, against: str, measure: str, nobody: str = NOBODY) -> Pairs:
    """The twins of the replicates that have come so far, every month of them: arrays (n, months)."""
    first = summary.batches[0]
    a, b = (first.scenarios.index(name) for name in (scenario, against))
    m = first.measures.index(measure)
    both = summary.of_both(a, b)
    shape = (len(both), summary.months)
    value, other = (
        existing(measure, np.array([one.values[s, :, m] for one in both], np.float64).reshape(shape)) for s in (a, b)
    )
    seeds = np.array([one.seeds[a] for one in both], np.int64)
    sets = np.array([one.set_number or 0 for one in both], np.int64)
    base = None
    if measure in BASES and nobody in first.scenarios and BASES[measure][1] in first.measures:
        _, name, at_start = BASES[measure]
        z, k = first.scenarios.index(nobody), first.measures.index(name)
        base = np.array([one.values[z, :, k] for one in both], np.float64).reshape(shape)  # nan unless it is done
        base = np.repeat(base[:, :1], shape[1], axis=1) if at_start else base
    return Pairs(value, other, seeds, sets if sets.any() else None, base)


def so_far(summary: Summary, scenario: str, against: str, measure: str, month: int) -> Contrast:
    """`paired` of the replicates that have come so far, while more are running; no table is made."""
    return contrast(measure, month, scenario, against, pairs_so_far(summary, scenario, against, measure).at(month))


def course_so_far(pairs: Pairs) -> tuple[Numbers, Numbers | None, Numbers | None]:
    """Mean difference month by month, and the ends of its 95% interval (None without one), of `pairs` (n, months).

    With parameter sets the interval holds both kinds of uncertainty.
    """
    pairs = pairs.used
    gaps = pairs.value - pairs.other
    if len(gaps) == 0:
        return np.full(gaps.shape[1:], np.nan), None, None
    if pairs.sets is None:
        low, high = intervals(gaps) or (None, None)
        return np.asarray(gaps.mean(axis=0)), low, high
    found = spreads(gaps, pairs.sets, pairs.seeds)
    if found is None:
        return np.asarray(gaps.mean(axis=0)), None, None
    return found.mean, *found.combined


def fan_so_far(summary: Summary, scenario: str, measure: str) -> Numbers:
    """`fan` of the replicates that have come so far: (level, month), levels as in `fan`."""
    numbers = existing(measure, summary.of(scenario, measure))
    found, there = quantiles(numbers, LEVELS), np.isfinite(numbers)
    whole, many = np.where(there, numbers, 0.0).sum(axis=0), there.sum(axis=0)
    found[MIDDLE] = np.divide(whole, many, out=np.full(whole.shape, np.nan), where=many > 0)
    return found


def existing(measure: str, numbers: Numbers) -> Numbers:
    """The same with nan where 0 in the books is no number at all."""
    return np.where(numbers == 0, np.nan, numbers) if measure in EMPTY_AT_ZERO else numbers


def values_of(batch: Batch, month: int) -> Numbers:
    """(scenario, NEEDED) of one replicate: what verdicts about `month` are made from, each read in its own month.

    nan where a run failed, or where 0 in the books is no number at all.
    """
    at_start = {name for _, name, start in BASES.values() if start}
    columns = [existing(name, batch.values[:, 0 if name in at_start else month, batch.measures.index(name)])
               for name in NEEDED]  # fmt: skip
    return np.stack(columns, axis=1)


def pairs_of(measure: str, value: Numbers, other: Numbers, nobody: Numbers) -> Pairs:
    """Twins from what `values_of` says, each (replicate, NEEDED): of two scenarios, and of no foundation."""
    m = NEEDED.index(measure)
    base = nobody[:, NEEDED.index(BASES[measure][1])] if measure in BASES else None
    return Pairs(value[:, m], other[:, m], np.arange(len(value), dtype=np.int64), None, base)
