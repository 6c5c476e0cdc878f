"""Where people stand when a place's flows balance, as the starting point takes it (model/first_people.py)."""

import numpy as np

from model.balance import Balance
from model.first_people import STAGES, Standing
from model.mean_month import SITUATIONS

assert len(STAGES) == len(SITUATIONS)  # the same twelve, in the same order


def standing_of(found: Balance) -> Standing:
    """Stocks, and chances of leaving, by type: a row for each kind, need and group."""
    kinds, needs, groups, stages = found.stocks.shape
    kind, node, group = (axis.ravel() for axis in np.indices((kinds, needs, groups)))
    return Standing(
        kind, node, group, needs, found.stocks.reshape(-1, stages).copy(), found.ends.reshape(-1, stages).copy(),
        found.homeless_ends.reshape(-1).copy(),
    )  # fmt: skip
