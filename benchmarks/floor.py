"""How near to the machine the month is: `python -m benchmarks.floor [--write] [people ...]`.

Three tables, each for 2,000, 10,000, 100,000 and 1,000,000 people (or for those named), with a year of the programme:

floor    the same months, in turns with (a) as many random draws, exponentials and logarithms as these months take
         (counted in the machine code, not guessed), in one loop that does nothing else, and (b) a copy of the tables
         that a month changes: each byte is read and written once, at the speed at which this machine copies;
steps    where the time goes: each step of the month as its own kernel;
pieces   within the costly steps: benchmarks/pieces.py.

Nanoseconds of a core per living person and month; medians.  `--write` puts the tables into benchmarks/floor.md.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from rich.console import Console

from benchmarks.pieces import YEAR, Table, pieces, settled
from benchmarks.speed import BURN_IN, ROOT, again, machine, number, python, timed

PAGE = ROOT / "benchmarks" / "floor.md"
SIZES = (2_000, 10_000, 100_000, 1_000_000)
STATE = (
    "users", "professionals", "peers", "duty", "managers", "manager_peers", "providers", "grants", "lots", "system",
)  # fmt: skip


def living(world: Any, first: int, months: int) -> float:
    """Person-months lived from month `first` on."""
    rows = world.measured[first : first + months]
    return float((rows["people_system"] + rows["settled"]).sum())


def fingerprint(world: Any) -> str:
    """Two runs with the same one measured the same, month after month."""
    return hashlib.blake2b(world.measured.tobytes() + world.ledger.tobytes(), digest_size=12).hexdigest()


# --- counting ---------------------------------------------------------------------------------------------------------

KINDS = ("dealt", "single", "exp", "log")  # blocks of four draws dealt to many; to one; exponentials; logarithms


def counting() -> Sequence[int]:
    """From now on the machine code counts for itself; the counts, in the order of KINDS.

    The generator, exp and log are wrapped, which must happen before any rule imports them: in a process of its own.
    """
    from llvmlite import ir  # type: ignore[import-untyped]
    from numba import types as kinds
    from numba.core.extending import intrinsic

    import engine.arithmetic as arithmetic
    from engine.rule import primitive

    counter = (ctypes.c_int64 * len(KINDS))()
    dealt, single, of_exp, of_log = (ctypes.addressof(counter) + 8 * k for k in range(len(KINDS)))

    @intrinsic  # type: ignore[untyped-decorator, unused-ignore]
    def adds(_context, where, amount):  # type: ignore[no-untyped-def]
        def code(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            place = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
            total = builder.add(builder.load(place), arguments[1])
            builder.store(total, place)
            return total

        return kinds.int64(kinds.int64, kinds.int64), code

    exp, log = arithmetic.exp, arithmetic.log

    def counted_exp(x):  # type: ignore[no-untyped-def]
        adds(of_exp, 1)
        return exp(x)

    def counted_log(x):  # type: ignore[no-untyped-def]
        adds(of_log, 1)
        return log(x)

    arithmetic.exp, arithmetic.log = primitive(counted_exp), primitive(counted_log)
    import engine.chance as chance

    philox = chance.philox

    def counted_philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
        adds(single, 1)
        return philox(c0, c1, c2, c3, k0, k1)

    chance.philox = primitive(counted_philox)
    import engine.batch_draws as batch_draws

    deal = batch_draws.deal

    def counted_deal(seed, group, month, n, hand):  # type: ignore[no-untyped-def]
        adds(dealt, n)
        deal(seed, group, month, n, hand)

    batch_draws.deal = primitive(counted_deal)
    return counter


def count(sizes: Sequence[int], months: int, past: int) -> None:
    """In a process of its own: prints what `months` months take, step by step, and their fingerprint."""
    counter = counting()
    from model.month import MONTH
    from model.room import made_room, room

    found = {}
    for people in sizes:
        world = again(settled(people, past))
        first = world.system[0].month
        steps = {step.__name__: [0] * len(KINDS) for step in MONTH}
        for _ in range(months):
            while not room(world):
                world = made_room(world)
            for step in MONTH:
                before = list(counter)
                step(world)  # type: ignore[no-untyped-call]
                for k in range(len(KINDS)):
                    steps[step.__name__][k] += counter[k] - before[k]
        found[people] = {"steps": steps, "living": living(world, first, months), "world": fingerprint(world)}
    sys.stdout.write(json.dumps(found))


@dataclass(frozen=True)
class Counts:
    """What the months take, by step in the order of KINDS; the months' person-months and fingerprint."""

    steps: dict[str, list[int]]
    living: float
    world: str

    @property
    def total(self) -> list[int]:
        return [sum(column) for column in zip(*self.steps.values(), strict=True)]


def counted(sizes: Sequence[int], months: int = YEAR, past: int = BURN_IN) -> dict[int, Counts]:
    """Counts for each size, from a process whose machine code counts (and is thrown away)."""
    with tempfile.TemporaryDirectory(prefix="unfreeze-count-") as folder:
        arguments = ["--count", *map(str, sizes), "--months", str(months), "--past", str(past)]
        told, _ = python("-m", "benchmarks.floor", *arguments, UNFREEZE_CACHE_DIR=folder)
    return {int(people): Counts(**found) for people, found in json.loads(told).items()}


# --- the floor --------------------------------------------------------------------------------------------------------


def floor_kernels() -> tuple[Callable[..., float], Callable[..., None], Callable[..., None]]:
    """A kernel of (blocks, exps, logs) that does these and nothing else, and the two loops in it.

    exps gives exp(-u) and logs gives log(u) of draws u, by the engine's own formulas, but with choices in place of
    branches and the power of two made from its bits, so that the loops have neither branches nor tables.
    """
    import numpy as np

    from engine.arithmetic import FRACTION, HALF, LN2_HIGH, LN2_LOW, PER_LN2, SQRT_HALF
    from engine.batch_draws import BLOCK, deal, hands
    from engine.chance import STEP
    from engine.rule import primitive

    @primitive
    def exps(x, out, n):  # type: ignore[no-untyped-def]
        for i in range(n):
            v = (x[i] + 0.5) * -STEP
            k = np.floor(v * PER_LN2 + 0.5)
            high = v - k * LN2_HIGH
            low = k * LN2_LOW
            r = high - low
            t = r * r
            c = r - t * (
                1.66666666666666019037e-01
                + t
                * (
                    -2.77777777770155933842e-03
                    + t
                    * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
                )
            )
            power = np.int64((np.int64(k) + 1023) << 52).view(np.float64)
            out[i] = (1.0 - ((low - (r * c) / (2.0 - c)) - high)) * power

    @primitive
    def logs(x, out, n):  # type: ignore[no-untyped-def]
        for i in range(n):
            pattern = np.float64((x[i] + 0.5) * STEP).view(np.int64)
            m = np.int64(pattern & FRACTION | HALF).view(np.float64)
            small = m < SQRT_HALF
            m = m * 2.0 if small else m
            k = float((pattern >> 52) - 1022) - (1.0 if small else 0.0)
            f = m - 1.0
            s = f / (2.0 + f)
            z = s * s
            w = z * z
            even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
            odd = z * (
                6.666666666666735130e-01
                + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
            )
            half = 0.5 * f * f
            out[i] = k * LN2_HIGH - ((half - (s * (half + (even + odd)) + k * LN2_LOW)) - f)

    @primitive
    def whole(blocks, of_exp, of_log):  # type: ignore[no-untyped-def]
        hand = hands()
        of_exps, of_logs = np.zeros(BLOCK), np.zeros(BLOCK)
        drawn = hand.reshape(5 * BLOCK)
        rounds = (blocks + BLOCK - 1) // BLOCK
        total = 0.0
        for i in range(rounds):
            for k in range(BLOCK):
                hand[4, k] = i * BLOCK + k
            deal(1, 77, 0, min(BLOCK, blocks - i * BLOCK), hand)
            exps(drawn, of_exps, (i + 1) * of_exp // rounds - i * of_exp // rounds)
            logs(drawn, of_logs, (i + 1) * of_log // rounds - i * of_log // rounds)
            total += of_exps[0] + of_logs[0] + hand[0, 0]
        return total

    return whole, exps, logs


def floor(sizes: Sequence[int], rounds: int, months: int = YEAR, past: int = BURN_IN) -> Iterator[Table]:
    """The table of counts and the table of floors."""
    import numpy as np

    from model.month import run

    counts = counted(sizes, months, past)
    whole, _, _ = floor_kernels()
    whole(1000, 100, 100)
    taken: Table = [("a person-month takes", *(f"{people:,}" for people in sizes))]
    words = ("blocks of draws, dealt to many", "blocks of draws, for one person", "exponentials", "logarithms")
    for k, word in enumerate(words):
        taken.append((word, *(number(counts[people].total[k] / counts[people].living) for people in sizes)))
    names = (
        "people",
        "the model, ns",
        "(a) draws alone, ns",
        "(a) draws, exp and log, ns",
        "(b) bytes read and written",
        "copy bandwidth, GB/s",
        "(b) copying, ns",
        "model to the larger of (a) and (b)",
        "model to (a) + (b)",
    )

    def column(people: int) -> tuple[str, ...]:
        start, own = settled(people, past), counts[people]
        dealt, single, of_exp, of_log = own.total
        tables = [getattr(start, name).reshape(-1).view(np.uint8) for name in STATE]
        room = [np.zeros_like(table) for table in tables]
        size = sum(table.nbytes for table in tables)

        def copying() -> None:
            for _ in range(months):
                for to, table in zip(room, tables, strict=True):
                    to[...] = table

        spent = []
        for _ in range(rounds + 1):
            ends: list[Any] = []
            begin = again(start)
            spent.append((
                timed(lambda begin=begin, ends=ends: ends.append(run(begin, months))),  # type: ignore[misc]
                timed(lambda: whole(dealt + single, 0, 0)),
                timed(lambda: whole(dealt + single, of_exp, of_log)),
                timed(copying),
            ))  # fmt: skip
            if fingerprint(ends[0]) != own.world:
                raise SystemExit("The counted months are not the measured ones.")
        rows = 1e9 / own.living * np.array(spent[1:])  # the first one warms up
        model, alone, computed, copied = rows.T
        return (
            f"{people:,}",
            spread(model),
            spread(alone),
            spread(computed),
            number(2 * size * months / own.living),
            number(float(np.median(2 * size * months / own.living / copied))),
            spread(copied),
            spread(model / np.maximum(computed, copied)),
            spread(model / (computed + copied)),
        )

    yield list(zip(names, *(column(people) for people in sizes), strict=True))
    yield taken


def spread(values: Iterable[float]) -> str:
    """The median, and the smallest and largest."""
    values = [float(value) for value in values]
    return f"{number(median(values))} ({number(min(values))} to {number(max(values))})"


# --- steps ------------------------------------------------------------------------------------------------------------


def by_step(sizes: Sequence[int], rounds: int, months: int = YEAR, past: int = BURN_IN) -> Iterator[Table]:
    """Each step as its own kernel; calling one from Python is measured with an empty one, and taken off."""
    import numpy as np

    from engine.rule import primitive
    from model.month import MONTH, run
    from model.room import made_room, room

    @primitive
    def nothing(_world):  # type: ignore[no-untyped-def]
        return 0

    names = [step.__name__ for step in MONTH]

    def column(people: int) -> list[str]:
        start = settled(people, past)
        rows = []
        for _ in range(rounds + 1):
            world = again(start)
            seconds = dict.fromkeys([*names, "nothing"], 0.0)
            for _ in range(months):
                while not room(world):
                    world = made_room(world)
                for step in [*MONTH, nothing]:
                    began = time.process_time()
                    step(world)  # type: ignore[no-untyped-call]
                    seconds[step.__name__] += time.process_time() - began
            begin = again(start)
            whole = timed(lambda begin=begin: run(begin, months))  # type: ignore[misc]
            people_months = living(world, start.system[0].month, months)
            rows.append([1e9 * x / people_months for x in [*seconds.values(), whole]])
        *steps, call, whole_month = np.array(rows[1:]).T  # the first one warms up
        spent = [step - median(call) for step in steps]
        return [spread(values) for values in (*spent, sum(spent), whole_month, call)]

    words = [*(name.replace("_", " ") for name in names), "sum of the steps", "the month, one kernel", "calling a step"]
    columns = [column(people) for people in sizes]
    yield [("step", *(f"{people:,}" for people in sizes)), *zip(words, *columns, strict=True)]


def page(tables: Sequence[tuple[str, Table]]) -> str:
    """The tables as Markdown, one heading each."""
    text = ""
    for title, (heading, *rows) in tables:
        lines = [" | ".join(cells) for cells in (heading, ["---"] * len(heading), *rows)]
        text += f"\n## {title}\n\n" + "".join(f"| {line} |\n" for line in lines)
    return text


def main() -> None:
    """Measure, print, perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", nargs="*", type=int, help="sizes to measure; by default all four")
    parser.add_argument("--write", action="store_true", help="write benchmarks/floor.md")
    parser.add_argument("--rounds", type=int, default=7, help="times each thing is measured, in turns")
    parser.add_argument("--count", nargs="+", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--months", type=int, default=YEAR, help=argparse.SUPPRESS)
    parser.add_argument("--past", type=int, default=BURN_IN, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.count:
        return count(chosen.count, chosen.months, chosen.past)
    sizes = chosen.people or SIZES
    limits = {"months": chosen.months, "past": chosen.past}
    parts: tuple[tuple[Callable[..., Iterator[Table]], int, tuple[str, ...]], ...] = (
        (floor, chosen.rounds, ("The model and the floor", "What a person-month takes, counted")),
        (by_step, chosen.rounds, ("Where the time goes, ns a person-month",)),
        (pieces, 5, ("A step with one piece left out: change in ns a person-month",
                     "A step with one change undone: change in ns a person-month",
                     "A step with one more change tried: change in ns a person-month")),
    )  # fmt: skip
    screen = Console()
    tables = []
    half = {**limits, "months": max(chosen.months // 2, 1)}
    for part, times, titles in parts:
        screen.print(f"measuring {part.__name__} ...", style="dim")
        for title, table in zip(titles, part(sizes, times, **(half if part is pieces else limits)), strict=True):
            tables.append((title, table))
            screen.print(page([(title, table)]), markup=False, highlight=False, soft_wrap=True)
    if chosen.write:
        command = " ".join(["python -m benchmarks.floor --write", *map(str, chosen.people)])
        text = f"# The month and the floor\n\nWritten by `{command}` on: {machine()}.\n\n{ABOUT}"
        PAGE.write_text(text + page(tables), encoding="utf-8")


ABOUT = f"""Dublin, strategy user_centred, {YEAR} months of the programme, one core.  A person-month is a living person
for a month.  Medians, in brackets smallest and largest, of rounds in which all that is compared takes its turn; pieces:
the mean over {YEAR // 2} months of the median of 5 tries (1,000,000 people: 2 months, 3 tries).  What it means, and
what it does not prove: docs/performance.md.
"""


if __name__ == "__main__":
    main()
