"""Lives as arrays are the trial's own rows: the same people, the same months, the same counts as the trial's tables."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from agents.service_user import SITUATIONS
from analysis.patterns.lives import (
    NONE,
    Lives,
    days_to_a_home,
    housed_at,
    lived_through,
    places_kept,
    positions,
    tenure,
    time_housed,
)
from analysis.patterns.trials import DENVER, HIGH_NEED, LONG_HOMELESS, REFORM, USUAL, _place
from analysis.trial_tables import entry, housed, uptake
from analysis.trial_tables import places_kept as kept_of_rows
from analysis.trial_tables import time_housed as time_of_rows
from runs.trial import Arm, Trial, planned
from runs.trial import lived as rows_of_trial

MONTHS = 30


def plan(again: bool) -> Trial:
    """A small Denver: two arms, one of them with an offer that stands."""
    arms = {USUAL: Arm(), REFORM: Arm(offer=True, homes=0.2, again=again)}
    eligible = HIGH_NEED if again else LONG_HOMELESS
    return planned(_place(DENVER), eligible, arms, {USUAL: 60, REFORM: 120}, MONTHS, 3, size=3000)


@pytest.fixture(scope="module", params=[False, True], ids=["asked once", "asked again"])
def both(request: pytest.FixtureRequest) -> tuple[Lives, pl.DataFrame]:
    return lived_through(plan(request.param))[1], rows_of_trial(plan(request.param))


def test_every_life_is_that_of_the_trials_rows(both: tuple[Lives, pl.DataFrame]) -> None:
    lives, rows = both
    for arm in (USUAL, REFORM):
        own, frame = lives.of(arm), rows.filter(arm=arm).sort("person", "month")
        shape = own.situation.shape
        assert frame.height == shape[0] * shape[1]

        def table(name: str, frame: pl.DataFrame = frame, shape: tuple[int, ...] = shape) -> np.ndarray:
            return frame[name].fill_null(NONE).to_numpy().reshape(shape)

        words = np.array(SITUATIONS)[own.situation]
        assert (words == frame["situation"].cast(pl.String).to_numpy().reshape(shape)).all()
        for mine, name in ((own.alive, "alive"), (own.left, "lost"), (own.secure, "secure"), (own.home, "home_months"),
                           (own.place, "place_months")):  # fmt: skip
            assert (mine == table(name)).all(), name
        first = frame.filter(pl.col("accepted").is_not_null()).group_by("person").agg(pl.col("accepted").first())
        assert np.nansum(own.accepted) == first["accepted"].sum()
        assert (~np.isnan(own.accepted)).sum() == first.height


def test_counts_are_those_of_the_trials_tables(both: tuple[Lives, pl.DataFrame]) -> None:
    lives, rows = both
    arms = [USUAL, REFORM]
    stats = [stat for table in (housed, time_of_rows, entry) for stat in table(rows, arms, USUAL)]
    found = {(stat["measure"], stat["arm"], stat["month"]): stat["value"] for stat in stats if not stat["against"]}
    for arm in arms:
        own = lives.of(arm)
        everybody, of_the_housed = tenure(own)
        for mine, measure, month in (
            (housed_at(own, 12), "housed", 12), (time_housed(own), "share of time housed", None),
            (days_to_a_home(own), "days to a home, mean of those housed", None),
            (everybody, "days in the present home at the end, everybody", None),
            (of_the_housed, "days in the present home at the end, those housed", None),
        ):  # fmt: skip
            wanted = found[measure, arm, month]
            assert mine == pytest.approx(math.nan if wanted is None else wanted, rel=1e-12, nan_ok=True), measure
    time, event = (np.sort(one) for one in places_kept(lives.of(REFORM)))
    wanted_time, wanted_event = kept_of_rows(rows.filter(arm=REFORM))
    assert time.tolist() == np.sort(wanted_time).tolist()
    assert event.sum() == wanted_event.sum()
    assert uptake(rows, [REFORM], REFORM)[0]["value"] == np.nanmean(lives.of(REFORM).accepted)


def test_positions() -> None:
    known = np.array([7, 3, 11, 5])
    assert positions(known, np.array([5, 4, 7])).tolist() == [3, NONE, 0]
    assert positions(known, np.array([], np.int64)).tolist() == []
    assert positions(known[:0], np.array([5])).tolist() == [NONE]
