"""Managers: one leads each provider.  They apply for grants, shift places and money, protect staff or press on.

They see their own staff, residents, books and a noisy reading of results, and hear from managers they know; never a
strategy's name, other providers' books or what a foundation intends.
Order of the month: read results -> weigh readiness -> apply -> open, convert or hold back -> talk to other managers.
"""

from engine.arithmetic import clip01, logistic, normal_quantile
from engine.chance import decisions
from engine.record import number, record, share
from engine.rule import rule

PEER_MANAGERS = 4  # other managers one talks to.  Assumption: no data found (EVIDENCE d5)

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

CHOICES = decisions("manager", "applies", "fakes partnership", "opens places", "converts beds")
READS = decisions("manager", "reads results", "openness", "reputation", "lot of the draw")


@rule
def reads_results(me, reported, p, luck):
    """Results as reported, read with noise and slowly."""
    seen = clip01(reported + p.reading_noise * normal_quantile(luck))
    return clip01(me.reading + p.reading_rate * (seen - me.reading))


@rule
def readiness(me, provider, peers, crisis_pressure, p):
    """Readiness = logistic of what speaks for reform minus what speaks against it (weights: assumption; minds.toml).

    For: perceived advantage, share of staff on side, users' voice, openness, ready peers, incentive, frustration.
    Against: weariness, rivalry, crisis pressure and the provider's resistance.
    """
    pull = p.ready_advantage * (me.reading - p.expected_success) + p.ready_staff * (provider.on_side - p.on_side_start)
    pull = pull + p.ready_voice * (provider.voice_heard - p.voice_mean) + p.ready_openness * (me.openness - 0.5)
    pull = pull + p.ready_peers * (peers - 0.3) * (1.0 - provider.rivalry) + p.ready_incentive * provider.incentive
    pull = pull + p.ready_frustration * me.frustration + p.ready_notice * me.noticed
    push = p.ready_weariness * me.weariness + p.ready_rivalry * provider.rivalry
    push = push + p.ready_pressure * crisis_pressure + p.ready_resistance * provider.resistance
    return logistic(p.ready_base + pull - push)


@rule
def applies(me, p, luck):
    """Answer a call for applications: even a reluctant manager may, money is money."""
    return luck < clip01(p.apply_base + (1.0 - p.apply_base) * me.readiness)


@rule
def frustration_next(me, crisis_fit, stuck, p):
    """Frustration at the mismatch follows poor fit and people who are ready but stuck."""
    return clip01(me.frustration + p.frustration_rate * (0.5 * (1.0 - crisis_fit) + 0.5 * stuck - me.frustration))


@rule
def weariness_next(me, initiatives, p):
    """Every campaign, check and empty show tires; it fades with a half-life of about a year."""
    return clip01(me.weariness * (1.0 - p.weariness_fades) + p.weariness_gain * initiatives)


@rule
def ownership_fades(me, p):
    """Without a programme ownership goes back to where it was, slowly."""
    return clip01(me.ownership + p.ownership_fades * (p.ownership_start - me.ownership))


@rule
def ownership_next(me, own_hand, imposed, brand, credit, p):
    """The reform is ours: follows whose design it is, falls with branding and imposition, rises with credit [S64, S77].

    own_hand: share of design power held by users and providers of this place; credit: others' attention to own results.
    """
    target = clip01(own_hand - p.brand_penalty * brand - p.ownership_imposed * imposed + p.credit * credit)
    return clip01(me.ownership + p.ownership_rate * (target - me.ownership))


@rule
def trust_next(me, listened, promises_kept, shared_credit, brand, imposed, p):
    """Trust in the foundation: up with listening, kept promises and shared credit, down with branding, imposition."""
    up = p.trust_listening * listened + p.trust_promises * promises_kept + p.trust_credit * shared_credit
    down = p.trust_branding * brand + p.trust_imposed * imposed
    return clip01(me.trust + up * (1.0 - me.trust) - down * me.trust)


@rule
def opens_places(me, p, luck):
    """Open reformed places with mainstream money, when there is any: a decision of some months, hence a small rate."""
    return luck < p.open_rate * me.readiness


@rule
def converts_beds(me, consent, p, luck):
    """Close a lump of crisis beds and open reformed places instead, as far as staff consent."""
    return luck < p.convert_rate * me.readiness * consent
