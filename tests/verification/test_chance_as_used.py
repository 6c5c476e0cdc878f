"""Chance as the model uses it: its own decisions, its own people's ids, months in a row, neighbouring seeds.

tests/engine/test_chance.py has the generator's known answers, and means, variances and correlations along each
coordinate.  Here chi-square tests look at whole distributions: of single draws in 64 cells, and of pairs of draws that
the rules take for independent, in 16 x 16 cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from engine.chance import uniforms
from model.draws import BIRTH, GROUPING, LIFE, OFFER, QUEUES, SPEAK, STAY, WANTS
from model.steps.s01_world_moves import ORDINALS
from tests.verification.allowance import ALPHA, together

GROUPS = (BIRTH, WANTS, GROUPING, LIFE, QUEUES, STAY, OFFER, SPEAK)
PEOPLE, MONTHS, CELLS, SQUARE = 120, 24, 64, 16

Draw = Callable[[int, int, int, int], Any]


def cube(draw: Draw, seed: int) -> Any:
    """Draws by seed, group, month and person, who arrived one after another: (2, GROUPS, MONTHS, PEOPLE, 4)."""
    people = [5 * ORDINALS + k for k in range(PEOPLE)]
    return np.array(
        [[[[draw(s, g, m, who) for who in people] for m in range(MONTHS)] for g in GROUPS] for s in (seed, seed + 1)]
    )


def uniform(counts: Any) -> float:
    """Chi-square of equally likely cells."""
    return float(stats.chisquare(counts.ravel()).pvalue)


def pairs(one: Any, two: Any) -> Any:
    """Counts in SQUARE x SQUARE cells."""
    return np.histogram2d(one.ravel(), two.ravel(), bins=SQUARE, range=[[0, 1], [0, 1]])[0]


def p_value(draw: Draw, seed: int) -> float:
    """Chance of draws as uneven or as related."""
    u = cube(draw, seed)
    each = [u[:, g, ..., k] for g in range(len(GROUPS)) for k in range(4)]
    found = [uniform(np.histogram(one, bins=CELLS, range=(0, 1))[0]) for one in each]
    found += [uniform(pairs(u[:, :, ::2], u[:, :, 1::2]))]  # a month and the next
    found += [uniform(pairs(u[:, :, :, ::2], u[:, :, :, 1::2]))]  # a person and who arrived next
    found += [uniform(pairs(u[:, g], u[:, g + 1])) for g in range(len(GROUPS) - 1)]  # one decision and another
    found += [uniform(pairs(u[..., k], u[..., k + 1])) for k in range(3)]  # within one draw of four
    found += [uniform(pairs(u[0], u[1]))]  # a replicate and the next
    return together(found)


def test_draws_are_even_and_unrelated() -> None:
    assert p_value(uniforms, 1) > ALPHA


def same_luck(seed: int, group: int, month: int, person: int) -> Any:
    """A third of the people keep the luck of the month before."""
    return uniforms(seed, group, month - 1 if month % 2 and person % 3 == 0 else month, person)


def one_seed(seed: int, group: int, month: int, person: int) -> Any:
    """All replicates share their luck."""
    return uniforms(0, group, month, person)


def few_levels(seed: int, group: int, month: int, person: int) -> Any:
    """Draws of seven bits."""
    return np.floor(np.array(uniforms(seed, group, month, person)) * 100) / 100


WRONG = (same_luck, one_seed, few_levels)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_poor_chance_would_be_found(wrong: Draw) -> None:
    assert p_value(wrong, 1) < ALPHA
