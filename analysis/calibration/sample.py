"""The weighted sample of plausible parameter sets: one row each, `weight` and a column for each parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from scenarios.plausible import WEIGHT

Weights = np.ndarray[Any, np.dtype[np.float64]]


def joint(blocks: Sequence[tuple[Sequence[Mapping[str, float]], Weights]], seed: int) -> pl.DataFrame:
    """One sample from blocks that were fitted apart, so that they are independent of each other.

    Rows and weights are those of the block with the smallest effective sample, so that the weights say how much there
    is; of every other one, as many rows are drawn by their weights, in an order of their own.  Weights sum to 1.
    """
    luck = np.random.default_rng(seed)
    least = min(range(len(blocks)), key=lambda i: effective(blocks[i][1]))
    size = len(blocks[least][0])
    columns: dict[str, Any] = {WEIGHT: blocks[least][1] / blocks[least][1].sum()}
    for i, (sets, weights) in enumerate(blocks):
        order = np.arange(size) if i == least else luck.permutation(drawn(weights, size, float(luck.random())))
        for name in sets[0]:
            columns[name] = np.array([sets[j][name] for j in order.tolist()])
    return pl.DataFrame(columns)


def drawn(weights: Weights, size: int, where: float) -> np.ndarray[Any, np.dtype[np.int64]]:
    """`size` rows by weight, evenly spread (systematic resampling); `where`: the first one's place, 0 to 1."""
    at = (np.arange(size) + where) / size * weights.sum()
    return np.minimum(np.searchsorted(np.cumsum(weights), at), len(weights) - 1)


def effective(weights: Weights) -> float:
    """Kish's effective sample size."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def quantile(values: Weights, weights: Weights, share: float) -> float:
    """The value below which this share of the weight lies."""
    order = np.argsort(values, kind="stable")
    heights = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(share, heights / weights.sum(), values[order]))


def variance(values: Weights, weights: Weights) -> float:
    """Of a weighted sample, with Kish's correction for its effective size."""
    share = weights / weights.sum()
    middle = float((share * values).sum())
    return float((share * (values - middle) ** 2).sum() / (1.0 - (share**2).sum()))
