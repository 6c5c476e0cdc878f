"""What it cost, by purpose and by who pays: the ledger summed over the run."""

from collections.abc import Mapping, Sequence

import polars as pl

from model.state import FOUNDATION, LEDGER
from scenarios.scenario import NOBODY

# Which accounts each payer bears.  Bridge money counts when it is spent on double running, as in `spend_to_date`, and
# not when it is handed over; `commissioner_double` is part of the commissioner's other two accounts.
PAYERS = {
    "commissioner": ("commissioner_crisis", "commissioner_reform"),
    "foundation": (*(name for name in FOUNDATION if name != "foundation_bridge"), "provider_double"),
    "staff": ("provider_hours",),
    "users": ("users_hours",),
    "other services": ("other_services",),
}
PROGRAMME = {"foundation": FOUNDATION}  # what left the foundation's hands, by purpose


def costs(
    months: pl.DataFrame,
    scenarios: Sequence[str],
    against: str = NOBODY,
    payers: Mapping[str, Sequence[str]] = PAYERS,
) -> pl.DataFrame:
    """EUR over the whole run, means of replicates: payer, account, meaning, scenario, euros, difference.

    The difference is from `against` with the same seeds.  Accounts in which nobody ever spends are left out.
    """
    payer_of = {account: payer for payer, accounts in payers.items() for account in accounts}
    whole = (
        months.lazy()
        .filter(pl.col("measure").is_in(list(payer_of)), pl.col("month") > 0)
        .filter(pl.col("scenario").is_in([against, *scenarios]))
        .group_by("scenario", "seed", "set", account="measure")
        .agg(euros=pl.col("value").sum())
        .collect()
    )
    twin = whole.filter(pl.col("scenario") == against).select("seed", "set", "account", other="euros")
    mean = (
        whole.join(twin, on=["seed", "set", "account"], nulls_equal=True)
        .group_by("scenario", "account")
        .agg(pl.col("euros").mean(), difference=(pl.col("euros") - pl.col("other")).mean())
    )
    used = set(mean.filter(pl.col("euros") != 0)["account"])
    rows = {(row["scenario"], row["account"]): row for row in mean.iter_rows(named=True)}
    return pl.DataFrame(
        [
            (payer, account, LEDGER.fields[account].meaning, scenario, row["euros"], row["difference"])
            for account, payer in payer_of.items() if account in used
            for scenario in (against, *scenarios) if (row := rows.get((scenario, account)))
        ],
        schema={"payer": pl.String, "account": pl.String, "meaning": pl.String, "scenario": pl.String,
                "euros": pl.Float64, "difference": pl.Float64},
        orient="row",
    )  # fmt: skip


def by_payer(table: pl.DataFrame) -> pl.DataFrame:
    """The same, summed by payer: payer, scenario, euros, difference."""
    return table.group_by("payer", "scenario", maintain_order=True).agg(pl.col("euros", "difference").sum())
