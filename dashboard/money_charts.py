"""Pictures of money as ECharts options: bars by year, dots with intervals, the flow, the plane, the savings.

Amounts come in the money of the place, at its real size, and are drawn in millions; a flow comes in EUR of the
simulated system and is drawn in thousands of that money.
`size` is the type's, in pixels: 12 on a page, 28 where a room reads along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.money import Flow
from analysis.money_words import told
from analysis.units import Units
from analysis.words import number
from dashboard.fans import TIP
from dashboard.looks import FAINT, NOBODY_INK, QUIET, TEXT, ink, line, rounded, symbol
from scenarios.domains import Domain
from scenarios.language import say

Numbers = npt.NDArray[np.float64]
SMALL = 12
MILLION = 1e-6

# One colour for each line of spending, none of them a strategy's; a decal where neighbours are thin or alike.
LINE_INKS = {"crisis": "var(--ink-5)", "other": "var(--line)", "reform": "var(--ink-4)", "double": "var(--ink-6)",
             "programme": "var(--ink-7)", "unpaid": "var(--margin)"}  # fmt: skip
STACK = ("crisis", "other", "reform", "double", "programme", "unpaid")  # from below
DECALS: dict[str, dict[str, Any]] = {
    "reform": {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 6], "rotation": -0.8},
    "other": {"symbol": "circle", "symbolSize": 0.5, "dashArrayX": [6, 6], "dashArrayY": [6, 6]},
}
BLANK = {"symbol": "none"}
PATTERNED = {"enabled": True, "label": {"enabled": False}, "decal": {"show": True, "decals": [BLANK]}}


@dataclass(frozen=True)
class Mark:
    """A dot with its interval in one row of `dots`, or none where nothing is known; `says`: what the pointer reads."""

    middle: float | None
    low: float | None
    high: float | None
    says: str


def _label(size: int, colour: str = QUIET) -> dict[str, Any]:
    return {"color": colour, "fontSize": size}


def _head(size: int, wide: int) -> dict[str, Any]:
    """A panel's own title, `wide` letters' widths before it breaks."""
    return {
        "color": TEXT,
        "fontSize": size + 1,
        "fontWeight": 600,
        "width": wide * size,
        "overflow": "break",
        "lineHeight": size + 4,
    }


def _tip(size: int = SMALL) -> dict[str, Any]:
    return {**TIP, "textStyle": {"color": TEXT, "fontSize": size}}


def years(
    strategies: Sequence[str], titles: Mapping[str, str], amounts: Mapping[str, Mapping[str, Numbers]],
    names: Mapping[str, str], unit: str, size: int = SMALL,
) -> dict[str, Any]:  # fmt: skip
    """Stacked bars by year, one panel for each of `strategies`, all on one scale.

    amounts: by strategy and line (years,), money a year.  names: of the lines.  unit: "EUR million".
    """
    most = max(float(np.sum([*lines.values()], axis=0).max()) for lines in amounts.values()) * MILLION
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, **_tip(size),
                    "valueFormatter": f"fn:number/2/ {unit}"},
        "aria": PATTERNED, "series": [],
        **_panels([(titles[name], len(next(iter(amounts[name].values())))) for name in strategies], most, size),
    }  # fmt: skip
    for k, name in enumerate(strategies):
        for key in (key for key in STACK if key in amounts[name]):
            option["series"].append({
                "type": "bar", "stack": name, "name": names[key], "xAxisIndex": k, "yAxisIndex": k,
                "barCategoryGap": "18%", "emphasis": {"disabled": True},
                "itemStyle": {"color": LINE_INKS[key], "decal": DECALS.get(key, BLANK)},
                "data": rounded(amounts[name][key] * MILLION, 5)})  # fmt: skip
    return option


def _panels(heads: Sequence[tuple[str, int]], most: float, size: int, gap: bool = True) -> dict[str, Any]:
    """Panels side by side on one scale up to `most`: for each its title and number of years."""
    high, many = _ceiling(most), len(heads)
    xs: list[Any] = []
    ys: list[Any] = []
    for k, (_, count) in enumerate(heads):
        xs.append({"type": "category", "gridIndex": k, "data": [str(i + 1) for i in range(count)], "boundaryGap": gap,
                   "axisTick": {"show": False}, "axisLine": {"lineStyle": {"color": QUIET}},
                   "axisLabel": {**_label(size), "hideOverlap": True}})  # fmt: skip
        ys.append({"type": "value", "gridIndex": k, "min": 0, "max": high, "interval": high / 4,
                   "axisLabel": {**_label(size), "show": k == 0, "formatter": "fn:axis"},
                   "splitLine": {"lineStyle": {"color": FAINT}}})  # fmt: skip

    def placed(first: float, type_size: int, letters: int) -> dict[str, Any]:
        width = (100 - first - 2.5 * (many - 1) - 1.5) / many
        lefts = [f"{first + k * (width + 2.5):.2f}%" for k in range(many)]
        return {
            "grid": [{"left": left, "width": f"{width:.2f}%", "top": int(4.2 * type_size), "bottom": int(2.4 * size)}
                     for left in lefts],
            "title": [{"text": head, "left": left, "top": 0, "padding": [4, 0], "textStyle": _head(type_size, letters)}
                      for left, (head, _) in zip(lefts, heads, strict=True)],
        }  # fmt: skip

    wide, narrow = placed(4 + size / 12, size, 60 // many), placed(12, min(size, SMALL) - 2, 27 // many)
    return {**wide, "xAxis": xs, "yAxis": ys,
            "media": [{"query": {"maxWidth": 560}, "option": narrow}, {"option": wide}]}  # fmt: skip


def _ceiling(top: float) -> float:
    """A round number with room above, which four steps reach."""
    tens = float(10 ** np.floor(np.log10(top))) if top > 0 else 1.0
    return next(tens * step for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 12) if tens * step >= top)


def dots(
    rows: Sequence[str], marks: Mapping[str, Sequence[Mark]], order: Sequence[str], titles: Mapping[str, str],
    axis: str, size: int = SMALL, margin: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One row for each text, in it a dot and an interval for each strategy; zero is marked, and +-`margin`.

    marks: by strategy, one for each row.  order: all strategies, for their colours.
    """
    many, series, gap = len(order), [], 0.24 if len(order) > 2 else 0.3
    zero: list[dict[str, Any]] = [{"xAxis": 0, "lineStyle": {"color": QUIET, "type": "solid", "width": 1}}]
    if margin is not None:
        zero += [{"xAxis": at, "lineStyle": {"color": "var(--margin)", "type": [4, 4], "width": 1}}
                 for at in (-margin, margin)]  # fmt: skip
    for i, name in enumerate(order):
        shift = (i - (many - 1) / 2) * gap
        whiskers: list[list[float | None]] = []
        points = []
        for row, mark in enumerate(marks[name]):
            if mark.low is not None and mark.high is not None:
                whiskers += [[mark.low, row + shift], [mark.high, row + shift], [None, None]]
            if mark.middle is None:
                continue
            points.append({"value": [mark.middle, row + shift], "name": f"{titles[name]}: {mark.says}"})
        series.append({"type": "line", "yAxisIndex": 1, "data": whiskers, "showSymbol": False, "silent": True,
                       "lineStyle": {"color": ink(i), "type": line(i), "width": max(2, size // 6)},
                       "tooltip": {"show": False}, "emphasis": {"disabled": True}})  # fmt: skip
        series.append({"type": "scatter", "name": titles[name], "yAxisIndex": 1, "data": points, "symbol": symbol(i),
                       "symbolSize": max(10, int(size * 0.55)), "z": 5, "emphasis": {"disabled": True},
                       "itemStyle": {"color": ink(i), "borderColor": "var(--paper)", "borderWidth": 1}})  # fmt: skip
    series.append({"type": "line", "yAxisIndex": 1, "data": [], "silent": True,
                   "markLine": {"silent": True, "symbol": "none", "animation": False, "label": {"show": False},
                                "data": zero}})  # fmt: skip
    names = {"type": "category", "inverse": True, "data": list(rows), "axisTick": {"show": False},
             "axisLine": {"show": False}, "splitLine": {"show": True, "lineStyle": {"color": FAINT}},
             "axisLabel": {**_label(size, TEXT), "width": 16 * size, "overflow": "break",
                           "lineHeight": size + 3, "interval": 0}}  # fmt: skip
    return {
        # ECharts keeps less room for the names than they are drawn in: a size more
        "grid": {"left": 2 * size, "right": int(1.6 * size), "top": 8, "bottom": int(3.6 * size), "containLabel": True},
        "xAxis": {"type": "value", "name": axis, "nameLocation": "middle", "nameGap": int(2.4 * size), "splitNumber": 4,
                  "nameTextStyle": _label(size), "axisLine": {"show": False}, "axisTick": {"show": False},
                  "axisLabel": {**_label(size), "formatter": "fn:points", "hideOverlap": True},
                  "splitLine": {"lineStyle": {"color": FAINT}}},
        "yAxis": [names, {"type": "value", "min": -0.5, "max": len(rows) - 0.5, "inverse": True, "show": False}],
        "tooltip": {"trigger": "item", "formatter": "{b}", **_tip(size)},
        "series": series,
        "media": [{"query": {"maxWidth": 560}, "option": {"yAxis": [{"axisLabel": {"width": 130,
                                                                                   "fontSize": min(size, 14)}}]}},
                  {"option": {"yAxis": [{"axisLabel": {"width": 16 * size, "fontSize": size}}]}}],
        "aria": {"enabled": False},
    }  # fmt: skip


def plane(
    points: Mapping[str, Numbers], titles: Mapping[str, str], months: str, currency: str, size: int = SMALL
) -> dict[str, Any]:
    """More secure months (across) and more money (up): a small mark for each pair of runs, a large one for the mean."""
    series: list[dict[str, Any]] = []
    for i, (name, pairs) in enumerate(points.items()):
        style = {"color": ink(i), "borderColor": "var(--paper)", "borderWidth": 1}
        for which, many, scale in ((pairs, True, 7), (pairs.mean(axis=0, keepdims=True), False, 17)):
            data = [{"value": [float(x), float(y) * MILLION],
                     "name": say("{who}: {months} months, {money} {currency} million", who=titles[name],
                                 months=number(x, sign=True), money=number(y * MILLION, 2, sign=True),
                                 currency=currency)}
                    for x, y in which]  # fmt: skip
            series.append({"type": "scatter", "name": titles[name], "symbol": symbol(i), "symbolSize": scale,
                           "data": data, "z": 3 if many else 6, "emphasis": {"disabled": True},
                           "itemStyle": {**style, "opacity": 0.45 if many else 1}})  # fmt: skip
    series.append({"type": "line", "data": [], "silent": True,
                   "markLine": {"silent": True, "symbol": "none", "animation": False, "label": {"show": False},
                                "lineStyle": {"color": QUIET, "type": "solid", "width": 1},
                                "data": [{"xAxis": 0}, {"yAxis": 0}]}})  # fmt: skip
    axis = {"type": "value", "splitNumber": 4, "splitLine": {"lineStyle": {"color": FAINT}},
            "axisLabel": {**_label(size), "formatter": "fn:points", "hideOverlap": True}}  # fmt: skip
    return {
        "grid": {"left": 8, "right": 30, "top": 2.4 * size, "bottom": 2.8 * size, "containLabel": True},
        "xAxis": {**axis, "name": months, "nameLocation": "middle", "nameGap": 2.4 * size,
                  "nameTextStyle": _label(size)},
        "yAxis": {**axis, "name": say("more money, {currency} million", currency=currency), "nameGap": 9,
                  "nameTextStyle": {**_label(size), "align": "left", "padding": [0, 0, 0, -30]}},
        "tooltip": {"trigger": "item", "formatter": "{b}", **_tip(size)},
        "series": series,
        "aria": {"enabled": False},
    }  # fmt: skip


def pair(
    left: Mapping[str, Numbers], right: Mapping[str, Numbers], heads: tuple[str, str], titles: Mapping[str, str],
    order: Sequence[str], unit: str, size: int = SMALL,
) -> dict[str, Any]:  # fmt: skip
    """Two panels on one scale, a line for each strategy: (years,) money a year, drawn in `unit`."""
    most = max(float(values.max()) for values in (*left.values(), *right.values())) * MILLION
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis", "valueFormatter": f"fn:number/2/ {unit}", **_tip(size)},
        "aria": {"enabled": False}, "series": [],
        **_panels([(head, len(next(iter(left.values())))) for head in heads], most, size, gap=False),
    }  # fmt: skip
    for k, found in enumerate((left, right)):
        for name, values in found.items():
            i = order.index(name) if name in order else -1
            colour, dash, sign = (NOBODY_INK, "solid", "none") if i < 0 else (ink(i), line(i), symbol(i))
            option["series"].append({
                "type": "line", "name": titles[name], "xAxisIndex": k, "yAxisIndex": k,
                "data": rounded(values * MILLION, 4),
                "symbol": sign, "symbolSize": 6, "showSymbol": i >= 0, "emphasis": {"disabled": True},
                "lineStyle": {"color": colour, "type": dash, "width": 1.2 if i < 0 else 2.2},
                "itemStyle": {"color": colour}})  # fmt: skip
    return option


def river(flow: Flow, domain: Domain, units: Units, size: int = SMALL) -> dict[str, Any]:
    """The flow picture: payers, what they spend on, what that buys."""
    thousand, unit = units.amount(1e-3), say("{currency} thousand", currency=units.currency)
    names = {key: _named(flow, key, domain, units) for key in flow.nodes}
    tints = {key: _tint(key) for key in flow.nodes}
    nodes = [{"name": names[key], "depth": flow.nodes[key][0], "itemStyle": {"color": tints[key], "borderWidth": 0},
              "label": {"position": "left" if flow.nodes[key][0] == 2 else "right"}}
             for stage in (0, 1, 2) for key in flow.stage(stage) if flow.size(key) * thousand >= 0.5]  # fmt: skip
    links = []
    for start, to, euros in (link for link in flow.links if link[2] * thousand >= 0.5):  # the table has them all
        middle = to if flow.nodes[to][0] == 1 else start
        links.append({"source": names[start], "target": names[to], "value": round(euros * thousand),
                      "lineStyle": {"color": tints[middle], "opacity": 0.32}})  # fmt: skip
    return {
        "tooltip": {"trigger": "item", "valueFormatter": f"fn:number/0/ {unit}", **_tip(size)},
        "series": [{
            "type": "sankey", "left": 0, "right": 4, "top": 12, "bottom": 14, "nodeWidth": 12, "nodeGap": 22,
            "draggable": False, "layoutIterations": 48, "emphasis": {"focus": "adjacency"}, "data": nodes,
            "links": links, "label": {"color": TEXT, "fontSize": size, "lineHeight": size + 3}}],
        "aria": {"enabled": False},
    }  # fmt: skip


def _named(flow: Flow, key: str, domain: Domain, units: Units) -> str:
    amount = flow.size(key) * units.amount(1e-3)
    title, stage = told(flow.nodes[key][1], domain), flow.nodes[key][0]
    apart = " " * stage  # two stages may have a thing of the same name
    return f"{title}{apart}  {number(amount)}"


def _tint(key: str) -> str:
    """As the lines of spending; the foundation's purposes share its own."""
    if key in LINE_INKS:
        return LINE_INKS[key] if key != "other" else "var(--margin)"
    if key.startswith(("foundation", "for ")) or key == "bridge":
        return LINE_INKS["programme"]
    return QUIET
