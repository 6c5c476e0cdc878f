"""Make what is known of the opening screen before anybody asks (dashboard/shipped.py): python -m tools.opening

Takes some minutes on two cores.  It runs what the pages Worldviews, Why and Assumptions would run, with the same
functions, and what it had stored already with today's rules and figures is not run again.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from analysis.answer import headline
from analysis.ask import compare
from analysis.board import sentence
from analysis.comparison import NEEDED as MEASURES
from analysis.importance import FEW, movements, outcomes, ranges
from analysis.why import mechanisms, one_after_another
from analysis.words import PEOPLE
from cli import first_answer
from dashboard import shipped
from dashboard.pages import DESK
from dashboard.pages.why import EACH as EACH_OFF
from dashboard.pages.why import SOME, practice_work
from dashboard.pages.worldviews import chosen, world_rows, worldviews
from dashboard.screen import Screen
from dashboard.sure import MOST_TRIED, says
from runs.ensemble import batches
from scenarios.scenario import NOBODY, lasting_months

NEVER = threading.Event()
SCREENED = 24  # mechanisms whose plausible ends are tried as well


def main() -> int:
    """Everything, one part after another; each is written as soon as it is there."""
    parts = dict(shipped.stored())
    parts.pop("edition", None)
    screen = Screen()
    for name, make in (("first", _first), ("worlds", _worlds), ("practices", _practices), ("mechanisms", _mechanisms)):
        if name not in parts:
            print(f"{name} ...", flush=True)
            parts[name] = make(screen)
            shipped.write(parts)
    if not parts.get("outcomes"):
        print("outcomes ...", flush=True)
        parts |= _outcomes(screen)
        shipped.write(parts)
    if not first_answer.stored():
        print("the default command's sentence ...", flush=True)
        first_answer.keep(_sentence())
    return 0


def _sentence() -> str:
    """What `unfreeze compare` says first."""
    return sentence(compare())


def _first(screen: Screen) -> dict[str, Any]:
    """The sentence on the opening page and how sure it is, once everything is run."""
    *_, last = DESK.ask(screen)
    return {"headline": headline(last.best.compared), "sure": says(last.best.compared)}


def _worlds(screen: Screen) -> list[dict[str, Any]]:
    like = next(one for one in screen.scenarios if one.label != NOBODY)
    return [shipped.row_data(row) for row in world_rows(chosen(screen), worldviews(), like, DESK, NEVER)]


def _practices(screen: Screen) -> dict[str, Any]:
    found = practice_work(screen.scenarios[-1], DESK, lambda *_: None, NEVER)
    assert found is not None
    of = {measure: [shipped.effect_data(one) for one in every] for measure, every in found[1].items()}
    return {"replicates": found[0], "of": of}


def _mechanisms(screen: Screen) -> dict[str, Any]:
    pair = (screen.scenarios[1], screen.scenarios[2])
    names = sorted(one.name for one in mechanisms(pair[0]))
    month = lasting_months(screen.scenarios)[-1]
    found = []
    for one in one_after_another(pair, names, month, EACH_OFF, lambda some, n: batches(some, n, measures=MEASURES)):
        found.append(one)
        if len(found) % SOME == 0:
            print(f"  {len(found)} of {len(names)}", flush=True)
    of = [{measure: shipped.effect_data(effect) for measure, effect in each.items()} for each in found]
    return {"between": "0-1", "of": of}


def _outcomes(screen: Screen) -> dict[str, Any]:
    """Both ends of the numbers that may matter most: mechanisms that change most when they are gone, and numbers on
    which the worldviews disagree.  A whole screening is the page of assumptions' to offer: it takes an hour."""
    of, known = ranges(screen.where), dict[str, Any]()
    contested = {name for world in worldviews() for name in world.values}
    names = [name for name in dict.fromkeys([*shipped.top_mechanisms(SCREENED), *sorted(contested)]) if name in of]
    for i, name in enumerate(names):
        found = outcomes(screen.scenarios, of[name], FEW)
        assert found is not None
        known[name] = found
        print(f"  {i + 1} of {len(names)}: {name}", flush=True)
    shipped.write_outcomes(known)
    moved = movements(known, of, (1, 2), PEOPLE)
    return {"outcomes": True, "most_moving": [one.name for one in moved[:MOST_TRIED]]}


if __name__ == "__main__":
    sys.exit(main())
