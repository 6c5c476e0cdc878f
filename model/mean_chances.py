"""The chances a month of one type of person: a kind, a need and a group (model/mean_field.py).

`rates` is a row of what holds for the whole city (RATES), `person` one of what holds for a need and a group (PERSON).
"""

from agents.service_user import EPISODIC, LONG, SHORT
from engine.arithmetic import exp
from engine.rule import rule

# Chances a month of one type, and how many they are.
(
    C_DIES, C_DIES_HOME, C_WINS_HIDDEN, C_WINS_SLOW, C_WINS_LOOKING, C_RESOLVES, C_RESOLVES_NEW, C_RESOLVES_STREET,
    C_RESOLVES_STREET_NEW, C_TO_STREET, C_TO_FRIENDS, C_LEAVES_FAST, C_OWN_HOME, C_CRISIS_TO_STREET, C_LEAVES_SLOW,
    C_ASKS, C_ASKS_STREET, C_ASKS_NEW, C_ASKS_STREET_NEW, C_FILL, C_ACCEPTS, C_FAST, C_OFFERED, C_OFFERED_HIDDEN,
    C_GIVES_UP, C_LOSES_FIRST, C_LOSES_LATER, C_SUPPORT_ENDS, C_CHANGES, C_RETURNS, C_REHOUSED, C_LOSES_BETWEEN,
    C_CARRIED_DOWN, C_CARRIED_UP, CHANCES,
) = range(35)  # fmt: skip
# Rates of the city that a balance may move (the columns of `rates`), and what it implies.
RATES = (
    "seek_new", "seek_short", "seek_episodic", "seek_long", "seek_street", "resolve_new", "resolve_short",
    "resolve_episodic", "resolve_long", "resolve_street", "hidden_to_street", "street_to_hidden", "drift_out",
    "short_share", "long_of_rest", "kind_need", "need_reference", "fast_episodic", "exit_fast", "home_after_fast",
    "crisis_to_street", "home_weight_long", "home_weight_hidden", "reform_priority", "hidden_reached", "looking_ends",
    "rehouse", "inflow_unserved", "return_ratio", "refer_after", "returns_months",
    "arrivals", "fill", "homes_clock", "offered", "accepts_bed", "carried_down", "carried_up",
)  # fmt: skip
(SEEK_NEW, SEEK_SHORT, SEEK_EPISODIC, SEEK_LONG, SEEK_STREET, RESOLVE_NEW, RESOLVE_SHORT, RESOLVE_EPISODIC,
 RESOLVE_LONG, RESOLVE_STREET, HIDDEN_TO_STREET, STREET_TO_HIDDEN, DRIFT_OUT, SHORT_SHARE, LONG_OF_REST, KIND_NEED,
 NEED_REFERENCE, FAST_EPISODIC, EXIT_FAST, HOME_AFTER_FAST, CRISIS_TO_STREET, WEIGHT_LONG, WEIGHT_HIDDEN, PRIORITY,
 HIDDEN_REACHED, LOOKING_ENDS, REHOUSE, INFLOW_UNSERVED, RETURN_RATIO, REFER_AFTER, RETURNS_MONTHS, ARRIVALS, FILL,
 CLOCK, OFFERS, ACCEPTS_BED, CARRIED_DOWN, CARRIED_UP) = range(len(RATES))  # fmt: skip
# Rates of one need and group (the columns of `persons`), and how many they are.
(P_NEED, P_SHARE, P_DIES, P_DIES_HOME, P_PUT_FORWARD, P_RETURNS, P_LOSES_FIRST, P_LOSES_LATER, P_CHANGES,
          P_SUPPORT_ENDS, P_MOVES_ON, P_FINDS_BED, PERSON) = range(13)  # fmt: skip


@rule
def share_of_kind(kind, need, rates):
    """Of newcomers with this need, the share of a kind, one of KINDS.  As `kind_of` draws it."""
    short = rates[SHORT_SHARE] + rates[KIND_NEED] * (rates[NEED_REFERENCE] - need)
    short = min(max(short, 0.0), 1.0)
    if kind == SHORT:
        return short
    return (1.0 - short) * (rates[LONG_OF_REST] if kind == LONG else 1.0 - rates[LONG_OF_REST])


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
    c[C_WINS_SLOW] = wins(rates[CLOCK], (rates[WEIGHT_LONG] if kind == LONG else 1.0) * moves_on)
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
    c[C_CARRIED_DOWN] = rates[CARRIED_DOWN]
    c[C_CARRIED_UP] = rates[CARRIED_UP]


@rule
def chances_of(c, rates, person, kind):
    """The chances a month of one type, written into c."""
    chances_at_homes_and_beds(c, rates, person, kind)
    moves_on = person[P_MOVES_ON]
    c[C_LEAVES_FAST] = min(rates[EXIT_FAST] * moves_on, 1.0)
    c[C_OWN_HOME] = rates[HOME_AFTER_FAST]
    c[C_CRISIS_TO_STREET] = rates[CRISIS_TO_STREET]
    c[C_LEAVES_SLOW] = min(rates[DRIFT_OUT] * moves_on, 1.0)
    c[C_FAST] = 1.0 if kind == SHORT else (rates[FAST_EPISODIC] if kind == EPISODIC else 0.0)
    c[C_OFFERED] = min(person[P_PUT_FORWARD] * rates[OFFERS], 1.0)
    c[C_OFFERED_HIDDEN] = min(person[P_PUT_FORWARD] * rates[OFFERS] * rates[HIDDEN_REACHED], 1.0)
    c[C_GIVES_UP] = rates[LOOKING_ENDS]
    c[C_REHOUSED] = rates[REHOUSE]
    c[C_LOSES_BETWEEN] = min(rates[LOOKING_ENDS], 1.0 - rates[REHOUSE])
    c[C_LOSES_FIRST] = person[P_LOSES_FIRST]
    c[C_LOSES_LATER] = person[P_LOSES_LATER]
    c[C_SUPPORT_ENDS] = person[P_SUPPORT_ENDS]
    c[C_CHANGES] = person[P_CHANGES]
    c[C_RETURNS] = min(person[P_RETURNS] * (1.0 if kind == SHORT else rates[RETURN_RATIO]), 1.0)
