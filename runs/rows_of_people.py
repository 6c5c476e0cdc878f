"""Rows of people by their permanent numbers: who is there, and what became of those who went this month."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from agents.service_user import GONE, HERE
from engine.record import Rows
from model.state import World

Numbers = npt.NDArray[np.int64]


def everybody_in(world: World) -> Rows:
    """A copy of the records of all who are there: in touch with services, settled, and housed for long."""
    users = world.users[world.users["situation"] != GONE]
    return np.concatenate([users, world.housed[: world.system[0].housed]]).view(Rows)


def row_of(users: Rows, ids: Numbers) -> Numbers:
    """The row of each person in `users`, -1 for who is not there."""
    return _looked_up(users, np.flatnonzero(users["situation"] != GONE), ids)


def fate_of(users: Rows, ids: Numbers) -> Numbers:
    """What became of each person, as a code of FATES: their emptied row says it, until a newcomer takes the row.

    So it is certain at the end of the month in which they went; ask then.  HERE where no row says otherwise: those
    people are there, or joined the housed, or were housed and died (nothing else ends that).
    """
    rows = _looked_up(users, np.flatnonzero((users["situation"] == GONE) & (users["fate"] != HERE)), ids)
    return np.where(rows >= 0, users["fate"][rows], HERE)


def _looked_up(users: Rows, among: npt.NDArray[np.intp], ids: Numbers) -> Numbers:
    """The row of each number among these rows, -1 for none."""
    if not len(among):
        return np.full(len(ids), -1, np.int64)
    order = among[np.argsort(users["id"][among])]
    known = users["id"][order]
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.where(known[at] == ids, order[at], -1).astype(np.int64)
