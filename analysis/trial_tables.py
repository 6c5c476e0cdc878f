"""The usual tables of a trial, from the rows of `runs.trial.trial`: one tidy frame, one row for each number.

    table, arm, against, measure, month, value, low, high, n, unit

`against` is "" for an arm's own number and the name of the reference arm for a difference.  low and high are 95%
intervals over the people of the one trial: they say how far another draw of people and luck could move the number, as
in a real trial, and nothing about whether the model is right.

- shares of people: Wilson's interval; their differences: Newcombe's, from the two Wilson intervals
- means, and ratios such as time housed or cost per person-year: t interval, the ratio's error by linearisation
- differences of these: both errors, degrees of freedom of the smaller arm
- retention: Kaplan-Meier, Greenwood's error on the log-log scale
- offset: percentiles of 1,000 bootstrap samples of people, drawn with a fixed seed

People count while they are followed: the dead and those who left (`lost`) count up to then.  "Housed" in a month is a
secure home at its end.  Days are months x 30.4, and moves happen in the middle of a month.
People are kept in the order of the rows, so that sums have the same digits every time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.spread import student
from runs.trial import NIGHTS, USUAL

Z = 1.959963984540054
AT = (6, 12, 24)
RETAINED = (6, 12, 24, 36, 48, 60)
RECENT = 6  # months
SAMPLES = 1000
PAYERS = ("commissioner", "foundation", "provider", "other")
COLUMNS = {
    "table": pl.String, "arm": pl.String, "against": pl.String, "measure": pl.String, "month": pl.Int32,
    "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64, "unit": pl.String,
}  # fmt: skip

Array = npt.NDArray[np.float64]
Estimate = tuple[float | None, float | None, float | None]  # value, low, high
Stat = dict[str, Any]


def trial_tables(persons: pl.DataFrame, reference: str | None = None) -> pl.DataFrame:
    """All tables of one trial (COLUMNS).  reference: the arm that others are compared with ("usual", or the first)."""
    names = arms(persons)
    base = reference if reference is not None else USUAL if USUAL in names else names[0]
    rows = [row for table in TABLES for row in table(persons, names, base)]
    return pl.DataFrame(rows, schema=COLUMNS)


def arms(persons: pl.DataFrame) -> list[str]:
    """The arms in the order of the rows."""
    found: list[str] = persons["arm"].unique(maintain_order=True).to_list()
    return found


def uptake(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """Share of the people offered a place who took it, when they were first asked; arms that were offered none have no
    row, and there is no difference."""
    answers = persons.filter(pl.col("accepted").is_not_null()).sort("month")
    first = answers.group_by("arm", "person", maintain_order=True).agg(pl.col("accepted").first())
    counts = {name: _count(first.filter(arm=name)["accepted"]) for name in names}
    return [_stat("uptake", name, "", "offers accepted", None, wilson(*c), c[1], "share")
            for name, c in counts.items() if c[1]]  # fmt: skip


def housed(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """Share housed 6, 12 and 24 months after enrolment (and in the last month): of those followed; and, as a lower
    bound, of all alive, those who left counted as not housed."""
    last = int(persons["month"].max())  # type: ignore[arg-type]
    rows = []
    for measure, people in (
        ("housed", persons.filter(pl.col("lost") == 0)),
        ("housed, those who left counted as not", persons),
    ):
        for month in sorted({m for m in AT if m < last} | {last}):
            found = people.filter(pl.col("month") == month, pl.col("alive") == 1)
            counts = {name: _count(found.filter(pl.col("arm") == name)["secure"]) for name in names}
            rows += _all("housed", measure, month, "share", counts, base, lambda c: wilson(*c), _newcombe)
    return rows


def time_housed(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """Share of the time followed that was spent housed: months housed by months followed."""
    sums = _after(persons).group_by("arm", "person", maintain_order=True).agg(pl.col("secure").sum(), months=pl.len())
    return _ratios("time housed", "share of time housed", "share", sums, "secure", "months", names, base)


def entry(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """How many were ever housed, days until the first home (mean of those housed; median of everybody, by
    Kaplan-Meier), and how long the *present* home has been kept at the end, since the move into it: of those housed
    then, and of everybody followed to the end (0 days without a home).  Who moved twice is in the second home."""
    after = _after(persons)
    last = int(after["month"].max())  # type: ignore[arg-type]
    first = after.group_by("arm", "person", maintain_order=True).agg(
        first=pl.col("month").filter(pl.col("secure") == 1).min(),
        followed=pl.col("month").max(),
        months=pl.col("home_months").filter(pl.col("month") == last).first(),
        there=(pl.col("month") == last).any(),
    )
    values: dict[str, dict[str, Any]] = {}
    for name in names:
        mine = first.filter(pl.col("arm") == name)
        got = mine.filter(pl.col("first").is_not_null())
        tenure = ((mine.filter("there")["months"].cast(pl.Float64) + 0.5) * NIGHTS).fill_null(0.0).to_numpy()
        days = (got["first"].to_numpy() - 0.5) * NIGHTS
        waits = mine.with_columns(time=pl.coalesce("first", "followed"), event=pl.col("first").is_not_null())
        values[name] = {
            "ever": (len(got), len(mine)),
            "days": _mean(days),
            "median": _median(waits["time"].to_numpy(), waits["event"].to_numpy()),
            "kept": _mean(tenure[tenure > 0]),
            "kept by all": _mean(tenure),
        }
    one = "days to a home"
    rows = _all(one, "ever housed", None, "share", {n: v["ever"] for n, v in values.items()}, base,
                lambda c: wilson(*c), _newcombe)  # fmt: skip
    rows += _means(one, "days to a home, mean of those housed", {n: v["days"] for n, v in values.items()}, base)
    rows += [_stat(one, n, "", "days to a home, median of all", None, v["median"], v["ever"][1], "days")
             for n, v in values.items()]  # fmt: skip
    rows += _means(
        one, "days in the present home at the end, those housed", {n: v["kept"] for n, v in values.items()}, base
    )
    rows += _means(one, "days in the present home at the end, everybody",
                   {n: v["kept by all"] for n, v in values.items()}, base)  # fmt: skip
    return rows


def retention(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """Places of the reformed service kept, by months since the first home in them (Kaplan-Meier; `places_kept`)."""
    rows = []
    for name in names:
        time, event = places_kept(persons.filter(pl.col("arm") == name))
        longest = int(time.max()) if len(time) else 0
        for month in (m for m in RETAINED if m <= longest):
            rows.append(_stat("retention", name, "", "places kept", month, kaplan_meier(time, event, month),
                              len(time), "share"))  # fmt: skip
    return rows


def places_kept(persons: pl.DataFrame) -> tuple[Array, npt.NDArray[np.bool_]]:
    """(months, lost or not) of every place of the reformed service in which a home was got in the trial.

    The clock starts with the first home.  What is kept is the *place*: who changes homes, or lost one and is re-housed,
    has kept it, the months between two homes included.  Support that ends with the home kept counts as kept, as long as
    the home is.  Lost is a place in the month in which somebody is out of it without a home; who dies or leaves counts
    up to then.
    """
    time: list[int] = []
    event: list[bool] = []
    names = ("situation", "secure", "alive", "lost", "place_months")
    for months in _after(persons, to_the_end=True).group_by("person", maintain_order=True).agg(names).iter_rows(
        named=True
    ):  # fmt: skip
        length, age = -1, -1  # months since the first home, and of the place; -1: no place
        for situation, secure, alive, left, place in zip(*(months[name] for name in names), strict=True):
            gone = not alive or left
            between = situation == "looking" and place is not None and place > age
            if length >= 0 and not gone and (secure or between):
                length += 1
                age = place if place is not None else age
                continue
            if length >= 0:
                time.append(length if gone else length + 1)
                event.append(not gone)
                length, age = -1, -1
            if gone:
                break
            if situation == "reform":
                length, age = 0, -1 if place is None else place
        if length >= 0:
            time.append(length)
            event.append(False)
    return np.array(time, float), np.array(event, bool)


def last_months(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """Housed in all, some or none of the last six months, of those followed to the end."""
    last = int(persons["month"].max())  # type: ignore[arg-type]
    length = min(RECENT, last)
    recent = (
        _after(persons)
        .filter(pl.col("month") > last - length)
        .group_by("arm", "person", maintain_order=True)
        .agg(pl.col("secure").sum(), months=pl.len())
        .filter(pl.col("months") == length)
    )
    rows = []
    for word, wanted in (
        ("all", pl.col("secure") == length),
        ("some", pl.col("secure").is_between(1, length - 1)),
        ("none", pl.col("secure") == 0),
    ):
        counts = {name: _count(recent.filter(pl.col("arm") == name).select(wanted).to_series()) for name in names}
        rows += _all("last six months", f"housed {word} of the last {length} months", last, "share", counts, base,
                     lambda c: wilson(*c), _newcombe)  # fmt: skip
    return rows


def cost(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """EUR per person-year by payer, the reformed place (part of commissioner and foundation) and everything."""
    sums = (
        _after(persons)
        .group_by("arm", "person", maintain_order=True)
        .agg(*[pl.col(f"cost_{payer}").sum() for payer in (*PAYERS, "reform")], years=pl.len() / 12)
        .with_columns(total=pl.sum_horizontal(f"cost_{payer}" for payer in PAYERS))
    )
    rows = []
    for measure, column in (*((p, f"cost_{p}") for p in PAYERS), ("of it reformed place", "cost_reform"),
                            ("total", "total")):  # fmt: skip
        rows += _ratios("cost", measure, "EUR a person-year", sums, column, "years", names, base)
    for name in names:
        if name == base:
            continue
        rows.append(_stat("offset", name, base, "cost of the reformed place offset by lower other costs", None,
                          _offset(sums.filter(arm=name), sums.filter(arm=base)), len(sums.filter(arm=name)),
                          "share"))  # fmt: skip
    return rows


def before_and_after(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """Cost per person-year as long before enrolment as after it, in the same people; empty without months before.

    "change" is what a before-after study of that arm alone would report; its difference from the reference arm's
    change is what the trial reports.  People enrolled in a crisis get better by themselves (regression to the mean).
    """
    window = -int(persons["month"].min()) + 1  # type: ignore[arg-type]
    last = int(persons["month"].max())  # type: ignore[arg-type]
    if window == 1:
        return []
    window = min(window, last)
    whole = persons.with_columns(total=pl.sum_horizontal(f"cost_{payer}" for payer in PAYERS)).filter(
        pl.col("situation") != "gone", pl.col("month") > -window, pl.col("month") <= window
    )
    yearly = whole.group_by("arm", "person", maintain_order=True).agg(
        before=pl.col("total").filter(pl.col("month") <= 0).mean() * 12,
        after=pl.col("total").filter(pl.col("month") > 0).mean() * 12,
        seen=(pl.col("month") <= 0).sum(),
    )
    both = yearly.filter(pl.col("seen") == window, pl.col("after").is_not_null())
    both = both.with_columns(change=pl.col("after") - pl.col("before"))
    rows = []
    for measure in ("before", "after", "change"):
        values = {name: _mean(both.filter(pl.col("arm") == name)[measure].to_numpy()) for name in names}
        rows += _means("before and after", measure, values, base, "EUR a person-year", window)
    return rows


def deaths(persons: pl.DataFrame, names: list[str], base: str) -> list[Stat]:
    """Died, and lost to follow-up, by the end."""
    end = persons.filter(pl.col("month") == pl.col("month").max())
    rows = []
    for measure, who in (("died", pl.col("alive") == 0), ("left", pl.col("lost") == 1)):
        counts = {name: _count(end.filter(pl.col("arm") == name).select(who).to_series()) for name in names}
        rows += _all("lost to the trial", measure, int(end["month"][0]), "share", counts, base,
                     lambda c: wilson(*c), _newcombe)  # fmt: skip
    return rows


Table = Callable[[pl.DataFrame, list[str], str], list[Stat]]
TABLES: Sequence[Table] = (uptake, housed, time_housed, entry, retention, last_months, cost, before_and_after, deaths)


# --- intervals ----------------------------------------------------------------------------------------------------


def wilson(k: int, n: int) -> Estimate:
    """A share k / n with Wilson's 95% interval; all None without anybody."""
    if n == 0:
        return None, None, None
    share, z2 = k / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return share, max(middle - half, 0.0), min(middle + half, 1.0)


def _newcombe(a: tuple[int, int], b: tuple[int, int]) -> Estimate:
    """The difference of two shares, Newcombe (1998), method 10."""
    p, p_low, p_high = wilson(*a)
    q, q_low, q_high = wilson(*b)
    if p is None or q is None or p_low is None or p_high is None or q_low is None or q_high is None:
        return None, None, None
    low = p - q - math.hypot(p - p_low, q_high - q)
    return p - q, low, p - q + math.hypot(p_high - p, q - q_low)


def kaplan_meier(time: Array, event: npt.NDArray[np.bool_], at: float) -> Estimate:
    """Share still there at time `at`, with Greenwood's 95% interval on the log-log scale."""
    survival, spread = 1.0, 0.0
    for t in np.unique(time[event & (time <= at)]):
        there = int((time >= t).sum())
        lost = int((event & (time == t)).sum())
        survival *= 1 - lost / there
        spread += lost / (there * (there - lost)) if there > lost else 0.0
    if not 0.0 < survival < 1.0:
        return survival, None, None
    half = Z * math.sqrt(spread) / abs(math.log(survival))
    return survival, survival ** math.exp(half), survival ** math.exp(-half)


def _median(time: Array, event: npt.NDArray[np.bool_]) -> Estimate:
    """Days by which half of everybody is housed; None if that is not reached."""
    for t in np.unique(time[event]):
        if (kaplan_meier(time, event, t)[0] or 0.0) <= 0.5:
            return (float(t) - 0.5) * NIGHTS, None, None
    return None, None, None


Mean = tuple[float | None, float, int]  # value, standard error, people


def _mean(values: Array) -> Mean:
    n = len(values)
    if n == 0:
        return None, math.nan, 0
    return float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan, n


def _ratio(top: Array, bottom: Array) -> Mean:
    """sum(top) / sum(bottom) over people, and its standard error by linearisation."""
    n = len(top)
    if n == 0 or bottom.sum() == 0:
        return None, math.nan, n
    ratio = top.sum() / bottom.sum()
    rest = top - ratio * bottom
    error = math.sqrt(n / (n - 1) * float((rest * rest).sum())) / bottom.sum() if n > 1 else math.nan
    return float(ratio), float(error), n


def _between(value: float | None, error: float, freedom: int) -> Estimate:
    if value is None or math.isnan(error) or freedom < 1:
        return value, None, None
    half = student(freedom) * error
    return value, value - half, value + half


def _offset(arm: pl.DataFrame, base: pl.DataFrame) -> Estimate:
    """Share of the extra cost of reformed places that lower other costs give back, per person-year."""

    def share(a: Array, b: Array) -> float:
        (reform, total, years), (reform_0, total_0, years_0) = a.sum(axis=0), b.sum(axis=0)
        extra = reform / years - reform_0 / years_0
        rest = (total - reform) / years - (total_0 - reform_0) / years_0
        return float(-rest / extra) if extra > 0 else math.nan

    people = [frame.sort("person").select("cost_reform", "total", "years").to_numpy() for frame in (arm, base)]
    if not all(len(one) for one in people) or math.isnan(value := share(*people)):
        return None, None, None
    random = np.random.default_rng(0)
    again = [share(*(one[random.integers(len(one), size=len(one))] for one in people)) for _ in range(SAMPLES)]
    low, high = np.nanpercentile(again, [2.5, 97.5])
    return value, float(low), float(high)


# --- rows ---------------------------------------------------------------------------------------------------------


def _after(persons: pl.DataFrame, to_the_end: bool = False) -> pl.DataFrame:
    """Months after enrolment in which people were followed; `to_the_end`: and those in which they are gone."""
    after = persons.filter(pl.col("month") >= 1).sort("arm", "person", "month")
    return after if to_the_end else after.filter((pl.col("alive") == 1) & (pl.col("lost") == 0))


def _count(values: pl.Series) -> tuple[int, int]:
    return int(values.sum()), len(values)


def _stat(table: str, arm: str, against: str, measure: str, month: int | None, estimate: Estimate, n: int,
          unit: str) -> Stat:  # fmt: skip
    value, low, high = estimate
    return dict(zip(COLUMNS, (table, arm, against, measure, month, value, low, high, n, unit), strict=True))


def _all[T](
    table: str,
    measure: str,
    month: int | None,
    unit: str,
    found: dict[str, T],
    base: str,
    own: Callable[[T], Estimate],
    difference: Callable[[T, T], Estimate],
    n: Callable[[T], int] = lambda c: c[1],  # type: ignore[index]
) -> list[Stat]:
    """A number for each arm, and each arm's difference from the reference."""
    rows = [_stat(table, name, "", measure, month, own(one), n(one), unit) for name, one in found.items()]
    for name, one in found.items():
        if name != base:
            rows.append(_stat(table, name, base, measure, month, difference(one, found[base]), n(one), unit))
    return rows


def _means(table: str, measure: str, found: dict[str, Mean], base: str, unit: str = "days",
           month: int | None = None) -> list[Stat]:  # fmt: skip
    def difference(a: Mean, b: Mean) -> Estimate:
        if a[0] is None or b[0] is None:
            return None, None, None
        return _between(a[0] - b[0], math.hypot(a[1], b[1]), min(a[2], b[2]) - 1)

    return _all(table, measure, month, unit, found, base, lambda m: _between(m[0], m[1], m[2] - 1), difference,
                lambda m: m[2])  # fmt: skip


def _ratios(table: str, measure: str, unit: str, sums: pl.DataFrame, top: str, bottom: str, names: Iterable[str],
            base: str) -> list[Stat]:  # fmt: skip
    found = {}
    for name in names:
        mine = sums.filter(pl.col("arm") == name).sort("person")
        found[name] = _ratio(mine[top].to_numpy().astype(float), mine[bottom].to_numpy().astype(float))
    return _means(table, measure, found, base, unit)
