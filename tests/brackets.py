"""Where each marked text stands in brackets: what stands outside them, and is no name, code or thing to be typed."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from evidence.quantities import inputs
from evidence.sources import load_sources
from scenarios.currencies import CURRENCIES
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import find_place

WORD = re.compile(r"[^\W\d_]{2,}")
SAID = ("name", "text", "subtext", "formatter", "valueFormatter")  # what an option of ECharts says in words
WRITES = re.compile(r"fn:\w+(?:/\w*)?/?")  # how a number is written (parts/chart.vue); its unit follows


@cache
def typed() -> frozenset[str]:
    """What files and commands know things by: a text that is exactly such a name is there to be typed."""
    kinds = ("place", "worldview", "strategy", "domain")
    return frozenset([*inputs(), *load_levers(), *load_sources(), *(name for kind in kinds for name in shipped(kind))])


@cache
def allowed() -> re.Pattern[str]:
    """What stands as it is in every language, by rules and not by what was found.

    Our own name; names of places, and codes of money; titles of sources, cut off as pages do it; names of files and of
    what is typed (with a line, dot, slash, sign = or digit in them); and gaps of a chart's own ("{b}").
    """
    places = [find_place(name).title for name in shipped("place")]
    sources = [source.title for source in load_sources().values()]
    names = {"Unfreeze", *CURRENCIES, *places, *sources, *(title[:57] for title in sources)}
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)|\w+=\S+|\w*[_\d]\w*|[\w-]+(?:[./]\w+)+|\{{\w\d?\}}")


def outside(text: str) -> list[str]:
    """Words in no brackets that no rule covers."""
    depth, left = 0, []
    for sign in text:
        depth = depth + 1 if sign == "[" else max(0, depth - 1) if sign == "]" else depth
        left.append(sign if depth == 0 and sign != "]" else " ")
    return [] if text in typed() else WORD.findall(allowed().sub(" ", "".join(left)))


def said_in(option: Any, key: str = "") -> Iterator[str]:
    """The words of a chart, of its option as a page gives it: axes, series, marks, rows, labels and units."""
    if isinstance(option, str):
        if key in SAID:
            yield WRITES.sub("", option)
    elif isinstance(option, list):
        for one in option:
            yield from said_in(one, "name" if key == "data" and isinstance(one, str) else key)
    elif isinstance(option, dict):
        for name, one in option.items():
            yield from said_in(one, name)
