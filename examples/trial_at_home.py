"""At Home/Chez Soi, people of high need, repeated inside the model: the published table beside the simulated one.

    python examples/trial_at_home.py [REPEATS]      # about three seconds a repeat

481 people in usual services, 469 offered Housing First with assertive community treatment, two years, five cities
(Aubry 2015 [S7] and 2016 [S8]; costs: Latimer 2020 [S31]; the last six months: final report, recalled [R1]).

What is not a check: `homes`, the chance a month that the trial's own housing team and rent supplement find a home, is
set from the published 73 days; the place's supply is set from the published 31% in usual care.  All else comes out.
"""

import sys

import polars as pl

from analysis.trial_tables import trial_tables
from runs.trial import AT_HOME, OFFERED_WHERE, REACHED, Arm, Eligibility, trial
from scenarios.places import find_place

PLACE = find_place("canada_trial")
HIGH_NEED = Eligibility(need=(2 / 3, 1.0), situations=OFFERED_WHERE, reached=REACHED)
ARMS = {"usual": Arm(), "reform": Arm(offer=True, homes=AT_HOME)}
AT_END = "days in the present home at the end, everybody"
HF, TAU, DIFFERENCE = ("reform", ""), ("usual", ""), ("reform", "usual")
# what, (arm, against), measure, month, observed, fitted or checked
PUBLISHED = (
    ("housed at 12 months, Housing First, %", HF, "housed", 12, 73, "checked"),
    ("housed at 12 months, usual, %", TAU, "housed", 12, 31, "place set to it"),
    ("   difference, points", DIFFERENCE, "housed", 12, 42, "checked"),
    ("time housed over 24 months, Housing First, %", HF, "share of time housed", None, 71, "checked"),
    ("time housed over 24 months, usual, %", TAU, "share of time housed", None, 29, "checked"),
    ("days to a home, Housing First", HF, "days to a home, mean of those housed", None, 73, "arm set to it"),
    ("days to a home, usual", TAU, "days to a home, mean of those housed", None, 220, "checked"),
    ("days in the home at the end, Housing First", HF, AT_END, None, 281, "checked"),
    ("days in the home at the end, usual", TAU, AT_END, None, 115, "checked"),
    ("housed all of the last six months, Housing First, %", HF, "housed all of the last 6 months", 24, 62, "checked"),
    ("housed all of the last six months, usual, %", TAU, "housed all of the last 6 months", 24, 31, "checked"),
    ("cost offset, %", DIFFERENCE, "cost of the reformed place offset by lower other costs", None, 69, "checked"),
    ("net cost a person-year, against usual, CAD", DIFFERENCE, "total", None, 6311, "checked"),
)


def simulated(
    repeats: int = 5, size: int = 8000, people: tuple[int, int] = (481, 469), months: int = 24
) -> pl.DataFrame:
    """The tables of several repeats of the trial: other people, other luck."""
    counts = dict(zip(ARMS, people, strict=True))
    return pl.concat(
        trial_tables(trial(PLACE, HIGH_NEED, ARMS, counts, months, seed=seed, size=size, before=12)).with_columns(
            seed=seed
        )
        for seed in range(1, repeats + 1)
    )


def table(found: pl.DataFrame) -> list[tuple[str, float, float, float, float, str]]:
    """what, observed, simulated (mean of repeats), lowest, highest, and whether it is a check."""
    rows = []
    for what, (arm, against), measure, month, observed, role in PUBLISHED:
        mine = found.filter(arm=arm, against=against, measure=measure)
        mine = mine.filter(pl.col("month").eq_missing(pl.lit(month, dtype=pl.Int32)))
        money, share = "CAD" in what, mine["unit"][0] == "share"
        values = mine["value"] * (PLACE.per_euro if money else 100 if share else 1)
        rows.append((what, observed, values.mean(), values.min(), values.max(), role))
    return rows


def main(repeats: int = 5) -> None:
    found = simulated(repeats)
    print(f"{'At Home/Chez Soi, high need':54}{'observed':>9}{'simulated':>11}   lowest to highest of {repeats}")
    for what, observed, value, low, high, role in table(found):
        print(f"{what:54}{observed:9,}{value:11,.0f}   {low:,.0f} to {high:,.0f}  ({role})")
    before_after, between = (
        PLACE.per_euro * found.filter(measure="change", arm="reform", against=against)["value"].mean()
        for against in ("", "usual")
    )
    print(f"\nA before-after study of the Housing First arm alone: {before_after:+,.0f} CAD a person-year.")
    print(f"People in usual services changed by {before_after - between:+,.0f} in the same time.")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
