"""docs/cliffs.md: every lever and every parameter walked through its range in ten steps, and where something jumps.

    python -m tools.cliffs                     # walk what is missing or stale, then write the page
    python -m tools.cliffs faking listening    # the same for these only
    python -m tools.cliffs --page              # write the page from what is stored
    python -m tools.cliffs --check             # say whether page and walks are up to date; exit code 1 if not

How walks are made and judged says tools/walks.py.  All of them take about 25 minutes of two processors: a walk some six
seconds of one, 1,000 people at eleven values, eight seeds each.  Each is stored as soon as it is done
(docs/cliffs.json), so that the work may be stopped and goes on where it was.  A stored walk is stale when the digits of
the rules, a value of any other lever or parameter, or its own range have changed.

A jump that stays is explained where the lever or parameter stands, in the field `jump` of its entry
(scenarios/levers.toml, evidence/quantities); the page prints what is said there, and lists first what is not explained.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from statistics import median
from typing import Any

import click

from cli.catalogue import short
from engine.errors import UnfreezeError, UnknownName
from engine.whole_file import whole_file
from evidence.quantities import inputs
from model.measures import HEADLINE, MEASURES
from runs.running import digits
from scenarios.levers import load_levers
from scenarios.places import find_place
from scenarios.scenario import NOBODY
from scenarios.strategy import find_strategy
from tools.walks import (
    BEYOND,
    CLIFF,
    LUCK,
    PEOPLE,
    PLACE,
    SEEDS,
    STEEP,
    STRATEGIES,
    TIMES,
    all_ranges,
    key_of,
    walk,
)

FOLDER = Path(__file__).resolve().parent.parent / "docs"
STORED, PAGE = FOLDER / "cliffs.json", FOLDER / "cliffs.md"
INTRO = """# Cliffs: where one step of a lever or parameter changes more than a reader would expect

Made by `python -m tools.cliffs`; do not edit. Every lever and every parameter goes through its range in ten steps, all
others at their values: {people:,} people of {place}, {seeds} seeds, the same at every value. What is looked at are the
four headline measures, 48 months after the programme's end: their level without a foundation, and how far two
strategies differ from it ({strategies}).

A step is a **jump** beyond {beyond:g} standard errors of the paired step and {times:g} times its walk's median step.
Each jump is walked again on {seeds} other seeds, in finer steps. What they do not show was **luck**; what is spread
over the step is **steep**; a **cliff** is what lies, for more than half, within a quarter of it, or between
neighbouring whole numbers. Choices (on or off, one form or another) have nothing between their values and are not
judged.

Sizes are in *margins*: 1 is how large a difference must be to matter in practice (`unfreeze show MEASURE`). Luck is
larger among {people:,} people than in a whole city, so that smaller cliffs than these may exist.
"""

Walks = dict[str, dict[str, Any]]  # by name: "key", "rules" (their digits), and what tools.walks.walk says


def stored() -> Walks:
    """All walks on file; none if there is no file."""
    found: Walks = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    return found


def keep(walks: Walks) -> None:
    """Write all walks to the file, a line each, in order of their names."""
    lines = [f"{json.dumps(name)}: {json.dumps(one, allow_nan=False)}" for name, one in sorted(walks.items())]
    with whole_file(STORED) as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


def stale(walks: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> list[str]:
    """Which of these are to be walked: not on file, or of other rules or values."""
    ranges = all_ranges()
    return [name for name in names if walks.get(name, {}).get("key") != key_of(ranges[name])]


def fill(walks: Walks, names: Sequence[str]) -> None:
    """Walk what is missing or stale, and keep each walk as soon as it is there.  What no longer exists goes."""
    ranges = all_ranges()
    todo = stale(walks, names)
    for gone in walks.keys() - ranges.keys():
        del walks[gone]
    for done, (name, found) in enumerate(walked(todo), start=1):
        walks[name] = {"key": key_of(ranges[name]), "rules": digits(), **found}
        keep(walks)
        kinds = Counter(jump["kind"] for jump in found["found"])
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "no jump"
        click.echo(f"{done} of {len(todo)}: {name}: {told}", err=True)


def walked(names: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """These walks as they are done, each by a process of its own: one on every processor."""
    ranges = all_ranges()
    if len(names) <= 1:
        yield from ((name, walk(ranges[name])) for name in names)
        return
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        going = {pool.submit(walk, ranges[name]): name for name in names}
        try:
            for one in as_completed(going):
                yield going[one], one.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


# --- the page ---------------------------------------------------------------------------------------------------------


def page(walks: Mapping[str, Mapping[str, Any]]) -> str:
    """The whole page, made from what is stored and from what entries say of their jumps."""
    names = [name for name in all_ranges() if name in walks]
    jumps = [{"name": name, "margin": walks[name]["margins"][jump["measure"]], **jump}
             for name in names for jump in walks[name]["found"]]  # fmt: skip
    jumps.sort(key=lambda jump: (-abs(jump["size"]), jump["name"], jump["arm"], jump["measure"]))
    by_kind = {kind: [jump for jump in jumps if jump["kind"] == kind] for kind in (CLIFF, STEEP, LUCK)}
    said = {jump["name"]: explanation(jump["name"]) for jump in jumps}
    unexplained = [jump for jump in by_kind[CLIFF] if not said[jump["name"]]]
    explained = [jump for jump in by_kind[CLIFF] if said[jump["name"]]]
    strategies = " and ".join(find_strategy(name).title for name in STRATEGIES)
    intro = INTRO.format(people=PEOPLE, place=find_place(PLACE).title, seeds=SEEDS, beyond=BEYOND,
                         times=TIMES, strategies=strategies)  # fmt: skip
    parts = [
        intro, *_walked(walks, names, jumps),
        "## Cliffs, unexplained", "", _table(unexplained), "",
        "## Cliffs, explained", "", _table(explained), "", *_explanations(explained, said),
        "## Steep, but no cliff", "", _table(by_kind[STEEP]), "", *_explanations(by_kind[STEEP], said),
        "## Luck", "", "Jumps on the first seeds that the other seeds do not show.", "", _counted(by_kind[LUCK]), "",
        *_without_jump(said),
        "## What these runs could have seen", "", *_could_see(walks, names),
    ]  # fmt: skip
    return "\n".join(parts).rstrip() + "\n"


def explanation(name: str) -> str:
    """What the entry of a lever or parameter says of its jump; "" if nothing."""
    lever = load_levers().get(name)
    return inputs()[name].jump if lever is None else lever.jump


def _walked(walks: Mapping[str, Any], names: Sequence[str], jumps: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many walks there are, which are missing, and which say nothing."""
    missing = [name for name in all_ranges() if name not in walks]
    rules = Counter(walks[name]["rules"] for name in names)
    still = [name for name in names if not walks[name]["moves"]]
    kinds = Counter(jump["kind"] for jump in jumps)
    lines = [f"Walks done: {len(names)} of {len(names) + len(missing)}. Cliffs: {kinds[CLIFF]}; steep steps: "
             f"{kinds[STEEP]}; jumps by luck: {kinds[LUCK]}.", ""]  # fmt: skip
    if len(rules) == 1:
        lines += [f"All were walked with the rules whose digits are `{next(iter(rules))}`.", ""]
    elif rules:
        told = ", ".join(f"`{one}` {count}" for one, count in rules.most_common())
        lines += [
            f"**This page mixes rules**, so that its numbers do not belong together. Walks by digits: {told}.",
            "",
        ]
    if missing:
        lines += [f"**This page is not whole.** Missing: {_names(missing)}.", ""]
    if still:
        lines += [f"No digit of these measures moves, so that nothing is shown of them here: {_names(still)}.", ""]
    refused = [(name, value, why) for name in names for value, why in walks[name]["refused"].items()]
    return [*lines, *(f"- `{name}` = {value} could not be run: {why}" for name, value, why in refused), ""]


def _table(jumps: Sequence[Mapping[str, Any]]) -> str:
    """A row for each jump."""
    if not jumps:
        return "None."
    columns = ("lever or parameter", "of", "measure", "from", "to", "step, margins", "on other seeds", "median step",
               "step", "cliff between")  # fmt: skip
    rows = [columns, ("---",) * len(columns)]
    for jump in jumps:
        whose = "no foundation" if jump["arm"] == NOBODY else find_strategy(jump["arm"]).title
        unit = MEASURES.fields[jump["measure"]].unit
        within = "" if jump["within"] is None else " and ".join(short(end) for end in jump["within"])
        rows.append((
            f"`{jump['name']}`", whose, f"`{jump['measure']}`", short(jump["from"]), short(jump["to"]),
            f"{jump['size']:+.2f} ± {jump['error']:.2f}", f"{jump['again']:+.2f}",
            f"{jump['usual']:.2f}", f"{jump['size'] * jump['margin']:+,.4g} {unit}", within,
        ))  # fmt: skip
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _explanations(jumps: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> list[str]:
    """What the entries of these say, once each."""
    lines = [f"- `{name}`: {said[name]}" for name in dict.fromkeys(jump["name"] for jump in jumps) if said[name]]
    return [*lines, ""] if lines else []


def _counted(jumps: Sequence[Mapping[str, Any]]) -> str:
    """Names and how often, those with most first."""
    counted = Counter(jump["name"] for jump in jumps)
    return ", ".join(f"`{name}` {times}" for name, times in counted.most_common()) + "." if counted else "None."


def _could_see(walks: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """How large a step had to be, in the middle of all walks."""
    columns = ("of", *(f"`{measure}`" for measure in HEADLINE))
    rows = [columns, ("---",) * len(columns)]
    for arm in (NOBODY, *STRATEGIES):
        cells = []
        for measure in HEADLINE:
            seen = [walks[name]["moves"].get(arm, {}).get(measure) for name in names]
            errors = [BEYOND * one[1] for one in seen if one is not None]
            cells.append(f"{median(errors):.2f}" if errors else "")
        rows.append(("no foundation" if arm == NOBODY else find_strategy(arm).title, *cells))
    return [f"{BEYOND:g} standard errors of a step, in margins: the median of all walks in which anything moves.", "",
            "\n".join("| " + " | ".join(row) + " |" for row in rows)]  # fmt: skip


def _without_jump(said: Mapping[str, str]) -> list[str]:
    """Entries that explain a jump which no walk shows."""
    idle = [name for name in all_ranges() if explanation(name) and name not in said]
    return [f"No jump is found where an entry explains one: {_names(idle)}.", ""] if idle else []


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--page", "only_page", is_flag=True, help="Only write the page from what is stored.")
@click.option("--check", is_flag=True, help="Only say whether page and walks are up to date; exit code 1 if not.")
def cliffs(names: tuple[str, ...], only_page: bool, check: bool) -> None:
    """Walk every lever and parameter (or only NAMEs) through its range, and write docs/cliffs.md.

    All walks take about 25 minutes of two processors; each is kept as soon as it is done.
    """
    known = list(all_ranges())
    for name in names:
        if name not in known:
            raise UnknownName("lever or parameter", name, known)
    walks, chosen = stored(), list(names) or known
    if check:
        fresh = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page(walks)
        old = stale(walks, chosen)
        click.echo(f"docs/cliffs.md is {'up to date' if fresh else 'not up to date: python -m tools.cliffs --page'}")
        click.echo(
            f"{len(old)} of {len(chosen)} walks are missing or stale" + (": python -m tools.cliffs" if old else "")
        )
        sys.exit(0 if fresh and not old else 1)
    if not only_page:
        fill(walks, chosen)
    with whole_file(PAGE) as file:
        file.write(page(walks))


if __name__ == "__main__":
    try:
        cliffs()
    except UnfreezeError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
