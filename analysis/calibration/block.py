"""What is fitted together: parameters, the numbers they are to come close to, and the studies that compute these.

Three blocks are drawn and learnt apart.  `survival` is the rule of programmes alone, to which P15 is fitted; `flow` is
the flows of people; `cities` has the same parameters as `flow` and one study, P12, which takes some five times as
long as all the others: few candidates of it are run, and an emulator learnt from them joins the rest when draws are
weighed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.calibration import prior
from analysis.calibration.prior import Prior, Target
from analysis.patterns.experiment import Experiment
from engine.errors import BadInput
from evidence.patterns import Pattern

SURVIVAL, FLOW, CITIES = "survival", "flow", "cities"
SHARES = {SURVIVAL: 0.06, FLOW: 1.0, CITIES: 0.02}  # candidates of a block for each that is asked for.  Assumption
AGAIN = {SURVIVAL: 1 / 3, FLOW: 1.0, CITIES: 1.0}  # draws lived again of its posterior, likewise: of four parameters
# most of them count.  Assumption
SLOW = ("P12",)
FITTED = (*prior.FLOW_PATTERNS, *prior.SURVIVAL_PATTERNS)


@dataclass(frozen=True)
class Block:
    """Parameters, the numbers they are fitted to, and the studies that compute these, the quickest first."""

    name: str
    priors: tuple[Prior, ...]
    targets: tuple[Target, ...]
    experiments: tuple[Experiment, ...]

    def values(self, scores: Mapping[str, float]) -> dict[str, float]:
        """The parameters' values, as the `sets` of an experiment."""
        return {prior.name: prior.value(scores[prior.name]) for prior in self.priors}

    @property
    def names(self) -> list[str]:
        """Of the parameters."""
        return [one.name for one in self.priors]

    @property
    def parts(self) -> list[str]:
        """Of the numbers."""
        return [one.part for one in self.targets]


def blocks(
    names: Sequence[str], patterns: Mapping[str, Pattern], experiments: Sequence[Experiment]
) -> tuple[Block, ...]:
    """What is fitted to these patterns, a block for each kind; BadInput for a pattern that is not to be fitted."""
    unknown = [name for name in names if name not in FITTED]
    if unknown:
        raise BadInput(f"'{unknown[0]}' is not a pattern to be fitted", allowed=", ".join(FITTED))
    of_people = [one for one in prior.FLOW_PATTERNS if one in names]
    places = prior.places_of(patterns[one] for one in prior.FLOW_PATTERNS)  # the same, whichever of them are asked for
    found = []
    for name, quantities, ours in (
        (SURVIVAL, prior.SURVIVAL, [one for one in prior.SURVIVAL_PATTERNS if one in names]),
        (FLOW, prior.FLOW, [one for one in of_people if one not in SLOW]),
        (CITIES, prior.FLOW, [one for one in of_people if one in SLOW]),
    ):
        running = tuple(
            sorted((one for one in experiments if set(one.patterns) & set(ours)), key=lambda one: one.seconds)
        )
        missing = set(ours) - {one for each in running for one in each.patterns}
        if missing:
            raise BadInput(f"No experiment computes the pattern '{min(missing)}'")
        if ours:
            where = places if name != SURVIVAL else ()
            found.append(Block(name, prior.priors(quantities, where), prior.targets(patterns, ours), running))
    return tuple(found)


def luck(*words: Any) -> int:
    """A seed below 2**32 from anything that has a name."""
    return int.from_bytes(hashlib.blake2b(" ".join(map(str, words)).encode(), digest_size=4).digest())
