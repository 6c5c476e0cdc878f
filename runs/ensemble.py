"""Many runs: strategies on the same simulated people, replicate by replicate - the only way to run many.

Replicate k of every scenario has seed + k, so that differences are paired.  With sets of parameters (plausible.py)
each set has its own replicates, one set after another: scenarios x sets x replicates.  All scenarios of a replicate
share its set.  What seeds the sets have is a choice (`seeds`):

    common         replicate k of every set has seed + k.  Sets then differ by their parameters alone: one that does
                   nothing shows exactly nothing.  The luck of those few seeds is in every set, so that more sets do not
                   average it out; a run is named by seed *and* set.
    independent    every replicate of every set has a seed of its own.  More sets average luck out, but luck is then
                   part of every difference between sets.

What no foundation touches - the burn-in, and the months after it in which no lever has moved yet - is run once for all
scenarios that share it, and not at all where `pasts` has it.  Runs go to threads (kernels hold no lock), the first
replicate's before the second's; what comes out does not depend on how many there are.  A run that fails is a row with
its error, and the others go on.

    ensemble         all results as tidy tables
    each_replicate   the same, a replicate at a time, as soon as it and all before it are complete
    batches          arrays of a few measures instead: what a slider waits for (summary.py adds them up)

All of them stop between two chunks of months (running.CHUNK) once `cancel` is set, and whoever leaves the iterator
leaves no thread and no work behind.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from queue import SimpleQueue
from typing import Any, Literal, Protocol, TypedDict, Unpack, get_args

from engine.errors import BadInput
from engine.typed import several, whole
from model.measures import HEADLINE
from model.state import BURN_IN, World
from runs.pasts import Pasts
from runs.running import Progress, Run, eve, kept, lived
from runs.store import Results
from runs.summary import Batch, columns
from scenarios.named import named
from scenarios.scenario import Scenario, check_labels

MOST_REPLICATES = 10_000

Seeds = Literal["common", "independent"]


class Cancel(Protocol):
    """What tells an ensemble to stop, such as `threading.Event`."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


class _Stopped(Exception):
    """Raised inside a run when the ensemble is being stopped."""


class Many(TypedDict, total=False):
    """What is said of many runs, by name; what it means: `each_replicate`."""

    seed: int | None
    threads: int | None
    on_progress: Progress | None
    cancel: Cancel | None
    sets: Sequence[Mapping[str, float]] | None
    pasts: Pasts | None
    seeds: Seeds


class Tables(Many, total=False):
    """And of their tables."""

    keep: Collection[str] | None
    flows: bool


USUAL = {"seeds": "common", "flows": False}  # None what is not here


@named(USUAL)
def ensemble(scenarios: Sequence[Scenario], replicates: int = 1, **said: Unpack[Tables]) -> Results:
    """Run everything and return all results; arguments as in `each_replicate`."""
    return Results.together(each_replicate(scenarios, replicates, **said))


@named(USUAL)
def each_replicate(
    scenarios: Sequence[Scenario],
    replicates: int = 1,
    *,
    keep: Collection[str] | None = None,
    flows: bool = False,
    **said: Unpack[Many],
) -> Iterator[Results]:
    """Results of one replicate after another, in order, each as soon as it is complete.

    scenarios: with distinct labels; replicate k has seed `seed` + k (`seed`: by default each scenario's own).
    sets: plausible parameter sets, all for the scenarios' place; `replicates` is then how many each set has, and
    result r of them all has set r // replicates.  seeds: whether the sets have them in common (see above).
    threads: by default one for each processor.  on_progress(months done, months in all) is called in this thread.
    cancel: an event; once it is set, runs not finished are rows with status "cancelled".  Leaving the iterator early,
    or an exception in the caller (Ctrl-C), stops the runs as well.  keep: names of measures, to save memory.
    pasts: where burn-ins are looked up and kept; by default they go with the replicate.  flows: whether to keep who
    moved where, a few thousand rows a run.
    """
    with closing(_replicates(scenarios, replicates, **said)) as complete:
        for runs in complete:
            yield Results.of(runs, keep, flows)


@named(USUAL)
def batches(
    scenarios: Sequence[Scenario],
    replicates: int = 1,
    *,
    measures: Sequence[str] = HEADLINE,
    **said: Unpack[Many],
) -> Iterator[Batch]:
    """One replicate after another as arrays: the numbers of `each_replicate` without its tables.

    measures: fields of model.measures.MEASURES or lines of model.state.LEDGER.  Once `cancel` is set, nothing more
    comes.  The other arguments as in `each_replicate`.
    """
    columns(measures)
    with closing(_replicates(scenarios, replicates, **said)) as complete:
        for r, runs in enumerate(complete):
            if any(run.status == "cancelled" for run in runs):
                return
            yield Batch.of(r, runs, measures)


def check_replicates(replicates: int, sets: int = 1) -> None:
    """BadInput unless there is at least one in each set of parameters, and not more in all than anybody needs."""
    each = whole("replicates", replicates, 1, MOST_REPLICATES)
    if each * sets > MOST_REPLICATES:
        raise BadInput(f"{sets:,} sets of parameters with {several(each, 'replicate')} each are {each * sets:,}",
                       allowed=f"at most {MOST_REPLICATES:,} in all",
                       do="Ask for fewer sets, or fewer replicates in each")  # fmt: skip


def check_seeds(seeds: str) -> None:
    """BadInput unless it is one of the two kinds."""
    if seeds not in get_args(Seeds):
        raise BadInput(f"'seeds' is {seeds!r}", allowed="'common': the same seeds in every parameter set, or "
                       "'independent': each replicate of each set has its own")  # fmt: skip


def _replicates(
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int | None = None,
    threads: int | None = None,
    on_progress: Progress | None = None,
    cancel: Cancel | None = None,
    sets: Sequence[Mapping[str, float]] | None = None,
    pasts: Pasts | None = None,
    seeds: Seeds = "common",
) -> Generator[list[Run]]:
    """The runs of one replicate after another, in the order of `scenarios`."""
    check_labels(scenarios)
    check_replicates(replicates)
    check_seeds(seeds)
    if sets is not None:
        check_replicates(replicates, len(sets))
    if not scenarios:
        return
    every = replicates * (1 if sets is None else len(sets))
    total = every * sum(
        BURN_IN + job.runs[0].quiet + sum(one.months - one.quiet for one in job.runs)
        for job in _jobs(scenarios, 0, seed, 0)
    )
    todo, stop = _ToDo(_all_jobs(scenarios, replicates, seed, sets, seeds)), threading.Event()
    news: SimpleQueue[tuple[str, Any]] = SimpleQueue()  # ("months", n), ("run", (replicate, run)) or ("error", error)

    def look(months: int) -> None:
        if months and on_progress is not None:
            news.put(("months", months))
        if stop.is_set() or (cancel is not None and cancel.is_set()):
            raise _Stopped

    def work() -> None:
        try:
            while (what := todo.next()) is not None:
                job, scenario, world = what
                if scenario is None:
                    job.world, job.trouble = _past(job.runs[0], look, pasts)
                    todo.begun(job)
                else:
                    news.put(("run", (job.replicate, _run(world, job.trouble, scenario, look))))
        except BaseException as error:  # ours: what goes wrong in a run is a row
            news.put(("error", error))

    order = {scenario.label: i for i, scenario in enumerate(scenarios)}
    finished: dict[int, list[Run]] = {}
    done = following = 0
    team = [threading.Thread(target=work, name=f"unfreeze-{i}") for i in range(threads or _processors())]
    try:
        for thread in team:
            thread.start()
        while following < every:
            kind, what = news.get()
            if kind == "error":
                raise what
            if kind == "months":
                done += what
                if on_progress is not None:
                    on_progress(done, total)
                continue
            replicate, run = what
            finished.setdefault(replicate, []).append(run)
            while len(finished.get(following, ())) == len(scenarios):
                yield sorted(finished.pop(following), key=lambda run: order[run.scenario.label])
                following += 1
    finally:
        stop.set()
        todo.give_up()
        for thread in team:
            if thread.ident is not None:
                thread.join()


class _Job:
    """A past, and the scenarios of one replicate that share it."""

    def __init__(self, replicate: int, runs: list[Scenario]) -> None:
        self.replicate, self.runs = replicate, runs
        self.state = "new"  # then "making" and "made", whether it went well or not
        self.world: World | None = None
        self.trouble = ("", "")  # status and error, if there is no world


def _all_jobs(
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int | None,
    sets: Sequence[Mapping[str, float]] | None,
    seeds: Seeds,
) -> Iterator[_Job]:
    """The jobs of one replicate after another, each made when its turn comes: what is not at work takes no memory."""
    r = 0
    for number, drawn in [(0, None)] if sets is None else enumerate(sets, 1):
        chosen = scenarios if drawn is None else [one.with_set(number, drawn) for one in scenarios]
        for k in range(replicates):
            yield from _jobs(chosen, r, seed, k if seeds == "common" else r)
            r += 1


def _jobs(scenarios: Sequence[Scenario], r: int, seed: int | None, later: int) -> list[_Job]:
    """One job for each past of replicate `r`, whose seed is `later` after the first one's."""
    by_past: dict[Any, list[Scenario]] = {}
    for scenario in scenarios:
        one = scenario.with_seed((scenario.seed if seed is None else seed) + later)
        by_past.setdefault(one.eve_key, []).append(one)
    return [_Job(r, ones) for ones in by_past.values()]


class _ToDo:
    """What is left to do, handed out in order: the past of a job, then its runs.

    Who would have to wait for a past that somebody else makes goes on to the next replicate's meanwhile.
    """

    def __init__(self, jobs: Iterator[_Job]) -> None:
        self._new = jobs
        self._begun: list[_Job] = []  # with runs that nobody has taken
        self._changed = threading.Condition()

    def next(self) -> tuple[_Job, Scenario | None, World | None] | None:
        """A run and its past, or a past to make (None in a run's stead); None if all is handed out.  With its last run
        a job lets its past go: it stays with those who live on from it, until they are done."""
        with self._changed:
            while True:
                for i, job in enumerate(self._begun):
                    if job.state == "made":
                        scenario, world = job.runs.pop(0), job.world
                        if not job.runs:
                            del self._begun[i]
                            job.world = None
                        return job, scenario, world
                new = next(self._new, None)
                if new is not None:
                    new.state = "making"
                    self._begun.append(new)
                    return new, None, None
                if not self._begun:
                    return None
                self._changed.wait()

    def begun(self, job: _Job) -> None:
        """Its past is made."""
        with self._changed:
            job.state = "made"
            self._changed.notify_all()

    def give_up(self) -> None:
        """Nothing more is to do."""
        with self._changed:
            self._begun.clear()
            self._new = iter(())
            self._changed.notify_all()


def _past(scenario: Scenario, look: Callable[[int], None], pasts: Pasts | None) -> tuple[World | None, tuple[str, str]]:
    """The system on the eve of the first decision; or None, status and error."""
    try:
        look(0)
        world = None if pasts is None else pasts.find(scenario.eve_key)
        if world is None:
            world = eve(scenario, look)
            if pasts is not None:
                pasts.keep(scenario.eve_key, world)
        else:
            look(BURN_IN + scenario.quiet)  # as good as done
        return world, ("", "")
    except Exception as error:
        return None, _status(error)


def _run(past: World | None, trouble: tuple[str, str], scenario: Scenario, look: Callable[[int], None]) -> Run:
    """One run; whatever goes wrong becomes a row.  trouble: status and error of a past that could not be made."""
    if past is None:
        return Run(scenario, *trouble)
    began = time.perf_counter()
    try:
        look(0)
        world = lived(past, scenario, look)
        return kept(world, scenario, time.perf_counter() - began)
    except Exception as error:
        return Run(scenario, *_status(error), seconds=time.perf_counter() - began)


def _status(error: Exception) -> tuple[str, str]:
    if isinstance(error, _Stopped):
        return "cancelled", ""
    return "failed", f"{type(error).__name__}: {error}"


def _processors() -> int:
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)  # the first since Python 3.13
    return count() or 1
