"""The machinery of the answer on a handful of tiny worlds, which get no verdict: searches of equal effort, blocks that
go on after they were stopped, rows that are the same again to a digit, and a page made of templates and stored rows."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from engine.errors import BadInput
from evidence.quantities import find_quantity
from scenarios.strategy import find_strategy
from studies.answer import judge as judging
from studies.answer import page, told
from studies.answer.arms import CRITIC, STRATEGIES, check_critics, goals, judged, of_critic, tuned, tuned_name
from studies.answer.judge import ARMS, Judge, again, stored
from studies.answer.measured import Share, _again, _tried, between, drawn_together, factor_at, shares
from studies.answer.plan import CAMPS, SIGNS, Effort, bounds_of, camp_of, camps, effort, plan, shared
from studies.answer.search import (
    RANDOM,
    SHIPPED,
    TABLE,
    Training,
    levers_of,
    params_of,
    read_trials,
    run_critic,
    run_searches,
)
from studies.answer.stored import Gap, Stored, is_quick
from studies.answer.texts import said
from studies.answer.worlds import SHORT, lived, store
from studies.executors import Team, team_of
from studies.folder import opened
from studies.growth import expand
from tests.answers import TREES

TINY = replace(effort(quick=True), number=2, block=1, replicates=2, people=500, cases=1, cases_replicates=1, trials=3,
               startup=2, at_once=3, training=1, critic=2)  # fmt: skip


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    """Threads of this process, which has the rules compiled."""
    found = team_of("threads", 2)
    yield found
    found.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, team: Team) -> Path:
    """An answer of two worlds, all parts done."""
    out = tmp_path_factory.mktemp("answer") / "tiny"
    run_searches(TINY, out, team)
    Judge(TINY, out, team).judge()
    return out


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick effort is this one."""
    for module in ("studies.answer.plan", "studies.answer.page", "studies.answer.judge"):
        monkeypatch.setattr(f"{module}.effort", lambda quick=False: TINY)


# --- searches ---------------------------------------------------------------------------------------------------------


def test_every_camp_gets_the_same_effort(folder: Path) -> None:
    trials = read_trials(folder / TABLE)
    for camp in CAMPS:
        own = [one for one in trials if one.search == camp]
        assert [one.number for one in own] == [*range(TINY.trials)]
        assert [one.by for one in own[:2]] == [SHIPPED, RANDOM]


def test_the_arm_of_each_goal_is_the_best_candidate_in_its_camp(folder: Path) -> None:
    trials = read_trials(folder / TABLE)
    for camp in CAMPS:
        own = [one for one in trials if one.search == camp and one.candidate]
        for goal in goals():
            path = folder / STRATEGIES / f"{tuned_name(camp, goal)}.toml"
            strategy, most = find_strategy(path), max(one.values[goal] for one in own)
            winner = next(one for one in own if one.values[goal] == most)
            assert camp_of(strategy) == camp
            levers = strategy.settings()[0][1]
            assert {name: levers[name] for name in winner.levers} == winner.levers
            assert f"Setting {winner.number} of the search '{camp}'" in path.read_text(encoding="utf-8")


def test_a_search_asks_and_finds_the_same_again_and_lives_nothing_anew(
    folder: Path, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / TABLE).read_bytes()
    (folder / TABLE).unlink()

    def none(*_: Any, **__: Any) -> None:
        raise AssertionError("a setting was lived again")

    monkeypatch.setattr("studies.answer.search.expand", none)
    run_searches(TINY, folder, team)
    assert (folder / TABLE).read_bytes() == before


def test_a_search_goes_on_from_its_table_on_another_machine(folder: Path, team: Team, tmp_path: Path) -> None:
    """Two camps are in the table, and a setting of the first is not what is asked now: that batch is lived again."""
    table = pl.read_csv(folder / TABLE)
    changed = table.with_columns(
        params=pl.when((pl.col("search") == CAMPS[0]) & (pl.col("number") == 1)).then(pl.lit("{}")).otherwise("params")
    )
    changed.filter(pl.col("search") != CAMPS[2]).write_csv(tmp_path / TABLE)
    run_searches(TINY, tmp_path, team)
    assert (tmp_path / TABLE).read_bytes() == (folder / TABLE).read_bytes()
    lived_here = {path.stem for path in (tmp_path / "runs" / "settings").glob("*.toml")}
    assert lived_here == {f"{camp}_{number:04d}" for camp in (CAMPS[0], CAMPS[2]) for number in range(TINY.trials)}
    for file in (folder / STRATEGIES).glob("[!c]*.toml"):
        assert (tmp_path / STRATEGIES / file.name).read_bytes() == file.read_bytes()


def test_a_search_that_is_done_needs_nothing_but_its_table_and_files(folder: Path, team: Team, tmp_path: Path) -> None:
    (tmp_path / STRATEGIES).mkdir()
    for file in (*folder.glob(f"{STRATEGIES}/*.toml"), folder / TABLE):
        (tmp_path / file.relative_to(folder)).write_bytes(file.read_bytes())
    found = run_searches(TINY, tmp_path, team)
    assert [one.levers for one in found] == [one.levers for one in read_trials(folder / TABLE)]
    assert not (tmp_path / judging.RUNS).exists()
    table = pl.read_csv(tmp_path / TABLE).with_columns(plan=pl.lit("another"))
    table.write_csv(tmp_path / TABLE)
    with pytest.raises(BadInput, match="another plan"):
        run_searches(TINY, tmp_path, team)


def test_whatever_a_search_draws_lies_in_its_camp() -> None:
    luck = np.random.default_rng(1)
    for camp in CAMPS:
        for _ in range(50):
            params = {name: float(luck.uniform(low, high)) for name, (low, high) in bounds_of(camp).items()}
            params["grant_term"] = round(params["grant_term"])
            params |= {f"weight of {name}": float(luck.random()) for names in shared().values() for name in names}
            levers = levers_of(camp, params)
            assert sum(levers[name] for name in shared()["money"]) == pytest.approx(1, abs=1e-3)
            assert levers["design_users"] + levers["design_blueprint"] <= 1


@pytest.mark.parametrize("camp", CAMPS)
def test_the_first_setting_is_the_shipped_strategy_as_near_as_one_phase_allows(camp: str) -> None:
    strategy = find_strategy(camps()[camp].shipped)
    before, after = strategy.settings()[0][1], levers_of(camp, params_of(camp, strategy))
    for name, value in after.items():
        assert value == pytest.approx(before[name], abs=2e-3), name


def test_the_critic_goes_on_from_what_was_tried(folder: Path, team: Team, tmp_path: Path) -> None:
    trials = run_critic("funder", TINY, folder, team)
    assert len(trials) == TINY.critic
    best = find_strategy(folder / STRATEGIES / f"{CRITIC}_people.toml")
    assert camp_of(best) == "funder"
    every = read_trials(folder / TABLE)
    assert sum(one.search == CRITIC for one in every) == TINY.critic
    most = max(one.values["people"] for one in every if one.search in (CRITIC, "funder") and one.candidate)
    levers = best.settings()[0][1]
    assert any(one.values["people"] == most and all(levers[n] == v for n, v in one.levers.items()) for one in every)


OWN = (
    'title = "Own"\nmeaning = "Own."\nkind = "user-centred"\n[[phase]]\nfrom = 0\n[phase.levers]\nshare_places = 0.9\n'
)
USERS = "design_users = 0.5\nuser_seats = 0.3\n"


@pytest.mark.parametrize(
    ("levers", "wrong"),
    [
        (USERS, ""),
        ("", "camp nobody"),
        (USERS + "budget = 0.02\n", "budget"),
        (USERS + "share_homes = 0.1\n", "control"),
    ],
)
def test_a_critics_own_strategy_has_the_camps_bounds_and_everybodys_money(
    levers: str, wrong: str, tmp_path: Path
) -> None:
    (tmp_path / "critic").mkdir()
    (tmp_path / "critic" / "mine.toml").write_text(OWN + levers, encoding="utf-8")
    assert [*of_critic(tmp_path)] == ["critics_mine"]
    if not wrong:
        check_critics(tmp_path, "users")
        return
    with pytest.raises(BadInput, match=wrong):
        check_critics(tmp_path, "users")


def test_training_worlds_are_shared_out(tmp_path: Path, team: Team) -> None:
    one = replace(TINY, places=("dublin", "alameda", "helsinki"), training=4)
    training = Training(one, tmp_path, team)
    assert [training._worlds(i) for i in range(3)] == [2, 1, 1]


def test_settings_tried_together_keep_every_process_busy(tmp_path: Path, team: Team) -> None:
    """In one place at a time, as many as the full search tries at once: one part would be one process's work."""
    full = effort()
    training = Training(replace(full, people=500), tmp_path, team)
    shelf, plan_ = opened(training._address(full.places[0]))
    expand(shelf, strategies=["user_centred", "carrier", "catalytic_philanthropy", "hybrid"])
    block = opened(training._address(full.places[0]))[1].blocks[-1]
    assert len(plan_.blocks) == 1
    assert full.at_once == 4
    assert block.runs == 4 * training._worlds(0)
    assert block.parts >= 4


# --- the judge --------------------------------------------------------------------------------------------------------


def test_every_arm_is_in_every_world(folder: Path) -> None:
    rows = stored(folder, ARMS)
    wanted = {(arm.name, float(arm.rung)) for arm in judged(tuned(folder)) if arm.rung > 0}
    for world in range(TINY.number):
        here = rows.filter(world=world)
        assert here.height == len(wanted)
        assert {*here.select("arm", "rung").iter_rows()} == wanted


@pytest.mark.slow
def test_a_block_that_was_stopped_goes_on_and_is_the_same(
    folder: Path, team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after its runs are begun and before anything is stored; then done by another."""
    out = tmp_path / "stopped"
    (out / STRATEGIES).mkdir(parents=True)
    for file in (folder / STRATEGIES).glob("[!c]*.toml"):
        (out / STRATEGIES / file.name).write_bytes(file.read_bytes())
    one = replace(TINY, number=1)

    class Killed(BaseException):
        pass

    def stops(said: Any, address: Path, team: Team, told: Any) -> Any:
        lived(said, address, team, told)
        raise Killed

    monkeypatch.setattr(judging, "lived", stops)
    with pytest.raises(Killed):
        Judge(one, out, team).judge()
    assert not [*out.glob("*.parquet")]
    parts = [*(out / judging.RUNS).rglob("part-*.parquet")]
    parts[0].unlink()  # as if it had been at work
    monkeypatch.setattr(judging, "lived", lived)
    Judge(one, out, team).judge()
    assert stored(out, ARMS).equals(stored(folder, ARMS).filter(block=0), null_equal=True)


def test_stored_rows_are_the_same_again_to_a_digit(folder: Path) -> None:
    rows = [("dublin", 0, "users_people", 0.5), ("dublin", 1, "homes", 3.0), ("dublin", 1, "carrier", 1.0)]
    assert again(TINY, folder, rows) == []


def test_a_digit_that_was_changed_is_noticed(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "changed"
    (out / STRATEGIES).mkdir(parents=True)
    for file in (folder / STRATEGIES).glob("*.toml"):
        (out / STRATEGIES / file.name).write_bytes(file.read_bytes())
    table = pl.read_parquet(folder / f"{ARMS}-dublin-00.parquet")
    table.with_columns((pl.col("people_a") + 1).cast(pl.Float32())).write_parquet(out / f"{ARMS}-dublin-00.parquet")
    wrong = again(TINY, out, [("dublin", 0, "homes", 1.0)])
    assert len(wrong) == 1
    assert "people_a" in wrong[0]


def test_rows_of_another_plan_are_refused(folder: Path, tiny: None) -> None:
    with pytest.raises(BadInput, match="of another effort"):
        judging.check_same(folder / f"{ARMS}-dublin-00.parquet", judging.about(replace(TINY, quick=False)))


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_tiny_worlds_get_a_page_and_no_verdict(
    folder: Path, team: Team, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "TREES", TREES)
    judge = Judge(TINY, folder, team)
    judge.zero()
    judge.practices()
    text = page.write_page(folder, quick=True).read_text(encoding="utf-8")
    assert said(page.TOO_FEW) in text
    assert "is no answer" in text
    assert "plausible worlds; in" not in text
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert len(heads) == 9
    for name in plan()["zero"]["cases"].values():
        assert name["title"] in text
    assert page.text(page.read_page(folder)) == text  # what is stored beside the rows is all of it
    kept = (folder / page.PAGE_DATA).read_text(encoding="utf-8")
    (folder / page.PAGE_DATA).write_text(kept.replace('"parts"', '"part"'), encoding="utf-8")
    with pytest.raises(BadInput, match="not what Unfreeze wrote"):
        page.read_page(folder)
    (folder / page.PAGE_DATA).write_text(kept.replace('"rows": "', '"rows": "x', 1), encoding="utf-8")
    with pytest.raises(BadInput, match="of other rows"):
        page.read_page(folder)
    (folder / page.PAGE_DATA).unlink()
    with pytest.raises(BadInput, match="answer page"):
        page.read_page(folder)


def test_a_folder_says_whether_it_is_of_a_quick_run(folder: Path, tmp_path: Path) -> None:
    assert is_quick(folder)
    store(tmp_path / f"{ARMS}-dublin-00.parquet", stored(folder, ARMS), replace(TINY, quick=False))
    assert not is_quick(tmp_path)
    with pytest.raises(BadInput, match="unfreeze answer"):
        is_quick(tmp_path / "nothing")


def test_controls_are_read_where_all_payers_spend_the_same(folder: Path, tiny: None) -> None:
    found = Stored(folder, quick=True)
    arm, place = "homes", "dublin"
    half = found.at_cost(place, arm, "money", found.cost(place, arm, 2.0))
    assert half is not None
    assert float(half[0].mean()) == pytest.approx(found.cost(place, arm, 2.0), rel=1e-6)


def share_of(better: float, worse: float) -> Share:
    three = [(one, one, one) for one in (better, 1 - better - worse, worse)]
    return Share(three[0], three[1], three[2], (better, 1 - better - worse, worse), 0.0, 0.0, 100, 0)


SHARES = {
    "ahead": share_of(0.7, 0.1),
    "behind": share_of(0.2, 0.6),
    "same": share_of(0.1, 0.2),
    "open": share_of(0.4, 0.4),
}


def told_of(about: str, share: Share | None, one: str = "users", other: str = "funder") -> str:
    return said(page.sentence(about, Gap("", "", "", share), one, other, 0.5))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("about", [name for name in plan()["sentences"] if name != "tree"])
def test_each_sign_has_its_sentence(about: str, sign: str) -> None:
    found = SHARES[sign]
    assert found.sign == sign
    text = told_of(about, found)
    assert "{" not in text
    assert text.endswith(".")
    assert text not in {told_of(about, SHARES[one]) for one in SIGNS if one != sign}
    assert f"{100 * max(found.better[0], found.worse[0]):.0f}%" in text or sign == "same"


@pytest.mark.parametrize("about", ["homes", "equal"])
def test_where_there_is_no_same_money_that_is_said(about: str) -> None:
    text = told_of(about, None)
    assert "no more than" in text
    assert "{" not in text


def test_no_sentence_of_a_contrast_is_for_one_side_only() -> None:
    """Camps change places, and nothing else in it does."""
    for about in ("people", "money", "places", "fit", "equal"):
        one, other = (told_of(about, SHARES["ahead"], *camps_).lower()
                      for camps_ in (("users", "funder"), ("funder", "users")))  # fmt: skip
        swapped = one.replace("users lead", "@").replace("the funder leads", "users lead")
        assert swapped.replace("@", "the funder leads") == other


# --- beliefs ----------------------------------------------------------------------------------------------------------


def believing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """400 worlds of which one drawn number decides: users' lead is worth 100 people where `contact` is above a half of
    its range, and costs them below."""
    one = replace(TINY, number=400, block=400, people=2000)
    for module in ("studies.answer.plan", "studies.answer.page", "studies.answer.judge"):
        monkeypatch.setattr(f"{module}.effort", lambda quick=False: one)
    contact = np.linspace(*(find_quantity("contact").low, find_quantity("contact").high), 400)
    zeros, ones = np.zeros(400), np.ones(400)
    keys = {"place": ["dublin"] * 400, "block": np.zeros(400, np.int32), "world": np.arange(400, dtype=np.int32)}
    worlds = {"scale": ones, "people": np.full(400, 2000), "p_contact": contact}
    worlds |= {f"margin_{short}": ones for short in SHORT}
    store(tmp_path / "worlds-dublin-00.parquet", pl.DataFrame(keys | worlds), one)
    tables = []
    for name in ("users_people", "funder_people", "nobody_people", "homes"):
        for rung in (0.5, 1.0, 2.0):
            people = np.where(contact > contact.mean(), 100.0, -100.0) if name == "users_people" else zeros
            halves = {f"{short}_{half}": people if short == "people" else ones if short == "money" else zeros
                      for short in SHORT for half in "ab"}  # fmt: skip
            tables.append(pl.DataFrame(keys | {"arm": [name] * 400, "rung": np.full(400, rung)} | halves |
                                       {"carried": np.ones(400, np.bool_)}))  # fmt: skip
    store(tmp_path / "arms-dublin-00.parquet", pl.concat(tables), one)
    return Stored(tmp_path, quick=True)


def test_beliefs_choose_the_worlds_that_are_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, quantity = believing(tmp_path, monkeypatch), find_quantity("contact")
    assert found.gap("users_people", "funder_people", "people").share.better[0] == pytest.approx(0.5)  # type: ignore[union-attr]
    for value, sign in ((quantity.high, "ahead"), (quantity.low, "behind")):
        near = found.near({"contact": value})
        assert near.number() == 100
        share = near.gap("users_people", "funder_people", "people").share
        assert share is not None
        assert share.sign == sign
    assert found.number() == 400


def test_a_change_of_belief_is_answered_in_the_plans_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    believing(tmp_path, monkeypatch)
    page.believed(tmp_path, True, {"contact": find_quantity("contact").low})
    text = page.believed(tmp_path, True, {"contact": find_quantity("contact").high})
    assert text.startswith("The 100 worlds nearest to contact")
    assert "Where users lead, more people live in secure homes" in text


def test_what_the_contrast_follows_goes_most_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = believing(tmp_path, monkeypatch)
    assert told.moves_with(found) == ["contact"]
    few = found.near({"contact": 0.05})
    few.worlds = few.worlds.with_columns(people=pl.lit(500))
    assert told.moves_with(few) == []


def test_a_contrast_near_to_a_belief_is_not_that_of_all_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though contrasts that were read once are kept."""
    found = believing(tmp_path, monkeypatch)
    every = found.gap("users_people", "funder_people", "people")
    assert found.gap("users_people", "funder_people", "people") is every
    near = found.near({"contact": find_quantity("contact").high}).gap("users_people", "funder_people", "people")
    assert every.share is not None
    assert near.share is not None
    assert (every.share.better[0], near.share.better[0]) == (0.5, 1.0)


def test_what_was_not_drawn_cannot_be_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = believing(tmp_path, monkeypatch)
    with pytest.raises(BadInput, match="fit_width"):
        found.near({"fit_width": 0.3})
    with pytest.raises(BadInput, match="contact"):
        found.near({"contact": -5.0})


# --- shares -----------------------------------------------------------------------------------------------------------


def test_shares_of_worlds_that_are_known_exactly() -> None:
    values = np.tile(np.repeat([3.0, 0.0, -3.0], [50, 30, 20]), (2, 1))
    found = shares({"a": values}, {"a": np.ones(100)}, 1)
    assert [found.better[0], found.same[0], found.worse[0]] == pytest.approx([0.5, 0.3, 0.2])
    assert found.better[1] < 0.5 < found.better[2]
    assert found.luck == 0
    less = shares({"a": values}, {"a": np.ones(100)}, -1)
    assert [less.better[0], less.worse[0]] == pytest.approx([0.2, 0.5])


def test_luck_alone_makes_no_world_better() -> None:
    values = np.random.default_rng(1).normal(0, 2.0, (2, 4000))
    found = shares({"a": values}, {"a": np.ones(4000)}, 1)
    assert found.as_run[0] > 0.2
    assert found.same[0] > 0.95
    assert found.luck == pytest.approx(1, abs=0.1)


def test_taking_luck_out_gives_the_shares_that_hold() -> None:
    """Worlds differ by 2 margins, halves by luck of 2 more: the shares are those of what is expected."""
    luck = np.random.default_rng(2)
    expected = luck.normal(0, 2.0, 20_000)
    found = shares({"a": expected + luck.normal(0, 2.0, (2, 20_000))}, {"a": np.ones(20_000)}, 1)
    assert found.better[0] == pytest.approx(float((expected > 1).mean()), abs=0.01)
    assert found.better[0] < found.as_run[0]
    apart, lost = drawn_together(expected + luck.normal(0, 2.0, (2, 20_000)))
    assert apart.std() == pytest.approx(2.0, rel=0.03)
    assert lost == pytest.approx(1 / 3, abs=0.02)


@pytest.mark.parametrize("worlds", [1, 2, 7, 150])
@pytest.mark.parametrize(("apart", "luck"), [(0.0, 0.0), (0.0, 2.0), (2.0, 0.0), (1.5, 1.0)])
def test_moving_the_margins_is_drawing_the_worlds_together(worlds: int, apart: float, luck: float) -> None:
    """The bootstrap's shares, sample by sample, by drawing each of its worlds."""
    chance = np.random.default_rng(4)
    values = 0.3 + chance.normal(0, apart, worlds) + chance.normal(0, luck, (2, worlds))
    slowly = []
    for sample in _again(worlds)[:200]:
        drawn, _ = drawn_together(values[:, sample])
        slowly.append([(drawn > 1).mean(), 1 - (drawn > 1).mean() - (drawn < -1).mean(), (drawn < -1).mean()])
    assert _tried(values)[:200] == pytest.approx(np.array(slowly), abs=1e-12)


def test_places_count_alike() -> None:
    one, other = np.full((2, 900), 3.0), np.full((2, 100), -3.0)
    found = shares({"a": one, "b": other}, {"a": np.ones(900), "b": np.ones(100)}, 1)
    assert (found.better[0], found.worse[0]) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(5.0, (0.5, True)), (10.0, (1.0, True)), (25.0, (2.5, True)), (70.0, (5.0, False)), (0.0, None), (-3.0, None)],
)
def test_a_ladder_is_read_where_it_costs_what_is_wanted(wanted: float, expected: tuple[float, bool] | None) -> None:
    rungs, costs = [0.0, 1.0, 2.0, 5.0], [0.0, 10.0, 20.0, 50.0]
    assert factor_at(rungs, costs, wanted) == expected
    if expected is not None:
        values = [np.full(3, 10 * rung) for rung in rungs]
        assert between(rungs, values, expected[0]) == pytest.approx(10 * expected[0])


def test_what_costs_nothing_has_no_same_money() -> None:
    assert factor_at([0.0, 1.0], [0.0, -4.0], 3.0) is None


# --- trees, restated assumptions --------------------------------------------------------------------------------------


def worlds_that_turn(monkeypatch: pytest.MonkeyPatch, gap: Any) -> Any:
    """400 worlds in which a contrast is `gap` of two drawn numbers and nothing else."""
    x = np.random.default_rng(3).random((400, 3))
    monkeypatch.setattr(told, "drawn", lambda found: (["context_gap", "fit_width", "contact"], x))
    monkeypatch.setattr(told, "expected", lambda found, one, other, measure: (gap(x), 0.0))
    return SimpleNamespace()


def test_the_tree_says_what_turns_the_contrast(monkeypatch: pytest.MonkeyPatch) -> None:
    found = worlds_that_turn(monkeypatch, lambda x: np.where(x[:, 0] > 0.6, 3.0, -3.0))
    words = [*map(said, told.tree(found).words)]
    assert len(words) == 3
    for lead, side in (("Users' lead leaves more when", "above"), ("A funder's plan leaves more when", "at most")):
        text = next(one for one in words if one.startswith(lead))
        at = re.search(rf"`context_gap`\) is {side} (\S+) ", text)
        assert at is not None
        assert float(at[1]) == pytest.approx(0.6, abs=0.02)


def test_the_tree_has_five_splits_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    found = worlds_that_turn(monkeypatch, lambda x: 4 * np.sin(20 * x[:, 0]) * np.cos(15 * x[:, 1]))
    assert 2 <= len(told.tree(found).words) - 1 <= plan()["tree"]["splits"] + 1


def test_without_scikit_learn_the_page_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = worlds_that_turn(monkeypatch, lambda x: np.where(x[:, 0] > 0.6, 3.0, -3.0))
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    for part in (told.tree, told.restated):
        with pytest.raises(BadInput, match=r"unfreeze\[studies\]"):
            part(found)


def test_where_nothing_turns_it_the_tree_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    found = worlds_that_turn(monkeypatch, lambda x: np.zeros(len(x)))
    assert said(told.tree(found).words[0]).startswith("No number of the model tells the worlds apart")


def test_a_contrast_that_follows_a_definition_is_called_nearly_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = worlds_that_turn(monkeypatch, lambda x: 5 * x[:, 0] + 3 * x[:, 1])
    monkeypatch.setattr(told, "TREES", 20)
    monkeypatch.setattr(told, "SHORT", {"fit": "fit"})
    by_group = told.restated(found)
    ours = by_group["users", "funder", "fit"]
    assert ours["close"] > 0.8
    assert ours["distances"] > ours["width"]
    assert math.isnan(ours["money"])
    assert "nearly a definition" in said(told.restates(by_group).words[0])


def test_every_measure_has_a_direction_and_a_place() -> None:
    assert [*SHORT] == ["people", "money", "places", "fit"]


def test_an_effort_is_the_plans() -> None:
    one: Effort = effort()
    assert (one.trials, one.critic, one.training) == (200, 200, 100)
