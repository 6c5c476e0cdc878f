"""The studies of the fitted patterns as a fit runs them, fifty thousand times: only what makes a distance.

They are the experiments of analysis/patterns in smaller systems (CITIES).  What is followed keeps its size, since a
trial's chance is the study's own; the systems around it are just large enough for as many eligible people.  Measured at
the defaults (16 seeds each): no number of P1, P2, P5, P14 and Moves moves by a third of the error with which it is
observed, nor more than 1.5 times the chance of that comparison; in P8 and Returns what chance adds stays below .6 of
that error (12 seeds).
"""

from __future__ import annotations

from dataclasses import replace

from analysis.patterns.experiment import Experiment, Sets
from analysis.patterns.flows import panel
from analysis.patterns.registry import BY_HAND, EXPERIMENTS
from analysis.patterns.shelters import nights
from analysis.patterns.trials import at_home, denver, settings

CITIES = {"at_home": 5500, "denver": 3400, "settings": 3200, "nights of shelter users": 4000}  # people of the system
DUBLIN = 2500  # of the second city of P8
PLACES = ("canada_trial", "denver", "dublin", "southwest_ireland", "us_city")  # where they are


def small_at_home(seed: int, sets: Sets) -> dict[str, float]:
    """P1 and P2."""
    return at_home(seed, sets, CITIES["at_home"])


def small_denver(seed: int, sets: Sets) -> dict[str, float]:
    """P5 and P14."""
    return denver(seed, sets, CITIES["denver"])


def small_settings(seed: int, sets: Sets) -> dict[str, float]:
    """P6 and Moves."""
    return settings(seed, sets, CITIES["settings"])


def small_nights(seed: int, sets: Sets) -> dict[str, float]:
    """P8 and Returns."""
    return nights(seed, sets, CITIES["nights of shelter users"], DUBLIN)


def judged_panel(seed: int, sets: Sets) -> dict[str, float]:
    """P12: the variant that is judged, alone."""
    return panel(seed, sets, ("net_per_place",))


SMALLER = {"fifty American cities": judged_panel, "at_home": small_at_home, "denver": small_denver,
           "settings": small_settings, "nights of shelter users": small_nights}  # fmt: skip
STUDIES: tuple[Experiment, ...] = tuple(
    replace(one, run=SMALLER.get(one.name, one.run)) for one in EXPERIMENTS if one not in BY_HAND
)
