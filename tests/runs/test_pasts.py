"""Pasts: a burn-in that is there is not run again, whoever asks, and nothing else is taken for it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from polars.testing import assert_frame_equal

import runs.ensemble as subject
from model.state import BURN_IN, World
from runs.ensemble import batches, ensemble
from runs.pasts import Pasts, weight
from runs.running import burnt_in, eve, lived
from scenarios.names import shipped
from scenarios.scenario import Scenario

Small = Callable[..., Scenario]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds of all pasts that an ensemble had to make."""
    seeds: list[int] = []

    def counted(scenario: Scenario, look: Any) -> World:
        seeds.append(scenario.seed)
        return burnt_in(scenario, look)

    monkeypatch.setattr(subject, "eve", counted)
    return seeds


def test_a_past_that_is_there_is_not_made_again_and_changes_no_digit(small: Small, made: list[int]) -> None:
    pasts, found = Pasts(), [small("homes"), small("user_centred")]
    without = ensemble(found, 2)
    made.clear()
    for again in range(3):
        results = ensemble(found, 2, pasts=pasts)
        assert_frame_equal(results.months, without.months, check_exact=True)
        assert_frame_equal(results.events, without.events, check_exact=True)
        assert sorted(made) == [1, 2], again
    moved = [small("homes", sets=("budget=0.02",)), small("top_up", months=100, sets=("budget=0.02",))]
    ensemble(moved, 3, pasts=pasts)  # a slider moves, another strategy comes, replicates are added
    assert sorted(made) == [1, 2, 3]


@pytest.mark.parametrize("changes", [{"people": 501}, {"seed": 7}, {"world": "sceptic"}, {"sets": ("contact=0.08",)}])
def test_another_past_is_another(small: Small, made: list[int], changes: dict[str, Any]) -> None:
    pasts, other = Pasts(), small("homes", **changes)
    ensemble([small("homes")], 1, pasts=pasts)
    result = ensemble([other], 1, pasts=pasts)
    assert made == [1, other.seed]
    assert_frame_equal(result.months, ensemble([other], 1).months, check_exact=True)


def test_a_kept_past_stays_as_it_is(small: Small) -> None:
    one = small("user_centred")
    past = burnt_in(one)
    before = [table.tobytes() for table in past]
    ends = [lived(past, one) for _ in range(2)]
    assert [table.tobytes() for table in past] == before
    assert ends[0].users.tobytes() == ends[1].users.tobytes() != past.users.tobytes()


def test_a_past_depends_on_its_key_alone(small: Small) -> None:
    one, other = small("homes", months=84), small("user_centred", months=200)
    assert one.burn_in_key == other.burn_in_key
    a, b = burnt_in(one), burnt_in(other)
    assert [table.tobytes() for table in a] == [table.tobytes() for table in b]
    assert len(a.measured) == BURN_IN


@pytest.mark.parametrize("name", shipped("strategy"))
def test_the_months_before_anybody_decides_are_everybodys(small: Small, name: str) -> None:
    """A strategy lives on from the eve that another strategy made as it does from its own burn-in, to the last bit."""
    other = small("status_quo" if name != "status_quo" else "user_centred", sets=("duration=36",))
    one = small(name, months=120)
    assert one.eve_key == other.eve_key
    shared, own = lived(eve(other), one), lived(burnt_in(one), one)
    assert [table.tobytes() for table in own] == [table.tobytes() for table in shared]


@pytest.mark.parametrize(("start", "quiet"), [(0, 0), (5, 5), (12, 12), (30, 12)])
def test_what_is_shared_ends_when_the_programme_starts(small: Small, start: int, quiet: int) -> None:
    one = small(months=120, sets=(f"start={start}", "duration=48"))
    assert one.quiet == quiet
    assert int(eve(one).system[0].month) == BURN_IN + quiet
    shared, own = lived(eve(one), one), lived(burnt_in(one), one)
    assert [table.tobytes() for table in own] == [table.tobytes() for table in shared]
    assert lived(eve(one), one).measured[BURN_IN + quiet :].tobytes() != lived(
        burnt_in(one.twin()), one.twin()).measured[BURN_IN + quiet :].tobytes()  # fmt: skip


def test_the_least_recently_used_goes_first_and_the_bound_holds(small: Small) -> None:
    worlds = [burnt_in(small("homes").with_seed(seed)) for seed in range(4)]
    most = 2 * max(map(weight, worlds))
    pasts = Pasts(most)
    pasts.keep(0, worlds[0])
    pasts.keep(1, worlds[1])
    assert pasts.find(0) is worlds[0]
    pasts.keep(2, worlds[2])
    assert [pasts.find(key) is not None for key in range(3)] == [True, False, True]
    assert pasts.bytes == weight(worlds[0]) + weight(worlds[2]) <= most
    pasts.keep(0, worlds[3])  # the same key again
    assert len(pasts) == 2
    assert pasts.bytes == weight(worlds[3]) + weight(worlds[2])
    pasts.clear()
    assert (len(pasts), pasts.bytes, pasts.find(0)) == (0, 0, None)
    small_one = Pasts(most=weight(worlds[0]) - 1)
    small_one.keep(0, worlds[0])
    assert (len(small_one), small_one.bytes) == (0, 0)


def test_many_threads_may_share_them(small: Small) -> None:
    world = burnt_in(small("homes"))
    pasts = Pasts(most=5 * weight(world))
    start = threading.Barrier(8)

    def use(k: int) -> None:
        start.wait()
        for i in range(300):
            if pasts.find((k + i) % 9) is None:
                pasts.keep((k + i) % 9, world)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    assert pasts.bytes == len(pasts) * weight(world) == 5 * weight(world)


def test_two_sessions_at_once_share_pasts_and_get_their_own_answers(small: Small) -> None:
    pasts = Pasts()
    sessions = {name: [small(name)] for name in ("homes", "top_up", "user_centred", "carrier")}

    def answer(name: str) -> np.ndarray:
        return np.stack([batch.values for batch in batches(sessions[name], 3, threads=2, pasts=pasts)])

    with ThreadPoolExecutor(4) as pool:
        together = dict(zip(sessions, pool.map(answer, sessions), strict=True))
    assert len(pasts) == 3
    for name, found in sessions.items():
        alone = np.stack([batch.values for batch in batches(found, 3, threads=1)])
        np.testing.assert_array_equal(together[name], alone)


def test_a_past_that_was_stopped_is_not_kept(small: Small) -> None:
    pasts, cancel = Pasts(), threading.Event()
    cancel.set()
    assert list(batches([small("homes")], 2, cancel=cancel, pasts=pasts)) == []
    assert len(pasts) == 0
