"""Service users: people without a secure home, or not long in one.

They know what they want, what has happened to them and whom they trust; never a budget, a plan or a strategy.
Order of the month: arrive -> take part, if asked -> answer an offer -> fall ill or recover -> find a home, stay, lose
it, move on or leave -> look for a bed -> remember.

A month is one step; every chance below is a chance per month and luck is a number drawn evenly between 0 and 1
for this person, this month and this decision (engine/chance.py).
"""

from engine.arithmetic import below_exp, clip01, exp, log, log_odds, logistic, normal_quantile, power
from engine.record import code, count, flag, identity, record, share
from engine.rule import rule

SITUATIONS = ("hidden", "unserved", "crisis", "looking", "reform", "settled", "housed", "gone")
HIDDEN, UNSERVED, CRISIS, LOOKING, REFORM, SETTLED, HOUSED, GONE = range(8)
# Who may move where (model/steps/ moves people, a test reads this table).  Staying is always possible.
FLOWS = {
    HIDDEN: (CRISIS, UNSERVED, LOOKING, SETTLED, HOUSED, GONE),
    UNSERVED: (CRISIS, HIDDEN, LOOKING, HOUSED, GONE),
    CRISIS: (SETTLED, HIDDEN, UNSERVED, LOOKING, GONE),
    LOOKING: (REFORM, CRISIS, HIDDEN, UNSERVED, GONE),
    REFORM: (SETTLED, LOOKING, CRISIS, UNSERVED, GONE),  # unserved only where no bed is free
    SETTLED: (CRISIS, UNSERVED, HOUSED, GONE),
    HOUSED: (CRISIS, UNSERVED, GONE),
    GONE: (HIDDEN, UNSERVED),  # an empty row, taken by somebody new
}
# What became of somebody.  "left": found an answer of their own that is no home; "out of sight": housed for long before
# the run began, and not followed any more.
FATES = ("here", "died", "left", "out of sight")
HERE, DIED, LEFT, OUT_OF_SIGHT = range(4)
# How a person leaves homelessness, and whether for good: a lasting trait.  Short stayers leave within weeks and seldom
# come back; episodic people come and go; long stayers stay, and wherever they go they come back.
KINDS = ("short", "episodic", "long")
SHORT, EPISODIC, LONG = range(3)
# What a month can bring besides death and a home; model/steps/s08_people_live.py carries it out.
(STAYS, FINDS_ANSWER, GOES_TO_STREET, GOES_TO_FRIENDS, FINDS_OWN_HOME, GIVES_UP, CHANGES_HOME, IS_REHOUSED, LOSES_HOME,
 NEEDS_NO_SUPPORT, COMES_BACK, GOES_FOR_SPELL, COMES_HOME, NEEDS_NOBODY, FINDS_HOME) = range(15)  # fmt: skip

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
    programme=count("row of the programme this person is in; -1 is none", "row", bits=32, low=-1),
    bed_provider=count("row of the provider whose crisis bed is slept in; -1 is none", "row", bits=16, low=-1),
    months=count("months in the present situation", "months", bits=16),
    homeless=count("months since this person last had a secure home", "months", bits=16),
    bed_from=count("month in which the present or last stay in crisis beds began", "month", bits=16, low=NEVER),
    bed_until=count("month in which a crisis bed was last left", "month", bits=16, low=NEVER),
    seen=count("month in which this person was last without a home", "month", bits=16, low=NEVER),
    housed_on=count("month in which this person last got a home", "month", bits=16, low=NEVER),
    joined=count("month in which the last place in the reformed service was accepted", "month", bits=16, low=NEVER),
    kind=code("how this person leaves homelessness, drawn once", KINDS),
    situation=code("where this person lives", SITUATIONS),
    was=code("the situation when the month began; gone: was not there", SITUATIONS),
    fate=code("what became of this person", FATES),
    group=count("row of the group this person belongs to, drawn once", "row", bits=8),
    fast=flag("in a fast stay: leaves the crisis service within weeks"),
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
def short_chance(user, p):
    """Chance that a newcomer is a short stayer: falls with need, `short_share` at the reference need."""
    return clip01(p.short_share + p.kind_need * (p.need_reference - user.need))


@rule
def kind_of(user, p, luck):
    """Short, episodic or long stayer: drawn once.  Three clusters of shelter users are known [S1]; shares by a fit."""
    short = short_chance(user, p)
    if luck < short:
        return SHORT
    return LONG if luck > 1.0 - (1.0 - short) * p.long_of_rest else EPISODIC


@rule
def is_fast(user, p, luck):
    """Whether the stay that begins is a fast one: always of a short stayer, never of a long one."""
    return user.kind == SHORT or (user.kind == EPISODIC and luck < p.fast_episodic)


@rule
def is_new(user):
    """Has never had a crisis bed."""
    return user.bed_from == NEVER


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
    """Ask for a crisis bed this month: by kind, which brings long stayers back and keeps short ones away; who is new
    asks until there has been a bed.  Balanced with a place's counts (model/balance.py)."""
    chance = p.seek_long
    if is_new(user):
        chance = p.seek_new
    elif user.kind == SHORT:
        chance = p.seek_short
    elif user.kind == EPISODIC:
        chance = p.seek_episodic
    return luck < min(chance * (p.seek_street if user.situation == UNSERVED else 1.0), 1.0) * group.finds_bed


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
def prefers(user, programme, free, p):
    """What speaks for one of several programmes with a free place: fit (`choose_fit`), and its share `free` of what is
    free, as who refers looks at it.  Assumption."""
    return p.choose_fit * fit(user, programme, p) + (1.0 - p.choose_fit) * free


@rule
def is_between_homes(user):
    """A tenant of the reformed service who lost or left a home and kept the place."""
    return user.situation == LOOKING and user.housed_on >= user.joined


@rule
def holds_home(user):
    """One home of the reformed service is this person's: to live in, through a spell too, or the one that the programme
    has for a tenant between two homes."""
    return user.situation == REFORM or is_between_homes(user)


@rule
def is_in_spell(user):
    """A tenant of the reformed service in a crisis bed for a spell: has a home and looks for none."""
    return user.situation == REFORM and user.bed_provider >= 0


@rule
def waits_for_home(user, p):
    """Takes part in this month's lottery for homes: looking for a first home with support, in a slow stay, or hidden
    and nominated.  Of long stayers nobody where `home_weight_long` is 0: none moves to a home without support."""
    if user.situation == HIDDEN:
        return p.home_weight_hidden > 0.0
    if user.situation == LOOKING:
        return not is_between_homes(user)
    if user.kind == LONG and p.home_weight_long <= 0.0:
        return False
    return user.situation == CRISIS and not user.fast


@rule
def weight_in_queue(user, group, p):
    """How likely a person comes first in the lottery for homes; an episodic person in a slow stay has weight 1."""
    if user.situation == LOOKING:
        return p.reform_priority
    if user.situation == HIDDEN:
        return p.home_weight_hidden * group.moves_on
    return (p.home_weight_long if user.kind == LONG else 1.0) * group.moves_on


@rule
def slower(user, p):
    """How much need delays the end of support: 1 - k (need - reference), at least `need_factor_least`.  Assumption."""
    return max(1.0 - p.slow_need * (user.need - p.need_reference), p.need_factor_least)


@rule
def resolves(user, p):
    """Chance a month, away from services, of finding an answer of one's own: by kind; not in the month of arrival."""
    if user.was == GONE:
        return 0.0
    if is_new(user):
        return p.resolve_new
    if user.kind == SHORT:
        return p.resolve_short
    return p.resolve_episodic if user.kind == EPISODIC else p.resolve_long


@rule
def month_hidden(user, p, luck, where):
    """Hidden: find an answer of one's own, of which a share is a home, or end up on the street."""
    if luck < resolves(user, p):
        return FINDS_HOME if where < p.home_after_hidden else FINDS_ANSWER
    return GOES_TO_STREET if luck > 1.0 - p.hidden_to_street else STAYS


@rule
def month_unserved(user, p, luck, where):
    """Unserved: find an answer of one's own, less often than with friends, or a sofa."""
    if luck < resolves(user, p) * p.resolve_street:
        return FINDS_HOME if where < p.home_after_hidden else FINDS_ANSWER
    return GOES_TO_FRIENDS if luck > 1.0 - p.street_to_hidden else STAYS


@rule
def month_in_crisis(user, group, p, luck, where):
    """In the crisis service: a fast stay ends within weeks [S2], for a share in a home; a slow one goes on, but for who
    drifts out, until there is a home (this month's lottery comes before)."""
    if luck >= (p.exit_fast if user.fast else p.drift_out) * group.moves_on:
        return STAYS
    if user.fast and where > 1.0 - p.home_after_fast:
        return FINDS_OWN_HOME
    return GOES_TO_STREET if where < p.crisis_to_street else GOES_TO_FRIENDS


@rule
def month_looking(user, p, luck, where):
    """Looking for a home with support.  Between two homes: the programme finds another [S8].  The search may end
    without one: a tenant loses the place, who has a bed goes on in it, others go where people go who leave a bed."""
    if is_between_homes(user) and luck > 1.0 - p.rehouse:
        return IS_REHOUSED
    if luck >= p.looking_ends:
        return STAYS
    if is_between_homes(user):
        return LOSES_HOME
    if user.bed_provider >= 0:
        return GIVES_UP
    return GOES_TO_STREET if where < p.crisis_to_street else GOES_TO_FRIENDS


@rule
def month_as_tenant(user, group, programme, strain, p, month, by_fit, by_core, luck, where):
    """With a home of the reformed service: lose it and the place, or (`spell_keeps_home`) go to the crisis service for
    a spell and keep both; need no more support (later with need; assumption), home kept; or lose or leave the home and
    keep the place, as the programme keeps its tenants.  In a spell nothing else happens; it ends like a fast stay."""
    if is_in_spell(user):
        return COMES_HOME if luck > 1.0 - p.exit_fast else STAYS
    if loses_home(user, group, programme, strain, p, month, by_fit, by_core, luck):
        return GOES_FOR_SPELL if where < p.spell_keeps_home else LOSES_HOME
    if where < p.support_ends * slower(user, p):
        return NEEDS_NO_SUPPORT
    return CHANGES_HOME if where > 1.0 - p.changes_home * group.loses_home else STAYS


@rule
def comes_back(user, group, p, chance):
    """Chance of coming back: `chance` for short stayers at the reference need; more for other kinds, and with need."""
    likely = max(1.0 + p.lose_home_need * (user.need - p.need_reference), p.need_factor_least)
    return chance * (1.0 if user.kind == SHORT else p.return_ratio) * likely * group.returns


@rule
def month_settled(user, group, p, luck):
    """Settled: come back within `returns_months` [S18, R2, R3]; after that need nobody."""
    if luck < comes_back(user, group, p, p.return_settled):
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
    back = p.return_housed * max(p.return_ratio, 1.0) * max(1.0 + abs(likely), p.need_factor_least)
    return dying, back * groups.returns.max()


@rule
def may_be(luck, most):
    """Whether it may happen to anybody with this draw; most: the highest chance there is (`most_likely`)."""
    return luck < most


@rule
def month_housed(user, group, p, luck):
    """Housed for long, or by one's own way: seldom come back.  Off by default; assumption."""
    return COMES_BACK if luck < comes_back(user, group, p, p.return_housed) else STAYS


@rule
def entries_with_homes(p, recent, usual):
    """Factor on expected arrivals: homes given to people of the system draw more people to it [S129: New York; the sign
    alone is known].  recent, usual: homes a month of late, and before the run; 1 while they are the same."""
    return max(1.0 + p.entries_respond * (recent / usual - 1.0), 0.0) if usual > 0.0 else 1.0


@rule
def keeps_home(p, luck):
    """Keep the home as an ordinary tenancy when the reformed place is closed."""
    return luck < p.keep_home


@rule
def losses_hang_on(p):
    """How much fit and fidelity weigh in losing a home, as log odds ratios: the same for everybody, so taken once."""
    return log(p.dropout_fit), log(p.dropout_fidelity)


@rule
def loses_home(user, group, programme, strain, p, month, by_fit, by_core, luck):
    """Lose the home and the place in the reformed service this month.

    hazard = (first year / later) * need * dropout_fit^((fit - fit_reference) / odds_span)
    * dropout_fidelity^((fidelity - fidelity_reference) / odds_span) * exp(-direct effect of users' design power).
    The odds ratio for a good against a poor fit is `dropout_fit` [S65, S66], for fidelity .9 against .5
    `dropout_fidelity` (by_fit and by_core: their logarithms); hazards are small, so odds are close to them.
    strain: of the provider's staff.
    Published losses are those of tenants of high need (`lose_home_reference`), whom the studies enrolled.
    The direct effect of design voice is 0 by default: the one trial found nothing [S70].
    """
    hazard = p.lose_home_first_year if month - user.joined <= 12 else p.lose_home_later  # 12: the first year
    better_fit = (fit(user, programme, p) - p.fit_reference) / p.odds_span
    better_core = (programme.fidelity - p.fidelity_reference) / p.odds_span
    effect = by_fit * better_fit + by_core * better_core
    effect = effect - p.voice_direct * programme.design_users + p.lose_home_need * (user.need - p.lose_home_reference)
    effect = effect + p.lose_home_strain * (strain - p.strain_reference)
    return below_exp(luck, hazard * group.loses_home, effect)


@rule
def confidence(user, p):
    """How much likelier the confident come to a meeting: voice^bias, scaled to keep the mean near 1; bias 0: a fair
    sample.  Assumption."""
    return power(user.voice + p.voice_least, p.voice_bias) * (1.0 + p.voice_bias)


@rule
def takes_part(user, room, p, luck):
    """Take part when there is room for a share `room` of the users: the confident come first."""
    if luck >= room * (1.0 + 2.0 * p.voice_least * p.voice_bias) * (1.0 + p.voice_bias):  # (1 + least)^bias and more
        return False
    return luck < room * confidence(user, p)


@rule
def is_heard(user, room, fair, p, luck):
    """Have a say this month: drawn fairly for a share `fair` of the room, or taking part in what is left of it."""
    return luck < fair * room or takes_part(user, room * (1.0 - fair), p, 1.0 - luck)


@rule
def chance_to_be_heard(user, room, fair, p):
    """How likely this person has a say this month: what `is_heard` draws."""
    return min(room * (fair + (1.0 - fair) * confidence(user, p)), 1.0)


@rule
def carers_shift(user, programme, p):
    """How far a carer shifts what is heard towards safety: `carer_shift`; of somebody in a home with support less each
    month (`carers_learn`), towards none where it fits well.  Families oppose a move before and approve after [S226]."""
    if user.situation != REFORM or p.carers_learn <= 0.0:
        return p.carer_shift
    learned = 1.0 - power(1.0 - p.carers_learn, 1.0 * user.months)
    return p.carer_shift * (1.0 - learned * fit(user, programme, p))


@rule
def speaks_for(user, shift, luck):
    """What is heard of somebody: own wants, or where voice is low a carer's, who asks for safety before choice."""
    if user.carer and luck > user.voice:
        return clip01(user.wants_choice - shift), user.wants_home, clip01(user.wants_support + shift)
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
