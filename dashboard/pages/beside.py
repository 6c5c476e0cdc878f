"""Side by side: the same strategies in two places or in two people's worlds; two charts of one kind, one sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import solara

from analysis.beside import SHARE, named, rows, sentence, units_of
from analysis.units import Units
from analysis.words import listed, title
from dashboard.about import told
from dashboard.large import VIEWS, on_one_axis
from dashboard.pages.compare import (
    QUANTITIES,
    QUANTITY,
    VIEW,
    VIEW_TITLES,
    Panel,
    everything,
    own_options,
    panel,
    shown_of,
)
from dashboard.parts import Chart, Quantities, Scene, Table, element
from dashboard.parts.legend import Legend
from dashboard.runs import Known
from dashboard.screen import FIRST_PAGE, Screen
from dashboard.session import Session
from dashboard.texts import rounded
from engine.errors import BadInput, UnfreezeError
from scenarios.domains import capital
from scenarios.language import N_, say
from scenarios.names import known
from scenarios.refused import refused

PLACE, WORLD, PER = "x-place", "x-world", "x-per"  # the other side, and for how many people numbers are, in the address
HEIGHT = 380  # pixels
SIDES = (N_("One side"), N_("Other side"))


def other_side(screen: Screen) -> Screen:
    """What the address sets beside the screen; BadInput if the two cannot stand side by side.  Where it names nothing:
    the same place in the next worldview."""
    place, world = screen.remembered(PLACE), screen.remembered(WORLD)
    if not place and not world:
        worlds = list(known("worldview"))
        world = worlds[(worlds.index(screen.worldview) + 1) % len(worlds)] if screen.worldview in worlds else worlds[0]
    found = replace(
        screen, place=screen.named("place", place or screen.place), more=(), page=FIRST_PAGE,
        worldview=screen.named("worldview", world or screen.worldview),
    )  # fmt: skip
    if found.domain.name != screen.domain.name:
        raise BadInput(
            say(
                "{one} is about {field}, and {other} about {other_field}: what they count is not the same, so one axis "
                "cannot hold both",
                one=screen.where.title,
                field=say(screen.domain.title).lower(),
                other=found.where.title,
                other_field=say(found.domain.title).lower(),
            ),
            do=say("Choose two places of one field"),
        )
    if found.question == screen.question:
        raise BadInput(say("Both sides are the same"),
                       do=say("Choose another place or another worldview for one of them"))  # fmt: skip
    return found.checked()


def other_names(screen: Screen) -> tuple[str, str]:
    """Place and worldview of the other side as its two lists show them, whether or not that can be run."""
    try:
        found = other_side(screen)
    except UnfreezeError:
        return screen.remembered(PLACE, screen.place), screen.remembered(WORLD, screen.worldview)
    return found.place, found.worldview


def changed(screen: Screen, name: str, value: str) -> Screen:
    """One of the four lists was changed.  The other side is then said in full, so that it stays where it is."""
    place, world = other_names(screen)
    fixed = screen.with_more(PLACE, place).with_more(WORLD, world)
    if name in (PLACE, WORLD):
        return fixed.with_more(name, value)
    return fixed.with_(**{name: fixed.named(name, value)})


def swapped(screen: Screen) -> Screen:
    """Both sides changed over."""
    place, world = other_names(screen)
    return screen.with_(place=place, worldview=world).with_more(PLACE, screen.place).with_more(WORLD, screen.worldview)


@solara.component
def SideBySide(session: Session) -> None:
    """The page."""
    screen = session.screen.value
    session.kept.get()  # a place of one's own may have come
    try:
        other, why = other_side(screen), ""
    except UnfreezeError as error:
        other, why = None, refused(error)
    solara.use_effect(lambda: session.second.follow(other) if other else None, [other.question if other else ""])
    both = _both(session, other)
    made = solara.use_memo(lambda: drawn(screen, both), [screen.query, *(one.number for one in both)])
    text = made.sentence if made else why or session.failed.value or session.second.failed.value
    element("h1", text or say("Both sides are being run …"), cls="u-title",
            attributes={"role": "alert"} if why else {})  # fmt: skip
    with element("div", cls="u-beside-ask"):
        for i in range(len(SIDES)):
            _Side(session, i)
        _Button(say("Change sides"), lambda: session.change(swapped, "beside"))
    _Choices(session, other)
    with element("div", cls="u-beside-key"):
        if both:
            Legend(both[0].compared)
    with element("div", cls="u-beside"):
        for i, side in enumerate((screen, other)):
            with element("section", attributes={"aria-labelledby": f"beside-{i}"}):
                where = made.names[i] if made else say(SIDES[i])
                element("h2", capital(where), cls="u-hidden", attributes={"id": f"beside-{i}"})
                if made and side:
                    one = made.panels[i]
                    titled = say("{side}: {title}", side=capital(where), title=one.title)
                    Chart(made.options[i], title=titled, unit=one.unit, says=one.says,
                          head=one.head, rows=one.rows, rev=both[i].number, name=f"chart-beside-{i}", height=HEIGHT,
                          about=told(side))  # fmt: skip
    if made and other:
        with element("div", attributes={"id": "beside-table"}):
            head = [say("Against no foundation"), *map(capital, made.names), say("Unit")]
            Table(head=head, rows=made.rows, caption=made.when)
        element("p", " ".join(made.how), cls="u-quiet")
        with element("p", cls="u-quiet"):
            element("span", say("{side}, as a command:", side=capital(made.names[1])) + " ")
            element("code", other.command)


class Drawn:
    """Both sides, ready to be drawn."""

    def __init__(self, sides: list[Known], measure: str, how: str, share: bool) -> None:
        compared = [one.compared for one in sides]
        units = units_of(compared, share)
        self.sentence = sentence(compared)
        self.names = named([one.first for one in compared])
        self.panels: list[Panel] = [one.view(panel(measure, how, each)) for one, each in zip(sides, units, strict=True)]
        self.options = on_one_axis([one.option for one in self.panels])
        self.rows = rows(compared, units)
        self.when = say("{when}, with 95% intervals", when=capital(compared[0].after(compared[0].when[-1])))
        self.how = _how([one.units for one in compared], units, [one.place.prices for one in compared])


def drawn(screen: Screen, sides: list[Known]) -> Drawn | None:
    """What the page shows of both; None until both are there."""
    return Drawn(sides, *shown_of(screen), share=for_share(screen)) if sides else None


def for_share(screen: Screen) -> bool:
    """Whether numbers are for SHARE people: where sizes differ, unless the address says otherwise."""
    asked = screen.remembered(PER)
    if asked in ("all", "share"):
        return asked == "share"
    place = screen.remembered(PLACE)
    return bool(place) and place != screen.place


def _how(own: list[Units], units: tuple[Units, ...], prices: list[str]) -> list[str]:
    """What both axes are in."""
    said = [say("Both charts have the same axes. Both sides have the same strategies and levers.")]
    if units[0].per:
        said.append(say("Numbers are for {share} people of each place; the sentence has those of all.", share=SHARE))
    if len({one.currency for one in own}) > 1:
        each = [f"{rounded(one.per_euro)} {one.currency}" for one in own if one.currency != "EUR"]
        text = N_("Money in charts and table is in EUR, one of which is {each}; the sentence has each place's own.")
        said.append(say(text, each=listed(each)))
    if len(set(prices)) > 1:
        said.append(say("Prices are not of one year: {one} and {other}.", one=prices[0], other=prices[1]))
    return said


def _both(session: Session, other: Screen | None) -> list[Known]:
    """What is known of both, of the same kind of runs; none until both are there."""
    one, second = session.answer.value, session.second.answer.value
    if one is None or second is None or other is None or not session.current or second.question != other.question:
        return []
    return [one.best, second.best] if one.sets and second.sets else [one.point, second.point]


@solara.component
def _Side(session: Session, which: int) -> None:
    """Place and worldview of one side."""
    screen = session.screen.value
    domain, names = screen.domain, ((PLACE, WORLD) if which else ("place", "worldview"))
    values = other_names(screen) if which else (screen.place, screen.worldview)
    side = say(SIDES[which])
    places = [{"value": one.name, "title": one.title} for one in everything("place")] + own_options(screen)
    worlds = [{"value": one.name, "title": domain.told(one).title} for one in everything("worldview")]

    def change(event: dict[str, Any]) -> None:
        session.change(lambda s: changed(s, str(event["name"]), str(event["value"])), "beside")

    with element("div", cls="u-beside-side", attributes={"role": "group", "aria-label": side}):
        Scene(
            fields=[
                {"name": names[0], "label": say("{side}: place", side=side), "kind": "choice", "value": values[0],
                 "options": places, "hint": ""},
                {"name": names[1], "label": say("{side}: in the world of", side=side), "kind": "choice",
                 "value": values[1], "options": worlds, "hint": ""},
            ],
            name="beside", trouble="" if which else session.complaints.value.get("beside", ""), event_change=change,
        )  # fmt: skip


@solara.component
def _Choices(session: Session, other: Screen | None) -> None:
    """Which quantity, how, and for how many people."""
    screen = session.screen.value
    measure, how = shown_of(screen)
    Quantities(
        quantities=[{"name": one, "title": title(one, screen.domain)} for one in QUANTITIES], shown=measure,
        views=[{"name": one, "title": say(VIEW_TITLES[one])} for one in VIEWS], view=how,
        event_pick=lambda name: session.change(lambda s: s.with_more(QUANTITY, str(name))),
        event_look=lambda name: session.change(lambda s: s.with_more(VIEW, str(name))),
    )  # fmt: skip
    with element("div", cls="u-either", attributes={"role": "group", "aria-label": say("For how many people")}):
        if other is not None and other.place != screen.place:
            share = for_share(screen)
            per = say("Per {share} people", share=SHARE)
            for name, text, on in (("share", per, share), ("all", say("For all people"), not share)):
                _Button(text, lambda name=name: session.change(lambda s: s.with_more(PER, name)), on)


@solara.component
def _Button(text: str, press: Any, pressed: bool | None = None) -> None:
    """A button; `pressed` where it is one side of a switch."""
    state = {} if pressed is None else {"aria-pressed": "true" if pressed else "false"}
    made = element("button", text, cls="u-tool", attributes={"type": "button", **state})
    solara.v.use_event(made, "click", lambda *_: press())
