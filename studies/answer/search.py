"""The searches: one for each camp, with equal effort, on training worlds; and the critic's for the camp that lost.

A setting is a strategy file, and so one more strategy of the studies of the training worlds.  A search is begun anew
each time and asks Optuna the same questions in the same order; what the table of trials answers is not lived again.
The table is written whenever settings were tried, so that whatever ends a search, it goes on where it was, on any
machine that has the table.  A setting that leaves its money is tried, counted and no candidate.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analysis.contrasts import BASES, margin
from engine.errors import BadInput, UnfreezeError
from engine.whole_file import whole_file
from runs.running import digits
from scenarios.levers import load_levers
from scenarios.places import find_place
from scenarios.strategy import Phase, Strategy, find_strategy
from studies.answer.arms import CRITIC, STRATEGIES, Arm, first_goal, goals, ladder, nothing, tuned_name
from studies.answer.files import write_strategy
from studies.answer.measured import between, factor_at
from studies.answer.plan import (
    CAMPS,
    HOMES,
    LOGARITHMIC,
    LOTTERY,
    Effort,
    at_bound,
    bounds_of,
    camp_of,
    camps,
    digest_of_plan,
    plan,
    shared,
)
from studies.answer.worlds import Block, described, halves, spent
from studies.executors import Team
from studies.folder import begin, opened
from studies.going import go
from studies.growth import expand
from studies.shelf import PLAN
from studies.work import Told, parts_there, quiet

Numbers = npt.NDArray[np.float64]
Levers = dict[str, float]

TABLE = "search.csv"
PART = 32  # runs in a part: settings that are tried together, in some of a place's worlds, so that no process is idle
SHIPPED, RANDOM, SAMPLER = "shipped", "random", "sampler"
PLACES_KEPT = 4  # decimals of a lever
WEIGHT = "weight of "  # how names of weights that are shared out begin


@dataclass(frozen=True)
class Trial:
    """One setting, and what came of it: `values` by goal, in margins; `used`, the share of its money."""

    search: str
    number: int
    by: str
    levers: Levers
    values: Mapping[str, float]
    used: float
    params: Mapping[str, float]

    @property
    def candidate(self) -> bool:
        """Whether it spent its money."""
        return self.used >= float(plan()["money"]["carried_out"])


# --- settings ---------------------------------------------------------------------------------------------------------


def levers_of(camp: str, params: Mapping[str, float]) -> Levers:
    """The levers that a search's numbers mean: shares and weights divided out, nothing beyond its whole."""
    found = {name: round(float(params[name]), PLACES_KEPT) for name in bounds_of(camp)} | at_bound(camp)
    found["design_users"] = min(found["design_users"], round(1 - found["design_blueprint"], PLACES_KEPT))
    for names in shared().values():
        weights = np.array([params[WEIGHT + name] for name in names])
        weights = weights / weights.sum() if weights.sum() > 0 else np.full(len(names), 1 / len(names))
        cut = np.floor(weights * 10**PLACES_KEPT) / 10**PLACES_KEPT
        found |= {name: float(one) for name, one in zip(names, cut, strict=True) if name != LOTTERY}
    return found


def params_of(camp: str, strategy: Strategy) -> dict[str, float]:
    """The numbers that mean a strategy's first phase, as near as the camp's bounds allow."""
    levers = strategy.settings()[0][1]
    found = {name: min(max(levers[name], low), high) for name, (low, high) in bounds_of(camp).items()}
    for names in shared().values():
        own = {name: levers[name] for name in names if name != LOTTERY}
        if LOTTERY in names:
            own[LOTTERY] = max(0.0, 1 - sum(own.values()))
        found |= {WEIGHT + name: own[name] for name in names}
    return found


def strategy_of(camp: str, levers: Levers, name: str, title: str, meaning: str) -> Strategy:
    """A strategy of one phase of this camp; UnfreezeError if it is none."""
    kind = {"users": "user-centred", "funder": "funder-led", "nobody": "control"}[camp]
    found = Strategy(name, title, meaning, kind, (Phase(0, levers),))
    if camp_of(found) != camp:
        raise UnfreezeError(f"The search of {camp} made a strategy of {camp_of(found)}: {levers}")
    return found


# --- what a setting is worth ------------------------------------------------------------------------------------------


class Training:
    """The training worlds, place by place, with whatever was tried in them."""

    def __init__(self, effort: Effort, folder: Path, team: Team, told: Told = quiet) -> None:
        self.effort, self.folder, self.team, self.told = effort, folder, team, told
        self.base = [nothing(), *ladder(HOMES)]
        for i, place in enumerate(effort.places):
            if not (Path(self._address(place)) / PLAN).is_file():
                said = described(place, self.base, self._worlds(i), effort.training_seed, effort.training_replicates,
                                 effort.people, folder, part=PART)  # fmt: skip
                begin(said, self._address(place))

    def _worlds(self, i: int) -> int:
        """How many of the training worlds are of this place."""
        each, more = divmod(self.effort.training, len(self.effort.places))
        return each + (i < more)

    def _address(self, place: str) -> str:
        return str(self.folder / "runs" / f"training-{find_place(place).name}")

    def values(self, words: Mapping[str, str]) -> dict[str, tuple[dict[str, float], float]]:
        """By name: the goals' values, in margins and places alike, and the least share of money used in a place.
        words: strategies as words, by name; what was not lived yet is lived."""
        every = [self._in_place(place, words) for place in self.effort.places]
        return {
            name: ({goal: float(np.mean([found[name][0][goal] for found in every])) for goal in goals()},
                   min(found[name][1] for found in every))
            for name in words
        }  # fmt: skip

    def _in_place(self, place: str, words: Mapping[str, str]) -> dict[str, tuple[dict[str, float], float]]:
        shelf, plan_ = opened(self._address(place))
        there = plan_.description.strategies
        new = [word for word in words.values() if word not in there]
        if new:
            expand(shelf, strategies=new)
        if new or not {*plan_.wanted} <= parts_there(shelf):
            plan_ = go(shelf, self.team, told=self.told)[0]
        names = {word: name for name, word in words.items()}
        known = dict(zip(there, self.base, strict=False))
        arms = [known.get(word) or Arm(names.get(word, word), 1.0, word) for word in plan_.description.strategies]
        block = Block.of(shelf, plan_, arms)
        homes = self._homes(block)
        return {arm.name: self._worth(block, arm, homes) for arm in arms if arm.word in names}

    def _homes(self, block: Block) -> tuple[list[float], list[float], list[Numbers]]:
        """Rungs, what each costs all payers, and whom it leaves in secure homes."""
        rungs, costs, people = [0.0], [0.0], [np.zeros(len(block.sets))]
        for arm in self.base[1:]:
            rungs.append(arm.rung)
            costs.append(float(_less(block, arm, "spend_to_date").mean()))
            people.append(_less(block, arm, "secure_people"))
        return rungs, costs, people

    def _worth(
        self, block: Block, arm: Arm, homes: tuple[list[float], list[float], list[Numbers]]
    ) -> tuple[dict[str, float], float]:
        rungs, costs, bought = homes
        factor = factor_at(rungs, costs, float(_less(block, arm, "spend_to_date").mean()))
        people = _less(block, arm, "secure_people")
        beyond = people if factor is None else people - between(rungs, bought, factor[0])
        found = {"people": beyond, "places": _less(block, arm, "reform_mainstream"), "fit": _less(block, arm, "fit")}
        margins = {"people": "secure_people", "places": "reform_mainstream", "fit": "fit"}
        worth = {goal: _mean(found[goal]) / _margin(block, margins[goal]) for goal in goals()}
        return worth, float(spent(block, arm)["used"].mean())


def _less(block: Block, arm: Arm, measure: str) -> Numbers:
    """(world,) against no foundation."""
    month = plan()["horizon"]["read"]
    return np.mean(halves(block.at(arm, measure, month) - block.at(block.arms[0], measure, month)), axis=0)


def _mean(values: Numbers) -> float:
    """Over the worlds that have one; nothing where none has."""
    found = values[np.isfinite(values)]
    return float(found.mean()) if len(found) else 0.0


def _margin(block: Block, measure: str) -> float:
    """What matters, mean over worlds, at the simulated size."""
    if measure not in BASES:
        return float(margin(measure, None) or 1.0)
    _, base, at_start = BASES[measure]
    level = block.at(block.arms[0], base, 0 if at_start else plan()["horizon"]["read"]).mean()
    return float(margin(measure, float(level)) or 1.0)


# --- the searches -----------------------------------------------------------------------------------------------------


def search(
    camp: str, training: Training, known: Sequence[Trial] = (), before: Sequence[Trial] = (),
    keep: Callable[[list[Trial]], None] = lambda trials: None,
) -> list[Trial]:  # fmt: skip
    """The settings of one search, in order.  known: those that the critic begins with; his search looks for the first
    goal alone, a camp's for all.  before: what it has tried; keep: told of all that was, whenever it is more."""
    optuna = _optuna()
    critic, effort = bool(known), training.effort
    name, wanted = (CRITIC, [first_goal()]) if critic else (camp, goals())
    number = effort.critic if critic else effort.trials
    sampler = optuna.samplers.TPESampler(seed=effort.sampler, n_startup_trials=0 if critic else effort.startup)
    study = optuna.create_study(directions=["maximize"] * len(wanted), sampler=sampler)
    spaces = _spaces(camp, optuna)
    for one in known:
        if one.candidate:
            study.add_trial(optuna.trial.create_trial(params=dict(one.params), distributions=spaces,
                                                      values=[one.values[goal] for goal in wanted]))  # fmt: skip
    if not critic:
        study.enqueue_trial(params_of(camp, find_strategy(camps()[camp].shipped)))
    found: list[Trial] = []
    while len(found) < number:
        asked = [study.ask(spaces) for _ in range(min(effort.at_once, number - len(found)))]
        there = before[len(found) : len(found) + len(asked)]
        if [one.params for one in there] == [one.params for one in asked]:
            found += there
        else:
            found += _tried(name, camp, [one.params for one in asked], len(found), training, critic)
            keep(found)
        for one, trial in zip(asked, found[-len(asked) :], strict=True):
            if trial.candidate:
                study.tell(one, [trial.values[goal] for goal in wanted])
            else:
                study.tell(one, state=optuna.trial.TrialState.FAIL)
    return found


def _tried(
    name: str, camp: str, asked: Sequence[Mapping[str, Any]], first: int, training: Training, critic: bool
) -> list[Trial]:
    """Settings lived together."""
    words, levers = dict[str, str](), list[Levers]()
    for number, params in enumerate(asked, first):
        levers.append(levers_of(camp, params))
        title = f"{camps()[camp].title}, setting {number} of the search '{name}'"
        strategy = strategy_of(camp, levers[-1], f"{name}_{number:04d}", title, "A setting that a search tried.")
        path = training.folder / "runs" / "settings" / f"{strategy.name}.toml"
        if not path.is_file() or find_strategy(path).settings() != strategy.settings():
            write_strategy(strategy, path, [])
        words[strategy.name] = str(path.resolve())
    values = training.values(words)
    startup = training.effort.startup
    return [
        Trial(name, number, SAMPLER if critic or number >= startup else SHIPPED if number == 0 else RANDOM, levers[i],
              *values[f"{name}_{number:04d}"], dict(asked[i]))
        for i, number in enumerate(range(first, first + len(asked)))
    ]  # fmt: skip


def best(trials: Sequence[Trial], goal: str) -> Trial:
    """The candidate with the largest value, the first of those that are as large."""
    candidates = [one for one in trials if one.candidate]
    if not candidates:
        raise UnfreezeError(f"None of the {len(trials)} settings of {trials[0].search} spent its money",
                            do="Try more settings: without --quick")  # fmt: skip
    return max(candidates, key=lambda one: (one.values[goal], -one.number))


def run_searches(effort: Effort, folder: Path, team: Team, told: Told = quiet,
                 says: Callable[[str], None] = lambda text: None) -> list[Trial]:  # fmt: skip
    """All three searches; their best settings as strategy files, and the table of all that was tried."""
    tried = _tried_before(folder, effort)
    if _searched(tried, folder, CAMPS, effort.trials, [tuned_name(camp, goal) for camp in CAMPS for goal in goals()]):
        return tried
    training, every = Training(effort, folder, team, told), list[Trial]()
    for camp in CAMPS:
        says(f"search: {camps()[camp].title}, {effort.trials} settings in {effort.training} worlds")
        later = [one for one in tried if one.search not in {camp, *(done.search for done in every)}]
        trials = search(camp, training, (), [one for one in tried if one.search == camp],
                        partial(_keep, every, later, effort, folder))  # fmt: skip
        for goal in goals():
            _write(camp, tuned_name(camp, goal), goal, best(trials, goal), trials, effort, folder)
        every += trials
    return every


def run_critic(camp: str, effort: Effort, folder: Path, team: Team, told: Told = quiet) -> list[Trial]:
    """The critic's search for this camp, beginning with all that the camp's own tried."""
    read_trials(folder / TABLE)  # says what is missing
    every, name = _tried_before(folder, effort), f"{CRITIC}_{first_goal()}"
    before = [one for one in every if one.search == CRITIC]
    file = _file(folder, name)
    if _searched(every, folder, [CRITIC], effort.critic, [name]) and camp_of(find_strategy(file)) == camp:
        return before
    known, others = [one for one in every if one.search == camp], [one for one in every if one.search != CRITIC]
    keep = partial(_keep, others, [], effort, folder)
    trials = search(camp, Training(effort, folder, team, told), known, before, keep)
    _write(camp, name, first_goal(), best([*known, *trials], first_goal()), trials, effort, folder)
    return trials


def _keep(before: Sequence[Trial], after: Sequence[Trial], effort: Effort, folder: Path, trials: list[Trial]) -> None:
    write_trials([*before, *trials, *after], effort, folder / TABLE)


def _tried_before(folder: Path, effort: Effort) -> list[Trial]:
    """What the table holds, wherever it was made; BadInput if under other rules, another plan or in other worlds."""
    path = folder / TABLE
    if not path.is_file():
        return []
    rows = pl.read_csv(path)
    if any(name not in rows.columns or (rows[name] != now).any() for name, now in _made_under(effort).items()):
        raise BadInput(f"The searches in '{path}' were made under other rules, another plan or in other worlds",
                       do="Move the folder away, or name another with --out")  # fmt: skip
    return read_trials(path)


def _made_under(effort: Effort) -> dict[str, str]:
    worlds = f"{effort.training} of seed {effort.training_seed} x {effort.training_replicates}, {effort.people} people"
    worlds = f"{worlds}: {' '.join(effort.places)}"
    return {"digits": digits(drawn=True), "plan": digest_of_plan(), "training": worlds}


def _searched(tried: Sequence[Trial], folder: Path, searches: Sequence[str], number: int, names: Sequence[str]) -> bool:
    """Whether these searches are done."""
    many = Counter(one.search for one in tried)
    return all(many[name] == number for name in searches) and all(_file(folder, name).is_file() for name in names)


def _file(folder: Path, name: str) -> Path:
    """Of a tuned strategy."""
    return folder / STRATEGIES / f"{name}.toml"


def _write(camp: str, name: str, goal: str, one: Trial, trials: Sequence[Trial], effort: Effort, folder: Path) -> None:
    """A tuned strategy with its history."""
    others = sorted((t.values[goal] for t in trials if t.candidate), reverse=True)
    history = [
        f"Tuned by 'unfreeze answer': the best for {plan()['goals'][goal]}.",
        f"Setting {one.number} of the search '{one.search}' ({one.by}), of {len(trials)}; "
        f"{len(others)} spent their money.",
        f"In {effort.training} training worlds, in margins: "
        + ", ".join(f"{what} {value:.3g}" for what, value in one.values.items()) + ".",
        f"For {goal} the median of those tried is {np.median(others) if others else np.nan:.3g}.",
        "The best of many flatters itself: it is judged in other worlds.",
    ]  # fmt: skip
    title = f"{camps()[camp].title}, tuned for {goal}" + (" by a critic" if one.search == CRITIC else "")
    meaning = f"{camps()[camp].title} at its best for {plan()['goals'][goal]}, as far as a search found it."
    write_strategy(strategy_of(camp, one.levers, name, title, meaning), _file(folder, name), history)


# --- the table of all that was tried ----------------------------------------------------------------------------------


def write_trials(trials: Sequence[Trial], effort: Effort, path: Path) -> None:
    """A row for each setting, with what it was tried under."""
    made = _made_under(effort)
    table = pl.DataFrame([
        {"search": one.search, "number": one.number, "by": one.by, **one.values, "used": one.used,
         "levers": json.dumps(one.levers), "params": json.dumps(dict(one.params)), **made}
        for one in trials
    ])  # fmt: skip
    with whole_file(path) as file:
        file.write(table.write_csv())


def read_trials(path: Path) -> list[Trial]:
    """The same rows again."""
    if not path.is_file():
        raise BadInput(f"There is no {path.name} in '{path.parent}'", do="Search first: unfreeze answer search")
    return [
        Trial(row["search"], row["number"], row["by"], json.loads(row["levers"]), {goal: row[goal] for goal in goals()},
              row["used"], json.loads(row["params"]))
        for row in pl.read_csv(path).iter_rows(named=True)
    ]  # fmt: skip


def _spaces(camp: str, optuna: Any) -> dict[str, Any]:
    """What Optuna chooses from."""
    of = optuna.distributions
    found: dict[str, Any] = {}
    for name, (low, high) in bounds_of(camp).items():
        whole = load_levers()[name].unit == "months"
        found[name] = of.IntDistribution(int(low), int(high)) if whole else \
            of.FloatDistribution(low, high, log=name in LOGARITHMIC)  # fmt: skip
    return found | {WEIGHT + name: of.FloatDistribution(0, 1) for names in shared().values() for name in names}


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise BadInput("The search needs Optuna", do="pip install 'unfreeze[studies]'") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
