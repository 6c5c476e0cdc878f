"""How often what is known lies where a posterior says, over synthetic data sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Of posteriors of synthetic data sets against the parameters that made them.

    ranks: (sets, parameters), the share of the posterior below the true value; uniform if calibrated.  joint: (sets,),
    the share of the posterior that is denser than the truth.  contraction: 1 - sd after / sd before, by parameter.
    """

    ranks: Array
    joint: Array
    contraction: Array

    @classmethod
    def of(cls, truth: Array, drawn: Array, dense: Array, dense_truth: Array) -> Coverage:
        """truth: (sets, parameters).  drawn: (sets, draws, parameters).  dense: (sets, draws), their log density;
        dense_truth: (sets,), the truth's."""
        after = np.sqrt(drawn.var(axis=1, ddof=1).mean(axis=0))
        return cls((drawn < truth[:, None, :]).mean(axis=1), (dense > dense_truth[:, None]).mean(axis=1),
                   1.0 - after / truth.std(axis=0))  # fmt: skip

    def inside(self, share: float) -> Array:
        """Of each parameter: how often the central interval of this share holds the truth."""
        return np.asarray((np.abs(self.ranks - 0.5) <= share / 2.0).mean(axis=0))

    def densest(self, share: float) -> float:
        """How often the densest region of this share holds the truth."""
        return float((self.joint <= share).mean())
