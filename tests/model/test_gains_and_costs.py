"""No lever is only good or only bad: a world where raising it helps what lasts, and one where it hurts.

Paired by seed (common random numbers, one past for both ends of a lever), in the mean of the months 24 to 48 after the
programme.  What lasts is more than one number; the one that moves is named with the case.  Money stays equal: a
share of spending is raised at the expense of another.  Worlds are settings of quantities within their ranges, built
from the gain and the cost written for the lever (scenarios/levers.toml); docs/gains_and_costs.md says what may be
concluded.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

from evidence.quantities import load_quantities
from scenarios.levers import load_levers

PEOPLE, PAST, LIMIT = 1500, 30, 2.4  # 2.4: 95% of a t with 7 degrees of freedom
FEW, MANY = range(1000, 1008), range(2000, 2016)  # seeds that the search did not use; many for the small effects
FRESH = range(4000, 4024)  # of worlds drawn at random, or written by hand after that (docs/gains_and_costs.md)
PLACES, SECURE, COST = "lasting_places", "secure_share", "cost_per_secure_month"
MAINSTREAM, FIT = "reform_mainstream", "fit"
World = dict[str, float]

FILLED = {"mainstream_growth": 0.1, "programme_death": 0.003, "convert_rate": 0, "reform_priority": 10,
          "refer_base": 0.2, "grant_reach": 0.03, "opens_settle": 0, "agree_usual": 0.8,
          "agree_pressure": 0}  # fmt: skip  # money grows, the commissioner mostly agrees, and places fill
TAKE = FILLED | {"death_at_grant_end": 0, "crowd_out": 0, "takeover_base": 0, "open_rate": 0.05}  # take-over decides
MORE = TAKE | {"takeover_base": 3}  # nearly every place that asks is taken over
OPEN = FILLED | {"open_rate": 0.1}  # managers' readiness decides
NONE = {"takeover_base": -1, "takeover_readiness": 0, "death_at_grant_end": 0.4}  # grant places vanish
MINDS = OPEN | NONE
SCARCE = {"secure_supply": 20, "reform_priority": 0.5}  # homes are missing
FAR = {"convention_choice": 0.4, "wants_choice_mean": 0.9, "convention_home": 0.5, "wants_home_mean": 0.95,
       "fit_width": 0.25}  # fmt: skip  # professionals' convention is far from what people want
NEAR = {"convention_choice": 0.75, "convention_home": 0.8, "convention_support": 0.45, "convention_spread": 0}
OWN = {"takeover_ownership": 4, "death_ownership": 2, "takeover_readiness": 0, "ownership_rate": 0.2,
       "agree_results": 0}  # fmt: skip  # ownership decides
WEARY = {"weariness_gain": 0.12, "ready_weariness": 3}
TOUCHY = WEARY | {
    "brand_penalty": 0.15, "trust_branding": 0.05, "brand_attention": 0, "campaign_attention": 0, "pressure": 0.06,
    "ownership_imposed": 0.3, "unbranded_pressure": 1, "trust_imposed": 0.08, "weariness_fades": 0.02, "ready_staff": 4,
    "campaign_weary": 2, "checks_weary": 0.8, "checks_hours": 1000, "metrics_neglect": 0.01, "metrics_effort": 0,
    "trust_funder_start": 0.2, "context_gap": 0.6, "ready_incentive": 0, "crowd_out": 0.5,
}  # fmt: skip  # names, pressure and empty shows do harm
BINDING = {"aim_relief": 1, "binding_weight": 2, "resist_belief": 0.6, "resist_workload": 0.4, "ready_resistance": 3,
           "obstacle_memory": 36, "find_independent": 0.8}  # fmt: skip  # what holds people back can be mended
FRAIL = {"dropout_fidelity": 0.5, "fidelity_learning": 0, "lose_home_first_year": 0.0126, "lose_home_later": 0.006,
         "lose_home_need": 0}  # fmt: skip  # homes are lost, and fidelity keeps them
CONVERT = NONE | {"mainstream_growth": -0.05, "convert_rate": 0.15, "cashable": 1, "double_running": 6,
                  "unionisation": 0, "reform_priority": 10, "refer_base": 0.2, "programme_death": 0.003}  # fmt: skip
KEPT = MORE | FAR | {"checks_promise": 1, "checks_weary": 0, "checks_hours": 0, "cost_check": 0, "redesign_rate": 0.05,
                     "partnership_money": 0.4, "faking": 0}  # fmt: skip  # redesign is slow unless it is watched
SATURATED = MINDS | {"ready_incentive": 2, "ready_base": 1.3, "openness_spread": 0.3, "ready_openness": 4,
                     "reputation_link": 0.6, "known_grant": 1, "apply_base": 0.8}  # fmt: skip
UNEQUAL = TAKE | {
    "takeover_base": -1, "takeover_readiness": 6, "agree_results": 0, "openness_spread": 0.3, "ready_openness": 4,
    "reputation_link": 0.6, "known_grant": 1, "rivalry_start": 0, "rivalry_referral": 0, "apply_base": 0.8,
    "ready_base": -0.7, "unionisation": 0, "ready_resistance": 0, "ready_peers": 0, "ready_staff": 0,
    "ready_frustration": 0,
}  # fmt: skip  # managers differ, and their readiness alone decides

PROGRAMME = {"start": 0, "duration": 48, "budget": 0.05}
ONLY_PLACES = {"share_places": 0.8, "share_involvement": 0, "share_training": 0, "share_bridge": 0,
               "share_implementation": 0, "share_spotlight": 0}  # fmt: skip
ASKING = {"share_places": 0.5, "share_involvement": 0.1}  # other shares as the carrier's
HEARD = {"share_places": 0.4, "share_involvement": 0.4, "share_training": 0, "share_bridge": 0,
         "share_implementation": 0, "share_spotlight": 0, "design_users": 0.9}  # fmt: skip
USERS_LEAD = ASKING | {"design_users": 0.8}


class Case(NamedTuple):
    """One lever raised in one world."""

    measure: str  # what moves
    world: World
    low: float = 0
    high: float = 1
    levers: Mapping[str, float] = MappingProxyType({})  # beside the strategy's
    paid_by: str = ""  # the share that falls as this one rises
    strategy: str = "carrier"
    seeds: range = FEW


def share(measure: str, world: World, by: float, **levers: float) -> Case:
    """A share of spending raised from 0 at the expense of places."""
    return Case(measure, world, 0, by, ONLY_PLACES | levers, "share_places")


OUT_OF_BRIDGE = ONLY_PLACES | {"share_places": 0.3, "share_bridge": 0.5}
OUT_OF_CONTACT = ONLY_PLACES | {"share_places": 0.3, "share_involvement": 0.5}
CHEAP_CYCLES = {"cost_cycle_provider": 300, "cost_cycle_person": 10}
DEAR_CYCLES = {"cost_cycle_provider": 3000, "cost_cycle_person": 90}
CATALYTIC = "catalytic_philanthropy"
# lever: where raising it helps, where it hurts; None: looked for and not found
CASES: dict[str, tuple[Case | None, Case | None]] = {
    "budget": (
        Case(PLACES, MORE, 0.01, 0.05),
        Case(SECURE, {"peer_rate": 0.06, "rivals_take": 0.05, "threat_base": 0.6}, 0.01, 0.05, {"site_need": 0.3},
             seeds=FRESH),
    ),
    "start": (
        Case(PLACES, {"mainstream_growth": -0.05, "context_gap": 0.6}, 0, 60,
             {"design_blueprint": 0.8, "budget": 0.02}, seeds=FRESH),
        Case(PLACES, MORE | {"supply_growth": -0.2, "secure_supply": 100}, 0, 60),
    ),
    "duration": (Case(PLACES, MORE, 24, 48), Case(PLACES, MINDS | TOUCHY, 24, 60, strategy=CATALYTIC)),
    "grants_per_provider": (
        Case(PLACES, OPEN | {"ready_incentive": 2, "rivalry_lost": 0.3, "rivalry_fades": 0, "ready_rivalry": 2,
                             "rivalry_referral": 1, "cost_application": 500}, 0.1, 2, {"budget": 0.02}),
        Case(FIT, {"context_gap": 0.6}, 0.1, 3, {"design_blueprint": 1, "budget": 0.02}, seeds=FRESH),
    ),
    "grant_term": (
        Case(PLACES, MINDS | FAR | {"redesign_rate": 0.05, "adaptation_cost": 0}, 6, 24,
             {"share_places": 0.1, "share_involvement": 0.5, "design_users": 0.8}),
        Case(PLACES, MORE, 12, 48),
    ),
    "design_blueprint": (
        Case(PLACES, TAKE | FAR | FRAIL | {"context_gap": 0, "fidelity_blueprint": 0.95}, 0, 0.8),
        Case(PLACES, TAKE | OWN | NEAR | {"context_gap": 0.6}, 0, 0.8),
    ),
    "design_users": (
        Case(PLACES, MORE | FAR | {"opening_lag_users": 0}, 0, 0.8, ASKING),
        Case(FIT, MORE | NEAR | FRAIL | {"opening_lag_users": 8, "voice_bias": 2, "carer_share": 0.4,
                                            "carer_shift": 0.4, "adaptation_cost": 0.4, "tokenism": 0.16,
                                            "voice_gain": 0, "redesign_rate": 0.5}, 0, 0.8, ASKING),
    ),
    "fidelity_required": (
        Case(SECURE, FILLED | FRAIL | {"grant_reach": 0.03, "open_rate": 0.6, "agree_results": 6,
                                       "enforcement_lift": 0.05, "ready_advantage": 0},
             levers={"grant_term": 60}, seeds=FRESH),
        Case(PLACES, TAKE | OWN | {"enforcement_lift": 0, "pressure": 0.06, "ownership_imposed": 0.3,
                                   "unbranded_pressure": 1, "trust_funder_start": 0.2, "trust_imposed": 0.08},
             levers={"design_blueprint": 0.6}),
    ),
    "site_willingness": (
        Case(PLACES, {"context_gap": 0.6}, levers={"design_blueprint": 0.9}, seeds=FRESH),
        Case(PLACES, SATURATED, levers={"budget": 0.01}, seeds=MANY),
    ),
    "site_prestige": (
        Case(PLACES, {"context_gap": 0.5}, levers={"design_blueprint": 1, "budget": 0.01}, seeds=FRESH),
        Case(FIT, {"convert_rate": 0, "rivalry_lost": 0.3}, levers={"design_users": 0.5, "listening": 4}, seeds=FRESH),
    ),
    "site_need": (None, Case(MAINSTREAM, UNEQUAL, levers={"site_willingness": 1}, paid_by="site_willingness",
                             seeds=MANY)),
    "site_outside": (
        Case(PLACES, MINDS | {"campaign_advantage": 0.6, "ready_notice": 1.6, "campaign_weary": 0,
                              "cost_campaign": 5000, "rivalry_referral": 0, "ready_incentive": 0},
             levers={"budget": 0.01, "campaign": 1}),
        Case(PLACES, MINDS | {"ready_incentive": 2}),
    ),
    "user_seats": (
        Case(PLACES, OPEN | {"seats_contact": 0.6, "contact": 0.105, "contact_half_life": 240, "ready_staff": 4,
                             "seats_voice": 0.05, "ready_voice": 3, "cost_seats": 0, "call_every": 3}),
        Case(FIT, FAR | {"cost_seats": 40000, "seats_contact": 0, "seats_voice": 0, "agree_seats": 0, "call_every": 3},
             levers=HEARD | {"budget": 0.004}, seeds=FRESH),
    ),
    "condition_partnership": (
        Case(PLACES, KEPT, 0, 0.45, USERS_LEAD | {"progress_checks": 1}),
        Case(MAINSTREAM, OPEN | {"promise_deters": 1, "promise_doubt": 0.6, "faking": 0, "ownership_start": 0.3,
                                 "voice_mean": 0.3, "ready_incentive": 2}, levers={"budget": 0.02}, seeds=FRESH),
    ),
    "condition_metrics": (
        Case(MAINSTREAM, {"checks_weary": 0, "metric_inflation": 0.15}, levers={"budget": 0.02}, seeds=FRESH),
        Case(PLACES, OPEN | FAR | WEARY | {"metrics_neglect": 0.01, "metrics_effort": 0, "checks_weary": 0.8,
                                           "metric_inflation": 0, "checks_hours": 1000}, strategy="hybrid"),
    ),
    "verification": (
        Case(PLACES, FAR | {"faking": 1, "faking_deterred": 1, "paper_power": 1, "cost_verification": 1000,
                            "promise_deters": 0, "partnership_rate": 0.1},
             levers=HEARD | {"condition_partnership": 1, "grants_per_provider": 2, "budget": 0.01}, seeds=FRESH),
        Case(MAINSTREAM, MORE | {"cost_verification": 10000, "faking": 0},
             levers={"grants_per_provider": 5, "budget": 0.01}, seeds=FRESH),
    ),
    "progress_checks": (
        Case(PLACES, KEPT, levers=USERS_LEAD | {"condition_partnership": 0.4}),
        Case(PLACES, OPEN | WEARY | {"checks_weary": 0.8, "checks_hours": 1000, "cost_check": 1000,
                                     "checks_promise": 0}),
    ),
    "listening": (
        Case(FIT, {"convention_choice": 0.4}, 0, 4, {"design_users": 1}, seeds=FRESH),
        Case(FIT, {"cost_cycle_person": 68, "opening_lag_users": 0, "expected_success": 0.8, "reading_noise": 0}, 0, 4,
             {"design_users": 1, "share_places": 0, "share_involvement": 0.1, "share_training": 0, "share_bridge": 0,
              "share_implementation": 0, "share_spotlight": 0.6, "budget": 0.01}, seeds=FRESH),
    ),
    "independence": (
        Case(PLACES, OPEN | BINDING | {"find_mixed": 0, "independence_cost": 0, "known_listening": 0},
             levers={"listening": 4}),
        Case(PLACES, MORE | DEAR_CYCLES | {"independence_cost": 1, "find_independent": 0.2, "find_mixed": 0.2,
                             "aim_relief": 0}, levers={"listening": 4, "budget": 0.01}, seeds=MANY),
    ),
    "share_places": (
        Case(PLACES, MORE, 0.3, 0.8, OUT_OF_CONTACT, "share_involvement"),
        Case(PLACES, CONVERT, 0.3, 0.8, OUT_OF_BRIDGE, "share_bridge"),
    ),
    "share_involvement": (
        share(PLACES, MORE | FAR, 0.1, design_users=0.8),
        share(PLACES, MORE | {"contact": 0.05, "contact_half_life": 6, "tokenism": 0.16, "voice_gain": 0,
                              "staff_hidden": 1, "strain_burden": 2}, 0.3),
    ),
    "share_training": (
        share(PLACES, MINDS | {"training": 0.028, "contact_half_life": 240, "ready_staff": 4, "training_staff": 300,
                               "staff_hidden": 0.3, "crowd_out": 0.5, "ready_incentive": 0, "follow_rate": 0.04,
                               "peer_rate": 0.06}, 0.05),
        share(PLACES, MORE | {"training": 0.016, "contact_half_life": 6, "training_staff": 3000}, 0.3),
    ),
    "share_bridge": (share(PLACES, CONVERT, 0.3), share(PLACES, MORE, 0.3)),
    "share_implementation": (
        share(SECURE, MORE | NONE | FRAIL | {"implementation_lift": 0.1, "fidelity_drift": 0, "open_rate": 0.2,
                                             "implementation_place": 1000}, 0.3),
        share(PLACES, MORE | {"implementation_lift": 0}, 0.3),
    ),
    "share_spotlight": (
        share(PLACES, MINDS | {"ready_notice": 1.6, "credit": 0.3, "spotlight_reach": 3, "expected_success": 0.8}, 0.1),
        share(PLACES, MORE | WEARY | {"ready_notice": 0, "credit": 0, "expected_success": 0.95}, 0.1),
    ),
    "share_top_up": (
        share(COST, MINDS | SCARCE | {"strain_load": 0.8, "lose_home_strain": 0.8, "turnover_strain": 2,
                                      "resist_workload": 0.4, "ready_resistance": 3, "binding_weight": 2,
                                      "staff_cost": 20000, "strain_rate": 0.3, "crowd_out": 0.5}, 0.8),
        share(PLACES, MORE | {"strain_load": 0}, 0.5),
    ),
    "share_homes": (
        share(SECURE, TAKE | NONE | SCARCE | {"cost_homes": 20000, "return_settled": 0.006, "crowd_out": 0.5}, 0.5),
        share(PLACES, MORE | {"cost_homes": 120000}, 0.5),
    ),
    "branding": (
        Case(MAINSTREAM, {"agree_usual": 0.2}, levers={"budget": 0.02}, seeds=FRESH),
        Case(MAINSTREAM, {"mainstream_growth": 0.1, "opens_settle": 0, "agree_usual": 0.8, "ready_pressure": 0.3,
                          "rivalry_fades": 0, "belief_mean": 0.5},
             levers={"site_willingness": 0.7, "user_seats": 1}, seeds=FRESH),
    ),
    "convening": (
        Case(PLACES, OPEN | {"convening_effect": 0.1, "trust_funder_start": 1, "convening_weary": 0,
                             "rivalry_start": 0.6, "ready_rivalry": 2, "rivalry_referral": 1, "cost_convening": 2000,
                             "ready_peers": 3}),
        Case(PLACES, OPEN | WEARY | {"convening_effect": 0, "convening_weary": 0.6, "cost_convening": 20000}),
    ),
    "campaign": (
        Case(PLACES, OPEN | {"campaign_attention": 1, "campaign_weary": 0, "cost_campaign": 5000,
                             "campaign_advantage": 0.6, "ready_notice": 1.6}, levers={"site_outside": 0.5}),
        Case(PLACES, OPEN | WEARY | {"campaign_attention": 0, "campaign_weary": 2}),
    ),
}  # fmt: skip


# What is smaller since managers differ and the commissioner decides takes more seeds to be seen: fresh ones again.
SMALLER = {("design_users", 1), ("site_outside", 0), ("share_training", 0), ("share_spotlight", 0),
           ("condition_metrics", 1), ("independence", 1)}  # fmt: skip


def shown(lever: str, side: int) -> Case | None:
    """The case of this side of a lever, if it is shown today."""
    case = CASES[lever][side]
    return case._replace(seeds=range(3000, 3024)) if case and (lever, side) in SMALLER else case


SHOWN = {lever: (shown(lever, 0), shown(lever, 1)) for lever in CASES}


def after(world: Any, levers: World, measure: str) -> float:
    """The mean of a measure from 24 to 48 months after the programme's end."""
    end = PAST + int(levers["start"] + levers["duration"])
    return float(world.measured[measure][end + 24 : end + 48].mean())


def gain(lab: Any, lever: str, case: Case, seed: int) -> float:
    """What raising the lever adds, above 0 is better.

    Where the end of the programme moves with the lever, both ends are compared with what their own months would have
    been without any foundation.
    """
    past = lab.begin(PEOPLE, seed=seed, past=PAST, **case.world)
    ends = []
    for value in (case.low, case.high):
        levers = PROGRAMME | dict(case.levers) | {lever: value}
        if case.paid_by:
            levers[case.paid_by] = round(case.levers[case.paid_by] - (value - case.low), 10)
        months = int(levers["start"] + levers["duration"]) + 48
        ends.append(after(lab.live(past, case.strategy, months, **levers), levers, case.measure))
        if lever in ("start", "duration"):
            ends[-1] -= after(lab.live(past, "status_quo", months), levers, case.measure)
    return (ends[1] - ends[0]) * (-1 if case.measure == COST else 1)


def paired_t(lab: Any, lever: str, case: Case) -> float:
    """The mean gain over its standard error."""
    with ThreadPoolExecutor(2) as pool:
        gains = list(pool.map(lambda seed: gain(lab, lever, case, seed), case.seeds))
    return float(np.mean(gains) / (np.std(gains, ddof=1) / len(case.seeds) ** 0.5))


@pytest.mark.slow
@pytest.mark.parametrize("lever", [lever for lever, (helps, _) in SHOWN.items() if helps])
def test_there_is_a_world_where_raising_it_helps_what_lasts(lab: Any, lever: str) -> None:
    assert paired_t(lab, lever, SHOWN[lever][0]) > LIMIT  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("lever", [lever for lever, (_, hurts) in SHOWN.items() if hurts])
def test_there_is_a_world_where_raising_it_hurts_what_lasts(lab: Any, lever: str) -> None:
    assert paired_t(lab, lever, SHOWN[lever][1]) < -LIMIT  # type: ignore[arg-type]


def test_the_worlds_are_within_the_ranges_and_the_page_names_what_was_not_found(lab: Any) -> None:
    assert set(SHOWN) == set(load_levers())
    known = load_quantities()
    for case in (case for both in SHOWN.values() for case in both if case):
        assert all(known[name].low <= value <= known[name].high for name, value in case.world.items())
    page = (lab.ROOT / "docs" / "gains_and_costs.md").read_text(encoding="utf-8")
    shown, _, missing = page.partition("## Not shown on both sides")
    for lever, both in SHOWN.items():
        assert f"| `{lever}` |" in (shown if all(both) else missing)
