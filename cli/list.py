"""`unfreeze list [KIND]`: what there is to choose from, one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import click

from cli.catalogue import COLUMNS, KINDS, entries, short, span
from cli.options import place_option, words_of

WIDE = 240  # columns, when nobody looks: one line each, for grep
NARROW = 110  # columns, below which ranges are left out


@click.command("list")
@click.argument("kind", default="", metavar="[" + "|".join(KINDS) + "]")
@place_option
@click.option("--sort", metavar="COLUMN", help="Order by a column of the table, e.g. value; names and words from A.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with everything that is known.")
def list_command(kind: str, place: str | None, sort: str | None, as_json: bool) -> None:
    """List strategies, worldviews, places, domains, levers, parameters or measures.

    With --place parameters are those of the place: its own figures, then its field's, then ours.

    Without an argument: everything that is a file of its own, and how many of the rest there are.  Each name can be
    given to `unfreeze show`.
    """
    kinds = [_kind(kind)] if kind else [k for k in KINDS if k not in ("levers", "parameters", "measures")]
    own, told = words_of(place), partial(_told, place)
    if sort is not None:
        _check_column(sort, kinds)
    if as_json:
        from cli.about import json_text

        click.echo(json_text({k: told(k, own, sort) for k in (kinds if kind or sort else KINDS)}))
        return
    for one in kinds:
        _print_table(one, told(one, own, sort))
    if not kind:
        for one in ("levers", "parameters", "measures"):
            click.echo(f"{len(entries(one))} {one}: unfreeze list {one}")


def _check_column(sort: str, kinds: list[str]) -> None:
    """BadInput if one of the tables has no such column."""
    from engine.errors import UnknownName

    columns = [column for column in COLUMNS[kinds[0]] if all(column in COLUMNS[kind] for kind in kinds)]
    if sort not in columns:
        raise UnknownName("column in these tables", sort, columns, where="--sort")


def _order(entry: dict[str, Any], column: str) -> tuple[bool, Any]:
    """By what it stands in the order: numbers as numbers, nothing last."""
    value = (entry["low"], entry["high"]) if column == "range" else entry[column]
    return (value is None, "" if value is None else value.casefold() if isinstance(value, str) else value)


def _told(place: str | None, kind: str, own: Callable[[str], str], sort: str | None) -> list[dict[str, Any]]:
    """The entries of a kind, said in a domain's words; places and domains have words of their own.  sort: a column.

    Targets and context are published figures of homelessness, and are said only in its words.
    """
    found = [entry for entry in entries(kind) if own is str or entry.get("role", "input") == "input"]
    if kind == "parameters" and place is not None:
        found = list(_in_place(found, place))
    said = () if kind in ("places", "domains") else ("title", "meaning", "unit")
    told = [{key: own(value) if key in said else value for key, value in entry.items()} for entry in found]
    return told if sort is None else sorted(told, key=lambda entry: _order(entry, sort))


def _in_place(found: list[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    """Parameters with the values, plausible ranges and marks that hold in a place (money in EUR)."""
    from evidence.quantities import inputs, values
    from scenarios.places import bind, domain_of, find_place
    from scenarios.unlikely import plausible_range

    place = find_place(name)
    domain, here = domain_of(place), values(*bind(place))[0]
    for entry in found:
        one = entry["name"]
        low, high = plausible_range(place, domain, inputs()[one])
        figure = place.figures.get(one)
        mark = figure.mark if figure else "assumption" if one in domain.values else entry["mark"]
        yield entry | {"value": float(here[one]), "low": low, "high": high, "mark": mark}


def _kind(text: str) -> str:
    """The kind that somebody means: `strategy`, `Strategies` and `worldviews` are understood."""
    from engine.errors import UnknownName

    plain = text.strip().lower()
    spoken = {name: kind for kind, one in KINDS.items() for name in (kind, one, f"{one}s")}
    spoken |= dict.fromkeys(("world", "worlds"), "worldviews")
    if plain not in spoken:
        raise UnknownName("list", plain, KINDS, where="unfreeze list")
    return spoken[plain]


def _print_table(kind: str, found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from cli.screen import console as screen
    from scenarios.strategy import ILLUSTRATIONS

    console = screen(WIDE)
    columns = tuple(c for c in COLUMNS[kind] if c != "range" or console.width >= NARROW)
    rows = [_cells(entry, columns) for entry in found]
    title = f"{kind}  {ILLUSTRATIONS}" if kind == "strategies" else kind
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for column, width in zip(columns, _widths(columns, rows, console.width), strict=True):
        side: Any = "right" if column in ("value", "rest") else "left"
        table.add_column(column, no_wrap=True, overflow="ellipsis", width=width, justify=side)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()


def _cells(entry: dict[str, Any], columns: tuple[str, ...]) -> list[str]:
    shown = dict(entry)
    if "low" in entry:
        shown["range"] = span(entry["low"], entry["high"])
    flags = [entry["role"]] if entry.get("role", "input") != "input" else ["headline"] if entry.get("headline") else []
    shown["meaning"] = "".join(f"({flag}) " for flag in flags) + entry["meaning"]
    return [value if isinstance(value, str) else short(value) for value in (shown[column] for column in columns)]


def _widths(columns: tuple[str, ...], rows: list[list[str]], width: int) -> list[int]:
    """Names and numbers are never cut; the unit and then the meaning make do with what is left of the line."""
    widths = [max(len(column), *(len(row[i]) for row in rows)) for i, column in enumerate(columns)]
    for i, column in enumerate(columns):
        left = width - 2 * (len(columns) - 1) - sum(widths) + widths[i]  # if all others had what they need
        if column == "unit":
            widths[i] = min(widths[i], max(12, left + widths[-1] - 60))
        elif column == "meaning":
            widths[i] = max(20, left)
    return widths
