"""How strategies differ: only levers that do, phase by phase, in units."""

import pytest

from analysis.levers import grants_meant, lever_rows, shown
from scenarios.levers import load_levers
from scenarios.request import request_of
from scenarios.strategy import find_strategy


def strategies(*names: str) -> dict:
    return {name: find_strategy(name) for name in names}


def test_only_levers_that_differ() -> None:
    pair = strategies("catalytic_philanthropy", "user_centred")
    rows = {row.lever.name: row for row in lever_rows(pair)}
    settings = {name: strategy.settings() for name, strategy in pair.items()}
    for name in load_levers():
        paths = [[phases[max(i for i, (b, _) in enumerate(phases) if b <= month)][1][name] for month in range(60)]
                 for phases in settings.values()]  # fmt: skip
        assert (name in rows) == (paths[0] != paths[1]), name


def test_alike_strategies_differ_in_nothing() -> None:
    assert lever_rows({"one": find_strategy("hybrid"), "other": find_strategy("hybrid")}) == []
    assert lever_rows(strategies("placebo")) == []


def test_one_strategy_shows_what_is_not_at_rest() -> None:
    rows = lever_rows(strategies("top_up"))
    assert "share_top_up" in [row.lever.name for row in rows]
    assert not any(row.rests("top_up") for row in rows)


def test_an_override_makes_them_alike() -> None:
    pair = strategies("catalytic_philanthropy", "user_centred")
    assert "branding" in [row.lever.name for row in lever_rows(pair)]
    assert "branding" not in [row.lever.name for row in lever_rows(pair, {"branding": 0.5})]


def test_phases_are_told() -> None:
    pair = strategies("placebo", "user_centred")
    row = next(row for row in lever_rows(pair) if row.lever.name == "share_spotlight")
    (first, before), (later, after) = row.settings["user_centred"]
    assert row.text("user_centred") == f"{shown(row.lever, before)}; {shown(row.lever, after)} from month {later}"
    assert (first, row.text("placebo"), row.rests("placebo"), row.rests("user_centred")) == (0, "0%", True, False)
    assert row.durations == {"placebo": 60.0, "user_centred": 60.0}


def test_values_have_units() -> None:
    levers = load_levers()
    cases = {"share_places": (0.42, "42%"), "grants_per_provider": (0.25, "0.25 a year"),
             "grant_term": (24, "24 months"),
             "listening": (2, "2 a year"), "branding": (0.5, "0.5")}  # fmt: skip
    for name, (value, text) in cases.items():
        assert shown(levers[name], value) == text


def test_grants_meant_are_those_of_all_phases_of_the_programme() -> None:
    one = request_of(["user_centred"]).asked[0]
    first, last = one.programme or (0, 0)
    years = (last - first + 1) / 12
    assert len({grants.a_year for grants in one.grants}) == 1
    assert grants_meant(one) == pytest.approx(one.grants[0].a_year * years)
    assert grants_meant(request_of(["status_quo"]).asked[0]) == 0
