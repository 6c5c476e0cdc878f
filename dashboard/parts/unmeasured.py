"""What pages say their numbers hold: what nobody has measured, or chance only."""

from __future__ import annotations

import solara

from analysis.board import sentence
from analysis.words import drawn_from, sets_said
from dashboard.parts import element
from dashboard.runs import Answer
from dashboard.screen import EACH, SETS, Screen
from dashboard.session import Session
from engine.typed import several
from scenarios.plausible import shipped_sample

STILL = "Running the first replicates of the changed scenario; this is still the one before."


def by_default(answer: Answer) -> str:
    """What a page's own numbers hold."""
    return (f"On this page, chance only: {several(answer.replicates, 'run')} of each strategy on the same simulated "
            f"people, with the model's numbers at their default values.")  # fmt: skip


def holds(answer: Answer, screen: Screen) -> str:
    """Which uncertainty the answer holds, and from how many runs."""
    runs = f"{several(answer.replicates, 'run')} of each strategy"
    if answer.sets is not None:
        known = answer.sets.compared
        said = (f"What nobody has measured, and chance: {sets_said(len(known.sets), known.sample)}; {EACH} runs of "
                f"each strategy in every one, on the same simulated people")  # fmt: skip
        return f"{said}." if known.controls or answer.complete else f"{said}; what the same money does in homes is run."
    if not screen.point:
        return (f"First answer, chance only: {runs}, with default values. What nobody has measured is being run: "
                f"{sets_said(SETS, shipped_sample(screen.where))}; {EACH} runs in each.")  # fmt: skip
    more = "" if answer.complete else "; more are coming, and the bands will tighten"
    return f"Chance only: {runs} on the same simulated people, with the model's numbers at their default values{more}."


@solara.component
def Unmeasured(session: Session) -> None:
    """The comparison's one sentence, over plausible parameter sets as soon as it is there."""
    answer = session.answer.value
    said = ""
    if answer is not None and answer.sets is not None:
        sample = answer.sets.compared.sample
        said = f"With what nobody has measured: {answer.sets.view(sentence)} Numbers {drawn_from(sample)}."
    elif not session.screen.value.point:
        said = "What nobody has measured is being run: these intervals are by chance alone, and too narrow."
    element("p", said, cls="u-quiet", attributes={"id": "unmeasured"})
