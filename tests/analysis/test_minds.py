"""Minds: the sentence says what the intervals say; camps, coalition and events are those of the run."""

import numpy as np
import pytest

from analysis import minds
from analysis.comparison import SoFar
from model.state import EVENTS
from runs.ensemble import batches
from runs.minds import Minds, Network, record
from runs.running import burnt_in
from runs.store import events_of
from runs.summary import Batch, Summary
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario, with_twins
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

STRATEGIES = ("catalytic_philanthropy", "user_centred")
MONTHS = 120
END, LAST = 72, 120


def scenarios(*names: str) -> list[Scenario]:
    place, world = find_place("dublin"), find_worldview("evidence")
    return with_twins([Scenario(find_strategy(name), place, world, 500, MONTHS, 1) for name in names])


def told(differences: dict[str, tuple[float, float]], names: tuple[str, ...] = STRATEGIES) -> SoFar:
    """A comparison in which each strategy differs from nobody in everything by (mean, noise)."""
    summary, draw = Summary(), np.random.default_rng(1)
    for r in range(8):
        values = np.full((1 + len(names), MONTHS + 1, len(minds.SHOWN)), 0.5)
        for i, name in enumerate(names, start=1):
            mean, noise = differences[name]
            values[i] += mean + noise * draw.standard_normal()
        labels = (NOBODY, *names)
        summary.add(Batch(r, labels, minds.SHOWN, values, (r,) * len(labels), None, ("done",) * len(labels),
                          ("",) * len(labels)))  # fmt: skip
    return SoFar(scenarios(*(names or (NOBODY,))), summary=summary)


def test_the_sentence_says_what_the_intervals_say() -> None:
    compared = told({"catalytic_philanthropy": (-0.04, 0.001), "user_centred": (0.1, 0.001)})
    text = minds.sentence(compared)
    assert text.startswith("At the programme's end, compared with no foundation, key workers' belief is higher under ")
    assert "lower under Catalytic philanthropy (−0.04" in text
    assert "service managers' readiness is higher under" in text
    assert "points)" in text
    assert minds.later(compared).startswith("48 months after the programme's end, key workers' belief is higher under")


@pytest.mark.parametrize(
    ("difference", "word"),
    [((0.0, 0.0), "practically the same"), ((0.005, 0.2), "not known"), ((0.012, 0.01), "higher, size open"),
     ((-0.012, 0.01), "lower, size open"),
     ((0.05, 0.001), "higher"), ((-0.05, 0.001), "lower")],
)  # fmt: skip
def test_where_intervals_cross_it_says_so(difference: tuple[float, float], word: str) -> None:
    compared = told(dict.fromkeys(STRATEGIES, difference))
    for month in (END, LAST):
        assert minds.said(compared, "belief", month).startswith(f"{word} under ")
        assert ("both" in minds.said(compared, "belief", month)) == (word in ("practically the same", "not known"))
    assert word in minds.beneath(compared, "on_side")
    assert ("these runs cannot tell" in minds.beneath(compared, "belief")) == (word == "not known")


def test_nobody_to_compare_with_is_said() -> None:
    assert minds.sentence(told({}, ())) == (
        "This is what happens to key workers and service managers without a foundation."
    )


@pytest.fixture(scope="module")
def recorded() -> list[Minds]:
    found = scenarios(*STRATEGIES)
    past = burnt_in(found[0])
    return [record(past, one, lambda _: None) for one in found]


def test_camps_are_all_professionals(recorded: list[Minds]) -> None:
    for one in recorded:
        found, measured = minds.camps(one), one.run.measured
        assert measured is not None
        assert found.far + found.between + found.on_side == pytest.approx(1)
        assert found.on_side == pytest.approx(measured["on_side"])
        assert found.far == pytest.approx(measured["laggards"])


def small(belief: list[float], readiness: list[float]) -> Minds:
    """Two providers with a manager each and two posts each; colleagues listen to each other, managers do not."""
    network = Network(
        np.array([0, 0, 1, 1]), np.zeros(4, bool), np.array([[1], [0], [3], [2]]), np.array([[-1], [-1]]),
        np.zeros(2, bool),
    )  # fmt: skip
    one, none = np.array([readiness]), np.zeros(1, np.int64)  # counts are not asked for
    return Minds("one", None, network, np.zeros((1, 20), np.int64), none, none, np.array([belief]), one, one, one,  # type: ignore[arg-type]
                 0.65, 0.3)  # fmt: skip


@pytest.mark.parametrize(
    ("belief", "readiness", "live", "largest"),
    [
        ([0.2, 0.5, 0.6, np.nan], [0.1, 0.1], 0, 0),
        ([0.7, 0.7, 0.7, np.nan], [0.1, 0.1], 1, 2),  # two colleagues, and one alone elsewhere
        ([0.7, 0.7, 0.65, 0.9], [0.5, 0.4], 4, 3),  # two colleagues and their manager; the other two
        ([0.1, 0.1, 0.1, 0.1], [0.9, 0.9], 0, 1),
    ],
)  # fmt: skip
def test_the_coalition_is_those_on_side_who_hang_together(
    belief: list[float], readiness: list[float], live: int, largest: int
) -> None:
    found = minds.coalition(small(belief, readiness))
    assert (found.live[0], found.largest[0]) == (live, largest)
    assert found.staff[0] == np.isfinite(belief).sum()
    assert found.side[0] == (np.array(belief) >= 0.65).sum()


def test_the_same_post_stands_at_the_same_spot(recorded: list[Minds]) -> None:
    used = np.any([np.isfinite(one.belief).any(axis=0) for one in recorded], axis=0)
    spots = [minds.layout(one.network, used) for one in recorded]
    for posts, bosses in spots:
        assert np.array_equal(posts, spots[0][0], equal_nan=True)
        assert np.array_equal(bosses, spots[0][1])
        assert ((posts[used] > 0) & (posts[used] < 1)).all()
        assert len({tuple(at) for at in posts[used].round(4).tolist()}) == used.sum()  # nobody stands on somebody


def test_everything_that_happened_is_there_once(recorded: list[Minds]) -> None:
    assert set(minds.MEANINGS) == {*EVENTS, minds.CAMPAIGN}
    for one in recorded:
        found = minds.happened(one)
        events = events_of(one.run)
        counted = {kind: sum(h.times for h in found if h.kind == kind) for kind in EVENTS}
        assert {kind: n for kind, n in counted.items() if n} == dict(events["event"].value_counts().iter_rows())
        for kind in minds.kinds([found]):
            assert sum(minds.yearly(found, kind, MONTHS)) == sum(h.times for h in found if h.kind == kind)
        awards = [h for h in found if h.kind == "award"]
        money = events.filter(event="award")["amount"].sum()
        assert sum(h.amount for h in awards) == pytest.approx(money)


def test_an_event_is_said_in_words() -> None:
    domain = told({}, ()).domain
    assert minds.Happened(3, "award", 2, 60_000.0).says(domain) == "award, 2 times (EUR 60,000)"
    assert minds.Happened(3, "beds close", 1, 4.0).says(domain) == "beds close (4 beds)"
    assert minds.Happened(3, "opens places", 1, 1.0).says(domain) == "opens places (1 place)"
    assert minds.Happened(3, "obstacle found", 1, 2.0).says(domain) == "obstacle found"


def test_voices_are_the_measured_ones(recorded: list[Minds]) -> None:
    for one in recorded:
        found = minds.voices(one)
        measured = one.run.measured
        assert measured is not None
        assert found.low - found.high == pytest.approx(measured["voice_gap"])
        assert ((found.heard > 0) & (found.heard < 1)).all()


def test_the_measures_that_are_drawn_can_be_kept() -> None:
    (batch,) = batches(scenarios(NOBODY)[:1], 1, measures=minds.SHOWN)
    assert batch.measures == minds.SHOWN
