"""The expected month, written from the description of the model (docs/odd.md), not from its code.

Mass moves between states by the documented chances.  Where beds or places are short, everybody who asks gets the same
share of them; where homes are short, the lottery's clock stops when they are gone.  With nothing short the same
equations are the transition probabilities of a Markov chain for one person; with shares of very many people they are
the fluid limit.  Valid with small_worlds.ALONE.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.service_user import (
    CRISIS,
    EPISODIC,
    GONE,
    HIDDEN,
    HOUSED,
    LONG,
    LOOKING,
    NEVER,
    REFORM,
    SETTLED,
    SHORT,
    UNSERVED,
)

FIRST_YEAR, SIGHT = 12, 36  # months on a place with the hazard of the first year; months settled until housed for long
# States: hidden; unserved; in a bed in a fast stay, a slow one; gone; housed; then by months since the place was
# accepted (the last: more than a year): looking from a fast stay, from a slow one, without a bed, between two homes of
# the programme, tenant; then settled by full months.
AGES = FIRST_YEAR + 2
H, U, F, S, G, E = range(6)
LF, LS, LU, BT, T = (slice(6 + k * AGES, 6 + (k + 1) * AGES) for k in range(5))
LOOKERS, PLACES, BEDS = slice(LF.start, LU.stop), slice(LF.start, T.stop), [F, S, *range(LF.start, LS.stop)]
W = T.stop
STATES = W + SIGHT
SITUATION_OF = np.array(
    [HIDDEN, UNSERVED, CRISIS, CRISIS, GONE, HOUSED] + [LOOKING] * (4 * AGES) + [REFORM] * AGES + [SETTLED] * SIGHT
)
SERVED, NEW = range(2)  # has had a crisis bed, or never


@dataclass(frozen=True)
class Town:
    """What a month finds: newcomers (rows,), beds, beds that may be in use beside those of people who have just lost a
    home, homes that come free, reformed places; inf: nothing is short."""

    arrivals: Any = 0.0
    beds: float = math.inf
    in_use: float = math.inf
    homes: float = math.inf
    places: float = 0.0


def share(free: float, wanted: float) -> float:
    """The share of what is wanted that there is."""
    return 1.0 if wanted <= free else max(free, 0.0) / wanted


def clock(people: Any, weight: Any, homes: float) -> float:
    """When the lottery stops: people come up after times exponential with rate `weight`, until `homes` are gone."""
    people, weight = people[weight > 0], weight[weight > 0]
    if homes >= people.sum():
        return math.inf
    low, high = 0.0, 1.0
    while (people * -np.expm1(-high * weight)).sum() < homes:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if (people * -np.expm1(-middle * weight)).sum() > homes else (middle, high)
    return high


def wins(weight: Any, stopped: float) -> Any:
    """Chance of a home by the time that the clock has stopped."""
    if math.isinf(stopped):
        return (weight > 0) * 1.0
    return -np.expm1(-stopped * weight)


def by_kind(kind: Any, short: float, episodic: float, long: float) -> Any:
    """A figure of each row, (rows, 1): short, episodic and long stayers have their own."""
    return np.select([kind == SHORT, kind == EPISODIC, kind == LONG], [short, episodic, long])[:, None]


def chances_away(kind: Any, p: Any) -> tuple[Any, Any, Any]:
    """Away from services, by row and whether new, (rows, 2): finds an answer; asks for a bed with friends, on the
    street."""
    finds = by_kind(kind, p.resolve_short, p.resolve_episodic, p.resolve_long) * [1, 0] + np.array([0, p.resolve_new])
    asks = by_kind(kind, p.seek_short, p.seek_episodic, p.seek_long) * [1, 0] + np.array([0, p.seek_new])
    return finds, asks, np.minimum(asks * p.seek_street, 1)


def month(x: Any, need: Any, kind: Any, p: Any, town: Town) -> tuple[Any, float]:
    """Mass after a month, and homes taken: x (rows, 2, STATES) by whether new, need and kind (rows,) of each row of
    people, p the row of parameters."""
    above = (need - p.need_reference)[:, None]
    slow = np.maximum(1 - p.slow_need * above, p.need_factor_least)
    death = ((p.mortality_low + (p.mortality_high - p.mortality_low) * need**2) / 12000)[:, None]
    worse = np.exp(p.lose_home_need * (need - p.lose_home_reference))[:, None]
    likely = np.maximum(1 + p.lose_home_need * above, p.need_factor_least)
    back, late = (
        rate * by_kind(kind, 1, p.return_ratio, p.return_ratio) * likely for rate in (p.return_settled, p.return_housed)
    )
    x = x.copy()
    for block in (LF, LS, LU, BT, T):  # a month more on the place
        ages = x[:, :, block]
        x[:, :, block] = np.concatenate(
            [np.zeros_like(ages[:, :, :1]), ages[:, :, :-2], ages[:, :, -2:].sum(2, keepdims=True)], axis=2
        )
    # 1 newcomers
    come = np.zeros((len(x), 2, 2))  # friends, street
    come[:, NEW, H] = town.arrivals * (1 - p.inflow_unserved)
    come[:, NEW, U] = town.arrivals * p.inflow_unserved
    # 7 offers of a reformed place
    met = np.array([p.hidden_reached, 1, 1, 1]) * p.refer_base
    offered = (met * x[:, :, : S + 1].sum((0, 1))).sum() + (met[: U + 1] * come.sum((0, 1))).sum()
    free = town.places - x[:, :, PLACES].sum()
    accepts = met * p.accept_home * share(free, offered * p.accept_home)
    for source, target in ((H, LU), (U, LU), (F, LF), (S, LS)):
        x[:, :, target.start] += accepts[source] * x[:, :, source]
        x[:, :, source] *= 1 - accepts[source]
    x[:, :, LU.start] += (accepts[: U + 1] * come).sum(2)
    come *= 1 - accepts[: U + 1]
    # 8 the lottery for homes, deaths first
    weight = np.zeros(x.shape)
    weight[:, :, H] = p.home_weight_hidden
    weight[:, :, S] = by_kind(kind, 1, 1, p.home_weight_long)
    weight[:, :, LOOKERS] = p.reform_priority
    slow_stays = x[:, :, S].sum(1)
    waiting = np.array([x[:, :, H].sum() + come[:, :, H].sum(), slow_stays[kind != LONG].sum(),
                        slow_stays[kind == LONG].sum(), x[:, :, LOOKERS].sum()])  # fmt: skip
    weights = np.array([p.home_weight_hidden, 1, p.home_weight_long, p.reform_priority])
    win = wins(weight, clock(waiting, weights, town.homes))
    new = np.zeros_like(x)
    dies = np.repeat(death[:, :, None], STATES, axis=2)
    dies[:, :, G] = 0
    dies[:, :, T] *= p.mortality_reform
    new[:, :, G] = x[:, :, G] + (dies * x).sum(2) + death * come.sum(2)
    x = x * (1 - dies)
    come = come * (1 - death)[:, :, None]
    homes = (win * x).sum() + (win[:, :, H] * come[:, :, H]).sum()
    new[:, :, W] = win[:, :, H] * (x[:, :, H] + come[:, :, H]) + win[:, :, S] * x[:, :, S]
    for looking in (LF, LS, LU):
        new[:, :, T] += win[:, :, looking] * x[:, :, looking]
    x = x * (1 - win)
    come[:, :, H] *= 1 - win[:, :, H]
    # no home: friends and the street, where nobody resolves in the month of arrival
    finds, asks, asks_street = chances_away(kind, p)
    answers = finds * x[:, :, H] + finds * p.resolve_street * x[:, :, U]
    new[:, :, E] = p.home_after_hidden * answers + (1 - late) * x[:, :, E]
    new[:, :, G] += (1 - p.home_after_hidden) * answers
    to_street = p.hidden_to_street * (x[:, :, H] + come[:, :, H])
    to_friends = p.street_to_hidden * (x[:, :, U] + come[:, :, U])
    new[:, :, H] = x[:, :, H] * (1 - finds) + come[:, :, H] + to_friends - to_street
    new[:, :, U] = x[:, :, U] * (1 - finds * p.resolve_street) + come[:, :, U] + to_street - to_friends
    # the crisis service, and looking
    new[:, :, F] = x[:, :, F] * (1 - p.exit_fast) + p.looking_ends * x[:, :, LF].sum(2)
    new[:, :, S] = x[:, :, S] * (1 - p.drift_out) + p.looking_ends * x[:, :, LS].sum(2)
    leaves = p.exit_fast * (1 - p.home_after_fast - p.crisis_to_street) * x[:, :, F]
    leaves += (1 - p.crisis_to_street) * (p.drift_out * x[:, :, S] + p.looking_ends * x[:, :, LU].sum(2))
    new[:, :, H] += leaves
    leaves = p.exit_fast * x[:, :, F] + p.drift_out * x[:, :, S] + p.looking_ends * x[:, :, LU].sum(2)
    new[:, :, U] += p.crisis_to_street * leaves
    new[:, :, W] += p.exit_fast * p.home_after_fast * x[:, :, F]
    for looking in (LF, LS, LU):
        new[:, :, looking] = (1 - p.looking_ends) * x[:, :, looking]
    # tenants: the place is lost, support ends, the home alone is lost and the programme finds another
    hazard = np.where(np.arange(AGES) <= FIRST_YEAR, p.lose_home_first_year, p.lose_home_later) * worse
    loss = hazard[:, None, :] * x[:, :, T]
    kept = x[:, :, T] - loss
    ends = (p.support_ends * slow)[:, :, None] * kept
    changes = p.changes_home * kept
    new[:, :, T] += kept - ends - changes + p.rehouse * x[:, :, BT]
    new[:, :, BT] = changes + (1 - p.rehouse - p.looking_ends) * x[:, :, BT]
    new[:, :, W] += ends.sum(2)
    lost = loss.sum(2) + p.looking_ends * x[:, :, BT].sum(2)
    # homes lost again, or kept until nobody is needed
    lost += back * x[:, :, W:].sum(2) + late * x[:, :, E]
    new[:, :, W + 1 :] += (1 - back)[:, :, None] * x[:, :, W:-1]
    new[:, :, E] += (1 - back) * x[:, :, -1]
    # beds: first for those who have just lost a home, then for who asks
    gets = share(town.beds - new[:, :, BEDS].sum(), lost.sum())
    hidden, street = asks * new[:, :, H], asks_street * p.accept_bed * new[:, :, U]
    bed = share(town.in_use - new[:, :, BEDS].sum() - gets * lost.sum(), (hidden + street).sum())
    new[:, :, H] -= bed * hidden
    new[:, :, U] += (1 - gets) * lost - bed * street
    enters = (gets * lost + bed * (hidden + street)).sum(1)
    fast = by_kind(kind, 1, p.fast_episodic, 0)[:, 0]
    new[:, SERVED, F] += fast * enters
    new[:, SERVED, S] += (1 - fast) * enters
    return new, float(homes)


def by_situation(x: Any) -> Any:
    """Mass by situation: (rows, GONE + 1)."""
    return np.stack([x[:, :, situation == SITUATION_OF].sum((1, 2)) for situation in range(GONE + 1)], axis=1)


def state_of(users: Any, month: int) -> tuple[Any, Any]:
    """Everybody's state when `month` is over, and whether they are new: (people,) whole numbers each."""
    situation, fast = users["situation"], users["fast"] == 1
    on_place = (month - users["joined"].astype(int)).clip(0, FIRST_YEAR + 1)
    between = (situation == LOOKING) & (users["housed_on"] >= users["joined"])
    looking = np.where(users["bed_provider"] < 0, LU.start, np.where(fast, LF.start, LS.start))
    looking = np.where(between, BT.start, looking) + on_place
    here = [situation == code for code in (HIDDEN, UNSERVED, CRISIS, LOOKING, REFORM, SETTLED)]
    states = [H, U, np.where(fast, F, S), looking, T.start + on_place, W + users["months"].astype(int)]
    return np.select(here, states, G), np.where(users["bed_from"] == NEVER, NEW, SERVED)


def alike(users: Any, month: int) -> tuple[Any, Any, Any, Any]:
    """People who are alike when `month` is over: their need and kind (rows,), how many they are (rows,), and their mass
    (rows, 2, STATES)."""
    state, new = state_of(users, month)
    rows, people = np.unique(np.stack([users["need"].round(9), users["kind"], state, new]), axis=1, return_counts=True)
    x = np.zeros((len(people), 2, STATES))
    x[np.arange(len(people)), rows[3].astype(int), rows[2].astype(int)] = people
    return rows[0], rows[1].astype(int), people, x
