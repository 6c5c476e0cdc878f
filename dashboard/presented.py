"""Charts for a room: one at a time, in large type on a large screen and in small type on a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.comparison import SoFar
from analysis.contrasts import DIRECTION, Contrast
from analysis.figures import NOT_DONE
from analysis.people import SHOWN as PLACES
from analysis.people import whereabouts
from analysis.words import interval, label, number, scale, shown, shown_difference, unit
from dashboard import fans
from dashboard import money_charts as charts
from dashboard.fans import band, curve, edges, moments, step
from dashboard.looks import FAINT, MARGIN_INK, NOBODY_INK, QUIET, TEXT, look
from model.measures import HEADLINE
from scenarios.domains import capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

Numbers = npt.NDArray[np.float64]
LARGE = 28  # pixels of type
SMALLER = ((1150, 20), (700, 14))  # and of type where the chart is no wider than so many pixels
WIDE, HUGE = 2300, 48  # pixels of a chart on a very large screen, and of type there
RIGHT = N_("practical margins (right is better)")
PLACE_INKS = {place: f"var(--at-{place})" for place in PLACES}  # the colours of situations, as on the page People


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
    """What `make` draws in LARGE type, and in smaller type where there is less room; on a very large screen lines are
    as much thicker as type is larger."""
    large, larger = make(LARGE), make(HUGE)
    rules = [{"query": {"maxWidth": wide}, "option": _axes(make(size))} for wide, size in SMALLER]
    own = [rule for rule in make(SMALLER[-1][1]).get("media", ()) if "query" in rule]
    huge = {"query": {"minWidth": WIDE}, "option": _axes(larger) | _lines(larger)}
    return {**large, "media": [*rules, *own, huge, {"option": _axes(large) | _lines(large)}]}


def _axes(option: dict[str, Any]) -> dict[str, Any]:
    """Everything but the data."""
    return {name: option[name] for name in ("grid", "xAxis", "yAxis", "title") if name in option}


def _lines(option: dict[str, Any]) -> dict[str, Any]:
    """How thick each series is, in their order."""
    widths = [one.get("lineStyle", {}).get("width") for one in option["series"]]
    return {"series": [{} if width is None else {"lineStyle": {"width": width}} for width in widths]}


def course(compared: SoFar, measure: str) -> Figure:
    """The mean of the runs and a band of 90% of them, month by month."""
    units = compared.units
    found, by = compared.courses[measure], scale(measure, units)
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

    rows = [[say("Month {month}", month=str(month)),
             *(shown(measure, float(fans[name][2][month]), units) for name in names)]
            for month in moments(compared, months[-1])]  # fmt: skip
    return Figure(responsive(drawn), label(measure, compared.domain), unit(measure, units=units),
                  ["", *(compared.titles[name] for name in names)], rows)  # fmt: skip


def difference(compared: SoFar, measure: str) -> Figure:
    """The paired difference from no foundation and its interval, month by month; the margin dashed."""
    units = compared.units
    found, by = compared.courses[measure], scale(measure, units)
    months = found.months.tolist()
    gaps = {name: found.difference(name, NOBODY) for name in compared.names}
    within = edges(compared, measure)

    def drawn(size: int) -> dict[str, Any]:
        option = _plain(compared, months[-1], size)
        option["yAxis"]["axisLabel"]["formatter"] = "fn:points"
        option["series"].append(curve(months, np.zeros(len(months)), NOBODY_INK, "solid", size / 6))
        for side in (-within, within) if within is not None else ():
            option["series"].append(curve(months, side * by, MARGIN_INK, [4, 4], size / 12))
        for name, (middle, low, high) in gaps.items():
            colour, dash = look(compared.names, name)[:2]
            if low is not None and high is not None:
                option["series"].append(band(months, low * by, high * by, colour, 0.2))
            option["series"].append(curve(months, middle * by, colour, dash, size / 6, 0, compared.titles[name]))
        return option

    rows = []
    for month in moments(compared, months[-1]):
        row = [say("Month {month}", month=str(month))]
        for middle, low, high in gaps.values():
            ends = say("none") if low is None or high is None else (
                interval(measure, float(low[month]), float(high[month]), units))  # fmt: skip
            row += [shown_difference(measure, float(middle[month]), units), ends]
        rows.append(row)
    head = [""] + [text for name in compared.names for text in (compared.titles[name], say("95% interval"))]
    return Figure(responsive(drawn), _apart(compared, measure),
                  unit(measure, True, units), head, rows)  # fmt: skip


def at_the_end(compared: SoFar, measure: str) -> Figure:
    """The difference where what lasts is read, for each of those moments, with its interval; the margin dashed."""
    units, when, within = compared.units, compared.when, None
    by = scale(measure, units)
    marks: dict[str, list[charts.Mark]] = {name: [] for name in compared.names}
    rows = []
    for month in when:
        for name in compared.names:
            one = compared.contrast(name, NOBODY, measure, month)
            gap, ends = shown_difference(measure, one.difference, units), interval(measure, one.low, one.high, units)
            word, within = say(one.verdict or NOT_DONE), one.margin
            who = say("{who}, {when}", who=compared.titles[name], when=compared.after(month))
            rows.append([who, gap, ends, word])
            marks[name].append(_mark(one, by, f"{gap} ({ends}) {unit(measure, True, units)}, {word}"))
    axis = say("difference, {unit}", unit=unit(measure, True, units))
    moments = [capital(compared.after(month)) for month in when]
    option = responsive(lambda size: charts.dots(
        moments, marks, compared.names, compared.titles, axis, size,
        None if within is None else within * by))  # fmt: skip
    return Figure(option, _apart(compared, measure), unit(measure, True, units),
                  ["", say("Difference"), say("95% interval"), say("Verdict")], rows)  # fmt: skip


def _apart(compared: SoFar, measure: str) -> str:
    """The title of a chart of differences."""
    return say("{quantity}: difference from no foundation", quantity=label(measure, compared.domain))


def headline(compared: SoFar, month: int) -> Figure:
    """All headline measures on one axis: differences in practical margins, so that better is to the right."""
    units = compared.units
    marks: dict[str, list[charts.Mark]] = {name: [] for name in compared.names}
    rows = []
    for measure in HEADLINE:
        row = [label(measure, compared.domain)]
        for name in compared.names:
            one = compared.contrast(name, NOBODY, measure, month)
            by = DIRECTION[measure] / one.margin if one.margin else None
            gap, word = shown_difference(measure, one.difference, units), say(one.verdict or NOT_DONE)
            marks[name].append(_mark(one, by, f"{gap} {unit(measure, True, units)}, {word}"))
            row += [gap, word]
        rows.append(row)
    names = [label(measure, compared.domain) for measure in HEADLINE]
    option = responsive(lambda size: charts.dots(
        names, marks, compared.names, compared.titles, say(RIGHT), size, 1.0))  # fmt: skip
    head = [say("Difference from no foundation")]
    for name in compared.names:
        head += [compared.titles[name], say("Verdict")]
    return Figure(option, say("Against no foundation, {when}", when=compared.after(month)), "", head, rows)


def people(compared: SoFar, month: int) -> Figure:
    """Where people are in one month, a bar for each strategy."""
    found, names = whereabouts(compared), (*reversed(compared.names), NOBODY)
    words = {place: capital(compared.domain.word(place)) for place in PLACES}
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
        for rule, size in zip(option["media"], (*(size for _, size in SMALLER), HUGE, LARGE), strict=True):
            rule["option"]["legend"] = drawn(size)["legend"]
        return option

    rows = [[words[place], *(number(float(counts[name][i])) for name in reversed(names))]
            for i, place in enumerate(PLACES)]  # fmt: skip
    return Figure(with_legend(), say("Where people are, {when}", when=compared.after(month)), say("people"),
                  ["", *(compared.titles[name] for name in reversed(names))], rows, "")  # fmt: skip


def _mark(one: Contrast, by: float | None, says: str) -> charts.Mark:
    """A contrast as a mark, in units of 1 / `by`; a negative `by` turns it round.  Without a difference, or a margin to
    measure it by, there is none to draw."""
    if one.difference is None or by is None:
        return charts.Mark(None, None, None, says)
    ends = sorted(end * by for end in (one.low, one.high) if end is not None)
    low, high = ends if len(ends) == 2 else (None, None)
    return charts.Mark(one.difference * by, low, high, says)


def _plain(compared: SoFar, last: int, size: int) -> dict[str, Any]:
    """Axes of a course; the programme shaded, and the moments at which what lasts is read dotted."""
    plain = {"color": QUIET, "fontSize": size}
    return {
        "grid": {"left": int(0.7 * size), "right": size, "top": size, "bottom": int(2.4 * size), "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": last, "interval": step(last), "name": say("month"),
                  "nameLocation": "middle", "nameGap": 2 * size, "nameTextStyle": plain,
                  "axisLabel": {**plain, "formatter": "fn:axis", "margin": size // 2},
                  "axisTick": {"show": False}, "axisLine": {"show": False}, "splitLine": {"show": False}},
        "yAxis": {"type": "value", "scale": True, "splitNumber": 4, "axisLabel": {**plain, "formatter": "fn:axis"},
                  "splitLine": {"lineStyle": {"color": FAINT}}},
        "aria": {"enabled": False},
        "series": [fans.marks(compared, 0, named=False, width=size / 12)],
    }  # fmt: skip
