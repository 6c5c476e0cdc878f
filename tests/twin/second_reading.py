"""What the service user's page says, written down once more: chances and choices as plain functions.

Nothing here calls a rule of agents/service_user.py: a rule that is wrong there makes model and twin differ.  Only its
names of situations, kinds and fates are shared.  `me` is a person of the twin, `p` the parameters, `rate` the person's
group; luck is a draw between 0 and 1.
"""

from typing import Any

from agents.service_user import CRISIS, EPISODIC, HIDDEN, LONG, LOOKING, REFORM, SHORT, UNSERVED
from engine.arithmetic import clip01, exp, log, log_odds, logistic, normal_quantile, power
from model import draws

FIRST_YEAR = 12  # months


def spread(mean: float, sd: float, luck: float) -> float:
    """Normal around a mean, kept between 0 and 1."""
    return clip01(mean + sd * normal_quantile(luck))


def nature(p: Any, birth: Any, wants: Any) -> dict[str, Any]:
    """Who a newcomer is, but for group and kind."""
    need = clip01(exp(log(1.0 - exp(log(1.0 - birth[draws.NEED]) / p.need_b)) / p.need_a))  # (1 - (1 - u)^1/b)^1/a
    above = need - p.need_reference
    support = p.wants_support_mean + p.wants_support_need * above
    return {
        "need": need,
        "wants_choice": spread(p.wants_choice_mean, p.wants_spread, wants[draws.WANTS_CHOICE]),
        "wants_home": spread(p.wants_home_mean, p.wants_spread, wants[draws.WANTS_HOME]),
        "wants_support": spread(support, p.wants_spread, wants[draws.WANTS_SUPPORT]),
        "trust": spread(p.trust_reference, p.trust_spread, birth[draws.TRUST]),
        "voice": spread(p.voice_mean - p.voice_need * above, p.voice_spread, birth[draws.VOICE]),
        "carer": 1 if birth[draws.CARER] < p.carer_share else 0,
        "situation": UNSERVED if wants[draws.STARTS_UNSERVED] < p.inflow_unserved else HIDDEN,
    }


def kind(need: float, p: Any, luck: float) -> int:
    """A short stayer at one end of the draw, a long one at the other; between them the episodic."""
    short = clip01(p.short_share + p.kind_need * (p.need_reference - need))
    rest = 1.0 - short
    if luck < short:
        return SHORT
    if luck > 1.0 - rest * p.long_of_rest:
        return LONG
    return EPISODIC


def by_kind(me: Any, short: float, episodic: float, long: float) -> float:
    return {SHORT: short, EPISODIC: episodic, LONG: long}[me.kind]


def stays_briefly(me: Any, p: Any, luck: float) -> bool:
    """Whether a stay that begins is a fast one."""
    return bool(me.kind == SHORT or (me.kind == EPISODIC and luck < p.fast_episodic))


def is_ill(me: Any, p: Any, luck: float) -> int:
    """An acute spell goes on unless it ends; one begins the more often the higher the need."""
    return int(luck >= p.acute_ends if me.acute else luck < p.acute_starts * me.need)


def dies(me: Any, rate: Any, p: Any, luck: float) -> bool:
    yearly = p.mortality_low + (p.mortality_high - p.mortality_low) * me.need * me.need  # per 1,000 person-years
    monthly = yearly / 12000.0 * (p.mortality_reform if me.situation == REFORM else 1.0)
    return bool(luck < monthly * rate.dies)


def fit(me: Any, house: Any, p: Any) -> float:
    """1 where the service is as wanted, falling with the squared distance in three dimensions."""
    squared = 0.0
    for what in ("choice", "home", "support"):
        away = getattr(me, f"wants_{what}") - getattr(house, f"design_{what}")
        squared += away * away
    return exp(-squared / (2.0 * p.fit_width * p.fit_width))


# --- beds and homes ---------------------------------------------------------------------------------------------------


def wants_bed(me: Any, rate: Any, p: Any, luck: float) -> bool:
    """Asks for a bed: whoever never had one in one way, others by kind; on the street more often, at most always."""
    wish = by_kind(me, p.seek_short, p.seek_episodic, p.seek_long) if me.had_bed else p.seek_new
    if me.situation == UNSERVED:
        wish = min(1.0, wish * p.seek_street)
    return bool(luck < wish * rate.finds_bed)


def says_yes(me: Any, usual: float, p: Any, luck: float) -> bool:
    """To a bed or a home: `usual` at the reference of trust, more with trust."""
    return bool(luck < logistic(log_odds(usual) + p.accept_trust * (me.trust - p.trust_reference)))


def waits_for_home(me: Any, p: Any) -> bool:
    if me.situation == CRISIS:
        return not me.fast and (p.home_weight_long > 0.0 or me.kind != LONG)
    if me.situation == LOOKING:
        return not me.between_homes  # for these the programme looks itself
    return bool(me.situation == HIDDEN and p.home_weight_hidden > 0.0)


def weight(me: Any, rate: Any, p: Any) -> float:
    """In the lottery for homes."""
    if me.situation == LOOKING:
        return float(p.reform_priority)
    if me.situation == HIDDEN:
        return float(p.home_weight_hidden * rate.moves_on)
    return float(by_kind(me, 1.0, 1.0, p.home_weight_long) * rate.moves_on)


def arrivals_factor(p: Any, recent: float, usual: float) -> float:
    """Homes given lately against those given before the run: more homes, more arrivals."""
    if usual == 0.0:
        return 1.0
    return max(0.0, 1.0 + p.entries_respond * (recent / usual - 1.0))


# --- a month ----------------------------------------------------------------------------------------------------------


def finds_answer(me: Any, p: Any, luck: float) -> bool:
    """Away from services, but not in the month of arrival: by kind who had a bed before; on the street less often."""
    if me.is_new:
        return False
    chance = by_kind(me, p.resolve_short, p.resolve_episodic, p.resolve_long) if me.had_bed else p.resolve_new
    return bool(luck < chance * (p.resolve_street if me.situation == UNSERVED else 1.0))


def leaves_crisis(me: Any, rate: Any, p: Any, luck: float) -> bool:
    return bool(luck < (p.exit_fast if me.fast else p.drift_out) * rate.moves_on)


def need_over(me: Any, p: Any, by: float, reference: float) -> float:
    """A factor that is 1 at a reference of need and moves by `by` for each unit of it, but not below its least."""
    return float(max(1.0 + by * (me.need - reference), p.need_factor_least))


def comes_back(me: Any, rate: Any, p: Any, usual: float, luck: float) -> bool:
    """From an ordinary home: usual of a short stayer, others by a ratio more; with need."""
    chance = usual * by_kind(me, 1.0, p.return_ratio, p.return_ratio)
    return bool(luck < chance * need_over(me, p, p.lose_home_need, p.need_reference) * rate.returns)


def prefers(me: Any, one: Any, free: float, p: Any) -> float:
    """For one of several programmes: fit to what is wanted, and its part of all free places."""
    return float(p.choose_fit * fit(me, one, p) + (1.0 - p.choose_fit) * free)


def loses_place(me: Any, house: Any, rate: Any, p: Any, month: int, luck: float) -> bool:
    """The home of the reformed service and the place with it.  house: the programme."""
    hazard = p.lose_home_first_year if month - me.joined <= FIRST_YEAR else p.lose_home_later
    better_fit = (fit(me, house, p) - p.fit_reference) / p.odds_span
    better_core = (house.fidelity - p.fidelity_reference) / p.odds_span
    effect = log(p.dropout_fit) * better_fit + log(p.dropout_fidelity) * better_core
    effect = effect - p.voice_direct * house.design_users + p.lose_home_need * (me.need - p.lose_home_reference)
    effect = effect + p.lose_home_strain * (house.provider.strain_mean - p.strain_reference)
    return bool(luck < hazard * rate.loses_home * exp(effect))


def support_ends(me: Any, p: Any, where: float) -> bool:
    return bool(where < p.support_ends * need_over(me, p, -p.slow_need, p.need_reference))


def changes_home(rate: Any, p: Any, where: float) -> bool:
    """At the other end of the draw."""
    return bool(where > 1.0 - p.changes_home * rate.loses_home)


# --- voice and trust --------------------------------------------------------------------------------------------------


def how_confident(me: Any, p: Any) -> float:
    """Voice to the power of the bias, 1 + bias times; no power is worked out where it is 1."""
    raised = me.voice + p.voice_least
    if p.voice_bias != 1.0:
        raised = exp(p.voice_bias * log(raised))
    return float(raised * (1.0 + p.voice_bias))


def is_home_again(p: Any, luck: float) -> bool:
    """The other end of the draw: the programme finds a home."""
    return bool(luck > 1.0 - p.rehouse)


def spell_is_over(p: Any, luck: float) -> bool:
    """As fast as short stays end."""
    return bool(luck > 1.0 - p.exit_fast)


def keeps_home_in_a_spell(p: Any, luck: float) -> bool:
    return bool(luck < p.spell_keeps_home)


def is_used_again(p: Any, luck: float) -> bool:
    """A bed that somebody left for good."""
    return bool(luck < p.refill)


def is_let_again(p: Any, luck: float) -> bool:
    """A home with support that nobody holds any more."""
    return bool(luck < p.home_recycled)


def is_heard(me: Any, room: float, fair: float, p: Any, luck: float) -> bool:
    """In a share `fair` of the room people are drawn; the rest goes to who comes, the confident more often."""
    if luck < fair * room:
        return True
    open_room = room * (1.0 - fair)
    return bool(1.0 - luck < open_room * how_confident(me, p))


def likely_heard(me: Any, room: float, fair: float, p: Any) -> float:
    """The drawn part of the room is the same for all; the open part counts by confidence."""
    return float(min(room * (fair + (1.0 - fair) * how_confident(me, p)), 1.0))


def what_is_said(me: Any, p: Any, luck: float) -> tuple[float, float, float]:
    """Own wants; or of a carer, who speaks the more often the lower the voice, safety before choice."""
    if me.carer and luck > me.voice:
        shift = p.carer_shift
        if me.situation == REFORM and p.carers_learn > 0.0:  # what was seen of a good move counts, month by month
            unlearned = power(1.0 - p.carers_learn, float(me.months))
            shift = p.carer_shift * (1.0 - (1.0 - unlearned) * fit(me, me.programme, p))
        return clip01(me.wants_choice - shift), me.wants_home, clip01(me.wants_support + shift)
    return me.wants_choice, me.wants_home, me.wants_support


def after_a_round(me: Any, acted_on: bool, p: Any) -> tuple[float, float]:
    """Voice and trust after involvement that was acted on, or was not."""
    change = p.voice_gain if acted_on else -p.tokenism
    return clip01(me.voice + change), clip01(me.trust + change)


def trusts(me: Any, experience: float, p: Any) -> float:
    """Trust goes towards what the service was like this month."""
    return clip01(me.trust + p.trust_rate * (experience - me.trust))
