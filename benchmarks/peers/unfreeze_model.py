"""The reduced model on our engine: records, rules about one person, loops that are compiled, chance with an address.

The month: people live -> beds are given -> people are referred -> workers change -> budgets shift.
"""

import time

STARTED = time.perf_counter()

from typing import NamedTuple  # noqa: E402

import numpy as np  # noqa: E402

from benchmarks.peers.reduced import (  # noqa: E402
    CRISIS,
    HIDDEN,
    LOOKING,
    OUTPUTS,
    PEERS,
    PLACES,
    REFORM,
    SETTLED,
    Numbers,
    P,
    main,
    size,
)
from engine.arithmetic import clip01, logistic, normal_quantile  # noqa: E402
from engine.batch_draws import BLOCK, deal, hands  # noqa: E402
from engine.chance import decisions, uniform, uniforms  # noqa: E402
from engine.lottery import cutoff  # noqa: E402
from engine.months import Months  # noqa: E402
from engine.record import code, count, number, record, share  # noqa: E402
from engine.rule import kernel, rule  # noqa: E402

PERSON = record(
    "Person",
    need=share("how much support somebody needs; drawn once"),
    worker=count("row of the person's worker", "row"),
    place=code("where the person is", PLACES),
)
WORKER = record(
    "Worker",
    belief=share("from 'they must become ready first' (0) to 'they know what they need' (1)"),
    habit=share("belief brought along"),
    before=share("belief at the beginning of the month, as peers hear it"),
    wins=count("own people who moved in this month", bits=16),
    losses=count("own people who lost their reform place this month", bits=16),
)
SYSTEM = record(
    "System",
    seed=count("of the run", bits=64),
    month=count("months lived", "months"),
    start_beds=number("crisis beds at the start", "beds"),
    beds=number("crisis beds paid for", "beds"),
    places=number("reform places paid for", "places"),
    asking=count("people who want what is given next", "people"),
    turned_away=count("without a bed or a place this month", "people"),
)
MEASURES = record("Measures", **{name: number(name) for name in OUTPUTS})

LIFE = decisions(0xA02AF8CC, "person", "leaves", "lives", "seeks", "bed lottery")
REFERRAL = decisions(0x4AE00197, "person", "is referred", "place lottery")
NEWCOMER = decisions(0xE71BCEB0, "newcomer", "need", "worker")
POST = decisions(0x53D804B1, "worker", "is replaced", "belief brought along")
COLLEAGUES = decisions(0x610EE612, "worker", "first peer", "second peer", "third peer", "fourth peer")
ROW = 0x7FFFFFFF  # a ticket's lower half: whose it is


class World(NamedTuple):
    """Everything there is."""

    people: np.ndarray
    workers: np.ndarray
    peers: np.ndarray  # workers x PEERS, rows
    living: np.ndarray  # people by place
    tickets: np.ndarray  # of whoever asks
    hand: np.ndarray  # four draws of a block of people, and their ids
    system: np.ndarray  # one row
    measured: np.ndarray  # one row a month
    p: Numbers


# --- rules: one decision about one person -----------------------------------------------------------------------------


@rule
def leaves(me, p, luck):
    """Leave the system for good."""
    if me.place == HIDDEN:
        return luck < p.leave_hidden
    if me.place == CRISIS:
        return luck < p.leave_crisis
    if me.place == LOOKING:
        return luck < p.leave_looking
    return luck < (p.leave_reform if me.place == REFORM else p.leave_settled)


@rule
def after_crisis(me, p, luck):
    """Drop out, or recover without anybody's help, the more easily the less support one needs."""
    if luck < p.drop_out:
        return HIDDEN
    return SETTLED if luck < p.drop_out + p.recover * (1.0 - me.need) else CRISIS


@rule
def after_looking(p, luck):
    """Find a home, or give up the place and stay in the bed."""
    if luck < p.move_in:
        return REFORM
    return CRISIS if luck < p.move_in + p.give_up else LOOKING


@rule
def after_reform(me, p, luck):
    """Lose the home, more often with more need, or no longer need support."""
    lost = p.lose + p.lose_need * me.need
    if luck < lost:
        return HIDDEN
    return SETTLED if luck < lost + p.graduate * (1.0 - me.need / 2.0) else REFORM


@rule
def after_settled(me, p, luck):
    """Relapse."""
    return HIDDEN if luck < p.relapse * me.need else SETTLED


@rule
def lives(me, p, luck):
    """Where the person is at the end of the month's events, beds and referral apart."""
    if me.place == CRISIS:
        return after_crisis(me, p, luck)
    if me.place == LOOKING:
        return after_looking(p, luck)
    if me.place == REFORM:
        return after_reform(me, p, luck)
    return after_settled(me, p, luck) if me.place == SETTLED else HIDDEN


@rule
def seeks_a_bed(me, p, luck):
    """Ask for a crisis bed."""
    return luck < p.seek + p.seek_need * me.need


@rule
def puts_forward(worker, me, p, luck):
    """Refer: logit P = refer + (belief - 1/2) * (refer_belief + refer_need * need)."""
    b = worker.belief - 0.5
    return luck < logistic(p.refer + p.refer_belief * b + p.refer_need * b * me.need)


@rule
def changes_mind(me, heard, p):
    """Belief follows what one saw this month and what peers think, and falls back to habit."""
    seen = p.win * me.wins - p.loss * me.losses
    return clip01(me.before + seen + p.listen * (heard - me.before) + p.habit * (me.habit - me.before))


@rule
def belief_of(p, luck):
    """Belief that somebody brings along."""
    return clip01(p.belief_mean + p.belief_spread * normal_quantile(luck))


# --- the month --------------------------------------------------------------------------------------------------------


@kernel
def people_live(world):
    """1. Leave and be replaced, live, seek a bed."""
    people, workers, living, p, now = world.people, world.workers, world.living, world.p, world.system[0]
    seed, month, hand = now.seed, now.month, world.hand
    asking = 0
    for first in range(0, len(people), BLOCK):
        n = min(BLOCK, len(people) - first)
        for k in range(n):
            hand[4, k] = first + k
        deal(seed, LIFE, month, n, hand)
        for k in range(n):
            me, i = people[first + k], first + k
            was = me.place
            if leaves(me, p, uniform(hand[0, k])):
                need, whose, _, _ = uniforms(seed, NEWCOMER, month, i)
                me.place, me.need, me.worker = HIDDEN, need, int(whose * len(workers))
            else:
                me.place = lives(me, p, uniform(hand[1, k]))
                if me.place == REFORM and was == LOOKING:
                    workers[me.worker].wins += 1
                elif me.place == HIDDEN and was == REFORM:
                    workers[me.worker].losses += 1
            if me.place != was:
                living[was] -= 1
                living[me.place] += 1
            if me.place == HIDDEN and seeks_a_bed(me, p, uniform(hand[2, k])):
                world.tickets[asking] = hand[3, k] << 31 | i
                asking += 1
    now.asking, now.turned_away = asking, 0


@kernel
def given(world, free, of, to):
    """A lottery for `free` places among those who ask: the lowest tickets go from place `of` to place `to`."""
    asking = world.system[0].asking
    last = cutoff(world.tickets[:asking], free)
    won = 0
    for ticket in world.tickets[:asking]:
        if ticket <= last:
            world.people[ticket & ROW].place = to
            won += 1
    world.living[of] -= won
    world.living[to] += won
    world.system[0].turned_away += asking - won


@kernel
def beds_are_given(world):
    """2. Free crisis beds go to those who seek one."""
    given(world, int(world.system[0].beds) - world.living[CRISIS] - world.living[LOOKING], HIDDEN, CRISIS)


@kernel
def people_are_referred(world):
    """3. Workers put people forward; free reform places go to those who were."""
    people, hand, now = world.people, world.hand, world.system[0]
    asking, n = 0, 0
    for i in range(len(people)):
        hand[4, n] = i
        n += people[i].place == CRISIS
        if n == BLOCK or i == len(people) - 1:
            deal(now.seed, REFERRAL, now.month, n, hand)
            for k in range(n):
                me = people[hand[4, k]]
                if puts_forward(world.workers[me.worker], me, world.p, uniform(hand[0, k])):
                    world.tickets[asking] = hand[1, k] << 31 | hand[4, k]
                    asking += 1
            n = 0
    now.asking = asking
    given(world, int(now.places) - world.living[LOOKING] - world.living[REFORM], CRISIS, LOOKING)


@kernel
def workers_change(world):
    """4. Change their minds, or be replaced."""
    workers, peers, now = world.workers, world.peers, world.system[0]
    for j in range(len(workers)):
        workers[j].before = workers[j].belief
    for j in range(len(workers)):
        me = workers[j]
        heard = 0.0
        for k in range(PEERS):
            heard += workers[peers[j, k]].before
        me.belief = changes_mind(me, heard / PEERS, world.p)
        me.wins, me.losses = 0, 0
        replaced, belief, _, _ = uniforms(now.seed, POST, now.month, j)
        if replaced < world.p.turnover:
            me.belief = me.habit = belief_of(world.p, belief)


@kernel
def budgets_shift(world):
    """5. Beds turn into reform places, the more the more workers are on side; the month is recorded."""
    now, p = world.system[0], world.p
    on_side, belief = 0, 0.0
    for me in world.workers:
        on_side += me.belief >= p.on_side
        belief += me.belief
    share_on_side = on_side / len(world.workers)
    moved = p.shift * share_on_side * max(0.0, now.beds - p.beds_kept * len(world.people))
    now.beds -= moved
    now.places += p.places_per_bed * moved
    out, living = world.measured[now.month], world.living
    out.hidden, out.crisis, out.looking = living[HIDDEN], living[CRISIS], living[LOOKING]
    out.reform, out.settled = living[REFORM], living[SETTLED]
    out.belief, out.places, out.shifted = belief / len(world.workers), now.places, now.start_beds - now.beds
    out.turned_away = now.turned_away
    now.month += 1


@kernel
def room(world):
    """Whether another month can be recorded."""
    return world.system[0].month < len(world.measured)


MONTH = [people_live, beds_are_given, people_are_referred, workers_change, budgets_shift]
advance = Months("advance", MONTH, room, __file__)


# --- the start --------------------------------------------------------------------------------------------------------


@kernel
def begin(world):
    """Needs, beliefs and colleagues are drawn; month 0 has no other use for these draws."""
    people, workers, peers, now = world.people, world.workers, world.peers, world.system[0]
    for i in range(len(people)):
        people[i].need, _, _, _ = uniforms(now.seed, NEWCOMER, -1, i)
        people[i].worker = i % len(workers)
        world.living[people[i].place] += 1
    for j in range(len(workers)):
        _, belief, _, _ = uniforms(now.seed, POST, -1, j)
        workers[j].belief = workers[j].habit = belief_of(world.p, belief)
        for k, luck in enumerate(uniforms(now.seed, COLLEAGUES, 0, j)):
            peers[j, k] = (j + 1 + int(luck * (len(workers) - 1))) % len(workers)


def build(people, months, seed):
    """A world at its start."""
    workers, beds, places, settled = size(people)
    system = SYSTEM.empty(1)
    system[0].seed, system[0].start_beds, system[0].beds, system[0].places = seed, beds, beds, places
    world = World(
        PERSON.empty(people),
        WORKER.empty(workers),
        np.zeros((workers, PEERS), np.int32),
        np.zeros(len(PLACES), np.int64),
        np.zeros(people, np.int64),
        hands(),
        system,
        MEASURES.empty(months),
        P,
    )
    world.people["place"][: beds + places + settled] = np.repeat([CRISIS, REFORM, SETTLED], [beds, places, settled])
    begin(world)
    return world


def run(world, months):
    """Live."""
    advance(world, months)
    return [[row[name] for name in OUTPUTS] for row in world.measured]


if __name__ == "__main__":
    # Numba finds machine code on disk only for what has a name of its own, and "__main__" is none.
    from benchmarks.peers import unfreeze_model as model

    main(model.build, model.run, ["numba", "numpy"], STARTED)
