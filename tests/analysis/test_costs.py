"""Costs: every account has one payer, the run is summed from month 1, and differences are from the same seeds."""

import polars as pl
import pytest

from analysis.contrasts import means
from analysis.costs import PAYERS, by_payer, costs
from model.state import LEDGER
from runs.ensemble import ensemble
from scenarios.request import request_of
from scenarios.scenario import with_twins


def test_every_account_has_one_payer() -> None:
    accounts = [account for found in PAYERS.values() for account in found]
    counted_elsewhere = {"commissioner_double", "foundation_bridge"}
    assert len(accounts) == len(set(accounts))
    assert set(accounts) | counted_elsewhere == set(LEDGER.fields)


def test_sums_by_hand(tidy) -> None:
    months = pl.concat([
        tidy({"a": [10.0, 30.0], "status_quo": [5.0, 5.0]}, "commissioner_crisis", month)
        for month in (0, 1, 2)
    ] + [tidy({"a": [7.0, 9.0], "status_quo": [0.0, 0.0]}, "foundation_places", 2),
         tidy({"a": [0.0, 0.0], "status_quo": [0.0, 0.0]}, "foundation_training", 2)])  # fmt: skip
    table = costs(months, ["a"])
    rows = {(row["scenario"], row["account"]): (row["euros"], row["difference"]) for row in table.iter_rows(named=True)}
    assert rows == {
        ("status_quo", "commissioner_crisis"): (10.0, 0.0),  # month 0 is before the run
        ("a", "commissioner_crisis"): (40.0, 30.0),
        ("status_quo", "foundation_places"): (0.0, 0.0),
        ("a", "foundation_places"): (8.0, 8.0),
    }


def test_by_payer_keeps_the_total(make) -> None:
    compared = make()
    table = costs(compared.months, compared.names)
    sums = by_payer(table)
    assert set(sums["payer"]) == set(PAYERS)
    assert sums["euros"].sum() == pytest.approx(table["euros"].sum())


def test_what_payers_pay_adds_up_to_what_the_sentence_says_it_costs() -> None:
    scenarios = with_twins(request_of(["user_centred"], people=500, months=84).asked)
    months = ensemble(scenarios, 2).months  # bridge money is in hand at the end of one of them
    paid = by_payer(costs(months, ["user_centred"]))
    for name, spent in means(months, "spend_to_date", 84).items():
        assert paid.filter(pl.col("scenario") == name)["euros"].sum() == pytest.approx(spent)
