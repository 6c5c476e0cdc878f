"""What one candidate of a fit costs, against the same months with nobody looking: `python -m benchmarks.candidate`.

    python -m benchmarks.candidate [--rounds 9] [--write]

A candidate is one replicate of every study of the flow block that is not late (analysis/calibration/studies.py).  The
*bare kernel* is the same cities at the same sizes, lived through by the compiled months alone: burn-in and months, no
enrolment, no counting.  Both take turns in one process, in seconds of its core.  `--write` writes
benchmarks/candidate.md.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.speed import Figure, machine, timed

RESULTS = Path(__file__).resolve().parent / "candidate.md"
HEADINGS = ("what", "median", "smallest to largest", "target", "met")
MOST = 2.0  # times the bare kernel: the aim of issue 13
CANDIDATES = 50_000
QUIET = 0.5  # load below which nobody else was at work


def studies() -> dict[str, tuple[Callable[[int], object], Callable[[int], object]]]:
    """(the study, its months alone), each for a seed."""
    from analysis.calibration.studies import CITIES, DUBLIN, STUDIES
    from analysis.patterns import shelters, trials
    from model.month import run
    from runs.running import begun, burnt_in
    from scenarios.places import find_place
    from scenarios.scenario import NOBODY, Scenario
    from scenarios.settings import Settings
    from scenarios.strategy import find_strategy
    from scenarios.worldviews import find_worldview

    def bare(*cities: tuple[str, int | None, int]) -> Callable[[int], object]:
        def live(seed: int) -> None:
            for name, people, months in cities:
                city = Scenario(find_strategy(NOBODY), find_place(name), find_worldview("evidence"), people,
                                max(months, 1), seed, Settings())  # fmt: skip
                past = burnt_in(city)
                run(begun(past, city), months)

        return live

    trials_of = 2 * trials.YEAR
    alone = {
        "at_home": bare((trials.CANADA, CITIES["at_home"], trials_of)),
        "denver": bare((trials.DENVER, CITIES["denver"], 3 * trials.YEAR + trials.SETTLING_IN)),
        "settings": bare((trials.DUBLIN, CITIES["settings"], 5 * trials.YEAR + trials.SETTLING_IN)),
        "hostels of South-West Ireland": bare(("southwest_ireland", None, 0)),
        "nights of shelter users": bare(
            (shelters.PHILADELPHIA, CITIES["nights of shelter users"], shelters.ADMITTED + shelters.FOLLOWED - 1),
            (shelters.IRELAND, DUBLIN, shelters.FOLLOWED),
        ),
    }
    return {one.name: (lambda seed, one=one: one.run(seed, {}), alone[one.name]) for one in STUDIES
            if one.name in alone}  # fmt: skip


def figures(rounds: int) -> Iterator[Figure]:
    """Each study, its months alone, and both together."""
    both = studies()
    for counted, alone in both.values():  # compiled and read
        counted(0)
        alone(0)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in both}
    for seed in range(1, rounds + 1):
        for name, (counted, alone) in both.items():
            times[name].append((timed(lambda: counted(seed)), timed(lambda: alone(seed))))  # noqa: B023
    for name, own in times.items():
        yield Figure(f"{name}: seconds of a core", "s", [one for one, _ in own])
        yield Figure(f"{name}: against its months alone", "x", [one / other for one, other in own])
    whole = [sum(own[i][0] for own in times.values()) for i in range(rounds)]
    bare = [sum(own[i][1] for own in times.values()) for i in range(rounds)]
    yield Figure("a candidate", "s", whole)
    yield Figure("the same months alone", "s", bare)
    yield Figure("a candidate against its months alone", "x", [a / b for a, b in zip(whole, bare, strict=True)], MOST)
    yield Figure(f"{CANDIDATES:,} candidates", "core-hours", [CANDIDATES * one / 3600 for one in whole])


def main() -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write benchmarks/candidate.md")
    parser.add_argument("--rounds", type=int, default=9, help="how often each thing is measured")
    chosen = parser.parse_args()
    load = os.getloadavg()[0]
    rows = [figure.cells() for figure in figures(chosen.rounds)]
    screen, table = Console(), Table(*HEADINGS, title="A candidate of a fit")
    for row in rows:
        table.add_row(*row)
    quiet = f"The load was {load:.1f} before it began: the machine was {'' if load < QUIET else 'NOT '}quiet."
    screen.print(table, machine(), quiet)
    if chosen.write:
        lines = [" | ".join(cells) for cells in (HEADINGS, ["---"] * len(HEADINGS), *rows)]
        RESULTS.write_text(f"# A candidate of a fit\n\nWritten by `python -m benchmarks.candidate --write` on: "
                           f"{machine()}.\n{quiet}\n\n" + "".join(f"| {line} |\n" for line in lines),
                           encoding="utf-8")  # fmt: skip


if __name__ == "__main__":
    main()
