"""What ends a command from outside: Ctrl-C, or SIGTERM, which a cluster sends at its time limit.  Both end it alike."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

PATIENCE, REPEATED = 2.0, 5  # seconds between two interrupts of one signal, and how many more there are
CTRL_C, TERMINATED = (128 + number for number in (signal.SIGINT, signal.SIGTERM))  # exit codes, as shells have them


class Terminated(KeyboardInterrupt):
    """SIGTERM: to whatever runs it is what Ctrl-C is."""


def watch() -> None:
    """From now on both signals interrupt."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)


def code_of(stop: BaseException) -> int:
    """The exit code of what was stopped; click puts an Abort in front of the interrupt."""
    return TERMINATED if isinstance(stop.__cause__ or stop, Terminated) else CTRL_C


@contextmanager
def kept(what: Callable[[], str], folder: str) -> Iterator[None]:
    """Being stopped loses nothing that is finished, and the last line says how to go on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        over()
        click.echo(f"stopped; {what()} are kept in {folder}, and the same command goes on from there", err=True)
        raise SystemExit(code_of(stop)) from None


def over() -> None:
    """The stop has been told: whoever asks again, as Python ends, is not answered a second time."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) in (_interrupted, _raises):
            signal.signal(number, signal.SIG_IGN)


def _interrupted(number: int, _: object) -> None:
    """A library that is being imported may swallow the interrupt: it is repeated until it has an effect."""

    def again() -> None:
        for _ in range(REPEATED):
            time.sleep(PATIENCE)
            signal.raise_signal(number)

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, _raises)
    threading.Thread(target=again, daemon=True, name="unfreeze-interrupt").start()
    _raises(number, None)


def _raises(number: int, _: object) -> None:
    """Interrupts, unless an interrupt is being answered already: tidying up is not cut short."""
    if not isinstance(sys.exception(), KeyboardInterrupt):
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
