"""Step 4: services are redesigned, towards whoever holds power there, and keep or lose the core of what works."""

import math

from agents.funder import money_pressure
from agents.provider import (
    BELIEF,
    MONEY,
    SECURITY,
    SUPPLY,
    WORKLOAD,
    acted_next,
    effort_next,
    fidelity_next,
    real_users_power,
    redesign_rate,
    reported_next,
    resistance_next,
    towards,
)
from engine.arithmetic import clip01
from engine.rule import kernel, rule
from model.contracts import blueprint, led_design


@rule
def resists(me, system, p):
    """Resistance from its five separable sources; known obstacles are aimed at while grant money works here."""
    aimed = 1.0 if me.obstacle_known > 0 and me.open_grants > 0 else 0.0
    # .3 of the fear for posts is there without any closure.  Assumption
    threat = clip01((me.closing_beds + me.reform_grant) / max(me.crisis_beds, 1) + 0.3) * p.unionisation
    me.resist_belief = resistance_next(
        me, p.resist_belief, 1.0 - me.belief_mean, 1.0 if me.obstacle == BELIEF else 0.0, aimed, p
    )
    me.resist_workload = resistance_next(
        me, p.resist_workload, me.strain_mean, 1.0 if me.obstacle == WORKLOAD else 0.0, aimed, p
    )
    me.resist_money = resistance_next(
        me, p.resist_money, system.money_pressure * (1.0 - me.intensity), 1.0 if me.obstacle == MONEY else 0.0, aimed, p
    )
    me.resist_security = resistance_next(
        me, p.resist_security, threat, 1.0 if me.obstacle == SECURITY else 0.0, aimed, p
    )
    me.resist_supply = resistance_next(
        me, p.resist_supply, system.stuck, 1.0 if me.obstacle == SUPPLY else 0.0, aimed, p
    )
    return clip01(me.resist_belief + me.resist_workload + me.resist_money + me.resist_security + me.resist_supply)


@rule
def is_redesigned(me, p):
    """The design moves towards users, plan and convention in proportion to their power; returns the distance moved."""
    users = real_users_power(me, p)
    rate = redesign_rate(me, p) * me.intensity  # the service as a whole moves as far as grant money reaches into it
    me.acted = acted_next(me, p)
    choice = led_design(users, me.power_blueprint, me.heard_choice, blueprint(p, 0), me.convention_choice, me.heard)
    home = led_design(users, me.power_blueprint, me.heard_home, blueprint(p, 1), me.convention_home, me.heard)
    support = led_design(users, me.power_blueprint, me.heard_support, blueprint(p, 2), me.convention_support, me.heard)
    was_choice = me.design_choice
    was_home = me.design_home
    was_support = me.design_support
    neglect = p.metrics_neglect * me.effort
    me.design_choice = towards(towards(me.design_choice, choice, rate), me.convention_choice, neglect)
    me.design_home = towards(towards(me.design_home, home, rate), me.convention_home, neglect)
    me.design_support = towards(towards(me.design_support, support, rate), me.convention_support, neglect)
    a = me.design_choice - was_choice
    b = me.design_home - was_home
    c = me.design_support - was_support
    return math.sqrt(a * a + b * b + c * c)


@kernel
def services_are_redesigned(world):
    """4. Each reformed service's design moves towards whoever holds power there: users heard, professionals'
    convention, the foundation's blueprint."""
    system = world.system[0]
    p = world.parameters[0]
    system.money_pressure = money_pressure(system.free, system.budget)
    for j in range(world.providers.shape[0]):
        me = world.providers[j]
        me.resistance = resists(me, system, p)
        me.effort = effort_next(me, p)
        me.reported = reported_next(me, p)
        moved = is_redesigned(me, p)
        if me.reform_main + me.reform_grant > 0:
            me.fidelity = fidelity_next(me, moved, p)
