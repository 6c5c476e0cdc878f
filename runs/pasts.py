"""Pasts: burnt-in systems kept for whoever runs the same people again.

Moving a slider changes what a foundation does, and no foundation was there before its programme began: the burn-in and
the months up to the start, half of a run's work, are the same.  A past is found again by `Scenario.eve_key`, which
holds every parameter to the last digit, the number of people, the seed and the number of months after the burn-in;
nothing else can change it while a process runs.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from contextlib import suppress

from cachetools import LRUCache

from model.state import World

MOST = 256 * 2**20  # bytes: some 500 pasts of 2,000 people in Dublin (0.5 MiB each), 150 of its real size.  Assumption


class Pasts:
    """Systems on the eve of the first decision, by what that depends on; at most `most` bytes.

    The least recently used go first.

    Any number of threads and ensembles may share one.  Two that want the same past at the same moment both make it.
    """

    def __init__(self, most: int = MOST) -> None:
        self._kept: LRUCache[Hashable, World] = LRUCache(most, weight)
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> World | None:
        """The system before the first decision, if it is kept.  It is shared: live on in a copy (`running.begun`)."""
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: Hashable, world: World) -> None:
        """Keep this one, and let others go if need be; one that is too large is not kept at all."""
        with self._lock, suppress(ValueError):
            self._kept[key] = world

    def clear(self) -> None:
        """Let all go."""
        with self._lock:
            self._kept.clear()

    @property
    def bytes(self) -> int:
        """What all that are kept take."""
        return int(self._kept.currsize)

    def __len__(self) -> int:
        return len(self._kept)


def weight(world: World) -> int:
    """Bytes of all tables."""
    return sum(table.nbytes for table in world)
