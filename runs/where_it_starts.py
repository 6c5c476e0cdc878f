"""Where a place's run starts: what its file declares, what was fitted to it, what month 0 has, and what is published.

Rates that nobody publishes are fitted to the place's counts (model/balance.py); `fitted` is the one door to them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from evidence.quantities import inputs
from model.balance_words import words
from runs.as_published import on_a_night
from runs.running import burnt_in
from scenarios.language import G_
from scenarios.places import Place
from scenarios.published import PEOPLE, PUBLISHED, SHARE
from scenarios.scenario import FEWEST, NOBODY, Scenario
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

MOST_PEOPLE = 10_000  # that are simulated to see where a place starts
EVIDENCE = "evidence"
HIDDEN = "hidden"
UNITS = {HIDDEN: PEOPLE} | {name: kind.unit for name, kind in PUBLISHED.items()}
MEANINGS = {HIDDEN: G_("people hidden homeless on one night")} | {
    name: kind.meaning for name, kind in PUBLISHED.items()
}
PREDICTED = {  # what model/balance.py calls them
    "housing_first_tenants": "tenants",
    "under_six": "under_six", "over_a_year": "over_year", "new_a_month": "new_in_beds", "year_count": "year_count",
    "admissions_a_month": "admissions", "stay_months": "mean_stay", "returns_24": "back_24",
    "exits_to_homes_a_month": "homes_from_beds",
}  # fmt: skip
WITHIN, PERSONS = 0.02, 3.0  # month 0 is the count if it is as near as this


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: as the file's own figures have it (`declared`), as the balance has it (`fitted`), in month 0, and as
    published; None where it does not exist.  difference: of month 0 and what is published, or declared."""

    name: str
    unit: str
    meaning: str
    declared: float | None = None
    fitted: float | None = None
    month_0: float | None = None
    published: float | None = None
    use: str = ""

    @property
    def difference(self) -> float | None:
        """Month 0 (of a rate: what was fitted) less what is published, or else declared."""
        here = self.fitted if self.month_0 is None else self.month_0
        there = self.declared if self.published is None else self.published
        return None if here is None or there is None else here - there


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted to a place: rates by name, figures that follow from them by name, and what does not agree."""

    rates: Mapping[str, float]
    predicted: Mapping[str, float]
    words: tuple[str, ...] = ()


def scenario_of(place: Place, months: int = 1, people: int | None = None, seed: int = 1) -> Scenario:
    """The place without a foundation, in the view of the evidence."""
    return Scenario(find_strategy(NOBODY), place, find_worldview(EVIDENCE), people, months, seed)


def month_zero(place: Place, seed: int = 1) -> dict[str, float]:
    """What month 0 of one run has, by name, in people of the real place; at most MOST_PEOPLE are simulated."""
    real = scenario_of(place, people=MOST_PEOPLE).real_size
    people = min(max(real, FEWEST), MOST_PEOPLE)
    return on_a_night(burnt_in(scenario_of(place, people=None if people == real else people, seed=seed)))


def one_night(beds: float, rough: float, hidden: float, places: float) -> dict[str, float]:
    """Counts of people on one night, by name."""
    return {"people_in_beds": beds, "sleeping_rough": rough, HIDDEN: hidden, "people_on_a_night": beds + rough,
            "without_home": beds + rough + hidden, "housing_first_places": places}  # fmt: skip


def declared(place: Place) -> dict[str, float]:
    """What the file's own figures say of one night, by name."""
    counts = scenario_of(place, people=MOST_PEOPLE).balance.counts
    return one_night(counts.crisis, counts.unserved, counts.hidden, counts.reform)


def fitted(place: Place) -> Fitted:
    """What was fitted to the place, without a simulation: rates, and figures as they stand under them."""
    scenario = scenario_of(place, people=MOST_PEOPLE)
    found, row = scenario.balance, scenario.parameters()[0]
    at = found.predicted
    stands = one_night(at["beds"], at["street"], at["hidden"], found.counts.reform)
    stands |= {name: at[theirs] for name, theirs in PREDICTED.items()}
    return Fitted(found.values, stands, tuple(words(found, row)))


def where_it_starts(place: Place, seed: int = 1) -> list[Line]:
    """Every figure of one night, every other published figure, and every fitted rate, in this order."""
    says, here, found = declared(place), month_zero(place, seed), fitted(place)
    lines = []
    for name in dict.fromkeys([*says, *here, *place.published]):
        public = place.published.get(name)
        value = here.get(name)
        lines.append(Line(
            name, UNITS[name], MEANINGS[name], says.get(name), found.predicted.get(name),
            None if value is None or isnan(value) else value,
            None if public is None else public.value, "" if public is None else public.use,
        ))  # fmt: skip
    for name, rate in found.rates.items():
        quantity = inputs()[name]
        lines.append(Line(name, quantity.unit, quantity.meaning, quantity.value, rate))
    return lines


def apart(lines: list[Line]) -> list[Line]:
    """Counts of which month 0 is not what the file declares; none if all are near enough."""
    found = []
    for one in lines:
        if one.unit == SHARE or one.declared is None or one.month_0 is None:
            continue
        if abs(one.month_0 - one.declared) > max(WITHIN * one.declared, PERSONS):
            found.append(one)
    return found
