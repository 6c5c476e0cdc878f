"""Which colour and line stands for what, in words' company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import solara

from analysis.comparison import Comparison, SoFar
from dashboard.looks import dashes, look
from dashboard.parts import element
from scenarios.language import say
from scenarios.scenario import NOBODY


@solara.component
def Legend(compared: Comparison | SoFar) -> None:
    """The strategies, and no foundation in a thin grey line."""
    LinesSaid(
        [(compared.titles[name], *look(compared.names, name)[:2], 1.5 if name == NOBODY else 3.0)
         for name in (*compared.names, NOBODY)], say("Lines in the charts"))  # fmt: skip


@solara.component
def LinesSaid(lines: Sequence[tuple[str, str, Any, float]], label: str) -> None:
    """Lines by name: (name, colour, dash as ECharts has it, width in pixels)."""
    with element("ul", cls="u-legend", label=label):
        for name, colour, dash, width in lines:
            with element("li"):
                with element("svg", cls="u-swatch", attributes={"viewBox": "0 0 34 12", "aria-hidden": "true"}):
                    element("line", attributes={
                        "x1": "0", "x2": "34", "y1": "6", "y2": "6", "stroke": colour, "stroke-width": f"{width:g}",
                        "stroke-dasharray": dashes(dash)})  # fmt: skip
                element("span", name)
