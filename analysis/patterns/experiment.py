"""An experiment computes one or more patterns: one replicate of the original study, inside the model.

    at_home(seed=1, sets={}) == {"P1.reform_12": 0.74, "P1.usual_12": 0.33, ...}

`sets` are overrides of parameters: a quantity's name holds everywhere, `name@place` in that place only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Sets = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Experiment:
    """`run(seed, sets)` gives the value of each part of `patterns` (nan where this replicate has no such number).

    seconds: what one replicate takes on one core, about; the order in which experiments are worth repeating.
    """

    name: str
    patterns: tuple[str, ...]
    run: Callable[[int, Sets], dict[str, float]]
    seconds: float = 1.0


def settings_for(sets: Sets, place: str) -> dict[str, float]:
    """The overrides that hold in this place: those bound to it over those that hold everywhere.

    >>> settings_for({"exit_fast": 0.9, "secure_supply@dublin": 100.0, "secure_supply@denver": 9.0}, "dublin")
    {'exit_fast': 0.9, 'secure_supply': 100.0}
    """
    everywhere = {name: value for name, value in sets.items() if "@" not in name}
    here = {name.split("@")[0]: value for name, value in sets.items() if name.endswith(f"@{place}")}
    return everywhere | here
