"""Arrays say what the tidy frames say."""

import numpy as np
import pytest

from analysis.comparison import Comparison
from analysis.contrasts import fan, paired_fan
from analysis.courses import courses, prepared
from model.measures import HEADLINE
from scenarios.ensemble import ensemble
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

KEEP = {*HEADLINE, "crisis", "programme_to_date"}


@pytest.fixture(scope="module")
def compared() -> Comparison:
    where, world = find_place("dublin"), find_worldview("evidence")
    asked = [Scenario(find_strategy(name), where, world, 500, 80) for name in ("user_centred", "homes")]
    scenarios = with_twins(asked)
    return Comparison(ensemble(scenarios, 5, keep=KEEP), scenarios)


@pytest.mark.parametrize("measure", sorted(KEEP))
def test_fans_and_differences_agree(compared: Comparison, measure: str) -> None:
    found = courses(compared.months, measure, [NOBODY, *compared.names])
    assert found.replicates == 5
    for name in compared.names:
        slow = fan(compared.months, name, measure)
        np.testing.assert_allclose(found.fan(name), slow.select("q05", "q25", "q50", "q75", "q95").to_numpy().T)
        frame = paired_fan(compared.months, name, NOBODY, measure)
        for mine, column in zip(found.difference(name, NOBODY), ("difference", "low", "high"), strict=True):
            np.testing.assert_allclose(mine, frame[column].to_numpy(), rtol=1e-9, atol=1e-12)


def test_contrasts_are_the_same(compared: Comparison) -> None:
    headline, between = compared.headline, compared.between
    again = Comparison(compared.results, compared.scenarios)
    prepared(again, [])
    assert again.headline.equals(headline)
    assert again.between.equals(between)
