"""Worlds for the analytic limits: from a place file to parameters, a starting point, months and measures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from engine.record import Rows
from evidence.quantities import values
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
    "dropout_fit": 1, "dropout_fidelity": 1, "lose_home_strain": 0, "voice_direct": 0,
}  # fmt: skip


@cache
def town() -> Place:
    """The place, read from its file as any user's own place is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "somewhere.toml"
        path.write_text(TOWN)
        return read_place(path)


def parameters(**sets: float) -> Rows:
    """One row of parameters: defaults < domain < place < `sets`, which are not held to their ranges."""
    return _parameters(tuple(sets.items()))


@cache
def _parameters(sets: tuple[tuple[str, float], ...]) -> Rows:
    return values(*bind(town()), dict(sets))


def begin(months: int, seed: int, **sets: float) -> World:
    """The starting point, with room for `months` months without a foundation and without a burn-in."""
    return starting_point(parameters(**sets), None, seed, lever_record().empty(months), burn_in=0)


def lived(months: int, seed: int, **sets: float) -> World:
    """The same after these months; `measured` has a row for each."""
    return run(begin(months, seed, **sets), months)


def month_by_month(world: World, months: int) -> Iterator[World]:
    """The world after each of the next months."""
    for _ in range(months):
        world = run(world, 1)
        yield world
