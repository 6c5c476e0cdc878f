"""Step 9: experience is remembered - by users, professionals, managers, and by everybody about the foundation."""

from agents.funder import imposition
from agents.manager import (
    READS,
    frustration_next,
    ownership_fades,
    ownership_next,
    reads_results,
    trust_next,
    weariness_next,
)
from agents.professional import (
    IN_OUTREACH,
    IN_REFORM,
    VACANT,
    after_contact,
    after_experience,
    after_pressure,
    after_training,
    back_to_habit,
    strain_next,
)
from agents.provider import towards
from agents.service_user import CRISIS, GONE, HIDDEN, LOOKING, REFORM, SETTLED, UNSERVED, fit, remembers
from engine.arithmetic import clip01
from engine.chance import uniforms
from engine.rule import kernel, rule


@rule
def users_remember(world):
    """Trust follows what the service was like; users who see peers decide on a panel gain voice."""
    p = world.parameters[0]
    for i in world.by_place[: world.system[0].present]:
        me = world.users[i]
        if me.place == GONE or me.place == HIDDEN or me.place == SETTLED:
            continue
        if me.place == REFORM:
            me.trust = remembers(me, fit(me, world.providers[me.provider], p), p)
        elif me.place == UNSERVED:
            me.trust = remembers(me, p.trust_unserved, p)
        else:
            me.trust = remembers(me, p.trust_crisis, p)


@rule
def seats_seen(world):
    """In the month of a call, residents of applicants see peers decide."""
    system = world.system[0]
    p = world.parameters[0]
    if system.seats <= 0.0:
        return
    for i in range(world.users.shape[0]):
        me = world.users[i]
        if (me.place == CRISIS or me.place == LOOKING or me.place == REFORM) and world.providers[me.provider].applied:
            me.voice = clip01(me.voice + p.seats_voice * system.seats)


@rule
def results_come_in(me, p):
    """Results of a provider: tenancies kept over a year, from losses smoothed over about a year."""
    if me.in_reform > 0:
        me.loss_rate = towards(me.loss_rate, me.homes_lost / me.in_reform, p.success_rate)
        me.success = clip01(1.0 - 12.0 * me.loss_rate)


@rule
def staff_remember(world):
    """Meeting users, training, what one sees work, strain, pressure from outside, and habit."""
    p = world.parameters[0]
    for i in range(world.professionals.shape[0]):
        me = world.professionals[i]
        if me.service == VACANT:
            continue
        home = world.providers[me.provider]
        me.belief = after_contact(me, home.contact, p)
        me.belief = after_training(me, home.training, p)
        me.seen, me.belief = after_experience(me, home.success, p)
        pressure = home.intensity * imposition(
            home.power_blueprint, home.enforcement, home.brand, world.managers[me.provider].trust, p
        )
        me.belief = after_pressure(me, pressure, p)
        me.belief = back_to_habit(me, p)
        if me.service == IN_OUTREACH:
            load = 1.0
        elif me.service == IN_REFORM:
            load = (home.in_reform + home.in_looking) / (max(home.staff_reform, 1) * p.caseload_reform)
        else:
            load = home.in_crisis / (max(home.staff_crisis, 1) * p.caseload_crisis)
        me.strain = strain_next(me, load - home.relief, home.burden, p)


@rule
def managers_remember(world, lever):
    """Reading of results, frustration, weariness, ownership, trust in the foundation."""
    system = world.system[0]
    p = world.parameters[0]
    pilot = world.providers[world.providers.shape[0] - 1]
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        boss = world.managers[j]
        luck, _, _, _ = uniforms(system.seed, READS, system.month, j)
        boss.reading = reads_results(boss, me.reported, p, luck)
        boss.frustration = frustration_next(boss, p.trust_crisis, me.stuck, p)
        imposed = me.intensity * imposition(me.power_blueprint, me.enforcement, me.brand, boss.trust, p)
        real = me.success - p.expected_success
        heard = system.spotlight if real >= 0.0 else 0.0
        shown = system.campaign * pilot.success * p.campaign_advantage if pilot.in_reform > 0 else 0.0
        # .1 a month: what is shown is noticed within a year.  Assumption
        boss.noticed = clip01(boss.noticed + 0.1 * (heard + shown - boss.noticed))
        initiatives = p.campaign_weary * system.campaign + p.convening_weary * system.convening
        initiatives = initiatives + p.checks_weary * me.intensity * (0.5 * me.checks + 0.5 * me.metrics)
        initiatives = initiatives + (system.spotlight if real < 0.0 else 0.0)
        boss.weariness = weariness_next(boss, clip01(initiatives), p)
        if me.grant_month > 0 or system.spotlight > 0.0:
            hand = 1.0 - me.power_blueprint
            target = clip01(p.ownership_start + me.intensity * (hand - p.ownership_start))
            boss.ownership = ownership_next(
                boss, target, imposed, me.intensity * me.brand, heard * (1.0 - lever.branding), p
            )
        else:
            boss.ownership = ownership_fades(boss, p)
        listened = 1.0 if system.listening else 0.0
        kept = me.intensity if me.grant_month > 0 else 0.0
        boss.trust = trust_next(
            boss, listened, kept, heard * (1.0 - lever.branding), me.brand * me.intensity, imposed, p
        )


@kernel
def experience_is_remembered(world):
    """9. Trust and voice of users; strain, evidence and belief of professionals; managers' reading; everyone's trust in
    the foundation."""
    p = world.parameters[0]
    lever = world.levers[world.system[0].month]
    users_remember(world)
    seats_seen(world)
    for j in range(world.providers.shape[0]):
        results_come_in(world.providers[j], p)
    staff_remember(world)
    managers_remember(world, lever)
