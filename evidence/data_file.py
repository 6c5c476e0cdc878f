"""Data files: read one TOML file, and say exactly where something in it is wrong.

Quantities, sources, levers, strategies, worldviews, domains and places are all TOML.  They are read here and checked
against tables of `Field`, so that every complaint names file, line and field, what is allowed and what to do.
"""

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from engine.errors import UNSEEN, BadInput, MissingField, OutOfRange, UnknownName, UnreadableFile, Where

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 1_000_000  # bytes; our own largest file has some 60,000
KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float), "whole": (int,), "text": (str,), "title": (str,), "truth": (bool,), "list": (list,)
}  # fmt: skip
HUGE = 1e300
LONGEST_TITLE, LONGEST_TEXT = 100, 10_000  # letters
NAME = re.compile(r"[a-z][a-z0-9_]*")

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\],]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^.\s]+))\s*\.?""")
MOST_PARTS = 16
_LONG_KEY = re.compile(rf"""(?<![\w"'-])[\w"'-]++(?:[ \t]*+\.[ \t]*+[\w"'-]++){{{MOST_PARTS}}}""")
_COMMA = re.compile(r"[^#=]+=\s*([+-]?\d+),(\d+)\s*(?:#.*)?", re.ASCII)  # a decimal comma
_MANY_DIGITS = re.compile(r"[\d_]{1000,}")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")

Key = str | int


class Field(NamedTuple):
    """One field of a table in a data file; the checks and the field lists of `unfreeze show` read this entry."""

    kind: str  # number | whole | text | title (one line, for screens and pictures) | truth | list
    meaning: str
    required: bool = False
    default: Any = None
    low: float = -math.inf
    high: float = math.inf
    one_of: tuple[str, ...] = ()

    def allowed(self) -> str:
        """What may stand here, in words."""
        if self.one_of:
            return "one of " + ", ".join(self.one_of)
        words = {
            "number": "a number", "whole": "a whole number", "text": "text in quotes", "truth": "true or false",
            "list": "a list", "title": f"one line of text in quotes, at most {LONGEST_TITLE} letters",
        }[self.kind]  # fmt: skip
        if math.isfinite(self.low) and math.isfinite(self.high):
            return f"{words} from {self.low:g} to {self.high:g}"
        return words


class DataFile:
    """A TOML file that has been read: `data` (plain dicts), and the line on which each key stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown = shown(path)  # the path as a reader knows it
        self.text = text_of(path)
        self.data = parsed(self.text, self.shown)
        self._lines = _line_numbers(self.text)

    def line(self, *keys: Key) -> int:
        """Line of a key, e.g. `line("crisis_beds", "low")`; of the nearest table above it if it has none of its own."""
        while keys and keys not in self._lines:
            keys = keys[:-1]
        return self._lines.get(keys, 1)

    def where(self, *keys: Key) -> Where:
        """File, line and field, for messages."""
        return Where(self.shown, self.line(*keys), ".".join(str(key) for key in keys) or None)

    def read(self, fields: Mapping[str, Field], *keys: Key, skip: Iterable[str] = ()) -> dict[str, Any]:
        """The table at `keys`, checked against `fields` (names in `skip` are checked elsewhere), defaults filled in."""
        table, skipped = self.table(*keys), set(skip)
        for name in table:
            if name not in fields and name not in skipped:
                raise UnknownName("field", name, [*fields, *skipped], where=self.where(*keys, name))
        for name, field in fields.items():
            if field.required and name not in table:
                raise MissingField(name, meaning=f"{field.allowed()}: {field.meaning}", where=self.where(*keys))
        return {n: self.value(f, *keys, n) if n in table else f.default for n, f in fields.items()}

    def table(self, *keys: Key) -> dict[str, Any]:
        """The table at `keys`; something that is not a table is an error."""
        found: Any = self._at(keys)
        if not isinstance(found, dict):
            raise BadInput(
                f"'{keys[-1]}' must be a table of fields, not {_words(found)}",
                where=self.where(*keys),
                do=f"Write [{'.'.join(str(k) for k in keys)}] on a line of its own, and its fields below",
            )
        return found

    def value(self, field: Field, *keys: Key) -> Any:
        """The value at `keys` if it is what `field` allows."""
        found: Any = self._at(keys)
        name, where = str(keys[-1]), self.where(*keys)
        fits: bool = isinstance(found, KINDS[field.kind]) and (field.kind == "truth" or not isinstance(found, bool))
        if not fits:
            do = "Write the bare number; its unit is fixed" if field.kind in ("number", "whole") else ""
            raise BadInput(f"'{name}' is {_words(found)}", where=where, allowed=field.allowed(), do=do)
        if isinstance(found, str):
            self._check_text(field, found, name, where)
        if field.one_of and found not in field.one_of:
            raise UnknownName(name, found, field.one_of, where=where)
        if field.kind in ("number", "whole"):
            if not -HUGE < found < HUGE:  # nor nan, nor a whole number too large to be a float
                raise BadInput(f"'{name}' is {found}", where=where, allowed=field.allowed())
            if not field.low <= found <= field.high:
                raise OutOfRange(name, found, field.low, field.high, where=where)
            return float(found) if field.kind == "number" else int(found)
        return found

    def _check_text(self, field: Field, text: str, name: str, where: Where) -> None:
        """Others' text goes to screens, pages and pictures: it holds nothing that they would take for a command."""
        unseen = UNSEEN.search(text)
        title = field.kind == "title"
        if unseen or (title and re.search(r"[\n\r\t\u2028\u2029]", text)):
            what = f"holds the sign U+{ord(unseen[0]):04X}, which nobody sees" if unseen else "has more than one line"
            raise BadInput(f"'{name}' {what}", where=where, allowed=field.allowed())
        if title and not text.strip():
            raise BadInput(f"'{name}' is empty", where=where, allowed=field.allowed())
        if len(text) > (LONGEST_TITLE if title else LONGEST_TEXT):
            raise BadInput(f"'{name}' has {len(text):,} letters", where=where,
                           allowed=field.allowed() if title else f"at most {LONGEST_TEXT:,}")  # fmt: skip

    def _at(self, keys: tuple[Key, ...]) -> Any:
        found: Any = self.data
        for key in keys:
            found = found[key]
        return found


def shown(path: Path) -> str:
    """A path for messages: our own files from the project's top folder, others as given."""
    try:
        full = path.resolve()
    except (OSError, ValueError):
        return str(path)
    return full.relative_to(ROOT).as_posix() if full.is_relative_to(ROOT) else str(path)


def text_of(path: Path) -> str:
    """The text of a small, ordinary UTF-8 file; anything else is an UnreadableFile that says what it is."""
    name = shown(path)
    try:
        if path.is_dir():
            raise UnreadableFile(name, "it is a folder", do="Name one .toml file in it")
        if not path.exists():
            raise UnreadableFile(name, "there is no such file", do="Check the spelling and the folder")
        if not path.is_file():  # a device or a pipe would never end
            raise UnreadableFile(name, "it is not an ordinary file")
        size = path.stat().st_size
        if size > LARGEST:
            raise UnreadableFile(name, f"it has {size / 1e6:.1f} MB", do=f"At most {LARGEST / 1e6:g} MB of TOML text")
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(name, error.strerror or str(error)) from error
    except ValueError as error:  # a NUL byte in the name
        raise UnreadableFile(repr(name), f"this cannot be the name of a file ({error})") from error
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise UnreadableFile(name, "it is not a text file", line=line, do="Give TOML text in UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(name, "a letter is not UTF-8", line=line, do="Save the file as UTF-8") from error


def parsed(text: str, name: str) -> dict[str, Any]:
    """TOML text as plain dicts; anything else is an UnreadableFile that says what it is.  name: for messages."""
    import tomllib

    long = _LONG_KEY.search(text)
    if long:  # tomllib takes time that grows with its square
        line = text.count("\n", 0, long.start()) + 1
        raise UnreadableFile(name, f"a name has more than {MOST_PARTS} parts with points between", line=line)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, place = str(error), _AT_LINE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        why = f"it is not TOML: {_AT_LINE.sub('', message)}"
        comma = _COMMA.fullmatch(text.split("\n")[line - 1].strip())
        do = (f"Write a number with a point: {comma[1]}.{comma[2]}" if comma else
              "Write one 'name = value' a line, text in \"quotes\", tables in [brackets]")  # fmt: skip
        raise UnreadableFile(name, why, line=line, do=do) from error
    except RecursionError as error:
        raise UnreadableFile(name, "it is nested too deeply") from error
    except ValueError as error:  # a number with thousands of digits
        digits = _MANY_DIGITS.search(text)
        at = text.count("\n", 0, digits.start()) + 1 if digits else None
        raise UnreadableFile(name, "a number is too long", line=at, do="Write it with fewer digits") from error


def _line_numbers(text: str) -> dict[tuple[Key, ...], int]:
    """Line of every table header and key.  tomllib keeps no positions; the text is known to be TOML, so we can scan."""
    lines: dict[tuple[Key, ...], int] = {}
    counts: dict[tuple[Key, ...], int] = {}
    table: tuple[Key, ...] = ()
    closing = ""  # the end we wait for inside a text of several lines
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _in_arrays(_parts(header[2]), counts, header[1] == "[[")
            for i in range(1, len(table) + 1):
                lines.setdefault(table[:i], number)
        elif key := _KEY.match(line):
            parts = _parts(key[1])
            for i in range(1, len(parts) + 1):
                lines.setdefault((*table, *parts[:i]), number)
            for quotes in ('"""', "'''"):
                if line.count(quotes) == 1:
                    closing = quotes
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(dotted))


def _in_arrays(parts: tuple[str, ...], counts: dict[tuple[Key, ...], int], new: bool) -> tuple[Key, ...]:
    """A header's keys with the index of each array of tables it lies in: ('phase', 1, 'levers')."""
    keys: tuple[Key, ...] = ()
    for i, part in enumerate(parts):
        keys = (*keys, part)
        if new and i == len(parts) - 1:
            counts[keys] = counts.get(keys, -1) + 1
        if keys in counts:
            keys = (*keys, counts[keys])
    return keys


def _words(value: Any) -> str:
    if isinstance(value, str):
        return f'the text "{value[:40]}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return f"the value {value}"
