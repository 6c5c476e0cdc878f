"""Worldviews: every strategy in every worldview against nobody there; a press on a cell opens that comparison."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import solara

from analysis.contrasts import BETTER, BETTER_OPEN, NOT_KNOWN, SAME, WORSE, WORSE_OPEN, Contrast
from analysis.figures import NOISE, NOT_DONE
from analysis.units import Units
from analysis.words import BRIEF, shown_difference, title, unit
from analysis.worlds import Row, front_words, in_front, rows, sentence
from dashboard import shipped
from dashboard.about import size_said
from dashboard.parts import Worlds, element
from dashboard.runs import Desk
from dashboard.screen import Screen
from dashboard.session import Session
from dashboard.studies import StudyProgress, Tell, use_study
from model.measures import HEADLINE
from runs.summary import Batch
from scenarios.choice import Choice, read_choice
from scenarios.domains import Domain, capital
from scenarios.language import N_, say
from scenarios.names import shipped as names_of
from scenarios.scenario import NOBODY, Scenario, lasting_months
from scenarios.strategy import KINDS, find_strategy
from scenarios.worldviews import Worldview, find_worldview

REPLICATES = 8  # of each strategy in each worldview, as `unfreeze worldviews` has it; a cell opens with 32
MARKS = {BETTER: "▲", BETTER_OPEN: "△", SAME: "=", NOT_KNOWN: "?", WORSE_OPEN: "▽", WORSE: "▼", NOT_DONE: "–"}
KIND = {BETTER: "better", BETTER_OPEN: "better-open", SAME: "same", NOT_KNOWN: "unknown", WORSE_OPEN: "worse-open",
        WORSE: "worse", NOT_DONE: "unknown"}  # of css classes  # fmt: skip


@solara.component
def Worldviews(session: Session) -> None:
    """The page."""
    screen, desk = session.screen.value, session.desk
    domain, worlds = screen.domain, worldviews()
    choices = chosen(screen)
    like = next((one for one in screen.scenarios if one.label != NOBODY), screen.scenarios[0])
    known = shipped.worlds(screen)
    key = ("worlds", screen.place, screen.settings, screen.people, screen.months, screen.seed, tuple(map(str, choices)))
    seen = use_study(key, lambda tell, cancel: _run(choices, worlds, like, known, desk, tell, cancel))
    first = [known[str(one)] for one in choices if str(one) in known]  # while nothing else has come
    found: Sequence[Row] = seen.result or first
    titles = {str(one): domain.told(one.strategy()).title for one in choices}
    opening = say("Who wins in whose world? Every strategy is tried under every belief about how the system works.")
    element("h1", sentence(found, len(choices), len(worlds), titles, domain) if found else opening,
            cls="u-title")  # fmt: skip
    StudyProgress(seen, say("Running one strategy after another in every worldview"))
    with element("div", cls="u-full"):
        _table(session, found, choices, worlds)
    element("p", say(HOW), cls="u-quiet")
    each = [f"{domain.says(BRIEF[measure])}: {unit(measure, True, Units.of(like))}" for measure in HEADLINE]
    said = [say("Differences from no foundation."), f"{capital('; '.join(each))}.", f"{capital(size_said(like))}.",
            say("Chance only: {runs} runs of each.", runs=REPLICATES), say(NOISE)]  # fmt: skip
    element("p", " ".join(said), cls="u-quiet")


def _table(session: Session, found: Sequence[Row], choices: Sequence[Choice], worlds: Sequence[Worldview]) -> None:
    """The table so far."""
    domain = session.screen.value.domain
    told = {str(one): domain.told(one.strategy()) for one in choices}
    titles = {name: strategy.title for name, strategy in told.items()}
    left, units = len(choices) - len(found), Units.of(session.screen.value.scenarios[0])
    Worlds(
        caption=say("Strategies by worldviews, each against no foundation"),
        worlds=[{"name": one.name, "title": world.title, "believes": world.believes}
                for one in worlds for world in [domain.told(one)]],
        measures=[title(measure, domain) for measure in HEADLINE],
        units=[unit(measure, True, units) for measure in HEADLINE],
        rows=[_row(row, worlds, titles, told[row.strategy].kind, domain, units) for row in found],
        fronts=[[front_words(in_front(found, world.name, measure), titles) for measure in HEADLINE]
                for world in worlds],
        key=[{"mark": mark, "word": say(word), "kind": KIND[word]} for word, mark in MARKS.items()],
        waiting=left, name="worlds",
        event_open=lambda cell: session.change(lambda s: opened(s, str(cell["strategy"]), str(cell["world"]))),
    )  # fmt: skip


HOW = N_("Each strategy against no foundation in the same worldview, where what lasts is read: better or worse, with "
         "its size known (filled) or open (hollow), practically the same, or not known; not carried out where "
         "it could not be. In front is who is better than no foundation by most.")  # fmt: skip


@cache
def worldviews() -> tuple[Worldview, ...]:
    """All that ship: the evidence first."""
    names = sorted(names_of("worldview"), key=lambda name: (name != "evidence", name))
    return tuple(map(find_worldview, names))


def chosen(screen: Screen) -> list[Choice]:
    """Strategies that somebody changed on this screen, then all that ship, by who leads."""
    edited = [one for one in screen.choices if one.levers]
    ships = [find_strategy(name) for name in names_of("strategy") if name != NOBODY]
    order = (*KINDS[2:], *KINDS[:2])
    return [*edited, *(Choice(one.name) for one in sorted(ships, key=lambda one: order.index(one.kind)))]


def opened(screen: Screen, strategy: str, world: str) -> Screen:
    """The comparison behind a cell: that strategy in that worldview."""
    return screen.with_(worldview=world, choices=(read_choice(strategy),), page="compare")


def world_rows(
    choices: Sequence[Choice], worlds: Sequence[Worldview], like: Scenario, desk: Desk, cancel: threading.Event
) -> Iterator[Row]:
    """One strategy after another in every worldview."""

    def runs(scenarios: Sequence[Scenario], replicates: int) -> Iterable[Batch]:
        return desk.finished.replicates(scenarios, 0, replicates, desk.cores, cancel)

    strategies = [one.strategy() for one in choices]
    month = lasting_months([replace(like, strategy=one, label="") for one in strategies])[-1]
    yield from rows(strategies, worlds, like, month, REPLICATES, runs)


def _run(
    choices: Sequence[Choice], worlds: Sequence[Worldview], like: Scenario, known: Mapping[str, Row], desk: Desk,
    tell: Tell, cancel: threading.Event,
) -> list[Row]:  # fmt: skip
    """Those that are known at once, then the others, in the order of `choices`."""
    found = {str(one): known[str(one)] for one in choices if str(one) in known}
    left = [one for one in choices if str(one) not in found]
    tell(len(found), len(choices), list(found.values()))
    for row in world_rows(left, worlds, like, desk, cancel) if left else ():
        found[row.strategy] = row
        tell(len(found), len(choices), [found[str(one)] for one in choices if str(one) in found])
    return [found[str(one)] for one in choices if str(one) in found]


def _row(
    row: Row, worlds: Sequence[Worldview], titles: dict[str, str], kind: str, domain: Domain, units: Units
) -> dict[str, Any]:
    """One strategy's cells."""
    cells = []
    for world in worlds:
        lines = [_line(row.cells[world.name][measure], units) for measure in HEADLINE]
        spoken = [f"{domain.says(BRIEF[measure])} {line['word']}, {line['gap']} {unit(measure, True, units)}"
                  for measure, line in zip(HEADLINE, lines, strict=True)]  # fmt: skip
        cells.append({"lines": lines, "spoken": "; ".join(spoken)})
    return {"name": row.strategy, "title": titles[row.strategy], "kind": kind, "cells": cells}


def _line(found: Contrast, units: Units) -> dict[str, Any]:
    word = found.verdict or (NOT_KNOWN if found.difference is None else NOT_DONE)
    return {"word": say(word), "mark": MARKS[word], "kind": KIND[word], "carried": word != NOT_DONE,
            "gap": shown_difference(found.measure, found.difference, units)}  # fmt: skip
