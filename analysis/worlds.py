"""Who wins in whose world: strategies by worldviews, each against no foundation in the same worldview.

A strategy that wins only in its own author's worldview is a bet on that worldview; one that holds up in the others is
worth more.  The numbers are those of contrasts.worldviews, a strategy at a time, as soon as its runs are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.contrasts import BETTER, DIRECTION, WORSE, Contrast, contrast, interval
from analysis.why import values_of
from analysis.words import BRIEF, listed
from model.measures import HEADLINE
from scenarios.domains import Domain
from scenarios.ensemble import batches
from scenarios.scenario import Scenario
from scenarios.strategy import Strategy
from scenarios.summary import Batch
from scenarios.worldviews import Worldview

Numbers = npt.NDArray[np.float64]
NAMED_AT_MOST = 2  # strategies in front of one world; more are counted


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One strategy: by worldview and measure what it does against no foundation, and by worldview the differences
    themselves (replicate, headline measure)."""

    strategy: str
    cells: Mapping[str, Mapping[str, Contrast]]
    gaps: Mapping[str, Numbers]

    def count(self, word: str, measures: Sequence[str] = HEADLINE) -> int:
        """In how many worldviews and measures it has this verdict."""
        return sum(cell[measure].verdict == word for cell in self.cells.values() for measure in measures)


def rows(
    strategies: Sequence[Strategy],
    worlds: Sequence[Worldview],
    like: Scenario,
    month: int,
    replicates: int,
    runs: Callable[[Sequence[Scenario], int], Iterable[Batch]] = batches,
) -> Iterator[Row]:
    """One strategy after another, at the place, with the people and settings of `like`.

    `runs` may remember: every strategy asks for the runs of nobody again.
    """
    for strategy in strategies:
        scenarios = []
        for world in worlds:
            one = replace(like, strategy=strategy, worldview=world, label=f"{strategy.name}@{world.name}")
            scenarios += [one, replace(one.twin(), label=f"nobody@{world.name}")]
        found = [values_of(batch, month) for batch in runs(scenarios, replicates)]
        if len(found) < replicates:
            return  # it was cancelled
        values = np.stack(found, axis=1)  # scenario, replicate, measure
        cells, gaps = {}, {}
        for i, world in enumerate(worlds):
            mine, other = values[2 * i], values[2 * i + 1]
            gaps[world.name] = mine - other
            cells[world.name] = {
                measure: contrast(measure, month, strategy.name, "nobody", mine[:, m], other[:, m])
                for m, measure in enumerate(HEADLINE)
            }
        yield Row(strategy.name, cells, gaps)


def in_front(found: Sequence[Row], world: str, measure: str) -> list[str]:
    """Who does best there: of those that are better than no foundation the best, and all that these runs cannot tell
    from it; nobody if none is better."""
    m, sign = HEADLINE.index(measure), DIRECTION[measure]
    better = [row for row in found if row.cells[world][measure].verdict == BETTER]
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
        return "nobody: none is better than no foundation"
    if len(names) <= NAMED_AT_MOST:
        return " or ".join(titles[name] for name in names)
    return f"{titles[names[0]]}, not known from {len(names) - 1} others"


def sentence(found: Sequence[Row], of: int, worlds: int, titles: Mapping[str, str], domain: Domain) -> str:
    """Which strategy holds up in most worldviews, all three measures together, and how often it does harm."""
    if not found:
        return f"Running every strategy in {worlds} worldviews …"
    opening = f"Of {of} strategies" if len(found) == of else f"Of the first {len(found)} of {of} strategies"
    score = Counter({row.strategy: row.count(BETTER) - row.count(WORSE) for row in found})
    best = [row for row in found if score[row.strategy] == max(score.values())]
    who = titles[best[0].strategy]
    if len(best) > 1:
        names = [titles[row.strategy] for row in best]
        who = listed(names) if len(names) <= NAMED_AT_MOST else f"{len(names)} of them"
    parts = [f"{domain.says(BRIEF[measure])} in {best[0].count(BETTER, [measure])}" for measure in HEADLINE]
    hold = "hold" if len(best) > 1 else "holds"
    harm = best[0].count(WORSE)
    text = f"{opening}, {who} {hold} up in most worldviews: better than no foundation on {listed(parts)} of {worlds}"
    text = text if len(best) == 1 else text.partition(":")[0] + ", all three measures together"
    if len(best) == 1:
        text += f", worse in {harm} of {3 * worlds}" if harm else ", worse in none"
    never = [row for row in found if not row.count(BETTER)]
    return f"{text}; {len(never) or 'no'} strateg{'y is' if len(never) == 1 else 'ies are'} better in none."
