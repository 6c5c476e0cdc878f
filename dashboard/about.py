"""What a screen is about, so that a page on paper or a picture years later needs nothing beside it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

from analysis.comparison import SoFar
from analysis.words import listed, margins_said, sets_said, units_said
from dashboard.screen import EACH, REPLICATES, SETS, Screen
from engine.typed import plain
from runs.store import run_hash, versions
from runs.summary import Summary
from scenarios.edition import rules_hash
from scenarios.language import say, who_translated
from scenarios.plausible import shipped_sample
from scenarios.scenario import Scenario


def about(screen: Screen) -> list[tuple[str, str]]:
    """Name and text of all that determines what is shown, and of the units in which it is shown."""
    told = SoFar(screen.scenarios, screen.command, summary=Summary())
    one, titles = told.first, list(told.titles.values())[1:]
    by_hand = ", ".join(f"{name}={plain(value)}" for name, value in screen.settings)
    period = told.programme
    months = say("{months}; the programme in months {first} to {last}", months=str(screen.months), first=str(period[0]),
                 last=str(period[1])) if period else str(screen.months)  # fmt: skip
    words = (say("Title"), screen.heading), (say("Notes"), screen.notes), (say("Language"), who_translated())
    return [
        *((name, text) for name, text in words if text),
        (say("Place"), told.place.title),
        (say("Worldview"), told.worldview.title),
        (say("Strategies"), listed(titles) if titles else say("none")),
        (say("Set by hand"), by_hand or say("nothing")),
        (say("Size"), say("{size}; people, places and money are at the real size", size=size_said(one))),
        (say("Months"), months),
        (say("Runs"), _runs(screen)),
        (say("Units"), " ".join(units_said(told))),
        (say("Margins"), margins_said(told)),
        (say("Date"), date.today().isoformat()),
        (say("Version"), _version(run_hash(one)[:12])),
    ]


def told(screen: Screen) -> str:
    """The same and the command, for a chart whose screen is not that of its page."""
    return json.dumps({"about": about(screen), "command": screen.command})


def size_said(one: Scenario) -> str:
    """How many people are simulated, for how many."""
    if one.people is None or one.people == one.real_size:
        return say("all {people} people are simulated", people=one.real_size)
    return say("{simulated} simulated people stand for {real}", simulated=one.people, real=one.real_size)


def _runs(screen: Screen) -> str:
    """How many there are, of what."""
    if screen.point:
        return say("{runs} with default values, chance only; seed {seed}", runs=str(REPLICATES), seed=str(screen.seed))
    return say("{sets}; {each} runs of each, then {runs} with default values; seed {seed}", each=str(EACH),
               sets=sets_said(SETS, shipped_sample(screen.where)), runs=str(REPLICATES),
               seed=str(screen.seed))  # fmt: skip


def _version(scenario: str) -> str:
    version, rules = _edition()
    return say("Unfreeze {version}, rules {rules}, scenario {scenario}", version=version, rules=rules,
               scenario=scenario)  # fmt: skip


@cache
def _edition() -> tuple[str, str]:
    return versions()["unfreeze"], rules_hash()[:12]
