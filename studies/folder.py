"""A study in its folder: begun, resumed, mended, grown; and what its parts hold."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from engine.errors import BadInput, UnfreezeError, UnreadableFile
from engine.whole_file import whole_file
from studies.checks import impossible_rows
from studies.columns import columns_csv, datapackage, metadata, schema_json, schema_name
from studies.columns import tables as described
from studies.description import Description
from studies.executors import Team
from studies.factors import schema
from studies.making import columns_of, made_whole
from studies.parts import FIRST, Lab, nothing
from studies.plan import KEY, PROPOSER, Plan, changed, check_unchanged, keys, new_plan, read_plan, write_plan
from studies.shelf import (
    DESIGN,
    EVENTS,
    FANS,
    LOG,
    MONTHS,
    PLAN,
    RUNS,
    Shelf,
    owned,
    owners,
    parquet,
    part_name,
    planning,
)
from studies.work import State, Told, parts_there, quiet, work


class Missing(UnfreezeError):
    """A study that lacks what was to be read."""


# --- begun ------------------------------------------------------------------------------------------------------------


def begin(said: Description, address: str) -> tuple[Shelf, Plan]:
    """Plan a study in a new folder, or find the one that was begun there from the same file."""
    shelf = Shelf(address)
    if shelf.has(PLAN):
        plan = read_plan(shelf)
        if plan.description.data != said.data:
            raise BadInput(f"'{shelf}' holds another study: {plan.description.title}",
                           do="Name another folder, or resume that one")  # fmt: skip
        return shelf, plan
    strange = shelf.path is not None and shelf.path.exists() and (not shelf.path.is_dir() or _strange(shelf.path))
    if strange and not shelf.has(PLAN):  # what another shard has planned and begun in this moment is not strange
        raise BadInput(f"'{shelf}' holds something else, and was left alone", do="Name a folder that is new or empty")
    with planning(shelf):
        if shelf.has(PLAN):  # somebody else was first
            return begin(said, address)
        design = made_whole(said)
        _check_possible(said, design)
        content = parquet(design, metadata(said))
        plan = new_plan(said, design.height, "")
        plan = replace(plan, design=design_digest(design, plan))
        shelf.write(DESIGN, content)
        about(shelf, plan)
        write_plan(shelf, plan)
    return shelf, plan


def _check_possible(said: Description, design: pl.DataFrame) -> None:
    """BadInput if a row of the design could not be run."""
    bad, why = impossible_rows(said, design)
    if bad.any():
        raise BadInput(
            f"{int(bad.sum()):,} of {design.height:,} rows are impossible: {why}", where=said.file.where("vary")
        )


FILES = (DESIGN, PLAN, "columns.csv", "datapackage.json", *map(schema_name, (RUNS, "design", MONTHS, EVENTS, FANS)))


def _strange(path: Path) -> bool:
    """Whether there is anything but what a study that was killed at once leaves."""
    ours = {LOG, *FILES} - {PLAN}
    return any(one.name not in ours and not one.name.startswith(tuple(f".{name}." for name in FILES))
               for one in path.iterdir())  # fmt: skip


def about(shelf: Shelf, plan: Plan) -> None:
    """What other programs read first: columns.csv and datapackage.json."""
    said, months = plan.description, plan.months
    files = {folder: [f"{folder}/{part_name(part)}" for part in plan.wanted] for folder in (RUNS, MONTHS, EVENTS, FANS)}
    shelf.write("columns.csv", columns_csv(said, months).encode())
    for name, found in described(said, months).items():
        shelf.write(schema_name(name), schema_json(found).encode())
    shelf.write("datapackage.json", datapackage(said, files | {"design": [DESIGN]}, months).encode())


def opened(address: str) -> tuple[Shelf, Plan]:
    """A study that was begun."""
    shelf = Shelf(address)
    return shelf, read_plan(shelf)


def check_design(shelf: Shelf, plan: Plan) -> None:
    """UnreadableFile unless the design in the folder is this plan's."""
    try:
        found = shelf.table(DESIGN)
        name = design_digest(found, plan)
    except (FileNotFoundError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(f"{shelf}/{DESIGN}", "it is not the design of this plan") from error
    if name != plan.design:
        raise UnreadableFile(f"{shelf}/{DESIGN}", "it is not the design of this plan")


def design_digest(design: pl.DataFrame, plan: Plan) -> str:
    """A name for the rows and columns of a design that its plan has: a study that was killed while it grew has more."""
    factors = plan.description.factors
    columns = [*schema(factors), KEY, PROPOSER] if factors else design.columns
    text = hashlib.blake2b(digest_size=16)
    for column in design.head(plan.rows).select(columns).iter_columns():
        text.update(column.name.encode())
        text.update(repr(column.to_list()).encode() if column.dtype == pl.String() else
                    column.is_null().to_numpy().tobytes() + column.fill_null(0).to_numpy().tobytes())  # fmt: skip
    return text.hexdigest()


def retry(shelf: Shelf, team: Team, told: Told = quiet) -> tuple[Plan, State, int]:
    """Live again every part in which a run failed, or that cannot be read."""
    with owned(shelf) as owner:
        plan = read_plan(shelf)
        shelf.tidy()
        check_unchanged(plan)
        bad = [part for part in sorted(parts_there(shelf)) if _bad(shelf, part)]
        for part in bad:
            shelf.remove(f"{RUNS}/{part_name(part)}")
        return plan, work(shelf, plan, team, owner, told=told), len(bad)


def _bad(shelf: Shelf, part: int) -> bool:
    try:
        return bool((shelf.table(f"{RUNS}/{part_name(part)}")["status"] != "done").any())
    except (UnreadableFile, pl.exceptions.PolarsError):
        return True


# --- looked at --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verified:
    """What the parts of a study hold, against its plan."""

    runs: int
    missing: int
    doubled: int
    failed: int
    wrong: tuple[str, ...]  # what is not as the plan has it, in words

    @property
    def well(self) -> bool:
        """Nothing is missing or wrong."""
        return not (self.missing or self.doubled or self.failed or self.wrong)

    def __str__(self) -> str:
        return f"runs {self.runs}, missing {self.missing}, doubled {self.doubled}, failed {self.failed}"


def verify(shelf: Shelf, plan: Plan) -> Verified:
    """Read every part and hold it to the plan: each run once, its row, arm, replicate, seed and factors."""
    there, wrong = parts_there(shelf), list[str]()
    here, counted = Lab(shelf, plan), dict[str, int](runs=0, missing=0, doubled=0, failed=0)
    wrong += [f"{part_name(part)} is of no part of the plan" for part in sorted(there) if part >= plan.parts]
    for part in plan.wanted:
        expected = [one for group in plan.groups_of(part) for one in group]
        if part not in there:
            counted["missing"] += len(expected)
            continue
        try:
            table = shelf.table(f"{RUNS}/{part_name(part)}")
            found = table["run"].to_list()
        except (UnreadableFile, pl.exceptions.PolarsError) as error:
            wrong.append(str(error))
            counted["missing"] += len(expected)
            continue
        counted["runs"] += len({*found})
        counted["doubled"] += len(found) - len({*found})
        counted["missing"] += len({one.run for one in expected} - {*found})
        counted["failed"] += int((table["status"] != "done").sum())
        if found == [one.run for one in expected] and not _as_planned(here, part, table):
            wrong.append(f"{part_name(part)} holds other rows, seeds or factors than the plan")
    return Verified(**counted, wrong=tuple(wrong))


def _as_planned(here: Lab, part: int, table: pl.DataFrame) -> bool:
    plan = here.plan
    expected = [one for group in plan.groups_of(part) for one in group]
    first, rows = here.rows(part)
    at = rows[[one.row - first for one in expected]]
    seeds = [plan.seed(one.replicate, key) for one, key in zip(expected, at[KEY], strict=True)]
    said = pl.DataFrame({
        "row": [one.row for one in expected], "replicate": [one.replicate for one in expected], "seed": seeds,
        "months": [one.months for one in expected], "place": [one.arm.place for one in expected],
        **({"strategy": [one.arm.strategy for one in expected]} if "strategy" not in at.columns else {}),
        **({"worldview": [one.arm.worldview for one in expected]} if "worldview" not in at.columns else {}),
        **{name: at[name] for name in columns_of(rows)},
    }).cast({"replicate": pl.Int32(), "months": pl.Int32()})  # fmt: skip
    return {*said.columns} <= {*table.columns} and table.select(said.columns).equals(said, null_equal=True)


def tables(shelf: Shelf, plan: Plan, only: Collection[int] | None = None) -> Iterator[pl.DataFrame]:
    """The table of runs of each part that counts and is there, in order."""
    there = parts_there(shelf)
    for part in plan.wanted:
        if part in there and (only is None or part in only):
            yield shelf.table(f"{RUNS}/{part_name(part)}")


def table(shelf: Shelf, plan: Plan) -> pl.DataFrame:
    """All runs that are there, by number."""
    found = list(tables(shelf, plan))
    if not found:
        raise Missing(f"There are no runs in '{shelf}' yet", do="Go on: unfreeze study resume DIR")
    return pl.concat(found, how="diagonal").sort("run")


def whole_table(shelf: Shelf, plan: Plan) -> pl.DataFrame:
    """All runs; BadInput names the first that is missing or failed: an analysis goes by places of rows."""
    found = table(shelf, plan)
    if found.height < plan.runs:
        there = {*found["run"].to_list()}
        first = next(one.run for part in plan.wanted for group in plan.groups_of(part) for one in group
                     if one.run not in there)  # fmt: skip
        row = plan.which(first)[1].row
        raise BadInput(f"Run {first} (row {row}) is missing: {plan.runs - found.height:,} of {plan.runs:,} runs are",
                       do="Resume the study, then analyse it")  # fmt: skip
    lost = found.filter(pl.col("status") != "done")
    if not lost.is_empty():
        one = lost.row(0, named=True)
        raise BadInput(f"Run {one['run']} (row {one['row']}) failed: {one['error']}", do="Mend it: study retry")
    return found


def standing(shelf: Shelf, plan: Plan) -> dict[str, Any]:
    """How far it is, who is at work, and what has changed since it was planned."""
    there = parts_there(shelf)
    rows = [found.select("status") for found in tables(shelf, plan)]
    states = pl.concat(rows)["status"] if rows else pl.Series("status", [], dtype=pl.String())
    return {
        "title": plan.description.title, "runs": plan.runs, "runs_done": len(states),
        "failed": int((states != "done").sum()), "parts": len(plan.wanted), "parts_done": len(there & {*plan.wanted}),
        "rows": plan.rows, "replicates": plan.replicates, "owners": owners(shelf), "changed": changed(plan),
    }  # fmt: skip


def check_free(shelf: Shelf, path: Path) -> None:
    """BadInput if a file of this name would take the place of one of the study's own."""
    if shelf.path is None or not path.resolve().is_relative_to(shelf.path.resolve()):
        return
    if path.resolve().parent != shelf.path.resolve() or path.name in FILES:
        raise BadInput(f"'{path}' is the study's own, or beside its parts", do="Choose another name")


def export(shelf: Shelf, plan: Plan, file: str) -> list[str]:
    """All runs as one CSV or Parquet file, and beside it a table of what its columns mean; their names."""
    path, found = Path(file), table(shelf, plan)
    check_free(shelf, path)
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise BadInput(f"'{path}' is no table", allowed="a name that ends in .csv or .parquet")
    is_csv = path.suffix.lower() == ".csv"
    content = found.write_csv().encode() if is_csv else parquet(found, metadata(plan.description, plan.months))
    beside = path.with_name(f"{path.stem}.columns.csv")
    for one, text in ((path, content), (beside, columns_csv(plan.description, plan.months).encode())):
        with whole_file(one, "wb") as out:
            out.write(text)
    return [str(path), str(beside)]


def digest_of(shelf: Shelf, plan: Plan) -> str:
    """A name for all that came out: of the runs' places, strategies, worldviews, replicates, seeds, hashes, states and
    numbers, in whatever order and parts they were run."""
    every: list[bytes] = []
    head = ["place", "strategy", "worldview", "replicate", "seed", "months", "hash", "status"]
    for found in tables(shelf, plan):
        measured = [name for name in found.columns if name not in FIRST and name not in _factors(shelf, plan)]
        rows = found.select(head).iter_rows()
        numbers = found.select(pl.col(sorted(measured)).cast(pl.Float64()).fill_null(float("nan"))).to_numpy()
        for row, values in zip(rows, numbers, strict=True):
            every.append(hashlib.blake2b(repr(row).encode() + values.tobytes(), digest_size=16).digest())
    return hashlib.blake2b(b"".join(sorted(every)), digest_size=16).hexdigest()


def _factors(shelf: Shelf, plan: Plan) -> set[str]:
    return {one.name for one in plan.description.factors} or {*columns_of(shelf.rows(DESIGN, 0, 1))}


# --- one row again ----------------------------------------------------------------------------------------------------


def again(shelf: Shelf, plan: Plan, run: int) -> list[str]:
    """Live one run anew; what differs from what is kept, in words; nothing if it is identical."""
    part, which = plan.which(run)
    kept = shelf.table(f"{RUNS}/{part_name(part)}").filter(pl.col("run") == run)
    if kept.height != 1:
        return [f"{part_name(part)} holds {kept.height} rows of run {run}"]
    here = Lab(shelf, plan)
    first, rows = here.rows(part)
    seed, outcome = here.live(which, first, rows, nothing)
    row, wrong = kept.row(0, named=True), list[str]()
    for name, now in (("seed", seed), ("status", outcome.status), ("hash", outcome.hash), ("people", outcome.people)):
        if row[name] != now:
            wrong.append(f"{name}: kept {row[name]}, now {now}")
    for name, value in zip(plan.description.columns(which.months), outcome.values, strict=True):
        if row[name] != value:
            measure, _, month = name.rpartition("_m")
            what = name if plan.description.function is not None else f"{measure} in month {month}"
            wrong.append(f"{what}: kept {row[name]!r}, now {value!r}")
    factors = {name: rows[name][which.row - first] for name in columns_of(rows)}
    wrong += [f"{name}: kept {row[name]!r}, in the design {value!r}" for name, value in factors.items()
              if name in row and row[name] != value]  # fmt: skip
    return wrong


def appended(shelf: Shelf, plan: Plan, rows: pl.DataFrame, proposer: str) -> Plan:
    """The plan with these rows at the end of its design, which is written; the plan is not yet.

    Columns that the design has not yet are empty in its older rows."""
    old = shelf.table(DESIGN).head(plan.rows)
    values = [name for name in rows.columns if name not in (KEY, PROPOSER)]
    both = pl.concat([old, rows.with_columns(pl.lit(proposer).alias(PROPOSER))], how="diagonal_relaxed")
    both = both.select(*values, KEY, PROPOSER)
    every = both.drop(KEY, PROPOSER)
    both = both.with_columns(pl.concat([old[KEY], keys(every)[old.height :]]).alias(KEY))
    shelf.write(DESIGN, parquet(both, metadata(plan.description)))
    longer = replace(plan, rows=both.height)
    return replace(longer, design=design_digest(both, longer))
