"""Room: tables that grow between months, so that a month itself never has to."""

import numpy as np

from agents.funder import CLOSED, EMPTY, GRANT, LOT
from agents.service_user import GONE, USER, most_likely
from engine.record import Record
from engine.rule import kernel
from model.state import EVENT, Table, World


@kernel
def room(world):
    """Whether the tables have room for another month: rows for newcomers, grants, lots and events."""
    return rooms(world) == 0


@kernel
def rooms(world):
    """Which table is short of room: 0 none, 1 users, 2 events, 3 grants, 4 lots, 5 the housed.

    Users come from outside and from the housed; all who are users could be housed in a month.  Before the run those
    whom the place's counts lack come too, and again as many at its end (model/held.py).
    """
    system = world.system[0]
    p = world.parameters[0]
    expected = world.plan[min(system.month, world.plan.shape[0] - 1)].inflow * system.scale
    _, may_return = most_likely(world.groups, p)
    expected = expected + system.housed * may_return
    if system.month < system.burn_in:
        lack = system.hidden_start + system.rough_start - system.hidden - system.rough
        expected = expected + 2.0 * max(lack, 0)
    if world.users.shape[0] - system.living < 1.3 * expected + 60.0:
        return 1
    n = world.providers.shape[0]
    if world.events.shape[0] - system.events < 40 * n + 200 + 2 * world.lots.shape[0]:
        return 2
    free = 0
    for i in range(world.grants.shape[0]):
        free += 1 if world.grants[i].state == CLOSED else 0
    if free < 4 * n + 8:
        return 3
    free = 0
    for i in range(world.lots.shape[0]):
        free += 1 if world.lots[i].state == EMPTY else 0
    if free < 8 * n + 16:
        return 4
    if system.month < system.burn_in:  # nobody is followed yet
        return 0
    return 5 if world.housed.shape[0] - system.housed < system.living + expected else 0


def longer(table: Table, record: Record, rows: int) -> Table:
    """The same table with `rows` empty rows more at its end."""
    new = record.empty(len(table) + rows)
    new[: len(table)].view(np.uint8)[...] = table.view(np.uint8)  # byte by byte, as in model/state.py `copied`
    return new


def made_room(world: World) -> World:
    """The same world with more room where it is short of it: no row moves, nobody notices."""
    short = rooms(world)
    if short == 1:
        more = len(world.users) // 24 + 100
        users = longer(world.users, USER, more)
        users["situation"][-more:] = GONE
        users["bed_provider"][-more:] = users["provider"][-more:] = -1
        users["programme"][-more:] = users["worker"][-more:] = -1
        return world._replace(
            users=users, by_situation=np.arange(len(users), dtype=np.int32), rows=np.zeros(len(users), np.int32),
            keys=np.zeros(max(len(users), len(world.professionals)), np.int64),
        )  # fmt: skip
    if short == 2:
        return world._replace(events=longer(world.events, EVENT, len(world.events)))
    if short == 3:
        return world._replace(grants=longer(world.grants, GRANT, len(world.grants) // 2))
    if short == 4:
        return world._replace(lots=longer(world.lots, LOT, len(world.lots) // 2))
    if short == 5:
        more = 2 * int(world.system[0].living) + 200
        ids = np.concatenate([world.housed_ids, np.zeros(more, np.int64)])
        return world._replace(housed=longer(world.housed, USER, more), housed_ids=ids)
    return world
