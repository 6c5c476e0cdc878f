"""A whole city where it stands still, in the mean: stocks and flows of every type of person under given rates.

Each type is a chain of months with constant chances, so that its stocks solve a few linear equations.  Who comes back
from an ordinary home or loses a place begins anew in a crisis bed, whatever the past: one number closes the circle.
"""

import numpy as np

from agents.service_user import KINDS
from engine.rule import kernel, rule
from model.mean_chances import (
    ARRIVALS,
    C_DIES,
    C_FAST,
    C_RETURNS,
    CHANCES,
    INFLOW_UNSERVED,
    P_NEED,
    P_SHARE,
    REFER_AFTER,
    RETURNS_MONTHS,
    chances_of,
    share_of_kind,
)
from model.mean_month import (
    ACCEPTED,
    ADMITTED,
    BACK_24,
    ENTERED_FAST,
    ENTERED_SLOW,
    FAST,
    FIRST_YEAR,
    FLOWS,
    GAVE_UP,
    HIDDEN_NEW,
    HOME,
    LOST,
    RETURNED,
    S_BED,
    S_NO_BED,
    S_SETTLED,
    SITUATIONS,
    SLOW,
    STREET_NEW,
    SUPPORT_ENDED,
    WITHOUT,
    gives_up,
    leaves_within,
    month_without,
    offers,
    stands_without,
)
from model.mean_place import life_of_place


@rule
def power(share, months):
    """share^months, multiplied out: a power of the library has other digits compiled than interpreted."""
    left = 1.0
    for _ in range(months):
        left = left * share
    return left


@rule
def series(stays, months):
    """1 + stays + ... + stays^(months - 1)."""
    return float(months) if stays >= 1.0 else (1.0 - power(stays, months)) / (1.0 - stays)


@rule
def whole(months):
    """The number of whole months from which somebody is at or above `months`, at least one."""
    return max(int(np.ceil(months)), 1)


@rule
def settled(c, rates):
    """Of one person who settles: the chance of coming back, the months, and the chance of coming back in two years."""
    months = whole(rates[RETURNS_MONTHS])
    stays = (1.0 - c[C_DIES]) * (1.0 - c[C_RETURNS])
    once = (1.0 - c[C_DIES]) * c[C_RETURNS]
    return once * series(stays, months), series(stays, months), once * series(stays, min(months, 2 * FIRST_YEAR))


@rule
def solved(a, b):
    """Each row x of b becomes the x that solves x = x a + b; a (n x n) is used up.  Elimination."""
    n = a.shape[0]
    rows = b.shape[0]
    for i in range(n):
        for j in range(n):
            a[i, j] = (1.0 if i == j else 0.0) - a[i, j]
    for i in range(n):
        best = i
        for j in range(i + 1, n):
            best = j if abs(a[i, j]) > abs(a[i, best]) else best
        for k in range(n):
            a[k, i], a[k, best] = a[k, best], a[k, i]
        for r in range(rows):
            b[r, i], b[r, best] = b[r, best], b[r, i]
        for j in range(i + 1, n):
            factor = a[i, j] / a[i, i]
            for k in range(i, n):
                a[k, j] -= factor * a[k, i]
            for r in range(rows):
                b[r, j] -= factor * b[r, i]
    for r in range(rows):
        for i in range(n - 1, -1, -1):
            for k in range(i + 1, n):
                b[r, i] -= b[r, k] * a[k, i]
            b[r, i] = b[r, i] / a[i, i]


@rule
def enter(c, rates, pool, stock, flow):
    """Who arrives (row 0) and who begins anew in a bed (row 1), one person each, until they can be put forward.

    Written: pool, how they stand then; stocks at the months' ends before; flows.
    """
    months = whole(rates[REFER_AFTER])
    v = np.zeros(WITHOUT)
    v[HIDDEN_NEW] = 1.0 - rates[INFLOW_UNSERVED]
    v[STREET_NEW] = rates[INFLOW_UNSERVED]
    for age in range(months):
        after = np.zeros(WITHOUT)
        if age > 0:
            stands_without(v, stock[0])
        month_without(c, v, age == 0, after, flow[0])
        v = after
    pool[0] = v
    v = np.zeros(WITHOUT)
    v[FAST] = c[C_FAST]
    v[SLOW] = 1.0 - c[C_FAST]
    flow[1, ENTERED_FAST] += v[FAST]
    flow[1, ENTERED_SLOW] += v[SLOW]
    flow[1, ADMITTED] += 1.0
    for _ in range(months):
        after = np.zeros(WITHOUT)
        stands_without(v, stock[1])
        month_without(c, v, False, after, flow[1])
        v = after
    pool[1] = v


@rule
def go_on(c, pool, stock, flow):
    """Who can be put forward (rows of pool): months and places until they leave, all summed into pool, stock, flow."""
    n = WITHOUT
    place = np.zeros(len(SITUATIONS))
    done = np.zeros(FLOWS)
    life_of_place(c, place, done)
    moves = np.zeros((n, n))
    unused = np.zeros(FLOWS)
    v = np.zeros(n)
    for k in range(n):
        yes = offers(c, k)
        v[k] = 1.0 - yes
        month_without(c, v, False, moves[k], unused)
        gives_up(c, k, yes * done[GAVE_UP], moves[k], unused)
        v[k] = 0.0
    solved(moves, pool)
    for r in range(pool.shape[0]):
        stands_without(pool[r], stock[r])
        entered = 0.0
        bedless = 0.0
        for k in range(n):
            yes = pool[r, k] * offers(c, k)
            gives_up(c, k, yes * done[GAVE_UP], v, flow[r])
            unused[k] = pool[r, k] - yes
            entered += yes
            bedless += yes if k not in (FAST, SLOW) else 0.0
        month_without(c, unused[:n], False, v, flow[r])
        flow[r, ACCEPTED] += entered
        for i in range(FLOWS):
            flow[r, i] += entered * done[i]
        for i in range(len(SITUATIONS)):
            stock[r, i] += entered * place[i]
        stock[r, S_BED] -= bedless * place[S_BED]
        stock[r, S_NO_BED] += bedless * place[S_BED]


@rule
def one_type(c, rates, arrivals, stock, flow):
    """Stocks and flows a month of one type, of whom `arrivals` come a month.  Written into stock and flow."""
    pool = np.zeros((2, WITHOUT))
    stocks = np.zeros((2, len(SITUATIONS)))
    flows = np.zeros((2, FLOWS))
    enter(c, rates, pool, stocks, flows)
    go_on(c, pool, stocks, flows)
    comes_back, months, soon = settled(c, rates)
    again = (flows[:, HOME] + flows[:, SUPPORT_ENDED]) * comes_back + flows[:, LOST]
    anew = arrivals * again[0] / (1.0 - again[1])
    stock[:] = arrivals * stocks[0] + anew * stocks[1]
    flow[:] = arrivals * flows[0] + anew * flows[1]
    settle = flow[HOME] + flow[SUPPORT_ENDED]
    stock[S_SETTLED] = settle * months
    flow[RETURNED] = settle * comes_back
    flow[BACK_24] = flow[HOME] * soon


@kernel
def stand_still(rates, persons, stocks, flows, stock, flow):
    """Where a city stands still under these rates.

    rates: by RATES; persons: (needs, groups, PERSON).  Written: stocks (KINDS, needs, groups, SITUATIONS) and flows
    (KINDS, needs, groups, FLOWS), real people at a month's end and in a month; and their sums, stock and flow.
    """
    c = np.zeros(CHANCES)
    stock[:] = 0.0
    flow[:] = 0.0
    for kind in range(len(KINDS)):
        for i in range(persons.shape[0]):
            for g in range(persons.shape[1]):
                person = persons[i, g]
                chances_of(c, rates, person, kind)
                arrivals = rates[ARRIVALS] * share_of_kind(kind, person[P_NEED], rates) * person[P_SHARE]
                one_type(c, rates, arrivals, stocks[kind, i, g], flows[kind, i, g])
                stock += stocks[kind, i, g]
                flow += flows[kind, i, g]


@kernel
def ends_of_stays(rates, persons, ends):
    """Chances a month of leaving each of SITUATIONS, by type: written into ends, of the shape of stocks."""
    c = np.zeros(CHANCES)
    for kind in range(len(KINDS)):
        for i in range(persons.shape[0]):
            for g in range(persons.shape[1]):
                chances_of(c, rates, persons[i, g], kind)
                leaves_within(c, ends[kind, i, g])
