"""Posts and ties at the start: as many as the caseload asks for on average, and nobody listens to an empty chair."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from agents.professional import IN_OUTREACH, VACANT
from model.posts import whole_posts
from model.start import another, elsewhere, starting_point
from tests.model.conftest import lever_rows, parameters


def test_posts_are_whole_and_as_many_as_the_caseload_asks_for() -> None:
    luck = (np.arange(1000) + 0.5) / 1000
    for places in (15, 20, 47):
        assert np.mean([whole_posts(places, 15.0, one) for one in luck]) == pytest.approx(places / 15, abs=1e-3)
    assert whole_posts(0, 15.0, 0.5) == 0
    assert {whole_posts(1, 15.0, one) for one in luck} == {1}


def test_another_is_everybody_but_oneself_and_equally_often() -> None:
    luck = (np.arange(60) + 0.5) / 60
    assert sorted({another(10, 4, 11, one) for one in luck}) == [10, 12, 13]
    assert [sum(another(10, 4, 11, one) == row for one in luck) for row in (10, 12, 13)] == [20, 20, 20]
    assert {another(10, 4, 17, one) for one in luck} == {10, 11, 12, 13}  # a vacant post's ties
    assert another(10, 1, 10, 0.3) == another(10, 0, 10, 0.3) == -1


def test_elsewhere_is_any_filled_post_of_another_provider_inside() -> None:
    posts = [(0, 2, 1), (20, 0, 1), (40, 1, 1), (60, 3, 0)]
    providers = np.array(
        [
            SimpleNamespace(staff_first=first, staff_crisis=a, staff_reform=b, outside=first == 60)
            for first, a, b in posts
        ]
    )
    luck = (np.arange(60) + 0.5) / 60
    assert {elsewhere(providers, 0, one) for one in luck} == {20, 40, 41}
    assert {elsewhere(providers, 1, one) for one in luck} == {0, 1, 2, 40, 41}


@pytest.mark.parametrize("people", [500, 1000, None])
def test_ties_lead_to_filled_posts_at_every_size(people: int | None) -> None:
    p = parameters()
    world = starting_point(p, people, 3, lever_rows("status_quo", 12), 12)
    staff, peers = world.professionals, world.peers
    filled = np.flatnonzero(staff["service"] != VACANT)
    ties = int(p["ties_colleagues"][0])
    assert (staff["service"][peers[filled][peers[filled] >= 0]] != VACANT).all()
    assert (peers[filled] != filled[:, None]).all()
    of_house = filled[staff["service"][filled] != IN_OUTREACH]
    assert ((peers[of_house] >= 0).sum(axis=1) == ties).mean() > 0.95  # who works alone has ties elsewhere only
