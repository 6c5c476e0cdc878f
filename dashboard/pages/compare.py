"""Compare: what each strategy leaves behind, as fans and paired differences, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import solara

from analysis.comparison import Comparison, SoFar
from analysis.contrasts import DIRECTION, margin
from analysis.courses import Courses
from analysis.figures import NOISE
from analysis.tables import interval
from analysis.words import RUNS, aside, capital, headline, label, scale, shown, shown_difference, unit
from dashboard.controls import check_room, from_screen, lever_groups
from dashboard.edited import Choice
from dashboard.fans import fan, moments
from dashboard.looks import dashes, line
from dashboard.parts import Cards, Chart, Ranges, Scene, element
from dashboard.parts.legend import Legend
from dashboard.screen import MOST, PEOPLE, Screen
from dashboard.session import Session
from model.measures import HEADLINE
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.scenario import FEWEST as FEWEST_PEOPLE
from scenarios.scenario import LONGEST, NOBODY
from scenarios.strategy import KINDS, find_strategy
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
class View:
    """What the page says of one answer; made once for everybody who sees it."""

    sentence: str
    aside: str
    panels: list[Panel]


def view(compared: SoFar) -> View:
    """All words and pictures of a comparison."""
    return View(headline(compared), aside(compared), [_panel(compared, compared.courses[measure]) for measure in SHOWN])


@cache
def known(kind: str) -> list[Any]:
    """Everything of a kind that ships, read once."""
    find = {"place": find_place, "worldview": find_worldview, "strategy": find_strategy}[kind]
    return [find(name) for name in shipped(kind)]


@solara.component
def Compare(session: Session) -> None:
    """The page."""
    answer = session.answer.value
    made = answer.view(view) if answer is not None else None
    rev = {"data-rev": str(answer.number)} if answer is not None else {}
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
                Legend(answer.compared)
                with element("div", cls="u-panels u-fans"):
                    for panel in made.panels:
                        Chart(
                            panel.option, title=panel.title, unit=panel.unit, says=panel.says, head=panel.head,
                            rows=panel.rows, rev=answer.number, name=f"chart-{panel.measure}", height=CHART_HEIGHT,
                        )  # fmt: skip
                    with element("section", cls="u-how", attributes={"aria-labelledby": "how-to-read"}):
                        element("h2", "How to read these charts", attributes={"id": "how-to-read"})
                        for text in (*HOW, NOISE):
                            element("p", text)


HOW = (
    "Above: the middle of the runs, and bands that hold the middle half and 90% of them.",
    "Below: the mean difference from the same people's run without a foundation, with its 95% interval; between the "
    "dashed lines it is too small to matter in practice.",
    "Shaded: the programme is running. Dotted lines: where what lasts is read.",
)


@solara.component
def _Status(session: Session) -> None:
    """How far the runs are, for eyes and ears."""
    answer = session.answer.value
    with element("p", cls="u-status", attributes={"role": "status", "id": "status"}):
        if session.failed.value:
            element("span", session.failed.value, cls="u-trouble")
        elif answer is None or not session.current:
            element("span", "Running the first replicates of this scenario …")
        else:
            more = "" if answer.complete else "; more are coming, and the bands will tighten"
            rev = {"data-rev": str(answer.number)}
            element("span", f"{answer.replicates} replicates of each strategy on the same simulated people{more}.",
                    attributes={"id": "replicates", "data-replicates": str(answer.replicates), **rev,
                                "data-address": "?" + session.screen.value.query})  # fmt: skip
            if answer.compared.not_done:
                element("span", f"{answer.compared.not_done} runs failed.", cls="u-trouble")
        changed = session.screen.value.settings
        if changed:
            said = ", ".join(f"{name} {value:g}" for name, value in changed)
            element("span", f"Changed from the default world: {said}", cls="u-changed")


@solara.component
def _Scene(session: Session) -> None:
    """Where, in whose world, how many, how long, with which luck."""
    screen = session.screen.value
    domain, texts = screen.domain, {"months": f"Months: up to {LONGEST}.", "seed": "Another seed is other luck."}
    worlds = [domain.told(world) for world in known("worldview")]
    here = next(world for world in worlds if world.name == screen.world)
    real = screen.scenarios[0].real_size

    def change(event: dict[str, Any]) -> None:
        session.change(lambda s: s.with_(**_field(event["name"], event["value"])), f"scene-{event['name']}")

    trouble = next((text for name, text in session.complaints.value.items() if name.startswith("scene-")), "")
    Scene(
        fields=[
            {"name": "place", "label": "Place", "kind": "choice", "value": screen.place, "hint": screen.where.meaning,
             "options": [{"value": one.name, "title": one.title} for one in known("place")]},
            {"name": "world", "label": "Worldview", "kind": "choice", "value": screen.world, "hint": here.believes,
             "options": [{"value": world.name, "title": world.title} for world in worlds]},
            {"name": "people", "label": "People", "kind": "number", "value": screen.people or "",
             "usual": f"{real:,}", "hint": _size(screen.people, real)},
            {"name": "months", "label": "Months", "kind": "number", "value": screen.months, "hint": texts["months"]},
            {"name": "seed", "label": "Seed", "kind": "number", "value": screen.seed, "hint": texts["seed"]},
        ],
        trouble=trouble, event_change=change,
    )  # fmt: skip


def _size(people: int | None, real: int) -> str:
    """What the number of people means, and why it is not the real one."""
    if people == PEOPLE:
        return f"People: scaled for speed (assumption), {FEWEST_PEOPLE} at least; empty for all {real:,}, slower."
    return f"People: {FEWEST_PEOPLE} at least, {PEOPLE:,} are quick; empty for all {real:,}."


def _field(name: str, value: Any) -> dict[str, Any]:
    from engine.errors import BadInput

    if name in ("place", "world"):
        return {name: str(value)} if value in shipped({"place": "place", "world": "worldview"}[name]) else {}
    text = str(value).replace(",", "").strip()
    if name == "people" and not text:
        return {"people": None}
    try:
        return {name: int(text)} if name in ("people", "months", "seed") else {}
    except ValueError as error:
        raise BadInput(f"'{name}' is '{str(value)[:20]}'", allowed="a whole number") from error


@solara.component
def _Levers(session: Session) -> None:
    """The levers of the strategy that is being edited."""
    screen = session.screen.value
    which = screen.edited

    def change(event: dict[str, Any]) -> None:
        name = str(event["name"])

        def moved(s: Screen) -> Screen:
            value = check_room(s, s.edited, name, from_screen(name, float(event["value"])))
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

    told = {one.name: domain.told(one) for one in known("strategy") if one.name != NOBODY}
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
    if "strategies" in session.complaints.value:
        element("p", session.complaints.value["strategies"], cls="u-trouble", attributes={"role": "status"})


# --- one measure ------------------------------------------------------------------------------------------------------


def _panel(compared: Comparison, found: Courses) -> Panel:
    measure = found.measure
    return Panel(measure, label(measure, compared.domain), unit(measure), _says(compared, found),
                 _option(compared, found), *_table(compared, found))  # fmt: skip


def _says(compared: Comparison, found: Courses) -> str:
    """The difference at the last moment, strategy by strategy, in the verdict words where there is a margin."""
    measure, month = found.measure, compared.when[-1]
    said = []
    for name in compared.names:
        middle, low, high = found.difference(name, NOBODY)
        gap = shown_difference(measure, float(middle[month]))
        text = f"{compared.titles[name]}: {gap} {unit(measure, difference=True)}"
        if low is not None and high is not None:
            text += f" ({interval(measure, float(low[month]), float(high[month]))})"
        if measure in HEADLINE:
            rows = compared.headline
            row = rows.filter((rows["scenario"] == name) & (rows["measure"] == measure) & (rows["month"] == month))
            word = row["verdict"][0]
            text += f", {word}" + (f": {RUNS}" if word == "not known" else "")
        said.append(text)
    return f"Against no foundation, {compared.after(month)} – {'; '.join(said)}." if said else ""


def _table(compared: Comparison, found: Courses) -> tuple[list[str], list[list[str]]]:
    """The middle of the runs and the differences, every two years and where what lasts is read."""
    measure = found.measure
    head = ["Month", "No foundation"]
    for name in compared.names:
        head += [compared.titles[name], "difference", "95% interval"]
    fans = {name: found.fan(name)[2] for name in (NOBODY, *compared.names)}
    gaps = {name: found.difference(name, NOBODY) for name in compared.names}
    rows = []
    for month in moments(compared, int(found.months[-1])):
        row = [str(month), shown(measure, float(fans[NOBODY][month]))]
        for name in compared.names:
            middle, low, high = gaps[name]
            ends = "–" if low is None or high is None else interval(measure, float(low[month]), float(high[month]))
            row += [shown(measure, float(fans[name][month])), shown_difference(measure, float(middle[month])), ends]
        rows.append(row)
    return head, rows


def _option(compared: Comparison, found: Courses) -> dict[str, Any]:
    """Fan above, difference below."""
    measure, by = found.measure, scale(found.measure)
    within = [margin(measure, float(value)) for value in found.fan(NOBODY)[2]]
    edge = np.array(within, dtype=float) * by if within[0] is not None else None
    good = {1: " – up is better", -1: " – down is better"}.get(DIRECTION.get(measure, 0), "")
    below = f"difference, {unit(measure, difference=True)}{good}"
    return fan(compared, found, by, edge, below, 2 if by != 1 else 0, marked=True)
