"""Plausible sets: ranges alone, or rows of a sample by their weights; every draw alone, and a sample that is whole."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

import scenarios.plausible as subject
from engine.errors import BadInput, MissingField, OutOfRange, UnknownName, UnreadableFile, Where
from engine.record import Rows
from evidence.quantities import inputs
from runs.running import digits
from scenarios.names import shipped
from scenarios.places import Place, domain_of, find_place
from scenarios.plausible import (
    BALANCED,
    DATA,
    MANIFEST,
    PLACE,
    PRIOR,
    SHAPES,
    SHAPES_IF,
    STRUCTURE,
    TABLE,
    ParameterSet,
    Range,
    Sample,
    held,
    open_ranges,
    origins,
    plausible,
    read_sample,
    resampled,
    set_by_domain,
    shipped_sample,
    starting_shapes,
    write_sample,
)
from scenarios.published import CHECK, FIT, Published
from scenarios.scenario import Scenario
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

FITTED = {"exit_fast": (0.7, 0.8, 0.9), "accept_bed": (0.5, 0.6, 0.7), "inflow@canada_trial": (60.0, 70.0, 80.0)}


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """Three sets of weights .5, .3 and .2."""
    write_sample(table(), {"command": "unfreeze calibrate", "date": "2026-01-01"}, tmp_path / "sample")
    return read_sample(tmp_path / "sample")


def table(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({"weight": [0.5, 0.3, 0.2], **FITTED, **columns})


@pytest.fixture(scope="module")
def dublin() -> Place:
    return find_place("dublin")


def test_rows_are_taken_as_often_as_their_weights_say(sample: Sample, dublin: Place) -> None:
    for number in (10, 20, 50):
        rows = [FITTED["exit_fast"].index(one["exit_fast"]) for one in plausible(dublin, number, 3, sample)]
        assert np.bincount(rows).tolist() == [0.5 * number, 0.3 * number, 0.2 * number]
    weights = np.array([0.07, 0.61, 0.0, 0.32])
    for seed in range(40):
        times = np.bincount(resampled(weights, 7, seed), minlength=4)
        assert times.sum() == 7
        assert (np.abs(times - 7 * weights) < 1).all()
        assert times[2] == 0


def test_resampling_is_unbiased() -> None:
    weights = np.array([0.07, 0.61, 0.0, 0.32])
    times = np.mean([np.bincount(resampled(weights, 3, seed), minlength=4) for seed in range(2000)], axis=0)
    assert times == pytest.approx(3 * weights, abs=0.05)  # 4.5 standard errors of a coin tossed 2000 times


def test_fitted_values_of_a_set_come_from_one_row(sample: Sample) -> None:
    rows = set(zip(*FITTED.values(), strict=True))
    for one in plausible(find_place("canada_trial"), 20, 1, sample):
        assert (one["exit_fast"], one["accept_bed"], one["inflow"]) in rows


def test_what_is_bound_to_another_place_does_not_hold_here(sample: Sample, dublin: Place) -> None:
    assert all("inflow" not in one for one in plausible(dublin, 5, 1, sample))
    assert "inflow" in held(dublin, sample)
    assert "inflow" not in held(find_place("canada_trial"), sample)


@pytest.fixture(params=["sample", "ranges"])
def either(request: pytest.FixtureRequest, sample: Sample) -> Sample | None:
    """With a sample, and from ranges alone."""
    return sample if request.param == "sample" else None


def test_the_same_again_gives_the_same_sets_and_another_seed_others(either: Sample | None, dublin: Place) -> None:
    assert plausible(dublin, 6, 4, either) == plausible(dublin, 6, 4, either)
    first, other = (plausible(dublin, 6, seed, either)[0]["contact"] for seed in (4, 5))
    assert first != other


def test_a_new_quantity_changes_no_other_draw(
    either: Sample | None, dublin: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plausible(dublin, 8, 2, either)
    more = inputs() | {"another": replace(inputs()["contact"], name="another")}
    less = {name: quantity for name, quantity in inputs().items() if name != "trust_rate"}
    monkeypatch.setattr(subject, "inputs", lambda: more)
    after = plausible(dublin, 8, 2, either)
    assert [one.pop("another") for one in after]
    assert after == before
    monkeypatch.setattr(subject, "inputs", lambda: less)
    for one, old in zip(plausible(dublin, 8, 2, either), before, strict=True):
        assert one == {name: value for name, value in old.items() if name != "trust_rate"}


def test_draws_that_nothing_identifies_are_alike_whatever_was_fitted_and_how_many_sets(
    sample: Sample, dublin: Place
) -> None:
    few, many = plausible(dublin, 4, 2, sample), plausible(dublin, 9, 2, sample)
    for k in range(4):
        assert {n: v for n, v in few[k].items() if n not in FITTED} == {
            n: v for n, v in many[k].items() if n not in FITTED
        }


def test_priors_have_their_shape_and_stay_in_their_range(sample: Sample, dublin: Place) -> None:
    sets = plausible(dublin, 1500, 7, sample)
    for name in ("contact", "trust_funder_start", "belief_mean"):
        quantity = inputs()[name]
        assert quantity.value is not None
        width = quantity.high - quantity.low
        expected = stats.triang((quantity.value - quantity.low) / width, quantity.low, width)
        assert stats.kstest([one[name] for one in sets], expected.cdf).pvalue > 1e-4
    for name in sets[0]:
        drawn, quantity = [one[name] for one in sets[:50]], inputs()[name]
        assert quantity.low <= min(drawn) <= max(drawn) <= quantity.high
        if quantity.unit == "months":
            assert all(value == int(value) for value in drawn), name
    pairs = np.corrcoef([[one[name] for one in sets] for name in ("contact", "belief_mean", "trust_rate")])
    assert np.abs(pairs - np.eye(3)).max() < 0.12  # 4.5 standard errors of no correlation


def test_ranges_worked_by_hand() -> None:
    triangle = Range(0.0, 1.0, 3.0, "triangular", whole=False)  # density rises to 2/3 at 1: a third lies below
    assert triangle.at(1 / 12) == pytest.approx(0.5)
    assert triangle.at(1 / 3) == pytest.approx(1.0)
    assert triangle.at(5 / 6) == pytest.approx(2.0)
    assert Range(2.0, 3.0, 4.0, "uniform", whole=False).at(0.25) == 2.5
    assert Range(2.0, 3.0, 9.0, "uniform", whole=True).at(0.2) == 3.0
    assert Range(0.0, 0.0, 1.0, "triangular", whole=False).at(0.75) == pytest.approx(0.5)


def test_prices_of_the_place_are_drawn_in_its_own_range_and_money(sample: Sample) -> None:
    for name in ("dublin", "canada_trial"):
        place = find_place(name)
        sets = plausible(place, 60, 1, sample)
        prices = [f for f in place.figures.values() if "EUR" in inputs()[f.name].unit and f.low < f.high]
        assert prices
        for figure in prices:
            _, low, high = figure.in_model
            drawn = [one[figure.name] for one in sets]
            assert low <= min(drawn) < max(drawn) <= high, figure.name
            assert origins(place, sample)[figure.name] == PLACE


def test_other_figures_of_the_place_are_held(sample: Sample, dublin: Place) -> None:
    drawn = origins(dublin, sample)
    for name in ("crisis_beds", "secure_supply", "demand_growth"):
        assert name not in drawn
        assert name in held(dublin, sample)
    assert set(plausible(dublin, 1, 1, sample)[0]) == set(drawn)
    assert {n for n, kind in drawn.items() if kind == DATA} == {"exit_fast", "accept_bed"}
    assert drawn["contact"] == drawn["ownership_rate"] == PRIOR


def test_a_place_that_knows_better_is_believed(sample: Sample, dublin: Place, tmp_path: Path) -> None:
    text = Path("scenarios/places/dublin.toml")
    own = (Path(subject.__file__).parents[1] / text).read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(own + "\n[exit_fast]\nvalue = 0.6\nlow = 0.55\nhigh = 0.65\n", encoding="utf-8")
    mine = find_place(path)
    assert origins(mine, sample)["exit_fast"] == PLACE
    assert all(0.55 <= one["exit_fast"] <= 0.65 for one in plausible(mine, 20, 1, sample))


def test_what_the_domain_sets_is_not_drawn(sample: Sample, dublin: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    domain = replace(subject.domain_of(dublin), values={"exit_fast": 0.5, "contact": 0.06})
    monkeypatch.setattr(subject, "domain_of", lambda place: domain)
    before = plausible(dublin, 9, 1, sample)
    assert {"exit_fast", "contact"}.isdisjoint(before[0])
    assert set_by_domain(dublin) == ["exit_fast", "contact"]
    ranged = replace(domain, plausible={"contact": (0.05, 0.09)})  # a range of its own opens it, around its value
    monkeypatch.setattr(subject, "domain_of", lambda place: ranged)
    after = plausible(dublin, 9, 1, sample)
    assert all(0.05 <= one["contact"] <= 0.09 for one in after)
    assert open_ranges(dublin, sample)["contact"].mode == 0.06
    assert set_by_domain(dublin) == ["exit_fast"]
    assert [{n: v for n, v in one.items() if n != "contact"} for one in after] == before  # and moves no other draw


def test_where_the_domain_sets_nothing_nothing_is_held_for_it(dublin: Place) -> None:
    assert domain_of(dublin).values == {}
    assert set_by_domain(dublin) == []
    assert {"mortality_low", "accept_home", "acute_starts"} <= set(open_ranges(find_place("ireland_mental_health")))
    assert "spell_keeps_home" in set_by_domain(find_place("ireland_mental_health"))


def test_a_mechanism_that_is_off_stays_off(sample: Sample, dublin: Place) -> None:
    off = {
        name
        for name, quantity in inputs().items()
        if quantity.off is not None and quantity.value == quantity.off and not quantity.structure
    }
    assert "voice_direct" in off  # users' design power has no direct effect unless somebody says so
    assert off.isdisjoint(plausible(dublin, 1, 1, sample)[0])


def test_each_choice_of_structure_is_equally_likely_though_it_is_off_by_default(
    sample: Sample, dublin: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = replace(inputs()["voice_direct"], name="made_up", value=0.0, off=0.0, low=0.0, high=2.0,
                     distribution="choice", choices=(0.0, 1.0, 2.0), structure=True)  # fmt: skip
    before = plausible(dublin, 600, 3, sample)
    more = inputs() | {"made_up": switch, "other_rule": replace(switch, name="other_rule", structure=False)}
    monkeypatch.setattr(subject, "inputs", lambda: more)
    sets = plausible(dublin, 600, 3, sample)
    times = np.bincount([int(one.pop("made_up")) for one in sets], minlength=3)
    assert times.sum() == 600
    assert stats.chisquare(times).pvalue > 1e-3
    assert sets == before  # a mechanism that is off and not marked stays off; nothing else moves
    assert origins(dublin, sample)["made_up"] == STRUCTURE
    assert "other_rule" not in origins(dublin, sample)


def test_the_number_of_providers_is_structure_from_the_places_own_range(sample: Sample) -> None:
    for name in ("dublin", "finland"):
        place = find_place(name)
        drawn = [one["providers"] for one in plausible(place, 300, 1, sample)]
        figure = place.figures["providers"]
        assert all(value == int(value) for value in drawn)
        assert figure.low <= min(drawn) < figure.value < max(drawn) <= figure.high
        assert origins(place, sample)["providers"] == STRUCTURE
        assert "providers" not in held(place, sample)


def test_a_place_limits_the_choices_that_are_drawn(
    sample: Sample, dublin: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = replace(inputs()["contact"], name="made_up", value=0.0, low=0.0, high=2.0,
                     distribution="choice", choices=(0.0, 1.0, 2.0), structure=True)  # fmt: skip
    monkeypatch.setattr(subject, "inputs", lambda: inputs() | {"peer_rule": switch})
    figure = replace(dublin.figures["providers"], name="peer_rule", value=1.0, low=1.0, high=2.0)
    mine = replace(dublin, figures={**dublin.figures, "peer_rule": figure})
    assert {one["peer_rule"] for one in plausible(mine, 60, 1, sample)} == {1.0, 2.0}


def test_there_is_at_least_one_set(sample: Sample, dublin: Place) -> None:
    with pytest.raises(OutOfRange, match="number of plausible sets"):
        plausible(dublin, 0, 1, sample)


def test_without_a_sample_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no sample of plausible parameter sets.*unfreeze calibrate"):
        read_sample(tmp_path)


def test_a_sample_is_the_one_that_its_manifest_describes(sample: Sample) -> None:
    path = sample.folder / MANIFEST
    assert json.loads(path.read_text(encoding="utf-8"))["command"] == "unfreeze calibrate"
    about = path.read_text(encoding="utf-8")
    path.write_text(json.dumps({"hash": "0" * 24}), encoding="utf-8")
    with pytest.raises(BadInput, match=r"not the sample that manifest\.json beside it describes"):
        read_sample(sample.folder)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(MissingField, match="hash"):
        read_sample(sample.folder)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no JSON"):
        read_sample(sample.folder)
    path.unlink()
    with pytest.raises(BadInput, match=r"no manifest\.json"):
        read_sample(sample.folder)
    content = b"PAR1 this is none"
    (sample.folder / TABLE).write_bytes(content)
    path.write_text(about.replace(sample.manifest["hash"], subject._hash(content)), encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no Parquet file"):
        read_sample(sample.folder)


@pytest.mark.parametrize(
    ("broken", "kind", "said"),
    [
        (table().drop("weight"), MissingField, "weight"),
        (table().head(0), BadInput, "empty"),
        (table().select("weight"), BadInput, "empty"),
        (table(weight=[0.5, 0.3, 0.3]), BadInput, r"add up to 1\.1"),
        (table(weight=[0.9, 0.3, -0.2]), BadInput, r"the least is -0\.2"),
        (table(exit_fast=[0.7, None, 0.9]), BadInput, "'exit_fast' has something else than numbers"),
        (table(exit_fast=[0.7, float("nan"), 0.9]), BadInput, "'exit_fast' has something else"),
        (table(exit_fast=["a", "b", "c"]), BadInput, "'exit_fast' has something else"),
        (table(exit_fast=[0.7, 1.1, 0.9]), OutOfRange, r"'exit_fast' is 1\.1"),
        (table(exit_fats=[0.7, 0.8, 0.9]), UnknownName, "Did you mean 'exit_fast'"),
        (table().rename({"inflow@canada_trial": "infow@canada_trial"}), UnknownName, "inflow"),
    ],
)
def test_a_broken_sample_is_told(broken: pl.DataFrame, kind: type[BadInput], said: str, tmp_path: Path) -> None:
    with pytest.raises(kind, match=said):
        write_sample(broken, {}, tmp_path)
    assert not (tmp_path / TABLE).exists()


def test_the_sample_that_ships_holds_for_today_s_rules() -> None:
    found = shipped_sample(None)
    assert found is not None
    assert found.manifest["digits"] == digits(), "calibrate again: docs/calibration.md"
    assert found.manifest["effective"] >= 1000


@pytest.mark.parametrize("name", shipped("place"))
def test_the_sample_that_ships_is_drawn_from_in_the_field_that_it_was_fitted_in(name: str) -> None:
    """Homeless adults say nothing of schools, hospitals or group homes."""
    found, place = shipped_sample(None), find_place(name)
    assert found is not None
    assert found.manifest["domains"] == ["homelessness"]
    assert (shipped_sample(place) is not None) == (place.domain == "homelessness")
    assert (DATA in origins(place, shipped_sample(place)).values()) == (place.domain == "homelessness")


def test_a_sample_that_does_not_say_where_it_was_fitted_is_drawn_from_everywhere(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "FOLDER", sample.folder)
    assert all(shipped_sample(find_place(name)) is not None for name in shipped("place"))


def test_digits_of_what_is_drawn_change_with_the_sample(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that pages over sets are known to be old; those at the defaults stay."""
    before, drawn = digits(), digits(drawn=True)
    assert before != drawn
    monkeypatch.setattr(subject, "FOLDER", sample.folder)
    assert digits.__wrapped__() == before
    assert digits.__wrapped__(drawn=True) != drawn


def test_what_ships_is_read_whole_or_not_at_all(
    sample: Sample, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(subject, "FOLDER", tmp_path / "nothing")
    assert shipped_sample(None) is None
    monkeypatch.setattr(subject, "FOLDER", sample.folder)
    found = shipped_sample(None)
    assert found is not None
    assert found.manifest == sample.manifest
    (sample.folder / MANIFEST).unlink()
    with pytest.raises(BadInput, match=r"no manifest\.json"):
        shipped_sample(None)


# --- from ranges alone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped("place"))
def test_without_a_sample_every_value_lies_in_its_range(name: str) -> None:
    """The place's own range where its file has one, else the evidence's; nothing is said to be fitted."""
    place = find_place(name)
    sets, kinds = plausible(place, 40, 3), origins(place)
    assert DATA not in kinds.values()
    for quantity, kind in kinds.items():
        entry, drawn = inputs()[quantity], [one[quantity] for one in sets]
        low, high = domain_of(place).plausible.get(quantity, (entry.low, entry.high))
        if quantity in place.figures:
            low, high = place.figures[quantity].in_model[1:]
        assert low <= min(drawn) < max(drawn) <= high, quantity
        assert (quantity in place.figures) <= (kind in (PLACE, STRUCTURE)), quantity
    assert all(set(one) == set(kinds) and not one.fitted for one in sets)


def test_without_a_sample_what_one_would_fit_is_drawn_from_ranges(sample: Sample, dublin: Place) -> None:
    with_one, without = plausible(dublin, 20, 2, sample), plausible(dublin, 20, 2)
    assert set(with_one[0]) == set(without[0])
    assert origins(dublin)["accept_bed"] == PRIOR
    assert len({one["accept_bed"] for one in without}) == 20
    assert [drop(one) for one in with_one] == [drop(one) for one in without]  # the rest is the same draw
    assert {one.fitted for one in with_one} == {frozenset({"exit_fast", "accept_bed"})}
    assert held(dublin) == held(dublin, sample)


def drop(one: Mapping[str, float]) -> dict[str, float]:
    """A set without what the sample fits."""
    return {name: value for name, value in one.items() if name not in FITTED}


# --- what is balanced afterwards --------------------------------------------------------------------------------------


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries under all the names that may be balanced, whatever the evidence calls them."""
    made = {name: replace(inputs()["trust_rate"], name=name) for name in (*SHAPES, *SHAPES_IF.values())}
    every = inputs() | made
    monkeypatch.setattr(subject, "inputs", lambda: every)


def without_say(place: Place) -> Place:
    """The place, had it said nothing about what may be balanced."""
    names = (*SHAPES, *SHAPES_IF.values())
    return replace(place, figures={n: f for n, f in place.figures.items() if n not in names}, published={})


def with_published(place: Place, name: str, use: str) -> Place:
    """The place with a published figure under this name."""
    figure = Published(name, 0.4, 0.4, 0.4, "share", "", "recalled", "S1", "", use, Where("here", 1, name))
    return replace(place, published={**place.published, name: figure})


def with_figure(place: Place, name: str) -> Place:
    """The place with a figure of its own under this name."""
    figure = replace(place.figures["providers"], name=name, value=0.05, low=0.04, high=0.06)
    return replace(place, figures={**place.figures, name: figure})


@pytest.mark.usefixtures("shapes")
def test_what_nobody_counts_is_a_starting_shape_and_says_so(dublin: Place) -> None:
    bare = without_say(dublin)
    assert set(starting_shapes(bare)) == set(SHAPES)
    assert {name for name, kind in origins(bare).items() if kind == BALANCED} == set(SHAPES)
    for figure, name in SHAPES_IF.items():
        assert set(starting_shapes(with_published(bare, figure, FIT))) == {*SHAPES, name}
        assert set(starting_shapes(with_published(bare, figure, CHECK))) == set(SHAPES)
        assert origins(bare)[name] == PRIOR
        assert origins(with_published(bare, figure, FIT))[name] == BALANCED


def test_the_range_that_is_usual_in_a_field_goes_before_the_entry(
    dublin: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = plausible(dublin, 9, 1)
    contact = inputs()["contact"]
    domain = replace(domain_of(dublin), plausible={"contact": (contact.high, contact.high + 0.01)})
    monkeypatch.setattr(subject, "domain_of", lambda place: domain)
    sets = plausible(dublin, 9, 1)
    assert all(contact.high <= one["contact"] <= contact.high + 0.01 for one in sets)
    assert len({one["contact"] for one in sets}) == 9
    assert [{**one, "contact": 0} for one in sets] == [{**one, "contact": 0} for one in before]


@pytest.mark.usefixtures("shapes")
def test_what_somebody_says_is_no_starting_shape(
    dublin: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place, its domain, a sample, a worldview or --set."""
    bare = without_say(dublin)
    assert "seek_long" not in starting_shapes(with_figure(bare, "seek_long"))
    assert origins(with_figure(bare, "seek_long"))["seek_long"] == PLACE
    assert "seek_long" not in starting_shapes(bare, assumed=("seek_long",))
    fitted = ParameterSet({"seek_long": 0.1, "seek_short": 0.2}, ["seek_long"])
    assert set(starting_shapes(bare, fitted)) == {*SHAPES} - {"seek_long"}
    assert set(starting_shapes(bare, dict(fitted))) == {*SHAPES}
    domain = replace(subject.domain_of(dublin), values={"resolve_long": 0.01})
    monkeypatch.setattr(subject, "domain_of", lambda place: domain)
    assert "resolve_long" not in starting_shapes(bare)


def test_a_world_moves_the_shapes_of_a_set_within_their_ranges_and_nothing_else(dublin: Place) -> None:
    """And what a sample gives stays, though it is a shape elsewhere."""
    drawn, names = plausible(dublin, 1, 4)[0], starting_shapes(dublin)

    def world(values: Mapping[str, float]) -> Rows:
        return Scenario(find_strategy("status_quo"), dublin, find_worldview("evidence"), drawn=values).parameters()[0]

    found = world(drawn)
    moved = {name for name, value in drawn.items() if found[name] != value}
    assert moved
    assert moved <= {*names}
    for name in names:
        assert inputs()[name].low - 1e-12 <= found[name] <= inputs()[name].high + 1e-12, name
    kept = world(ParameterSet(drawn, ["seek_long", "resolve_long"]))
    assert (kept["seek_long"], kept["resolve_long"]) == (drawn["seek_long"], drawn["resolve_long"])


@pytest.mark.parametrize(("use", "stays"), [(FIT, False), (CHECK, True)])
def test_what_a_place_publishes_of_itself_goes_before_the_sample(
    dublin: Place, tmp_path: Path, use: str, stays: bool
) -> None:
    """The row of the sample is then where balancing begins, and no more."""
    write_sample(table(drift_out=[0.03, 0.04, 0.05]), {}, tmp_path / "sample")
    place, sample = with_published(dublin, "under_six", use), read_sample(tmp_path / "sample")
    for one in plausible(place, 10, 3, sample):
        assert one["drift_out"] in (0.03, 0.04, 0.05)
        assert ("drift_out" in one.fitted) == stays
        assert ("drift_out" in starting_shapes(place, one)) == (not stays)
    assert origins(place, sample)["drift_out"] == (DATA if stays else BALANCED)


def test_a_set_keeps_what_was_fitted_on_its_way_to_another_process(sample: Sample, dublin: Place) -> None:
    one = plausible(dublin, 1, 1, sample)[0]
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert again.fitted == one.fitted == {"exit_fast", "accept_bed"}
    assert copy.copy(one).fitted == one.fitted
