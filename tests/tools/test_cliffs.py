"""Walks of levers and parameters: what is a jump and what is not, work that resumes, and the page of it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from engine.errors import UnknownName
from evidence.quantities import inputs
from model.measures import HEADLINE
from runs.ensemble import batches
from scenarios.levers import WHOLES, load_levers
from scenarios.scenario import MONTHS, NOBODY
from scenarios.strategy import find_strategy
from tools import cliffs, walks
from tools.walks import CLIFF, LUCK, SEEDS, STEEP, Range, Step, between, cliff_in, jumps_of, seen_again, steps_of

AT = [i / 10 for i in range(11)]
USER = "user_centred"


def luck(seed: int, values: int = 11, seeds: int = SEEDS) -> np.ndarray:
    """Of runs whose standard deviation is 1."""
    return np.random.default_rng(seed).normal(0.0, 1.0, (seeds, values))


def same(curve) -> np.ndarray:
    """The curve in every seed, on a level of the seed's own."""
    return np.arange(SEEDS)[:, None] + np.asarray(curve, float)


def found(outcomes: np.ndarray, at=AT) -> list[tuple[float, float]]:
    return [(step.begins, step.ends) for step in jumps_of(at, outcomes)]


# --- the detector -----------------------------------------------------------------------------------------------------


def test_a_smooth_walk_has_no_jump() -> None:
    assert found(same(AT)) == []
    assert found(same([a**2 for a in AT])) == []
    assert found(20 * same(AT) + luck(1)) == []


def test_nothing_at_all_is_no_jump() -> None:
    assert found(same([0.0] * 11)) == []
    assert all(step == Step(step.begins, step.ends, 0.0, 0.0, 0.0) for step in steps_of(AT, same([0.0] * 11)))


def test_what_rounding_leaves_is_no_jump() -> None:
    assert found(same([0.0] * 5 + [1e-9] * 6)) == []


def test_noise_alone_rarely_jumps_and_hardly_ever_twice() -> None:
    """One step in a hundred at most on the first seeds; other seeds show next to none of them."""
    first = [(k, step) for k in range(300) for step in jumps_of(AT, luck(k))]
    twice = [step for k, step in first if seen_again(step, [step.begins, step.ends], luck(1000 + k, 2))]
    assert 0 < len(first) <= 300 * 10 * 0.01
    assert len(twice) <= 1


def test_one_step_is_found_where_it_is() -> None:
    step = [0.0] * 6 + [1.0] * 5
    assert found(same(step)) == [(0.5, 0.6)]  # from flat to flat: the median is 0
    assert found(20 * same(step) + luck(2)) == [(0.5, 0.6)]
    assert found(same(np.asarray(step) + 0.2 * np.asarray(AT))) == [(0.5, 0.6)]
    assert found(-same(step)) == [(0.5, 0.6)]


def test_lives_that_part_at_one_step_are_no_jump() -> None:
    """Nothing moves but at one step, and there every seed its own way."""
    apart = same([0.0] * 11)
    apart[:, 6:] += np.array([1, -1, 2, -2, 1, -1, 3, -1])[:, None]
    assert found(apart) == []


def test_steps_at_both_ends_are_found() -> None:
    assert found(same([0.0, *[1.0] * 9, 3.0])) == [(0.0, 0.1), (0.9, 1.0)]
    assert found(same([0.0, *np.linspace(5.0, 6.0, 9), 9.0])) == [(0.0, 0.1), (0.9, 1.0)]


def test_a_curve_that_saturates_is_steep_and_a_threshold_a_cliff() -> None:
    def saturating(at):
        return same(1 - np.exp(-8 * np.asarray(at)))

    def threshold(at):
        return same(np.asarray(at) > 0.04)

    finer = between(0.0, 0.1, walks.QUARTERS, whole=False)
    for curve, within in ((saturating, None), (threshold, (0.025, 0.05))):
        first = jumps_of(AT, curve(AT))[0]
        assert (first.begins, first.ends) == (0.0, 0.1)
        again = seen_again(first, finer[:1] + finer[-1:], curve(finer)[:, [0, -1]])
        assert again is not None
        cliff = cliff_in(again, finer, curve(finer))
        assert (None if cliff is None else (cliff.begins, cliff.ends)) == within


def test_other_seeds_must_show_the_same_sign_and_the_same_size() -> None:
    jump = Step(0.0, 0.1, 1.0, 0.1, 0.4)
    again = seen_again(jump, [0.0, 0.1], same([0.0, 0.9]))
    assert again is not None
    assert (again.size, again.bound) == (pytest.approx(0.9), 0.4)
    assert seen_again(jump, [0.0, 0.1], same([0.0, -0.9])) is None
    assert seen_again(jump, [0.0, 0.1], same([0.0, 0.3])) is None
    assert seen_again(jump, [0.0], same([0.0])) is None


def test_steps_are_taken_by_their_width() -> None:
    """1, 2, 3, 5, 6: a step of two is no jump because it is twice as long."""
    at = [1.0, 2.0, 3.0, 5.0, 6.0]
    assert [step.bound for step in steps_of(at, same(at))] == [4.0, 4.0, 8.0, 4.0]
    assert found(same([0.0, 1.0, 2.0, 9.0, 10.0]), at) == []
    assert found(same([0.0, 1.0, 2.0, 11.0, 12.0]), at) == [(3.0, 5.0)]


def test_a_value_without_a_number_is_left_out_and_a_short_walk_is_not_judged() -> None:
    gap = same([0.0] * 6 + [1.0] * 5)
    gap[3, 5] = np.nan
    assert found(gap) == [(0.4, 0.6)]
    assert found(same([0.0, 0.0, 9.0]), [0.0, 1.0, 2.0]) == []
    assert steps_of([0.0], same([1.0])) == []


# --- what is walked ---------------------------------------------------------------------------------------------------


def test_every_lever_and_every_input_is_walked_from_end_to_end() -> None:
    ranges = walks.all_ranges()
    assert list(ranges) == [*load_levers(), *inputs()]
    for name, it in ranges.items():
        values = it.values()
        assert (values[0], values[-1]) == (it.low, it.high), name
        assert len(values) <= 11, name
        assert values == sorted(set(values)), name
        assert not it.whole or all(value == round(value) for value in values), name
    assert ranges["providers"].values() == [8, 9, 10, 12, 13, 14, 15, 16, 18, 19, 20]
    assert ranges["peer_rule"].values() == list(inputs()["peer_rule"].choices)
    assert len(ranges["faking"].values()) == 11


def test_levers_of_one_whole_give_way_in_proportion() -> None:
    usual = find_strategy(USER).settings()
    moved = walks.moved_to(find_strategy(USER), "share_places", 0.9).settings()
    whole = next(names for names in WHOLES if "share_places" in names)
    for (month, before), (same_month, after) in zip(usual, moved, strict=True):
        assert month == same_month
        assert after["share_places"] == 0.9
        assert sum(after[name] for name in whole) == pytest.approx(1.0)
        assert after["share_training"] / after["share_bridge"] == before["share_training"] / before["share_bridge"]
        assert {name: after[name] for name in after if name not in whole} == {
            name: before[name] for name in before if name not in whole
        }
    lower = walks.moved_to(find_strategy(USER), "share_places", 0.1).settings()
    assert lower[0][1] == {**usual[0][1], "share_places": 0.1}


def test_a_late_or_long_programme_is_followed_as_long_as_any_other() -> None:
    ranges = walks.all_ranges()
    assert walks.months_for("faking", ranges["faking"].values()) == 120
    assert walks.months_for("start", ranges["start"].values()) == 240 + 60 + 48
    assert walks.months_for("duration", ranges["duration"].values()) == 12 + 360 + 48


def made_up(curves):
    """outcomes_at of a world in which `curves` say what a strategy adds to a measure, by value and first seed."""

    def outcomes_at(name, values, seed, arms, months):
        outcomes = np.ones((len(values), SEEDS, 1 + len(arms), len(walks.NEEDED)))
        outcomes += np.arange(SEEDS)[None, :, None, None]
        for (arm, measure), curve in curves.items():
            if arm in arms:
                added = [curve(value, seed) for value in values]
                outcomes[:, :, 1 + arms.index(arm), walks.NEEDED.index(measure)] += np.asarray(added)[:, None]
        return list(values), outcomes, {}

    return outcomes_at


def test_a_walk_says_what_its_jumps_are(monkeypatch: pytest.MonkeyPatch) -> None:
    curves = {
        (USER, "fit"): lambda value, seed: float(value > 0.33),
        (USER, "secure_people"): lambda value, seed: 1 - np.exp(-8 * value),
        (USER, "reform_mainstream"): lambda value, seed: float(value > 0.33 and seed == 1),
    }
    monkeypatch.setattr(walks, "outcomes_at", made_up(curves))
    told = walks.walk(Range("faking", 0.0, 1.0, whole=False))
    jumps = {(jump["measure"], jump["from"]): jump for jump in told["found"] if jump["kind"] != STEEP}
    assert set(jumps) == {("fit", 0.3), ("reform_mainstream", 0.3)}
    assert jumps["fit", 0.3]["kind"] == CLIFF
    assert jumps["fit", 0.3]["within"] == [0.325, 0.35]
    assert jumps["fit", 0.3]["size"] == jumps["fit", 0.3]["again"] == 50.0  # margins of .02
    assert (jumps["reform_mainstream", 0.3]["kind"], jumps["reform_mainstream", 0.3]["again"]) == (LUCK, None)
    steep = [jump for jump in told["found"] if jump["kind"] == STEEP]
    assert {jump["measure"] for jump in steep} == {"secure_people"}
    assert min(jump["from"] for jump in steep) == 0.0
    assert set(told["moves"]) == {USER}
    assert told["moves"][USER]["fit"] == [50.0, 0.0]
    assert told["refused"] == {}


def test_a_choice_is_walked_but_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "outcomes_at", made_up({(USER, "fit"): lambda value, seed: float(value == 4.0)}))
    told = walks.walk(Range("peer_rule", 0.0, 4.0, True, (0.0, 1.0, 2.0, 3.0, 4.0)))
    assert told["found"] == []
    assert told["moves"][USER]["fit"] == [50.0, 0.0]


def test_a_value_that_cannot_be_run_is_said() -> None:
    at, outcomes, refused = walks.outcomes_at("providers", [8.5], 1, walks.STRATEGIES, MONTHS)
    assert (at, outcomes.shape) == ([], (0, SEEDS, 3, len(walks.NEEDED)))
    assert "it is counted" in refused["8.5"]


def test_a_walk_of_the_model_is_measured_where_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk of very small budgets: the more there is, the more is spent; nobody is listened to with the least."""
    monkeypatch.setattr(walks, "STRATEGIES", (USER,))
    it = Range("budget", 0.0, 0.0008, whole=False)
    runs = [replace(walks.scenarios_at("budget", value, MONTHS, (USER,))[1], label=str(value)) for value in it.values()]
    took_part = next(iter(batches(runs, 1, measures=["took_part"]))).values.sum(axis=(1, 2))
    first = int(np.argmax(took_part > 0))
    assert first > 1
    told = walks.walk(it)
    assert told["values"] == [walks.rounded(value) for value in it.values()]
    assert set(told["moves"]) == {USER}
    assert set(told["margins"]) == set(HEADLINE)
    assert told["moves"][USER]["spend_to_date"][0] > 0.0


def test_nothing_moves_where_no_money_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "STRATEGIES", ("placebo",))
    told = walks.walk(Range("grant_term", 6, 60, whole=True))
    assert (told["moves"], told["found"], told["refused"]) == ({}, [], {})


# --- work that resumes ------------------------------------------------------------------------------------------------


def no_jump(it: Range) -> dict:
    return {"values": [0.0, 1.0], "refused": {}, "margins": {}, "moves": {}, "found": []}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Files of our own, rules called 'now', and walks that only say that they were asked for."""
    asked: list[str] = []

    def walked(names):
        for name in names:
            asked.append(name)
            yield name, no_jump(walks.all_ranges()[name])

    monkeypatch.setattr(cliffs, "STORED", tmp_path / "cliffs.json")
    monkeypatch.setattr(cliffs, "PAGE", tmp_path / "cliffs.md")
    monkeypatch.setattr(cliffs, "walked", walked)
    rules(monkeypatch, "now")
    return asked


def rules(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    walks._others.cache_clear()
    monkeypatch.setattr(walks, "digits", lambda: name)
    monkeypatch.setattr(cliffs, "digits", lambda: name)


def test_work_goes_on_where_it_was(alone: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict = {"a_parameter_that_is_gone": {}}
    cliffs.fill(kept, ["faking", "budget"])
    assert alone == ["faking", "budget"]
    assert list(json.loads(cliffs.STORED.read_text())) == ["budget", "faking"]
    again = cliffs.stored()
    cliffs.fill(again, ["faking", "budget", "grants_per_provider"])
    assert alone[2:] == ["grants_per_provider"]
    rules(monkeypatch, "other rules")
    assert cliffs.stale(again, ["faking", "grants_per_provider"]) == ["faking", "grants_per_provider"]
    cliffs.fill(again, ["faking"])
    assert alone[3:] == ["faking"]
    assert "**This page mixes rules**" in cliffs.page(again)
    walks._others.cache_clear()


def test_a_walk_that_stops_leaves_those_before_it(alone: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(names):
        yield names[0], no_jump(walks.all_ranges()[names[0]])
        raise KeyboardInterrupt

    monkeypatch.setattr(cliffs, "walked", stopped)
    with pytest.raises(KeyboardInterrupt):
        cliffs.fill({}, ["faking", "budget"])
    assert set(cliffs.stored()) == {"faking"}
    walks._others.cache_clear()


def test_the_command_writes_the_page_and_checks_it(alone: list[str]) -> None:
    run = CliRunner().invoke
    assert run(cliffs.cliffs, ["faking"]).exit_code == 0
    page = cliffs.PAGE.read_text(encoding="utf-8")
    checked = run(cliffs.cliffs, ["--check", "faking"])
    assert (checked.exit_code, alone) == (0, ["faking"])
    assert "0 of 1 walks are missing or stale" in checked.output
    assert run(cliffs.cliffs, ["--check"]).exit_code == 1  # all others are missing
    cliffs.PAGE.write_text(page + "by hand", encoding="utf-8")
    assert run(cliffs.cliffs, ["--check", "faking"]).exit_code == 1
    assert run(cliffs.cliffs, ["--page"]).exit_code == 0
    assert (cliffs.PAGE.read_text(encoding="utf-8"), alone) == (page, ["faking"])
    error = run(cliffs.cliffs, ["fakin"]).exception
    assert isinstance(error, UnknownName)
    assert error.nearest == "faking"
    walks._others.cache_clear()


# --- the page ---------------------------------------------------------------------------------------------------------


def one_walk(*jumps: dict, **changes) -> dict:
    usual = {"key": "", "rules": "now", "values": AT, "refused": {}, "margins": {"fit": 0.02}}
    return usual | {"moves": {USER: {"fit": [1.0, 0.05]}}, "found": list(jumps)} | changes


def jump(kind: str, size: float = 2.0, arm: str = USER) -> dict:
    within = [0.325, 0.35] if kind == CLIFF else None
    return {"arm": arm, "measure": "fit", "from": 0.3, "to": 0.4, "size": size, "error": 0.1, "usual": 0.2,
            "kind": kind, "again": None if kind == LUCK else size, "within": within}  # fmt: skip


def test_the_page_lists_what_is_not_explained_first(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"faking": "", "grants_per_provider": "Below this no grant pays for one place."}
    monkeypatch.setattr(cliffs, "explanation", lambda name: said.get(name, ""))
    text = cliffs.page({
        "faking": one_walk(jump(CLIFF), jump(LUCK)),
        "grants_per_provider": one_walk(jump(CLIFF, -5.0), jump(STEEP, 1.0, NOBODY)),
    })  # fmt: skip
    unexplained, explained, steep, luck = (text.split("\n## ")[i] for i in range(1, 5))
    assert unexplained.startswith("Cliffs, unexplained")
    assert (
        "| `faking` | User-centred | `fit` | 0.3 | 0.4 | +2.00 ± 0.10 | +2.00 | 0.20 | +0.04 fit | 0.325 and 0.35 |"
        in unexplained
    )
    assert "grants_per_provider" not in unexplained
    assert "-5.00 ± 0.10" in explained
    assert "- `grants_per_provider`: Below this no grant pays for one place." in explained
    assert "| no foundation | `fit` |" in steep
    assert "`faking` 1." in luck
    assert "Cliffs: 2; steep steps: 1; jumps by luck: 1." in text
    assert "| User-centred |  |  |  | 0.15 |" in text


def test_the_page_says_what_is_missing_refused_or_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cliffs, "explanation", lambda name: "It was so." if name == "budget" else "")
    text = cliffs.page({
        "faking": one_walk(moves={}),
        "budget": one_walk(refused={"0.05": "There is no such world."}),
    })  # fmt: skip
    assert f"Walks done: 2 of {len(walks.all_ranges())}." in text
    assert "**This page is not whole.** Missing: `start`, `duration`," in text
    assert "No digit of these measures moves, so that nothing is shown of them here: `faking`." in text
    assert "- `budget` = 0.05 could not be run: There is no such world." in text
    assert "No jump is found where an entry explains one: `budget`." in text
    whole = cliffs.page({name: one_walk() for name in walks.all_ranges()})
    assert "not whole" not in whole
    assert "## Cliffs, unexplained\n\nNone." in whole


def test_the_stored_page_is_what_the_stored_walks_make() -> None:
    assert cliffs.PAGE.read_text(encoding="utf-8") == cliffs.page(cliffs.stored())
