"""Types of people for the mean field: nodes of need and groups, each with rates of its own (mean_month.PERSON).

Every rate is that of agents/service_user.py and agents/professional.py, taken as a chance and in the mean over what is
not followed: the worker's belief, trust, how well a place fits, and programmes that stop.
"""

from math import exp, log, pi, sqrt
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from agents.professional import usually_put_forward
from agents.service_user import PERSON_MONTHS, need_of, slower
from engine.arithmetic import log_odds, logistic
from model.mean_chances import PERSON
from model.state import BURN_IN

Numbers = npt.NDArray[np.float64]

NEEDS, NEEDS_OF_GROUPS = 6, 4  # nodes of need; where a place tells groups apart, of each group
BELIEFS = np.polynomial.hermite_e.hermegauss(5)  # nodes and weights of a normal distribution
KNOWN = 12  # months for which people's trust has followed what services are like, in the mean.  Assumption
ONE_GROUP = ((1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0),)  # share, then rates; put_forward is a log odds ratio


def accepts_home(p: Any) -> float:
    """Chance that somebody accepts a place, at the trust of people who know the crisis service."""
    trust = p.trust_crisis + (p.trust_reference - p.trust_crisis) * (1.0 - p.trust_rate) ** KNOWN
    return float(logistic(log_odds(p.accept_home) + p.accept_trust * (trust - p.trust_reference)))


def put_forward(p: Any, need: Numbers) -> Numbers:
    """Log odds of being put forward at each of the workers' beliefs: (needs, beliefs)."""
    mean = p.rehire_from_sector * p.belief_mean + (1.0 - p.rehire_from_sector) * p.belief_outsiders
    belief = np.clip(mean + p.belief_spread * BELIEFS[0], 0.0, 1.0)
    pull = p.refer_belief * (belief - p.belief_mean) + p.refer_ready * np.outer(need, belief - 0.5)
    return np.asarray(usually_put_forward(p) + pull)


def mean_fit(p: Any, need: Numbers) -> Numbers:
    """Mean fit of a place of the usual design to what people of this need want, over both spreads."""
    variance = p.wants_spread**2 + p.convention_spread**2
    width = p.fit_width**2 + variance
    support = p.wants_support_mean + p.wants_support_need * (need - p.need_reference)
    squares = (p.wants_choice_mean - p.convention_choice) ** 2 + (p.wants_home_mean - p.convention_home) ** 2
    squares = squares + (support - p.convention_support) ** 2
    return np.asarray((p.fit_width / sqrt(width)) ** 3 * np.exp(-squares / (2.0 * width)))


def loses_place(p: Any, need: Numbers) -> Numbers:
    """How much more often a tenant of this need loses the place than the published rates say."""
    above = p.fidelity_start - p.fidelity_usual
    slowing = exp(-BURN_IN * p.fidelity_drift / max(p.drift_slows, 1e-6)) if above > 0.0 else 1.0
    core = p.fidelity_usual + above * slowing
    effect = log(p.dropout_fit) * (mean_fit(p, need) - p.fit_reference) / p.odds_span
    effect = effect + log(p.dropout_fidelity) * (core - p.fidelity_reference) / p.odds_span
    return np.asarray(np.exp(effect + p.lose_home_need * (need - p.lose_home_reference)))


def persons_of(p: Any, groups: Any = None) -> tuple[Numbers, Numbers]:
    """Needs (nodes) of equal share, and rates by (need, group, PERSON).  groups: rows of GROUP, or None."""
    rows = ONE_GROUP if groups is None else tuple(
        (g.share, g.moves_on, g.loses_home, g.returns, g.put_forward, g.finds_bed, g.dies) for g in groups
    )  # fmt: skip
    nodes = NEEDS if len(rows) == 1 else NEEDS_OF_GROUPS
    need = np.array([need_of(p, (k + 0.5) / nodes) for k in range(nodes)])
    slow = np.array([slower(SimpleNamespace(need=x), p) for x in need])
    share, moves_on, loses_home, returns, put, finds_bed, dies = np.array(rows).T
    odds = put_forward(p, need)
    pull = 1.0 / (1.0 + np.exp(-(odds[:, None, :] + put[None, :, None])))
    referred = pull @ BELIEFS[1] / sqrt(2.0 * pi)
    yearly = p.mortality_low + (p.mortality_high - p.mortality_low) * need * need
    death = np.clip(np.outer(yearly / PERSON_MONTHS, dies), 0.0, 1.0)
    back = np.maximum(1.0 + p.lose_home_need * (need - p.need_reference), p.need_factor_least)
    loss = np.outer(loses_place(p, need), loses_home)
    stops = p.programme_death  # of the place, with ownership and money in the middle of their scales
    support = np.clip(p.support_ends * slow + stops * p.keep_home, 0.0, 1.0)
    loses = stops * (1.0 - p.keep_home)
    changes = np.clip(p.changes_home * loses_home, 0.0, 1.0)
    whole = np.ones((nodes, len(rows)))
    columns = (
        need[:, None] * whole, share / nodes * whole, death, np.clip(death * p.mortality_reform, 0.0, 1.0),
        referred * accepts_home(p), np.outer(p.return_settled * back, returns),
        np.clip(p.lose_home_first_year * loss + loses, 0.0, 1.0), np.clip(p.lose_home_later * loss + loses, 0.0, 1.0),
        np.minimum(changes, 1.0 - support[:, None]), support[:, None] * whole, moves_on * whole, finds_bed * whole,
    )  # fmt: skip
    assert len(columns) == PERSON
    return need, np.ascontiguousarray(np.stack(columns, -1))
