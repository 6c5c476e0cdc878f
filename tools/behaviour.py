"""The tables of docs/behaviour.md: what strategies leave, and in which worlds that changes.

    python -m tools.behaviour              # write the page from what is stored
    python -m tools.behaviour --run        # run what is missing or of other rules first; about half an hour of one core
    python -m tools.behaviour --run minds  # only this case
    python -m tools.behaviour --check      # say whether page and cases are up to date; exit code 1 if not

Each table stands between `<!-- table: NAME -->` and `<!-- end -->`; the prose around them is written by hand.  Every
case is `unfreeze compare` of its strategies at real size, over SETS plausible parameter sets with SEEDS common seeds
each, without the controls.  A finished case is stored (docs/behaviour.csv): the work may be stopped and goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from analysis.comparison import NEEDED, SoFar
from analysis.words import number
from engine.errors import UnfreezeError
from engine.whole_file import whole_file
from model.measures import HEADLINE
from runs.ensemble import batches
from runs.running import digits
from runs.summary import Summary
from scenarios.plausible import plausible, shipped_sample
from scenarios.request import PLACE, SEED, WORLDVIEW, request_of
from scenarios.scenario import MONTHS, NOBODY, with_twins
from tools.slots import StoredPage, markdown_table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "behaviour.md"
STORED = PAGE.with_suffix(".csv")
SETS, SEEDS = 16, 2
MOVED = ("people", "EUR m", "places", "fit")  # heads of the columns, in the order of HEADLINE
ENDS = ("user_centred", "catalytic_philanthropy")
SHIPPED = (*ENDS, "collective_impact", "best_practice_rollout", "implementation_support", "hybrid", "homes", "top_up")
CARRIER, ALL_FIVE = "carrier", "user_centred"
PRACTICES = ("practice_1_learn", "practice_2_example", "practice_3_willing", "practice_4_start_small",
             "practice_5_credit")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """Strategies compared in one world."""

    strategies: tuple[str, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    place: str = PLACE
    worldview: str = WORLDVIEW

    @property
    def command(self) -> str:
        """What somebody types to see it."""
        words = ["unfreeze compare", *self.strategies]
        words += ["--place", self.place] if self.place != PLACE else []
        words += ["--worldview", self.worldview] if self.worldview != WORLDVIEW else []
        words += [f"--set {name}={value:g}" for name, value in self.settings.items()]
        return " ".join([*words, f"--sets {SETS} --seeds common --replicates {SEEDS}"])


BLUEPRINT = ("best_practice_rollout", "user_centred", "carrier")
CONVENTION = {"convention_choice": 0.75, "convention_home": 0.8, "convention_support": 0.45}
CASES = {
    "shipped": Case(SHIPPED),
    "growth": Case((*ENDS, "collective_impact"), {"mainstream_growth": 0}),
    "money-in-sight": Case((*ENDS, "collective_impact"), {"ready_incentive": 0, "ready_notice": 0}),
    "minds": Case((*ENDS, "collective_impact"), {"contact": 0, "training": 0, "peer_rate": 0, "follow_rate": 0}),
    "sizes-of-grants": Case((
        "user_centred", "user_centred,grants_per_provider=0.1",
        "catalytic_philanthropy", "catalytic_philanthropy,grants_per_provider=2",
    )),
    "blueprint-fits": Case(BLUEPRINT, {"context_gap": 0}),
    "blueprint-far": Case(BLUEPRINT, {"context_gap": 0.5}),
    "convention-fits": Case(BLUEPRINT, CONVENTION),
    "fit-wide": Case(BLUEPRINT, {"fit_width": 0.5}),
    "practices": Case((CARRIER, *(f"{CARRIER}+{practice}" for practice in PRACTICES), ALL_FIVE)),
    **{f"in-{name.replace('_', '-')}": Case((*ENDS, "collective_impact"), worldview=name)
       for name in ("from_within", "innovation", "neutral_broker", "scarcity", "sceptic")},
    **{f"at-{name.replace('_', '-')}": Case(ENDS, place=name)
       for name in ("alameda", "greater_manchester", "helsinki", "metro_denver")},
}  # fmt: skip


def lived(name: str) -> pl.DataFrame:
    """Run a case: a row for each strategy and headline measure, its difference from no foundation."""
    case = CASES[name]
    request = request_of(case.strategies, place=case.place, worldview=case.worldview, months=MONTHS, seed=SEED,
                         settings=case.settings)  # fmt: skip
    scenarios, sample = with_twins(request.asked), shipped_sample(request.where)
    sets = plausible(request.where, SETS, SEED, sample)
    summary = Summary()
    for batch in batches(scenarios, SEEDS, sets=sets, measures=NEEDED):
        for label, error in zip(batch.scenarios, batch.errors, strict=True):
            if error:
                raise UnfreezeError(f"'{label}' failed: {error}")
        summary.add(batch)
    found = SoFar(scenarios, "", sets, sample, summary=summary)
    rows = []
    for label in found.names:
        for measure in HEADLINE:
            one = found.contrast(label, NOBODY, measure, found.when[-1])
            by = found.units.factor(measure)
            rows.append({
                "case": name, "digits": digits(drawn=True), "strategy": found.titles[label], "measure": measure,
                **{key: None if value is None else value * by for key, value in
                   (("difference", one.difference), ("low", one.low), ("high", one.high))},
                "verdict": one.verdict or f"no verdict: {found.not_carried_out[label]}",
            })  # fmt: skip
    return pl.DataFrame(rows)


def stored() -> pl.DataFrame:
    """What has been run."""
    return pl.read_csv(STORED) if STORED.exists() else pl.DataFrame(schema={"case": pl.String, "digits": pl.String})


def stale() -> list[str]:
    """Cases that are missing or of other rules."""
    now = set(stored().filter(digits=digits(drawn=True))["case"])
    return [name for name in CASES if name not in now]


def run(name: str) -> None:
    """Run a case and store it in place of the earlier one."""
    found = lived(name)
    others = stored().filter(pl.col("case") != name)
    together = pl.concat([others, found]) if others.height else found
    with whole_file(STORED) as file:
        file.write(together.write_csv(float_precision=4))


def told(name: str) -> str:
    """A case as a table: a row for each strategy, a column for each headline measure.  KeyError for no such case."""
    case, found = CASES[name], stored().filter(case=name)
    if not found.height:
        return f"    {case.command}\n\nhas not been run."
    rows = []
    for (title,), part in found.group_by(["strategy"], maintain_order=True):
        cells = [_cell(part.row(by_predicate=pl.col("measure") == measure, named=True)) for measure in HEADLINE]
        rows.append([str(title), *cells])
    return f"    {case.command}\n\n{markdown_table(('', *MOVED), rows)}"


def _cell(row: Mapping[str, float | str | None]) -> str:
    mean, low, high = row["difference"], row["low"], row["high"]
    if not isinstance(mean, float) or not isinstance(low, float) or not isinstance(high, float):
        return str(row["verdict"])
    places = 3 if row["measure"] == "fit" else 1 if abs(mean) < 10 and row["measure"] == "spend_to_date" else 0
    ends = f"{number(low, places, sign=True)} to {number(high, places, sign=True)}"
    return f"{number(mean, places, sign=True)} ({ends}) {row['verdict']}"


ON_PAGE = StoredPage(PAGE, tuple(CASES), stale, run, told, "python -m tools.behaviour")


if __name__ == "__main__":
    sys.exit(ON_PAGE.main(sys.argv[1:]))
