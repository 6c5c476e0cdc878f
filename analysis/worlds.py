"""Who wins in whose world: strategies by worldviews, each against no foundation in the same worldview.

A strategy that wins only in its own author's worldview is a bet on that worldview; one that holds up in the others is
worth more.  The numbers are those of contrasts.worldviews, a strategy at a time, as soon as its runs are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.carried_out import so_far
from analysis.contrasts import CLEAR, DIRECTION, NEEDED, Contrast, contrast, pairs_of, values_of
from analysis.spread import interval
from analysis.why import needed
from analysis.words import BRIEF, listed
from model.measures import HEADLINE
from runs.summary import Batch, Summary
from scenarios.domains import Domain
from scenarios.language import say
from scenarios.scenario import Scenario
from scenarios.strategy import Strategy
from scenarios.worldviews import Worldview

Numbers = npt.NDArray[np.float64]
NAMED_AT_MOST = 2  # strategies in front of one world; more are counted


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One strategy: by worldview and measure what it does against no foundation, and by worldview the differences
    themselves (replicate, NEEDED)."""

    strategy: str
    cells: Mapping[str, Mapping[str, Contrast]]
    gaps: Mapping[str, Numbers]

    def count(self, side: int, measures: Sequence[str] = HEADLINE) -> int:
        """In how many worldviews and measures it is better (side 1) or worse (-1), by however much."""
        verdicts = [cell[measure].verdict for cell in self.cells.values() for measure in measures]
        return sum(CLEAR.get(word or "") == side for word in verdicts)


def rows(
    strategies: Sequence[Strategy],
    worlds: Sequence[Worldview],
    like: Scenario,
    month: int,
    replicates: int,
    runs: Callable[[Sequence[Scenario], int], Iterable[Batch]] = needed,
) -> Iterator[Row]:
    """One strategy after another, at the place, with the people and settings of `like`.

    `runs` may remember: every strategy asks for the runs of nobody again.
    """
    for strategy in strategies:
        scenarios = []
        for world in worlds:
            one = replace(like, strategy=strategy, worldview=world, label=f"{strategy.name}@{world.name}")
            scenarios += [one, replace(one.twin(), label=f"nobody@{world.name}")]
        summary = Summary()
        for batch in runs(scenarios, replicates):
            summary.add(batch)
        if summary.replicates < replicates:
            return  # it was cancelled
        values = np.stack([values_of(batch, month) for batch in summary.batches], axis=1)  # scenario, replicate, NEEDED
        cells, gaps = {}, {}
        for i, world in enumerate(worlds):
            mine, other = values[2 * i], values[2 * i + 1]
            gaps[world.name] = mine - other
            reason = so_far(scenarios[2 * i], summary).reason
            cells[world.name] = {
                measure: _judged(contrast(measure, month, strategy.name, "nobody",
                                          pairs_of(measure, mine, other, other)), reason)
                for measure in HEADLINE
            }  # fmt: skip
        yield Row(strategy.name, cells, gaps)


def _judged(one: Contrast, reason: str | None) -> Contrast:
    """Without a verdict where the strategy could not be carried out in that worldview, for this reason."""
    return (
        one if reason is None else replace(one, verdict=None, reason=say("could not be carried out: {why}", why=reason))
    )


def in_front(found: Sequence[Row], world: str, measure: str) -> list[str]:
    """Who does best there: of those that are better than no foundation the best, and all that these runs cannot tell
    from it; nobody if none is better."""
    m, sign = NEEDED.index(measure), DIRECTION[measure]
    better = [row for row in found if CLEAR.get(row.cells[world][measure].verdict or "") == 1]
    if not better:
        return []
    first = max(better, key=lambda row: sign * float(np.mean(row.gaps[world][:, m])))
    names = [first.strategy]
    for row in better:
        ends = interval(sign * (first.gaps[world][:, m] - row.gaps[world][:, m]))
        if row is not first and (ends is None or ends[0] <= 0):
            names.append(row.strategy)
    return names


def front_words(names: Sequence[str], titles: Mapping[str, str]) -> str:
    """Who is in front, by name or counted."""
    if not names:
        return say("nobody")
    if len(names) == 1:
        return titles[names[0]]
    if len(names) == NAMED_AT_MOST:
        return say("{one} or {other}", one=titles[names[0]], other=titles[names[1]])
    return say("{first}; {count} others cannot be told from it", first=titles[names[0]], count=len(names) - 1)


def sentence(found: Sequence[Row], of: int, worlds: int, titles: Mapping[str, str], domain: Domain) -> str:
    """Which strategy is better than nobody most often, over worldviews and measures, and whether it ever does harm."""
    if not found:
        return say("Running {count} strategies in {worlds} worldviews …", count=of, worlds=worlds)
    opening = (say("Of {all} strategies", all=of) if len(found) == of
               else say("Of the first {some} of {all} strategies", some=len(found), all=of))  # fmt: skip
    most = max(row.count(1) for row in found)
    if most == 0:
        return say("{opening}, none is better than no foundation in any of {worlds} worldviews, as far as is known.",
                   opening=opening, worlds=worlds)  # fmt: skip
    best = [row for row in found if row.count(1) == most]
    names = [titles[row.strategy] for row in best]
    who = listed(names) if len(names) <= NAMED_AT_MOST else f"{len(names)}"
    if len(best) > 1:
        return say("{opening}, {who} hold up best: each is better than no foundation in {most} of {verdicts} verdicts "
                   "over {worlds} worldviews.", opening=opening, who=who, most=most, verdicts=len(HEADLINE) * worlds,
                   worlds=worlds)  # fmt: skip
    row, harm = best[0], best[0].count(-1)
    counts = [(say(BRIEF[measure]), str(row.count(1, [measure]) or say("none"))) for measure in HEADLINE]
    parts = [say("on {what} in {count} of {worlds} worldviews", what=what, count=count, worlds=worlds) if i == 0
             else say("on {what} in {count}", what=what, count=count)
             for i, (what, count) in enumerate(counts)]  # fmt: skip
    gaps = {"opening": opening, "who": who, "where": listed(parts)}
    if not harm:
        return say("{opening}, {who} holds up best: better than no foundation {where}; it is worse nowhere.", **gaps)
    return say("{opening}, {who} holds up best: better than no foundation {where}; in {harm} of {verdicts} verdicts it "
               "is worse.", **gaps, harm=harm, verdicts=len(HEADLINE) * worlds)  # fmt: skip
