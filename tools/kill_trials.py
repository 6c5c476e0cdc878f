"""kill -9 at random moments of a command that writes a folder: what is left after the next start?

    python -m tools.kill_trials compare validate --kills 100

Each command is run once undisturbed, then begun again and again over its own results and killed with all it started, at
a moment drawn from the time that it took.  After a kill the results must be whole, or put aside, so that the next start
brings them back; after every tenth, and after the last, the command runs to its end and nothing else may be there: no
unfinished file or folder beside the results, and nothing in the folder for temporary files.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    "compare": ("compare", "--people", "500", "--months", "84", "--sets", "2", "--replicates", "2"),
    "validate": ("validate", "P23", "--replicates", "2"),
}
AT_A_TIME = 10  # kills between two undisturbed runs
RESULTS, TEMPORARY = "results", "temporary"


def begun(name: str, folder: Path) -> subprocess.Popen[bytes]:
    """The command, in a process group of its own; whatever it keeps for a while it keeps in this folder."""
    (folder / TEMPORARY).mkdir(exist_ok=True)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder / TEMPORARY)}
    command = [sys.executable, "-m", "cli", *COMMANDS[name], "--out", str(folder / RESULTS)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            start_new_session=True)  # fmt: skip


def undisturbed(name: str, folder: Path) -> float:
    """Seconds that the command takes."""
    start = time.monotonic()
    code = begun(name, folder).wait()
    if code:
        raise SystemExit(f"'unfreeze {' '.join(COMMANDS[name])}' ended with {code}")
    return time.monotonic() - start


def killed(name: str, folder: Path, seconds: float) -> bool:
    """Kill the command and all that it started after so many seconds; whether it was still at work."""
    process = begun(name, folder)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def damage(folder: Path, files: set[str]) -> list[str]:
    """What is wrong with the results themselves: what is not there, or not whole."""
    aside = [] if (folder / RESULTS).exists() else list(folder.glob(f".{RESULTS}.*.old/{RESULTS}"))
    where = aside[0] if aside else folder / RESULTS
    wrong = sorted({path.name for path in where.glob("*")} ^ files)
    for path in where.glob("*.parquet"):
        try:
            pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError):
            wrong.append(path.name)
    return wrong


def left_over(folder: Path) -> list[str]:
    """What is there beside the results."""
    beside = [path for path in folder.iterdir() if path.name not in (RESULTS, TEMPORARY)]
    return sorted(path.name for path in (*beside, *(folder / TEMPORARY).iterdir()))


def trial(name: str, folder: Path, kills: int, luck: random.Random) -> list[str]:
    """Everything that was wrong; what was done is said as it goes."""
    undisturbed(name, folder)  # compiles what there is to compile, and draws once
    took, landed, wrong = undisturbed(name, folder), 0, list[str]()
    files = {path.name for path in (folder / RESULTS).iterdir()}
    for number in range(1, kills + 1):
        landed += killed(name, folder, luck.uniform(0.0, took))
        wrong += [f"kill {number}: {what}" for what in damage(folder, files)]
        if number % AT_A_TIME == 0 or number == kills:
            took = undisturbed(name, folder)
            wrong += [f"after kill {number}: {what}" for what in (*damage(folder, files), *left_over(folder))]
            print(f"{name}: {number} times begun, {landed} killed before the end, {len(wrong)} left over or damaged",
                  flush=True)  # fmt: skip
    return wrong


def main() -> None:
    """Try what is asked; exit code 1 if anything was left over."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("commands", nargs="*", default=list(COMMANDS), choices=list(COMMANDS), metavar="COMMAND")
    asked.add_argument("--kills", type=int, default=100, help="how often each is killed")
    asked.add_argument("--seed", type=int, default=1, help="of the moments")
    said = asked.parse_args()
    wrong = []
    for name in said.commands:
        with tempfile.TemporaryDirectory(prefix="unfreeze-kills-") as folder:
            wrong += trial(name, Path(folder), said.kills, random.Random(said.seed))
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
