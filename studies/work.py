"""The work of a study: parts that are not there yet are lived, by any team, until all are there.

A part whose worker was lost is begun again, each of its runs watched (parts.py); what one run does to its process is
then that run's row, and the study goes on.  Memory does not grow with the number of runs: only the parts at work are
held, and which parts are there is a list of files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field

from engine.errors import BadInput, UnfreezeError
from studies.executors import Team
from studies.parts import Done
from studies.plan import Plan
from studies.shelf import RUNS, Owner, Shelf

AHEAD = 2  # parts for each worker that are given out
LOOK = 0.5  # seconds between two looks
LOST_AT_MOST = 50  # times in a row that workers may be lost without a part done in between
TOLD_AFTER = 3  # parts before the time left is told


@dataclass
class State:
    """How far it is: runs and parts of this shard.  `seconds` since the beginning, `left` None until it can be told."""

    runs: int
    parts: int
    done_runs: int = 0
    done_parts: int = 0
    failed: int = 0
    lost: int = 0
    began: float = field(default_factory=time.monotonic)
    mine: int = 0  # runs done since it began

    @property
    def rate(self) -> float:
        """Runs a second, since the beginning."""
        return self.mine / max(time.monotonic() - self.began, 1e-9)

    @property
    def left(self) -> float | None:
        """Seconds left at this rate; None before there is a rate to speak of."""
        if self.mine == 0 or self.done_parts < TOLD_AFTER:
            return None
        return (self.runs - self.done_runs) / self.rate


Told = Callable[[State], None]


def quiet(state: State) -> None:
    """Tells nobody."""


def parts_there(shelf: Shelf) -> set[int]:
    """Numbers of the parts that are done."""
    return {int(name[5:-8]) for name in shelf.names(RUNS) if name.startswith("part-") and name.endswith(".parquet")}


def of_shard(plan: Plan, shard: tuple[int, int]) -> list[int]:
    """The parts that a shard has to live."""
    index, number = shard
    return [part for part in plan.wanted if part % number == index - 1]


def check_shard(text: str) -> tuple[int, int]:
    """`2/3` as (2, 3)."""
    index, slash, number = text.partition("/")
    if not slash or not index.isascii() or not number.isascii() or not index.isdigit() or not number.isdigit():
        raise BadInput(f"'{text[:20]}' is no shard", allowed="I/N, such as 1/3")
    if not 1 <= int(index) <= int(number) <= 100_000:
        raise BadInput(f"There is no shard {text[:20]}", allowed="1/N to N/N")
    return int(index), int(number)


def work(
    shelf: Shelf, plan: Plan, team: Team, owner: Owner, shard: tuple[int, int] = (1, 1), told: Told = quiet
) -> State:
    """Live every part of this shard that is not there.  What goes wrong in a run is a row; anything else is raised."""
    mine, there = of_shard(plan, shard), parts_there(shelf)
    todo = [part for part in mine if part not in there]
    state = State(sum(_runs(plan, part) for part in mine), len(mine))
    state.done_parts, state.done_runs = len(mine) - len(todo), state.runs - sum(_runs(plan, part) for part in todo)
    told(state)
    waiting, again, pending = iter(todo), list[int](), dict[Future[Done], int]()
    lost_in_a_row = 0
    while _fill(pending, waiting, again, team, shelf, plan):
        finished, _ = wait(pending, timeout=LOOK, return_when=FIRST_COMPLETED)
        owner.sign()
        trouble = [error for error in (_take(state, future, pending) for future in finished) if error is not None]
        lost_in_a_row = lost_in_a_row + 1 if trouble and len(trouble) == len(finished) else 0
        if trouble:
            _check_lost(lost_in_a_row, trouble[0])
            state.lost += 1
            again += [part for future, part in pending.items() if _take(state, future, {}) is not None]
            pending.clear()
            team.renew()
        told(state)
    return state


def _take(state: State, future: Future[Done], pending: dict[Future[Done], int]) -> BaseException | None:
    """Count a part that is done, and let it go; the error of one whose worker was lost, which stays."""
    if not future.done():
        return TimeoutError("not done")
    try:
        done = future.result()
    except UnfreezeError:
        raise
    except (Exception, CancelledError) as error:  # not of a run: these are rows
        return error
    pending.pop(future, None)
    state.done_parts, state.done_runs = state.done_parts + 1, state.done_runs + done.runs
    state.mine, state.failed = state.mine + done.runs, state.failed + done.failed
    return None


def _check_lost(times: int, error: BaseException) -> None:
    if times > LOST_AT_MOST:
        raise UnfreezeError(f"Workers were lost {times} times in a row: {str(error)[:200] or type(error).__name__}",
                            do="See what ends them, then resume the study") from error  # fmt: skip


def _fill(
    pending: dict[Future[Done], int], waiting: Iterator[int], again: list[int], team: Team, shelf: Shelf, plan: Plan,
) -> bool:  # fmt: skip
    """Give out parts up to AHEAD for each worker; whether anything is at work."""
    while len(pending) < AHEAD * team.width:
        alone = bool(again)
        part = again.pop(0) if again else next(waiting, None)
        if part is None:
            break
        try:
            pending[team.submit(shelf.address, plan.name, part, alone)] = part
        except UnfreezeError:
            raise
        except Exception:  # the pool broke just now
            again.insert(0, part)
            team.renew()
    return bool(pending)


def _runs(plan: Plan, part: int) -> int:
    block = plan.block_of_part(part)
    first = (part - block.part) * block.groups
    return (min(first + block.groups, block.number_of_groups) - first) * block.arms
