"""What the last change did, and what all changes since the shipped strategy did: lines of text, and the ghost line."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import solara

from analysis.changed import effect, ghost, joined
from analysis.contrasts import NEEDED, SAME, Contrast
from analysis.contrasts import NOT_KNOWN as NO_VERDICT
from analysis.units import Units
from analysis.words import FIT, PEOPLE, PLACES, SPENT, interval, shown_difference
from dashboard.large import option
from dashboard.practices import shipped_again
from dashboard.runs import Answer, Known, Remains
from dashboard.screen import EACH, REPLICATES, Screen
from dashboard.session import Session
from dashboard.studies import Seen, Tell, Work, use_study
from engine.errors import BadInput
from runs.summary import Summary
from scenarios.language import N_, say
from scenarios.scenario import NOBODY

NOTHING_YET = N_("None yet: switch a practice, or move a lever.")
AT_WORK, NOT_KNOWN = N_("being worked out …"), N_("this could not be worked out")

SIZES = {  # of a difference, by quantity
    PEOPLE: N_("{number} people"), SPENT: N_("{number} {currency} million"), PLACES: N_("{number} places"),
    FIT: N_("{number} fit"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Change:
    """The edited strategy now (`name`) and before.  `since`: a title and the joined runs, the last change first; words
    instead of runs that are not there."""

    name: str
    month: int
    units: Units
    same_world: bool
    since: tuple[tuple[str, Summary | str], ...]
    _options: dict[tuple[int, str, str], dict[str, Any]] = field(default_factory=dict, repr=False)

    def option(self, known: Known, measure: str, how: str) -> dict[str, Any]:
        """The large chart with the ghost of the setting before; made once."""
        key = (known.number, measure, how)
        if key not in self._options:
            first = self.since[0][1]
            courses = None if isinstance(first, str) else ghost(first, measure)
            self._options[key] = option(known.compared, measure, how, courses, self.name)
        return self._options[key]

    def lines(self, measures: Sequence[str]) -> list[str]:
        """A line for each: what changed in these quantities, with intervals."""
        return [say("{title}: {told}", title=say(title), told=self._told(runs, measures)) for title, runs in self.since]

    def _told(self, runs: Summary | str, measures: Sequence[str]) -> str:
        if isinstance(runs, str):
            return say(runs) if runs == AT_WORK else f"{say(runs)}."
        return "; ".join(told(effect(runs, self.name, one, self.month), self.units) for one in measures) + "."


def told(one: Contrast, units: Units) -> str:
    """A difference with its interval: +25 people (−130 to +181)."""
    if one.difference is None:
        return say(NO_VERDICT)
    text, gaps = SIZES[one.measure], {"currency": units.currency}
    if one.difference == 0 and one.low in (None, 0.0) and one.high in (None, 0.0):
        return say(text, number="0", **gaps)
    said = say(text, number=shown_difference(one.measure, one.difference, units), **gaps)
    said = said if one.low is None else f"{said} ({interval(one.measure, one.low, one.high, units)})"
    return say("{change}, too small to matter", change=said) if one.verdict == SAME else said


def use_change(session: Session) -> Change | None:
    """A hook: what the last change did, as soon as there is an answer; None if nothing was changed."""
    screen, answer = session.screen.value, session.answer.value
    which = screen.edited
    before = session.before.value
    then, held = before if before is not None and comparable(before[0], screen, which) else (None, None)
    home: Screen | None = solara.use_memo(lambda: as_shipped(screen, which), [screen.question, which])
    earlier = use_study(*_study(session, then, which))
    ships = use_study(*_study(session, home, which))
    kept: Any = solara.use_ref(None)
    ready = answer is not None and session.current
    key = (answer.number if answer is not None and ready else 0, screen.question, which, earlier.number, ships.number,
           then.question if then else "")  # fmt: skip

    def make() -> Change | None:
        if answer is None or not ready:
            return None
        last, first = _runs(answer, earlier, held, then), _runs(answer, ships, None, home)
        return _made(screen, answer, which, last, then, first, home)

    made: Change | None = solara.use_memo(make, [key])
    if ready:
        kept.current = made
    found: Change | None = kept.current
    return found


def comparable(then: Screen, now: Screen, which: int) -> bool:
    """Whether both have the same people and luck, and the strategy in hand stands in both."""
    same = (then.place, then.people, then.months, then.seed, then.point, len(then.choices)) == (
        now.place, now.people, now.months, now.seed, now.point, len(now.choices))  # fmt: skip
    return same and then.question != now.question and which < len(then.choices)


def as_shipped(screen: Screen, which: int) -> Screen | None:
    """The screen with the strategy in hand as it ships; None if it is, or if that one stands there already."""
    try:
        home = shipped_again(screen, which)
    except BadInput:
        return None
    return None if home.question == screen.question else home


def _study(session: Session, then: Screen | None, which: int) -> tuple[Any, Work, bool]:
    """The runs of a strategy as it was: they are known, or nearly all of them."""
    if then is None:
        return ("then", ""), _nothing, False
    scenario, nobody, desk = then.asked[which], then.scenarios[0], session.desk

    def work(tell: Tell, cancel: threading.Event) -> Any:
        some, found = [nobody, scenario], Summary()
        batches = (desk.finished.replicates(some, 0, REPLICATES, desk.cores, cancel) if then.point
                   else desk.finished.in_sets(some, then.sets, EACH, desk.cores, cancel))  # fmt: skip
        for batch in batches:
            found.add(batch.part(batch.scenarios, NEEDED))
        return found

    return ("then", then.question, which), work, True


def _runs(answer: Answer, seen: Seen, held: Remains | None, then: Screen | None) -> Summary | str:
    """Of the same kind as the answer: over parameter sets, or with the default values.  Words if they are not there."""
    found = held.point if held is not None else None
    if then is not None and (answer.sets is not None or then.point):
        found = seen.result if isinstance(seen.result, Summary) else (held.best if held else None)
    return found if found is not None else NOT_KNOWN if seen.over else AT_WORK


def _made(
    screen: Screen, answer: Answer, which: int, earlier: Summary | str, then: Screen | None, ships: Summary | str,
    home: Screen | None,
) -> Change | None:  # fmt: skip
    compared, name = answer.best.compared, screen.asked[which].label
    if name not in compared.names:
        return None
    now = compared.summary.part((NOBODY, name), NEEDED)
    since: list[tuple[str, Summary | str]] = []
    for title, runs, other in ((N_("Last change"), earlier, then), (N_("All, since it shipped"), ships, home)):
        if other is not None:
            both = runs if isinstance(runs, str) else joined(now, runs, other.asked[which].label)
            since.append((title, NOT_KNOWN if both is None else both))
    same = then is not None and (then.worldview, then.settings) == (screen.worldview, screen.settings)
    return Change(name, compared.when[-1], compared.units, same, tuple(since)) if since else None


def said_of(change: Change | None, measures: Sequence[str]) -> list[str]:
    """The lines of the tile."""
    if change is None:
        return [say(NOTHING_YET)]
    return change.lines(measures)


def _nothing(*_: Any) -> None:
    """Work that nobody wants."""
