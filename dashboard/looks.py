"""One look for every page: a colour, a line and a marker for each strategy, the same as in the figures on paper.

Colours are names of CSS variables (assets/unfreeze.css), which stand for other inks in the dark; parts/chart.vue
resolves them when it draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.figures import INKS, MARKERS
from scenarios.scenario import NOBODY

INK = tuple(f"var(--ink-{i})" for i in range(len(INKS)))
NOBODY_INK, QUIET, FAINT, PAPER, TEXT = "var(--nobody)", "var(--quiet)", "var(--line)", "var(--paper)", "var(--text)"
PROGRAMME, MARGIN_INK = "var(--programme)", "var(--margin)"
LINES: tuple[Any, ...] = ("solid", [9, 4], [2, 3], [9, 3, 2, 3])  # as figures.DASHES
SYMBOLS = {"o": "circle", "s": "rect", "^": "triangle", "D": "diamond"}


def ink(i: int) -> str:
    """The colour of the i-th strategy."""
    return INK[i % len(INK)]


def line(i: int) -> Any:
    """Its line style, as ECharts has it; another one where the inks begin anew."""
    return LINES[(i + i // len(INK)) % len(LINES)]


def symbol(i: int) -> str:
    """Its marker."""
    return SYMBOLS[MARKERS[(i + i // len(INK)) % len(SYMBOLS)]]


def look(names: Sequence[str], name: str) -> tuple[str, Any, str]:
    """Colour, line and marker of a scenario among `names`; nobody's are grey, drawn thin and open."""
    if name == NOBODY:
        return NOBODY_INK, "solid", "emptyCircle"
    i = list(names).index(name)
    return ink(i), line(i), symbol(i)


def dashes(line: Any) -> str:
    """A line style as SVG has it."""
    return "" if line == "solid" else " ".join(map(str, line))


def rounded(numbers: npt.NDArray[np.float64], digits: int = 4) -> list[float | None]:
    """Numbers for a picture: short, `digits` of the largest that count, and None where there is none."""
    most = float(np.nanmax(np.abs(numbers), initial=0.0))
    places = digits - 1 - int(np.floor(np.log10(most))) if most > 0 else 0
    found: list[float | None] = np.round(numbers, places).tolist()
    return [None if value != value else value for value in found] if np.isnan(numbers).any() else found
