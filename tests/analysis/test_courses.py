"""Arrays say what the tidy frames say."""

from typing import Any

import numpy as np
import pytest

from analysis.comparison import NEEDED, Comparison, SoFar
from analysis.contrasts import fan, paired_fan
from analysis.courses import Courses
from runs.ensemble import batches, ensemble
from runs.summary import Summary
from scenarios.places import find_place
from scenarios.plausible import plausible
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

KEEP = (*NEEDED, "crisis", "commissioner_crisis")


@pytest.fixture(scope="module")
def both() -> tuple[Comparison, SoFar]:
    """The same runs as tables and as arrays."""
    where, world = find_place("dublin"), find_worldview("evidence")
    asked = [Scenario(find_strategy(name), where, world, 500, 80) for name in ("user_centred", "homes")]
    scenarios = with_twins(asked)
    summary = Summary()
    for batch in batches(scenarios, 5, measures=KEEP):
        summary.add(batch)
    return Comparison(ensemble(scenarios, 5, keep=KEEP), scenarios), SoFar(scenarios, summary=summary)


@pytest.mark.parametrize("kind", ["common", "independent"])
def test_with_parameter_sets_they_agree_too(kind: Any) -> None:
    """Intervals hold both kinds; a set that is not complete yet does not count."""
    where, world = find_place("dublin"), find_worldview("evidence")
    scenarios = with_twins([Scenario(find_strategy("homes"), where, world, 500, 80)])
    sets, summary = plausible(where, 3), Summary()
    for batch in batches(scenarios, 2, measures=KEEP, sets=sets, seeds=kind):
        summary.add(batch)
    arrays = SoFar(scenarios, sets=sets, summary=summary)
    tables = Comparison(ensemble(scenarios, 2, keep=KEEP, sets=sets, seeds=kind), scenarios, sets=sets)
    for measure in KEEP:
        frame = paired_fan(tables.months, "homes", NOBODY, measure)
        found = arrays.courses[measure].difference("homes", NOBODY)
        for mine, column in zip(found, ("difference", "low", "high"), strict=True):
            np.testing.assert_allclose(mine, frame[column].to_numpy(), rtol=1e-9, atol=1e-9, err_msg=measure)
    assert arrays.headline.equals(tables.headline)
    assert (arrays.uncertain, arrays.replicates) == (True, tables.replicates) == (True, 6)
    short, whole = Summary(), Summary()
    for batch in summary.batches[:-1]:
        short.add(batch)
    for batch in summary.batches[:4]:
        whole.add(batch)
    months = slice(1, None)
    for mine, other in zip(
        *(Courses("crisis", one).difference("homes", NOBODY) for one in (short, whole)), strict=True
    ):
        assert (np.array_equal(mine[months], other[months])) == (kind == "common")


@pytest.mark.parametrize("measure", sorted(KEEP))
def test_fans_and_differences_agree(both: tuple[Comparison, SoFar], measure: str) -> None:
    tables, arrays = both
    found = arrays.courses[measure]
    assert found.replicates == 5
    for name in tables.names:
        slow = fan(tables.months, name, measure)
        np.testing.assert_allclose(found.fan(name), slow.select("q05", "q25", "mean", "q75", "q95").to_numpy().T)
        frame = paired_fan(tables.months, name, NOBODY, measure)
        for mine, column in zip(found.difference(name, NOBODY), ("difference", "low", "high"), strict=True):
            np.testing.assert_allclose(mine, frame[column].to_numpy(), rtol=1e-9, atol=1e-12)


def test_contrasts_are_the_same(both: tuple[Comparison, SoFar]) -> None:
    tables, arrays = both
    assert arrays.headline.equals(tables.headline)
    assert arrays.between.equals(tables.between)
    assert (arrays.replicates, arrays.not_done, arrays.names) == (5, 0, tables.names)
    assert arrays.spent == pytest.approx(tables.spent)
    assert set(arrays.spent) == set(tables.spent)


def test_one_run_has_no_interval_and_none_has_no_number(both: tuple[Comparison, SoFar]) -> None:
    one, none = Summary(), Summary()
    first = both[1].summary.batches[0]
    one.add(first)
    mean, low, high = Courses("crisis", one).difference("homes", NOBODY)
    np.testing.assert_array_equal(
        mean, first.values[2, :, KEEP.index("crisis")] - first.values[0, :, KEEP.index("crisis")]
    )
    assert low is None
    assert high is None
    none.add(type(first)(**{**vars(first), "status": ("failed",) * 3}))
    assert np.isnan(Courses("crisis", none).difference("homes", NOBODY)[0]).all()


def test_a_comparison_from_arrays_has_no_tables(both: tuple[Comparison, SoFar]) -> None:
    with pytest.raises(AttributeError):
        both[1].months  # noqa: B018
