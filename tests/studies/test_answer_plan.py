"""The plan of the answer: its page says what its file says, every strategy has its place in it, and nobody has more."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest

from evidence.quantities import inputs
from model.measures import HEADLINE, MEASURES
from scenarios.levers import load_levers
from scenarios.names import shipped
from scenarios.places import find_place
from scenarios.plausible import open_ranges
from scenarios.strategy import DEFAULT_PAIR, Phase, Strategy, find_strategy
from studies.answer.arms import judged, strategy_of_word, tuned_name
from studies.answer.files import write_strategy
from studies.answer.plan import (
    CAMPS,
    CONTROL,
    FIXED,
    HYBRID,
    LOTTERY,
    SIGNS,
    bounds_of,
    camp_of,
    camps,
    case_settings,
    effort,
    free,
    plan,
    shared,
)
from studies.description import PRACTICES
from tools import answer_plan

KINDS = {  # what a strategy's file calls itself may not contradict where its levers put it
    "users": {"user-centred"}, "funder": {"funder-led"}, "nobody": {"control", "user-centred"},
    HYBRID: {"hybrid", "user-centred"}, CONTROL: {"control", "reference"},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(shipped("strategy")))
def test_every_shipped_strategy_is_in_one_camp_a_hybrid_or_a_control(name: str) -> None:
    strategy = find_strategy(name)
    inside = [camp for camp in CAMPS if all(camps()[camp].holds(levers) for _, levers in strategy.settings())]
    assert len(inside) <= 1 or camp_of(strategy) == CONTROL
    assert strategy.kind in KINDS[camp_of(strategy)]


def test_the_shipped_arms_stand_for_their_camps() -> None:
    for camp in CAMPS:
        assert camp_of(find_strategy(camps()[camp].shipped)) == camp
    assert {camps()["users"].shipped, camps()["funder"].shipped} == {*DEFAULT_PAIR}


def test_every_shipped_strategy_of_a_camp_is_run_beside_the_tuned_ones() -> None:
    camped = {name for name in shipped("strategy") if camp_of(find_strategy(name)) in CAMPS}
    alone = {*PRACTICES}  # they are among the combinations of practices
    assert {*plan()["shipped"]["arms"]} == camped - alone | {HYBRID, "top_up"}


def test_bounds_tell_camps_apart_whatever_else_is_done() -> None:
    """No setting is in two camps."""
    for one in CAMPS:
        for other in CAMPS[CAMPS.index(one) + 1 :]:
            mine, theirs = camps()[one].bounds, camps()[other].bounds
            assert any(
                mine[name][1] < theirs[name][0] or theirs[name][1] < mine[name][0] for name in mine if name in theirs
            )


def test_a_phase_out_of_bounds_makes_a_hybrid() -> None:
    levers = {"share_places": 1.0, "design_users": 0.4, "user_seats": 0.1}
    inside = Strategy("own", "Own", "Own.", "hybrid", (Phase(0, levers),))
    outside = Strategy("own", "Own", "Own.", "hybrid", (Phase(0, levers), Phase(24, {"design_blueprint": 0.1})))
    assert camp_of(inside) == "users"
    assert camp_of(outside) == HYBRID


def test_every_lever_is_free_bounded_shared_or_the_same_for_all() -> None:
    said = [*free(), *(name for names in shared().values() for name in names if name != LOTTERY), *FIXED]
    said += [name for camp in camps().values() for name in camp.bounds if name not in said]
    assert sorted({*said}) == sorted(load_levers())
    for name, (low, high) in [*free().items(), *(item for camp in CAMPS for item in bounds_of(camp).items())]:
        assert load_levers()[name].low <= low < high <= load_levers()[name].high


def test_users_and_funder_have_as_many_levers() -> None:
    assert len(bounds_of("users")) == len(bounds_of("funder"))


def test_all_arms_have_the_same_money_and_time() -> None:
    horizon = plan()["horizon"]
    names = {tuned_name(camp, goal): camps()[camp].shipped for camp in CAMPS for goal in ("people", "places", "fit")}
    for arm in judged(names):
        if arm.rung != 1:
            continue
        for _, levers in answer_levers(arm.word):
            assert levers["budget"] == plan()["money"]["budget"]
            assert (levers["start"], levers["duration"]) == (horizon["start"], horizon["duration"])


def answer_levers(word: str) -> tuple[tuple[int, dict[str, float]], ...]:
    return strategy_of_word(word).settings()


def test_arms_have_names_of_their_own() -> None:
    arms = judged(
        {tuned_name(camp, goal): camps()[camp].shipped for camp in CAMPS for goal in ("people", "places", "fit")}
    )
    assert len({(arm.name, arm.rung) for arm in arms}) == len(arms)


def test_a_strategy_comes_back_from_its_file(tmp_path: Path) -> None:
    for name in ("hybrid", "user_centred", "outside_pilot_then_campaign"):
        strategy = find_strategy(name)
        write_strategy(strategy, tmp_path / f"{name}.toml", ["how it came to be"])
        assert find_strategy(tmp_path / f"{name}.toml").settings() == strategy.settings()


@pytest.mark.parametrize("place", [*plan()["places"]["core"], *plan()["places"]["more"]])
def test_structure_is_drawn_in_every_place(place: str) -> None:
    drawn = open_ranges(find_place(place))
    assert {"resistance_form", "peer_rule"} <= {*drawn}
    assert {"ties_elsewhere", "openness_spread", "agree_results"} <= {*drawn}


def test_what_the_plan_names_exists() -> None:
    for group in plan()["restates"].values():
        assert {*group} <= {*inputs()}
    assert {*plan()["indicators"]["measures"]} <= {*MEASURES.fields}
    said = plan()["measures"]
    assert (*said["first"], *said["second"], *said["third"]) == HEADLINE
    for name in plan()["zero"]["cases"]:
        worldview, settings = case_settings(name)
        assert settings or worldview == "sceptic"


def test_there_is_a_sentence_for_each_sign_and_for_no_difference() -> None:
    known = {"one_leads", "other_leads", "better", "worse", "same", "restated"}
    for kind, texts in plan()["sentences"].items():
        if kind == "tree":
            continue
        assert {*SIGNS} <= {*texts}
        for text in texts.values():
            assert {field for _, field, _, _ in Formatter().parse(text) if field} <= known


def test_a_quick_run_is_smaller_in_everything() -> None:
    full, quick = effort(), effort(quick=True)
    assert full.number >= 2000
    assert len(full.places) >= 3
    assert quick.number == 200
    assert quick.trials < full.trials
    assert quick.blocks == 1


def test_the_page_is_up_to_date() -> None:
    assert answer_plan.main(["--check"]) == 0
