"""Trials as experiments: housing, tenancies, answers to offers, costs and deaths, at the size of the studies (P1, P2,
P5, P6, P13, P14, P24, Moves).

What words mean here, where the sources leave room:

- *Stably housed* at a month is a secure home at its end, by whatever door: the programme, the lottery for homes, one's
  own search, with support or without (`secure`).  Between two homes of the programme nobody is housed.  Our notes on
  the trial do not define it; as we recall, a lasting stay with family counted as well.  Parts called `_family` count
  who found an answer of their own as housed from then on; in the others nothing is known of them any more.
- *Days to a home* is the mean to the first home, over those who got one within the 24 months.
- *Tenure* is the days since the move into the *present* home at the end, 0 for who has none then, over everybody
  followed to the end; who moved begins anew.  Parts called `_housed` are over those housed then.
- *Places kept* is Kaplan-Meier over the programme's places from the first home on: who is re-housed has kept the place;
  support that ends with the home kept counts as kept, and who dies or leaves counts up to then.
- *Cost* of the offered is charged with the team's place for everybody enrolled, in every month (runs/trial.py).

Whom the Canadian trial enrolled: people of high need in beds and, of those without one, on the street or with friends,
the share that recruiters find (`REACHED`).

P24 also says that quality of life and substance use hardly change.  The model has neither, so nothing is returned.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import polars as pl

from analysis.patterns.experiment import Experiment, Sets, settings_for
from analysis.patterns.lives import (
    Lives,
    days_to_a_home,
    homes_after_the_first,
    housed_at,
    lived_through,
    places_kept,
    share,
    tenure,
    time_housed,
)
from analysis.trial_tables import PAYERS, kaplan_meier
from model.state import World
from runs.trial import AT_HOME, OFFERED_WHERE, REACHED, Arm, Eligibility, planned, trial
from scenarios.places import Place, find_place

CANADA, DENVER, DUBLIN = "canada_trial", "denver", "dublin"
USUAL, REFORM = "usual", "reform"
# the trial's group of high need: the upper third of the scale (assumption)
HIGH_NEED = Eligibility(need=(2 / 3, 1.0), situations=OFFERED_WHERE, reached=REACHED)
LONG_HOMELESS = Eligibility(need=(0.5, 1.0), homeless=(6, 32000))  # whom Housing First is for (assumption)
TWO_ARMS = {USUAL: Arm(), REFORM: Arm(offer=True, homes=AT_HOME)}
ENROLLED = {USUAL: 481, REFORM: 469}  # S7
CITY = 8000  # people of the Canadian system: enough of high need for the trial, and homes for more than its people
COSTS = ("P13.net_cost_trial", "P13.offset", "P13.prepost", "P13.overstatement")
YEAR = 12

DENVER_OFFERS = 365  # people offered supportive housing; assumption: our sources do not say how many
DENVER_CITY = 5000  # people of the system, large enough for that many offers in every plausible set
DENVER_HOMES = 0.2  # a month: .71 of the offered moved in, .92 accepted [S11]; x / (x + looking_ends .06) = .77
BED_OFFERS = 375  # Seattle [S12]
DUBLIN_OFFERS, DUBLIN_CITY = 300, 4500  # assumption: the sources of P6 do not say how many tenancies they followed
SETTLING_IN = 6  # months, in which most of those who accept have moved in (assumption)
VERY_HIGH_NEED = Eligibility(need=(0.8, 1.0))  # Santa Clara: the heaviest users of crisis services [S21]
SANTA_CLARA = {USUAL: 222, REFORM: 221}  # 443 people in the two arms [S21]; half each is an assumption
FRANCE = 48  # months, the longest trial [S23]
HEAVIEST_CITY = 12_000  # people of the system from which people of very high need come


def at_home(seed: int, sets: Sets, city: int = CITY) -> dict[str, float]:
    """P1, P2: At Home/Chez Soi, 469 people of high need offered Housing First and 481 not, for two years [S7, S8]."""
    _, lives = lived_through(planned(_place(CANADA), HIGH_NEED, TWO_ARMS, ENROLLED, 2 * YEAR, seed,
                                     settings_for(sets, CANADA), size=city))  # fmt: skip
    return at_home_parts(lives)


def at_home_parts(lives: Lives) -> dict[str, float]:
    """The parts of P1 and P2: shares and days."""
    arms = {arm: lives.of(arm) for arm in (REFORM, USUAL)}
    at_12 = {arm: housed_at(own, YEAR) for arm, own in arms.items()}
    usual = arms[USUAL]
    family, alive = usual.secure | usual.left, usual.alive  # who found an answer of their own counts as housed
    parts = {
        "P1.reform_12": at_12[REFORM],
        "P1.usual_12": at_12[USUAL],
        "P1.difference_12": at_12[REFORM] - at_12[USUAL],
        "P1.usual_12_family": share(family[alive[:, YEAR], YEAR]),
        "P2.time_usual_family": share(family[:, 1:][alive[:, 1:]]),
    }
    for arm, own in arms.items():
        all_of_them, of_the_housed = tenure(own)
        parts |= {f"P2.time_{arm}": time_housed(own), f"P2.days_{arm}": days_to_a_home(own),
                  f"P2.tenure_{arm}": all_of_them, f"P2.tenure_{arm}_housed": of_the_housed}  # fmt: skip
    return parts


def two_ways(seed: int, sets: Sets) -> dict[str, float]:
    """P13: what Housing First costs, by trial and before and after, in the same people: CAD a person-year, net of what
    other services save [S31, S38].

    Whom: the people of P1, enrolled when they were in a shelter or on the street - as every cohort is, in a bad time.
    """
    place = _place(CANADA)
    persons = trial(place, HIGH_NEED, TWO_ARMS, ENROLLED, 2 * YEAR, seed=seed,
                    parameters=settings_for(sets, CANADA), size=CITY, before=YEAR)  # fmt: skip
    parts = two_ways_parts(persons)
    return {part: value * (1.0 if part == COSTS[1] else place.per_euro) for part, value in parts.items()}


def two_ways_parts(persons: pl.DataFrame) -> dict[str, float]:
    """The parts of P13 in a trial's rows with a year before, in EUR a person-year.

    net_cost_trial: mean cost of the offered less that of usual services, over all months after enrolment.
    offset: what the offered cost less elsewhere, as a share of what their places cost.
    prepost: mean cost of the offered in the year after less that in the year before, of who was there throughout it.
    overstatement: by how much the saving before and after exceeds the randomised one, in the same year and people.
    """
    month, total = pl.col("month"), pl.sum_horizontal(f"cost_{payer}" for payer in PAYERS) * YEAR
    there = persons.filter(pl.col("situation") != "gone").with_columns(total=total)
    year = there.filter(month.is_between(1 - YEAR, YEAR)).group_by("arm", "person", maintain_order=True).agg(
        before=pl.col("total").filter(month <= 0).mean(),
        after=pl.col("total").filter(month > 0).mean(),
        seen=(month <= 0).sum(),
    )  # fmt: skip
    year = year.filter(pl.col("seen") == YEAR, pl.col("after").is_not_null())
    cost, place = (_by_arm(there.filter(month > 0), what) for what in ("total", "cost_reform"))
    before, after = (_by_arm(year, when) for when in ("before", "after"))
    if len(cost) < 2 or len(after) < 2:
        return dict.fromkeys(COSTS, math.nan)
    prepost, net = after[REFORM] - before[REFORM], cost[REFORM] - cost[USUAL]
    places = YEAR * (place[REFORM] - place[USUAL])
    offset = (places - net) / places if places > 0.0 else math.nan
    return dict(zip(COSTS, (net, offset, prepost, after[REFORM] - after[USUAL] - prepost), strict=True))


def _by_arm(rows: pl.DataFrame, what: str) -> dict[str, float]:
    """The mean of a column in each arm, added up in the order of the rows, so that it is the same to the last digit."""
    arms = {str(arm): own[what].to_numpy() for (arm,), own in rows.partition_by("arm", as_dict=True).items()}
    return {arm: float(values.mean()) for arm, values in arms.items()}


def denver(seed: int, sets: Sets, city: int = DENVER_CITY) -> dict[str, float]:
    """P5, P14: Denver's supportive housing: who accepts, and how long the homes are kept [S11, S15]; and how many of
    375 offers of a shelter bed people on the street accept there, as in Seattle [S12]."""
    arms = {REFORM: Arm(offer=True, homes=DENVER_HOMES)}
    past, lives = lived_through(planned(_place(DENVER), LONG_HOMELESS, arms, DENVER_OFFERS, 3 * YEAR + SETTLING_IN,
                                        seed, settings_for(sets, DENVER), size=city))  # fmt: skip
    year_1, year_2, year_3 = kept(lives, YEAR, 2 * YEAR, 3 * YEAR)
    home, bed = share(lives.accepted[~np.isnan(lives.accepted)]), beds_accepted(past)
    return {
        "P5.year_1": year_1,
        "P5.year_2": year_2,
        "P5.year_3": year_3,
        "P5.front_loaded": front_loaded(year_1, year_3),
        "P14.home_accepted": home,
        "P14.bed_accepted": bed,
        "P14.gap": home - bed,
    }


def front_loaded(year_1: float, year_3: float) -> float:
    """Mean loss a month in the first year less that in the second and third, from the shares kept; nan if none is."""
    if not 0.0 < year_3 <= year_1:
        return math.nan
    return -math.log(year_1) / YEAR + math.log(year_3 / year_1) / (2 * YEAR)


def beds_accepted(past: World) -> float:
    """Share of offers of a crisis bed on the street that are accepted: the last whole months before the trial with
    BED_OFFERS offers together (nan if there were fewer)."""
    lived = int(past.system[0].month)
    offers, refused = (past.measured[name][:lived][::-1] for name in ("bed_offers", "bed_refused"))
    made = np.cumsum(offers)
    enough = int(np.searchsorted(made, BED_OFFERS))
    if enough == len(made):
        return math.nan
    return float(1.0 - refused[: enough + 1].sum() / made[enough])


def settings(seed: int, sets: Sets, city: int = DUBLIN_CITY) -> dict[str, float]:
    """P6 and Moves: how long homes are kept in Dublin, to be seen beside other services' figures [S16, S10, S102, S17,
    S103], and how often its tenants move [S152]."""
    arms = {REFORM: Arm(offer=True)}  # no homes of its own: people wait for the same homes as everybody else
    _, lives = lived_through(planned(_place(DUBLIN), LONG_HOMELESS, arms, DUBLIN_OFFERS, 5 * YEAR + SETTLING_IN, seed,
                                     settings_for(sets, DUBLIN), size=city))  # fmt: skip
    months = (12, 24, 36, 60)
    retention = {f"P6.retention_{month}": value for month, value in zip(months, kept(lives, *months), strict=True)}
    return retention | moves(lives)


def moves(lives: Lives) -> dict[str, float]:
    """Who has moved once and twice, when looked at 0 to 60 months after the first home: every number of months alike,
    of those whose life in the run is that long."""
    since, inside = homes_after_the_first(lives)
    columns = [k for k in range(5 * YEAR + 1) if k < inside.shape[1] and inside[:, k].any()]
    return {
        f"Moves.{name}": share(np.array([(since[inside[:, k], k] >= least).mean() for k in columns]))
        for name, least in (("once", 1), ("twice", 2))
    }


def mortality(seed: int, sets: Sets) -> dict[str, float]:
    """P24: deaths a person-year of those offered Housing First over those in usual services; 443 people of very high
    need as in Santa Clara [S21], for the 48 months of the French trial [S23], in the Canadian setting."""
    persons = trial(_place(CANADA), VERY_HIGH_NEED, TWO_ARMS, SANTA_CLARA, FRANCE, seed=seed,
                    parameters=settings_for(sets, CANADA), size=HEAVIEST_CITY)  # fmt: skip
    return {"P24.mortality": rate_ratio(persons)}


def rate_ratio(persons: pl.DataFrame) -> float:
    """Deaths by months lived through in the reformed arm, over the same in the usual one; nan if nobody died there.

    The month of a death counts as half.
    """
    end = persons.filter(pl.col("month") == pl.col("month").max())
    died = dict(end.group_by("arm").agg((pl.col("alive") == 0).sum()).iter_rows())
    lived = dict(persons.filter(pl.col("month") > 0, pl.col("situation") != "gone").group_by("arm").len().iter_rows())
    rate = {arm: died[arm] / (lived.get(arm, 0) + died[arm] / 2) if died[arm] else 0.0 for arm in (REFORM, USUAL)}
    return rate[REFORM] / rate[USUAL] if rate[USUAL] else math.nan


def kept(lives: Lives, *months: int) -> list[float]:
    """Share of the programme's places kept for so many months; nan if none could be followed as long."""
    time, event = places_kept(lives)
    shares = [kaplan_meier(time, event, one)[0] if len(time) and time.max() >= one else None for one in months]
    return [math.nan if one is None else one for one in shares]


@cache
def _place(name: str) -> Place:
    """A shipped place, read once."""
    return find_place(name)


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment("at_home", ("P1", "P2"), at_home, 0.3),
    Experiment("two_ways", ("P13",), two_ways, 0.35),
    Experiment("denver", ("P5", "P14"), denver, 0.3),
    Experiment("settings", ("P6", "Moves"), settings, 0.4),
    Experiment("mortality", ("P24",), mortality, 0.4),
)
