"""Part 2, P8: too few use most of the nights, and counting short stays as such mends little of it.

The review: the tenth who use most have .31 of the nights against .50; .33 if a fast stay counts as 17 nights, .36 if
only those who entered within the three years are counted as well.  The median user stays 155 nights.  P8 now counts all
users in Dublin, and new people in the American city (analysis/patterns/shelters.py).

Prints each way of counting, in an American city over three years: mean of replicates with its 95% interval.  About 5 s.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from agents.service_user import GONE
from analysis.patterns.shelters import FOLLOWED, share_of_top_tenth
from model.state import World
from runs.trial import NIGHTS
from scenarios.scenario import NOBODY
from tools.critique.harness import YEAR, Effort, estimate, followed, scenario

REPLICATES = 6
FAST_STAY = 17.0  # nights: 20.4 days over 1.19 stays of transitional users in Philadelphia (the review)
MANY = 4  # stays
ALWAYS = 1000.0  # nights of three years


def table(effort: Effort) -> pl.DataFrame:
    """A row for each number."""
    city = scenario(NOBODY, effort, place="us_city", months=FOLLOWED)
    found: dict[str, list[float]] = {}
    for _, months in followed([city], effort.replicates):
        for what, value in counted(list(map(_in_beds, months))).items():
            found.setdefault(what, []).append(value)
    rows = [{"number": what, **estimate("mean", values)} for what, values in found.items()]
    return pl.DataFrame(rows)


def _in_beds(moment: tuple[int, World]) -> tuple[np.ndarray, np.ndarray]:
    """Ids of those in a crisis bed at the end of the month, and who of them would leave fast."""
    users = moment[1].users
    here = (users["situation"] != GONE) & (users["bed_provider"] >= 0)
    return users["id"][here].copy(), users["fast"][here].copy()


def counted(months: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """Numbers of one replicate; `months` from month 0, whose people were there at the beginning."""
    there = months[0][0]
    ids = np.concatenate([now for now, _ in months[1:]])
    fast = np.concatenate([kind for _, kind in months[1:]])
    enters = np.concatenate([~np.isin(now, before) for (before, _), (now, _) in pairwise(months)])
    people, whose = np.unique(ids, return_inverse=True)
    nights = np.bincount(whose, np.full(len(ids), NIGHTS))
    shorter = np.bincount(whose, np.where(fast == 1, FAST_STAY, NIGHTS))
    stays = np.bincount(whose, enters)
    new = ~np.isin(people, there)
    return {
        "top tenth's share of nights, as shipped": share_of_top_tenth(nights),
        f"the same, fast stays {FAST_STAY:g} nights": share_of_top_tenth(shorter),
        "the same, entrants only": share_of_top_tenth(nights[new]),
        "the same, entrants, fast stays short": share_of_top_tenth(shorter[new]),
        "people a year over people at the start": len(people) / (FOLLOWED / YEAR) / len(there),
        "nights of the median user": float(np.median(shorter)),
        "nights of the user at nine tenths": float(np.quantile(shorter, 0.9)),
        "share of users there all three years": float((nights > ALWAYS).mean()),
        "stays begun, mean": float(stays.mean()),
        f"share with {MANY} stays and more": float((stays >= MANY).mean()),
    }
