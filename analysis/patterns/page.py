"""What a reader gets of a validation beside its tables: half a page for a board, which numbers are weak, what mends.

    print(board(table, powers(variants), inputs()))

Everything is made from stored results: `table` as analysis/patterns/validation.py gives it, `power` and `mending` as
analysis/patterns/variants.py does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl

from analysis.patterns.validation import MET, MISSED, SIZE, Row, by_test_words, observed_words, simulated_words
from analysis.patterns.variants import SURE
from evidence.patterns import SHOWN
from evidence.quantities import Quantity

ASSUMED = "assumption"


def board(table: pl.DataFrame, power: pl.DataFrame, inputs: Mapping[str, Quantity]) -> str:
    """Half a page: what it gets right, what in direction only, what wrong, and what nobody can know."""
    judged = [row for row in table.iter_rows(named=True) if row["verdict"] != SHOWN and row["role"] != "arithmetic"]
    weak = {(row["pattern"], row["part"]) for row in power.iter_rows(named=True) if row["weak"]}
    tried = set(power.select("pattern").to_series())
    right, direction, wrong, open_to_all, untried = [], [], [], [], []
    for name in dict.fromkeys(row["pattern"] for row in judged):
        rows = [row for row in judged if row["pattern"] == name]
        title = f"{rows[0]['title']} ({name})"
        missed = [row for row in rows if row["verdict"] == MISSED]
        if missed:
            worst = max(missed, key=_relative)
            wrong.append(f"{title}: {_numbers(worst)}" + (f"; {_others(len(missed) - 1)}" if missed[1:] else ""))
        elif name not in tried:
            untried.append(title)
        elif all((name, row["part"]) in weak for row in rows):
            open_to_all.append(title)
        elif any(row["compares"] == SIZE for row in rows):
            right.append(title)
        else:
            direction.append(title)
    assumed = sum(one.mark == ASSUMED for one in inputs.values())
    whole = len({row["pattern"] for row in judged})
    parts = [
        f"Of {whole} things that somebody observed the model gets {len(right)} right in size, {len(direction)} in "
        f"direction only, {len(open_to_all)} as nearly any model would, "
        + (f"{len(untried)} where no wrong model was tried, " if untried else "")
        + f"and {len(wrong)} wrong in at least one number "
        f"(numbers: {by_test_words(table)}).",
        _listed("It gets right", right),
        _listed("It gets the direction right, and says nothing about the size of", direction),
        _listed("It gets wrong", wrong),
        _listed("It is right here as nearly any model would be", open_to_all),
        _listed("It is right here, and no wrong model was tried, so that it may be as nearly any would be", untried),
        "**Nobody can know** from these figures whether it matters who leads a reform: nobody has observed two "
        "strategies side by side, and no figure here has a size for beliefs, trust or resistance. "
        f"Of the {len(inputs)} numbers that the rules read, {assumed} are assumptions.",
    ]
    return "\n\n".join(filter(None, parts))


def weak_numbers(table: pl.DataFrame, power: pl.DataFrame) -> tuple[Sequence[str], list[list[str]]]:
    """Columns and rows: each number that is met, which wrong models it rejects, and whether it is weak."""
    rows = {(row["pattern"], row["part"]): row for row in table.iter_rows(named=True)}
    lines = []
    for one in power.iter_rows(named=True):
        row = rows.get((one["pattern"], one["part"]))
        if row is None or one["verdict"] != MET:
            continue
        best = "-" if not one["best"] else f"{_plain(one['best'])} ({one['power']:.0%})"
        lines.append([f"{one['pattern']}", row["meaning"], row["compares"], f"{one['rejects']} of {one['touch']}", best,
                      "**weak**" if one["weak"] else ""])  # fmt: skip
    return (
        "pattern",
        "met number",
        "compares",
        "wrong models rejected, of those that move it",
        "most surely",
        "",
    ), lines


def mending(table: pl.DataFrame, mends: pl.DataFrame) -> tuple[Sequence[str], list[list[str]]]:
    """Columns and rows: each miss, each likely reason, what it becomes, and what that mends and breaks beside it."""
    rows = {(row["pattern"], row["part"]): row for row in table.iter_rows(named=True)}
    lines = []
    for one in mends.iter_rows(named=True):
        row = rows.get((one["pattern"], one["part"]))
        if row is None or row["verdict"] != MISSED:
            continue
        said = f"{one['pattern']}, {row['meaning']}: {observed_words(row)}"
        if not one["reason"]:
            lines.append([said, simulated_words(row), "none tested", "", "", ""])
            continue
        becomes = simulated_words(row | {"simulated": one["becomes"]})
        told = f"{becomes}, " + ("**met**" if one["verdict"] == MET else one["by"])
        as_it_is = simulated_words(row | {"simulated": one["as_it_is"]})
        lines.append([said, as_it_is, one["meaning"], told, one["mends"] or "-", one["breaks"] or "-"])
    return ("missed: observed", "model", "likely reason", "with it", "mends as well", "breaks"), lines


def rejects_words(power: pl.DataFrame, replicates: int) -> str:
    """How many met numbers are weak, in a sentence; replicates: of each variant."""
    met = power.filter(verdict=MET)
    return (f"Of {met.height} numbers that are met, {int(met['weak'].sum())} are weak: no wrong model that moves them "
            f"is rejected in {SURE:.0%} of samples of its {replicates} runs, or none moves them.")  # fmt: skip


def _listed(heading: str, items: Sequence[str]) -> str:
    return f"**{heading}**\n\n" + "\n".join(f"- {item}" for item in items) if items else ""


def _numbers(row: Row) -> str:
    if math.isnan(row["observed"]) or row["verdict"] == SHOWN:
        return f"{row['meaning']}, {row['by']}"
    return f"{row['meaning']}, {observed_words(row)} observed and {simulated_words(row)} in the model"


def _others(number: int) -> str:
    return "one more number" if number == 1 else f"{number} more numbers"


def _relative(row: Row) -> float:
    """How far a number is off, over what was observed; an order or a limit without a size counts least."""
    if row["compares"] != SIZE or math.isnan(row["observed"]) or math.isnan(row["simulated"]):
        return 0.0
    return float(abs(row["simulated"] - row["observed"]) / max(abs(row["observed"]), 1e-9))


def _plain(name: str) -> str:
    return name.replace("_", " ")
