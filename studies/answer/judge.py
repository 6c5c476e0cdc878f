"""The judge: every arm in every world, block after block, reduced as soon as a block is done; and the cases beside it.

What is stored in the answer's folder: `worlds-PLACE-BB.parquet`, `arms-PLACE-BB.parquet`; the critic's arms in the same
worlds, `critic-PLACE-BB.parquet`; `zero-CASE.parquet`; `practices-STRATEGY.parquet`.  A file that is there is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engine.errors import BadInput
from studies.answer.arms import (
    Arm,
    at_zero,
    combinations,
    critics,
    judged,
    of_contrasts,
    tuned,
    worldviews_of_critic,
)
from studies.answer.plan import NOTHING, Effort, case_settings, effort, plan
from studies.answer.worlds import Block, about, described, lived, reduced, store
from studies.description import Description
from studies.executors import Team
from studies.making import drawn_sets, made_whole
from studies.parts import nothing
from studies.plan import KEY, Which, new_plan
from studies.plan import Arm as StudyArm
from studies.subjects import Services
from studies.work import Told, quiet

WORLDS, ARMS, CRITICS, ZERO, PRACTICES = "worlds", "arms", "critic", "zero", "practices"
RUNS = "runs"  # folder of the studies themselves, which need not be kept
Says = Callable[[str], None]


def silent(text: str) -> None:
    """Says nothing."""


@dataclass(frozen=True)
class Judge:
    """Who runs what is missing in an answer's folder."""

    effort: Effort
    folder: Path
    team: Team
    told: Told = quiet
    says: Says = silent

    def blocks(self) -> Iterator[tuple[str, int, int]]:
        """Place, number of the block, and how many worlds it has; a place after another."""
        for place in self.effort.places:
            for number in range(self.effort.blocks):
                yield place, number, min(self.effort.block, self.effort.number - number * self.effort.block)

    def judge(self) -> None:
        """Every arm in every world."""
        found = tuned(self.folder)
        arms, seen = judged(found), [*of_contrasts(found)]
        for place, number, size in self.blocks():
            paths = [self.folder / f"{kind}-{place}-{number:02d}.parquet" for kind in (WORLDS, ARMS)]
            if all(map(self._done, paths)):
                continue
            self.says(f"judge: {place}, block {number + 1} of {self.effort.blocks}, {size} worlds, {len(arms)} arms")
            tables = self._reduced(f"judge-{place}-{number:02d}", place, number, size, arms, seen)
            for path, table in zip(paths, tables, strict=True):
                store(path, table, self.effort)

    def critic(self) -> None:
        """The critic's arms in the same worlds."""
        arms = critics(self.folder)
        for place, number, size in self.blocks() if arms else ():
            path = self.folder / f"{CRITICS}-{place}-{number:02d}.parquet"
            if not self._done(path) or not _holds(path, arms):
                self.says(f"critic: {place}, block {number + 1} of {self.effort.blocks}, {len(arms) - 1} arms")
                table = self._reduced(f"critic-{place}-{number:02d}", place, number, size, arms, ())[1]
                store(path, table, self.effort)

    def zero(self) -> None:
        """The camps' arms where mechanisms are off, and in the critic's worldviews."""
        arms = at_zero(tuned(self.folder))
        cases = {name: case_settings(name) for name in plan()["zero"]["cases"]}
        cases |= {f"critics_{Path(path).stem}": (path, {}) for path in worldviews_of_critic(self.folder)}
        for name, (worldview, settings) in {"as_drawn": ("evidence", {}), **cases}.items():
            path = self.folder / f"{ZERO}-{name}.parquet"
            if not self._done(path):
                self.says(f"at zero: {name}")
                self._case(f"zero-{name}", path, arms, worldview, settings)

    def practices(self) -> None:
        """All combinations of the practices."""
        for on in plan()["practices"]["on"]:
            path = self.folder / f"{PRACTICES}-{on}.parquet"
            if not self._done(path):
                self.says(f"practices on {on}")
                self._case(f"practices-{on}", path, combinations(on, self.folder / RUNS / "settings"))

    def _case(self, name: str, path: Path, arms: Sequence[Arm], worldview: str = "evidence",
              settings: dict[str, float] | None = None) -> None:  # fmt: skip
        one = self.effort
        said = described(one.places[0], arms, one.cases, one.seed, one.cases_replicates, one.people, self.folder,
                         worldview, settings)  # fmt: skip
        worlds, table = reduced(Block.of(*lived(said, self.folder / RUNS / name, self.team, self.told), arms), 0, 0, ())
        margins = [column for column in worlds.columns if column.startswith("margin_")]
        store(path, table.join(worlds.select("world", *margins), on="world"), one)

    def _reduced(
        self, name: str, place: str, number: int, size: int, arms: Sequence[Arm], seen: Sequence[str]
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        one = self.effort
        said = described(place, arms, size, one.seed + number, one.replicates, one.people, self.folder)
        found = lived(said, self.folder / RUNS / name, self.team, self.told)
        return reduced(Block.of(*found, arms), number, number * one.block, seen)

    def _done(self, path: Path) -> bool:
        """Whether it is there; BadInput if it is of other rules or of another plan."""
        if not path.is_file():
            return False
        check_same(path, about(self.effort))
        return True


def _holds(path: Path, arms: Sequence[Arm]) -> bool:
    """Whether a stored table has just these arms: a critic may have written another strategy since."""
    rows = pl.read_parquet(path, columns=["arm", "rung"]).unique().iter_rows()
    return {*rows} == {(arm.name, float(arm.rung)) for arm in arms[1:]}


def check_same(path: Path, now: dict[str, str]) -> None:
    """BadInput unless a stored table is of these rules, this plan and this effort."""
    there = pl.read_parquet_metadata(path)
    for name, what in (("digits", "of other rules"), ("plan", "of another plan"), ("quick", "of another effort")):
        if there.get(name) != now[name]:
            raise BadInput(
                f"'{path}' is {what}", do="Move the folder away and run it again, or name another with --out"
            )


def stored(folder: Path, kind: str) -> pl.DataFrame:
    """All tables of a kind that are there, in order; BadInput if there is none."""
    paths = sorted(folder.glob(f"{kind}-*.parquet"))
    if not paths:
        raise BadInput(f"There is nothing of '{kind}' in '{folder}'", do="Run it first: unfreeze answer")
    return pl.concat([pl.read_parquet(path) for path in paths], how="diagonal")


def progress(folder: Path, quick: bool) -> tuple[int, int]:
    """Blocks that are judged, and blocks in all."""
    one = effort(quick)
    done = sum((folder / f"{ARMS}-{place}-{number:02d}.parquet").is_file()
               for place in one.places for number in range(one.blocks))  # fmt: skip
    return done, one.blocks * len(one.places)


def again(one: Effort, folder: Path, rows: Sequence[tuple[str, int, str, float]]) -> list[str]:
    """Live these rows of the stored table anew (place, world, arm, rung); what differs, in words."""
    kept, found, wrong = stored(folder, ARMS), tuned(folder), list[str]()
    for place, world, name, rung in rows:
        number, at = divmod(world, one.block)
        size = min(one.block, one.number - number * one.block)
        arms = [arm for arm in judged(found) if (arm.name, arm.rung) in ((name, rung), (NOTHING, 0.0))]
        said = described(place, arms, size, one.seed + number, one.replicates, one.people, folder)
        now = reduced(_lived_alone(said, arms, at), number, world, [*of_contrasts(found)])[1]
        there = kept.filter(place=place, world=world, arm=name, rung=rung).select(now.columns)
        wrong += [f"{place}, world {world}, {name} at {rung:g}: {column} was {there[column][0]}, is {now[column][0]}"
                  for column in now.columns if not there[column].equals(now[column], null_equal=True)]  # fmt: skip
    return wrong


def _lived_alone(said: Description, arms: Sequence[Arm], row: int) -> Block:
    """The runs of these arms in one world, without a store."""
    design = made_whole(said)
    planned, subject = new_plan(said, design.height, ""), Services(said)
    runs = []
    for replicate in range(said.until.least):
        for word in said.strategies:
            which = Which(0, row, replicate, StudyArm(said.places[0], said.worldviews[0], word), said.months)
            outcome = subject.live(which, {}, planned.seed(replicate, design[KEY][row]), nothing)
            runs.append((row, replicate, word, *outcome.values))
    table = pl.DataFrame(runs, schema=["row", "replicate", "strategy", *said.columns()], orient="row")
    return Block(said, table, arms, [drawn_sets(said)[row]])
