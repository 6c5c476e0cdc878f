"""Pictures of minds as ECharts options: fans with differences, strips of belief, voices, the timeline, the network.

Beliefs are drawn as they are, from 0 to 1; shares in per cent.  Time is in months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.comparison import SoFar
from analysis.minds import WITHIN, Camps, Coalition, Happened, Voices
from dashboard.fans import AXIS, TIP, band, curve, fan, marks, step
from dashboard.looks import FAINT, QUIET, TEXT, look
from dashboard.texts import percent_sign
from runs.minds import BINS
from scenarios.domains import Domain, capital
from scenarios.language import say

Numbers = npt.NDArray[np.float64]

COLUMNS = 121  # months in a strip at most; of a longer run every second, third ... is drawn
ROW, BETWEEN = 118, 46  # pixels: a row of a stack of pictures, and what lies between two
LANE, HEAD = 34, 78  # pixels of the timeline: a lane, and what stands above the lanes
SMALL, LARGE = 6.0, 17.0  # pixels: one event in a month, and the most of any kind

# --- many runs --------------------------------------------------------------------------------------------------------


def course(compared: SoFar, measure: str) -> dict[str, Any]:
    """The spread of the runs above; below it the mean difference from nobody with its 95% interval."""
    found, plain = compared.courses[measure], measure in ("belief", "belief_spread")
    by = 1.0 if plain else 100.0
    edge = np.full(len(found.months), WITHIN * by)
    return fan(
        compared,
        found,
        by,
        edge,
        say("difference"),
        *(
            ("fn:number/3", "fn:signed/3")
            if plain
            else (f"fn:number/1/{percent_sign()}", f"fn:signed/1/ {say('points')}")
        ),
        marked=False,
    )


# --- one run: rows, one for each scenario -----------------------------------------------------------------------------


def strips(compared: SoFar, found: Mapping[str, Camps], mean: Mapping[str, Numbers]) -> dict[str, Any]:
    """Where professionals stand, month by month: the darker, the more; the line is their mean."""
    months = len(next(iter(found.values())).bins)
    every = -(-months // COLUMNS)
    when = list(range(0, months, every))
    option: dict[str, Any] = {**_stack(compared, list(found)), "visualMap": [], "tooltip": {"show": False}}
    most = max(float(np.quantile(camps.bins, 0.99)) for camps in found.values())
    for k, (name, camps) in enumerate(found.items()):
        colour, _, _ = look(compared.names, name)
        grid = {"gridIndex": k}
        whole = {**AXIS, "min": -every / 2, "max": when[-1] + every / 2, "interval": 1e9, "show": False}
        labels = {**AXIS, "min": 0, "max": when[-1], "interval": step(months), "position": "bottom"}
        option["xAxis"] += [{"type": "category", "data": [str(month) for month in when], "show": False, **grid},
                            {**whole, **grid}, {**labels, **grid}]  # fmt: skip
        option["yAxis"] += [{"type": "category", "data": [str(b) for b in range(BINS)], "show": False, **grid},
                            {**AXIS, "min": 0, "max": 1, "interval": 0.5, "position": "left", **grid}]  # fmt: skip
        cells = [[i, b, round(float(camps.bins[month, b]), 3)] for i, month in enumerate(when)
                 for b in range(BINS) if camps.bins[month, b] > 0]  # fmt: skip
        option["series"].append({"type": "heatmap", "xAxisIndex": 3 * k, "yAxisIndex": 2 * k, "data": cells,
                                 "silent": True, "progressive": 0, "itemStyle": {"borderWidth": 0}})  # fmt: skip
        option["visualMap"].append({"type": "continuous", "show": False, "seriesIndex": len(option["series"]) - 1,
                                    "min": 0, "max": round(most, 3),
                                    "inRange": {"color": ["var(--paper)", colour]}})  # fmt: skip
        over = {"xAxisIndex": 3 * k + 1, "yAxisIndex": 2 * k + 1}
        middle = curve(when, mean[name][when], TEXT, "solid", 1.6, 0, say("mean"))
        edges = [{"yAxis": at, "label": {"formatter": text, "position": where}}
                 for at, text, where in ((camps.on_side_from, say("on side ↑"), "insideStartTop"),
                                         (camps.far_below, say("far from it ↓"), "insideStartBottom"))]  # fmt: skip
        ends = [{"xAxis": month, "label": {"show": False}} for month in compared.programme or ()]
        option["series"].append({**middle, **over, "markLine": {
            "silent": True, "symbol": "none", "lineStyle": {"color": TEXT, "type": [2, 3], "width": 1},
            "label": {"color": TEXT, "fontSize": 11}, "data": edges + ends}})  # fmt: skip
    return option


def heard(compared: SoFar, found: Mapping[str, Voices]) -> dict[str, Any]:
    """Voice of people of low and of high need, the gap between them shaded; dashed: what reaches managers."""
    months = len(next(iter(found.values())).low)
    when = list(range(months))
    everything = np.concatenate([line for own in found.values() for line in (own.low, own.high, own.heard)]) * 100.0
    low, high = float(np.floor(everything.min() / 10) * 10), float(np.ceil(everything.max() / 10) * 10)
    option = {**_stack(compared, list(found), right=84), "tooltip": {
        "trigger": "axis", "valueFormatter": "fn:number/1", **TIP}}  # fmt: skip
    for k, (name, own) in enumerate(found.items()):
        colour, _, _ = look(compared.names, name)
        option["xAxis"].append({**AXIS, "min": 0, "max": months - 1, "interval": step(months), "gridIndex": k})
        option["yAxis"].append({**AXIS, "min": low, "max": high, "interval": (high - low) / 2, "gridIndex": k,
                                "splitLine": {"show": True, "lineStyle": {"color": FAINT}}})  # fmt: skip
        option["series"] += [
            marks(compared, k, named=False),
            band(when, own.high * 100, own.low * 100, colour, 0.16, k),
        ]
        for text, values, ink_of, dash, width in (
            (say("low need"), own.low, colour, "solid", 1.6), (say("high need"), own.high, colour, "solid", 1.6),
            (say("heard"), own.heard, TEXT, [5, 3], 2.0),
        ):  # fmt: skip
            option["series"].append({**curve(when, values * 100, ink_of, dash, width, k, text), "endLabel": {
                "show": True, "formatter": text, "color": TEXT, "fontSize": 12, "distance": 6}})  # fmt: skip
    return option


def timeline(compared: SoFar, found: Mapping[str, Sequence[Happened]], kinds: Sequence[str], domain: Domain
             ) -> dict[str, Any]:  # fmt: skip
    """A lane for each kind of event, a marker for each month in which it happened, the larger the more often."""
    most = max((one.times for run in found.values() for one in run), default=1)
    shift = min(11.0, (LANE - 6) / len(found))
    series: list[dict[str, Any]] = [marks(compared, 0, named=True, above="start")]
    for k, (name, run) in enumerate(found.items()):
        colour, _, marker = look(compared.names, name)
        points = [
            {"name": say("Month {month}, {who}: {what}", month=str(one.month), who=compared.titles[name],
                         what=one.says(domain)),
             "value": [one.month, kinds.index(one.kind)],
             "symbolSize": round(SMALL + (LARGE - SMALL) * ((one.times - 1) / max(most - 1, 1)) ** 0.5, 1)}
            for one in run
        ]  # fmt: skip
        series.append({"type": "scatter", "name": compared.titles[name], "data": points, "symbol": marker,
                       "symbolOffset": [0, round((k - (len(found) - 1) / 2) * shift, 1)],
                       "itemStyle": {"color": colour, "opacity": 0.85}, "z": 4})  # fmt: skip
    months = compared.first.months
    return {
        "grid": [{"left": 112, "right": 14, "top": HEAD, "bottom": 28}],
        "legend": {"top": 0, "left": 0, "padding": 0, "selectedMode": False, "itemGap": 22, "itemHeight": 11,
                   "inactiveColor": TEXT, "textStyle": {"color": QUIET, "fontSize": 13},
                   "data": [compared.titles[name] for name in found]},
        "xAxis": [{**AXIS, "min": 0, "max": months, "interval": step(months)}],
        "yAxis": [{"type": "category", "inverse": True, "data": [capital(domain.own(kind)) for kind in kinds],
                   "axisLine": {"show": False}, "axisTick": {"show": False},
                   "axisLabel": {"color": TEXT, "fontSize": 12},
                   "splitLine": {"show": True, "lineStyle": {"color": FAINT}}}],
        "tooltip": {"trigger": "item", "formatter": "{b}", **TIP},
        "series": series,
    }  # fmt: skip


def timeline_height(kinds: Sequence[str]) -> int:
    """Pixels."""
    return LANE * len(kinds) + HEAD + 32


def stack_height(rows: int) -> int:
    """Pixels of strips or voices."""
    return rows * (ROW + BETWEEN) + 12


# --- one run: the network ---------------------------------------------------------------------------------------------


def network(posts: Numbers, bosses: Numbers, ties: npt.NDArray[np.int64], used: npt.NDArray[np.bool_],
            outside: npt.NDArray[np.bool_]) -> dict[str, Any]:  # fmt: skip
    """What stays the same in every month and under every strategy, for parts/network.vue.

    posts: [x, y] of each post that is ever filled; bosses: of each manager; ties: rows [a, b, a, b ...] among posts
    that are kept and managers after them; outside: 1 for a pilot outside the system.
    """
    kept = np.flatnonzero(used)
    row = np.full(len(used) + len(bosses), -1)
    row[kept] = np.arange(len(kept))
    row[len(used) :] = len(kept) + np.arange(len(bosses))
    pairs = row[ties]
    return {
        "posts": np.round(posts[kept], 4).ravel().tolist(), "bosses": np.round(bosses, 4).ravel().tolist(),
        "ties": pairs[(pairs >= 0).all(axis=1)].ravel().tolist(), "outside": outside.astype(int).tolist(),
    }  # fmt: skip


def states(found: Coalition, used: npt.NDArray[np.bool_], readiness: Numbers) -> dict[str, Any]:
    """One scenario's months for parts/network.vue.

    posts: a text for each month, a digit for each post that is kept (analysis.minds.VACANT ... SIDE).  bosses:
    readiness in per cent, month by month, manager by manager.
    """
    kept = found.post[:, used]
    return {"posts": ["".join(map(str, month)) for month in kept.tolist()],
            "bosses": np.floor(readiness * 100).astype(int).tolist()}  # fmt: skip


# --- pieces -----------------------------------------------------------------------------------------------------------


def _stack(compared: SoFar, names: Sequence[str], right: int = 12) -> dict[str, Any]:
    """Rows beneath one another, each with its scenario's name above it."""
    tops = [30 + k * (ROW + BETWEEN) for k in range(len(names))]
    return {
        "grid": [{"left": 40, "right": right, "top": top, "height": ROW - 6} for top in tops],
        "title": [{"text": compared.titles[name], "left": 0, "top": top - 26, "padding": [4, 0, 0, 0],
                   "textStyle": {"color": TEXT, "fontSize": 13, "fontWeight": 600}}
                  for name, top in zip(names, tops, strict=True)],
        "xAxis": [], "yAxis": [], "series": [],
    }  # fmt: skip
