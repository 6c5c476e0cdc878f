"""What pages say whose own numbers hold chance only: the sentence that holds what nobody has measured as well."""

from __future__ import annotations

import solara

from analysis.board import sentence
from analysis.words import drawn_from
from dashboard.parts import element
from dashboard.runs import Answer
from dashboard.session import Session
from engine.typed import several

STILL = "Running the first replicates of the changed scenario; this is still the one before."


def by_default(answer: Answer) -> str:
    """What a page's own numbers hold."""
    return (f"On this page, chance only: {several(answer.replicates, 'run')} of each strategy on the same simulated "
            f"people, with the model's numbers at their default values.")  # fmt: skip


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
