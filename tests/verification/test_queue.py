"""The crisis service as a queue: beds are servers.

These settings reduce the rules to it.  Everybody is a short stayer (short_share 1, kind_need 0), so every stay is fast.
Newcomers (Poisson, `inflow` a month) start on the street (inflow_unserved 1), all of them ask for a bed each month
(seek_new 1) and nobody refuses one (accept_bed 1, accept_trust 0); nobody leaves the street otherwise (resolve_new 0,
street_to_hidden 0) or dies (mortality_low = mortality_high = 0).  A stay ends with chance `exit_fast` a month: a
geometric service time of mean 1 / exit_fast, from the month after admission.  Who leaves goes to friends
(home_after_fast 0, crisis_to_street 0), asks no more (seek_short 0) and has left the system a month later
(resolve_short 1).  No homes, no reformed places, no emergency beds.  A free bed anywhere is found, so the beds of all
providers are one pool, of which `crisis_stock_share` may be in use at a time: these are the c servers.

Whoever is turned away goes on asking, so the limit is M/M/c with an unlimited waiting line, not a loss system; the
line is served by lottery, which changes neither its length nor the mean wait.  With X people in bed or in line at the
end of a month, and months that have no order within them,

    X' = X - Binomial(min(X, c), exit_fast) + Poisson(inflow),

an exact Markov chain (batch arrivals, geometric service).  As the month gets short (both rates divided by k) it
becomes M/M/c.  The model is compared with the chain at any length of the month, and the chain with Erlang's formula.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agents.service_user import GONE, SHORT, UNSERVED
from model.first_people import FAST, HIDDEN_BEFORE
from model.steps.s01_world_moves import ORDINALS
from tests.verification.allowance import ALPHA, of_counts, of_mean, together
from tests.verification.small_worlds import ALONE, begin, month_by_month, standing

BEDS, ARRIVALS, LEAVING = 10, 3.2, 0.4  # beds in use; a long month's arrivals and chance of leaving: 80% busy
START = BEDS  # people in beds at the start
WRONG: list[dict[str, float]] = [
    {"exit_fast": 0.42},
    {"seek_new": 0.9, "seek_street": 1},
    {"crisis_beds": 11},
    {"crisis_beds": 20, "crisis_stock_share": 0.55},
    {"seek_short": 0.05, "resolve_short": 0.95},
    {"resolve_new": 0.2},
    {"inflow": 3.45},
]
LONGEST_LINE = 200  # people at which the chain is cut
QUEUE = ALONE | {
    "crisis_beds": BEDS, "crisis_stock_share": 1, "hidden_ratio": 0.5, "inflow_unserved": 1,
    "short_share": 1, "kind_need": 0, "seek_new": 1, "accept_bed": 1, "resolve_new": 0, "street_to_hidden": 0,
    "mortality_low": 0, "mortality_high": 0, "home_after_fast": 0, "crisis_to_street": 0,
    "seek_short": 0, "resolve_short": 1, "hidden_to_street": 0,
}  # fmt: skip
VOIDS = {"crisis_beds": 2 * BEDS, "crisis_stock_share": 0.5}  # half of all beds are void at any time
FIRST_PEOPLE = standing((SHORT,), (HIDDEN_BEFORE, FAST))  # everybody has had a bed, or has one
# Looks: people in bed, in line, all beds taken, newcomers who find no bed in their first month; then all turned away.


def erlang_c(servers: int, load: float) -> float:
    """Chance that all servers are busy in M/M/c with `load` = arrivals / service rate (Erlang 1917)."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last)


@cache
def chain(beds: int, arrivals: float, leaving: float) -> Any:
    """Transition matrix of X, people in bed or in line at the end of a month."""
    rows = np.zeros((LONGEST_LINE + 1, LONGEST_LINE + 1))
    born = stats.poisson.pmf(np.arange(LONGEST_LINE + 1), arrivals)
    for x in range(LONGEST_LINE + 1):
        left = stats.binom.pmf(np.arange(min(x, beds) + 1), min(x, beds), leaving)
        for go, chance in enumerate(left):
            rows[x, x - go :] += chance * born[: LONGEST_LINE + 1 - x + go]
        rows[x, -1] += 1 - rows[x].sum()
    return rows


@cache
def turned_away(beds: int, arrivals: float, leaving: float) -> Any:
    """Expected newcomers of next month who find no bed in it, by X: the lottery treats them and the line alike."""
    born = np.arange(stats.poisson.isf(1e-12, arrivals) + 1)
    found = np.zeros(LONGEST_LINE + 1)
    for x in range(LONGEST_LINE + 1):
        busy = min(x, beds)
        for go, chance in enumerate(stats.binom.pmf(np.arange(busy + 1), busy, leaving)):
            asking = np.maximum(x - busy + born, 1)
            refused = born * np.maximum(0, 1 - (beds - busy + go) / asking)
            found[x] += chance * (stats.poisson.pmf(born, arrivals) * refused).sum()
    return found


def looked_at(x: Any, beds: int) -> Any:
    """The first three looks, by X."""
    return np.array([np.minimum(x, beds), np.maximum(x - beds, 0), x >= beds], float)


@cache
def expected(months: int, beds: int, arrivals: float, leaving: float) -> tuple[Any, Any]:
    """Means over these months of the first four looks, and the distribution of X at their end."""
    x = np.arange(LONGEST_LINE + 1)
    now, total = (x == START).astype(float), np.zeros(4)
    for _ in range(months):
        total[3] += now @ turned_away(beds, arrivals, leaving)
        now = now @ chain(beds, arrivals, leaving)
        total[:3] += looked_at(x, beds) @ now
    return total / months, now


@cache
def simulated(seed: int, runs: int, months: int, **sets: float) -> tuple[Any, Any]:
    """Means over months of all looks in each of `runs` runs, and X at their ends."""
    means, ends = np.zeros((runs, 5)), np.zeros(runs, int)
    for r in range(runs):
        world = begin(months, seed * 100_000 + r, FIRST_PEOPLE, **QUEUE | sets)
        new = 0
        for month, now in enumerate(month_by_month(world, months), 1):
            users = now.users
            new += int(((users["situation"] == UNSERVED) & (users["id"] >= month * ORDINALS)).sum())
        rows = now.measured
        x = rows["crisis"] + rows["unserved"]
        means[r] = [rows["crisis"].mean(), rows["unserved"].mean(), (x >= BEDS).mean(), new / months,
                    rows["turned_away"].mean()]  # fmt: skip
        ends[r] = x[-1]
        assert (now.users["situation"] != GONE).sum() >= x[-1]
    return means, ends


def p_value(seed: int, short: int, runs: int, months: int, **sets: float) -> float:
    """Chance of means and final counts as far from the chain's; `short` months make one long one."""
    arrivals, leaving = ARRIVALS / short, LEAVING / short
    means, ends = simulated(seed, runs, months, **{"inflow": arrivals, "exit_fast": leaving} | sets)
    mean, chances = expected(months, BEDS, arrivals, leaving)
    found = [of_mean(means[:, k], value) for k, value in enumerate([*mean, mean[1]])]  # the line is who was turned away
    counts = np.bincount(ends, minlength=len(chances))
    covariance = runs * (np.diag(chances) - np.outer(chances, chances))
    return together([*found, of_counts(counts, runs * chances, covariance)])


@pytest.mark.parametrize(("short", "runs", "months"), [(1, 200, 60), (8, 120, 200)])
def test_the_crisis_service_is_the_queue(short: int, runs: int, months: int) -> None:
    assert p_value(1, short, runs, months) > ALPHA


def test_void_beds_serve_nobody() -> None:
    assert p_value(1, 1, 200, 60, **VOIDS) > ALPHA


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: "".join(wrong))
def test_another_queue_would_be_found(wrong: dict[str, float]) -> None:
    assert p_value(1, 1, 200, 60, **wrong) < ALPHA


def stationary(short: int) -> Any:
    """Looks at the chain in equilibrium; the last as the share of newcomers."""
    figures = (BEDS, ARRIVALS / short, LEAVING / short)
    now = np.zeros(LONGEST_LINE + 1)
    now[START] = 1
    rows = chain(*figures)
    for _ in range(14):  # 2^14 months
        rows = rows @ rows
    now = now @ rows
    x = np.arange(LONGEST_LINE + 1)
    return np.append(looked_at(x, BEDS) @ now, now @ turned_away(*figures) / figures[1])


def test_short_months_lead_to_erlang() -> None:
    """Erlang's C, from the chain: the distance from M/M/c falls at least in proportion to the length of the month."""
    load = ARRIVALS / LEAVING
    wait = erlang_c(BEDS, load)
    limit = np.array([load, wait * load / (BEDS - load), wait, wait])
    distance = {short: stationary(short) - limit for short in (1, 16, 32)}
    assert np.abs(distance[1]).max() > 0.2  # a long month is not M/M/c
    assert (np.abs(distance[32]) < 0.53 * np.abs(distance[16]) + 1e-9).all()
    assert 2 * stationary(32) - stationary(16) == pytest.approx(limit, rel=5e-3)  # extrapolated to no length at all
