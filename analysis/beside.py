"""Two places, or two worldviews, side by side: the same strategies, one sentence, one kind of unit.

    Four years after the money ends – Dublin, single adults (9,694 people): User-centred leaves 131 more people with
    secure tenancies than no foundation, and costs EUR 2.1 million more; Finland in 2008 (5,744 people): ...

Money of two currencies is told in EUR, so that both have one axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.answer import clause, when_said
from analysis.comparison import Comparison
from analysis.contrasts import NOT_KNOWN, Contrast
from analysis.units import EUROS, Units
from analysis.words import NOTHING_TO_COMPARE, interval, listed, shown_difference, title, unit
from model.measures import HEADLINE
from scenarios.language import N_, say
from scenarios.scenario import NOBODY, Scenario

SHARE = 1_000  # people of a place for which numbers are given, where two places differ in size


def size(compared: Comparison) -> int:
    """How many people there really are."""
    return compared.first.real_size


def units_of(sides: Sequence[Comparison], share: bool) -> tuple[Units, ...]:
    """In which units each is shown, so that both have one axis.  share: for SHARE people of the place, not for all."""
    own = [side.units for side in sides]
    if len({one.currency for one in own}) > 1:
        own = [replace(EUROS, scale=one.scale) for one in own]
    if not share:
        return tuple(own)
    return tuple(replace(one, scale=one.scale * size(side) / SHARE, per=SHARE)
                 for one, side in zip(own, sides, strict=True))  # fmt: skip


def named(sides: Sequence[Scenario]) -> tuple[str, ...]:
    """What tells them apart: the place with the number of its people, the worldview, or both."""
    places, worlds = ({one.place.name for one in sides}, {one.worldview.name for one in sides})
    said = []
    for one in sides:
        place, number, world = one.place.title, one.real_size, one.worldview.title
        if len(places) > 1 and len(worlds) > 1:
            text = N_("{place} ({number} people), in the world of {world}")
            said.append(say(text, place=place, number=number, world=world))
        elif len(places) > 1:
            said.append(say("{place} ({number} people)", place=place, number=number))
        else:
            said.append(say("in the world of {world}", world=world) if len(worlds) > 1 else "")
    return tuple(said)


def sentence(sides: Sequence[Comparison]) -> str:
    """Both answers, each with its own money and people; one where they are the same."""
    if not sides[0].names:
        return say(NOTHING_TO_COMPARE)
    who = named([side.first for side in sides])
    clauses = [clause(side, 2) for side in sides]
    if len(set(clauses)) == 1:
        return say(
            "{when} – {places} alike: {clause}.", when=when_said(sides[0]), places=listed(who), clause=clauses[0]
        )
    said = "; ".join(f"{where}: {text}" for where, text in zip(who, clauses, strict=True))
    return f"{when_said(sides[0])} – {said}."


def rows(sides: Sequence[Comparison], units: Sequence[Units]) -> list[list[str]]:
    """Strategy and quantity, what it changes on each side with its interval and verdict, and the unit."""
    found = []
    for name in sides[0].names:
        for measure in HEADLINE:
            cells = [_cell(side.contrast(name, NOBODY, measure, side.when[-1]), one)
                     for side, one in zip(sides, units, strict=True)]  # fmt: skip
            what = f"{sides[0].titles[name]}: {title(measure, sides[0].domain)}"
            found.append([what, *cells, unit(measure, True, units[0])])
    return found


def _cell(one: Contrast, units: Units) -> str:
    gap = shown_difference(one.measure, one.difference, units)
    ends = "" if one.low is None else f" ({interval(one.measure, one.low, one.high, units)})"
    word = say(one.verdict or (NOT_KNOWN if one.reason is None else N_("not carried out")))
    return f"{gap}{ends}: {word}"
