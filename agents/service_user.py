"""Service users: people without a secure home, or not long in one.

They know what they want, what has happened to them and whom they trust; never a budget, a plan or a strategy.
Order of the month: arrive -> take part, if asked -> answer an offer -> fall ill or recover -> find a home, stay, lose
it, move on or leave -> look for a bed -> remember.

A month is one step; every chance below is a chance per month and luck is a number drawn evenly between 0 and 1
for this person, this month and this decision (engine/chance.py).
"""

from engine.arithmetic import below_exp, clip01, exp, log, log_odds, logistic, normal_quantile
from engine.record import code, count, flag, identity, record, share
from engine.rule import rule

SITUATIONS = ("hidden", "unserved", "crisis", "looking", "reform", "settled", "housed", "gone")
HIDDEN, UNSERVED, CRISIS, LOOKING, REFORM, SETTLED, HOUSED, GONE = range(8)
# Who may move where (model/steps/ moves people, a test reads this table).  Staying is always possible.
FLOWS = {
    HIDDEN: (CRISIS, UNSERVED, HOUSED, GONE),
    UNSERVED: (CRISIS, HIDDEN, LOOKING, GONE),
    CRISIS: (SETTLED, HIDDEN, UNSERVED, LOOKING, HOUSED, GONE),
    LOOKING: (REFORM, CRISIS, UNSERVED, GONE),
    REFORM: (SETTLED, CRISIS, UNSERVED, GONE),  # unserved only where no bed is free
    SETTLED: (CRISIS, UNSERVED, HOUSED, GONE),
    HOUSED: (CRISIS, UNSERVED, GONE),
    GONE: (HIDDEN, UNSERVED),  # an empty row, taken by somebody new
}
# What became of somebody.  "left": found an answer of their own that is no home; "out of sight": housed for long before
# the run began, and not followed any more.
FATES = ("here", "died", "left", "out of sight")
HERE, DIED, LEFT, OUT_OF_SIGHT = range(4)
# What a month can bring besides death and a home; model/steps/s08_people_live.py carries it out.
(STAYS, FINDS_ANSWER, GOES_TO_STREET, GOES_TO_FRIENDS, BECOMES_READY, GIVES_UP, LOSES_HOME, NEEDS_NO_SUPPORT,
 COMES_BACK, NEEDS_NOBODY, FINDS_HOME) = range(11)  # fmt: skip

NEVER = -1000  # a month before any other
PERSON_MONTHS = 12000.0  # of 1,000 people in a year

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
    bed_provider=count("row of the provider whose crisis bed is slept in; -1 is none", "row", bits=16, low=-1),
    months=count("months in the present situation", "months", bits=16),
    homeless=count("months since this person last had a secure home", "months", bits=16),
    bed_from=count("month in which the present or last stay in crisis beds began", "month", bits=16, low=NEVER),
    bed_until=count("month in which a crisis bed was last left", "month", bits=16, low=NEVER),
    seen=count("month in which this person was last without a home", "month", bits=16, low=NEVER),
    housed_on=count("month in which this person last got a home", "month", bits=16, low=NEVER),
    situation=code("where this person lives", SITUATIONS),
    was=code("the situation when the month began; gone: was not there", SITUATIONS),
    fate=code("what became of this person", FATES),
    group=count("row of the group this person belongs to, drawn once", "row", bits=8),
    fast=flag("of the fast class in this stay: leaves the crisis service within weeks"),
    ready=flag("ready to move on from the crisis service; waits for a home"),
    acute=flag("in an acute spell of illness or crisis"),
    carer=flag("has a carer, who speaks where the person's own voice is low"),
    involved=flag("took part in the present round of involvement"),
    returned=flag("has lost a secure home at least once"),
)


@rule
def need_of(p, luck):
    """Need of a newcomer: Kumaraswamy(a, b) on [0, 1], most people low, a long tail.  Assumption."""
    return clip01(exp(log(1.0 - exp(log(1.0 - luck) / p.need_b)) / p.need_a))


@rule
def fast_chance(user, p):
    """Chance that a stay is of the fast class: falls with need, averages `fast_share`.  Two-class fit to [S2]."""
    return clip01(p.fast_share + p.fast_need * (p.need_reference - user.need))


@rule
def is_fast(user, p, luck):
    """Whether the stay that begins is of the fast class."""
    return luck < fast_chance(user, p)


@rule
def has_carer(p, luck):
    """Whether a newcomer has a carer.  Assumption."""
    return luck < p.carer_share


@rule
def begins_unserved(p, luck):
    """Whether a newcomer is on the street in the first month; the others stay with friends, hidden."""
    return luck < p.inflow_unserved


@rule
def wanted(mean, spread, luck):
    """One dimension of what a person wants: normal around the local mean, kept in [0, 1].  Assumption."""
    return clip01(mean + spread * normal_quantile(luck))


@rule
def fit(user, service, p):
    """How well a service's design meets what this person wants: exp(-distance^2 / (2 s^2)), in [0, 1].

    Good is .8 and above, poor .4 and below.  The form and the width `fit_width` are assumptions.
    """
    a = user.wants_choice - service.design_choice
    b = user.wants_home - service.design_home
    c = user.wants_support - service.design_support
    return exp(-(a * a + b * b + c * c) / (2.0 * p.fit_width * p.fit_width))


@rule
def acute_next(user, p, luck):
    """Acute spells come with need and go by themselves, so that before-after comparisons regress to the mean [S38]."""
    if user.acute:
        return 0 if luck < p.acute_ends else 1
    return 1 if luck < p.acute_starts * user.need else 0


@rule
def dies(user, group, p, luck):
    """Mortality a month: `mortality_low` + (`mortality_high` - `mortality_low`) need^2 deaths per 1,000 person-years.

    Housing First does not change it by default (`mortality_reform` 1): no trial found a gain in survival [S21].
    """
    yearly = p.mortality_low + (p.mortality_high - p.mortality_low) * user.need * user.need
    return luck < yearly / PERSON_MONTHS * (p.mortality_reform if user.situation == REFORM else 1.0) * group.dies


@rule
def asks_for_bed(user, group, p, luck):
    """Ask for a crisis bed this month.  Assumption, set so that beds in Dublin are full; empty beds fill from here."""
    return luck < (p.seek_unserved if user.situation == UNSERVED else p.seek_hidden) * group.finds_bed


@rule
def accepts_bed(user, p, luck):
    """People found on the street accept a shelter bed in 60% of offers [S12]; who asks from a sofa has accepted."""
    if user.situation != UNSERVED:
        return True
    return luck < logistic(log_odds(p.accept_bed) + p.accept_trust * (user.trust - p.trust_reference))


@rule
def accepts_home(user, p, luck):
    """Accept the offer of an own tenancy with support: 92% [S11], more with trust in services."""
    return luck < logistic(log_odds(p.accept_home) + p.accept_trust * (user.trust - p.trust_reference))


@rule
def waits_for_home(user):
    """Competes for this month's secure supply: ready in the crisis service, or looking with support."""
    return (user.situation == CRISIS and user.ready) or user.situation == LOOKING


@rule
def weight_in_queue(user, p):
    """How likely a person comes first in the queue for homes: `reform_priority` for those who look with support."""
    return p.reform_priority if user.situation == LOOKING else 1.0


@rule
def slower(user, p):
    """How much need slows a slow stay: 1 - k (need - reference), never below `need_factor_least`.  Assumption."""
    return max(1.0 - p.slow_need * (user.need - p.need_reference), p.need_factor_least)


@rule
def month_hidden(p, luck, where):
    """Hidden: find an answer of one's own, of which a share is a home, or end up on the street."""
    if luck < p.hidden_resolves:
        return FINDS_HOME if where < p.home_after_hidden else FINDS_ANSWER
    return GOES_TO_STREET if luck > 1.0 - p.hidden_to_street else STAYS


@rule
def month_unserved(p, luck):
    """Unserved: find a sofa."""
    return GOES_TO_FRIENDS if luck < p.street_to_hidden else STAYS


@rule
def month_in_crisis(user, group, p, luck, where):
    """In the crisis service: the fast class leaves within weeks [S2]; the slow one drifts out seldom, slower with need,
    or becomes ready for a home, which it then waits for.  A share of those who leave finds a home."""
    leaves = luck < (p.exit_fast if user.fast else p.drift_out * slower(user, p)) * group.moves_on
    if leaves:
        if where > 1.0 - (p.home_after_fast if user.fast else p.home_after_drift):
            return FINDS_HOME
        return GOES_TO_STREET if where < p.crisis_to_street else GOES_TO_FRIENDS
    if not user.fast and not user.ready and where < p.ready_rate * slower(user, p) * group.moves_on:
        return BECOMES_READY
    return STAYS


@rule
def month_looking(p, luck):
    """Looking for a home with support: the search may end without one."""
    return GIVES_UP if luck < p.looking_ends else STAYS


@rule
def month_as_tenant(user, group, service, p, by_fit, by_core, luck, where):
    """In a home of the reformed service: lose it, or need no more support (later with need; assumption) and keep it."""
    if loses_home(user, group, service, p, by_fit, by_core, luck):
        return LOSES_HOME
    return NEEDS_NO_SUPPORT if where < p.support_ends * slower(user, p) else STAYS


@rule
def month_settled(user, group, p, luck):
    """Settled: come back within `returns_months` [S18, R2, R3], more often with need; after that need nobody."""
    likely = max(1.0 + p.lose_home_need * (user.need - p.need_reference), p.need_factor_least)
    if luck < p.return_settled * likely * group.returns:
        return COMES_BACK
    return NEEDS_NOBODY if user.months >= p.returns_months else STAYS


@rule
def is_in_group(luck, below):
    """Belongs to a group: the draw lies below the sum of shares up to it."""
    return luck < below


@rule
def most_likely(groups, p):
    """Chances a month above which nobody dies, whoever it is, and nobody housed comes back: most are spared,
    and nothing more need be looked up of them."""
    likely = p.lose_home_need * max(p.need_reference, 1.0 - p.need_reference)
    dying = max(p.mortality_low, p.mortality_high) / PERSON_MONTHS * max(p.mortality_reform, 1.0) * groups.dies.max()
    return dying, p.return_housed * max(1.0 + abs(likely), p.need_factor_least) * groups.returns.max()


@rule
def may_be(luck, most):
    """Whether it may happen to anybody with this draw; most: the highest chance there is (`most_likely`)."""
    return luck < most


@rule
def month_housed(user, group, p, luck):
    """Housed for long, or by one's own way: seldom come back, more often with need.  Off by default; assumption."""
    likely = max(1.0 + p.lose_home_need * (user.need - p.need_reference), p.need_factor_least)
    return COMES_BACK if luck < p.return_housed * likely * group.returns else STAYS


@rule
def keeps_home(p, luck):
    """Keep the home as an ordinary tenancy when the reformed place is closed."""
    return luck < p.keep_home


@rule
def losses_hang_on(p):
    """How much fit and fidelity weigh in losing a home, as log odds ratios: the same for everybody, so taken once."""
    return log(p.dropout_fit), log(p.dropout_fidelity)


@rule
def loses_home(user, group, service, p, by_fit, by_core, luck):
    """Lose a reformed-service tenancy this month.

    hazard = (first year / later) * need * dropout_fit^((fit - fit_reference) / odds_span)
    * dropout_fidelity^((fidelity - fidelity_reference) / odds_span) * exp(-direct effect of users' design power).
    The odds ratio for a good against a poor fit is `dropout_fit` [S65, S66], for fidelity .9 against .5
    `dropout_fidelity` (by_fit and by_core: their logarithms); hazards are small, so odds are close to them.
    Published losses are those of tenants of high need (`lose_home_reference`), whom the studies enrolled.
    The direct effect of design voice is 0 by default: the one trial found nothing [S70].
    """
    hazard = p.lose_home_first_year if user.months <= 12 else p.lose_home_later  # 12: the first year
    better_fit = (fit(user, service, p) - p.fit_reference) / p.odds_span
    better_core = (service.fidelity - p.fidelity_reference) / p.odds_span
    effect = by_fit * better_fit + by_core * better_core
    effect = effect - p.voice_direct * service.design_users + p.lose_home_need * (user.need - p.lose_home_reference)
    effect = effect + p.lose_home_strain * (service.strain_mean - p.strain_reference)
    return below_exp(luck, hazard * group.loses_home, effect)


@rule
def takes_part(user, room, p, luck):
    """Take part when there is room for a share `room` of the users: the confident come first, so meetings are biased.

    P = room * voice^bias, scaled to keep the mean near `room`; bias 0 would be a fair sample.  Assumption.
    """
    if luck >= room * (1.0 + 2.0 * p.voice_least * p.voice_bias) * (1.0 + p.voice_bias):  # (1 + least)^bias and more
        return False
    confident = exp(p.voice_bias * log(user.voice + p.voice_least)) * (1.0 + p.voice_bias)
    return luck < room * confident


@rule
def is_heard(user, room, fair, p, luck):
    """Have a say this month: drawn fairly for a share `fair` of the room, or taking part in what is left of it."""
    return luck < fair * room or takes_part(user, room * (1.0 - fair), p, 1.0 - luck)


@rule
def speaks_for(user, p, luck):
    """What is heard of somebody: own wants, or where voice is low a carer's, who asks for safety before choice."""
    if user.carer and luck > user.voice:
        return clip01(user.wants_choice - p.carer_shift), user.wants_home, clip01(user.wants_support + p.carer_shift)
    return user.wants_choice, user.wants_home, user.wants_support


@rule
def remembers(user, experience, p):
    """Trust moves towards what the service was like this month: fit in the reformed service, a set level elsewhere."""
    return clip01(user.trust + p.trust_rate * (experience - user.trust))


@rule
def speaks_up(user, acted_on, p):
    """Involvement that was acted on strengthens voice and trust; tokenism weakens both [S71].  Sizes: assumption."""
    change = p.voice_gain if acted_on else -p.tokenism
    return clip01(user.voice + change), clip01(user.trust + change)
