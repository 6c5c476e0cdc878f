"""Assumptions: every number of the model, why we believe it, how much it matters, and a control to doubt it with."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import solara
from cachetools import LRUCache

from analysis.board import sentence
from analysis.contrasts import DIRECTION, NOT_KNOWN, SAME
from analysis.decides import LEAD, TITLE, Figure, figures
from analysis.importance import (
    CANDIDATES,
    FEW,
    MANY,
    MATTERS,
    NOTHING,
    Movement,
    Range,
    movements,
    outcomes,
    pairs,
    ranges,
    screening,
    work_in_all,
)
from analysis.units import Units
from analysis.words import SPOKEN, from_to, interval, label, listed, number, plain, shown_difference, small, unit
from dashboard import shipped
from dashboard.assumed import Catalogue, catalogue, changed, check_plausible
from dashboard.pages.compare import holds
from dashboard.parts import Assumed, Table, element
from dashboard.screen import PEOPLE, Screen
from dashboard.session import Session
from dashboard.studies import StudyProgress, Tell, use_study
from dashboard.texts import as_typed
from engine.typed import read_number
from evidence.quantities import MARKS, load_quantities
from model.measures import HEADLINE
from scenarios.language import N_, say
from scenarios.levers import load_levers
from scenarios.scenario import NOBODY

NEWS = 2.0  # seconds between two looks at what a screening has found so far
KEPT = 12  # screenings whose outcomes are kept, finished or not: 0.1 MiB each
MEANINGS = {
    "verified": N_("Somebody read the source, and it says so."),
    "recalled": N_("Quoted from memory; check it before quoting it."),
    "derived": N_("Worked out from published figures; the note says how, where there is one."),
    "assumption": N_("Nobody has measured it for this; the range says how far off it could be."),
    "calibrated": N_("Fitted, so that the model agrees with published figures."),
}
WHOSE = {"place": N_("the place's"), "worldview": N_("worldview"), "domain": N_("the field's")}
SHOW = (("", N_("All")), ("decides", N_("Those that decide who wins")), ("changed", N_("Changed only")),
        ("matters", N_("Those that matter")), ("contested", N_("Worldviews disagree")),
        ("place", N_("The place's own figures")), ("worldview", N_("Set by the worldview")),
        ("domain", N_("Set by the field of service")))  # fmt: skip
DOES = {
    MATTERS: N_("{count} move it by more than matters in practice"),
    SAME: N_("{count} leave it practically the same"),
    NOT_KNOWN: N_("{count} are not known (these runs cannot tell)"),
    NOTHING: N_("{count} change nothing at all"),
}
SORT = (("", N_("Part of the model")), ("weight", N_("How much they matter")))
FIRST = {  # what a number is, in the headline: the first of a list, and each after it
    "verified": N_("{count} are verified"), "recalled": N_("{count} are recalled from memory"),
    "derived": N_("{count} are derived from published figures"), "assumption": N_("{count} are assumptions"),
    "calibrated": N_("{count} are fitted to published figures"),
}  # fmt: skip
NEXT = {
    "verified": N_("{count} verified"), "recalled": N_("{count} recalled from memory"),
    "derived": N_("{count} derived from published figures"), "assumption": N_("{count} assumptions"),
    "calibrated": N_("{count} fitted to published figures"),
}  # fmt: skip
MEMORY = ("find", "part", "mark", "show", "sort", "open", "pair", "of")

Outcomes = dict[str, npt.NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Weighed:
    """What a screening has found so far: outcomes by parameter, and whether that is all."""

    outcomes: Mapping[str, npt.NDArray[np.float64]]
    complete: bool


class _Kept:
    """Outcomes of screenings, so that one that was cancelled goes on where it stopped.  Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_question: LRUCache[str, Outcomes] = LRUCache(KEPT)

    def of(self, question: str) -> Outcomes:
        """The outcomes of that question, to be filled."""
        with self._lock:
            return self._by_question.setdefault(question, {})


KNOWN = _Kept()


@solara.component
def Assumptions(session: Session) -> None:
    """The page."""
    screen, answer = session.screen.value, session.answer.value
    base = usual(screen)
    wanted = screen.remembered("x-weigh") == "on"
    stored = shipped.outcomes(base)
    seen = use_study(("importance", base.question, wanted), lambda tell, cancel: weigh(base, wanted, tell, cancel),
                     wanted=wanted or not stored)  # fmt: skip
    known = solara.use_memo(lambda: seen.result or Weighed({**stored, **KNOWN.of(base.question)}, complete=False),
                            [base.question, seen.number, seen.key])  # fmt: skip
    pair, measure = asked(screen)
    found = solara.use_memo(lambda: weights(base, known, pair, measure), [base.question, known, pair, measure])
    all_of_it = catalogue(screen)

    element("h1", headline(screen, all_of_it), cls="u-title")
    with element("p", cls="u-status u-now", attributes={"role": "status", "id": "status"}):
        if session.failed.value:
            element("span", session.failed.value, cls="u-trouble")
        elif answer is None or not session.current:
            element("span", say("Running both futures with these numbers …"))
        else:
            element("span", say("With these numbers: {sentence} {holds}", sentence=answer.best.view(sentence),
                                holds=holds(answer, screen)),
                    attributes={"id": "replicates", "data-replicates": str(answer.replicates)})  # fmt: skip
    _Decides(session, all_of_it)
    with element("section", cls="u-weigh", attributes={"aria-labelledby": "weigh-title"}):
        element("h2", say("How much each number matters"), attributes={"id": "weigh-title"})
        element("p", about(base), cls="u-quiet")
        if not wanted:
            _Ask(session)
        if wanted or not stored:
            StudyProgress(seen, say("Moving one number after another from its low to its high end"))
        if found.says:
            element("p", found.says, cls="u-found", attributes={"id": "weighed", "role": "status"})
    _List(session, all_of_it, found)


@solara.component
def _Decides(session: Session, all_of_it: Catalogue) -> None:
    """What stands first: the figures that decide who wins, as they are on this screen."""
    with element("section", cls="u-weigh", attributes={"aria-labelledby": "decides-title", "id": "decides"}):
        element("h2", say(TITLE), attributes={"id": "decides-title"})
        element("p", say(LEAD))
        for figure, rows in deciding(session.screen.value, all_of_it):
            element("h3", f"{figure.title}: {figure.value}")
            element("p", figure.off)
            Table(head=[say("Number"), say("Value"), say("Range"), say("Mark")], rows=rows,
                  caption=say("Numbers of: {figure}", figure=figure.title))  # fmt: skip
        button = element("button", say("Change them in the list"), cls="u-tool", attributes={
            "type": "button", "id": "to-decides"})  # fmt: skip
        solara.v.use_event(button, "click", lambda *_: session.change(
            lambda s: s.with_more("x-show", "decides"), "assumptions"))  # fmt: skip


def deciding(screen: Screen, all_of_it: Catalogue) -> list[tuple[Figure, list[list[str]]]]:
    """The figures that decide who wins, and a row for each number that they are made of."""
    entries = {entry["name"]: entry for entry in all_of_it.entries}
    now = all_of_it.homes | {name: value for name, value in screen.settings if name in all_of_it.homes}

    def row(name: str) -> list[str]:
        one = entries[name]
        mark = say("set by hand here") if now[name] != one["home"] else say(one["mark"])
        return [one["title"], f"{plain(now[name])} {one['unit']}", from_to(plain(one["low"]), plain(one["high"])), mark]

    return [(figure, [row(name) for name in figure.made_of]) for figure in figures(now, screen.domain)]


@solara.component
def _Ask(session: Session) -> None:
    """The button that begins a screening."""
    button = element(
        "button",
        say("Find out how much every number matters"),
        cls="u-tool",
        attributes={"type": "button", "id": "weigh"},
    )
    solara.v.use_event(button, "click", lambda *_: session.change(_weighing, "weigh"))


@solara.component
def _List(session: Session, all_of_it: Catalogue, found: Weights) -> None:
    """The list itself: one widget."""
    screen = session.screen.value
    pair, measure = asked(screen)

    def put(event: dict[str, Any]) -> None:
        name = str(event["name"])

        def moved(s: Screen) -> Screen:
            value = check_plausible(s, name, read_number(name, as_typed(event["value"])))
            return s.with_setting(name, None if value == all_of_it.homes[name] else value)

        known = load_quantities().get(name)
        off = known is not None and event["value"] == known.off
        session.change(moved, f"{name}, off" if off else name)  # switching off is a step of its own to undo

    def remember(event: dict[str, Any]) -> None:
        def kept(s: Screen) -> Screen:
            for name in MEMORY:
                value = str(event.get(name, ""))[:100]
                s = s.with_more(f"x-{name}", value or None)
            return s

        session.change(kept, "assumptions")

    memory = {name: screen.remembered(f"x-{name}") for name in MEMORY}
    memory |= {"pair": f"{pair[0]}-{pair[1]}", "of": measure}
    Assumed(
        entries=all_of_it.entries, sources=all_of_it.sources, topics=all_of_it.topics,
        marks=said_each(dict(zip(MARKS, MARKS, strict=True))), meanings=said_each(MEANINGS), whose=said_each(WHOSE),
        choices=choices(all_of_it), readings=readings(screen),
        set={n: value for n, value in screen.settings if n in all_of_it.homes},
        changed=changed(screen), found=found.rows, trouble=dict(session.complaints.value), memory=memory,
        name="numbers", event_put=put, event_remember=remember,
        event_reset=lambda name: session.change(lambda s: s.with_setting(str(name), None), str(name)),
        event_reset_all=lambda _: session.change(lambda s: s.with_(settings=()), "reset all"),
    )  # fmt: skip


def said_each(texts: Mapping[str, str]) -> dict[str, str]:
    """The same in the process's language."""
    return {name: say(text) for name, text in texts.items()}


def _weighing(screen: Screen) -> Screen:
    return screen.with_more("x-weigh", "on").with_more("x-sort", "weight")


# --- what is said -----------------------------------------------------------------------------------------------------


def headline(screen: Screen, all_of_it: Catalogue) -> str:
    """How many numbers there are, how far they can be trusted, and how many were changed."""
    count = Counter(entry["mark"] for entry in all_of_it.entries)
    marks = [mark for mark in sorted(MARKS, key=lambda mark: -count[mark]) if count[mark]]
    said = [say((FIRST if i == 0 else NEXT)[mark], count=str(count[mark])) for i, mark in enumerate(marks)]
    many, gaps = len(screen.settings), {"all": str(len(all_of_it.entries)), "trust": listed(said)}
    if not many:
        return say("Of the {all} numbers that the model reads, {trust}; none is changed here.", **gaps)
    if many == 1:
        return say("Of the {all} numbers that the model reads, {trust}; 1 is changed here.", **gaps)
    return say("Of the {all} numbers that the model reads, {trust}; {changed} are changed here.", **gaps,
               changed=str(many))  # fmt: skip


def about(base: Screen) -> str:
    """How it is found out, and what that does not say."""
    scaled = base.scenarios[0].people
    runs = 2 * len(base.scenarios) * work_in_all(len(ranges(base.where)))
    people = say("everybody in the place") if scaled is None else say("{count} simulated people", count=scaled)
    return say(
        "Each number goes from the low to the high end of its plausible range, one at a time, while all others stay as "
        "they ship for this place and worldview; what two numbers do only together is not seen. Every end is run "
        "{few} times with the same {people}, the {candidates} that seem to matter most {many} times. These are {runs} "
        "runs of {months} months, which wait while strategies are run; stopped, it goes on where it was.",
        few=str(FEW), people=people, candidates=str(CANDIDATES), many=str(MANY), runs=runs, months=str(base.months),
    )  # fmt: skip


@dataclass(frozen=True)
class Weights:
    """What a screening says of one difference: a row for each parameter, and one sentence."""

    rows: dict[str, dict[str, Any]]
    says: str


def weights(base: Screen, known: Weighed | None, pair: tuple[int, int], measure: str) -> Weights:
    """Bars, numbers and words for the list."""
    if known is None or not known.outcomes:
        return Weights({}, "")
    of = ranges(base.where)
    moved = movements(known.outcomes, of, pair, measure)
    most = max((abs(one.change) for one in moved if one.change is not None), default=0.0) or 1.0
    units = Units.of(base.scenarios[0])
    better, worse = (title_of(base, which) for which in (pair if DIRECTION[measure] > 0 else pair[::-1]))
    rows = {one.name: _row(one, rank, most, measure, better, worse, units) for rank, one in enumerate(moved)}
    return Weights(rows, _says(base, known, moved, of, pair, measure))


def _row(one: Movement, rank: int, most: float, measure: str, better: str, worse: str, units: Units) -> dict[str, Any]:
    """`better`: whom a movement upwards favours; `worse`: whom one downwards."""
    if one.change is None or one.at_low is None or one.at_high is None:
        return {"rank": rank, "part": 0, "sure": 0, "change": "–", "word": one.word, "verdict": say(one.word),
                "says": say("At one of its ends the model could not be run, or had no such number.")}  # fmt: skip
    at_low, at_high, change = (
        shown_difference(measure, value, units) for value in (one.at_low, one.at_high, one.change)
    )
    text = say("From {low} to {high} the difference goes from {at_low} to {at_high} {unit}: it moves by {change}",
               low=plain(one.low), high=plain(one.high), at_low=at_low, at_high=at_high,
               unit=unit(measure, True, units), change=change)  # fmt: skip
    if one.word == NOTHING:
        text = say("Not one digit of the headline measures differed between its two ends")
    elif one.ends is not None:
        text = f"{text} ({interval(measure, *one.ends, units)})"
        if one.surely:
            text = say("{text}; a higher value favours {who}", text=text, who=better if one.change > 0 else worse)
    return {
        "rank": rank, "part": round(abs(one.change) / most, 3),
        "sure": round(one.surely / abs(one.change), 3) if one.change else 0,
        "change": f"{change} {unit(measure, True, units)}", "word": one.word, "verdict": say(one.word),
        "says": say("{text}; {count} pairs of runs.", text=text, count=str(one.n)),
    }  # fmt: skip


def _says(
    base: Screen, known: Weighed, moved: list[Movement], of: Mapping[str, Range], pair: tuple[int, int], measure: str
) -> str:
    what = base.domain.says(SPOKEN[measure])
    count = Counter(one.word for one in moved)
    titles = {entry["name"]: entry["title"] for entry in catalogue(base).entries}
    first = next((titles[one.name] for one in moved if one.word == MATTERS), None)
    said = [say(text, count=str(count[word])) for word, text in DOES.items() if count[word]]
    so_far = "" if known.complete else say("So far, {moved} of {all} numbers were moved.", moved=str(len(moved)),
                                           all=str(len(of)))  # fmt: skip
    if not known.complete and len(moved) == len(of):
        so_far = say("All were moved; those that seem to matter most are run again, with other luck.")
    texts = [
        so_far,
        say("Of the numbers behind the difference between {one} and {other} in {what}, {verdicts}.",
            one=title_of(base, pair[0]), other=title_of(base, pair[1]), what=what, verdicts=listed(said)),
        say("Most of all it hangs on this one: {number}.", number=small(first)) if first else "",
        say("In the bars, what is filled is beyond noise (95%), what is hatched may be noise."),
    ]  # fmt: skip
    return " ".join(filter(None, texts))


def title_of(screen: Screen, which: int) -> str:
    """What scenario number `which` of the screen is called; 0 is nobody."""
    one = screen.scenarios[which]
    return say("no foundation") if one.label == NOBODY else one.strategy.title


def choices(all_of_it: Catalogue) -> list[dict[str, Any]]:
    """What the list can be narrowed by and sorted by."""

    def options(*pairs: tuple[str, str]) -> list[dict[str, str]]:
        return [{"value": value, "title": title} for value, title in pairs]

    count = Counter(entry["mark"] for entry in all_of_it.entries)
    return [
        {"key": "part", "label": say("Part of the model"), "options": options(
            ("", say("All parts")), *((topic["name"], topic["title"]) for topic in all_of_it.topics))},
        {"key": "mark", "label": say("Mark"), "options": options(
            ("", say("Any mark")), *((mark, f"{say(mark)} ({number(count[mark])})") for mark in MARKS if count[mark]))},
        {"key": "show", "label": say("Show"), "options": options(*said_each(dict(SHOW)).items())},
        {"key": "sort", "label": say("Sort by"), "options": options(*said_each(dict(SORT)).items())},
    ]  # fmt: skip


def readings(screen: Screen) -> list[dict[str, Any]]:
    """Which differences in which measures a screening can be read for."""
    there = pairs(len(screen.scenarios))
    return [
        {"key": "pair", "label": say("The difference between"), "options": [
            {"value": f"{a}-{b}", "title": say("{one} and {other}", one=title_of(screen, a), other=title_of(screen, b))}
            for a, b in there]},
        {"key": "of", "label": say("in"),
         "options": [{"value": m, "title": label(m, screen.domain)} for m in HEADLINE]},
    ]  # fmt: skip


def asked(screen: Screen) -> tuple[tuple[int, int], str]:
    """Which difference in which measure the list is about."""
    there = pairs(len(screen.scenarios))
    pair = next((one for one in there if f"{one[0]}-{one[1]}" == screen.remembered("x-pair")), None)
    measure = screen.remembered("x-of")
    return pair or (there[0] if there else (0, 0)), measure if measure in HEADLINE else HEADLINE[0]


# --- the study --------------------------------------------------------------------------------------------------------


def usual(screen: Screen) -> Screen:
    """The screen whose numbers are weighed: as they ship, whatever was changed, and with few enough people."""
    levers = tuple(pair for pair in screen.settings if pair[0] in load_levers())
    people = min(PEOPLE, screen.people or screen.scenarios[0].real_size)
    return replace(screen, settings=levers, people=people, point=False, more=())


def weigh(base: Screen, every: bool, tell: Tell, cancel: threading.Event) -> Weighed:
    """Run the screening, of every number or of those that mattered most on the opening screen, telling now and then
    what is known."""
    of, known = ranges(base.where), KNOWN.of(base.question)
    if not every:
        names = [name for name in shipped.most_moving() if name in of]
        for i, name in enumerate(names):
            if name not in known and (more := outcomes(base.scenarios, of[name], FEW, cancel=cancel)) is not None:
                known[name] = more
            tell(i + 1, len(names), Weighed(dict(known), complete=False))
        return Weighed(dict(known), complete=False)
    total, told = work_in_all(len(of)), time.monotonic()
    for done in screening(base.scenarios, of, known, cancel):
        if time.monotonic() - told < NEWS:
            tell(done, total)
        else:
            told = time.monotonic()
            tell(done, total, Weighed(dict(known), complete=False))
    return Weighed(dict(known), complete=not cancel.is_set())
