"""Worldviews: what one party believes about how the system works - settings of quantities, never of levers."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evidence.data_file import DataFile, Field
from evidence.quantities import check_value, find_quantity
from scenarios.names import find, ships

FIELDS = {
    "title": Field("title", "the worldview's name on screen", required=True),
    "meaning": Field("text", "one sentence: what it takes to be so", required=True),
    "believes": Field("text", "one sentence as its holders would say it", required=True),
}


@dataclass(frozen=True, slots=True)
class Worldview:
    """One belief about the system.  `values` are the quantities it sets, by name; none for the published evidence.
    `ours`: it ships with Unfreeze, and its texts are in general terms."""

    name: str
    title: str
    meaning: str
    believes: str
    values: Mapping[str, float]
    ours: bool = field(default=False, repr=False, compare=False)


def read_set(file: DataFile) -> dict[str, float]:
    """The table [set] of a worldview or a domain: quantities by name, each known and within its range (or off)."""
    if "set" not in file.data:
        return {}
    return {
        name: check_value(
            find_quantity(name, file.where("set", name)),
            file.value(Field("number", "a quantity"), "set", name),
            file.where("set", name),
        )
        for name in file.table("set")
    }


def read_worldview(path: Path) -> Worldview:
    """One worldview from its file, checked."""
    file = DataFile(path)
    return Worldview(path.stem, **file.read(FIELDS, skip=["set"]), values=read_set(file),
                     ours=ships("worldview", path))  # fmt: skip


def find_worldview(name: str | os.PathLike[str]) -> Worldview:
    """A shipped worldview by its name, or one from a file."""
    return read_worldview(find("worldview", name))
