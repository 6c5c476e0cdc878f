"""Presenter: one message and one chart at a time, in type that a room can read; made for the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import solara

from analysis.comparison import SoFar
from analysis.messages import ORDER, message
from analysis.words import drawn_briefly, own, per_cent_of
from dashboard import presented
from dashboard.controls import check_room, from_screen, lever_groups
from dashboard.pages import money
from dashboard.pages.keep import use_files
from dashboard.parts import Chart, Present, element
from dashboard.parts.legend import Legend
from dashboard.parts.yours import Notes
from dashboard.presented import Figure
from dashboard.screen import FIRST_PAGE, Screen
from dashboard.session import Session
from dashboard.texts import rounded, runs_said
from scenarios.language import G_, say

Make = Callable[[SoFar], Figure]
ROWS = 6  # purposes that a chart for a room has space for
HEIGHT = 480  # pixels, where the style sheet does not fit the chart to the screen


def _of_money(make: Callable[..., Any], key: str = "strategies", **more: Any) -> Make:
    def made(compared: SoFar) -> Figure:
        found = make(compared)
        option = presented.responsive(lambda size: make(compared, size, **more).option)
        return Figure(option, found.title, found.unit, found.head, found.rows, key)

    return made


def _charts(slide: str) -> dict[str, Make]:
    """The charts of a message by name, in general terms; number keys choose among them."""
    if slide == "verdict":
        return {G_("at the last moment"): lambda c: presented.headline(c, c.when[-1]),
                G_("at the first moment"): lambda c: presented.headline(c, c.when[0])}  # fmt: skip
    if slide == "people":
        return {G_("where people are"): lambda c: presented.people(c, c.when[-1]),
                G_("in crisis services over time"): lambda c: presented.course(c, "crisis"),
                G_("in the reformed service over time"): lambda c: presented.course(c, "reform")}  # fmt: skip
    if slide == "money":
        return {G_("what is spent more, and less"): _of_money(money.more),
                G_("spending by year"): _of_money(money.years, "lines"),
                G_("the programme by purpose"): _of_money(money.purposes, most=ROWS)}  # fmt: skip
    return {G_("the difference over time"): lambda c: presented.difference(c, slide),
            G_("over time"): lambda c: presented.course(c, slide),
            G_("the difference at the end"): lambda c: presented.at_the_end(c, slide)}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One message and its chart."""

    text: str
    figure: Figure


@cache
def shown(slide: str, chart: int) -> Callable[[SoFar], Shown]:
    """A function for each message and chart, so that answers remember what it made."""
    makes = list(_charts(slide).values())
    return lambda compared: Shown(message(compared, slide), makes[chart](compared))


def where(screen: Screen) -> tuple[str, int]:
    """The message and the chart that the address names; the first where it names none."""
    slide = screen.remembered("x-slide")
    slide = slide if slide in ORDER else ORDER[0]
    chart = screen.remembered("x-chart")
    known = chart.isdecimal() and 1 <= int(chart) <= len(_charts(slide))
    return slide, int(chart) - 1 if known else 0


def walked(screen: Screen, by: int) -> Screen:
    """So many messages on or back, as far as there are any; each begins with its first chart."""
    at = ORDER.index(where(screen)[0])
    to = min(len(ORDER) - 1, max(0, at + by))
    return screen if to == at else screen.with_more("x-slide", ORDER[to]).with_more("x-chart", None)


def levers(screen: Screen) -> list[dict[str, Any]]:
    """The controls of the strategy that is being edited, in the order of Compare."""
    return [control for group in lever_groups(screen, screen.edited) for control in group["controls"]]


def lever(screen: Screen) -> dict[str, Any]:
    """The lever that the address names, as the part shows it; {} for none."""
    name = screen.remembered("x-lever")
    found = next((one for one in levers(screen) if one["name"] == name), None)
    if found is None:
        return {}
    said = rounded(found["value"])
    if found["suffix"] == "%":
        said = per_cent_of(said)
    elif found["suffix"]:
        said = say("{number} {unit}", number=said, unit=found["suffix"])
    return {"label": found["label"], "shown": said, "value": found["value"], "low": found["low"],
            "high": found["high"]}  # fmt: skip


def turned(screen: Screen, by: int) -> Screen:
    """Another lever in hand, `by` places on; 0 puts it away."""
    names = [one["name"] for one in levers(screen)]
    at = screen.remembered("x-lever")
    if by == 0:
        return screen.with_more("x-lever", None)
    now = names.index(at) if at in names else -1 if by > 0 else 0
    return screen.with_more("x-lever", names[(now + by) % len(names)])


def nudged(screen: Screen, by: int) -> Screen:
    """The lever in hand a step up or down, within its range; BadInput where its whole has no room left."""
    control = next((one for one in levers(screen) if one["name"] == screen.remembered("x-lever")), None)
    if control is None:
        return screen
    name, which = control["name"], screen.edited
    step = control["high"] - control["low"] if control["kind"] == "switch" else control["step"]
    value = min(control["high"], max(control["low"], control["value"] + by * step))
    return screen.with_lever(which, name, check_room(screen, which, name, from_screen(name, value)))


@solara.component
def Presenter(session: Session) -> None:
    """The page."""
    screen, answer = session.screen.value, session.answer.value
    slide, chart = where(screen)
    known = None if answer is None else answer.best
    made = known.view(shown(slide, chart)) if known is not None else None

    def go(by: Any) -> None:
        session.change(lambda s: walked(s, int(by)), "x-slide")

    def leave(_: Any) -> None:
        session.change(lambda s: s.with_(page=FIRST_PAGE))

    with element("div", cls="u-present"):
        with element("div", attributes={"aria-live": "polite"}):
            text = made.text if made else session.failed.value or say("Running both futures …")
            element("h1", text, cls="u-message")
        with element("div", cls="u-present-picture"):  # always there, so that the bar below is never made anew
            if made is not None and answer is not None and known is not None:
                figure = made.figure
                element("h2", say("The chart"), cls="u-hidden")
                with element("div"):
                    if figure.key == "strategies":
                        Legend(answer.compared)
                    elif figure.key == "lines":
                        money._Key(known.view(money.lines))
                Chart(figure.option, title=figure.title, unit=figure.unit, says="", head=figure.head, rows=figure.rows,
                      description=f"{figure.title}. {made.text}", rev=known.number, name="present-chart",
                      height=HEIGHT)  # fmt: skip
        files = use_files(session)
        deck = (
            next((one for one in files.bundle.files if one.name.endswith("slides.html")), None)
            if files.bundle
            else None
        )
        Notes(title=screen.heading, notes=screen.notes)
        Present(
            slides=list(ORDER), at=ORDER.index(slide), charts=[own(name, screen.domain) for name in _charts(slide)],
            chart=chart, lever=lever(screen), trouble=session.complaints.value.get("present", ""),
            strategy=screen.title(screen.edited), note=_note(session, slide), event_go=go,
            event_pick=lambda i: session.change(lambda s: s.with_more("x-chart", str(int(i) + 1)), "x-chart"),
            event_turn=lambda by: session.change(lambda s: turned(s, int(by)), "x-lever"),
            event_nudge=lambda by: session.change(lambda s: nudged(s, int(by)), "present"), event_leave=leave,
            deck=files.bundle.link(deck) if files.bundle and deck else "", deck_name=deck.name if deck else "",
            making=files.wanted and not files.seen.over, event_take=files.make,
        )  # fmt: skip


def _note(session: Session, slide: str) -> str:
    """How much there is to rely on."""
    answer, screen = session.answer.value, session.screen.value
    if answer is None:
        return ""
    if not session.current:
        return say("Running …")
    if answer.sets is None:
        holds = say("chance only, {runs}", runs=runs_said(answer.replicates))
    else:
        holds = say("what nobody has measured ({drawn_from}), and chance",
                    drawn_from=drawn_briefly(answer.sets.compared.sample))  # fmt: skip
    said = say("{place}; {worldview}; {holds}; a model, not a forecast", place=screen.where.title,
               worldview=screen.domain.told(screen.outlook).title, holds=holds)  # fmt: skip
    return f"{screen.heading} · {said}" if screen.heading else said
