"""A process that works for another ends with it, however that one ends: nobody would tell it to stop."""

import multiprocessing
import os
import sys
import threading


def end_with_parent() -> None:
    """Watch, from a thread of its own, the process that started this one: by `multiprocessing`, or with a pipe as our
    standard input, whose other end closes when it is no more."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is None:
            sys.stdin.buffer.read()
        else:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end-with-parent").start()
