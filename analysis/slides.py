"""Slides: what the presenter says, one message a slide, as one page that needs no network and prints one slide a page.

Messages are those of the presenter (analysis/messages.py), pictures and tables those of the report.  Every slide says
where, in whose world, how large, by which version, when, and that it is no forecast.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis import tables
from analysis.comparison import Comparison
from analysis.figures import changes, picture
from analysis.messages import ORDER, message
from analysis.one_page import change_figure, chart_says, not_said, numbers, sure
from scenarios.edition import edition
from scenarios.language import say, who_translated

SIZE = (5.4, 2.35)  # inches that a picture is drawn at; a slide shows it 2.3 times as large, so its type is 19 points
TABLE, NUMBERS = "money", "verdict"  # messages that have a table, and the three numbers, instead of a picture
PICTURED = {"people": "without_home"}  # what the picture of a message is of, where that is not the message itself


@dataclass(frozen=True)
class Slide:
    """A message, and under it a picture with what it shows, three numbers and how sure they are, who pays, points, or
    notes."""

    text: str
    picture: str = ""
    says: str = ""
    numbers: Sequence[Mapping[str, str]] = ()
    sure: str = ""
    money: Mapping[str, Any] | None = None
    points: Sequence[str] = ()
    notes: str = ""


def slides(compared: Comparison) -> list[Slide]:
    """One for each message, then somebody's notes, and what all this does not say."""
    notes = compared.own_words[1]
    found = [_slide(compared, which) for which in ORDER] + ([Slide(say("Notes"), notes=notes)] if notes else [])
    return [*found, Slide(say("What this does not say"), points=not_said(compared))]


def _slide(compared: Comparison, which: str) -> Slide:
    text = message(compared, which)
    if which == NUMBERS:
        return Slide(text, numbers=numbers(compared), sure=sure(compared))
    if which == TABLE:
        return Slide(text, money=tables.money(compared))
    if not compared.names:
        return Slide(text)
    measure = PICTURED.get(which, which)
    drawn = base64.b64encode(picture(change_figure(compared, measure, SIZE))).decode()
    return Slide(text, f"data:image/svg+xml;base64,{drawn}", chart_says(compared, measure))


def provenance(compared: Comparison) -> str:
    """What stands at the foot of every slide."""
    one = compared.first
    size = (say("{simulated} simulated people stand for {real}", simulated=one.people, real=one.real_size)
            if compared.scaled else say("{real} people at real size", real=one.real_size))  # fmt: skip
    by_hand = changes(compared)
    said = [compared.place.title, say("worldview: {world}", world=compared.worldview.title), size]
    said += [say("by hand: {changes}", changes=by_hand)] if by_hand else []
    said += [f"{compared.place.currency}, {compared.place.prices}", version(compared), date.today().isoformat()]
    said += [say("not a forecast"), who_translated()]
    return " · ".join(text for text in said if text)


def version(compared: Comparison) -> str:
    """What computed it, short."""
    return say("Unfreeze {version}, rules and figures {edition}", version=compared.versions.get("unfreeze", ""),
               edition=edition())  # fmt: skip
