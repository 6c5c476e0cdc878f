"""Pages whose tables are made by a command and whose prose is written by hand: each table stands between
`<!-- table: NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.markdown import markdown_table as markdown_table
from engine.errors import UnknownName

SLOT = re.compile(r"<!-- table: ([a-z-]+) -->\n.*?<!-- end -->", re.S)


def filled(text: str, make: Callable[[str], str]) -> str:
    """The page with every table made anew by its name."""
    return SLOT.sub(lambda slot: f"<!-- table: {slot[1]} -->\n{make(slot[1])}\n<!-- end -->", text)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page of tables that are run apart and stored.  stale: names that are missing or of other rules; run: runs and
    stores one; told: a stored one for the page; command: how somebody calls this."""

    path: Path
    names: Sequence[str]
    stale: Callable[[], list[str]]
    run: Callable[[str], None]
    told: Callable[[str], str]
    command: str

    def main(self, arguments: Sequence[str]) -> int:
        """--run [NAME ...]: run these, or what is stale; --check: only say what is not up to date; else write."""
        names = [word for word in arguments if not word.startswith("-")]
        for name in names:
            if name not in self.names:
                print(UnknownName("table", name, tuple(self.names)), file=sys.stderr)
                return 2
        if "--run" in arguments:
            for name in names or self.stale():
                print(name, flush=True)
                self.run(name)
        old = self.path.read_text(encoding="utf-8")
        new = filled(old, self.told)
        if "--check" not in arguments:
            self.path.write_text(new, encoding="utf-8")
            return 0
        missing = self.stale()
        if missing:
            print(f"Of other rules: {', '.join(missing)}: {self.command} --run")
        if new != old:
            print(f"{self.path.name} is not up to date: {self.command}")
        return int(bool(missing) or new != old)
