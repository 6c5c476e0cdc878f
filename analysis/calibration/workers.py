"""Processes that simulate, and how they are kept busy: what is wanted, in order, until there is no more."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from engine.parent import end_with_parent

Task = tuple[Callable[..., dict[str, Any]], tuple[Any, ...]]  # a function, and what it is given


class Workers:
    """Processes that simulate; none: everything happens in this one.

    They are started anew (not forked), because Polars' and Numba's threads do not survive a fork.
    """

    def __init__(self, processes: int) -> None:
        self.ahead = max(1, processes) + (1 if processes else 0)  # one waits, so that nobody does
        new = multiprocessing.get_context("spawn")
        self.pool = ProcessPoolExecutor(processes, new, initializer=_begin) if processes else None

    def submit(self, function: Callable[..., dict[str, Any]], *arguments: Any) -> Future[dict[str, Any]]:
        """Begin; the result comes later."""
        if self.pool is not None:
            return self.pool.submit(function, *arguments)
        done: Future[dict[str, Any]] = Future()
        done.set_result(function(*arguments))
        return done

    def close(self) -> None:
        """Let what runs end, begin nothing more."""
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """SIGTERM, which a cluster sends to every process, is the parent's to answer: what a worker is at is still finished
    and kept."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_with_parent()


def do(
    wanted: Iterator[Task],
    done: Callable[[dict[str, Any]], None],
    workers: Workers,
) -> None:
    """Do what is wanted, in order, and tell what each gave as soon as it is done."""
    running: set[Future[dict[str, Any]]] = set()
    more = True
    while more or running:
        while more and len(running) < workers.ahead:
            task = next(wanted, None)
            more = task is not None
            if task is not None:
                running.add(workers.submit(task[0], *task[1]))
        if running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                done(future.result())


@contextmanager
def working(processes: int) -> Iterator[Workers]:
    """Workers while something runs."""
    workers = Workers(processes)
    try:
        yield workers
    finally:
        workers.close()
