"""The back-test of Dublin: made from stored runs, compared as was written down before them, and from nothing later."""

import re
from pathlib import Path

import numpy as np
import pytest

from evidence.patterns import RANGE
from scenarios.places import find_place
from scenarios.scenario import NOBODY, Scenario
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview
from tools import backtest
from tools.backtest import PREDICTED, published
from tools.slots import filled


def test_what_is_predicted_has_a_date_and_a_tolerance_and_went_into_nothing() -> None:
    place = find_place(backtest.PLACE)
    assert {series for series, one in published().items() for part in one.parts.values() if part.test == RANGE} == set(
        PREDICTED
    )
    for series in PREDICTED:
        for date, part in published()[series].parts.items():
            months = backtest.months_of(date)
            assert (part.test == RANGE) == (months.start > 0)
            assert part.test != RANGE or part.low < part.value < part.high
            assert months.stop <= backtest.MONTHS + 1
    assert place.published["people_in_beds"].value == published()["Singles"].parts["m2015_01"].value
    assert place.published["sleeping_rough"].value == published()["Rough"].parts["m2015_01"].value


def test_nothing_in_the_place_is_of_a_source_after_2019() -> None:
    """Years named in the notes, but for the plan of 2019, which says what it planned."""
    place = find_place(backtest.PLACE)
    for figure in place.figures.values():
        years = [int(year) for year in re.findall(r"\b20\d\d\b", figure.note)]
        assert max(years, default=0) <= (2020 if figure.name == "reform_places" else 2019)


def test_dates_are_months_of_the_run() -> None:
    assert backtest.months_of("m2015_01") == range(0, 1)
    assert backtest.months_of("m2024_09") == range(116, 117)
    assert backtest.months_of("y2020") == range(60, 72)


def test_hindsight_moves_the_paths_after_what_was_known_only() -> None:
    place = find_place(backtest.PLACE)
    later = backtest.known_later(place)
    for name, at, there in (("inflow", 18, 126.0), ("secure_supply", 24, 87.5)):
        before, after = place.paths[name], later.paths[name]
        assert after[: len(before)] == before
        assert len(after) == 11
        assert after[at // 12 + 1] != there
    assert later.paths["secure_supply"][-1] == published()["Tenancies"].parts["y2022"].value
    assert later.paths["inflow"][-1] == published()["New"].parts["m2023_01"].value
    assert later.paths["reform_places"] == place.paths["reform_places"]


def test_a_short_run_of_a_small_copy_gives_every_series(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = find_place(backtest.PLACE)
    small = Scenario(find_strategy(NOBODY), place, find_worldview("evidence"), 500, 14, 1)
    runs = [backtest.lived(small.with_seed(seed)) for seed in (1, 2)]
    assert {name: len(values) for name, values in runs[0].items()} == dict.fromkeys(backtest.SERIES, 15)
    given = published()["Singles"].parts["m2015_01"].value
    assert runs[0]["Singles"][0] == pytest.approx(given, rel=0.05)  # month 0 is the count
    rows = {(row["series"], row["what"]): row for row in backtest.summed(runs)}
    assert ("Singles", "m2016_01") in rows
    assert ("Singles", "m2017_01") not in rows  # beyond the run
    row = rows["Singles", "m2016_01"]
    assert row["middle"] == pytest.approx(np.mean([run["Singles"][12] for run in runs]))
    assert row["low"] <= row["middle"] <= row["high"]


def test_verdicts_say_met_inside_and_wide() -> None:
    part = published()["Singles"].parts["m2020_01"]  # 2,865, allowed 2,578 to 3,152
    narrow, wide = {"low": 2000.0, "high": 2800.0}, {"low": 1000.0, "high": 4000.0}
    assert backtest.verdicts(part, {"middle": 3000.0}, narrow) == (True, False, False)
    assert backtest.verdicts(part, {"middle": 2500.0}, wide) == (False, True, True)


def test_the_stored_page_is_what_the_stored_runs_make() -> None:
    text = backtest.PAGE.read_text(encoding="utf-8")
    assert text == filled(text, backtest.told)
    assert {case for (case,) in backtest.stored().select("case").unique().iter_rows()} == set(backtest.CASES)
    assert backtest.PICTURE.exists()
