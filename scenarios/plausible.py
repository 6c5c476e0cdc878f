"""Plausible parameter sets: what published figures leave open, drawn for one place.

A calibration (`unfreeze calibrate`) fits some numbers to published patterns; one ships (docs/calibration.md).  The rest
comes from the ranges of the evidence and of the place, and is balanced with the place's counts afterwards.  A set for a
place has

    what the calibration fitted, from one row of its sample, because the fit ties these numbers together; nothing moves
    them afterwards, but for SHAPES_IF: what a place publishes to be fitted goes before what was fitted elsewhere
    every other transferable quantity, from its own range, alone and independent of the others
    the place's own figures for transferable quantities and its prices, from the ranges in the place's file; and what
    its domain sets with a plausible range, from that range
    structure, on purpose: quantities that their entries mark so (`structure = true`) - switches between forms of a
    rule, each choice equally likely, and counts such as a place's number of providers, from the place's range
    starting shapes (SHAPES): rates at which people ask for a bed, find an answer and move between the street and
    friends, and what a published figure of the place decides (SHAPES_IF).  The draw says how they stand to each
    other; how high they are together follows from the place's counts of beds, street, hidden people and homes: whoever
    runs a set asks `starting_shapes` what may be moved, and refits it (model/balance.py)

A stand-alone fit of these rates found them on a ridge, to be drawn jointly rather than rate by rate.  That was a fit of
levels.  Here the levels are refitted to the counts after every draw, which takes a set back to what the counts allow;
so independent draws from the ranges are accepted for what no calibration ties.

A sample is a folder of two files, evidence/plausible/ where it ships:

    sample.parquet   a row for each set: `weight` (sums to 1) and a column for each fitted quantity, called by its name
                     or, where it holds in one place only, `name@place`
    manifest.json    how it was made: command, date, versions, seeds, patterns and the domains of the places that they
                     come from; `hash` names the bytes of sample.parquet

Not drawn: the place's other figures (beds, inflow, supply ...), which are tied to each other; what the domain sets
without a plausible range; and a mechanism that is off by default and not marked as structure.  A worldview and --set
are laid over a set (scenarios/scenario.py): what somebody assumes on purpose is not drawn.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl

from engine.chance import uniforms
from engine.errors import BadInput, MissingField, OutOfRange, UnreadableFile
from engine.whole_file import whole_file
from evidence.quantities import FOLDER as QUANTITIES
from evidence.quantities import Quantity, find_quantity, inputs, possible
from evidence.units import is_counted
from scenarios.language import N_
from scenarios.places import Figure, Place, domain_of
from scenarios.published import FIT

FOLDER = QUANTITIES.parent / "plausible"
TABLE, MANIFEST = "sample.parquet", "manifest.json"
WEIGHT = "weight"
ROUNDING = 1e-6  # how far from 1 the weights may add up
MOST_SETS = 10_000
MAKE = "Make it with 'unfreeze calibrate'"

DATA, PRIOR, PLACE, STRUCTURE, BALANCED = KINDS = (
    N_("fitted to data"), N_("the evidence's range"), N_("the place's own range"), N_("structure"),
    N_("balanced with the place's counts"),
)  # fmt: skip

SHAPES = (
    "seek_short", "seek_episodic", "seek_long", "resolve_short", "resolve_episodic", "resolve_long", "hidden_to_street",
    "street_to_hidden",
)  # fmt: skip
# by the published figure that decides it: what stays as it was drawn where the place publishes none to be fitted
SHAPES_IF = {"under_six": "drift_out", "year_count": "short_share"}


@dataclass(frozen=True, eq=False)
class Sample:
    """The calibration's weighted sample: `table` without its weights, a row for each set; `weights` sum to 1."""

    table: pl.DataFrame
    weights: np.ndarray
    manifest: Mapping[str, Any]
    folder: Path


class ParameterSet(dict[str, float]):
    """One set: value by quantity.  `fitted`: the names whose values a calibrated sample gives."""

    def __init__(self, values: Mapping[str, float], fitted: Iterable[str] = ()) -> None:
        super().__init__(values)
        self.fitted = frozenset(fitted)

    def __reduce__(self) -> tuple[type[ParameterSet], tuple[dict[str, float], frozenset[str]]]:
        return type(self), (dict(self), self.fitted)


@dataclass(frozen=True, slots=True)
class Range:
    """Where a quantity that nothing was fitted for can lie, and how likely: `distribution` as in its entry, `choices`
    if it is one of a few values."""

    low: float
    mode: float
    high: float
    distribution: str
    whole: bool
    choices: tuple[float, ...] = ()

    def at(self, u: float) -> float:
        """The value below which a share `u` of the range's probability lies; a whole number where only that counts."""
        if self.choices:
            return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]
        width = self.high - self.low
        if self.distribution == "uniform":
            value = self.low + u * width
        elif u * width < self.mode - self.low:
            value = self.low + math.sqrt(u * width * (self.mode - self.low))
        else:
            value = self.high - math.sqrt((1.0 - u) * width * (self.high - self.mode))
        value = float(round(value)) if self.whole else value
        return min(max(value, self.low), self.high)


def plausible(place: Place, number: int, seed: int = 1, sample: Sample | None = None) -> list[ParameterSet]:
    """`number` parameter sets for this place, by quantity; from ranges alone if there is no sample.

    Rows of the sample are taken by systematic resampling on their weights: each as often as its weight times `number`
    says, rounded up or down.  Every other draw depends on (seed, place in the list, name of the quantity) alone, so
    that a new quantity changes no other draw.
    """
    if not 1 <= number <= MOST_SETS:
        raise OutOfRange("number of plausible sets", number, 1, MOST_SETS)
    ranges = open_ranges(place, sample)
    sets = [{name: open_range.at(_luck(seed, k, name)) for name, open_range in ranges.items()}
            for k in range(1, number + 1)]  # fmt: skip
    if sample is None:
        return [ParameterSet(drawn) for drawn in sets]
    columns, rows = fitted(place, sample), sample.table.rows(named=True)
    stay = columns.keys() - _published(place)
    return [
        ParameterSet(drawn | {name: rows[i][column] for name, column in columns.items()}, stay)
        for drawn, i in zip(sets, resampled(sample.weights, number, seed), strict=True)
    ]


def to_fit(place: Place, figure: str) -> float | None:
    """A published figure of the place to which a rate is to be fitted; None if it has none, or keeps it back."""
    published = place.published.get(figure)
    return published.value if published is not None and published.use == FIT else None


def _published(place: Place) -> list[str]:
    """What a figure decides that the place publishes to be fitted: that goes before a sample fitted elsewhere."""
    return [name for figure, name in SHAPES_IF.items() if to_fit(place, figure) is not None]


def starting_shapes(
    place: Place, drawn: Mapping[str, float] | None = None, assumed: Iterable[str] = ()
) -> tuple[str, ...]:
    """Quantities whose values in a drawn set (or by default, if none is drawn) are only where balancing begins: what it
    may move until the flows hold the place's counts.

    Not what somebody has said: the place, its domain, a calibrated sample, or a worldview and --set (`assumed`).
    """
    names = [*SHAPES, *_published(place)]
    said = {*place.figures, *domain_of(place).values, *getattr(drawn, "fitted", ()), *assumed}
    return tuple(name for name in names if name in inputs() and name not in said)


def origins(place: Place, sample: Sample | None = None) -> dict[str, str]:
    """Which of KINDS each drawn quantity comes from, by name, in alphabetical order."""
    shapes = starting_shapes(place)
    found = {name: BALANCED if name in shapes else DATA for name in fitted(place, sample)}
    for name in open_ranges(place, sample):
        found[name] = (
            STRUCTURE if inputs()[name].structure
            else BALANCED if name in shapes
            else PLACE if name in place.figures
            else PRIOR
        )  # fmt: skip
    return dict(sorted(found.items()))


def held(place: Place, sample: Sample | None = None) -> list[str]:
    """What only a place can know and is not drawn: beds, inflow, supply ... stay as its file has them."""
    drawn = origins(place, sample)
    own = [name for name, quantity in inputs().items() if quantity.scope == "place" or name in place.figures]
    return [name for name in own if name not in drawn]


def set_by_domain(place: Place) -> list[str]:
    """What the place's domain sets without a plausible range, and the place does not say itself: it is not drawn."""
    domain = domain_of(place)
    return [name for name in domain.values if name not in place.figures and name not in domain.plausible]


def fitted(place: Place, sample: Sample | None) -> dict[str, str]:
    """Quantities that the sample gives for this place, and their columns; none without a sample.

    A column bound to the place goes before all; else the place's own figure, or the domain's, goes before a
    transferable column.
    """
    if sample is None:
        return {}
    own = {*place.figures, *domain_of(place).values}
    everywhere = {name: name for name in sample.table.columns if "@" not in name and name not in own}
    bound = {name.split("@")[0]: name for name in sample.table.columns if name.endswith(f"@{place.name}")}
    return everywhere | bound


def open_ranges(place: Place, sample: Sample | None = None) -> dict[str, Range]:
    """Quantities that are drawn from a range, and the range: the place's own, else the domain's, else the entry's."""
    domain = domain_of(place)
    theirs = {name: value for name, value in domain.values.items() if name not in place.figures}
    closed = {*fitted(place, sample), *set_by_domain(place)}
    found = {}
    for name, quantity in inputs().items():
        figure = place.figures.get(name)
        if name in closed:
            continue
        if quantity.scope == "place" and (figure is None or not (quantity.structure or "EUR" in quantity.unit)):
            continue
        open_range = _range(quantity, figure, domain.plausible.get(name), theirs.get(name, quantity.value))
        if open_range is not None:
            found[name] = open_range
    return found


def _range(
    quantity: Quantity, figure: Figure | None, usual: tuple[float, float] | None, mode: float | None
) -> Range | None:
    """None where nothing is open: one point, or a mechanism that is off by default and no choice of structure.

    usual: the domain's plausible range, if it is another than the entry's.  mode: the domain's value, else the entry's.
    """
    low, high = usual or (quantity.low, quantity.high)
    if figure is not None:
        mode, low, high = figure.in_model
    stays_off = mode == quantity.off and not quantity.structure
    if mode is None or stays_off or quantity.distribution == "point" or not low < high:
        return None
    choices = tuple(choice for choice in quantity.choices if low <= choice <= high)
    return Range(low, min(max(mode, low), high), high, quantity.distribution, is_counted(quantity.unit), choices)


def resampled(weights: np.ndarray, number: int, seed: int) -> np.ndarray:
    """Row numbers (number,), in order: systematic resampling, as in Kitagawa (1996), J. Comput. Graph. Stat. 5(1)."""
    points = (np.arange(number) + _luck(seed, number, "row")) / number
    upto = np.cumsum(weights)
    return np.minimum(np.searchsorted(upto / upto[-1], points, side="right"), len(weights) - 1)


def _luck(seed: int, k: int, name: str) -> float:
    """One draw between 0 and 1 with an address of its own."""
    return float(uniforms(seed, crc32(f"plausible: {name}".encode()), 0, k)[0])


def shipped_sample(place: Place | None) -> Sample | None:
    """The calibrated sample in evidence/plausible/; None if there is none, or if it was fitted in other fields of
    service than the place's.  place None: whatever the field."""
    if not (FOLDER / TABLE).is_file():
        return None
    found = _unchanged(FOLDER, tuple(_changed(FOLDER / name) for name in (TABLE, MANIFEST)))
    fields = found.manifest.get("domains")
    return found if place is None or fields is None or place.domain in fields else None


def _changed(path: Path) -> tuple[int, int] | None:
    """When a file was changed last, and its size."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=2)
def _unchanged(folder: Path, _times: tuple[tuple[int, int] | None, ...]) -> Sample:
    """The sample in this folder, read again only if its files have changed: a screen asks for it at every key press."""
    return read_sample(folder)


def read_sample(folder: str | Path) -> Sample:
    """The sample in this folder, checked: that it is the one its manifest describes, its weights, names and ranges."""
    folder = Path(folder)
    path = folder / TABLE
    if not path.is_file():
        raise BadInput(f"There is no sample of plausible parameter sets in '{folder}' (no {TABLE})", do=MAKE)
    manifest = _manifest(folder / MANIFEST)
    content = path.read_bytes()
    if _hash(content) != manifest["hash"]:
        raise BadInput(f"This is not the sample that {MANIFEST} beside it describes: its hash is {_hash(content)}",
                       where=str(path), allowed=str(manifest["hash"]), do=MAKE)  # fmt: skip
    try:
        table = pl.read_parquet(BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFile(path, "it is no Parquet file", do=MAKE) from error
    return checked(table, manifest, folder)


def checked(table: pl.DataFrame, manifest: Mapping[str, Any], folder: Path) -> Sample:
    """A sample from its table; BadInput that says which column is wrong, and how."""
    where = str(folder / TABLE)
    if WEIGHT not in table.columns:
        raise MissingField(WEIGHT, meaning="a column: how plausible each set is", where=where, do=MAKE)
    if table.is_empty() or table.columns == [WEIGHT]:
        raise BadInput("The sample is empty", where=where, allowed="at least one set of at least one quantity", do=MAKE)
    for name, kind in table.schema.items():
        if not kind.is_numeric() or not table[name].cast(pl.Float64).is_finite().fill_null(False).all():
            raise BadInput(f"The column '{name}' has something else than numbers", where=where, do=MAKE)
    table = table.cast(pl.Float64)
    weights = table[WEIGHT].to_numpy()
    if weights.min() < 0 or abs(weights.sum() - 1) > ROUNDING:
        raise BadInput(f"The weights add up to {weights.sum():g} and the least is {weights.min():g}", where=where,
                       allowed="none below 0, 1 together", do=MAKE)  # fmt: skip
    for column in table.drop(WEIGHT).columns:
        quantity = find_quantity(column.split("@")[0], where)
        low, high = possible(quantity)[:2] if "@" in column else (quantity.low, quantity.high)
        strange = table.filter(~pl.col(column).is_between(low, high) & pl.col(column).ne_missing(quantity.off))
        if not strange.is_empty():
            raise OutOfRange(column, strange[column][0], low, high, unit=quantity.unit, where=where, do=MAKE)
    return Sample(table.drop(WEIGHT), weights, manifest, folder)


def write_sample(table: pl.DataFrame, about: Mapping[str, Any], folder: Path) -> None:
    """Write `table` (weight and fitted columns) and its manifest: `about` and the hash that ties the two together."""
    checked(table, about, folder)
    stream = BytesIO()
    table.write_parquet(stream, compression="zstd")
    with whole_file(folder / TABLE, "wb") as file:
        file.write(stream.getvalue())
    with whole_file(folder / MANIFEST) as file:
        file.write(json.dumps({**about, "hash": _hash(stream.getvalue())}, indent=2, ensure_ascii=False) + "\n")


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(f"The sample has no {MANIFEST}, which says how it was made", where=str(path), do=MAKE) from error
    except (OSError, ValueError) as error:
        raise UnreadableFile(path, "it is no JSON", do=MAKE) from error
    if not isinstance(found, dict) or "hash" not in found:
        raise MissingField("hash", meaning=f"of the bytes of {TABLE}", where=str(path), do=MAKE)
    return found


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
