"""3.5: a strategy of the funder's or of nobody's, tuned as the user-centred one may be, does much better than shipped.

The review: 54 lever settings for each camp, drawn at random and then around the best three, judged by lasting places on
three training seeds; every funder-led setting tried beat the shipped catalytic_philanthropy.

Prints, for each camp, how good the settings tried are in `--measure` (lasting_places), and writes the best two to
`--arms` as strategy files, which hold their levers (a quick run leaves the shipped ones alone).  Who leads is a
definition: CAMPS, the review's.  Settings are drawn anew here, so that these are not the review's own.  About a minute
on two cores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from scenarios.scenario import MONTHS, NOBODY
from scenarios.strategy import Phase, Strategy, find_strategy
from tools.critique.harness import TUNED, Effort, Row, column, paired, scenario

REPLICATES = 3
TRAINING = 1001  # the first training seed; tests use 1, 2, ...
FIRST, AROUND, BEST, KEPT = 36, 18, 3, 2  # drawn at random; around the best; how many best; how many are kept
QUICK_FIRST, QUICK_AROUND = 4, 3
SEED = 20261125
SPENT = {"share_places": 4.0, "share_involvement": 1.0, "share_training": 1.0, "share_bridge": 2.0,
         "share_implementation": 2.0, "share_spotlight": 0.6}  # concentration of the Dirichlet draw  # fmt: skip
SITES = {"site_willingness": 1.0, "site_need": 1.0, "site_prestige": 1.0, "by lot": 1.0}
STEP = 0.2  # of a range: standard deviation of a step around a good setting


@dataclass(frozen=True, slots=True)
class Span:
    """A lever is drawn evenly between low and high (evenly in its logarithm: log), and is 0 unless `used`."""

    low: float
    high: float
    used: float = 1.0  # chance
    log: bool = False
    whole: bool = False

    def within(self, value: float) -> float:
        """The nearest value that is allowed."""
        value = min(max(value, self.low), self.high)
        return float(round(value)) if self.whole else round(value, 3)

    def draw(self, luck: np.random.Generator) -> float:
        """A value, or 0."""
        if luck.random() >= self.used:
            return 0.0
        if self.log:
            return self.within(float(np.exp(luck.uniform(np.log(self.low), np.log(self.high)))))
        return self.within(luck.uniform(self.low, self.high))

    def near(self, value: float, luck: np.random.Generator) -> float:
        """A value near this one."""
        if self.log:
            return self.within(value * float(np.exp(luck.normal(0.0, 0.5))))
        return self.within(value + luck.normal(0.0, STEP) * (self.high - self.low))


@dataclass(frozen=True, slots=True)
class Camp:
    """Who leads, as the levers that its strategies may move; all others are at rest."""

    name: str
    title: str
    kind: str
    levers: Mapping[str, Span]
    involvement: bool = True  # users may be paid for taking part


ANYBODY = {
    "grants_per_provider": Span(0.1, 4, log=True), "grant_term": Span(12, 48, whole=True),
    "convening": Span(0, 1, used=0.5), "campaign": Span(0, 0.5, used=0.3), "progress_checks": Span(0, 1),
    "verification": Span(0, 1, used=0.5),
}  # fmt: skip
CAMPS = (
    # The funder's solution: a blueprint at least half, no power, seats or partnership for users; it may listen.
    Camp("funder_leads", "The funder leads", "funder-led", ANYBODY | {
        "design_blueprint": Span(0.5, 1), "fidelity_required": Span(0, 1), "condition_metrics": Span(0, 1),
        "listening": Span(0, 2, whole=True), "independence": Span(0, 1), "branding": Span(0, 1)}),
    # Users lead: at least .4 of the design, seats on the panel, no blueprint and no metrics of the funder.
    Camp("users_lead", "Users lead", "user-centred", ANYBODY | {
        "design_users": Span(0.4, 1), "user_seats": Span(0.2, 1), "condition_partnership": Span(0, 1),
        "listening": Span(0, 3, whole=True), "independence": Span(0.3, 1), "branding": Span(0, 0.2)}),
    # Nobody leads: services as their providers design them, no conditions, no listening, no involvement.
    Camp("nobody_leads", "Nobody leads", "control", ANYBODY | {"branding": Span(0, 0.3)}, involvement=False),
)  # fmt: skip


def drawn(camp: Camp, luck: np.random.Generator) -> dict[str, float]:
    """Levers of a strategy of this camp."""
    levers = {name: span.draw(luck) for name, span in camp.levers.items()}
    spent, sites = (dict(zip(of, luck.dirichlet(list(of.values())), strict=True)) for of in (SPENT, SITES))
    if not camp.involvement:
        spent["share_places"] += spent.pop("share_involvement")
    del sites["by lot"]
    return levers | _wholes(spent, 1.0) | _wholes(sites, sum(sites.values()))


def near(camp: Camp, good: Mapping[str, float], luck: np.random.Generator) -> dict[str, float]:
    """Levers near good ones: every other lever takes a step, and how money and weights are shared out shifts."""
    levers = {name: span.near(good[name], luck) if luck.random() < 0.5 else good[name]
              for name, span in camp.levers.items()}  # fmt: skip

    def shifted(of: Mapping[str, float], spread: float) -> dict[str, float]:
        return {name: good[name] * float(np.exp(luck.normal(0.0, spread))) for name in of if name in good}

    spent, sites = shifted(SPENT, 0.3), shifted(SITES, 0.5)
    most = min(sum(good[name] for name in sites), 1.0)
    return levers | _wholes(spent, 1.0) | _wholes(sites, most)


def _wholes(shares: Mapping[str, float], whole: float) -> dict[str, float]:
    """These shares in proportion, so that they add up to `whole` and, rounded, never to more."""
    total = sum(shares.values())
    return {name: float(np.floor(1000 * whole * value / total)) / 1000 for name, value in shares.items()}


def table(effort: Effort) -> pl.DataFrame:
    """A row for each camp and kept setting."""
    name, scale = column(effort.measure)
    first, around = (QUICK_FIRST, QUICK_AROUND) if effort.quick else (FIRST, AROUND)
    rows: list[Row] = []
    for camp in effort.chosen({camp.name: camp for camp in CAMPS}).values():
        luck = np.random.default_rng([SEED, CAMPS.index(camp)])  # its own: --case changes nothing
        settings = [drawn(camp, luck) for _ in range(first)]
        scores = judged(camp, settings, effort)
        best = sorted(zip(scores, settings, strict=True), key=lambda one: -one[0])
        settings = [near(camp, good, luck) for _, good in best[:BEST] for _ in range(around // BEST)]
        best = sorted([*best, *zip(judged(camp, settings, effort), settings, strict=True)], key=lambda one: -one[0])
        all_scores = scale * np.array([score for score, _ in best])
        for rank, (score, levers) in enumerate(best[:KEPT], 1):
            if not (effort.quick and effort.arms == TUNED):
                write(strategy(camp, levers, rank), effort.arms)
            rows.append({
                "strategy": strategy(camp, levers, rank).name, "measure": name, "score": scale * score,
                "tried": len(best), "median": float(np.median(all_scores)), "worst": float(all_scores.min()),
            })  # fmt: skip
    return pl.DataFrame(rows)


def judged(camp: Camp, settings: list[dict[str, float]], effort: Effort) -> list[float]:
    """The mean paired difference of each setting from no foundation, on the training seeds."""
    arms = [strategy(camp, levers, rank) for rank, levers in enumerate(settings, 1)]
    runs = [scenario(one, effort).with_seed(TRAINING) for one in [find_strategy(NOBODY), *arms]]
    summary = paired(runs, effort, [effort.measure])
    return [float(summary.difference(one.name, NOBODY, effort.measure)[:, MONTHS].mean()) for one in arms]


def strategy(camp: Camp, levers: Mapping[str, float], rank: int) -> Strategy:
    """These levers as the camp's strategy number `rank`."""
    meaning = f"{camp.title}, tuned by python -m tools.critique lever_search."
    return Strategy(f"{camp.name}_{rank}", f"{camp.title}, tuned ({rank})", meaning, camp.kind, (Phase(0, levers),))


def write(arm: Strategy, folder: Path) -> None:
    """A strategy of one phase as the file that `find_strategy` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    head = [f'title = "{arm.title}"', f'meaning = "{arm.meaning}"', f'kind = "{arm.kind}"', "", "[[phase]]", "from = 0"]
    levers = [f"{name} = {value:g}" if value < 10000 else f"{name} = {value:.0f}"
              for name, value in arm.phases[0].levers.items() if value]  # fmt: skip
    text = "\n".join([*head, "[phase.levers]", *levers, ""])
    (folder / f"{arm.name}.toml").write_text(text, encoding="utf-8")
