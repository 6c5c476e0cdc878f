"""The expected month, written from the description of the model (docs/odd.md), not from its code.

Mass moves between states by the documented chances.  Where beds, homes or places are short, everybody who asks gets the
same share of them.  With nothing short the same equations are the transition probabilities of a Markov chain for one
person; with shares of very many people they are the fluid limit.  Valid with small_worlds.ALONE.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.service_user import CRISIS, GONE, HIDDEN, HOUSED, LOOKING, REFORM, SETTLED, UNSERVED

FIRST_YEAR, SIGHT = 12, 36  # months in a home with the hazard of the first year; months settled until housed for long
# States: hidden, unserved; in a bed: fast, slow, ready; looking: bed and fast, bed and slow, without a bed; gone;
# housed; tenants by full months in the home (12: a year or more); settled by full months.
H, U, F, S, R, LF, LS, LU, G, E = range(10)
T = 10
W = T + FIRST_YEAR + 1
STATES = W + SIGHT
SITUATION_OF = np.array(
    [HIDDEN, UNSERVED, CRISIS, CRISIS, CRISIS, LOOKING, LOOKING, LOOKING, GONE, HOUSED]
    + [REFORM] * (FIRST_YEAR + 1)
    + [SETTLED] * SIGHT
)
LOOKERS = [LF, LS, LU]


@dataclass(frozen=True)
class Town:
    """What a month finds: newcomers (by kind), beds, homes that come free, reformed places; inf: nothing is short."""

    arrivals: Any = 0.0
    beds: float = math.inf
    homes: float = math.inf
    places: float = 0.0


def share(free: float, wanted: float) -> float:
    """The share of what is wanted that there is."""
    return 1.0 if wanted <= free else max(free, 0.0) / wanted


def month(x: Any, need: Any, p: Any, town: Town) -> Any:
    """Mass after a month: x (kinds, STATES), need (kinds,) of each kind of people, p the row of parameters."""
    above = need - p.need_reference
    slow = np.maximum(1 - p.slow_need * above, 0.1)
    death = (p.mortality_low + (p.mortality_high - p.mortality_low) * need**2) / 12000
    fast = np.clip(p.fast_share - p.fast_need * above, 0, 1)
    worse = np.exp(p.lose_home_need * (need - p.lose_home_reference))
    back, late = (rate * np.maximum(1 + p.lose_home_need * above, 0.1) for rate in (p.return_settled, p.return_housed))
    x = x.copy()
    # 1 newcomers
    x[:, H] += town.arrivals * (1 - p.inflow_unserved)
    x[:, U] += town.arrivals * p.inflow_unserved
    # 7 offers of a reformed place
    offered = p.refer_base * x[:, [F, S, R, U]].sum()
    free = town.places - x[:, LOOKERS].sum() - x[:, T:W].sum()
    accepts = p.refer_base * p.accept_home * share(free, offered * p.accept_home)
    for source, target in ((F, LF), (S, LS), (R, LS), (U, LU)):
        x[:, target] += accepts * x[:, source]
        x[:, source] *= 1 - accepts
    # 8 deaths, then homes
    home = share(town.homes, x[:, [R, *LOOKERS]].sum())
    new = np.zeros_like(x)
    new[:, G] = x[:, G] + death * (x.sum(1) - x[:, G])
    x = x * (1 - death)[:, None]
    new[:, W] = home * x[:, R]
    new[:, T] = home * x[:, LOOKERS].sum(1)
    x[:, [R, *LOOKERS]] *= 1 - home
    # nobody's home this month: the crisis service, looking, the sofa and the street
    fast_leave, slow_leave = p.exit_fast * x[:, F], p.drift_out * slow * (x[:, S] + x[:, R])
    found = p.home_after_fast * fast_leave + p.home_after_drift * slow_leave
    leaves = fast_leave + slow_leave - found
    stays = x[:, S] * (1 - p.drift_out * slow)
    new[:, F] = x[:, F] * (1 - p.exit_fast)
    new[:, S] = stays * (1 - p.ready_rate * slow)
    new[:, R] = x[:, R] * (1 - p.drift_out * slow) + stays * p.ready_rate * slow
    for looking, after in ((LF, F), (LS, S), (LU, U)):
        new[:, looking] = x[:, looking] * (1 - p.looking_ends)
        new[:, after] += x[:, looking] * p.looking_ends
    new[:, H] += (1 - p.crisis_to_street) * leaves + x[:, H] * (1 - p.hidden_resolves - p.hidden_to_street)
    new[:, H] += p.street_to_hidden * x[:, U]
    new[:, U] += p.crisis_to_street * leaves + x[:, H] * p.hidden_to_street + x[:, U] * (1 - p.street_to_hidden)
    answers = p.hidden_resolves * x[:, H]
    new[:, G] += (1 - p.home_after_hidden) * answers
    new[:, E] = found + p.home_after_hidden * answers + (1 - late) * x[:, E]
    # homes kept and lost
    lost = np.zeros(len(x))
    for age in range(FIRST_YEAR + 1):
        loss = worse * (p.lose_home_first_year if age < FIRST_YEAR else p.lose_home_later)
        lost += loss * x[:, T + age]
        kept = (1 - loss) * x[:, T + age]
        new[:, W] += p.support_ends * slow * kept
        new[:, T + min(age + 1, FIRST_YEAR)] += (1 - p.support_ends * slow) * kept
    lost += back * x[:, W:].sum(1) + late * x[:, E]
    new[:, W + 1 :] += (1 - back)[:, None] * x[:, W:-1]
    new[:, E] += (1 - back) * x[:, -1]
    # beds: first for those who have just lost a home, then for who asks
    free = town.beds - new[:, [F, S, R, LF, LS]].sum()
    gets = share(free, lost.sum())
    enters = gets * lost
    hidden, street = p.seek_hidden * new[:, H], p.seek_unserved * p.accept_bed * new[:, U]
    bed = share(free - enters.sum(), (hidden + street).sum())
    new[:, H] -= bed * hidden
    new[:, U] += (1 - gets) * lost - bed * street
    enters = enters + bed * (hidden + street)
    new[:, F] += fast * enters
    new[:, S] += (1 - fast) * enters
    return new


def by_situation(x: Any) -> Any:
    """Mass by situation: (kinds, GONE + 1)."""
    return np.stack([x[:, situation == SITUATION_OF].sum(1) for situation in range(GONE + 1)], axis=1)


def state_of(users: Any) -> Any:
    """Everybody's state: (people,) whole numbers."""
    situation, fast = users["situation"], users["fast"] == 1
    months = users["months"].astype(int)
    crisis = np.where(fast, F, np.where(users["ready"] == 1, R, S))
    looking = np.where(users["bed_provider"] < 0, LU, np.where(fast, LF, LS))
    here = [situation == code for code in (HIDDEN, UNSERVED, CRISIS, LOOKING, REFORM, SETTLED)]
    return np.select(here, [H, U, crisis, looking, T + np.minimum(months, FIRST_YEAR), W + months], G)


def kinds_of(users: Any) -> tuple[Any, Any, Any]:
    """People who are alike now: their need (kinds,), how many they are (kinds,), and their mass (kinds, STATES)."""
    alike, people = np.unique(np.stack([users["need"].round(9), state_of(users)]), axis=1, return_counts=True)
    x = np.zeros((len(people), STATES))
    x[np.arange(len(people)), alike[1].astype(int)] = people
    return alike[0], people, x
