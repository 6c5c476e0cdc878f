"""Minds month by month: looking changes nothing, and what is seen is what is measured."""

from collections.abc import Callable

import numpy as np
import pytest

from runs import minds
from runs.minds import EDGES, record
from runs.running import burnt_in, live
from scenarios.scenario import NOBODY, Scenario

Small = Callable[..., Scenario]


def test_looking_changes_no_digit(small: Small) -> None:
    one = small("user_centred")
    seen, unseen = record(burnt_in(one), one, lambda _: None).run, live(one)
    for table in ("measured", "ledger", "events"):
        assert getattr(seen, table).tolist() == getattr(unseen, table).tolist(), table


def test_what_is_seen_is_what_is_measured(small: Small) -> None:
    one = small("user_centred")
    months: list[int] = []
    found = record(burnt_in(one), one, months.append)
    measured = found.run.measured
    assert measured is not None
    assert months == list(range(one.months + 1))
    staff = found.counts.sum(axis=1)
    assert (np.isfinite(found.belief).sum(axis=1) == staff).all()
    assert np.nanmean(found.belief, axis=1) == pytest.approx(measured["belief"], abs=1e-9)
    assert found.side / staff == pytest.approx(measured["on_side"])
    assert found.far / staff == pytest.approx(measured["laggards"])
    assert (found.on_side_from, found.laggards_below) == (0.65, 0.3)  # where two bins meet
    assert found.counts[:, EDGES[:-1] >= 0.65].sum(axis=1).tolist() == found.side.tolist()
    assert found.counts[:, EDGES[:-1] < 0.3].sum(axis=1).tolist() == found.far.tolist()
    inside = ~found.network.outside
    assert found.readiness[:, inside].mean(axis=1) == pytest.approx(measured["readiness"])
    assert found.trust[:, inside].mean(axis=1) == pytest.approx(measured["trust_foundation"])


def test_the_network_is_the_same_under_every_strategy(small: Small) -> None:
    one, other = small("user_centred"), small(NOBODY)
    past = burnt_in(one)
    a, b = (record(past, scenario, lambda _: None).network for scenario in (one, other))
    assert a.ties.tolist() == b.ties.tolist()
    posts = len(a.provider)
    ties = a.ties
    assert (ties[:, 0] < ties[:, 1]).all()
    own = {tuple(tie) for tie in ties.tolist()}
    for row in np.flatnonzero(~a.outreach)[:20]:
        assert (row, posts + a.provider[row]) in own
    assert not any((row, posts + a.provider[row]) in own for row in np.flatnonzero(a.outreach))


def test_a_large_place_is_counted_but_not_followed(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minds, "MOST_POSTS", 10)
    one = small(NOBODY, months=3)
    found = record(burnt_in(one), one, lambda _: None)
    assert not found.followed
    assert (found.counts.sum(axis=1) > 10).all()


def test_a_look_may_stop_it(small: Small) -> None:
    def stop(month: int) -> None:
        if month == 2:
            raise InterruptedError

    one = small(NOBODY)
    with pytest.raises(InterruptedError):
        record(burnt_in(one), one, stop)
