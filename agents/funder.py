"""Funders: the public commissioner, who pays almost everything, and the foundation, which adds about one per cent.

The commissioner sees visible crisis, reports and its books.  The foundation sees reputation, applications and - after a
grant or a listening cycle - how people acted; never willingness or belief themselves.
Order of the month: income -> overheads -> call, assessment, awards -> payments while conditions hold -> listening;
commissioner: growth or austerity -> emergency beds -> what mainstream money takes over.
"""

from engine.arithmetic import clip01
from engine.record import code, count, flag, money, record, share
from engine.rule import rule

GRANT_STATES = ("free row", "waiting", "open")  # waiting: awarded, but not yet begun
CLOSED, WAITING, OPEN = range(3)
LOT_STATES = ("free row", "paid by a grant", "paid by mainstream money", "discontinued")
EMPTY, GRANT_PAID, MAINSTREAM, DEAD = range(4)

GRANT = record(
    "Grant",
    total=money("awarded"),
    paid=money("paid so far"),
    month=money("payment due a month"),
    places=money("of it for reformed places, a month"),
    involvement=money("of it for users' involvement, a month"),
    training=money("of it for training, a month"),
    bridge=money("of it for double running, a month"),
    implementation=money("of it for implementation support, a month"),
    design_users=share("design power of users under this contract"),
    design_blueprint=share("design power of the blueprint under this contract"),
    fidelity_required=share("fidelity required"),
    branding=share("branding"),
    condition_partnership=share("strictness of the condition of user partnership"),
    condition_metrics=share("strictness of the condition on the funder's metrics"),
    progress_checks=share("progress checks"),
    verification=share("verification of what is reported"),
    provider=count("row of the provider", "row", bits=32),
    ordinal=count("ordinal number of the award", "awards", bits=32),
    wait=count("months until the money starts", "months", bits=16),
    left=count("months of payments left", "months", bits=16),
    lot_places=count("reformed places it pays", "places", bits=16),
    state=code("how the contract stands", GRANT_STATES),
    fake=flag("the partnership in the application was faked"),
)

LOT = record(
    "Lot",
    ordinal=count("who opened it when: keys its draws, alike under every strategy", "code", bits=64),
    provider=count("row of the provider", "row", bits=32),
    grant=count("row of the grant that pays it; -1 is none", "row", bits=32, low=-1),
    places=count("reformed places", "places", bits=32),
    months=count("months in the present state", "months", bits=16),
    state=code("how the lot stands", LOT_STATES),
    promised=flag("mainstream money was promised for the day the grant ends"),
    bridged=flag("part of a conversion: double running is paid from bridge money"),
    left=count("months of grant money left", "months", bits=16),
    mended=flag("has been discontinued and restarted"),
)


@rule
def willingness_seen(manager, provider, p):
    """What the foundation believes of a manager's willingness: reputation until it has met how the manager acts."""
    return manager.known * manager.readiness + (1.0 - manager.known) * provider.reputation


@rule
def score(seen, provider, crisis_need, lever, luck):
    """A panel's score of an application: weights on willingness, prestige and need; what is left goes by lottery."""
    by_lottery = 1.0 - lever.site_willingness - lever.site_prestige - lever.site_need - lever.site_outside
    weighed = lever.site_willingness * seen + lever.site_prestige * provider.reputation + lever.site_need * crisis_need
    return weighed + (by_lottery if by_lottery > 0.0 else 0.0) * luck


@rule
def partnership_offered(manager, provider, p):
    """How real the user partnership in an application is: what the manager's ownership and users' voice allow."""
    return clip01(
        p.partnership_ownership * manager.ownership
        + (1.0 - p.partnership_ownership) * provider.voice_heard
        + p.partnership_money * provider.incentive
    )


@rule
def fakes_partnership(offered, required, p, luck):
    """An applicant who falls short of the condition pretends; the stricter it is, the more fall short."""
    return offered < required and luck < p.faking


@rule
def chooses_outside(lever, luck):
    """Give this award to a pilot outside the system, whoever applied."""
    return luck < lever.site_outside


@rule
def detects_fake(lever, p, luck):
    """Users on the panel and verification detect fakes."""
    return luck < clip01(p.detect_seats * lever.user_seats + p.detect_verification * lever.verification)


@rule
def holds_payment(grant, provider, p, luck):
    """A later payment is held back where a check finds a condition unmet: faked partnership, or low reports.

    Reports `report_shortfall` below what is expected count as wholly unmet.
    """
    broken = grant.condition_partnership * grant.fake + grant.condition_metrics * clip01(
        (p.expected_success - provider.reported) / p.report_shortfall
    )
    return luck < clip01(broken * grant.progress_checks)


@rule
def finds_obstacle(lever, p, luck):
    """A listening cycle finds what staff do not say to a funder: .5 if independent, attributed to nobody, else .15."""
    return luck < p.find_mixed + (p.find_independent - p.find_mixed) * lever.independence


@rule
def takes_place(paid, p):
    """A listening cycle takes place if enough of its cost could be paid.  paid: share of it."""
    return paid >= p.listening_paid


@rule
def imposition(blueprint, required, branding, trust, p):
    """Pressure felt as imposed: blueprint x enforcement x branding, discounted by trust in the foundation.

    A blueprint that is enforced without a brand is still felt by a share `unbranded_pressure`.  Assumption.
    """
    return blueprint * required * (p.unbranded_pressure + (1.0 - p.unbranded_pressure) * branding) * (1.0 - trust)


@rule
def emergency_beds(rough, usual, p):
    """Visible rough sleeping draws emergency money into beds: the crisis ratchet.  Beds wanted this month."""
    return p.emergency_response * (rough - usual) if rough > usual else 0.0


@rule
def usual_next(usual, rough, p):
    """What the commissioner takes for the usual number of people on the street, learnt slowly before the run."""
    return usual + p.usual_rate * (rough - usual)


@rule
def knows_after_award(manager, lever, p):
    """What a grant teaches the foundation about a manager: all it can from `known_grants` a year for each provider on;
    of fewer each is larger, and teaches less for its money."""
    return clip01(manager.known + p.known_grant * min(1.0, lever.grants_per_provider / p.known_grants))


@rule
def knows_after_listening(manager, lever, p):
    """What a listening cycle teaches about a manager: less the more independent it is."""
    taught = p.known_listening * (1.0 - p.known_independence * lever.independence)
    return clip01(manager.known + taught * (1.0 - manager.known))


@rule
def blueprint(p, dimension):
    """The blueprint's periphery: best elsewhere, `context_gap` away from local mean wants: less choice, less of an
    ordinary home, more support (`elsewhere_choice`, `elsewhere_home`, `elsewhere_support`).

    dimension: 0 choice, 1 home, 2 support.
    """
    if dimension == 0:
        wanted = p.wants_choice_mean - p.elsewhere_choice * p.context_gap
    elif dimension == 1:
        wanted = p.wants_home_mean - p.elsewhere_home * p.context_gap
    else:
        wanted = p.wants_support_mean + p.elsewhere_support * p.context_gap
    return min(max(wanted, 0.0), 1.0)


@rule
def attention(lever, p):
    """Branding and campaigns draw the commissioner's attention: log odds added to each request for its money."""
    return p.brand_attention * lever.branding + p.campaign_attention * lever.campaign


@rule
def free_next(free, growth, p):
    """Mainstream money that is free for reform, cents a month: growth comes in, what nobody claims goes elsewhere."""
    return int(free * (1.0 - p.free_decays)) + growth if free > 0 else free + growth


@rule
def money_pressure(free, spend, p):
    """Lack of free money on [0, 1]: 1 when nothing is free, 0 when a share `free_enough` of spend is."""
    return clip01(1.0 - free / (p.free_enough * spend)) if spend > 0 else 1.0
