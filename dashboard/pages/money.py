"""Money: where every euro goes, what it buys, and which savings somebody can spend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import solara

from analysis import money_words as words
from analysis.board import aside
from analysis.comparison import NEEDED as VERDICTS
from analysis.comparison import Comparison
from analysis.figures import NOISE
from analysis.money import (
    ALL,
    LINES,
    NEEDED,
    PURPOSES,
    Bought,
    bought,
    by_year,
    differences,
    flow,
    monthly,
    periods,
    plane,
    savings,
    used,
    within,
)
from analysis.uncertainty import BOTH
from analysis.units import Units
from analysis.words import number
from dashboard import money_charts as charts
from dashboard.parts import Chart, Scene, Table, element
from dashboard.parts.legend import Legend
from dashboard.parts.unmeasured import STILL, holds
from dashboard.session import Session
from scenarios.domains import capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

KEEP = (*NEEDED, *VERDICTS, "programme_to_date")  # measures that this page draws or speaks of
TALL, LOW = 420, 320
EVERYBODY, ONLY = "all", "foundation"


@dataclass(frozen=True)
class Figure:
    """A chart with its words and its table."""

    option: dict[str, Any]
    title: str
    says: str
    head: list[str]
    rows: list[list[str]]
    unit: str


@dataclass(frozen=True)
class View:
    """What the page says of one answer."""

    sentence: str
    verdicts: str
    aside: str
    years: Figure
    more: Figure | None
    purposes: Figure | None
    plane: Figure | None
    savings: Figure
    elsewhere: str
    rule: str
    extras: list[str]
    bought_head: list[str]
    bought_rows: list[list[str]]
    lines: list[tuple[str, str]]  # key and name of each line of spending


def view(compared: Comparison) -> View:
    """All words and pictures, but the flow's.  What this page and Compare both tell is one number with one interval:
    both say what the answer knows best."""
    months = compared.summary.months - 1
    found = {name: bought(compared.summary, name, (1, months)) for name in compared.names}
    kept = {name: savings(compared.summary, name) for name in (NOBODY, *compared.names)}
    mine = {name: kept[name] for name in compared.names}
    return View(
        words.headline(compared, found, months), words.verdicts(compared), aside(compared), years(compared),
        more(compared) if found else None,
        purposes(compared) if used(compared.summary, compared.names, PURPOSES) else None,
        _plane(compared, found) if found else None, _savings(compared, kept), words.elsewhere(compared, mine),
        words.saving_rule(compared),
        [text for name, one in found.items() for text in (
            words.for_each_more(compared, name), words.extra(compared, name, one))],
        *_bought(compared, found), lines(compared),
    )  # fmt: skip


def million(units: Units) -> str:
    """The unit of a large sum."""
    return say("{currency} million", currency=units.currency)


def thousands(units: Units) -> str:
    """The unit of a small one."""
    return say("{currency} thousand", currency=units.currency)


def _in_thousands(euros: float, units: Units) -> str:
    """A small sum with its unit."""
    return say("{currency} thousand {number}", currency=units.currency, number=words.thousands(euros, units))


def lines(compared: Comparison) -> list[tuple[str, str]]:
    """Key and name of each line of spending that is used."""
    return [(line.name, words.told(line.title, compared.domain)) for line in _used(compared)]


def _used(compared: Comparison) -> list[Any]:
    return used(compared.summary, (NOBODY, *compared.names), LINES)


def years(compared: Comparison, size: int = charts.SMALL) -> Figure:
    """Spending by year, a panel for each strategy."""
    names, summary = (NOBODY, *compared.names), compared.summary
    amounts = {name: {line.name: by_year(monthly(summary, name, line)) for line in _used(compared)} for name in names}
    titles, units = {line.name: words.told(line.title, compared.domain) for line in LINES}, compared.units
    drawn = {name: {line: units.amount(1.0) * euros for line, euros in own.items()} for name, own in amounts.items()}
    option = charts.years(names, compared.titles, drawn, titles, million(units), size)
    rows = []
    for year in range(len(by_year(monthly(summary, NOBODY, ALL)))):
        rows += [[say("Year {year}, {who}", year=year + 1, who=compared.titles[name]),
                  *(words.millions(found[year], units=units) for found in own.values()),
                  words.millions(sum(float(found[year]) for found in own.values()), units=units)]
                 for name, own in amounts.items()]  # fmt: skip
    return Figure(option, say("Spending by year"), words.yearly(compared),
                  [say("Year"), *(titles[line.name] for line in _used(compared)), say("All of it")], rows,
                  say("{currency} million a year", currency=units.currency))  # fmt: skip


def more(compared: Comparison, size: int = charts.SMALL) -> Figure:
    """Paired differences over the run, line by line, all of it first."""
    summary, lines = compared.summary, [ALL, *_used(compared)]
    period = (1, summary.months - 1)
    gaps, units = {name: differences(summary, name, lines, period) for name in compared.names}, compared.units
    by = units.amount(1e-6)
    marks = {
        name: [charts.Mark(by * gap.mean, None if gap.low is None else by * gap.low,
                           None if gap.high is None else by * gap.high,
                           f"{words.millions(gap.mean, True, units)} ({words.ends(gap, by, 2)}) {million(units)}")
               for gap in own.values()]
        for name, own in gaps.items()
    }  # fmt: skip
    titles = [words.told(line.title, compared.domain) for line in lines]
    head = [say("Over the whole run")]
    for name in compared.names:
        head += [compared.titles[name], say("95% interval")]
    rows = []
    for line, title in zip(lines, titles, strict=True):
        cells = [(words.millions(own[line.name].mean, True, units), words.ends(own[line.name], by, 2))
                 for own in gaps.values()]  # fmt: skip
        rows.append([title, *(text for both in cells for text in both)])
    axis = say("{currency} million more than no foundation", currency=units.currency)
    option = charts.dots(titles, marks, compared.names, compared.titles, axis, size)
    return Figure(option, say("What is spent more, and what less, than without a foundation"),
                  words.apart(compared, {name: own["all"] for name, own in gaps.items()}), head, rows,
                  million(units))  # fmt: skip


def purposes(compared: Comparison, size: int = charts.SMALL, most: int | None = None) -> Figure:
    """The foundation's own spending, purpose by purpose; with `most`, the picture adds up what comes after these."""
    summary, lines = compared.summary, used(compared.summary, compared.names, PURPOSES)
    period = (1, summary.months - 1)
    spent = {name: [float(within(monthly(summary, name, line), period).mean()) for line in lines]
             for name in compared.names}  # fmt: skip
    order = sorted(range(len(lines)), key=lambda i: -max(own[i] for own in spent.values()))
    titles = [words.told(lines[i].title, compared.domain) for i in order]
    drawn, rest = (order, []) if most is None or len(order) <= most else (order[: most - 1], order[most - 1 :])
    sums = {name: [*(own[i] for i in drawn), *([sum(own[i] for i in rest)] if rest else [])]
            for name, own in spent.items()}  # fmt: skip
    units = compared.units
    by, thousand = units.amount(1e-3), thousands(units)
    marks = {name: [charts.Mark(by * euros, 0.0, by * euros, _in_thousands(euros, units)) for euros in own]
             for name, own in sums.items()}  # fmt: skip
    heads = titles[: len(drawn)] + ([say("Everything else")] if rest else [])
    unspent = {name: float(summary.of(name, "unspent")[:, -1].mean()) for name in compared.names}
    rows = [[title, *(words.thousands(spent[name][i], units) for name in compared.names)]
            for title, i in zip(titles, order, strict=True)]  # fmt: skip
    rows.append([say("All of it"), *(words.thousands(sum(own), units) for own in spent.values())])
    rows.append([say("Not spent by the end"), *(words.thousands(unspent[name], units) for name in compared.names)])
    return Figure(
        charts.dots(heads, marks, compared.names, compared.titles, thousand, size), say("The programme by purpose"),
        words.purposes(compared, {name: sum(own) for name, own in spent.items()}, unspent),
        [say("Over the whole run"), *(compared.titles[name] for name in compared.names)], rows, thousand,
    )  # fmt: skip


def _plane(compared: Comparison, found: dict[str, Bought]) -> Figure:
    months, units = compared.summary.months - 1, compared.units
    real = np.array([units.people(1.0), units.amount(1.0)])
    points = {name: real * plane(compared.summary, name, (1, months)) for name in compared.names}
    by, domain = units.amount(1e-6), compared.domain
    says = domain.says("Each small mark is one pair of runs with the same people; the large one is their middle. "
                       "Right: more months of {secure_outcome} than without a foundation. Up: more money.")  # fmt: skip
    rows = [[compared.titles[name], number(units.people(one.more_months.mean), sign=True),
             words.ends(one.more_months, units.people(1.0)), words.millions(one.more_euros.mean, True, units),
             words.ends(one.more_euros, by, 2)]
            for name, one in found.items()]  # fmt: skip
    option = charts.plane(points, compared.titles, domain.says("more months of {secure_outcome}"), units.currency)
    head = [say("Against no foundation"), say("Months more"), say("95% interval"),
            say("{currency} million more", currency=units.currency), say("95% interval")]  # fmt: skip
    return Figure(option, say("What more money buys"), says, head, rows, say("over the whole run"))


def _bought(compared: Comparison, found: dict[str, Bought]) -> tuple[list[str], list[list[str]]]:
    """The table of what money buys: no foundation first, then each strategy and its difference."""
    domain, summary, units = compared.domain, compared.summary, compared.units
    real, by, price, currency = units.people(1.0), units.amount(1e-6), units.per_euro, units.currency
    everybody = {NOBODY: bought(summary, NOBODY, (1, summary.months - 1)), **found}
    head = [say("Over the whole run")]
    for name in everybody:
        head += [compared.titles[name]] + ([] if name == NOBODY else [say("difference"), say("95% interval")])
    says = domain.says
    rows = [[says("Months with {secure_outcomes}")], [say("of them with support")], [says("Months {crisis}")],
            [say("All spending, {currency} million", currency=currency)],
            [says("Cost of a month of {secure_outcome}, {currency}", currency=currency)],
            [says("{Reformed_places} empty or left within three months, {currency} million",
                  currency=currency)]]  # fmt: skip
    for name, one in everybody.items():
        cells = [
            *((number(real * months), number(real * gap.mean, sign=True), words.ends(gap, real)) for months, gap in (
                (one.secure_months, one.more_months), (one.supported_months, one.more_supported),
                (one.crisis_months, one.more_crisis))),
            (words.millions(one.euros, units=units), words.millions(one.more_euros.mean, True, units),
             words.ends(one.more_euros, by, 2)),
            (number(price * one.cost), number(price * one.more_cost.mean, sign=True), words.ends(one.more_cost, price)),
            (words.millions(one.wasted, units=units), words.millions(one.more_wasted.mean, True, units),
             words.ends(one.more_wasted, by, 2)),
        ]  # fmt: skip
        for row, texts in zip(rows, cells, strict=True):
            row += texts[:1] if name == NOBODY else texts
    return head, rows


def _savings(compared: Comparison, kept: dict[str, Any]) -> Figure:
    heads = (say("Somebody can spend it"), say("Nobody can spend it"))
    units = compared.units
    cashed = {name: units.amount(1.0) * one.cashed for name, one in kept.items()}
    rest = {name: units.amount(1.0) * one.kept for name, one in kept.items()}
    option = charts.pair(cashed, rest, heads, compared.titles, compared.names, million(units))
    rows = []
    for year in range(len(kept[NOBODY].cashed)):
        row = [say("Year {year}", year=year + 1)]
        for one in kept.values():
            row += [words.millions(one.cashed[year], units=units), words.millions(one.kept[year], units=units)]
        rows.append(row)
    head = [say("Year")]
    for name in kept:
        head += [say("{who}: can be spent", who=compared.titles[name]), say("cannot")]
    return Figure(option, compared.domain.says("Savings of closed {crisis_places}"), words.saved(compared, kept),
                  head, rows, say("{currency} million a year", currency=units.currency))  # fmt: skip


# --- the flow ---------------------------------------------------------------------------------------------------------


@cache
def river(name: str, when: str, whose: str) -> Callable[[Comparison], Figure]:
    """The flow picture of one strategy and period; one function for each question, so that answers remember it."""

    def made(compared: Comparison) -> Figure:
        period = periods(compared.summary.months - 1, compared.programme)[when]
        found = flow(compared.summary, name, period, foundation_only=whose == ONLY)
        units, span = compared.units, f"{say(words.PERIODS[when])} ({words.when(period)})"
        title = say("{who}: from payer to purpose to what it buys", who=compared.titles[name])
        thousand = thousands(units)
        return Figure(charts.river(found, compared.domain, units), title,
                      words.flowing(found, compared.domain, units=units),
                      [say("From"), say("To"), thousand], words.rows_of(found, compared.domain, units),
                      say("{unit}, {period}", unit=thousand, period=span))  # fmt: skip

    return made


def chosen(session: Session, compared: Comparison) -> tuple[str, str, str]:
    """Strategy, period and whose money, as the address has them; what it names wrongly counts as not named."""
    screen, names = session.screen.value, (*compared.names, NOBODY)
    asked = screen.remembered("x-flow")
    name = names[int(asked)] if asked.isdecimal() and int(asked) < len(names) else names[max(0, len(names) - 2)]
    when = screen.remembered("x-when", "all")
    whose = screen.remembered("x-whose", EVERYBODY)
    if when not in periods(compared.summary.months - 1, compared.programme):
        when = "all"
    return name, when, ONLY if whose == ONLY and name != NOBODY else EVERYBODY


@solara.component
def Money(session: Session) -> None:
    """The page."""
    answer = session.answer.value
    if answer is None:
        element("h1", session.failed.value or say("Adding up what everybody spends …"), cls="u-title")
        return
    known = answer.best
    made = known.view(view)
    element("h1", made.sentence, cls="u-title")
    status = holds(answer, session.screen.value) if session.current else say(STILL)
    element("p", status, cls="u-status", attributes={"role": "status", "id": "status",
                                                     "data-replicates": str(answer.replicates)})  # fmt: skip
    element("p", made.verdicts, cls="u-quiet", attributes={"id": "money-verdicts"})
    with element("div", cls="u-money"):
        with element("section", cls="u-money-wide", attributes={"aria-labelledby": "money-goes-title"}):
            element("h2", say("Where it goes"), attributes={"id": "money-goes-title"})
            _chart(made.years, known.number, "money-years", TALL)
            _Key(made.lines)
            Legend(known.compared)
        if made.more is not None:
            _chart(made.more, known.number, "money-more", TALL)
        if made.purposes is not None:
            _chart(made.purposes, known.number, "money-purposes", TALL)
        with element("section", cls="u-money-wide", attributes={"aria-labelledby": "money-flow-title"}):
            element("h2", say("Follow the money"), attributes={"id": "money-flow-title"})
            _Flow(session)
        if made.plane is not None:
            _chart(made.plane, known.number, "money-plane", LOW)
        with element("section", label=say("Savings")):
            _chart(made.savings, known.number, "money-savings", LOW)
            element("p", made.rule, cls="u-says", attributes={"id": "money-rule"})
            element("p", made.elsewhere, cls="u-says")
        with element("section", cls="u-money-wide", attributes={"aria-labelledby": "money-bought-title"}):
            element("h2", say("What it buys"), attributes={"id": "money-bought-title"})
            for text in made.extras:
                element("p", text, cls="u-says")
            Table(
                head=made.bought_head,
                rows=made.bought_rows,
                caption=say("People's months and what they cost, all payers together"),
            )
    intervals = BOTH if known.compared.uncertain else NOISE
    element("p", f"{say(OUTSIDE)} {say(intervals)} {made.aside}", cls="u-quiet")


OUTSIDE = N_(
    "Double running is what both services cost while one replaces the other; bridge money counts there once it is "
    "used, and not in the programme. Counted is what these services and this programme spend, whoever pays; public "
    "money that nobody claims goes elsewhere and is not in these sums. Hours that nobody paid are valued (assumption)."
)


def _chart(figure: Figure, rev: int, name: str, height: int) -> None:
    Chart(figure.option, title=figure.title, unit=figure.unit, says=figure.says, head=figure.head, rows=figure.rows,
          rev=rev, name=name, height=height)  # fmt: skip


@solara.component
def _Key(lines: list[tuple[str, str]]) -> None:
    """Colours of the bars, from the top of a bar to its foot."""
    named = dict(lines)
    with element("ul", cls="u-legend", label=say("Parts of a bar, from its foot to its top")):
        for key in (key for key in charts.STACK if key in named):
            with element("li"):
                with element("svg", cls="u-swatch", attributes={"viewBox": "0 0 34 12", "aria-hidden": "true"}):
                    element("rect", attributes={"width": "34", "height": "12", "fill": charts.LINE_INKS[key]})
                    for x in range(3, 34, 7) if key in charts.DECALS else ():
                        if key == "other":
                            element("circle", attributes={"cx": str(x), "cy": "6", "r": "1.6", "fill": "#0006"})
                        else:
                            element("line", attributes={"x1": str(x - 3), "x2": str(x + 4), "y1": "12", "y2": "0",
                                                        "stroke": "#0006", "stroke-width": "1.6"})  # fmt: skip
                element("span", named[key])


@solara.component
def _Flow(session: Session) -> None:
    """The flow picture and the choice of what it shows."""
    answer = session.answer.value
    if answer is None:
        return
    known = answer.best
    compared = known.compared
    name, when, whose = chosen(session, compared)
    names = (*compared.names, NOBODY)
    there = periods(compared.summary.months - 1, compared.programme)

    def change(event: dict[str, Any]) -> None:
        key = str(event["name"])
        if key in ("x-flow", "x-when", "x-whose"):
            session.change(lambda s: s.with_more(key, str(event["value"])), key)

    Scene(
        fields=[
            {"name": "x-flow", "label": say("Strategy"), "kind": "choice", "value": str(names.index(name)), "hint": "",
             "options": [{"value": str(i), "title": compared.titles[one]} for i, one in enumerate(names)]},
            {"name": "x-when", "label": say("When"), "kind": "choice", "value": when, "hint": "",
             "options": [{"value": one, "title": f"{capital(say(words.PERIODS[one]))} ({words.when(period)})"}
                         for one, period in there.items()]},
            {"name": "x-whose", "label": say("Whose money"), "kind": "choice", "value": whose, "hint": "",
             "options": [{"value": EVERYBODY, "title": say("Everybody's")},
                         *([] if name == NOBODY else [{"value": ONLY, "title": say("The foundation's alone")}])]},
        ],
        event_change=change,
    )  # fmt: skip
    with element(
        "div", cls="u-scroll u-river", label=say("Flow of money"), attributes={"tabindex": "0", "role": "region"}
    ):
        _chart(known.view(river(name, when, whose)), known.number, "money-flow", 520)
