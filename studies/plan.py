"""The plan of a study: which runs there are, in which parts.  Arithmetic on a few numbers, never a list of runs.

A plan is a list of blocks, in the order in which they were asked for.  A block is some rows of the design, some
replicates, and arms (place, worldview, strategy): run after run by row, then replicate, then arm.  All arms of one row
and replicate lie in one part and share their past.  Where parts end is the plan's, whoever does the work.  A study
grows by blocks: what is done stays as it is, byte for byte.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from engine.errors import BadInput, OutOfRange
from runs.store import versions
from scenarios.choice import read_choice
from scenarios.edition import ROOT, RULES
from scenarios.names import find, parts
from scenarios.places import find_place
from scenarios.scenario import LARGEST_SEED
from scenarios.strategy import find_strategy
from studies.description import Description, of_data
from studies.factors import UNIT
from studies.shelf import DESIGN, PLAN, Shelf, digest

BY_DESIGN = "design"  # who proposed a row
KEY, PROPOSER = "key", "proposer"


class Arm(NamedTuple):
    """What is run in each row and replicate.  "" where a factor says it."""

    place: str
    worldview: str
    strategy: str


class Which(NamedTuple):
    """One run of a plan."""

    run: int
    row: int
    replicate: int
    arm: Arm
    months: int


@dataclass(frozen=True, slots=True)
class Block:
    """Rows (ranges, from and to), replicates (from, to) and strategies; its first run and part; `groups` (rows x
    replicates) in a part.  `left`: a later block has its runs again, longer."""

    first: int
    part: int
    rows: tuple[tuple[int, int], ...]
    replicates: tuple[int, int]
    strategies: tuple[str, ...]
    months: int
    groups: int
    arms: int
    why: str = "run"
    left: bool = False

    @property
    def number_of_groups(self) -> int:
        """Rows times replicates."""
        return sum(b - a for a, b in self.rows) * (self.replicates[1] - self.replicates[0])

    @property
    def runs(self) -> int:
        """How many runs."""
        return self.number_of_groups * self.arms

    @property
    def parts(self) -> int:
        """How many parts."""
        return -(-self.number_of_groups // self.groups)

    def group(self, number: int) -> tuple[int, int]:
        """Row and replicate of a group of this block."""
        at, replicate = divmod(number, self.replicates[1] - self.replicates[0])
        for a, b in self.rows:
            if at < b - a:
                return a + at, self.replicates[0] + replicate
            at -= b - a
        raise IndexError(number)


@dataclass(frozen=True)
class Plan:
    """A description with its blocks, and the digests of all that its digits depend on."""

    description: Description
    rows: int
    blocks: tuple[Block, ...]
    design: str  # digest of design.parquet
    files: Mapping[str, str]  # digest of each file that determines digits, by its path
    commit: str
    versions: Mapping[str, str]

    # --- arithmetic ---------------------------------------------------------------------------------------------------

    @property
    def runs(self) -> int:
        """Runs that count."""
        return sum(one.runs for one in self.blocks if not one.left)

    @property
    def parts(self) -> int:
        """Parts, those of blocks that are left included."""
        return self.blocks[-1].part + self.blocks[-1].parts

    @property
    def replicates(self) -> int:
        """The most that any row has."""
        return max(one.replicates[1] for one in self.blocks)

    @property
    def months(self) -> int:
        """How long runs that count are."""
        return self.blocks[-1].months

    @property
    def wanted(self) -> list[int]:
        """Numbers of the parts that count."""
        return [number for one in self.blocks if not one.left for number in range(one.part, one.part + one.parts)]

    def block_of_part(self, part: int) -> Block:
        """The block in which this part lies."""
        for one in self.blocks:
            if one.part <= part < one.part + one.parts:
                return one
        raise OutOfRange("part", part, 0, self.parts - 1)

    def arms(self, block: Block) -> list[Arm]:
        """The arms of a block, in order."""
        said = self.description
        return [Arm(*one) for one in product(said.places or ("",), said.worldviews or ("",), block.strategies)]

    def groups_of(self, part: int) -> Iterator[list[Which]]:
        """The runs of a part, those of one row and replicate together."""
        block = self.block_of_part(part)
        first = (part - block.part) * block.groups
        arms = self.arms(block)
        for number in range(first, min(first + block.groups, block.number_of_groups)):
            row, replicate = block.group(number)
            run = block.first + number * len(arms)
            yield [Which(run + i, row, replicate, arm, block.months) for i, arm in enumerate(arms)]

    def which(self, run: int) -> tuple[int, Which]:
        """The part and the run of this number."""
        for block in self.blocks:
            if block.first <= run < block.first + block.runs:
                arms = self.arms(block)
                number, arm = divmod(run - block.first, len(arms))
                row, replicate = block.group(number)
                return block.part + number // block.groups, Which(run, row, replicate, arms[arm], block.months)
        raise OutOfRange("run", run, 0, self.blocks[-1].first + self.blocks[-1].runs - 1)

    def rows_of(self, part: int) -> tuple[int, int]:
        """First row of a part and how many from there to its last."""
        rows = [group[0].row for group in self.groups_of(part)]
        return min(rows), max(rows) - min(rows) + 1

    def seed(self, replicate: int, key: int | None) -> int:
        """Of a replicate; in studies with independent seeds of this row of the design alone."""
        said = self.description
        if said.seeds == "common" or key is None:
            return said.seed + replicate
        text = f"{said.seed} {replicate} {key}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) % LARGEST_SEED

    # --- growing ------------------------------------------------------------------------------------------------------

    def with_block(
        self, rows: list[tuple[int, int]], replicates: tuple[int, int], why: str,
        strategies: tuple[str, ...] | None = None, months: int | None = None,
    ) -> Plan:  # fmt: skip
        """The same with one block more."""
        last = self.blocks[-1] if self.blocks else None
        chosen = strategies if strategies is not None else (self.description.strategies or ("",))
        arms = max(len(self.description.places), 1) * max(len(self.description.worldviews), 1) * len(chosen)
        block = Block(
            0 if last is None else last.first + last.runs, 0 if last is None else last.part + last.parts,
            tuple(rows), replicates, chosen, self.description.months if months is None else months,
            max(self.description.part // arms, 1), arms, why,
        )  # fmt: skip
        return replace(self, blocks=(*self.blocks, block))

    # --- on paper -----------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """As plan.json."""
        said = self.description
        return json.dumps({
            "format": 1, "title": said.title, "study": said.data, "base": str(said.base), "rows": self.rows,
            "blocks": [asdict(one) for one in self.blocks], "design": self.design, "commit": self.commit,
            "versions": self.versions, "files": self.files,
        }, indent=1) + "\n"  # fmt: skip

    @cached_property
    def name(self) -> str:
        """Of its text."""
        return digest(self.text().encode())


def read_plan(shelf: Shelf) -> Plan:
    """The plan of a study that was begun."""
    found = shelf.json(PLAN)
    try:
        blocks = tuple(_block(one) for one in found["blocks"])
        return Plan(of_data(found["study"], Path(found["base"])), found["rows"], blocks, found["design"],
                    found["files"], found["commit"], found["versions"])  # fmt: skip
    except (KeyError, TypeError) as error:
        raise BadInput(f"'{shelf}/{PLAN}' is no plan of a study: {error}") from error


def _block(found: dict[str, Any]) -> Block:
    lists = {"rows": tuple((a, b) for a, b in found["rows"]), "replicates": tuple(found["replicates"]),
             "strategies": tuple(found["strategies"])}  # fmt: skip
    return Block(**(found | lists))


def write_plan(shelf: Shelf, plan: Plan) -> None:
    """Write plan.json, whole."""
    shelf.write(PLAN, plan.text().encode())


def files_of(said: Description) -> dict[str, str]:
    """Every file on which the digits of a study depend, and the digest of each: rules, evidence, and all it names."""
    if said.function is not None:
        own = Path(inspect.getsourcefile(said.function.call) or "")
        return {_shown(own): digest(own.read_bytes())} if own.is_file() else {}
    paths = {path for package in RULES for path in (ROOT / package).rglob("*.py")}
    paths |= {*(ROOT / "evidence" / "quantities").glob("*.toml"), ROOT / "scenarios" / "levers.toml"}
    chosen = [*said.strategies, *(str(v) for one in said.factors if one.name == "strategy" for v in one.values)]
    names = {("strategy", part) for word in chosen for part in parts(read_choice(word, files=True).name)}
    names |= {("strategy", name) for name in said.practices}
    names |= {("strategy", on) for _, part in {*names} if (on := find_strategy(part).on)}
    names |= {("worldview", name) for name in said.worldviews}
    names |= {("worldview", str(v)) for one in said.factors if one.name == "worldview" for v in one.values}
    names |= {("place", name) for name in said.places} | {("domain", find_place(name).domain) for name in said.places}
    paths |= {find(kind, name) for kind, name in names}
    return {_shown(path): digest(path.read_bytes().replace(b"\r\n", b"\n")) for path in sorted(paths)}


def _shown(path: Path) -> str:
    full = path.resolve()
    return full.relative_to(ROOT).as_posix() if full.is_relative_to(ROOT) else str(full)


def changed(plan: Plan) -> list[str]:
    """Files that are not any more as they were when the study was planned."""
    try:
        now = files_of(plan.description)
    except (BadInput, OSError) as error:
        return [str(error)]
    return sorted(name for name in {*now, *plan.files} if now.get(name) != plan.files.get(name))


def check_unchanged(plan: Plan) -> None:
    """BadInput if rules or files have changed since: parts of one study must not follow two sets of rules."""
    found = changed(plan)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise BadInput(f"'{found[0]}'{more} changed since this study was planned",
                       do="Change it back, or resume with --fork, which keeps parts that are still right")  # fmt: skip


def commit() -> str:
    """The git commit of this code; "" where there is none."""
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def new_plan(said: Description, rows: int, design: str) -> Plan:
    """The plan of a study as its file has it."""
    plan = Plan(said, rows, (), design, files_of(said), commit(), dict(versions()))
    return plan.with_block([(0, rows)], (0, said.until.least), "run")


def keys(table: pl.DataFrame) -> pl.Series:
    """A name for each row of a design, from its values and how often they stood there before."""
    values = table.drop([name for name in table.columns if name.startswith(UNIT) or name in (KEY, PROPOSER)])
    seen: dict[bytes, int] = {}
    found = []
    for row in values.iter_rows():
        name = hashlib.blake2b(repr(row).encode(), digest_size=8).digest()
        times = seen[name] = seen.get(name, -1) + 1
        again = hashlib.blake2b(name + str(times).encode(), digest_size=7).digest() if times else name[:7]
        found.append(int.from_bytes(again))
    return pl.Series(KEY, found, dtype=pl.Int64)


def design_rows(shelf: Shelf, first: int, number: int) -> pl.DataFrame:
    """Some rows of the design."""
    return shelf.rows(DESIGN, first, number)
