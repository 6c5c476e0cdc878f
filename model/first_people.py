"""The first people: who stands where at the starting point, before the burn-in.

A person stands at one of STAGES and is of one of the types (kind of stayer, share of the distribution of need, group)
that the balance of flows tells apart (model/balance.py).  Everything else about them is drawn like anybody's; how long
they have been there is drawn so that ages are those of a standing flow.
"""

from typing import NamedTuple

import numpy as np

from agents.programme import SLOTS
from agents.service_user import CRISIS, GONE, HIDDEN, LOOKING, REFORM, SETTLED, UNSERVED
from engine.arithmetic import log
from engine.chance import uniforms
from engine.rule import kernel, rule
from model.balance import Balance
from model.beds import finds_bed, key_worker_in, nobody_full, rota
from model.draws import (
    BEFORE_RUN,
    BIRTH,
    CARER,
    GROUPING,
    KEY_WORKER,
    MONTHS_THERE,
    MONTHS_WITHOUT,
    NEED,
    STAY,
    TRUST,
    VOICE,
    WANTS,
)
from model.leaving import place_passes
from model.measures import LONGEST_STAY
from model.programmes import staff_take_programmes
from model.state import World
from model.steps.s01_world_moves import is_born

BEFORE = -1  # the month of draws at the starting point: month 0 has luck of its own
STAGES = (
    "hidden, had a bed before",
    "hidden, new",
    "unserved, had a bed before",
    "unserved, new",
    "in a fast stay",
    "in a slow stay",
    "looking, in a crisis bed",
    "looking, without a bed",
    "between two homes of the programme",
    "tenant in the first year",
    "tenant later",
    "settled",
)
(HIDDEN_BEFORE, HIDDEN_NEW, UNSERVED_BEFORE, UNSERVED_NEW, FAST, SLOW, LOOKING_BED, LOOKING_NO_BED, BETWEEN, FIRST_YEAR,
 LATER, IS_SETTLED) = range(len(STAGES))  # fmt: skip
SITUATION_AT = np.array([HIDDEN, HIDDEN, UNSERVED, UNSERVED, CRISIS, CRISIS, LOOKING, LOOKING, LOOKING, REFORM, REFORM,
                         SETTLED])  # fmt: skip


class Standing(NamedTuple):
    """Where people stand when flows balance, by type.  Real people, not simulated ones."""

    kind: np.ndarray  # (types,) int64
    node: np.ndarray  # (types,) int64: which of `nodes` equal shares of the distribution of need
    group: np.ndarray  # (types,) int64
    nodes: int
    stocks: np.ndarray  # (types, STAGES) float64: people
    ends: np.ndarray  # (types, STAGES) float64: chance a month of leaving the stage, above 0
    homeless_ends: np.ndarray  # (types,) float64: chance a month that homelessness ends, above 0
    over_a_year: float  # share of residents of the crisis service who have been there for over a year


def standing_of(found: Balance) -> Standing:
    """Where people stand in a balanced city, and the chances a month of moving on from there: a row a type."""
    kinds, nodes, groups, _ = found.stocks.shape
    kind, node, group = (axis.ravel() for axis in np.indices((kinds, nodes, groups)))
    stocks, ends = (table.reshape(len(kind), -1).copy() for table in (found.stocks, found.ends))
    return Standing(kind, node, group, nodes, stocks, ends, found.homeless_ends.ravel().copy(),
                    found.predicted["over_year"])  # fmt: skip


def spread_over(weights: np.ndarray, total: int) -> np.ndarray:
    """Which of the parts, whose weights are (parts,), each of `total` people belongs to: in order, evenly (total,)."""
    upto = np.cumsum(weights)
    if total == 0 or upto[-1] <= 0.0:
        return np.zeros(0, np.int64)
    points = (np.arange(total) + 0.5) / total * upto[-1]
    which: np.ndarray = np.minimum(np.searchsorted(upto, points, side="right"), len(weights) - 1)
    return which


def first_people(standing: Standing, hidden: int, unserved: int, crisis: int, reform: int, scale: float) -> np.ndarray:
    """(people, 2) int64: stage and type of everybody at the starting point.

    hidden, unserved, crisis (people in crisis beds) and reform (tenants and people looking) are the place's own counts,
    whole people; the settled, whom no place counts, are as many as balance.
    """
    stocks = standing.stocks * scale
    looking = stocks[:, [LOOKING_BED, LOOKING_NO_BED, BETWEEN]].sum(0)
    looking *= min(1.0, reform / max(looking.sum(), 1e-9))
    in_bed, no_bed, between = (round(float(one)) for one in looking)
    in_bed = min(in_bed, crisis, reform)
    no_bed = min(no_bed, reform - in_bed)
    between = min(between, reform - in_bed - no_bed)
    parts = [
        ((HIDDEN_BEFORE, HIDDEN_NEW), hidden),
        ((UNSERVED_BEFORE, UNSERVED_NEW), unserved),
        ((FAST, SLOW), crisis - in_bed),
        ((LOOKING_BED,), in_bed),
        ((LOOKING_NO_BED,), no_bed),
        ((BETWEEN,), between),
        ((FIRST_YEAR, LATER), reform - in_bed - no_bed - between),
        ((IS_SETTLED,), round(float(stocks[:, IS_SETTLED].sum()))),
    ]
    people = []
    for stages, total in parts:
        weights = stocks[:, stages].T.ravel()
        if weights.sum() <= 0.0:
            weights = np.ones(len(weights))
        which = spread_over(weights, total)
        people.append(np.column_stack([np.array(stages)[which // len(stocks)], which % len(stocks)]))
    return np.concatenate(people).astype(np.int64)


@rule
def months_there(end, luck):
    """Whole months already spent where the chance of leaving is `end` a month, LONGEST_STAY at most: who stays for life
    was not there before birth."""
    return min(int(log(1.0 - luck) / log(1.0 - end)), LONGEST_STAY) if end < 1.0 else 0


@rule
def takes_place(world, user, at, month):
    """A place at a provider that has one free, looking from row `at` on; returns the provider's row."""
    n = world.providers.shape[0] - 1
    j = at % n
    for k in range(n):
        j = (at + k) % n
        if world.providers[j].in_reform + world.providers[j].in_looking < world.providers[j].reform_main:
            break
    user.provider = j
    user.programme = j * SLOTS
    luck = uniforms(world.system[0].seed, STAY, month, user.id)[KEY_WORKER]
    user.worker = key_worker_in(world.duty, world.providers[j], world.programmes[j * SLOTS], luck)
    return j


@rule
def stands_at(world, skip, user, stage, end, homeless_end):
    """Situation, bed, place and how long already, by the stage."""
    system = world.system[0]
    luck = uniforms(system.seed, BEFORE_RUN, 0, user.id)
    months = months_there(end, luck[MONTHS_THERE])
    user.homeless = max(months, months_there(homeless_end, luck[MONTHS_WITHOUT]))
    user.situation = SITUATION_AT[stage]
    if stage in (HIDDEN_BEFORE, UNSERVED_BEFORE):
        user.bed_until = -1 - months
        user.bed_from = user.bed_until - 1
    if stage in (FAST, SLOW, LOOKING_BED):
        user.situation = UNSERVED
        finds_bed(world.providers, skip, world.duty, world.parameters[0], user,
                  uniforms(system.seed, STAY, BEFORE, user.id), BEFORE)  # fmt: skip
        user.bed_from = -1 - months
        user.fast = 1 if stage == FAST else 0
    if stage in (LOOKING_BED, LOOKING_NO_BED, BETWEEN):
        j = takes_place(world, user, user.id, BEFORE)
        place_passes(world.providers[j], world.programmes[j * SLOTS], 1, 0)
        user.situation = LOOKING
        user.joined = -1 - months
    if stage == BETWEEN:
        user.housed_on = -1 - months
        user.joined = user.housed_on - 12
    if stage in (FIRST_YEAR, LATER):
        j = takes_place(world, user, user.id, BEFORE)
        place_passes(world.providers[j], world.programmes[j * SLOTS], 0, 1)
        months = months % 12 if stage == FIRST_YEAR else 12 + months
        user.housed_on = -1 - months
        user.joined = user.housed_on
    if stage == IS_SETTLED:
        months = months % int(world.parameters[0].returns_months)
        user.housed_on = -1 - months
    user.months = months
    if user.situation == REFORM or user.situation == SETTLED:
        user.homeless = 0


@kernel
def people_begin(world, people, kind, node, group, nodes, ends, homeless_ends):
    """Everybody of `people` (stage, type) takes a row, in that order; ids are rows."""
    system = world.system[0]
    p = world.parameters[0]
    for j in range(world.providers.shape[0]):
        staff_take_programmes(world, j)
        rota(world.professionals, world.duty, world.providers[j], j)
    skip = nobody_full(world.providers)
    for i in range(world.users.shape[0]):
        user = world.users[i]
        user.situation = GONE
        user.bed_provider = -1
        user.provider = -1
        user.programme = -1
        user.worker = -1
        if i >= people.shape[0]:
            continue
        stage = people[i, 0]
        of = people[i, 1]
        birth = uniforms(system.seed, BIRTH, 0, i)
        within = ((node[of] + birth[NEED]) / nodes, birth[TRUST], birth[VOICE], birth[CARER])
        is_born(user, i, world.groups, p, within, uniforms(system.seed, WANTS, 0, i),
                uniforms(system.seed, GROUPING, 0, i))  # fmt: skip
        user.kind = kind[of]
        user.group = group[of]
        stands_at(world, skip, user, stage, ends[of, stage], homeless_ends[of])
        system.living = system.living + 1


def people_take_rows(world: World, people: np.ndarray, standing: Standing) -> None:
    """Everybody stands where `people` says, in the order of its rows."""
    people_begin(world, people, standing.kind, standing.node, standing.group, standing.nodes, standing.ends,
                 standing.homeless_ends)  # fmt: skip
