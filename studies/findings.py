"""Findings: what a finished study says, by the field's own libraries.  A missing or failed row is refused by name.

    sobol       shares of variance, first order and total, with 95% intervals (SALib; Saltelli 2010)
    morris      mean absolute elementary effects, with 95% intervals (SALib)
    shapley     what each practice adds, over all orders of adding them, and what pairs add together
    boxes       where a strategy does better, as ranges of few factors (PRIM of EMA workbench)
    robustness  share of worlds won, regret, and a bad world's outcome, of each strategy
    replicates  how many of them it takes until luck is smaller than what rows differ by
    and what the searches of the study found (adaptive.py)

Every analysis but a search is of means over replicates, one for each row of the design.  Nothing is ranked inside its
error: a rank is a range of places.  How much of the variance is luck (of the seed) is said beside it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.contrasts import DIRECTION
from analysis.spread import CONFIDENCE, student
from engine.errors import BadInput
from engine.shown import card
from engine.typed import several
from scenarios.scenario import NOBODY
from studies.adaptive import Sought, sought, table_of
from studies.columns import numbers
from studies.factors import DUMMY, UNIT
from studies.folder import whole_table
from studies.plan import BY_DESIGN, PROPOSER, Plan
from studies.searches import TUNED
from studies.shelf import DESIGN, Shelf

Numbers = npt.NDArray[np.float64]

RESAMPLES = 500
BEST = 0.25  # of the cases, that are of interest where no difference is


@dataclass(frozen=True, eq=False)
class Outcome:
    """A column under one arm, or the difference of two: `values` (row, replicate); `name` says which."""

    name: str
    column: str
    strategy: str
    against: str
    values: Numbers

    @property
    def mean(self) -> Numbers:
        """(row,)"""
        return np.asarray(self.values.mean(axis=1))

    @property
    def luck(self) -> float:
        """The share of the variance over all runs that lies within rows: it is the seed's."""
        total = float(self.values.var())
        return float(self.values.var(axis=1).mean()) / total if total > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Finding:
    """One analysis of one outcome: a table, and sentences.  `bars`: (name, value, low, high), to be drawn."""

    kind: str
    outcome: str
    table: pl.DataFrame
    words: tuple[str, ...] = ()
    bars: tuple[tuple[str, float, float, float], ...] = field(default=())
    axis: str = ""
    line: float = 0.0  # where one is drawn; nan: nowhere
    names: str = ""  # what the bars' names are
    log: bool = False  # values are drawn on a logarithmic scale

    def __repr__(self) -> str:
        of = f" of {self.outcome!r}" if self.outcome else ""
        return f"<Finding {self.kind}{of}: {several(self.table.height, 'row')}>"

    def _repr_html_(self) -> str:
        about = [("", text) for text in self.words]
        return card(f"{self.kind}: {self.outcome}", about, self.table.columns, self.table.iter_rows())


class Study:
    """A finished study: its design, and outcomes by row and replicate."""

    def __init__(self, shelf: Shelf, plan: Plan) -> None:
        self.plan, self.said = plan, plan.description
        every = shelf.table(DESIGN).head(plan.rows).with_row_index("row")
        self.design = every.filter(pl.col(PROPOSER) == BY_DESIGN)
        self.runs = whole_table(shelf, plan).filter(pl.col(PROPOSER) == BY_DESIGN)
        self.factors = [one.name for one in self.said.factors]

    def units(self) -> Numbers:
        """Unit factors (row, factor)."""
        return np.asarray(self.design.select([f"{UNIT}{name}" for name in self.factors]).to_numpy(), np.float64)

    def outcomes(self) -> list[Outcome]:
        """Each column that is asked for, under every arm, and the differences."""
        found: list[Outcome] = []
        if "strategy" in self.factors:
            arms = self.runs.select("place", pl.lit("").alias("strategy")).unique(maintain_order=True)
        else:
            arms = self.runs.select("place", "strategy").unique(maintain_order=True)
        worlds = [""] if "worldview" in self.factors else self.runs["worldview"].unique(maintain_order=True).to_list()
        for column in self.said.of:
            for world in worlds:
                for place in arms["place"].unique(maintain_order=True):
                    names = arms.filter(pl.col("place") == place)["strategy"].to_list()
                    values = {name: self._values(column, place, name, world) for name in names}
                    found += _outcomes(column, values, self._against(names), self._where(place, world))
        return found

    def _against(self, names: Sequence[str]) -> str:
        said = self.said.against
        return said or (NOBODY if NOBODY in names else names[0])

    def _where(self, place: str, world: str) -> str:
        parts = [place if len(self.said.places) > 1 else "", world if len(self.said.worldviews) > 1 else ""]
        return ", ".join(part for part in parts if part)

    def _values(self, column: str, place: str, strategy: str, world: str) -> Numbers:
        rows = self.runs.filter(pl.col("place") == place)
        rows = rows.filter(pl.col("strategy") == strategy) if strategy else rows
        rows = rows.filter(pl.col("worldview") == world) if world else rows
        least = int(rows.group_by("row").len()["len"].min() or 0)  # type: ignore[arg-type]
        rows = rows.filter(pl.col("replicate") < least).sort("row", "replicate")
        if rows[column].null_count():
            one = rows.filter(pl.col(column).is_null()).row(0, named=True)
            raise BadInput(f"Run {one['run']} (row {one['row']}) has no {column}", do="Analyse another column")
        return rows[column].to_numpy().reshape(-1, least)


def _outcomes(column: str, values: dict[str, Numbers], against: str, where: str) -> list[Outcome]:
    found = []
    for name, here in values.items():
        label = ", ".join(part for part in (f"{column}, {name}" if name else column, where) if part)
        found.append(Outcome(label, column, name, "", here))
        if name != against and len(values) > 1 and against in values:
            less = f"{column}, {name} less {against}" + (f", {where}" if where else "")
            found.append(Outcome(less, column, name, against, here - values[against]))
    return found


def findings(shelf: Shelf, plan: Plan) -> list[Finding]:
    """All that the file wants."""
    study = Study(shelf, plan)
    makers = {"sobol": sobol, "morris": morris, "shapley": shapley, "boxes": boxes, "replicates": replicates}
    found: list[Finding] = []
    for kind in plan.description.wanted:
        if kind == "robustness":
            found += robustness(study)
        else:
            found += [one for outcome in study.outcomes() for one in makers[kind](study, outcome)]
    every = whole_table(shelf, plan) if study.said.searches else None
    return found + [_sought(sought(one, study.said, every)) for one in study.said.searches if every is not None]


def _sought(found: Sought) -> Finding:
    """What a search has found so far."""
    search, table = found.search, table_of(found)
    words = found.words or ("It is not at its end: resume the study.",)
    names = [name for name in table.columns if name not in ("mean", "low", "high")]
    rows = table.iter_rows(named=True) if names else ()
    bars = tuple((", ".join(_value(row[name]) for name in names), row["mean"], row["low"], row["high"]) for row in rows)
    line = math.nan if search.how == TUNED else search.target
    return Finding(search.how, search.what, table, words, bars, search.what, line, ",\n".join(names))


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


# --- sensitivities ----------------------------------------------------------------------------------------------------


def sobol(study: Study, outcome: Outcome) -> list[Finding]:
    """First-order and total shares of the variance between rows."""
    from SALib.analyze.sobol import analyze

    y = outcome.mean
    if _still(y):
        return [_nothing("sobol", study, outcome, ("S1", "S1_half", "ST", "ST_half"))]
    problem = _problem(study)
    found = analyze(problem, y, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE,
                    seed=study.said.design_seed)  # fmt: skip
    table = pl.DataFrame({"factor": study.factors, "S1": found["S1"], "S1_half": found["S1_conf"], "ST": found["ST"],
                          "ST_half": found["ST_conf"]})  # fmt: skip
    return [_ranked("sobol", outcome, table, "ST", "share of variance, total")]


def morris(study: Study, outcome: Outcome) -> list[Finding]:
    """Mean absolute elementary effects: how far the outcome goes when one factor goes through its whole range."""
    from SALib.analyze.morris import analyze

    y = outcome.mean
    if _still(y):
        return [_nothing("morris", study, outcome, ("mu", "mu_star", "mu_star_half", "sigma"))]
    found = analyze(_problem(study), study.units(), y, num_resamples=RESAMPLES, conf_level=CONFIDENCE,
                    num_levels=study.said.levels, seed=study.said.design_seed)  # fmt: skip
    table = pl.DataFrame({"factor": study.factors, "mu": np.asarray(found["mu"]),
                          "mu_star": np.asarray(found["mu_star"]), "mu_star_half": np.asarray(found["mu_star_conf"]),
                          "sigma": np.asarray(found["sigma"])})  # fmt: skip
    return [_ranked("morris", outcome, table, "mu_star", "mean absolute effect of the whole range")]


def _problem(study: Study) -> dict[str, Any]:
    return {"num_vars": len(study.factors), "names": study.factors, "bounds": [[0.0, 1.0]] * len(study.factors)}


def _still(y: Numbers) -> bool:
    return bool(np.ptp(y) == 0)


def _nothing(kind: str, study: Study, outcome: Outcome, columns: Sequence[str]) -> Finding:
    """Where an outcome is the same in every row, no factor does anything."""
    table = pl.DataFrame({"factor": study.factors} | {name: [0.0] * len(study.factors) for name in columns})
    return Finding(kind, outcome.name, table, ("It is the same in every row: nothing that varies moves it.",))


def _ranked(kind: str, outcome: Outcome, table: pl.DataFrame, by: str, axis: str) -> Finding:
    """With ranks as ranges of places, and what can be told from the dummy."""
    size, half = table[by].to_numpy(), np.nan_to_num(table[f"{by}_half"].to_numpy())
    above = (size - half)[:, None] > (size + half)[None, :]
    best, last = above.sum(axis=0) + 1, len(size) - above.sum(axis=1)
    ranks = [f"{a}" if a == b else f"{a} to {b}" for a, b in zip(best, last, strict=True)]
    table = table.with_columns(pl.Series("rank", ranks)).sort(by, descending=True)
    words = [f"Luck (of the seed) is {outcome.luck:.0%} of the variance of single runs."]
    dummy = table.filter(pl.col("factor") == DUMMY)
    if not dummy.is_empty():
        most = float(dummy[by][0]) + float(np.nan_to_num(dummy[f"{by}_half"][0]))
        names = table.filter(pl.col("factor") != DUMMY, pl.col(by) - pl.col(f"{by}_half") > most)["factor"].to_list()
        told = ", ".join(names) or "none"
        words.append(f"Told from the dummy, which does nothing ({by} {dummy[by][0]:.3g}): {told}.")
    bars = tuple((str(n), float(v), float(v - h), float(v + h)) for n, v, h in
                 table.select("factor", by, pl.col(f"{by}_half").fill_nan(0.0)).iter_rows())  # fmt: skip
    return Finding(kind, outcome.name, table, tuple(words), bars, axis)


# --- practices --------------------------------------------------------------------------------------------------------


def shapley(study: Study, outcome: Outcome) -> list[Finding]:
    """What each practice adds, mean over all orders; and what pairs add beyond what each adds alone.

    Exact, because every combination is run; intervals are over replicates, which share their luck.
    """
    names = study.factors
    order = study.design.select(names).to_numpy() @ (1 << np.arange(len(names)))
    worth = outcome.values[np.argsort(order)]  # (combination as bits, replicate)
    rows = [(name, *_mean(shapley_value(worth, i, len(names)))) for i, name in enumerate(names)]
    pairs = [(f"{names[i]} and {names[j]}", *_mean(interaction(worth, i, j, len(names))))
             for i, j in combinations(range(len(names)), 2)]  # fmt: skip
    columns = ["practice", "adds", "low", "high"]
    table = pl.DataFrame(rows, schema=columns, orient="row").sort("adds", descending=True)
    both = pl.DataFrame(pairs, schema=columns, orient="row").sort(pl.col("adds").abs(), descending=True)
    whole = _mean(worth[-1] - worth[0])
    words = (f"All together add {whole[0]:.4g}{_ends(whole)}.", f"{several(outcome.values.shape[1], 'replicate')}.")
    bars = tuple((str(n), float(a), float(low), float(high)) for n, a, low, high in table.iter_rows())
    unit = numbers(study.said).get(outcome.column, ("", ""))[0]
    axis = f"adds to {outcome.column}" + (f" ({unit})" if unit else "")
    return [Finding("shapley", outcome.name, table, words, bars, axis),
            Finding("shapley, pairs", outcome.name, both, ("Beyond what each adds alone.",))]  # fmt: skip


def shapley_value(worth: Numbers, i: int, k: int) -> Numbers:
    """What element i of k adds, mean over all orders: (replicate,).  worth: (combination as bits, replicate)."""
    total = np.zeros(worth.shape[1])
    for subset in range(1 << k):
        if not subset >> i & 1:
            s = subset.bit_count()
            total += math.factorial(s) * math.factorial(k - s - 1) * (worth[subset | 1 << i] - worth[subset])
    return np.asarray(total / math.factorial(k))


def interaction(worth: Numbers, i: int, j: int, k: int) -> Numbers:
    """Shapley's index of interaction (Grabisch and Roubens 1999)."""
    total, both = np.zeros(worth.shape[1]), 1 << i | 1 << j
    for subset in range(1 << k):
        if not subset & both:
            s = subset.bit_count()
            more = worth[subset | both] - worth[subset | 1 << i] - worth[subset | 1 << j] + worth[subset]
            total += math.factorial(s) * math.factorial(k - s - 2) * more
    return np.asarray(total / math.factorial(k - 1))


def _mean(values: Numbers) -> tuple[float, float, float]:
    """Mean and its 95% interval; one value alone has none (nan)."""
    n, mean = len(values), float(values.mean())
    if n < 2:
        return mean, math.nan, math.nan
    half = student(n - 1) * float(values.std(ddof=1)) / math.sqrt(n)
    return mean, mean - half, mean + half


def _ends(found: tuple[float, float, float]) -> str:
    return "" if math.isnan(found[1]) else f" ({found[1]:.4g} to {found[2]:.4g})"


# --- where, and how surely --------------------------------------------------------------------------------------------


def boxes(study: Study, outcome: Outcome) -> list[Finding]:
    """The box of few factors in which cases of interest are densest: a difference on its good side, or else the best
    quarter of the rows."""
    sign = DIRECTION.get(outcome.column.rpartition("_m")[0], 1)
    y = sign * outcome.mean
    wanted = y > 0 if outcome.against else y >= np.quantile(y, 1 - BEST)
    what = f"better than {outcome.against}" if outcome.against else f"among the best {BEST:.0%}"
    if not 0 < wanted.sum() < len(wanted):
        share = "every row is" if wanted.all() else "no row is"
        return [Finding("boxes", outcome.name, pl.DataFrame(), (f"There is no box to find: {share} {what}.",))]
    names = [name for name in study.factors if name != DUMMY]
    x, found = _box({name: study.design[name].to_list() for name in names}, wanted)
    if found is None:
        return [Finding("boxes", outcome.name, pl.DataFrame(), (f"No box holds more of what is {what}.",))]
    best = _chosen(found.peeling_trajectory)
    limits = found.box_lims[best]
    rows, said = [], []
    for name in names:
        low, high = limits[name].iloc[0], limits[name].iloc[1]
        if isinstance(low, set):
            if len(low) < len({*x[name]}):
                said.append(f"{name} is {' or '.join(sorted(map(str, low)))}")
                rows.append((name, ", ".join(sorted(map(str, low))), ""))
        elif low > x[name].min() or high < x[name].max():
            said.append(f"{name} is {low:.3g} to {high:.3g}")
            rows.append((name, f"{low:.6g}", f"{high:.6g}"))
    if not said:
        words = (f"{wanted.mean():.0%} of the rows are {what}, and no box holds them better than all rows do.",)
        return [Finding("boxes", outcome.name, pl.DataFrame(), words)]
    at = found.peeling_trajectory.iloc[best]
    words = (f"{wanted.mean():.0%} of the rows are {what}; of those where {' and '.join(said)} "
             f"{at['density']:.0%} are, and these are {at['coverage']:.0%} of all that are.",)  # fmt: skip
    return [Finding("boxes", outcome.name, pl.DataFrame(rows, schema=["factor", "from", "to"], orient="row"), words)]


def _box(columns: dict[str, list[Any]], wanted: npt.NDArray[np.bool_]) -> tuple[Any, Any]:
    """The factors as PRIM takes them, and the box that it finds, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what EMA workbench misses beside itself, and of how it calls pandas
        try:
            import pandas
            from ema_workbench.analysis import prim
        except ImportError as error:
            raise BadInput("Boxes need EMA workbench", do="pip install 'unfreeze[studies]'") from error
        x = pandas.DataFrame(columns)
        return x, prim.Prim(x, wanted, peel_alpha=0.05).find_box()


def _chosen(path: Any) -> int:
    """The box in which density and coverage together (their harmonic mean) are highest."""
    density, coverage = path["density"].to_numpy(), path["coverage"].to_numpy()
    return int(np.argmax(2 * density * coverage / np.maximum(density + coverage, 1e-12)))


def robustness(study: Study) -> list[Finding]:
    """Of each strategy over the rows of the design, taken as worlds: how often it is best, how much is regretted."""
    found = []
    every = study.outcomes()
    groups = dict.fromkeys((one.column, one.name.replace(one.strategy, "", 1)) for one in every if not one.against)
    for column, rest in groups:
        ours = [one for one in every if not one.against and one.column == column
                and one.name.replace(one.strategy, "", 1) == rest]  # fmt: skip
        measure = column if study.said.function is not None else column.rpartition("_m")[0]
        sign = DIRECTION.get(measure, 0)
        if len(ours) < 2 or not sign:
            continue
        means = np.stack([sign * one.mean for one in ours])  # (strategy, world)
        clear = _clear(sign * np.stack([one.values for one in ours])).mean(axis=1)
        best = means.max(axis=0)
        won = (means == best) / (means == best).sum(axis=0)
        rows = [(one.strategy, float(w.mean()), float(c), float((best - m).mean()), float((best - m).max()),
                 float(sign * np.quantile(m, 0.1)), _luck(one))
                for one, m, w, c in zip(ours, means, won, clear, strict=True)]  # fmt: skip
        table = pl.DataFrame(rows, schema=["strategy", "worlds_won", "beyond_luck", "mean_regret", "most_regret",
                                           "in_a_bad_world", "luck"], orient="row")  # fmt: skip
        more = "more" if sign > 0 else "less"
        worlds = several(means.shape[1], "world")
        words = (f"{worlds}; {more} is better. beyond_luck: worlds in which it is ahead of every other by more than "
                 "luck (95%, from replicate to replicate); the others are open. in_a_bad_world: the tenth of worlds "
                 "that is worst for a strategy begins there. luck: half a 95% interval of the mean of a row, "
                 "typically; four times as many replicates halve it.",)  # fmt: skip
        bars = tuple((str(r[0]), float(r[1]), math.nan, math.nan) for r in rows)
        found.append(Finding("robustness", column, table, words, bars, "share of worlds won"))
    if not found:
        found.append(Finding("robustness", "", pl.DataFrame(), ("Two strategies and a measure of which more or less is "
                                                                "better are needed.",)))  # fmt: skip
    return found


def _clear(values: Numbers) -> Numbers:
    """(strategy, world): 1 where the 95% interval of its mean lead, over replicates, on each other strategy is above 0;
    nan from one replicate.  values: (strategy, world, replicate), more is better."""
    n = values.shape[2]
    if n < 2:
        return np.full(values.shape[:2], math.nan)
    found, t = np.ones(values.shape[:2]), student(n - 1)
    for i, j in permutations(range(len(values)), 2):
        lead = values[i] - values[j]
        found[i] *= lead.mean(axis=1) > t * lead.std(axis=1, ddof=1) / math.sqrt(n)
    return found


def replicates(study: Study, outcome: Outcome) -> list[Finding]:
    """Half a 95% interval of a row's mean from so many replicates, and what rows truly differ by."""
    n = outcome.values.shape[1]
    if n < 2:
        raise BadInput(
            "How many replicates it takes is seen from at least 2", do="expand DIR --replicates 2, and resume"
        )
    within = float(outcome.values.var(axis=1, ddof=1).mean())
    between = math.sqrt(max(float(outcome.mean.var(ddof=1)) - within / n, 0.0)) if len(outcome.mean) > 1 else 0.0
    counts = sorted({2**k for k in range(1, 11)} | {n})
    halves = [student(one - 1) * math.sqrt(within / one) for one in counts]
    enough = next((one for one, half in zip(counts, halves, strict=True) if half <= between), None)
    table = pl.DataFrame({"replicates": counts, "half_of_interval": halves})
    if within == 0:
        words = "Replicates do not differ: one is enough."
    elif between == 0:
        words = "What rows differ by is not seen behind the luck: run more replicates or fewer, wider rows."
    else:
        many = f"{enough:,} replicates" if enough else f"more than {counts[-1]:,} replicates"
        words = f"From {many} on luck moves the mean of a row by less (95%) than the rows differ by."
    about = f"Standard deviation between rows, without luck: {between:.4g}; within rows: {math.sqrt(within):.4g}."
    bars = tuple((f"{one:,}", half, math.nan, math.nan) for one, half in zip(counts, halves, strict=True))
    return [Finding("replicates", outcome.name, table, (words, about), bars, "half a 95% interval of a row's mean; "
                    "line: standard deviation between rows", between, "replicates", min(halves) > 0)]  # fmt: skip


def _luck(outcome: Outcome) -> float:
    """Half of a 95% interval of one row's mean, root mean square over rows; nan from one replicate."""
    n = outcome.values.shape[1]
    if n < 2:
        return math.nan
    spread = math.sqrt(float(outcome.values.var(axis=1, ddof=1).mean()) / n)
    return student(n - 1) * spread
