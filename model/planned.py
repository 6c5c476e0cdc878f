"""The plan: what a place means to happen month by month, whoever acts.  Used by steps 1 and 6.

A row of `world.plan` is a month: people who arrive, homes that become free, crisis beds and reformed places, growth of
the budget and prices.  What a strategy does comes on top: beds and places move by the difference of this month's plan
to last month's, never to its level.  The rows are made before the run: here where a place gives a value and a rate of
growth, in scenarios/plan.py where it gives figures year by year.
"""

import math
from typing import Any

import numpy as np

from agents.funder import EMPTY, GRANT_PAID, MAINSTREAM, emergency_price
from engine.arithmetic import exp, log
from engine.chance import bits, share_to_count, uniforms
from engine.lottery import queue_key
from engine.rule import rule
from model.contracts import open_lot
from model.draws import (
    PLANNED_END,
    PLANNED_QUEUE,
    PLANNING,
    ROUNDS_PLANNED_BEDS,
    ROUNDS_PLANNED_PLACES,
    WHOSE_PLANNED_BEDS,
    WHOSE_PLANNED_PLACES,
)
from model.emergency import beds_go, cost_of_beds
from model.events import happens
from model.programmes import places_change, the_one_that_grows
from model.state import BEDS_OPEN, CLOSES, PLACES_CLOSE, PLAN, Table

PLANNED_LOT = 1 << 22  # what a planned lot opened on (model/contracts.py): above the numbers of grants
PLANNED = 0  # column of world.sums: beds that close at a provider


def plan_without_paths(p: Any, months: int, burn_in: int) -> Table:
    """(months,) rows of PLAN, burn-in included, of a place that gives no figures by year.

    p: one row of parameters.  Inflow and supply grow from the run's second month on, the rest stays as it is.
    """
    plan = PLAN.empty(months)
    plan["inflow"] = p.inflow * grown(p.demand_growth, months, burn_in)
    plan["homes"] = p.secure_supply * grown(p.supply_growth, months, burn_in)
    plan["beds"] = p.crisis_beds
    plan["places"] = p.reform_places
    plan["budget"] = p.mainstream_growth
    plan["bed_price"] = plan["place_price"] = 1.0
    return plan


def grown(yearly: float, months: int, burn_in: int) -> np.ndarray:
    """(months,) compound growth at a rate a year since the run's first month; 1 until then."""
    if yearly == 0.0:
        return np.ones(months)
    return np.array([exp(log(1.0 + yearly) * max(month - burn_in, 0) / 12.0) for month in range(months)])


@rule
def cents_a_month(yearly, ratio):
    """A price of `yearly` EUR at `ratio` of it, in cents a month."""
    return round(yearly * 100.0 / 12.0 * ratio)


@rule
def places_paid(world):
    """Reformed places in the commissioner's budget: mainstream ones but for those that bridge money still pays, and
    those promised for the day a grant ends."""
    paid = 0
    for i in range(world.lots.shape[0]):
        lot = world.lots[i]
        if (lot.state == MAINSTREAM and lot.bridged == 0) or (lot.state == GRANT_PAID and lot.promised == 1):
            paid = paid + lot.places
    return paid


@rule
def places_missing(world):
    """Places of the plan that stopped and that nothing has replaced yet, as many as there always are included."""
    system = world.system[0]
    if system.month < system.burn_in:  # counted where it happens: places themselves stand
        return system.replacing
    there = 0
    for j in range(world.providers.shape[0]):
        there = there + world.providers[j].reform_main
    return max(int(world.plan[system.month - 1].places * system.scale + 0.5) + system.replacing - there, 0)


@rule
def budget_follows(system, cents):
    """The commissioner's budget follows the plan, up or down: nothing becomes free for anybody else, and nobody else
    pays for it."""
    system.budget = system.budget + cents
    if cents > 0:
        system.growth = system.growth + cents
    else:
        system.elsewhere = system.elsewhere - cents


@rule
def prices_move(world):
    """Prices of this month; after the burn-in the budget follows what they add to beds and places there are."""
    system = world.system[0]
    p = world.parameters[0]
    plan = world.plan[system.month]
    bed = cents_a_month(p.crisis_cost, plan.bed_price)
    place = cents_a_month(p.reform_cost, plan.place_price)
    by_right = round(bed * p.by_right_price)
    emergency = emergency_price(bed, p)
    if bed == system.bed_month and place == system.place_month and by_right == system.by_right_month:
        return
    if system.month >= system.burn_in:
        beds = 0
        dear = 0
        for j in range(world.providers.shape[0]):
            beds = beds + world.providers[j].crisis_beds
            dear = dear + world.providers[j].emergency
        more = (beds - dear - system.by_right) * (bed - system.bed_month)
        more = more + dear * (emergency - system.emergency_month)
        more = more + system.by_right * (by_right - system.by_right_month)
        more = more + places_paid(world) * (place - system.place_month)
        budget_follows(system, more)
    system.bed_month = bed
    system.by_right_month = by_right
    system.emergency_month = emergency
    system.place_month = place


@rule
def beds_open(world, beds, start):
    """Beds open at all providers alike; what cannot be shared evenly from provider `start` on."""
    n = world.providers.shape[0] - 1  # the last row is the outside pilot
    for k in range(min(n, beds)):
        j = (start + k) % n
        more = beds // n + (1 if k < beds % n else 0)
        world.providers[j].crisis_beds = world.providers[j].crisis_beds + more
        happens(world, BEDS_OPEN, j, more)


@rule
def beds_close(world, beds, start):
    """Beds close one by one, from provider `start` on and going round, as far as there are any that neither close
    already nor are there by right.  Returns how many do, and what they cost a month."""
    system = world.system[0]
    n = world.providers.shape[0] - 1
    world.sums[:, PLANNED] = 0
    closed = 0
    cents = 0
    since = 0  # providers without a bed to close since the last one closed
    j = start
    while closed < beds and since < n:
        provider = world.providers[j]
        since = since + 1
        if provider.crisis_beds > provider.closing_beds + provider.by_right:
            cents = cents + cost_of_beds(provider, system, 1)
            beds_go(provider, 1)
            provider.left_empty = max(provider.left_empty - 1, 0)
            world.sums[j, PLANNED] = world.sums[j, PLANNED] + 1
            closed = closed + 1
            since = 0
        j = (j + 1) % n
    for j in range(n):
        if world.sums[j, PLANNED] > 0:
            happens(world, CLOSES, j, world.sums[j, PLANNED])
    return closed, cents


@rule
def places_open(world, places, start):
    """Lots of mainstream places open at provider `start` and those after it: of the usual size, larger where that would
    be more than one lot a provider."""
    system = world.system[0]
    n = world.providers.shape[0] - 1
    usual = max(int(world.parameters[0].first_lot * min(system.scale, 1.0) + 0.5), 1)
    size = max(usual, math.ceil(places / n))
    for k in range(math.ceil(places / size)):
        j = (start + k) % n
        grows = the_one_that_grows(world, j)
        open_lot(world, j, grows, min(size, places - k * size), MAINSTREAM, -1, 0, PLANNED_LOT + k)


@rule
def places_close(world, places):
    """Mainstream lots stop for good, in the order of a lottery; of the last one perhaps only a part.  Returns how many
    places do, fewer than `places` if there are no more."""
    system = world.system[0]
    lots = world.lots
    keys = np.empty(lots.shape[0], np.int64)
    rows = np.empty(lots.shape[0], np.int64)
    found = 0
    for i in range(lots.shape[0]):
        if lots[i].state == MAINSTREAM and lots[i].bridged == 0:
            luck = bits(system.seed, PLANNED_END, system.month, lots[i].ordinal)[PLANNED_QUEUE]
            keys[found] = queue_key(luck, 1.0, lots[i].ordinal)
            rows[found] = i
            found = found + 1
    order = keys[:found].argsort()
    closed = 0
    for k in range(found):
        if closed == places:
            break
        lot = lots[rows[order[k]]]
        fewer = min(lot.places, places - closed)
        places_change(world, lot.programme, -fewer, 0)
        lot.places = lot.places - fewer
        if lot.places == 0:
            lot.state = EMPTY
        happens(world, PLACES_CLOSE, lot.provider, fewer)
        closed = closed + fewer
    return closed


@rule
def planned_change(now, last, scale, luck):
    """Whole beds or places more than last month; with one rounding for all months nothing is lost on the way."""
    return share_to_count(now * scale, luck) - share_to_count(last * scale, luck)


@rule
def plan_is_carried_out(world):
    """Planned beds and places open, and the budget grows by their price; or they close, and it falls by it."""
    system = world.system[0]
    now = world.plan[system.month]
    last = world.plan[max(system.month - 1, 0)]
    if now.beds == last.beds and now.places == last.places:
        return
    n = world.providers.shape[0] - 1
    rounds = uniforms(system.seed, PLANNING, 0, 0)
    luck = uniforms(system.seed, PLANNING, system.month, 1)
    beds = planned_change(now.beds, last.beds, system.scale, rounds[ROUNDS_PLANNED_BEDS])
    places = planned_change(now.places, last.places, system.scale, rounds[ROUNDS_PLANNED_PLACES])
    start = min(int(luck[WHOSE_PLANNED_BEDS] * n), n - 1)
    cents = beds * system.bed_month
    if beds > 0:
        beds_open(world, beds, start)
    elif beds < 0:
        _, saved = beds_close(world, -beds, start)
        cents = -saved
    if places > 0:
        places_open(world, places, min(int(luck[WHOSE_PLANNED_PLACES] * n), n - 1))
    elif places < 0:
        places = -places_close(world, -places)
    budget_follows(system, cents + places * system.place_month)
