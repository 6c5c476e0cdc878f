"""Own city: a form and a file for a place that only this session has, and what the model makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import solara

from analysis.starts import NUMBERS, TITLE, rows, to_check
from dashboard.own_city import WHOLE, Read, draft_of, form, read_draft, text_of
from dashboard.parts import Table, element
from dashboard.parts.yours import CityForm
from dashboard.session import Session
from dashboard.studies import StudyProgress, Tell, use_study
from engine.errors import UnfreezeError
from evidence.data_file import text_of as file_text
from runs.where_it_starts import MOST_PEOPLE, where_it_starts
from scenarios.domains import capital
from scenarios.language import N_, say
from scenarios.names import find, known
from scenarios.own_place import LARGEST, read_own
from scenarios.places import Place, domain_of, find_place
from scenarios.refused import refused

LEAD = N_(
    "What a city publishes about itself, in a form or a file. It stays in this tab: nothing is written to the "
    "server's disk, and nobody else can see it."
)
ONCE = N_(
    "{place}. Beside one another: what the figures declare, what was fitted to them, and what one run has in month 0. "
    "At most {most} people are simulated for it."
)


@dataclass(frozen=True)
class Given:
    """What goes into the form when `number` changes."""

    number: int = 0
    draft: tuple[tuple[str, str], ...] = ()
    base: str = ""


@solara.component
def OwnCity(session: Session) -> None:
    """The page."""
    screen = session.screen.value
    session.kept.get()
    mine = screen.own.get(screen.place)
    given = solara.use_reactive(Given(1, tuple(draft_of(mine.text).items()), mine.text) if mine else Given())
    read = solara.use_reactive(Read(mine))
    said = solara.use_reactive("")

    def fill(text: str) -> None:
        given.set(Given(given.value.number + 1, tuple(draft_of(text).items()), text))

    def check(draft: dict[str, str], base: str) -> None:
        found = read_draft(draft, base)
        read.set(found)
        if found.own is None:
            said.set("")
            return
        taken = session.take(found.own.text)
        session.change(lambda s: s.with_(place=taken.name), "own-place")
        wrong = session.complaints.value.get("own-place", "")
        read.set(Read(taken, {WHOLE: wrong} if wrong else {}, found.odd))
        said.set("" if wrong else say("{place} is on every page now.", place=taken.place.title))

    def use(event: Any) -> None:
        check(*_draft(event))

    def file(event: Any) -> None:
        text = event.get("text") if isinstance(event, dict) else None
        try:
            found = read_own(text if isinstance(text, str) else " " * (LARGEST + 1))
        except UnfreezeError as error:
            if isinstance(text, str) and draft_of(text):  # it is a file of a place, with something wrong in it
                fill(text)
                check(draft_of(text), text)
            else:
                read.set(Read(read.value.own, {WHOLE: refused(error)}))
            return
        fill(found.text)
        check(draft_of(found.text), found.text)

    def like(name: Any) -> None:
        if name in known("place"):
            text = file_text(find("place", str(name)))
            draft = draft_of(text) | {"title": say("Like {place}", place=find_place(str(name)).title)}
            given.set(Given(given.value.number + 1, tuple(draft.items()), text_of(draft, text)))
            read.set(Read(None))

    element("h1", say("Your own city"), cls="u-title")
    element("p", say(LEAD), cls="u-lead")
    with element("div", cls="u-city-page"):
        CityForm(
            form=json.dumps(form(screen.domain)),
            places=[{"value": name, "title": find_place(name).title} for name in known("place")],
            given={"number": given.value.number, "draft": dict(given.value.draft), "base": given.value.base},
            trouble=dict(read.value.trouble), odd=dict(read.value.odd),
            saved={"name": mine.name, "text": mine.text} if mine else {}, largest=LARGEST, said=said.value,
            event_use=use, event_file=file, event_like=like,
        )  # fmt: skip
        _Starts(screen.where)


@solara.component
def _Starts(place: Place) -> None:
    """Declared, fitted and month 0 side by side, and what to check."""
    seen = use_study(("starts", place.name), lambda tell, cancel: _starts(place, tell))
    with element("section", cls="u-city-starts", label=say("What the model makes of it")):
        element("h2", say("What the model makes of it"))
        element("p", say(ONCE, place=place.title, most=MOST_PEOPLE), cls="u-hint")
        StudyProgress(seen, say("Running it once without a foundation"))
        with element("div", attributes={"id": "starts"}):
            if seen.result is not None:
                cells, _ = seen.result
                Table(head=[say("Figure"), *(capital(say(name)) for name in NUMBERS)],
                      rows=[[meaning, *row[1:-2]] for meaning, row in cells], caption=say(TITLE))  # fmt: skip
        with element("ul", cls="u-city-check", attributes={"id": "to-check"}):
            for text in seen.result[1] if seen.result is not None else []:
                element("li", text)


def _starts(place: Place, tell: Tell) -> tuple[list[tuple[str, tuple[str, ...]]], list[str]]:
    """Each figure's meaning, with its unit, and cells; and what to check."""
    lines, own = where_it_starts(place), domain_of(place).own
    tell(1, 1)
    meanings = [say("{meaning} ({unit})", meaning=capital(own(line.meaning)).removesuffix("."), unit=own(line.unit))
                for line in lines]  # fmt: skip
    return list(zip(meanings, rows(lines), strict=True)), to_check(place, lines)


def _draft(event: Any) -> tuple[dict[str, str], str]:
    """What the browser says is in the form; it may say anything."""
    found = event if isinstance(event, dict) else {}
    draft, base = found.get("draft"), found.get("base")
    typed = draft.items() if isinstance(draft, dict) else ()
    texts = {str(name): text for name, text in typed if isinstance(text, str)}
    return texts, base if isinstance(base, str) and len(base) <= LARGEST else ""
