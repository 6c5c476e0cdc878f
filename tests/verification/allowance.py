"""How often a check may cry wolf.  Seeds are fixed, so that runs can be repeated; the rate is that of fresh seeds.

Every test by chance in this folder fails with chance ALPHA at most when the model is right; where it looks at several
numbers, each gets an equal part of ALPHA (Bonferroni).  The whole suite has fewer than 50 such tests: it would fail by
bad luck in less than 1 of 200 fresh seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

ALPHA = 1e-4


def together(p_values: Any) -> float:
    """One p-value for several looks at the same runs: the smallest, times their number."""
    found = np.atleast_1d(np.asarray(p_values, float))
    assert np.isfinite(found).all()
    return float(min(1.0, found.min() * found.size))


def of_mean(sample: Any, expected: float) -> float:
    """Two-sided t-test of independent replicates against an expected mean."""
    return float(stats.ttest_1samp(sample, expected).pvalue)


def of_counts(counts: Any, expected: Any, covariance: Any) -> float:
    """Chi-square of counts whose mean and covariance are known; categories of fewer than 5 expected are pooled, and
    where they are fewer than 5 together, with the smallest of the others: the total is known, so nothing is hidden."""
    small = expected < 5
    pool = np.eye(len(expected))[~small]
    if expected[small].sum() >= 5:
        pool = np.vstack([pool, small.astype(float)])
    else:
        pool[np.argmin(expected[~small])] += small
    difference, covariance = pool @ (counts - expected), pool @ covariance @ pool.T
    rank = np.linalg.matrix_rank(covariance, tol=1e-6 * np.trace(covariance), hermitian=True)
    inverse = np.linalg.pinv(covariance, rcond=1e-6, hermitian=True)
    return float(stats.chi2.sf(difference @ inverse @ difference, rank))
