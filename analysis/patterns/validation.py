"""Validation: every pattern computed again and again inside the model, and compared with what was observed.

    table = validate(load_patterns(), replicates=100, seed=1)        # a row for each part, see COLUMNS

Replicate r of every experiment has seed + r.  Replicates run in threads (kernels hold no lock); what comes out does not
depend on how many there are.  A replicate that fails is a row of `runs` with its error, its parts are nan, and the
others go on.  Verdicts: "met", "missed", and "shown" for numbers that have none.  Every screen says what was compared
with the verdict (`verdict_words`): a size, an order of two numbers, a limit, no effect, or a sign only.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analysis.patterns.experiment import Experiment, Sets
from analysis.patterns.registry import EXPERIMENTS
from engine.errors import OutOfRange, UnknownName
from evidence.patterns import ABOVE, BELOW, INCLUDES, RANGE, SHOWN, WITHIN, Part, Pattern
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.plausible import plausible, shipped_sample, starting_shapes

MET, MISSED = VERDICTS = ("met", "missed")
SIZE, SIGN, ORDER, LIMIT, NO_EFFECT = COMPARED = ("size", "sign", "order", "limit", "no effect")
CENTRAL = (0.05, 0.95)  # the central 90% of runs
OFTEN = 0.9  # share of runs in which an order must hold
MOST = 10_000  # replicates

WORDS, NUMBER, WHOLE = pl.String(), pl.Float64(), pl.Int64()
COLUMNS = {
    "pattern": WORDS, "part": WORDS, "title": WORDS, "meaning": WORDS, "role": WORDS, "added": WORDS, "place": WORDS,
    "test": WORDS, "compares": WORDS,
    "observed": NUMBER, "observed_low": NUMBER, "observed_high": NUMBER, "threshold": NUMBER, "unit": WORDS,
    "simulated": NUMBER, "low": NUMBER, "high": NUMBER, "share": NUMBER, "n": WHOLE, "distance": NUMBER,
    "verdict": WORDS, "by": WORDS,
}  # fmt: skip
VALUES = {"pattern": WORDS, "part": WORDS, "replicate": WHOLE, "seed": WHOLE, "value": NUMBER}
RUNS = {"experiment": WORDS, "replicate": WHOLE, "seed": WHOLE, "status": WORDS, "error": WORDS, "seconds": NUMBER}

Progress = Callable[[int, int], None]
Row = dict[str, Any]  # of the table, by COLUMNS


@dataclass(frozen=True, slots=True)
class Replicates:
    """values: a row for each part and replicate; runs: a row for each experiment and replicate, failed ones as well."""

    values: pl.DataFrame
    runs: pl.DataFrame


def chosen(names: Iterable[str], patterns: Mapping[str, Pattern]) -> dict[str, Pattern]:
    """The patterns of these names, in any case and in the order of `patterns`; without names all.  UnknownName."""
    known = {name.lower(): name for name in patterns}
    wanted = set()
    for name in names:
        if name.lower() not in known:
            raise UnknownName("pattern", name, patterns)
        wanted.add(known[name.lower()])
    return {name: pattern for name, pattern in patterns.items() if not wanted or name in wanted}


def validate(
    patterns: Mapping[str, Pattern],
    replicates: int = 100,
    seed: int = 1,
    sets_of: Callable[[int], Sets] = lambda replicate: {},
    on_progress: Progress | None = None,
    threads: int | None = None,
) -> pl.DataFrame:
    """Run the experiments behind these patterns and compare: a row for each part (COLUMNS); arguments as below."""
    return compared(patterns, replicated(patterns, EXPERIMENTS, replicates, seed, sets_of, on_progress, threads).values)


def replicated(
    patterns: Mapping[str, Pattern],
    experiments: Iterable[Experiment],
    replicates: int = 100,
    seed: int = 1,
    sets_of: Callable[[int], Sets] = lambda replicate: {},
    on_progress: Progress | None = None,
    threads: int | None = None,
) -> Replicates:
    """Every experiment that serves one of `patterns`, `replicates` times.

    sets_of(r): the parameters of replicate r.  on_progress(done, total), in tenths of a second of work expected, is
    called in this thread.  threads: by default one for each processor.  Ctrl-C stops when the running replicates end.
    """
    if not 1 <= replicates <= MOST:
        raise OutOfRange("replicates", replicates, 1, MOST)
    needed = [one for one in experiments if set(one.patterns) & set(patterns)]
    jobs = [(one, r) for r in range(replicates) for one in needed]
    total, done = sum(_work(one) for one, _ in jobs), 0
    found: dict[tuple[str, int], tuple[dict[str, float], str, float]] = {}
    pool = ThreadPoolExecutor(threads or _processors(), thread_name_prefix="unfreeze")
    try:
        futures: dict[Future[tuple[dict[str, float], str, float]], tuple[Experiment, int]] = {
            pool.submit(_once, one, seed + r, sets_of(r)): (one, r) for one, r in jobs
        }
        for future in as_completed(futures):
            one, r = futures[future]
            found[one.name, r] = future.result()
            done += _work(one)
            if on_progress is not None:
                on_progress(done, total)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    runs = []
    for one, r in jobs:
        _, error, seconds = found[one.name, r]
        runs.append((one.name, r, seed + r, "failed" if error else "done", error, seconds))
    rows: list[tuple[str, str, int, int, float]] = []
    for r in range(replicates):
        here = {name: value for one in needed for name, value in found[one.name, r][0].items()}
        for pattern in patterns.values():
            for part in pattern.parts:
                value = here.get(f"{pattern.name}.{part}", math.nan)
                rows.append((pattern.name, part, r, seed + r, value))
    return Replicates(pl.DataFrame(rows, VALUES, orient="row"), pl.DataFrame(runs, RUNS, orient="row"))


def _work(experiment: Experiment) -> int:
    return max(1, round(10 * experiment.seconds))


def _once(experiment: Experiment, seed: int, sets: Sets) -> tuple[dict[str, float], str, float]:
    """(numbers, what went wrong or "", seconds) of one replicate."""
    began = time.perf_counter()
    try:
        found = {name: float(value) for name, value in experiment.run(seed, sets).items()}
        strange = [name for name in found if name.split(".")[0] not in experiment.patterns]
        if strange:
            return {}, f"'{strange[0]}' is no part of {', '.join(experiment.patterns)}", time.perf_counter() - began
        return found, "", time.perf_counter() - began
    except Exception as error:
        return {}, f"{type(error).__name__}: {error}", time.perf_counter() - began


def _processors() -> int:
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)  # the first since Python 3.13
    return count() or 1


def compared(patterns: Mapping[str, Pattern], values: pl.DataFrame) -> pl.DataFrame:
    """What runs gave (columns pattern, part, value, at least) beside what was observed: a row for each part."""
    given: dict[tuple[str, str], list[float]] = {}
    for pattern, part, value in values.select("pattern", "part", "value").iter_rows():
        given.setdefault((pattern, part), []).append(math.nan if value is None else value)
    rows = [
        _row(pattern, part, np.array(given.get((pattern.name, part.name), []), dtype=np.float64))
        for pattern in patterns.values()
        for part in pattern.parts.values()
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _row(pattern: Pattern, part: Part, runs: np.ndarray) -> Row:
    numbers = runs[np.isfinite(runs)]
    nothing = numbers.size == 0
    simulated = math.nan if nothing else float(np.median(numbers))
    low, high = (math.nan, math.nan) if nothing else (float(q) for q in np.quantile(numbers, CENTRAL))
    share = math.nan
    if part.test in (ABOVE, BELOW) and runs.size:  # a run without a number is one in which the order does not hold
        holds = numbers > part.threshold if part.test == ABOVE else numbers < part.threshold
        share = float(holds.sum()) / runs.size
    verdict, by = _verdict(part, simulated, low, high, share)
    return {
        "pattern": pattern.name, "part": part.name, "title": pattern.title, "meaning": part.meaning,
        "role": pattern.role, "added": pattern.added, "place": part.place, "test": part.test,
        "compares": compares(part), "observed": part.value,
        "observed_low": part.low, "observed_high": part.high, "threshold": part.threshold, "unit": part.unit,
        "simulated": simulated, "low": low, "high": high, "share": share, "n": int(numbers.size),
        "distance": (simulated - part.value) / part.standard_error, "verdict": verdict, "by": by,
    }  # fmt: skip


def _verdict(part: Part, simulated: float, low: float, high: float, share: float) -> tuple[str, str]:
    """Verdict, and how far it is from being met, in words."""
    if part.test == SHOWN:
        return SHOWN, ""
    if math.isnan(simulated):
        return MISSED, "no run gave a number"
    if part.test in (ABOVE, BELOW):
        met = share >= OFTEN
        return (MET, "") if met else (MISSED, f"{part.test} {part.threshold:g} in {share:.0%} of runs, not {OFTEN:.0%}")
    if part.test == RANGE:
        short, beyond = part.low - simulated, simulated - part.high
    else:
        aim = part.value if part.test == WITHIN else part.threshold
        short, beyond = aim - high, low - aim
    if short <= 0 and beyond <= 0:
        return MET, ""
    side = "low" if short > 0 else "high"
    return MISSED, f"too {side} by {_amount(max(short, beyond), part.unit)}"


def _amount(value: float, unit: str) -> str:
    """
    >>> _amount(0.0432, "share"), _amount(12.3, "days"), _amount(2861.4, "CAD a person-year")
    ('4.3 points', '12 days', '2,861 CAD a person-year')
    """
    if unit == "share":
        return f"{100 * value:.1f} points"
    text = f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
    return text if unit in ("d", "rate ratio") else f"{text} {unit}"


def amount(value: float, unit: str, bare: bool = False) -> str:
    """A number of a pattern for a reader; `bare` leaves out the sign of the unit.

    >>> amount(0.7349, "share"), amount(-0.003, "share", bare=True), amount(6311.4, "CAD a person-year")
    ('73%', '0', '6,311')
    >>> amount(0.0126, "per month"), amount(1.04, "years"), amount(-0.11, "d")
    ('0.013', '1.0', '−0.11')
    """
    if unit == "share":
        text = f"{100 * value:z.0f}" + ("" if bare else "%")
    elif abs(value) >= 10:
        text = f"{value:z,.0f}"
    elif unit in ("years", "months"):
        text = f"{value:z.1f}"
    else:
        text = f"{value:z.3f}" if unit == "per month" else f"{value:z.2f}"
    return text.replace("-", "−")


def compares(part: Part) -> str:
    """What of a number is compared: one of COMPARED, or "" where it is only shown."""
    if part.test in (ABOVE, BELOW):
        return LIMIT if part.threshold else ORDER if part.order else SIGN
    return {INCLUDES: NO_EFFECT, SHOWN: ""}.get(part.test, SIZE)


def verdict_words(row: Row) -> str:
    """The verdict and what it is about, or a reader would take sizes to agree where only a sign was compared.

    >>> verdict_words({"verdict": "met", "compares": "sign"}), verdict_words({"verdict": "shown", "compares": ""})
    ('met (sign only)', 'shown')
    """
    what = "sign only" if row["compares"] == SIGN else row["compares"]
    return f"{row['verdict']} ({what})" if what else str(row["verdict"])


def observed_words(row: Row) -> str:
    """What was observed: the number, or the sign where only that is known or compared."""
    if not math.isnan(row["observed"]):
        said = amount(row["observed"], row["unit"])
        return f"{said} ({row['compares']})" if row["compares"] in (SIGN, ORDER) else said
    return f"{row['test']} {row['threshold']:g}" if row["test"] in (ABOVE, BELOW) else "–"


def simulated_words(row: Row) -> str:
    """The median of runs."""
    return "–" if math.isnan(row["simulated"]) else amount(row["simulated"], row["unit"])


def band_words(row: Row) -> str:
    """The central 90% of runs; of an order, in how many runs it holds."""
    if math.isnan(row["simulated"]):
        return "–"
    if row["test"] in (ABOVE, BELOW):
        return f"in {row['share']:.0%} of runs"
    return f"{amount(row['low'], row['unit'], bare=True)} to {amount(row['high'], row['unit'], bare=True)}"


def tally(table: pl.DataFrame) -> list[tuple[str, int, int, int, int]]:
    """(role, patterns met, patterns, parts met, parts) of what has a verdict; a pattern is met if all its parts are.
    Patterns that joined the first set later are roles of their own: "fitted, new"."""
    found = []
    judged = table.filter(pl.col("verdict") != SHOWN).with_columns(
        counted=pl.when(pl.col("added") == "").then("role").otherwise(pl.col("role") + ", new")
    )
    for role in judged["counted"].unique(maintain_order=True):
        rows = judged.filter(counted=role).with_columns(met=pl.col("verdict") == MET)
        whole = rows.group_by("pattern").agg(pl.col("met").all())["met"]
        found.append((role, int(whole.sum()), len(whole), int(rows["met"].sum()), rows.height))
    return found


def tally_by_test(table: pl.DataFrame) -> list[tuple[str, int, int]]:
    """(what was compared, numbers met, numbers) for each of COMPARED that there is: sizes apart from signs."""
    rows = [(what, table.filter(compares=what)) for what in COMPARED]
    return [(what, int((own["verdict"] == MET).sum()), own.height) for what, own in rows if own.height]


def by_test_words(table: pl.DataFrame) -> str:
    """The same in words: sizes 41 of 58, signs 6 of 7, ..."""
    names = {SIZE: "sizes", SIGN: "signs", ORDER: "orders", LIMIT: "limits", NO_EFFECT: "'no effect'"}
    return ", ".join(f"{names[what]} {met} of {of}" for what, met, of in tally_by_test(table))


BINS = ("under_6", "from_6", "from_12", "from_18", "over_24")  # of P7
PULLING = {("P7", "wasserstein"): "P7", ("P8", "all_users"): "P8", ("Little", "distinct"): "Little's law"}


def pull(table: pl.DataFrame) -> str:
    """Whether P7, P8 and Little's law ask for different stays in the crisis service; "" unless all three were run.

    Each is met, or asks for longer stays or for shorter ones: P7 by the mean of its five bins, P8 by how much the tenth
    who stay longest use, Little's law by the total stay.
    """
    rows = {(row["pattern"], row["part"]): row for row in table.iter_rows(named=True)}
    if any(key not in rows or math.isnan(rows[key]["simulated"]) for key in PULLING):
        return ""
    asks = {}
    for key, name in PULLING.items():
        row = rows[key]
        if row["verdict"] == MET:
            asks[name] = "fits"
        elif key[0] == "P7":
            mean, wanted = (sum(i * rows["P7", b][of] for i, b in enumerate(BINS)) for of in ("simulated", "observed"))
            asks[name] = "asks for longer stays" if mean < wanted else "asks for shorter stays"
        else:
            asks[name] = "asks for longer stays" if row["simulated"] < row["observed_low"] else "asks for shorter stays"
    apart, tenth, little = (rows[key] for key in PULLING)
    told = (f"present stays are {apart['simulated']:.1f} months from those observed (at most "
            f"{apart['threshold']:.2g}), the tenth who use most have {tenth['simulated']:.0%} of the nights "
            f"({tenth['observed_low']:.0%} to {tenth['observed_high']:.0%}), and stock over inflow is "
            f"{little['simulated']:.2f} years ({little['observed_low']:g} to {little['observed_high']:g})")  # fmt: skip
    said = ", ".join(f"{name} {what}" for name, what in asks.items())
    kinds = set(asks.values())
    if kinds == {"fits"}:
        return f"P7, P8 and Little's law do not pull apart here: {told}."
    if len(kinds) == 1:
        return f"P7, P8 and Little's law miss on the same side: {told}; all ask for {kinds.pop()[9:]}."
    return f"P7, P8 and Little's law pull apart: {told}; {said}."


def failures(runs: pl.DataFrame) -> Sequence[str]:
    """A line for each experiment that failed: how often, and its first error."""
    failed = runs.filter(status="failed")
    lines = []
    for name in failed["experiment"].unique(maintain_order=True):
        rows = failed.filter(experiment=name)
        lines.append(f"{name}: {rows.height} of {runs.filter(experiment=name).height} replicates failed, the first "
                     f"(seed {rows['seed'][0]}) with {rows['error'][0]}")  # fmt: skip
    return lines


def plausible_sets(replicates: int, seed: int) -> Callable[[int], Sets]:
    """A plausible parameter set for each replicate, for `validate(sets_of=...)`.

    Every place has its own (scenarios/plausible.py); what a calibration fitted together comes from one row in all.
    Starting shapes are left out: an override holds, and nothing would then balance it with the place's counts.
    """
    places = [find_place(name) for name in shipped("place")]
    drawn = {place.name: plausible(place, replicates, seed, shipped_sample(place)) for place in places}
    shapes = {place.name: starting_shapes(place, drawn[place.name][0]) for place in places}
    return lambda r: {
        f"{name}@{place}": value
        for place, sets in drawn.items()
        for name, value in sets[r].items()
        if name not in shapes[place]
    }
