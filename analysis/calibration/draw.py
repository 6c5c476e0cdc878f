"""The figures of a calibration: prior against posterior, predictions, patterns that pull apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from analysis.calibration.prior import FURTHEST
from analysis.calibration.report import Learned, Predicted
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
    axis.set_title("Fresh replicates: parameters from the prior (grey) and from the plausible sample (blue), 90% bands")
    return figure


@styled
def tensions(names: Sequence[str], correlations: Sequence[Sequence[float]]) -> Figure:
    """Rank correlations of patterns' distances as a map: orange pulls apart, blue goes together."""
    figure = Figure(figsize=(0.62 * len(names) + 2.0, 0.62 * len(names) + 1.2), layout="constrained")
    axis: Any = figure.subplots()
    shown = np.array(correlations)
    np.fill_diagonal(shown, np.nan)
    axis.imshow(shown, cmap="PuOr", vmin=-1.0, vmax=1.0)
    for (i, j), value in np.ndenumerate(shown):
        if not math.isnan(value):
            axis.text(j, i, f"{value:+.2f}".replace("-", "−"), ha="center", va="center", fontsize=8)
    axis.set_xticks(range(len(names)), names)
    axis.set_yticks(range(len(names)), names)
    axis.set_title("Which patterns pull apart (orange, below 0)\nand which come near together (purple)")
    return figure
