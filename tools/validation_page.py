"""The tables of docs/validation.md and of the README's section on validation, from docs/validation.parquet and (what is
weak, what would mend a miss) docs/variants.parquet, which `unfreeze validate --variants` writes.

    python -m tools.validation_page                             write the tables anew from the stored runs
    python -m tools.validation_page --check                     only say whether they are up to date; exit code 1 if not
    python -m tools.validation_page --run [--replicates 100]    run everything at the defaults, store it, then write
    python -m tools.validation_page --run --uncertain           the same over the plausible parameter sets
    python -m tools.validation_page --run --only Closing ...    run these patterns alone, with the stored replicates
    python -m tools.validation_page --variants FOLDER           store what `unfreeze validate ... --variants` left there

Each stands between `<!-- table: NAME -->` and `<!-- end -->`; the prose around them is written by hand.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from analysis.patterns.page import board, mending, rejects_words, weak_numbers
from analysis.patterns.registry import EXPERIMENTS
from analysis.patterns.validation import (
    COLUMNS,
    SIGN,
    Row,
    band_words,
    by_test_words,
    chosen,
    compared,
    failures,
    observed_words,
    plausible_sets,
    pull,
    replicated,
    simulated_words,
    tally,
    verdict_words,
)
from analysis.patterns.variants import BASE, load_variants, mends, powers
from engine.errors import BadInput
from evidence.patterns import load_patterns
from evidence.quantities import inputs
from runs.store import write_table
from tools.odd_tables import ROOT
from tools.slots import SLOT, markdown_table

STORED, VARIANTS = ROOT / "docs" / "validation.parquet", ROOT / "docs" / "variants.parquet"
PAGES = (ROOT / "docs" / "validation.md", ROOT / "README.md")
DEFAULTS, UNCERTAIN = "at the defaults", "over plausible sets"


def stored() -> dict[str, pl.DataFrame]:
    """The stored tables: at the defaults and, once there is a sample of parameter sets, over it."""
    table = pl.read_parquet(STORED)
    return {run: table.filter(run=run) for run in (DEFAULTS, UNCERTAIN) if run in table["run"]}


def every_part() -> str:
    """Every number, by role and pattern."""
    runs = stored()
    rows = {run: {(row["pattern"], row["part"]): row for row in table.to_dicts()} for run, table in runs.items()}
    columns = ["pattern", "what", "observed", *(name for run in runs for name in (run, "verdict"))]
    lines = []
    for key, first in rows[DEFAULTS].items():
        cells = [f"{key[0]}, {first['role']}{', new' if first['added'] else ''}", first["meaning"], _observed(first)]
        for run in runs:
            cells += _simulated(rows[run][key]) if key in rows[run] else ("not run", "")
        lines.append(cells)
    return markdown_table(columns, lines)


def every_pattern() -> str:
    """A line for each pattern: met if all its parts are."""
    runs = stored()
    lines = []
    for name, pattern in load_patterns().items():
        cells = [f"{name}, {pattern.role}{', new' if pattern.added else ''}", pattern.title, pattern.observed]
        for table in runs.values():
            if name not in table["pattern"]:
                cells.append("not run")
                continue
            judged = table.filter(pl.col("pattern") == name, pl.col("verdict") != "shown")
            met = int((judged["verdict"] == "met").sum())
            said = "met" if met == judged.height else f"missed ({met} of {judged.height} numbers)"
            signs = bool(judged.height) and bool((judged["compares"] == SIGN).all())
            cells.append(f"{said}, sign only" if signs else said)
        lines.append(cells)
    return markdown_table(["pattern", "", "observed", *runs], lines)


def counts() -> str:
    """How many patterns are met, by role, and whether three of them pull apart."""
    said = []
    for run, table in stored().items():
        met = "; ".join(f"{role} {met} of {of} ({parts} of {n} numbers)" for role, met, of, parts, n in tally(table))
        minutes = table["minutes"][0]
        said.append(f"**{run.capitalize()}** ({table['replicates'][0]} runs of each, {minutes:.0f} minutes): {met}. "
                    f"Numbers by what is compared: {by_test_words(table)}.")  # fmt: skip
        said.append(pull(table))
    return "\n\n".join(filter(None, said))


def counts_by_test() -> str:
    """Sizes apart from signs, in a line for each kind of run."""
    return "\n".join(f"- {run}: {by_test_words(table)}" for run, table in stored().items())


def for_a_board() -> str:
    """Half a page, from the runs at the defaults."""
    return board(stored()[DEFAULTS], powers(pl.read_parquet(VARIANTS)), inputs())


def weak() -> str:
    """Which wrong models each met number rejects."""
    variants = pl.read_parquet(VARIANTS)
    power = powers(variants)
    weak = markdown_table(*weak_numbers(stored()[DEFAULTS], power))
    return f"{rejects_words(power, int(variants['replicates'][0]))}\n\n{weak}"


def what_would_mend() -> str:
    """Every miss, its likely reasons, and what they break."""
    return markdown_table(*mending(stored()[DEFAULTS], mends(pl.read_parquet(VARIANTS))))


TABLES: dict[str, Callable[[], str]] = {
    "every-part": every_part, "every-pattern": every_pattern, "validation-counts": counts,
    "board": for_a_board, "counts-by-test": counts_by_test, "weak": weak, "what-would-mend": what_would_mend,
}  # fmt: skip


def renewed(text: str) -> str:
    """The page with our tables made anew; other slots stay."""
    return SLOT.sub(lambda slot: f"<!-- table: {slot[1]} -->\n{TABLES[slot[1]]()}\n<!-- end -->"
                    if slot[1] in TABLES else slot[0], text)  # fmt: skip


def run(replicates: int, seed: int, uncertain: bool, threads: int | None, only: Sequence[str] = ()) -> None:
    """Run everything, or these patterns alone, and store it in place of the earlier rows of the same kind."""
    began = time.perf_counter()
    name, patterns = UNCERTAIN if uncertain else DEFAULTS, chosen(only, load_patterns())
    sets_of = plausible_sets(replicates, seed) if uncertain else (lambda replicate: {})
    found = replicated(patterns, EXPERIMENTS, replicates, seed, sets_of, _told, threads)
    print(*failures(found.runs), sep="\n", file=sys.stderr)
    table = compared(patterns, found.values).select(
        pl.lit(name).alias("run"), pl.lit(replicates, pl.Int64()).alias("replicates"),
        pl.lit((time.perf_counter() - began) / 60).alias("minutes"), *COLUMNS,
    )  # fmt: skip
    before = pl.read_parquet(STORED) if STORED.exists() else table.clear()
    write_table(pl.concat([before.filter(pl.col("run") != name), beside(before.filter(run=name), table)]), STORED)


def beside(before: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The stored rows of one kind of run with those that were run anew, in the order of the patterns' file; BadInput if
    the others have other replicates."""
    kept = before.filter(~pl.col("pattern").is_in(table["pattern"].unique().to_list()))
    if kept.is_empty():
        return table
    stored_with, now = kept["replicates"][0], table["replicates"][0]
    if stored_with != now:
        raise BadInput(f"The other patterns are stored with {stored_with} replicates, and these have {now}",
                       do=f"Say --replicates {stored_with}, or leave out --only")  # fmt: skip
    rows = pl.concat([kept, table]).with_columns(minutes=pl.lit(kept["minutes"][0] + table["minutes"][0]))
    every = [(name, part) for name, one in load_patterns().items() for part in one.parts]
    return pl.DataFrame(every, ["pattern", "part"], orient="row").join(
        rows, on=["pattern", "part"], maintain_order="left"
    )[rows.columns]


def store_variants(folder: Path) -> None:
    """Put the table of a folder of `unfreeze validate --variants` in place of the stored rows of the same variants and
    patterns; BadInput if the others have other replicates."""
    new, before = pl.read_parquet(folder / "variants.parquet"), pl.read_parquet(VARIANTS)
    kept = before.join(new, on=["variant", "pattern"], how="anti")
    table = pl.concat([kept, new])
    if table["replicates"].n_unique() > 1:
        raise BadInput(f"The stored variants have {kept['replicates'][0]} replicates, and these {new['replicates'][0]}",
                       do=f"Run them with --replicates {kept['replicates'][0]}")  # fmt: skip
    order = [(variant, name, part) for variant in (BASE, *load_variants()) for name, one in load_patterns().items()
             for part in one.parts]  # fmt: skip
    keys = ["variant", "pattern", "part"]
    write_table(pl.DataFrame(order, keys, orient="row").join(table, on=keys, maintain_order="left")[table.columns],
                VARIANTS)  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Run, write or check, as asked."""
    parser = argparse.ArgumentParser(prog="python -m tools.validation_page")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--uncertain", action="store_true")
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--only", nargs="+", default=(), metavar="PATTERN")
    parser.add_argument("--variants", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    if asked.variants:
        store_variants(asked.variants)
    if asked.run:
        run(asked.replicates, asked.seed, asked.uncertain, asked.threads, asked.only)
    stale = False
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        new = renewed(text)
        if new != text and asked.check:
            print(f"{page.name} is not up to date: python -m tools.validation_page")
            stale = True
        elif new != text:
            page.write_text(new, encoding="utf-8")
    return int(stale)


def _told(done: int, total: int) -> None:
    print(f"\r{done / total:4.0%}", end="", file=sys.stderr)


def _observed(row: Row) -> str:
    bare = math.isnan(row["observed"]) or row["unit"] == "share"
    return observed_words(row) if bare else f"{observed_words(row)} {row['unit']}"


def _simulated(row: Row) -> tuple[str, str]:
    verdict = verdict_words(row) + (f", {row['by']}" if row["by"] else "")
    return f"{simulated_words(row)} ({band_words(row)})", verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
