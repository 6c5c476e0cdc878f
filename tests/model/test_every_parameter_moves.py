"""Every number that a rule may read changes something in at least one shipped strategy (a limit: where it is reached);
at its own value, nothing.

Same seed, same people: a measure that differs at all differs because of the number.  A dead one is a defect.
"""

from __future__ import annotations

from typing import Any

import pytest

from evidence.quantities import inputs
from model.state import World
from scenarios.places import find_place

LARGE = 4000  # people: enough for beds to be converted by the lump
MONTHS, TERM = 96, {"start": 6, "duration": 72}
TRIES = (  # (strategy, people): the first that reacts is enough
    ("user_centred", 700), ("hybrid", 700), ("catalytic_philanthropy", 700), ("collective_impact", 700), ("homes", 700),
    ("outside_pilot_then_campaign", LARGE), ("hybrid", LARGE), ("catalytic_philanthropy", LARGE), ("top_up", 700),
    ("implementation_support", 700),  # whose money does not always reach for a listening cycle
    ("user_centred", LARGE),
)  # fmt: skip
# Limits, which nothing reaches in the middle of all ranges: what must be set beside one for it to be reached.
LIMITS: dict[str, dict[str, float]] = {
    "need_factor_least": {"slow_need": 2.0},
    "by_right_price": {"shelter_by_right": 1.0},
    "emergency_price": {"emergency_response": 0.3},
    "open_least": {"reform_places": 20.0},
    "open_rate": {"opens_settle": 0.0},  # else what opens before the run is what stops, however often managers ask
    "meetings_most": {"involvement_user": inputs()["involvement_user"].low},
}
HERE = find_place("dublin").values


def moved_values(name: str) -> list[float]:
    """The ends of a range, as far as they are not where the value is; half and double for what a place gives."""
    quantity = inputs()[name]
    value = HERE.get(name, quantity.value)
    ends = [value * 0.5, value * 1.5] if quantity.scope == "place" and value else [quantity.low, quantity.high]
    return [end for end in ends if end != value]


def live(lab: Any, strategy: str, people: int, levers: dict[str, float] | None = None, **sets: float) -> World:
    """A run from the very beginning, so that what acts in the starting point or the burn-in is seen as well."""
    return lab.live(lab.begin(people, **sets), strategy, MONTHS, **TERM, **(levers or {}))


@pytest.fixture(scope="module")
def base(lab: Any) -> dict[tuple[str, int], World]:
    return {key: live(lab, *key) for key in TRIES}


@pytest.mark.parametrize("name", [name for name in inputs() if name not in LIMITS])
def test_moving_it_moves_a_measure(lab: Any, base: Any, name: str) -> None:
    for strategy, people in TRIES:
        for value in moved_values(name):
            if lab.moved(base[strategy, people], live(lab, strategy, people, **{name: value})):
                return
    pytest.fail(f"'{name}' changes nothing under any of {sorted({strategy for strategy, _ in TRIES})}")


@pytest.mark.parametrize("name", LIMITS)
def test_moving_a_limit_moves_a_measure_where_it_is_reached(lab: Any, name: str) -> None:
    """Within the ranges of everything, too."""
    assert all(inputs()[other].allows(value) for other, value in LIMITS[name].items())
    levers = {"budget": 0.05} if name == "meetings_most" else {}  # much is paid for each of those who may come
    runs = [live(lab, "user_centred", 700, levers, **LIMITS[name], **{name: value}) for value in moved_values(name)]
    assert lab.moved(*runs)


def test_at_its_own_value_it_moves_nothing(lab: Any) -> None:
    """Saying what is so already is saying nothing: the same tables, every one of them."""
    own = {name: HERE.get(name, quantity.value) for name, quantity in inputs().items()}
    domain = dict(zip(own, lab.parameters()[0].tolist(), strict=True))
    assert lab.differing(live(lab, "hybrid", 700), live(lab, "hybrid", 700, **domain)) == []


OFF = [name for name, quantity in inputs().items() if quantity.off is not None]


@pytest.mark.parametrize("name", OFF)
def test_its_off_value_is_allowed(name: str) -> None:
    quantity = inputs()[name]
    assert quantity.allows(quantity.off)


# Each mechanism that carries the argument, and the parameters of which each takes it away.
MECHANISMS = {
    "fit acts on tenancies": ["dropout_fit"],
    "fidelity acts on tenancies": ["dropout_fidelity"],
    "direct effect of voice": ["voice_direct"],
    "gatekeeping by belief": ["refer_belief"],
    "need counts against": ["refer_ready"],
    "the confident come first": ["voice_bias"],
    "tokenism": ["tokenism"],
    "obstacles are aimed at": ["aim_relief", "binding_weight"],
    "context gap of a blueprint": ["context_gap"],
    "contact": ["contact"],
    "training": ["training"],
    "seeing it work": ["seeing"],
    "peers": ["peer_rate", "follow_rate"],
    "pressure": ["pressure"],
    "resistance": ["resist_belief", "resist_workload", "resist_money", "resist_security", "resist_supply"],
    "unions": ["unionisation"],
    "rivalry": ["rivalry_lost", "rivalry_referral", "ready_rivalry"],
    "convening": ["convening_effect"],
    "trust in the foundation": ["trust_listening", "trust_promises", "trust_credit", "trust_branding", "trust_imposed"],
    "example": ["seats_contact", "seats_voice"],
    "spotlight": ["spotlight_reach", "credit", "ready_notice"],
    "branding": ["brand_attention", "brand_penalty"],
    "metrics": ["metrics_effort", "metrics_neglect", "metric_inflation"],
    "faking": ["faking", "detect_seats", "detect_verification"],
    "take-over": ["takeover_readiness", "takeover_ownership"],
    "a promise of partnership": ["promise_deters", "promise_doubt", "paper_power"],
    "the commissioner's reasons": [
        "agree_results",
        "agree_cost",
        "agree_case",
        "agree_testimony",
        "agree_seats",
        "agree_pressure",
        "brand_attention",
        "campaign_attention",
    ],
    "planned places are kept from rivals": ["plan_kept"],
    "openings settle": ["opens_settle"],
    "managers differ": [
        "ownership_spread",
        "voice_heard_spread",
        "trust_funder_spread",
        "partnership_spread",
    ],
    "crowding out": ["crowd_out"],
    "survival": ["programme_death", "death_at_grant_end", "death_ownership", "death_money", "restart"],
    "crisis ratchet": ["emergency_response"],
    "places under emergency pressure are dearer": ["emergency_price"],
    "closures save money": ["cashable", "convert_rate"],
    "weariness": ["weariness_gain"],
    "kinds hang on need": ["kind_need"],
    "stays end without a home": ["drift_out"],
    "homes found alone": ["home_after_fast", "home_after_hidden"],
    "answers before a bed, and on the street": ["resolve_new", "resolve_street"],
    "other kinds come back more often": ["return_ratio"],
    "the hidden are nominated and reached": ["home_weight_hidden", "hidden_reached"],
    "the programme keeps its tenants": ["changes_home"],
    "entries respond to homes": ["entries_respond"],
    "need delays the end of support": ["slow_need"],
    "shelter by right": ["shelter_by_right"],
    "beds left for good close": ["refill"],
    "a spell keeps the home": ["spell_keeps_home"],
    "a vacated home is let again": ["home_recycled"],
    "carers learn": ["carers_learn"],
}


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_that_carries_the_argument_can_be_taken_away(mechanism: str) -> None:
    assert set(MECHANISMS[mechanism]) <= set(OFF)
