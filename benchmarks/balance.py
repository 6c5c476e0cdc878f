"""What a balance costs: `python -m benchmarks.balance [--sets N]`.

A place is balanced whenever a scenario is made, and anew for every drawn parameter set (model/balance.py).  For each
shipped place: milliseconds of its own balance, warm; and of sets drawn evenly from every range at once, which is wider
than any plausible set, mean and 95th percentile; how often the city was looked at; and how many sets were not solved.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.speed import machine

ENOUGH = 1e-3  # relative: what a solved balance leaves open at most
REPEATS = 20


def drawn_rows(place: str, sets: int) -> list[Any]:
    """Rows of parameters of this place: its own, then `sets` drawn evenly from the ranges of everything."""
    from evidence.quantities import inputs, values
    from scenarios.places import bind, find_place

    rng = np.random.default_rng(1)
    figures = find_place(place).figures
    layers = bind(find_place(place))
    rows = [values(*layers)[0]]
    for _ in range(sets):
        drawn = {}
        for name, quantity in inputs().items():
            if not quantity.choices and (quantity.value is not None or name in figures):
                low, high = figures[name].in_model[1:] if name in figures else (quantity.low, quantity.high)
                drawn[name] = float(rng.uniform(low, high))
        rows.append(values(*layers, drawn)[0])
    return rows


def timed(row: Any) -> tuple[float, Any]:
    """Milliseconds of the processor, and the balance."""
    from model.balance import balance

    start = time.process_time()
    found = balance(row)
    return 1e3 * (time.process_time() - start), found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    from scenarios.names import shipped

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=100, help="drawn sets a place")
    sets = parser.parse_args(arguments).sets
    table = Table("place", "own, ms", "set, ms", "95% of sets below", "looks a set", "not solved", title="Balance")
    for place in shipped("place"):
        rows = drawn_rows(place, sets)
        timed(rows[0])  # compiled, and warm
        own = min(timed(rows[0])[0] for _ in range(REPEATS))
        took = [timed(row) for row in rows[1:]]
        spent = np.array([one for one, _ in took])
        looks = np.mean([found.looks for _, found in took])
        failed = sum(found.error > ENOUGH for _, found in took)
        table.add_row(place, f"{own:.1f}", f"{spent.mean():.1f}", f"{np.quantile(spent, 0.95):.1f}", f"{looks:.0f}",
                      f"{failed} of {sets}")  # fmt: skip
    console = Console()
    console.print(table)
    console.print(machine())


if __name__ == "__main__":
    main()
