"""A place of somebody's own as text: a file that a person picked or a form made, and that lies on no disk of ours.

The same checks as for a file (scenarios/places.py); but a text from elsewhere can name a domain that ships and no file.
Its name holds a digest of the text: equal names are equal places, whoever gives them, and nobody can guess one.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import BadInput, UnreadableFile
from evidence.data_file import DataFile, _line_numbers, parsed
from scenarios.names import plain_name, shipped
from scenarios.places import Place, place_of

LARGEST = 32_000  # letters
DIGEST = 8  # bytes
YOURS = "your place"  # what messages call the text
NAME = re.compile(rf"[a-z0-9_]{{1,40}}_[0-9a-f]{{{2 * DIGEST}}}\.toml")


class GivenText(DataFile):
    """A data file that somebody gave as text."""

    def __init__(self, text: str, name: str) -> None:
        if len(text) > LARGEST:
            raise UnreadableFile(YOURS, f"it has {len(text):,} letters", do=f"At most {LARGEST:,} letters of TOML text")
        self.path, self.shown = Path(name), YOURS
        self.text = text.removeprefix("\ufeff")
        self.data = parsed(self.text, self.shown)
        self._lines = _line_numbers(self.text)


@dataclass(frozen=True)
class OwnPlace:
    """`name` is the file under which it is saved, and what links and commands call it."""

    name: str
    text: str
    place: Place


def read_own(text: str) -> OwnPlace:
    """The place that a text describes; BadInput says what is wrong with it, and in which field."""
    first = GivenText(text, "yours.toml")
    domain = first.data.get("domain")
    if isinstance(domain, str) and plain_name(domain) not in shipped("domain"):
        raise BadInput(f"'{domain[:60]}' is no domain that ships", where=first.where("domain"),
                       allowed=", ".join(shipped("domain")),
                       do="A domain of your own needs the command line: unfreeze compare --place")  # fmt: skip
    name = name_of(str(first.data.get("title", "")), first.text)
    return OwnPlace(name, first.text, place_of(GivenText(first.text, name)))


def name_of(title: str, text: str) -> str:
    """`Bray & Wicklow` as a file's name, with the digest of the text."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", letters)[:40].strip("_") or "place"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST).hexdigest()
    return f"{slug}_{digest}.toml"


def as_toml(data: Mapping[str, Any]) -> str:
    """Plain dicts of texts, numbers, truths and lists as TOML text: single values first, then tables."""
    return "\n".join(_lines(data, ())) + "\n"


def _lines(table: Mapping[str, Any], at: tuple[str, ...]) -> list[str]:
    single = {name: value for name, value in table.items() if not isinstance(value, Mapping)}
    lines = [""] * bool(at) + [f"[{'.'.join(map(_key, at))}]"] * bool(at and (single or not table))
    lines += [f"{_key(name)} = {_value(value)}" for name, value in single.items()]
    for name, value in table.items():
        if isinstance(value, Mapping):
            lines += _lines(value, (*at, name))
    return lines


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else str(value)
