"""The tables of docs/critique.md: what the scripts of the hostile review print in the model as it is.

    python -m tools.critique_page              # write the page from what is stored
    python -m tools.critique_page --run        # run what is missing or of other rules first; about an hour of two cores
    python -m tools.critique_page --run sizes  # only this table
    python -m tools.critique_page --check      # say whether page and tables are up to date; exit code 1 if not

Each table stands between `<!-- table: NAME -->` and `<!-- end -->`; the prose around them is written by hand.  What a
script found is stored as soon as it is done (docs/critique/NAME.csv), and of which rules it is (made.json), so that the
work may be stopped and goes on where it was.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import polars as pl

from engine.whole_file import whole_file
from runs.running import digits
from tools.critique.__main__ import script
from tools.critique.harness import Effort, cells
from tools.slots import StoredPage, markdown_table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "critique.md"
STORED = PAGE.parent / "critique"
MADE = STORED / "made.json"  # table -> the digits of the rules that it was made with
PLACES = "reform_mainstream"


@dataclass(frozen=True)
class Table:
    """What is run: the script, in this measure, with so many pairs (None: the script's own), of so many people (None:
    real size).  head: so many of its rows are on the page; the file beside it has all."""

    script: str
    measure: str = "lasting_places"
    replicates: int | None = None
    people: int | None = None
    head: int | None = None

    @property
    def command(self) -> str:
        """What somebody types to get it."""
        words = ["python -m tools.critique", self.script]
        words += ["--measure", self.measure] if self.measure != Effort.measure else []
        words += ["--replicates", str(self.replicates)] if self.replicates else []
        words += ["--people", str(self.people)] if self.people else []
        return " ".join(words)


TABLES = {
    "conditions": Table("conditions"),
    "faked-grants": Table("faked_grants"),
    "secure-homes": Table("secure_homes"),
    "what-is-bought": Table("what_is_bought"),
    "idle-money": Table("idle_money"),
    "public-money": Table("public_money"),
    "grant-sizes": Table("grant_sizes"),
    "switch-offs": Table("switch_offs", head=36),
    "who-decides": Table("who_decides", PLACES, people=4000),
    "lever-search": Table("lever_search"),
    "tuned-arms": Table("tuned_arms"),
    "distances": Table("distances", PLACES),
    "distances-fit": Table("distances", "fit"),
    "providers": Table("providers"),
    "sizes": Table("sizes", replicates=240),
    "patterns-costs": Table("patterns_costs"),
    "patterns-first-homes": Table("patterns_first_homes"),
    "patterns-tenure": Table("patterns_tenure"),
    "patterns-nights": Table("patterns_nights"),
    "patterns-stays": Table("patterns_stays"),
    "patterns-hidden": Table("patterns_hidden"),
    "patterns-net-places": Table("patterns_net_places"),
}


def made() -> dict[str, str]:
    """Of which rules each stored table is."""
    return cast(dict[str, str], json.loads(MADE.read_text(encoding="utf-8"))) if MADE.exists() else {}


def stale() -> list[str]:
    """Tables that are missing or of other rules."""
    now, old = digits(), made()
    return [name for name in TABLES if old.get(name) != now or not (STORED / f"{name}.csv").exists()]


def run(name: str) -> None:
    """Run the script of a table and store what it found."""
    table = TABLES[name]
    claim = script(table.script)
    found = claim.table(Effort(table.replicates or claim.REPLICATES, table.people, measure=table.measure))
    STORED.mkdir(exist_ok=True)
    with whole_file(STORED / f"{name}.csv") as file:
        file.write(found.write_csv(float_precision=4))
    known = made() | {name: digits()}
    with whole_file(MADE) as file:
        file.write(json.dumps(known, indent=0, sort_keys=True) + "\n")


def told(name: str) -> str:
    """A stored table for the page, and the command that gives it.  KeyError for a table that nobody makes."""
    table, path = TABLES[name], STORED / f"{name}.csv"
    if not path.exists():
        return f"`{table.command}` has not been run."
    found = pl.read_csv(path)
    columns, rows = cells(found if table.head is None else found.head(table.head))
    rest = "" if table.head is None else f", the first {table.head} rows of [{found.height}](critique/{path.name})"
    return f"`{table.command}`{rest}:\n\n{markdown_table(columns, rows)}"


ON_PAGE = StoredPage(PAGE, tuple(TABLES), stale, run, told, "python -m tools.critique_page")


if __name__ == "__main__":
    sys.exit(ON_PAGE.main(sys.argv[1:]))
