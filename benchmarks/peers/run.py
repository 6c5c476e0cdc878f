"""The same model on six peers, on our engine and in plain Python: `python -m benchmarks.peers.run [--only NAME ...]`.

First every program must agree with the reference (README.md, "The same"); then those that do are timed in turns, so
that a busy moment of the machine hits all.  Seconds are of one core (the process's own, all its threads; everything is
held to one core), but for imports, which are waiting.  It writes results.md and results.json, and stops by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from statistics import median
from typing import Any

import platformdirs
from rich.console import Console

from benchmarks.peers.agreement import COMPARISONS, FALSE_ALARM, TOLERANCE, compare, noticed
from benchmarks.speed import machine, number

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results.md"
RECORD = HERE / "results.json"
OURS, REFERENCE = "unfreeze", "reference"

CHECKED = {"people": 1_000, "months": 60, "replicates": 200}
OTHER_SEEDS = 1_000_001  # the reference's first: some peers draw from the same generator
MONTHS = {1_000: 120, 10_000: 60, 100_000: 24, 1_000_000: 6}  # people -> months timed
ROUNDS = {1_000: 4, 10_000: 4, 100_000: 4, 1_000_000: 2}
LONGEST = 60.0  # s: a loop that would take longer, going by the last size, is not run
TOTAL = 14 * 60.0  # s: no run begins after that
INSTALLING = 300.0  # s for one environment
CHECKING = 300.0  # s for a peer's runs that are compared with the reference


@dataclass(frozen=True)
class Peer:
    """One program.  Without pins it runs in our own environment; `newest` is the last Python that its pins support."""

    name: str
    module: str
    pins: tuple[str, ...] = ()
    newest: tuple[int, int] = (3, 99)


PEERS = (
    Peer(OURS, "unfreeze_model"),
    Peer("Mesa", "plain_mesa"),
    Peer("Mesa + NumPy", "mesa_numpy"),
    Peer(
        "mesa-frames",
        "mesa_frames_model",
        ("mesa-frames==0.1.0a0", "polars==2.1.0", "numpy==1.26.4", "pandas==3.0.6", "pyarrow==26.0.1"),
        newest=(3, 12),
    ),
    Peer("AgentPy", "agentpy_model", ("agentpy==0.1.5", "numpy==2.5.5", "pandas==3.1.1", "SALib==1.6.0")),
    Peer("Starsim", "starsim_model", ("starsim==3.7.2", "sciris==3.6.1", "numba==0.68.1", "numpy==2.5.5")),
    Peer("JAX", "jax_model", ("jax==0.12.0.1", "jaxlib==0.12.0.1", "numpy==2.5.5")),
    Peer(REFERENCE, "reference"),
)


class Missing(Exception):
    """Why a program, or one of its runs, is not there."""


@dataclass
class Record:
    """What is known of one peer; `reason` says why it, or a size of it, is missing."""

    name: str
    status: str = "missing"  # or "differs" or "timed"
    reason: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    python: str = ""
    agreement: dict[str, Any] = field(default_factory=dict)
    compile_new: float | None = None  # s, nothing on disk
    runs: dict[int, list[dict[str, float]]] = field(default_factory=dict)  # people -> runs, in turns
    not_run: dict[int, str] = field(default_factory=dict)

    def figures(self, key: str, people: Iterable[int] = MONTHS) -> list[float]:
        """One figure of all runs with so many people."""
        return [run[key] for size in people for run in self.runs.get(size, [])]

    def memory(self) -> float | None:
        """Bytes a person: growth of the process's peak from the second largest to the largest size run."""
        sizes = sorted(size for size, runs in self.runs.items() if runs)[-2:]
        if len(sizes) < 2:
            return None
        small, large = (median(run["peak_bytes"] for run in self.runs[size]) for size in sizes)
        return (large - small) / (sizes[1] - sizes[0])


def python_for(peer: Peer) -> str:
    """A Python that the pins support: this one, or another on the path or beside it."""
    if sys.version_info[:2] <= peer.newest:
        return sys.executable
    wanted = "{}.{}".format(*peer.newest)
    beside = Path(sys.base_prefix).parent.glob(f"*{wanted}*/bin/python{wanted}")
    for found in [shutil.which(f"python{wanted}"), *map(str, beside)]:
        if found and not subprocess.run([found, "-c", "import venv"], capture_output=True, check=False).returncode:
            return found
    raise Missing(f"needs Python {wanted}, which is not here")


def environment(peer: Peer) -> str:
    """The peer's Python, after installing its pins into an environment of its own, once."""
    if not peer.pins:
        return sys.executable
    base = python_for(peer)
    home = os.environ.get("UNFREEZE_CACHE_DIR")
    cache = Path(home) if home else platformdirs.user_cache_path("unfreeze")
    pins = blake2b(" ".join((base, *peer.pins)).encode(), digest_size=4).hexdigest()
    folder = cache / "peers" / f"{peer.module}-{pins}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (folder / "complete").exists():
        return str(python)
    if base == sys.executable:
        venv.create(folder, clear=True, with_pip=True)
    else:
        subprocess.run([base, "-m", "venv", "--clear", str(folder)], check=True)
    options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    try:
        done = subprocess.run(
            [str(python), "-m", "pip", "install", *options, *peer.pins],
            capture_output=True,
            text=True,
            timeout=INSTALLING,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"pip did not finish within {INSTALLING:.0f} s") from None
    if done.returncode:
        raise Missing(f"pip could not install {', '.join(peer.pins)}")
    (folder / "complete").touch()
    return str(python)


def told(peer: Peer, python: str, folder: str, timeout: float, **options: int) -> dict[str, Any]:
    """What one process of the peer says about its runs; `folder` keeps the machine code of this benchmark."""
    arguments = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    code = {"UNFREEZE_CACHE_DIR": folder} if peer.name == OURS else {"NUMBA_CACHE_DIR": folder}
    try:
        done = subprocess.run(
            [python, "-m", f"benchmarks.peers.{peer.module}", *arguments, "--json"],
            cwd=ROOT,
            env=os.environ | code | {"UNFREEZE_ANNOUNCED": "1", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"did not finish within {timeout:.0f} s") from None
    if done.returncode:
        raise Missing(f"failed: {(done.stderr.strip() or 'without a word').splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def reference_runs(folder: str) -> list[Any]:
    """What the others are compared with."""
    return told(PEERS[-1], sys.executable, folder, CHECKING, **CHECKED, seed=OTHER_SEEDS)["runs"]


def checked(
    peers: Iterable[Peer], records: dict[str, Record], reference: list[Any], folder: str, screen: Console
) -> dict[Peer, str]:
    """The peers that can run and agree with the reference, with the Python of each; fills in their records."""
    ready = {}
    for peer in peers:
        record = records[peer.name]
        screen.print(f"checking {peer.name} ...", style="dim")
        try:
            python = environment(peer)
            said = told(peer, python, folder, CHECKING, **CHECKED, seed=1)
        except Missing as reason:
            record.reason = str(reason)
            continue
        record.versions, record.python = said["versions"], said["python"]
        record.compile_new = said["compile_seconds"]
        found = compare(said["runs"], reference)
        record.agreement = asdict(found)
        if found.same:
            record.status = "timed"
            ready[peer] = python
        else:
            record.status = "differs"
            record.reason = (
                f"a mean is {found.largest_difference:.0%} off, smallest p {found.smallest_p:.2g}: {found.worst}"
            )
    return ready


def time_in_turns(ready: dict[Peer, str], records: dict[str, Record], folder: str, end: float, screen: Console) -> None:
    """Every size, round after round; each round begins with another peer."""
    for people, months in MONTHS.items():
        for peer in ready:
            record = records[peer.name]
            if pace := [run["nanoseconds"] for runs in list(record.runs.values())[-1:] for run in runs]:
                needed = median(pace) * people * months / 1e9
                if needed > LONGEST:
                    record.not_run[people] = f"{needed:.0f} s expected, more than {LONGEST:.0f} s"
        for turn in range(ROUNDS[people]):
            screen.print(f"timing {people:,} people, round {turn + 1} ...", style="dim")
            order = list(ready)
            for peer in order[turn % len(order) :] + order[: turn % len(order)]:
                record = records[peer.name]
                if people in record.not_run:
                    continue
                if time.monotonic() > end:
                    if not record.runs.get(people):
                        record.not_run[people] = f"the benchmark's {TOTAL / 60:.0f} minutes were over"
                    continue
                try:
                    said = told(peer, ready[peer], folder, 3 * LONGEST, people=people, months=months, seed=turn + 1)
                except Missing as reason:
                    record.not_run[people] = str(reason)
                    continue
                keys = ("import_seconds", "compile_seconds", "build_seconds", "loop_seconds", "peak_bytes")
                run = {key: said[key] for key in keys}
                run["nanoseconds"] = 1e9 * said["loop_seconds"] / (people * months)
                record.runs.setdefault(people, []).append(run)


def spread(values: list[float]) -> str:
    """Median (smallest to largest)."""
    if not values:
        return ""
    return f"{number(median(values))} ({number(min(values))} to {number(max(values))})"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """In Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def report(
    records: list[Record], noticeable: dict[str, tuple[float, float]], where: str, load: str, seconds: float
) -> str:
    """results.md."""
    timed = [record for record in records if record.status == "timed" and record.runs]
    ours = next((record for record in timed if record.name == OURS), None)
    text = "# The reduced model on our engine and on its peers\n\n"
    text += "Written by `python -m benchmarks.peers.run`; README.md says what is computed and how it is compared.  "
    text += f"It took {seconds / 60:.0f} minutes on: {where}.  {load}\n\n"
    text += "## Time: nanoseconds of one core per person-month\n\n"
    text += "Median (smallest to largest of n runs, each in a process of its own, in turns); then how many times as "
    text += "long as ours, the median of the ratios within each round.\n\n"
    sizes = [people for people in MONTHS if any(record.runs.get(people) for record in timed)]
    heads = ["", *(f"{n:,} people, {MONTHS[n]} months" for n in sizes)]
    rows = []
    for record in timed:
        cells = []
        for people in sizes:
            values = record.figures("nanoseconds", [people])
            if not values:
                cells.append(f"not run: {record.not_run.get(people, '')}")
                continue
            cell = f"{spread(values)}, n = {len(values)}"
            if ours and record is not ours:
                base = ours.figures("nanoseconds", [people])
                ratios = [a / b for a, b in zip(values, base, strict=False)]
                cell += f"; **{number(median(ratios))} x**" if ratios else ""
            cells.append(cell)
        rows.append([record.name, *cells])
    text += table(heads, rows)
    text += "## Before the first month, and memory\n\n"
    text += "Imports: seconds on the wall.  Compiling: seconds of a core until code is ready, a small first model "
    text += "included, with nothing on disk (the first process) and in every later process.  Making 100,000 people: "
    text += (
        "seconds of a core.  Memory: growth of the process's peak per person, between the two largest sizes run.\n\n"
    )
    heads = ["", "imports", "compiling, new", "compiling, later", "making 100,000 people", "bytes a person"]
    rows = []
    for record in timed:
        memory = record.memory()
        rows.append(
            [
                record.name,
                spread(record.figures("import_seconds")),
                "" if record.compile_new is None else number(record.compile_new),
                spread(record.figures("compile_seconds")),
                spread(record.figures("build_seconds", [100_000])),
                "" if memory is None else number(memory),
            ]
        )
    text += table(heads, rows)
    text += "## Do they compute the same?\n\n"
    text += "{replicates} runs each of {people:,} people and {months} months against the reference; ".format(**CHECKED)
    text += f"{COMPARISONS} comparisons, none may have p < {FALSE_ALARM / COMPARISONS:.2g} (false-alarm rate at most "
    text += f"{FALSE_ALARM:.0%} a peer) nor a mean differ by more than {TOLERANCE:.0%}.\n\n"
    rows = [
        [
            record.name,
            "yes" if record.agreement["same"] else "NO",
            f"{record.agreement['smallest_p']:.2g}",
            record.agreement["worst"],
            f"{record.agreement['largest_difference']:.1%}",
        ]
        for record in records
        if record.agreement
    ]
    text += table(["", "agrees", "smallest p", "where", "largest difference of means"], rows)
    text += "In the last fifth of the months the reference has these means, and a shift that would be noticed four "
    text += "times in five is at least so large:\n\n"
    text += table(["", "mean", "noticed"], ([k, number(a), number(b)] for k, (a, b) in noticeable.items()))
    text += "## Versions, and who is missing\n\n"
    rows = []
    for record in records:
        state = record.status if record.status == "timed" else f"{record.status}: {record.reason}"
        rows.append([record.name, record.python, ", ".join(f"{k} {v}" for k, v in record.versions.items()), state])
    return text + table(["", "Python", "packages", "state"], rows).rstrip() + "\n"


def one_core() -> None:
    """Keep this process and its children on one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ[name] = "1"


def main() -> None:
    """Check, time, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", metavar="NAME", help=f"of {', '.join(peer.name for peer in PEERS)}")
    parser.add_argument("--check", action="store_true", help="whether they agree; no times, writes nothing")
    chosen = parser.parse_args()
    names = [peer.name for peer in PEERS]
    if unknown := set(chosen.only or ()) - set(names):
        parser.error(f"there is no peer {', '.join(sorted(unknown))}")
    peers = [peer for peer in PEERS if not chosen.only or peer.name in chosen.only]
    records = {name: Record(name, reason="left out by --only") for name in names}
    screen, start = Console(), time.monotonic()
    before = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    one_core()
    with tempfile.TemporaryDirectory(prefix="unfreeze-peers-") as folder:
        screen.print("running the reference ...", style="dim")
        reference = reference_runs(folder)
        ready = checked(peers, records, reference, folder, screen)
        if not chosen.check:
            time_in_turns(ready, records, folder, start + TOTAL, screen)
    load = f"Load when it began: {before:.1f}."
    if before >= 1.5:
        load += "  Others used the machine at the same time: seconds of a core suffer less from that than seconds on "
        load += "the wall, but they do suffer."
    seconds, where = time.monotonic() - start, machine()
    noticeable = noticed(reference)
    text = report(list(records.values()), noticeable, where, load, seconds)
    screen.print(text, markup=False)
    if not chosen.check and not chosen.only:
        RESULTS.write_text(text, encoding="utf-8")
        told_all = {
            "machine": where,
            "load_before": before,
            "seconds": seconds,
            "months": MONTHS,
            "noticed": noticeable,
            "peers": [asdict(record) | {"bytes_per_person": record.memory()} for record in records.values()],
        }
        RECORD.write_text(json.dumps(told_all, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
