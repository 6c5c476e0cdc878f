"""Many runs: strategies on the same simulated people, replicate by replicate - the only way to run many.

Replicate r of every scenario has seed + r, so that differences are paired.  With sets of parameters (plausible.py)
each set has some replicates of its own, one set after another: strategies x sets x replicates, no seed used twice.  All
strategies of a replicate share its set, so that differences stay paired.  The burn-in, which no foundation touches,
is run once for all scenarios that share it.  Runs go to threads (kernels hold no lock); what comes out does not depend
on how many there are.  A run that fails is a row in `runs` with its error, and the others go on.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Protocol

from engine.errors import OutOfRange
from model.start import BURN_IN
from model.state import World
from scenarios.running import Progress, Run, burnt_in, kept, lived
from scenarios.scenario import Scenario, check_labels
from scenarios.store import Results

MOST_REPLICATES = 10_000


class Cancel(Protocol):
    """What tells an ensemble to stop, such as `threading.Event`."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


class _Stopped(Exception):
    """Raised inside a run when the ensemble is being stopped."""


def ensemble(
    scenarios: Sequence[Scenario],
    replicates: int = 1,
    seed: int | None = None,
    threads: int | None = None,
    on_progress: Progress | None = None,
    cancel: Cancel | None = None,
    keep: Collection[str] | None = None,
    sets: Sequence[Mapping[str, float]] | None = None,
) -> Results:
    """Run everything and return all results; arguments as in `each_replicate`."""
    return Results.together(each_replicate(scenarios, replicates, seed, threads, on_progress, cancel, keep, sets))


def each_replicate(
    scenarios: Sequence[Scenario],
    replicates: int = 1,
    seed: int | None = None,
    threads: int | None = None,
    on_progress: Progress | None = None,
    cancel: Cancel | None = None,
    keep: Collection[str] | None = None,
    sets: Sequence[Mapping[str, float]] | None = None,
) -> Iterator[Results]:
    """Results of one replicate after another, in order, each as soon as it is complete.

    scenarios: with distinct labels; replicate r has seed `seed` + r (`seed`: by default each scenario's own).
    sets: plausible parameter sets, all for the scenarios' place; `replicates` is then how many each set has, and
    replicate r of them all has set r // replicates.
    threads: by default one for each processor.  on_progress(months done, months in all) is called in this thread.
    cancel: an event; once it is set, runs not finished are rows with status "cancelled".  Leaving the iterator early,
    or an exception in the caller (Ctrl-C), stops the runs as well.  keep: names of measures, to save memory.
    """
    check_labels(scenarios)
    check_replicates(replicates)
    if sets is not None:
        check_replicates(replicates * len(sets))
        worlds = [(k, drawn) for k, drawn in enumerate(sets, 1) for _ in range(replicates)]
        replicates = len(worlds)
    if not scenarios:
        return
    threads = threads or _processors()
    jobs = []
    for r in range(replicates):
        ours = scenarios if sets is None else [one.with_set(*worlds[r]) for one in scenarios]
        jobs += _jobs(ours, r, seed, threads, replicates)
    total = sum(BURN_IN + sum(one.months for one in job.scenarios) for job in jobs)
    stop = threading.Event()
    news: SimpleQueue[tuple[str, Any]] = SimpleQueue()  # ("months", n) or ("job", (job, runs)), from the threads

    def look(months: int) -> None:
        news.put(("months", months))
        if stop.is_set() or (cancel is not None and cancel.is_set()):
            raise _Stopped

    def work(job: _Job) -> None:
        news.put(("job", (job, _runs(job, look))))

    order = {scenario.label: i for i, scenario in enumerate(scenarios)}
    finished: dict[int, list[Run]] = {}
    left = [sum(job.replicate == r for job in jobs) for r in range(replicates)]
    done = following = 0
    pool = ThreadPoolExecutor(threads, thread_name_prefix="unfreeze")
    try:
        for job in jobs:
            pool.submit(work, job)
        while following < replicates:
            kind, what = news.get()
            if kind == "months":
                done += what
                if on_progress is not None:
                    on_progress(done, total)
                continue
            job, runs = what
            finished.setdefault(job.replicate, []).extend(runs)
            left[job.replicate] -= 1
            while following < replicates and left[following] == 0:
                runs = finished.pop(following)
                runs.sort(key=lambda run: order[run.scenario.label])
                yield Results.of(runs, keep)
                following += 1
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def check_replicates(replicates: int) -> None:
    """OutOfRange unless there is at least one, and not more than anybody needs."""
    if not 1 <= replicates <= MOST_REPLICATES:
        raise OutOfRange("replicates", replicates, 1, MOST_REPLICATES)


class _Job:
    """Some scenarios of one replicate that share their burn-in."""

    def __init__(self, replicate: int, scenarios: list[Scenario]) -> None:
        self.replicate, self.scenarios = replicate, scenarios


def _jobs(scenarios: Sequence[Scenario], r: int, seed: int | None, threads: int, replicates: int) -> list[_Job]:
    """One job for each past; more, at the price of repeating the burn-in, only where threads would stand idle."""
    by_past: dict[Any, list[Scenario]] = {}
    for scenario in scenarios:
        one = scenario.with_seed((scenario.seed if seed is None else seed) + r)
        by_past.setdefault(one.burn_in_key, []).append(one)
    parts = -(-threads // (len(by_past) * replicates))
    return [_Job(r, ones[k::parts]) for ones in by_past.values() for k in range(min(parts, len(ones)))]


def _runs(job: _Job, look: Callable[[int], None]) -> list[Run]:
    """The runs of one job, one after another; whatever goes wrong becomes a row."""
    runs: list[Run] = []
    past: World | None = None
    trouble: tuple[str, str] | None = None
    try:
        look(0)
        past = burnt_in(job.scenarios[0], look)
    except Exception as error:
        trouble = _status(error)
    for scenario in job.scenarios:
        began = time.perf_counter()
        if past is None:
            status, message = trouble or ("failed", "")
            runs.append(Run(scenario, status, message))
            continue
        try:
            look(0)
            world = lived(past, scenario, look)
            runs.append(kept(world, scenario, time.perf_counter() - began))
        except Exception as error:
            runs.append(Run(scenario, *_status(error), seconds=time.perf_counter() - began))
    return runs


def _status(error: Exception) -> tuple[str, str]:
    if isinstance(error, _Stopped):
        return "cancelled", ""
    return "failed", f"{type(error).__name__}: {error}"


def _processors() -> int:
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)  # the first since Python 3.13
    return count() or 1
