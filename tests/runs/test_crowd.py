"""A crowd: what was recorded agrees with what was measured, and looking changes nothing."""

from collections.abc import Callable

import numpy as np
import pytest

from agents.service_user import GONE, SITUATIONS
from evidence.strata import THIRDS
from runs.crowd import HERE, crowd, recorded, sampled, third
from runs.lives import everybody
from runs.running import burnt_in, live
from scenarios.scenario import NOBODY, Scenario

Small = Callable[..., Scenario]


def test_recording_agrees_with_the_measures_and_changes_no_digit(small: Small) -> None:
    one = small("user_centred")
    past = burnt_in(one)
    before = past.users.tobytes()
    told = recorded(past, one)
    unseen = live(one)
    assert past.users.tobytes() == before
    assert told.run.measured is not None
    assert unseen.measured is not None
    assert told.run.measured.tobytes() == unseen.measured.tobytes()
    assert told.states.shape == (85, len(told.people))
    for code, situation in enumerate(SITUATIONS[:HERE]):
        counted = unseen.measured[situation].astype(int).tolist()
        assert (told.states == code).sum(axis=1).tolist() == counted, situation
        assert told.counts[:, :, code].sum(axis=1).tolist() == counted, situation
    own_home = [SITUATIONS.index(name) for name in ("settled", "housed")]
    for k, name in enumerate(THIRDS):
        in_system = told.counts[:, k].sum(axis=1) - told.counts[:, k][:, own_home].sum(axis=1)
        assert in_system.tolist() == unseen.measured[f"people_system_{name}"].astype(int).tolist(), name


def test_each_person_is_where_the_histories_say(small: Small) -> None:
    one = small("homes")
    told, (_, table) = recorded(burnt_in(one), one), everybody(one)
    for number in told.people[:: len(told.people) // 25].tolist():
        rows = table.filter(person=number).sort("month")
        own = told.states[:, np.searchsorted(told.people, number)]
        assert np.flatnonzero(own != GONE).tolist() == rows["month"].to_list()
        assert [SITUATIONS[code] for code in own[own != GONE]] == rows["situation"].to_list()


def test_a_crowd_has_the_same_people_in_every_run(small: Small) -> None:
    ones = [small(NOBODY), small("user_centred")]
    past = burnt_in(ones[0])
    months: list[int] = []
    made = crowd(past, ones, tick=months.append)
    assert sum(months) == 2 * 85
    assert made.scenarios == (NOBODY, "user_centred")
    assert made.months == 84
    for own, one in zip(made.states, ones, strict=True):
        alone = recorded(past, one)
        mine = np.isin(made.people, alone.people)
        assert (own[:, mine] == alone.states).all()
        assert (own[:, ~mine] == GONE).all()
    before = next(one.programme for one in ones if one.programme)[0]
    assert (made.states[0, :before] == made.states[1, :before]).all()
    assert (made.states[0] != made.states[1]).any()


def test_a_sample_is_chosen_by_number_and_counts_stay_those_of_everybody(small: Small) -> None:
    one = small("user_centred")
    past = burnt_in(one)
    whole, part = recorded(past, one), recorded(past, one, one_in=4)
    chosen = sampled(whole.people, 4)
    assert part.people.tolist() == whole.people[chosen].tolist()
    assert (part.states == whole.states[:, chosen]).all()
    assert (part.counts == whole.counts).all()
    assert chosen.mean() == pytest.approx(0.25, abs=0.04)


def test_thirds_are_those_of_the_scale() -> None:
    assert third(np.array([0.0, 0.3333, 0.3334, 0.6666, 0.6667, 1.0])).tolist() == [0, 0, 1, 1, 2, 2]
