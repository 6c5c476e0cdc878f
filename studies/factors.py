"""Factors: what a study varies, each between 0 and 1 in the design and in its own unit in the runs.

    "lever"       a lever of every strategy but nobody's, or of one strategy or phase (user_centred.phase2.branding)
    "parameter"   what is believed about the world, or a figure of the place
    "choice"      strategy or worldview as a factor: one of several names
    "practice"    0 or 1: whether a practice is added to the strategy
    "free"        a number that a function of one's own takes (subjects.py)
    "dummy"       does nothing: what any analysis says of it is its noise

Range and distribution are those of the evidence unless the file says otherwise (ranges.py).  Nothing is known here of
the model: a process that only counts rows is small.
Factors that share a whole are mapped together: sticks are broken off what the strategies leave, so that all divisions
are equally likely and none is more than the whole (a uniform Dirichlet, Rosenblatt's transform).  A design holds both,
unit factors (`u_NAME`) and values (`NAME`); a value that is null leaves things as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.float64]

DUMMY = "dummy"
LEVER, PARAMETER, CHOICE, PRACTICE, FREE, NOTHING = KINDS = (
    "lever", "parameter", "choice", "practice", "free", DUMMY,
)  # fmt: skip
SCALES = ("linear", "log", "triangular")
UNIT = "u_"  # how the column of a unit factor begins


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that varies: from `low` to `high` (`mode`: where a triangular one is most likely), or one of `values`.

    `counted`: whole numbers only.  `shares`: levers with which it shares a whole; () if it stands alone.
    """

    name: str
    kind: str
    low: float = 0.0
    high: float = 1.0
    mode: float = 0.5
    scale: str = "linear"
    counted: bool = False
    values: tuple[float | str, ...] = ()
    shares: tuple[str, ...] = ()
    unit: str = ""
    meaning: str = ""

    @property
    def is_text(self) -> bool:
        """Whether its values are names."""
        return any(isinstance(one, str) for one in self.values)

    @property
    def dtype(self) -> pl.DataType:
        """Of its column."""
        return pl.String() if self.is_text else pl.Float64()

    def at(self, u: Numbers) -> pl.Series:
        """The values below which shares `u` of its probability lie."""
        if self.values:
            index = np.minimum((u * len(self.values)).astype(np.int64), len(self.values) - 1)
            return pl.Series(self.name, self.values, dtype=self.dtype).gather(index)
        return pl.Series(self.name, self._numbers(u))

    def _numbers(self, u: Numbers) -> Numbers:
        if self.scale == "log":
            found = self.low * (self.high / self.low) ** u
        elif self.scale == "triangular":
            width, rise = self.high - self.low, self.mode - self.low
            up = self.low + np.sqrt(u * width * rise)
            found = np.where(u * width < rise, up, self.high - np.sqrt((1 - u) * width * (self.high - self.mode)))
        else:
            found = self.low + u * (self.high - self.low)
        return np.clip(np.round(found) if self.counted else found, self.low, self.high)

    def ends(self) -> tuple[float | str, ...]:
        """Its levels where it is varied alone: all its values, or its two ends."""
        return self.values or (self.low, self.high)


def table(factors: Sequence[Factor], units: Numbers, left: Mapping[tuple[str, ...], float]) -> pl.DataFrame:
    """A column of values for each factor, and one of unit factors.  left: how much of a whole may be shared out."""
    columns: dict[str, pl.Series] = {}
    for group in dict.fromkeys(one.shares for one in factors if one.shares):
        at = [i for i, one in enumerate(factors) if one.shares == group]
        for i, share in zip(at, sticks(units[:, at]).T, strict=True):
            columns[factors[i].name] = pl.Series(share * left[group])
    for i, one in enumerate(factors):
        if not one.shares:
            columns[one.name] = one.at(units[:, i])
    values = {one.name: columns[one.name] for one in factors}
    return pl.DataFrame(values | {f"{UNIT}{one.name}": units[:, i] for i, one in enumerate(factors)})


def sticks(u: Numbers) -> Numbers:
    """Uniform numbers (rows, k) as shares (rows, k) of a whole, uniform on the simplex with what nobody claims."""
    k = u.shape[1]
    found, rest = np.empty_like(u), np.ones(len(u))
    for i in range(k):
        found[:, i] = rest * (1 - (1 - u[:, i]) ** (1 / (k - i)))
        rest = rest - found[:, i]
    return np.maximum(found, 0.0)


def schema(factors: Iterable[Factor]) -> dict[str, pl.DataType]:
    """Typed columns of a design: values, then unit factors."""
    factors = list(factors)
    return {one.name: one.dtype for one in factors} | {f"{UNIT}{one.name}": pl.Float64() for one in factors}
