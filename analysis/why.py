"""Why: which mechanism, or which practice, makes the difference that is seen.

    mechanism    a quantity with a value at which it is gone (`off`).  The difference between two strategies is measured
                 twice on the same seeds, in the world as it is and in the world without it: what changes is its part.
    practice     one of the five that the strategy FULL adds to the strategy BARE (shipped strategies PRACTICES hold one
                 each).  Its part is measured both ways: added to BARE alone, and taken away from FULL.

All intervals are 95% t intervals over replicates, as in contrasts.py: simulation noise only.  Parts need not add up.
Beside the strategies nobody's run is made once more: margins are a share of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.carried_out import so_far as carried_out_so_far
from analysis.comparison import NEEDED as MEASURES
from analysis.contrasts import (
    BETTER,
    BETTER_OPEN,
    CLEAR,
    DIRECTION,
    NEEDED,
    NO_INTERVAL,
    NO_NUMBER,
    NOT_KNOWN,
    SAME,
    WORSE,
    WORSE_OPEN,
    Contrast,
    contrast,
    pairs_of,
    values_of,
    verdict,
)
from analysis.spread import interval as t_interval
from analysis.units import EUROS, Units
from analysis.words import SPOKEN, from_to, listed, shown_difference, unit
from evidence.quantities import inputs
from model.measures import HEADLINE
from runs.ensemble import batches
from runs.summary import Batch, Summary
from scenarios.domains import Domain
from scenarios.language import N_, said_after, say
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings
from scenarios.strategy import Strategy, find_strategy

Numbers = npt.NDArray[np.float64]
Runs = Callable[[Sequence[Scenario], int], Iterable[Batch]]  # replicates of all of them, one after another


def needed(scenarios: Sequence[Scenario], replicates: int) -> Iterable[Batch]:
    """Replicates of all of them, with the measures that verdicts are made from."""
    return batches(scenarios, replicates, measures=MEASURES)


BARE, FULL = "carrier", "user_centred"
PRACTICES = ("practice_1_learn", "practice_2_example", "practice_3_willing", "practice_4_start_small",
             "practice_5_credit")  # fmt: skip
ADDED, TAKEN, OFF = N_("added"), N_("taken away"), "off"
MECHANISMS = N_("mechanisms")
WITHOUT = "without_"  # label of FULL without one practice: without_practice_1_learn


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A quantity that can be switched off: its value in the world at hand, and the value at which it is gone."""

    name: str
    meaning: str
    unit: str
    value: float
    off: float
    mark: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What one switch changes, in one measure.

    Of a mechanism, `before` and `after` are the difference between two strategies with and without it, and `change` is
    after minus before; its verdict says how the first strategy fares against the second without it.  Of a practice,
    `change` is the difference that it makes.  `changes` (replicate,) is what `change` is the mean of.
    """

    name: str
    way: str  # OFF, ADDED or TAKEN
    change: Contrast
    changes: Numbers
    before: Contrast | None = None
    after: Contrast | None = None

    @property
    def clear(self) -> bool:
        """The change is known to differ from nothing, and is not known to be too small to matter."""
        return self.change.verdict in CLEAR


# --- mechanisms -------------------------------------------------------------------------------------------------------


def mechanisms(scenario: Scenario) -> list[Mechanism]:
    """All that are at work in this scenario's world and can be switched off, by name."""
    here = scenario.parameters()[0]
    return [
        Mechanism(q.name, q.meaning, q.unit, float(here[q.name]), q.off, q.mark, q.source)
        for q in inputs().values()
        if q.off is not None and float(here[q.name]) != q.off
    ]


def without(scenario: Scenario, mechanism: str, label: str = "") -> Scenario:
    """The same in a world from which one mechanism is gone, its past included: as `--set mechanism=off` does."""
    off = inputs()[mechanism].off
    assert off is not None
    settings = Settings(scenario.settings.levers, {**scenario.settings.parameters, mechanism: off})
    return replace(scenario, settings=settings, label=label or scenario.label)


def switched_off(
    pair: tuple[Scenario, Scenario],
    mechanism: str,
    month: int,
    replicates: int,
    runs: Runs = needed,
) -> Iterator[dict[str, Effect]]:
    """The headline measures of one mechanism switched off, by name, after one replicate, two, ... `replicates`."""
    gone = [replace(without(one, mechanism), label=f"{i} off") for i, one in enumerate(pair)]
    as_it_is, summary = _as_it_is(pair), Summary()
    for batch in runs([*as_it_is, *gone], replicates):
        summary.add(batch)
        found = _values(summary, month)
        yield _effects(mechanism, month, found[:3], found[3:], _not_carried_out(as_it_is[:2], summary))


def one_after_another(
    pair: tuple[Scenario, Scenario],
    names: Sequence[str],
    month: int,
    replicates: int,
    runs: Runs = needed,
) -> Iterator[dict[str, Effect]]:
    """`switched_off` of each of these mechanisms with all its replicates, in this order."""

    def read(scenarios: Sequence[Scenario]) -> Summary | None:
        summary = Summary()
        for batch in runs(scenarios, replicates):
            summary.add(batch)
        return summary if summary.replicates == replicates else None  # fewer: it was cancelled

    now = _as_it_is(pair)
    as_it_is = read(now)
    for name in names:
        gone = None
        if as_it_is is not None:
            gone = read([replace(without(one, name), label=str(i)) for i, one in enumerate(pair)])
        if as_it_is is None or gone is None:
            return
        reason = _not_carried_out(now[:2], as_it_is)
        yield _effects(name, month, _values(as_it_is, month), _values(gone, month), reason)


def _as_it_is(pair: tuple[Scenario, Scenario]) -> list[Scenario]:
    """The pair, and nobody's run, in the world as it is."""
    return [*(replace(one, label=str(i)) for i, one in enumerate(pair)), replace(pair[0].twin(), label=NOBODY)]


def _values(summary: Summary, month: int) -> Numbers:
    """(scenario, replicate, NEEDED)."""
    return np.stack([values_of(batch, month) for batch in summary.batches], axis=1)


def _not_carried_out(scenarios: Sequence[Scenario], summary: Summary) -> str | None:
    """Why there is no verdict about any of these: the first of them that could not be carried out."""
    found = [(one.strategy.title, carried_out_so_far(one, summary).reason) for one in scenarios]
    said = [say("{who} could not be carried out: {why}", who=title, why=why) for title, why in found if why is not None]
    return said[0] if said else None


def _effects(
    name: str, month: int, as_it_is: Numbers, gone: Numbers, no_verdict: str | None = None
) -> dict[str, Effect]:
    """Numbers (scenario, replicate, NEEDED): both strategies and nobody as it is, both without the mechanism.

    no_verdict: why there is none; then nothing has a verdict.
    """
    found = {}
    (a, b, nobody), (c, d) = as_it_is, gone
    for measure in HEADLINE:
        m = NEEDED.index(measure)
        before, after = (
            contrast(measure, month, "a", "b", pairs_of(measure, x, y, nobody)) for x, y in ((a, b), (c, d))
        )
        changes = (c - d)[:, m] - (a - b)[:, m]
        change, before, after = (
            one if no_verdict is None else replace(one, verdict=None, reason=no_verdict)
            for one in (_change(before, after, changes), before, after)
        )
        found[measure] = Effect(name, OFF, change, changes, before, after)
    return found


def _change(before: Contrast, after: Contrast, changes: Numbers) -> Contrast:
    """After minus before; the margin that matters is the one as things are."""
    one = replace(before, value=after.difference, other=before.difference, difference=None, low=None, high=None,
                  verdict=NOT_KNOWN, reason=NO_NUMBER, n=len(changes))  # fmt: skip
    if not np.isfinite(changes).all() or before.margin is None:
        return one
    low, high = t_interval(changes) or (None, None)
    return replace(one, difference=float(np.mean(changes)), low=low, high=high,
                   verdict=verdict(low, high, before.margin, DIRECTION[before.measure]),
                   reason=NO_INTERVAL if low is None else None)  # fmt: skip


# --- practices --------------------------------------------------------------------------------------------------------


def taken_away(practice: str) -> Strategy:
    """FULL without one practice: BARE and the other four; a test holds FULL to being BARE and all five."""
    left = find_strategy("+".join([BARE, *(name for name in PRACTICES if name != practice)]))
    title = say("All but {practice}", practice=practice_title(find_strategy(practice)))
    meaning = say("{strategy} without one practice.", strategy=say(find_strategy(FULL).title))
    return replace(left, name=WITHOUT + practice, title=title, meaning=meaning)


def practice_title(strategy: Strategy) -> str:
    """ "learn the system's challenges": what comes after "Practice 1:" in its title."""
    return said_after(say(strategy.title), ": ")


def practice_scenarios(like: Scenario) -> list[Scenario]:
    """BARE, FULL, BARE with one practice, FULL without one and nobody, in the world and with the settings of `like`."""
    strategies = [find_strategy(name) for name in (BARE, FULL, *PRACTICES)]
    strategies += [taken_away(name) for name in PRACTICES]
    return [*(replace(like, strategy=strategy, label=strategy.name) for strategy in strategies), like.twin()]


def practices(
    scenarios: Sequence[Scenario],
    month: int,
    replicates: int,
    runs: Runs = needed,
) -> Iterator[dict[str, list[Effect]]]:
    """The five practices both ways, by measure, after one replicate, two, ...; of `practice_scenarios`."""
    labels, summary = [one.label for one in scenarios], Summary()
    for batch in runs(scenarios, replicates):
        summary.add(batch)
        found = dict(zip(labels, _values(summary, month), strict=True))
        failed = {one.label: reason for one in scenarios if (reason := _not_carried_out([one], summary)) is not None}
        yield {
            measure: [
                _step(name, way, measure, month, found, with_it, without_it, failed)
                for name in PRACTICES
                for way, with_it, without_it in ((ADDED, name, BARE), (TAKEN, FULL, WITHOUT + name))
            ]
            for measure in HEADLINE
        }


def _step(
    name: str, way: str, measure: str, month: int, found: Mapping[str, Numbers], with_it: str, without_it: str,
    failed: Mapping[str, str],
) -> Effect:  # fmt: skip
    twins = pairs_of(measure, found[with_it], found[without_it], found[NOBODY])
    change = contrast(measure, month, with_it, without_it, twins)
    reason = failed.get(with_it) or failed.get(without_it)
    change = change if reason is None else replace(change, verdict=None, reason=reason)
    return Effect(name, way, change, twins.value - twins.other)


# --- both -------------------------------------------------------------------------------------------------------------


def ranked(effects: Sequence[Effect]) -> list[Effect]:
    """The largest change first; those without a number last."""
    return sorted(effects, key=lambda one: -abs(one.change.difference) if one.change.difference is not None else 1.0)


def apart(first: Effect, second: Effect) -> bool:
    """Whether the first changes more than the second, replicate by replicate, beyond what luck explains."""
    if first.change.difference is None or second.change.difference is None:
        return False
    mine, other = (float(np.sign(np.mean(one.changes))) * one.changes for one in (first, second))
    gap = t_interval(mine - other)
    return gap is not None and gap[0] > 0


# --- in words ---------------------------------------------------------------------------------------------------------


ALIKE = N_("{first} and {second} are practically the same on {measure} to begin with; without {what} the difference "
           "goes from {numbers}, and the change is {change}.")  # fmt: skip
NOT_TOLD_APART = N_("{first} and {second} are not known to differ on {measure} to begin with; without {what} the "
                    "difference goes from {numbers}, and the change is {change}.")  # fmt: skip
OUTCOME = {
    SAME: N_("The difference stays practically the same when {what} is switched off: from {numbers} ({pair})."),
    NOT_KNOWN: N_("Whether {what} makes the difference is not known: from {numbers} without it ({pair})."),
    "grows": N_("The difference grows when {what} is switched off: from {numbers} ({pair})."),
    "turns": N_("The difference turns round when {what} is switched off: from {numbers} ({pair})."),
}
PARTS = (  # the least share of the difference that goes, and what is said of it
    (0.9, N_("Nearly all of the difference goes when {what} is switched off: from {numbers} ({pair}).")),
    (0.5, N_("Most of the difference goes when {what} is switched off: from {numbers} ({pair}).")),
    (0.25, N_("Part of the difference goes when {what} is switched off: from {numbers} ({pair}).")),
    (0.0, N_("A little of the difference goes when {what} is switched off: from {numbers} ({pair}).")),
)


def without_sentence(effect: Effect, what: str, first: str, second: str, domain: Domain, units: Units = EUROS) -> str:
    """What becomes of the difference between two strategies when `what` is switched off."""
    measure, change = effect.change.measure, effect.change
    spoken, before, after = domain.says(SPOKEN[measure]), effect.before, effect.after
    pair = say("{first} against {second}, {measure}", first=first, second=second, measure=spoken)
    if before is None or after is None or before.difference is None or after.difference is None:
        return say("{pair}: not known, because some runs have no such number.", pair=pair)
    numbers = say("{range} {unit}", range=from_to(shown_difference(measure, before.difference, units),
                                                  shown_difference(measure, after.difference, units)),
                  unit=unit(measure, True, units))  # fmt: skip
    if change.verdict is None:
        return say("{pair}: no verdict. {why}.", pair=pair, why=say(str(change.reason)))
    if change.low is None:
        return say("{pair}: from {numbers} without {what}; one replicate says nothing about luck.", pair=pair,
                   numbers=numbers, what=what)  # fmt: skip
    if before.verdict in (NOT_KNOWN, SAME):
        text = ALIKE if before.verdict == SAME else NOT_TOLD_APART
        return say(text, first=first, second=second, measure=spoken, what=what, numbers=numbers, change=_word(change))
    return say(_what_becomes_of_it(before, after, change), what=what, numbers=numbers, pair=pair)


def _what_becomes_of_it(before: Contrast, after: Contrast, change: Contrast) -> str:
    """The sentence on a difference that is known, by what is left of it."""
    if change.verdict in OUTCOME:
        return OUTCOME[change.verdict]
    assert before.difference is not None
    assert after.difference is not None
    share = 1 - after.difference / before.difference
    if share < 0:
        return OUTCOME["grows"]
    if CLEAR.get(after.verdict or "", 0) * CLEAR.get(before.verdict or "", 0) < 0:
        return OUTCOME["turns"]
    return next(text for least, text in PARTS if share >= least)


def ranking_sentence(effects: Sequence[Effect], names: dict[str, str], what: str, of: int, units: Units = EUROS) -> str:
    """Which of many matters most, and how many are clear at all; `what` they are: "mechanisms"; `of` so many in all."""
    opening = (say("Of {all} {what}", all=of, what=say(what)) if len(effects) == of
               else say("Of the first {some} of {all} {what}", some=len(effects), all=of, what=say(what)))  # fmt: skip
    order = ranked([one for one in effects if one.clear])
    if not order:
        return say("{opening}, not one is known to change the difference by as much as matters.", opening=opening)
    first = order[0]
    rivals = [names[one.name] for one in effects if one is not first and not apart(first, one)]
    gaps = {"opening": opening, "name": names[first.name], "gap": _gap(first, units), "clear": len(order)}
    if not rivals:
        return say("{opening}, {name} matters most ({gap}); {clear} change it clearly.", **gaps)
    others = listed(rivals) if len(rivals) <= 2 else say("{count} others", count=len(rivals))
    return say("{opening}, {name} matters most ({gap}; whether more than {others} is not known); {clear} change it "
               "clearly.", **gaps, others=others)  # fmt: skip


def _gap(effect: Effect, units: Units) -> str:
    """What it changes, with its unit."""
    measure = effect.change.measure
    return f"{shown_difference(measure, effect.change.difference, units)} {unit(measure, True, units)}"


WAYS = {
    ADDED: {
        "same": N_("added to the bare carrier, each is practically the same as without"),
        "not known": N_("added to the bare carrier, which practice does most is not known"),
        "alone": N_("added to the bare carrier, '{name}' changes most ({gap}, {verdict})"),
        "rivals": N_("added to the bare carrier, '{name}' changes most ({gap}, {verdict}; whether more than every "
                     "other is not known)"),
    },
    TAKEN: {
        "same": N_("taken away from all five, each is practically the same as without"),
        "not known": N_("taken away from all five, which practice does most is not known"),
        "alone": N_("taken away from all five, '{name}' changes most ({gap}, {verdict})"),
        "rivals": N_("taken away from all five, '{name}' changes most ({gap}, {verdict}; whether more than every other "
                     "is not known)"),
    },
}  # fmt: skip
FOR = {
    BETTER: N_("for the better"),
    BETTER_OPEN: N_("for the better, size open"),
    WORSE: N_("for the worse"),
    WORSE_OPEN: N_("for the worse, size open"),
}


def practices_sentence(effects: Sequence[Effect], names: dict[str, str], domain: Domain, units: Units = EUROS) -> str:
    """Which of the five practices does most, both ways."""
    said = []
    for way, says in WAYS.items():
        order = ranked([one for one in effects if one.way == way])
        top = [one for one in order if one.clear]
        if not top:
            same = {one.change.verdict for one in order} == {SAME}
            said.append(say(says["same"] if same else says["not known"]))
            continue
        first = top[0]
        rivals = [one for one in order if one is not first and not apart(first, one)]
        said.append(say(says["rivals" if rivals else "alone"], name=names[first.name], gap=_gap(first, units),
                        verdict=say(str(first.change.verdict))))  # fmt: skip
    measure = domain.says(SPOKEN[effects[0].change.measure])
    return say("Of the five practices, on {measure}: {ways}.", measure=measure, ways="; ".join(said))


def _word(change: Contrast) -> str:
    return say(FOR.get(change.verdict or "", change.verdict or NOT_KNOWN))
