"""Do two programs of the reduced model live the same lives, as far as chance lets one tell?  (README.md, "The same")"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, ttest_ind

from benchmarks.peers.reduced import OUTPUTS

FALSE_ALARM = 0.01  # chance that a peer which is right fails, all its comparisons together, at most
TOLERANCE = 0.15  # of the reference's mean: what no difference of means may exceed, found by chance or not
WINDOWS = (0, 2, 4)  # fifths of the months
COMPARISONS = 2 * len(WINDOWS) * len(OUTPUTS)

type Runs = npt.NDArray[np.float64]  # replicates x months x outputs


@dataclass(frozen=True)
class Agreement:
    """Of one program with the reference; `worst` is in words."""

    same: bool
    smallest_p: float
    largest_difference: float
    worst: str


def averages(runs: Any) -> Runs:
    """Replicates x windows x outputs: means over the first, third and last fifth of the months."""
    fifths = np.array_split(np.asarray(runs, dtype=float), 5, axis=1)
    return np.stack([fifths[window].mean(axis=1) for window in WINDOWS], axis=1)


def compare(runs: Any, reference: Any) -> Agreement:
    """Welch's t on means, and on distances from the median (Brown and Forsythe) for the spread; Bonferroni."""
    a, b = averages(runs), averages(reference)
    pairs = {"mean": (a, b), "spread": tuple(np.abs(x - np.median(x, axis=0)) for x in (a, b))}
    p = {what: ttest_ind(x, y, axis=0, equal_var=False).pvalue for what, (x, y) in pairs.items()}
    p = {what: np.nan_to_num(values, nan=0.0) for what, values in p.items()}  # no spread at all is never right
    apart = np.abs(a.mean(axis=0) / b.mean(axis=0) - 1.0)
    what = min(p, key=lambda name: p[name].min())
    window, output = np.unravel_index(p[what].argmin(), p[what].shape)
    smallest, largest = float(p[what].min()), float(apart.max())
    same = smallest * COMPARISONS >= FALSE_ALARM and largest <= TOLERANCE
    return Agreement(same, smallest, largest, f"{what} of {OUTPUTS[output]}, window {window + 1}")


def noticed(reference: Any) -> dict[str, tuple[float, float]]:
    """Per output, in the last window: the reference's mean, and the shift that is found four times in five."""
    last = averages(reference)[:, -1]
    n = len(last)
    z = norm.isf(FALSE_ALARM / COMPARISONS / 2.0) + norm.ppf(0.8)
    shift = z * last.std(axis=0, ddof=1) * np.sqrt(2.0 / n)
    return {name: (float(last[:, k].mean()), float(shift[k])) for k, name in enumerate(OUTPUTS)}
