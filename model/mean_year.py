"""How many different people a city that stands still sees in some months: in crisis beds, and without a home.

Who is there when the months begin counts once; beside them count newcomers and who comes for the first time from
outside.  What little can happen twice in a year (a home found and lost again within it) is left out.
"""

import numpy as np

from agents.service_user import KINDS
from engine.rule import kernel, rule
from model.mean_chances import (
    ARRIVALS,
    C_CHANGES,
    C_DIES,
    C_GIVES_UP,
    C_LOSES_BETWEEN,
    C_LOSES_FIRST,
    C_LOSES_LATER,
    C_REHOUSED,
    C_RETURNS,
    C_WINS_LOOKING,
    CHANCES,
    INFLOW_UNSERVED,
    P_NEED,
    P_SHARE,
    RETURNS_MONTHS,
    chances_of,
    share_of_kind,
)
from model.mean_field import power, series, whole
from model.mean_month import (
    FAST,
    FLOWS,
    HIDDEN_NEW,
    HIDDEN_SERVED,
    HOME,
    S_BETWEEN,
    S_FIRST,
    S_HIDDEN,
    S_HIDDEN_NEW,
    S_LATER,
    S_NO_BED,
    S_STREET,
    S_STREET_NEW,
    SLOW,
    STREET_NEW,
    STREET_SERVED,
    SUPPORT_ENDED,
    WITHOUT,
    gives_up,
    month_without,
    offers,
)


@rule
def return_within(c, rates, settle, months):
    """People settled when the months begin, `settle` of whom come a month, who come back within them."""
    last = whole(rates[RETURNS_MONTHS])
    stays = (1.0 - c[C_DIES]) * (1.0 - c[C_RETURNS])
    once = (1.0 - c[C_DIES]) * c[C_RETURNS]
    total = 0.0
    there = settle
    for age in range(last):
        total += there * once * series(stays, min(months, last - age))
        there = there * stays
    return total


@rule
def lose_within(c, stock, months, changes):
    """Tenants when the months begin who lose their place in them; changes: 1 counts who changes home as well."""
    total = 0.0
    for column, loses in ((S_FIRST, c[C_LOSES_FIRST]), (S_LATER, c[C_LOSES_LATER])):
        happens = loses + (1.0 - loses) * c[C_CHANGES] * changes
        total += stock[column] * (1.0 - power(1.0 - happens, months))
    stays = 1.0 - c[C_REHOUSED] - c[C_LOSES_BETWEEN]
    return total + (1.0 - changes) * stock[S_BETWEEN] * c[C_LOSES_BETWEEN] * series(stays, months)


@rule
def enter_within(c, rates, stock, arrivals, months, counted):
    """People with friends when the months begin, or new in them, who have a crisis bed at some month's end; who comes
    from a home apart.  counted: 1 counts people on the street like people in beds."""
    v = np.zeros(WITHOUT)
    v[HIDDEN_SERVED] = stock[S_HIDDEN]
    v[HIDDEN_NEW] = stock[S_HIDDEN_NEW]
    v[STREET_SERVED] = stock[S_STREET] * (1.0 - counted)
    v[STREET_NEW] = stock[S_STREET_NEW] * (1.0 - counted)
    looking = stock[S_NO_BED]
    new = np.zeros(WITHOUT)
    new[HIDDEN_NEW] = arrivals * (1.0 - rates[INFLOW_UNSERVED])
    new[STREET_NEW] = arrivals * rates[INFLOW_UNSERVED]
    unused = np.zeros(FLOWS)
    alive = 1.0 - c[C_DIES]
    stops = alive * (1.0 - c[C_WINS_LOOKING]) * c[C_GIVES_UP]
    total = 0.0
    for _ in range(months):
        after = np.zeros(WITHOUT)
        for k in range(WITHOUT):
            yes = v[k] * offers(c, k)
            v[k] -= yes
            looking += yes
        month_without(c, v, False, after, unused)
        month_without(c, new, True, after, unused)
        gives_up(c, HIDDEN_SERVED, looking * stops, after, unused)
        looking = looking * alive * (1.0 - c[C_WINS_LOOKING]) * (1.0 - c[C_GIVES_UP])
        total += after[FAST] + after[SLOW]
        after[FAST] = 0.0
        after[SLOW] = 0.0
        for k in (STREET_SERVED, STREET_NEW):
            total += after[k] * counted
            after[k] = after[k] * (1.0 - counted)
        v = after
    return total


@kernel
def seen_within(rates, persons, stocks, flows, months, seen):
    """Different people seen in `months` months, beside those there when they begin: written into seen, (3,).

    In a crisis bed at some month's end; in one or on the street; without a home.
    """
    c = np.zeros(CHANCES)
    seen[:] = 0.0
    for kind in range(len(KINDS)):
        for i in range(persons.shape[0]):
            for g in range(persons.shape[1]):
                person = persons[i, g]
                stock = stocks[kind, i, g]
                flow = flows[kind, i, g]
                chances_of(c, rates, person, kind)
                arrivals = rates[ARRIVALS] * share_of_kind(kind, person[P_NEED], rates) * person[P_SHARE]
                back = return_within(c, rates, flow[HOME] + flow[SUPPORT_ENDED], months)
                loses = back + lose_within(c, stock, months, 0.0)
                seen[0] += loses + enter_within(c, rates, stock, arrivals, months, 0.0)
                seen[1] += loses + enter_within(c, rates, stock, arrivals, months, 1.0)
                seen[2] += back + lose_within(c, stock, months, 1.0) + arrivals * months * (1.0 - c[C_DIES])
