"""Charts for a room: one at a time, in large type on a large screen and in small type on a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.comparison import Comparison
from analysis.contrasts import margin
from analysis.courses import Courses
from analysis.people import SHOWN as PLACES
from analysis.people import whereabouts
from analysis.tables import interval
from analysis.words import capital, label, number, scale, shown, shown_difference, unit
from dashboard import fans
from dashboard import money_charts as charts
from dashboard.fans import band, curve, moments, step
from dashboard.looks import FAINT, MARGIN_INK, NOBODY_INK, QUIET, TEXT, look
from model.measures import HEADLINE
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]
LARGE = 28  # pixels of type
SMALLER = ((1150, 20), (700, 14))  # and of type where the chart is no wider than so many pixels
RIGHT = "practical margins (right is better)"
PLACE_INKS = dict(zip(PLACES, ("var(--ink-2)", "var(--ink-5)", "var(--ink-7)", "var(--ink-4)", "var(--margin)",
                               "var(--ink-6)"), strict=True))  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A chart without a sentence of its own, and its table."""

    option: dict[str, Any]
    title: str
    unit: str
    head: list[str]
    rows: list[list[str]]
    key: str = "strategies"  # whose colours the page explains: strategies, lines of spending, or nobody's


def responsive(make: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """What `make` draws in LARGE type, and in smaller type where there is less room."""
    large = make(LARGE)
    rules = [{"query": {"maxWidth": wide}, "option": _axes(make(size))} for wide, size in SMALLER]
    own = [rule for rule in make(SMALLER[-1][1]).get("media", ()) if "query" in rule]
    return {**large, "media": [*rules, *own, {"option": _axes(large)}]}


def _axes(option: dict[str, Any]) -> dict[str, Any]:
    """Everything but the data."""
    return {name: option[name] for name in ("grid", "xAxis", "yAxis", "title") if name in option}


def course(compared: Comparison, measure: str) -> Figure:
    """The middle of the runs and a band of 90% of them, month by month."""
    found, by = Courses(measure, compared.summary), scale(measure)
    months = found.months.tolist()
    names = (NOBODY, *compared.names)
    fans = {name: found.fan(name) for name in names}

    def drawn(size: int) -> dict[str, Any]:
        option = _plain(compared, months[-1], size)
        for name in names:
            colour, dash = look(compared.names, name)[:2]
            low, middle, high = (fans[name][row] * by for row in (0, 2, 4))
            if found.replicates > 1:
                option["series"].append(band(months, low, high, colour, 0.2))
            option["series"].append(curve(months, middle, colour, dash, size / 6, 0, compared.titles[name]))
        return option

    rows = [[f"Month {month}", *(shown(measure, float(fans[name][2][month])) for name in names)]
            for month in moments(compared, months[-1])]  # fmt: skip
    return Figure(responsive(drawn), label(measure, compared.domain), unit(measure),
                  ["", *(compared.titles[name] for name in names)], rows)  # fmt: skip


def difference(compared: Comparison, measure: str) -> Figure:
    """The paired difference from no foundation and its interval, month by month; the margin dashed."""
    found, by = Courses(measure, compared.summary), scale(measure)
    months = found.months.tolist()
    gaps = {name: found.difference(name, NOBODY) for name in compared.names}
    within = _margin(compared, measure)

    def drawn(size: int) -> dict[str, Any]:
        option = _plain(compared, months[-1], size)
        option["yAxis"]["axisLabel"]["formatter"] = "fn:points"
        option["series"].append(curve(months, np.zeros(len(months)), NOBODY_INK, "solid", size / 6))
        for at in (-within, within) if within is not None else ():
            option["series"].append(curve(months, np.full(len(months), at * by), MARGIN_INK, [4, 4], size / 12))
        for name, (middle, low, high) in gaps.items():
            colour, dash = look(compared.names, name)[:2]
            if low is not None and high is not None:
                option["series"].append(band(months, low * by, high * by, colour, 0.2))
            option["series"].append(curve(months, middle * by, colour, dash, size / 6, 0, compared.titles[name]))
        return option

    rows = []
    for month in moments(compared, months[-1]):
        row = [f"Month {month}"]
        for middle, low, high in gaps.values():
            ends = "none" if low is None or high is None else interval(measure, float(low[month]), float(high[month]))
            row += [shown_difference(measure, float(middle[month])), ends]
        rows.append(row)
    head = [""] + [text for name in compared.names for text in (compared.titles[name], "95% interval")]
    return Figure(responsive(drawn), f"{label(measure, compared.domain)}: difference from no foundation",
                  unit(measure, difference=True), head, rows)  # fmt: skip


def at_the_end(compared: Comparison, measure: str) -> Figure:
    """The difference where what lasts is read, for each of those moments, with its interval; the margin dashed."""
    by, when, within = scale(measure), compared.when, _margin(compared, measure)
    found = Courses(measure, compared.summary)
    marks: dict[str, list[charts.Mark]] = {name: [] for name in compared.names}
    rows = []
    for month in when:
        for name in compared.names:
            one = found.contrast(name, NOBODY, month)
            ends = interval(measure, one.low, one.high)
            word = one.verdict or ""
            rows.append([f"{compared.titles[name]}, {compared.after(month)}", shown_difference(measure, one.difference),
                         ends, word])  # fmt: skip
            marks[name].append(_mark(one, by, f"{shown_difference(measure, one.difference)} ({ends}), {word}"))
    moments = [capital(compared.after(month)) for month in when]
    option = responsive(lambda size: charts.dots(
        moments, marks, compared.names, compared.titles, f"difference, {unit(measure, difference=True)}", size,
        None if within is None else within * by))  # fmt: skip
    return Figure(option, f"{label(measure, compared.domain)}: difference from no foundation",
                  unit(measure, difference=True), ["", "Difference", "95% interval", "Verdict"], rows)  # fmt: skip


def three(compared: Comparison, month: int) -> Figure:
    """The three headline measures on one axis: differences in practical margins, so that better is to the right."""
    marks: dict[str, list[charts.Mark]] = {name: [] for name in compared.names}
    rows = []
    for measure in HEADLINE:
        found, row = Courses(measure, compared.summary), [label(measure, compared.domain)]
        for name in compared.names:
            one = found.contrast(name, NOBODY, month)
            within = margin(measure, one.other) if one.other is not None else None
            by = (-1.0 if measure == HEADLINE[2] else 1.0) / within if within else float("nan")
            marks[name].append(_mark(one, by, f"{shown_difference(measure, one.difference)} "
                                              f"{unit(measure, difference=True)}, {one.verdict}"))  # fmt: skip
            row += [shown_difference(measure, one.difference), one.verdict or "–"]
        rows.append(row)
    names = [label(measure, compared.domain) for measure in HEADLINE]
    option = responsive(lambda size: charts.dots(
        names, marks, compared.names, compared.titles, RIGHT, size, 1.0))  # fmt: skip
    head = ["Difference from no foundation"]
    for name in compared.names:
        head += [compared.titles[name], "Verdict"]
    return Figure(option, f"Against no foundation, {compared.after(month)}", "", head, rows)


def people(compared: Comparison, month: int) -> Figure:
    """Where people are in one month, a bar for each strategy."""
    found, names = whereabouts(compared), (*reversed(compared.names), NOBODY)
    words = {place: capital(compared.domain.words[place]) for place in PLACES}
    counts = {name: found.counts[name][:, month] for name in names}

    def drawn(size: int) -> dict[str, Any]:
        series = [{"type": "bar", "stack": "all", "name": words[place], "barCategoryGap": "30%",
                   "itemStyle": {"color": PLACE_INKS[place], "borderColor": "var(--paper)", "borderWidth": 2},
                   "emphasis": {"disabled": True}, "data": [round(float(counts[name][i]), 1) for name in names]}
                  for i, place in enumerate(PLACES)]  # fmt: skip
        plain = {"color": QUIET, "fontSize": size}
        return {
            "grid": {"left": 4, "right": 2 * size, "bottom": 8, "containLabel": True,
                     "top": int(4.4 * size) if size > SMALLER[-1][1] else 9 * size},
            "legend": {"top": 0, "left": 0, "icon": "roundRect", "itemWidth": size, "itemHeight": int(size * 0.7),
                       "textStyle": {"color": TEXT, "fontSize": size}, "selectedMode": False},
            "xAxis": {"type": "value", "axisLabel": {**plain, "formatter": "fn:axis", "hideOverlap": True},
                      "splitNumber": 4, "splitLine": {"lineStyle": {"color": FAINT}}},
            "yAxis": {"type": "category", "data": [compared.titles[name] for name in names],
                      "axisTick": {"show": False}, "axisLine": {"show": False},
                      "axisLabel": {"color": TEXT, "fontSize": size, "width": 10 * size, "overflow": "break",
                                    "lineHeight": size + 4}},
            "series": series, "aria": charts.PATTERNED,
        }  # fmt: skip

    def with_legend() -> dict[str, Any]:
        option = responsive(drawn)
        for rule, size in zip(option["media"], (*(size for _, size in SMALLER), LARGE), strict=True):
            rule["option"]["legend"] = drawn(size)["legend"]
        return option

    rows = [[words[place], *(number(float(counts[name][i])) for name in reversed(names))]
            for i, place in enumerate(PLACES)]  # fmt: skip
    return Figure(with_legend(), f"Where people are, {compared.after(month)}", "people",
                  ["", *(compared.titles[name] for name in reversed(names))], rows, "")  # fmt: skip


def _mark(one: Any, by: float, says: str) -> charts.Mark:
    """A contrast as a mark, in units of 1 / `by`; a negative `by` turns it round."""
    ends = sorted(end * by for end in (one.low, one.high) if end is not None)
    low, high = ends if len(ends) == 2 else (None, None)
    return charts.Mark((one.difference or 0.0) * by, low, high, says)


def _margin(compared: Comparison, measure: str) -> float | None:
    """The practical margin at the last moment, in the measure's unit."""
    values = Courses(measure, compared.summary).fan(NOBODY)[2]
    return margin(measure, float(values[compared.when[-1]]))


def _plain(compared: Comparison, last: int, size: int) -> dict[str, Any]:
    """Axes of a course; the programme shaded, and the moments at which what lasts is read dotted."""
    plain = {"color": QUIET, "fontSize": size}
    return {
        "grid": {"left": 4, "right": size, "top": size, "bottom": int(2.4 * size), "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": last, "interval": step(last), "name": "month",
                  "nameLocation": "middle", "nameGap": 2 * size, "nameTextStyle": plain,
                  "axisLabel": {**plain, "formatter": "fn:axis", "margin": size // 2},
                  "axisTick": {"show": False}, "axisLine": {"show": False}, "splitLine": {"show": False}},
        "yAxis": {"type": "value", "scale": True, "splitNumber": 4, "axisLabel": {**plain, "formatter": "fn:axis"},
                  "splitLine": {"lineStyle": {"color": FAINT}}},
        "aria": {"enabled": False},
        "series": [fans.marks(compared, 0, named=False, width=size / 12)],
    }  # fmt: skip
