"""Housing First in Dublin: 300 offers, three years, beside what services in Dublin and elsewhere have published.

    python examples/trial_dublin.py [REPEATS]      # about five seconds a repeat

There was no randomised trial in Dublin; published are places kept (86.8%, no time stated [S102]) and, elsewhere,
Denver 86, 81 and 77% after one, two and three years [S15], France 85% after two [S10], England 84% after three [S16],
and Denver's answers to offers: 92% accepted, 71% moved in [S11].  The arm has no homes of its own: in Dublin people
with an offer wait for the same homes as everybody else.
"""

import sys

import polars as pl

from analysis.trial_tables import trial_tables
from runs.trial import Arm, Eligibility, trial

ELIGIBLE = Eligibility(need=(0.5, 1.0), homeless=(6, 32000))
ARMS = {"usual": Arm(), "reform": Arm(offer=True)}
KEPT, OFFERED = "places kept", "of people offered a tenancy, %"
# what, measure, month, observed, where
PUBLISHED = (
    (f"accepted, {OFFERED}", "accepted", None, "92", "Denver"),
    (f"moved in, {OFFERED}", "moved in", None, "71", "Denver"),
    ("places kept 12 months, %", KEPT, 12, "86", "Denver; Dublin 86.8, time not stated"),
    ("places kept 24 months, %", KEPT, 24, "81, 85", "Denver, France"),
    ("places kept 36 months, %", KEPT, 36, "77, 84", "Denver, England"),
)


def simulated(repeats: int = 3, size: int | None = None, people: int = 600, months: int = 42) -> pl.DataFrame:
    """measure, month, value (shares) for each repeat; 42 months, so that places kept for 36 can be seen."""
    found = []
    for seed in range(1, repeats + 1):
        persons = trial("dublin", ELIGIBLE, ARMS, people, months, seed=seed, size=size)
        offered = persons.filter(arm="reform")
        first = offered["accepted"].mean()
        moved = offered.group_by("person").agg((pl.col("situation") == "reform").any())["situation"].mean()
        kept = trial_tables(persons).filter(measure=KEPT, arm="reform").select("measure", "month", "value")
        extra = pl.DataFrame({"measure": ["accepted", "moved in"], "month": [None, None], "value": [first, moved]})
        found.append(pl.concat([kept, extra.cast(kept.schema)]).with_columns(seed=seed))  # type: ignore[arg-type]
    return pl.concat(found)


def table(found: pl.DataFrame) -> list[tuple[str, str, float, float, float, str]]:
    """what, observed, simulated (mean of repeats), lowest, highest, where it was observed."""
    rows = []
    for what, measure, month, observed, where in PUBLISHED:
        mine = found.filter(pl.col("measure") == measure, pl.col("month").eq_missing(pl.lit(month, dtype=pl.Int32)))
        values = mine["value"] * 100
        rows.append((what, observed, values.mean(), values.min(), values.max(), where))
    return rows


def main(repeats: int = 3) -> None:
    print(
        f"{'Dublin, 300 offers to single adults':46}{'observed':>9}{'simulated':>11}   lowest to highest of {repeats}"
    )
    for what, observed, value, low, high, where in table(simulated(repeats)):
        print(f"{what:46}{observed:>9}{value:11.0f}   {low:.0f} to {high:.0f}  ({where})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
