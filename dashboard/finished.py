"""Finished runs as arrays, kept: moving one lever of one strategy runs that strategy again and nothing else.

A run's digits are determined by its parameters, people, months, seed and the levers of each month (Scenario), not by
its name or by what else is on the screen; so the twin without a foundation and the strategies that nobody touched are
found here, to the last digit.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from model.state import LEDGER
from runs.ensemble import Cancel, batches
from runs.pasts import Pasts
from runs.store import COLUMNS
from runs.summary import Batch
from scenarios.scenario import Scenario

# Bytes.  A run of 120 months and 70 measures is 68 kB, so some 2,000 runs: of 30 strategies, 32 with the default values
# and 24 in parameter sets; and 250 pasts of 2,000 people in Dublin: those of four worlds.  Assumptions about what
# thirty people look at.
MOST, MOST_PASTS = 128 * 2**20, 128 * 2**20


class _Key(NamedTuple):
    what: bytes
    people: int | None
    months: int
    seed: int


class Finished:
    """Runs by what determines them; at most `most` bytes, the least recently used go first.  For any thread."""

    def __init__(self, keep: Collection[str] | None = None, most: int = MOST, pasts: int = MOST_PASTS) -> None:
        wanted = COLUMNS if keep is None else {*keep, *LEDGER.fields}
        self.measures = tuple(name for name in COLUMNS if name in wanted)
        self.pasts = Pasts(pasts)
        self.computed = 0  # runs, ever
        self._kept: LRUCache[_Key, npt.NDArray[np.float64]] = LRUCache(most, lambda values: values.nbytes)
        self._lock = threading.Lock()

    def replicates(
        self, scenarios: Sequence[Scenario], first: int, number: int, threads: int, cancel: Cancel | None = None
    ) -> Iterator[Batch]:
        """Replicates `first` ... of all scenarios, in order, as `ensemble.batches` gives them; once `cancel` is set,
        nothing more comes, but what is finished stays known."""
        keys = [_key(scenario) for scenario in scenarios]
        yield from self._replicates(scenarios, keys, first, number, threads, cancel)

    def in_sets(
        self, scenarios: Sequence[Scenario], sets: Sequence[Mapping[str, float]], each: int, threads: int,
        cancel: Cancel | None = None,
    ) -> Iterator[Batch]:  # fmt: skip
        """`each` replicates of all scenarios in every parameter set, on common seeds, as `ensemble.batches` gives
        them; once `cancel` is set, nothing more comes."""
        for number, drawn in enumerate(sets, 1):
            here = [one.with_set(number, drawn) for one in scenarios]
            done = 0
            for batch in self._replicates(here, [_key(one) for one in here], 0, each, threads, cancel):
                yield replace(batch, replicate=(number - 1) * each + batch.replicate, set_number=number)
                done += 1
            if done < each:
                return

    def _replicates(
        self, scenarios: Sequence[Scenario], keys: Sequence[_Key], first: int, number: int, threads: int,
        cancel: Cancel | None,
    ) -> Iterator[Batch]:  # fmt: skip
        def missing(r: int) -> tuple[int, ...]:
            with self._lock:
                return tuple(i for i, key in enumerate(keys) if key._replace(seed=key.seed + r) not in self._kept)

        for todo, several in groupby(range(first, first + number), missing):
            these = list(several)
            fresh: Iterator[Batch | None] = iter([None] * len(these))
            if todo:
                asked = [scenarios[i].with_seed(scenarios[i].seed + these[0]) for i in todo]
                fresh = batches(asked, len(these), threads=threads, cancel=cancel, measures=self.measures,
                                pasts=self.pasts)  # fmt: skip
            for r, made in zip(these, fresh, strict=False):  # fewer come if it is cancelled
                whole = self._whole(scenarios, keys, r, todo, made)
                if whole is None:  # somebody else's runs pushed one out in this moment
                    whole = next(batches([one.with_seed(one.seed + r) for one in scenarios], 1, threads=threads,
                                         cancel=cancel, measures=self.measures, pasts=self.pasts), None)  # fmt: skip
                if whole is None:
                    return
                yield replace(whole, replicate=r)
            if cancel is not None and cancel.is_set():
                return

    @property
    def bytes(self) -> int:
        """What all that are kept take."""
        return int(self._kept.currsize)

    def __len__(self) -> int:
        return len(self._kept)

    def _whole(
        self, scenarios: Sequence[Scenario], keys: Sequence[_Key], r: int, todo: tuple[int, ...], made: Batch | None
    ) -> Batch | None:
        """Replicate r: what was just made, and what was known."""
        values = np.full((len(scenarios), 1 + max(key.months for key in keys), len(self.measures)), np.nan)
        status, errors = ["done"] * len(scenarios), [""] * len(scenarios)
        for i, key in enumerate(keys):
            own = key._replace(seed=key.seed + r)
            if made is not None and i in todo:
                at = todo.index(i)
                values[i, : key.months + 1] = made.values[at, : key.months + 1]
                status[i], errors[i] = made.status[at], made.errors[at]
                if status[i] == "done":
                    self._keep(own, made.values[at, : key.months + 1])
                continue
            known = self._find(own)
            if known is None:
                return None
            values[i, : key.months + 1] = known
        return Batch(r, tuple(one.label for one in scenarios), self.measures, values,
                     tuple(key.seed + r for key in keys), None, tuple(status), tuple(errors))  # fmt: skip

    def _find(self, key: _Key) -> npt.NDArray[np.float64] | None:
        with self._lock:
            return self._kept.get(key)

    def _keep(self, key: _Key, values: npt.NDArray[np.float64]) -> None:
        with self._lock:
            self.computed += 1
            with suppress(ValueError):  # larger than all that may be kept
                self._kept[key] = values.copy()


def _key(scenario: Scenario) -> _Key:
    levers = np.ascontiguousarray(scenario.lever_rows()).tobytes()
    what = hashlib.blake2b(scenario.parameters().tobytes() + levers, digest_size=16).digest()
    return _Key(what, scenario.people, scenario.months, scenario.seed)
