"""Service users: people without a secure home, or not long in one.

They know what they want, what has happened to them and whom they trust; never a budget, a plan or a strategy.
Order of the month: arrive -> fall ill or recover -> take part, if asked -> look for a bed -> answer an offer ->
find a home, stay, lose it, move on or leave -> remember.

A month is one step; every chance below is a chance per month and luck is a number drawn evenly between 0 and 1
for this person, this month and this decision (engine/chance.py).
"""

from engine.arithmetic import below_exp, clip01, exp, log, log_odds, logistic, normal_quantile
from engine.chance import decisions
from engine.record import code, count, flag, identity, record, share
from engine.rule import rule

PLACES = ("hidden", "unserved", "crisis", "looking", "reform", "settled", "gone")
HIDDEN, UNSERVED, CRISIS, LOOKING, REFORM, SETTLED, GONE = range(7)
# Who may move where (model/journeys.py moves people, a test reads this table).  Staying is always possible.
FLOWS = {
    HIDDEN: (CRISIS, UNSERVED, GONE),
    UNSERVED: (CRISIS, HIDDEN, LOOKING, GONE),
    CRISIS: (SETTLED, HIDDEN, UNSERVED, LOOKING, GONE),
    LOOKING: (REFORM, CRISIS, UNSERVED, GONE),
    REFORM: (SETTLED, CRISIS, UNSERVED, GONE),  # unserved only where no bed is free
    SETTLED: (CRISIS, UNSERVED, GONE),
    GONE: (HIDDEN, UNSERVED),  # an empty row, taken by somebody new
}
STAYING, DIED, LEFT, OUT_OF_SIGHT = range(4)  # how a row was emptied: died, left the area, three years settled

USER = record(
    "User",
    id=identity("month of arrival and ordinal in that month; never reused"),
    need=share("how much support this person needs, drawn once"),
    wants_choice=share("how much choice and control this person wants from a service"),
    wants_home=share("how much an ordinary home of their own matters to this person"),
    wants_support=share("how intense the support should be that this person wants"),
    trust=share("trust in services"),
    voice=share("confidence to speak and to be heard"),
    worker=count("row of the key worker among the professionals; -1 is nobody", "row", bits=32, low=-1),
    provider=count("row of the provider that serves this person; -1 is nobody", "row", bits=16, low=-1),
    host=count("row of the provider whose crisis bed this person sleeps in; -1 is none", "row", bits=16, low=-1),
    months=count("months in the present place", "months", bits=16),
    homeless=count("months since this person last had a secure home", "months", bits=16),
    place=code("where this person is", PLACES),
    fast=flag("of the fast class in this stay: leaves the crisis service within weeks"),
    ready=flag("ready to move on from the crisis service; waits for a home"),
    acute=flag("in an acute spell of illness or crisis"),
    carer=flag("has a carer, who speaks where the person's own voice is low"),
    involved=flag("took part in the present round of involvement"),
    returned=flag("has lost a secure home at least once"),
)

# Decisions.  One row is one keyed draw of four numbers (engine/chance.py).
BIRTH = decisions("user", "need", "trust", "voice", "carer")
WANTS = decisions("user", "wants choice", "wants home", "wants support", "starts unserved")
LIFE = decisions("user", "dies", "moves", "where to", "acute spell")
QUEUES = decisions("user", "bed lottery", "asks for a bed", "home lottery", "answers a bed")
STAY = decisions("user", "class of stay", "key worker", "which provider", "carer speaks")
OFFER = decisions("user", "is put forward", "offer lottery", "whose offer", "answers an offer")
SPEAK = decisions("user", "takes part", "keeps the home", "lot is closed", "rivalry stops it")


@rule
def need_of(p, luck):
    """Need of a newcomer: Kumaraswamy(a, b) on [0, 1], most people low, a long tail.  Assumption; flows.toml."""
    return clip01(exp(log(1.0 - exp(log(1.0 - luck) / p.need_b)) / p.need_a))


@rule
def fast_chance(me, p):
    """Chance that a stay is of the fast class: falls with need, averages `fast_share`.  Two-class fit to [S2]."""
    return clip01(p.fast_share + p.fast_need * (p.need_reference - me.need))


@rule
def wanted(mean, spread, luck):
    """One dimension of what a person wants: normal around the local mean, kept in [0, 1].  Assumption."""
    return clip01(mean + spread * normal_quantile(luck))


@rule
def fit(me, service, p):
    """How well a service's design meets what this person wants: exp(-distance^2 / (2 s^2)), in [0, 1].

    Good is .8 and above, poor .4 and below.  Form: MODEL.md; width `fit_width` is an assumption.
    """
    a = me.wants_choice - service.design_choice
    b = me.wants_home - service.design_home
    c = me.wants_support - service.design_support
    return exp(-(a * a + b * b + c * c) / (2.0 * p.fit_width * p.fit_width))


@rule
def acute_next(me, p, luck):
    """Acute spells come with need and go by themselves, so that before-after comparisons regress to the mean [S38]."""
    if me.acute:
        return 0 if luck < p.acute_ends else 1
    return 1 if luck < p.acute_starts * me.need else 0


@rule
def dies(me, p, luck):
    """Mortality a month: `mortality_low` + (`mortality_high` - `mortality_low`) need^2 deaths per 1,000 person-years.

    Housing First does not change it by default (`mortality_reform` 1): no trial found a gain in survival [S21].
    """
    yearly = p.mortality_low + (p.mortality_high - p.mortality_low) * me.need * me.need
    return luck < yearly / 12000.0 * (p.mortality_reform if me.place == REFORM else 1.0)


@rule
def seeks_bed(me, p, luck):
    """Ask for a crisis bed this month.  Assumption, set so that beds in Dublin are full; empty beds fill from here."""
    return luck < (p.seek_unserved if me.place == UNSERVED else p.seek_hidden)


@rule
def accepts_bed(me, p, luck):
    """People found on the street accept a shelter bed in 60% of offers [S12]; who asks from a sofa has accepted."""
    if me.place != UNSERVED:
        return True
    return luck < logistic(log_odds(p.accept_bed) + p.accept_trust * (me.trust - p.trust_reference))


@rule
def accepts_home(me, p, luck):
    """Accept the offer of an own tenancy with support: 92% [S11], more with trust in services."""
    return luck < logistic(log_odds(p.accept_home) + p.accept_trust * (me.trust - p.trust_reference))


@rule
def slower(me, p):
    """How much need slows a slow stay: 1 - k (need - reference), never below .1.  Assumption."""
    return max(1.0 - p.slow_need * (me.need - p.need_reference), 0.1)


@rule
def becomes_ready(me, p, luck):
    """Become ready to move on from the crisis service (slow class), later with higher need."""
    return luck < p.ready_rate * slower(me, p)


@rule
def drifts_out(me, p, luck):
    """Leave a slow stay for friends, family or the street without a home."""
    return luck < p.drift_out * slower(me, p)


@rule
def moves_out_fast(me, p, luck):
    """Leave a fast stay, to family, friends or an own arrangement: hazard of the fast class [S2]."""
    return luck < p.exit_fast


@rule
def losses_hang_on(p):
    """How much fit and fidelity weigh in losing a home, as log odds ratios: the same for everybody, so taken once."""
    return log(p.dropout_fit), log(p.dropout_fidelity)


@rule
def loses_home(me, service, p, by_fit, by_core, luck):
    """Lose a reformed-service tenancy this month.

    hazard = (first year / later) * need * dropout_fit^((fit - fit_reference) / .4)
    * dropout_fidelity^((fidelity - fidelity_reference) / .4) * exp(-direct effect of users' design power).
    The odds ratio for a good against a poor fit is `dropout_fit` [S65, S66], for fidelity .9 against .5
    `dropout_fidelity` (by_fit and by_core: their logarithms); hazards are small, so odds are close to them.
    Published losses are those of tenants of high need (`lose_home_reference`), whom the studies enrolled.
    The direct effect of design voice is 0 by default: the one trial found nothing [S70].
    """
    hazard = p.lose_home_first_year if me.months <= 12 else p.lose_home_later
    better_fit = (fit(me, service, p) - p.fit_reference) / 0.4
    better_core = (service.fidelity - p.fidelity_reference) / 0.4
    effect = by_fit * better_fit + by_core * better_core
    effect = effect - p.voice_direct * service.power_users + p.lose_home_need * (me.need - p.lose_home_reference)
    effect = effect + p.lose_home_strain * (service.strain_mean - p.strain_reference)
    return below_exp(luck, hazard, effect)


@rule
def support_ends(me, p, luck):
    """Support is no longer needed; the home is kept: settled.  Assumption, slower with need."""
    return luck < p.support_ends * slower(me, p)


@rule
def returns(me, p, luck):
    """Come back after a settled spell, within 36 months of it [S18, R2, R3]; more often with need."""
    return luck < p.return_settled * max(1.0 + p.lose_home_need * (me.need - p.need_reference), 0.1)


@rule
def takes_part(me, room, p, luck):
    """Take part when there is room for a share `room` of the users: the confident come first, so meetings are biased.

    P = room * voice^bias, scaled to keep the mean near `room`; bias 0 would be a fair sample.  Assumption.
    """
    if luck >= room * (1.0 + 0.05 * p.voice_bias) * (1.0 + p.voice_bias):  # 1.02^bias and more
        return False
    confident = exp(p.voice_bias * log(me.voice + 0.02)) * (1.0 + p.voice_bias)
    return luck < room * confident


@rule
def remembers(me, experience, p):
    """Trust moves towards what the service was like this month: fit in the reformed service, a set level elsewhere."""
    return clip01(me.trust + p.trust_rate * (experience - me.trust))


@rule
def speaks_up(me, acted_on, p):
    """Involvement that was acted on strengthens voice and trust; tokenism weakens both [S71].  Sizes: assumption."""
    change = p.voice_gain if acted_on else -p.tokenism
    return clip01(me.voice + change), clip01(me.trust + change)
