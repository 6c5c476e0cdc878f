"""What the evidence allows before any pattern is looked at: ranges of evidence/quantities and of the place files.

A parameter is called as in the `sets` of an experiment: a quantity's name holds everywhere, `name@place` in that place
only.  Belief, trust, ownership, rivalry and resistance are not here: no fitted pattern says anything about them.  Nor
are the starting shapes (scenarios.plausible.SHAPES): each place's own counts decide how high they are, so every
candidate is balanced in every study's place, and a value that held everywhere would take the counts away again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from engine.errors import BadInput, UnknownName
from evidence.patterns import ABOVE, BELOW, INCLUDES, RANGE, SHOWN, Part, Pattern
from evidence.quantities import find_quantity
from evidence.units import is_counted
from scenarios.places import find_place

FLOW = (
    "short_share", "long_of_rest", "kind_need", "fast_episodic", "exit_fast", "home_after_fast", "home_weight_long",
    "home_weight_hidden", "drift_out", "resolve_new", "resolve_street", "seek_new", "seek_street", "asks_met",
    "accept_bed", "accept_home", "looking_ends", "reform_priority", "changes_home", "lose_home_first_year",
    "lose_home_later", "lose_home_need", "support_ends", "return_settled", "return_ratio", "hidden_reached",
    "entries_respond",
)  # fmt: skip
SURVIVAL = ("programme_death", "death_at_grant_end", "restart", "restart_window")
BOUND = ("secure_supply",)  # fitted in every place of a fitted pattern, beside what of FLOW the place binds

FLOW_PATTERNS = ("P1", "P2", "P5", "P7", "P8", "P12", "P14", "Returns", "Moves")
SURVIVAL_PATTERNS = ("P15",)

ASKED = 100  # assumption: how many people a share without a published interval was observed on
ROUGHLY = 0.10  # assumption: standard error of any other number without an interval, as a share of the number
NO_NUMBER = (ABOVE, BELOW, INCLUDES, SHOWN)  # tests of a sign, an order or nothing: not numbers to come close to


@dataclass(frozen=True, slots=True)
class Prior:
    """One parameter before the patterns: a triangle (or a flat line) from low to high, highest at the default."""

    name: str
    low: float
    mode: float
    high: float
    flat: bool
    unit: str
    whole: bool = False  # rules count it: months

    def value(self, score: float) -> float:
        """The value that is as far out in this prior as `score` is in a standard normal distribution."""
        value = min(max(self.quantile(NormalDist().cdf(score)), self.low), self.high)
        return float(round(value)) if self.whole else value

    def quantile(self, share: float) -> float:
        """The value below which this share of the prior lies.

        >>> Prior("x", 0.0, 1.0, 2.0, flat=False, unit="").quantile(0.5)
        1.0
        """
        low, mode, high = self.low, self.mode, self.high
        if self.flat:
            return low + share * (high - low)
        if share * (high - low) < mode - low:
            return low + math.sqrt(share * (high - low) * (mode - low))
        return high - math.sqrt((1.0 - share) * (high - low) * (high - mode))

    def density(self, value: float) -> float:
        """Of the prior at this value."""
        if not self.low <= value <= self.high:
            return 0.0
        if self.flat:
            return 1.0 / (self.high - self.low)
        top = 2.0 / (self.high - self.low)
        if value < self.mode:
            return top * (value - self.low) / (self.mode - self.low)
        return top * (self.high - value) / (self.high - self.mode) if self.high > self.mode else top

    @property
    def variance(self) -> float:
        """Of the prior."""
        a, c, b = self.low, self.mode, self.high
        return (b - a) ** 2 / 12.0 if self.flat else (a * a + b * b + c * c - a * b - a * c - b * c) / 18.0


@dataclass(frozen=True, slots=True)
class Target:
    """A number to come close to: a part of a pattern, and what one step away from it is (a standard error)."""

    pattern: str
    part: str
    observed: float
    step: float

    def steps(self, simulated: float) -> float:
        """How many standard errors the simulated value is from the observed one, with its sign; nan stays nan."""
        return (simulated - self.observed) / self.step


def prior_of(name: str) -> Prior:
    """The prior of a quantity, or of `quantity@place` with the range in the place's file."""
    bare, _, where = name.partition("@")
    quantity = find_quantity(bare)
    flat, whole = quantity.distribution == "uniform", is_counted(quantity.unit)
    if where:
        figures = find_place(where).figures
        if bare not in figures:
            raise BadInput(f"The place '{where}' says nothing about '{bare}'", do="Bind it in the place's file")
        mode, low, high = figures[bare].in_model
        return Prior(name, low, mode, high, flat, quantity.unit, whole)
    if quantity.value is None:
        raise BadInput(f"'{bare}' differs from place to place", do=f"Write {bare}@place")
    return Prior(name, quantity.low, quantity.value, quantity.high, flat, quantity.unit, whole)


def priors(names: Iterable[str], places: Iterable[str]) -> tuple[Prior, ...]:
    """The priors of these quantities and, for each place, of those that its file binds (BOUND as well)."""
    names = tuple(names)
    found = [prior_of(name) for name in names]
    for place in places:
        bound = find_place(place).figures
        found += [prior_of(f"{name}@{place}") for name in (*BOUND, *names) if name in bound]
    return tuple(one for one in found if one.low < one.high)


def places_of(patterns: Iterable[Pattern]) -> tuple[str, ...]:
    """Where these patterns are run, each once."""
    return tuple(sorted({pattern.place for pattern in patterns} - {"none"}))


def targets(patterns: Mapping[str, Pattern], names: Sequence[str]) -> tuple[Target, ...]:
    """Every part of these patterns that is a number to come close to."""
    for name in names:
        if name not in patterns:
            raise UnknownName("pattern", name, patterns)
    return tuple(
        Target(name, f"{name}.{part.name}", part.value, step(part))
        for name in names
        for part in patterns[name].parts.values()
        if part.test not in NO_NUMBER and math.isfinite(part.value)
    )


def step(part: Part) -> float:
    """The standard error of an observation; a tolerance (`range`) is read as a 95% interval.

    Without either it is an assumption: of a share as if ASKED people had been seen, of anything else ROUGHLY of it.
    """
    width = (part.high - part.low) / 3.92 if part.test == RANGE else part.standard_error  # 2 x 1.96
    if math.isfinite(width) and width > 0.0:
        return width
    if part.unit == "share" and 0.0 < part.value < 1.0:
        return math.sqrt(part.value * (1.0 - part.value) / ASKED)
    return ROUGHLY * abs(part.value)
