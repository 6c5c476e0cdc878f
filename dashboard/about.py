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
from scenarios.plausible import shipped_sample
from scenarios.scenario import Scenario


def about(screen: Screen) -> list[tuple[str, str]]:
    """Name and text of all that determines what is shown, and of the units in which it is shown."""
    told = SoFar(screen.scenarios, screen.command, summary=Summary())
    one, titles = told.first, list(told.titles.values())[1:]
    by_hand = ", ".join(f"{name}={plain(value)}" for name, value in screen.settings)
    period = told.programme
    programme = f"; the programme in months {period[0]} to {period[1]}" if period else ""
    sets = (
        f"{sets_said(SETS, shipped_sample(screen.where))}; {EACH} runs of each, then {REPLICATES} with default values"
    )
    own = [(name, text) for name, text in (("Title", screen.heading), ("Notes", screen.notes)) if text]
    return [
        *own,
        ("Place", told.place.title),
        ("Worldview", told.worldview.title),
        ("Strategies", listed(titles) if titles else "none"),
        ("Set by hand", by_hand or "nothing"),
        ("Size", f"{size_said(one)}; people, places and money are at the real size"),
        ("Months", f"{screen.months}{programme}"),
        ("Runs", f"{f'{REPLICATES} with default values, chance only' if screen.point else sets}; seed {screen.seed}"),
        ("Units", " ".join(units_said(told))),
        ("Margins", margins_said(told)),
        ("Date", date.today().isoformat()),
        ("Version", f"{_version()}, scenario {run_hash(one)[:12]}"),
    ]


def told(screen: Screen) -> str:
    """The same and the command, for a chart whose screen is not that of its page."""
    return json.dumps({"about": about(screen), "command": screen.command})


def size_said(one: Scenario) -> str:
    """How many people are simulated, for how many."""
    if one.people is None or one.people == one.real_size:
        return f"all {one.real_size:,} people are simulated"
    return f"{one.people:,} simulated people stand for {one.real_size:,}"


@cache
def _version() -> str:
    return f"Unfreeze {versions()['unfreeze']}, rules {rules_hash()[:12]}"
