"""A crowd: where everybody is, month by month, under several strategies on the same people.

Recording looks at the world between two months and writes nothing to it.  Of a large place a sample is kept: people
whose number says so, whatever becomes of them; what is counted is always everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.service_user import GONE, SITUATIONS
from engine.record import Rows
from evidence.strata import THIRDS
from model.state import World
from runs.rows_of_people import everybody_in
from runs.running import Run, kept, month_by_month
from scenarios.scenario import Scenario

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Tick = Callable[[int], None]  # told how many months were lived; may raise to stop

HERE = len(SITUATIONS) - 1  # situations in which somebody can be; the last of SITUATIONS is an empty row
MIXED = np.uint64(0x9E3779B97F4A7C15)  # an odd number near 2^64 / golden ratio: neighbours get distant remainders


@dataclass(frozen=True, eq=False)
class Recorded:
    """One run.  `states` (month 0 ..., person) are codes of SITUATIONS; GONE before somebody comes and after they go.

    `people` (person,) are permanent numbers, ascending, of all who were there in any month, or of a sample of one in
    `one_in`; `need` (person,) is 0 to 1.  `counts` (month, third of need, situation) counts everybody.
    """

    run: Run
    people: Numbers
    need: npt.NDArray[np.float64]
    states: Codes
    counts: Numbers
    one_in: int = 1


def recorded(past: World, scenario: Scenario, one_in: int = 1, tick: Tick | None = None) -> Recorded:
    """The months of `scenario` after `past`, which stays as it is."""
    looks: list[tuple[Numbers, Codes, npt.NDArray[np.float64]]] = []
    counts = np.zeros((scenario.months + 1, len(THIRDS), HERE), np.int64)
    for month, world in month_by_month(past, scenario):
        here = everybody_in(world).view(np.ndarray)
        counts[month] = _counted(here)
        seen = here if one_in == 1 else here[sampled(here["id"], one_in)]
        looks.append((seen["id"].copy(), seen["situation"].astype(np.uint8), seen["need"].copy()))
        if tick is not None:
            tick(1)
    people, first = np.unique(np.concatenate([ids for ids, _, _ in looks]), return_index=True)
    states = np.full((len(looks), len(people)), GONE, np.uint8)
    for row, (ids, situations, _) in zip(states, looks, strict=True):
        row[np.searchsorted(people, ids)] = situations
    need = np.concatenate([needs for _, _, needs in looks])[first]
    return Recorded(kept(world, scenario), people, need, states, counts, one_in)


@dataclass(frozen=True, eq=False)
class Crowd:
    """Several runs of the same people.  `states` (scenario, month, person), `counts` (scenario, month, third of need,
    situation); `people`, `need`, `one_in` as in `Recorded`: all who were there in any month of any of the runs."""

    scenarios: tuple[str, ...]  # labels
    people: Numbers
    need: npt.NDArray[np.float64]
    states: Codes
    counts: Numbers
    one_in: int

    @property
    def months(self) -> int:
        """The last month."""
        return int(self.states.shape[1]) - 1


def crowd(past: World, scenarios: Sequence[Scenario], one_in: int = 1, tick: Tick | None = None) -> Crowd:
    """The same people under each of the scenarios, which share this past and have equally many months."""
    runs = [recorded(past, scenario, one_in, tick) for scenario in scenarios]
    people, first = np.unique(np.concatenate([run.people for run in runs]), return_index=True)
    need = np.concatenate([run.need for run in runs])[first]
    states = np.full((len(runs), len(runs[0].states), len(people)), GONE, np.uint8)
    for own, run in zip(states, runs, strict=True):
        own[:, np.searchsorted(people, run.people)] = run.states
    labels = tuple(scenario.label for scenario in scenarios)
    return Crowd(labels, people, need, states, np.stack([run.counts for run in runs]), one_in)


def sampled(people: Numbers, one_in: int) -> npt.NDArray[np.bool_]:
    """Who belongs to a sample of one in `one_in`: their number alone decides, so it is the same in every run."""
    mixed = people.astype(np.uint64) * MIXED >> np.uint64(32)
    found: npt.NDArray[np.bool_] = mixed % np.uint64(one_in) == 0
    return found


def third(need: npt.NDArray[np.float64]) -> Numbers:
    """0 low (below 1/3 of the scale), 1 middle, 2 high (2/3 and more): the thirds of model.measures.THIRDS."""
    return (need >= 1 / 3).astype(np.int64) + (need >= 2 / 3)


def _counted(here: npt.NDArray[np.void] | Rows) -> Numbers:
    """(third, situation): how many."""
    which = third(here["need"]) * HERE + here["situation"]
    return np.bincount(which, minlength=len(THIRDS) * HERE).reshape(len(THIRDS), HERE)
