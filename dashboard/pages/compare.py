"""Compare: one screen, one answer: sentence, how sure it is, one large chart and every lever in view; in full below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import solara

from analysis.answer import YEARS, headline, ranges
from analysis.board import aside, sentence
from analysis.comparison import SoFar
from analysis.contrasts import EXPLAINED
from analysis.courses import Courses
from analysis.figures import NOISE, NOT_DONE
from analysis.money_words import prices
from analysis.tables import carried, controls, difference
from analysis.uncertainty import BOTH
from analysis.units import Units
from analysis.words import (
    PEOPLE,
    SPENT,
    interval,
    label,
    margins_said,
    number,
    same_money,
    shown,
    shown_difference,
    small,
    title,
    unit,
)
from dashboard import shipped
from dashboard.controls import check_room, from_screen, lever_groups
from dashboard.fans import moments
from dashboard.large import DIFFERENCE, TOTAL, VIEWS, option
from dashboard.looks import dashes, line, look
from dashboard.parts import Cards, Chart, Practices, Quantities, Ranges, Scene, Strip, Table, Where, element
from dashboard.parts.legend import Legend
from dashboard.parts.unmeasured import holds
from dashboard.practices import practices, switch, switches
from dashboard.screen import MOST, Screen
from dashboard.screen import PEOPLE as USUAL_PEOPLE
from dashboard.session import Session
from dashboard.since import said_of, use_change
from dashboard.sure import HowSure
from dashboard.texts import as_typed
from engine.typed import read_number, read_whole
from model.measures import HEADLINE
from scenarios.choice import Choice
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.names import known
from scenarios.places import find_place
from scenarios.refused import in_short
from scenarios.request import WHOLE
from scenarios.scenario import FEWEST as FEWEST_PEOPLE
from scenarios.scenario import LONGEST, NOBODY
from scenarios.strategy import ILLUSTRATIONS, KINDS, find_strategy
from scenarios.worldviews import find_worldview

CHART_HEIGHT = 360  # pixels, where the style sheet does not fit the chart to the screen
QUANTITIES = HEADLINE
VIEW, QUANTITY = "x-view", "x-shown"  # what the page remembers: how, and which quantity, the large chart shows
VIEW_TITLES = {DIFFERENCE: N_("Change"), TOTAL: N_("In all")}


@dataclass(frozen=True)
class Panel:
    """The large chart of one quantity, ready to be drawn."""

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

    headline: str
    ranges: str
    tiles: list[dict[str, Any]]
    sentence: str
    aside: str
    verdicts: Grid
    carried: Grid
    prices: list[str]
    verdict_words: list[str]
    margins: str
    uncertainty: str


def view(compared: SoFar) -> View:
    """All words of a comparison."""
    words = [
        say("{verdict}: {meaning}.", verdict=capital(say(word)), meaning=say(text)) for word, text in EXPLAINED.items()
    ]
    tiles = [_tile(compared, measure) for measure in QUANTITIES]
    return View(headline(compared), ranges(compared), tiles, sentence(compared), aside(compared), _verdicts(compared),
                _carried(compared), prices(compared), words,
                margins_said(compared), say(BOTH if compared.uncertain else NOISE))  # fmt: skip


@lru_cache(maxsize=256)
def panel(measure: str, how: str, units: Units | None = None) -> Callable[[SoFar], Panel]:
    """A function for each quantity and each way to show it, so that answers remember what it made.  units: other than
    the place's own."""

    def made(compared: SoFar) -> Panel:
        found = compared.courses[measure]
        more = how == DIFFERENCE and bool(compared.names)
        shown_in = units or compared.units
        text = N_("{quantity}: change from no foundation") if more else N_("{quantity}: in all")
        what = say(text, quantity=title(measure, compared.domain))
        return Panel(measure, what, unit(measure, more, shown_in), _says(compared, found, shown_in),
                     option(compared, measure, how, units=shown_in), *_table(compared, found, shown_in))  # fmt: skip

    return made


@cache
def everything(kind: str) -> list[Any]:
    """Everything of a kind that ships or is offered, read once."""
    find = {"place": find_place, "worldview": find_worldview, "strategy": find_strategy}[kind]
    return [find(name) for name in known(kind)]


@solara.component
def Compare(session: Session) -> None:
    """The page: answer, picture and levers in one view; under it the same in full."""
    with element("div", cls="u-compare"):
        with element("div", cls="u-cockpit"):
            with element("div", cls="u-picture"):
                _Answer(session)
                _Picture(session)
            with element("div", cls="u-hand", label=say("Levers"), attributes={
                    "id": "scenario", "role": "region", "tabindex": "0"}):  # fmt: skip
                _Hand(session)
        _InFull(session)


@solara.component
def _Hand(session: Session) -> None:
    """Everything that can be moved, in one column of its own."""
    with element("div", cls="u-hand-in"):
        _Cards(session)
        _Practices(session)
        _Levers(session)
        _Scene(session)
        _Either(session)


@solara.component
def _Answer(session: Session) -> None:
    """What it is about, the sentence, and how sure it is; before any run, the sentence that ships."""
    screen, answer = session.screen.value, session.answer.value
    made = answer.best.view(view) if answer is not None else None
    rev = {"data-rev": str(answer.best.number)} if answer is not None else {}
    with element("div", cls="u-answer"):
        Where(says=where_said(screen))
        first = made.headline if made else shipped.first(screen)[0]
        text = session.failed.value or first or say("The answer is being worked out …")
        element("h1", text, cls="u-title u-finding", attributes=rev)
        Heard(session, made.headline if made else "")
        HowSure(session)


@solara.component
def Heard(session: Session, text: str) -> None:
    """A screen reader hears the new sentence once, when it has settled."""
    settled: Any = solara.use_ref("")
    answer = session.answer.value
    if answer is not None and answer.complete and session.current:
        settled.current = text
    element("p", settled.current, cls="u-hidden", attributes={"role": "status", "id": "heard"})


def where_said(screen: Screen) -> str:
    """ "Dublin, single adults · 9,694 people · ten years · in the world of Evidence"."""
    world = screen.domain.told(screen.outlook).title
    return say("{place} · {people} people · {spell} · in the world of {world}", place=screen.where.title,
               people=screen.scenarios[0].real_size, spell=spell_said(screen.months), world=world)  # fmt: skip


def spell_said(months: int) -> str:
    """ "ten years", or how many months."""
    years = months // 12
    if months % 12 or years >= len(YEARS):
        return say("{months} months", months=str(months))
    many = say(YEARS[years])
    return say("{many} years", many=many) if years > 1 else say("{many} year", many=many)


def shown_of(screen: Screen) -> tuple[str, str]:
    """Quantity and way of showing it that the address names; the first where it names none."""
    measure, how = screen.remembered(QUANTITY), screen.remembered(VIEW)
    return measure if measure in QUANTITIES else QUANTITIES[0], how if how in VIEWS else DIFFERENCE


@solara.component
def _Picture(session: Session) -> None:
    """The large chart, what it may show, and a strip of the rest."""
    screen, answer = session.screen.value, session.answer.value
    measure, how = shown_of(screen)
    change = use_change(session)

    def show(name: Any) -> None:
        session.change(lambda s: s.with_more(QUANTITY, str(name)))

    with element("div", cls="u-large"):
        element("h2", say("The chart"), cls="u-hidden")
        Quantities(
            quantities=[{"name": one, "title": title(one, screen.domain)} for one in QUANTITIES],
            shown=measure, views=[{"name": one, "title": say(VIEW_TITLES[one])} for one in VIEWS], view=how,
            event_pick=show, event_look=lambda name: session.change(lambda s: s.with_more(VIEW, str(name))),
        )  # fmt: skip
        with element("div", cls="u-large-key"):
            if answer is not None:
                Legend(answer.compared)
        with element("div", cls="u-large-chart"):
            if answer is not None:
                made = answer.best.view(panel(measure, how))
                drawn = made.option
                if change is not None and (how == DIFFERENCE or change.same_world):
                    drawn = change.option(answer.best, measure, how)
                Chart(drawn, title=made.title, unit=made.unit, says=made.says, head=made.head, rows=made.rows,
                      rev=answer.best.number, name=f"chart-{measure}", height=CHART_HEIGHT)  # fmt: skip
        tiles = answer.best.view(view).tiles if answer is not None else []
        Strip(
            tiles=[one for one in tiles if one["name"] != measure],
            change=said_of(change, (PEOPLE, SPENT) if measure == PEOPLE else (PEOPLE, measure)), why=change is not None,
            rev=answer.best.number if answer is not None else 0, event_pick=show,
            event_ask=lambda _: session.change(lambda s: s.with_(page="why")),
        )  # fmt: skip


def _tile(compared: SoFar, measure: str) -> dict[str, Any]:
    """A quantity in the strip: what each strategy changes, with its interval."""
    rows, spoken = [], []
    for name in compared.names:
        one = compared.contrast(name, NOBODY, measure, compared.when[-1])
        gap = shown_difference(measure, one.difference, compared.units)
        ends = "" if one.low is None else f"({interval(measure, one.low, one.high, compared.units)})"
        colour, dash, _ = look(compared.names, name)
        said = {"gap": gap, "ends": ends} if one.verdict else {"gap": say("not carried out"), "ends": ""}
        rows.append({"name": name, "ink": colour, "dash": dashes(dash), **said})
        spoken.append(f"{compared.titles[name]} {said['gap']} {said['ends']}".strip())
    what, ending = title(measure, compared.domain), short_unit(measure, compared.units)
    what = say("{what}, {unit}", what=what, unit=ending) if ending else what
    return {"name": measure, "title": what, "rows": rows,
            "spoken": "; ".join(spoken)}  # fmt: skip


def short_unit(measure: str, units: Units) -> str:
    """What a title does not say by itself."""
    return say("{currency} million", currency=units.currency) if measure == SPENT else ""


HOW = (
    N_(
        "Change: the mean difference from the same people's run without a foundation, with its 95% interval; between "
        "the dashed lines it is too small to matter in practice. In all: the mean of the runs, and a band with 90% of "
        "them."
    ),
    N_("Dotted: the strategy as it was before your last change."),
    N_("The four quantities are read together: more places are no good to anybody by themselves."),
    N_("Shaded: the programme is running. Vertical dotted lines: where what lasts is read."),
)


@solara.component
def _InFull(session: Session) -> None:
    """Under the one screen: the same with all its numbers."""
    answer = session.answer.value
    made = answer.best.view(view) if answer is not None else None
    with element("div", cls="u-infull"):
        element("h2", say("In full"))
        element("p", made.sentence if made else "", cls="u-sentence")
        element("p", made.aside if made else "", cls="u-lead")
        _Status(session)
        if made is not None:
            with element("section", label=say("Verdicts")):
                _Grid(made.verdicts, "verdicts")
                with element("div", attributes={"id": "prices"}):
                    for text in made.prices:
                        element("p", text)
            with element("section", label=say("Was it carried out?")):
                _Grid(made.carried, "carried")
            with element("section", cls="u-how", attributes={"aria-labelledby": "how-to-read"}):
                element("h2", say("How to read the chart and the tables"), attributes={"id": "how-to-read"})
                for text in (*map(say, HOW), made.margins, *made.verdict_words, made.uncertainty):
                    element("p", text)
        element("p", say(ILLUSTRATIONS), cls="u-hint", attributes={"id": "illustrations"})


@solara.component
def _Grid(grid: Grid, name: str) -> None:
    """A table under a name, if it has rows."""
    with element("div", attributes={"id": name}):
        if grid.rows:
            Table(head=grid.head, rows=grid.rows, caption=grid.caption)


@solara.component
def _Status(session: Session) -> None:
    """What the answer holds and how far the runs are."""
    answer = session.answer.value
    with element("p", cls="u-status", attributes={"id": "status"}):
        if session.failed.value:
            element("span", session.failed.value, cls="u-trouble", attributes={"role": "alert"})
        if answer is None or not session.current:
            element("span", say("Running this scenario for the first time …"))
        else:
            known = answer.best.compared
            element("span", holds(answer, session.screen.value), attributes={
                "id": "replicates", "data-replicates": str(known.replicates), "data-rev": str(answer.best.number),
                "data-complete": "yes" if answer.complete else "no",
                "data-address": "?" + session.screen.value.query})  # fmt: skip
            if known.not_done:
                element("span", say("{runs} runs failed.", runs=known.not_done), cls="u-trouble")
        changed = session.screen.value.settings
        if changed:
            said = ", ".join(f"{name} {in_short(value)}" for name, value in changed)
            element("span", say("Changed from the default numbers: {changes}", changes=said), cls="u-changed")


@solara.component
def _Either(session: Session) -> None:
    """The switch: chance only, or what nobody has measured as well."""
    with element("div", cls="u-either", label=say("What ranges hold"), attributes={"role": "group"}):
        element("p", say("Ranges hold"), cls="u-hint")
        _Choice(session, False, say("What nobody has measured"))
        _Choice(session, True, say("Chance only"))


@solara.component
def _Choice(session: Session, point: bool, text: str) -> None:
    """One side of it."""
    pressed = "true" if session.screen.value.point == point else "false"
    button = element("button", text, cls="u-tool", attributes={
        "type": "button", "aria-pressed": pressed, "id": "point" if point else "sets"})  # fmt: skip
    solara.v.use_event(button, "click", lambda *_: session.change(lambda s: s.with_(point=point), "point"))


@solara.component
def _Practices(session: Session) -> None:
    """The five practices of the strategy that is being edited."""
    screen = session.screen.value

    def turn(event: dict[str, Any]) -> None:
        name, on = str(event["name"]), bool(event["on"])
        if name in practices():
            session.change(lambda s: switch(s, s.edited, name, on), "practices")

    Practices(switches=switches(screen, screen.edited), strategy=screen.title(screen.edited),
              trouble=session.complaints.value.get("practices", ""), event_change=turn)  # fmt: skip


@solara.component
def _Scene(session: Session) -> None:
    """Where, in whose world, how many, how long, with which luck."""
    screen = session.screen.value
    domain = screen.domain
    texts = {"months": say("Months: up to {most}.", most=str(LONGEST)), "seed": say("Another number is other luck.")}
    outlooks = [domain.told(one) for one in everything("worldview")]
    here = next(one for one in outlooks if one.name == screen.worldview)
    real = screen.scenarios[0].real_size

    def change(event: dict[str, Any]) -> None:
        session.change(lambda s: s.with_(**_field(s, event["name"], event["value"])), f"scene-{event['name']}")

    trouble = next((text for name, text in session.complaints.value.items() if name.startswith("scene-")), "")
    element("h3", say("Where, and in whose world"), cls="u-section")
    Scene(
        fields=[
            {"name": "place", "label": say("Place"), "kind": "choice", "value": screen.place,
             "hint": _described(screen),
             "options": [{"value": one.name, "title": one.title} for one in everything("place")] + own_options(screen)},
            {"name": "worldview", "label": say("In the world of"), "kind": "choice", "value": screen.worldview,
             "hint": here.believes, "options": [{"value": one.name, "title": one.title} for one in outlooks]},
            {"name": "people", "label": say("People"), "kind": "number", "value": screen.people or "",
             "usual": number(real), "hint": _size(screen.people, real)},
            {"name": "months", "label": say("Months"), "kind": "number", "value": screen.months,
             "hint": texts["months"]},
            {"name": "seed", "label": say("Luck"), "kind": "number", "value": screen.seed, "hint": texts["seed"]},
        ],
        trouble=trouble, event_change=change,
    )  # fmt: skip


def _described(screen: Screen) -> str:
    """Whom the place's figures cover, and what is hardly true of this world."""
    odd = dict.fromkeys(warned.text for one in screen.scenarios for warned in one.warnings)
    meaning = screen.where.meaning if screen.place in screen.own else say(screen.where.meaning)
    return " ".join([meaning, *([say("Check: {what}", what=" ".join(odd))] if odd else [])])


def _size(people: int | None, real: int) -> str:
    """What the number of people means, and why it is not the real one."""
    if people == USUAL_PEOPLE:
        return say("People: scaled for speed (assumption), {fewest} at least; empty for all {all}, slower.",
                   fewest=FEWEST_PEOPLE, all=real)  # fmt: skip
    return say("People: {fewest} at least, {quick} are quick; empty for all {all}.", fewest=FEWEST_PEOPLE,
               quick=USUAL_PEOPLE, all=real)  # fmt: skip


def own_options(screen: Screen) -> list[dict[str, str]]:
    """Places that only this session has, as a choice offers them."""
    return [{"value": name, "title": say("{place} (yours)", place=one.place.title)} for name, one in screen.own.items()]


def _field(screen: Screen, name: str, value: Any) -> dict[str, Any]:
    if name in ("place", "worldview"):
        return {name: str(value)} if value in known(name) or (name == "place" and value in screen.own) else {}
    if name == "people" and not str(value).strip():
        return {"people": None}
    return {name: read_whole(name, as_typed(value))} if name in WHOLE else {}


@solara.component
def _Levers(session: Session) -> None:
    """The levers of the strategy that is being edited."""
    screen = session.screen.value
    which = screen.edited

    def change(event: dict[str, Any]) -> None:
        name = str(event["name"])

        def moved(s: Screen) -> Screen:
            value = check_room(s, s.edited, name, from_screen(name, read_number(name, as_typed(event["value"]))))
            return s.with_lever(s.edited, name, value)

        session.change(moved, name)

    with element("section", attributes={"aria-labelledby": "levers-title"}):
        element("h2", say("Levers of: {strategy}", strategy=screen.title(which)), attributes={"id": "levers-title"})
        Ranges(
            groups=lever_groups(screen, which), trouble=dict(session.complaints.value), name="levers",
            event_change=change, event_reset=lambda name: session.change(
                lambda s: s.with_lever(s.edited, str(name), None), str(name)),
        )  # fmt: skip


def _levers_changed(many: int) -> str:
    """How many levers of a card are not as they ship; "" if all are."""
    if many == 1:
        return say("1 lever changed")
    return say("{count} levers changed", count=many) if many else ""


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
    options = [{"value": name, "title": one.title, "kind": capital(say(one.kind))}
               for kind in (*KINDS[2:], *KINDS[:2]) for name, one in told.items() if one.kind == kind]  # fmt: skip
    cards = []
    for i, choice in enumerate(screen.choices):
        one = told.get(choice.name) or domain.told(Choice(choice.name).strategy())
        cards.append({"title": one.title, "sentence": one.meaning, "kind": capital(say(one.kind)),
                      "value": choice.name, "changed": _levers_changed(len(choice.levers)),
                      "dash": dashes(line(i))})  # fmt: skip
    Cards(
        cards=cards, options=options, most=MOST, edited=screen.edited, event_swap=swap, event_edit=edit,
        event_remove=lambda i: session.change(
            lambda s: s.with_(choices=tuple(one for k, one in enumerate(s.choices) if k != i)), "strategies"),
        event_add=lambda name: session.change(
            lambda s: s.with_(choices=(*s.choices, Choice(str(name)))), "strategies"),
    )  # fmt: skip
    if "strategies" in session.complaints.value:
        element("p", session.complaints.value["strategies"], cls="u-trouble", attributes={"role": "status"})


# --- tables -----------------------------------------------------------------------------------------------------------


def _verdicts(compared: SoFar) -> Grid:
    """Every strategy against no foundation at the last moment, and beneath it the controls: all four, never one."""
    units, last = compared.units, compared.when[-1]
    head = [say("Strategy"), *(with_unit(measure, compared.domain, units) for measure in HEADLINE)]
    found = compared.headline.filter(compared.headline["month"] == last)
    rows, margins = [], {}
    for name in compared.names:
        own = {row["measure"]: row for row in found.filter(found["scenario"] == name).iter_rows(named=True)}
        cells = {measure: difference(compared, own[measure]) for measure in HEADLINE}
        margins = {measure: cell["margin"] for measure, cell in cells.items()}
        rows.append([compared.titles[name], *(_cell(cells[measure]) for measure in HEADLINE)])
    rows += [[say("Beside it: {what}", what=row["title"]), *map(_cell, row["cells"])] for row in controls(compared)]
    if margins:
        rows.append([say("What matters in practice"), *(margins[measure] for measure in HEADLINE)])
    text = N_("Against no foundation, {when}, with 95% intervals")
    if compared.controls:
        text = N_("Against no foundation, {when}, with 95% intervals; {beside}")
    return Grid(say(text, when=compared.after(last), beside=small(same_money(compared))), head, rows)


def with_unit(measure: str, domain: Domain, units: Units) -> str:
    """What a column of differences holds."""
    return say("{what}, {unit}", what=label(measure, domain), unit=unit(measure, True, units))


def _cell(one: dict[str, Any]) -> str:
    verdict = say(one["verdict"])
    return f"{one['shown']} ({one['interval']}): {verdict}" if one["interval"] != say("none") else (
        f"{one['shown']}: {verdict}")  # fmt: skip


def _carried(compared: SoFar) -> Grid:
    """What became of each programme."""
    currency = compared.units.currency
    head = [say("Strategy"), say("Grants awarded, of those meant"), say("Runs without any"), say("Sites reached"),
            say("Had, {currency} million", currency=currency), say("Spent by the end"), say("Spent or promised"),
            say("Left, {currency} million", currency=currency), say("Carried out")]  # fmt: skip
    keys = ("title", "grants", "none_in", "sites", "had", "spent", "used", "left", "verdict")
    rows = [[row[key] for key in keys] for row in carried(compared)]
    return Grid(
        say(
            "Was it carried out? Means of the runs; grants awarded, of those that the strategy means to give; bridge "
            "money counts when it is handed over"
        ),
        head,
        rows,
    )


# --- one quantity -----------------------------------------------------------------------------------------------------


def _says(compared: SoFar, found: Courses, units: Units) -> str:
    """The difference at the last moment, strategy by strategy, in the verdict words where there is a margin."""
    measure, month = found.measure, compared.when[-1]
    said = []
    for name in compared.names:
        one = compared.contrast(name, NOBODY, measure, month)
        gap = shown_difference(measure, one.difference, units)
        text = f"{compared.titles[name]}: {gap} {unit(measure, True, units)}"
        if one.low is not None:
            text += f" ({interval(measure, one.low, one.high, units)})"
        if measure in HEADLINE:
            text += f", {say(one.verdict or NOT_DONE)}"
        said.append(text)
    return say("Against no foundation, {when} – {differences}.", when=compared.after(month),
               differences="; ".join(said)) if said else ""  # fmt: skip


def _table(compared: SoFar, found: Courses, units: Units) -> tuple[list[str], list[list[str]]]:
    """The mean of the runs and the differences, every two years and where what lasts is read."""
    measure = found.measure
    head = [say("Month"), say("No foundation")]
    for name in compared.names:
        head += [compared.titles[name], say("difference"), say("95% interval")]
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
