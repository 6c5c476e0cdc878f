"""A month of people with a place in the reformed service, in the mean: looking, housed, between two homes.

What becomes of everybody who has accepted a place is summed over all time: the first year month by month, later years
in one step.
"""

import numpy as np

from engine.rule import rule
from model.mean_chances import (
    C_CHANGES,
    C_DIES,
    C_DIES_HOME,
    C_GIVES_UP,
    C_LOSES_BETWEEN,
    C_LOSES_FIRST,
    C_LOSES_LATER,
    C_REHOUSED,
    C_SUPPORT_ENDS,
    C_WINS_LOOKING,
)
from model.mean_month import (
    BETWEEN,
    CHANGED,
    DIED,
    FIRST_YEAR,
    GAVE_UP,
    HOME_LEFT,
    LOOKS,
    LOST,
    MOVED_IN,
    NEVER_QUITE,
    REHOUSED,
    S_BED,
    S_BETWEEN,
    S_FIRST,
    S_LATER,
    SUPPORT_ENDED,
    TENANT,
    WITH,
    WON,
)


@rule
def month_with(c, v, loses, out, flow):
    """A month of people with a place (three situations, v).  loses: chance that a tenant loses it.

    Adds to out (three, still with a place) and flow: GAVE_UP before the first home, LOST the place with or after one.
    """
    alive = 1.0 - c[C_DIES]
    wins_home = alive * c[C_WINS_LOOKING]
    between = v[BETWEEN] * alive
    tenants = v[TENANT] * (1.0 - c[C_DIES_HOME])
    keep = tenants * (1.0 - loses)
    out[LOOKS] += v[LOOKS] * (alive - wins_home) * (1.0 - c[C_GIVES_UP])
    out[BETWEEN] += between * (1.0 - c[C_REHOUSED] - c[C_LOSES_BETWEEN]) + keep * c[C_CHANGES]
    out[TENANT] += keep * (1.0 - c[C_SUPPORT_ENDS] - c[C_CHANGES]) + v[LOOKS] * wins_home + between * c[C_REHOUSED]
    flow[WON] += v[LOOKS] * c[C_WINS_LOOKING]
    flow[MOVED_IN] += v[LOOKS] * wins_home
    flow[REHOUSED] += between * c[C_REHOUSED]
    flow[DIED] += (v[LOOKS] + v[BETWEEN]) * c[C_DIES] + v[TENANT] * c[C_DIES_HOME]
    flow[GAVE_UP] += v[LOOKS] * (alive - wins_home) * c[C_GIVES_UP]
    lost = between * c[C_LOSES_BETWEEN] + tenants * loses
    flow[LOST] += lost
    flow[HOME_LEFT] += lost + v[BETWEEN] * c[C_DIES] + v[TENANT] * c[C_DIES_HOME]
    flow[SUPPORT_ENDED] += keep * c[C_SUPPORT_ENDS]
    flow[CHANGED] += keep * c[C_CHANGES]


@rule
def months_after(c, v, total):
    """Months begun after the first year by people with a place, v of whom stand at its end, summed over all time."""
    alive = 1.0 - c[C_DIES]
    goes = max(1.0 - alive * (1.0 - c[C_WINS_LOOKING]) * (1.0 - c[C_GIVES_UP]), NEVER_QUITE)
    ends = max(1.0 - alive * (1.0 - c[C_REHOUSED] - c[C_LOSES_BETWEEN]), NEVER_QUITE)
    again = alive * c[C_REHOUSED] / ends  # tenants once more, for each who looks for another home
    keeps = (1.0 - c[C_DIES_HOME]) * (1.0 - c[C_LOSES_LATER])
    changes = keeps * c[C_CHANGES]
    leaves = 1.0 - keeps * (1.0 - c[C_SUPPORT_ENDS] - c[C_CHANGES]) - changes * again
    total[LOOKS] = v[LOOKS] / goes
    total[TENANT] = (v[TENANT] + total[LOOKS] * alive * c[C_WINS_LOOKING] + v[BETWEEN] * again) / max(
        leaves, NEVER_QUITE
    )
    total[BETWEEN] = (v[BETWEEN] + changes * total[TENANT]) / ends


@rule
def life_of_place(c, stock, flow):
    """Everything that becomes of one person who has accepted a place this month, summed over all time: month-end stocks
    (by SITUATIONS; who looks for the first home stands in S_BED) and flows."""
    v = np.zeros(WITH)
    v[LOOKS] = 1.0
    for age in range(FIRST_YEAR + 1):
        after = np.zeros(WITH)
        month_with(c, v, c[C_LOSES_FIRST], after, flow)
        stands_with(after, S_FIRST if age < FIRST_YEAR else S_LATER, stock)  # whose next month is that of later years
        v = after
    total = np.zeros(WITH)
    months_after(c, v, total)
    after = np.zeros(WITH)
    month_with(c, total, c[C_LOSES_LATER], after, flow)
    stands_with(after, S_LATER, stock)


@rule
def stands_with(v, tenants, stock):
    """People with a place at a month's end, into stocks; tenants: the column of those who are housed."""
    stock[S_BED] += v[LOOKS]
    stock[S_BETWEEN] += v[BETWEEN]
    stock[tenants] += v[TENANT]
