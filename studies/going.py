"""A study goes on: what its plan asks for is lived, and then what the file wants besides."""

from __future__ import annotations

from studies.executors import Team
from studies.folder import check_design
from studies.growth import forked, more_replicates, searched
from studies.plan import Plan, check_unchanged, read_plan
from studies.shelf import Shelf, owned
from studies.work import State, Told, quiet, work


def go(
    shelf: Shelf, team: Team, shard: tuple[int, int] = (1, 1), told: Told = quiet, fork: bool = False
) -> tuple[Plan, State]:
    """Live what is missing, and then the replicates and rows that the file wants besides; the plan as it then is."""
    with owned(shelf, shard) as owner:
        plan = read_plan(shelf)
        if shard == (1, 1):
            shelf.tidy()
        plan = forked(shelf, plan) if fork else plan
        check_unchanged(plan)
        check_design(shelf, plan)
        state = work(shelf, plan, team, owner, shard, told)
        alone = shard == (1, 1)  # only whoever works alone makes the plan longer
        while alone and (grown := more_replicates(shelf, plan) or searched(shelf, plan)) is not None:
            plan = grown
            state = work(shelf, plan, team, owner, shard, told)
    return plan, state
