"""Minds: what professionals believe, who is on side, who is heard, and what happened."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

import numpy as np
import solara

from analysis import minds as words
from analysis.board import aside
from analysis.comparison import NEEDED, SoFar
from analysis.figures import NOISE
from analysis.words import from_to, number, per_cent
from dashboard import minds_charts as charts
from dashboard.about import size_said
from dashboard.looks import dashes, look
from dashboard.parts import Chart, Network, element
from dashboard.parts.legend import Legend
from dashboard.parts.unmeasured import STILL, Unmeasured, by_default
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.studies import Seen, StudyProgress, Tell, use_study
from runs.minds import Minds as Recorded
from runs.minds import record
from runs.pasts import Pasts
from runs.running import burnt_in
from runs.summary import Summary
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.scenario import NOBODY, Scenario

KEEP = frozenset({*words.SHOWN, *NEEDED, "programme_to_date"})  # measures that this page draws or speaks of
MONTH = "x-month"
EVERY = 12  # months between two rows of a table
PANEL = 360  # pixels
LOOK = 0.01  # seconds between two looks at whether to stop


@dataclass(frozen=True)
class Figure:
    """A chart with its words and its table."""

    name: str
    title: str
    unit: str
    says: str
    option: dict[str, Any]
    head: list[str]
    rows: list[list[str]]
    height: int = PANEL


@dataclass(frozen=True)
class View:
    """What many runs say."""

    sentence: str
    later: str
    aside: str
    panels: list[Figure]


@dataclass(frozen=True)
class Example:
    """What one run of each scenario shows.  `web` are the arguments of parts.Network; None where nobody is followed."""

    strips: Figure
    heard: Figure
    timeline: Figure
    at: dict[str, list[int]]  # months of the timeline's points, by the title of the scenario
    web: dict[str, Any] | None
    missing: str  # why there is no network; empty if there is one


# --- many runs --------------------------------------------------------------------------------------------------------


def view(compared: SoFar) -> View:
    """All words and pictures of the mean of the runs."""
    return View(
        words.sentence(compared),
        words.later(compared),
        aside(compared),
        [_panel(compared, measure) for measure in words.SHOWN],
    )


def _panel(compared: SoFar, measure: str) -> Figure:
    found, says = compared.courses[measure], partial(words.says_of, measure)
    head = [say("Month"), say("No foundation")]
    for name in compared.names:
        head += [compared.titles[name], say("difference"), say("95% interval")]
    rows = []
    for month in _months(compared):
        row = [str(month), says(float(found.fan(NOBODY)[2][month]))]
        for name in compared.names:
            middle, low, high = found.difference(name, NOBODY)
            ends = "–" if low is None or high is None else (
                from_to(says(float(low[month]), sign=True), says(float(high[month]), sign=True)))  # fmt: skip
            row += [says(float(found.fan(name)[2][month])), says(float(middle[month]), sign=True), ends]
        rows.append(row)
    return Figure(f"minds-{measure}", words.title(measure, compared.domain), words.scale(measure, compared.domain),
                  words.beneath(compared, measure), charts.course(compared, measure), head, rows)  # fmt: skip


def _months(compared: SoFar) -> list[int]:
    """Months of a table: every year, the programme's end and where what lasts is read."""
    last = compared.first.months
    return sorted({*range(0, last + 1, EVERY if last <= 60 else 2 * EVERY), *(compared.programme or ()), *compared.when,
                   last})  # fmt: skip


# --- one run of each --------------------------------------------------------------------------------------------------


def example(scenarios: Sequence[Scenario], pasts: Pasts, tell: Tell, cancel: Event) -> Example:
    """Live one run of each scenario, on the same people, and say what it shows.  A study (dashboard/studies.py)."""
    return shown(SoFar(scenarios, summary=Summary()), recorded(scenarios, pasts, tell, cancel))


def recorded(scenarios: Sequence[Scenario], pasts: Pasts, tell: Tell, cancel: Event) -> dict[str, Recorded]:
    """By label; all but the twin's in the order of the scenarios, then the twin's."""
    months = [one.months + 1 for one in scenarios]
    looked = [time.monotonic()]

    def look(done: int, month: int) -> None:
        if time.monotonic() - looked[0] > LOOK:
            if cancel.is_set():
                raise InterruptedError
            tell(done + month, sum(months))
            looked[0] = time.monotonic()

    found = {}
    for i, scenario in enumerate(scenarios):
        past = pasts.find(scenario.burn_in_key)
        if past is None:
            past = burnt_in(scenario, lambda _: look(sum(months[:i]), 0))  # noqa: B023  called at once
            pasts.keep(scenario.burn_in_key, past)
        found[scenario.label] = record(past, scenario, partial(look, sum(months[:i])))
    return {name: found[name] for name in sorted(found, key=lambda name: name == NOBODY)}


def shown(compared: SoFar, found: dict[str, Recorded]) -> Example:
    """Words and pictures of one run of each scenario."""
    domain = compared.domain
    happened = {name: words.happened(one) for name, one in found.items()}
    timeline, at = _timeline(compared, happened, domain)
    web, missing = None, ""
    if all(one.followed for one in found.values()):
        web = _web(compared, found, happened)
    else:
        missing = domain.says("In so large a place {professionals} are counted but not followed one by one; choose "
                              "fewer people to see the network.")  # fmt: skip
    return Example(_strips(compared, found), _heard(compared, found), timeline, at, web, missing)


def _strips(compared: SoFar, found: dict[str, Recorded]) -> Figure:
    domain = compared.domain
    camps = {name: words.camps(one) for name, one in found.items()}
    mean = {name: _measured(one, "belief") for name, one in found.items()}
    end = compared.programme[1] if compared.programme else compared.first.months
    said = [
        say(
            "{who}: {on_side} on side and {far} far from it",
            who=compared.titles[name],
            on_side=_percent(own.on_side[end]),
            far=_percent(own.far[end]),
        )
        for name, own in camps.items()
    ]
    says = domain.says(
        "Each column is a month, dark where many {professionals} stand, from 0 at the foot to 1 at the top; the line "
        "is their mean. In this run, {when} – {strategies}.", when=compared.after(end), strategies="; ".join(said),
    )  # fmt: skip
    head = [say("Month"), say("under"), say("far from it"), say("in between"), say("on side"), say("mean belief")]
    rows = [
        [str(month), compared.titles[name], _percent(own.far[month]), _percent(own.between[month]),
         _percent(own.on_side[month]), words.says_of("belief", float(mean[name][month]))]
        for month in _months(compared) for name, own in camps.items()
    ]  # fmt: skip
    return Figure("minds-strips", domain.says("Where {professionals} stand"), say("belief, one run of each"), says,
                  charts.strips(compared, camps, mean), head, rows, charts.stack_height(len(found)))  # fmt: skip


def _heard(compared: SoFar, found: dict[str, Recorded]) -> Figure:
    domain = compared.domain
    own = {name: words.voices(one) for name, one in found.items()}
    end = compared.programme[1] if compared.programme else compared.first.months
    gaps = [say("{who}: gap {gap} points, {heard} heard", who=compared.titles[name],
                gap=number(100 * (v.low[end] - v.high[end])), heard=_percent(v.heard[end]))
            for name, v in own.items()]  # fmt: skip
    says = domain.says(
        "Shaded: the gap between {service_users} with low need and with high need. Dashed: how much of what they could "
        "say reaches {managers}. In this run, {when} – {strategies}.", when=compared.after(end),
        strategies="; ".join(gaps),
    )  # fmt: skip
    head = [
        say("Month"),
        say("under"),
        say("low need"),
        say("high need"),
        say("all"),
        domain.says("reaches {managers}"),
    ]
    rows = [
        [str(month), compared.titles[name], *(_percent(line[month]) for line in (v.low, v.high, v.everybody, v.heard))]
        for month in _months(compared) for name, v in own.items()
    ]  # fmt: skip
    return Figure("minds-heard", say("Who has a voice, and what is heard"), say("per cent, one run of each"), says,
                  charts.heard(compared, own), head, rows, charts.stack_height(len(found)))  # fmt: skip


def _timeline(compared: SoFar, happened: dict[str, list[words.Happened]], domain: Domain
              ) -> tuple[Figure, dict[str, list[int]]]:  # fmt: skip
    kinds = words.kinds(list(happened.values()))
    months = compared.first.months
    totals = [f"{compared.titles[name]} {sum(one.times for one in run)}" for name, run in happened.items()]
    says = say("A marker is a month in which it happened, the larger the more often. In all: {totals}. Choose a "
               "marker to see its month in the network.", totals=", ".join(totals))  # fmt: skip
    head = [
        say("What happened"),
        say("under"),
        *(say("year {year}", year=year + 1) for year in range(-(-months // 12))),
    ]
    rows = []
    for kind in kinds:
        about = f"{domain.own(kind).capitalize()}: {domain.says(words.MEANINGS[kind])}"
        for name, run in happened.items():
            rows.append([about, compared.titles[name], *map(str, words.yearly(run, kind, months))])
    figure = Figure("minds-timeline", say("What happened"), say("events, one run of each"), says,
                    charts.timeline(compared, happened, kinds, domain), head, rows,
                    charts.timeline_height(kinds))  # fmt: skip
    return figure, {compared.titles[name]: [one.month for one in run] for name, run in happened.items()}


def _legend(one: Recorded, domain: Domain) -> tuple[tuple[str, str], ...]:
    """Shape and meaning of what stands in the network; beliefs as this run's parameters draw the lines."""
    side, far = (words.says_of("belief", belief) for belief in (one.on_side_from, one.laggards_below))
    says = domain.says
    return (("ready", says("{manager} on side (readiness 50% or more: assumption)")),
            ("manager", says("{manager}, not on side")),
            ("side", says("{professional} on side (belief {side} or more)", side=side)), ("between", say("in between")),
            ("far", say("far from it (belief under {far})", far=far)),
            ("tie", say("a tie between two people on side")))  # fmt: skip


def _web(compared: SoFar, found: dict[str, Recorded], happened: dict[str, list[words.Happened]]) -> dict[str, Any]:
    """The arguments of the network, but for the month and what is done when it turns."""
    domain, one = compared.domain, next(iter(found.values()))
    drawn = list(found) if len(compared.names) < 2 else list(compared.names)
    used = np.any([np.isfinite(own.belief).any(axis=0) for own in found.values()], axis=0)
    posts, bosses = words.layout(one.network, used)
    inside = int((~one.network.outside).sum())
    coalitions = {name: words.coalition(found[name]) for name in drawn}
    runs = []
    for name, own in coalitions.items():
        colour, dash, _ = look(compared.names, name)
        lines = [""] * len(own.staff)
        for event in happened[name]:
            lines[event.month] += ("; " if lines[event.month] else "") + event.says(domain, compared.units)
        runs.append({
            "title": compared.titles[name], "ink": colour, "dash": dashes(dash),
            "says": [words.coalition_says(own, inside, month, domain) for month in range(len(own.staff))],
            "happened": [line and line[0].upper() + line[1:] + "." for line in lines],
            "staffed": _staffed(found[name]), **charts.states(own, used, found[name].readiness)})  # fmt: skip
    head = [say("Month"), say("under"), domain.says("{professionals} on side"), domain.says("{professionals} in all"),
            domain.says("{managers} on side"), say("ties between them"), say("largest group")]  # fmt: skip
    rows = [[str(month), compared.titles[name], *(str(int(column[month])) for column in
             (own.side, own.staff, own.managers, own.live, own.largest))]
            for month in range(0, compared.first.months + 1, EVERY) for name, own in coalitions.items()]  # fmt: skip
    return {
        "net": charts.network(posts, bosses, next(iter(coalitions.values())).ties, used, one.network.outside),
        "runs": runs, "last": compared.first.months, "head": head, "rows": rows,
        "title": say("The coalition in the network"),
        "words": {"professional": capital(domain.word("professional")), "manager": capital(domain.word("manager"))},
        "legend": [{"shape": shape, "says": capital(text)} for shape, text in _legend(one, domain)],
        "says": domain.says(
            "Squares are {managers}, numbered by {provider}; around each stand its {professionals}, in the middle "
            "those of outreach. Thin lines: who listens to whom. The same post stands at the same spot in every "
            "picture, whoever is in it."),
    }  # fmt: skip


def _staffed(one: Recorded) -> list[bool]:
    """Providers that ever have staff."""
    filled = np.isfinite(one.belief).any(axis=0)
    return [bool(filled[one.network.provider == j].any()) for j in range(len(one.network.outside))]


def _measured(one: Recorded, name: str) -> Any:
    assert one.run.measured is not None
    return np.array(one.run.measured[name], np.float64)


def _percent(value: float) -> str:
    return per_cent(float(value))


# --- the page ---------------------------------------------------------------------------------------------------------


def month_of(screen: Screen) -> int:
    """The month that the address names, within the run; without one the programme's end."""
    asked, ends = screen.remembered(MONTH), [one.programme[1] for one in screen.scenarios if one.programme]
    usual = max(ends, default=screen.months)
    return min(int(asked) if asked.isdecimal() and len(asked) < 5 else usual, screen.months)


@solara.component
def Minds(session: Session) -> None:
    """The page."""
    answer = session.answer.value
    screen = session.screen.value
    seen = use_study(("minds", screen.subject), partial(example, screen.scenarios, session.desk.finished.pasts))
    if answer is None:
        element("h1", session.failed.value or say("Asking everybody what they think …"), cls="u-title")
        return
    made = answer.view(view)
    element("h1", made.sentence, cls="u-title u-finding u-minds-finding")
    if made.later:
        element("p", made.later, cls="u-lead")
    status = by_default(answer) if session.current else say(STILL)
    element("p", status, cls="u-status", attributes={"role": "status", "id": "status",
                                                     "data-replicates": str(answer.replicates)})  # fmt: skip
    Unmeasured(session)
    Legend(answer.compared)
    element("h2", say("Many runs: what moved"), cls="u-minds-head")
    with element("div", cls="u-panels u-fans u-minds"):
        for panel in made.panels:
            _chart(panel, answer.point.number)
    _Example(session, seen)
    element("p", f"{say(HOW)} {say(NOISE)} {made.aside}", cls="u-quiet u-minds-how")


HOW = N_(
    "Belief goes from 0, people must become ready first, to 1, they know what they need. In the small charts, above: "
    "the mean of the runs, and bands that hold the middle half and 90% of them; below: the mean difference from the "
    "same people's run without a foundation with its 95% interval, and in grey what is too small to matter (1 point, "
    ".01 of belief; assumption). Higher and lower are not better and worse."
)


@solara.component
def _Example(session: Session, seen: Seen) -> None:
    """One run of each, once it is there."""
    screen = session.screen.value
    with element("section", cls="u-example", attributes={"aria-labelledby": "minds-example"}):
        element(
            "h2", say("One run of each, with seed {seed}", seed=str(screen.seed)), attributes={"id": "minds-example"}
        )
        element("p", say("The same people and the same luck under each strategy. It shows how things go together; one "
                         "run is no proof of anything. People and places are counted as simulated: {size}.",
                         size=size_said(screen.scenarios[0])), cls="u-quiet")  # fmt: skip
        StudyProgress(seen, say("Living one run of each, month by month"))
        found: Example | None = seen.result
        if found is None:
            return

        def turned(month: int) -> None:
            session.change(lambda s: s.with_more(MONTH, str(int(month))), MONTH)

        def picked(event: dict[str, Any]) -> None:
            months = found.at.get(str(event.get("series")), [])
            k = event.get("x")
            if isinstance(k, int) and 0 <= k < len(months):
                turned(months[k])

        if found.web is not None:
            Network(**found.web, month=month_of(screen), rev=1, name="minds-network", event_turned=turned)
        else:
            element("p", found.missing, cls="u-says")
        _chart(found.strips, 1)
        _chart(found.timeline, 1, picked)
        _chart(found.heard, 1)


def _chart(figure: Figure, rev: int, on_click: Any = None) -> None:
    Chart(figure.option, title=figure.title, unit=figure.unit, says=figure.says, head=figure.head, rows=figure.rows,
          rev=rev, name=figure.name, height=figure.height, on_click=on_click)  # fmt: skip
