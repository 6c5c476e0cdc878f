"""What every program of the reduced model shares: the numbers of README.md and one command line.

Standard library only, since each peer lives in an environment of its own.

    python -m benchmarks.peers.plain_mesa --people 1000 --months 60 --seed 1 --json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, NamedTuple

HIDDEN, CRISIS, LOOKING, REFORM, SETTLED = range(5)
PLACES = ("hidden", "crisis", "looking", "reform", "settled")
OUTPUTS = (*PLACES, "belief", "places", "shifted", "turned_away")
PEERS = 4  # colleagues that a worker listens to


class Numbers(NamedTuple):
    """The numbers of README.md.  Shares of N unless it says otherwise; rates a month."""

    workers: float = 0.10
    beds: float = 0.15
    reform_places: float = 0.03
    settled: float = 0.32
    belief_mean: float = 0.40
    belief_spread: float = 0.20
    leave_hidden: float = 0.02
    leave_crisis: float = 0.01
    leave_looking: float = 0.005
    leave_reform: float = 0.005
    leave_settled: float = 0.015
    drop_out: float = 0.10
    recover: float = 0.05
    move_in: float = 0.30
    give_up: float = 0.05
    lose: float = 0.01
    lose_need: float = 0.03
    graduate: float = 0.06
    relapse: float = 0.01
    seek: float = 0.05
    seek_need: float = 0.15
    refer: float = -1.5
    refer_belief: float = 4.0
    refer_need: float = 2.0
    win: float = 0.08
    loss: float = 0.03
    listen: float = 0.10
    habit: float = 0.10
    turnover: float = 0.02
    on_side: float = 0.60
    shift: float = 0.05
    beds_kept: float = 0.05
    places_per_bed: float = 1.5


P = Numbers()

type Months = Sequence[Sequence[float]]  # one row of OUTPUTS a month


def size(people: int) -> tuple[int, int, int, int]:
    """Workers, people who start in a crisis bed, in a reform place, settled: whole numbers (README: N % 100 == 0)."""
    if people < 100 or people % 100:
        raise SystemExit("--people must be a multiple of 100: shares of it are whole people.")
    return tuple(round(people * share) for share in (P.workers, P.beds, P.reform_places, P.settled))  # type: ignore[return-value]


def peak() -> int:
    """The most memory that this process has had in RAM, bytes."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main(
    build: Callable[[int, int, int], Any],
    run: Callable[[Any, int], Months],
    packages: Sequence[str],
    started: float,
    prepare: Callable[[Any, int], Any] | None = None,
) -> None:
    """The command line: `build(people, months, seed)` makes a model, `run(model, months)` lives it.

    `started` is `time.perf_counter()` before the imports.  `prepare(model, months)` compiles for just this shape, where
    a peer needs that; a small model is run first in any case, so that no first call is timed.  Seconds are of the
    process (all its threads), but for start-up, which is waiting.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replicates", type=int, default=1, help="runs, with the seeds that follow")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    chosen = parser.parse_args()
    size(chosen.people)
    imported = time.perf_counter() - started

    start = time.process_time()
    small = build(100, 2, 1)
    if prepare:
        prepare(small, 2)
    run(small, 2)
    compiled = time.process_time() - start

    runs, built, looped = [], 0.0, 0.0
    for seed in range(chosen.seed, chosen.seed + chosen.replicates):
        start = time.process_time()
        model = build(chosen.people, chosen.months, seed)
        built += time.process_time() - start
        if prepare:
            start = time.process_time()
            prepare(model, chosen.months)
            compiled += time.process_time() - start
        start = time.process_time()
        rows = run(model, chosen.months)
        looped += time.process_time() - start
        runs.append([[float(x) for x in row] for row in rows])
    told = {
        "people": chosen.people,
        "months": chosen.months,
        "seed": chosen.seed,
        "outputs": OUTPUTS,
        "runs": runs,
        "loop_seconds": looped,
        "build_seconds": built,
        "compile_seconds": compiled,
        "import_seconds": imported,
        "peak_bytes": peak(),
        "versions": {name: version(name) for name in packages},
        "python": sys.version.split()[0],
    }
    if chosen.json:
        sys.stdout.write(json.dumps(told) + "\n")
        return
    for month, row in enumerate(runs[0], start=1):
        sys.stdout.write(f"{month:4d} " + " ".join(f"{x:9.3f}" for x in row) + "\n")
    sys.stdout.write(f"     {' '.join(f'{name:>9.9}' for name in OUTPUTS)}\n")
    for name in ("loop_seconds", "build_seconds", "compile_seconds", "import_seconds", "peak_bytes"):
        sys.stdout.write(f"{name}: {told[name]:.4g}\n")
