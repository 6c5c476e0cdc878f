"""Designs: SALib's own crossing, nested samples, shares of a whole that are never too much."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from SALib.sample.sobol import sample

from engine.errors import BadInput
from scenarios.strategy import find_strategy
from studies.checks import impossible_rows
from studies.description import PRACTICES, of_data, strategy_of
from studies.designs import NESTED, rows_in, sampled
from studies.factors import Factor, sticks
from studies.making import made
from tests.studies.conftest import ROOT

SPENDING = ("share_places", "share_involvement", "share_training", "share_bridge", "share_implementation",
            "share_spotlight", "share_top_up")  # fmt: skip


def units(kind: str, size: int, seed: int = 3) -> np.ndarray:
    return np.concatenate(list(sampled(kind, 4, size, seed, 4)))


def test_samples_are_crossed_as_salib_crosses_them() -> None:
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
    theirs = sample(problem, 64, calc_second_order=False, seed=np.random.default_rng(3))
    assert np.array_equal(units("sobol", 64), theirs)


@pytest.mark.parametrize("kind", NESTED)
def test_the_first_half_of_twice_as_many_samples_is_the_smaller_design(kind: str) -> None:
    few, many = units(kind, 32), units(kind, 64)
    assert len(many) == 2 * len(few) == 2 * rows_in(kind, [Factor(n, "free") for n in "abcd"], 32, 4)
    assert np.array_equal(many[: len(few)], few)
    assert ((many >= 0) & (many <= 1)).all()


def test_sticks_are_uniform_on_the_simplex() -> None:
    shares = sticks(np.random.default_rng(1).random((200_000, 3)))
    assert (shares.sum(axis=1) <= 1 + 1e-12).all()
    assert shares.mean(axis=0) == pytest.approx(0.25, abs=0.003)  # Dirichlet(1, 1, 1, 1)
    assert shares.var(axis=0) == pytest.approx(3 / 80, abs=0.001)
    assert np.corrcoef(shares.T)[0, 1] == pytest.approx(-1 / 3, abs=0.01)


@pytest.mark.parametrize("kind", ["halton", "lhs", "random"])
def test_a_design_over_all_spending_shares_has_no_impossible_row(kind: str) -> None:
    said = of_data({
        "format": 1, "title": "Shares", "runs": {"strategies": ["carrier", "user_centred", "status_quo"]},
        "design": {"kind": kind, "size": 1000}, "vary": {name: {"whole": True} for name in SPENDING},
    }, ROOT)  # fmt: skip
    rows = made(said)
    bad, why = impossible_rows(said, rows)
    assert rows.height == 1000
    assert not bad.any(), why
    assert rows.select(pl.sum_horizontal(SPENDING)).to_series().max() <= 1  # type: ignore[operator]
    assert rows["share_places"].max() > 0.5  # type: ignore[operator]
    assert {f"u_{name}" for name in SPENDING} <= {*rows.columns}


def test_shares_that_each_have_a_range_of_their_own_are_counted_as_impossible() -> None:
    design, vary = {"kind": "halton", "size": 100}, {name: {} for name in SPENDING[:3]}
    runs = {"strategies": ["carrier"]}
    said = of_data({"format": 1, "title": "Much", "runs": runs, "design": design, "vary": vary}, ROOT)
    bad, why = impossible_rows(said, made(said))
    assert bad.sum() > 50
    assert "whole = true" in why


@pytest.mark.parametrize("base", ["carrier", "catalytic_philanthropy"])
def test_all_combinations_of_practices_can_be_run(base: str) -> None:
    said = of_data({"format": 1, "title": "Practices", "runs": {"strategies": [base], "people": 500},
                    "design": {"kind": "practices", "room": True}}, ROOT)  # fmt: skip
    rows = made(said)
    assert rows.height == 32
    assert not impossible_rows(said, rows)[0].any()


def test_room_is_made_in_proportion_and_only_where_it_is_needed() -> None:
    """A practice has all that it says, the base's shares keep their proportions, and the carrier's digits stay."""
    assert strategy_of("carrier", PRACTICES, room=True) == strategy_of("carrier", PRACTICES)
    assert strategy_of("catalytic_philanthropy", (), room=True) == find_strategy("catalytic_philanthropy")
    levers = strategy_of("catalytic_philanthropy,site_need=0.1", PRACTICES[2:4], room=True).settings({})[0][1]
    assert (levers["design_users"], levers["design_blueprint"]) == (0.5, 0.5)
    assert levers["site_willingness"] == 0.8
    assert levers["site_prestige"] + levers["site_need"] == pytest.approx(0.2)
    assert levers["site_prestige"] / levers["site_need"] == pytest.approx(8)
    assert levers["share_places"] == pytest.approx(0.48)  # what practice 4 takes, as ever
    with pytest.raises(BadInput, match="more than the whole"):
        strategy_of("catalytic_philanthropy", PRACTICES[3:4])
