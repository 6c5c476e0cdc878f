"""Roles: what an option does is said openly, is within its range, and moves what its table sees by more than noise."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from evidence.quantities import find_quantity
from runs.ensemble import batches
from runs.pasts import Pasts
from scenarios.deciding import DECIDED, WHOSE
from scenarios.levers import load_levers
from scenarios.places import find_place
from scenarios.plausible import plausible, shipped_sample
from scenarios.scenario import Scenario
from scenarios.strategy import Phase, Strategy, find_strategy
from workshop.levels import switches
from workshop.plans import MONEY_ENDS, MONTHS
from workshop.roles import FOUNDATION, ROLES, USUAL, Option

EVERY = [(role, decision, option) for role in ROLES for decision in role.decisions for option in decision.options]
SWITCHES = [(FOUNDATION, one, option) for one in switches() for option in one.options]
MOVING = [(role, option) for role, _, option in (*EVERY, *SWITCHES) if option.key != USUAL]
SETS, EACH = 16, 4
LEVEL = 0.001  # of a paired test; 37 options and two moments are looked at
PASTS = Pasts()


def test_every_decision_has_a_usual_option_that_does_nothing_and_at_most_three_others() -> None:
    for role in ROLES:
        assert len(role.decisions) <= 3  # a table has a minute and a half
        for decision in role.decisions:
            first, *others = decision.options
            assert first.key == USUAL
            assert not first.openly
            assert 1 <= len(others) <= 3
            assert all(one.openly for one in others)


def test_a_foundation_moves_levers_and_the_others_parameters_of_their_own_within_the_range() -> None:
    for role, _, option in EVERY:
        assert not (option.levers and role is not FOUNDATION)
        assert not (option.others and role is FOUNDATION)
        for name, value in option.others.items():
            assert name in DECIDED
            assert find_quantity(name).low <= value <= find_quantity(name).high
        for name, value in option.levers.items():
            assert load_levers()[name].low <= value <= load_levers()[name].high


def test_no_parameter_belongs_to_two_tables() -> None:
    whose = {name: who for who, names in WHOSE.items() for name in names}
    for role in ROLES:
        assert len({whose[name] for one in role.decisions for option in one.options for name in option.others}) <= 1


def test_a_table_sees_what_its_options_move() -> None:
    for role, option in MOVING:
        assert option.moves in dict(role.sees), option.key


def test_no_two_decisions_of_a_table_move_the_same_lever_unless_they_agree() -> None:
    for role in ROLES:
        seen: set[str] = set()
        for decision in role.decisions:
            mine = {name for one in decision.options for name in (*one.levers, *one.others)}
            assert not mine & seen
            seen |= mine


def with_option(base: str, option: Option | None) -> Strategy:
    """A strategy that ships, over the room's years, with this option laid over all its phases."""
    one = find_strategy(f"{base}+{option.practice}" if option and option.practice else base)
    levers, others = (option.levers, option.others) if option else ({}, {})
    phases = tuple(Phase(p.begins, {**p.levers, **levers}, others) for p in one.phases)
    first = replace(phases[0], levers={"start": 0.0, "duration": float(MONEY_ENDS), **phases[0].levers})
    name = f"{base}_{(option.practice or option.key) if option else USUAL}"
    return replace(one, name=name, title=name, phases=(first, *phases[1:]))


@cache
def lived(base: str) -> tuple[list[Option | None], dict[str, np.ndarray]]:
    """Of every measure that an option under `base` says it moves (run, scenario, month): as usual, and under each of
    these options."""
    options = [None, *(o for _, o in MOVING if o.under == base)]
    moved = sorted({o.moves for o in options if o})
    scenarios = []
    for i, option in enumerate(options):
        one = replace(with_option(base, option), name=f"option_{i}")
        scenarios.append(Scenario.of(one, "dublin", people=2000, months=MONTHS))
    place = find_place("dublin")
    sets = plausible(place, SETS, sample=shipped_sample(place))  # as the room draws them
    runs = [one.values for one in batches(scenarios, EACH, sets=sets, measures=moved, pasts=PASTS)]
    return options, {name: np.array([one[:, :, k] for one in runs]) for k, name in enumerate(moved)}


@pytest.mark.slow
@pytest.mark.parametrize(("role", "option"), MOVING, ids=[f"{role.key}-{o.practice or o.key}" for role, o in MOVING])
def test_every_option_moves_a_measure_on_its_tables_screen_by_more_than_noise(role: object, option: Option) -> None:
    """In pairs of runs of the same people: in the second year or in the tenth."""
    options, every = lived(option.under)
    values = every[option.moves]
    i = next(i for i, one in enumerate(options) if one is option)
    found = []
    for month in (24, MONTHS):
        year = slice(month - 11, month + 1)
        pairs = (values[:, i, year] - values[:, 0, year]).mean(axis=1)
        found.append(1.0 if np.ptp(pairs) == 0 else float(stats.ttest_1samp(pairs, 0.0).pvalue))
    assert min(found) < LEVEL, found
