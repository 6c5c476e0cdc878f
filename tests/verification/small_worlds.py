"""Worlds for the analytic limits: from a place file to parameters, a starting point, months and measures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from agents.service_user import EPISODIC, LONG, SHORT
from engine.record import Rows
from evidence.quantities import values
from model.first_people import FAST, IS_SETTLED, SLOW, STAGES, Standing
from model.month import run
from model.start import starting_point
from model.state import World
from scenarios.levers import lever_record
from scenarios.places import Place, bind, read_place

# A place with few people in it, and only what every place must say.  Its figures stand for no town.
TOWN = """
title = "Somewhere"
meaning = "A place for checks against closed forms."
currency = "EUR"
domain = "homelessness"
crisis_beds = 10
reform_places = 0
rough_stock = 0
inflow = 0
secure_supply = 0
crisis_cost = 35000
reform_cost = 26000
providers = 8
"""
# What is switched off so that people meet nobody: organisations stand still, minds and quality reach no decision.
ALONE = {
    "open_rate": 0, "convert_rate": 0, "emergency_response": 0, "programme_death": 0, "restart": 0,
    "accept_trust": 0, "refer_belief": 0, "refer_ready": 0, "refer_after": 0, "rivalry_referral": 0,
    "dropout_fit": 1, "dropout_fidelity": 1, "lose_home_strain": 0, "voice_direct": 0, "entries_respond": 0,
}  # fmt: skip
# What people do in these worlds unless a check says otherwise: near the evidence's figures, and kept where they are
# when those move, so that a check stays as sharp as it was.
FIGURES = {
    "short_share": 0.46, "long_of_rest": 0.28, "kind_need": 0.5, "fast_episodic": 0.57, "exit_fast": 0.95,
    "home_after_fast": 0.15, "drift_out": 0.037, "home_weight_long": 0.12, "home_weight_hidden": 0.02,
    "resolve_short": 0.32, "resolve_episodic": 0.073, "resolve_long": 0.0053, "resolve_new": 0.05,
    "resolve_street": 0.5, "seek_short": 0.11, "seek_episodic": 0.9, "seek_long": 0.1, "seek_new": 0.8,
    "seek_street": 1.5, "accept_bed": 0.6,
    "crisis_to_street": 0.05, "hidden_to_street": 0.004, "street_to_hidden": 0.15, "home_after_hidden": 0.5,
    "accept_home": 0.92, "hidden_reached": 0.05, "reform_priority": 2, "looking_ends": 0.02, "changes_home": 0.036,
    "rehouse": 0.25, "lose_home_first_year": 0.011, "lose_home_later": 0.0019, "support_ends": 0.006,
    "return_settled": 0.0063, "return_ratio": 1.7,
}  # fmt: skip
ALL_KINDS = (SHORT, EPISODIC, LONG)
STAY_OF = {SHORT: (FAST,), EPISODIC: (FAST, SLOW), LONG: (SLOW,)}  # which stays people of a kind may have


@cache
def town() -> Place:
    """The place, read from its file as any user's own place is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "somewhere.toml"
        path.write_text(TOWN)
        return read_place(path)


def parameters(**sets: float) -> Rows:
    """One row of parameters: defaults < domain < place < FIGURES < `sets`, which are not held to their ranges."""
    return _parameters(tuple((FIGURES | sets).items()))


@cache
def _parameters(sets: tuple[tuple[str, float], ...]) -> Rows:
    return values(*bind(town()), dict(sets))


@cache
def standing(kinds: tuple[int, ...] = ALL_KINDS, stages: Sequence[int] = tuple(range(IS_SETTLED))) -> Standing:
    """Where the first people stand: people of these kinds, as many of each, spread evenly over these stages.

    No balance of flows: what is checked begins anywhere.  Nobody is settled, or looking, unless `stages` says so.
    """
    stocks = np.zeros((len(kinds), len(STAGES)))
    for row, kind in zip(stocks, kinds, strict=True):
        row[list(stages)] = 1.0
        for stay in (FAST, SLOW):
            row[stay] = row[stay] if stay in STAY_OF[kind] else 0.0
    none = np.zeros(len(kinds), np.int64)
    ends = np.full(stocks.shape, 0.1)
    return Standing(np.array(kinds, np.int64), none, none, 1, stocks, ends, np.full(len(kinds), 0.05), 0.0)


def begin(
    months: int, seed: int, first: Standing | None = None, beds_used: float | None = None, **sets: float
) -> World:
    """The starting point, with room for `months` months without a foundation and without a burn-in.

    first: where the first people stand; by default as many short, episodic and long stayers in each situation.
    beds_used: share of beds in use at the start, if it is not the share that may ever be (`crisis_stock_share`).
    """
    levers = lever_record().empty(months)
    first = standing() if first is None else first
    at_first = {} if beds_used is None else {"crisis_stock_share": beds_used}
    world = starting_point(parameters(**sets | at_first), None, seed, levers, burn_in=0, standing=first)
    return world._replace(parameters=parameters(**sets))


def month_by_month(world: World, months: int) -> Iterator[World]:
    """The world after each of the next months."""
    for _ in range(months):
        world = run(world, 1)
        yield world
