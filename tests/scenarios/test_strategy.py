"""Strategies: phases, overrides, too short runs, equal money, and practices that change only their own levers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cli.compare import compare_command
from cli.options import SEED
from dashboard.screen import Screen
from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from scenarios.levers import WHOLES, at_rest, load_levers
from scenarios.names import find, shipped
from scenarios.strategy import (
    CAMPS,
    DEFAULT_PAIR,
    KINDS,
    find_strategy,
    is_illustration,
    lever_months,
    read_strategy,
)

HEAD = 'title = "T"\nmeaning = "M."\nkind = "hybrid"\n'
PHASE = "[[phase]]\nfrom = 0\n[phase.levers]\n"
SPENDING = [name for name in shipped("strategy") if find_strategy(name).kind != "reference"]
SHARES_OF_SPENDING = next(names for names in WHOLES if "share_places" in names)


def strategy(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (HEAD, MissingField, r"mine\.toml:1: The field 'phase' is missing"),
        (PHASE, MissingField, r"mine\.toml:1: The field 'title' is missing"),
        (HEAD + "[phase]\nfrom = 0\n", BadInput, r"mine\.toml:4, field 'phase'.*one to 480 tables"),
        ("phase = []\n" + HEAD, BadInput, r"mine\.toml:1, field 'phase'.*0 phases"),
        (HEAD + PHASE * 481, BadInput, r"mine\.toml:4.*481 phases.*one to 480"),
        (HEAD.replace("hybrid", "both") + PHASE, UnknownName, r"mine\.toml:3, field 'kind'.*hybrid"),
        (HEAD + "colour = 1\n" + PHASE, UnknownName, r"mine\.toml:4, field 'colour'"),
        (HEAD + PHASE.replace("from = 0\n", ""), MissingField, r"mine\.toml:4, field 'phase\.0': The field 'from'"),
        (HEAD + PHASE.replace("0", "3"), BadInput, r"mine\.toml:5, field 'phase\.0\.from'.*begins in month 3"),
        (HEAD + PHASE.replace("0", "0.5"), BadInput, r"mine\.toml:5, field 'phase\.0\.from'.*a whole number"),
        (HEAD + PHASE + PHASE, BadInput, r"mine\.toml:8, field 'phase\.1\.from'.*not after phase 1"),
        (HEAD + PHASE + PHASE.replace("0", "60"), BadInput, r"mine\.toml:8.*month 60, but the programme lasts 60"),
        (HEAD + PHASE + "brandig = 1\n", UnknownName, r"mine\.toml:7, field 'phase\.0\.levers\.brandig'.*'branding'\?"),
        (HEAD + PHASE + "branding = 2\n", OutOfRange, r"mine\.toml:7, field 'phase\.0\.levers\.branding'.*0 to 1"),
        (HEAD + PHASE + 'budget = "1%"\n', BadInput, r'mine\.toml:7.*the text "1%".*a number'),
        (HEAD + PHASE + "start = 1.5\n", BadInput, r"mine\.toml:7.*whole months"),
        (HEAD + PHASE + PHASE.replace("0", "12") + "start = 24\n", BadInput, r"mine\.toml:10.*whole programme"),
        (HEAD + PHASE + "design_users = .7\n".replace(" .", " 0.") + "design_blueprint = 0.4\n", BadInput,
         r"mine\.toml:6, field 'phase\.0\.levers'.*= 1\.1 is more than the whole"),
        (HEAD + PHASE + "site_need = 0.6\n" + PHASE.replace("0", "12") + "site_outside = 0.6\n", BadInput,
         r"mine\.toml:10, field 'phase\.1\.levers'.*site_need 0\.6 \+ site_outside 0\.6"),
        (HEAD + "[[phase]]\nfrom = 0\nlevers = 3\n", BadInput, r"mine\.toml:6.*must be a table"),
    ],
)  # fmt: skip
def test_each_mistake_names_file_line_and_field(tmp_path: Path, text: str, error: type[BadInput], message: str) -> None:
    with pytest.raises(error, match=message):
        read_strategy(strategy(tmp_path, text))


def test_phases_keep_what_they_do_not_name_and_everything_rests_outside_the_programme(tmp_path: Path) -> None:
    text = HEAD + PHASE + "start = 3\nduration = 6\nbranding = 0.5\nlistening = 2\n"
    found = read_strategy(strategy(tmp_path, text + PHASE.replace("0", "4") + "branding = 0\n"))
    rows = lever_months(found, 12)
    assert rows.branding.tolist() == [0] * 3 + [0.5] * 4 + [0] * 5
    assert rows.listening.tolist() == [0] * 3 + [2] * 6 + [0] * 3
    assert rows.budget.tolist() == [0] * 3 + [0.01] * 6 + [0] * 3
    assert set(rows.start) == {3.0}
    assert set(rows.duration) == {6.0}
    assert set(rows.grants_per_provider) == {1.0}


def test_overrides_hold_in_every_phase_and_are_checked() -> None:
    found = find_strategy("user_centred")
    rows = lever_months(found, 120, {"branding": 1.0, "start": 0, "duration": 30})
    assert rows.branding.tolist() == [1.0] * 30 + [0.0] * 90
    assert rows.share_spotlight[23:30].tolist() == [0.0] + [0.08] * 6
    with pytest.raises(UnknownName, match="'listening'"):
        lever_months(found, 120, {"listenin": 1.0})
    with pytest.raises(OutOfRange):
        lever_months(found, 120, {"listening": 9.0})
    with pytest.raises(BadInput, match=r"user_centred, from month 0.*more than the whole"):
        lever_months(found, 120, {"share_homes": 0.5})


def test_a_programme_longer_than_the_run_is_refused_with_both_numbers() -> None:
    assert len(lever_months(find_strategy("carrier"), 72)) == 72
    with pytest.raises(BadInput, match=r"ends in month 72 .*only 71 months.*at least 72 months"):
        lever_months(find_strategy("carrier"), 71)
    assert len(lever_months(find_strategy("status_quo"), 1)) == 1  # no programme, nothing to outlast


def test_only_the_references_declare_to_spend_nothing() -> None:
    assert {name for name in shipped("strategy") if not find_strategy(name).spends} == {"status_quo", "placebo"}


def test_whoever_declares_to_spend_nothing_moves_no_lever_that_spends(tmp_path: Path) -> None:
    text = find("strategy", "placebo").read_text(encoding="utf-8") + "[phase.levers]\nbudget = 0.03\n"
    assert not find_strategy(strategy(tmp_path, text)).spends
    with pytest.raises(
        BadInput, match=r"field 'phase\.0\.levers\.listening': 'listening' is moved, though spends = false"
    ):
        find_strategy(strategy(tmp_path, text + "listening = 1\n"))


def test_the_references_spend_nothing_and_differ_in_the_budget_only() -> None:
    quo, placebo = (lever_months(find_strategy(name), 120) for name in ("status_quo", "placebo"))
    assert not quo.budget.any()
    assert placebo.budget.tolist() == [0.0] * 12 + [0.01] * 60 + [0.0] * 48
    assert all(np.array_equal(quo[name], placebo[name]) for name in load_levers() if name != "budget")
    assert all(not placebo[name].any() for name in SHARES_OF_SPENDING)


@pytest.mark.parametrize("name", SPENDING)
def test_every_strategy_has_the_same_money_at_the_same_time_and_spends_all_of_it(name: str) -> None:
    rows = lever_months(find_strategy(name), 120)
    rest = lever_months(find_strategy("placebo"), 120)
    for lever in ("budget", "start", "duration"):
        assert rows[lever].tolist() == rest[lever].tolist()
    spent = sum(rows[share] for share in SHARES_OF_SPENDING)
    assert np.allclose(spent, rows.budget > 0)


def test_the_strategies_that_must_ship_do_and_every_kind_is_among_them() -> None:
    names = """status_quo placebo top_up homes catalytic_philanthropy best_practice_rollout outside_pilot_then_campaign
    collective_impact implementation_support small_conditional_grants carrier practice_1_learn practice_2_example
    practice_3_willing practice_4_start_small practice_5_credit user_centred hybrid reform_fund teaching_initiative"""
    assert set(shipped("strategy")) == set(names.split())
    assert {find_strategy(name).kind for name in shipped("strategy")} == set(KINDS)


OWN = {
    "practice_1_learn": {"listening", "independence"},
    "practice_2_example": {"user_seats"},
    "practice_3_willing": {"site_willingness"},
    "practice_4_start_small": {"grants_per_provider", "condition_partnership", "verification", "progress_checks",
                               "design_users", "share_involvement", "share_places"},
    "practice_5_credit": {"branding", "share_spotlight", "share_places"},
}  # fmt: skip


def changes(name: str) -> dict[str, np.ndarray]:
    """How a strategy's levers differ from the carrier's, month by month."""
    rows, carrier = (lever_months(find_strategy(n), 120) for n in (name, "carrier"))
    return {v: rows[v] - carrier[v] for v in load_levers() if not np.array_equal(rows[v], carrier[v])}


@pytest.mark.parametrize("name", list(OWN))
def test_a_practice_changes_its_own_levers_only(name: str) -> None:
    assert set(changes(name)) == OWN[name]


def test_user_centred_is_the_carrier_with_all_five_practices() -> None:
    together: dict[str, np.ndarray] = {}
    for name in OWN:
        for lever, change in changes(name).items():
            together[lever] = together.get(lever, 0.0) + change
    found = changes("user_centred")
    assert set(found) == set(together)
    assert all(np.allclose(found[lever], together[lever]) for lever in together)


def test_catalytic_grants_are_few_large_long_branded_and_of_the_foundations_design() -> None:
    ((_, first), *_) = find_strategy("catalytic_philanthropy").settings()
    assert first["grants_per_provider"] <= 0.1
    assert 36 <= first["grant_term"] <= 48
    assert min(first["branding"], first["design_blueprint"]) >= 0.9


def test_settings_start_from_rest() -> None:
    assert find_strategy("placebo").settings() == ((0, at_rest()),)


def along_the_practices(name: str) -> float:
    """How far a strategy's levers lie along the five practices, in practices' own steps from the carrier."""

    def at_the_end(of: str) -> dict[str, float]:
        return find_strategy(of).settings()[-1][1]

    mine, carrier, way = at_the_end(name), at_the_end("carrier"), 0.0
    for practice in (one for one in shipped("strategy") if one.startswith("practice_")):
        moved = {lever: value for lever, value in at_the_end(practice).items() if value != carrier[lever]}
        way += sum((mine[lever] - carrier[lever]) / (value - carrier[lever]) for lever, value in moved.items())
    return way


def test_the_default_pair_are_the_ends_of_the_claim_whatever_comes_out() -> None:
    """Chosen by what the files say: no run, and so no seed, is asked."""
    camps = {
        kind: {name: along_the_practices(name) for name in shipped("strategy") if find_strategy(name).kind == kind}
        for kind in ("funder-led", "user-centred")
    }
    funder, users = camps.values()
    assert (min(funder, key=lambda name: funder[name]), max(users, key=lambda name: users[name])) == DEFAULT_PAIR
    assert all(len(camp) > 1 for camp in camps.values())


def test_every_door_opens_with_the_default_pair_and_the_first_seed() -> None:
    assert tuple(one.name for one in Screen().choices) == DEFAULT_PAIR
    assert Screen().seed == SEED == 1
    assert "{} and {}".format(*DEFAULT_PAIR) in " ".join(str(compare_command.help).split())


def test_shipped_strategies_are_illustrations_and_say_so() -> None:
    for name in shipped("strategy"):
        strategy = find_strategy(name)
        says = "# An illustration of an idea" in find("strategy", name).read_text(encoding="utf-8")
        assert says == is_illustration(strategy) == (strategy.kind in CAMPS)
    assert is_illustration(replace(find_strategy("user_centred"), name="user_centred,listening=4"))
    assert not is_illustration(replace(find_strategy("user_centred"), ours=False))
