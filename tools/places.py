"""docs/places.md: what real cities publish against what the program simulates of them, figure by figure.

    python -m tools.places                   # run what is missing or stale, then write the page
    python -m tools.places helsinki dublin   # the same for these places only
    python -m tools.places --page            # write the page from what is stored
    python -m tools.places --check           # only say whether the page is up to date; exit code 1 if not

Every run is stored as soon as it is done (docs/places.json), so that the work may be stopped and goes on where it was.
A stored run is stale when the digits of the rules or the figures of the place have changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import click

from engine.whole_file import whole_file
from runs.as_published import MONTHS, as_published
from runs.running import digits
from runs.where_it_starts import HIDDEN, MEANINGS, PERSONS, UNITS, WITHIN, declared, scenario_of
from scenarios.names import shipped
from scenarios.places import Place, domain_of, find_place
from scenarios.published import CHECK, FIT, GIVEN, PEOPLE, PLACES, SHARE, Published
from scenarios.published import MONTHS as IN_MONTHS
from scenarios.scenario import Scenario

FOLDER = Path(__file__).resolve().parent.parent / "docs"
STORED, PAGE = FOLDER / "places.json", FOLDER / "places.md"
SEEDS = 4
# What every place has a line for, published or not; other published figures come after.
ALWAYS = ("people_in_beds", "sleeping_rough", HIDDEN, "housing_first_places", "housing_first_tenants", "year_count",
          "new_a_month", "stay_months", "change_in_year")  # fmt: skip
MARKS = {GIVEN: "given", FIT: "fitted", CHECK: "predicted"}
INTRO = """# Places: published against simulated

Made by `python -m tools.places`; do not edit. Each place is run without a foundation at its real size, {seeds} runs, in
the worldview of the evidence.

**given**: the figure, or one that decides it, stands in the place's file, so that agreement shows nothing but that
month 0 is the city's own count. **fitted**: a rate was fitted to it. **predicted**: kept back; only these test the
program. A prediction is met if the mean of the runs lies in the published range. Figures without a published value are
shown for the reader, and nothing is claimed of them.

Nobody was blind: some figures of the files were chosen by people who had seen what comes out. Known cases: the inflow
of Metro Denver and the homes and street share of Alameda (so that the published year, and the count, hold: marked
given), and the definition of returns (who is seen again in a bed or on the street, as the American measure counts
them; another definition had three places miss).

Definitions are those of `unfreeze show PLACE`; months, people and homes are the real place's.
"""

Runs = dict[str, dict[str, Any]]  # by place: {"key": ..., "seeds": {seed: {figure: value}}}


def key_of(scenario: Scenario) -> str:
    """What a stored run depends on, the seed aside: the digits of the rules, the numbers of the place, and how figures
    are read off."""
    digest = hashlib.blake2b(digits().encode(), digest_size=12)
    digest.update(repr(scenario.burn_in_key[:-1]).encode() + scenario.plan_rows().tobytes())
    digest.update(Path(as_published.__code__.co_filename).read_bytes())
    return digest.hexdigest()


def stored() -> Runs:
    """All runs on file; none if there is no file."""
    found: Runs = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    return found


def keep(runs: Runs) -> None:
    """Write all runs to the file, places and seeds in order."""
    with whole_file(STORED) as file:
        file.write(json.dumps(dict(sorted(runs.items())), indent=1, allow_nan=False) + "\n")


def fill(runs: Runs, names: Sequence[str], seeds: int) -> None:
    """Run what is missing or stale, and keep each run as soon as it is there."""
    for name in names:
        place = find_place(name)
        key = key_of(scenario_of(place, MONTHS))
        if runs.get(name, {}).get("key") != key:
            runs[name] = {"key": key, "seeds": {}}
        for seed in range(1, seeds + 1):
            if str(seed) in runs[name]["seeds"]:
                continue
            found = as_published(scenario_of(place, MONTHS, seed=seed))
            runs[name]["seeds"][str(seed)] = {n: round(v, 5) for n, v in found.items() if v == v}
            keep(runs)
            click.echo(f"{place.title}, run {seed} of {seeds}", err=True)


def page(runs: Mapping[str, Any]) -> str:
    """The whole page."""
    places = [find_place(name) for name in shipped("place") if name in runs]
    least = min((len(runs[place.name]["seeds"]) for place in places), default=0)
    told = {place.name: lines(place, runs[place.name]["seeds"]) for place in places}
    return "\n".join([INTRO.format(seeds=least), *_summary(places, told), *(_section(p, told[p.name]) for p in places)])


def lines(place: Place, seeds: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """One line for each figure: what is published, what the runs have, how it is marked, and what to say of it."""
    says, found = declared(place), []
    for name in dict.fromkeys([*ALWAYS, *place.published]):
        values = [run[name] for run in seeds.values() if name in run]
        public = place.published.get(name)
        mark = "given" if public is None and name in says else MARKS[public.use] if public else "nothing published"
        mean = fmean(values) if values else None
        found.append({
            "name": name, "unit": UNITS[name], "published": public, "declared": says.get(name), "mean": mean,
            "ends": (min(values), max(values)) if values else None, "mark": mark,
            "miss": _miss(public, name, mean, says),
        })  # fmt: skip
    return found


def _miss(public: Published | None, name: str, mean: float | None, says: Mapping[str, float]) -> str:
    """How far the runs are from what they should have; "" if they have it, or if there is nothing to have."""
    if mean is None:
        return "no run has anybody to tell it of" if public is not None else ""
    unit = UNITS[name]
    if public is not None:
        low, high = public.low, public.high
        if public.use == GIVEN or low == high:
            slack = max(WITHIN * public.value, PERSONS if unit in (PEOPLE, PLACES) else 0.0)
            low, high = min(low, public.value - slack), max(high, public.value + slack)
        there, what = public.value, "published"
    elif name in says:
        there, what = says[name], "declared"
        slack = max(WITHIN * there, PERSONS)
        low, high = there - slack, there + slack
    else:
        return ""
    if low <= mean <= high:
        return ""
    side = "below" if mean < low else "above"
    by = f", {abs(mean / there - 1):.0%} {side} the {what} {_shown(there, unit)}" if there else ""
    return f"{_shown(mean, unit)}{by}"


def _summary(places: Sequence[Place], told: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    """How many predictions are met, and which figures are missed."""
    rows, missed = [], []
    for place in places:
        tested = [one for one in told[place.name] if one["mark"] == "predicted"]
        met = sum(not one["miss"] for one in tested)
        off = sum(bool(one["miss"]) for one in told[place.name] if one["mark"] == "given")
        found = (str(len(tested)), str(met)) if tested else ("none", "")
        rows.append((f"[{place.title}](#{place.name})", *found, "all" if not off else f"all but {off}"))
        for one in told[place.name]:
            if one["miss"]:
                missed.append(f"- {place.title}, {MEANINGS[one['name']]} ({one['mark']}): {one['miss']}.")
    table = _table(("place", "predictions", "met", "given figures that the runs have"), rows)
    return [table, "", "## What is missed", "", *(missed or ["Nothing."]), ""]


def _section(place: Place, told: Sequence[Mapping[str, Any]]) -> str:
    """One place: whom it is about, its figures, and how the published ones were come by."""
    own = domain_of(place).own
    rows = []
    for one in told:
        public, unit, said = one["published"], one["unit"], ""
        if public is not None:
            said = _with_ends(public.value, (public.low, public.high), unit)
        elif one["declared"] is not None:
            said = f"{_shown(one['declared'], unit)} (the file's own)"
        runs = "" if one["mean"] is None else _with_ends(one["mean"], one["ends"], unit)
        verdict = f"misses: {one['miss']}" if one["miss"] else "met" if one["mark"] == "predicted" else ""
        source = "" if public is None else public.source
        rows.append((own(MEANINGS[one["name"]]), unit, said, runs, one["mark"], verdict, source))
    table = _table(("figure", "unit", "published", "simulated", "mark", "", "source"), rows)
    tested = any(one["mark"] == "predicted" for one in told)
    nothing = [] if tested else ["Nothing was kept back here: no figure is predicted.", ""]
    odd = [f"- Check: {warned.text}" for warned in place.warnings]
    notes = [f"- {own(one.meaning)}: {one.note}" for one in place.published.values() if one.note]
    head = [f'<a id="{place.name}"></a>', "", f"## {place.title}", "", place.meaning, "", *nothing]
    return "\n".join([*head, table, "", *notes, *odd, ""])


def _with_ends(value: float, ends: tuple[float, float], unit: str) -> str:
    low, high = (_shown(end, unit) for end in ends)
    return _shown(value, unit) + (f" ({low} to {high})" if low != high else "")


def _shown(value: float, unit: str) -> str:
    if unit == SHARE:
        return f"{100 * value:.0f}%"
    if unit in (PEOPLE, PLACES):
        return f"{value:,.0f}"
    return f"{value:.1f}" if unit == IN_MONTHS or value >= 10 else f"{value:.2f}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (columns, ["---"] * len(columns), *rows))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, write or check; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.places")
    parser.add_argument("places", nargs="*", metavar="PLACE", help="only these; all that ship unless given")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(arguments)
    runs = stored()
    if not (asked.page or asked.check):
        fill(runs, asked.places or shipped("place"), asked.seeds)
    text = page(runs)
    if asked.check:
        fresh = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        click.echo(f"docs/places.md is {'up to date' if fresh else 'not up to date: python -m tools.places --page'}")
        return 0 if fresh else 1
    with whole_file(PAGE) as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
