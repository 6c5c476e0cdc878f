"""What others than the foundation decide while a run goes on: the same digits by every way, from its month on."""

from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInput
from model.state import BURN_IN
from runs.ensemble import ensemble
from runs.running import burnt_in, live, month_by_month
from runs.service_system import ServiceSystem
from runs.store import run_hash
from scenarios.deciding import DECIDED, WHOSE
from scenarios.places import PATHS
from scenarios.scenario import Scenario
from scenarios.strategy import find_strategy, read_strategy

HEAD = 'title = "Room"\nmeaning = "What a room decided."\nkind = "hybrid"\n'
SIX = HEAD + "".join(
    f"[[phase]]\nfrom = {12 * i}\n[phase.levers]\n{'start = 0\nduration = 72' if i == 0 else ''}\nlistening = {i % 3}\n"
    f"[phase.others]\naccept_home = {0.8 + 0.03 * (i % 2)}\nrefer_base = 0.15\n"
    for i in range(6)
)


def scenario(tmp_path: Path, text: str, **more: int) -> Scenario:
    path = tmp_path / "room.toml"
    path.write_text(text, encoding="utf-8")
    return Scenario.of(path, people=500, **{"months": 84, **more})


def measured(one: Scenario) -> np.ndarray:
    found = live(one).measured
    assert found is not None
    return found


def test_six_phases_with_others_in_them_are_read_and_lived(tmp_path: Path) -> None:
    one = scenario(tmp_path, SIX)
    assert [begins for begins, _ in one.others] == [0, 12, 24, 36, 48, 60]
    worlds, held = one.decided_rows()
    assert [float(world["accept_home"][0]) for world in worlds] == pytest.approx([0.8, 0.83] * 3)
    assert held[:BURN_IN].tolist() == [0] * BURN_IN
    assert held[BURN_IN : BURN_IN + 84 : 12].tolist() == [1, 2, 3, 4, 5, 6, 6]
    assert one.quiet == 0


def test_every_way_of_living_a_run_gives_the_same_digits(tmp_path: Path) -> None:
    one = scenario(tmp_path, SIX)
    alone = measured(one)
    *_, (_, world) = month_by_month(burnt_in(one), one)
    assert world.measured[BURN_IN - 1 :].tobytes() == alone.tobytes()
    many = ensemble([one]).months.filter(measure="secure_people", stratum="all")["value"].to_numpy()
    assert many.tolist() == alone["secure_people"].tolist()
    system = ServiceSystem(str(tmp_path / "room.toml"), people=500, months=84, rng=1)
    for _ in range(84):
        system.step()
    assert system.measure("secure_people") == alone["secure_people"][-1]


def test_a_row_of_results_repeats_the_run(tmp_path: Path) -> None:
    one = scenario(tmp_path, SIX)
    row = ensemble([one]).runs.row(0, named=True)
    again = Scenario.from_row(row)
    assert run_hash(again) == row["hash"]
    assert measured(again).tobytes() == measured(one).tobytes()


def test_what_is_decided_acts_from_its_month_on_and_not_before(tmp_path: Path) -> None:
    usual = HEAD + "[[phase]]\nfrom = 0\n[phase.levers]\nstart = 0\nduration = 36\n"
    plain = measured(scenario(tmp_path, usual))
    changed = measured(scenario(tmp_path, usual + "[[phase]]\nfrom = 48\n[phase.others]\naccept_home = 0.05\n"))
    assert plain[:49].tobytes() == changed[:49].tobytes()
    assert changed["moved_in"][49:].sum() < plain["moved_in"][49:].sum()


def test_a_decision_for_what_is_in_force_changes_no_digit(tmp_path: Path) -> None:
    usual = HEAD + "[[phase]]\nfrom = 0\n[phase.levers]\nstart = 0\nduration = 36\n"
    in_force = float(scenario(tmp_path, usual).parameters()["refer_base"][0])
    same = measured(scenario(tmp_path, usual + f"[[phase]]\nfrom = 12\n[phase.others]\nrefer_base = {in_force!r}\n"))
    assert same.tobytes() == measured(scenario(tmp_path, usual)).tobytes()


def test_a_phase_holds_what_others_decide_and_the_next_one_does_not(tmp_path: Path) -> None:
    text = HEAD + "[[phase]]\nfrom = 0\n[phase.others]\naccept_home = 0.8\n[[phase]]\nfrom = 12\n[phase.levers]\n"
    worlds, held = scenario(tmp_path, text).decided_rows()
    assert len(worlds) == 1
    assert held[[BURN_IN + 11, BURN_IN + 12, BURN_IN + 23, BURN_IN + 24]].tolist() == [0, 1, 1, 0]  # start is 12


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("short_share = 0.5", "nobody's to decide"),
        ("accept_home = 1.5", "'accept_home' is 1.5"),
        ("acept_home = 0.5", "accept_home"),
        ('accept_home = "much"', "accept_home"),
    ],
)
def test_what_nobody_may_decide_is_refused_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as error:
        scenario(tmp_path, HEAD + f"[[phase]]\nfrom = 0\n[phase.others]\n{line}\n")
    assert "room.toml" in str(error.value)


def test_the_twin_without_a_foundation_decides_as_usual(tmp_path: Path) -> None:
    one = scenario(tmp_path, SIX)
    assert one.twin().others == ()
    assert one.twin().burn_in_key == one.burn_in_key


def test_a_practice_does_not_go_onto_a_file_that_says_what_others_decide(tmp_path: Path) -> None:
    path = tmp_path / "room.toml"
    path.write_text(SIX, encoding="utf-8")
    with pytest.raises(BadInput, match="a foundation's alone"):
        find_strategy(f"{path}+practice_1_learn")


def test_the_last_phase_of_levers_still_begins_within_the_programme(tmp_path: Path) -> None:
    path = tmp_path / "late.toml"
    path.write_text(HEAD + "[[phase]]\nfrom = 0\n[[phase]]\nfrom = 70\n[phase.levers]\nlistening = 2\n")
    with pytest.raises(BadInput, match="begins in month 70"):
        read_strategy(path)


def test_everything_that_may_be_decided_is_an_input_in_reach_of_every_month() -> None:
    """No start value, no code and no figure of a place is among them."""
    assert len(set(DECIDED)) == len(DECIDED) == sum(map(len, WHOSE.values()))
    assert not {*DECIDED} & {*PATHS}  # figures that a place's plan is made from
    assert not [name for name in DECIDED if name.endswith(("_start", "_mean", "_spread"))]
