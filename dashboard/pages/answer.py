"""Answer: who should lead, in how much of the plausible world, from stored rows; and again near to one's own beliefs.

Nothing is run here, and nothing is said that is not stored or in the plan: where no answer is, the page says so.
"""

from __future__ import annotations

from typing import Any

import solara

from analysis.words import listed, plain, small, title
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
    spoken_as,
    there,
    told,
    which,
    with_belief,
)
from dashboard.parts import Ranges, Shares, Table, element, packed
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.studies import use_study
from engine.typed import rounded
from model.measures import HEADLINE
from scenarios.domains import Domain, capital
from scenarios.language import G_, N_, say
from scenarios.places import find_place
from studies.answer.page import CANNOT
from studies.answer.plan import camps, plan
from studies.answer.texts import Number, Part, Sentences, Text, later
from studies.answer.told import Table as Found
from studies.answer.told import against

LONG = 12  # rows of a table that is folded
HOW = N_(
    "Shares of the worlds, each with its 95% interval below it. Of what it costs, less is better. Bars: better, "
    "practically the same, worse."
)
NEAR = N_(
    "Move what you believe. The answer is then told of the quarter of each place's worlds that lie nearest to it, "
    "by ranks. What you do not move, you leave open."
)


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
        warning = spoken_as(Sentences(of.page.warnings), domain)
        element("p", warning, cls="u-notice", attributes={"id": "answer-warning"})
    element("h1", spoken_as(now.said[0], domain), cls="u-title")
    element("p", spoken_as(Sentences(now.said[1:]), domain), cls="u-answer-said")
    weakest = spoken_as(Sentences(of.page.said[1:]), domain)
    element("p", weakest, cls="u-answer-said", attributes={"id": "answer-weakest"})
    with element("div", cls="u-answer-live"):
        with element("section", attributes={"aria-labelledby": "answer-shares"}):
            element("h2", say("Better, the same or worse"), attributes={"id": "answer-shares"})
            reading = say("The worlds near to your beliefs are being read.") if beliefs != told_of and not error else ""
            status = (which(now, screen), now.trouble, error, reading)
            element("p", " ".join(filter(None, status)), cls="u-quiet u-answer-which",
                    attributes={"id": "answer-which", "role": "status", "data-believed": _text(told_of)})  # fmt: skip
            made = solara.use_memo(lambda: shares(now, of.whole, domain), [now, of, domain.name])
            Shares(packed_contrasts=packed(made))
            element("p", say(HOW), cls="u-quiet")
        _Beliefs(session, of)
    for name, found in of.page.parts.items():
        _Part(name, found, domain)
    _Part(CANNOT, Found((), (), of.page.cannot), domain)
    element("p", spoken_as(of.page.about, domain), cls="u-quiet u-answer-part")


@solara.component
def _Beliefs(session: Session, of: Answered) -> None:
    """What somebody believes of what nobody has measured."""
    screen = session.screen.value
    beliefs = believed(screen)

    def put(event: dict[str, Any]) -> None:
        name = str(event["name"])
        session.change(lambda s: with_belief(s, name, event["value"]), name)

    with element("section", cls="u-answer-beliefs", attributes={"aria-labelledby": "answer-believe"}):
        element("h2", say("Your beliefs"), attributes={"id": "answer-believe"})
        element("p", say(NEAR), cls="u-quiet")
        groups = solara.use_memo(lambda: controls(screen, of), [screen.query, of])
        Ranges(
            groups, trouble=session.complaints.value, name="believe", event_change=put,
            event_reset=lambda name: session.change(lambda s: with_belief(s, str(name), None), str(name)),
        )  # fmt: skip
        back = element("button", say("Take all beliefs back"), cls="u-tool", attributes={
            "type": "button", "id": "answer-back", **({} if beliefs else {"disabled": "disabled"})})  # fmt: skip
        solara.v.use_event(back, "click", lambda *_: session.change(lambda s: s.with_more(BELIEVE, None), "believe"))
        said = "".join(f" --believe {name}={rounded(value)}" for name, value in beliefs.items())
        with element("p", cls="u-quiet"):
            element("span", say("As a command:") + " ")
            element("code", f"unfreeze answer{' --quick' if of.found.quick else ''} --out {of.found.folder}"
                            f"{said or ' page'}", attributes={"id": "command-answer"})  # fmt: skip


@solara.component
def _Part(name: str, found: Found, domain: Domain) -> None:
    """One part of the page by its English title: sentences, and a table, folded where it is long."""
    key, title_ = "part-" + "-".join(name.lower().replace(",", "").split()), domain.own(name)
    with element("section", cls="u-answer-part", attributes={"aria-labelledby": key}):
        element("h2", title_, attributes={"id": key})
        for text in found.words:
            element("p", spoken_as(text, domain))
        if found.rows:
            head = [capital(spoken_as(text, domain)) for text in found.heads]
            body = [[spoken_as(text, domain) for text in row] for row in found.rows]
            caption = say("{part}: the table", part=title_)  # no two regions of one name
            if len(body) <= LONG:
                Table(head=head, rows=body, caption=caption)
            else:
                with element("details", cls="u-fold"):
                    element("summary", say("The table: {count} rows", count=len(body)))
                    Table(head=head, rows=body, caption=caption)


@solara.component
def _Nothing(screen: Screen, error: str, waits: bool = False, of: Answered | None = None) -> None:
    """No answer, and why; what will be asked, from the plan; and how to run it."""
    domain = screen.domain
    if waits:
        element("h1", say("The stored answer is being read …"), cls="u-title")
        return
    if error:
        head, why = say("Who should lead? The stored answer cannot be shown."), error
    elif of is not None:
        places = "; ".join(find_place(place).title for place in of.found.places)
        head = say("Who should lead? Nothing is stored for this field: {field}.", field=small(say(domain.title)))
        why = say("The stored answer is about {places}. What it says of them, it does not say of your place.",
                  places=places)  # fmt: skip
    else:
        head = say("Who should lead? Nobody knows yet: this has not been run.")
        why = say("No answer is stored here, and this page makes none up. It says what will be asked, and how to run "
                  "it.")  # fmt: skip
    element("h1", head, cls="u-title")
    element("p", why, cls="u-answer-said", attributes={"id": "answer-nothing"})
    for what, texts in _planned(domain).items():
        _Part(what, Found((), (), texts), domain)
    with element("section", cls="u-answer-part u-answer-plan", attributes={"aria-labelledby": "answer-camps"}):
        element("h2", say("Who is set against whom"), attributes={"id": "answer-camps"})
        pairs = [(one["one"], one["other"]) for one in plan()["contrasts"]]
        rows = [[spoken_as(text, domain) for text in (against(a, b), Text(camps()[a].who), Text(camps()[b].who))]
                for a, b in pairs]  # fmt: skip
        Table(head=[say("Contrast"), say("Who leads in the first"), say("Who leads in the second")], rows=rows,
              caption=say("Contrasts"))  # fmt: skip
    with element("section", cls="u-answer-part", attributes={"aria-labelledby": "answer-run"}):
        element("h2", say("How to run it"), attributes={"id": "answer-run"})
        for command, what in RUN:
            element("p", say(what))
            with element("p"):
                element("code", command)


RUN = (
    ("unfreeze answer --quick", N_("To see that the machine works: minutes, and no answer:")),
    ("unfreeze answer --out docs/answer", N_("The whole answer: about half a day on two cores; stopped, it goes on:")),
    ("unfreeze dashboard --answer DIR", N_("This page, with the answer in a folder of yours:")),
)


def _planned(domain: Domain) -> dict[str, tuple[Part, ...]]:
    """The plan in a few sentences."""
    worlds, horizon, money = plan()["worlds"], plan()["horizon"], plan()["money"]
    years = (horizon["read"] - horizon["start"] - horizon["duration"]) // 12
    measures = listed([small(title(measure, domain)) for measure in HEADLINE])
    places = plan()["places"]["core"]
    return {
        G_("What is asked"): (
            later("In what share of the plausible worlds does it matter who leads a reform: those who use the "
                  "services, the funder, or nobody?"),
            Sentences((
                later("Every camp has the same money, once the foundation's and once all payers', and is tuned by the "
                      "same effort: {trials} settings each.", trials=str(plan()["search"]["trials"])),
                later("Then a critic tries to make the loser win."),
            )),
        ),
        G_("What is measured"): (
            Sentences((
                later("{measures}, each as the difference from no foundation, {years} years after the money ends.",
                      measures=capital(measures), years=str(years)),
                later("They are never added up."),
            )),
            later("Every strategy has {share}% of what the system spends, for {months} months.",
                  share=plain(100 * money["budget"]), months=str(horizon["duration"])),
        ),
        G_("In which worlds"): (
            Sentences((
                later("In {number} plausible worlds of each of {count} places: {places}.",
                      number=Number(worlds["number"]), count=str(len(places)),
                      places="; ".join(find_place(place).title for place in places)),
                later("In each world, whatever nobody has measured has other values."),
            )),
            later("The plan was committed before any run; docs/plan.md has all of it, with what would change its "
                  "authors' mind."),
        ),
    }  # fmt: skip


def _text(beliefs: Beliefs) -> str:
    return ",".join(f"{name}={rounded(value)}" for name, value in beliefs.items())
