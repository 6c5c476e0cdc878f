"""Between them the experiments give every part of every pattern, each once, and nothing else."""

from collections import Counter

import polars as pl
import pytest

from analysis.patterns.experiment import Experiment
from analysis.patterns.registry import EXPERIMENTS
from evidence.patterns import load_patterns
from scenarios.names import shipped
from tools.validation_page import DEFAULTS, stored

PATTERNS = load_patterns()
PARTS = {f"{name}.{part}" for name, pattern in PATTERNS.items() for part in pattern.parts}
NOT_IN_THE_MODEL = {"P24.quality", "Moves.first_for_fit"}  # neither quality of life nor why somebody moved


def test_names_are_distinct_and_every_pattern_has_one_experiment_and_a_place() -> None:
    assert len({one.name for one in EXPERIMENTS}) == len(EXPERIMENTS)
    assert Counter(name for one in EXPERIMENTS for name in one.patterns) == Counter(PATTERNS.keys())
    places = {pattern.place for pattern in PATTERNS.values()}
    places |= {part.place for pattern in PATTERNS.values() for part in pattern.parts.values()}
    assert places <= set(shipped("place"))


@pytest.mark.slow
@pytest.mark.parametrize("one", EXPERIMENTS, ids=lambda one: one.name)
def test_an_experiment_gives_every_part_of_its_patterns_and_no_other(one: Experiment) -> None:
    found = one.run(2, {})
    mine = {part for part in PARTS if part.split(".")[0] in one.patterns}
    assert set(found) | NOT_IN_THE_MODEL & mine == mine
    assert set(found) & NOT_IN_THE_MODEL == set()


def test_what_is_not_in_the_model_is_shown_without_a_number_and_everything_else_has_one() -> None:
    table = stored()[DEFAULTS]
    nothing = table.filter(pl.col("n") == 0)
    assert {f"{a}.{b}" for a, b in nothing.select("pattern", "part").iter_rows()} == NOT_IN_THE_MODEL
    assert set(nothing["verdict"]) == {"shown"}
