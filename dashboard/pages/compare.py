"""Compare: what each strategy leaves behind, as fans and paired differences, in a sentence and in tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import solara

from analysis.board import aside, sentence
from analysis.comparison import SoFar
from analysis.contrasts import DIRECTION, EXPLAINED
from analysis.courses import Courses
from analysis.figures import NOISE
from analysis.tables import carried, controls, difference
from analysis.uncertainty import BOTH
from analysis.words import (
    capital,
    digits,
    interval,
    label,
    margins_said,
    same_money,
    scale,
    sets_said,
    shown,
    shown_difference,
    unit,
)
from dashboard.controls import check_room, from_screen, lever_groups
from dashboard.fans import edges, fan, moments
from dashboard.looks import dashes, line
from dashboard.parts import Cards, Chart, Ranges, Scene, Table, element
from dashboard.parts.legend import Legend
from dashboard.runs import Answer
from dashboard.screen import EACH, MOST, PEOPLE, SETS, Screen
from dashboard.session import Session
from engine.typed import read_number, read_whole, several
from model.measures import HEADLINE
from scenarios.choice import Choice
from scenarios.names import known
from scenarios.places import find_place
from scenarios.plausible import shipped_sample
from scenarios.request import WHOLE
from scenarios.scenario import FEWEST as FEWEST_PEOPLE
from scenarios.scenario import LONGEST, NOBODY
from scenarios.strategy import ILLUSTRATIONS, KINDS, find_strategy
from scenarios.worldviews import find_worldview

SHOWN = (*HEADLINE, "crisis", "reform")
CHART_HEIGHT = 420


@dataclass(frozen=True)
class Panel:
    """One measure, ready to be drawn."""

    measure: str
    title: str
    unit: str
    says: str
    option: dict[str, Any]
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Grid:
    """A table; without rows it is not shown."""

    caption: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class View:
    """What the page says of one answer; made once for everybody who sees it."""

    sentence: str
    aside: str
    panels: list[Panel]
    verdicts: Grid
    carried: Grid
    verdict_words: list[str]
    margins: str
    uncertainty: str


def view(compared: SoFar) -> View:
    """All words and pictures of a comparison."""
    panels = [_panel(compared, compared.courses[measure]) for measure in SHOWN]
    words = [f"{capital(word)}: {text}." for word, text in EXPLAINED.items()]
    return View(sentence(compared), aside(compared), panels, _verdicts(compared), _carried(compared), words,
                margins_said(compared), BOTH if compared.uncertain else NOISE)  # fmt: skip


@cache
def everything(kind: str) -> list[Any]:
    """Everything of a kind that ships or is offered, read once."""
    find = {"place": find_place, "worldview": find_worldview, "strategy": find_strategy}[kind]
    return [find(name) for name in known(kind)]


@solara.component
def Compare(session: Session) -> None:
    """The page."""
    answer = session.answer.value
    made = answer.best.view(view) if answer is not None else None
    rev = {"data-rev": str(answer.best.number)} if answer is not None else {}
    element("h1", made.sentence if made else "Running both futures …", cls="u-title u-finding", attributes=rev)
    element("p", made.aside if made else "", cls="u-lead")
    _Status(session)
    element("a", "Change place, worldview and levers", cls="u-jump", attributes={"href": "#scenario"})
    with element("div", cls="u-split"):
        with element("div", cls="u-aside", attributes={"id": "scenario"}):
            _Scene(session)
            _Levers(session)
        with element("div", cls="u-results"):
            _Cards(session)
            if made is not None and answer is not None:
                with element("section", label="Verdicts"):
                    _Grid(made.verdicts, "verdicts")
                Legend(answer.compared)
                with element("div", cls="u-panels u-fans u-four"):
                    for panel in made.panels:
                        Chart(
                            panel.option, title=panel.title, unit=panel.unit, says=panel.says, head=panel.head,
                            rows=panel.rows, rev=answer.best.number, name=f"chart-{panel.measure}", height=CHART_HEIGHT,
                        )  # fmt: skip
                with element("section", label="Was it carried out?"):
                    _Grid(made.carried, "carried")
                with element("section", cls="u-how", attributes={"aria-labelledby": "how-to-read"}):
                    element("h2", "How to read these charts", attributes={"id": "how-to-read"})
                    for text in (*HOW, made.margins, *made.verdict_words, made.uncertainty):
                        element("p", text)


HOW = (
    "Above: the middle of the runs, and bands that hold the middle half and 90% of them.",
    "Below: the mean difference from the same people's run without a foundation, with its 95% interval; between the "
    "dashed lines it is too small to matter in practice.",
    "The four headline measures are read together: more places are no good to anybody by themselves.",
    "Shaded: the programme is running. Dotted lines: where what lasts is read.",
)


@solara.component
def _Grid(grid: Grid, name: str) -> None:
    """A table under a name, if it has rows."""
    with element("div", attributes={"id": name}):
        if grid.rows:
            Table(head=grid.head, rows=grid.rows, caption=grid.caption)


@solara.component
def _Status(session: Session) -> None:
    """What the answer holds and how far the runs are, for eyes and ears; and the choice between two uncertainties."""
    answer = session.answer.value
    with element("p", cls="u-status", attributes={"role": "status", "id": "status"}):
        if session.failed.value:
            element("span", session.failed.value, cls="u-trouble")
        if answer is None or not session.current:
            element("span", "Running the first replicates of this scenario …")
        else:
            known = answer.best.compared
            element("span", holds(answer, session.screen.value), attributes={
                "id": "replicates", "data-replicates": str(known.replicates), "data-rev": str(answer.best.number),
                "data-complete": "yes" if answer.complete else "no",
                "data-address": "?" + session.screen.value.query})  # fmt: skip
            if known.not_done:
                element("span", f"{known.not_done} runs failed.", cls="u-trouble")
        changed = session.screen.value.settings
        if changed:
            said = ", ".join(f"{name} {value:g}" for name, value in changed)
            element("span", f"Changed from the default numbers: {said}", cls="u-changed")
    _Either(session)


def holds(answer: Answer, screen: Screen) -> str:
    """Which uncertainty the answer holds, and from how many runs."""
    runs = f"{several(answer.replicates, 'run')} of each strategy"
    if answer.sets is not None:
        known = answer.sets.compared
        said = (f"What nobody has measured, and chance: {sets_said(len(known.sets), known.sample)}; {EACH} runs of "
                f"each strategy in every one, on the same simulated people")  # fmt: skip
        return f"{said}." if known.controls or answer.complete else f"{said}; what the same money does in homes is run."
    if not screen.point:
        return (f"First answer, chance only: {runs}, with default values. What nobody has measured is being run: "
                f"{sets_said(SETS, shipped_sample())}; {EACH} runs in each.")  # fmt: skip
    more = "" if answer.complete else "; more are coming, and the bands will tighten"
    return f"Chance only: {runs} on the same simulated people, with the model's numbers at their default values{more}."


@solara.component
def _Either(session: Session) -> None:
    """The switch: chance only, or what nobody has measured as well."""
    with element("div", cls="u-either", label="What intervals hold", attributes={"role": "group"}):
        _Choice(session, False, "What nobody has measured")
        _Choice(session, True, "Chance only")


@solara.component
def _Choice(session: Session, point: bool, text: str) -> None:
    """One side of it."""
    pressed = "true" if session.screen.value.point == point else "false"
    button = element("button", text, cls="u-tool", attributes={
        "type": "button", "aria-pressed": pressed, "id": "point" if point else "sets"})  # fmt: skip
    solara.v.use_event(button, "click", lambda *_: session.change(lambda s: s.with_(point=point), "point"))


@solara.component
def _Scene(session: Session) -> None:
    """Where, in whose world, how many, how long, with which luck."""
    screen = session.screen.value
    domain, texts = screen.domain, {"months": f"Months: up to {LONGEST}.", "seed": "Another seed is other luck."}
    outlooks = [domain.told(one) for one in everything("worldview")]
    here = next(one for one in outlooks if one.name == screen.worldview)
    real = screen.scenarios[0].real_size

    def change(event: dict[str, Any]) -> None:
        session.change(lambda s: s.with_(**_field(event["name"], event["value"])), f"scene-{event['name']}")

    trouble = next((text for name, text in session.complaints.value.items() if name.startswith("scene-")), "")
    Scene(
        fields=[
            {"name": "place", "label": "Place", "kind": "choice", "value": screen.place, "hint": _described(screen),
             "options": [{"value": one.name, "title": one.title} for one in everything("place")]},
            {"name": "worldview", "label": "Worldview", "kind": "choice", "value": screen.worldview,
             "hint": here.believes, "options": [{"value": one.name, "title": one.title} for one in outlooks]},
            {"name": "people", "label": "People", "kind": "number", "value": screen.people or "",
             "usual": f"{real:,}", "hint": _size(screen.people, real)},
            {"name": "months", "label": "Months", "kind": "number", "value": screen.months, "hint": texts["months"]},
            {"name": "seed", "label": "Seed", "kind": "number", "value": screen.seed, "hint": texts["seed"]},
        ],
        trouble=trouble, event_change=change,
    )  # fmt: skip


def _described(screen: Screen) -> str:
    """Whom the place's figures cover, and what is hardly true of this world."""
    odd = dict.fromkeys(warned.text for one in screen.scenarios for warned in one.warnings)
    return " ".join([screen.where.meaning, *(["Check:"] if odd else []), *odd])


def _size(people: int | None, real: int) -> str:
    """What the number of people means, and why it is not the real one."""
    if people == PEOPLE:
        return f"People: scaled for speed (assumption), {FEWEST_PEOPLE} at least; empty for all {real:,}, slower."
    return f"People: {FEWEST_PEOPLE} at least, {PEOPLE:,} are quick; empty for all {real:,}."


def _field(name: str, value: Any) -> dict[str, Any]:
    if name in ("place", "worldview"):
        return {name: str(value)} if value in known(name) else {}
    if name == "people" and not str(value).strip():
        return {"people": None}
    return {name: read_whole(name, value)} if name in WHOLE else {}


@solara.component
def _Levers(session: Session) -> None:
    """The levers of the strategy that is being edited."""
    screen = session.screen.value
    which = screen.edited

    def change(event: dict[str, Any]) -> None:
        name = str(event["name"])

        def moved(s: Screen) -> Screen:
            value = check_room(s, s.edited, name, from_screen(name, read_number(name, event["value"])))
            return s.with_lever(s.edited, name, value)

        session.change(moved, name)

    with element("section", attributes={"aria-labelledby": "levers-title"}):
        element("h2", f"Levers of: {screen.title(which)}", attributes={"id": "levers-title"})
        Ranges(
            groups=lever_groups(screen, which), trouble=dict(session.complaints.value), name="levers",
            event_change=change, event_reset=lambda name: session.change(
                lambda s: s.with_lever(s.edited, str(name), None), str(name)),
        )  # fmt: skip


@solara.component
def _Cards(session: Session) -> None:
    """The strategies."""
    screen = session.screen.value
    domain = screen.domain

    def swap(event: dict[str, Any]) -> None:
        def swapped(s: Screen) -> Screen:
            return s.with_(choices=tuple(Choice(str(event["name"])) if i == event["which"] else one
                                         for i, one in enumerate(s.choices)))  # fmt: skip

        session.change(swapped, "strategies")

    def edit(which: int) -> None:
        session.change(lambda s: s.with_more("x-edit", str(which)))

    told = {one.name: domain.told(one) for one in everything("strategy") if one.name != NOBODY}
    options = [{"value": name, "title": one.title, "kind": capital(one.kind)}
               for kind in (*KINDS[2:], *KINDS[:2]) for name, one in told.items() if one.kind == kind]  # fmt: skip
    cards = []
    for i, choice in enumerate(screen.choices):
        one = told.get(choice.name) or find_strategy(choice.name)
        many = len(choice.levers)
        cards.append({"title": one.title, "sentence": one.meaning, "kind": capital(one.kind), "value": choice.name,
                      "changed": f"{many} lever{'s' if many > 1 else ''} changed" if many else "",
                      "dash": dashes(line(i))})  # fmt: skip
    Cards(
        cards=cards, options=options, most=MOST, edited=screen.edited, event_swap=swap, event_edit=edit,
        event_remove=lambda i: session.change(
            lambda s: s.with_(choices=tuple(one for k, one in enumerate(s.choices) if k != i)), "strategies"),
        event_add=lambda name: session.change(
            lambda s: s.with_(choices=(*s.choices, Choice(str(name)))), "strategies"),
    )  # fmt: skip
    element("p", ILLUSTRATIONS, cls="u-hint", attributes={"id": "illustrations"})
    if "strategies" in session.complaints.value:
        element("p", session.complaints.value["strategies"], cls="u-trouble", attributes={"role": "status"})


# --- tables -----------------------------------------------------------------------------------------------------------


def _verdicts(compared: SoFar) -> Grid:
    """Every strategy against no foundation at the last moment, and beneath it the controls: all four, never one."""
    units, last = compared.units, compared.when[-1]
    head = ["Strategy", *(f"{label(measure, compared.domain)}, {unit(measure, True, units)}" for measure in HEADLINE)]
    found = compared.headline.filter(compared.headline["month"] == last)
    rows, margins = [], {}
    for name in compared.names:
        own = {row["measure"]: row for row in found.filter(found["scenario"] == name).iter_rows(named=True)}
        cells = {measure: difference(compared, own[measure]) for measure in HEADLINE}
        margins = {measure: cell["margin"] for measure, cell in cells.items()}
        rows.append([compared.titles[name], *(_cell(cells[measure]) for measure in HEADLINE)])
    rows += [[f"Beside it: {row['title']}", *map(_cell, row["cells"])] for row in controls(compared)]
    if margins:
        rows.append(["What matters in practice", *(margins[measure] for measure in HEADLINE)])
    beside = f"; {same_money(compared)[0].lower()}{same_money(compared)[1:]}" if compared.controls else ""
    return Grid(f"Against no foundation, {compared.after(last)}, with 95% intervals{beside}", head, rows)


def _cell(one: dict[str, Any]) -> str:
    return f"{one['shown']} ({one['interval']}): {one['verdict']}" if one["interval"] != "none" else (
        f"{one['shown']}: {one['verdict']}")  # fmt: skip


def _carried(compared: SoFar) -> Grid:
    """What became of each programme."""
    million = f"{compared.units.currency} million"
    head = ["Strategy", "Grants awarded", "Runs without any", "Sites reached", f"Had, {million}", "Spent by the end",
            "Spent or promised", f"Left, {million}", "Carried out"]  # fmt: skip
    keys = ("title", "grants", "none_in", "sites", "had", "spent", "used", "left", "verdict")
    rows = [[row[key] for key in keys] for row in carried(compared)]
    return Grid("Was it carried out? Means of the runs; grants and sites as simulated", head, rows)


# --- one measure ------------------------------------------------------------------------------------------------------


def _panel(compared: SoFar, found: Courses) -> Panel:
    measure = found.measure
    return Panel(measure, label(measure, compared.domain), unit(measure, units=compared.units), _says(compared, found),
                 _option(compared, found), *_table(compared, found))  # fmt: skip


def _says(compared: SoFar, found: Courses) -> str:
    """The difference at the last moment, strategy by strategy, in the verdict words where there is a margin."""
    measure, month, units = found.measure, compared.when[-1], compared.units
    said = []
    for name in compared.names:
        one = compared.contrast(name, NOBODY, measure, month)
        gap = shown_difference(measure, one.difference, units)
        text = f"{compared.titles[name]}: {gap} {unit(measure, True, units)}"
        if one.low is not None:
            text += f" ({interval(measure, one.low, one.high, units)})"
        if measure in HEADLINE:
            text += f", {one.verdict or 'not carried out'}"
        said.append(text)
    return f"Against no foundation, {compared.after(month)} – {'; '.join(said)}." if said else ""


def _table(compared: SoFar, found: Courses) -> tuple[list[str], list[list[str]]]:
    """The middle of the runs and the differences, every two years and where what lasts is read."""
    measure, units = found.measure, compared.units
    head = ["Month", "No foundation"]
    for name in compared.names:
        head += [compared.titles[name], "difference", "95% interval"]
    fans = {name: found.fan(name)[2] for name in (NOBODY, *compared.names)}
    gaps = {name: found.difference(name, NOBODY) for name in compared.names}
    rows = []
    for month in moments(compared, int(found.months[-1])):
        row = [str(month), shown(measure, float(fans[NOBODY][month]), units)]
        for name in compared.names:
            middle, low, high = gaps[name]
            ends = "–" if low is None or high is None else (
                interval(measure, float(low[month]), float(high[month]), units))  # fmt: skip
            row += [shown(measure, float(fans[name][month]), units),
                    shown_difference(measure, float(middle[month]), units), ends]  # fmt: skip
        rows.append(row)
    return head, rows


def _option(compared: SoFar, found: Courses) -> dict[str, Any]:
    """Fan above, difference below."""
    measure, units = found.measure, compared.units
    by, within = scale(measure, units), edges(compared, measure)
    good = {1: " – up is better", -1: " – down is better"}.get(DIRECTION.get(measure, 0), "")
    below = f"difference, {unit(measure, True, units)}{good}"
    return fan(compared, found, by, None if within is None else within * by, below, *read(compared, measure),
               marked=True)  # fmt: skip


def read(compared: SoFar, measure: str) -> tuple[str, str]:
    """How the pointer reads values and differences of a measure: formatters of chart.vue."""
    value, gap = (unit(measure, difference, compared.units) for difference in (False, True))
    few = digits(measure, 100.0)
    ends = [{"per cent": "%"}.get(text, f" {text}") for text in (value, gap)]
    return f"fn:number/{few}/{ends[0]}", f"fn:signed/{few}/{ends[1]}"
