"""The dashboard's application: one frame, and a page for each way of looking at the same comparison.

A page is a component that takes the session (dashboard/session.py) and stands in PAGES below; see docs/dashboard.md.
Everything heavy is imported here, at module top: an import inside a component would end sessions that open at the
same moment.
"""

from __future__ import annotations

import traceback
from typing import Any

import reacton
import solara
from solara.scope import get_session_id

from analysis.comparison import NEEDED
from analysis.people import MEASURES as WHEREABOUTS
from dashboard.pages.answer import WhoLeads
from dashboard.pages.assumptions import Assumptions
from dashboard.pages.beside import SideBySide
from dashboard.pages.compare import Compare
from dashboard.pages.keep import KeepAndShare, YourWords
from dashboard.pages.minds import KEEP as MINDS
from dashboard.pages.minds import Minds
from dashboard.pages.money import KEEP as MONEY
from dashboard.pages.money import Money
from dashboard.pages.own_city import OwnCity
from dashboard.pages.people import People
from dashboard.pages.presenter import Presenter
from dashboard.pages.why import Why
from dashboard.pages.worldviews import Worldviews
from dashboard.parts import Top, element
from dashboard.parts.yours import Kept
from dashboard.runs import Desk
from dashboard.session import Session
from dashboard.studies import STUDIES
from dashboard.words import glossary
from scenarios.language import N_, say

# In the order of the navigation: name in the address, title, component.
PAGES: dict[str, tuple[str, Any]] = {
    "compare": (N_("Compare"), Compare),
    "people": (N_("People"), People),
    "money": (N_("Money"), Money),
    "minds": (N_("Minds"), Minds),
    "why": (N_("Why"), Why),
    "worldviews": (N_("Worldviews"), Worldviews),
    "beside": (N_("Side by side"), SideBySide),
    "assumptions": (N_("Assumptions"), Assumptions),
    "answer": (N_("Answer"), WhoLeads),
    "own": (N_("Own city"), OwnCity),
    "presenter": (N_("Presenter"), Presenter),
}

# Measures that any page draws; the runs keep no others.
KEEP = frozenset({"crisis", "reform", "programme_to_date", *NEEDED, *MONEY, *MINDS, *WHEREABOUTS})

DESK = Desk(keep=KEEP)
STUDIES.give_way(lambda: DESK.busy)


@solara.component
def Frame() -> None:
    """One session's whole page; whatever breaks inside is said in a sentence."""
    broken, _ = reacton.use_exception()
    said: Any = solara.use_ref(None)
    if broken is not None:
        if said.current is not broken:
            said.current = broken
            traceback.print_exception(broken)  # for whoever runs the server
        with element("div", cls="u-app", attributes={"id": "unfreeze"}):
            _Broken()
    else:
        _Inside()


@solara.component
def _Inside() -> None:
    """Header, page and foot."""
    router = solara.use_router()
    session = solara.use_memo(lambda: Session(router.search or "", DESK, _visitor()), [])
    session.draws_in(reacton.core.get_render_context())
    screen = session.screen.value
    session.restored.get()  # drawn anew once the browser has given past and future back
    page = screen.page if screen.page in PAGES else "compare"
    solara.Title(say("{page} · Unfreeze", page=say(PAGES[page][0])))

    with element("div", cls="u-app", attributes={"id": "unfreeze"}):
        Top(
            pages=[{"name": name, "title": say(title)} for name, (title, _) in PAGES.items()],
            page=page, query=screen.query, keep=session.as_given.value,
            can_undo=bool(session.past), can_redo=bool(session.future),
            history=session.history, event_restore=session.restore,
            event_go=lambda name: session.change(lambda s: s.with_(page=str(name))),
            event_address=lambda query: session.address(str(query)), event_undo=session.undo, event_redo=session.redo,
            changed=len(screen.settings), words=glossary(screen.domain), event_flag=lambda _: session.change(
                lambda s: s.with_(page="assumptions").with_more("x-show", "changed")),
        )  # fmt: skip
        session.kept.get()
        Kept(own=[one.text for one in session.own.values()], event_recall=session.recall)
        with element("main", cls="u-main", attributes={"id": "content", "tabindex": "-1"}):
            if session.trouble.value:
                _Notice(say("Not all of this link or file can be shown."), session.trouble.value)
            if screen.page not in PAGES:
                _Notice(say("There is no such page."), say("The link names '{asked}'; here is {page} instead.",
                                                           asked=screen.page, page=say(PAGES[page][0])))  # fmt: skip
            Following(session, screen.question)
            PAGES[page][1](session)
        YourWords(session)
        KeepAndShare(session)


def _visitor() -> str:
    """Whose browser it is; nobody's where there is no server."""
    try:
        return get_session_id()
    except RuntimeError:
        return ""


@solara.component
def Following(session: Session, question: str) -> None:
    """Asks for the runs whenever the question changes; draws nothing."""
    solara.use_effect(session.follow, [question])
    element("span", cls="u-hidden")


@solara.component
def _Notice(title: str, text: str) -> None:
    with element("p", cls="u-notice", attributes={"role": "alert"}):
        element("strong", f"{title} ")
        element("span", text)


@solara.component
def _Broken() -> None:
    """What a person sees of an error: a sentence and a way out."""
    with element("main", cls="u-main"), element("p", cls="u-notice", attributes={"role": "alert"}):
        element("strong", f"{say('Something went wrong on this page.')} ")
        before, _, after = say("The server's log has the details; {link}").partition("{link}")
        element("span", before)
        element("a", say("start again with the default"), attributes={"href": "/"})
        element("span", after)


@solara.component
def _Plain(children: list[Any] = []) -> None:  # noqa: B006  solara hands children over like this
    """No layout but our own."""
    element("div", *children)


routes = [solara.Route(path="/", component=Frame, layout=_Plain, label="Unfreeze")]
