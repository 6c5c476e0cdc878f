"""Variants of the model: wrong ones, which the patterns should reject, and likely reasons for what is missed.

    found = run_variants(patterns, EXPERIMENTS, load_variants().values(), 16, seed=1, folder=Path("variants"))
    table = judged(patterns, found)                 # a row for each variant and part (COLUMNS)

A *wrong* variant has a mechanism switched off or made blind.  How surely a number's test rejects it is its *power*: the
share of bootstrap samples of the runs in which the verdict is "missed".  A number that is met and rejects no wrong
variant that moves it, in half of the samples, is *weak*: it would be met whatever the model did.

A *reason* is somebody's guess why a number is missed, made before it was run, as a change of one assumption.  The table
says what it mends and, of all that was met before, what it breaks.  No reason is taken over because it mends.

A variant that is finished is a file in the folder; the same command goes on with the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.patterns.experiment import Experiment, Sets
from analysis.patterns.validation import CENTRAL, MET, MISSED, OFTEN, compared, replicated
from engine.errors import BadInput, UnknownName
from evidence.data_file import DataFile, Field
from evidence.patterns import ABOVE, BELOW, INCLUDES, RANGE, SHOWN, WITHIN, Part, Pattern, load_patterns
from evidence.quantities import check_value, find_quantity
from runs.store import write_table
from scenarios.places import find_place

FILE = Path(__file__).resolve().parents[2] / "evidence" / "variants.toml"
BASE = "as_it_is"
SLOW = 2.0  # experiments that take longer (seconds) run only in the variants that name their pattern
SAMPLES = 400  # bootstrap samples
SURE = 0.5  # power from which a wrong variant counts as rejected
MOVES = 0.5  # of the width of the central 90% of runs: a variant that moves the median less does not touch a number

Numbers = npt.NDArray[np.float64]


FIELDS = {
    "meaning": Field("text", "what is different, in a sentence", required=True),
    "of": Field("text", "the numbers whose miss it may explain; without, it is a wrong model", default=""),
    "slow": Field("text", "patterns of slow experiments that are run as well", default=""),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """`sets`: what differs from the defaults.  of: the parts whose miss it may explain; none: a wrong model."""

    name: str
    meaning: str
    sets: Sets
    of: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()


@cache
def load_variants(path: Path = FILE) -> dict[str, Variant]:
    """Every variant by its name, in the order of the file, checked: quantities, places and numbers are there."""
    file, patterns = DataFile(path), load_patterns()
    found = {}
    for name in file.data:
        read = file.read(FIELDS, name, skip=["sets"])
        sets = dict(file.table(name, "sets"))
        for key, value in sets.items():
            quantity, _, place = key.partition("@")
            check_value(find_quantity(quantity, file.where(name, "sets")), value, file.where(name, "sets"))
            if place:
                find_place(place)
        parts = tuple(read["of"].split())
        for part in parts:
            pattern, _, own = part.partition(".")
            if pattern not in patterns or own not in patterns[pattern].parts:
                known = [f"{one.name}.{each}" for one in patterns.values() for each in one.parts]
                raise UnknownName("number of a pattern", part, known, where=file.where(name, "of"))
        found[name] = Variant(name, read["meaning"], sets, parts, tuple(read["slow"].split()))
    return found


COLUMNS = {
    "variant": pl.String, "wrong": pl.Boolean, "meaning": pl.String, "pattern": pl.String, "part": pl.String,
    "simulated": pl.Float64, "low": pl.Float64, "high": pl.Float64, "verdict": pl.String, "by": pl.String,
    "power": pl.Float64, "replicates": pl.Int64,
}  # fmt: skip


def run_variants(
    patterns: Mapping[str, Pattern], experiments: Sequence[Experiment], variants: Iterable[Variant], replicates: int,
    seed: int, folder: Path, on_progress: Callable[[str, int, int], None] | None = None, threads: int | None = None,
    rules: str = "",
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """The numbers of every run of the model as it is (BASE) and of each variant; those in the folder are read.

    rules: what must be the same for the folder's files to count (a hash of the rules); BadInput if it is not.
    on_progress(variant, done, total) is told as `replicated` tells.
    """
    every = tuple(variants)
    slow = tuple(name for one in every for name in one.slow)
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for one in (Variant(BASE, "the model as it is", {}, slow=slow), *every):
        file = folder / f"{one.name}.parquet"
        said = {"setting": f"{replicates} runs from seed {seed}, {sorted(one.sets.items())}, {sorted(set(one.slow))}",
                "rules": rules}  # fmt: skip
        if file.exists():
            kept = pl.read_parquet_metadata(file)
            other = [name for name, value in said.items() if kept.get(name) != value]
            if other:
                raise BadInput(f"'{file}' was made with other {' and '.join(other)}",
                               do="Choose another folder with --out, or remove that file")  # fmt: skip
            found[one.name] = pl.read_parquet(file)
            continue
        needed = [each for each in experiments if each.seconds <= SLOW or set(each.patterns) & set(one.slow)]
        tell = None if on_progress is None else partial(on_progress, one.name)
        ran = replicated(patterns, needed, replicates, seed, _always(one.sets), tell, threads)
        computed = {name for each in needed for name in each.patterns}
        found[one.name] = ran.values.filter(pl.col("pattern").is_in(computed))
        write_table(found[one.name], file, said)
    return found


def _always(sets: Sets) -> Callable[[int], Sets]:
    return lambda replicate: sets


def judged(patterns: Mapping[str, Pattern], found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A row for each variant and judged part that it ran, the model as it is first (COLUMNS).

    power: how surely the part's test rejects the variant; of the model as it is, how surely it is rejected itself.
    """
    variants = load_variants()
    rows = []
    for name, values in found.items():
        ran = {key: patterns[key] for key in patterns if key in set(values["pattern"])}
        one = variants.get(name)
        for row in compared(ran, values).iter_rows(named=True):
            if row["verdict"] == SHOWN:
                continue
            part = patterns[row["pattern"]].parts[row["part"]]
            runs = values.filter(pattern=row["pattern"], part=row["part"])["value"].to_numpy()
            rows.append((name, one is not None and not one.of, one.meaning if one else "", row["pattern"], row["part"],
                         row["simulated"], row["low"], row["high"], row["verdict"], row["by"],
                         rejected(part, runs), len(runs)))  # fmt: skip
    return pl.DataFrame(rows, COLUMNS, orient="row")


def rejected(part: Part, runs: Numbers) -> float:
    """Share of bootstrap samples of these runs in which the part is missed; the samples are the same every time."""
    drawn = np.random.default_rng(1).integers(len(runs), size=(SAMPLES, len(runs)))
    samples = np.where(np.isfinite(runs), runs, np.nan)[drawn]
    none = np.isnan(samples).all(axis=1)
    if part.test in (ABOVE, BELOW):
        holds = samples > part.threshold if part.test == ABOVE else samples < part.threshold
        return float((holds.mean(axis=1) < OFTEN).mean())
    samples[none] = 0.0  # nothing to compare: a miss, counted below
    if part.test == RANGE:
        middle = np.nanmedian(samples, axis=1)
        off = (middle < part.low) | (middle > part.high)
    elif part.test in (WITHIN, INCLUDES):
        low, high = np.nanquantile(samples, CENTRAL, axis=1)
        aim = part.value if part.test == WITHIN else part.threshold
        off = (aim < low) | (aim > high)
    return float((off | none).mean())


def powers(table: pl.DataFrame) -> pl.DataFrame:
    """Of every judged part: how many wrong variants move it (`touch`), how many of those it rejects, the one that it
    rejects most surely, and whether it is weak: met, and no wrong variant is rejected (pattern, part, ...)."""
    base = {(row["pattern"], row["part"]): row for row in table.filter(variant=BASE).iter_rows(named=True)}
    rows = []
    for (pattern, part), own in base.items():
        wrong = table.filter(pl.col("wrong"), pattern=pattern, part=part)
        touch = [one for one in wrong.iter_rows(named=True) if _touches(own, one)]
        best = max(touch, key=lambda one: one["power"], default=None)
        said = "" if best is None else best["variant"]
        power = 0.0 if best is None else best["power"]
        rejects = sum(one["power"] >= SURE for one in touch)
        rows.append((pattern, part, own["verdict"], len(touch), rejects, said, power,
                     own["verdict"] == MET and not rejects))  # fmt: skip
    names = ("pattern", "part", "verdict", "touch", "rejects", "best", "power", "weak")
    return pl.DataFrame(rows, names, orient="row")


def mends(table: pl.DataFrame) -> pl.DataFrame:
    """Of every part, each reason given for its miss: what it becomes, whether that is met, and of all that was met
    what the reason breaks; a part that is missed and has no reason is a row without one (pattern, part, reason, ...).

    With few runs a verdict may turn by chance, so that here a number counts as met if it is so in most of the samples,
    and only what the reason moves is mended or broken by it.  A reason is about one field of service: what it does to
    the numbers of another is not told.
    """
    fields = {name: find_place(one.place).domain for name, one in load_patterns().items() if one.place != "none"}
    base = {(row["pattern"], row["part"]): row for row in table.filter(variant=BASE).iter_rows(named=True)}
    by_name = {name: {(row["pattern"], row["part"]): row for row in own.iter_rows(named=True)}
               for (name,), own in table.partition_by("variant", as_dict=True).items()}  # fmt: skip
    rows = []
    for key, own in base.items():
        mine = [one for one in load_variants().values() if ".".join(key) in one.of and key in by_name.get(one.name, {})]
        for one in mine:
            here = by_name[one.name]
            turned = {of: (_met(base[of]), _met(row)) for of, row in here.items()
                      if of != key and fields.get(of[0]) == fields.get(key[0]) and _touches(base[of], row)}  # fmt: skip
            rows.append((*key, one.name, one.meaning, own["simulated"], here[key]["simulated"],
                         MET if _met(here[key]) else MISSED, here[key]["by"],
                         _names(of for of, (before, after) in turned.items() if after and not before),
                         _names(of for of, (before, after) in turned.items() if before and not after)))  # fmt: skip
        if not mine and not _met(own):
            rows.append((*key, "", "", own["simulated"], float("nan"), MISSED, own["by"], "", ""))
    names = ("pattern", "part", "reason", "meaning", "as_it_is", "becomes", "verdict", "by", "mends", "breaks")
    return pl.DataFrame(rows, names, orient="row")


def _touches(own: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a variant moves the median by MOVES of the width of the runs of the model as it is, or leaves none."""
    return not abs(row["simulated"] - own["simulated"]) < MOVES * max(own["high"] - own["low"], 1e-12)


def _met(row: Mapping[str, Any]) -> bool:
    return bool(row["power"] < SURE)


def _names(keys: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{pattern}.{part}" for pattern, part in keys)
