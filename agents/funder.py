"""Funders: the public commissioner, who pays almost everything, and the foundation, which adds about one per cent.

The commissioner sees visible crisis, reports, its books, and what is shown to it.  The foundation sees reputation,
applications and - after a grant or a listening cycle - how people acted; never willingness or belief themselves.
Order of the month: income -> overheads -> call, assessment, awards -> payments while conditions hold -> listening;
commissioner: growth or austerity -> emergency beds -> answers to those who ask for free mainstream money.
"""

from engine.arithmetic import clip01, log_odds, logistic, normal_quantile
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
    programme=count("row of the programme in which its money works; -1: not begun", "row", bits=32, low=-1),
    ordinal=count("ordinal number of the award", "awards", bits=32),
    wait=count("months until the money starts", "months", bits=16),
    left=count("months of payments left", "months", bits=16),
    months=count("months since the money began", "months", bits=16),
    lot_places=count("reformed places it pays", "places", bits=16),
    state=code("how the contract stands", GRANT_STATES),
    fake=flag("the partnership in the application was faked"),
)

LOT = record(
    "Lot",
    ordinal=count("who opened it when: keys its draws, alike under every strategy", "code", bits=64),
    provider=count("row of the provider", "row", bits=32),
    programme=count("row of the programme", "row", bits=32),
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
def score(seen, provider, crisis_need, short, lever, p, luck):
    """A panel's score of an application: weights on willingness, prestige and need; what is left goes by lottery.  A
    promise that looks hard to keep costs points.  short: share of the partnership asked for that is seen to be missing.
    """
    by_lottery = 1.0 - lever.site_willingness - lever.site_prestige - lever.site_need - lever.site_outside
    weighed = lever.site_willingness * seen + lever.site_prestige * provider.reputation + lever.site_need * crisis_need
    return weighed + (by_lottery if by_lottery > 0.0 else 0.0) * luck - p.promise_doubt * short


@rule
def chooses_outside(lever, luck):
    """Give this award to a pilot outside the system, whoever applied."""
    return luck < lever.site_outside


@rule
def detects_fake(lever, p, luck):
    """Users on the panel and verification detect fakes."""
    return luck < clip01(p.detect_seats * lever.user_seats + p.detect_verification * lever.verification)


@rule
def promise_broken(grant, short, p):
    """How far the promise of partnership is seen to be broken: not before the time to keep it is over, and of one that
    is only pretended no more than verification uncovers.  short: share of what was promised that is not there."""
    if grant.months < p.promise_months:
        return 0.0
    return short * (p.detect_verification * grant.verification if grant.fake else 1.0)


@rule
def holds_payment(grant, provider, short, p, luck):
    """A later payment is held back where a check finds a condition unmet: a promise not kept in time, or low reports.

    Reports `report_shortfall` below what is expected count as wholly unmet.
    """
    low = grant.condition_metrics * clip01((p.expected_success - provider.reported) / p.report_shortfall)
    return luck < clip01((promise_broken(grant, short, p) + low) * grant.progress_checks)


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
def emergency_beds(visible, usual, p):
    """Visible rough sleeping draws emergency money into beds: the crisis ratchet.  Beds wanted this month.  usual: the
    place's own count at month 0."""
    return p.emergency_response * (visible - usual) if visible > usual else 0.0


@rule
def emergency_price(usual, p):
    """What a crisis place bought under emergency pressure costs a month, in cents, as long as it is open:
    `emergency_price` times a usual one.  1: no dearer."""
    return round(usual * p.emergency_price)


@rule
def visible_next(visible, rough, p):
    """People on the street as the commissioner sees them: the mean of about the last `counts_read` months' counts."""
    return visible + (rough - visible) / p.counts_read


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
def results_as_read(provider, p, luck):
    """A provider's reported results as the commissioner reads them."""
    return clip01(provider.reported + p.reading_noise * normal_quantile(luck))


@rule
def reasons(provider, system, results, p):
    """What speaks for giving free mainstream money to this provider's reform and not to its rivals, log odds.

    For: results as read; what a place costs less than a bed; public attention, drawn by brand and campaign; others'
    case, made known by a spotlight; testimony of users and carers who were heard here; the example of users' seats
    where the foundation divides money.  Against: crisis pressure, which speaks for more beds.  Sizes: assumptions.
    """
    pull = p.agree_results * (results - p.expected_success)
    pull = pull + p.agree_cost * (system.bed_month - system.place_month) / system.bed_month
    pull = pull + p.brand_attention * provider.branding + p.campaign_attention * system.campaign
    pull = pull + p.agree_case * system.case
    pull = pull + p.agree_testimony * provider.heard * provider.voice_heard
    return pull + p.agree_seats * system.seats_seen - p.agree_pressure * system.pressure


@rule
def chance_of_yes(pull, p):
    """Of giving free mainstream money to a claim of reform: `agree_usual` where nothing speaks for it or against it."""
    return logistic(log_odds(p.agree_usual) + pull)


@rule
def agrees(pull, p, luck):
    """Give free mainstream money to a claim of reform."""
    return luck < chance_of_yes(pull, p)


@rule
def takes_note(now, shown, p):
    """The commissioner takes in what is shown, slowly, and forgets it as slowly."""
    return clip01(now + p.notice_rate * (shown - now))


@rule
def free_next(free, growth, reserved, p):
    """Mainstream money that is free for reform, cents a month: growth comes in; of what reform has not been given its
    rivals (families, other services) take a share every month, but not of what is `reserved`."""
    taken = int(p.rivals_take * max(free - reserved, 0))
    return free - taken + growth


@rule
def reserved(missing, system, p):
    """Money that the commissioner keeps for planned places that stopped and nothing has replaced: cents a month."""
    return int(p.plan_kept * missing * system.place_month)


@rule
def money_pressure(free, spend, p):
    """Lack of free money on [0, 1]: 1 when nothing is free, 0 when a share `free_enough` of spend is."""
    return clip01(1.0 - free / (p.free_enough * spend)) if spend > 0 else 1.0
