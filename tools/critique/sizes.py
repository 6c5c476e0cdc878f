"""3.8: a part of a city answers otherwise than the whole of it.

`--people` should be a sampling size and nothing else.  Parameters and structure fixed, the 95% interval of (this size
minus real size) should lie within half a margin, for each headline measure at 1,000, 2,000 and 4,000 people.

Prints, for no foundation, user_centred and catalytic_philanthropy in Dublin at each size on the same seeds, the run's
last month at the scale of the real place: each headline measure under each strategy ("level"), and its difference from
no foundation ("effect").  "within half a margin" is yes, no, or open where the interval is too wide to
tell.  With `--store FILE` (CSV) each run's numbers are kept, and the next call goes on from there if the rules are
still the same.  100 replicates take about five minutes on two cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl

from analysis.contrasts import BASES, NEEDED, margin
from engine.errors import BadInput, UnfreezeError
from model.measures import HEADLINE, MEASURES
from runs.ensemble import batches
from scenarios.edition import rules_hash
from scenarios.scenario import MONTHS, NOBODY
from tools.critique.harness import Effort, Numbers, Row, estimate, scenario

REPLICATES = 100
CHUNK = 10  # replicates between two writings of the store
STRATEGIES = (NOBODY, "user_centred", "catalytic_philanthropy")
REAL = "real size"
SIZES: dict[str, int | None] = {"1,000 people": 1000, "2,000 people": 2000, "4,000 people": 4000, REAL: None}
COUNTED = ("people", "places", "EUR")  # units of what grows with the city


def table(effort: Effort) -> pl.DataFrame:
    """A row for each size, strategy and headline measure; `effort.people` does not apply."""
    known = _read(effort.store)
    sizes = {REAL: None, **effort.chosen({name: people for name, people in SIZES.items() if people is not None})}
    for size, people in sizes.items():
        have = known.filter(pl.col("size") == size)["seed"].n_unique()
        while have < effort.replicates:
            many = min(CHUNK, effort.replicates - have)
            known = pl.concat([known, _lived(size, replace(effort, people=people, replicates=many), have + 1)])
            if effort.store is not None:
                known.write_csv(effort.store)
            have += many
    known = known.filter(pl.col("seed") <= effort.replicates).sort("seed")
    return pl.DataFrame([row for size in sizes if size != REAL for row in _compared(known, size)])


def _read(store: Path | None) -> pl.DataFrame:
    """What was run before by the rules of today; BadInput where the file holds runs by other rules."""
    kinds = {"rules": pl.String, "size": pl.String, "strategy": pl.String, "seed": pl.Int64}
    known = pl.DataFrame(schema={**kinds, **dict.fromkeys(NEEDED, pl.Float64), "start_without_home": pl.Float64})
    if store is None or not store.exists():
        return known
    kept = pl.read_csv(store, schema=known.schema)
    if set(kept["rules"]) - {rules_hash()}:
        raise BadInput("The runs in it were made by other rules", where=str(store), do="Name another file")
    return kept


def _lived(size: str, effort: Effort, first_seed: int) -> pl.DataFrame:
    """A row for each run, at the scale of the real place."""
    runs = [scenario(name, effort) for name in STRATEGIES]
    by = [1.0 / runs[0].scale if MEASURES.fields[name].unit in COUNTED else 1.0 for name in NEEDED]
    rows: list[dict[str, object]] = []
    rules = rules_hash()
    for batch in batches(runs, effort.replicates, seed=first_seed, threads=effort.threads, measures=NEEDED):
        for k, error in enumerate(batch.errors):
            if error:
                raise UnfreezeError(f"'{batch.scenarios[k]}' failed: {error}")
            last = batch.values[k, MONTHS] * by
            start = batch.values[k, 0, NEEDED.index("without_home")] * by[NEEDED.index("without_home")]
            who: dict[str, object] = {"size": size, "strategy": batch.scenarios[k], "seed": batch.seeds[k]}
            measured = dict(zip(NEEDED, last.tolist(), strict=True))
            rows.append({"rules": rules} | who | measured | {"start_without_home": float(start)})
    return pl.DataFrame(rows)


def _compared(known: pl.DataFrame, size: str) -> list[Row]:
    """This size minus real size: levels of every strategy, and effects of all but nobody."""

    def of(where: str, strategy: str, measure: str) -> Numbers:
        return known.filter(pl.col("size") == where, pl.col("strategy") == strategy)[measure].to_numpy()

    rows: list[Row] = []
    for measure in HEADLINE:
        half = _margin(of, measure) / 2
        for strategy in STRATEGIES:
            here, real = (of(where, strategy, measure) for where in (size, REAL))
            rows.append(_row(size, strategy, f"{measure}, level", here, real, half))
            if strategy != NOBODY:
                here, real = (one - of(where, NOBODY, measure) for one, where in ((here, size), (real, REAL)))
                rows.append(_row(size, strategy, f"{measure}, effect", here, real, half))
    return rows


def _margin(of: Callable[[str, str, str], Numbers], measure: str) -> float:
    """The margin at real size, from the runs without a foundation."""
    if measure not in BASES:
        found = margin(measure, None)
    else:
        _, base, at_start = BASES[measure]
        found = margin(measure, float(of(REAL, NOBODY, "start_without_home" if at_start else base).mean()))
    assert found is not None
    return found


def _row(size: str, strategy: str, quantity: str, here: Numbers, real: Numbers, half: float) -> Row:
    found = estimate("this size minus real size", here - real)
    low, high = found["this size minus real size, low"], found["this size minus real size, high"]
    within = "yes" if -half <= low and high <= half else "no" if low > half or high < -half else "open"
    return {"size": size, "strategy": strategy, "quantity": quantity, "within half a margin": within,
            "at real size": float(real.mean()), "half a margin": half, **found}  # fmt: skip
