"""What a strategy's grants come to in a place: how many a year, of how much, and whether they pay for a place.

Nothing here is simulated: amounts follow from the place's spend at the start and the strategy's levers, as step 2 of
the month works them out each month (model/steps/s02_foundation_acts.py).  Money is in EUR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from scenarios.language import N_, say, spoken
from scenarios.levers import GRANT_SHARES, load_levers
from scenarios.refused import in_short
from scenarios.unlikely import Warned

FEW = 0.5  # reformed places that a grant pays for, below which most grants open none.  Rule of thumb


@dataclass(frozen=True, slots=True)
class Grants:
    """Grants in one phase of a programme.

    begins: month of the programme.  a_year: in the whole place.  amount: of one, over its whole term.  for_places: of
    it.  place: what a reformed place costs for the term.  income, planned: a month's money for grants, and what the
    strategy plans of it for convening, campaign, listening and panels.
    """

    begins: int
    a_year: float
    amount: float
    for_places: float
    place: float
    income: float
    planned: float

    @property
    def places(self) -> float:
        """Reformed places that one grant pays for, on average."""
        return self.for_places / self.place


def grants_here(phases: Sequence[tuple[int, Mapping[str, float]]], p: Any) -> tuple[Grants, ...]:
    """Of each phase in which there is a budget and some of it is for grants.  p: the place's parameters."""
    return tuple(_grants(begins, levers, p) for begins, levers in phases
                 if levers["budget"] > 0 and any(levers[name] for name in GRANT_SHARES))  # fmt: skip


def _grants(begins: int, lever: Mapping[str, float], p: Any) -> Grants:
    spend = (p.crisis_beds * p.crisis_cost + p.reform_places * p.reform_cost) / 12.0
    whole = sum(lever[name] for name in GRANT_SHARES)
    heard = (p.crisis_beds * p.crisis_stock_share + p.reform_places) * p.listening_room
    cycle = p.providers * p.cost_cycle_provider + heard * p.cost_cycle_person
    planned = lever["convening"] * p.cost_convening + lever["campaign"] * p.cost_campaign
    planned += lever["user_seats"] * p.cost_seats / int(p.call_every)
    planned += lever["listening"] / 12.0 * cycle * (1.0 + p.independence_cost * lever["independence"])
    income = lever["budget"] * spend * whole
    a_year = lever["grants_per_provider"] * p.providers
    amount = 12.0 * max(income - planned, 0.0) / a_year
    place = p.reform_cost / 12.0 * max(int(lever["grant_term"]), 1)
    return Grants(begins, a_year, amount, amount * lever["share_places"] / whole, place, income, planned)


NOTHING = N_(
    "{title} can award nothing here: convening, campaign, listening and panels are planned at {planned} a "
    "month, and {income} a month is for grants. A budget above {enough}% of spend would leave some."
)
NOTHING_SINCE = N_("{title} can award nothing here, from month {since} of the programme: convening, campaign, "
                   "listening and panels are planned at {planned} a month, and {income} a month is for grants. A "
                   "budget above {enough}% of spend would leave some.")  # fmt: skip
SMALL = N_("A grant of {title} is {grant} here, of which {for_places} is for reformed places: one for {months} months "
           "costs {place}, so that about one grant in {one_in} opens one.")  # fmt: skip
SMALL_SINCE = N_("A grant of {title} is {grant} here, from month {since} of the programme, of which {for_places} is "
                 "for reformed places: one for {months} months costs {place}, so that about one grant in {one_in} "
                 "opens one.")  # fmt: skip


def too_small(
    title: str, phases: Sequence[tuple[int, Mapping[str, float]]], p: Any, currency: str, per_euro: float
) -> tuple[Warned, ...]:
    """What grants cannot pay for in this place, one sentence a phase; nothing where they can."""
    levers_at = dict(phases)
    found = []
    for grants in grants_here(phases, p):
        levers = levers_at[grants.begins]

        def money(euros: float) -> str:
            return say("{currency} {number}", currency=currency, number=spoken().number(euros * per_euro))

        since = {"since": grants.begins} if grants.begins else {}
        if grants.amount == 0:
            enough = 100 * levers["budget"] * grants.planned / grants.income
            found.append(
                say(NOTHING_SINCE if since else NOTHING, title=title, planned=money(grants.planned),
                    income=money(grants.income), enough=in_short(float(f"{enough:.2g}")), **since)
            )  # fmt: skip
        elif 0 < grants.places < FEW:
            found.append(
                say(SMALL_SINCE if since else SMALL, title=title, grant=money(grants.amount),
                    for_places=money(grants.for_places), months=round(levers["grant_term"]), place=money(grants.place),
                    one_in=round(1 / grants.places), **since) + f" {_fitting(levers, grants)}"
            )  # fmt: skip
    return tuple(Warned(text, ("grants_per_provider",)) for text in found)


def _fitting(levers: Mapping[str, float], grants: Grants) -> str:
    """What would pay for a place with each grant."""
    lever = load_levers()["grants_per_provider"]
    most = floor(100 * levers[lever.name] * grants.places) / 100
    if most < lever.low:
        return say("No number of grants would pay for one each: raise the budget, or make grants shorter.")
    return say("With {most} grants a year or fewer for each provider, each would open one.", most=in_short(most))
