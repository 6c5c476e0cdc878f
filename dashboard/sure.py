"""How sure the sentence is: in how many plausible worlds it holds, on which numbers that nobody measured it hangs, and
in whose world it turns round.

On the opening screen all of that is stored (dashboard/shipped.py).  On any other the numbers that matter most there are
tried at both ends, and the worldviews, once everything else is run; whoever looks elsewhere stops it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import solara

from analysis.answer import called, persons, ranges, told
from analysis.comparison import SoFar
from analysis.contrasts import CLEAR, NEEDED, Contrast
from analysis.importance import FEW, Movement, in_order, movements, outcomes
from analysis.importance import ranges as ranges_of
from analysis.spread import interval
from analysis.units import Units
from analysis.words import PEOPLE, number
from analysis.worlds import Row, rows
from dashboard import shipped
from dashboard.parts import Sure
from dashboard.runs import Answer, Desk
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.studies import Tell, use_study
from dashboard.texts import rounded
from evidence.quantities import inputs
from scenarios.language import N_, say
from scenarios.names import shipped as names_of
from scenarios.scenario import NOBODY, Scenario, lasting_months
from scenarios.worldviews import find_worldview

MOST_TRIED = 10  # numbers whose other end is tried on a screen that is not the opening one
SHOWN = 3  # of the numbers that nobody measured, and of the worlds in which it turns round
IN_WORLDS = 8  # runs of each in each worldview, as the page of worldviews has it
UNMEASURED = "assumption"
MEANWHILE = N_("This answer ships with this version; it is now worked out again here …")
ORDER = ("yes", "maybe", "no")

Worlds = Mapping[str, tuple[float, bool]]  # by worldview: people, and whether that is beyond luck


@dataclass(frozen=True)
class Turn:
    """What the difference between the two becomes elsewhere: at the other end of a number, or in another world."""

    key: str  # number=value, or the name of a worldview
    title: str
    becomes: float  # people, in the model's size
    turns: str  # whether somebody else is in front then: yes, maybe (these runs cannot tell) or no


def says(compared: SoFar) -> str:
    """A level in a word, in how many sets of plausible numbers it holds, and the ranges."""
    if not compared.names or compared.not_carried_out:
        return say("There is nothing to be sure of.")
    names = told(compared)
    one, other = names[0], names[1] if len(names) > 1 else NOBODY
    people = compared.contrast(one, other, PEOPLE, compared.when[-1])
    fairly = CLEAR.get(people.verdict or "") is not None
    if people.sets and people.better_in is not None:
        text = N_("Fairly: {who} has more people in {many} of {all} plausible worlds.") if fairly else (
            N_("Not at all: {who} has more people in {many} of {all} plausible worlds."))  # fmt: skip
        held = say(text, who=called(compared, one), many=round(people.better_in * people.sets), all=people.sets)
    else:
        held = say("So far by luck alone; plausible worlds are being tried.")
    return f"{held} {ranges(compared)}".strip()


@solara.component
def HowSure(session: Session) -> None:
    """Beside the headline, always."""
    screen, answer = session.screen.value, session.answer.value
    ships = shipped.first(screen)[1] if answer is None else ""
    text = answer.best.view(says) if answer is not None else ships
    turns = use_turns(session, answer if session.current else None)
    kept: Any = solara.use_ref([])
    if turns is not None:
        kept.current = turns
    shown = kept.current if session.current else []
    chips: list[dict[str, Any]] = []
    if answer is not None:
        chips = [{"key": one.key, "title": one.title, "becomes": becomes(one, answer.compared.units),
                  "says": said(one, answer.compared), "turns": one.turns} for one in shown]  # fmt: skip

    def turn(key: Any) -> None:
        session.change(lambda s: turned(s, str(key)), "turn")

    Sure(says=text, waiting=say(MEANWHILE) if ships else say("On what it hangs is being tried …"), chips=chips,
         link="?" + replace(screen, page="why").query, event_turn=turn,
         event_more=lambda _: session.change(lambda s: s.with_(page="why")))  # fmt: skip


def becomes(one: Turn, units: Units) -> str:
    """ "+31 people"."""
    return number(units.people(one.becomes), sign=True)


def said(one: Turn, compared: SoFar) -> str:
    """The whole of it, for the pointer and the ear."""
    names = told(compared)
    other = called(compared, names[1]) if len(names) > 1 else say("no foundation")
    gap = persons(Contrast(PEOPLE, 0, "", "", None, None, one.becomes, None, None, 0, None), compared.units)
    return say("See it: {title}. {who} then leaves {gap} people than {other}.", title=one.title,
               who=called(compared, names[0]), gap=gap, other=other)  # fmt: skip


def turned(screen: Screen, key: str) -> Screen:
    """The screen at that other end, or in that world."""
    name, _, value = key.partition("=")
    return screen.with_setting(name, float(value)) if value else screen.with_(worldview=name)


# --- the work ---------------------------------------------------------------------------------------------------------


def use_turns(session: Session, answer: Answer | None) -> list[Turn] | None:
    """A hook: what the difference becomes elsewhere, the turning ones first; None as long as nothing is known."""
    screen, desk = session.screen.value, session.desk
    compared = None if answer is None else answer.compared
    names: tuple[str, ...] = (
        () if compared is None or compared.not_carried_out or not compared.names else told(compared)
    )
    pair = [next(one for one in screen.asked if one.label == name) for name in names]
    nobody = screen.scenarios[0]
    stored = shipped.is_opening(screen) and bool(shipped.stored().get("outcomes"))
    known = use_study(
        ("sure", screen.subject, names),
        lambda tell, cancel: _try(pair, nobody, screen, desk, tell, cancel),
        wanted=bool(pair) and not stored and answer is not None and answer.complete,
    )
    if answer is None or compared is None or not pair:
        return None
    if stored:
        moved, worlds = _stored(names)
    elif known.result is not None:
        moved, worlds = known.result
    else:
        return None
    return found(compared, names, moved, worlds, screen)


@cache
def _stored(names: tuple[str, ...]) -> tuple[list[Movement], Worlds]:
    """What is known of two strategies of the opening screen."""
    screen = Screen()
    labels = [one.label for one in screen.scenarios]
    pair = (labels.index(names[0]), labels.index(names[1]) if len(names) > 1 else 0)
    known = shipped.worlds(screen)
    worlds = _in_worlds([known[name] for name in names]) if all(name in known for name in names) else {}
    return movements(shipped.outcomes(screen), ranges_of(screen.where), pair, PEOPLE), worlds


def _in_worlds(of: Sequence[Row]) -> Worlds:
    """By worldview how many people more the first leaves than the second, or than no foundation, and whether that is
    beyond luck."""
    m, found = NEEDED.index(PEOPLE), {}
    for world, gaps in of[0].gaps.items():
        mine = gaps[:, m] - (of[1].gaps[world][:, m] if len(of) > 1 else 0.0)
        ends = interval(mine)
        found[world] = float(np.mean(mine)), ends is not None and ends[0] * ends[1] > 0
    return found


def _try(
    pair: Sequence[Scenario], nobody: Scenario, screen: Screen, desk: Desk, tell: Tell, cancel: threading.Event
) -> tuple[list[Movement], Worlds] | None:
    """The numbers that matter most at both ends, then every worldview."""
    of, known = ranges_of(screen.where), {}
    names = [name for name in shipped.most_moving() or in_order(of)[:MOST_TRIED] if name in of]
    scenarios = [nobody, *pair]
    for i, name in enumerate(names):
        one = outcomes(scenarios, of[name], FEW, 0, cancel, desk.cores)
        if one is None:
            return None
        known[name] = one
        tell(i + 1, len(names) + 1)
    moved = movements(known, of, (1, 2) if len(pair) > 1 else (1, 0), PEOPLE)
    tell(len(names), len(names) + 1, (moved, {}))
    month = lasting_months(scenarios)[-1]
    worlds = [find_worldview(name) for name in sorted(names_of("worldview"))]

    def runs(some: Sequence[Scenario], replicates: int) -> Any:
        return desk.finished.replicates(some, 0, replicates, desk.cores, cancel)

    made = list(rows([one.strategy for one in pair], worlds, pair[0], month, IN_WORLDS, runs))
    return moved, _in_worlds(made) if len(made) == len(pair) else {}


def found(
    compared: SoFar, names: Sequence[str], moved: Sequence[Movement], worlds: Worlds, screen: Screen
) -> list[Turn]:
    """The numbers that nobody measured with the largest movement, and the worlds in which somebody else is in front."""
    now = (
        compared.contrast(names[0], names[1] if len(names) > 1 else NOBODY, PEOPLE, compared.when[-1]).difference or 0.0
    )
    numbers = []
    for one in moved:
        if one.at_low is None or one.at_high is None or inputs()[one.name].mark != UNMEASURED:
            continue
        value, there = max(((one.low, one.at_low), (one.high, one.at_high)), key=lambda end: abs(end[1] - now))
        what = screen.domain.own(inputs()[one.name].meaning).rstrip(".")
        title = say("{what} at {value}", what=what, value=rounded(value))
        turns = "no" if there * now >= 0 else "yes" if one.surely > abs(now) else "maybe"
        numbers.append(Turn(f"{one.name}={value!r}", title, there, turns))
    first = sorted(numbers, key=lambda one: -abs(one.becomes - now))[:SHOWN]
    others = []
    for name, (gap, beyond) in worlds.items():
        if gap * now < 0 and name != screen.worldview:
            title = say("the world of {world}", world=screen.domain.told(find_worldview(name)).title)
            others.append(Turn(name, title, gap, "yes" if beyond else "maybe"))
    others = sorted(others, key=lambda one: -abs(one.becomes))[:SHOWN]
    return sorted([*first, *others], key=lambda one: ORDER.index(one.turns))
