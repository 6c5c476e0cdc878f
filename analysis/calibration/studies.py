"""The studies of the fitted patterns as a fit runs them, fifty thousand times: only what makes a distance.

    parts = candidate(seed=7, sets={"short_share": 0.5})        # the parts of P1, P2, P5, P7, P8, P14, Returns, Moves

They are the experiments of analysis/patterns.  The two cities of P8 and Returns are smaller here: what chance adds to
each of their numbers stays below .6 of the error with which it is observed (CITY, DUBLIN; measured over 12 seeds).
Trials keep the size of the study, since their chance is the study's own.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.patterns.experiment import Experiment, Sets
from analysis.patterns.registry import EXPERIMENTS
from analysis.patterns.shelters import nights

CITY, DUBLIN = 4000, 2500  # people of the two cities: a share of 14,000 and of Dublin's real size
LARGE = "nights of shelter users"  # the experiment that is run smaller


def small_nights(seed: int, sets: Sets) -> dict[str, float]:
    """P8 and Returns in smaller cities."""
    return nights(seed, sets, CITY, DUBLIN)


STUDIES: tuple[Experiment, ...] = tuple(
    replace(one, run=small_nights, seconds=0.2) if one.name == LARGE else one for one in EXPERIMENTS
)
