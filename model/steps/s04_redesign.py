"""Step 4: services are redesigned, towards whoever holds power there, and keep or lose the core of what works."""

import math

from agents.funder import blueprint, money_pressure
from agents.manager import partnership_next
from agents.provider import (
    BELIEF,
    MONEY,
    SECURITY,
    SUPPLY,
    WORKLOAD,
    acted_next,
    effort_next,
    fear_for_posts,
    fidelity_next,
    real_users_power,
    redesign_rate,
    reported_next,
    resistance,
    resistance_next,
    towards,
)
from engine.rule import kernel, rule
from model.contracts import led_design


@rule
def resists(provider, system, p):
    """Resistance from its five separable sources; known obstacles are aimed at while grant money works here."""
    aimed = 1.0 if provider.obstacle_known > 0 and provider.open_grants > 0 else 0.0
    doubt = 1.0 - provider.belief_mean
    short = system.money_pressure * (1.0 - provider.intensity)
    fear = fear_for_posts(provider, p)
    provider.resist_belief = resistance_next(p.resist_belief, doubt, provider.obstacle == BELIEF, aimed, p)
    provider.resist_workload = resistance_next(
        p.resist_workload, provider.strain_mean, provider.obstacle == WORKLOAD, aimed, p
    )
    provider.resist_money = resistance_next(p.resist_money, short, provider.obstacle == MONEY, aimed, p)
    provider.resist_security = resistance_next(p.resist_security, fear, provider.obstacle == SECURITY, aimed, p)
    provider.resist_supply = resistance_next(p.resist_supply, system.stuck, provider.obstacle == SUPPLY, aimed, p)
    return resistance(provider, p)


@rule
def is_redesigned(provider, p):
    """The design moves towards users, plan and convention in proportion to their power; returns the distance moved."""
    users = real_users_power(provider, p)
    rate = (
        redesign_rate(provider, p) * provider.intensity
    )  # the service as a whole moves as far as grant money reaches into it
    provider.acted = acted_next(provider, p)
    choice = led_design(
        users,
        provider.design_blueprint,
        provider.heard_choice,
        blueprint(p, 0),
        provider.convention_choice,
        provider.heard,
    )
    home = led_design(
        users, provider.design_blueprint, provider.heard_home, blueprint(p, 1), provider.convention_home, provider.heard
    )
    support = led_design(
        users,
        provider.design_blueprint,
        provider.heard_support,
        blueprint(p, 2),
        provider.convention_support,
        provider.heard,
    )
    was_choice = provider.design_choice
    was_home = provider.design_home
    was_support = provider.design_support
    neglect = p.metrics_neglect * provider.effort
    provider.design_choice = towards(towards(provider.design_choice, choice, rate), provider.convention_choice, neglect)
    provider.design_home = towards(towards(provider.design_home, home, rate), provider.convention_home, neglect)
    provider.design_support = towards(
        towards(provider.design_support, support, rate), provider.convention_support, neglect
    )
    a = provider.design_choice - was_choice
    b = provider.design_home - was_home
    c = provider.design_support - was_support
    return math.sqrt(a * a + b * b + c * c)


@kernel
def services_are_redesigned(world):
    """4. Each reformed service's design moves towards whoever holds power there: users heard, professionals'
    convention, the foundation's blueprint."""
    system = world.system[0]
    p = world.parameters[0]
    system.money_pressure = money_pressure(system.free, system.budget, p)
    for j in range(world.providers.shape[0]):
        provider = world.providers[j]
        provider.resistance = resists(provider, system, p)
        provider.effort = effort_next(provider, p)
        provider.reported = reported_next(provider, p)
        provider.partnership = partnership_next(world.managers[j], provider, p)
        moved = is_redesigned(provider, p)
        if provider.reform_main + provider.reform_grant > 0:
            provider.fidelity = fidelity_next(provider, moved, p)
