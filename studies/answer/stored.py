"""What is stored, read: every arm in every world, contrasts of arms, and what homes and places would have done.

All numbers are differences from no foundation at the real size of a place, as (half, world); places are kept apart and
count alike.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.contrasts import DIRECTION
from engine.errors import BadInput, UnknownName
from evidence.quantities import check_value, find_quantity
from studies.answer.judge import ARMS, CRITICS, WORLDS, check_same, stored
from studies.answer.measured import Share, between, factor_at, shares
from studies.answer.plan import HOMES, NOTHING, PLACES, effort, plan
from studies.answer.worlds import DRAWN, HALVES, SHORT, about

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


FEWEST = 100  # worlds below which nothing is concluded from them, nor fitted to them
SMALLEST = 1001  # people: smaller systems are for machinery only


@dataclass(frozen=True, slots=True)
class Gap:
    """A contrast in one measure: `share`, None where there is no such money; `beyond`: places whose ladder of money
    does not reach so far, so that what its highest rung bought is counted."""

    one: str
    other: str
    measure: str
    share: Share | None
    beyond: tuple[str, ...] = ()


def _ranks_away(drawn: Numbers, value: float) -> Numbers:
    """How far each world's number lies from `value`, as a share of the worlds between the two."""
    ordered = np.sort(drawn)
    at = (np.searchsorted(ordered, value, "left") + np.searchsorted(ordered, value, "right")) / 2
    own = (np.searchsorted(ordered, drawn, "left") + np.searchsorted(ordered, drawn, "right")) / 2
    return np.asarray(np.abs(own - at) / len(drawn))


def _short(measure: str) -> str:
    """people of people_96."""
    return measure.partition("_")[0]


def is_quick(folder: Path) -> bool:
    """Whether what is stored there is of a quick run; BadInput if nothing is."""
    paths = sorted(folder.glob(f"{ARMS}-*.parquet"))
    if not paths:
        raise BadInput(f"There is nothing of '{ARMS}' in '{folder}'", do="Run it first: unfreeze answer")
    return bool(json.loads(pl.read_parquet_metadata(paths[0]).get("quick", "false")))


def rows_digest(folder: Path) -> str:
    """A name for all rows that are stored in an answer's folder."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted(folder.glob("*.parquet")):
        digest.update(f"{path.name}\0".encode() + hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


class Stored:
    """The judged worlds of an answer's folder."""

    def __init__(self, folder: Path, quick: bool) -> None:
        now = about(effort(quick))
        for path in folder.glob("*.parquet"):
            check_same(path, now)
        self.folder, self.quick = folder, quick
        self._gaps: dict[tuple[str, ...], Gap] = {}  # those that were asked for
        self.worlds = stored(folder, WORLDS).sort("place", "world")
        tables = [stored(folder, ARMS)]
        if any(folder.glob(f"{CRITICS}-*.parquet")):
            tables.append(stored(folder, CRITICS))
        every = pl.concat(tables, how="diagonal").sort("place", "world", maintain_order=True)
        self._parts = {
            (str(place), str(arm), float(rung)): part
            for (place, arm, rung), part in every.partition_by("place", "arm", "rung", as_dict=True).items()
        }

    def near(self, beliefs: Mapping[str, float]) -> Stored:
        """Only the worlds nearest to what somebody believes of drawn quantities: a share of each place's, by distance
        in ranks.  BadInput for what was not drawn everywhere, or cannot be."""
        for name, value in beliefs.items():
            self.check_belief(name, value)
        kept = []
        for place in self.places:
            here = self.worlds.filter(place=place)
            number = max(1, round(plan()["beliefs"]["nearest"] * here.height))
            away = sum((_ranks_away(here[DRAWN + name].to_numpy(), value) ** 2 for name, value in beliefs.items()),
                       start=np.zeros(here.height))  # fmt: skip
            kept.append(here[np.sort(np.argsort(away, kind="stable")[:number])])
        found = copy(self)
        found._gaps = {}
        found.worlds = pl.concat(kept)
        chosen = {place: table["world"] for place, table in zip(self.places, kept, strict=True)}
        found._parts = {key: part.filter(pl.col("world").is_in(chosen[key[0]].implode())) for key, part in
                        self._parts.items()}  # fmt: skip
        return found

    @cached_property
    def drawn(self) -> list[str]:
        """Quantities that were drawn in every place."""
        names = [name for name in self.worlds.columns if name.startswith(DRAWN)]
        return [name.removeprefix(DRAWN) for name in names if not self.worlds[name].null_count()]

    def check_belief(self, name: str, value: float) -> None:
        """BadInput if these worlds cannot be told apart by it, or it cannot be."""
        if name not in self.drawn:
            raise UnknownName("quantity that differs between worlds", name[:60], self.drawn)
        check_value(find_quantity(name), value)

    @cached_property
    def places(self) -> list[str]:
        """Places of which there are worlds, in the plan's order."""
        order = [*plan()["places"]["core"], *plan()["places"]["more"]]
        return sorted(self.worlds["place"].unique().to_list(), key=order.index)

    @cached_property
    def arms(self) -> list[str]:
        """Every arm on the whole of its money."""
        return list(dict.fromkeys(arm for _, arm, rung in self._parts if rung == 1))

    def number(self) -> int:
        """Of worlds, in all places."""
        return self.worlds.height

    @property
    def too_few(self) -> bool:
        """Whether there are too few worlds, or people in them, for any verdict."""
        return self.number() < FEWEST or bool((self.worlds["people"] < SMALLEST).any())

    def part(self, place: str, arm: str, rung: float = 1.0) -> pl.DataFrame:
        """The rows of one arm in one place, a world each."""
        found = self._parts.get((place, arm, rung))
        if found is None:
            raise BadInput(f"There is no '{arm}' at {rung:g} in {place}", where=str(self.folder),
                           do="Run it first: unfreeze answer")  # fmt: skip
        return found

    def values(self, place: str, arm: str, measure: str, rung: float = 1.0) -> Numbers:
        """(half, world); zeros for no foundation.  people_96 is of that month, without halves: twice the same."""
        if arm == NOTHING or rung == 0:
            return np.zeros((len(HALVES), self._height(place)))
        part = self.part(place, arm, rung)
        columns = [measure] * len(HALVES) if measure in part.columns else [f"{measure}_{half}" for half in HALVES]
        return np.stack([part[column].cast(pl.Float64()).to_numpy() for column in columns])

    def carried(self, place: str, arm: str) -> Flags:
        """(world,)"""
        if arm == NOTHING:
            return np.ones(self._height(place), np.bool_)
        return self.part(place, arm)["carried"].to_numpy()

    def margins(self, place: str, measure: str) -> Numbers:
        """(world,)"""
        return self.worlds.filter(place=place)[f"margin_{_short(measure)}"].cast(pl.Float64()).to_numpy()

    def rungs(self, place: str, arm: str) -> list[float]:
        """At which multiples of its money an arm was run, nothing first."""
        return [0.0, *sorted(rung for there, name, rung in self._parts if (there, name) == (place, arm))]

    def _height(self, place: str) -> int:
        return self.worlds.filter(place=place).height

    # --- contrasts ----------------------------------------------------------------------------------------------------

    def gap(self, one: str, other: str, measure: str) -> Gap:
        """On the same money of the foundation."""
        return self._gap("gap", one, other, measure, lambda place: (
            self.values(place, one, measure), self.values(place, other, measure), False))  # fmt: skip

    def gap_at_equal_cost(self, one: str, other: str, measure: str) -> Gap:
        """The dearer of the two on so much less money that all payers spend the same under both."""

        def pair(place: str) -> tuple[Numbers, Numbers, bool] | None:
            costs = {arm: self.cost(place, arm) for arm in (one, other)}
            dearer = max(costs, key=lambda arm: costs[arm])
            at = self.at_cost(place, dearer, measure, min(costs.values()))
            if at is None:
                return None
            found = {arm: at[0] if arm == dearer else self.values(place, arm, measure) for arm in (one, other)}
            return found[one], found[other], False

        return self._gap("equal", one, other, measure, pair)

    def against_control(self, arm: str, control: str, measure: str) -> Gap:
        """Against homes or places for the same money of all payers."""

        def pair(place: str) -> tuple[Numbers, Numbers, bool] | None:
            at = self.at_cost(place, control, measure, self.cost(place, arm))
            return None if at is None else (self.values(place, arm, measure), at[0], not at[1])

        return self._gap("control", arm, control, measure, pair)

    def cost(self, place: str, arm: str, rung: float = 1.0) -> float:
        """What all payers spend more, mean over worlds."""
        return float(self.values(place, arm, "money", rung).mean())

    def at_cost(self, place: str, arm: str, measure: str, wanted: float) -> tuple[Numbers, bool] | None:
        """An arm at the multiple of its money at which all payers spend `wanted` more, and whether there is one."""
        rungs = self.rungs(place, arm)
        if arm not in (HOMES, PLACES):
            rungs = [rung for rung in rungs if rung <= 1]
        found = factor_at(rungs, [self.cost(place, arm, rung) for rung in rungs], wanted)
        if found is None:
            return None
        return between(rungs, [self.values(place, arm, measure, rung) for rung in rungs], found[0]), found[1]

    def _gap(
        self, how: str, one: str, other: str, measure: str,
        pair: Callable[[str], tuple[Numbers, Numbers, bool] | None],
    ) -> Gap:  # fmt: skip
        """What was asked for once is kept: the bootstrap takes a while."""
        key = (how, one, other, measure)
        if key not in self._gaps:
            self._gaps[key] = self._gap_now(one, other, measure, pair)
        return self._gaps[key]

    def _gap_now(
        self, one: str, other: str, measure: str, pair: Callable[[str], tuple[Numbers, Numbers, bool] | None]
    ) -> Gap:
        gaps, margins, beyond, apart = dict[str, Numbers](), dict[str, Numbers](), list[str](), 0
        for place in self.places:
            found = pair(place)
            if found is None:
                continue
            both = self.carried(place, one) & (self.carried(place, other))
            less = found[0] - found[1]
            kept = both & np.isfinite(less).all(axis=0)
            apart += int((~both).sum())
            gaps[place], margins[place] = less[:, kept], self.margins(place, measure)[kept]
            beyond += [place] if found[2] else []
        if not gaps:
            return Gap(one, other, measure, None)
        return Gap(one, other, measure, shares(gaps, margins, DIRECTION[SHORT[_short(measure)]], apart), tuple(beyond))
