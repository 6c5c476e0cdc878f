"""How many grants a place has and of how much; what they are too small for; and what is said of the lever that was."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.levers import grants_said
from cli.main import unfreeze
from engine.errors import BadInput
from model.state import AWARD, BURN_IN
from runs.running import live
from scenarios.settings import read_settings
from scenarios.strategy import read_strategy
from tests.scenarios.conftest import Small

ROOT = Path(__file__).parents[2]
OURS = str(ROOT / "examples" / "my_city.toml")


@pytest.mark.parametrize("people", [500, 2000, None])
@pytest.mark.parametrize("strategy", ["carrier", "user_centred"])
def test_what_is_said_before_the_run_is_what_the_run_awards(small: Small, strategy: str, people: int | None) -> None:
    """Some money goes to applications and checks, and some waits for the next call."""
    scenario = small(strategy, people=people)
    run = live(scenario)
    assert run.events is not None
    awards = run.events[run.events["kind"] == AWARD]
    months = awards["month"] - BURN_IN - 12
    phases = zip((0, 24), (24, 60), (scenario.grants[0], scenario.grants[-1]), strict=True)
    expected = sum(grants.a_year * (ends - begins) / 12 for begins, ends, grants in phases)
    assert 0.8 * expected <= len(awards) <= 1.05 * expected
    assert ((months >= 0) & (months < 60)).all()
    paid = awards["amount"].sum() / 100 / scenario.scale / len(awards)
    assert paid == pytest.approx(scenario.grants[-1].amount, rel=0.2)


def test_the_number_of_grants_is_the_places_own_whatever_its_size(small: Small) -> None:
    dublin, ours = small("carrier"), small("carrier", place=OURS)
    for scenario in (dublin, ours):
        [grants] = scenario.grants
        assert grants.a_year == scenario.parameters()[0].providers
    assert dublin.grants[0].amount > 5 * ours.grants[0].amount


def test_grants_too_small_for_a_place_are_told_with_what_would_fit(small: Small) -> None:
    assert not small("user_centred").warnings
    [first, later] = small("user_centred", place=OURS).warnings
    assert "A grant of User-centred is GBP" in first.text
    assert "from month 24 of the programme" in later.text
    most = float(first.text.split("With ")[1].split()[0])
    fitted = small("user_centred", place=OURS, sets=(f"grants_per_provider={most}",))
    assert fitted.grants[0].places >= 1
    assert all("from month" in one.text for one in fitted.warnings)  # a later phase has less money for places
    none = small("user_centred", place=OURS, sets=("budget=0.0023", "listening=0", "user_seats=0", "grant_term=60"))
    assert "No number of grants would pay for one each" in none.warnings[0].text


def test_a_strategy_that_can_award_nothing_is_told_so_and_what_budget_would_do(small: Small) -> None:
    sets = ("budget=0.0005", "convening=1")
    scenario = small("carrier", sets)
    [one] = scenario.warnings
    assert "Carrier can award nothing here" in one.text
    enough = float(one.text.split("A budget above ")[1].split("%")[0]) / 100
    assert small("carrier", (f"budget={1.05 * enough}", "convening=1")).grants[0].amount > 0
    assert grants_said(scenario.grants) == "no grants, for want of money"
    run = live(scenario)
    assert run.measured is not None
    assert run.measured["grants_to_date"][-1] == 0


def test_the_lever_that_was_is_refused_with_what_to_write_instead(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\nmeaning = "Old."\nkind = "hybrid"\n\n[[phase]]\nfrom = 0\n[phase.levers]\n'
                    "grant_size = 75000\n")  # fmt: skip
    with pytest.raises(BadInput, match=r"mine\.toml:8.*no lever 'grant_size' any more") as told:
        read_strategy(path)
    assert "Write grants_per_provider" in str(told.value)
    with pytest.raises(BadInput, match=r"--set grant_size: .*any more"):
        read_settings(["grant_size=75000"])


def test_show_says_what_grants_come_to_in_a_place() -> None:
    said = CliRunner().invoke(unfreeze, ["show", "carrier", "--place", OURS])
    assert said.exit_code == 0, said.output
    assert "grants in My city" in said.output
    assert "8 grants a year of GBP" in " ".join(said.output.split())
