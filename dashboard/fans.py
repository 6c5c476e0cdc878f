"""Many runs month by month, as ECharts options: bands, lines, the programme's months; fans with differences below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.comparison import Comparison, SoFar
from analysis.contrasts import margin, pairs_so_far
from analysis.courses import Courses
from dashboard.looks import FAINT, MARGIN_INK, PROGRAMME, QUIET, TEXT, look, rounded
from scenarios.language import say
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]

AXIS = {"type": "value", "axisLine": {"show": False}, "axisTick": {"show": False}, "splitLine": {"show": False},
        "axisLabel": {"color": QUIET, "formatter": "fn:axis"}}  # fmt: skip
TIP = {"confine": True, "backgroundColor": "var(--paper)", "borderColor": FAINT, "textStyle": {"color": TEXT}}


def fan(
    compared: Comparison | SoFar, found: Courses, by: float, edge: Numbers | None, below: str, values: str,
    differences: str, marked: bool,
) -> dict[str, Any]:  # fmt: skip
    """The spread of the runs above; beneath it the mean difference from nobody with its 95% interval; one time axis.

    by: what to multiply with for the screen.  edge: (months,) what is too small to matter, shaded; as drawn.
    below: the lower axis's name.  values, differences: how the pointer reads them, as formatters of chart.vue.
    marked: dashed ends of the margin, and a marker where what lasts is read.
    """
    months, last, two = found.months.tolist(), int(found.months[-1]), bool(compared.names)
    series: list[dict[str, Any]] = [marks(compared, k, named=k == 0) for k in range(1 + two)]
    for name in (NOBODY, *compared.names):
        colour, dash, _ = look(compared.names, name)
        spread = found.fan(name) * by
        if found.replicates > 1:
            series += [band(months, spread[low], spread[4 - low], colour, opacity)
                       for low, opacity in ((0, 0.12), (1, 0.2))]  # fmt: skip
        series.append(curve(months, spread[2], colour, dash, 1.2 if name == NOBODY else 2.2, 0, compared.titles[name]))
    if edge is not None and two:
        series.append(band(months, -edge, edge, MARGIN_INK, 0.14, 1))
        series += [{**curve(months, side, MARGIN_INK, [4, 3], 1, 1), "z": 1} for side in (-edge, edge) if marked]
    for name in compared.names:
        colour, dash, marker = look(compared.names, name)
        gap, least, most = found.difference(name, NOBODY)
        if least is not None and most is not None:
            series.append(band(months, least * by, most * by, colour, 0.2, 1))
        line = curve(months, gap * by, colour, dash, 2.2, 1, say("{name} (difference)", name=compared.titles[name]))
        series.append({**line, "tooltip": {"valueFormatter": differences}})
        if marked:
            series.append({"type": "scatter", "xAxisIndex": 1, "yAxisIndex": 1, "silent": True, "symbol": marker,
                           "symbolSize": 9, "z": 6, "tooltip": {"show": False},
                           "itemStyle": {"color": colour, "borderColor": "var(--paper)", "borderWidth": 1},
                           "data": [[month, float(gap[month] * by)] for month in compared.when]})  # fmt: skip
    time = {**AXIS, "min": 0, "max": last, "interval": step(last)}
    high = {"type": "value", "scale": True, "axisLabel": {"color": QUIET, "formatter": "fn:axis"},
            "splitLine": {"lineStyle": {"color": FAINT}}}  # fmt: skip
    return {
        "grid": [{"left": 58, "right": 12, "top": 22, "height": "50%" if two else "70%"},
                 {"left": 58, "right": 12, "top": "69%", "bottom": 26}][: 1 + two],
        "xAxis": [{**time, "gridIndex": 0, "axisLabel": {"show": not two, "color": QUIET}},
                  {**time, "gridIndex": 1}][: 1 + two],
        "yAxis": [{**high, "gridIndex": 0, "splitNumber": 4},
                  {**high, "gridIndex": 1, "splitNumber": 3, "name": below, "nameGap": 9,
                   "nameTextStyle": {"align": "left", "color": QUIET, "padding": [0, 0, 0, -48]},
                   "axisLabel": {"color": QUIET, "formatter": "fn:points"}}][: 1 + two],
        "tooltip": {"trigger": "axis", "valueFormatter": values, **TIP},
        "axisPointer": {"link": [{"xAxisIndex": "all"}], "lineStyle": {"color": QUIET}, "label": {"precision": 0}},
        "series": series,
        "aria": {"enabled": False},
    }  # fmt: skip


def edges(compared: Comparison | SoFar, measure: str) -> Numbers | None:
    """(months,): how large a difference must be to matter, in the measure's unit; None if nobody has said."""
    base = pairs_so_far(compared.summary, NOBODY, NOBODY, measure).used.base
    mean = np.full(compared.summary.months, np.nan) if base is None or not len(base) else base.mean(axis=0)
    found = [margin(measure, float(value)) for value in mean]
    return None if any(one is None for one in found) else np.array(found, np.float64)


def step(months: int) -> int:
    """Months between two labels."""
    return next(s for s in (6, 12, 24, 48, 120) if months / s <= 7)


def moments(compared: Comparison | SoFar, last: int) -> list[int]:
    """Months for a table: every two years, or every year of a short run, and where what lasts is read."""
    return sorted({*range(0, last + 1, 24 if last >= 48 else 12), *compared.when, last})


def curve(
    months: Sequence[int], values: Numbers, colour: str, dash: Any, width: float, axis: int = 0, name: str = ""
) -> dict[str, Any]:
    """A line: (months,)."""
    points = [list(point) for point in zip(months, rounded(values), strict=True)]
    return {"type": "line", "name": name, "xAxisIndex": axis, "yAxisIndex": axis, "data": points, "showSymbol": False,
            "silent": True, "z": 4, "lineStyle": {"color": colour, "type": dash, "width": width},
            "itemStyle": {"color": colour}, **({} if name else {"tooltip": {"show": False}})}  # fmt: skip


def band(
    months: Sequence[int], low: Numbers, high: Numbers, colour: str, opacity: float, axis: int = 0
) -> dict[str, Any]:
    """The area between two lines: (months,)."""
    data = [list(point) for point in zip(months, rounded(low), rounded(high), strict=True)]
    return {"type": "custom", "band": True, "fill": colour, "fillOpacity": opacity, "data": data, "silent": True,
            "z": 1, "xAxisIndex": axis, "yAxisIndex": axis, "encode": {"x": 0, "y": [1, 2]},
            "tooltip": {"show": False}}  # fmt: skip


def marks(
    compared: Comparison | SoFar, axis: int, named: bool, above: str = "end", width: float = 1.0
) -> dict[str, Any]:
    """The programme shaded, and dotted lines where what lasts is read; `named`: with words, which stand `above`."""
    end = compared.programme[1] if compared.programme else 0
    words = {"show": True, "color": QUIET, "fontSize": 11} if named else {"show": False}
    found: dict[str, Any] = {
        "type": "line", "xAxisIndex": axis, "yAxisIndex": axis, "data": [], "silent": True, "z": 0,
        "markLine": {
            "silent": True, "symbol": "none", "animation": False,
            "lineStyle": {"color": QUIET, "type": [2, 3], "width": width},
            "label": {**words, "position": above, "distance": 4},
            "data": [{"xAxis": month, "label": {"formatter": f"+{month - end}" if end else str(month)}}
                     for month in compared.when]},
    }  # fmt: skip
    if compared.programme:
        found["markArea"] = {
            "silent": True, "itemStyle": {"color": PROGRAMME, "opacity": 1},
            "label": {**words, "position": "top"},
            "data": [[{"xAxis": compared.programme[0], "name": say("programme") if named else ""}, {"xAxis": end}]],
        }  # fmt: skip
    return found
