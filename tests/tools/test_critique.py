"""Scripts of the hostile review: every one runs, and what they share is right.  What came out is no test's business."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from scipy import stats  # type: ignore[import-untyped]

from agents.funder import MAINSTREAM
from agents.programme import SLOTS
from agents.service_user import REFORM
from engine.errors import BadInput, UnfreezeError, UnknownName
from model.contracts import CONVERTED, GRANTED, OPENED, open_lot
from model.start import starting_point
from runs.ensemble import batches
from scenarios.scenario import MONTHS, NOBODY
from scenarios.strategy import find_strategy
from tools.critique import (
    distances,
    faked_grants,
    harness,
    lever_search,
    patterns_nights,
    patterns_tenure,
    switch_offs,
    tuned_arms,
    what_is_bought,
    who_decides,
)
from tools.critique.__main__ import NAMES, critique, script
from tools.critique.harness import TUNED, Effort, against_nobody, differences, estimate, followed, paired, scenario

SMALL = Effort(replicates=3, people=500)


def ran(*arguments: str) -> str:
    result = CliRunner().invoke(critique, arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", NAMES)
def test_every_script_prints_a_table_and_writes_it(name: str, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    text = ran(name, "--quick", "--out", str(out))
    assert str(script(name).__doc__).splitlines()[0] in text
    table = pl.read_csv(out)
    assert table.height >= 2
    words = [column for column, kind in table.schema.items() if kind == pl.String]
    numbers = table.drop(words)
    assert words[0] == table.columns[0]
    assert table[words[0]].n_unique() == table.height or len(words) > 1
    assert numbers.width >= 1
    assert all(kind.is_numeric() for kind in numbers.schema.values())
    for column in (column.removesuffix(", low") for column in numbers.columns if column.endswith(", low")):
        mean, low, high = (numbers[f"{column}{end}"].to_numpy() for end in ("", ", low", ", high"))
        np.testing.assert_allclose((low + high) / 2, mean, atol=1e-9 * (1 + np.abs(mean).max()))
        assert (low <= high).all()
    for row in table.iter_rows(named=True):
        assert str(row[words[0]]).split()[0] in text


@pytest.mark.parametrize("name", NAMES)
def test_every_script_says_what_it_tests_what_it_prints_and_how_long_it_takes(name: str) -> None:
    said = ran(name, "--help")
    claim, *rest = said.splitlines()
    assert claim[:2] in ("3.", "Pa")
    assert claim in ran()
    assert "Prints" in " ".join(rest)
    assert "bout" in said.rpartition("Prints")[2]  # about so many seconds or minutes
    assert script(name).REPLICATES >= 1


NAMED = {  # what a script sets, by case
    "distances": lambda: distances.WORLDS.values(),
    "who_decides": lambda: who_decides.cases().values(),
    "faked_grants": lambda: faked_grants.CASES.values(),
    "switch_offs": lambda: [{name: switch_offs.off(name) for name in switch_offs.switchable()}],
}


@pytest.mark.parametrize("name", NAMED)
def test_every_case_sets_what_there_is(name: str) -> None:
    """`--quick` runs two cases: a name that is gone would show in the others only."""
    cases = list(NAMED[name]())
    assert cases
    for settings in cases:
        scenario("user_centred", SMALL, settings)


def test_a_strategy_against_itself_differs_by_nothing() -> None:
    one = scenario("user_centred", SMALL)
    summary = paired([one, replace(one, label="again")], SMALL, harness.SHOWN)
    found = differences(summary, "again", "user_centred")
    assert set(found.values()) == {0.0}
    assert len(found) == 3 * len(harness.SHOWN)


def test_intervals_of_paired_differences_are_scipys() -> None:
    runs = [scenario(name, SMALL) for name in (NOBODY, "homes")]
    found = differences(paired(runs, SMALL, ["spend_all", "hidden"]), "homes", NOBODY, ["spend_all", "hidden"], 24)
    values = np.stack([batch.values for batch in batches(runs, 3, measures=["spend_all", "hidden"])])[:, :, 24]
    for k, name in enumerate(("spend_all, EUR a month", "hidden, people")):
        test = stats.ttest_rel(values[:, 1, k], values[:, 0, k])
        low, high = test.confidence_interval()
        gap = (values[:, 1, k] - values[:, 0, k]).mean()
        assert [found[name], found[f"{name}, low"], found[f"{name}, high"]] == pytest.approx([gap, low, high])


def test_one_pair_has_no_interval() -> None:
    found = estimate("people", [3.0])
    assert found["people"] == 3.0
    assert np.isnan([found["people, low"], found["people, high"]]).all()


def test_each_case_is_held_against_nobody_in_its_own_world() -> None:
    """Two worlds, and two strategies in one of them: the same as each pair run by itself."""
    scarce = {"secure_supply": 20.0}
    cases = {"a": scenario("homes", SMALL), "b": scenario("homes", SMALL, scarce), "c": scenario("carrier", SMALL)}
    rows = {str(row["case"]): row for row in against_nobody(cases, SMALL, ["reform"], levels=["reform"])}
    for case, world in (("a", {}), ("b", scarce), ("c", {})):
        pair = [replace(cases[case], label="with"), scenario(NOBODY, SMALL, world)]
        summary = paired(pair, SMALL, ["reform"])
        assert rows[case]["reform, people"] == differences(summary, "with", NOBODY, ["reform"])["reform, people"]
        assert rows[case]["its own reform, people"] == summary.of("with", "reform")[:, MONTHS].mean()


def test_what_is_followed_month_by_month_is_what_is_measured() -> None:
    effort = replace(SMALL, replicates=2)
    runs = [scenario(name, effort, months=96) for name in (NOBODY, "homes")]
    summary = paired(runs, effort, ["reform"])
    seen: dict[str, list[float]] = {NOBODY: [], "homes": []}
    for one, months in followed(runs, 2):
        seen[one.label].append([float((world.users["situation"] == REFORM).sum()) for _, world in months][-1])
    assert {name: summary.of(name, "reform")[:, -1].tolist() for name in seen} == seen


def test_a_run_that_fails_is_an_error_and_no_pair_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runs.ensemble.lived", lambda *_: 1 / 0)
    with pytest.raises(UnfreezeError, match="'homes' failed: ZeroDivisionError"):
        paired([scenario("homes", SMALL)], SMALL, ["reform"])


def test_cases_are_chosen_by_part_of_their_name() -> None:
    cases = {"faking 0": 1, "faking 1": 2, "nothing": 3}
    assert SMALL.chosen(cases) == cases
    assert replace(SMALL, cases=("faking",)).chosen(cases) == {"faking 0": 1, "faking 1": 2}
    assert replace(SMALL, quick=True).chosen(cases) == {"faking 0": 1, "faking 1": 2}
    with pytest.raises(BadInput, match="No case is called king 7"):
        replace(SMALL, cases=("king 7",)).chosen(cases)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownName, match="switch_offs"):
        script("switch_off")
    with pytest.raises(UnknownName):
        scenario("homes", SMALL, {"no_such_thing": 1.0})


def test_numbers_keep_about_three_figures_and_are_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    estimates = [estimate("EUR", values) for values in ([1.0, 1.5, 2.6], [9999998.0, 9999999.0], [40.0, 40.0])]
    counts = (1.0, 0.126, 3456.7)
    rows = [{"case": "x" * 150, **one, "count": count} for one, count in zip(estimates, counts, strict=True)]
    harness.show(pl.DataFrame(rows))
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip().startswith("x")]
    assert [line[0] for line in lines] == ["x" * 150] * 3
    assert [" ".join(line[1:]) for line in lines] == ["+1.70 ± 2.03 1", "+9,999,998 ± 6 0.126", "+40 ± 0 3,457"]


@pytest.mark.parametrize("path", sorted(TUNED.glob("*.toml")), ids=lambda path: path.stem)
def test_tuned_strategies_are_what_their_camp_may_do(path: Path) -> None:
    arm = find_strategy(path)
    camp = next(camp for camp in lever_search.CAMPS if arm.name.startswith(camp.name))
    levers = arm.phases[0].levers
    assert arm.kind == camp.kind
    assert set(levers) <= {*camp.levers, *lever_search.SPENT, *lever_search.SITES}
    for name, span in camp.levers.items():
        value = levers.get(name, 0.0)
        assert span.low <= value <= span.high or (value == 0.0 and span.used < 1.0), name
    assert camp.involvement or "share_involvement" not in levers


def test_the_best_of_every_camp_is_there() -> None:
    assert {f"{camp.name}_1" for camp in lever_search.CAMPS} == set(tuned_arms.BEST)
    assert set(tuned_arms.BEST) <= {path.stem for path in TUNED.glob("*.toml")}


@pytest.mark.parametrize("camp", lever_search.CAMPS, ids=lambda camp: camp.name)
def test_what_is_drawn_and_what_is_near_it_can_be_run_and_written(camp: lever_search.Camp, tmp_path: Path) -> None:
    luck = np.random.default_rng(1)
    for k in range(50):
        levers = lever_search.drawn(camp, luck)
        stepped = lever_search.near(camp, levers, luck)
        for own in (levers, stepped):
            arm = lever_search.strategy(camp, own, 1)
            arm.settings()  # says so if a lever is out of range or shares exceed their whole
            assert sum(own[name] for name in own if name in lever_search.SPENT) == pytest.approx(1.0, abs=0.01)
        if k == 0:
            lever_search.write(arm, tmp_path)
            assert find_strategy(tmp_path / f"{arm.name}.toml").settings() == arm.settings()
        assert stepped != levers


def test_what_a_parameter_carries_is_shipped_less_off_and_nothing_if_nothing_is_off() -> None:
    effort = replace(SMALL, cases=("as shipped", "mainstream_growth"))
    shipped, off = switch_offs.table(effort).iter_rows(named=True)
    assert [shipped[f"user_centred, carried{end}"] for end in ("", ", low", ", high")] == [0.0, 0.0, 0.0]
    assert off["user_centred, carried"] == pytest.approx(shipped["user_centred"] - off["user_centred"])
    (alone,) = switch_offs.table(replace(SMALL, cases=("mainstream_growth",))).iter_rows(named=True)
    assert alone == off


def test_lots_are_told_apart_by_how_they_began() -> None:
    one = scenario(NOBODY, SMALL, months=1)
    past = starting_point(one.parameters(), one.people, one.seed, one.lever_rows())
    start = what_is_bought.beginnings(past)
    at_first = int(past.providers["reform_main"].sum())
    assert start == {"start": at_first, "opened": 0, "converted": 0, "granted": 0}
    assert (past.lots["state"] == MAINSTREAM).sum() > GRANTED + 1
    for occasion, places in ((OPENED, 2), (CONVERTED, 3), (GRANTED + 5, 7)):
        open_lot(past, 1, SLOTS, places, MAINSTREAM, -1, 0, occasion)
    more = {how: count - start[how] for how, count in what_is_bought.beginnings(past).items()}
    assert more == {"start": 0, "opened": 2, "converted": 3, "granted": 7}


def test_nights_of_three_people() -> None:
    """One there all the time (three months), one for a month and fast, one who comes, goes and comes again."""
    months = [([1], [0]), ([1, 2, 3], [0, 1, 0]), ([1], [0]), ([1, 3], [0, 0])]
    found = patterns_nights.counted([(np.array(ids), np.array(fast)) for ids, fast in months])
    assert found["top tenth's share of nights, as shipped"] == pytest.approx(0.3 * 3 / 6)
    assert found["the same, fast stays 17 nights"] == pytest.approx(0.3 * 91.2 / (91.2 + 60.8 + 17))
    assert found["the same, entrants only"] == pytest.approx(0.2 * 2 / 3)
    assert found["nights of the median user"] == pytest.approx(60.8)
    assert found["stays begun, mean"] == pytest.approx((0 + 1 + 2) / 3)


def test_days_in_the_present_home_and_homes_had_by_hand() -> None:
    """Two homes, the second for ten months; none; one who left before the end."""
    lives = {
        1: [None] * 4 + list(range(6)) + [None] * 4 + list(range(11)),
        2: [None] * 25,
        3: [None] * 10 + list(range(9)),
    }
    told = [
        {"person": person, "arm": "reform", "month": month, "home_months": home, "alive": 1,
         "lost": int(len(life) < 25)}
        for person, life in lives.items() for month, home in enumerate(life)
    ]  # fmt: skip
    days, homes = patterns_tenure.present_home(pl.DataFrame(told, infer_schema_length=None), "reform")
    assert days.tolist() == pytest.approx([10.5 * patterns_tenure.NIGHTS, 0.0])
    assert homes.tolist() == [2, 0]
