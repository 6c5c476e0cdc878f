"""What pages say their numbers hold: what nobody has measured, or chance only."""

from __future__ import annotations

import solara

from analysis.board import sentence
from analysis.words import drawn_from, sets_said
from dashboard.parts import element
from dashboard.runs import Answer
from dashboard.screen import EACH, SETS, Screen
from dashboard.session import Session
from dashboard.texts import runs_said
from scenarios.language import N_, say
from scenarios.plausible import shipped_sample

STILL = N_("Running the first replicates of the changed scenario; this is still the one before.")

ALL = N_(
    "What nobody has measured, and chance: {sets}; {each} runs of each strategy in every one, on the same simulated "
    "people."
)
MEANWHILE = N_(
    "What nobody has measured, and chance: {sets}; {each} runs of each strategy in every one, on the same simulated "
    "people; what the same money does in homes is run."
)
POINT = N_(
    "Chance only: {runs} of each strategy on the same simulated people, with the model's numbers at their default "
    "values."
)
TIGHTENING = N_(
    "Chance only: {runs} of each strategy on the same simulated people, with the model's numbers at their default "
    "values; more are coming, and the bands will tighten."
)


def by_default(answer: Answer) -> str:
    """What a page's own numbers hold."""
    return say("On this page, chance only: {runs} of each strategy on the same simulated people, with the model's "
               "numbers at their default values.", runs=runs_said(answer.replicates))  # fmt: skip


def holds(answer: Answer, screen: Screen) -> str:
    """Which uncertainty the answer holds, and from how many runs."""
    runs = runs_said(answer.replicates)
    if answer.sets is not None:
        known = answer.sets.compared
        text = ALL if known.controls or answer.complete else MEANWHILE
        return say(text, sets=sets_said(len(known.sets), known.sample), each=EACH)
    if not screen.point:
        return say("First answer, chance only: {runs} of each strategy, with default values. What nobody has measured "
                   "is being run: {sets}; {each} runs in each.", runs=runs, each=EACH,
                   sets=sets_said(SETS, shipped_sample(screen.where)))  # fmt: skip
    return say(POINT if answer.complete else TIGHTENING, runs=runs)


@solara.component
def Unmeasured(session: Session) -> None:
    """The comparison's one sentence, over plausible parameter sets as soon as it is there."""
    answer = session.answer.value
    said = ""
    if answer is not None and answer.sets is not None:
        sample = answer.sets.compared.sample
        said = say("With what nobody has measured: {sentence} Numbers {drawn_from}.",
                   sentence=answer.sets.view(sentence), drawn_from=drawn_from(sample))  # fmt: skip
    elif not session.screen.value.point:
        said = say("What nobody has measured is being run: these intervals are by chance alone, and too narrow.")
    element("p", said, cls="u-quiet", attributes={"id": "unmeasured"})
