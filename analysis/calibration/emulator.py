"""An emulator stands for the studies at points that were never run: a regression on the parameters' scores.

    emulator = Emulator.of(scores, steps, extra)
    emulator.off(asked)          # (points, numbers): how many errors the emulated number is from the observed one

Straight lines, lines and squares, or all products of two: whichever does best for a number.  It is learnt from half of
the draws and tried on the other.  The error of a number holds that of the observation, of the
emulator (chance of a run included) and the pattern's named discrepancy; a point is implausible if a number is more than
CUT errors off (history matching).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

CUT = 3.0  # errors beyond which a point is implausible: the usual choice (three-sigma rule)
PIECE = 1000  # rows at once: what a processor keeps near
RIDGES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)  # tried on a tenth of the learning half


@dataclass(frozen=True, slots=True, eq=False)
class Emulator:
    """Of numbers in steps of their observations' errors from what was observed.

    middle, spread: of the scores it was learnt from.  weights: (features, numbers).  error, told: of each number, the
    whole error and R2 on the draws held out.  left: covariance of what it leaves unexplained there.
    """

    middle: Array
    spread: Array
    weights: Array
    error: Array
    told: Array
    left: Array

    @classmethod
    def of(cls, scores: Array, steps: Array, extra: Array) -> Emulator:
        """Learnt from draws; `extra`: of each number, the named discrepancy and other errors, in steps."""
        half = len(scores) // 2
        middle, spread = scores[:half].mean(axis=0), np.maximum(scores[:half].std(axis=0), 1e-9)
        features = quadratic(scores, middle, spread)
        weights = fitted(features[:half], steps[:half], scores.shape[1])
        missed = steps[half:] - features[half:] @ weights
        told = 1.0 - missed.var(axis=0) / np.maximum(steps[half:].var(axis=0), 1e-12)
        left = np.atleast_2d(np.cov(missed, rowvar=False))
        return cls(middle, spread, weights, np.sqrt(1.0 + np.diag(left) + extra**2), told, left)

    def steps(self, scores: Array) -> Array:
        """(points, numbers): what the studies would give on average, in steps from what was observed."""
        return np.concatenate([quadratic(one, self.middle, self.spread) @ self.weights
                               for one in np.array_split(scores, max(len(scores) // PIECE, 1))])  # fmt: skip

    def off(self, scores: Array) -> Array:
        """(points, numbers): how many errors each is off."""
        return np.asarray(np.abs(self.steps(scores)) / self.error)

    def plausible(self, scores: Array) -> npt.NDArray[np.bool_]:
        """Which points no number makes implausible."""
        return np.asarray((self.off(scores) <= CUT).all(axis=1))


def quadratic(data: Array, middle: Array, spread: Array) -> Array:
    """1, every number, its square and every product of two, of standardised numbers."""
    one = np.clip((data - middle) / spread, -5.0, 5.0)
    wide = one.shape[1]
    made = np.empty((len(one), 1 + wide + wide * (wide + 1) // 2))
    made[:, 0], made[:, 1 : 1 + wide] = 1.0, one
    last = 1 + wide
    for k in range(wide):  # in place: a chain asks for millions of rows
        np.multiply(one[:, k : k + 1], one[:, k:], out=made[:, last : last + wide - k])
        last += wide - k
    return made


def fitted(features: Array, wanted: Array, parameters: int) -> Array:
    """(features, numbers): coefficients; straight lines, lines and squares, or all products, whichever does best."""
    rows, columns = np.triu_indices(parameters)
    line = np.arange(1 + parameters)
    forms = [line, np.concatenate([line, 1 + parameters + np.flatnonzero(rows == columns)]),
             np.arange(features.shape[1])]  # fmt: skip
    found = np.zeros((features.shape[1], wanted.shape[1]))
    for k in range(wanted.shape[1]):
        own = wanted[:, k : k + 1]
        form = min(forms, key=lambda one: missed(features[:, one], own))
        found[form, k] = ridge(features[:, form], own)[:, 0]
    return found


def ridge(features: Array, wanted: Array) -> Array:
    """Coefficients of a ridge regression; its strength is chosen on the last tenth."""
    return _solved(features, wanted, min(RIDGES, key=lambda weight: _miss(features, wanted, weight)))


def missed(features: Array, wanted: Array) -> float:
    """Mean squared error on the last tenth, with the best strength."""
    return min(_miss(features, wanted, weight) for weight in RIDGES)


def _miss(features: Array, wanted: Array, weight: float) -> float:
    cut = len(features) * 9 // 10
    fitted = _solved(features[:cut], wanted[:cut], weight)
    return float(((wanted[cut:] - features[cut:] @ fitted) ** 2).mean())


def _solved(x: Array, wanted: Array, weight: float) -> Array:
    penalty = weight * len(x) * np.eye(x.shape[1]) / 100.0
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.solve(x.T @ x + penalty, x.T @ wanted))


def crossed(
    scores: Array, steps: Array, parts: int = 2, known: tuple[Array, Array] | None = None
) -> tuple[Array, Array]:
    """(means, covariance of what is left): each part's numbers by a regression learnt from the other parts.

    known: (scores, steps) of draws that every regression learns from as well.
    """
    also = known or (scores[:0], steps[:0])
    every = np.concatenate([scores, also[0]])
    middle, spread = every.mean(axis=0), np.maximum(every.std(axis=0), 1e-9)
    features, means = quadratic(scores, middle, spread), np.empty_like(steps)
    beside = quadratic(also[0], middle, spread)
    own = np.arange(len(scores)) % parts  # every second, third, ...: waves follow one another
    for part in range(parts):
        learnt, told = own != part, own == part
        shown, wanted = np.concatenate([beside, features[learnt]]), np.concatenate([also[1], steps[learnt]])
        means[told] = features[told] @ fitted(shown, wanted, scores.shape[1])
    return means, np.atleast_2d(np.cov(steps - means, rowvar=False))


def normal(means: Array, covariance: Array) -> Array:
    """Log density of nought under each of these means, up to a constant."""
    root = np.linalg.cholesky(covariance)
    return np.asarray(-0.5 * (np.linalg.solve(root, means.T) ** 2).sum(axis=0))
