"""The stored answer to "who should lead?": read once, and told again of the worlds near to somebody's beliefs.

What ships lies in docs/answer; whoever starts the server may name another folder (`unfreeze dashboard --answer`).  A
link names beliefs and no folder.  Everything that is told comes from `studies.answer`, as `unfreeze answer` has it.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.words import from_to, number, plain, title
from dashboard.assumed import catalogue
from dashboard.screen import Screen
from dashboard.studies import Studies
from dashboard.texts import as_typed
from engine.errors import BadInput, UnfreezeError
from engine.typed import read_number, rounded
from evidence.quantities import check_value, find_quantity
from model.measures import HEADLINE
from scenarios.domains import Domain, capital
from scenarios.edition import ROOT
from scenarios.language import say
from scenarios.places import domain_of, find_place
from scenarios.refused import refused
from scenarios.settings import read_assignment
from studies.answer.measured import Share
from studies.answer.page import PAGE_DATA, Page, board, read_page, rows
from studies.answer.stored import Gap, Stored, is_quick
from studies.answer.texts import Part, Text
from studies.answer.texts import said as said_in
from studies.answer.told import moves_with, per_cent
from studies.answer.worlds import SHORT

SHIPS = ROOT / "docs" / "answer"
FOLDER = "UNFREEZE_ANSWER"  # in the environment, for server processes
BELIEVE = "x-believe"  # in the address: context_gap=0,contact=0.1
LETTERS = 200  # that a page may remember under one key (Screen.takes)
READING = Studies(at_once=1)  # a thread of its own: a belief waits for no screening

Beliefs = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Told:
    """What is told of all worlds, or of those near to somebody's beliefs: how many they are, the paragraph (or that
    there are too few worlds), and the contrasts of camps in the four measures."""

    worlds: int
    beliefs: Beliefs
    said: tuple[Part, ...]
    contrasts: tuple[tuple[Text, tuple[Gap, ...]], ...]
    trouble: str = ""


@dataclass(frozen=True, eq=False)
class Answered:
    """A stored answer.  `whole`: told of all its worlds; `first`: what goes most with who leaves more people."""

    found: Stored
    page: Page
    whole: Told
    first: tuple[str, ...]

    @property
    def beliefs(self) -> tuple[str, ...]:
        """Quantities that differ between its worlds."""
        return tuple(self.found.drawn)


def folder() -> Path:
    """Where this server's answer lies, or would."""
    return Path(os.environ.get(FOLDER) or SHIPS)


def offer(where: str) -> None:
    """Show the answer that is stored there; BadInput if none is, or if it cannot be read."""
    path = Path(where).absolute()
    if not path.is_dir():
        raise BadInput(f"There is no folder '{where}'", do=f"Run it first: unfreeze answer --out {where}")
    Stored(path, is_quick(path))
    read_page(path)
    os.environ[FOLDER] = str(path)


def there(where: Path) -> Hashable:
    """What lies in the folder, as far as a change of it would show; () if there is no answer in it: rows of a run that
    goes on have no page yet."""
    if not any(where.glob("arms-*.parquet")) or not (where / PAGE_DATA).is_file():
        return ()
    files = [*sorted(where.glob("*.parquet")), *where.glob("*.json")]
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@lru_cache(maxsize=2)
def answered(where: Path, there_: Hashable) -> Answered:
    """The answer in this folder; BadInput if it cannot be read."""
    found = Stored(where, is_quick(where))
    page = read_page(where)
    return Answered(found, page, _told(found, {}), tuple(moves_with(found)))


def told(of: Answered, beliefs: Beliefs) -> Told:
    """The same of the worlds nearest to these beliefs; what cannot be believed is left out, and said."""
    kept, left = dict[str, float](), list[str]()
    for name, value in beliefs.items():
        try:
            of.found.check_belief(name, value)
            kept[name] = value
        except UnfreezeError as error:
            left.append(refused(error))
    near = _told(of.found.near(kept), kept) if kept else of.whole
    return replace(near, trouble=" ".join(left))


def _told(found: Stored, beliefs: Beliefs) -> Told:
    main = [row for row in rows(found) if row.main]
    contrasts = tuple((row.title, tuple(row.of(measure) for measure in SHORT)) for row in main)
    return Told(found.number(), beliefs, tuple(board(found)), contrasts)


# --- beliefs, in the address ------------------------------------------------------------------------------------------


def believed(screen: Screen) -> dict[str, float]:
    """What the address says is believed; what is no belief is passed over."""
    found = {}
    for text in filter(None, screen.remembered(BELIEVE).split(",")):
        try:
            name, value = read_assignment(text)
            found[name] = check_value(find_quantity(name), value)
        except UnfreezeError:
            continue
    return found


def with_belief(screen: Screen, name: str, typed: object) -> Screen:
    """One belief more, or another; None takes it back.  BadInput if nobody can believe it, or it is one too many."""
    beliefs = believed(screen)
    beliefs.pop(name, None)
    if typed is not None:
        beliefs[name] = check_value(find_quantity(name), read_number(name, as_typed(typed)))
    text = ",".join(f"{one}={rounded(value)}" for one, value in beliefs.items())
    if len(text) > LETTERS:
        raise BadInput(say("A link holds no more beliefs"), allowed=say("{count} letters of them", count=LETTERS),
                       do=say("Take one back first"))  # fmt: skip
    return screen.with_more(BELIEVE, text or None)


# --- as parts show it -------------------------------------------------------------------------------------------------


def in_field(of: Answered, domain: Domain) -> bool:
    """Whether one of its places is of this field."""
    return any(domain_of(find_place(place)).name == domain.name for place in of.found.places)


def spoken_as(part: Part, domain: Domain) -> str:
    """A stored text in the language and the field's words, without the marks of code."""
    return said_in(part, domain).replace("`", "")


def which(now: Told, screen: Screen) -> str:
    """Which worlds are told of, in the place's words."""
    if not now.beliefs:
        return say("Of all {number} worlds.", number=now.worlds)
    entries = {entry["name"]: entry for entry in catalogue(screen).entries}
    each = [say("{quantity}, {value} {unit}", quantity=entries[name]["title"], value=plain(value),
                unit=entries[name]["unit"]) for name, value in now.beliefs.items()]  # fmt: skip
    return say("The {number} worlds nearest to your beliefs: {beliefs}.", number=now.worlds, beliefs="; ".join(each))


def shares(now: Told, whole: Told, domain: Domain) -> list[dict[str, Any]]:
    """What `parts.Shares` shows: of each contrast a row a measure, and beside it all worlds if these are some."""
    some = now.contrasts is not whole.contrasts
    return [
        {"title": spoken_as(contrast, domain), "rows": [_row(title(measure, domain), gap, before if some else None)
                                     for measure, gap, before in zip(HEADLINE, gaps, all_of, strict=True)]}
        for (contrast, gaps), (_, all_of) in zip(now.contrasts, whole.contrasts, strict=True)
    ]  # fmt: skip


def _row(what: str, gap: Gap, before: Gap | None) -> dict[str, Any]:
    share = gap.share
    if share is None or not share.worlds:
        none = say("There is no such money.") if share is None else say("Carried out nowhere.")
        return {"title": what, "none": none, "cells": [], "parts": []}
    old = before.share if before is not None else None
    three = _three(share)
    cells = [{"share": _shown(one), "ends": _ends(one), "was": _was(old, i)} for i, one in enumerate(three)]
    return {"title": what, "none": "", "cells": cells, "parts": [round(one[0], 4) for one in three]}


def _three(share: Share) -> tuple[tuple[float, float, float], ...]:
    return share.better, share.same, share.worse


def _shown(one: tuple[float, float, float]) -> str:
    return said_in(per_cent(one[0]))


def _ends(one: tuple[float, float, float]) -> str:
    return from_to(number(100 * one[1]), number(100 * one[2]))


def _was(share: Share | None, i: int) -> str:
    return "" if share is None or not share.worlds else _shown(_three(share)[i])


def controls(screen: Screen, of: Answered) -> list[dict[str, Any]]:
    """What `parts.Ranges` shows: first what goes most with the answer, then all else that differs between worlds."""
    beliefs, every = believed(screen), catalogue(screen)
    entries = {entry["name"]: entry for entry in every.entries if entry["name"] in of.beliefs}
    made = {name: _control(entry, beliefs.get(name)) for name, entry in entries.items()}
    first = [name for name in of.first if name in made]
    groups = [(say("What goes most with the answer"), first)]
    groups += [
        (topic["title"], [name for name, one in entries.items() if one["topic"] == topic["name"] and name not in first])
        for topic in every.topics
    ]
    return [{"title": group, "open": names is first, "controls": [made[name] for name in names]}
            for group, names in groups if names]  # fmt: skip


def _control(entry: Mapping[str, Any], value: float | None) -> dict[str, Any]:
    """Nothing is believed until it is moved: the slider then stands where the model's own number is."""
    home = float(entry["home"])
    span = say("Worlds have {low} to {high}, the model by itself {home}.", low=plain(entry["low"]),
               high=plain(entry["high"]), home=plain(home))  # fmt: skip
    return {
        "name": entry["name"], "kind": "range", "label": capital(entry["title"]), "meaning": span,
        "value": home if value is None else value, "rest": home, "home": say("no belief"),
        "low": min(entry["low"], home), "high": max(entry["high"], home), "step": entry["step"], "unit": entry["unit"],
        "suffix": "", "usual": say("as the model has it"), "changed": value is not None,
        "source": say("{mark}.", mark=capital(say(entry["mark"]))), "note": "", "gain": "",
    }  # fmt: skip
