"""Figure of validation: observed against simulated, a row for each part of each pattern, by role."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analysis.figures import GREY, styled
from analysis.patterns.validation import (
    MET,
    MISSED,
    ORDER,
    SIGN,
    Row,
    band_words,
    observed_words,
    simulated_words,
    tally,
)
from evidence.patterns import ABOVE, BELOW, INCLUDES, RANGE, SHOWN

ROLES = {  # heading of each role, in the order of the page
    "fitted": "Fitted: seen when values were chosen",
    "checked": "Checked: nobody tunes to these",
    "guard": "Guards: nothing too good to be true",
    "arithmetic": "Arithmetic on inputs",
}
MARKS = {MET: ("o", "#0072B2", "#0072B2"), MISSED: ("D", "#D55E00", "#FFFFFF"), SHOWN: ("s", GREY, "#FFFFFF")}
INTERVAL, ALLOWED, EDGE = "#BDBDBD", "#EDEDED", "#C4C4C4"
WIDE = 10.0  # inches of a column: the longest name stands beside its picture, the longest number beside the other
STRIP = (0.595, 0.7)  # where the pictures of a column stand, as shares of its width
OBSERVED, SIMULATED = 0.785, 1.0  # right edges of the two columns of numbers
AFTER = {SIGN: " (sign only)", ORDER: " (order)"}
LETTERS = 84  # of a name that has room in full size; a longer one is written smaller
LINE = 0.232  # inches
GAP = 0.4  # lines above the heading of a role


@styled
def validation_figure(table: pl.DataFrame, setting: str) -> Figure:
    """Observed against simulated (`table`: analysis/patterns/validation.py); `setting` says what was run, in a line."""
    rows = table.to_dicts()
    columns = _columns(rows)
    height = max(map(_lines, columns)) * LINE + 1.65
    figure = Figure(figsize=(WIDE * len(columns), height))
    FigureCanvasAgg(figure)
    edge = 0.14 / (WIDE * len(columns))
    figure.text(edge, 1 - 0.12 / height, _title(table), va="top", fontsize=12.5, weight="bold")
    figure.text(edge, 1 - 0.39 / height, setting, va="top", fontsize=8.5, color=GREY)
    for i, column in enumerate(columns):
        width = 1 / len(columns)
        tall = _lines(column) * LINE / height
        axes = figure.add_axes((i * width + edge, 1 - 0.68 / height - tall, width - 2 * edge, tall))
        _panel(axes, column)
    _legend(figure.add_axes((edge, 0.0, 1 - 2 * edge, 0.72 / height)), len(columns))
    return figure


def _title(table: pl.DataFrame) -> str:
    return "Patterns met in every part: " + ", ".join(f"{role} {met} of {n}" for role, met, n, _, _ in tally(table))


def _columns(rows: Sequence[Row]) -> list[list[Row]]:
    """What is fitted on the left and the rest on the right; one column if there is only one of them."""
    by_role = [row for role in ROLES for row in rows if row["role"] == role]
    halves = [[row for row in by_role if (row["role"] == "fitted") == left] for left in (True, False)]
    return [half for half in halves if half]


def _lines(rows: Sequence[Row]) -> float:
    """Lines of a column: its numbers, the titles of its patterns, the headings of its roles, and the columns' names."""
    roles = len({row["role"] for row in rows})
    return len(rows) + len({row["pattern"] for row in rows}) + roles + GAP * (roles - 1) + 1


def _panel(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set(xlim=(0, 1), ylim=(_lines(rows), 0))
    axes.axis("off")
    small: dict[str, Any] = {"fontsize": 7.5, "color": GREY, "va": "center"}
    axes.text(OBSERVED, 0.5, "observed", ha="right", **small)
    axes.text(SIMULATED, 0.5, "runs (central 90%)", ha="right", **small)
    role = pattern = ""
    y = 1.5
    for row in rows:
        if row["role"] != role:
            y += GAP if role else 0
            role = row["role"]
            axes.text(0, y, ROLES[role], fontsize=9.5, weight="bold", va="center")
            axes.plot((0, 1), (y + 0.48, y + 0.48), color="#888888", lw=0.7)
            y += 1
        if row["pattern"] != pattern:
            pattern = row["pattern"]
            places = dict.fromkeys(one["place"].replace("_", " ") for one in rows if one["pattern"] == pattern)
            place = ", ".join(places)
            axes.text(0, y + 0.08, f"{pattern}  {row['title']}", fontsize=8, weight="bold", va="center")
            axes.text(1, y + 0.08, place, ha="right", style="italic", **small)
            y += 1
        axes.text(0.02, y, row["meaning"], fontsize=7.8 * min(1.0, LETTERS / len(row["meaning"])), va="center")
        _strip(axes, row, y)
        axes.text(OBSERVED, y, observed_words(row), fontsize=7.8, va="center", ha="right")
        ink = MARKS[row["verdict"]][1] if row["verdict"] == MISSED else "#222222"
        axes.text(SIMULATED, y, _runs(row), fontsize=7.8, va="center", ha="right", color=ink)
        y += 1


def _strip(axes: Axes, row: Row, y: float) -> None:
    """One row's picture, on a scale of its own that holds everything in it."""
    names = ("observed", "observed_low", "observed_high", "threshold", "simulated", "low", "high")
    ends = [row[name] for name in names if not math.isnan(row[name])]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    room = 0.12 * (high - low) or 0.5
    low, high = low - room, high + room
    left, right = STRIP

    def x(value: float) -> float:
        return left + (right - left) * (value - low) / (high - low)

    def bar(begins: float, ends: float, colour: str, edge: str | None = None) -> None:
        axes.add_patch(Rectangle((begins, y - 0.30), ends - begins, 0.60, facecolor=colour, edgecolor=edge or colour,
                                 lw=0.6, zorder=1))  # fmt: skip

    axes.plot((left, right), (y, y), color="#E6E6E6", lw=0.6, zorder=0)
    if row["test"] in (ABOVE, BELOW):
        bar(*((x(row["threshold"]), right) if row["test"] == ABOVE else (left, x(row["threshold"]))), ALLOWED)
    elif row["test"] == RANGE:
        bar(x(row["observed_low"]), x(row["observed_high"]), ALLOWED, EDGE)
    elif not math.isnan(row["observed_low"]):
        bar(x(row["observed_low"]), x(row["observed_high"]), INTERVAL)
    if row["test"] in (ABOVE, BELOW, INCLUDES):
        axes.plot([x(row["threshold"])] * 2, (y - 0.42, y + 0.42), color=GREY, lw=0.9, ls=(0, (2, 1.2)), zorder=2)
    if not math.isnan(row["observed"]):
        axes.plot([x(row["observed"])] * 2, (y - 0.38, y + 0.38), color="black", lw=1.6, zorder=3)
    if not math.isnan(row["simulated"]):
        marker, ink, fill = MARKS[row["verdict"]]
        axes.plot((x(row["low"]), x(row["high"])), (y, y), color=ink, lw=1.5, zorder=4, solid_capstyle="butt")
        axes.plot(x(row["simulated"]), y, marker=marker, ms=5, mec=ink, mfc=fill, mew=1.2, zorder=5)


def _runs(row: Row) -> str:
    if math.isnan(row["simulated"]):
        return "no number"
    return (
        f"{simulated_words(row)}; {band_words(row)}{AFTER.get(row['compares'], '')}"
        if row["test"] in (ABOVE, BELOW)
        else (f"{simulated_words(row)} ({band_words(row)})")
    )


def _legend(axes: Axes, columns: int) -> None:
    """How to read a row; each picture stands before its words."""
    axes.set(xlim=(0, WIDE * columns), ylim=(0.72, 0))
    axes.axis("off")

    def said(x: float, y: float, text: str) -> None:
        axes.text(x, y, text, fontsize=7.8, va="center")

    places = [(0.0, 0.16), (3.7, 0.16), (0.0, 0.37), (3.7, 0.37)]
    places += (
        [(WIDE, 0.16), (WIDE + 2.5, 0.16), (WIDE + 5.0, 0.16)]
        if columns > 1
        else [(0.0, 0.58), (2.5, 0.58), (5.0, 0.58)]
    )
    x, y = places[0]
    axes.add_patch(Rectangle((x, y - 0.065), 0.3, 0.13, facecolor=INTERVAL))
    axes.plot([x + 0.15] * 2, (y - 0.09, y + 0.09), color="black", lw=1.6)
    said(x + 0.4, y, "observed, with its 95% interval where there is one")
    x, y = places[1]
    axes.add_patch(Rectangle((x, y - 0.065), 0.3, 0.13, facecolor=ALLOWED, edgecolor=EDGE, lw=0.6))
    said(x + 0.4, y, "allowed for the median of runs")
    x, y = places[2]
    axes.add_patch(Rectangle((x, y - 0.065), 0.3, 0.13, facecolor=ALLOWED))
    axes.plot([x] * 2, (y - 0.09, y + 0.09), color=GREY, lw=0.9, ls=(0, (2, 1.2)))
    said(x + 0.4, y, "an order: this side of the line in 90% of runs; sign only: sizes are not compared")
    x, y = places[3]
    axes.plot([x + 0.15] * 2, (y - 0.09, y + 0.09), color=GREY, lw=0.9, ls=(0, (2, 1.2)))
    said(x + 0.4, y, "no effect: must lie in the central 90% of runs")
    for (x, y), (verdict, (marker, ink, fill)) in zip(places[4:], MARKS.items(), strict=True):
        axes.plot((x, x + 0.3), (y, y), color=ink, lw=1.5)
        axes.plot(x + 0.15, y, marker=marker, ms=5, mec=ink, mfc=fill, mew=1.2)
        said(x + 0.4, y, {SHOWN: "no verdict"}.get(verdict, f"runs: {verdict}"))
    if columns > 1:
        said(WIDE, 0.37, "Runs: median and central 90%.  Each row has a scale of its own.")
