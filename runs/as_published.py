"""A run in the words of scenarios/published.py: what a city would have published of it.

Counts of one night are those of a month's end.  "In a year" is from month 1 to 12, people being told apart one by one;
returns are of people who got a home in months 1 to 12, each followed for 24 months.  All of it in people of the real
place.
"""

from __future__ import annotations

from agents.service_user import CRISIS, GONE, HIDDEN, HOUSED, LOOKING, REFORM, SETTLED, UNSERVED
from model.state import BURN_IN, World
from runs.running import burnt_in, month_by_month
from scenarios.scenario import Scenario

YEAR, FOLLOWED = 12, 24  # months
MONTHS = YEAR + FOLLOWED  # that a run needs
HALF, WHOLE = 6, 12  # months in a bed
ON_A_NIGHT = ("people_in_beds", "sleeping_rough", "hidden", "people_on_a_night", "without_home",
              "long_homeless", "housing_first_places", "housing_first_tenants", "under_six", "over_a_year")  # fmt: skip


def on_a_night(world: World) -> dict[str, float]:
    """ON_A_NIGHT at the end of the world's latest month; shares are nan where nobody is in a bed."""
    users, scale = world.users, float(world.system[0].scale)
    situation, months = users["situation"], users["months"]
    in_bed = (situation != GONE) & (users["bed_provider"] >= 0)
    beds, rough = in_bed.sum() / scale, (situation == UNSERVED).sum() / scale
    hidden = (situation == HIDDEN).sum() / scale
    stays = months[situation == CRISIS]
    places = world.providers["reform_main"].sum() + world.providers["reform_grant"].sum()
    return {
        "people_in_beds": float(beds),
        "sleeping_rough": float(rough),
        "hidden": float(hidden),
        "people_on_a_night": float(beds + rough),
        "without_home": float(beds + rough + hidden),
        "long_homeless": float(((in_bed | (situation <= UNSERVED)) & (users["homeless"] >= WHOLE)).sum() / scale),
        "housing_first_places": float(places / scale),
        "housing_first_tenants": float(((situation == REFORM) | (situation == LOOKING)).sum() / scale),
        "under_six": float((stays < HALF).mean()) if len(stays) else float("nan"),
        "over_a_year": float((stays > WHOLE).mean()) if len(stays) else float("nan"),
    }


def as_published(scenario: Scenario) -> dict[str, float]:
    """Every figure of PUBLISHED (and `hidden`) as this run has it; the scenario has MONTHS months or more."""
    assert scenario.months >= MONTHS
    past = burnt_in(scenario)
    start, later, world = on_a_night(past), dict.fromkeys(ON_A_NIGHT, float("nan")), past
    seen: set[int] = set()
    housed: dict[int, int] = {}  # who went to a home from a bed, the street or a search, and when
    back: set[int] = set()
    for month, world in month_by_month(past, scenario):
        here = _visible(world)
        back.update(one for one in here if 0 < month - housed.get(one, month) <= FOLLOWED)
        if 1 <= month <= YEAR:
            seen.update(here)
            for one in _went_home(world):
                housed.setdefault(one, month)
        if month == YEAR:
            later = on_a_night(world)
        if month == MONTHS:
            break
    scale = float(world.system[0].scale)
    year = slice(BURN_IN, BURN_IN + YEAR)  # rows of months 1 to 12
    of, flows = world.measured, world.flows[year].sum(0)
    ended = of["stays_ended"][year]
    return start | {
        "year_count": len(seen) / scale,
        "new_a_month": float(of["admissions_new"][year].mean()) / scale,
        "admissions_a_month": float(of["admissions"][year].mean()) / scale,
        "stay_months": float((of["stay_mean"][year] * ended).sum() / ended.sum()) if ended.sum() else float("nan"),
        "exits_to_homes_a_month": float(flows[CRISIS, [REFORM, SETTLED, HOUSED]].sum()) / YEAR / scale,
        "returns_24": len(back) / len(housed) if housed else float("nan"),
        "change_in_year": later["people_on_a_night"] / start["people_on_a_night"],
        "change_without_home": later["without_home"] / start["without_home"],
    }


def _went_home(world: World) -> list[int]:
    """Who had a crisis bed, was on the street or looked for a home when the month began, and has a home now, by id."""
    users = world.users
    before = (users["was"] == CRISIS) | (users["was"] == UNSERVED) | (users["was"] == LOOKING)
    home = (users["situation"] == REFORM) | (users["situation"] == SETTLED) | (users["situation"] == HOUSED)
    return [int(one) for one in users["id"][before & home]]


def _visible(world: World) -> list[int]:
    """Who is in a crisis bed or on the street at the month's end, by id."""
    users = world.users
    situation = users["situation"]
    here = (situation == UNSERVED) | ((situation != GONE) & (users["bed_provider"] >= 0))
    return [int(one) for one in users["id"][here]]
