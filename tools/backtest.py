"""The tables and the figure of docs/backtest.md: Dublin from January 2015 to the end of 2024, simulated and published.

    python -m tools.backtest              # write the page and the figure from what is stored
    python -m tools.backtest --run        # run what is missing or of other rules first; some minutes of one core
    python -m tools.backtest --run sets   # only this case
    python -m tools.backtest --check      # say whether page, figure and cases are up to date; exit code 1 if not

What was published and what is allowed stands in evidence/back_test.toml, the place in examples/dublin_2014.toml.  Every
case is that place without a foundation at its real size.  A finished case is stored (docs/backtest.csv).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.figures import GREY, picture, styled
from engine.whole_file import whole_file
from evidence.patterns import RANGE, Part, Pattern, load_patterns
from model.state import BURN_IN
from runs.as_published import on_a_night
from runs.running import burnt_in, month_by_month
from runs.where_it_starts import EVIDENCE
from scenarios.places import Place, find_place
from scenarios.plan import by_month
from scenarios.plausible import plausible, shipped_sample
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
from tools.places import key_of
from tools.slots import StoredPage, markdown_table

ROOT = Path(__file__).resolve().parent.parent
PAGE, STORED = ROOT / "docs" / "backtest.md", ROOT / "docs" / "backtest.csv"
PICTURE = ROOT / "docs" / "images" / "backtest.png"
PUBLISHED, PLACE = ROOT / "evidence" / "back_test.toml", ROOT / "examples" / "dublin_2014.toml"
COMMAND = "python -m tools.backtest"
BEGINS, MONTHS = 2015, 119  # month 0 is January of that year, month 119 December 2024
LAST_KNOWN = 18  # the middle of 2016, up to which inflow and homes are known
YEAR = 12
PREDICTED, CARRIED = ("Singles", "Over_six", "Rough"), {"New": "inflow", "Tenancies": "secure_supply"}
SERIES = (*PREDICTED, *CARRIED)
HEADS = {"Singles": "adults without children in emergency accommodation", "Over_six": "there for over six months",
         "Rough": "sleeping rough"}  # fmt: skip
CURVE, EVERY = "curve", 3  # months between two points of a curve
LEVELS = (0.05, 0.5, 0.95)
WIDE = 1.0  # a band as wide as the published value itself says little
DEFAULTS, SETS = "defaults", "sets"
# From a bed to friends, and from there or the street to an answer of one's own.
WAYS_OUT = ("drift_out", "resolve_new", "resolve_short", "resolve_episodic", "resolve_long")


@dataclass(frozen=True, slots=True)
class Case:
    """Runs of one world.  ends: figures of the place that are at an end of their range; hindsight: inflow and homes go
    on as was published later; sets: each run has a plausible parameter set of its own; slower: by what fitted rates
    are multiplied from month 0 on."""

    meaning: str
    runs: int = 8
    ends: Mapping[str, str] = field(default_factory=dict)
    hindsight: bool = False
    sets: bool = False
    slower: Mapping[str, float] = field(default_factory=dict)

    def scenarios(self) -> list[Scenario]:
        """One for each run."""
        place = known_later(find_place(PLACE)) if self.hindsight else find_place(PLACE)
        values = {name: getattr(place.figures[name], end) for name, end in self.ends.items()}
        settings = Settings(parameters=values)
        base = Scenario(find_strategy(NOBODY), place, find_worldview(EVIDENCE), None, MONTHS, 1, settings)
        if not self.sets:
            return [base.with_seed(seed) for seed in range(1, self.runs + 1)]
        drawn = plausible(place, self.runs, 1, shipped_sample(place))
        return [base.with_set(k, one).with_seed(k) for k, one in enumerate(drawn, start=1)]

    def key(self) -> str:
        """What the stored runs depend on: a case of other rules or figures has another."""
        first = self.scenarios()[0]
        drawn = [sorted(one.items()) for one in plausible(first.place, self.runs, 1, shipped_sample(first.place))]
        text = f"{key_of(first)} {self.runs} {drawn if self.sets else ''} {sorted(self.slower.items())}"
        return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


CASES = {
    DEFAULTS: Case("as predicted", 32),
    SETS: Case("as predicted, over plausible sets", 60, sets=True),
    "more-arrive": Case("more people arrive: inflow at the high end of its range", ends={"inflow": "high"}),
    "fewer-homes": Case("fewer homes: secure_supply at the low end of its range", ends={"secure_supply": "low"}),
    "both": Case("both", ends={"inflow": "high", "secure_supply": "low"}),
    "hindsight": Case("inflow and homes after 2016 as published later", hindsight=True),
    # Two guesses that came after the first six had been seen.
    "ways-out": Case("ways out by oneself half as frequent from month 0 on", slower=dict.fromkeys(WAYS_OUT, 0.5)),
    "ways-out-hindsight": Case("that, and inflow and homes as published later", hindsight=True,
                               slower=dict.fromkeys(WAYS_OUT, 0.5)),
}  # fmt: skip


@cache
def published() -> dict[str, Pattern]:
    """The series, by name."""
    return load_patterns(PUBLISHED, context=True)


def months_of(date: str) -> range:
    """Months of the run that a part's name stands for: m2016_01 is month 12, y2016 months 12 to 23."""
    year, _, month = date[1:].partition("_")
    first = (int(year) - BEGINS) * YEAR
    return range(first + int(month) - 1, first + int(month)) if month else range(first, first + YEAR)


def known_later(place: Place) -> Place:
    """The place with the paths of inflow and homes as they were published after 2019: straight lines between what is
    known, from the middle of 2016 on, and the last one holds."""
    figures = dict(place.figures)
    for series, name in CARRIED.items():
        figure, parts = figures[name], published()[series].parts
        at = [LAST_KNOWN, *(float(np.mean(months_of(date))) for date in parts)]
        there = [figure.by_year[-1], *(part.value for part in parts.values())]
        last = len(figure.by_year)
        rest = [float(np.interp(YEAR * year, at, there)) for year in range(last + 1, MONTHS // YEAR + 2)]
        figures[name] = replace(figure, by_year=(*figure.by_year, *rest))
    return replace(place, figures=figures)


def lived(scenario: Scenario, slower: Mapping[str, float] | None = None) -> dict[str, np.ndarray]:
    """Every series of one run, a value for each month from 0 on; of the real place.  slower: as in a case."""
    past = burnt_in(scenario)
    past = past._replace(parameters=past.parameters.copy())
    for name, by in (slower or {}).items():
        past.parameters[name] *= by
    nights: list[dict[str, float]] = []
    for _, world in month_by_month(past, scenario):
        nights.append(on_a_night(world))
    of, scale = world.measured[BURN_IN - 1 :], float(world.system[0].scale)
    night = {
        name: np.array([one[name] for one in nights]) for name in ("people_in_beds", "sleeping_rough", "under_six")
    }
    return {
        "Singles": night["people_in_beds"], "Over_six": 1.0 - night["under_six"], "Rough": night["sleeping_rough"],
        "New": of["admissions_new"] / scale, "Tenancies": (of["moved_on"] + of["moved_in"]) / scale,
    }  # fmt: skip


def summed(runs: list[dict[str, np.ndarray]]) -> list[dict[str, Any]]:
    """A row for every part, and for every point of a curve: the middle of the runs and where nine in ten lie."""
    months = len(runs[0]["Singles"])
    wanted = [(series, date, months_of(date)) for series in SERIES for date in published()[series].parts]
    wanted += [(s, f"{CURVE}_{m}", range(m, m + 1)) for s in PREDICTED for m in range(0, months, EVERY)]
    rows = []
    for series, what, span in wanted:
        if span.stop <= months:
            values = [float(np.mean(run[series][span.start : span.stop])) for run in runs]
            low, middle, high = np.nanquantile(values, LEVELS).tolist()
            rows.append({"series": series, "what": what, "low": low, "middle": middle, "high": high})
    return rows


def stored() -> pl.DataFrame:
    """What has been run."""
    return pl.read_csv(STORED) if STORED.exists() else pl.DataFrame(schema={"case": pl.String, "key": pl.String})


def stale() -> list[str]:
    """Cases that are missing or of other rules."""
    there = set(stored().select("case", "key").iter_rows())
    return [name for name, case in CASES.items() if (name, case.key()) not in there]


def run(name: str) -> None:
    """Run a case and store it in place of the earlier one."""
    case = CASES[name]
    with ThreadPoolExecutor() as pool:  # kernels hold no lock
        found = pl.DataFrame(summed(list(pool.map(lambda one: lived(one, case.slower), case.scenarios()))))
    found = found.select(pl.lit(name).alias("case"), pl.lit(case.key()).alias("key"), pl.all())
    others = stored().filter(pl.col("case") != name)
    together = pl.concat([others, found]) if others.height else found
    with whole_file(STORED) as file:
        file.write(together.write_csv(float_precision=4))


def rows_of(case: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Stored rows of a case by series and what."""
    return {(row["series"], row["what"]): row for row in stored().filter(case=case).iter_rows(named=True)}


def verdicts(part: Part, default: Mapping[str, float], sets: Mapping[str, float]) -> tuple[bool, bool, bool]:
    """Whether the middle of the runs is allowed, whether the band of sets has the published value, and whether the band
    is so wide that this says little."""
    inside = sets["low"] <= part.value <= sets["high"]
    return part.low <= default["middle"] <= part.high, inside, sets["high"] - sets["low"] >= WIDE * part.value


def told(name: str) -> str:
    """A table of the page by its name."""
    missing = [case for case in CASES if not rows_of(case)]
    if missing:
        return f"Not run: {', '.join(missing)}."
    if name == "counted":
        return counted()
    if name == "reasons":
        return reasons()
    if name == "books":
        return books()
    series = {one.lower().replace("_", "-"): one for one in SERIES}[name]
    return table_of(series)


def counted() -> str:
    """How many predicted numbers are met, by series."""
    default, sets = rows_of(DEFAULTS), rows_of(SETS)
    rows, total = [], np.zeros(4, int)
    for series in PREDICTED:
        parts = predicted(series)
        found = [verdicts(part, default[series, date], sets[series, date]) for date, part in parts.items()]
        counts = np.array([len(found), *np.sum(found, axis=0)])
        total += counts
        rows.append((published()[series].title, *map(str, counts)))
    head = ("", "predicted", "met by the middle of the runs", "published value in the band of sets",
            "band as wide as the value")  # fmt: skip
    return markdown_table(head, [*rows, ("together", *map(str, total))])


def predicted(series: str) -> dict[str, Part]:
    """The parts of a series that are predicted, by date."""
    return {date: part for date, part in published()[series].parts.items() if part.test == RANGE}


def table_of(series: str) -> str:
    """A row for every date: published, simulated, and the verdicts."""
    default, sets = rows_of(DEFAULTS), rows_of(SETS)
    rows = []
    for date, part in published()[series].parts.items():
        one, band, says = default[series, date], sets[series, date], "shown" if series in CARRIED else "given"
        if part.test == RANGE:
            met, inside, wide = verdicts(part, one, band)
            says = f"{'met' if met else 'missed'}; {'inside' if inside else 'outside'}{', wide' if wide else ''}"
        allowed = f" ({_shown(part.low, part)} to {_shown(part.high, part)})" if part.test == RANGE else ""
        rows.append((
            part.meaning, _shown(part.value, part) + allowed, *(_shown(row["middle"], part) + _ends(row, part)
            for row in (one, band)), says, f"{part.source}, {part.mark}",
        ))  # fmt: skip
    return markdown_table(("", "published (allowed)", "default values", "plausible sets", "", "source"), rows)


def reasons() -> str:
    """What each case makes of the predictions."""
    shown = (("Singles", "m2020_01"), ("Singles", "m2024_01"), ("Over_six", "m2022_07"), ("Rough", "m2024_11"))
    heads = [f"{HEADS[series]}, {published()[series].parts[date].meaning}" for series, date in shown]
    first = ["published", *(_shown(published()[s].parts[d].value, published()[s].parts[d]) for s, d in shown), ""]
    rows = [first]
    for name, case in CASES.items():
        there = rows_of(name)
        met = [part.low <= there[series, date]["middle"] <= part.high
               for series in PREDICTED for date, part in predicted(series).items()]  # fmt: skip
        cells = [_shown(there[key]["middle"], published()[key[0]].parts[key[1]]) for key in shown]
        rows.append([f"{case.meaning} ({case.runs} runs)", *cells, f"{sum(met)} of {len(met)}"])
    return markdown_table(("", *heads, "met"), rows)


def books() -> str:
    """Who came, who got a tenancy, by how many the stock grew, and so how many left otherwise than they came back."""
    place = find_place(PLACE)
    singles = {date: part.value for date, part in published()["Singles"].parts.items()}
    new, homes = ({date: part.value for date, part in published()[series].parts.items()} for series in CARRIED)
    known = slice(0, 2 * YEAR)
    paths = [float(by_month(place.paths[name], MONTHS)[known].mean()) for name in CARRIED.values()]
    start = singles["m2015_01"]
    at_start = [place.values[name] for name in CARRIED.values()]
    late = [(new["m2022_11"] + new["m2023_01"]) / 2, homes["y2022"]]
    periods = {
        "month 0 of the place: it stands still": (at_start, start, start, 1),
        "2015 and 2016": (paths, start, singles["m2017_01"], 2 * YEAR),
        "2020": ([new["y2020"], homes["y2020"]], singles["m2020_01"], singles["m2021_01"], YEAR),
        "2022": (late, singles["m2022_01"], singles["m2023_01"], YEAR),
    }
    rows = []
    for meaning, ((came, housed), first, last, months) in periods.items():
        grew = (last - first) / months
        left = came - housed - grew
        cells = [f"{one:,.0f}" for one in (came, housed, grew, left)]
        rows.append((meaning, *cells, f"{200 * left / (first + last):.1f}%"))
    head = ("people a month", "new", "to a tenancy", "more there", "left otherwise, less those who came back",
            "of those there")  # fmt: skip
    return markdown_table(head, rows)


def _shown(value: float, part: Part) -> str:
    if part.unit == "share":
        return f"{100 * value:.0f}%"
    return f"{value:,.0f}"


def _ends(row: Mapping[str, float], part: Part) -> str:
    return f" ({_shown(row['low'], part)} to {_shown(row['high'], part)})"


@styled
def figure() -> Figure:
    """The predicted series: published, the middle of the runs, and the band of sets."""
    drawn = Figure(figsize=(7.4, 8.2), layout="constrained")
    FigureCanvasAgg(drawn)
    default, sets = rows_of(DEFAULTS), rows_of(SETS)
    for axes, series in zip(drawn.subplots(len(PREDICTED), 1, sharex=True), PREDICTED, strict=True):
        by = 100.0 if series == "Over_six" else 1.0
        points = range(0, MONTHS + 1, EVERY)
        years = [BEGINS + month / YEAR for month in points]
        band, runs = ([one[series, f"{CURVE}_{month}"] for month in points] for one in (sets, default))
        axes.fill_between(years, *([by * row[end] for row in band] for end in ("low", "high")), color="#56B4E9",
                          alpha=0.35, linewidth=0, label="plausible sets, nine in ten")  # fmt: skip
        axes.plot(years, [by * row["middle"] for row in runs], color="#0072B2", label="default values, middle")
        parts = published()[series].parts
        at = [BEGINS + float(np.mean(months_of(date))) / YEAR for date in parts]
        axes.plot(at, [by * part.value for part in parts.values()], "o", color="#D55E00", markersize=4.5,
                  label="published")  # fmt: skip
        axes.set_title(HEADS[series] + (", %" if by > 1 else ""), loc="left", fontsize=10)
        axes.set_ylim(bottom=0)
        axes.axvline(BEGINS + LAST_KNOWN / YEAR, color=GREY, linewidth=0.8, linestyle=":")
    drawn.axes[0].legend(loc="upper left", frameon=False, fontsize=8.5)
    drawn.axes[-1].set_xlabel("inflow and homes are known up to the dotted line, and carried forward after it")
    return drawn


ON_PAGE = StoredPage(PAGE, tuple(CASES), stale, run, told, COMMAND)


def main(arguments: list[str]) -> int:
    """Run, write or check page and figure; the exit code."""
    code = ON_PAGE.main(arguments)
    if code == 2 or any(not rows_of(name) for name in CASES):
        return code
    drawn = picture(figure(), "png")
    if "--check" in arguments:
        if PICTURE.exists() and PICTURE.read_bytes() == drawn:
            return code
        print(f"{PICTURE.name} is not up to date: {COMMAND}")
        return 1
    with whole_file(PICTURE, "wb") as file:
        file.write(drawn)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
