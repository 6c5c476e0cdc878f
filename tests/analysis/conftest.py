"""Comparisons made by hand: real strategies, places and scenarios, with numbers drawn here."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.comparison import Comparison
from model.measures import MEASURES, STRATA
from model.state import LEDGER
from runs.store import HAPPENED, MONTHS, RUNS, Results, Run, manifest
from scenarios.places import find_place
from scenarios.plausible import Sample, plausible, read_sample, write_sample
from scenarios.scenario import Scenario, with_twins
from scenarios.settings import read_settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

LEVEL = {"secure_people": 3200.0, "spend_to_date": 2e9, "reform_mainstream": 700.0, "fit": 0.65, "without_home": 9000.0,
         "all_places": 5200.0, "secure_share": 0.33, "cost_per_secure_month": 4600.0, "programme_to_date": 8e6,
         "income_to_date": 8.5e6, "grants_to_date": 20.0, "sites_to_date": 6.0}  # fmt: skip
NOISE = {"secure_people": 20.0, "spend_to_date": 4e6, "reform_mainstream": 5.0, "fit": 0.002, "secure_share": 0.002,
         "cost_per_secure_month": 20.0, "grants_to_date": 0.0, "sites_to_date": 0.0}  # fmt: skip


@cache
def made(
    names: Sequence[str] = ("catalytic_philanthropy", "user_centred"),
    replicates: int = 4,
    months: int = 120,
    place: str = "dublin",
    world: str = "evidence",
    sets: Sequence[str] = (),
    people: int | None = None,
    failed: int = 0,
    sample: Sample | None = None,
    luck: float = 1.0,
    ranges: bool = False,
) -> Comparison:
    """A comparison with invented numbers that drift apart with the strategy's place in the list.

    sample: from which plausible sets are drawn, two replicates each; the drift is then a hundred times a set's
    `contact`.  ranges: the same without a sample.  luck: how much of the noise there is.
    """
    settings = read_settings(sets)
    scenarios = with_twins(
        [Scenario(find_strategy(n), find_place(place), find_worldview(world), people, months, 1, settings)
         for n in names]
    )  # fmt: skip
    frames, runs = [], []
    sets = [] if sample is None and not ranges else plausible(scenarios[0].place, replicates // 2, 1, sample)
    columns = [(*STRATA.get(name, (name, "all")), name) for name in MEASURES.fields]
    columns += [(name, "all", name) for name in LEDGER.fields]
    for i, scenario in enumerate(scenarios):
        for r in range(replicates):
            one = scenario.with_seed(1 + (r % 2 if sets else r))
            one = one.with_set(r // 2 + 1, sets[r // 2]) if sets else one
            drift = 100 * one.drawn["contact"] if sets else 1.0
            runs.append(manifest(Run(one, "failed" if r < failed and i else "done", people=people or one.real_size)))
            if r < failed and i:
                continue
            draw = np.random.default_rng([7, r, i])
            for measure, stratum, _ in columns:
                level = LEVEL.get(measure, 100.0)
                spread = NOISE.get(measure, 1.0)
                path = (
                    level
                    + 0.004 * drift * level * i * np.linspace(0, 1, months + 1)
                    + luck * spread * draw.standard_normal(months + 1)
                )
                path = np.zeros(months + 1) if _nothing(measure, i) else path
                frames.append((one.label, one.seed, one.set_number, measure, stratum, path))
    kinds = {"scenario": pl.String, "seed": pl.Int32, "set": pl.Int32, "measure": pl.String, "stratum": pl.String}
    head = pl.DataFrame([frame[:-1] for frame in frames], schema=kinds, orient="row")
    table = head.select(pl.all().repeat_by(months + 1).explode()).with_columns(
        month=np.tile(np.arange(months + 1, dtype=np.int32), len(frames)),
        value=np.concatenate([frame[-1] for frame in frames]),
    ).select("scenario", "seed", "set", "month", "measure", "stratum", "value")  # fmt: skip
    manifest_table = pl.DataFrame(runs, schema=RUNS, orient="row")
    results = Results(table, manifest_table, pl.DataFrame(schema=HAPPENED))
    return Comparison(results, scenarios, "unfreeze compare", sets, sample)


def _nothing(measure: str, i: int) -> bool:
    """What there is none of without a foundation."""
    ours = ("programme_to_date", "income_to_date", "grants_to_date", "sites_to_date")
    return i == 0 and (measure.startswith("foundation_") or measure in ours)


@pytest.fixture(scope="session")
def make() -> Callable[..., Comparison]:
    """The factory above."""
    return made


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A small sample of one fitted quantity."""
    folder = tmp_path_factory.mktemp("sample")
    table = pl.DataFrame({"weight": [0.5, 0.5], "exit_fast": [0.7, 0.9]})
    write_sample(table, {"command": "unfreeze calibrate", "date": "2026-01-01"}, folder)
    return read_sample(folder)


@pytest.fixture(scope="session")
def tidy() -> Callable[..., pl.DataFrame]:
    """tidy({"a": [1.0, 2.0]}, "fit", 96): a months frame with one value a seed (1, 2, ...) and scenario.

    sets=[1, 1]: in which plausible set each of these ran; seeds=[1, 2]: with which seed.
    """

    def tidy(values: dict[str, Sequence[float]], measure: str = "fit", month: int = 96, **more: Any) -> pl.DataFrame:
        most = max(len(found) for found in values.values())
        sets, seeds = more.get("sets") or [None] * most, more.get("seeds") or range(1, most + 1)
        rows = [(name, seeds[i], sets[i], month, measure, more.get("stratum", "all"), float(value))
                for name, found in values.items() for i, value in enumerate(found)]  # fmt: skip
        return pl.DataFrame(rows, schema=MONTHS, orient="row")

    return tidy
