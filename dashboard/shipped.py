"""What is known of the opening screen before anybody asks: its sentence, who wins in whose world, what the
practices and mechanisms do, and how much each number matters.

`python -m tools.opening` makes it with the functions that the pages call for any other screen, and stores it small.  It
holds for the edition of rules and figures with which it was made, and is passed over in any other; a test runs a part
of it again and compares digits.  Numbers have nine digits, outcomes of the screening seven.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.contrasts import Contrast
from analysis.why import Effect
from analysis.words import PEOPLE
from analysis.worlds import Row
from dashboard.screen import Screen
from scenarios.edition import edition
from scenarios.language import ENGLISH, spoken

FOLDER = Path(__file__).parent / "shipped"
FILE, OUTCOMES = FOLDER / "opening.json.gz", FOLDER / "outcomes.npz"
CONTRAST = tuple(one.name for one in fields(Contrast))
Numbers = npt.NDArray[np.float64]
Effects = dict[str, Effect]


@cache
def stored() -> dict[str, Any]:
    """Everything in the file as plain data; nothing if it was made with other rules and figures."""
    if not FILE.is_file():
        return {}
    found: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    return found if found.get("edition") == edition() else {}


def is_opening(screen: Screen, *, choices: bool = True, worldview: bool = True) -> bool:
    """Whether this is the opening screen in everything that matters: with its strategies, in its worldview."""
    usual, names = Screen(), ["place", "settings", "people", "months", "seed"]
    names += ["choices"] if choices else []
    names += ["worldview"] if worldview else []
    return all(getattr(screen, name) == getattr(usual, name) for name in names)


def worlds(screen: Screen) -> dict[str, Row]:
    """By strategy: what it does in every worldview, in the place and with the people of the opening screen."""
    if not is_opening(screen, choices=False, worldview=False):
        return {}
    return {text["strategy"]: _row(text) for text in stored().get("worlds", [])}


def first(screen: Screen) -> tuple[str, str]:
    """The opening screen's sentence and how sure it is, before anything is run; of any other screen two empty texts."""
    found = stored().get("first") if spoken().language == ENGLISH else None  # stored in English
    return (found["headline"], found["sure"]) if found and screen.question == Screen().question else ("", "")


def practices(screen: Screen) -> tuple[int, dict[str, list[Effect]]] | None:
    """Replicates, and the five practices both ways by measure."""
    found = stored().get("practices")
    if found is None or not is_opening(screen, choices=False):
        return None
    return found["replicates"], {measure: [_effect(one) for one in every] for measure, every in found["of"].items()}


def mechanisms(screen: Screen, between: str) -> list[Effects] | None:
    """Every mechanism switched off, for the difference between the two opening strategies."""
    found = stored().get("mechanisms")
    if found is None or between != found["between"] or not is_opening(screen):
        return None
    return [{measure: _effect(one) for measure, one in each.items()} for each in found["of"]]


def top_mechanisms(most: int = 10) -> list[str]:
    """Mechanisms that change the opening difference in people most."""
    found = (stored().get("mechanisms") or {"of": []})["of"]
    sizes = {each[PEOPLE]["name"]: abs(_contrast(each[PEOPLE]["change"]).difference or 0.0) for each in found}
    return sorted(sizes, key=lambda name: (-sizes[name], name))[:most]


def most_moving() -> list[str]:
    """Numbers that matter most on the opening screen, the first first: the first to be tried on any other."""
    return [str(name) for name in stored().get("most_moving", [])]


def outcomes(screen: Screen) -> dict[str, Numbers]:
    """By parameter what a screening found (analysis/importance.py)."""
    if not is_opening(screen) or not stored().get("outcomes"):
        return {}
    return {name: found.copy() for name, found in _outcomes().items()}


@cache
def _outcomes() -> dict[str, Numbers]:
    with np.load(OUTCOMES) as file:
        return {name: file[name].astype(np.float64) for name in file.files}


# --- as plain data ----------------------------------------------------------------------------------------------------


def row_data(row: Row) -> dict[str, Any]:
    """A strategy in every worldview."""
    return {"strategy": row.strategy, "gaps": {world: _numbers(gaps) for world, gaps in row.gaps.items()},
            "cells": {world: {measure: _contrast_data(one) for measure, one in cell.items()}
                      for world, cell in row.cells.items()}}  # fmt: skip


def effect_data(one: Effect) -> dict[str, Any]:
    """What a switch changes."""
    ends = {name: None if (found := getattr(one, name)) is None else _contrast_data(found)
            for name in ("change", "before", "after")}  # fmt: skip
    return {"name": one.name, "way": one.way, "changes": _numbers(one.changes), **ends}


def write(parts: Mapping[str, Any]) -> None:
    """The file, the same bytes for the same parts."""
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps({"edition": edition(), **parts}, separators=(",", ":"), sort_keys=True)
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))


def write_outcomes(found: Mapping[str, Numbers]) -> None:
    """The outcomes of a screening, in half the digits."""
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(OUTCOMES, **{name: found[name].astype(np.float32) for name in sorted(found)})  # type: ignore[arg-type]


def _row(data: Mapping[str, Any]) -> Row:
    cells = {world: {measure: _contrast(one) for measure, one in cell.items()} for world, cell in data["cells"].items()}
    return Row(data["strategy"], cells, {world: np.array(gaps, np.float64) for world, gaps in data["gaps"].items()})


def _effect(data: Mapping[str, Any]) -> Effect:
    before, after = (None if data[name] is None else _contrast(data[name]) for name in ("before", "after"))
    return Effect(data["name"], data["way"], _contrast(data["change"]), np.array(data["changes"], np.float64),
                  before, after)  # fmt: skip


def _contrast(values: Sequence[Any]) -> Contrast:
    return Contrast(*values)


def _contrast_data(one: Contrast) -> list[Any]:
    return [_short(getattr(one, name)) for name in CONTRAST]


def _numbers(values: Numbers) -> Any:
    return [_numbers(row) if row.ndim else _short(float(row)) for row in np.asarray(values)]


def _short(value: Any) -> Any:
    return float(f"{value:.9g}") if isinstance(value, float) else value
