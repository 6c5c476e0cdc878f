"""The figure of docs/crossmodel.md: people on the street of one place in three models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.crossmodel import Numbers
from analysis.figures import GREY, INKS, Drawing, picture, styled
from engine.whole_file import whole_file

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "crossmodel.png"
WORDS = {"queue": "queue for housing", "stocks": "stock and flow"}


@styled
def draw(path: Path, ours: Mapping[str, Numbers], theirs: Mapping[str, tuple[Numbers, Numbers]]) -> None:
    """Means month by month.  theirs: lines with nine in ten runs; ours at the same limits: points; and as shipped."""
    figure = Drawing(figsize=(7, 3.6))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.11, 0.14, 0.62, 0.74))
    axes.set_title("Alameda, people on the street: what three models make of the same counts")
    for ink, (name, (mean, variance)) in zip(INKS[:2], theirs.items(), strict=True):
        months, half = np.arange(len(mean)), 1.645 * np.sqrt(variance)
        axes.plot(months, mean, color=ink)
        axes.fill_between(months, mean - half, mean + half, color=ink, alpha=0.25, linewidth=0)
        axes.plot(months[::6], ours[name][::6], "o", color=ink, markersize=4, markerfacecolor="white")
        axes.text(61, mean[-1], f"{WORDS[name]} (line)\nours at that limit (points)", color=ink, va="center")
    axes.plot(np.arange(len(ours["shipped"])), ours["shipped"], color=INKS[2], linestyle="--")
    axes.text(61, ours["shipped"][-1], "ours as shipped", color=INKS[2], va="center")
    axes.set(xlim=(0, 60), ylim=(0, None), xlabel="months, no homes or beds added", ylabel="people")
    axes.set_xticks(range(0, 61, 12))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(colors=GREY)
    with whole_file(path, "wb") as stream:
        stream.write(picture(figure, "png"))
