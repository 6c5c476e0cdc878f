"""The steps of a calibration on a folder: what is out of reach is set aside once, and never averaged into the rest."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.calibration.block import Block
from analysis.calibration.chains import DENSITY
from analysis.calibration.matching import Discrepancy
from analysis.calibration.prior import Prior, Target, prior_of
from analysis.calibration.report import Learned
from analysis.calibration.steps import again_in_hundreds, draw, emulators, in_hundreds, unsaid, within_reach
from analysis.calibration.weighing import again, again_file, lived_again
from analysis.patterns.experiment import Experiment
from engine.errors import BadInput

DISCREPANCIES = {"A": Discrepancy(0.0, "x"), "B": Discrepancy(0.0, "x")}
PRIORS = tuple(Prior(name, 0.0, 0.5, 1.0, flat=True, unit="") for name in ("a", "b"))


def study(seed: int, sets: Mapping[str, float]) -> dict[str, float]:
    luck = 0.05 * np.random.default_rng(seed).standard_normal(2)
    return {"A.x": sets["a"] + luck[0], "B.y": sets["b"] + luck[1]}


def block(b: float) -> Block:
    aims = (Target("A", "A.x", 0.9, 0.05), Target("B", "B.y", b, 0.05))
    return Block("flow", PRIORS, aims, (Experiment("study", ("A", "B"), study, 0.1),))


def test_what_no_parameters_meet_is_set_aside_and_the_rest_is_fitted(tmp_path: Path) -> None:
    far = block(5.0)
    draw(tmp_path, [far], 600, 1, 0, 1, DISCREPANCIES, lambda text: None)
    part, aside = within_reach(tmp_path, far, DISCREPANCIES)
    assert aside == {"B": 0.0}
    assert part.parts == ["A.x"]
    (left,) = emulators(tmp_path, far, 2, DISCREPANCIES)
    assert left.weights.shape[1] == 1  # a later wave does not look for what is nowhere
    assert draw(tmp_path, [far], 100, 1, 0, 2, DISCREPANCIES, lambda text: None) == 100
    assert json.loads((tmp_path / "set-aside-flow.json").read_text(encoding="utf-8")) == {"B": 0.0}


def test_what_is_within_reach_is_not_set_aside(tmp_path: Path) -> None:
    near = block(0.2)
    draw(tmp_path, [near], 600, 1, 0, 1, DISCREPANCIES, lambda text: None)
    part, aside = within_reach(tmp_path, near, DISCREPANCIES)
    assert (part, aside) == (near, {})


def test_where_nothing_is_within_reach_it_says_so(tmp_path: Path) -> None:
    aims = (Target("A", "A.x", 9.0, 0.05),)
    nowhere = Block("flow", PRIORS, aims, (Experiment("study", ("A",), study, 0.1),))
    draw(tmp_path, [nowhere], 600, 1, 0, 1, DISCREPANCIES, lambda text: None)
    with pytest.raises(BadInput, match="No pattern of the block 'flow' is within reach"):
        within_reach(tmp_path, nowhere, DISCREPANCIES)


def test_small_blocks_have_fewer_candidates() -> None:
    survival = Block("survival", PRIORS, (), ())
    assert (in_hundreds(50_000, block(0.2)), in_hundreds(50_000, survival)) == (50_000, 3_000)
    assert in_hundreds(100, survival) == 100
    assert (again_in_hundreds(6_000, block(0.2)), again_in_hundreds(6_000, survival)) == (6_000, 2_000)
    assert again_in_hundreds(100, survival) == 100


def test_draws_are_lived_again_and_never_mixed_with_others(tmp_path: Path) -> None:
    """A folder that was begun with other draws is refused, not weighed."""
    near = block(0.2)
    proposal = pl.DataFrame({"a": np.linspace(-1, 1, 200), "b": np.linspace(1, -1, 200), DENSITY: np.zeros(200)})
    assert again(near, tmp_path, proposal, 1, 0) == 200
    assert again(near, tmp_path, proposal, 1, 0) == 0
    assert lived_again(tmp_path, near, proposal)["a"].to_list() == proposal["a"].to_list()
    again_file(tmp_path, near, 100).unlink()
    assert lived_again(tmp_path, near, proposal).height == 100  # what is there, until the rest is lived
    other = proposal.with_columns(pl.col("a") + 0.5)
    with pytest.raises(BadInput, match="not those of proposal-flow"):
        lived_again(tmp_path, near, other)
    with pytest.raises(BadInput, match="not those of proposal-flow"):
        lived_again(tmp_path, near, proposal[:50])


def test_of_a_places_own_numbers_the_sample_has_those_that_patterns_inform() -> None:
    found = [
        learned("accept_bed", 0.0),
        learned("secure_supply@dublin", 0.1),
        learned("secure_supply@canada_trial", 0.4),
    ]
    assert unsaid(found) == ["secure_supply@dublin"]


def learned(name: str, contraction: float) -> Learned:
    luck = np.random.default_rng(1).random(1000)
    return Learned(prior_of(name), (0.0, 0.5, 1.0), (0.0, 0.5, 1.0), contraction, 0.0, luck, np.ones(1000))
