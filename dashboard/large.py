"""The one large chart of Compare: what each strategy changes, month by month, or how many there are in all.

Colours mean strategies and nothing else; grey is no foundation; a dotted line is the strategy as it was before the last
change.  Lines have their names at their end; where there is no room for them the page says which is which.  The
pointer reads a month as sentences (`fn:sentence` of parts/chart.vue).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import MaxNLocator

from analysis.answer import called
from analysis.changed import BEFORE
from analysis.comparison import SoFar
from analysis.courses import Courses
from analysis.units import Units
from analysis.words import digits, scale, unit
from dashboard.fans import AXIS, TIP, band, curve, edges, marks, step
from dashboard.looks import FAINT, MARGIN_INK, NOBODY_INK, QUIET, look
from dashboard.texts import percent_sign
from scenarios.domains import capital
from scenarios.language import say
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]

DIFFERENCE, TOTAL = VIEWS = ("difference", "total")
GHOST = [1, 4]  # dashes of the line before: dots
NARROW = 560  # pixels under which names stand beside the chart and not in it
LOW = 170  # pixels of height under which an axis has room for three numbers
SHOWN = 104  # pixels that a name at the end of a line has


def option(
    compared: SoFar, measure: str, view: str = DIFFERENCE, ghost: Courses | None = None, edited: str = "",
    units: Units | None = None,
) -> dict[str, Any]:  # fmt: skip
    """ECharts' option.  ghost: the courses of `edited` before the last change, under BEFORE.  units: other than the
    place's own."""
    units = units or compared.units
    found, by = compared.courses[measure], scale(measure, units)
    months, last = found.months.tolist(), int(found.months[-1])
    series: list[dict[str, Any]] = [marks(compared, 0, named=True)]
    difference = view == DIFFERENCE and bool(compared.names)
    if difference:
        zero = curve(months, np.zeros(len(months)), NOBODY_INK, "solid", 1.4, 0, say("No foundation"))
        series.append(_named({**zero, "tooltip": {"show": False}}, say("no foundation")))
        series += _margins(compared, measure, months, by)
    for name in (*(() if difference else (NOBODY,)), *compared.names):
        series += _line(compared, found, name, by, difference)
    if ghost is not None and edited in compared.names:
        series.append(_ghost(ghost, edited, look(compared.names, edited)[0], by, difference))
    few = digits(measure, 100.0)
    what = unit(measure, difference, units)
    ends = percent_sign() if what == say("per cent") else f" {what}"
    return {
        "grid": {"left": 8, "right": SHOWN + 12, "top": 20, "bottom": 24, "containLabel": True},
        "xAxis": {**AXIS, "min": 0, "max": last, "interval": step(last),
                  "axisLabel": {"color": QUIET, "formatter": "fn:month"}},
        "yAxis": {"type": "value", "scale": True, "splitNumber": 4, "splitLine": {"lineStyle": {"color": FAINT}},
                  "axisLabel": {"color": QUIET, "formatter": "fn:points" if difference else "fn:axis"}},
        "tooltip": {"trigger": "axis", "formatter": f"fn:sentence/{few}/{ends}/{'signed' if difference else ''}",
                    **TIP},
        "axisPointer": {"lineStyle": {"color": QUIET}},
        "series": series,
        "aria": {"enabled": False},
        "media": _by_room(series),
    }  # fmt: skip


def on_one_axis(options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same charts with the same ends and steps of their vertical axes, so that heights can be held against one
    another."""
    ends = [point[at] for one in options for series in one["series"] for point in series["data"]
            for at in range(1, len(point)) if point[at] is not None]  # fmt: skip
    ticks = [float(one) for one in MaxNLocator(5).tick_values(min(ends), max(ends))]
    axis = {"min": ticks[0], "max": ticks[-1], "interval": ticks[1] - ticks[0]}
    return [{**one, "yAxis": {**one["yAxis"], **axis}} for one in options]


def _by_room(series: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names at the ends of lines, and steps of the vertical axis, only where there is room for them."""
    named = [one.get("endLabel", {"show": False}) for one in series]
    return [{"query": {"maxWidth": NARROW},
             "option": {"grid": {"right": 14}, "series": [{"endLabel": {"show": False}} for _ in series]}},
            {"query": {"maxHeight": LOW}, "option": {"yAxis": {"splitNumber": 2}}},
            {"option": {"grid": {"right": SHOWN + 12}, "yAxis": {"splitNumber": 4},
                        "series": [{"endLabel": one} for one in named]}}]  # fmt: skip


def _line(compared: SoFar, found: Courses, name: str, by: float, difference: bool) -> list[dict[str, Any]]:
    """A strategy: its line, and the band around it: the 95% interval of a difference, or 90% of the runs."""
    months = found.months.tolist()
    colour, dash, _ = look(compared.names, name)
    low: Numbers | None
    high: Numbers | None
    if difference:
        middle, low, high = found.difference(name, NOBODY)
    else:
        fan = found.fan(name)
        middle = fan[2]
        low, high = (fan[0], fan[4]) if found.replicates > 1 else (None, None)
    series = []
    if low is not None and high is not None and name != NOBODY:
        series.append(band(months, low * by, high * by, colour, 0.16))
    line = curve(months, middle * by, colour, dash, 1.4 if name == NOBODY else 2.6, 0, called(compared, name))
    if low is not None and high is not None:
        line["ends"] = [[_short(a), _short(b)] for a, b in zip(low * by, high * by, strict=True)]
    return [*series, _named(line, called(compared, name))]


def _ghost(ghost: Courses, edited: str, colour: str, by: float, difference: bool) -> dict[str, Any]:
    """The line before the last change."""
    course = ghost.difference(BEFORE, NOBODY)[0] if difference else ghost.fan(BEFORE)[2]
    line = curve(ghost.months.tolist(), course * by, colour, GHOST, 2.0, 0, say("before your change"))
    return {**_named(line, say("before")), "z": 3, "ghost": True}


def _margins(compared: SoFar, measure: str, months: list[int], by: float) -> list[dict[str, Any]]:
    """Between these lines a difference is too small to matter."""
    within = edges(compared, measure)
    if within is None:
        return []
    return [{**curve(months, side * by, MARGIN_INK, [4, 3], 1), "z": 1} for side in (-within, within)]


def _named(line: dict[str, Any], name: str) -> dict[str, Any]:
    """The same with its name at its end."""
    return {**line, "endLabel": {"show": True, "formatter": capital(name), "color": line["lineStyle"]["color"],
                                 "fontSize": 12, "width": SHOWN, "overflow": "break", "lineHeight": 14, "distance": 6},
            "labelLayout": {"moveOverlap": "shiftY"}}  # fmt: skip


def _short(value: float) -> float | None:
    return None if value != value else float(f"{value:.4g}")
