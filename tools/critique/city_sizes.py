"""3.8: a small copy of a city is another policy, because no grant falls below a floor.

The review: at 2,000 people grants of 75,000 become about 145,000; with the floor at 10,000 the difference between
catalytic_philanthropy and user_centred grows from 2.9 to 3.2 points.  FAULTS F2: user_centred gains 1.4 points of
lasting places at 500 people and 4.1 at real size, with intervals that exclude each other.

Prints, for copies of Dublin of 500 people to real size, with a lower floor and without faking, paired differences in
`--measure` (lasting_places) of both strategies from no foundation and from each other, and how many grants user_centred
awards.  About 40 s on two cores.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from scenarios.scenario import MONTHS, NOBODY
from tools.critique.harness import Effort, Row, column, estimate, paired, scenario

REPLICATES = 16
USER, FUNDER = "user_centred", "catalytic_philanthropy"
LOW = {"grant_floor": 10000.0}
HONEST = {"faking": 0.0}
CASES: dict[str, tuple[int | None, dict[str, float]]] = {
    "500 people": (500, {}),
    "1,000 people": (1000, {}),
    "2,000 people": (2000, {}),
    "4,000 people": (4000, {}),
    "real size": (None, {}),
    "500 people, floor 10,000": (500, LOW),
    "1,000 people, floor 10,000": (1000, LOW),
    "2,000 people, floor 10,000": (2000, LOW),
    "2,000 people, faking 0": (2000, HONEST),
    "2,000 people, floor 10,000, faking 0": (2000, LOW | HONEST),
}


def table(effort: Effort) -> pl.DataFrame:
    """A row for each copy; `effort.people` does not apply."""
    name, scale = column(effort.measure)
    rows: list[Row] = []
    for title, (people, parameters) in effort.chosen(CASES).items():
        runs = [scenario(one, replace(effort, people=people), parameters) for one in (NOBODY, USER, FUNDER)]
        summary = paired(runs, effort, (effort.measure, "grants_to_date"))
        row: Row = {"copy": title, "measure": name}
        row["grants of user_centred"] = float(summary.of(USER, "grants_to_date")[:, MONTHS].mean())
        for one, against in ((USER, NOBODY), (FUNDER, NOBODY), (FUNDER, USER)):
            heading = one if against == NOBODY else f"{one} - {against}"
            row |= estimate(heading, scale * summary.difference(one, against, effort.measure)[:, MONTHS])
        rows.append(row)
    return pl.DataFrame(rows)
