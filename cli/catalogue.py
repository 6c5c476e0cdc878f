"""The catalogue: everything that has a name, one line each.  `unfreeze list` prints it, `unfreeze show` looks in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

KINDS = {  # as in `unfreeze list KIND`: what one of them is called
    "strategies": "strategy",
    "worldviews": "worldview",
    "places": "place",
    "domains": "domain",
    "levers": "lever",
    "parameters": "parameter",
    "measures": "measure",
}
COLUMNS = {  # fields of an entry that a table shows; JSON has all of them
    "strategies": ("name", "kind", "meaning"),
    "worldviews": ("name", "title", "meaning"),
    "places": ("name", "title", "meaning"),
    "domains": ("name", "title", "meaning"),
    "levers": ("name", "rest", "range", "unit", "meaning"),
    "parameters": ("name", "value", "range", "unit", "mark", "meaning"),
    "measures": ("name", "unit", "meaning"),
}


def entries(kind: str) -> list[dict[str, Any]]:
    """Every strategy, worldview, ... as plain data, in the order of the screen."""
    return list({"levers": _levers, "parameters": _parameters, "measures": _measures}.get(kind, _files)(kind))


def names(kind: str) -> tuple[str, ...]:
    """The names of all strategies, worldviews, ..."""
    return tuple(entry["name"] for entry in entries(kind))


def short(value: float | None) -> str:
    """A number as people write it: 4,530, 0.95, 1.5e-05; "" for none."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e12 else f"{value:.6g}"


def span(low: float, high: float) -> str:
    """0.5 to 1"""
    return f"{short(low)} to {short(high)}"


@cache
def shipped_things(kind: str) -> tuple[Any, ...]:
    """Every shipped Strategy, Worldview, Place or Domain, read once; references first, the hybrid last."""
    from scenarios.domains import find_domain
    from scenarios.names import shipped
    from scenarios.places import find_place
    from scenarios.strategy import KINDS as WHO_LEADS
    from scenarios.strategy import find_strategy
    from scenarios.worldviews import find_worldview

    one = KINDS[kind]
    find: Any = {
        "strategy": find_strategy, "worldview": find_worldview, "place": find_place, "domain": find_domain,
    }[one]  # fmt: skip
    found = [find(name) for name in shipped(one)]
    if kind == "strategies":
        found.sort(key=lambda strategy: WHO_LEADS.index(strategy.kind))
    return tuple(found)


def _files(kind: str) -> Iterator[dict[str, Any]]:
    for thing in shipped_things(kind):
        entry = {"name": thing.name, "title": thing.title, "meaning": thing.meaning}
        yield entry | ({"kind": thing.kind} if kind == "strategies" else {})


def _levers(_: str) -> Iterator[dict[str, Any]]:
    from scenarios.levers import load_levers

    for lever in load_levers().values():
        yield {
            "name": lever.name, "rest": lever.rest, "low": lever.low, "high": lever.high, "unit": lever.unit,
            "group": lever.group, "mark": lever.mark, "meaning": lever.meaning,
        }  # fmt: skip


def _parameters(_: str) -> Iterator[dict[str, Any]]:
    from evidence.quantities import load_quantities

    for q in load_quantities().values():
        yield {
            "name": q.name, "value": q.value, "low": q.low, "high": q.high, "unit": q.unit, "mark": q.mark,
            "role": q.role, "scope": q.scope, "meaning": q.meaning,
        }  # fmt: skip


def _measures(_: str) -> Iterator[dict[str, Any]]:
    from model.measures import HEADLINE, MEASURES, STRATA

    for field in MEASURES.fields.values():
        if field.name not in STRATA:  # thirds of need are strata of their measure
            headline = field.name in HEADLINE
            yield {"name": field.name, "unit": field.unit, "headline": headline, "meaning": field.meaning}
