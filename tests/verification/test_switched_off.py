"""A mechanism that is off has exactly no effect: what only acts through it may then be anything, and no life changes.

Exact, to the last bit: no false alarms.  Each case is run again with the mechanism on: the change must be seen.
Places only; a rule's own neighbours (trust, belief) may well move.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from runs.running import burnt_in, lived
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

STILL = {"open_rate": 0, "convert_rate": 0, "programme_death": 0, "emergency_response": 0}
LIVES = ("hidden", "unserved", "crisis", "looking", "reform", "settled", "died", "left", "offers", "lost", "returned")
# What is switched off, and what acts on lives through nothing else.
CASES: dict[str, tuple[dict[str, float], dict[str, float]]] = {
    "trust and acceptance": ({"accept_trust": 0}, {"trust_rate": 0.1, "trust_crisis": 0.5, "trust_spread": 0.25}),
    "belief and referral": ({"refer_belief": 0, "refer_ready": 0}, {"contact_half_life": 240, "seeing": 0.06}),
    "turnover and referral": ({"refer_belief": 0, "refer_ready": 0}, {"turnover": 0.05}),
    "wants and tenancies": ({"dropout_fit": 1}, {"wants_choice_mean": 0.6, "wants_spread": 0.2, "fit_width": 0.25}),
    "fidelity and tenancies": ({"dropout_fidelity": 1}, {"fidelity_reference": 0.9, "fidelity_usual": 0.5}),
    "support and tenancies": ({"dropout_fit": 1}, {"wants_support_need": 0.8, "convention_support": 0.75}),
    "strain and tenancies": (
        {"lose_home_strain": 0, "refer_belief": 0, "refer_ready": 0}, {"strain_load": 0.8, "strain_rate": 0.3}
    ),
    "rivalry and referral": ({"rivalry_referral": 0}, {"rivalry_start": 0.5}),
    "changes of home and finding another": ({"changes_home": 0}, {"rehouse": 0.4}),
}  # fmt: skip


@cache
def lives(sets: tuple[tuple[str, float], ...]) -> Any:
    """People by place and what happened to them, month by month: (months, LIVES)."""
    scenario = Scenario(
        find_strategy("status_quo"), find_place("dublin"), find_worldview("evidence"), 3000, 36, 1,
        Settings(parameters=STILL | dict(sets)),
    )  # fmt: skip
    rows = lived(burnt_in(scenario), scenario).measured
    return np.array([rows[name] for name in LIVES])


@pytest.mark.parametrize("case", CASES)
def test_what_acts_through_it_alone_changes_no_life(case: str) -> None:
    off, changed = CASES[case]
    assert np.array_equal(lives(tuple(off.items())), lives(tuple((off | changed).items())))


@pytest.mark.parametrize("case", CASES)
def test_with_the_mechanism_on_the_same_change_is_seen(case: str) -> None:
    assert not np.array_equal(lives(()), lives(tuple(CASES[case][1].items())))
