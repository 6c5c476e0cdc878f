"""One comparison: strategies run on the same people, and what a sentence, a figure or a report asks of it.

`Comparison` holds tidy tables, as commands write them; `SoFar` arrays, as a screen needs them while replicates arrive.
Both give the same contrasts.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from itertools import combinations

import polars as pl

from analysis import carried_out, contrasts
from analysis.carried_out import CarriedOut
from analysis.contrasts import (
    Contrast,
    Pairs,
    between,
    for_each_more,
    headline,
    means,
    paired,
    pairs_in,
    pairs_so_far,
    per_million,
    so_far,
)
from analysis.courses import Courses, mean_at, table
from analysis.spread import Ratio
from analysis.units import Units
from engine.shown import card
from engine.typed import several
from evidence.quantities import inputs
from runs.controls import EqualCost
from runs.store import Results
from runs.summary import Summary
from scenarios.domains import Domain
from scenarios.language import say
from scenarios.places import Place, domain_of
from scenarios.plausible import Sample
from scenarios.scenario import NOBODY, Scenario, last_end, lasting_months
from scenarios.settings import Settings
from scenarios.strategy import Strategy
from scenarios.worldviews import Worldview

NEEDED = tuple(dict.fromkeys([*contrasts.NEEDED, *carried_out.MEASURES]))  # measures that every verdict is made from


@dataclass(frozen=True)
class Comparison:
    """Results, and the scenarios they came from: `scenarios` as `with_twins` or `controls.with_controls` give them, all
    in one world.  Controls are nobody's strategy: they are in `controls` and not among `strategies`.

    `command` is what somebody would type to get the same results again.  `sets` are the plausible parameter sets in
    which each scenario was run, none if the model's numbers were taken as they are; `sample` is the calibrated one that
    they were drawn from, None if from ranges alone.  `equal_cost`
    says what became of each strategy's control for the same all-payer money.
    """

    results: Results
    scenarios: Sequence[Scenario]
    command: str = ""
    sets: Sequence[Mapping[str, float]] = ()
    sample: Sample | None = None
    equal_cost: Sequence[EqualCost] = field(default=(), kw_only=True)
    own_words: tuple[str, str] = field(default=("", ""), kw_only=True)  # title and notes of whoever asked
    summary: Summary = field(default_factory=Summary, kw_only=True)  # empty unless made from arrays: see SoFar

    def __repr__(self) -> str:
        one = self.first
        return f"<Comparison of {', '.join(self.names) or NOBODY} in {one.place.name}: {self._how_many}>"

    @property
    def _how_many(self) -> str:
        sets = f"{several(len(self.sets), 'parameter set')}, " if self.sets else ""
        return f"{sets}{several(self.replicates, 'pair')} of runs, {several(self.first.months, 'month')}"

    def _repr_html_(self) -> str:
        """Every strategy against no foundation, in the units that reports have."""
        rows = []
        for row in self.headline.rows(named=True):
            by = self.units.factor(row["measure"])
            numbers = [None if row[name] is None else row[name] * by for name in ("difference", "low", "high")]
            rows.append((self.titles[row["scenario"]], row["month"], self.domain.own(row["measure"]), *numbers,
                         self.units.unit(row["measure"], True), row["verdict"] or row["reason"]))  # fmt: skip
        heads = ("strategy", "month", "measure", "difference", "low", "high", "unit", "verdict")
        about = [("place", self.place.title), ("runs", self._how_many), ("against", "no foundation, same people")]
        return card(f"Comparison: {', '.join(self.titles[name] for name in self.names)}", about, heads, rows)

    @property
    def months(self) -> pl.DataFrame:
        """The tidy frame."""
        return self.results.months

    @property
    def first(self) -> Scenario:
        """One that stands for all in what they share: place, worldview, people, months, first seed."""
        return next((one for one in self.scenarios if one.label in self.names), self.scenarios[0])

    @property
    def place(self) -> Place:
        """Where."""
        return self.first.place

    @property
    def worldview(self) -> Worldview:
        """What is believed about how the system works."""
        return self.first.worldview

    @property
    def settings(self) -> Settings:
        """What --set changed."""
        return self.first.settings

    @cached_property
    def domain(self) -> Domain:
        """The words to use."""
        return domain_of(self.place)

    @property
    def strategies(self) -> dict[str, Strategy]:
        """The strategies by the name of their scenario, without the status quo and the controls beside them."""
        return {one.label: one.strategy for one in self.scenarios if one.label != NOBODY and not one.control_of}

    @cached_property
    def controls(self) -> dict[str, Scenario]:
        """What the same money would do if it bought homes and nothing else (runs/controls.py), by label."""
        return {one.label: one for one in self.scenarios if one.control_of}

    def scenario(self, name: str) -> Scenario:
        """The scenario of that label."""
        return next(one for one in self.scenarios if one.label == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Scenarios to be told apart."""
        return tuple(self.strategies)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Each scenario's name on screen; two strategies of one title are told apart by their own names."""
        titles = {one.label: one.strategy.title for one in self.scenarios if one.label != NOBODY}
        every = [title.casefold() for title in titles.values()]
        return {NOBODY: say("No foundation")} | {
            name: title if every.count(title.casefold()) == 1 else f"{title} ({name})" for name, title in titles.items()
        }

    @cached_property
    def units(self) -> Units:
        """In which every number is shown."""
        return Units.of(self.first)

    @property
    def discount_rate(self) -> float:
        """A year, by which sums of money are discounted; 0: they are not."""
        return float(self.first.parameters()[0]["discount_rate"]) if "discount_rate" in inputs() else 0.0

    @property
    def programme(self) -> tuple[int, int] | None:
        """First and last month in which a foundation is at work; None if none ever is."""
        firsts = [one.programme[0] for one in self.scenarios if one.programme]
        end = last_end(self.scenarios)
        return None if end is None else (min(firsts), end)

    @property
    def when(self) -> list[int]:
        """Months in which what lasts is read."""
        return lasting_months(self.scenarios)

    def after(self, month: int) -> str:
        """That month as everybody counts it: from the programme's end."""
        if self.programme is None:
            return say("in month {month} of the run", month=month)
        past = month - self.programme[1]
        return say("{months} months after the programme's end", months=past) if past else say("at the programme's end")

    @cached_property
    def carried_out(self) -> dict[str, CarriedOut]:
        """What became of each strategy's programme."""
        return {one.label: self._carried_out(one) for one in self.scenarios if one.label in self.names}

    def _carried_out(self, scenario: Scenario) -> CarriedOut:
        return carried_out.from_table(scenario, self.months)

    @cached_property
    def not_carried_out(self) -> dict[str, str]:
        """Why, of those that were not: no verdict is given of them."""
        return {name: one.reason for name, one in self.carried_out.items() if one.reason is not None}

    @cached_property
    def headline(self) -> pl.DataFrame:
        """Every strategy against the status quo."""
        return self._without_verdicts(headline(self.months, self.names, self.when))

    @cached_property
    def held_beside(self) -> pl.DataFrame:
        """Every control against the status quo."""
        return headline(self.months, tuple(self.controls), self.when)

    @cached_property
    def between(self) -> pl.DataFrame:
        """Strategy against strategy."""
        return self._without_verdicts(between(self.months, self.names, self.when))

    def contrast(self, scenario: str, against: str, measure: str, month: int, stratum: str = "all") -> Contrast:
        """One difference; without a verdict where one of the two was not carried out."""
        return self.judged(paired(self.months, scenario, against, measure, month, stratum))

    def judged(self, one: Contrast) -> Contrast:
        """The same without its verdict where one of the two was not carried out."""
        reason = self._why_no_verdict(one.scenario, one.against)
        return one if reason is None else replace(one, verdict=None, reason=reason)

    def _why_no_verdict(self, *names: str) -> str | None:
        failed = [name for name in names if name in self.not_carried_out]
        if not failed:
            return None
        said = [say("{who} could not be carried out: {why}", who=self.titles[name], why=self.not_carried_out[name])
                for name in failed]  # fmt: skip
        return "; ".join(said)

    def _without_verdicts(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`judged` of every row."""
        reasons = [self._why_no_verdict(*names) for names in frame.select("scenario", "against").rows()]
        reason = pl.Series("why", reasons, dtype=pl.String)
        return frame.with_columns(
            verdict=pl.when(reason.is_null()).then(pl.col("verdict")),
            reason=pl.when(reason.is_null()).then(pl.col("reason")).otherwise(reason),
        )

    def for_each_more(self, name: str) -> Ratio | None:
        """EUR that all payers have spent more by the last moment, for each person more who then has a secure outcome;
        None where it is not clear that there are more, or where the strategy was not carried out."""
        if name in self.not_carried_out:
            return None
        spent, people = (self._pairs(name, measure) for measure in ("spend_to_date", "secure_people"))
        return for_each_more(spent, people)

    def _pairs(self, name: str, measure: str) -> Pairs:
        """Twins at the last moment, against no foundation."""
        return pairs_in(self.months, name, NOBODY, measure, self.when[-1])

    @cached_property
    def per_million(self) -> pl.DataFrame:
        """People and places more per million that all payers paid more."""
        return per_million(self.months, self.names, self.when)

    @cached_property
    def spent(self) -> dict[str, float]:
        """What each programme spent over the run, EUR, mean of the replicates."""
        return self.at_the_end("programme_to_date")

    def at_the_end(self, measure: str) -> dict[str, float]:
        """A measure in the run's last month by scenario, mean of the replicates."""
        return means(self.months, measure, self.first.months)

    def mean(self, scenario: str, measure: str, month: int) -> float:
        """A measure in a month, mean of the replicates."""
        return means(self.months, measure, month)[scenario]

    @property
    def replicates(self) -> int:
        """Pairs of twins at most: seeds that were run, in each set."""
        return int(self.results.runs.select("seed", "set").n_unique())

    @property
    def uncertain(self) -> bool:
        """Several parameter sets were run, so that intervals hold both kinds of uncertainty."""
        return bool(self.sets)

    @property
    def not_done(self) -> int:
        """Runs that failed or were stopped."""
        return int((self.results.runs["status"] != "done").sum())

    @property
    def scaled(self) -> bool:
        """The system is a smaller or larger copy of the real place."""
        return self.first.people is not None and self.first.people != self.first.real_size

    @property
    def versions(self) -> dict[str, str]:
        """What computed it."""
        return dict(json.loads(self.results.runs["versions"][0]))


@dataclass(frozen=True, eq=False, repr=False)
class SoFar(Comparison):
    """A comparison of the replicates in `summary`, without tables: asking for `results` or `months` is an error.

    With parameter sets (`sets`) as well as without.  The summary needs the measures NEEDED.
    """

    results: Results = field(init=False, repr=False)  # never set

    @cached_property
    def _found(self) -> Callable[[str, str, str, int], Contrast]:
        """Contrasts as they stand, each worked out once: sentences and tables ask for the same ones again and again."""
        return cache(partial(so_far, self.summary))

    @cached_property
    def courses(self) -> dict[str, Courses]:
        """Every measure there is, month by month."""
        return {measure: Courses(measure, self.summary) for measure in self.summary.batches[0].measures}

    def _carried_out(self, scenario: Scenario) -> CarriedOut:
        return carried_out.so_far(scenario, self.summary)

    @cached_property
    def headline(self) -> pl.DataFrame:
        """Every strategy against the status quo."""
        return self._without_verdicts(table(self._found, [(name, NOBODY) for name in self.names], self.when))

    @cached_property
    def held_beside(self) -> pl.DataFrame:
        """Every control against the status quo."""
        return table(self._found, [(name, NOBODY) for name in self.controls], self.when)

    @cached_property
    def between(self) -> pl.DataFrame:
        """Strategy against strategy."""
        return self._without_verdicts(table(self._found, list(combinations(self.names, 2)), self.when))

    def contrast(self, scenario: str, against: str, measure: str, month: int, stratum: str = "all") -> Contrast:
        """One difference; without a verdict where one of the two was not carried out.  Of everybody (stratum all)."""
        assert stratum == "all", stratum
        return self.judged(self._found(scenario, against, measure, month))

    def _pairs(self, name: str, measure: str) -> Pairs:
        """Twins at the last moment, against no foundation."""
        return pairs_so_far(self.summary, name, NOBODY, measure).at(self.when[-1])

    def at_the_end(self, measure: str) -> dict[str, float]:
        """A measure in the run's last month by scenario, mean of the replicates."""
        return {one.label: mean_at(self.summary, one.label, measure, one.months) for one in self.scenarios}

    def mean(self, scenario: str, measure: str, month: int) -> float:
        """A measure in a month, mean of the replicates."""
        return mean_at(self.summary, scenario, measure, month)

    @property
    def replicates(self) -> int:
        """Pairs of twins at most: seeds that were run."""
        return self.summary.replicates

    @property
    def not_done(self) -> int:
        """Runs that failed."""
        return sum(status != "done" for batch in self.summary.batches for status in batch.status)
