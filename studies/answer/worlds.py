"""Worlds as studies: a place's plausible sets, each lived by all arms; and what is left of them, a row a world and arm.

A block of worlds is a study of kind `calibrated` (docs/studies.md), so it resumes, is shared out and is checked like
any other.  Reduced, it is two tables: `worlds` (a row a world: what there is without a foundation, margins, the drawn
set) and `arms` (a row a world and arm: differences from no foundation, whole real places).  The four measures at the
month that is read come in two halves, `_a` and `_b`, of the replicates: what they differ by is luck (docs/plan.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.carried_out import ENOUGH
from analysis.contrasts import BASES, EMPTY_AT_ZERO, margin
from analysis.units import GROWING, kind_of
from engine.whole_file import whole_file
from model.measures import HEADLINE
from runs.running import digits
from scenarios.levers import GRANT_SHARES
from scenarios.places import find_place
from scenarios.plausible import ParameterSet
from scenarios.scenario import NOBODY, Scenario
from studies.answer.arms import Arm, strategy_of_word
from studies.answer.plan import Effort, digest_of_plan, plan
from studies.description import Description, of_data
from studies.executors import Team
from studies.folder import begin, whole_table
from studies.going import go
from studies.making import drawn_sets
from studies.plan import Plan, commit
from studies.shelf import Shelf, parquet
from studies.work import Told, quiet

Numbers = npt.NDArray[np.float64]

SHORT = dict(zip(("people", "money", "places", "fit"), HEADLINE, strict=True))  # how columns call the four measures
HALVES = ("a", "b")
SPENDING = ("grants_to_date", "income_to_date", "programme_to_date", "unspent")
KEPT_BASES = {base for _, base, _ in BASES.values()}
PART = 400  # runs in a part of a study
DRAWN = "p_"  # how columns of a world's drawn set begin
SEEN = "seen_"  # how columns of indicators begin
KEYS = ("place", "block", "world", "arm", "rung")


def measures() -> list[str]:
    """All that is kept of a run."""
    return list(dict.fromkeys([*HEADLINE, *sorted(KEPT_BASES), *SPENDING, *plan()["indicators"]["measures"]]))


def months() -> list[int]:
    """When it is kept."""
    horizon = plan()["horizon"]
    end = horizon["start"] + horizon["duration"]
    return sorted({0, horizon["year_two"], end, horizon["earlier"], horizon["year_eight"], horizon["read"]})


def people_of(place: str, people: int) -> int:
    """As many as the plan says, or as many as the place has."""
    return min(people, Scenario.of(NOBODY, place).real_size)


def described(
    place: str, arms: Sequence[Arm], size: int, seed: int, replicates: int, people: int, base: Path,
    worldview: str = "evidence", settings: Mapping[str, float] | None = None, part: int = PART,
) -> Description:  # fmt: skip
    """The study of a block of worlds.  part: runs in a part, which one process does."""
    runs: dict[str, Any] = {
        "places": [place], "strategies": [arm.word for arm in arms], "worldviews": [worldview],
        "people": people_of(place, people), "months": plan()["horizon"]["months"], "replicates": replicates,
        "seed": seed, "seeds": "independent", "set": [f"{name}={value:g}" for name, value in (settings or {}).items()],
    }  # fmt: skip
    return of_data({
        "format": 1, "title": f"The answer: {place}", "runs": runs,
        "design": {"kind": "calibrated", "size": size, "seed": seed},
        "keep": {"measures": measures(), "months": months()}, "store": {"part": part},
    }, base)  # fmt: skip


def lived(said: Description, address: Path, team: Team, told: Told = quiet) -> tuple[Shelf, Plan]:
    """The study at this address with all its runs, those that are missing lived now."""
    shelf, _ = begin(said, str(address))
    return shelf, go(shelf, team, told=told)[0]


class Block:
    """The runs of one study by arm: numbers (world, replicate)."""

    def __init__(
        self, said: Description, runs: pl.DataFrame, arms: Sequence[Arm], sets: Sequence[ParameterSet]
    ) -> None:
        self.said, self.arms, self.sets = said, arms, sets
        self.words = dict(zip(arms, said.strategies, strict=True))
        parts = runs.sort("row", "replicate").partition_by("strategy", as_dict=True)
        self._runs = {str(word): part for (word,), part in parts.items()}

    @classmethod
    def of(cls, shelf: Shelf, plan_: Plan, arms: Sequence[Arm]) -> Block:
        """All runs of a finished study."""
        said = plan_.description
        return cls(said, whole_table(shelf, plan_), arms, drawn_sets(said))

    def at(self, arm: Arm, measure: str, month: int) -> Numbers:
        """One measure of one arm."""
        found = self._runs[self.words[arm]][f"{measure}_m{month}"].cast(pl.Float64()).fill_null(np.nan)
        numbers = found.to_numpy().reshape(len(self.sets), -1)
        return np.where(numbers == 0, np.nan, numbers) if measure in EMPTY_AT_ZERO else numbers

    def scales(self) -> Numbers:
        """(world,): simulated people to real people."""
        return np.array([one.scale for one in self.scenarios()])

    def scenarios(self) -> list[Scenario]:
        """Each world without a foundation, seeds aside."""
        first = Scenario.of(NOBODY, find_place(self.said.places[0]), people=self.said.people, months=self.said.months)
        return [first.with_set(k, drawn) for k, drawn in enumerate(self.sets, 1)]


def real(measure: str, numbers: Numbers, scales: Numbers) -> Numbers:
    """(world, ...) at the real size of the place; money stays EUR."""
    kind = kind_of(measure)
    grows = kind in GROWING or kind.startswith("EUR")
    return numbers / scales.reshape(-1, *[1] * (numbers.ndim - 1)) if grows else numbers


def halves(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """(world, replicate) as the means of even and of odd replicates; of one alone, twice the same."""
    return numbers[:, ::2].mean(axis=1), (numbers[:, 1::2] if numbers.shape[1] > 1 else numbers).mean(axis=1)


def reduced(block: Block, number: int, first: int, seen: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The two tables.  number: of the block; first: number of its first world.  seen: arms that keep indicators."""
    nobody, scales = block.arms[0], block.scales()
    place = block.said.places[0]
    keys = {"place": [place] * len(scales), "block": np.full(len(scales), number, np.int32),
            "world": np.arange(first, first + len(scales), dtype=np.int32)}  # fmt: skip
    tables = [pl.DataFrame(keys | {"arm": [arm.name] * len(scales), "rung": np.full(len(scales), float(arm.rung))} |
                           _differences(block, arm, nobody, scales, arm.name in seen))
              for arm in block.arms[1:]]  # fmt: skip
    arms = _small(pl.concat(tables, how="diagonal"))
    worlds = pl.DataFrame(
        keys | {"scale": scales, "people": [block.said.people] * len(scales)} | _without(block, nobody, scales)
    )
    return _small(pl.concat([worlds, _sets(block.sets)], how="horizontal")), arms


def _differences(block: Block, arm: Arm, nobody: Arm, scales: Numbers, seen: bool) -> dict[str, Any]:
    """What an arm does against no foundation, world by world."""
    horizon, found = plan()["horizon"], dict[str, Any]()

    def less(measure: str, month: int) -> Numbers:
        return real(measure, block.at(arm, measure, month) - block.at(nobody, measure, month), scales)

    for short, measure in SHORT.items():
        for half, values in zip(HALVES, halves(less(measure, horizon["read"])), strict=True):
            found[f"{short}_{half}"] = values
        for when in ("earlier", "year_eight"):
            found[f"{short}_{horizon[when]}"] = less(measure, horizon[when]).mean(axis=1)
    found |= spent(block, arm)
    if seen:
        found |= {f"{SEEN}{name}": less(name, horizon["year_two"]).mean(axis=1)
                  for name in plan()["indicators"]["measures"]}  # fmt: skip
    return found


def spent(block: Block, arm: Arm) -> dict[str, npt.NDArray[Any]]:
    """Whether the arm was carried out in each world (analysis/carried_out.py), and what share of its money was used."""
    horizon = plan()["horizon"]
    end = horizon["start"] + horizon["duration"]
    income, done, left = (block.at(arm, name, end) for name in ("income_to_date", "programme_to_date", "unspent"))
    promised = np.clip(income - done - left, 0.0, np.maximum(income - done, 0.0))
    used = np.divide(done + promised, income, out=np.ones_like(income), where=income > 0).mean(axis=1)
    none = 2 * (block.at(arm, "grants_to_date", horizon["read"]) == 0).sum(axis=1) > income.shape[1]
    planned = any(sum(levers[name] for name in GRANT_SHARES) > 0 for _, levers in strategy_of_word(arm.word).settings())
    return {"used": used, "carried": (used >= ENOUGH) & ~(none & planned)}


def _without(block: Block, nobody: Arm, scales: Numbers) -> dict[str, Numbers]:
    """Levels without a foundation, and how large a difference must be to matter."""
    horizon, found = plan()["horizon"], dict[str, Numbers]()
    for short, measure in SHORT.items():
        found[f"level_{short}"] = real(measure, block.at(nobody, measure, horizon["read"]), scales).mean(axis=1)
        if measure in BASES:
            _, base, at_start = BASES[measure]
            bases = real(base, block.at(nobody, base, 0 if at_start else horizon["read"]), scales).mean(axis=1)
            found[f"margin_{short}"] = np.array([margin(measure, one) for one in bases], np.float64)
        else:
            found[f"margin_{short}"] = np.full(len(scales), margin(measure, None))
    return found


def _sets(sets: Sequence[ParameterSet]) -> pl.DataFrame:
    names = sorted(sets[0])
    return pl.DataFrame({f"{DRAWN}{name}": [one[name] for one in sets] for name in names})


def _small(table: pl.DataFrame) -> pl.DataFrame:
    """Numbers in four bytes."""
    return table.cast({name: pl.Float32() for name, kind in table.schema.items()
                       if kind == pl.Float64() and name not in KEYS})  # fmt: skip


# --- stored -----------------------------------------------------------------------------------------------------------


def about(effort: Effort) -> dict[str, str]:
    """What a stored table says of itself: whose digits and which plan it is."""
    return {
        "digits": digits(drawn=True),
        "plan": digest_of_plan(),
        "quick": json.dumps(effort.quick),
        "commit": commit(),
    }


def store(path: Path, table: pl.DataFrame, effort: Effort) -> None:
    """Write a reduced table, whole."""
    with whole_file(path, "wb") as file:
        file.write(parquet(table, about(effort)))
