"""A list of steps that is run month after month, in machine code from the first step to the last.

    advance = Months("advance", steps, room, __file__)
    advance(world, n)       # up to `n` months; the months that were done

Each step is a kernel and is called by its address.  Steps that called each other by name would be one large kernel,
which the compiler would go through once more as a whole, and alone.  So they are compiled apart, each by whichever
process comes first (`compiled`): several that start at once share the work, and `helped_by` starts one to share with.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np
from numba import types
from numba._dispatcher import compute_fingerprint  # how Numba itself finds a kind's machine code: typeof takes 13 ms
from numba.core import config
from numba.extending import intrinsic

from engine.rule import kernel, when_compiling


class Months:
    """Runs `steps`, each `step(world)`, in this order for up to `n` months.

    Before every month it asks `room(world)`, and stops there if the arrays must first grow.  `file` is the calling
    module's `__file__`, beside which Numba keeps the machine code.
    """

    def __init__(
        self, name: str, steps: Sequence[Callable[[Any], Any]], room: Callable[[Any], bool], file: str
    ) -> None:
        self.steps, self.room = tuple(steps), room
        self._addresses: dict[bytes, np.ndarray] = {}  # kind of world -> where the steps' machine code is
        if not config.DISABLE_JIT:  # type: ignore[attr-defined]
            # Written out for Numba, which keeps machine code under a function's file and name, but not a closure's.
            lines = [f"def {name}(world, n, steps):", "    for done in range(n):",
                     "        if not room(world): return done", "        for i in range(steps.shape[0]):",
                     "            call_step(steps[i], world)", "    return n"]  # fmt: skip
            names = {"room": room, "call_step": call_step, "__name__": room.__module__}
            exec(compile("\n".join(lines), file, "exec"), names)
            self.loop: Any = kernel(cast(Callable[..., int], names[name]))

    def __call__(self, world: Any, n: int) -> int:
        """Run up to `n` months; how many were done."""
        if config.DISABLE_JIT:  # type: ignore[attr-defined]
            return self.py_func(world, n)
        kind = compute_fingerprint(world)
        addresses = self._addresses.get(kind)
        if addresses is None:
            whole = numba.typeof(world)  # type: ignore[no-untyped-call]
            compiled(self.steps, whole)
            addresses = self._addresses[kind] = np.array([_address(step, whole) for step in self.steps], np.intp)
        return int(self.loop(world, n, addresses))

    def py_func(self, world: Any, n: int) -> int:
        """The same in plain Python."""
        for done in range(n):
            if not self.room(world):
                return done
            for step in self.steps:
                step(world)
        return n


def compiled(steps: Sequence[Any], kind: Any) -> None:
    """Compile these kernels for this kind of world, or read them from disk.  What another process is compiling is left
    to it until nothing else is to do."""
    if all(_index(step).exists() for step in steps):
        for step in steps:
            step.compile((kind,))
        return
    from filelock import FileLock, Timeout  # only here: it takes a tenth of a second to import

    waiting = [(step, FileLock(_index(step).with_suffix(".lock"))) for step in steps]
    patience = 0.0
    while waiting:
        left = []
        for step, lock in waiting:
            try:
                with lock.acquire(timeout=patience):
                    step.compile((kind,))
            except Timeout:
                left.append((step, lock))
        patience = 0.0 if len(left) < len(waiting) else 1.0
        waiting = left


def helped_by(function: str) -> None:
    """Where there is a second core, `function` ("module:name") is run in a process of its own as soon as this one has
    to compile anything.  It shares the work, and ends when we end, however that is."""

    def start() -> None:
        if (os.cpu_count() or 1) < 2:
            return
        module, name = function.split(":")
        code = f"import sys; sys.path[:] = {sys.path!r}; from engine.parent import end_with_parent; end_with_parent()\n"
        code += f"from {module} import {name}; {name}()"
        helper = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)  # fmt: skip
        atexit.register(helper.communicate)  # closes its input, and waits for it to end

    when_compiling(start)


def _index(step: Any) -> Path:
    """Where Numba notes what machine code of a kernel is on disk."""
    return Path(step._cache._cache_file._index_path)


def _address(step: Any, kind: Any) -> int:
    """Where the machine code of a compiled kernel begins."""
    code = step.overloads[(kind,)]
    return int(code.library.get_pointer_to_function(code.fndesc.llvm_func_name))


@intrinsic
def call_step(typing: Any, step: Any, world: Any) -> Any:
    """Call the kernel at this address with the world.  Its errors are lost: kernels raise none."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        convention = context.call_conv
        pointer = builder.inttoptr(arguments[0], convention.get_function_type(types.none, (world,)).as_pointer())
        convention.call_function(builder, pointer, types.none, (world,), arguments[1:])
        return context.get_dummy_value()

    return types.none(types.intp, world), code
