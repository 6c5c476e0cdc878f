"""What planners report: each number as docs/planners.md defines it; flows that balance to the person."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from agents.service_user import LOOKING
from analysis import planners
from analysis.comparison import Comparison
from analysis.contrasts import Pairs, contrast
from analysis.flow_table import FlowTable, of_flows, of_run, told
from analysis.planners import BEFORE, FOLLOWED, NEEDED, NO_YEAR, REPORTED, Reported, Year, years
from analysis.planners_words import Cell, flow_rows, flow_words, rows, said, section_of, years_said
from analysis.units import Units
from model.measures import MEASURES
from model.state import TO
from runs.flows import BEGINNINGS, SITUATIONS
from runs.lives import everybody
from runs.running import Run, live
from runs.store import Results
from runs.summary import Batch, Summary
from scenarios.names import shipped
from scenarios.places import domain_of, find_place
from scenarios.plausible import Sample
from scenarios.scenario import NOBODY, Scenario
from scenarios.settings import Settings, read_settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

ROOT = Path(__file__).parents[2]
GROUPS = ROOT / "examples" / "my_city_groups.toml"
SOON = {"start": 0.0, "duration": 24.0}
Make = Callable[..., Comparison]


def scenario(strategy: str = "status_quo", place: str | Path = "dublin", **more: object) -> Scenario:
    usual = {"people": 600, "months": 84, "seed": 1}
    return Scenario(find_strategy(strategy), find_place(place), find_worldview("evidence"), **{**usual, **more})  # type: ignore[arg-type]


@cache
def lived(place: str = "dublin", months: int = 24) -> Run:
    """A real run at real size, in which a foundation acts from the first month."""
    return live(scenario("user_centred", place, people=None, months=months, settings=Settings(levers=SOON)))


def invented(months: int = 84, seed: int = 1) -> Run:
    """A run whose measures are noise, different in every month."""
    measured = MEASURES.empty(months + 1)
    draw = np.random.default_rng(seed)
    for name in NEEDED:
        measured[name] = draw.integers(10, 1000, months + 1)
    return Run(scenario(months=months, seed=seed), "done", measured=measured)


def values(lines: list[Reported]) -> dict[str, float | None]:
    return {line.item.name: None if line.own is None else line.own.value for line in lines}


# --- which months -----------------------------------------------------------------------------------------------------


def test_the_years_are_the_last_one_and_the_one_before_the_programme() -> None:
    assert years([scenario("homes", months=120)]) == {BEFORE: Year(1, 12), REPORTED: Year(109, 120)}
    assert years([scenario(months=120)], 60) == {BEFORE: Year(1, 12), REPORTED: Year(49, 60)}
    later = scenario("homes", months=120, settings=read_settings(["start=30"]))
    assert years([scenario(months=120), later])[BEFORE] == Year(19, 30)
    both = [later, scenario("user_centred", months=120)]
    assert years(both)[BEFORE] == Year(1, 12)  # the first programme decides


def test_a_year_that_would_begin_before_the_run_is_none() -> None:
    at_once = scenario("homes", months=120, settings=read_settings(["start=11"]))
    assert set(years([at_once])) == {REPORTED}
    assert years([scenario(months=11)]) == {}
    assert set(years([scenario(months=12)])) == {BEFORE, REPORTED}


def test_years_are_named_by_their_months() -> None:
    acts, rests = scenario("homes"), scenario()
    assert years_said([acts], years([acts])) == {BEFORE: "before the programme, months 1 to 12",
                                                 REPORTED: "months 73 to 84"}  # fmt: skip
    assert years_said([rests], years([rests]))[BEFORE] == "months 1 to 12"


# --- each number ------------------------------------------------------------------------------------------------------


def test_each_number_is_what_it_says() -> None:
    run = invented()
    m = run.measured
    assert m is not None
    year, homes = slice(73, 85), slice(49, 61)
    found = values(planners.report(planners.of_run(run), Year(73, 84), planners.items(run.scenario.place)))
    split = [f"{name}_{third}" for name in ("without_home", "secure_people") for third in ("low", "middle", "high")]
    nights = ("without_home", "hidden", "unserved", "crisis", "looking", "unmet_need", "secure_people", *split)
    sums = ("entries_new", "entries_returned", "exits_support", "exits_own_home", "exits_found_home", "exits_died",
            "exits_left", "stays_ended", "turned_away")  # fmt: skip
    expected = {name: m[name][year].mean() for name in nights} | {name: m[name][year].sum() for name in sums}
    expected["year_count"] = m["year_count"][84]
    expected["homes_taken"] = m["homes_taken"][homes].sum()
    for within in (6, 12, 24):
        expected[f"returned_{within}"] = m[f"returned_{within}"][homes].sum() / m["homes_taken"][homes].sum()
    for name in ("stay_mean", "stay_median"):
        expected[name] = (m[name][year] * m["stays_ended"][year]).sum() / m["stays_ended"][year].sum()
    assert found == pytest.approx({name: float(value) for name, value in expected.items()}, rel=1e-12)


def test_homes_that_are_not_followed_to_the_end_are_never_used() -> None:
    """Whatever stands in months whose window is still open, and in months of other years, returns stay the same."""
    run, poisoned = invented(), invented()
    assert poisoned.measured is not None
    for name in ("homes_taken", "returned_6", "returned_12", "returned_24"):
        poisoned.measured[name][61:] = np.nan
        poisoned.measured[name][:49] = np.nan
    chosen = [item for item in planners.ITEMS if item.section == "returns"]
    one, other = (values(planners.report(planners.of_run(r), Year(73, 84), chosen)) for r in (run, poisoned))
    assert len(one) == 4
    assert one == other
    assert Year(73, 84).homes == Year(84 - FOLLOWED - 11, 84 - FOLLOWED)


def test_where_nobody_was_followed_for_long_enough_there_is_no_share_and_a_reason() -> None:
    runs = planners.of_run(invented())
    for last, there in ((35, False), (36, True)):
        year = planners.year_to(last)
        assert year is not None
        for line in planners.report(runs, year, planners.ITEMS):
            if line.item.of_homes:
                assert (line.own is not None) == there
                assert (line.reason == NO_YEAR) != there
            else:
                assert line.own is not None


def test_a_run_without_stays_has_no_length_of_stay() -> None:
    run = invented()
    assert run.measured is not None
    run.measured["stays_ended"] = 0
    lines = {line.item.name: line for line in planners.report(planners.of_run(run), Year(73, 84), planners.ITEMS)}
    for name in ("stay_mean", "stay_median"):
        assert lines[name].own is None
        assert lines[name].reason
    assert lines["stays_ended"].own is not None


def test_runs_tables_and_summaries_say_the_same() -> None:
    """A place with groups: its strata have other names in tables than in arrays."""
    done = [live(scenario("homes", GROUPS, seed=seed)) for seed in (1, 2)]
    one = done[0].scenario
    table = planners.of_table(Results.of(done).months, one)
    summary = Summary()
    for i, run in enumerate(done):
        summary.add(Batch.of(i, [run], NEEDED))
    arrays, chosen = planners.of_summary(summary, one.label), planners.items(one.place)
    assert len(chosen) == len(planners.ITEMS) + 2 * (3 + 3)
    assert set(table.seeds.tolist()) == set(arrays.seeds.tolist()) == {1, 2}
    for item in chosen:
        for name in item.measures:
            own = np.array([run.measured[name] for run in done])  # type: ignore[index]
            assert np.array_equal(table.values[name], own), name
            assert np.array_equal(arrays.values[name], own), name


def test_groups_are_everybody() -> None:
    run = live(scenario("homes", GROUPS))
    found = values(planners.report(planners.of_run(run), Year(73, 84), planners.items(run.scenario.place)))
    for measure in ("without_home", "secure_people"):
        for split in (("low", "middle", "high"), ("group_1", "group_2", "group_3")):
            assert sum(found[f"{measure}_{one}"] or 0.0 for one in split) == pytest.approx(found[measure])
            assert all(found[f"{measure}_{one}"] for one in split)


# --- from everybody's own history -------------------------------------------------------------------------------------


def test_people_counted_one_by_one_give_the_same_numbers() -> None:
    """Nights, the year, and every move between two situations, from who was where at each month's end."""
    run, people = everybody(scenario(months=30))
    assert run.measured is not None
    assert run.flows is not None
    where = people.filter(pl.col("month") > 0).select("month", "person", "situation")
    without = where.filter(pl.col("situation").is_in(SITUATIONS[: LOOKING + 1]))
    year = without.filter(pl.col("month").is_between(19, 30))
    found = values(planners.report(planners.of_run(run), Year(19, 30), planners.ITEMS))
    assert found["without_home"] == pytest.approx(year.height / 12)
    assert found["year_count"] == year["person"].n_unique()
    before = people.select("person", month=pl.col("month") + 1, before="situation")
    moved = where.join(before, on=["person", "month"]).filter(pl.col("month").is_between(19, 30))
    counted = {(start, end): people for start, end, people in moved.group_by("before", "situation").len().iter_rows()}
    table = of_run(run, Year(19, 30))
    for i, begins in enumerate(SITUATIONS):
        for j, ends in enumerate(SITUATIONS):
            if i != j:
                assert table.moves[i, j] == counted.get((begins, ends), 0), (begins, ends)
    assert table.moves[: len(SITUATIONS), : len(SITUATIONS)].sum() > 100


# --- intervals and differences ----------------------------------------------------------------------------------------


def test_differences_are_those_of_twins_with_the_interval_of_every_other_number(make: Make) -> None:
    compared = make(replicates=5)
    lines = planners.of_comparison(compared)
    assert {line.scenario for line in lines[BEFORE]} == {NOBODY}
    assert [line.scenario for line in lines[REPORTED]][:: len(planners.items(compared.place))] == [
        NOBODY, "catalytic_philanthropy", "user_centred"
    ]  # fmt: skip
    runs = {one.label: planners.of_table(compared.months, one) for one in compared.scenarios}
    for line in lines[REPORTED]:
        if line.item.name != "without_home" or line.scenario == NOBODY:
            continue
        value, other = (
            runs[label].values["without_home"][:, 109:121].mean(axis=1) for label in (line.scenario, NOBODY)
        )
        expected = contrast("without_home", 120, line.scenario, NOBODY, Pairs(value, other, np.arange(5)))
        assert line.against is not None
        assert line.own is not None
        assert (line.against.difference, line.against.low, line.against.high) == (
            expected.difference, expected.low, expected.high
        )  # fmt: skip
        assert line.own.value == pytest.approx(float(value.mean()))
        assert line.own.low is not None
        assert line.own.low < float(value.mean())
    assert all(line.against is None for line in lines[BEFORE])


def test_runs_that_failed_have_no_twin(make: Make) -> None:
    whole, failed = make(replicates=5), make(replicates=5, failed=2)
    for compared, pairs in ((whole, 5), (failed, 3)):
        line = next(line for line in planners.of_comparison(compared)[REPORTED] if line.scenario == "user_centred")
        assert line.against is not None
        assert line.against.n == pairs


def test_with_parameter_sets_the_interval_holds_both_kinds_of_uncertainty(make: Make, sample: Sample) -> None:
    compared = make(replicates=8, sample=sample)
    line = next(line for line in planners.of_comparison(compared)[REPORTED] if line.scenario == "user_centred")
    assert line.against is not None
    assert line.against.sets == 4
    assert line.against.noise_low is not None
    assert line.against.low is not None
    assert line.against.low < line.against.noise_low


def test_no_count_is_less_than_nothing_and_no_share_more_than_all() -> None:
    """Intervals of few and skewed runs reach there; what cannot be is cut off."""
    run = invented()
    runs = planners.of_run(run)
    wide = {name: np.vstack([0 * own, own]) for name, own in runs.values.items()}
    wide["homes_taken"] = np.ones_like(wide["homes_taken"])
    wide["returned_6"] = np.vstack([0 * wide["returned_6"][0], 0 * wide["returned_6"][0] + 1])
    two = replace(runs, values=wide, seeds=np.array([1, 2]))
    lines = {line.item.name: line for line in planners.report(two, Year(73, 84), planners.ITEMS)}
    night, share = lines["without_home"].own, lines["returned_6"].own
    assert night is not None
    assert share is not None
    assert (night.low, share.low, share.high) == (0.0, 0.0, 1.0)
    assert night.high is not None
    assert night.high > 1000


def test_the_frame_has_a_row_for_every_number(make: Make) -> None:
    compared = make()
    lines = planners.of_comparison(compared)
    frame = planners.frame(lines)
    items = planners.items(compared.place)
    assert frame.height == len(items) * (1 + 3)
    assert frame.filter(year=REPORTED, scenario="user_centred")["difference"].null_count() == 0
    assert frame.filter(pl.col("value").is_null())["reason"].null_count() == 0
    assert frame.filter(section="returns", year=REPORTED)["last"].unique().to_list() == [120 - FOLLOWED]


# --- flows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", shipped("place"))
def test_flows_balance_to_the_person_in_every_shipped_place(place: str) -> None:
    """In every situation the stock at the year's end is the stock at its start, and who came, less who went."""
    run = lived(place)
    m = run.measured
    assert m is not None
    for last in (12, 24):
        year = Year(last - 11, last)
        table = of_run(run, year)
        assert np.array_equal(table.moves, np.rint(table.moves))
        for i, name in enumerate(SITUATIONS):
            assert table.start[i] == m[name][year.first - 1], name
            assert table.start[i] + table.came[i] - table.went[i] == m[name][last], name
        entries, exits = (
            sum(int(m[name][year.months].sum()) for name in names) for names in (planners.ENTRIES, planners.EXITS)
        )
        assert m["without_home"][last] == m["without_home"][year.first - 1] + entries - exits
        without = LOOKING + 1
        assert entries == table.moves[without:, :without].sum() + table.moves[-1, without:].sum()
        assert exits == table.moves[:without, without:].sum() + table.moves[-1, without:].sum()
        assert table.moves.sum() > 0
    homes = m["exits_support"] + m["exits_own_home"] + m["exits_found_home"]
    beside = (m["homes_taken"] - homes)[1:]  # whose place was closed and who got a home in the same month
    assert ((beside >= 0) & (beside <= m["displaced"][1:])).all()
    assert beside.sum() < 0.01 * homes[1:].sum()


def test_a_flow_table_from_results_is_the_mean_of_its_runs() -> None:
    done = [live(scenario("homes", seed=seed)) for seed in (1, 2, 3)]
    flows = Results.of(done, flows=True).flows
    found = of_flows(flows, "homes", Year(73, 84))
    assert found is not None
    each = [of_run(run, Year(73, 84)) for run in done]
    assert np.allclose(found.moves, np.mean([one.moves for one in each], axis=0))
    assert np.allclose(found.start, np.mean([one.start for one in each], axis=0))
    assert found.runs == 3
    assert of_flows(flows, "top_up", Year(73, 84)) is None


def test_what_is_told_of_a_flow_table_balances() -> None:
    found = told(of_run(lived(), Year(13, 24)))
    moves, stocks = found["moves"], found["stocks"]
    assert isinstance(moves, list)
    assert isinstance(stocks, dict)
    for name, stock in stocks.items():
        assert stock["start"] + stock["came"] - stock["went"] == stock["end"]
        assert stock["came"] == sum(move["people"] for move in moves if move["to"] == name)
        assert stock["went"] == sum(move["people"] for move in moves if move["from"] == name)
    assert all(move["from"] != move["to"] and move["people"] > 0 for move in moves)


def _numbers(cells: tuple[Cell, ...]) -> list[float | None]:
    return [float(cell.number.replace(",", "")) if cell.number else None for cell in cells]


@pytest.mark.parametrize("scale", [1.0, 0.37])
def test_a_flow_table_adds_up_as_it_is_shown(scale: float) -> None:
    """Rounded numbers too: moves are rounded, and everything else is made of those."""
    heads, lines = flow_rows(of_run(lived(), Year(13, 24)).at_real_size(scale, whole=True))
    table = {line.text: _numbers(line.cells) for line in lines}
    moves = [table[f"from {name}"] for name in BEGINNINGS]
    for row in moves:
        assert row[-1] == sum(cell or 0.0 for cell in row[:-1])
    came, went, start, end = (table[name] for name in ("all who came", "all who went", "there at the start",
                                                      "there at the end"))  # fmt: skip
    for j, head in enumerate(heads[:-1]):
        assert came[j] == sum(row[j] or 0.0 for row in moves), head
        if head.startswith("to "):
            assert went[j] == table[f"from {head.removeprefix('to ')}"][-1]
            assert end[j] == (start[j] or 0.0) + (came[j] or 0.0) - (went[j] or 0.0), head
        else:
            assert (start[j], end[j]) == (None, None)
    assert came[-1] == sum(row[-1] or 0.0 for row in moves)
    assert end[-1] == sum(cell or 0.0 for cell in end[:-1])


def test_only_what_became_of_somebody_is_a_column() -> None:
    table = of_run(lived(), Year(13, 24))
    heads, _ = flow_rows(table)
    assert "out of sight" not in heads  # nobody is lost from sight after month 0
    assert heads[:-1] == [f"to {name}" for name in SITUATIONS] + ["died", "left"]
    moves = table.moves.copy()
    moves[:, TO.index("died")] = 0
    assert "died" not in flow_rows(FlowTable("x", table.year, 1, moves, table.start))[0]


# --- in words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["dublin", "american_school_district", GROUPS])
def test_every_number_has_a_name_in_the_domains_words(place: str | Path) -> None:
    city = find_place(place)
    names = [said(item, city) for item in planners.items(city)]
    assert len(set(names)) == len(names)
    text = " ".join([*names, *flow_words(of_run(lived(), Year(13, 24)), domain_of(city))])
    assert "{" not in text
    if place == "american_school_district":
        for word in ("hostel", "crisis bed", "home", "tenanc", "rough"):
            assert word not in text.lower(), word
    for group in city.groups:
        assert f"People without secure tenancies: {group.title}" in names


def test_the_page_defines_every_number() -> None:
    page = (ROOT / "docs" / "planners.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if line.startswith("| `")]
    defined = {word for line in table for word in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert defined == {item.name for item in planners.ITEMS}


def test_people_are_shown_at_the_real_size_and_shares_and_stays_as_they_are() -> None:
    run = invented()
    chosen = planners.items(run.scenario.place)
    lines = {REPORTED: planners.report(planners.of_run(run), Year(73, 84), chosen)}
    one, half = (
        {row.text: row.cells for row in rows(lines, (), run.scenario.place, Units(scale=scale))} for scale in (1.0, 0.5)
    )
    new = one["New people"][0].number.replace(",", "")
    assert half["New people"][0].number.replace(",", "") == str(2 * int(new))
    for text in ("Mean stay, months", "Without one again within 12 months, %"):
        assert one[text] == half[text]
        assert one[text][0].number != "–"


def test_the_reports_section_holds_each_strategy_beside_no_foundation(make: Make) -> None:
    compared = make()
    found = section_of(compared)
    assert found is not None
    assert found["heads"] == ["before the programme, months 1 to 12", "months 109 to 120"]
    night = next(row for row in found["rows"] if row.text == "People without secure tenancies")
    assert len(night.cells) == 2 + len(compared.names)
    assert all(cell.interval for cell in night.cells)
    assert all(cell.number[0] in "+−" for cell in night.cells[2:])
    assert found["why_none"] == [f"–: {NO_YEAR}."]
    assert section_of(make(("status_quo",), months=11)) is None
