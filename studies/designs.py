"""Designs: which points of the unit cube a study visits, a chunk after another.

    sobol       N base samples of Sobol's sequence, crossed as Saltelli (2002) has it: N (factors + 2) rows
    morris      N trajectories of one step a factor (SALib): N (factors + 1) rows
    halton, random, lhs   N rows
    grid        every combination of the factors' values (those without values: `levels` of them)
    one_at_a_time   a row in which all is as it is, and one for each value (or end) of each factor
    table       rows that somebody wrote; `calibrated` the place's plausible parameter sets; `practices` every
                combination of practices

sobol, morris, halton and random are nested: the first N of 2N samples are the N samples (so a study grows, and old rows
stay).  The samplers are SciPy's and SALib's; crossing is done here by chunks, for SALib does it row by row; a test
holds it to SALib's own.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from studies.factors import UNIT, Factor, schema

Numbers = npt.NDArray[np.float64]

SAMPLED = ("sobol", "morris", "halton", "random", "lhs")  # kinds that have a size
NESTED = ("sobol", "morris", "halton", "random")
CROSSED = ("grid", "one_at_a_time")
GIVEN = ("table", "calibrated", "practices")
KINDS = (*SAMPLED, *CROSSED, *GIVEN)
CHUNK = 2**14  # rows, or nearly


def rows_in(kind: str, factors: Sequence[Factor], size: int, levels: int) -> int:
    """How many rows such a design has."""
    if kind == "sobol":
        return size * (len(factors) + 2)
    if kind == "morris":
        return size * (len(factors) + 1)
    if kind == "grid":
        return int(np.prod([len(one.values) or levels for one in factors], dtype=object)) if factors else 1
    if kind == "one_at_a_time":
        return 1 + sum(len(one.ends()) for one in factors)
    return size


def points(kind: str, factors: Sequence[Factor], size: int, seed: int, levels: int) -> Iterator[Numbers]:
    """Chunks (rows, factors) of a design that is made of its factors alone."""
    return grid(factors, levels) if kind == "grid" else sampled(kind, len(factors), size, seed, levels)


def sampled(kind: str, dimensions: int, size: int, seed: int, levels: int) -> Iterator[Numbers]:
    """Chunks (rows, dimensions) of a design that has a size.  levels: of Morris' grid."""
    if kind == "sobol":
        yield from _saltelli(dimensions, size, seed)
    elif kind == "morris":
        yield from _trajectories(dimensions, size, seed, levels)
    elif kind == "random":
        generator = np.random.default_rng(seed)
        for a, b in _chunks(size, CHUNK):
            yield generator.random((b - a, dimensions))
    else:
        from scipy.stats import qmc  # type: ignore[import-untyped]

        make: Any = {"halton": qmc.Halton, "lhs": qmc.LatinHypercube}[kind]
        sampler = make(dimensions, rng=np.random.default_rng(seed))
        for a, b in _chunks(size, size if kind == "lhs" else CHUNK):
            yield np.asarray(sampler.random(b - a))


def _saltelli(dimensions: int, size: int, seed: int) -> Iterator[Numbers]:
    """A, then A with one column of B after another, then B, for each base sample."""
    from scipy.stats import qmc

    sampler, blocks = qmc.Sobol(2 * dimensions, rng=np.random.default_rng(seed)), dimensions + 2
    for a, b in _chunks(size, max(CHUNK // blocks, 1)):
        base = _quietly(sampler, b - a)
        here, there = base[:, :dimensions], base[:, dimensions:]
        found = np.repeat(here[:, None, :], blocks, axis=1)
        for k in range(dimensions):
            found[:, k + 1, k] = there[:, k]
        found[:, -1, :] = there
        yield found.reshape(-1, dimensions)


def _quietly(sampler: Any, number: int) -> Numbers:
    """So many points; that their number is best a power of two is said by `check`, not by a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(sampler.random(number))


def _trajectories(dimensions: int, size: int, seed: int, levels: int) -> Iterator[Numbers]:
    from SALib.sample.morris import sample

    problem = {"num_vars": dimensions, "names": [f"x{i}" for i in range(dimensions)],
               "bounds": [[0.0, 1.0]] * dimensions}  # fmt: skip
    generator = np.random.default_rng(seed)
    for a, b in _chunks(size, max(CHUNK // (dimensions + 1), 1)):
        yield np.asarray(sample(problem, b - a, num_levels=levels, seed=generator))


def grid(factors: Sequence[Factor], levels: int) -> Iterator[Numbers]:
    """Every combination, the last factor the fastest."""
    counts = [len(one.values) or levels for one in factors]
    total, even = int(np.prod(counts, dtype=np.int64)), [not one.values for one in factors]
    for a, b in _chunks(total, CHUNK):
        at = np.stack(np.unravel_index(np.arange(a, b), counts), axis=1) if counts else np.zeros((b - a, 0))
        found = (at + 0.5) / np.array(counts)
        ends = at / np.maximum(np.array(counts) - 1, 1)
        yield np.where(np.array(even, bool), ends, found)


def one_at_a_time(factors: Sequence[Factor]) -> pl.DataFrame:
    """The row in which all is as it is (null), and each factor alone at each of its values or ends."""
    rows: list[dict[str, Any]] = [{}]
    for one in factors:
        ends = one.ends()
        for i, value in enumerate(ends):
            unit = (i + 0.5) / len(ends) if one.values else float(i)
            rows.append({one.name: value, f"{UNIT}{one.name}": unit})
    return pl.DataFrame(rows, schema=schema(factors))


def combinations(names: Sequence[str]) -> pl.DataFrame:
    """Every combination of practices, none first and all last."""
    rows = list(product((0.0, 1.0), repeat=len(names)))
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return pl.DataFrame(columns | {f"{UNIT}{name}": [(v + 0.5) / 2 for v in columns[name]] for name in names})


def _chunks(total: int, each: int) -> list[tuple[int, int]]:
    return list(pairwise([*range(0, total, max(each, 1)), total]))
