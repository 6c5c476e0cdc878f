"""Files and folders that appear whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from engine.errors import BadInput, NoRoom

FULL = (errno.ENOSPC, errno.EDQUOT)
NOT_THERE = (errno.EROFS, errno.ENAMETOOLONG, errno.ENOENT, errno.EINVAL)
FULL_IN_RUST = ("(os error 28)", "(os error 112)")  # Polars gives no number; Linux and macOS, Windows
_UNFINISHED = re.compile(r"\.(?P<name>.+)\.(?P<process>\d{1,10})\.\w+\.(?P<kind>part|old)")
WRONG_PLACE = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError)


@contextmanager
def whole_file(path: str | Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a file for writing ("w", UTF-8 text, or "wb") that replaces `path` at the end, and only if all went well.

    NoRoom when the disk is full, BadInput when the place cannot be written; other errors pass.  Nothing stays behind.
    """
    if mode not in ("w", "wb"):
        raise ValueError(f"A whole file is written with mode 'w' or 'wb', not '{mode}'.")
    path = Path(path)
    with _place(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path.name), suffix=".part")
    part = Path(name)
    try:
        text = {"encoding": "utf-8", "newline": "\n"} if mode == "w" else {}
        with _room(path), os.fdopen(number, mode, **text) as file:  # type: ignore[call-overload]
            yield file
            file.flush()
            os.fsync(file.fileno())
        with _place(path):
            _allow_as_usual(part, 0o666)
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: str | Path, marker: str) -> Iterator[Path]:
    """Give an empty folder to write into, which becomes `path` at the end, and only if all went well.

    What killed processes left beside it goes first.  A folder that is already there is replaced if it is empty or holds
    a file called `marker`, so that it is one of ours, and with it all it holds; any other is BadInput, before anything
    is written.
    """
    path = Path(path)
    with _place(path):
        path = path.resolve()
        sweep(path.parent)
        _nobody_else_writes(path)
        if path.exists() and not path.is_dir():
            raise BadInput(f"'{path}' is not a folder", do="Choose another name.")
        if path.exists() and any(path.iterdir()) and not (path / marker).is_file():
            raise BadInput(
                f"The folder '{path}' holds something else (there is no '{marker}' in it) and was left alone",
                do="Choose a folder that is new, empty, or holds earlier results.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        part = private_folder(path.parent, path.name)
    try:
        with _room(path):
            yield part
        with _place(path):
            _allow_as_usual(part, 0o777)
            _swap(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def private_folder(parent: Path, name: str, ending: str = ".part") -> Path:
    """An empty folder beside the one that it is to become; its name says whose it is, so that `sweep` finds it."""
    return Path(tempfile.mkdtemp(dir=parent, prefix=_prefix(name), suffix=ending))


def sweep(parent: Path, name: str | None = None) -> None:
    """What processes that are no more left here goes, and a folder that one of them had put aside comes back.

    name: only what was to become this.  Nothing is said about what cannot be removed: the next one tries again.
    """
    for left, of, kind, _ in _left_in(parent):
        if name is not None and of != name:
            continue
        with suppress(OSError):
            if kind == "old" and not (parent / of).exists():
                (left / of).rename(parent / of)
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def _left_in(parent: Path, alive: bool = False) -> Iterator[tuple[Path, str, str, int]]:
    """Unfinished files and folders here: path, what it was to become, kind, process; of living processes or others."""
    if parent.is_dir():
        for path in sorted(parent.iterdir()):
            found = _UNFINISHED.fullmatch(path.name)
            if found and _alive(int(found["process"])) == alive:
                yield path, found["name"], found["kind"], int(found["process"])


def _nobody_else_writes(path: Path) -> None:
    """BadInput if another process is writing this very folder: the later one would replace the earlier."""
    for _, name, _, process in _left_in(path.parent, alive=True):
        if name == path.name and process != os.getpid():
            raise BadInput(f"Process {process} is writing to '{path}'", do="Wait for it, or choose another folder")


def _prefix(name: str) -> str:
    return f".{name}.{os.getpid()}."


def _alive(process: int) -> bool:
    """Whether there is such a process.  On Windows asking would stop it: it is taken for alive."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True


def _swap(part: Path, path: Path) -> None:
    """Put the new folder where the old one is, or the old one back if that fails."""
    if not path.exists():
        part.rename(path)
        return
    old = private_folder(path.parent, path.name, ".old")
    path.rename(old / path.name)
    try:
        part.rename(path)
    except BaseException:
        (old / path.name).rename(path)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _allow_as_usual(path: Path, usual: int) -> None:
    """Temporary files are private; give the finished one the rights that any new one would have."""
    mask = os.umask(0)
    os.umask(mask)
    with suppress(OSError):  # some file systems keep no rights
        path.chmod(usual & ~mask)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Say it clearly when the disk is full."""
    try:
        yield
    except Exception as error:
        if getattr(error, "errno", None) in FULL or str(error).endswith(FULL_IN_RUST):
            raise NoRoom(path) from error
        raise


@contextmanager
def _place(path: Path) -> Iterator[None]:
    """Say it clearly when `path` cannot be written, for want of room, rights or a proper place."""
    try:
        with _room(path):
            yield
    except OSError as error:
        if isinstance(error, WRONG_PLACE) or error.errno in NOT_THERE:
            reason = (error.strerror or "it is not allowed").lower()
            raise BadInput(f"'{path}' cannot be written: {reason}", do="Choose another place.") from error
        raise
