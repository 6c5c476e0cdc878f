"""Who lives the parts: processes or threads of this machine, a Dask cluster, or any `concurrent.futures.Executor`.

Each is a Team: it takes a part and gives a Future.  Nothing of our own schedules across machines.

    local     processes; one that dies (killed, out of memory, ended by a run) is replaced
    threads   in this process: least memory, but a run that ends its process ends the study
    dask      a scheduler's workers (`--cluster tcp://host:8786`), or two of this machine
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol

from engine.errors import BadInput, UnfreezeError, UnknownName
from engine.parent import end_with_parent
from engine.typed import whole
from studies.parts import Done, live_part
from studies.subjects import Stopped

NAMES = ("local", "threads", "dask")
PATIENCE = 90.0  # seconds for a scheduler to come back
LAST_WORDS = 2.0  # seconds for a process to end by itself


class Team(Protocol):
    """What lives parts."""

    width: int  # how many at once

    def submit(self, address: str, name: str, part: int, alone: bool) -> Future[Done]:
        """Begin a part."""
        ...

    def renew(self) -> None:
        """Go on after workers, or whoever leads them, were lost."""
        ...

    def stop(self) -> None:
        """Leave nothing running."""
        ...


def processors() -> int:
    """How many this process may use."""
    count: Callable[[], int | None] = getattr(os, "process_cpu_count", os.cpu_count)  # the first since Python 3.13
    return count() or 1


def team_of(executor: str | Executor, workers: int | None = None, cluster: str | None = None) -> Team:
    """The team of this name, or an executor of somebody's own."""
    if isinstance(executor, Executor):
        return Theirs(executor, workers or processors())
    if executor not in NAMES:
        raise UnknownName("executor", str(executor)[:60], NAMES)
    if cluster is not None and executor != "dask":
        raise BadInput("A cluster's address is for Dask", do="Write --executor dask")
    number = processors() if workers is None else whole("workers", workers, 1, 10_000)
    if executor == "dask":
        return Dask(cluster, number)
    return Threads(number) if executor == "threads" else Processes(number)


class Processes:
    """Processes of this machine, made anew when one has died; they end with this one."""

    def __init__(self, width: int) -> None:
        self.width = width
        ways = multiprocessing.get_all_start_methods()
        self._way = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
        if "forkserver" in ways:
            multiprocessing.set_forkserver_preload(["studies.parts"])
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.width, self._way, initializer=_begin)

    def submit(self, address: str, name: str, part: int, alone: bool) -> Future[Done]:
        """Begin a part; a pool that broke just now gives a future that says so."""
        return self._pool.submit(live_part, address, name, part, alone)

    def renew(self) -> None:
        """Another pool."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new()

    def stop(self) -> None:
        """End all processes."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        ours = multiprocessing.active_children()
        for one in ours:
            one.terminate()
        until = time.monotonic() + LAST_WORDS
        for one in ours:
            one.join(max(until - time.monotonic(), 0.01))
            if one.is_alive():
                one.kill()
                one.join()


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent, and ends when that is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()


class Threads:
    """Threads of this process: kernels hold no lock."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(width, "unfreeze-study")

    def submit(self, address: str, name: str, part: int, alone: bool) -> Future[Done]:
        """Begin a part."""
        return self._pool.submit(live_part, address, name, part, alone, self._look)

    def _look(self, months: int) -> None:
        if self._stop.is_set():
            raise Stopped

    def renew(self) -> None:
        """Threads do not die."""

    def stop(self) -> None:
        """End all between two chunks of months."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


class Theirs:
    """Somebody's own executor: it is theirs to close."""

    def __init__(self, pool: Executor, width: int) -> None:
        self.width, self._pool = width, pool

    def submit(self, address: str, name: str, part: int, alone: bool) -> Future[Done]:
        """Begin a part."""
        return self._pool.submit(live_part, address, name, part, alone)

    def renew(self) -> None:
        """We cannot make another one."""
        raise UnfreezeError("The executor does not go on", do="Make a new one, and resume the study with it")

    def stop(self) -> None:
        """What was not begun is left."""


class Dask:
    """A Dask cluster; a scheduler that is lost and comes back at its address is found again."""

    def __init__(self, address: str | None, width: int) -> None:
        try:
            import distributed
        except ImportError as error:
            raise BadInput("Dask is not installed", do="pip install 'unfreeze[studies]'") from error
        self._dask: Any = distributed
        self._cluster: Any = None
        if address is None:
            self._cluster = self._dask.LocalCluster(n_workers=width, threads_per_worker=1, dashboard_address=None)
        self._address = self._cluster.scheduler_address if self._cluster is not None else address
        self._client: Any = None
        self.width = width
        self._connect(10.0)

    def _connect(self, patience: float) -> None:
        until = time.monotonic() + patience
        while True:
            try:
                self._client = self._dask.Client(self._address, timeout="5s", set_as_default=False)
                break
            except (OSError, TimeoutError) as error:
                if time.monotonic() > until:
                    raise UnfreezeError(f"No Dask scheduler answers at {self._address}",
                                        do="Start one: dask scheduler; then resume the study") from error  # fmt: skip
                time.sleep(1.0)
        threads = sum(self._client.nthreads().values())
        self.width = max(threads, self.width)
        self._pool = self._client.get_executor(pure=False, retries=0)

    def submit(self, address: str, name: str, part: int, alone: bool) -> Future[Done]:
        """Begin a part."""
        found: Future[Done] = self._pool.submit(live_part, address, name, part, alone)
        return found

    def renew(self) -> None:
        """Find the scheduler again."""
        self._close()
        self._connect(PATIENCE)

    def stop(self) -> None:
        """Leave the cluster as it was."""
        self._close()
        if self._cluster is not None:
            with suppress(Exception):  # its workers end with this process
                self._cluster.close(timeout=LAST_WORDS)

    def _close(self) -> None:
        if self._client is not None:
            with suppress(Exception):
                self._pool.shutdown(wait=False)
            with suppress(Exception):
                self._client.close(timeout=LAST_WORDS)
