"""Controls: what the same money would do if it bought homes and nothing else, beside every comparison.

Each strategy that spends (an *arm*) is held against two runs of the shipped strategy `homes`, on the same people:

    same programme money     homes with the arm's budget, start and duration, month for month; arms that have these in
                             common share one control
    same all-payer money     homes with as much budget as makes all payers together spend what they spend under the arm:
                             their extra spending (`spend_to_date`) against no foundation, in the last month in which
                             what lasts is read, mean over runs

The second budget is found from runs, in a second stage on the same seeds, sets and pasts: what homes cost all payers
grows nearly in proportion to the budget, so that the first try scales the first control, and at most CORRECTIONS more
go between (or beyond) what was tried.  It is never guessed, and what was reached is told.  No run of an arm is changed.

    with_controls             (a): scenarios and their controls for the same programme money
    equal_cost_controls       (b): after the first stage; whoever calls it runs what it asks for
    ensemble_with_controls    both, as tidy tables
    join_equal_cost           (b) where the first stage came as arrays (`batches`): what a screen needs

A control is a scenario like any other, marked by `control_of`; it is nobody's strategy and is not to be ranked as one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

from runs.ensemble import Tables, ensemble
from runs.pasts import Pasts
from runs.store import Results
from runs.summary import Batch
from scenarios.language import G_, say, spoken
from scenarios.levers import load_levers
from scenarios.places import domain_of
from scenarios.refused import in_short
from scenarios.scenario import NOBODY, Scenario, check_labels, lasting_months
from scenarios.settings import Settings
from scenarios.strategy import MONEY_AND_TIME, Phase, find_strategy

HOMES = "homes"  # the strategy that controls carry out
SPENT = "spend_to_date"
PROGRAMME, ALL_PAYERS = "homes_programme", "homes_all_payers"  # how labels of controls begin
CORRECTIONS = 2  # runs after the first try
CLOSE = 0.02  # of the arm's extra cost: no correction is needed within

Costs = Mapping[str, Mapping[tuple[int | None, int], float]]  # EUR by label, then by (set, seed)
Money = tuple[tuple[int, tuple[float, ...]], ...]  # what each phase of a programme has, and when: see `_money`


@dataclass(frozen=True, slots=True)
class EqualCost:
    """One arm's control for the same all-payer money, or why there is none.

    `control`: its label, None if there is none.  `wanted`: what all payers spent more under the arm than without a
    foundation, EUR at the simulated size, mean over runs; `achieved`: the same under the control, and `reached` its
    share of `wanted`.  `budget`: the control's, as a share of system spend, mean over the programme's months; `times`
    the arm's.  `at_limit`: no higher budget can be set.  `round`: which of the second stage's runs it is, from 0.
    Numbers are None where there is no control (`wanted` only where nothing could be compared).  `sentence` says all
    this in plain words, without money.
    """

    arm: str
    control: str | None
    sentence: str
    wanted: float | None = None
    achieved: float | None = None
    reached: float | None = None
    budget: float | None = None
    times: float | None = None
    at_limit: bool = False
    round: int | None = None


@dataclass(frozen=True)
class Controlled:
    """Results of both stages; `scenarios` are those that were run and are in the tables, controls last."""

    results: Results
    scenarios: tuple[Scenario, ...]
    equal_cost: tuple[EqualCost, ...]


def with_controls(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The scenarios, as `with_twins` gives them, and after them the controls for the same programme money.

    An arm that is itself homes and nothing else needs none.
    """
    found: list[Scenario] = []
    for group in _sharing(scenarios):
        control = _homes(group[0], 1.0)
        arms = [arm for arm in group if not _is(arm, control)]
        if arms:
            found.append(replace(control, control_of=tuple(arm.label for arm in arms)))
    worlds = {one.worldview.name for one in scenarios}
    alone = len(found) == len({one.worldview.name for one in found})  # one in each world
    chosen = list(scenarios)
    for one in found:
        label = PROGRAMME if alone else f"{PROGRAMME}.{one.control_of[0].partition('@')[0]}"
        label += f"@{one.worldview.name}" if len(worlds) > 1 else ""
        own = domain_of(one.place).own
        title = own(G_("Homes for the same programme money")) if alone else own(
            G_("Homes for the same programme money as {title}"), title=_titles(scenarios, one.control_of))  # fmt: skip
        chosen.append(replace(one, strategy=replace(one.strategy, title=title), label=label))
    check_labels(chosen)
    return chosen


def equal_cost_controls(
    scenarios: Sequence[Scenario], costs: Costs, run: Callable[[list[Scenario]], Costs]
) -> tuple[list[Scenario], list[EqualCost]]:
    """The controls for the same all-payer money, one for each arm if there can be, and what became of each arm.

    scenarios: as `with_controls` gives them.  costs: what all payers had spent by `when(scenarios)` in each of their
    runs (`costs_of`, `costs_so_far`).  run: runs these scenarios on the same seeds and sets and gives their costs; it
    is called once a round, with the controls of all arms that need one more, at most 1 + CORRECTIONS times.  Which of
    the rounds holds the control's results is said by `EqualCost.round`.
    """
    searches = [_Search(arm, scenarios, costs) for arm in scenarios if arm.spends and not arm.control_of]
    for round_ in range(1 + CORRECTIONS):
        tries = [(search, factor) for search in searches if (factor := search.next()) is not None]
        if not tries:
            break
        theirs = run([search.control(factor) for search, factor in tries])
        for search, factor in tries:
            search.learn(factor, theirs, round_)
    return ([one.control(one.best) for one in searches if one.best is not None], [one.report() for one in searches])


def ensemble_with_controls(scenarios: Sequence[Scenario], replicates: int = 1, **said: Unpack[Tables]) -> Controlled:
    """`ensemble` of scenarios as `with_twins` gives them, with both kinds of controls; arguments as there.

    keep: `spend_to_date` is always kept.  How many months the second stage has shows while it runs: on_progress is told
    a total that may grow.
    """
    chosen = with_controls(scenarios)
    arms = sum(one.spends and not one.control_of for one in chosen)
    keep, pasts, on_progress = said.get("keep"), said.get("pasts"), said.get("on_progress")
    said |= {"keep": None if keep is None else {*keep, SPENT}, "pasts": Pasts() if pasts is None else pasts}
    done = most = 0

    def part(some: list[Scenario], later: float = 0.0) -> Results:
        """These scenarios' results; `later`: work still to come, as a multiple of theirs."""
        nonlocal done
        before = done

        def told(months: int, of: int) -> None:
            nonlocal done, most
            done, most = before + months, max(most, before + round(of * (1 + later)))
            if on_progress is not None:
                on_progress(done, most)

        return ensemble(some, replicates, **(said | {"on_progress": told}))

    first, rounds = part(chosen, arms / max(len(chosen), 1)), list[Results]()

    def run(some: list[Scenario]) -> Costs:
        rounds.append(part(some))
        return costs_of(rounds[-1], month)

    month = when(chosen) if chosen else 0
    controls, found = equal_cost_controls(chosen, costs_of(first, month), run)
    if on_progress is not None and most > done:
        on_progress(most, most)
    kept_of = [_only(rounds[one.round], one.control) for one in found if one.control and one.round is not None]
    return Controlled(Results.together([first, *kept_of]), (*chosen, *controls), tuple(found))


def join_equal_cost(
    scenarios: Sequence[Scenario], first: Sequence[Batch], run: Callable[[list[Scenario]], Iterable[Batch]]
) -> tuple[list[Scenario], list[Batch], list[EqualCost]]:
    """All scenarios, controls last; the replicates of `first` with the controls' runs joined on; what became of each
    arm.

    scenarios: as `with_controls` gives them.  first: all their replicates, with the measure `spend_to_date`.  run:
    gives the same replicates of other scenarios, with the same measures, seeds and sets; whoever stops it by an
    exception stops all.  A replicate that `run` left out (it was cancelled) is left out.
    """
    rounds: list[dict[int, Batch]] = []

    def costs(some: list[Scenario]) -> Costs:
        rounds.append({batch.replicate: batch for batch in run(some)})
        return costs_so_far(rounds[-1].values(), when(scenarios))

    controls, found = equal_cost_controls(scenarios, costs_so_far(first, when(scenarios)), costs)
    whole = {batch.replicate: batch for batch in first}
    for arm in found:
        if arm.control is not None and arm.round is not None:
            theirs = rounds[arm.round]
            whole = {
                r: own.joined(theirs[r].part([arm.control], own.measures)) for r, own in whole.items() if r in theirs
            }
    return [*scenarios, *controls], list(whole.values()), found


def when(scenarios: Sequence[Scenario]) -> int:
    """The month in which costs are made equal: the last in which what lasts is read."""
    return lasting_months(scenarios)[-1]


def costs_of(results: Results, month: int) -> Costs:
    """What all payers had spent by that month, from tables."""
    rows = results.months.filter(measure=SPENT, stratum="all", month=month)
    found: dict[str, dict[tuple[int | None, int], float]] = {}
    for label, number, seed, value in rows.select("scenario", "set", "seed", "value").iter_rows():
        found.setdefault(label, {})[number, seed] = value
    return found


def costs_so_far(batches: Iterable[Batch], month: int) -> Costs:
    """The same from arrays that have this measure."""
    found: dict[str, dict[tuple[int | None, int], float]] = {}
    for batch in batches:
        measure = batch.measures.index(SPENT)
        for i, label in enumerate(batch.scenarios):
            if batch.status[i] == "done":
                found.setdefault(label, {})[batch.set_number, batch.seeds[i]] = float(batch.values[i, month, measure])
    return found


class _Search:
    """The search for the multiple of one arm's budget at which homes cost all payers as much as the arm does."""

    def __init__(self, arm: Scenario, scenarios: Sequence[Scenario], costs: Costs) -> None:
        self.arm, self.scenarios = arm, scenarios
        self.itself = _is(arm, _homes(arm, 1.0))
        self.twin = next(one.label for one in scenarios if one.strategy.name == NOBODY and _same_world(one, arm))
        first = next((one.label for one in scenarios if arm.label in one.control_of), "")
        self.costs = costs
        self.wanted = self._extra(costs.get(arm.label, {}), costs)
        highest = max(levers["budget"] for _, levers in arm.phases)
        self.limit = load_levers()["budget"].high / highest
        at_arms_budget = self._extra(costs.get(first, {}), costs)
        self.points = {0.0: 0.0}  # extra cost by multiple of the budget; without a budget nothing is bought
        self.tried: dict[float, int] = {}  # the second stage's own, and in which round
        if at_arms_budget is not None:
            self.points[1.0] = at_arms_budget
        self.open = not self.itself and at_arms_budget is not None and self.wanted is not None and self.wanted > 0

    def next(self) -> float | None:
        """Which multiple to try; None if nothing more is to be learned."""
        if not self.open or self.wanted is None:
            return None
        if self.best is not None:
            reached = self.points[self.best]
            if abs(reached - self.wanted) <= CLOSE * self.wanted or self.points.get(self.limit, math.inf) < self.wanted:
                return None
        if not self.tried and abs(self.points[1.0] - self.wanted) <= CLOSE * self.wanted:
            return 1.0
        below = max((cost, factor) for factor, cost in self.points.items() if cost <= self.wanted)
        above = min(((cost, factor) for factor, cost in self.points.items() if cost > self.wanted), default=None)
        if above is not None:
            (low, a), (high, b) = below, above
            factor = a + (self.wanted - low) * (b - a) / (high - low)
        else:  # from nothing through the largest so far; to the limit if that has cost nothing
            largest = max(self.points)
            cost = self.points[largest]
            factor = largest * self.wanted / cost if cost > 0 else self.limit
        factor = min(factor, self.limit)
        return None if factor in self.tried else factor

    def learn(self, factor: float, theirs: Costs, round_: int) -> None:
        """What homes cost at that multiple."""
        cost = self._extra(theirs.get(self.control(factor).label, {}), self.costs)
        if cost is None:  # stopped, or every run failed
            self.open = False
            return
        self.points[factor] = cost
        self.tried[factor] = round_

    @property
    def best(self) -> float | None:
        """The tried multiple that comes nearest, if homes cost anything there."""
        wanted = self.wanted or 0.0
        nearest = min(self.tried, key=lambda factor: abs(self.points[factor] - wanted), default=None)
        return nearest if nearest is not None and self.points[nearest] > 0 else None

    def control(self, factor: float) -> Scenario:
        """Homes on that multiple of the arm's budget."""
        name, _, world = self.arm.label.partition("@")
        one = _homes(self.arm, factor)
        title = self._said(G_("Homes for what all payers paid under {title}"))
        return replace(one, strategy=replace(one.strategy, title=title), control_of=(self.arm.label,),
                       label=f"{ALL_PAYERS}.{name}" + (f"@{world}" if world else ""))  # fmt: skip

    def report(self) -> EqualCost:
        """What came of it."""
        best = self.best
        if self.itself:
            return self._none(G_("{title} is itself what the controls buy."))
        if self.wanted is None or 1.0 not in self.points:
            return self._none(G_("Too few runs of {title} were done to find a control."))
        if self.wanted <= 0:
            return self._none(G_("All payers spend no more under {title} than without a foundation: nothing is left to "
                                 "buy homes with."))  # fmt: skip
        if best is None and not self.tried:
            return self._none(G_("No control for the all-payer cost of {title} was run."))
        if best is None:
            return self._none(G_("Homes cost all payers nothing on balance, even with {most} of system spend, the "
                                 "highest budget that can be set: no budget costs what {title} does."))  # fmt: skip
        achieved = self.points[best]
        reached, at_limit = achieved / self.wanted, best == self.limit and achieved < (1 - CLOSE) * self.wanted
        if at_limit:
            said = G_("Even with {most} of system spend, the highest budget that can be set, homes cost all payers "
                      "only {percent}% of what {title} does on top of no foundation.")  # fmt: skip
        elif round(best, 2) == 1:
            said = G_("With the programme money of {title}, homes cost all payers {percent}% of what {title} does on "
                      "top of no foundation.")  # fmt: skip
        else:
            said = G_("With {times} times the programme money of {title}, homes cost all payers {percent}% of what "
                      "{title} does on top of no foundation.")  # fmt: skip
        control, percent = self.control(best), f"{100 * reached:.0f}"
        sentence = self._said(said, percent=percent, times=in_short(float(f"{best:.2g}")))
        return EqualCost(self.arm.label, control.label, sentence, self.wanted, achieved,
                         reached, _mean_budget(control), best, at_limit, self.tried[best])  # fmt: skip

    def _none(self, said: str) -> EqualCost:
        """There is no control, and why."""
        return EqualCost(self.arm.label, None, self._said(said), self.wanted)

    def _said(self, sentence: str, **values: str) -> str:
        """A sentence in the domain's words; the strategy's title is its author's and stays as it is."""
        most = say("{number}%", number=f"{100 * load_levers()['budget'].high:g}")
        return domain_of(self.arm.place).own(sentence, title=self.arm.strategy.title, most=most, **values)

    def _extra(self, theirs: Mapping[tuple[int | None, int], float], costs: Costs) -> float | None:
        """Mean over the runs that it, the arm and the run without a foundation all have; None if there is none."""
        arm, twin = costs.get(self.arm.label, {}), costs.get(self.twin, {})
        runs = sorted(theirs.keys() & arm.keys() & twin.keys(), key=lambda run: (run[0] or 0, run[1]))
        return math.fsum(theirs[run] - twin[run] for run in runs) / len(runs) if runs else None


def _sharing(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """Arms in groups that have the same programme money in the same world."""
    groups: list[list[Scenario]] = []
    for arm in (one for one in scenarios if one.spends and not one.control_of):
        same = next((group for group in groups if _same_world(group[0], arm) and _money(group[0]) == _money(arm)), None)
        if same is None:
            groups.append([arm])
        else:
            same.append(arm)
    return groups


def _same_world(one: Scenario, other: Scenario) -> bool:
    """The same people in the same place, worldview, parameters and months."""
    return (one.burn_in_key, one.months, one.worldview.name) == (other.burn_in_key, other.months, other.worldview.name)


def _money(arm: Scenario) -> Money:
    """Start, duration and budget of each phase: equal if the programmes have the same money month for month."""
    found: list[tuple[int, tuple[float, ...]]] = []
    for begins, levers in arm.phases:
        money = tuple(levers[name] for name in MONEY_AND_TIME)
        if not found or found[-1][1] != money:
            found.append((begins, money))
    return tuple(found)


def _homes(arm: Scenario, factor: float) -> Scenario:
    """Homes on `factor` times the arm's budget, at the same time.  Settings of levers are not for controls."""
    homes, most = find_strategy(HOMES), load_levers()["budget"].high
    phases = []
    for begins, money in _money(arm):
        levers = homes.settings()[0][1] | dict(zip(MONEY_AND_TIME, money, strict=True))
        levers["budget"] = min(levers["budget"] * factor, most)
        phases.append(Phase(begins, levers))
    strategy = replace(homes, phases=tuple(phases))
    return replace(
        arm, strategy=strategy, settings=Settings(parameters=arm.settings.parameters), label="", control_of=()
    )


def _is(arm: Scenario, control: Scenario) -> bool:
    """Whether the arm does exactly what the control does."""
    return arm.lever_rows().tobytes() == control.lever_rows().tobytes()


def _mean_budget(scenario: Scenario) -> float:
    """Share of system spend, mean over the programme's months."""
    budget = [one for one in scenario.lever_rows()["budget"].tolist() if one > 0]
    return math.fsum(budget) / len(budget)


def _titles(scenarios: Sequence[Scenario], labels: Collection[str]) -> str:
    return spoken().listed([one.strategy.title for one in scenarios if one.label in labels])


def _only(results: Results, label: str) -> Results:
    """One scenario's rows."""
    tables = (results.months, results.runs, results.events, results.flows)
    return Results(*(table.filter(scenario=label) for table in tables))
