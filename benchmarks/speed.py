"""Speed and memory, measured side by side in one run: `python -m benchmarks.speed [--write] [part ...]`.

Parts: twin (against plain Mesa agents), size (10,000 and 1,000,000 people), whole (1,000,000 people for ten years, in a
process of its own), threads (two replicates in two), steps (each step of the month), memory, compiling, waiting (help
and imports).  How near this is to what the machine can do: benchmarks/floor.py; many runs: benchmarks/ensembles.py.

Things that are compared take turns, so that a busy moment of the machine hits
both.  What happens in this process is timed in seconds of its core, threads and whole processes in seconds on the wall
(the ten years in seconds of their core).  A person-month is a living person (everybody in the table but the gone) for a
month.  `--write` puts the table into benchmarks/results.md, with the machine and the date.
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
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.md"
STRATEGY = "user_centred"  # uses every step; the programme runs during all timed months
PAST = 24  # months before the programme
BURN_IN = 48  # the model's own, for figures that need a settled population
SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
GIB = 2.0**30


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

        from model.first_people import standing_of
        from model.month import run
        from model.start import starting_point
        from scenarios.levers import lever_record
        from scenarios.places import find_place
        from scenarios.scenario import Scenario
        from scenarios.strategy import find_strategy, lever_months
        from scenarios.worldviews import find_worldview

        levers = lever_record().empty(past + months)
        programme = {"start": 0.0, "duration": float(months)}
        levers[past:] = lever_months(find_strategy(STRATEGY), months, programme)
        scenario = Scenario(find_strategy(STRATEGY), find_place("dublin"), find_worldview("evidence"), people)
        levers = np.array(levers).view(type(levers))
        self.world = starting_point(
            scenario.parameters(), people, 1, levers, past, standing=standing_of(scenario.balance)
        )
        self.run = run

    def go(self, months: int) -> float:
        """Run on; nanoseconds a person-month."""

        def work() -> None:
            self.world = self.run(self.world, months)

        first = self.world.system[0].month
        seconds = timed(work)
        rows = self.world.measured[first : first + months]
        return 1e9 * seconds / float((rows["people_system"] + rows["settled"]).sum())


def again(world: Any) -> Any:
    """The same moment once more, with results of its own."""
    from model.state import copy

    return copy(world, world.levers, world.plan, world.measured.copy(), world.ledger.copy(), world.flows.copy())


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
    yield Figure(f"{SMALL:,} people", "ns a person-month", [a for a, _ in costs], 100)
    yield Figure("the same, against the aim of issue 4", "ns a person-month", [a for a, _ in costs], 40)
    yield Figure(f"{LARGE:,} people", "ns a person-month", [b for _, b in costs])
    yield Figure("cost of a person-month, large against small", "x", [b / a for a, b in costs], 1.5)


def live_long(people: int) -> None:
    """In a process of its own: prints core seconds of the burn-in and of ten years, and bytes at the peak."""
    from runs.running import burnt_in, lived
    from scenarios.places import find_place
    from scenarios.scenario import Scenario
    from scenarios.strategy import find_strategy
    from scenarios.worldviews import find_worldview

    scenario = Scenario(find_strategy(STRATEGY), find_place("dublin"), find_worldview("evidence"), people)
    worlds = []
    before = timed(lambda: worlds.append(burnt_in(scenario)))
    seconds = timed(lambda: worlds.append(lived(worlds[0], scenario)))
    sys.stdout.write(f"{before} {seconds} {peak()}")


def by_whole() -> Iterator[Figure]:
    """A large city for ten years, whole processes one after another."""
    told = [python("-m", "benchmarks.speed", "--live", str(LARGE))[0].split() for _ in range(3)]
    burn_in, run, memory = ([float(word) for word in column] for column in zip(*told, strict=True))
    yield Figure(f"{LARGE:,} people, 120 months after the burn-in", "s of a core", run, 25)
    yield Figure(f"the burn-in before it, {BURN_IN} months", "s of a core", burn_in)
    yield Figure("memory of the whole process at its peak", "GiB", [n / GIB for n in memory], 1)


def by_threads() -> Iterator[Figure]:
    """Two replicates one after another and in two threads, from the same moment, in turns."""
    from concurrent.futures import ThreadPoolExecutor

    runs = [Run(SMALL, past=BURN_IN), Run(SMALL, past=BURN_IN)]
    for run in runs:
        run.go(BURN_IN + 12)
    starts = [run.world for run in runs]

    def begin() -> None:
        for run, start in zip(runs, starts, strict=True):
            run.world = again(start)

    ratios = []
    with ThreadPoolExecutor(2) as pool:
        for turn in range(12):
            begin()
            alone = timed(lambda: [run.go(36) for run in runs], time.perf_counter)
            begin()
            both = timed(lambda: list(pool.map(lambda run: run.go(36), runs)), time.perf_counter)
            if turn > 0:
                ratios.append(alone / both)
    yield Figure("two replicates in two threads against one after another", "x", ratios, 1.8, at_least=True)


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


def peak() -> int:
    """The most memory that this process has had in RAM, bytes (Linux: its own, not that of whoever started it)."""
    try:
        line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    except OSError:
        return resident()


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


FIRST_RUN = "from benchmarks.speed import first_run; first_run()"


def first_run() -> None:
    """In a process of its own: a run and a comparison of two strategies; prints how many functions were compiled."""
    from numba.core import event

    with event.install_listener("numba:compile", event.RecordingListener()) as heard:  # type: ignore[no-untyped-call]
        Run(500).go(36)
        from runs.ensemble import ensemble
        from scenarios.places import find_place
        from scenarios.scenario import Scenario
        from scenarios.strategy import find_strategy
        from scenarios.worldviews import find_worldview

        city, world = find_place("dublin"), find_worldview("evidence")
        ensemble([Scenario(find_strategy(name), city, world, 500, 84) for name in ("status_quo", STRATEGY)])
    sys.stdout.write(str(sum(one.is_start for _, one in heard.buffer)))


def by_compiling() -> Iterator[Figure]:
    """Whole processes: everything compiled after an install, and again with the machine code on disk."""
    cold, cores, warm, compiled = [], [], [], []
    for _ in range(2):
        with tempfile.TemporaryDirectory(prefix="unfreeze-bench-") as folder:
            told: list[tuple[str, str]] = []

            def process(folder: str = folder, told: list[tuple[str, str]] = told) -> None:
                told.append(python("-c", FIRST_RUN, UNFREEZE_CACHE_DIR=folder))

            before = of_children()
            cold.append(timed(process, time.perf_counter))
            cores.append(of_children() - before)
            warm += [timed(process, time.perf_counter) for _ in range(3)]
        if [("compiling once" in words) for _, words in told] != [True, False, False, False]:
            raise SystemExit("Compiling is to be announced once.")
        compiled += [float(count) for count, _ in told[1:]]
    yield Figure("first run after an install: imports, compiling, 36 months, a comparison", "s on the wall", cold, 30)
    yield Figure("the same", "s of a core", cores, 30)
    yield Figure("the same with the machine code on disk", "s on the wall", warm)
    yield Figure("functions compiled in it", "functions", compiled, 0)


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
        "import scenarios": "import scenarios",
        "import runs.ensemble": "import runs.ensemble",
    }
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(9):
        for name, task in tasks.items():
            spent[name].append(timed(lambda task=task: python("-c", task), time.perf_counter))  # type: ignore[misc]
    targets = {"unfreeze --help": 0.5, "import scenarios": 1.5, "import runs.ensemble": 1.5}
    for name, values in spent.items():
        yield Figure(f"{name}, whole process", "s", values, targets.get(name))


PARTS = {
    "twin": against_twin,
    "size": by_size,
    "whole": by_whole,
    "threads": by_threads,
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
    parser.add_argument("--live", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if chosen.weigh:
        return weigh(chosen.weigh)
    if chosen.live:
        return live_long(chosen.live)
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
