"""Sources: where the numbers come from, one entry each in sources.toml (`S1`: the page was read; `R1`: recalled)."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.errors import UnknownName, Where
from evidence.data_file import DataFile, Field

FILE = Path(__file__).parent / "sources.toml"

FIELDS = {
    "title": Field("text", "author and year, or the page's own title", required=True),
    "address": Field("text", "where a reader finds it; nothing is ever fetched", required=True),
    "seen": Field("truth", "true if the page was read, false if it is quoted from memory", required=True),
    "note": Field("text", "anything a reader should know", default=""),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One published source."""

    key: str
    title: str
    address: str
    seen: bool
    note: str


@cache
def load_sources(path: Path = FILE) -> dict[str, Source]:
    """Every source by its key, checked."""
    file = DataFile(path)
    return {key: Source(key=key, **file.read(FIELDS, key)) for key in file.data}


def check_source_keys(text: str, where: Where | str | None = None, free_text: bool = False) -> tuple[str, ...]:
    """The keys in `text` ("S1 S2"); UnknownName if one is not in sources.toml.

    With `free_text` (a person's own city) other words are a description, and only what looks like a key is looked up.
    """
    words = tuple(re.findall(r"\b[SR]\d+\b", text) if free_text else text.split())
    for word in words:
        if word not in load_sources():
            raise UnknownName("source", word, load_sources(), where=where)
    return words
