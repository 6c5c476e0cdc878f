"""One month of a whole city in the mean: what becomes of each type of person, and what stands where it all stands still.

A type is a kind of person, a need and a group.  Within a type everybody has the same chances, so that a life is a chain
of months, and what stands still is found by solving a few linear equations, without simulating.  The order is that of
the model's month: arrival, offers, death, homes, the month of the situation, losers find a bed, beds fill.

What is left out: spread of trust within a type, how full single providers are, and return from more than
`returns_months` ago.  Used by model/balance.py; the text of what people do stands in agents/service_user.py.
"""

import numpy as np

from engine.arithmetic import exp
from engine.rule import rule

# How somebody without a place in the reformed service lives; "new" is who never had a crisis bed.
HIDDEN_NEW, HIDDEN_SERVED, STREET_NEW, STREET_SERVED, FAST, SLOW = WITHOUT = tuple(range(6))
# How somebody with a place lives: looking for the first home, housed, or between two homes of the programme.
LOOKS, TENANT, BETWEEN = WITH = tuple(range(3))
# What is handed on to where people begin: real people at the end of a month.
SITUATIONS = (
    "hidden served", "hidden never served", "street served", "street never served", "crisis fast", "crisis slow",
    "looking with bed", "looking without bed", "looking between homes", "reform first year", "reform later", "settled",
)  # fmt: skip
(S_HIDDEN, S_HIDDEN_NEW, S_STREET, S_STREET_NEW, S_FAST, S_SLOW, S_BED, S_NO_BED, S_BETWEEN, S_FIRST, S_LATER,
 S_SETTLED) = tuple(range(len(SITUATIONS)))  # fmt: skip
KINDS = 3  # short, episodic, long
FIRST_YEAR = 12  # months
# What happens in a month, people a month.  `HOME`: an ordinary home, by the lottery or one's own way (of them OWN_HOME);
# `ENTERED`: stays that begin, who left a bed in the same month included; `ADMITTED`: without a bed when it began.
FLOWS = (HOME, OWN_HOME, WON, RESOLVED, DIED, ASKED, ENTERED_FAST, ENTERED_SLOW, ADMITTED, NEW_IN_BED, MET, GAVE_UP,
         LOST, CHANGED, REHOUSED, SUPPORT_ENDED, MOVED_IN, TO_STREET, TO_FRIENDS, ACCEPTED, RETURNED,
         BACK_24) = tuple(range(22))  # fmt: skip
# Chances a month of one type.
CHANCES = (
    C_DIES, C_DIES_HOME, C_WINS_HIDDEN, C_WINS_SLOW, C_WINS_LOOKING, C_RESOLVES, C_RESOLVES_NEW, C_RESOLVES_STREET,
    C_RESOLVES_STREET_NEW, C_TO_STREET, C_TO_FRIENDS, C_LEAVES_FAST, C_OWN_HOME, C_CRISIS_TO_STREET, C_LEAVES_SLOW,
    C_ASKS, C_ASKS_STREET, C_ASKS_NEW, C_ASKS_STREET_NEW, C_FILL, C_ACCEPTS, C_FAST, C_OFFERED, C_OFFERED_HIDDEN,
    C_GIVES_UP, C_LOSES_FIRST, C_LOSES_LATER, C_SUPPORT_ENDS, C_CHANGES, C_RETURNS,
) = tuple(range(30))  # fmt: skip
# Rates of the city that a balance may move (the columns of `rates`), and what it implies.
RATES = (
    "seek_new", "seek_short", "seek_episodic", "seek_long", "seek_street", "resolve_new", "resolve_short",
    "resolve_episodic", "resolve_long", "resolve_street", "hidden_to_street", "street_to_hidden", "drift_out",
    "short_share", "long_of_rest", "kind_need", "need_reference", "fast_episodic", "exit_fast", "home_after_fast",
    "crisis_to_street", "home_weight_long", "home_weight_hidden", "reform_priority", "hidden_reached", "looking_ends",
    "inflow_unserved", "return_ratio", "refer_after", "returns_months",
    "arrivals", "fill", "homes_clock", "offered", "accepts_bed",
)  # fmt: skip
(SEEK_NEW, SEEK_SHORT, SEEK_EPISODIC, SEEK_LONG, SEEK_STREET, RESOLVE_NEW, RESOLVE_SHORT, RESOLVE_EPISODIC,
 RESOLVE_LONG, RESOLVE_STREET, HIDDEN_TO_STREET, STREET_TO_HIDDEN, DRIFT_OUT, SHORT_SHARE, LONG_OF_REST, KIND_NEED,
 NEED_REFERENCE, FAST_EPISODIC, EXIT_FAST, HOME_AFTER_FAST, CRISIS_TO_STREET, WEIGHT_LONG, WEIGHT_HIDDEN, PRIORITY,
 HIDDEN_REACHED, LOOKING_ENDS, INFLOW_UNSERVED, RETURN_RATIO, REFER_AFTER, RETURNS_MONTHS, ARRIVALS, FILL, CLOCK,
 OFFERS, ACCEPTS_BED) = tuple(range(len(RATES)))  # fmt: skip
# Rates of one need and group (the columns of `persons`).
PERSON = (P_NEED, P_SHARE, P_DIES, P_DIES_HOME, P_PUT_FORWARD, P_RETURNS, P_LOSES_FIRST, P_LOSES_LATER, P_CHANGES,
          P_SUPPORT_ENDS, P_MOVES_ON, P_FINDS_BED) = tuple(range(12))  # fmt: skip
NEVER_QUITE = 1e-9  # keeps sums over all time finite where nobody ever leaves


@rule
def share_of_kind(kind, need, rates):
    """Of newcomers with this need, the share of a kind: 0 short, 1 episodic, 2 long.  As `kind_of` draws it."""
    short = rates[SHORT_SHARE] + rates[KIND_NEED] * (rates[NEED_REFERENCE] - need)
    short = min(max(short, 0.0), 1.0)
    if kind == 0:
        return short
    return (1.0 - short) * (rates[LONG_OF_REST] if kind == 2 else 1.0 - rates[LONG_OF_REST])


@rule
def wins(clock, weight):
    """Chance of a home in this month's lottery, in which everybody's clock runs as fast as their weight."""
    return 1.0 - exp(-clock * weight)


@rule
def chances_at_homes_and_beds(c, rates, person, kind):
    """The chances of one type, first half: homes, answers of one's own, beds.  Written into c."""
    moves_on = person[P_MOVES_ON]
    c[C_DIES] = person[P_DIES]
    c[C_DIES_HOME] = person[P_DIES_HOME]
    c[C_WINS_HIDDEN] = wins(rates[CLOCK], rates[WEIGHT_HIDDEN] * moves_on)
    c[C_WINS_SLOW] = wins(rates[CLOCK], (rates[WEIGHT_LONG] if kind == 2 else 1.0) * moves_on)
    c[C_WINS_LOOKING] = wins(rates[CLOCK], rates[PRIORITY])
    c[C_RESOLVES] = rates[RESOLVE_SHORT + kind]
    c[C_RESOLVES_NEW] = rates[RESOLVE_NEW]
    c[C_RESOLVES_STREET] = rates[RESOLVE_SHORT + kind] * rates[RESOLVE_STREET]
    c[C_RESOLVES_STREET_NEW] = rates[RESOLVE_NEW] * rates[RESOLVE_STREET]
    c[C_TO_STREET] = rates[HIDDEN_TO_STREET]
    c[C_TO_FRIENDS] = rates[STREET_TO_HIDDEN]
    seek = rates[SEEK_SHORT + kind]
    finds = person[P_FINDS_BED]
    c[C_ASKS] = min(seek * finds, 1.0)
    c[C_ASKS_STREET] = min(min(seek * rates[SEEK_STREET], 1.0) * finds, 1.0)
    c[C_ASKS_NEW] = min(rates[SEEK_NEW] * finds, 1.0)
    c[C_ASKS_STREET_NEW] = min(min(rates[SEEK_NEW] * rates[SEEK_STREET], 1.0) * finds, 1.0)
    c[C_FILL] = rates[FILL]
    c[C_ACCEPTS] = rates[ACCEPTS_BED]


@rule
def chances_of(c, rates, person, kind):
    """The chances a month of one type, written into c."""
    chances_at_homes_and_beds(c, rates, person, kind)
    moves_on = person[P_MOVES_ON]
    c[C_LEAVES_FAST] = min(rates[EXIT_FAST] * moves_on, 1.0)
    c[C_OWN_HOME] = rates[HOME_AFTER_FAST]
    c[C_CRISIS_TO_STREET] = rates[CRISIS_TO_STREET]
    c[C_LEAVES_SLOW] = min(rates[DRIFT_OUT] * moves_on, 1.0)
    c[C_FAST] = 1.0 if kind == 0 else (rates[FAST_EPISODIC] if kind == 1 else 0.0)
    c[C_OFFERED] = min(person[P_PUT_FORWARD] * rates[OFFERS], 1.0)
    c[C_OFFERED_HIDDEN] = min(person[P_PUT_FORWARD] * rates[OFFERS] * rates[HIDDEN_REACHED], 1.0)
    c[C_GIVES_UP] = rates[LOOKING_ENDS]
    c[C_LOSES_FIRST] = person[P_LOSES_FIRST]
    c[C_LOSES_LATER] = person[P_LOSES_LATER]
    c[C_SUPPORT_ENDS] = person[P_SUPPORT_ENDS]
    c[C_CHANGES] = person[P_CHANGES]
    c[C_RETURNS] = min(person[P_RETURNS] * (1.0 if kind == 0 else rates[RETURN_RATIO]), 1.0)


@rule
def beds_fill(c, friends, street, friends_new, street_new, came, out, flow):
    """The end of a month: who is hidden or on the street asks for a bed.  came: people without a bed when the month
    began, of each of the four.  Adds to out and flow."""
    asks = (friends * c[C_ASKS], street * c[C_ASKS_STREET], friends_new * c[C_ASKS_NEW], street_new * c[C_ASKS_STREET_NEW])
    flow[ASKED] += asks[0] + asks[2] + (asks[1] + asks[3]) * c[C_ACCEPTS]
    got = (asks[0] * c[C_FILL], asks[1] * c[C_FILL] * c[C_ACCEPTS], asks[2] * c[C_FILL],
           asks[3] * c[C_FILL] * c[C_ACCEPTS])  # fmt: skip
    out[HIDDEN_SERVED] += friends - got[0]
    out[STREET_SERVED] += street - got[1]
    out[HIDDEN_NEW] += friends_new - got[2]
    out[STREET_NEW] += street_new - got[3]
    beds = got[0] + got[1] + got[2] + got[3]
    out[FAST] += beds * c[C_FAST]
    out[SLOW] += beds * (1.0 - c[C_FAST])
    flow[MET] += beds
    flow[ENTERED_FAST] += beds * c[C_FAST]
    flow[ENTERED_SLOW] += beds * (1.0 - c[C_FAST])
    flow[NEW_IN_BED] += got[2] + got[3]
    if came:
        flow[ADMITTED] += beds


@rule
def month_in_bed(c, fast, slow, out, flow):
    """A month of people in crisis beds, fast or slow; who leaves may ask for a bed again.  Adds to out and flow."""
    alive = 1.0 - c[C_DIES]
    flow[DIED] += (fast + slow) * c[C_DIES]
    leaves = fast * alive * c[C_LEAVES_FAST]
    own = leaves * c[C_OWN_HOME]
    won = slow * alive * c[C_WINS_SLOW]
    drifts = slow * alive * (1.0 - c[C_WINS_SLOW]) * c[C_LEAVES_SLOW]
    out[FAST] += fast * alive - leaves
    out[SLOW] += slow * alive - won - drifts
    flow[HOME] += own + won
    flow[OWN_HOME] += own
    flow[WON] += slow * c[C_WINS_SLOW]  # a home drawn for somebody who dies is lost
    street = leaves * min(c[C_CRISIS_TO_STREET], 1.0 - c[C_OWN_HOME]) + drifts * c[C_CRISIS_TO_STREET]
    friends = leaves - own + drifts - street
    beds_fill(c, friends, street, 0.0, 0.0, False, out, flow)


@rule
def month_outside(c, v, arrives, out, flow):
    """A month of people hidden and on the street; nobody resolves in the month of arrival.  Adds to out and flow."""
    alive = 1.0 - c[C_DIES]
    may = 0.0 if arrives else 1.0
    hidden = v[HIDDEN_SERVED]
    hidden_new = v[HIDDEN_NEW]
    street = v[STREET_SERVED] * alive
    street_new = v[STREET_NEW] * alive
    flow[DIED] += (hidden + hidden_new + v[STREET_SERVED] + v[STREET_NEW]) * c[C_DIES]
    flow[WON] += (hidden + hidden_new) * c[C_WINS_HIDDEN]
    hidden = hidden * alive
    hidden_new = hidden_new * alive
    won = (hidden + hidden_new) * c[C_WINS_HIDDEN]
    flow[HOME] += won
    hidden = hidden * (1.0 - c[C_WINS_HIDDEN])
    hidden_new = hidden_new * (1.0 - c[C_WINS_HIDDEN])
    answer = hidden * c[C_RESOLVES] + may * hidden_new * c[C_RESOLVES_NEW]
    answer += street * c[C_RESOLVES_STREET] + may * street_new * c[C_RESOLVES_STREET_NEW]
    flow[RESOLVED] += answer
    down = hidden * min(c[C_TO_STREET], 1.0 - c[C_RESOLVES])
    down_new = hidden_new * min(c[C_TO_STREET], 1.0 - may * c[C_RESOLVES_NEW])
    up = street * min(c[C_TO_FRIENDS], 1.0 - c[C_RESOLVES_STREET])
    up_new = street_new * min(c[C_TO_FRIENDS], 1.0 - may * c[C_RESOLVES_STREET_NEW])
    flow[TO_STREET] += down + down_new
    flow[TO_FRIENDS] += up + up_new
    hidden = hidden * (1.0 - c[C_RESOLVES]) - down + up
    hidden_new = hidden_new * (1.0 - may * c[C_RESOLVES_NEW]) - down_new + up_new
    street = street * (1.0 - c[C_RESOLVES_STREET]) - up + down
    street_new = street_new * (1.0 - may * c[C_RESOLVES_STREET_NEW]) - up_new + down_new
    beds_fill(c, hidden, street, hidden_new, street_new, True, out, flow)


@rule
def month_without(c, v, arrives, out, flow):
    """A month of people without a place (six situations, v), after the offers.  Adds to out (six) and flow."""
    month_outside(c, v, arrives, out, flow)
    month_in_bed(c, v[FAST], v[SLOW], out, flow)


@rule
def month_with(c, v, loses, out, flow):
    """A month of people with a place (three situations, v).  loses: chance that a tenant loses it.

    Adds to out (three, still with a place) and flow: GAVE_UP before the first home, LOST the place with or after one.
    """
    alive = 1.0 - c[C_DIES]
    wins_home = alive * c[C_WINS_LOOKING]
    stays = (alive - wins_home) * (1.0 - c[C_GIVES_UP])
    stops = (alive - wins_home) * c[C_GIVES_UP]
    tenants = v[TENANT] * (1.0 - c[C_DIES_HOME])
    keep = tenants * (1.0 - loses)
    searching = v[LOOKS] + v[BETWEEN]
    out[LOOKS] += v[LOOKS] * stays
    out[BETWEEN] += v[BETWEEN] * stays + keep * c[C_CHANGES]
    out[TENANT] += keep * (1.0 - c[C_SUPPORT_ENDS] - c[C_CHANGES]) + searching * wins_home
    flow[WON] += searching * c[C_WINS_LOOKING]
    flow[MOVED_IN] += searching * wins_home
    flow[REHOUSED] += v[BETWEEN] * wins_home
    flow[DIED] += searching * c[C_DIES] + v[TENANT] * c[C_DIES_HOME]
    flow[GAVE_UP] += v[LOOKS] * stops
    flow[LOST] += v[BETWEEN] * stops + tenants * loses
    flow[SUPPORT_ENDED] += keep * c[C_SUPPORT_ENDS]
    flow[CHANGED] += keep * c[C_CHANGES]


@rule
def months_after(c, v, total):
    """Months begun after the first year by people with a place, v of whom stand at its end, summed over all time."""
    stays = (1.0 - c[C_DIES]) * (1.0 - c[C_WINS_LOOKING]) * (1.0 - c[C_GIVES_UP])
    wins_home = (1.0 - c[C_DIES]) * c[C_WINS_LOOKING]
    keeps = (1.0 - c[C_DIES_HOME]) * (1.0 - c[C_LOSES_LATER])
    goes = max(1.0 - stays, NEVER_QUITE)
    changes = keeps * c[C_CHANGES]
    comes = v[TENANT] + wins_home * (v[LOOKS] + v[BETWEEN]) / goes
    ends = 1.0 - keeps * (1.0 - c[C_SUPPORT_ENDS] - c[C_CHANGES]) - wins_home * changes / goes
    total[LOOKS] = v[LOOKS] / goes
    total[TENANT] = comes / max(ends, NEVER_QUITE)
    total[BETWEEN] = (v[BETWEEN] + changes * total[TENANT]) / goes


@rule
def life_of_place(c, stock, flow):
    """Everything that becomes of one person who has accepted a place this month, summed over all time: month-end stocks
    (by SITUATIONS; who looks for the first home stands in S_BED) and flows."""
    v = np.zeros(len(WITH))
    v[LOOKS] = 1.0
    for age in range(FIRST_YEAR + 1):
        after = np.zeros(len(WITH))
        month_with(c, v, c[C_LOSES_FIRST], after, flow)
        stands_with(after, S_FIRST if age < FIRST_YEAR else S_LATER, stock)  # whose next month is that of later years
        v = after
    total = np.zeros(len(WITH))
    months_after(c, v, total)
    after = np.zeros(len(WITH))
    month_with(c, total, c[C_LOSES_LATER], after, flow)
    stands_with(after, S_LATER, stock)


@rule
def stands_with(v, tenants, stock):
    """People with a place at a month's end, into stocks; tenants: the column of those who are housed."""
    stock[S_BED] += v[LOOKS]
    stock[S_BETWEEN] += v[BETWEEN]
    stock[tenants] += v[TENANT]


@rule
def gives_up(c, k, people, out, flow):
    """People who accepted an offer in situation k and give up looking: back in their bed, or without one.  Adds to out."""
    if k == FAST or k == SLOW:
        out[k] += people
        flow[ENTERED_FAST if k == FAST else ENTERED_SLOW] += people
        return
    new = people if k == HIDDEN_NEW or k == STREET_NEW else 0.0
    old = people - new
    street = c[C_CRISIS_TO_STREET]
    beds_fill(c, old * (1.0 - street), old * street, new * (1.0 - street), new * street, True, out, flow)


@rule
def stands_without(v, stock):
    """People without a place at a month's end, into stocks."""
    stock[S_HIDDEN] += v[HIDDEN_SERVED]
    stock[S_HIDDEN_NEW] += v[HIDDEN_NEW]
    stock[S_STREET] += v[STREET_SERVED]
    stock[S_STREET_NEW] += v[STREET_NEW]
    stock[S_FAST] += v[FAST]
    stock[S_SLOW] += v[SLOW]


@rule
def series(stays, months):
    """1 + stays + ... + stays^(months - 1)."""
    return months if stays >= 1.0 else (1.0 - stays**months) / (1.0 - stays)


@rule
def offered(c, k):
    """Chance of accepting an offer this month in situation k without a place."""
    if k == HIDDEN_NEW or k == HIDDEN_SERVED:
        return c[C_OFFERED_HIDDEN]
    return c[C_OFFERED]


@rule
def solved(a, b):
    """x of the rows b (r x n) with x = x a + b, by elimination with the largest pivot; a (n x n) is used up."""
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            a[i, j] = (1.0 if i == j else 0.0) - a[i, j]
    for i in range(n):  # columns of a, since x stands on the left
        best = i
        for j in range(i + 1, n):
            if abs(a[i, j]) > abs(a[i, best]):
                best = j
        for k in range(n):
            a[k, i], a[k, best] = a[k, best], a[k, i]
        for r in range(b.shape[0]):
            b[r, i], b[r, best] = b[r, best], b[r, i]
        for j in range(i + 1, n):
            factor = a[i, j] / a[i, i]
            for k in range(i, n):
                a[k, j] -= factor * a[k, i]
            for r in range(b.shape[0]):
                b[r, j] -= factor * b[r, i]
    for r in range(b.shape[0]):
        for i in range(n - 1, -1, -1):
            for k in range(i + 1, n):
                b[r, i] -= b[r, k] * a[k, i]
            b[r, i] /= a[i, i]


@rule
def settled_months(c, rates):
    """Of one person who settles: the chance of coming back, the months, and the chance of coming back within two years."""
    months = max(int(-(-rates[RETURNS_MONTHS] // 1.0)), 1)
    stays = (1.0 - c[C_DIES]) * (1.0 - c[C_RETURNS])
    once = (1.0 - c[C_DIES]) * c[C_RETURNS]
    return once * series(stays, months), series(stays, months), once * series(stays, min(months, 2 * FIRST_YEAR))
