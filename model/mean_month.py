"""One month of a whole city in the mean: what becomes of each type of person.

A type is a kind of person, a need and a group.  Within a type everybody has the same chances, so that a life is a chain
of months, and what stands still is found by solving a few linear equations, without simulating.  The order is that of
the model's month: arrival, offers, death, homes, the month of the situation, losers find a bed, beds fill.

What is left out: spread of trust within a type, how full single providers are, and return from more than
`returns_months` ago.  Used by model/balance.py; the text of what people do stands in agents/service_user.py.
"""

from engine.rule import rule
from model.mean_chances import (
    C_ACCEPTS,
    C_ASKS,
    C_ASKS_NEW,
    C_ASKS_STREET,
    C_ASKS_STREET_NEW,
    C_CARRIED_DOWN,
    C_CARRIED_UP,
    C_CHANGES,
    C_CRISIS_TO_STREET,
    C_DIES,
    C_DIES_HOME,
    C_FAST,
    C_FILL,
    C_GIVES_UP,
    C_LEAVES_FAST,
    C_LEAVES_SLOW,
    C_LOSES_BETWEEN,
    C_LOSES_FIRST,
    C_LOSES_LATER,
    C_OFFERED,
    C_OFFERED_HIDDEN,
    C_OWN_HOME,
    C_REHOUSED,
    C_RESOLVES,
    C_RESOLVES_NEW,
    C_RESOLVES_STREET,
    C_RESOLVES_STREET_NEW,
    C_RETURNS,
    C_SUPPORT_ENDS,
    C_TO_FRIENDS,
    C_TO_STREET,
    C_WINS_HIDDEN,
    C_WINS_LOOKING,
    C_WINS_SLOW,
)

# How somebody without a place in the reformed service lives, and in how many ways; "new": never had a crisis bed.
HIDDEN_NEW, HIDDEN_SERVED, STREET_NEW, STREET_SERVED, FAST, SLOW, WITHOUT = range(7)
# How somebody with a place lives: looking for the first home, housed, or between two homes of the programme.
LOOKS, TENANT, BETWEEN, WITH = range(4)
# What is handed on to where people begin: real people at the end of a month.
SITUATIONS = (
    "hidden served", "hidden never served", "street served", "street never served", "crisis fast", "crisis slow",
    "looking with bed", "looking without bed", "looking between homes", "reform first year", "reform later", "settled",
)  # fmt: skip
(S_HIDDEN, S_HIDDEN_NEW, S_STREET, S_STREET_NEW, S_FAST, S_SLOW, S_BED, S_NO_BED, S_BETWEEN, S_FIRST, S_LATER,
 S_SETTLED) = range(len(SITUATIONS))  # fmt: skip
FIRST_YEAR = 12  # months
# What happens in a month, people a month.  HOME: an ordinary home, by the lottery or one's own way (OWN_HOME), of them
# FROM_BED; HOME_LEFT: a home with support, by death or with the place;
# ENTERED: stays that begin, who left a bed in the same month included; ADMITTED: without a bed when it began.
(HOME, OWN_HOME, FROM_BED, WON, RESOLVED, DIED, ENTERED_FAST, ENTERED_SLOW, ADMITTED, NEW_IN_BED, MET, GAVE_UP,
         LOST, CHANGED, REHOUSED, SUPPORT_ENDED, MOVED_IN, TO_STREET, TO_FRIENDS, ACCEPTED, RETURNED,
         BACK_24, CARRIED, HOME_LEFT, FLOWS) = range(25)  # fmt: skip
NEVER_QUITE = 1e-9  # keeps sums over all time finite where nobody ever leaves


@rule
def beds_fill(c, friends, street, friends_new, street_new, came, out, flow):
    """The end of a month: who is hidden or on the street asks for a bed; then a balance may carry people between the
    two.  came: whether they had no bed when the month began.  Adds to out and flow."""
    from_friends = friends * c[C_ASKS] * c[C_FILL]
    from_street = street * c[C_ASKS_STREET] * c[C_ACCEPTS] * c[C_FILL]
    new_from_friends = friends_new * c[C_ASKS_NEW] * c[C_FILL]
    new_from_street = street_new * c[C_ASKS_STREET_NEW] * c[C_ACCEPTS] * c[C_FILL]
    down = (friends - from_friends) * c[C_CARRIED_DOWN]
    up = (street - from_street) * c[C_CARRIED_UP]
    new_down = (friends_new - new_from_friends) * c[C_CARRIED_DOWN]
    new_up = (street_new - new_from_street) * c[C_CARRIED_UP]
    out[HIDDEN_SERVED] += friends - from_friends - down + up
    out[STREET_SERVED] += street - from_street - up + down
    out[HIDDEN_NEW] += friends_new - new_from_friends - new_down + new_up
    out[STREET_NEW] += street_new - new_from_street - new_up + new_down
    flow[CARRIED] += down + new_down - up - new_up
    beds = from_friends + from_street + new_from_friends + new_from_street
    out[FAST] += beds * c[C_FAST]
    out[SLOW] += beds * (1.0 - c[C_FAST])
    flow[MET] += beds
    flow[ENTERED_FAST] += beds * c[C_FAST]
    flow[ENTERED_SLOW] += beds * (1.0 - c[C_FAST])
    flow[NEW_IN_BED] += new_from_friends + new_from_street
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
    flow[FROM_BED] += own + won
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
def gives_up(c, k, people, out, flow):
    """People who accepted an offer in situation k and give up looking: back in their bed, or without one."""
    if k in (FAST, SLOW):
        out[k] += people
        flow[ENTERED_FAST if k == FAST else ENTERED_SLOW] += people
        return
    new = people if k in (HIDDEN_NEW, STREET_NEW) else 0.0
    old = people - new
    street = c[C_CRISIS_TO_STREET]
    beds_fill(c, old * (1.0 - street), old * street, new * (1.0 - street), new * street, True, out, flow)


@rule
def offers(c, k):
    """Chance of an offer that is accepted this month, in situation k without a place."""
    return c[C_OFFERED_HIDDEN] if k in (HIDDEN_NEW, HIDDEN_SERVED) else c[C_OFFERED]


@rule
def leaves_within(c, end):
    """Chance a month of leaving each of SITUATIONS, written into end."""
    alive = 1.0 - c[C_DIES]
    fill = c[C_FILL]
    from_street = c[C_ACCEPTS] * fill
    friends = alive * (1.0 - c[C_OFFERED_HIDDEN]) * (1.0 - c[C_WINS_HIDDEN])
    street = alive * (1.0 - c[C_OFFERED])
    end[S_HIDDEN] = 1.0 - friends * (1.0 - c[C_RESOLVES] - c[C_TO_STREET]) * (1.0 - c[C_ASKS] * fill)
    end[S_HIDDEN_NEW] = 1.0 - friends * (1.0 - c[C_RESOLVES_NEW] - c[C_TO_STREET]) * (1.0 - c[C_ASKS_NEW] * fill)
    stays = 1.0 - c[C_RESOLVES_STREET] - c[C_TO_FRIENDS]
    end[S_STREET] = 1.0 - street * stays * (1.0 - c[C_ASKS_STREET] * from_street)
    stays = 1.0 - c[C_RESOLVES_STREET_NEW] - c[C_TO_FRIENDS]
    end[S_STREET_NEW] = 1.0 - street * stays * (1.0 - c[C_ASKS_STREET_NEW] * from_street)
    end[S_FAST] = 1.0 - street * (1.0 - c[C_LEAVES_FAST])
    end[S_SLOW] = 1.0 - street * (1.0 - c[C_WINS_SLOW]) * (1.0 - c[C_LEAVES_SLOW])
    end[S_BED] = 1.0 - alive * (1.0 - c[C_WINS_LOOKING]) * (1.0 - c[C_GIVES_UP])
    end[S_NO_BED] = end[S_BED]
    end[S_BETWEEN] = 1.0 - alive * (1.0 - c[C_REHOUSED] - c[C_LOSES_BETWEEN])
    stays = (1.0 - c[C_DIES_HOME]) * (1.0 - c[C_SUPPORT_ENDS] - c[C_CHANGES])
    end[S_FIRST] = 1.0 - stays * (1.0 - c[C_LOSES_FIRST])
    end[S_LATER] = 1.0 - stays * (1.0 - c[C_LOSES_LATER])
    end[S_SETTLED] = 1.0 - alive * (1.0 - c[C_RETURNS])
    for k in range(len(SITUATIONS)):
        end[k] = min(max(end[k], NEVER_QUITE), 1.0)


@rule
def stands_without(v, stock):
    """People without a place at a month's end, into stocks."""
    stock[S_HIDDEN] += v[HIDDEN_SERVED]
    stock[S_HIDDEN_NEW] += v[HIDDEN_NEW]
    stock[S_STREET] += v[STREET_SERVED]
    stock[S_STREET_NEW] += v[STREET_NEW]
    stock[S_FAST] += v[FAST]
    stock[S_SLOW] += v[SLOW]
