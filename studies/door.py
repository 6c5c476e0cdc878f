"""From Python: a study as an object.

found = study("mine.toml", to="mine")     plans it, or finds it again; or study({...}) with what the file would say
found.run()                               lives what is missing
found.table, found.findings()             a row for each run; what they say
found.tell(rows, by="me"), found.ask(rows, by="me")    append rows; append, run, and give what came of them
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, TypedDict, Unpack

import polars as pl

from engine.errors import BadInput
from engine.shown import card
from scenarios.named import named
from studies.checks import Check, check
from studies.description import Description, of_data, read
from studies.executors import team_of
from studies.findings import Finding, findings
from studies.folder import Verified, again, begin, digest_of, opened, retry, standing, table, verify
from studies.going import go
from studies.growth import append, expand, search
from studies.report import write_report
from studies.searches import SEARCH, SearchWords
from studies.work import Told, quiet

File = str | os.PathLike[str] | Mapping[str, Any]  # of a study, or what one would say


class Working(TypedDict, total=False):
    """Who lives the runs, by name; what it means: `Study.run`."""

    executor: str | Executor
    workers: int | None
    cluster: str | None
    told: Told
    fork: bool


ALONE: Working = {"executor": "local", "told": quiet, "fork": False}  # None what is not here


@named()
def study(file: File | None = None, to: str | os.PathLike[str] | None = None) -> Study:
    """A study that a file (or a dictionary of the same) describes, in the folder or at the address `to`; without a
    file, the one that lies there."""
    if file is None:
        if to is None:
            raise BadInput("A study needs a file, or where it lies", allowed="study('mine.toml', to='mine')")
        address = _path("to", to)
        opened(address)
        return Study(address)
    said = _described(file)
    if to is None and not said.to:
        raise BadInput("Nobody says where the study is to lie", do="Give to=, or [store] to = ...")
    address = _path("to", to) if to is not None else said.to if "://" in said.to else str(said.base / said.to)
    begin(said, address)
    return Study(address)


@named()
def check_study(file: File) -> Check:
    """How many runs, how many impossible, how long, how many bytes; nothing is written."""
    return check(_described(file))


def _described(file: File) -> Description:
    return of_data(file, Path.cwd()) if isinstance(file, Mapping) else read(_path("file", file))


def _path(name: str, given: object) -> str:
    if not isinstance(given, str | os.PathLike):
        raise BadInput(f"'{name}' is {repr(given)[:40]}", allowed="the name of a file or folder" +
                       (", or a dictionary of what the file would say" if name == "file" else ""))  # fmt: skip
    return os.fspath(given)


class Study:
    """A study where it lies; all that it knows is in its files."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __repr__(self) -> str:
        found = self.status
        return f"<Study '{found['title']}' in {self.address}: {found['runs_done']:,} of {found['runs']:,} runs>"

    def _repr_html_(self) -> str:
        found = self.status
        names = ("runs", "runs_done", "failed", "rows", "replicates", "parts", "parts_done")
        return card(found["title"], [("where", self.address), *((name, found[name]) for name in names)])

    @property
    def status(self) -> dict[str, Any]:
        """How far it is."""
        return standing(*opened(self.address))

    @property
    def table(self) -> pl.DataFrame:
        """A row for each run that is there."""
        return table(*opened(self.address))

    @property
    def digest(self) -> str:
        """A name for all that came out."""
        return digest_of(*opened(self.address))

    @named()
    def run(
        self, executor: str | Executor = "local", workers: int | None = None, cluster: str | None = None,
        told: Told = quiet, fork: bool = False,
    ) -> Study:  # fmt: skip
        """Live what is missing.  executor: local, threads, dask, or any of concurrent.futures."""
        team = team_of(executor, workers, cluster)
        try:
            go(opened(self.address)[0], team, told=told, fork=fork)
        finally:
            team.stop()
        return self

    @named()
    def retry(self, executor: str | Executor = "local", workers: int | None = None) -> Study:
        """Live again the parts in which a run failed."""
        team = team_of(executor, workers)
        try:
            retry(opened(self.address)[0], team)
        finally:
            team.stop()
        return self

    @named()
    def expand(
        self, replicates: int | None = None, size: int | None = None, strategies: Sequence[str] = (),
        months: int | None = None, vary: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Study:  # fmt: skip
        """Make it larger; `run` lives the rest."""
        expand(opened(self.address)[0], replicates, size, strategies, months, vary)
        return self

    @named({name: one.default for name, one in SEARCH.items()})
    def search(self, how: str, **asked: Unpack[SearchWords]) -> Study:
        """Look for something (tipping, target or tuned), in the words of [[analysis.search]]; `run` lives its rows,
        `findings` has what came of them."""
        search(opened(self.address)[0], {"how": how, **asked})
        return self

    @named()
    def tell(self, rows: pl.DataFrame | Sequence[Mapping[str, Any]], by: str = "append") -> range:
        """Append rows, a value for each factor; which rows of the design they are."""
        table_ = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(list(rows))
        return append(opened(self.address)[0], table_, by, "the rows")[1]

    @named(ALONE)
    def ask(
        self, rows: pl.DataFrame | Sequence[Mapping[str, Any]], by: str = "append", **how: Unpack[Working]
    ) -> pl.DataFrame:
        """Append rows, live them, and give their runs; how: as in `run`."""
        at = self.tell(rows, by)
        self.run(**how)
        return self.table.filter(pl.col("row").is_between(at.start, at.stop - 1))

    def row(self, number: int) -> list[str]:
        """Live one run again; what differs, in words."""
        return again(*opened(self.address), number)

    def verify(self) -> Verified:
        """Hold all parts to the plan."""
        return verify(*opened(self.address))

    def findings(self) -> list[Finding]:
        """What it says, by the analyses that its file wants."""
        return findings(*opened(self.address))

    def report(self, out: str | None = None) -> str:
        """Write the page of findings; its name."""
        return write_report(*opened(self.address), out)
