"""P18: a large funder-led reform of teaching - procedures adopted, outcomes unchanged, ratings inflated [S82-S84].

One replicate is one study: seven sites (three school districts and four groups of charter schools), each a district of
its own (place `american_school_district`), with the initiative; seven other sites without it, as the study compared
with other schools; and, what no study has, the same seven sites without it, with the same pupils and the same luck.

The initiative is the shipped strategy `best_practice_rollout` - the funder's own design for every school, enforced,
with training, fidelity reviews and progress checks - at the money, length and strictness of the real one
(`initiative`).
Nothing in the model knows that it is one; none of the levers was chosen for what comes out.

- P18.uptake, share of sites: those where at least half of the schools had money of the initiative and at its end keep
  the required procedures, which is a fidelity of `fidelity_reference` or more (where published outcomes hold).
- P18.effect, standard deviations: an outcome of a pupil is thriving or not when the initiative ends; the difference
  between the shares that thrive here and in the other sites, over the standard deviation there.  All pupils of the
  model are people who do not thrive or did not until lately, so an effect on all pupils would be smaller.
- P18.effect_same_pupils: the same against the same seven sites without it, a difference that no study could see.
- P18.inflation, share: results as reported minus results as they are, over all sites and the initiative's last year,
  weighted by the pupils whose results they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np

from analysis.patterns.experiment import Experiment, Sets, settings_for
from model.state import AWARD, BURN_IN, World
from runs.running import burnt_in, lived
from scenarios.places import find_place
from scenarios.scenario import Scenario
from scenarios.settings import Settings
from scenarios.strategy import find_strategy
from scenarios.worldviews import find_worldview

PLACE = "american_school_district"
STRATEGY = "best_practice_rollout"
SITES = 7  # three districts and four groups of charter schools [S82]
OTHERS = 1_000_000  # distance of the other sites' seeds from these
YEARS = 7  # 2009-2016 [S82, S85]
A_PUPIL = sqrt(800.0 * 3500.0)  # USD over all years: the middle, as a ratio, of 800 to 3,500 [S84]
TERM = 24  # months of one grant; the general value of that lever.  Assumption
LAST = 12  # months over which reports are held against results
HALF = 0.5  # of the schools of a site.  Assumption


def initiative(p: Any, per_euro: float) -> dict[str, float]:
    """The levers that differ from the shipped roll-out's, for a place with the parameters `p`.

    budget: USD 1,670 a pupil over seven years, of what schooling costs: about 2% of spend, well within the lever's
    range.  grants_per_provider: one for every school each TERM, so that there is money for every school at any time.
    condition_metrics: ratings decided over pay and posts [S82, S84], as strict as the lever goes (assumption).
    """
    budget = A_PUPIL / per_euro / YEARS / p.crisis_cost
    return {"start": 0.0, "duration": 12.0 * YEARS, "budget": budget, "grants_per_provider": 12.0 / TERM,
            "grant_term": TERM, "condition_metrics": 1.0}  # fmt: skip


def site(seed: int, sets: Sets) -> tuple[World, World, World]:
    """One site when the initiative ends: with it, the same site without it, and another site without it."""
    place = find_place(PLACE)
    plain = Scenario(
        find_strategy(STRATEGY), place, find_worldview("evidence"), months=12 * YEARS, seed=seed,
        settings=Settings(parameters=settings_for(sets, PLACE)),
    )  # fmt: skip
    levers = initiative(plain.parameters()[0], place.per_euro)
    led = Scenario(
        plain.strategy, place, plain.worldview, months=plain.months, seed=seed,
        settings=Settings(levers=levers, parameters=plain.settings.parameters),
    )  # fmt: skip
    past = burnt_in(led)
    other = led.twin().with_seed(OTHERS + seed)
    return lived(past, led), lived(past, led.twin()), lived(burnt_in(other), other)


def adopted(world: World) -> float:
    """Share of the site's schools that had money of the initiative and keep the required procedures at its end, in a
    programme for which it pays."""
    schools = np.flatnonzero(world.providers["outside"] == 0)
    happened = world.events[: world.system[0].events]
    awarded = happened["provider"][(happened["kind"] == AWARD) & (happened["month"] >= BURN_IN)]
    keeps = world.programmes["fidelity"] >= world.parameters[0].fidelity_reference
    paid_for = world.programmes["grant_month"] > 0
    adopting = world.programmes["provider"][keeps & paid_for]
    return float(np.mean(np.isin(schools, awarded) & np.isin(schools, adopting)))


def thriving(worlds: Sequence[World]) -> float:
    """Share of pupils who thrive at the end, all sites together."""
    last = [world.measured[-1] for world in worlds]
    secure = sum(row.reform + row.settled for row in last)
    return float(secure / sum(row.people_system + row.settled for row in last))


def standardised(with_it: float, without: float) -> float:
    """Difference of two shares in standard deviations of the second: nan where nobody differs from anybody."""
    spread = sqrt(without * (1.0 - without))
    return (with_it - without) / spread if spread > 0.0 else float("nan")


def inflated(worlds: Sequence[World]) -> float:
    """Results as reported less results as they are, mean of the last LAST months, weighted by pupils."""
    rows = np.concatenate([world.measured[-LAST:] for world in worlds])
    weights = rows["reform"]
    return float(np.average(rows["reported"] - rows["success"], weights=weights)) if weights.sum() > 0 else float("nan")


def funder_led(seed: int, sets: Sets) -> dict[str, float]:
    """One study of seven sites."""
    led, same, others = zip(*(site(SITES * seed + k, sets) for k in range(SITES)), strict=True)
    return {
        "P18.uptake": float(np.mean([adopted(world) >= HALF for world in led])),
        "P18.effect": standardised(thriving(led), thriving(others)),
        "P18.effect_same_pupils": standardised(thriving(led), thriving(same)),
        "P18.inflation": inflated(led),
    }


EXPERIMENTS = (Experiment("funder_led", ("P18",), funder_led, seconds=9.0),)
