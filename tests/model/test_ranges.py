"""After every single step of a month, under every strategy: flags hold 0 or 1, codes their names, shares 0 to 1,
everything its declared range; and whoever is gone has a fate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.service_user import DIED, FATES, GONE, HERE, LEFT, OUT_OF_SIGHT
from engine.errors import OutOfRange
from engine.record import Record, Rows
from model.month import run
from model.start import starting_point
from model.state import EVENTS, World
from scenarios.names import shipped

MONTHS = 60
COUNTED = {DIED: "died", LEFT: "left", OUT_OF_SIGHT: "out_of_sight"}
WHOSE = {"provider", "bed_provider", "worker", "grant"}  # columns that hold a row of another table, or -1


class Checked:
    """Tables as they were when last looked at: only what has changed is looked at again."""

    def __init__(self, records: dict[str, Record]) -> None:
        self.records, self.seen = records, dict.fromkeys(records, b"")

    def look(self, world: World, month: int) -> None:
        """OutOfRange if a value is not in its range.  Of tables by month, this month's row."""
        for name, record in self.records.items():
            table: Rows = getattr(world, name)
            rows = table[month : month + 1] if name in ("measured", "ledger") else table
            now = rows.tobytes()
            if now != self.seen[name]:
                record.check(rows)
                self.seen[name] = now


def rows_exist(world: World) -> None:
    """Whoever is pointed at is there."""
    n = {"provider": len(world.providers), "bed_provider": len(world.providers), "worker": len(world.professionals),
         "grant": len(world.grants)}  # fmt: skip
    for table in (world.users, world.professionals, world.grants, world.lots):
        for column in WHOSE & set(table.dtype.names):
            assert table[column].max() < n[column], column


@pytest.mark.parametrize("strategy", sorted(shipped("strategy")))
def test_everything_is_in_its_range_after_every_step(lab: Any, strategy: str) -> None:
    soon = {} if strategy == "status_quo" else lab.SOON | {"duration": 50}
    world = lab.branch(lab.begin(), strategy, MONTHS, **soon)
    checked = Checked(lab.RECORDS)
    before, gone = world, dict.fromkeys(COUNTED, 0)
    for w, step in lab.by_step(world, MONTHS):
        month = int(w.system[0].month) - (step == 11)
        checked.look(w, month)
        if step == 1:
            before = w._replace(
                users=w.users.copy(), housed=w.housed.copy(), system=w.system.copy()
            )  # newcomers are there, nobody has gone yet
        if step == 11:
            rows_exist(w)
            for fate, people in fates(before, w).items():
                gone[fate] += people
    if strategy == "status_quo":
        assert all(people > 0 for fate, people in gone.items() if fate != OUT_OF_SIGHT), gone


def people_of(world: World) -> World:
    """The same world, with copies of the tables of people."""
    return world._replace(users=world.users.copy(), housed=world.housed.copy(), system=world.system.copy())


def fates(before: World, world: World) -> dict[int, int]:
    """How many went between two looks of one month, by fate.  AssertionError unless each has one, and all are counted:
    whoever is here has none, and no fate changes once the row is empty."""
    was, now = before.users, world.users
    assert len(was) == len(now)
    housed = world.housed[: world.system[0].housed]
    again = (was["situation"] == GONE) & (now["situation"] != GONE)  # the housed who came back, in rows that were empty
    assert np.isin(now["id"][again], before.housed["id"][: before.system[0].housed]).all()
    assert not np.isin(now["id"][again], housed["id"]).any()
    went = (was["situation"] != GONE) & (now["situation"] == GONE)
    assert (now["id"] == was["id"])[~again].all()
    at_home = went & np.isin(now["id"], housed["id"])  # joined the housed: still there, in another table
    assert (now["fate"][at_home] == HERE).all()
    went &= ~at_home
    assert np.isin(now["fate"][went], list(COUNTED)).all()
    assert (now["fate"][now["situation"] != GONE] == HERE).all()
    assert (now["fate"] == was["fate"])[(was["situation"] == GONE) & ~again].all()
    found = {fate: int((now["fate"][went] == fate).sum()) for fate in COUNTED}
    found[DIED] += int(world.system[0].housed_died)
    left_home = np.setdiff1d(before.housed["id"][: before.system[0].housed], housed["id"])
    assert len(left_home) == again.sum() + world.system[0].housed_died  # nothing else can happen to them
    for fate, name in COUNTED.items():
        assert found[fate] == world.system[0][name], name
    return found


def test_every_fate_happens_and_is_counted(lab: Any) -> None:
    """Before month 0, people who settled early go out of sight, too."""
    levers = lab.lever_rows("status_quo", 0, past=60)
    world = run(starting_point(lab.parameters(), 600, 1, levers, burn_in=60), 48)
    assert set(COUNTED) | {HERE} == set(range(len(FATES)))
    gone = dict.fromkeys(COUNTED, 0)
    for w, step in lab.by_step(world, 12):
        if step == 1:
            before = people_of(w)
        if step == 11:
            for fate, people in fates(before, w).items():
                gone[fate] += people
    assert min(gone.values()) > 0, gone


def test_a_wrong_state_is_noticed(lab: Any) -> None:
    good = lab.live(lab.begin(), "status_quo", 12)
    month = int(good.system[0].month) - 1
    Checked(lab.RECORDS).look(good, month)
    for table, column, value in (
        ("users", "carer", 2), ("users", "situation", 8), ("users", "trust", 1.1), ("users", "fate", -1),
        ("professionals", "service", 4), ("providers", "applied", -1), ("grants", "state", 3), ("lots", "state", 4),
        ("housed", "need", 1.5), ("groups", "share", -0.1), ("events", "kind", len(EVENTS)), ("users", "kind", 3),
        ("system", "running", 2), ("managers", "openness", np.nan),
    ):  # fmt: skip
        bad = lab.snapshot(good)
        getattr(bad, table)[column][0] = value
        with pytest.raises(OutOfRange, match=column):
            Checked(lab.RECORDS).look(bad, month)


def test_a_wrong_fate_is_noticed(lab: Any) -> None:
    world = lab.branch(lab.begin(), "status_quo", 1)
    for w, step in lab.by_step(world, 1):
        if step == 1:
            before = people_of(w)
    fates(before, w)
    here = int(np.flatnonzero(w.users["situation"] != GONE)[0])
    for column, value in (("fate", DIED), ("situation", GONE), ("id", -1)):
        bad = lab.snapshot(w)
        bad.users[column][here] = value
        with pytest.raises(AssertionError):
            fates(before, bad)
    bad = lab.snapshot(w)
    bad.system["left"] += 1
    with pytest.raises(AssertionError):
        fates(before, bad)
