"""Rules and kernels: plain functions that Numba turns into machine code.

    @rule       one short decision about one person: compiled into the kernels that call it, plain text to Python
    @kernel     a loop over people, called from Python; its machine code is kept on disk
    @primitive  arithmetic and chance: machine code for kernels and for Python

A list of kernels that is run month after month is `engine.months`.

Nothing here computes: with NUMBA_DISABLE_JIT=1 the same text runs as plain Python and must give the same digits.  The
plain text is always `f.py_func`.

Numba notices an edit in a kernel's own file, but not in a rule or a constant that it takes from another file, and would
go on using the old machine code.  So the folder for the code is named after a hash over all our sources, and is chosen
here, before Numba looks.  UNFREEZE_CACHE_DIR moves it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import platformdirs

ROOT = Path(__file__).resolve().parent.parent
COMPILED = ("engine", "evidence", "agents", "model")  # the storeys whose text can end up in machine code
NO_MATTER = ("NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT")  # switches that change no machine code
NO_C: dict[str, Any] = {"no_cfunc_wrapper": True}  # nothing written in C calls us
KEPT, RESTING = 4, 3600.0  # folders of other versions to keep; seconds without use before one may go


def sources_hash(root: Path = ROOT) -> str:
    """A name for what the machine code depends on: our sources, Numba, Python, the processor and Numba's switches."""
    digest = hashlib.blake2b(digest_size=12)
    for path in sorted(path for package in COMPILED for path in (root / package).rglob("*.py")):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    switches = [f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("NUMBA_") and k not in NO_MATTER]
    versions = (sys.version, version("numba"), version("llvmlite"))
    processor = (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    digest.update(repr((versions, processor, switches)).encode())
    return digest.hexdigest()


def _writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        os.utime(folder)  # in use now: the others may be pruned first
    except OSError:
        return False
    return True


def _choose_folder() -> Path:
    """The folder for this version's machine code; a temporary one, shared with child processes, if nothing else."""
    home = os.environ.get("UNFREEZE_CACHE_DIR")
    kernels = (Path(home) if home else platformdirs.user_cache_path("unfreeze")) / "kernels"
    name = sources_hash()
    if not _writable(kernels / name):
        temporary = tempfile.mkdtemp(prefix="unfreeze-")
        atexit.register(shutil.rmtree, temporary, ignore_errors=True)
        os.environ["UNFREEZE_CACHE_DIR"] = temporary
        kernels = Path(temporary) / "kernels"
        (kernels / name).mkdir(parents=True)
    _prune(kernels)
    return kernels / name


def _prune(kernels: Path) -> None:
    """Remove the machine code of old versions, but for the newest few and whatever may still be in use."""
    used = {}
    for folder in kernels.iterdir():
        try:
            used[folder] = folder.stat().st_mtime
        except OSError:  # another process has just pruned it
            continue
    for folder in sorted(used, key=lambda folder: -used[folder])[KEPT + 1 :]:
        if used[folder] < time.time() - RESTING:
            shutil.rmtree(folder, ignore_errors=True)


os.environ["NUMBA_CACHE_DIR"] = str(_choose_folder())

import numba  # noqa: E402
from numba import types  # noqa: E402
from numba.core import config, event  # noqa: E402
from numba.core.caching import IndexDataCacheFile  # noqa: E402

# Numba writes a record with all its fields out whenever it names it: a seventh of the time that compiling takes.
types.Record.__repr__ = lru_cache(maxsize=64)(types.Record.__repr__)  # type: ignore[method-assign]
config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # type: ignore[attr-defined]  # somebody may have imported Numba before us


class _Announce(event.Listener):
    """Says once, to the person and not to the program, that a kernel which is not on disk yet is being compiled."""

    def on_start(self, event: Any) -> None:
        cached = getattr(event.data["dispatcher"], "_cache", None)
        if getattr(cached, "cache_path", None) and "UNFREEZE_ANNOUNCED" not in os.environ:
            os.environ["UNFREEZE_ANNOUNCED"] = "1"  # inherited: one line, not one for each worker
            print("compiling once, this takes up to a minute ...", file=sys.stderr, flush=True)
            for start in _WHEN_COMPILING:
                start()

    def on_end(self, event: Any) -> None:
        """Nothing to say."""


_WHEN_COMPILING: list[Callable[[], None]] = []


def when_compiling(start: Callable[[], None]) -> None:
    """Have `start` called when the first kernel that is not on disk begins to be compiled, once in all processes."""
    _WHEN_COMPILING.append(start)


event.register("numba:compile", _Announce())  # type: ignore[no-untyped-call]


class _CodeOnDisk(IndexDataCacheFile):
    """Numba's files of one kernel.  What a full disk or a power cut cut short is compiled anew: Numba would fail on it
    for ever."""

    def _load_index(self) -> Any:
        try:
            return super()._load_index()  # type: ignore[no-untyped-call]
        except Exception as damage:
            _says_damaged(damage)
            return {}

    def _load_data(self, name: str) -> Any:
        try:
            return super()._load_data(name)  # type: ignore[no-untyped-call]
        except OSError:
            raise
        except Exception as damage:
            _says_damaged(damage)
            raise OSError("damaged") from damage  # which Numba takes for code that is not there


def _says_damaged(damage: Exception) -> None:
    print(f"machine code on disk was damaged ({type(damage).__name__}) and is made anew", file=sys.stderr, flush=True)


def _compile[F: Callable[..., Any]](function: F, **options: Any) -> Any:
    compiled = numba.njit(nogil=True, error_model="numpy", fastmath=False, **NO_C, **options)(function)
    if options.get("cache"):
        compiled._cache._cache_file.__class__ = _CodeOnDisk
    compile_as_is = compiled.compile
    # Numba would compile anew for every constant and every width of whole number: one text, one machine code.
    compiled.compile = lambda kinds: compile_as_is(tuple(map(_wide, kinds)))
    return compiled


def _wide(kind: Any) -> Any:
    plain = types.unliteral(kind)  # type: ignore[no-untyped-call]
    return types.int64 if isinstance(plain, types.Integer) else plain


def rule[F: Callable[..., Any]](function: F) -> F:
    """A decision about one person: plain Python when Python calls it, machine code in the kernels that call it."""
    function.py_func = function  # type: ignore[attr-defined]
    if not config.DISABLE_JIT:  # type: ignore[attr-defined]
        compiled = _compile(function, no_cpython_wrapper=True, forceinline=True)
        function._numba_type_ = compiled._numba_type_  # type: ignore[attr-defined]  # what kernels see under this name
        function.compiled = compiled  # type: ignore[attr-defined]  # the type holds it weakly
    return function


def primitive[F: Callable[..., Any]](function: F) -> F:
    """Arithmetic and chance: machine code for kernels and for Python alike."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        function.py_func = function  # type: ignore[attr-defined]
        return function
    return cast(F, _compile(function))


def kernel[F: Callable[..., Any]](function: F) -> F:
    """A loop over people: compiled on first use, then read from disk."""
    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        function.py_func = function  # type: ignore[attr-defined]
        return function
    return cast(F, _compile(function, cache=True))
