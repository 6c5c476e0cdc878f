"""Many runs at once, as a slider asks for them: `python -m benchmarks.ensembles [--write] [part ...]`.

Parts: answers (two strategies x 4 and x 32 paired replicates), cores (one thread against two), overhead (what is not
the kernel), cancel, memory, waiting (imports).  Everything is Dublin with 2,000 people for 120 months unless it says
otherwise; "warm" is after a past that is shared and kept: the burn-in and the first year, in which nobody decides.
Things that are compared take turns.  Seconds are on the wall, so figures hold only for an idle machine;
its load before and after is written beside them.
`--write` puts the table into benchmarks/ensembles.md, with the machine and the date.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache

from rich.console import Console
from rich.table import Table

from benchmarks.speed import HEADINGS, ROOT, Figure, machine, python, resident, timed
from runs import running
from runs.ensemble import batches, ensemble
from runs.pasts import Pasts, weight
from runs.running import begun, eve
from runs.summary import Summary, quantiles
from scenarios.places import Place, find_place
from scenarios.scenario import Scenario
from scenarios.settings import Settings
from scenarios.strategy import Strategy, find_strategy
from scenarios.worldviews import Worldview, find_worldview

RESULTS = ROOT / "benchmarks" / "ensembles.md"
STRATEGIES = ("catalytic_philanthropy", "user_centred")
PEOPLE, MONTHS = 2_000, 120
FEW, MANY = 4, 32  # paired replicates
CORES = 2
QUIET = 1.5  # load; this benchmark itself adds to it

PASTS = Pasts()


def scenarios(people: int = PEOPLE, budget: float = 0.01) -> list[Scenario]:
    """The two strategies with the slider of the budget where it is: made anew, as after every move of a slider."""
    place, world, strategies = files()
    settings = Settings(levers={"budget": budget})
    return [Scenario(strategy, place, world, people, MONTHS, settings=settings) for strategy in strategies]


@cache
def files() -> tuple[Place, Worldview, list[Strategy]]:
    """What a session has read before anybody moves a slider."""
    return find_place("dublin"), find_worldview("evidence"), [find_strategy(name) for name in STRATEGIES]


def answered(replicates: int, threads: int = CORES, pasts: Pasts | None = PASTS) -> tuple[float, float]:
    """Seconds until everything is there, quantiles and differences too; and until the first replicate is."""
    first = 0.0
    summary, began = Summary(), time.perf_counter()
    for batch in batches(scenarios(), replicates, threads=threads, pasts=pasts):
        summary.add(batch)
        first = first or time.perf_counter() - began
    for measure in summary.batches[0].measures:
        quantiles(summary.difference(*STRATEGIES, measure))
        for name in STRATEGIES:
            quantiles(summary.of(name, measure))
    return time.perf_counter() - began, first


def by_answers(rounds: int) -> Iterator[Figure]:
    """What one waits for after moving a slider: from the scenarios to the quantiles."""
    answered(MANY)
    few, many, first, cold, tidy = [], [], [], [], []
    for _ in range(rounds):
        seconds, one = answered(FEW)
        few.append(seconds)
        first.append(one)
        many.append(answered(MANY)[0])
        cold.append(answered(FEW, pasts=None)[0])
        tidy.append(timed(lambda: ensemble(scenarios(), MANY, threads=CORES, pasts=PASTS), time.perf_counter))
    yield Figure(f"2 strategies x {FEW} replicates, warm", "s", few, 0.12)
    yield Figure("of them the first replicate of both", "s", first)
    yield Figure(f"2 strategies x {MANY} replicates, warm", "s", many, 0.9)
    yield Figure(f"2 strategies x {FEW} replicates, burn-in included", "s", cold)
    yield Figure(f"2 strategies x {MANY} replicates, warm, as tidy tables of all measures", "s", tidy)


def by_cores(rounds: int) -> Iterator[Figure]:
    """The same ensemble on one thread and on two, in turns."""
    answered(MANY)
    pairs = [(answered(MANY, 1)[0], answered(MANY, 2)[0]) for _ in range(rounds)]
    yield Figure(f"2 x {MANY}, one thread", "s", [one for one, _ in pairs])
    yield Figure(f"2 x {MANY}, two threads", "s", [two for _, two in pairs])
    yield Figure("times as fast on two as on one", "x", [one / two for one, two in pairs], 1.8, at_least=True)


def by_overhead(rounds: int) -> Iterator[Figure]:
    """What is not spent in the month's kernel, whose core seconds are taken where it is called."""
    answered(MANY)
    inside: list[float] = []
    months = running.run

    def watched(*arguments: object) -> object:
        began = time.thread_time()
        try:
            return months(*arguments)  # type: ignore[arg-type]
        finally:
            inside.append(time.thread_time() - began)

    on_cores, of_work, kernel = [], [], []
    running.run = watched  # type: ignore[assignment]
    try:
        for _ in range(rounds):
            inside.clear()
            began = time.process_time()
            seconds, _ = answered(MANY)
            work = time.process_time() - began
            kernel.append(1000 * sum(inside) / (2 * MANY))
            on_cores.append(100 * (1 - sum(inside) / (CORES * seconds)))
            of_work.append(100 * (1 - sum(inside) / work))
    finally:
        running.run = months
    yield Figure("kernel, core time of one run", "ms", kernel)
    yield Figure(
        f"not kernel, of the wall time of {CORES} cores (waiting for a core or a thread included)", "%", on_cores
    )
    yield Figure("not kernel, of the core time of the process", "%", of_work)


def by_cancelling(rounds: int) -> Iterator[Figure]:
    """From setting the event until no thread is left, and until the next ensemble's first replicate is there."""
    for people in (PEOPLE, 5 * PEOPLE):
        ends, again = [], []
        list(batches(scenarios(people), 1, pasts=PASTS))
        for k in range(2 * rounds):
            cancel = threading.Event()
            parts = batches(scenarios(people), MANY, threads=CORES, cancel=cancel, pasts=PASTS)
            next(parts)
            time.sleep(0.03 * k / (2 * rounds))  # into the middle of a run
            cancel.set()
            began = time.perf_counter()
            list(parts)
            ends.append(1000 * (time.perf_counter() - began))
            next(batches(scenarios(people, 0.02), FEW, threads=CORES, pasts=PASTS))
            again.append(1000 * (time.perf_counter() - began))
        yield Figure(f"stopped after the event, {people:,} people", "ms", ends, 50)
        yield Figure(f"first replicate of the next ensemble after the event, {people:,} people", "ms", again)


def by_memory(_: int) -> Iterator[Figure]:
    """What is held for a past, for a run while it runs, and for what is kept of it."""
    one = scenarios()[0]
    past = eve(one)
    pasts, before = Pasts(), resident()
    for batch in batches([one], 4 * MANY, pasts=pasts):
        kept = batch.values.nbytes
    grown = (resident() - before) / len(pasts)
    months = ensemble([one], 1, pasts=pasts).months
    yield Figure("a past that is kept", "KiB", [pasts.bytes / len(pasts) / 1024])
    yield Figure(f"the process grows by, a past ({len(pasts)} of them)", "KiB", [grown / 1024])
    yield Figure("a run while it runs, beside its past", "KiB", [weight(begun(past, one)) / 1024])
    yield Figure("what is kept of a run: arrays of the headline measures", "KiB", [kept / 1024])
    yield Figure("what is kept of a run: a tidy table of all measures", "KiB", [months.estimated_size() / 1024])


def by_waiting(rounds: int) -> Iterator[Figure]:
    """Whole processes, with the machine code on disk."""
    first = "import runs.ensemble as e; from benchmarks.ensembles import scenarios; e.ensemble(scenarios(), 1)"
    tasks = {
        "import scenarios": ("import scenarios", 1.5),
        "import runs.ensemble": ("import runs.ensemble", 1.5),
        "import, and a first comparison of one replicate with its burn-in": (first, None),
    }
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, (task, _) in tasks.items():
            said: list[str] = []
            spent[name].append(
                timed(lambda task=task, said=said: said.append(python("-c", task)[1]), time.perf_counter)
            )  # type: ignore[misc]
            if said != [""]:
                raise SystemExit(f"A second process is to say nothing, and compile nothing: {said[0]}")
    for name, (_, target) in tasks.items():
        yield Figure(f"{name}, whole process", "s", spent[name], target)


PARTS: dict[str, Callable[[int], Iterator[Figure]]] = {
    "answers": by_answers,
    "cores": by_cores,
    "overhead": by_overhead,
    "cancel": by_cancelling,
    "memory": by_memory,
    "waiting": by_waiting,
}


def main() -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; all of them if none")
    parser.add_argument("--write", action="store_true", help="write benchmarks/ensembles.md")
    parser.add_argument("--rounds", type=int, default=9, help="how often each thing is measured")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    load = os.getloadavg()[0]
    screen, table, rows = Console(), Table(*HEADINGS, title="Many runs at once"), []
    for part in chosen.parts or PARTS:
        screen.print(f"measuring {part} ...", style="dim")
        rows += [figure.cells() for figure in PARTS[part](chosen.rounds)]
    for row in rows:
        table.add_row(*row)
    quiet = f"The load was {load:.1f} before it began: the machine was {'' if load < QUIET else 'NOT '}quiet."
    screen.print(table, machine(), quiet)
    if chosen.write:
        lines = [" | ".join(cells) for cells in (HEADINGS, ["---"] * len(HEADINGS), *rows)]
        text = (
            f"# Many runs at once\n\nWritten by `python -m benchmarks.ensembles --write` on: {machine()}.\n{quiet}\n\n"
        )
        text += (
            f"Dublin, {PEOPLE:,} people, {MONTHS} months, strategies {' and '.join(STRATEGIES)}, {CORES} threads.\n\n"
        )
        RESULTS.write_text(text + "".join(f"| {line} |\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
