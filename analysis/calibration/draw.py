"""The figures of a calibration: prior against posterior, predictions, coverage of synthetic data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from analysis.calibration.coverage import Coverage
from analysis.calibration.report import FURTHEST, Learned, Predicted
from analysis.figures import GREY, INKS, styled

BINS, ACROSS = 18, 5
BLUE, ORANGE = INKS[0], INKS[1]


@styled
def parameters(found: Sequence[Learned]) -> Figure:
    """A small panel for each parameter: the prior as a line, the weighted sample as bars, blue where informed."""
    down = math.ceil(len(found) / ACROSS)
    figure = Figure(figsize=(11, 1.65 * down + 0.5), layout="constrained")
    figure.suptitle("Before and after the patterns: prior (line) and plausible values (bars; blue where the patterns "
                    "inform)", x=0.01, ha="left", fontsize=10, fontweight="bold")  # fmt: skip
    axes = figure.subplots(down, ACROSS, squeeze=False)
    for axis, one in zip(axes.flat, found, strict=False):
        prior = one.prior
        ink = BLUE if one.informed != "no" else "#BBBBBB"
        axis.hist(one.values, bins=BINS, range=(prior.low, prior.high), weights=one.weights,
                  density=True, color=ink, edgecolor="white", linewidth=0.3)  # fmt: skip
        x = np.linspace(prior.low, prior.high, 201)
        axis.plot(x, [prior.density(value) for value in x], color="black", linewidth=1.0)
        axis.axvline(one.after[1], color=ORANGE, linewidth=1.6)
        axis.set_title(prior.name.replace("@", "\n@ "), fontsize=8)
        axis.set_yticks([])
        axis.spines["left"].set_visible(False)
        axis.tick_params(labelsize=7)
        axis.locator_params(axis="x", nbins=4)
        axis.set_xlabel(prior.unit, fontsize=6.5, color=GREY)
    for axis in list(axes.flat)[len(found) :]:
        axis.set_visible(False)
    return figure


@styled
def predictions(found: Sequence[Predicted]) -> Figure:
    """Every part in standard errors from what was observed: 90% of replicates before (grey) and after (blue)."""
    figure = Figure(figsize=(8.5, 0.27 * len(found) + 1.3), layout="constrained")
    axis = figure.subplots()
    axis.axvspan(-1.96, 1.96, color="#F0F0F0")
    axis.axvline(0.0, color="black", linewidth=0.8)
    for i, one in enumerate(found):
        for band, ink, lift, wide in ((one.before, "#AAAAAA", 0.16, 2.0), (one.after, BLUE, -0.14, 3.0)):
            low, middle, high = (float(np.clip(one.target.steps(value), -FURTHEST, FURTHEST)) for value in band)
            axis.plot([low, high], [i - lift, i - lift], color=ink, linewidth=wide, solid_capstyle="butt")
            axis.plot(middle, i - lift, "o", color=ink, markersize=4, markeredgecolor="white", markeredgewidth=0.5)
    axis.set_yticks(range(len(found)), [one.target.part for one in found])
    axis.invert_yaxis()
    axis.set_xlim(-FURTHEST - 0.3, FURTHEST + 0.3)
    axis.set_xlabel("simulated less observed, in standard errors (cut at 10); shaded: the 95% interval observed")
    axis.set_title("90% bands of the studies: parameters from the priors (grey) and from the sample (blue)")
    return figure


@styled
def coverages(
    blocks: Mapping[str, Coverage], names: Mapping[str, Sequence[str]], informed: Mapping[str, set[str]]
) -> Figure:
    """How often the central intervals hold the truth, by their share: a line for each parameter, dark if informed."""
    figure = Figure(figsize=(4.6 * len(blocks), 4.4), layout="constrained")
    shares = np.linspace(0.05, 0.95, 19)
    for axis, (block, found) in zip(np.atleast_1d(figure.subplots(1, len(blocks))), blocks.items(), strict=True):
        inside = np.array([found.inside(share) for share in shares])
        for k, name in enumerate(names[block]):
            told = name in informed[block]
            axis.plot(shares, inside[:, k], color=BLUE if told else "#BBBBBB", linewidth=1.1, zorder=2 if told else 1)
        axis.plot(shares, [found.densest(share) for share in shares], color=ORANGE, linewidth=2.0)
        axis.plot([0, 1], [0, 1], color="black", linewidth=0.8)
        axis.set_xlabel("share of the posterior")
        axis.set_ylabel("share of synthetic data sets whose truth is inside")
        axis.set_title(f"{block}: {len(found.joint):,} synthetic data sets", fontsize=9)
    figure.suptitle("Blue: informed parameters; grey: the others; orange: all together", x=0.01, ha="left", fontsize=9)
    return figure
