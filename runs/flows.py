"""Who moved where in a month, as a tidy table: whole people, from month's end to month's end.

    flows    scenario, seed, set, month, from, to, people      cells with nobody in them are left out

`from` is how somebody lived when the month began, or "new" for who was not there; `to` how they live when it ends, or
what became of them.  Who stayed where they were is counted as well, so that all rows `to` a situation are the people in
it at the month's end, and all rows `from` it in the next month are the same people.  People who come and go within one
month are seen where the month leaves them, and nowhere between.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from agents.service_user import GONE
from model.state import FROM, TO
from runs.running import Run

NEW = "new"
SITUATIONS = TO[:GONE]  # stocks; the rest of TO is what became of people
BEGINNINGS = (*FROM[:GONE], NEW)
FLOWS = {"scenario": pl.String(), "seed": pl.Int64(), "set": pl.Int32(), "month": pl.Int32(),
         "from": pl.Enum(BEGINNINGS), "to": pl.Enum(TO), "people": pl.Int32()}  # fmt: skip

Counts = npt.NDArray[np.int64]


def flows_of(run: Run) -> pl.DataFrame:
    """One run's flows of months 0 ... in rows; empty unless it is done."""
    if run.flows is None:
        return pl.DataFrame(schema=FLOWS)
    month, begins, ends = np.nonzero(run.flows)
    one = run.scenario
    return pl.DataFrame(
        {
            "scenario": np.repeat(one.label, len(month)),
            "seed": np.full(len(month), one.seed),
            "set": pl.Series([one.set_number], dtype=FLOWS["set"]).new_from_index(0, len(month)),
            "month": month.astype(np.int32),
            "from": pl.Series(BEGINNINGS, dtype=FLOWS["from"]).gather(begins),
            "to": pl.Series(TO, dtype=FLOWS["to"]).gather(ends),
            "people": run.flows[month, begins, ends],
        },
        schema=FLOWS,
    )


def counts_of(flows: pl.DataFrame, scenario: str, first: int, last: int) -> list[Counts]:
    """For each run of a scenario, in the order of sets and seeds, the flows of these months: (months, FROM, TO)."""
    rows = flows.filter(pl.col("scenario") == scenario, pl.col("month").is_between(first, last))
    found = []
    for own in rows.sort("set", "seed").partition_by("set", "seed", maintain_order=True):
        counts = np.zeros((last - first + 1, len(BEGINNINGS), len(TO)), np.int64)
        at = (own["month"].to_numpy() - first, own["from"].to_physical().to_numpy(), own["to"].to_physical().to_numpy())
        counts[at] = own["people"].to_numpy()
        found.append(counts)
    return found
