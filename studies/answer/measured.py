"""Shares of worlds, at equal money and with luck taken out.

`Values` of an arm are differences (half, world) from no foundation in one measure; a ladder of them by rung lets an arm
be read at any multiple of its money, straight between two rungs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

RESAMPLES, SEED = 1000, 1
ENDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """In what share of worlds the first is better, practically the same, worse; each with its 95% interval (low, high).
    `as_run`: the same three before luck was taken out.  `luck`: share of the variance between worlds that is luck.
    `apart`: worlds that are left out because an arm was not carried out there."""

    better: tuple[float, float, float]
    same: tuple[float, float, float]
    worse: tuple[float, float, float]
    as_run: tuple[float, float, float]
    luck: float
    mean: float
    worlds: int
    apart: int

    @property
    def brief(self) -> str:
        """The three shares in per cent."""
        three = (self.better[0], self.same[0], self.worse[0])
        return " / ".join("–" if share != share else f"{100 * share:.0f}" for share in three)

    @property
    def sign(self) -> str:
        """ahead, behind, same or open."""
        for word, share in (("ahead", self.better), ("behind", self.worse), ("same", self.same)):
            if share[0] > 0.5:
                return word
        return "open"


def factor_at(rungs: Sequence[float], costs: Sequence[float], wanted: float) -> tuple[float, bool] | None:
    """At which multiple of its money an arm costs `wanted`, and whether the ladder reaches so far; None where nothing
    is wanted or nothing costs anything.  rungs begin with 0, which costs 0."""
    if wanted <= 0 or max(costs) <= 0:
        return None
    for i in range(1, len(rungs)):
        below, above = costs[i - 1], costs[i]
        if below < wanted <= above:
            return rungs[i - 1] + (wanted - below) / (above - below) * (rungs[i] - rungs[i - 1]), True
    return rungs[-1], False


def between(rungs: Sequence[float], values: Sequence[Numbers], factor: float) -> Numbers:
    """The values at a multiple of the money, straight between two rungs."""
    i = int(np.clip(np.searchsorted(rungs, factor), 1, len(rungs) - 1))
    part = (factor - rungs[i - 1]) / (rungs[i] - rungs[i - 1])
    return np.asarray(values[i - 1] + part * (values[i] - values[i - 1]))


def drawn_together(values: Numbers) -> tuple[Numbers, float]:
    """Means of both halves (half, world), drawn towards their own mean until luck is out of their variance; and the
    share of their variance that was luck."""
    means = values.mean(axis=0)
    if len(means) < 2:
        return means, 0.0
    lost = float(_lost(means.var(ddof=1, keepdims=True), _luck(values).mean(keepdims=True))[0])
    middle = means.mean()
    return np.asarray(middle + (means - middle) * np.sqrt(1 - lost)), lost


def _luck(values: Numbers) -> Numbers:
    """What each world's halves say of the variance of luck in their mean."""
    return np.asarray((values[0] - values[1]) ** 2 / 4)


def _lost(apart: Numbers, luck: Numbers) -> Numbers:
    """The share of each variance that is luck."""
    return np.divide(luck, apart, out=np.zeros_like(apart), where=apart > 0).clip(0, 1)


def _tried(values: Numbers) -> Numbers:
    """(sample, 3): the shares in each of the bootstrap's samples, luck drawn out of each anew.  Instead of every world
    the margins are moved, as far as drawing together would move what lies on them: a few passes over the samples."""
    again = _again(values.shape[1])
    centre = values.mean()
    means = (values.mean(axis=0) - centre)[again]
    middle, worlds = means.mean(axis=1), means.shape[1]
    lost = np.zeros(len(means))
    if worlds > 1:
        apart = (np.einsum("sw,sw->s", means, means) - worlds * middle**2) / (worlds - 1)
        lost = _lost(apart, _luck(values)[again].mean(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):  # all luck: all worlds are where their mean is
        above, below = (middle + (side - centre - middle) / np.sqrt(1 - lost) for side in (1.0, -1.0))
    better = np.count_nonzero(means > above[:, None], axis=1) / worlds
    worse = np.count_nonzero(means < below[:, None], axis=1) / worlds
    return np.stack([better, 1.0 - better - worse, worse], axis=-1)


def shares(by_place: Mapping[str, Numbers], margins: Mapping[str, Numbers], direction: int, apart: int = 0) -> Share:
    """Of differences (half, world) by place; places count alike."""
    ours = [direction * values / margins[place] for place, values in by_place.items() if values.shape[1]]
    if not ours:
        nan = (np.nan, np.nan, np.nan)
        return Share(nan, nan, nan, nan, np.nan, np.nan, 0, apart)
    found = np.mean([_three(drawn_together(values)[0]) for values in ours], axis=0)
    as_run = np.mean([_three(values.mean(axis=0)) for values in ours], axis=0)
    tried = np.mean([_tried(values) for values in ours], axis=0)
    low, high = np.quantile(tried, ENDS, axis=0)
    better, same, worse = ((float(found[i]), float(low[i]), float(high[i])) for i in range(3))
    luck, mean = (float(np.mean(numbers)) for numbers in ([drawn_together(values)[1] for values in ours],
                                                          [values.mean() for values in ours]))  # fmt: skip
    return Share(better, same, worse, (float(as_run[0]), float(as_run[1]), float(as_run[2])), luck, mean,
                 sum(values.shape[1] for values in ours), apart)  # fmt: skip


@lru_cache(maxsize=8)
def _again(worlds: int) -> npt.NDArray[np.int64]:
    """(sample, world): which worlds each of the bootstrap's samples has."""
    return np.random.default_rng(SEED).integers(0, worlds, (RESAMPLES, worlds))


def _three(in_margins: Numbers) -> Numbers:
    """Shares of better, the same and worse over the last axis, (..., 3)."""
    better, worse = (in_margins > 1).mean(axis=-1), (in_margins < -1).mean(axis=-1)
    return np.stack([better, 1.0 - better - worse, worse], axis=-1)
