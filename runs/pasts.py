"""Pasts: burnt-in systems kept for whoever runs the same people again.

Moving a slider changes what a foundation does, and no foundation was there before its programme began: the burn-in and
the months up to the start, half of a run's work, are the same.  A past is found again by `Scenario.eve_key`, which
holds every parameter to the last digit, the number of people, the seed and the number of months after the burn-in;
nothing else can change it while a process runs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

from model.state import World

MOST = 256 * 2**20  # bytes: some 500 pasts of 2,000 people in Dublin (0.5 MiB each), 150 of its real size.  Assumption


class Pasts:
    """Systems on the eve of the first decision, by what that depends on; at most `most` bytes.

    The least recently used go first.

    Any number of threads and ensembles may share one.  Two that want the same past at the same moment both make it.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: OrderedDict[Hashable, World] = OrderedDict()  # the least recently used first
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> World | None:
        """The system before the first decision, if it is kept.  It is shared: live on in a copy (`running.begun`)."""
        with self._lock:
            world = self._kept.get(key)
            if world is not None:
                self._kept.move_to_end(key)
            return world

    def keep(self, key: Hashable, world: World) -> None:
        """Keep this one, and let others go if need be; one that is larger than `most` is not kept at all."""
        with self._lock:
            self._forget(key)
            self._kept[key] = world
            self._bytes += weight(world)
            while self._bytes > self.most:
                self._forget(next(iter(self._kept)))

    def clear(self) -> None:
        """Let all go."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    @property
    def bytes(self) -> int:
        """What all that are kept take."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._kept)

    def _forget(self, key: Hashable) -> None:
        world = self._kept.pop(key, None)
        if world is not None:
            self._bytes -= weight(world)


def weight(world: World) -> int:
    """Bytes of all tables."""
    return sum(table.nbytes for table in world)
