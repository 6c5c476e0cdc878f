"""This checkout against another one, in turns: `python -m benchmarks.against OTHER [--runs 5] [--write]`.

OTHER is a folder with another version (`git worktree add /tmp/other COMMIT`).  Both live the same work: two strategies
and their twin without a foundation, 8 paired replicates of 2,000 people in Dublin over 120 months, on one thread, each
in a process of its own that has compiled before it counts.  What counts is seconds of processor, the median of the
runs, and their ratio pair by pair; `--write` puts the table into benchmarks/against.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.speed import ROOT, machine

RESULTS = ROOT / "benchmarks" / "against.md"
PEOPLE, REPLICATES = 2_000, 8
WORK = """
import sys, time
try:
    from runs.ensemble import batches
except ImportError:  # an older checkout
    from scenarios.ensemble import batches
from scenarios.places import find_place
from scenarios.scenario import Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
people, replicates = int(sys.argv[1]), int(sys.argv[2])
place, worldview = find_place("dublin"), find_worldview("evidence")
strategies = [find_strategy(name) for name in ("user_centred", "catalytic_philanthropy")]
chosen = with_twins([Scenario(strategy, place, worldview, people) for strategy in strategies])
for _ in batches(chosen, 1, threads=1):
    pass
began = time.process_time()
for _ in batches(chosen, replicates, threads=1):
    pass
print(time.process_time() - began)
"""


def seconds(checkout: Path, people: int, replicates: int) -> float:
    """Seconds of processor for the work, in a process of its own that sees this checkout alone."""
    done = subprocess.run(
        [sys.executable, "-c", WORK, str(people), str(replicates)], cwd=checkout, check=True, capture_output=True,
        text=True, env=os.environ | {"PYTHONPATH": str(checkout)},
    )  # fmt: skip
    return float(done.stdout)


def alternating(other: Path, runs: int, people: int, replicates: int) -> list[tuple[float, float]]:
    """(this checkout, the other), run after run."""
    return [(seconds(ROOT, people, replicates), seconds(other, people, replicates)) for _ in range(runs)]


def version(checkout: Path) -> str:
    """The commit that stands there."""
    words = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def main(arguments: list[str] | None = None) -> None:
    """Run, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args(arguments)
    pairs = alternating(asked.other.resolve(), asked.runs, asked.people, asked.replicates)
    ratios = [ours / theirs for ours, theirs in pairs]
    rows = [
        (version(ROOT), [ours for ours, _ in pairs], " s"),
        (version(asked.other), [theirs for _, theirs in pairs], " s"),
        ("ratio, pair by pair", ratios, ""),
    ]
    table = Table("", "median", "least", "most")
    work = f"{asked.replicates} paired replicates of {asked.people:,} people, {asked.runs} runs in turns."
    lines = [f"{work}  {machine()}", "", "| | median | least | most |", "| --- | --- | --- | --- |"]  # fmt: skip
    for name, numbers, unit in rows:
        cells = [f"{pick(numbers):.3f}{unit}" for pick in (statistics.median, min, max)]
        table.add_row(name, *cells)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    Console().print(table)
    if asked.write:
        RESULTS.write_text("# This version against another\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
