"""What a study must stand, in full: `python -m tools.study_trials` measures it and writes the table of docs/studies.md.

S is 200 design rows x 2 strategies x 2 replicates of 500 people in parts of 20 runs: 800 runs.  `--only 1 4` does some,
`--times` says how often S is killed.  Nothing is asserted: what was not reached is written as it came out.  The fast
forms of the same are tests (tests/studies/).
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars as pl

from runs.running import eve, lived
from scenarios.names import shipped
from studies.checks import impossible_rows
from studies.description import of_data
from studies.door import Study, study
from studies.executors import Processes, Threads
from studies.folder import opened
from studies.functions import as_model
from studies.going import go
from studies.making import made
from studies.parts import Lab
from studies.plan import KEY
from studies.subjects import Services
from studies.templates import template
from studies.work import State
from tools.spoilt_files import checked

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "studies.md"
BEGIN, END = "<!-- table: trials -->", "<!-- end -->"
KILLED = re.compile(r"(\d+) times, (\d+) before it was done;.* nothing left over: (\d+) of")
ROOM = 300_000  # bytes that are left on the small file system
LEVERS = {"branding": {}, "user_centred.listening": {"low": 0, "high": 4}}
SHARES = ("share_places", "share_involvement", "share_training", "share_bridge", "share_implementation",
          "share_spotlight", "share_top_up")  # fmt: skip

Row = tuple[str, str, str]  # number, what, what came out


@as_model(y="x1")
def ends_once(seed: int, x1: float) -> dict[str, float]:
    """The value 100 ends its process until somebody mends it."""
    if x1 == 100.0 and "MENDED_IN_THIS_TRIAL" not in os.environ:
        os._exit(9)
    return {"y": x1}


def said(rows: int = 200, replicates: int = 2, seeds: str = "common", kind: str = "halton", part: int = 20,
         vary: dict[str, Any] | None = None, strategies: tuple[str, ...] = ("homes", "user_centred"),
         **runs: Any) -> dict[str, Any]:  # fmt: skip
    """What the file of S says, or of something like it."""
    return {
        "format": 1, "title": "S",
        "runs": {"strategies": list(strategies), "people": 500, "months": 84, "replicates": replicates, "seeds": seeds,
                 **runs},
        "design": {"kind": kind, "size": rows}, "vary": vary or {"contact": {}, **LEVERS}, "store": {"part": part},
    }  # fmt: skip


def command(*arguments: str, **changed: str) -> subprocess.Popen[str]:
    """`unfreeze study ...` in a process group of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | changed
    return subprocess.Popen([sys.executable, "-m", "cli", "study", *arguments], cwd=ROOT, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip


def parts(one: Study) -> dict[str, bytes]:
    """The bytes of all parts."""
    folder = Path(one.address)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("*/part-*.parquet"))}


# --- the trials -------------------------------------------------------------------------------------------------------


def kills(folder: Path, times: int, more: bool) -> Row:
    """1: killed at a random moment and resumed; `more`: these are added to those of which the page tells."""
    told = KILLED.search(PAGE.read_text(encoding="utf-8")) if more else None
    had, landed_had, same_had = map(int, told.groups()) if told else (0, 0, 0)
    whole = study(said(), folder / "whole")
    began = time.monotonic()
    whole.run("local", 2)
    took, luck, same, landed = time.monotonic() - began, random.Random(1 + had), 0, 0
    for number in range(times):
        one = study(said(), folder / "killed")
        process = command("resume", one.address, "--workers", "2", "--quiet")
        try:
            process.wait(luck.uniform(0.5, took))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            landed += 1
        process.communicate()
        one.run("local", 2)
        well = str(one.verify()) == "runs 800, missing 0, doubled 0, failed 0"
        hidden = [path for path in Path(one.address).rglob(".*") if path.name.endswith(".part")]
        same += well and one.digest == whole.digest and not hidden
        shutil.rmtree(one.address)
        print(f"kill {number + 1}: {same} the same", file=sys.stderr, flush=True)
    return "1", "kill -9 of the process group at a random moment, then resume", (
        f"{had + times} times, {landed_had + landed} before it was done; runs 800, missing 0, doubled 0, failed 0, "
        f"the same digest and nothing left over: {same_had + same} of {had + times}")  # fmt: skip


def stopped(folder: Path) -> Row:
    """2: SIGTERM, and a file system of 4 MB."""
    one = study(said(), folder / "stopped")
    process = command("resume", one.address, "--workers", "2", "--quiet")
    while not one.status["parts_done"]:
        time.sleep(0.1)
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate()
    seconds = time.monotonic() - asked
    return "2", "SIGTERM; a full disk", f"exit {process.returncode} after {seconds:.1f} s; {_full(folder)}"


def _full(folder: Path) -> str:
    place = folder / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        return "a 4 MB file system cannot be mounted here"
    try:
        file = said(rows=100) | {"keep": {"courses": True}}
        one = study(file, place / "one")
        (place / "ballast").write_bytes(b"0" * (shutil.disk_usage(place).free - ROOM))
        process = command("resume", one.address, "--workers", "2", "--quiet")
        errors = process.communicate()[1].strip()
        opens = one.verify().wrong == ()
        done_parts = one.status["parts_done"]
        (place / "ballast").unlink()
        whole = study(file, folder / "roomy").run("local", 2)
        subprocess.run(["mount", "-o", "remount,size=64m", str(place)], check=True)
        one.run("local", 2)
        hidden = list(place.rglob(".*.part"))
        return (f"4 MB: exit {process.returncode}, {len(errors.splitlines())} line, {done_parts} parts, all open: "
                f"{opens}; with room, the same digest: {one.digest == whole.digest}, left: {len(hidden)}")  # fmt: skip
    finally:
        subprocess.run(["umount", str(place)], check=False)


def ended(folder: Path) -> Row:
    """3: a run that ends its process."""
    file = {"format": 1, "title": "Ends", "runs": {"model": "tools.study_trials:ends_once"}, "design": {"kind": "grid"},
            "vary": {"x1": {"values": list(range(800))}}, "store": {"part": 20}}  # fmt: skip
    one = study(file, folder / "ended").run("local", 2)
    before = str(one.verify())
    os.environ["MENDED_IN_THIS_TRIAL"] = "1"
    one.retry("threads", 2)
    return "3", "a row that ends its process; then retry", f"{before}; after retry {one.verify()}"


def teams(folder: Path) -> Row:
    """4: whoever lives them."""
    made_by = {}
    for name, number in (("local", 1), ("local", 2), ("local", 4), ("threads", 2), ("dask", 2)):
        made_by[f"{name} {number}"] = parts(study(said(rows=50), folder / f"{name}{number}").run(name, number))
    one = study(said(rows=50), folder / "shards")
    for shard in random.Random(2).sample(("1/3", "2/3", "3/3"), 3):
        process = command("resume", one.address, "--shard", shard, "--quiet")
        process.communicate()
    made_by["shards"] = parts(one)
    first = made_by["local 1"]
    same = [name for name, found in made_by.items() if found == first]
    return "4", "local with 1, 2 and 4 workers, threads, Dask, shards 1/3 2/3 3/3", (
        f"{len(first)} parts, byte-identical: {', '.join(same)}")  # fmt: skip


def grown(folder: Path) -> Row:
    """5: expand."""
    file = said(rows=64, kind="sobol")
    one = study(file, folder / "grown").run("local", 2)
    before = parts(one)
    one.expand(size=128).expand(replicates=4).expand(strategies=["status_quo"]).run("local", 2)
    now = parts(one)
    kept = all(now[name] == content for name, content in before.items())
    large = said(rows=128, kind="sobol", replicates=4, strategies=("homes", "user_centred", "status_quo"))
    fresh = study(large, folder / "fresh").run("local", 2)
    return "5", "expand: 64 to 128 Sobol' samples, 2 to 4 replicates, a strategy more", (
        f"{one.verify()}; old parts as they were: {kept}; digest of a fresh: {one.digest == fresh.digest}")  # fmt: skip


def rows(folder: Path) -> Row:
    """6: rows again, at real size everywhere."""
    places = shipped("place")
    runs = {"places": list(places), "strategies": ["user_centred"], "people": "real", "months": 84}
    one = study({"format": 1, "title": "Real", "runs": runs, "design": {"kind": "one_at_a_time"}}, folder / "real")
    one.run("local", 2)
    same = 0
    for k in range(len(places)):
        process = command("row", one.address, str(k))
        same += process.communicate()[0].strip() == "identical"
    return "6", "study row in a fresh process, at real size", f"identical in {same} of {len(places)} places"


def memory(folder: Path, runs: int) -> Row:
    """7: of the process that leads."""
    one, seen = study(said(rows=runs // 4, part=100, vary=LEVERS), folder / "memory"), dict[int, int]()

    def told(state: State) -> None:
        share = 100 * state.done_runs // state.runs
        seen[share] = int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))[0])

    team = Processes(2)
    try:
        go(opened(one.address)[0], team, told=told)
    finally:
        team.stop()
    early, last = (seen[share] / 1e3 for share in (min(one for one in seen if one >= 25), max(seen)))
    return "7", "memory of the leading process after 25% and at the end", (
        f"{runs:,} runs: {early:.0f} and {last:.0f} MB, {last - early:+.1f} MB"
)  # fmt: skip


def cost(folder: Path) -> Row:
    """8: processor time against the bare kernel, and what common seeds save; one thread does what a worker does."""
    _cpu(study(said(rows=5, vary=LEVERS), folder / "warm"))
    ratios = []
    for number in range(3):
        one = study(said(vary=LEVERS), folder / f"cost{number}")
        bare = _bare(one)
        ratios.append(_cpu(one) / bare)
    shared = []
    for number in range(3):
        both = [_cpu(study(said(rows=50, replicates=4, seeds=seeds, vary=LEVERS, strategies=("user_centred",)),
                           folder / f"{seeds}{number}")) for seeds in ("common", "independent")]  # fmt: skip
        shared.append(both[0] / both[1])
    return "8", "processor time: study by bare kernel; common by independent seeds (50 lever rows x 4)", (
        f"{sorted(ratios)[1]:.3f} ({min(ratios):.3f} to {max(ratios):.3f}); {sorted(shared)[1]:.3f} "
        f"({min(shared):.3f} to {max(shared):.3f})")  # fmt: skip


def _cpu(one: Study) -> float:
    team = Threads(1)
    began = time.process_time()
    try:
        go(opened(one.address)[0], team)
    finally:
        team.stop()
    return time.process_time() - began


def _bare(one: Study) -> float:
    """The same rows without anything around them: scenarios made, pasts shared, months lived."""
    shelf, plan = opened(one.address)
    here, spent = Lab(shelf, plan), 0.0
    assert isinstance(here.subject, Services)
    pasts: dict[Any, Any] = {}
    for part in plan.wanted:
        first, table = here.rows(part)
        for which in (one for group in plan.groups_of(part) for one in group):
            row = table.row(which.row - first, named=True)
            began = time.process_time()
            scenario = here.subject.scenario(which, row, plan.seed(which.replicate, row[KEY]))
            if scenario.eve_key not in pasts:
                pasts[scenario.eve_key] = eve(scenario)
            lived(pasts[scenario.eve_key], scenario)
            spent += time.process_time() - began
    return spent


def ishigami(folder: Path) -> Row:
    """9: a function whose indices are known."""
    angle = {"low": -3.141592653589793, "high": 3.141592653589793}
    design = {"kind": "sobol", "size": 4096, "dummy": True}
    file = {"format": 1, "title": "Ishigami", "runs": {"model": "studies.functions:ishigami"}, "design": design,
            "vary": {f"x{i}": angle for i in (1, 2, 3)}}  # fmt: skip
    (found,) = study(file, folder / "ishigami").run("threads", 2).findings()
    told = {row["factor"]: row for row in found.table.iter_rows(named=True)}
    known = {"x1": (0.314, 0.558), "x2": (0.442, 0.442), "x3": (0.0, 0.244)}
    inside = all(abs(told[n]["S1"] - a) <= told[n]["S1_half"] and abs(told[n]["ST"] - b) <= told[n]["ST_half"]
                 for n, (a, b) in known.items())  # fmt: skip
    text = ", ".join(f"{n} {told[n]['S1']:.3f} and {told[n]['ST']:.3f}" for n in known)
    return "9", "Ishigami: S1 and ST through file, store and analysis", f"{text}; all inside: {inside}"


def valid(folder: Path) -> Row:
    """10: shares and practices."""
    vary = {name: {"whole": True} for name in SHARES}
    one = of_data(said(rows=1000, vary=vary, strategies=("carrier", "user_centred")), ROOT)
    shares = 1000 - int(impossible_rows(one, made(one))[0].sum())
    file = {"format": 1, "title": "Practices", "runs": {"strategies": ["carrier"]}, "design": {"kind": "practices"}}
    two = of_data(file, ROOT)
    combined = 32 - int(impossible_rows(two, made(two))[0].sum())
    return "10", "all seven spending shares; combinations of practices", f"{shares} of 1,000; {combined} of 32"


def spoilt(folder: Path, number: int) -> Row:
    """11: spoilt files."""
    wrong = [text for k in range(number) if (text := checked(k, folder))]
    first = f" (first: {' '.join(wrong[0][:200].split())})" if wrong else ""
    well = f"{number - len(wrong):,} of {number:,}{first}"
    return "11", "spoilt study files: exit 0 or 2, file and line named, no traceback", well


def read_elsewhere(folder: Path) -> Row:
    """12: other readers."""
    one = study(said(rows=50), folder / "readers").run("local", 2)
    files, name = str(Path(one.address) / "runs" / "*.parquet"), "secure_people_m84"
    found = {
        "Polars": pl.read_parquet(files)[name].mean(),
        "pandas": pandas.concat(map(pandas.read_parquet, sorted(Path(files).parent.iterdir())))[name].mean(),
        "DuckDB": duckdb.connect().execute(f"select avg({name}) from '{files}'").fetchall()[0][0],
    }  # fmt: skip
    return "12", "mean of a column", ", ".join(f"{who} {value!r}" for who, value in found.items())


def checks(folder: Path) -> Row:
    """A design of a million rows is checked, and one of a thousand, for what does not hang on the rows."""
    found = {}
    for size in (84, 83334):
        path = folder / f"of{size}.toml"
        path.write_text(template("sobol", "million").replace("size = 64", f"size = {size}"), encoding="utf-8")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        before, began = used.ru_utime + used.ru_stime, time.monotonic()
        process = command("check", str(path))
        peaks: dict[int, int] = {}
        while process.poll() is None:
            for number in (process.pid, *_begun_by(process.pid)):
                peaks[number] = max(peaks.get(number, 0), _peak(number))
            time.sleep(0.02)
        took, text = time.monotonic() - began, process.communicate()[0]
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        most = max((peak for number, peak in peaks.items() if number != process.pid), default=0)
        found[size] = text, took, after.ru_utime + after.ru_stime - before, peaks[process.pid] / 1e3, most / 1e3
    text, took, cpu, model, counts = found[83334]
    return "-", "check of a million rows", (
        f"1,000,008 rows: {took:.1f} s ({cpu:.1f} s of processor), {counts:.0f} MB of the process that counts, and "
        f"{model:.0f} MB of the one that runs the model (with 1,008 rows {found[84][3]:.0f} MB: no matter of rows); "
        f"{re.findall('impossible [0-9,]+', text)[0]}")  # fmt: skip


def _begun_by(process: int) -> list[int]:
    """The processes that this one has begun and that are there."""
    try:
        return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()))
    except OSError:
        return []


def _peak(process: int) -> int:
    """The most memory that a process has had, in kB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return max(map(int, re.findall(r"VmHWM:\s+(\d+)", status)), default=0)


def large(folder: Path) -> Row:
    """The study of 10,000 runs of 2,000 people over 120 months."""
    one = study(said(rows=2500, part=200, people=2000, months=120), folder / "large")
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    one.run("local", 2)
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before.ru_utime
    size = sum(path.stat().st_size for path in Path(one.address).rglob("*") if path.is_file())
    return "-", "10,000 runs of 2,000 people over 120 months, 2 workers", (
        f"{(time.monotonic() - began) / 60:.1f} minutes ({cpu / 60:.1f} of processor), "
        f"{size / 1e6:.1f} MB; {one.verify()}")  # fmt: skip


def main() -> None:
    """Do what is asked and write it down."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", nargs="*", help="numbers of the trials, 'check' and 'large'")
    asked.add_argument("--times", type=int, default=100, help="how often S is killed")
    asked.add_argument("--more", action="store_true", help="add these to the kills of which the page tells")
    asked.add_argument("--runs", type=int, default=20_000, help="of the trial of memory")
    asked.add_argument("--files", type=int, default=10_000, help="spoilt files")
    options = asked.parse_args()
    trials: dict[str, Callable[[Path], Row]] = {
        "1": lambda folder: kills(folder, options.times, options.more), "2": stopped, "3": ended, "4": teams,
        "5": grown, "6": rows,
        "7": lambda folder: memory(folder, options.runs), "8": cost, "9": ishigami, "10": valid,
        "11": lambda folder: spoilt(folder, options.files), "12": read_elsewhere, "check": checks, "large": large,
    }  # fmt: skip
    for name in options.only or trials:
        with tempfile.TemporaryDirectory(prefix="unfreeze-trial-") as folder:
            row = trials[name](Path(folder))
        print(*row, sep=" | ", flush=True)
        write(row)


def write(row: Row) -> None:
    """Put a row into the table of the page, in place of the one with the same words."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    table, after = rest.split(END, 1)
    lines = [line for line in table.strip().splitlines() if line.split("|")[2:3] != [f" {row[1]} "]]
    head, body = lines[:2], [*lines[2:], f"| {row[0]} | {row[1]} | {row[2]} |"]
    body.sort(key=lambda line: (int(number) if (number := line.split("|")[1].strip()).isdigit() else 99, line))
    PAGE.write_text(f"{before}{BEGIN}\n{chr(10).join([*head, *body])}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
