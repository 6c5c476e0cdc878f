"""Managers: one leads each provider.  They apply for grants, shift places and money, protect staff or press on.

They see their own staff, residents, books and a noisy reading of results, and hear from managers they know; never a
strategy's name, other providers' books or what a foundation intends.
Order of the month: read results -> weigh readiness -> apply -> open, convert or hold back -> talk to other managers.
"""

from engine.arithmetic import clip01, logistic, normal_quantile
from engine.record import number, record, share
from engine.rule import rule

PEER_MANAGERS = 6  # columns for other managers one talks to; how many are used: `ties_managers`

MANAGER = record(
    "Manager",
    openness=share("openness to reform, drawn once"),
    frustration=share("frustration at the mismatch between what residents want and what is there"),
    weariness=share("weariness of initiatives"),
    ownership=share("the reform is ours"),
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
def applies(manager, p, luck):
    """Answer a call for applications: even a reluctant manager may, money is money."""
    return luck < clip01(p.apply_base + (1.0 - p.apply_base) * manager.readiness)


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
    return clip01(manager.ownership + p.ownership_fades * (p.ownership_start - manager.ownership))


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
def opens_places(manager, p, luck):
    """Open reformed places with mainstream money, when there is any: a decision of some months, hence a small rate."""
    return luck < p.open_rate * manager.readiness


@rule
def converts_beds(manager, consent, p, luck):
    """Close a lump of crisis beds and open reformed places instead, as far as staff consent."""
    return luck < p.convert_rate * manager.readiness * consent
