"""How a study grows: by blocks of its plan.  What is done stays, byte for byte.

expand    more replicates, samples, values of a grid, factors (one at a time), strategies or months
append    rows that somebody proposes, an optimiser for example
search    rows that follow from what came of others (adaptive.py)
until     more replicates of those rows whose mean is not known well enough
fork      after rules or files have changed: parts stay in which every run would have its hash again
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import polars as pl

from analysis.spread import student
from engine.errors import BadInput, OutOfRange
from runs.store import run_hash, versions
from studies.adaptive import left_to_do
from studies.checks import impossible_rows
from studies.description import Description, of_data
from studies.designs import NESTED, SAMPLED
from studies.folder import about, appended, design_digest, table
from studies.making import checked, columns_of, made
from studies.parts import Lab
from studies.plan import (
    BY_DESIGN,
    KEY,
    PROPOSER,
    Plan,
    changed,
    check_unchanged,
    commit,
    files_of,
    read_plan,
    write_plan,
)
from studies.shelf import DESIGN, EVENTS, FANS, MONTHS, RUNS, Shelf, owned, part_name
from studies.subjects import Services
from studies.work import parts_there

CALLED = "append"  # who proposed rows, if nobody says
REPLACED = "replaced"  # the folder of parts that a fork has replaced


def expand(
    shelf: Shelf, replicates: int | None = None, size: int | None = None, strategies: Sequence[str] = (),
    months: int | None = None, vary: Mapping[str, Mapping[str, Any]] | None = None,
) -> Plan:  # fmt: skip
    """Make the plan longer; nothing is run yet.  vary: factors, or values of a grid, as in the file."""
    with owned(shelf):
        plan = read_plan(shelf)
        check_unchanged(plan)
        old, said = plan.description, _larger(plan, replicates, size, strategies, months, vary)
        grown = replace(plan, description=said, files=files_of(said))
        if size is not None or vary:
            grown = _with_rows(shelf, grown, old)
        elif replicates is None and not strategies and months is None:
            raise BadInput("Nothing is to grow", allowed="replicates, size, strategies, months or vary")
        had = plan.replicates
        if replicates is not None:
            grown = grown.with_block([(0, grown.rows)], (had, replicates), "replicates", old.strategies or ("",))
        if strategies:
            new = tuple(one for one in said.strategies if one not in old.strategies)
            grown = grown.with_block([(0, grown.rows)], (0, grown.replicates), "strategies", new)
        if months is not None:
            grown = replace(grown, blocks=tuple(replace(one, left=True) for one in grown.blocks))
            grown = grown.with_block([(0, grown.rows)], (0, grown.replicates), "months", months=months)
        about(shelf, grown)
        write_plan(shelf, grown)
    return grown


def _larger(
    plan: Plan, replicates: int | None, size: int | None, strategies: Sequence[str], months: int | None,
    vary: Mapping[str, Mapping[str, Any]] | None,
) -> Description:  # fmt: skip
    """What the file of the larger study would say."""
    old, data = plan.description, json.loads(json.dumps(plan.description.data))
    runs, design = data.setdefault("runs", {}), data["design"]
    if replicates is not None:
        if old.until.most > old.until.least:
            raise BadInput("The file says until when there are more replicates", do="Leave replicates out")
        if replicates <= plan.replicates:
            raise OutOfRange("replicates", replicates, plan.replicates + 1, 10_000)
        runs["replicates"] = replicates
    if size is not None:
        if old.kind not in NESTED and old.kind != "calibrated":
            why = "Samples of a latin hypercube are no part of a larger one" if old.kind == "lhs" else \
                f"A design of kind {old.kind} has no size"  # fmt: skip
            raise BadInput(why, allowed=f"size for {', '.join(NESTED)}; vary for grid and one_at_a_time")
        if old.kind == "calibrated" and old.sample is not None:
            raise BadInput("Sets of a calibrated sample are no part of a larger draw", do="Begin a new study")
        if size <= old.size:
            raise OutOfRange("size", size, old.size + 1, 10_000_000)
        design["size"] = size
    if strategies:
        runs["strategies"] = [*old.strategies, *(one for one in strategies if one not in old.strategies)]
    if months is not None:
        if months <= plan.months:
            raise OutOfRange("months", months, plan.months + 1, 480)
        runs["months"] = months
        if old.kept:
            data["keep"]["months"] = sorted({*old.kept, months})
    if vary:
        if old.kind not in ("grid", "one_at_a_time"):
            raise BadInput(f"A design of kind {old.kind} gets no factors or values", allowed="grid, one_at_a_time",
                           do="Begin a new study")  # fmt: skip
        new = [name for name in vary if name not in data["vary"]]
        if new and old.kind == "grid":
            raise BadInput(f"'{new[0]}' is no factor of this grid, whose rows have no value of it",
                           do="Give more values of its own factors, or begin a new study")  # fmt: skip
        data["vary"] = {**data.get("vary", {}), **vary}
    return of_data(data, old.base)


def _with_rows(shelf: Shelf, plan: Plan, old: Description) -> Plan:
    """With the rows of the larger design that the old one has not."""
    there = shelf.table(DESIGN).head(plan.rows)
    ours = there.filter(pl.col(PROPOSER) == BY_DESIGN)
    larger = made(plan.description)
    names = columns_of(larger)
    missing = [pl.lit(None, larger.schema[name]).alias(name) for name in larger.columns if name not in ours.columns]
    ours = ours.with_columns(missing).select(larger.columns)
    if old.kind in SAMPLED or old.kind == "calibrated":
        if not larger.head(ours.height).select(names).equals(ours.select(names)):
            raise BadInput("The larger design does not begin with the smaller one", do="Begin a new study")
        rows = larger[ours.height :]
    else:
        rows = larger.join(ours, on=names, how="anti", nulls_equal=True, maintain_order="left")
        if ours.join(larger, on=names, how="anti", nulls_equal=True).height:
            raise BadInput("The larger design lacks rows of the smaller one", do="Keep all values, and add others")
    if rows.is_empty():
        raise BadInput("The larger design has no row more")
    _check(plan.description, rows)
    from_row, replicates = plan.rows, plan.replicates
    grown = appended(shelf, plan, rows, BY_DESIGN)
    return grown.with_block([(from_row, grown.rows)], (0, replicates), "rows", old.strategies or ("",))


def append(shelf: Shelf, rows: pl.DataFrame, proposer: str = CALLED, where: str = "append") -> tuple[Plan, range]:
    """Rows that somebody proposes, with a column for each factor; nothing is run yet.  The plan, and which rows."""
    with owned(shelf):
        plan = read_plan(shelf)
        check_unchanged(plan)
        said = plan.description
        if said.kind in ("practices", "calibrated"):
            raise BadInput(f"A study of {said.kind} has all its rows", do="Begin a study with [vary]")
        if not proposer.strip() or proposer == BY_DESIGN:
            raise BadInput(f"'{proposer}' is no name of who proposed rows", allowed="any other")
        grown = _with_proposed(shelf, plan, rows, proposer, where)
    return grown, range(plan.rows, grown.rows)


def _with_proposed(shelf: Shelf, plan: Plan, rows: pl.DataFrame, proposer: str, where: str) -> Plan:
    """The plan with these rows, written."""
    said = plan.description
    found = checked(rows, said.factors, where)
    _check(said, found)
    grown = appended(shelf, plan, found, proposer)
    grown = grown.with_block([(plan.rows, grown.rows)], (0, said.until.least), "append")
    about(shelf, grown)
    write_plan(shelf, grown)
    return grown


def search(shelf: Shelf, asked: Mapping[str, Any]) -> Plan:
    """The plan with one search more, written as a table [[analysis.search]] says it; nothing is run yet."""
    with owned(shelf):
        plan = read_plan(shelf)
        check_unchanged(plan)
        data = json.loads(json.dumps(plan.description.data))
        there = data.setdefault("analysis", {}).setdefault("search", [])
        if dict(asked) in there:
            raise BadInput("The study has this search already", do="Go on: unfreeze study resume DIR")
        there.append(dict(asked))
        grown = replace(plan, description=of_data(data, plan.description.base))
        write_plan(shelf, grown)
    return grown


def searched(shelf: Shelf, plan: Plan) -> Plan | None:
    """The plan with the rows that its searches want next, written; None if they want none."""
    if not plan.description.searches:
        return None
    wanted = left_to_do(plan.description, table(shelf, plan))
    if wanted is None:
        return None
    one, rows = wanted
    return _with_proposed(shelf, plan, pl.DataFrame(rows, infer_schema_length=None), one.proposer, one.proposer)


def _check(said: Description, rows: pl.DataFrame) -> None:
    bad, why = impossible_rows(said, rows)
    if bad.any():
        raise BadInput(f"Row {int(bad.argmax()) + 1} of {len(bad):,} cannot be run: {why}")


def more_replicates(shelf: Shelf, plan: Plan) -> Plan | None:
    """The plan with more replicates of the rows that are not known well enough, written; None if all are or have the
    most that are allowed."""
    until, said = plan.description.until, plan.description
    had = plan.replicates
    if until.most == until.least or had >= until.most:
        return None
    column = until.measure if said.function is not None else f"{until.measure}_m{said.months_kept(plan.months)[-1]}"
    by = ["row", "place", "worldview", "strategy"]
    found = table(shelf, plan).filter(status="done").group_by(by).agg(
        pl.len().alias("n"), pl.col(column).std().alias("sd"))  # fmt: skip
    found = found.filter(pl.col("n") >= had, pl.col("n") > 1)
    half = [student(n - 1) * sd / n**0.5 if sd is not None else 0.0
            for n, sd in found.select("n", "sd").iter_rows()]  # fmt: skip
    open_rows = sorted({row for row, wide in zip(found["row"], half, strict=True) if wide > until.within})
    if not open_rows:
        return None
    grown = plan.with_block(ranges(open_rows), (had, min(2 * had, until.most)), "until")
    about(shelf, grown)
    write_plan(shelf, grown)
    return grown


def ranges(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ordered numbers as ranges, from and to."""
    breaks = [0, *(i for i in range(1, len(rows)) if rows[i] != rows[i - 1] + 1), len(rows)]
    return [(rows[a], rows[b - 1] + 1) for a, b in pairwise(breaks)]


def forked(shelf: Shelf, plan: Plan) -> Plan:
    """The plan under today's rules and files; parts that are not right any more are put aside."""
    if not changed(plan):
        return plan
    new = replace(plan, files=files_of(plan.description), commit=commit(), versions=dict(versions()))
    here = Lab(shelf, new)
    for part in sorted(parts_there(shelf)):
        if part >= new.parts or not _still(here, part):
            for folder in (MONTHS, EVENTS, FANS, RUNS):
                name = f"{folder}/{part_name(part)}"
                if shelf.has(name):
                    shelf.write(f"{REPLACED}/{plan.name[:8]}/{name}", shelf.read(name))
                    shelf.remove(name)
    new = replace(new, design=design_digest(shelf.table(DESIGN), new))
    write_plan(shelf, new)
    return new


def _still(here: Lab, part: int) -> bool:
    """Whether every run of a part would have its hash again."""
    if not isinstance(here.subject, Services):
        return False
    first, rows = here.rows(part)
    kept = dict(here.shelf.table(f"{RUNS}/{part_name(part)}").select("run", "hash").iter_rows())
    names = columns_of(rows)
    for group in here.plan.groups_of(part):
        for which in group:
            row = rows.row(which.row - first, named=True)
            values = {name: row[name] for name in names}
            try:
                scenario = here.subject.scenario(which, values, here.plan.seed(which.replicate, row[KEY]))
            except BadInput:
                return False
            if kept.get(which.run) != run_hash(scenario):
                return False
    return True
