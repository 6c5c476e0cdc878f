"""Programmes: a reformed service inside a provider, with a design, a core, tenants, staff and an age of its own.

A provider has one of its own from before the run; a grant that opens places begins another.  A programme knows its
tenants and its contract; what the house around it is like - convention, resistance, reports - is the provider's.
Order of the month: be designed anew -> keep or lose the core of what works -> stop or go on -> take people in ->
results.
"""

from engine.arithmetic import below_exp, clip01, exp
from engine.record import count, flag, money, record, share
from engine.rule import rule

SLOTS = 4  # rows kept for the programmes of a provider; the first is the provider's own

PROGRAMME = record(
    "Programme",
    provider=count("row of the provider", "row", bits=32),
    began=count("month in which it began; 0: it was there before the run", "month", bits=32),
    of_grant=flag("a grant began it"),
    places_main=count("places paid from mainstream money", "places", bits=32),
    places_grant=count("places paid by grants", "places", bits=32),
    in_reform=count("people with a home in it", "people", bits=32),
    in_looking=count("people who accepted an offer of it and look for a home", "people", bits=32),
    staff=count("professionals who work in it", "people", bits=32),
    duty_first=count("its first one among those on duty in the provider's reformed service", "people", bits=32),
    design_choice=share("choice and control that it gives"),
    design_home=share("how far it is an ordinary home"),
    design_support=share("intensity of its support"),
    fidelity=share("fidelity of the core: tested practice kept"),
    grant_month=money("grant money this month"),
    intensity=share("grant money as a share of what runs it"),
    design_users=share("design power of users, through open grants"),
    design_blueprint=share("design power of the foundation's blueprint, through open grants"),
    fidelity_required=share("fidelity required by open grants"),
    implementation=share("implementation support this month, 1 is a full team"),
    homes_lost=count("tenancies lost this month", "people", bits=32),
    loss_rate=share("tenancies lost a month per tenant, smoothed"),
    success=share("results as they are: share of tenants who keep their home over a year"),
    fit_sum=count("fit of its tenants at the end of last month, summed in fixed point", "2^-32", bits=64),
    good_fit=count("tenants whose place fits well enough to be wanted", "people", bits=32),
)


@rule
def places_of(programme):
    """Its places, whoever pays."""
    return programme.places_main + programme.places_grant


@rule
def free_in(programme):
    """Places that nobody has."""
    return max(places_of(programme) - programme.in_reform - programme.in_looking, 0)


@rule
def reached_by_money(programme, house_intensity, p):
    """How far grant money moves its design: as far as it reaches into this programme, or, from the house's other ones,
    as what is learnt there spreads (`design_spreads`).  Assumption."""
    return max(programme.intensity, p.design_spreads * house_intensity)


@rule
def fidelity_next(programme, resistance, effort, moved, p):
    """Fidelity of the core after this month.  resistance, effort: of the provider; moved: how far it was redesigned.

    Learning lifts a home-grown service towards `fidelity_learned`; implementation support and enforcement lift it
    towards 1 [S60]; without support it drifts down .005 a month [S61], to what services keep anyway
    (`fidelity_usual`); adapting the design costs some of it.
    """
    learn = (
        p.fidelity_learning * programme.intensity * (p.fidelity_learned - programme.fidelity)
        if programme.fidelity < p.fidelity_learned
        else 0.0
    )
    required = programme.fidelity_required * programme.intensity
    lift = (p.implementation_lift * programme.implementation + p.enforcement_lift * required) * (
        1.0 - programme.fidelity
    )
    measured = p.metrics_effort * effort * (1.0 - programme.fidelity)
    drift = p.fidelity_drift * (1.0 - clip01(programme.implementation + required))
    drift = drift * clip01((programme.fidelity - p.fidelity_usual) / p.drift_slows)
    return clip01(
        programme.fidelity + (1.0 - resistance) * (learn + lift + measured) - drift - p.adaptation_cost * moved
    )


@rule
def threat(ownership, pressure, p):
    """What threatens a lot of reformed places, as a logarithm of how much more often it stops: too little ownership,
    lack of money; 0 where both are at the middle of their scales, 1/2."""
    return -p.death_ownership * (ownership - 0.5) + p.death_money * (pressure - 0.5)


@rule
def stops(ownership, pressure, p):
    """Chance a month that a lot is discontinued."""
    return clip01(p.programme_death * exp(threat(ownership, pressure, p)))


@rule
def closes_programme(ownership, pressure, p, luck):
    """A lot of reformed places is discontinued: .7% a month [S78, S79], more under threat."""
    return below_exp(luck, p.programme_death, threat(ownership, pressure, p))


@rule
def stops_at_grant_end(p, luck):
    """Stop on the day the grant ends although mainstream money was promised.  Assumption."""
    return luck < p.death_at_grant_end


@rule
def restarts(p, luck):
    """Ask to take a discontinued lot up again."""
    return luck < p.restart
