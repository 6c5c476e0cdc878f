"""What a change did: one strategy as it is and as it was before, on the same people and the same luck, seed by seed.

Runs with common seeds are twins across answers, in the same parameter set where sets are drawn.  What is compared is
each one's difference from its own no foundation: for a lever that is the strategy itself, as nobody's run stays; for a
worldview it leaves out what the other world alone changes.
"""

from __future__ import annotations

from dataclasses import replace

from analysis.contrasts import Contrast, so_far
from analysis.courses import Courses
from runs.summary import Batch, Summary
from scenarios.scenario import NOBODY

BEFORE = "before"  # the label of the strategy as it was


def joined(now: Summary, then: Summary, was: str) -> Summary | None:
    """The runs of now, and `was` of then under BEFORE, as far as both have the same twins; None if there are none."""
    if not now.batches or not then.batches or was not in then.batches[0].scenarios:
        return None
    earlier = {(one.replicate, one.set_number): one for one in then.batches}
    found = Summary()
    for batch in now.batches:
        old = earlier.get((batch.replicate, batch.set_number))
        if old is not None and old.measures == batch.measures and old.seeds[0] == batch.seeds[0]:
            found.add(batch.joined(_moved(batch, old, was)))
    return found if found.batches else None


def _moved(batch: Batch, old: Batch, was: str) -> Batch:
    """The strategy as it was, as far from no foundation now as it was from no foundation then."""
    kept, nobody = old.part([was], old.measures), old.part([NOBODY], old.measures).values
    here = batch.part([NOBODY], batch.measures).values
    months = min(kept.values.shape[1], here.shape[1])
    values = kept.values[:, :months] - nobody[:, :months] + here[:, :months]
    return replace(kept, scenarios=(BEFORE,), values=values)


def effect(summary: Summary, name: str, measure: str, month: int) -> Contrast:
    """What the change did to one measure: now minus before."""
    return so_far(summary, name, BEFORE, measure, month)


def ghost(summary: Summary, measure: str) -> Courses:
    """The courses in which the line before stands under BEFORE."""
    return Courses(measure, summary)
