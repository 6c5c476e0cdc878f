"""No lever is only good or only bad: a world where raising it helps what lasts, and one where it hurts.

Common random numbers, months 24 to 48 after a programme of four years, `REPLICATES` of them.  What lasts is three
numbers; the one that moves is named.  Where only the cost falls, the lever is merely cheaper: docs/gains_and_costs.md
says so, and lists the levers for which one side was looked for and not found.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

REPLICATES, MONTHS, TERM = 8, 96, {"start": 0, "duration": 48, "budget": 0.03}
PLACES, SECURE, COST = "lasting_places", "secure_share", "cost_per_secure_month"
STRONG = {"takeover_base": 1.5, "mainstream_growth": 0.1, "death_at_grant_end": 0, "programme_death": 0.003}
RICH = {"mainstream_growth": 0.1, "secure_supply": 600}
POOR = {"mainstream_growth": -0.05, "secure_supply": 20}
TOUCHY = {  # names, pressure and empty shows do harm; nobody trusts the foundation; its blueprint is for somewhere else
    "brand_penalty": 0.15, "trust_branding": 0.05, "brand_attention": 0, "campaign_attention": 0, "pressure": 0.06,
    "ownership_imposed": 0.3, "rivalry_lost": 0.3, "trust_imposed": 0.08, "weariness_gain": 0.12, "campaign_weary": 2,
    "checks_weary": 0.8, "convening_weary": 0.6, "tokenism": 0.16, "checks_hours": 1000, "staff_hidden": 1,
    "opening_lag_users": 8, "metrics_neglect": 0.01, "metrics_effort": 0, "trust_funder_start": 0.2, "context_gap": 0.6,
    "ready_weariness": 3, "ready_rivalry": 2, "takeover_ownership": 4, "dropout_fit": 0.55, "unionisation": 1,
    "fake_users": 1,
}  # fmt: skip
MILD = {  # the reverse
    "brand_attention": 0.8, "campaign_attention": 1, "convening_effect": 0.1, "trust_funder_start": 0.9,
    "convening_weary": 0, "ready_rivalry": 2, "rivalry_start": 0.6, "rivalry_referral": 1, "campaign_weary": 0,
    "campaign_advantage": 0.6, "metrics_effort": 0.03, "metrics_neglect": 0, "metric_inflation": 0.15,
    "takeover_results": 6, "checks_weary": 0, "checks_hours": 0, "tokenism": 0, "voice_gain": 0.12, "contact": 0.105,
    "context_gap": 0, "dropout_fidelity": 0.5, "ready_staff": 4, "refer_belief": 6, "seats_contact": 0.6,
    "cost_seats": 0, "cost_cycle": 10000, "cost_convening": 2000, "cost_campaign": 5000, "listening_contact": 0.3,
    "known_grant": 1, "known_listening": 0.6, "credit": 0.3, "reputation_link": 0,
}  # fmt: skip
BEST = MILD | STRONG
ALIKE = {"share_places": 0.4, "share_spotlight": 0}
STRATEGIES = {
    "carrier": ALIKE | {"share_training": 0, "share_bridge": 0, "share_implementation": 0, "share_involvement": 0.05},
    "hybrid": ALIKE | {"share_training": 0.05, "share_bridge": 0.05, "share_implementation": 0.05, "site_need": 0,
                       "share_involvement": 0.05, "site_willingness": 0, "design_users": 0.4, "design_blueprint": 0.1,
                       "condition_partnership": 0.3},
}  # fmt: skip

# lever: (from, to), where it helps, where it hurts - (strategy, world, what moves); None: as the strategy has it.
CASES: dict[str, tuple[Any, Any, Any]] = {
    "budget": ((None, 0.05), ("hybrid", RICH, PLACES), ("carrier", STRONG, COST)),
    "duration": ((24, None), ("hybrid", STRONG, PLACES), ("hybrid", STRONG, COST)),
    "grant_size": ((None, 1e6), ("hybrid", STRONG, COST), ("hybrid", STRONG, PLACES)),
    "design_blueprint": ((None, 0.6), ("carrier", BEST, PLACES), ("carrier", TOUCHY, PLACES)),
    "design_users": ((None, 0.5), ("carrier", STRONG, PLACES), ("carrier", BEST, COST)),
    "site_willingness": ((None, 1), ("carrier", BEST, COST), ("hybrid", RICH, PLACES)),
    "site_outside": ((None, 1), ("hybrid", STRONG, COST), ("hybrid", STRONG, PLACES)),
    "condition_metrics": ((None, 1), ("hybrid", TOUCHY, COST), ("hybrid", TOUCHY, PLACES)),
    "share_places": ((0.2, None), ("carrier", STRONG, PLACES), ("carrier", BEST, COST)),
    "share_bridge": ((None, 0.3), ("hybrid", BEST, COST), ("hybrid", BEST, PLACES)),
    "share_implementation": ((None, 0.3), ("hybrid", BEST, COST), ("hybrid", BEST, PLACES)),
    "convening": ((None, 1), ("carrier", BEST, PLACES), ("carrier", TOUCHY, PLACES)),
}
NOT_FOUND = {
    "start", "fidelity_required", "site_need", "user_seats", "verification", "independence", "share_training",
    "branding", "grant_term", "site_prestige", "condition_partnership", "progress_checks", "listening",
    "share_involvement",
    "share_spotlight", "share_top_up", "share_homes", "campaign",
}  # fmt: skip


def gain(lab: Any, lever: str, ends: tuple[Any, Any], strategy: str, world: dict[str, float], measure: str) -> float:
    """Raising a lever: the mean gain of one measure over its standard error; above 0 is better."""
    gains = []
    for seed in range(300, 300 + REPLICATES):
        past = lab.begin(900, seed=seed, past=30, **world)
        both = []
        for value in ends:
            levers = STRATEGIES[strategy] | TERM | ({} if value is None else {lever: value})
            both.append(lab.live(past, strategy, MONTHS, **levers).measured[measure][-24:].mean())
        gains.append((both[1] - both[0]) * (-1 if measure == COST else 1))
    return float(np.mean(gains) / (np.std(gains, ddof=1) / REPLICATES**0.5))


@pytest.mark.slow
@pytest.mark.parametrize("lever", CASES)
def test_raising_it_helps_in_one_world_and_hurts_in_another(lab: Any, lever: str) -> None:
    ends, helps, hurts = CASES[lever]
    assert gain(lab, lever, ends, *helps) > 2.4  # 95% of a t with 7 degrees of freedom
    assert gain(lab, lever, ends, *hurts) < -2.4


def test_the_page_names_the_levers_for_which_a_side_was_not_found(lab: Any) -> None:
    from scenarios.levers import load_levers

    assert set(CASES) | NOT_FOUND == set(load_levers())
    assert not set(CASES) & NOT_FOUND
    page = (lab.ROOT / "docs" / "gains_and_costs.md").read_text(encoding="utf-8")
    assert all(f"`{lever}`" in page for lever in load_levers())
