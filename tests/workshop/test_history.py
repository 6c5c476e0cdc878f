"""The room's history as a strategy: every plan's rounds are phases that a file holds and the model takes."""

import threading
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInput, UnfreezeError
from runs.summary import Batch
from scenarios.scenario import NOBODY, Scenario
from scenarios.strategy import find_strategy, read_strategy
from workshop.history import ROOM, Runner, check_done, file_of, strategy_of
from workshop.levels import ALL, BEGINNER, LEVELS, PRACTICES, options_of, roles_at
from workshop.plans import MONEY_ENDS, MONTHS, ROUNDS
from workshop.roles import BASE, BY_KEY, ROLES, USUAL
from workshop.setup import Setup


def played(plan: int, which: int, level: str = "some") -> dict[int, dict[str, dict[str, str]]]:
    """Every round, with each table's option number `which` (0: as usual); the last one there is if there are fewer."""
    return {
        n: {
            role.key: {one.key: one.keys[min(which, len(one.keys) - 1)] for one in role.decisions}
            for role in roles_at(level)
        }
        for n in range(1, len(ROUNDS[plan]) + 1)
    }


@pytest.mark.parametrize("plan", ROUNDS)
@pytest.mark.parametrize("which", [0, 1, 2, 3])
@pytest.mark.parametrize("level", LEVELS)
def test_a_history_is_a_strategy_file(tmp_path: Path, plan: int, which: int, level: str) -> None:
    path, setup, rounds = tmp_path / f"{ROOM}.toml", Setup(plan=plan, level=level), played(plan, which, level)
    if level == ALL and which:
        rounds[1]["foundation"] |= {"listening": "1.5", "share_places": "0.25", "share_homes": "0.2"}
    path.write_text(file_of(setup, rounds), encoding="utf-8")
    ours, theirs = strategy_of(setup, rounds), read_strategy(path)
    assert [(p.begins, dict(p.levers), dict(p.others)) for p in theirs.phases] == [
        (p.begins, dict(p.levers), dict(p.others)) for p in ours.phases
    ]
    Scenario.of(theirs, people=500, months=MONTHS)


@pytest.mark.parametrize("level", LEVELS)
def test_a_room_that_does_as_usual_is_the_carrier_over_the_rooms_years(level: str) -> None:
    ours = Scenario.of(strategy_of(Setup(level=level), played(90, 0, level)), people=500, months=MONTHS)
    carrier = Scenario.of(f"{BASE},start=0,duration={MONEY_ENDS}", people=500, months=MONTHS)
    assert ours.lever_rows().tobytes() == carrier.lever_rows().tobytes()
    assert ours.others == ()


def test_what_a_table_does_holds_in_its_round_and_not_after_it() -> None:
    rounds = played(90, 0)
    rounds[2]["foundation"]["design"] = "partners"
    rounds[2]["users"]["homes"] = "wait"
    one = Scenario.of(strategy_of(Setup(), rounds), people=500, months=MONTHS)
    levers, (worlds, held) = one.lever_rows()[-MONTHS:], one.decided_rows()
    first, last = Setup().span(2)
    inside = np.zeros(MONTHS, bool)
    inside[first:last] = True
    assert (levers["condition_partnership"] > 0).tolist() == inside.tolist()
    assert (held[-MONTHS:] == 1).tolist() == inside.tolist()
    assert float(worlds[0]["accept_home"][0]) == BY_KEY["users"].decision("homes").option("wait").others["accept_home"]


def test_the_foundations_money_ends_after_year_eight_and_others_go_on_deciding() -> None:
    one = Scenario.of(strategy_of(Setup(), played(90, 1)), people=500, months=MONTHS)
    levers, (_, held) = one.lever_rows()[-MONTHS:], one.decided_rows()
    assert (levers["budget"][:MONEY_ENDS] > 0).all()
    assert (levers["budget"][MONEY_ENDS:] == 0).all()
    assert held[-1] > 0


def test_the_same_decisions_give_the_same_numbers_and_nobody_is_the_status_quo() -> None:
    setup = Setup(people=500)
    rounds = played(90, 1)
    once, again = Runner(setup).room(rounds), Runner(setup).last(rounds)
    assert once.of(ROOM, "secure_people").tobytes() == again.of(ROOM, "secure_people").tobytes()
    assert once.of(NOBODY, "secure_people").tobytes() == Runner(setup).usual().of(NOBODY, "secure_people").tobytes()
    first = {n: chosen for n, chosen in rounds.items() if n == 1}
    early = Runner(setup).room(first)
    end = Setup().span(1)[1]
    assert early.of(ROOM, "secure_people")[:, : end + 1].tobytes() == (
        once.of(ROOM, "secure_people")[:, : end + 1].tobytes()
    )  # what comes later changes nothing that has been shown


def test_an_option_that_nobody_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        options_of(ROLES, {"users": {"homes": "buy"}})
    with pytest.raises(KeyError):
        options_of(roles_at(ALL), {"foundation": {"listening": "99"}})
    (usual,) = options_of(ROLES, {"users": {"homes": USUAL}})
    assert usual.openly == []


def test_switches_that_are_on_are_the_practices_that_ship_laid_over_the_carrier() -> None:
    """Round by round, all 32 combinations: the same levers as `carrier+practice_...`, from the same months on."""
    setup = Setup(level=BEGINNER)
    for number in range(2 ** len(PRACTICES)):
        on = [name for i, name in enumerate(PRACTICES) if number >> i & 1]
        rounds = played(90, 0, BEGINNER)
        for chosen in rounds.values():
            chosen["foundation"] = {name: "on" if name in on else USUAL for name in PRACTICES}
        ours = Scenario.of(strategy_of(setup, rounds), people=500, months=MONTHS)
        theirs = Scenario.of("+".join((BASE, *on)) + f",start=0,duration={MONEY_ENDS}", people=500, months=MONTHS)
        assert ours.lever_rows().tobytes() == theirs.lever_rows().tobytes(), on


def test_a_strategy_file_with_late_levers_is_refused(tmp_path: Path) -> None:
    text = file_of(Setup(), played(90, 1)).replace("from = 96", "from = 96\n[phase.levers]\nlistening = 1.0")
    path = tmp_path / "late.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="begins in month 96"):
        read_strategy(path)
    assert find_strategy(BASE).phases


def test_runs_that_were_stopped_or_failed_are_no_picture() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(UnfreezeError, match="were stopped"):
        Runner(Setup(people=500), stop).usual()
    with pytest.raises(UnfreezeError, match="A run failed: no room"):
        check_done([Batch(0, ("a",), ("fit",), np.zeros((1, 1, 1)), (1,), 1, ("failed",), ("no room",))])
