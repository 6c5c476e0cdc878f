"""Speed and memory, measured side by side in one run: `python -m benchmarks.speed [--write] [part ...]`.

Parts: twin (against plain Mesa agents), size (10,000 and 1,000,000 people), steps (each step of the month), memory,
compiling, waiting (help and imports).  Things that are compared take turns, so that a busy moment of the machine hits
both.  What happens in this process is timed in seconds of its core, whole processes in seconds on the wall.  A
person-month is a living person (everybody in the table but the gone) for a month.  `--write` puts the table into
benchmarks/results.md, with the machine and the date.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.md"
STRATEGY = "user_centred"  # uses every step; the programme runs during all timed months
PAST = 24  # months before the programme
BURN_IN = 96  # the model's own, for figures that need a settled population
SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000


@dataclass(frozen=True)
class Figure:
    """One thing measured several times; `target` is what it must not exceed, or must reach if `at_least`."""

    what: str
    unit: str
    values: list[float]
    target: float | None = None
    at_least: bool = False

    def cells(self) -> tuple[str, str, str, str, str]:
        """What, median, spread, target, whether the median meets it."""
        middle = median(self.values)
        spread = f"{number(min(self.values))} to {number(max(self.values))} (n = {len(self.values)})"
        if self.target is None:
            return self.what, f"{number(middle)} {self.unit}", spread, "", ""
        met = middle >= self.target if self.at_least else middle <= self.target
        words = "at least" if self.at_least else "at most"
        return self.what, f"{number(middle)} {self.unit}", spread, f"{words} {self.target:g}", "yes" if met else "NO"


def number(x: float) -> str:
    """Three digits or all whole ones."""
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}"


def timed(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """Seconds that `work` takes: of one core, or on the wall for what other processes do."""
    start = clock()
    work()
    return clock() - start


class Run:
    """One model, its burn-in over, ready to be timed some months at a time."""

    def __init__(self, people: int, months: int = 60, past: int = PAST) -> None:
        import numpy as np

        from evidence.quantities import values
        from model.month import run
        from model.start import starting_point
        from scenarios.levers import lever_record
        from scenarios.places import bind, find_place
        from scenarios.strategy import find_strategy, lever_months

        levers = lever_record().empty(past + months)
        programme = {"start": 0.0, "duration": float(months)}
        levers[past:] = lever_months(find_strategy(STRATEGY), months, programme)
        parameters = values(*bind(find_place("dublin")))
        self.world = starting_point(parameters, people, 1, np.array(levers).view(type(levers)), past)
        self.run = run

    def go(self, months: int) -> float:
        """Run on; nanoseconds a person-month."""

        def work() -> None:
            self.world = self.run(self.world, months)

        first = self.world.system[0].month
        seconds = timed(work)
        rows = self.world.measured[first : first + months]
        return 1e9 * seconds / float((rows["people_system"] + rows["settled"]).sum())


def against_twin() -> Iterator[Figure]:
    """The model and the slow twin live the same months, in turns."""
    from tests.twin.twin import Twin, differences

    run = Run(SMALL, past=6)
    twin = Twin(run.world)
    run.go(6)
    for _ in range(6):
        twin.step()
    model, slow = [], []
    for _ in range(8):
        model.append(run.go(3))
        seconds = sum(timed(twin.step) for _ in range(3))
        slow.append(1e9 * seconds / sum(row.people_system + row.settled for row in twin.measured[-3:]))
    if differences(run.world, twin):
        raise SystemExit("Model and twin did not live the same lives: their times cannot be compared.")
    yield Figure(f"slow twin, {SMALL:,} people", "ns a person-month", slow)
    ratios = [b / a for a, b in zip(model, slow, strict=True)]
    yield Figure("model, the same months", "ns a person-month", model)
    yield Figure("times as fast as the slow twin", "x", ratios, 50, at_least=True)


def by_size() -> Iterator[Figure]:
    """A person-month in a small and in a large system, in turns."""
    small, large = Run(SMALL, months=360, past=BURN_IN), Run(LARGE, past=BURN_IN)
    small.go(BURN_IN)
    large.go(BURN_IN)
    costs = [(small.go(36), large.go(2)) for _ in range(9)]
    yield Figure(f"{SMALL:,} people", "ns a person-month", [a for a, _ in costs], 150)
    yield Figure(f"{LARGE:,} people", "ns a person-month", [b for _, b in costs])
    yield Figure("cost of a person-month, large against small", "x", [b / a for a, b in costs], 1.5)


def by_step() -> Iterator[Figure]:
    """Each step of the month, as its own kernel."""
    from model.month import MONTH

    run = Run(MIDDLE)
    run.go(PAST)
    spent: dict[str, list[float]] = {step.__name__: [] for step in MONTH}
    for month in range(13):
        living = run.world.system[0].living
        for step in MONTH:
            seconds = timed(lambda step=step: step(run.world))  # type: ignore[misc]
            if month > 0:  # the first call reads the machine code
                spent[step.__name__].append(1e9 * seconds / living)
    for name, values in spent.items():
        yield Figure(f"step {name.replace('_', ' ')}, {MIDDLE:,} people", "ns a person-month", values)


def resident() -> int:
    """Memory of this process in RAM, bytes (Linux); the peak where there is no /proc."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def weigh(people: int) -> None:
    """In a process of its own: prints bytes a living person of tables (all; without the results, one row a month), and
    by which the process grew (after the burn-in; 36 months later)."""
    Run(500).go(PAST + 12)  # machine code and libraries are there now
    before = resident()
    run = Run(people, past=BURN_IN)
    run.go(BURN_IN)
    living = run.world.system[0].living
    tables = sum(table.nbytes for table in run.world)
    results = sum(getattr(run.world, name).nbytes for name in ("levers", "measured", "ledger"))
    early = resident()
    run.go(36)
    figures = (
        tables / living,
        (tables - results) / living,
        (early - before) / living,
        (resident() - before) / run.world.system[0].living,
    )
    sys.stdout.write(" ".join(map(str, figures)))


def by_memory() -> Iterator[Figure]:
    """Whole processes, in turns."""
    found: dict[int, list[list[float]]] = {SMALL: [], MIDDLE: [], LARGE: []}
    for _ in range(3):
        for people, rows in found.items():
            rows.append([float(word) for word in python("-m", "benchmarks.speed", "--weigh", str(people))[0].split()])
    for people, rows in found.items():
        tables, state, early, late = (list(column) for column in zip(*rows, strict=True))
        size = f"{people:,} people"
        yield Figure(f"all tables, {size}", "bytes a living person", tables, 120)
        yield Figure(f"without the results (one row a month), {size}", "bytes a living person", state, 120)
        yield Figure(f"growth of the process, {size}", "bytes a living person", early, 120)
        yield Figure(f"the same after 36 more months, {size}", "bytes a living person", late, 120)


def python(*arguments: str, **environment: str) -> tuple[str, str]:
    """What a Python process of its own prints on standard output and on standard error."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "UNFREEZE_ANNOUNCED"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout, done.stderr


COMPARE = "from benchmarks.speed import Run; Run(500).go(36)"


def by_compiling() -> Iterator[Figure]:
    """Whole processes: everything compiled after an install, and again with the machine code on disk."""
    cold, cores, warm = [], [], []
    for _ in range(2):
        with tempfile.TemporaryDirectory(prefix="unfreeze-bench-") as folder:
            told: list[str] = []

            def process(folder: str = folder, told: list[str] = told) -> None:
                told.append(python("-c", COMPARE, UNFREEZE_CACHE_DIR=folder)[1])

            before = of_children()
            cold.append(timed(process, time.perf_counter))
            cores.append(of_children() - before)
            warm += [timed(process, time.perf_counter) for _ in range(3)]
        if [("compiling once" in words) for words in told] != [True, False, False, False]:
            raise SystemExit("Compiling is to be announced once, and to happen once.")
    yield Figure("first run after an install: imports, compiling, 36 months", "s on the wall", cold, 30)
    yield Figure("the same", "s of a core", cores, 30)
    yield Figure("the same run with the machine code on disk", "s on the wall", warm)


def of_children() -> float:
    """Core seconds of the processes that this one has waited for."""
    times = os.times()
    return times.children_user + times.children_system


def by_waiting() -> Iterator[Figure]:
    """Whole processes: what one waits for."""
    tasks = {
        "python -c pass": "pass",
        "unfreeze --help": "from cli.main import main; main(['--help'])",
        "import engine.rule": "import engine.rule",
        "import model.month": "import model.month",
        "import scenarios.ensemble": "import scenarios.ensemble",
    }
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(9):
        for name, task in tasks.items():
            spent[name].append(timed(lambda task=task: python("-c", task), time.perf_counter))  # type: ignore[misc]
    for name, values in spent.items():
        yield Figure(f"{name}, whole process", "s", values, 0.5 if "--help" in name else None)


PARTS = {
    "twin": against_twin,
    "size": by_size,
    "steps": by_step,
    "memory": by_memory,
    "compiling": by_compiling,
    "waiting": by_waiting,
}
HEADINGS = ("what", "median", "smallest to largest", "target", "met")


def machine() -> str:
    """What the figures belong to."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "mesa"))
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"{model}, {os.cpu_count()} cores{load}; Python {platform.python_version()}, {versions}; {when}"


def main() -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; all of them if none")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results.md")
    parser.add_argument("--weigh", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if chosen.weigh:
        return weigh(chosen.weigh)
    rows = []
    screen = Console()
    table = Table(*HEADINGS, title="Speed and memory")
    for part in chosen.parts or PARTS:
        screen.print(f"measuring {part} ...", style="dim")
        rows += [figure.cells() for figure in PARTS[part]()]
    for row in rows:
        table.add_row(*row)
    screen.print(table, machine())
    if chosen.write:
        lines = [" | ".join(cells) for cells in (HEADINGS, ["---"] * len(HEADINGS), *rows)]
        text = f"# Speed and memory\n\nWritten by `python -m benchmarks.speed --write` on: {machine()}.\n\n"
        text += f"Dublin, strategy {STRATEGY}, one core.  Whole processes include the start of Python.\n\n"
        RESULTS.write_text(text + "".join(f"| {line} |\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
