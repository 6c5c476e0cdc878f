"""Scenarios: what cannot be run is said when it is made, and what can be made can be run."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInput, OutOfRange
from model.state import BURN_IN
from runs.running import live
from runs.store import determined_by, run_hash
from scenarios.places import Group, find_place
from scenarios.scenario import NOBODY, Scenario, last_end, lasting_months, with_twins
from scenarios.settings import read_settings
from scenarios.strategy import Phase, Strategy, find_strategy
from scenarios.worldviews import find_worldview

Small = Callable[..., Scenario]
NOTHING = Strategy("mine", "Mine", "Nothing.", "hybrid", (Phase(0, {}),))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"people": 0}, "0 people: there is nobody to simulate. Allowed: 500 to 1,000,000, or nothing for the real"),
        ({"people": -5}, "-5 people: there is nobody"),
        ({"people": 499}, "499 people are too few to represent a system. Allowed: 500 to 1,000,000"),
        ({"people": 1_000_001}, "1,000,001 people are more than this model is made for"),
        ({"people": 700.5}, "'people' is 700.5"),
        ({"people": True}, "'people' is True"),
        ({"months": 0}, "'months' is 0, which is out of range. Allowed: 1 to 480"),
        ({"months": 481}, "'months' is 481"),
        ({"months": 72.0}, r"'months' is 72.0. Allowed: a whole number from 1 to 480"),
        ({"months": 71}, r"programme of 'user_centred' ends in month 72 .* only 71 months. Run at least 72"),
        ({"seed": -1}, "'seed' is -1"),
        ({"seed": 2**63}, "'seed' is"),
    ],
)
def test_what_cannot_be_run_is_said_when_it_is_made(small: Small, changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        small(**changes)


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ("providers=0", "'providers' is 0.0, which is out of range. Allowed: 1 to"),
        ("crisis_beds=0", "'crisis_beds' is 0.0, which is out of range"),
        ("duration=120", "ends in month 132"),
        ("share_homes=1", "is more than the whole"),
    ],
)
def test_settings_that_cannot_be_are_said(small: Small, sets: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        small(sets=(sets,))


def test_a_real_place_can_be_too_small_for_its_own_size_but_not_for_a_copy(small: Small, tmp_path: Path) -> None:
    village = tmp_path / "village.toml"
    text = (Path(__file__).parents[2] / "examples" / "my_city.toml").read_text(encoding="utf-8")
    village.write_text(text, encoding="utf-8")
    sets = ("crisis_beds=20", "rough_stock=5", "reform_places=2")
    with pytest.raises(BadInput, match=r"has \d\d people in the system, which is too few to represent"):
        small(place=str(village), people=None, sets=sets)
    assert small(place=str(village), people=600, sets=sets).scale > 1


def test_what_was_checked_is_what_runs_whatever_becomes_of_where_it_came_from(small: Small) -> None:
    settings = read_settings(["budget=0.02", "contact=0.08"])
    one = replace(small("homes"), settings=settings, drawn=(drawn := {"return_settled": 0.006}))

    def what_runs(one: Scenario) -> tuple[object, ...]:
        return one.parameters().tobytes(), one.lever_rows().tobytes(), one.burn_in_key, determined_by(one)

    before = what_runs(one)
    settings.levers["budget"] = 0.03
    settings.parameters["contact"] = 0.09
    drawn["return_settled"] = 0.009
    one.parameters()["contact"] = 0.5  # copies, both
    one.lever_rows()["budget"] = 0.5
    one.phases[0][1]["budget"] = 0.5
    for same in (one, one.with_seed(1), pickle.loads(pickle.dumps(one))):
        assert what_runs(same) == before
    new = replace(one, months=one.months)  # another scenario is worked out anew
    assert new.parameters()[0].contact == 0.09
    assert new.lever_rows()["budget"].max() == 0.03


def test_another_seed_changes_nothing_else(small: Small) -> None:
    one = small("homes", sets=("budget=0.02",))
    assert one.with_seed(5) == replace(one, seed=5)
    assert one.with_seed(5).lever_rows().tobytes() == replace(one, seed=5).lever_rows().tobytes()
    assert one.seed == 1
    with pytest.raises(BadInput, match="'seed' is -1"):
        one.with_seed(-1)


EXTREMES: dict[str, tuple[str, ...]] = {
    "no grants": ("budget=0",),
    "no supply": ("secure_supply=0",),
    "nobody comes": ("inflow=0",),
    "nobody comes and nothing is there": ("inflow=0", "secure_supply=0", "reform_places=0", "rough_stock=0"),
    "hardly a bed": ("crisis_beds=10",),
    "a flood": ("inflow=5000", "demand_growth=0.2"),
    "more homes than people": ("secure_supply=5000",),
    "grants smaller than a place": ("grants_per_provider=5", "reform_cost=100000"),
    "one grant larger than the budget": ("grants_per_provider=0.03",),
    "a programme of one month": ("start=0", "duration=1"),
    "nothing but listening": ("listening=4", "budget=0.0001"),
    "the money goes": ("austerity=-0.1", "mainstream_growth=-0.05"),
}


@pytest.mark.parametrize("sets", EXTREMES.values(), ids=EXTREMES)
@pytest.mark.parametrize("strategy", ["user_centred", "catalytic_philanthropy"])
def test_extremes_make_a_sensible_run(small: Small, strategy: str, sets: tuple[str, ...]) -> None:
    run = live(small(strategy, sets))
    assert run.measured is not None
    for name in run.measured.dtype.names or ():
        assert np.isfinite(run.measured[name]).all(), name
    for name in ("secure_share", "lasting_places", "crisis_occupancy", "reform_occupancy"):
        assert ((run.measured[name] >= 0) & (run.measured[name] <= 1)).all(), name
    assert (run.measured["people_system"] >= 0).all()


def test_levers_have_a_past_without_a_foundation_and_then_the_programme(small: Small) -> None:
    rows = small("user_centred", months=100).lever_rows()
    assert len(rows) == BURN_IN + 100
    assert not rows["budget"][: BURN_IN + 12].any()
    assert (rows["budget"][BURN_IN + 12 : BURN_IN + 72] > 0).all()
    assert not rows["budget"][BURN_IN + 72 :].any()


def test_settings_of_parameters_come_last(small: Small) -> None:
    assert small(world="innovation").parameters()["context_gap"][0] == 0
    assert small(world="innovation", sets=("context_gap=0.4",)).parameters()["context_gap"][0] == 0.4


def test_the_past_is_shared_by_all_strategies_of_one_world_and_by_nobody_else(small: Small) -> None:
    one = small("homes")
    assert one.burn_in_key == small("user_centred", months=100, sets=("budget=0.02",)).burn_in_key
    for other in (small(seed=2), small(people=600), small(world="sceptic"), small(sets=("inflow=300",))):
        assert one.burn_in_key != other.burn_in_key


def test_the_twin_is_nobody_in_the_same_world(small: Small) -> None:
    one = small("homes", sets=("budget=0.02", "inflow=300"))
    twin = one.twin()
    assert (twin.strategy.name, twin.label, twin.programme) == (NOBODY, NOBODY, None)
    assert twin.parameters()["inflow"] == 300
    assert not twin.settings.levers
    assert twin.burn_in_key == one.burn_in_key


def test_with_twins_adds_nobody_once_and_leaves_out_what_is_repeated(small: Small) -> None:
    found = with_twins([small("homes"), small("homes"), small(NOBODY), small("top_up")])
    assert [one.label for one in found] == [NOBODY, "homes", "top_up"]


def test_with_twins_tells_worldviews_apart(small: Small) -> None:
    found = with_twins([small("homes", world=world) for world in ("evidence", "sceptic")])
    assert [one.label for one in found] == [
        "status_quo@evidence", "homes@evidence", "status_quo@sceptic", "homes@sceptic"
    ]  # fmt: skip


def test_two_different_strategies_cannot_have_one_name(small: Small) -> None:
    mine = replace(small(), strategy=NOTHING, label="")
    other = replace(mine, strategy=replace(NOTHING, title="Other"))
    with pytest.raises(BadInput, match="Two different scenarios are called 'mine'"):
        with_twins([mine, other])
    with pytest.raises(BadInput, match="'status_quo' is the name of what happens without"):
        with_twins([replace(mine, strategy=replace(NOTHING, name=NOBODY))])


def test_what_lasts_is_measured_24_and_48_months_after_the_last_programme(small: Small) -> None:
    usual, long = small(months=160), small("homes", months=160, sets=("duration=84",))
    assert usual.programme == (13, 72)
    assert lasting_months([usual]) == [96, 120]
    assert lasting_months([usual, long]) == [120, 144]
    assert last_end([usual, long]) == 96
    assert lasting_months([small(months=100)]) == [96]
    assert lasting_months([small(months=80)]) == [80]  # too early: the last month
    assert last_end([small(NOBODY)]) is None
    assert lasting_months([small(NOBODY, months=120)]) == [96, 120]


def test_scale_is_one_at_real_size(small: Small) -> None:
    real = small(people=None)
    assert real.scale == 1
    assert small(people=500).scale == pytest.approx(500 / real.real_size, rel=1e-3)


def test_replicates_keep_everything_but_the_seed(small: Small) -> None:
    one = small("homes", sets=("budget=0.02",))
    assert replace(one.with_seed(9), seed=one.seed) == one
    with pytest.raises(OutOfRange):
        one.with_seed(-9)


def test_what_somebody_assumes_goes_before_what_is_drawn(small: Small) -> None:
    """Defaults < domain < place < what is drawn < worldview < --set."""
    drawn = {"contact": 0.06, "peer_rate": 0.03, "crisis_cost": 20_000.0, "refer_belief": 2.0}
    one = small("homes", world="sceptic", sets=("peer_rate=0.05",)).with_set(3, drawn)
    row = one.parameters()[0]
    assert (row["contact"], row["refer_belief"]) == (0, 0)  # the worldview
    assert row["peer_rate"] == 0.05  # --set
    assert row["crisis_cost"] == 20_000  # drawn, over the place's own
    assert one.twin().drawn == one.with_seed(9).drawn == drawn
    assert one.twin().set_number == 3
    assert one.burn_in_key != small("homes", world="sceptic", sets=("peer_rate=0.05",)).burn_in_key


def test_groups_determine_the_past_and_the_digits_and_their_titles_do_not() -> None:
    women = Group("women", "Women", 0.3, finds_bed=0.6)
    rest = Group("rest", "Men", 0.7)

    def made(*groups: Group) -> Scenario:
        place = replace(find_place("dublin"), groups=groups)
        return Scenario(find_strategy("homes"), place, find_worldview("evidence"), people=500)

    one = made(women, rest)
    assert one.groups == (women, rest)
    same = made(replace(women, title="Women of any age", name="w"), rest)
    assert (one.burn_in_key, run_hash(one)) == (same.burn_in_key, run_hash(same))
    for other in (made(), made(replace(women, dies=1.1), rest), made(rest, women)):
        assert one.burn_in_key != other.burn_in_key
        assert run_hash(one) != run_hash(other)


def test_who_is_meant_to_spend(small: Small) -> None:
    assert small("homes").spends
    assert not small("status_quo").spends
    assert not small("placebo").spends
    assert not small("placebo", sets=("budget=0.03",)).spends
    assert not small("homes", sets=("budget=0",)).spends
    assert small("placebo", sets=("share_homes=0.5",)).spends  # not what its file declared
