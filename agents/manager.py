"""Managers: one leads each provider.  They apply for grants, shift places and money, protect staff or press on.

They differ in openness, ownership, trust, in how much of users' voice they hear, and in what partnership with users
they can offer.  They see their own staff, residents, books and a noisy reading of results, and hear from managers they
know; never a strategy's name, other providers' books or what a foundation intends.
Order of the month: apply and promise -> keep promises -> weigh readiness -> ask for money -> read results.
"""

from engine.arithmetic import clip01, exp, log, logistic, normal_quantile
from engine.record import number, record, share
from engine.rule import rule

ALMOST = 0.999  # keeps the logarithm of a certain chance finite
PEER_MANAGERS = 6  # columns for other managers one talks to; how many are used: `ties_managers`

MANAGER = record(
    "Manager",
    openness=share("openness to reform, drawn once"),
    frustration=share("frustration at the mismatch between what residents want and what is there"),
    weariness=share("weariness of initiatives"),
    ownership=share("the reform is ours"),
    ownership_usual=share("ownership to which this manager goes back without a programme, drawn once"),
    hearing=number("how much more of users' voice this manager hears than others do, drawn once", "share", -1.0, 1.0),
    partnering=number("how much more partnership with users this manager can offer, drawn once", "share", -1.0, 1.0),
    reading=share("noisy reading of how well the reformed service does"),
    readiness=share("readiness for reform: the chance scale on which this manager acts"),
    trust=share("trust in the foundation"),
    known=share("how well the foundation knows this manager's willingness"),
    noticed=number("visibility of others' results that reached this manager", "share", 0.0, 1.0),
)


@rule
def reads_results(manager, reported, p, luck):
    """Results as reported, read with noise and slowly."""
    seen = clip01(reported + p.reading_noise * normal_quantile(luck))
    return clip01(manager.reading + p.reading_rate * (seen - manager.reading))


@rule
def readiness(manager, provider, peers, crisis_pressure, p):
    """Readiness = logistic of what speaks for reform minus what speaks against it (weights: assumption; minds.toml).

    For: perceived advantage, share of staff on side, users' voice, openness, ready peers, incentive, frustration.
    Against: weariness, rivalry, crisis pressure and the provider's resistance.
    `ready_base` is for openness at the middle of its scale, 1/2, and for everything else as usual.
    """
    pull = p.ready_advantage * (manager.reading - p.expected_success) + p.ready_staff * (
        provider.on_side - p.on_side_start
    )
    pull = pull + p.ready_voice * (provider.voice_heard - p.voice_mean) + p.ready_openness * (manager.openness - 0.5)
    pull = (
        pull
        + p.ready_peers * (peers - p.readiness_usual) * (1.0 - provider.rivalry)
        + p.ready_incentive * provider.incentive
    )
    pull = pull + p.ready_frustration * manager.frustration + p.ready_notice * manager.noticed
    push = p.ready_weariness * manager.weariness + p.ready_rivalry * provider.rivalry
    push = push + p.ready_pressure * crisis_pressure + p.ready_resistance * provider.resistance
    return logistic(p.ready_base + pull - push)


@rule
def partnership_offered(manager, provider, p):
    """How far users are partners here without any condition: what ownership, users' voice and the manager's own way
    allow, and what money in sight adds."""
    usual = p.partnership_ownership * manager.ownership + (1.0 - p.partnership_ownership) * provider.voice_heard
    return clip01(usual + manager.partnering + p.partnership_money * provider.incentive)


@rule
def falls_short(partnership, asked):
    """Share of the partnership that is asked for that is not there."""
    return clip01((asked - partnership) / asked) if asked > 0.0 else 0.0


@rule
def applies(manager, short, p, luck):
    """Answer a call for applications: even a reluctant manager may, money is money.  A promise that is far away puts
    off.  short: share of the partnership asked for that is not there."""
    drawn = p.apply_base + (1.0 - p.apply_base) * manager.readiness
    return luck < clip01(drawn * (1.0 - p.promise_deters * short))


@rule
def pretends(short, checked, p, luck):
    """Promise a partnership and mean nothing by it: the more often the further away it is, and the less often where it
    is announced that what an application claims is checked [S173].  checked: how strictly."""
    return luck < p.faking * short * (1.0 - p.faking_deterred * checked)


@rule
def partnership_next(manager, provider, p):
    """How far users are partners here: slowly what the manager can offer, and under open grants what was promised for
    them, as far as it was meant; faster where progress is checked, slower where staff resist."""
    offered = partnership_offered(manager, provider, p)
    meant = 1.0 - provider.fakes / provider.open_grants if provider.open_grants > 0 else 0.0
    aim = offered + meant * max(provider.condition_partnership - offered, 0.0)
    rate = p.partnership_rate * (1.0 + p.checks_promise * provider.progress_checks) * (1.0 - provider.resistance)
    return clip01(provider.partnership + rate * (aim - provider.partnership))


@rule
def mismatch(p, crisis_fit, stuck):
    """What frustrates: poor fit, and residents who have been there for over a year (their share: stuck)."""
    return p.frustration_fit * (1.0 - crisis_fit) + (1.0 - p.frustration_fit) * stuck


@rule
def frustration_next(manager, crisis_fit, stuck, p):
    """Frustration follows the mismatch."""
    return clip01(manager.frustration + p.frustration_rate * (mismatch(p, crisis_fit, stuck) - manager.frustration))


@rule
def weariness_next(manager, initiatives, p):
    """Every campaign, check and empty show tires; it fades with a half-life of about a year."""
    return clip01(manager.weariness * (1.0 - p.weariness_fades) + p.weariness_gain * initiatives)


@rule
def notices(manager, visible, p):
    """Others' results, made visible by a spotlight or a campaign, are noticed within a year or so."""
    return clip01(manager.noticed + p.notice_rate * (visible - manager.noticed))


@rule
def ownership_fades(manager, p):
    """Without a programme ownership goes back to where it was, slowly."""
    return clip01(manager.ownership + p.ownership_fades * (manager.ownership_usual - manager.ownership))


@rule
def ownership_next(manager, own_hand, imposed, branding, credit, p):
    """The reform is ours: follows whose design it is, falls with branding and imposition, rises with credit [S64, S77].

    own_hand: share of design power held by users and providers of this place; credit: others' attention to own results.
    """
    target = clip01(own_hand - p.brand_penalty * branding - p.ownership_imposed * imposed + p.credit * credit)
    return clip01(manager.ownership + p.ownership_rate * (target - manager.ownership))


@rule
def trust_next(manager, listened, promises_kept, shared_credit, branding, imposed, p):
    """Trust in the foundation: up with listening, kept promises and shared credit, down with branding, imposition."""
    up = p.trust_listening * listened + p.trust_promises * promises_kept + p.trust_credit * shared_credit
    down = p.trust_branding * branding + p.trust_imposed * imposed
    return clip01(manager.trust + up * (1.0 - manager.trust) - down * manager.trust)


@rule
def asks_to_open(manager, usual, p):
    """Chance a month of asking for mainstream money to open reformed places: a decision of some months, hence small.
    usual: how often managers ask here, as a multiple of `open_rate` (model/openings.py)."""
    return clip01(usual * p.open_rate * manager.readiness)


@rule
def opens_places(manager, usual, p, luck):
    """Ask for mainstream money to open reformed places."""
    return luck < asks_to_open(manager, usual, p)


@rule
def grows_the_best(p, luck):
    """Open places in the programme with the best results, not in the largest.  Assumption."""
    return luck < p.grow_best


@rule
def asks_to_convert(manager, consent, p):
    """Chance a month of asking to close a lump of crisis beds and to open reformed places instead."""
    return p.convert_rate * manager.readiness * consent


@rule
def converts_beds(manager, consent, p, luck):
    """Ask to close a lump of crisis beds and open reformed places instead, as far as staff consent."""
    return luck < asks_to_convert(manager, consent, p)


@rule
def asks_for_takeover(manager, p, luck):
    """Ask in this month that mainstream money takes a lot over: logistic of readiness and ownership.

    The chance is that of one month, so that `takeover_months` months give the stated odds; the commissioner answers
    each time.  `takeover_base` is for ownership at the middle of its scale, 1/2.
    """
    pull = p.takeover_readiness * (manager.readiness - p.readiness_usual) + p.takeover_base
    pull = pull + p.takeover_ownership * (manager.ownership - 0.5)
    return luck < 1.0 - exp(log(1.0 - ALMOST * logistic(pull)) / p.takeover_months)
