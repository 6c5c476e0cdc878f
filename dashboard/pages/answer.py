"""Answer: who should lead, in how much of the plausible world, from stored rows; and again near to one's own beliefs.

Nothing is run here, and nothing is said that is not stored or in the plan: where no answer is, the page says so.
"""

from __future__ import annotations

from typing import Any

import solara

from analysis.words import listed, title
from dashboard.answered import (
    BELIEVE,
    READING,
    Answered,
    Beliefs,
    Told,
    answered,
    believed,
    controls,
    folder,
    in_field,
    shares,
    there,
    told,
    which,
    with_belief,
)
from dashboard.parts import Ranges, Shares, Table, element, packed
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.studies import use_study
from engine.typed import rounded, several
from model.measures import HEADLINE
from scenarios.domains import Domain, capital
from scenarios.places import find_place
from studies.answer.plan import camps, plan
from studies.answer.told import Table as Found

LONG = 12  # rows of a table that is folded
QUESTION = "Who should lead?"
HOW = ("Shares of the worlds, each with its 95% interval below it. Of what it costs, less is better. Bars: better, "
       "practically the same, worse.")  # fmt: skip
NEAR = ("Move what you believe. The answer is then told of the quarter of each place's worlds that lie nearest to it, "
        "by ranks. What you do not move, you leave open.")  # fmt: skip


@solara.component
def WhoLeads(session: Session) -> None:
    """The page."""
    screen, where = session.screen.value, folder()
    state, beliefs = there(where), believed(screen)
    seen = use_study(
        ("answer", str(where), state, tuple(beliefs.items())),
        lambda tell, cancel: (answered(where, state), told(answered(where, state), beliefs), beliefs),
        wanted=bool(state), studies=READING,
    )  # fmt: skip
    held: Any = solara.use_ref(None)
    held.current = seen.result or held.current if state else None
    if held.current is None:
        _Nothing(screen, seen.error, waits=bool(state) and not seen.error)
        return
    of, now, told_of = held.current
    if in_field(of, screen.domain):
        _Stored(session, of, now, told_of, str(seen.error))
    else:
        _Nothing(screen, "", of=of)


@solara.component
def _Stored(session: Session, of: Answered, now: Told, told_of: Beliefs, error: str) -> None:
    """A stored answer."""
    screen = session.screen.value
    domain, beliefs = screen.domain, believed(screen)
    if of.page.warnings:
        element("p", _own(" ".join(of.page.warnings), domain), cls="u-notice", attributes={"id": "answer-warning"})
    element("h1", _own(now.said[0], domain), cls="u-title")
    element("p", _own(" ".join(now.said[1:]), domain), cls="u-answer-said")
    element("p", _own(" ".join(of.page.said[1:]), domain), cls="u-answer-said", attributes={"id": "answer-weakest"})
    with element("div", cls="u-answer-live"):
        with element("section", attributes={"aria-labelledby": "answer-shares"}):
            element("h2", "Better, the same or worse", attributes={"id": "answer-shares"})
            reading = " The worlds near to your beliefs are being read." if beliefs != told_of and not error else ""
            element("p", f"{which(now, screen)} {now.trouble}{error}{reading}".strip(), cls="u-quiet u-answer-which",
                    attributes={"id": "answer-which", "role": "status", "data-believed": _text(told_of)})  # fmt: skip
            made = solara.use_memo(lambda: shares(now, of.whole, domain), [now, of, domain.name])
            Shares(packed_contrasts=packed(made))
            element("p", HOW, cls="u-quiet")
        _Beliefs(session, of)
    for name, found in of.page.parts.items():
        _Part(name, found, domain)
    _Part("What it cannot say, and who has not been asked", Found((), (), of.page.cannot), domain)
    element("p", _own(of.page.about, domain), cls="u-quiet u-answer-part")


@solara.component
def _Beliefs(session: Session, of: Answered) -> None:
    """What somebody believes of what nobody has measured."""
    screen = session.screen.value
    beliefs = believed(screen)

    def put(event: dict[str, Any]) -> None:
        name = str(event["name"])
        session.change(lambda s: with_belief(s, name, event["value"]), name)

    with element("section", cls="u-answer-beliefs", attributes={"aria-labelledby": "answer-believe"}):
        element("h2", "Your beliefs", attributes={"id": "answer-believe"})
        element("p", NEAR, cls="u-quiet")
        groups = solara.use_memo(lambda: controls(screen, of), [screen.query, of])
        Ranges(
            groups, trouble=session.complaints.value, name="believe", event_change=put,
            event_reset=lambda name: session.change(lambda s: with_belief(s, str(name), None), str(name)),
        )  # fmt: skip
        back = element("button", "Take all beliefs back", cls="u-tool", attributes={
            "type": "button", "id": "answer-back", **({} if beliefs else {"disabled": "disabled"})})  # fmt: skip
        solara.v.use_event(back, "click", lambda *_: session.change(lambda s: s.with_more(BELIEVE, None), "believe"))
        said = "".join(f" --believe {name}={rounded(value)}" for name, value in beliefs.items())
        with element("p", cls="u-quiet"):
            element("span", "As a command: ")
            element("code", f"unfreeze answer{' --quick' if of.found.quick else ''} --out {of.found.folder}"
                            f"{said or ' page'}", attributes={"id": "command-answer"})  # fmt: skip


@solara.component
def _Part(name: str, found: Found, domain: Domain) -> None:
    """One part of the stored page: sentences, and a table, folded where it is long."""
    key = "part-" + "-".join(name.lower().replace(",", "").split())
    with element("section", cls="u-answer-part", attributes={"aria-labelledby": key}):
        element("h2", _own(name, domain), attributes={"id": key})
        for text in found.words:
            element("p", _own(text, domain))
        if found.rows:
            head = [capital(_own(text, domain)) for text in found.heads]
            body = [[_own(text, domain) for text in row] for row in found.rows]
            caption = f"{_own(name, domain)}: the table"  # no two regions of one name
            if len(body) <= LONG:
                Table(head=head, rows=body, caption=caption)
            else:
                with element("details", cls="u-fold"):
                    element("summary", f"The table: {several(len(body), 'row')}")
                    Table(head=head, rows=body, caption=caption)


@solara.component
def _Nothing(screen: Screen, error: str, waits: bool = False, of: Answered | None = None) -> None:
    """No answer, and why; what will be asked, from the plan; and how to run it."""
    domain = screen.domain
    if waits:
        element("h1", "The stored answer is being read …", cls="u-title")
        return
    if error:
        head, why = "The stored answer cannot be shown.", error
    elif of is not None:
        places = "; ".join(find_place(place).title for place in of.found.places)
        head = f"Nothing is stored for this field: {domain.title.lower()}."
        why = f"The stored answer is about {places}. What it says of them, it does not say of your place."
    else:
        head = "Nobody knows yet: this has not been run."
        why = "No answer is stored here, and this page makes none up. It says what will be asked, and how to run it."
    element("h1", f"{QUESTION} {head}", cls="u-title")
    element("p", why, cls="u-answer-said", attributes={"id": "answer-nothing"})
    for what, texts in _planned(domain).items():
        _Part(what, Found((), (), texts), domain)
    with element("section", cls="u-answer-part u-answer-plan", attributes={"aria-labelledby": "answer-camps"}):
        element("h2", "Who is set against whom", attributes={"id": "answer-camps"})
        rows = [[f"{camps()[a].title} against {camps()[b].title.lower()}", camps()[a].who, camps()[b].who]
                for a, b in ((one["one"], one["other"]) for one in plan()["contrasts"])]  # fmt: skip
        Table(head=["Contrast", "Who leads in the first", "Who leads in the second"], rows=rows, caption="Contrasts")
    with element("section", cls="u-answer-part", attributes={"aria-labelledby": "answer-run"}):
        element("h2", "How to run it", attributes={"id": "answer-run"})
        for command, what in RUN:
            element("p", f"{capital(what)}:")
            with element("p"):
                element("code", command)


RUN = (
    ("unfreeze answer --quick", "to see that the machine works: minutes, and no answer"),
    ("unfreeze answer --out docs/answer", "the whole answer: about half a day on two cores; stopped, it goes on"),
    ("unfreeze dashboard --answer DIR", "this page, with the answer in a folder of yours"),
)


def _planned(domain: Domain) -> dict[str, tuple[str, ...]]:
    """The plan in a few sentences."""
    worlds, horizon, money = plan()["worlds"], plan()["horizon"], plan()["money"]
    years = (horizon["read"] - horizon["start"] - horizon["duration"]) // 12
    measures = listed([title(measure, domain).lower() for measure in HEADLINE])
    places = "; ".join(find_place(place).title for place in plan()["places"]["core"])
    return {
        "What is asked": (
            "In what share of the plausible worlds does it matter who leads a reform: those who use the services, the "
            "funder, or nobody?",
            "Every camp has the same money, once the foundation's and once all payers', and is tuned by the same "
            f"effort: {plan()['search']['trials']} settings each. Then a critic tries to make the loser win.",
        ),
        "What is measured": (
            f"{capital(measures)}, each as the difference from no foundation, {several(years, 'year')} after the money "
            "ends. They are never added up.",
            f"Every strategy has {100 * money['budget']:g}% of what the system spends, for "
            f"{horizon['duration']} months.",
        ),
        "In which worlds": (
            f"In {worlds['number']:,} plausible worlds of each of {several(len(plan()['places']['core']), 'place')}: "
            f"{places}. In each world, whatever nobody has measured has other values.",
            "The plan was committed before any run; docs/plan.md has all of it, with what would change its authors' "
            "mind.",
        ),
    }  # fmt: skip


def _own(text: str, domain: Domain) -> str:
    """In the field's words, without the marks of code."""
    return domain.own(text.replace("`", ""))


def _text(beliefs: Beliefs) -> str:
    return ",".join(f"{name}={rounded(value)}" for name, value in beliefs.items())
