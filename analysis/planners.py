"""What a planner must report of a year, and how far each number moves against no foundation.

Read from the measures of one scenario's runs, each number in every run, then its mean and 95% interval over runs
(analysis/contrasts.py: with parameter sets the interval holds both kinds of uncertainty).  docs/planners.md defines
each number and says which published one it stands beside.  Nothing here has a verdict: nobody has committed a margin.

A year is twelve months whose last is named.  Returns are told of homes that were taken in the year that ended
FOLLOWED months earlier, so that every window is over and all three are about the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.comparison import Comparison
from analysis.contrasts import Contrast, Pairs, contrast
from evidence.strata import THIRDS
from model.measures import BY_GROUP, STRATA
from model.steps.s09_experience import RETURNS
from runs.running import Run
from runs.summary import Summary
from scenarios.language import N_
from scenarios.places import Place
from scenarios.scenario import NOBODY, Scenario

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Get = Callable[[str], Numbers]  # a measure's months 0 ... of every run: (runs, months)

YEAR = 12  # months
FOLLOWED = max(RETURNS)  # months
BEFORE, REPORTED = "before", "reported"  # the two years
PARTS = ("hidden", "unserved", "crisis", "looking")  # that people without a home are in
ENTRIES = ("entries_new", "entries_returned")
EXITS = ("exits_support", "exits_own_home", "exits_found_home", "exits_died", "exits_left")
STAYS = ("stay_mean", "stay_median")
PEOPLE, SHARE, MONTHS = "people", "share", "months"  # units
NO_YEAR_TOLD = N_("no year of the run ended {months} months earlier")
NO_YEAR = NO_YEAR_TOLD.format(months=FOLLOWED)
NONE_TO_COUNT = N_("a run has nobody to tell it of")


@dataclass(frozen=True, slots=True)
class Year:
    """Months of a run, from `first` to `last`, both included."""

    first: int
    last: int

    @property
    def months(self) -> slice:
        """Of an array over months 0 ..."""
        return slice(self.first, self.last + 1)

    @property
    def homes(self) -> Year | None:
        """The year whose homes have been followed to the end of this one; None if the run has none."""
        return year_to(self.last - FOLLOWED)


def year_to(last: int) -> Year | None:
    """The year that ends with this month; None if it began before month 1."""
    return Year(last - YEAR + 1, last) if last >= YEAR else None


def years(scenarios: Sequence[Scenario], last: int | None = None) -> dict[str, Year]:
    """What is reported of scenarios of one length: BEFORE, the year before the first programme begins (the run's first
    where there is none), and REPORTED, the year that ends with month `last` (the run's last).  Those that exist."""
    begins = min((one.programme[0] for one in scenarios if one.programme), default=YEAR + 1)
    ends = min(one.months for one in scenarios)
    found = {BEFORE: year_to(begins - 1), REPORTED: year_to(ends if last is None else last)}
    return {name: year for name, year in found.items() if year is not None and year.last <= ends}


@dataclass(frozen=True, slots=True)
class Item:
    """One number of the report.  `measures`: what it is read from, with the run's `Get`, as (runs,); nan where a run
    has nobody to tell it of.  `of_homes`: it is about the homes taken earlier (Year.homes)."""

    name: str
    section: str
    unit: str
    measures: tuple[str, ...]
    read: Callable[[Get, Year], Numbers]
    stratum: str = "all"
    of_homes: bool = False


def on_a_night(measure: str) -> Callable[[Get, Year], Numbers]:
    """Mean of the twelve month ends."""
    return lambda of, year: of(measure)[:, year.months].mean(axis=1)


def in_the_year(measure: str) -> Callable[[Get, Year], Numbers]:
    """Sum of the twelve months."""
    return lambda of, year: of(measure)[:, year.months].sum(axis=1)


def at_its_end(measure: str) -> Callable[[Get, Year], Numbers]:
    """In the last month: a count that looks back over the year by itself."""
    return lambda of, year: of(measure)[:, year.last]


def share_of_homes(measure: str) -> Callable[[Get, Year], Numbers]:
    """Of the homes taken in the year."""
    returned, taken = in_the_year(measure), in_the_year("homes_taken")
    return lambda of, year: _over(returned(of, year), taken(of, year))


def over_stays(measure: str) -> Callable[[Get, Year], Numbers]:
    """A month's value over its stays, each stay of the year counting once."""

    def read(of: Get, year: Year) -> Numbers:
        ended = of("stays_ended")[:, year.months]
        return _over((of(measure)[:, year.months] * ended).sum(axis=1), ended.sum(axis=1))

    return read


def _over(top: Numbers, bottom: Numbers) -> Numbers:
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom > 0)


def _item(section: str, name: str, how: Callable[[str], Callable[[Get, Year], Numbers]], stratum: str = "all") -> Item:
    return Item(name, section, PEOPLE, (name,), how(name), stratum)


ITEMS = (
    *(_item("night", name, on_a_night) for name in ("without_home", *PARTS, "unmet_need", "secure_people")),
    _item("year", "year_count", at_its_end),
    *(_item("entries", name, in_the_year) for name in ENTRIES),
    *(_item("exits", name, in_the_year) for name in EXITS),
    Item("homes_taken", "returns", PEOPLE, ("homes_taken",), in_the_year("homes_taken"), of_homes=True),
    *(Item(name, "returns", SHARE, (name, "homes_taken"), share_of_homes(name), of_homes=True)
      for name in (f"returned_{within}" for within in RETURNS)),
    _item("stays", "stays_ended", in_the_year),
    *(Item(name, "stays", MONTHS, (name, "stays_ended"), over_stays(name)) for name in STAYS),
    _item("stays", "turned_away", in_the_year),
)  # fmt: skip


def items(place: Place) -> tuple[Item, ...]:
    """Everything that is reported of a place: of everybody, by need, and by the groups that the place tells apart (a
    group's stratum is its title)."""
    strata = {third: f"need {third}" for third in THIRDS}
    strata |= {f"group_{number}": group.title for number, group in enumerate(place.groups, 1)}
    names = [(f"{measure}_{end}", stratum) for end, stratum in strata.items() for measure in BY_GROUP]
    return (*ITEMS, *(_item("strata", name, on_a_night, stratum) for name, stratum in names))


NEEDED = tuple(dict.fromkeys(
    [name for item in ITEMS for name in item.measures] + [name for name, (of, _) in STRATA.items() if of in BY_GROUP]
))  # fmt: skip


# --- the runs of one scenario -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Runs:
    """What the runs of one scenario measured: `values` (runs, months 0 ...) by field of model.measures.MEASURES;
    `seeds` and `sets` (runs,) say which run each is, `sets` None where no parameter sets were drawn."""

    scenario: str
    values: Mapping[str, Numbers]
    seeds: Labels
    sets: Labels | None = None


def of_run(run: Run) -> Runs:
    """One run that is done."""
    measured = run.measured
    assert measured is not None
    values = {name: np.asarray(measured[name], np.float64)[None, :] for name in NEEDED}
    return Runs(run.scenario.label, values, np.array([run.scenario.seed], np.int64))


def of_table(months: pl.DataFrame, scenario: Scenario) -> Runs:
    """All runs of a scenario that are done, from tidy results (where a group's stratum is its title)."""
    titles = {f"group {number}": group.title for number, group in enumerate(scenario.groups, 1)}
    strata = {name: STRATA.get(name, (name, "all")) for name in NEEDED}
    names = {(measure, titles.get(stratum, stratum)): name for name, (measure, stratum) in strata.items()}
    wanted = {measure for measure, _ in names}
    rows = months.filter(pl.col("scenario") == scenario.label, pl.col("measure").is_in(wanted))
    values, keys = {}, None
    for (measure, stratum), own in rows.partition_by("measure", "stratum", as_dict=True).items():
        if (measure, stratum) not in names:
            continue
        own = own.sort("set", "seed", "month", nulls_last=True)
        values[names[measure, stratum]] = own["value"].to_numpy().reshape(-1, own["month"].n_unique())
        keys = own.filter(month=0) if keys is None else keys
    if keys is None:
        nothing = np.zeros((0, scenario.months + 1))
        return Runs(scenario.label, dict.fromkeys(NEEDED, nothing), np.zeros(0, np.int64))
    sets = None if keys["set"].null_count() else keys["set"].to_numpy().astype(np.int64)
    return Runs(scenario.label, values, keys["seed"].to_numpy().astype(np.int64), sets)


def of_summary(summary: Summary, scenario: str) -> Runs:
    """All runs of a scenario that have come so far and are done; the summary has the measures NEEDED."""
    at = summary.batches[0].scenarios.index(scenario)
    done = [batch for batch in summary.batches if batch.status[at] == "done"]
    sets = np.array([batch.set_number or 0 for batch in done], np.int64)
    values = {name: summary.of(scenario, name) for name in NEEDED}
    seeds = np.array([batch.seeds[at] for batch in done], np.int64)
    return Runs(scenario, values, seeds, sets if sets.any() else None)


# --- the report -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reported:
    """One number of one scenario: `own` its mean over runs with the 95% interval (`value`, `low` and `high` of a
    contrast with nothing), `against` the twins' difference from another scenario, None where there is none.

    year: the months it was read in.  reason: why there is no number; the contrasts are None then.
    """

    item: Item
    scenario: str
    year: Year | None
    own: Contrast | None
    against: Contrast | None = None
    reason: str | None = None


def report(runs: Runs, year: Year, chosen: Sequence[Item], other: Runs | None = None) -> list[Reported]:
    """Every item of one year, beside `other` if there is one; values in the model's units, at the simulated size."""
    return [_reported(runs, year.homes if item.of_homes else year, item, other) for item in chosen]


def _reported(runs: Runs, year: Year | None, item: Item, other: Runs | None) -> Reported:
    if year is None:
        return Reported(item, runs.scenario, None, None, reason=NO_YEAR)
    value = item.read(runs.values.__getitem__, year)
    own = contrast(item.name, year.last, runs.scenario, "", Pairs(value, np.zeros_like(value), runs.seeds, runs.sets))
    if own.value is None:
        return Reported(item, runs.scenario, year, None, reason=NONE_TO_COUNT)
    own = _possible(own, item)
    if other is None:
        return Reported(item, runs.scenario, year, own)
    mine, theirs = _twins(runs, other)
    there = item.read(other.values.__getitem__, year)
    sets = None if runs.sets is None else runs.sets[mine]
    pairs = Pairs(value[mine], there[theirs], runs.seeds[mine], sets)
    gap = contrast(item.name, year.last, runs.scenario, other.scenario, pairs)
    return Reported(item, runs.scenario, year, own, None if gap.value is None else gap,
                    NONE_TO_COUNT if gap.value is None else None)  # fmt: skip


def _possible(own: Contrast, item: Item) -> Contrast:
    """The same with its interval cut off where no such number can be: below nothing, or above everybody."""
    if own.low is None or own.high is None:
        return own
    return replace(own, low=max(own.low, 0.0), high=min(own.high, 1.0) if item.unit == SHARE else own.high)


def _twins(runs: Runs, other: Runs) -> tuple[Labels, Labels]:
    """Where the runs that both have stand in each."""
    at = {key: i for i, key in enumerate(_keys(other))}
    both = [(i, at[key]) for i, key in enumerate(_keys(runs)) if key in at]
    return np.array([i for i, _ in both], np.int64), np.array([j for _, j in both], np.int64)


def _keys(runs: Runs) -> list[tuple[int, int]]:
    sets = np.zeros_like(runs.seeds) if runs.sets is None else runs.sets
    return list(zip(sets.tolist(), runs.seeds.tolist(), strict=True))


def years_of(compared: Comparison, last: int | None = None) -> dict[str, Year]:
    """The years of a comparison: its controls have their arms' programmes and the same months."""
    return years(compared.scenarios, last)


def of_comparison(compared: Comparison, last: int | None = None) -> dict[str, list[Reported]]:
    """BEFORE: no foundation alone, as nobody has acted yet.  REPORTED: no foundation, then each strategy beside it.

    Of a screen's summary as well, if it has the measures NEEDED.  last: the month with which REPORTED ends.
    """
    chosen, found = items(compared.place), dict[str, list[Reported]]()
    runs = {one.label: _runs(compared, one) for one in compared.scenarios if not one.control_of}
    nobody = runs[NOBODY]
    for name, year in years_of(compared, last).items():
        found[name] = report(nobody, year, chosen)
        if name == REPORTED:
            found[name] += [line for label in compared.names for line in report(runs[label], year, chosen, nobody)]
    return found


def _runs(compared: Comparison, scenario: Scenario) -> Runs:
    summary = compared.summary
    return of_summary(summary, scenario.label) if summary.batches else of_table(compared.months, scenario)


FRAME = {
    "year": pl.String, "first": pl.Int32, "last": pl.Int32, "section": pl.String, "name": pl.String,
    "stratum": pl.String, "unit": pl.String, "scenario": pl.String, "value": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "against": pl.String, "other": pl.Float64, "difference": pl.Float64,
    "difference_low": pl.Float64, "difference_high": pl.Float64, "runs": pl.Int64, "reason": pl.String,
}  # fmt: skip


def frame(lines: Mapping[str, Sequence[Reported]]) -> pl.DataFrame:
    """All numbers in the model's units, a row each; first and last: the months in which they were read."""
    rows = []
    for year, reported in lines.items():
        for line in reported:
            item, own, gap = line.item, line.own, line.against
            row: dict[str, Any] = {"year": year, "section": item.section, "name": item.name, "stratum": item.stratum,
                   "unit": item.unit, "scenario": line.scenario, "reason": line.reason}  # fmt: skip
            row |= {} if line.year is None else {"first": line.year.first, "last": line.year.last}
            row |= {} if own is None else {"value": own.value, "low": own.low, "high": own.high, "runs": own.n}
            if gap is not None:
                row |= {"against": gap.against, "other": gap.other, "difference": gap.difference,
                        "difference_low": gap.low, "difference_high": gap.high}  # fmt: skip
            rows.append(row)
    return pl.DataFrame(rows, schema=FRAME, orient="row")
