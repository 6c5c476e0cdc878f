"""What planners report, as text: labels in the domain's words, numbers at the real size, rows of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.service_user import FATES
from analysis.comparison import Comparison
from analysis.contrasts import Contrast
from analysis.flow_table import STOCKS, FlowTable
from analysis.planners import (
    BEFORE,
    FOLLOWED,
    MONTHS,
    NO_YEAR,
    NO_YEAR_TOLD,
    REPORTED,
    SHARE,
    Item,
    Reported,
    Year,
    of_comparison,
    years_of,
)
from analysis.tables import NEED
from analysis.units import Units
from analysis.words import from_to, label, number
from evidence.strata import THIRDS
from model.measures import STRATA
from model.state import TO
from model.steps.s09_experience import RETURNS
from runs.flows import BEGINNINGS, NEW, SITUATIONS
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.places import Place, domain_of
from scenarios.scenario import Scenario

NOTHING = "–"  # where there is no number
FATES_SAID = dict(zip(FATES[1:], (N_("died"), N_("found another answer or left the area"), N_("not followed any more")),
                      strict=True))  # fmt: skip
SECTIONS = {
    "night": N_("People on a night: mean of the twelve month ends"),
    "year": N_("People in the year"),
    "entries": N_("Entries in the year"),
    "exits": N_("Exits in the year, by where to"),
    "returns": N_("Returns: whoever got {secure_outcomes} in the year that ended {months} months earlier"),
    "stays": N_("Stays in {crisis_places} that ended in the year"),
    "strata": N_("On a night, by need and by group"),
}
LABELS = {
    "unmet_need": N_("Waiting: {unserved}, in a slow stay, or {looking}"),
    "year_count": N_("People without {secure_outcomes} at the end of at least one month"),
    "entries_new": N_("New people"),
    "entries_returned": N_("Returned: had {a secure_outcome} at the end of the month before"),
    "exits_support": N_("{reform}"),
    "exits_own_home": N_("{settled}"),
    "exits_found_home": N_("Found {a secure_outcome} by themselves"),
    "exits_died": N_("Died"),
    "exits_left": N_("Found another answer, or left the area"),
    "homes_taken": N_("People who got one"),
    "stays_ended": N_("Stays that ended"),
    "stay_mean": N_("Mean stay, months"),
    "stay_median": N_("Median stay, months (mean of the months' medians)"),
    "turned_away": N_("Asked for {a crisis_place} and found none, times"),
} | {f"returned_{within}": N_("Without one again within {months} months, %") for within in RETURNS}


def section(name: str, domain: Domain) -> str:
    """The heading over some items."""
    return domain.says(SECTIONS[name], months=FOLLOWED)


def said(item: Item, place: Place) -> str:
    """What an item is called."""
    domain = domain_of(place)
    if item.section == "strata":
        needs = {f"need {third}": say(NEED[third]) for third in THIRDS}
        return f"{label(STRATA[item.name][0], domain)}: {needs.get(item.stratum, item.stratum)}"
    if item.name in LABELS:
        return capital(domain.says(LABELS[item.name], months=item.name.rpartition("_")[2]))
    if item.name in domain.words:
        return "– " + domain.word(item.name)
    return label(item.name, domain)


def months_said(year: Year) -> str:
    """ "months 109 to 120" """
    return say("months {first} to {last}", first=year.first, last=year.last)


def years_said(scenarios: Sequence[Scenario], found: Mapping[str, Year]) -> dict[str, str]:
    """What each year is called: "before the programme, months 1 to 12"."""
    acts = any(one.programme for one in scenarios)
    return {
        name: say("before the programme, {months}", months=months_said(year)) if acts and name == BEFORE
        else months_said(year)
        for name, year in found.items()
    }  # fmt: skip


def factor(item: Item, units: Units) -> float:
    """What a number of the model is multiplied with before it is shown."""
    return 100.0 if item.unit == SHARE else 1.0 if item.unit == MONTHS else 1.0 / units.scale


def shown(item: Item, value: float | None, units: Units, sign: bool = False) -> str:
    """People at the real size of the place (of few a decimal more), shares in per cent, stays in months."""
    if value is None:
        return NOTHING
    value *= factor(item, units)
    whole = item.unit not in (SHARE, MONTHS) and (abs(value) >= 10 or value == round(value))
    return number(value, 0 if whole else 1, sign)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as text and its 95% interval, "" where there is none."""

    number: str
    interval: str = ""


def cell(line: Reported, units: Units) -> Cell:
    """A number of one scenario."""
    return Cell(NOTHING) if line.own is None else _cell(line.item, line.own.value, line.own, units, False)


def gap(line: Reported, units: Units) -> Cell:
    """Its difference from another."""
    if line.against is None:
        return Cell(NOTHING)
    return _cell(line.item, line.against.difference, line.against, units, True)


def _cell(item: Item, value: float | None, one: Contrast, units: Units, sign: bool) -> Cell:
    text = shown(item, value, units, sign)
    if one.low is None:
        return Cell(text)
    return Cell(text, from_to(shown(item, one.low, units, sign), shown(item, one.high, units, sign)))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; a heading has no cells."""

    text: str
    cells: tuple[Cell, ...] = ()


def rows(lines: Mapping[str, Sequence[Reported]], names: Sequence[str], place: Place, units: Units) -> list[Row]:
    """A table: for each item its values of one scenario - no foundation, or the only one - in every year, then the
    difference of each of `names` from no foundation in the year that is reported."""
    found: dict[str, dict[str, Cell]] = {}
    about: dict[str, Item] = {}
    for year, reported in lines.items():
        for line in reported:
            about[line.item.name] = line.item
            compared = line.scenario in names
            key = line.scenario if compared else year
            found.setdefault(line.item.name, {})[key] = gap(line, units) if compared else cell(line, units)
    made: list[Row] = []
    domain, last = domain_of(place), ""
    for name, item in about.items():
        if item.section != last:
            last = item.section
            made.append(Row(section(last, domain)))
        made.append(Row(said(item, place), tuple(found[name].get(key, Cell(NOTHING)) for key in (*lines, *names))))
    return made


def why_none(lines: Mapping[str, Sequence[Reported]]) -> list[str]:
    """Why there are numbers that cannot be told, each reason once."""
    reasons = [line.reason for reported in lines.values() for line in reported if line.reason is not None]
    told = {NO_YEAR: say(NO_YEAR_TOLD, months=FOLLOWED)}
    return [f"{NOTHING}: {told.get(reason) or say(reason)}." for reason in dict.fromkeys(reasons)]


def section_of(compared: Comparison) -> dict[str, Any] | None:
    """What the report's section says: heads of the years, rows, and why numbers are missing; None without a year."""
    found = years_of(compared)
    if REPORTED not in found:
        return None
    lines = of_comparison(compared)
    heads = list(years_said(compared.scenarios, found).values())
    return {"heads": heads, "rows": rows(lines, compared.names, compared.place, compared.units),
            "why_none": why_none(lines)}  # fmt: skip


# --- the flow table ---------------------------------------------------------------------------------------------------


def flow_rows(table: FlowTable) -> tuple[list[str], list[Row]]:
    """Head and rows of a flow table in the model's short words (`flow_words`), without columns that nobody entered.

    Under the moves stand the stocks; every row and column of what is shown adds up.
    """
    columns = [j for j in range(len(TO)) if j < STOCKS or table.came[j] > 0]
    stocks = [j for j in columns if j < STOCKS]

    def line(text: str, values: Mapping[int, float], total: float | None) -> Row:
        cells = [Cell(number(values[j]) if j in values else "") for j in columns]
        return Row(text, (*cells, Cell("" if total is None else number(total))))

    made = []
    for i, begins in enumerate(BEGINNINGS):
        moved = {j: float(table.moves[i, j]) for j in columns if i >= STOCKS or i != j}
        made.append(line(say("from {situation}", situation=say(begins)), moved, float(table.went[i])))
    made.append(line(say("all who came"), {j: float(table.came[j]) for j in columns}, float(np.sum(table.came))))
    made.append(line(say("all who went"), {j: float(table.went[j]) for j in stocks}, None))
    for text, stock in ((say("there at the start"), table.start), (say("there at the end"), table.end)):
        made.append(line(text, {j: float(stock[j]) for j in stocks}, float(np.sum(stock))))
    heads = [say("to {situation}", situation=say(TO[j])) if j < STOCKS else say(TO[j]) for j in columns]
    return [*heads, say("all")], made


def flow_words(table: FlowTable, domain: Domain) -> list[str]:
    """What the short words of a flow table mean."""
    words = [f"{say(name)}: {domain.word(name)}" for name in SITUATIONS]
    words += [f"{say(name)}: {say(FATES_SAID[name])}" for j, name in enumerate(TO) if j >= STOCKS and table.came[j] > 0]
    return [*words, f"{say(NEW)}: {say('not there when the month began')}"]
