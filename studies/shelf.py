"""Where a study lies: a folder, or any address that fsspec knows.  Files appear whole or not at all.

plan.json   design.parquet   columns.csv   datapackage.json        what it is
runs/part-00000.parquet ...  months/  events/  fans/               what came out; a part in runs/ is done
log/                                                               who did what, and when: never compared
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from engine.errors import BadInput, UnreadableFile
from engine.whole_file import sweep, whole_file

PLAN, DESIGN = "plan.json", "design.parquet"
RUNS, MONTHS, EVENTS, FANS, LOG = FOLDERS = ("runs", "months", "events", "fans", "log")
SILENT = 90.0  # seconds without a sign of life after which an owner on another machine counts as dead
GROUP = 2**14  # rows that are read at once
BEAT = 15.0  # seconds between two signs
LOOK, LONGEST_PLANNING = 0.2, 600.0  # seconds between two looks whether a plan is there, and in all


class Shelf:
    """The files of one study, by their names in it."""

    def __init__(self, address: str | os.PathLike[str]) -> None:
        self.address = os.fspath(address)
        self._path = None if "://" in self.address else Path(self.address)
        self._system: Any = None
        if self._path is None:
            try:
                import fsspec
            except ImportError as error:
                raise BadInput(f"'{self.address}' needs fsspec", do="pip install 'unfreeze[studies]'") from error
            self._system, self._root = fsspec.core.url_to_fs(self.address)

    def __str__(self) -> str:
        return self.address

    @property
    def path(self) -> Path | None:
        """The folder, if it is one of this machine."""
        return self._path

    def read(self, name: str) -> bytes:
        """All of one file."""
        if self._path is not None:
            return (self._path / name).read_bytes()
        return bytes(self._system.cat_file(f"{self._root}/{name}"))

    def write(self, name: str, content: bytes) -> None:
        """One file, whole or not at all; NoRoom if there is none."""
        if self._path is None:
            self._system.makedirs(f"{self._root}/{name}".rpartition("/")[0], exist_ok=True)
            self._system.pipe_file(f"{self._root}/{name}", content)
            return
        with whole_file(self._path / name, "wb") as file:
            file.write(content)

    def create(self, name: str, content: bytes) -> bool:
        """The same, and False if there is such a file already, however many try at once (on an address of fsspec: the
        last one has it)."""
        if self._path is None:
            if self.has(name):
                return False
            self.write(name, content)
            return self.read(name) == content
        path = self._path / name
        own = path.with_name(f"{path.name}.{socket.gethostname()}.{os.getpid()}")
        self.write(str(own.relative_to(self._path)), content)
        try:
            os.link(own, path)
        except FileExistsError:
            return False
        finally:
            own.unlink()
        return True

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return (
            (self._path / name).exists()
            if self._path is not None
            else bool(self._system.exists(f"{self._root}/{name}"))
        )

    def names(self, folder: str) -> list[str]:
        """Names of the files in one of the folders, in order; hidden ones are unfinished and are not among them."""
        if self._path is not None:
            there = self._path / folder
            found = [one.name for one in there.iterdir()] if there.is_dir() else []
        else:
            address = f"{self._root}/{folder}"
            listed = self._system.ls(address, detail=False, refresh=True) if self._system.isdir(address) else []
            found = [str(one).rpartition("/")[2] for one in listed]
        return sorted(one for one in found if not one.startswith("."))

    def remove(self, name: str) -> None:
        """Let one file go, if it is there."""
        if self._path is not None:
            (self._path / name).unlink(missing_ok=True)
        elif self.has(name):
            self._system.rm_file(f"{self._root}/{name}")

    def json(self, name: str) -> Any:
        """A file of JSON."""
        try:
            return json.loads(self.read(name))
        except FileNotFoundError as error:
            raise BadInput(f"There is no study in '{self}' (no {name})",
                           do="Begin one: unfreeze study run FILE.toml --out DIR") from error  # fmt: skip
        except (OSError, ValueError) as error:
            raise UnreadableFile(f"{self}/{name}", "it is no JSON") from error

    def table(self, name: str) -> pl.DataFrame:
        """A Parquet file."""
        try:
            return pl.read_parquet(BytesIO(self.read(name)))
        except BaseException as error:  # Polars panics at some broken files, and that is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            raise UnreadableFile(f"{self}/{name}", f"it is no whole Parquet file ({str(error)[:80]})") from error

    def rows(self, name: str, first: int, number: int) -> pl.DataFrame:
        """Some rows of a Parquet file, without reading all of it where that can be had."""
        if self._path is None:
            return self.table(name).slice(first, number)
        return pl.scan_parquet(self._path / name, glob=False).slice(first, number).collect()

    def tidy(self) -> None:
        """What killed processes of this machine left unfinished goes."""
        if self._path is not None:
            for folder in ("", *FOLDERS):
                sweep(self._path / folder)


def parquet(table: pl.DataFrame, about: dict[str, str], whole_bytes: bool = False) -> bytes:
    """A table as Parquet.  whole_bytes: not packed, and no number twice, so that a wrong byte is a wrong number."""
    stream = BytesIO()
    if whole_bytes:
        table.write_parquet(stream, metadata=about, compression="uncompressed", statistics=False)
    else:
        table.write_parquet(stream, metadata=about, compression="zstd", row_group_size=GROUP)
    return stream.getvalue()


def digest(content: bytes) -> str:
    """A name for these bytes."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def part_name(number: int) -> str:
    """Of the file of a part, in each of the folders."""
    return f"part-{number:05d}.parquet"


# --- who is at work ---------------------------------------------------------------------------------------------------


@contextmanager
def owned(shelf: Shelf, shard: tuple[int, int] = (1, 1)) -> Iterator[Owner]:
    """Be the only one at work on this shard; BadInput names who else is.  A dead owner's lease is taken over."""
    owner = Owner(shelf, shard)
    owner.take()
    try:
        yield owner
    finally:
        owner.leave()


@contextmanager
def planning(shelf: Shelf) -> Iterator[None]:
    """Be the only one who plans: many shards may begin at one moment, and the others wait for the plan."""
    name, until = f"{LOG}/planning.json", time.monotonic() + LONGEST_PLANNING
    said = json.dumps({"host": socket.gethostname(), "process": os.getpid(), "began": _began(os.getpid())})
    while not shelf.create(name, json.dumps(json.loads(said) | {"at": time.time()}).encode()):
        try:
            if not _alive(shelf.json(name)) or time.monotonic() > until:
                shelf.remove(name)
                continue
        except BadInput:  # it has just gone
            continue
        time.sleep(LOOK)
    try:
        yield
    finally:
        with suppress(Exception):
            shelf.remove(name)


class Owner:
    """The lease of one shard: who works on it, with signs of life."""

    def __init__(self, shelf: Shelf, shard: tuple[int, int]) -> None:
        self.shelf, self.shard = shelf, shard
        self.name = f"{LOG}/owner-{shard[0]}-of-{shard[1]}.json"
        self.here = {"host": socket.gethostname(), "process": os.getpid(), "began": _began(os.getpid())}
        self._beat = 0.0

    def take(self) -> None:
        """Take the shard, unless somebody alive has it or the study is divided otherwise just now."""
        for name in self.shelf.names(LOG):
            if name.startswith("owner-") and name.endswith(".json"):
                self._give_way(name)
        if not self.shelf.create(self.name, self._said()):
            self._give_way(self.name.rpartition("/")[2])
            raise BadInput(f"Somebody else has just begun to work in '{self.shelf}'", do="Wait for it")

    def _give_way(self, name: str) -> None:
        try:
            other = self.shelf.json(f"{LOG}/{name}")
        except BadInput:  # it has just gone
            return
        if not _alive(other):
            if f"{LOG}/{name}" == self.name:
                self.shelf.remove(self.name)
            return
        shards = name.removeprefix("owner-").removesuffix(".json").split("-of-")
        if f"{LOG}/{name}" == self.name or int(shards[1]) != self.shard[1]:
            what = "the study" if shards[1] == "1" else f"shard {shards[0]}/{shards[1]}"
            who = f"Process {other.get('process')} on {other.get('host')}"
            raise BadInput(f"{who} is at work on {what} in '{self.shelf}'", do="Wait for it, or stop it")  # fmt: skip

    def sign(self) -> None:
        """A sign of life, now and then; a full disk takes none."""
        if time.time() - self._beat > BEAT:
            with suppress(Exception):
                self.shelf.write(self.name, self._said())

    def _said(self) -> bytes:
        self._beat = time.time()
        return json.dumps(self.here | {"at": self._beat}).encode()

    def leave(self) -> None:
        """Others may come."""
        with suppress(Exception):
            self.shelf.remove(self.name)


def owners(shelf: Shelf) -> list[str]:
    """Who is at work, in words."""
    found = [(name, shelf.json(f"{LOG}/{name}")) for name in shelf.names(LOG) if name.startswith("owner-")
             and name.endswith(".json")]  # fmt: skip
    return [f"process {one.get('process')} on {one.get('host')}, shard {name[6:-5].replace('-of-', '/')}"
            for name, one in found if _alive(one)]  # fmt: skip


def _alive(other: dict[str, Any]) -> bool:
    if other.get("host") == socket.gethostname():
        return _began(int(other.get("process", 0))) == other.get("began") is not None
    return time.time() - float(other.get("at", 0.0)) < SILENT


def _began(process: int) -> str | None:
    """When a process of this machine began, so that another one with its number is not taken for it; None: it is no
    more."""
    try:
        state, *rest = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return None if state == "Z" else rest[18]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
    except OSError:
        return None
    try:
        os.kill(process, 0)
    except OSError:
        return None
    return "alive"
