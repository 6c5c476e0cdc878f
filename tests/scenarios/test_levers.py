"""Levers: complete, honest about gain and cost, and shares of one whole never exceed it."""

from pathlib import Path

import pytest

from engine.errors import BadInput, OutOfRange, UnknownName
from scenarios.levers import GROUPS, WHOLES, at_rest, check_lever, check_wholes, lever_record, load_levers, read_levers

GOOD = {
    "rest": "0",
    "low": "0",
    "high": "1",
    "unit": '"strength"',
    "meaning": '"m"',
    "gain": '"g"',
    "cost": '"c"',
    "acts": "[2, 11]",
    "mark": '"assumption"',
    "source": '""',
    "group": '"credit"',
}


def lever_file(tmp_path: Path, **changes: str | None) -> Path:
    path = tmp_path / "levers.toml"
    fields = GOOD | changes
    path.write_text("[branding]\n" + "".join(f"{k} = {v}\n" for k, v in fields.items() if v is not None))
    return path


def test_the_levers_of_the_model_are_all_there_with_a_gain_and_a_cost() -> None:
    names = """budget start duration grants_per_provider grant_term design_blueprint design_users fidelity_required
        site_willingness site_prestige site_need site_outside user_seats condition_partnership condition_metrics
        verification progress_checks listening independence share_places share_involvement share_training share_bridge
        share_implementation share_spotlight share_top_up share_homes branding convening campaign"""
    levers = load_levers()
    assert set(levers) == set(names.split())
    assert {lever.group for lever in levers.values()} == set(GROUPS)
    for lever in levers.values():
        assert lever.low <= lever.rest <= lever.high
        assert min(len(lever.meaning), len(lever.gain), len(lever.cost)) > 20
        assert lever.acts == tuple(sorted(set(lever.acts)))


def test_an_entry_may_explain_a_jump(tmp_path: Path) -> None:
    assert read_levers(lever_file(tmp_path))["branding"].jump == ""
    assert read_levers(lever_file(tmp_path, jump='"At .5 it shows."'))["branding"].jump == "At .5 it shows."


def test_at_rest_only_the_money_and_its_timing_are_not_zero() -> None:
    assert {name: value for name, value in at_rest().items() if value} == {
        "budget": 0.01,
        "start": 12,
        "duration": 60,
        "grants_per_provider": 1,
        "grant_term": 24,
    }


def test_the_record_has_one_field_a_lever() -> None:
    record = lever_record()
    assert list(record.dtype.names) == list(load_levers())
    assert all(record.dtype[name] == "f8" for name in record.dtype.names)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"gains": '"x"'}, UnknownName, r"levers\.toml:13, field 'branding\.gains'.*Did you mean 'gain'\?"),
        ({"cost": None}, BadInput, r"levers\.toml:1, field 'branding': The field 'cost' is missing"),
        ({"rest": "2"}, OutOfRange, r"levers\.toml:2, field 'branding\.rest'"),
        ({"acts": "[0]"}, BadInput, r"levers\.toml:9, field 'branding\.acts'.*1 to 11"),
        ({"acts": "[]"}, BadInput, r"levers\.toml:9"),
        ({"acts": "2"}, BadInput, r"levers\.toml:9.*a list"),
        ({"group": '"sits"'}, UnknownName, r"levers\.toml:12.*Did you mean 'sites'\?"),
        ({"mark": '"derived"'}, BadInput, r"levers\.toml:11.*mark 'derived'"),
        ({"source": '"S0"'}, UnknownName, r"levers\.toml:11.*'S0'"),
    ],
)
def test_each_mistake_names_file_line_and_field(
    tmp_path: Path, changes: dict[str, str | None], error: type[BadInput], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_levers(lever_file(tmp_path, **changes))


def test_settings_are_known_in_range_and_whole_months() -> None:
    assert check_lever("grant_term", 36) == 36.0
    with pytest.raises(UnknownName, match=r"Did you mean 'branding'\?"):
        check_lever("brandnig", 1)
    with pytest.raises(OutOfRange, match=r"'budget' is 0\.5.*0 to 0\.05 \(share of system spend\)"):
        check_lever("budget", 0.5)
    with pytest.raises(BadInput, match="whole months"):
        check_lever("start", 12.5)


@pytest.mark.parametrize("names", list(WHOLES), ids=lambda names: names[0])
def test_shares_of_one_whole_add_up_to_one_at_most(names: tuple[str, ...]) -> None:
    even = {name: 1 / len(names) for name in names}
    check_wholes(even)
    with pytest.raises(BadInput, match=f"here: .*{names[0]} .* is more than the whole.*at most 1"):
        check_wholes(even | {names[0]: 1 / len(names) + 0.01}, "here")
