"""What the pages say of promises, users' power and the commissioner's answers, written down once more.

Nothing here calls a rule of agents/ or model/ that says the same.  `boss` is a manager of the twin, `house` a provider,
`p` the parameters; luck is a draw between 0 and 1.
"""

from math import sqrt
from typing import Any

from engine.arithmetic import clip01, exp, log, log_odds, logistic, normal_quantile
from model import draws

ALMOST = 0.999  # of a certain chance

# --- partnership: offered, promised, meant, kept ----------------------------------------------------------------------


def offer(boss: Any, house: Any, p: Any) -> float:
    """Of partnership, without any condition."""
    usual = p.partnership_ownership * boss.ownership + (1.0 - p.partnership_ownership) * house.voice_heard
    return clip01(usual + boss.partnering + p.partnership_money * house.incentive)


def missing(asked: float, there: float) -> float:
    """Share of what is asked for that is not there."""
    if asked <= 0.0:
        return 0.0
    return clip01((asked - there) / asked)


def answers_call(boss: Any, short: float, p: Any, luck: float) -> bool:
    willing = p.apply_base + (1.0 - p.apply_base) * boss.readiness
    return bool(luck < clip01(willing * (1.0 - p.promise_deters * short)))


def lies(short: float, strict: float, p: Any, luck: float) -> bool:
    dares = 1.0 - p.faking_deterred * strict
    return bool(luck < p.faking * short * dares)


def doubt(short: float, fake: int, p: Any) -> float:
    """Points that a panel takes off; nothing is seen of a lie."""
    return 0.0 if fake else float(p.promise_doubt * short)


def partners(boss: Any, house: Any, p: Any) -> float:
    """How far users are partners after this month."""
    can = offer(boss, house, p)
    honest = 1.0 - house.fakes / house.open_grants if house.open_grants else 0.0
    promised = max(house.condition_partnership - can, 0.0)
    speed = p.partnership_rate * (1.0 + p.checks_promise * house.progress_checks) * (1.0 - house.resistance)
    return clip01(house.partnership + speed * (can + honest * promised - house.partnership))


def holds(grant: Any, house: Any, p: Any, luck: float) -> bool:
    """A check finds the promise of partnership broken after the time to keep it, or reports too low."""
    broken = 0.0
    if grant.months >= p.promise_months:
        broken = missing(grant.condition_partnership, house.partnership)
        if grant.fake:
            broken = broken * (p.detect_verification * grant.verification)
    low = grant.condition_metrics * clip01((p.expected_success - house.reported) / p.report_shortfall)
    return bool(luck < clip01((broken + low) * grant.progress_checks))


# --- users' voice and power -------------------------------------------------------------------------------------------


def voice_there(boss: Any, house: Any, voice: float, p: Any) -> float:
    """Users' voice as it has reached the manager after this month."""
    return clip01(house.voice_heard + p.voice_heard_rate * (clip01(voice + boss.hearing) - house.voice_heard))


def speed(house: Any, p: Any) -> float:
    """How fast funded sites go."""
    fast = p.redesign_rate * (1.0 - house.resistance)
    return float(fast * (1.0 + p.checks_promise * house.progress_checks * house.condition_partnership))


def has_acted(house: Any, p: Any) -> float:
    """Share of the way in this round."""
    users = house.design_users * (1.0 - p.paper_power * (1.0 - house.partnership))
    return clip01(house.acted + (1.0 - house.acted) * speed(house, p) * users)


def redesigns(one: Any, house: Any, p: Any, plan: tuple[float, float, float]) -> float:
    """A programme's design moves; how far.  Where no grant works in it, what is done elsewhere in the house spreads.
    plan: the blueprint, in the three dimensions."""
    whose = one if one.grant_month > 0 else house
    users = whose.design_users * (1.0 - p.paper_power * (1.0 - house.partnership))
    reach = max(one.intensity, p.design_spreads * house.intensity)
    squares = 0.0
    for what, of_plan in zip(("choice", "home", "support"), plan, strict=True):
        usual, was = getattr(house, f"convention_{what}"), getattr(one, f"design_{what}")
        heard = house.heard * getattr(house, f"heard_{what}") + (1.0 - house.heard) * usual
        aim = users * heard + whose.design_blueprint * of_plan + (1.0 - users - whose.design_blueprint) * usual
        new = clip01(was + speed(house, p) * reach * (aim - was))
        new = clip01(new + p.metrics_neglect * house.effort * (usual - new))
        setattr(one, f"design_{what}", new)
        squares += (new - was) * (new - was)
    return sqrt(squares)


def asks_for_results(p: Any, luck: float) -> bool:
    """Before places open somewhere; otherwise size decides."""
    return bool(luck < p.grow_best)


# --- the commissioner -------------------------------------------------------------------------------------------------


def speaks_for(house: Any, system: Any, results: float, p: Any) -> float:
    """All that speaks for reform here less what speaks for its rivals, log odds."""
    pull = p.agree_results * (results - p.expected_success)
    pull = pull + p.agree_cost * (system.bed_month - system.place_month) / system.bed_month
    pull = pull + p.brand_attention * house.branding + p.campaign_attention * system.campaign
    pull = pull + p.agree_case * system.case
    pull = pull + p.agree_testimony * house.heard * house.voice_heard
    return float(pull + p.agree_seats * system.seats_seen - p.agree_pressure * system.pressure)


def says_yes(house: Any, system: Any, p: Any, luck: Any) -> bool:
    results = clip01(house.reported + p.reading_noise * normal_quantile(luck[draws.READS_REPORTS]))
    chance = logistic(log_odds(p.agree_usual) + speaks_for(house, system, results, p))
    return bool(luck[draws.AGREES] < chance)


def asks_for_takeover(boss: Any, p: Any, luck: float) -> bool:
    """In one of the months in which a lot may ask."""
    pull = p.takeover_readiness * (boss.readiness - p.readiness_usual) + p.takeover_base
    pull = pull + p.takeover_ownership * (boss.ownership - 0.5)
    return bool(luck < 1.0 - exp(log(1.0 - ALMOST * logistic(pull)) / p.takeover_months))


def left_by_rivals(free: int, growth: int, kept: int, p: Any) -> int:
    """Free money after rivals took their share of what was there and not kept from them, and growth came in."""
    return free + growth - (int((free - kept) * p.rivals_take) if free > kept else 0)


def kept_from_rivals(missing: int, system: Any, p: Any) -> int:
    """For planned places that stopped and that nothing has replaced."""
    return int(p.plan_kept * missing * system.place_month)


# --- openings: as many as stop ----------------------------------------------------------------------------------------


def yes(house: Any, system: Any, p: Any) -> float:
    """Chance that the commissioner agrees, reports read as they are."""
    return float(logistic(log_odds(p.agree_usual) + speaks_for(house, system, house.reported, p)))


def wants_to_open(boss: Any, usual: float, p: Any) -> float:
    return clip01(usual * p.open_rate * boss.readiness)


def stops(boss: Any, pressure: float, p: Any) -> float:
    """Chance a month that a lot of this manager's is discontinued."""
    threat = -p.death_ownership * (boss.ownership - 0.5) + p.death_money * (pressure - 0.5)
    return clip01(p.programme_death * exp(threat))


def taken_in(now: float, shown: float, p: Any) -> float:
    return clip01(now + p.notice_rate * (shown - now))
