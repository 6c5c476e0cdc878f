"""Providers: organisations with beds, tenancies, staff, money, a way of working - and something that holds them back.

They know their own programmes (agents/programme.py), places, books and reports.
Order of the month: resist or let be -> redesign -> open and close places -> report.
"""

from engine.arithmetic import clip01
from engine.record import code, count, flag, money, number, record, share
from engine.rule import rule

OBSTACLES = ("belief", "workload", "money", "job security", "supply")
BELIEF, WORKLOAD, MONEY, SECURITY, SUPPLY = range(5)

PROVIDER = record(
    "Provider",
    crisis_beds=count("crisis beds", "beds", bits=32),
    by_right=count("of them opened because there is a right to a bed", "beds", bits=32),
    emergency=count("of them bought under emergency pressure and still open; they close first", "beds", bits=32),
    in_crisis=count("crisis beds in use", "people", bits=32),
    left_empty=count("crisis beds whose guests left for good and that are not offered again", "beds", bits=32),
    reform_main=count("reformed places paid from mainstream money", "places", bits=32),
    reform_grant=count("reformed places paid by grants", "places", bits=32),
    in_reform=count("people with a home in the reformed service", "people", bits=32),
    in_looking=count("people who accepted an offer and look for a home", "people", bits=32),
    closing_beds=count("crisis beds that close when double running ends", "beds", bits=32),
    closing_months=count("months of double running left", "months", bits=16),
    convention_choice=share("professionals' convention: choice and control"),
    convention_home=share("professionals' convention: ordinary home"),
    convention_support=share("professionals' convention: intensity of support"),
    heard_choice=share("what users were heard to want: choice and control"),
    heard_home=share("what users were heard to want: ordinary home"),
    heard_support=share("what users were heard to want: intensity of support"),
    heard=share("how far anything has been heard from users (0: nothing yet)"),
    acted=share("way that the funded sites have gone to what users said in the present round of involvement"),
    round_months=count("months since the present round of involvement began; 0: no round", "months", bits=16),
    reputation=share("reputation, weakly related to willingness"),
    rivalry=share("rivalry with other providers and professions"),
    reported=share("results as reported"),
    success=share("results as they are: share of tenants who keep their home over a year"),
    effort=share("effort on what is measured"),
    resistance=share("resistance from all its sources"),
    resist_belief=share("resistance from staff who do not believe in it"),
    resist_workload=share("resistance from strain"),
    resist_money=share("resistance from lack of money"),
    resist_security=share("resistance from fear for posts and conditions"),
    resist_supply=share("resistance from lack of homes"),
    obstacle=code("the binding obstacle", OBSTACLES),
    obstacle_known=count("months for which the foundation knows the obstacle", "months", bits=16),
    outside=flag("a pilot outside the system: no ties, no crisis service"),
    open_grants=count("open grants", "grants", bits=16),
    applied=flag("applied in the latest call"),
    faked=flag("that application faked its user partnership"),
    awarded=flag("was awarded a grant in the latest call"),
    reached=flag("was awarded a grant at least once"),
    fakes=count("open grants won with a faked partnership", "grants", bits=16),
    grant_month=money("grant money this month"),
    intensity=share("grant money as a share of what runs the reformed service"),
    design_users=share("design power of users, through open grants"),
    design_blueprint=share("design power of the foundation's blueprint, through open grants"),
    fidelity_required=share("fidelity required by open grants"),
    branding=share("branding of open grants"),
    condition_metrics=share("the funder's own metrics as condition of open grants"),
    condition_partnership=share("user partnership as condition of open grants"),
    progress_checks=share("progress checks of open grants"),
    incentive=share("money in sight for reform"),
    tables=number("places at the table that money for involvement pays this month", "people", 0.0),
    # 1 is a month of a full programme; no month holds more than a year of it
    contact=number("exposure of staff to users as equals this month", "full programmes", 0.0, 12.0),
    training=number("exposure of staff to training this month", "full programmes", 0.0, 12.0),
    burden=share("unfunded extra hours as a share of working time"),
    relief=share("staff hours bought by extra money, as a share of working time"),
    bridge=money("bridge money in hand for double running"),
    staff_first=count("first row of its professionals", "row", bits=32),
    staff_slots=count("rows kept for its professionals", "rows", bits=32),
    staff_crisis=count("professionals in the crisis service", "people", bits=32),
    staff_reform=count("professionals in the reformed service", "people", bits=32),
    belief_mean=share("mean belief of its professionals"),
    on_side=share("share of its professionals on side"),
    strain_mean=share("mean strain of its professionals"),
    voice_heard=share("voice of users that reaches the manager"),
    partnership=share("how far users are partners here"),
    long_stays=count(
        "residents of its crisis service who had been there for over a year at the end of last month", "people", bits=32
    ),
    stuck=share("residents of the crisis service who have been there for over a year"),
    loss_rate=share("tenancies lost a month per tenant, smoothed"),
    closing_bridged=flag("double running is paid from bridge money"),
)


@rule
def towards(now, target, rate):
    """One dimension of a design moves part of the way to a target each month."""
    return clip01(now + rate * (target - now))


@rule
def redesign_rate(provider, p):
    """How fast a funded site is redesigned: slowed by resistance; partnership that is checked is kept honest.

    `redesign_rate` is set so that a full redesign takes about 30 months at usual resistance [S59].  Assumption.
    """
    return (
        p.redesign_rate
        * (1.0 - provider.resistance)
        * (1.0 + p.checks_promise * provider.progress_checks * provider.condition_partnership)
    )


@rule
def real_users_power(design_users, partnership, p):
    """Design power that users really have: part of what contracts give them (`design_users`) stays on paper, the less
    they are partners here the more."""
    return design_users * (1.0 - p.paper_power * (1.0 - partnership))


@rule
def acted_next(provider, p):
    """How far the funded sites have gone to what users said in this round: the share of the way, of 1."""
    power = real_users_power(provider.design_users, provider.partnership, p)
    return clip01(provider.acted + (1.0 - provider.acted) * redesign_rate(provider, p) * power)


@rule
def resistance_next(strength, level, is_binding, aimed, p):
    """One source of resistance: strength x level, doubled where it is the binding obstacle, halved while aimed at."""
    binding = 1.0 if is_binding else 0.0
    weight = 1.0 + p.binding_weight * binding
    return clip01(strength * level * weight * (1.0 - p.aim_relief * aimed * binding))


@rule
def resistance(provider, p):
    """All sources together: they add up, or the largest alone holds back (`resistance_form`)."""
    if p.resistance_form > 0.0:
        largest = max(provider.resist_belief, provider.resist_workload, provider.resist_money)
        return clip01(max(largest, provider.resist_security, provider.resist_supply))
    return clip01(
        provider.resist_belief
        + provider.resist_workload
        + provider.resist_money
        + provider.resist_security
        + provider.resist_supply
    )


@rule
def effort_next(provider, p):
    """Metrics direct effort to what is measured; it fades when nobody asks."""
    return clip01(provider.effort + p.effort_rate * (provider.condition_metrics * provider.intensity - provider.effort))


@rule
def reported_next(provider, p):
    """Reported results follow real ones; where metrics decide over money they drift up without outcomes [S84]."""
    target = clip01(provider.success + p.metric_inflation * provider.effort)
    return clip01(provider.reported + p.report_rate * (target - provider.reported))


@rule
def results_real(provider, p):
    """How far results that are made known are real ones: wholly where what is expected is reached, and not at all
    `report_shortfall` below it."""
    return clip01(1.0 - (p.expected_success - provider.success) / p.report_shortfall)


@rule
def rivalry_next(provider, lost, lever, p):
    """Rivalry fades to where it began; it rises in who applied and lost, more when awards are large (few for the whole
    place), branded or unexplained (no users on the panel).  lost: 1 if that happened in this month's call."""
    rivalry = provider.rivalry + p.rivalry_fades * (p.rivalry_start - provider.rivalry)
    if lost:
        large = clip01(p.rivalry_few_grants / (lever.grants_per_provider * p.providers))
        unexplained = 1.0 - lever.user_seats
        reasons = p.rivalry_large * large + p.rivalry_branded * lever.branding + p.rivalry_unexplained * unexplained
        rivalry = rivalry + p.rivalry_lost * reasons
    return rivalry


@rule
def lets_pass(provider, p, luck):
    """Let somebody go to another provider's free place: rivalry stops some."""
    return luck >= p.rivalry_referral * provider.rivalry


@rule
def offers_again(p, luck):
    """Offer a crisis bed again that a death left empty, or a move to a home after a slow stay: `refill` of them."""
    return luck < p.refill


@rule
def lets_again(p, luck):
    """Let a home with support again whose tenant died or left it for good: `home_recycled` of them.  It is one of next
    month's homes, for whoever comes first."""
    return luck < p.home_recycled


@rule
def fear_for_posts(provider, p):
    """How far staff fear for posts: part of it without any closure, the rest with beds closing and grant-paid places;
    `unionisation` sets how much it counts."""
    return (
        clip01((provider.closing_beds + provider.reform_grant) / max(provider.crisis_beds, 1) + p.threat_base)
        * p.unionisation
    )


@rule
def consents(provider, p):
    """How far staff consent to a closure: fully where all are on side, else less the stronger the unions."""
    return clip01(1.0 - p.unionisation * (1.0 - provider.on_side))


@rule
def loss_rate_next(loss_rate, lost, tenants, p):
    """Tenancies lost a month per tenant, smoothed over about a year: what results are read from."""
    return towards(loss_rate, lost / tenants, p.success_rate)


@rule
def voice_reaches(provider, hearing, voice, p):
    """Users' voice reaches the manager slowly; `hearing`: how much more of it than others do, or less."""
    return clip01(provider.voice_heard + p.voice_heard_rate * (clip01(voice + hearing) - provider.voice_heard))
