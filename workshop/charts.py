"""Pictures as SVG: the runs of the model and the room's predictions in one frame.  They work in black and white."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from scenarios.language import Speech

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 84, 20, 20, 62
BESIDE, BELOW = 44.0, 168.0  # room for all predictions, however many: beside lines, below dots
EDGE = 48  # half of a long number


class _Frame:
    """An SVG with a vertical or a horizontal axis of numbers."""

    def __init__(self, low: float, high: float, title: str, height: int = HEIGHT) -> None:
        margin = (high - low) * 0.06 or 1.0
        self.low, self.high, self.title, self.height = low - margin, high + margin, title, height
        self.parts: list[Markup] = []

    def share(self, value: float) -> float:
        """How far along the axis, from 0 to 1."""
        return float((value - self.low) / (self.high - self.low))

    def add(self, form: str, **values: object) -> None:
        """One element; values are escaped."""
        shown = {name: f"{v:.1f}" if isinstance(v, float) else v for name, v in values.items()}
        self.parts.append(Markup(form).format(**shown))

    def text(self, x: float, y: float, said: str, anchor: str = "middle") -> None:
        """A line of text."""
        self.add('<text x="{x}" y="{y}" text-anchor="{a}">{said}</text>', x=x, y=y, a=anchor, said=said)

    def bar(self, x1: float, x2: float, y1: float, y2: float, room: float) -> None:
        """What somebody predicted, thin enough for the next one to be another."""
        form = '<line class="bar" x1="{a}" x2="{b}" y1="{c}" y2="{d}" stroke-width="{wide}"/>'
        self.add(form, a=x1, b=x2, c=y1, d=y2, wide=min(5.0, 0.6 * room))

    @property
    def svg(self) -> Markup:
        """The picture."""
        inside = Markup("").join(self.parts)
        return Markup('<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
            self.title, WIDTH, self.height, inside
        )


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two."""
    step = 10.0 ** np.floor(np.log10(max(high - low, 1e-9)))
    step = next(step * by for by in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if (high - low) / (step * by) <= most)
    return [float(x) for x in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step]


Line = Sequence[tuple[int, float]]  # (month, value)


@dataclass(frozen=True)
class Predicted:
    """What people predicted: bars for the end, lines over the months; and one's own, for nobody else's eyes."""

    bars: Sequence[tuple[float, float]] = ()
    lines: Sequence[Line] = ()
    own_bar: tuple[float, float] | None = None
    own_line: Line = ()

    @property
    def middle(self) -> Line:
        """The middle of the lines, point by point; all have the same months."""
        if not self.lines:
            return ()
        values = np.median([[value for _, value in line] for line in self.lines], axis=0)
        return [(month, float(value)) for (month, _), value in zip(self.lines[0], values, strict=True)]

    @property
    def numbers(self) -> list[float]:
        """All that must have room in a picture."""
        bars = [*self.bars, *([self.own_bar] if self.own_bar else [])]
        return [*(x for bar in bars for x in bar), *(y for one in (*self.lines, self.own_line) for _, y in one)]


def courses(runs: np.ndarray, before: int, predicted: Predicted, t: Speech, title: str, years: str) -> Markup:
    """Lines of runs (run, month 0 ...) up to now, a mark at month `before`; predictions: bars at the end, lines."""
    bars = list(predicted.bars)
    months = runs.shape[1] - 1
    everything = [float(runs.min()), float(runs.max()), *predicted.numbers]
    frame = _Frame(min(everything), max(everything), title)
    wide = WIDTH - LEFT - RIGHT - 60

    def x(month: float) -> float:
        return float(LEFT + wide * month / months)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - frame.share(value))

    for at in ticks(frame.low, frame.high):
        frame.add('<line class="grid" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>', a=LEFT, b=WIDTH - RIGHT, y=y(at))
        frame.text(LEFT - 8, y(at) + 5, t.number(at), "end")
    for year in range(0, months // 12 + 1, 2 if months > 48 else 1):
        frame.text(x(12 * year), HEIGHT - BOTTOM + 24, t.number(year))
    frame.text(LEFT + wide / 2, HEIGHT - 10, years)
    frame.add('<line class="now" x1="{x}" x2="{x}" y1="{a}" y2="{b}"/>', x=x(before), a=TOP, b=HEIGHT - BOTTOM)
    for run in runs:
        points = " ".join(f"{x(m):.1f},{y(v):.1f}" for m, v in enumerate(run))
        frame.add('<polyline class="run" points="{points}"/>', points=points)
        frame.add('<circle class="dot" cx="{x}" cy="{y}" r="4"/>', x=x(months), y=y(float(run[-1])))
    each = BESIDE / max(len(bars), 1)
    for i, (low, high) in enumerate(bars):
        at = x(months) + 14 + each * (i + 0.5)
        frame.bar(at, at, y(low), y(high), each)
    drawn = [("drawn", one) for one in predicted.lines] + [("middle", predicted.middle), ("own", predicted.own_line)]
    for kind, line in drawn:
        if line:
            points = " ".join(f"{x(month):.1f},{y(value):.1f}" for month, value in line)
            frame.add('<polyline class="{kind}" points="{points}"/>', kind=kind, points=points)
    if predicted.own_bar:
        low, high = predicted.own_bar
        at = float(WIDTH - RIGHT + 6)
        frame.add('<line class="own" x1="{x}" x2="{x}" y1="{a}" y2="{b}"/>', x=at, a=y(low), b=y(high))
    return frame.svg


def board(low: float, high: float, start: float, months: Sequence[int], begins: int, t: Speech) -> Markup:
    """Where a line is drawn with a finger: an axis, the years, and where it starts.  The page's script draws in it."""
    wide, tall, left, right, top, bottom = 360, 240, 56, 344, 12, 208
    inside = []
    for at in ticks(low, high, 5):
        y = bottom - (bottom - top) * (at - low) / (high - low)
        inside.append(Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(left, right, y, y))
        said = t.number(at, sign=low < 0)
        inside.append(Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(left - 6, y + 4, said))
    for month in (begins, *months):
        if month % 12 == 0 and (len(months) <= 6 or month % 24 == 0):
            x = left + (right - left) * (month - begins) / (months[-1] - begins)
            said = t.number(month / 12)
            inside.append(Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(x, bottom + 20, said))
    sizes = {"width": wide, "height": tall, "left": left, "right": right, "top": top, "bottom": bottom}
    data = Markup(" ").join(
        Markup('data-{}="{}"').format(name, value)
        for name, value in {**sizes, "low": low, "high": high, "start": start}.items()
    )
    return Markup(
        '<svg class="chart draw" aria-hidden="true" viewBox="0 0 {} {}" {}>{}<polyline class="own" points=""/></svg>'
    ).format(wide, tall, data, Markup("").join(inside))


def rows(
    named: Sequence[tuple[str, Sequence[float]]], bars: Iterable[tuple[float, float]], t: Speech, title: str, axis: str
) -> Markup:
    """A row of dots for each name, a dot a run, on one axis with 0 marked; below them predictions as bars."""
    bars = list(bars)
    everything = [0.0, *(float(v) for _, values in named for v in values), *(x for bar in bars for x in bar)]
    each = min(14.0, BELOW / max(len(bars), 1))
    tall = 60 * len(named) + (round(each * len(bars)) + 30 if bars else 0) + 78
    frame = _Frame(min(everything), max(everything), title, tall)

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * frame.share(value)

    for at in ticks(frame.low, frame.high):
        frame.add('<line class="grid" x1="{x}" x2="{x}" y1="4" y2="{b}"/>', x=x(at), b=tall - 62)
        edge = "start" if x(at) < EDGE else "end" if x(at) > WIDTH - EDGE else "middle"  # all of it within the picture
        frame.text(x(at), tall - 38, t.number(at, sign=True), edge)
    frame.add('<line class="now" x1="{x}" x2="{x}" y1="4" y2="{b}"/>', x=x(0.0), b=tall - 62)
    frame.text(WIDTH / 2, tall - 10, axis)
    top = 26.0
    for name, values in named:
        frame.text(8, top, name, "start")
        for i, value in enumerate(values):
            frame.add('<circle class="dot" cx="{x}" cy="{y}" r="5"/>', x=x(float(value)), y=top + 10 + 4 * (i % 4))
        top += 60
    if bars:
        frame.text(8, top, t("What the room predicted"), "start")
        for i, (low, high) in enumerate(bars):
            y = top + 14 + each * i
            frame.bar(x(low), x(high), y, y, each)
    return frame.svg
